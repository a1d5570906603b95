//! Text tables: separator and head found by the layouts, records read by the csv crate, row numbers as Excel shows them.

use super::limits::{self, Allowance};
use crate::model::record::{Beside, Cells, Table};
use crate::model::source::Place;

/// Separators that exports use.
pub(super) const SEPARATORS: [u8; 3] = [b',', b'\t', b';'];

/// What stopped the reading of a table early: the key of a limit (`rows`, `cell`, `columns`).
pub(super) type Reached = Option<&'static str>;

fn reader(text: &str, separator: u8, quoting: bool) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).quoting(quoting).from_reader(text.as_bytes())
}

/// The first records of a text, for looking at: at most [`limits::HEAD_ROWS`] of the first 256 KiB.
pub(super) fn first_rows(text: &str, separator: u8) -> Vec<Vec<String>> {
    let mut end = text.len().min(limits::HEAD_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end).unwrap_or("");
    let mut rows = Vec::new();
    for record in reader(head, separator, true).into_records().take(limits::HEAD_ROWS) {
        let Ok(record) = record else { break };
        rows.push(record.iter().map(str::to_owned).collect());
    }
    rows
}

/// Reads the whole text; the record at index `head` (blank lines not counted) becomes the header, what stands before it are words beside the rows.
/// Without a head every record is a row. The text becomes the table's: cells are spans of it, so that a long table is in memory once.
pub(super) fn read(text: String, separator: u8, head: Option<usize>, allowed: &Allowance<'_>) -> (Table, Reached) {
    let found = spans(&text, separator, head, true, allowed);
    // one quote that is never closed (a nick like `"小`) swallows the rows after it, or the rest of the file; without quoting only that row is odd
    if found.reached == Some("cell") || found.swallowed {
        let plain = spans(&text, separator, head, false, allowed);
        if plain.reached != Some("cell") && whole_rows(&plain.table) > whole_rows(&found.table) {
            return plain.finish(text);
        }
    }
    found.finish(text)
}

/// Rows as long as the head, or one longer (facts 1.1: a trailing comma).
fn whole_rows(table: &Table) -> usize {
    let columns = table.header.len();
    table.rows.iter().filter(|r| r.len as usize == columns || r.len as usize == columns + 1).count()
}

/// A table whose cells are not yet tied to their text.
#[derive(Default)]
struct Spans {
    table: Table,
    /// Cells that do not stand in the text as they read (a doubled quote); they go behind it.
    rewritten: String,
    reached: Reached,
    /// A cell holds lines like rows.
    swallowed: bool,
    /// Where the cells of the row in work stand.
    row: Vec<(u32, u32)>,
}

impl Spans {
    fn finish(mut self, text: String) -> (Table, Reached) {
        if self.reached == Some("cell") {
            return (Table::default(), self.reached);
        }
        self.table.text = text;
        self.table.text.push_str(&self.rewritten);
        (self.table, self.reached)
    }
}

fn spans(text: &str, separator: u8, head: Option<usize>, quoting: bool, allowed: &Allowance<'_>) -> Spans {
    let most = allowed.most;
    let mut found = Spans { table: Table { cells: Cells::separated(), ..Table::default() }, ..Spans::default() };
    let mut records = reader(text, separator, quoting);
    let mut record = csv::ByteRecord::new();
    let mut number: u32 = 0;
    let mut index = 0;
    loop {
        let from = records.position().byte() as usize;
        if !records.read_byte_record(&mut record).unwrap_or(false) {
            break;
        }
        let (blank, at) = blank_lines(text, from);
        number = number.saturating_add(blank).saturating_add(1);
        if record.iter().any(|cell| cell.len() > most.cell_bytes) {
            found.reached = Some("cell");
            return found;
        }
        if record.len() > most.columns {
            found.reached = Some("columns");
        }
        match head.map_or(std::cmp::Ordering::Greater, |head| index.cmp(&head)) {
            std::cmp::Ordering::Less => {
                let text = record.iter().take(most.columns).map(|c| String::from_utf8_lossy(c).trim().to_owned()).filter(|c| !c.is_empty()).collect::<Vec<_>>();
                found.table.beside.push(Beside { place: Place::Row(number), cell: None, text: text.join(" ") });
            }
            std::cmp::Ordering::Equal => {
                found.table.header = record.iter().take(most.columns).map(|c| String::from_utf8_lossy(c).trim().to_owned()).collect();
                // what follows will most likely be as wide and as long
                let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count().min(most.rows);
                let cells = (lines * record.len().min(most.columns)).min(text.len());
                found.table.cells.reserve(cells);
                found.table.rows.reserve(lines);
            }
            std::cmp::Ordering::Greater if found.table.rows.len() >= most.rows => {
                found.reached = Some("rows");
                break;
            }
            std::cmp::Ordering::Greater if allowed.over(found.table.rows.len() + 1) => {
                found.reached = Some("seconds");
                break;
            }
            std::cmp::Ordering::Greater => row(&mut found, &record, text, at, Marks { separator, quotes: quoting, columns: most.columns }, number),
        }
        index += 1;
    }
    found
}

/// What parts cells.
#[derive(Clone, Copy)]
struct Marks {
    separator: u8,
    quotes: bool,
    /// Most columns.
    columns: usize,
}

/// Adds a record that begins at byte `at` of the text. The csv crate says what the cells are; here is only found again where each of them stands.
fn row(found: &mut Spans, record: &csv::ByteRecord, text: &str, at: usize, marks: Marks, number: u32) {
    let bytes = text.as_bytes();
    let many = (found.table.header.len() / 2).max(2);
    let row_begin = at;
    let mut at = Some(at);
    found.row.clear();
    for cell in record.iter().take(marks.columns) {
        let quoted = marks.quotes && at.is_some_and(|at| bytes.get(at) == Some(&b'"'));
        let begin = at.map(|at| at + usize::from(quoted));
        let stands = begin.filter(|b| {
            let end = b + cell.len();
            let behind = if quoted { bytes.get(end) == Some(&b'"') } else { true };
            let ends = bytes.get(end + usize::from(quoted)).is_none_or(|b| *b == marks.separator || matches!(b, b'\r' | b'\n'));
            behind && ends && bytes.get(*b..end) == Some(cell)
        });
        let span = match stands {
            Some(begin) => (begin, begin + cell.len()),
            None => {
                let begin = text.len() + found.rewritten.len();
                found.rewritten.push_str(&String::from_utf8_lossy(cell));
                (begin, text.len() + found.rewritten.len())
            }
        };
        at = stands.map(|begin| begin + cell.len() + usize::from(quoted) + 1);
        found.row.push((span.0 as u32, span.1 as u32));
        // only a quoted cell can hold line ends
        if (quoted || stands.is_none()) && memchr::memchr(b'\n', cell).is_some() {
            found.swallowed |= cell.split(|b| *b == b'\n').skip(1).any(|line| line.iter().filter(|b| **b == marks.separator).count() >= many);
        }
    }
    found.table.push_spans(number, row_begin as u32, &found.row);
}

/// Line ends before the record that begins at or after `from`, and where it begins: the reader skips blank lines, Excel shows them as rows.
fn blank_lines(text: &str, from: usize) -> (u32, usize) {
    let bytes = text.as_bytes();
    let mut at = from;
    // the reader ends a record at `\r` and leaves its `\n` to the next one
    if at > 0 && bytes.get(at - 1) == Some(&b'\r') && bytes.get(at) == Some(&b'\n') {
        at += 1;
    }
    let mut blank = 0;
    loop {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => at += 2,
            (Some(b'\r' | b'\n'), _) => at += 1,
            _ => return (blank, at),
        }
        blank += 1;
    }
}

/// The separator of a table of unknown heads: it makes the first records, title lines above them apart, equally long (a trailing separator more is
/// allowed), two at least, with three columns or more; with two columns only where each of them holds a long number, as no prose does.
pub(super) fn even_separator(text: &str) -> Option<u8> {
    SEPARATORS.into_iter().find(|s| {
        let rows = first_rows(text, *s);
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let titles = rows.iter().take_while(|r| r.iter().filter(|c| !c.trim().is_empty()).count() < 2).count();
        let rows = rows.get(titles..).unwrap_or(&[]);
        let even = rows.len() >= 2 && rows.iter().all(|r| r.len() == columns || r.len() + 1 == columns);
        let long = |r: &Vec<String>| r.iter().any(|c| crate::text::ids::digit_runs(c).iter().any(|(_, n)| n.len() >= 8));
        even && (columns >= 3 || columns == 2 && rows.iter().skip(1).all(long))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::IntakeLimits;

    #[test]
    fn rows_are_numbered_as_excel_shows_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["报表标题", "", "单号,备注", "1,\"两行", "备注\"", "", "", "2,x", "3"].join(end);
            let (table, reached) = read(text.clone(), b',', Some(1), &Allowance::new(&IntakeLimits::default()));
            assert_eq!(reached, None);
            assert_eq!(table.header, ["单号", "备注"], "{end:?}");
            // title 1, blank 2, head 3, a record of two lines is one row, two blank rows
            assert_eq!(table.rows.iter().map(|r| r.number).collect::<Vec<_>>(), [4, 7, 8], "{end:?}");
            assert_eq!(table.cell(0, 1), format!("两行{end}备注"));
            assert_eq!((table.cell(1, 0), table.cell(2, 1)), ("2", ""));
        }
    }

    #[test]
    fn an_open_quote_does_not_swallow_the_file() {
        let mut text = String::from("单号,昵称\n1,\"小\n");
        for n in 2..100_000 {
            text.push_str(&format!("{n},买家{n}\n"));
        }
        let (table, reached) = read(text, b',', Some(0), &Allowance::new(&IntakeLimits::default()));
        assert_eq!((reached, table.rows.len()), (None, 99_999));
    }

    #[test]
    fn an_open_quote_swallows_no_rows_of_a_short_file_either() {
        let text = "单号,昵称,金额,留言\n1,\"小,3,a\n2,云,3,b\n3,山,3,\"好,\n谢谢\"\n4,水,3,d\n";
        let (table, _) = read(text.into(), b',', Some(0), &Allowance::new(&IntakeLimits::default()));
        assert!((0..table.rows.len()).any(|row| table.cell(row, 0) == "2"), "{table:?}");
        let text = "单号,昵称,金额,留言\n3,山,3,\"好,\n谢谢,\"\n4,水,3,d\n";
        assert_eq!(read(text.into(), b',', Some(0), &Allowance::new(&IntakeLimits::default())).0.rows.len(), 2, "a note of two lines is one cell");
    }

    #[test]
    fn a_cell_without_end_is_told() {
        let text = format!("单号,备注\n1,{}\n", "长".repeat(IntakeLimits::default().cell_bytes / 3 + 1));
        assert_eq!(read(text, b',', Some(0), &Allowance::new(&IntakeLimits::default())).1, Some("cell"));
    }
}
