//! Page numbers and volumes: counts of pass 1 become the page map that pass 2 prints.

use super::refs::{Digits, Refs, Targets};
use super::{Measured, Shared, chains, measure};
use crate::context::Context;
use crate::error::Result;
use crate::model::document::{Block, PartKind, Section};
use crate::model::pages::{PageMap, PagePlace};
use crate::render::OutputFile;
use crate::render::page::ImageKey;
use crate::render::spread::spread;

/// A volume of the annex holds at most this many pages, or fewer when `[limits] pages` says so: viewers stay quick.
pub(crate) const VOLUME_PAGES: u32 = 1_000;
/// And about so many bytes, unless `[limits] bytes` says less: what mail and upload forms usually still take.
pub(crate) const VOLUME_BYTES: u64 = 200 << 20;
/// Estimates: fonts and frame of a file, a page of text, a rendered PDF page.
const FILE_BASE: u64 = 900_000;
const PAGE_BYTES: u64 = 9_000;
const RENDERED_PAGE: u64 = 450_000;
/// Of a limit that the form sets, so much is used: the estimate may be a little low.
const MARGIN: f64 = 0.94;

/// The counts of pass 1.
pub(crate) struct Counted {
    pub digits: Digits,
    book: Vec<Measured>,
    annex: Vec<Measured>,
}

impl Counted {
    fn of(&self, part: PartKind) -> &[Measured] {
        match part {
            PartKind::Book => &self.book,
            PartKind::Annex => &self.annex,
        }
    }

    /// First page of each chain.
    pub(crate) fn first_pages(&self, part: PartKind) -> Vec<u32> {
        let mut next = 1;
        self.of(part)
            .iter()
            .map(|m| {
                let first = next;
                next += m.pages;
                first
            })
            .collect()
    }

    fn pages(&self, part: PartKind) -> u32 {
        self.of(part).iter().map(|m| m.pages).sum()
    }
}

fn digits(n: u32) -> u32 {
    n.checked_ilog10().unwrap_or(0) + 1
}

/// Pass 1 over both parts, all chains in parallel. Numbers are held as wide as they are thought to become; if there turn out to be more pages or
/// volumes, the pass is run once more with room for them.
///
/// # Errors
/// When the user asked to stop.
pub(crate) fn count(shared: &Shared<'_>, targets: &Targets, ctx: &Context) -> Result<Counted> {
    let least = |kind: PartKind| digits(u32::try_from(chains(shared.part(kind)).len()).unwrap_or(u32::MAX)).max(2);
    let mut room = Digits { book: least(PartKind::Book), annex: least(PartKind::Annex), volumes: 1 };
    loop {
        ctx.check_cancel()?;
        let book = measure_part(shared, targets, room, PartKind::Book, ctx);
        let annex = measure_part(shared, targets, room, PartKind::Annex, ctx);
        let counted = Counted { digits: room, book, annex };
        let needed =
            Digits { book: digits(counted.pages(PartKind::Book)), annex: digits(counted.pages(PartKind::Annex)), volumes: volumes(shared, &counted).len() };
        if needed.book <= room.book && needed.annex <= room.annex && needed.volumes <= room.volumes {
            return Ok(counted);
        }
        // wider numbers and longer lists can only make more pages, so this ends
        room = Digits { book: needed.book.max(room.book), annex: needed.annex.max(room.annex), volumes: needed.volumes.max(room.volumes) };
    }
}

fn measure_part(shared: &Shared<'_>, targets: &Targets, digits: Digits, kind: PartKind, ctx: &Context) -> Vec<Measured> {
    let part = shared.part(kind);
    let refs = Refs { words: &shared.document.meta.words, targets, digits, from: kind, pages: None };
    let all: Vec<&[Section]> = chains(part).into_iter().map(|c| part.sections.get(c).unwrap_or_default()).collect();
    let of = |chain: usize| all.get(chain).copied().unwrap_or_default();
    spread(&ctx.pool, all.len(), |chain| of(chain).iter().flat_map(|s| &s.blocks).map(lines).sum(), |chain| measure(shared, refs, of(chain)))
}

/// About how many lines a block has, rows of tables above all.
fn lines(block: &Block) -> usize {
    if let Block::Table(table) = block { table.rows.len() } else { 1 }
}

/// Fixes volumes and pages.
pub(crate) fn number(shared: &Shared<'_>, counted: &Counted) -> (PageMap, Vec<OutputFile>) {
    let mut map = PageMap { book_pages: counted.pages(PartKind::Book), annex_pages: counted.pages(PartKind::Annex), ..PageMap::default() };
    for part in [PartKind::Book, PartKind::Annex] {
        for (first, chain) in counted.first_pages(part).into_iter().zip(counted.of(part)) {
            for (anchor, page) in &chain.anchors {
                map.places.entry(anchor.clone()).or_insert(PagePlace { part, page: first + page });
            }
        }
        for ((range, first), chain) in chains(shared.part(part)).into_iter().zip(counted.first_pages(part)).zip(counted.of(part)) {
            if let Some(last) = shared.part(part).sections.get(range).and_then(|s| s.last()) {
                map.ends.entry(last.anchor.clone()).or_insert(first + chain.pages.saturating_sub(1));
            }
        }
    }
    let mut files = Vec::new();
    if map.book_pages > 0 {
        files.push(OutputFile { part: PartKind::Book, volume: None, pages: 1..=map.book_pages, chains: 0..counted.book.len() });
    }
    let volumes = volumes(shared, counted);
    let split = volumes.len() > 1;
    for (i, (chains, pages)) in volumes.into_iter().enumerate() {
        map.volumes.push((*pages.start(), *pages.end()));
        files.push(OutputFile { part: PartKind::Annex, volume: split.then_some(i as u32 + 1), pages, chains });
    }
    (map, files)
}

type Volume = (std::ops::Range<usize>, std::ops::RangeInclusive<u32>);

fn volumes(shared: &Shared<'_>, counted: &Counted) -> Vec<Volume> {
    let limits = &shared.case.settings.limits;
    let bytes_limit = limits.bytes.map_or(VOLUME_BYTES, |b| (b as f64 * MARGIN) as u64).min(VOLUME_BYTES);
    let pages_limit = limits.pages.and_then(|p| u32::try_from(p).ok()).unwrap_or(VOLUME_PAGES).clamp(1, VOLUME_PAGES);
    let part = shared.part(PartKind::Annex);
    let may_start: Vec<bool> = chains(part).iter().map(|c| part.sections.get(c.start).is_some_and(|s| s.may_start_volume)).collect();
    let sizes: Vec<(u32, u64)> = counted.annex.iter().map(|m| (m.pages, bytes(shared, m))).collect();
    split(&sizes, &may_start, pages_limit, bytes_limit)
}

/// Estimated bytes of a chain's pages. A picture shown in two chains of a volume is stored once but counted twice: the estimate errs on the safe side.
fn bytes(shared: &Shared<'_>, chain: &Measured) -> u64 {
    let pictures: u64 = chain
        .images
        .iter()
        .map(|key| match key {
            ImageKey::File(file) => shared.case.files.get(file.index()).map_or(0, |f| f.bytes),
            ImageKey::PdfPage(..) => RENDERED_PAGE,
        })
        .sum();
    pictures + u64::from(chain.pages) * PAGE_BYTES
}

/// Splits chains of (pages, bytes) into volumes at chains that may start one: as many stretches between such starts as fit into each volume.
fn split(sizes: &[(u32, u64)], may_start: &[bool], pages_limit: u32, bytes_limit: u64) -> Vec<Volume> {
    let mut out: Vec<Volume> = Vec::new();
    let (mut start, mut first, mut pages, mut bytes) = (0, 1, 0, FILE_BASE);
    let mut i = 0;
    while i < sizes.len() {
        let end = (i + 1..sizes.len()).find(|k| may_start.get(*k).copied().unwrap_or(false)).unwrap_or(sizes.len());
        let (more_pages, more_bytes) = sizes.get(i..end).unwrap_or_default().iter().fold((0, 0), |(p, b), s| (p + s.0, b + s.1));
        if i > start && may_start.get(i).copied().unwrap_or(false) && (pages + more_pages > pages_limit || bytes + more_bytes > bytes_limit) {
            out.push((start..i, first..=first + pages - 1));
            (start, first, pages, bytes) = (i, first + pages, 0, FILE_BASE);
        }
        pages += more_pages;
        bytes += more_bytes;
        i = end;
    }
    if pages > 0 {
        out.push((start..sizes.len(), first..=first + pages - 1));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_split_at_orders_and_go_on_counting() {
        let sizes = [(2, 0), (3, 0), (3, 0), (1, 0), (3, 0)];
        let may = [false, true, true, false, true];
        let v = split(&sizes, &may, 5, u64::MAX);
        assert_eq!(v, [(0..2, 1..=5), (2..4, 6..=9), (4..5, 10..=12)], "a continuation stays with its order");
        assert_eq!(split(&sizes, &may, 100, u64::MAX), [(0..5, 1..=12)]);
        assert!(split(&[], &[], 5, 5).is_empty());
    }

    #[test]
    fn volumes_split_by_bytes_and_one_order_too_large_stands_alone() {
        let sizes = [(1, 10 << 20), (1, 300 << 20), (1, 10 << 20), (1, 10 << 20)];
        let v = split(&sizes, &[true; 4], 1000, 100 << 20);
        assert_eq!(v, [(0..1, 1..=1), (1..2, 2..=2), (2..4, 3..=4)]);
    }
}
