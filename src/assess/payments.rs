//! What a payment list says was paid and refunded, against what the exports say of the same order: `amount-differs`.
//!
//! Needs a payment list whose rows name one order each, and an export with the amount (or the refund). Our own check; a reviewer compares line by line.
//! Orders paid by several rows (deposit and rest, split payments), rows that pay several orders or one sub-order only, and a shortfall that a fee explains
//! are not judged. Cleared by a word about discount, postage or refund, or by the right list.

use super::view::{OrderView, View};
use crate::finding::{Code, Finding, Findings};
use crate::model::evidence::Key;
use crate::model::money::Money;
use crate::model::record::{Flow, PaymentRow};
use crate::model::source::{FileId, Located, Place};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A row of a list with the flagged orders it is tied to.
type Rows<'a> = HashMap<(FileId, &'a Place), &'a PaymentRow>;

/// Each order against the rows of each list that names it.
pub(super) fn check(view: &View, findings: &mut Findings) {
    let files = view.case.files.iter().filter(|f| f.same_as.is_none());
    let rows: Rows = files.flat_map(|f| view.case.content(f.id).content.payments().into_iter().map(move |r| ((f.id, &r.place), r))).collect();
    if rows.is_empty() {
        return;
    }
    let mut owners: HashMap<(FileId, &Place), HashSet<usize>> = HashMap::new();
    for (i, o) in view.orders.iter().enumerate() {
        o.links.iter().for_each(|l| {
            owners.entry((l.file, &l.place)).or_default().insert(i);
        });
    }
    let fee = view.measure("payment-fee-percent").unwrap_or_default();
    for (i, o) in view.orders.iter().enumerate() {
        for (file, own) in own_rows(o, &rows) {
            let shared = own.iter().any(|r| owners.get(&(file, &r.place)).is_some_and(|orders| orders.len() > 1));
            let received: Vec<&PaymentRow> = own.iter().filter(|r| r.flow != Flow::Out).copied().collect();
            let (false, [row]) = (shared, received.as_slice()) else { continue };
            let report = |findings: &mut Findings, said: &Located<Money>, listed: Decimal, variant| {
                let finding = view.finding(Code::AmountDiffers, i).variant(variant).at(file, row.place.clone());
                findings.push(told(view, finding, said, listed).with("file", view.path(file)));
            };
            if let (Some(said), Some(listed)) = (yuan(&o.order.amount), row.amount)
                && !agrees(said.value.amount, listed, fee)
            {
                report(findings, said, listed, "paid");
            }
            // what went out in rows of its own may be the refund
            if let (Some(said), Some(listed), true) = (yuan(&o.order.refund), row.refunded, own.len() == 1)
                && said.value.amount != listed
            {
                report(findings, said, listed, "refund");
            }
        }
    }
}

/// The rows of each list that name this order, or the only part it has.
fn own_rows<'a>(o: &OrderView<'a>, rows: &Rows<'a>) -> BTreeMap<FileId, Vec<&'a PaymentRow>> {
    let mut own: BTreeMap<FileId, Vec<&PaymentRow>> = BTreeMap::new();
    let named = |key: Key| key == Key::OrderId || key == Key::SubOrderId && o.order.sub_ids.len() <= 1;
    for link in o.links.iter().filter(|l| named(l.key)) {
        let Some(&row) = rows.get(&(link.file, &link.place)) else { continue };
        let list = own.entry(link.file).or_default();
        if !list.iter().any(|r| std::ptr::eq(*r, row)) {
            list.push(row);
        }
    }
    own
}

fn yuan(money: &Option<Located<Money>>) -> Option<&Located<Money>> {
    money.as_ref().filter(|m| m.value.currency == *b"CNY")
}

/// The same, or less by no more than a payment service may keep.
fn agrees(paid: Decimal, listed: Decimal, fee_percent: Decimal) -> bool {
    let short = paid - listed;
    short.is_zero() || short > Decimal::ZERO && paid.checked_mul(fee_percent).is_some_and(|most| short * Decimal::ONE_HUNDRED <= most)
}

fn told(view: &View, finding: Finding, said: &Located<Money>, listed: Decimal) -> Finding {
    let row = match &said.place {
        Place::Row(n) | Place::SheetRow(_, n) | Place::Line(n) => *n,
        _ => 1,
    };
    let finding = finding.with("order_amount", format!("{:.2}", said.value.amount)).with("amount", format!("{listed:.2}"));
    finding.with("order_file", view.path(said.file)).with("order_row", row)
}

#[cfg(test)]
mod tests {
    use super::agrees;
    use rust_decimal::Decimal;

    #[test]
    fn a_fee_explains_a_little_less_and_nothing_else() {
        let (paid, fee) = (Decimal::new(8900, 2), Decimal::new(6, 0));
        for (listed, fits) in [(8900, true), (8450, true), (8300, false), (8901, false), (89, false), (17800, false)] {
            assert_eq!(agrees(paid, Decimal::new(listed, 2), fee), fits, "{listed}");
        }
    }
}
