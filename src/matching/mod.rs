//! Which file speaks of which flagged order, by which key, how surely. Every file ends with a status; nothing drops out.
//!
//! Order numbers and waybills are exact; a buyer's nick, his phone, his full name with his street are strong; what rests on time or on SKU +
//! quantity + day is marked as inferred. Masked phones and names, titles, amounts on a day are clues: weak alone, see [`clues`] for when two are
//! enough. The user's `[[assign]]` replaces all of that for its file.

mod clues;
mod corrections;
mod goods;
mod index;
mod others;
mod people;
mod phrases;
mod records;
mod status;
mod stock;
mod strangers;
#[cfg(test)]
mod tests;
mod texts;
mod time;
mod whose;
mod words;

pub use status::account;

use crate::context::Context;
use crate::error::Result;
use crate::finding::{Code, Finding, Findings};
use crate::model::case::Case;
use crate::model::evidence::{Key, Link, Matching, Strength};
use crate::model::file::{FileEntry, Kind, Status};
use crate::model::record::{Content, Recognised};
use crate::model::source::{FileId, Place};
use crate::text::glob;
use corrections::Corrections;
use records::Collector;
use std::collections::{BTreeMap, BTreeSet};
use texts::{Keys, Piece, Reader};

/// Links the files to the flagged orders and sets the status of every file that intake left open; kinds said in `[[assign]]` are set, too.
/// Raises `file-unmatched` and `file-ambiguous`.
///
/// # Errors
/// When case.toml names an order, buyer or file that is not there (with line and nearest known name), or the user asked to stop.
pub fn link(case: &mut Case, ctx: &Context, findings: &mut Findings) -> Result<Matching> {
    let corrections = corrections::read(case, list_is_whole(case, findings))?;
    for (file, kind) in &corrections.kinds {
        if let Some(entry) = case.files.get_mut(file.index()) {
            entry.kind = *kind;
        }
    }
    corrections.told.iter().for_each(|f| findings.push(f.clone()));
    for row in case.settings.sheet.iter_mut().flat_map(|sheet| &mut sheet.rows) {
        row.refused |= corrections.refused.contains(&row.row);
    }
    let keys = Keys::of(case, &ctx.profile)?;
    let days = time::Days::of(case);
    let mut matching = Matching::default();
    let mut others: Vec<(FileId, BTreeSet<String>)> = Vec::new();
    for entry in &case.files {
        ctx.check_cancel()?;
        let links = if entry.status == Status::Duplicate { &mut matching.of_duplicates } else { &mut matching.links };
        let before = links.len();
        file_links(case, &keys, &days, &corrections, entry, links);
        let used = links.iter().skip(before).any(|l| l.strength >= Strength::Strong);
        if let Some(recognised) = case.contents.get(entry.id.index()).filter(|_| used && entry.status != Status::Duplicate) {
            others.push((entry.id, whose::others_in(&keys, recognised)));
        }
    }
    export_rows(case, &mut matching.links);
    copies_speak(case, &corrections, &mut matching);
    for list in [&mut matching.links, &mut matching.of_duplicates] {
        list.sort_by(|a, b| (a.order, a.file, &a.place, a.key).cmp(&(b.order, b.file, &b.place, b.key)));
        list.dedup();
    }
    strangers::pass_over(case, &mut matching, findings);
    for (file, numbers) in others.into_iter().filter(|(_, numbers)| !numbers.is_empty()) {
        let numbers: Vec<String> = numbers.into_iter().collect();
        let finding = Finding::new(Code::OthersInFile).file(file).with("file", &case.file(file).path).with("count", numbers.len());
        findings.push(finding.with_first("numbers", 3, &numbers).with("name", toml::Value::String(case.file(file).path.clone())));
    }
    status::set(case, &matching, &corrections, findings);
    Ok(matching)
}

/// Was the notice's list read without loss? Where there is none, or some of its numbers are damaged, an order that case.toml names may well be one of
/// those; the notice is then what the user must look at first.
fn list_is_whole(case: &Case, findings: &Findings) -> bool {
    let damaged = |f: &Finding| f.code == Code::OrderIdDamaged && f.file.is_some_and(|file| case.notice.is_of(file));
    !case.listed.is_empty() && !findings.all().iter().any(damaged)
}

fn file_links(case: &Case, keys: &Keys, days: &time::Days, corrections: &Corrections, entry: &FileEntry, links: &mut Vec<Link>) {
    if entry.status == Status::Ignored || case.notice.is_of(entry.id) {
        return;
    }
    let mut out = Collector { file: entry.id, links };
    if let Some(orders) = corrections.orders.get(&entry.id) {
        orders.iter().for_each(|&order| out.push(order, Key::Assign, Strength::Exact, &Place::Whole, false));
        if entry.status != Status::Duplicate
            && let Some(recognised) = case.contents.get(entry.id.index())
        {
            own_records(case, keys, days, recognised, orders, &mut out);
        }
        return;
    }
    // an archive is no evidence by its name: its members have that name in their paths
    if entry.container {
        return;
    }
    let Some(recognised) = case.contents.get(entry.id.index()) else { return };
    let content = &recognised.content;
    let before = out.links.len();
    let mut clues = Vec::new();
    let mut path = Reader::new(keys);
    // exports are tied row by row where the orders were made of them; a date or shop name in their path says nothing
    if !content.feeds_orders() {
        let said = keys.read(&entry.path, Piece::Path);
        said.hits.iter().for_each(|h| out.hit(*h, &Place::Path));
        // a table has many rows of many people: what its path suggests of one says little of them
        if matches!(
            content,
            Content::Picture(_) | Content::Pdf(_) | Content::Document(_) | Content::Film(_) | Content::None | Content::Text(_) | Content::Chats(_)
        ) && said.hits.is_empty()
        {
            path.judge(&said.clues, &Place::Path, &mut out);
            clues = said.clues;
        }
    }
    let mut suggestions = path.suggestions;
    if entry.status != Status::Duplicate {
        suggestions.extend(records::link(case, keys, days, recognised, clues, &mut out));
        if records::of_many(content) {
            out.links.get_mut(before..).into_iter().for_each(only_guesses);
        }
        if let Some(own) = out.links.get_mut(before..) {
            whose::settle(case, keys, entry, recognised, own);
        }
    }
    let one_piece = matches!(content, Content::Picture(_) | Content::Pdf(_) | Content::Document(_) | Content::Film(_) | Content::None);
    if out.links.len() == before
        && one_piece
        && matches!(entry.kind, Kind::Promotion | Kind::Traffic)
        && let Some((first, last)) = time::days_in_name(&entry.path)
    {
        days.covered(first, Some(last)).for_each(|order| out.push(order, Key::Content, Strength::Strong, &Place::Path, true));
    }
    if !out.links.iter().skip(before).any(|l| l.strength >= Strength::Strong) {
        suggestions.give(&mut out);
    }
}

/// The user says whose a table is; which of its rows are an order's, with weights and times, its rows still say.
fn own_records(case: &Case, keys: &Keys, days: &time::Days, recognised: &Recognised, orders: &BTreeSet<usize>, out: &mut Collector) {
    let mut links = Vec::new();
    records::link(case, keys, days, recognised, Vec::new(), &mut Collector { file: out.file, links: &mut links });
    let own = |l: &Link| orders.contains(&l.order) && l.strength >= Strength::Strong && l.place != Place::Whole;
    if recognised.content.parts().iter().any(Content::has_records) {
        out.links.extend(links.into_iter().filter(own));
    }
}

/// A file with records of many people lies in an order's folder, and none of them names the order: its place is a guess. Handed in, it would show nothing
/// of the order and much of others.
fn only_guesses(links: &mut [Link]) {
    let named: BTreeSet<usize> = links.iter().filter(|l| l.place != Place::Path && l.strength >= Strength::Strong).map(|l| l.order).collect();
    links.iter_mut().filter(|l| l.place == Place::Path && !named.contains(&l.order)).for_each(|l| l.strength = Strength::Weak);
}

/// The export rows that made an order are evidence of it, too.
fn export_rows(case: &Case, links: &mut Vec<Link>) {
    for (order, o) in case.orders.iter().enumerate() {
        links.extend(o.rows.iter().map(|(file, place)| Link {
            order,
            file: *file,
            place: place.clone(),
            key: Key::OrderId,
            strength: Strength::Exact,
            inferred: false,
        }));
    }
}

/// A copy speaks for the file it equals: where the user assigned it, beside what that file says itself; where both speak of orders of one buyer, as a
/// screenshot does that lies in the folders of both, or the user accepted that it stands for several; else where that file says nothing, as a phone's
/// `IMG_0001.jpg` does beside the copy that was named, unless copies say different things. What the copy is, the file then is.
fn copies_speak(case: &mut Case, corrections: &Corrections, matching: &mut Matching) {
    let mut telling: BTreeMap<FileId, BTreeSet<usize>> = BTreeMap::new();
    for link in matching.links.iter().filter(|l| l.strength >= Strength::Strong) {
        telling.entry(link.file).or_default().insert(link.order);
    }
    let mut kinds: Vec<(FileId, Kind)> = Vec::new();
    let mut orders: BTreeMap<FileId, BTreeMap<FileId, BTreeSet<usize>>> = BTreeMap::new();
    for link in matching.of_duplicates.iter().filter(|l| l.strength >= Strength::Strong) {
        if let Some(original) = case.file(link.file).same_as {
            orders.entry(original).or_default().entry(link.file).or_default().insert(link.order);
        }
    }
    let agreed = |original: FileId| {
        let mut sets = orders.get(&original).into_iter().flat_map(|copies| copies.values());
        sets.next().is_some_and(|first| sets.all(|other| other == first))
    };
    let mut added: Vec<Link> = Vec::new();
    for link in &matching.of_duplicates {
        let Some(original) = case.file(link.file).same_as else { continue };
        let assigned = link.key == Key::Assign && !corrections.orders.contains_key(&original);
        let alone = link.strength >= Strength::Strong && !telling.contains_key(&original) && agreed(original);
        let both = telling.get(&original).filter(|_| link.strength >= Strength::Strong);
        let shared = both.is_some_and(|orders| one_buyer(case, orders, link.order) || accepted(case, original, link.file));
        if assigned || alone {
            added.push(Link { file: original, ..link.clone() });
        } else if shared {
            // not by its own name: that still says one order, and the other place contradicts it
            added.push(Link { file: original, place: Place::Whole, ..link.clone() });
        }
        if alone && case.file(original).kind == Kind::Other {
            kinds.push((original, case.file(link.file).kind));
        }
    }
    matching.links.append(&mut added);
    for (file, kind) in kinds {
        if let Some(entry) = case.files.get_mut(file.index()) {
            entry.kind = kind;
        }
    }
}

/// Are orders, and one more, all of one buyer who is known.
fn one_buyer(case: &Case, orders: &BTreeSet<usize>, more: usize) -> bool {
    let whose = |order: usize| case.orders.get(order).and_then(|o| o.whose());
    whose(more).is_some_and(|buyer| orders.iter().all(|order| whose(*order) == Some(buyer)))
}

/// Did the user accept, with a reason, that one of these pictures stands for several orders.
fn accepted(case: &Case, original: FileId, copy: FileId) -> bool {
    case.settings
        .accept
        .iter()
        .filter(|a| a.code == Code::PictureReused.as_str())
        .any(|accept| accept.file.as_ref().is_none_or(|pattern| [original, copy].iter().any(|f| glob::matches(pattern, &case.file(*f).path))))
}
