//! Zips that show one thing to one unpacker and another to the next.

use crate::support::{CASE_ID, Work, appealpack, exits, stdout};
use std::fs;
use std::path::PathBuf;

fn built() -> (Work, Vec<u8>) {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let bytes = fs::read(work.result().join(format!("bundle/{CASE_ID}.zip"))).expect("zip");
    (work, bytes)
}

fn positions(bytes: &[u8], name: &str) -> Vec<usize> {
    bytes.windows(name.len()).enumerate().filter(|(_, w)| *w == name.as_bytes()).map(|(i, _)| i).collect()
}

fn put(work: &Work, bytes: &[u8]) -> PathBuf {
    let path = work.root().join("tampered.zip");
    fs::write(&path, bytes).expect("zip");
    path
}

#[test]
fn a_name_that_stands_twice_is_found() {
    let (work, mut bytes) = built();
    let [one, two] = ["1", "2"].map(|n| format!("{CASE_ID}/data/originals/底单/SF139001234567{n}.jpg"));
    let places = positions(&bytes, &two);
    assert_eq!(places.len(), 2, "beside the data and in the directory");
    for at in places {
        bytes[at..at + one.len()].copy_from_slice(one.as_bytes());
    }
    let output = appealpack().arg("verify").arg(put(&work, &bytes)).output().expect("starts");
    exits(&output, 3);
    assert!(stdout(&output).contains(&format!("同一路径出现两次：{one}")), "{}", stdout(&output));
    let fast = appealpack().arg("verify").arg("--fast").arg(work.root().join("tampered.zip")).output().expect("starts");
    exits(&fast, 3);
}

#[test]
fn a_name_that_differs_beside_the_data_is_found() {
    let (work, mut bytes) = built();
    let name = format!("{CASE_ID}/data/originals/底单/SF1390012345672.jpg");
    let at = positions(&bytes, &name)[0] + name.len() - 5;
    bytes[at] = b'9';
    let output = appealpack().arg("verify").arg(put(&work, &bytes)).output().expect("starts");
    exits(&output, 3);
    assert!(stdout(&output).contains("目录与条目里的文件名不一致"), "{}", stdout(&output));
}

#[test]
fn a_name_that_climbs_out_is_found() {
    let (work, mut bytes) = built();
    let name = format!("{CASE_ID}/data/originals/底单/SF1390012345672.jpg");
    let evil: String = std::iter::repeat_n("../", name.len() / 3).collect::<String>() + &"x".repeat(name.len() % 3);
    for at in positions(&bytes, &name) {
        bytes[at..at + evil.len()].copy_from_slice(evil.as_bytes());
    }
    let output = appealpack().arg("verify").arg(put(&work, &bytes)).output().expect("starts");
    exits(&output, 3);
    assert!(stdout(&output).contains("危险的路径"), "{}", stdout(&output));
}
