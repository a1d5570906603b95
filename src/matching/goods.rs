//! What an order is known by beside its people: titles and SKUs of its goods, its amount at its time, the buyer's message.

use super::clues::{Clue, Sort};
use super::index::Hit;
use super::phrases::{Phrases, squeeze};
use crate::model::case::Case;
use crate::model::evidence::{Key, Strength};
use crate::model::{Moment, Time};
use crate::text::dates;
use crate::text::ids::alnum_runs;
use crate::text::width::narrow_char;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::str::FromStr as _;

/// Shorter SKUs are words and counters.
const SHORTEST_SKU: usize = 5;
/// Shorter titles and messages stand everywhere.
const SHORTEST_WORDS: usize = 6;
/// Moments and amounts read in one piece of text.
const MOST: usize = 32;

/// The flagged orders by goods, money and time.
#[derive(Default)]
pub(super) struct Goods {
    titles: Phrases,
    messages: Phrases,
    skus: HashMap<String, Vec<usize>>,
    amounts: HashMap<Decimal, Vec<usize>>,
    /// Moments that an order is known by: placed, paid; and the day it was sent.
    times: Vec<Vec<Moment>>,
}

impl Goods {
    pub(super) fn of(case: &Case) -> Self {
        let mut goods = Goods::default();
        for (i, order) in case.orders.iter().enumerate() {
            for line in &order.lines {
                line.title.iter().for_each(|t| goods.titles.add(t, SHORTEST_WORDS, i));
                if let Some(sku) = line.sku.as_deref().map(sku).filter(|s| s.len() >= SHORTEST_SKU) {
                    let orders = goods.skus.entry(sku).or_default();
                    if orders.last() != Some(&i) {
                        orders.push(i);
                    }
                }
            }
            order.message.iter().for_each(|m| goods.messages.add(m.value.raw(), SHORTEST_WORDS, i));
            if let Some(amount) = order.amount.as_ref().map(|a| a.value.amount).filter(|a| !a.is_zero()) {
                goods.amounts.entry(amount.normalize()).or_default().push(i);
            }
            goods.times.push([&order.created_at, &order.paid_at, &order.shipped_at].into_iter().flatten().map(|t| t.value).collect());
        }
        goods
    }

    /// Everything about goods and money in a text; an amount at its very second is sure (and an inference), the rest are clues.
    /// `taken` asks whether an order that is not flagged has this amount less than so many seconds from this one.
    pub(super) fn find(&self, text: &str, taken: impl Fn(Decimal, i64, i64) -> bool, hits: &mut Vec<Hit>, clues: &mut Vec<Clue>) {
        let squeezed = squeeze(text);
        clues.extend(self.titles.find(&squeezed).filter_map(|(title, orders)| Clue::new(Sort::Title(title), orders.to_vec())));
        clues.extend(self.messages.find(&squeezed).filter_map(|(words, orders)| Clue::new(Sort::Message(words), orders.to_vec())));
        let moments = moments(text);
        if moments.is_empty() {
            return;
        }
        for (_, run) in sku_runs(text) {
            let on_day = self.skus.get(&run).into_iter().flatten().copied().filter(|o| self.near(*o, &moments) >= Near::Day).collect();
            clues.extend(Clue::new(Sort::SkuDay, on_day));
        }
        for amount in amounts(text) {
            let near: Vec<(usize, Near)> = self.amounts.get(&amount).into_iter().flatten().map(|o| (*o, self.near(*o, &moments))).collect();
            let at = |least: Near| near.iter().filter(|(_, n)| *n >= least).map(|(o, _)| *o).collect::<Vec<_>>();
            let contested = |within: i64| moments.iter().any(|(m, clock)| *clock && taken(amount, m.timestamp(), within));
            let by_clock = near.iter().any(|(_, n)| *n >= Near::Minute);
            match at(Near::Second).as_slice() {
                [order] if !contested(1) => hits.push(Hit { order: *order, key: Key::AmountTime, strength: Strength::Strong, inferred: true }),
                // an order that is not flagged, at that minute, may be meant as well
                _ if by_clock && contested(60) => clues.extend(Clue::new(Sort::AmountDay, at(Near::Day))),
                _ => clues.extend(Clue::new(Sort::AmountMinute, at(Near::Minute)).or_else(|| Clue::new(Sort::AmountDay, at(Near::Day)))),
            }
        }
    }

    fn near(&self, order: usize, moments: &[(Time, bool)]) -> Near {
        let own = self.times.get(order).map_or(&[][..], Vec::as_slice);
        let pairs = own.iter().flat_map(|t| moments.iter().map(move |(m, clock)| (t, m, *clock)));
        pairs
            .map(|(t, m, clock)| match () {
                // a midnight to the second is a day without its time
                () if clock && t.has_time && t.at == *m && m.time() != chrono::NaiveTime::MIN => Near::Second,
                () if clock && t.has_time && (t.at - *m).num_seconds().abs() < 60 => Near::Minute,
                () if t.at.date_naive() == m.date_naive() => Near::Day,
                () => Near::Far,
            })
            .max()
            .unwrap_or(Near::Far)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Near {
    Far,
    Day,
    Minute,
    Second,
}

/// A SKU as it is compared: letters and digits, upper case, parted by single dashes.
fn sku(cell: &str) -> String {
    crate::text::ids::clean_id(cell).to_uppercase()
}

/// Runs of letters and digits, alone and joined by dashes.
fn sku_runs(text: &str) -> Vec<(usize, String)> {
    let narrow: String = text.chars().map(narrow_char).collect();
    let mut runs = alnum_runs(&narrow);
    let joined: Vec<(usize, String)> = narrow
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .map(|w| (0, w.trim_matches('-').to_uppercase()))
        .filter(|(_, w)| w.contains('-') && w.len() >= SHORTEST_SKU)
        .collect();
    runs.extend(joined);
    runs
}

/// Dates in a text, and whether a time of day was said.
fn moments(text: &str) -> Vec<(Time, bool)> {
    let narrow: String = text.chars().map(narrow_char).collect();
    let mut found = Vec::new();
    let (mut skip_to, mut digit_before) = (0, false);
    for (offset, c) in narrow.char_indices() {
        let begins = c.is_ascii_digit() && !digit_before;
        digit_before = c.is_ascii_digit();
        if !begins || offset < skip_to || found.len() >= MOST {
            continue;
        }
        if let Some((moment, used)) = narrow.get(offset..).and_then(dates::prefix) {
            found.push((moment.at, moment.has_time));
            skip_to = offset + used;
        }
    }
    found
}

/// Amounts with two decimals, or behind `¥`, or before `元`.
fn amounts(text: &str) -> Vec<Decimal> {
    let chars: Vec<char> = text.chars().map(narrow_char).collect();
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() && found.len() < MOST {
        let part = |c: &char| c.is_ascii_digit() || matches!(c, '.' | ',');
        if !chars.get(i).is_some_and(char::is_ascii_digit) {
            i += 1;
            continue;
        }
        let end = chars.iter().skip(i).position(|c| !part(c)).map_or(chars.len(), |n| i + n);
        let word: String = chars.get(i..end).unwrap_or_default().iter().filter(|c| **c != ',').collect();
        let word = word.trim_end_matches('.');
        let before = i.checked_sub(1).and_then(|n| chars.get(n)).copied();
        let marked = matches!(before, Some('¥' | '￥')) || chars.get(end) == Some(&'元');
        let cents = word.rsplit_once('.').is_some_and(|(_, d)| d.len() == 2) && word.matches('.').count() == 1;
        if (cents || marked)
            && word.len() <= 12
            && !before.is_some_and(|c| c.is_ascii_alphabetic() || c == '-')
            && let Ok(amount) = Decimal::from_str(word)
        {
            found.push(amount.normalize());
        }
        i = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_moments_in_running_text() {
        assert_eq!(
            amounts("付款¥169，实付169.00元，运费0.00，版本1.2.3，共3件，2,169.50"),
            ["169", "169", "0", "2169.5"].map(|n| Decimal::from_str(n).unwrap())
        );
        let seen = moments("2026-04-02 19:31:05支付，4月3日；截图20260403");
        assert_eq!(seen.iter().map(|(_, clock)| *clock).collect::<Vec<_>>(), [true, false]);
    }
}
