//! Records set as text and tables: bills in the book; traces, chats and stock rows in the annex. Only records of argued orders are printed.

use super::{cell, column, note, run};
use crate::compose::desk::{BOLD, Desk, FAINT, FAINT_WHOLE, INK, PLAIN};
use crate::compose::exhibits::Form;
use crate::compose::tied::{Tie, ids, places, waybills};
use crate::model::Moment;
use crate::model::document::{Block, Inline, Inlines, RefText, Role, Row, Table, Width};
use crate::model::exhibit::Exhibit;
use crate::model::order::Order;
use crate::model::record::{BillRow, Chat, ChatMessage, ChatRole, StockMovement, TimeFrom, Trace, Zone};
use crate::text::dates;
use crate::text::ids::clean_waybill;
use rust_decimal::Decimal;

/// Messages of one conversation that are set; the rest is said to stand in the original.
const MOST_MESSAGES: usize = 300;

fn decimal(value: Option<Decimal>) -> String {
    value.map(|v| v.normalize().to_string()).unwrap_or_default()
}

/// Head of what is set from an exhibit: its target, number and title.
pub(super) fn head(desk: &Desk<'_>, exhibit: usize) -> Vec<Block> {
    let Some(e) = desk.exhibits.get(exhibit) else { return Vec::new() };
    let text = vec![run(desk.book.fill("exhibit", &[("n", &e.number)]), BOLD), run(format!(" {}", e.title), PLAIN), run(format!(" · {}", e.source), FAINT)];
    at_target(desk, exhibit, text, Role::Body)
}

/// The same under a heading that names the exhibit already: its target, and where it comes from.
pub(super) fn origin(desk: &Desk<'_>, exhibit: usize) -> Vec<Block> {
    let Some(e) = desk.exhibits.get(exhibit) else { return Vec::new() };
    at_target(desk, exhibit, vec![run(e.source.clone(), FAINT)], Role::Note)
}

/// Where an exhibit comes from, above a figure that carries the target itself.
pub(super) fn source_line(desk: &Desk<'_>, exhibit: usize) -> Option<Block> {
    desk.exhibits.get(exhibit).map(|e| note(vec![run(e.source.clone(), FAINT)]))
}

/// The head of one trace: also which parcel it follows, as an order may have several.
fn trace_head(desk: &Desk<'_>, exhibit: usize, order: &Order, trace: &Trace) -> Vec<Block> {
    let Some(e) = desk.exhibits.get(exhibit) else { return Vec::new() };
    let own = order.waybills.iter().map(|w| &w.value).find(|w| clean_waybill(&w.number) == clean_waybill(&trace.waybill));
    let carrier = own.map(|w| desk.carrier(w)).filter(|c| !c.is_empty()).or_else(|| trace.carrier.as_deref().map(|id| desk.carrier_name(id)));
    // the number stays in one piece; the carrier may stand on the line before
    let parcel = format!("{} {}", carrier.unwrap_or_default(), trace.waybill).trim().to_owned();
    if e.is_shared() {
        let mut text = vec![desk.exhibit_ref(exhibit), run(format!(" {parcel}"), BOLD)];
        text.push(run(format!(" {}", desk.place_words(&trace.place)).trim_end().to_owned(), FAINT));
        return vec![Block::Paragraph { text, role: Role::Body }];
    }
    let mut text = vec![run(desk.book.fill("exhibit", &[("n", &e.number)]), BOLD), run(format!(" {} ", e.title), PLAIN)];
    text.extend([run(parcel, BOLD), run(format!(" · {}", e.source), FAINT)]);
    at_target(desk, exhibit, text, Role::Body)
}

/// A line about an exhibit where references to it lead; it says when the exhibit is inferred.
fn at_target(desk: &Desk<'_>, exhibit: usize, mut text: Inlines, role: Role) -> Vec<Block> {
    if desk.exhibits.get(exhibit).is_some_and(|e| e.inferred) {
        text.push(run(format!(" {}", desk.book.word("inferred")), FAINT));
    }
    let mut out: Vec<Block> = desk.place(exhibit).map(Block::Target).into_iter().collect();
    out.push(Block::Paragraph { text, role });
    out
}

/// Rows of a bill that belong to argued orders, with the order.
fn bill_rows<'d>(desk: &Desk<'d>, exhibit: &Exhibit) -> Vec<(usize, &'d BillRow)> {
    let Some(records) = desk.records(exhibit) else { return Vec::new() };
    let rows = |index: usize, order: &Order| records.bills().with(waybills(order).chain(places(exhibit, index).iter().map(Tie::Place)));
    desk.argued().flat_map(|(i, order, _)| rows(i, order).into_iter().map(move |r| (i, r))).collect()
}

/// How many bills have rows of argued orders.
pub(in crate::compose) fn bill_count(desk: &Desk<'_>) -> usize {
    desk.exhibits.iter().zip(&desk.forms).filter(|(e, f)| **f == Form::Bill && !bill_rows(desk, e).is_empty()).count()
}

/// Every bill with the rows of argued orders.
pub(super) fn bills(desk: &Desk<'_>) -> Vec<Block> {
    let mut out = Vec::new();
    for (i, form) in desk.forms.iter().enumerate() {
        if *form == Form::Bill {
            let rows = bill(desk, i);
            if !rows.is_empty() {
                out.extend(head(desk, i));
                out.extend(rows);
            }
        }
    }
    if !out.is_empty() {
        out.insert(0, note(cell(desk.book.word("index-note"))));
    }
    out
}

/// The rows of one bill.
pub(super) fn bill(desk: &Desk<'_>, exhibit: usize) -> Vec<Block> {
    let Some(e) = desk.exhibits.get(exhibit) else { return Vec::new() };
    let listed = bill_rows(desk, e);
    // columns of which the bill says nothing are left out
    let said = |of: fn(&BillRow) -> bool| listed.iter().any(|(_, r)| of(r));
    let kept = [
        true,
        true,
        said(|r| r.at.is_some()),
        said(|r| r.weight_kg.is_some()),
        said(|r| r.fee.is_some()),
        said(|r| r.from.is_some()),
        said(|r| r.to.is_some()),
        true,
    ];
    let only = |cells: Vec<Vec<Inline>>| -> Vec<Vec<Inline>> { cells.into_iter().zip(kept).filter_map(|(cell, kept)| kept.then_some(cell)).collect() };
    let rows: Vec<Row> = listed
        .iter()
        .map(|&(order, r)| Row {
            cells: only(vec![
                vec![Inline::Ref { target: desk.order_anchor(order), end: None, show: RefText::Text(desk.place_of(order).to_string()), style: INK }],
                cell(&r.waybill),
                cell(r.at.map(|t| t.format("%Y-%m-%d").to_string()).unwrap_or_default()),
                // with the digits of the original: 1.20 is what the bill says
                cell(r.weight_kg.map(|w| w.to_string()).unwrap_or_default()),
                cell(r.fee.map(|f| f.to_string()).unwrap_or_default()),
                cell(r.from.clone().unwrap_or_default()),
                cell(r.to.as_deref().map(|t| desk.buyers_text(t, Some(order))).unwrap_or_default()),
                vec![run(desk.place_words(&r.place), FAINT_WHOLE)],
            ]),
            ..Row::default()
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    // abroad nobody says that a fee is in yuan
    let fee = if desk.platform.as_ref().is_some_and(|p| p.abroad) { "col.fee-of-any-currency" } else { "col.fee" };
    let columns = [
        column(desk, "col.no", Width::Content, true),
        column(desk, "col.waybill", Width::Content, false),
        column(desk, "col.date", Width::Content, false),
        column(desk, "col.weight", Width::Content, true),
        column(desk, fee, Width::Content, true),
        column(desk, "col.from", Width::Share(1.0), false),
        column(desk, "col.to", Width::Share(1.0), false),
        column(desk, "col.place", Width::Content, false),
    ];
    let columns = columns.into_iter().zip(kept).filter_map(|(column, kept)| kept.then_some(column)).collect();
    vec![Block::Table(Table { columns, rows, dense: true, grid: false })]
}

/// An order's traces, oldest scan first.
pub(super) fn traces(desk: &Desk<'_>, index: usize) -> Vec<Block> {
    let Some(order) = desk.case.orders.get(index) else { return Vec::new() };
    let mut out = Vec::new();
    for (i, e) in desk.exhibits_of(index) {
        let Some(records) = desk.records(e) else { continue };
        let ties = waybills(order).chain([Tie::Id(&order.id)]).chain(places(e, index).iter().map(Tie::Place));
        for trace in records.traces().with(ties) {
            out.extend(trace_head(desk, i, order, trace));
            let mut events: Vec<_> = trace.events.iter().collect();
            events.sort_by_key(|e| e.at);
            let rows: Vec<Row> = events
                .into_iter()
                .map(|event| {
                    // pages abroad tell the site beside the words of a scan, ours within them
                    let site = event.location.as_deref().filter(|site| !site.is_empty() && !event.text.contains(*site));
                    let told = site.filter(|_| event.text.is_ascii()).map_or_else(|| event.text.clone(), |site| format!("{}, {site}", event.text));
                    let text = desk.free_text(&told, Some(index));
                    Row { cells: vec![cell(dates::shown(event.at, "%Y-%m-%d %H:%M:%S")), cell(text)], ..Row::default() }
                })
                .collect();
            if !rows.is_empty() {
                let columns = vec![column(desk, "col.time", Width::Content, false), column(desk, "col.scan", Width::Share(1.0), false)];
                out.push(Block::Table(Table { columns, rows, dense: true, grid: false }));
                if trace.events.iter().any(|e| e.zone_unknown) {
                    out.push(note(cell(desk.book.word("time-from.unknown"))));
                }
            }
        }
    }
    out
}

/// The conversations of a chat text that are with the buyer of an order.
fn chats_of<'d>(desk: &Desk<'d>, exhibit: &Exhibit, index: usize) -> Vec<&'d Chat> {
    let Some(records) = desk.records(exhibit) else { return Vec::new() };
    let chats = records.chats();
    if chats.all().len() == 1 && exhibit.orders.len() == 1 {
        return chats.all().to_vec();
    }
    let buyer = desk.case.orders.get(index).and_then(|o| o.buyer.as_ref()).map(|b| Tie::Buyer(b.value.raw()));
    chats.with(places(exhibit, index).iter().map(Tie::Place).chain(buyer))
}

/// An order's conversations as lines.
pub(super) fn chats(desk: &Desk<'_>, index: usize) -> Vec<Block> {
    let mut out = Vec::new();
    for (i, e) in desk.exhibits_of(index) {
        for (n, chat) in chats_of(desk, e, index).into_iter().enumerate() {
            if n == 0 && !e.is_shared() {
                out.extend(head(desk, i));
            } else {
                let text = vec![desk.exhibit_ref(i), run(format!(" {}", desk.place_words(&chat.place)), FAINT)];
                out.push(Block::Paragraph { text, role: Role::Body });
            }
            let own = places(e, index);
            // in a group others speak, too: only what names the order is set
            let shown: Vec<&ChatMessage> = chat.messages.iter().filter(|m| !chat.is_group() || own.contains(&m.place)).collect();
            for message in shown.iter().take(MOST_MESSAGES) {
                let role = match message.role {
                    ChatRole::Buyer => "speaker.buyer",
                    ChatRole::Seller => "speaker.seller",
                    ChatRole::System => "speaker.system",
                    ChatRole::Unknown => "speaker.unknown",
                };
                // the speaker may be another of the buyer's nicks: in the twin only the role is said
                let speaker = match desk.disclosure {
                    crate::model::Disclosure::Full => message.speaker.clone(),
                    crate::model::Disclosure::Masked => String::new(),
                };
                let time = message.at.map(|t| format!("{} ", dates::shown(t, "%Y-%m-%d %H:%M:%S"))).unwrap_or_default();
                let who = format!("{} {speaker}", desk.book.word(role)).trim().to_owned();
                let said = desk.buyers_text(&message.text, Some(index)).replace('\n', " ");
                let mut text = vec![run(format!("{time}{who}{}", desk.book.word("says")), FAINT), run(said, PLAIN)];
                let recalled = message.recalled.then(|| desk.book.word("recalled"));
                let marks: Vec<&str> = recalled.into_iter().chain(message.mark.as_deref()).collect();
                if !marks.is_empty() {
                    text.push(run(format!(" [{}]", marks.join(" ")), FAINT));
                }
                out.push(Block::Paragraph { text, role: Role::Record });
            }
            if let Some(word) = completed(&shown, chat.zone) {
                out.push(note(cell(desk.book.word(word))));
            }
            let more = shown.len().saturating_sub(MOST_MESSAGES);
            if more > 0 {
                out.push(note(cell(desk.book.counted("chat-more", more, &[]))));
            }
        }
    }
    out
}

/// The word that says what completed the times that are shown, when the file does not write them out.
fn completed(shown: &[&ChatMessage], zone: Zone) -> Option<&'static str> {
    let from = shown.iter().filter(|m| m.at.is_some()).map(|m| m.time_from).max()?;
    match (from, zone) {
        (TimeFrom::Notice, _) => Some("time-from.notice"),
        (TimeFrom::FileName, _) => Some("time-from.file-name"),
        (TimeFrom::OtherMessages, _) => Some("time-from.other-messages"),
        (TimeFrom::Said | TimeFrom::DateLine, Zone::Assumed) => Some("time-from.zone"),
        _ => None,
    }
}

/// The stock movements of an order in an exhibit.
fn moves<'d>(desk: &Desk<'d>, exhibit: &Exhibit, index: usize) -> Vec<&'d StockMovement> {
    let (Some(order), Some(records)) = (desk.case.orders.get(index), desk.records(exhibit)) else { return Vec::new() };
    records.movements().with(ids(order).chain(waybills(order)).chain(places(exhibit, index).iter().map(Tie::Place)))
}

fn stock_table(desk: &Desk<'_>, exhibit: usize, list: &[(usize, &StockMovement)], with_order: bool) -> Block {
    let rows = list
        .iter()
        .map(|(order, m)| {
            let mut goods = m.name.clone().unwrap_or_default();
            if let Some(sku) = m.sku.as_deref().filter(|s| *s != goods) {
                goods = if goods.is_empty() { sku.to_owned() } else { format!("{goods}（{sku}）") };
            }
            let at = m.at.map(|at| dates::shown_moment(Moment { at, has_time: m.at_has_time, zone_unknown: false }));
            let by_number = m.order.is_some() || m.waybill.is_some();
            let mut place = vec![run(desk.place_words(&m.place), FAINT_WHOLE)];
            if !by_number && desk.exhibits.get(exhibit).is_some_and(|e| e.inferred) {
                place.push(run(format!(" {}", desk.book.word("inferred")), FAINT));
            }
            let mut cells = vec![
                cell(at.unwrap_or_default()),
                cell(m.document.clone().unwrap_or_default()),
                cell(goods),
                cell(decimal(Some(m.out))),
                cell(m.warehouse.clone().unwrap_or_default()),
                place,
            ];
            if with_order {
                let number = RefText::Text(desk.place_of(*order).to_string());
                cells.insert(0, vec![Inline::Ref { target: desk.order_anchor(*order), end: None, show: number, style: INK }]);
            }
            Row { cells, ..Row::default() }
        })
        .collect();
    let mut columns = vec![
        column(desk, "col.time", Width::Content, false),
        column(desk, "col.document", Width::Content, false),
        column(desk, "col.goods", Width::Share(1.0), false),
        column(desk, "col.pieces", Width::Content, true),
        column(desk, "col.warehouse", Width::Content, false),
        column(desk, "col.place", Width::Content, false),
    ];
    if with_order {
        columns.insert(0, column(desk, "col.no", Width::Content, true));
    }
    Block::Table(Table { columns, rows, dense: true, grid: false })
}

/// An order's stock movements.
pub(super) fn stock_of(desk: &Desk<'_>, index: usize) -> Vec<Block> {
    let mut out = Vec::new();
    for (i, e) in desk.exhibits_of(index) {
        let list: Vec<_> = moves(desk, e, index).into_iter().map(|m| (index, m)).collect();
        if list.is_empty() {
            continue;
        }
        if e.is_shared() {
            out.push(Block::Paragraph { text: vec![desk.exhibit_ref(i), run(format!(" {}", e.title), PLAIN)], role: Role::Body });
        } else {
            out.extend(head(desk, i));
        }
        out.push(stock_table(desk, i, &list, false));
    }
    out
}

/// All rows of a stock table that belong to argued orders.
pub(super) fn stock(desk: &Desk<'_>, exhibit: usize) -> Vec<Block> {
    let Some(e) = desk.exhibits.get(exhibit) else { return Vec::new() };
    let list: Vec<_> = desk.argued().flat_map(|(index, _, _)| moves(desk, e, index).into_iter().map(move |m| (index, m))).collect();
    if list.is_empty() { Vec::new() } else { vec![stock_table(desk, exhibit, &list, true)] }
}
