//! Pairs that cannot be one picture, told by their rows alone: two talks of one app share frame, faces and goods, but not the lines between them. What is
//! left over is opened and compared pixel by pixel.

use super::candidates::Seen;
use super::row::{Row, is_busy, near, outside};
use crate::media::pixels::Mapping;
use crate::model::pixels::Rows;

/// Difference of brightness that scaling and saving again make of a cell.
const TOLERANCE: u8 = 14;
/// Cells of a row that must differ.
const CELLS: usize = 2;
/// Busy rows that must be compared before anything is said …
const LEAST: usize = 40;
/// … half a line of words that must differ, and of a thousand so many, wherever nearby the rows are laid. Of a picture that was cropped, scaled or saved
/// again at quality 30 none did; of two talks of a generated case at least 35.
const LINE: usize = 6;
const DIFFERING: usize = 25;
/// Rows by which a mapping that rests on places may be off.
const REACH: isize = 5;
/// Part of the width by which the sides may be off, so that cells of a row still stand for the same.
const SIDEWAYS: f64 = 0.015;
/// Upper part of a screen that holds clock and battery.
const STATUS_BAR: f64 = 0.1;

/// Surely not one picture. False says nothing.
pub(super) fn apart(smaller: &Seen, larger: &Seen, mapping: &Mapping) -> bool {
    let (ours, theirs) = (&smaller.pixels.rows, &larger.pixels.rows);
    let (left, right) = (mapping.shift.0, mapping.at((smaller.width, 0.0)).0);
    if ours.is_empty() || theirs.is_empty() || left.abs() > SIDEWAYS * larger.width || (right - larger.width).abs() > SIDEWAYS * larger.width {
        return false;
    }
    let to_width = Rows::TO_WIDTH as f64;
    let bar = (STATUS_BAR * to_width) as usize;
    let place = |row: usize| {
        let y = (row as f64 + 0.5) * smaller.width / to_width;
        (mapping.at((0.0, y)).1 * to_width / larger.width) as isize
    };
    let rows: Vec<(Row, isize)> = ours.iter().enumerate().skip(bar).map(|(i, row)| (row, place(i))).collect();
    let theirs: Vec<Row> = theirs.iter().collect();
    (-REACH..=REACH).all(|by| differ(&rows, &theirs, by, bar))
}

fn differ(rows: &[(Row, isize)], theirs: &[Row], by: isize, bar: usize) -> bool {
    let (busy, differing) = counts(rows, theirs, by, bar);
    busy >= LEAST && differing >= LINE && differing * 1000 >= busy * DIFFERING
}

/// Busy rows, and those of them that differ.
fn counts(rows: &[(Row, isize)], theirs: &[Row], by: isize, bar: usize) -> (usize, usize) {
    let (mut busy, mut differing) = (0_usize, 0_usize);
    for (row, place) in rows {
        let Some(at) = usize::try_from(place + by).ok().filter(|at| *at >= bar) else { continue };
        let near = near(theirs, at);
        if near.is_empty() || (!is_busy(row) && !near.iter().any(|r| is_busy(r))) {
            continue;
        }
        busy += 1;
        differing += usize::from(outside(row, near, TOLERANCE) >= CELLS);
    }
    (busy, differing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pixels::Pixels;

    /// Rows of a talk: light ground, and a dark line of words every twenty rows, as long as `words` says.
    fn talk(words: impl Fn(usize) -> usize) -> Pixels {
        let row = |y: usize| -> Vec<u8> {
            (0..Rows::COLUMNS).map(|c| if y % 20 < 9 && c > 2 && c < 4 + words(y / 20) { 120 + (y % 7) as u8 } else { 240 }).collect()
        };
        Pixels { rows: Rows { means: (0..585).flat_map(row).collect() }, ..Pixels::default() }
    }

    fn seen(pixels: &Pixels) -> Seen<'_> {
        Seen { pixels, width: 1080.0, height: 2340.0 }
    }

    #[test]
    fn two_talks_are_told_apart_and_one_shifted_is_not() {
        let straight = Mapping { scale: (1.0, 1.0), shift: (0.0, 0.0) };
        let (one, other) = (talk(|line| line * 7 % 17), talk(|line| line * 5 % 17));
        assert!(apart(&seen(&one), &seen(&other), &straight));
        assert!(!apart(&seen(&one), &seen(&one), &straight));
        // rows of 4 pixels: off by three of them
        assert!(!apart(&seen(&one), &seen(&one), &Mapping { shift: (0.0, 12.0), ..straight }));
        // cut at the side: cells do not stand for the same
        assert!(!apart(&seen(&one), &seen(&other), &Mapping { shift: (40.0, 0.0), ..straight }));
        // little is known
        assert!(!apart(&seen(&one), &seen(&Pixels::default()), &straight));
    }
}
