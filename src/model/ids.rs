//! Order ids and waybill numbers: text for ever, never numbers.

use super::Moment;
use serde::Serialize;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// An order number as the platform writes it, cleaned of export wrapping (`="…"`, `'`, tabs). Main or sub-order. Shops write `#1001` here and `1001`
/// there: the sign is shown as written and is not part of the number, so the two are equal.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct OrderId(pub Box<str>);

impl OrderId {
    /// Takes an already cleaned id (see [`crate::text::ids::clean_id`]).
    pub fn new(text: impl Into<Box<str>>) -> Self {
        OrderId(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text without the `#` that may stand before it.
    pub fn bare(&self) -> &str {
        self.0.strip_prefix('#').unwrap_or(&self.0)
    }
}

impl PartialEq for OrderId {
    fn eq(&self, other: &Self) -> bool {
        self.bare() == other.bare()
    }
}

impl Eq for OrderId {}

impl Hash for OrderId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bare().hash(state);
    }
}

impl PartialOrd for OrderId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OrderId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bare().cmp(other.bare())
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A waybill number with the carrier as far as it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waybill {
    /// The number, upper-cased, without blanks.
    pub number: String,
    /// The carrier's words in the source (`顺丰速运`).
    pub carrier_text: Option<String>,
    /// The carrier's id in templates/carriers.toml (`shunfeng`), when the words are known.
    pub carrier: Option<String>,
    /// When it was entered, where a row says so of this number alone: parts of an order are sent on different days.
    pub shipped_at: Option<Moment>,
}
