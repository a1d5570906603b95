//! Quantities and goods of one order across the exports and the stock tables: `quantity-differs`.
//!
//! Needs an order list that tells the pieces beside a list of goods lines, or stock rows that name the order and a SKU. Our own check; a reviewer compares
//! line by line. The pieces that left the stock have a code of their own (`stock-quantity-differs`). Cleared by the right row, or by a word about split
//! parcels and gifts.

use super::view::View;
use crate::finding::{Code, Findings};
use crate::text::ids::clean_id;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Pieces of the list against the goods lines; goods that left the stock against those ordered.
pub(super) fn quantities(view: &View, findings: &mut Findings) {
    let fold = |s: &str| clean_id(s).to_uppercase();
    // an ERP may know goods by other codes than the platform: only a code that the exports use as well tells of a mix-up
    let known: BTreeSet<String> = view.case.orders.iter().flat_map(|o| &o.lines).filter_map(|l| l.sku.as_deref()).map(fold).collect();
    for (i, o) in view.orders.iter().enumerate() {
        let lines: Option<Decimal> = o.order.lines.iter().map(|l| l.quantity).sum();
        if let (Some(listed), Some(lines)) = (&o.order.pieces, lines.filter(|l| *l > Decimal::ZERO))
            && listed.value != lines
        {
            let finding = view.finding(Code::QuantityDiffers, i).at(listed.file, listed.place.clone());
            findings.push(finding.with("listed", listed.value.normalize()).with("lines", lines.normalize()));
        }
        let own: BTreeSet<String> = o.order.lines.iter().filter_map(|l| l.sku.as_deref()).map(fold).collect();
        let complete = !own.is_empty() && o.order.lines.iter().all(|l| l.sku.is_some());
        let foreign = o.movements.iter().filter(|(_, m, inferred)| complete && !inferred && m.out > Decimal::ZERO).find_map(|(file, m, _)| {
            let sku = m.sku.as_deref().map(fold)?;
            (known.contains(&sku) && !own.contains(&sku)).then_some((*file, m, sku))
        });
        if let Some((file, movement, sku)) = foreign {
            let finding = view.finding(Code::QuantityDiffers, i).variant("goods").at(file, movement.place.clone());
            findings.push(finding.with("sku", sku).with_list("ordered", own));
        }
    }
}
