//! Texts and tables that were nothing known in the first reading, looked at again when the exports are known: a page copied from a carrier abroad is told by
//! its waybill, whose shape alone says little.

use super::recognise::unplaced;
use super::trace::{Knowledge, Waybills};
use super::{Intake, orders};
use crate::finding::{Code, Findings};
use crate::model::file::{Kind, Status};
use crate::model::record::{Content, Recognised, Records, Table};

/// Reads what it can as copied traces. The proposal for an unknown table goes where the table is read.
pub(super) fn traces(intake: &mut Intake, known: &Knowledge, findings: &mut Findings) {
    let candidates: Vec<usize> = intake
        .files
        .iter()
        .zip(&intake.contents)
        .enumerate()
        .filter(|(_, (entry, inside))| entry.status == Status::Unmatched && matches!(inside.content, Content::Text(_)))
        .map(|(n, _)| n)
        .collect();
    if candidates.is_empty() {
        return;
    }
    let waybills = Waybills::new(orders::tracking::known_waybills(intake));
    for n in candidates {
        let (Some(entry), Some(inside)) = (intake.files.get_mut(n), intake.contents.get_mut(n)) else { continue };
        let Content::Text(text) = &inside.content else { continue };
        let rows = |table: &Table| known.read_rows_of(table, &entry.path, &waybills);
        let (traces, records) = match &inside.records {
            Records::Table(table) => match rows(table) {
                Some(traces) => (traces, std::mem::take(&mut inside.records)),
                None => continue,
            },
            _ => match known.read_pasted_of(text, &entry.path, &waybills) {
                Some(read) => (read.traces, read.records),
                None => continue,
            },
        };
        findings.retain(|f| f.file != Some(entry.id) || f.code != Code::TableUnknown);
        unplaced(&traces, entry).into_iter().for_each(|f| findings.push(f));
        entry.kind = Kind::Trace;
        *inside = Recognised { content: Content::Traces(traces), records };
    }
}
