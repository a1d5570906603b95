//! `[[columns]]` of case.toml: the user names the columns of a table that we do not know, or know wrongly. What is wrong in it is an error with its line.

use super::layout::{Fields, Head, Layout, Reads};
use crate::error::{Error, Result};
use crate::model::file::Kind;
use crate::model::record::CauseKind;
use crate::model::settings::{Assign, CaseSettings, Columns};
use crate::text::glob;
use crate::text::nearest::nearest;

/// Refuses fields that do not exist and maps that make no row.
pub(super) fn check(settings: &CaseSettings, fields: &[super::Field]) -> Result<()> {
    for rule in &settings.columns {
        for (field, _) in &rule.map {
            if fields.iter().any(|f| f.name == *field) {
                continue;
            }
            let near = nearest(field, fields.iter().map(|f| f.name.as_str()));
            let (zh, en) = near.map_or((String::new(), String::new()), |n| (format!("是不是 {n}？"), format!("did you mean {n}? ")));
            return Err(wrong(
                rule,
                &format!("没有叫 {field} 的字段"),
                &format!("there is no field {field}"),
                &format!("{zh}全部字段见 appealpack explain columns"),
                &format!("{en}`appealpack explain columns` lists all fields"),
            ));
        }
    }
    Ok(())
}

/// Refuses a rule that names no file, or only files that are no tables.
pub(super) fn used(settings: &CaseSettings, tables: &[&str]) -> Result<()> {
    for rule in &settings.columns {
        if !tables.iter().any(|path| glob::matches(&rule.file, path)) {
            return Err(wrong(
                rule,
                &format!("没有表格叫 {}", rule.file),
                &format!("no table is named {}", rule.file),
                "检查文件名；只有表格（csv、txt、xlsx、xls、ods）可以指定列",
                "check the file name; only tables (csv, txt, xlsx, xls, ods) have columns",
            ));
        }
    }
    Ok(())
}

fn wrong(rule: &Columns, zh: &str, en: &str, hint_zh: &str, hint_en: &str) -> Error {
    Error::new(format!("case.toml 第 {} 行 [[columns]]：{zh}", rule.line), format!("case.toml line {} [[columns]]: {en}", rule.line)).hint(hint_zh, hint_en)
}

/// The rule for a file, if any; the first wins.
pub(super) fn rule_for<'s>(settings: &'s CaseSettings, path: &str) -> Option<&'s Columns> {
    settings.columns.iter().find(|rule| glob::matches(&rule.file, path))
}

/// A head row that has all the user's heads, with the layout to read it by and the columns: the user's first, then those of a layout that fits as well.
pub(super) fn detect(rule: &Columns, assign: &[Assign], path: &str, layouts: &[Layout], rows: &[Vec<String>]) -> Option<(usize, Layout, Fields)> {
    rows.iter().enumerate().find_map(|(at, cells)| {
        let head = Head::new(cells.iter().map(String::as_str));
        let kind = assign.iter().find(|a| glob::matches(&a.file, path)).and_then(|a| a.kind);
        let (file_kind, reads, cause) = meant(&rule.map, kind);
        let own = Layout::of_user(file_kind, reads, cause, &rule.map);
        let mut columns = own.fit(&head)?;
        let known = layouts.iter().find_map(|l| l.fit(&head).map(|c| (l, c))).filter(|(l, _)| kind.is_none_or(|k| k == l.kind));
        let layout = match known {
            Some((layout, others)) => {
                columns.extend(others.into_iter().filter(|(field, _)| !rule.map.iter().any(|(mine, _)| mine == field)));
                layout.clone()
            }
            None => own,
        };
        Some((at, layout, columns))
    })
}

/// What kind of table these fields make; the kind of an `[[assign]]` for the same file wins.
pub(super) fn meant(map: &[(String, String)], kind: Option<Kind>) -> (Kind, Reads, Option<CauseKind>) {
    let has = |names: &[&str]| names.iter().any(|n| map.iter().any(|(field, _)| field == n));
    match kind {
        Some(Kind::CourierBill) => (Kind::CourierBill, Reads::Bill, None),
        Some(Kind::StockOut) => (Kind::StockOut, Reads::StockMovements, None),
        Some(Kind::StockCount) => (Kind::StockCount, Reads::StockCounts, None),
        Some(Kind::Promotion) => (Kind::Promotion, Reads::Causes, Some(CauseKind::Promotion)),
        Some(Kind::Traffic) => (Kind::Traffic, Reads::Causes, Some(CauseKind::Traffic)),
        Some(Kind::Invoice) => (Kind::Invoice, Reads::Invoices, None),
        Some(Kind::Payment) => (Kind::Payment, Reads::Payments, None),
        Some(Kind::Chat) => (Kind::Chat, Reads::Chats, None),
        Some(Kind::TrackingList) => (Kind::TrackingList, Reads::Tracking, None),
        Some(Kind::OrderRecord) => (Kind::OrderRecord, Reads::Orders, None),
        _ if has(&["booked", "counted"]) => (Kind::StockCount, Reads::StockCounts, None),
        _ if has(&["invoice_no"]) => (Kind::Invoice, Reads::Invoices, None),
        _ if has(&["said", "transcript"]) => (Kind::Chat, Reads::Chats, None),
        _ if has(&["payment_no", "amount_in", "amount_out", "flow"]) => (Kind::Payment, Reads::Payments, None),
        _ if has(&["document", "movement", "quantity_in", "quantity_out"]) => (Kind::StockOut, Reads::StockMovements, None),
        _ if has(&["tracking_no"]) && has(&["weight", "fee"]) => (Kind::CourierBill, Reads::Bill, None),
        _ if has(&["label"]) => (Kind::Promotion, Reads::Causes, Some(CauseKind::Promotion)),
        _ if has(&["order_id", "main_order_id", "sub_order_id"]) && has(&["tracking_no"]) && !has(&["buyer", "paid_at", "created_at", "amount", "address"]) => {
            (Kind::TrackingList, Reads::Tracking, None)
        }
        _ => (Kind::OrderRecord, Reads::Orders, None),
    }
}

/// The table lacks a head that the rule names.
pub(super) fn missing(rule: &Columns, path: &str, rows: &[Vec<String>]) -> Error {
    let has = |head: &str| rows.iter().any(|cells| Head::new(cells.iter().map(String::as_str)).find(head).is_some());
    let lost: Vec<&str> = rule.map.iter().map(|(_, head)| head.as_str()).filter(|head| !has(head)).collect();
    let lost = if lost.is_empty() { rule.map.iter().map(|(_, h)| h.as_str()).collect() } else { lost };
    let longest = rows.iter().rev().max_by_key(|r| r.iter().filter(|c| !c.trim().is_empty()).count());
    let there: Vec<&str> = longest.map(|r| r.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).take(30).collect()).unwrap_or_default();
    wrong(
        rule,
        &format!("{path} 的同一行里找不到列 {}", lost.join("、")),
        &format!("{path} has no row with the column {}", lost.join(", ")),
        &format!("这张表里有：{}", there.join("、")),
        &format!("the table has: {}", there.join(", ")),
    )
}
