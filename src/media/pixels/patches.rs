//! Places of a picture that can be found again: spots that differ from their surroundings, at four scales, each with its look in bits.
//!
//! A spot is where a small box is brighter or darker than the box around it, more than anywhere near. Its look is the perceptual hash (gradients) of the
//! patch around it. Looks of the same place differ in few bits after scaling and saving again; where a picture was cropped, the rest of the places remain.

use super::plane::{Plane, Sums, shrink};
use crate::model::pixels::Patch;

/// Pixels of the plane in which the finest spots are looked for.
const AREA: usize = 72_000;
/// The smaller side is never less than this, so that a long screenshot keeps its text.
const LEAST_SIDE: usize = 150;
/// Scales, in thousandths: four to an octave and a half, so that a crop of a third is found.
const SCALES: [usize; 4] = [1000, 794, 630, 500];
/// Half the side of the inner and the outer box of a spot.
const INNER: usize = 2;
const OUTER: usize = 5;
/// No stronger spot within so many pixels.
const APART: usize = 5;
/// Mean difference of brightness, in sixteenths, from which a spot counts.
const LEAST: i16 = 6 * 16;
/// A patch is 9 × 9 cells of this many pixels.
const CELL: usize = 3;
const CELLS: usize = 9;
/// Step in the sum of a cell that sets a bit.
const RISE: u32 = 3 * (CELL * CELL) as u32;
/// Places kept of one scale, for each 72,000 pixels of the plane.
const KEPT: usize = 80;
const MOST: usize = 400;

/// Finds the places, from the top down. `sums` are the plane's; `factor`: pixels of the picture a pixel of the plane.
pub fn find(plane: &Plane, sums: &Sums, factor: usize) -> Vec<Patch> {
    let (width, height) = (plane.width, plane.height);
    let small = width.min(height).max(1);
    let by_area = ((AREA as f64) / (width * height).max(1) as f64).sqrt();
    let scale = by_area.max(LEAST_SIDE as f64 / small as f64).min(1.0);
    let mut found = Vec::new();
    for part in SCALES {
        let to = |side: usize| ((side as f64 * scale) as usize * part / 1000).max(1);
        let level = shrink(sums, (width, height), (to(width), to(height)));
        let kept = (KEPT * (level.width * level.height) / (AREA * part * part / 1_000_000)).clamp(KEPT / 2, MOST);
        spots(&level, kept, |x, y, look| {
            let whole = |at: usize, of: usize, side: usize| u16::try_from((2 * at + 1) * side * factor / (2 * of).max(1)).unwrap_or(u16::MAX);
            found.push(Patch { x: whole(x, level.width, width), y: whole(y, level.height, height), look });
        });
    }
    found.sort_unstable_by_key(|patch| (patch.y, patch.x, patch.look));
    found
}

fn spots(level: &Plane, kept: usize, mut tell: impl FnMut(usize, usize, u128)) {
    let margin = CELL * CELLS / 2 + 1;
    let (width, height) = (level.width, level.height);
    if width <= 2 * margin || height <= 2 * margin {
        return;
    }
    let sums = Sums::of(level);
    let (w, h) = (width - 2 * margin, height - 2 * margin);
    // inner mean less outer mean, in sixteenths
    const INNER_AREA: i32 = ((2 * INNER + 1) * (2 * INNER + 1)) as i32;
    const OUTER_AREA: i32 = ((2 * OUTER + 1) * (2 * OUTER + 1)) as i32;
    let mut strength: Vec<i16> = Vec::with_capacity(w * h);
    for y in margin..margin + h {
        let (inner, outer) = (Band::of(&sums, y, INNER, margin, w), Band::of(&sums, y, OUTER, margin, w));
        strength.extend(inner.iter().zip(outer.iter()).map(|(inner, outer)| (inner * 16 / INNER_AREA - outer * 16 / OUTER_AREA).abs() as i16));
    }
    let mut best: Vec<(i16, usize, usize)> = Vec::new();
    // the strongest of each small square, if nothing near it is stronger
    let mut tops = vec![0_i16; w];
    for (band, rows) in strength.chunks(w * (APART + 1)).enumerate() {
        tops.fill(0);
        rows.chunks_exact(w).for_each(|row| tops.iter_mut().zip(row).for_each(|(top, s)| *top = (*top).max(*s)));
        for (square, tops) in tops.chunks(APART + 1).enumerate() {
            let s = tops.iter().copied().max().unwrap_or(0);
            if s <= LEAST {
                continue;
            }
            let (x0, y0) = (square * (APART + 1), band * (APART + 1));
            let first = rows.chunks_exact(w).enumerate().find_map(|(j, row)| Some((x0 + row.get(x0..x0 + tops.len())?.iter().position(|t| *t == s)?, y0 + j)));
            let Some((x, y)) = first else { continue };
            let near = |c: usize, end: usize| c.saturating_sub(APART)..(c + APART + 1).min(end);
            let mut around = near(y, h).filter_map(|j| strength.get(j * w..)?.get(near(x, w)));
            if around.all(|row| row.iter().fold(0, |top, t| top.max(*t)) <= s) {
                best.push((s, x, y));
            }
        }
    }
    best.sort_unstable_by_key(|&(s, x, y)| (-s, y, x));
    let mut told = 0;
    for (_, x, y) in best {
        let look = look(&sums, x + margin, y + margin);
        // a patch with hardly a step in it looks like many others
        if (16..=96).contains(&look.count_ones()) {
            tell(x + margin, y + margin, look);
            told += 1;
            if told >= kept {
                break;
            }
        }
    }
}

/// The boxes around every place of a row: four rows of corners, so that several go at a time.
struct Band<'a> {
    corners: [&'a [u32]; 4],
}

impl<'a> Band<'a> {
    fn of(sums: &'a Sums, y: usize, r: usize, margin: usize, w: usize) -> Self {
        let (upper, lower) = (sums.corners(y - r), sums.corners(y + r + 1));
        let part = |row: &'a [u32], at: usize| row.get(at..at + w).unwrap_or_default();
        Band { corners: [part(upper, margin - r), part(upper, margin + r + 1), part(lower, margin - r), part(lower, margin + r + 1)] }
    }

    fn iter(&self) -> impl Iterator<Item = i32> {
        let [a, b, c, d] = self.corners;
        a.iter().zip(b).zip(c.iter().zip(d)).map(|((a, b), (c, d))| d.wrapping_sub(*c).wrapping_sub(*b).wrapping_add(*a) as i32)
    }
}

/// 9 × 9 cells around the place: a bit for each cell that is brighter than the one left of it, and for each that is brighter than the one above.
fn look(sums: &Sums, x: usize, y: usize) -> u128 {
    let (left, top) = (x - CELL * CELLS / 2, y - CELL * CELLS / 2);
    let mut cells = [[0_u32; CELLS]; CELLS];
    for (j, row) in cells.iter_mut().enumerate() {
        for (i, cell) in row.iter_mut().enumerate() {
            let (x, y) = (left + i * CELL, top + j * CELL);
            *cell = sums.over(x, y, x + CELL, y + CELL);
        }
    }
    let mut bits = 0_u128;
    let mut add = |more: bool| bits = bits << 1 | u128::from(more);
    // 8 × 8 of each make 128 bits
    for row in cells.iter().take(CELLS - 1) {
        row.iter().zip(row.iter().skip(1)).for_each(|(a, b)| add(*b > a + RISE));
    }
    for (above, row) in cells.iter().zip(cells.iter().skip(1)) {
        above.iter().zip(row).take(CELLS - 1).for_each(|(a, b)| add(*b > a + RISE));
    }
    bits
}
