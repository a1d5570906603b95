//! Where everything ended up: the result of layout that statement files, order lists and the manifest quote.

use super::document::{Anchor, PageWords, PartKind};
use std::collections::BTreeMap;

/// Pages of every anchor, final.
#[derive(Debug, Clone, Default)]
pub struct PageMap {
    /// Pages of the book.
    pub book_pages: u32,
    /// Pages of the annex over all volumes.
    pub annex_pages: u32,
    /// First and last page of each annex volume; one entry when it is not split.
    pub volumes: Vec<(u32, u32)>,
    /// Anchor → part and page (from 1; the annex counts over all its volumes).
    pub places: BTreeMap<Anchor, PagePlace>,
    /// Anchor of a section that ends its run of pages → the last of them. A range that ends with such a section ends with its last page.
    pub ends: BTreeMap<Anchor, u32>,
}

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PagePlace {
    /// Book or annex.
    pub part: PartKind,
    /// Page from 1.
    pub page: u32,
}

impl PageMap {
    /// The page in words as seen from `from` (`第 3 页`, `附册 附39`), with the end of a range when it is another page of the same part.
    pub fn words(&self, words: &PageWords, from: PartKind, target: &Anchor, end: Option<&Anchor>) -> Option<String> {
        let place = self.places.get(target)?;
        let last = end.and_then(|e| Some((self.places.get(e)?, e))).filter(|(e, _)| e.part == place.part);
        let last = last.map(|(e, anchor)| self.ends.get(anchor).copied().unwrap_or(e.page)).filter(|page| *page > place.page);
        let n = place.page.to_string();
        Some(match (last, from, place.part) {
            (None, PartKind::Book, PartKind::Book) => words.book.replace("{n}", &n),
            (None, PartKind::Annex, PartKind::Annex) => words.annex.replace("{n}", &n),
            (None, PartKind::Annex, PartKind::Book) => words.to_book.replace("{n}", &n),
            (None, PartKind::Book, PartKind::Annex) => words.to_annex.replace("{n}", &n),
            (Some(e), PartKind::Book, PartKind::Book) => words.book_range.replace("{n}", &n).replace("{m}", &e.to_string()),
            (Some(e), PartKind::Annex, PartKind::Annex) => words.annex_range.replace("{n}", &n).replace("{m}", &e.to_string()),
            (Some(e), PartKind::Annex, PartKind::Book) => words.to_book.replace("{n}", &format!("{n}–{e}")),
            (Some(e), PartKind::Book, PartKind::Annex) => words.to_annex_range.replace("{n}", &n).replace("{m}", &e.to_string()),
        })
    }

    /// The label of the page: `3`, `附39`.
    pub fn label(&self, words: &PageWords, target: &Anchor) -> Option<String> {
        let place = self.places.get(target)?;
        Some(match place.part {
            PartKind::Book => place.page.to_string(),
            PartKind::Annex => format!("{}{}", words.annex_label, place.page),
        })
    }
}
