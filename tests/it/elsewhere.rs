//! One piece of evidence in two cases: told beside an earlier bag and within a batch, and only where it contradicts.

use crate::support::{CASE_ID, ORDERS, WAYBILLS, Work, appealpack, exits, stdout, tree, write_case};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

/// The first case's slip of its first order.
const SLIP: &str = "底单/SF1390012345671.jpg";

fn replaced(bytes: &[u8], pairs: &[(String, String)]) -> Vec<u8> {
    // numbers are ASCII, so GB18030 and UTF-8 may be changed byte by byte
    pairs.iter().fold(bytes.to_vec(), |bytes, (old, new)| {
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = bytes.as_slice();
        while let Some(at) = rest.windows(old.len()).position(|w| w == old.as_bytes()) {
            out.extend_from_slice(&rest[..at]);
            out.extend_from_slice(new.as_bytes());
            rest = &rest[at + old.len()..];
        }
        out.extend_from_slice(rest);
        out
    })
}

/// Like the three-order case, with orders, parcels, buyers and pictures of its own: another shop's.
fn write_other(case: &Path) {
    let plain = case.with_extension("plain");
    write_case(&plain, "");
    let swap = |text: &str| match text {
        t if t.starts_with("28617") => t.replace("28617", "39917"),
        t if t.starts_with("SF13900") => t.replace("SF13900", "SF24811"),
        t => t.replace("tb_", "xd_"),
    };
    let mut pairs: Vec<(String, String)> = [ORDERS, WAYBILLS, crate::support::NICKS].iter().flatten().map(|t| ((*t).to_owned(), swap(t))).collect();
    pairs.push(("WG2026040900000001".to_owned(), "WG2026040900000002".to_owned()));
    for (path, bytes) in tree(&plain) {
        let picture = [".png", ".jpg"].iter().any(|e| path.ends_with(e));
        let name = String::from_utf8(replaced(path.as_bytes(), &pairs)).expect("text");
        let to = case.join(name);
        fs::create_dir_all(to.parent().expect("a parent")).expect("folder");
        // a few bytes behind a picture's end make it another file
        let bytes = if picture { [bytes.as_slice(), b"other"].concat() } else { replaced(&bytes, &pairs) };
        fs::write(to, bytes).expect("file");
    }
    fs::remove_dir_all(plain).expect("removed");
}

const OTHER_ID: &str = "taobao-WG2026040900000002";
const OTHER_SLIP: &str = "底单/SF2481112345671.jpg";

/// Two cases; the second one's first slip is the first one's when `shared`.
fn two(shared: bool) -> Work {
    let work = Work::empty();
    write_case(&work.root().join("many/first"), "");
    write_other(&second(&work));
    if shared {
        fs::copy(work.root().join("many/first").join(SLIP), second(&work).join(OTHER_SLIP)).expect("copied");
    }
    work
}

fn second(work: &Work) -> PathBuf {
    work.root().join("many/second")
}

fn build(work: &Work, case: &str) -> Output {
    appealpack().arg("build").arg(work.root().join("many").join(case)).arg("--out").arg(work.out()).args(["--lang", "zh-CN"]).output().expect("starts")
}

fn check(work: &Work, lang: &str) -> Value {
    let output = appealpack().arg("check").arg(second(work)).arg("--out").arg(work.out()).args(["--format", "json", "--lang", lang]).output().expect("starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", stdout(&output)))
}

fn told(check: &Value) -> Option<&Value> {
    check["findings"].as_array().into_iter().flatten().find(|f| f["code"] == "evidence-in-other-case")
}

fn append(work: &Work, text: &str) {
    let path = second(work).join("case.toml");
    let toml = fs::read_to_string(&path).expect("case.toml");
    fs::write(path, format!("{toml}\n{text}")).expect("case.toml");
}

#[test]
fn a_slip_of_an_earlier_bag_stops_the_build_until_it_is_accepted() {
    let work = two(true);
    exits(&build(&work, "first"), 0);
    for lang in ["zh-CN", "en"] {
        let check = check(&work, lang);
        let found = told(&check).expect("told");
        assert_eq!((found["severity"].as_str(), found["file"].as_str()), (Some("error"), Some(OTHER_SLIP)));
        let message = found["message"].as_str().expect("message");
        assert!(message.contains(CASE_ID) && message.contains(ORDERS[0]) && message.contains(SLIP), "{message}");
        assert_eq!(found["order"], "3991734095517302481");
    }
    exits(&build(&work, "second"), 3);
    assert!(work.out().join(OTHER_ID).join("private/findings.html").is_file() && !work.out().join(OTHER_ID).join("upload").exists());
    append(&work, "[[accept]]\ncode = \"evidence-in-other-case\"\nfile = \"底单/*\"\nwhy = \"两单一个包裹\"\n");
    exits(&build(&work, "second"), 0);
    let check = check(&work, "zh-CN");
    let found = told(&check).expect("told");
    assert!(found["severity"] == "note" && found["message"].as_str().is_some_and(|m| m.contains("两单一个包裹")), "{found}");
}

#[test]
fn what_does_not_contradict_is_not_told() {
    // other files under the same kinds of names; one campaign page for all
    let work = two(false);
    exits(&build(&work, "first"), 0);
    assert!(told(&check(&work, "zh-CN")).is_none());
    // a second round of the same appeal under another id hands in the same evidence
    let again = work.root().join("many/second");
    fs::remove_dir_all(&again).expect("removed");
    write_case(&again, "");
    append(&work, "");
    let toml = fs::read_to_string(again.join("case.toml")).expect("case.toml");
    fs::write(again.join("case.toml"), toml.replace("[case]\n", "[case]\nid = \"round-2\"\n")).expect("case.toml");
    let round = check(&work, "zh-CN");
    assert_eq!(round["case"]["id"], "round-2");
    assert!(told(&round).is_none(), "{:?}", told(&round));
    // without results of other cases nothing is compared
    let alone = two(true);
    assert!(told(&check(&alone, "zh-CN")).is_none());
}

#[test]
fn one_buyer_or_several_orders_are_a_note() {
    let work = two(true);
    exits(&build(&work, "first"), 0);
    let export = second(&work).join("导出/ExportOrderList202604091000.csv");
    let bytes = fs::read(&export).expect("export");
    fs::write(&export, replaced(&bytes, &[("xd_alpha01".to_owned(), "tb_alpha01".to_owned())])).expect("export");
    let found = check(&work, "zh-CN");
    let found = told(&found).expect("told");
    assert!(found["severity"] == "note" && found["message"].as_str().is_some_and(|m| m.contains("同一个买家")), "{found}");
    fs::write(&export, bytes).expect("export");
    append(&work, &format!("[[assign]]\nfile = \"{OTHER_SLIP}\"\norders = [\"3991734095517302481\", \"3991734095517302482\"]\n"));
    let found = check(&work, "zh-CN");
    let found = told(&found).expect("told");
    assert!(found["severity"] == "note" && found["message"].as_str().is_some_and(|m| m.contains("几笔")), "{found}");
}

#[test]
fn a_batch_compares_its_own_cases() {
    for (shared, results, status) in [(true, ["not-built", "not-built"], 3), (false, ["ready", "ready"], 0)] {
        let work = two(shared);
        let output = appealpack().arg("batch").arg(work.root().join("many")).arg("--out").arg(work.out()).output().expect("starts");
        exits(&output, status);
        let summary: Value = serde_json::from_slice(&fs::read(work.out().join("summary.json")).expect("summary")).expect("json");
        let got: Vec<&str> = summary["cases"].as_array().expect("cases").iter().filter_map(|c| c["result"].as_str()).collect();
        assert_eq!(got, results);
        for (id, file) in [(CASE_ID, SLIP), (OTHER_ID, OTHER_SLIP)].into_iter().filter(|_| shared) {
            let findings: Value = serde_json::from_slice(&fs::read(work.out().join(id).join("private/findings.json")).expect("findings")).expect("json");
            assert_eq!(told(&findings).map(|f| f["file"].clone()), Some(Value::from(file)), "{id}");
        }
    }
}

#[test]
fn a_bag_that_cannot_be_read_is_said() {
    let work = two(true);
    exits(&build(&work, "first"), 0);
    let bag = work.out().join(CASE_ID).join("bundle").join(format!("{CASE_ID}.zip"));
    fs::write(&bag, b"PK").expect("cut");
    let check = check(&work, "zh-CN");
    assert!(told(&check).is_none());
    let said =
        check["findings"].as_array().into_iter().flatten().any(|f| f["code"] == "not-checkable" && f["message"].as_str().is_some_and(|m| m.contains(CASE_ID)));
    assert!(said, "{:?}", check["findings"]);
}

#[test]
fn what_a_killed_run_left_is_no_other_case() {
    let work = two(false);
    exits(&build(&work, "first"), 0);
    let unfinished = work.out().join(format!(".appealpack-new-{OTHER_ID}")).join("bundle");
    fs::create_dir_all(&unfinished).expect("folder");
    fs::write(unfinished.join(format!("{OTHER_ID}.zip")), b"PK\x03\x04").expect("begun");
    let checked = check(&work, "zh-CN");
    let said = checked["findings"].as_array().into_iter().flatten().any(|f| f["message"].as_str().is_some_and(|m| m.contains(".appealpack-new")));
    assert!(!said, "{:?}", checked["findings"]);
}
