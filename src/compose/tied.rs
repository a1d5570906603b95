//! The records of a file, found by what ties them to an order. A bill or a workbook of traces speaks for thousands of orders: asked for each of them, it is
//! gone through once.

use crate::model::exhibit::Exhibit;
use crate::model::ids::OrderId;
use crate::model::order::Order;
use crate::model::record::{BillRow, Chat, Content, PaymentRow, StockMovement, Trace};
use crate::model::source::Place;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

/// What a record names, and what an order is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Tie<'a> {
    /// The number of a parcel.
    Waybill(&'a str),
    /// An order's or a sub-order's number.
    Id(&'a OrderId),
    /// Who talks or buys.
    Buyer(&'a str),
    /// Where the record stands.
    Place(&'a Place),
}

/// Records in the file's order, and which of them name what.
pub(super) struct Tied<'a, T> {
    records: Vec<&'a T>,
    by: HashMap<Tie<'a>, Vec<usize>>,
}

impl<'a, T> Tied<'a, T> {
    fn of<I: IntoIterator<Item = Tie<'a>>>(records: Vec<&'a T>, ties: impl Fn(&'a T) -> I) -> Self {
        let mut by: HashMap<Tie<'a>, Vec<usize>> = HashMap::new();
        for (n, record) in records.iter().enumerate() {
            ties(record).into_iter().for_each(|tie| by.entry(tie).or_default().push(n));
        }
        Tied { records, by }
    }

    /// All of them.
    pub(super) fn all(&self) -> &[&'a T] {
        &self.records
    }

    /// Those that have at least one of the ties, in the file's order, each once.
    pub(super) fn with<'q>(&self, ties: impl IntoIterator<Item = Tie<'q>>) -> Vec<&'a T>
    where
        'a: 'q,
    {
        let by: &HashMap<Tie<'q>, Vec<usize>> = &self.by;
        let found: BTreeSet<usize> = ties.into_iter().filter_map(|tie| by.get(&tie)).flatten().copied().collect();
        found.into_iter().filter_map(|n| self.records.get(n).copied()).collect()
    }
}

/// The records of one exhibit by kind, each gone through when first asked for.
pub(super) struct Records<'a> {
    content: &'a Content,
    bills: OnceCell<Tied<'a, BillRow>>,
    traces: OnceCell<Tied<'a, Trace>>,
    chats: OnceCell<Tied<'a, Chat>>,
    movements: OnceCell<Tied<'a, StockMovement>>,
    payments: OnceCell<Tied<'a, PaymentRow>>,
}

impl<'a> Records<'a> {
    pub(super) fn of(content: &'a Content) -> Self {
        let (bills, traces, chats, movements, payments) = Default::default();
        Records { content, bills, traces, chats, movements, payments }
    }

    /// Rows of bills, by waybill and place.
    pub(super) fn bills(&self) -> &Tied<'a, BillRow> {
        self.bills.get_or_init(|| Tied::of(self.content.bill_rows(), |row| [Tie::Waybill(&row.waybill), Tie::Place(&row.place)]))
    }

    /// Traces, by waybill, order and place.
    pub(super) fn traces(&self) -> &Tied<'a, Trace> {
        let ties = |trace: &'a Trace| [Tie::Waybill(&trace.waybill), Tie::Place(&trace.place)].into_iter().chain(trace.order.as_ref().map(Tie::Id));
        self.traces.get_or_init(|| Tied::of(self.content.traces(), ties))
    }

    /// Conversations, by buyer and the places of their messages.
    pub(super) fn chats(&self) -> &Tied<'a, Chat> {
        let places = |chat: &'a Chat| std::iter::once(&chat.place).chain(chat.messages.iter().map(|m| &m.place)).map(Tie::Place);
        self.chats.get_or_init(|| Tied::of(self.content.chats(), |chat| places(chat).chain(chat.buyer.as_deref().map(Tie::Buyer))))
    }

    /// Stock movements, by order, waybill and place.
    pub(super) fn movements(&self) -> &Tied<'a, StockMovement> {
        let named = |row: &'a StockMovement| row.order.as_ref().map(Tie::Id).into_iter().chain(row.waybill.as_deref().map(Tie::Waybill));
        self.movements.get_or_init(|| Tied::of(self.content.stock_movements(), |row| named(row).chain([Tie::Place(&row.place)])))
    }

    /// Payments, by order.
    pub(super) fn payments(&self) -> &Tied<'a, PaymentRow> {
        self.payments.get_or_init(|| Tied::of(self.content.payments(), |row| row.orders.iter().map(Tie::Id)))
    }
}

/// The parcels of an order.
pub(super) fn waybills(order: &Order) -> impl Iterator<Item = Tie<'_>> {
    order.waybills.iter().map(|w| Tie::Waybill(&w.value.number))
}

/// The numbers of an order, those of its sub-orders too.
pub(super) fn ids(order: &Order) -> impl Iterator<Item = Tie<'_>> {
    std::iter::once(&order.id).chain(&order.sub_ids).map(Tie::Id)
}

/// The places of an order's records in an exhibit.
pub(super) fn places(exhibit: &Exhibit, order: usize) -> &[Place] {
    exhibit.orders.binary_search(&order).ok().and_then(|i| exhibit.places.get(i)).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_in_the_files_order_and_once() {
        let trace = |(waybill, n): (&str, u32)| Trace { waybill: waybill.to_owned(), place: Place::Row(n), ..Trace::default() };
        let content = Content::Traces(["A", "B", "A", "C"].into_iter().zip(2..).map(trace).collect());
        let records = Records::of(&content);
        let found = |ties: &[Tie<'_>]| records.traces().with(ties.iter().copied()).iter().map(|t| t.place.clone()).collect::<Vec<_>>();
        assert_eq!(found(&[Tie::Place(&Place::Row(5)), Tie::Waybill("A"), Tie::Place(&Place::Row(2))]), [Place::Row(2), Place::Row(4), Place::Row(5)]);
        assert_eq!(found(&[Tie::Buyer("A"), Tie::Waybill("D")]), []);
    }
}
