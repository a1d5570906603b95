//! One line of a copied trace: the time in front or behind, and the words beside it.

use crate::model::{Moment, Time};
use crate::text::width::narrow_char;
use crate::text::{dates, english_dates};

/// Longer lines and cells are not scans.
const LONGEST: usize = 1_000;
/// A date and a time in English are no longer than this.
const LONGEST_DATE: usize = 48;

/// What a line is.
pub(super) enum Line<'l> {
    /// A time and the words beside it, which may be empty.
    Timed(Time, &'l str),
    /// A day without a time of day, or a date of numbers that can be two, and the words beside it.
    Dated(&'l str),
    /// Neither.
    Words(&'l str),
}

/// Which dates are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dates {
    /// Also those of English, and with the year behind.
    wide: bool,
    /// The order of day and month that other dates of the text show; `None` where none does, or they contradict each other.
    day_first: Option<bool>,
}

impl Dates {
    /// Those of a text; the order of its numbers is told by those that have one order only.
    pub(super) fn of<'l>(lines: impl Iterator<Item = &'l str>, wide: bool) -> Self {
        let mut shown = [false; 2];
        for text in wide.then_some(lines).into_iter().flatten() {
            let text = without_marks(text);
            match english_dates::shows_order(text.get(english_weekday(text)..).unwrap_or(text)) {
                Some(true) => shown[0] = true,
                Some(false) => shown[1] = true,
                None => {}
            }
        }
        let day_first = match shown {
            [true, false] => Some(true),
            [false, true] => Some(false),
            _ => None,
        };
        Dates { wide, day_first }
    }

    /// A date at the beginning of a narrowed text.
    fn prefix(self, text: &str) -> Option<(Moment, usize)> {
        let western = || english_dates::prefix(text).or_else(|| english_dates::numeric_in(text, self.day_first));
        dates::prefix(text).or_else(|| if self.wide { western() } else { None })
    }

    /// A date of numbers at the beginning whose order nothing tells: the bytes it takes.
    fn undecided(self, text: &str) -> Option<usize> {
        if !self.wide || self.day_first.is_some() {
            return None;
        }
        english_dates::numeric_in(text, Some(true)).or_else(|| english_dates::numeric_in(text, Some(false))).map(|(_, used)| used)
    }
}

fn without_marks(text: &str) -> &str {
    text.trim().trim_start_matches(['•', '·', '●', '○', '-', '*', '|', '>', '√', '✓']).trim()
}

/// Reads one line. Marks of lists and days of the week are left aside.
pub(super) fn line(text: &str, dates: Dates) -> Line<'_> {
    let text = without_marks(text);
    if text.len() > LONGEST {
        return Line::Words("");
    }
    let narrow: String = text.chars().map(narrow_char).collect();
    let from = if dates.wide { english_weekday(&narrow) } else { 0 };
    let dated = narrow.get(from..).unwrap_or("");
    // the rest as it stands in the line: narrowing keeps the number of characters
    let behind = |used: usize| {
        let skipped = narrow.get(..from + used).map_or(0, |s| s.chars().count());
        text.char_indices().nth(skipped).map_or("", |(at, _)| text.get(at..).unwrap_or(""))
    };
    const BETWEEN: [char; 10] = [' ', '\t', '|', ',', '，', ':', '：', '　', '-', '–'];
    if let Some((moment, used)) = dates.prefix(dated) {
        let rest = behind(used);
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            return Line::Words(text);
        }
        let words = without_weekday(rest.trim_start_matches(BETWEEN));
        return if moment.has_time { Line::Timed(moment.at, words) } else { Line::Dated(words) };
    }
    if let Some(used) = dates.undecided(dated) {
        return Line::Dated(behind(used).trim_start_matches(BETWEEN));
    }
    match ending_time(&narrow, dates) {
        Some((at, start)) => {
            let words = text.char_indices().nth(start).map_or(text, |(at, _)| text.get(..at).unwrap_or(""));
            Line::Timed(at, words.trim_end_matches([' ', '\t', '|', ',', '，', '　', '(', '（']))
        }
        None => Line::Words(text),
    }
}

fn without_weekday(text: &str) -> &str {
    let rest = text.strip_prefix("星期").or_else(|| text.strip_prefix('周'));
    rest.and_then(|r| r.strip_prefix(['一', '二', '三', '四', '五', '六', '日', '天'])).map_or(text, str::trim_start)
}

/// The bytes that a day of the week takes at the beginning: `Wednesday, `, `Wed `.
fn english_weekday(text: &str) -> usize {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = text.get(..letters).unwrap_or("").to_ascii_lowercase();
    if word.len() < 3 || !DAYS.iter().any(|day| *day == word || (word.len() <= 4 && day.starts_with(&word))) {
        return 0;
    }
    let rest = text.get(letters..).unwrap_or("");
    letters + rest.len() - rest.trim_start_matches([' ', ',', '.']).len()
}

/// A date with a time of day that ends the line: the time and the number of characters before it.
fn ending_time(narrow: &str, dates: Dates) -> Option<(Time, usize)> {
    let text = narrow.trim_end_matches([')', ' ']);
    let ends = |at: usize, read: &dyn Fn(&str) -> Option<(Moment, usize)>| {
        let tail = text.get(at..)?;
        let (moment, used) = read(tail)?;
        (moment.has_time && used == tail.len()).then(|| (moment.at, text.get(..at).map_or(0, |b| b.chars().count())))
    };
    // the year begins at a blank, a bar, a bracket or the words themselves; the last that fits is meant
    let starts = text.match_indices("20").map(|(at, _)| at).filter(|at| !text.get(..*at).is_some_and(|b| b.ends_with(|c: char| c.is_ascii_digit())));
    let year_first = starts.filter_map(|at| ends(at, &dates::prefix)).last();
    if year_first.is_some() || !dates.wide {
        return year_first;
    }
    // of those with the year behind, the first that reaches the end is the whole date
    let words = text.char_indices().filter(|(at, c)| {
        let inside = text.get(..*at).is_some_and(|b| b.ends_with(|c: char| c.is_ascii_alphanumeric()));
        text.len() - at <= LONGEST_DATE && c.is_ascii_alphanumeric() && !inside
    });
    words.map(|(at, _)| at).find_map(|at| ends(at, &|tail| dates.prefix(tail)))
}
