//! The list of orders that comes beside the notice as a file of its own (明细见附件): a table to download, or a text with nothing but numbers.

use super::choose::lines_of;
use super::lines::Extent;
use super::orders::{Listing, Reader};
use super::words::NoticeWords;
use crate::error::Result;
use crate::model::file::{FileEntry, Kind, Status};
use crate::model::ids::OrderId;
use crate::model::record::Recognised;
use crate::model::source::FileId;
use std::collections::BTreeSet;
use std::path::Path;

/// What the list must fit.
pub(super) struct Sought<'a> {
    /// The notice.
    pub file: FileId,
    /// How many orders it states.
    pub stated: Option<u32>,
    /// Its violation number.
    pub number: Option<&'a str>,
    /// What was read in the notice itself.
    pub read: &'a Listing,
    /// Ids of the exports.
    pub known_ids: &'a BTreeSet<OrderId>,
}

/// The one file whose numbers, with those of the notice itself, are as many as the notice states; where it states none, the one that repeats its violation
/// number. Files that are something else already (chats, traces, exports) and numbers that no export knows and no head announces are no list.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn list(files: &[FileEntry], contents: &[Recognised], sought: &Sought<'_>, words: &NoticeWords, root: &Path) -> Result<Option<(FileId, Listing)>> {
    let own: BTreeSet<&OrderId> = sought.read.ids.iter().map(|(id, _)| id).collect();
    let mut found: Vec<(FileId, Listing)> = Vec::new();
    for file in files {
        let other = matches!(file.status, Status::Ignored | Status::Unreadable | Status::Duplicate) || !matches!(file.kind, Kind::Other | Kind::Notice);
        if other || file.id == sought.file || file.path == super::casefile::FILE_NAME {
            continue;
        }
        let lines = lines_of(files, contents, file.id, root, true, Extent::Whole, words)?;
        let listing = Reader::new(words, sought.known_ids, sought.number).read(&lines);
        if listing.ids.is_empty() {
            continue;
        }
        let all = own.iter().copied().chain(listing.ids.iter().map(|(id, _)| id)).collect::<BTreeSet<_>>().len();
        let fits = match sought.stated {
            Some(stated) => all == stated as usize || all + listing.repeated.len() == stated as usize,
            None => sought.number.is_some_and(|number| lines.iter().any(|line| line.text.contains(number))),
        };
        if fits {
            found.push((file.id, listing));
        }
    }
    Ok(if found.len() == 1 { found.pop() } else { None })
}
