//! From characters to glyphs. Chinese characters and digits stand for themselves and are looked up; words, emoji sequences and everything that
//! joins or kerns is shaped by parley, each distinct word once. Lengths are in em, so one result serves every size.

use super::classes::{Class, class_of, stands_alone, unpainted};
use crate::render::fonts::{BOLD, EMOJI, Fonts, REGULAR};
use crate::render::page::FontId;
use parley::fontique::{Collection, CollectionOptions, FontInfoOverride, SourceCache};
use parley::style::{FontFamily, FontFamilyName, FontFeatures, FontWeight, StyleProperty};
use parley::{FontContext, LayoutContext};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// What is painted for a character that no font has.
const SUBSTITUTE: char = '□';
/// A shaper forgets its words beyond this many, so that a case of a million distinct ids does not fill the memory.
const MAX_WORDS: usize = 60_000;

/// A glyph, in em.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct EmGlyph {
    pub id: u16,
    /// Offset from the unit's left end.
    pub x: f32,
    pub advance: f32,
}

/// The smallest piece that a line is made of: one cluster.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// Bytes of the shaped text.
    pub text: Range<u32>,
    /// Its glyphs.
    pub glyphs: Range<u32>,
    pub advance: f32,
    pub font: FontId,
    pub class: Class,
    /// First character.
    pub first: char,
}

/// Shaped text: units in visual order.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Shaped {
    pub text: String,
    pub units: Vec<Unit>,
    pub glyphs: Vec<EmGlyph>,
}

/// Shapes text; one for each thread at a time (parley's contexts are not shared).
pub(crate) struct Shaper {
    fonts: Arc<Fonts>,
    context: FontContext,
    layouts: LayoutContext<()>,
    layout: parley::Layout<()>,
    words: HashMap<(bool, String), Arc<Shaped>>,
    singles: [Vec<Option<Single>>; 2],
    /// Latin quotation marks and dashes in their proportional forms.
    proportional: bool,
    missing: BTreeSet<char>,
}

#[derive(Clone, Copy)]
struct Single {
    glyph: u16,
    advance: f32,
    font: FontId,
    missing: bool,
}

impl Shaper {
    /// With the run's fonts; `proportional` for books in a language other than Chinese.
    pub(crate) fn new(fonts: Arc<Fonts>, proportional: bool) -> Self {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        for (id, family, weight) in [(REGULAR, "text", FontWeight::NORMAL), (BOLD, "text", FontWeight::BOLD), (EMOJI, "emoji", FontWeight::NORMAL)] {
            collection
                .register_fonts(fonts.blob(id), Some(FontInfoOverride { family_name: Some(family), weight: Some(weight), ..FontInfoOverride::default() }));
        }
        Shaper {
            fonts,
            context: FontContext { collection, source_cache: SourceCache::default() },
            layouts: LayoutContext::new(),
            layout: parley::Layout::new(),
            words: HashMap::new(),
            singles: [Vec::new(), Vec::new()],
            proportional,
            missing: BTreeSet::new(),
        }
    }

    /// The characters met so far that no font has.
    pub(crate) fn take_missing(&mut self) -> BTreeSet<char> {
        std::mem::take(&mut self.missing)
    }

    /// Shapes a run of text without line ends (they become spaces, as do tabs).
    pub(crate) fn shape(&mut self, text: &str, bold: bool) -> Shaped {
        let mut out = Shaped { text: String::with_capacity(text.len()), units: Vec::with_capacity(text.len() / 2), glyphs: Vec::with_capacity(text.len() / 2) };
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if matches!(c, '\n' | '\t' | '\u{2028}' | '\u{2029}') {
                self.push_single(&mut out, ' ', bold);
                rest = &rest[c.len_utf8()..];
            } else if unpainted(c) {
                rest = &rest[c.len_utf8()..];
            } else if stands_alone(c) && !joined_after(&rest[c.len_utf8()..]) {
                self.push_single(&mut out, c, bold);
                rest = &rest[c.len_utf8()..];
            } else {
                let end = word_end(rest);
                let (word, after) = rest.split_at(end);
                let shaped = self.word(word, bold);
                append(&mut out, &shaped);
                rest = after;
            }
        }
        out
    }

    fn push_single(&mut self, out: &mut Shaped, c: char, bold: bool) {
        let single = self.single(c, bold);
        if single.missing {
            self.missing.insert(c);
        }
        let (start, glyph) = (out.text.len() as u32, out.glyphs.len() as u32);
        out.text.push(c);
        out.glyphs.push(EmGlyph { id: single.glyph, x: 0.0, advance: single.advance });
        out.units.push(Unit {
            text: start..out.text.len() as u32,
            glyphs: glyph..glyph + 1,
            advance: single.advance,
            font: single.font,
            class: class_of(c),
            first: c,
        });
    }

    fn single(&mut self, c: char, bold: bool) -> Single {
        let index = u32::from(c) as usize;
        if let Some(Some(known)) = self.singles[usize::from(bold)].get(index) {
            return *known;
        }
        let found = self.look_up(c, bold).unwrap_or_else(|| {
            let box_ = self.look_up(SUBSTITUTE, bold).unwrap_or(Single { glyph: 0, advance: 1.0, font: if bold { BOLD } else { REGULAR }, missing: true });
            Single { missing: true, ..box_ }
        });
        // rare planes are not worth a table
        if index < 0x1_0000 {
            let table = &mut self.singles[usize::from(bold)];
            if table.len() <= index {
                table.resize(index + 1, None);
            }
            table[index] = Some(found);
        }
        found
    }

    fn look_up(&self, c: char, bold: bool) -> Option<Single> {
        let own = if bold { BOLD } else { REGULAR };
        let (font, glyph) = [own, REGULAR, EMOJI].into_iter().find_map(|f| self.fonts.glyph_for(f, c).map(|g| (f, g)))?;
        Some(Single { glyph, advance: self.fonts.advance(font, glyph) / f32::from(self.fonts.units_per_em(font)), font, missing: false })
    }

    fn word(&mut self, word: &str, bold: bool) -> Arc<Shaped> {
        let key = (bold, word.to_owned());
        if let Some(known) = self.words.get(&key) {
            return Arc::clone(known);
        }
        let shaped = Arc::new(self.shape_word(word, bold));
        if self.words.len() >= MAX_WORDS {
            self.words.clear();
        }
        self.words.insert(key, Arc::clone(&shaped));
        shaped
    }

    fn shape_word(&mut self, word: &str, bold: bool) -> Shaped {
        let families = [FontFamilyName::named("text"), FontFamilyName::named("emoji")];
        let mut builder = self.layouts.ranged_builder(&mut self.context, word, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(Cow::Borrowed(&families))));
        builder.push_default(StyleProperty::FontSize(1.0));
        builder.push_default(StyleProperty::FontWeight(if bold { FontWeight::BOLD } else { FontWeight::NORMAL }));
        if self.proportional {
            builder.push_default(StyleProperty::FontFeatures(FontFeatures::Source(Cow::Borrowed("\"pwid\""))));
        }
        builder.build_into(&mut self.layout, word);
        self.layout.break_all_lines(None);
        let mut out = Shaped::default();
        let mut missing = Vec::new();
        for line in self.layout.lines() {
            for run in line.runs() {
                let font = self.fonts.id_of_blob(run.font().data.id()).unwrap_or(REGULAR);
                for cluster in run.visual_clusters() {
                    let Some(text) = word.get(cluster.text_range()) else { continue };
                    let glyphs: Vec<_> = cluster.glyphs().collect();
                    let first = text.chars().next().unwrap_or(' ');
                    if glyphs.is_empty() {
                        // part of a ligature: its text joins the unit that carries the glyph
                        if let Some(unit) = out.units.last_mut() {
                            out.text.push_str(text);
                            unit.text.end = out.text.len() as u32;
                            unit.advance += cluster.advance();
                        }
                        continue;
                    }
                    let (start, begin) = (out.text.len() as u32, out.glyphs.len() as u32);
                    out.text.push_str(text);
                    let mut pen = 0.0;
                    let lacking = glyphs.iter().any(|g| g.id == 0);
                    if lacking {
                        missing.push((first, out.units.len()));
                    }
                    for g in &glyphs {
                        out.glyphs.push(EmGlyph { id: u16::try_from(g.id).unwrap_or(0), x: pen + g.x, advance: g.advance });
                        pen += g.advance;
                    }
                    out.units.push(Unit {
                        text: start..out.text.len() as u32,
                        glyphs: begin..out.glyphs.len() as u32,
                        advance: cluster.advance(),
                        font,
                        class: class_of(first),
                        first,
                    });
                }
            }
        }
        for (c, index) in missing {
            let single = self.single(c, bold);
            if single.missing {
                self.missing.insert(c);
            }
            if let Some(unit) = out.units.get_mut(index) {
                unit.advance = single.advance;
                unit.font = single.font;
                let range = unit.glyphs.start as usize..unit.glyphs.end as usize;
                unit.glyphs.end = unit.glyphs.start + 1;
                if let Some([g, ..]) = out.glyphs.get_mut(range) {
                    *g = EmGlyph { id: single.glyph, x: 0.0, advance: single.advance };
                }
            }
        }
        out
    }
}

/// Does a joiner, a mark or a selector follow, so that the character before must be shaped with it.
fn joined_after(rest: &str) -> bool {
    rest.chars().next().is_some_and(|c| {
        matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}')
            || (c == '\u{fe0f}' && rest[c.len_utf8()..].starts_with('\u{20e3}'))
    })
}

/// End of the stretch that is shaped together.
fn word_end(text: &str) -> usize {
    let (mut end, mut previous) = (0, ' ');
    for (i, c) in text.char_indices() {
        // joiners and selectors belong to the sign before them; after a letter they are nobody's
        let joiner = matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{e0020}'..='\u{e007f}') && (previous > '\u{2000}' || previous.is_ascii_digit());
        previous = c;
        if i > 0 && !joiner && (unpainted(c) || (stands_alone(c) && !joined_after(&text[i + c.len_utf8()..]))) {
            break;
        }
        end = i + c.len_utf8();
    }
    end
}

fn append(out: &mut Shaped, word: &Shaped) {
    let (text, glyphs) = (out.text.len() as u32, out.glyphs.len() as u32);
    out.text.push_str(&word.text);
    out.glyphs.extend_from_slice(&word.glyphs);
    out.units.extend(word.units.iter().map(|u| Unit {
        text: u.text.start + text..u.text.end + text,
        glyphs: u.glyphs.start + glyphs..u.glyphs.end + glyphs,
        ..u.clone()
    }));
}
