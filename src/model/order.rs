//! Orders as the exports tell them.

use super::ids::{OrderId, Waybill};
use super::money::Money;
use super::person::Personal;
use super::source::{FileId, Located, Place};
use super::{Moment, Time};
use crate::text::nicks;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// One flagged main order. An order that stands in no export has only its id.
#[derive(Debug, Clone)]
pub struct Order {
    /// The main order id (the listed id when no export names it).
    pub id: OrderId,
    /// Sub-order ids of it, listed or not.
    pub sub_ids: Vec<OrderId>,
    /// False when no export row names it.
    pub in_export: bool,
    /// The rows that told it, in source order.
    pub rows: Vec<(FileId, Place)>,
    /// The buyer's nick or account.
    pub buyer: Option<Located<Personal>>,
    /// The recipient's name.
    pub recipient: Option<Located<Personal>>,
    /// The recipient's phones.
    pub phones: Vec<Located<Personal>>,
    /// The delivery address (the corrected one when the export has 修改后的收货地址).
    pub address: Option<Located<Personal>>,
    /// When it was placed.
    pub created_at: Option<Located<Moment>>,
    /// The day that its number names, at midnight, where the export tells no time of placing (Pinduoduo); near midnight it can be the next day.
    pub day: Option<Located<Time>>,
    /// When it was paid (the final payment for a pre-sale).
    pub paid_at: Option<Located<Moment>>,
    /// When the seller entered the waybill.
    pub shipped_at: Option<Located<Moment>>,
    /// When the buyer confirmed.
    pub confirmed_at: Option<Located<Moment>>,
    /// What the buyer paid.
    pub amount: Option<Located<Money>>,
    /// What was paid back.
    pub refund: Option<Located<Money>>,
    /// Was anything paid back, by the amount or else by the words of the export; `None` where it tells neither.
    pub refunded: Option<bool>,
    /// The export says that it was never paid.
    pub unpaid: bool,
    /// The export says that it waits for shipment, or that it is closed.
    pub to_ship: bool,
    /// The export says that it was paid at the door.
    pub cash_on_delivery: bool,
    /// Waybills, each once.
    pub waybills: Vec<Located<Waybill>>,
    /// Pieces as an order list tells them, where the goods lines stand in a list of their own.
    pub pieces: Option<Located<Decimal>>,
    /// The goods.
    pub lines: Vec<OrderLine>,
    /// Status words of the platform.
    pub status: Option<Located<String>>,
    /// The seller's remark.
    pub remark: Option<Located<Personal>>,
    /// The buyer's message.
    pub message: Option<Located<Personal>>,
    /// 分阶段订单信息 and the like: not empty for a deposit pre-sale.
    pub stages: Option<Located<String>>,
    /// Its type says that it is a deposit pre-sale.
    pub presale: bool,
}

/// Whose an order is, as far as the export tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Whose<'a> {
    /// The buyer's nick.
    Nick(&'a str),
    /// Recipient and address, where no nick can be read.
    Home(&'a str, &'a str),
}

impl Order {
    /// Whose it is; `None` where neither nick nor home can be read.
    pub fn whose(&self) -> Option<Whose<'_>> {
        fn read(value: Option<&Located<Personal>>) -> Option<&str> {
            value.map(|v| v.value.raw()).filter(|v| nicks::readable(v))
        }
        let home = || Some(Whose::Home(read(self.recipient.as_ref())?, read(self.address.as_ref())?));
        read(self.buyer.as_ref()).map(Whose::Nick).or_else(home)
    }

    /// When it was placed, else paid.
    pub fn placed(&self) -> Option<Moment> {
        self.created_at.as_ref().or(self.paid_at.as_ref()).map(|t| t.value)
    }

    /// When it was placed or paid, else the day that its number names.
    pub fn placed_or_day(&self) -> Option<Moment> {
        self.placed().or(self.day.as_ref().map(|d| Moment::day(d.value)))
    }

    /// Nothing was sent, and nothing was or is to be by what the export says: never paid, paid back, closed, or still waiting for its shipment.
    pub fn unsent(&self) -> bool {
        self.waybills.is_empty() && (self.unpaid || self.refunded == Some(true) || self.to_ship)
    }

    /// A deposit pre-sale, as the export says it: paid in steps, of which [`paid_at`](Self::paid_at) is the last.
    pub fn is_presale(&self) -> bool {
        self.presale || self.stages.as_ref().is_some_and(|stages| !stages.value.trim().is_empty())
    }

    /// When it was paid, else placed.
    pub fn paid(&self) -> Option<Moment> {
        self.paid_at.as_ref().or(self.created_at.as_ref()).map(|t| t.value)
    }
}

/// One line of goods.
#[derive(Debug, Clone)]
pub struct OrderLine {
    /// Sub-order id when the export has one.
    pub sub_id: Option<OrderId>,
    /// The goods' title.
    pub title: Option<String>,
    /// SKU, merchant code or outer id.
    pub sku: Option<String>,
    /// Attribute words (colour, size).
    pub attributes: Option<String>,
    /// Pieces.
    pub quantity: Option<Decimal>,
    /// Price of one piece.
    pub price: Option<Money>,
    /// Where it stands.
    pub file: FileId,
    /// The row.
    pub place: Place,
}

/// One order of the exports in short, flagged or not: what rates and re-use checks need. Rows of one main order are one entry.
#[derive(Debug, Clone)]
pub struct ExportEntry {
    /// Main order id.
    pub id: OrderId,
    /// When it was placed, else paid.
    pub at: Option<Moment>,
    /// The buyer's nick as read; empty when unknown.
    pub buyer: Box<str>,
    /// The address as read; empty when unknown.
    pub address: Box<str>,
    /// Waybill numbers, normalised.
    pub waybills: Vec<Box<str>>,
    /// What the buyer paid, in major units of `currency`.
    pub amount: Option<Decimal>,
    /// ISO 4217 letters of the amount, as [`Money`] has them.
    pub currency: [u8; 3],
    /// Pieces.
    pub pieces: Option<Decimal>,
    /// A refund above zero, or the word for one, stands in the export.
    pub refunded: bool,
    /// The export says that it was never paid.
    pub unpaid: bool,
    /// Where its waybill stands, else its first row.
    pub file: FileId,
    /// That row.
    pub place: Place,
}

/// An order that only a tracking list names, under the number of a flagged order that the same list names as well.
#[derive(Debug, Clone)]
pub struct ListedBeside {
    /// The order as the list writes it.
    pub id: OrderId,
    /// The number, normalised.
    pub waybill: String,
    /// The list.
    pub file: FileId,
    /// The row.
    pub place: Place,
}

impl ExportEntry {
    /// The currency that most orders of the exports were paid in.
    pub fn commonest_currency(export: &[ExportEntry]) -> Option<[u8; 3]> {
        let mut currencies: BTreeMap<[u8; 3], usize> = BTreeMap::new();
        for entry in export.iter().filter(|e| !e.unpaid && e.at.is_some() && e.amount.is_some()) {
            *currencies.entry(entry.currency).or_default() += 1;
        }
        currencies.into_iter().max_by_key(|(_, n)| *n).map(|(currency, _)| currency)
    }
}
