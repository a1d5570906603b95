//! What the seller should do, and until when: at most five, the earliest deadline first, the longest work first among equals.

use super::view::View;
use crate::finding::{Code, Findings, Severity};
use crate::model::Time;
use crate::model::assessment::{OrderAssessment, Standing, Task};
use crate::profile::lang::words;
use chrono::{Duration, NaiveTime};
use std::collections::{BTreeMap, BTreeSet};

/// A run has at most so many.
const MOST: usize = 5;
/// Couriers' stations answer on the same day until this hour.
const STATION_HOUR: u32 = 18;

/// The tasks of a case.
pub(super) fn list(view: &View, orders: &[OrderAssessment], findings: &Findings) -> Vec<Task> {
    let by = station_time(view);
    let late = before_deadline(view);
    let wanted: BTreeSet<usize> = view.case.listed.iter().map(|l| l.order).filter(|i| !left_out_by_user(orders, *i)).collect();
    let with = |codes: &[Code]| -> Vec<usize> {
        let found: BTreeSet<usize> = findings.all().iter().filter(|f| codes.contains(&f.code)).filter_map(|f| f.order).collect();
        found.intersection(&wanted).copied().collect()
    };
    let mut tasks = Vec::new();
    let mut push = |by: Time, key: &str, params: Vec<(&str, String)>, orders: Vec<usize>| {
        let params = params.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        tasks.push(Task { by, key: key.to_owned(), params, orders });
    };
    for (carrier, list) in by_carrier(view, with(&[Code::WeightMissing, Code::TracePublicOnly])) {
        let from = view.case.settings.seller.ship_from.clone().unwrap_or_default();
        let place = short_place(&from);
        let station = [carrier.as_str(), place.as_str()].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("-");
        let file = format!("requests/{}.xlsx", safe(&station));
        push(by, "request-waybills", vec![("carrier", carrier), ("from", from), ("count", list.len().to_string()), ("file", file)], list);
    }
    let mut simple = |codes: &[Code], by: Time, key: &str| {
        let list = with(codes);
        if !list.is_empty() {
            push(by, key, vec![("count", list.len().to_string())], list);
        }
    };
    simple(&[Code::TrackingNumberMissing], by, "find-numbers");
    simple(&[Code::TraceMissing], by, "fetch-traces");
    simple(&[Code::ChatMissing, Code::ChatTextOnly], late, "ask-proof-numbers");
    let contradicting: Vec<usize> = wanted.iter().copied().filter(|i| orders.get(*i).is_some_and(|o| o.standing == Standing::Contradicting)).collect();
    if !contradicting.is_empty() {
        push(late, "settle-contradictions", vec![("count", contradicting.len().to_string())], contradicting);
    }
    if findings.all().iter().any(|f| f.code == Code::AnomalyUnexplained && f.severity <= Severity::Warning) {
        push(late, "add-cause", Vec::new(), Vec::new());
    }
    let last = match view.case.notice.deadline {
        Some(deadline) if deadline >= view.case.now => Some(Task { by: deadline, key: "submit".to_owned(), params: Vec::new(), orders: Vec::new() }),
        Some(_) => None,
        None => Some(Task { by, key: "find-deadline".to_owned(), params: Vec::new(), orders: Vec::new() }),
    };
    // stable: within one deadline the order above, the work that takes others longest first
    tasks.sort_by_key(|t| t.by);
    tasks.truncate(MOST - usize::from(last.is_some()));
    tasks.extend(last);
    tasks.sort_by_key(|t| t.by);
    tasks
}

fn left_out_by_user(orders: &[OrderAssessment], order: usize) -> bool {
    use crate::model::assessment::LeftOut;
    orders.get(order).is_none_or(|o| matches!(o.left_out, Some(LeftOut::ByUser(_) | LeftOut::OutOfScope)))
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
    let by = match view.case.notice.deadline {
        Some(deadline) => (at_hour(deadline, STATION_HOUR) - Duration::days(1)).max(station_time(view)),
        None => station_time(view) + Duration::days(1),
    };
    cap(view, by)
}

fn cap(view: &View, by: Time) -> Time {
    match view.case.notice.deadline {
        Some(deadline) if deadline >= view.case.now => by.min(deadline),
        _ => by,
    }
}

fn at_hour(day: Time, hour: u32) -> Time {
    NaiveTime::from_hms_opt(hour, 0, 0).and_then(|t| day.with_time(t).single()).unwrap_or(day)
}

/// Orders by the carrier of their first waybill, the largest group first.
fn by_carrier(view: &View, orders: Vec<usize>) -> Vec<(String, Vec<usize>)> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for order in orders {
        let waybill = view.case.orders.get(order).and_then(|o| o.waybills.first()).map(|w| &w.value);
        let name = waybill.and_then(|w| view.carrier_name(w)).unwrap_or_else(|| words(view.ctx.lang).get("task.unknown-carrier").to_owned());
        groups.entry(name).or_default().push(order);
    }
    let mut list: Vec<(String, Vec<usize>)> = groups.into_iter().collect();
    list.sort_by_key(|(_, orders)| std::cmp::Reverse(orders.len()));
    list
}

/// The district or town of an address (`浙江省杭州市西湖区文三路1号` → `西湖`); a short text stays, a long one without any is left out.
fn short_place(address: &str) -> String {
    const SHORT: usize = 8;
    let bare = address.trim();
    if bare.chars().count() <= SHORT {
        return bare.to_owned();
    }
    let mut name = String::new();
    let mut found = String::new();
    for c in bare.chars() {
        match c {
            '省' | '市' | '区' | '县' => {
                if name.chars().count() >= 2 {
                    found = std::mem::take(&mut name);
                }
                name.clear();
            }
            c if c.is_whitespace() => name.clear(),
            // behind the first street there are only house names
            '街' | '路' | '镇' | '乡' | '道' => break,
            c => name.push(c),
        }
    }
    found
}

/// A name that every file system takes.
fn safe(name: &str) -> String {
    name.chars().map(|c| if c.is_control() || "\\/:*?\"<>|%".contains(c) { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::short_place;

    #[test]
    fn stations_are_named_by_district() {
        for (address, expected) in [
            ("浙江省杭州市西湖区文三路1号", "西湖"),
            ("浙江省金华市永康市东城街道样板路18号", "永康"),
            ("西湖", "西湖"),
            ("北京市 朝阳区 建国路 1 号", "朝阳"),
            ("Building 4, 18 Main Street", ""),
            ("", ""),
        ] {
            assert_eq!(short_place(address), expected, "{address}");
        }
    }
}
