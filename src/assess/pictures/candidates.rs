//! Which pictures may show the same: those whose hash is near, and those that share places, each with how the smaller lies in the larger.
//!
//! Looking for pairs does not grow with the square of the pictures. Hashes and looks are sorted by pieces of their bits; who shares a whole piece stands
//! together. A piece that few share pairs them all, a piece that many share (an app's own frame) only neighbours: at most `ALL_OF × entries / 2` pairs
//! come of it, and the work is that of sorting. Of what is found, each picture keeps its likeliest few.

use super::apart::apart;
use super::ground::{Grounds, is_busy};
use crate::media::pixels;
use crate::model::pixels::{Patch, Pixels};
use fearless_simd::{Level, dispatch};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Entries that share a piece and are all paired.
const ALL_OF: usize = 10;
/// Neighbours that are paired where more share it.
const NEIGHBOURS: usize = 2;
/// Matches of places kept of a pair.
const MATCHES: usize = 48;
/// Least matches that make a pair worth a look.
const LEAST: usize = 4;
/// Places of the smaller picture that must be found again in the larger.
const FOUND: usize = 12;
/// … and in hundredths of those that lie within it.
const FOUND_PART: usize = 30;
/// Bits of a look in which two sights of one place may differ.
const LOOK_BITS: u32 = 30;
/// Bits of a whole hash that may differ, in hundredths.
const HASH_BITS: u32 = 10;
/// Likeliest twins of a picture whose rows are laid on each other, and of those that are left the ones that are opened and compared; others of one app may
/// share its whole frame.
const LIKELY: usize = 16;
const LIKELIEST: usize = 4;
/// Place in a picture that may be off, in thousandths of its width.
const OFF: f64 = 0.012;

/// A picture to compare.
pub(super) struct Seen<'a> {
    pub pixels: &'a Pixels,
    /// As shown, in pixels.
    pub width: f64,
    pub height: f64,
    /// Rows in which there is something.
    pub busy: Vec<bool>,
    /// Is there something in a row, in the one above or in the one below; one place past the end, too.
    pub near_busy: Vec<bool>,
    /// Where its places are, from the left and from the top, and some past the end: side by side they are gone through in a fraction of the time.
    across: Vec<u16>,
    down: Vec<u16>,
}

impl<'a> Seen<'a> {
    /// A picture of so many pixels, as shown.
    pub fn new(pixels: &'a Pixels, (width, height): (u32, u32)) -> Self {
        let busy: Vec<bool> = pixels.rows.cells().iter().map(|row| is_busy(row)).collect();
        let near = |at: usize| busy.get(at.saturating_sub(1)..(at + 2).min(busy.len())).unwrap_or_default().contains(&true);
        let near_busy = (0..=busy.len()).map(near).collect();
        let (mut across, mut down): (Vec<u16>, Vec<u16>) = pixels.patches.iter().map(|patch| (patch.x, patch.y)).unzip();
        // below and beside any picture, so that there is a whole chunk at every place
        across.resize(across.len() + TOGETHER, u16::MAX);
        down.resize(down.len() + TOGETHER, u16::MAX);
        Seen { pixels, width: f64::from(width), height: f64::from(height), busy, near_busy, across, down }
    }
}

/// Two pictures, by their place in the list, that may show the same: the first lies in the second as the mapping says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub smaller: usize,
    pub larger: usize,
    pub mapping: pixels::Mapping,
    /// How alike they seem, in thousandths.
    alike: usize,
}

/// As places tell it: one scale for both sides.
#[derive(Clone, Copy)]
struct Mapping {
    scale: f64,
    right: f64,
    down: f64,
}

impl From<Mapping> for pixels::Mapping {
    fn from(m: Mapping) -> Self {
        pixels::Mapping { scale: (m.scale, m.scale), shift: (m.right, m.down) }
    }
}

/// The pairs of those that matter, sorted by the larger picture. Runs on the pool it is called in.
pub(super) fn find(seen: &[Seen], matters: &(dyn Fn(usize, usize) -> bool + Sync)) -> Vec<Candidate> {
    let mut found: BTreeMap<(usize, usize), Candidate> = BTreeMap::new();
    let (near, shared) = rayon::join(|| near_hashes(seen), || shared_places(seen, matters));
    for (a, b) in near {
        if matters(a, b) {
            let scale = |p: usize, q: usize| Some(seen.get(p)?.width / seen.get(q)?.width);
            let (smaller, larger) = if scale(a, b) < Some(1.0) { (a, b) } else { (b, a) };
            if let Some(scale) = scale(larger, smaller) {
                found.insert((a, b), Candidate { smaller, larger, mapping: Mapping { scale, right: 0.0, down: 0.0 }.into(), alike: 1000 });
            }
        }
    }
    // places say better than a hash where it lies
    found.extend(shared);
    let all = likeliest(found.into_values().collect(), seen.len(), LIKELY);
    let of_one: Vec<&[Candidate]> = all.chunk_by(|a, b| a.larger == b.larger).collect();
    let together = |candidates: &&[Candidate]| -> Vec<Candidate> {
        let mut grounds = Grounds::default();
        let mut fits =
            |c: &&Candidate| seen.get(c.smaller).zip(seen.get(c.larger)).is_some_and(|(smaller, larger)| !apart(smaller, larger, &mut grounds, &c.mapping));
        candidates.iter().filter(|c| fits(c)).copied().collect()
    };
    // some have many more pairs than others
    likeliest(of_one.par_iter().with_max_len(1).flat_map_iter(together).collect(), seen.len(), LIKELIEST)
}

/// The best pairs of each picture, so many at least, so that the work grows with the pictures and not with their pairs; sorted by the larger picture.
fn likeliest(mut all: Vec<Candidate>, pictures: usize, kept: usize) -> Vec<Candidate> {
    all.sort_by_key(|c| (std::cmp::Reverse(c.alike), c.smaller, c.larger));
    let mut taken = vec![0_usize; pictures];
    all.retain(|c| {
        let room = [c.smaller, c.larger].iter().any(|p| taken.get(*p).is_some_and(|n| *n < kept));
        if room {
            [c.smaller, c.larger].iter().for_each(|p| taken.get_mut(*p).into_iter().for_each(|n| *n += 1));
        }
        room
    });
    all.sort_by_key(|c| (c.larger, c.smaller));
    all
}

/// Pairs among entries `(piece, picture, place)` sorted by piece.
fn pairs<T: Copy>(entries: &[(u32, usize, T)], mut tell: impl FnMut((usize, T), (usize, T))) {
    for run in entries.chunk_by(|a, b| a.0 == b.0) {
        for (i, (_, picture, place)) in run.iter().enumerate() {
            let others = if run.len() <= ALL_OF { run.len() } else { i + 1 + NEIGHBOURS };
            for (_, other, other_place) in run.iter().take(others).skip(i + 1) {
                if picture != other {
                    tell((*picture, *place), (*other, *other_place));
                }
            }
        }
    }
}

/// Pairs whose whole hashes differ in few bits.
fn near_hashes(seen: &[Seen]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let longest = seen.iter().map(|s| s.pixels.hash.len()).max().unwrap_or(0);
    for piece in 0..longest / 2 {
        let bytes = |s: &Seen| s.pixels.hash.get(piece * 2..piece * 2 + 2).map(|b| b.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)));
        let mut entries: Vec<(u32, usize, ())> = seen.iter().enumerate().filter_map(|(i, s)| Some((bytes(s)?, i, ()))).collect();
        entries.sort_unstable();
        pairs(&entries, |(a, ()), (b, ())| {
            if let (Some(x), Some(y)) = (seen.get(a), seen.get(b)) {
                let bits: u32 = x.pixels.hash.iter().zip(&y.pixels.hash).map(|(p, q)| (p ^ q).count_ones()).sum();
                let shape = (x.width * y.height) / (y.width * x.height);
                if bits * 100 <= HASH_BITS * 8 * x.pixels.hash.len() as u32 && (0.97..1.03).contains(&shape) {
                    found.push((a.min(b), a.max(b)));
                }
            }
        });
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Where the places are that look alike, in each of two pictures.
type Match = (Point, Point);
/// Two pictures, and a place in each, by their place in the lists.
type Shared = (u32, u32, u16, u16);

/// Pairs of pictures that matter and share places which agree on how one lies in the other.
fn shared_places(seen: &[Seen], matters: &(dyn Fn(usize, usize) -> bool + Sync)) -> Vec<((usize, usize), Candidate)> {
    let mut shared: Vec<Shared> = (0..4).into_par_iter().flat_map_iter(|quarter| alike_in(seen, quarter)).collect();
    // as one number: it is compared in a fraction of the time
    shared.par_sort_unstable_by_key(|&(a, b, i, j)| u128::from(a) << 64 | u128::from(b) << 32 | u128::from(i) << 16 | u128::from(j));
    shared.dedup();
    let of_pairs: Vec<&[Shared]> = shared.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)).filter(|places| places.len() >= LEAST).collect();
    let patch = |picture: usize, place: u16| seen.get(picture).and_then(|s| s.pixels.patches.get(usize::from(place)));
    let of_pair = |(matches, found): &mut (Vec<Match>, Vec<Match>), places: &&[Shared]| {
        let (a, b) = places.first().map(|&(a, b, ..)| (a as usize, b as usize)).filter(|(a, b)| matters(*a, *b))?;
        // of many, some from everywhere, from the top down
        let every = places.len().div_ceil(MATCHES);
        matches.clear();
        matches.extend(places.iter().step_by(every).filter_map(|&(.., i, j)| Some((at(patch(a, i)?), at(patch(b, j)?)))));
        Some(((a, b), laid_over(seen, a, b, matches, found)?))
    };
    of_pairs.par_iter().map_init(Default::default, of_pair).flatten().collect()
}

/// The first quarter of the bits.
fn piece(bits: u128) -> u32 {
    (bits >> 96) as u32
}

/// Places that share a quarter of their bits and differ in few of the others.
fn alike_in(seen: &[Seen], quarter: u32) -> Vec<Shared> {
    let mut entries: Vec<(u128, usize, u16)> = Vec::new();
    for (i, s) in seen.iter().enumerate() {
        for (patch, j) in s.pixels.patches.iter().zip(0..) {
            // this quarter first, the others behind it
            let bits = patch.look.rotate_right(quarter * 32 + 32);
            // hardly a step in it: an even ground, which is everywhere
            if (4..=28).contains(&piece(bits).count_ones()) {
                entries.push((bits, i, j));
            }
        }
    }
    // of many that share a piece, those stand side by side that share the next ones, too: letters come again and again, what is around them does not
    entries.sort_unstable();
    let entries: Vec<(u32, usize, u16)> = entries.into_iter().map(|(bits, i, j)| (piece(bits), i, j)).collect();
    let look = |picture: usize, place: u16| seen.get(picture).and_then(|s| s.pixels.patches.get(usize::from(place))).map(|patch| patch.look);
    let mut found = Vec::new();
    pairs(&entries, |(a, i), (b, j)| {
        if look(a, i).zip(look(b, j)).is_some_and(|(p, q)| (p ^ q).count_ones() <= LOOK_BITS) {
            found.push(if a < b { (a as u32, b as u32, i, j) } else { (b as u32, a as u32, j, i) });
        }
    });
    found
}

/// Pixels from the left and from the top.
type Point = (f64, f64);

fn at(patch: &Patch) -> Point {
    (f64::from(patch.x), f64::from(patch.y))
}

/// How the smaller picture lies in the larger by what their places say, if enough of them agree. `found` is memory that several pairs use.
fn laid_over(seen: &[Seen], a: usize, b: usize, matches: &[Match], found: &mut Vec<Match>) -> Option<Candidate> {
    let (x, y) = (seen.get(a)?, seen.get(b)?);
    let mapping = most_agreed(x, y, matches)?;
    // from b to a; turned round where a is the smaller
    let b_in_a = mapping.scale * mapping.scale * y.width * y.height <= x.width * x.height;
    let (smaller, larger, mapping) = if b_in_a {
        (b, a, mapping)
    } else {
        let scale = 1.0 / mapping.scale;
        (a, b, Mapping { scale, right: -mapping.right * scale, down: -mapping.down * scale })
    };
    let (mapping, alike) = confirmed(seen.get(smaller)?, seen.get(larger)?, mapping, found)?;
    Some(Candidate { smaller, larger, mapping: mapping.into(), alike })
}

/// Of the mappings that two matches make, the one with which most of the others agree.
fn most_agreed(x: &Seen, y: &Seen, matches: &[Match]) -> Option<Mapping> {
    let mut best: (usize, Option<Mapping>) = (LEAST - 1, None);
    let apart = 0.06 * y.width.min(y.height);
    let off = x.width * OFF * 2.0;
    for (i, (p, q)) in matches.iter().enumerate() {
        for (r, s) in matches.iter().skip(i + 1) {
            let (in_x, in_y) = ((r.0 - p.0, r.1 - p.1), (s.0 - q.0, s.1 - q.1));
            let length = (in_y.0 * in_y.0 + in_y.1 * in_y.1).sqrt();
            if length < apart {
                continue;
            }
            let scale = (in_x.0 * in_y.0 + in_x.1 * in_y.1) / (length * length);
            if !(0.3..3.4).contains(&scale) || (scale * in_y.0 - in_x.0).abs() > off || (scale * in_y.1 - in_x.1).abs() > off {
                continue;
            }
            let mapping = Mapping { scale, right: p.0 - scale * q.0, down: p.1 - scale * q.1 };
            let agreed = dispatch!(Level::new(), _ => agreeing(matches, &mapping, off));
            if agreed > best.0 {
                let all: Vec<_> = matches.iter().filter(|pair| agrees(pair, &mapping, off)).map(|(a, b)| (*b, *a)).collect();
                best = (agreed, Some(fitted(&all, mapping)));
            }
            // what more than half of them say is what the picture shows
            if agreed * 2 > matches.len() {
                return best.1;
            }
        }
    }
    best.1
}

#[inline(always)]
fn agreeing(pairs: &[(Point, Point)], mapping: &Mapping, off: f64) -> usize {
    let mut agreed = 0;
    for pair in pairs {
        agreed += usize::from(agrees(pair, mapping, off));
    }
    agreed
}

/// Does the mapping lay the second point on the first, but for so many pixels.
#[inline(always)]
fn agrees((a, b): &(Point, Point), mapping: &Mapping, off: f64) -> bool {
    ((mapping.scale * b.0 + mapping.right - a.0).abs() <= off) & ((mapping.scale * b.1 + mapping.down - a.1).abs() <= off)
}

/// Looks for the places of the smaller picture where the mapping says; `None` when too few are there. The mapping is set anew by those that are, and told with
/// their part, in thousandths.
fn confirmed(smaller: &Seen, larger: &Seen, mapping: Mapping, found: &mut Vec<Match>) -> Option<(Mapping, usize)> {
    found.clear();
    let expected = dispatch!(Level::new(), _ => twins(smaller, larger, mapping, found));
    if found.len() < FOUND || found.len() * 100 < expected * FOUND_PART {
        return None;
    }
    Some((fitted(found, mapping), found.len() * 1000 / expected.max(1)))
}

/// How many places of the smaller picture lie within the larger. Those that are found there again are told, in both.
#[inline(always)]
fn twins(smaller: &Seen, larger: &Seen, mapping: Mapping, found: &mut Vec<Match>) -> usize {
    let off = larger.width * OFF;
    let (across, down) = (&larger.across, &larger.down);
    let mut expected = 0_usize;
    // both are sorted from the top down
    let mut from = 0;
    for patch in &smaller.pixels.patches {
        let (x, y) = at(patch);
        let (x, y) = (mapping.scale * x + mapping.right, mapping.scale * y + mapping.down);
        if x < 0.0 || y < 0.0 || x >= larger.width || y >= larger.height {
            continue;
        }
        expected += 1;
        let [(left, right), (top, bottom)] = [x, y].map(|at| ((at - off).ceil() as u16, (at + off).floor() as u16));
        while down.get(from).is_some_and(|y| *y < top) {
            from += 1;
        }
        let mut best = (LOOK_BITS + 1, None);
        let mut next = from;
        // a few at a time: most are too far aside, and which are not is seen of all together
        while let (Some(xs), Some(ys)) = (chunk(across, next), chunk(down, next)) {
            let mut near = [0_u8; TOGETHER];
            for ((near, x), y) in near.iter_mut().zip(xs).zip(ys) {
                *near = u8::from((*x >= left) & (*x <= right) & (*y <= bottom));
            }
            let mut within = u64::from_le_bytes(near);
            while within != 0 {
                let i = next + within.trailing_zeros() as usize / 8;
                within &= within - 1;
                // counting bits is one instruction where it is known that there is one
                let twin = larger.pixels.patches.get(i).map(|twin| ((twin.look ^ patch.look).count_ones(), twin));
                if let Some((unlike, twin)) = twin.filter(|(unlike, _)| *unlike < best.0) {
                    best = (unlike, Some(twin));
                }
            }
            if ys.last().is_none_or(|y| *y > bottom) {
                break;
            }
            next += TOGETHER;
        }
        found.extend(best.1.map(|twin| (at(patch), at(twin))));
    }
    expected
}

/// Places looked at together.
const TOGETHER: usize = 8;

#[inline(always)]
fn chunk(places: &[u16], at: usize) -> Option<&[u16; TOGETHER]> {
    places.get(at..)?.first_chunk()
}

/// The mapping that leaves the least between the two ends of all pairs, of the smaller and the larger picture; `before` gives the scale where they are all
/// at one place.
fn fitted(pairs: &[(Point, Point)], before: Mapping) -> Mapping {
    let n = pairs.len().max(1) as f64;
    let mean = |of: &dyn Fn(&(Point, Point)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (sx, sy, lx, ly) = (mean(&|f| f.0.0), mean(&|f| f.0.1), mean(&|f| f.1.0), mean(&|f| f.1.1));
    let (mut together, mut own) = (0.0, 0.0);
    for ((x, y), (u, v)) in pairs {
        together += (x - sx) * (u - lx) + (y - sy) * (v - ly);
        own += (x - sx) * (x - sx) + (y - sy) * (y - sy);
    }
    let scale = if own > 0.0 { together / own } else { before.scale };
    Mapping { scale, right: lx - scale * sx, down: ly - scale * sy }
}
