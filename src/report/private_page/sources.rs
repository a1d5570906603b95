//! What a finding rests on, shown beside it: a small picture, the cells of the row, or the line of the text.

use super::super::View;
use super::super::html::escape;
use super::super::thumbnail;
use crate::context::Context;
use crate::finding::{Finding, Severity};
use crate::model::record::{Content, Records, Table};
use crate::model::source::{FileId, Place};
use crate::profile::lang::Words;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeMap, BTreeSet};

/// Pictures in one page: each is decoded, and weighs some kilobytes in the page.
const MOST_PICTURES: usize = 150;
/// Longer side of a picture in pixels.
const SIDE: u32 = 150;
/// Cells of a row that are shown.
const MOST_CELLS: usize = 16;
/// Characters of a cell or a line.
const MOST_CHARACTERS: usize = 160;

/// The sources, found once.
pub(super) struct Sources<'a> {
    view: View<'a>,
    pictures: BTreeMap<FileId, Vec<u8>>,
}

impl<'a> Sources<'a> {
    /// Pictures of findings at level error and warning are made now, on all threads.
    pub(super) fn of(view: &View<'a>, ctx: &Context) -> Self {
        let mut wanted: Vec<FileId> = Vec::new();
        let mut seen: BTreeSet<FileId> = BTreeSet::new();
        for finding in view.findings.all().iter().filter(|f| f.severity <= Severity::Warning) {
            if let Some(file) = finding.file.filter(|f| seen.insert(*f)) {
                wanted.push(file);
            }
        }
        Sources { view: *view, pictures: thumbnail::of(view, &wanted, SIDE, MOST_PICTURES, ctx) }
    }

    /// What to show under a finding's place; empty when there is nothing.
    pub(super) fn html(&self, finding: &Finding, w: &Words) -> String {
        let Some(file) = finding.file else { return String::new() };
        if let Some(bytes) = self.pictures.get(&file) {
            return format!("<br><img alt=\"\" src=\"data:image/jpeg;base64,{}\">", STANDARD.encode(bytes));
        }
        let content = self.view.case.content(file);
        let source = match &finding.place {
            Some(Place::Row(n)) => content.tables().find_map(|(_, table)| row(table?, None, *n)),
            Some(Place::SheetRow(sheet, n)) => content.tables().find_map(|(_, table)| row(table?, Some(sheet), *n)),
            Some(Place::Line(n)) => line(&content.content, &content.records, *n),
            Some(Place::Pointer(pointer)) => record(&content.records, pointer),
            _ => None,
        };
        source
            .map(|s| format!("<br><span class=\"source\">{}</span>", if s.0 { s.1 } else { escape(&format!("{} {}", w.get("private.line-text"), s.1)) }))
            .unwrap_or_default()
    }
}

/// The filled cells of a row, each with its head. True: it is HTML already.
fn row(table: &Table, sheet: Option<&str>, number: u32) -> Option<(bool, String)> {
    if sheet.is_some_and(|s| table.sheet.as_deref() != Some(s)) {
        return None;
    }
    let index = table.rows.iter().position(|r| r.number == number)?;
    let mut cells = Vec::new();
    for (column, head) in table.header.iter().enumerate() {
        let cell = table.cell(index, column).trim();
        if !cell.is_empty() && cells.len() < MOST_CELLS {
            cells.push(format!("<b>{}</b> {}", escape(&short(head)), escape(&short(cell))));
        }
    }
    (!cells.is_empty()).then(|| (true, cells.join(" · ")))
}

fn line(content: &Content, records: &Records, number: u32) -> Option<(bool, String)> {
    let at = usize::try_from(number).ok()?.checked_sub(1)?;
    let text = match (content, records) {
        (_, Records::Lines { lines, .. }) => lines.get(at).map(String::as_str),
        (Content::Text(text), _) => text.lines().nth(at),
        _ => None,
    }?;
    let text = text.trim();
    (!text.is_empty()).then(|| (false, short(text)))
}

/// The JSON value that the pointer leads into.
fn record(records: &Records, pointer: &str) -> Option<(bool, String)> {
    let Records::Json(list) = records else { return None };
    let inside = |place: &Place| matches!(place, Place::Pointer(p) if pointer == p.as_ref() || pointer.starts_with(&format!("{p}/")));
    let (_, raw) = list.iter().find(|(place, _)| inside(place))?;
    Some((false, short(raw)))
}

fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(MOST_CHARACTERS).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
