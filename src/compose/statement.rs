//! The statement as plain text, in the lengths that forms allow. Whole sentences only: the least important ones go first, none is ever cut.

use super::Composed;
use super::book::Book;
use super::tokens::{Piece, Token, Tokens, pieces};
use crate::error::{Error, Result};
use crate::model::case::Case;
use crate::model::document::{Inline, Inlines, PageWords, PartKind, RefText};
use crate::model::pages::PageMap;

/// The statement, sentence by sentence.
#[derive(Debug, Clone, Default)]
pub struct StatementText {
    /// In reading order.
    pub sentences: Vec<Sentence>,
    /// What stands between two sentences of a paragraph (nothing in Chinese).
    pub join: String,
}

/// One sentence.
#[derive(Debug, Clone)]
pub struct Sentence {
    /// 1 = said even in the shortest text; higher ones go first when room is short.
    pub priority: u8,
    /// The paragraph it stands in.
    pub paragraph: usize,
    /// Its text, pages not yet known.
    pub text: Inlines,
}

/// Reads a rendered text template: a line is `<priority>|sentence`, an empty line ends a paragraph.
pub(super) fn read(rendered: &str, tokens: &Tokens, book: &Book) -> Result<StatementText> {
    let mut out = StatementText { join: book.spec.text.join.clone(), ..StatementText::default() };
    let mut paragraph = 0;
    for line in rendered.lines().map(str::trim) {
        if line.is_empty() {
            paragraph += usize::from(out.sentences.last().is_some_and(|s| s.paragraph == paragraph));
            continue;
        }
        let (priority, text) = line.split_once('|').and_then(|(p, t)| Some((p.trim().parse().ok()?, t.trim()))).ok_or_else(|| {
            let file = &book.spec.text.statement;
            let shown: String = line.chars().take(30).collect();
            Error::new(format!("{file}：“{shown}”前面没有优先级"), format!("{file}: no priority before \"{shown}\""))
                .hint("每行一句，写成 1|句子；数字越大，篇幅不够时越先省去", "one sentence a line, as in 1|Sentence; the higher the number, the sooner it goes")
        })?;
        let mut inlines = Inlines::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(t) => inlines.push(Inline::Text(t, super::desk::PLAIN)),
                Piece::Token(i) => {
                    if let Some(Token::Inline(more)) = tokens.get(i) {
                        inlines.extend(more);
                    }
                }
                Piece::Spot(_) => {}
            }
        }
        out.sentences.push(Sentence { priority, paragraph, text: inlines });
    }
    Ok(out)
}

/// A sentence in words: the text stands outside the book, so both parts are named with their pages.
fn words(inlines: &Inlines, page_words: &PageWords, pages: &PageMap) -> String {
    let mut out = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(t, _) => out.push_str(t),
            Inline::Ref { show: RefText::Text(t), .. } => out.push_str(t),
            Inline::Ref { target, end, .. } => {
                let from = match pages.places.get(target).map(|p| p.part) {
                    Some(PartKind::Book) => PartKind::Annex,
                    _ => PartKind::Book,
                };
                out.push_str(&pages.words(page_words, from, target, end.as_ref()).unwrap_or_default());
            }
            Inline::Break => out.push(' '),
        }
    }
    out
}

fn joined(sentences: &[(&Sentence, String)], join: &str) -> String {
    let mut out = String::new();
    let mut last: Option<usize> = None;
    for (sentence, text) in sentences {
        match last {
            None => {}
            Some(p) if p == sentence.paragraph => out.push_str(join),
            Some(_) => out.push_str("\r\n"),
        }
        out.push_str(text);
        last = Some(sentence.paragraph);
    }
    out
}

/// The most important sentences that fit into `most` characters, line ends counted as two.
fn shortened(sentences: &[(&Sentence, String)], join: &str, most: usize) -> String {
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    order.sort_by_key(|i| sentences.get(*i).map(|(s, _)| s.priority));
    let mut kept: Vec<usize> = Vec::new();
    let pick = |list: &[usize]| sentences.iter().enumerate().filter(|(i, _)| list.contains(i)).map(|(_, (s, t))| (*s, t.clone())).collect::<Vec<_>>();
    for i in order {
        kept.push(i);
        if joined(&pick(&kept), join).chars().count() > most {
            kept.pop();
            // what matters most did not fit: nothing less important may take its place
            if sentences.get(i).is_some_and(|(s, _)| s.priority <= 1) {
                break;
            }
        }
    }
    joined(&pick(&kept), join)
}

/// The statement's files: one a length of `[limits] text` (`statement-<n>.txt`, never longer than n characters), else `statement-full.txt`. UTF-8 with BOM,
/// CRLF; exhibits and pages as they ended up.
pub fn statement_files(composed: &Composed, case: &Case, pages: &PageMap) -> Vec<(String, Vec<u8>)> {
    let page_words = &composed.document.meta.words;
    let sentences: Vec<(&Sentence, String)> = composed.statement.sentences.iter().map(|s| (s, words(&s.text, page_words, pages))).collect();
    let join = &composed.statement.join;
    let file = |text: String| {
        let mut bytes = "\u{feff}".as_bytes().to_vec();
        bytes.extend(text.into_bytes());
        bytes
    };
    let mut lengths = case.settings.limits.text.clone();
    lengths.sort_unstable();
    lengths.dedup();
    if lengths.is_empty() {
        return vec![("statement-full.txt".to_owned(), file(joined(&sentences, join) + "\r\n"))];
    }
    lengths.into_iter().map(|n| (format!("statement-{n}.txt"), file(shortened(&sentences, join, usize::try_from(n).unwrap_or(usize::MAX))))).collect()
}

/// For each length of `[limits] text`: the length, and the characters that the sentences of the first priority need. Where that is more, the file of that
/// length lacks one of them.
pub fn statement_needs(composed: &Composed, case: &Case, pages: &PageMap) -> Vec<(u64, usize)> {
    let page_words = &composed.document.meta.words;
    let first: Vec<(&Sentence, String)> =
        composed.statement.sentences.iter().filter(|s| s.priority <= 1).map(|s| (s, words(&s.text, page_words, pages))).collect();
    let needed = joined(&first, &composed.statement.join).chars().count();
    let mut lengths = case.settings.limits.text.clone();
    lengths.sort_unstable();
    lengths.dedup();
    lengths.into_iter().map(|n| (n, needed)).collect()
}
