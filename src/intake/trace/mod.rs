//! Carrier traces: answers of tracking services in any wrapping (JSON, JSON lines, XML), read into [`Trace`]s with the place of each scan.
//!
//! `services` knows the shapes (data), `payload` reads one, `search` finds them in a document, `path` and `times` read values, `xml` makes XML look like
//! JSON, `words` tells what a scan means, `json_spans` where a value stands in the text; `pasted` reads what was copied from a page. What cannot be placed in time is counted in
//! [`Trace::skipped`], never guessed; what is no known shape stays unknown.

pub(super) mod json_spans;
mod pasted;
mod pasted_line;
mod path;
mod payload;
mod search;
mod services;
mod times;
mod words;
mod xml;

use crate::error::Result;
use crate::model::record::{EventKind, Records, Trace};
use crate::model::source::Place;
use crate::profile::Profile;
use crate::profile::carrier::Carriers;
use crate::text::ids::alnum_runs;
use payload::{in_order, is_number};
use search::{Hit, Search, Source};
use serde_json::Value;
use services::Services;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use words::{Words, state_of};

/// Longest text that is read, in bytes; a trace has about 4 KB, so this is 16,000 parcels in one file.
pub const MAX_BYTES: usize = 64 << 20;
/// Broken pieces among JSON lines after which the rest is left.
const MAX_BROKEN: u32 = 1_000;
/// Digits that stand alone in a file's name are a waybill's only in these lengths: shorter ones are dates and phones, longer ones order ids.
const BARE_DIGITS: std::ops::RangeInclusive<usize> = 12..=15;

/// What the readers need of templates/: carriers, words, services.
#[derive(Debug)]
pub struct Knowledge(payload::Knowledge);

/// The waybills that the exports name, and how they look.
#[derive(Debug, Default)]
pub struct Waybills {
    numbers: BTreeSet<String>,
    forms: BTreeSet<String>,
}

impl Waybills {
    /// Of normalised numbers.
    pub fn new(numbers: BTreeSet<String>) -> Self {
        let forms = numbers.iter().filter_map(|n| form(n)).collect();
        Waybills { numbers, forms }
    }

    /// Does a run look like one of them?
    fn resembles(&self, run: &str) -> bool {
        form(run).is_some_and(|form| self.forms.contains(&form))
    }
}

/// Where letters and where digits stand in a number. `None` for what may be a word, a phone or an order's number.
fn form(number: &str) -> Option<String> {
    const SHORTEST: usize = 10;
    const SHORTEST_OF_DIGITS: usize = 20;
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let long = if digits == number.len() { digits >= SHORTEST_OF_DIGITS } else { number.len() >= SHORTEST && digits >= 6 };
    long.then(|| number.chars().map(|c| if c.is_ascii_digit() { '#' } else { '@' }).collect())
}

/// What a text gave.
#[derive(Debug)]
pub struct Read {
    /// At least one.
    pub traces: Vec<Trace>,
    /// The parcels as they stand in the text, for extracts.
    pub records: Records,
    /// Pieces among JSON lines that are no JSON.
    pub broken: u32,
}

/// Reads decoded text as traces with what the binary knows: one payload or many, in any wrapping, as JSON, JSON lines or XML. `None` when there is no
/// payload of a known shape, or the text is longer than [`MAX_BYTES`]. Any text may be handed in; this never panics.
pub fn read(text: &str) -> Option<(Vec<Trace>, Records)> {
    static KNOWN: OnceLock<Option<Knowledge>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| Knowledge::load(&Profile::built_in()).ok());
    known.as_ref()?.read(text, "").map(|read| (read.traces, read.records))
}

impl Knowledge {
    /// Reads carriers.toml, trace-words.toml and trace-services.toml through the layers.
    ///
    /// # Errors
    /// When one of them is not of its form; file and place are named.
    pub fn load(profile: &Profile) -> Result<Knowledge> {
        Ok(Knowledge(payload::Knowledge { carriers: Carriers::load(profile)?, words: Words::load(profile)?, services: Services::load(profile)? }))
    }

    /// As [`read`]; `path` is the file's, whose name may hold the number that a payload leaves out.
    ///
    /// A single payload has the place "whole file" and its scans pointers (`/data/0`); one of many stands at its own pointer (`/3`, scans `/3/data/0`),
    /// which is also its record's. In JSON lines the line is the place of both. A payload without scans is a trace with the state
    /// [`crate::model::record::TraceState::NoInformation`].
    pub fn read(&self, text: &str, path: &str) -> Option<Read> {
        let text = text.trim_start_matches('\u{feff}');
        let begins = text.trim_start();
        if text.len() > MAX_BYTES || !begins.starts_with(['{', '[', '<']) {
            return None;
        }
        let documents = if begins.starts_with('<') { Documents::xml(text)? } else { Documents::json(text) };
        let mut hits = documents.search(&self.0, None);
        if hits.is_empty() {
            // a lone payload may be that of the number in the file's name
            let number = self.number_in(path, None)?;
            hits = documents.search(&self.0, Some(&number));
            if hits.len() > 1 {
                return None;
            }
        }
        let broken = documents.broken;
        let whole = documents.lines.is_empty() && hits.len() == 1;
        let (traces, records) = together(hits);
        let records = if whole { Records::Whole } else { Records::Json(records) };
        (!traces.is_empty()).then_some(Read { traces, records, broken })
    }

    /// The only waybill number in a file's name.
    fn number_in(&self, path: &str, known: Option<&Waybills>) -> Option<String> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        self.only_number(stem, known)
    }

    /// The only number in a text that is one of the `known` waybills or may be a waybill's.
    fn only_number(&self, text: &str, known: Option<&Waybills>) -> Option<String> {
        let runs: Vec<String> = alnum_runs(text).into_iter().map(|(_, run)| run).collect();
        let is_known = |run: &&String| known.is_some_and(|k| k.numbers.contains(run.as_str()));
        let mut numbers: Vec<&String> = runs.iter().filter(is_known).collect();
        if numbers.is_empty() {
            // one of a parcel that no export names: what follows it must not be told of the parcel before
            numbers = runs.iter().filter(|run| self.telling(run) || known.is_some_and(|k| k.resembles(run))).collect();
        }
        numbers.dedup();
        numbers.pop().filter(|_| numbers.is_empty()).cloned()
    }

    /// May a run of letters and digits in free text be a waybill number?
    fn telling(&self, run: &str) -> bool {
        let digits = run.bytes().all(|b| b.is_ascii_digit());
        is_number(run) && (!digits || BARE_DIGITS.contains(&run.len())) && !self.0.carriers.suggest(run).is_empty()
    }
}

/// The documents of a text: one, or one a line.
struct Documents<'t> {
    whole: Option<Whole<'t>>,
    lines: Vec<(u32, &'t str, Value)>,
    broken: u32,
}

enum Whole<'t> {
    Json(&'t str, Value),
    Xml(&'t str, xml::Document),
}

impl<'t> Documents<'t> {
    fn xml(text: &'t str) -> Option<Self> {
        Some(Documents { whole: Some(Whole::Xml(text, xml::read(text)?)), lines: Vec::new(), broken: 0 })
    }

    fn json(text: &'t str) -> Self {
        match serde_json::from_str(text) {
            Ok(value) => Documents { whole: Some(Whole::Json(text, value)), lines: Vec::new(), broken: 0 },
            Err(_) => Documents::lines(text),
        }
    }

    /// JSON documents one after another, each beginning on a line of its own. What is none is counted and left: one broken line among two hundred must
    /// not cost the others.
    fn lines(text: &'t str) -> Self {
        let (mut lines, mut broken) = (Vec::new(), 0);
        let (mut at, mut number, mut work) = (0, 1_u32, 0_usize);
        while let Some(rest) = text.get(at..).filter(|r| !r.trim().is_empty()) {
            let skipped = rest.len() - rest.trim_start().len();
            number = number.saturating_add(newlines(rest.get(..skipped)));
            at += skipped;
            let Some(rest) = text.get(at..) else { break };
            let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            let used = match stream.next() {
                Some(Ok(value)) if value.is_object() || value.is_array() => {
                    let used = stream.byte_offset();
                    lines.push((number, rest.get(..used).unwrap_or("").trim_end(), value));
                    used
                }
                other => {
                    // how far a broken piece was read is not told: its line counts, and what a hostile text can make us read again is bounded
                    broken += 1;
                    work += other.map_or(0, |_| rest.len());
                    if broken > MAX_BROKEN || work > text.len().saturating_mul(64) {
                        break;
                    }
                    next_document(rest)
                }
            };
            number = number.saturating_add(newlines(rest.get(..used)));
            at += used.max(1);
        }
        Documents { whole: None, lines, broken }
    }

    fn search(&self, known: &payload::Knowledge, number: Option<&str>) -> Vec<Hit> {
        let mut search = Search::new(known, number);
        match &self.whole {
            Some(Whole::Json(text, value)) => {
                let start = text.len() - text.trim_start().len();
                search.document(value, Source { text, xml: None }, start..text.len(), "");
            }
            Some(Whole::Xml(text, document)) => search.document(&document.value, Source { text, xml: Some(document) }, 0..text.len(), ""),
            None => {}
        }
        for (line, text, value) in &self.lines {
            let before = search.hits.len();
            search.document(value, Source { text, xml: None }, 0..text.len(), &format!("line {line}"));
            // one parcel a line is the rule: the line says enough
            if let Some([hit]) = search.hits.get_mut(before..) {
                hit.stands_on(*line, text);
            }
        }
        search.hits
    }
}

fn newlines(text: Option<&str>) -> u32 {
    u32::try_from(text.unwrap_or("").bytes().filter(|b| *b == b'\n').count()).unwrap_or(u32::MAX)
}

/// Bytes to the next line that begins like a document.
fn next_document(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if at > 0 && line.trim_start().starts_with(['{', '[']) {
            return at;
        }
        at += line.len();
    }
    at
}

/// Traces and their records. Services that tell one scan a message give one trace a number.
fn together(hits: Vec<Hit>) -> (Vec<Trace>, Vec<(Place, String)>) {
    let mut traces: Vec<Trace> = Vec::with_capacity(hits.len());
    let mut records: Vec<(Place, String)> = Vec::with_capacity(hits.len());
    let mut singles: std::collections::HashMap<(&'static str, String), usize> = std::collections::HashMap::new();
    for hit in hits {
        records.push((hit.trace.place.clone(), hit.raw));
        if !hit.single {
            traces.push(hit.trace);
            continue;
        }
        let index = *singles.entry((hit.trace.service, hit.trace.waybill.clone())).or_insert(traces.len());
        match traces.get_mut(index) {
            None => traces.push(hit.trace),
            Some(first) => {
                first.events.extend(hit.trace.events);
                first.skipped += hit.trace.skipped;
                first.order = first.order.take().or(hit.trace.order);
                first.carrier = first.carrier.take().or(hit.trace.carrier);
            }
        }
    }
    for index in singles.into_values() {
        if let Some(trace) = traces.get_mut(index) {
            in_order(&mut trace.events, None);
            trace.state = state_of(trace.events.last().map_or(EventKind::Other, |e| e.kind));
        }
    }
    (traces, records)
}

#[cfg(test)]
mod tests;
