//! The lines of a copied text that name a speaker and a time.

use super::clock::{self, Stamp};
use crate::text::dates;
use crate::text::width::narrow_char;

/// A nick is not longer; Taobao allows 25 characters, a sub-account adds its own name.
const MAX_NICK: usize = 48;
/// One with a comma inside is not longer than this.
const COMMA_NICK: usize = 16;

/// How the file writes its heads. A file keeps to one form; the one found most often is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `昵称 2026-4-2 9:05:11`, also touching or with the time in brackets.
    OneLine,
    /// The nick on a line, the time on the next.
    TwoLines,
    /// `A --> B 2026-4-2 9:05:11`.
    Arrow,
    /// `[昵称] 2024-01-01 10:00:00`.
    Bracket,
    /// `2019-07-16 18:15:05 昵称(12345)`, as QQ and exporters of WeChat write.
    TimeFirst,
    /// The time on a line, `昵称: 文字` on the next.
    TimeAbove,
}

/// What a text of its own may be written in.
pub const OF_TEXTS: &[Form] = &[Form::Arrow, Form::Bracket, Form::OneLine, Form::TwoLines, Form::TimeFirst];
/// What a cell may be written in that holds one conversation: a line with a colon is too common in other texts.
pub const OF_CELLS: &[Form] = &[Form::Arrow, Form::Bracket, Form::OneLine, Form::TwoLines, Form::TimeFirst, Form::TimeAbove];

/// Who speaks, to whom where it is said, when, and text that follows on the same line.
#[derive(Debug)]
pub struct Head {
    pub speaker: String,
    pub to: Option<String>,
    pub stamp: Stamp,
    pub rest: String,
}

/// The form with the most heads, and how many.
pub fn form(forms: &[Form], lines: &[&str], not_speakers: &[String]) -> Option<(Form, usize)> {
    let count = |form: Form| (0..lines.len()).filter(|i| head(form, lines, *i, not_speakers).is_some()).count();
    // the earlier form on a tie: an arrow or bracket line would also pass as a plain one
    forms
        .iter()
        .map(|f| (*f, count(*f)))
        .fold(None, |best: Option<(Form, usize)>, (f, n)| if best.is_none_or(|(_, most)| n > most) { Some((f, n)) } else { best })
}

/// The head that begins at line `index`, and how many lines it takes.
pub fn head(form: Form, lines: &[&str], index: usize, not_speakers: &[String]) -> Option<(Head, usize)> {
    let line = lines.get(index)?.trim();
    if line.len() > 400 {
        return None;
    }
    let said = |speaker: String, stamp: Stamp, rest: String, used: usize| Some((Head { speaker, to: None, stamp, rest }, used));
    match form {
        Form::OneLine => {
            let (before, stamp) = ending_stamp(line)?;
            said(nick(before, not_speakers)?, stamp, String::new(), 1)
        }
        Form::Arrow => {
            let (before, stamp) = ending_stamp(line)?;
            let (from, to) = ["-->", "--＞", "→", "->"].into_iter().find_map(|arrow| before.split_once(arrow))?;
            Some((Head { speaker: nick(from, not_speakers)?, to: Some(nick(to, not_speakers)?), stamp, rest: String::new() }, 1))
        }
        Form::Bracket => {
            let inside = [('[', ']'), ('【', '】')].into_iter().find_map(|(open, close)| line.strip_prefix(open)?.split_once(close));
            let (name, after) = inside?;
            let (stamp, rest) = beginning_stamp(after.trim_start())?;
            said(nick(name, not_speakers)?, stamp, rest, 1)
        }
        Form::TwoLines => {
            let next = lines.get(index + 1)?.trim();
            let (stamp, rest) = beginning_stamp(next)?;
            // a sentence may end with a line that begins with a time; only state marks may follow here
            if !rest_is_mark(&rest) || ending_stamp(line).is_some() || beginning_stamp(line).is_some() || matches!(stamp, Stamp::Clock { .. }) {
                return None;
            }
            said(nick(line, not_speakers)?, stamp, rest, 2)
        }
        Form::TimeFirst => {
            let (stamp, rest) = beginning_stamp(line)?;
            if !matches!(stamp, Stamp::Whole(_)) || !line.contains(' ') {
                return None;
            }
            said(nick(without_number(&rest), not_speakers)?, stamp, String::new(), 1)
        }
        Form::TimeAbove => {
            let (stamp, rest) = beginning_stamp(line)?;
            let next = lines.get(index + 1)?.trim();
            let (name, text) = next.split_once(": ").or_else(|| next.split_once(['：', ':']))?;
            // a shop's sub-account has a colon of its own
            let (name, text) = match text.split_once(": ") {
                Some((sub, behind)) if !sub.contains(char::is_whitespace) && sub.chars().count() <= 12 && !name.contains(char::is_whitespace) => {
                    (next.get(..name.len() + 1 + sub.len())?, behind)
                }
                _ => (name, text),
            };
            if !rest.is_empty() {
                return None;
            }
            said(nick(name, not_speakers)?, stamp, text.trim().to_owned(), 2)
        }
    }
}

fn rest_is_mark(rest: &str) -> bool {
    rest.chars().count() <= 4
}

/// A name without the account behind it: `林一(10001)`, `林一<a@example.com>`.
fn without_number(name: &str) -> &str {
    let name = name.trim();
    let account = [('(', ')'), ('<', '>')].into_iter().find_map(|(open, close)| {
        let (before, inside) = name.strip_suffix(close)?.rsplit_once(open)?;
        let plain = !inside.is_empty() && (inside.bytes().all(|b| b.is_ascii_digit()) || inside.contains('@'));
        plain.then(|| before.trim())
    });
    account.filter(|n| !n.is_empty()).unwrap_or(name)
}

fn nick(text: &str, not_speakers: &[String]) -> Option<String> {
    let text = text.trim().trim_end_matches(['(', '（']).trim();
    // platforms allow a comma in nicks (`小雨,不带伞`); in sentences Chinese writes the wide one, English a blank behind it
    let comma = text.split_once(',').is_some_and(|(a, b)| {
        let beside = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || c.is_ascii_punctuation());
        beside(a.chars().next_back()) || beside(b.chars().next()) || b.contains(',') || text.chars().count() > COMMA_NICK
    });
    let sentence = |c: char| matches!(c, '\t' | '，' | '。' | '！' | '？' | '；' | '!' | '?' | ';' | '“' | '”' | '"' | '《' | '》' | '|' | '=');
    let long = text.chars().count() > MAX_NICK;
    let number = text.len() >= 12 && text.bytes().all(|b| b.is_ascii_digit());
    let no_name = text.is_empty() || long || number || comma || text.contains(sentence) || text.contains("://") || text.ends_with([':', '：']);
    (!no_name && !not_speakers.iter().any(|w| text.ends_with(w.as_str()))).then(|| text.to_owned())
}

/// A time at the end of the line (a closing bracket, a colon or a mark may follow) and what stands before it. A nick that ends in digits may
/// touch the year: the year is the four digits before the first separator.
fn ending_stamp(line: &str) -> Option<(&str, Stamp)> {
    let mut text = line.trim_end();
    for mark in ["已读", "未读"] {
        text = text.strip_suffix(mark).unwrap_or(text).trim_end();
    }
    let text = text.trim_end_matches([')', '）', ':', '：']).trim_end();
    let separators = text.char_indices().filter(|(_, c)| matches!(c, '-' | '/' | '年' | '.'));
    for (at, _) in separators {
        // four characters before, ASCII digits or their full-width forms
        let Some((start, _)) = text.get(..at).and_then(|before| before.char_indices().rev().nth(3)) else { continue };
        let tail: String = text.get(start..)?.chars().map(narrow_char).collect();
        if let Some((moment, used)) = dates::prefix(&tail)
            && used == tail.len()
            && moment.has_time
        {
            return Some((text.get(..start)?, Stamp::Whole(moment.at)));
        }
    }
    if !text.ends_with(|c| narrow_char(c).is_ascii_digit()) || !text.contains([':', '：']) {
        return None;
    }
    // without a year the time must stand apart, and a bare time of day must have seconds: sentences end in 明天 10:00
    for (at, _) in text.char_indices().filter(|(_, c)| c.is_whitespace()).take(40) {
        let tail: String = text.get(at..)?.trim_start().chars().map(narrow_char).collect();
        if let Some((stamp, used)) = clock::partial(&tail)
            && used == tail.len()
            && (matches!(stamp, Stamp::NoYear { .. }) || clock::has_seconds(&tail))
        {
            return Some((text.get(..at)?, stamp));
        }
    }
    None
}

/// A time at the beginning of the line, and what follows it.
fn beginning_stamp(line: &str) -> Option<(Stamp, String)> {
    let narrow: String = line.chars().map(narrow_char).collect();
    let (stamp, used) = match dates::prefix(&narrow) {
        Some((moment, used)) if moment.has_time => (Stamp::Whole(moment.at), used),
        Some(_) => return None,
        None => clock::partial(&narrow).filter(|(stamp, used)| matches!(stamp, Stamp::NoYear { .. }) || narrow.get(..*used).is_some_and(clock::has_seconds))?,
    };
    let rest = narrow.get(used..)?;
    // the rest as it stands in the line: narrowing keeps the number of characters
    let skipped = narrow.get(..used)?.chars().count();
    let glued = rest.chars().next().is_some_and(|c| c.is_ascii_digit());
    (!glued).then(|| (stamp, line.chars().skip(skipped).collect::<String>().trim_start_matches([':', '：']).trim().to_owned()))
}
