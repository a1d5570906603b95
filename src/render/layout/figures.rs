//! Pictures with their captions: alone, side by side, long ones in slices, PDFs page by page. Pictures are shown whole and never stretched.

use super::pieces::{Piece, Role};
use super::{Cx, Type, slices, slot};
use crate::model::document::{Anchor, Figure, FigureContent, Inline};
use crate::model::record::{Content, PictureInfo};
use crate::render::page::{ImageKey, Item, Rect};
use crate::render::text::{Align, Paragraph};
use std::sync::Arc;

/// Points for a pixel at 100 dpi: a picture is not set larger, it would only look coarse.
const POINTS_PER_PIXEL: f32 = 72.0 / 100.0;
const GAP: f32 = 12.0;
/// Between picture and caption.
const CAPTION_GAP: f32 = 4.5;
/// Least width of a slice of a long screenshot (55 mm): chat text stays readable.
const SLICE_WIDTH: f32 = 155.9;
/// Between slices: what belongs together stands close together.
const SLICE_GAP: f32 = 4.2;
/// A caption stands beside its picture when it has this much room.
const BESIDE: f32 = 150.0;
/// Narrower than high by this much counts as portrait.
const PORTRAIT: f32 = 0.9;
const PORTRAITS_A_ROW: usize = 3;
const LANDSCAPES_A_ROW: usize = 2;
/// Distance between rows of pictures.
const ROW_GAP: f32 = 9.0;
/// What a heading above the first row takes.
const HEADING: f32 = 26.0;
/// Pictures may be made so much smaller to bring one more row onto a page.
const SMALLER: f32 = 0.8;
/// Share of the page's height of portraits that do not fill a row …
const PARTIAL: f32 = 0.46;
/// … and of one such row that has no others beside it: on a page of its own it is large enough to be read without a lens.
const ALONE: f32 = 0.64;
/// Portraits may be made so much smaller to stay on the page that has been begun.
const GIVE: f32 = 0.86;
/// Height of a box for what cannot be shown.
const BOX: f32 = 64.0;

enum Shown {
    Picture {
        image: ImageKey,
        orientation: u8,
        slice: Option<(f32, f32)>,
        repeated: f32,
    },
    /// A framed box with words.
    Box(Paragraph),
}

struct Cell {
    shown: Shown,
    /// Width over height.
    aspect: f32,
    /// Height at 100 dpi.
    most: f32,
    alt: String,
    caption: Option<Paragraph>,
    /// Number of a slice or page.
    mark: Option<Paragraph>,
    anchor: Option<Anchor>,
}

impl Cell {
    /// A caption is at least so wide: 80 pt, or the longest piece that must not be broken, such as an order's number.
    fn caption_least(&self) -> f32 {
        self.caption.as_ref().map_or(80.0, |c| (c.breaks().least_width() + 0.5).max(80.0))
    }
}

/// Pictures side by side at one height.
pub(crate) struct PictureRow {
    cells: Vec<Cell>,
    /// Under all of them (slices).
    caption: Option<Paragraph>,
    x: f32,
    width: f32,
    /// Wanted height of the pictures.
    height: f32,
    /// Least height.
    least: f32,
    beside: bool,
    gap: f32,
}

impl std::fmt::Debug for PictureRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PictureRow({} cells, {} pt)", self.cells.len(), self.height)
    }
}

fn caption_type(cx: &Cx<'_>) -> Type {
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
        if self.beside { self.width - w - GAP } else { w.max(cell.caption_least()).min(self.width) }
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

    fn total(&self, leading: f32, height: f32) -> f32 {
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
        let widths: f32 = sizes.iter().zip(&self.cells).map(|(s, c)| if c.caption.is_some() && !self.beside { s.0.max(c.caption_least()) } else { s.0 }).sum();
        let gaps = self.cells.len().saturating_sub(1) as f32;
        // a full row of portraits reaches both margins
        let gap = if self.cells.len() >= PORTRAITS_A_ROW && self.caption.is_none() { ((self.width - widths) / gaps).clamp(self.gap, 40.0) } else { self.gap };
        let mut left = self.x;
        for (cell, (w, h)) in self.cells.iter().zip(sizes) {
            let rect = Rect { x: left, y: marks, w, h };
            draw(cx, &mut piece, cell, rect);
            if let Some(mark) = &cell.mark {
                cx.stack(&mut piece, mark, slot(left, 0.0, leading * 0.92, typ.size * 0.9, w.max(30.0), Align::Left));
            }
            if let Some(caption) = &cell.caption {
                let (cx_left, top) = if self.beside { (left + w + GAP, marks - 2.0) } else { (left, marks + height.min(h) + CAPTION_GAP) };
                cx.stack(&mut piece, caption, slot(cx_left, top, leading, typ.size, self.caption_width(cell, height), Align::Left));
            }
            left += if cell.caption.is_some() && !self.beside { w.max(cell.caption_least()) } else { w } + gap;
        }
        if let Some(caption) = &self.caption {
            cx.stack(&mut piece, caption, slot(self.x, marks + height + CAPTION_GAP, leading, typ.size, self.width, Align::Left));
        }
        piece
    }

    fn push(self, cx: &mut Cx<'_>, out: &mut Vec<Piece>) {
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

/// The header of a picture that can be shown.
fn showable<'a>(cx: &Cx<'a>, figure: &Figure) -> Option<&'a PictureInfo> {
    match cx.shared.case.contents.get(figure.file.index()).map(|r| &r.content) {
        Some(Content::Picture(info)) if info.can_show() => Some(info),
        _ => None,
    }
}

/// The sizes of the pages of a PDF, or of a TIFF with several, if it can be shown.
fn pdf_pages<'a>(cx: &Cx<'a>, figure: &Figure) -> Option<&'a [(f32, f32)]> {
    match cx.shared.case.contents.get(figure.file.index()).map(|r| &r.content) {
        Some(Content::Pdf(info)) if !info.encrypted && !info.pages.is_empty() => Some(&info.pages),
        Some(Content::Picture(info)) if info.can_show() && !info.pages.is_empty() => Some(&info.pages),
        _ => None,
    }
}

/// Sets one figure, whole.
pub(super) fn figure(cx: &mut Cx<'_>, figure: &Figure, x: f32, width: f32, out: &mut Vec<Piece>) {
    match &figure.content {
        FigureContent::NotShown(words) => boxed(cx, figure, words, x, width, out),
        FigureContent::PdfPages => match pdf_pages(cx, figure) {
            Some(pages) => self::pages(cx, figure, pages, x, width, out),
            None => boxed(cx, figure, &figure.alt, x, width, out),
        },
        FigureContent::Picture => match showable(cx, figure) {
            Some(info) if slices::is_long(info) => long(cx, figure, info, x, width, out),
            Some(info) => single(cx, figure, info, x, width, out),
            None => boxed(cx, figure, &figure.alt, x, width, out),
        },
    }
}

/// Sets figures side by side, in reading order. Rows of portraits all have one height, chosen so that whole rows fill a page.
pub(super) fn gallery(cx: &mut Cx<'_>, list: &[Figure], x: f32, width: f32, out: &mut Vec<Piece>) {
    let mut rows: Vec<Vec<(&Figure, &PictureInfo)>> = Vec::new();
    let mut row: Vec<(&Figure, &PictureInfo)> = Vec::new();
    for f in list {
        let info = if f.content == FigureContent::Picture { showable(cx, f).filter(|i| !slices::is_long(i)) } else { None };
        let Some(info) = info else {
            rows.extend(Some(std::mem::take(&mut row)).filter(|r| !r.is_empty()));
            set_rows(cx, &std::mem::take(&mut rows), x, width, out);
            figure(cx, f, x, width, out);
            continue;
        };
        let portrait = |i: &PictureInfo| aspect(i) < PORTRAIT;
        let full = row
            .first()
            .is_some_and(|(_, first)| portrait(first) != portrait(info) || row.len() >= if portrait(first) { PORTRAITS_A_ROW } else { LANDSCAPES_A_ROW });
        if full {
            rows.push(std::mem::take(&mut row));
        }
        row.push((f, info));
    }
    rows.extend(Some(row).filter(|r| !r.is_empty()));
    set_rows(cx, &rows, x, width, out);
}

fn aspect(info: &PictureInfo) -> f32 {
    let (w, h) = info.shown_size();
    (w as f32 / h.max(1) as f32).clamp(0.02, 50.0)
}

fn picture_cell(cx: &mut Cx<'_>, figure: &Figure, info: &PictureInfo, captioned: bool) -> Cell {
    let image = ImageKey::File(figure.file);
    cx.images.insert(image);
    let typ = caption_type(cx);
    Cell {
        shown: Shown::Picture { image, orientation: info.orientation.clamp(1, 8), slice: None, repeated: 0.0 },
        aspect: aspect(info),
        most: (info.shown_size().1 as f32 * POINTS_PER_PIXEL).max(12.0),
        alt: figure.alt.clone(),
        caption: (captioned && !figure.caption.is_empty()).then(|| cx.paragraph(&figure.caption, typ)),
        mark: None,
        anchor: figure.anchor.clone(),
    }
}

fn set_rows(cx: &mut Cx<'_>, rows: &[Vec<(&Figure, &PictureInfo)>], x: f32, width: f32, out: &mut Vec<Piece>) {
    let leading = caption_type(cx).size * 1.4;
    let alone = matches!(rows, [row] if row.len() < PORTRAITS_A_ROW && row.iter().all(|(_, info)| aspect(info) < PORTRAIT));
    let mut prepared: Vec<PictureRow> = Vec::with_capacity(rows.len());
    for row in rows {
        let cells: Vec<Cell> = row.iter().map(|(f, info)| picture_cell(cx, f, info, true)).collect();
        let aspects: f32 = cells.iter().map(|c| c.aspect).sum();
        let wanted = row.iter().filter_map(|(f, _)| f.max_height).fold(cx.frame.height * if alone { ALONE } else { 0.55 }, f32::min);
        let height = with_captions(&cells, width, ((width - GAP * (cells.len() - 1) as f32) / aspects).min(wanted).max(24.0));
        prepared.push(PictureRow { cells, caption: None, x, width, height, least: height, beside: false, gap: GAP });
    }
    let partial = cx.frame.height * PARTIAL;
    let even = if alone { f32::MAX } else { even_height(&prepared, cx.frame.height, partial, leading) };
    for mut row in prepared {
        if is_portrait(&row) {
            row.height = row.height.min(even);
            row.least = row.height.min(if alone { partial } else { f32::MAX }) * GIVE;
        } else {
            row.least = row.height * 0.78;
            row.beside = row.cells.len() == 1 && row.cells.first().is_some_and(|c| width - row.height.min(c.most) * c.aspect - GAP >= BESIDE);
        }
        row.push(cx, out);
    }
}

/// The height, lowered until pictures and captions stand side by side: a caption may be wider than its picture.
fn with_captions(cells: &[Cell], width: f32, height: f32) -> f32 {
    let room = width - GAP * cells.len().saturating_sub(1) as f32;
    let taken = |height: f32| cells.iter().map(|c| (height.min(c.most) * c.aspect).max(c.caption_least())).sum::<f32>();
    if taken(height) <= room + 0.1 {
        return height;
    }
    let (mut low, mut high) = (24.0_f32.min(height), height);
    for _ in 0..30 {
        let middle = (low + high) / 2.0;
        if taken(middle) > room { high = middle } else { low = middle }
    }
    low
}

fn is_portrait(row: &PictureRow) -> bool {
    row.cells.iter().all(|c| c.aspect < PORTRAIT)
}

/// One height for all rows of portraits: that of full rows, lowered a little where that brings one more row onto each page.
fn even_height(rows: &[PictureRow], page: f32, partial: f32, leading: f32) -> f32 {
    let portraits: Vec<&PictureRow> = rows.iter().filter(|r| is_portrait(r)).collect();
    let full = portraits.iter().filter(|r| r.cells.len() == PORTRAITS_A_ROW).map(|r| r.height).fold(f32::MAX, f32::min);
    let height = if full < f32::MAX { full } else { portraits.iter().map(|r| r.height).fold(partial, f32::min) };
    let highest = portraits.iter().map(|r| r.total(leading, height)).fold(0.0, f32::max);
    let room = page - HEADING + ROW_GAP;
    let fitting = (room / (highest + ROW_GAP)).floor().max(1.0);
    let lower = height - (highest - (room / (fitting + 1.0) - ROW_GAP));
    if portraits.len() as f32 > fitting && lower >= height * SMALLER { lower } else { height }
}

fn single(cx: &mut Cx<'_>, figure: &Figure, info: &PictureInfo, x: f32, width: f32, out: &mut Vec<Piece>) {
    let cell = picture_cell(cx, figure, info, true);
    let room = cx.frame.height * if cell.aspect < PORTRAIT { 0.62 } else { 0.55 };
    let height = figure.max_height.unwrap_or(room).min(cell.most).min(width / cell.aspect).min(cx.frame.height * 0.9).max(12.0);
    let beside = width - height * cell.aspect - GAP >= BESIDE;
    PictureRow { cells: vec![cell], caption: None, x, width, height, least: height * 0.75, beside, gap: GAP }.push(cx, out);
}

fn boxed(cx: &mut Cx<'_>, figure: &Figure, words: &str, x: f32, width: f32, out: &mut Vec<Piece>) {
    let typ = caption_type(cx);
    let cell = Cell {
        shown: Shown::Box(cx.plain(words, cx.small())),
        aspect: width / BOX,
        most: BOX,
        alt: String::new(),
        caption: (!figure.caption.is_empty()).then(|| cx.paragraph(&figure.caption, typ)),
        mark: None,
        anchor: figure.anchor.clone(),
    };
    PictureRow { cells: vec![cell], caption: None, x, width, height: BOX, least: BOX, beside: false, gap: GAP }.push(cx, out);
}

fn mark(cx: &mut Cx<'_>, n: usize, of: usize) -> Paragraph {
    let words = cx.refs.words.slice.replace("{n}", &n.to_string()).replace("{of}", &of.to_string());
    let typ = cx.small();
    cx.plain(&words, typ)
}

fn pages(cx: &mut Cx<'_>, figure: &Figure, sizes: &[(f32, f32)], x: f32, width: f32, out: &mut Vec<Piece>) {
    let typ = caption_type(cx);
    let leading = typ.size * 1.4;
    for (i, (w, h)) in sizes.iter().enumerate() {
        let image = ImageKey::PdfPage(figure.file, i as u32);
        cx.images.insert(image);
        // later pages repeat the first line only: the exhibit's number
        let lines = figure.caption.iter().take_while(|c| i == 0 || !matches!(c, Inline::Break)).cloned().collect();
        let caption = (!figure.caption.is_empty()).then(|| cx.paragraph(&lines, typ));
        let aspect = (w.max(1.0) / h.max(1.0)).clamp(0.1, 10.0);
        let below = caption.as_ref().map_or(0.0, |c| c.lines(width, 0.0).len() as f32 * leading + CAPTION_GAP);
        let mark = if sizes.len() > 1 { Some(mark(cx, i + 1, sizes.len())) } else { None };
        let most = cx.frame.height - below - leading - 2.0;
        let height = (width / aspect).min(most).min(figure.max_height.unwrap_or(most)).max(40.0);
        let cell = Cell {
            shown: Shown::Picture { image, orientation: 1, slice: None, repeated: 0.0 },
            aspect,
            most: f32::MAX,
            alt: figure.alt.clone(),
            caption: None,
            mark,
            anchor: figure.anchor.clone().filter(|_| i == 0),
        };
        PictureRow { cells: vec![cell], caption, x, width, height, least: height * 0.72, beside: false, gap: GAP }.push(cx, out);
    }
}

/// A long screenshot in slices, up to three columns a page.
fn long(cx: &mut Cx<'_>, figure: &Figure, info: &PictureInfo, x: f32, width: f32, out: &mut Vec<Piece>) {
    let columns = (((width + SLICE_GAP) / (SLICE_WIDTH + SLICE_GAP)) as usize).clamp(1, PORTRAITS_A_ROW);
    let column = (width - SLICE_GAP * (columns - 1) as f32) / columns as f32;
    let (px_width, px_height) = info.shown_size();
    let scale = (column / px_width as f32).min(POINTS_PER_PIXEL);
    let typ = caption_type(cx);
    let leading = typ.size * 1.4;
    let caption_height =
        if figure.caption.is_empty() { 0.0 } else { cx.paragraph(&figure.caption, typ).lines(width, 0.0).len() as f32 * leading + CAPTION_GAP };
    let page = cx.frame.height - caption_height - leading - 1.0;
    let rows = cx.shared.long.get(&figure.file).cloned().unwrap_or_default();
    let cuts = slices::cuts(&rows, px_height, columns, page / scale);
    let total = cuts.len();
    let share = |row: u32| row as f32 / px_height.max(1) as f32;
    for (r, group) in cuts.chunks(columns).enumerate() {
        let mut cells = Vec::with_capacity(group.len());
        for (i, (from, to)) in group.iter().enumerate() {
            let n = r * columns + i;
            let rows = (to - from).max(1) as f32;
            let mut cell = picture_cell(cx, figure, info, false);
            if let Shown::Picture { slice, repeated, .. } = &mut cell.shown {
                *slice = Some((share(*from), share(*to)));
                *repeated = if n > 0 { slices::OVERLAP_ROWS as f32 / rows } else { 0.0 };
            }
            cell.aspect = px_width as f32 / rows;
            cell.most = rows * scale;
            cell.mark = Some(mark(cx, n + 1, total));
            if n > 0 {
                cell.anchor = None;
            }
            cells.push(cell);
        }
        let height = cells.iter().map(|c| c.most).fold(1.0, f32::max);
        let caption = (!figure.caption.is_empty()).then(|| cx.paragraph(&figure.caption, typ));
        PictureRow { cells, caption, x, width, height, least: height, beside: false, gap: SLICE_GAP }.push(cx, out);
    }
}
