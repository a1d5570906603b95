//! Do two pictures show the same? Laid over each other to a part of a pixel, they are compared tile by tile on the grid of the coarser one.
//!
//! A talk in the same app has the same frame and other words, a tracking page another number: tiles side by side differ by whole strokes. The same picture
//! cropped, scaled or saved again differs nowhere but in the status bar, and here and there by what JPEG made of it.

use super::align::{FROM_FAR, LEVEL, NEARLY_LEVEL, PASSES, align, level};
use super::lattice::{Lattice, Mapping};
use super::plane::{Levels, Plane};
use fearless_simd::{Level, dispatch};

/// Points of a tile's side: a digit on a phone's screen is wider and taller.
const TILE: usize = 12;
/// Contrast from which a tile has something in it.
const CONTRAST: u8 = 40;
/// A point differs by this part of its tile's contrast, in hundredths, and by no less than the least: strokes that are there or not do, edges that are
/// drawn a little harder or softer do not.
const STROKE: u32 = 38;
const LEAST: u8 = 26;
/// Points of a tile that differ before it is another tile.
const DIFFERING: usize = 5;
/// A tile is laid over the other within so many points.
const LOOSE: usize = 1;
/// Tiles with something in them that must lie over each other.
const BUSY: usize = 24;
/// Of a thousand busy tiles so many may differ, one here and one there …
const PER_THOUSAND: usize = 15;
/// … and side by side so many at most: a few digits of a number are more.
const SIDE_BY_SIDE: usize = 2;
/// On a coarser grid, where a tile holds as much as four or sixteen, so many of a hundred tell two pictures apart at once.
const AT_A_GLANCE: usize = 8;
/// Upper part of a tall screen that holds clock and battery, in thousandths of its height.
const STATUS_BAR: f64 = 0.05;
/// Part of the smaller picture that must lie within the larger.
const WITHIN: f64 = 0.85;

/// How two pictures compare under the best mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compared {
    /// Tiles with something in them.
    pub busy: usize,
    /// Of these, tiles that differ.
    pub differing: usize,
    /// The most of those that lie side by side.
    pub side_by_side: usize,
}

impl Compared {
    /// Is it one picture.
    pub fn same(&self) -> bool {
        self.busy >= BUSY && self.differing * 1000 <= self.busy * PER_THOUSAND && self.side_by_side <= SIDE_BY_SIDE
    }
}

/// Compares them under a mapping that is right to one pixel of a hundred; `None` when too little lies over each other, and where they are told apart at a
/// glance.
pub fn compare(smaller: &Levels, larger: &Levels, mapping: Mapping) -> Option<Compared> {
    let region = overlap(smaller, larger, &mapping)?;
    let mut mapping = mapping;
    for pass in PASSES {
        mapping = align(smaller, larger, &region, mapping, pass).unwrap_or(mapping);
        if pass.coarseness > 1.0 && apart_at_a_glance(smaller, larger, &overlap(smaller, larger, &mapping)?.coarser(pass.coarseness), &mapping) {
            return None;
        }
    }
    let mapping = level(&region, mapping, LEVEL);
    let lattice = overlap(smaller, larger, &mapping)?;
    let above = (bar_over(smaller, larger, &mapping) - lattice.from.1) / lattice.step.1;
    let (ours, theirs) = (softened(lattice.over(smaller)), softened(lattice.mapped(&mapping).over(larger)));
    Some(Tiles::of(&ours, &theirs, above.ceil().max(0.0) as usize).compared())
}

/// Do two pictures that are reduced already show different things at a glance. False says nothing.
pub fn apart_from_far(smaller: &Levels, larger: &Levels, mapping: Mapping) -> bool {
    let seen = || {
        // whole pixels are taken as they are, which is most of the work
        let mapping = level(&overlap(smaller, larger, &mapping)?, mapping, NEARLY_LEVEL);
        let region = overlap(smaller, larger, &mapping)?;
        let mapping = align(smaller, larger, &region, mapping, FROM_FAR)?;
        Some(apart_at_a_glance(smaller, larger, &overlap(smaller, larger, &mapping)?, &mapping))
    };
    seen() == Some(true)
}

/// Do they differ on a coarse grid, where strokes are grey and a part of a pixel does not matter.
fn apart_at_a_glance(smaller: &Levels, larger: &Levels, lattice: &Lattice, mapping: &Mapping) -> bool {
    let above = (bar_over(smaller, larger, mapping) - lattice.from.1) / lattice.step.1;
    let (ours, theirs) = (lattice.over(smaller), lattice.mapped(mapping).over(larger));
    let tiles = Tiles::of(&ours, &theirs, above.ceil().max(0.0) as usize);
    let busy = tiles.busy().count();
    if busy < BUSY {
        return false;
    }
    // no more are looked at than are needed
    let (mut differing, needed) = (0, (busy * AT_A_GLANCE).div_ceil(100));
    for (seen, (tile, contrast)) in tiles.busy().enumerate() {
        differing += usize::from(!tiles.alike(tile, contrast));
        if differing >= needed || differing + busy - seen <= needed {
            break;
        }
    }
    differing >= needed
}

/// Where the status bar of either ends, in pixels of the smaller.
fn bar_over(smaller: &Levels, larger: &Levels, mapping: &Mapping) -> f64 {
    bar(&smaller.full).max((bar(&larger.full) - mapping.shift.1) / mapping.scale.1)
}

/// The grid over what both show, no finer than the coarser of the two.
fn overlap(smaller: &Levels, larger: &Levels, mapping: &Mapping) -> Option<Lattice> {
    let along = |scale: f64, shift: f64, ours: usize, theirs: usize| -> Option<(f64, f64, f64)> {
        if !(0.2..5.0).contains(&scale) {
            return None;
        }
        let (from, to) = ((-shift / scale).max(0.0), ((theirs as f64 - shift) / scale).min(ours as f64));
        (to > from).then_some((from, to - from, (1.0 / scale).max(1.0)))
    };
    let (left, width, step_x) = along(mapping.scale.0, mapping.shift.0, smaller.full.width, larger.full.width)?;
    let (top, height, step_y) = along(mapping.scale.1, mapping.shift.1, smaller.full.height, larger.full.height)?;
    if width * height < WITHIN * (smaller.full.width * smaller.full.height) as f64 {
        return None;
    }
    let size = ((width / step_x) as usize, (height / step_y) as usize);
    (size.0 >= 4 * TILE && size.1 >= 4 * TILE).then_some(Lattice { from: (left, top), step: (step_x, step_y), size })
}

/// Where the status bar of a tall screen ends.
fn bar(picture: &Plane) -> f64 {
    let (width, height) = (picture.width as f64, picture.height as f64);
    // a long screenshot's bar is that of its first screen
    if height >= width * 1.5 { height.min(width * 2.4) * STATUS_BAR } else { 0.0 }
}

/// Each point the mean of the nine around it: what sharpening and JPEG put beside an edge goes.
fn softened(plane: Plane) -> Plane {
    let (width, height) = (plane.width, plane.height);
    let mut luma = plane.luma.clone();
    for y in 1..height.saturating_sub(1) {
        let rows = [plane.row(y - 1), plane.row(y), plane.row(y + 1)];
        let columns: Vec<u16> = rows[0].iter().zip(rows[1]).zip(rows[2]).map(|((a, b), c)| u16::from(*a) + u16::from(*b) + u16::from(*c)).collect();
        let to = luma.get_mut(y * width + 1..).unwrap_or_default();
        to.iter_mut().zip(columns.windows(3)).for_each(|(to, three)| *to = ((three.iter().sum::<u16>() + 4) / 9) as u8);
    }
    Plane { width, height, luma }
}

/// Two planes of one size, tile by tile.
struct Tiles<'a> {
    ours: &'a Plane,
    theirs: &'a Plane,
    columns: usize,
    /// The greater contrast of each tile and its twin; 0 in the status bar.
    contrasts: Vec<u8>,
}

impl<'a> Tiles<'a> {
    /// `above`: rows of the status bar.
    fn of(ours: &'a Plane, theirs: &'a Plane, above: usize) -> Self {
        let (columns, rows) = (ours.width / TILE, ours.height / TILE);
        let mut contrasts = vec![0; columns * rows];
        for plane in [ours, theirs] {
            let below = contrasts.chunks_exact_mut(columns.max(1)).enumerate().skip(above.div_ceil(TILE));
            below.for_each(|(band, contrasts)| dispatch!(Level::new(), _ => greater(plane, band, contrasts)));
        }
        Tiles { ours, theirs, columns, contrasts }
    }

    /// Tiles with something in them, and its contrast.
    fn busy(&self) -> impl Iterator<Item = (usize, u8)> {
        self.contrasts.iter().copied().enumerate().filter(|(_, contrast)| *contrast >= CONTRAST)
    }

    fn compared(&self) -> Compared {
        let mut compared = Compared::default();
        let mut differs = vec![false; self.contrasts.len()];
        for (tile, contrast) in self.busy() {
            compared.busy += 1;
            if !self.alike(tile, contrast) {
                compared.differing += 1;
                differs.get_mut(tile).into_iter().for_each(|d| *d = true);
            }
        }
        compared.side_by_side = largest(&mut differs, self.columns);
        compared
    }

    /// Does a tile look the same at its place, or a point beside it.
    fn alike(&self, tile: usize, contrast: u8) -> bool {
        let (x, y) = (tile % self.columns * TILE, tile / self.columns * TILE);
        let tolerance = ((u32::from(contrast) * STROKE / 100) as u8).max(LEAST);
        let near = |at: usize, length: usize| at.saturating_sub(LOOSE)..=(at + LOOSE).min(length - TILE);
        dispatch!(Level::new(), _ => near(y, self.theirs.height)
            .any(|there_y| near(x, self.theirs.width).any(|there_x| differing(self.ours, (x, y), self.theirs, (there_x, there_y), tolerance) <= DIFFERING)))
    }
}

/// Points of two tiles that differ by more than the tolerance.
#[inline(always)]
fn differing(ours: &Plane, (x, y): (usize, usize), theirs: &Plane, (there_x, there_y): (usize, usize), tolerance: u8) -> usize {
    // column by column, so that all of a row go at a time
    let mut columns = [0_u8; TILE];
    for row in 0..TILE {
        let part = |plane: &Plane, x: usize, y: usize| plane.row(y + row).get(x..).and_then(|rest| rest.first_chunk::<TILE>()).copied().unwrap_or([0; TILE]);
        let (own, there) = (part(ours, x, y), part(theirs, there_x, there_y));
        for ((count, p), q) in columns.iter_mut().zip(own).zip(there) {
            *count += u8::from(p.abs_diff(q) > tolerance);
        }
    }
    columns.iter().map(|count| usize::from(*count)).sum()
}

/// Sets each tile's contrast to that of a plane's band where that is greater.
#[inline(always)]
fn greater(plane: &Plane, band: usize, contrasts: &mut [u8]) {
    let width = contrasts.len() * TILE;
    let (mut low, mut high) = (vec![255_u8; width], vec![0_u8; width]);
    for y in band * TILE..(band + 1) * TILE {
        let row = plane.row(y);
        for ((low, high), v) in low.iter_mut().zip(high.iter_mut()).zip(row) {
            (*low, *high) = ((*low).min(*v), (*high).max(*v));
        }
    }
    for ((contrast, low), high) in contrasts.iter_mut().zip(low.chunks_exact(TILE)).zip(high.chunks_exact(TILE)) {
        let (low, high) = (low.iter().copied().min().unwrap_or(0), high.iter().copied().max().unwrap_or(0));
        *contrast = (*contrast).max(high.saturating_sub(low));
    }
}

/// The most marked tiles that touch, also corner to corner. Clears the marks.
fn largest(marked: &mut [bool], columns: usize) -> usize {
    let mut most = 0;
    let mut open = Vec::new();
    for start in 0..marked.len() {
        open.push(start);
        let mut count = 0;
        while let Some(at) = open.pop() {
            if !marked.get_mut(at).is_some_and(std::mem::take) {
                continue;
            }
            count += 1;
            let (row, column) = (at / columns, at % columns);
            for near_row in row.saturating_sub(1)..=row + 1 {
                open.extend((column.saturating_sub(1)..(column + 2).min(columns)).map(|near| near_row * columns + near));
            }
        }
        most = most.max(count);
    }
    most
}
