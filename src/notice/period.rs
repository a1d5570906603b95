//! Until when an appeal is possible, as the notice says it: a moment, or a period from the receipt. What is said and cannot be read is told as such and never
//! replaced by what the platform's rules usually give.

use super::fields::{Fields, NEAR, amounts, moments};
use super::words::Field;
use crate::model::Time;
use crate::text::dates::Moment;
use chrono::{Duration, NaiveDate};

/// Of a value that could not be read so much is quoted, in characters.
const QUOTED: usize = 40;

/// "within N days" as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Within {
    /// The number said.
    pub amount: u32,
    /// Hours instead of days.
    pub hours: bool,
}

impl Within {
    /// The end, counted from `from`. Working days are counted as natural days: too early is safe, too late is not.
    pub(super) fn end(self, from: Time) -> Time {
        if self.hours { from + Duration::hours(i64::from(self.amount)) } else { from + Duration::days(i64::from(self.amount)) }
    }

    /// Days, a begun one counted as a whole.
    pub(super) fn days(self) -> u32 {
        if self.hours { self.amount.div_ceil(24) } else { self.amount }
    }
}

/// Between the clauses of a sentence.
const COMMAS: [char; 2] = ['，', ','];

/// A sentence's clauses and where words stand in them, looked for once: a text without a full stop is one sentence.
struct Clauses {
    /// Bytes at which clauses begin, without the first.
    begins: Vec<usize>,
    /// Of each word the places where it stands.
    words: Vec<Vec<(usize, usize)>>,
}

impl Clauses {
    fn of(sentence: &str, words: &[String]) -> Self {
        let places = |word: &String| sentence.match_indices(word.as_str()).map(|(at, word)| (at, at + word.len())).collect();
        Clauses { begins: sentence.match_indices(COMMAS).map(|(at, comma)| at + comma.len()).collect(), words: words.iter().map(places).collect() }
    }

    /// Does one of the words stand before this byte, in the clause that leads to it?
    fn says_before(&self, end: usize) -> bool {
        let begin = self.begins.get(..self.begins.partition_point(|at| *at <= end)).and_then(<[usize]>::last).copied().unwrap_or(0);
        self.words.iter().any(|places| {
            let before = places.get(..places.partition_point(|(_, to)| *to <= end)).unwrap_or_default();
            before.last().is_some_and(|(from, _)| *from >= begin)
        })
    }
}

impl Fields<'_> {
    /// A stated moment until which an appeal is possible; a bare day lasts until its end, a day without a year is the next one from `since` on.
    pub(super) fn deadline(&self, since: Option<NaiveDate>) -> Option<Moment> {
        let moment = self.labelled_deadline(since).or_else(|| self.earliest(Field::Deadline)).or_else(|| self.before(since))?;
        Some(if moment.has_time { moment } else { Moment { at: moment.at + Duration::seconds(86_399), ..moment } })
    }

    /// The moment behind the label of a deadline; of a span (`… 至 …`) its end.
    fn labelled_deadline(&self, since: Option<NaiveDate>) -> Option<Moment> {
        self.values(Field::Deadline).into_iter().find_map(|(value, _)| {
            let found = moments(value, since);
            let (start, mut moment, mut end) = *found.first()?;
            if start > NEAR {
                return None;
            }
            for (from, next, to) in found.into_iter().skip(1) {
                let between = value.get(end..from)?.trim();
                if !self.words.relative.span.iter().any(|w| w == between) {
                    break;
                }
                (moment, end) = (next, to);
            }
            Some(moment)
        })
    }

    /// What stands behind the label of a deadline and holds figures that say no moment and no period.
    pub(super) fn unread_deadline(&self) -> Option<String> {
        self.hits.iter().zip(self.lines).find_map(|(hits, line)| {
            let hit = hits.iter().find(|h| h.field == Field::Deadline)?;
            let value: String = line.text.get(hit.colon?..)?.trim().chars().take(QUOTED).collect();
            value.bytes().any(|b| b.is_ascii_digit()).then_some(value)
        })
    }

    /// `请于2026-04-12 23:59:59前提交申诉`.
    fn before(&self, since: Option<NaiveDate>) -> Option<Moment> {
        self.lines.iter().find_map(|line| {
            if !self.words.relative.anchors.iter().any(|a| line.lower.contains(a.as_str())) {
                return None;
            }
            moments(&line.text, since).into_iter().find_map(|(start, m, end)| {
                let after = line.text.get(end..)?.trim_start();
                let ahead = line.lower.get(..start)?.trim_end();
                let english = self.words.relative.until.iter().any(|w| ahead.ends_with(w.as_str()));
                let closes = self.words.relative.closes.iter().any(|w| after.starts_with(w.as_str()));
                (closes || english).then_some(m)
            })
        })
    }

    /// "within N days" of the notice, in a sentence about appealing.
    pub(super) fn within(&self) -> Option<Within> {
        // a sentence may run over a line's end
        let text: String = self.lines.iter().map(|l| l.lower.trim()).collect::<Vec<_>>().join(" ");
        text.split(['。', '！', '!', '；', ';']).find_map(|sentence| self.within_sentence(sentence)).or_else(|| self.labelled_period())
    }

    /// `申诉时效：24小时`: behind the label of a deadline the unit is enough, unless it may be a date.
    fn labelled_period(&self) -> Option<Within> {
        let w = &self.words.relative;
        self.values(Field::Deadline).into_iter().find_map(|(value, _)| {
            let value = value.to_ascii_lowercase();
            if w.left.iter().any(|l| value.contains(l.as_str())) {
                return None;
            }
            // the first number speaks; what stands in brackets behind it says the same again
            amounts(&value).into_iter().find(|(_, amount, _)| (1..=365).contains(amount)).and_then(|(_, amount, end)| {
                let unit = value.get(end..)?.trim_start();
                let behind = |units: &[String]| units.iter().filter_map(|u| unit.strip_prefix(u.as_str())).min_by_key(|after| after.len());
                let (after, hours) = behind(&w.days).map(|after| (after, false)).or_else(|| behind(&w.hours).map(|after| (after, true)))?;
                let inside = w.inside.iter().any(|i| after.trim_start().starts_with(i.as_str()));
                // 12日 is a day of the calendar, 12日内 a number of days; and 1天13小时 is more than a day
                let calendar = !inside && w.dates.iter().any(|d| unit.starts_with(d.as_str()));
                let after = after.split(['（', '(']).next().unwrap_or("");
                (!calendar && !after.chars().any(char::is_numeric)).then_some(Within { amount, hours })
            })
        })
    }

    fn within_sentence(&self, sentence: &str) -> Option<Within> {
        let w = &self.words.relative;
        if !w.anchors.iter().any(|a| sentence.contains(a.as_str())) {
            return None;
        }
        let clauses = Clauses::of(sentence, &w.not_before);
        for (start, amount, end) in amounts(sentence) {
            let rest = sentence.get(end..)?.trim_start_matches(['个', ' ']);
            let with_unit = sentence.get(end..)?.trim_start();
            let unit = |units: &[String]| {
                units.iter().filter_map(|u| with_unit.strip_prefix(u.as_str()).or_else(|| rest.strip_prefix(u.as_str()))).min_by_key(|after| after.len())
            };
            let (after, hours) = match (unit(&w.days), unit(&w.hours)) {
                (Some(after), _) => (after, false),
                (None, Some(after)) => (after, true),
                _ => continue,
            };
            let ahead = sentence.get(..start)?.trim_end();
            let inside = w.inside.iter().filter_map(|i| after.trim_start().strip_prefix(i.as_str())).min_by_key(|a| a.len());
            let Some(after) = inside.or_else(|| ahead.ends_with(w.within.as_str()).then_some(after)) else { continue };
            let soon: String = after.chars().take_while(|c| !COMMAS.contains(c)).take(12).collect();
            if clauses.says_before(ahead.len()) || w.not_after.iter().any(|n| soon.contains(n.as_str())) || amount == 0 || amount > 365 {
                continue;
            }
            return Some(Within { amount, hours });
        }
        None
    }
}
