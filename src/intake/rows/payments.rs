//! Lines of payment lists. The trader's order number is the platform's, sometimes wrapped (`T200P351234…`).

use crate::intake::cells::View;
use crate::intake::layout::Layout;
use crate::model::ids::OrderId;
use crate::model::record::{Flow, PaymentRow};
use crate::text::{ids, numbers};
use rust_decimal::Decimal;

/// A run of digits of this length inside a trader's number is an order number of its own.
const LONG_DIGITS: usize = 15;

/// One line; `None` for what has no amount and no number (titles, totals).
pub(super) fn row(view: View<'_>, layout: &Layout, row: usize) -> Option<PaymentRow> {
    let column = |field: &str| view.number(row, field);
    let (amount, flow) = match (column("amount"), column("amount_in"), column("amount_out")) {
        (Some(amount), ..) => (Some(amount), flow(view, layout, row, amount)),
        (None, Some(received), _) if !received.is_zero() => (Some(received), Flow::In),
        (None, _, Some(paid)) if !paid.is_zero() => (Some(paid), Flow::Out),
        (None, received, paid) => (received.or(paid), Flow::Unknown),
    };
    let orders = orders(view, row);
    let number = view.id(row, "payment_no").map(std::borrow::Cow::into_owned);
    let at = view.time(row, "date");
    if amount.is_none() || (orders.is_empty() && number.is_none() && at.is_none()) {
        return None;
    }
    let state = view.string(row, "status");
    Some(PaymentRow {
        orders,
        number,
        at,
        amount: amount.map(|a| a.abs()),
        refunded: column("refund").or_else(|| refunded(state.as_deref()?)).map(|r| r.abs()),
        flow,
        state,
        party: view.string(row, "party"),
        title: view.string(row, "title").or_else(|| view.string(row, "remark")),
        place: view.table.place(row),
    })
}

fn flow(view: View<'_>, layout: &Layout, row: usize, amount: Decimal) -> Flow {
    let said = view.text(row, "flow").unwrap_or("");
    if layout.says("in", said) {
        Flow::In
    } else if layout.says("out", said) || amount.is_sign_negative() {
        Flow::Out
    } else {
        Flow::Unknown
    }
}

/// Every order number of the row, plain and unwrapped.
fn orders(view: View<'_>, row: usize) -> Vec<OrderId> {
    let mut found: Vec<OrderId> = Vec::new();
    for id in ["order_id", "main_order_id", "sub_order_id"].into_iter().flat_map(|f| view.columns_of(f)).map(|c| ids::clean_id(view.table.cell(row, c))) {
        if !crate::intake::cells::is_id(&id) {
            continue;
        }
        let wrapped = ids::digit_runs(&id).into_iter().map(|(_, digits)| digits).filter(|d| d.len() >= LONG_DIGITS && *d != id);
        for id in wrapped.chain([id.clone()]).map(OrderId::new) {
            if !found.contains(&id) {
                found.push(id);
            }
        }
    }
    found
}

/// `已退款(￥10.00)`: what a state says of a refund.
fn refunded(state: &str) -> Option<Decimal> {
    let narrow = crate::text::width::narrow(state);
    let (_, inside) = narrow.strip_suffix(')')?.rsplit_once('(')?;
    narrow.contains('退').then(|| numbers::decimal(inside)).flatten()
}
