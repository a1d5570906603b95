//! Steps on a line, spaced by time as far as their labels do not touch. A step's dot stands above the left end of its labels.

use super::pieces::Piece;
use super::{Cx, Type, slot};
use crate::model::document::TimelineStep;
use crate::render::page::Item;
use crate::render::text::{Align, Paragraph};

/// Least distance between the labels of two steps.
const APART: f32 = 10.0;
const RADIUS: f32 = 3.0;

struct Step {
    label: Paragraph,
    time: Paragraph,
    place: Option<Paragraph>,
    width: f32,
    offset: f64,
}

/// Sets the steps in as many rows as they need.
pub(super) fn timeline(cx: &mut Cx<'_>, steps: &[TimelineStep], x: f32, width: f32, out: &mut Vec<Piece>) {
    if steps.is_empty() {
        return;
    }
    let theme = cx.theme();
    let small = theme.small_pt;
    let name = Type { size: theme.table_pt, color: theme.text, bold: true };
    let widest = (width / 3.0).min(150.0);
    let prepared: Vec<Step> = steps
        .iter()
        .map(|s| {
            let label = cx.fitted(&s.label, name, widest);
            let time = cx.fitted(&s.time, cx.small(), widest);
            let place = (!s.place.is_empty()).then(|| cx.plain(&s.place, cx.small()));
            // a long place takes two lines rather than pushing its neighbours away
            let place_width = place.as_ref().map_or(0.0, |p| {
                let w = p.natural_width();
                if w > 70.0 { (w / 2.0 + small).max(70.0).max(p.breaks().least_width().min(widest)) } else { w }
            });
            let width = label.natural_width().max(time.natural_width()).max(place_width.min(widest)).max(2.0 * RADIUS) + 0.5;
            Step { label, time, place, width, offset: s.offset as f64 }
        })
        .collect();
    for (i, row) in rows(&prepared, width).into_iter().enumerate() {
        let positions = positions(row, width);
        let piece = row_piece(cx, row, &positions, x, width, small, i == 0);
        out.push(piece);
    }
}

/// Splits the steps into rows whose labels fit side by side.
fn rows(steps: &[Step], width: f32) -> Vec<&[Step]> {
    let mut rows = Vec::new();
    let (mut start, mut used) = (0, 0.0);
    for (i, step) in steps.iter().enumerate() {
        let needs = step.width + if i > start { APART } else { 0.0 };
        if used + needs > width && i > start {
            rows.extend(steps.get(start..i));
            (start, used) = (i, step.width);
        } else {
            used += needs;
        }
    }
    rows.extend(steps.get(start..));
    rows
}

/// Left ends of the labels: by time, pushed apart from the left, then pulled back from the right.
fn positions(steps: &[Step], width: f32) -> Vec<f32> {
    let (first, last) = (steps.first().map_or(0.0, |s| s.offset), steps.last().map_or(0.0, |s| s.offset));
    let room = f64::from(width - steps.last().map_or(0.0, |s| s.width));
    let mut at: Vec<f32> =
        steps.iter().map(|s| if last > first { ((s.offset - first) / (last - first) * room).clamp(0.0, room) as f32 } else { 0.0 }).collect();
    let mut least = 0.0_f32;
    for (p, s) in at.iter_mut().zip(steps) {
        *p = p.max(least);
        least = *p + s.width + APART;
    }
    let mut most = width;
    for (p, s) in at.iter_mut().zip(steps).rev() {
        *p = p.min(most - s.width);
        most = *p - APART;
    }
    at
}

fn row_piece(cx: &Cx<'_>, row: &[Step], positions: &[f32], x: f32, width: f32, small: f32, first: bool) -> Piece {
    let theme = cx.theme();
    let (above, leading) = (theme.table_pt * 1.45, small * 1.36);
    let axis = above + 5.0;
    let below = axis + 5.5;
    let place_lines = row.iter().filter_map(|s| s.place.as_ref().map(|p| p.lines(s.width, 0.0).len())).max().unwrap_or(0);
    let height = below + leading * (1 + place_lines) as f32;
    let mut piece = Piece { before: if first { 12.0 } else { 8.0 }, after: 10.0, ..Piece::of(height) };
    if cx.measuring {
        return piece;
    }
    piece.items.push(Item::Line { from: (x, axis), to: (x + width, axis), width: 1.0, color: theme.pale, dash: None });
    if let (Some(a), Some(b)) = (positions.first(), positions.last()) {
        piece.items.push(Item::Line { from: (x + a + RADIUS, axis), to: (x + b + RADIUS, axis), width: 1.4, color: theme.ink, dash: None });
    }
    for (step, at) in row.iter().zip(positions) {
        let left = x + at;
        piece.items.push(Item::Disc { center: (left + RADIUS, axis), radius: RADIUS, fill: theme.ink });
        cx.stack(&mut piece, &step.label, slot(left, 0.0, above, theme.table_pt, step.width, Align::Left));
        cx.stack(&mut piece, &step.time, slot(left, below, leading, small, step.width, Align::Left));
        if let Some(place) = &step.place {
            cx.stack(&mut piece, place, slot(left, below + leading, leading, small, step.width, Align::Left));
        }
    }
    piece
}
