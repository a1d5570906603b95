//! What became of each file: the statuses partition what the walk found, and are held to that in every run.

use super::corrections::Corrections;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding, Findings};
use crate::model::case::Case;
use crate::model::evidence::{Key, Matching, Strength};
use crate::model::file::{FileEntry, Kind, Status};
use crate::model::source::FileId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The orders that weak keys suggest for a file, best first: the more kinds of keys, the better.
struct Guess {
    orders: Vec<usize>,
    /// How many of them fit equally well.
    equal: usize,
    keys: BTreeSet<Key>,
}

/// Sets the status of every file that intake left open; raises `file-unmatched` and `file-ambiguous`.
pub(super) fn set(case: &mut Case, matching: &Matching, corrections: &Corrections, findings: &mut Findings) {
    let used = orders_by_file(matching);
    let guesses = guesses(matching);
    let statuses: Vec<Status> = case
        .files
        .iter()
        .map(|entry| match entry.status {
            Status::Duplicate | Status::Unreadable | Status::Ignored | Status::Source => entry.status,
            _ if case.notice.is_of(entry.id) => Status::Source,
            _ if case.contents.get(entry.id.index()).is_some_and(|r| r.content.feeds_orders()) => Status::Source,
            _ if corrections.shared.contains(&entry.id) => Status::Shared,
            _ => match (used.get(&entry.id).map_or(0, BTreeSet::len), guesses.get(&entry.id).map_or(0, |g| g.equal)) {
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
            // where no order is known, no file can be an order's: the notice is what is to be looked at
            Status::Unmatched if case.orders.is_empty() => {}
            Status::Unmatched => findings.push(unmatched(case, entry, name, guesses.get(&entry.id))),
            Status::Ambiguous => findings.push(ambiguous(case, entry, name, guesses.get(&entry.id))),
            _ => {}
        }
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn orders_by_file(matching: &Matching) -> BTreeMap<FileId, BTreeSet<usize>> {
    let mut map: BTreeMap<FileId, BTreeSet<usize>> = BTreeMap::new();
    for link in matching.links.iter().filter(|l| l.strength >= Strength::Strong) {
        map.entry(link.file).or_default().insert(link.order);
    }
    map
}

fn guesses(matching: &Matching) -> BTreeMap<FileId, Guess> {
    let mut keys: BTreeMap<FileId, BTreeMap<usize, BTreeSet<Key>>> = BTreeMap::new();
    for link in matching.links.iter().filter(|l| l.strength == Strength::Weak) {
        keys.entry(link.file).or_default().entry(link.order).or_default().insert(link.key);
    }
    let best = |orders: BTreeMap<usize, BTreeSet<Key>>| {
        let most = orders.values().map(BTreeSet::len).max().unwrap_or(0);
        let mut sorted: Vec<(usize, BTreeSet<Key>)> = orders.into_iter().collect();
        sorted.sort_by_key(|(order, keys)| (std::cmp::Reverse(keys.len()), *order));
        Guess {
            equal: sorted.iter().filter(|(_, k)| k.len() == most).count(),
            keys: sorted.first().map(|(_, k)| k.clone()).unwrap_or_default(),
            orders: sorted.into_iter().map(|(o, _)| o).collect(),
        }
    };
    keys.into_iter().map(|(file, orders)| (file, best(orders))).collect()
}

fn id_of(case: &Case, order: usize) -> &str {
    case.orders.get(order).map_or("", |o| o.id.as_str())
}

fn unmatched(case: &Case, entry: &FileEntry, name: &str, guess: Option<&Guess>) -> Finding {
    let general = matches!(
        entry.kind,
        Kind::Contract | Kind::Invoice | Kind::Purchase | Kind::Promotion | Kind::Traffic | Kind::Payment | Kind::StockCount | Kind::CourierProof
    );
    let guessed = guess.and_then(|g| g.orders.first().map(|o| (id_of(case, *o), g)));
    let orders = match guessed {
        Some((id, _)) => format!("[\"{id}\"]"),
        None if general => "\"all\"".to_owned(),
        // nothing points to an order: a number here would make evidence of a paste
        None => format!("[\"{UNKNOWN_ORDER}\"]"),
    };
    let finding = Finding::new(Code::FileUnmatched).file(entry.id).with("file", &entry.path).with("assign", snippets(name, &orders));
    match guessed {
        Some((id, guess)) => {
            let keys: Vec<&str> = guess.keys.iter().map(|k| k.as_str()).collect();
            finding.variant("guess").with("guess", id).with_list("keys", keys)
        }
        None if general => finding.variant("general"),
        None => finding,
    }
}

fn ambiguous(case: &Case, entry: &FileEntry, name: &str, guess: Option<&Guess>) -> Finding {
    let ids: Vec<&str> = guess.map(|g| g.orders.iter().take(g.equal).map(|o| id_of(case, *o)).collect()).unwrap_or_default();
    // which of them it is only the seller knows
    let assign = snippets(name, &format!("[\"{UNKNOWN_ORDER}\"]"));
    Finding::new(Code::FileAmbiguous).file(entry.id).with("file", &entry.path).with_first("orders", 4, &ids).with("assign", assign)
}

/// Stands where the user has to write an order's number; no order has it, so a block pasted as it is stops the run with its line.
pub(super) const UNKNOWN_ORDER: &str = "?";

/// Lines to paste into case.toml, one table or the other; `name` is the base name where it means one file, else the path.
fn snippets(name: &str, orders: &str) -> String {
    let file = toml::Value::String(name.to_owned());
    format!("[[assign]]\nfile = {file}\norders = {orders}\n# [[ignore]]\n# file = {file}\n# why = \"\"")
}

/// Proves that nothing dropped out: as many files as the walk found, each with the one status that its links allow (one order = matched, more = shared,
/// none = unmatched or ambiguous).
///
/// # Errors
/// An internal error that names the sum or the first file that is wrong. No input should bring it about.
pub fn account(case: &Case, matching: &Matching, walked: usize) -> Result<()> {
    let wrong = |zh: String, en: String| {
        Err(Error::new(format!("内部错误：文件对不上账：{zh}"), format!("internal error: the files do not add up: {en}")).hint(
            "这是程序的缺陷，没有写出任何结果；请把这句话报告给开发者",
            "this is a defect of the program, nothing was written; please report this sentence",
        ))
    };
    if case.files.len() != walked || case.contents.len() != walked {
        let (files, contents) = (case.files.len(), case.contents.len());
        return wrong(
            format!("找到 {walked} 个，清单里有 {files} 个，读过 {contents} 个"),
            format!("{walked} were found, {files} are listed, {contents} were read"),
        );
    }
    let used = orders_by_file(matching);
    let mut statuses: BTreeMap<Status, usize> = BTreeMap::new();
    for (n, entry) in case.files.iter().enumerate() {
        *statuses.entry(entry.status).or_default() += 1;
        let orders = used.get(&entry.id).map_or(0, BTreeSet::len);
        let fits = match entry.status {
            Status::Matched => orders == 1,
            Status::Shared => orders >= 1 || case.orders.is_empty(),
            Status::Ambiguous | Status::Unmatched | Status::Ignored | Status::Duplicate => orders == 0,
            Status::Unreadable | Status::Source => true,
        };
        if !fits || entry.id.index() != n || (entry.status == Status::Duplicate) != entry.same_as.is_some() {
            return wrong(
                format!("{} 的状态是 {:?}，对应 {orders} 单", entry.path, entry.status),
                format!("{} is {:?} with {orders} orders", entry.path, entry.status),
            );
        }
    }
    let sum: usize = statuses.values().sum();
    if sum != walked {
        return wrong(format!("找到 {walked} 个，各种状态合计 {sum} 个"), format!("{walked} were found, the statuses sum to {sum}"));
    }
    Ok(())
}
