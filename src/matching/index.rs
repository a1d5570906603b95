//! The numbers and nicks of flagged orders: order numbers, sub-order numbers, waybills, nicks. Built once a case; a text is scanned once against all of them.
//! A number counts only as a whole run: one digit off, longer, or inside a longer run is another number.

use super::texts::Piece;
use super::words::{MatchWords, announced};
use crate::model::case::Case;
use crate::model::evidence::{Key, Strength};
use crate::model::ids::OrderId;
use crate::text::ids::{alnum_runs, clean_id, clean_waybill};
use crate::text::nicks;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use unicode_normalization::UnicodeNormalization as _;

/// Shorter numbers stand in dates, sizes and counters; columns made for ids may hold them, free text may not.
const SHORTEST_IN_TEXT: usize = 8;
/// From this length on, letters before a run of digits cannot make it a waybill of somebody else (`order3512…`); below they can (`SF139…`).
const LONG_DIGITS: usize = 15;
/// Shorter numbers are not taken for an order or parcel of somebody else.
const SHORTEST_FOREIGN: usize = 10;
/// A nick with digits and of this length is no word of a sentence.
const DISTINCT_NICK: usize = 6;
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
    /// Rests on time, not on a number or name.
    pub inferred: bool,
}

/// Hash tables of the keys.
#[derive(Default)]
pub(super) struct Index {
    ids: HashMap<String, (usize, Key)>,
    dashed: bool,
    /// Long numbers that are written with dashes, without them: so tools and people that keep nothing but digits write them. None: two look alike so.
    undashed: HashMap<String, Option<(usize, Key)>>,
    waybills: HashMap<String, Vec<usize>>,
    /// Normalised nick of any length → orders of that buyer; for fields that hold nothing but a nick.
    buyers: HashMap<String, Vec<usize>>,
    /// The same of nicks that can be told from words of a text.
    nicks: HashMap<String, Vec<usize>>,
    /// First run of letters and digits of nicks → where that run begins in them, and how many bytes they have. Thousands of nicks may begin alike
    /// (`tb_…`); they have few lengths.
    nick_starts: HashMap<String, BTreeSet<(usize, usize)>>,
    /// First and last character of a nick → orders: what a masked nick still shows.
    nick_ends: HashMap<(char, char), Vec<usize>>,
    /// Nicks that the export has masked, by what they still show.
    masked_nicks: HashMap<(char, char), Vec<usize>>,
    /// Every flagged order has a nick that can be read: a buyer who is none of theirs is a stranger.
    all_nicks: bool,
    /// Letters before the digits, and digits, of long order numbers and waybills: how an id of somebody else looks.
    shapes: HashSet<(String, usize)>,
    /// Nicks of buyers of whom no order is flagged, which hold the first run of a flagged one's nick.
    other_nicks: HashSet<String>,
}

impl Index {
    pub(super) fn of(case: &Case, known: &MatchWords) -> Self {
        let mut index = Index { all_nicks: true, ..Index::default() };
        let common = Common::of(case, known);
        for (i, order) in case.orders.iter().enumerate() {
            index.add_id(&order.id, i, Key::OrderId);
            order.sub_ids.iter().for_each(|s| index.add_id(s, i, Key::SubOrderId));
            for waybill in &order.waybills {
                let number = clean_waybill(&waybill.value.number);
                push(index.waybills.entry(number).or_default(), i);
            }
            match &order.buyer {
                Some(buyer) => index.add_nick(buyer.value.raw(), i, &common),
                None => index.all_nicks = false,
            }
        }
        for listed in &case.listed {
            index.add_id(&listed.id, listed.order, if listed.is_sub { Key::SubOrderId } else { Key::OrderId });
        }
        let others = case.export.iter().map(|e| &*e.buyer).filter(|b| nicks::readable(b)).map(fold);
        index.other_nicks =
            others.filter(|nick| !index.buyers.contains_key(nick) && words(nick).iter().any(|(_, w)| index.nick_starts.contains_key(w))).collect();
        index.shapes = index.ids.keys().chain(index.waybills.keys()).filter_map(|id| shape(id)).collect();
        index
    }

    fn add_id(&mut self, id: &OrderId, order: usize, key: Key) {
        let text = clean_id(id.bare()).to_uppercase();
        if text.is_empty() {
            return;
        }
        if text.contains('-') {
            self.dashed = true;
            if let Some(digits) = without_dashes(&text) {
                let known = self.undashed.entry(digits).or_insert(Some((order, key)));
                *known = known.filter(|(known, _)| *known == order);
            }
        }
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

    fn add_nick(&mut self, nick: &str, order: usize, common: &Common<'_>) {
        let name = fold(nick);
        if name.is_empty() {
            self.all_nicks = false;
            return;
        }
        if !nicks::readable(&name) {
            self.all_nicks = false;
            if let Some(ends) = ends_of(&name).filter(|_| name.contains('*')) {
                self.masked_nicks.entry(ends).or_default().push(order);
            }
            return;
        }
        if let Some(ends) = ends_of(&name) {
            self.nick_ends.entry(ends).or_default().push(order);
        }
        push(self.buyers.entry(name.clone()).or_default(), order);
        let too_short = name.chars().count() < SHORTEST_NICK || (name.len() < SHORTEST_DIGIT_NICK && name.bytes().all(|b| b.is_ascii_digit()));
        if too_short || common.holds(&name) {
            return;
        }
        let Some((start, first)) = words(&name).into_iter().next() else { return };
        self.nick_starts.entry(first).or_default().insert((start, name.len()));
        push(self.nicks.entry(name).or_default(), order);
    }

    /// The flagged order of an id that stands in a column of its own, or in a payload's field.
    pub(super) fn id(&self, id: &OrderId) -> Option<Hit> {
        self.ids.get(&clean_id(id.bare()).to_uppercase()).map(|&(order, key)| Hit { order, key, strength: Strength::Exact, inferred: false })
    }

    /// The flagged orders of a waybill. Exact when the number stands on one order only; re-use is a finding of its own, so it stays usable.
    pub(super) fn waybill(&self, number: &str) -> impl Iterator<Item = Hit> + '_ {
        let orders = self.waybills.get(&clean_waybill(number)).map_or(&[][..], Vec::as_slice);
        let strength = if orders.len() == 1 { Strength::Exact } else { Strength::Strong };
        orders.iter().map(move |&order| Hit { order, key: Key::Waybill, strength, inferred: false })
    }

    /// The orders that a partly masked nick may mean (`t**8`), or that are masked themselves and may mean this nick.
    pub(super) fn masked_nick(&self, nick: &str) -> Vec<usize> {
        let name = fold(nick);
        let Some(ends) = ends_of(&name) else { return Vec::new() };
        let full = if name.contains('*') { self.nick_ends.get(&ends) } else { None };
        full.into_iter().chain(self.masked_nicks.get(&ends)).flatten().copied().collect()
    }

    /// Is this the nick of somebody who has no flagged order. Unknown where the export has masked nicks.
    pub(super) fn is_stranger(&self, nick: &str) -> bool {
        self.all_nicks && !nick.trim().is_empty() && nicks::readable(&fold(nick)) && !self.buyers.contains_key(&fold(nick))
    }

    /// Does a number stand in the text that looks like one of ours and is none: an order or parcel of somebody else. Times in names of pictures
    /// (`20260409173012`) look like bare waybills and are none. `ids_only`: long numbers only, for paths.
    pub(super) fn foreign(&self, text: &str, ids_only: bool) -> bool {
        let least = if ids_only { LONG_DIGITS } else { SHORTEST_FOREIGN };
        alnum_runs(text).into_iter().any(|(_, run)| {
            run.len() >= least && !looks_like_a_time(&run) && !self.ids.contains_key(&run) && !self.waybills.contains_key(&run) && {
                let own = |s: (String, usize)| self.shapes.contains(&s);
                shape(&run).is_some_and(own)
            }
        })
    }

    /// The flagged orders of a buyer, by a field that holds his nick and nothing else.
    pub(super) fn nick(&self, nick: &str) -> &[usize] {
        self.buyers.get(&fold(nick)).map_or(&[], Vec::as_slice)
    }

    /// The flagged orders of a buyer whose nick is too short to be found in a text, where it is the whole name of a file: a guess. Counters are none.
    pub(super) fn short_nick_of_file(&self, path: &str) -> &[usize] {
        let name = fold(stem(path));
        let counter = name.bytes().all(|b| b.is_ascii_digit());
        if counter || self.nicks.contains_key(&name) { &[] } else { self.buyers.get(&name).map_or(&[], Vec::as_slice) }
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
            let undashed = self.undashed.get(run).copied().flatten().filter(|_| !self.ids.contains_key(run));
            hits.extend(undashed.map(|(order, key)| Hit { order, key, strength: Strength::Strong, inferred: false }));
            hits.extend(self.waybill(run));
            if run.len() > LONG_DIGITS && !run.bytes().all(|b| b.is_ascii_digit()) {
                run.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() >= LONG_DIGITS).for_each(|d| self.push_id(d, &mut hits));
            }
        }
        if self.dashed {
            dashed(text, &runs, |joined| self.push_id(joined, &mut hits));
        }
        for number in grouped(text, &runs) {
            let found = self.ids.get(&number).map(|&(order, key)| (order, key)).into_iter();
            let found = found.chain(self.waybill(&number).map(|hit| (hit.order, hit.key)));
            hits.extend(found.map(|(order, key)| Hit { order, key, strength: Strength::Strong, inferred: false }));
        }
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    /// Order numbers that are too short for any text and yet named as such in a path: `#1002`, `order 1003`, `订单1003`. A bare number is a counter.
    pub(super) fn named_in_path(&self, path: &str, words: &MatchWords) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (at, run) in alnum_runs(path) {
            if run.len() >= SHORTEST_IN_TEXT {
                continue;
            }
            let digits = run.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let before = path.get(..at).unwrap_or("").to_lowercase();
            // the word may stand glued to the number
            let glued = run.get(..run.len() - digits.len()).unwrap_or("").to_lowercase();
            if before.ends_with(['#', '＃']) || glued.is_empty() && names_an_order(&before, &words.order) {
                self.push_id(&run, &mut hits);
            } else if !glued.is_empty() && names_an_order(&(before + &glued), &words.order) {
                self.push_id(digits, &mut hits);
            }
        }
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    fn push_id(&self, text: &str, hits: &mut Vec<Hit>) {
        if let Some(&(order, key)) = self.ids.get(text) {
            hits.push(Hit { order, key, strength: Strength::Exact, inferred: false });
        }
    }

    /// The nicks that name a folder or file of `path`: the name equals the nick, or holds it between signs that are neither letters nor digits.
    /// A nick inside a longer nick that fits as well does not count. Nick → its orders.
    pub(super) fn nicks_in_path(&self, path: &str) -> BTreeMap<&str, &[usize]> {
        let (folders, base) = path.rsplit_once('/').unwrap_or(("", path));
        let mut found: BTreeMap<&str, &[usize]> = BTreeMap::new();
        for component in folders.split('/').chain([stem(path), base]) {
            found.extend(self.nick_spans(&fold(component)).into_iter().map(|(_, _, name, orders)| (name, orders)));
        }
        found
    }

    /// The nicks in a line, message or note, each with its orders and whether it is surely a nick: it holds digits and is long, or a word
    /// announces it, or it fills a cell of a row or a note of its own. Else it may be a phrase (`周末只想睡觉`).
    pub(super) fn nicks_in_text(&self, text: &str, words: &MatchWords, piece: Piece) -> BTreeMap<&str, (&[usize], bool)> {
        let text = fold(text);
        let mut found: BTreeMap<&str, (&[usize], bool)> = BTreeMap::new();
        for (from, to, name, orders) in self.nick_spans(&text) {
            let (before, after) = (text.get(..from).unwrap_or_default(), text.get(to..).unwrap_or_default());
            let distinct = name.len() >= DISTINCT_NICK && name.bytes().filter(u8::is_ascii_digit).count() >= 2 && !name.bytes().all(|b| b.is_ascii_digit());
            let alone = piece == Piece::Note && before.is_empty() && after.is_empty();
            let cell = text.contains('\t') && (before.is_empty() || before.ends_with('\t')) && (after.is_empty() || after.starts_with('\t'));
            let sure = piece != Piece::Message && (distinct || cell || alone || announced(before, &words.buyer));
            found.entry(name).and_modify(|e| e.1 |= sure).or_insert((orders, sure));
        }
        found
    }

    /// Is the span a part of a longer nick, of a buyer of whom no order is flagged (`阳光男孩` in `阳光男孩_3`).
    fn within_other_nick(&self, text: &str, from: usize, to: usize) -> bool {
        if self.other_nicks.is_empty() {
            return false;
        }
        let begins = text.get(..from).into_iter().flat_map(|head| head.char_indices().rev().take(AROUND).map(|(at, _)| at)).chain([from]);
        let ends: Vec<usize> =
            text.get(to..).into_iter().flat_map(|tail| tail.char_indices().take(AROUND).map(|(at, c)| to + at + c.len_utf8())).chain([to]).collect();
        begins.into_iter().any(|a| {
            let longer = |b: &usize| (a, *b) != (from, to) && text.get(a..*b).is_some_and(|nick| self.other_nicks.contains(nick)) && free_standing(text, a, *b);
            ends.iter().any(longer)
        })
    }

    /// The nicks of a folded text with the bytes they take; one inside a longer one that fits as well does not count.
    fn nick_spans(&self, text: &str) -> Vec<(usize, usize, &str, &[usize])> {
        if self.nick_starts.is_empty() {
            return Vec::new();
        }
        let mut spans: Vec<(usize, usize, &str, &[usize])> = Vec::new();
        for (start, word) in words(text) {
            for (offset, length) in self.nick_starts.get(&word).into_iter().flatten() {
                let Some(from) = start.checked_sub(*offset) else { continue };
                let to = from + length;
                if let Some((name, orders)) = text.get(from..to).and_then(|nick| self.nicks.get_key_value(nick))
                    && free_standing(text, from, to)
                    && !self.within_other_nick(text, from, to)
                {
                    spans.push((from, to, name, orders));
                }
            }
        }
        // the longest that begins at a place first: what ends no later than one before it lies inside
        spans.sort_by_key(|(from, to, ..)| (*from, std::cmp::Reverse(*to)));
        let mut furthest = 0;
        spans.retain(|(_, to, ..)| {
            let inside = *to <= furthest;
            furthest = furthest.max(*to);
            !inside
        });
        spans
    }
}

/// Characters that a longer nick may have on either side of a shorter one.
const AROUND: usize = 24;

/// The runs of letters and digits of a text that may be numbers of orders and parcels, and those joined by one dash each (`260401-123456789012345`).
pub(super) fn numbers_in(text: &str) -> Vec<String> {
    let runs = alnum_runs(text);
    let mut numbers: Vec<String> = runs.iter().filter(|(_, run)| run.len() >= SHORTEST_IN_TEXT).map(|(_, run)| run.clone()).collect();
    if text.contains(['-', '_']) {
        dashed(text, &runs, |joined| numbers.push(joined.to_owned()));
    }
    numbers
}

/// The digits of a long number that is written with dashes, without them.
pub(super) fn without_dashes(number: &str) -> Option<String> {
    let digits: String = number.split('-').collect();
    (digits.len() < number.len() && digits.len() >= LONG_DIGITS && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// Tells all that up to four runs make that are joined by one dash each.
fn dashed(text: &str, runs: &[(usize, String)], mut tell: impl FnMut(&str)) {
    for (i, (start, first)) in runs.iter().enumerate() {
        let mut joined = first.clone();
        let mut end = end_of(text, *start, first);
        for (next_start, next) in runs.iter().skip(i + 1).take(3) {
            // phones and input methods write other dashes, and programs that name files a low line
            if !text.get(end..*next_start).is_some_and(|gap| matches!(gap, "-" | "－" | "–" | "—" | "−" | "_")) {
                break;
            }
            joined.push('-');
            joined.push_str(next);
            end = end_of(text, *next_start, next);
            if joined.len() >= SHORTEST_IN_TEXT {
                tell(&joined);
            }
        }
    }
}

/// Digits of a group as labels print them (`SF 1390 6688 35601`, `2861-7340-9551-7302-481`).
const GROUP: std::ops::RangeInclusive<usize> = 2..=8;
/// Groups that make a number.
const GROUPS: usize = 3;

/// Numbers that a label prints in groups of digits with one blank or dash between: all groups that stand so together, with and without the letters before.
fn grouped(text: &str, runs: &[(usize, String)]) -> Vec<String> {
    let digits = |run: &str| GROUP.contains(&run.len()) && run.bytes().all(|b| b.is_ascii_digit());
    let gap = |at: usize| {
        let ((start, run), (next, _)) = (runs.get(at)?, runs.get(at + 1)?);
        text.get(end_of(text, *start, run)..*next).filter(|gap| matches!(*gap, " " | "-"))
    };
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((_, first)) = runs.get(at) {
        let begin = at;
        at += 1;
        let Some(between) = gap(begin).filter(|_| digits(first)) else { continue };
        let mut joined = first.clone();
        while let Some((_, next)) = runs.get(at).filter(|(_, run)| gap(at - 1) == Some(between) && digits(run)) {
            joined.push_str(next);
            at += 1;
        }
        if at - begin < GROUPS || joined.len() < SHORTEST_FOREIGN {
            continue;
        }
        let letters = begin.checked_sub(1).and_then(|before| runs.get(before)).map(|(_, run)| run.as_str());
        let letters = letters.filter(|run| run.len() <= 4 && run.bytes().all(|b| b.is_ascii_alphabetic()) && gap(begin - 1).is_some());
        found.extend(letters.map(|letters| format!("{letters}{joined}")));
        found.push(joined);
    }
    found
}

/// Words of file names and papers that no buyer is known by: what cameras and tools call their pictures, a day, a carrier, the shop itself, its goods.
struct Common<'a> {
    words: &'a MatchWords,
    /// Names of the shop and titles of its goods.
    own: HashSet<String>,
}

impl<'a> Common<'a> {
    fn of(case: &Case, words: &'a MatchWords) -> Self {
        let seller = &case.settings.seller;
        // an export of a year has few titles
        let titles: BTreeSet<&str> = case.orders.iter().flat_map(|o| &o.lines).filter_map(|l| l.title.as_deref()).collect();
        let names = [&seller.shop, &seller.company].into_iter().flatten().map(String::as_str);
        Common { words, own: names.chain(titles).map(fold).collect() }
    }

    fn holds(&self, nick: &str) -> bool {
        let day = |digits: &str| {
            let part = |from: usize, to: usize| digits.get(from..to).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
            digits.len() == 8 && digits.starts_with("20") && (1..=12).contains(&part(4, 6)) && (1..=31).contains(&part(6, 8))
        };
        self.words.not_nicks.iter().any(|word| word == nick) || (nick.bytes().all(|b| b.is_ascii_digit()) && day(nick)) || self.own.contains(nick)
    }
}

/// The name of a file without its folders and its ending.
fn stem(path: &str) -> &str {
    let base = path.rsplit_once('/').map_or(path, |(_, base)| base);
    base.rsplit_once('.').map_or(base, |(s, _)| if s.is_empty() { base } else { s })
}

/// Orders come in order, so an order that is there already is the last one.
fn push(orders: &mut Vec<usize>, order: usize) {
    if orders.last() != Some(&order) {
        orders.push(order);
    }
}

fn ends_of(nick: &str) -> Option<(char, char)> {
    Some((nick.chars().next().filter(|c| *c != '*')?, nick.chars().next_back().filter(|c| *c != '*')?))
}

/// Letters before the digits, and the digits; `None` for shorter numbers and other forms.
fn shape(id: &str) -> Option<(String, usize)> {
    let letters: String = id.chars().take_while(char::is_ascii_alphabetic).collect();
    let digits = id.get(letters.len()..)?;
    (digits.len() >= SHORTEST_FOREIGN && digits.bytes().all(|b| b.is_ascii_digit())).then_some((letters, digits.len()))
}

/// `20260409173012`, `20260409173012345`, milliseconds of these years.
fn looks_like_a_time(run: &str) -> bool {
    let month = run.get(4..6).and_then(|m| m.parse::<u8>().ok());
    let date = run.starts_with("20") && month.is_some_and(|m| (1..=12).contains(&m)) && (12..=17).contains(&run.len());
    date || (run.len() == 13 && (run.starts_with("16") || run.starts_with("17") || run.starts_with("18")))
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

/// Does `before` end with a word for an order, with at most signs between it and the number? Latin words stand alone: `border 3` names none.
fn names_an_order(before: &str, words: &[String]) -> bool {
    let before = before.trim_end_matches([' ', '_', '-', '.', ':', '：', '#', '＃', '(', '（']);
    words.iter().any(|word| before.strip_suffix(word.as_str()).is_some_and(|ahead| !word.is_ascii() || !ahead.ends_with(|c: char| c.is_alphanumeric())))
}
