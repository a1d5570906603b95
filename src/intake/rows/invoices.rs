//! Lines of invoice lists. An invoice may have several lines; what stands on its first line only (number, date, parties) holds for the others, too.

use crate::intake::cells::{View, total_word};
use crate::model::order::OrderLine;
use crate::model::record::InvoiceRow;
use crate::model::source::FileId;
use crate::text::ids;

/// All lines of a list, from the rows that count.
pub(super) fn rows(view: View<'_>, rows: impl Iterator<Item = usize>, file: FileId) -> Vec<InvoiceRow> {
    let mut found: Vec<InvoiceRow> = Vec::new();
    for row in rows {
        let Some(mut line) = one(view, row, file) else { continue };
        if line.number.is_none()
            && let Some(first) = found.last()
        {
            line.number.clone_from(&first.number);
            line.at = line.at.or(first.at);
            line.seller = line.seller.or_else(|| first.seller.clone());
            line.buyer = line.buyer.or_else(|| first.buyer.clone());
        }
        found.push(line);
    }
    found
}

fn one(view: View<'_>, row: usize, file: FileId) -> Option<InvoiceRow> {
    let number = view.text(row, "invoice_no").map(ids::clean_id).filter(|n| n.bytes().any(|b| b.is_ascii_digit()));
    let total = ["invoice_no", "title", "seller", "date"].iter().filter_map(|f| view.text(row, f)).any(total_word);
    let title = view.string(row, "title");
    if total || (number.is_none() && title.is_none()) {
        return None;
    }
    let place = view.table.place(row);
    let line = title.is_some().then(|| OrderLine {
        sub_id: None,
        title,
        sku: view.text(row, "sku").map(ids::clean_id),
        attributes: view.string(row, "attributes"),
        quantity: view.number(row, "quantity"),
        price: view.money(row, "price"),
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
