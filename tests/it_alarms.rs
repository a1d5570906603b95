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
const PLAIN: Options = Options { orders: 500, screens: 1, screen_kb: 0, seed: 11, flaws: false, shuffle: false, scenario: Scenario::Live, format: None };

/// What even the clean case holds on purpose: a parcel that was not weighed, a photograph and a note that belong to no order.
const ALWAYS: [(&str, Option<&str>); 3] = [("weight-missing", None), ("file-unmatched", Some("备忘.txt")), ("file-unmatched", Some("仓库/IMG_1987.jpg"))];

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// All findings of `check`.
fn findings(case: &Path) -> Outcome<Vec<Value>> {
    let run = Command::new(env!("CARGO_BIN_EXE_appealpack")).arg("check").arg(case).args(["--format", "json", "--quiet", "--lang", "en"]).output()?;
    let found: Value = serde_json::from_slice(&run.stdout).map_err(|e| format!("{e}: {}", String::from_utf8_lossy(&run.stderr)))?;
    Ok(found["findings"].as_array().ok_or("no findings")?.clone())
}

/// What is in a table row of the printout.
#[derive(Default)]
struct Count {
    planted: usize,
    missed: usize,
    alarms: usize,
    unplanted: usize,
}

#[expect(clippy::print_stdout, reason = "the figures are what the test is for")]
/// Compares and prints; gives what was missed (at any severity) and which errors and warnings were not planted. What was planted without order and file
/// is meant once.
fn compare(title: &str, planted: &[Value], orphans: &[Value], found: &[Value]) -> Vec<String> {
    let fits = |p: &Value, f: &Value| ["code", "order", "file"].iter().all(|key| p[key].is_null() || p[key] == f[key]);
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let mut wrong = Vec::new();
    for p in planted {
        let count = counts.entry(p["code"].as_str().unwrap_or_default()).or_default();
        count.planted += 1;
        if !found.iter().any(|f| fits(p, f)) {
            count.missed += 1;
            wrong.push(format!("missed: {p}"));
        }
    }
    let mut once: Vec<&Value> = planted.iter().filter(|p| p["order"].is_null() && p["file"].is_null()).collect();
    for f in found.iter().filter(|f| f["severity"] == "error" || f["severity"] == "warning") {
        let count = counts.entry(f["code"].as_str().unwrap_or_default()).or_default();
        count.alarms += 1;
        let named = planted.iter().any(|p| fits(p, f) && !(p["order"].is_null() && p["file"].is_null()));
        let orphan = f["code"] == "file-unmatched" && orphans.contains(&f["file"]);
        let meant = named || orphan || once.iter().position(|p| fits(p, f)).map(|n| once.remove(n)).is_some();
        if !meant {
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
fn a_clean_case_of_five_hundred_orders_raises_no_alarm() -> Outcome<()> {
    let case = tempfile::tempdir()?;
    generate(&PLAIN, case.path())?;
    let wrong = compare("clean, 500 orders", &always(), &[], &findings(case.path())?);
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

#[test]
fn nor_does_a_promotion_of_ninety() -> Outcome<()> {
    let case = tempfile::tempdir()?;
    generate(&Options { orders: 90, seed: 3, scenario: Scenario::Promotion, ..PLAIN }, case.path())?;
    let wrong = compare("clean, 90 orders of a promotion", &always(), &[], &findings(case.path())?);
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

#[test]
fn a_spoilt_case_raises_exactly_the_planted_ones() -> Outcome<()> {
    let root = tempfile::tempdir()?;
    let case = root.path().join("case");
    generate(&Options { orders: 120, screens: 2, flaws: true, ..PLAIN }, &case)?;
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(root.path().join("case.expected.json"))?)?;
    let mut planted = expected["findings"].as_array().ok_or("nothing planted")?.clone();
    planted.extend(always());
    let wrong = compare("spoilt, 120 orders", &planted, expected["orphans"].as_array().ok_or("no list of orphans")?, &findings(&case)?);
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}
