//! From tables to content: each sheet, or the one table of a text, is read by the layout whose head it has; what no layout knows keeps its rows, so that
//! its words can name orders and only those rows are handed in.

use super::cells::{self, View};
use super::columns;
use super::layout::{self, Fields, Layout};
use super::limits::{self, Allowance};
use super::markup;
use super::proposal;
use super::recognise::{Found, Rules, broken, limit, unplaced};
use super::rows;
use super::separated;
use super::sheet::Sheet;
use crate::error::Result;
use crate::finding::{Code, Finding, Severity};
use crate::model::file::{FileEntry, Kind};
use crate::model::record::{Content, Recognised, Records, Table};
use crate::model::settings::Columns;
use crate::text::ids;
use std::collections::BTreeSet;

/// Which layout reads a table, and from which row on.
struct Known {
    head: usize,
    layout: Layout,
    fields: Fields,
}

/// Fields whose cells are names of goods, places and carriers.
const NAMES: [&str; 5] = ["title", "attributes", "sku", "address", "carrier"];

impl Known {
    /// The columns of such fields.
    fn names(&self) -> Vec<usize> {
        self.fields.iter().filter(|(field, _)| NAMES.contains(&field.as_str())).map(|(_, column)| *column).collect()
    }
}

/// The user's own word on the file first, then the layouts.
fn known(rows: &[Vec<String>], entry: &FileEntry, rules: &Rules<'_>) -> Option<Known> {
    let by_user = rule_with_map(entry, rules).and_then(|rule| columns::detect(rule, &rules.settings.assign, &entry.path, &rules.layouts, rows));
    by_user.or_else(|| layout::detect(&rules.layouts, rows).map(|(at, l, f)| (at, l.clone(), f))).map(|(head, layout, fields)| Known { head, layout, fields })
}

/// The user's rule for a file, unless it only tells the order of day and month.
fn rule_with_map<'r>(entry: &FileEntry, rules: &'r Rules<'_>) -> Option<&'r Columns> {
    columns::rule_for(rules.settings, &entry.path).filter(|rule| !rule.map.is_empty())
}

/// Tables in markup or JSON (see [`super::markup`]), if a layout or the user knows one of them; any other page or payload is not for us to read as a table.
///
/// # Errors
/// When `[[columns]]` names a column that no table has.
pub(super) fn of_markup(text: &str, entry: &FileEntry, rules: &Rules<'_>) -> Result<Option<Found>> {
    let sheets = markup::sheets(text, &Allowance::new(&rules.settings.intake));
    if !sheets.iter().any(|sheet| known(&sheet.first_rows(), entry, rules).is_some()) {
        return Ok(None);
    }
    of_sheets(sheets, None, entry, rules).map(Some)
}

/// The content of a workbook's sheets.
///
/// # Errors
/// When `[[columns]]` names a column that no sheet has.
pub(super) fn of_sheets(sheets: Vec<Sheet>, unread: Option<&str>, entry: &FileEntry, rules: &Rules<'_>) -> Result<Found> {
    let firsts: Vec<Vec<Vec<String>>> = sheets.iter().map(Sheet::first_rows).collect();
    if let Some(rule) = rule_with_map(entry, rules)
        && !firsts.iter().any(|rows| columns::detect(rule, &rules.settings.assign, &entry.path, &rules.layouts, rows).is_some())
    {
        return Err(columns::missing(rule, &entry.path, firsts.first().map_or(&[][..], Vec::as_slice)));
    }
    let mut found = Found { table: true, ..Found::default() };
    let hidden: Vec<&str> = sheets.iter().filter(|s| s.hidden).filter_map(|s| s.table.sheet.as_deref()).collect();
    if !hidden.is_empty() {
        found.findings.push(Finding::new(Code::SheetHidden).file(entry.id).with("file", &entry.path).with_list("sheets", hidden));
    }
    found.findings.extend(unread.into_iter().flat_map(|detail| broken(entry, detail).findings));
    let mut parts: Vec<(Content, Table)> = Vec::new();
    let mut texts = String::new();
    for (sheet, first) in sheets.into_iter().zip(firsts) {
        found.findings.extend(sheet.reached.map(|what| limit(entry, what, &rules.settings.intake)));
        match known(&first, entry, rules) {
            Some(known) => {
                let mut sheet = sheet.with_head(known.head);
                sheet.table.names = known.names();
                let (content, damaged) = read(&sheet.table, &known, &sheet.cut, entry, rules);
                found.kind = found.kind.or(Some(known.layout.kind));
                found.findings.extend(damaged);
                parts.push((content, sheet.table));
            }
            None => {
                let text = sheet.as_text();
                texts.push_str(&text);
                let mut table = sheet.table;
                let traces = rules.traces.read_rows(&table, &entry.path);
                take_head(&mut table, head_of(&first));
                let content = match traces {
                    Some(traces) => {
                        found.kind = found.kind.or(Some(Kind::Trace));
                        found.findings.extend(unplaced(&traces, entry));
                        Content::Traces(traces)
                    }
                    None => {
                        found.findings.extend(proposal::propose(&table, entry, rules.kinds.of_path(&entry.path), &rules.layouts, &rules.column_words));
                        Content::Text(text)
                    }
                };
                parts.push((content, table));
            }
        }
    }
    let some_known = found.kind.is_some();
    found.recognised = match parts.pop() {
        Some((content, table)) if parts.is_empty() => Recognised { content, records: Records::Table(table) },
        last => {
            let (contents, tables): (Vec<Content>, Vec<Table>) = parts.into_iter().chain(last).unzip();
            // no sheet is known: their words are one text, as of any other document
            let content = if some_known { Content::Sheets(contents) } else { Content::Text(texts) };
            Recognised { content, records: Records::Sheets(tables) }
        }
    };
    Ok(found)
}

/// The table of a text, if a known head or the user's own word makes it one.
///
/// # Errors
/// When `[[columns]]` names a column that the table lacks; the text is gone then.
pub(super) fn of_text(text: String, entry: &FileEntry, rules: &Rules<'_>) -> Result<std::result::Result<Found, String>> {
    let tried: Vec<(u8, Vec<Vec<String>>)> = separated::SEPARATORS.into_iter().map(|s| (s, separated::first_rows(&text, s))).collect();
    let rule = rule_with_map(entry, rules);
    let by_user = |rows: &[Vec<String>]| {
        let rule = rule?;
        let (head, layout, fields) = columns::detect(rule, &rules.settings.assign, &entry.path, &rules.layouts, rows)?;
        Some(Known { head, layout, fields })
    };
    let best = match rule {
        Some(rule) => {
            let hit = tried.iter().find_map(|(s, rows)| Some((*s, by_user(rows)?)));
            let longest = || tried.iter().rev().max_by_key(|(_, rows)| rows.iter().map(Vec::len).max()).map_or(&[][..], |(_, rows)| rows.as_slice());
            Some(hit.ok_or_else(|| columns::missing(rule, &entry.path, longest()))?)
        }
        // where a line holds several of the separators, the one that finds most fields is meant
        None => tried.iter().rev().filter_map(|(s, rows)| Some((*s, known(rows, entry, rules)?))).max_by_key(|(_, k)| k.fields.len()),
    };
    let Some((separator, known)) = best else { return Ok(Err(text)) };
    let (mut table, reached) = separated::read(text, separator, Some(known.head), &Allowance::new(&rules.settings.intake));
    let mut found = Found { table: true, findings: reached.map(|what| limit(entry, what, &rules.settings.intake)).into_iter().collect(), ..Found::default() };
    if reached != Some("cell") {
        table.names = known.names();
        let (content, damaged) = read(&table, &known, &BTreeSet::new(), entry, rules);
        found.kind = Some(known.layout.kind);
        found.findings.extend(damaged);
        found.recognised = Recognised { content, records: Records::Table(table) };
    }
    Ok(Ok(found))
}

/// The rows of a text that looks like a table of unknown heads, and what is to be said of it.
pub(super) fn of_unknown(text: &str, entry: &FileEntry, rules: &Rules<'_>) -> Option<(Records, Option<Finding>)> {
    let separator = separated::even_separator(text)?;
    let (mut table, reached) = separated::read(text.to_owned(), separator, None, &Allowance::new(&rules.settings.intake));
    if reached.is_some() {
        return Some((Records::Whole, reached.map(|what| limit(entry, what, &rules.settings.intake))));
    }
    take_head(&mut table, head_of(&separated::first_rows(text, separator)));
    let proposal = proposal::propose(&table, entry, rules.kinds.of_path(&entry.path), &rules.layouts, &rules.column_words);
    Some((Records::Table(table), proposal))
}

fn read(table: &Table, known: &Known, cut: &BTreeSet<(usize, usize)>, entry: &FileEntry, rules: &Rules<'_>) -> (Content, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut reading = known.layout.reading.clone();
    reading.dates = columns::rule_for(rules.settings, &entry.path).and_then(|rule| rule.dates).or(reading.dates);
    let undecided = View { table, columns: &known.fields, reading: &reading };
    let (above, order) = (undecided.rows_above(), undecided.day_order());
    match order {
        Ok(order) => reading.dates = order,
        Err(example) => {
            let finding = Finding::new(Code::NotCheckable).variant("day-order").severity(Severity::Warning).file(entry.id).with("file", &entry.path);
            findings.push(finding.with("example", example).with("name", toml::Value::String(entry.path.clone())));
        }
    }
    reading.above = above;
    reading.day_fields = View { table, columns: &known.fields, reading: &reading }.day_fields();
    let view = View { table, columns: &known.fields, reading: &reading };
    let (content, damaged) = rows::read(view, &known.layout, cut, entry.id, &rules.hints(entry));
    if let Content::Orders(_) = content {
        // an export's damaged ids are told when its orders are made (orders::select)
        findings.extend(without_number(view, entry));
    } else {
        findings.extend(damaged.iter().map(|row| rows::damaged_id(view, *row, entry)));
    }
    findings.extend(rows::not_counted(view, &known.layout, entry));
    findings.extend(rounded_waybills(view, entry));
    (content, findings)
}

/// Rows of an export that hold something but no order number: no order is made of them, and the seller should know. Totals and descriptions are not meant.
fn without_number(view: View<'_>, entry: &FileEntry) -> Option<Finding> {
    let digit = |text: &str| text.bytes().any(|b| b.is_ascii_digit());
    let named = |row: &usize| rows::ID_FIELDS.iter().any(|f| view.text(*row, f).is_some_and(digit));
    let filled = |row: &usize| (0..view.table.rows.get(*row).map_or(0, |r| r.len as usize)).any(|c| cells::bare(view.table.cell(*row, c)).is_some());
    let described = usize::from(view.reading.description_row);
    let lost: Vec<usize> = (0..view.table.rows.len()).filter(|row| !(named(row) || *row < described || view.is_total(*row)) && filled(row)).collect();
    let first = view.table.rows.get(*lost.first()?)?.number;
    let finding = Finding::new(Code::NotCheckable).variant("rows").at(entry.id, view.table.place(*lost.first()?)).with("file", &entry.path);
    Some(finding.with("count", lost.len()).with("row", first))
}

/// Waybills of which a spreadsheet left `7.86E+13`: the digits are gone, and two such numbers are alike without being one.
fn rounded_waybills(view: View<'_>, entry: &FileEntry) -> Option<Finding> {
    let rounded = |row: &usize| view.text(*row, "tracking_no").map(ids::clean_waybill).filter(|cell| ids::is_exponent(cell));
    let lost: Vec<(usize, String)> = (0..view.table.rows.len()).filter_map(|row| Some((row, rounded(&row)?))).collect();
    let (row, number) = lost.first()?;
    let finding = Finding::new(Code::TrackingNumberMalformed).variant("rounded").at(entry.id, view.table.place(*row)).with("file", &entry.path);
    Some(finding.with("count", lost.len()).with("row", view.table.rows.get(*row)?.number).with("waybill", number))
}

/// The row that heads a table of unknown heads: the first that is filled nearly as wide as the table and holds words only. A list without a head has none.
pub(super) fn head_of(rows: &[Vec<String>]) -> Option<usize> {
    let filled = |r: &Vec<String>| r.iter().filter(|c| !c.trim().is_empty()).count();
    let widest = rows.iter().map(filled).max().filter(|n| *n >= 2)?;
    let words = |r: &Vec<String>| r.iter().all(|c| c.len() <= 120 && !c.trim_start().starts_with(|c: char| c.is_ascii_digit()) && !is_value(c));
    rows.iter().take(limits::HEAD_ROWS).position(|r| filled(r) * 5 >= widest * 4 && words(r))
}

/// Is it a number, a date or an id, which a head is not?
fn is_value(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    digits >= 6 || crate::text::numbers::decimal(cell).is_some()
}

/// Makes the row at `head` the header. Unlike an export's, the rows above it stay rows: nobody knows what they say.
fn take_head(table: &mut Table, head: Option<usize>) {
    let Some(row) = head.and_then(|h| table.rows.get(h).copied()) else { return };
    let cells = (0..row.len as usize).map(|c| table.cell(head.unwrap_or(0), c).trim().to_owned()).collect();
    table.header = cells;
    table.rows.retain(|r| r.number != row.number);
}
