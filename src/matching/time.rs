//! Links that rest only on time: a promotion's row or a dated picture that covers the moment of an order. Always marked as inferred.

use crate::model::case::Case;
use crate::model::record::CauseRow;
use crate::model::{Moment, Time};
use crate::text::dates;
use crate::text::width::narrow_char;
use chrono::{NaiveDate, NaiveTime};
use std::collections::{BTreeSet, HashMap};

/// Rows of one file that may be tied to one order by time alone: a daily table of a year would bury the order otherwise.
const MOST_PER_ORDER: usize = 3;

/// The flagged orders by the moment they were placed (else paid).
pub(super) struct Days {
    /// Those whose time of day is known, and those of which only the day is: these are compared by day.
    lists: [Sorted; 2],
    /// Numbers (SKU) and names of goods, folded, with the orders that have them.
    goods: HashMap<String, BTreeSet<usize>>,
}

/// Orders by time.
struct Sorted {
    orders: Vec<(Time, usize)>,
    by_day: bool,
}

impl Days {
    pub(super) fn of(case: &Case) -> Self {
        let lists = [true, false].map(|timed| {
            let placed = case.orders.iter().enumerate().filter_map(|(i, o)| o.placed_or_day().map(|t| (t, i)));
            let mut orders: Vec<(Time, usize)> = placed.filter(|(t, _)| t.has_time == timed).map(|(t, i)| (t.at, i)).collect();
            orders.sort();
            Sorted { orders, by_day: !timed }
        });
        let mut goods: HashMap<String, BTreeSet<usize>> = HashMap::new();
        for (i, line) in case.orders.iter().enumerate().flat_map(|(i, o)| o.lines.iter().map(move |line| (i, line))) {
            [&line.sku, &line.title].into_iter().flatten().for_each(|name| _ = goods.entry(folded(name)).or_default().insert(i));
        }
        Days { lists, goods }
    }

    /// May a cause that names goods be the order's? What no flagged order has ("all goods", numbers of another system) tells nothing.
    pub(super) fn fits(&self, order: usize, row: &CauseRow) -> bool {
        let named = [&row.sku, &row.title].into_iter().flatten().find_map(|name| self.goods.get(&folded(name)));
        named.is_none_or(|orders| orders.contains(&order))
    }

    /// Orders placed from `from` to `to`. Without an end the day of `from` counts; an end without a time of day means its whole day.
    pub(super) fn covered(&self, from: Moment, to: Option<Moment>) -> impl Iterator<Item = usize> + '_ {
        self.lists.iter().flat_map(move |l| l.orders.get(l.window(from, to)).unwrap_or(&[])).map(|(_, order)| *order)
    }
}

impl Sorted {
    fn window(&self, from: Moment, to: Option<Moment>) -> std::ops::Range<usize> {
        let midnight = |t: Time| t - (t.time() - NaiveTime::MIN);
        let day_end = |t: Time| midnight(t) + chrono::Duration::days(1);
        let second = chrono::Duration::seconds(1);
        let (begin, end) = match to {
            Some(to) if !to.has_time => (from.at, day_end(to.at)),
            // what ends at midnight ends with the day before
            Some(to) if self.by_day && to.at > from.at => (from.at, day_end(to.at - second)),
            Some(to) => (from.at, to.at + second),
            None => (midnight(from.at), day_end(from.at)),
        };
        let begin = if self.by_day { midnight(begin) } else { begin };
        let first = self.orders.partition_point(|(t, _)| *t < begin);
        first..self.orders.partition_point(|(t, _)| *t < end).max(first)
    }
}

fn folded(goods: &str) -> String {
    goods.chars().map(narrow_char).filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Gives each order its first few rows of one file. Orders that have theirs are jumped over, so that a hundred thousand rows over one busy day cost
/// no more than the rows and the orders together.
pub(super) struct Cover<'d> {
    lists: [CoverList<'d>; 2],
}

struct CoverList<'d> {
    sorted: &'d Sorted,
    taken: Vec<usize>,
    /// For each place in the sorted list the next one that may still take rows; its own place while it may.
    next: Vec<usize>,
}

impl<'d> Cover<'d> {
    pub(super) fn of(days: &'d Days) -> Self {
        let lists = days.lists.each_ref();
        Cover { lists: lists.map(|sorted| CoverList { sorted, taken: vec![0; sorted.orders.len()], next: (0..=sorted.orders.len()).collect() }) }
    }

    /// The orders that may take a row with this time; `give` says whether one does.
    pub(super) fn take(&mut self, from: Moment, to: Option<Moment>, mut give: impl FnMut(usize) -> bool) {
        self.lists.iter_mut().for_each(|list| list.take(from, to, &mut give));
    }
}

impl CoverList<'_> {
    fn take(&mut self, from: Moment, to: Option<Moment>, give: &mut impl FnMut(usize) -> bool) {
        let window = self.sorted.window(from, to);
        let mut at = self.open(window.start);
        while at < window.end {
            if let (Some((_, order)), Some(taken)) = (self.sorted.orders.get(at), self.taken.get_mut(at)) {
                *taken += usize::from(give(*order));
                if *taken == MOST_PER_ORDER
                    && let Some(next) = self.next.get_mut(at)
                {
                    *next = at + 1;
                }
            }
            at = self.open(at + 1);
        }
    }

    /// The first open place from `at` on; shortens the way for the next question.
    fn open(&mut self, at: usize) -> usize {
        let mut end = at;
        while let Some(next) = self.next.get(end).filter(|n| **n != end) {
            end = *next;
        }
        let mut here = at;
        while let Some(next) = self.next.get_mut(here).filter(|n| **n != end && here != end) {
            here = std::mem::replace(next, end);
        }
        end
    }
}

/// The day or days that a file's name speaks of (`直播_2026-04-01.png`, `活动20260401-20260403.jpg`): first and last.
pub(super) fn days_in_name(path: &str) -> Option<(Moment, Moment)> {
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
    let at = |d: &NaiveDate| dates::local(d.and_time(NaiveTime::MIN)).map(Moment::day);
    Some((at(first)?, at(last)?))
}
