//! Phone numbers inside free text: whole ones, masked ones, tails; and masking them.
//! A number counts only as a whole run of digits: order ids and waybills of 12 to 20 digits hold runs that look like phones.

use super::width::narrow_char;

/// A phone number as it stands in a text or cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    /// All digits, without country code or separators, and the extension of a platform's virtual number (`13812345678-1234`).
    Full(String, Option<String>),
    /// `138****5678`: what stands before and behind the mask.
    Masked(String, String),
    /// The last four digits, announced by a word (`尾号5678`).
    Tail(String),
}

/// Digits of a number that is none of the forms that a country gives its phones: shorter ones are counters, longer ones ids.
const DIGITS: std::ops::RangeInclusive<usize> = 8..=14;
/// Visible digits at the end that a masked number must have to say anything.
const TAIL: usize = 4;

struct Run {
    text: String,
    /// The character before it, and whether a letter touches it.
    before: Option<char>,
    touched: bool,
    /// Where it begins, in characters.
    start: usize,
    /// `-` or a blank, when nothing else parts it from the next run.
    glue: Option<char>,
}

/// Runs of digits and mask signs. `x` masks only between digits.
fn runs(chars: &[char]) -> Vec<Run> {
    let mask = |i: usize| {
        let at = |n: usize| chars.get(n).copied();
        match at(i) {
            Some('*') => true,
            Some(c @ ('x' | 'X')) => {
                let first = (0..=i).rev().find(|n| at(*n) != Some(c)).map_or(0, |n| n + 1);
                let last = (i..chars.len()).find(|n| at(*n) != Some(c)).unwrap_or(chars.len());
                last - first >= 3 && first > 0 && at(first - 1).is_some_and(|c| c.is_ascii_digit()) && at(last).is_some_and(|c| c.is_ascii_digit())
            }
            _ => false,
        }
    };
    let mut found: Vec<Run> = Vec::new();
    let mut i = 0;
    while let Some(c) = chars.get(i) {
        if !(c.is_ascii_digit() || mask(i)) {
            i += 1;
            continue;
        }
        let start = i;
        let mut text = String::new();
        while let Some(c) = chars.get(i).filter(|c| c.is_ascii_digit() || mask(i)) {
            text.push(if c.is_ascii_digit() { *c } else { '*' });
            i += 1;
        }
        let before = start.checked_sub(1).and_then(|n| chars.get(n)).copied();
        let touched = before.is_some_and(|c| c.is_ascii_alphabetic()) || chars.get(i).is_some_and(char::is_ascii_alphabetic);
        let glue = chars.get(i).copied().filter(|c| matches!(c, '-' | ' ') && chars.get(i + 1).is_some_and(char::is_ascii_digit));
        found.push(Run { text, before, touched, start, glue });
    }
    found
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A mobile number of mainland China.
fn mobile(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && digits(text)
}

/// Every phone number of a text. `tail_words` announce the last four digits.
pub fn seen(text: &str, tail_words: &[String]) -> Vec<Seen> {
    let chars: Vec<char> = text.chars().map(narrow_char).collect();
    let runs = runs(&chars);
    let mut found = Vec::new();
    let mut skip = 0;
    for (i, run) in runs.iter().enumerate() {
        if i < skip || run.touched {
            continue;
        }
        let glued_before = i.checked_sub(1).and_then(|n| runs.get(n)).filter(|r| r.glue.is_some());
        if run.text.contains('*') {
            found.extend(masked(&run.text));
        } else if let Some((number, used)) = grouped(&runs, i, glued_before) {
            let extension = extension(&runs, i + used - 1);
            skip = i + used + usize::from(extension.is_some());
            found.push(Seen::Full(number, extension));
        } else if let Some(number) = plain(run) {
            // behind a long group it is a part of an id with dashes; before one, too
            let part = |r: &Run| r.glue == Some('-') && r.text.len() > TAIL;
            let goes_on = run.glue == Some('-') && runs.get(i + 1).is_some_and(|n| n.text.len() > TAIL);
            if glued_before.is_some_and(part) || goes_on {
                continue;
            }
            let extension = extension(&runs, i);
            skip = i + 1 + usize::from(extension.is_some());
            found.push(Seen::Full(number, extension));
        } else if run.text.len() == TAIL && announced(&chars, run.start, tail_words) {
            found.push(Seen::Tail(run.text.clone()));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The phone of a cell made for one: separators and country code taken off.
pub fn of_cell(cell: &str) -> Option<Seen> {
    let chars: Vec<char> = super::ids::clean_id(cell).chars().map(narrow_char).filter(|c| !matches!(c, '(' | ')' | '\'')).collect();
    let text: String = chars.iter().collect();
    let (number, extension) = match text.rsplit_once(['-', '转']) {
        Some((number, extension)) if extension.len() == TAIL && digits(extension) && number.len() >= *DIGITS.start() => (number, Some(extension.to_owned())),
        _ => (text.as_str(), None),
    };
    let bare: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '*').collect();
    if bare.contains('*') {
        return masked(&bare);
    }
    let bare = without_country(&bare);
    DIGITS.contains(&bare.len()).then(|| Seen::Full(bare.to_owned(), extension))
}

fn without_country(number: &str) -> &str {
    ["0086", "86"].into_iter().find_map(|code| number.strip_prefix(code).filter(|rest| mobile(rest))).unwrap_or(number)
}

/// The number of one run: a mobile number, one with a country code that a `+` or `00` announces, a landline in one piece, a number of another country.
fn plain(run: &Run) -> Option<String> {
    let text = run.text.as_str();
    if text.len() == 13 && text.starts_with("86") {
        return (run.before == Some('+') && mobile(text.get(2..)?)).then(|| text.trim_start_matches("86").to_owned());
    }
    if text.len() == 15 && text.starts_with("0086") {
        return text.get(4..).filter(|t| mobile(t)).map(str::to_owned);
    }
    (DIGITS.contains(&text.len()) && digits(text)).then(|| text.to_owned())
}

/// `138 1234 5678`, `138-1234-5678`, `0571-88886666`: the number and how many runs it takes.
fn grouped(runs: &[Run], i: usize, glued_before: Option<&Run>) -> Option<(String, usize)> {
    let [first, second] = [runs.get(i)?, runs.get(i + 1)?];
    let glue = first.glue?;
    if second.touched || !digits(&second.text) || glued_before.is_some_and(|r| !matches!(r.text.as_str(), "86" | "0086")) {
        return None;
    }
    if glue == '-' && first.text.starts_with('0') && matches!(first.text.len(), 3 | 4) && matches!(second.text.len(), 7 | 8) {
        return Some((format!("{}{}", first.text, second.text), 2));
    }
    let third = runs.get(i + 2)?;
    let fits = first.text.len() == 3 && second.text.len() == 4 && third.text.len() == 4 && second.glue == Some(glue) && !third.touched;
    let number = format!("{}{}{}", first.text, second.text, third.text);
    // a card number goes on in groups of four
    (fits && third.glue != Some(glue) && mobile(&number)).then_some((number, 3))
}

/// Exactly four digits behind a dash, and the end.
fn extension(runs: &[Run], last: usize) -> Option<String> {
    let next = runs.get(last).filter(|r| r.glue == Some('-')).and_then(|_| runs.get(last + 1))?;
    (next.text.len() == TAIL && digits(&next.text) && !next.touched && next.glue != Some('-')).then(|| next.text.clone())
}

fn masked(text: &str) -> Option<Seen> {
    let head: String = text.chars().take_while(char::is_ascii_digit).collect();
    let tail: String = text.chars().rev().take_while(char::is_ascii_digit).collect::<Vec<_>>().into_iter().rev().collect();
    let inner = text.len().checked_sub(head.len() + tail.len())?;
    let whole_mask = text.chars().filter(|c| *c == '*').count() == inner;
    (whole_mask && inner >= 2 && head.len() <= TAIL && (TAIL..=7).contains(&tail.len())).then_some(Seen::Masked(head, tail))
}

/// Does one of the words stand before this place, with at most a colon or a verb between.
fn announced(chars: &[char], start: usize, words: &[String]) -> bool {
    let before: String = chars.get(start.saturating_sub(24)..start).unwrap_or_default().iter().collect::<String>().to_lowercase();
    let before = before.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '是' | '为' | '='));
    words.iter().any(|w| before.ends_with(w.as_str()))
}

/// Words that end in a letter and announce a phone number; other letters before digits belong to a waybill.
const ANNOUNCING: [&str; 4] = ["tel", "phone", "mobile", "mob"];

/// Masks the middle of mobile numbers (whole runs of exactly 11 digits that begin with 1, also in groups: `138 1234 5678`, `138-1234-5678`) and of landlines
/// (`0571-88886666`), in digits of either width. Longer runs (order ids, waybills) hold look-alikes and are never touched.
pub fn mask_phones(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let narrow: Vec<char> = chars.iter().copied().map(narrow_char).collect();
    let end_of = |from: usize| narrow.iter().skip(from).position(|c| !c.is_ascii_digit()).map_or(narrow.len(), |n| from + n);
    let part = |from: usize, to: usize| chars.get(from..to).unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while let Some(c) = chars.get(i) {
        if !narrow.get(i).is_some_and(char::is_ascii_digit) {
            out.push(*c);
            i += 1;
            continue;
        }
        let end = end_of(i);
        let run: String = narrow.get(i..end).unwrap_or_default().iter().collect();
        // what stays readable before the mask, where the last four digits begin, and where the number ends
        let masked = if mobile(&run) && !part_of_a_word(&narrow, i) {
            Some((i + 3, end - 4, end))
        } else if matches!(run.len(), 3 | 4) && run.starts_with('0') && narrow.get(end) == Some(&'-') {
            let second = end_of(end + 1);
            matches!(second - end - 1, 7 | 8).then(|| (end + 1, second - 4, second))
        } else {
            grouped_mobile(&narrow, i, end, &end_of).filter(|_| !part_of_a_word(&narrow, i)).map(|last| (end + 1, last - 4, last))
        };
        match masked {
            Some((shown, tail, last)) => {
                out.extend(part(i, shown));
                out.push_str("****");
                // between groups the separator stays
                out.extend(part(tail - 1, tail).iter().filter(|c| !narrow_char(**c).is_ascii_digit()));
                out.extend(part(tail, last));
                i = last;
            }
            None => {
                out.extend(part(i, end));
                i = end;
            }
        }
    }
    out
}

/// Stands a letter before the digits that belongs to them, as in a waybill?
fn part_of_a_word(chars: &[char], start: usize) -> bool {
    let letters: Vec<char> = chars.get(..start).unwrap_or_default().iter().rev().take_while(|c| c.is_ascii_alphabetic()).copied().collect();
    let word: String = letters.iter().rev().collect::<String>().to_lowercase();
    !word.is_empty() && !ANNOUNCING.contains(&word.as_str())
}

/// The end of a mobile number in groups of three, four and four, whose first group is `start..end`. A card number goes on in groups.
fn grouped_mobile(chars: &[char], start: usize, end: usize, end_of: &dyn Fn(usize) -> usize) -> Option<usize> {
    let glue = *chars.get(end).filter(|c| matches!(c, ' ' | '-'))?;
    let (second, third) = (end_of(end + 1), end_of(end + 6));
    let inside = |from: usize, to: usize| chars.get(from..to).unwrap_or_default().iter().collect::<String>();
    let number = format!("{}{}{}", inside(start, end), inside(end + 1, second), inside(end + 6, third));
    let goes_on = chars.get(third) == Some(&glue) && chars.get(third + 1).is_some_and(char::is_ascii_digit);
    let before =
        start.checked_sub(1).and_then(|b| chars.get(b)) == Some(&glue) && start.checked_sub(2).and_then(|b| chars.get(b)).is_some_and(char::is_ascii_digit);
    let fits = end - start == 3 && second == end + 5 && third == end + 10 && chars.get(second) == Some(&glue);
    (fits && !goes_on && !before && mobile(&number)).then_some(third)
}

#[cfg(test)]
mod tests {
    use super::{Seen, mask_phones, of_cell, seen};

    fn full(number: &str, extension: Option<&str>) -> Seen {
        Seen::Full(number.into(), extension.map(str::to_owned))
    }

    #[test]
    fn sees_whole_numbers_in_their_usual_forms() {
        let words = ["尾号".to_owned()];
        for (text, expected) in [
            ("电话13812345678谢谢", vec![full("13812345678", None)]),
            ("１３８12345678", vec![full("13812345678", None)]),
            ("+8613812345678，008613812345678", vec![full("13812345678", None)]),
            ("+86 138-1234-5678", vec![full("13812345678", None)]),
            ("86-13812345678", vec![full("13812345678", None)]),
            ("138 1234 5678", vec![full("13812345678", None)]),
            ("18412345678-1234", vec![full("18412345678", Some("1234"))]),
            ("18412345678-1", vec![full("18412345678", None)]),
            ("0571-88886666-1234", vec![full("057188886666", Some("1234"))]),
            ("张* 138****5678", vec![Seen::Masked("138".into(), "5678".into())]),
            ("138xxxx5678", vec![Seen::Masked("138".into(), "5678".into())]),
            ("手机尾号是 5678", vec![Seen::Tail("5678".into())]),
            // parts of ids, waybills, cards, sizes
            ("351381234567890123", vec![]),
            ("SF13812345678", vec![]),
            ("260401-13812345678", vec![]),
            ("138 1234 5678 9012", vec![]),
            ("8613812345678", vec![]),
            ("1********00", vec![]),
            ("5678", vec![]),
        ] {
            assert_eq!(seen(text, &words), expected, "{text}");
        }
    }

    #[test]
    fn cells_made_for_phones() {
        assert_eq!(of_cell("'13812345678"), Some(full("13812345678", None)));
        assert_eq!(of_cell("18412345678-1234"), Some(full("18412345678", Some("1234"))));
        assert_eq!(of_cell("86-13812345678"), Some(full("13812345678", None)));
        assert_eq!(of_cell("0571-88886666"), Some(full("057188886666", None)));
        assert_eq!(of_cell("138****5678"), Some(Seen::Masked("138".into(), "5678".into())));
        assert_eq!(of_cell("1********00"), None);
        assert_eq!(of_cell("无"), None);
    }

    #[test]
    fn masks_only_whole_runs() {
        assert_eq!(mask_phones("派件人：李四，电话：13900001111"), "派件人：李四，电话：139****1111");
        assert_eq!(mask_phones("订单 351234567890123456，单号 SF1390012345671"), "订单 351234567890123456，单号 SF1390012345671");
        assert_eq!(mask_phones("0571-88886666"), "0571-****6666");
        for (text, masked) in [
            ("派件员 138 1234 5678。", "派件员 138 **** 5678。"),
            ("138-1234-5678", "138-****-5678"),
            ("１３８１２３４５６７８", "１３８****５６７８"),
            ("Tel13812345678", "Tel138****5678"),
            ("YT13812345678", "YT13812345678"),
            ("138-1234-5678-9012", "138-1234-5678-9012"),
            ("6217 138 1234 5678", "6217 138 1234 5678"),
            ("138", "138"),
            ("0571-1", "0571-1"),
        ] {
            assert_eq!(mask_phones(text), masked, "{text}");
        }
    }
}
