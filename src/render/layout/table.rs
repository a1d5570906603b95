//! Tables: widths from content, heads repeated, rows whole, totals beside the last row.

use super::pieces::{Keep, Piece};
use super::{Cx, Type, slot};
use crate::model::document::{Column, Row, Table, Width};
use crate::render::page::{Item, Rect};
use crate::render::text::{Align, Line, Paragraph};
use std::sync::Arc;

/// How tight a table is set.
#[derive(Debug, Clone, Copy)]
struct Measure {
    size: f32,
    leading: f32,
    pad_x: f32,
    pad_y: f32,
}

impl Measure {
    fn normal(size: f32) -> Self {
        Measure { size, leading: size * 1.42, pad_x: 5.5, pad_y: 2.2 }
    }

    /// About 40 rows a page.
    fn dense(size: f32, pad_x: f32) -> Self {
        Measure { size, leading: size * 1.36, pad_x, pad_y: (16.4 - size * 1.36).max(2.0) / 2.0 }
    }
}

struct Cells {
    head: Vec<Paragraph>,
    rows: Vec<Vec<Paragraph>>,
}

/// Sets a table.
pub(super) fn table(cx: &mut Cx<'_>, table: &Table, x: f32, width: f32, out: &mut Vec<Piece>) {
    if table.columns.is_empty() {
        return;
    }
    let base = cx.theme().table_pt;
    // a dense table is tried at smaller type before its columns are made to wrap
    let tries = if table.dense {
        vec![Measure::dense(base - 1.0, 3.6), Measure::dense(base - 1.5, 2.8), Measure::dense(base - 2.0, 2.4)]
    } else {
        vec![Measure::normal(base)]
    };
    let last = tries.len() - 1;
    for (i, measure) in tries.into_iter().enumerate() {
        let cells = shape(cx, table, measure);
        let (widths, wraps) = widths(&table.columns, &cells, table, width, measure);
        if !wraps || i == last {
            set(cx, table, &cells, &Grid { columns: &table.columns, widths: &widths, m: measure, x, width, lines: table.grid }, out);
            return;
        }
    }
}

fn shape(cx: &mut Cx<'_>, table: &Table, m: Measure) -> Cells {
    let theme = cx.theme();
    let normal = Type { size: m.size, color: theme.text, bold: false };
    let head_type = Type { size: m.size * 0.95, color: theme.ink, bold: true };
    let head = table.columns.iter().map(|c| cx.plain(&c.head, head_type)).collect();
    let rows = table.rows.iter().map(|r| r.cells.iter().map(|c| cx.paragraph(c, Type { bold: r.total, ..normal })).collect()).collect();
    Cells { head, rows }
}

/// Inner widths of the columns, and whether a cell that was not to be broken must be.
fn widths(columns: &[Column], cells: &Cells, table: &Table, width: f32, m: Measure) -> (Vec<f32>, bool) {
    let count = columns.len();
    let room = width - 2.0 * m.pad_x * count as f32;
    let (mut natural, mut least) = (vec![0.0_f32; count], vec![m.size * 2.0; count]);
    let mut consider = |i: usize, p: &Paragraph| {
        if let (Some(n), Some(l)) = (natural.get_mut(i), least.get_mut(i)) {
            *n = n.max(p.natural_width() + 0.1);
            *l = l.max((p.least_width() + 0.1).min(room * 0.4));
        }
    };
    cells.head.iter().enumerate().for_each(|(i, p)| consider(i, p));
    for (row, shaped) in table.rows.iter().zip(&cells.rows) {
        if !row.span {
            shaped.iter().enumerate().for_each(|(i, p)| consider(i, p));
        }
    }
    let share = |i: usize| match columns.get(i).map(|c| c.width) {
        Some(Width::Share(s)) => s.max(0.01),
        _ => 0.0,
    };
    let get = |list: &[f32], i: usize| list.get(i).copied().unwrap_or(0.0);
    // fixed ones first, then contents, then shares
    let mut inner: Vec<f32> = columns
        .iter()
        .enumerate()
        .map(|(i, c)| match c.width {
            Width::Points(p) => (p - 2.0 * m.pad_x).max(m.size),
            Width::Content => get(&natural, i),
            Width::Share(_) => get(&natural, i).min(get(&least, i)),
        })
        .collect();
    let used: f32 = inner.iter().sum();
    if used > room {
        let mut capped = inner.clone();
        cap(&mut capped, &least, room);
        return (capped, true);
    }
    let mut left = room - used;
    let wants: Vec<f32> = (0..count).map(|i| if share(i) > 0.0 { (get(&natural, i) - get(&inner, i)).max(0.0) } else { 0.0 }).collect();
    let wanted: f32 = wants.iter().sum();
    if wanted > left {
        // shares get widths in proportion to their weights, none less than its longest word, none more than its content
        let shared: f32 = left + (0..count).filter(|i| share(*i) > 0.0).map(|i| get(&inner, i)).sum::<f32>();
        let at = |unit: f32, i: usize| (share(i) * unit).clamp(get(&least, i).min(get(&natural, i)), get(&natural, i));
        let sum = |unit: f32| -> f32 { (0..count).filter(|i| share(*i) > 0.0).map(|i| at(unit, i)).sum() };
        let (mut low, mut high) = (0.0_f32, 1.0e6_f32);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if sum(middle) > shared { high = middle } else { low = middle }
        }
        for (i, own) in inner.iter_mut().enumerate() {
            if share(i) > 0.0 {
                *own = at(low, i);
            }
        }
    } else {
        inner.iter_mut().zip(&wants).for_each(|(own, w)| *own += w);
        left -= wanted;
        let total: f32 = (0..count).map(share).sum();
        let flexible: f32 = columns.iter().filter(|c| !matches!(c.width, Width::Points(_))).count() as f32;
        for (i, own) in inner.iter_mut().enumerate() {
            let fixed = matches!(columns.get(i).map(|c| c.width), Some(Width::Points(_)));
            *own += match total {
                t if t > 0.0 => left * share(i) / t,
                _ if flexible == 0.0 => left / count as f32,
                _ if fixed => 0.0,
                _ => left / flexible,
            };
        }
    }
    (inner, false)
}

/// Lowers the widest columns until the sum fits, none below what holds its longest word as far as that is possible.
fn cap(inner: &mut [f32], least: &[f32], room: f32) {
    let sum_at = |inner: &[f32], cap: f32| -> f32 { inner.iter().zip(least).map(|(w, l)| w.min(cap.max(*l))).sum() };
    let (mut low, mut high) = (0.0, room);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if sum_at(inner, middle) > room { high = middle } else { low = middle }
    }
    for (w, l) in inner.iter_mut().zip(least) {
        *w = w.min(low.max(*l));
    }
    let sum: f32 = inner.iter().sum();
    if sum > room {
        // even the longest words are too many: all give way alike
        inner.iter_mut().for_each(|w| *w *= room / sum);
    }
}

struct Grid<'a> {
    columns: &'a [Column],
    widths: &'a [f32],
    m: Measure,
    x: f32,
    width: f32,
    lines: bool,
}

impl Grid<'_> {
    fn edges(&self) -> Vec<f32> {
        let mut edges = vec![self.x];
        let mut at = self.x;
        for w in self.widths {
            at += w + 2.0 * self.m.pad_x;
            edges.push(at);
        }
        edges
    }
}

fn set(cx: &Cx<'_>, table: &Table, cells: &Cells, grid: &Grid<'_>, out: &mut Vec<Piece>) {
    let start = out.len();
    let head = table.columns.iter().any(|c| !c.head.is_empty()).then(|| Arc::new(head_piece(cx, grid, &cells.head)));
    if let Some(head) = &head {
        out.push(Piece { before: 7.0, keep: Keep::Firm, ..Piece::clone(head) });
    }
    let count = table.rows.len();
    for (i, (row, shaped)) in table.rows.iter().zip(&cells.rows).enumerate() {
        let first = out.len();
        row_pieces(cx, grid, row, shaped, out);
        let next_total = table.rows.get(i + 1).is_some_and(|r| r.total);
        // no row alone under the head, none alone on the last page
        let keep = if next_total || (count > 2 && (i == 0 || i + 2 == count)) { Keep::Firm } else { Keep::Free };
        if let Some(last) = out.last_mut() {
            last.keep = last.keep.max(if i + 1 < count { keep } else { Keep::Free });
        }
        for piece in out.iter_mut().skip(first) {
            piece.head.clone_from(&head);
        }
        if let (Some(anchor), Some(piece)) = (&row.anchor, out.get_mut(first)) {
            piece.anchors.push((anchor.clone(), 0.0));
        }
    }
    if head.is_none()
        && let Some(first) = out.get_mut(start)
    {
        first.before = 7.0;
        let line = cx.hairline(grid.x, grid.x + grid.width, 0.0);
        first.items.push(line);
    }
    if let Some(last) = out.get_mut(start..).and_then(<[Piece]>::last_mut) {
        last.after = 9.0;
    }
}

fn head_piece(cx: &Cx<'_>, grid: &Grid<'_>, head: &[Paragraph]) -> Piece {
    let m = grid.m;
    let edges = grid.edges();
    let lines: Vec<Vec<Line>> = head.iter().zip(grid.widths).map(|(p, w)| p.lines(*w, 0.0)).collect();
    let rows = lines.iter().map(Vec::len).max().unwrap_or(1).max(1);
    let height = m.leading * rows as f32 + 2.0 * m.pad_y;
    let mut piece = Piece::of(height);
    piece.items.push(Item::Box { rect: Rect { x: grid.x, y: 0.0, w: grid.width, h: height }, fill: cx.theme().tint, radius: 0.0 });
    for ((((p, lines), w), left), column) in head.iter().zip(&lines).zip(grid.widths).zip(&edges).zip(grid.columns) {
        // short heads stand at the foot of a high head
        let top = m.pad_y + m.leading * (rows - lines.len()) as f32;
        for (i, line) in lines.iter().enumerate() {
            cx.set(&mut piece, p, *line, slot(left + m.pad_x, top + m.leading * i as f32, m.leading, m.size, *w, align(column)));
        }
    }
    rule(cx, &mut piece, grid, &edges, height, true, true);
    piece
}

fn align(column: &Column) -> Align {
    if column.right { Align::Right } else { Align::Left }
}

fn rule(cx: &Cx<'_>, piece: &mut Piece, grid: &Grid<'_>, edges: &[f32], height: f32, inner: bool, top: bool) {
    if cx.measuring {
        return;
    }
    let (left, right) = (grid.x, grid.x + grid.width);
    piece.items.push(cx.hairline(left, right, height));
    if grid.lines {
        if top {
            piece.items.push(cx.hairline(left, right, 0.0));
        }
        let count = edges.len();
        for (i, e) in edges.iter().enumerate() {
            if inner || i == 0 || i + 1 == count {
                piece.items.push(Item::Line { from: (*e, 0.0), to: (*e, height), width: 0.5, color: cx.theme().hairline, dash: None });
            }
        }
    }
}

fn row_pieces(cx: &Cx<'_>, grid: &Grid<'_>, row: &Row, shaped: &[Paragraph], out: &mut Vec<Piece>) {
    let m = grid.m;
    let edges = grid.edges();
    let span_width = grid.width - 2.0 * m.pad_x;
    let column_width = |i: usize| if row.span { span_width } else { grid.widths.get(i).copied().unwrap_or(span_width) };
    let shown = if row.span { 1 } else { grid.columns.len() };
    let lines: Vec<Vec<Line>> = shaped.iter().take(shown).enumerate().map(|(i, p)| p.lines(column_width(i), 0.0)).collect();
    let rows = lines.iter().map(Vec::len).max().unwrap_or(1).max(1);
    // a row higher than a page is cut between its lines
    let per_piece = (((cx.frame.height * 0.9 - 2.0 * m.pad_y) / m.leading) as usize).max(1);
    let mut from = 0;
    while from < rows {
        let to = (from + per_piece).min(rows);
        let height = m.leading * (to - from) as f32 + 2.0 * m.pad_y;
        let mut piece = Piece::of(height);
        if !cx.measuring {
            if row.total {
                piece.items.push(Item::Box { rect: Rect { x: grid.x, y: 0.0, w: grid.width, h: height }, fill: cx.theme().tint, radius: 0.0 });
            }
            for (i, (p, lines)) in shaped.iter().zip(&lines).enumerate() {
                let left = edges.get(if row.span { 0 } else { i }).copied().unwrap_or(grid.x);
                let align = if row.span { Align::Left } else { grid.columns.get(i).map_or(Align::Left, align) };
                for (k, line) in lines.iter().enumerate().take(to).skip(from) {
                    let top = m.pad_y + m.leading * (k - from) as f32;
                    cx.set(&mut piece, p, *line, slot(left + m.pad_x, top, m.leading, m.size, column_width(i), align));
                }
            }
            rule(cx, &mut piece, grid, &edges, height, !row.span, false);
        }
        out.push(piece);
        from = to;
    }
}
