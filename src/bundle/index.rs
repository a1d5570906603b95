//! The lists inside a bag: `data/index.csv`, `data/index.xlsx` (the evidence list) and `data/manifest.json` (`appealpack.manifest/1`).

use super::bag::{Contents, Item, item_sha256};
use crate::error::{Error, Result};
use crate::model::case::Listed;
use crate::model::document::Anchor;
use crate::model::exhibit::Exhibit;
use crate::model::own_output::{LIST_ID, List};
use crate::model::source::FileId;
use crate::profile::lang::words;
use crate::text::{self, json::Each};
use crate::workbook;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Names and bytes of the three lists.
///
/// # Errors
/// When the xlsx cannot be made.
pub fn lists(contents: &Contents<'_>, items: &[Item], originals: &str) -> Result<Vec<(String, Vec<u8>)>> {
    // an extract is hashed once, however many rows name it
    let digests: BTreeMap<FileId, (&Item, String)> = items.iter().map(|i| (i.file, (i, item_sha256(contents.case, i)))).collect();
    let rows = rows(contents, &digests);
    Ok(vec![
        ("index.csv".to_owned(), csv(contents, &rows)),
        ("index.xlsx".to_owned(), xlsx(contents, &rows)?),
        ("manifest.json".to_owned(), manifest(contents, items, &digests, originals)),
    ])
}

fn heads(contents: &Contents<'_>) -> [String; 9] {
    let w = words(contents.case.language);
    ["number", "exhibit", "orders", "name", "source", "purpose", "page", "path", "sha256"].map(|k| w.get(&format!("index.{k}")).to_owned())
}

/// The file of the bag that an exhibit is.
fn file_of(contents: &Contents<'_>, exhibit: &Exhibit) -> FileId {
    contents.case.file(exhibit.file).same_as.unwrap_or(exhibit.file)
}

fn rows(contents: &Contents<'_>, digests: &BTreeMap<FileId, (&Item, String)>) -> Vec<[String; 9]> {
    contents
        .exhibits
        .iter()
        .enumerate()
        .map(|(i, e)| {
            let item = digests.get(&file_of(contents, e));
            [
                (i + 1).to_string(),
                e.number.clone(),
                order_ids(contents, e).join(" "),
                e.title.clone(),
                e.source.clone(),
                e.purpose.clone(),
                label(contents, &e.anchor).unwrap_or_default(),
                item.map(|(i, _)| i.bag_path.clone()).unwrap_or_default(),
                item.map(|(_, sha256)| sha256.clone()).unwrap_or_default(),
            ]
        })
        .collect()
}

fn order_ids(contents: &Contents<'_>, exhibit: &Exhibit) -> Vec<String> {
    exhibit.orders.iter().filter_map(|o| contents.case.orders.get(*o)).map(|o| o.id.to_string()).collect()
}

fn label(contents: &Contents<'_>, anchor: &Anchor) -> Option<String> {
    contents.pages.label(&contents.document.meta.words, anchor)
}

fn csv(contents: &Contents<'_>, rows: &[[String; 9]]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
    // writing into memory cannot fail
    let _ = writer.write_record(heads(contents));
    for row in rows {
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

fn xlsx(contents: &Contents<'_>, rows: &[[String; 9]]) -> Result<Vec<u8>> {
    let fail = |e: rust_xlsxwriter::XlsxError| Error::new(format!("无法生成证据清单 index.xlsx：{e}"), format!("could not make index.xlsx: {e}"));
    let mut book = Workbook::new();
    // the same input must give the same bytes: no wall clock in the properties
    let fixed = ExcelDateTime::from_ymd(1980, 1, 1).map_err(fail)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&fixed).set_custom_property(LIST_ID, List::Index.id()));
    let sheet = book.add_worksheet();
    let bold = Format::new().set_bold();
    let text = Format::new().set_num_format("@").set_text_wrap();
    for (c, head) in heads(contents).iter().enumerate() {
        sheet.write_string_with_format(0, c as u16, head, &bold).map_err(fail)?;
    }
    for (c, width) in [6.0, 9.0, 22.0, 28.0, 28.0, 36.0, 9.0, 48.0, 66.0].into_iter().enumerate() {
        sheet.set_column_width(c as u16, width).map_err(fail)?;
    }
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            sheet.write_string_with_format(r as u32 + 1, c as u16, &*within_a_cell(cell), &text).map_err(fail)?;
        }
    }
    sheet.set_freeze_panes(1, 0).map_err(fail)?;
    workbook::bytes(&mut book).map_err(fail)
}

/// Characters that a cell of Excel may hold, less room for the mark.
const CELL: usize = 32_000;

/// A cell of a workbook holds no list of two thousand orders; the CSV and manifest.json beside it have all of them, and the cell says that it goes on.
fn within_a_cell(text: &str) -> Cow<'_, str> {
    if text.len() <= CELL {
        return Cow::Borrowed(text);
    }
    let cut = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= CELL).last().unwrap_or(0);
    let head = text.get(..cut).unwrap_or_default();
    let whole = head.rfind(' ').map_or(head, |end| head.get(..end).unwrap_or(head));
    Cow::Owned(format!("{whole} … (index.csv)"))
}

fn manifest(contents: &Contents<'_>, items: &[Item], digests: &BTreeMap<FileId, (&Item, String)>, originals: &str) -> Vec<u8> {
    let case = contents.case;
    let mut by_file: BTreeMap<FileId, Vec<&Exhibit>> = BTreeMap::new();
    let mut by_order: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for e in contents.exhibits {
        by_file.entry(file_of(contents, e)).or_default().push(e);
        e.orders.iter().for_each(|order| by_order.entry(*order).or_default().push(&e.number));
    }
    let places = case.places_in_notice();
    let file = |item: &Item| {
        let entry = case.file(item.file);
        let exhibits: Vec<Value> = by_file
            .get(&item.file)
            .into_iter()
            .flatten()
            .map(|e| json!({ "number": e.number, "orders": order_ids(contents, e), "page": label(contents, &e.anchor) }))
            .collect();
        Some(json!({
            "bag_path": item.bag_path,
            "original_path": entry.path,
            "other_paths": item.other_paths,
            "kind": entry.kind,
            "sha256": digests.get(&item.file).map(|(_, sha256)| sha256),
            "bytes": item.extract.as_ref().map_or(entry.bytes, |x| x.bytes.len() as u64),
            "extract": item.extract.as_ref().map(|x| json!({ "original_sha256": entry.sha256, "original_bytes": entry.bytes, "records": x.records, "records_total": x.total })),
            "exhibits": exhibits,
        }))
    };
    let order = |(i, listed): (usize, &Listed)| {
        if !contents.assessment.listed_argued.get(i).copied().unwrap_or(false) {
            return None;
        }
        let place = places.get(listed.order).copied().unwrap_or(listed.order + 1);
        Some(json!({
            "number": i + 1,
            "id": listed.id,
            "main_id": case.orders.get(listed.order).filter(|o| o.id.as_str() != listed.id.as_str()).map(|o| o.id.to_string()),
            "page": label(contents, &Anchor(format!("order-{place}"))),
            "exhibits": by_order.get(&listed.order).map_or(&[][..], Vec::as_slice),
        }))
    };
    text::json::pretty(&Manifest {
        schema: "appealpack.manifest/1",
        case: json!({ "id": case.id, "platform": case.platform, "violation": case.violation, "notice": case.notice.number }),
        date: case.document_date.map(|d| d.to_rfc3339()),
        originals_sha256: originals,
        pages: json!({ "book": contents.pages.book_pages, "annex": contents.pages.annex_pages }),
        orders: Each { of: case.listed.iter().enumerate(), entry: order },
        files: Each { of: items.iter(), entry: file },
    })
}

/// `manifest.json` in the order of its keys.
#[derive(Serialize)]
struct Manifest<'a, O, F> {
    schema: &'static str,
    case: Value,
    date: Option<String>,
    originals_sha256: &'a str,
    pages: Value,
    orders: O,
    files: F,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_too_long_for_a_cell_says_that_it_goes_on() {
        let ids: Vec<String> = (0..3_000).map(|n| format!("28617340955{n:08}")).collect();
        let cell = within_a_cell(&ids.join(" ")).into_owned();
        assert!(cell.chars().count() < 32_767 && cell.ends_with(" … (index.csv)"), "{}", cell.len());
        let shown = cell.trim_end_matches(" … (index.csv)");
        assert!(shown.split(' ').zip(&ids).all(|(shown, id)| shown == id), "no id is cut");
        assert_eq!(within_a_cell("1 2"), "1 2");
    }
}
