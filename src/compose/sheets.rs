//! orders.xlsx and orders.csv: one line per argued order, for forms that ask order by order.

use super::Composed;
use super::statement;
use crate::error::{Error, Result};
use crate::model::case::Case;
use crate::model::document::{Inline, RefText, Style};
use crate::model::own_output::{LIST_ID, List};
use crate::model::pages::PageMap;
use crate::workbook;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

/// Widths of the columns in characters.
const WIDTHS: [f64; 6] = [6.0, 24.0, 80.0, 18.0, 12.0, 30.0];
/// The column of pages.
const PAGE: usize = 4;

/// Both sheets. In the .xlsx every cell is text, so Excel never turns an id into a number; the .csv (UTF-8 BOM, CRLF) holds plain ids for upload forms.
/// A reason that begins with `=`, `+`, `-` or `@` gets an apostrophe in the .csv: Excel would run it as a formula.
///
/// # Errors
/// When the .xlsx cannot be made (a reason of more than 32,767 characters).
pub fn order_sheets(composed: &Composed, case: &Case, pages: &PageMap) -> Result<Vec<(String, Vec<u8>)>> {
    let words = &composed.document.meta.words;
    let mut rows: Vec<Vec<String>> = composed
        .order_lines
        .iter()
        .map(|l| {
            // the sheet stands outside the book, so the part is named
            let page = Inline::Ref { target: l.anchor.clone(), end: None, show: RefText::Page, style: Style::default() };
            let page = statement::words(&vec![page], words, pages);
            let reason = statement::words(&l.reason, words, pages).split_whitespace().collect::<Vec<_>>().join(" ");
            vec![l.number.to_string(), l.id.clone(), reason, l.exhibits.clone(), page, l.proofs.clone()]
        })
        .collect();
    let mut heads = composed.order_lines.first().map(|l| l.heads.to_vec()).unwrap_or_default();
    let mut widths = WIDTHS.to_vec();
    if !rows.is_empty() && rows.iter().all(|row| row.get(PAGE).is_some_and(String::is_empty)) {
        // a book without sections and without the table of orders has no page to turn to
        rows.iter_mut().chain([&mut heads]).for_each(|row| drop(row.remove(PAGE)));
        widths.remove(PAGE);
    }
    let xlsx =
        workbook(&heads, &widths, &rows, case).map_err(|e| Error::new(format!("生成 orders.xlsx 失败：{e}"), format!("could not make orders.xlsx: {e}")))?;
    Ok(vec![("orders.xlsx".to_owned(), xlsx), ("orders.csv".to_owned(), csv(&heads, &rows))])
}

fn workbook(heads: &[String], widths: &[f64], rows: &[Vec<String>], case: &Case) -> std::result::Result<Vec<u8>, XlsxError> {
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
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
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
    workbook::bytes(&mut book)
}

fn csv(heads: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = "\u{feff}".to_owned();
    for cells in std::iter::once(heads).chain(rows.iter().map(Vec::as_slice)) {
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
