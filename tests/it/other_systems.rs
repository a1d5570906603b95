//! What Windows and macOS do to folders and names: the same folder is the same case on every machine, and what a system puts there by itself is nobody's
//! evidence and nobody's mistake.

use crate::support::{CASE_ID, ORDERS, Work, appealpack, codes, exits, run, stderr, stdout, tree};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn status<'a>(check: &'a Value, path: &str) -> &'a str {
    check["files"].as_array().into_iter().flatten().find(|f| f["path"] == path).map_or("", |f| f["status"].as_str().unwrap_or(""))
}

fn fails(work: &Work, says: &[&str]) {
    let output = work.build(&[]);
    exits(&output, 1);
    let said = stderr(&output);
    assert!(says.iter().all(|words| said.contains(words)) && said.contains("下一步"), "{said}");
    assert!(!work.result().exists(), "nothing is written");
}

/// A bag as an archive program unpacks it.
fn unpacked(work: &Work) -> PathBuf {
    exits(&work.build(&[]), 0);
    let folder = work.root().join("unpacked");
    for (name, bytes) in crate::support::unzip(&work.result().join(format!("bundle/{CASE_ID}.zip"))) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folder");
        fs::write(path, bytes).expect("file");
    }
    folder.join(CASE_ID)
}

fn verified(folder: &Path) -> (bool, Value) {
    let output = appealpack().arg("verify").arg(folder).args(["--format", "json"]).output().expect("starts");
    let report: Value = serde_json::from_slice(&output.stdout).expect("json");
    (output.status.code() == Some(0), report)
}

#[test]
fn settings_and_templates_are_known_in_any_letters() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let usual = tree(&work.result());
    fs::rename(work.case().join("case.toml"), work.case().join("Case.TOML")).expect("rename");
    fs::create_dir_all(work.case().join("Templates/lang/zh-CN")).expect("folder");
    fs::write(work.case().join("Templates/lang/zh-CN/book.toml"), "[book]\nno-such-word = \"x\"\n").expect("file");
    let output = work.build(&[]);
    exits(&output, 1);
    assert!(stderr(&output).contains("no-such-word"), "they are followed: {}", stderr(&output));
    fs::remove_file(work.case().join("Templates/lang/zh-CN/book.toml")).expect("removed");
    fs::write(work.case().join("Templates/notes.md"), "how we write").expect("file");
    let check = work.check();
    assert_eq!((check["case"]["platform"].as_str(), status(&check, "Case.TOML"), status(&check, "Templates/notes.md")), (Some("taobao"), "source", "ignored"));
    exits(&work.build(&[]), 0);
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&tree(&work.result())), names(&usual));
    let bag = crate::support::unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
    assert!(bag.iter().all(|(name, _)| !name.to_lowercase().contains("case.toml")), "settings are no evidence");
}

// elsewhere both are one file
#[cfg(target_os = "linux")]
#[test]
fn two_files_of_settings_stop_the_run() {
    let work = Work::new();
    fs::copy(work.case().join("case.toml"), work.case().join("Case.toml")).expect("copy");
    fails(&work, &["两个设置文件", "Case.toml"]);
}

#[test]
fn settings_under_a_wrong_name_stop_the_run() {
    let work = Work::new();
    fs::rename(work.case().join("case.toml"), work.case().join("case.toml.txt")).expect("rename");
    fails(&work, &["case.toml.txt", "文件扩展名"]);
    fs::rename(work.case().join("case.toml.txt"), work.case().join("case.txt")).expect("rename");
    fails(&work, &["case.txt", "改名为 case.toml"]);
    // a batch takes such a folder for a case, which says so
    let output = appealpack().arg("batch").arg(work.case()).arg("--out").arg(work.out()).output().expect("starts");
    exits(&output, 1);
    assert!(stdout(&output).contains("改名为 case.toml"), "{}", stdout(&output));
}

#[test]
fn bins_and_indexes_are_no_evidence() {
    let work = Work::new();
    let deleted = format!("$RECYCLE.BIN/S-1-5-21-1/{}.jpg", ORDERS[0]);
    for path in [deleted.as_str(), "#recycle/1.jpg", "@eaDir/SYNOINDEX_MEDIA_INFO", "System Volume Information/IndexerVolumeGuid"] {
        fs::create_dir_all(work.case().join(path).parent().expect("a parent")).expect("folder");
        fs::write(work.case().join(path), path).expect("file");
    }
    let check = work.check();
    for folder in ["$RECYCLE.BIN/", "#recycle/", "@eaDir/", "System Volume Information/"] {
        assert_eq!(status(&check, folder), "ignored", "{folder}: {:?}", check["files"]);
    }
    assert!(!codes(&check).contains(&"file-unmatched".to_owned()), "{:?}", codes(&check));
    assert!(!check.to_string().contains(&deleted), "what was deleted is not even listed");
}

#[test]
fn what_the_system_leaves_among_templates_is_passed_over() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    // all but the book, which says how many files of the folder were left out
    let made = || tree(&work.result().join("upload")).into_iter().filter(|(name, _)| *name != format!("{CASE_ID}.pdf")).collect::<Vec<_>>();
    let usual = made();
    for folder in ["platforms", "layouts", "lang/zh-CN", "books/zh-CN-platform"] {
        let folder = work.case().join("templates").join(folder);
        fs::create_dir_all(&folder).expect("folder");
        for name in ["._taobao.toml", ".DS_Store", "desktop.ini", "Thumbs.db"] {
            fs::write(folder.join(name), [0, 5, 22, 7, 0xff]).expect("file");
        }
    }
    exits(&work.build(&[]), 0);
    assert!(made() == usual && usual.len() > 3);
}

#[test]
fn templates_saved_on_windows_say_the_same() {
    let work = Work::new();
    let own = work.case().join("templates/books/zh-CN-platform");
    exits(&run(&["template", "init", &own.display().to_string()]), 0);
    exits(&work.build(&[]), 0);
    let usual = tree(&work.result().join("upload"));
    let texts: Vec<PathBuf> = fs::read_dir(&own).expect("templates").flatten().map(|e| e.path()).collect();
    for path in &texts {
        let text = fs::read_to_string(path).expect("text");
        fs::write(path, format!("\u{feff}{}", text.replace('\n', "\r\n"))).expect("text");
    }
    assert!(texts.len() > 3);
    exits(&work.build(&[]), 0);
    assert!(tree(&work.result().join("upload")) == usual);
}

#[test]
fn an_unpacked_bag_that_was_looked_at_is_still_valid() {
    let work = Work::new();
    let bag = unpacked(&work);
    for name in [".DS_Store", "Thumbs.db", "desktop.ini", "._bagit.txt"] {
        fs::write(bag.join(name), "x").expect("file");
    }
    let (valid, report) = verified(&bag);
    assert!(valid, "{report}");
    assert_eq!(report["system_files"], serde_json::json!([".DS_Store", "._bagit.txt", "Thumbs.db", "desktop.ini"]));
    let shown = appealpack().arg("verify").arg(&bag).output().expect("starts");
    assert!(stdout(&shown).contains("不计入") && stdout(&shown).contains("Thumbs.db"), "{}", stdout(&shown));

    // among what is handed in nothing is passed over, but the cause is named, and it alone
    fs::write(bag.join("data/originals/.DS_Store"), "x").expect("file");
    let (valid, report) = verified(&bag);
    assert!(!valid);
    assert_eq!(report["problems"], serde_json::json!([{ "problem": "system-file", "path": "data/originals/.DS_Store" }]));
    fs::remove_file(bag.join("data/originals/.DS_Store")).expect("removed");

    // a stranger's file is one, wherever it lies
    fs::write(bag.join("data/originals/new.png"), "x").expect("file");
    assert!(!verified(&bag).0);
}

#[test]
fn names_that_macos_took_apart_are_the_same_names() {
    let work = Work::new();
    // Latin letters with accents are what NFC and NFD differ in
    fs::write(work.case().join(format!("聊天/Café_{}.txt", ORDERS[0])), format!("订单 {} 的备注", ORDERS[0])).expect("file");
    let bag = unpacked(&work);
    assert!(verified(&bag).0);
    let composed = bag.join(format!("data/originals/聊天/Café_{}.txt", ORDERS[0]));
    assert!(composed.is_file(), "the case holds such a name");
    fs::rename(&composed, bag.join(format!("data/originals/聊天/Cafe\u{301}_{}.txt", ORDERS[0]))).expect("rename");
    let (valid, report) = verified(&bag);
    assert!(valid, "{report}");
}

#[test]
fn a_quote_that_the_shell_left_in_the_path_is_named() {
    let work = Work::new();
    for command in ["check", "build", "batch", "audit"] {
        let output = appealpack().arg(command).arg(format!("{}\" --out x", work.case().display())).output().expect("starts");
        exits(&output, 1);
        assert!(stderr(&output).contains("多了一个引号"), "{command}: {}", stderr(&output));
    }
}
