//! Pictures side by side at one height, with their captions.

use super::pieces::{Piece, Role};
use super::{Cx, Type, slot};
use crate::model::document::Anchor;
use crate::render::page::{ImageKey, Item, Rect};
use crate::render::text::{Align, Paragraph};
use std::sync::Arc;

/// Between two pictures.
pub(super) const GAP: f32 = 12.0;
/// Between picture and caption.
pub(super) const CAPTION_GAP: f32 = 4.5;
/// Distance between rows of pictures.
pub(super) const ROW_GAP: f32 = 9.0;
/// Portraits in a full row.
pub(super) const PORTRAITS_A_ROW: usize = 3;

pub(super) enum Shown {
    Picture {
        image: ImageKey,
        orientation: u8,
        slice: Option<(f32, f32)>,
        repeated: f32,
    },
    /// A framed box with words.
    Box(Paragraph),
}

pub(super) struct Cell {
    pub shown: Shown,
    /// Width over height.
    pub aspect: f32,
    /// Greatest height.
    pub most: f32,
    pub alt: String,
    pub caption: Option<Paragraph>,
    /// A caption that stands under this cell and those that follow it: how wide they are together, and the height of the highest.
    pub under: Option<(f32, f32)>,
    /// Number of a slice or page.
    pub mark: Option<Paragraph>,
    pub anchor: Option<Anchor>,
    /// To the cell before it.
    pub gap: f32,
}

impl Cell {
    /// A caption is at least so wide: 80 pt, or the longest piece that must not be broken, such as an order's number.
    pub(super) fn caption_least(&self) -> f32 {
        self.caption.as_ref().map_or(80.0, |c| (c.breaks().least_width() + 0.5).max(80.0))
    }
}

/// Pictures side by side at one height.
pub(crate) struct PictureRow {
    pub(super) cells: Vec<Cell>,
    /// Under all of them (slices).
    pub(super) caption: Option<Paragraph>,
    pub(super) x: f32,
    pub(super) width: f32,
    /// Wanted height of the pictures.
    pub(super) height: f32,
    /// Least height.
    pub(super) least: f32,
    /// The caption stands beside the picture.
    pub(super) beside: bool,
}

impl std::fmt::Debug for PictureRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PictureRow({} cells, {} pt)", self.cells.len(), self.height)
    }
}

pub(super) fn caption_type(cx: &Cx<'_>) -> Type {
    Type { size: cx.theme().table_pt.max(9.0), color: cx.theme().text, bold: false }
}

impl PictureRow {
    fn cell_size(&self, cell: &Cell, height: f32) -> (f32, f32) {
        match cell.shown {
            Shown::Box(_) => (self.width.min(cell.aspect * height), height),
            Shown::Picture { .. } => {
                let h = height.min(cell.most);
                (h * cell.aspect, h)
            }
        }
    }

    fn caption_width(&self, cell: &Cell, height: f32) -> f32 {
        let w = self.cell_size(cell, height).0;
        match cell.under {
            Some((room, _)) => room,
            None if self.beside => self.width - w - GAP,
            None => w.max(cell.caption_least()).min(self.width),
        }
    }

    /// What a picture of this width takes from left to right.
    fn taken(&self, cell: &Cell, width: f32) -> f32 {
        if cell.caption.is_some() && cell.under.is_none() && !self.beside { width.max(cell.caption_least()) } else { width }
    }

    fn marks(&self, leading: f32) -> f32 {
        if self.cells.iter().any(|c| c.mark.is_some()) { leading } else { 0.0 }
    }

    /// Height of what stands under the pictures when they are `height` high.
    fn captions(&self, leading: f32, height: f32) -> f32 {
        let lines = |p: &Paragraph, w: f32| p.lines(w, 0.0).len() as f32 * leading;
        let own = self.cells.iter().filter_map(|c| c.caption.as_ref().map(|p| lines(p, self.caption_width(c, height)))).fold(0.0, f32::max);
        let common = self.caption.as_ref().map_or(0.0, |p| lines(p, self.width));
        let below = own + common;
        if below > 0.0 { below + CAPTION_GAP } else { 0.0 }
    }

    pub(super) fn total(&self, leading: f32, height: f32) -> f32 {
        let marks = self.marks(leading);
        // small pictures are not enlarged to the row's height, and take no more room than they are high
        let height = self.cells.iter().map(|c| self.cell_size(c, height).1).fold(0.0, f32::max);
        if self.beside { (height + marks).max(self.captions(leading, height) - CAPTION_GAP) } else { marks + height + self.captions(leading, height) }
    }

    /// The row as a piece, at its own height or at `total` points in all.
    pub(crate) fn build(&self, cx: &mut Cx<'_>, total: Option<f32>) -> Piece {
        let typ = caption_type(cx);
        let leading = typ.size * 1.4;
        let marks = self.marks(leading);
        let height = match total {
            // captions are highest under the smallest pictures: what is left is safe
            Some(t) => (t - marks - if self.beside { 0.0 } else { self.captions(leading, self.least) }).clamp(self.least, self.height),
            None => self.height,
        };
        let mut piece = Piece { before: ROW_GAP, after: ROW_GAP, ..Piece::of(self.total(leading, height)) };
        piece.anchors = self.cells.iter().filter_map(|c| c.anchor.clone().map(|a| (a, 0.0))).collect();
        if cx.measuring {
            return piece;
        }
        let sizes: Vec<(f32, f32)> = self.cells.iter().map(|c| self.cell_size(c, height)).collect();
        let height = sizes.iter().map(|s| s.1).fold(0.0, f32::max);
        let widths: f32 = sizes.iter().zip(&self.cells).map(|(s, c)| self.taken(c, s.0)).sum();
        // a full row of portraits reaches both margins
        let full = self.cells.len() >= PORTRAITS_A_ROW && self.cells.iter().all(|c| c.gap == GAP);
        let wider = full.then(|| ((self.width - widths) / (self.cells.len() - 1) as f32).clamp(GAP, 40.0));
        let mut left = self.x;
        for (i, (cell, (w, h))) in self.cells.iter().zip(sizes).enumerate() {
            if i > 0 {
                left += wider.unwrap_or(cell.gap);
            }
            let rect = Rect { x: left, y: marks, w, h };
            draw(cx, &mut piece, cell, rect);
            if let Some(mark) = &cell.mark {
                cx.stack(&mut piece, mark, slot(left, 0.0, leading * 0.92, typ.size * 0.9, w.max(30.0), Align::Left));
            }
            if let Some(caption) = &cell.caption {
                let below = cell.under.map_or(h, |(_, highest)| highest.min(height));
                let (cx_left, top) = if self.beside { (left + w + GAP, marks - 2.0) } else { (left, marks + below + CAPTION_GAP) };
                cx.stack(&mut piece, caption, slot(cx_left, top, leading, typ.size, self.caption_width(cell, height), Align::Left));
            }
            left += self.taken(cell, w);
        }
        if let Some(caption) = &self.caption {
            cx.stack(&mut piece, caption, slot(self.x, marks + height + CAPTION_GAP, leading, typ.size, self.width, Align::Left));
        }
        piece
    }

    pub(super) fn push(self, cx: &mut Cx<'_>, out: &mut Vec<Piece>) {
        let leading = caption_type(cx).size * 1.4;
        let least = self.total(leading, self.least);
        let row = Arc::new(self);
        let mut piece = row.build(cx, None);
        if least < piece.height - 0.5 {
            piece.role = Role::Flexible(row, least);
        }
        out.push(piece);
    }
}

fn draw(cx: &Cx<'_>, piece: &mut Piece, cell: &Cell, rect: Rect) {
    let (r, b) = (rect.x + rect.w, rect.y + rect.h);
    let color = cx.theme().hairline;
    match &cell.shown {
        Shown::Picture { image, orientation, slice, repeated } => {
            piece.items.push(Item::Picture { image: *image, rect, slice: *slice, orientation: *orientation, alt: cell.alt.clone() });
            if *repeated > 0.0 {
                // a bar in the gutter marks what was already seen at the end of the slice before
                let h = rect.h * repeated;
                piece.items.push(Item::Box { rect: Rect { x: rect.x - 2.8, y: rect.y, w: 1.4, h }, fill: cx.theme().pale, radius: 0.0 });
            }
        }
        Shown::Box(words) => {
            let size = cx.theme().small_pt;
            let lines = words.lines(rect.w - 20.0, 0.0).len() as f32;
            cx.stack(
                piece,
                words,
                slot(rect.x + 10.0, rect.y + ((rect.h - lines * size * 1.4) / 2.0).max(0.0), size * 1.4, size, rect.w - 20.0, Align::Center),
            );
        }
    }
    for (from, to) in [((rect.x, rect.y), (r, rect.y)), ((r, rect.y), (r, b)), ((r, b), (rect.x, b)), ((rect.x, b), (rect.x, rect.y))] {
        piece.items.push(Item::Line { from, to, width: 0.5, color, dash: None });
    }
}
