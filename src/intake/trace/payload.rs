//! The two shapes of a payload. Keys are compared without case, because both `LogisticCode` and `logisticCode` are met.

use super::words::{Words, leading_site, settle, state_of};
use crate::model::ids::OrderId;
use crate::model::record::{EventKind, Trace, TraceEvent, TraceState};
use crate::model::source::Place;
use crate::profile::carrier::Carriers;
use crate::text::dates;
use crate::text::ids::{clean_id, clean_waybill};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// No parcel has more scans; what goes beyond is counted as skipped.
pub const MAX_EVENTS: usize = 2_000;

/// What readers need of templates/.
pub struct Knowledge {
    pub carriers: Carriers,
    pub words: Words,
}

/// One service's names for the same things.
struct Service {
    name: &'static str,
    number: &'static str,
    carrier: &'static str,
    /// The finer state first.
    states: &'static [&'static str],
    order: &'static str,
    events: &'static str,
    times: &'static [&'static str],
    texts: &'static [&'static str],
    sites: &'static [&'static str],
    codes: &'static [&'static str],
    /// Besides number and events, one of these must be there.
    marks: &'static [&'static str],
}

/// Facts 2.1: Kuaidi100 query (and `lastResult` of a push), Kdniao query and push.
const SERVICES: [Service; 2] = [
    Service {
        name: "kuaidi100",
        number: "nu",
        carrier: "com",
        states: &["state"],
        order: "orderId",
        events: "data",
        times: &["time", "ftime"],
        texts: &["context"],
        sites: &["areaName", "location"],
        codes: &["statusCode"],
        marks: &["com", "state", "ischeck", "condition", "message"],
    },
    Service {
        name: "kdniao",
        number: "LogisticCode",
        carrier: "ShipperCode",
        states: &["StateEx", "State"],
        order: "OrderCode",
        events: "Traces",
        times: &["AcceptTime"],
        texts: &["AcceptStation"],
        sites: &["Location"],
        codes: &["Action"],
        marks: &["ShipperCode", "EBusinessID", "State", "Success"],
    },
];

fn get<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    object.get(key).or_else(|| object.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| v))
}

/// A string or number as text, trimmed; `None` for others and for nothing.
fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    let text = match get(object, key)? {
        Value::String(s) => s.trim().to_owned(),
        Value::Number(n) if n.is_u64() || n.is_i64() => n.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn first(object: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|k| text(object, k))
}

/// The trace in `value`, if it is one. `number` is the key it stands under, for payloads that leave their own number out; `at` is the place of the
/// payload, `within` the JSON pointer of it, or `None` when events have no pointer of their own (JSON lines).
pub fn trace(value: &Value, number: Option<&str>, at: &Place, within: Option<&str>, known: &Knowledge) -> Option<Trace> {
    let object = value.as_object()?;
    let (service, events_key, events) = SERVICES.iter().find_map(|service| {
        let (key, events) = object.iter().find(|(k, _)| k.eq_ignore_ascii_case(service.events))?;
        let events = match events {
            Value::Array(list) if list.iter().all(Value::is_object) => list.as_slice(),
            // Kdniao leaves `Traces: null` when there is nothing
            Value::Null => &[],
            _ => return None,
        };
        let numbered = text(object, service.number).is_some() || number.is_some();
        let marked = service.marks.iter().any(|m| get(object, m).is_some());
        let timed = events.iter().filter_map(Value::as_object).any(|e| service.times.iter().any(|t| get(e, t).is_some()));
        (numbered && marked && (timed || events.is_empty())).then_some((service, key, events))
    })?;
    let waybill = text(object, service.number).or_else(|| number.map(str::to_owned)).map(|n| clean_waybill(&n)).filter(|n| is_number(n))?;
    let carrier =
        text(object, service.carrier).and_then(|c| known.carriers.by_code(service.name, &c).or_else(|| known.carriers.by_words(&c)).map(str::to_owned));
    let whole = service.states.iter().filter_map(|k| text(object, k)).find_map(|code| known.words.code(service.name, &code));

    let mut skipped = 0;
    let mut read = Vec::with_capacity(events.len().min(MAX_EVENTS));
    for (index, event) in events.iter().enumerate() {
        let place = within.map_or_else(|| at.clone(), |p| Place::Pointer(format!("{p}/{}/{index}", escape(events_key)).into()));
        match event.as_object().and_then(|e| one(e, service, place, known)) {
            Some(event) if read.len() < MAX_EVENTS => read.push(event),
            _ => skipped += 1,
        }
    }
    // newest first is the services' usual order: turned before the stable sort, so that scans of one second keep their order too
    if read.first().zip(read.last()).is_some_and(|(first, last)| first.at > last.at) {
        read.reverse();
    }
    read.sort_by_key(|e| e.at);
    let mut seen = HashSet::new();
    read.retain(|e| seen.insert((e.at, e.text.clone())));
    settle(&mut read, whole);

    let state = if read.is_empty() && skipped == 0 { TraceState::NoInformation } else { whole.map_or(TraceState::Unknown, state_of) };
    let order = text(object, service.order).map(|o| clean_id(&o)).filter(|o| !o.is_empty()).map(OrderId::new);
    Some(Trace { waybill, carrier, service: service.name, state, order, events: read, skipped, place: at.clone(), ..Trace::default() })
}

/// 6–32 letters and digits with at least one digit (Kuaidi100's own limit of numbers).
fn is_number(number: &str) -> bool {
    (6..=32).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric()) && number.bytes().any(|b| b.is_ascii_digit())
}

fn one(event: &Map<String, Value>, service: &Service, place: Place, known: &Knowledge) -> Option<TraceEvent> {
    // a day without a time of day cannot be set against the moment of payment
    let at = service.times.iter().filter_map(|k| text(event, k)).find_map(|t| dates::moment(&t, false).filter(|m| m.has_time))?.at;
    let words = first(event, service.texts).unwrap_or_default();
    let location = first(event, service.sites).or_else(|| leading_site(&words).0.map(str::to_owned));
    let by_words = known.words.kind(&words);
    let by_code = first(event, service.codes).and_then(|c| known.words.code(service.name, &c));
    let kind = match (by_words, by_code) {
        (EventKind::Other, Some(code)) => code,
        // a bare "signed" is made exact by the code
        (EventKind::Delivered, Some(code @ (EventKind::AtStation | EventKind::DeliveredToOther | EventKind::ReturnSigned))) => code,
        (words, _) => words,
    };
    Some(TraceEvent { at, text: words, location, kind, place, ..TraceEvent::default() })
}

/// RFC 6901.
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
