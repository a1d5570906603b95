//! Placed items to printpdf's page operations. Our pages count y downwards from the top; PDF counts upwards from the foot.

use super::metadata::utf16;
use super::painted::{Used, font_name, picture_name};
use crate::render::page::{Glyph, GlyphRun, Item, PAGE_HEIGHT, PAGE_WIDTH, Page, Rect};
use printpdf::{
    Color, CurTransMat, DictItem, FontId, Line, LineDashPattern, LinePoint, Op, PaintMode, PdfFontHandle, Point, Polygon, PolygonRing, Pt, Rgb, TextMatrix,
    WindingOrder, XObjectId, XObjectTransform,
};
use std::collections::BTreeMap;

/// Distance of a Bézier handle for a quarter circle of radius 1.
const QUARTER: f32 = 0.552_285;

/// A page's items as operations, in painting order; glyphs by their ids in the whole font, each noted in `used`.
pub fn operations(page: &Page, used: &mut Used<'_>) -> Vec<Op> {
    let mut painter = Painter { ops: Vec::new(), fill: None, stroke: None };
    for item in &page.items {
        match item {
            Item::Glyphs(run) => painter.glyphs(run, used),
            Item::Box { rect, fill, radius } => painter.filled_box(*rect, *fill, *radius),
            Item::Line { from, to, width, color, dash } => painter.line(*from, *to, *width, *color, *dash),
            Item::Disc { center, radius, fill } => {
                let rect = Rect { x: center.0 - radius, y: center.1 - radius, w: radius * 2.0, h: radius * 2.0 };
                painter.filled_box(rect, *fill, *radius);
            }
            Item::Picture { image, rect, slice, orientation, alt } => painter.picture(picture_name(*image), *rect, *slice, *orientation, alt),
        }
    }
    painter.ops
}

/// The sheet.
pub fn paper() -> printpdf::Rect {
    rectangle(Rect { x: 0.0, y: 0.0, w: PAGE_WIDTH, h: PAGE_HEIGHT }, None)
}

/// A hundredth of a point is finer than any printer; the digits saved are a third of the page's size.
fn round(value: f32) -> f32 {
    (value * 100.0).round() / 100.0 + 0.0
}

fn up(y: f32) -> f32 {
    PAGE_HEIGHT - y
}

fn point(x: f32, y: f32) -> Point {
    Point { x: Pt(round(x)), y: Pt(round(up(y))) }
}

fn rectangle(rect: Rect, mode: Option<PaintMode>) -> printpdf::Rect {
    let (bottom, top) = (round(up(rect.y + rect.h)), round(up(rect.y)));
    let (left, right) = (round(rect.x), round(rect.x + rect.w));
    printpdf::Rect { x: Pt(left), y: Pt(bottom), width: Pt(round(right - left)), height: Pt(round(top - bottom)), mode, winding_order: None }
}

fn color(rgb: [u8; 3]) -> Color {
    let part = |v: u8| (f32::from(v) / 255.0 * 1000.0).round() / 1000.0;
    Color::Rgb(Rgb::new(part(rgb[0]), part(rgb[1]), part(rgb[2]), None))
}

struct Painter {
    ops: Vec<Op>,
    fill: Option<[u8; 3]>,
    stroke: Option<[u8; 3]>,
}

impl Painter {
    fn fill_with(&mut self, rgb: [u8; 3]) {
        if self.fill.replace(rgb) != Some(rgb) {
            self.ops.push(Op::SetFillColor { col: color(rgb) });
        }
    }

    fn filled_box(&mut self, rect: Rect, rgb: [u8; 3], radius: f32) {
        self.fill_with(rgb);
        let r = radius.min(rect.w / 2.0).min(rect.h / 2.0);
        if r <= 0.0 {
            self.ops.push(Op::DrawRectangle { rectangle: rectangle(rect, Some(PaintMode::Fill)) });
            return;
        }
        let (l, t, right, b) = (rect.x, rect.y, rect.x + rect.w, rect.y + rect.h);
        let h = r * (1.0 - QUARTER);
        let corner = |from: (f32, f32), a: (f32, f32), c: (f32, f32), to: (f32, f32)| {
            [(from, false), (a, true), (c, true), (to, false)].map(|((x, y), bezier)| LinePoint { p: point(x, y), bezier })
        };
        let points = [
            corner((right - r, t), (right - h, t), (right, t + h), (right, t + r)),
            corner((right, b - r), (right, b - h), (right - h, b), (right - r, b)),
            corner((l + r, b), (l + h, b), (l, b - h), (l, b - r)),
            corner((l, t + r), (l, t + h), (l + h, t), (l + r, t)),
        ]
        .concat();
        let polygon = Polygon { rings: vec![PolygonRing { points }], mode: PaintMode::Fill, winding_order: WindingOrder::NonZero };
        self.ops.push(Op::DrawPolygon { polygon });
    }

    fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32, rgb: [u8; 3], dash: Option<(f32, f32)>) {
        if self.stroke.replace(rgb) != Some(rgb) {
            self.ops.push(Op::SetOutlineColor { col: color(rgb) });
        }
        self.ops.push(Op::SetOutlineThickness { pt: Pt(round(width)) });
        if let Some((on, off)) = dash {
            self.ops.push(Op::SetLineDashPattern { dash: LineDashPattern::new(0.0, &[round(on), round(off)]) });
        }
        let points = [from, to].map(|(x, y)| LinePoint { p: point(x, y), bezier: false }).to_vec();
        self.ops.push(Op::DrawLine { line: Line { points, is_closed: false } });
        if dash.is_some() {
            self.ops.push(Op::SetLineDashPattern { dash: LineDashPattern::solid() });
        }
    }

    fn picture(&mut self, name: String, rect: Rect, slice: Option<(f32, f32)>, orientation: u8, alt: &str) {
        let marked = !alt.is_empty();
        if marked {
            self.ops.push(marked_content("Figure", "Alt", alt));
        }
        self.ops.push(Op::SaveGraphicsState);
        // a slice is the whole picture, moved and clipped
        let (first, last) = slice.filter(|(a, b)| b > a).unwrap_or((0.0, 1.0));
        let height = rect.h / (last - first);
        let whole = Rect { x: rect.x, y: rect.y - first * height, w: rect.w, h: height };
        if slice.is_some() {
            self.ops.push(Op::DrawRectangle { rectangle: rectangle(rect, Some(PaintMode::Clip)) });
        }
        self.ops.push(Op::SetTransformationMatrix { matrix: CurTransMat::Raw(placement(whole, orientation)) });
        let transform = XObjectTransform { no_auto_scale: true, ..XObjectTransform::default() };
        self.ops.push(Op::UseXobject { id: XObjectId(name), transform });
        self.ops.push(Op::RestoreGraphicsState);
        if marked {
            self.ops.push(Op::EndMarkedContent);
        }
    }

    /// One text section a run: nothing of it leaks into the next.
    fn glyphs(&mut self, run: &GlyphRun, used: &mut Used<'_>) {
        let Some(first) = run.glyphs.first() else { return };
        self.fill_with(run.color);
        let size = round(run.size);
        self.ops.push(Op::StartTextSection);
        self.ops.push(Op::SetFont { font: PdfFontHandle::External(FontId(font_name(run.font))), size: Pt(size) });
        let start = first.x;
        self.ops.push(Op::SetTextMatrix { matrix: TextMatrix::Raw([1.0, 0.0, 0.0, 1.0, round(run.origin.0 + start), round(up(run.origin.1))]) });
        let mut pieces: Vec<Piece> = Vec::new();
        // where a reader's pen is, in thousandths of the size; each glyph is put right against this, so roundings do not add up
        let mut pen = 0_i64;
        for (text, glyphs) in clusters(run) {
            let copied: String = glyphs.iter().filter_map(|g| used.glyph(run.font, g.id).text).collect();
            let differs = copied != text && !(text.chars().all(char::is_control) && copied.trim().is_empty());
            if pieces.last().is_none_or(|p| p.actual.is_some() != differs) {
                pieces.push(Piece { actual: differs.then(String::new), items: Vec::new() });
            }
            for glyph in glyphs {
                let wanted = ((glyph.x - start) * 1000.0 / size).round() as i64;
                let shift = pen - wanted;
                pen += used.glyph(run.font, glyph.id).advance - shift;
                if let Some(piece) = pieces.last_mut() {
                    piece.push(shift, glyph.id);
                }
            }
            if let Some(Piece { actual: Some(actual), .. }) = pieces.last_mut() {
                actual.push_str(text);
            }
        }
        for piece in pieces {
            // `ShowText` would make a string of each glyph; printpdf passes operators that it does not know on as they are
            let show = Op::Unknown { key: "TJ".to_owned(), value: vec![DictItem::Array(piece.items)] };
            match piece.actual {
                Some(text) => self.ops.extend([marked_content("Span", "ActualText", &text), show, Op::EndMarkedContent]),
                None => self.ops.push(show),
            }
        }
        self.ops.push(Op::EndTextSection);
    }
}

/// The run's clusters: their text and glyphs, in visual order.
fn clusters(run: &GlyphRun) -> impl Iterator<Item = (&str, &[Glyph])> {
    let text = |g: &Glyph| run.text.get(g.cluster.start as usize..g.cluster.end as usize);
    run.glyphs.chunk_by(|a, b| a.cluster == b.cluster).map(move |glyphs| (glyphs.first().and_then(text).unwrap_or_default(), glyphs))
}

/// Glyphs whose own texts give the run's text, or (with `actual`) do not.
struct Piece {
    actual: Option<String>,
    /// The operand of `TJ` (ISO 32000-1, 9.4.3): strings of two bytes a glyph, and moves of the pen to the left, in thousandths of the size.
    items: Vec<DictItem>,
}

impl Piece {
    fn push(&mut self, shift: i64, glyph: u16) {
        if shift != 0 {
            self.items.push(DictItem::Int(shift));
        }
        match self.items.last_mut() {
            Some(DictItem::String { data, .. }) => data.extend(glyph.to_be_bytes()),
            _ => self.items.push(DictItem::String { data: glyph.to_be_bytes().to_vec(), literal: false }),
        }
    }
}

fn marked_content(tag: &str, key: &str, text: &str) -> Op {
    let value = DictItem::String { data: utf16(text), literal: false };
    Op::BeginMarkedContentWithProperties { tag: tag.to_owned(), properties: DictItem::Dict { map: BTreeMap::from([(key.to_owned(), value)]) } }
}

/// The matrix that puts the unit square of the stored picture onto `rect` as its EXIF orientation says (TIFF 6.0, tag 274).
fn placement(rect: Rect, orientation: u8) -> [f32; 6] {
    let [a, b, c, d, e, f]: [f32; 6] = match orientation {
        2 => [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0],
        3 => [-1.0, 0.0, 0.0, -1.0, 1.0, 1.0],
        4 => [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
        5 => [0.0, -1.0, -1.0, 0.0, 1.0, 1.0],
        6 => [0.0, -1.0, 1.0, 0.0, 0.0, 1.0],
        7 => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
        8 => [0.0, 1.0, -1.0, 0.0, 1.0, 0.0],
        _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    };
    let (x, y) = (rect.x, up(rect.y + rect.h));
    [a * rect.w, b * rect.h, c * rect.w, d * rect.h, e * rect.w + x, f * rect.h + y].map(round)
}
