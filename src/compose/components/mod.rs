//! Components: what a request of a template becomes. Each takes the desk and gives blocks; every word comes from the book.

pub(super) mod figures;
mod lists;
pub(super) mod records;
mod shared;
pub(super) mod tables;

use super::desk::Desk;
use super::markdown::Setter;
use super::tokens::Request;
use crate::error::Result;
use crate::model::document::{Block, Column, Inline, Inlines, Role, Side, Style, Tile, TimelineStep, Width};

/// The blocks of one request.
///
/// # Errors
/// When text given to a component is no plain text where only that can stand.
pub(super) fn build(setter: &Setter<'_>, request: &Request) -> Result<Vec<Block>> {
    let desk = setter.desk;
    Ok(match request {
        Request::Facts { columns, pairs } => {
            let mut out = Vec::with_capacity(pairs.len());
            for (label, value, source) in pairs {
                out.push((label.clone(), setter.inlines(value)?, setter.inlines(source)?));
            }
            if out.is_empty() { Vec::new() } else { vec![Block::Facts { columns: *columns, pairs: out }] }
        }
        Request::ProofCounts => tables::proof_counts(desk),
        Request::OrdersTable => tables::orders(desk),
        Request::DayChart => lists::day_chart(desk),
        Request::CauseTable => tables::causes(desk),
        Request::Tiles(tiles) => {
            let tiles: Vec<Tile> = tiles.iter().map(|(l, v, n)| Tile { label: l.clone(), value: v.clone(), note: n.clone() }).collect();
            if tiles.is_empty() { Vec::new() } else { vec![Block::Tiles(tiles)] }
        }
        Request::Figures(list) => figures::gallery(desk, list),
        Request::BillRows => records::bills(desk),
        Request::Timeline(order) => timeline(desk, *order),
        Request::TraceTable(order) => records::traces(desk, *order),
        Request::ChatLines(order) => records::chats(desk, *order),
        Request::StockRows(order) => records::stock_of(desk, *order),
        Request::Pictures(order) => figures::of_order(desk, *order),
        Request::Shared => shared::all(desk),
        Request::EvidenceList => lists::evidence(desk),
        Request::FilesList => lists::files(desk),
        Request::Contents(depth) => vec![Block::Contents { depth: *depth }],
        Request::Volumes => vec![Block::Volumes],
        Request::Signature(labels) => vec![Block::Signature(labels.clone())],
        Request::Callout(label, text) => vec![Block::Callout { label: label.clone(), text: setter.inlines(text)? }],
        Request::Quote(label, text) => vec![Block::Quote { label: label.clone(), blocks: setter.blocks(text)? }],
        Request::Note(text) => in_role(setter.blocks(text)?, Role::Note),
        Request::Record(text) => in_role(setter.blocks(text)?, Role::Record),
        Request::Together(text) => vec![Block::Together(setter.blocks(text)?)],
        Request::PageBreak => vec![Block::PageBreak],
    })
}

/// Is it typeset from imported data, so that the section must say it is an index and no evidence. (Bills stand among original pictures and say it
/// themselves.)
pub(super) fn is_index(request: &Request) -> bool {
    matches!(
        request,
        Request::OrdersTable
            | Request::DayChart
            | Request::CauseTable
            | Request::Timeline(_)
            | Request::TraceTable(_)
            | Request::ChatLines(_)
            | Request::StockRows(_)
            | Request::Shared
    )
}

fn in_role(mut blocks: Vec<Block>, wanted: Role) -> Vec<Block> {
    for block in &mut blocks {
        if let Block::Paragraph { role, .. } = block {
            *role = wanted;
        }
    }
    blocks
}

fn timeline(desk: &Desk<'_>, order: usize) -> Vec<Block> {
    let Some(result) = desk.assessment.orders.get(order) else { return Vec::new() };
    let Some(first) = result.steps.first().map(|s| s.at) else { return Vec::new() };
    let steps = result.steps.iter().map(|s| TimelineStep {
        label: format!("{}{}", desk.book.word(&format!("step.{}", s.kind.as_str())), if s.inferred { desk.book.word("inferred-short") } else { "" }),
        time: desk.step_short(s),
        place: s.location.as_deref().map(|l| desk.free_text(&desk.short_place(l), Some(order))).unwrap_or_default(),
        offset: (s.at - first).num_seconds(),
    });
    vec![Block::Timeline(steps.collect())]
}

/// A run of text.
fn run(text: impl Into<String>, style: Style) -> Inline {
    Inline::Text(text.into(), style)
}

/// A cell of plain text.
fn cell(text: impl Into<String>) -> Inlines {
    let text = text.into();
    if text.is_empty() { Inlines::new() } else { vec![run(text, super::desk::PLAIN)] }
}

/// A cell whose few words stay on one line.
fn kept(text: impl Into<String>) -> Inlines {
    let text = text.into();
    if text.is_empty() { Inlines::new() } else { vec![run(text, super::desk::WHOLE)] }
}

/// A column headed by a word of the book.
fn column(desk: &Desk<'_>, word: &str, width: Width, right: bool) -> Column {
    Column { head: desk.book.word(word).to_owned(), width, side: Side::of_numbers(right) }
}

/// A small grey paragraph.
fn note(text: Inlines) -> Block {
    Block::Paragraph { text, role: Role::Note }
}
