//! False alarms cost trust: a clean case of five hundred orders gives no error and no warning beyond what it holds on purpose, and a spoilt one gives exactly
//! what was planted. Printed by code: planted, found, missed, false (`cargo test --test it_alarms -- --nocapture`).

#[path = "../examples/generate_case/mod.rs"]
mod generate_case;

use generate_case::{Options, Scenario, generate};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Pictures are blocks: what is judged here stands in tables, traces and chats.
const PLAIN: Options = Options { orders: 500, screens: 1, screen_kb: 0, seed: 11, flaws: false, scenario: Scenario::Live, format: None };

/// What even the clean case holds on purpose: a parcel that was not weighed, a photograph and a note that belong to no order.
const ALWAYS: [(&str, Option<&str>); 3] = [("weight-missing", None), ("file-unmatched", Some("备忘.txt")), ("file-unmatched", Some("仓库/IMG_1987.jpg"))];

/// Errors and warnings of `check`.
fn alarms(case: &Path) -> Vec<Value> {
    let run = Command::new(env!("CARGO_BIN_EXE_appealpack")).arg("check").arg(case).args(["--format", "json", "--quiet", "--lang", "en"]).output().unwrap();
    let found: Value = serde_json::from_slice(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&run.stderr)));
    let alarm = |f: &&Value| f["severity"] == "error" || f["severity"] == "warning";
    found["findings"].as_array().unwrap().iter().filter(alarm).cloned().collect()
}

/// What is in a table row of the printout.
#[derive(Default)]
struct Count {
    planted: usize,
    missed: usize,
    alarms: usize,
    unplanted: usize,
}

/// Compares and prints; gives what was missed and what was not planted.
fn compare(title: &str, planted: &[Value], found: &[Value]) -> Vec<String> {
    let fits = |p: &Value, f: &Value| ["code", "order", "file"].iter().all(|key| p[key].is_null() || p[key] == f[key]);
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let mut wrong = Vec::new();
    for p in planted {
        let count = counts.entry(p["code"].as_str().unwrap()).or_default();
        count.planted += 1;
        if !found.iter().any(|f| fits(p, f)) {
            count.missed += 1;
            wrong.push(format!("missed: {p}"));
        }
    }
    for f in found {
        let count = counts.entry(f["code"].as_str().unwrap()).or_default();
        count.alarms += 1;
        if !planted.iter().any(|p| fits(p, f)) {
            count.unplanted += 1;
            wrong.push(format!("false: {} {} {} {}", f["code"], f["order"], f["file"], f["message"]));
        }
    }
    println!("{title}\n{:28} {:>7} {:>7} {:>7} {:>7}", "code", "planted", "found", "missed", "false");
    for (code, c) in counts {
        println!("{code:28} {:>7} {:>7} {:>7} {:>7}", c.planted, c.alarms, c.missed, c.unplanted);
    }
    wrong
}

fn always() -> Vec<Value> {
    ALWAYS.iter().map(|(code, file)| serde_json::json!({ "code": code, "order": null, "file": file })).collect()
}

#[test]
fn a_clean_case_of_five_hundred_orders_raises_no_alarm() {
    let case = tempfile::tempdir().unwrap();
    generate(&PLAIN, case.path()).unwrap();
    let wrong = compare("clean, 500 orders", &always(), &alarms(case.path()));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_spoilt_case_raises_exactly_the_planted_ones() {
    let root = tempfile::tempdir().unwrap();
    let case = root.path().join("case");
    generate(&Options { orders: 120, flaws: true, ..PLAIN }, &case).unwrap();
    let planted: Value = serde_json::from_str(&std::fs::read_to_string(root.path().join("case.expected.json")).unwrap()).unwrap();
    let mut planted = planted["findings"].as_array().unwrap().clone();
    planted.extend(always());
    let wrong = compare("spoilt, 120 orders", &planted, &alarms(&case));
    assert!(wrong.is_empty(), "{wrong:#?}");
}
