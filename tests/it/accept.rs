//! What the user says of findings: a reason makes a warning a note, and what stops a build cannot be switched off without one.

use crate::support::{NICKS, ORDERS, Work, appealpack, codes, edit, exits, picture, stderr, stdout};
use serde_json::Value;
use std::fs;
use std::process::Output;

fn check(work: &Work, more: &[&str]) -> Output {
    appealpack().arg("check").arg(work.case()).args(more).output().expect("the binary starts")
}

/// Severities of a code's findings.
fn severities(check: &Value, code: &str) -> Vec<String> {
    let findings = check["findings"].as_array().into_iter().flatten().filter(|f| f["code"] == code);
    findings.map(|f| f["severity"].as_str().unwrap_or("").to_owned()).collect()
}

/// The same picture in the folders of two buyers.
fn reuse(work: &Work) {
    let shot = picture(60, false);
    for i in 0..2 {
        fs::write(work.case().join(format!("聊天/{}/{}-2.png", NICKS[i], ORDERS[i])), &shot).expect("picture");
    }
}

#[test]
fn a_reason_makes_a_warning_a_note_also_when_warnings_are_errors() {
    let work = Work::new();
    fs::write(work.case().join("备忘.txt"), "问网点要底单\n").expect("file");
    let before = severities(&work.check(), "file-unmatched");
    assert_eq!(before, ["warning"]);
    exits(&check(&work, &["--strict"]), 3);
    work.add("[[accept]]\ncode = \"file-unmatched\"\nfile = \"备忘.txt\"\nwhy = \"只给自己看\"\n");
    let after = work.check();
    assert_eq!(severities(&after, "file-unmatched"), ["note"]);
    let screen = stdout(&check(&work, &[]));
    assert!(screen.contains("你已确认：只给自己看"), "{screen}");
    // the other warnings of the case are still errors to --strict
    let strict = check(&work, &["--strict", "--format", "json"]);
    let strict: Value = serde_json::from_slice(&strict.stdout).expect("JSON");
    assert_eq!(severities(&strict, "file-unmatched"), ["note"]);
}

#[test]
fn a_reason_that_nothing_follows_is_told() {
    let work = Work::new();
    fs::remove_file(work.case().join(format!("物流/{}.json", crate::support::WAYBILLS[0]))).expect("trace");
    // an error goes with its cause only
    work.add("[[accept]]\ncode = \"trace-missing\"\nwhy = \"快递公司不给\"\n");
    let output = check(&work, &[]);
    let said = stdout(&output) + &stderr(&output);
    assert!(said.contains("[[accept]] code = \"trace-missing\"") && severities(&work.check(), "trace-missing") == ["error"], "{said}");
}

#[test]
fn what_stops_a_build_is_not_switched_off_without_a_reason() {
    for word in ["ignore", "note", "warning"] {
        let work = Work::new();
        reuse(&work);
        work.add(&format!("[findings]\npicture-reused = \"{word}\"\n"));
        let output = work.build(&[]);
        exits(&output, 1);
        assert!(stderr(&output).contains("[[accept]]") && stderr(&output).contains("picture-reused"), "{}", stderr(&output));
        assert!(!work.result().join("bundle").exists());
    }
    // no reason makes up for a notice
    let work = Work::new();
    work.add("[findings]\nnotice-missing = \"note\"\n");
    let output = work.build(&[]);
    exits(&output, 1);
    assert!(stderr(&output).contains("notice-missing") && !stderr(&output).contains("[[accept]]"), "{}", stderr(&output));

    let work = Work::new();
    reuse(&work);
    exits(&work.build(&[]), 3);
    assert!(!work.result().join("bundle").exists());
    work.add("[[accept]]\ncode = \"picture-reused\"\nwhy = \"两位买家同群咨询\"\n");
    exits(&work.build(&[]), 0);
    assert!(!stdout(&check(&work, &[])).contains("[[accept]] code"), "it has an effect");
}

#[test]
fn an_edited_picture_and_a_notice_that_is_not_chosen_stop_a_build() {
    let only_private = |work: &Work| {
        let output = work.build(&[]);
        exits(&output, 3);
        let made: Vec<String> = crate::support::tree(&work.out()).into_iter().map(|(path, _)| path).collect();
        assert!(made.iter().any(|p| p.ends_with("private/findings.html")), "{made:?}");
        assert!(!made.iter().any(|p| p.contains("/upload/") || p.contains("/bundle/")), "{made:?}");
        stdout(&output)
    };
    let work = Work::of(&["_base/three-orders", "picture-edited/photoshop-in-exif/in"]);
    let said = only_private(&work);
    assert!(said.contains("[picture-edited]"), "{said}");
    work.add("[[accept]]\ncode = \"picture-edited\"\nfile = \"底单/SF1390012345671.jpg\"\nwhy = \"只裁掉了桌面\"\n");
    exits(&work.build(&[]), 0);
    assert!(work.result().join("bundle").is_dir() && work.result().join("upload").is_dir());
    assert_eq!(severities(&work.check(), "picture-edited"), ["note"]);

    let work = Work::of(&["_base/three-orders", "notice-ambiguous/two-kinds-of-violation-in-a-list/in"]);
    fs::remove_file(work.case().join("通知.txt")).expect("the other notice");
    let said = only_private(&work);
    assert!(said.contains("[notice-ambiguous]"), "{said}");
}

#[test]
fn one_screenshot_in_the_folders_of_one_buyers_orders_counts_for_each() {
    let chats = |check: &Value, order: usize| {
        let evidence = check["orders"][order]["evidence"].as_array().cloned().unwrap_or_default();
        evidence.iter().filter(|e| e["kind"] == "chat").count()
    };
    let folders = |work: &Work| {
        fs::remove_dir_all(work.case().join("聊天")).expect("chats");
        let shot = picture(60, false);
        for order in &ORDERS[..2] {
            fs::create_dir_all(work.case().join(format!("聊天/{order}"))).expect("folder");
            fs::write(work.case().join(format!("聊天/{order}/截图.png")), &shot).expect("picture");
        }
    };
    let work = Work::new();
    folders(&work);
    // of two buyers it is one too many
    let check = work.check();
    assert_eq!((chats(&check, 0), chats(&check, 1)), (1, 0));
    assert!(severities(&check, "picture-reused").contains(&"error".to_owned()));
    // of one it speaks for both orders
    edit(&work, "导出/ExportOrderList202604091000.csv", NICKS[1], NICKS[0]);
    let check = work.check();
    assert_eq!((chats(&check, 0), chats(&check, 1)), (1, 1), "{:?}", codes(&check));
    assert_eq!(severities(&check, "picture-reused"), ["note", "note"], "it is told");

    // and with a reason also for those of two
    let work = Work::new();
    folders(&work);
    work.add("[[accept]]\ncode = \"picture-reused\"\nwhy = \"同一个人用两个号\"\n");
    let check = work.check();
    assert_eq!((chats(&check, 0), chats(&check, 1)), (1, 1), "{:?}", codes(&check));
    assert_eq!(severities(&check, "picture-reused"), ["note", "note"]);
}
