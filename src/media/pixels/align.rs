//! Lays one picture over another to a part of a pixel, from a mapping that is right to some.
//!
//! Spots that can be told from what is beside them are looked for around their place, coarse first; of the moves that they need, the straight line through
//! most of them sets the mapping right. Spots that are not found (other words, another clock) are out of the line and do not bend it.

use super::lattice::{Lattice, Mapping};
use super::plane::{Levels, Plane};
use fearless_simd::{Level, dispatch};

/// One look for the spots: on a coarse grid they are found from far, on a fine one to a part of a pixel.
#[derive(Debug, Clone, Copy)]
pub struct Pass {
    /// Points of the region's grid to one of this look's.
    pub coarseness: f64,
    /// How far a spot is looked for, in points of this look.
    reach: usize,
    /// Spots across and down at most.
    spots: (usize, usize),
}

/// The looks, in this order.
pub const PASSES: [Pass; 4] = [
    Pass { coarseness: 4.0, reach: 5, spots: MANY },
    Pass { coarseness: 2.0, reach: 3, spots: MANY },
    Pass { coarseness: 1.0, reach: 3, spots: MANY },
    Pass { coarseness: 1.0, reach: 2, spots: MANY },
];
/// The look at two pictures that are reduced already: where strokes are grey, a line through fewer spots will do.
pub const FROM_FAR: Pass = Pass { coarseness: 1.0, reach: 5, spots: (5, 6) };
const MANY: (usize, usize) = (7, 12);
/// Points of a spot's side.
const SPOT: usize = 16;
/// Spots that must be found before their line counts.
const LEAST: usize = 6;
/// Mean step from point to point that makes a spot, both across and down.
const TEXTURE: u32 = 3;
/// A scale this near to one is one: what was only cropped has the very same.
pub const LEVEL: f64 = 0.0008;
/// A scale this near to one may be taken for one before spots are looked for: over a reduced picture it makes less than their reach.
pub const NEARLY_LEVEL: f64 = 0.006;

/// The mapping set right by one look. `region`: the grid over what both show, in pixels of the smaller. `None` where too few spots are found.
pub fn align(smaller: &Levels, larger: &Levels, region: &Lattice, mapping: Mapping, pass: Pass) -> Option<Mapping> {
    let lattice = region.coarser(pass.coarseness);
    let ours = lattice.over(smaller);
    let theirs = lattice.mapped(&mapping).with_margin(pass.reach).over(larger);
    let moves: Vec<Move> = spots(&ours, pass.spots).into_iter().filter_map(|spot| found(&ours, &theirs, spot, pass.reach)).collect();
    if moves.len() < LEAST {
        return None;
    }
    let along = |of: fn(&Move) -> (f64, f64), from: f64, step: f64, scale: f64, shift: f64| {
        let (rest, slope) = line(moves.iter().map(of).collect());
        (scale * (1.0 + slope), shift + rest * step * scale - slope * from * scale)
    };
    let (x, right) = along(|m| (m.at.0, m.by.0), lattice.from.0, lattice.step.0, mapping.scale.0, mapping.shift.0);
    let (y, down) = along(|m| (m.at.1, m.by.1), lattice.from.1, lattice.step.1, mapping.scale.1, mapping.shift.1);
    Some(Mapping { scale: (x, y), shift: (right, down) })
}

/// The scale that is as good as one is one, and the shift whole pixels: so a picture lies that was only cropped.
pub fn level(region: &Lattice, mapping: Mapping, off: f64) -> Mapping {
    if (mapping.scale.0 - 1.0).abs() >= off || (mapping.scale.1 - 1.0).abs() >= off {
        return mapping;
    }
    let middle = |from: f64, step: f64, size: usize| from + step * size as f64 / 2.0;
    let centre = (middle(region.from.0, region.step.0, region.size.0), middle(region.from.1, region.step.1, region.size.1));
    let there = mapping.at(centre);
    Mapping { scale: (1.0, 1.0), shift: ((there.0 - centre.0).round(), (there.1 - centre.1).round()) }
}

/// Where a spot's middle is on the grid, and how far it must be moved, in points.
struct Move {
    at: (f64, f64),
    by: (f64, f64),
}

/// Corners of the spot with most in it, both across and down, of each part of the picture.
fn spots(plane: &Plane, most: (usize, usize)) -> Vec<(usize, usize)> {
    let textures = Textures::of(plane);
    let parts = |length: usize, most: usize| (length / (2 * SPOT)).clamp(1, most);
    let (across, down) = (parts(plane.width, most.0), parts(plane.height, most.1));
    let mut found = Vec::new();
    for j in 0..down {
        for i in 0..across {
            let within = |part: usize, parts: usize, cells: usize| part * cells / parts..((part + 1) * cells / parts).min(cells.saturating_sub(1));
            let places = within(j, down, textures.rows).flat_map(|y| within(i, across, textures.columns).map(move |x| (x, y)));
            let best = places.map(|place| (textures.at(place), place)).max_by_key(|(texture, place)| (*texture, std::cmp::Reverse(*place)));
            found.extend(best.filter(|(texture, _)| *texture >= TEXTURE * (SPOT * SPOT) as u32).map(|(_, (x, y))| (x * CELL, y * CELL)));
        }
    }
    found
}

/// Pixels of a cell's side: a spot is two by two.
const CELL: usize = SPOT / 2;

/// Steps from pixel to pixel, summed up over cells.
struct Textures {
    columns: usize,
    rows: usize,
    /// Across and down.
    steps: Vec<[u32; 2]>,
}

impl Textures {
    fn of(plane: &Plane) -> Self {
        // a step needs the pixel right of it, and the one below
        let (columns, rows) = (plane.width.saturating_sub(1) / CELL, plane.height.saturating_sub(1) / CELL);
        let mut steps = vec![[0; 2]; columns * rows];
        for (band, steps) in steps.chunks_exact_mut(columns.max(1)).enumerate() {
            dispatch!(Level::new(), _ => add_steps(plane, band, steps));
        }
        Textures { columns, rows, steps }
    }

    /// Of the spot that begins at a cell, the lesser of the steps across and down: a straight edge can be told along one side only.
    fn at(&self, (x, y): (usize, usize)) -> u32 {
        let cells = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)];
        let of = |(x, y): (usize, usize)| self.steps.get(y * self.columns + x).copied().unwrap_or_default();
        let [across, down] = cells.into_iter().map(of).fold([0, 0], |[a, b], [across, down]| [a + across, b + down]);
        across.min(down)
    }
}

#[inline(always)]
fn add_steps(plane: &Plane, band: usize, steps: &mut [[u32; 2]]) {
    let unlike = |a: &[u8; CELL], b: &[u8; CELL]| a.iter().zip(b).map(|(p, q)| u32::from(p.abs_diff(*q))).sum::<u32>();
    for y in band * CELL..(band + 1) * CELL {
        let (row, below) = (plane.row(y), plane.row(y + 1));
        let cells = row.as_chunks::<CELL>().0.iter().zip(row.get(1..).unwrap_or_default().as_chunks::<CELL>().0).zip(below.as_chunks::<CELL>().0);
        for ([across, down], ((cell, right), below)) in steps.iter_mut().zip(cells) {
            *across += unlike(cell, right);
            *down += unlike(cell, below);
        }
    }
}

/// As [`find`], with the reach known to the compiler.
fn found(ours: &Plane, theirs: &Plane, spot: (usize, usize), reach: usize) -> Option<Move> {
    dispatch!(Level::new(), _ => match reach {
        2 => find::<5, 20>(ours, theirs, spot),
        3 => find::<7, 22>(ours, theirs, spot),
        _ => find::<11, 26>(ours, theirs, spot),
    })
}

/// Looks for a spot around its place, at `SIDE` places across and down, which lie within `WINDOW` points. `None` when no place fits much better than the others,
/// or the best lies at the end of the reach.
#[inline(always)]
fn find<const SIDE: usize, const WINDOW: usize>(ours: &Plane, theirs: &Plane, (x, y): (usize, usize)) -> Option<Move> {
    const { assert!(SPOT + SIDE == WINDOW + 1 && SIDE % 2 == 1) };
    let reach = SIDE / 2;
    // rows of known length: sixteen differences are one instruction
    let spot: [[u8; SPOT]; SPOT] = std::array::from_fn(|r| ours.row(y + r).get(x..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; SPOT]));
    let mut all = [[0_u32; SIDE]; SIDE];
    for there in 0..WINDOW {
        let row: [u8; WINDOW] = theirs.row(y + there).get(x..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; WINDOW]);
        // the rows of the spot that may lie on this one
        for (r, own) in spot.iter().enumerate().take(there + 1).skip((there + 1).saturating_sub(SIDE)) {
            let Some(unlike) = all.get_mut(there - r) else { continue };
            for (dx, unlike) in unlike.iter_mut().enumerate() {
                let there = row.get(dx..dx + SPOT).unwrap_or_default();
                *unlike += own.iter().zip(there).map(|(p, q)| u32::from(p.abs_diff(*q))).sum::<u32>();
            }
        }
    }
    let all = all.as_flattened();
    let (best, least) = all.iter().copied().enumerate().min_by_key(|(i, unlike)| (*unlike, *i))?;
    let mean = all.iter().map(|u| u64::from(*u)).sum::<u64>() / all.len() as u64;
    let (dx, dy) = (best % SIDE, best / SIDE);
    if u64::from(least) * 2 > mean || dx == 0 || dy == 0 || dx + 1 == SIDE || dy + 1 == SIDE {
        return None;
    }
    let at = |dx: usize, dy: usize| all.get(dy * SIDE + dx).map_or(0.0, |u| f64::from(*u));
    let by = |before: f64, here: f64, after: f64| {
        let bend = before - 2.0 * here + after;
        if bend > 0.0 { ((before - after) / (2.0 * bend)).clamp(-0.5, 0.5) } else { 0.0 }
    };
    let here = at(dx, dy);
    let (part_x, part_y) = (by(at(dx - 1, dy), here, at(dx + 1, dy)), by(at(dx, dy - 1), here, at(dx, dy + 1)));
    let middle = SPOT as f64 / 2.0;
    Some(Move { at: (x as f64 + middle, y as f64 + middle), by: (dx as f64 + part_x - reach as f64, dy as f64 + part_y - reach as f64) })
}

/// The straight line that most points lie near: middle of the slopes of all pairs, then middle of what is left (Theil and Sen). Gives value at 0, and slope.
fn line(points: Vec<(f64, f64)>) -> (f64, f64) {
    let mut slopes = Vec::new();
    for (i, (x, a)) in points.iter().enumerate() {
        slopes.extend(points.iter().skip(i + 1).filter(|(y, _)| (y - x).abs() >= SPOT as f64).map(|(y, b)| (b - a) / (y - x)));
    }
    let slope = median(slopes).unwrap_or(0.0);
    (median(points.iter().map(|(x, a)| a - slope * x).collect()).unwrap_or(0.0), slope)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
