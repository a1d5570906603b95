//! Weak keys, and when two of them are enough.
//!
//! A clue fits several orders, or might: a masked phone, a name, a title, an amount on a day. Alone it only suggests an order. Two clues in one place
//! (one line, message, note or path, or a path and a line of that file) become strong when
//! 1. they are of different kinds (title and SKU are one kind: the goods),
//! 2. one of them is telling (last digits of a phone, full name, street, buyer's message, amount with its minute) and fits at most
//!    [`RARE`] orders of the exports, flagged or not, and
//! 3. together they fit exactly one order of the exports, and that one is flagged.
//!
//! If two pairs in one place point to different orders they contradict each other and nothing is used.

use super::others::{Other, Others};
use crate::model::evidence::Key;
use std::collections::BTreeSet;

/// A telling clue may fit so many orders of the exports.
const RARE: usize = 3;

/// What a clue is, with what is needed to look for it among the orders that are not flagged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// The end of a phone (four digits) and what is visible of its beginning.
    Phone {
        head: String,
        tail: String,
    },
    Name(String),
    /// `王*`, `王*静`.
    MaskedName(String),
    /// Squeezed.
    Street(String),
    /// Squeezed.
    Title(String),
    /// SKU on a day of the order.
    SkuDay,
    /// The amount within the minute of payment or order.
    AmountMinute,
    /// The amount on the day.
    AmountDay,
    /// A nick that may be a common word, or is masked.
    Nick,
    /// What the buyer wrote to the seller, squeezed.
    Message(String),
}

/// A weak key and the flagged orders it fits, sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Clue {
    pub sort: Sort,
    pub orders: Vec<usize>,
}

impl Clue {
    /// `None` when it fits no order.
    pub(super) fn new(sort: Sort, mut orders: Vec<usize>) -> Option<Clue> {
        orders.sort_unstable();
        orders.dedup();
        (!orders.is_empty()).then_some(Clue { sort, orders })
    }

    /// The contract's key.
    pub(super) fn key(&self) -> Key {
        match self.sort {
            Sort::Phone { .. } => Key::Phone,
            Sort::Name(_) | Sort::MaskedName(_) | Sort::Street(_) => Key::Recipient,
            Sort::Title(_) => Key::Title,
            Sort::SkuDay => Key::SkuQuantityDay,
            Sort::AmountMinute | Sort::AmountDay => Key::AmountTime,
            Sort::Nick => Key::Nick,
            Sort::Message(_) => Key::Content,
        }
    }

    /// Clues of one group say the same thing twice.
    fn group(&self) -> u8 {
        match self.sort {
            Sort::Phone { .. } => 0,
            Sort::Name(_) | Sort::MaskedName(_) => 1,
            Sort::Street(_) => 2,
            Sort::Title(_) | Sort::SkuDay => 3,
            Sort::AmountMinute | Sort::AmountDay => 4,
            Sort::Nick => 5,
            Sort::Message(_) => 6,
        }
    }

    fn telling(&self) -> bool {
        matches!(self.sort, Sort::Phone { .. } | Sort::Name(_) | Sort::Street(_) | Sort::AmountMinute | Sort::Message(_))
    }

    /// The orders that are not flagged and fit.
    fn others<'o>(&self, others: &'o Others) -> Vec<&'o Other> {
        match &self.sort {
            Sort::Phone { head, tail } => {
                others.with_tail(tail).filter(|o| o.phones.iter().any(|p| p.starts_with(head.as_str()) && p.ends_with(tail.as_str()))).collect()
            }
            Sort::Name(name) => others.with_name(name).collect(),
            Sort::Street(street) => others.with_street(street).collect(),
            Sort::Message(message) => others.with_message(message).collect(),
            // to the second or minute, the orders' own times tell; no other order is asked
            _ => Vec::new(),
        }
    }

    /// Could this other order be meant, too.
    fn could_mean(&self, other: &Other) -> bool {
        match &self.sort {
            Sort::Phone { head, tail } => other.phones.iter().any(|p| p.starts_with(head.as_str()) && p.ends_with(tail.as_str())),
            Sort::Name(name) => other.name == *name,
            Sort::MaskedName(mask) => {
                let mut signs = mask.split('*');
                other.name.starts_with(signs.next().unwrap_or_default()) && other.name.ends_with(signs.next().unwrap_or_default())
            }
            Sort::Title(title) => other.title.contains(title.as_str()),
            Sort::Message(_) | Sort::Street(_) | Sort::SkuDay | Sort::AmountMinute | Sort::AmountDay | Sort::Nick => true,
        }
    }
}

/// The order that two of the clues single out, and the keys that agree on it. At least one of the two is among `own`; the others may come from the
/// surroundings (the file's path, the chat's masked partner).
pub(super) fn agree(own: &[Clue], around: &[Clue], others: impl Fn() -> std::rc::Rc<Others>) -> Option<(usize, BTreeSet<Key>)> {
    let mut found: Option<(usize, BTreeSet<Key>)> = None;
    let all: Vec<(&Clue, bool)> = own.iter().map(|c| (c, true)).chain(around.iter().map(|c| (c, false))).collect();
    for (telling, mine) in all.iter().filter(|(c, _)| c.telling() && c.orders.len() <= RARE) {
        for (second, also_mine) in all.iter().filter(|(c, _)| c.group() != telling.group()) {
            let mut both = telling.orders.iter().filter(|o| second.orders.binary_search(o).is_ok());
            let (Some(&order), None, true) = (both.next(), both.next(), *mine || *also_mine) else { continue };
            let others = others();
            let fits = telling.others(&others);
            if telling.orders.len() + fits.len() > RARE || fits.iter().any(|o| second.could_mean(o)) {
                continue;
            }
            match &mut found {
                None => found = Some((order, BTreeSet::from([telling.key(), second.key()]))),
                Some((before, keys)) if *before == order => keys.extend([telling.key(), second.key()]),
                Some(_) => return None,
            }
        }
    }
    found
}
