//! References to pages: resolved where pages are known, else as wide as they may become.

use super::Type;
use crate::error::{Error, Result};
use crate::model::document::{Anchor, Block, Document, Inline, Inlines, PageWords, Part, PartKind, RefText, Style, Theme};
use crate::model::pages::{PageMap, PagePlace};
use crate::render::text::Span;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Which part each anchor lies in.
pub(crate) type Targets = BTreeMap<Anchor, PartKind>;

/// How many digits page numbers may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digits {
    pub book: u32,
    pub annex: u32,
    /// Volumes of the annex there is room for in lists of them.
    pub volumes: usize,
}

/// Turns references into text, seen from a part.
#[derive(Clone, Copy)]
pub(crate) struct Refs<'a> {
    pub words: &'a PageWords,
    pub targets: &'a Targets,
    pub digits: Digits,
    /// The part that is being set.
    pub from: PartKind,
    /// Pass 2: the pages, and those of the file being written (links lead inside a file only).
    pub pages: Option<(&'a PageMap, &'a RangeInclusive<u32>)>,
}

impl Refs<'_> {
    /// Spans of a text.
    pub(crate) fn spans(&self, text: &Inlines, base: Type, theme: &Theme) -> Vec<Span> {
        let mut out = Vec::with_capacity(text.len());
        let mut new_line = false;
        for inline in text {
            match inline {
                Inline::Break => new_line = true,
                Inline::Text(t, style) => {
                    // line ends inside a text are line ends on paper
                    for (i, line) in t.split('\n').enumerate() {
                        new_line |= i > 0;
                        if !line.is_empty() {
                            out.push(Span {
                                text: line.trim_end_matches('\r').to_owned(),
                                new_line: std::mem::take(&mut new_line),
                                atomic: style.whole,
                                ..styled(*style, base, theme)
                            });
                        }
                    }
                }
                Inline::Ref { target, end, show, style } => {
                    let link = self.links_to(target).then(|| target.clone());
                    let style = Style { ink: style.ink || self.targets.get(target) == Some(&self.from), ..*style };
                    let (text, reserve, atomic) = match show {
                        RefText::Text(t) => (t.clone(), None, t.chars().count() <= 12),
                        RefText::Page => {
                            let widest = self.widest(target, end.as_ref());
                            (
                                self.pages.and_then(|(p, _)| p.words(self.words, self.from, target, end.as_ref())).unwrap_or_else(|| widest.clone()),
                                Some(widest),
                                true,
                            )
                        }
                        RefText::Label => {
                            let widest = self.widest_label(target);
                            (self.label(target), Some(widest), true)
                        }
                    };
                    out.push(Span { text, reserve, atomic, link, new_line: std::mem::take(&mut new_line), ..styled(style, base, theme) });
                }
            }
        }
        out
    }

    /// The label of a page, or the widest one as long as pages are unknown.
    pub(crate) fn label(&self, target: &Anchor) -> String {
        self.pages.and_then(|(p, _)| p.label(self.words, target)).unwrap_or_else(|| self.widest_label(target))
    }

    /// The label with the most digits.
    pub(crate) fn widest_label(&self, target: &Anchor) -> String {
        self.placeholder(target, None).label(self.words, target).unwrap_or_default()
    }

    fn widest(&self, target: &Anchor, end: Option<&Anchor>) -> String {
        self.placeholder(target, end).words(self.words, self.from, target, end).unwrap_or_default()
    }

    /// A map in which the target stands on the widest page and a range ends one page later.
    fn placeholder(&self, target: &Anchor, end: Option<&Anchor>) -> PageMap {
        let part = self.targets.get(target).copied().unwrap_or(self.from);
        let digits = if part == PartKind::Book { self.digits.book } else { self.digits.annex };
        let page = (0..digits).fold(0_u32, |n, _| n * 10 + 8);
        let mut map = PageMap::default();
        if let Some(end) = end {
            map.places.insert(end.clone(), PagePlace { part, page: page + 1 });
            map.ends.insert(end.clone(), page + 1);
        }
        map.places.insert(target.clone(), PagePlace { part, page });
        map
    }

    /// The volume being written, from 1, and how many there are; none when the annex is one file.
    pub(crate) fn volume(&self) -> Option<(usize, usize)> {
        let (map, file) = self.pages.filter(|_| self.from == PartKind::Annex)?;
        let at = map.volumes.iter().position(|(first, _)| first == file.start())?;
        (map.volumes.len() > 1).then_some((at + 1, map.volumes.len()))
    }

    /// The sentence that says which pages of the annex stand in which volume; the numbers as wide as they may become. None when there is one volume.
    pub(crate) fn volumes(&self, base: Type) -> Option<Vec<Span>> {
        let count = self.digits.volumes;
        if count < 2 {
            return None;
        }
        let plain = |text: &str| Span { text: text.to_owned(), bold: base.bold, size: base.size, color: base.color, ..Span::default() };
        let entry = |v: usize, n: &str, m: &str| {
            let pages = self.words.annex_range.replace("{n}", n).replace("{m}", m);
            self.words.volume_entry.replace("{v}", &v.to_string()).replace("{pages}", &pages)
        };
        let widest = "8".repeat(self.digits.annex as usize);
        let sentence = self.words.volumes.replace("{of}", &count.to_string());
        let (before, after) = sentence.split_once("{list}").unwrap_or((&sentence, ""));
        let mut out = vec![plain(before)];
        for v in 1..=count {
            let reserve = entry(v, &widest, &widest);
            let shown = self.pages.and_then(|(map, _)| map.volumes.get(v - 1)).map(|(first, last)| entry(v, &first.to_string(), &last.to_string()));
            if v > 1 {
                out.push(plain(&self.words.volumes_between));
            }
            out.push(Span { reserve: Some(reserve.clone()), atomic: true, ..plain(shown.as_deref().unwrap_or(&reserve)) });
        }
        out.push(plain(after));
        Some(out)
    }

    /// Is the target in the file being written.
    pub(crate) fn links_to(&self, target: &Anchor) -> bool {
        self.pages.is_some_and(|(map, file)| map.places.get(target).is_some_and(|p| p.part == self.from && file.contains(&p.page)))
    }
}

fn styled(style: Style, base: Type, theme: &Theme) -> Span {
    let small = theme.small_pt / theme.body_pt.max(1.0);
    let color = match style {
        Style { ink: true, .. } => theme.ink,
        Style { muted: true, .. } => theme.muted,
        _ => base.color,
    };
    Span { bold: base.bold || style.bold, size: if style.small { (base.size * small).max(6.0) } else { base.size }, color, ..Span::default() }
}

/// Collects every anchor of the document (the first of several that bear one name) and makes sure that every reference has its target.
///
/// # Errors
/// For a reference to nowhere, named with the template line of its section.
pub(crate) fn targets(document: &Document) -> Result<Targets> {
    let mut targets = Targets::new();
    let mut references = Vec::new();
    for (kind, part) in [(PartKind::Book, &document.book), (PartKind::Annex, &document.annex)] {
        walk(part, &mut |section, what| match what {
            Found::Target(a) => {
                targets.entry(a.clone()).or_insert(kind);
            }
            Found::Reference(a) => references.push((a.clone(), part.sections.get(section).and_then(|s| s.origin.clone()))),
        });
    }
    for (anchor, origin) in references {
        if !targets.contains_key(&anchor) {
            let place = origin.map(|(file, line)| format!("{file}:{line}")).unwrap_or_default();
            let name = anchor.0;
            return Err(Error::new(
                format!("引用的位置“{name}”在书和附册里都不存在（{place} 起的一节）"),
                format!("reference to \"{name}\", which is in neither book nor annex (section that begins at {place})"),
            )
            .hint(
                "检查模板里 page(…)、pages(…) 写的名字，或这一节是否漏写",
                "check the name given to page(…) in the template, or whether the section it means was left out",
            ));
        }
    }
    Ok(targets)
}

enum Found<'a> {
    Target(&'a Anchor),
    Reference(&'a Anchor),
}

fn walk<'a>(part: &'a Part, found: &mut dyn FnMut(usize, Found<'a>)) {
    for (i, section) in part.sections.iter().enumerate() {
        found(i, Found::Target(&section.anchor));
        walk_blocks(&section.blocks, &mut |f| found(i, f));
    }
}

fn walk_blocks<'a>(blocks: &'a [Block], found: &mut dyn FnMut(Found<'a>)) {
    for block in blocks {
        match block {
            Block::Heading { text, anchor, .. } => {
                walk_text(text, found);
                anchor.iter().for_each(|a| found(Found::Target(a)));
            }
            Block::Paragraph { text, .. } | Block::Callout { text, .. } => walk_text(text, found),
            Block::List { items, .. } => items.iter().for_each(|b| walk_blocks(b, found)),
            Block::Facts { pairs, .. } => pairs.iter().for_each(|(_, value, source)| {
                walk_text(value, found);
                walk_text(source, found);
            }),
            Block::Quote { blocks, .. } | Block::Together(blocks) => walk_blocks(blocks, found),
            Block::Table(t) => t.rows.iter().for_each(|row| {
                row.anchor.iter().for_each(|a| found(Found::Target(a)));
                row.cells.iter().for_each(|c| walk_text(c, found));
            }),
            Block::Figure(f) => walk_figure(f, found),
            Block::Gallery(list) => list.iter().for_each(|f| walk_figure(f, found)),
            Block::Target(a) => found(Found::Target(a)),
            Block::DayChart(_)
            | Block::Tiles(_)
            | Block::Timeline(_)
            | Block::Signature(_)
            | Block::Contents { .. }
            | Block::Volumes
            | Block::PageBreak
            | Block::Rule => {}
        }
    }
}

fn walk_figure<'a>(figure: &'a crate::model::document::Figure, found: &mut dyn FnMut(Found<'a>)) {
    figure.anchor.iter().for_each(|a| found(Found::Target(a)));
    walk_text(&figure.caption, found);
}

fn walk_text<'a>(text: &'a Inlines, found: &mut dyn FnMut(Found<'a>)) {
    for inline in text {
        if let Inline::Ref { target, end, .. } = inline {
            found(Found::Reference(target));
            end.iter().for_each(|e| found(Found::Reference(e)));
        }
    }
}
