//! Bags of others and damaged ones, as `verify` tells them.

use crate::support::{Work, appealpack, exits, stderr, stdout};
use crate::zips::{Member, zip};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::PathBuf;
use std::process::Output;

fn sha(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Files of a bag with one original; `info` goes into bag-info.txt.
fn files(info: &str, payload: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = vec![
        (payload.into(), b"picture".to_vec()),
        ("bagit.txt".into(), b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_vec()),
        ("bag-info.txt".into(), format!("Payload-Oxum: 7.1\n{info}").into_bytes()),
        ("manifest-sha256.txt".into(), format!("{}  {payload}\n", sha(b"picture")).into_bytes()),
    ];
    let tags: String = files.iter().skip(1).map(|(name, bytes)| format!("{}  {name}\n", sha(bytes))).collect();
    files.push(("tagmanifest-sha256.txt".into(), tags.into_bytes()));
    files
}

const ORIGINAL: &str = "data/originals/a.png";

fn zipped(work: &Work, files: &[(String, Vec<u8>)], more: Vec<Member>) -> PathBuf {
    let members: Vec<Member> = files.iter().map(|(name, bytes)| Member::new(&format!("bag/{name}"), bytes)).chain(more).collect();
    let path = work.root().join("bag.zip");
    fs::write(&path, zip(&members)).expect("zip");
    path
}

fn verify(path: &std::path::Path) -> Output {
    appealpack().arg("verify").arg(path).output().expect("starts")
}

#[test]
fn manifests_of_other_algorithms_beside_ours_are_tag_files() {
    let work = Work::empty();
    let mut all = files("", ORIGINAL);
    for name in ["tagmanifest-sha512.txt", "tagmanifest-md5.txt", "manifest-sha512.txt"] {
        all.push((name.into(), b"x  y\n".to_vec()));
    }
    exits(&verify(&zipped(&work, &all, Vec::new())), 0);
    all.push(("note.txt".into(), b"unlisted".to_vec()));
    exits(&verify(&zipped(&work, &all, Vec::new())), 3);
    // of other algorithms alone: not invalid, but nothing that is told here
    all.retain(|(name, _)| !name.contains("sha256"));
    let output = verify(&zipped(&work, &all, Vec::new()));
    exits(&output, 1);
    assert!(stderr(&output).contains("sha512") && stderr(&output).contains("不能核对"), "{}", stderr(&output));
}

#[test]
fn what_is_there_and_unreadable_is_not_said_to_be_missing() {
    let work = Work::empty();
    for name in ["bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"] {
        let mut all = files("", ORIGINAL);
        all.iter_mut().filter(|(n, _)| n == name).for_each(|(_, bytes)| bytes.extend([0xff, 0xfe, 0xff]));
        let output = verify(&zipped(&work, &all, Vec::new()));
        exits(&output, 3);
        let said = stdout(&output);
        assert!(said.contains(&format!("读不出：{name}")) && !said.contains(&format!("没有：{name}")), "{said}");
    }
}

#[test]
fn links_and_folders_that_climb_are_refused() {
    let work = Work::empty();
    let mut link = Member::new("bag/data/link", b"/etc/passwd");
    link.mode = Some(0o120_777);
    let output = verify(&zipped(&work, &files("", ORIGINAL), vec![link]));
    exits(&output, 3);
    assert!(stdout(&output).contains("链接") && stdout(&output).contains("bag/data/link"), "{}", stdout(&output));
    let mut folder = Member::new("bag/../../evil/", b"");
    folder.deflated = false;
    let output = verify(&zipped(&work, &files("", ORIGINAL), vec![folder]));
    exits(&output, 3);
    assert!(stdout(&output).contains("危险的路径：bag/../../evil/"), "{}", stdout(&output));
}

#[test]
fn one_bag_of_several_says_which_and_no_digest_is_made_of_nothing() {
    let work = Work::empty();
    let output = verify(&zipped(&work, &files("Bag-Group-Identifier: g\nBag-Count: 3 of 11\n", ORIGINAL), Vec::new()));
    exits(&output, 0);
    assert!(stdout(&output).contains("11 个包中的第 3 个") && stdout(&output).contains("原件摘要"), "{}", stdout(&output));
    let output = verify(&zipped(&work, &files("", "data/x.png"), Vec::new()));
    exits(&output, 0);
    assert!(!stdout(&output).contains("原件摘要") && !stdout(&output).contains("个包中"), "{}", stdout(&output));
}

#[test]
#[cfg(target_os = "linux")]
fn a_pipe_is_told_and_not_waited_for() {
    let work = Work::empty();
    let pipe = work.root().join("pipe.zip");
    let make = |path: &std::path::Path| assert!(std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
    make(&pipe);
    let output = verify(&pipe);
    exits(&output, 1);
    assert!(stderr(&output).contains("不是普通文件"), "{}", stderr(&output));
    let bag = work.root().join("bag");
    for (name, bytes) in files("", ORIGINAL) {
        let path = bag.join(name);
        fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        fs::write(path, bytes).expect("file");
    }
    exits(&verify(&bag), 0);
    fs::remove_file(bag.join(ORIGINAL)).expect("removed");
    make(&bag.join(ORIGINAL));
    let output = verify(&bag);
    exits(&output, 3);
    assert!(stdout(&output).contains("不是普通文件") && stdout(&output).contains(ORIGINAL), "{}", stdout(&output));
}
