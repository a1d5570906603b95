//! One export in every form that programs save it in: the same orders come out of UTF-8, GB18030, UTF-16 with and without a mark, tabs and semicolons for
//! commas, and a workbook. The exports are those of tests/cases/layout-*, so a new layout is held to this by its first case.

use crate::support::{appealpack, tree};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// What is said of the orders, without the files' own names.
fn orders(case: &Path) -> Value {
    let output = appealpack().args(["check", "--format", "json", "--now", "2026-04-10T09:00:00+08:00"]).arg(case).output().expect("the binary starts");
    let check: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", crate::support::stderr(&output)));
    let order = |o: &Value| json!([o["id"], o["in_export"], o["main_id"], o["buyer"], o["paid_at"], o["tracking"]]);
    check["orders"].as_array().expect("orders").iter().map(order).collect()
}

fn decoded(bytes: &[u8]) -> String {
    let utf8 = std::str::from_utf8(bytes).ok().map(|text| text.trim_start_matches('\u{feff}').to_owned());
    utf8.unwrap_or_else(|| encoding_rs::GB18030.decode(bytes).0.into_owned())
}

/// The separator that the fullest of the first lines holds most often.
fn separator(text: &str) -> u8 {
    let most = |s: &u8| text.lines().take(5).map(|l| l.bytes().filter(|b| b == s).count()).max();
    *b",\t;".iter().max_by_key(|s| most(s)).expect("three")
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator(text)).from_reader(text.as_bytes());
    reader.records().map(|r| r.expect("a record").iter().map(str::to_owned).collect()).collect()
}

fn written(rows: &[Vec<String>], separator: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(separator).from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).expect("a record"));
    writer.into_inner().expect("bytes")
}

fn workbook(rows: &[Vec<String>]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).expect("a cell");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

/// A form's name, and the bytes of a text in it.
type Form = (&'static str, fn(&str) -> Vec<u8>);

const FORMS: [Form; 8] = [
    ("UTF-8", |text| text.as_bytes().to_vec()),
    ("UTF-8 with a mark", |text| format!("\u{feff}{text}").into_bytes()),
    ("GB18030", |text| encoding_rs::GB18030.encode(text).0.into_owned()),
    ("UTF-16", |text| format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ("UTF-16 without a mark", |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ("tabs", |text| written(&rows(text), b'\t')),
    ("semicolons", |text| written(&rows(text), b';')),
    ("workbook", |text| workbook(&rows(text))),
];

#[test]
fn every_layout_reads_the_same_in_every_form() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut seen = 0;
    let mut wrong = Vec::new();
    for layout in ["amazon", "douyin", "ebay", "jd", "kuaishou", "pinduoduo", "shopify", "tiktok-shop", "wangdiantong", "wechat-shop"] {
        let mut variants: Vec<_> = fs::read_dir(root.join(format!("layout-{layout}"))).expect(layout).flatten().map(|e| e.path()).collect();
        variants.sort();
        // those that stand on nothing but their own files
        for variant in variants.iter().filter(|v| fs::read_to_string(v.join("expected.json")).is_ok_and(|e| !e.contains("\"base\""))) {
            let files = tree(&variant.join("in"));
            let is_text = |name: &str| name.ends_with(".csv") || name.ends_with(".txt");
            if files.iter().any(|(name, bytes)| name != "case.toml" && !is_text(name) || String::from_utf8_lossy(bytes).contains("[[columns]]")) {
                continue;
            }
            let folder = tempfile::tempdir().expect("a folder");
            let lay = |form: fn(&str) -> Vec<u8>| {
                for (name, bytes) in &files {
                    let path = folder.path().join(name);
                    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
                    fs::write(path, if is_text(name) { form(&decoded(bytes)) } else { bytes.clone() }).expect("a file");
                }
                orders(folder.path())
            };
            let plain = lay(FORMS[0].1);
            seen += 1;
            for (name, form) in FORMS.iter().skip(1) {
                let other = lay(*form);
                if other != plain {
                    wrong.push(format!("{} as {name}:\n  {plain}\n  {other}", variant.display()));
                }
            }
        }
    }
    assert!(seen >= 12, "only {seen} exports were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
