//! What the words of an export's states tell of an order.

use super::Book;
use crate::profile::order_state::{Meant, OrderStates};
use rust_decimal::Decimal;

impl Book<'_> {
    /// Was anything paid back: by the amount, else by the words of the after-sale state, else by those of the order's state where it says so.
    pub(super) fn refunded(&self, rows: &[(usize, usize)]) -> Option<bool> {
        let by_amount = self.refund(rows).map(|r| r.value.amount > Decimal::ZERO);
        let by_words = || {
            let after_sale = self.says(rows, "after_sale", |s| &s.refunded);
            // an after-sale column that is blank for this order tells that there was none
            let told = after_sale.or_else(|| rows.iter().any(|(at, _)| self.export(*at).is_some_and(|e| e.view.has("after_sale"))).then_some(false));
            match self.says(rows, "status", |s| &s.refunded) {
                Some(true) => Some(true),
                _ => told,
            }
        };
        by_amount.or_else(by_words)
    }

    /// Never paid: its state says so, or it is closed, nothing was paid back, and the time of payment is blank where the export has that column.
    pub(super) fn unpaid(&self, rows: &[(usize, usize)]) -> bool {
        let says = |meant: fn(&OrderStates) -> &Meant| self.says(rows, "status", meant) == Some(true);
        let paid = self.first(rows, |v, r| v.moment(r, "paid_at")).is_some();
        let blank = !paid && rows.iter().any(|(at, _)| self.export(*at).is_some_and(|e| e.view.has("paid_at")));
        (says(|s| &s.unpaid) && !paid) || (blank && says(|s| &s.closed) && self.refunded(rows) != Some(true))
    }

    /// Its state says that it waits for shipment, or that it is over.
    pub(super) fn to_ship(&self, rows: &[(usize, usize)]) -> bool {
        let says = |meant: fn(&OrderStates) -> &Meant| self.says(rows, "status", meant) == Some(true);
        says(|s| &s.awaiting) || says(|s| &s.closed)
    }

    /// Does a field of one of an order's rows say so; `None` where all are blank.
    pub(super) fn says(&self, rows: &[(usize, usize)], field: &str, meant: impl Fn(&OrderStates) -> &Meant) -> Option<bool> {
        let states = self.states.as_ref()?;
        let cells = rows.iter().filter_map(|(at, row)| self.export(*at)?.view.text(*row, field));
        cells.fold(None, |said, cell| Some(said == Some(true) || meant(states).said(cell)))
    }
}
