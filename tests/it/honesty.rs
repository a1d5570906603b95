//! What is handed in never shows an order that is not argued, and never counts more than there is.

use crate::support::{CASE_ID, NICKS, ORDERS, WAYBILLS, Work, exits, stdout, unzip};
use std::fs;

/// All text of a file: of an xlsx its parts, of a PDF its pages, else the bytes as UTF-8.
fn text(name: &str, bytes: &[u8]) -> String {
    if name.ends_with(".xlsx") {
        let path = tempfile::NamedTempFile::new().expect("temporary file");
        fs::write(path.path(), bytes).expect("xlsx");
        return unzip(path.path()).iter().map(|(_, b)| String::from_utf8_lossy(b).into_owned()).collect();
    }
    if name.ends_with(".pdf") {
        let pdf = appealpack::media::pdf::read(bytes, 5_000, None).expect("a PDF");
        return pdf.text.iter().map(|page| page.chars().filter(|c| !c.is_whitespace()).collect::<String>()).collect();
    }
    if name.ends_with(".csv") && std::str::from_utf8(bytes).is_err() {
        return encoding_rs::GB18030.decode(bytes).0.into_owned();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

fn leave_out(work: &Work, order: &str) {
    let path = work.case().join("case.toml");
    let old = fs::read_to_string(&path).expect("case.toml");
    fs::write(path, format!("{old}\n[[leave_out]]\norders = [\"{order}\"]\nwhy = \"底单找不到\"\n")).expect("case.toml");
}

#[test]
fn an_order_left_out_shows_nowhere_but_in_the_notice() {
    let work = Work::new();
    leave_out(&work, ORDERS[1]);
    exits(&work.build(&[]), 0);
    let secrets = [ORDERS[1], WAYBILLS[1], NICKS[1], "李某1", "文三路1号", "底单找不到"];
    let mut files: Vec<(String, Vec<u8>)> = crate::support::tree(&work.result().join("upload"));
    files.extend(unzip(&work.result().join(format!("bundle/{CASE_ID}.zip"))));
    for (name, bytes) in &files {
        let said = format!("{name}\n{}", text(name, bytes));
        for secret in secrets {
            let in_notice = name.ends_with("/通知.txt") && secret == ORDERS[1];
            assert!(in_notice || !said.contains(secret), "{secret} in {name}");
        }
    }
    // its pictures stay out under any name
    let own = fs::read(work.case().join(format!("底单/{}.jpg", WAYBILLS[1]))).expect("slip");
    assert!(!files.iter().any(|(_, bytes)| *bytes == own));
    assert!(!files.iter().any(|(name, _)| name.contains("private") || name.contains("findings") || name.contains("requests")));
    // and private/ says why
    let page = fs::read_to_string(work.result().join("private/findings.html")).expect("page");
    assert!(page.contains("底单找不到") && page.contains(ORDERS[1]), "{page}");
}

#[test]
fn argued_and_left_out_add_up_in_every_output() {
    let work = Work::new();
    leave_out(&work, ORDERS[2]);
    let output = work.build(&[]);
    exits(&output, 0);
    assert!(stdout(&output).contains("本次举证 2，不提交 1"), "{}", stdout(&output));
    let upload = work.result().join("upload");
    let statement = fs::read_to_string(upload.join("statement-full.txt")).expect("statement");
    assert!(statement.contains("对 2 笔订单") && statement.contains("另有 1 笔"), "{statement}");
    assert!(!statement.contains("3 笔均") && !statement.contains("全部"), "{statement}");
    let rows = fs::read_to_string(upload.join("orders.csv")).expect("orders.csv");
    assert_eq!(rows.lines().count(), 3, "{rows}");
    assert!(rows.contains(ORDERS[0]) && rows.contains(ORDERS[1]) && !rows.contains(ORDERS[2]), "{rows}");
    let json: serde_json::Value = serde_json::from_slice(&fs::read(work.result().join("private/findings.json")).expect("json")).expect("json");
    assert_eq!((json["counts"]["flagged"].as_u64(), json["counts"]["argued"].as_u64(), json["counts"]["left_out"].as_u64()), (Some(3), Some(2), Some(1)));
    let manifest =
        unzip(&work.result().join(format!("bundle/{CASE_ID}.zip"))).into_iter().find(|(n, _)| n.ends_with("data/manifest.json")).expect("manifest").1;
    let manifest = String::from_utf8(manifest).expect("text");
    assert!(manifest.contains(ORDERS[1]) && !manifest.contains(ORDERS[2]), "{manifest}");
}

#[test]
fn a_sentence_generalises_only_where_every_order_has_it() {
    let work = Work::new();
    let statement = || fs::read_to_string(work.result().join("upload/statement-full.txt")).expect("statement");
    exits(&work.build(&[]), 0);
    assert!(statement().contains("3 笔均有与买家的沟通记录"), "{}", statement());
    fs::remove_dir_all(work.case().join(format!("聊天/{}", NICKS[0]))).expect("chat");
    work.build(&[]);
    let text = statement();
    assert!(!text.contains("均有与买家的沟通记录") || text.contains("2 笔均有与买家的沟通记录"), "{text}");
}
