//! The orders of the exports that are not flagged, as far as they decide whether two weak keys single out a flagged one: a parcel of somebody else with
//! the same surname and the same last digits must not become evidence. Read only when two weak keys agree, which few cases need.

use super::index::Index;
use super::people::{Street, plain_name};
use super::phrases::squeeze;
use crate::intake::orders;
use crate::model::case::Case;
use crate::text::phones::{self, Seen};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// One order that is not flagged.
#[derive(Default)]
pub(super) struct Other {
    pub nick: String,
    pub name: String,
    /// Digits of its phones.
    pub phones: Vec<String>,
    pub title: String,
}

/// All of them, by what can be looked up.
#[derive(Default)]
pub(super) struct Others {
    list: Vec<Other>,
    tails: HashMap<String, Vec<usize>>,
    names: HashMap<String, Vec<usize>>,
    streets: HashMap<String, Vec<usize>>,
    messages: HashMap<String, Vec<usize>>,
    /// Amount → seconds at which an order of it was placed or paid.
    amounts: HashMap<Decimal, Vec<i64>>,
}

impl Others {
    pub(super) fn of(case: &Case, index: &Index) -> Self {
        let mut others = Others::default();
        for row in orders::others(case, &|id| index.id(id).is_some()) {
            let phones = row.each("phone").filter_map(phones::of_cell).filter_map(|seen| match seen {
                Seen::Full(number, _) => Some(number),
                _ => None,
            });
            let other = Other {
                nick: row.text("buyer"),
                name: plain_name(&row.text("recipient")),
                phones: phones.collect(),
                title: squeeze(&row.text("title")).into_iter().collect(),
            };
            if let Some(amount) = row.amount() {
                let times = row.moments(&["created_at", "paid_at"]).into_iter().map(|m| m.at.timestamp());
                others.amounts.entry(amount.normalize()).or_default().extend(times);
            }
            others.add(other, &row.text("address"), &row.text("message"));
        }
        others
    }

    fn add(&mut self, other: Other, address: &str, message: &str) {
        let at = self.list.len();
        for phone in &other.phones {
            if let Some(tail) = phone.len().checked_sub(4).and_then(|n| phone.get(n..)) {
                self.tails.entry(tail.to_owned()).or_default().push(at);
            }
        }
        self.names.entry(other.name.clone()).or_default().push(at);
        self.streets.entry(squeeze(&Street::of(address)).into_iter().collect()).or_default().push(at);
        self.messages.entry(squeeze(message).into_iter().collect()).or_default().push(at);
        self.list.push(other);
    }

    fn at<'a>(&'a self, map: &'a HashMap<String, Vec<usize>>, key: &str) -> impl Iterator<Item = &'a Other> {
        map.get(key).into_iter().flatten().filter_map(|i| self.list.get(*i))
    }

    /// Those whose phone ends so.
    pub(super) fn with_tail(&self, tail: &str) -> impl Iterator<Item = &Other> {
        self.at(&self.tails, tail)
    }

    /// Those of this name.
    pub(super) fn with_name(&self, name: &str) -> impl Iterator<Item = &Other> {
        self.at(&self.names, name)
    }

    /// Those at this street, house and room (squeezed).
    pub(super) fn with_street(&self, street: &str) -> impl Iterator<Item = &Other> {
        self.at(&self.streets, street)
    }

    /// Was one of them placed or paid at this amount less than so many seconds from `second` (UNIX).
    pub(super) fn paid_about(&self, amount: Decimal, second: i64, within: i64) -> bool {
        self.amounts.get(&amount).is_some_and(|times| times.iter().any(|t| (t - second).abs() < within))
    }

    /// Those with this message (squeezed).
    pub(super) fn with_message(&self, message: &str) -> impl Iterator<Item = &Other> {
        self.at(&self.messages, message)
    }
}
