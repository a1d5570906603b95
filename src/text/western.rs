//! Dates as platforms outside China write them: a month's name (`Jul-25-26`, `02 Jan 2006 15:04`), or day and month as numbers before the year, whose
//! order only the region or the rest of the table tells.

use super::dates::{Moment, china};
use crate::model::Time;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone as _};

/// What a date like `03/04/2026` says of the order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The first number is above 12.
    DayFirst,
    /// The second number is above 12.
    MonthFirst,
    /// Either is possible.
    Either,
}

/// Which order a cell shows, if it is a date of two numbers before a year.
pub fn order_of(cell: &str) -> Option<Order> {
    let (first, second, ..) = numeric(cell)?;
    match (first > 12, second > 12) {
        (true, true) => None,
        (true, false) => Some(Order::DayFirst),
        (false, true) => Some(Order::MonthFirst),
        (false, false) if first == second => None,
        (false, false) => Some(Order::Either),
    }
}

/// Reads `25/12/2026 13:05:06`, `12-25-2026 1:05 PM`, `4/1/26`. Where day and month could be either and `day_first` is unknown, nothing is read.
pub fn numbered(cell: &str, day_first: Option<bool>) -> Option<Moment> {
    let (first, second, year, rest) = numeric(cell)?;
    let day_first = match (first > 12, second > 12) {
        (true, false) => true,
        (false, true) => false,
        _ if first == second => true,
        _ => day_first?,
    };
    let (day, month) = if day_first { (first, second) } else { (second, first) };
    at(NaiveDate::from_ymd_opt(year, month, day)?, rest)
}

/// The numbers of a date and what follows it.
fn numeric(cell: &str) -> Option<(u32, u32, i32, &str)> {
    let s = cell.trim();
    if s.len() > 40 {
        return None;
    }
    let (first, _, rest) = number(s)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '/' | '-' | '.'))?;
    let (second, _, rest) = number(rest.get(1..)?)?;
    let (year, digits, rest) = number(rest.strip_prefix(separator)?)?;
    let year = year_of(year, digits)?;
    (first >= 1 && second >= 1 && first <= 31 && second <= 31 && (rest.is_empty() || rest.starts_with([' ', 'T', ',']))).then_some((first, second, year, rest))
}

/// A number of up to four digits, how many, and the rest.
fn number(s: &str) -> Option<(u32, usize, &str)> {
    let end = s.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=4).contains(&end) {
        return None;
    }
    Some((s.get(..end)?.parse().ok()?, end, s.get(end..)?))
}

/// Two digits are of this century; no marketplace is older.
fn year_of(year: u32, digits: usize) -> Option<i32> {
    let year = if digits == 2 { year + 2000 } else { year };
    (1990..=2100).contains(&year).then_some(i32::try_from(year).ok()?)
}

/// Reads a date with an English month's name: `Jul-25-26`, `25 Jul 2026`, `02 Jan 2006 15:04`, `Jul 25, 2026 1:05:06 PM PDT`, and RFC 2822.
pub fn named(cell: &str) -> Option<Moment> {
    let s = cell.trim();
    if s.len() > 48 || !s.bytes().any(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    // with a zone in numbers only: by its name, CST would be Chicago's
    if s.rsplit(' ').next().is_some_and(|zone| zone.starts_with(['+', '-']))
        && let Ok(at) = DateTime::parse_from_rfc2822(s)
    {
        return Some(Moment::exact(at));
    }
    let (first, rest) = word(s)?;
    let (second, rest) = word(rest)?;
    let (third, rest) = word(rest)?;
    let (month, day) = match (month_of(first), month_of(second)) {
        (Some(month), None) => (month, second),
        (None, Some(month)) => (month, first),
        _ => return None,
    };
    let day: u32 = day.parse().ok()?;
    let year = year_of(third.parse().ok()?, third.len())?;
    at(NaiveDate::from_ymd_opt(year, month, day)?, rest)
}

/// A word up to a blank, dash, slash or comma, and what follows these.
fn word(s: &str) -> Option<(&str, &str)> {
    let end = s.find([' ', '-', '/', ',']).unwrap_or(s.len());
    let word = s.get(..end).filter(|w| !w.is_empty())?;
    let rest = s.get(end..)?;
    // a clock and its sign must stay whole
    Some((word, rest.trim_start_matches([' ', '-', '/', ','])))
}

fn month_of(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    let word = word.to_ascii_lowercase();
    let word = word.trim_end_matches('.');
    (word.len() >= 3).then(|| (1..).zip(MONTHS).find(|(_, m)| m.starts_with(word) || (word == "sept" && *m == "september")).map(|(n, _)| n)).flatten()
}

/// The date with the clock that follows it, if one does; the whole rest must be a clock.
fn at(date: NaiveDate, rest: &str) -> Option<Moment> {
    let rest = rest.trim_start_matches([',', 'T']).trim();
    if rest.is_empty() {
        return china().from_local_datetime(&date.and_time(NaiveTime::MIN)).single().map(Moment::day);
    }
    let upper = rest.to_ascii_uppercase();
    let (upper, zone) = zone_of(&upper)?;
    let (clock, half) = match upper.strip_suffix("AM").or_else(|| upper.strip_suffix("A.M.")) {
        Some(clock) => (clock, Some(0)),
        None => upper.strip_suffix("PM").or_else(|| upper.strip_suffix("P.M.")).map_or((upper, None), |clock| (clock, Some(12))),
    };
    let mut parts = clock.trim().split(':');
    let hour: u32 = parts.next()?.parse().ok()?;
    let minute: u32 = parts.next()?.parse().ok()?;
    let second: u32 = match parts.next() {
        Some(s) => s.split('.').next()?.parse().ok()?,
        None => 0,
    };
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(more) => hour % 12 + more,
        None => hour,
    };
    let naive = date.and_time(NaiveTime::from_hms_opt(hour, minute, second)?);
    let at: Time = zone.from_local_datetime(&naive).single()?;
    parts.next().is_none().then_some(Moment::exact(at))
}

/// Takes a zone off the end: a number, or a name that means one zone only (CST is Chicago's and China's, so it is refused).
fn zone_of(s: &str) -> Option<(&str, FixedOffset)> {
    let name: &str = s.get(s.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len()..)?;
    if let Some(zone) = super::zones::named(name) {
        return Some((s.strip_suffix(name)?.trim_end(), zone));
    }
    if let Some(sign) = s.rfind(['+', '-']) {
        let (clock, said) = s.split_at_checked(sign)?;
        let (zone, _) = super::zones::offset(said, 2).filter(|(_, used)| *used == said.len())?;
        return Some((clock.trim_end(), zone));
    }
    Some((s, china()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(moment: Option<Moment>) -> Option<String> {
        moment.map(|m| if m.has_time { m.at.to_rfc3339() } else { m.at.date_naive().to_string() })
    }

    #[test]
    fn months_have_names() {
        for (text, expected) in [
            ("Jul-25-26", "2026-07-25"),
            ("25-Jul-26", "2026-07-25"),
            ("02 Jan 2006 15:04", "2006-01-02T15:04:00+08:00"),
            ("Jul 25, 2026 1:05:06 PM PDT", "2026-07-25T13:05:06-07:00"),
            ("12 Sept 2026 12:00 AM", "2026-09-12T00:00:00+08:00"),
            ("Sat, 25 Jul 2026 13:05:06 +0000", "2026-07-25T13:05:06+00:00"),
        ] {
            assert_eq!(said(named(text)).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "May", "Order 12 2026", "Jul-32-26", "Jul-25-26 x", "25 Jul 2026 10:00 CST", "mar"] {
            assert_eq!(said(named(text)), None, "{text}");
        }
    }

    #[test]
    fn numbers_before_the_year_need_an_order() {
        assert_eq!(said(numbered("25/12/2026 13:05:06", None)).as_deref(), Some("2026-12-25T13:05:06+08:00"));
        assert_eq!(said(numbered("12/25/2026 1:05 PM", None)).as_deref(), Some("2026-12-25T13:05:00+08:00"));
        assert_eq!(said(numbered("03/04/2026", None)), None);
        assert_eq!(said(numbered("03/04/2026", Some(true))).as_deref(), Some("2026-04-03"));
        assert_eq!(said(numbered("3/4/26 8:00", Some(false))).as_deref(), Some("2026-03-04T08:00:00+08:00"));
        assert_eq!(
            (order_of("03/04/2026"), order_of("13/04/2026"), order_of("04/13/2026 1:00")),
            (Some(Order::Either), Some(Order::DayFirst), Some(Order::MonthFirst))
        );
        for text in ["2026/3/4", "1.2.3", "13800000001", "13/13/2026", "1/2/2026x", "192.168.1.1"] {
            assert_eq!((said(numbered(text, Some(true))), order_of(text)), (None, None), "{text}");
        }
    }
}
