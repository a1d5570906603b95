//! Links that rest only on time: a promotion's row or a dated picture that covers the moment of an order. Always marked as inferred.

use crate::model::Time;
use crate::model::case::Case;
use crate::text::dates;
use crate::text::width::narrow_char;
use chrono::{NaiveDate, NaiveTime};
use std::collections::HashMap;

/// Rows of one file that may be tied to one order by time alone: a daily table of a year would bury the order otherwise.
const MOST_PER_ORDER: usize = 3;

/// The flagged orders by the moment they were placed (else paid).
pub(super) struct Days {
    sorted: Vec<(Time, usize)>,
}

impl Days {
    pub(super) fn of(case: &Case) -> Self {
        let at = |o: &crate::model::order::Order| o.created_at.as_ref().or(o.paid_at.as_ref()).map(|t| t.value);
        let mut sorted: Vec<(Time, usize)> = case.orders.iter().enumerate().filter_map(|(i, o)| at(o).map(|t| (t, i))).collect();
        sorted.sort();
        Days { sorted }
    }

    /// Orders placed from `from` to `to`. Without an end the day of `from` counts; an end at midnight means its whole day.
    pub(super) fn covered(&self, from: Time, to: Option<Time>) -> impl Iterator<Item = usize> + '_ {
        let day_end = |t: Time| t + (chrono::Duration::days(1) - (t.time() - NaiveTime::MIN));
        let (begin, end) = match to {
            Some(to) if to.time() == NaiveTime::MIN => (from, day_end(to)),
            Some(to) => (from, to + chrono::Duration::seconds(1)),
            None => (from - (from.time() - NaiveTime::MIN), day_end(from)),
        };
        let first = self.sorted.partition_point(|(t, _)| *t < begin);
        self.sorted.iter().skip(first).take_while(move |(t, _)| *t < end).map(|(_, order)| *order)
    }
}

/// Counts how often an order was taken.
#[derive(Default)]
pub(super) struct Once(HashMap<usize, usize>);

impl Once {
    pub(super) fn take(&mut self, order: usize) -> bool {
        let n = self.0.entry(order).or_default();
        *n += 1;
        *n <= MOST_PER_ORDER
    }
}

/// The day or days that a file's name speaks of (`直播_2026-04-01.png`, `活动20260401-20260403.jpg`): first and last.
pub(super) fn days_in_name(path: &str) -> Option<(Time, Time)> {
    let base: String = path.rsplit('/').next().unwrap_or(path).chars().map(narrow_char).collect();
    let mut found: Vec<NaiveDate> = Vec::new();
    let mut skip_to = 0;
    let mut digit_before = false;
    for (offset, c) in base.char_indices() {
        let begins = c.is_ascii_digit() && !digit_before;
        digit_before = c.is_ascii_digit();
        if !begins || offset < skip_to {
            continue;
        }
        if let Some((moment, used)) = base.get(offset..).and_then(dates::prefix) {
            found.push(moment.at.date_naive());
            skip_to = offset + used;
        }
    }
    let (first, last) = (found.iter().min()?, found.iter().max()?);
    // three dates in a name are a counter or a phone's habit, two are a range when they lie close
    if found.len() > 2 || (*last - *first).num_days() > 31 {
        return None;
    }
    let at = |d: &NaiveDate| dates::local(d.and_time(NaiveTime::MIN));
    Some((at(first)?, at(last)?))
}
