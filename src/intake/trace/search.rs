//! Finds payloads in a document, whatever they are wrapped in, and keeps the bytes of each.

use super::json_spans;
use super::path::{Step, place};
use super::payload::{self, At, Knowledge, Pointers, is_number};
use super::xml::Document;
use crate::model::record::Trace;
use crate::model::source::Place;
use serde_json::Value;
use std::collections::HashMap;
use std::ops::Range;

/// How many containers deep a payload is looked for. SF's answer has six (`apiResultData`, the JSON inside, `msgData`, `routeResps`, one of them).
const MAX_DEPTH: usize = 12;
/// How many strings deep.
const MAX_INSIDE: usize = 2;

/// A payload found.
pub struct Hit {
    pub trace: Trace,
    /// Its bytes in the text.
    pub raw: String,
    /// The service tells one scan a message.
    pub single: bool,
}

impl Hit {
    /// It is the only one of its line: the line is its place and that of its scans.
    pub fn stands_on(&mut self, line: u32, text: &str) {
        self.trace.place = Place::Line(line);
        self.trace.events.iter_mut().for_each(|e| e.place = Place::Line(line));
        self.raw = text.to_owned();
    }
}

/// The text that a value was read from.
#[derive(Clone, Copy)]
pub struct Source<'t> {
    pub text: &'t str,
    pub xml: Option<&'t Document>,
}

/// The search through the documents of a file.
pub struct Search<'k> {
    known: &'k Knowledge,
    number: Option<&'k str>,
    pub hits: Vec<Hit>,
}

struct Here<'a> {
    source: Source<'a>,
    span: Range<usize>,
    /// A number that a key on the way was.
    number: Option<&'a str>,
    prefix: &'a str,
    depth: usize,
    inside: usize,
}

impl<'k> Search<'k> {
    /// `number`: for payloads that leave theirs out.
    pub fn new(known: &'k Knowledge, number: Option<&'k str>) -> Self {
        Search { known, number, hits: Vec::new() }
    }

    /// Looks through one document that stands at `span` of the source. `prefix` goes in front of all pointers.
    pub fn document(&mut self, value: &Value, source: Source<'_>, span: Range<usize>, prefix: &str) {
        // most JSON is none of our business: spans are reckoned only where a key gives hope
        if self.hopeful(value, 0) {
            let here = Here { source, span, number: self.number, prefix, depth: 0, inside: 0 };
            self.look(value, &mut Vec::new(), here);
        }
    }

    fn hopeful(&self, value: &Value, depth: usize) -> bool {
        match value {
            Value::Object(o) => o.keys().any(|k| self.known.services.knows(k)) || (depth < MAX_DEPTH && o.values().any(|v| self.hopeful(v, depth + 1))),
            Value::Array(list) => depth < MAX_DEPTH && list.iter().any(|v| self.hopeful(v, depth + 1)),
            Value::String(s) => holds_json(s),
            _ => false,
        }
    }

    fn look(&mut self, value: &Value, steps: &mut Vec<Step>, here: Here<'_>) {
        if let Some(object) = value.as_object() {
            let pointer = place(steps, here.source.xml.is_some());
            let at = match (pointer.as_str(), here.prefix) {
                ("", "") => Place::Whole,
                (pointer, prefix) => Place::Pointer(format!("{prefix}{pointer}").into()),
            };
            let pointers = Some(Pointers { prefix: here.prefix, xml: here.source.xml.is_some() });
            for service in self.known.services.candidates(object.keys()) {
                let at = At { steps, number: here.number, place: &at, pointers };
                if let Some(trace) = payload::trace(value, service, &at, self.known) {
                    let raw = here.source.text.get(here.span.clone()).unwrap_or("").trim_end().to_owned();
                    self.hits.push(Hit { trace, raw, single: service.single });
                    return;
                }
            }
        }
        if here.depth >= MAX_DEPTH {
            return;
        }
        match value {
            Value::Array(list) => {
                let mut spans = self.spans(&here);
                for (n, inner) in list.iter().enumerate().filter(|(_, v)| is_container(v)) {
                    let span = span_of(&here, inner, &n.to_string(), &mut spans);
                    steps.push(Step::Index(n));
                    self.look(inner, steps, Here { source: here.source, span, number: None, prefix: here.prefix, depth: here.depth + 1, inside: here.inside });
                    steps.pop();
                }
            }
            Value::Object(object) => {
                let mut spans = self.spans(&here);
                for (key, inner) in object.iter().filter(|(_, v)| is_container(v)) {
                    let number = if is_number(key) { Some(key.as_str()) } else { here.number };
                    let span = span_of(&here, inner, key, &mut spans);
                    steps.push(Step::Key(key.clone()));
                    self.look(inner, steps, Here { source: here.source, span, number, prefix: here.prefix, depth: here.depth + 1, inside: here.inside });
                    steps.pop();
                }
            }
            Value::String(text) if here.inside < MAX_INSIDE => {
                if let Ok(inner) = serde_json::from_str::<Value>(text)
                    && self.hopeful(&inner, 0)
                {
                    steps.push(Step::Inside);
                    let source = Source { text, xml: None };
                    let span = 0..text.len();
                    self.look(&inner, steps, Here { source, span, number: here.number, prefix: here.prefix, depth: here.depth + 1, inside: here.inside + 1 });
                    steps.pop();
                }
            }
            _ => {}
        }
    }

    /// Where the members of the value here stand. A key given twice: the last value counts, so the last place is the right one.
    fn spans(&self, here: &Here<'_>) -> HashMap<String, Range<usize>> {
        match here.source.xml {
            Some(_) => HashMap::new(),
            None => json_spans::members(here.source.text, here.span.clone()).into_iter().map(|m| (m.key, m.span)).collect(),
        }
    }
}

fn span_of(here: &Here<'_>, inner: &Value, key: &str, spans: &mut HashMap<String, Range<usize>>) -> Range<usize> {
    match here.source.xml {
        Some(document) => document.span(inner).unwrap_or_else(|| here.span.clone()),
        None => spans.remove(key).unwrap_or(0..0),
    }
}

fn is_container(value: &Value) -> bool {
    match value {
        Value::Object(_) | Value::Array(_) => true,
        Value::String(s) => holds_json(s),
        _ => false,
    }
}

/// May a string hold JSON of objects?
fn holds_json(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('{') || text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'))
}
