//! `private/requests/`: one ready-to-send sheet for each courier station or other party that can still supply something. Couriers get waybill
//! numbers only: names, addresses and order ids are none of their business.

use super::View;
use crate::error::{Error, Result};
use crate::model::Lang;
use crate::model::assessment::Task;
use crate::profile::lang::words;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use std::collections::BTreeMap;

/// The request files that tasks name (`file` parameter, `requests/….xlsx`) and the tasks they come from, sorted by name.
pub fn files<'a>(view: &View<'a>) -> BTreeMap<String, Vec<&'a Task>> {
    let mut out: BTreeMap<String, Vec<&Task>> = BTreeMap::new();
    for task in &view.assessment.tasks {
        if let Some((_, file)) = task.params.iter().find(|(k, v)| k == "file" && v.ends_with(".xlsx")) {
            out.entry(file.replace('\\', "/")).or_default().push(task);
        }
    }
    out
}

/// The sheets: path under private/ and bytes; and beside each a short text to paste into a chat.
///
/// # Errors
/// When an xlsx cannot be made.
pub fn sheets(view: &View<'_>, lang: Lang) -> Result<Vec<(String, Vec<u8>)>> {
    let w = words(lang);
    let fail = |e: rust_xlsxwriter::XlsxError| Error::new(format!("无法生成请求单：{e}"), format!("could not make a request sheet: {e}"));
    let mut out = Vec::new();
    for (path, tasks) in files(view) {
        let mut waybills: Vec<(&str, String)> = Vec::new();
        for order in tasks.iter().flat_map(|t| &t.orders).filter_map(|o| view.case.orders.get(*o)) {
            let paid = order.paid_at.as_ref().map(|t| t.value.format("%Y-%m-%d").to_string()).unwrap_or_default();
            waybills.extend(order.waybills.iter().map(|b| (b.value.number.as_str(), paid.clone())));
        }
        waybills.sort();
        waybills.dedup();
        let mut book = Workbook::new();
        let fixed = ExcelDateTime::from_ymd(1980, 1, 1).map_err(fail)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&fixed));
        let sheet = book.add_worksheet();
        let bold = Format::new().set_bold();
        let text = Format::new().set_num_format("@");
        for (c, (key, width)) in [("request.waybill", 24.0), ("request.sent", 14.0), ("request.wanted", 44.0), ("request.answer", 30.0)].into_iter().enumerate()
        {
            sheet.write_string_with_format(0, c as u16, w.get(key), &bold).map_err(fail)?;
            sheet.set_column_width(c as u16, width).map_err(fail)?;
        }
        for (r, (number, paid)) in waybills.iter().enumerate() {
            for (c, cell) in [*number, paid.as_str(), w.get("request.wanted-slip"), ""].into_iter().enumerate() {
                sheet.write_string_with_format(r as u32 + 1, c as u16, cell, &text).map_err(fail)?;
            }
        }
        sheet.set_freeze_panes(1, 0).map_err(fail)?;
        out.push((path.clone(), book.save_to_buffer().map_err(fail)?));
        let numbers: Vec<&str> = waybills.iter().map(|(n, _)| *n).collect();
        let shop = view.case.settings.seller.shop.clone().unwrap_or_default();
        let message = w.fill("request.chat", &[("shop", &shop), ("n", &numbers.len().to_string()), ("list", &numbers.join("\r\n"))]);
        let mut bytes = b"\xef\xbb\xbf".to_vec();
        bytes.extend_from_slice(message.replace("\r\n", "\n").replace('\n', "\r\n").as_bytes());
        out.push((path.replace(".xlsx", ".txt"), bytes));
    }
    Ok(out)
}
