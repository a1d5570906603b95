//! `check --format json`: schema `appealpack.check/1` (design section 2.3). Unknown is null, never "".

use super::View;
use crate::finding::Finding;
use crate::model::Lang;
use crate::model::Time;
use crate::model::evidence::Strength;
use crate::model::file::{FileEntry, Status};
use crate::model::order::Order;
use crate::model::record::Trace;
use crate::model::source::FileId;
use crate::profile::lang::words;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The whole result.
pub fn value(view: &View<'_>, lang: Lang) -> Value {
    let case = view.case;
    let w = words(lang);
    let traces = traces(view);
    let orders: Vec<Value> = case
        .listed
        .iter()
        .enumerate()
        .filter_map(|(i, listed)| {
            let order = case.orders.get(listed.order)?;
            Some(json!({
                "id": listed.id,
                "in_export": order.in_export,
                "main_id": listed.is_sub.then(|| order.id.to_string()),
                "buyer": order.buyer.as_ref().map(|b| b.value.raw()),
                "paid_at": order.paid_at.as_ref().map(|t| rfc3339(t.value)),
                "argued": view.assessment.listed_argued.get(i).copied().unwrap_or(false),
                "tracking": tracking(order, &traces),
                "evidence": evidence(view, listed.order),
                "findings": codes(view, listed.order, &[listed.id.as_str(), order.id.as_str()]),
            }))
        })
        .collect();
    let mut of_file: BTreeMap<FileId, BTreeSet<usize>> = BTreeMap::new();
    for link in view.matching.links.iter().filter(|l| l.strength >= Strength::Strong) {
        of_file.entry(link.file).or_default().insert(link.order);
    }
    let files: Vec<Value> = case.files.iter().map(|f| file(view, f, of_file.get(&f.id))).collect();
    let findings: Vec<Value> = view.findings.all().iter().map(|f| finding(view, f, lang)).collect();
    let tasks: Vec<Value> = view.assessment.tasks.iter().map(|t| json!({ "by": rfc3339(t.by), "text": super::screen::task_text(t, w) })).collect();
    json!({
        "schema": "appealpack.check/1",
        "case": { "id": case.id, "platform": case.platform, "violation": case.violation, "scenario": case.scenario },
        "notice": {
            "file": case.notice.file.map(|f| case.file(f).path.clone()),
            "number": case.notice.number,
            "violation": case.notice.violation_text,
            "received": case.notice.received.map(rfc3339),
            "deadline": case.notice.deadline.map(rfc3339),
            "order_ids": case.listed.iter().map(|l| l.id.to_string()).collect::<Vec<_>>(),
        },
        "orders": orders,
        "files": files,
        "findings": findings,
        "tasks": tasks,
        "counts": view.assessment.counts,
    })
}

/// The codes found for an order: by its place among the flagged orders, and, for what was found before that place was known, by the listed or main id.
fn codes(view: &View<'_>, order: usize, ids: &[&str]) -> BTreeSet<&'static str> {
    let concerns = |f: &&Finding| f.order == Some(order) || (f.order.is_none() && f.order_id.as_deref().is_some_and(|id| ids.contains(&id)));
    view.findings.all().iter().filter(concerns).map(|f| f.code.as_str()).collect()
}

fn rfc3339(time: Time) -> String {
    time.to_rfc3339()
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
            let delivered = found.and_then(|t| t.iter().find_map(|t| t.delivered())).map(|(e, _)| rfc3339(e.at));
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
    for link in view.matching.links.iter().filter(|l| l.order == order) {
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

fn file(view: &View<'_>, entry: &FileEntry, orders: Option<&BTreeSet<usize>>) -> Value {
    let ids: Vec<String> = orders.into_iter().flatten().filter_map(|o| view.case.orders.get(*o)).map(|o| o.id.to_string()).collect();
    let unread = entry.status == Status::Ignored || (entry.status == Status::Unreadable && entry.bytes == 0);
    json!({
        "path": entry.path,
        "sha256": (!unread).then(|| entry.sha256.to_string()),
        "bytes": entry.bytes,
        "kind": entry.kind,
        "status": entry.status,
        "orders": ids,
        "milliseconds": match &view.case.content(entry.id).content {
            crate::model::record::Content::Film(film) => film.milliseconds,
            _ => None,
        },
        "why": entry.why.as_ref().map(|w| json!({ "key": w.key, "detail": w.detail })),
    })
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
