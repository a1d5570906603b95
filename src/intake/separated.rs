//! Text tables: separator and head found by the layouts, records read by the csv crate, row numbers as Excel shows them.

use super::limits;
use crate::model::record::Table;

/// Separators that exports use.
pub(super) const SEPARATORS: [u8; 3] = [b',', b'\t', b';'];

/// What stopped the reading of a table early: the key of a limit (`rows`, `cell`, `columns`).
pub(super) type Reached = Option<&'static str>;

fn reader(text: &str, separator: u8, quoting: bool) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).quoting(quoting).from_reader(text.as_bytes())
}

/// The first records of a text, for looking at: at most 20 of the first 256 KiB.
pub(super) fn first_rows(text: &str, separator: u8) -> Vec<Vec<String>> {
    let mut end = text.len().min(limits::HEAD_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end).unwrap_or("");
    let mut rows = Vec::new();
    for record in reader(head, separator, true).into_records().take(limits::HEAD_ROWS) {
        let Ok(record) = record else { break };
        rows.push(record.iter().take(limits::COLUMNS).map(str::to_owned).collect());
    }
    rows
}

/// Reads the whole text; the record at index `head` (blank lines not counted) becomes the header, what stands before it is left out.
pub(super) fn read(text: &str, separator: u8, head: usize) -> (Table, Reached) {
    let (table, reached) = read_as(text, separator, head, true);
    // one quote that is never closed (a nick like `"小`) swallows the rows after it, or the rest of the file; without quoting only that row is odd
    if reached == Some("cell") || swallowed(&table, separator) {
        let (plain, still) = read_as(text, separator, head, false);
        if still != Some("cell") && whole_rows(&plain) > whole_rows(&table) {
            return (plain, still);
        }
    }
    (table, reached)
}

/// Is there a cell that holds lines like rows: as many separators as half a row has?
fn swallowed(table: &Table, separator: u8) -> bool {
    let many = (table.header.len() / 2).max(2);
    table
        .cells
        .iter()
        .filter_map(|&(a, b)| table.text.get(a as usize..b as usize))
        .any(|cell| cell.split('\n').skip(1).any(|line| line.bytes().filter(|b| *b == separator).count() >= many))
}

/// Rows as long as the head, or one longer (facts 1.1: a trailing comma).
fn whole_rows(table: &Table) -> usize {
    let columns = table.header.len();
    table.rows.iter().filter(|r| r.len as usize == columns || r.len as usize == columns + 1).count()
}

fn read_as(text: &str, separator: u8, head: usize, quoting: bool) -> (Table, Reached) {
    let mut table = Table { text: String::with_capacity(text.len()), ..Table::default() };
    let mut records = reader(text, separator, quoting);
    let mut record = csv::StringRecord::new();
    let mut number: u32 = 0;
    let mut index = 0;
    let mut reached = None;
    loop {
        let from = records.position().byte() as usize;
        if !records.read_record(&mut record).unwrap_or(false) {
            break;
        }
        number = number.saturating_add(blank_lines(text, from)).saturating_add(1);
        if record.iter().any(|cell| cell.len() > limits::CELL_BYTES) {
            return (Table::default(), Some("cell"));
        }
        if record.len() > limits::COLUMNS {
            reached = Some("columns");
        }
        let cells = record.iter().take(limits::COLUMNS);
        match index.cmp(&head) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => table.header = cells.map(|c| c.trim().to_owned()).collect(),
            std::cmp::Ordering::Greater if table.rows.len() >= limits::ROWS => {
                reached = Some("rows");
                break;
            }
            std::cmp::Ordering::Greater => table.push_row(number, cells),
        }
        index += 1;
    }
    (table, reached)
}

/// Line ends before the record that begins at or after `from`: the reader skips blank lines, Excel shows them as rows.
fn blank_lines(text: &str, from: usize) -> u32 {
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
            _ => return blank,
        }
        blank += 1;
    }
}

/// The separator that makes every one of the first records (two at least) equally long with three columns or more: a table of unknown heads.
pub(super) fn even_separator(text: &str) -> Option<u8> {
    SEPARATORS.into_iter().find(|s| {
        let rows = first_rows(text, *s);
        let columns = rows.first().map_or(0, Vec::len);
        rows.len() >= 2 && columns >= 3 && rows.iter().all(|r| r.len() == columns)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_numbered_as_excel_shows_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["报表标题", "", "单号,备注", "1,\"两行", "备注\"", "", "", "2,x", "3"].join(end);
            let (table, reached) = read(&text, b',', 1);
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
        let (table, reached) = read(&text, b',', 0);
        assert_eq!((reached, table.rows.len()), (None, 99_999));
    }

    #[test]
    fn an_open_quote_swallows_no_rows_of_a_short_file_either() {
        let text = "单号,昵称,金额,留言\n1,\"小,3,a\n2,云,3,b\n3,山,3,\"好,\n谢谢\"\n4,水,3,d\n";
        let (table, _) = read(text, b',', 0);
        assert!((0..table.rows.len()).any(|row| table.cell(row, 0) == "2"), "{table:?}");
        let text = "单号,昵称,金额,留言\n3,山,3,\"好,\n谢谢,\"\n4,水,3,d\n";
        assert_eq!(read(text, b',', 0).0.rows.len(), 2, "a note of two lines is one cell");
    }

    #[test]
    fn a_cell_without_end_is_told() {
        let text = format!("单号,备注\n1,{}\n", "长".repeat(limits::CELL_BYTES / 3 + 1));
        assert_eq!(read(&text, b',', 0).1, Some("cell"));
    }
}
