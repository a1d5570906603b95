//! What was found for one order, as book, sheets and timeline show it: steps, weight, proofs, causes. Each with file and place.

use super::data::Ranks;
use super::groups::Groups;
use super::view::{OrderView, View};
use crate::model::assessment::{OrderAssessment, OrderCause, Proof, ProofGroup, Step, StepKind, Strength};
use crate::model::evidence::Key;
use crate::model::file::Kind;
use crate::model::record::{CauseKind, Content, EventKind};
use crate::model::source::{FileId, Located, Place};
use crate::text::ids::clean_waybill;

/// Steps, weight, proofs and causes of every order; standing and argument are decided later.
pub(super) fn orders(view: &View, ranks: &Ranks, groups: &Groups) -> Vec<OrderAssessment> {
    view.orders
        .iter()
        .enumerate()
        .map(|(i, o)| {
            let causes = causes(view, ranks, o);
            let proofs = proofs(view, ranks, o, &causes);
            OrderAssessment {
                steps: steps(o),
                way_of: o.main_trace().map(|(_, t)| clean_waybill(&t.waybill)),
                parcels: o.counted(),
                delivered: o.main_trace().filter(|_| o.all_delivered()).and_then(|(_, t)| t.delivered()).map(|(_, how)| how),
                weight_kg: o.whole_weight(),
                strength: Strength::of(&proofs),
                groups: groups.states(i),
                proofs,
                causes,
                ..OrderAssessment::default()
            }
        })
        .collect()
}

fn steps(o: &OrderView) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut located = |kind, moment: &Option<Located<crate::model::Moment>>| {
        if let Some(m) = moment {
            let (at, day_only) = (m.value.at, !m.value.has_time);
            let zone_unknown = m.value.zone_unknown;
            steps.push(Step { kind, at, day_only, zone_unknown, inferred: false, location: None, file: m.file, place: m.place.clone() });
        }
    };
    located(StepKind::Ordered, &o.order.created_at);
    located(StepKind::Paid, &o.order.paid_at);
    located(StepKind::Confirmed, &o.order.confirmed_at);
    let out = o.movements.iter().filter(|(_, m, _)| m.out > rust_decimal::Decimal::ZERO);
    if let Some((file, m, inferred)) = out.filter(|(_, m, _)| m.at.is_some()).min_by(|a, b| (a.1.at, a.2).cmp(&(b.1.at, b.2)))
        && let Some(at) = m.at
    {
        let (day_only, location) = (!m.at_has_time, m.warehouse.clone());
        let (kind, zone_unknown, inferred) = (StepKind::StockOut, false, *inferred);
        steps.push(Step { kind, at, day_only, zone_unknown, inferred, location, file: *file, place: m.place.clone() });
    }
    if let Some((file, trace)) = o.main_trace() {
        let mut scan = |kind, event: Option<&crate::model::record::TraceEvent>| {
            if let Some(e) = event {
                let (zone_unknown, location) = (e.zone_unknown, e.location.clone());
                steps.push(Step { kind, at: e.at, day_only: false, zone_unknown, inferred: false, location, file, place: e.place.clone() });
            }
        };
        scan(StepKind::PickedUp, trace.picked_up());
        // an order is delivered with its last parcel, not with the first
        let delivered = trace.delivered().map(|(e, _)| e).filter(|_| o.all_delivered());
        // the way back has stations, too; and the last round of one parcel says nothing of an order whose others are still under way
        let speaks_for_all = trace.delivered().is_none() || o.all_delivered();
        if !trace.returned() && speaks_for_all {
            let first = |kind| trace.events.iter().find(|e| e.kind == kind);
            match first(EventKind::AtStation) {
                Some(station) => scan(StepKind::Arrived, Some(station)),
                None => scan(StepKind::OutForDelivery, first(EventKind::OutForDelivery)),
            }
        }
        scan(StepKind::Delivered, delivered);
    }
    // where no trace tells the pick-up, a station's own sheet may; a day without a time of day proves no moment, and a sheet never speaks against a trace
    if !steps.iter().any(|s| s.kind == StepKind::PickedUp)
        && let Some((file, bill, at)) =
            o.bills.iter().filter_map(|(f, b)| b.picked_up.filter(|m| m.has_time).map(|m| (*f, *b, m.at))).min_by_key(|(.., at)| *at)
    {
        let location = bill.from.clone();
        steps.push(Step { kind: StepKind::PickedUp, at, day_only: false, zone_unknown: false, inferred: false, location, file, place: bill.place.clone() });
    }
    in_order(steps)
}

/// By time. A step of which only the day is known stands behind the steps of that day that come before it by kind: nobody packs before the money is there,
/// and midnight is only our way to write a day.
fn in_order(mut steps: Vec<Step>) -> Vec<Step> {
    // a local time without its zone and one with a zone cannot be put in order by their figures
    if steps.iter().any(|s| s.zone_unknown) && steps.iter().any(|s| !s.zone_unknown) {
        steps.sort_by_key(|s| s.kind);
        return steps;
    }
    let (mut days, mut sorted): (Vec<Step>, Vec<Step>) = steps.into_iter().partition(|s| s.day_only);
    sorted.sort_by_key(|s| (s.at, s.kind));
    days.sort_by_key(|s| (s.at, s.kind));
    for step in days {
        let day = |s: &Step| s.at.with_timezone(&step.at.timezone()).date_naive();
        let own = day(&step);
        let after = sorted.iter().rposition(|s| day(s) < own || (day(s) == own && s.kind < step.kind));
        sorted.insert(after.map_or(0, |i| i + 1), step);
    }
    sorted
}

fn proofs(view: &View, ranks: &Ranks, o: &OrderView, causes: &[OrderCause]) -> Vec<Proof> {
    let mut proofs: Vec<Proof> = Vec::new();
    let mut push = |group: ProofGroup, rank: u8, file: Option<FileId>, place: &Place, number: Option<String>, inferred: bool| match proofs
        .iter_mut()
        .find(|p| p.group == group && p.file == file && p.place == *place && p.proof_number == number)
    {
        Some(p) => p.inferred &= inferred,
        None => proofs.push(Proof { group, file, place: place.clone(), rank, proof_number: number, inferred }),
    };
    let numbered = !o.proof_numbers.is_empty();
    for link in &o.links {
        let kind = view.case.file(link.file).kind;
        let piece =
            matches!(view.case.content(link.file).content, Content::Picture(_) | Content::Pdf(_) | Content::Document(_) | Content::Film(_) | Content::None);
        let whole = match kind {
            Kind::Waybill | Kind::CourierProof | Kind::Chat | Kind::DeliveryProof => piece,
            // the user's own word for what a table is counts, its name does not
            Kind::Invoice | Kind::Purchase => link.key == Key::Assign || !view.case.content(link.file).is_unread_table(),
            _ => false,
        };
        if whole && let Some((group, rank)) = ranks.of_piece(kind, view.path(link.file)) {
            // a screenshot counts as much as the proof number that confirms it
            let rank = if kind == Kind::Chat && numbered { rank.max(ranks.proof_number.rank) } else { rank };
            push(group, rank, Some(link.file), &link.place, None, link.inferred);
        }
    }
    let rank = |kind| ranks.of(kind).map_or(1, |(_, r)| r);
    for (file, bill) in &o.bills {
        push(ProofGroup::CourierBill, rank(Kind::CourierBill), Some(*file), &bill.place, None, false);
    }
    for (file, trace) in o.traces.iter().filter(|(_, t)| o.all_delivered() && t.delivered().is_some()) {
        push(ProofGroup::Trace, rank(Kind::Trace), Some(*file), &trace.place, None, false);
    }
    for (file, movement, inferred) in o.movements.iter().filter(|(_, row, _)| super::stock::goes_out(row)) {
        push(ProofGroup::StockOut, rank(Kind::StockOut), Some(*file), &movement.place, None, *inferred);
    }
    for chat in &o.proof_numbers {
        push(ProofGroup::Chat, ranks.proof_number.rank, None, &Place::Whole, chat.proof_number.clone(), false);
    }
    for cause in causes {
        push(ProofGroup::Cause, rank(view.case.file(cause.file).kind), Some(cause.file), &cause.place, None, cause.inferred);
    }
    proofs.sort_by(|a, b| (a.group, std::cmp::Reverse(a.rank), a.file, &a.place).cmp(&(b.group, std::cmp::Reverse(b.rank), b.file, &b.place)));
    proofs
}

/// Which cause a file speaks of, if it speaks of one.
pub(super) fn cause_of(view: &View, ranks: &Ranks, file: FileId) -> Option<CauseKind> {
    let entry = view.case.file(file);
    match (view.case.content(file).content.causes().first(), entry.kind) {
        (Some(table), _) => Some(table.cause),
        (None, Kind::Promotion) => Some(ranks.cause(&entry.path).unwrap_or(CauseKind::Promotion)),
        (None, Kind::Traffic) => Some(ranks.cause(&entry.path).unwrap_or(CauseKind::Traffic)),
        _ => None,
    }
}

/// One cause a file; a row that names the order goes before one that only covers its time.
fn causes(view: &View, ranks: &Ranks, o: &OrderView) -> Vec<OrderCause> {
    let mut causes: Vec<OrderCause> = Vec::new();
    for link in &o.links {
        let Some(cause) = cause_of(view, ranks, link.file) else { continue };
        match causes.iter_mut().find(|c| c.file == link.file) {
            Some(c) if c.inferred && !link.inferred => *c = OrderCause { cause, file: link.file, place: link.place.clone(), inferred: false },
            Some(_) => {}
            None => causes.push(OrderCause { cause, file: link.file, place: link.place.clone(), inferred: link.inferred }),
        }
    }
    // a record that names the order goes before a picture that is said to show it
    causes.sort_by_key(|c| (c.inferred, c.cause, matches!(c.place, Place::Whole | Place::Path), c.file));
    causes
}
