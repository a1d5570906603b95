//! tests/cases/<code>/<variant>: a small case folder `in` and `expected.json` — findings it must have, codes it must lack, and the exit status.
//!
//! Each folder is the same good case of three orders with one thing altered; `delivery-confirmed/signed` is that good case itself. A finding of
//! `has` may name `code`, `order`, `file`, `where`, `severity`; what it does not name may be anything.

use super::support::{appealpack, stderr};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// All cases are looked at at this moment: a day after the notice.
const NOW: &str = "2026-04-10T09:00:00+08:00";

/// Codes of the contract without a folder here, and why.
const WITHOUT_CASES: &[(&str, &str)] = &[
    ("movement-stalled", "the check comes with a later issue"),
    ("destination-differs", "the check comes with a later issue"),
    ("origin-differs", "the check comes with a later issue"),
    ("recipient-differs", "the check comes with a later issue"),
    ("traces-similar", "the check comes with a later issue"),
    ("weight-implausible", "the check comes with a later issue"),
    ("chat-gap", "needs the pixels of pictures; a later issue"),
    ("amount-differs", "the check comes with a later issue"),
    ("quantity-differs", "the check comes with a later issue"),
    ("invoice-after-sale", "the check comes with a later issue"),
    ("invoice-quantity-short", "the check comes with a later issue"),
    ("invoice-buyer-differs", "the check comes with a later issue"),
    ("invoice-price-above-sale", "the check comes with a later issue"),
    ("picture-edited", "the check comes with a later issue"),
    ("evidence-in-other-case", "the check comes with a later issue"),
    ("picture-too-small", "the check comes with a later issue"),
    ("picture-unclear", "needs the pixels of pictures; a later issue"),
    ("path-long", "a path of 200 characters cannot be checked out on Windows; tested in intake with a folder made by the test"),
    ("glyph-missing", "raised by laying out, not by check; tested in render"),
    ("limit-files", "raised by building, not by check"),
    ("limit-bytes", "raised by building, not by check"),
    ("limit-pages", "raised by building, not by check"),
    ("limit-text", "raised by building, not by check"),
    ("limit-unknown", "raised by building, not by check"),
];

struct Case {
    name: String,
    folder: PathBuf,
    has: Vec<Value>,
    lacks: Vec<String>,
    exit: i64,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn folders(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(dir).expect("tests/cases is there").map(|e| e.expect("its entries can be read").path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}

fn cases() -> Vec<Case> {
    let name = |p: &Path| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut cases = Vec::new();
    for code in folders(&root()) {
        for variant in folders(&code).into_iter().filter(|v| v.join("expected.json").is_file()) {
            let text = std::fs::read_to_string(variant.join("expected.json")).expect("expected.json can be read");
            let expected: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", variant.display()));
            let list = |key: &str| expected[key].as_array().cloned().unwrap_or_default();
            cases.push(Case {
                name: format!("{}/{}", name(&code), name(&variant)),
                has: list("has"),
                lacks: list("lacks").iter().filter_map(|c| c.as_str().map(str::to_owned)).collect(),
                exit: expected["exit"].as_i64().unwrap_or_else(|| panic!("{}: no exit", variant.display())),
                folder: variant,
            });
        }
    }
    assert!(!cases.is_empty());
    cases
}

/// Runs the program as a user would, with nothing of this machine's settings.
fn check(folder: &Path) -> (i64, Value, String) {
    let mut command = appealpack();
    command.args(["check", "--format", "json", "--lang", "en", "--now", NOW]).arg(folder.join("in"));
    let output = command.output().expect("the binary starts");
    let said = stderr(&output);
    let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (i64::from(output.status.code().unwrap_or(-1)), json, said)
}

/// What is wrong with the result of a case; empty when nothing is.
fn faults(case: &Case) -> Vec<String> {
    let (exit, json, said) = check(&case.folder);
    let Some(findings) = json["findings"].as_array() else { return vec![format!("no findings in the output; it said: {said}")] };
    let mut faults = Vec::new();
    if exit != case.exit {
        let errors: Vec<&Value> = findings.iter().filter(|f| f["severity"] == "error").map(|f| &f["code"]).collect();
        faults.push(format!("exit {exit}, not {}; errors: {errors:?}", case.exit));
    }
    for wanted in &case.has {
        let Some(wanted) = wanted.as_object() else { return vec![format!("{wanted} in expected.json is no object")] };
        if !findings.iter().any(|f| wanted.iter().all(|(key, value)| f[key] == *value)) {
            let near: Vec<&Value> = findings.iter().filter(|f| f["code"] == wanted["code"]).collect();
            faults.push(format!("no {wanted:?}; of that code: {near:?}"));
        }
    }
    for code in &case.lacks {
        if let Some(found) = findings.iter().find(|f| f["code"] == *code) {
            faults.push(format!("should lack {code}: {found}"));
        }
    }
    let counts = &json["counts"];
    let count = |key: &str| counts[key].as_u64().unwrap_or(u64::MAX / 4);
    if count("argued") + count("left_out") != count("flagged") {
        faults.push(format!("argued + left out is not flagged: {counts}"));
    }
    for finding in findings {
        let message = finding["message"].as_str().unwrap_or("");
        if message.is_empty() || message.contains('{') {
            faults.push(format!("a message without its words: {finding}"));
        }
    }
    faults
}

#[test]
fn every_case_has_what_it_must_and_lacks_what_it_must() {
    let cases = cases();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut wrong: Vec<String> = std::thread::scope(|scope| {
        let parts: Vec<_> =
            cases.chunks(cases.len().div_ceil(threads)).map(|part| scope.spawn(|| part.iter().map(|c| (&c.name, faults(c))).collect::<Vec<_>>())).collect();
        parts
            .into_iter()
            .flat_map(|p| p.join().expect("a thread of the test ends"))
            .filter(|(_, faults)| !faults.is_empty())
            .map(|(name, faults)| format!("{name}\n    {}", faults.join("\n    ")))
            .collect()
    });
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn every_code_has_a_case_that_has_it_and_one_that_just_does_not() {
    let mut raised: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    for case in cases() {
        let code = case.name.split('/').next().unwrap_or("").to_owned();
        let e = raised.entry(code.clone()).or_default();
        e.0 |= case.has.iter().any(|h| h["code"] == *code.as_str());
        e.1 |= case.lacks.contains(&code);
    }
    let excused: BTreeSet<&str> = WITHOUT_CASES.iter().map(|(c, _)| *c).collect();
    let mut wrong = Vec::new();
    for code in appealpack::finding::Code::ALL {
        let name = code.as_str();
        match (raised.get(name), excused.contains(name)) {
            (Some((true, true)), false) | (None, true) => {}
            (Some(_), true) => wrong.push(format!("{name} has cases and an excuse")),
            (Some((has, lacks)), false) => wrong.push(format!("{name}: a case that has it: {has}; one that does not: {lacks}")),
            (None, false) => wrong.push(format!("{name} has no folder in tests/cases")),
        }
    }
    let known: BTreeSet<&str> = appealpack::finding::Code::ALL.iter().map(|c| c.as_str()).collect();
    wrong.extend(raised.keys().filter(|c| !known.contains(c.as_str()) && has_cases_of_a_code(c)).map(|c| format!("{c} is no code")));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Folders of layouts live beside those of codes; they are named after templates/layouts.
fn has_cases_of_a_code(folder: &str) -> bool {
    !Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("templates/layouts/{folder}.toml")).is_file()
}
