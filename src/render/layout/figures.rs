//! Pictures with their captions: alone, side by side, long ones in slices, PDFs page by page. Pictures are shown whole and never stretched.

use super::picture_row::{CAPTION_GAP, Cell, GAP, PORTRAITS_A_ROW, PictureRow, ROW_GAP, Shown, caption_type};
use super::pieces::Piece;
use super::{Cx, slices};
use crate::model::document::{Figure, FigureContent, Inline};
use crate::model::record::{Content, PictureInfo};
use crate::render::page::ImageKey;
use crate::render::text::Paragraph;

/// Points for a pixel at 100 dpi: a picture is not set larger, it would only look coarse.
const POINTS_PER_PIXEL: f32 = 72.0 / 100.0;
/// Least width of a slice of a long screenshot (55 mm): chat text stays readable.
const SLICE_WIDTH: f32 = 155.9;
/// Between slices: what belongs together stands close together.
const SLICE_GAP: f32 = 4.2;
/// A caption stands beside its picture when it has this much room.
const BESIDE: f32 = 150.0;
/// Narrower than high by this much counts as portrait.
const PORTRAIT: f32 = 0.9;
const LANDSCAPES_A_ROW: usize = 2;
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

/// A figure whose picture can be shown.
type Shot<'a> = (&'a Figure, &'a PictureInfo);

/// Sets figures side by side, in reading order. Rows of portraits all have one height, chosen so that whole rows fill a page. A portrait that would stand alone
/// stands beside the slices of a long screenshot before or after it.
pub(super) fn gallery(cx: &mut Cx<'_>, list: &[Figure], x: f32, width: f32, out: &mut Vec<Piece>) {
    let mut left = list;
    while let Some((next, rest)) = left.split_first() {
        let usual = usual(cx, left);
        let mut rows = in_rows(&usual);
        left = left.get(usual.len()..).unwrap_or_default();
        let long = left.first().and_then(|f| shot(cx, f));
        if let Some(long) = long
            && let Some([one]) = rows.last().map(Vec::as_slice)
            && let Some(row) = beside_slices(cx, &[*one, long], x, width)
        {
            rows.pop();
            set_rows(cx, &rows, x, width, out);
            row.push(cx, out);
            left = left.get(1..).unwrap_or_default();
            continue;
        }
        set_rows(cx, &rows, x, width, out);
        if !usual.is_empty() {
            continue;
        }
        left = rest;
        let following: Vec<Shot> = self::usual(cx, rest).into_iter().take_while(is_portrait).collect();
        if following.len() % PORTRAITS_A_ROW == 1
            && let Some((long, one)) = long.zip(following.first())
            && let Some(row) = beside_slices(cx, &[long, *one], x, width)
        {
            row.push(cx, out);
            left = rest.get(1..).unwrap_or_default();
        } else {
            figure(cx, next, x, width, out);
        }
    }
}

fn shot<'a>(cx: &Cx<'a>, figure: &'a Figure) -> Option<Shot<'a>> {
    (figure.content == FigureContent::Picture).then(|| Some((figure, showable(cx, figure)?))).flatten()
}

/// The pictures at the beginning of a list that are not cut.
fn usual<'a>(cx: &Cx<'a>, list: &'a [Figure]) -> Vec<Shot<'a>> {
    list.iter().map_while(|f| shot(cx, f).filter(|(_, info)| !slices::is_long(info))).collect()
}

fn is_portrait((_, info): &Shot<'_>) -> bool {
    aspect(info) < PORTRAIT
}

fn in_rows<'a>(shots: &[Shot<'a>]) -> Vec<Vec<Shot<'a>>> {
    let mut rows: Vec<Vec<Shot>> = Vec::new();
    for shot in shots {
        let most = if is_portrait(shot) { PORTRAITS_A_ROW } else { LANDSCAPES_A_ROW };
        match rows.last_mut().filter(|row| row.len() < most && row.iter().all(|s| is_portrait(s) == is_portrait(shot))) {
            Some(row) => row.push(*shot),
            None => rows.push(vec![*shot]),
        }
    }
    rows
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
        under: None,
        mark: None,
        anchor: figure.anchor.clone(),
        gap: GAP,
    }
}

fn set_rows(cx: &mut Cx<'_>, rows: &[Vec<Shot<'_>>], x: f32, width: f32, out: &mut Vec<Piece>) {
    let leading = caption_type(cx).size * 1.4;
    let alone = matches!(rows, [row] if row.len() < PORTRAITS_A_ROW && row.iter().all(is_portrait));
    let mut prepared: Vec<PictureRow> = Vec::with_capacity(rows.len());
    for row in rows {
        let cells: Vec<Cell> = row.iter().map(|(f, info)| picture_cell(cx, f, info, true)).collect();
        let aspects: f32 = cells.iter().map(|c| c.aspect).sum();
        let wanted = row.iter().filter_map(|(f, _)| f.max_height).fold(cx.frame.height * if alone { ALONE } else { 0.55 }, f32::min);
        let height = with_captions(&cells, width, ((width - GAP * (cells.len() - 1) as f32) / aspects).min(wanted).max(24.0));
        prepared.push(PictureRow { cells, caption: None, x, width, height, least: height, beside: false });
    }
    let partial = cx.frame.height * PARTIAL;
    let even = if alone { f32::MAX } else { even_height(&prepared, cx.frame.height, partial, leading) };
    for mut row in prepared {
        if of_portraits(&row) {
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

fn of_portraits(row: &PictureRow) -> bool {
    row.cells.iter().all(|c| c.aspect < PORTRAIT)
}

/// One height for all rows of portraits: that of full rows, lowered a little where that brings one more row onto each page.
fn even_height(rows: &[PictureRow], page: f32, partial: f32, leading: f32) -> f32 {
    let portraits: Vec<&PictureRow> = rows.iter().filter(|r| of_portraits(r)).collect();
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
    PictureRow { cells: vec![cell], caption: None, x, width, height, least: height * 0.75, beside }.push(cx, out);
}

fn boxed(cx: &mut Cx<'_>, figure: &Figure, words: &str, x: f32, width: f32, out: &mut Vec<Piece>) {
    let typ = caption_type(cx);
    let cell = Cell {
        shown: Shown::Box(cx.plain(words, cx.small())),
        aspect: width / BOX,
        most: BOX,
        alt: String::new(),
        caption: (!figure.caption.is_empty()).then(|| cx.paragraph(&figure.caption, typ)),
        under: None,
        mark: None,
        anchor: figure.anchor.clone(),
        gap: GAP,
    };
    PictureRow { cells: vec![cell], caption: None, x, width, height: BOX, least: BOX, beside: false }.push(cx, out);
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
            under: None,
            mark,
            anchor: figure.anchor.clone().filter(|_| i == 0),
            gap: GAP,
        };
        PictureRow { cells: vec![cell], caption, x, width, height, least: height * 0.72, beside: false }.push(cx, out);
    }
}

/// How a long screenshot is cut where its slices are so wide.
struct Cut<'a> {
    figure: &'a Figure,
    info: &'a PictureInfo,
    /// Points a pixel.
    scale: f32,
    /// First and last row of each slice.
    slices: Vec<(u32, u32)>,
}

impl<'a> Cut<'a> {
    /// `captions`: room under the slices. Up to `columns` of them stand side by side.
    fn of(cx: &Cx<'_>, (figure, info): Shot<'a>, column: f32, columns: usize, captions: f32) -> Self {
        let (width, height) = info.shown_size();
        let scale = (column / width.max(1) as f32).min(POINTS_PER_PIXEL);
        let page = cx.frame.height - captions - caption_type(cx).size * 1.4 - 1.0;
        let rows = cx.shared.long.get(&figure.file).cloned().unwrap_or_default();
        Cut { figure, info, scale, slices: slices::cuts(&rows, height, columns, page / scale) }
    }

    fn cell(&self, cx: &mut Cx<'_>, n: usize, (from, to): (u32, u32)) -> Cell {
        let (width, height) = self.info.shown_size();
        let share = |row: u32| row as f32 / height.max(1) as f32;
        let rows = (to - from).max(1) as f32;
        let repeated = if n > 0 { slices::OVERLAP_ROWS as f32 / rows } else { 0.0 };
        let whole = picture_cell(cx, self.figure, self.info, false);
        let shown = match whole.shown {
            Shown::Picture { image, orientation, .. } => Shown::Picture { image, orientation, slice: Some((share(from), share(to))), repeated },
            other => other,
        };
        Cell {
            shown,
            aspect: width as f32 / rows,
            most: rows * self.scale,
            mark: Some(mark(cx, n + 1, self.slices.len())),
            anchor: whole.anchor.filter(|_| n == 0),
            gap: if n > 0 { SLICE_GAP } else { GAP },
            ..whole
        }
    }
}

fn caption_height(cx: &mut Cx<'_>, figure: &Figure, width: f32) -> f32 {
    let typ = caption_type(cx);
    if figure.caption.is_empty() { 0.0 } else { cx.paragraph(&figure.caption, typ).lines(width, 0.0).len() as f32 * typ.size * 1.4 + CAPTION_GAP }
}

/// A long screenshot in slices, up to three columns a page.
fn long(cx: &mut Cx<'_>, figure: &Figure, info: &PictureInfo, x: f32, width: f32, out: &mut Vec<Piece>) {
    let columns = columns(width);
    let column = (width - SLICE_GAP * (columns - 1) as f32) / columns as f32;
    let captions = caption_height(cx, figure, width);
    let cut = Cut::of(cx, (figure, info), column, columns, captions);
    for (r, group) in cut.slices.chunks(columns).enumerate() {
        let cells: Vec<Cell> = group.iter().enumerate().map(|(i, rows)| cut.cell(cx, r * columns + i, *rows)).collect();
        let height = cells.iter().map(|c| c.most).fold(1.0, f32::max);
        let typ = caption_type(cx);
        let caption = (!figure.caption.is_empty()).then(|| cx.paragraph(&figure.caption, typ));
        PictureRow { cells, caption, x, width, height, least: height, beside: false }.push(cx, out);
    }
}

fn columns(width: f32) -> usize {
    (((width + SLICE_GAP) / (SLICE_WIDTH + SLICE_GAP)) as usize).clamp(1, PORTRAITS_A_ROW)
}

/// A portrait and a long screenshot of two slices in one row, in the order given. `None` when they are not such two.
fn beside_slices(cx: &mut Cx<'_>, shots: &[Shot<'_>; 2], x: f32, width: f32) -> Option<PictureRow> {
    let column = (width - GAP - SLICE_GAP) / PORTRAITS_A_ROW as f32;
    let two = column * 2.0 + SLICE_GAP;
    if columns(width) < PORTRAITS_A_ROW || shots.iter().filter(|s| slices::is_long(s.1)).count() != 1 || !shots.iter().all(is_portrait) {
        return None;
    }
    let room = |shot: &Shot<'_>| if slices::is_long(shot.1) { two } else { column };
    let captions = shots.iter().map(|s| caption_height(cx, s.0, room(s))).fold(0.0, f32::max);
    let mut cells = Vec::with_capacity(PORTRAITS_A_ROW);
    for shot in shots {
        if !slices::is_long(shot.1) {
            let cell = picture_cell(cx, shot.0, shot.1, true);
            let most = cell.most.min(column / cell.aspect);
            if cell.caption_least() > column {
                return None;
            }
            cells.push(Cell { most, ..cell });
            continue;
        }
        let cut = Cut::of(cx, *shot, column, PORTRAITS_A_ROW, captions);
        let [first, second] = *cut.slices.as_slice() else { return None };
        let (first, second) = (cut.cell(cx, 0, first), cut.cell(cx, 1, second));
        let typ = caption_type(cx);
        let caption = (!shot.0.caption.is_empty()).then(|| cx.paragraph(&shot.0.caption, typ));
        cells.push(Cell { caption, under: Some((two, first.most.max(second.most))), ..first });
        cells.push(second);
    }
    let height = cells.iter().map(|c| c.most).fold(1.0, f32::max);
    Some(PictureRow { cells, caption: None, x, width, height, least: height, beside: false })
}
