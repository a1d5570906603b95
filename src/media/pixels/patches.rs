//! Places of a picture that can be found again: spots that differ from their surroundings, at four scales, each with its look in bits.
//!
//! A spot is where a small box is brighter or darker than the box around it, more than anywhere near. Its look is the perceptual hash (gradients) of the
//! patch around it. Looks of the same place differ in few bits after scaling and saving again; where a picture was cropped, the rest of the places remain.

use super::plane::{Plane, Sums, shrink};
use crate::model::pixels::Patch;
use fearless_simd::{Level, dispatch};

/// Pixels of the plane in which the finest spots are looked for.
const AREA: usize = 72_000;
/// The smaller side is never less than this, so that a long screenshot keeps its text.
const LEAST_SIDE: usize = 150;
/// Scales, in thousandths: four to an octave and a half, so that a crop of a third is found.
const SCALES: [usize; 4] = [1000, 794, 630, 500];
/// Half the side of the inner and the outer box of a spot.
const INNER: usize = 2;
const OUTER: usize = 5;
/// Pixels of each.
const INNER_AREA: i32 = ((2 * INNER + 1) * (2 * INNER + 1)) as i32;
const OUTER_AREA: i32 = ((2 * OUTER + 1) * (2 * OUTER + 1)) as i32;
/// No stronger spot within so many pixels.
const APART: usize = 5;
/// The strongest of so many and so many more, and so on, is the strongest of all `2 × APART + 1`.
const STEPS: [usize; 4] = [1, 2, 4, 3];
/// Difference of the means of a spot's boxes that its strength counts in: a step of brightness is `INNER_AREA × OUTER_AREA` before it is shifted.
const SHIFT: u32 = 5;
/// Six steps of brightness, from which a spot counts.
const LEAST: i16 = ((6 * INNER_AREA * OUTER_AREA) >> SHIFT) as i16;
/// A patch is 9 × 9 cells of this many pixels.
const CELL: usize = 3;
const CELLS: usize = 9;
/// Step in the sum of a cell that sets a bit.
const RISE: u16 = 3 * (CELL * CELL) as u16;
/// Places kept of one scale, for each 72,000 pixels of the plane.
const KEPT: usize = 80;
const MOST: usize = 400;

/// Memory that the levels of several pictures use one after the other.
#[derive(Default)]
pub struct Room {
    level: Plane,
    /// The level of the first scale.
    first: Plane,
    sums: Sums,
    strength: Vec<i16>,
    /// The strongest near each place.
    near: Vec<i16>,
    /// Sums of the boxes around each place of a row.
    inner: Vec<u16>,
    outer: Vec<u16>,
    row: Vec<i16>,
    other_row: Vec<i16>,
    /// Squares in which a spot was found.
    taken: Vec<bool>,
}

/// Finds the places, from the top down. `factor`: pixels of the picture a pixel of the plane.
pub fn find(plane: &Plane, factor: usize, room: &mut Room) -> Vec<Patch> {
    let (width, height) = (plane.width, plane.height);
    let small = width.min(height).max(1);
    let by_area = ((AREA as f64) / (width * height).max(1) as f64).sqrt();
    let scale = by_area.max(LEAST_SIDE as f64 / small as f64).min(1.0);
    let mut found = Vec::new();
    for part in SCALES {
        let to = |side: usize| ((side as f64 * scale) as usize * part / 1000).clamp(1, side.max(1));
        match part {
            // the first one again, which is much smaller already than the plane
            500 => room.level = room.first.half(std::mem::take(&mut room.level.luma)),
            _ => shrink(plane, (to(width), to(height)), &mut room.level),
        }
        if part == 1000 {
            room.first.clone_from(&room.level);
        }
        let (across, down) = (room.level.width, room.level.height);
        let kept = (KEPT * (across * down) / (AREA * part * part / 1_000_000)).clamp(KEPT / 2, MOST);
        spots(room, kept, |x, y, look| {
            let whole = |at: usize, of: usize, side: usize| u16::try_from((2 * at + 1) * side * factor / (2 * of).max(1)).unwrap_or(u16::MAX);
            found.push(Patch { x: whole(x, across, width), y: whole(y, down, height), look });
        });
    }
    found.sort_unstable_by_key(|patch| (patch.y, patch.x, patch.look));
    found
}

fn spots(room: &mut Room, kept: usize, mut tell: impl FnMut(usize, usize, u128)) {
    let margin = CELL * CELLS / 2 + 1;
    let (width, height) = (room.level.width, room.level.height);
    if width <= 2 * margin || height <= 2 * margin {
        return;
    }
    room.sums.fill(&room.level);
    let (w, h) = (width - 2 * margin, height - 2 * margin);
    dispatch!(Level::new(), _ => strengths(room, margin, (w, h)));
    // packed into one number, which is sorted in a fraction of the time: the strongest first, then from the top
    let mut best: Vec<u64> = Vec::new();
    let across = w.div_ceil(APART + 1);
    room.taken.clear();
    room.taken.resize(across * h.div_ceil(APART + 1), false);
    for (y, (row, near)) in room.strength.chunks_exact(w).zip(room.near.chunks_exact(w)).enumerate() {
        for (part, (row, near)) in row.chunks(LANES).zip(near.chunks(LANES)).enumerate() {
            let is_spot = |(s, top): (&i16, &i16)| (s == top) & (*s > LEAST);
            if row.iter().zip(near).fold(false, |any, place| any | is_spot(place)) {
                for (i, s) in row.iter().zip(near).enumerate().filter(|(_, place)| is_spot(*place)).map(|(i, (s, _))| (i, *s)) {
                    let x = part * LANES + i;
                    // of equals side by side the first
                    if let Some(taken) = room.taken.get_mut(y / (APART + 1) * across + x / (APART + 1)).filter(|taken| !**taken) {
                        *taken = true;
                        best.push(((i16::MAX - s) as u64) << 48 | (y as u64) << 24 | x as u64);
                    }
                }
            }
        }
    }
    best.sort_unstable();
    let mut told = 0;
    for spot in best {
        let [x, y] = [spot, spot >> 24].map(|at| (at & 0xff_ffff) as usize);
        let look = look(&room.sums, x + margin, y + margin);
        // a patch with hardly a step in it looks like many others
        if (16..=96).contains(&look.count_ones()) {
            tell(x + margin, y + margin, look);
            told += 1;
            if told >= kept {
                break;
            }
        }
    }
}

/// Strengths looked at together.
const LANES: usize = 16;

/// How much brighter or darker each place is than what is around it, and the strongest near it.
#[inline(always)]
fn strengths(room: &mut Room, margin: usize, (w, h): (usize, usize)) {
    let Room { sums, strength, near, inner, outer, row, other_row, .. } = room;
    // all of these are written over, but for what lies past the edges
    inner.resize(w, 0);
    outer.resize(w, 0);
    strength.resize(w * h, 0);
    near.resize(w * (h + 2 * APART), 0);
    row.resize(w + 2 * APART, 0);
    other_row.resize(w + 2 * APART, 0);
    let past = w * APART;
    near.get_mut(..past).unwrap_or_default().fill(0);
    near.get_mut(w * h + past..).unwrap_or_default().fill(0);
    let near_rows = near.chunks_exact_mut(w).skip(APART);
    for (y, (strength, near)) in strength.chunks_exact_mut(w).zip(near_rows).enumerate() {
        boxes(sums, (margin, y + margin), INNER, inner);
        boxes(sums, (margin, y + margin), OUTER, outer);
        for ((to, inner), outer) in strength.iter_mut().zip(inner.iter()).zip(outer.iter()) {
            *to = ((i32::from(*inner) * OUTER_AREA - i32::from(*outer) * INNER_AREA).abs() >> SHIFT) as i16;
        }
        row.fill(0);
        row.get_mut(APART..APART + w).unwrap_or_default().copy_from_slice(strength);
        for step in STEPS {
            for ((to, a), b) in other_row.iter_mut().zip(row.iter()).zip(row.get(step..).unwrap_or_default()) {
                *to = *a.max(b);
            }
            std::mem::swap(row, other_row);
        }
        near.copy_from_slice(row.get(..w).unwrap_or_default());
    }
    for step in STEPS {
        for y in 0..(near.len() / w).saturating_sub(step) {
            let (here, below) = near.split_at_mut((y + step) * w);
            for (a, b) in here.get_mut(y * w..(y + 1) * w).unwrap_or_default().iter_mut().zip(below) {
                *a = (*a).max(*b);
            }
        }
    }
}

/// The sums over the boxes around the places of a row, from `x` on, `r` pixels to each side.
#[inline(always)]
fn boxes(sums: &Sums, (x, y): (usize, usize), r: usize, to: &mut [u16]) {
    let (upper, lower) = (sums.corners(y - r), sums.corners(y + r + 1));

    let corners = upper
        .get(x - r..)
        .unwrap_or_default()
        .iter()
        .zip(upper.get(x + r + 1..).unwrap_or_default())
        .zip(lower.get(x - r..).unwrap_or_default())
        .zip(lower.get(x + r + 1..).unwrap_or_default());
    for (to, (((a, b), c), d)) in to.iter_mut().zip(corners) {
        *to = boxed(*a, *b, *c, *d);
    }
}

/// The sum over a box by the sums at its corners: left and right above, left and right below.
#[inline(always)]
fn boxed(a: u16, b: u16, c: u16, d: u16) -> u16 {
    d.wrapping_sub(c).wrapping_sub(b).wrapping_add(a)
}

/// 9 × 9 cells around the place: a bit for each cell that is brighter than the one left of it, and for each that is brighter than the one above.
fn look(sums: &Sums, x: usize, y: usize) -> u128 {
    let (left, top) = (x - CELL * CELLS / 2, y - CELL * CELLS / 2);
    let mut corners = [[0_u16; CELLS + 1]; CELLS + 1];
    for (j, corners) in corners.iter_mut().enumerate() {
        let row = sums.corners(top + j * CELL).get(left..).unwrap_or_default();
        corners.iter_mut().zip(row.iter().step_by(CELL)).for_each(|(to, sum)| *to = *sum);
    }
    let mut cells = [[0_u16; CELLS]; CELLS];
    for (cells, (upper, lower)) in cells.iter_mut().zip(corners.iter().zip(corners.iter().skip(1))) {
        let columns = upper.iter().zip(upper.iter().skip(1)).zip(lower.iter().zip(lower.iter().skip(1)));
        cells.iter_mut().zip(columns).for_each(|(cell, ((a, b), (c, d)))| *cell = boxed(*a, *b, *c, *d));
    }
    // 8 × 8 of each make 128 bits
    let (mut across, mut down) = (0_u64, 0_u64);
    for (row, below) in cells.iter().zip(cells.iter().skip(1)) {
        for ((here, right), below) in row.iter().zip(row.iter().skip(1)).zip(below) {
            across = across << 1 | u64::from(*right > here + RISE);
            down = down << 1 | u64::from(*below > here + RISE);
        }
    }
    u128::from(across) << 64 | u128::from(down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_near_a_place_is_the_strongest_of_its_square() {
        let (width, height, margin) = (53, 61, CELL * CELLS / 2 + 1);
        let level = Plane { width, height, luma: (0..width * height).map(|i| (i * 97 % 251 * (i / 13 % 3)) as u8).collect() };
        let mut room = Room { level, ..Room::default() };
        room.sums.fill(&room.level);
        let (w, h) = (width - 2 * margin, height - 2 * margin);
        strengths(&mut room, margin, (w, h));
        let mean = |x: usize, y: usize, r: usize| {
            let pixels = (y - r..=y + r).flat_map(|y| room.level.row(y)[x - r..=x + r].iter());
            pixels.map(|v| i32::from(*v)).sum::<i32>()
        };
        for y in 0..h {
            for x in 0..w {
                let (inner, outer) = (mean(x + margin, y + margin, INNER), mean(x + margin, y + margin, OUTER));
                assert_eq!(i32::from(room.strength[y * w + x]), (inner * OUTER_AREA - outer * INNER_AREA).abs() >> SHIFT, "{x} {y}");
                let near = |at: usize, end: usize| at.saturating_sub(APART)..(at + APART + 1).min(end);
                let most = near(y, h).flat_map(|y| near(x, w).map(move |x| (x, y))).map(|(x, y)| room.strength[y * w + x]).max();
                assert_eq!(Some(room.near[y * w + x]), most, "{x} {y}");
            }
        }
    }

    #[test]
    fn places_are_found_from_the_top_down_and_again_after_another_picture() {
        // words of strokes on a light ground
        let stroke = |x: usize, y: usize| (y / 24).is_multiple_of(2) && (x / 5 * 7 + y / 24 * 13 + x / 40).is_multiple_of(3) && (x + y * 5) % 11 < 7;
        let luma = (0..270 * 585).map(|i| if stroke(i % 270, i / 270) { 20 } else { 240 }).collect();
        let plane = Plane { width: 270, height: 585, luma };
        let mut room = Room::default();
        let found = find(&plane, 4, &mut room);
        assert!(found.len() > 100, "{}", found.len());
        assert!(found.is_sorted_by_key(|p| (p.y, p.x)));
        assert!(found.iter().all(|p| p.x < 1080 && p.y < 2340));
        assert_eq!(find(&Plane { width: 300, height: 310, luma: vec![7; 300 * 310] }, 2, &mut room), []);
        assert_eq!(find(&plane, 4, &mut room), found);
    }
}
