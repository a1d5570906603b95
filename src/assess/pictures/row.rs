//! One row of a tall screen laid on the rows of another: what the joining of screenshots and the telling apart of two talks both rest on.

use crate::model::pixels::Rows;

/// Mean brightness of a row's cells, [`Rows::COLUMNS`] of them.
pub(super) type Row<'a> = &'a [u8];
/// The same, for whole rows at a time.
pub(super) type Cells = [u8; Rows::COLUMNS];

/// Contrast across a row from which there is something in it.
const BUSY: u8 = 14;

/// Is there something in the row.
pub(super) fn is_busy(row: Row) -> bool {
    let (low, high) = row.iter().fold((255_u8, 0_u8), |(l, h), v| (l.min(*v), h.max(*v)));
    high.saturating_sub(low) >= BUSY
}

/// The row at a place with the one above and below: the rows of one screenshot may lie half a row beside those of the other.
pub(super) fn near<'a, 'r>(rows: &'a [Row<'r>], at: usize) -> &'a [Row<'r>] {
    rows.get(at.saturating_sub(1)..(at + 2).min(rows.len())).unwrap_or_default()
}

/// Cells of a row that are darker or brighter than those of all rows near by more than the tolerance.
pub(super) fn outside(row: Row, near: &[Row], tolerance: u8) -> usize {
    let cells = row.iter().enumerate().filter(|(c, v)| {
        let (low, high) = near.iter().filter_map(|r| r.get(*c)).fold((255_u8, 0_u8), |(l, h), v| (l.min(*v), h.max(*v)));
        **v < low.saturating_sub(tolerance) || **v > high.saturating_add(tolerance)
    });
    cells.count()
}

/// Which columns a column of another picture may lie on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Its own.
    Same,
    /// Its own and the one to the left.
    Left,
    /// Its own and the one to the right.
    Right,
}

/// The rows of a picture as a ground that another is laid on.
pub(super) struct Ground {
    /// What may stand at each place, one place past the end too.
    beside: Vec<Beside>,
}

/// The darkest and the brightest of three rows, widened by the tolerance, and whether there is something in any of them.
#[derive(Clone, Copy)]
pub(super) struct Beside {
    low: Cells,
    high: Cells,
    pub busy: bool,
}

impl Ground {
    /// Every place of the rows as a ground.
    pub fn of(rows: &Rows, tolerance: u8, side: Side) -> Self {
        let rows: Vec<(&Cells, bool)> = rows.cells().iter().map(|cells| (cells, is_busy(cells))).collect();
        let beside = |at: usize| {
            let mut found = Beside { low: [255; Rows::COLUMNS], high: [0; Rows::COLUMNS], busy: false };
            for (cells, busy) in rows.get(at.saturating_sub(1)..(at + 2).min(rows.len())).unwrap_or_default() {
                found.low.iter_mut().zip(*cells).for_each(|(low, v)| *low = (*low).min(v.saturating_sub(tolerance)));
                found.high.iter_mut().zip(*cells).for_each(|(high, v)| *high = (*high).max(v.saturating_add(tolerance)));
                found.busy |= busy;
            }
            found.widened(side)
        };
        let beside = if rows.is_empty() { Vec::new() } else { (0..=rows.len()).map(beside).collect() };
        Ground { beside }
    }

    /// What may stand at a place.
    pub fn beside(&self, at: usize) -> Option<&Beside> {
        self.beside.get(at)
    }
}

impl Beside {
    fn widened(mut self, side: Side) -> Self {
        let (low, high) = (self.low, self.high);
        let next = |cells: Cells| cells.into_iter().skip(1).chain(cells.last().copied());
        let before = |cells: Cells| cells.first().copied().into_iter().chain(cells);
        match side {
            Side::Same => {}
            Side::Left => {
                self.low.iter_mut().zip(before(low)).for_each(|(l, other)| *l = (*l).min(other));
                self.high.iter_mut().zip(before(high)).for_each(|(h, other)| *h = (*h).max(other));
            }
            Side::Right => {
                self.low.iter_mut().zip(next(low)).for_each(|(l, other)| *l = (*l).min(other));
                self.high.iter_mut().zip(next(high)).for_each(|(h, other)| *h = (*h).max(other));
            }
        }
        self
    }

    /// Cells of a row that may not stand here.
    pub fn outside(&self, row: &Cells) -> u32 {
        let cells = row.iter().zip(&self.low).zip(&self.high);
        u32::from(cells.map(|((v, low), high)| u8::from(v < low) | u8::from(v > high)).sum::<u8>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ground_says_what_its_rows_say_one_by_one() {
        let rows = Rows { means: (0..Rows::COLUMNS * 9).map(|i| (i * i * 7 % 251) as u8).collect() };
        let all: Vec<Row> = rows.iter().collect();
        let ground = Ground::of(&rows, 12, Side::Same);
        for (at, row) in all.iter().flat_map(|row| (0..11).map(move |at| (at, row))) {
            let near = near(&all, at);
            let told = ground.beside(at).map(|beside| (beside.outside((*row).try_into().expect("a row")) as usize, beside.busy));
            assert_eq!(told, (!near.is_empty()).then(|| (outside(row, near, 12), near.iter().any(|r| is_busy(r)))), "{at}");
        }
    }

    #[test]
    fn cells_between_the_rows_near_are_not_outside() {
        let (dark, light) = ([100_u8; 4], [200_u8; 4]);
        let rows: [Row; 3] = [&dark, &light, &light];
        assert_eq!(outside(&[87, 88, 150, 212], near(&rows, 0), 12), 1);
        assert_eq!(outside(&[87, 188, 150, 213], near(&rows, 2), 12), 3);
        assert!(near(&rows, 4).is_empty(), "past the end");
    }
}
