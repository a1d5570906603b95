//! The order numbers of a notice: what stands in the export, or a number of the right shape after a label for orders; never the violation number, a
//! phone, an amount, a date or a waybill.

use super::lines::Line;
use super::words::{Field, Hit, NoticeWords, Shapes};
use crate::model::ids::OrderId;
use crate::model::source::Place;
use crate::text::dates;
use crate::text::ids::{clean_id, is_exponent};
use std::collections::{BTreeSet, HashSet};

/// The list as read.
#[derive(Debug, Clone, Default)]
pub(super) struct Listing {
    /// Each id once, in the notice's order, where it first stands.
    pub ids: Vec<(OrderId, Place)>,
    /// Ids listed again, where they do.
    pub repeated: Vec<(OrderId, Place)>,
    /// Ids that Excel turned into `3.51E+17`.
    pub damaged: Vec<(String, Place)>,
    /// What `ids` holds.
    known: HashSet<OrderId>,
}

impl Listing {
    fn add(&mut self, id: &str, place: &Place) {
        let id = OrderId::new(id);
        let list = if self.known.insert(id.clone()) { &mut self.ids } else { &mut self.repeated };
        list.push((id, place.clone()));
    }
}

/// The head of a table pasted as text.
struct Head {
    separator: char,
    main: Vec<usize>,
    sub: Vec<usize>,
}

/// What a word in the text looks like.
enum Shape {
    Order(String),
    Damaged(String),
    Nothing,
}

struct Word<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    /// A `#` stands before it (Shopify: `#1001`).
    hash: bool,
}

/// Reads the list.
pub(super) struct Reader<'a> {
    words: &'a NoticeWords,
    known: &'a BTreeSet<OrderId>,
    number: Option<&'a str>,
    listing: Listing,
    in_list: bool,
    head: Option<Head>,
    /// What follows is said not to be concerned, until another label comes.
    excluded: bool,
}

impl<'a> Reader<'a> {
    /// `known`: ids of the exports. `number`: the violation number, never an order.
    pub(super) fn new(words: &'a NoticeWords, known: &'a BTreeSet<OrderId>, number: Option<&'a str>) -> Self {
        Reader { words, known, number, listing: Listing::default(), in_list: false, head: None, excluded: false }
    }

    /// Reads all lines.
    pub(super) fn read(mut self, lines: &[Line]) -> Listing {
        for line in lines.iter().filter(|l| !l.text.trim().is_empty()) {
            if self.is_excluded(line) {
                continue;
            }
            if let Some(head) = self.head_of(line) {
                self.head = Some(head);
                self.in_list = true;
            } else if !self.table_row(line) {
                self.free_line(line);
            }
        }
        self.listing
    }

    /// `不涉及以下订单：…`: the numbers of the line and of the bare lines below it are no list of ours.
    fn is_excluded(&mut self, line: &Line) -> bool {
        if self.words.labels.excluded.iter().any(|words| line.lower.contains(words.as_str())) {
            (self.excluded, self.in_list, self.head) = (true, false, None);
        } else if self.excluded && (!self.words.hits(&line.lower).is_empty() || self.head_of(line).is_some()) {
            self.excluded = false;
        }
        self.excluded
    }

    fn knows(&self, id: &str) -> bool {
        self.known.contains(&OrderId::new(id))
    }

    /// A line of two or more cells, one of them a label for orders and none an id.
    fn head_of(&self, line: &Line) -> Option<Head> {
        let separator = ['\t', '|', ','].into_iter().find(|s| line.lower.matches(*s).count() >= 1)?;
        let cells: Vec<&str> = line.lower.split(separator).map(str::trim).collect();
        if separator == ',' && cells.len() < 3 {
            return None;
        }
        let (mut main, mut sub) = (Vec::new(), Vec::new());
        for (i, cell) in cells.iter().enumerate() {
            let bare = cell.trim_matches(['"', '*', ':', ' ']);
            if self.words.labels.orders.iter().any(|l| l.eq_ignore_ascii_case(bare)) {
                if self.words.labels.levels(bare) == (false, true) { sub.push(i) } else { main.push(i) }
            }
            if digits(cell) >= 10 {
                return None;
            }
        }
        (!main.is_empty() || !sub.is_empty()).then_some(Head { separator, main, sub })
    }

    /// Takes the order cells of a row below a head; false when it is no row.
    fn table_row(&mut self, line: &Line) -> bool {
        let Some(head) = &self.head else { return false };
        let cells: Vec<&str> = line.text.split(head.separator).map(str::trim).collect();
        if cells.len() < 2 || cells.iter().all(|c| c.is_empty()) {
            return false;
        }
        let ids = |columns: &[usize]| -> Vec<Shape> {
            columns
                .iter()
                .filter_map(|c| cells.get(*c))
                .flat_map(|cell| {
                    let cell = clean_cell(cell);
                    split_words(&cell).filter(|w| !is_masked(&cell, w)).map(|w| self.cell_shape(&w)).collect::<Vec<_>>()
                })
                .collect()
        };
        let (mut main, mut sub) = (ids(&head.main), ids(&head.sub));
        // `main/sub` in one cell
        if sub.is_empty() && main.len() == 2 && head.main.len() == 1 {
            sub = main.split_off(1);
        }
        let mut chosen: Vec<String> = Vec::new();
        for shape in main.iter().chain(&sub) {
            match shape {
                Shape::Order(id) => chosen.push(id.clone()),
                Shape::Damaged(id) => self.listing.damaged.push((id.clone(), line.place.clone())),
                Shape::Nothing => {}
            }
        }
        match (main.len(), sub.len(), chosen.as_slice()) {
            // a row is one order: the sub-order when the export knows it, else the main order
            (1, 1, [main, sub]) => {
                let id = if self.knows(sub) { sub.clone() } else { main.clone() };
                self.listing.add(&id, &line.place);
            }
            (_, _, ids) => {
                for id in ids {
                    self.listing.add(id, &line.place);
                }
            }
        }
        true
    }

    /// Any other line: a number counts after a label for orders or inside a list that such a label began. A label for something else takes the
    /// one number behind it; at the beginning of a line, with a colon, it ends the list.
    fn free_line(&mut self, line: &Line) {
        let hits = self.words.hits(&line.lower);
        if let Some(first) = hits.first()
            && first.field != Field::Orders
            && first.colon.is_some()
            && line.lower.get(..first.start).is_some_and(|s| s.trim_matches([' ', '【', '[', '·', '*', '-']).is_empty())
        {
            self.in_list = false;
            self.head = None;
        }
        let all: Vec<Word<'_>> = split_words(&line.text).filter(|w| !is_masked(&line.text, w)).collect();
        let mut taken_by: Option<usize> = None;
        let announces = hits.iter().find(|h| h.field == Field::Orders);
        let signed = line.text.trim_start().starts_with('#');
        for (i, word) in all.iter().enumerate() {
            // labels stand left to right
            let governing = hits.partition_point(|h| h.end <= word.start).checked_sub(1);
            let label: Option<&Hit> = governing.and_then(|g| hits.get(g));
            self.in_list |= announces.is_some_and(|h| h.end <= word.start);
            let mut shape = self.shape(word);
            // short numbers count only behind a label for orders on their own line, or where the whole line is such a list
            let announced = label.is_some_and(|l| l.field == Field::Orders) || signed;
            if matches!(shape, Shape::Nothing) && announced && self.in_list && is_hashed(word) {
                shape = Shape::Order(format!("#{}", word.text));
            }
            let Shape::Order(id) = &shape else {
                if let (Shape::Damaged(id), true) = (shape, self.in_list) {
                    self.listing.damaged.push((id, line.place.clone()));
                } else if label.is_some_and(|l| l.field != Field::Orders) {
                    taken_by = governing;
                }
                continue;
            };
            // a label for something else takes the first number after it
            let claimed = label.is_some_and(|l| l.field != Field::Orders) && taken_by != governing;
            if claimed {
                taken_by = governing;
            }
            if self.knows(id) || (self.in_list && !claimed && !decimal_follows(&line.text, word)) {
                // `main/sub` pairs, announced as such
                let pair = label.is_some_and(|l| self.words.labels.levels(&l.label) == (true, true));
                if pair && self.is_second_of_pair(&all, i, &line.text) {
                    continue;
                }
                let id = if pair { self.of_pair(&all, i, &line.text, id) } else { id.clone() };
                self.listing.add(&id, &line.place);
            }
        }
        self.in_list |= announces.is_some();
    }

    fn joined(&self, all: &[Word<'_>], i: usize, text: &str) -> bool {
        let (Some(a), Some(b)) = (all.get(i), all.get(i + 1)) else { return false };
        text.get(a.end..b.start).is_some_and(|s| s == "/") && matches!((self.shape(a), self.shape(b)), (Shape::Order(_), Shape::Order(_)))
    }

    fn is_pair(&self, all: &[Word<'_>], i: usize, text: &str) -> bool {
        // a chain of three is a list with `/` between
        self.joined(all, i, text) && !self.joined(all, i + 1, text) && (i == 0 || !self.joined(all, i - 1, text))
    }

    fn is_second_of_pair(&self, all: &[Word<'_>], i: usize, text: &str) -> bool {
        i > 0 && self.is_pair(all, i - 1, text)
    }

    fn of_pair(&self, all: &[Word<'_>], i: usize, text: &str, main: &str) -> String {
        if self.is_pair(all, i, text)
            && let Some(Shape::Order(sub)) = all.get(i + 1).map(|w| self.shape(w))
            && self.knows(&sub)
        {
            return sub;
        }
        main.to_owned()
    }

    /// In a column that says so, a word of some length with digits is an order number, whatever its shape: a row is never dropped in silence.
    fn cell_shape(&self, word: &Word<'_>) -> Shape {
        match self.shape(word) {
            Shape::Nothing if is_hashed(word) => Shape::Order(format!("#{}", word.text)),
            Shape::Nothing if digits(word.text) >= 8 && self.number != Some(word.text) => Shape::Order(word.text.to_owned()),
            shape => shape,
        }
    }

    fn shape(&self, word: &Word<'_>) -> Shape {
        let text = word.text;
        if self.number.is_some_and(|n| n.eq_ignore_ascii_case(text)) {
            return Shape::Nothing;
        }
        let hashed = format!("#{text}");
        if word.hash && self.knows(&hashed) {
            return Shape::Order(hashed);
        }
        if self.knows(text) {
            return Shape::Order(text.to_owned());
        }
        if is_exponent(text) && text.contains(['+', '.']) {
            return Shape::Damaged(text.to_owned());
        }
        if let Some(id) = plausible(text, &self.words.shapes) {
            return Shape::Order(id);
        }
        // one letter behind a long number (waybills have theirs in front); the export may write it without
        if let Some(bare) = text.strip_suffix(|c: char| c.is_ascii_alphabetic())
            && bare.len() >= 15
            && digits(bare) == bare.len()
        {
            return Shape::Order(if self.knows(bare) { bare } else { text }.to_owned());
        }
        // `1-351234567890123456`: a number before it is no part of it
        match text.split('-').find(|part| self.knows(part) || (text.contains('-') && part.len() >= 15 && digits(part) == part.len())) {
            Some(part) => Shape::Order(part.to_owned()),
            None => Shape::Nothing,
        }
    }
}

/// Has a word the shape of an order number, and not that of a phone or a moment?
fn plausible(text: &str, shapes: &Shapes) -> Option<String> {
    let [least, most] = shapes.digits;
    if digits(text) == text.len() {
        let phone = text.len() == 11 && text.starts_with('1') && text.as_bytes().get(1).is_some_and(|b| (b'3'..=b'9').contains(b));
        return ((least..=most).contains(&text.len()) && !phone && !is_stamp(text)).then(|| text.to_owned());
    }
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|g| g.len()).collect();
    (groups.iter().all(|g| !g.is_empty() && digits(g) == g.len()) && shapes.dashed.contains(&lengths)).then(|| text.to_owned())
}

/// `#1001`, as shop systems number their orders.
fn is_hashed(word: &Word<'_>) -> bool {
    word.hash && (3..=9).contains(&word.text.len()) && digits(word.text) == word.text.len()
}

/// `20260409080000`: a moment without separators.
fn is_stamp(text: &str) -> bool {
    let part = |a: usize, b: usize| text.get(a..b).and_then(|s| s.parse::<u32>().ok());
    text.len() == 14
        && text.starts_with("20")
        && text.get(..8).is_some_and(|d| dates::moment(d, false).is_some())
        && part(8, 10).is_some_and(|h| h < 24)
        && part(10, 12).is_some_and(|m| m < 60)
        && part(12, 14).is_some_and(|s| s < 60)
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// `2861379456****3401`: neither end of it is a number.
fn is_masked(text: &str, word: &Word<'_>) -> bool {
    let behind = text.get(word.end..).unwrap_or("");
    let before = text.get(..word.start).unwrap_or("");
    let goes_on = behind.starts_with('*') && behind.trim_start_matches('*').starts_with(|c: char| c.is_ascii_digit());
    goes_on || before.ends_with('*') && before.trim_end_matches('*').ends_with(|c: char| c.is_ascii_digit())
}

/// `1234567890.00` is an amount.
fn decimal_follows(text: &str, word: &Word<'_>) -> bool {
    let mut rest = text.get(word.end..).unwrap_or("").chars();
    rest.next() == Some('.') && rest.next().is_some_and(|c| c.is_ascii_digit())
}

/// A cell without what exports wrap around ids; several ids in a cell stay several.
fn clean_cell(cell: &str) -> String {
    let cleaned = clean_id(cell);
    if cleaned.is_empty() { cell.to_owned() } else { cleaned }
}

/// Runs of ASCII letters, digits and inner dashes; `3.51E+17` is one word, too.
fn split_words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let is_word = |c: char| c.is_ascii_alphanumeric();
        let start = from + text.get(from..)?.find(is_word)?;
        let rest = text.get(start..)?;
        let exponent = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+'))).unwrap_or(rest.len());
        let mut length = rest.find(|c: char| !(is_word(c) || c == '-')).unwrap_or(rest.len());
        if exponent > length && rest.get(..exponent).is_some_and(is_exponent) {
            length = exponent;
        }
        let word = rest.get(..length)?.trim_end_matches('-');
        from = start + word.len().max(1);
        let hash = text.get(..start).is_some_and(|before| before.ends_with('#'));
        Some(Word { text: word, start, end: start + word.len(), hash })
    })
}
