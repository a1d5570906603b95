//! orders.xlsx and orders.csv: one line per argued order, for forms that ask order by order.

use super::Composed;
use crate::error::{Error, Result};
use crate::model::case::Case;
use crate::model::document::PartKind;
use crate::model::own_output::{LIST_ID, List};
use crate::model::pages::PageMap;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

/// Both sheets. In the .xlsx every cell is text, so Excel never turns an id into a number; the .csv (UTF-8 BOM, CRLF) holds plain ids for upload forms.
/// A reason that begins with `=`, `+`, `-` or `@` gets an apostrophe in the .csv: Excel would run it as a formula.
///
/// # Errors
/// When the .xlsx cannot be made (a reason of more than 32,767 characters).
pub fn order_sheets(composed: &Composed, case: &Case, pages: &PageMap) -> Result<Vec<(String, Vec<u8>)>> {
    let words = &composed.document.meta.words;
    let rows: Vec<[String; 6]> = composed
        .order_lines
        .iter()
        .map(|l| {
            // the sheet stands outside the book, so the annex is named
            let page = pages.words(words, PartKind::Book, &l.anchor, None).unwrap_or_default();
            [l.number.to_string(), l.id.clone(), l.reason.clone(), l.exhibits.clone(), page, l.proofs.clone()]
        })
        .collect();
    let heads = composed.order_lines.first().map(|l| l.heads.clone()).unwrap_or_default();
    let xlsx = workbook(&heads, &rows, case).map_err(|e| Error::new(format!("生成 orders.xlsx 失败：{e}"), format!("could not make orders.xlsx: {e}")))?;
    Ok(vec![("orders.xlsx".to_owned(), xlsx), ("orders.csv".to_owned(), csv(&heads, &rows))])
}

fn workbook(heads: &[String; 6], rows: &[[String; 6]], case: &Case) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // a fixed moment: the wall clock in the properties would make every run differ
    let created = case.document_date.map(|d| d.naive_utc()).map_or_else(
        || ExcelDateTime::from_ymd(1980, 1, 1),
        |d| {
            use chrono::{Datelike as _, Timelike as _};
            let (year, month, day) = (u16::try_from(d.year()).unwrap_or(1980), d.month() as u8, d.day() as u8);
            ExcelDateTime::from_ymd(year, month, day)?.and_hms(d.hour() as u16, d.minute() as u8, d.second())
        },
    )?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created).set_custom_property(LIST_ID, List::Orders.id()));
    let head = Format::new().set_bold();
    let text = Format::new().set_num_format("@").set_align(FormatAlign::Top).set_text_wrap();
    let sheet = book.add_worksheet();
    for (column, width) in [6.0, 24.0, 80.0, 18.0, 12.0, 30.0].into_iter().enumerate() {
        sheet.set_column_width(column as u16, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (column, words) in heads.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, words, &head)?;
    }
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write_string_with_format(row as u32 + 1, column as u16, cell, &text)?;
        }
    }
    book.save_to_buffer()
}

fn csv(heads: &[String; 6], rows: &[[String; 6]]) -> Vec<u8> {
    let mut out = "\u{feff}".to_owned();
    for cells in std::iter::once(heads).chain(rows) {
        let line: Vec<String> = cells.iter().map(|c| field(c)).collect();
        out.push_str(&line.join(","));
        out.push_str("\r\n");
    }
    out.into_bytes()
}

fn field(cell: &str) -> String {
    let safe = if cell.starts_with(['=', '+', '-', '@', '\t']) { format!("'{cell}") } else { cell.to_owned() };
    if safe.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn no_cell_is_a_formula_and_ids_stay_plain() {
        assert_eq!(field("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(field("2861734095517302481"), "2861734095517302481");
        assert_eq!(field("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
