//! Tracking lists: waybills by order number, of the orders of the exports or of others.

use super::{Book, Selected};
use crate::finding::{Code, Finding, Findings};
use crate::intake::Intake;
use crate::model::Moment;
use crate::model::ids::OrderId;
use crate::model::order::{ListedBeside, Order};
use crate::model::record::TrackingRow;
use crate::model::source::{FileId, Located};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Rows of tracking lists by the main order that they name.
pub(super) type ByOrder<'a> = HashMap<OrderId, Vec<(FileId, &'a TrackingRow)>>;

/// The rows of each file's tracking lists.
pub(super) fn lists(intake: &Intake) -> impl Iterator<Item = (FileId, Vec<&TrackingRow>)> {
    intake.files.iter().zip(&intake.contents).map(|(entry, recognised)| (entry.id, recognised.content.tracking_rows()))
}

/// Waybills of every export and tracking list. Short ones are left out: in a text they may be any number.
pub(in crate::intake) fn known_waybills(intake: &Intake) -> BTreeSet<String> {
    const SHORTEST: usize = 8;
    let mut known = BTreeSet::new();
    for export in super::exports(&intake.files, &intake.contents) {
        for row in export.rows() {
            known.extend(export.view.waybills(row).into_iter().map(|(number, _)| number));
        }
    }
    for (_, rows) in lists(intake) {
        known.extend(rows.iter().map(|r| r.waybill.clone()));
    }
    known.retain(|number| number.len() >= SHORTEST);
    known
}

/// Ties each row to its orders: those that an export or the notice knows. A row of which nothing is known stays under what it says.
pub(super) fn by_order<'a>(intake: &'a Intake, book: &Book<'_>, listed: &HashSet<&OrderId>) -> ByOrder<'a> {
    let mut map = ByOrder::new();
    for (file, rows) in lists(intake) {
        for row in rows {
            let mut orders = row.orders(|id| known(book, id, |id| listed.contains(id)));
            if orders.is_empty() {
                orders.extend(row.ids().next().cloned());
            }
            orders.sort_unstable();
            orders.dedup();
            orders.into_iter().for_each(|main| map.entry(main).or_default().push((file, row)));
        }
    }
    map
}

/// The main order of an id, where an export has it or the notice lists it.
fn known(book: &Book<'_>, id: &OrderId, listed: impl Fn(&OrderId) -> bool) -> Option<OrderId> {
    let main = book.main_of(id);
    (book.groups.contains_key(main.as_str()) || listed(&main)).then_some(main)
}

/// When an order was sent as the lists say: the first of its parcels.
pub(super) fn shipped_at(rows: &[(FileId, &TrackingRow)]) -> Option<Located<Moment>> {
    let told = rows.iter().filter_map(|(file, row)| Some(Located::new(row.shipped_at?, *file, row.place.clone())));
    told.min_by_key(|l| l.value)
}

/// Rows of orders that no export and no notice names, where the same list gives their number to a flagged order. A list that knows only parts of orders
/// names none of the flagged ones, so its numbers are no re-use.
pub(super) fn beside(book: &Book<'_>, orders: &[Order]) -> Vec<ListedBeside> {
    let mut given: HashSet<(FileId, &str)> = HashSet::new();
    for order in orders {
        let rows = book.tracking.get(&order.id).into_iter().flatten();
        given.extend(rows.map(|(file, row)| (*file, row.waybill.as_str())));
    }
    let flagged: HashSet<&OrderId> = orders.iter().flat_map(|o| std::iter::once(&o.id).chain(&o.sub_ids)).collect();
    let strange = book.tracking.iter().filter(|(id, _)| !flagged.contains(id) && !book.groups.contains_key(id.as_str()));
    let mut found: Vec<ListedBeside> = strange
        .flat_map(|(id, rows)| rows.iter().map(move |(file, row)| (id, *file, *row)))
        .filter(|(_, file, row)| given.contains(&(*file, row.waybill.as_str())))
        .map(|(id, file, row)| ListedBeside { id: id.clone(), waybill: row.waybill.clone(), file, place: row.place.clone() })
        .collect();
    found.sort_by(|a, b| (a.file, &a.place, &a.id).cmp(&(b.file, &b.place, &b.id)));
    found
}

/// Lists none of whose rows fits an order of the exports or of the notice: read, and of no use.
pub(super) fn foreign_lists(intake: &Intake, book: &Book<'_>, selected: &Selected, findings: &mut Findings) {
    for (file, rows) in lists(intake).filter(|(_, rows)| !rows.is_empty()) {
        let fits = |row: &&TrackingRow| !row.orders(|id| known(book, id, |id| selected.orders.iter().any(|o| o.id == *id))).is_empty();
        if !book.groups.is_empty()
            && !rows.iter().any(fits)
            && let Some(entry) = intake.files.iter().find(|f| f.id == file)
            && let (Some(example), Some(own)) = (rows.iter().find_map(|r| r.ids().next()), selected.orders.first())
        {
            let finding = Finding::new(Code::FileUnmatched).variant("tracking-list").file(file).with("file", &entry.path).with("count", rows.len());
            findings.push(finding.with("example", example).with("own", &own.id));
        }
    }
}
