//! What would harm when it is handed in: `content-harmful`, `statement-risky`.
//!
//! Our own checks after facts 5.7 and the false-evidence rules (Tmall 11000251: 4 points and ¥5,000 for one forged proof). Cleared by leaving the
//! file out, by saying why in `[[accept]]`, or by the right file.

use super::data::{HarmPlace, HarmWords};
use super::view::View;
use crate::finding::{Code, Finding, Findings};
use crate::model::evidence::Strength;
use crate::model::record::Content;
use crate::model::settings::Fact;
use crate::model::source::{FileId, Place};
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
