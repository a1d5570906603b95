//! The lists of orders of a notice that comes as several files: its other pages, and the list beside it (明细见附件): a table to download, or a text with
//! nothing but numbers.

use super::choose::lines_of;
use super::lines::{self, Extent};
use super::orders::{Listing, Reader};
use super::words::NoticeWords;
use crate::error::Result;
use crate::model::case_file::is_case_file;
use crate::model::file::{FileEntry, Kind, Status};
use crate::model::ids::OrderId;
use crate::model::record::Recognised;
use crate::model::source::FileId;
use std::collections::BTreeSet;
use std::path::Path;

/// What the lists must fit, and where they are looked for.
pub(super) struct Beside<'a> {
    /// Further pages and copies of the notice.
    pub pages: &'a [FileId],
    /// How many orders the notice states.
    pub stated: Option<u32>,
    /// Its violation number.
    pub number: Option<&'a str>,
    /// Ids of the exports.
    pub known_ids: &'a BTreeSet<OrderId>,
    pub files: &'a [FileEntry],
    pub contents: &'a [Recognised],
    pub root: &'a Path,
    pub words: &'a NoticeWords,
}

impl Beside<'_> {
    /// The notice's own list, those of its pages, and, where these are fewer orders than it states, the list beside it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) fn all(&self, own: (FileId, Listing)) -> Result<Vec<(FileId, Listing)>> {
        let mut lists = vec![own];
        for page in self.pages {
            let lines = lines::cleaned(self.lines(*page)?, self.words, self.known_ids);
            lists.push((*page, Reader::new(self.words, self.known_ids, self.number).read(&lines)));
        }
        let read: BTreeSet<&OrderId> = lists.iter().flat_map(|(_, list)| list.ids.iter().map(|(id, _)| id)).collect();
        if self.stated.map_or(read.is_empty(), |n| read.len() < n as usize)
            && let Some(list) = self.list(&read, lists.first().map(|(file, _)| *file))?
        {
            lists.push(list);
        }
        Ok(lists)
    }

    fn lines(&self, file: FileId) -> Result<Vec<lines::Line>> {
        lines_of(self.files, self.contents, file, self.root, true, Extent::Whole, self.words)
    }

    /// The one file whose numbers, with those `read` already, are as many as the notice states; where it states none, the one that repeats its violation
    /// number. Files that are something else already (chats, traces, exports) and numbers that no export knows and no head announces are no list.
    fn list(&self, read: &BTreeSet<&OrderId>, notice: Option<FileId>) -> Result<Option<(FileId, Listing)>> {
        let mut found: Vec<(FileId, Listing)> = Vec::new();
        for file in self.files {
            let other = matches!(file.status, Status::Ignored | Status::Unreadable | Status::Duplicate) || !matches!(file.kind, Kind::Other | Kind::Notice);
            if other || notice == Some(file.id) || self.pages.contains(&file.id) || is_case_file(&file.path) {
                continue;
            }
            let lines = self.lines(file.id)?;
            let listing = Reader::new(self.words, self.known_ids, self.number).read(&lines);
            if listing.ids.is_empty() {
                continue;
            }
            let all = read.iter().copied().chain(listing.ids.iter().map(|(id, _)| id)).collect::<BTreeSet<_>>().len();
            let fits = match self.stated {
                Some(stated) => all == stated as usize || all + listing.repeated.len() == stated as usize,
                None => self.number.is_some_and(|number| lines.iter().any(|line| line.text.contains(number))),
            };
            if fits {
                found.push((file.id, listing));
            }
        }
        Ok(if found.len() == 1 { found.pop() } else { None })
    }
}
