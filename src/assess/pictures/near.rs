//! Pictures that show the same without being equal to the byte: likely pairs are opened once more and compared pixel by pixel.
//!
//! In: the pictures that speak of one buyer or parcel, of those pairs only that would contradict. Out: the pairs that are one picture. Memory:
//! two decoded pictures a thread, and what [`super::opened`] and the cache keep.

use super::candidates::{self, Candidate, Seen};
use super::data::Rules;
use super::opened::Opened;
use super::reused::{self, Named};
use crate::assess::view::View;
use crate::error::Result;
use crate::media::pixels::cache::PixelCache;
use crate::model::file::Status;
use crate::model::record::Content;
use crate::model::source::FileId;
use rayon::prelude::*;

/// Two files that show one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Same {
    /// The earlier path.
    pub first: FileId,
    /// The later path.
    pub second: FileId,
}

/// Finds them.
///
/// # Errors
/// When the user asked to stop.
pub(super) fn find(view: &View, rules: &Rules, pixels: &PixelCache, named: &Named) -> Result<Vec<Same>> {
    let mut files = Vec::new();
    let mut seen = Vec::new();
    let mut links = Vec::new();
    for (file, of_file) in named.iter().filter(|(f, _)| view.case.file(**f).status != Status::Duplicate && reused::is_evidence(view, rules, **f)) {
        let file = *file;
        if let Content::Picture(info) = &view.case.content(file).content
            && let Some(pixels) = &info.pixels
        {
            files.push(file);
            links.push(of_file.as_slice());
            seen.push(Seen::new(pixels, info.shown_size()));
        }
    }
    let matters = |a: usize, b: usize| links.get(a).zip(links.get(b)).is_some_and(|(a, b)| reused::contradict(a, b));
    let candidates = view.ctx.pool.install(|| candidates::find(&seen, &matters));
    let opened = Opened::new(view, pixels);
    let of_one: Vec<&[Candidate]> = candidates.chunk_by(|a, b| a.larger == b.larger).collect();
    let same: Vec<Result<Vec<Same>>> = view.ctx.pool.install(|| {
        let all = of_one.par_iter().with_max_len(1).map(|candidates| {
            view.ctx.check_cancel()?;
            Ok(confirm(&opened, &files, candidates))
        });
        all.collect()
    });
    pixels.all_compared();
    let mut found = Vec::new();
    for pairs in same {
        found.extend(pairs?);
    }
    found.sort_unstable();
    Ok(found)
}

/// The candidates of one larger picture. One that cannot be read any more is nobody's twin; who reads it next says that it is gone.
fn confirm(pictures: &Opened, files: &[FileId], candidates: &[Candidate]) -> Vec<Same> {
    let file = |picture: usize| files.get(picture).copied();
    let confirmed = candidates.iter().filter_map(|candidate| {
        let (smaller, larger) = (file(candidate.smaller)?, file(candidate.larger)?);
        pictures.is_part_of(smaller, larger, candidate.mapping)?.then_some(Same { first: smaller.min(larger), second: smaller.max(larger) })
    });
    confirmed.collect()
}
