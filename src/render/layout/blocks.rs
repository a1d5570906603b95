//! Blocks of text: headings, paragraphs, lists, facts, boxes, quotes, tiles, signature. Tables, charts, timelines and pictures have their own files.

use super::pieces::{Bar, Keep, Piece, Role as PieceRole};
use super::{Cx, Type, chart, contents, figures, slot, table, timeline};
use crate::model::document::{Block, Inline, Inlines, Role, Style, Tile};
use crate::render::page::{Item, OutlineEntry, Rect};
use crate::render::text::{Align, Paragraph};

/// Lines around a signature, points apart.
const SIGNATURE_LINE: f32 = 26.0;
/// Distance between columns of facts and between tiles.
const GUTTER: f32 = 14.0;

/// Turns blocks into pieces set between `x` and `x + width`.
pub(super) fn blocks(cx: &mut Cx<'_>, list: &[Block], x: f32, width: f32, out: &mut Vec<Piece>) {
    let mut waiting = Vec::new();
    for (i, block) in list.iter().enumerate() {
        if let Block::Target(anchor) = block {
            waiting.push((anchor.clone(), 0.0));
            continue;
        }
        let start = out.len();
        one(cx, block, x, width, out);
        if let Some(piece) = out.get_mut(start) {
            piece.anchors.append(&mut waiting);
        }
        // a line or two that end a list of pictures do not open a page of their own
        let ends = list.get(i + 1).is_none_or(|next| matches!(next, Block::Heading { .. } | Block::Target(_)));
        let short = out.len() - start <= 2 && matches!(block, Block::Paragraph { .. });
        if let (true, Some(before)) = (ends && short && start > 0, out.get_mut(start.saturating_sub(1)))
            && matches!(before.role, PieceRole::Flexible(..))
        {
            before.keep = Keep::Firm;
        }
        // of records that go on over a page two stand on either
        let record = |at: Option<usize>| at.and_then(|at| list.get(at)).is_some_and(|b| matches!(b, Block::Paragraph { role: Role::Record, .. }));
        if record(Some(i))
            && record(Some(i + 1))
            && (!record(i.checked_sub(1)) || !record(Some(i + 2)))
            && let Some(last) = out.last_mut()
        {
            last.keep = Keep::Firm;
        }
        // a note under a heading belongs to what follows
        let lead_in = i > 0 && matches!((list.get(i - 1), block), (Some(Block::Heading { .. }), Block::Paragraph { role: Role::Note, .. }));
        // so does a line above a table or a picture: it is its title
        let set = |b: &Block| matches!(b, Block::Table(_) | Block::Figure(_) | Block::Gallery(_) | Block::DayChart(_) | Block::Timeline(_));
        let title = out.len() - start == 1 && matches!(block, Block::Paragraph { .. }) && list.get(i + 1).is_some_and(set);
        if title || (lead_in && i + 1 < list.len() && out.len() - start <= 2) {
            out.iter_mut().skip(start).for_each(|p| p.keep = Keep::Firm);
        }
    }
    if !waiting.is_empty() {
        out.push(Piece { anchors: waiting, ..Piece::default() });
    }
}

fn one(cx: &mut Cx<'_>, block: &Block, x: f32, width: f32, out: &mut Vec<Piece>) {
    match block {
        Block::Heading { level, text, anchor, outline } => {
            let start = out.len();
            heading(cx, *level, text, x, width, out);
            if let Some(first) = out.get_mut(start) {
                first.anchors.extend(anchor.iter().map(|a| (a.clone(), 0.0)));
                first.outline.extend(outline.iter().map(|(text, depth)| OutlineEntry { text: text.clone(), depth: *depth, y: 0.0 }));
            }
        }
        Block::Paragraph { text, role } => paragraph(cx, text, *role, x, width, out),
        Block::List { first, items } => list(cx, *first, items, x, width, out),
        Block::Facts { columns, pairs } => facts(cx, *columns, pairs, x, width, out),
        Block::Callout { label, text } => callout(cx, label, text, x, width, out),
        Block::Quote { label, blocks } => quote(cx, label, blocks, x, width, out),
        Block::Table(t) => table::table(cx, t, x, width, out),
        Block::DayChart(c) => out.push(chart::chart(cx, c, x, width)),
        Block::Tiles(tiles) => self::tiles(cx, tiles, x, width, out),
        Block::Timeline(steps) => timeline::timeline(cx, steps, x, width, out),
        Block::Figure(f) => figures::figure(cx, f, x, width, out),
        Block::Gallery(list) => figures::gallery(cx, list, x, width, out),
        Block::Signature(labels) => {
            // nobody signs a page without a word on it
            if let Some(last) = out.last_mut() {
                last.keep = Keep::Firm;
            }
            out.push(signature(cx, labels, x, width));
        }
        Block::Together(inner) => {
            let start = out.len();
            blocks(cx, inner, x, width, out);
            let last = out.len().saturating_sub(1);
            for piece in out.get_mut(start..last).unwrap_or_default() {
                piece.keep = piece.keep.max(Keep::Soft);
            }
        }
        Block::Contents { depth } => contents::contents(cx, *depth, x, width, out),
        Block::Volumes => {
            let (typ, setting) = setting(cx, Role::Note);
            if let Some(spans) = cx.refs.volumes(typ) {
                let text = Paragraph::new(&mut cx.shaper, &spans);
                line_pieces(cx, &text, setting, x, width, out);
            }
        }
        Block::PageBreak => out.push(Piece { role: PieceRole::NewPage, ..Piece::default() }),
        Block::Rule => {
            let line = cx.hairline(x, x + width, 0.25);
            out.push(Piece { before: 8.0, after: 8.0, items: vec![line], ..Piece::of(0.5) });
        }
        Block::Target(_) => {}
    }
}

/// Pieces of a paragraph, a line each; first and last two lines hold together.
#[derive(Clone, Copy)]
struct Setting {
    size: f32,
    leading: f32,
    align: Align,
    before: f32,
    after: f32,
    /// Later lines begin this much further in.
    hanging: f32,
}

fn line_pieces(cx: &Cx<'_>, p: &Paragraph, s: Setting, x: f32, width: f32, out: &mut Vec<Piece>) {
    // a hanging indent is a first line that is longer to the left
    let lines = p.lines(width - s.hanging, -s.hanging);
    let count = lines.len();
    for (i, line) in lines.into_iter().enumerate() {
        let inset = if i == 0 { 0.0 } else { s.hanging };
        let mut piece = Piece { before: if i == 0 { s.before } else { 0.0 }, ..Piece::of(s.leading) };
        if i + 1 == count {
            piece.after = s.after;
        } else if i == 0 || i + 2 == count {
            piece.keep = Keep::Firm;
        }
        cx.set(&mut piece, p, line, slot(x + inset, 0.0, s.leading, s.size, width - inset, s.align));
        out.push(piece);
    }
}

fn heading(cx: &mut Cx<'_>, level: u8, text: &Inlines, x: f32, width: f32, out: &mut Vec<Piece>) {
    let theme = cx.theme();
    let (size, before, after) = match level {
        0 | 1 => (theme.h1_pt, 20.0, 7.0),
        2 => (theme.h2_pt, 15.0, 4.5),
        _ => (theme.body_pt + 0.5, 10.0, 3.0),
    };
    let p = cx.paragraph(text, Type { size, color: theme.ink, bold: true });
    let start = out.len();
    line_pieces(cx, &p, Setting { size, leading: size * 1.32, align: Align::Left, before, after, hanging: 0.0 }, x, width, out);
    for piece in out.get_mut(start..).unwrap_or_default() {
        piece.keep = Keep::Firm;
    }
}

fn setting(cx: &Cx<'_>, role: Role) -> (Type, Setting) {
    let theme = cx.theme();
    match role {
        Role::Body => {
            (cx.body(), Setting { size: theme.body_pt, leading: theme.body_pt * theme.leading, align: Align::Both, before: 4.0, after: 0.0, hanging: 0.0 })
        }
        Role::Note => (cx.small(), Setting { size: theme.small_pt, leading: theme.small_pt * 1.45, align: Align::Both, before: 3.5, after: 3.0, hanging: 0.0 }),
        Role::Record => {
            let size = theme.table_pt;
            let typ = Type { size, color: theme.text, bold: false };
            (typ, Setting { size, leading: size * 1.42, align: Align::Left, before: 1.2, after: 0.0, hanging: size * 2.0 })
        }
    }
}

fn paragraph(cx: &mut Cx<'_>, text: &Inlines, role: Role, x: f32, width: f32, out: &mut Vec<Piece>) {
    let (typ, setting) = setting(cx, role);
    let p = cx.paragraph(text, typ);
    line_pieces(cx, &p, setting, x, width, out);
}

fn list(cx: &mut Cx<'_>, first: Option<u64>, items: &[Vec<Block>], x: f32, width: f32, out: &mut Vec<Piece>) {
    let typ = cx.body();
    let leading = typ.size * cx.theme().leading;
    let mark = |i: usize| first.map_or_else(|| "•".to_owned(), |n| format!("{}.", n.saturating_add(i as u64)));
    let widest = mark(items.len().saturating_sub(1));
    let indent = cx.plain(&widest, typ).natural_width() + typ.size * 0.55;
    for (i, item) in items.iter().enumerate() {
        let start = out.len();
        blocks(cx, item, x + indent, width - indent, out);
        if out.len() == start {
            out.push(Piece::of(leading));
        }
        let p = cx.plain(&mark(i), typ);
        if let (Some(piece), Some(line)) = (out.get_mut(start), p.lines(indent * 2.0, 0.0).first()) {
            piece.before = if i == 0 { 4.0 } else { 2.5 };
            cx.set(piece, &p, *line, slot(x, 0.0, leading, typ.size, indent, Align::Left));
        }
    }
}

/// A fact ready to be set: label, value with its source, height.
struct Fact {
    label: Paragraph,
    value: Paragraph,
    height: f32,
}

fn facts(cx: &mut Cx<'_>, columns: u8, pairs: &[(String, Inlines, Inlines)], x: f32, width: f32, out: &mut Vec<Piece>) {
    let theme = cx.theme();
    let leading = theme.body_pt * 1.5;
    let columns = usize::from(columns.clamp(1, 2));
    let column_width = (width - GUTTER * (columns - 1) as f32) / columns as f32;
    let small = cx.small();
    let labels: Vec<Paragraph> = pairs.iter().map(|(label, _, _)| cx.plain(label, small)).collect();
    let widest = labels.iter().map(Paragraph::natural_width).fold(theme.small_pt * 4.0, f32::max);
    let label_width = widest.min(column_width * 0.4) + 10.0;
    let mut facts: Vec<Fact> = Vec::with_capacity(pairs.len());
    for ((_, value, source), label) in pairs.iter().zip(labels) {
        let mut text = value.clone();
        if !source.is_empty() {
            text.push(Inline::Text("  ".into(), Style::default()));
            text.extend(source.iter().cloned().map(as_source));
        }
        let value = cx.paragraph(&text, cx.body());
        let lines = value.lines(column_width - label_width, 0.0).len().max(label.lines(label_width - 10.0, 0.0).len()).max(1);
        facts.push(Fact { label, value, height: leading * lines as f32 });
    }
    let set_fact = |cx: &Cx<'_>, piece: &mut Piece, fact: &Fact, left: f32, top: f32| {
        // the label stands on the value's baseline, not in the middle of its line box
        cx.stack(piece, &fact.label, slot(left, top, leading, theme.body_pt, label_width - 10.0, Align::Left));
        cx.stack(piece, &fact.value, slot(left + label_width, top, leading, theme.body_pt, column_width - label_width, Align::Left));
    };
    let start = out.len();
    if columns == 2 && facts.iter().map(|f| f.height).sum::<f32>() < cx.frame.height {
        // read down, then across, as one reads a form's columns; the columns do not wait for each other
        let (first, second) = facts.split_at(balanced(&facts));
        let mut piece = Piece::default();
        for (part, left) in [(first, x), (second, x + column_width + GUTTER)] {
            let mut top = 0.0;
            for fact in part {
                set_fact(cx, &mut piece, fact, left, top);
                top += fact.height;
            }
            piece.height = piece.height.max(top);
        }
        out.push(piece);
    } else {
        for fact in &facts {
            let mut piece = Piece::of(fact.height);
            set_fact(cx, &mut piece, fact, x, 0.0);
            out.push(piece);
        }
    }
    if let Some(first) = out.get_mut(start) {
        first.before = 5.0;
    }
    if let Some(last) = out.get_mut(start..).and_then(<[Piece]>::last_mut) {
        last.after = 7.0;
    }
}

/// Where to divide facts so that two columns come out alike; of equal divisions the one with the longer first column.
fn balanced(facts: &[Fact]) -> usize {
    let total: f32 = facts.iter().map(|f| f.height).sum();
    let (mut above, mut best) = (0.0, (f32::MAX, 0));
    for (i, fact) in facts.iter().enumerate() {
        above += fact.height;
        let higher = above.max(total - above);
        if higher < best.0 + 0.1 {
            best = (higher, i + 1);
        }
    }
    best.1
}

fn as_source(inline: Inline) -> Inline {
    let quiet = |s: Style| Style { small: true, muted: true, ..s };
    match inline {
        Inline::Text(t, s) => Inline::Text(t, quiet(s)),
        Inline::Ref { target, end, show, style } => Inline::Ref { target, end, show, style: Style { small: true, ..style } },
        Inline::Break => Inline::Break,
    }
}

fn callout(cx: &mut Cx<'_>, label: &str, text: &Inlines, x: f32, width: f32, out: &mut Vec<Piece>) {
    let theme = cx.theme();
    let (pad_x, pad_y, leading) = (11.0, 8.5, theme.body_pt * theme.leading);
    let lead = cx.plain(label, Type { bold: true, ..cx.body() });
    let lead_width = if label.is_empty() { 0.0 } else { lead.natural_width() + 13.0 };
    let p = cx.paragraph(text, cx.body());
    let inner = width - 2.0 * pad_x - lead_width;
    let lines = p.lines(inner, 0.0);
    let height = leading * lines.len().max(1) as f32 + 2.0 * pad_y;
    if height > cx.frame.height {
        // more than a page of request is a text, not a box
        paragraph(cx, &vec![Inline::Text(label.to_owned(), Style { bold: true, ..Style::default() })], Role::Body, x, width, out);
        return paragraph(cx, text, Role::Body, x, width, out);
    }
    let mut piece = Piece { before: 9.0, after: 10.0, ..Piece::of(height) };
    piece.items.push(Item::Box { rect: Rect { x, y: 0.0, w: width, h: height }, fill: theme.tint, radius: 2.0 });
    cx.stack(&mut piece, &lead, slot(x + pad_x, pad_y, leading, theme.body_pt, lead_width + 1.0, Align::Left));
    cx.stack(&mut piece, &p, slot(x + pad_x + lead_width, pad_y, leading, theme.body_pt, inner, Align::Both));
    out.push(piece);
}

fn quote(cx: &mut Cx<'_>, label: &str, inner: &[Block], x: f32, width: f32, out: &mut Vec<Piece>) {
    let start = out.len();
    let indent = 9.5;
    if !label.is_empty() {
        let p = cx.plain(label, cx.small());
        let size = cx.theme().small_pt;
        line_pieces(cx, &p, Setting { size, leading: size * 1.45, align: Align::Left, before: 0.0, after: 0.0, hanging: 0.0 }, x + indent, width - indent, out);
        if let Some(last) = out.last_mut() {
            last.keep = Keep::Firm;
        }
    }
    blocks(cx, inner, x + indent, width - indent, out);
    let color = cx.theme().pale;
    for (i, piece) in out.iter_mut().skip(start).enumerate() {
        if i == 0 {
            piece.before = 9.0;
        }
        if piece.bar.is_none() {
            piece.bar = Some(Bar { x, color, joined: i > 0 });
        }
    }
    if let Some(last) = out.get_mut(start..).and_then(<[Piece]>::last_mut) {
        last.after = last.after.max(9.0);
    }
}

fn tiles(cx: &mut Cx<'_>, tiles: &[Tile], x: f32, width: f32, out: &mut Vec<Piece>) {
    let theme = cx.theme();
    let (pad, small) = (9.0, theme.small_pt);
    let value_size = theme.h1_pt;
    let value = Type { size: value_size, color: theme.ink, bold: true };
    for row in tiles.chunks(if tiles.len() == 4 { 4 } else { 3 }) {
        let count = tiles.len().clamp(1, if tiles.len() == 4 { 4 } else { 3 });
        let w = (width - GUTTER * (count - 1) as f32 * 0.7) / count as f32;
        let mut piece = Piece { before: 10.0, after: 10.0, ..Piece::default() };
        let notes: Vec<(Paragraph, f32)> = row
            .iter()
            .map(|t| {
                let p = cx.plain(&t.note, cx.small());
                let h = p.lines(w - 2.0 * pad, 0.0).len() as f32 * small * 1.4;
                (p, h)
            })
            .collect();
        let note_height = notes.iter().map(|n| n.1).fold(0.0, f32::max);
        let height = pad * 2.0 + small * 1.4 + value_size * 1.35 + note_height - 2.0;
        for (i, (tile, (note, _))) in row.iter().zip(&notes).enumerate() {
            let left = x + (w + GUTTER * 0.7) * i as f32;
            piece.items.push(Item::Box { rect: Rect { x: left, y: 0.0, w, h: height }, fill: theme.tint, radius: 3.0 });
            let inner = w - 2.0 * pad;
            let label = cx.fitted(&tile.label, cx.small(), inner);
            let mut top = pad - 1.0;
            cx.stack(&mut piece, &label, slot(left + pad, top, small * 1.4, small, inner + 1.0, Align::Left));
            top += small * 1.4;
            let shown = cx.fitted(&tile.value, value, inner);
            cx.stack(&mut piece, &shown, slot(left + pad, top, value_size * 1.35, value_size, inner + 1.0, Align::Left));
            top += value_size * 1.35;
            cx.stack(&mut piece, note, slot(left + pad, top, small * 1.4, small, inner, Align::Left));
        }
        piece.height = height;
        out.push(piece);
    }
}

fn signature(cx: &mut Cx<'_>, labels: &[String], x: f32, width: f32) -> Piece {
    let typ = cx.body();
    let mut piece = Piece { before: 16.0, role: PieceRole::Foot, ..Piece::of(SIGNATURE_LINE * labels.len() as f32 + 4.0) };
    let left = x + width * 0.5;
    for (i, label) in labels.iter().enumerate() {
        let top = SIGNATURE_LINE * i as f32;
        let p = cx.fitted(label, typ, width * 0.35);
        let end = left + p.natural_width() + 6.0;
        cx.stack(&mut piece, &p, slot(left, top, SIGNATURE_LINE, typ.size, width * 0.5, Align::Left));
        let y = super::baseline(top, SIGNATURE_LINE, typ.size) + 2.5;
        piece.items.push(Item::Line { from: (end, y), to: (x + width, y), width: 0.6, color: cx.theme().muted, dash: None });
    }
    piece
}
