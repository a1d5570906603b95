//! Opaque tokens between Jinja and Markdown: a component or a reference leaves a token in the text, and only after the Markdown was parsed is it put in
//! its place. So neither a value nor a page number is ever read as Markdown, and each token still knows the template line it stands on.
//!
//! Characters of the private use area frame them; [`clean`] takes these out of every value from outside.

use crate::model::document::Inlines;
use std::sync::Mutex;

const TOKEN: char = '\u{e000}';
const TOKEN_END: char = '\u{e001}';
const MARK: char = '\u{e002}';
const MARK_END: char = '\u{e003}';
/// Stands for what cannot be printed ([`super::shown`]).
pub(super) const UNPRINTABLE: char = '\u{e004}';

/// What a component asks for. The blocks are made when every template has run, so that a table on page 1 knows which pictures the book shows later.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Request {
    Facts { columns: u8, pairs: Vec<(String, String, String)> },
    ProofCounts,
    OrdersTable,
    DayChart,
    CauseTable,
    Tiles(Vec<(String, String, String)>),
    Figures(Vec<usize>),
    BillRows,
    Timeline(usize),
    TraceTable(usize),
    ChatLines(usize),
    StockRows(usize),
    Pictures(usize),
    Shared,
    EvidenceList,
    FilesList,
    Contents(u8),
    Volumes,
    Signature(Vec<String>),
    Callout(String, String),
    Quote(String, String),
    Note(String),
    Record(String),
    Together(String),
    PageBreak,
}

/// A token's content.
#[derive(Debug, Clone)]
pub(super) enum Token {
    Inline(Inlines),
    Block(Request),
}

/// All tokens of one document.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    list: Mutex<Vec<Token>>,
}

impl Tokens {
    /// Keeps a token and gives the text that stands for it.
    pub(super) fn put(&self, token: Token) -> String {
        let mut list = self.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        list.push(token);
        format!("{TOKEN}{}{TOKEN_END}", list.len() - 1)
    }

    /// The token of a number.
    pub(super) fn get(&self, index: usize) -> Option<Token> {
        self.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(index).cloned()
    }
}

/// Where in the templates: index of the file, line from 1.
pub(super) type Spot = (usize, u32);

/// A piece of text with tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Token(usize),
    Spot(Spot),
}

/// Takes text apart.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find([TOKEN, MARK]) {
        let (before, from) = rest.split_at(at);
        if !before.is_empty() {
            out.push(Piece::Text(before.to_owned()));
        }
        let Some(end) = from.find([TOKEN_END, MARK_END]) else {
            return out;
        };
        let inner = from.get(TOKEN.len_utf8()..end).unwrap_or("");
        if from.starts_with(TOKEN) {
            if let Ok(index) = inner.parse() {
                out.push(Piece::Token(index));
            }
        } else if let Some((file, line)) = inner.split_once(':')
            && let (Ok(file), Ok(line)) = (file.parse(), line.parse())
        {
            out.push(Piece::Spot((file, line)));
        }
        rest = from.get(end + TOKEN_END.len_utf8()..).unwrap_or("");
    }
    if !rest.is_empty() {
        out.push(Piece::Text(rest.to_owned()));
    }
    out
}

/// Does a text hold a token?
pub(super) fn has_token(text: &str) -> bool {
    text.contains(TOKEN)
}

/// The text without any token or mark.
pub(super) fn plain(text: &str) -> String {
    pieces(text).into_iter().map(|p| if let Piece::Text(t) = p { t } else { String::new() }).collect()
}

/// Puts a mark with file and line before every `{{` of a template. (`{{-` is left alone: the mark would stop it from eating the blank before it.)
pub(super) fn mark(source: &str, file: usize) -> String {
    let mut out = String::with_capacity(source.len() + source.len() / 8);
    for (i, line) in source.split_inclusive('\n').enumerate() {
        let mut rest = line;
        while let Some(at) = rest.find("{{") {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            if !from.starts_with("{{-") {
                out.push_str(&format!("{MARK}{file}:{}{MARK_END}", i + 1));
            }
            out.push_str("{{");
            rest = from.get(2..).unwrap_or("");
        }
        out.push_str(rest);
    }
    out
}

/// The same for a template of plain text, with a mark also where a line begins: a sentence without any value has a line too. Not before a tag that eats the
/// blanks before it, nor inside of one.
pub(super) fn mark_lines(source: &str, file: usize) -> String {
    let mut out = String::with_capacity(source.len() + source.len() / 4);
    // what ends the tag that the text stands in
    let mut inside: Option<&str> = None;
    for (i, line) in source.split_inclusive('\n').enumerate() {
        let mark = format!("{MARK}{file}:{}{MARK_END}", i + 1);
        let mut rest = line;
        let mut begins = true;
        loop {
            if let Some(end) = inside {
                let Some(at) = rest.find(end) else { break };
                let (tag, after) = rest.split_at(at + end.len());
                out.push_str(tag);
                (rest, inside, begins) = (after, None, true);
                continue;
            }
            let next = ["{{", "{%", "{#"].iter().filter_map(|tag| rest.find(tag).map(|at| (at, *tag))).min();
            let text = next.map_or(rest, |(at, _)| rest.get(..at).unwrap_or(""));
            let opens = next.and_then(|(at, _)| rest.get(at..)).unwrap_or("");
            let printed = opens.starts_with("{{") && !opens.starts_with("{{-");
            if begins && !text.trim().is_empty() {
                out.push_str(&mark);
            }
            out.push_str(text);
            if printed {
                out.push_str(&mark);
            }
            let Some((at, tag)) = next else {
                rest = "";
                break;
            };
            out.push_str(tag);
            inside = Some(match tag {
                "{{" => "}}",
                "{%" => "%}",
                _ => "#}",
            });
            (rest, begins) = (rest.get(at + tag.len()..).unwrap_or(""), false);
        }
        out.push_str(rest);
    }
    out
}

/// The text without its marks, tokens still in it, and the first and the last mark.
pub(super) fn unmarked(text: &str) -> (String, Option<(Spot, Spot)>) {
    let (mut out, mut spots) = (String::new(), None);
    for piece in pieces(text) {
        match piece {
            Piece::Text(t) => out.push_str(&t),
            Piece::Token(i) => out.push_str(&format!("{TOKEN}{i}{TOKEN_END}")),
            Piece::Spot(spot) => spots = Some((spots.map_or(spot, |(first, _)| first), spot)),
        }
    }
    (out, spots)
}

/// Takes what frames tokens, and control characters, out of a value from outside.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            TOKEN..=UNPRINTABLE => Some('\u{fffd}'),
            '\n' | '\t' => Some(c),
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// A value as Markdown that prints exactly the value: every ASCII punctuation mark becomes a numeric entity, which no Markdown rule reads
/// (a backslash would be read by tables), and white space becomes single blanks, so that no value can begin a block.
pub(super) fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    let mut blank = false;
    for c in value.trim().chars() {
        if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) {
            out.push(' ');
        }
        if c.is_ascii_punctuation() {
            out.push_str(&format!("&#{};", c as u32));
        } else {
            out.push(c);
        }
    }
    out
}

/// A value inside of code, where Markdown reads no entities: as it was before [`escape`].
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("&#") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let entity = from.get(2..).and_then(|t| t.split_once(';')).and_then(|(n, after)| Some((char::from(n.parse::<u8>().ok()?), after)));
        match entity.filter(|(c, _)| c.is_ascii_punctuation()) {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push_str("&#");
                rest = from.get(2..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_tokens_come_apart_again() {
        let tokens = Tokens::default();
        let token = tokens.put(Token::Block(Request::PageBreak));
        let text = mark("a\nb {{ x }}", 3).replace("{{ x }}", &token);
        assert_eq!(pieces(&text), [Piece::Text("a\nb ".into()), Piece::Spot((3, 2)), Piece::Token(0)]);
        assert_eq!(plain(&text), "a\nb ");
    }

    #[test]
    fn lines_of_text_are_marked_outside_of_tags() {
        let marked = mark_lines("{# a\nb #}\n1|x\n{% if y %}2|z{% endif %}\n{%- set l = [\n 1,\n] %}\n{{ v }}w{{- u }}\n", 0);
        let lines: Vec<(String, Option<(Spot, Spot)>)> = marked.lines().map(unmarked).collect();
        let spots: Vec<Option<u32>> = lines.iter().map(|(_, s)| s.map(|(first, _)| first.1)).collect();
        assert_eq!(spots, [None, None, Some(3), Some(4), None, None, None, Some(8)], "{marked}");
        assert_eq!(lines[7].0, "{{ v }}w{{- u }}");
    }

    #[test]
    fn a_value_cannot_forge_a_token() {
        assert_eq!(unescape(&escape("a-b &#1; `c`")), "a-b &#1; `c`");
        assert_eq!(clean("a\u{e000}0\u{e001}\u{7}b"), "a\u{fffd}0\u{fffd}b");
    }
}
