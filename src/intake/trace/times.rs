//! Times as services write them: unix seconds, ISO with or without a zone, digits only, English. Says whether the text named its zone itself.

use crate::model::Time;
use crate::text::dates;
use chrono::NaiveDateTime;

/// Longer texts are no times.
const LONGEST: usize = 60;

/// English forms, tried in order; month names long or short.
const ENGLISH: [&str; 8] = [
    "%B %d, %Y %I:%M %p",
    "%B %d, %Y %I:%M:%S %p",
    "%B %d, %Y %H:%M:%S",
    "%B %d, %Y %H:%M",
    "%d %B %Y %I:%M %p",
    "%d %B %Y %H:%M:%S",
    "%d %B %Y %H:%M",
    "%d-%b-%Y %H:%M:%S",
];

/// A moment with a time of day, and whether the text itself names the zone. Without one it is read as +08:00. `None` when there is only a day, or no
/// time at all: a day cannot be set against the moment of payment.
pub fn read(text: &str) -> Option<(Time, bool)> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    // days of the week say nothing that the date does not
    let words: Vec<&str> = text.split_whitespace().filter(|w| !w.starts_with("周") && !w.starts_with("星期")).collect();
    let text = words.join(" ");
    if let Some(moment) = dates::moment(&text, false).filter(|m| m.has_time) {
        let unix = text.len() < 14 && text.bytes().all(|b| b.is_ascii_digit());
        return Some((moment.at, unix || dates::tells_zone(&text)));
    }
    digits_only(&text).or_else(|| english(&text))
}

/// `20260402 101200`, `20260402101200`, with an offset behind or without.
fn digits_only(text: &str) -> Option<(Time, bool)> {
    let mut parts = text.split(' ');
    let (mut day, mut clock) = (parts.next()?, "");
    if day.len() == 14 {
        (day, clock) = day.split_at_checked(8)?;
    }
    if clock.is_empty() {
        clock = parts.next()?;
    }
    let offset = parts.next().unwrap_or("");
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || day.len() != 8 || !digits(day) || !digits(clock) || !matches!(clock.len(), 4 | 6) {
        return None;
    }
    let (hours, rest) = clock.split_at_checked(2)?;
    let (minutes, seconds) = rest.split_at_checked(2)?;
    let seconds = if seconds.is_empty() { "00" } else { seconds };
    let moment = dates::moment(format!("{day} {hours}:{minutes}:{seconds} {offset}").trim_end(), false).filter(|m| m.has_time)?;
    Some((moment.at, !offset.is_empty()))
}

fn english(text: &str) -> Option<(Time, bool)> {
    let naive = ENGLISH.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    dates::local(naive).map(|at| (at, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_facts_and_whether_they_name_a_zone() {
        for (text, expected) in [
            ("2026-04-03 10:12:30", Some(("2026-04-03T10:12:30+08:00", false))),
            ("2026/4/3 10:12:30", Some(("2026-04-03T10:12:30+08:00", false))),
            ("2018-03-0420:47:15", Some(("2018-03-04T20:47:15+08:00", false))),
            ("2026-04-03 周五 10:12:30", Some(("2026-04-03T10:12:30+08:00", false))),
            ("1775044800", Some(("2026-04-01T20:00:00+08:00", true))),
            ("2026-04-03T10:12:30", Some(("2026-04-03T10:12:30+08:00", false))),
            ("2026-04-03T10:12:30Z", Some(("2026-04-03T10:12:30+00:00", true))),
            ("2026-04-03T10:12:30.47+02:00", Some(("2026-04-03T10:12:30.470+02:00", true))),
            ("2026-04-03T10:12:30-0500", Some(("2026-04-03T10:12:30-05:00", true))),
            ("20260403 101230", Some(("2026-04-03T10:12:30+08:00", false))),
            ("20260403101230", Some(("2026-04-03T10:12:30+08:00", false))),
            ("20260403 101230 -05:00", Some(("2026-04-03T10:12:30-05:00", true))),
            ("April 3, 2026 12:51 pm", Some(("2026-04-03T12:51:00+08:00", false))),
            ("3 Apr 2026 09:05", Some(("2026-04-03T09:05:00+08:00", false))),
            ("2026-04-03", None),
            ("20260403", None),
            ("April 3, 2026", None),
            ("04/03/2026 10:12", None),
            ("99999999999999", None),
            ("soon", None),
            ("", None),
        ] {
            let found = read(text).map(|(at, zoned)| (at.to_rfc3339(), zoned));
            assert_eq!(found, expected.map(|(at, zoned)| (at.to_owned(), zoned)), "{text}");
        }
    }
}
