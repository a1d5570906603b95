//! What is true of every result of `check`, whatever the case: each file accounted for, totals that add up, words from the closed lists, findings in their
//! order, one result in both languages.

use crate::support::{stdout, tree};
use crate::zips;
use appealpack::finding::Code;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Output;

const STATUSES: [&str; 8] = ["matched", "shared", "ambiguous", "unmatched", "duplicate", "unreadable", "ignored", "source"];
const KINDS: [&str; 20] = [
    "notice",
    "order-record",
    "tracking-list",
    "trace",
    "waybill",
    "courier-bill",
    "courier-proof",
    "chat",
    "stock-out",
    "stock-count",
    "purchase",
    "invoice",
    "contract",
    "promotion",
    "traffic",
    "payment",
    "refund",
    "delivery-proof",
    "media",
    "other",
];
const KEYS: [&str; 13] =
    ["order-id", "sub-order-id", "waybill", "nick", "phone", "recipient", "sku-quantity-day", "amount-time", "title", "content", "assign", "ocr", "barcode"];
const STRENGTHS: [&str; 3] = ["exact", "strong", "weak"];
/// The gravest first, as findings are sorted.
const SEVERITIES: [&str; 4] = ["error", "warning", "note", "ok"];
/// What is put in words; everything else is the same in every language.
const WORDED: [&str; 5] = ["message", "hint", "text", "source", "rule"];
/// Tasks at most.
const MOST_TASKS: usize = 5;

/// What of it does not hold, line by line. `result` is `check` in Chinese, `again` runs it once more in a language and a format.
pub fn broken_by(result: &Value, case: &Path, again: impl Fn(&str, &str) -> Output) -> Vec<String> {
    let mut wrong = Vec::new();
    accounted(case, result, &mut wrong);
    sums(result, &mut wrong);
    if result["counts"]["flagged"] != 0 {
        standings(result, &stdout(&again("zh-CN", "text")), &mut wrong);
    }
    listed(result, &mut wrong);
    joined(result, &mut wrong);
    known_words(result, &mut wrong);
    sorted(result, &mut wrong);
    never_empty(result, "", &mut wrong);
    let english: Value = serde_json::from_slice(&again("en", "json").stdout).unwrap_or_default();
    if unworded(result) != unworded(&english) {
        wrong.push("the languages disagree on more than words".to_owned());
    }
    worded("zh-CN", result, &mut wrong);
    worded("en", &english, &mut wrong);
    wrong
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// Every file on disk stands in the result exactly once with a status of the contract; so does every member of an archive that was opened.
fn accounted(case: &Path, result: &Value, wrong: &mut Vec<String>) {
    let mut there: BTreeSet<String> = tree(case).into_iter().map(|(p, _)| p.replace('\\', "/")).collect();
    let files = list(result, "files");
    let told: BTreeSet<String> = files.iter().filter_map(|f| f["path"].as_str()).map(str::to_owned).collect();
    for archive in told.iter().filter_map(|p| p.split_once("!/")).map(|(archive, _)| archive).collect::<BTreeSet<_>>() {
        there.extend(zips::members(&fs::read(case.join(archive)).unwrap_or_default()).into_iter().map(|m| format!("{archive}!/{m}")));
    }
    if files.len() != told.len() || told != there {
        let differs: Vec<_> = told.symmetric_difference(&there).collect();
        wrong.push(format!("{} files told, {} are there; differ: {differs:?}", files.len(), there.len()));
    }
}

/// Argued + left out = flagged; what is counted is what is listed.
fn sums(result: &Value, wrong: &mut Vec<String>) {
    let counts = &result["counts"];
    let orders = list(result, "orders");
    let mains: BTreeSet<&str> = orders.iter().filter_map(|o| o["main_id"].as_str().or(o["id"].as_str())).collect();
    let of_severity = |severity: &str| list(result, "findings").iter().filter(|f| f["severity"] == severity).count();
    let counted = [
        ("flagged", orders.len()),
        ("orders", mains.len()),
        ("argued", orders.iter().filter(|o| o["argued"] == true).count()),
        ("left_out", orders.iter().filter(|o| o["argued"] == false).count()),
        ("errors", of_severity("error")),
        ("warnings", of_severity("warning")),
    ];
    for (key, listed) in counted {
        if counts[key] != listed {
            wrong.push(format!("{key}: {listed} are listed, counts say {}", counts[key]));
        }
    }
    let files = list(result, "files");
    for (key, count) in result["file_counts"].as_object().into_iter().flatten() {
        let listed = if key == "found" { files.len() } else { files.iter().filter(|f| f["status"] == key.as_str()).count() };
        if *count != listed {
            wrong.push(format!("{key}: {listed} files are listed, file_counts say {count}"));
        }
    }
}

/// Proven + missing + contradicting = flagged, as the first screen says it.
fn standings(result: &Value, screen: &str, wrong: &mut Vec<String>) {
    let Some(line) = screen.lines().find(|l| l.starts_with("能举证")) else {
        wrong.push(format!("the first screen does not say where the orders stand:\n{screen}"));
        return;
    };
    let numbers: Vec<u64> = line.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    let adds_up = matches!(numbers.as_slice(), [a, b, c, sum, ..] if a + b + c == *sum && result["counts"]["flagged"] == *sum);
    if !adds_up {
        wrong.push(format!("standings do not add up: {line}"));
    }
}

/// The orders are those of the notice, in its order, each once; tasks are few, the most urgent first.
fn listed(result: &Value, wrong: &mut Vec<String>) {
    let ids: Vec<&Value> = list(result, "orders").iter().map(|o| &o["id"]).collect();
    let distinct: BTreeSet<String> = ids.iter().map(ToString::to_string).collect();
    if distinct.len() != ids.len() || ids != list(&result["notice"], "order_ids").iter().collect::<Vec<_>>() {
        wrong.push(format!("orders {ids:?} for the notice's {}", result["notice"]["order_ids"]));
    }
    let times: Vec<_> = list(result, "tasks").iter().map(|t| t["by"].as_str().and_then(|by| chrono::DateTime::parse_from_rfc3339(by).ok())).collect();
    if times.len() > MOST_TASKS || times.contains(&None) || !times.is_sorted() {
        wrong.push(format!("tasks {}", result["tasks"]));
    }
}

/// What findings and files say of orders is what the orders say of them: by the id that was listed, or that of the main order.
fn joined(result: &Value, wrong: &mut Vec<String>) {
    let of = |order: &Value| ["id", "main_id"].iter().filter_map(|key| order[*key].as_str().map(str::to_owned)).collect::<BTreeSet<_>>();
    for order in list(result, "orders") {
        let ids = of(order);
        let concerns = |f: &&Value| f["order"].as_str().is_some_and(|id| ids.contains(id));
        let found: BTreeSet<&str> = list(result, "findings").iter().filter(concerns).filter_map(|f| f["code"].as_str()).collect();
        let told: Vec<&str> = list(order, "findings").iter().filter_map(Value::as_str).collect();
        if !found.iter().eq(&told) {
            wrong.push(format!("findings of {ids:?}: {told:?}, found {found:?}"));
        }
    }
    let known: BTreeSet<String> = list(result, "orders").iter().flat_map(of).collect();
    for file in list(result, "files") {
        let orders: Vec<&str> = list(file, "orders").iter().filter_map(Value::as_str).collect();
        if orders.iter().any(|id| !known.contains(*id)) || (file["status"] == "matched" && orders.is_empty()) {
            wrong.push(format!("{} is {} of {orders:?}", file["path"], file["status"]));
        }
    }
}

/// Codes, severities, kinds, statuses, keys, strengths and places are those that programs were told of.
fn known_words(result: &Value, wrong: &mut Vec<String>) {
    let mut check = |what: &str, word: &Value, known: &dyn Fn(&str) -> bool| {
        if !word.as_str().is_some_and(known) {
            wrong.push(format!("{what} {word}"));
        }
    };
    let code = |c: &str| Code::from_name(c).is_some();
    let paths: BTreeSet<&str> = list(result, "files").iter().filter_map(|f| f["path"].as_str()).collect();
    for finding in list(result, "findings") {
        check("code", &finding["code"], &code);
        check("severity", &finding["severity"], &|s| SEVERITIES.contains(&s));
        for (key, known) in [("file", &(|p: &str| paths.contains(p)) as &dyn Fn(&str) -> bool), ("where", &is_a_place)] {
            if !finding[key].is_null() {
                check(key, &finding[key], known);
            }
        }
    }
    for file in list(result, "files") {
        check("kind", &file["kind"], &|k| KINDS.contains(&k));
        check("status", &file["status"], &|s| STATUSES.contains(&s));
    }
    for order in list(result, "orders") {
        list(order, "findings").iter().for_each(|c| check("code", c, &code));
        for evidence in list(order, "evidence") {
            check("file", &evidence["file"], &|p| paths.contains(p));
            check("kind", &evidence["kind"], &|k| KINDS.contains(&k));
            check("status", &evidence["status"], &|s| STATUSES.contains(&s));
            for reason in list(evidence, "reasons") {
                check("key", &reason["key"], &|k| KEYS.contains(&k));
                check("strength", &reason["strength"], &|s| STRENGTHS.contains(&s));
                check("where", &reason["where"], &is_a_place);
            }
        }
    }
}

/// `file`, `path`, `row 12` (behind the name of its sheet, where there are several), `line 12`, `page 3`, `/data/0/nu`, a picture's note by its field
/// (`png Comment`).
fn is_a_place(place: &str) -> bool {
    let noted = ["exif ", "jpeg ", "png ", "xmp "].iter().any(|format| place.starts_with(format));
    let numbered = |(head, number): (&str, &str)| {
        let counts = number.parse::<u32>().is_ok_and(|n| n > 0);
        counts && (["row", "line", "page"].contains(&head) || head.ends_with(" row"))
    };
    place == "file" || place == "path" || place.starts_with('/') || noted || place.rsplit_once(' ').is_some_and(numbered)
}

/// Findings by severity, code, order position, path; files by path.
fn sorted(result: &Value, wrong: &mut Vec<String>) {
    let severity = |f: &Value| SEVERITIES.iter().position(|s| f["severity"] == *s);
    let code = |f: &Value| Code::ALL.iter().position(|c| f["code"] == c.as_str());
    let mut positions: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, order) in list(result, "orders").iter().enumerate() {
        for id in ["main_id", "id"].iter().filter_map(|key| order[*key].as_str()) {
            positions.entry(id).or_insert(i);
        }
    }
    let position = |f: &Value| f["order"].as_str().map(|id| positions.get(id).copied());
    let place = |f: &Value| (severity(f), code(f), position(f), f["file"].as_str().map(str::to_owned));
    for pair in list(result, "findings").windows(2) {
        if let [a, b] = pair
            && place(a) > place(b)
        {
            wrong.push(format!("not sorted:\n      {a}\n      {b}"));
        }
    }
    if !list(result, "files").iter().map(|f| f["path"].as_str()).is_sorted() {
        wrong.push("files are not sorted by path".to_owned());
    }
}

/// Unknown is null, never "".
fn never_empty(value: &Value, at: &str, wrong: &mut Vec<String>) {
    match value {
        Value::String(text) if text.is_empty() => wrong.push(format!("{at} is \"\"")),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, v)| never_empty(v, &format!("{at}/{i}"), wrong)),
        Value::Object(fields) => fields.iter().for_each(|(key, v)| never_empty(v, &format!("{at}/{key}"), wrong)),
        _ => {}
    }
}

/// The result without its words.
fn unworded(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(unworded).collect(),
        Value::Object(fields) => fields.iter().filter(|(key, _)| !WORDED.contains(&key.as_str())).map(|(key, v)| (key.clone(), unworded(v))).collect(),
        other => other.clone(),
    }
}

/// Every finding at error or warning has a message and a next step, with nothing left unfilled.
fn worded(lang: &str, result: &Value, wrong: &mut Vec<String>) {
    for finding in list(result, "findings").iter().filter(|f| f["severity"] == "error" || f["severity"] == "warning") {
        for key in ["message", "hint"] {
            let text = finding[key].as_str().unwrap_or("");
            if text.trim().is_empty() || unfilled(text) {
                wrong.push(format!("{lang}: {key} of {finding}"));
            }
        }
    }
}

/// Does a place for a value stand there still? (`map = { order_id = … }` is TOML to paste, `{order}` is none.)
fn unfilled(text: &str) -> bool {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).any(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
}
