//! Markdown to blocks. The text holds tokens ([`super::tokens`]): a paragraph of block tokens becomes what the components make, inline tokens become
//! references. What Markdown knows and a book does not (HTML, pictures, foot notes, strike-through, boxes to tick) is refused with file and line rather than dropped.

use super::components;
use super::desk::Desk;
use super::engine::SourceFile;
use super::tokens::{Piece, Request, Spot, Token, Tokens, pieces};
use crate::error::{Error, Result};
use crate::model::document::{Block, Column, Inline, Inlines, Role, Row, Side, Style, Table, Width};
use pulldown_cmark::{Alignment, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};
use std::cell::Cell;
use std::iter::Peekable;

/// Sets the text of one document: knows its tokens and remembers which anchors the templates named where.
pub(super) struct Setter<'a> {
    pub desk: &'a Desk<'a>,
    pub tokens: &'a Tokens,
    /// The template files, for messages.
    pub files: &'a [SourceFile],
    /// The last mark that was passed.
    pub spot: Cell<Spot>,
}

type Events<'t> = Peekable<Parser<'t>>;

/// A run of raw text, tokens still in it; `None` is a forced line break.
type Raw = Vec<Option<(String, Style)>>;

impl Setter<'_> {
    /// An error at the last mark.
    pub(super) fn wrong(&self, zh: &str, en: &str) -> Error {
        let (file, line) = self.spot.get();
        let name = self.files.get(file).map_or("", |f| f.origin.as_str());
        Error::new(format!("{name} 第 {line} 行附近：{zh}"), format!("{name}, near line {line}: {en}"))
    }

    /// An error about what a template holds as it was written: looked up from the last mark on, then elsewhere.
    fn wrong_at(&self, written: &str, zh: &str, en: &str) -> Error {
        let literal = pieces(written).into_iter().find_map(|p| if let Piece::Text(t) = p { Some(t) } else { None }).unwrap_or_default();
        let Some(needle) = literal.lines().map(str::trim).find(|l| !l.is_empty()) else { return self.wrong(zh, en) };
        let (here, from) = self.spot.get();
        let line_in = |file: &SourceFile, from: u32| (1_u32..).zip(file.text.lines()).find(|(n, line)| *n >= from && line.contains(needle)).map(|(n, _)| n);
        let own = self.files.get(here).and_then(|f| line_in(f, from).or_else(|| line_in(f, 1)).map(|n| (f, n)));
        let Some((file, line)) = own.or_else(|| self.files.iter().find_map(|f| line_in(f, 1).map(|n| (f, n)))) else { return self.wrong(zh, en) };
        Error::new(format!("{} 第 {line} 行：{zh}", file.origin), format!("{}, line {line}: {en}", file.origin))
            .hint("改好模板后再运行", "correct the template and run again")
    }

    /// The blocks of a Markdown text.
    ///
    /// # Errors
    /// When it holds what a book does not know, or a block component in the middle of a sentence.
    pub(super) fn blocks(&self, text: &str) -> Result<Vec<Block>> {
        self.refuse_marks(text)?;
        let parser = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES);
        let defined = parser.reference_definitions().iter().next().map(|(label, _)| format!("[{label}]"));
        if let Some(label) = defined {
            return Err(self.wrong_at(&label, "模板里不能单独定义链接，写成 [文字](网址)", "a template cannot define links apart; write [words](address)"));
        }
        self.until(&mut parser.peekable(), None)
    }

    /// What this Markdown has no sign for and would print as it stands.
    fn refuse_marks(&self, text: &str) -> Result<()> {
        let mut fenced = false;
        for line in text.lines() {
            let bare = super::tokens::plain(line);
            let bare = bare.trim_start_matches([' ', '\t', '>']);
            if bare.starts_with("```") || bare.starts_with("~~~") {
                fenced = !fenced;
            } else if fenced {
                continue;
            }
            let ticked =
                ["- ", "* ", "+ "].iter().find_map(|m| bare.strip_prefix(m)).is_some_and(|item| ["[ ] ", "[x] ", "[X] "].iter().any(|b| item.starts_with(b)));
            if ticked {
                return Err(self.wrong_at(line, "书里不能印勾选框，写成普通的列表", "a book has no boxes to tick; write a plain list"));
            }
            let mut struck = bare.split("~~").skip(1);
            if !bare.starts_with("~~~") && struck.next().is_some_and(|words| !words.trim().is_empty()) && struck.next().is_some() {
                return Err(self.wrong_at(line, "书里不能印删除线，删掉 ~~ 和中间的字", "a book has no strike-through; delete ~~ and the words between"));
            }
        }
        Ok(())
    }

    /// The text of Markdown that must be plain paragraphs; they are parted by line breaks.
    ///
    /// # Errors
    /// As [`Setter::blocks`], and when it holds anything but paragraphs.
    pub(super) fn inlines(&self, text: &str) -> Result<Inlines> {
        let mut out = Inlines::new();
        for block in self.blocks(text)? {
            let Block::Paragraph { text, .. } = block else {
                return Err(self.wrong("这里只能写普通文字", "only plain text can stand here"));
            };
            if out.is_empty() {
                out = text;
                continue;
            }
            out.push(Inline::Break);
            out.extend(text);
        }
        Ok(out)
    }

    fn until(&self, events: &mut Events<'_>, end: Option<TagEnd>) -> Result<Vec<Block>> {
        let mut out = Vec::new();
        while let Some(event) = events.peek() {
            match event {
                Event::End(e) if Some(*e) == end => {
                    events.next();
                    return Ok(out);
                }
                Event::Start(
                    Tag::Paragraph
                    | Tag::Heading { .. }
                    | Tag::BlockQuote(_)
                    | Tag::List(_)
                    | Tag::Table(_)
                    | Tag::CodeBlock(_)
                    | Tag::HtmlBlock
                    | Tag::FootnoteDefinition(_),
                ) => {
                    if let Some(Event::Start(tag)) = events.next() {
                        self.block(events, tag, &mut out)?;
                    }
                }
                Event::Rule => {
                    events.next();
                    out.push(Block::Rule);
                }
                Event::End(_) => {
                    events.next();
                }
                _ => {
                    // text straight in a list item
                    let raw = self.raw(events, None)?;
                    self.paragraph(raw, &mut out)?;
                }
            }
        }
        Ok(out)
    }

    fn block(&self, events: &mut Events<'_>, tag: Tag<'_>, out: &mut Vec<Block>) -> Result<()> {
        match tag {
            Tag::Paragraph => {
                let raw = self.raw(events, Some(TagEnd::Paragraph))?;
                self.paragraph(raw, out)?;
            }
            Tag::Heading { level, .. } => {
                let raw = self.raw(events, Some(TagEnd::Heading(level)))?;
                let text = self.text(raw)?;
                let level = match level {
                    HeadingLevel::H1 => 1,
                    HeadingLevel::H2 => 2,
                    _ => 3,
                };
                out.push(Block::Heading { level, text, anchor: None, outline: None });
            }
            Tag::BlockQuote(kind) => {
                let blocks = self.until(events, Some(TagEnd::BlockQuote(kind)))?;
                out.push(Block::Quote { label: String::new(), blocks });
            }
            Tag::List(first) => {
                let mut items = Vec::new();
                loop {
                    match events.next() {
                        Some(Event::Start(Tag::Item)) => items.push(self.until(events, Some(TagEnd::Item))?),
                        Some(Event::End(TagEnd::List(_))) | None => break,
                        Some(_) => {}
                    }
                }
                out.push(Block::List { first, items });
            }
            Tag::Table(aligned) => out.push(self.table(events, &aligned)?),
            Tag::CodeBlock(_) => {
                let raw = self.raw(events, Some(TagEnd::CodeBlock))?;
                out.push(Block::Paragraph { text: self.text(as_typed(raw))?, role: Role::Record });
            }
            Tag::FootnoteDefinition(label) => return Err(self.footnote(&label)),
            _ => {
                let written = match events.peek() {
                    Some(Event::Html(html)) => html.to_string(),
                    _ => String::new(),
                };
                return Err(self.html(&written));
            }
        }
        Ok(())
    }

    fn html(&self, written: &str) -> Error {
        self.wrong_at(written, "模板里不能用 HTML", "HTML cannot be used in a template")
    }

    fn footnote(&self, label: &str) -> Error {
        self.wrong_at(&format!("[^{label}]"), "书里没有脚注，写进正文或用 note()", "a book has no footnotes; write it into the text, or use note()")
    }

    /// The address that is printed behind a link's words.
    fn address(&self, url: &str, title: &str) -> Result<String> {
        if url.starts_with('#') {
            return Err(self.wrong_at(&format!("({url}"), "书里的位置用 page(\"…\") 引用", "places in the book are referred to with page(\"…\")"));
        }
        if !title.is_empty() {
            return Err(self.wrong_at(title, "链接不能带标题，写进正文", "a link has no title here; write it into the text"));
        }
        if super::tokens::has_token(url) {
            return Err(self.wrong_at("](", "链接的网址里只能写文字", "the address of a link holds words only"));
        }
        let url = super::tokens::plain(url);
        let word = |key| self.desk.book.word(key);
        Ok(if url.is_empty() { url } else { format!("{}{url}{}", word("page-open"), word("page-close")) })
    }

    fn table(&self, events: &mut Events<'_>, aligned: &[Alignment]) -> Result<Block> {
        let mut rows: Vec<Row> = Vec::new();
        let mut heads: Vec<String> = Vec::new();
        let mut in_head = false;
        loop {
            match events.next() {
                Some(Event::Start(Tag::TableHead)) => in_head = true,
                Some(Event::End(TagEnd::TableHead)) => in_head = false,
                Some(Event::Start(Tag::TableRow)) => rows.push(Row::default()),
                Some(Event::Start(Tag::TableCell)) => {
                    let raw = self.raw(events, Some(TagEnd::TableCell))?;
                    let cell = self.text(raw)?;
                    if in_head {
                        heads.push(text_of(&cell));
                    } else if let Some(row) = rows.last_mut() {
                        row.cells.push(cell);
                    }
                }
                Some(Event::End(TagEnd::Table)) | None => break,
                Some(_) => {}
            }
        }
        let columns = heads
            .into_iter()
            .enumerate()
            .map(|(i, head)| {
                let side = match aligned.get(i) {
                    Some(Alignment::Right) => Side::Right,
                    Some(Alignment::Center) => Side::Middle,
                    _ => Side::Left,
                };
                Column { head, width: Width::Share(1.0), side }
            })
            .collect();
        Ok(Block::Table(Table { columns, rows, dense: false, grid: true }))
    }

    /// Collects text up to `end` (taking it), or up to the next block or end when `end` is none.
    fn raw(&self, events: &mut Events<'_>, end: Option<TagEnd>) -> Result<Raw> {
        let mut out: Raw = Vec::new();
        let mut style = Style::default();
        let mut behind = String::new();
        while let Some(event) = events.peek() {
            match event {
                Event::End(e) if Some(*e) == end => {
                    events.next();
                    return Ok(out);
                }
                Event::Start(Tag::Strong) => style.bold = true,
                Event::End(TagEnd::Strong) => style.bold = false,
                Event::Start(Tag::Emphasis) => style.small = true,
                Event::End(TagEnd::Emphasis) => style.small = false,
                Event::Start(Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. }) => {}
                // print has no links that can be followed: the address stands behind the words
                Event::Start(Tag::Link { dest_url, title, .. }) => behind = self.address(dest_url, title)?,
                Event::End(TagEnd::Link) => push(&mut out, &std::mem::take(&mut behind), style),
                Event::FootnoteReference(label) => return Err(self.footnote(label)),
                Event::Start(Tag::Image { .. }) => {
                    return Err(self.wrong_at(
                        "![",
                        "模板里不能插入图片：证据图片由组件列出",
                        "a template cannot insert pictures; components list the evidence",
                    ));
                }
                Event::Start(_) | Event::End(_) if end.is_none() => return Ok(out),
                Event::Code(t) => push(&mut out, &super::tokens::unescape(t), style),
                Event::Text(t) => push(&mut out, t, style),
                Event::SoftBreak => push(&mut out, "\n", style),
                Event::HardBreak => out.push(None),
                Event::Html(html) | Event::InlineHtml(html) => return Err(self.html(html)),
                _ => {}
            }
            events.next();
        }
        Ok(out)
    }

    /// A paragraph, or what its block tokens make.
    fn paragraph(&self, raw: Raw, out: &mut Vec<Block>) -> Result<()> {
        let mut requests: Vec<(Request, Spot)> = Vec::new();
        let mut spot = self.spot.get();
        let mut has_text = false;
        for (text, _) in raw.iter().flatten() {
            for piece in pieces(text) {
                match piece {
                    Piece::Spot(s) => spot = s,
                    Piece::Text(t) => has_text |= !t.trim().is_empty(),
                    Piece::Token(i) => match self.tokens.get(i) {
                        Some(Token::Block(r)) => requests.push((r, spot)),
                        Some(Token::Inline(_)) => has_text = true,
                        None => {}
                    },
                }
            }
        }
        if requests.is_empty() {
            let text = self.text(raw)?;
            if !text.is_empty() {
                out.push(Block::Paragraph { text, role: Role::Body });
            }
            return Ok(());
        }
        self.spot.set(spot);
        if has_text {
            return Err(self
                .wrong("组件要单独占一行，前后不能有文字", "a block component must stand alone on its line, without text around it")
                .hint("在它前后各空一行", "leave an empty line before and after it"));
        }
        for (request, spot) in requests {
            self.spot.set(spot);
            out.extend(components::build(self, &request)?);
        }
        Ok(())
    }

    /// Raw text with its inline tokens put in place.
    fn text(&self, raw: Raw) -> Result<Inlines> {
        let mut out = Inlines::new();
        for part in raw {
            let Some((text, style)) = part else {
                out.push(Inline::Break);
                continue;
            };
            for piece in pieces(&text) {
                match piece {
                    Piece::Spot(spot) => self.spot.set(spot),
                    Piece::Text(t) => add_text(&mut out, &join_lines(&t), style),
                    Piece::Token(index) => match self.tokens.get(index) {
                        Some(Token::Inline(inlines)) => Self::inline(inlines, style, &mut out),
                        Some(Token::Block(_)) => {
                            return Err(self.wrong("这里不能放组件", "a block component cannot stand here"));
                        }
                        None => {}
                    },
                }
            }
        }
        // kept until the last page is painted
        out.shrink_to_fit();
        Ok(out)
    }

    fn inline(inlines: Inlines, around: Style, out: &mut Inlines) {
        for inline in inlines {
            match inline {
                Inline::Text(t, s) => add_text(out, &t, merged(s, around)),
                Inline::Ref { target, end, show, style } => {
                    out.push(Inline::Ref { target, end, show, style: merged(style, around) });
                }
                Inline::Break => out.push(Inline::Break),
            }
        }
    }
}

/// The lines of a code block as they were typed, with the blanks they begin with.
fn as_typed(raw: Raw) -> Raw {
    let mut out = Raw::new();
    for (text, style) in raw.into_iter().flatten() {
        let text = super::tokens::unescape(&text);
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                out.push(None);
            }
            let words = line.trim_start_matches([' ', '\t']);
            let indent: String =
                line.chars().take_while(|c| matches!(c, ' ' | '\t')).map(|c| if c == '\t' { "\u{a0}\u{a0}\u{a0}\u{a0}" } else { "\u{a0}" }).collect();
            if !line.is_empty() {
                out.push(Some((indent + words, style)));
            }
        }
    }
    while out.last().is_some_and(Option::is_none) {
        out.pop();
    }
    out
}

fn merged(a: Style, b: Style) -> Style {
    Style { bold: a.bold || b.bold, small: a.small || b.small, muted: a.muted || b.muted, ink: a.ink || b.ink, whole: a.whole || b.whole }
}

fn push(raw: &mut Raw, text: &str, style: Style) {
    match raw.last_mut() {
        Some(Some((t, s))) if *s == style => t.push_str(text),
        _ => raw.push(Some((text.to_owned(), style))),
    }
}

/// Adds text, to the last run when the style is the same.
fn add_text(out: &mut Inlines, text: &str, style: Style) {
    if text.is_empty() {
        return;
    }
    match out.last_mut() {
        Some(Inline::Text(t, s)) if *s == style => t.push_str(text),
        _ => out.push(Inline::Text(text.to_owned(), style)),
    }
}

/// Lines of a template joined: a blank between Latin words, nothing where Chinese meets anything.
fn join_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.split('\n');
    out.push_str(rest.next().unwrap_or(""));
    for line in rest {
        let wide = |c: char| c >= '\u{2e80}';
        let meets_wide = out.chars().next_back().is_some_and(wide) || line.chars().next().is_some_and(wide);
        if !meets_wide {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

/// What a reader sees of inlines, references without their pages.
pub(super) fn text_of(inlines: &Inlines) -> String {
    let mut out = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(t, _) => out.push_str(t),
            Inline::Ref { show: crate::model::document::RefText::Text(t), .. } => out.push_str(t),
            Inline::Ref { .. } => {}
            Inline::Break => out.push(' '),
        }
    }
    out
}
