//! What a buyer is known by beside his nick: phone, recipient's name, street and house.
//!
//! A whole phone number that belongs to one buyer is strong; so is a recipient's full name together with his street. Masked phones, last digits and
//! names alone fit many people: they are clues, judged by [`super::clues`].

use super::clues::{Clue, Sort};
use super::index::Hit;
use super::phrases::{Phrases, squeeze};
use super::words::{MatchWords, announced};
use crate::model::case::Case;
use crate::model::evidence::{Key, Strength};
use crate::model::order::{Order, Whose};
use crate::text::ids::clean_id;
use crate::text::phones::{self, Seen};
use std::collections::{BTreeMap, HashMap};

/// The part of an address that is one's own: what follows province, city and district.
pub(super) struct Street;

impl Street {
    /// `浙江省 杭州市 西湖区 文三路1号(310013)` → `文三路1号`.
    pub(super) fn of(address: &str) -> String {
        let bare = address.split(['(', '（']).next().unwrap_or(address).trim();
        let parts: Vec<&str> = bare.split_whitespace().collect();
        if let Some(own) = parts.get(3..).filter(|p| !p.is_empty()) {
            return own.concat();
        }
        let district = bare.char_indices().skip(4).take(20).find(|(_, c)| matches!(c, '区' | '县' | '旗'));
        district.and_then(|(at, c)| bare.get(at + c.len_utf8()..)).unwrap_or(bare).to_owned()
    }
}

/// A name as it is compared: no blanks, no honorific.
pub(super) fn plain_name(cell: &str) -> String {
    clean_id(cell).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Characters of a name in Chinese writing.
const NAME: std::ops::RangeInclusive<usize> = 2..=4;

/// Stars that hide the middle of a name.
const MOST_STARS: usize = 3;

/// Characters of the shortest street with a house number that is a key (`丙路22号`).
const SHORTEST_STREET: usize = 5;

/// The flagged orders by their people.
#[derive(Default)]
pub(super) struct People {
    /// For each order the first order of the same buyer.
    person: Vec<usize>,
    phones: HashMap<String, Vec<(usize, Option<String>)>>,
    /// Last four digits → orders with the digits before them; `None` where the export itself is masked before.
    tails: HashMap<String, Vec<(usize, String)>>,
    masked: HashMap<String, Vec<(usize, String)>>,
    names: HashMap<String, Vec<usize>>,
    initials: HashMap<char, Vec<usize>>,
    /// First and last character of a whole name → orders: what `王*静` still shows.
    ends: HashMap<(char, char), Vec<usize>>,
    streets: Phrases,
    /// The seller's own number stands everywhere.
    own_phone: Option<String>,
}

impl People {
    pub(super) fn of(case: &Case) -> Self {
        let mut people = People { person: persons(&case.orders), ..People::default() };
        if let Some(Seen::Full(number, _)) = case.settings.seller.phone.as_deref().and_then(phones::of_cell) {
            people.own_phone = Some(number);
        }
        for (i, order) in case.orders.iter().enumerate() {
            order.phones.iter().filter_map(|p| phones::of_cell(p.value.raw())).for_each(|p| people.add_phone(p, i));
            if let Some(recipient) = &order.recipient {
                let name = plain_name(recipient.value.raw());
                people.add_name(name, i);
            }
            if let Some(address) = &order.address {
                let street = Street::of(address.value.raw());
                // without a number it is a whole road
                if street.chars().any(char::is_numeric) {
                    people.streets.add(&street, SHORTEST_STREET, i);
                }
            }
        }
        people
    }

    fn add_name(&mut self, name: String, order: usize) {
        let Some((first, last)) = name.chars().next().zip(name.chars().next_back()) else { return };
        if first.is_alphabetic() {
            push(self.initials.entry(first).or_default(), order);
        }
        if NAME.contains(&name.chars().count()) && name.chars().all(is_han) {
            push(self.ends.entry((first, last)).or_default(), order);
            push(self.names.entry(name).or_default(), order);
        }
    }

    fn add_phone(&mut self, phone: Seen, order: usize) {
        match phone {
            Seen::Full(number, _) if self.own_phone.as_ref() == Some(&number) => {}
            Seen::Full(number, extension) => {
                if let Some((head, tail)) = number.len().checked_sub(4).and_then(|n| number.split_at_checked(n)) {
                    self.tails.entry(tail.to_owned()).or_default().push((order, head.to_owned()));
                }
                self.phones.entry(number).or_default().push((order, extension));
            }
            Seen::Masked(head, tail) => {
                let tail = tail.len().checked_sub(4).and_then(|n| tail.get(n..)).unwrap_or(&tail).to_owned();
                self.masked.entry(tail).or_default().push((order, head));
            }
            Seen::Tail(_) => {}
        }
    }

    /// Are all of these orders of one buyer.
    pub(super) fn one_person(&self, orders: &[usize]) -> bool {
        let person = |o: &usize| self.person.get(*o);
        orders.iter().all(|o| person(o) == orders.first().and_then(person))
    }

    /// Phones of a text: sure ones as hits, the rest as clues. `shared` asks whether another buyer of the exports has this number, too.
    pub(super) fn phones(&self, text: &str, words: &MatchWords, shared: impl Fn(&str, usize) -> bool, hits: &mut Vec<Hit>, clues: &mut Vec<Clue>) {
        if self.phones.is_empty() && self.masked.is_empty() {
            return;
        }
        for seen in phones::seen(text, &words.phone_tail) {
            match seen {
                Seen::Full(number, extension) => self.full_phone(&number, extension.as_deref(), &shared, hits, clues),
                Seen::Masked(head, tail) => clues.extend(self.tail_clue(&head, &tail)),
                Seen::Tail(tail) => clues.extend(self.tail_clue("", &tail)),
            }
        }
    }

    fn full_phone(&self, number: &str, extension: Option<&str>, shared: impl Fn(&str, usize) -> bool, hits: &mut Vec<Hit>, clues: &mut Vec<Clue>) {
        let Some((head, tail)) = number.len().checked_sub(4).and_then(|n| number.split_at_checked(n)) else { return };
        let known = self.phones.get(number).map_or(&[][..], Vec::as_slice);
        // one virtual number serves many buyers, each with an extension of his own: without it the number says little
        let same: Vec<usize> = known.iter().filter(|(_, e)| e.as_deref() == extension).map(|(o, _)| *o).collect();
        let mut unsure: Vec<usize> = known.iter().filter(|(_, e)| e.is_none() != extension.is_none()).map(|(o, _)| *o).collect();
        if same.first().is_some_and(|first| self.one_person(&same) && !shared(number, *first)) {
            hits.extend(same.iter().map(|&order| Hit { order, key: Key::Phone, strength: Strength::Strong, inferred: false }));
        } else {
            unsure.extend(same);
        }
        // the export shows less than the text
        unsure.extend(self.masked.get(tail).into_iter().flatten().filter(|(_, h)| number.starts_with(h.as_str())).map(|(o, _)| *o));
        clues.extend(Clue::new(Sort::Phone { head: head.to_owned(), tail: tail.to_owned() }, unsure));
    }

    fn tail_clue(&self, head: &str, tail: &str) -> Option<Clue> {
        let (more, last) = tail.len().checked_sub(4).and_then(|n| tail.split_at_checked(n))?;
        let fits = |(_, h): &&(usize, String)| h.starts_with(head) && h.ends_with(more);
        let mut orders: Vec<usize> = self.tails.get(last).into_iter().flatten().filter(fits).map(|(o, _)| *o).collect();
        orders.extend(self.masked.get(last).into_iter().flatten().filter(|(_, h)| h.starts_with(head) || head.starts_with(h.as_str())).map(|(o, _)| *o));
        Clue::new(Sort::Phone { head: head.to_owned(), tail: last.to_owned() }, orders)
    }

    /// Names and streets of a text: a full name with its own street is sure, the rest are clues. `shared` asks whether another buyer of the exports has both.
    pub(super) fn recipients(&self, text: &str, words: &MatchWords, shared: impl Fn(&str, &str, usize) -> bool, hits: &mut Vec<Hit>, clues: &mut Vec<Clue>) {
        let names = self.names_in(text, words);
        let squeezed = squeeze(text);
        let streets: Vec<(String, &[usize])> = self.streets.find(&squeezed).collect();
        for (name, masked, orders) in names {
            for (street, at) in &streets {
                let both: Vec<usize> = orders.iter().copied().filter(|o| at.contains(o)).collect();
                if !masked && both.first().is_some_and(|first| self.one_person(&both) && !shared(&name, street, *first)) {
                    hits.extend(both.iter().map(|&order| Hit { order, key: Key::Recipient, strength: Strength::Strong, inferred: false }));
                }
            }
            clues.extend(Clue::new(if masked { Sort::MaskedName(name) } else { Sort::Name(name) }, orders.to_vec()));
        }
        clues.extend(streets.into_iter().filter_map(|(street, orders)| Clue::new(Sort::Street(street), orders.to_vec())));
    }

    /// Names that stand free, or between a word that announces a name and one that follows it: name, masked or not, orders. Each name once, sorted.
    fn names_in(&self, text: &str, words: &MatchWords) -> Vec<(String, bool, &[usize])> {
        let mut found: BTreeMap<(String, bool), &[usize]> = BTreeMap::new();
        if self.initials.is_empty() {
            return Vec::new();
        }
        let chars: Vec<char> = text.chars().map(crate::text::width::narrow_char).collect();
        let at = |n: usize| chars.get(n).copied();
        let begins = |from: usize| {
            let touched = from.checked_sub(1).and_then(at).is_some_and(is_han);
            let before = || chars.get(from.saturating_sub(12)..from).unwrap_or_default().iter().collect::<String>();
            !touched || announced(&before(), &words.recipient)
        };
        let ends = |to: usize| {
            let rest: String = chars.get(to..(to + 3).min(chars.len())).unwrap_or_default().iter().collect();
            !at(to).is_some_and(is_han) || words.honorific.iter().any(|w| rest.starts_with(w.as_str()))
        };
        for (from, first) in chars.iter().enumerate() {
            let Some(initials) = self.initials.get(first) else { continue };
            if at(from + 1) == Some('*') {
                let stars = chars.iter().skip(from + 1).take(MOST_STARS + 1).take_while(|c| **c == '*').count();
                if stars <= MOST_STARS && begins(from) {
                    // `王*静`: the last character counts, too
                    let last = at(from + 1 + stars).filter(|c| is_han(*c) && !at(from + 2 + stars).is_some_and(is_han));
                    let orders = match last {
                        Some(last) => self.ends.get(&(*first, last)).map_or(&[][..], Vec::as_slice),
                        None => initials.as_slice(),
                    };
                    found.insert((format!("{first}*{}", last.map(String::from).unwrap_or_default()), true), orders);
                }
                continue;
            }
            for length in NAME.rev() {
                let Some(name) = chars.get(from..from + length).map(|c| c.iter().collect::<String>()) else { continue };
                if let Some(orders) = self.names.get(&name)
                    && begins(from)
                    && ends(from + length)
                {
                    found.insert((name, false), orders);
                    break;
                }
            }
        }
        found.into_iter().map(|((name, masked), orders)| (name, masked, orders)).collect()
    }
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' | '·')
}

fn push(list: &mut Vec<usize>, order: usize) {
    if list.last() != Some(&order) {
        list.push(order);
    }
}

/// Orders of one buyer share a number: by nick; where the export has none that can be read, by recipient and address.
fn persons(orders: &[Order]) -> Vec<usize> {
    let mut first: HashMap<Whose<'_>, usize> = HashMap::new();
    orders.iter().enumerate().map(|(i, order)| order.whose().map_or(i, |whose| *first.entry(whose).or_insert(i))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::person::{Personal, PersonalKind};
    use crate::model::typed;
    use crate::profile::Profile;

    /// Where every name met asked every order and every name, this would take longer than anybody waits.
    #[test]
    fn a_masked_name_finds_its_orders_among_thousands() {
        let given: Vec<char> = ('\u{4e00}'..).take(3_000).collect();
        let mut case = typed::empty();
        for (n, last) in given.iter().enumerate() {
            let order = typed::order(&mut case, &format!("3512345678901{n:05}"), &format!("tb{n:05}"), &format!("SF13900{n:05}"));
            let recipient = order.recipient.take().unwrap();
            order.recipient = Some(crate::model::source::Located { value: Personal::new(PersonalKind::Name, format!("王小{last}")), ..recipient });
        }
        let (people, words) = (People::of(&case), MatchWords::load(&Profile::built_in()).unwrap());
        for row in 0..20_000 {
            let n = row % given.len();
            let found = people.names_in(&format!("YT12345\t王*{}\t已签收", given[n]), &words);
            assert_eq!(found, [(format!("王*{}", given[n]), true, &[n][..])]);
        }
        assert_eq!(people.names_in("收件人 王**", &words).iter().map(|(.., orders)| orders.len()).collect::<Vec<_>>(), [given.len()]);
    }
}
