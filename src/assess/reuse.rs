//! One waybill on several orders: `tracking-number-reused`, `tracking-number-shared`.
//!
//! Needs waybills, buyers and addresses of all orders of the exports, flagged or not, and the rows of tracking lists. Source: Douyin 轨迹异常 1.1(2), Tmall rule 11000256
//! ("一个单号重复多次使用"). Same buyer and address is combined shipping and allowed. Cleared by correcting the number, or by the courier's word
//! that two orders travelled in one parcel.

use super::view::View;
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::order::{ExportEntry, ListedBeside};
use crate::model::settings::Delivery;
use crate::text::ids::clean_waybill;
use crate::text::width::narrow;
use std::collections::{HashMap, HashSet};

/// How two orders under one number compare.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reuse {
    /// Same buyer, same address.
    Shared,
    /// Same buyer, addresses not readable.
    SharedUnread,
    /// Same address, a buyer who cannot be read.
    SameAddressUnknown,
    /// Another buyer, same address.
    SameAddress,
    /// Nothing to compare by.
    Unknown,
    /// Another buyer, addresses not readable.
    Unread,
    /// Another address.
    OtherAddress,
}

/// Compares every flagged order with all orders that carry one of its numbers.
pub(super) fn numbers(view: &View, findings: &mut Findings) {
    // who else has them is asked of these numbers only: an export of a year would fill a map of its own
    let mut users: HashMap<String, Vec<usize>> = view.orders.iter().flat_map(|o| o.waybills()).map(|w| (clean_waybill(&w.number), Vec::new())).collect();
    let flagged: HashSet<&str> = view.orders.iter().map(|o| o.order.id.as_str()).collect();
    let mut own: HashMap<&str, usize> = HashMap::new();
    for (i, entry) in view.case.export.iter().enumerate() {
        if flagged.contains(entry.id.as_str()) {
            own.insert(entry.id.as_str(), i);
        }
        for waybill in &entry.waybills {
            if let Some(list) = users.get_mut(&clean_waybill(waybill)).filter(|list| list.last() != Some(&i)) {
                list.push(i);
            }
        }
    }
    users.retain(|_, list| list.len() > 1);
    let groups: HashMap<String, Group> = users.into_iter().map(|(number, list)| (number, Group::of(&view.case.export, list))).collect();
    for (i, o) in view.orders.iter().enumerate() {
        let Some(me) = own.get(o.order.id.as_str()).and_then(|n| view.case.export.get(*n)) else { continue };
        for waybill in o.waybills() {
            let number = clean_waybill(&waybill.number);
            let Some((worst, other, count)) = groups.get(&number).and_then(|g| g.worst(me)) else { continue };
            let finding = view
                .finding(if worst <= Reuse::SharedUnread { Code::TrackingNumberShared } else { Code::TrackingNumberReused }, i)
                .at(other.file, other.place.clone())
                .with("waybill", &number)
                .with("other", &other.id)
                .with("count", count);
            findings.push(judged(finding, worst, o.delivery == Some(Delivery::Consolidated)));
        }
    }
    beside(view, findings);
}

/// Orders that only a tracking list names: who bought them is not known. One finding a number.
fn beside(view: &View, findings: &mut Findings) {
    let mut users: HashMap<&str, Vec<&ListedBeside>> = HashMap::new();
    for row in &view.case.listed_beside {
        let rows = users.entry(&row.waybill).or_default();
        if !rows.iter().any(|known| known.id == row.id) {
            rows.push(row);
        }
    }
    for (i, o) in view.orders.iter().enumerate() {
        for waybill in o.waybills() {
            let Some((other, rows)) = users.get(waybill.number.as_str()).and_then(|rows| Some((rows.first()?, rows))) else { continue };
            let finding = view.finding(Code::TrackingNumberReused, i).at(other.file, other.place.clone());
            let finding = finding.with("waybill", &waybill.number).with("other", &other.id).with("count", rows.len());
            let consolidated = o.delivery == Some(Delivery::Consolidated);
            findings.push(finding.variant(if consolidated { "consolidated" } else { "listed" }).severity(Severity::Warning));
        }
    }
}

fn judged(finding: Finding, reuse: Reuse, consolidated: bool) -> Finding {
    let finding = match reuse {
        Reuse::Shared => finding,
        Reuse::SharedUnread => finding.variant("unread"),
        Reuse::SameAddressUnknown => finding.variant("same-address-unknown").severity(Severity::Warning),
        Reuse::SameAddress => finding.variant("same-address").severity(Severity::Warning),
        Reuse::Unknown => finding.variant("unknown").severity(Severity::Warning),
        Reuse::Unread => finding.variant("unread"),
        Reuse::OtherAddress => finding,
    };
    // the user said that a forwarder put several orders into one parcel: still to be looked at
    if consolidated && reuse > Reuse::SharedUnread { finding.variant("consolidated").severity(Severity::Warning) } else { finding }
}

/// Who is behind an order and where it went, folded; `None` where it cannot be read.
struct Who {
    buyer: Option<String>,
    /// Down to the house; a district alone is shared by thousands.
    address: Option<String>,
    /// What an address shows that is masked or stops short of the house: province, city, district.
    shown: Option<String>,
}

impl Who {
    fn of(entry: &ExportEntry) -> Self {
        let open = [entry.address.find('*'), entry.address.find("##"), entry.address.find("$$")].into_iter().flatten().min();
        let shown = entry.address.get(..open.unwrap_or(entry.address.len())).and_then(readable);
        Who { buyer: readable(&entry.buyer), address: readable(&entry.address).filter(|a| names_a_house(a)), shown }
    }
}

/// The orders under one number, in source order, with what says how far two of them can differ at most: one number on thousands of orders must not be
/// compared pair by pair.
struct Group<'a> {
    entries: Vec<(&'a ExportEntry, Who)>,
    /// How many of them carry an id; damaged ones may be equal.
    ids: HashMap<&'a str, usize>,
    addresses_differ: bool,
    /// What is shown of masked ones.
    shown_differ: bool,
    buyers_differ: bool,
    /// An address, or a buyer, is not readable.
    unread: bool,
}

impl<'a> Group<'a> {
    fn of(export: &'a [ExportEntry], list: Vec<usize>) -> Self {
        let entries: Vec<(&ExportEntry, Who)> = list.into_iter().filter_map(|n| export.get(n)).map(|e| (e, Who::of(e))).collect();
        let mut ids: HashMap<&str, usize> = HashMap::new();
        entries.iter().for_each(|(e, _)| *ids.entry(e.id.as_str()).or_default() += 1);
        let differ = |field: fn(&Who) -> Option<&str>| {
            let mut values = entries.iter().filter_map(|(_, who)| field(who));
            values.next().is_some_and(|first| values.any(|v| v != first))
        };
        Group {
            addresses_differ: differ(|w| w.address.as_deref()),
            shown_differ: differ(|w| w.shown.as_deref()),
            buyers_differ: differ(|w| w.buyer.as_deref()),
            unread: entries.iter().any(|(_, w)| w.address.is_none() || w.buyer.is_none()),
            ids,
            entries,
        }
    }

    /// The gravest that any two of them can be to one another.
    fn ceiling(&self) -> Reuse {
        match () {
            () if self.addresses_differ || self.shown_differ => Reuse::OtherAddress,
            () if self.unread && self.buyers_differ => Reuse::Unread,
            () if self.unread => Reuse::Unknown,
            () if self.buyers_differ => Reuse::SameAddress,
            () => Reuse::Shared,
        }
    }

    /// The gravest against one order, the first in source order among equals, and how many others there are.
    fn worst(&self, me: &ExportEntry) -> Option<(Reuse, &'a ExportEntry, usize)> {
        let (own, ceiling) = (Who::of(me), self.ceiling());
        let mut worst: Option<(Reuse, &ExportEntry)> = None;
        for (entry, who) in self.entries.iter().filter(|(e, _)| e.id != me.id) {
            let reuse = compare(&own, who);
            if worst.is_none_or(|(w, _)| reuse > w) {
                worst = Some((reuse, entry));
            }
            if reuse == ceiling {
                break;
            }
        }
        let others = self.entries.len() - self.ids.get(me.id.as_str()).copied().unwrap_or(0);
        worst.map(|(reuse, entry)| (reuse, entry, others))
    }
}

fn compare(a: &Who, b: &Who) -> Reuse {
    let same_buyer = match (&a.buyer, &b.buyer) {
        (Some(x), Some(y)) => Some(x == y),
        _ => None,
    };
    match (&a.address, &b.address, same_buyer) {
        (Some(x), Some(y), _) if x != y => Reuse::OtherAddress,
        (_, _, _) if a.shown.as_ref().zip(b.shown.as_ref()).is_some_and(|(x, y)| !x.starts_with(y.as_str()) && !y.starts_with(x.as_str())) => {
            Reuse::OtherAddress
        }
        (Some(_), Some(_), Some(true)) => Reuse::Shared,
        (Some(_), Some(_), Some(false)) => Reuse::SameAddress,
        (Some(_), Some(_), None) => Reuse::SameAddressUnknown,
        (_, _, Some(true)) => Reuse::SharedUnread,
        (_, _, Some(false)) => Reuse::Unread,
        (_, _, None) => Reuse::Unknown,
    }
}

/// Does a folded address go on below district, town or post town: in Chinese with words behind the last of these, elsewhere with a number that is no postcode.
fn names_a_house(address: &str) -> bool {
    const UNITS: [&str; 9] = ["省", "自治区", "市", "区", "县", "旗", "镇", "乡", "街道"];
    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    if !address.contains(chinese) {
        let numbers = address.split(|c: char| !c.is_ascii_digit());
        return numbers.into_iter().any(|n| (1..5).contains(&n.len()));
    }
    let end = UNITS.iter().filter_map(|unit| address.rfind(unit).map(|at| at + unit.len())).max().unwrap_or(0);
    address.get(end..).is_some_and(|rest| rest.chars().filter(|c| c.is_alphanumeric()).count() >= 2)
}

/// Folded for comparing; `None` when empty or masked by the platform. A postcode in brackets at the end does not make another address.
pub(super) fn readable(text: &str) -> Option<String> {
    if text.contains('*') || text.contains("##") || text.contains("$$") {
        return None;
    }
    let mut folded: String = narrow(text).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    if let Some(open) = folded.rfind('(')
        && folded.get(open + 1..).is_some_and(|t| t.len() == 7 && t.ends_with(')') && t.bytes().take(6).all(|b| b.is_ascii_digit()))
    {
        folded.truncate(open);
    }
    (!folded.is_empty()).then_some(folded)
}
