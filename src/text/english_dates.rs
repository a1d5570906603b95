//! Dates as English notices write them in running text: `April 9, 2026`, `9 Apr 2026 08:00`, `Apr. 9th, 2026 at 5:30 PM`. Numbers alone
//! (`04/09/2026`) may be day or month first and are not read. Without an offset they are +08:00.

use super::dates::{self, Moment};
use chrono::{NaiveDate, NaiveTime};

const MONTHS: [&str; 12] = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// Reads a date, and a time if one follows, at the beginning of `s`; returns it with the number of bytes used.
pub fn prefix(s: &str) -> Option<(Moment, usize)> {
    let mut rest = Rest { s, at: 0 };
    let (day, month) = match rest.month() {
        Some(month) => {
            rest.skip(&[' ', '.', ','])?;
            (rest.day()?, month)
        }
        None => {
            let day = rest.day()?;
            rest.skip(&[' ', '-', '.'])?;
            (day, rest.month()?)
        }
    };
    rest.skip(&[' ', '.', ',', '-'])?;
    let year = rest.number(4).filter(|y| (1990..=2100).contains(y))?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let end = rest.at;
    let found = |time: Option<NaiveTime>, end: usize| {
        dates::local(date.and_time(time.unwrap_or(NaiveTime::MIN))).map(|at| (Moment { at, has_time: time.is_some(), zone_unknown: false }, end))
    };
    rest.skip(&[' ', ',']);
    if rest.word("at ") {
        rest.skip(&[' ']);
    }
    match rest.time() {
        Some(time) => found(Some(time), rest.at),
        None => found(None, end),
    }
}

/// A date in numbers alone whose parts can stand in one order only, a day above twelve: `25/04/2026 23:59`, `04/25/2026`, `25.04.2026`. Gives the moment
/// and the number of bytes used; `None` for `04/05/2026`, which nobody can tell.
pub fn numeric(s: &str) -> Option<(Moment, usize)> {
    numeric_in(s, None)
}

/// Is the day above twelve and first (`Some(true)`) or second in a date of numbers at the beginning of `s`?
pub fn shows_order(s: &str) -> Option<bool> {
    let day_first = numeric_in(s, Some(true)).map(|(m, _)| m.at.date_naive());
    let month_first = numeric_in(s, Some(false)).map(|(m, _)| m.at.date_naive());
    // where both readings give one day, it was read without the order, and one of the numbers is no month
    let day = day_first.filter(|day| month_first == Some(*day)).map(|d| chrono::Datelike::day(&d)).filter(|day| *day > 12)?;
    let first: u32 = s.get(..s.bytes().take_while(u8::is_ascii_digit).count())?.parse().ok()?;
    Some(first == day)
}

/// [`numeric`] where the order of day and month is known otherwise.
pub fn numeric_in(s: &str, day_first: Option<bool>) -> Option<(Moment, usize)> {
    let mut rest = Rest { s, at: 0 };
    let first = rest.number(2)?;
    let separator = rest.left().chars().next().filter(|c| matches!(c, '/' | '.' | '-'))?;
    rest.skip(&[separator])?;
    let second = rest.number(2)?;
    rest.skip(&[separator])?;
    let year = rest.number(4).filter(|y| (1990..=2100).contains(y))?;
    let (day, month) = if first > 12 {
        (first, second)
    } else if second > 12 || first == second {
        (second, first)
    } else if day_first? {
        (first, second)
    } else {
        (second, first)
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let end = rest.at;
    rest.skip(&[' ', ',']);
    if rest.word("at ") {
        rest.skip(&[' ']);
    }
    let time = rest.time();
    let end = if time.is_some() { rest.at } else { end };
    dates::local(date.and_time(time.unwrap_or(NaiveTime::MIN))).map(|at| (Moment { at, has_time: time.is_some(), zone_unknown: false }, end))
}

struct Rest<'a> {
    s: &'a str,
    at: usize,
}

impl Rest<'_> {
    fn left(&self) -> &str {
        self.s.get(self.at..).unwrap_or("")
    }

    /// Skips signs; `None` when there is none to skip.
    fn skip(&mut self, signs: &[char]) -> Option<()> {
        let before = self.left().len();
        let after = self.left().trim_start_matches(signs).len();
        self.at += before - after;
        (after < before).then_some(())
    }

    fn word(&mut self, word: &str) -> bool {
        let has = self.left().get(..word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word));
        self.at += if has { word.len() } else { 0 };
        has
    }

    /// Exactly `digits` digits, or one or two.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let run = self.left().bytes().take_while(u8::is_ascii_digit).count();
        let fits = run == digits || (digits == 2 && run == 1);
        let number = self.left().get(..run).filter(|_| fits)?.parse().ok()?;
        self.at += run;
        Some(number)
    }

    fn day(&mut self) -> Option<u32> {
        let day = self.number(2)?;
        for ending in ["st", "nd", "rd", "th"] {
            if self.word(ending) {
                break;
            }
        }
        Some(day)
    }

    fn month(&mut self) -> Option<u32> {
        let length = self.left().bytes().take_while(u8::is_ascii_alphabetic).count();
        let word = self.left().get(..length).filter(|w| w.len() >= 3)?.to_ascii_lowercase();
        let month = MONTHS.iter().position(|m| *m == word || (m.starts_with(&word) && (word.len() == 3 || word == "sept")))?;
        self.at += length;
        u32::try_from(month + 1).ok()
    }

    /// `08:00`, `8:00:05`, `5:30 PM`, `5 PM`.
    fn time(&mut self) -> Option<NaiveTime> {
        let mut hour = self.number(2)?;
        let (mut minute, mut second) = (None, 0);
        if self.word(":") {
            minute = Some(self.number(2)?);
            if self.word(":") {
                second = self.number(2)?;
            }
        }
        let end = self.at;
        self.skip(&[' ']);
        let half = if self.word("pm") || self.word("p.m.") {
            Some(12)
        } else if self.word("am") || self.word("a.m.") {
            Some(0)
        } else {
            self.at = end;
            None
        };
        if let Some(half) = half.filter(|_| (1..=12).contains(&hour)) {
            hour = hour % 12 + half;
        }
        // a bare number is no time of day
        if minute.is_none() && half.is_none() {
            return None;
        }
        NaiveTime::from_hms_opt(hour, minute.unwrap_or(0), second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_where_they_can_stand_in_one_order_only() {
        let read = |s: &str| numeric(s).map(|(m, used)| (m.at.format("%Y-%m-%d %H:%M").to_string(), m.has_time, used));
        for (text, expected, timed, used) in [
            ("25/04/2026 23:59", "2026-04-25 23:59", true, 16),
            ("04/25/2026", "2026-04-25 00:00", false, 10),
            ("25.04.2026, or later", "2026-04-25 00:00", false, 10),
            ("04/04/2026 at 6:00 PM.", "2026-04-04 18:00", true, 21),
        ] {
            assert_eq!(read(text), Some((expected.to_owned(), timed, used)), "{text}");
        }
        for text in ["04/05/2026", "25/13/2026", "25/04/26", "2026/04/25", "25-04/2026", "31/04/2026", "1234/04/2026"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_above_twelve_shows_the_order() {
        let read = |s: &str, order| numeric_in(s, order).map(|(m, _)| m.at.format("%m-%d").to_string());
        assert_eq!((shows_order("29-07-2026 11:20"), shows_order("07/29/2026"), shows_order("03-08-2026")), (Some(true), Some(false), None));
        assert_eq!((read("03-08-2026", Some(true)).as_deref(), read("03-08-2026", Some(false)).as_deref()), (Some("08-03"), Some("03-08")));
        assert_eq!(read("03-08-2026", None), None);
    }

    #[test]
    fn reads_the_forms_and_nothing_else() {
        let read = |s: &str| {
            prefix(s).map(|(m, used)| (if m.has_time { m.at.format("%Y-%m-%d %H:%M").to_string() } else { m.at.format("%Y-%m-%d").to_string() }, used))
        };
        for (text, expected, used) in [
            ("April 9, 2026", "2026-04-09", 13),
            ("Apr 9 2026 08:00 (UTC+8)", "2026-04-09 08:00", 16),
            ("9 April 2026.", "2026-04-09", 12),
            ("09-Apr-2026", "2026-04-09", 11),
            ("Sept. 1st, 2026 at 5:30 PM", "2026-09-01 17:30", 26),
            ("May 3, 2026 12 am", "2026-05-03 00:00", 17),
            ("April 9, 2026 3 orders", "2026-04-09", 13),
        ] {
            assert_eq!(read(text), Some((expected.to_owned(), used)), "{text}");
        }
        for text in ["", "April", "Aprils 9, 2026", "04/09/2026", "9 2026", "Feb 30, 2026", "Apr 9, 26"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
