//! One payload of a service becomes a trace: its number, its scans in the order of time, what they mean, where each stands.

use super::path::{self, Path, Step};
use super::services::{Choice, Service, Services};
use super::times;
use super::words::{Words, leading_site, settle, site, state_of};
use crate::model::ids::OrderId;
use crate::model::record::{EventKind, Trace, TraceEvent, TraceState};
use crate::model::source::Place;
use crate::profile::carrier::Carriers;
use crate::text::ids::{clean_id, clean_waybill};
use crate::text::numbers::decimal;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;

/// No parcel has more scans; what goes beyond is counted as skipped.
pub const MAX_EVENTS: usize = 2_000;
/// Longer texts are no names, places or codes.
const LONGEST_FIELD: usize = 500;
/// A scan's words beyond this are cut; carriers write some hundred characters.
const LONGEST_TEXT: usize = 4_000;

/// What readers need of templates/.
#[derive(Debug)]
pub struct Knowledge {
    pub carriers: Arc<Carriers>,
    pub words: Words,
    pub services: Services,
}

/// Where a payload stands and what is known of it from outside.
pub struct At<'a> {
    /// The steps to it, for the pointers of its scans.
    pub steps: &'a [Step],
    /// A number for payloads that leave their own out.
    pub number: Option<&'a str>,
    /// The place of the payload.
    pub place: &'a Place,
    /// How pointers are written; `None` when scans have the payload's own place.
    pub pointers: Option<Pointers<'a>>,
}

/// How the places of scans are written.
#[derive(Clone, Copy)]
pub struct Pointers<'a> {
    /// In front of the pointer (the line, where one line holds several payloads).
    pub prefix: &'a str,
    /// Like an XPath.
    pub xml: bool,
}

/// A string or number as text, trimmed; `None` for others and for nothing.
fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(s) => s.trim().to_owned(),
        Value::Number(n) => n.to_string(),
        // an XML element with attributes keeps its text apart
        Value::Object(o) => o.get("#text")?.as_str()?.trim().to_owned(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// All texts of a path; a fraction or exponent is no id, so such numbers count only where a measure is meant.
fn all(value: &Value, path: &Path) -> Vec<String> {
    path.find(value).into_iter().filter_map(|(_, v)| text_of(v)).filter(|t| t.len() <= LONGEST_TEXT).collect()
}

/// The texts of a choice: of each alternative whose parts are all there (with `separator`), or of those parts that are (`,`).
fn choose<'a>(value: &'a Value, choice: &'a Choice, separator: &'a str) -> impl Iterator<Item = String> + 'a {
    choice.iter().filter_map(move |parts| {
        let found: Vec<String> = parts.iter().filter_map(|p| all(value, p).into_iter().next()).collect();
        let complete = separator != " " || found.len() == parts.len();
        (complete && !found.is_empty()).then(|| found.join(separator))
    })
}

fn field(value: &Value, choice: &Choice) -> Option<String> {
    choose(value, choice, ", ").find(|t| t.len() <= LONGEST_FIELD)
}

/// The trace in `value`, if the service writes such.
pub fn trace(value: &Value, from: &Service, at: &At<'_>, known: &Knowledge) -> Option<Trace> {
    let object = value.as_object()?;
    let scans = Scans::of(value, from)?;
    let marked = from.marks.is_empty() || from.marks.iter().any(|m| path::member(object, m).is_some());
    // nothing but an empty list must not make any object with `data: []` a payload
    let telling = scans.readable || (scans.list.is_empty() && !from.marks.is_empty() && !from.single);
    if !marked || !telling {
        return None;
    }
    let own = |paths: &[Path]| paths.iter().flat_map(|p| all(value, p)).map(|n| clean_waybill(&n)).find(|n| is_number(n));
    let number = own(&from.number).or_else(|| own(&known.services.numbers)).or_else(|| at.number.map(clean_waybill).filter(|n| is_number(n)))?;

    let carrier = field(value, &from.carrier).and_then(|c| {
        known.carriers.by_code(from.id, &c).or_else(|| known.carriers.by_any_code(&c)).or_else(|| known.carriers.by_words(&c)).map(str::to_owned)
    });
    let said = |text: &str| from.code(text).or_else(|| Some(known.words.kind(text)).filter(|k| *k != EventKind::Other));
    let whole = choose(value, &from.state, ", ").find_map(|s| said(&s));
    let (events, skipped) = scans.read(from, at, known);
    let mut trace = Trace {
        waybill: number,
        carrier: carrier.or_else(|| from.carrier_id.clone()),
        service: from.id,
        state: TraceState::Unknown,
        order: field(value, &from.order).map(|o| clean_id(&o)).filter(|o| is_order(o)).map(OrderId::new),
        events,
        skipped,
        origin: field(value, &from.origin),
        destination: field(value, &from.destination),
        recipient: field(value, &from.recipient),
        weight_kg: weight(value, from),
        updated_at: choose(value, &from.updated, " ").find_map(|t| times::read(&t)).map(|(t, _)| t),
        place: at.place.clone(),
    };
    in_order(&mut trace.events, whole.map(|w| (w, &known.words)));
    trace.state = if trace.events.is_empty() && skipped == 0 { TraceState::NoInformation } else { whole.map_or(TraceState::Unknown, state_of) };
    Some(trace)
}

/// Oldest first, exact repeats dropped, meanings made exact by what came before and by the state of the parcel.
pub fn in_order(events: &mut Vec<TraceEvent>, whole: Option<(EventKind, &Words)>) {
    // newest first is the services' usual order: turned before the stable sort, so that scans of one second keep their order too
    if events.first().zip(events.last()).is_some_and(|(first, last)| first.at > last.at) {
        events.reverse();
    }
    events.sort_by_key(|e| e.at);
    let mut seen = HashSet::new();
    events.retain(|e| seen.insert((e.at, e.text.clone(), e.location.clone())));
    settle(events, whole);
}

/// 6–32 letters and digits with at least one digit (Kuaidi100's own limit of numbers).
pub fn is_number(number: &str) -> bool {
    (6..=32).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric()) && number.bytes().any(|b| b.is_ascii_digit())
}

/// An id that came as a JSON number beyond whole ones is no id any more.
fn is_order(id: &str) -> bool {
    (4..=64).contains(&id.len()) && !id.contains('.') && !crate::text::ids::is_exponent(id) && id.bytes().any(|b| b.is_ascii_digit())
}

fn weight(value: &Value, from: &Service) -> Option<Decimal> {
    let number = choose(value, &from.weight, ", ").find_map(|t| decimal(&t)).filter(|w| *w > Decimal::ZERO)?;
    let unit = choose(value, &from.weight_unit, ", ").next().map(|u| u.to_lowercase());
    let grams = match unit.as_deref() {
        None | Some("kg" | "kgs" | "千克" | "公斤") => Decimal::ONE_THOUSAND,
        Some("g" | "克") => Decimal::ONE,
        Some("lb" | "lbs" | "磅") => Decimal::new(45_359_237, 5),
        Some("oz") => Decimal::new(28_349_523_125, 9),
        Some(_) => return None,
    };
    // to the gram, which is more than any scale at a counter tells
    let kilograms = number.checked_mul(grams)? / Decimal::ONE_THOUSAND;
    Some(kilograms.round_dp_with_strategy(3, RoundingStrategy::MidpointAwayFromZero).normalize())
}

/// The scans of a payload as they stand there.
struct Scans<'v> {
    list: Vec<(Vec<Step>, Scan<'v>)>,
    /// One of them has time and words.
    readable: bool,
}

enum Scan<'v> {
    Object(&'v Value),
    Flat(String, String),
    /// Something else stands where a scan should.
    Other,
}

impl<'v> Scans<'v> {
    /// `None` when the service's lists are not there.
    fn of(value: &'v Value, from: &Service) -> Option<Scans<'v>> {
        let readable = |v: &Value| from.time.iter().flatten().any(|p| !all(v, p).is_empty()) && from.text.iter().flatten().any(|p| !all(v, p).is_empty());
        if from.single {
            return readable(value).then(|| Scans { list: vec![(Vec::new(), Scan::Object(value))], readable: true });
        }
        let mut list = Vec::new();
        let mut there = false;
        for path in &from.events {
            // `traces` also holds what `traces.trace` has given
            if there && from.events.iter().any(|p| path.leads_to(p)) {
                continue;
            }
            for (steps, found) in path.find(value) {
                match (found, from.flat) {
                    (Value::String(text), Some(separator)) => {
                        there = true;
                        list.extend(flat(text, separator).map(|scan| (steps.clone(), scan)));
                    }
                    (_, Some(_)) => {}
                    (Value::Array(items), None) => {
                        there = true;
                        list.extend(items.iter().enumerate().map(|(n, item)| (with(&steps, Step::Index(n)), scan(item))));
                    }
                    // one scan is no list in XML; some services also write an object of "0", "1" …
                    (Value::Object(object), None) => {
                        if readable(found) {
                            there = true;
                            list.push((steps, Scan::Object(found)));
                        } else if !object.is_empty() && object.values().all(|v| v.is_object() && readable(v)) {
                            there = true;
                            list.extend(object.iter().map(|(k, v)| (with(&steps, Step::Key(k.clone())), Scan::Object(v))));
                        }
                    }
                    // nothing yet: Kdniao writes null, others an empty string or element
                    (Value::Null, None) => there = true,
                    (Value::String(s), None) if s.trim().is_empty() => there = true,
                    _ => {}
                }
            }
        }
        let readable = list.iter().any(|(_, s)| match s {
            Scan::Object(v) => readable(v),
            Scan::Flat(time, _) => times::read(time).is_some(),
            Scan::Other => false,
        });
        there.then_some(Scans { list, readable })
    }

    fn read(self, from: &Service, at: &At<'_>, known: &Knowledge) -> (Vec<TraceEvent>, u32) {
        let mut events = Vec::with_capacity(self.list.len().min(MAX_EVENTS));
        let mut skipped = 0;
        for (steps, scan) in self.list {
            let place = at.pointers.map_or_else(
                || at.place.clone(),
                |p| {
                    let whole: Vec<Step> = at.steps.iter().chain(&steps).cloned().collect();
                    Place::Pointer(format!("{}{}", p.prefix, path::place(&whole, p.xml)).into())
                },
            );
            match event(&scan, from, place, known) {
                Some(event) if events.len() < MAX_EVENTS => events.push(event),
                _ => skipped += 1,
            }
        }
        (events, skipped)
    }
}

fn with(steps: &[Step], last: Step) -> Vec<Step> {
    steps.iter().cloned().chain([last]).collect()
}

fn scan(value: &Value) -> Scan<'_> {
    if value.is_object() { Scan::Object(value) } else { Scan::Other }
}

/// `time|text|time|text`. A text that holds the separator itself is put together again, because only times begin a scan.
fn flat<'v>(text: &str, separator: char) -> impl Iterator<Item = Scan<'v>> {
    let mut scans: Vec<(String, String)> = Vec::new();
    for part in text.split(separator) {
        if times::read(part).is_some() {
            scans.push((part.trim().to_owned(), String::new()));
        } else if let Some((_, words)) = scans.last_mut() {
            if !words.is_empty() {
                words.push(separator);
            }
            words.push_str(part.trim());
        }
    }
    scans.into_iter().map(|(time, words)| Scan::Flat(time, words))
}

fn event(scan: &Scan<'_>, from: &Service, place: Place, known: &Knowledge) -> Option<TraceEvent> {
    let (at, words, location, code) = match scan {
        Scan::Object(value) => (
            choose(value, &from.time, " ").find_map(|t| times::read(&t))?,
            choose(value, &from.text, " ").next().unwrap_or_default(),
            field(value, &from.place),
            choose(value, &from.code, ", ").find_map(|c| Some((from.code(&c)?, c))),
        ),
        Scan::Flat(time, words) => (times::read(time)?, words.clone(), None, None),
        Scan::Other => return None,
    };
    let by_words = known.words.kind(&words);
    let mut event = said(at.0, words, location, code.as_ref().map(|(kind, _)| *kind), place, &known.words);
    event.unverified_code = code.map(|(_, code)| code).filter(|code| event.kind != by_words && from.is_unverified(code));
    event.zone_unknown = !from.chinese && !at.1;
    Some(event)
}

/// A scan from its time and words; its code fills what the words leave open.
pub fn said(at: crate::model::Time, text: String, location: Option<String>, code: Option<EventKind>, place: Place, words: &Words) -> TraceEvent {
    let kind = match (words.kind(&text), code) {
        (EventKind::Other, Some(code)) => code,
        // a bare "signed" is made exact by the code
        (
            EventKind::Delivered,
            Some(code @ (EventKind::AtStation | EventKind::DeliveredToOther | EventKind::LeftThere | EventKind::ReturnSigned | EventKind::PickedUpByRecipient)),
        ) => code,
        (kind, _) => kind,
    };
    let location = location.or_else(|| leading_site(&text).0.or_else(|| site(&text)).map(str::to_owned));
    TraceEvent { at, text, location, kind, place, ..TraceEvent::default() }
}
