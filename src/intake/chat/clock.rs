//! Times of messages, also the partial ones: without a year, or only a time of day. What completes them is remembered with the message, so that the
//! book and `check` can say which times were not written out.

use super::Said;
use crate::model::Time;
use crate::model::record::{ChatMessage, TimeFrom};
use crate::text::dates::{self, Half};
use crate::text::width::narrow_char;
use chrono::{Datelike as _, NaiveDate, NaiveTime};

/// What a head says of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// All of it.
    Whole(Time),
    /// Month, day and time of day.
    NoYear { month: u32, day: u32, clock: NaiveTime },
    /// A time of day, with the day of the last line that names one.
    Clock { clock: NaiveTime, day: Option<Day> },
    /// Nothing.
    Nothing,
}

/// A day that a line or a file name gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    Whole(NaiveDate),
    NoYear { month: u32, day: u32 },
}

/// A leap year, to try a day without one.
const ANY_YEAR: i32 = 2024;

/// A partial stamp at the beginning of `s` (already narrowed), with the bytes used: `4-2 9:05:11`, `04/02 09:05`, `4月2日 9:05`, `9:05:11`, `上午9:05`.
pub(super) fn partial(s: &str) -> Option<(Stamp, usize)> {
    if let Some((Day::NoYear { month, day }, used)) = month_day(s) {
        let rest = s.get(used..)?;
        let blank = rest.len() - rest.trim_start().len();
        let glued = blank == 0 && !s.get(..used)?.ends_with('日');
        if !glued && let Some((clock, more)) = clock(rest.trim_start()) {
            return Some((Stamp::NoYear { month, day, clock }, used + blank + more));
        }
        return None;
    }
    clock(s).map(|(clock, used)| (Stamp::Clock { clock, day: None }, used))
}

/// `4-2`, `04/02`, `4月2日` at the beginning of `s`.
fn month_day(s: &str) -> Option<(Day, usize)> {
    let digits = |text: &str| text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let n = digits(s);
    let month: u32 = s.get(..n)?.parse().ok()?;
    let separator = s.get(n..)?.chars().next()?;
    if !matches!(separator, '-' | '/' | '月') {
        return None;
    }
    let from = n + separator.len_utf8();
    let m = digits(s.get(from..)?);
    let day: u32 = s.get(from..from + m)?.parse().ok()?;
    let mut used = from + m;
    match (separator, s.get(used..)?.chars().next()) {
        ('月', Some('日')) => used += '日'.len_utf8(),
        ('月', _) => return None,
        (_, Some(c)) if c.is_ascii_digit() || c == separator => return None,
        _ => {}
    }
    NaiveDate::from_ymd_opt(ANY_YEAR, month, day).map(|_| (Day::NoYear { month, day }, used))
}

/// `9:05:11`, `09:05`, `上午9:05`, `下午 9:05`, `9:05 PM`, `9:05pm` at the beginning of `s`, with the bytes used.
pub(super) fn clock(s: &str) -> Option<(NaiveTime, usize)> {
    let (half, skipped) = match Half::at_start(s) {
        Some((half, word)) => {
            let rest = s.get(word..)?;
            (Some(half), word + rest.len() - rest.trim_start_matches(' ').len())
        }
        None => (None, 0),
    };
    let text = s.get(skipped..)?;
    let number = |text: &str| -> Option<(u32, usize)> {
        let n = text.bytes().take(3).take_while(u8::is_ascii_digit).count();
        if n == 0 || n > 2 { None } else { Some((text.get(..n)?.parse().ok()?, n)) }
    };
    let (hour, mut used) = number(text)?;
    let next = |used: &mut usize| -> Option<u32> {
        let rest = text.get(*used..)?.strip_prefix(':')?;
        let (value, n) = number(rest)?;
        if n != 2 {
            return None;
        }
        *used += 1 + n;
        Some(value)
    };
    let minute = next(&mut used)?;
    let second = next(&mut used).unwrap_or(0);
    let tail = text.get(used..)?;
    let trimmed = tail.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let suffix = trimmed.get(..2).filter(|two| two.eq_ignore_ascii_case("am") || two.eq_ignore_ascii_case("pm"));
    let half = match suffix {
        Some(two) => {
            used += tail.len() - trimmed.len() + 2;
            Some(if two.eq_ignore_ascii_case("pm") { Half::Late } else { Half::Early })
        }
        None => half,
    };
    let hour = half.map_or(hour, |half| half.hour(hour));
    NaiveTime::from_hms_opt(hour, minute, second).map(|t| (t, skipped + used))
}

/// Does the text write seconds (`9:05:11`)? A shorter time of day stands in many sentences.
pub(super) fn has_seconds(text: &str) -> bool {
    text.bytes().filter(|b| *b == b':').count() >= 2
}

/// A line that only names a day: `2026-04-02`, `2026年4月2日 星期四`, `———— 2026/04/02（周四） ————`, `2026.04.02 Thursday`, `Thu, 4/2/2026`.
pub(super) fn day_line(line: &str) -> Option<Day> {
    let narrow: String = line.chars().map(narrow_char).collect();
    let bare = narrow.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '—' | '─' | '=' | '*' | '\u{200e}'));
    if bare.len() > 60 {
        return None;
    }
    if let Some((moment, used)) = dates::prefix(bare) {
        return (!moment.has_time && is_weekday(bare.get(used..)?)).then(|| Day::Whole(moment.at.date_naive()));
    }
    if let Some((day, used)) = month_day(bare) {
        // `4-2` alone may be anything
        return (bare.contains('月') && is_weekday(bare.get(used..)?)).then_some(day);
    }
    // English LINE: weekday first, then month/day/year
    let (weekday, date) = bare.split_once(',')?;
    if !is_weekday(weekday) || weekday.trim().is_empty() {
        return None;
    }
    let mut parts = date.trim().splitn(3, '/').map(|p| p.trim().parse::<u32>());
    let (Some(Ok(month)), Some(Ok(day)), Some(Ok(year))) = (parts.next(), parts.next(), parts.next()) else { return None };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).map(Day::Whole)
}

/// Nothing, or a weekday in some language, in brackets or not.
fn is_weekday(text: &str) -> bool {
    let bare = text.trim().trim_matches(['(', ')', '（', '）', '【', '】', '[', ']']).trim();
    let english = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let lower = bare.to_ascii_lowercase();
    bare.is_empty()
        || (bare.chars().count() <= 3 && (bare.starts_with("周") || bare.starts_with("週") || bare.starts_with("星期")))
        || (bare.chars().count() == 1 && "日月火水木金土一二三四五六".contains(bare))
        || (bare.is_ascii() && english.iter().any(|w| lower.starts_with(w)) && bare.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.'))
}

/// The one day that a file's name gives (`千牛聊天记录_5月9日.xlsx`, `20260509旺旺.txt`); `None` when it gives none or two.
pub(super) fn day_in_name(path: &str) -> Option<Day> {
    let base: String = path.rsplit(['/', '\\']).next().unwrap_or(path).chars().map(narrow_char).collect();
    let mut found: Vec<Day> = Vec::new();
    let mut skip_to = 0;
    let mut digit_before = false;
    for (offset, c) in base.char_indices() {
        let begins = c.is_ascii_digit() && !digit_before;
        digit_before = c.is_ascii_digit();
        if !begins || offset < skip_to {
            continue;
        }
        let rest = base.get(offset..)?;
        let day = match dates::prefix(rest) {
            Some((moment, used)) => Some((Day::Whole(moment.at.date_naive()), used)),
            None => month_day(rest).filter(|(_, used)| rest.get(..*used).is_some_and(|d| d.ends_with('日'))),
        };
        if let Some((day, used)) = day {
            skip_to = offset + used;
            if !found.contains(&day) {
                found.push(day);
            }
        }
    }
    match found.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// Completes the messages' times: the day of a line above, the year of the nearest message that has one, the day in the file's name. What stays open
/// keeps [`TimeFrom::YearUnknown`] for the notice to settle.
pub(super) fn resolve(messages: &mut [Said], name: Option<Day>) {
    let near = nearest(messages);
    for (index, message) in messages.iter_mut().enumerate() {
        let said = &mut message.said;
        (said.at, said.time_from) = match message.stamp {
            Stamp::Whole(at) => (Some(at), TimeFrom::Said),
            Stamp::Nothing => (None, TimeFrom::Said),
            Stamp::NoYear { month, day, clock } => without_year(month, day, clock, near.get(index).copied().flatten(), name),
            Stamp::Clock { clock, day: Some(Day::Whole(day)) } => (dates::local(day.and_time(clock)), TimeFrom::DateLine),
            Stamp::Clock { clock, day: Some(Day::NoYear { month, day }) } => without_year(month, day, clock, near.get(index).copied().flatten(), name),
            Stamp::Clock { clock, day: None } => match name {
                Some(Day::Whole(day)) => (dates::local(day.and_time(clock)), TimeFrom::FileName),
                Some(Day::NoYear { month, day }) => (None, TimeFrom::YearUnknown { month, day, clock }),
                None => (None, TimeFrom::Said),
            },
        };
    }
}

/// For each message the day of the last one before it that is whole, else of the first one behind it.
fn nearest(messages: &[Said]) -> Vec<Option<NaiveDate>> {
    let mut near = Vec::with_capacity(messages.len());
    let mut last = None;
    for message in messages {
        if let Stamp::Whole(at) = message.stamp {
            last = Some(at.date_naive());
        }
        near.push(last);
    }
    let first = near.iter().flatten().next().copied();
    near.iter_mut().for_each(|day| *day = day.or(first));
    near
}

fn without_year(month: u32, day: u32, clock: NaiveTime, near: Option<NaiveDate>, name: Option<Day>) -> (Option<Time>, TimeFrom) {
    let (anchor, from) = match (near, name) {
        (Some(date), _) => (date, TimeFrom::OtherMessages),
        (None, Some(Day::Whole(date))) => (date, TimeFrom::FileName),
        (None, _) => return (None, TimeFrom::YearUnknown { month, day, clock }),
    };
    let years = [anchor.year() - 1, anchor.year(), anchor.year() + 1];
    let date = years.into_iter().filter_map(|y| NaiveDate::from_ymd_opt(y, month, day)).min_by_key(|d| (*d - anchor).num_days().abs());
    match date.and_then(|d| dates::local(d.and_time(clock))) {
        Some(at) => (Some(at), from),
        None => (None, TimeFrom::YearUnknown { month, day, clock }),
    }
}

/// Day and month of dates written with numbers only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
    Unclear,
}

/// Three numbers of a date, as written, with a time of day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers {
    pub first: u32,
    pub second: u32,
    pub year: i32,
    pub clock: NaiveTime,
}

impl Numbers {
    pub(super) fn at(&self, order: Order) -> Option<Time> {
        let (day, month) = match order {
            Order::DayFirst => (self.first, self.second),
            Order::MonthFirst => (self.second, self.first),
            Order::Unclear => return None,
        };
        NaiveDate::from_ymd_opt(self.year, month, day).and_then(|d| dates::local(d.and_time(self.clock)))
    }
}

/// Which order the dates of one file keep: the one in which every date exists and, if that is so of both, in which no message is older than the one
/// before it.
pub(super) fn order_of(dates: &[Numbers]) -> Order {
    let orders = [Order::DayFirst, Order::MonthFirst];
    let read = |order: Order| dates.iter().map(|n| n.at(order)).collect::<Option<Vec<Time>>>();
    let rises = |times: &[Time]| times.windows(2).all(|pair| matches!(pair, [a, b] if a <= b));
    let exist: Vec<(Order, Vec<Time>)> = orders.into_iter().filter_map(|o| read(o).map(|times| (o, times))).collect();
    match exist.as_slice() {
        [(only, _)] => *only,
        [(first, a), (_, b)] if a == b => *first,
        [(first, a), (second, b)] => match (rises(a), rises(b)) {
            (true, false) => *first,
            (false, true) => *second,
            _ => Order::Unclear,
        },
        _ => Order::Unclear,
    }
}

/// Completes what only the time of the notice can: a year that nothing gives is the last one before the notice (what was said before it was said in
/// the year before it, not in the one to come), and of two orders of day and month the one that does not lead past it.
pub(super) fn before(messages: &mut [ChatMessage], notice: Time) {
    let end = notice.with_timezone(&dates::china()).date_naive();
    let fits = |order: Order| {
        messages.iter().all(|m| match m.time_from {
            TimeFrom::DayOrderUnknown { first, second, year, clock } => Numbers { first, second, year, clock }.at(order).is_some_and(|t| t.date_naive() <= end),
            _ => true,
        })
    };
    let order = match (fits(Order::DayFirst), fits(Order::MonthFirst)) {
        (true, false) => Order::DayFirst,
        (false, true) => Order::MonthFirst,
        _ => Order::Unclear,
    };
    for message in messages {
        let at = match message.time_from {
            TimeFrom::YearUnknown { month, day, clock } => last_before(month, day, end).and_then(|d| dates::local(d.and_time(clock))),
            TimeFrom::DayOrderUnknown { first, second, year, clock } => Numbers { first, second, year, clock }.at(order),
            _ => None,
        };
        if at.is_some() {
            message.at = at;
            message.time_from = TimeFrom::Notice;
        }
    }
}

/// The last such day that is not after `end`.
fn last_before(month: u32, day: u32, end: NaiveDate) -> Option<NaiveDate> {
    // 29 February comes every four years, eight at the turn of some centuries
    (0..=8).filter_map(|back| NaiveDate::from_ymd_opt(end.year() - back, month, day)).find(|d| *d <= end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read_in_every_form() {
        let read = |s: &str| clock(s).map(|(t, used)| format!("{} {}", t.format("%H:%M:%S"), used));
        assert_eq!(read("9:05:11").as_deref(), Some("09:05:11 7"));
        assert_eq!(read("下午12:30\t").as_deref(), Some("12:30:00 11"));
        assert_eq!(read("上午12:05").as_deref(), Some("00:05:00 11"));
        assert_eq!(read("中午11:50").as_deref(), Some("11:50:00 11"));
        assert_eq!(read("傍晚6:10").as_deref(), Some("18:10:00 10"));
        assert_eq!(read("9:05\u{202f}PM] x").as_deref(), Some("21:05:00 9"));
        assert_eq!(read("9:05pm").as_deref(), Some("21:05:00 6"));
        for no in ["", "9", "9:5", "25:00", "123:00", "9:05:1"] {
            let whole = clock(no).is_some_and(|(_, used)| used == no.len());
            assert!(!whole, "{no}");
        }
    }

    #[test]
    fn lines_and_names_that_give_a_day() {
        let day = |y, m, d| Some(Day::Whole(NaiveDate::from_ymd_opt(y, m, d).unwrap()));
        assert_eq!(day_line("———— 2026-04-02 ————"), day(2026, 4, 2));
        assert_eq!(day_line("2026/04/02（周四）"), day(2026, 4, 2));
        assert_eq!(day_line("2026.04.02 Thursday"), day(2026, 4, 2));
        assert_eq!(day_line("Thu, 4/2/2026"), day(2026, 4, 2));
        assert_eq!(day_line("4月2日 星期四"), Some(Day::NoYear { month: 4, day: 2 }));
        for no in ["2026-04-02 下单的", "4-2", "2026-04-02 09:00", "hello, 4/2/2026", ""] {
            assert_eq!(day_line(no), None, "{no}");
        }
        assert_eq!(day_in_name("聊天/千牛聊天记录_5月9日.xlsx"), Some(Day::NoYear { month: 5, day: 9 }));
        assert_eq!(day_in_name("旺旺20260402.txt"), day(2026, 4, 2));
        assert_eq!(day_in_name("旺旺_2026-04-01至2026-04-03.txt"), None);
        assert_eq!(day_in_name("351234567890123456.txt"), None);
    }

    #[test]
    fn a_day_before_the_notice() {
        let end = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
        let at = |m, d| last_before(m, d, end).map(|d| d.to_string());
        assert_eq!(at(1, 5).as_deref(), Some("2026-01-05"));
        assert_eq!(at(12, 31).as_deref(), Some("2025-12-31"));
        assert_eq!(at(2, 29).as_deref(), Some("2024-02-29"));
    }
}
