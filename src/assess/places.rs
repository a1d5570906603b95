//! Where parcels came from and where they went: `destination-differs`, `origin-differs`, and `not-checkable` for addresses that cannot be read.
//!
//! Needs the order's address with at least its province, and a trace (or a bill) that names places; compared are provinces and prefecture-level cities
//! of templates/regions.toml, never streets. Sources: Tmall 11000266 第十一条(3) (2026-04-09) and Douyin 轨迹异常 1.1(3), both of which except a change of
//! address that the buyer asked for; the origin is our own check. Cleared by the right number, or by the conversation about the new address.

use super::data::TradeWords;
use super::us_places;
use super::view::{OrderView, View};
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::record::{ChatRole, EventKind, Trace, TraceEvent};
use crate::model::settings::Delivery;
use crate::model::source::{FileId, Place};
use crate::profile::region::Spot;
use crate::text::ids::clean_waybill;
use std::collections::BTreeSet;

/// All of them.
pub(super) fn check(view: &View, words: &TradeWords, findings: &mut Findings) {
    let home = view.case.settings.seller.ship_from.as_deref().and_then(|f| view.regions.locate(f));
    let mut unread = 0;
    for (i, o) in view.orders.iter().enumerate().filter(|(_, o)| travels(o)) {
        if let Some(home) = home {
            origin(view, i, o, home, findings);
        }
        // a forwarder's parcel goes to the forwarder
        if o.delivery == Some(Delivery::Consolidated) || (o.traces.is_empty() && o.bills.is_empty()) {
            continue;
        }
        match view.destination(o) {
            Some(goal) => destination(view, words, i, o, goal, findings),
            None if abroad(view, words, i, o, findings) => {}
            None => unread += 1,
        }
    }
    if unread > 0 {
        let variant = if view.platform.abroad { "address-abroad" } else { "address" };
        findings.push(Finding::new(Code::NotCheckable).variant(variant).with("count", unread));
    }
}

/// An order whose parcel is carried from place to place.
fn travels(o: &OrderView) -> bool {
    o.express || o.delivery == Some(Delivery::Freight)
}

fn destination(view: &View, words: &TradeWords, i: usize, o: &OrderView, goal: Spot, findings: &mut Findings) {
    let elsewhere = |spot: Spot| view.regions.differ(goal, spot) == Some(true);
    let mut told: BTreeSet<String> = BTreeSet::new();
    for (file, trace) in &o.traces {
        let Some((event, spot)) = arrival(view, trace).filter(|(_, spot)| elsewhere(*spot)) else { continue };
        told.insert(clean_waybill(&trace.waybill));
        let finding = view.finding(Code::DestinationDiffers, i).at(*file, event.place.clone()).with("waybill", &trace.waybill);
        let finding = finding.with("place", view.regions.name(spot)).with("address", view.regions.name(goal));
        findings.push(match changed(o, words) {
            Some((chat, place)) => finding.variant("changed").severity(Severity::Warning).with("chat", format!("{} {place}", view.path(chat))),
            None => finding,
        });
    }
    // a parcel that went back is billed to its sender, too
    told.extend(o.traces.iter().filter(|(_, t)| t.returned()).map(|(_, t)| clean_waybill(&t.waybill)));
    let billed: Vec<_> = o.bills.iter().filter_map(|(f, bill)| Some((*f, *bill, view.regions.locate(bill.to.as_deref()?)?))).collect();
    // a number that was billed to the buyer's city as well is judged by its rows (bills)
    told.extend(billed.iter().filter(|(.., spot)| view.regions.differ(goal, *spot) == Some(false)).map(|(_, bill, _)| clean_waybill(&bill.waybill)));
    for (file, bill, spot) in billed {
        if elsewhere(spot) && !told.contains(&clean_waybill(&bill.waybill)) {
            let finding = view.finding(Code::DestinationDiffers, i).variant("bill").severity(Severity::Warning).at(file, bill.place.clone());
            findings.push(finding.with("waybill", &bill.waybill).with("place", view.regions.name(spot)).with("address", view.regions.name(goal)));
        }
    }
}

/// Compares state and ZIP code of a US address with those of the delivery scan; `false` where either does not tell them. Within a state only another of
/// the Postal Service's regions (the first two digits) is another place: a neighbouring town is the courier's business.
fn abroad(view: &View, words: &TradeWords, i: usize, o: &OrderView, findings: &mut Findings) -> bool {
    // DE is Delaware only with a ZIP code behind it
    let goal = o.order.address.as_ref().and_then(|a| us_places::read(a.value.raw())).filter(|place| place.zip.is_some());
    let mut compared = false;
    for (file, trace) in &o.traces {
        let Some((delivered, _)) = trace.delivered() else { continue };
        let Some((goal, site)) = goal.as_ref().zip(delivered.location.as_deref().and_then(us_places::read)) else { continue };
        compared = true;
        let region = |zip: &Option<String>| zip.as_deref().and_then(|z| z.get(..2)).map(str::to_owned);
        let elsewhere = goal.state != site.state || region(&goal.zip).zip(region(&site.zip)).is_some_and(|(a, b)| a != b);
        if elsewhere {
            let finding = view.finding(Code::DestinationDiffers, i).at(*file, delivered.place.clone()).with("waybill", &trace.waybill);
            let finding = finding.with("place", site.to_string()).with("address", goal.to_string());
            findings.push(match changed(o, words) {
                Some((chat, place)) => finding.variant("changed").severity(Severity::Warning).with("chat", format!("{} {place}", view.path(chat))),
                None => finding,
            });
        }
    }
    compared
}

/// Where a parcel was handed over: the delivery scan, else the van or station before it; a sorting centre on the way is no goal. Parcels that went back
/// arrived nowhere.
fn arrival<'a>(view: &View, trace: &'a Trace) -> Option<(&'a TraceEvent, Spot)> {
    let (delivered, _) = trace.delivered()?;
    let before = trace.events.iter().rev().skip_while(|e| !std::ptr::eq(*e, delivered));
    let near = |e: &&TraceEvent| std::ptr::eq(*e, delivered) || matches!(e.kind, EventKind::OutForDelivery | EventKind::AtStation);
    before.take_while(near).find_map(|e| view.scanned_at(e).map(|spot| (e, spot)))
}

/// A message of the buyer, or of nobody known, that asks for another address.
fn changed<'a>(o: &OrderView<'a>, words: &TradeWords) -> Option<(FileId, &'a Place)> {
    o.chats.iter().find_map(|(file, chat, _)| {
        let asked = |text: &str| words.address_changed.iter().any(|w| text.to_lowercase().contains(w.as_str()));
        let spoken = chat.messages.iter().filter(|m| matches!(m.role, ChatRole::Buyer | ChatRole::Unknown));
        spoken.into_iter().find(|m| asked(&m.text)).map(|m| (*file, &m.place))
    })
}

/// Picked up in another province than the seller ships from; another city of the same province is a courier's business.
fn origin(view: &View, i: usize, o: &OrderView, home: Spot, findings: &mut Findings) {
    for (file, trace) in &o.traces {
        let Some(scan) = trace.picked_up() else { continue };
        let Some(spot) = view.scanned_at(scan).filter(|s| view.regions.provinces_differ(*s, home)) else { continue };
        let finding = view.finding(Code::OriginDiffers, i).at(*file, scan.place.clone()).with("waybill", &trace.waybill);
        findings.push(finding.with("place", view.regions.name(spot)).with("home", view.regions.name(home)));
    }
}
