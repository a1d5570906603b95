//! The lines that name a speaker and a time.

use crate::model::Time;
use crate::text::dates;
use crate::text::width::narrow_char;

/// A nick is not longer; Taobao allows 25 characters, a sub-account adds its own name.
const MAX_NICK: usize = 48;

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
}

const FORMS: [Form; 4] = [Form::Arrow, Form::Bracket, Form::OneLine, Form::TwoLines];

/// Who speaks, to whom where it is said, when, and text that follows on the same line.
#[derive(Debug)]
pub struct Head {
    pub speaker: String,
    pub to: Option<String>,
    pub at: Time,
    pub rest: String,
}

/// The form with the most heads, and how many.
pub fn form(lines: &[&str], not_speakers: &[String]) -> Option<(Form, usize)> {
    let count = |form: Form| (0..lines.len()).filter(|i| head(form, lines, *i, not_speakers).is_some()).count();
    // the earlier form on a tie: an arrow or bracket line would also pass as a plain one
    FORMS
        .into_iter()
        .map(|f| (f, count(f)))
        .fold(None, |best: Option<(Form, usize)>, (f, n)| if best.is_none_or(|(_, most)| n > most) { Some((f, n)) } else { best })
}

/// The head that begins at line `index`, and how many lines it takes.
pub fn head(form: Form, lines: &[&str], index: usize, not_speakers: &[String]) -> Option<(Head, usize)> {
    let line = lines.get(index)?.trim();
    if line.len() > 400 {
        return None;
    }
    match form {
        Form::OneLine => {
            let (before, at) = ending_time(line)?;
            let speaker = nick(before, not_speakers)?;
            Some((Head { speaker, to: None, at, rest: String::new() }, 1))
        }
        Form::Arrow => {
            let (before, at) = ending_time(line)?;
            let (from, to) = ["-->", "--＞", "→", "->"].into_iter().find_map(|arrow| before.split_once(arrow))?;
            Some((Head { speaker: nick(from, not_speakers)?, to: Some(nick(to, not_speakers)?), at, rest: String::new() }, 1))
        }
        Form::Bracket => {
            let inside = [('[', ']'), ('【', '】')].into_iter().find_map(|(open, close)| line.strip_prefix(open)?.split_once(close));
            let (name, after) = inside?;
            let (at, rest) = beginning_time(after.trim_start())?;
            Some((Head { speaker: nick(name, not_speakers)?, to: None, at, rest }, 1))
        }
        Form::TwoLines => {
            let next = lines.get(index + 1)?.trim();
            if !next.starts_with("20") {
                return None;
            }
            let (at, rest) = beginning_time(next)?;
            // a sentence may end with a line that begins with a time; only state marks may follow here
            if rest.chars().count() > 4 || ending_time(line).is_some() || beginning_time(line).is_some() {
                return None;
            }
            Some((Head { speaker: nick(line, not_speakers)?, to: None, at, rest }, 2))
        }
    }
}

fn nick(text: &str, not_speakers: &[String]) -> Option<String> {
    let text = text.trim().trim_end_matches(['(', '（']).trim();
    let sentence = |c: char| matches!(c, '\t' | '，' | '。' | '！' | '？' | '；' | ',' | '!' | '?' | ';' | '“' | '”' | '"' | '《' | '》' | '|' | '=');
    let long = text.chars().count() > MAX_NICK;
    let number = text.len() >= 12 && text.bytes().all(|b| b.is_ascii_digit());
    let no_name = text.is_empty() || long || number || text.contains(sentence) || text.contains("://") || text.ends_with([':', '：']);
    (!no_name && !not_speakers.iter().any(|w| text.ends_with(w.as_str()))).then(|| text.to_owned())
}

/// A time of day at the end of the line (a closing bracket, a colon or a mark may follow) and what stands before it. A nick that ends in digits may
/// touch the year: the year is the four digits before the first separator.
fn ending_time(line: &str) -> Option<(&str, Time)> {
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
            return Some((text.get(..start)?, moment.at));
        }
    }
    None
}

/// A date with a time of day at the beginning of the line, and what follows it.
fn beginning_time(line: &str) -> Option<(Time, String)> {
    let narrow: String = line.chars().map(narrow_char).collect();
    let (moment, used) = dates::prefix(&narrow)?;
    let rest = narrow.get(used..)?;
    // the rest as it stands in the line: narrowing keeps the number of characters
    let skipped = narrow.get(..used)?.chars().count();
    let glued = rest.chars().next().is_some_and(|c| c.is_ascii_digit());
    (moment.has_time && !glued).then(|| (moment.at, line.chars().skip(skipped).collect::<String>().trim_start_matches([':', '：']).trim().to_owned()))
}
