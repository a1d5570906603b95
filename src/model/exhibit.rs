//! Numbered pieces of evidence as the reviewer sees them.

use super::document::Anchor;
use super::file::Kind;
use super::source::{FileId, Place};

/// One exhibit: a file (or its flagged records) under a number.
#[derive(Debug, Clone)]
pub struct Exhibit {
    /// `3-2`: the order's place in the notice and a running number; `S-1` for shared ones.
    pub number: String,
    /// Its file.
    pub file: FileId,
    /// What it is.
    pub kind: Kind,
    /// The orders it speaks for: indices into `Case::orders`, ascending.
    pub orders: Vec<usize>,
    /// For each of `orders`, the places of its records (`Place::Path` or `Whole` for a file of one piece).
    pub places: Vec<Vec<Place>>,
    /// Its name in the list of evidence (证据名称), in the case's language.
    pub title: String,
    /// Where it comes from (证据来源).
    pub source: String,
    /// What it shows (证明目的).
    pub purpose: String,
    /// Where it stands in book or annex.
    pub anchor: Anchor,
    /// The link of at least one order is an inference.
    pub inferred: bool,
}

impl Exhibit {
    /// Does it speak for several orders and stand once for all of them (`S-<n>`).
    pub fn is_shared(&self) -> bool {
        self.number.starts_with("S-")
    }
}

/// One evidence file of the bag, planned before the book is made so that the annex can list what the bag will hold.
#[derive(Debug, Clone)]
pub struct BagFile {
    /// The case file.
    pub file: FileId,
    /// Path inside the bag, `data/…`.
    pub bag_path: String,
    /// SHA-256 of the file as the bag holds it, lower-case hex.
    pub sha256: String,
    /// Its bytes.
    pub bytes: u64,
    /// For an extract: records taken and records of the whole file.
    pub extract: Option<(usize, usize)>,
}
