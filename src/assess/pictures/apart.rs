//! Pairs that cannot be one picture, told by their rows alone: two talks of one app share frame, faces and goods, but not the lines between them. What is
//! left over is opened and compared pixel by pixel.

use super::candidates::Seen;
use super::ground::{Cells, Ground, Grounds};
use crate::media::pixels::Mapping;
use crate::model::pixels::Rows;
use fearless_simd::{Level, dispatch};
use std::ops::RangeInclusive;

/// Difference of brightness that scaling and saving again make of a cell.
const TOLERANCE: u8 = 14;
/// Cells of a row that must differ.
const CELLS: u32 = 2;
/// Busy rows that must be compared before anything is said …
const LEAST: usize = 40;
/// … half a line of words that must differ, and of a thousand so many, wherever nearby the rows are laid. Of a picture that was cropped, scaled or saved
/// again at quality 30 none did; of two talks of a generated case at least 35.
const LINE: usize = 6;
const DIFFERING: usize = 25;
/// Rows by which a mapping that rests on places may be off.
const REACH: isize = 5;
/// Width of the smaller in the larger, as a part of the larger's: rows of both are then about as high.
const WIDTHS: RangeInclusive<f64> = 0.93..=1.07;
/// Upper part of a screen that holds clock and battery.
const STATUS_BAR: f64 = 0.1;

/// Surely not one picture. False says nothing. `grounds` are those of the larger picture.
pub(super) fn apart<'a>(smaller: &Seen, larger: &Seen<'a>, grounds: &mut Grounds<'a>, mapping: &Mapping) -> bool {
    if smaller.pixels.brightness != larger.pixels.brightness {
        return false;
    }
    let columns = |pixels: f64| pixels / larger.width * Rows::COLUMNS as f64;
    let aside = (columns(mapping.shift.0), columns(mapping.at((smaller.width, 0.0)).0 - larger.width));
    let wide = 1.0 + (aside.1 - aside.0) / Rows::COLUMNS as f64;
    let rows = smaller.pixels.rows.cells();
    if rows.is_empty() || larger.pixels.rows.is_empty() || !WIDTHS.contains(&wide) {
        return false;
    }
    let ground = grounds.at(larger.pixels, TOLERANCE, aside);
    let to_width = Rows::TO_WIDTH as f64;
    let bar = (STATUS_BAR * to_width) as usize;
    let place = |row: usize| {
        let y = (row as f64 + 0.5) * smaller.width / to_width;
        (mapping.at((0.0, y)).1 * to_width / larger.width) as isize
    };
    let rows = rows.iter().zip(&smaller.busy).enumerate().skip(bar);
    let rows: Vec<Laid> = rows.map(|(i, (row, busy))| Laid { row, busy: *busy, place: place(i) }).collect();
    (-REACH..=REACH).all(|by| dispatch!(Level::new(), _ => differ(&rows, ground, &larger.near_busy, by, bar)))
}

/// A row of the smaller picture.
struct Laid<'a> {
    row: &'a Cells,
    busy: bool,
    /// Row of the larger that it lies on.
    place: isize,
}

/// Laid `by` rows below their places, do so many of the busy rows differ.
#[inline(always)]
fn differ(rows: &[Laid], ground: &mut Ground, busy_there: &[bool], by: isize, bar: usize) -> bool {
    let any_there = |at: usize| busy_there.get(at) == Some(&true);
    let (mut busy, mut differing) = (0_usize, 0_usize);
    for laid in rows {
        let place = usize::try_from(laid.place + by).ok().filter(|at| *at >= bar && (laid.busy || any_there(*at)));
        if let Some(beside) = place.and_then(|at| ground.beside(at)) {
            busy += 1;
            differing += usize::from(beside.outside(laid.row) >= CELLS);
            // enough even if every other row were busy and alike
            if busy >= LEAST && differing >= LINE && differing * 1000 >= rows.len() * DIFFERING {
                return true;
            }
        }
    }
    busy >= LEAST && differing >= LINE && differing * 1000 >= busy * DIFFERING
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

    fn apart(smaller: &Seen, larger: &Seen, mapping: &Mapping) -> bool {
        super::apart(smaller, larger, &mut Grounds::default(), mapping)
    }

    fn seen(pixels: &Pixels) -> Seen<'_> {
        Seen::new(pixels, (1080, 2340))
    }

    #[test]
    fn two_talks_are_told_apart_and_one_shifted_is_not() {
        let straight = Mapping { scale: (1.0, 1.0), shift: (0.0, 0.0) };
        let (one, other) = (talk(|line| line * 7 % 17), talk(|line| line * 5 % 17));
        assert!(apart(&seen(&one), &seen(&other), &straight));
        assert!(!apart(&seen(&one), &seen(&one), &straight));
        // rows of 4 pixels: off by three of them
        assert!(!apart(&seen(&one), &seen(&one), &Mapping { shift: (0.0, 12.0), ..straight }));
        // cut at the side
        for shift in [12.0, 24.0, -24.0, 40.0] {
            assert!(apart(&seen(&one), &seen(&other), &Mapping { shift: (shift, 0.0), ..straight }), "{shift}");
        }
        // much larger there: rows stand for other heights
        assert!(!apart(&seen(&one), &seen(&other), &Mapping { scale: (1.2, 1.2), ..straight }));
        // little is known
        assert!(!apart(&seen(&one), &seen(&Pixels::default()), &straight));
    }
}
