//! The case: everything known before matching and judging.

use super::Lang;
use super::Time;
use super::file::{FileEntry, Status};
use super::notice::Notice;
use super::order::{ExportEntry, ListedBeside, Order};
use super::record::{Content, Recognised};
use super::settings::CaseSettings;
use super::source::FileId;
use std::path::PathBuf;

/// A listed id of the notice and the order it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The id as listed.
    pub id: super::ids::OrderId,
    /// Index into [`Case::orders`].
    pub order: usize,
    /// True when the id is a sub-order of that order.
    pub is_sub: bool,
}

/// One case, read.
#[derive(Debug, Clone)]
pub struct Case {
    /// Safe id, at most 40 of [A-Za-z0-9._-].
    pub id: String,
    /// The folder; never printed into upload/ or bundle/.
    pub root: PathBuf,
    /// case.toml.
    pub settings: CaseSettings,
    /// Platform id (templates/platforms), from case.toml or the notice; never guessed from an export.
    pub platform: Option<String>,
    /// Violation id.
    pub violation: Option<String>,
    /// Scenario id.
    pub scenario: Option<String>,
    /// Language of upload/ and bundle/.
    pub language: Lang,
    /// The moment the run takes as now: terminal, tasks, private/.
    pub now: Time,
    /// The date printed in upload/ and bundle/: --now, SOURCE_DATE_EPOCH, as_of, else the notice's receipt. Never the wall clock.
    pub document_date: Option<Time>,
    /// Every file, in path order.
    pub files: Vec<FileEntry>,
    /// What is inside them, index for index.
    pub contents: Vec<Recognised>,
    /// The notice.
    pub notice: Notice,
    /// Distinct flagged main orders, in the notice's order.
    pub orders: Vec<Order>,
    /// The listed ids, in the notice's order.
    pub listed: Vec<Listed>,
    /// All orders of the exports in short, in source order.
    pub export: Vec<ExportEntry>,
    /// Orders of tracking lists that stand in no export and carry a flagged order's number.
    pub listed_beside: Vec<ListedBeside>,
    /// The shop's name as the exports tell it.
    pub shop: Option<String>,
}

impl Case {
    /// The entry of a file. Ids come from this very case, so the index holds.
    pub fn file(&self, id: FileId) -> &FileEntry {
        &self.files[id.index()]
    }

    /// What was recognised in a file.
    pub fn content(&self, id: FileId) -> &Recognised {
        &self.contents[id.index()]
    }

    /// Can a reviewer open the file: it was read, is whole and asks for no password. What he cannot open proves nothing to him.
    pub fn opens(&self, id: FileId) -> bool {
        let whole = match &self.content(id).content {
            Content::Picture(info) => info.broken.is_none(),
            Content::Pdf(info) => !info.encrypted,
            _ => true,
        };
        whole && self.file(id).status != Status::Unreadable
    }

    /// The listed ids of each order, index for index with `orders`.
    pub fn listed_by_order(&self) -> Vec<Vec<&Listed>> {
        let mut by_order: Vec<Vec<&Listed>> = vec![Vec::new(); self.orders.len()];
        for listed in &self.listed {
            if let Some(own) = by_order.get_mut(listed.order) {
                own.push(listed);
            }
        }
        by_order
    }

    /// Each order's place in the notice, from 1, index for index with `orders`: `g` of the exhibit numbers `<g>-<n>`.
    pub fn places_in_notice(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (1..=self.orders.len()).collect();
        // where an order is listed several times the first one counts
        for (i, listed) in self.listed.iter().enumerate().rev() {
            if let Some(place) = places.get_mut(listed.order) {
                *place = i + 1;
            }
        }
        places
    }
}
