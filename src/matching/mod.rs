//! Which file speaks of which flagged order, by which key, how surely. Every file ends with a status; nothing drops out.
//!
//! Order numbers and waybills are exact; a buyer's nick is strong; what rests on time or on SKU + quantity + day is marked as inferred. The user's
//! `[[assign]]` replaces all of that for its file.

mod corrections;
mod index;
mod records;
mod stock;
#[cfg(test)]
mod tests;
mod time;

use crate::context::Context;
use crate::error::Result;
use crate::finding::{Code, Finding, Findings};
use crate::model::case::Case;
use crate::model::evidence::{Key, Link, Matching, Strength};
use crate::model::file::{FileEntry, Kind, Status};
use crate::model::record::Content;
use crate::model::source::{FileId, Place};
use corrections::Corrections;
use index::Index;
use records::Collector;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    let index = Index::of(case);
    let days = time::Days::of(case);
    let mut matching = Matching::default();
    for entry in &case.files {
        ctx.check_cancel()?;
        let links = if entry.status == Status::Duplicate { &mut matching.of_duplicates } else { &mut matching.links };
        file_links(case, &index, &days, &corrections, entry, links);
    }
    export_rows(case, &mut matching.links);
    assigned_copies(case, &corrections, &mut matching);
    for list in [&mut matching.links, &mut matching.of_duplicates] {
        list.sort_by(|a, b| (a.order, a.file, &a.place, a.key).cmp(&(b.order, b.file, &b.place, b.key)));
        list.dedup();
    }
    set_statuses(case, &matching, &corrections, findings);
    debug_assert_eq!(accounted(case, &matching), Ok(()));
    Ok(matching)
}

/// Was the notice's list read without loss? Where there is none, or some of its numbers are damaged, an order that case.toml names may well be one of
/// those; the notice is then what the user must look at first.
fn list_is_whole(case: &Case, findings: &Findings) -> bool {
    let damaged = |f: &Finding| f.code == Code::OrderIdDamaged && f.file.is_some() && f.file == case.notice.file;
    !case.listed.is_empty() && !findings.all().iter().any(damaged)
}

fn file_links(case: &Case, index: &Index, days: &time::Days, corrections: &Corrections, entry: &FileEntry, links: &mut Vec<Link>) {
    if entry.status == Status::Ignored || case.notice.file == Some(entry.id) {
        return;
    }
    let mut out = Collector { file: entry.id, links };
    if let Some(orders) = corrections.orders.get(&entry.id) {
        orders.iter().for_each(|&order| out.push(order, Key::Assign, Strength::Exact, &Place::Whole, false));
        return;
    }
    // an archive is no evidence by its name: its members have that name in their paths
    if entry.container {
        return;
    }
    let Some(recognised) = case.contents.get(entry.id.index()) else { return };
    let content = &recognised.content;
    let before = out.links.len();
    // exports are tied row by row where the orders were made of them; a date or shop name in their path says nothing
    if !content.feeds_orders() {
        path(index, &entry.path, &mut out);
    }
    if entry.status != Status::Duplicate {
        records::link(case, index, days, recognised, &mut out);
    }
    let one_piece = matches!(content, Content::Picture(_) | Content::Pdf(_) | Content::Document(_) | Content::Film(_) | Content::None);
    if out.links.len() == before
        && one_piece
        && matches!(entry.kind, Kind::Promotion | Kind::Traffic)
        && let Some((first, last)) = time::days_in_name(&entry.path)
    {
        days.covered(first, Some(last)).for_each(|order| out.push(order, Key::Content, Strength::Strong, &Place::Path, true));
    }
}

/// Numbers in the names of folders and file; only without any, the buyer's nick.
fn path(index: &Index, path: &str, out: &mut Collector) {
    let numbers = index.scan(path);
    if !numbers.is_empty() {
        numbers.into_iter().for_each(|h| out.hit(h, &Place::Path));
        return;
    }
    let nicks = index.nicks_in_path(path);
    // one buyer's name belongs to all of his orders; the names of two buyers contradict each other
    let strength = if nicks.len() == 1 { Strength::Strong } else { Strength::Weak };
    for orders in nicks.values() {
        orders.iter().for_each(|&order| out.push(order, Key::Nick, strength, &Place::Path, false));
    }
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

/// A copy that the user assigned speaks for the file it equals, beside what that file says itself.
fn assigned_copies(case: &Case, corrections: &Corrections, matching: &mut Matching) {
    for link in matching.of_duplicates.iter().filter(|l| l.key == Key::Assign) {
        if let Some(original) = case.file(link.file).same_as
            && !corrections.orders.contains_key(&original)
        {
            matching.links.push(Link { file: original, ..link.clone() });
        }
    }
}

fn set_statuses(case: &mut Case, matching: &Matching, corrections: &Corrections, findings: &mut Findings) {
    let used = orders_by_file(&matching.links, Strength::Strong);
    let any = orders_by_file(&matching.links, Strength::Weak);
    let notice = case.notice.file;
    let statuses: Vec<Status> = case
        .files
        .iter()
        .map(|entry| match entry.status {
            Status::Duplicate | Status::Unreadable | Status::Ignored | Status::Source => entry.status,
            _ if notice == Some(entry.id) => Status::Source,
            _ if case.contents.get(entry.id.index()).is_some_and(|r| r.content.feeds_orders()) => Status::Source,
            _ if corrections.shared.contains(&entry.id) => Status::Shared,
            _ => match (used.get(&entry.id).map_or(0, BTreeSet::len), any.get(&entry.id).map_or(0, BTreeSet::len)) {
                (1, _) => Status::Matched,
                (0, 0 | 1) => Status::Unmatched,
                (0, _) => Status::Ambiguous,
                _ => Status::Shared,
            },
        })
        .collect();
    for (entry, status) in case.files.iter_mut().zip(statuses) {
        entry.status = status;
    }
    let mut names: HashMap<&str, usize> = HashMap::new();
    case.files.iter().for_each(|f| *names.entry(base_name(&f.path)).or_default() += 1);
    for entry in &case.files {
        let name = if names.get(base_name(&entry.path)) == Some(&1) { base_name(&entry.path) } else { &entry.path };
        match entry.status {
            Status::Unmatched => findings.push(unmatched(case, entry, name)),
            Status::Ambiguous => findings.push(ambiguous(case, entry, name, any.get(&entry.id))),
            _ => {}
        }
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn orders_by_file(links: &[Link], least: Strength) -> BTreeMap<FileId, BTreeSet<usize>> {
    let mut map: BTreeMap<FileId, BTreeSet<usize>> = BTreeMap::new();
    for link in links.iter().filter(|l| l.strength >= least) {
        map.entry(link.file).or_default().insert(link.order);
    }
    map
}

fn unmatched(case: &Case, entry: &FileEntry, name: &str) -> Finding {
    let general = matches!(
        entry.kind,
        Kind::Contract | Kind::Invoice | Kind::Purchase | Kind::Promotion | Kind::Traffic | Kind::Payment | Kind::StockCount | Kind::CourierProof
    );
    let orders = if general { "\"all\"".to_owned() } else { format!("[\"{}\"]", case.listed.first().map_or("", |l| l.id.as_str())) };
    let finding = Finding::new(Code::FileUnmatched).file(entry.id).with("file", &entry.path).with("assign", snippet(name, &orders));
    if general { finding.variant("general") } else { finding }
}

fn ambiguous(case: &Case, entry: &FileEntry, name: &str, orders: Option<&BTreeSet<usize>>) -> Finding {
    let ids: Vec<&str> = orders.into_iter().flatten().filter_map(|o| case.orders.get(*o)).map(|o| o.id.as_str()).collect();
    let shown = ids.iter().take(4).copied().collect::<Vec<_>>().join("、") + if ids.len() > 4 { " …" } else { "" };
    let first = format!("[\"{}\"]", ids.first().copied().unwrap_or(""));
    Finding::new(Code::FileAmbiguous).file(entry.id).with("file", &entry.path).with("orders", shown).with("assign", snippet(name, &first))
}

/// Lines to paste into case.toml; `name` is the base name where it means one file, else the path.
fn snippet(name: &str, orders: &str) -> String {
    format!("[[assign]]\nfile = {}\norders = {orders}", toml::Value::String(name.to_owned()))
}

/// Proves that the statuses partition the files and agree with the links: one order = matched, more = shared, none = unmatched or ambiguous.
///
/// # Errors
/// The path of the first file that is not accounted for, and why.
pub fn accounted(case: &Case, matching: &Matching) -> std::result::Result<(), String> {
    let used = orders_by_file(&matching.links, Strength::Strong);
    for entry in &case.files {
        let n = used.get(&entry.id).map_or(0, BTreeSet::len);
        let fits = match entry.status {
            Status::Matched => n == 1,
            Status::Shared => n >= 1 || case.orders.is_empty(),
            Status::Ambiguous | Status::Unmatched | Status::Ignored | Status::Duplicate => n == 0,
            Status::Unreadable | Status::Source => true,
        };
        if !fits || (entry.status == Status::Duplicate) != entry.same_as.is_some() {
            return Err(format!("{}: {:?} with {n} orders", entry.path, entry.status));
        }
    }
    Ok(())
}
