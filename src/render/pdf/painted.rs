//! Pages on their way into a file: each group is laid out, painted into compressed streams and dropped, so that memory holds the pages of a few
//! groups and not of a volume.
//!
//! Glyphs keep the ids of the whole font in the streams. Which of them the file uses is known only at the end; the cut font is then tied to these ids
//! by a CIDToGIDMap (ISO 32000-1, 9.7.4.2), and no page need be kept or laid out again for it.

use super::content;
use super::file::deflate;
use crate::model::document::Anchor;
use crate::render::fonts::Fonts;
use crate::render::page::{FontId, ImageKey, Item, LinkArea, OutlineEntry, Page};
use crate::render::spread::spread;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// Pages in a group of pages that are all there.
const GROUP: usize = 16;

/// Gives the pages of a file, group by group. Groups are asked for once each, from several threads.
pub trait PageSource: Sync {
    /// How many groups there are.
    fn groups(&self) -> usize;
    /// About how many pages a group has.
    fn size(&self, group: usize) -> usize;
    /// The pages of a group, in order; groups follow one another.
    fn pages(&self, group: usize) -> Cow<'_, [Page]>;
}

impl PageSource for Vec<Page> {
    fn groups(&self) -> usize {
        self.len().div_ceil(GROUP)
    }

    fn size(&self, group: usize) -> usize {
        GROUP.min(self.len().saturating_sub(group * GROUP))
    }

    fn pages(&self, group: usize) -> Cow<'_, [Page]> {
        let from = group * GROUP;
        Cow::Borrowed(self.get(from..(from + GROUP).min(self.len())).unwrap_or_default())
    }
}

/// What is left of a page when it is painted.
pub struct PaintedPage {
    /// Its content stream, deflated.
    pub stream: Vec<u8>,
    /// Fonts it uses.
    pub fonts: BTreeSet<FontId>,
    /// Pictures it shows.
    pub pictures: BTreeSet<ImageKey>,
    /// As laid out.
    pub links: Vec<LinkArea>,
    /// As laid out.
    pub anchors: Vec<(Anchor, f32)>,
    /// As laid out.
    pub outline: Vec<OutlineEntry>,
}

/// All pages of a file, painted.
pub struct Painted {
    /// In order.
    pub pages: Vec<PaintedPage>,
    /// Glyphs that the file uses, by ids of the whole font.
    pub glyphs: Glyphs,
}

/// Glyphs by font, ids of the whole font.
pub type Glyphs = BTreeMap<FontId, BTreeMap<u16, GlyphFacts>>;

/// What painting needs to know of a glyph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GlyphFacts {
    /// Advance in units of the font's em.
    pub width: u16,
    /// Advance in thousandths of the type size, exactly as printpdf writes it into /W: readers move by this.
    pub advance: i64,
    /// The one character that copying the glyph gives; `None` for ligatures and variants, whose text always stands beside them.
    pub text: Option<char>,
}

/// Looks glyphs up, each once, and remembers which were asked for.
pub struct Used<'f> {
    fonts: &'f Fonts,
    glyphs: Glyphs,
}

impl<'f> Used<'f> {
    fn new(fonts: &'f Fonts) -> Self {
        Used { fonts, glyphs: Glyphs::new() }
    }

    /// The facts of a glyph, which counts as used from now on.
    pub fn glyph(&mut self, font: FontId, id: u16) -> GlyphFacts {
        let fonts = self.fonts;
        *self.glyphs.entry(font).or_default().entry(id).or_insert_with(|| {
            let width = fonts.advance(font, id).round() as u16;
            let advance = (f32::from(width) * 1000.0 / f32::from(fonts.units_per_em(font))) as i64;
            GlyphFacts { width, advance, text: fonts.character_of(font, id) }
        })
    }
}

/// The name of a font in the pages' resources.
pub fn font_name(font: FontId) -> String {
    format!("F{}", font.0)
}

/// The name of a picture in the pages' resources: from what it is, so that a page can be painted before the others are known.
pub fn picture_name(key: ImageKey) -> String {
    match key {
        ImageKey::File(file) => format!("I{:06}", u64::from(file.0) + 1),
        ImageKey::PdfPage(file, page) => format!("I{:06}P{:04}", u64::from(file.0) + 1, u64::from(page) + 1),
    }
}

/// Paints all groups on all threads of the pool.
pub fn paint(source: &dyn PageSource, fonts: &Fonts, pool: &rayon::ThreadPool) -> Painted {
    // a sum of sets: the order in which groups end does not show
    let glyphs = Mutex::new(Glyphs::new());
    let one = |i: usize| {
        let (pages, used) = group(&source.pages(i), fonts);
        let mut all = glyphs.lock().unwrap_or_else(PoisonError::into_inner);
        for (font, list) in used {
            all.entry(font).or_default().extend(list);
        }
        pages
    };
    let groups: Vec<Vec<PaintedPage>> = spread(pool, source.groups(), |i| source.size(i), one);
    let mut pages = Vec::with_capacity(groups.iter().map(Vec::len).sum());
    pages.extend(groups.into_iter().flatten());
    Painted { pages, glyphs: glyphs.into_inner().unwrap_or_else(PoisonError::into_inner) }
}

fn group(pages: &[Page], fonts: &Fonts) -> (Vec<PaintedPage>, Glyphs) {
    let mut used = Used::new(fonts);
    let one = |page: &Page| PaintedPage {
        stream: deflate(&content::stream(page, &mut used)),
        fonts: page.items.iter().filter_map(font_of).collect(),
        pictures: page.items.iter().filter_map(picture_of).collect(),
        links: page.links.clone(),
        anchors: page.anchors.clone(),
        outline: page.outline.clone(),
    };
    let painted = pages.iter().map(one).collect();
    (painted, used.glyphs)
}

fn font_of(item: &Item) -> Option<FontId> {
    match item {
        Item::Glyphs(run) if !run.glyphs.is_empty() => Some(run.font),
        _ => None,
    }
}

fn picture_of(item: &Item) -> Option<ImageKey> {
    match item {
        Item::Picture { image, .. } => Some(*image),
        _ => None,
    }
}
