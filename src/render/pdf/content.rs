//! Placed items to a page's content stream (ISO 32000-1, 8 and 9). Our pages count y downwards from the top; PDF counts upwards from the foot.
//!
//! The operators are written as bytes at once: printpdf's operations, and lopdf's after them, took a block of memory for each operator and operand, a tenth of
//! a build's time.

use super::metadata::utf16;
use super::painted::{GlyphFacts, Used, font_name, picture_name};
use crate::render::page::{Glyph, GlyphRun, Item, PAGE_HEIGHT, PAGE_WIDTH, Page, Rect};
use printpdf::Pt;

/// Distance of a Bézier handle for a quarter circle of radius 1.
const QUARTER: f32 = 0.552_285;

/// A page's items as its content stream, in painting order; glyphs by their ids in the whole font, each noted in `used`.
pub fn stream(page: &Page, used: &mut Used<'_>) -> Vec<u8> {
    let mut painter = Painter::default();
    for item in &page.items {
        match item {
            Item::Glyphs(run) => painter.glyphs(run, used),
            Item::Box { rect, fill, radius } => painter.filled_box(*rect, *fill, *radius),
            Item::Line { from, to, width, color, dash } => painter.line(*from, *to, *width, *color, *dash),
            Item::Disc { center, radius, fill } => {
                let rect = Rect { x: center.0 - radius, y: center.1 - radius, w: radius * 2.0, h: radius * 2.0 };
                painter.filled_box(rect, *fill, *radius);
            }
            Item::Picture { image, rect, slice, orientation, alt } => painter.picture(&picture_name(*image), *rect, *slice, *orientation, alt),
        }
    }
    painter.out
}

/// The sheet.
pub fn paper() -> printpdf::Rect {
    printpdf::Rect { x: Pt(0.0), y: Pt(0.0), width: Pt(round(PAGE_WIDTH)), height: Pt(round(PAGE_HEIGHT)), mode: None, winding_order: None }
}

/// A hundredth of a point is finer than any printer; the digits saved are a third of the page's size.
fn round(value: f32) -> f32 {
    (value * 100.0).round() / 100.0 + 0.0
}

fn up(y: f32) -> f32 {
    PAGE_HEIGHT - y
}

#[derive(Default)]
struct Painter {
    out: Vec<u8>,
    fill: Option<[u8; 3]>,
    stroke: Option<[u8; 3]>,
    /// Of the glyphs of one cluster.
    facts: Vec<GlyphFacts>,
}

impl Painter {
    /// A whole number and a blank.
    fn int(&mut self, value: i64) {
        self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
        self.out.push(b' ');
    }

    /// A number of `1 / unit` steps with as few digits as say it, and a blank.
    fn scaled(&mut self, value: i64, unit: i64) {
        let (whole, rest) = (value / unit, value % unit);
        if rest == 0 {
            return self.int(whole);
        }
        if value < 0 && whole == 0 {
            self.out.push(b'-');
        }
        self.int(whole);
        self.out.pop();
        self.out.push(b'.');
        let (mut rest, mut place) = (rest.abs(), unit / 10);
        while rest > 0 && place > 0 {
            self.out.push(b'0' + (rest / place) as u8);
            rest %= place;
            place /= 10;
        }
        self.out.push(b' ');
    }

    /// A length or place in points.
    fn num(&mut self, value: f32) {
        self.scaled((f64::from(value) * 100.0).round() as i64, 100);
    }

    fn point(&mut self, x: f32, y: f32) {
        self.num(x);
        self.num(up(y));
    }

    fn operator(&mut self, name: &str) {
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'\n');
    }

    fn color(&mut self, rgb: [u8; 3], operator: &str) {
        for part in rgb {
            self.scaled((f64::from(part) / 255.0 * 1000.0).round() as i64, 1000);
        }
        self.operator(operator);
    }

    fn fill_with(&mut self, rgb: [u8; 3]) {
        if self.fill.replace(rgb) != Some(rgb) {
            self.color(rgb, "rg");
        }
    }

    /// The path of a rectangle.
    fn rectangle(&mut self, rect: Rect) {
        let (bottom, top) = (round(up(rect.y + rect.h)), round(up(rect.y)));
        let (left, right) = (round(rect.x), round(rect.x + rect.w));
        [left, bottom, right - left, top - bottom].into_iter().for_each(|v| self.num(v));
        self.operator("re");
    }

    fn filled_box(&mut self, rect: Rect, rgb: [u8; 3], radius: f32) {
        self.fill_with(rgb);
        let r = radius.min(rect.w / 2.0).min(rect.h / 2.0);
        if r <= 0.0 {
            self.rectangle(rect);
            return self.operator("f");
        }
        let (l, t, right, b) = (rect.x, rect.y, rect.x + rect.w, rect.y + rect.h);
        let h = r * (1.0 - QUARTER);
        let corners = [
            [(right - r, t), (right - h, t), (right, t + h), (right, t + r)],
            [(right, b - r), (right, b - h), (right - h, b), (right - r, b)],
            [(l + r, b), (l + h, b), (l, b - h), (l, b - r)],
            [(l, t + r), (l, t + h), (l + h, t), (l + r, t)],
        ];
        for (i, [from, curve @ ..]) in corners.into_iter().enumerate() {
            self.point(from.0, from.1);
            self.operator(if i == 0 { "m" } else { "l" });
            curve.into_iter().for_each(|(x, y)| self.point(x, y));
            self.operator("c");
        }
        self.operator("h");
        self.operator("f");
    }

    fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32, rgb: [u8; 3], dash: Option<(f32, f32)>) {
        if self.stroke.replace(rgb) != Some(rgb) {
            self.color(rgb, "RG");
        }
        self.num(width);
        self.operator("w");
        if let Some((on, off)) = dash {
            self.out.push(b'[');
            self.num(on);
            self.num(off);
            self.operator("] 0 d");
        }
        self.point(from.0, from.1);
        self.operator("m");
        self.point(to.0, to.1);
        self.operator("l");
        self.operator("S");
        if dash.is_some() {
            self.operator("[] 0 d");
        }
    }

    fn picture(&mut self, name: &str, rect: Rect, slice: Option<(f32, f32)>, orientation: u8, alt: &str) {
        let marked = !alt.is_empty();
        if marked {
            self.marked_content("Figure", "Alt", alt);
        }
        self.operator("q");
        // a slice is the whole picture, moved and clipped
        let (first, last) = slice.filter(|(a, b)| b > a).unwrap_or((0.0, 1.0));
        let height = rect.h / (last - first);
        let whole = Rect { x: rect.x, y: rect.y - first * height, w: rect.w, h: height };
        if slice.is_some() {
            self.rectangle(rect);
            self.operator("W n");
        }
        placement(whole, orientation).into_iter().for_each(|v| self.num(v));
        self.operator("cm");
        self.name(name);
        self.operator("Do");
        self.operator("Q");
        if marked {
            self.operator("EMC");
        }
    }

    /// A name of ours (letters and digits) and a blank.
    fn name(&mut self, name: &str) {
        self.out.push(b'/');
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b' ');
    }

    /// One text object a run: nothing of it leaks into the next.
    fn glyphs(&mut self, run: &GlyphRun, used: &mut Used<'_>) {
        let Some(first) = run.glyphs.first() else { return };
        self.fill_with(run.color);
        let size = round(run.size);
        self.operator("BT");
        self.name(&font_name(run.font));
        self.num(size);
        self.operator("Tf");
        let start = first.x;
        self.out.extend_from_slice(b"1 0 0 1 ");
        self.num(run.origin.0 + start);
        self.num(up(run.origin.1));
        self.operator("Tm");
        // where a reader's pen is, in thousandths of the size; each glyph is put right against this, so roundings do not add up
        let mut pen = 0_i64;
        let mut show = Show::default();
        for (text, glyphs) in clusters(run) {
            self.facts.clear();
            self.facts.extend(glyphs.iter().map(|g| used.glyph(run.font, g.id)));
            let copied = self.facts.iter().filter_map(|f| f.text);
            let says = copied.clone().eq(text.chars()) || text.chars().all(char::is_control) && copied.clone().all(char::is_whitespace);
            let differs = !says;
            if show.actual.is_some() != differs {
                self.show(&mut show);
                show.actual = differs.then(String::new);
            }
            for (glyph, facts) in glyphs.iter().zip(&self.facts) {
                let wanted = ((glyph.x - start) * 1000.0 / size).round() as i64;
                let shift = pen - wanted;
                pen += facts.advance - shift;
                show.pieces.push((shift, glyph.id));
            }
            if let Some(actual) = &mut show.actual {
                actual.push_str(text);
            }
        }
        self.show(&mut show);
        self.operator("ET");
    }

    /// Writes what has been gathered and empties it.
    fn show(&mut self, show: &mut Show) {
        if show.pieces.is_empty() {
            return;
        }
        if let Some(text) = &show.actual {
            self.marked_content("Span", "ActualText", text);
        }
        self.out.push(b'[');
        let mut open = false;
        for (shift, glyph) in show.pieces.drain(..) {
            if shift != 0 {
                if std::mem::take(&mut open) {
                    self.out.push(b')');
                }
                self.int(shift);
            }
            if !std::mem::replace(&mut open, true) {
                self.out.push(b'(');
            }
            for byte in glyph.to_be_bytes() {
                match byte {
                    b'(' | b')' | b'\\' => self.out.extend([b'\\', byte]),
                    // a bare one would be read as the end of a line
                    b'\r' => self.out.extend(b"\\r"),
                    _ => self.out.push(byte),
                }
            }
        }
        if open {
            self.out.push(b')');
        }
        self.operator("]TJ");
        if show.actual.is_some() {
            self.operator("EMC");
        }
    }

    fn marked_content(&mut self, tag: &str, key: &str, text: &str) {
        self.name(tag);
        self.out.extend_from_slice(b"<<");
        self.name(key);
        self.out.push(b'<');
        for byte in utf16(text) {
            self.out.extend([byte >> 4, byte & 15].map(|half| if half < 10 { b'0' + half } else { b'A' + half - 10 }));
        }
        self.operator(">>>BDC");
    }
}

/// Glyphs whose own texts give the run's text, or (with `actual`) do not: each with the pen's move to the left before it, in thousandths of the size
/// (`TJ`, ISO 32000-1, 9.4.3).
#[derive(Default)]
struct Show {
    actual: Option<String>,
    pieces: Vec<(i64, u16)>,
}

/// The run's clusters: their text and glyphs, in visual order.
fn clusters(run: &GlyphRun) -> impl Iterator<Item = (&str, &[Glyph])> {
    let text = |g: &Glyph| run.text.get(g.cluster.start as usize..g.cluster.end as usize);
    run.glyphs.chunk_by(|a, b| a.cluster == b.cluster).map(move |glyphs| (glyphs.first().and_then(text).unwrap_or_default(), glyphs))
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
