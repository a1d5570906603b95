//! Dates and times as Chinese exports, traces, chats and notices write them. Without an offset they are +08:00.

use super::width::narrow;
use super::zones;
pub use crate::model::Moment;
use crate::model::Time;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};

/// +08:00.
pub fn china() -> FixedOffset {
    const SECONDS: i32 = 8 * 3600;
    FixedOffset::east_opt(SECONDS).unwrap_or_else(|| chrono::Utc.fix_offset())
}

trait FixUtc {
    fn fix_offset(&self) -> FixedOffset;
}

impl FixUtc for chrono::Utc {
    fn fix_offset(&self) -> FixedOffset {
        use chrono::Offset as _;
        chrono::Utc.fix()
    }
}

/// The day in China.
pub fn day(at: Time) -> NaiveDate {
    at.with_timezone(&china()).date_naive()
}

/// A month's day without its year, and a time of day if one follows: `4月10日 15:00`, `4月10日下午3点`. Gives month, day, time and the bytes used.
pub fn month_and_day(s: &str) -> Option<(u32, u32, Option<NaiveTime>, usize)> {
    // no further than a month has digits: this is asked at every word of a text
    let (at, _) = s.char_indices().take(3).find(|(_, c)| *c == '月')?;
    let (month, rest) = (s.get(..at)?, s.get(at..)?.strip_prefix('月')?);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let number = |text: &str| (1..=2).contains(&text.len()).then(|| text.parse::<u32>().ok()).flatten();
    let month = number(month).filter(|m| (1..=12).contains(m))?;
    let day = number(rest.get(..digits(rest))?).filter(|d| (1..=31).contains(d))?;
    let rest = rest.get(digits(rest)..)?;
    let rest = rest.strip_prefix('日').or_else(|| rest.strip_prefix('号'))?;
    let used = s.len() - rest.len();
    let ahead = rest.trim_start_matches(' ');
    Some(match clock(ahead) {
        Some((time, more)) => (month, day, Some(time), s.len() - ahead.len() + more),
        None => (month, day, None, used),
    })
}

/// A time with the offset that China uses.
pub fn local(naive: NaiveDateTime) -> Option<Time> {
    china().from_local_datetime(&naive).single()
}

/// A moment in a chrono `pattern`. One whose file names another offset than +08:00 says so behind it (`2026-04-01 20:04 UTC-5`): it is shown as the file
/// writes it, and yet two moments of different zones do not seem to contradict each other.
pub fn shown(at: Time, pattern: &str) -> String {
    let text = at.format(pattern).to_string();
    let seconds = at.offset().local_minus_utc();
    if seconds == china().local_minus_utc() {
        return text;
    }
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{text} UTC"),
        (hours, 0) => format!("{text} UTC{sign}{hours}"),
        (hours, minutes) => format!("{text} UTC{sign}{hours}:{minutes:02}"),
    }
}

/// To the minute, or the day where no more was said.
pub fn shown_moment(moment: Moment) -> String {
    if moment.has_time { shown(moment.at, "%Y-%m-%d %H:%M") } else { moment.at.format("%Y-%m-%d").to_string() }
}

/// Two moments of which a message says that one was before the other: to the second where they would read alike to the minute.
pub fn told_apart(a: Moment, b: Moment) -> (String, String) {
    let minutes = (shown_moment(a), shown_moment(b));
    if minutes.0 != minutes.1 || !a.has_time || !b.has_time {
        return minutes;
    }
    (shown(a.at, "%Y-%m-%d %H:%M:%S"), shown(b.at, "%Y-%m-%d %H:%M:%S"))
}

/// Does a cell that holds a time say in which zone: an offset or a name behind the clock, or seconds of unix, which have none.
pub fn tells_zone(cell: &str) -> bool {
    let cleaned = narrow(&super::ids::cleaned(cell));
    let s = cleaned.trim();
    if !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()) {
        return matches!(s.len(), 10 | 13);
    }
    let Some((_, behind)) = s.split_once(':') else { return false };
    let name: String = behind.chars().rev().take_while(char::is_ascii_alphabetic).collect();
    behind.contains(['+', '-']) || !name.is_empty() && !name.eq_ignore_ascii_case("ma") && !name.eq_ignore_ascii_case("mp")
}

/// Reads one cell: `2026-04-01 20:04:11`, `2026/4/1 8:00`, `2026年4月1日 20时04分`, `2026.04.01`, `20260401`, `2018-03-0420:47:15`,
/// `20260401200411`, clocks of twelve hours (`下午8:05`, `8:05 PM`), RFC 3339, a month's English name ([`super::western`]), unix seconds or milliseconds (10 or 13 digits), Excel serial days (`46113.5`, only when `serial`). The whole cell must be the date.
pub fn moment(cell: &str, serial: bool) -> Option<Moment> {
    if let Some(moment) = usual(cell.as_bytes()) {
        return Some(moment);
    }
    let cleaned = narrow(&super::ids::cleaned(cell));
    let s = cleaned.trim();
    if s.is_empty() || s.len() > 40 {
        return None;
    }
    if s.contains('T')
        && let Ok(t) = DateTime::parse_from_rfc3339(s)
    {
        return Some(Moment::exact(t));
    }
    if let Some((m, used)) = prefix(s)
        && used == s.len()
    {
        return Some(m);
    }
    if let Some(m) = super::western::named(s) {
        return Some(m);
    }
    if s.bytes().all(|b| b.is_ascii_digit()) {
        if s.len() == 14 {
            // 20260401200411
            let naive = NaiveDateTime::parse_from_str(s, "%Y%m%d%H%M%S").ok().filter(|n| (1990..=2100).contains(&chrono::Datelike::year(n)))?;
            return local(naive).map(Moment::exact);
        }
        let n: i64 = s.parse().ok()?;
        let seconds = match s.len() {
            10 => Some(n),
            13 => Some(n / 1000),
            _ => None,
        };
        if let Some(at) = seconds.and_then(|n| china().timestamp_opt(n, 0).single()) {
            return Some(Moment::exact(at));
        }
    }
    if serial
        && let Ok(days) = s.parse::<f64>()
        && (20_000.0..80_000.0).contains(&days)
    {
        let seconds = (days * 86_400.0).round() as i64;
        let base = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(NaiveTime::MIN);
        let at = local(base + chrono::Duration::seconds(seconds))?;
        return Some(Moment { at, has_time: seconds % 86_400 != 0, zone_unknown: false });
    }
    None
}

/// `2026-04-01 20:04:11` and nothing else: what nearly every export writes, read without a copy.
fn usual(cell: &[u8]) -> Option<Moment> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ', h1, h2, b':', n1, n2, b':', s1, s2] = *cell else { return None };
    let number = |digits: &[u8]| digits.iter().try_fold(0_u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')));
    let year = number(&[y1, y2, y3, y4]).filter(|y| (1990..=2100).contains(y))?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(&[m1, m2])?, number(&[d1, d2])?)?;
    let time = NaiveTime::from_hms_opt(number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?)?;
    local(date.and_time(time)).map(Moment::exact)
}

/// Reads a date, and a time if one follows, at the beginning of `s`; returns it with the number of bytes used. `s` must be narrowed
/// ([`super::width::narrow_char`] keeps offsets in characters).
pub fn prefix(s: &str) -> Option<(Moment, usize)> {
    let b = s.as_bytes();
    let mut i = 0;
    let number = |i: &mut usize, min: usize, max: usize| -> Option<u32> {
        let start = *i;
        while *i < b.len() && *i - start < max && b[*i].is_ascii_digit() {
            *i += 1;
        }
        if *i - start < min { None } else { s.get(start..*i)?.parse().ok() }
    };
    let year = number(&mut i, 4, 4)?;
    if !(1990..=2100).contains(&year) {
        return None;
    }
    let (month, day);
    if b.get(i).is_some_and(u8::is_ascii_digit) {
        // 20260401
        month = number(&mut i, 2, 2)?;
        day = number(&mut i, 2, 2)?;
        if b.get(i).is_some_and(u8::is_ascii_digit) {
            return None;
        }
    } else {
        let separator = s.get(i..)?.chars().next()?;
        if !matches!(separator, '-' | '/' | '.' | '年') {
            return None;
        }
        i += separator.len_utf8();
        month = number(&mut i, 1, 2)?;
        let second = s.get(i..)?.chars().next()?;
        if !(second == separator || (separator == '年' && second == '月')) {
            return None;
        }
        i += second.len_utf8();
        day = number(&mut i, 1, 2)?;
        if separator == '年' && s.get(i..).is_some_and(|r| r.starts_with('日')) {
            i += '日'.len_utf8();
        }
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    // a time of day: after a blank, a `T`, or glued to a two-digit day (2018-03-0420:47:15)
    let mut j = i;
    while b.get(j).is_some_and(|c| matches!(c, b' ' | b'\t' | b'T')) {
        j += 1;
    }
    if let Some((time, used)) = s.get(j..).and_then(clock) {
        let mut end = j + used;
        let naive = date.and_time(time);
        // an offset, when one follows: `-0400`, `+08:00`
        let clock = s.get(j..end).unwrap_or_default();
        let exact = clock.matches([':', '：']).count() > 1 || s.get(i..j).is_some_and(|gap| gap.contains('T'));
        if let Some((offset, used)) = s.get(end..).and_then(|rest| zones::of_date(rest, exact)) {
            end += used;
            if let Some(at) = offset.from_local_datetime(&naive).single() {
                return Some((Moment::exact(at), end));
            }
        }
        return local(naive).map(|at| (Moment::exact(at), end));
    }
    local(date.and_time(NaiveTime::MIN)).map(|at| (Moment::day(at), i))
}

/// Words before a time of day on a clock of twelve hours, and whether they mean its later half. 中午 is of its own kind: 11 and 12 stay, 1 and 2 are later.
const HALVES: [(&str, Half); 16] = [
    ("凌晨", Half::Early),
    ("清晨", Half::Early),
    ("早上", Half::Early),
    ("早晨", Half::Early),
    ("上午", Half::Early),
    ("午前", Half::Early),
    ("中午", Half::Noon),
    ("正午", Half::Noon),
    ("下午", Half::Late),
    ("午后", Half::Late),
    ("午後", Half::Late),
    ("傍晚", Half::Late),
    ("晚上", Half::Late),
    ("晚间", Half::Late),
    ("夜间", Half::Late),
    ("晚", Half::Late),
];

/// A half of the day, or what lies around its middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Before noon; twelve is midnight, as spreadsheets write it.
    Early,
    /// Around noon: eleven and twelve stay, one and two are later.
    Noon,
    /// After noon.
    Late,
}

impl Half {
    /// The half that a text begins with, and the bytes of its word.
    pub fn at_start(s: &str) -> Option<(Half, usize)> {
        HALVES.iter().find(|(word, _)| s.starts_with(word)).map(|(word, half)| (*half, word.len()))
    }

    /// An hour of this half on the clock of 24 hours.
    pub fn hour(self, hour: u32) -> u32 {
        match self {
            Half::Early if hour == 12 => 0,
            Half::Late if (1..12).contains(&hour) => hour + 12,
            Half::Noon if (1..5).contains(&hour) => hour + 12,
            _ => hour,
        }
    }
}

/// A time of day at the beginning of `s`, on a clock of 24 hours or of twelve: `20:04`, `下午8:04`, `8:04:05 PM`, `下午3点半`. Twelve in the first half is
/// midnight, as spreadsheets write it.
pub fn clock(s: &str) -> Option<(NaiveTime, usize)> {
    let (rest, half) = match Half::at_start(s) {
        Some((half, word)) => (s.get(word..)?.trim_start_matches(' '), Some(half)),
        None => (s, None),
    };
    let skipped = s.len() - rest.len();
    let (time, used) = full_clock(rest)?;
    let mut end = skipped + used;
    let half = half.or_else(|| {
        let after = s.get(end..)?;
        let word = after.trim_start_matches(' ');
        let (half, length) = [("a.m.", Half::Early), ("p.m.", Half::Late), ("am", Half::Early), ("pm", Half::Late)]
            .into_iter()
            .find_map(|(name, half)| word.get(..name.len()).filter(|w| w.eq_ignore_ascii_case(name)).map(|w| (half, w.len())))?;
        let beyond = word.get(length..)?;
        if beyond.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        end += after.len() - beyond.len();
        Some(half)
    });
    use chrono::Timelike as _;
    let hour = half.map_or(time.hour(), |half| half.hour(time.hour()));
    Some((time.with_hour(hour)?, end))
}

/// `20:04`, `8:00:05`, `20时04分`, `20:04:11.120`, `15点整`, `3点半` at the beginning of `s`.
fn full_clock(s: &str) -> Option<(NaiveTime, usize)> {
    let b = s.as_bytes();
    let digits = |from: usize| b.iter().skip(from).take(2).take_while(|c| c.is_ascii_digit()).count();
    let n = digits(0);
    if n == 0 {
        return None;
    }
    let hour: u32 = s.get(..n)?.parse().ok()?;
    let mut i = n;
    let separator = s.get(i..)?.chars().next()?;
    if !matches!(separator, ':' | '：' | '时' | '点') {
        return None;
    }
    i += separator.len_utf8();
    let n = digits(i);
    if n == 0 {
        if separator == ':' || separator == '：' {
            return None;
        }
        let (minute, word) = if s.get(i..)?.starts_with('半') {
            (30, '半'.len_utf8())
        } else if s.get(i..)?.starts_with('整') {
            (0, '整'.len_utf8())
        } else {
            (0, 0)
        };
        let time = if hour == 24 && minute == 0 { NaiveTime::from_hms_opt(23, 59, 59) } else { NaiveTime::from_hms_opt(hour, minute, 0) };
        return time.map(|t| (t, i + word));
    }
    let minute: u32 = s.get(i..i + n)?.parse().ok()?;
    i += n;
    if s.get(i..)?.starts_with('分') {
        i += '分'.len_utf8();
    }
    let mut second = 0;
    if matches!(b.get(i), Some(b':'))
        || s.get(i..).is_some_and(|r| r.starts_with('：'))
        || (b.get(i).is_some_and(u8::is_ascii_digit) && s.get(..i)?.ends_with('分'))
    {
        let skip = if b.get(i) == Some(&b':') {
            1
        } else if s.get(i..).is_some_and(|r| r.starts_with('：')) {
            '：'.len_utf8()
        } else {
            0
        };
        let n = digits(i + skip);
        if n > 0 {
            second = s.get(i + skip..i + skip + n)?.parse().ok()?;
            i += skip + n;
            if s.get(i..)?.starts_with('秒') {
                i += '秒'.len_utf8();
            }
            if b.get(i) == Some(&b'.') {
                let fraction = b.iter().skip(i + 1).take_while(|c| c.is_ascii_digit()).count();
                if fraction > 0 {
                    i += 1 + fraction;
                }
            }
        }
    }
    if hour == 24 && minute == 0 && second == 0 {
        return NaiveTime::from_hms_opt(23, 59, 59).map(|t| (t, i));
    }
    NaiveTime::from_hms_opt(hour, minute, second).map(|t| (t, i))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(s: &str) -> Option<String> {
        moment(s, false).map(|m| if m.has_time { m.at.to_rfc3339() } else { m.at.date_naive().to_string() })
    }

    #[test]
    fn what_is_told_apart_does_not_read_alike() {
        let at = |cell| moment(cell, false).unwrap();
        let told = |a, b| told_apart(at(a), at(b));
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(told("2026-04-01 22:05:00", "2026-04-01 22:06:01"), pair("2026-04-01 22:05", "2026-04-01 22:06"));
        assert_eq!(told("2026-04-01 22:05:00", "2026-04-01 22:05:01"), pair("2026-04-01 22:05:00", "2026-04-01 22:05:01"));
        assert_eq!(told("2026-04-01 22:05:00", "2026-04-01"), pair("2026-04-01 22:05", "2026-04-01"));
    }

    #[test]
    fn a_zone_is_told_behind_the_clock() {
        for told in
            ["2026-04-01T20:04:11Z", "2026-04-01T20:04:11+00:00", "2026-04-01 20:04:11 -0400", "Apr 1, 2026 8:04:11 PM PDT", "1775045051", "1775045051000"]
        {
            assert!(tells_zone(told), "{told}");
        }
        for silent in ["2026-04-01 20:04:11", "04/01/2026 8:04:11 PM", "4/1/2026 8:04 am", "20260401200411", "2026-04-01", "Apr-01-26", ""] {
            assert!(!tells_zone(silent), "{silent}");
        }
    }

    #[test]
    fn other_offsets_are_said_behind_the_time() {
        for (text, expected) in [
            ("2026-04-01T20:04:11+08:00", "2026-04-01 20:04"),
            ("2026-04-01T20:04:11-05:00", "2026-04-01 20:04 UTC-5"),
            ("2026-04-01T20:04:11Z", "2026-04-01 20:04 UTC"),
            ("2026-04-01T20:04:11+05:30", "2026-04-01 20:04 UTC+5:30"),
            ("2026-04-01T20:04:11-03:30", "2026-04-01 20:04 UTC-3:30"),
            ("2026-04-01", "2026-04-01"),
        ] {
            assert_eq!(moment(text, false).map(shown_moment).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn reads_the_forms_of_facts() {
        for (text, expected) in [
            ("2026-04-01 20:04:11", "2026-04-01T20:04:11+08:00"),
            ("2016/5/23 22:02", "2016-05-23T22:02:00+08:00"),
            ("2026年8月12日10:00", "2026-08-12T10:00:00+08:00"),
            ("2026年8月12日 10时05分", "2026-08-12T10:05:00+08:00"),
            ("2018-03-0420:47:15", "2018-03-04T20:47:15+08:00"),
            ("2025-05-11 09:55:16 -0400", "2025-05-11T09:55:16-04:00"),
            ("2026-04-01T20:04:11+08:00", "2026-04-01T20:04:11+08:00"),
            ("２０２６-04-01", "2026-04-01"),
            ("20260401", "2026-04-01"),
            ("2026.4.1", "2026-04-01"),
            ("1775044800", "2026-04-01T20:00:00+08:00"),
            ("20260401200411", "2026-04-01T20:04:11+08:00"),
            ("2026/4/1 下午8:05:00", "2026-04-01T20:05:00+08:00"),
            ("2026/4/1 下午 8:05", "2026-04-01T20:05:00+08:00"),
            ("2026/4/1 上午12:05", "2026-04-01T00:05:00+08:00"),
            ("2026-04-01 08:05:00 PM", "2026-04-01T20:05:00+08:00"),
            ("2026-04-01 12:05 am", "2026-04-01T00:05:00+08:00"),
            ("2026-04-01 12:05 p.m.", "2026-04-01T12:05:00+08:00"),
            ("2026年4月10日下午3点", "2026-04-10T15:00:00+08:00"),
            ("2026年4月10日下午3点半", "2026-04-10T15:30:00+08:00"),
            ("2026年4月10日15点整", "2026-04-10T15:00:00+08:00"),
            ("2026-04-10 中午12点", "2026-04-10T12:00:00+08:00"),
            ("2026-04-10 晚上8点", "2026-04-10T20:00:00+08:00"),
            ("2026-04-10 24点", "2026-04-10T23:59:59+08:00"),
            ("2026-04-01 20:04:11-04:00", "2026-04-01T20:04:11-04:00"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "351234567890123456",
            "2026-13-01",
            "2026-04",
            "SF1234",
            "2026-04-01x",
            "2026-04-01 8:05 pmx",
            "20261301200411",
            "2026-04-01 20:00-22:00",
            "2026-04-09 10:00:00-2026-04-12 23:59:59",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(moment("46113.5", true).map(|m| m.at.to_rfc3339()).as_deref(), Some("2026-04-01T12:00:00+08:00"));
    }
}
