//! A notice as lines with their places: full-width digits and signs made plain, words of the web page around it dropped, numbers that a line break
//! tore apart put together again.

use super::words::NoticeWords;
use crate::media::document::html;
use crate::model::ids::OrderId;
use crate::model::record::{Content, PdfInfo, Recognised, Records, Table};
use crate::model::source::Place;
use crate::text::ids::digit_runs;
use crate::text::width::narrow_char;
use std::collections::{BTreeMap, BTreeSet};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub place: Place,
    /// As printed, with full-width forms made plain.
    pub text: String,
    /// The same in ASCII lower case, byte for byte as long.
    pub lower: String,
}

impl Line {
    pub(super) fn new(place: Place, raw: &str) -> Line {
        let text: String = raw.chars().map(|c| if blank(c) { ' ' } else { narrow_char(c) }).collect();
        let lower = text.to_ascii_lowercase();
        Line { place, text, lower }
    }

    /// Empties the line; it keeps its place.
    pub(super) fn clear(&mut self) {
        self.set(String::new());
    }

    fn set(&mut self, text: String) {
        self.lower = text.to_ascii_lowercase();
        self.text = text;
    }
}

/// How much of a file becomes lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// As much as tells whether it is a notice: an export of a year is not copied for that.
    Beginning,
    /// All.
    Whole,
}

/// So many characters and lines decide whether a text is a notice; the list of orders behind may be long.
pub(super) const JUDGED: (usize, usize) = (20_000, 400);

impl Extent {
    fn of(self, lines: impl Iterator<Item = Line>) -> Vec<Line> {
        let (mut chars, mut count) = (0, 0);
        let enough = |line: &Line| {
            let goes_on = self == Extent::Whole || chars <= JUDGED.0 || count < JUDGED.1;
            chars += line.lower.len() + 1;
            count += 1;
            goes_on
        };
        lines.take_while(enough).collect()
    }
}

/// Blanks of every width (PDFs write U+2002, web pages U+00A0); a tab divides cells and stays.
fn blank(c: char) -> bool {
    (c.is_whitespace() && c != '\t') || matches!(c, '\u{200b}' | '\u{feff}')
}

/// Lines of plain text.
pub(super) fn of_text(text: &str, extent: Extent) -> Vec<Line> {
    extent.of((1..).zip(text.split('\n')).map(|(n, l)| Line::new(Place::Line(n), l.trim_end_matches('\r'))))
}

fn of_pdf(pdf: &PdfInfo) -> Vec<Line> {
    (1..).zip(&pdf.text).flat_map(|(n, page)| page.lines().map(move |l| Line::new(Place::Page(n), l))).collect()
}

fn of_table(table: &Table, extent: Extent) -> Vec<Line> {
    let head = std::iter::once(Line::new(Place::Row(1), &table.header.join("\t")));
    let rows = table.rows.iter().enumerate().map(|(i, row)| {
        let cells: Vec<String> = (0..row.len as usize).map(|c| table.cell(i, c).replace(['\n', '\r', '\t'], " ")).collect();
        Line::new(Place::Row(row.number), &cells.join("\t"))
    });
    extent.of(head.chain(rows))
}

/// The lines of a recognised file that may be a notice: text, the text layer of a PDF; tables only when asked for.
pub(super) fn of_content(content: &Recognised, tables: bool, extent: Extent, words: &NoticeWords) -> Option<Vec<Line>> {
    match (&content.content, &content.records) {
        (Content::Text(text), _) if html::is_page(text) => Some(html::lines(text).iter().map(|(n, l)| Line::new(Place::Line(*n), l)).collect()),
        (Content::Text(text), _) => Some(super::json::lines(text, words).unwrap_or_else(|| of_text(text, extent))),
        (Content::Pdf(pdf), _) if pdf.text.iter().any(|t| !t.trim().is_empty()) => Some(of_pdf(pdf)),
        (Content::Document(d), _) => Some(d.parts.iter().flat_map(|(place, text)| text.lines().map(|l| Line::new(place.clone(), l))).collect()),
        (_, Records::Table(table)) if tables => Some(of_table(table, extent)),
        (_, Records::Sheets(sheets)) if tables => Some(sheets.iter().flat_map(|sheet| of_table(sheet, extent)).collect()),
        _ => None,
    }
}

/// Drops the words of the page around the text and joins torn numbers. Every line stays, if empty, so that places hold.
pub(super) fn cleaned(mut lines: Vec<Line>, words: &NoticeWords, known: &BTreeSet<OrderId>) -> Vec<Line> {
    for line in &mut lines {
        if is_noise(&line.lower, words) {
            line.set(String::new());
        }
    }
    join_torn(&mut lines, known);
    lines
}

/// Is there nothing on the line but words of the page and short numbers (`第1页 共3页`, `1 2 3 … 下一页`)?
fn is_noise(lower: &str, words: &NoticeWords) -> bool {
    let mut rest = lower.trim().to_owned();
    if rest.is_empty() {
        return false;
    }
    let before = rest.len();
    for word in &words.pages.noise {
        rest = rest.replace(word.as_str(), " ");
    }
    let has_page = rest.contains('页') || rest.contains("page");
    let found = has_page || rest.len() != before;
    let rest = rest.replace(['第', '共', '页', '/', '…', '.', '<', '>', '«', '»', '|', '-', '[', ']', '(', ')'], " ").replace("page", " ").replace("of", " ");
    found && rest.split_whitespace().all(|w| w.len() <= 5 && w.bytes().all(|b| b.is_ascii_digit()))
}

/// A number at the end of a line and one at the beginning of the next that is not blank are one when the export knows the whole and neither part, or when
/// both parts are odd lengths and the whole has the length that most numbers here have.
fn join_torn(lines: &mut [Line], known: &BTreeSet<OrderId>) {
    let usual = usual_length(lines);
    let knows = |id: &str| known.contains(&OrderId::new(id));
    let filled: Vec<usize> = lines.iter().enumerate().filter(|(_, l)| !l.text.trim().is_empty()).map(|(i, _)| i).collect();
    for (&here, &next) in filled.iter().zip(filled.iter().skip(1)) {
        let (Some(head), Some(tail)) = (lines.get(here).map(|l| l.text.trim_end()), lines.get(next).map(|l| l.text.trim_start())) else { break };
        let a = head.get(head.trim_end_matches(|c: char| c.is_ascii_digit()).len()..).unwrap_or("");
        let rest = tail.trim_start_matches(|c: char| c.is_ascii_digit());
        let b = tail.get(..tail.len() - rest.len()).unwrap_or("");
        if a.is_empty() || b.is_empty() {
            continue;
        }
        let whole = format!("{a}{b}");
        let by_export = knows(&whole) && !knows(a) && !knows(b);
        let by_length = usual.is_some_and(|l| whole.len() == l && !knows(a) && !knows(b)) && !whole_date(b);
        if by_export || by_length {
            let (joined, rest) = (format!("{head}{b}"), rest.to_owned());
            for (at, text) in [(here, joined), (next, rest)] {
                if let Some(line) = lines.get_mut(at) {
                    line.set(text);
                }
            }
        }
    }
}

/// The length that most of the long numbers have, where there are some.
fn usual_length(lines: &[Line]) -> Option<usize> {
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for line in lines {
        for (_, run) in digit_runs(&line.text) {
            if run.len() >= 15 {
                *lengths.entry(run.len()).or_default() += 1;
            }
        }
    }
    lengths.iter().max_by_key(|(_, n)| **n).filter(|(_, n)| **n >= 3).map(|(l, _)| *l)
}

/// A year begins a date, not the rest of an order number.
fn whole_date(run: &str) -> bool {
    run.len() == 4 && run.starts_with("20")
}
