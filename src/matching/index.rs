//! What flagged orders are known by: order numbers, sub-order numbers, waybills, nicks. Built once a case; a text is scanned once against all of them.
//! A number counts only as a whole run: one digit off, longer, or inside a longer run is another number.

use crate::model::case::Case;
use crate::model::evidence::{Key, Strength};
use crate::model::ids::OrderId;
use crate::text::ids::{alnum_runs, clean_id, clean_waybill};
use std::collections::{BTreeMap, HashMap};
use unicode_normalization::UnicodeNormalization as _;

/// Shorter numbers stand in dates, sizes and counters; columns made for ids may hold them, free text may not.
const SHORTEST_IN_TEXT: usize = 8;
/// From this length on, letters before a run of digits cannot make it a waybill of somebody else (`order3512…`); below they can (`SF139…`).
const LONG_DIGITS: usize = 15;
/// Shorter nicks are words.
const SHORTEST_NICK: usize = 3;
/// A nick of digits only must not be a counter (`001.jpg`).
const SHORTEST_DIGIT_NICK: usize = 6;

/// One key found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    pub order: usize,
    pub key: Key,
    pub strength: Strength,
}

/// Hash tables of the keys.
pub(super) struct Index {
    ids: HashMap<String, (usize, Key)>,
    dashed: bool,
    waybills: HashMap<String, Vec<usize>>,
    /// Normalised nick → orders of that buyer.
    nicks: HashMap<String, Vec<usize>>,
    /// First run of letters and digits of a nick → where that run begins in the nick, and the nick.
    nick_starts: HashMap<String, Vec<(usize, String)>>,
}

impl Index {
    pub(super) fn of(case: &Case) -> Self {
        let mut index = Index { ids: HashMap::new(), dashed: false, waybills: HashMap::new(), nicks: HashMap::new(), nick_starts: HashMap::new() };
        for (i, order) in case.orders.iter().enumerate() {
            index.add_id(&order.id, i, Key::OrderId);
            order.sub_ids.iter().for_each(|s| index.add_id(s, i, Key::SubOrderId));
            for waybill in &order.waybills {
                let number = clean_waybill(&waybill.value.number);
                let orders = index.waybills.entry(number).or_default();
                if !orders.contains(&i) {
                    orders.push(i);
                }
            }
            if let Some(buyer) = &order.buyer {
                index.add_nick(buyer.value.raw(), i);
            }
        }
        for listed in &case.listed {
            index.add_id(&listed.id, listed.order, if listed.is_sub { Key::SubOrderId } else { Key::OrderId });
        }
        index
    }

    fn add_id(&mut self, id: &OrderId, order: usize, key: Key) {
        let text = clean_id(id.as_str()).to_uppercase();
        if text.is_empty() {
            return;
        }
        self.dashed |= text.contains('-');
        // a main id wins over an equal sub id (Taobao numbers an order of one line like its line)
        self.ids
            .entry(text)
            .and_modify(|e| {
                if key == Key::OrderId {
                    *e = (order, key)
                }
            })
            .or_insert((order, key));
    }

    fn add_nick(&mut self, nick: &str, order: usize) {
        let name = fold(nick);
        // what the platform has masked stands for many buyers
        let too_short = name.chars().count() < SHORTEST_NICK || (name.len() < SHORTEST_DIGIT_NICK && name.bytes().all(|b| b.is_ascii_digit()));
        if too_short || name.contains('*') || name.starts_with("##") || name.starts_with("$$") {
            return;
        }
        let Some((start, first)) = words(&name).into_iter().next() else { return };
        let starts = self.nick_starts.entry(first).or_default();
        if !starts.iter().any(|(_, n)| *n == name) {
            starts.push((start, name.clone()));
        }
        let orders = self.nicks.entry(name).or_default();
        if !orders.contains(&order) {
            orders.push(order);
        }
    }

    /// The flagged order of an id that stands in a column of its own, or in a payload's field.
    pub(super) fn id(&self, id: &OrderId) -> Option<Hit> {
        self.ids.get(&clean_id(id.as_str()).to_uppercase()).map(|&(order, key)| Hit { order, key, strength: Strength::Exact })
    }

    /// The flagged orders of a waybill. Exact when the number stands on one order only; re-use is a finding of its own, so it stays usable.
    pub(super) fn waybill(&self, number: &str) -> impl Iterator<Item = Hit> + '_ {
        let orders = self.waybills.get(&clean_waybill(number)).map_or(&[][..], Vec::as_slice);
        let strength = if orders.len() == 1 { Strength::Exact } else { Strength::Strong };
        orders.iter().map(move |&order| Hit { order, key: Key::Waybill, strength })
    }

    /// The flagged orders of a buyer.
    pub(super) fn nick(&self, nick: &str) -> &[usize] {
        self.nicks.get(&fold(nick)).map_or(&[], Vec::as_slice)
    }

    /// Every order number and waybill in a text, each order and key once.
    pub(super) fn scan(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        let runs = alnum_runs(text);
        for (_, run) in &runs {
            if run.len() < SHORTEST_IN_TEXT {
                continue;
            }
            self.push_id(run, &mut hits);
            hits.extend(self.waybill(run));
            if run.len() > LONG_DIGITS && !run.bytes().all(|b| b.is_ascii_digit()) {
                run.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() >= LONG_DIGITS).for_each(|d| self.push_id(d, &mut hits));
            }
        }
        if self.dashed {
            self.scan_dashed(text, &runs, &mut hits);
        }
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    fn push_id(&self, text: &str, hits: &mut Vec<Hit>) {
        if let Some(&(order, key)) = self.ids.get(text) {
            hits.push(Hit { order, key, strength: Strength::Exact });
        }
    }

    /// Ids with dashes in them (`260401-123456789012345`, `111-1234567-1234567`): runs that are joined by one dash each.
    fn scan_dashed(&self, text: &str, runs: &[(usize, String)], hits: &mut Vec<Hit>) {
        for (i, (start, first)) in runs.iter().enumerate() {
            let mut joined = first.clone();
            let mut end = end_of(text, *start, first);
            for (next_start, next) in runs.iter().skip(i + 1).take(3) {
                if text.get(end..*next_start) != Some("-") {
                    break;
                }
                joined.push('-');
                joined.push_str(next);
                end = end_of(text, *next_start, next);
                if joined.len() >= SHORTEST_IN_TEXT {
                    self.push_id(&joined, hits);
                }
            }
        }
    }

    /// The nicks that name a folder or file of `path`: the name equals the nick, or holds it between signs that are neither letters nor digits.
    /// A nick inside a longer nick that fits as well does not count. Nick → its orders.
    pub(super) fn nicks_in_path(&self, path: &str) -> BTreeMap<&str, &[usize]> {
        let mut found: BTreeMap<&str, &[usize]> = BTreeMap::new();
        if self.nick_starts.is_empty() {
            return found;
        }
        let (folders, base) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = base.rsplit_once('.').map_or(base, |(s, _)| if s.is_empty() { base } else { s });
        for component in folders.split('/').chain([stem, base]) {
            let component = fold(component);
            let mut spans: Vec<(usize, usize, &str)> = Vec::new();
            for (start, word) in words(&component) {
                for (offset, nick) in self.nick_starts.get(&word).into_iter().flatten() {
                    let Some(from) = start.checked_sub(*offset) else { continue };
                    let to = from + nick.len();
                    if component.get(from..to) == Some(nick) && free_standing(&component, from, to) {
                        spans.push((from, to, nick));
                    }
                }
            }
            for &(from, to, nick) in &spans {
                let inside = spans.iter().any(|&(a, b, _)| (a < from && b >= to) || (a <= from && b > to));
                if !inside && let Some((name, orders)) = self.nicks.get_key_value(nick) {
                    found.insert(name, orders);
                }
            }
        }
        found
    }
}

/// NFKC and lower case: file systems and people change both.
fn fold(text: &str) -> String {
    text.trim().nfkc().flat_map(char::to_lowercase).collect()
}

/// Runs of letters (of any script) and digits with their byte offsets.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut runs: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (offset, c) in text.char_indices() {
        if c.is_alphanumeric() {
            match runs.last_mut() {
                Some((_, run)) if open => run.push(c),
                _ => runs.push((offset, c.to_string())),
            }
        }
        open = c.is_alphanumeric();
    }
    runs
}

/// No letter or digit touches the span, unless the nick itself begins or ends with another sign.
fn free_standing(text: &str, from: usize, to: usize) -> bool {
    let touches = |inner: Option<char>, outer: Option<char>| inner.is_some_and(char::is_alphanumeric) && outer.is_some_and(char::is_alphanumeric);
    let (Some(before), Some(inside), Some(after)) = (text.get(..from), text.get(from..to), text.get(to..)) else { return false };
    !touches(inside.chars().next(), before.chars().next_back()) && !touches(inside.chars().next_back(), after.chars().next())
}

fn end_of(text: &str, start: usize, run: &str) -> usize {
    text.get(start..).and_then(|t| t.char_indices().nth(run.chars().count())).map_or(text.len(), |(n, _)| start + n)
}
