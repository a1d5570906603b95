//! A picture row by row, coarse across and fine down: enough to find where one screenshot goes on in the next, and to tell most other pictures apart.

use super::lattice::Lattice;
use super::plane::Plane;
use crate::model::pixels::Rows;

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
    let step = (width as f64 / Rows::COLUMNS as f64, width as f64 / Rows::TO_WIDTH as f64);
    Rows { means: softened(&Lattice { from: (0.0, 0.0), step, size: (Rows::COLUMNS, count) }.sample(plane).luma) }
}

/// A quarter of each row above and below: where the rows of two screenshots begin within a line of text no longer matters.
fn softened(means: &[u8]) -> Vec<u8> {
    let rows: Vec<&[u8]> = means.chunks_exact(Rows::COLUMNS).collect();
    let row = |at: usize| rows.get(at).copied().unwrap_or_default();
    let last = rows.len().saturating_sub(1);
    let of_three = |at: usize| {
        let (above, below) = (row(at.saturating_sub(1)), row((at + 1).min(last)));
        above.iter().zip(row(at)).zip(below).map(|((a, b), c)| ((u16::from(*a) + 2 * u16::from(*b) + u16::from(*c) + 2) / 4) as u8)
    };
    (0..rows.len()).flat_map(of_three).collect()
}
