//! Matching measured on a heap of files: 500 flagged orders, names shuffled, folders flattened, half of the keys only inside the files, decoys one digit
//! off. No exact or strong link may be wrong, and nearly every file that carries a key must be linked.

#[expect(dead_code, reason = "the generator offers more stories than this test needs")]
#[path = "../examples/generate_case/mod.rs"]
mod generate_case;

use generate_case::{Options, Scenario, generate};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

const HEAP: Options = Options { orders: 500, screens: 0, screen_kb: 0, seed: 7, flaws: false, shuffle: true, scenario: Scenario::Live, format: None };

#[derive(Default)]
struct Score {
    files: usize,
    linked: usize,
    right: usize,
    wrong: usize,
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// File → orders that an exact or strong reason ties it to, and what was found wrong in the making.
fn links(result: &Value) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut links: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for order in result["orders"].as_array().into_iter().flatten() {
        for evidence in order["evidence"].as_array().into_iter().flatten() {
            if evidence["reasons"].as_array().into_iter().flatten().any(|r| r["strength"] == "exact" || r["strength"] == "strong") {
                links.entry(text(evidence, "file")).or_default().insert(text(order, "id"));
            }
        }
    }
    links
}

#[test]
fn a_heap_of_files_is_sorted_without_a_wrong_link() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("heap");
    generate(&HEAP, &case).unwrap();
    let truth: Value = serde_json::from_slice(&std::fs::read(dir.path().join("heap.truth.json")).unwrap()).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_appealpack")).arg("check").arg(&case).args(["--format", "json", "--quiet", "--lang", "en"]).output().unwrap();
    let result: Value = serde_json::from_slice(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&run.stderr)));
    assert_eq!(result["counts"]["flagged"], 500);
    let links = links(&result);
    let none = BTreeSet::new();
    let mut scores: BTreeMap<(&str, &str), Score> = BTreeMap::new();
    let mut misses = Vec::new();
    for file in truth["files"].as_array().unwrap() {
        let owners: BTreeSet<&str> = file["orders"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let found = links.get(text(file, "file")).unwrap_or(&none);
        let sort = if file["decoy"] == true {
            "decoy"
        } else if owners.is_empty() {
            "not flagged"
        } else {
            text(file, "place")
        };
        let score = scores.entry((text(file, "key"), sort)).or_default();
        score.files += 1;
        score.linked += usize::from(!found.is_empty());
        score.right += usize::from(!owners.is_empty() && *found == owners);
        let wrong = found.difference(&owners).count();
        score.wrong += wrong;
        if wrong > 0 || *found != owners {
            misses.push(format!("{file} was tied to {found:?}"));
        }
    }
    println!("{:24} {:12} {:>6} {:>7} {:>6} {:>6} {:>8}", "key", "stands in", "files", "linked", "right", "wrong", "recall");
    let mut total = Score::default();
    for ((key, sort), score) in &scores {
        let keyed = !matches!(*sort, "decoy" | "not flagged");
        let recall = if keyed { format!("{:.1} %", score.right as f64 * 100.0 / score.files as f64) } else { String::new() };
        println!("{key:24} {sort:12} {:>6} {:>7} {:>6} {:>6} {recall:>8}", score.files, score.linked, score.right, score.wrong);
        total.wrong += score.wrong;
        if keyed {
            total.files += score.files;
            total.right += score.right;
            total.linked += score.linked;
        }
    }
    let precision = total.right as f64 * 100.0 / (total.right + total.wrong).max(1) as f64;
    let recall = total.right as f64 * 100.0 / total.files as f64;
    println!("{} files with a key: precision {precision:.2} %, recall {recall:.2} %", total.files);
    misses.iter().take(20).for_each(|m| println!("{m}"));
    let decoys: usize = scores.iter().filter(|((_, sort), _)| *sort == "decoy").map(|(_, s)| s.files).sum();
    assert!(decoys * 20 >= total.files, "{decoys} decoys are less than 5 % of {}", total.files);
    assert_eq!(total.wrong, 0, "wrong links");
    assert!(total.right * 100 >= total.files * 99, "recall {recall:.2} %");
    // what was found adds up
    let counts = result["file_counts"].as_object().unwrap();
    let sum: u64 = counts.iter().filter(|(k, _)| *k != "found").filter_map(|(_, n)| n.as_u64()).sum();
    assert_eq!(Some(sum), counts["found"].as_u64());
    assert_eq!(sum as usize, walkdir::WalkDir::new(&case).into_iter().filter(|e| e.as_ref().is_ok_and(|e| e.file_type().is_file())).count());
}
