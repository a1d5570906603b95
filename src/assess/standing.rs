//! Where each order stands, who is argued, and the totals. The only place where these are counted.

use super::groups::Groups;
use super::view::View;
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::assessment::{Completeness, Counts, LeftOut, OrderAssessment, PenaltyStep, ProofGroup, Standing};
use crate::model::ids::OrderId;
use crate::model::settings::Scope;
use crate::text::ids::clean_id;
use std::collections::{BTreeSet, HashMap};

/// Findings that contradict the order rather than leave it unproven.
const CONTRADICTIONS: [Code; 8] = [
    Code::ScanBeforePayment,
    Code::ScanBeforeOrder,
    Code::ReturnedToSender,
    Code::TrackingNumberReused,
    Code::DestinationDiffers,
    Code::PictureReused,
    Code::PictureEdited,
    Code::EvidenceInOtherCase,
];

/// What only `--strict` made an error contradicts nothing.
fn contradicts(finding: &Finding) -> bool {
    finding.severity == Severity::Error && CONTRADICTIONS.contains(&finding.code) && !finding.raised
}

/// Sets standing, completeness and argument; gives for every listed id whether it is argued.
pub(super) fn decide(view: &View, groups: &Groups, findings: &Findings, orders: &mut [OrderAssessment]) -> Vec<bool> {
    let mut errors: HashMap<usize, (bool, bool)> = HashMap::new();
    for finding in findings.all() {
        if let Some(order) = finding.order {
            let e = errors.entry(order).or_default();
            e.0 |= finding.severity == Severity::Error;
            e.1 |= contradicts(finding);
        }
    }
    for (i, (o, result)) in view.orders.iter().zip(orders.iter_mut()).enumerate() {
        let (error, contradiction) = errors.get(&i).copied().unwrap_or_default();
        let met = o.order.in_export && groups.proven(i);
        result.complete = met && !error;
        result.standing = if contradiction {
            Standing::Contradicting
        } else if met {
            Standing::Proven
        } else {
            Standing::Missing
        };
    }
    let left: Vec<Option<LeftOut>> = view.case.listed.iter().map(|l| left_out(view, l, orders)).collect();
    let mut of_order: Vec<Vec<&Option<LeftOut>>> = vec![Vec::new(); orders.len()];
    for (listed, why) in view.case.listed.iter().zip(&left) {
        if let Some(own) = of_order.get_mut(listed.order) {
            own.push(why);
        }
    }
    for (result, own) in orders.iter_mut().zip(of_order) {
        // an order is argued as soon as one of its listed ids is
        result.left_out = match own.split_first() {
            Some((first, rest)) if rest.iter().all(|why| why.is_some()) => (*first).clone(),
            Some(_) => None,
            None => Some(LeftOut::OutOfScope),
        };
    }
    left.iter().map(Option::is_none).collect()
}

fn left_out(view: &View, listed: &crate::model::case::Listed, orders: &[OrderAssessment]) -> Option<LeftOut> {
    let names = |id: &String| {
        let id = OrderId::new(clean_id(id));
        id == listed.id || view.case.orders.get(listed.order).is_some_and(|o| o.id == id)
    };
    if let Some(by_user) = view.case.settings.leave_out.iter().find(|l| l.orders.iter().any(names)) {
        return Some(LeftOut::ByUser(by_user.why.clone()));
    }
    match &view.case.settings.scope {
        Scope::All => None,
        Scope::Listed(ids) => (!ids.iter().any(|(id, _)| names(id))).then_some(LeftOut::OutOfScope),
        Scope::Proven => orders.get(listed.order).is_none_or(|o| o.standing != Standing::Proven).then_some(LeftOut::NotProven),
    }
}

/// What is asked for, and how many orders have it. A step of penalties belongs to the violation whose rule it stands in.
pub(super) fn completeness(view: &View, groups: &Groups, orders: &[OrderAssessment]) -> Completeness {
    let main: BTreeSet<usize> = view.case.listed.iter().map(|l| l.order).collect();
    let step = view.threshold("penalty-step-orders").filter(|t| !t.basis.unverified);
    Completeness {
        groups: groups.totals(),
        complete: main.iter().filter(|i| orders.get(**i).is_some_and(|o| o.complete)).count(),
        orders: main.len(),
        step: step.and_then(|t| Some(PenaltyStep { orders: u64::try_from(t.value).ok()?, rule: t.basis.shown(view.ctx.lang) })),
    }
}

/// The totals; findings are counted as they are now.
pub(super) fn count(view: &View, orders: &[OrderAssessment], argued: &[bool], findings: &Findings) -> Counts {
    let listed = |standing: Standing| view.case.listed.iter().filter(|l| orders.get(l.order).is_some_and(|o| o.standing == standing)).count();
    let argued_orders: Vec<&OrderAssessment> = orders.iter().filter(|o| o.argued()).collect();
    let main: BTreeSet<usize> = view.case.listed.iter().map(|l| l.order).collect();
    let counts = Counts {
        flagged: view.case.listed.len(),
        orders: main.len(),
        in_export: view.case.orders.iter().filter(|o| o.in_export).count(),
        complete: view.case.listed.iter().filter(|l| orders.get(l.order).is_some_and(|o| o.complete)).count(),
        argued: argued.iter().filter(|a| **a).count(),
        left_out: argued.iter().filter(|a| !**a).count(),
        errors: findings.count(Severity::Error),
        warnings: findings.count(Severity::Warning),
        proven: listed(Standing::Proven),
        missing: listed(Standing::Missing),
        contradicting: listed(Standing::Contradicting),
        argued_orders: argued_orders.len(),
        proofs: ProofGroup::ALL.into_iter().map(|g| (g, argued_orders.iter().filter(|o| o.has(g)).count())).collect(),
    };
    debug_assert_eq!(counts.argued + counts.left_out, counts.flagged);
    debug_assert_eq!(counts.proven + counts.missing + counts.contradicting, counts.flagged);
    counts
}
