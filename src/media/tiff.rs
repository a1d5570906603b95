//! The directories of a TIFF (TIFF 6.0, section 2), followed without decoding a pixel: one picture a directory, scanners write one a page.

use super::bytes::{u16_be, u16_le, u32_be, u32_le};

/// Most pages that are shown; of a longer chain one more is followed, so that it is known to be longer.
pub const MOST_PAGES: usize = 200;

/// A page: where its directory stands, and its size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    pub at: u32,
    pub width: u32,
    pub height: u32,
}

#[derive(Clone, Copy)]
struct Order {
    big: bool,
}

impl Order {
    fn of(bytes: &[u8]) -> Option<Order> {
        match bytes.get(..4)? {
            b"II*\0" => Some(Order { big: false }),
            b"MM\0*" => Some(Order { big: true }),
            _ => None,
        }
    }

    fn short(self, bytes: &[u8], at: usize) -> Option<u16> {
        if self.big { u16_be(bytes, at) } else { u16_le(bytes, at) }
    }

    fn long(self, bytes: &[u8], at: usize) -> Option<u32> {
        if self.big { u32_be(bytes, at) } else { u32_le(bytes, at) }
    }
}

/// The pages in order; thumbnails (reduced copies) are none. Ends at the first directory that cannot be followed, or leads back.
pub fn pages(bytes: &[u8]) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    let Some(order) = Order::of(bytes) else { return pages };
    let mut at = order.long(bytes, 4).unwrap_or(0);
    let mut seen = Vec::new();
    while at != 0 && pages.len() <= MOST_PAGES && !seen.contains(&at) && seen.len() <= 2 * MOST_PAGES {
        seen.push(at);
        let start = at as usize;
        let Some(count) = order.short(bytes, start) else { break };
        let (mut width, mut height, mut reduced) = (0, 0, false);
        for entry in 0..usize::from(count) {
            let field = start.saturating_add(2 + entry * 12);
            let Some(tag) = order.short(bytes, field) else { break };
            let value = match order.short(bytes, field.saturating_add(2)) {
                Some(3) => order.short(bytes, field.saturating_add(8)).map(u32::from),
                Some(4) => order.long(bytes, field.saturating_add(8)),
                _ => None,
            };
            match (tag, value) {
                (254, Some(kind)) => reduced = kind & 1 == 1,
                (256, Some(n)) => width = n,
                (257, Some(n)) => height = n,
                _ => {}
            }
        }
        if width > 0 && height > 0 && !reduced {
            pages.push(Page { at, width, height });
        }
        at = order.long(bytes, start.saturating_add(2 + usize::from(count) * 12)).unwrap_or(0);
    }
    pages
}

/// The same file with its first page being page `n`: decoders read the first.
pub fn beginning_with(bytes: &[u8], n: usize) -> Option<Vec<u8>> {
    let page = *pages(bytes).get(n)?;
    let order = Order::of(bytes)?;
    let mut out = bytes.to_vec();
    let at = if order.big { page.at.to_be_bytes() } else { page.at.to_le_bytes() };
    out.get_mut(4..8)?.copy_from_slice(&at);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two one-pixel pages and a thumbnail between them; the last directory leads back to the first.
    fn three() -> Vec<u8> {
        let mut t = b"II*\0\x08\0\0\0".to_vec();
        for (n, (kind, width)) in [(0_u32, 7_u32), (1, 1), (2, 9)].into_iter().enumerate() {
            t.extend(3_u16.to_le_bytes());
            for (tag, value) in [(254_u16, kind), (256, width), (257, 5)] {
                t.extend(tag.to_le_bytes());
                t.extend(4_u16.to_le_bytes());
                t.extend(1_u32.to_le_bytes());
                t.extend(value.to_le_bytes());
            }
            t.extend([50_u32, 92, 8].get(n).copied().unwrap_or(0).to_le_bytes());
        }
        t
    }

    #[test]
    fn pages_are_followed_once_and_thumbnails_left_out() {
        let tiff = three();
        let found: Vec<(u32, u32)> = pages(&tiff).iter().map(|p| (p.width, p.height)).collect();
        assert_eq!(found, [(7, 5), (9, 5)]);
        assert_eq!(pages(&beginning_with(&tiff, 1).unwrap()).first().map(|p| p.width), Some(9));
        assert!(beginning_with(&tiff, 2).is_none());
        for cut in 0..tiff.len() {
            let _ = pages(&tiff[..cut]);
        }
    }

    #[test]
    fn of_a_long_chain_one_page_more_than_is_shown_is_followed() {
        let chain = |count: u32| {
            let mut t = b"II*\0\x08\0\0\0".to_vec();
            for n in 1..=count {
                t.extend(2_u16.to_le_bytes());
                for tag in [256_u16, 257] {
                    t.extend(tag.to_le_bytes());
                    t.extend([4, 0, 1, 0, 0, 0, 5, 0, 0, 0]);
                }
                t.extend(if n < count { 8 + n * 30 } else { 0 }.to_le_bytes());
            }
            pages(&t).len()
        };
        assert_eq!([199, 200, 201, 300].map(chain), [199, 200, 201, 201]);
    }
}
