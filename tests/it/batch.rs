//! Many cases: each isolated, one broken case is one failed line.

use crate::support::{Work, appealpack, exits, stderr, stdout, write_case};
use std::fs;

fn summary(work: &Work) -> serde_json::Value {
    serde_json::from_slice(&fs::read(work.out().join("summary.json")).expect("summary.json")).expect("json")
}

fn with_id(work: &Work, folder: &str, id: &str) {
    let case = work.root().join("many").join(folder);
    write_case(&case, "");
    let toml = case.join("case.toml");
    let text = fs::read_to_string(&toml).expect("case.toml");
    fs::write(&toml, text.replace("[case]\n", &format!("[case]\nid = \"{id}\"\n"))).expect("case.toml");
}

fn batch(work: &Work) -> std::process::Output {
    appealpack().arg("batch").arg(work.root().join("many")).arg("--out").arg(work.out()).output().expect("starts")
}

#[test]
fn one_broken_case_is_one_failed_line() {
    let work = Work::empty();
    with_id(&work, "a", "case-a");
    with_id(&work, "b", "case-b");
    fs::write(work.root().join("many/b/case.toml"), "[case]\nplatfrom = \"taobao\"\n").expect("case.toml");
    with_id(&work, "c", "case-c");
    let output = batch(&work);
    exits(&output, 1);
    let summary = summary(&work);
    let results: Vec<(&str, &str)> =
        summary["cases"].as_array().expect("cases").iter().map(|c| (c["case"].as_str().unwrap_or(""), c["result"].as_str().unwrap_or(""))).collect();
    assert_eq!(results, [("case-a", "ready"), ("", "failed"), ("case-c", "ready")], "{}", stdout(&output));
    let failed = &summary["cases"][1];
    assert!(failed["message"].as_str().expect("message").contains("platform"), "{summary}");
    for unknown in ["case", "flagged", "argued", "left_out", "proven", "missing", "contradicting", "errors", "warnings", "pages"] {
        assert!(failed[unknown].is_null(), "nobody knows {unknown}: {failed}");
    }
    for id in ["case-a", "case-c"] {
        assert!(work.out().join(id).join("upload").join(format!("{id}.pdf")).is_file());
    }
    for name in ["summary.csv", "summary.html"] {
        let text = fs::read_to_string(work.out().join(name)).expect(name);
        assert!(text.contains("case-a") && text.contains("case-c"), "{name}");
    }
}

#[test]
fn a_summary_that_cannot_be_replaced_keeps_no_report_back() {
    let work = Work::empty();
    with_id(&work, "a", "case-a");
    // stands for a table that is open in Excel: nothing takes its place
    fs::create_dir_all(work.out().join("summary.csv/open")).expect("folder");
    let output = batch(&work);
    exits(&output, 1);
    assert!(stdout(&output).contains("case-a"), "the cases are told: {}", stdout(&output));
    assert!(stderr(&output).contains("summary.csv") && stderr(&output).contains("再运行一次"), "{}", stderr(&output));
    assert!(summary(&work)["cases"][0]["result"] == "ready" && work.out().join("summary.html").is_file(), "the others are written");
    assert!(!work.out().join(".summary.csv.new").exists());
}

#[test]
fn a_repeated_id_fails_both_and_writes_neither() {
    let work = Work::empty();
    with_id(&work, "a", "same");
    with_id(&work, "b", "same");
    with_id(&work, "c", "other");
    exits(&batch(&work), 1);
    let summary = summary(&work);
    let results: Vec<&str> = summary["cases"].as_array().expect("cases").iter().filter_map(|c| c["result"].as_str()).collect();
    assert_eq!(results, ["failed", "failed", "ready"]);
    assert!(!work.out().join("same").exists());
}

#[test]
fn folders_with_a_notice_are_cases_without_any_case_toml() {
    let work = Work::empty();
    for name in ["一", "二"] {
        let case = work.root().join("many").join(name);
        write_case(&case, "");
        fs::remove_file(case.join("case.toml")).expect("case.toml");
        let notice = case.join("通知.txt");
        let text = fs::read_to_string(&notice).expect("notice");
        fs::write(&notice, text.replace("WG2026040900000001", &format!("WG202604090000{}", if name == "一" { "11" } else { "22" }))).expect("notice");
    }
    fs::create_dir_all(work.root().join("many/空")).expect("folder");
    let output = appealpack()
        .arg("batch")
        .arg(work.root().join("many"))
        .arg("--out")
        .arg(work.out())
        .args(["--now", "2026-04-10T10:00:00+08:00"])
        .output()
        .expect("starts");
    let summary = summary(&work);
    let ids: Vec<&str> = summary["cases"].as_array().expect("cases").iter().filter_map(|c| c["case"].as_str()).collect();
    assert_eq!(ids, ["taobao-WG20260409000011", "taobao-WG20260409000022"], "{}", stdout(&output));
}

#[test]
fn without_memory_for_waiting_the_results_are_the_same() {
    let built = [None, Some("0")].map(|memory| {
        let work = Work::empty();
        with_id(&work, "a", "case-a");
        with_id(&work, "b", "case-b");
        let mut command = appealpack();
        command.arg("batch").arg(work.root().join("many")).arg("--out").arg(work.out());
        let output = memory.into_iter().fold(&mut command, |command, bytes| command.args(["--memory", bytes])).output().expect("starts");
        // both hand in the same slips, which is said of each
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", stdout(&output));
        ["case-a", "case-b"].map(|id| fs::read(work.out().join(id).join("bundle").join(format!("{id}.zip"))).ok())
    });
    assert!(built[0].iter().all(Option::is_some) && built[0] == built[1]);
}

#[test]
fn where_some_cases_have_case_toml_folders_without_are_named_and_not_built() {
    let work = Work::empty();
    with_id(&work, "a", "case-a");
    let plain = work.root().join("many/b");
    write_case(&plain, "");
    fs::remove_file(plain.join("case.toml")).expect("case.toml");
    let other = work.root().join("many/照片");
    fs::create_dir_all(&other).expect("folder");
    fs::write(other.join("说明.txt"), "还没有通知\n").expect("file");
    fs::create_dir_all(work.root().join("many/空")).expect("folder");
    let output = batch(&work);
    let summary = summary(&work);
    let ids: Vec<&str> = summary["cases"].as_array().expect("cases").iter().filter_map(|c| c["case"].as_str()).collect();
    assert_eq!(ids, ["case-a"], "{}", stdout(&output));
    let passed: Vec<&str> = summary["passed_over"].as_array().expect("list").iter().filter_map(|p| p.as_str()).collect();
    assert!(passed.len() == 2 && passed[0].ends_with('b') && passed[1].ends_with("照片"), "{passed:?}");
    for folder in ["照片", "many/b"] {
        assert!(stdout(&output).contains(folder), "{}", stdout(&output));
        for name in ["summary.csv", "summary.html"] {
            assert!(fs::read_to_string(work.out().join(name)).expect(name).contains(folder), "{name}");
        }
    }
}

#[test]
fn a_case_inside_a_case_belongs_to_it() {
    let work = Work::empty();
    with_id(&work, "a", "outer");
    // what was left from another appeal, and a place where cases are kept
    with_id(&work, "a/旧案", "inner");
    with_id(&work, "店铺/b", "below");
    let output = batch(&work);
    let ids = |summary: &serde_json::Value| -> Vec<String> {
        summary["cases"].as_array().into_iter().flatten().filter_map(|c| c["case"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(ids(&summary(&work)), ["outer", "below"], "{}", stdout(&output));
    assert!(!work.out().join("inner").exists());

    // and where PATH itself has case.toml, it is the case
    let work = Work::empty();
    with_id(&work, ".", "whole");
    with_id(&work, "b", "part");
    batch(&work);
    assert_eq!(ids(&summary(&work)), ["whole"]);
}

#[test]
fn a_path_without_cases_below_it_is_one_case_itself() {
    let work = Work::new();
    fs::remove_file(work.case().join("case.toml")).expect("case.toml");
    let build = |path: &std::path::Path| {
        let output = appealpack().arg("batch").arg(path).arg("--out").arg(work.out()).args(["--now", "2026-04-10T10:00:00+08:00"]).output().expect("starts");
        let summary = summary(&work);
        let cases = summary["cases"].as_array().cloned().unwrap_or_default();
        assert_eq!(cases.len(), 1, "{summary:#}");
        (output, cases[0].clone())
    };
    let (output, case) = build(&work.case());
    exits(&output, 0);
    assert_eq!((case["case"].as_str(), case["result"].as_str()), (Some(crate::support::CASE_ID), Some("ready")));
    assert!(work.result().join("upload").is_dir());
    // also where nothing was gathered yet: it is told and not passed over in silence
    let empty = work.root().join("空");
    fs::create_dir_all(&empty).expect("folder");
    let (output, case) = build(&empty);
    exits(&output, 3);
    assert_eq!(case["result"], "not-built", "{case}");
    // an immediate subfolder is the case, however deep in it its notice lies
    let deep = work.root().join("深");
    write_case(&deep.join("一/二"), "");
    fs::remove_file(deep.join("一/二/case.toml")).expect("case.toml");
    let (_, case) = build(&deep);
    assert!(case["path"].as_str().is_some_and(|p| p.ends_with('一')), "{case}");
}
