//! `[limits]` against what was written, keys without effect, and two runs on one output.

use crate::support::{Work, appealpack, codes, exits, stderr, stdout, tree, unzip};
use std::fs;
use std::process::Stdio;

fn found(work: &Work) -> Vec<String> {
    let bytes = fs::read(work.result().join("private/findings.json")).expect("findings.json");
    codes(&serde_json::from_slice(&bytes).expect("json")).into_iter().filter(|c| c.starts_with("limit-")).collect()
}

#[test]
fn limits_that_are_passed_are_errors_and_unknown_ones_are_said() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    assert_eq!(found(&work), ["limit-unknown"]);
    let work = Work::new();
    work.add("[limits]\nfiles = 1\npages = 2\nbytes = 1000\nbytes_total = 2000\ntext = [20]");
    let output = work.build(&[]);
    exits(&output, 3);
    let mut seen = found(&work);
    seen.dedup();
    assert_eq!(seen, ["limit-files", "limit-bytes", "limit-pages", "limit-text"]);
    let said = stdout(&output);
    assert!(said.contains("页，申诉页面最多 2 页") && said.contains("字，申诉框最多 20 字") && said.contains("申诉页面最多 1 个"), "{said}");
    assert!(work.result().join("upload").is_dir(), "the seller decides: it is built all the same");
    // the seller may say that one of them does not matter
    let work = Work::new();
    work.add("[limits]\nfiles = 1\n[findings]\nlimit-files = \"ignore\"");
    exits(&work.build(&[]), 0);
    assert_eq!(found(&work), Vec::<String>::new());
}

#[test]
fn enough_room_is_silent() {
    let work = Work::new();
    work.add("[limits]\nfiles = 10\npages = 500\nbytes = 50000000\nbytes_total = 90000000\ntext = [2000]");
    exits(&work.build(&[]), 0);
    assert_eq!(found(&work), Vec::<String>::new());
}

/// Paths of the case's files in a bag.
fn evidence(bag: &[(String, Vec<u8>)]) -> Vec<String> {
    let within = |path: &str| path.split_once("/data/").map(|(_, inner)| inner.to_owned());
    bag.iter().filter_map(|(path, _)| within(path)).filter(|path| path.starts_with("originals/") || path.starts_with("extracts/")).collect()
}

#[test]
fn a_limit_of_bytes_makes_several_bags_that_hold_everything_between_them() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let bags = |work: &Work| -> Vec<std::path::PathBuf> {
        let folder = fs::read_dir(work.result().join("bundle")).expect("bundle");
        let mut bags: Vec<_> = folder.map(|e| e.expect("entry").path()).collect();
        bags.sort();
        bags
    };
    let [whole] = bags(&work).try_into().expect("one bag");
    let whole = unzip(&whole);
    let length = |wanted: &dyn Fn(&str) -> bool| -> u64 { whole.iter().filter(|(path, _)| wanted(path)).map(|(_, bytes)| bytes.len() as u64).sum() };
    let (originals, pdfs) = (length(&|path| path.contains("/data/originals/") || path.contains("/data/extracts/")), length(&|path| path.ends_with(".pdf")));
    let overhead = 128 * 1024;
    assert!(originals + 1000 < pdfs, "the larger limit seems to be enough until the book is there: {originals} {pdfs}");
    for limit in [overhead + 2 * originals + 1, overhead + originals / 2] {
        let work = Work::new();
        work.add(&format!("[limits]\nbytes = {limit}"));
        assert!(matches!(work.build(&[]).status.code(), Some(0 | 3)));
        let bags = bags(&work);
        assert!(bags.len() > 1, "{bags:?}");
        let mut held = Vec::new();
        for (i, bag) in bags.iter().enumerate() {
            assert!(bag.to_string_lossy().ends_with(&format!("-bag{:02}.zip", i + 1)), "nothing else lies there: {bags:?}");
            exits(&appealpack().arg("verify").arg(bag).output().expect("starts"), 0);
            let files = unzip(bag);
            let info = files.iter().find(|(path, _)| path.ends_with("/bag-info.txt")).map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
            assert!(info.is_some_and(|info| info.contains(&format!("Bag-Count: {} of {}", i + 1, bags.len()))));
            held.extend(evidence(&files));
        }
        held.sort();
        assert_eq!(
            held,
            {
                let mut all = evidence(&whole);
                all.sort();
                all
            },
            "{limit}"
        );
    }
}

#[test]
fn a_key_without_effect_is_said_with_its_line() {
    let work = Work::new();
    work.add("[[mask]]\nfile = \"a.png\"\nboxes = [[1, 2, 3, 4]]");
    let output = appealpack().arg("check").arg(work.case()).output().expect("starts");
    let line = fs::read_to_string(work.case().join("case.toml")).expect("case.toml").lines().position(|l| l.starts_with("[[mask]]")).expect("line") + 1;
    let said = stderr(&output);
    assert!(said.contains("暂不起作用") && said.contains(&format!("[[mask]] (case.toml:{line})")), "{said}");
    assert!(said.contains(&format!("[[mask]]（case.toml:{line}）：还不能遮盖图片，build 会在这里停下")), "{said}");
    let quiet = appealpack().arg("check").arg(work.case()).arg("--quiet").output().expect("starts");
    assert!(quiet.stderr.is_empty(), "{}", stderr(&quiet));
}

#[test]
fn two_runs_on_one_output_do_not_mix() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let alone = tree(&work.result());
    let runs: Vec<_> = (0..4)
        .map(|_| appealpack().arg("build").arg(work.case()).arg("--out").arg(work.out()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts"))
        .collect();
    let mut done = 0;
    for run in runs {
        let output = run.wait_with_output().expect("ends");
        match output.status.code() {
            Some(0) => done += 1,
            Some(1) => assert!(stderr(&output).contains("另一个 appealpack 正在写") && stderr(&output).contains("下一步"), "{}", stderr(&output)),
            other => panic!("{other:?}: {}", stderr(&output)),
        }
    }
    assert!(done >= 1);
    assert!(tree(&work.result()) == alone, "whoever won wrote the whole result");
    let names: Vec<String> = fs::read_dir(work.out()).expect("out").flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    assert!(!names.iter().any(|n| n.contains("lock") || n.contains("new")), "{names:?}");
}

#[test]
fn a_form_that_takes_pictures_gets_the_pages_as_pictures() {
    let work = Work::new();
    work.add("[limits]\nformats = [\"jpg\"]\nimage_side = 900\nfiles = 2");
    exits(&work.build(&[]), 3);
    let pages: Vec<_> = tree(&work.result()).into_iter().filter(|(n, _)| n.starts_with("upload/images/")).collect();
    let first = pages.first().expect("a picture");
    assert_eq!(first.0, "upload/images/001.jpg");
    let size = image::load_from_memory(&first.1).expect("a JPEG");
    assert!(size.height() <= 900 && size.height() > 850, "{} px", size.height());
    // ink on white: the page was drawn
    let dark = size.to_luma8().pixels().filter(|p| p.0[0] < 128).count();
    assert!(dark > 1000, "{dark} dark pixels");
    let check = fs::read_to_string(work.result().join("private/findings.json")).expect("findings");
    assert!(check.contains("limit-files"), "more pictures than the form takes is said");
}

fn refused(work: &Work, text: &str, said: &str) {
    let path = work.case().join("case.toml");
    let old = fs::read_to_string(&path).expect("case.toml");
    work.add(text);
    let output = work.build(&[]);
    exits(&output, 1);
    assert!(stderr(&output).contains(said), "{}", stderr(&output));
    assert!(!work.result().exists(), "nothing is written");
    fs::write(path, old).expect("case.toml");
}

#[test]
fn what_would_quietly_do_nothing_is_refused() {
    let work = Work::new();
    refused(&work, "[[ignore]]\nfile = \"没有这个文件.txt\"", "[[ignore]]：找不到文件 没有这个文件.txt");
    let order = "[[order]]\nid = \"2861734095517302481\"\ndelivery = \"local\"\n";
    refused(&work, &format!("{order}{}", order.replace("local", "express")), "前面已经写过一次");
    // a mask that covers nothing would hand the whole picture in
    refused(&work, "[[mask]]\nfile = \"a.png\"\nboxes = [[1, 2, 3, 4]]", "[[mask]] 还不能遮盖图片");
    // a pattern may wait for files to come
    work.add("[[ignore]]\nfile = \"*.tmp\"");
    exits(&work.build(&[]), 0);
}

#[test]
fn a_file_that_is_assigned_and_ignored_is_told_with_both_lines() {
    let work = Work::new();
    work.add(&format!(
        "[[assign]]\nfile = \"{}.jpg\"\norders = [\"{}\"]\n\n[[ignore]]\nfile = \"底单/*\"\nwhy = \"\"",
        crate::support::WAYBILLS[0],
        crate::support::ORDERS[0]
    ));
    let line = fs::read_to_string(work.case().join("case.toml")).expect("case.toml").lines().position(|l| l == "[[ignore]]").expect("a line") + 1;
    let output = appealpack().arg("check").arg(work.case()).output().expect("the binary starts");
    exits(&output, 1);
    let said = stderr(&output);
    assert!(said.contains(&format!("第 {line} 行的 [[ignore]] 排除了")) && said.contains("只留一处") && !said.contains("是不是"), "{said}");
}
