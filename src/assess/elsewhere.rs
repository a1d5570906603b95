//! `evidence-in-other-case`: one slip, screenshot or other piece that speaks of one order, handed in for another order in another case.
//!
//! Needs the other case: an earlier bag in the folder of results, or a case of the same batch; compared are whole files, byte for byte. Which kinds speak
//! of one order is data (templates/proof-ranks.toml `one-order`). Source: as for `picture-reused` (Tmall 11000251). Several orders on either side, or one
//! buyer, is a note: a certificate or a conversation may well serve both. Cleared by the right file, or a reason under `[[accept]]`.

use super::data::Ranks;
use super::pictures::accepted;
use super::view::View;
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::evidence::{Strength, UsedElsewhere};
use crate::model::record::Content;
use crate::model::source::{FileId, Place};
use crate::text::nicks;
use std::collections::{BTreeMap, BTreeSet};

/// How gravely two uses of one file contradict, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Clash {
    /// One order here, another order there.
    OtherOrder,
    /// One buyer who is known in both.
    SameBuyer,
    /// Several orders here or there.
    Several,
}

/// One finding a file, of its gravest use elsewhere.
pub(super) fn check(view: &View, ranks: &Ranks, findings: &mut Findings) {
    if view.matching.elsewhere.is_empty() {
        return;
    }
    let mut own: BTreeMap<FileId, BTreeSet<usize>> = BTreeMap::new();
    for link in view.matching.links.iter().filter(|l| l.strength >= Strength::Strong && !l.inferred) {
        own.entry(link.file).or_default().insert(link.order);
    }
    for (file, orders) in own {
        let meant_for_all = orders.len() > 1 && orders.len() == view.case.orders.len();
        if meant_for_all || !is_one_piece(&view.case.content(file).content) || !ranks.one_order.contains(&view.case.file(file).kind) {
            continue;
        }
        let uses = view.matching.elsewhere.iter().filter(|u| u.file == file);
        let clashes = uses.filter_map(|used| Some((clash(view, &orders, used)?, used)));
        let Some((clash, used)) = clashes.min_by_key(|(clash, used)| (*clash, &used.case, &used.path)) else { continue };
        let mut single = orders.iter();
        let finding = match (single.next(), single.next()) {
            (Some(only), None) => view.finding(Code::EvidenceInOtherCase, *only),
            _ => Finding::new(Code::EvidenceInOtherCase),
        };
        let ids: Vec<&String> = used.orders.iter().collect();
        let finding =
            finding.at(file, Place::Path).with("file", view.path(file)).with("case", &used.case).with("other", &used.path).with_first("orders", 3, &ids);
        findings.push(match (accepted(view, Code::EvidenceInOtherCase, &[file]), clash) {
            (Some(accept), _) => finding.variant("accepted").severity(Severity::Note).with("why", &accept.why),
            (None, Clash::OtherOrder) => finding,
            (None, Clash::SameBuyer) => finding.variant("same-buyer").severity(Severity::Note),
            (None, Clash::Several) => finding.variant("several").severity(Severity::Note),
        });
    }
}

/// Is it a file that shows or says one thing, and no table of many.
pub(super) fn is_one_piece(content: &Content) -> bool {
    matches!(content, Content::Picture(_) | Content::Pdf(_) | Content::Document(_) | Content::Film(_) | Content::None)
}

/// `None` where both cases mean the same order: a second round of one appeal hands in the same evidence.
fn clash(view: &View, orders: &BTreeSet<usize>, used: &UsedElsewhere) -> Option<Clash> {
    let own = || orders.iter().filter_map(|o| view.case.orders.get(*o));
    let ids = own().flat_map(|o| std::iter::once(&o.id).chain(&o.sub_ids)).map(|id| id.as_str());
    let listed = view.case.listed.iter().filter(|l| orders.contains(&l.order)).map(|l| l.id.as_str());
    if ids.chain(listed).any(|id| used.orders.contains(id)) {
        return None;
    }
    let buyers: BTreeSet<Option<&str>> = own().map(|o| o.buyer.as_ref().map(|b| b.value.raw()).filter(|b| nicks::readable(b))).collect();
    let same_buyer = match (buyers.iter().next(), used.buyers.iter().next()) {
        (Some(Some(here)), Some(there)) => buyers.len() == 1 && used.buyers.len() == 1 && here == there,
        _ => false,
    };
    Some(match () {
        () if same_buyer => Clash::SameBuyer,
        () if orders.len() > 1 || used.orders.len() > 1 => Clash::Several,
        () => Clash::OtherOrder,
    })
}
