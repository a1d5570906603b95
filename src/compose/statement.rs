//! The statement as plain text, in the lengths that forms allow. Whole sentences only: the least important ones go first, none is ever cut.

use super::Composed;
use super::book::Book;
use super::engine::SourceFile;
use super::references;
use super::tokens::{self, Piece, Spot, Token, Tokens, pieces, unmarked};
use crate::error::{Error, Result};
use crate::model::case::Case;
use crate::model::document::{Anchor, Inline, Inlines, PageWords, PartKind, RefText};
use crate::model::pages::PageMap;
use std::collections::{BTreeMap, BTreeSet};

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

/// What turns rendered plain text into words with references.
pub(super) struct PlainText<'a> {
    pub tokens: &'a Tokens,
    /// Exhibits that nothing shows → where their subject is told instead.
    pub redirect: &'a BTreeMap<Anchor, Anchor>,
    /// Every anchor of the document.
    pub known: &'a BTreeSet<Anchor>,
}

impl PlainText<'_> {
    /// The words of a text, with references. `spot` is the last mark that was passed.
    ///
    /// # Errors
    /// A component, or a page of what stands nowhere; with file and line.
    pub(super) fn inlines(&self, text: &str, spot: &mut Option<Spot>, files: &[SourceFile]) -> Result<Inlines> {
        let mut out = Inlines::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(t) => out.push(Inline::Text(t, super::desk::PLAIN)),
                Piece::Spot(s) => *spot = Some(s),
                Piece::Token(i) => match self.tokens.get(i) {
                    Some(Token::Inline(mut more)) => {
                        let pages = |list: &Inlines| list.iter().filter(|x| matches!(x, Inline::Ref { show: RefText::Page | RefText::Label, .. })).count();
                        let wanted = pages(&more);
                        references::settle_inlines(&mut more, self.redirect, self.known);
                        if pages(&more) < wanted {
                            return Err(wrong(*spot, files, "这里引用的内容没有登在任何一页上", "what is referred to here stands on no page"));
                        }
                        out.extend(more);
                    }
                    Some(Token::Block(_)) => return Err(wrong(*spot, files, "这里是纯文字，不能放组件", "this is plain text and holds no components")),
                    None => {}
                },
            }
        }
        Ok(out)
    }
}

/// An error in a text template, at the last mark.
fn wrong(spot: Option<Spot>, files: &[SourceFile], zh: &str, en: &str) -> Error {
    let (file, line) = spot.unwrap_or((0, 1));
    let origin = files.get(file).map_or("", |f| f.origin.as_str());
    Error::new(format!("{origin} 第 {line} 行：{zh}"), format!("{origin}, line {line}: {en}")).hint("改好模板后再运行", "correct the template and run again")
}

/// Reads a rendered text template: a line is `<priority>|sentence`, an empty line ends a paragraph.
///
/// # Errors
/// A sentence without priority, and as [`PlainText::inlines`]; with file and line.
pub(super) fn read(rendered: &str, plain: &PlainText<'_>, files: &[SourceFile], book: &Book) -> Result<StatementText> {
    let mut out = StatementText { join: book.spec.text.join.clone(), ..StatementText::default() };
    let mut paragraph = 0;
    let mut spot = None;
    for line in rendered.lines() {
        let (text, spots) = unmarked(line);
        let text = text.trim();
        if text.is_empty() {
            spot = spots.map_or(spot, |(_, last)| Some(last));
            paragraph += usize::from(out.sentences.last().is_some_and(|s| s.paragraph == paragraph));
            continue;
        }
        let begins = spots.map(|(first, _)| first).or(spot);
        let (priority, _) = text.split_once('|').and_then(|(p, t)| Some((p.trim().parse().ok()?, t))).ok_or_else(|| {
            let shown: String = tokens::plain(text).chars().take(30).collect();
            wrong(begins, files, &format!("“{shown}”前面没有优先级"), &format!("no priority before \"{shown}\""))
                .hint("每行一句，写成 1|句子；数字越大，篇幅不够时越先省去", "one sentence a line, as in 1|Sentence; the higher the number, the sooner it goes")
        })?;
        spot = begins;
        let said = line.split_once('|').map_or("", |(_, said)| said);
        let mut inlines = plain.inlines(said, &mut spot, files)?;
        trim(&mut inlines);
        out.sentences.push(Sentence { priority, paragraph, text: inlines });
    }
    Ok(out)
}

/// Takes the blanks around a sentence away.
fn trim(inlines: &mut Inlines) {
    if let Some(Inline::Text(t, _)) = inlines.first_mut() {
        *t = t.trim_start().to_owned();
    }
    if let Some(Inline::Text(t, _)) = inlines.last_mut() {
        t.truncate(t.trim_end().len());
    }
}

/// A sentence in words: the text stands outside the book, so both parts are named with their pages.
pub(super) fn words(inlines: &Inlines, page_words: &PageWords, pages: &PageMap) -> String {
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
