//! Tables that are neither separated text nor workbooks: web pages that back offices name .xls, Excel's XML of 2003, and JSON lists of flat records as
//! interfaces give them. In: a decoded text. Out: sheets as of a workbook, to be read by the layout whose head they have.

use super::limits::Allowance;
use super::sheet::Sheet;
use crate::media::document::{html, opc};
use crate::model::record::{Beside, Table};
use crate::model::source::Place;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Levels of a JSON text at which a list of records may lie.
const LIST_DEPTH: usize = 5;

/// The tables of a text, if it is of one of these forms.
pub(super) fn sheets(text: &str, allowed: &Allowance<'_>) -> Vec<Sheet> {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    let head: String = start.chars().take(600).collect();
    let mut room = Room::of(text, allowed);
    if start.starts_with(['[', '{']) {
        return serde_json::from_str(start).map(|value| of_json(&value, &mut room)).unwrap_or_default();
    }
    if !start.starts_with('<') {
        return Vec::new();
    }
    if head.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        return of_excel_xml(start, &mut room);
    }
    if head.to_ascii_lowercase().contains("<table") || html::is_page(start) {
        let html::PageTables { tables, around } = html::tables(start).unwrap_or_default();
        let mut sheets: Vec<Sheet> = tables.into_iter().map(|rows| sheet(None, (1..).zip(rows), &mut room)).collect();
        if let Some(first) = sheets.first_mut() {
            first.table.beside = around.into_iter().map(|text| Beside { place: Place::Whole, cell: None, text }).collect();
        }
        return sheets;
    }
    Vec::new()
}

/// Bytes that one cell takes beside its text.
const CELL_BYTES: u64 = 2;

/// What the tables of one text may still take. A text says each of its cells in more bytes than that; only cells that are skipped come for nothing.
struct Room<'a> {
    bytes: u64,
    allowed: &'a Allowance<'a>,
}

impl<'a> Room<'a> {
    fn of(text: &str, allowed: &'a Allowance<'a>) -> Self {
        Room { bytes: allowed.most.bytes.max(text.len() as u64), allowed }
    }

    /// Takes so much of it; false when there is not as much.
    fn take(&mut self, row: &[String]) -> bool {
        let needed: u64 = row.iter().map(|cell| cell.len() as u64 + CELL_BYTES).sum();
        let left = self.bytes.checked_sub(needed);
        self.bytes = left.unwrap_or(self.bytes);
        left.is_some()
    }
}

/// A sheet that is filled row by row, within the limits.
struct Filling {
    sheet: Sheet,
    /// A limit was reached: what comes is not taken.
    full: bool,
}

impl Filling {
    fn new(name: Option<&str>) -> Self {
        Filling { sheet: Sheet { table: Table { sheet: name.map(Into::into), ..Table::default() }, ..Sheet::default() }, full: false }
    }

    fn row(&mut self, number: u32, row: &[String], room: &mut Room<'_>) {
        if self.full {
            return;
        }
        let most = room.allowed.most;
        let cells = row.get(..most.columns).unwrap_or(row);
        let reached = if self.sheet.table.rows.len() >= most.rows {
            Some("rows")
        } else if room.allowed.over(self.sheet.table.rows.len() + 1) {
            Some("seconds")
        } else if row.iter().any(|cell| cell.len() > most.cell_bytes) {
            self.sheet = Sheet::default();
            Some("cell")
        } else if !room.take(cells) {
            Some("bytes")
        } else {
            None
        };
        self.full = reached.is_some();
        if self.full {
            self.sheet.reached = reached;
            return;
        }
        if row.len() > most.columns {
            self.sheet.reached = Some("columns");
        }
        self.sheet.table.push_row(number, cells.iter().map(String::as_str));
    }
}

/// A sheet of numbered rows.
fn sheet(name: Option<&str>, rows: impl IntoIterator<Item = (u32, Vec<String>)>, room: &mut Room<'_>) -> Sheet {
    let mut filling = Filling::new(name);
    for (number, row) in rows {
        filling.row(number, &row, room);
        if filling.full {
            break;
        }
    }
    filling.sheet
}

/// The worksheets of Excel's XML of 2003. A row or cell may say its number where those before it are empty.
fn of_excel_xml(xml: &str, room: &mut Room<'_>) -> Vec<Sheet> {
    let mut found = Worksheets { room, sheets: Vec::new(), number: 0, row: None, data: false };
    // what came before a mistake in the file is as good as ever
    let _ = opc::walk(xml, |step| {
        found.step(step);
        true
    });
    found.end_row();
    found.sheets.into_iter().filter(|sheet| sheet.begun).map(|sheet| sheet.filling.sheet).collect()
}

/// A worksheet as far as it was read.
struct Worksheet {
    filling: Filling,
    /// It has a row, if an empty one.
    begun: bool,
}

/// The worksheets as far as they were read. A row is kept until it ends, and then within the limits: its cells may be far more than the text says.
struct Worksheets<'r, 'a> {
    room: &'r mut Room<'a>,
    sheets: Vec<Worksheet>,
    /// Of the last row.
    number: u32,
    row: Option<Vec<String>>,
    data: bool,
}

impl Worksheets<'_, '_> {
    fn step(&mut self, step: opc::Step) {
        let index = |attributes: &[(String, String)]| attributes.iter().find(|(k, _)| k == "Index").and_then(|(_, v)| v.parse::<u32>().ok());
        match step {
            opc::Step::Open(name, attributes) => match name.as_str() {
                "Worksheet" => {
                    self.end_row();
                    let name = attributes.into_iter().find(|(k, _)| k == "Name").map_or(String::new(), |(_, v)| v);
                    self.sheets.push(Worksheet { filling: Filling::new(Some(&name)), begun: false });
                    self.number = 0;
                }
                "Row" => {
                    self.end_row();
                    self.number = index(&attributes).filter(|n| *n > self.number).unwrap_or(self.number.saturating_add(1));
                    if let Some(sheet) = self.sheets.last_mut() {
                        sheet.begun = true;
                        self.row = Some(Vec::new());
                    }
                }
                "Cell" => self.cell(index(&attributes)),
                "Data" => self.data = true,
                _ => {}
            },
            opc::Step::Close(name) => self.data &= name != "Data",
            opc::Step::Text(text) if self.data => {
                if let Some(cell) = self.row.as_mut().and_then(|row| row.last_mut()) {
                    cell.push_str(&text);
                }
            }
            opc::Step::Text(_) => {}
        }
    }

    fn cell(&mut self, index: Option<u32>) {
        let most = self.room.allowed.most.columns;
        // of a sheet that is full nothing more is taken
        let Some(row) = self.row.as_mut().filter(|_| self.sheets.last().is_some_and(|sheet| !sheet.filling.full)) else { return };
        let column = index.map_or(row.len(), |n| (n as usize).saturating_sub(1));
        // one beyond the limit tells that there are more
        row.resize(column.clamp(row.len(), most.max(row.len())) + 1, String::new());
    }

    fn end_row(&mut self) {
        if let (Some(row), Some(sheet)) = (self.row.take(), self.sheets.last_mut()) {
            sheet.filling.row(self.number, &row, self.room);
        }
    }
}

/// The lists of records in a JSON text: each a sheet named by its place, the keys its head, the records its rows.
fn of_json(value: &Value, room: &mut Room<'_>) -> Vec<Sheet> {
    let mut lists: Vec<(String, Vec<&Map<String, Value>>)> = Vec::new();
    lists_in(value, &mut String::new(), 0, &mut lists);
    let most = room.allowed.most.columns;
    lists
        .into_iter()
        .map(|(place, records)| {
            let (mut keys, mut known): (Vec<&str>, HashSet<&str>) = (Vec::new(), HashSet::new());
            for key in records.iter().flat_map(|record| record.keys()) {
                if keys.len() <= most && known.insert(key) {
                    keys.push(key);
                }
            }
            let head = keys.iter().map(|key| (*key).to_owned()).collect();
            let cells = |record: &&Map<String, Value>| keys.iter().map(|key| record.get(*key).map(scalar).unwrap_or_default()).collect::<Vec<String>>();
            let rows = (1..).zip(records.iter().map(cells));
            // records are counted from 1, so the head stands in row 0
            sheet(Some(if place.is_empty() { "/" } else { &place }), std::iter::once((0, head)).chain(rows), room)
        })
        .collect()
}

fn lists_in<'v>(value: &'v Value, place: &mut String, depth: usize, out: &mut Vec<(String, Vec<&'v Map<String, Value>>)>) {
    if depth > LIST_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => {
            let records: Option<Vec<&Map<String, Value>>> = items.iter().map(Value::as_object).collect();
            if let Some(records) = records.filter(|r| !r.is_empty()) {
                out.push((place.clone(), records));
            }
        }
        Value::Object(members) => {
            for (key, inner) in members {
                let before = place.len();
                place.push('/');
                place.push_str(&key.replace('~', "~0").replace('/', "~1"));
                lists_in(inner, place, depth + 1, out);
                place.truncate(before);
            }
        }
        _ => {}
    }
}

/// A value as a cell says it; a list of plain values is one with `;` between, anything deeper is no cell.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Array(items) if items.iter().all(|i| !i.is_object() && !i.is_array()) => items.iter().map(scalar).collect::<Vec<_>>().join(";"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::IntakeLimits;

    fn rows(text: &str) -> Vec<(Option<String>, Vec<Vec<String>>)> {
        let limits = IntakeLimits::default();
        let cells = |s: &Sheet| (0..s.table.rows.len()).map(|r| (0..s.table.rows[r].len as usize).map(|c| s.table.cell(r, c).to_owned()).collect()).collect();
        sheets(text, &Allowance::new(&limits)).iter().map(|s| (s.table.sheet.as_deref().map(str::to_owned), cells(s))).collect()
    }

    #[test]
    fn records_of_an_interface_are_rows() {
        let read = rows(
            r#"{"code":0,"data":{"list":[{"tids":["2861734095517302481","2861734095517302482"],"expressCode":"YTO","payment":59.00},{"tids":"1","deep":{"a":1}}]}}"#,
        );
        let [(Some(place), rows)] = read.as_slice() else { panic!("{read:?}") };
        assert_eq!(place, "/data/list");
        let at = |row: usize, head: &str| rows[row][rows[0].iter().position(|h| h == head).unwrap()].as_str();
        assert_eq!((at(1, "tids"), at(1, "expressCode"), at(2, "tids"), at(2, "deep")), ("2861734095517302481;2861734095517302482", "YTO", "1", ""));
        assert!(rows.iter().all(|r| r.len() == rows[0].len()));
        assert!(super::sheets("[1,2]", &Allowance::new(&IntakeLimits::default())).is_empty() && rows.len() == 3);
    }

    #[test]
    fn the_xml_of_old_excel_may_skip_cells() {
        let xml = r#"<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
            <Worksheet ss:Name="订单"><Table><Row ss:Index="3"><Cell><Data ss:Type="String">订单编号</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">a&amp;b</Data></Cell></Row></Table></Worksheet></Workbook>"#;
        assert_eq!(rows(xml), [(Some("订单".to_owned()), vec![vec!["订单编号".to_owned(), String::new(), "a&b".to_owned()]])]);
        let sheet = &sheets(xml, &Allowance::new(&IntakeLimits::default()))[0];
        assert_eq!(sheet.table.rows[0].number, 3);
        let far = xml.replace("ss:Index=\"3\"><Data", "ss:Index=\"4000000000\"><Data");
        assert_eq!(sheets(&far, &Allowance::new(&IntakeLimits::default()))[0].reached, Some("columns"));
    }
    /// A row of a few bytes may name a cell far to the right: kept as texts until the end, these would be 25 million of them.
    #[test]
    fn skipped_cells_take_no_more_than_the_text() {
        let rows = r#"<Row><Cell ss:Index="513"/></Row>"#.repeat(50_000);
        let xml = format!(
            r#"<?xml version="1.0"?><Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>{rows}</Table></Worksheet><Worksheet ss:Name="b"><Table>{rows}</Table></Worksheet></Workbook>"#
        );
        let limits = IntakeLimits { bytes: 1 << 20, ..IntakeLimits::default() };
        let read = sheets(&xml, &Allowance::new(&limits));
        assert_eq!(read.iter().map(|s| s.reached).collect::<Vec<_>>(), [Some("bytes"); 2]);
        let cells: usize = read.iter().flat_map(|s| &s.table.rows).map(|row| row.len as usize).sum();
        assert!(cells > 1_000_000 && cells * 2 <= xml.len(), "{cells}");
        let few = IntakeLimits { rows: 3, ..IntakeLimits::default() };
        let read = sheets(&xml, &Allowance::new(&few));
        assert_eq!(read.iter().map(|s| (s.table.rows.len(), s.reached)).collect::<Vec<_>>(), [(3, Some("rows")); 2]);
    }
}
