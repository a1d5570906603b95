//! Evidence PDFs, read and drawn by `hayro`: page sizes, text layer, pages as pixels.
//!
//! Each call runs on a thread of its own with a large stack, because nested objects of a hostile file recurse deeply and a panic of the foreign
//! reader must cost one file, never the case.

use crate::profile::Profile;
use hayro::hayro_interpret::font::{FontData, FontQuery, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::{BfString, CidFamily, WritingMode};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache, InterpreterSettings, SoftMask, TransformExt as _,
    interpret_page,
};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::kurbo::{Affine, BezPath, Point, Rect, Vec2};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::model::record::PdfInfo;

/// Characters of text kept of one page; a densely set A3 page has about 20,000.
pub const MAX_PAGE_TEXT: usize = 200_000;
/// Pixels of a drawn page; more than A3 at 300 dpi (17.4 million). Larger pages are drawn at a lower resolution.
pub const MAX_PIXELS: f64 = 36_000_000.0;
/// hayro counts pixels of a side in 16 bits.
const MAX_SIDE: f64 = 30_000.0;
const STACK: usize = 64 << 20;
/// hayro's glyph units in an em.
const UNITS: f64 = 1000.0;

/// Why a PDF was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRead {
    /// It is damaged or has no page: a short English sentence.
    Broken(String),
    /// It has more pages than may be read.
    TooManyPages,
    /// Reading took too long.
    TooLong,
}

/// Reads size and text of each page, of at most `most_pages`, until the moment `until`. A file that asks for a password is no error: it is given
/// without pages and with `encrypted` set.
///
/// # Errors
/// When the bytes are no PDF that can be read, or a limit was reached: then nothing of it is given, so that no half of a document passes for the whole.
pub fn read(bytes: &[u8], most_pages: usize, until: Option<Instant>) -> Result<PdfInfo, NotRead> {
    let read = guarded(|| {
        let pdf = match Pdf::new(bytes.to_vec()) {
            Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => return Ok(Ok(PdfInfo { encrypted: true, ..PdfInfo::default() })),
            other => other.map_err(said)?,
        };
        let pages = pdf.pages();
        match pages.len() {
            0 => return Err("the PDF has no page".to_owned()),
            n if n > most_pages => return Ok(Err(NotRead::TooManyPages)),
            _ => {}
        }
        let settings = settings();
        let cache = InterpreterCache::new();
        let mut info = PdfInfo::default();
        for page in pages.iter() {
            if until.is_some_and(|until| Instant::now() > until) {
                return Ok(Err(NotRead::TooLong));
            }
            info.pages.push(page.render_dimensions());
            info.text.push(text(&pdf, page, &cache, &settings));
        }
        Ok(Ok(info))
    });
    read.unwrap_or_else(|words| Err(NotRead::Broken(words)))
}

/// Draws a page on white: width, height, and RGB8 rows from the top. `page` counts from 1; `dpi` is dots to the inch and is lowered as far as
/// [`MAX_PIXELS`] asks.
///
/// # Errors
/// A short English sentence when the file cannot be read, asks for a password, or has no such page.
pub fn render_page(bytes: &Arc<Vec<u8>>, page: u32, dpi: f32) -> Result<(u32, u32, Vec<u8>), String> {
    guarded(|| {
        let pdf = Pdf::new(Arc::clone(bytes)).map_err(said)?;
        let index = (page as usize).checked_sub(1);
        let page = index.and_then(|i| pdf.pages().get(i)).ok_or_else(|| format!("the PDF has no page {page}"))?;
        let (width, height) = page.render_dimensions();
        let scale = scale(f64::from(width), f64::from(height), f64::from(dpi));
        let pixels = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
        let drawn = hayro::render(page, &RenderCache::new(), &settings(), &RenderSettings::default(), &pixels);
        let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
        let rgb: Vec<u8> = drawn.data_as_u8_slice().as_chunks::<4>().0.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
        if rgb.is_empty() {
            return Err("the page has no area".to_owned());
        }
        Ok((width, height, rgb))
    })
}

/// Pixels to the point, within the limits and never less than one pixel a side.
fn scale(width: f64, height: f64, dpi: f64) -> f32 {
    let wanted = if dpi.is_finite() && dpi > 0.0 { dpi / 72.0 } else { 2.0 };
    let by_area = (MAX_PIXELS / (width * height)).sqrt();
    let by_side = MAX_SIDE / width.max(height);
    let least = 1.0 / width.min(height);
    wanted.min(by_area).min(by_side).max(least) as f32
}

/// Runs on a thread with a large stack; a panic there becomes an error.
fn guarded<T: Send>(work: impl FnOnce() -> Result<T, String> + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("pdf".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err("the PDF is damaged in a way that stops the reader".to_owned()),
            Err(e) => Err(format!("no thread for reading the PDF: {e}")),
        }
    })
}

fn said(error: LoadPdfError) -> String {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => "the PDF asks for a password",
        LoadPdfError::Decryption(_) => "the PDF is encrypted in a way that cannot be read",
        LoadPdfError::Invalid => "the PDF is damaged or is no PDF",
    }
    .to_owned()
}

/// Fonts that a file does not bring: Chinese ones are replaced by ours, so that a contract set in an unembedded SimSun can be read; hayro's own
/// stand in for the rest. Never the machine's, or two machines would draw two pages.
fn settings() -> InterpreterSettings {
    InterpreterSettings {
        font_resolver: Arc::new(|query| match query {
            FontQuery::Standard(standard) => Some(standard.get_font_data()),
            FontQuery::Fallback(wanted) => {
                let chinese = wanted
                    .character_collection
                    .as_ref()
                    .is_some_and(|c| matches!(c.family, CidFamily::AdobeGB1 | CidFamily::AdobeCNS1 | CidFamily::AdobeJapan1));
                chinese.then(|| chinese_font(wanted.is_bold)).flatten().map(|data| (data, 0)).or_else(|| Some(wanted.pick_standard_font().get_font_data()))
            }
        }),
        ..InterpreterSettings::default()
    }
}

fn chinese_font(bold: bool) -> Option<FontData> {
    static FONTS: [OnceLock<Option<FontData>>; 2] = [OnceLock::new(), OnceLock::new()];
    let [regular, heavy] = &FONTS;
    let (cell, name) = if bold { (heavy, "fonts/NotoSansSC-Bold.ttf") } else { (regular, "fonts/NotoSansSC-Regular.ttf") };
    cell.get_or_init(|| Profile::built_in().bytes(name).ok().map(|bytes| -> FontData { Arc::new(bytes.into_owned()) })).clone()
}

fn text<'a>(pdf: &'a Pdf, page: &'a Page<'a>, cache: &InterpreterCache<'a>, settings: &InterpreterSettings) -> String {
    let transform = page.initial_transform(true).to_kurbo();
    let (width, height) = page.render_dimensions();
    let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut context = Context::new(transform, area, cache, pdf.xref(), settings.clone());
    let mut lines = Lines::default();
    interpret_page(page, &mut context, &mut lines);
    lines.text
}

/// Joins glyphs into lines by their places on the page: a step across the line's direction, or far back along it, begins a new line; a gap is a
/// blank, a wide gap a tab (table cells).
#[derive(Default)]
struct Lines {
    text: String,
    last: Option<Pen>,
    /// Where the last run began, and its text: programs draw bold by drawing twice.
    drawn: Option<(Point, String)>,
}

/// Where a glyph ended: the point and the size of an em there.
struct Pen {
    end: Point,
    em: f64,
}

impl Lines {
    fn add(&mut self, glyph: &str, start: Point, along: Vec2, advance: f64, em: f64) {
        if self.text.len() + glyph.len() > MAX_PAGE_TEXT {
            return;
        }
        if let Some(last) = &self.last {
            let step = start - last.end;
            let size = last.em.max(em).max(f64::MIN_POSITIVE);
            let (forward, across) = (step.dot(along) / size, step.cross(along) / size);
            if across.abs() > 0.5 || forward < -2.0 {
                self.text.push('\n');
            } else if forward > 1.5 {
                self.text.push('\t');
            } else if forward > 0.22 && !self.text.ends_with(char::is_whitespace) {
                self.text.push(' ');
            }
        }
        self.text.push_str(glyph);
        self.last = Some(Pen { end: start + along * advance, em });
    }
}

impl Device<'_> for Lines {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        let vertical = matches!(run.writing_mode(), WritingMode::Vertical);
        let glyphs: Vec<(String, Affine, f64)> = run
            .glyphs()
            .iter()
            .filter_map(|g| {
                let text = match g.as_unicode()? {
                    BfString::Char(c) => c.to_string(),
                    BfString::String(s) => s,
                };
                let advance = match &**g {
                    hayro::hayro_interpret::font::Glyph::Outline(o) => o.advance_width(),
                    hayro::hayro_interpret::font::Glyph::Type3(t) => t.advance_width(),
                };
                let advance = if vertical { UNITS } else { advance.map_or(UNITS / 2.0, f64::from) };
                Some((text.chars().filter(|c| !c.is_control()).collect(), props.transform * g.transform(), advance))
            })
            .collect();
        let Some((_, first, _)) = glyphs.first() else { return };
        let begin = *first * Point::ZERO;
        let whole: String = glyphs.iter().map(|(text, ..)| text.as_str()).collect();
        if self.drawn.as_ref().is_some_and(|(at, text)| *text == whole && (*at - begin).hypot() < 1.0) {
            return;
        }
        for (text, transform, advance) in &glyphs {
            let start = *transform * Point::ZERO;
            let em = (*transform * Point::new(0.0, UNITS) - start).hypot();
            let ahead = *transform * if vertical { Point::new(0.0, -UNITS) } else { Point::new(UNITS, 0.0) } - start;
            let length = ahead.hypot();
            let along = if length > 0.0 { ahead / length } else { Vec2::new(1.0, 0.0) };
            self.add(text, start, along, advance * length / UNITS, em);
        }
        self.drawn = Some((begin, whole));
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8]) -> Result<PdfInfo, NotRead> {
        read(bytes, 100, None)
    }
    use std::fmt::Write as _;

    const TO_UNICODE: &str = "begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <8FD0> <0002> <5355> endbfchar endcmap";

    /// A PDF of one page with this content and these further page keys; fonts F1 (Helvetica) and F2 (an unembedded Chinese one with ToUnicode).
    fn pdf(content: &str, page_keys: &str) -> Vec<u8> {
        let stream = |s: &str| format!("<< /Length {} >>\nstream\n{s}\nendstream", s.len());
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> {page_keys} >>"),
            stream(content),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
            "<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 8 0 R >>".to_owned(),
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>".to_owned(),
            stream(TO_UNICODE),
        ];
        let mut out = "%PDF-1.4\n".to_owned();
        let mut offsets = Vec::new();
        for (i, object) in objects.iter().enumerate() {
            offsets.push(out.len());
            write!(out, "{} 0 obj\n{object}\nendobj\n", i + 1).unwrap();
        }
        let xref = out.len();
        write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
        offsets.iter().for_each(|o| writeln!(out, "{o:010} 00000 n ").unwrap());
        write!(out, "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n", objects.len() + 1).unwrap();
        out.into_bytes()
    }

    const TWO_LINES: &str = "BT /F1 10 Tf 20 150 Td (Order 351234567890123456) Tj 0 -20 Td /F2 10 Tf <00010002> Tj /F1 10 Tf ( SF1390012345671) Tj ET \
                             BT /F1 10 Tf 20 110 Td (left) Tj 150 0 Td (right) Tj ET";

    #[test]
    fn reads_text_line_by_line_with_chinese() {
        let info = whole(&pdf(TWO_LINES, "")).unwrap();
        assert_eq!(info.pages, [(300.0, 200.0)]);
        assert_eq!(info.text, ["Order 351234567890123456\n运单 SF1390012345671\nleft\tright"]);
        assert!(!info.encrypted);
    }

    #[test]
    fn a_turned_page_has_its_shown_size_and_the_same_lines() {
        let info = whole(&pdf(TWO_LINES, "/Rotate 90")).unwrap();
        assert_eq!(info.pages, [(200.0, 300.0)]);
        assert_eq!(info.text.first().unwrap().lines().next(), Some("Order 351234567890123456"));
    }

    #[test]
    fn text_drawn_twice_to_look_bold_is_read_once() {
        let info = whole(&pdf("BT /F1 10 Tf 20 150 Td (bold) Tj ET BT /F1 10 Tf 20.3 150 Td (bold) Tj ET", "")).unwrap();
        assert_eq!(info.text, ["bold"]);
    }

    fn drawn(bytes: &[u8], page: u32, dpi: f32) -> Result<(u32, u32, Vec<u8>), String> {
        render_page(&Arc::new(bytes.to_vec()), page, dpi)
    }

    #[test]
    fn draws_a_page_on_white_within_the_limit() {
        let bytes = pdf("1 0 0 rg 0 0 150 200 re f", "");
        let (width, height, rgb) = drawn(&bytes, 1, 144.0).unwrap();
        assert_eq!((width, height, rgb.len()), (600, 400, 600 * 400 * 3));
        assert_eq!((rgb.get(..3), rgb.get(599 * 3..600 * 3)), (Some([255, 0, 0].as_slice()), Some([255, 255, 255].as_slice())));
        let lowered = f64::from(scale(300.0, 200.0, 30_000.0));
        assert!((300.0 * lowered) * (200.0 * lowered) <= MAX_PIXELS * 1.001, "{lowered}");
        assert!(f64::from(scale(20_000.0, 1.0, 600.0)) * 20_000.0 <= MAX_SIDE * 1.001);
        assert!(drawn(&bytes, 0, 72.0).is_err() && drawn(&bytes, 2, 72.0).is_err());
    }

    #[test]
    fn chinese_without_an_embedded_font_is_drawn_with_ours() {
        let content = "BT /F2 100 Tf 20 50 Td <D4CBB5A5> Tj ET";
        let bytes = String::from_utf8(pdf(content, "")).unwrap().replace("/Identity-H", "/GBK-EUC-H").replace("/ToUnicode 8 0 R", "");
        assert_eq!(whole(bytes.as_bytes()).unwrap().text, ["运单"]);
        let (width, _, rgb) = drawn(bytes.as_bytes(), 1, 72.0).unwrap();
        let ink =
            |from: u32, to: u32| rgb.as_chunks::<3>().0.iter().enumerate().filter(|(i, p)| (from..to).contains(&(*i as u32 % width)) && p[0] < 128).count();
        assert!(ink(20, 120) > 1000 && ink(120, 220) > 1000, "运 {} 单 {} dark pixels", ink(20, 120), ink(120, 220));
        assert_eq!(ink(0, 20), 0);
    }

    #[test]
    fn damaged_files_give_a_sentence_and_never_a_panic() {
        assert!(whole(b"").is_err());
        assert!(whole("这不是 PDF".as_bytes()).is_err());
        let bytes = pdf(TWO_LINES, "");
        for cut in (0..bytes.len()).step_by(197) {
            let _ = (whole(&bytes[..cut]), drawn(&bytes[..cut], 1, 72.0));
        }
        for i in (0..bytes.len()).step_by(101) {
            let mut wrong = bytes.clone();
            wrong[i] ^= 0x15;
            let _ = whole(&wrong);
        }
    }

    #[test]
    fn a_password_is_said_not_an_error() {
        // an RC4-40 dictionary whose user key fits no empty password
        let key = "00".repeat(32);
        let mut text = String::from_utf8(pdf("", "")).unwrap();
        let trailer = format!("/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{key}> /U <{key}> >> /Root");
        let at = text.rfind("/Root").unwrap();
        text.replace_range(at..at + 5, &trailer);
        let info = whole(text.as_bytes()).unwrap();
        assert!(info.encrypted && info.pages.is_empty());
        assert_eq!(drawn(text.as_bytes(), 1, 72.0).unwrap_err(), "the PDF asks for a password");
    }

    #[test]
    fn a_panic_of_the_reader_costs_one_file() {
        let result: Result<(), String> = guarded(|| panic!("as a foreign reader may"));
        assert!(result.unwrap_err().contains("damaged"));
    }
}
