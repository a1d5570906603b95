//! Pictures and documents with their captions: exhibit number, order, waybill.

use super::{note, run};
use crate::compose::desk::{BOLD, Desk, PLAIN, WHOLE};
use crate::compose::exhibits::Form;
use crate::model::Disclosure;
use crate::model::document::{Block, Figure, FigureContent, Inline, Inlines, RefText};
use crate::model::exhibit::Exhibit;
use crate::model::file::Kind;
use crate::model::ids::Waybill;
use crate::model::order::Order;
use crate::model::record::Content;
use crate::model::source::Located;
use crate::text::ids::clean_waybill;

/// Is it one of those that [`of_order`] lists: traces, chat texts, stock rows and bills have components of their own.
pub(in crate::compose) fn is_shown_as_figure(desk: &Desk<'_>, exhibit: usize) -> bool {
    match desk.forms.get(exhibit) {
        Some(Form::Trace | Form::ChatText | Form::StockOut | Form::Bill) | None => false,
        Some(Form::Picture | Form::Pdf | Form::StockCount | Form::Causes | Form::Invoices | Form::Payments | Form::Other) => true,
    }
}

/// Figures of these exhibits: pictures side by side, documents page by page.
pub(super) fn gallery(desk: &Desk<'_>, exhibits: &[usize]) -> Vec<Block> {
    let mut out = Vec::new();
    let mut row: Vec<Figure> = Vec::new();
    for &i in exhibits {
        let Some(figure) = figure(desk, i) else { continue };
        if figure.content == FigureContent::PdfPages {
            flush(&mut row, &mut out);
            out.push(Block::Figure(figure));
        } else {
            row.push(figure);
        }
    }
    flush(&mut row, &mut out);
    out
}

fn flush(row: &mut Vec<Figure>, out: &mut Vec<Block>) {
    if !row.is_empty() {
        out.push(Block::Gallery(std::mem::take(row)));
    }
}

/// The figure of an exhibit.
fn figure(desk: &Desk<'_>, exhibit: usize) -> Option<Figure> {
    let e = desk.exhibits.get(exhibit)?;
    let content = match &desk.case.content(e.file).content {
        // a picture cannot be masked here, and an unmasked one has no place in the twin
        _ if desk.disclosure == Disclosure::Masked => FigureContent::NotShown(desk.book.word("masked-picture").to_owned()),
        Content::Picture(p) if p.can_show() && p.pages.is_empty() => FigureContent::Picture,
        Content::Picture(p) if p.can_show() => FigureContent::PdfPages,
        Content::Pdf(p) if !p.encrypted && !p.pages.is_empty() => FigureContent::PdfPages,
        Content::Picture(_) | Content::Pdf(_) => FigureContent::NotShown(desk.book.word("not-shown").to_owned()),
        _ => FigureContent::NotShown(desk.book.word("not-a-picture").to_owned()),
    };
    let alt = desk.book.fill("figure-alt", &[("n", &e.number), ("title", &e.title)]);
    Some(Figure { file: e.file, content, caption: caption(desk, exhibit), anchor: desk.place(exhibit), alt, max_height: None })
}

/// Exhibit number in bold, title; order ids; waybills.
fn caption(desk: &Desk<'_>, exhibit: usize) -> Inlines {
    let Some(e) = desk.exhibits.get(exhibit) else { return Inlines::new() };
    let mut out = vec![run(desk.book.fill("exhibit", &[("n", &e.number)]), BOLD), run(format!(" {}", e.title), PLAIN)];
    if e.inferred {
        out.push(run(desk.book.word("inferred").to_owned(), PLAIN));
    }
    // more than three orders would stretch the caption; the list of evidence and the orders' sections name them all
    for order in e.orders.iter().take(3).filter_map(|o| desk.case.orders.get(*o)) {
        out.push(Inline::Break);
        out.push(run(desk.book.fill("caption-order", &[("id", order.id.as_str())]), WHOLE));
        let waybills = waybills(desk, e, order);
        for w in waybills.iter().take(2) {
            out.push(Inline::Break);
            let carrier = desk.carrier(&w.value);
            out.push(run(format!("{carrier} {}", w.value.number).trim().to_owned(), WHOLE));
        }
        if waybills.len() > 2 {
            out.push(run(format!(" {}", desk.book.fill("caption-waybills", &[("n", &waybills.len().to_string())])), PLAIN));
        }
    }
    if e.orders.len() > 3 {
        // among the shared evidence the line above lists them
        let here = e.is_shared() && !desk.shown_in_book(exhibit);
        let word = if here { "caption-more-here" } else { "caption-more" };
        out.push(Inline::Break);
        out.push(run(desk.book.fill(word, &[("n", &e.orders.len().to_string())]), PLAIN));
    }
    out
}

/// The waybills of an order that the exhibit is of. A slip of one of several parcels is of the one that its path names; where it names none nobody has
/// read which one it is, and none is claimed.
fn waybills<'o>(desk: &Desk<'_>, exhibit: &Exhibit, order: &'o Order) -> Vec<&'o Located<Waybill>> {
    let all: Vec<&Located<Waybill>> = order.waybills.iter().collect();
    if all.len() < 2 || !matches!(exhibit.kind, Kind::Waybill | Kind::CourierProof | Kind::CourierBill | Kind::Trace | Kind::Media) {
        return all;
    }
    let path = clean_waybill(&desk.case.file(exhibit.file).path);
    all.into_iter().filter(|w| path.contains(&clean_waybill(&w.value.number))).collect()
}

/// What is left of an order's own exhibits: those shown in the book by reference, the others here.
pub(super) fn of_order(desk: &Desk<'_>, order: usize) -> Vec<Block> {
    let shown: Vec<(usize, &Exhibit)> = desk.exhibits_of(order).filter(|(i, _)| is_shown_as_figure(desk, *i)).collect();
    let is_shared = Exhibit::is_shared;
    let mine = shown.iter().filter(|(_, e)| !is_shared(e)).map(|(i, _)| *i);
    let (mut in_book, here): (Vec<usize>, Vec<usize>) = mine.partition(|i| desk.shown_in_book(*i));
    // a slip or talk of several orders is counted for each of them, so each says where it is; contracts and campaigns have sections of their own
    let of_an_order = |kind: Kind| matches!(kind, Kind::Waybill | Kind::CourierProof | Kind::Chat | Kind::DeliveryProof | Kind::Trace | Kind::Media);
    in_book.extend(shown.iter().filter(|(_, e)| is_shared(e) && of_an_order(e.kind)).map(|(i, _)| *i));
    let mut out = Vec::new();
    let (pictures, tables): (Vec<usize>, Vec<usize>) =
        here.into_iter().partition(|i| !matches!(desk.forms.get(*i), Some(Form::StockCount | Form::Causes | Form::Invoices | Form::Payments)));
    out.extend(gallery(desk, &pictures));
    for i in tables {
        out.extend(super::shared::with_head(desk, i));
    }
    // after the pictures: a heading then stands with the first of them
    if !in_book.is_empty() {
        out.push(note(see(desk, &in_book)));
    }
    out
}

/// `见：证据 1-1（第 4 页）、证据 1-2（第 5 页）`.
pub(super) fn see(desk: &Desk<'_>, exhibits: &[usize]) -> Inlines {
    let mut out = vec![run(desk.book.word("see").to_owned(), PLAIN)];
    for (n, i) in exhibits.iter().enumerate() {
        let Some(e) = desk.exhibits.get(*i) else { continue };
        if n > 0 {
            out.push(run(desk.book.word("list").to_owned(), PLAIN));
        }
        out.push(desk.exhibit_ref(*i));
        out.push(run(desk.book.word("page-open").to_owned(), PLAIN));
        out.push(Inline::Ref { target: e.anchor.clone(), end: None, show: RefText::Page, style: crate::compose::desk::INK });
        out.push(run(desk.book.word("page-close").to_owned(), PLAIN));
    }
    out
}
