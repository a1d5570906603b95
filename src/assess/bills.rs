//! What couriers' bills say against an order: `scan-before-order` and `scan-before-payment` by their days, `tracking-number-reused` for one number that
//! was billed for two parcels. (Where a bill sends a parcel is compared in places.)
//!
//! Needs rows of the order's waybills with the day or moment of sending, pick-up or signature; the day of a bill or of booking counts for nothing. The way
//! back, corrections and credits are billed under the same number and are no second parcel. Cleared by the right number or row.

use super::logistics::{self, Handed};
use super::view::{OrderView, View};
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::Moment;
use crate::model::record::BillRow;
use crate::model::source::{FileId, Located};
use crate::text::dates;
use crate::text::ids::clean_waybill;
use chrono::Duration;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A row with its file.
type Row<'a> = (FileId, &'a BillRow);

/// One finding a number at most for each code.
pub(super) fn check(view: &View, findings: &mut Findings) {
    for (i, o) in view.orders.iter().enumerate() {
        let mut of_number: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for (file, row) in o.bills.iter().filter(|(_, row)| !is_credit(row)) {
            of_number.entry(clean_waybill(&row.waybill)).or_default().push((*file, row));
        }
        for (number, rows) in &of_number {
            let traced_early = o.traces.iter().filter(|(_, t)| clean_waybill(&t.waybill) == *number).filter_map(|(_, t)| t.first_seen());
            let told = traced_early.into_iter().any(|e| too_early(o, Moment { at: e.at, has_time: true, zone_unknown: e.zone_unknown }));
            let (early, fitting): (Vec<Row>, Vec<Row>) =
                rows.iter().filter(|(_, row)| row.first_seen().is_some()).partition(|(_, row)| row.first_seen().is_some_and(|seen| too_early(o, seen)));
            match (early.first(), fitting.first()) {
                // the number of an earlier parcel, given to this order's again: which row is meant is not for us to say
                (Some(early), Some(fitting)) => findings.push(twice(view, i, *fitting, *early)),
                (Some((file, row)), None) if !told => {
                    if let Some(seen) = row.first_seen() {
                        // what was signed for before it was ordered was not paid at the door
                        let ordered = o.order.created_at.as_ref().map(|t| t.value.earliest());
                        let arrived = row.signed.filter(|m| ordered.is_none_or(|t| m.latest() >= t)).map(|m| m.earliest());
                        let handed = Handed { file: *file, place: &row.place, waybill: &row.waybill, seen, arrived, billed: true };
                        logistics::before(view, i, o, &handed, findings);
                    }
                }
                _ => {
                    if let Some((one, other)) = two_parcels(view, o, number, rows) {
                        findings.push(twice(view, i, one, other));
                    }
                }
            }
        }
    }
}

/// A credit or a correction downwards.
fn is_credit(row: &BillRow) -> bool {
    row.fee.is_some_and(|fee| fee < Decimal::ZERO)
}

/// Did the courier have it before it was ordered or, as far as that is asked, paid?
fn too_early(o: &OrderView, seen: Moment) -> bool {
    let before = |moment: &Option<Located<Moment>>| moment.as_ref().is_some_and(|m| logistics::billed_before(seen, m.value));
    before(&o.order.created_at) || (!o.presale() && !o.order.cash_on_delivery && before(&o.order.paid_at))
}

/// Two rows that cannot be of one parcel: sent to two cities, or to one with many days between.
fn two_parcels<'a>(view: &View, o: &OrderView, number: &str, rows: &[Row<'a>]) -> Option<(Row<'a>, Row<'a>)> {
    if rows.len() < 2 || o.traces.iter().any(|(_, t)| t.returned() && clean_waybill(&t.waybill) == number) {
        return None;
    }
    let days = view.threshold("billed-again-days").map(|t| Duration::days(t.value));
    let out: Vec<(Row, crate::profile::region::Spot)> =
        rows.iter().filter(|(_, row)| !goes_back(view, o, row, rows)).filter_map(|row| Some((*row, view.regions.locate(row.1.to.as_deref()?)?))).collect();
    // the row that goes where the order goes stands first
    let goal = view.destination(o);
    let (one, there) = out.iter().find(|(_, spot)| goal.is_some_and(|g| view.regions.differ(g, *spot) == Some(false))).or(out.first())?;
    let apart = |other: &BillRow| {
        let sent = |row: &BillRow| row.picked_up.or(row.sent);
        let paid = |row: &BillRow| row.weighed().is_some() && row.fee.is_some_and(|fee| fee > Decimal::ZERO);
        let (Some(a), Some(b), Some(days)) = (sent(one.1), sent(other), days) else { return false };
        paid(one.1) && paid(other) && (a.earliest() - b.latest() > days || b.earliest() - a.latest() > days)
    };
    let other = out.iter().find(|((_, row), spot)| match view.regions.differ(*there, *spot) {
        Some(true) => true,
        Some(false) => apart(row),
        None => false,
    });
    other.map(|(other, _)| (*one, *other))
}

/// Does a row bill the way back: to where another row, or the seller, sends from, and not to the buyer.
fn goes_back(view: &View, o: &OrderView, row: &BillRow, rows: &[Row]) -> bool {
    let spot = |text: &Option<String>| text.as_deref().and_then(|t| view.regions.locate(t));
    let Some(to) = spot(&row.to) else { return false };
    if view.destination(o).is_some_and(|goal| view.regions.differ(goal, to) != Some(true)) {
        return false;
    }
    let origins = rows.iter().filter(|(_, other)| !std::ptr::eq(*other, row)).filter_map(|(_, other)| spot(&other.from));
    origins.chain(spot(&view.case.settings.seller.ship_from)).any(|home| view.regions.differ(home, to) != Some(true))
}

fn twice(view: &View, i: usize, (_, one): Row, (file, other): Row) -> Finding {
    let said = |row: &BillRow| {
        let day = row.first_seen().map(dates::shown_moment);
        [day, row.to.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let finding = view.finding(Code::TrackingNumberReused, i).variant("billed-twice").severity(Severity::Warning).at(file, other.place.clone());
    finding.with("waybill", &one.waybill).with("one", said(one)).with("two", said(other))
}
