//! Links from inside files: rows, messages, pages, lines.

use super::index::{Hit, Index};
use super::{stock, time};
use crate::model::case::Case;
use crate::model::evidence::{Key, Link, Strength};
use crate::model::record::{CauseTable, Chat, Content, Recognised, Records, Table, Trace};
use crate::model::source::{FileId, Place};

/// Collects links of one file.
pub(super) struct Collector<'a> {
    pub file: FileId,
    pub links: &'a mut Vec<Link>,
}

impl Collector<'_> {
    pub(super) fn hit(&mut self, hit: Hit, place: &Place) {
        self.push(hit.order, hit.key, hit.strength, place, false);
    }

    pub(super) fn push(&mut self, order: usize, key: Key, strength: Strength, place: &Place, inferred: bool) {
        self.links.push(Link { order, file: self.file, place: place.clone(), key, strength, inferred });
    }
}

/// Links of everything recognised in one file.
pub(super) fn link(case: &Case, index: &Index, days: &time::Days, recognised: &Recognised, out: &mut Collector) {
    match (&recognised.content, &recognised.records) {
        // a table that no layout knows: its rows can be handed in one by one, so they are what is linked
        (Content::Text(_), Records::Table(table)) => rows(index, table, out),
        (Content::Text(_), Records::Sheets(tables)) => tables.iter().for_each(|table| rows(index, table, out)),
        _ => recognised.tables().for_each(|part| match part {
            (Content::Text(_), Some(table)) => rows(index, table, out),
            (content, _) => one(case, index, days, content, out),
        }),
    }
}

/// Every row that names an order.
fn rows(index: &Index, table: &Table, out: &mut Collector) {
    for row in 0..table.rows.len() {
        let place = table.place(row);
        let cells = table.rows.get(row).map_or(0, |r| r.len as usize);
        let mut hits: Vec<Hit> = (0..cells).flat_map(|column| index.scan(table.cell(row, column))).collect();
        hits.sort_unstable();
        hits.dedup();
        hits.into_iter().for_each(|h| out.hit(h, &place));
    }
}

fn one(case: &Case, index: &Index, days: &time::Days, content: &Content, out: &mut Collector) {
    match content {
        Content::Traces(traces) => {
            for trace in traces {
                let named = trace.order.as_ref().and_then(|id| index.id(id));
                let hits: Vec<Hit> = index.waybill(&trace.waybill).chain(named).collect();
                // scans that are rows or messages of their own go into the bag with the first
                for place in std::iter::once(&trace.place).chain(trace.events.iter().map(|e| &e.place).filter(|p| apart(p, trace))) {
                    hits.iter().for_each(|h| out.hit(*h, place));
                }
            }
        }
        Content::TrackingList(rows) => rows.iter().filter_map(|r| index.id(&r.order).map(|h| (h, &r.place))).for_each(|(h, p)| out.hit(h, p)),
        Content::Chats(chats) => chats.iter().for_each(|c| chat(index, c, out)),
        Content::Bill(rows) => {
            for row in rows {
                index.waybill(&row.waybill).for_each(|h| out.hit(h, &row.place));
            }
        }
        Content::StockMovements(rows) => stock::movements(case, index, rows, out),
        Content::StockCounts(rows) => stock::counts(case, rows, out),
        Content::Causes(table) => causes(index, days, table, out),
        Content::Text(text) => {
            for (number, line) in text.lines().enumerate() {
                let hits = index.scan(line);
                let place = Place::Line(u32::try_from(number + 1).unwrap_or(u32::MAX));
                hits.into_iter().for_each(|h| out.hit(h, &place));
            }
        }
        Content::Pdf(info) => {
            for (number, text) in info.text.iter().enumerate() {
                let place = Place::Page(u32::try_from(number + 1).unwrap_or(u32::MAX));
                index.scan(text).into_iter().for_each(|h| out.hit(h, &place));
            }
        }
        Content::Payments(rows) => {
            for row in rows {
                row.orders.iter().filter_map(|id| index.id(id)).for_each(|h| out.hit(h, &row.place));
            }
        }
        Content::Document(document) => {
            for (place, text) in &document.parts {
                index.scan(text).into_iter().for_each(|h| out.hit(h, place));
            }
        }
        // an invoice names goods and companies, not orders; what a picture shows is not read here
        Content::Invoices(_) | Content::Picture(_) | Content::Film(_) | Content::Orders(_) | Content::Sheets(_) | Content::None => {}
    }
}

/// Is the scan a record of its own? A line of copied text is part of its parcel's block.
fn apart(scan: &Place, trace: &Trace) -> bool {
    let own = match scan {
        Place::Row(_) | Place::SheetRow(..) => true,
        _ => trace.service != Trace::PASTED,
    };
    own && trace.place != Place::Whole && !scan.is_inside(&trace.place)
}

fn chat(index: &Index, chat: &Chat, out: &mut Collector) {
    for message in &chat.messages {
        index.scan(&message.text).into_iter().for_each(|h| out.hit(h, &message.place));
    }
    // it is the conversation with this buyer, whichever of his orders it is about
    if let Some(buyer) = &chat.buyer {
        index.nick(buyer).iter().for_each(|&order| out.push(order, Key::Nick, Strength::Strong, &chat.place, false));
    }
}

fn causes(index: &Index, days: &time::Days, table: &CauseTable, out: &mut Collector) {
    let mut by_time = time::Cover::of(days);
    for row in &table.rows {
        row.orders.iter().filter_map(|id| index.id(id)).for_each(|h| out.hit(h, &row.place));
        // a row that names orders speaks of those only
        if row.orders.is_empty()
            && let Some(from) = row.from
        {
            by_time.take(from, row.to, |order| out.push(order, Key::Content, Strength::Strong, &row.place, true));
        }
    }
}
