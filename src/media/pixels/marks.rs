//! Red boxes, rings and arrows drawn on a screenshot: connected strokes of one strong red in forms that no app draws. Badges, buttons and text of the
//! same red are filled, small or of many pieces.

use super::reduce::Reduced;
use crate::model::pixels::{Mark, MarkKind};

/// Marks told of one picture.
const MOST: usize = 8;
/// Connected pieces looked at; a picture with more red than this is red all over.
const PIECES: usize = 20_000;
/// A stroke is at least this part of the smaller side thick; lines round buttons are thinner.
const THIN: f64 = 1.0 / 320.0;
/// … and at most this part.
const THICK: f64 = 1.0 / 40.0;

/// A run of red in a row, with its piece.
#[derive(Clone, Copy)]
struct Run {
    y: usize,
    from: usize,
    to: usize,
    piece: usize,
}

/// Finds them, the largest first.
pub fn find(reduced: &Reduced) -> Vec<Mark> {
    let (width, height) = (reduced.plane.width, reduced.plane.height);
    let Some(pieces) = pieces(&reduced.red, width) else { return Vec::new() };
    let side = width.min(height) as f64;
    let mut marks: Vec<(usize, Mark)> = Vec::new();
    for runs in pieces {
        let shape = Shape::of(&runs);
        let (w, h) = (shape.right - shape.left, shape.bottom - shape.top);
        let stroke = |length: f64| shape.count as f64 / length.max(1.0);
        let drawn = |thickness: f64| thickness >= (side * THIN).max(1.2) && thickness <= (side * THICK).max(4.0);
        let ring = w as f64 >= side * 0.06 && h as f64 >= side * 0.035 && drawn(stroke(2.0 * (w + h) as f64 * 0.9)) && is_ring(&runs, &shape, reduced);
        let kind = if ring {
            MarkKind::Ring
        } else if w.max(h) as f64 >= side * 0.1 && is_arrow(&runs, &shape, &drawn) {
            MarkKind::Arrow
        } else {
            continue;
        };
        let part = |at: usize, of: usize| (at * 1000 / of.max(1)) as u16;
        let bounds = [part(shape.left, width), part(shape.top, height), part(shape.right, width), part(shape.bottom, height)];
        marks.push((w * h, Mark { kind, bounds }));
    }
    marks.sort_by_key(|(size, mark)| (std::cmp::Reverse(*size), mark.bounds));
    marks.truncate(MOST);
    marks.into_iter().map(|(_, mark)| mark).collect()
}

/// Runs that touch, also corner to corner, piece by piece; `None` when there are too many.
fn pieces(red: &[u8], width: usize) -> Option<Vec<Vec<Run>>> {
    let mut runs: Vec<Run> = Vec::new();
    let mut parents: Vec<usize> = Vec::new();
    let root = |parents: &[usize], mut piece: usize| {
        while let Some(next) = parents.get(piece).filter(|p| **p != piece) {
            piece = *next;
        }
        piece
    };
    let (mut before, mut here) = (0..0, 0..0);
    for (y, row) in red.chunks_exact(width.max(1)).enumerate() {
        here.start = runs.len();
        // most rows have none; a sum over a row is quicker than looking for the first
        let mut at = if row.iter().fold(0, |any, p| any | p) == 0 { row.len() } else { 0 };
        while let Some(start) = row.get(at..).and_then(|rest| rest.iter().position(|p| *p != 0)) {
            let from = at + start;
            let to = from + row.get(from..).map_or(0, |rest| rest.iter().take_while(|p| **p != 0).count());
            at = to;
            let piece = parents.len();
            parents.push(piece);
            for above in runs.get(before.clone()).unwrap_or_default() {
                if above.from <= to && from <= above.to {
                    let (x, y) = (root(&parents, above.piece), root(&parents, piece));
                    if let Some(parent) = parents.get_mut(x.max(y)) {
                        *parent = x.min(y);
                    }
                }
            }
            runs.push(Run { y, from, to, piece });
            if runs.len() > PIECES {
                return None;
            }
        }
        here.end = runs.len();
        before = here.clone();
    }
    let mut pieces: Vec<Vec<Run>> = vec![Vec::new(); parents.len()];
    for run in runs {
        if let Some(piece) = pieces.get_mut(root(&parents, run.piece)) {
            piece.push(run);
        }
    }
    // what is smaller than a letter is no stroke
    pieces.retain(|runs| runs.iter().map(|r| r.to - r.from).sum::<usize>() >= 24);
    Some(pieces)
}

struct Shape {
    left: usize,
    top: usize,
    /// Behind the last.
    right: usize,
    bottom: usize,
    count: usize,
}

impl Shape {
    fn of(runs: &[Run]) -> Self {
        let mut shape = Shape { left: usize::MAX, top: usize::MAX, right: 0, bottom: 0, count: 0 };
        for run in runs {
            shape.left = shape.left.min(run.from);
            shape.right = shape.right.max(run.to);
            shape.top = shape.top.min(run.y);
            shape.bottom = shape.bottom.max(run.y + 1);
            shape.count += run.to - run.from;
        }
        shape
    }
}

/// A closed line: in nearly every column something above and something below, in nearly every row something left and right, and nothing red within. A seal
/// has a star and letters within.
fn is_ring(runs: &[Run], shape: &Shape, reduced: &Reduced) -> bool {
    let (w, h) = (shape.right - shape.left, shape.bottom - shape.top);
    let (middle_x, middle_y) = (shape.left + w / 2, shape.top + h / 2);
    let (mut above, mut below, mut left, mut right) = (vec![false; w], vec![false; w], vec![false; h], vec![false; h]);
    for run in runs {
        let half = if run.y < middle_y { &mut above } else { &mut below };
        half.iter_mut().take(run.to - shape.left).skip(run.from - shape.left).for_each(|c| *c = true);
        if let Some(c) = left.get_mut(run.y - shape.top) {
            *c |= run.from < middle_x;
        }
        if let Some(c) = right.get_mut(run.y - shape.top) {
            *c |= run.to > middle_x;
        }
    }
    let closed = [&above, &below, &left, &right].iter().all(|side| side.iter().filter(|c| **c).count() * 100 >= side.len() * 92);
    let (inset_x, inset_y) = ((w / 5).max(3), (h / 5).max(3));
    let within = (shape.top + inset_y..shape.bottom.saturating_sub(inset_y)).flat_map(|y| {
        let row = reduced.red.get(y * reduced.plane.width..).unwrap_or_default();
        row.get(shape.left + inset_x..shape.right.saturating_sub(inset_x)).unwrap_or_default()
    });
    let (mut all, mut reds) = (0_usize, 0_usize);
    for p in within {
        all += 1;
        reds += usize::from(*p);
    }
    closed && all > 0 && reds * 100 <= all * 2
}

/// A straight stroke along its longest direction: slanting, or with a head.
fn is_arrow(runs: &[Run], shape: &Shape, drawn: &dyn Fn(f64) -> bool) -> bool {
    let n = shape.count as f64;
    let points = || runs.iter().flat_map(|r| (r.from..r.to).map(move |x| (x as f64, r.y as f64)));
    let (sx, sy) = points().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    let (cx, cy) = (sx / n, sy / n);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in points() {
        xx += (x - cx) * (x - cx);
        xy += (x - cx) * (y - cy);
        yy += (y - cy) * (y - cy);
    }
    // the direction of the most spread, without trigonometry that differs between machines
    let spread = ((xx - yy) * (xx - yy) / 4.0 + xy * xy).sqrt() + (xx - yy) / 2.0;
    let (dx, dy) = if xy == 0.0 { if xx >= yy { (1.0, 0.0) } else { (0.0, 1.0) } } else { (spread, xy) };
    let norm = (dx * dx + dy * dy).sqrt();
    if norm == 0.0 {
        return false;
    }
    let (dx, dy) = (dx / norm, dy / norm);
    let along = |x: f64, y: f64| (x - cx) * dx + (y - cy) * dy;
    let (from, to) = points().map(|(x, y)| along(x, y)).fold((f64::MAX, f64::MIN), |(a, b), t| (a.min(t), b.max(t)));
    let length = to - from + 1.0;
    const BINS: usize = 12;
    let mut bins = [0_usize; BINS];
    for (x, y) in points() {
        let bin = (((along(x, y) - from) / length * BINS as f64) as usize).min(BINS - 1);
        if let Some(b) = bins.get_mut(bin) {
            *b += 1;
        }
    }
    let thickness = |count: usize| count as f64 * BINS as f64 / length;
    let mut middle: Vec<usize> = bins.iter().skip(3).take(BINS - 6).copied().collect();
    middle.sort_unstable();
    let shaft = thickness(middle.get(middle.len() / 2).copied().unwrap_or(0));
    // a shaft of one thickness, much longer than thick
    let even = middle.first().is_some_and(|least| *least * 2 >= middle.last().copied().unwrap_or(0));
    if !even || !drawn(shaft) || length < 8.0 * shaft {
        return false;
    }
    let head = |bins: &[usize]| bins.iter().map(|b| thickness(*b)).fold(0.0, f64::max) >= 2.2 * shaft;
    let has_head = bins.get(..3).is_some_and(head) != bins.get(BINS - 3..).is_some_and(head);
    let slant = dx.abs().min(dy.abs()) >= 0.14;
    let slender = (shape.count as f64) <= length * shaft * 1.6;
    slender && (has_head || slant)
}
