//! A picture's brightness, a byte a pixel: halved, turned, summed up, made smaller.

use fearless_simd::{Level, dispatch};
use std::ops::Range;

/// Brightness of a picture, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub luma: Vec<u8>,
}

impl Plane {
    pub fn row(&self, y: usize) -> &[u8] {
        self.luma.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }

    /// Half as wide and high, in memory used before.
    pub fn half(&self, mut luma: Vec<u8>) -> Plane {
        let (width, height) = (self.width / 2, self.height / 2);
        luma.resize(width * height, 0);
        for (y, to) in luma.chunks_exact_mut(width.max(1)).enumerate() {
            dispatch!(Level::new(), _ => halved(self.row(2 * y), self.row(2 * y + 1), to));
        }
        Plane { width, height, luma }
    }
}

/// Makes one row of two.
#[inline(always)]
pub fn halved(upper: &[u8], lower: &[u8], to: &mut [u8]) {
    for ((to, a), b) in to.iter_mut().zip(upper.as_chunks::<2>().0).zip(lower.as_chunks::<2>().0) {
        *to = ((u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]) + 2) >> 2) as u8;
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
        Levels { half: full.half(Vec::new()), full }
    }
}

/// Columns turned at a time.
const TURNED: usize = 32;

/// Turns bytes, one a pixel, as EXIF orientations 1–8 say, into memory used before, which gets that of `stored`.
pub fn turned(stored: Vec<u8>, (w, h): (usize, usize), orientation: u8, room: &mut Vec<u8>) -> Plane {
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
    // all of it is written over
    let mut luma = std::mem::take(room);
    luma.resize(width * height, 0);
    if orientation < 5 {
        for (y, row) in luma.chunks_exact_mut(width.max(1)).enumerate() {
            let stored = stored.get(from(0, y).1 * w..).and_then(|rest| rest.get(..w)).unwrap_or_default();
            row.copy_from_slice(stored);
            if orientation != 4 {
                row.reverse();
            }
        }
        *room = stored;
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
    *room = stored;
    Plane { width, height, luma }
}

/// Sums of brightness over everything left of and above a pixel: the sum of any box in four look-ups. They wrap: a box may hold 257 white pixels, and the
/// largest that is asked for has 121.
#[derive(Default)]
pub struct Sums {
    width: usize,
    sums: Vec<u16>,
}

impl Sums {
    /// Makes these the sums of a plane, in the memory that they have.
    pub fn fill(&mut self, plane: &Plane) {
        self.width = plane.width + 1;
        self.sums.resize(self.width * (plane.height + 1), 0);
        self.sums.get_mut(..self.width).unwrap_or_default().fill(0);
        for (y, row) in plane.luma.chunks_exact(plane.width.max(1)).enumerate() {
            let (above, here) = self.sums.split_at_mut((y + 1) * self.width);
            let above = above.get(y * self.width + 1..).unwrap_or_default();
            let Some((first, here)) = here.split_first_mut() else { continue };
            *first = 0;
            let mut sum = 0_u16;
            for (to, value) in here.iter_mut().zip(row) {
                sum = sum.wrapping_add(u16::from(*value));
                *to = sum;
            }
            for (to, up) in here.iter_mut().zip(above) {
                *to = to.wrapping_add(*up);
            }
        }
    }

    /// Everything left of each place of a row of corners, from the first on; `y` up to the plane's height.
    pub fn corners(&self, y: usize) -> &[u16] {
        self.sums.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }
}

/// Makes `to` a smaller plane, each pixel the mean of those it covers. Neither side may be longer than that of `from`.
pub fn shrink(from: &Plane, (width, height): (usize, usize), to: &mut Plane) {
    (to.width, to.height) = (width, height);
    to.luma.resize(width * height, 0);
    let edge = |i: usize, from: usize, to: usize| i * from / to.max(1);
    let narrow = from.width / width.max(1);
    // where each box begins, and all ones where it is a pixel wider than the others
    let begins: Vec<usize> = (0..width).map(|i| edge(i, from.width, width)).collect();
    let wider = |i: usize| edge(i + 1, from.width, width) - edge(i, from.width, width) > narrow;
    let wider: Vec<u32> = (0..width).map(|i| if wider(i) { u32::MAX } else { 0 }).collect();
    // one more, so that the last box can be asked for what it does not have
    let (mut columns, mut covered) = (vec![0_u32; from.width + 1], vec![0_u32; width]);
    for (y, to) in to.luma.chunks_exact_mut(width.max(1)).enumerate() {
        let (top, bottom) = (edge(y, from.height, height), edge(y + 1, from.height, height));
        dispatch!(Level::new(), _ => add_up(from, top..bottom, &mut columns));
        match narrow {
            1 => cover::<1>(&columns, &begins, &wider, &mut covered),
            2 => cover::<2>(&columns, &begins, &wider, &mut covered),
            _ => cover_many(&mut columns, &begins, &mut covered),
        }
        dispatch!(Level::new(), _ => divide(&covered, &wider, [narrow, narrow + 1].map(|across| across * (bottom - top)), to));
    }
}

/// Sums over boxes of `N` columns, or one more where the box is wider.
fn cover<const N: usize>(columns: &[u32], begins: &[usize], wider: &[u32], covered: &mut [u32]) {
    for ((to, begin), wider) in covered.iter_mut().zip(begins).zip(wider) {
        let (first, rest) = columns.get(*begin..).unwrap_or_default().split_at_checked(N).unwrap_or_default();
        *to = first.iter().sum::<u32>() + (rest.first().copied().unwrap_or(0) & wider);
    }
}

/// Sums over boxes of many columns, each the difference of two sums over all that is left of a place.
fn cover_many(columns: &mut [u32], begins: &[usize], covered: &mut [u32]) {
    let mut sum = 0_u32;
    for column in columns.iter_mut() {
        let before = sum;
        sum = sum.wrapping_add(*column);
        *column = before;
    }
    let left_of = |begin: Option<&usize>| begin.map_or(sum, |begin| columns.get(*begin).copied().unwrap_or(sum));
    for (at, to) in covered.iter_mut().enumerate() {
        *to = left_of(begins.get(at + 1)).wrapping_sub(left_of(begins.get(at)));
    }
}

/// Sums of the columns of some rows.
#[inline(always)]
fn add_up(from: &Plane, rows: Range<usize>, sums: &mut [u32]) {
    sums.fill(0);
    for y in rows {
        for (sum, value) in sums.iter_mut().zip(from.row(y)) {
            *sum += u32::from(*value);
        }
    }
}

/// Sums over boxes to means. Boxes are of two widths, the wider ones all ones: dividing takes the time, and is done once for each.
#[inline(always)]
fn divide(sums: &[u32], wider: &[u32], areas: [usize; 2], to: &mut [u8]) {
    let [(half, one), (half_wide, one_wide)] = areas.map(|area| (area as u32 / 2, (1 << 24) / area.max(1) as u32 + 1));
    let (more, less) = (half_wide.wrapping_sub(half), one_wide.wrapping_sub(one));
    for ((to, sum), wider) in to.iter_mut().zip(sums).zip(wider) {
        let (half, one) = (half.wrapping_add(more & wider), one.wrapping_add(less & wider));
        *to = (sum.wrapping_add(half).wrapping_mul(one) >> 24) as u8;
    }
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
            let turned = turned(picture.as_raw().clone(), (37, 70), orientation, &mut vec![3; 9]);
            assert_eq!((turned.width as u32, turned.height as u32), (expected.width(), expected.height()), "{orientation}");
            assert_eq!(turned.luma, expected.as_bytes(), "{orientation}");
        }
    }

    #[test]
    fn smaller_planes_are_means_of_what_they_cover() {
        let (width, height) = (61, 83);
        let from = Plane { width, height, luma: (0..width * height).map(|i| (i * i * 7 % 256) as u8).collect() };
        for (across, down) in [(61, 83), (60, 82), (40, 55), (31, 41), (30, 83), (7, 5), (1, 1)] {
            let mut to = Plane { width: 3, height: 3, luma: vec![9; 9000] };
            shrink(&from, (across, down), &mut to);
            assert_eq!((to.width, to.height, to.luma.len()), (across, down, across * down));
            for (y, row) in to.luma.chunks(across).enumerate() {
                for (x, mean) in row.iter().enumerate() {
                    let (columns, rows) = (x * width / across..(x + 1) * width / across, y * height / down..(y + 1) * height / down);
                    let area = columns.len() * rows.len();
                    let sum: usize = rows.flat_map(|y| columns.clone().map(move |x| (x, y))).map(|(x, y)| usize::from(from.row(y)[x])).sum();
                    assert_eq!(usize::from(*mean), (sum + area / 2) / area, "{x} {y} of {across} × {down}");
                }
            }
        }
        let half = from.half(vec![5; 7]);
        assert_eq!((half.width, half.height, half.luma.len()), (30, 41, 30 * 41));
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| u16::from(from.row(80 + y)[58 + x]));
        assert_eq!(u16::from(half.row(40)[29]), (four.iter().sum::<u16>() + 2) / 4);
    }
}
