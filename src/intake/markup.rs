//! Tables that are neither separated text nor workbooks: web pages that back offices name .xls, Excel's XML of 2003, and JSON lists of flat records as
//! interfaces give them. In: a decoded text. Out: sheets as of a workbook, to be read by the layout whose head they have.

use super::limits::Allowance;
use super::sheet::Sheet;
use crate::media::document::{html, opc};
use crate::model::record::Table;
use serde_json::{Map, Value};

/// Levels of a JSON text at which a list of records may lie.
const LIST_DEPTH: usize = 5;

/// The tables of a text, if it is of one of these forms.
pub(super) fn sheets(text: &str, allowed: &Allowance<'_>) -> Vec<Sheet> {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    let head: String = start.chars().take(600).collect();
    if start.starts_with(['[', '{']) {
        return serde_json::from_str(start).map(|value| of_json(&value, allowed)).unwrap_or_default();
    }
    if !start.starts_with('<') {
        return Vec::new();
    }
    if head.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        return of_excel_xml(start, allowed);
    }
    if head.to_ascii_lowercase().contains("<table") || html::is_page(start) {
        let tables = html::tables(start).unwrap_or_default();
        return tables.into_iter().map(|rows| sheet(None, (1..).zip(rows), allowed)).collect();
    }
    Vec::new()
}

/// A sheet of numbered rows, within the limits.
fn sheet(name: Option<&str>, rows: impl IntoIterator<Item = (u32, Vec<String>)>, allowed: &Allowance<'_>) -> Sheet {
    let most = allowed.most;
    let mut sheet = Sheet { table: Table { sheet: name.map(Into::into), ..Table::default() }, ..Sheet::default() };
    for (number, row) in rows {
        if sheet.table.rows.len() >= most.rows {
            sheet.reached = Some("rows");
            break;
        }
        if allowed.over(sheet.table.rows.len() + 1) {
            sheet.reached = Some("seconds");
            break;
        }
        if row.iter().any(|cell| cell.len() > most.cell_bytes) {
            return Sheet { reached: Some("cell"), ..Sheet::default() };
        }
        if row.len() > most.columns {
            sheet.reached = Some("columns");
        }
        sheet.table.push_row(number, row.iter().take(most.columns).map(String::as_str));
    }
    sheet
}

/// The worksheets of Excel's XML of 2003. A row or cell may say its number where those before it are empty.
fn of_excel_xml(xml: &str, allowed: &Allowance<'_>) -> Vec<Sheet> {
    type Rows = Vec<(u32, Vec<String>)>;
    let mut found: Vec<(String, Rows)> = Vec::new();
    let (mut number, mut data) = (0_u32, false);
    let most = allowed.most.columns;
    let index = |attributes: &[(String, String)]| attributes.iter().find(|(k, _)| k == "Index").and_then(|(_, v)| v.parse::<u32>().ok());
    // what came before a mistake in the file is as good as ever
    let _ = opc::walk(xml, |step| {
        match step {
            opc::Step::Open(name, attributes) => match name.as_str() {
                "Worksheet" => {
                    let name = attributes.into_iter().find(|(k, _)| k == "Name").map_or(String::new(), |(_, v)| v);
                    found.push((name, Vec::new()));
                    number = 0;
                }
                "Row" => {
                    number = index(&attributes).filter(|n| *n > number).unwrap_or(number.saturating_add(1));
                    if let Some((_, rows)) = found.last_mut() {
                        rows.push((number, Vec::new()));
                    }
                }
                "Cell" => {
                    if let Some((_, row)) = found.last_mut().and_then(|(_, rows)| rows.last_mut()) {
                        let column = index(&attributes).map_or(row.len(), |n| (n as usize).saturating_sub(1));
                        // one beyond the limit tells that there are more
                        row.resize(column.clamp(row.len(), most.max(row.len())) + 1, String::new());
                    }
                }
                "Data" => data = true,
                _ => {}
            },
            opc::Step::Close(name) => data &= name != "Data",
            opc::Step::Text(text) if data => {
                if let Some(cell) = found.last_mut().and_then(|(_, rows)| rows.last_mut()).and_then(|(_, row)| row.last_mut()) {
                    cell.push_str(&text);
                }
            }
            opc::Step::Text(_) => {}
        }
        true
    });
    found.into_iter().filter(|(_, rows)| !rows.is_empty()).map(|(name, rows)| sheet(Some(&name), rows, allowed)).collect()
}

/// The lists of records in a JSON text: each a sheet named by its place, the keys its head, the records its rows.
fn of_json(value: &Value, allowed: &Allowance<'_>) -> Vec<Sheet> {
    let mut lists: Vec<(String, Vec<&Map<String, Value>>)> = Vec::new();
    lists_in(value, &mut String::new(), 0, &mut lists);
    let most = allowed.most.columns;
    lists
        .into_iter()
        .map(|(place, records)| {
            let mut keys: Vec<&str> = Vec::new();
            for key in records.iter().flat_map(|record| record.keys()) {
                if keys.len() <= most && !keys.contains(&key.as_str()) {
                    keys.push(key);
                }
            }
            let head = keys.iter().map(|key| (*key).to_owned()).collect();
            let cells = |record: &&Map<String, Value>| keys.iter().map(|key| record.get(*key).map(scalar).unwrap_or_default()).collect::<Vec<String>>();
            let rows = (1..).zip(records.iter().map(cells));
            // records are counted from 1, so the head stands in row 0
            sheet(Some(if place.is_empty() { "/" } else { &place }), std::iter::once((0, head)).chain(rows), allowed)
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
}
