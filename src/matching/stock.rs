//! Stock tables: by order number in a column or a remark, else by waybill, else by SKU + quantity + day, which is an inference and says so.

use super::index::{Hit, Index};
use super::records::Collector;
use super::texts::Keys;
use crate::intake::orders;
use crate::model::case::Case;
use crate::model::evidence::{Key, Strength};
use crate::model::order::Order;
use crate::model::record::{StockCount, StockMovement};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Orders that fit one row by SKU, quantity and day are listed up to here when more than one does.
const MOST_CANDIDATES: usize = 5;

/// SKU, pieces and a day.
pub(super) type Parcel = (String, Decimal, NaiveDate);

/// Links of an outbound table.
pub(super) fn movements(case: &Case, keys: &Keys, rows: &[StockMovement], out: &mut Collector) {
    let index = keys.index();
    let mut unnamed: Vec<(&StockMovement, Parcel)> = Vec::new();
    for row in rows {
        let hits = named(index, row);
        if !hits.is_empty() {
            hits.into_iter().for_each(|h| out.hit(h, &row.place));
        } else if row.order.is_none()
            && row.waybill.is_none()
            && row.out > Decimal::ZERO
            && let (Some(sku), Some(at)) = (&row.sku, row.at)
        {
            unnamed.push((row, (fold(sku), row.out.normalize(), at.date_naive())));
        }
    }
    if unnamed.is_empty() {
        return;
    }
    let orders = parcels(case);
    let mut repeats: HashMap<&Parcel, usize> = HashMap::new();
    unnamed.iter().for_each(|(_, p)| *repeats.entry(p).or_default() += 1);
    for (row, parcel) in &unnamed {
        let Some(candidates) = orders.get(parcel) else { continue };
        // two equal rows for one order are as unclear as one row for two orders, flagged or not
        let sure = candidates.len() == 1 && repeats.get(parcel) == Some(&1) && !keys.others_sent(parcel);
        let strength = if sure { Strength::Strong } else { Strength::Weak };
        for &order in candidates.iter().take(MOST_CANDIDATES) {
            out.push(order, Key::SkuQuantityDay, strength, &row.place, true);
        }
    }
}

/// The order number in its column, every number in the remark, else the waybill.
fn named(index: &Index, row: &StockMovement) -> Vec<Hit> {
    let mut hits: Vec<Hit> = row.order.as_ref().and_then(|id| index.id(id)).into_iter().collect();
    if let Some(remark) = &row.remark {
        hits.extend(index.scan(remark));
    }
    if hits.is_empty()
        && let Some(waybill) = &row.waybill
    {
        hits.extend(index.waybill(waybill));
    }
    hits.sort_unstable();
    hits.dedup();
    hits
}

/// SKU, pieces and possible days of every flagged order line: the days it was paid, sent and first scanned. Taobao's list has no time of sending, and
/// what is paid in the evening leaves the next day, so the courier's first scan must count.
fn parcels(case: &Case) -> HashMap<Parcel, Vec<usize>> {
    let scanned = first_scans(case);
    let mut map: HashMap<Parcel, Vec<usize>> = HashMap::new();
    for (i, order) in case.orders.iter().enumerate() {
        let mut days: Vec<NaiveDate> = [&order.shipped_at, &order.paid_at].into_iter().flatten().map(|t| t.value.at.date_naive()).collect();
        days.extend(order.waybills.iter().filter_map(|w| scanned.get(w.value.number.as_str())));
        days.sort_unstable();
        days.dedup();
        for line in &order.lines {
            let (Some(sku), Some(quantity)) = (&line.sku, line.quantity) else { continue };
            for day in &days {
                let orders = map.entry((fold(sku), quantity.normalize(), *day)).or_default();
                if !orders.contains(&i) {
                    orders.push(i);
                }
            }
        }
    }
    map
}

/// The same of the orders of the exports that are not flagged: goods and times of one order may stand in two of them.
pub(super) fn others_parcels(case: &Case, index: &Index) -> HashSet<Parcel> {
    let scanned = first_scans(case);
    let mut days: HashMap<String, BTreeSet<NaiveDate>> = HashMap::new();
    let mut goods: Vec<(String, String, Decimal)> = Vec::new();
    for row in orders::others(case, &|id| index.id(id).is_some()) {
        let of_order = days.entry(row.id.to_string()).or_default();
        of_order.extend(row.moments(&["paid_at", "shipped_at"]).into_iter().map(|m| m.at.date_naive()));
        of_order.extend(row.waybills().filter_map(|waybill| scanned.get(waybill.as_str())));
        for line in row.lines() {
            if let (Some(sku), Some(quantity)) = (line.sku, line.quantity) {
                goods.push((row.id.to_string(), fold(&sku), quantity.abs().normalize()));
            }
        }
    }
    let parcels = goods.into_iter().flat_map(|(id, sku, quantity)| {
        let days: Vec<NaiveDate> = days.get(&id).into_iter().flatten().copied().collect();
        days.into_iter().map(move |day| (sku.clone(), quantity, day))
    });
    parcels.collect()
}

/// Day of the first scan by waybill number.
fn first_scans(case: &Case) -> HashMap<&str, NaiveDate> {
    let mut map: HashMap<&str, NaiveDate> = HashMap::new();
    for content in &case.contents {
        for trace in content.content.traces() {
            if let Some(scan) = trace.picked_up() {
                let day = scan.at.date_naive();
                map.entry(trace.waybill.as_str()).and_modify(|d| *d = day.min(*d)).or_insert(day);
            }
        }
    }
    map
}

/// A count names goods, not orders: it is tied to the orders of its SKU, one row an order: the last count before the order, else the first.
pub(super) fn counts(case: &Case, rows: &[StockCount], out: &mut Collector) {
    let mut by_sku: HashMap<String, Vec<&StockCount>> = HashMap::new();
    for row in rows {
        if let Some(sku) = &row.sku {
            by_sku.entry(fold(sku)).or_default().push(row);
        }
    }
    for list in by_sku.values_mut() {
        list.sort_by(|a, b| (a.at, &a.place).cmp(&(b.at, &b.place)));
    }
    for (i, order) in case.orders.iter().enumerate() {
        for row in order.lines.iter().filter_map(|l| l.sku.as_ref()).filter_map(|sku| by_sku.get(&fold(sku))).filter_map(|rows| last_before(order, rows)) {
            out.push(i, Key::Content, Strength::Strong, &row.place, true);
        }
    }
}

fn last_before<'a>(order: &Order, rows: &[&'a StockCount]) -> Option<&'a StockCount> {
    let at = order.paid().map(|t| t.at);
    rows.iter().rev().find(|r| r.at.is_some() && r.at <= at).or(rows.first()).copied()
}

fn fold(sku: &str) -> String {
    crate::text::ids::clean_id(sku).to_uppercase()
}
