//! Cleaning ids of what exports wrap around them, and telling damaged ones.

use super::width::narrow_char;
use std::borrow::Cow;

/// Takes off tabs, blanks, quotes, a leading apostrophe and `="…"`, and narrows full-width digits. Never touches the digits themselves.
pub fn clean_id(cell: &str) -> String {
    cleaned(cell).into_owned()
}

/// The same without a copy where there is nothing to narrow, as in nearly all cells.
pub fn cleaned(cell: &str) -> Cow<'_, str> {
    if cell.is_ascii() { Cow::Borrowed(unwrapped(cell)) } else { Cow::Owned(narrowed(cell)) }
}

fn narrowed(cell: &str) -> String {
    let narrowed: String = cell.chars().map(narrow_char).filter(|c| !matches!(c, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{202f}')).collect();
    unwrapped(&narrowed).to_owned()
}

fn unwrapped(cell: &str) -> &str {
    let mut s = cell.trim();
    if let Some(rest) = s.strip_prefix('=') {
        s = rest.trim();
    }
    loop {
        let t = s.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '“' || c == '”').trim_start_matches(['\'', '‘', '’', '`']);
        if t == s {
            return s;
        }
        s = t;
    }
}

/// A waybill number for comparing: cleaned, upper-cased, blanks and dashes inside removed. Of a package's number, that of its waybill.
pub fn clean_waybill(cell: &str) -> String {
    let cleaned = cleaned(cell);
    if let Some(waybill) = waybill_of_package(&cleaned) {
        return waybill.to_ascii_uppercase();
    }
    // as nearly all come
    if cleaned.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        return cleaned.into_owned();
    }
    cleaned.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect()
}

/// `JDVB01234567890123-1-2-`: a package's number on the label is the waybill's, which package it is, and of how many (京东; public code of trackers).
fn waybill_of_package(number: &str) -> Option<&str> {
    const LEAST: usize = 12;
    let (waybill, counts) = number.split_once('-')?;
    let counted = |n: &str| (1..=3).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit());
    let mut parts = counts.split('-');
    let package = parts.next().is_some_and(counted) && parts.next().is_some_and(counted);
    let ends = parts.next().is_some_and(|route| route.bytes().all(|b| b.is_ascii_digit())) && parts.next().is_none();
    let named = waybill.len() >= LEAST && waybill.bytes().all(|b| b.is_ascii_alphanumeric()) && waybill.bytes().take(2).all(|b| b.is_ascii_alphabetic());
    (package && ends && named).then_some(waybill)
}

/// Has it the exponent form that Excel leaves (`3.51E+17`)?
pub fn is_exponent(id: &str) -> bool {
    let Some((mantissa, exponent)) = id.split_once(['E', 'e']) else { return false };
    let digits = exponent.strip_prefix('+').unwrap_or(exponent);
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && mantissa.bytes().any(|b| b.is_ascii_digit())
        && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.parse::<u32>().is_ok_and(|e| (5..=40).contains(&e))
}

/// More than 15 digits with only zeros after the 15th: what is left of an id that was a number once. One real id in a thousand looks so, too;
/// judge a column of three or more rows, not one id.
pub fn has_zero_tail(id: &str) -> bool {
    id.len() > 15 && id.bytes().all(|b| b.is_ascii_digit()) && id.as_bytes().get(15..).is_some_and(|t| t.iter().all(|b| *b == b'0'))
}

/// Runs of ASCII digits (full-width ones count) with the byte offset in `text` at which each begins. A run is whole: it has no digit before or after it.
pub fn digit_runs(text: &str) -> Vec<(usize, String)> {
    let mut runs = Vec::new();
    let mut current: Option<(usize, String)> = None;
    for (offset, c) in text.char_indices() {
        let c = narrow_char(c);
        if c.is_ascii_digit() {
            current.get_or_insert_with(|| (offset, String::new())).1.push(c);
        } else if let Some(run) = current.take() {
            runs.push(run);
        }
    }
    runs.extend(current);
    runs
}

/// Runs of ASCII letters and digits, upper-cased, with the byte offset at which each begins: candidates for waybill numbers.
pub fn alnum_runs(text: &str) -> Vec<(usize, String)> {
    let mut runs = Vec::new();
    let mut current: Option<(usize, String)> = None;
    for (offset, c) in text.char_indices() {
        let c = narrow_char(c);
        if c.is_ascii_alphanumeric() {
            current.get_or_insert_with(|| (offset, String::new())).1.push(c.to_ascii_uppercase());
        } else if let Some(run) = current.take() {
            runs.push(run);
        }
    }
    runs.extend(current);
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans_what_exports_wrap_around_ids() {
        for wrapped in ["=\"351234567890123456\"", "'351234567890123456", "351234567890123456\t", "\"\t351234567890123456\"", "３５1234567890123456 "] {
            assert_eq!(clean_id(wrapped), "351234567890123456", "{wrapped:?}");
        }
        assert_eq!(clean_id("=\"\""), "");
        assert_eq!(clean_waybill(" sf 1390-0123 "), "SF13900123");
    }

    #[test]
    fn a_package_has_its_waybills_number() {
        for package in ["JDVB01234567890123-1-1-", "jdvb01234567890123-2-12-", "JDVB01234567890123-1-1-45"] {
            assert_eq!(clean_waybill(package), "JDVB01234567890123", "{package}");
        }
        assert_eq!(clean_waybill("7860-0012-34-5673"), "78600012345673", "groups of digits");
        assert_eq!(clean_waybill("JDVB01234567890123-1-1"), "JDVB0123456789012311", "nobody says what that is");
    }

    #[test]
    fn tells_damaged_ids() {
        assert!(is_exponent("3.51E+17") && is_exponent("3.51234e17"));
        assert!(!is_exponent("SF1E5") && !is_exponent("3512345"));
        assert!(has_zero_tail("351234567890123000") && !has_zero_tail("351234567890123001") && !has_zero_tail("100000000000000"));
    }

    #[test]
    fn runs_are_whole() {
        assert_eq!(digit_runs("a12、３4b").iter().map(|r| r.1.as_str()).collect::<Vec<_>>(), ["12", "34"]);
        assert_eq!(alnum_runs("单号sf12。x").iter().map(|r| r.1.as_str()).collect::<Vec<_>>(), ["SF12", "X"]);
    }
}
