//! Outputs for programs, held against the schemas that `appealpack schema` prints: what is required is there, types and words fit, and no key comes that
//! the schema does not tell of (a schema lets later versions add keys, and has to name them then).

use crate::support::{CASE_ID, WAYBILLS, Work, appealpack, exits, picture, run, stdout, unzip, write_case};
use serde_json::{Value, json};
use std::fs;

/// The printed schema of a name.
fn schema(name: &str) -> Value {
    let output = run(&["schema", name]);
    exits(&output, 0);
    serde_json::from_slice(&output.stdout).expect("a schema is JSON")
}

/// Does a value have the type that a schema calls so.
fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no schema of ours has the type {other}"),
    }
}

/// What a value breaks of a schema, each with its place. Only the words that our schemas use are known; another one is a mistake here or there.
fn broken(schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let mut say = |what: String| wrong.push(format!("{at}: {what}"));
    let words = schema.as_object().unwrap_or_else(|| panic!("the schema of {at} is no object"));
    let list = |key: &str| words.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for word in words.keys() {
        match (word.as_str(), &words[word]) {
            ("$schema" | "title" | "description" | "properties" | "items" | "additionalProperties", _) => {}
            ("type", kinds) => {
                let kinds: Vec<&str> = kinds.as_str().into_iter().chain(list("type").iter().filter_map(Value::as_str)).collect();
                if !kinds.iter().any(|kind| is_a(value, kind)) {
                    say(format!("{value} is none of {kinds:?}"));
                }
                // unknown is null
                if kinds.contains(&"null") && value == "" {
                    say("an empty string where null means unknown".to_owned());
                }
            }
            ("const", wanted) if value != wanted => say(format!("{value} is not {wanted}")),
            ("enum", _) if !list("enum").contains(value) => say(format!("{value} is none of the words")),
            ("minimum", least) if value.as_i64().is_some_and(|n| n < least.as_i64().unwrap_or(i64::MAX)) => say(format!("{value} is less than {least}")),
            ("maximum", most) if value.as_i64().is_some_and(|n| n > most.as_i64().unwrap_or(i64::MIN)) => say(format!("{value} is more than {most}")),
            ("minItems", least) if value.as_array().is_some_and(|l| (l.len() as u64) < least.as_u64().unwrap_or(u64::MAX)) => say("too short".to_owned()),
            ("maxItems", most) if value.as_array().is_some_and(|l| l.len() as u64 > most.as_u64().unwrap_or(0)) => say("too long".to_owned()),
            ("format", form) => {
                let fits = |text: &str| match form.as_str() {
                    Some("date-time") => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
                    Some("date") => text.parse::<chrono::NaiveDate>().is_ok(),
                    _ => false,
                };
                if value.as_str().is_some_and(|text| !fits(text)) {
                    say(format!("{value} is no {form}"));
                }
            }
            ("required", _) => {
                let missing = list("required").iter().filter_map(Value::as_str).filter(|key| value.is_object() && value.get(key).is_none());
                missing.for_each(|key| say(format!("lacks {key}")));
            }
            ("oneOf", _) => {
                let fits = |one: &&Value| {
                    let mut inside = Vec::new();
                    broken(one, value, at, &mut inside);
                    inside.is_empty()
                };
                if list("oneOf").iter().filter(fits).count() != 1 {
                    say(format!("{value} fits not exactly one of the kinds"));
                }
            }
            ("const" | "enum" | "minimum" | "maximum" | "minItems" | "maxItems", _) => {}
            (other, _) => panic!("{at}: the schema uses {other}, which nothing here checks"),
        }
    }
    for (i, item) in value.as_array().into_iter().flatten().enumerate() {
        if let Some(of_items) = words.get("items") {
            broken(of_items, item, &format!("{at}/{i}"), wrong);
        }
    }
    for (key, inner) in value.as_object().into_iter().flatten() {
        let place = format!("{at}/{key}");
        match (schema.pointer(&format!("/properties/{key}")), words.get("additionalProperties")) {
            (Some(own), _) => broken(own, inner, &place, wrong),
            (None, Some(others)) if others.is_object() => broken(others, inner, &place, wrong),
            _ if words.contains_key("properties") => wrong.push(format!("{place}: the schema tells of no such key")),
            _ => {}
        }
    }
}

#[track_caller]
fn holds(name: &str, value: &Value) {
    let mut wrong = Vec::new();
    broken(&schema(name), value, "", &mut wrong);
    assert!(wrong.is_empty(), "{name}:\n{}\nin {value:#}", wrong.join("\n"));
}

#[test]
fn the_check_here_finds_what_does_not_fit() {
    let schema = json!({
        "type": "object",
        "properties": {
            "n": { "type": "integer", "minimum": 1, "maximum": 5 }, "word": { "enum": ["a", "b"] }, "name": { "type": ["string", "null"] },
            "at": { "type": "string", "format": "date-time" }, "list": { "type": "array", "minItems": 1, "items": { "type": "string" } },
            "one": { "oneOf": [{ "type": "null" }, { "type": "object", "required": ["x"] }] }, "same": { "const": "v/1" },
            "map": { "type": "object", "additionalProperties": { "type": "integer" } },
        },
        "required": ["n"],
        "additionalProperties": true
    });
    let places = |value: Value| {
        let mut wrong = Vec::new();
        broken(&schema, &value, "", &mut wrong);
        wrong.into_iter().map(|w| w.split(':').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let good =
        json!({ "n": 5, "word": "a", "name": null, "at": "2026-04-10T10:00:00+08:00", "list": ["x"], "one": { "x": 1 }, "same": "v/1", "map": { "k": 1 } });
    assert_eq!(places(good), [""; 0]);
    let bad = json!({ "n": 6, "word": "c", "name": "", "at": "2026-04-10", "list": [], "one": {}, "same": "v/2", "map": { "k": "1" }, "new": 1 });
    assert_eq!(places(bad), ["/n", "/word", "/name", "/at", "/list", "/one", "/same", "/map/k", "/new"]);
    assert_eq!(places(json!({ "list": [1] })), ["", "/list/0"]);
}

/// Everything that a check can tell of: kinds of tables, a chat as text, what is missing, broken, weakly linked or of nobody.
fn many_things() -> Work {
    let work = Work::of(&["_base/three-orders", "layout-invoice/several-lines-of-one-invoice/in", "layout-payment/wechat-with-a-refund/in"]);
    for (name, bytes) in [("散落的图.jpg", picture(99, true)), ("空.txt", Vec::new()), ("断.png", picture(98, false)[..200].to_vec())] {
        fs::write(work.case().join(name), bytes).expect("file");
    }
    work
}

fn json_of(command: &str, work: &Work) -> Value {
    let output = appealpack().arg(command).arg(work.case()).args(["--format", "json"]).output().expect("starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", stdout(&output)))
}

#[test]
fn what_check_and_audit_tell_is_as_their_schemas_say() {
    for work in [many_things(), Work::new(), Work::empty()] {
        holds("check", &json_of("check", &work));
    }
    let told = json_of("check", &many_things());
    let read: Vec<&str> =
        told["files"].as_array().into_iter().flatten().flat_map(|f| f["read"].as_array().into_iter().flatten()).filter_map(|r| r["as"].as_str()).collect();
    for part in ["orders", "traces", "chats", "bill", "stock-movements", "stock-counts", "causes", "invoices", "payments"] {
        assert!(read.contains(&part), "nothing was held to what the schema says of {part}: {read:?}");
    }
    for work in [many_things(), Work::new()] {
        // with a risk, so that the schema's rules for one are used
        fs::remove_file(work.case().join(format!("物流/{}.json", WAYBILLS[0]))).expect("trace");
        holds("audit", &json_of("audit", &work));
    }
}

/// A list as the schema tells of it: an object a row, with the schema's names in place of the heads in the case's language.
fn rows(name: &str, bytes: &[u8]) -> Value {
    let names: Vec<String> = schema(name)["items"]["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    assert!(bytes.starts_with(b"\xef\xbb\xbf"), "{name} begins with a mark");
    let mut reader = csv::ReaderBuilder::new().from_reader(&bytes[3..]);
    assert_eq!(reader.headers().expect("heads").len(), names.len(), "{name}: a column without a word in the schema, or a word without a column");
    reader.records().map(|row| Value::Object(names.iter().cloned().zip(row.expect("a row").iter().map(Value::from)).collect())).collect()
}

#[test]
fn what_is_handed_in_for_programs_is_as_its_schemas_say() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
    let file = |name: &str| bag.iter().find(|(path, _)| path.ends_with(name)).unwrap_or_else(|| panic!("no {name}")).1.clone();
    let manifest: Value = serde_json::from_slice(&file("/data/manifest.json")).expect("JSON");
    holds("manifest", &manifest);
    assert!(manifest["files"].as_array().into_iter().flatten().any(|f| f["extract"].is_object()), "an extract, too");

    let index = rows("index", &file("/data/index.csv"));
    holds("index", &index);
    let first = &index[0];
    assert!(first["path"].as_str().is_some_and(|p| p.starts_with("data/")) && first["sha256"].as_str().is_some_and(|s| s.len() == 64), "{first}");
    let findings: Value = serde_json::from_slice(&fs::read(work.result().join("private/findings.json")).expect("findings.json")).expect("JSON");
    holds("check", &findings);
    let orders = rows("orders", &fs::read(work.result().join("upload/orders.csv")).expect("orders.csv"));
    holds("orders", &orders);
    assert_eq!((&orders[0]["order_id"], orders.as_array().map(Vec::len)), (&Value::from(crate::support::ORDERS[0]), Some(3)));
}

#[test]
fn what_a_batch_sums_up_is_as_its_schema_says() {
    let work = Work::empty();
    let many = work.root().join("many");
    for (folder, id) in [("a", "ready"), ("b", "broken"), ("c", "private-only")] {
        write_case(&many.join(folder), folder);
        let toml = many.join(folder).join("case.toml");
        let text = fs::read_to_string(&toml).expect("case.toml").replace("[case]\n", &format!("[case]\nid = \"{id}\"\n"));
        fs::write(&toml, text).expect("case.toml");
    }
    fs::write(many.join("b/case.toml"), "[case]\nplatfrom = \"taobao\"\n").expect("case.toml");
    fs::remove_file(many.join("c/c通知.txt")).expect("notice");
    fs::create_dir_all(many.join("照片")).expect("folder");
    fs::write(many.join("照片/说明.txt"), "还没有通知\n").expect("file");
    exits(&appealpack().arg("batch").arg(&many).arg("--out").arg(work.out()).output().expect("starts"), 1);
    let summary: Value = serde_json::from_slice(&fs::read(work.out().join("summary.json")).expect("summary.json")).expect("JSON");
    holds("summary", &summary);
    let results: Vec<&str> = summary["cases"].as_array().into_iter().flatten().filter_map(|c| c["result"].as_str()).collect();
    assert_eq!(results, ["ready", "failed", "not-built"], "{summary:#}");
    assert_eq!(summary["passed_over"].as_array().map(Vec::len), Some(1));
}
