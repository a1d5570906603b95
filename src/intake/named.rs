//! Rows whose known columns name no order, but whose words do.

use super::Intake;
use crate::model::ids::OrderId;
use crate::model::record::{CauseTable, Content, Records, StockMovement, Table};
use crate::text::ids;
use std::collections::{BTreeMap, BTreeSet};

/// Shorter numbers under a head that is not known may be pieces or goods.
const SHORTEST_ID: usize = 8;

/// Fills in the order of stock movements that name it in their remark or under a head that is not known, and of cause rows that name it in any cell: only
/// ids that an export knows.
pub(super) fn orders(intake: &mut Intake) {
    let unnamed = |c: &Content| matches!(c, Content::StockMovements(_) | Content::Causes(_));
    if !intake.contents.iter().any(|r| r.content.parts().iter().any(unnamed)) {
        return;
    }
    let known = super::orders::known_ids(intake);
    for recognised in &mut intake.contents {
        let tables: &[Table] = match &recognised.records {
            Records::Table(table) => std::slice::from_ref(table),
            Records::Sheets(tables) => tables,
            _ => &[],
        };
        let parts = match &mut recognised.content {
            Content::Sheets(parts) => parts.as_mut_slice(),
            single => std::slice::from_mut(single),
        };
        for (n, part) in parts.iter_mut().enumerate() {
            match (part, tables.get(n)) {
                (Content::StockMovements(movements), table) => {
                    for movement in movements.iter_mut().filter(|m| m.order.is_none()) {
                        let named = movement.remark.as_deref().map(|r| ids_in(r, &known)).unwrap_or_default();
                        // two orders in one remark: which pieces are whose is not said
                        if let [only] = named.as_slice() {
                            movement.order = Some(only.clone());
                        }
                    }
                    if let Some(table) = table.filter(|_| !known.is_empty() && !movements.iter().any(|m| m.order.as_ref().is_some_and(|id| known.contains(id))))
                    {
                        name_movements(movements, table, &known);
                    }
                }
                (Content::Causes(causes), Some(table)) => name_causes(causes, table, &known),
                _ => {}
            }
        }
    }
}

/// A stock table none of whose known columns names an order: the warehouse's own number may stand under 订单号, and the shop's under a head that no layout
/// knows. Only cells that are an order's id and nothing else count, and a row that holds two names neither.
fn name_movements(movements: &mut [StockMovement], table: &Table, known: &BTreeSet<OrderId>) {
    let rows = rows_by_place(table);
    for movement in movements {
        let Some(row) = rows.get(&movement.place.to_string()) else { continue };
        let mut named: Option<&OrderId> = None;
        let mut several = false;
        for column in 0..table.rows.get(*row).map_or(0, |r| r.len as usize) {
            let id = ids::cleaned(table.cell(*row, column));
            if id.len() < SHORTEST_ID {
                continue;
            }
            if let Some(id) = known.get(&OrderId::new(id)) {
                several |= named.is_some_and(|n| n != id);
                named = Some(id);
            }
        }
        if let Some(id) = named.filter(|_| !several) {
            movement.order = Some(id.clone());
        }
    }
}

fn rows_by_place(table: &Table) -> BTreeMap<String, usize> {
    (0..table.rows.len()).map(|row| (table.place(row).to_string(), row)).collect()
}

fn name_causes(causes: &mut CauseTable, table: &Table, known: &BTreeSet<OrderId>) {
    let rows = rows_by_place(table);
    for cause in causes.rows.iter_mut().filter(|c| c.orders.is_empty()) {
        let Some(row) = rows.get(&cause.place.to_string()) else { continue };
        for column in 0..table.rows.get(*row).map_or(0, |r| r.len as usize) {
            for id in ids_in(table.cell(*row, column), known) {
                if !cause.orders.contains(&id) {
                    cause.orders.push(id);
                }
            }
        }
    }
}

/// Known ids that stand in a text as whole words.
fn ids_in(text: &str, known: &BTreeSet<OrderId>) -> Vec<OrderId> {
    let mut found: Vec<OrderId> = Vec::new();
    let narrowed = crate::text::width::narrow(text);
    for word in narrowed.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')) {
        let id = OrderId::new(word.trim_matches('-'));
        // a bare `1001` in a table is not `#1001`
        if known.get(&id).is_some_and(|k| k.as_str() == id.as_str()) && !found.contains(&id) {
            found.push(id);
        }
    }
    found
}
