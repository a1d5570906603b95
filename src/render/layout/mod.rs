//! Document to pages of placed items: sections become pieces, pieces become pages, pages get their numbers.
//!
//! A chain is a section with the sections that run on behind it; chains are laid out independently, in parallel. Pass 1 lays them out without
//! numbers and keeps counts and anchors only; pass 2 lays the chains of one volume out again with the real numbers.

mod blocks;
mod chart;
mod contents;
mod edges;
mod figures;
pub(crate) mod numbering;
mod picture_row;
mod pieces;
pub(crate) mod refs;
pub(crate) mod slices;
mod table;
mod timeline;

use super::fonts::Fonts;
use super::page::{Item, PAGE_HEIGHT, PAGE_WIDTH, Page};
use super::text::{Align, Line, Paragraph, Place, Shaper, Span};
use crate::model::case::Case;
use crate::model::document::{Document, Inlines, Part, PartKind, Section, Theme};
use crate::model::source::FileId;
use crate::render::page::ImageKey;
use pieces::Piece;
use refs::Refs;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;

/// What all chains share.
pub(crate) struct Shared<'a> {
    pub document: &'a Document,
    pub case: &'a Case,
    pub fonts: Arc<Fonts>,
    /// Restless rows of long pictures.
    pub long: BTreeMap<FileId, slices::Rows>,
    /// Shapers at rest; a chain takes one and gives it back, so that words shaped once stay shaped.
    pub shapers: Mutex<Vec<Shaper>>,
    /// Characters that no font has.
    pub missing: Mutex<BTreeSet<char>>,
}

impl Shared<'_> {
    fn shaper(&self) -> Shaper {
        let resting = self.shapers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        resting.unwrap_or_else(|| Shaper::new(Arc::clone(&self.fonts), self.document.meta.lang != crate::model::Lang::ZhCn))
    }

    /// Gives a shaper back.
    fn rest(&self, mut shaper: Shaper) {
        let missing = shaper.take_missing();
        if !missing.is_empty() {
            self.missing.lock().unwrap_or_else(PoisonError::into_inner).extend(missing);
        }
        self.shapers.lock().unwrap_or_else(PoisonError::into_inner).push(shaper);
    }

    /// The book or the annex.
    pub(crate) fn part(&self, kind: PartKind) -> &Part {
        match kind {
            PartKind::Book => &self.document.book,
            PartKind::Annex => &self.document.annex,
        }
    }
}

/// The text area, points from the page's top left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

impl Frame {
    /// By the theme's margins, held to something that leaves a page.
    pub(crate) fn of(theme: &Theme) -> Self {
        let side = |mm: f32| (mm * MM).clamp(14.0, PAGE_WIDTH / 3.0);
        let (left, top) = (side(theme.margin_left_mm), side(theme.margin_top_mm).max(40.0));
        Frame { left, top, width: PAGE_WIDTH - left - side(theme.margin_right_mm), height: PAGE_HEIGHT - top - side(theme.margin_bottom_mm).max(40.0) }
    }
}

/// Type of a paragraph before its runs' own styles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Type {
    pub size: f32,
    pub color: [u8; 3],
    pub bold: bool,
}

/// What laying out one chain needs.
pub(crate) struct Cx<'a> {
    pub shared: &'a Shared<'a>,
    pub shaper: Shaper,
    pub refs: Refs<'a>,
    pub frame: Frame,
    /// Nothing is painted in pass 1.
    pub measuring: bool,
    /// Pictures met.
    pub images: BTreeSet<ImageKey>,
}

impl<'a> Cx<'a> {
    /// For one chain.
    pub(crate) fn new(shared: &'a Shared<'a>, refs: Refs<'a>) -> Self {
        let measuring = refs.pages.is_none();
        Cx { shared, shaper: shared.shaper(), refs, frame: Frame::of(&shared.document.meta.theme), measuring, images: BTreeSet::new() }
    }

    /// The theme.
    pub(crate) fn theme(&self) -> &'a Theme {
        &self.shared.document.meta.theme
    }

    fn body(&self) -> Type {
        Type { size: self.theme().body_pt, color: self.theme().text, bold: false }
    }

    fn small(&self) -> Type {
        Type { size: self.theme().small_pt, color: self.theme().muted, bold: false }
    }

    fn paragraph(&mut self, text: &Inlines, base: Type) -> Paragraph {
        let spans = self.refs.spans(text, base, self.theme());
        Paragraph::new(&mut self.shaper, &spans)
    }

    fn plain(&mut self, text: &str, base: Type) -> Paragraph {
        Paragraph::new(&mut self.shaper, &[Span { text: text.to_owned(), bold: base.bold, size: base.size, color: base.color, ..Span::default() }])
    }

    /// One line that fits `width`: what does not is cut off with an ellipsis.
    fn fitted(&mut self, text: &str, base: Type, width: f32) -> Paragraph {
        let whole = self.plain(text, base);
        if whole.natural_width() <= width {
            return whole;
        }
        let chars: Vec<char> = text.chars().collect();
        let (mut low, mut high) = (0, chars.len());
        while low < high {
            let middle = (low + high).div_ceil(2);
            let cut: String = chars.iter().take(middle).chain(['…'].iter()).collect();
            if self.plain(&cut, base).natural_width() <= width { low = middle } else { high = middle - 1 }
        }
        let cut: String = chars.iter().take(low).chain(['…'].iter()).collect();
        self.plain(&cut, base)
    }

    /// Sets a line of a paragraph into a piece.
    fn set(&self, piece: &mut Piece, paragraph: &Paragraph, line: Line, slot: Slot) {
        if !self.measuring {
            let Slot { x, top, leading, size, width, align } = slot;
            paragraph.place(line, Place { x, y: baseline(top, leading, size), width, align }, &mut piece.items, &mut piece.links);
        }
    }

    /// Sets a whole paragraph into a piece and gives its height.
    fn stack(&self, piece: &mut Piece, paragraph: &Paragraph, slot: Slot) -> f32 {
        let lines = paragraph.lines(slot.width, 0.0);
        for (i, line) in lines.iter().enumerate() {
            self.set(piece, paragraph, *line, Slot { top: slot.top + slot.leading * i as f32, ..slot });
        }
        slot.leading * lines.len() as f32
    }

    fn hairline(&self, x0: f32, x1: f32, y: f32) -> Item {
        Item::Line { from: (x0, y), to: (x1, y), width: 0.5, color: self.theme().hairline, dash: None }
    }
}

/// Where text goes in a piece: its left end and the line box's top, the line box's height, the size of the type, the width to stand in.
#[derive(Debug, Clone, Copy)]
struct Slot {
    x: f32,
    top: f32,
    leading: f32,
    size: f32,
    width: f32,
    align: Align,
}

fn slot(x: f32, top: f32, leading: f32, size: f32, width: f32, align: Align) -> Slot {
    Slot { x, top, leading, size, width, align }
}

/// The baseline that centres the ideographic box in a line box.
fn baseline(top: f32, leading: f32, size: f32) -> f32 {
    top + (leading - size) / 2.0 + super::text::lines::ABOVE * size
}

/// The chains of a part: ranges of sections.
pub(crate) fn chains(part: &Part) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for (i, section) in part.sections.iter().enumerate() {
        match out.last_mut() {
            Some(chain) if section.runs_on => chain.end = i + 1,
            _ => out.push(i..i + 1),
        }
    }
    out
}

/// What pass 1 keeps of a chain.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measured {
    pub pages: u32,
    /// Anchor and page in the chain, from 0.
    pub anchors: Vec<(crate::model::document::Anchor, u32)>,
    pub images: BTreeSet<ImageKey>,
}

/// Pass 1 of a chain.
pub(crate) fn measure(shared: &Shared<'_>, refs: Refs<'_>, sections: &[Section]) -> Measured {
    let mut cx = Cx::new(shared, refs);
    let list = sections_to_pieces(&mut cx, sections);
    let plan = pieces::plan(&list, cx.frame.height);
    let anchors = list.iter().zip(&plan.spots).flat_map(|(p, s)| p.anchors.iter().map(|(a, _)| (a.clone(), s.page as u32))).collect();
    let images = std::mem::take(&mut cx.images);
    shared.rest(cx.shaper);
    Measured { pages: plan.pages as u32, anchors, images }
}

/// Pass 2 of a chain whose first page is number `first` of `of`.
pub(crate) fn pages(shared: &Shared<'_>, refs: Refs<'_>, sections: &[Section], first: u32, of: u32) -> Vec<Page> {
    let mut cx = Cx::new(shared, refs);
    let list = sections_to_pieces(&mut cx, sections);
    let plan = pieces::plan(&list, cx.frame.height);
    let mut pages = pieces::emit(&mut cx, list, &plan);
    edges::edges(&mut cx, &mut pages, first, of);
    shared.rest(cx.shaper);
    pages
}

fn sections_to_pieces(cx: &mut Cx<'_>, sections: &[Section]) -> Vec<Piece> {
    let mut out = Vec::new();
    for section in sections {
        let start = out.len();
        let (x, width) = (cx.frame.left, cx.frame.width);
        blocks::blocks(cx, &section.blocks, x, width, &mut out);
        if out.len() == start {
            out.push(Piece::default());
        }
        if let Some(first) = out.get_mut(start) {
            first.anchors.insert(0, (section.anchor.clone(), 0.0));
            if !section.outline.is_empty() {
                first.outline.insert(0, super::page::OutlineEntry { text: section.outline.clone(), depth: section.depth, y: 0.0 });
            }
        }
    }
    out
}
