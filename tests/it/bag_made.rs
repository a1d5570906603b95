//! The bag that `build` makes: what goes in and what stays out, the digest over it, and the times of its entries.

use crate::support::{CASE_ID, ORDERS, WAYBILLS, Work, exits, picture, run, unzip};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::PathBuf;

const EXPORT: &str = "导出/ExportOrderList202604091000.csv";

fn bag(work: &Work) -> PathBuf {
    work.result().join(format!("bundle/{CASE_ID}.zip"))
}

/// Files of the bag, by their path below its folder.
fn files(work: &Work) -> Vec<(String, Vec<u8>)> {
    let inside = |path: String| path.strip_prefix(&format!("{CASE_ID}/")).map(str::to_owned).unwrap_or_else(|| panic!("{path} lies outside the folder"));
    unzip(&bag(work)).into_iter().map(|(path, bytes)| (inside(path), bytes)).collect()
}

fn of<'a>(files: &'a [(String, Vec<u8>)], path: &str) -> &'a [u8] {
    &files.iter().find(|(name, _)| name == path).unwrap_or_else(|| panic!("no {path} in {:#?}", files.iter().map(|(n, _)| n).collect::<Vec<_>>())).1
}

fn manifest(files: &[(String, Vec<u8>)]) -> Value {
    serde_json::from_slice(of(files, "data/manifest.json")).expect("JSON")
}

#[test]
fn tables_go_in_whole_when_the_seller_says_so() {
    for (key, whole) in [("", false), ("[bundle]\ntables = \"extract\"", false), ("[bundle]\ntables = \"whole\"", true)] {
        let work = Work::new();
        work.add(key);
        exits(&work.build(&[]), 0);
        let files = files(&work);
        let under = |folder: &str| files.iter().find(|(path, _)| path.starts_with(folder) && path.contains("ExportOrderList"));
        assert_eq!((under("data/originals/").is_some(), under("data/extracts/").is_some()), (whole, !whole), "{key}");
        let told = manifest(&files);
        let entry = told["files"].as_array().into_iter().flatten().find(|f| f["original_path"] == EXPORT).expect("the export is listed");
        if whole {
            let path = format!("data/originals/{EXPORT}");
            assert!(of(&files, &path) == fs::read(work.case().join(EXPORT)).expect("export"), "to the byte");
            assert_eq!((&entry["bag_path"], &entry["extract"]), (&Value::from(path), &Value::Null));
        } else {
            assert_eq!((&entry["extract"]["records_total"], entry["extract"]["records"].as_array().map(Vec::len)), (&Value::from(24), Some(3)), "{entry}");
        }
    }
}

#[test]
fn every_entry_has_the_same_time() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let mut archive = zip::ZipArchive::new(fs::File::open(bag(&work)).expect("zip")).expect("a zip");
    assert!(archive.len() > 15, "{}", archive.len());
    for i in 0..archive.len() {
        let entry = archive.by_index(i).expect("entry");
        let time = entry.last_modified().map(|t| (t.year(), t.month(), t.day(), t.hour(), t.minute(), t.second()));
        assert_eq!(time, Some((1980, 1, 1, 0, 0, 0)), "{}", String::from_utf8_lossy(entry.name_raw()));
        assert!(!entry.extra_data_fields().any(|f| matches!(f, zip::ExtraField::ExtendedTimestamp(_) | zip::ExtraField::Ntfs(_))), "no second time");
    }
}

#[test]
fn the_digest_of_the_originals_can_be_recounted() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let files = files(&work);
    let text = std::str::from_utf8(of(&files, "manifest-sha256.txt")).expect("UTF-8");
    let mut lines: Vec<&str> = text.lines().filter(|line| line.contains("  data/originals/") || line.contains("  data/extracts/")).collect();
    assert!(lines.iter().any(|l| l.contains("data/extracts/")) && lines.len() > 9 && lines.len() < text.lines().count(), "{text}");
    lines.sort_unstable();
    let sorted: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let digest: String = Sha256::digest(sorted.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(manifest(&files)["originals_sha256"], digest.as_str());
    let verified = run(&["verify", bag(&work).to_str().expect("UTF-8"), "--format", "json"]);
    exits(&verified, 0);
    let verified: Value = serde_json::from_slice(&verified.stdout).expect("JSON");
    assert_eq!(verified["originals_sha256"], digest.as_str());
    let info = std::str::from_utf8(of(&files, "bag-info.txt")).expect("UTF-8");
    assert!(info.contains(&format!("Originals-SHA256: {digest}")), "{info}");
}

#[test]
fn a_duplicate_goes_in_once_and_what_nobody_needs_stays_out_and_is_told() {
    let work = Work::new();
    let (slip, copy) = (format!("底单/{}.jpg", WAYBILLS[0]), format!("底单/备份/{}.jpg", ORDERS[0]));
    fs::create_dir_all(work.case().join("底单/备份")).expect("folder");
    fs::copy(work.case().join(&slip), work.case().join(&copy)).expect("copied");
    let stray = picture(99, true);
    fs::write(work.case().join("散落的图.jpg"), &stray).expect("picture");
    exits(&work.build(&[]), 0);
    let files = files(&work);
    let bytes = fs::read(work.case().join(&slip)).expect("slip");
    let held: Vec<&str> = files.iter().filter(|(_, b)| *b == bytes).map(|(path, _)| path.as_str()).collect();
    assert_eq!(held, [format!("data/originals/{slip}")]);
    let told = manifest(&files);
    let paths = |key: &str| -> Vec<String> {
        let list = told["files"].as_array().into_iter().flatten().filter(|f| f["original_path"] == slip.as_str());
        list.flat_map(|f| f[key].as_array().into_iter().flatten()).filter_map(|p| p.as_str().map(str::to_owned)).collect()
    };
    assert_eq!(paths("other_paths"), [copy.as_str()]);
    assert!(!told["files"].as_array().into_iter().flatten().any(|f| f["original_path"] == copy.as_str()), "{told:#}");

    assert!(files.iter().all(|(path, b)| *b != stray && !path.contains("散落")), "what is linked to nobody stays out");
    assert!(!told.to_string().contains("散落"), "{told:#}");
    let page = fs::read_to_string(work.result().join("private/findings.html")).expect("findings.html");
    assert!(page.contains("散落的图.jpg"), "{page}");
}
