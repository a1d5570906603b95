//! References after everything is set: each must lead somewhere. An exhibit that no component shows is looked up where its order stands.

use super::desk::Desk;
use crate::model::document::{Anchor, Block, Document, Figure, Inline, Inlines, RefText, Section};
use std::collections::{BTreeMap, BTreeSet};

/// Every anchor of the document.
pub(super) fn anchors(document: &Document) -> BTreeSet<Anchor> {
    let mut out = BTreeSet::new();
    for section in document.book.sections.iter().chain(&document.annex.sections) {
        out.insert(section.anchor.clone());
        section.blocks.iter().for_each(|b| targets(b, &mut out));
    }
    out
}

fn targets(block: &Block, into: &mut BTreeSet<Anchor>) {
    match block {
        Block::Heading { anchor, .. } => into.extend(anchor.clone()),
        Block::Target(anchor) => {
            into.insert(anchor.clone());
        }
        Block::Figure(f) => into.extend(f.anchor.clone()),
        Block::Gallery(list) => into.extend(list.iter().filter_map(|f| f.anchor.clone())),
        Block::Table(t) => into.extend(t.rows.iter().filter_map(|r| r.anchor.clone())),
        Block::Together(blocks) | Block::Quote { blocks, .. } => blocks.iter().for_each(|b| targets(b, into)),
        Block::List { items, .. } => items.iter().flatten().for_each(|b| targets(b, into)),
        _ => {}
    }
}

/// Anchors that nothing carries → where their subject is told instead.
pub(super) fn redirects(desk: &Desk<'_>, document: &Document) -> BTreeMap<Anchor, Anchor> {
    let known = anchors(document);
    let list = Anchor("evidence-list".to_owned());
    let mut out = BTreeMap::new();
    for (i, exhibit) in desk.exhibits.iter().enumerate() {
        if desk.is_placed(i) && known.contains(&exhibit.anchor) {
            continue;
        }
        let mut homes = exhibit.orders.first().map(|o| desk.order_anchor(*o)).into_iter().chain([list.clone()]);
        if let Some(home) = homes.find(|a| known.contains(a)) {
            out.insert(exhibit.anchor.clone(), home);
        }
    }
    out
}

/// Follows the redirects; a reference that leads nowhere keeps its words and loses its link.
pub(super) fn settle(document: &mut Document, redirect: &BTreeMap<Anchor, Anchor>) {
    let known = anchors(document);
    let mut settle = |inlines: &mut Inlines| settle_inlines(inlines, redirect, &known);
    for Section { blocks, .. } in document.book.sections.iter_mut().chain(&mut document.annex.sections) {
        blocks.iter_mut().for_each(|b| each(b, &mut settle));
    }
}

/// The same for one run of text.
pub(super) fn settle_inlines(inlines: &mut Inlines, redirect: &BTreeMap<Anchor, Anchor>, known: &BTreeSet<Anchor>) {
    for inline in inlines {
        let Inline::Ref { target, end, show, style } = inline else { continue };
        for anchor in std::iter::once(&mut *target).chain(end.as_mut()) {
            if let Some(to) = redirect.get(anchor) {
                *anchor = to.clone();
            }
        }
        // a range may begin and end with one section: it means all of its pages
        if end.as_ref().is_some_and(|e| !known.contains(e)) {
            *end = None;
        }
        if !known.contains(target) {
            let text = if let RefText::Text(t) = show { std::mem::take(t) } else { String::new() };
            *inline = Inline::Text(text, *style);
        }
    }
}

fn each(block: &mut Block, settle: &mut impl FnMut(&mut Inlines)) {
    let figure = |f: &mut Figure, settle: &mut dyn FnMut(&mut Inlines)| settle(&mut f.caption);
    match block {
        Block::Heading { text, .. } | Block::Paragraph { text, .. } | Block::Callout { text, .. } => settle(text),
        Block::List { items, .. } => items.iter_mut().flatten().for_each(|b| each(b, settle)),
        Block::Facts { pairs, .. } => pairs.iter_mut().for_each(|(_, value, source)| {
            settle(value);
            settle(source);
        }),
        Block::Quote { blocks, .. } | Block::Together(blocks) => blocks.iter_mut().for_each(|b| each(b, settle)),
        Block::Table(t) => t.rows.iter_mut().flat_map(|r| &mut r.cells).for_each(settle),
        Block::Figure(f) => figure(f, settle),
        Block::Gallery(list) => list.iter_mut().for_each(|f| figure(f, settle)),
        Block::DayChart(_)
        | Block::Tiles(_)
        | Block::Timeline(_)
        | Block::Signature(_)
        | Block::Contents { .. }
        | Block::Volumes
        | Block::PageBreak
        | Block::Rule
        | Block::Target(_) => {}
    }
}
