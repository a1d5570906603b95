//! `check --format json`: schema `appealpack.check/1` (design section 2.3). Unknown is null, never "".

use super::View;
use crate::finding::Finding;
use crate::model::Lang;
use crate::model::assessment::TradeFigures;
use crate::model::case::Listed;
use crate::model::evidence::Strength;
use crate::model::file::{FileEntry, Status};
use crate::model::notice::DeadlineSource;
use crate::model::order::Order;
use crate::model::record::{Trace, TraceEvent};
use crate::model::source::FileId;
use crate::model::{Moment, Time};
use crate::profile::lang::words;
use crate::text::json::Each;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The result in the order of its keys.
#[derive(Serialize)]
struct Whole<O, F, N> {
    schema: &'static str,
    case: Value,
    notice: Value,
    orders: O,
    files: F,
    file_counts: Value,
    findings: N,
    tasks: Vec<Value>,
    counts: Value,
    completeness: Value,
    anomaly: Value,
}

/// The whole result.
pub fn value<'a>(view: &'a View<'a>, lang: Lang) -> impl Serialize + 'a {
    let case = view.case;
    let w = words(lang);
    let traces = traces(view);
    let codes = Codes::of(view.findings.all());
    let order = move |(i, listed): (usize, &Listed)| {
        let order = case.orders.get(listed.order)?;
        Some(json!({
            "id": listed.id,
            "in_export": order.in_export,
            "main_id": (listed.id.as_str() != order.id.as_str()).then(|| order.id.to_string()),
            "buyer": order.buyer.as_ref().map(|b| b.value.raw()),
            "paid_at": order.paid_at.as_ref().map(|t| moment(t.value)),
            "argued": view.assessment.listed_argued.get(i).copied().unwrap_or(false),
            "tracking": tracking(order, &traces),
            "evidence": evidence(view, listed.order),
            "standing": view.assessment.orders.get(listed.order).map(|o| o.standing.as_str()),
            "strength": view.assessment.orders.get(listed.order).and_then(|o| o.strength.rank),
            "proven_by": proven_by(view, listed.order),
            "groups": view.assessment.orders.get(listed.order).map(|o| &o.groups),
            "findings": codes.concerning(listed.order, &[listed.id.as_str(), order.id.as_str()]),
        }))
    };
    let (used, all) = (orders_by_file(view, Strength::Strong), orders_by_file(view, Strength::Weak));
    let file = move |f: &FileEntry| Some(file(view, f, used.get(&f.id), all.get(&f.id)));
    let tasks: Vec<Value> = view.assessment.tasks.iter().map(|t| json!({ "by": rfc3339(t.by), "text": super::screen::task_text(t, w) })).collect();
    Whole {
        schema: "appealpack.check/1",
        case: json!({ "id": case.id, "platform": case.platform, "violation": case.violation, "scenario": case.scenario }),
        notice: json!({
            "file": case.notice.file.map(|f| case.file(f).path.clone()),
            "number": case.notice.number,
            "violation": case.notice.violation_text,
            "received": case.notice.received.map(moment),
            "deadline": case.notice.deadline.map(rfc3339),
            "deadline_source": case.notice.deadline_source.as_ref().map(deadline_source),
            "order_ids": case.listed.iter().map(|l| l.id.to_string()).collect::<Vec<_>>(),
        }),
        orders: Each { of: case.listed.iter().enumerate(), entry: order },
        files: Each { of: case.files.iter(), entry: file },
        file_counts: file_counts(view),
        findings: Each { of: view.findings.all().iter(), entry: move |f: &Finding| Some(finding(view, f, lang)) },
        tasks,
        counts: json!(view.assessment.counts),
        completeness: completeness(view, lang),
        anomaly: anomaly(view),
    }
}

/// Groups of proof with their best rank, the strongest first.
fn proven_by(view: &View<'_>, order: usize) -> Vec<Value> {
    let by = view.assessment.orders.get(order).map_or(&[][..], |o| o.strength.by.as_slice());
    by.iter().map(|(group, rank)| json!({ "group": group, "rank": rank })).collect()
}

/// What the platform asks for and how many distinct main orders have it.
fn completeness(view: &View<'_>, lang: Lang) -> Value {
    let c = &view.assessment.completeness;
    let groups: Vec<Value> = c
        .groups
        .iter()
        .map(|g| {
            let text = if lang == Lang::En { &g.en } else { &g.zh };
            let scope = if g.of_case { "case" } else { "order" };
            json!({ "id": g.id, "level": g.level, "unverified": g.unverified, "scope": scope, "text": text, "met": g.met, "of": g.of })
        })
        .collect();
    json!({
        "orders": c.orders,
        "complete": c.complete,
        "remaining": c.remaining(),
        "penalty_step": c.step.as_ref().map(|s| json!({ "orders": s.orders, "source": s.rule })),
        "groups": groups,
    })
}

/// The figures of the flagged orders beside those of the shop's other orders.
fn anomaly(view: &View<'_>) -> Value {
    let a = &view.assessment.anomaly;
    let figures = |f: &TradeFigures| {
        json!({
            "orders": f.orders,
            "buyers_known": f.buyers_known,
            "repeat_buyers": f.repeat,
            "refunded": f.refunded,
            "located": f.located,
            "provinces": f.provinces,
            "mean_amount": f.amount.map(|(m, _)| m.amount.to_string()),
            "mean_pieces": f.pieces.map(|(m, _)| m.to_string()),
            "busiest_hour": f.busiest.map(|(at, n)| json!({ "at": rfc3339(at), "orders": n })),
        })
    };
    let days: Vec<Value> = a.days.iter().map(|d| json!({ "day": d.day.to_string(), "orders": d.orders, "flagged": d.flagged })).collect();
    let events: Vec<Value> =
        a.events.iter().map(|e| json!({ "kind": e.cause.as_str(), "label": e.label, "from": moment(e.from), "to": moment(e.to) })).collect();
    json!({
        "mean_before": a.mean_before.map(|(m, _)| m.round_dp(2).to_string()),
        "days": days,
        "events": events,
        "unexplained": a.unexplained,
        "flagged": figures(&a.flagged),
        "others": figures(&a.others),
    })
}

/// The codes found for each order: by its place among the flagged orders, and, for what was found before that place was known, by the listed or main id.
struct Codes<'a> {
    of_order: BTreeMap<usize, BTreeSet<&'static str>>,
    of_id: BTreeMap<&'a str, BTreeSet<&'static str>>,
}

impl<'a> Codes<'a> {
    fn of(findings: &'a [Finding]) -> Self {
        let mut codes = Codes { of_order: BTreeMap::new(), of_id: BTreeMap::new() };
        for finding in findings {
            let found = match (finding.order, &finding.order_id) {
                (Some(order), _) => codes.of_order.entry(order).or_default(),
                (None, Some(id)) => codes.of_id.entry(id).or_default(),
                (None, None) => continue,
            };
            found.insert(finding.code.as_str());
        }
        codes
    }

    fn concerning(&self, order: usize, ids: &[&str]) -> BTreeSet<&'static str> {
        self.of_order.get(&order).into_iter().chain(ids.iter().filter_map(|id| self.of_id.get(id))).flatten().copied().collect()
    }
}

/// Where a deadline is from: `stated`, `counted` (from the receipt), `platform-rule` (counted, with the rule), `user`.
fn deadline_source(source: &DeadlineSource) -> Value {
    match source {
        DeadlineSource::Stated => json!({ "kind": "stated", "days": null, "rule": null }),
        DeadlineSource::Relative { days } => json!({ "kind": "counted", "days": days, "rule": null }),
        DeadlineSource::Platform { source } => json!({ "kind": "platform-rule", "days": null, "rule": source }),
        DeadlineSource::User => json!({ "kind": "user", "days": null, "rule": null }),
    }
}

fn rfc3339(time: Time) -> String {
    time.to_rfc3339()
}

/// RFC 3339, or the day where the file says no more.
pub(super) fn moment(moment: Moment) -> String {
    if moment.has_time { rfc3339(moment.at) } else { moment.at.format("%Y-%m-%d").to_string() }
}

/// Traces by waybill number.
fn traces<'a>(view: &View<'a>) -> BTreeMap<&'a str, Vec<&'a Trace>> {
    let mut map: BTreeMap<&str, Vec<&Trace>> = BTreeMap::new();
    for content in &view.case.contents {
        for trace in content.content.traces() {
            map.entry(trace.waybill.as_str()).or_default().push(trace);
        }
    }
    map
}

fn tracking(order: &Order, traces: &BTreeMap<&str, Vec<&Trace>>) -> Vec<Value> {
    order
        .waybills
        .iter()
        .map(|waybill| {
            let found = traces.get(waybill.value.number.as_str());
            // a local time whose zone was not said gets none here
            let told = |e: &TraceEvent| if e.zone_unknown { e.at.format("%Y-%m-%dT%H:%M:%S").to_string() } else { rfc3339(e.at) };
            let delivered = found.and_then(|t| t.iter().find_map(|t| t.delivered())).map(|(e, _)| told(e));
            json!({
                "number": waybill.value.number,
                "carrier": waybill.value.carrier.as_ref().or(waybill.value.carrier_text.as_ref()),
                "events": found.map_or(0, |t| t.iter().map(|t| t.events.len()).max().unwrap_or(0)),
                "delivered_at": delivered,
            })
        })
        .collect()
}

fn evidence(view: &View<'_>, order: usize) -> Vec<Value> {
    let mut by_file: BTreeMap<FileId, Vec<Value>> = BTreeMap::new();
    for link in view.matching.of_order(order) {
        by_file.entry(link.file).or_default().push(json!({ "key": link.key, "where": link.place, "strength": link.strength }));
    }
    by_file
        .into_iter()
        .map(|(id, reasons)| {
            let entry = view.case.file(id);
            json!({ "file": entry.path, "kind": entry.kind, "status": entry.status, "reasons": reasons })
        })
        .collect()
}

/// The orders that each file is tied to, by links at least so strong.
fn orders_by_file(view: &View<'_>, least: Strength) -> BTreeMap<FileId, BTreeSet<usize>> {
    let mut by_file: BTreeMap<FileId, BTreeSet<usize>> = BTreeMap::new();
    for link in view.matching.links.iter().filter(|l| l.strength >= least) {
        by_file.entry(link.file).or_default().insert(link.order);
    }
    by_file
}

/// Ids of orders, in the notice's order.
fn ids(view: &View<'_>, orders: Option<&BTreeSet<usize>>) -> Vec<String> {
    orders.into_iter().flatten().filter_map(|o| view.case.orders.get(*o)).map(|o| o.id.to_string()).collect()
}

/// `used`: orders that it is evidence of; `all`: those too that it may speak of.
fn file(view: &View<'_>, entry: &FileEntry, used: Option<&BTreeSet<usize>>, all: Option<&BTreeSet<usize>>) -> Value {
    // weak keys suggest orders for a file that was not used
    let candidates = all.filter(|_| matches!(entry.status, Status::Ambiguous | Status::Unmatched));
    let unread = entry.status == Status::Ignored || (entry.status == Status::Unreadable && entry.bytes == 0);
    json!({
        "path": entry.path,
        "sha256": (!unread).then(|| entry.sha256.to_string()),
        "bytes": entry.bytes,
        "kind": entry.kind,
        "status": entry.status,
        "orders": ids(view, used),
        "read": super::read::value(view.case.content(entry.id)),
        "milliseconds": match &view.case.content(entry.id).content {
            crate::model::record::Content::Film(film) => film.milliseconds,
            _ => None,
        },
        "candidates": ids(view, candidates),
        "why": entry.why.as_ref().map(|w| json!({ "key": w.key, "detail": (!w.detail.is_empty()).then_some(&w.detail) })),
    })
}

/// Files by status; the sum is what the walk found.
fn file_counts(view: &View<'_>) -> Value {
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
    view.case.files.iter().for_each(|f| *counts.entry(f.status).or_default() += 1);
    let mut map = serde_json::Map::from_iter([("found".to_owned(), json!(view.case.files.len()))]);
    for status in Status::ALL {
        map.insert(status.as_str().to_owned(), json!(counts.get(&status).copied().unwrap_or(0)));
    }
    Value::Object(map)
}

fn finding(view: &View<'_>, finding: &Finding, lang: Lang) -> Value {
    let w = words(lang);
    let hint = w.hint(finding);
    json!({
        "code": finding.code,
        "severity": finding.severity,
        "order": finding.order_id,
        "file": finding.file.map(|f| view.case.file(f).path.clone()),
        "where": finding.place.as_ref().map(ToString::to_string),
        "message": w.message(finding),
        "hint": (!hint.is_empty()).then_some(hint),
    })
}
