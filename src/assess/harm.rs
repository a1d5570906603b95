//! What would harm when it is handed in: `content-harmful`, `statement-risky`.
//!
//! Our own checks after facts 5.7 and the false-evidence rules (Tmall 11000251: 4 points and ¥5,000 for one forged proof). Cleared by leaving the
//! file out, by saying why in `[[accept]]`, or by the right file.

use super::harm_words::{HarmPlace, HarmWords};
use super::view::View;
use crate::finding::{Code, Finding, Findings};
use crate::model::evidence::Strength;
use crate::model::record::Content;
use crate::model::settings::Fact;
use crate::model::source::{FileId, Place};
use std::cell::LazyCell;
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
                let finding = Finding::new(Code::ContentHarmful).at(*file, place).with_list("words", found).with("file", view.path(*file));
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
                // what was written into the picture beside its pixels goes in with it
                Content::Picture(info) => info.notes.iter().for_each(|(_, note)| report(Place::Whole, note, HarmPlace::Chat)),
                Content::Document(document) => document.parts.iter().for_each(|(place, text)| report(place.clone(), text, HarmPlace::Chat)),
                _ => {}
            }
        }
        sheets(view, words, *file, findings);
    }
    let told = messages(view, words, findings);
    rows(view, words, &told, findings);
    statement(view, words, findings);
}

/// The orders of a message and the words found in it.
type Said = (BTreeSet<usize>, Vec<String>);

/// What was said in the conversations of flagged orders. One conversation may be of several orders of its buyer: each place is told once. Returns the places.
fn messages<'a>(view: &View<'a>, words: &HarmWords, findings: &mut Findings) -> BTreeSet<(FileId, &'a Place)> {
    let mut told: BTreeMap<(FileId, &Place), Said> = BTreeMap::new();
    for (i, o) in view.orders.iter().enumerate() {
        for (file, message) in o.chats.iter().flat_map(|(file, chat, _)| chat.messages.iter().map(|m| (*file, m))) {
            let found = words.find(&message.text, HarmPlace::Chat);
            if found.is_empty() {
                continue;
            }
            let (orders, all) = told.entry((file, &message.place)).or_default();
            orders.insert(i);
            all.extend(found.into_iter().filter(|w| !all.contains(w)).collect::<Vec<_>>());
        }
    }
    for ((file, place), (orders, words)) in &told {
        let finding = match orders.first() {
            Some(order) if orders.len() == 1 => view.finding(Code::ContentHarmful, *order),
            _ => Finding::new(Code::ContentHarmful),
        };
        findings.push(finding.at(*file, (*place).clone()).with_list("words", words).with("file", view.path(*file)));
    }
    told.into_keys().collect()
}

/// Every cell of the rows that would go into the bag: remarks and notes of exports, stock and other tables, in whatever column but those that name goods,
/// places and carriers. Of tables that go in whole (`[bundle] tables = "whole"`) every row is looked at; not those that were told as messages.
fn rows(view: &View, words: &HarmWords, told: &BTreeSet<(FileId, &Place)>, findings: &mut Findings) {
    let mut wanted: BTreeMap<FileId, BTreeMap<&Place, usize>> = BTreeMap::new();
    for (i, o) in view.orders.iter().enumerate() {
        let linked = o.links.iter().map(|l| (l.file, &l.place));
        for (file, place) in o.order.rows.iter().map(|(f, p)| (*f, p)).chain(linked) {
            wanted.entry(file).or_default().entry(place).or_insert(i);
        }
    }
    for (file, places) in wanted {
        outside_of_rows(view, words, file, &places, findings);
        let tables = view.case.content(file).tables().filter_map(|(_, table)| table);
        for (table, row, record) in tables.flat_map(|t| t.rows.iter().enumerate().map(move |(row, record)| (t, row, record))) {
            let place = table.place(row);
            let order = places.get(&place).copied();
            if (order.is_none() && !view.case.settings.tables_whole) || told.contains(&(file, &place)) {
                continue;
            }
            for column in (0..record.len as usize).filter(|column| !table.names.contains(column)) {
                let cell = table.cell(row, column);
                // ids, numbers and dates are most of a table
                if cell.is_ascii() && !cell.bytes().any(|b| b.is_ascii_alphabetic()) {
                    continue;
                }
                let found = words.find(cell, HarmPlace::Chat);
                if found.is_empty() {
                    continue;
                }
                let finding = order.map_or_else(|| Finding::new(Code::ContentHarmful), |i| view.finding(Code::ContentHarmful, i));
                let finding = finding.variant(if order.is_some() { "remark" } else { "row" }).at(file, place.clone()).with_list("words", found);
                let head = table.header.get(column).map_or("", |h| h.trim());
                findings.push(finding.with("file", view.path(file)).with("column", head).with("row", record.number));
            }
        }
    }
}

/// Heads of the columns of rows that go in; and, where the file goes in whole, titles and notes on cells. Of a text every line was looked at.
fn outside_of_rows(view: &View, words: &HarmWords, file: FileId, places: &BTreeMap<&Place, usize>, findings: &mut Findings) {
    let content = view.case.content(file);
    // asked for only where something was found: an export may have a hundred thousand rows
    let whole = LazyCell::new(|| goes_in_whole(view, file, places));
    let found_in = |text: &str, kind| Some(words.find(text, kind)).filter(|found| !found.is_empty());
    let finding = |variant, place: Place| Finding::new(Code::ContentHarmful).variant(variant).at(file, place).with("file", view.path(file));
    for (part, table) in content.tables().filter_map(|(part, table)| Some((part, table?))) {
        let used = || *whole || (0..table.rows.len()).any(|row| places.contains_key(&table.place(row)));
        let heads = table.header.iter().map(|h| h.trim()).filter_map(|head| Some((head, found_in(head, HarmPlace::Head)?)));
        let (columns, found): (Vec<&str>, Vec<Vec<String>>) = heads.unzip();
        if !columns.is_empty() && !matches!(part, Content::Text(_)) && used() {
            let found: BTreeSet<String> = found.into_iter().flatten().collect();
            findings.push(finding("head", Place::Whole).with_list("words", found).with_list("columns", columns));
        }
        let mut told: BTreeSet<(Option<&str>, Vec<String>)> = BTreeSet::new();
        for beside in &table.beside {
            let cell = beside.cell.as_deref();
            let Some(found) = found_in(&beside.text, if cell.is_some() { HarmPlace::Chat } else { HarmPlace::Name }) else { continue };
            // an old form of a comment repeats what the new one says, and a window's title the page's
            if *whole && told.insert((cell, found.clone())) {
                let finding = finding(if cell.is_some() { "cell-note" } else { "title" }, beside.place.clone()).with_list("words", found);
                findings.push(finding.with("cell", cell.unwrap_or_default()));
            }
        }
    }
}

/// Does a table go in as it is, and not as an extract of its flagged rows.
fn goes_in_whole(view: &View, file: FileId, places: &BTreeMap<&Place, usize>) -> bool {
    let content = view.case.content(file);
    let rows = || content.tables().filter_map(|(_, table)| table).flat_map(|t| (0..t.rows.len()).map(|row| places.contains_key(&t.place(row))));
    let taken = rows().filter(|wanted| *wanted).count();
    let given = places.contains_key(&Place::Whole) && !(taken > 0 && content.content.parts().iter().any(Content::has_records));
    view.case.settings.tables_whole || content.content.anonymous() || given || taken == 0 || taken == rows().count()
}

/// The names of the sheets of a workbook that would be handed in.
fn sheets(view: &View, words: &HarmWords, file: FileId, findings: &mut Findings) {
    for sheet in view.case.content(file).tables().filter_map(|(_, table)| table?.sheet.as_deref()) {
        let found = words.find(sheet, HarmPlace::Name);
        if !found.is_empty() {
            let finding = Finding::new(Code::ContentHarmful).variant("sheet").at(file, Place::SheetRow(sheet.into(), 1));
            findings.push(finding.with_list("words", found).with("file", view.path(file)).with("sheet", sheet));
        }
    }
}

fn statement(view: &View, words: &HarmWords, findings: &mut Findings) {
    let mut report = |key: &str, text: &str| {
        let mut found = words.find(text, HarmPlace::Chat);
        found.extend(words.claims(text).into_iter().map(str::to_owned));
        if !found.is_empty() {
            findings.push(Finding::new(Code::StatementRisky).with("key", key).with_list("words", found));
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
