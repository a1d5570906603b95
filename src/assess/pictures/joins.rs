//! Does one chat screenshot go on in another: the end of the one is looked for in the other, row by row.
//!
//! Title and input line are the same on both and left out; what remains is the talk. Rows are a 270th of the width high, so a line of text has
//! eleven.

use super::ground::is_busy;
use crate::model::pixels::Rows;

/// Mean brightness of a row's cells, [`Rows::COLUMNS`] of them.
type Row<'a> = &'a [u8];

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
    let (a, b): (Vec<Row>, Vec<Row>) = (a.iter().collect(), b.iter().collect());
    let (top, bottom) = frame(&a, &b);
    let talk = |rows: &[Row<'_>]| top..rows.len().saturating_sub(bottom).max(top);
    // looked for from the title on: where the first messages begin alike, their beginning seems to be frame
    let below_clock = |rows: &[Row<'_>]| CLOCK.min(top)..rows.len().saturating_sub(bottom).max(top);
    let ends = (a.get(talk(&a)).unwrap_or_default(), b.get(talk(&b)).unwrap_or_default());
    let whole = (a.get(below_clock(&a)).unwrap_or_default(), b.get(below_clock(&b)).unwrap_or_default());
    goes_on(ends.0, whole.1) || goes_on(ends.1, whole.0)
}

/// Rows above and below the talk that both have alike.
fn frame(a: &[Row], b: &[Row]) -> (usize, usize) {
    let most = |part: usize| Rows::TO_WIDTH * 2 * part / 100;
    let alike = |(x, y): (&Row, &Row)| x.iter().zip(*y).all(|(p, q)| p.abs_diff(*q) <= TOLERANCE);
    let top = a.iter().zip(b).skip(CLOCK).take(most(TITLE) - CLOCK).take_while(|(x, y)| alike((x, y))).count() + CLOCK;
    let bottom = a.iter().rev().zip(b.iter().rev()).take(most(INPUT)).take_while(|(x, y)| alike((x, y))).count();
    (top, bottom)
}

/// Is the end of `a`'s talk somewhere in `b`.
fn goes_on(a: &[Row], b: &[Row]) -> bool {
    let Some(last) = a.iter().rposition(|r| is_busy(r)) else { return false };
    let (mut first, mut busy) = (last, 0);
    for i in (0..=last).rev() {
        busy += usize::from(a.get(i).is_some_and(|r| is_busy(r)));
        first = i;
        if busy >= END || last - i >= END_ROWS {
            break;
        }
    }
    let end = a.get(first..=last).unwrap_or_default();
    if busy < END / 2 || end.len() > b.len() {
        return false;
    }
    (0..=b.len() - end.len()).any(|shift| stands_at(end, b, shift))
}

fn stands_at(end: &[Row], b: &[Row], shift: usize) -> bool {
    let (mut busy, mut differing) = (0_usize, 0_usize);
    for (i, row) in end.iter().enumerate() {
        let Some(here) = b.get(shift + i) else { return false };
        if !is_busy(row) && !is_busy(here) {
            continue;
        }
        busy += 1;
        differing += usize::from(outside(row, near(b, shift + i), TOLERANCE) > 0);
        // most places differ at once
        if differing * 100 > DIFFERING * end.len().max(busy) {
            return false;
        }
    }
    busy > 0 && differing * 100 <= DIFFERING * busy
}

/// The row at a place with the one above and below: the rows of one screenshot may lie half a row beside those of the other.
fn near<'a, 'r>(rows: &'a [Row<'r>], at: usize) -> &'a [Row<'r>] {
    rows.get(at.saturating_sub(1)..(at + 2).min(rows.len())).unwrap_or_default()
}

/// Cells of a row that are darker or brighter than those of all rows near by more than the tolerance.
fn outside(row: Row, near: &[Row], tolerance: u8) -> usize {
    let cells = row.iter().enumerate().filter(|(c, v)| {
        let (low, high) = near.iter().filter_map(|r| r.get(*c)).fold((255_u8, 0_u8), |(l, h), v| (l.min(*v), h.max(*v)));
        **v < low.saturating_sub(tolerance) || **v > high.saturating_add(tolerance)
    });
    cells.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_between_the_rows_near_are_not_outside() {
        let (dark, light) = ([100_u8; 4], [200_u8; 4]);
        let rows: [Row; 3] = [&dark, &light, &light];
        assert_eq!(outside(&[87, 88, 150, 212], near(&rows, 0), 12), 1);
        assert_eq!(outside(&[87, 188, 150, 213], near(&rows, 2), 12), 3);
        assert!(near(&rows, 4).is_empty(), "past the end");
    }
}
