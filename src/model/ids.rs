//! Order ids and waybill numbers: text for ever, never numbers.

use serde::Serialize;
use std::fmt;

/// An order number as the platform writes it, cleaned of export wrapping (`="…"`, `'`, tabs). Main or sub-order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
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
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A waybill number with the carrier as far as it was said.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Waybill {
    /// The number, upper-cased, without blanks.
    pub number: String,
    /// The carrier's words in the source (`顺丰速运`).
    pub carrier_text: Option<String>,
    /// The carrier's id in templates/carriers.toml (`shunfeng`), when the words are known.
    pub carrier: Option<String>,
}
