//! The rows of a picture as a ground that those of another are laid on, cut or shifted to the side by any part of a column.
//!
//! A cell of the other covers parts of two or three cells here. What the mean of a part can be is bounded by the mean of its cell: where a cell is
//! as bright as anything, every part of it is. So a cell may be told from the ground, and a picture that was only cropped never is.

use crate::model::pixels::{Pixels, Rows};
use fearless_simd::{Level, dispatch};

const COLUMNS: usize = Rows::COLUMNS;
/// A row's cells.
pub(super) type Cells = [u8; COLUMNS];
/// Cells of the ground that one cell may touch.
const TOUCHED: usize = 3;
/// Cells past either end of a row.
const PAST: usize = 3;
/// A row's cells with those past its ends.
type Means = [i32; COLUMNS + 2 * PAST];
/// A cell is so many parts wide.
const PARTS: i32 = 256;
/// Columns by which a mapping that rests on places may be off to the side: a quarter of a hundredth of the width.
const OFF: f64 = 0.06;
/// Grounds are worked out for every so many parts of a column, so that the pictures of one phone, which all lie nearly alike, share one …
const GRID: f64 = 32.0;
/// … and each of them holds for what lies half a part aside.
const HALF: f64 = 0.5 / GRID;
/// Grounds of one picture that are kept at a time.
const KEPT: usize = 8;

/// Contrast across a row from which there is something in it.
const BUSY: u8 = 14;

/// Is there something in the row.
pub(super) fn is_busy(row: &[u8]) -> bool {
    let (low, high) = row.iter().fold((255_u8, 0_u8), |(l, h), v| (l.min(*v), h.max(*v)));
    high.saturating_sub(low) >= BUSY
}

/// A ground, worked out where it is asked for.
pub(super) struct Ground<'a> {
    rows: &'a [Cells],
    tolerance: u8,
    /// Hardly a pixel is darker or brighter than these.
    light: (i32, i32),
    covers: [Cover; 3],
    /// Of the rows that were asked for.
    bounds: Vec<Option<Bounds>>,
    /// Of the places that were asked for: the same ones are asked for at every move.
    beside: Vec<Option<Beside>>,
}

/// The grounds of one picture, for all that are laid on it.
#[derive(Default)]
pub(super) struct Grounds<'a> {
    /// With their place on the grid.
    known: Vec<((i64, i64), Ground<'a>)>,
}

impl<'a> Grounds<'a> {
    /// The ground for pictures whose ends lie about so many columns to the right of this one's. `pixels` are the same at every call.
    pub fn at(&mut self, pixels: &'a Pixels, tolerance: u8, (left, right): (f64, f64)) -> &mut Ground<'a> {
        let on_grid = |columns: f64| (columns * GRID).round() as i64;
        let key = (on_grid(left), on_grid(right));
        let at = match self.known.iter().position(|(known, _)| *known == key) {
            Some(at) => at,
            None => {
                if self.known.len() >= KEPT {
                    self.known.remove(0);
                }
                self.known.push((key, Ground::of(pixels, tolerance, (key.0 as f64 / GRID, key.1 as f64 / GRID))));
                self.known.len() - 1
            }
        };
        &mut self.known[at].1
    }
}

/// The least and the most that each mean of a row can be, widened by the tolerance.
type Bounds = (Cells, Cells);

/// The darkest and the brightest that may stand at a place.
#[derive(Clone, Copy)]
pub(super) struct Beside {
    low: Cells,
    high: Cells,
}

impl<'a> Ground<'a> {
    /// The ground of a picture, for others whose left and right ends lie so many columns to the right of its own.
    pub fn of(pixels: &'a Pixels, tolerance: u8, (left, right): (f64, f64)) -> Self {
        let rows = pixels.rows.cells();
        let light = (i32::from(pixels.light.darkest), i32::from(pixels.light.brightest));
        let covers = [-OFF - HALF, 0.0, OFF + HALF].map(|by| Cover::of(left + by, right + by));
        Ground { rows, tolerance, light, covers, bounds: vec![None; rows.len()], beside: vec![None; rows.len() + 1] }
    }

    /// What may stand at a place, one place past the end too: what its row says, the one above and the one below.
    pub fn beside(&mut self, at: usize) -> Option<&Beside> {
        if self.beside.get(at)?.is_none() {
            let merged = self.merged(at)?;
            *self.beside.get_mut(at)? = Some(merged);
        }
        self.beside.get(at)?.as_ref()
    }

    fn merged(&mut self, at: usize) -> Option<Beside> {
        let rows = at.saturating_sub(1)..(at + 2).min(self.rows.len());
        if rows.is_empty() {
            return None;
        }
        let mut found = Beside { low: [255; COLUMNS], high: [0; COLUMNS] };
        for row in rows {
            let (low, high) = self.bounds(row)?;
            found.low.iter_mut().zip(low).for_each(|(least, low)| *least = (*least).min(low));
            found.high.iter_mut().zip(high).for_each(|(most, high)| *most = (*most).max(high));
        }
        Some(found)
    }

    fn bounds(&mut self, row: usize) -> Option<Bounds> {
        let known = self.bounds.get_mut(row)?;
        if known.is_none() {
            let cells = self.rows.get(row)?;
            let (low, high) = dispatch!(Level::new(), _ => bounds(&self.covers, cells, self.light, self.tolerance));
            *known = Some((low, high));
        }
        *known
    }
}

/// The least and the most that each mean can be under any of the covers, widened by the tolerance.
#[inline(always)]
fn bounds(covers: &[Cover], cells: &Cells, light: (i32, i32), tolerance: u8) -> Bounds {
    let mut means = [0; COLUMNS + 2 * PAST];
    for (mean, cell) in means.iter_mut().skip(PAST).zip(cells) {
        *mean = i32::from(*cell);
    }
    let (mut low, mut high): (Cells, Cells) = ([255; COLUMNS], [0; COLUMNS]);
    for cover in covers {
        let (least, most) = cover.bounds(&means, light);
        low.iter_mut().zip(least).for_each(|(low, least)| *low = (*low).min(least));
        high.iter_mut().zip(most).for_each(|(high, most)| *high = (*high).max(most));
    }
    low.iter_mut().for_each(|low| *low = low.saturating_sub(tolerance));
    high.iter_mut().for_each(|high| *high = high.saturating_add(tolerance));
    (low, high)
}

impl Beside {
    /// Cells of a row that may not stand here.
    #[inline(always)]
    pub fn outside(&self, row: &Cells) -> u32 {
        let cells = row.iter().zip(&self.low).zip(&self.high);
        u32::from(cells.map(|((v, low), high)| u8::from(v < low) | u8::from(v > high)).sum::<u8>())
    }
}

/// Which cells of the ground each cell covers, and how much of them.
struct Cover {
    touched: [Touched; TOUCHED],
    /// Of all that a cell covers.
    whole: i32,
    /// 2²⁰ by that, rounded down: multiplying is done many at a time.
    one: u32,
}

/// For each cell one of those that it covers.
#[derive(Clone, Copy)]
struct Touched {
    /// Its place, counted from the first past the end.
    cell: [usize; COLUMNS],
    /// The first of them, if they stand side by side.
    side_by_side: Option<usize>,
    parts: [i32; COLUMNS],
    /// 255 where it lies outside: past either end nothing is known.
    unknown: [i32; COLUMNS],
}

impl Cover {
    fn of(left: f64, right: f64) -> Self {
        let wide = (COLUMNS as f64 + right - left) / COLUMNS as f64;
        let touched = std::array::from_fn(|i| {
            let mut touched = Touched { cell: [0; COLUMNS], side_by_side: None, parts: [0; COLUMNS], unknown: [255; COLUMNS] };
            let columns = touched.cell.iter_mut().zip(&mut touched.parts).zip(&mut touched.unknown).enumerate();
            for (column, ((place, parts), unknown)) in columns {
                let (from, to) = (left + column as f64 * wide, left + (column + 1) as f64 * wide);
                let cell = from.floor() + i as f64;
                let part = (to.min(cell + 1.0) - from.max(cell)).max(0.0);
                *parts = (part * f64::from(PARTS)) as i32;
                // further out is as unknown as the first past the end
                *place = (cell + PAST as f64).clamp(0.0, (COLUMNS + 2 * PAST - 1) as f64) as usize;
                if (0.0..COLUMNS as f64).contains(&cell) {
                    *unknown = 0;
                }
            }
            let first = touched.cell[0];
            touched.side_by_side = touched.cell.iter().zip(first..).all(|(cell, place)| *cell == place).then_some(first);
            touched
        });
        let whole = ((wide * f64::from(PARTS)) as i32).clamp(1, 1 << 14);
        Cover { touched, whole, one: (1 << 20) / whole as u32 }
    }

    /// Of all that a cell covers, as a byte.
    #[inline(always)]
    fn mean(&self, sum: i32) -> u8 {
        ((sum.clamp(0, self.whole * 255) as u32 * self.one) >> 20) as u8
    }

    /// The least and the most that the mean of each cell can be. `means`: of the ground's cells, and 0 past the ends.
    #[inline(always)]
    fn bounds(&self, means: &Means, (darkest, brightest): (i32, i32)) -> (Cells, Cells) {
        let (mut least, mut most) = ([0_i32; COLUMNS], [0_i32; COLUMNS]);
        for touched in &self.touched {
            let lows: [i32; COLUMNS] = match touched.side_by_side.and_then(|first| means.get(first..)?.first_chunk()) {
                Some(lows) => *lows,
                None => {
                    let mut lows = [0; COLUMNS];
                    for (low, cell) in lows.iter_mut().zip(&touched.cell) {
                        *low = means.get(*cell).copied().unwrap_or(0);
                    }
                    lows
                }
            };
            for ((((least, most), low), unknown), part) in least.iter_mut().zip(&mut most).zip(lows).zip(touched.unknown).zip(touched.parts) {
                let high = low | unknown;
                let (dark, bright) = (darkest.min(low), brightest.max(high));
                *least += (low * PARTS - (PARTS - part) * bright).max(part * dark);
                *most += (high * PARTS - (PARTS - part) * dark).min(part * bright);
            }
        }
        let (mut low, mut high): (Cells, Cells) = ([0; COLUMNS], [0; COLUMNS]);
        for (low, sum) in low.iter_mut().zip(&least) {
            *low = self.mean(*sum);
        }
        // parts are rounded down
        for (high, sum) in high.iter_mut().zip(&most) {
            *high = self.mean(*sum).saturating_add(3);
        }
        (low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pixels::Light;

    /// Means of the columns of a picture of 240 pixels, cut so many at the left and at the right.
    fn cut(pixels: &[u8; 240], left: usize, right: usize) -> Cells {
        let kept = &pixels[left..240 - right];
        std::array::from_fn(|c| {
            // each pixel in 24 parts
            let parts = c * kept.len()..(c + 1) * kept.len();
            (parts.map(|part| u64::from(kept[part / COLUMNS])).sum::<u64>() / kept.len() as u64) as u8
        })
    }

    #[test]
    fn what_was_cut_at_the_sides_always_fits_and_words_on_blank_ground_never_do() {
        let mut pixels = [255_u8; 240];
        // hard strokes of all widths, and blank ground from 160 on
        (20..160).filter(|x| x * x / 7 % 3 == 0).for_each(|x| pixels[x] = 20);
        let light = Light { darkest: 20, brightest: 255, ..Light::default() };
        let picture = Pixels { rows: Rows { means: cut(&pixels, 0, 0).repeat(3) }, light, ..Pixels::default() };
        for (left, right) in (0..16).flat_map(|left| (0..16).map(move |right| (left, right))) {
            let mut ground = Ground::of(&picture, 0, (left as f64 / 10.0, -(right as f64) / 10.0));
            let beside = ground.beside(1).expect("a row");
            assert_eq!(beside.outside(&cut(&pixels, left, right)), 0, "{left} {right}");
            let mut words = cut(&pixels, left, right);
            (18..22).for_each(|c| words[c] = 190);
            assert!(beside.outside(&words) >= 3, "{left} {right}");
        }
        assert!(Ground::of(&picture, 0, (0.0, 0.0)).beside(4).is_none(), "past the end");
        assert!(Ground::of(&Pixels::default(), 0, (0.0, 0.0)).beside(0).is_none());
    }
}
