//! Links from inside files: rows, messages, pages, lines.

use super::clues::{Clue, Sort};
use super::index::{Hit, Index};
use super::texts::{Keys, Piece, Reader, Suggestions};
use super::{stock, time};
use crate::media::document::html;
use crate::model::case::Case;
use crate::model::evidence::{Key, Link, Strength};
use crate::model::record::{CauseTable, Chat, Content, Recognised, Records, Table, Trace};
use crate::model::source::{FileId, Place};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Collects links of one file.
pub(super) struct Collector<'a> {
    pub file: FileId,
    pub links: &'a mut Vec<Link>,
}

impl Collector<'_> {
    pub(super) fn hit(&mut self, hit: Hit, place: &Place) {
        self.push(hit.order, hit.key, hit.strength, place, hit.inferred);
    }

    pub(super) fn push(&mut self, order: usize, key: Key, strength: Strength, place: &Place, inferred: bool) {
        self.links.push(Link { order, file: self.file, place: place.clone(), key, strength, inferred });
    }
}

/// Links of everything recognised in one file. `around` holds what the path suggests; what nothing agreed with comes back.
pub(super) fn link(case: &Case, keys: &Keys, days: &time::Days, recognised: &Recognised, around: Vec<Clue>, out: &mut Collector) -> Suggestions {
    let mut reader = Reader::new(keys);
    reader.around = around;
    match (&recognised.content, &recognised.records) {
        // a table that no layout knows: its rows can be handed in one by one, so they are what is linked
        (Content::Text(_), Records::Table(table)) => rows(table, &mut reader, out),
        (Content::Text(_), Records::Sheets(tables)) => tables.iter().for_each(|table| rows(table, &mut reader, out)),
        _ => recognised.tables().for_each(|part| match part {
            (Content::Text(_), Some(table)) => rows(table, &mut reader, out),
            (content, _) => one(case, keys, days, content, &mut reader, out),
        }),
    }
    reader.suggestions
}

/// Does the file hold records of several people: of parcels, payments or conversations.
pub(super) fn of_many(content: &Content) -> bool {
    let mut parcels: BTreeSet<&str> = content.traces().iter().map(|t| t.waybill.as_str()).collect();
    parcels.extend(content.bill_rows().iter().map(|row| row.waybill.as_str()));
    parcels.extend(content.tracking_rows().iter().map(|row| row.waybill.as_str()));
    let chats = content.chats();
    let talks: BTreeSet<&str> = chats.iter().filter_map(|chat| chat.buyer.as_deref()).collect();
    parcels.len() > 1 || content.payments().len() > 1 || talks.len() > 1 || chats.iter().any(|chat| chat.is_group())
}

/// Every row that names an order or its people.
fn rows(table: &Table, reader: &mut Reader, out: &mut Collector) {
    for row in 0..table.rows.len() {
        let cells = table.rows.get(row).map_or(0, |r| r.len as usize);
        let text = (0..cells).map(|column| table.cell(row, column)).collect::<Vec<_>>().join("\t");
        reader.line(&text, &table.place(row), out);
    }
    reader.end_paragraph(out);
}

fn one(case: &Case, keys: &Keys, days: &time::Days, content: &Content, reader: &mut Reader, out: &mut Collector) {
    match content {
        Content::Traces(traces) => {
            for trace in traces {
                let named = trace.order.as_ref().and_then(|id| keys.index().id(id));
                let hits: Vec<Hit> = keys.index().waybill(&trace.waybill).chain(named).collect();
                // scans that are rows or messages of their own go into the bag with the first
                for place in std::iter::once(&trace.place).chain(trace.events.iter().map(|e| &e.place).filter(|p| apart(p, trace))) {
                    hits.iter().for_each(|h| out.hit(*h, place));
                }
            }
        }
        Content::TrackingList(rows) => rows.iter().for_each(|r| r.orders(|id| keys.index().id(id)).into_iter().for_each(|h| out.hit(h, &r.place))),
        Content::Chats(chats) => chats.iter().for_each(|c| chat(keys.index(), c, reader, out)),
        Content::Bill(rows) => {
            for row in rows {
                keys.index().waybill(&row.waybill).for_each(|h| out.hit(h, &row.place));
            }
        }
        Content::StockMovements(rows) => stock::movements(case, keys, rows, out),
        Content::StockCounts(rows) => stock::counts(case, rows, out),
        Content::Causes(table) => causes(keys.index(), days, table, out),
        Content::Text(text) => {
            for (number, line) in shown_lines(text) {
                reader.line(&line, &Place::Line(number), out);
            }
            reader.end_paragraph(out);
        }
        Content::Pdf(info) => {
            for (number, text) in (1..).zip(&info.text) {
                text.lines().for_each(|line| reader.line(line, &Place::Page(number), out));
                reader.end_paragraph(out);
            }
        }
        Content::Picture(info) => {
            for (field, text) in &info.notes {
                reader.piece(text, Piece::Note, &Place::Pointer(field.as_str().into()), out);
            }
        }
        Content::Payments(rows) => {
            for row in rows {
                row.orders.iter().filter_map(|id| keys.index().id(id)).for_each(|h| out.hit(h, &row.place));
            }
        }
        Content::Document(document) => {
            for (place, text) in &document.parts {
                text.lines().for_each(|line| reader.line(line, place, out));
                reader.end_paragraph(out);
            }
        }
        // an invoice names goods and companies, not orders; what a picture shows is not read here
        Content::Invoices(_) | Content::Film(_) | Content::Orders(_) | Content::Sheets(_) | Content::None => {}
    }
}

/// The lines that a text shows: of a saved web page what stands on the screen, where tags neither part a number nor end it.
pub(super) fn shown_lines(text: &str) -> Vec<(u32, Cow<'_, str>)> {
    if html::is_page(text) {
        return html::lines(text).into_iter().map(|(number, line)| (number, Cow::Owned(line))).collect();
    }
    (1..).zip(text.lines()).map(|(number, line)| (number, Cow::Borrowed(line))).collect()
}

/// Is the scan a record of its own? A line of copied text is part of its parcel's block.
fn apart(scan: &Place, trace: &Trace) -> bool {
    let own = match scan {
        Place::Row(_) | Place::SheetRow(..) => true,
        _ => trace.service != Trace::PASTED,
    };
    own && trace.place != Place::Whole && !scan.is_inside(&trace.place)
}

fn chat(index: &Index, chat: &Chat, reader: &mut Reader, out: &mut Collector) {
    let before = reader.around.len();
    let buyer = chat.buyer.as_deref().unwrap_or_default();
    let orders = index.nick(buyer);
    if orders.is_empty() {
        reader.around.extend(Clue::new(Sort::Nick, index.masked_nick(buyer)));
    }
    reader.numbers_only = index.is_stranger(buyer);
    for message in &chat.messages {
        reader.piece(&message.text, Piece::Message, &message.place, out);
    }
    reader.around.truncate(before);
    reader.numbers_only = false;
    // it is the conversation with this buyer, whichever of his orders it is about
    orders.iter().for_each(|&order| out.push(order, Key::Nick, Strength::Strong, &chat.place, false));
}

fn causes(index: &Index, days: &time::Days, table: &CauseTable, out: &mut Collector) {
    let mut by_time = time::Cover::of(days);
    for row in &table.rows {
        row.orders.iter().filter_map(|id| index.id(id)).for_each(|h| out.hit(h, &row.place));
        // a row that names orders speaks of those only
        if row.orders.is_empty()
            && let Some(from) = row.from
        {
            by_time.take(from, row.to, |order| {
                let fits = days.fits(order, row);
                if fits {
                    out.push(order, Key::Content, Strength::Strong, &row.place, true);
                }
                fits
            });
        }
    }
}
