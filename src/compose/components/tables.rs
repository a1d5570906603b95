//! The tables that count: proofs on page 1, causes on page 2, all orders from page 3. They read the same values, so their totals agree.

use super::{cell, column, kept, run};
use crate::compose::desk::{Desk, FAINT, INK, PLAIN, WHOLE};
use crate::compose::exhibits::Form;
use crate::model::assessment::{OrderAssessment, Proof, ProofGroup, StepKind};
use crate::model::document::{Anchor, Block, Inline, Inlines, RefText, Row, Table, Width};
use crate::model::order::Order;
use rust_decimal::RoundingStrategy;
use std::collections::BTreeSet;

/// The anchor of the table that counts proofs.
pub(in crate::compose) const PROOF_COUNTS: &str = "proof-counts";

/// Groups that at least one argued order has, with their count: the one value behind page 1 and the totals of the table of all orders.
fn counted(desk: &Desk<'_>) -> Vec<(ProofGroup, usize)> {
    desk.assessment.counts.proofs.iter().copied().filter(|(_, n)| *n > 0).collect()
}

fn proofs_of(result: &OrderAssessment, group: ProofGroup) -> impl Iterator<Item = &Proof> {
    result.proofs.iter().filter(move |p| p.group == group)
}

/// Is it set in the sections of its orders: what is an order's own and not shown in the book, and the traces and chats of shared files.
fn stands_under_orders(desk: &Desk<'_>, exhibit: usize) -> bool {
    let text = matches!(desk.forms.get(exhibit), Some(Form::Trace | Form::ChatText));
    let own = desk.exhibits.get(exhibit).is_some_and(|e| !e.is_shared());
    desk.order_sections && !desk.shown_in_book(exhibit) && (own || text)
}

/// 凭证 / 订单数 / 来源 / 页.
pub(super) fn proof_counts(desk: &Desk<'_>) -> Vec<Block> {
    let mut rows = Vec::new();
    for (group, n) in counted(desk) {
        let mut exhibits: BTreeSet<usize> = BTreeSet::new();
        let mut sources: Vec<&str> = Vec::new();
        // what stands under its order is cited by the orders' pages, from the first of them to the end of the last
        let mut under_orders: Vec<Anchor> = Vec::new();
        let (mut numbered, mut inferred) = (false, 0);
        for (order, _, result) in desk.argued() {
            inferred += usize::from(result.only_inferred(group));
            for proof in proofs_of(result, group) {
                match proof.file.and_then(|f| desk.exhibit_of(f)) {
                    Some(i) => {
                        exhibits.insert(i);
                        if stands_under_orders(desk, i) {
                            under_orders.push(desk.order_anchor(order));
                        }
                    }
                    None if proof.proof_number.is_some() => {
                        numbered = true;
                        if desk.order_sections {
                            under_orders.push(desk.order_anchor(order));
                        }
                    }
                    None => {}
                }
            }
        }
        for exhibit in exhibits.iter().filter_map(|i| desk.exhibits.get(*i)) {
            if !sources.contains(&exhibit.source.as_str()) {
                sources.push(&exhibit.source);
            }
        }
        if numbered {
            sources.push(desk.book.word("proof-number-source"));
        }
        let (in_book, elsewhere): (Vec<usize>, Vec<usize>) = exhibits.iter().filter(|i| !stands_under_orders(desk, **i)).partition(|i| desk.shown_in_book(**i));
        let anchors = |list: &[usize]| list.iter().filter_map(|i| desk.exhibits.get(*i)).map(|e| e.anchor.clone()).collect::<Vec<_>>();
        let mut pages = Inlines::new();
        for (list, sections) in [(anchors(&in_book), false), (under_orders, true), (anchors(&elsewhere), false)] {
            let Some(first) = list.first() else { continue };
            if !pages.is_empty() {
                pages.push(run(desk.book.word("between"), PLAIN));
            }
            // an order's section may have several pages, and then all of them are meant
            let end = list.last().filter(|l| sections || *l != first).cloned();
            pages.push(Inline::Ref { target: first.clone(), end, show: RefText::Page, style: INK });
        }
        let name = desk.book.word(&format!("proof.{}", group.as_str())).to_owned();
        // the total of all orders refers to the table
        let anchor = Some(Anchor(PROOF_COUNTS.to_owned())).filter(|_| rows.is_empty());
        let mut source = cell(sources.join(desk.book.word("list")));
        if inferred > 0 {
            source.push(run(desk.book.fill("proof-inferred", &[("n", &inferred.to_string())]), FAINT));
        }
        rows.push(Row { cells: vec![cell(name), cell(n.to_string()), source, pages], anchor, ..Row::default() });
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = vec![
        column(desk, "col.proof", Width::Content, false),
        column(desk, "col.count", Width::Content, true),
        column(desk, "col.source", Width::Share(1.0), false),
        column(desk, "col.page", Width::Content, true),
    ];
    vec![Block::Table(Table { columns, rows, dense: false, grid: true })]
}

/// 来源 / 订单数 / 凭据 / 页: why the orders came together.
pub(super) fn causes(desk: &Desk<'_>) -> Vec<Block> {
    let anomaly = &desk.assessment.anomaly;
    let mut rows = Vec::new();
    let mut total = 0;
    for source in anomaly.sources.iter().filter(|s| s.orders > 0) {
        total += source.orders;
        let exhibit = desk.exhibit_of(source.file);
        let mut proof = Inlines::new();
        let mut page = Inlines::new();
        match exhibit.and_then(|i| desk.exhibits.get(i).map(|e| (i, e))) {
            Some((i, e)) => {
                proof.extend([desk.exhibit_ref(i), run(format!(" {}", e.title), PLAIN)]);
                page.push(Inline::Ref { target: e.anchor.clone(), end: None, show: RefText::Page, style: INK });
            }
            None => proof.push(run(desk.file_words(source.file), PLAIN)),
        }
        if source.inferred > 0 {
            proof.push(run(desk.book.fill("cause-inferred", &[("n", &source.inferred.to_string())]), FAINT));
        }
        let name = desk.book.word(&format!("cause.{}", source.cause.as_str())).to_owned();
        rows.push(Row { cells: vec![cell(name), cell(source.orders.to_string()), proof, page], ..Row::default() });
    }
    if rows.is_empty() {
        return Vec::new();
    }
    rows.push(Row { cells: vec![cell(desk.book.word("total")), cell(total.to_string()), cell(""), cell("")], total: true, ..Row::default() });
    let columns = vec![
        column(desk, "col.cause", Width::Content, false),
        column(desk, "col.count", Width::Content, true),
        column(desk, "col.cause-proof", Width::Share(1.0), false),
        column(desk, "col.page", Width::Content, true),
    ];
    vec![Block::Table(Table { columns, rows, dense: false, grid: true })]
}

/// Every argued order in the notice's order, one line each.
pub(super) fn orders(desk: &Desk<'_>) -> Vec<Block> {
    let mut carriers: Vec<String> = desk.argued().flat_map(|(_, o, _)| &o.waybills).map(|w| desk.short_carrier(&w.value)).collect();
    carriers.sort();
    carriers.dedup();
    // one carrier for all of them goes into the head and saves the width in each row
    let only = match carriers.as_slice() {
        [one] if !one.is_empty() => Some(one.clone()),
        _ => None,
    };
    let mut rows: Vec<Row> = desk.argued().map(|(i, o, a)| order_row(desk, i, o, a, only.is_none())).collect();
    rows.extend(shared_row(desk));
    let list: Vec<String> = counted(desk).iter().map(|(g, n)| format!("{} {n}", desk.book.word(&format!("mark.{}", g.as_str())))).collect();
    let word = if list.is_empty() { "orders-total-bare" } else { "orders-total" };
    let n = desk.assessment.counts.argued_orders;
    let mut total = cell(desk.book.counted(word, n, &[("list", &list.join(desk.book.word("orders-total-between")))]));
    if let Some(table) = desk.proof_counts.as_ref().filter(|_| !list.is_empty()) {
        total.extend(agrees(desk, table));
    }
    rows.push(Row { cells: vec![total], total: true, span: true, anchor: None });
    let mut columns = vec![
        column(desk, "col.no", Width::Content, true),
        column(desk, "col.order", Width::Content, false),
        column(desk, "col.paid", Width::Content, false),
        column(desk, "col.waybill", Width::Content, false),
        column(desk, "col.picked-up", Width::Content, false),
        column(desk, "col.delivered", Width::Content, false),
        column(desk, "col.weight-short", Width::Content, true),
        column(desk, "col.proofs", Width::Content, false),
        column(desk, "col.page", Width::Content, true),
    ];
    if !desk.order_sections {
        // nothing to turn to
        columns.pop();
        rows.iter_mut().filter(|row| !row.span).for_each(|row| row.cells.truncate(columns.len()));
    }
    if let (Some(only), Some(c)) = (only, columns.get_mut(3)) {
        c.head = desk.book.fill("col.waybill-of", &[("carrier", &only)]);
    }
    vec![Block::Table(Table { columns, rows, dense: true, grid: false })]
}

/// Says that the total and the table of proofs count alike, with the page of that table.
fn agrees(desk: &Desk<'_>, table: &Anchor) -> Inlines {
    let word = desk.book.word("orders-total-agrees");
    match word.split_once("{page}") {
        Some((before, after)) => {
            let page = Inline::Ref { target: table.clone(), end: None, show: RefText::Page, style: INK };
            vec![run(before, PLAIN), page, run(after, PLAIN)]
        }
        // a page that is written out may be another one now
        None if word.contains(|c: char| c.is_ascii_digit()) => Inlines::new(),
        None => vec![run(word, PLAIN)],
    }
}

fn order_row(desk: &Desk<'_>, index: usize, order: &Order, result: &OrderAssessment, name_carrier: bool) -> Row {
    let none = || desk.book.word("nothing").to_owned();
    let mut id = cell(order.id.as_str());
    for listed in desk.listed(index).iter().copied().filter(|l| *l != order.id.as_str()) {
        id.push(Inline::Break);
        id.push(run(desk.book.fill("sub-order", &[("id", listed)]), FAINT));
    }
    let mut waybill = Inlines::new();
    for w in desk.waybills(order, result) {
        if !waybill.is_empty() {
            waybill.push(Inline::Break);
        }
        let carrier = desk.short_carrier(&w.value);
        let text = if name_carrier && !carrier.is_empty() { format!("{carrier} {}", w.value.number) } else { w.value.number.clone() };
        waybill.push(run(text, PLAIN));
    }
    // a line may end between a time and a place, never within one
    let more = |cell: &mut Inlines, words: String| cell.extend([run(" ", PLAIN), run(words, WHOLE)]);
    let step = |kind: StepKind| {
        let Some(s) = result.step(kind) else { return kept(none()) };
        let mut cell = kept(desk.step_short(s));
        if let Some(l) = s.location.as_deref() {
            more(&mut cell, desk.free_text(&desk.short_place(l), Some(index)));
        }
        cell
    };
    let mut delivered = step(StepKind::Delivered);
    if let Some(how) = result.delivered.and_then(crate::compose::desk::how_key) {
        more(&mut delivered, desk.book.word(&format!("short.{how}")).to_owned());
    }
    let part = |word: &str, part: Option<(usize, usize)>| part.map(|(n, m)| desk.book.fill(word, &[("n", &n.to_string()), ("m", &m.to_string())]));
    if let Some(some) = part("parcels-delivered", result.parcels.partly_delivered()) {
        delivered = kept(some);
    }
    let weight = result
        .weight_kg
        .as_ref()
        .map(|w| format!("{:.2}", w.value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)))
        .or_else(|| part("short.parcels-weighed", result.parcels.partly_weighed()));
    let mut proofs = Inlines::new();
    // in one order in every row, in the legend and in the total
    for group in ProofGroup::ALL.into_iter().filter(|g| result.has(*g)) {
        if !proofs.is_empty() {
            proofs.push(run(desk.book.word("mark-between"), PLAIN));
        }
        proofs.push(proof_mark(desk, index, result, group));
    }
    let page = vec![Inline::Ref { target: desk.order_anchor(index), end: None, show: RefText::Label, style: INK }];
    Row {
        cells: vec![
            cell(desk.place_of(index).to_string()),
            id,
            kept(
                desk.step_time(result, StepKind::Paid)
                    .or_else(|| order.paid_at.as_ref().map(|t| desk.short_time(&t.value.at, !t.value.has_time)))
                    .map(|paid| if order.is_presale() { desk.book.fill("paid-presale", &[("time", &paid)]) } else { paid })
                    .unwrap_or_else(none),
            ),
            waybill,
            step(StepKind::PickedUp),
            delivered,
            kept(weight.unwrap_or_else(none)),
            proofs,
            page,
        ],
        anchor: Some(Anchor(format!("row-{}", desk.place_of(index)))),
        ..Row::default()
    }
}

/// `底1`, `聊3–5`, `账`: the group's mark and the running numbers of the order's own exhibits, linked to the first. A shared exhibit has no number
/// here (one line a row is what lets forty orders stand on a page); its numbers stand in the row above the total.
fn proof_mark(desk: &Desk<'_>, order: usize, result: &OrderAssessment, group: ProofGroup) -> Inline {
    let mark = desk.book.word(&format!("mark.{}", group.as_str())).to_owned();
    let exhibits = exhibits_of(desk, result, group);
    let own: Vec<&str> = exhibits.iter().filter_map(|i| desk.exhibits.get(*i)).filter(|e| !e.is_shared()).map(|e| e.number.as_str()).collect();
    let target = exhibits.first().and_then(|i| desk.exhibits.get(*i)).map_or_else(|| desk.order_anchor(order), |e| e.anchor.clone());
    let numbered = proofs_of(result, group).any(|p| p.proof_number.is_some());
    let short = if exhibits.is_empty() && numbered { desk.book.word("proof-number-mark").to_owned() } else { short_numbers(&own) };
    let inferred = if result.only_inferred(group) { desk.book.word("inferred-mark") } else { "" };
    Inline::Ref { target, end: None, show: RefText::Text(format!("{mark}{short}{inferred}")), style: INK }
}

fn exhibits_of(desk: &Desk<'_>, result: &OrderAssessment, group: ProofGroup) -> BTreeSet<usize> {
    proofs_of(result, group).filter_map(|p| p.file).filter_map(|f| desk.exhibit_of(f)).collect()
}

/// `共用证据：账 S-1、S-2 · 出 S-5`: which shared exhibits the marks without a number mean. None when there are none.
fn shared_row(desk: &Desk<'_>) -> Option<Row> {
    let mut text = cell(desk.book.word("orders-shared"));
    let mut first = true;
    for group in ProofGroup::ALL {
        let shared: BTreeSet<usize> =
            desk.argued().flat_map(|(_, _, a)| exhibits_of(desk, a, group)).filter(|i| desk.exhibits.get(*i).is_some_and(|e| e.is_shared())).collect();
        for (n, e) in shared.iter().filter_map(|i| desk.exhibits.get(*i)).enumerate() {
            let before = match (n, first) {
                (0, true) => format!("{} ", desk.book.word(&format!("mark.{}", group.as_str()))),
                (0, false) => format!("{}{} ", desk.book.word("orders-total-between"), desk.book.word(&format!("mark.{}", group.as_str()))),
                _ => desk.book.word("list").to_owned(),
            };
            first = false;
            text.push(run(before, PLAIN));
            text.push(Inline::Ref { target: e.anchor.clone(), end: None, show: RefText::Text(e.number.clone()), style: INK });
        }
    }
    (!first).then(|| Row { cells: vec![text], span: true, ..Row::default() })
}

/// `3-1`, `3-2`, `3-3`, `3-5` → `1–3,5`: the order's own place stands at the head of its row already.
fn short_numbers(numbers: &[&str]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for n in numbers.iter().filter_map(|n| n.split_once('-')?.1.parse::<u32>().ok()) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == n => *last = n,
            _ => runs.push((n, n)),
        }
    }
    let parts: Vec<String> = runs.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}–{b}") }).collect();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::short_numbers;

    #[test]
    fn numbers_shrink_to_what_a_row_can_hold() {
        assert_eq!(short_numbers(&["3-1"]), "1");
        assert_eq!(short_numbers(&["3-1", "3-2", "3-3", "3-5"]), "1–3,5");
    }
}
