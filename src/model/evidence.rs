//! Links between files and flagged orders, each with its reason.

use super::source::{FileId, Place};
use serde::Serialize;
use std::collections::BTreeSet;

/// What tied a file (or a record of it) to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the contract of design section 2.3")]
pub enum Key {
    Assign,
    OrderId,
    SubOrderId,
    Waybill,
    Nick,
    Phone,
    Recipient,
    SkuQuantityDay,
    AmountTime,
    Title,
    Content,
    Ocr,
    Barcode,
}

impl Key {
    /// The contract's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Key::Assign => "assign",
            Key::OrderId => "order-id",
            Key::SubOrderId => "sub-order-id",
            Key::Waybill => "waybill",
            Key::Nick => "nick",
            Key::Phone => "phone",
            Key::Recipient => "recipient",
            Key::SkuQuantityDay => "sku-quantity-day",
            Key::AmountTime => "amount-time",
            Key::Title => "title",
            Key::Content => "content",
            Key::Ocr => "ocr",
            Key::Barcode => "barcode",
        }
    }
}

/// How sure a link is. Only `Exact` and `Strong` are used by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// A guess worth showing to the seller.
    Weak,
    /// Sure enough to use.
    Strong,
    /// A number that belongs to one order only, or the user's word.
    Exact,
}

/// One reason why a file belongs to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Index into [`super::case::Case::orders`].
    pub order: usize,
    /// The file.
    pub file: FileId,
    /// Where the key stands.
    pub place: Place,
    /// What agreed.
    pub key: Key,
    /// How sure.
    pub strength: Strength,
    /// True when the link is an inference (SKU + quantity + day; nick in a path), to be marked so wherever it is shown.
    pub inferred: bool,
}

/// What matching found: every link, sorted by order, file, place; file statuses are set in the case itself.
#[derive(Debug, Clone, Default)]
pub struct Matching {
    /// All links, weak ones too.
    pub links: Vec<Link>,
    /// What the paths of byte-identical copies say; never used as evidence, only to notice one picture under two buyers' names.
    pub of_duplicates: Vec<Link>,
    /// Files that other cases hand in as well, by file.
    pub elsewhere: Vec<UsedElsewhere>,
}

/// A file of this case that another case hands in, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedElsewhere {
    /// The file here.
    pub file: FileId,
    /// The other case's id.
    pub case: String,
    /// Its path there.
    pub path: String,
    /// Ids of the main orders that it stands for there.
    pub orders: BTreeSet<String>,
    /// Their buyers, as far as known.
    pub buyers: BTreeSet<String>,
}

impl Matching {
    /// All links of one order, weak ones too.
    pub fn of_order(&self, order: usize) -> &[Link] {
        // they are sorted by order
        let (from, to) = (self.links.partition_point(|l| l.order < order), self.links.partition_point(|l| l.order <= order));
        self.links.get(from..to).unwrap_or_default()
    }

    /// The links that may be used (exact and strong) of one order.
    pub fn used(&self, order: usize) -> impl Iterator<Item = &Link> {
        self.of_order(order).iter().filter(|l| l.strength >= Strength::Strong)
    }

    /// All links of one file: looks at every link there is.
    pub fn of_file(&self, file: FileId) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(move |l| l.file == file)
    }
}
