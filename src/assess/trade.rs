//! What a platform's own statistics see in the flagged orders: `buyer-often`, `quantity-unusual`, `refunds-many`.
//!
//! Needs buyers, quantities and refunds in the exports; of how many flagged orders one of them is missing is said (`not-checkable`). Sources: Douyin 113470 四(1) and Tmall 11000256 name the same buyer
//! often, unreasonable quantities and mass refunds without numbers, so the limits are our own and data (`buyer-often-…`, `unusual-…`, `refunds-many-…`).
//! Cleared by the buyer's own word (a shop, a canteen, a gift list), or by saying what happened.

use super::view::View;
use crate::finding::{Code, Finding, Findings};
use crate::model::order::{ExportEntry, Order};
use crate::model::source::{FileId, Place};
use crate::text::nicks;
use chrono::Duration;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// All three.
pub(super) fn check(view: &View, findings: &mut Findings) {
    buyers(view, findings);
    quantities(view, findings);
    refunds(view, findings);
    not_checkable(view, findings);
}

/// Of how many flagged orders the exports do not tell what a rule asks for.
fn not_checkable(view: &View, findings: &mut Findings) {
    let lacking = |missing: fn(&Order) -> bool| view.case.orders.iter().filter(|o| o.in_export && !o.unpaid && missing(o)).count();
    let mut told = |variant, key: &str, missing: fn(&Order) -> bool| {
        if let Some(count) = view.threshold(key).map(|_| lacking(missing)).filter(|n| *n > 0) {
            findings.push(Finding::new(Code::NotCheckable).variant(variant).with("count", count));
        }
    };
    told("buyer", "buyer-often-orders", |o| !o.buyer.as_ref().is_some_and(|b| nicks::readable(b.value.raw())));
    told("quantity", "unusual-pieces", |o| o.lines.is_empty() || o.lines.iter().any(|l| l.quantity.is_none()));
    if view.case.scenario.as_deref() != Some(REFUNDED) {
        told("refund", "refunds-many-orders", |o| o.refunded.is_none());
    }
}

/// The appeal that says itself that the orders were paid back.
const REFUNDED: &str = "refunded";

/// One finding a buyer: so many orders within so many days, some of them flagged. What was never paid is no trade.
fn buyers(view: &View, findings: &mut Findings) {
    let (Some(least), Some(days)) = (number(view, "buyer-often-orders"), view.threshold("buyer-often-days").map(|t| t.value)) else { return };
    let flagged: HashMap<&str, usize> = view.case.orders.iter().enumerate().map(|(i, o)| (o.id.as_str(), i)).collect();
    let named = || view.case.export.iter().filter(|e| !e.unpaid && nicks::readable(&e.buyer));
    // whoever has no flagged order is nobody's question
    let mut buyers: BTreeMap<&str, Vec<&ExportEntry>> = named().filter(|e| flagged.contains_key(e.id.as_str())).map(|e| (&*e.buyer, Vec::new())).collect();
    for entry in named() {
        if let Some(entries) = buyers.get_mut(&*entry.buyer) {
            entries.push(entry);
        }
    }
    for (buyer, mut entries) in buyers.into_iter().filter(|(_, e)| e.len() >= least) {
        entries.sort_by_key(|e| e.at);
        let within = |w: &[&ExportEntry]| match (w.first().and_then(|e| e.at), w.last().and_then(|e| e.at)) {
            (Some(a), Some(b)) => b.at - a.at <= Duration::days(days),
            _ => false,
        };
        let dense: BTreeSet<&str> = entries.windows(least.max(1)).filter(|w| within(w)).flatten().map(|e| e.id.as_str()).collect();
        let own: Vec<usize> = dense.iter().filter_map(|id| flagged.get(id).copied()).collect();
        let Some(first) = own.iter().min() else { continue };
        let finding = view.finding(Code::BuyerOften, *first).with("buyer", buyer).with("count", dense.len()).with("days", days).with("flagged", own.len());
        // the audit lists each of them
        let finding = finding.with_list("orders", own.iter().filter_map(|i| view.case.orders.get(*i)).map(|o| o.id.as_str()));
        let place = view.orders.get(*first).and_then(|o| o.order.buyer.as_ref()).map(|b| (b.file, b.place.clone()));
        findings.push(located(finding, place));
    }
}

/// Flagged orders of far more pieces than the shop's usual one.
fn quantities(view: &View, findings: &mut Findings) {
    let (Some(least), Some(factor)) = (view.measure("unusual-pieces"), view.measure("unusual-pieces-factor")) else { return };
    let mut all: Vec<Decimal> = view.case.export.iter().filter_map(|e| e.pieces).collect();
    all.sort_unstable();
    let middle = |back: usize| all.len().checked_sub(back).and_then(|n| all.get(n / 2)).copied();
    let Some(usual) = middle(0).zip(middle(1)).map(|(upper, lower)| (upper + lower) / Decimal::TWO) else { return };
    for (i, o) in view.orders.iter().enumerate() {
        let pieces: Option<Decimal> = o.order.lines.iter().map(|l| l.quantity).sum();
        let Some(pieces) = pieces.filter(|p| *p >= least && *p >= usual * factor) else { continue };
        let finding = view.finding(Code::QuantityUnusual, i).with("pieces", pieces.normalize()).with("usual", usual.normalize());
        let place = o.order.lines.iter().max_by_key(|l| l.quantity).map(|l| (l.file, l.place.clone()));
        findings.push(located(finding, place));
    }
}

/// A large part of the flagged orders was paid back. Where that is what the appeal says itself, it is no news.
fn refunds(view: &View, findings: &mut Findings) {
    let (Some(least), Some(share)) = (view.measure("refunds-many-orders"), view.measure("refunds-many-percent")) else { return };
    if view.case.scenario.as_deref() == Some(REFUNDED) {
        return;
    }
    let told: Vec<&Order> = view.case.orders.iter().filter(|o| o.refunded.is_some() && !o.unpaid).collect();
    let refunded = told.iter().filter(|o| o.refunded == Some(true)).count();
    let (n, of) = (Decimal::from(refunded), Decimal::from(told.len()));
    if n >= least && n * Decimal::ONE_HUNDRED >= share * of {
        findings.push(Finding::new(Code::RefundsMany).with("count", refunded).with("total", told.len()));
    }
}

fn number(view: &View, key: &str) -> Option<usize> {
    view.threshold(key).and_then(|t| usize::try_from(t.value).ok())
}

fn located(finding: Finding, place: Option<(FileId, Place)>) -> Finding {
    match place {
        Some((file, place)) => finding.at(file, place),
        None => finding,
    }
}
