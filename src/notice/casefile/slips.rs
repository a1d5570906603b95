//! Slips of the hand that make case.toml unreadable as TOML: full-width quotes, a Windows path with `\`, text without quotes. For each the corrected
//! line is worked out and tried, so that what we tell people to paste does parse.

use super::Problem;
use super::schema::Schema;
use crate::text::width::narrow_char;
use toml::de::DeTable;

/// At most so many mistakes are told at once: after the first few the parser only guesses.
const SHOWN: usize = 5;

/// What is wrong in a text that is no TOML: one problem a line, first lines first.
pub(super) fn problems(text: &str, schema: &Schema) -> Vec<Problem> {
    let (_, errors) = DeTable::parse_recoverable(text);
    let lines: Vec<&str> = text.lines().collect();
    let mut found: Vec<Problem> = Vec::new();
    for error in &errors {
        let offset = error.span().map_or(0, |s| s.start);
        let line = line_at(text, offset).min(u32::try_from(lines.len().max(1)).unwrap_or(u32::MAX));
        if found.iter().any(|p| p.line == line) || found.len() >= SHOWN {
            continue;
        }
        let source = lines.get(line as usize - 1).copied().unwrap_or("");
        found.push(explain(text, line, source, error.message(), schema));
    }
    found.sort_by_key(|p| p.line);
    found
}

/// 1-based line of a byte offset.
pub(super) fn line_at(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().get(..offset.min(text.len())).unwrap_or_default();
    u32::try_from(before.iter().filter(|b| **b == b'\n').count()).unwrap_or(u32::MAX - 1) + 1
}

fn explain(text: &str, line: u32, source: &str, detail: &str, schema: &Schema) -> Problem {
    if detail.contains("duplicate") {
        return Problem::new(line, "duplicate", &[]);
    }
    let attempts = [
        ("backslash", source.contains('\\').then(|| without_backslashes(source, schema))),
        ("full-width", has_full_width(source).then(|| plain_at_borders(source))),
        ("full-width", has_full_width(source).then(|| source.chars().map(plain).collect())),
        ("unquoted", quoted(source)),
    ];
    for (key, attempt) in attempts {
        if let Some(fixed) = attempt
            && fixed != source
            && parses(text, line, &fixed)
        {
            return Problem::new(line, key, &[]).fix(fixed);
        }
    }
    if has_full_width(source) {
        return Problem::new(line, "full-width", &[]);
    }
    Problem::new(line, "syntax", &[("detail", detail)])
}

/// Does the text have no mistake on this line (and at most as many elsewhere) once the line is replaced?
fn parses(text: &str, line: u32, fixed: &str) -> bool {
    let replaced: Vec<&str> = text.lines().enumerate().map(|(i, l)| if i + 1 == line as usize { fixed } else { l }).collect();
    let replaced = replaced.join("\n");
    let (_, after) = DeTable::parse_recoverable(&replaced);
    after.iter().all(|e| e.span().map_or(1, |s| line_at(&replaced, s.start)) != line)
}

fn has_full_width(source: &str) -> bool {
    source.chars().any(|c| plain(c) != c)
}

/// Quotes of all shapes and the full-width signs of TOML's grammar, made plain.
fn plain(c: char) -> char {
    match c {
        '“' | '”' | '„' | '‟' | '＂' | '「' | '」' => '"',
        '‘' | '’' | '＇' => '\'',
        '【' => '[',
        '】' => ']',
        '＝' | '，' | '［' | '］' | '｛' | '｝' | '＃' | '．' | '\u{3000}' => narrow_char(c),
        _ => c,
    }
}

/// Plain quotes only where a value begins or ends, and plain signs only outside of values: quotes inside a sentence stay as they are.
fn plain_at_borders(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut inside = false;
    for (i, &c) in chars.iter().enumerate() {
        let p = plain(c);
        if p == '"' || p == '\'' {
            let before = chars.iter().take(i).rev().find(|c| !c.is_whitespace()).map(|c| plain(*c));
            let after = chars.iter().skip(i + 1).find(|c| !c.is_whitespace()).map(|c| plain(*c));
            let opens = !inside && matches!(before, None | Some('=' | '[' | ',' | '{'));
            let closes = inside && matches!(after, None | Some(']' | ',' | '}' | '#' | '='));
            if opens || closes {
                inside = opens;
                out.push('"');
                continue;
            }
            out.push(c);
        } else if inside {
            out.push(c);
        } else {
            out.push(p);
        }
    }
    out
}

/// Paths with `/`; other text with the backslash doubled.
fn without_backslashes(source: &str, schema: &Schema) -> String {
    let key = source.split('=').next().unwrap_or("").trim().trim_matches('"');
    let inline_path = source.contains("file");
    if schema.has_path_key(key) || inline_path { source.replace('\\', "/") } else { source.replace('\\', "\\\\") }
}

/// `platform = taobao` and `orders = [260409-123456789012345]` with their quotes.
fn quoted(source: &str) -> Option<String> {
    let (key, value) = source.split_once('=')?;
    let (value, comment) = match value.split_once('#') {
        Some((v, c)) => (v, format!("  #{c}")),
        None => (value, String::new()),
    };
    let value = value.trim();
    let quote = |v: &str| {
        let v = v.trim().trim_matches(['"', '\'']);
        if v.is_empty() { String::new() } else { format!("\"{}\"", v.replace('\\', "/").replace('"', "\\\"")) }
    };
    let fixed = match value.strip_prefix('[').map(|v| v.trim_end_matches(']')) {
        Some(list) => format!("[{}]", list.split([',', '，', '、']).map(quote).filter(|v| !v.is_empty()).collect::<Vec<_>>().join(", ")),
        None => quote(value),
    };
    (!value.is_empty()).then(|| format!("{}= {fixed}{comment}", if key.ends_with(' ') { key.to_owned() } else { format!("{key} ") }))
}
