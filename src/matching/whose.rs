//! Whose a file is when it says several things: a number in it outranks a name in it and the place where it lies, and what only names a buyer of several
//! orders is none of his parcels'.

use super::records::shown_lines;
use super::texts::Keys;
use crate::model::case::Case;
use crate::model::evidence::{Key, Link, Strength};
use crate::model::file::{FileEntry, Kind};
use crate::model::record::{Content, Recognised, Records, Table};
use crate::model::source::Place;
use crate::text::ids::clean_waybill;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of which one piece is of one parcel.
const OF_A_PARCEL: [Kind; 5] = [Kind::Waybill, Kind::CourierProof, Kind::DeliveryProof, Kind::Trace, Kind::Media];

/// A part of a file that speaks of one thing: a page, a part of a document, lines without a blank one between them.
#[derive(Default)]
struct Block {
    /// It names orders or parcels of the exports that are not flagged.
    others: bool,
    /// Flagged orders whose numbers stand in it.
    own: BTreeSet<usize>,
}

/// Makes guesses of what numbers in the file contradict. `links` are those of the file.
pub(super) fn settle(case: &Case, keys: &Keys, entry: &FileEntry, recognised: &Recognised, links: &mut [Link]) {
    if !links.iter().any(|l| l.strength >= Strength::Strong && (l.place == Place::Path || is_personal(l.key))) {
        return;
    }
    let parts = Parts::of(recognised);
    let blocks = blocks(keys, &parts, links);
    if !blocks.is_empty() {
        within(&parts, &blocks, links);
        by_place(&blocks, links);
    }
    if OF_A_PARCEL.contains(&entry.kind) {
        one_parcel(case, keys, links);
    }
}

fn is_personal(key: Key) -> bool {
    matches!(key, Key::Nick | Key::Phone | Key::Recipient)
}

fn is_number(key: Key) -> bool {
    matches!(key, Key::OrderId | Key::SubOrderId | Key::Waybill)
}

/// A file and where the blocks of its running text begin.
struct Parts<'r> {
    recognised: &'r Recognised,
    /// Lines of a text, each with the first line of its block and its own number.
    lines: Vec<(u32, u32, Cow<'r, str>)>,
}

impl<'r> Parts<'r> {
    fn of(recognised: &'r Recognised) -> Self {
        let mut lines: Vec<(u32, u32, Cow<str>)> = Vec::new();
        if let Content::Text(text) = &recognised.content {
            let mut ended = true;
            for (number, line) in shown_lines(text) {
                let first = lines.last().filter(|_| !ended).map_or(number, |(first, ..)| *first);
                ended = line.trim().is_empty();
                lines.push((first, number, line));
            }
        }
        Parts { recognised, lines }
    }

    /// Tables that no layout knows, row by row.
    fn unknown_tables(&self) -> &'r [Table] {
        match (&self.recognised.content, &self.recognised.records) {
            (Content::Text(_), Records::Table(table)) => std::slice::from_ref(table),
            (Content::Text(_), Records::Sheets(tables)) => tables,
            _ => &[],
        }
    }

    /// The block that a place belongs to.
    fn block(&self, place: &Place) -> Place {
        match (&self.recognised.content, place) {
            (Content::Text(_), Place::Line(number)) if self.unknown_tables().is_empty() => {
                let at = self.lines.partition_point(|(_, n, _)| n < number);
                self.lines.get(at).map_or(Place::Whole, |(first, ..)| Place::Line(*first))
            }
            (Content::Pdf(_) | Content::Document(_), _) => place.clone(),
            _ => Place::Whole,
        }
    }
}

/// The file's blocks by where they begin; none of what names no orders by its nature (pictures without notes, invoices, counts).
fn blocks(keys: &Keys, parts: &Parts, links: &[Link]) -> BTreeMap<Place, Block> {
    let mut blocks: BTreeMap<Place, Block> = BTreeMap::new();
    let mut take = |place: Place, text: &str| blocks.entry(place).or_default().others |= keys.names_others(text);
    if !parts.unknown_tables().is_empty() {
        for table in parts.unknown_tables() {
            for row in 0..table.rows.len() {
                let cells = table.rows.get(row).map_or(0, |r| r.len as usize);
                (0..cells).for_each(|column| take(Place::Whole, table.cell(row, column)));
            }
        }
    } else {
        match &parts.recognised.content {
            Content::Text(_) => parts.lines.iter().for_each(|(first, _, line)| take(Place::Line(*first), line)),
            Content::Pdf(info) => (1..).zip(&info.text).for_each(|(page, text)| take(Place::Page(page), text)),
            Content::Document(document) => document.parts.iter().for_each(|(place, text)| take(place.clone(), text)),
            Content::Picture(info) => info.notes.iter().for_each(|(_, text)| take(Place::Whole, text)),
            Content::Chats(chats) => chats.iter().flat_map(|c| &c.messages).for_each(|m| take(Place::Whole, &m.text)),
            content => {
                content.traces().iter().for_each(|t| take(Place::Whole, &t.waybill));
                content.bill_rows().iter().for_each(|row| take(Place::Whole, &row.waybill));
                content.tracking_rows().iter().for_each(|row| take(Place::Whole, &row.waybill));
                content.payments().iter().flat_map(|row| &row.orders).for_each(|id| take(Place::Whole, id.as_str()));
                content.stock_movements().iter().filter_map(|row| row.order.as_ref()).for_each(|id| take(Place::Whole, id.as_str()));
            }
        }
    }
    for link in links.iter().filter(|l| is_number(l.key) && l.place != Place::Path && l.strength >= Strength::Strong) {
        blocks.entry(parts.block(&link.place)).or_default().own.insert(link.order);
    }
    blocks
}

/// In a page, part or paragraph that names orders by number, a name in its next line is that of one of them. Rows and messages stand alone.
fn within(parts: &Parts, blocks: &BTreeMap<Place, Block>, links: &mut [Link]) {
    let running = matches!(parts.recognised.content, Content::Text(_) | Content::Pdf(_) | Content::Document(_) | Content::Picture(_));
    if !running || !parts.unknown_tables().is_empty() {
        return;
    }
    for link in links.iter_mut().filter(|l| is_personal(l.key) && l.place != Place::Path && l.strength >= Strength::Strong) {
        if let Some(block) = blocks.get(&parts.block(&link.place))
            && !block.own.contains(&link.order)
            && (block.others || !block.own.is_empty())
        {
            link.strength = Strength::Weak;
        }
    }
}

/// A file that lies under one order and names others by number, and not that one, is not that order's because of its place.
fn by_place(blocks: &BTreeMap<Place, Block>, links: &mut [Link]) {
    let own: BTreeSet<usize> = blocks.values().flat_map(|b| b.own.iter().copied()).collect();
    let others = blocks.values().any(|b| b.others);
    let inside: BTreeSet<usize> = links.iter().filter(|l| l.place != Place::Path && l.strength >= Strength::Strong).map(|l| l.order).collect();
    let named: BTreeSet<usize> = links.iter().filter(|l| l.place == Place::Path && is_number(l.key)).map(|l| l.order).collect();
    // several numbers in a path, of which the file names one: the others are meant as well
    let agrees = !own.is_empty() && own.is_subset(&named);
    for link in links.iter_mut().filter(|l| l.place == Place::Path && l.key != Key::Assign && l.strength >= Strength::Strong) {
        let contradicted = others || !own.is_empty();
        if contradicted && !inside.contains(&link.order) && !(agrees && is_number(link.key)) {
            link.strength = Strength::Weak;
        }
    }
}

/// `others-in-file`: numbers of orders that are not flagged, in a file that is handed in whole because nothing parts its records. Needs exports with other
/// orders; cleared by a file of this order alone, or a table, of which only the rows meant are taken.
pub(super) fn others_in(keys: &Keys, recognised: &Recognised) -> BTreeSet<String> {
    let parts = Parts::of(recognised);
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut take = |text: &str| found.extend(keys.others_named(text));
    match (&recognised.content, &recognised.records) {
        (Content::Text(_), Records::Whole) => parts.lines.iter().for_each(|(.., line)| take(line)),
        (Content::Pdf(info), _) => info.text.iter().for_each(|text| take(text)),
        (Content::Document(document), _) => document.parts.iter().for_each(|(_, text)| take(text)),
        _ => {}
    }
    found
}

/// A slip that only names a buyer is of one of his parcels, and nobody can say which.
fn one_parcel(case: &Case, keys: &Keys, links: &mut [Link]) {
    let numbered: BTreeSet<usize> = links.iter().filter(|l| is_number(l.key) && l.strength >= Strength::Strong).map(|l| l.order).collect();
    let personal = |l: &&mut Link| is_personal(l.key) && l.strength >= Strength::Strong && !numbered.contains(&l.order);
    let mut orders: BTreeSet<usize> = BTreeSet::new();
    links.iter_mut().filter(personal).for_each(|l| {
        orders.insert(l.order);
    });
    let Some(first) = orders.first().and_then(|o| case.orders.get(*o)) else { return };
    let parcels =
        |order: usize| -> BTreeSet<String> { case.orders.get(order).into_iter().flat_map(|o| &o.waybills).map(|w| clean_waybill(&w.value.number)).collect() };
    let one = orders.iter().all(|o| parcels(*o) == parcels(*orders.first().unwrap_or(o)));
    let more = first.buyer.as_ref().is_some_and(|b| keys.other_parcels(b.value.raw(), &orders));
    if !one || more {
        links.iter_mut().filter(personal).for_each(|l| l.strength = Strength::Weak);
    }
}
