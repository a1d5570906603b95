//! Where results are written: never among evidence, never over what is the seller's.

use crate::support::{CASE_ID, Work, appealpack, exits, stderr, stdout, tree};
use serde_json::Value;
use std::fs;
use std::process::Output;

fn with_out(work: &Work, command: &str, out: &str) -> Output {
    appealpack().arg(command).arg(work.case()).arg("--out").arg(work.case().join(out)).output().expect("starts")
}

fn status(check: &Value, path: &str) -> String {
    let file = check["files"].as_array().into_iter().flatten().find(|f| f["path"] == path).unwrap_or_else(|| panic!("{path} is not told: {check:#}"));
    file["status"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_folder_of_evidence_is_no_output_folder() {
    let work = Work::new();
    let before = tree(&work.case());
    for command in ["build", "check", "batch"] {
        let output = with_out(&work, command, "物流");
        exits(&output, 1);
        let said = stderr(&output);
        assert!(said.contains("物流") && said.contains("SF1390012345671.json") && said.contains("下一步"), "{command}: {said}");
        assert!(tree(&work.case()) == before, "{command} wrote nothing");
    }
    // a new folder, one of ours, and the case itself may be it
    for out in ["结果", "结果", "."] {
        exits(&with_out(&work, "build", out), 0);
        exits(&with_out(&work, "check", out), 0);
    }
    let check = work.check();
    assert_eq!(check["counts"]["complete"], 3);
    assert_eq!(status(&check, "结果/.appealpack-out"), "ignored", "a folder of results alone is skipped as a whole");
}

#[test]
fn evidence_in_a_marked_folder_is_walked_and_ours_set_aside_file_by_file() {
    let work = Work::new();
    let before = work.check();
    // as an earlier version left it
    exits(&with_out(&work, "build", "结果"), 0);
    for (from, to) in [(".appealpack-out", ".appealpack-out"), (CASE_ID, CASE_ID)] {
        fs::rename(work.case().join("结果").join(from), work.case().join("物流").join(to)).expect("moved");
    }
    fs::remove_dir_all(work.case().join("结果")).expect("removed");
    let check = work.check();
    assert_eq!(check["counts"]["complete"], before["counts"]["complete"]);
    assert_eq!(status(&check, "物流/SF1390012345671.json"), "matched");
    assert_eq!(status(&check, &format!("物流/{CASE_ID}/.appealpack-files")), "ignored", "a result alone is skipped as a whole");
    // evidence among the results themselves
    let (from, to) = (work.case().join("物流/SF1390012345671.json"), work.case().join("物流").join(CASE_ID).join("private/SF1390012345671.json"));
    fs::rename(from, to).expect("moved");
    let check = work.check();
    assert_eq!(check["counts"]["complete"], before["counts"]["complete"]);
    assert_eq!(status(&check, &format!("物流/{CASE_ID}/private/SF1390012345671.json")), "matched");
    for ours in ["private/findings.json", "private/findings.html", &format!("bundle/{CASE_ID}.zip"), &format!("upload/{CASE_ID}-annex.pdf")] {
        assert_eq!(status(&check, &format!("物流/{CASE_ID}/{ours}")), "ignored", "{ours}");
    }
    // what we moved aside for the seller is no evidence under its new name
    fs::write(work.case().join("物流").join(CASE_ID).join("upload/orders.csv"), "订单编号\n1\n").expect("edited");
    exits(&with_out(&work, "build", "物流"), 0);
    assert!(work.case().join("物流").join(CASE_ID).join("upload/orders~2.csv").is_file());
    let check = work.check();
    let told = check["files"].as_array().into_iter().flatten().find(|f| f["path"].as_str().is_some_and(|p| p.ends_with("orders~2.csv")));
    assert!(told.is_none_or(|f| f["status"] == "ignored"), "{told:?}");
}

#[test]
fn a_file_of_the_sellers_own_in_our_place_is_kept_and_told() {
    let work = Work::new();
    let upload = work.result().join("upload");
    fs::create_dir_all(&upload).expect("folder");
    fs::write(upload.join("orders.csv"), "my own list").expect("file");
    let output = work.build(&[]);
    exits(&output, 0);
    assert!(stderr(&output).contains("orders.csv") && stderr(&output).contains("orders~2.csv"), "{}", stderr(&output));
    assert_eq!(fs::read(upload.join("orders~2.csv")).expect("kept"), b"my own list");
    let ours = fs::read(upload.join("orders.csv")).expect("ours");
    // what was edited after the build
    fs::write(upload.join("orders.csv"), "edited").expect("file");
    let output = work.build(&[]);
    exits(&output, 0);
    assert!(stderr(&output).contains("orders~3.csv"), "{}", stderr(&output));
    assert_eq!(fs::read(upload.join("orders~3.csv")).expect("kept"), b"edited");
    assert_eq!(fs::read(upload.join("orders.csv")).expect("ours"), ours);
    let output = work.build(&[]);
    assert!(!stderr(&output).contains("~"), "nothing to tell: {}", stderr(&output));
    assert!(!upload.join("orders~4.csv").exists());
}

#[test]
#[cfg(target_os = "linux")]
fn a_stderr_that_cannot_be_written_changes_nothing() {
    let work = Work::new();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let case = work.case().display().to_string();
    for (args, code) in [(vec!["check", &case], 0), (vec!["check", "/nowhere"], 1), (vec!["chek"], 2), (vec!["check", &case, "--lang", "xx"], 2)] {
        let status = appealpack().args(&args).stderr(full()).stdout(std::process::Stdio::null()).status().expect("starts");
        assert_eq!(status.code(), Some(code), "{args:?}");
    }
}

#[test]
fn one_folder_written_in_two_ways_is_one_case() {
    let work = Work::new();
    let output = appealpack().current_dir(work.root()).args(["batch", "case", "./case", "--out", "out"]).output().expect("starts");
    exits(&output, 0);
    assert_eq!(stdout(&output).lines().count(), 1, "{}", stdout(&output));
}

#[test]
#[cfg(target_os = "linux")]
fn a_pipe_in_the_place_of_case_toml_is_told() {
    let work = Work::new();
    let toml = work.case().join("case.toml");
    fs::remove_file(&toml).expect("removed");
    assert!(std::process::Command::new("mkfifo").arg(&toml).status().expect("mkfifo").success());
    let output = appealpack().arg("check").arg(work.case()).output().expect("starts");
    exits(&output, 1);
    assert!(stderr(&output).contains("不是普通文件"), "{}", stderr(&output));
}
