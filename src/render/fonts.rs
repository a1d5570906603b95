//! The embedded fonts: their bytes, measures, and which of them has a character.
//!
//! They are data under `templates/fonts/` and can be overridden like any other; a file that is no TrueType font stops the run with its path.

use super::page::FontId;
use crate::error::{Error, Result};
use crate::profile::Profile;
use parley::fontique::Blob;
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider as _;
use skrifa::raw::tables::gsub::{SingleSubst, SubstitutionSubtables};
use skrifa::string::StringId;
use skrifa::{FontRef, GlyphId, MetadataProvider as _, Tag};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use unicode_normalization::UnicodeNormalization as _;

/// Where each font lies under templates/; the place in this list is its [`FontId`].
const FILES: [&str; 3] = ["fonts/NotoSansSC-Regular.ttf", "fonts/NotoSansSC-Bold.ttf", "fonts/NotoEmoji-Regular.ttf"];

/// Text in normal weight.
pub const REGULAR: FontId = FontId(0);
/// Text in bold.
pub const BOLD: FontId = FontId(1);
/// Emoji, in one colour so that they print in grey as on the screen.
pub const EMOJI: FontId = FontId(2);

/// The OpenType feature by which English text gets its quotation marks and dots.
const PROPORTIONAL: Tag = Tag::new(b"pwid");

/// The fonts of a run. Loaded once, shared by layout and painting.
#[derive(Debug)]
pub struct Fonts {
    faces: Vec<Face>,
}

#[derive(Debug)]
struct Face {
    data: Blob<u8>,
    measures: Measures,
    /// Made when the first PDF is written: one character for each glyph.
    characters: OnceLock<BTreeMap<u16, char>>,
}

/// What a font says of itself. Lengths in units of the font's own em square.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// PostScript name (`NotoSansSC-Regular`).
    pub name: String,
    /// Units to the em.
    pub units_per_em: u16,
    /// Highest reach above the baseline.
    pub ascent: f32,
    /// Lowest reach below the baseline, negative.
    pub descent: f32,
    /// Height of capitals.
    pub cap_height: f32,
    /// Box around all glyphs: left, bottom, right, top.
    pub bounds: [i16; 4],
    /// OS/2 weight class, 400 = normal.
    pub weight: u16,
}

impl Fonts {
    /// Reads the three fonts of the profile.
    ///
    /// # Errors
    /// When one is missing, unreadable or not a TrueType/OpenType font.
    pub fn load(profile: &Profile) -> Result<Arc<Fonts>> {
        profile.once("", || {
            let faces = FILES.iter().map(|path| Face::new(path, Blob::new(Arc::new(profile.bytes(path)?)))).collect::<Result<_>>()?;
            Ok(Fonts { faces })
        })
    }

    /// Every font, in order.
    pub fn ids(&self) -> impl Iterator<Item = FontId> + use<> {
        (0..self.faces.len()).map_while(|i| u16::try_from(i).ok().map(FontId))
    }

    /// The file's bytes. An id that was not loaded gives the first font's.
    pub fn data(&self, font: FontId) -> &[u8] {
        self.face(font).data.as_ref()
    }

    /// The same bytes in the form parley registers, without a copy; its `id()` tells a shaped run's font apart ([`Fonts::id_of_blob`]).
    pub fn blob(&self, font: FontId) -> Blob<u8> {
        self.face(font).data.clone()
    }

    /// Which font a blob is, by the blob's id.
    pub fn id_of_blob(&self, blob: u64) -> Option<FontId> {
        self.faces.iter().position(|f| f.data.id() == blob).and_then(|i| u16::try_from(i).ok()).map(FontId)
    }

    /// The font's own measures.
    pub fn measures(&self, font: FontId) -> &Measures {
        &self.face(font).measures
    }

    /// Units to the em.
    pub fn units_per_em(&self, font: FontId) -> u16 {
        self.measures(font).units_per_em
    }

    /// Height above the baseline as a share of the type size.
    pub fn ascent(&self, font: FontId) -> f32 {
        let m = self.measures(font);
        m.ascent / f32::from(m.units_per_em)
    }

    /// Depth below the baseline as a share of the type size, negative.
    pub fn descent(&self, font: FontId) -> f32 {
        let m = self.measures(font);
        m.descent / f32::from(m.units_per_em)
    }

    /// The glyph of a character, `None` when the font lacks it.
    pub fn glyph_for(&self, font: FontId, character: char) -> Option<u16> {
        let glyph = self.face(font).reader()?.charmap().map(character)?;
        u16::try_from(glyph.to_u32()).ok().filter(|g| *g != 0)
    }

    /// The first font that has the character: what it is set in when the text's own font lacks it. `None`: it becomes □ and `glyph-missing`.
    pub fn covers(&self, character: char) -> Option<FontId> {
        [REGULAR, EMOJI].into_iter().chain(self.ids().skip(FILES.len())).find(|f| self.glyph_for(*f, character).is_some())
    }

    /// A glyph's advance in units of the font's em, 0 for a glyph the font does not have.
    pub fn advance(&self, font: FontId, glyph: u16) -> f32 {
        let width = |f: FontRef<'_>| f.glyph_metrics(Size::unscaled(), LocationRef::default()).advance_width(GlyphId::from(glyph));
        self.face(font).reader().and_then(width).unwrap_or(0.0)
    }

    /// The one character that stands for a glyph in copied text. Of several characters that share it: an ASCII one, else one that compatibility
    /// normalisation leaves as it is (力 U+529B, not the radical ⼒ U+2F12), else the lowest.
    pub fn character_of(&self, font: FontId, glyph: u16) -> Option<char> {
        let face = self.face(font);
        face.characters.get_or_init(|| face.canonical_characters()).get(&glyph).copied()
    }

    fn face(&self, font: FontId) -> &Face {
        // ids are made by `ids` and `id_of_blob` only; a stray one must still not end the run
        self.faces.get(usize::from(font.0)).unwrap_or(&self.faces[0])
    }
}

impl Face {
    fn new(path: &str, data: Blob<u8>) -> Result<Face> {
        let no_font = || {
            Error::new(format!("字体文件 {path} 无法使用"), format!("the font file {path} cannot be used")).hint(
                "换成 TrueType 字体，或删除自己的 fonts 文件夹以使用自带字体",
                "use a TrueType font, or delete your fonts folder to use the built-in ones",
            )
        };
        let font = FontRef::new(data.as_ref()).map_err(|_| no_font())?;
        let metrics = font.metrics(Size::unscaled(), LocationRef::default());
        let head = font.head().map_err(|_| no_font())?;
        if metrics.units_per_em == 0 || font.hmtx().is_err() || font.cmap().is_err() {
            return Err(no_font());
        }
        let name = font.localized_strings(StringId::POSTSCRIPT_NAME).english_or_first().map(|s| s.to_string());
        let measures = Measures {
            // a PDF name may hold only regular characters; fonts keep to these anyway
            name: name.unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect(),
            units_per_em: metrics.units_per_em,
            ascent: metrics.ascent,
            descent: metrics.descent,
            cap_height: metrics.cap_height.unwrap_or(metrics.ascent),
            bounds: [head.x_min(), head.y_min(), head.x_max(), head.y_max()],
            weight: font.os2().map_or(400, |t| t.us_weight_class()),
        };
        Ok(Face { data, measures, characters: OnceLock::new() })
    }

    fn reader(&self) -> Option<FontRef<'_>> {
        FontRef::new(self.data.as_ref()).ok()
    }

    fn canonical_characters(&self) -> BTreeMap<u16, char> {
        let mut best: BTreeMap<u16, char> = BTreeMap::new();
        let Some(font) = self.reader() else { return best };
        for (code, glyph) in font.charmap().mappings() {
            let (Some(character), Ok(glyph)) = (char::from_u32(code), u16::try_from(glyph.to_u32())) else { continue };
            best.entry(glyph).and_modify(|c| *c = preferred(*c, character)).or_insert(character);
        }
        // the narrow quotation marks of English text stand for the characters of the wide ones; no character leads to them
        for (wide, narrow) in substitutes(&font, PROPORTIONAL).unwrap_or_default() {
            if let Some(character) = best.get(&wide).copied() {
                best.entry(narrow).or_insert(character);
            }
        }
        best
    }
}

/// Which glyph stands in for which under a feature of one-for-one substitution (OpenType `GSUB`, lookup type 1).
fn substitutes(font: &FontRef<'_>, feature: Tag) -> Option<Vec<(u16, u16)>> {
    let gsub = font.gsub().ok()?;
    let (features, lookups) = (gsub.feature_list().ok()?, gsub.lookup_list().ok()?);
    let mut pairs: Vec<(u16, u16)> = Vec::new();
    for record in features.feature_records().iter().filter(|r| r.feature_tag() == feature) {
        let Ok(of) = record.feature(features.offset_data()) else { continue };
        for index in of.lookup_list_indices() {
            let Ok(SubstitutionSubtables::Single(tables)) = lookups.lookups().get(usize::from(index.get())).and_then(|l| l.subtables()) else { continue };
            for table in tables.iter().flatten() {
                match table {
                    SingleSubst::Format1(t) => {
                        let shift = t.delta_glyph_id();
                        pairs.extend(t.coverage().ok()?.iter().map(|g| (g.to_u16(), g.to_u16().wrapping_add_signed(shift))));
                    }
                    SingleSubst::Format2(t) => {
                        pairs.extend(t.coverage().ok()?.iter().zip(t.substitute_glyph_ids()).map(|(g, s)| (g.to_u16(), s.get().to_u16())));
                    }
                }
            }
        }
    }
    Some(pairs)
}

/// The better of two characters that share a glyph.
fn preferred(a: char, b: char) -> char {
    let rank = |c: char| {
        // three dots in the middle are … in Chinese type, whatever normalisation makes of it
        let unchanged = c == '…' || std::iter::once(c).nfkc().eq(std::iter::once(c));
        // radicals (U+2E80), rare signs (U+3400, strokes, planes above), figure dash and midline dots look like what people search for and are not it
        let rare = matches!(u32::from(c), 0x2012 | 0x22EF | 0x2E80..=0x2FDF | 0x31C0..=0x31EF | 0x3400..=0x4DBF | 0x1_0000..);
        (!c.is_ascii(), c.is_control(), !unchanged, rare, c)
    };
    if rank(a) <= rank(b) { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fonts() -> Arc<Fonts> {
        Fonts::load(&Profile::built_in()).expect("the embedded fonts load")
    }

    #[test]
    fn glyphs_give_the_character_that_people_search_for() {
        let f = fonts();
        for c in ['页', '长', '车', '见', '风', '门', '青', '鱼', '鸟', '胶', '–', '中', 'A'] {
            let glyph = f.glyph_for(REGULAR, c).expect("a common character");
            assert_eq!(f.character_of(REGULAR, glyph), Some(c), "{c}");
        }
    }

    #[test]
    fn narrow_quotation_marks_are_the_characters_of_the_wide_ones() {
        let f = fonts();
        let reader = f.face(REGULAR).reader().expect("a font");
        let pairs = substitutes(&reader, PROPORTIONAL).expect("substitutions");
        for c in ['“', '”', '’', '…'] {
            let wide = f.glyph_for(REGULAR, c).expect("a common character");
            let (_, narrow) = pairs.iter().find(|(from, _)| *from == wide).unwrap_or_else(|| panic!("{c} has no narrow form"));
            assert_eq!(f.character_of(REGULAR, *narrow), Some(c));
        }
    }

    #[test]
    fn embedded_fonts_tell_their_measures() {
        let f = fonts();
        assert_eq!(f.ids().count(), 3);
        assert_eq!(f.measures(REGULAR).name, "NotoSansSC-Regular");
        assert_eq!(f.measures(BOLD).name, "NotoSansSC-Bold");
        assert_eq!((f.measures(REGULAR).weight, f.measures(BOLD).weight), (400, 700));
        assert!(f.ascent(REGULAR) > 0.8 && f.descent(REGULAR) < -0.1);
        let zhong = f.glyph_for(REGULAR, '中').expect("a common character");
        assert!((f.advance(REGULAR, zhong) - f32::from(f.units_per_em(REGULAR))).abs() < 0.5, "a full-width glyph is one em wide");
        assert_eq!(f.id_of_blob(f.blob(BOLD).id()), Some(BOLD));
    }

    #[test]
    fn each_character_has_its_font_or_none() {
        let f = fonts();
        assert_eq!(f.covers('单'), Some(REGULAR));
        assert_eq!(f.covers('😀'), Some(EMOJI));
        assert_eq!(f.covers('𠮷'), None);
    }

    #[test]
    fn glyphs_shared_by_characters_have_one_canonical_text() {
        let f = fonts();
        for (shown, canonical) in [('\u{a0}', ' '), ('\u{2011}', '-'), ('\u{2f12}', '力'), ('力', '力'), ('A', 'A')] {
            let glyph = f.glyph_for(REGULAR, shown).expect("the font has it");
            assert_eq!(f.character_of(REGULAR, glyph), Some(canonical), "U+{:04X}", u32::from(shown));
        }
    }

    #[test]
    fn a_file_that_is_no_font_is_refused_by_name() {
        let dir = tempfile::tempdir().expect("temp");
        std::fs::create_dir(dir.path().join("fonts")).expect("dir");
        std::fs::write(dir.path().join("fonts/NotoSansSC-Bold.ttf"), b"not a font").expect("file");
        let error = Fonts::load(&Profile::built_in().with_layer(dir.path())).expect_err("no font");
        assert!(error.to_string().contains("NotoSansSC-Bold.ttf"));
    }
}
