//! Evidence that speaks for several orders, set once: its head, the orders it speaks for, and its rows that concern argued orders.

use super::records::{bill, head, origin, source_line, stock};
use super::{cell, column, figures, kept, note, run};
use crate::compose::desk::{Desk, FAINT_WHOLE, INK, PLAIN};
use crate::compose::exhibits::Form;
use crate::compose::tied::{Tie, ids, waybills};
use crate::model::document::{Block, Column, Inline, Inlines, RefText, Row, Side, Table, Width};
use crate::model::ids::OrderId;
use crate::model::record::Content;
use crate::model::source::{FileId, Place};
use crate::text::dates;
use std::collections::{BTreeSet, HashMap};

/// Every shared exhibit.
pub(super) fn all(desk: &Desk<'_>) -> Vec<Block> {
    let mut out = Vec::new();
    for (i, e) in desk.exhibits.iter().enumerate().filter(|(_, e)| e.is_shared()) {
        let text = vec![run(desk.book.fill("exhibit", &[("n", &e.number)]), PLAIN), run(format!(" {}", e.title), PLAIN)];
        out.push(Block::Heading { level: 2, text, anchor: None, outline: None });
        // a bill without rows of argued orders stands nowhere in the book
        if desk.shown_in_book(i) && desk.is_placed(i) {
            out.push(note(figures::see(desk, &[i])));
        } else if is_gallery(desk, i) {
            // the figure carries the target, so that a page that is cited shows the exhibit itself
            out.extend(source_line(desk, i));
            out.extend(figures::gallery(desk, &[i]));
        } else {
            out.extend(origin(desk, i));
            out.extend(table(desk, i));
        }
        if !e.orders.is_empty() {
            out.push(note(orders(desk, &e.orders)));
        }
    }
    out
}

/// `涉及订单：1、2、5`, each linked to its section.
fn orders(desk: &Desk<'_>, list: &[usize]) -> Inlines {
    let mut out = vec![run(desk.book.counted("speaks-for", list.len(), &[]), PLAIN)];
    let mut places: Vec<(usize, usize)> = list.iter().map(|o| (desk.place_of(*o), *o)).collect();
    places.sort_unstable();
    for (n, (g, order)) in places.into_iter().enumerate() {
        if n > 0 {
            out.push(run(desk.book.word("list").to_owned(), PLAIN));
        }
        out.push(Inline::Ref { target: desk.order_anchor(order), end: None, show: RefText::Text(g.to_string()), style: INK });
    }
    out
}

/// Is it set as a figure, whose caption names it and carries its target.
fn is_gallery(desk: &Desk<'_>, exhibit: usize) -> bool {
    matches!(desk.forms.get(exhibit), Some(Form::Picture | Form::Pdf | Form::Other) | None)
}

/// An order's own exhibit: its figure, or its rows under its head.
pub(super) fn with_head(desk: &Desk<'_>, exhibit: usize) -> Vec<Block> {
    if is_gallery(desk, exhibit) {
        return figures::gallery(desk, &[exhibit]);
    }
    let mut out = head(desk, exhibit);
    out.extend(table(desk, exhibit));
    out
}

/// The rows of one exhibit that concern argued orders.
fn table(desk: &Desk<'_>, exhibit: usize) -> Vec<Block> {
    match desk.forms.get(exhibit) {
        Some(Form::Bill) => bill(desk, exhibit),
        Some(Form::StockOut) => stock(desk, exhibit),
        Some(Form::StockCount) => counts(desk, exhibit),
        Some(Form::Causes) => causes(desk, exhibit),
        Some(Form::Trace) => traces(desk, exhibit),
        Some(Form::Invoices) => invoices(desk, exhibit),
        Some(Form::Payments) => payments(desk, exhibit),
        _ => vec![note(cell(desk.book.word("lines-with-orders")))],
    }
}

fn counts(desk: &Desk<'_>, exhibit: usize) -> Vec<Block> {
    let rows = desk.exhibits.get(exhibit).map(|e| desk.case.content(e.file).content.stock_counts()).unwrap_or_default();
    let skus: BTreeSet<&str> = desk.argued().flat_map(|(_, o, _)| &o.lines).filter_map(|l| l.sku.as_deref()).collect();
    let wanted = rows.iter().filter(|r| skus.is_empty() || r.sku.as_deref().is_some_and(|s| skus.contains(s)));
    let number = |v: Option<rust_decimal::Decimal>| v.map(|v| v.normalize().to_string()).unwrap_or_default();
    let rows: Vec<Row> = wanted
        .map(|r| Row {
            cells: vec![
                cell(r.sku.clone().unwrap_or_default()),
                cell(r.name.clone().unwrap_or_default()),
                cell(r.warehouse.clone().unwrap_or_default()),
                cell(number(r.booked)),
                cell(number(r.counted)),
                cell(r.at.map(|t| t.format("%Y-%m-%d").to_string()).unwrap_or_default()),
                kept(desk.place_words(&r.place)),
            ],
            ..Row::default()
        })
        .collect();
    let columns = [
        ("col.sku", false),
        ("col.goods", false),
        ("col.warehouse", false),
        ("col.booked", true),
        ("col.counted", true),
        ("col.date", false),
        ("col.place", false),
    ];
    plain_table(desk, &columns, 1, rows)
}

fn causes(desk: &Desk<'_>, exhibit: usize) -> Vec<Block> {
    let Some(e) = desk.exhibits.get(exhibit) else { return Vec::new() };
    let mut rows = Vec::new();
    let argued: BTreeSet<usize> = desk.argued().map(|(i, ..)| i).collect();
    let linked: BTreeSet<&Place> = e.orders.iter().zip(&e.places).filter(|(o, _)| argued.contains(*o)).flat_map(|(_, places)| places).collect();
    let content = &desk.case.content(e.file).content;
    if content.anonymous() {
        return as_read(desk, e.file);
    }
    let whole = desk.case.settings.tables_whole || linked.contains(&Place::Whole);
    let mut by_id: HashMap<&OrderId, Vec<(usize, usize)>> = HashMap::new();
    for (i, o, _) in desk.argued() {
        std::iter::once(&o.id).chain(&o.sub_ids).for_each(|id| by_id.entry(id).or_default().push((desk.place_of(i), i)));
    }
    for row in content.causes().into_iter().flat_map(|t| &t.rows) {
        // in the notice's order, as all that is argued
        let named: BTreeSet<(usize, usize)> = row.orders.iter().filter_map(|id| by_id.get(id)).flatten().copied().collect();
        // a row of other orders is nobody's business here, and what the bag's extract lacks is not shown
        if named.is_empty() && (!row.orders.is_empty() || !(whole || linked.contains(&row.place))) {
            continue;
        }
        let span = match (row.from, row.to) {
            (Some(a), Some(b)) if a != b => format!("{} – {}", dates::shown_moment(a), dates::shown_moment(b)),
            (Some(a), _) => dates::shown_moment(a),
            _ => String::new(),
        };
        let mut orders = Inlines::new();
        for (g, index) in named {
            if !orders.is_empty() {
                orders.push(run(desk.book.word("list").to_owned(), PLAIN));
            }
            orders.push(Inline::Ref { target: desk.order_anchor(index), end: None, show: RefText::Text(g.to_string()), style: INK });
        }
        let label = row.label.as_deref().map(|l| desk.buyers_text(l, None)).unwrap_or_default();
        rows.push(Row { cells: vec![cell(label), cell(span), orders, kept(desk.place_words(&row.place))], ..Row::default() });
    }
    plain_table(desk, &[("col.label", false), ("col.time", false), ("col.no", false), ("col.place", false)], 0, rows)
}

/// A table whose every cell may be shown, under its own heads: its first columns.
fn as_read(desk: &Desk<'_>, file: FileId) -> Vec<Block> {
    const MOST: usize = 6;
    let shown = |(_, table): (&Content, Option<&crate::model::record::Table>)| {
        let table = table?;
        let filled = |c: &usize| (0..table.rows.len()).any(|row| !table.cell(row, *c).trim().is_empty());
        let kept: Vec<usize> = (0..table.header.len()).filter(filled).take(MOST).collect();
        let figure = |c: usize| {
            let mut cells = (0..table.rows.len()).map(|row| table.cell(row, c).trim()).filter(|t| !t.is_empty());
            cells.all(|t| t.trim_end_matches('%').replace(',', "").parse::<rust_decimal::Decimal>().is_ok())
        };
        let head = |c: usize| {
            let head = desk.free_text(table.header.get(c).map_or("", String::as_str), None);
            Column { head, width: Width::Content, side: Side::of_numbers(figure(c)) }
        };
        let mut columns: Vec<Column> = kept.iter().map(|c| head(*c)).collect();
        columns.push(column(desk, "col.place", Width::Share(1.0), false));
        let row = |r: usize| {
            let mut cells: Vec<Inlines> = kept.iter().map(|c| cell(desk.free_text(table.cell(r, *c).trim(), None))).collect();
            cells.push(vec![run(desk.place_words(&table.place(r)), FAINT_WHOLE)]);
            Row { cells, ..Row::default() }
        };
        let rows: Vec<Row> = (0..table.rows.len()).map(row).collect();
        (!rows.is_empty()).then_some(Block::Table(Table { columns, rows, dense: true, grid: false }))
    };
    desk.case.content(file).tables().filter_map(shown).collect()
}

fn traces(desk: &Desk<'_>, exhibit: usize) -> Vec<Block> {
    let Some(records) = desk.exhibits.get(exhibit).and_then(|e| desk.records(e)) else { return Vec::new() };
    let mut rows = Vec::new();
    for (index, order, _) in desk.argued() {
        for trace in records.traces().with(waybills(order).chain([Tie::Id(&order.id)])) {
            let page = vec![Inline::Ref { target: desk.order_anchor(index), end: None, show: RefText::Page, style: INK }];
            let g = desk.place_of(index).to_string();
            rows.push(Row {
                cells: vec![cell(g), cell(&trace.waybill), cell(trace.events.len().to_string()), kept(desk.place_words(&trace.place)), page],
                ..Row::default()
            });
        }
    }
    plain_table(desk, &[("col.no", true), ("col.waybill", false), ("col.scans", true), ("col.place", false), ("col.page", true)], 3, rows)
}

fn invoices(desk: &Desk<'_>, exhibit: usize) -> Vec<Block> {
    let list = desk.exhibits.get(exhibit).map(|e| desk.case.content(e.file).content.invoice_rows()).unwrap_or_default();
    let rows = list
        .iter()
        .map(|r| Row {
            cells: vec![
                cell(r.number.clone().unwrap_or_default()),
                cell(r.at.map(|t| t.format("%Y-%m-%d").to_string()).unwrap_or_default()),
                cell(r.line.as_ref().map(|l| desk.goods(l)).unwrap_or_default()),
                cell(r.amount.map(|a| format!("{a:.2}")).unwrap_or_default()),
                kept(desk.place_words(&r.place)),
            ],
            ..Row::default()
        })
        .collect();
    plain_table(desk, &[("col.invoice", false), ("col.date", false), ("col.goods", false), ("col.amount", true), ("col.place", false)], 2, rows)
}

/// The payments of argued orders; what others paid is not shown.
fn payments(desk: &Desk<'_>, exhibit: usize) -> Vec<Block> {
    let Some(records) = desk.exhibits.get(exhibit).and_then(|e| desk.records(e)) else { return Vec::new() };
    let mut rows = Vec::new();
    for (index, order, _) in desk.argued() {
        for r in records.payments().with(ids(order)) {
            rows.push(Row {
                cells: vec![
                    vec![Inline::Ref { target: desk.order_anchor(index), end: None, show: RefText::Text(desk.place_of(index).to_string()), style: INK }],
                    cell(r.at.map(|t| desk.time(&t)).unwrap_or_default()),
                    cell(r.number.clone().unwrap_or_default()),
                    cell(r.state.clone().unwrap_or_default()),
                    cell(r.amount.map(|a| format!("{a:.2}")).unwrap_or_default()),
                    kept(desk.place_words(&r.place)),
                ],
                ..Row::default()
            });
        }
    }
    let columns = [("col.no", true), ("col.time", false), ("col.payment", false), ("col.state", false), ("col.amount", true), ("col.place", false)];
    plain_table(desk, &columns, 2, rows)
}

/// A dense table whose column `wide` takes the room that is left.
fn plain_table(desk: &Desk<'_>, columns: &[(&str, bool)], wide: usize, rows: Vec<Row>) -> Vec<Block> {
    if rows.is_empty() {
        return Vec::new();
    }
    // a column that this file fills nowhere is no column
    let kept: Vec<usize> = (0..columns.len()).filter(|i| rows.iter().any(|r| r.cells.get(*i).is_some_and(|c| !c.is_empty()))).collect();
    let left = || kept.iter().copied().find(|i| columns.get(*i).is_some_and(|(_, right)| !right));
    let wide = Some(wide).filter(|w| kept.contains(w)).or_else(left);
    let width = |i: usize| if Some(i) == wide { Width::Share(1.0) } else { Width::Content };
    let columns = kept.iter().filter_map(|i| columns.get(*i).map(|(word, right)| column(desk, word, width(*i), *right))).collect();
    let keep = |row: Row| {
        let cells = row.cells.into_iter().enumerate().filter(|(i, _)| kept.contains(i)).map(|(_, cell)| cell).collect();
        Row { cells, ..row }
    };
    let rows = rows.into_iter().map(keep).collect();
    vec![Block::Table(Table { columns, rows, dense: true, grid: false })]
}
