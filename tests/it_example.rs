//! The committed example is the generator's output, file by file and byte by byte, and holds; what the generator plants is found.

#[path = "../examples/generate_case/mod.rs"]
mod generate_case;

use generate_case::{Options, Scenario, generate};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// The options of the command in the example's case: `--orders 24 --screens 3 --screen-kb 60 --seed 7`.
const COMMITTED: Options = Options { orders: 24, screens: 3, screen_kb: 60, seed: 7, flaws: false, shuffle: false, scenario: Scenario::Live, format: None };

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn files(root: &Path) -> Outcome<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(root)?.to_str().ok_or("a name that is not UTF-8")?.replace('\\', "/");
            found.insert(path, std::fs::read(entry.path())?);
        }
    }
    Ok(found)
}

#[test]
fn the_committed_example_is_what_the_generator_makes() {
    let made = tempfile::tempdir().unwrap();
    generate(&COMMITTED, made.path()).unwrap();
    let made = files(made.path()).unwrap();
    let committed = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/taobao-fake-transaction")).unwrap();
    let advice = "make it again: cargo run --release --example generate_case -- --orders 24 --screens 3 --screen-kb 60 --seed 7 NEW";
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&made), names(&committed), "{advice}");
    for (path, bytes) in &made {
        assert!(committed[path] == *bytes, "{path} differs; {advice}");
    }
    let total: usize = committed.values().map(Vec::len).sum();
    assert!(total < 6_000_000, "{total} bytes: too heavy for the repository");
}

/// `check --format json`: the exit status and what was found.
fn check(case: &Path) -> Outcome<(Option<i32>, Value)> {
    let run = Command::new(env!("CARGO_BIN_EXE_appealpack")).arg("check").arg(case).args(["--format", "json", "--quiet"]).output()?;
    Ok((run.status.code(), serde_json::from_slice(&run.stdout)?))
}

fn named<'a>(finding: &'a Value, key: &str) -> Option<&'a str> {
    finding[key].as_str()
}

#[test]
fn the_example_is_worth_handing_in() {
    let (status, found) = check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/taobao-fake-transaction")).unwrap();
    let findings = found["findings"].as_array().unwrap();
    let errors: Vec<&Value> = findings.iter().filter(|f| f["severity"] == "error").collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(status, Some(0));
    assert_eq!(found["counts"]["argued"], 24);
    let warnings: Vec<_> = findings.iter().filter(|f| f["severity"] == "warning").filter_map(|f| named(f, "code")).collect();
    assert_eq!(warnings, ["weight-missing", "file-unmatched", "file-unmatched"], "a few, and known ones");
}

#[test]
fn planted_flaws_are_found() {
    let root = tempfile::tempdir().unwrap();
    let case = root.path().join("case");
    generate(&Options { screens: 1, flaws: true, ..COMMITTED }, &case).unwrap();
    let (status, found) = check(&case).unwrap();
    assert_eq!(status, Some(3), "error findings: not ready to submit");
    let found = found["findings"].as_array().unwrap();
    let planted: Value = serde_json::from_str(&std::fs::read_to_string(root.path().join("case.expected.json")).unwrap()).unwrap();
    let planted = planted["findings"].as_array().unwrap();
    assert!(planted.len() >= 18, "{} flaws are too few", planted.len());
    let agrees = |p: &Value, f: &Value, key: &str| named(p, key).is_none_or(|wanted| named(f, key) == Some(wanted));
    for flaw in planted {
        let hit = found.iter().any(|f| ["code", "order", "file"].iter().all(|key| agrees(flaw, f, key)));
        assert!(hit, "planted and not found: {flaw}");
    }
}

#[test]
fn a_promotion_alone_has_no_live_evening() {
    let root = tempfile::tempdir().unwrap();
    generate(&Options { orders: 4, screens: 1, scenario: Scenario::Promotion, ..COMMITTED }, root.path()).unwrap();
    let made = files(root.path()).unwrap();
    assert!(made.keys().all(|path| !path.contains("直播订单明细")));
    let promotion = String::from_utf8(made["活动/厨房焕新季活动订单.csv"].clone()).unwrap();
    assert_eq!(promotion.lines().count(), 5, "a head and the four orders");
}
