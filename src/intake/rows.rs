//! Tables whose layout is known become typed rows. A row without the field that makes it one (a total, a description) is skipped; the table itself is kept whole.

use super::cells::{View, waybills};
use super::layout::{Layout, Leaves, Reads};
use crate::finding::{Code, Finding};
use crate::model::file::FileEntry;
use crate::model::ids::OrderId;
use crate::model::money::Money;
use crate::model::order::OrderLine;
use crate::model::record::{BillRow, CauseRow, CauseTable, Content, InvoiceRow, OrderTable, StockCount, StockMovement, TrackingRow};
use crate::model::source::FileId;
use crate::text::ids;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Fields that hold order ids.
pub(super) const ID_FIELDS: [&str; 3] = ["main_order_id", "order_id", "sub_order_id"];

/// The content of a table of a layout, and the rows whose order id is damaged.
pub(super) fn read(view: View<'_>, layout: &Layout, cut: &BTreeSet<(usize, usize)>, file: FileId) -> (Content, Vec<usize>) {
    let damaged = match layout.reads {
        Reads::Orders | Reads::OrderLines | Reads::Tracking => view.damaged(&ID_FIELDS, cut),
        _ => Vec::new(),
    };
    let rows = 0..view.table.rows.len();
    let content = match layout.reads {
        Reads::Orders | Reads::OrderLines => Content::Orders(OrderTable {
            layout: layout.id.clone(),
            columns: view.columns.to_vec(),
            detail: layout.reads == Reads::OrderLines,
            damaged: damaged.clone(),
            reading: view.reading.clone(),
        }),
        Reads::Tracking => Content::TrackingList(rows.filter(|r| damaged.binary_search(r).is_err()).flat_map(|row| tracking(view, row)).collect()),
        Reads::Bill => Content::Bill(rows.filter_map(|row| bill(view, row)).collect()),
        Reads::StockMovements => Content::StockMovements(rows.filter_map(|row| movement(view, layout, row)).collect()),
        Reads::StockCounts => Content::StockCounts(rows.filter_map(|row| count(view, row)).collect()),
        Reads::Causes => match layout.cause {
            Some(cause) => Content::Causes(CauseTable { cause, rows: rows.filter_map(|row| cause_row(view, row)).collect() }),
            None => Content::None,
        },
        Reads::Invoices => Content::Invoices(rows.filter_map(|row| invoice(view, row, file)).collect()),
    };
    (content, damaged)
}

/// The finding of a damaged id.
pub(super) fn damaged_id(view: View<'_>, row: usize, entry: &FileEntry) -> Finding {
    let id = ID_FIELDS.iter().find_map(|f| view.text(row, f)).map(ids::clean_id).unwrap_or_default();
    let number = view.table.rows.get(row).map_or(0, |r| r.number);
    Finding::new(Code::OrderIdDamaged).at(entry.id, view.table.place(row)).order_id(id.clone()).with("file", &entry.path).with("row", number).with("id", id)
}

fn tracking(view: View<'_>, row: usize) -> Vec<TrackingRow> {
    let order = ["sub_order_id", "order_id", "main_order_id"].into_iter().find_map(|f| view.id(row, f));
    let (Some(order), Some(cell)) = (order, view.text(row, "tracking_no")) else { return Vec::new() };
    let at = view.time(row, "shipped_at").or_else(|| view.time(row, "date"));
    waybills(cell)
        .into_iter()
        .map(|(waybill, words)| TrackingRow {
            order: OrderId::new(order.clone()),
            waybill,
            carrier_text: words.or_else(|| view.string(row, "carrier")),
            at,
            place: view.table.place(row),
        })
        .collect()
}

fn bill(view: View<'_>, row: usize) -> Option<BillRow> {
    let (waybill, _) = waybills(view.text(row, "tracking_no")?).into_iter().next()?;
    Some(BillRow {
        waybill,
        weight_kg: weight(view, row),
        fee: view.number(row, "fee"),
        at: view.time(row, "date"),
        from: view.string(row, "from"),
        to: view.string(row, "to"),
        place: view.table.place(row),
    })
}

/// A weight in kilograms; grams only where the head or the cell says so (`重量(g)`, `350克`).
fn weight(view: View<'_>, row: usize) -> Option<Decimal> {
    let column = view.columns_of("weight").find(|c| super::cells::bare(view.table.cell(row, *c)).is_some())?;
    let cell = view.table.cell(row, column).trim().to_lowercase();
    let head = view.table.header.get(column).map(|h| crate::text::width::narrow(h).to_lowercase()).unwrap_or_default();
    let kilo = |s: &str| s.contains("kg") || s.contains("千克") || s.contains("公斤");
    let gram = |s: &str| !kilo(s) && (s.ends_with('g') || s.contains("(g)") || s.ends_with('克') || s.contains("(克)"));
    if gram(&cell) {
        let bare = cell.trim_end_matches(['g', '克']);
        return crate::text::numbers::decimal(bare).map(|g| g / Decimal::ONE_THOUSAND);
    }
    let value = crate::text::numbers::decimal(&cell)?;
    Some(if gram(&head) && !kilo(&cell) { value / Decimal::ONE_THOUSAND } else { value })
}

fn movement(view: View<'_>, layout: &Layout, row: usize) -> Option<StockMovement> {
    let pieces = view.number(row, "quantity");
    let out = match (view.number(row, "quantity_out"), view.number(row, "quantity_in")) {
        (None, None) => {
            let pieces = pieces?;
            let leaves = match layout.leaves {
                Leaves::Always => true,
                Leaves::Never => false,
                Leaves::Negative => return signed(view, row, -pieces),
                Leaves::Words => view.text(row, "movement").is_some_and(|m| layout.leaving.iter().any(|w| m.contains(w.as_str()))),
            };
            if leaves { pieces.abs() } else { -pieces.abs() }
        }
        (out, into) => out.unwrap_or_default().abs() - into.unwrap_or_default().abs(),
    };
    signed(view, row, out)
}

fn signed(view: View<'_>, row: usize, out: Decimal) -> Option<StockMovement> {
    let moment = view.moment(row, "date");
    let found = StockMovement {
        document: view.string(row, "document"),
        order: ["order_id", "sub_order_id", "main_order_id"].into_iter().find_map(|f| view.id(row, f)).map(OrderId::new),
        waybill: view.text(row, "tracking_no").and_then(|c| waybills(c).into_iter().next()).map(|(n, _)| n),
        sku: view.text(row, "sku").map(ids::clean_id),
        name: view.string(row, "title"),
        out,
        at: moment.map(|m| m.at),
        at_has_time: moment.is_some_and(|m| m.has_time),
        warehouse: view.string(row, "warehouse"),
        remark: view.string(row, "remark"),
        place: view.table.place(row),
    };
    // a total row has a number and nothing that says of what
    let said = found.order.is_some() || found.waybill.is_some() || found.at.is_some() || found.name.is_some() || found.sku.is_some();
    let total = [&found.document, &found.name, &found.sku].into_iter().flatten().any(|t| !not_total(t));
    (said && !total).then_some(found)
}

fn not_total(text: &str) -> bool {
    !["合计", "总计", "小计", "total", "Total"].iter().any(|w| text.starts_with(w))
}

fn count(view: View<'_>, row: usize) -> Option<StockCount> {
    let (booked, counted) = (view.number(row, "booked"), view.number(row, "counted"));
    let (sku, name) = (view.text(row, "sku").map(ids::clean_id), view.string(row, "title"));
    let named = sku.as_deref().or(name.as_deref()).is_some_and(not_total) && view.text(row, "warehouse").is_none_or(not_total);
    (named && (booked.is_some() || counted.is_some())).then(|| StockCount {
        sku,
        name,
        warehouse: view.string(row, "warehouse"),
        booked,
        counted,
        at: view.time(row, "date"),
        place: view.table.place(row),
    })
}

fn cause_row(view: View<'_>, row: usize) -> Option<CauseRow> {
    let mut orders: Vec<OrderId> = Vec::new();
    for id in ID_FIELDS.iter().flat_map(|f| view.columns_of(f)).flat_map(|c| several_ids(view.table.cell(row, c))) {
        if !orders.contains(&id) {
            orders.push(id);
        }
    }
    // 2026-04-01 20:00 ~ 22:00 and the like begin with the begin; the end then stays unknown
    let from = view.time(row, "date").or_else(|| {
        let cell = crate::text::width::narrow(view.text(row, "date")?);
        crate::text::dates::prefix(&cell).map(|(m, _)| m.at)
    });
    let to = view.time(row, "end_date");
    (from.is_some() || to.is_some() || !orders.is_empty()).then(|| CauseRow {
        orders,
        from,
        to,
        label: view.string(row, "label"),
        place: view.table.place(row),
    })
}

fn several_ids(cell: &str) -> Vec<OrderId> {
    cell.split([',', '，', ';', '；', '、', '|', ' ', '\n'])
        .map(ids::clean_id)
        .filter(|id| id.len() >= 8 && super::cells::is_id(id))
        .map(OrderId::new)
        .collect()
}

fn invoice(view: View<'_>, row: usize, file: FileId) -> Option<InvoiceRow> {
    let number = view.text(row, "invoice_no").map(ids::clean_id).filter(|n| n.bytes().any(|b| b.is_ascii_digit()));
    let title = view.string(row, "title").filter(|t| not_total(t));
    if number.is_none() && title.is_none() {
        return None;
    }
    let place = view.table.place(row);
    let line = title.is_some().then(|| OrderLine {
        sub_id: None,
        title,
        sku: view.text(row, "sku").map(ids::clean_id),
        attributes: view.string(row, "attributes"),
        quantity: view.number(row, "quantity"),
        price: view.number(row, "price").map(Money::cny),
        file,
        place: place.clone(),
    });
    Some(InvoiceRow {
        number,
        at: view.time(row, "date"),
        seller: view.string(row, "seller"),
        buyer: view.string(row, "purchaser"),
        line,
        amount: view.number(row, "amount"),
        place,
    })
}
