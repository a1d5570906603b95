//! `weight-implausible`: parcels lighter than what was in them, or one weight for most parcels of different goods.
//!
//! Needs bills with weights; for the first also `[facts.goods_weight]` in case.toml (SKU = kilograms). Billed weights are rounded up, so a parcel that is too
//! heavy says nothing. Limits are data (`weight-tolerance-percent`, `same-weight-…`). Source: Douyin asks for the weight to tell real parcels from empty
//! ones (aJoPTsTo7Jmx); the comparison is our own. Cleared by the right number, or by a word about gifts and split parcels.

use super::view::{OrderView, View};
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::record::BillRow;
use crate::model::settings::Fact;
use crate::model::source::FileId;
use crate::text::ids::clean_id;
use crate::text::numbers;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Key of the table of weights in `[facts]`.
const GOODS_WEIGHT: &str = "goods_weight";

/// Both.
pub(super) fn check(view: &View, findings: &mut Findings) {
    let known = goods(view);
    let tolerance = view.measure("weight-tolerance-percent").unwrap_or_default();
    let mut unknown = 0_usize;
    for (i, o) in view.orders.iter().enumerate() {
        // parts of an order in several parcels: only their sum can be compared
        let weighed: Vec<(&FileId, &&BillRow, Decimal)> = o.bills.iter().filter_map(|(f, b)| Some((f, b, b.weighed()?))).collect();
        let parcels: BTreeSet<&str> = weighed.iter().map(|(_, b, _)| b.waybill.as_str()).collect();
        let Some((file, bill, _)) = weighed.first() else { continue };
        let Some(goods) = contents(o, &known) else {
            unknown += usize::from(!o.order.lines.is_empty());
            continue;
        };
        let weight: Decimal = parcels.iter().filter_map(|p| weighed.iter().find(|(_, b, _)| b.waybill == *p).map(|(_, _, w)| *w)).sum();
        if parcels.len() >= o.order.waybills.len() && weight * Decimal::ONE_HUNDRED < goods * (Decimal::ONE_HUNDRED - tolerance) {
            let finding = view.finding(Code::WeightImplausible, i).at(**file, bill.place.clone()).with("waybill", &bill.waybill);
            findings.push(finding.with("weight", weight.normalize()).with("goods", goods.normalize()));
        }
    }
    if unknown > 0 {
        findings.push(Finding::new(Code::NotCheckable).variant("goods-weight").with("count", unknown));
    }
    one_for_all(view, findings);
}

/// SKU → kilograms a piece, as the seller wrote them.
fn goods(view: &View) -> BTreeMap<String, Decimal> {
    let table = view.case.settings.facts.iter().find(|(k, _)| k == GOODS_WEIGHT).map(|(_, f)| f);
    let Some(Fact::Table(table)) = table else { return BTreeMap::new() };
    let number = |fact: &Fact| match fact {
        Fact::Number(n) | Fact::Text(n) => numbers::decimal(n).filter(|w| *w > Decimal::ZERO),
        _ => None,
    };
    table.iter().filter_map(|(sku, fact)| Some((fold(sku), number(fact)?))).collect()
}

/// What the goods of an order weigh, when each line is known.
fn contents(o: &OrderView, known: &BTreeMap<String, Decimal>) -> Option<Decimal> {
    if known.is_empty() || o.order.lines.is_empty() {
        return None;
    }
    o.order.lines.iter().map(|l| Some(known.get(&fold(l.sku.as_deref()?))? * l.quantity?)).sum()
}

/// What one parcel held: codes and pieces, sorted.
type Goods = Vec<(String, Decimal)>;

/// Most parcels of different goods under one weight. Whole and half kilograms are what rounding makes, so there it is only a note.
fn one_for_all(view: &View, findings: &mut Findings) {
    let (Some(least), Some(share)) = (view.measure("same-weight-orders"), view.measure("same-weight-percent")) else { return };
    let mut weights: BTreeMap<Decimal, (usize, BTreeSet<Goods>)> = BTreeMap::new();
    let mut total = 0_usize;
    for o in &view.orders {
        let Some(weight) = o.bills.iter().find_map(|(_, b)| b.weighed()) else { continue };
        let mut goods: Goods =
            o.order.lines.iter().filter_map(|l| Some((fold(l.sku.as_deref().or(l.title.as_deref())?), l.quantity.unwrap_or(Decimal::ONE)))).collect();
        goods.sort();
        if goods.is_empty() {
            continue;
        }
        total += 1;
        let entry = weights.entry(weight).or_default();
        entry.0 += 1;
        entry.1.insert(goods);
    }
    let Some((weight, (count, goods))) = weights.iter().max_by_key(|(w, (n, _))| (*n, std::cmp::Reverse(**w))) else { return };
    let many = Decimal::from(total) >= least && Decimal::from(*count) * Decimal::ONE_HUNDRED >= share * Decimal::from(total);
    if !many || goods.len() < 3 {
        return;
    }
    let finding = Finding::new(Code::WeightImplausible).variant("same").with("count", count).with("total", total);
    let finding = finding.with("weight", weight.normalize()).with("kinds", goods.len());
    let rounded = (weight * Decimal::TWO).fract().is_zero();
    findings.push(if rounded { finding.severity(Severity::Note) } else { finding });
}

fn fold(sku: &str) -> String {
    clean_id(sku).to_uppercase()
}
