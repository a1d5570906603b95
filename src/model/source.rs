//! Where a value comes from: the file, and a compact place inside it. Every value printed in the book can be traced back through these.

use serde::{Serialize, Serializer};
use std::fmt;

/// A file of the case: its index in [`crate::model::case::Case::files`], which is sorted by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FileId(pub u32);

impl FileId {
    /// The index as `usize`.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A place inside a file, free of any language. Rows and lines count from 1 as a person sees them in Excel or an editor (the header is row 1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Place {
    /// The whole file.
    #[default]
    Whole,
    /// The file's own path (names of files and folders).
    Path,
    /// A table row; the sheet is named when the file has several.
    Row(u32),
    /// A row of a named sheet.
    SheetRow(Box<str>, u32),
    /// A line of text.
    Line(u32),
    /// A page of a document.
    Page(u32),
    /// A JSON pointer (RFC 6901), or an XPath-like path for XML.
    Pointer(Box<str>),
}

impl Place {
    /// Is this place the record's, or inside it (`/3/data/0` in `/3`)? Only pointers have an inside.
    pub fn is_inside(&self, record: &Place) -> bool {
        match (self, record) {
            (Place::Pointer(p), Place::Pointer(r)) => p == r || p.strip_prefix(&**r).is_some_and(|rest| rest.starts_with(['/', '[', '#'])),
            (a, b) => a == b,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => f.write_str("file"),
            Place::Path => f.write_str("path"),
            Place::Row(n) => write!(f, "row {n}"),
            Place::SheetRow(sheet, n) => write!(f, "{sheet} row {n}"),
            Place::Line(n) => write!(f, "line {n}"),
            Place::Page(n) => write!(f, "page {n}"),
            Place::Pointer(p) => f.write_str(p),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// A value with the file and place it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value itself.
    pub value: T,
    /// The file it stands in.
    pub file: FileId,
    /// The place inside the file.
    pub place: Place,
}

impl<T> Located<T> {
    /// Ties `value` to its origin.
    pub fn new(value: T, file: FileId, place: Place) -> Self {
        Located { value, file, place }
    }

    /// The same origin with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Located<U> {
        Located { value: f(self.value), file: self.file, place: self.place }
    }
}
