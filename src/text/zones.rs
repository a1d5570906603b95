//! Time zones as notices and cells name them behind a clock: an offset (`-0700`, `UTC+8`) or a name that means one zone only. Names that several
//! zones share (CST is Chicago's and China's) and those that move with the season (`PT`) are not read: a guess would be wrong by hours.

use super::dates::china;
use chrono::FixedOffset;

/// Names that mean one zone only among the places where the platforms are, with their minutes east of Greenwich.
const NAMES: [(&str, i32); 26] = [
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("PST", -480),
    ("PDT", -420),
    ("MDT", -360),
    ("CDT", -300),
    ("EST", -300),
    ("EDT", -240),
    ("BRT", -180),
    ("BST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("MSK", 180),
    ("WIB", 420),
    ("ICT", 420),
    ("SGT", 480),
    ("HKT", 480),
    ("MYT", 480),
    ("AWST", 480),
    ("JST", 540),
    ("KST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
];

/// Words for China's own time, before or behind a clock.
const CHINA: [&str; 3] = ["北京时间", "beijing time", "china standard time"];

/// The zone of a name in capitals.
pub fn named(name: &str) -> Option<FixedOffset> {
    NAMES.iter().find(|(known, _)| *known == name).and_then(|(_, minutes)| FixedOffset::east_opt(minutes * 60))
}

/// The zone that stands behind a clock, in brackets or not: ` -0700`, ` PDT`, ` (UTC+8)`. Gives it with the number of bytes used. An offset without a
/// name needs a blank before it: `09:00-12:00` is a span.
pub fn behind(s: &str) -> Option<(FixedOffset, usize)> {
    let rest = s.trim_start_matches([' ', '\u{a0}', '(', '（', ',']);
    let skipped = s.len() - rest.len();
    if let Some(word) = CHINA.iter().find(|word| rest.get(..word.len()).is_some_and(|said| said.eq_ignore_ascii_case(word))) {
        return Some((china(), closed(s, skipped + word.len())));
    }
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    if letters == 0 {
        let (zone, used) = offset(rest, 2).filter(|_| skipped > 0)?;
        return Some((zone, closed(s, skipped + used)));
    }
    let name = rest.get(..letters)?;
    let zone = named(name)?;
    let after = rest.get(letters..)?;
    // UTC and GMT may have an offset of their own
    if matches!(name, "UTC" | "GMT") {
        let gap = after.len() - after.trim_start_matches(' ').len();
        if let Some((zone, used)) = after.get(gap..).and_then(|o| offset(o, 1)) {
            return Some((zone, closed(s, skipped + letters + gap + used)));
        }
    }
    Some((zone, closed(s, skipped + letters)))
}

/// The offset right behind a date's clock: `Z`, `+08:00`, ` -0400`. A minus without a blank is one only where the clock is `exact` (it has seconds, or a `T`
/// before it), and what goes on like a date or a clock is none: `2026-04-01 20:00-22:00` is a span.
pub fn of_date(s: &str, exact: bool) -> Option<(FixedOffset, usize)> {
    let rest = s.trim_start_matches(' ');
    let skipped = s.len() - rest.len();
    let (zone, used) = match rest.strip_prefix('Z') {
        Some(_) => (FixedOffset::east_opt(0)?, 1),
        None => offset(rest, 2)?,
    };
    let goes_on = rest.get(used..).is_some_and(|more| more.starts_with(|c: char| c.is_ascii_digit() || matches!(c, ':' | '：' | '-' | '/')));
    let span = rest.starts_with('-') && skipped == 0 && !exact;
    (!goes_on && !span).then_some((zone, skipped + used))
}

/// Does a text end with words for China's time, as before a clock?
pub fn ends_with_china(s: &str) -> bool {
    let s = s.trim_end_matches([' ', ':', '：', '(', '（']);
    CHINA.iter().any(|word| s.len().checked_sub(word.len()).and_then(|at| s.get(at..)).is_some_and(|said| said.eq_ignore_ascii_case(word)))
}

/// Takes the bracket in that closes behind a zone.
fn closed(s: &str, end: usize) -> usize {
    s.get(end..).and_then(|rest| rest.chars().next()).filter(|c| matches!(c, ')' | '）')).map_or(end, |c| end + c.len_utf8())
}

/// `+8`, `-07`, `-0700`, `+08:00` with at least `digits` hours' digits, between the first zone of the day and its last.
pub(super) fn offset(s: &str, digits: usize) -> Option<(FixedOffset, usize)> {
    let sign = match s.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let run = |from: usize| s.bytes().skip(from).take_while(u8::is_ascii_digit).count();
    let number = |from: usize, to: usize| s.get(from..to)?.parse::<i32>().ok();
    let (hours, minutes, used) = match run(1) {
        4 => (number(1, 3)?, number(3, 5)?, 5),
        n @ 1..=2 if s.as_bytes().get(1 + n) == Some(&b':') && run(2 + n) == 2 => (number(1, 1 + n)?, number(2 + n, 4 + n)?, 4 + n),
        // a lone number of hours belongs to UTC and GMT
        n @ 1..=2 if digits == 1 => (number(1, 1 + n)?, 0, 1 + n),
        _ => return None,
    };
    let minutes = sign * (hours * 60 + minutes);
    (-12 * 60..=14 * 60).contains(&minutes).then(|| FixedOffset::east_opt(minutes * 60)).flatten().map(|zone| (zone, used))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_behind_a_clock_is_read_and_nothing_else() {
        for (text, minutes, used) in [
            (" -0700", -420, 6),
            (" +08:00", 480, 7),
            (" PDT.", -420, 4),
            (" (PDT)", -420, 6),
            (" AEST", 600, 5),
            (" (UTC+8)", 480, 8),
            (" GMT -7", -420, 7),
            (" UTC+5:30", 330, 9),
            ("Z", 0, 1),
            ("（北京时间）", 480, 18),
            (" Beijing time", 480, 13),
        ] {
            let read = behind(text).map(|(zone, used)| (zone.local_minus_utc() / 60, used));
            assert_eq!(read, Some((minutes, used)), "{text}");
        }
        for text in ["", " CST", " PT", " est", " with proof", "-12:00", " - 12:00", " -18:00", " -5", " ESTIMATED", " to 2026-04-12"] {
            assert_eq!(behind(text), None, "{text}");
        }
        for (text, exact, minutes) in [("Z", false, 0), ("+08:00", false, 480), (" -0400", false, -240), ("-05:00", true, -300), ("-0330", true, -210)] {
            assert_eq!(of_date(text, exact).map(|(zone, used)| (zone.local_minus_utc() / 60, used)), Some((minutes, text.len())), "{text}");
        }
        for (text, exact) in [("-22:00", false), ("-22:00", true), ("-10:00", false), ("-10:00:00", true), ("-2026-04-12", true), (" - 10:00", true)] {
            assert_eq!(of_date(text, exact), None, "{text}");
        }
        assert!(ends_with_china("截止时间（北京时间）".trim_end_matches('）')) && !ends_with_china("时间"));
    }
}
