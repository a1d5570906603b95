//! JPEG markers (ITU-T T.81 annex B), walked to the end of the image without decoding a pixel.

use super::bytes::u16_be;
use super::exif::{self, Facts};

/// What a PDF writer has to know of a JPEG to take it in as it is (`DCTDecode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JpegLayout {
    /// Stored width in pixels.
    pub width: u32,
    /// Stored height in pixels.
    pub height: u32,
    /// Colour components: 1 grey, 3 YCbCr or RGB, 4 CMYK or YCCK.
    pub components: u8,
    /// Bits of a sample; 8 but for rare 12-bit files.
    pub bits: u8,
    /// Colour transform of an Adobe APP14 segment: 0 none (RGB, CMYK), 1 YCbCr, 2 YCCK. CMYK with this segment is stored inverted.
    pub adobe_transform: Option<u8>,
}

/// What the walk found.
#[derive(Debug, Default)]
pub struct Walk {
    /// The first frame; `None` before one was met.
    pub frame: Option<Frame>,
    pub adobe_transform: Option<u8>,
    pub facts: Facts,
    pub broken: Option<&'static str>,
    /// Components in the first scan.
    first_scan: Option<u8>,
}

/// A start-of-frame segment.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// Where in the file the height stands.
    height_at: usize,
    /// The marker's second byte: C0 baseline, C1 extended, C2 progressive, others rare.
    pub marker: u8,
    pub bits: u8,
    pub height: u32,
    pub width: u32,
    pub components: u8,
}

const EXIF_HEAD: &[u8] = b"Exif\0\0";
const XMP_HEAD: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// Walks the markers; `to_end` goes on through the compressed data to EOI, else the walk ends at the first scan.
pub fn walk(bytes: &[u8], to_end: bool) -> Walk {
    let mut found = Walk::default();
    let mut at = 2;
    let mut scans = 0u32;
    loop {
        // libjpeg, too, passes over stray bytes between segments
        let Some(marker) = next_marker(bytes, &mut at) else {
            found.broken = Some("truncated");
            return found;
        };
        match marker {
            0x01 | 0xd0..=0xd8 => continue,
            0xd9 => break,
            0x02..=0xbf => {
                found.broken = Some("damaged");
                return found;
            }
            _ => {}
        }
        let body = u16_be(bytes, at).map(usize::from).filter(|n| *n >= 2).and_then(|n| bytes.get(at + 2..at + n));
        let Some(body) = body else {
            found.broken = Some("truncated");
            return found;
        };
        at += 2 + body.len();
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf if found.frame.is_none() => {
                found.frame = frame(marker, body, at - body.len());
            }
            0xdc => {
                // DNL: the height of a frame that said 0
                if let (Some(frame), Some(lines)) = (&mut found.frame, u16_be(body, 0))
                    && frame.height == 0
                {
                    frame.height = u32::from(lines);
                }
            }
            0xe1 => application_1(body, &mut found.facts),
            0xee if body.starts_with(b"Adobe") => found.adobe_transform = body.get(11).copied(),
            0xda => {
                scans += 1;
                found.first_scan = found.first_scan.or(body.first().copied());
                if !to_end {
                    break;
                }
                let end = scan_end(bytes, at);
                if end == at {
                    found.broken = Some("no-picture");
                }
                at = end;
            }
            _ => {}
        }
    }
    if scans == 0 || !found.frame.is_some_and(|f| f.width > 0 && (f.height > 0 || !to_end)) {
        found.broken = Some("no-picture");
    }
    found
}

/// Moves `at` behind the next marker and gives its second byte.
fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    loop {
        *at += bytes.get(*at..)?.iter().position(|b| *b == 0xff)?;
        *at += bytes.get(*at..)?.iter().position(|b| *b != 0xff)?;
        let marker = *bytes.get(*at)?;
        *at += 1;
        if marker != 0 {
            return Some(marker);
        }
    }
}

/// Where the compressed data that begins at `at` ends: at a marker that is no restart; at the end of the file when there is none.
fn scan_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(0xff, rest)) {
        at += found;
        match bytes.get(at + 1) {
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            Some(_) => return at,
            None => break,
        }
    }
    bytes.len()
}

fn frame(marker: u8, body: &[u8], at: usize) -> Option<Frame> {
    Some(Frame {
        height_at: at + 1,
        marker,
        bits: *body.first()?,
        height: u32::from(u16_be(body, 1)?),
        width: u32::from(u16_be(body, 3)?),
        components: *body.get(5)?,
    })
}

fn application_1(body: &[u8], facts: &mut Facts) {
    if let Some(tiff) = body.strip_prefix(EXIF_HEAD) {
        if let Some(exif) = exif::read_raw(tiff) {
            facts.add_exif(&exif);
        }
    } else if let Some(xmp) = body.strip_prefix(XMP_HEAD) {
        facts.add_programs(exif::xmp_programs(xmp));
    }
}

/// Has a sequential JPEG each colour in a scan of its own? The standard allows it, few programs write it.
pub fn colours_apart(bytes: &[u8]) -> bool {
    let found = walk(bytes, false);
    found.frame.zip(found.first_scan).is_some_and(|(frame, scan)| matches!(frame.marker, 0xc0 | 0xc1) && scan < frame.components)
}

/// The same JPEG, said to be no higher than `rows`: a decoder stops there, and what it gives are the picture's own rows. `None` where the rows do not stand one
/// after the other in one scan (progressive, arithmetic, a colour a scan), where the picture is no higher, or says no height.
pub fn shortened(bytes: &[u8], rows: u16) -> Option<Vec<u8>> {
    let found = walk(bytes, false);
    let frame = found.frame.filter(|f| matches!(f.marker, 0xc0 | 0xc1) && f.height > u32::from(rows) && rows > 0)?;
    if found.broken.is_some() || found.first_scan != Some(frame.components) {
        return None;
    }
    let mut shorter = bytes.to_vec();
    shorter.get_mut(frame.height_at..frame.height_at + 2)?.copy_from_slice(&rows.to_be_bytes());
    Some(shorter)
}

/// The layout for `DCTDecode`; `None` when the bytes are no JPEG, say no size, or are coded in a way that PDF readers do not take (lossless,
/// hierarchical, arithmetic). Reads only up to the first scan: whether the data is whole is [`super::picture::read`]'s question.
pub fn jpeg_layout(bytes: &[u8]) -> Option<JpegLayout> {
    if !bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return None;
    }
    let found = walk(bytes, false);
    let frame = found.frame.filter(|f| matches!(f.marker, 0xc0..=0xc2) && f.width > 0 && f.height > 0 && f.components > 0)?;
    if found.broken.is_some() {
        return None;
    }
    Some(JpegLayout { width: frame.width, height: frame.height, components: frame.components, bits: frame.bits, adobe_transform: found.adobe_transform })
}
