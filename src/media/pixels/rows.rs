//! A picture row by row, coarse across and fine down: enough to find where one screenshot goes on in the next, and to tell most other pictures apart.

use super::plane::Plane;
use crate::model::pixels::Rows;
use fearless_simd::{Level, dispatch};

/// Rows kept; a screenshot of 25 screens has these.
const MOST: usize = 16_000;
/// Pixels across that the plane must have; a phone's screen of 1080 or of 1440 has 270 or 240 here.
const WIDTH: usize = 220;

/// Reads the rows.
pub fn read(plane: &Plane) -> Rows {
    let (width, height) = (plane.width, plane.height);
    let count = height * Rows::TO_WIDTH / width.max(1);
    if count > MOST || width < WIDTH {
        return Rows::default();
    }
    let across: Vec<Span> = (0..Rows::COLUMNS).map(|cell| Span::of(cell, width)).collect();
    let mut means = vec![0; count * Rows::COLUMNS];
    // zeros behind the end, so that whole chunks can be taken at any place
    let mut column = vec![0_i16; width + 2 * LANES];
    for (at, to) in means.chunks_exact_mut(Rows::COLUMNS).enumerate() {
        dispatch!(Level::new(), _ => row(plane, at, &across, &mut column, to));
    }
    Rows { means: softened(&means) }
}

/// A cell's parts add up to this, across and down; a byte times either is what 16 bits hold, times both what 32 do.
const ACROSS: i32 = 1 << 12;
const DOWN: i32 = 1 << 7;
/// Pixels taken together.
const LANES: usize = 16;

/// The pixels that one of so many cells covers of `length`, and how much of each: parts of `whole`.
#[inline(always)]
fn covered(cell: usize, length: usize, cells: usize, whole: i32) -> impl Iterator<Item = (usize, i16)> {
    // in the smallest parts: a cell is `length` of them long, a pixel as many as there are cells
    let (from, to) = (cell * length, (cell + 1) * length);
    let before = move |pixel: usize| ((pixel * cells).clamp(from, to) - from) * whole as usize / length.max(1);
    (from / cells..to.div_ceil(cells)).map(move |pixel| (pixel, (before(pixel + 1) - before(pixel)) as i16))
}

/// The first pixel that a cell covers across, and how much of it and of those behind it; zeros up to a whole chunk.
struct Span {
    first: usize,
    weights: Vec<i16>,
}

impl Span {
    fn of(column: usize, width: usize) -> Self {
        let mut weights: Vec<i16> = covered(column, width, Rows::COLUMNS, ACROSS).map(|(_, weight)| weight).collect();
        weights.resize(weights.len().next_multiple_of(LANES), 0);
        Span { first: column * width / Rows::COLUMNS, weights }
    }
}

#[inline(always)]
fn row(plane: &Plane, at: usize, across: &[Span], column: &mut [i16], to: &mut [u8]) {
    column.fill(0);
    for (y, weight) in covered(at, plane.width, Rows::TO_WIDTH, DOWN) {
        for (sum, value) in column.iter_mut().zip(plane.row(y)) {
            *sum += weight * i16::from(*value);
        }
    }
    for (to, span) in to.iter_mut().zip(across) {
        let covered = column.get(span.first..).unwrap_or_default().as_chunks::<LANES>().0;
        let mut sum = 0_i32;
        for (values, weights) in covered.iter().zip(span.weights.as_chunks::<LANES>().0) {
            sum += values.iter().zip(weights).map(|(v, w)| i32::from(*v) * i32::from(*w)).sum::<i32>();
        }
        *to = ((sum + ACROSS * DOWN / 2) / (ACROSS * DOWN)) as u8;
    }
}

/// A quarter of each row above and below: where the rows of two screenshots begin within a line of text no longer matters.
fn softened(means: &[u8]) -> Vec<u8> {
    let rows = means.as_chunks::<{ Rows::COLUMNS }>().0;
    let mut softened = vec![0; means.len()];
    for (at, (to, here)) in softened.as_chunks_mut::<{ Rows::COLUMNS }>().0.iter_mut().zip(rows).enumerate() {
        let (above, below) = (rows.get(at.wrapping_sub(1)).unwrap_or(here), rows.get(at + 1).unwrap_or(here));
        for (((to, a), b), c) in to.iter_mut().zip(above).zip(here).zip(below) {
            *to = ((u16::from(*a) + 2 * u16::from(*b) + u16::from(*c) + 2) / 4) as u8;
        }
    }
    softened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_means_whatever_the_width() {
        for (width, height) in [(220, 400), (270, 585), (271, 300), (359, 77), (853, 480)] {
            let plane = Plane { width, height, luma: (0..width * height).map(|i| (i % width * 200 / width + i / width * 55 / height) as u8).collect() };
            let rows = read(&plane);
            assert_eq!(rows.len(), height * Rows::TO_WIDTH / width, "{width} × {height}");
            for (at, cells) in rows.cells().iter().enumerate() {
                for (column, mean) in cells.iter().enumerate() {
                    let across = (column as f64 + 0.5) / Rows::COLUMNS as f64 * 200.0;
                    let down = (at as f64 + 0.5) * width as f64 / Rows::TO_WIDTH as f64 / height as f64 * 55.0;
                    // both parts of the ground are rounded down
                    assert!(
                        (f64::from(*mean) + 1.0 - across - down).abs() <= 1.3,
                        "{width} × {height}: row {at}, column {column}: {mean} for {across} + {down}"
                    );
                }
            }
        }
        let narrow = Plane { width: WIDTH - 1, height: 300, luma: vec![1; (WIDTH - 1) * 300] };
        assert!(read(&narrow).is_empty());
    }

    #[test]
    fn all_of_a_cell_is_counted_once() {
        for (length, cells) in [(220, 24), (270, 24), (853, 24), (220, 270), (270, 270), (853, 270)] {
            for cell in 0..cells {
                let covered: Vec<(usize, i16)> = covered(cell, length, cells, ACROSS).collect();
                assert_eq!(covered.iter().map(|(_, weight)| i32::from(*weight)).sum::<i32>(), ACROSS, "{cell} of {cells} over {length}");
                assert!(covered.iter().all(|(pixel, weight)| *pixel < length && *weight >= 0));
            }
        }
    }
}
