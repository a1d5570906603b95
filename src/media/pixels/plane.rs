//! A picture's brightness, a byte a pixel: halved, turned, summed up, made smaller.

/// Brightness of a picture, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub luma: Vec<u8>,
}

impl Plane {
    pub fn row(&self, y: usize) -> &[u8] {
        self.luma.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }

    /// Half as wide and high.
    pub fn half(&self) -> Plane {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            let pairs = self.row(2 * y).chunks_exact(2).zip(self.row(2 * y + 1).chunks_exact(2));
            luma.extend(pairs.map(|(a, b)| ((u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]) + 2) >> 2) as u8));
        }
        Plane { width, height, luma }
    }
}

/// A picture to be looked at from near and from far.
pub struct Levels {
    pub full: Plane,
    /// Half as wide and high.
    pub half: Plane,
}

impl Levels {
    pub fn of(full: Plane) -> Self {
        Levels { half: full.half(), full }
    }
}

/// Columns turned at a time.
const TURNED: usize = 32;

/// Turns bytes, one a pixel, as EXIF orientations 1–8 say.
pub fn turned(stored: Vec<u8>, (w, h): (usize, usize), orientation: u8) -> Plane {
    if !(2..=8).contains(&orientation) {
        return Plane { width: w, height: h, luma: stored };
    }
    let (width, height) = if orientation >= 5 { (h, w) } else { (w, h) };
    let from = |x: usize, y: usize| match orientation {
        2 => (w - 1 - x, y),
        3 => (w - 1 - x, h - 1 - y),
        4 => (x, h - 1 - y),
        5 => (y, x),
        6 => (y, h - 1 - x),
        7 => (w - 1 - y, h - 1 - x),
        _ => (w - 1 - y, x),
    };
    let mut luma = vec![0; width * height];
    if orientation < 5 {
        for (y, row) in luma.chunks_exact_mut(width.max(1)).enumerate() {
            let stored = stored.get(from(0, y).1 * w..).and_then(|rest| rest.get(..w)).unwrap_or_default();
            row.copy_from_slice(stored);
            if orientation != 4 {
                row.reverse();
            }
        }
        return Plane { width, height, luma };
    }
    // columns become rows; a few at a time, so that what is read once stays at hand
    for left in (0..width).step_by(TURNED) {
        let columns = left..(left + TURNED).min(width);
        for (y, row) in luma.chunks_exact_mut(width.max(1)).enumerate() {
            let places = columns.clone().map(|x| from(x, y)).map(|(x, y)| stored.get(y * w + x).copied().unwrap_or(0));
            row.iter_mut().skip(left).zip(places).for_each(|(to, value)| *to = value);
        }
    }
    Plane { width, height, luma }
}

/// Sums of brightness over everything left of and above a pixel: the mean of any box in four look-ups.
pub struct Sums {
    width: usize,
    sums: Vec<u32>,
}

impl Sums {
    pub fn of(plane: &Plane) -> Self {
        let width = plane.width + 1;
        let mut sums = vec![0_u32; width * (plane.height + 1)];
        for (y, row) in plane.luma.chunks_exact(plane.width.max(1)).enumerate() {
            let (above, here) = sums.split_at_mut((y + 1) * width);
            let above = above.get(y * width + 1..).unwrap_or_default();
            let mut sum = 0_u32;
            for ((to, up), value) in here.iter_mut().skip(1).zip(above).zip(row) {
                sum += u32::from(*value);
                *to = up.wrapping_add(sum);
            }
        }
        Sums { width, sums }
    }

    /// Everything left of each place of a row of corners, from the first on; `y` up to the plane's height.
    pub fn corners(&self, y: usize) -> &[u32] {
        self.sums.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }

    /// Sum over `x0..x1`, `y0..y1`, which must lie inside. A plane never has the 16 million pixels that a sum could not hold.
    pub fn over(&self, x0: usize, y0: usize, x1: usize, y1: usize) -> u32 {
        let at = |x: usize, y: usize| self.sums.get(y * self.width + x).copied().unwrap_or(0);
        at(x1, y1).wrapping_add(at(x0, y0)).wrapping_sub(at(x0, y1)).wrapping_sub(at(x1, y0))
    }
}

/// A smaller plane, each pixel the mean of those it covers.
pub fn shrink(sums: &Sums, from: (usize, usize), to: (usize, usize)) -> Plane {
    let edges =
        |from: usize, to: usize| -> Vec<(usize, usize)> { (0..to).map(|i| (i * from / to, ((i + 1) * from / to).max(i * from / to + 1).min(from))).collect() };
    let columns = edges(from.0, to.0);
    let mut luma = Vec::with_capacity(to.0 * to.1);
    let mut band = Vec::with_capacity(from.0 + 1);
    for (y0, y1) in edges(from.1, to.1) {
        band.clear();
        band.extend(sums.corners(y1).iter().zip(sums.corners(y0)).map(|(lower, upper)| lower.wrapping_sub(*upper)));
        let left_of = |x: usize| band.get(x).copied().unwrap_or(0);
        // columns are of two widths; dividing is what takes the time
        let narrow = from.0 / to.0.max(1);
        let [narrower, wider] = [narrow, narrow + 1].map(|across| {
            let area = (across * (y1 - y0)).max(1) as u64;
            (area / 2, (1_u64 << 32) / area + 1)
        });
        luma.extend(columns.iter().map(|&(x0, x1)| {
            let (half, one) = if x1 - x0 == narrow { narrower } else { wider };
            (((u64::from(left_of(x1).wrapping_sub(left_of(x0))) + half) * one) >> 32) as u8
        }));
    }
    Plane { width: to.0, height: to.1, luma }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::metadata::Orientation;
    use image::{DynamicImage, GrayImage, Luma};

    #[test]
    fn turning_is_what_exif_means() {
        let picture = GrayImage::from_fn(37, 70, |x, y| Luma([(x * 7 + y * 13) as u8]));
        for orientation in 1..=8 {
            let mut expected = DynamicImage::ImageLuma8(picture.clone());
            expected.apply_orientation(Orientation::from_exif(orientation).unwrap());
            let turned = turned(picture.as_raw().clone(), (37, 70), orientation);
            assert_eq!((turned.width as u32, turned.height as u32), (expected.width(), expected.height()), "{orientation}");
            assert_eq!(turned.luma, expected.as_bytes(), "{orientation}");
        }
    }
}
