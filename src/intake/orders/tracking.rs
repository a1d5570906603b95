//! Tracking lists: waybills by order number, of the orders of the exports or of others.

use super::{Book, Selected};
use crate::finding::{Code, Finding, Findings};
use crate::intake::Intake;
use crate::model::record::TrackingRow;
use crate::model::source::FileId;
use std::collections::BTreeSet;

/// The rows of each file's tracking lists.
pub(super) fn lists(intake: &Intake) -> impl Iterator<Item = (FileId, Vec<&TrackingRow>)> {
    intake.files.iter().zip(&intake.contents).map(|(entry, recognised)| (entry.id, recognised.content.tracking_rows()))
}

/// Waybills of every export and tracking list. Short ones are left out: in a text they may be any number.
pub(in crate::intake) fn known_waybills(intake: &Intake) -> BTreeSet<String> {
    const SHORTEST: usize = 8;
    let mut known = BTreeSet::new();
    for export in super::exports(intake) {
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

/// Lists none of whose rows fits an order of the exports or of the notice: read, and of no use.
pub(super) fn foreign_lists(intake: &Intake, book: &Book<'_>, selected: &Selected, findings: &mut Findings) {
    for (file, rows) in lists(intake).filter(|(_, rows)| !rows.is_empty()) {
        let fits = |row: &&TrackingRow| {
            let main = book.main_of(&row.order);
            selected.orders.iter().any(|o| o.id == main) || book.groups.contains_key(main.as_str())
        };
        if !book.groups.is_empty()
            && !rows.iter().any(fits)
            && let Some(entry) = intake.files.iter().find(|f| f.id == file)
            && let (Some(example), Some(own)) = (rows.first(), selected.orders.first())
        {
            let finding = Finding::new(Code::FileUnmatched).variant("tracking-list").file(file).with("file", &entry.path).with("count", rows.len());
            findings.push(finding.with("example", &example.order).with("own", &own.id));
        }
    }
}
