//! Archives in the case: members are evidence like any file, the archive is not; what is hostile is said, costs little and stops nothing.

use crate::support::{CASE_ID, ORDERS, WAYBILLS, Work, codes, exits, stdout, unzip};
use crate::zips::{Member, zip};
use serde_json::Value;
use std::fs;
use std::time::{Duration, Instant};

fn file<'a>(check: &'a Value, path: &str) -> &'a Value {
    check["files"].as_array().expect("files").iter().find(|f| f["path"] == path).unwrap_or_else(|| panic!("{path} is not told: {:#}", check["files"]))
}

fn findings<'a>(check: &'a Value, code: &str) -> Vec<&'a Value> {
    check["findings"].as_array().expect("findings").iter().filter(|f| f["code"] == code).collect()
}

/// The three-order case with some of its files in an archive.
fn packed(names: &[&str], archive: &str, gbk: bool) -> (Work, Vec<(String, Vec<u8>)>) {
    let work = Work::new();
    let mut originals = Vec::new();
    for name in names {
        let path = work.case().join(name);
        originals.push(((*name).to_owned(), fs::read(&path).expect("file")));
        fs::remove_file(&path).expect("packed");
    }
    let members: Vec<Member> = originals.iter().map(|(name, bytes)| Member { gbk, ..Member::new(name, bytes) }).collect();
    fs::write(work.case().join(archive), zip(&members)).expect("archive");
    (work, originals)
}

#[test]
fn members_go_into_the_bag_as_they_are_and_the_archive_does_not() {
    let screenshot = format!("聊天/tb_alpha01/截图_{}.png", ORDERS[0]);
    let names = [screenshot.as_str(), "底单/SF1390012345672.jpg", "导出/ExportOrderList202604091000.csv"];
    let (work, originals) = packed(&names, "材料.zip", true);
    let output = work.build(&[]);
    exits(&output, 0);
    let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
    for (name, bytes) in originals.iter().take(2) {
        let inside = format!("{CASE_ID}/data/originals/材料.zip!/{name}");
        let found = bag.iter().find(|(n, _)| *n == inside).unwrap_or_else(|| panic!("{inside} not among {:?}", bag.iter().map(|b| &b.0).collect::<Vec<_>>()));
        assert!(found.1 == *bytes, "{name} is byte-identical");
    }
    assert!(bag.iter().any(|(n, _)| n.ends_with("data/extracts/材料.zip!/导出/ExportOrderList202604091000.csv")), "other buyers' rows stay out");
    assert!(!bag.iter().any(|(n, _)| n.ends_with("材料.zip")), "the archive itself is no evidence");
    let verified = crate::support::run(&["verify", &work.result().join(format!("bundle/{CASE_ID}.zip")).display().to_string()]);
    exits(&verified, 0);
    // the same bytes once more
    let book = fs::read(work.result().join(format!("upload/{CASE_ID}.pdf"))).expect("book");
    exits(&work.build(&[]), 0);
    assert!(fs::read(work.result().join(format!("upload/{CASE_ID}.pdf"))).expect("book") == book);
    // an archive of an earlier bag is our own output
    fs::copy(work.result().join(format!("bundle/{CASE_ID}.zip")), work.case().join("上次提交.zip")).expect("copy");
    let check = work.check();
    assert_eq!(file(&check, "上次提交.zip")["status"], "ignored");
    assert!(!check["files"].as_array().expect("files").iter().any(|f| f["path"].as_str().is_some_and(|p| p.starts_with("上次提交.zip!/"))));
}

#[test]
fn an_archive_that_is_packed_in_another_is_read_in_book_and_bag() {
    let name = format!("聊天/tb_alpha01/截图_{}.png", ORDERS[0]);
    let work = Work::new();
    let bytes = fs::read(work.case().join(&name)).expect("file");
    fs::remove_file(work.case().join(&name)).expect("packed");
    for deflated in [true, false] {
        let inner = zip(&[Member::new(&name, &bytes), Member::new("b.txt", b"x")]);
        fs::write(work.case().join("外.zip"), zip(&[Member { deflated, ..Member::new("内.zip", &inner) }])).expect("archive");
        exits(&work.build(&[]), 0);
        let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
        assert!(bag.iter().any(|(n, b)| n.ends_with(&format!("外.zip!/内.zip!/{name}")) && *b == bytes), "deflated: {deflated}");
    }
}

#[test]
fn hostile_archives_cost_little_and_are_said() {
    let work = Work::new();
    let case = work.case();
    let zeros = vec![0_u8; 64 << 20];
    fs::write(case.join("炸弹.zip"), zip(&[Member::new("zeros.bin", &zeros), Member::new(&format!("{}.txt", ORDERS[0]), b"x")])).expect("bomb");
    // a zip in a zip in a zip …
    let mut nested = zip(&[Member::new("芯.txt", "在最里面".as_bytes())]);
    for n in (1..9).rev() {
        nested = zip(&[Member::new(&format!("{n}.zip"), &nested)]);
    }
    fs::write(case.join("套娃.zip"), &nested).expect("nested");
    let lie = |stated| Member { stated: Some(stated), ..Member::new("lie.txt", "说是别的长度".as_bytes()) };
    fs::write(case.join("谎报多.zip"), zip(&[lie(u32::MAX - 1)])).expect("lie");
    fs::write(case.join("谎报少.zip"), zip(&[lie(3)])).expect("lie");
    fs::write(case.join("两份.zip"), zip(&[Member::new("a.txt", b"one"), Member::new("a.txt", b"two")])).expect("twice");
    fs::write(
        case.join("链接.zip"),
        zip(&[Member { mode: Some(0o120_777), deflated: false, ..Member::new("passwd", b"/etc/passwd") }, Member::new("../../x.txt", b"x")]),
    )
    .expect("link");
    fs::write(case.join("密码.zip"), zip(&[Member { encrypted: true, ..Member::new("a.txt", b"x") }])).expect("password");
    fs::write(case.join("半密码.zip"), zip(&[Member { encrypted: true, ..Member::new("a.txt", b"x") }, Member::new("b.txt", b"y")])).expect("password");
    fs::write(case.join("别的压缩.zip"), zip(&[Member { method: Some(9), ..Member::new("a.txt", b"x") }])).expect("deflate64");
    let whole = zip(&[Member::new("a.txt", &b"abc".repeat(900))]);
    fs::write(case.join("断.zip"), &whole[..whole.len() - 30]).expect("cut");
    let mut wrong = whole;
    wrong[36] ^= 0x55;
    fs::write(case.join("坏.zip"), wrong).expect("damaged");

    let begun = Instant::now();
    let check = work.check();
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    let why = |path: &str, status: &str| assert_eq!(file(&check, path)["status"], status, "{path}");
    why("炸弹.zip", "source");
    why("炸弹.zip!/zeros.bin", "unreadable");
    why(&format!("炸弹.zip!/{}.txt", ORDERS[0]), "matched");
    why("套娃.zip!/1.zip!/2.zip", "source");
    why("套娃.zip!/1.zip!/2.zip!/3.zip", "unreadable");
    why("谎报多.zip!/lie.txt", "unreadable");
    why("谎报少.zip!/lie.txt", "unreadable");
    why("两份.zip!/a.txt", "unmatched");
    why("两份.zip!/a.txt~2", "unmatched");
    why("链接.zip!/passwd", "ignored");
    why("密码.zip", "unreadable");
    why("半密码.zip!/a.txt", "unreadable");
    why("半密码.zip!/b.txt", "unmatched");
    why("别的压缩.zip!/a.txt", "unreadable");
    why("断.zip", "unreadable");
    why("坏.zip!/a.txt", "unreadable");
    for (code, n) in [("limit-reached", 3), ("archive-odd", 2), ("file-encrypted", 2), ("file-unreadable", 4)] {
        assert_eq!(findings(&check, code).len(), n, "{code}: {:#?}", findings(&check, code));
    }
    assert!(findings(&check, "limit-reached").iter().all(|f| f["hint"].as_str().is_some_and(|h| h.contains("archive_"))));
    let output = work.build(&[]);
    exits(&output, 0);
    let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
    assert!(bag.iter().any(|(n, _)| n.ends_with(&format!("炸弹.zip!/{}.txt", ORDERS[0]))));
    assert!(!bag.iter().any(|(n, b)| n.ends_with("zeros.bin") || b.len() == zeros.len() || b.starts_with(b"root:")));
}

#[test]
fn limits_of_archives_follow_case_toml() {
    let work = Work::new();
    let toml = work.case().join("case.toml");
    let text = fs::read_to_string(&toml).expect("case.toml");
    let inner = zip(&[Member::new("芯.txt", b"abc")]);
    let members = [Member::new("a.txt", &[b'a'; 900]), Member::new("b.txt", &[b'b'; 900]), Member::new("c.zip", &inner)];
    fs::write(work.case().join("包.zip"), zip(&members)).expect("archive");
    let said = |keys: &str| {
        fs::write(&toml, format!("{text}\n[intake]\n{keys}\n")).expect("case.toml");
        let check = work.check();
        findings(&check, "limit-reached").iter().map(|f| f["file"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(said(""), [] as [&str; 0]);
    assert_eq!(said("archive_depth = 1"), ["包.zip!/c.zip"]);
    assert_eq!(said("archive_bytes = 1000"), ["包.zip!/b.txt", "包.zip!/c.zip"]);
    assert_eq!(said("archive_members = 2"), ["包.zip"]);
    fs::write(&toml, format!("{text}\n[intake]\nbytes = 5000000000\n")).expect("case.toml");
    let refused = crate::support::appealpack().arg("check").arg(work.case()).output().expect("starts");
    exits(&refused, 1);
    assert!(crate::support::stderr(&refused).contains("4000000000"), "{}", crate::support::stderr(&refused));
}

#[test]
fn a_trace_in_an_archive_counts() {
    // a trace in the archive: the path of its waybill makes it evidence
    let name = format!("物流/{}.json", WAYBILLS[1]);
    let (work, originals) = packed(&[&name], "轨迹.zip", false);
    exits(&work.build(&[]), 0);
    let check = work.check();
    assert_eq!(file(&check, &format!("轨迹.zip!/{name}"))["kind"], "trace");
    assert_eq!(file(&check, &format!("轨迹.zip!/{name}"))["sha256"], sha256(&originals[0].1));
    assert!(!codes(&check).contains(&"trace-missing".to_owned()), "{}", stdout(&work.build(&[])));
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn every_cut_of_an_archive_is_survived() {
    let work = Work::empty();
    let inner = zip(&[Member { gbk: true, ..Member::new("聊天/内.txt", b"abc") }]);
    let whole = zip(&[Member { gbk: true, ..Member::new("聊天/外.txt", b"abcabcabc") }, Member::new("内.zip", &inner)]);
    for cut in 0..whole.len() {
        fs::write(work.case().join(format!("{cut:04}.zip")), &whole[..cut]).expect("cut");
    }
    let check = work.check();
    let files = check["files"].as_array().expect("files");
    assert_eq!(files.len(), whole.len(), "no half archive gives members");
    assert!(files.iter().all(|f| f["status"] != "source"));
}
