//! Document to PDF: fonts, layout, painting. The only place that imports parley, subsetter, printpdf and writes with lopdf.

mod dump;
pub mod fonts;
pub mod image;
mod layout;
mod originals;
pub mod page;
pub mod pdf;
pub mod raster;
#[cfg(test)]
mod sample;
mod spool;
mod spread;
#[cfg(test)]
mod tests;
mod text;

pub use dump::dump;

use crate::context::Context;
use crate::digest::Digests;
use crate::error::Result;
use crate::finding::{Code, Finding, Findings};
use crate::model::case::Case;
use crate::model::document::{Document, PartKind};
use crate::model::pages::PageMap;
use crate::model::source::FileId;
use fonts::Fonts;
use layout::{Shared, numbering, refs};
use originals::Originals;
use page::{ImageKey, Page};
use pdf::PageSource;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What was written.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Where everything ended up.
    pub pages: PageMap,
    /// The files: the book, then the annex or its volumes.
    pub files: Vec<RenderedFile>,
}

/// One PDF.
#[derive(Debug, Clone)]
pub struct RenderedFile {
    /// Book or annex.
    pub part: PartKind,
    /// Which volume of the annex, from 1; `None` when it is not split.
    pub volume: Option<u32>,
    /// Where it lies.
    pub path: PathBuf,
    /// Its length and digests.
    pub digests: Digests,
}

/// Originals of which some were looked at before the document was there.
pub struct Ahead<'a>(Originals<'a>);

/// Reads the long screenshots among `files` and finds where they may be cut, which needs no document: it may run while the document is composed. They
/// wait in `out_dir` until they are painted.
///
/// # Errors
/// A picture that cannot be read any more, or changed; what waits cannot be written; when the user asked to stop.
pub fn look_ahead<'a>(case: &'a Case, files: impl Iterator<Item = FileId>, out_dir: &Path, ctx: &Context) -> Result<Ahead<'a>> {
    let mut originals = Originals::new(case, Some(out_dir));
    originals.look_ahead(files, ctx)?;
    Ok(Ahead(originals))
}

/// Lays the document out and writes `<case-id>.pdf` and `<case-id>-annex.pdf` (or `-annex-vol1.pdf` …) into `out_dir`. A part without sections
/// gives no file. Characters that no font has and pictures that turn out damaged are findings. The document's sections are gone when its pages are painted:
/// pictures need their memory.
///
/// # Errors
/// A reference to nowhere (named with the template's line); an original that changed since it was checked; a file that cannot be written; when the
/// user asked to stop.
pub fn render(document: &mut Document, case: &Case, ahead: Ahead<'_>, out_dir: &Path, ctx: &Context, findings: &mut Findings) -> Result<Rendered> {
    ctx.progress.stage("layout", 0);
    let fonts = Fonts::load(&ctx.profile)?;
    let Ahead(originals) = ahead;
    let mut files = Vec::new();
    let mut not_shown: BTreeSet<FileId> = BTreeSet::new();
    let mut painted = Vec::new();
    let (pages, missing) = lay_out(document, case, ctx, &fonts, &originals, &mut |file, pages| {
        ctx.progress.stage("paint", 0);
        painted.push((file.clone(), pdf::paint(pages, &fonts, &ctx.pool)));
        Ok(())
    })?;
    for part in [&mut document.book, &mut document.annex] {
        part.sections = Vec::new();
    }
    for (file, painted) in painted {
        ctx.check_cancel()?;
        let path = out_dir.join(file.name(&case.id));
        let (label_prefix, title) = match file.part {
            PartKind::Book => ("", &document.meta.title),
            PartKind::Annex => (document.meta.words.annex_label.as_str(), &document.meta.title),
        };
        // every file of a document has an identity of its own
        let identity = format!("{}/{}", document.meta.identity, file.name(""));
        let job = pdf::PdfJob {
            title,
            lang: document.meta.lang,
            date: document.meta.date,
            identity: &identity,
            label_prefix,
            first_label: *file.pages.start(),
            pool: &ctx.pool,
        };
        let written = pdf::write(&job, painted, &originals, &fonts, &path)?;
        not_shown.extend(written.not_shown.into_iter().map(|k| match k {
            ImageKey::File(f) | ImageKey::PdfPage(f, _) => f,
        }));
        files.push(RenderedFile { part: file.part, volume: file.volume, path, digests: written.digests });
    }
    originals.finish()?;
    if !missing.is_empty() {
        let characters: Vec<String> = missing.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        findings.push(Finding::new(Code::GlyphMissing).with("count", characters.len()).with("characters", characters.join(" ")));
    }
    for file in not_shown {
        let name = case.files.get(file.index()).map(|f| f.path.clone()).unwrap_or_default();
        findings.push(Finding::new(Code::PictureBroken).file(file).with("name", name));
    }
    Ok(Rendered { pages, files })
}

/// One of the files to be written.
#[derive(Debug, Clone, PartialEq)]
struct OutputFile {
    part: PartKind,
    volume: Option<u32>,
    /// Its pages, as they are numbered.
    pages: RangeInclusive<u32>,
    /// Its chains.
    chains: std::ops::Range<usize>,
}

impl OutputFile {
    fn name(&self, case_id: &str) -> String {
        match (self.part, self.volume) {
            (PartKind::Book, _) => format!("{case_id}.pdf"),
            (PartKind::Annex, None) => format!("{case_id}-annex.pdf"),
            (PartKind::Annex, Some(n)) => format!("{case_id}-annex-vol{n}.pdf"),
        }
    }
}

/// Both passes. `write` gets each file's pages as a source that lays a chain out when it is asked for it.
fn lay_out(
    document: &Document,
    case: &Case,
    ctx: &Context,
    fonts: &Arc<Fonts>,
    originals: &Originals<'_>,
    write: &mut dyn FnMut(&OutputFile, &dyn PageSource) -> Result<()>,
) -> Result<(PageMap, BTreeSet<char>)> {
    let targets = refs::targets(document)?;
    let long = originals.long_pictures(document, ctx)?;
    let shared = Shared { document, case, fonts: Arc::clone(fonts), long, shapers: Mutex::new(Vec::new()), missing: Mutex::new(BTreeSet::new()) };
    let counted = numbering::count(&shared, &targets, ctx)?;
    let (map, files) = numbering::number(&shared, &counted);
    for file in &files {
        ctx.check_cancel()?;
        let pages = Some((&map, &file.pages));
        let chains = FileChains {
            shared: &shared,
            refs: refs::Refs { words: &document.meta.words, targets: &targets, digits: counted.digits, from: file.part, pages },
            part: file.part,
            chains: layout::chains(shared.part(file.part)),
            firsts: counted.first_pages(file.part),
            within: file.chains.clone(),
            of: if file.part == PartKind::Book { map.book_pages } else { map.annex_pages },
        };
        write(file, &chains)?;
    }
    let missing = shared.missing.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok((map, missing))
}

/// Pass 2 of one file: a group of pages is a chain, laid out when its turn comes.
struct FileChains<'a> {
    shared: &'a Shared<'a>,
    refs: refs::Refs<'a>,
    part: PartKind,
    /// All chains of the part.
    chains: Vec<std::ops::Range<usize>>,
    /// First page of each.
    firsts: Vec<u32>,
    /// Those of this file.
    within: std::ops::Range<usize>,
    /// Pages of the part.
    of: u32,
}

impl PageSource for FileChains<'_> {
    fn groups(&self) -> usize {
        self.within.len()
    }

    fn size(&self, group: usize) -> usize {
        let first = |chain: usize| self.firsts.get(chain).copied().unwrap_or(self.of + 1);
        let chain = self.within.start + group;
        first(chain + 1).saturating_sub(first(chain)) as usize
    }

    fn pages(&self, group: usize) -> Cow<'_, [Page]> {
        let chain = self.within.start + group;
        let range = self.chains.get(chain).cloned().unwrap_or_default();
        let sections = self.shared.part(self.part).sections.get(range).unwrap_or_default();
        layout::pages(self.shared, self.refs, sections, self.firsts.get(chain).copied().unwrap_or(1), self.of).into()
    }
}

/// The page map and the pages of each part.
pub type LaidOut = (PageMap, Vec<(PartKind, Vec<Page>)>);

/// The pages of all files, laid out but not painted: for tests and for measuring.
///
/// # Errors
/// As [`render`], writing apart.
pub fn pages_of(document: &Document, case: &Case, ctx: &Context) -> Result<LaidOut> {
    let fonts = Fonts::load(&ctx.profile)?;
    let originals = Originals::new(case, None);
    let mut parts: BTreeMap<PartKind, Vec<Page>> = BTreeMap::new();
    let (map, _) = lay_out(document, case, ctx, &fonts, &originals, &mut |file, source| {
        let laid: Vec<Cow<'_, [Page]>> = ctx.pool.install(|| (0..source.groups()).into_par_iter().map(|i| source.pages(i)).collect());
        parts.entry(file.part).or_default().extend(laid.into_iter().flat_map(Cow::into_owned));
        Ok(())
    })?;
    Ok((map, parts.into_iter().collect()))
}
