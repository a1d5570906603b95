//! The linked list of a part's sections with their pages.

use super::pieces::Piece;
use super::{Cx, Type, slot};
use crate::model::document::{Anchor, Block, Part};
use crate::render::page::{Item, LinkArea, Rect};
use crate::render::text::{Align, Paragraph};

/// From this many entries on, the list is set in two columns if every entry fits into half the width.
const TWO_COLUMNS_FROM: usize = 36;
const GUTTER: f32 = 22.0;

struct Entry {
    anchor: Anchor,
    depth: u8,
    text: Paragraph,
    label: Paragraph,
    /// Width held for the label.
    label_width: f32,
}

/// Outline entries of a part down to a depth, in reading order: those of sections and those of headings with an anchor.
fn listed(part: &Part, depth: u8) -> Vec<(Anchor, String, u8)> {
    let mut out = Vec::new();
    for section in &part.sections {
        // the list does not name itself
        let itself = section.blocks.iter().any(|b| matches!(b, Block::Contents { .. }));
        if !section.outline.is_empty() && section.depth <= depth && !itself {
            out.push((section.anchor.clone(), section.outline.clone(), section.depth));
        }
        for block in &section.blocks {
            if let Block::Heading { anchor: Some(anchor), outline: Some((text, at)), .. } = block
                && *at <= depth
            {
                out.push((anchor.clone(), text.clone(), *at));
            }
        }
    }
    out
}

/// Sets the contents of the part that is being laid out.
pub(super) fn contents(cx: &mut Cx<'_>, depth: u8, x: f32, width: f32, out: &mut Vec<Piece>) {
    let body = cx.body();
    let list = listed(cx.shared.part(cx.refs.from), depth);
    let half = (width - GUTTER) / 2.0;
    let small = Type { size: cx.theme().table_pt, ..body };
    let levels = list.iter().any(|(_, _, d)| *d > 0);
    let many = list.len() >= TWO_COLUMNS_FROM;
    let mut entries: Vec<Entry> = Vec::with_capacity(list.len());
    let mut fit = many;
    for (anchor, text, depth) in list {
        let typ = Type { bold: levels && depth == 0, ..if many { small } else { body } };
        let widest = cx.refs.widest_label(&anchor);
        let label_width = cx.plain(&widest, typ).natural_width();
        let shown = cx.refs.label(&anchor);
        let label = cx.plain(&shown, typ);
        let room = width - indent(depth) - label_width - 20.0;
        let text_shown = cx.fitted(&text, typ, room);
        fit &= text_shown.natural_width() <= half - indent(depth) - label_width - 14.0;
        entries.push(Entry { anchor, depth, text: text_shown, label, label_width });
    }
    let (columns, column_width) = if fit { (2, half) } else { (1, width) };
    let size = if many { small.size } else { body.size };
    let leading = size * if many { 1.68 } else { 1.75 };
    // columns are balanced page by page: as many rows as a page holds, read down, then across
    let per_page = ((cx.frame.height * 0.97 / leading) as usize).max(1);
    let mut rest = entries.as_slice();
    let mut first_page = true;
    while !rest.is_empty() {
        // the first page carries the heading
        let rows =
            if columns == 1 { rest.len() } else { rest.len().div_ceil(columns).min(if first_page { per_page.saturating_sub(3).max(1) } else { per_page }) };
        let (page, after) = rest.split_at((rows * columns).min(rest.len()));
        for row in 0..rows {
            let mut piece = Piece { before: if row == 0 { 4.0 } else { 0.0 }, ..Piece::of(leading) };
            for column in 0..columns {
                if let Some(entry) = page.get(column * rows + row) {
                    set_entry(cx, &mut piece, entry, x + (column_width + GUTTER) * column as f32, column_width, leading, size);
                }
            }
            out.push(piece);
        }
        rest = after;
        first_page = false;
    }
    if let Some(last) = out.last_mut() {
        last.after = 8.0;
    }
}

fn indent(depth: u8) -> f32 {
    12.0 * f32::from(depth)
}

fn set_entry(cx: &Cx<'_>, piece: &mut Piece, entry: &Entry, x: f32, width: f32, leading: f32, size: f32) {
    if cx.measuring {
        return;
    }
    let left = x + indent(entry.depth);
    cx.stack(piece, &entry.text, slot(left, 0.0, leading, size, width, Align::Left));
    cx.stack(piece, &entry.label, slot(x + width - entry.label_width, 0.0, leading, size, entry.label_width + 0.5, Align::Right));
    let (from, to) = (left + entry.text.natural_width() + 5.0, x + width - entry.label_width - 5.0);
    if to > from + 6.0 {
        let y = super::baseline(0.0, leading, size) - 1.0;
        piece.items.push(Item::Line { from: (from, y), to: (to, y), width: 0.6, color: cx.theme().hairline, dash: Some((0.8, 2.6)) });
    }
    if cx.refs.links_to(&entry.anchor) {
        piece.links.push(LinkArea { rect: Rect { x: left, y: 0.0, w: x + width - left, h: leading }, target: entry.anchor.clone() });
    }
}
