//! Payments as a payment service lists them.

use super::Time;
use super::ids::OrderId;
use super::source::Place;
use rust_decimal::Decimal;

/// Which way the money went, from the side of whoever exported the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Flow {
    In,
    Out,
    Unknown,
}

/// One line of a payment list.
#[derive(Debug, Clone)]
pub struct PaymentRow {
    /// Platform order numbers: columns of their own, or what an order number in them is wrapped in taken off (`T200P…`).
    pub orders: Vec<OrderId>,
    /// The payment service's own number.
    pub number: Option<String>,
    /// When it was paid; else when it was made.
    pub at: Option<Time>,
    /// Amount in yuan, always positive; [`PaymentRow::flow`] tells the way.
    pub amount: Option<Decimal>,
    /// Refunded of it, in yuan.
    pub refunded: Option<Decimal>,
    /// Which way.
    pub flow: Flow,
    /// The service's state, in its own words (`交易成功`).
    pub state: Option<String>,
    /// The other party, as the list names it.
    pub party: Option<String>,
    /// Goods or remark.
    pub title: Option<String>,
    /// Row.
    pub place: Place,
}
