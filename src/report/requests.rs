//! `private/requests/`: for each courier's station, the warehouse and the suppliers a sheet that can be sent as it is, with a short text to paste into a
//! chat; for buyers the text only. Couriers and warehouses get waybill numbers, suppliers get goods: names, addresses and order ids are none of
//! their business. Questions are open: an answer that we suggested or paid for would be no evidence.

use super::View;
use crate::error::{Error, Result};
use crate::model::Lang;
use crate::model::assessment::{Party, Request};
use crate::model::own_output::{LIST_ID, List};
use crate::profile::lang::{Words, words};
use crate::text::ids::clean_waybill;
use rust_decimal::Decimal;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};
use std::collections::BTreeMap;

/// The files of the requests under `private/`, the ones to send first.
pub fn files(view: &View<'_>) -> Vec<String> {
    view.assessment
        .requests
        .iter()
        .flat_map(|r| {
            let sheet = (r.party != Party::Buyer).then(|| format!("{}.xlsx", r.file));
            sheet.into_iter().chain([format!("{}.txt", r.file)])
        })
        .collect()
}

/// Path under `private/` and bytes of each.
///
/// # Errors
/// When an xlsx cannot be made.
pub fn sheets(view: &View<'_>, lang: Lang) -> Result<Vec<(String, Vec<u8>)>> {
    let w = words(lang);
    let fail = |e: XlsxError| Error::new(format!("无法生成请求单：{e}"), format!("could not make a request sheet: {e}"));
    let mut out = Vec::new();
    for request in &view.assessment.requests {
        let rows = rows(view, request, w);
        if request.party != Party::Buyer {
            let head: [(&str, f64); 4] = if request.party == Party::Supplier {
                [("sku", 18.0), ("goods", 40.0), ("quantity", 10.0), ("wanted", 50.0)]
            } else {
                [("waybill", 24.0), ("sent", 14.0), ("wanted", 50.0), ("answer", 34.0)]
            };
            out.push((format!("{}.xlsx", request.file), workbook(&head, &rows, w).map_err(fail)?));
        }
        out.push((format!("{}.txt", request.file), message(view, request, &rows, w)));
    }
    Ok(out)
}

/// The rows of a sheet, sorted and each once.
fn rows(view: &View<'_>, request: &Request, w: &Words) -> Vec<Vec<String>> {
    let wanted = |what: &[&str]| what.iter().map(|k| w.get(&format!("request.want-{k}")).to_owned()).collect::<Vec<_>>().join(w.get("request.and"));
    if request.party == Party::Supplier {
        let mut goods: BTreeMap<(String, String), Decimal> = BTreeMap::new();
        for line in request.wants.iter().filter_map(|want| view.case.orders.get(want.order)).flat_map(|o| &o.lines) {
            let key = (line.sku.clone().unwrap_or_default(), line.title.clone().unwrap_or_default());
            *goods.entry(key).or_default() += line.quantity.unwrap_or(Decimal::ONE);
        }
        return goods.into_iter().map(|((sku, title), n)| vec![sku, title, n.normalize().to_string(), wanted(&["purchase"])]).collect();
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    for want in &request.wants {
        let Some(order) = view.case.orders.get(want.order) else { continue };
        let paid = order.paid_at.as_ref().map(|t| t.value.at.format("%Y-%m-%d").to_string()).unwrap_or_default();
        let asked: Vec<String> = want.waybills.iter().map(|w| clean_waybill(w)).collect();
        let meant = order.waybills.iter().filter(|b| asked.is_empty() || asked.contains(&clean_waybill(&b.value.number)));
        rows.extend(meant.map(|b| vec![b.value.number.clone(), paid.clone(), wanted(&want.what), String::new()]));
    }
    rows.sort();
    rows.dedup_by(|a, b| a.first() == b.first());
    rows
}

fn workbook(head: &[(&str, f64)], rows: &[Vec<String>], w: &Words) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(1980, 1, 1)?).set_custom_property(LIST_ID, List::Request.id()));
    let sheet = book.add_worksheet();
    let cell = || Format::new().set_align(FormatAlign::Top).set_text_wrap().set_border(FormatBorder::Thin).set_num_format("@");
    let (bold, text) = (cell().set_bold(), cell());
    for (column, (key, width)) in (0_u16..).zip(head) {
        sheet.write_string_with_format(0, column, w.get(&format!("request.{key}")), &bold)?;
        sheet.set_column_width(column, *width)?;
    }
    for (row, cells) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(row, column, cell, &text)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    crate::workbook::bytes(&mut book)
}

/// The text for a chat: UTF-8 with BOM and CRLF, as Notepad likes it.
fn message(view: &View<'_>, request: &Request, rows: &[Vec<String>], w: &Words) -> Vec<u8> {
    let key = match request.party {
        Party::Courier => "request.chat",
        Party::Warehouse => "request.chat-warehouse",
        Party::Supplier => "request.chat-supplier",
        Party::Buyer => "request.chat-buyer",
    };
    let list: Vec<String> = rows
        .iter()
        .map(|r| match request.party {
            Party::Supplier => r.iter().take(3).filter(|c| !c.is_empty()).cloned().collect::<Vec<_>>().join("  "),
            _ => r.iter().take(1).chain(r.iter().skip(2).take(1)).cloned().collect::<Vec<_>>().join("  "),
        })
        .collect();
    // who asks without a name leaves no hole in the sentence
    let shop = view.case.settings.seller.shop.as_ref().or(view.case.shop.as_ref());
    let hello = shop.map_or_else(|| w.get("request.hello").to_owned(), |shop| w.fill("request.hello-shop", &[("shop", shop)]));
    let text = w.fill(key, &[("hello", &hello), ("n", &list.len().to_string()), ("list", &list.join("\n"))]);
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend_from_slice(text.replace("\r\n", "\n").replace('\n', "\r\n").as_bytes());
    bytes
}
