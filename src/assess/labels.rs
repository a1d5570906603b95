//! `label-number-differs`: the slip or label of an order bears another number than the order's.
//!
//! Needs a number that was written down: in the file's name or folder, in the picture's own notes, in the text of a PDF. The pixels of a label are not read;
//! a slip of which no number is written down is `not-checkable`, never passed. Source: Douyin asks for slips whose number is the order's (aJoPTsTo7Jmx, read
//! 2026-08-22). Cleared by the right slip, or by correcting the number in the export or the file's name.

use super::view::{OrderView, View};
use crate::finding::{Code, Finding, Findings};
use crate::model::file::Kind;
use crate::model::record::Content;
use crate::model::source::{FileId, Place};
use crate::text::ids::{alnum_runs, clean_waybill};
use std::collections::BTreeSet;

/// Shorter runs are dates, sizes and counters.
const SHORTEST: usize = 10;

/// One finding a slip.
pub(super) fn check(view: &View, findings: &mut Findings) {
    let all: BTreeSet<String> = view.case.export.iter().flat_map(|e| &e.waybills).map(|w| clean_waybill(w)).collect();
    let mut unread = 0_usize;
    for (i, o) in view.orders.iter().enumerate().filter(|(_, o)| o.express && !o.order.waybills.is_empty()) {
        let own: BTreeSet<String> = o.waybills().map(|w| clean_waybill(&w.number)).collect();
        let slips: Vec<FileId> = o.pieces(view.case).filter(|(_, kind, _)| *kind == Kind::Waybill).map(|(file, ..)| file).collect();
        let mut told = slips.is_empty();
        for file in slips {
            let written = written(view, file);
            if written.iter().any(|(_, number)| own.contains(number)) {
                told = true;
            } else if let Some((place, number)) =
                written.into_iter().find(|(_, number)| all.contains(number) || is_labelled(view, number) || looks_like_ours(o, &own, number))
            {
                told = true;
                let finding = view.finding(Code::LabelNumberDiffers, i).at(file, place).with("file", view.path(file)).with("number", number);
                findings.push(finding.with("waybill", own.iter().next().map_or("", String::as_str)));
            }
        }
        // where the weight is on the slip only, `slip` says the same of both
        unread += usize::from(!told && o.weight().is_some());
    }
    if unread > 0 {
        findings.push(Finding::new(Code::NotCheckable).variant("label").with("count", unread));
    }
}

/// Every number written beside a slip's pixels, the name first.
fn written(view: &View, file: FileId) -> Vec<(Place, String)> {
    let mut found = Vec::new();
    let mut look = |place: Place, text: &str| {
        let runs = alnum_runs(text).into_iter().filter(|(_, run)| run.len() >= SHORTEST);
        found.extend(runs.map(|(_, run)| (place.clone(), clean_waybill(&run))));
    };
    look(Place::Path, view.path(file));
    match &view.case.content(file).content {
        Content::Picture(info) => info.notes.iter().for_each(|(_, note)| look(Place::Whole, note)),
        Content::Pdf(info) => info.text.iter().zip(1..).for_each(|(text, page)| look(Place::Page(page), text)),
        Content::Document(document) => document.parts.iter().for_each(|(place, text)| look(place.clone(), text)),
        _ => {}
    }
    found
}

/// A carrier's letters and digits: no date, phone or order number looks so.
fn is_labelled(view: &View, number: &str) -> bool {
    number.starts_with(|c: char| c.is_ascii_alphabetic()) && !view.carriers.suggest(number).is_empty()
}

/// Letters and length are those of one of the order's numbers, and it is none of its ids: dates, phones and order numbers look otherwise.
fn looks_like_ours(o: &OrderView, own: &BTreeSet<String>, number: &str) -> bool {
    let id = std::iter::once(&o.order.id).chain(&o.order.sub_ids).any(|id| id.as_str() == number);
    !id && !is_time(number) && shape(number).is_some_and(|s| own.iter().any(|n| shape(n) == Some(s)))
}

/// Letters before the digits, and how many digits.
fn shape(number: &str) -> Option<(&str, usize)> {
    let letters = number.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (head, digits) = number.split_at_checked(letters)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then_some((head, digits.len()))
}

/// `20260402180000`, or milliseconds of these years: names that cameras and apps give.
fn is_time(number: &str) -> bool {
    let month = number.get(4..6).and_then(|m| m.parse::<u8>().ok()).is_some_and(|m| (1..=12).contains(&m));
    (number.starts_with("20") && month) || (number.len() == 13 && ["16", "17", "18"].iter().any(|y| number.starts_with(y)))
}
