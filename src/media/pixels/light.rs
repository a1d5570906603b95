//! Brightness and sharpness, tile by tile: white areas of a screenshot say nothing about its text.

use super::plane::Plane;
use crate::model::pixels::Light;
use fearless_simd::{Level, dispatch};

/// Pixels of a tile's side.
const TILE: usize = 16;
/// Contrast from which a tile has something in it; JPEG's own ripples stay under it.
const CONTRAST: u8 = 48;

/// Measures a plane.
pub fn measure(plane: &Plane) -> Light {
    let histogram = histogram(plane);
    let (columns, rows) = (plane.width / TILE, plane.height / TILE);
    let mut sharp: Vec<u16> = Vec::new();
    dispatch!(Level::new(), _ => tiles(plane, (columns, rows), &mut sharp));
    let all = (columns * rows).max(1);
    let busy = (sharp.len() * 1000 / all) as u16;
    // the sharpest tenth speaks: a sharp label before a blurred background is sharp
    let tenth = sharp.len() / 10;
    let sharpness = if sharp.is_empty() { 0 } else { *sharp.select_nth_unstable_by(tenth, |a, b| b.cmp(a)).1 };
    Light { darkest: percentile(&histogram, 1), brightest: percentile(&histogram, 99), busy, sharpness }
}

/// The steepest step by contrast, in thousandths, of every tile with something in it.
#[inline(always)]
fn tiles(plane: &Plane, (columns, rows): (usize, usize), sharp: &mut Vec<u16>) {
    let width = columns * TILE;
    // column by column over the rows of a band, so that sixteen pixels go at a time
    let (mut low, mut high, mut step) = (vec![255_u8; width], vec![0_u8; width], vec![0_u8; width]);
    for band in 0..rows {
        low.fill(255);
        high.fill(0);
        step.fill(0);
        let mut above = plane.row(band * TILE);
        for y in band * TILE..(band + 1) * TILE {
            let row = plane.row(y);
            for ((low, high), v) in low.iter_mut().zip(high.iter_mut()).zip(row) {
                (*low, *high) = ((*low).min(*v), (*high).max(*v));
            }
            for ((step, a), b) in step.iter_mut().zip(row).zip(above) {
                *step = (*step).max(a.abs_diff(*b));
            }
            for ((step, a), b) in step.iter_mut().zip(row).zip(row.get(1..).unwrap_or_default()) {
                *step = (*step).max(a.abs_diff(*b));
            }
            above = row;
        }
        for ((low, high), step) in low.as_chunks::<TILE>().0.iter().zip(high.as_chunks::<TILE>().0).zip(step.as_chunks::<TILE>().0) {
            let contrast = greatest(high).saturating_sub(u8::MAX - greatest(&low.map(|v| u8::MAX - v)));
            if contrast >= CONTRAST {
                sharp.push((u32::from(greatest(step).min(contrast)) * 1000 / u32::from(contrast)) as u16);
            }
        }
    }
}

#[inline(always)]
fn greatest(values: &[u8; TILE]) -> u8 {
    values.iter().fold(0, |most, value| most.max(*value))
}

/// How many pixels have each brightness. Every eighth row is enough to tell light from dark.
fn histogram(plane: &Plane) -> [u32; 256] {
    // four counts side by side: of a white ground each would wait for the one before
    let mut counts = [[0_u32; 256]; 4];
    let mut count = |values: &[u8]| {
        for (counts, value) in counts.iter_mut().zip(values) {
            if let Some(n) = counts.get_mut(usize::from(*value)) {
                *n += 1;
            }
        }
    };
    for y in (0..plane.height).step_by(8) {
        let (fours, rest) = plane.row(y).as_chunks::<4>();
        fours.iter().for_each(|four| count(four));
        count(rest);
    }
    std::array::from_fn(|value| counts.iter().filter_map(|counts| counts.get(value)).sum())
}

/// The brightness below which so many hundredths of the pixels lie.
fn percentile(histogram: &[u32; 256], hundredths: u64) -> u8 {
    let all: u64 = histogram.iter().map(|n| u64::from(*n)).sum();
    let mut below = 0;
    for (value, n) in histogram.iter().enumerate() {
        below += u64::from(*n);
        if below * 100 >= all * hundredths {
            return value as u8;
        }
    }
    255
}
