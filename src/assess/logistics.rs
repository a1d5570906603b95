//! Waybill numbers and scans: the rules by which platforms judge shipping, run before they do (facts 5.4).
//!
//! Sources: Tmall rule 11000266 (第六条, 第九条, 第十一条, 规则解读五; 2026-04-09), Tmall rule 11000256, Douyin 轨迹异常 1.1 with aHwHroCPheig and
//! aHzmeN9E9dBF. Platform texts read 2026-08-22.

use super::data::TradeWords;
use super::view::{OrderView, View};
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::file::Kind;
use crate::model::ids::Waybill;
use crate::model::record::{Content, DeliveredHow, EventKind, Trace, TraceState};
use crate::model::source::{FileId, Located, Place};
use crate::model::{Moment, Time};
use crate::profile::lang::words;
use crate::text::dates;
use crate::text::ids::clean_waybill;
use std::collections::BTreeSet;

/// `tracking-number-missing`, `tracking-number-malformed`, `carrier-other`. Need the order in an export, and the carrier it names. Cleared by the right
/// number in the export or in a tracking list. Shapes and check digits of numbers are data of uneven trust, so a strange one is a warning and never more.
pub(super) fn numbers(view: &View, trade_words: &TradeWords, findings: &mut Findings) {
    for (i, o) in view.orders.iter().enumerate() {
        // what was never paid, or was paid back before it was sent, was never to have a number
        let never = o.order.unpaid || o.order.refunded == Some(true);
        if o.express && o.order.in_export && !never && o.order.waybills.is_empty() && o.traces.is_empty() {
            let finding = view.finding(Code::TrackingNumberMissing, i);
            // what waits for its shipment has no number yet, and no list could give one
            let status = o.order.status.as_ref().filter(|_| o.order.to_ship);
            findings.push(match status {
                Some(status) => finding.variant("not-sent").severity(Severity::Warning).with("status", &status.value),
                None if only_goods(view, o) => finding.variant("goods-only"),
                None => finding,
            });
        }
        for located in &o.order.waybills {
            other_carrier(view, trade_words, i, o, located, findings);
            let number = &located.value.number;
            let carrier = view.carrier_id(&located.value);
            if view.carriers.check_digit(carrier, number) == Some(false) {
                let finding = view.finding(Code::TrackingNumberMalformed, i).at(located.file, located.place.clone()).with("waybill", number);
                findings.push(finding.variant("check-digit"));
                continue;
            }
            let Some(carrier) = carrier.filter(|id| view.carriers.matches_pattern(id, number) == Some(false)) else { continue };
            let others: Vec<&str> = view.carriers.suggest(number).into_iter().take(3).map(|id| view.carriers.name(id, view.ctx.lang)).collect();
            let finding = view.finding(Code::TrackingNumberMalformed, i).at(located.file, located.place.clone()).with("waybill", number);
            let finding = finding.with("carrier", view.carriers.name(carrier, view.ctx.lang)).with_list("others", &others);
            findings.push(if others.is_empty() { finding } else { finding.variant("other-carrier") });
        }
    }
}

/// Is the order known from lists of goods alone? They name no buyer, payment or parcel: the list of orders lacks it.
fn only_goods(view: &View, o: &OrderView) -> bool {
    let detail = |file: FileId| view.case.content(file).tables().all(|(content, _)| matches!(content, Content::Orders(table) if table.detail));
    o.order.rows.iter().all(|(file, _)| detail(*file))
}

/// A carrier that the platform lists as "other": labels outside the platform are risky there since the rule's day (templates/trade-words.toml).
fn other_carrier(view: &View, words: &TradeWords, i: usize, o: &OrderView, waybill: &Located<Waybill>, findings: &mut Findings) {
    let (Some(platform), Some(carrier)) = (view.case.platform.as_deref(), waybill.value.carrier_text.as_deref()) else { return };
    let Some(rule) = words.other_carrier(platform, carrier) else { return };
    let sent = o.order.shipped_at.as_ref().or(o.order.paid_at.as_ref()).or(o.order.created_at.as_ref());
    if sent.is_some_and(|t| t.value.at.format("%Y-%m-%d").to_string() < rule.since) {
        return;
    }
    let finding = view.finding(Code::CarrierOther, i).at(waybill.file, waybill.place.clone()).with("carrier", carrier.trim());
    findings.push(finding.with("waybill", &waybill.value.number).with("rule", rule.basis.shown(view.ctx.lang)));
}

/// `trace-missing`, `pickup-missing`, `scan-before-order`, `scan-before-payment`, `pickup-late`, `returned-to-sender`, `delivery-not-confirmed`,
/// `signed-by-other`, `delivery-confirmed`. Each needs the trace; each is cleared by a trace that tells otherwise.
pub(super) fn scans(view: &View, findings: &mut Findings) {
    for (i, o) in view.orders.iter().enumerate() {
        if o.express && !o.order.waybills.is_empty() && o.traces.is_empty() {
            let pictured = o.has_pictured_trace(view.case);
            let unread = o.unread_trace(view.case);
            let f = view.finding(Code::TraceMissing, i).with("waybill", o.order.waybills.first().map_or("", |w| w.value.number.as_str()));
            findings.push(match certificate(view, o) {
                Some(proof) => f.with("proof", proof).variant("certified").severity(Severity::Warning),
                None if unread.is_some() => f.with("file", unread.unwrap_or_default()).variant("unread"),
                None if pictured => f.variant("picture"),
                None => f,
            });
        }
        let parcels = o.parcels();
        if o.express && !parcels.is_empty() {
            let traced: BTreeSet<String> = parcels.iter().map(|(_, t)| clean_waybill(&t.waybill)).collect();
            for waybill in o.waybills().filter(|w| !traced.contains(&clean_waybill(&w.number))) {
                let finding = view.finding(Code::TraceMissing, i).variant("one-of-several").severity(Severity::Warning);
                findings.push(finding.with("waybill", &waybill.number).with("count", o.order.waybills.len()));
            }
        }
        for (file, trace) in &parcels {
            if let Some(handed) = Handed::of_trace(*file, trace) {
                before(view, i, o, &handed, findings);
            }
            late(view, i, o, *file, trace, findings);
        }
        outcome(view, i, &parcels, certificate(view, o), findings);
    }
    not_checkable(view, findings);
}

/// The first word of a trace or a bill that the courier had a parcel.
pub(super) struct Handed<'a> {
    pub file: FileId,
    pub place: &'a Place,
    pub waybill: &'a str,
    pub seen: Moment,
    /// When it was signed for, at the earliest.
    pub arrived: Option<Time>,
    /// A bill says so.
    pub billed: bool,
}

impl<'a> Handed<'a> {
    fn of_trace(file: FileId, trace: &'a Trace) -> Option<Self> {
        let scan = trace.first_seen()?;
        let seen = Moment { at: scan.at, has_time: true, zone_unknown: scan.zone_unknown };
        let arrived = trace.delivered().map(|(e, _)| e.earliest());
        Some(Handed { file, place: &scan.place, waybill: &trace.waybill, seen, arrived, billed: false })
    }

    fn surely_before(&self, moment: Moment) -> bool {
        if self.billed { billed_before(self.seen, moment) } else { self.seen.latest() < moment.earliest() }
    }
}

/// A bill names no zone: beside a time of another one than ours its clock may be that of any.
pub(super) fn billed_before(billed: Moment, moment: Moment) -> bool {
    let zone_unknown = billed.zone_unknown || billed.at.offset() != moment.at.offset();
    Moment { zone_unknown, ..billed }.latest() < moment.earliest()
}

/// A parcel cannot be on its way before it was ordered or paid. Pre-sales with a deposit are excepted from the payment rule (Tmall 11000266 规则解读五), and so
/// are orders of which the export says that they were paid at the door.
pub(super) fn before(view: &View, i: usize, o: &OrderView, handed: &Handed, findings: &mut Findings) {
    let mut check = |code: Code, moment: &Option<Located<Moment>>, name: &'static str| {
        // of a day without a time of day, every hour is possible: its first one speaks for the seller
        if let Some(moment) = moment.as_ref().map(|m| m.value).filter(|m| handed.surely_before(*m)) {
            let finding = view.finding(code, i).at(handed.file, handed.place.clone());
            let (seen, other) = dates::told_apart(Moment { zone_unknown: false, ..handed.seen }, moment);
            let finding = finding.with("waybill", handed.waybill).with("scan", seen).with(name, other);
            // who pays at the door pays when it is delivered
            let at_the_door = code == Code::ScanBeforePayment && handed.arrived.is_some_and(|arrived| moment.latest() >= arrived);
            findings.push(match (at_the_door, handed.billed) {
                (true, _) => finding.variant("at-the-door").severity(Severity::Warning),
                (_, true) => finding.variant("bill"),
                _ => finding,
            });
        }
    };
    check(Code::ScanBeforeOrder, &o.order.created_at, "ordered");
    // who pays at the door pays last
    if !o.presale() && !o.order.cash_on_delivery {
        check(Code::ScanBeforePayment, &o.order.paid_at, "paid");
    }
}

/// When a parcel's number was entered. What is told of the order as a whole is told of its first parcel: of the later ones it says nothing.
fn entered(o: &OrderView, trace: &Trace) -> Option<Moment> {
    let whole = o.order.shipped_at.as_ref().map(|t| t.value);
    if o.order.waybills.len() < 2 {
        return whole;
    }
    let number = clean_waybill(&trace.waybill);
    let own = o.waybills().find(|w| clean_waybill(&w.number) == number).and_then(|w| w.shipped_at);
    let parcels = || o.parcels().into_iter().map(|(_, t)| t);
    let first = || {
        let scan = trace.picked_up()?;
        // one that nobody traced, or that nobody took, may have been entered first
        let all = parcels().count() >= o.order.waybills.len();
        (all && parcels().all(|t| t.picked_up().is_some_and(|other| scan.at <= other.at))).then_some(whole).flatten()
    };
    own.or_else(first)
}

/// When the number of a parcel that nobody took may have been entered, where nothing tells it: with its announcement, else not before the payment.
fn entered_at_the_earliest(o: &OrderView, trace: &Trace) -> Option<Time> {
    let announced = trace.events.iter().find(|e| e.kind == EventKind::Announced).map(|e| e.latest());
    announced.or_else(|| o.order.paid().map(|t| t.latest()))
}

/// Hours between the waybill's entry and the first scan. Needs 发货时间.
fn late(view: &View, i: usize, o: &OrderView, file: FileId, trace: &Trace, findings: &mut Findings) {
    if !o.express {
        return;
    }
    let Some(scan) = trace.picked_up() else {
        let signed = matches!(trace.state, TraceState::Delivered) || trace.delivered().is_some();
        // a number of today may still be picked up in time; the sender's clock is the waybill's entry
        let clock = entered(o, trace).map(|shipped| shipped.latest()).or_else(|| entered_at_the_earliest(o, trace));
        let fresh = view.limit("pickup-late-hours").zip(clock);
        let fresh = fresh.is_some_and(|(limit, clock)| view.case.now - clock <= chrono::Duration::hours(limit.value));
        if !signed && !fresh {
            let finding = view.finding(Code::PickupMissing, i).at(file, trace.place.clone()).with("waybill", &trace.waybill);
            findings.push(match certificate(view, o) {
                Some(proof) => finding.with("proof", proof).variant("certified").severity(Severity::Warning),
                None if trace.events.is_empty() => finding.variant("empty"),
                None => finding,
            });
        }
        return;
    };
    // a list of last scans, copied from a page, says nothing of the pick-up
    if trace.service == Trace::PASTED && trace.events.len() == 1 && scan.kind != EventKind::Collected {
        return;
    }
    let Some(shipped) = entered(o, trace) else { return };
    if o.returned_before(scan.at) {
        return;
    }
    let passed = |key| view.limit(key).filter(|l| scan.earliest() - shipped.latest() > chrono::Duration::hours(l.value));
    // a limit of another platform does not stand before one of its own
    let late = passed("pickup-late-hours");
    let own = late.as_ref().is_some_and(|l| !l.unverified);
    let very = passed("pickup-missing-hours").filter(|l| !(l.unverified && own)).map(|l| {
        let variant = if l.called.is_some() { "very-called" } else { "very" };
        (l, Some(variant))
    });
    if let Some((limit, variant)) = very.or(late.map(|l| (l, None))) {
        let finding = view.finding(Code::PickupLate, i).at(file, scan.place.clone()).with("waybill", &trace.waybill);
        let waited = hours(scan.earliest() - shipped.latest());
        // of a day, or of a local time abroad, the least that it can have been
        let exact = shipped.has_time && !shipped.zone_unknown && !scan.zone_unknown;
        let waited = if exact { waited } else { words(view.ctx.lang).fill("threshold.at-least", &[("n", &waited)]) };
        let finding = finding.with("hours", waited).with("shipped", dates::shown_moment(shipped)).with("scan", minute(scan.at));
        let finding = finding.with("limit", limit.value).with("called", limit.called.unwrap_or_default()).with("rule", limit.rule);
        findings.push(if let Some(v) = variant { finding.variant(v) } else { finding });
    }
}

/// Hours and tenths, the last one begun counted whole: a second over a limit is not told as the limit.
pub(super) fn hours(time: chrono::Duration) -> String {
    let tenths = (time.num_seconds() + 359).div_euclid(360);
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// A courier's certificate among the order's pieces. It is shown and not read: what it proves lightens what a trace lacks, and never clears it.
fn certificate<'v>(view: &'v View, o: &OrderView) -> Option<&'v str> {
    let proof = o.pieces(view.case).find(|(_, kind, _)| *kind == Kind::CourierProof || (*kind == Kind::DeliveryProof && !o.express));
    proof.map(|(file, ..)| view.path(file))
}

/// How the parcel ended. A parcel that went back is judged lighter when another one of the order was delivered.
fn outcome(view: &View, i: usize, parcels: &[(FileId, &Trace)], proof: Option<&str>, findings: &mut Findings) {
    let delivered = parcels.iter().find_map(|(f, t)| t.delivered().map(|(e, how)| (*f, *t, e, how)));
    for (file, trace) in parcels.iter().filter(|(_, t)| t.returned()) {
        let place = trace.events.iter().rev().find(|e| is_return(e.kind)).map_or(trace.place.clone(), |e| e.place.clone());
        let finding = view.finding(Code::ReturnedToSender, i).at(*file, place).with("waybill", &trace.waybill);
        let sent = |t: &Trace| t.picked_up().map(|e| e.at);
        let again = parcels.iter().any(|(_, t)| t.delivered().is_some() && sent(t) > sent(trace));
        findings.push(match delivered {
            Some(_) if again => finding.variant("sent-again").severity(Severity::Warning),
            Some((_, other, ..)) => finding.variant("one-of-several").severity(Severity::Warning).with("other", &other.waybill),
            None => finding,
        });
    }
    let open = parcels.iter().filter(|(_, t)| t.delivered().is_none() && !t.returned() && t.picked_up().is_some());
    match delivered {
        Some((file, trace, event, how)) => {
            let with = |f: Finding| f.at(file, event.place.clone()).with("waybill", &trace.waybill).with("at", minute(event.at));
            findings.push(with(view.finding(Code::DeliveryConfirmed, i)));
            match how {
                DeliveredHow::Recipient => {}
                DeliveredHow::Other => findings.push(with(view.finding(Code::SignedByOther, i))),
                DeliveredHow::Left => findings.push(with(view.finding(Code::SignedByOther, i).variant("left"))),
                DeliveredHow::Station => findings.push(with(view.finding(Code::SignedByOther, i).variant("station"))),
            }
            for (file, trace) in open {
                let (place, at) = trace.events.last().map_or((Place::Whole, String::new()), |e| (e.place.clone(), minute(e.at)));
                let finding = view.finding(Code::DeliveryNotConfirmed, i).variant("one-of-several").at(*file, place);
                findings.push(finding.with("waybill", &trace.waybill).with("at", at));
            }
        }
        None => {
            if let Some((file, trace)) = open.max_by_key(|(_, t)| t.events.len()) {
                let last = trace.events.last();
                let finding = view.finding(Code::DeliveryNotConfirmed, i).at(*file, last.map_or(Place::Whole, |e| e.place.clone()));
                let finding = finding.with("waybill", &trace.waybill).with("at", last.map_or(String::new(), |e| minute(e.at)));
                let station = last.is_some_and(|e| e.kind == EventKind::AtStation) || trace.state == TraceState::AtStation;
                findings.push(match proof {
                    Some(proof) => finding.with("proof", proof).variant("certified").severity(Severity::Note),
                    None if station => finding.variant("station"),
                    None => finding,
                });
            }
        }
    }
}

fn is_return(kind: EventKind) -> bool {
    matches!(kind, EventKind::Returning | EventKind::ReturnSigned | EventKind::Refused)
}

/// What these rules could not judge, once a case.
fn not_checkable(view: &View, findings: &mut Findings) {
    let traced = || view.orders.iter().filter(|o| o.express && !o.traces.is_empty());
    let unpaid = traced().filter(|o| o.order.paid_at.is_none()).count();
    if unpaid > 0 {
        findings.push(Finding::new(Code::NotCheckable).variant("payment").with("count", unpaid));
    }
    let named = |w: &Located<Waybill>| w.value.carrier.is_some() || w.value.carrier_text.as_ref().is_some_and(|t| !t.trim().is_empty());
    let unnamed = view.orders.iter().filter(|o| o.express && o.order.waybills.iter().any(|w| !named(w))).count();
    if unnamed > 0 {
        findings.push(Finding::new(Code::NotCheckable).variant("carrier").with("count", unnamed));
    }
    let clockless = |o: &&OrderView| o.order.shipped_at.is_none() || o.parcels().iter().any(|(_, t)| t.picked_up().is_some() && entered(o, t).is_none());
    let undated = |o: &&OrderView| o.order.created_at.is_none();
    for (variant, count) in [("pickup", traced().filter(clockless).count()), ("ordered", traced().filter(undated).count())] {
        if count > 0 {
            findings.push(Finding::new(Code::NotCheckable).variant(variant).with("count", count));
        }
    }
}

/// `2026-04-01 20:04`.
pub(super) fn minute(at: Time) -> String {
    dates::shown(at, "%Y-%m-%d %H:%M")
}
