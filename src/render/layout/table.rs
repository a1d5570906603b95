//! Tables: widths from content, heads repeated, rows whole, totals beside the last row.

use super::pieces::{Keep, Piece};
use super::{Cx, Type, slot};
use crate::model::document::{Column, Inline, Inlines, Row, Side, Style, Table, Width};
use crate::render::page::{Item, Rect};
use crate::render::text::{Align, Breaks, Line, Paragraph};
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

    /// About 40 rows a page, a line each.
    fn dense(size: f32, pad_x: f32) -> Self {
        Measure { size, leading: size * 1.36, pad_x, pad_y: (16.4 - size * 1.36).max(2.0) / 2.0 }
    }

    /// Rows of several lines, as tight as reads well: two lines still come to nearly 40 rows a page.
    fn tight(size: f32) -> Self {
        Measure { size, leading: size * 1.24, pad_x: 2.6, pad_y: 1.3 }
    }
}

/// Cells of columns by content have at most so many lines before they are broken anywhere.
const MOST_LINES: usize = 6;

/// Of the rows' cells only where they may be broken: the glyphs of a list of thousands of rows would weigh more than the document.
struct Cells {
    head: Vec<Paragraph>,
    rows: Vec<Vec<Breaks>>,
}

/// Sets a table.
pub(super) fn table(cx: &mut Cx<'_>, table: &Table, x: f32, width: f32, out: &mut Vec<Piece>) {
    if table.columns.is_empty() {
        return;
    }
    let base = cx.theme().table_pt;
    // a dense table is tried at smaller type before its rows take more lines
    let single = if table.dense { vec![Measure::dense(base - 1.0, 3.6), Measure::dense(base - 1.5, 2.8), Measure::dense(base - 2.0, 2.4)] } else { Vec::new() };
    let last = if table.dense { Measure::tight(base - 2.0) } else { Measure::normal(base) };
    let count = single.len();
    for (i, m) in single.into_iter().chain([last]).enumerate() {
        let cells = shape(cx, table, m);
        let fit = Fit { table, cells: &cells, m, room: width - 2.0 * m.pad_x * table.columns.len() as f32 };
        let bounds = fit.bounds();
        let widths = if i < count { fit.at_most(&bounds, 1, Broken::All) } else { Some(fit.best(&bounds)) };
        if let Some(widths) = widths {
            return set(cx, table, &cells, &Grid { columns: &table.columns, widths: &widths, m, x, width, lines: table.grid }, out);
        }
    }
}

fn shape(cx: &mut Cx<'_>, table: &Table, m: Measure) -> Cells {
    let head_type = Type { size: m.size * 0.95, color: cx.theme().ink, bold: true };
    let head = table.columns.iter().map(|c| column_head(cx, c, head_type)).collect();
    let rows = table.rows.iter().map(|r| r.cells.iter().map(|c| cell(cx, r, c, m).into_breaks()).collect()).collect();
    Cells { head, rows }
}

/// Short heads such as 件数 or 重量 kg are never broken; long ones may be.
fn column_head(cx: &mut Cx<'_>, column: &Column, typ: Type) -> Paragraph {
    const SHORT: usize = 6;
    let whole = column.head.chars().count() <= SHORT;
    let text = vec![Inline::Text(column.head.clone(), Style { whole, ..Style::default() })];
    cx.paragraph(&text, typ)
}

fn cell(cx: &mut Cx<'_>, row: &Row, text: &Inlines, m: Measure) -> Paragraph {
    let color = cx.theme().text;
    cx.paragraph(text, Type { size: m.size, color, bold: row.total })
}

/// Which columns by content may be broken; those by share always may.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Broken {
    None,
    One(usize),
    All,
}

/// Finds inner widths for the columns.
struct Fit<'a> {
    table: &'a Table,
    cells: &'a Cells,
    m: Measure,
    room: f32,
}

/// Of each column: the width at which nothing is broken, and the one that holds its longest word.
struct Bounds {
    natural: Vec<f32>,
    least: Vec<f32>,
}

impl Fit<'_> {
    /// The cells of each column, rows that span apart.
    fn column(&self, i: usize) -> impl Iterator<Item = &Breaks> {
        let rows = self.table.rows.iter().zip(&self.cells.rows).filter(|(row, _)| !row.span);
        rows.filter_map(move |(_, shaped)| shaped.get(i))
    }

    fn bounds(&self) -> Bounds {
        let of = |measure: &dyn Fn(&Breaks) -> f32, floor: f32, most: f32| -> Vec<f32> {
            (0..self.table.columns.len())
                .map(|i| self.column(i).chain(self.cells.head.get(i).map(Paragraph::breaks)).map(|p| (measure(p) + 0.1).min(most)).fold(floor, f32::max))
                .collect()
        };
        Bounds { natural: of(&Breaks::natural_width, self.m.size, f32::MAX), least: of(&Breaks::least_width, self.m.size, self.room * 0.4) }
    }

    /// Widths at which no cell of a column that may be broken has more than `most` lines, unless it has line ends of its own. `None` when that is too wide.
    fn at_most(&self, bounds: &Bounds, most: usize, broken: Broken) -> Option<Vec<f32>> {
        let columns = self.table.columns.iter().zip(bounds.natural.iter().zip(&bounds.least)).enumerate();
        let mut inner: Vec<f32> = columns
            .map(|(i, (column, (natural, least)))| match column.width {
                Width::Points(p) => (p - 2.0 * self.m.pad_x).max(self.m.size),
                Width::Content if broken != Broken::All && broken != Broken::One(i) => *natural,
                _ if most == 1 => *natural,
                _ => {
                    let head = self.cells.head.get(i).map_or(0.0, |p| p.breaks().width_for(most.min(2), *least));
                    self.column(i).fold(head.max(*least), |w, p| w.max(p.width_for(most.max(p.forced_lines()), w))).min(*natural)
                }
            })
            .collect();
        let mut left = self.room - inner.iter().sum::<f32>();
        if left < 0.0 {
            return None;
        }
        // broken columns get back what is left, as much as each lacks
        let lacks: Vec<f32> = self
            .table
            .columns
            .iter()
            .zip(bounds.natural.iter().zip(&inner))
            .map(|(c, (natural, w))| if matches!(c.width, Width::Points(_)) { 0.0 } else { (natural - w).max(0.0) })
            .collect();
        let lacking: f32 = lacks.iter().sum();
        if lacking > 0.0 {
            let given = left.min(lacking);
            inner.iter_mut().zip(&lacks).for_each(|(own, l)| *own += given * l / lacking);
            left -= given;
        }
        // the table reaches both margins: the rest goes to the shares, else to all alike
        let shares: f32 = self.table.columns.iter().map(share).sum();
        let flexible = self.table.columns.iter().filter(|c| !matches!(c.width, Width::Points(_))).count();
        for (own, column) in inner.iter_mut().zip(&self.table.columns) {
            *own += match (shares > 0.0, column.width) {
                (true, _) => left * share(column) / shares,
                (false, Width::Points(_)) if flexible > 0 => 0.0,
                (false, _) => left / if flexible > 0 { flexible } else { self.table.columns.len() } as f32,
            };
        }
        Some(inner)
    }

    /// Rows of as few lines as possible; columns by content are broken only where shares alone cannot give way, in dense tables with the others.
    fn best(&self, bounds: &Bounds) -> Vec<f32> {
        let with = |broken: Broken, from: usize| (from..=MOST_LINES).find_map(|n| self.at_most(bounds, n, broken));
        let gentle = if self.table.dense { self.gentlest(bounds, &with) } else { with(Broken::None, 1) };
        gentle.or_else(|| self.by_weight(bounds)).or_else(|| with(Broken::All, 2)).unwrap_or_else(|| {
            let mut inner = bounds.natural.clone();
            cap(&mut inner, &bounds.least, self.room);
            inner
        })
    }

    /// Of a dense table: where no column gives way by its share, one long cell does not break every row, unless that takes fewer lines in all.
    fn gentlest(&self, bounds: &Bounds, with: &dyn Fn(Broken, usize) -> Option<Vec<f32>>) -> Option<Vec<f32>> {
        let all = with(Broken::All, 1)?;
        if self.table.columns.iter().any(|c| share(c) > 0.0) {
            return Some(all);
        }
        let slack = |i: &usize| bounds.natural.get(*i).zip(bounds.least.get(*i)).map_or(0.0, |(natural, least)| natural - least);
        let content = |i: &usize| self.table.columns.get(*i).is_some_and(|c| matches!(c.width, Width::Content));
        let longest = (0..self.table.columns.len()).filter(content).max_by(|a, b| slack(a).total_cmp(&slack(b)));
        let one = longest.and_then(|i| with(Broken::One(i), 1));
        Some(one.filter(|one| self.lines(one) <= self.lines(&all)).unwrap_or(all))
    }

    /// The lines of all rows at these widths.
    fn lines(&self, widths: &[f32]) -> usize {
        let rows = self.table.rows.iter().zip(&self.cells.rows).filter(|(row, _)| !row.span);
        rows.map(|(_, cells)| cells.iter().zip(widths).map(|(cell, w)| cell.lines(*w, 0.0).len()).max().unwrap_or(1)).sum()
    }

    /// Long texts: columns by content whole, shares in proportion to their weights, none less than its longest word, none more than its content.
    fn by_weight(&self, bounds: &Bounds) -> Option<Vec<f32>> {
        let columns = || self.table.columns.iter().zip(bounds.natural.iter().zip(&bounds.least));
        let at = |unit: f32| -> Vec<f32> {
            columns()
                .map(|(c, (natural, least))| match c.width {
                    Width::Points(p) => (p - 2.0 * self.m.pad_x).max(self.m.size),
                    Width::Content => *natural,
                    Width::Share(_) => (share(c) * unit).max(least.min(*natural)).min(*natural),
                })
                .collect()
        };
        let sum = |unit: f32| at(unit).iter().sum::<f32>();
        if sum(0.0) > self.room {
            return None;
        }
        let (mut low, mut high) = (0.0_f32, 1.0e6_f32);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if sum(middle) > self.room { high = middle } else { low = middle }
        }
        Some(at(low))
    }
}

fn share(column: &Column) -> f32 {
    if let Width::Share(s) = column.width { s.max(0.01) } else { 0.0 }
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

fn set(cx: &mut Cx<'_>, table: &Table, cells: &Cells, grid: &Grid<'_>, out: &mut Vec<Piece>) {
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
    match column.side {
        Side::Left => Align::Left,
        Side::Middle => Align::Center,
        Side::Right => Align::Right,
    }
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

fn row_pieces(cx: &mut Cx<'_>, grid: &Grid<'_>, row: &Row, cells: &[Breaks], out: &mut Vec<Piece>) {
    let m = grid.m;
    let edges = grid.edges();
    let span_width = grid.width - 2.0 * m.pad_x;
    let column_width = |i: usize| if row.span { span_width } else { grid.widths.get(i).copied().unwrap_or(span_width) };
    let shown = if row.span { 1 } else { grid.columns.len() };
    let lines: Vec<Vec<Line>> = cells.iter().take(shown).enumerate().map(|(i, p)| p.lines(column_width(i), 0.0)).collect();
    let rows = lines.iter().map(Vec::len).max().unwrap_or(1).max(1);
    // a row higher than a page is cut between its lines
    let per_piece = (((cx.frame.height * 0.9 - 2.0 * m.pad_y) / m.leading) as usize).max(1);
    let measuring = cx.measuring;
    let shaped: Vec<Paragraph> = row.cells.iter().take(if measuring { 0 } else { shown }).map(|text| cell(cx, row, text, m)).collect();
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
