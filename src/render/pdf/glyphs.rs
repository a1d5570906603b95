//! The fonts of one file, cut down to the glyphs it uses, and what text each glyph stands for. Glyphs go by their ids in the whole font; the map to
//! the cut font's ids goes into the file.

use super::painted::{GlyphFacts, Glyphs, font_name};
use crate::digest::of_bytes;
use crate::error::{Error, Result};
use crate::render::fonts::Fonts;
use crate::render::page::FontId;
use printpdf::{FontMetrics, ParsedFont, PdfFont};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use subsetter::GlyphRemapper;

/// A font cut down to this file's glyphs.
pub struct CutFont {
    /// Its name in the pages' resources.
    pub resource: String,
    /// Id in the whole font → what it is.
    glyphs: BTreeMap<u16, GlyphFacts>,
    /// Id in the whole font → id in the cut one.
    ids: BTreeMap<u16, u16>,
    /// For printpdf.
    pub font: PdfFont,
}

/// The fonts that the pages use.
pub type CutFonts = BTreeMap<FontId, CutFont>;

impl CutFont {
    /// All glyphs that text uses, by their ids in the whole font.
    pub fn glyphs(&self) -> impl Iterator<Item = u16> + '_ {
        self.glyphs.keys().copied()
    }

    /// The CIDToGIDMap stream's bytes (ISO 32000-1, 9.7.4.2): for each id of the whole font up to the last used one, two bytes, the id in the cut font.
    pub fn cid_to_gid(&self) -> Vec<u8> {
        let last = self.ids.keys().next_back().copied().unwrap_or(0);
        let mut map = vec![0_u8; (usize::from(last) + 1) * 2];
        for (whole, cut) in &self.ids {
            if let Some(place) = map.get_mut(usize::from(*whole) * 2..usize::from(*whole) * 2 + 2) {
                place.copy_from_slice(&cut.to_be_bytes());
            }
        }
        map
    }

    /// The ToUnicode map (ISO 32000-1, 9.10.3). Ours instead of printpdf's: that one holds the last text met of a glyph that several characters share.
    pub fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
             /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let entries: Vec<(u16, char)> = self.glyphs.iter().filter_map(|(id, g)| Some((*id, g.text?))).collect();
        for block in entries.chunks(100) {
            let _ = writeln!(map, "{} beginbfchar", block.len());
            for (id, text) in block {
                let utf16: String = text.encode_utf16(&mut [0; 2]).iter().map(|u| format!("{u:04X}")).collect();
                let _ = writeln!(map, "<{id:04X}> <{utf16}>");
            }
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}

/// Cuts the fonts down to the glyphs that are used.
///
/// # Errors
/// When a font cannot be cut (a user's own font file).
pub fn cut(used: Glyphs, fonts: &Fonts, pool: &rayon::ThreadPool) -> Result<CutFonts> {
    let cut = pool.install(|| used.into_par_iter().map(|(id, glyphs)| Ok((id, cut_font(id, glyphs, fonts)?))).collect::<Result<Vec<_>>>())?;
    Ok(cut.into_iter().collect())
}

/// A font for printpdf, without its program.
fn light(id: FontId, glyphs: &BTreeMap<u16, GlyphFacts>, fonts: &Fonts) -> PdfFont {
    let measures = fonts.measures(id);
    let widths = glyphs.iter().map(|(id, g)| (*id, g.width)).collect();
    let metrics = FontMetrics { ascent: measures.ascent as i16, descent: measures.descent as i16 };
    PdfFont::new(ParsedFont::with_glyph_data(Vec::new(), 0, None, BTreeMap::new(), widths, measures.units_per_em, metrics))
}

fn cut_font(id: FontId, glyphs: BTreeMap<u16, GlyphFacts>, fonts: &Fonts) -> Result<CutFont> {
    let whole: Vec<u16> = glyphs.keys().copied().collect();
    let remapper = GlyphRemapper::new_from_glyphs_sorted(&whole);
    let measures = fonts.measures(id);
    let bytes = subsetter::subset(fonts.data(id), 0, &remapper).map_err(|e| {
        Error::new(format!("字体 {} 无法嵌入 PDF（{e}）", measures.name), format!("the font {} cannot be embedded in the PDF: {e}", measures.name))
            .hint("换一个 TrueType 字体，或使用自带字体", "use another TrueType font, or the built-in ones")
    })?;
    let mut font = light(id, &glyphs, fonts);
    let parsed = &mut font.parsed_font;
    // six letters before the name mark a cut font (ISO 32000-1, 9.6.4); from its bytes, so that equal cuts have equal names
    let tag: String = of_bytes(&bytes).sha256.0.iter().take(6).map(|b| char::from(b'A' + b % 26)).collect();
    parsed.font_name = Some(format!("{tag}+{}", measures.name));
    parsed.original_bytes = bytes;
    [parsed.pdf_font_metrics.x_min, parsed.pdf_font_metrics.y_min, parsed.pdf_font_metrics.x_max, parsed.pdf_font_metrics.y_max] = measures.bounds;
    parsed.pdf_font_metrics.us_weight_class = measures.weight;
    let ids = whole.into_iter().map(|glyph| (glyph, remapper.get(glyph).unwrap_or(0))).collect();
    Ok(CutFont { resource: font_name(id), glyphs, ids, font })
}
