//! What would harm when it is handed in: `content-harmful`, `statement-risky`, `picture-reused`.
//!
//! Our own checks after facts 5.7 and the false-evidence rules (Tmall 11000251: 4 points and ¥5,000 for one forged proof). Cleared by leaving the
//! file out, by saying why in `[[accept]]`, or by the right file.

use super::data::{HarmPlace, HarmWords};
use super::view::View;
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::evidence::{Key, Link, Strength};
use crate::model::file::{Kind, Status};
use crate::model::record::Content;
use crate::model::settings::Fact;
use crate::model::source::{FileId, Place};
use crate::text::glob;
use std::collections::{BTreeMap, BTreeSet};

/// Harmful words in what would be handed in: linked files, their names, the remarks of flagged orders; risky claims in the seller's own words.
pub(super) fn content(view: &View, words: &HarmWords, findings: &mut Findings) {
    let mut files: BTreeMap<FileId, BTreeSet<usize>> = BTreeMap::new();
    for link in view.matching.links.iter().filter(|l| l.strength >= Strength::Strong) {
        files.entry(link.file).or_default().insert(link.order);
    }
    for (file, orders) in &files {
        let mut report = |place: Place, text: &str, kind: HarmPlace| {
            let found = words.find(text, kind);
            if !found.is_empty() {
                let finding = Finding::new(Code::ContentHarmful).at(*file, place).with("words", found.join("、")).with("file", view.path(*file));
                findings.push(match (orders.first(), kind) {
                    (Some(order), HarmPlace::Chat) if orders.len() == 1 => finding.order(*order, view.case.orders.get(*order).map_or("", |o| o.id.as_str())),
                    (_, HarmPlace::Name) => finding.variant("name"),
                    _ => finding,
                });
            }
        };
        report(Place::Path, view.path(*file), HarmPlace::Name);
        for part in view.case.content(*file).content.parts() {
            match part {
                // only conversations that were tied to an order leave the machine
                Content::Chats(_) => {}
                Content::Text(text) => text.lines().zip(1..).for_each(|(line, n)| report(Place::Line(n), line, HarmPlace::Chat)),
                Content::Pdf(info) => info.text.iter().zip(1..).for_each(|(page, n)| report(Place::Page(n), page, HarmPlace::Chat)),
                Content::Document(document) => document.parts.iter().for_each(|(place, text)| report(place.clone(), text, HarmPlace::Chat)),
                _ => {}
            }
        }
    }
    for (i, o) in view.orders.iter().enumerate() {
        let mut report = |file: FileId, place: &Place, text: &str, variant: Option<&'static str>| {
            let found = words.find(text, HarmPlace::Chat);
            if !found.is_empty() {
                let finding = view.finding(Code::ContentHarmful, i).at(file, place.clone()).with("words", found.join("、")).with("file", view.path(file));
                findings.push(if let Some(v) = variant { finding.variant(v) } else { finding });
            }
        };
        for note in [&o.order.remark, &o.order.message].into_iter().flatten() {
            report(note.file, &note.place, note.value.raw(), Some("remark"));
        }
        for (file, chat, _) in &o.chats {
            chat.messages.iter().for_each(|m| report(*file, &m.place, &m.text, None));
        }
        for (file, row, _) in &o.movements {
            report(*file, &row.place, row.remark.as_deref().unwrap_or(""), Some("remark"));
        }
    }
    statement(view, words, findings);
}

fn statement(view: &View, words: &HarmWords, findings: &mut Findings) {
    let mut report = |key: &str, text: &str| {
        let mut found = words.find(text, HarmPlace::Chat);
        found.extend(words.claims(text));
        if !found.is_empty() {
            findings.push(Finding::new(Code::StatementRisky).with("key", key).with("words", found.join("、")));
        }
    };
    for (key, fact) in &view.case.settings.facts {
        let mut texts = Vec::new();
        collect_texts(fact, &mut texts);
        texts.iter().for_each(|t| report(&format!("[facts] {key}"), t));
    }
    if let Some(refusal) = &view.case.settings.refusal {
        report("[appeal] refusal", refusal);
    }
}

fn collect_texts<'a>(fact: &'a Fact, into: &mut Vec<&'a str>) {
    match fact {
        Fact::Text(t) => into.push(t),
        Fact::List(list) => list.iter().for_each(|f| collect_texts(f, into)),
        Fact::Table(table) => table.values().for_each(|f| collect_texts(f, into)),
        Fact::Number(_) | Fact::Flag(_) | Fact::Date(_) => {}
    }
}

/// Byte-identical pictures whose paths (or assignments) name orders of different buyers, or different waybills.
pub(super) fn pictures(view: &View, findings: &mut Findings) {
    let mut named: BTreeMap<FileId, Vec<&Link>> = BTreeMap::new();
    let by_name = |l: &&Link| l.strength >= Strength::Strong && !l.inferred && (l.place == Place::Path || l.key == Key::Assign);
    for link in view.matching.links.iter().chain(&view.matching.of_duplicates).filter(by_name) {
        named.entry(link.file).or_default().push(link);
    }
    let mut groups: BTreeMap<FileId, Vec<FileId>> = BTreeMap::new();
    for entry in view.case.files.iter().filter(|f| f.status == Status::Duplicate) {
        if let Some(original) = entry.same_as.filter(|o| is_evidence_picture(view, *o)) {
            groups.entry(original).or_default().push(entry.id);
        }
    }
    for (original, copies) in groups {
        let paths: Vec<FileId> = std::iter::once(original).chain(copies).filter(|f| named.contains_key(f)).collect();
        let mut told: BTreeSet<usize> = BTreeSet::new();
        for (n, a) in paths.iter().enumerate() {
            for b in paths.iter().skip(n + 1) {
                if let (Some(x), Some(y)) = (named.get(a), named.get(b)) {
                    compare(view, (*a, x), (*b, y), &mut told, findings);
                }
            }
        }
    }
}

/// Only pictures that speak of one buyer or parcel: the same campaign page in every folder is no contradiction.
fn is_evidence_picture(view: &View, file: FileId) -> bool {
    let kinds = [Kind::Chat, Kind::Waybill, Kind::CourierProof, Kind::DeliveryProof, Kind::Trace, Kind::Refund, Kind::Payment, Kind::Media, Kind::Other];
    matches!(view.case.content(file).content, Content::Picture(_)) && kinds.contains(&view.case.file(file).kind)
}

fn compare(view: &View, (a, x): (FileId, &Vec<&Link>), (b, y): (FileId, &Vec<&Link>), told: &mut BTreeSet<usize>, findings: &mut Findings) {
    let orders = |links: &[&Link]| -> BTreeSet<usize> { links.iter().map(|l| l.order).collect() };
    let (first, second) = (orders(x), orders(y));
    if !first.is_disjoint(&second) {
        return;
    }
    let buyer = |order: &usize| view.case.orders.get(*order).and_then(|o| o.buyer.as_ref()).map(|b| b.value.raw()).filter(|b| !b.contains('*'));
    let buyers: BTreeSet<Option<&str>> = first.union(&second).map(buyer).collect();
    let parcels = x.iter().chain(y).all(|l| l.key == Key::Waybill);
    let same_buyer = buyers.len() == 1 && !buyers.contains(&None);
    let accepted = view.case.settings.accept.iter().find(|accept| {
        accept.code == Code::PictureReused.as_str() && accept.file.as_ref().is_none_or(|p| glob::matches(p, view.path(a)) || glob::matches(p, view.path(b)))
    });
    for order in first.union(&second) {
        if !told.insert(*order) {
            continue;
        }
        // each order's finding stands at the path that names it
        let (own, other) = if first.contains(order) { (a, b) } else { (b, a) };
        let finding = view.finding(Code::PictureReused, *order).at(own, Place::Path).with("file", view.path(own)).with("other", view.path(other));
        findings.push(match accepted {
            Some(accept) => finding.variant("accepted").severity(Severity::Note).with("why", &accept.why),
            None if same_buyer && !parcels => finding.variant("same-buyer").severity(Severity::Note),
            None => finding,
        });
    }
}
