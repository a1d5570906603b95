//! Why the orders came together: orders a day, the usual rate before, events, and which order each document explains.
//! `anomaly-unexplained`, `promotion-proof-missing`.
//!
//! Source: Tmall rule 11000256 (an appeal succeeds when it proves real consumption *and* explains the anomaly; 2026-02-27); Douyin aJoPTsTo7Jmx asks
//! for promotion proof of the flagged orders. Cleared by a document (live or promotion record, traffic, advertising, affiliate) that names the orders or covers their time.

use super::data::Ranks;
use super::view::View;
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::assessment::{Anomaly, CauseSource, DayCount, Event, OrderAssessment, TradeFigures};
use crate::model::file::Kind;
use crate::model::ids::OrderId;
use crate::model::money::Money;
use crate::model::order::ExportEntry;
use crate::model::record::{CauseKind, CauseRow};
use crate::model::settings::Fact;
use crate::model::source::{FileId, Place};
use crate::model::{Moment, Time};
use crate::profile::evidence_group::{EvidenceFact, Level, Member};
use crate::text::numbers::Currency;
use chrono::{Days, FixedOffset, NaiveDate};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Days of the chart at most.
const MOST_DAYS: u64 = 60;
/// Days that make the usual rate at most.
const DAYS_BEFORE: u64 = 30;
/// Days shown after the last flagged one.
const DAYS_AFTER: u64 = 7;
/// More shaded stretches than this are a pattern, not events.
const MOST_EVENTS: usize = 40;

/// The numbers and the table of sources. `orders` must know who is argued.
pub(super) fn read(view: &View, ranks: &Ranks, orders: &[OrderAssessment]) -> Anomaly {
    let flagged: HashSet<&str> = view.case.orders.iter().map(|o| o.id.as_str()).collect();
    let mut anomaly = Anomaly { zone: zone(&view.case.export), asked: asked(view), ..Anomaly::default() };
    let mut counts: BTreeMap<NaiveDate, (usize, usize)> = BTreeMap::new();
    for entry in &view.case.export {
        if let Some(moment) = entry.at {
            // events, which may name another zone, are shaded on the same days
            let count = counts.entry(anomaly.day(moment.at)).or_default();
            count.0 += 1;
            count.1 += usize::from(flagged.contains(entry.id.as_str()));
        }
    }
    anomaly.export_orders = counts.values().map(|c| c.0).sum();
    days(&counts, &mut anomaly);
    anomaly.events = events(view, ranks, orders, &anomaly);
    sources(orders, &mut anomaly);
    figures(view, orders, &mut anomaly);
    anomaly
}

/// Late or false shipment is judged by scans: why the orders came together is asked where a group of the profile asks for a cause.
fn asked(view: &View) -> bool {
    let Some(violation) = view.case.violation.as_deref() else { return true };
    let causes = |m: Member| matches!(m, Member::Fact(EvidenceFact::Cause | EvidenceFact::Promoted) | Member::Kind(Kind::Promotion | Kind::Traffic));
    let groups = &view.platform.evidence_groups;
    groups.iter().any(|g| g.level >= Level::Asked && g.violation == violation && g.members().any(causes))
}

/// The offset that most times of the exports have, so that the chart's days are those that its rows show.
fn zone(export: &[ExportEntry]) -> Option<FixedOffset> {
    let mut offsets: BTreeMap<i32, (usize, FixedOffset)> = BTreeMap::new();
    for at in export.iter().filter_map(|e| e.at).filter(|m| m.has_time).map(|m| m.at) {
        offsets.entry(at.offset().local_minus_utc()).or_insert((0, *at.offset())).0 += 1;
    }
    offsets.into_values().max_by_key(|(n, _)| *n).map(|(_, offset)| offset)
}

/// Plain figures of the flagged orders beside those of all others: what a reviewer can recount from the export, nothing estimated.
fn figures(view: &View, orders: &[OrderAssessment], anomaly: &mut Anomaly) {
    let place: HashMap<&str, usize> = view.case.orders.iter().enumerate().map(|(i, o)| (o.id.as_str(), i)).collect();
    let mut bought: HashMap<&str, usize> = HashMap::new();
    for e in view.case.export.iter().filter(|e| !e.buyer.is_empty()) {
        *bought.entry(&e.buyer).or_default() += 1;
    }
    let currency = ExportEntry::commonest_currency(&view.case.export);
    let tally = || Tally { currency, ..Tally::default() };
    let (mut flagged, mut argued, mut others) = (tally(), tally(), tally());
    for e in &view.case.export {
        let again = (!e.buyer.is_empty()).then(|| bought.get(&*e.buyer).is_some_and(|n| *n > 1));
        let province = view.regions.locate(&e.address).map(|s| view.regions.province(s));
        match place.get(e.id.as_str()) {
            None => others.take(e, again, province),
            Some(order) => {
                flagged.take(e, again, province);
                if orders.get(*order).is_some_and(OrderAssessment::argued) {
                    argued.take(e, again, province);
                }
            }
        }
    }
    (anomaly.flagged, anomaly.argued, anomaly.others) = (flagged.close(), argued.close(), others.close());
}

/// Figures while they are counted.
#[derive(Default)]
struct Tally<'a> {
    currency: Option<Currency>,
    figures: TradeFigures,
    amount: (Decimal, usize),
    pieces: (Decimal, usize),
    provinces: BTreeSet<&'a str>,
    hours: BTreeMap<i64, (Time, usize)>,
}

impl<'a> Tally<'a> {
    fn take(&mut self, entry: &ExportEntry, again: Option<bool>, province: Option<&'a str>) {
        let figures = &mut self.figures;
        figures.orders += 1;
        figures.refunded += usize::from(entry.refunded);
        figures.buyers_known += usize::from(again.is_some());
        figures.repeat += usize::from(again == Some(true));
        figures.located += usize::from(province.is_some());
        self.provinces.extend(province);
        // an order that was never paid has a price and no payment
        let paid = !entry.unpaid;
        let amount = entry.amount.filter(|_| paid && Some(entry.currency) == self.currency);
        for (sum, value) in [(&mut self.amount, amount), (&mut self.pieces, entry.pieces.filter(|_| paid))] {
            // a sum that no decimal holds is no sum of orders; such a cell is left out
            if let Some(total) = value.and_then(|v| sum.0.checked_add(v)) {
                *sum = (total, sum.1 + 1);
            }
        }
        if let Some(at) = entry.at.filter(|m| m.has_time).map(|m| m.at) {
            let begin = at - chrono::Duration::seconds(at.timestamp().rem_euclid(3600));
            self.hours.entry(begin.timestamp()).or_insert((begin, 0)).1 += 1;
        }
    }

    fn close(mut self) -> TradeFigures {
        let mean = |(sum, n): (Decimal, usize)| (n > 0).then(|| ((sum / Decimal::from(n)).round_dp(2), n));
        self.figures.provinces = self.provinces.len();
        self.figures.amount = mean(self.amount).zip(self.currency).map(|((amount, n), currency)| (Money { amount, currency }, n));
        self.figures.pieces = mean(self.pieces);
        self.figures.busiest = self.hours.into_values().max_by_key(|(at, n)| (*n, std::cmp::Reverse(*at)));
        self.figures
    }
}

fn days(counts: &BTreeMap<NaiveDate, (usize, usize)>, anomaly: &mut Anomaly) {
    let flagged = || counts.iter().filter(|(_, c)| c.1 > 0).map(|(d, _)| *d);
    let (Some(&begin), Some(&end)) = (counts.keys().next(), counts.keys().next_back()) else { return };
    let (Some(first), Some(last)) = (flagged().next(), flagged().next_back()) else { return };
    let back = |day: NaiveDate, n| day.checked_sub_days(Days::new(n)).unwrap_or(day);
    let on = |day: NaiveDate, n| day.checked_add_days(Days::new(n)).unwrap_or(day);
    let mut to = end.min(on(last, DAYS_AFTER));
    // flagged days are never cut off for days around them; if they alone are too many, the chart begins with the first of them
    let mut from = begin.max(back(first, DAYS_BEFORE)).max(back(to, MOST_DAYS - 1));
    if from > first {
        to = last.max(first).min(on(first, MOST_DAYS - 1));
        from = first.min(back(to, MOST_DAYS - 1).max(begin));
    }
    anomaly.days = from
        .iter_days()
        .take_while(|d| *d <= to)
        .map(|day| {
            let (orders, flagged) = counts.get(&day).copied().unwrap_or_default();
            DayCount { day, orders, flagged }
        })
        .collect();
    // the days before the crowd began: a single flagged order of weeks ago is no reason to know nothing of what is usual
    let crowd = crowd_begins(counts).unwrap_or(first);
    let usual = begin.max(back(crowd, DAYS_BEFORE));
    let before: Vec<usize> = usual.iter_days().take_while(|d| *d < crowd).map(|d| counts.get(&d).map_or(0, |c| c.0)).collect();
    if !before.is_empty() {
        anomaly.mean_before = Some((Decimal::from(before.iter().sum::<usize>()) / Decimal::from(before.len()), before.len()));
    }
}

/// The first of the days in a row with flagged orders that lead to the day with most of them.
fn crowd_begins(counts: &BTreeMap<NaiveDate, (usize, usize)>) -> Option<NaiveDate> {
    let flagged = |day: &NaiveDate| counts.get(day).map_or(0, |c| c.1);
    let peak = counts.keys().max_by_key(|day| (flagged(day), std::cmp::Reverse(**day)))?;
    std::iter::successors(Some(*peak), |day| day.pred_opt()).take_while(|day| flagged(day) > 0).last()
}

/// The rows of tables of causes that are handed in: an event of any other row would cite an exhibit that does not show it.
struct HandedIn<'a> {
    ids: HashSet<&'a OrderId>,
    places: HashMap<FileId, HashSet<&'a Place>>,
}

impl<'a> HandedIn<'a> {
    fn of(view: &'a View, orders: &[OrderAssessment]) -> Self {
        let (mut ids, mut places): (HashSet<&OrderId>, HashMap<FileId, HashSet<&Place>>) = Default::default();
        for (o, _) in view.orders.iter().zip(orders).filter(|(_, result)| result.argued()) {
            ids.extend(std::iter::once(&o.order.id).chain(&o.order.sub_ids));
            for link in &o.links {
                // a copy of a file is the file itself
                let first = view.case.file(link.file).same_as.unwrap_or(link.file);
                places.entry(first).or_default().insert(&link.place);
            }
        }
        HandedIn { ids, places }
    }

    /// A row of argued orders; one that names no order also where it was tied to one, or its file goes in whole.
    fn holds(&self, view: &View, file: FileId, row: &CauseRow) -> bool {
        let Some(places) = self.places.get(&file) else { return false };
        if row.orders.iter().any(|id| self.ids.contains(id)) {
            return true;
        }
        let whole = || view.case.settings.tables_whole || places.contains(&Place::Whole) || view.case.content(file).content.anonymous();
        row.orders.is_empty() && (places.contains(&row.place) || whole())
    }
}

/// Live and promotion rows with a name or an end, and what the user wrote under `[facts]`; only those that touch the chart.
fn events(view: &View, ranks: &Ranks, orders: &[OrderAssessment], anomaly: &Anomaly) -> Vec<Event> {
    let (Some(first), Some(last)) = (anomaly.days.first().map(|d| d.day), anomaly.days.last().map(|d| d.day)) else { return Vec::new() };
    let mut events: Vec<Event> = Vec::new();
    let handed_in = HandedIn::of(view, orders);
    for entry in view.case.files.iter().filter(|f| f.same_as.is_none()) {
        for table in view.case.content(entry.id).content.causes() {
            if !matches!(table.cause, CauseKind::Live | CauseKind::Promotion) {
                continue;
            }
            for row in table.rows.iter().filter(|row| handed_in.holds(view, entry.id, row)) {
                if let Some(from) = row.from
                    && (row.label.is_some() || row.to.is_some())
                {
                    let label = row.label.clone().unwrap_or_default();
                    let to = row.to.filter(|t| *t >= from).unwrap_or(from);
                    events.push(Event { cause: table.cause, label, from, to, file: Some(entry.id), fact: None });
                }
            }
        }
    }
    for (key, fact) in &view.case.settings.facts {
        fact_events(ranks, key, fact, &mut events);
    }
    events.retain(|e| anomaly.day(e.from.at) <= last && anomaly.day(e.to.at) >= first);
    // of equal ones the file's stays: it can be shown
    events.sort_by(|a, b| (a.from, a.to, a.cause, &a.label, a.file.is_none(), a.file).cmp(&(b.from, b.to, b.cause, &b.label, b.file.is_none(), b.file)));
    events.dedup_by(|a, b| (a.from, a.to, a.cause, &a.label) == (b.from, b.to, b.cause, &b.label));
    // what the user wrote down of an event that a file tells of as well adds nothing: the file's word is the proof
    let told: Vec<(String, Time)> = events.iter().filter(|e| e.file.is_some()).map(|e| (e.label.clone(), e.from.at)).collect();
    events.retain(|e| e.file.is_some() || !told.iter().any(|(label, from)| *label == e.label && (*from - e.from.at).num_hours().abs() < 24));
    events.truncate(MOST_EVENTS);
    events
}

/// A date under `[facts]` is an event only where its key or name says so: the day a shop was opened is none.
fn fact_events(ranks: &Ranks, key: &str, fact: &Fact, events: &mut Vec<Event>) {
    let mut push = |label: &str, from: Time, to: Time| {
        let Some(cause) = ranks.cause(label).or_else(|| ranks.cause(key)) else { return };
        let (label, fact) = (label.to_owned(), Some(key.to_owned()));
        events.push(Event { cause, label, from: Moment::of_setting(from), to: Moment::of_setting(to), file: None, fact });
    };
    match fact {
        Fact::Date(at) => push(key, *at, *at),
        Fact::Table(table) => {
            let date = |name: &str| match table.get(name) {
                Some(Fact::Date(at)) => Some(*at),
                _ => None,
            };
            if let Some(from) = date("from").or(date("date")) {
                let label = match table.get("name") {
                    Some(Fact::Text(name)) => name.as_str(),
                    _ => key,
                };
                push(label, from, date("to").filter(|t| *t >= from).unwrap_or(from));
            }
        }
        Fact::List(list) => list.iter().for_each(|f| fact_events(ranks, key, f, events)),
        Fact::Text(_) | Fact::Number(_) | Fact::Flag(_) => {}
    }
}

/// Each argued order at its strongest source only, so that the rows add up.
fn sources(orders: &[OrderAssessment], anomaly: &mut Anomaly) {
    let mut rows: BTreeMap<(CauseKind, FileId), (usize, usize)> = BTreeMap::new();
    for order in orders.iter().filter(|o| o.argued()) {
        // causes are sorted, the strongest first
        match order.causes.first() {
            Some(cause) => {
                let row = rows.entry((cause.cause, cause.file)).or_default();
                row.0 += 1;
                row.1 += usize::from(cause.inferred);
            }
            None => anomaly.unexplained += 1,
        }
    }
    anomaly.sources = rows.into_iter().map(|((cause, file), (orders, inferred))| CauseSource { cause, file, orders, inferred }).collect();
}

/// Without any document one error for the case; where others are explained, a warning for each order that is not. Where no reason is asked for, a note.
pub(super) fn findings(view: &View, orders: &[OrderAssessment], findings: &mut Findings) {
    let total = orders.len();
    if total == 0 {
        return;
    }
    if !asked(view) {
        if orders.iter().all(|o| o.causes.is_empty()) {
            let finding = Finding::new(Code::AnomalyUnexplained).variant("not-asked").severity(Severity::Note);
            findings.push(finding.with("count", view.case.listed.len()));
        }
        return;
    }
    if orders.iter().all(|o| o.causes.is_empty()) {
        findings.push(Finding::new(Code::AnomalyUnexplained).with("count", view.case.listed.len()));
        return;
    }
    for (i, _) in orders.iter().enumerate().filter(|(_, o)| o.causes.is_empty()) {
        findings.push(view.finding(Code::AnomalyUnexplained, i).variant("order").severity(Severity::Warning));
    }
    let traffic_only = |o: &&OrderAssessment| !o.causes.is_empty() && o.causes.iter().all(|c| c.cause == CauseKind::Traffic);
    let without = orders.iter().filter(traffic_only).count();
    if without > 0 {
        findings.push(Finding::new(Code::PromotionProofMissing).with("count", without).with("total", total));
    }
}
