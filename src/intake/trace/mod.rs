//! Carrier traces: JSON of Kuaidi100 and Kdniao in any wrapping, read into [`Trace`]s with the place of each event.
//!
//! `payload` knows the two shapes, `words` what a scan means, `json_spans` where a value stands in the text. What cannot be placed in time
//! is counted in [`Trace::skipped`], never guessed.

pub(super) mod json_spans;
mod payload;
mod words;

use crate::model::record::{Records, Trace};
use crate::model::source::Place;
use crate::profile::Profile;
use crate::profile::carrier::Carriers;
use payload::{Knowledge, escape};
use serde_json::Value;
use std::ops::Range;
use std::sync::OnceLock;
use words::Words;

/// Longest text that is read, in bytes; a trace has about 4 KB, so this is 16,000 parcels in one file.
pub const MAX_BYTES: usize = 64 << 20;
/// How many containers deep a payload is looked for (`{"data": [{"lastResult": {…}}]}` is three).
const MAX_DEPTH: usize = 4;

/// Carriers and words of the binary: a reader of files has no case, so the case's own templates do not change what a scan means.
fn knowledge() -> Option<&'static Knowledge> {
    static KNOWN: OnceLock<Option<Knowledge>> = OnceLock::new();
    KNOWN
        .get_or_init(|| {
            let profile = Profile::built_in();
            Some(Knowledge { carriers: Carriers::load(&profile).ok()?, words: Words::load(&profile).ok()? })
        })
        .as_ref()
}

/// Reads decoded text as traces: one payload, an array of them, an object of number → payload, a push or another wrapping, or JSON lines.
/// `None` when it is no JSON, holds no payload, or is longer than [`MAX_BYTES`].
///
/// A single payload has the place "whole file" and its events pointers (`/data/0`); one of many stands at its own pointer (`/3`, events `/3/data/0`),
/// which is also its record's. In JSON lines the line is the place of both. A payload without scans is a trace with the state
/// [`crate::model::record::TraceState::NoInformation`].
pub fn read(text: &str) -> Option<(Vec<Trace>, Records)> {
    let known = knowledge()?;
    let text = text.trim_start_matches('\u{feff}');
    if text.len() > MAX_BYTES || !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut found = Found { text, traces: Vec::new(), records: Vec::new() };
    match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            let start = text.len() - text.trim_start().len();
            found.search(&value, None, String::new(), start..text.len(), 0, known);
        }
        Err(_) => found.lines(known)?,
    }
    let whole = found.traces.len() == 1 && !matches!(found.records.first(), Some((Place::Line(_), _)));
    match found.traces.as_slice() {
        [] => None,
        _ if whole => Some((found.traces, Records::Whole)),
        _ => Some((found.traces, Records::Json(found.records))),
    }
}

struct Found<'t> {
    text: &'t str,
    traces: Vec<Trace>,
    records: Vec<(Place, String)>,
}

impl Found<'_> {
    fn search(&mut self, value: &Value, key: Option<&str>, pointer: String, span: Range<usize>, depth: usize, known: &Knowledge) {
        let place = if pointer.is_empty() { Place::Whole } else { Place::Pointer(pointer.as_str().into()) };
        if let Some(trace) = payload::trace(value, key, &place, Some(&pointer), known) {
            self.traces.push(trace);
            self.records.push((place, self.text.get(span).unwrap_or("").trim_end().to_owned()));
            return;
        }
        if depth >= MAX_DEPTH {
            return;
        }
        let members = json_spans::members(self.text, span);
        match value {
            Value::Array(list) => {
                for (member, inner) in members.into_iter().zip(list) {
                    self.search(inner, None, format!("{pointer}/{}", member.key), member.span, depth + 1, known);
                }
            }
            Value::Object(object) => {
                // a key given twice: serde_json keeps the last value, so the last place is the right one
                let mut spans: std::collections::HashMap<String, Range<usize>> = members.into_iter().map(|m| (m.key, m.span)).collect();
                for (key, inner) in object {
                    if let Some(span) = spans.remove(key) {
                        self.search(inner, Some(key), format!("{pointer}/{}", escape(key)), span, depth + 1, known);
                    }
                }
            }
            _ => {}
        }
    }

    /// One payload a line. A line that is no JSON object means that this is another kind of file.
    fn lines(&mut self, known: &Knowledge) -> Option<()> {
        for (index, line) in self.text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let value = serde_json::from_str::<Value>(line).ok().filter(Value::is_object)?;
            let place = Place::Line(u32::try_from(index + 1).ok()?);
            let inner = value.get("lastResult").unwrap_or(&value);
            if let Some(trace) = payload::trace(inner, None, &place, None, known) {
                self.traces.push(trace);
            }
            self.records.push((place, line.to_owned()));
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;
