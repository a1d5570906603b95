//! What the program wrote itself is no evidence, wherever it lies; and it writes over nothing that is.

use crate::support::{CASE_ID, Work, appealpack, exits, run, stderr, tree, unzip, write_case};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn in_case(work: &Work, args: &[&str]) -> std::process::Output {
    appealpack().current_dir(work.case()).args(args).output().expect("the binary starts")
}

fn why(check: &Value, path: &str) -> String {
    let file = check["files"].as_array().into_iter().flatten().find(|f| f["path"] == path).unwrap_or_else(|| panic!("{path} is not told"));
    file["why"]["key"].as_str().unwrap_or_default().to_owned()
}

/// Names of what a bag holds as originals.
fn originals(zip: &Path) -> Vec<String> {
    unzip(zip).into_iter().map(|(name, _)| name).filter(|n| n.contains("/originals/") || n.contains("/extracts/")).collect()
}

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in tree(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        fs::write(path, bytes).expect("file");
    }
}

#[test]
fn results_copied_into_the_case_are_set_aside() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let bag = work.result().join(format!("bundle/{CASE_ID}.zip"));
    let before = originals(&bag);
    for lang in ["zh-CN", "en"] {
        for format in ["text", "json"] {
            let printed = run(&["check", &work.case().display().to_string(), "--format", format, "--lang", lang]).stdout;
            fs::write(work.case().join(format!("{lang}-{format}.txt")), &printed).expect("file");
            // as PowerShell redirects
            let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(String::from_utf8_lossy(&printed).encode_utf16().flat_map(u16::to_le_bytes)).collect();
            fs::write(work.case().join(format!("wide-{lang}-{format}.log")), wide).expect("file");
        }
    }
    copy(&work.result().join("private"), &work.case().join("给自己看"));
    copy(&work.result().join("upload"), &work.case().join("上传"));
    copy(&work.result(), &work.case().join("结果"));
    fs::copy(work.result().join(format!("upload/{CASE_ID}.pdf")), work.case().join(format!("{CASE_ID}.pdf"))).expect("copied");
    for (from, to) in [("", "我的申诉书.pdf"), ("-annex", "证据/附册 最终版.PDF")] {
        fs::create_dir_all(work.case().join("证据")).expect("folder");
        fs::copy(work.result().join(format!("upload/{CASE_ID}{from}.pdf")), work.case().join(to)).expect("copied under another name");
    }
    fs::copy(work.result().join("private/findings.html"), work.case().join("问题.html")).expect("copied");
    fs::copy(&bag, work.case().join("包.zip")).expect("copied");
    let check = work.check();
    for name in ["zh-CN-text.txt", "en-json.txt", "wide-zh-CN-text.log", "wide-en-json.log", "问题.html"] {
        assert_eq!(why(&check, name), "ignored-own-file", "{name}");
    }
    for name in [&format!("{CASE_ID}.pdf"), "我的申诉书.pdf", "证据/附册 最终版.PDF"] {
        assert_eq!(why(&check, name), "ignored-own-file", "{name}");
    }
    assert_eq!(why(&check, "给自己看/findings.json"), "ignored-own-output");
    assert_eq!(why(&check, "结果/.appealpack-files"), "ignored-own-output");
    assert_eq!(why(&check, "包.zip"), "ignored-own-output");
    assert_eq!(why(&check, &format!("上传/{CASE_ID}-annex.pdf")), "ignored-own-output");
    exits(&work.build(&[]), 0);
    assert_eq!(originals(&bag), before);
}

#[test]
#[cfg(target_os = "linux")]
fn what_the_run_prints_into_the_case_is_set_aside_while_it_is_written() {
    let work = Work::new();
    let log = work.case().join("问题.txt");
    let printed = fs::File::create(&log).expect("file");
    let status = appealpack().current_dir(work.case()).args(["check", ".", "--format", "json"]).stdout(printed).status().expect("the binary starts");
    assert_eq!(status.code(), Some(0));
    let check: Value = serde_json::from_slice(&fs::read(&log).expect("file")).expect("json");
    assert_eq!(why(&check, "问题.txt"), "ignored-own-file");
}

#[test]
fn the_case_folder_may_be_the_output_folder() {
    let work = Work::new();
    for _ in 0..2 {
        exits(&in_case(&work, &["build", ".", "--out", "."]), 0);
        let names = originals(&work.case().join(CASE_ID).join(format!("bundle/{CASE_ID}.zip")));
        assert!(!names.iter().any(|n| n.contains("private") || n.contains("upload") || n.contains(".html")), "{names:?}");
    }
    // but not where the result would take its place
    let own = work.root().join(CASE_ID);
    write_case(&own, "");
    let before = tree(&own);
    let output = appealpack().arg("build").arg(&own).arg("--out").arg(work.root()).output().expect("starts");
    exits(&output, 1);
    assert!(stderr(&output).contains("案件文件夹") && tree(&own) == before, "{}", stderr(&output));
}

#[test]
fn output_never_lies_in_the_case_and_is_written_whole_elsewhere() {
    let work = Work::new();
    let before = tree(&work.case());
    for name in ["case.toml", "通知.txt", "check.json", "聊天/x.txt"] {
        let output = in_case(&work, &["check", ".", "--output", name]);
        exits(&output, 1);
        assert!(stderr(&output).contains(name) && stderr(&output).contains("下一步"), "{}", stderr(&output));
    }
    assert!(tree(&work.case()) == before);
    exits(&in_case(&work, &["check", ".", "--format", "json", "--output", "../check.json"]), 0);
    let read: Value = serde_json::from_slice(&fs::read(work.root().join("check.json")).expect("written")).expect("json");
    assert_eq!(read["schema"], "appealpack.check/1");
    assert!(!work.root().join(".check.json.new").exists());
}

#[test]
fn a_file_where_a_folder_is_wanted_is_named_with_the_next_step() {
    let work = Work::new();
    let file = work.root().join("x");
    fs::write(&file, "mine").expect("file");
    let (path, case) = (file.display().to_string(), work.case().display().to_string());
    for args in [
        vec!["build", &case, "--out", &path],
        vec!["check", &case, "--out", &path],
        vec!["init", &path],
        vec!["audit", &case, "--out", &path],
        vec!["batch", &case, "--out", &path],
    ] {
        let output = run(&args);
        exits(&output, 1);
        let said = stderr(&output);
        assert!(said.contains("是文件，不是文件夹") && said.contains("下一步") && !said.contains("os error"), "{args:?}: {said}");
    }
    assert_eq!(fs::read(&file).expect("file"), b"mine");
}

/// Saves a workbook as another program does that keeps its properties, with an answer in the first row's last column.
fn answered(bytes: &[u8]) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook");
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..from.len() {
        let mut member = from.by_index(i).expect("member");
        let name = member.name().expect("name").into_owned();
        let mut text = String::new();
        member.read_to_string(&mut text).expect("text");
        if name == "xl/worksheets/sheet1.xml" {
            let at = text.rfind("</row>").expect("a row");
            text.insert_str(at, "<c r=\"E2\" t=\"inlineStr\"><is><t>已签收，0.52 千克</t></is></c>");
        }
        to.start_file(name, zip::write::SimpleFileOptions::default()).expect("member");
        to.write_all(text.as_bytes()).expect("member");
    }
    to.finish().expect("zip").into_inner()
}

#[test]
fn our_requests_and_loose_lists_are_no_evidence() {
    for lang in ["zh-CN", "en"] {
        let work = Work::new();
        crate::support::edit(&work, "case.toml", "[case]\n", &format!("[case]\nlanguage = \"{lang}\"\n"));
        work.add("[appeal]\nscope = \"all\"");
        fs::remove_file(work.case().join(format!("底单/{}.jpg", crate::support::WAYBILLS[1]))).expect("removed");
        fs::remove_dir_all(work.case().join("聊天")).expect("removed");
        // something is missing on purpose
        exits(&work.build(&["--lang", lang]), 3);
        let requests = tree(&work.result().join("private/requests"));
        assert!(
            requests.iter().any(|(name, _)| name.ends_with(".xlsx")) && requests.iter().filter(|(name, _)| name.ends_with(".txt")).count() >= 2,
            "{requests:?}"
        );
        let mut expected = Vec::new();
        for (name, bytes) in &requests {
            let key = if name.ends_with(".xlsx") { "ignored-own-request" } else { "ignored-own-file" };
            fs::write(work.case().join(name), bytes).expect("file");
            expected.push((name.clone(), key));
            if name.ends_with(".xlsx") {
                fs::write(work.case().join(format!("已回复 {name}")), answered(bytes)).expect("file");
                expected.push((format!("已回复 {name}"), key));
            }
        }
        let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
        for name in ["index.xlsx", "index.csv"] {
            let (_, bytes) = bag.iter().find(|(path, _)| path.ends_with(&format!("/data/{name}"))).expect("in the bag");
            fs::write(work.case().join(format!("证据 {name}")), bytes).expect("file");
            expected.push((format!("证据 {name}"), "ignored-own-file"));
        }
        for name in ["orders.xlsx", "orders.csv"] {
            fs::copy(work.result().join("upload").join(name), work.case().join(format!("清单 {name}"))).expect("copied");
            expected.push((format!("清单 {name}"), "ignored-own-file"));
        }
        // as Excel saves it
        let gbk = encoding_rs::GBK.encode(&fs::read_to_string(work.case().join("清单 orders.csv")).expect("text").replace('\u{feff}', "")).0.into_owned();
        fs::write(work.case().join("另存.csv"), gbk).expect("file");
        expected.push(("另存.csv".to_owned(), "ignored-own-file"));
        let check = work.check();
        let findings = check["findings"].as_array().expect("findings");
        for (name, key) in &expected {
            assert_eq!(why(&check, name), *key, "{lang}: {name}");
            // an answer typed into a request is not silently passed over
            let told = findings.iter().filter(|f| f["code"] == "not-checkable" && f["file"] == name.as_str());
            let told: Vec<&str> = told.filter_map(|f| f["message"].as_str()).collect();
            assert_eq!(told.len(), usize::from(*key == "ignored-own-request"), "{lang}: {name}: {told:?}");
            assert!(told.iter().all(|m| m.contains("是我们写的请求单") && m.contains("不是证据")), "{told:?}");
        }
        // what may be handed in names nobody
        for (path, bytes) in bag.iter().cloned().chain(tree(&work.result().join("upload"))).filter(|(path, _)| path.ends_with(".xlsx")) {
            let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook");
            for i in 0..package.len() {
                let mut text = String::new();
                std::io::Read::read_to_string(&mut package.by_index(i).expect("part"), &mut text).expect("text");
                assert!(!text.to_lowercase().contains("appealpack"), "{path}");
            }
        }
    }
}

#[test]
fn evidence_among_copies_of_our_files_is_walked() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    for (part, folder) in [("upload", "已提交"), ("private", "待补")] {
        copy(&work.result().join(part), &work.case().join(folder));
    }
    fs::copy(work.result().join(format!("bundle/{CASE_ID}.zip")), work.case().join(format!("已提交/{CASE_ID}.zip"))).expect("copied");
    let quiet = work.check();
    assert_eq!(why(&quiet, &format!("已提交/{CASE_ID}-annex.pdf")), "ignored-own-output");
    assert_eq!(why(&quiet, "待补/findings.json"), "ignored-own-output");
    for folder in ["已提交", "待补"] {
        fs::write(work.case().join(folder).join("补的重量.csv"), "运单号,计费重量,应付金额,寄件时间\nSF1390012345671,0.66,8.00,2026-04-01\n").expect("file");
    }
    let check = work.check();
    let status = |path: &str| check["files"].as_array().into_iter().flatten().find(|f| f["path"] == path).map(|f| f["status"].clone());
    assert_eq!(status("已提交/补的重量.csv"), Some("matched".into()));
    assert_eq!(status("待补/补的重量.csv"), Some("duplicate".into()));
    let ours = |f: &&Value| f["path"].as_str().is_some_and(|p| (p.starts_with("已提交/") || p.starts_with("待补/")) && !p.ends_with("补的重量.csv"));
    for file in check["files"].as_array().into_iter().flatten().filter(ours) {
        assert_eq!(file["status"], "ignored", "{file}");
    }
}
