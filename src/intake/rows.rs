//! Tables whose layout is known become typed rows. A row without the field that makes it one (a total, a description) is skipped; the table itself is kept whole.

mod bills;
mod invoices;
mod payments;
mod stock;

use super::cells::{View, waybills};
use super::chat::{self, Hints};
use super::layout::{Layout, Reads};
use crate::finding::{Code, Finding};
use crate::model::Moment;
use crate::model::file::FileEntry;
use crate::model::ids::OrderId;
use crate::model::record::{CauseRow, CauseTable, Content, OrderTable, TrackingRow};
use crate::model::source::FileId;
use crate::text::ids;
use std::collections::{BTreeMap, BTreeSet};

/// Fields that hold order ids.
pub(super) const ID_FIELDS: [&str; 3] = ["main_order_id", "order_id", "sub_order_id"];

/// The content of a table of a layout, and the rows whose order id is damaged.
pub(super) fn read(view: View<'_>, layout: &Layout, cut: &BTreeSet<(usize, usize)>, file: FileId, hints: &Hints<'_>) -> (Content, Vec<usize>) {
    let damaged = match layout.reads {
        Reads::Orders | Reads::OrderLines | Reads::Tracking => view.damaged(&ID_FIELDS, cut),
        _ => Vec::new(),
    };
    let rows = 0..view.table.rows.len();
    let counted = rows.clone().filter(|row| counts(view, layout, *row));
    let content = match layout.reads {
        Reads::Orders | Reads::OrderLines => Content::Orders(OrderTable {
            layout: layout.id.clone(),
            columns: view.columns.to_vec(),
            detail: layout.reads == Reads::OrderLines,
            damaged: damaged.clone(),
            reading: view.reading.clone(),
        }),
        Reads::Tracking => Content::TrackingList(rows.filter(|r| damaged.binary_search(r).is_err()).flat_map(|row| tracking(view, row)).collect()),
        Reads::Bill => Content::Bill(bills::rows(view)),
        Reads::StockMovements => Content::StockMovements(counted.filter_map(|row| stock::movement(view, layout, row)).collect()),
        Reads::StockCounts => Content::StockCounts(rows.filter_map(|row| stock::count(view, row)).collect()),
        Reads::Causes => match layout.cause {
            Some(cause) => Content::Causes(CauseTable { cause, rows: rows.filter_map(|row| cause_row(view, row)).collect(), anonymous: anonymous(view) }),
            None => Content::None,
        },
        Reads::Invoices => Content::Invoices(invoices::rows(view, counted, file)),
        Reads::Payments => Content::Payments(counted.filter_map(|row| payments::row(view, layout, row)).collect()),
        Reads::Chats => Content::Chats(chat::of_table(view, layout, hints)),
    };
    (content, damaged)
}

/// The note that names how many rows of which state were left out, when there are any.
pub(super) fn not_counted(view: View<'_>, layout: &Layout, entry: &FileEntry) -> Option<Finding> {
    if !matches!(layout.reads, Reads::StockMovements | Reads::Invoices | Reads::Payments) {
        return None;
    }
    let mut states: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for row in (0..view.table.rows.len()).filter(|row| !counts(view, layout, *row)) {
        let state = view.text(row, "status").unwrap_or("");
        states.entry(state).and_modify(|(n, _)| *n += 1).or_insert((1, row));
    }
    let first = states.values().map(|(_, row)| *row).min()?;
    let count: usize = states.values().map(|(n, _)| n).sum();
    let told: Vec<String> = states.iter().map(|(state, (n, _))| format!("{state} {n}")).collect();
    let finding = Finding::new(Code::RowsNotCounted).at(entry.id, view.table.place(first));
    Some(finding.with("file", &entry.path).with("rows", count).with_list("states", told))
}

/// The finding of a damaged id.
pub(super) fn damaged_id(view: View<'_>, row: usize, entry: &FileEntry) -> Finding {
    let id = ID_FIELDS.iter().find_map(|f| view.text(row, f)).map(ids::clean_id).unwrap_or_default();
    let number = view.table.rows.get(row).map_or(0, |r| r.number);
    Finding::new(Code::OrderIdDamaged).at(entry.id, view.table.place(row)).order_id(id.clone()).with("file", &entry.path).with("row", number).with("id", id)
}

fn tracking(view: View<'_>, row: usize) -> Vec<TrackingRow> {
    let cells = ["sub_order_id", "order_id", "main_order_id"].into_iter().flat_map(|field| view.each(row, field));
    let named: Vec<Vec<OrderId>> = cells.map(super::cells::ids_of).filter(|ids| !ids.is_empty()).collect();
    let Some(cell) = view.text(row, "tracking_no").filter(|_| !named.is_empty()) else { return Vec::new() };
    let shipped_at = view.moment(row, "shipped_at");
    let read = |(waybill, words): (String, Option<String>)| TrackingRow {
        named: named.clone(),
        waybill,
        carrier_text: words.or_else(|| view.string(row, "carrier")),
        shipped_at,
        place: view.table.place(row),
    };
    waybills(cell).into_iter().map(read).collect()
}

/// No column of orders, people or free words, and in those whose heads are not known nothing but figures and dates: no head that speaks of numbers of
/// people or things, no digits as long as a phone or an id.
fn anonymous(view: View<'_>) -> bool {
    const HEADS: [&str; 13] = ["id", "号", "码", "编", "客户", "用户", "账户", "会员", "人名", "姓名", "昵称", "phone", "user"];
    const LONGEST: usize = 8;
    const PERSONS: [&str; 10] = ["buyer", "recipient", "phone", "address", "message", "remark", "customer", "speaker", "said", "party"];
    let figure = |c: char| c.is_ascii_digit() || c.is_whitespace() || "%.,:/-+¥￥－—".contains(c);
    let figures = |cell: &str| cell.chars().all(figure) && cell.split(|c: char| !c.is_ascii_digit()).all(|run| run.len() <= LONGEST);
    let speaks = |head: &str| HEADS.iter().any(|word| head.to_lowercase().contains(word));
    let known: BTreeSet<usize> = view.columns.iter().map(|(_, c)| *c).collect();
    let unknown = || (0..view.table.header.len()).filter(|c| !known.contains(c));
    !ID_FIELDS.iter().chain(&PERSONS).any(|f| view.has(f))
        && unknown().all(|c| !view.table.header.get(c).is_some_and(|h| speaks(h)) && (0..view.table.rows.len()).all(|row| figures(view.table.cell(row, c))))
}

fn cause_row(view: View<'_>, row: usize) -> Option<CauseRow> {
    let mut orders: Vec<OrderId> = Vec::new();
    for id in ID_FIELDS.iter().flat_map(|f| view.columns_of(f)).flat_map(|c| several_ids(view.table.cell(row, c))) {
        if !orders.contains(&id) {
            orders.push(id);
        }
    }
    // 2026-04-01 20:00 ~ 22:00 and the like begin with the begin; the end then stays unknown
    let from = view.moment(row, "date").or_else(|| {
        let cell = crate::text::width::narrow(view.text(row, "date")?);
        crate::text::dates::prefix(&cell).map(|(m, _)| m)
    });
    // a session that ends at midnight began by the clock; what begins at midnight and ends at midnight is told in days
    let midnight = |m: &Moment| m.at.time() == chrono::NaiveTime::MIN;
    let to = view.moment(row, "end_date").map(|to| match from {
        Some(from) if midnight(&from) && midnight(&to) => Moment { has_time: false, ..to },
        _ => to,
    });
    (from.is_some() || to.is_some() || !orders.is_empty()).then(|| CauseRow {
        orders,
        from,
        to,
        label: view.string(row, "label"),
        sku: view.string(row, "sku"),
        title: view.string(row, "title"),
        place: view.table.place(row),
    })
}

/// Does the row's state let it count? A layout names the states that are done, or those that are cancelled; a row without a state counts.
fn counts(view: View<'_>, layout: &Layout, row: usize) -> bool {
    let Some(state) = view.text(row, "status") else { return true };
    !layout.says("cancelled", state) && (!layout.knows("done") || layout.says("done", state))
}

fn several_ids(cell: &str) -> Vec<OrderId> {
    cell.split([',', '，', ';', '；', '、', '|', ' ', '\n'])
        .map(ids::clean_id)
        .filter(|id| id.len() >= 8 && super::cells::is_id(id))
        .map(OrderId::new)
        .collect()
}
