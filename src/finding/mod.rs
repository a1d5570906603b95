//! What was *found*: coded, located, with severity. Words are made from the language files, so a finding has parameters, not sentences.

mod code;
mod sink;

pub use code::Code;
pub use sink::{Acceptance, Findings};

use crate::model::source::{FileId, Place};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Not ready to submit.
    Error,
    /// Should be looked at.
    Warning,
    /// Worth knowing.
    Note,
    /// Good news.
    Ok,
}

impl Severity {
    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
            Severity::Ok => "ok",
        }
    }
}

/// Stands between the items of a list in a parameter (U+001F, the information separator made for it) until the message is put in words.
pub(crate) const BETWEEN: char = '\u{1f}';

/// One finding. Message and hint come from `templates/lang/<lang>/findings-*.toml` under `[<code>]` (`message`, `hint`), or
/// `message-<variant>` / `hint-<variant>` when a variant is set (falling back to the plain ones); `{name}` is replaced by the parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub code: Code,
    /// Severity after platform data, case.toml and `--strict`.
    pub severity: Severity,
    /// The flagged order concerned: index into `Case::orders`.
    pub order: Option<usize>,
    /// The id to show, also for orders that are no flagged main order.
    pub order_id: Option<String>,
    /// The file concerned.
    pub file: Option<FileId>,
    /// The place in it.
    pub place: Option<Place>,
    /// Variant of the message.
    pub variant: Option<&'static str>,
    /// Values for the message.
    pub params: Vec<(&'static str, String)>,
    /// The user's reason for which a warning became a note (`[[accept]]`).
    pub accepted: Option<String>,
    /// Only `--strict` made it an error.
    pub raised: bool,
}

impl Finding {
    /// A finding of `code` with its default severity.
    pub fn new(code: Code) -> Self {
        Finding {
            code,
            severity: code.default_severity(),
            order: None,
            order_id: None,
            file: None,
            place: None,
            variant: None,
            params: Vec::new(),
            accepted: None,
            raised: false,
        }
    }

    /// Concerns this flagged order.
    #[must_use]
    pub fn order(mut self, order: usize, id: impl Into<String>) -> Self {
        self.order = Some(order);
        self.order_id = Some(id.into());
        self
    }

    /// Concerns an id that is no flagged main order (a listed id that stands in no export, say).
    #[must_use]
    pub fn order_id(mut self, id: impl Into<String>) -> Self {
        self.order_id = Some(id.into());
        self
    }

    /// Stands in this file.
    #[must_use]
    pub fn file(mut self, file: FileId) -> Self {
        self.file = Some(file);
        self
    }

    /// At this place.
    #[must_use]
    pub fn at(mut self, file: FileId, place: Place) -> Self {
        self.file = Some(file);
        self.place = Some(place);
        self
    }

    /// A variant of the message.
    #[must_use]
    pub fn variant(mut self, variant: &'static str) -> Self {
        self.variant = Some(variant);
        self
    }

    /// A value for `{name}`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    /// A list; the language of the message says what stands between its items.
    #[must_use]
    pub fn with_list<T: AsRef<str>>(self, name: &'static str, items: impl IntoIterator<Item = T>) -> Self {
        let mut text = String::new();
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                text.push(BETWEEN);
            }
            text.push_str(item.as_ref());
        }
        self.with(name, text)
    }

    /// The first `most` items of a list, with … when there are more.
    #[must_use]
    pub fn with_first<T: AsRef<str>>(self, name: &'static str, most: usize, items: &[T]) -> Self {
        let shown = items.iter().take(most).enumerate();
        self.with_list(name, shown.map(|(i, item)| format!("{}{}", item.as_ref(), if i + 1 == most && items.len() > most { " …" } else { "" })))
    }

    /// Another severity than the code's own (e.g. the same buyer at the same address makes an error a warning).
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}
