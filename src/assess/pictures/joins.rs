//! Does one chat screenshot go on in another: the end of the one is looked for in the other, row by row.
//!
//! Title and input line are the same on both and left out; what remains is the talk. Rows are a 270th of the width high, so a line of text has
//! eleven.

use super::ground::{Cells, is_busy};
use crate::model::pixels::Rows;
use fearless_simd::{Level, dispatch};

/// Difference of brightness that saving again makes, and rows that begin elsewhere within a line.
const TOLERANCE: u8 = 13;
/// Busy rows of the end that are looked for: about one message.
const END: usize = 22;
/// Rows of the end at most; a photograph is longer.
const END_ROWS: usize = 70;
/// Of a hundred busy rows so many may differ.
const DIFFERING: usize = 8;
/// Upper part that may be title, lower part that may be the input line, in hundredths of the height of one screen (twice the width).
const TITLE: usize = 22;
const INPUT: usize = 16;
/// Rows of clock and battery, which differ between two screenshots.
const CLOCK: usize = 24;

/// Is the end of either in the other.
pub(super) fn joined(a: &Rows, b: &Rows) -> bool {
    let (a, b) = (a.cells(), b.cells());
    let (top, bottom) = frame(a, b);
    let talk = |rows: &[Cells]| top..rows.len().saturating_sub(bottom).max(top);
    // looked for from the title on: where the first messages begin alike, their beginning seems to be frame
    let below_clock = |rows: &[Cells]| CLOCK.min(top)..rows.len().saturating_sub(bottom).max(top);
    let ends = (a.get(talk(a)).unwrap_or_default(), b.get(talk(b)).unwrap_or_default());
    let whole = (a.get(below_clock(a)).unwrap_or_default(), b.get(below_clock(b)).unwrap_or_default());
    goes_on(ends.0, whole.1) || goes_on(ends.1, whole.0)
}

/// Rows above and below the talk that both have alike.
fn frame(a: &[Cells], b: &[Cells]) -> (usize, usize) {
    let most = |part: usize| Rows::TO_WIDTH * 2 * part / 100;
    let alike = |(x, y): (&Cells, &Cells)| x.iter().zip(y).all(|(p, q)| p.abs_diff(*q) <= TOLERANCE);
    let top = a.iter().zip(b).skip(CLOCK).take(most(TITLE) - CLOCK).take_while(|(x, y)| alike((x, y))).count() + CLOCK;
    let bottom = a.iter().rev().zip(b.iter().rev()).take(most(INPUT)).take_while(|(x, y)| alike((x, y))).count();
    (top, bottom)
}

/// Is the end of `a`'s talk somewhere in `b`.
fn goes_on(a: &[Cells], b: &[Cells]) -> bool {
    let Some(last) = a.iter().rposition(|row| is_busy(row)) else { return false };
    let (mut first, mut busy) = (last, 0);
    for (i, row) in a.iter().enumerate().take(last + 1).rev() {
        busy += usize::from(is_busy(row));
        first = i;
        if busy >= END || last - i >= END_ROWS {
            break;
        }
    }
    let end: Vec<(&Cells, bool)> = a.get(first..=last).unwrap_or_default().iter().map(|row| (row, is_busy(row))).collect();
    if busy < END / 2 || end.len() > b.len() {
        return false;
    }
    let places: Vec<Place> = (0..b.len()).map(|at| Place::of(b, at)).collect();
    dispatch!(Level::new(), _ => places.windows(end.len()).any(|places| stands_at(&end, places)))
}

/// A row that another may lie on.
struct Place {
    busy: bool,
    /// The darkest and the brightest that may stand here.
    low: Cells,
    high: Cells,
}

impl Place {
    /// The row with the one above and below: the rows of one screenshot may lie half a row beside those of the other.
    fn of(rows: &[Cells], at: usize) -> Self {
        let mut place = Place { busy: rows.get(at).is_some_and(|row| is_busy(row)), low: [255; Rows::COLUMNS], high: [0; Rows::COLUMNS] };
        for row in rows.get(at.saturating_sub(1)..(at + 2).min(rows.len())).unwrap_or_default() {
            for ((low, high), v) in place.low.iter_mut().zip(&mut place.high).zip(row) {
                (*low, *high) = ((*low).min(*v), (*high).max(*v));
            }
        }
        place.low.iter_mut().for_each(|low| *low = low.saturating_sub(TOLERANCE));
        place.high.iter_mut().for_each(|high| *high = high.saturating_add(TOLERANCE));
        place
    }

    /// Are all cells of a row between the two.
    #[inline(always)]
    fn takes(&self, row: &Cells) -> bool {
        let mut outside = 0_u8;
        for ((v, low), high) in row.iter().zip(&self.low).zip(&self.high) {
            outside |= u8::from(v < low) | u8::from(v > high);
        }
        outside == 0
    }
}

#[inline(always)]
fn stands_at(end: &[(&Cells, bool)], places: &[Place]) -> bool {
    let (mut busy, mut differing) = (0_usize, 0_usize);
    for ((row, is_busy), place) in end.iter().zip(places) {
        if !is_busy && !place.busy {
            continue;
        }
        busy += 1;
        differing += usize::from(!place.takes(row));
        // most places differ at once
        if differing * 100 > DIFFERING * end.len().max(busy) {
            return false;
        }
    }
    busy > 0 && differing * 100 <= DIFFERING * busy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_between_the_rows_near_are_taken() {
        let rows: [Cells; 3] = [[100; Rows::COLUMNS], [200; Rows::COLUMNS], [200; Rows::COLUMNS]];
        let with = |at: usize, value: u8| {
            let mut row = [150; Rows::COLUMNS];
            row[at] = value;
            row
        };
        let first = Place::of(&rows, 0);
        assert!(first.takes(&with(0, 87)) && first.takes(&with(23, 213)), "between, but for the tolerance");
        assert!(!first.takes(&with(5, 86)) && !first.takes(&with(23, 214)));
        assert!(!Place::of(&rows, 2).takes(&with(9, 186)), "below the last row there is none");
        assert!(!first.busy);
    }
}
