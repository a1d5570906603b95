//! Excel workbooks (.xlsx), cell by cell: the dimension tag is not believed, ranges are never allocated, a number of more than 15 digits is marked.

use super::layout::{self, Layout, Reads};
use super::limits;
use super::separated::Reached;
use crate::model::record::Table;
use calamine::{Data, DataRef, Reader as _, Xlsx, XlsxError};
use std::collections::BTreeSet;
use std::io::Cursor;

/// A sheet with the cells whose digits Excel has cut: row index in the table and column.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub table: Table,
    pub cut: BTreeSet<(usize, usize)>,
    pub reached: Reached,
}

/// What a workbook gave.
pub(super) enum Workbook {
    /// It asks for a password.
    Encrypted,
    /// It is broken; the reader's words.
    Broken(String),
    /// No sheet has cells.
    Empty,
    /// Sheets with cells, in the workbook's order, each with its rows from the first.
    Sheets(Vec<Sheet>),
}

/// Reads all sheets until one has a known head that is not one of conversations.
pub(super) fn read(bytes: &[u8], layouts: &[Layout]) -> Workbook {
    let mut book: Xlsx<Cursor<&[u8]>> = match Xlsx::new(Cursor::new(bytes)) {
        Ok(book) => book,
        Err(XlsxError::Password) => return Workbook::Encrypted,
        Err(e) => return Workbook::Broken(e.to_string()),
    };
    let mut sheets = Vec::new();
    let mut broken = None;
    for name in book.sheet_names() {
        match one_sheet(&mut book, &name) {
            Ok(sheet) if sheet.table.rows.is_empty() => {}
            Ok(sheet) => {
                // of conversations there may be a sheet a customer
                let known = layout::detect(layouts, &sheet.first_rows()).is_some_and(|(_, layout, _)| layout.reads != Reads::Chats);
                sheets.push(sheet);
                if known {
                    break;
                }
            }
            Err(e) => broken = Some(e.to_string()),
        }
    }
    match (sheets.is_empty(), broken) {
        (true, Some(words)) => Workbook::Broken(words),
        (true, None) => Workbook::Empty,
        (false, _) => Workbook::Sheets(sheets),
    }
}

fn one_sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Sheet, XlsxError> {
    let mut sheet = Sheet { table: Table { sheet: Some(name.into()), ..Table::default() }, ..Sheet::default() };
    let mut row: (u32, Vec<String>) = (0, Vec::new());
    let mut cells = book.worksheet_cells_reader(name)?;
    while let Some(cell) = cells.next_cell()? {
        let (at, column) = cell.get_position();
        let (number, column) = (at.saturating_add(1), column as usize);
        let Some((text, cut)) = written(cell.get_value()) else { continue };
        if column >= limits::COLUMNS {
            sheet.reached = Some("columns");
            continue;
        }
        if text.len() > limits::CELL_BYTES {
            return Ok(Sheet { reached: Some("cell"), ..Sheet::default() });
        }
        if row.0 != number {
            sheet.take(&mut row);
            // a text that many cells share can make a small file endless
            let full = sheet.table.text.len() as u64 > limits::PARSED_BYTES;
            if full || sheet.table.rows.len() >= limits::ROWS {
                sheet.reached = Some(if full { "bytes" } else { "rows" });
                return Ok(sheet);
            }
            row.0 = number;
        }
        if row.1.len() <= column {
            row.1.resize(column + 1, String::new());
        }
        if let Some(place) = row.1.get_mut(column) {
            *place = text;
        }
        if cut {
            sheet.cut.insert((sheet.table.rows.len(), column));
        }
    }
    sheet.take(&mut row);
    Ok(sheet)
}

/// A cell as Excel shows an unformatted one, and whether digits are lost: a number holds 15 of them.
fn written(value: &DataRef<'_>) -> Option<(String, bool)> {
    let text = match value {
        DataRef::Empty => return None,
        DataRef::Int(n) => return Some((n.to_string(), n.unsigned_abs() >= 1_000_000_000_000_000)),
        DataRef::Float(f) if f.fract() == 0.0 && f.abs() < 1e20 => return Some((format!("{f:.0}"), f.abs() >= 1e15)),
        DataRef::DateTime(moment) => match moment.to_ymd_hms_milli() {
            (year, month, day, 0, 0, 0, _) => format!("{year:04}-{month:02}-{day:02}"),
            (year, month, day, hour, minute, second, _) => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
        },
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => s.clone(),
        DataRef::SharedString(s) => (*s).to_owned(),
        other => Data::from(other.clone()).to_string(),
    };
    Some((text, false))
}

impl Sheet {
    fn take(&mut self, row: &mut (u32, Vec<String>)) {
        if !row.1.is_empty() {
            self.table.push_row(row.0, row.1.iter().map(String::as_str));
            row.1.clear();
        }
    }

    /// The first rows, to find the head in.
    pub(super) fn first_rows(&self) -> Vec<Vec<String>> {
        (0..self.table.rows.len().min(limits::HEAD_ROWS)).map(|row| self.cells(row).map(str::to_owned).collect()).collect()
    }

    fn cells(&self, row: usize) -> impl Iterator<Item = &str> {
        let len = self.table.rows.get(row).map_or(0, |r| r.len as usize);
        (0..len).map(move |column| self.table.cell(row, column))
    }

    /// Takes the row at `head` for the header and what follows for the rows.
    pub(super) fn with_head(mut self, head: usize) -> Self {
        self.table.header = self.cells(head).map(|c| c.trim().to_owned()).collect();
        self.table.rows.drain(..=head.min(self.table.rows.len().saturating_sub(1)));
        self.cut = self.cut.into_iter().filter_map(|(row, column)| Some((row.checked_sub(head + 1)?, column))).collect();
        self
    }

    /// The rows as lines of text, tabs between cells; line numbers are row numbers as long as the gaps are small.
    pub(super) fn as_text(&self) -> String {
        let mut text = String::new();
        let mut line = 1;
        for (index, row) in self.table.rows.iter().enumerate() {
            if row.number.saturating_sub(line) <= 1000 {
                while line < row.number {
                    text.push('\n');
                    line += 1;
                }
            }
            for (n, cell) in self.cells(index).enumerate() {
                if n > 0 {
                    text.push('\t');
                }
                text.extend(cell.chars().map(|c| if c.is_control() { ' ' } else { c }));
            }
            text.push('\n');
            line = row.number.saturating_add(1);
        }
        text
    }
}
