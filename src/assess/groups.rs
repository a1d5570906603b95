//! Which groups of evidence are met: per order and for the case, as the platform's profile asks (`[[evidence_group]]`); `evidence-group-unmet`.
//!
//! Needs the links of each order. Groups are data with their own sources (templates/platforms); a required group of orders decides whether an order is
//! proven, one of the case only whether the appeal is ready. Cleared by a file of the group.

use super::data::Ranks;
use super::proof;
use super::results;
use super::view::{OrderView, View};
use crate::finding::{Code, Finding, Findings};
use crate::model::assessment::{AskLevel, GroupState, GroupTotal};
use crate::model::file::{Kind, Status};
use crate::model::record::CauseKind;
use crate::model::settings::{Delivery, Goods};
use crate::profile::evidence_group::{self, EvidenceFact, EvidenceGroup, GroupScope, Level, Member, Need};

/// Groups within groups deeper than this are no groups any more; the profile's reader refuses circles.
const DEEPEST: usize = 8;

/// What is asked in this case, and who has it.
pub(super) struct Groups<'a> {
    /// Groups asked of each order, order by order: which, and whether it is met.
    pub orders: Vec<Vec<(&'a EvidenceGroup, bool)>>,
    /// Groups asked once.
    case: Vec<(&'a EvidenceGroup, bool)>,
}

impl<'a> Groups<'a> {
    pub(super) fn of(view: &'a View, ranks: &Ranks) -> Self {
        let groups = &view.platform.evidence_groups;
        let violation = view.case.violation.as_deref();
        let asked = |goods: Goods| {
            // an order of other goods than the case's follows that kind's own scenario
            let own = view.case.settings.goods == goods;
            let scenario = if own { view.case.scenario.as_deref() } else { None }.or_else(|| view.platform.scenario(violation, goods));
            evidence_group::asked(groups, violation, scenario, goods)
        };
        let (physical, digital) = (asked(Goods::Physical), asked(Goods::Virtual));
        let orders = view
            .orders
            .iter()
            .map(|o| {
                let list = if proof::is_virtual(view, o) { &digital } else { &physical };
                let own = list.iter().filter(|g| g.scope == GroupScope::Order && (!g.express || o.express) && went(g, o));
                own.map(|g| (*g, met(g, groups, 0, &|m| order_has(view, ranks, o, m)))).collect()
            })
            .collect();
        let list = if view.case.settings.goods == Goods::Virtual { digital } else { physical };
        let once = list.into_iter().filter(|g| g.scope == GroupScope::Case);
        let case = once.map(|g| (g, met(g, groups, 0, &|m| case_has(view, ranks, m)))).collect();
        Groups { orders, case }
    }

    /// Every required group of the order is met.
    pub(super) fn proven(&self, order: usize) -> bool {
        self.orders.get(order).is_some_and(|groups| groups.iter().all(|(g, met)| *met || g.level != Level::Required))
    }

    /// The groups of an order as book, sheets and JSON read them.
    pub(super) fn states(&self, order: usize) -> Vec<GroupState> {
        self.orders.get(order).into_iter().flatten().map(|(g, met)| GroupState { id: g.id.clone(), level: level(g), met: *met }).collect()
    }

    /// Every group with how many distinct orders meet it; those of the case count once.
    pub(super) fn totals(&self) -> Vec<GroupTotal> {
        let mut totals: Vec<GroupTotal> = Vec::new();
        let mut add = |group: &EvidenceGroup, met: bool, of_case: bool| {
            let known = totals.iter().position(|t| t.id == group.id);
            let n = known.unwrap_or_else(|| {
                totals.push(GroupTotal {
                    id: group.id.clone(),
                    zh: group.zh.clone(),
                    en: group.en.clone(),
                    level: level(group),
                    unverified: group.basis.unverified,
                    of_case,
                    met: 0,
                    of: 0,
                });
                totals.len() - 1
            });
            if let Some(total) = totals.get_mut(n) {
                total.of += 1;
                total.met += usize::from(met);
            }
        };
        self.orders.iter().flatten().for_each(|(g, met)| add(g, *met, false));
        self.case.iter().for_each(|(g, met)| add(g, *met, true));
        // stable: what decides comes first, in the profile's order
        totals.sort_by_key(|t| std::cmp::Reverse(t.level));
        totals
    }

    /// `evidence-group-unmet` for what is required. That no cause is known has a code of its own, so a required group of causes is not told twice.
    pub(super) fn findings(&self, view: &View, findings: &mut Findings) {
        for (i, groups) in self.orders.iter().enumerate() {
            let lacking: Vec<&str> = groups.iter().filter(|(g, met)| !met && g.level == Level::Required).map(|(g, _)| g.name(view.ctx.lang)).collect();
            if !lacking.is_empty() {
                findings.push(view.finding(Code::EvidenceGroupUnmet, i).with_list("groups", lacking));
            }
        }
        let causes = |g: &EvidenceGroup| g.members().any(|m| m == Member::Fact(EvidenceFact::Cause));
        for (group, _) in self.case.iter().filter(|(g, met)| !met && g.level == Level::Required && !causes(g)) {
            findings.push(Finding::new(Code::EvidenceGroupUnmet).variant("case").with("groups", group.name(view.ctx.lang)));
        }
    }
}

/// Did the order go a way that the group is asked of?
fn went(group: &EvidenceGroup, o: &OrderView) -> bool {
    group.delivery.is_empty() || o.delivery.is_some_and(|way| group.delivery.iter().any(|name| Delivery::from_name(name) == Some(way)))
}

fn level(group: &EvidenceGroup) -> AskLevel {
    match group.level {
        Level::Helpful => AskLevel::Helpful,
        Level::Asked => AskLevel::Asked,
        Level::Required => AskLevel::Required,
    }
}

fn met(group: &EvidenceGroup, all: &[EvidenceGroup], depth: usize, has: &dyn Fn(&Member) -> bool) -> bool {
    let one = |member: &Member| match member {
        Member::Group(id) => depth < DEEPEST && all.iter().find(|g| g.id == *id).is_some_and(|g| met(g, all, depth + 1, has)),
        Member::Kind(_) | Member::Fact(_) => has(member),
    };
    let mut members = group.members();
    match group.need {
        Need::All => members.all(|m| one(&m)),
        Need::Any => members.any(|m| one(&m)),
    }
}

fn order_has(view: &View, ranks: &Ranks, o: &OrderView, member: &Member) -> bool {
    match member {
        Member::Kind(Kind::Chat) => o.chats.iter().any(|(_, chat, named)| proof::fits(view, o, chat, *named)) || proof::has_chat_picture(view, o),
        Member::Kind(kind) => o.links.iter().any(|l| view.case.file(l.file).kind == *kind),
        Member::Fact(fact) => match fact {
            EvidenceFact::Tracking => !o.order.waybills.is_empty() || !o.traces.is_empty(),
            // one of several parcels is enough to be asked for no more: what the others lack is told beside it, and pages count the order for none
            EvidenceFact::DeliveredTrace => {
                // what a buyer signed for at the door says nothing of a parcel
                let signed: &[Kind] = if o.express { &[Kind::CourierProof] } else { &[Kind::CourierProof, Kind::DeliveryProof] };
                o.traces.iter().any(|(_, t)| t.delivered().is_some()) || o.has_piece(view.case, signed)
            }
            EvidenceFact::Picture => o.has_picture(view.case),
            EvidenceFact::ChatPicture => proof::has_chat_picture(view, o),
            EvidenceFact::ProofNumber => !o.proof_numbers.is_empty(),
            EvidenceFact::Weight => o.weight().is_some(),
            EvidenceFact::Cause => o.links.iter().any(|l| results::cause_of(view, ranks, l.file).is_some()),
            EvidenceFact::Promoted => o.links.iter().any(|l| results::cause_of(view, ranks, l.file).is_some_and(|cause| cause != CauseKind::Traffic)),
        },
        Member::Group(_) => false,
    }
}

/// For the case a file of the kind is enough, whomever it names.
fn case_has(view: &View, ranks: &Ranks, member: &Member) -> bool {
    let there = |kind: Kind| view.case.files.iter().any(|f| f.kind == kind && f.status != Status::Ignored && view.case.opens(f.id));
    match member {
        Member::Kind(kind) => there(*kind),
        other => view.orders.iter().any(|o| order_has(view, ranks, o, other)),
    }
}
