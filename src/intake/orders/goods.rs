//! What an export says was sold: the goods of its rows.

use super::export::Export;
use crate::model::ids::OrderId;
use crate::model::order::OrderLine;
use crate::text::{ids, numbers};

/// The goods of a row: one line, or as many as its cells list.
pub(super) fn of_row(export: &Export<'_>, row: usize) -> Vec<OrderLine> {
    let view = export.view;
    let fields = ["title", "sku", "attributes", "quantity", "price"].map(|f| (view.listed(row, f), f));
    let subs = view.listed_ids(row, "sub_order_id");
    let count = fields.iter().map(|(values, _)| values.len()).chain([subs.len()]).max().unwrap_or(0);
    // lists of different lengths: which value is whose is not said, only what all cells say as a whole
    let one_each = fields.iter().all(|(values, _)| values.len() <= 1 || values.len() == count);
    let value = |field: usize, n: usize| {
        let (values, name) = fields.get(field)?;
        match values.as_slice() {
            _ if !one_each => view.text(row, name),
            [_] if count > 1 => None,
            values => values.get(n).copied().filter(|v| !v.is_empty()),
        }
    };
    (0..if one_each { count } else { 1 })
        .filter_map(|n| {
            let (title, sku) = (value(0, n).map(str::to_owned), value(1, n).map(ids::clean_id));
            if title.is_none() && sku.is_none() {
                return None;
            }
            let sub = if count > 1 { subs.get(n).cloned() } else { export.named(row).and_then(|named| named.subs.into_iter().next()) };
            Some(OrderLine {
                sub_id: sub.filter(|_| one_each).map(OrderId::new),
                title,
                sku,
                attributes: value(2, n).map(str::to_owned),
                quantity: value(3, n).and_then(numbers::decimal).map(|pieces| view.sold(pieces)),
                price: value(4, n).and_then(|cell| view.money_in(row, cell)),
                file: export.file,
                place: view.table.place(row),
            })
        })
        .collect()
}
