//! Texts of any origin, piece by piece: lines, messages, pages, notes in pictures, paths. Numbers first; where a piece has none, what its people and
//! goods say; weak keys are judged together.

use super::clues::{self, Clue, Sort};
use super::goods::Goods;
use super::index::{Hit, Index, numbers_in, without_dashes};
use super::others::Others;
use super::people::People;
use super::records::Collector;
use super::stock::{self, Parcel};
use super::words::MatchWords;
use crate::error::Result;
use crate::model::case::Case;
use crate::model::evidence::{Key, Strength};
use crate::model::order::Order;
use crate::model::source::Place;
use crate::profile::Profile;
use crate::text::ids::{clean_id, clean_waybill};
use crate::text::nicks;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

/// Lines that belong together: a label copied as text has no more.
const PARAGRAPH: usize = 6;
/// A clue that fits more orders suggests none.
pub(super) const MOST_CANDIDATES: usize = 5;
/// Suggestions kept of one file.
const MOST_SUGGESTIONS: usize = 60;

/// Everything that flagged orders are known by, gathered when first asked: a folder of exports alone asks for nothing.
pub(super) struct Keys<'c> {
    case: &'c Case,
    index: OnceCell<Index>,
    people: OnceCell<People>,
    goods: OnceCell<Goods>,
    words: MatchWords,
    others: OnceCell<Rc<Others>>,
    /// Order numbers and waybills of the exports that are of no flagged order.
    other_numbers: OnceCell<HashSet<String>>,
    /// Goods and days of the orders of the exports that are not flagged.
    other_parcels: OnceCell<HashSet<Parcel>>,
    /// Nick → places of his orders in the exports.
    entries: OnceCell<HashMap<String, Vec<usize>>>,
}

/// What a piece of text is: it decides which words are nicks and which numbers are somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Path,
    Line,
    /// Of a chat; what is said there of others proves little.
    Message,
    Note,
}

/// What one piece says.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub hits: Vec<Hit>,
    pub clues: Vec<Clue>,
}

impl<'c> Keys<'c> {
    /// # Errors
    /// When the word list is broken.
    pub(super) fn of(case: &'c Case, profile: &Profile) -> Result<Self> {
        let words = MatchWords::load(profile)?;
        Ok(Keys {
            case,
            index: OnceCell::new(),
            people: OnceCell::new(),
            goods: OnceCell::new(),
            words,
            others: OnceCell::new(),
            other_numbers: OnceCell::new(),
            other_parcels: OnceCell::new(),
            entries: OnceCell::new(),
        })
    }

    /// Their numbers and nicks.
    pub(super) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(self.case, &self.words))
    }

    fn people(&self) -> &People {
        self.people.get_or_init(|| People::of(self.case))
    }

    fn goods(&self) -> &Goods {
        self.goods.get_or_init(|| Goods::of(self.case))
    }

    fn others(&self) -> Rc<Others> {
        Rc::clone(self.others.get_or_init(|| Rc::new(Others::of(self.case, self.index()))))
    }

    /// Was an order that is not flagged of such goods, on such a day.
    pub(super) fn others_sent(&self, parcel: &Parcel) -> bool {
        self.other_parcels.get_or_init(|| stock::others_parcels(self.case, self.index())).contains(parcel)
    }

    /// Does a text hold the number of an order or parcel of the exports that is not flagged.
    pub(super) fn names_others(&self, text: &str) -> bool {
        !self.others_named(text).is_empty()
    }

    /// The numbers in a text of orders and parcels of the exports that are not flagged.
    pub(super) fn others_named(&self, text: &str) -> Vec<String> {
        let numbers = self.other_numbers.get_or_init(|| {
            let index = self.index();
            let flagged = |number: &str| index.scan(number).is_empty();
            let all =
                self.case.export.iter().flat_map(|e| std::iter::once(clean_id(e.id.bare()).to_uppercase()).chain(e.waybills.iter().map(|w| clean_waybill(w))));
            // a number with dashes is found without them, too
            let all = all.flat_map(|number| without_dashes(&number).into_iter().chain(std::iter::once(number)));
            all.filter(|number| flagged(number)).collect()
        });
        let found = if numbers.is_empty() { Vec::new() } else { numbers_in(text) };
        found.into_iter().filter(|number| numbers.contains(number)).collect()
    }

    /// Has a buyer orders in the exports beside these, with parcels of their own.
    pub(super) fn other_parcels(&self, buyer: &str, orders: &BTreeSet<usize>) -> bool {
        if !nicks::readable(buyer) {
            return false;
        }
        let entries = self.entries.get_or_init(|| {
            let mut entries: HashMap<String, Vec<usize>> = HashMap::new();
            self.case.export.iter().enumerate().filter(|(_, e)| !e.buyer.is_empty()).for_each(|(i, e)| entries.entry(e.buyer.to_string()).or_default().push(i));
            entries
        });
        let own: Vec<&Order> = orders.iter().filter_map(|o| self.case.orders.get(*o)).collect();
        let known = |waybill: &str| own.iter().any(|o| o.waybills.iter().any(|w| clean_waybill(&w.value.number) == clean_waybill(waybill)));
        let mut entries = entries.get(buyer).into_iter().flatten().filter_map(|i| self.case.export.get(*i));
        entries.any(|e| !own.iter().any(|o| o.id == e.id) && e.waybills.iter().any(|w| !known(w)))
    }

    /// Reads one piece. With an order number or waybill in it that is all; with a number that looks like ours and is none, it is somebody else's.
    pub(super) fn read(&self, text: &str, piece: Piece) -> Said {
        let mut said = Said { hits: self.index().scan(text), clues: Vec::new() };
        if said.hits.is_empty() && piece == Piece::Path {
            said.hits = self.index().named_in_path(text, &self.words);
        }
        if !said.hits.is_empty() || text.len() < 4 || self.index().foreign(text, piece == Piece::Path) {
            return said;
        }
        self.nicks(text, piece, &mut said);
        self.people().phones(text, &self.words, |number, order| self.others_phone(number, order), &mut said.hits, &mut said.clues);
        self.people().recipients(text, &self.words, |name, street, order| self.others_home(name, street, order), &mut said.hits, &mut said.clues);
        self.goods().find(text, |amount, second, within| self.others().paid_about(amount, second, within), &mut said.hits, &mut said.clues);
        said.clues.sort();
        said.clues.dedup();
        said.hits.sort_unstable();
        said.hits.dedup();
        said
    }

    /// Has a buyer whose orders are not flagged this number as well.
    fn others_phone(&self, number: &str, order: usize) -> bool {
        let nick = self.case.orders.get(order).and_then(|o| o.buyer.as_ref()).map_or("", |b| b.value.raw());
        let tail = number.len().checked_sub(4).and_then(|n| number.get(n..)).unwrap_or(number);
        self.others().with_tail(tail).any(|o| o.phones.iter().any(|p| p == number) && o.nick != nick)
    }

    /// Has a buyer whose orders are not flagged this name at this street (squeezed) as well: one person with two accounts, or two of one name.
    fn others_home(&self, name: &str, street: &str, order: usize) -> bool {
        let nick = self.case.orders.get(order).and_then(|o| o.buyer.as_ref()).map_or("", |b| b.value.raw());
        self.others().with_street(street).any(|o| o.name == name && o.nick != nick)
    }

    fn nicks(&self, text: &str, piece: Piece, said: &mut Said) {
        if piece == Piece::Path {
            let nicks = self.index().nicks_in_path(text);
            // one buyer's name belongs to all of his orders; the names of two buyers contradict each other
            let strength = if nicks.len() == 1 { Strength::Strong } else { Strength::Weak };
            said.hits.extend(nicks.values().flat_map(|o| o.iter()).map(|&order| Hit { order, key: Key::Nick, strength, inferred: false }));
            if nicks.is_empty() {
                said.clues.extend(Clue::new(Sort::Nick, self.index().short_nick_of_file(text).to_vec()));
            }
            return;
        }
        for (orders, sure) in self.index().nicks_in_text(text, &self.words, piece).into_values() {
            if sure {
                said.hits.extend(orders.iter().map(|&order| Hit { order, key: Key::Nick, strength: Strength::Strong, inferred: false }));
            } else {
                said.clues.extend(Clue::new(Sort::Nick, orders.to_vec()));
            }
        }
    }

    /// Two clues that agree become links; else each clue is kept as a suggestion.
    fn judge(&self, own: &[Clue], around: &[Clue], place: &Place, out: &mut Collector, suggestions: &mut Suggestions) {
        match clues::agree(own, around, || self.others()) {
            Some((order, keys)) => keys.into_iter().for_each(|key| out.push(order, key, Strength::Strong, place, false)),
            None => suggestions.add(own, place),
        }
    }
}

/// Clues of one file that nothing agreed with; they become weak links when nothing better is found in the file.
#[derive(Debug, Default)]
pub(super) struct Suggestions {
    list: Vec<(usize, Key, Place)>,
}

impl Suggestions {
    fn add(&mut self, clues: &[Clue], place: &Place) {
        for clue in clues.iter().filter(|c| c.orders.len() <= MOST_CANDIDATES) {
            for order in &clue.orders {
                if self.list.len() < MOST_SUGGESTIONS && !self.list.iter().any(|(o, k, _)| o == order && *k == clue.key()) {
                    self.list.push((*order, clue.key(), place.clone()));
                }
            }
        }
    }

    /// Those of another part of the file.
    pub(super) fn extend(&mut self, more: Suggestions) {
        self.list.extend(more.list);
    }

    /// Writes them down.
    pub(super) fn give(self, out: &mut Collector) {
        self.list.into_iter().for_each(|(order, key, place)| out.push(order, key, Strength::Weak, &place, false));
    }
}

/// Reads the pieces of one file in order.
pub(super) struct Reader<'k, 'c> {
    keys: &'k Keys<'c>,
    /// What holds for the whole file: clues of its path, of a chat's masked partner.
    pub around: Vec<Clue>,
    /// Only numbers count: it is the conversation of somebody who has no flagged order.
    pub numbers_only: bool,
    pub suggestions: Suggestions,
    /// Clues of the lines of this paragraph.
    paragraph: Vec<(Place, Vec<Clue>)>,
}

impl<'k, 'c> Reader<'k, 'c> {
    pub(super) fn new(keys: &'k Keys<'c>) -> Self {
        Reader { keys, around: Vec::new(), numbers_only: false, suggestions: Suggestions::default(), paragraph: Vec::new() }
    }

    /// A piece that stands alone.
    pub(super) fn piece(&mut self, text: &str, piece: Piece, place: &Place, out: &mut Collector) {
        let said = self.read(text, piece);
        said.hits.iter().for_each(|h| out.hit(*h, place));
        if said.hits.is_empty() {
            self.judge(&said.clues, place, out);
        }
    }

    /// Clues that stand alone, as those of a path.
    pub(super) fn judge(&mut self, clues: &[Clue], place: &Place, out: &mut Collector) {
        if !clues.is_empty() {
            self.keys.judge(clues, &self.around, place, out, &mut self.suggestions);
        }
    }

    fn read(&self, text: &str, piece: Piece) -> Said {
        if self.numbers_only { Said { hits: self.keys.index().scan(text), clues: Vec::new() } } else { self.keys.read(text, piece) }
    }

    /// A line of running text. Rows of a table stand alone; other lines make paragraphs, so that a label copied as three lines is one.
    pub(super) fn line(&mut self, text: &str, place: &Place, out: &mut Collector) {
        let row = text.contains('\t') || text.matches([',', '|']).count() >= 2;
        let said = self.read(text, Piece::Line);
        said.hits.iter().for_each(|h| out.hit(*h, place));
        let named = !said.hits.is_empty();
        if text.trim().is_empty() || row || named || self.paragraph.len() >= PARAGRAPH {
            self.end_paragraph(out);
        }
        if named || said.clues.is_empty() {
            return;
        }
        if row {
            self.keys.judge(&said.clues, &self.around, place, out, &mut self.suggestions);
        } else {
            self.paragraph.push((place.clone(), said.clues));
        }
    }

    /// Judges what the last lines say together: a line for itself first, then all of them.
    pub(super) fn end_paragraph(&mut self, out: &mut Collector) {
        let lines = std::mem::take(&mut self.paragraph);
        let single: Vec<&(Place, Vec<Clue>)> = lines.iter().filter(|(_, clues)| clues::agree(clues, &self.around, || self.keys.others()).is_some()).collect();
        if !single.is_empty() || lines.len() <= 1 {
            lines.iter().for_each(|(place, clues)| self.keys.judge(clues, &self.around, place, out, &mut self.suggestions));
            return;
        }
        let Some((first, _)) = lines.first() else { return };
        let mut all: Vec<Clue> = lines.iter().flat_map(|(_, clues)| clues.iter().cloned()).collect();
        all.sort();
        all.dedup();
        match clues::agree(&all, &self.around, || self.keys.others()) {
            Some(_) => self.keys.judge(&all, &self.around, first, out, &mut self.suggestions),
            None => lines.iter().for_each(|(place, clues)| self.suggestions.add(clues, place)),
        }
    }
}
