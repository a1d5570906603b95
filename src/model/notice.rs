//! What the platform's notice says.

use super::ids::OrderId;
use super::source::FileId;
use super::source::Located;
use super::{Moment, Time};

/// A violation notice as read, with the user's corrections from case.toml already applied. Unknown fields are `None`, never "".
#[derive(Debug, Clone, Default)]
pub struct Notice {
    /// The file it was read from; `None` when everything comes from case.toml.
    pub file: Option<FileId>,
    /// Further files of it: its other pages, a second copy, the list that came beside it (明细见附件).
    pub more_files: Vec<FileId>,
    /// The violation number (违规编号).
    pub number: Option<String>,
    /// Platform id found in the notice's words (templates/platforms).
    pub platform: Option<String>,
    /// The violation's words as printed (`虚假交易`).
    pub violation_text: Option<String>,
    /// The violation's id in the platform data (`fake-transaction`).
    pub violation: Option<String>,
    /// When the shop received it.
    pub received: Option<Moment>,
    /// Until when an appeal is possible.
    pub deadline: Option<Time>,
    /// Where the deadline comes from.
    pub deadline_source: Option<DeadlineSource>,
    /// The deadline is local to a place abroad whose zone nobody names: [`deadline`](Self::deadline) reads it as +08:00 and may be off by most of a day.
    pub zone_unknown: bool,
    /// The number of orders that the notice states (共7笔).
    pub stated_count: Option<u32>,
    /// Order ids as listed, each once, in the notice's order; main or sub-orders.
    pub order_ids: Vec<Located<OrderId>>,
    /// Ids that were listed more than once.
    pub repeated: Vec<OrderId>,
}

impl Notice {
    /// Is a file the notice, or one of its further files?
    pub fn is_of(&self, file: FileId) -> bool {
        self.files().any(|own| own == file)
    }

    /// The notice's file and its further files.
    pub fn files(&self) -> impl Iterator<Item = FileId> {
        self.file.into_iter().chain(self.more_files.iter().copied())
    }

    /// The earliest moment that the deadline can be, on which tasks are safe.
    pub fn earliest_deadline(&self) -> Option<Time> {
        self.deadline.map(|d| super::trace::earliest(d, self.zone_unknown))
    }

    /// The latest moment that the deadline can be: a day later than [`deadline`](Self::deadline) when it was counted from a receipt of which only the day is
    /// known, later too where its zone is unknown, else the same.
    pub fn latest_deadline(&self) -> Option<Time> {
        let counted = matches!(self.deadline_source, Some(DeadlineSource::Relative { .. } | DeadlineSource::Platform { .. }));
        let slack = self.received.filter(|_| counted).map_or(chrono::Duration::zero(), |r| r.latest() - r.at);
        self.deadline.map(|d| super::trace::latest(d + slack, self.zone_unknown))
    }
}

/// Where a deadline comes from; printed with it in private reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeadlineSource {
    /// Stated in the notice.
    Stated,
    /// "within N days of receipt" in the notice, counted from the receipt.
    Relative {
        /// Days counted.
        days: u32,
    },
    /// The platform's rule, with its source from the platform data.
    Platform {
        /// Rule id and date.
        source: String,
    },
    /// case.toml.
    User,
}
