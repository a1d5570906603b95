//! Brightness and sharpness, tile by tile: white areas of a screenshot say nothing about its text.

use super::plane::Plane;
use crate::model::pixels::Light;

/// Pixels of a tile's side.
const TILE: usize = 16;
/// Contrast from which a tile has something in it; JPEG's own ripples stay under it.
const CONTRAST: u8 = 48;

/// Measures a plane.
pub fn measure(plane: &Plane) -> Light {
    let mut histogram = [0_u32; 256];
    // every fourth row is enough to tell light from dark
    for y in (0..plane.height).step_by(4) {
        for value in plane.row(y) {
            if let Some(n) = histogram.get_mut(usize::from(*value)) {
                *n += 1;
            }
        }
    }
    let (columns, rows) = (plane.width / TILE, plane.height / TILE);
    let width = columns * TILE;
    let mut sharp: Vec<u16> = Vec::new();
    // column by column over the rows of a band, so that sixteen pixels go at a time
    let (mut low, mut high, mut step) = (vec![255_u8; width], vec![0_u8; width], vec![0_u8; width]);
    for band in 0..rows {
        low.fill(255);
        high.fill(0);
        step.fill(0);
        let mut above = plane.row(band * TILE);
        for y in band * TILE..(band + 1) * TILE {
            let row = plane.row(y);
            low.iter_mut().zip(row).for_each(|(l, v)| *l = (*l).min(*v));
            high.iter_mut().zip(row).for_each(|(h, v)| *h = (*h).max(*v));
            step.iter_mut().zip(row.iter().zip(above)).for_each(|(s, (a, b))| *s = (*s).max(a.abs_diff(*b)));
            step.iter_mut().zip(row.iter().zip(row.get(1..).unwrap_or_default())).for_each(|(s, (a, b))| *s = (*s).max(a.abs_diff(*b)));
            above = row;
        }
        for ((low, high), step) in low.chunks_exact(TILE).zip(high.chunks_exact(TILE)).zip(step.chunks_exact(TILE)) {
            let contrast = high.iter().max().copied().unwrap_or(0).saturating_sub(low.iter().min().copied().unwrap_or(0));
            if contrast >= CONTRAST {
                let step = step.iter().max().copied().unwrap_or(0).min(contrast);
                sharp.push((u32::from(step) * 1000 / u32::from(contrast)) as u16);
            }
        }
    }
    let all = (columns * rows).max(1);
    let busy = (sharp.len() * 1000 / all) as u16;
    // the sharpest tenth speaks: a sharp label before a blurred background is sharp
    let tenth = sharp.len() / 10;
    let sharpness = if sharp.is_empty() { 0 } else { *sharp.select_nth_unstable_by(tenth, |a, b| b.cmp(a)).1 };
    Light { darkest: percentile(&histogram, 1), brightest: percentile(&histogram, 99), busy, sharpness }
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
