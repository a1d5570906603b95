//! Workbooks, every sheet of them. Excel's .xlsx and .xlsm cell by cell: the dimension tag is not believed, ranges are never allocated. .xls and .ods
//! come as ranges from calamine, behind [`super::dense`]'s look at their size. A number of more than 15 digits is marked as cut.

use super::limits::{self, Allowance};
use super::separated::Reached;
use super::{compound, dense};
use crate::model::match_sheet;
use crate::model::record::{Beside, Table};
use calamine::{Data, DataRef, Ods, OdsError, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsx, XlsxError};
use std::collections::BTreeSet;
use std::io::Cursor;

/// A sheet with the cells whose digits Excel has cut: row index in the table and column.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub table: Table,
    pub cut: BTreeSet<(usize, usize)>,
    pub reached: Reached,
    /// Excel does not show it unless asked.
    pub hidden: bool,
}

/// What a workbook gave.
pub(super) enum Workbook {
    /// Our own match sheet, in any form.
    MatchSheet,
    /// It asks for a password.
    Encrypted,
    /// It is broken; the reader's words.
    Broken(String),
    /// It says cells over a larger area than is read.
    TooLarge,
    /// No sheet has cells.
    Empty,
    /// Sheets with cells, in the workbook's order, each with its rows from the first; and what was wrong with another one.
    Sheets(Vec<Sheet>, Option<String>),
}

/// The forms of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// .xlsx, .xlsm
    OpenXml,
    /// .xls (BIFF)
    Binary,
    /// .ods
    OpenDocument,
}

/// Reads all sheets.
pub(super) fn read(bytes: &[u8], form: Form, allowed: &Allowance<'_>) -> Workbook {
    match form {
        Form::OpenXml => match Xlsx::new(Cursor::new(bytes)) {
            Ok(book) if is_match_sheet(&book) => Workbook::MatchSheet,
            Ok(mut book) => gather(&named(&book), allowed, |name, room| open_xml(&mut book, name, room).map_err(|e: XlsxError| e.to_string())),
            Err(XlsxError::Password) => Workbook::Encrypted,
            Err(e) => Workbook::Broken(e.to_string()),
        },
        Form::Binary if !compound::chains_end(bytes) => Workbook::Broken("a chain of sectors runs in a circle".to_owned()),
        Form::Binary if !dense::fits_xls(bytes) => Workbook::TooLarge,
        Form::Binary => match Xls::new(Cursor::new(bytes)) {
            Ok(book) if is_match_sheet(&book) => Workbook::MatchSheet,
            Ok(mut book) => gather(&named(&book), allowed, |name, room| book.worksheet_range(name).map(|r| range(name, &r, room)).map_err(|e| e.to_string())),
            Err(XlsError::Password) => Workbook::Encrypted,
            Err(e) => Workbook::Broken(e.to_string()),
        },
        Form::OpenDocument if !dense::fits_ods(bytes) => Workbook::TooLarge,
        Form::OpenDocument => match Ods::new(Cursor::new(bytes)) {
            Ok(book) if is_match_sheet(&book) => Workbook::MatchSheet,
            Ok(mut book) => gather(&named(&book), allowed, |name, room| book.worksheet_range(name).map(|r| range(name, &r, room)).map_err(|e| e.to_string())),
            Err(OdsError::Password) => Workbook::Encrypted,
            Err(e) => Workbook::Broken(e.to_string()),
        },
    }
}

/// Saved in another form it cannot be followed, and is no evidence either.
fn is_match_sheet<R: Reader<Cursor<B>>, B: AsRef<[u8]>>(book: &R) -> bool {
    book.sheet_names().iter().any(|name| name == match_sheet::HIDDEN)
}

/// Names of the sheets that can have cells, with whether each is hidden.
fn named<R: Reader<Cursor<B>>, B: AsRef<[u8]>>(book: &R) -> Vec<(String, bool)> {
    let cells = |s: &&calamine::Sheet| matches!(s.typ, SheetType::WorkSheet | SheetType::MacroSheet);
    book.sheets_metadata().iter().filter(cells).map(|s| (s.name.clone(), s.visible != SheetVisible::Visible)).collect()
}

/// Reads sheet after sheet while there is room for rows and text.
fn gather(names: &[(String, bool)], allowed: &Allowance<'_>, mut one: impl FnMut(&str, Room<'_>) -> Result<Sheet, String>) -> Workbook {
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut broken = None;
    let mut room = Room { rows: allowed.most.rows, bytes: allowed.most.bytes, allowed };
    for (name, hidden) in names {
        match one(name, room) {
            Ok(sheet) if sheet.table.rows.is_empty() && sheet.reached.is_none() => {}
            Ok(sheet) => {
                room.rows = room.rows.saturating_sub(sheet.table.rows.len());
                room.bytes = room.bytes.saturating_sub(sheet.table.text.len() as u64);
                sheets.push(Sheet { hidden: *hidden, ..sheet });
            }
            Err(e) => broken = Some(format!("{name}: {e}")),
        }
    }
    match (sheets.is_empty(), broken) {
        (true, Some(words)) => Workbook::Broken(words),
        (true, None) => Workbook::Empty,
        (false, broken) => Workbook::Sheets(sheets, broken),
    }
}

/// What may still be read of a workbook: a text that many cells share can make a small file endless.
#[derive(Debug, Clone, Copy)]
struct Room<'a> {
    rows: usize,
    bytes: u64,
    allowed: &'a Allowance<'a>,
}

impl Room<'_> {
    fn full(self, table: &Table) -> Reached {
        if table.text.len() as u64 > self.bytes {
            return Some("bytes");
        }
        if self.allowed.over(table.rows.len() + 1) {
            return Some("seconds");
        }
        (table.rows.len() >= self.rows).then_some("rows")
    }
}

fn sheet_named(name: &str) -> Sheet {
    Sheet { table: Table { sheet: Some(name.into()), ..Table::default() }, ..Sheet::default() }
}

/// A range that calamine has allocated.
fn range(name: &str, range: &calamine::Range<Data>, room: Room<'_>) -> Sheet {
    let mut sheet = sheet_named(name);
    let (first, left) = range.start().unwrap_or_default();
    for (n, cells) in range.rows().enumerate() {
        sheet.reached = room.full(&sheet.table);
        if sheet.reached.is_some() {
            return sheet;
        }
        let mut row = vec![String::new(); (left as usize).min(room.allowed.most.columns)];
        for value in cells {
            let (text, cut) = written(&borrowed(value)).unwrap_or_default();
            if row.len() >= room.allowed.most.columns {
                if !text.is_empty() {
                    sheet.reached = Some("columns");
                }
                continue;
            }
            if text.len() > room.allowed.most.cell_bytes {
                return Sheet { reached: Some("cell"), ..Sheet::default() };
            }
            if cut {
                sheet.cut.insert((sheet.table.rows.len(), row.len()));
            }
            row.push(text);
        }
        while row.last().is_some_and(String::is_empty) {
            row.pop();
        }
        let number = first.saturating_add(u32::try_from(n).unwrap_or(u32::MAX)).saturating_add(1);
        sheet.take(&mut (number, row));
    }
    sheet
}

fn open_xml(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, room: Room<'_>) -> Result<Sheet, XlsxError> {
    let mut sheet = sheet_named(name);
    let mut row: (u32, Vec<String>) = (0, Vec::new());
    let mut cells = book.worksheet_cells_reader(name)?;
    while let Some(cell) = cells.next_cell()? {
        let (at, column) = cell.get_position();
        let (number, column) = (at.saturating_add(1), column as usize);
        let Some((text, cut)) = written(cell.get_value()) else { continue };
        if column >= room.allowed.most.columns {
            sheet.reached = Some("columns");
            continue;
        }
        if text.len() > room.allowed.most.cell_bytes {
            return Ok(Sheet { reached: Some("cell"), ..Sheet::default() });
        }
        if row.0 != number {
            sheet.take(&mut row);
            if let Some(what) = room.full(&sheet.table) {
                sheet.reached = Some(what);
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

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(n) => DataRef::Int(*n),
        Data::Float(f) => DataRef::Float(*f),
        Data::String(s) => DataRef::SharedString(s),
        Data::Bool(b) => DataRef::Bool(*b),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(s) => DataRef::DateTimeIso(s.clone()),
        Data::DurationIso(s) => DataRef::DurationIso(s.clone()),
        Data::Error(e) => DataRef::Error(e.clone()),
        _ => DataRef::Empty,
    }
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

    /// Takes the row at `head` for the header; what stands before it are words beside the rows.
    pub(super) fn with_head(mut self, head: usize) -> Self {
        for row in 0..head.min(self.table.rows.len()) {
            let text = self.cells(row).map(str::trim).filter(|c| !c.is_empty()).collect::<Vec<_>>().join(" ");
            let place = self.table.place(row);
            self.table.beside.push(Beside { place, cell: None, text });
        }
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
