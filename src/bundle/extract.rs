//! Extracts: from a file with many records only those of argued orders go into the bag, in source order, with record numbers and the whole file's
//! SHA-256. Other buyers are nobody's business.

use crate::model::case::Case;
use crate::model::file::FileEntry;
use crate::model::record::{Chat, Content, Records, Table};
use crate::model::source::{FileId, Place};
use crate::profile::lang::{Words, words};
use crate::text::json;
use std::collections::BTreeSet;

/// An extract, ready to be written.
#[derive(Debug)]
pub struct Extract {
    /// Extension with dot (`.csv`).
    pub extension: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Places of the records taken, in source order.
    pub records: Vec<Place>,
    /// Records in the whole file.
    pub total: usize,
}

/// The extract of `file`, or `None` when the file goes in whole: it is one piece, or every record of it belongs to an argued order.
/// `places` are the places linked to argued orders.
pub fn extract(case: &Case, file: FileId, places: &BTreeSet<Place>) -> Option<Extract> {
    let recognised = case.content(file);
    let entry = case.file(file);
    let w = words(case.language);
    let sha256 = entry.sha256.to_string();
    // assigned by the user: whole, unless its rows say which of them are meant
    let by_rows = recognised.content.parts().iter().any(Content::has_records) && places.iter().any(|p| !matches!(p, Place::Whole | Place::Path));
    if places.contains(&Place::Whole) && !by_rows {
        return None;
    }
    match &recognised.records {
        Records::Whole => None,
        Records::Table(table) => tables(std::slice::from_ref(table), entry, &whole_conversations(&recognised.content, places), w),
        Records::Sheets(sheets) => tables(sheets, entry, &whole_conversations(&recognised.content, places), w),
        Records::Json(values) => {
            let taken: Vec<&(Place, String)> = values.iter().filter(|(place, _)| places.iter().any(|p| p.is_inside(place))).collect();
            if taken.is_empty() || taken.len() == values.len() {
                return None;
            }
            let records: Vec<serde_json::Value> = taken
                .iter()
                .map(|(place, raw)| {
                    serde_json::json!({ "place": place.to_string(), "value": serde_json::from_str::<serde_json::Value>(raw).unwrap_or_else(|_| raw.clone().into()) })
                })
                .collect();
            let value = serde_json::json!({ "extract_of": entry.path, "sha256": sha256, "records_taken": taken.len(), "records_total": values.len(), "records": records });
            Some(Extract { extension: ".json", bytes: json::pretty(&value), records: taken.iter().map(|(p, _)| p.clone()).collect(), total: values.len() })
        }
        Records::Lines { lines, starts } => {
            let Content::Chats(chats) = &recognised.content else { return None };
            let (ranges, total) = line_ranges(chats, starts, places, lines.len());
            if ranges.is_empty() || ranges.len() == total {
                return None;
            }
            let mut text = format!(
                "{} {}\r\n{} {sha256}\r\n{} {} / {}\r\n\r\n",
                w.get("extract.of"),
                entry.path,
                w.get("extract.sha256"),
                w.get("extract.records"),
                ranges.len(),
                total
            );
            let mut records = Vec::new();
            for (from, to) in ranges {
                records.push(Place::Line(from as u32));
                for (offset, line) in lines.iter().skip(from - 1).take(to + 1 - from).enumerate() {
                    text.push_str(&format!("{}\t{line}\r\n", from + offset));
                }
            }
            let mut bytes = b"\xef\xbb\xbf".to_vec();
            bytes.extend_from_slice(text.as_bytes());
            Some(Extract { extension: ".txt", bytes, records, total })
        }
    }
}

/// Lines (1-based, both ends included) of the conversations that hold a place, and how many records there are. In a group each message is a record.
fn line_ranges(chats: &[Chat], starts: &[u32], places: &BTreeSet<Place>, lines: usize) -> (Vec<(usize, usize)>, usize) {
    let line = |p: &Place| if let Place::Line(n) = p { (*n as usize).max(1) } else { 1 };
    // where each record begins, and whether it is wanted
    let mut records: Vec<(usize, bool)> = Vec::new();
    for (n, chat) in chats.iter().enumerate() {
        if chat.is_group() {
            records.extend(chat.messages.iter().map(|m| (line(&m.place), places.contains(&m.place))));
        } else {
            let from = starts.get(n).map_or_else(|| line(&chat.place), |start| (*start as usize).max(1));
            records.push((from, places.contains(&chat.place) || chat.messages.iter().any(|m| places.contains(&m.place))));
        }
    }
    let ends = records.iter().skip(1).map(|(next, _)| next.saturating_sub(1)).chain([lines]).collect::<Vec<_>>();
    let wanted = records.iter().zip(ends).filter(|((_, wanted), _)| *wanted).map(|((from, _), to)| (*from, to.max(*from))).collect();
    (wanted, records.len())
}

/// The rows of one table or of a workbook's sheets, each sheet with its own head.
fn tables(tables: &[Table], entry: &FileEntry, places: &BTreeSet<Place>, w: &Words) -> Option<Extract> {
    let taken: Vec<(&Table, Vec<usize>)> =
        tables.iter().map(|t| (t, (0..t.rows.len()).filter(|&r| places.contains(&t.place(r))).collect::<Vec<usize>>())).collect();
    let count: usize = taken.iter().map(|(_, rows)| rows.len()).sum();
    let total = tables.iter().map(|t| t.rows.len()).sum();
    if count == 0 || count == total {
        return None;
    }
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    for (label, value) in [
        (w.get("extract.of"), entry.path.clone()),
        (w.get("extract.sha256"), entry.sha256.to_string()),
        (w.get("extract.records"), format!("{count} / {total}")),
    ] {
        line(&mut bytes, [label, value.as_str()].into_iter());
    }
    for (table, rows) in taken.iter().filter(|(_, rows)| !rows.is_empty()) {
        if let (Some(sheet), true) = (&table.sheet, tables.len() > 1) {
            line(&mut bytes, [w.get("extract.sheet"), sheet].into_iter());
        }
        table_csv(&mut bytes, table, rows, w.get("extract.row"));
    }
    let records = taken.iter().flat_map(|(table, rows)| rows.iter().map(|&r| table.place(r))).collect();
    Some(Extract { extension: ".csv", bytes, records, total })
}

/// A place of a conversation stands for all of it: what was said before and after it is part of the evidence.
fn whole_conversations(content: &Content, places: &BTreeSet<Place>) -> BTreeSet<Place> {
    let mut all = places.clone();
    for chat in content.chats().into_iter().filter(|c| !c.is_group()) {
        let own = || std::iter::once(&chat.place).chain(chat.messages.iter().map(|m| &m.place));
        if own().any(|p| places.contains(p)) {
            all.extend(own().cloned());
        }
    }
    all
}

fn table_csv(out: &mut Vec<u8>, table: &Table, rows: &[usize], row_head: &str) {
    line(out, std::iter::once(row_head).chain(table.header.iter().map(String::as_str)));
    for &row in rows {
        let number = table.rows.get(row).map_or(0, |r| r.number).to_string();
        let len = table.rows.get(row).map_or(0, |r| r.len as usize);
        line(out, std::iter::once(number.as_str()).chain((0..len).map(|c| table.cell(row, c))));
    }
}

/// One csv record, CRLF. Cells keep their text to the letter; quotes are added where csv needs them.
fn line<'a>(out: &mut Vec<u8>, cells: impl Iterator<Item = &'a str>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        if cell.contains(['"', ',', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
            out.push(b'"');
            out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.extend_from_slice(b"\r\n");
}
