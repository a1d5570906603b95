//! The fields of a notice beside its orders: number, violation, times, the stated count. The appeal period is [`super::period`]'s.

use super::columns::Columns;
use super::lines::Line;
use super::words::{Field, Hit, NoticeWords};
use crate::text::dates::{self, Moment};
use crate::text::{english_dates, zones};
use chrono::{Datelike as _, NaiveDate, NaiveTime, TimeZone as _};
use std::collections::HashMap;

/// How far behind a label its value may begin, in bytes.
pub(super) const NEAR: usize = 48;

/// Reads fields from the lines of a notice.
pub(super) struct Fields<'a> {
    pub(super) words: &'a NoticeWords,
    pub(super) lines: &'a [Line],
    pub(super) hits: Vec<Vec<Hit>>,
    columns: Option<Columns>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(words: &'a NoticeWords, lines: &'a [Line]) -> Self {
        Fields { words, lines, hits: lines.iter().map(|l| words.hits(&l.lower)).collect(), columns: Columns::of(words, lines) }
    }

    /// The text behind each label of a field: up to the next label; the next line when the label stands alone (pages are copied like that).
    pub(super) fn values(&self, field: Field) -> Vec<(&'a str, &str)> {
        let mut values = Vec::new();
        for (i, hits) in self.hits.iter().enumerate() {
            let Some(line) = self.lines.get(i) else { continue };
            for (n, hit) in hits.iter().enumerate().filter(|(_, h)| h.field == field) {
                let start = hit.colon.unwrap_or(hit.end);
                let end = hits.get(n + 1).map_or(line.text.len(), |next| next.start).max(start);
                let value = line.text.get(start..end).unwrap_or("").trim();
                let alone = line.text.get(..hit.start).is_some_and(|s| s.trim().is_empty()) && value.is_empty() && hits.len() == 1;
                if alone {
                    if let Some(next) = self.lines.get(i + 1..).and_then(|l| l.iter().find(|l| !l.text.trim().is_empty())) {
                        values.push((next.text.trim(), hit.label.as_str()));
                    }
                } else if !value.is_empty() && (hit.colon.is_some() || field != Field::Violation) {
                    // words without a colon before them may be the next head of a table
                    values.push((value, hit.label.as_str()));
                }
            }
        }
        // the labels' order in the data is their rank
        let rank = |label: &str| self.words.labels(field).iter().position(|l| l == label).unwrap_or(usize::MAX);
        values.sort_by_key(|(_, label)| rank(label));
        values
    }

    /// The cells of a field's column, when the notice is a table.
    fn column(&self, field: Field) -> impl Iterator<Item = &'a str> {
        self.columns.as_ref().map(|c| c.values(field, self.lines)).unwrap_or_default().into_iter().map(|(_, cell)| cell)
    }

    /// The violation number: the first run of letters and digits behind its label that holds a digit.
    pub(super) fn number(&self) -> Option<String> {
        self.values(Field::Number)
            .into_iter()
            .find_map(|(value, _)| {
                let start = value.find(|c: char| c.is_ascii_alphanumeric()).filter(|i| *i <= 12)?;
                let rest = value.get(start..)?;
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(rest.len());
                let number = rest.get(..end)?.trim_end_matches(['-', '_']);
                (number.len() >= 4 && number.bytes().any(|b| b.is_ascii_digit())).then(|| number.to_owned())
            })
            .or_else(|| self.number_column())
    }

    /// The number in a column of a table, when every row has the same one (a list of many violations has many: then there is none to choose).
    fn number_column(&self) -> Option<String> {
        let mut values = self.column(Field::Number).filter(|v| v.len() >= 4);
        let first = values.next().filter(|v| v.is_ascii() && v.bytes().any(|b| b.is_ascii_digit()))?;
        values.all(|v| v == first).then(|| first.to_owned())
    }

    /// The violation as printed behind its label.
    pub(super) fn violation(&self) -> Option<String> {
        self.values(Field::Violation)
            .into_iter()
            .find_map(|(value, _)| {
                let value = value.split(['，', '。', '；', ';', ',', '\t', '(', ')', '/', '|', '】']).next().unwrap_or("").trim();
                (!value.is_empty() && value.chars().count() <= 60).then(|| value.to_owned())
            })
            .or_else(|| match self.violation_column().as_slice() {
                [(only, _)] => Some(only.clone()),
                _ => None,
            })
    }

    /// The violations that a table names, each once, with its rows, in the table's order.
    pub(super) fn violation_column(&self) -> Vec<(String, usize)> {
        let mut found: Vec<(String, usize)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for cell in self.column(Field::Violation) {
            let place = *places.entry(cell).or_insert(found.len());
            match found.get_mut(place) {
                Some((_, rows)) => *rows += 1,
                None => found.push((cell.to_owned(), 1)),
            }
        }
        found
    }

    /// When it was received: behind a label, or `于<moment>被判定`.
    pub(super) fn received(&self) -> Option<Moment> {
        self.labelled_moment(Field::Received).or_else(|| self.earliest(Field::Received)).or_else(|| self.judged())
    }

    fn labelled_moment(&self, field: Field) -> Option<Moment> {
        self.values(field).into_iter().find_map(|(value, _)| first_moment(value, None).filter(|(at, ..)| *at <= NEAR).map(|(_, m, _)| m))
    }

    /// The earliest moment of a column: of several deadlines the first one counts, too early is safe.
    pub(super) fn earliest(&self, field: Field) -> Option<Moment> {
        let read = |cell: &str| match dates::moment(cell, false) {
            Some(m) => Some(Moment { zone_unknown: !dates::tells_zone(cell), ..m }),
            None => first_moment(cell, None).map(|(_, m, _)| m),
        };
        self.column(field).filter_map(read).min_by_key(|m| m.at)
    }

    fn judged(&self) -> Option<Moment> {
        self.lines.iter().find_map(|line| {
            moments(&line.text, None).into_iter().find_map(|(_, m, end)| {
                let rest = line.lower.get(end..)?.trim_start_matches([' ', ',', '，']);
                self.words.labels.judged.iter().any(|w| rest.starts_with(&w.to_ascii_lowercase())).then_some(m)
            })
        })
    }

    /// The number of orders that the notice states.
    pub(super) fn stated_count(&self) -> Option<u32> {
        let w = &self.words.count;
        self.lines.iter().find_map(|line| {
            let text = &line.lower;
            amounts(text).into_iter().find_map(|(start, amount, end)| {
                let after = text.get(end..)?.trim_start();
                let unit = w.after.iter().filter(|u| after.starts_with(u.as_str())).max_by_key(|u| u.len())?;
                let behind = after.get(unit.len()..)?.trim_start();
                let ahead = text.get(..start)?.trim_end_matches([' ', ':', '(', '(', '有', '计']);
                let step = w.not_before.iter().any(|n| ahead.ends_with(n.as_str())) || w.not_after.iter().any(|n| behind.starts_with(n.as_str()));
                let announced = w.alone.contains(unit) || w.before.iter().any(|b| ahead.ends_with(b.as_str()));
                (!step && amount > 0 && announced).then_some(amount)
            })
        })
    }
}

/// Every date in a text with where it begins and ends. A day without its year (`4月10日`) is read when it is known `since` when it can be.
pub(super) fn moments(text: &str, since: Option<NaiveDate>) -> Vec<(usize, Moment, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some((start, moment, end)) = text.get(from..).and_then(|rest| first_moment(rest, since)) {
        found.push((from + start, moment, from + end));
        from += end;
    }
    found
}

pub(super) fn first_moment(text: &str, since: Option<NaiveDate>) -> Option<(usize, Moment, usize)> {
    let mut inside = false;
    for (i, c) in text.char_indices() {
        if c.is_ascii_alphanumeric()
            && !inside
            && let Some(rest) = text.get(i..)
        {
            let read = dates::prefix(rest).or_else(|| english_dates::prefix(rest)).or_else(|| english_dates::numeric(rest));
            if let Some((moment, used)) = read.or_else(|| since.and_then(|day| without_year(rest, day))) {
                let (moment, used) = in_its_zone(moment, used, text.get(..i).unwrap_or(""), rest);
                return Some((i, moment, i + used));
            }
        }
        inside = c.is_ascii_alphanumeric();
    }
    None
}

/// The moment in the zone that stands beside it. Where none does, the zone is unknown: whether that matters is the platform's.
fn in_its_zone(moment: Moment, used: usize, before: &str, rest: &str) -> (Moment, usize) {
    let after = rest.get(used..).unwrap_or("");
    let unknown = (Moment { zone_unknown: true, ..moment }, used);
    if !moment.has_time {
        return unknown;
    }
    if rest.get(..used).is_some_and(dates::tells_zone) || zones::ends_with_china(before) {
        return (moment, used);
    }
    let Some((zone, more)) = zones::behind(after) else { return unknown };
    zone.from_local_datetime(&moment.at.naive_local()).single().map_or(unknown, |at| (Moment::exact(at), used + more))
}

/// `4月10日 15:00` in the first year in which it is not before `since`.
fn without_year(text: &str, since: NaiveDate) -> Option<(Moment, usize)> {
    let (month, day, time, used) = dates::month_and_day(text)?;
    let date = [since.year(), since.year() + 1].into_iter().filter_map(|y| NaiveDate::from_ymd_opt(y, month, day)).find(|d| *d >= since)?;
    dates::local(date.and_time(time.unwrap_or(NaiveTime::MIN))).map(|at| (Moment { at, has_time: time.is_some(), zone_unknown: false }, used))
}

/// Whole numbers up to six digits, and Chinese numerals up to 九十九, with where they begin and end.
pub(super) fn amounts(text: &str) -> Vec<(usize, u32, usize)> {
    let mut found = Vec::new();
    let mut run: Option<(usize, String)> = None;
    let mut take = |run: &mut Option<(usize, String)>, end: usize| {
        if let Some((start, word)) = run.take()
            && let Some(n) = number(&word)
        {
            found.push((start, n, end));
        }
    };
    for (i, c) in text.char_indices() {
        let chinese = "一二两三四五六七八九十".contains(c);
        let joins = run.as_ref().is_some_and(|(_, w)| w.is_ascii() == c.is_ascii_digit());
        if c.is_ascii_digit() || chinese {
            if !joins {
                take(&mut run, i);
                run = Some((i, String::new()));
            }
            if let Some((_, word)) = &mut run {
                word.push(c);
            }
        } else {
            take(&mut run, i);
        }
    }
    take(&mut run, text.len());
    found
}

fn number(word: &str) -> Option<u32> {
    if word.is_ascii() {
        return if word.len() <= 6 { word.parse().ok() } else { None };
    }
    let digit = |c: char| match c {
        '两' => Some(2),
        c => "零一二三四五六七八九".chars().position(|d| d == c).and_then(|p| u32::try_from(p).ok()),
    };
    match word.split_once('十') {
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { digit(tens.chars().next().filter(|_| tens.chars().count() == 1)?)? };
            let ones = if ones.is_empty() { 0 } else { digit(ones.chars().next().filter(|_| ones.chars().count() == 1)?)? };
            Some(tens * 10 + ones)
        }
        None => digit(word.chars().next().filter(|_| word.chars().count() == 1)?),
    }
}
