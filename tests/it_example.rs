//! The committed example is the generator's output, file by file and byte by byte.

#[path = "../examples/generate_case/mod.rs"]
mod generate_case;

use generate_case::{Options, Scenario, generate};
use std::collections::BTreeMap;
use std::path::Path;

/// The options of the command in the example's case: `--orders 24 --screens 3 --screen-kb 60 --seed 7`.
const COMMITTED: Options = Options { orders: 24, screens: 3, screen_kb: 60, seed: 7, flaws: false, scenario: Scenario::Live, format: None };

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

#[test]
fn flaws_are_planted_and_listed_beside_the_case() {
    let root = tempfile::tempdir().unwrap();
    let options = Options { orders: 24, screens: 1, flaws: true, ..COMMITTED };
    generate(&options, &root.path().join("case")).unwrap();
    let text = std::fs::read_to_string(root.path().join("case.expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    let findings = expected["findings"].as_array().unwrap();
    for code in ["trace-missing", "tracking-number-reused", "returned-to-sender", "picture-broken", "content-harmful", "notice-count-differs"] {
        assert!(findings.iter().any(|f| f["code"] == code), "{code} is not planted");
    }
    for finding in findings {
        if let Some(file) = finding["file"].as_str() {
            assert!(root.path().join("case").join(file).is_file(), "{file} is named and not there");
        }
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
