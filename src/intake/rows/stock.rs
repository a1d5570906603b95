//! Stock movements and counts. What leaves is positive, what comes in negative, what only moves between shelves is neither.

use crate::intake::cells::{View, total_word, waybills};
use crate::intake::layout::{Layout, Leaves};
use crate::model::ids::OrderId;
use crate::model::record::{StockCount, StockMovement};
use crate::text::ids;
use rust_decimal::Decimal;

/// One movement; `None` for totals and for what says neither goods nor document.
pub(super) fn movement(view: View<'_>, layout: &Layout, row: usize) -> Option<StockMovement> {
    let moment = view.moment(row, "date");
    let pieces = pieces(view, layout, row);
    let found = StockMovement {
        document: view.string(row, "document"),
        order: ["order_id", "sub_order_id", "main_order_id"].into_iter().find_map(|f| view.id(row, f)).map(OrderId::new),
        waybill: view.text(row, "tracking_no").and_then(|c| waybills(c).into_iter().next()).map(|(n, _)| n),
        sku: view.text(row, "sku").map(ids::clean_id),
        name: view.string(row, "title"),
        out: pieces.unwrap_or_default(),
        pieces_said: pieces.is_some(),
        at: moment.map(|m| m.at),
        at_has_time: moment.is_some_and(|m| m.has_time),
        warehouse: view.string(row, "warehouse"),
        remark: view.string(row, "remark"),
        place: view.table.place(row),
    };
    // a total row has a number and nothing that says of what
    let said = found.order.is_some() || found.waybill.is_some() || found.at.is_some() || found.name.is_some() || found.sku.is_some();
    let total = [&found.document, &found.name, &found.sku].into_iter().flatten().any(|t| total_word(t));
    let opening = found.sku.as_deref().is_some_and(|s| layout.says("opening", s));
    // the head of a document has no pieces, but names the order whose goods it sent
    let head = found.document.is_some() && (found.order.is_some() || found.waybill.is_some());
    (said && !total && !opening && (found.pieces_said || head)).then_some(found)
}

/// Pieces that leave (positive) or come in (negative), as the layout tells the direction.
fn pieces(view: View<'_>, layout: &Layout, row: usize) -> Option<Decimal> {
    let (out, into) = (view.number(row, "quantity_out"), view.number(row, "quantity_in"));
    if out.is_some() || into.is_some() {
        return Some(out.unwrap_or_default().abs() - into.unwrap_or_default().abs());
    }
    let pieces = view.number(row, "quantity")?;
    let direction = match layout.leaves {
        Leaves::Always => 1,
        Leaves::Never => -1,
        Leaves::Between => 0,
        Leaves::Negative => return Some(-pieces),
        Leaves::Words => {
            let movement = view.text(row, "movement").unwrap_or_default();
            // a sale that came back is named by the sale
            if layout.leaving.iter().any(|w| movement.contains(w.as_str())) && !layout.holds("entering", movement) { 1 } else { -1 }
        }
        Leaves::Locations => {
            let outside = |field: &str| view.text(row, field).map(|place| layout.holds("outside", place));
            match (outside("from"), outside("to")) {
                (Some(false), Some(true)) => 1,
                (Some(true), Some(false)) => -1,
                _ => 0,
            }
        }
    };
    Some(pieces.abs() * Decimal::from(direction))
}

/// One line of a count.
pub(super) fn count(view: View<'_>, row: usize) -> Option<StockCount> {
    let (booked, counted) = (view.number(row, "booked"), view.number(row, "counted"));
    let (sku, name) = (view.text(row, "sku").map(ids::clean_id), view.string(row, "title"));
    let named = sku.as_deref().or(name.as_deref()).is_some_and(|t| !total_word(t)) && view.text(row, "warehouse").is_none_or(|t| !total_word(t));
    (named && (booked.is_some() || counted.is_some())).then(|| StockCount {
        sku,
        name,
        warehouse: view.string(row, "warehouse"),
        booked,
        counted,
        at: view.time(row, "date"),
        place: view.table.place(row),
    })
}
