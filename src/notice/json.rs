//! A notice saved as JSON: answers of platforms' interfaces by the keys in notice-words.toml (`[[api]]`), as a table with heads that the reader of
//! notices knows; any other JSON as `key: value` lines. One value, an array, or JSON Lines; JSON inside a string is looked into.

use super::lines::Line;
use super::words::{Api, Heads, NoticeWords};
use crate::model::source::Place;
use crate::text::dates;
use serde_json::Value;

/// Longest JSON that is read as a notice.
const MAX_BYTES: usize = 8 << 20;
/// Records of an answer.
const MAX_RECORDS: usize = 100_000;
/// JSON in a string in a string …
const MAX_INNER: usize = 3;

/// An object with all keys of an interface.
struct Record<'a> {
    place: Place,
    api: &'a Api,
    /// Folded keys and their values.
    fields: Vec<(String, String)>,
}

/// The lines of a JSON text; `None` when it is none.
pub(super) fn lines(text: &str, words: &NoticeWords) -> Option<Vec<Line>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if !text.starts_with(['{', '[']) || text.len() > MAX_BYTES {
        return None;
    }
    let roots: Vec<(Option<u32>, Value)> = match serde_json::from_str(text) {
        Ok(value) => vec![(None, value)],
        Err(_) => {
            let each = (1..).zip(text.lines()).filter(|(_, l)| !l.trim().is_empty());
            each.map(|(n, l)| serde_json::from_str(l).ok().map(|v| (Some(n), v))).collect::<Option<Vec<_>>>()?
        }
    };
    let mut records: Vec<Record<'_>> = Vec::new();
    for (line, value) in &roots {
        find(value, "", *line, words, 0, &mut records);
    }
    let Some(first) = records.first() else {
        let mut out = Vec::new();
        for (line, value) in &roots {
            flat(value, "", "", *line, &mut out);
        }
        return Some(out);
    };
    let api = first.api;
    // the title says whose answer it is
    let Heads { number, main, sub, wording, received, deadline } = &words.heads;
    let heads = [number, main, sub, wording, received, deadline].map(String::as_str).join("\t");
    let mut out = vec![Line::new(Place::Whole, &api.title), Line::new(Place::Whole, &heads)];
    for Record { place, api, fields } in records.iter().filter(|r| r.api.title == api.title) {
        let field = |keys: &[String]| keys.iter().find_map(|k| fields.iter().find(|(name, _)| name == &folded(k)).map(|(_, v)| v.as_str())).unwrap_or("");
        let violation = if field(&api.wording).is_empty() { api.violation.as_str() } else { field(&api.wording) };
        let cells = [field(&api.number), field(&api.main), field(&api.sub), violation, &moment(field(&api.received)), &moment(field(&api.deadline))];
        out.push(Line::new(place.clone(), &cells.map(|c| c.replace(['\t', '\n', '\r'], " ")).join("\t")));
    }
    Some(out)
}

/// Seconds since 1970 become a date that a reader knows; anything else stays.
fn moment(value: &str) -> String {
    match dates::moment(value, false) {
        Some(m) if m.has_time => m.at.format("%Y-%m-%d %H:%M:%S %z").to_string(),
        _ => value.to_owned(),
    }
}

/// `illegalOrderId`, `illegal_order_id` and `IllegalOrderID` are one key.
fn folded(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

fn find<'a>(value: &Value, pointer: &str, line: Option<u32>, words: &'a NoticeWords, inner: usize, out: &mut Vec<Record<'a>>) {
    if out.len() >= MAX_RECORDS {
        return;
    }
    match value {
        Value::Object(map) => {
            let fields: Vec<(String, String)> = map.iter().filter_map(|(k, v)| Some((folded(k), scalar(v)?))).collect();
            let has = |key: &String| fields.iter().any(|(name, _)| *name == folded(key)) || map.keys().any(|k| folded(k) == folded(key));
            if let Some(api) = words.api.iter().find(|api| api.keys.iter().all(has)) {
                out.push(Record { place: place(pointer, line), api, fields });
                return;
            }
            for (key, value) in map {
                find(value, &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), line, words, inner, out);
            }
        }
        Value::Array(values) => values.iter().enumerate().for_each(|(n, v)| find(v, &format!("{pointer}/{n}"), line, words, inner, out)),
        Value::String(text) if inner < MAX_INNER && text.trim_start().starts_with(['{', '[']) => {
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                find(&value, pointer, line, words, inner + 1, out);
            }
        }
        _ => {}
    }
}

fn place(pointer: &str, line: Option<u32>) -> Place {
    match line {
        Some(n) => Place::Line(n),
        None if pointer.is_empty() => Place::Whole,
        None => Place::Pointer(pointer.into()),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

/// `key: value`, with the words of the key apart (`orderIds` → `order ids`).
fn flat(value: &Value, key: &str, pointer: &str, line: Option<u32>, out: &mut Vec<Line>) {
    if out.len() >= MAX_RECORDS {
        return;
    }
    let label = |key: &str| {
        let mut label = String::new();
        for c in key.chars() {
            if c.is_ascii_uppercase() && label.chars().next_back().is_some_and(|l| l.is_ascii_lowercase()) {
                label.push(' ');
            }
            label.push(if matches!(c, '_' | '-') { ' ' } else { c });
        }
        label
    };
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                flat(value, key, &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), line, out);
            }
        }
        Value::Array(values) => match values.iter().map(scalar).collect::<Option<Vec<String>>>() {
            Some(list) => out.push(Line::new(place(pointer, line), &format!("{}: {}", label(key), list.join("、")))),
            None => values.iter().enumerate().for_each(|(n, v)| flat(v, key, &format!("{pointer}/{n}"), line, out)),
        },
        other => {
            for text in scalar(other).iter().flat_map(|t| t.lines().map(str::to_owned).collect::<Vec<_>>()) {
                let text = if key.is_empty() { text } else { format!("{}: {text}", label(key)) };
                out.push(Line::new(place(pointer, line), &text));
            }
        }
    }
}
