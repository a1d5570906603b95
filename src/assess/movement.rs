//! `movement-stalled`: a parcel that stood still, after its collection or between two scans.
//!
//! Needs a trace; the regions come from the first scan and the order's address (else the delivery scan). Hours are data of the platform
//! (`stalled-…`, `stall-…`), which provinces are near or remote is templates/regions.toml. Sources: Tmall 11000266 第九条 (24 hours 超时 and 72 异常 after
//! collection; 48/72/120 超时 and 96/120/168 异常 between scans; 2026-04-09); Douyin aHwHroCPheig, aHzmeN9E9dBF (24 and 48; 48/72/120).
//! Cleared by the carrier's written word on the cause.

use super::logistics::{hours, minute};
use super::view::{Limit, OrderView, View};
use crate::finding::{Code, Findings};
use crate::model::record::{EventKind, Trace, TraceEvent};
use crate::profile::lang::words;
use crate::profile::region::{Span, Spot};
use chrono::Duration;

/// The worst wait of a trace.
struct Stall<'a> {
    /// The scan before it.
    from: &'a TraceEvent,
    /// The scan that ended it.
    to: &'a TraceEvent,
    /// The hours that were passed.
    limit: Limit,
    abnormal: bool,
    variant: Option<&'static str>,
}

/// One finding a parcel at most, of its gravest wait over a limit.
pub(super) fn stalls(view: &View, findings: &mut Findings) {
    for (i, o) in view.orders.iter().enumerate().filter(|(_, o)| o.express) {
        for (file, trace) in &o.parcels() {
            if let Some((last, limit)) = standing(view, o, trace) {
                let finding = view.finding(Code::MovementStalled, i).variant("until-now").at(*file, last.place.clone()).with("waybill", &trace.waybill);
                let finding = finding.with("hours", hours(view.case.now - last.at)).with("from", minute(last.at));
                findings.push(finding.with("limit", limit.value).with("rule", limit.rule));
                continue;
            }
            let Some(stall) = longest(view, o, trace) else { continue };
            let finding = view.finding(Code::MovementStalled, i).at(*file, stall.to.place.clone());
            let finding = finding.with("waybill", &trace.waybill).with("hours", waited(view, stall.from, stall.to));
            let finding = finding.with("from", minute(stall.from.at)).with("limit", stall.limit.value).with("rule", stall.limit.rule);
            findings.push(if let Some(v) = stall.variant { finding.variant(v) } else { finding });
        }
    }
}

/// The hours of a wait; of local times without a zone, the least that they can be.
fn waited(view: &View, from: &TraceEvent, to: &TraceEvent) -> String {
    let told = hours(least(from, to));
    if from.zone_unknown || to.zone_unknown { words(view.ctx.lang).fill("threshold.at-least", &[("n", &told)]) } else { told }
}

/// The last scan of a parcel that nobody has moved since, by the longest of the limits between scans: a trace may have been asked for some days ago.
fn standing<'a>(view: &View, o: &OrderView, trace: &'a Trace) -> Option<(&'a TraceEvent, Limit)> {
    let way = way(trace);
    let last = *way.last()?;
    let waits = way.iter().fold(false, |waits, scan| waits_for_buyer(scan.kind).unwrap_or(waits));
    let ended = trace.delivered().is_some() || trace.returned() || waits || last.zone_unknown;
    let only_collected = last.kind == EventKind::Collected;
    let keys = between(view, way.iter().find_map(|e| view.scanned_at(e)), view.destination(o));
    let limit = view.limit(if only_collected { "stalled-abnormal-hours" } else { keys[1] }).or_else(|| view.limit(keys[0]))?;
    (!ended && view.case.now - last.at > Duration::hours(limit.value)).then_some((last, limit))
}

fn longest<'a>(view: &View, o: &OrderView, trace: &'a Trace) -> Option<Stall<'a>> {
    let way = way(trace);
    let first = way.first()?;
    let goal = view.destination(o).or_else(|| trace.delivered().and_then(|(e, _)| view.scanned_at(e)));
    let keys = between(view, way.iter().find_map(|e| view.scanned_at(e)), goal);
    let mut worst: Option<Stall> = None;
    // the first wait is from the collection to the first scan that is no collection
    let moved = way.iter().skip(1).find(|e| e.kind != EventKind::Collected);
    let after = moved.map(|to| (*first, *to, ["stalled-late-hours", "stalled-abnormal-hours"], ["after-pickup", "after-pickup-abnormal"]));
    let mut waits = false;
    let rest = way.iter().zip(way.iter().skip(1)).filter(move |(from, _)| {
        waits = waits_for_buyer(from.kind).unwrap_or(waits);
        !waits && from.kind != EventKind::Collected
    });
    let rest = rest.map(|(from, to)| (*from, *to, keys, ["", "abnormal"]));
    for (from, to, keys, variants) in after.into_iter().chain(rest) {
        let wait = least(from, to);
        let passed = keys.into_iter().zip(variants).zip([false, true]).rev().find_map(|((key, variant), abnormal)| {
            let limit = view.limit(key)?;
            (wait > Duration::hours(limit.value)).then_some((limit, variant, abnormal))
        });
        // what a platform calls abnormal is graver than a longer wait under a higher limit
        if let Some((limit, variant, abnormal)) = passed
            && worst.as_ref().is_none_or(|w| (w.abnormal, least(w.from, w.to)) < (abnormal, wait))
        {
            worst = Some(Stall { from, to, limit, abnormal, variant: Some(variant).filter(|v| !v.is_empty()) });
        }
    }
    worst
}

/// Does the parcel wait for its buyer from this scan on, not for the courier: in a station, or put off because he wants it so, until it travels again. `None`:
/// as before.
fn waits_for_buyer(kind: EventKind) -> Option<bool> {
    match kind {
        EventKind::AtStation | EventKind::Postponed => Some(true),
        EventKind::InTransit | EventKind::OutForDelivery => Some(false),
        _ => None,
    }
}

/// The time that has passed between two scans at least: two local times whose zones nobody names may be further apart or nearer than they look.
fn least(from: &TraceEvent, to: &TraceEvent) -> Duration {
    to.earliest() - from.latest()
}

/// The scans from collection to delivery, or to where the way back begins.
fn way(trace: &Trace) -> Vec<&TraceEvent> {
    let Some(first) = trace.picked_up() else { return Vec::new() };
    let end = trace.delivered().map(|(e, _)| e.at);
    let back = |e: &&TraceEvent| matches!(e.kind, EventKind::Returning | EventKind::ReturnSigned | EventKind::Refused);
    let on_the_way = |e: &&TraceEvent| e.at >= first.at && end.is_none_or(|t| e.at <= t) && e.kind != EventKind::Announced;
    trace.events.iter().filter(on_the_way).take_while(|e| !back(e)).collect()
}

/// The limits that hold between two places. What is not known counts as far away: a warning for want of knowledge would be a false one.
fn between(view: &View, from: Option<Spot>, to: Option<Spot>) -> [&'static str; 2] {
    match from.zip(to).map_or(Span::Remote, |(a, b)| view.regions.span(a, b)) {
        Span::Near => ["stall-near-hours", "stall-near-abnormal-hours"],
        Span::Far => ["stall-far-hours", "stall-far-abnormal-hours"],
        Span::Remote => ["stall-remote-hours", "stall-remote-abnormal-hours"],
    }
}
