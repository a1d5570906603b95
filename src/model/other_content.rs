//! Content of files that are neither tables nor pictures: text documents (Word, OFD, mail) and films.

use super::record::InvoiceRow;
use super::source::Place;

/// A document as text; the file itself is what counts.
#[derive(Debug, Clone)]
pub struct TextDocument {
    /// What it is.
    pub form: DocumentForm,
    /// Its text: lines ([`Place::Line`], a paragraph is a line) or pages ([`Place::Page`]); blank ones are left out.
    pub parts: Vec<(Place, String)>,
    /// The invoice that it is, where its fields are written beside the pages.
    pub invoice: Option<InvoiceRow>,
}

/// Forms of text documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the forms' own names")]
pub enum DocumentForm {
    Word,
    Ofd,
    Mail,
}

/// A video or sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Film {
    /// Length in milliseconds, where the file's head says it.
    pub milliseconds: Option<u64>,
}
