//! The fonts of one file: which glyphs it uses, the font cut down to them, and what text each glyph stands for.

use crate::digest::of_bytes;
use crate::error::{Error, Result};
use crate::render::fonts::Fonts;
use crate::render::page::{FontId, GlyphRun, Item, Page};
use printpdf::{FontMetrics, ParsedFont, PdfFont};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use subsetter::GlyphRemapper;

/// A font cut down to this file's glyphs. Glyph ids are the cut font's own unless said.
pub struct CutFont {
    /// Its name in the pages' resources.
    pub resource: String,
    /// Id in the whole font → id here.
    ids: BTreeMap<u16, u16>,
    /// The text that copying a glyph gives.
    texts: BTreeMap<u16, String>,
    /// Units of the font.
    widths: BTreeMap<u16, u16>,
    units_per_em: u16,
    /// For printpdf.
    pub font: PdfFont,
}

/// The fonts that the pages use.
pub type CutFonts = BTreeMap<FontId, CutFont>;

impl CutFont {
    /// The glyph's id in the cut font; `.notdef` for one that was not collected.
    pub fn id(&self, whole: u16) -> u16 {
        self.ids.get(&whole).copied().unwrap_or(0)
    }

    /// All glyphs of the cut font that text uses.
    pub fn glyphs(&self) -> impl Iterator<Item = u16> + '_ {
        self.texts.keys().copied()
    }

    /// What copying the glyph gives.
    pub fn text(&self, id: u16) -> &str {
        self.texts.get(&id).map_or("", String::as_str)
    }

    /// Advance in thousandths of the type size, exactly as printpdf writes it into /W: readers move by this.
    pub fn advance(&self, id: u16) -> i64 {
        let width = self.widths.get(&id).copied().unwrap_or(0);
        (f32::from(width) * 1000.0 / f32::from(self.units_per_em)) as i64
    }

    /// The ToUnicode map (ISO 32000-1, 9.10.3). Ours instead of printpdf's: that one holds the last text met of a glyph that several characters share.
    pub fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
             /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let entries: Vec<_> = self.texts.iter().filter(|(_, t)| !t.is_empty()).collect();
        for block in entries.chunks(100) {
            let _ = writeln!(map, "{} beginbfchar", block.len());
            for (id, text) in block {
                let utf16: String = text.encode_utf16().map(|u| format!("{u:04X}")).collect();
                let _ = writeln!(map, "<{id:04X}> <{utf16}>");
            }
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}

/// Collects the glyphs of `pages` and cuts the fonts.
///
/// # Errors
/// When a font cannot be cut (a user's own font file).
pub fn cut(pages: &[Page], fonts: &Fonts, pool: &rayon::ThreadPool) -> Result<CutFonts> {
    let used = collect(pages, fonts);
    let cut = pool.install(|| used.into_par_iter().map(|(id, texts)| Ok((id, cut_font(id, texts, fonts)?))).collect::<Result<Vec<_>>>())?;
    Ok(cut.into_iter().collect())
}

/// Used glyphs with their text: the font's one character for it, else (ligatures, variants) the first text it was set for.
fn collect(pages: &[Page], fonts: &Fonts) -> BTreeMap<FontId, BTreeMap<u16, String>> {
    let mut used: BTreeMap<FontId, BTreeMap<u16, String>> = BTreeMap::new();
    for run in pages.iter().flat_map(|p| &p.items).filter_map(glyph_run) {
        let texts = used.entry(run.font).or_default();
        for (cluster, glyphs) in clusters(run) {
            for glyph in glyphs {
                let known = texts.entry(glyph.id).or_insert_with(|| fonts.character_of(run.font, glyph.id).map(String::from).unwrap_or_default());
                if known.is_empty() && glyphs.len() == 1 {
                    cluster.clone_into(known);
                }
            }
        }
    }
    used
}

fn glyph_run(item: &Item) -> Option<&GlyphRun> {
    match item {
        Item::Glyphs(run) => Some(run),
        _ => None,
    }
}

/// The run's clusters: their text and glyphs, in visual order.
pub fn clusters(run: &GlyphRun) -> impl Iterator<Item = (&str, &[crate::render::page::Glyph])> {
    run.glyphs.chunk_by(|a, b| a.cluster == b.cluster).map(|glyphs| (glyphs.first().and_then(|g| run.text.get(g.cluster.clone())).unwrap_or_default(), glyphs))
}

fn cut_font(id: FontId, used: BTreeMap<u16, String>, fonts: &Fonts) -> Result<CutFont> {
    let whole: Vec<u16> = used.keys().copied().collect();
    let remapper = GlyphRemapper::new_from_glyphs_sorted(&whole);
    let measures = fonts.measures(id);
    let bytes = subsetter::subset(fonts.data(id), 0, &remapper).map_err(|e| {
        Error::new(format!("字体 {} 无法嵌入 PDF（{e}）", measures.name), format!("the font {} cannot be embedded in the PDF: {e}", measures.name))
            .hint("换一个 TrueType 字体，或使用自带字体", "use another TrueType font, or the built-in ones")
    })?;
    let mut cut = CutFont {
        resource: format!("F{}", id.0),
        ids: BTreeMap::new(),
        texts: BTreeMap::new(),
        widths: BTreeMap::new(),
        units_per_em: measures.units_per_em,
        font: PdfFont::new(ParsedFont::with_glyph_data(
            Vec::new(),
            0,
            None,
            BTreeMap::new(),
            BTreeMap::new(),
            measures.units_per_em,
            FontMetrics { ascent: measures.ascent as i16, descent: measures.descent as i16 },
        )),
    };
    for (glyph, text) in used {
        let new = remapper.get(glyph).unwrap_or(0);
        cut.ids.insert(glyph, new);
        cut.texts.insert(new, text);
        cut.widths.insert(new, fonts.advance(id, glyph).round() as u16);
    }
    let parsed = &mut cut.font.parsed_font;
    // six letters before the name mark a cut font (ISO 32000-1, 9.6.4); from its bytes, so that equal cuts have equal names
    let tag: String = of_bytes(&bytes).sha256.0.iter().take(6).map(|b| char::from(b'A' + b % 26)).collect();
    parsed.font_name = Some(format!("{tag}+{}", measures.name));
    parsed.original_bytes = bytes;
    parsed.glyph_widths = cut.widths.clone();
    [parsed.pdf_font_metrics.x_min, parsed.pdf_font_metrics.y_min, parsed.pdf_font_metrics.x_max, parsed.pdf_font_metrics.y_max] = measures.bounds;
    parsed.pdf_font_metrics.us_weight_class = measures.weight;
    Ok(cut)
}
