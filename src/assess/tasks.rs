//! What the seller should do, and until when: at most five, the earliest deadline first, the longest work first among equals.

use super::view::View;
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::Time;
use crate::model::assessment::{OrderAssessment, Party, Request, Standing, Task};
use crate::profile::evidence_group::{EvidenceFact, Member, Need};
use crate::profile::lang::words;
use chrono::{Duration, NaiveTime};
use std::collections::BTreeSet;

/// A run has at most so many.
const MOST: usize = 5;
/// Couriers' stations answer on the same day until this hour.
const STATION_HOUR: u32 = 18;

/// What couriers are asked for (requests), with the word for a task.
const WANTED: [(&str, &str); 5] =
    [("slip", "task.want-slip"), ("track", "task.want-track"), ("signed", "task.want-signed"), ("reason", "task.want-reason"), ("sites", "task.want-sites")];

/// The tasks of a case; those that ask others name the request's file.
pub(super) fn list(view: &View, orders: &[OrderAssessment], findings: &Findings, requests: &[Request]) -> Vec<Task> {
    let by = station_time(view);
    let late = before_deadline(view);
    let wanted = wanted(view, orders);
    let with = |codes: &[Code]| -> Vec<usize> {
        // what was not sent yet has nothing to be looked up
        let meant = |f: &&Finding| codes.contains(&f.code) && f.variant != Some("not-sent");
        let found: BTreeSet<usize> = findings.all().iter().filter(meant).filter_map(|f| f.order).collect();
        found.intersection(&wanted).copied().collect()
    };
    let mut tasks = Vec::new();
    let mut push = |by: Time, key: &str, params: Vec<(&str, String)>, orders: Vec<usize>| {
        let params = params.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        tasks.push(Task { by, key: key.to_owned(), params, orders });
    };
    let stopping = |codes: &[Code]| findings.all().iter().filter(|f| f.severity == Severity::Error && codes.contains(&f.code)).count();
    if stopping(&[Code::NoticeMissing]) > 0 {
        push(by, "give-notice", Vec::new(), Vec::new());
    }
    if stopping(&[Code::NoticeWithoutOrders]) > 0 {
        push(by, "complete-notice", Vec::new(), Vec::new());
    }
    let unknown: Vec<usize> = wanted.iter().copied().filter(|i| view.case.orders.get(*i).is_some_and(|o| !o.in_export)).collect();
    let ambiguous = stopping(&[Code::NoticeAmbiguous]) > 0;
    if ambiguous {
        push(by, "choose-notice", Vec::new(), Vec::new());
    }
    if !unknown.is_empty() {
        push(by, "export-orders", vec![("count", unknown.len().to_string())], unknown);
    }
    let harmful = stopping(&[Code::PictureReused, Code::PictureEdited, Code::EvidenceInOtherCase]);
    if harmful > 0 {
        push(by, "settle-harmful", vec![("count", harmful.to_string())], Vec::new());
    }
    for request in requests {
        let list: Vec<usize> = request.wants.iter().map(|w| w.order).collect();
        let file = format!("{}.xlsx", request.file);
        let count = list.len().to_string();
        match request.party {
            Party::Courier => {
                let from = view.case.settings.seller.ship_from.clone().unwrap_or_default();
                let params = vec![("carrier", request.name.clone()), ("from", from), ("count", count), ("file", file), ("what", what(view, request))];
                push(by, "request-waybills", params, list);
            }
            Party::Warehouse => push(by, "request-stock", vec![("count", count), ("file", file)], list),
            Party::Supplier => push(late, "request-purchase", vec![("file", file)], list),
            // asking for the chat is a task of its own below
            Party::Buyer => {}
        }
    }
    let mut simple = |codes: &[Code], by: Time, key: &str| {
        let list = with(codes);
        if !list.is_empty() {
            push(by, key, vec![("count", list.len().to_string())], list);
        }
    };
    simple(&[Code::TrackingNumberMissing], by, "find-numbers");
    simple(&[Code::TraceMissing], by, "fetch-traces");
    // only some platforms give conversations a number of their own
    let numbered = view.platform.evidence_groups.iter().any(|g| g.need == Need::All && g.members().any(|m| m == Member::Fact(EvidenceFact::ProofNumber)));
    simple(&[Code::ChatMissing, Code::ChatTextOnly], late, if numbered { "ask-proof-numbers" } else { "ask-chats" });
    let contradicting: Vec<usize> = wanted.iter().copied().filter(|i| orders.get(*i).is_some_and(|o| o.standing == Standing::Contradicting)).collect();
    // a file's name is changed in a moment; what somebody said in it has to be read first
    let harmful: BTreeSet<_> = findings
        .all()
        .iter()
        .filter(|f| f.code == Code::ContentHarmful && f.severity <= Severity::Warning && f.variant != Some("name"))
        .filter_map(|f| f.file)
        .collect();
    if !harmful.is_empty() {
        push(late, "read-harmful", vec![("count", harmful.len().to_string())], Vec::new());
    }
    if !contradicting.is_empty() {
        push(late, "settle-contradictions", vec![("count", contradicting.len().to_string())], contradicting);
    }
    if findings.all().iter().any(|f| f.code == Code::AnomalyUnexplained && f.severity <= Severity::Warning && f.order.is_none_or(|o| wanted.contains(&o))) {
        push(late, "add-cause", Vec::new(), Vec::new());
    }
    let submit = |by| Task { by, key: "submit".to_owned(), params: Vec::new(), orders: Vec::new() };
    let notice = &view.case.notice;
    let last = match notice.deadline {
        // counted from a day, or of an unknown zone, it may still be open after it seems to have passed
        Some(_) => {
            let ends = [notice.earliest_deadline(), notice.deadline, notice.latest_deadline()];
            // without an order there is nothing to submit
            ends.into_iter().flatten().find(|by| *by >= view.case.now && !wanted.is_empty()).map(submit)
        }
        // it stands in the notice that is to be chosen
        None if ambiguous => None,
        None => Some(Task { by, key: "find-deadline".to_owned(), params: Vec::new(), orders: Vec::new() }),
    };
    // stable: within one deadline the order above, the work that takes others longest first
    tasks.sort_by_key(|t| t.by);
    tasks.truncate(MOST - usize::from(last.is_some()));
    tasks.extend(last);
    tasks.sort_by_key(|t| t.by);
    tasks
}

/// What a courier is asked for, as the sheet says it in more words.
fn what(view: &View, request: &Request) -> String {
    let w = words(view.ctx.lang);
    let asked: BTreeSet<&str> = request.wants.iter().flat_map(|want| &want.what).copied().collect();
    let named: Vec<&str> = WANTED.into_iter().filter(|(want, _)| asked.contains(want)).map(|(_, key)| w.get(key)).collect();
    named.join(w.get("list.between"))
}

/// The flagged orders that the seller did not leave out.
pub(super) fn wanted(view: &View, orders: &[OrderAssessment]) -> BTreeSet<usize> {
    view.case.listed.iter().map(|l| l.order).filter(|i| !left_out_by_user(orders, *i)).collect()
}

fn left_out_by_user(orders: &[OrderAssessment], order: usize) -> bool {
    orders.get(order).is_none_or(OrderAssessment::left_out_by_seller)
}

/// Today 18:00, or tomorrow's when that is less than an hour away; never after the deadline.
fn station_time(view: &View) -> Time {
    let now = view.case.now;
    let today = at_hour(now, STATION_HOUR);
    let by = if now + Duration::hours(1) <= today { today } else { today + Duration::days(1) };
    cap(view, by)
}

/// The evening before the deadline's day, else tomorrow 18:00.
fn before_deadline(view: &View) -> Time {
    let by = match view.case.notice.earliest_deadline() {
        // the evening is that of the seller's own clock
        Some(deadline) => (at_hour(deadline.with_timezone(&view.case.now.timezone()), STATION_HOUR) - Duration::days(1)).max(station_time(view)),
        None => station_time(view) + Duration::days(1),
    };
    cap(view, by)
}

/// What is asked of others comes before the appeal that it is for: an hour, while stations answer; after that it is asked within the hour, or half of what is
/// left.
fn cap(view: &View, by: Time) -> Time {
    let now = view.case.now;
    let Some(deadline) = view.case.notice.earliest_deadline().filter(|deadline| *deadline >= now && by >= *deadline) else { return by };
    let soon = now + Duration::hours(1).min((deadline - now) / 2);
    let before = deadline - Duration::hours(1);
    if before <= at_hour(now, STATION_HOUR) { before.max(soon) } else { soon }
}

fn at_hour(day: Time, hour: u32) -> Time {
    NaiveTime::from_hms_opt(hour, 0, 0).and_then(|t| day.with_time(t).single()).unwrap_or(day)
}
