//! Same input, same bytes: another folder, one or four threads, another locale and time zone, another order of making the files. Originals untouched.

use crate::honesty::text;
use crate::support::{ORDERS, Work, appealpack, exits, tree, unzip, write_case};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// upload/ and bundle/ of a result.
fn handed_in(work: &Work) -> Vec<(String, Vec<u8>)> {
    let mut files = tree(&work.result().join("upload"));
    files.extend(tree(&work.result().join("bundle")).into_iter().map(|(n, b)| (format!("bundle/{n}"), b)));
    assert!(files.iter().any(|(n, _)| n.ends_with(".zip")) && files.iter().any(|(n, _)| n.ends_with(".pdf")), "book and bag are there");
    files
}

fn assert_same(a: &[(String, Vec<u8>)], b: &[(String, Vec<u8>)], what: &str) {
    let names = |l: &[(String, Vec<u8>)]| l.iter().map(|(n, _)| n.clone()).collect::<Vec<_>>();
    assert_eq!(names(a), names(b), "{what}");
    for ((name, one), (_, two)) in a.iter().zip(b) {
        assert!(one == two, "{what}: {name} differs ({} and {} bytes)", one.len(), two.len());
    }
}

#[test]
fn same_input_gives_same_bytes() {
    let first = Work::new();
    exits(&first.build(&[]), 0);
    let wanted = handed_in(&first);

    exits(&first.build(&[]), 0);
    assert_same(&wanted, &handed_in(&first), "second run");

    for threads in ["1", "4"] {
        let other = Work::new();
        exits(&other.build(&["--threads", threads]), 0);
        assert_same(&wanted, &handed_in(&other), threads);
    }

    let elsewhere = Work::empty();
    copy_backwards(&first.case(), &elsewhere.case());
    let output = appealpack()
        .env("LANG", "en_GB.UTF-8")
        .env("TZ", "America/Los_Angeles")
        .current_dir(elsewhere.case())
        .args(["build", ".", "--out", "../out"])
        .output()
        .expect("starts");
    exits(&output, 0);
    assert_same(&wanted, &handed_in(&elsewhere), "another folder, locale, zone, order of files");
}

/// The same files made in the opposite order, with other times.
fn copy_backwards(from: &Path, to: &Path) {
    for (i, (name, bytes)) in tree(from).into_iter().rev().enumerate() {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        fs::write(&path, bytes).expect("file");
        let file = fs::File::options().write(true).open(&path).expect("opens");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + i as u64 * 3600)).expect("time");
    }
}

#[test]
fn originals_keep_bytes_and_times() {
    let work = Work::new();
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
    for (name, _) in tree(&work.case()) {
        fs::File::options().write(true).open(work.case().join(name)).expect("opens").set_modified(old).expect("time");
    }
    let before = tree(&work.case());
    exits(&work.build(&[]), 0);
    assert_eq!(tree(&work.case()), before);
    for (name, _) in before {
        assert_eq!(fs::metadata(work.case().join(&name)).expect("there").modified().expect("time"), old, "{name}");
    }
}

#[test]
fn nothing_of_this_machine_is_handed_in() {
    let work = Work::empty();
    let marked = work.root().join("machine-path-marker");
    write_case(&marked, "");
    let output = appealpack().env("USER", "user-name-marker").arg("build").arg(&marked).arg("--out").arg(work.out()).output().expect("starts");
    exits(&output, 0);
    let mut files = Vec::new();
    for part in ["upload", "bundle"] {
        for (name, bytes) in tree(&work.result().join(part)) {
            if name.ends_with(".zip") {
                files.extend(unzip(&work.result().join(part).join(&name)));
                // of the zip itself its name is left to look at
                files.push((name, Vec::new()));
                continue;
            }
            files.push((name, bytes));
        }
    }
    let mut with_orders = BTreeSet::new();
    for (name, bytes) in &files {
        // pages and workbooks are packed; names of files and what no packing hides stand in the bytes
        let mut said = format!("{name}\n{}\n{}", String::from_utf8_lossy(bytes), text(name, bytes)).to_lowercase();
        // the tool's name stands where programs look for it: in the bag's own description, and in the name of a schema
        if name.ends_with("/bag-info.txt") {
            said = said.replace("bag-software-agent: appealpack ", "");
        } else if name.ends_with("/data/manifest.json") {
            said = said.replace("\"schema\": \"appealpack.manifest/1\"", "");
        }
        for word in ["machine-path-marker", "user-name-marker", "appealpack", "printpdf", "lopdf", "rust_xlsxwriter"] {
            assert!(!said.contains(word), "{word} in {name}");
        }
        if said.contains(ORDERS[0]) {
            with_orders.extend(name.rsplit('.').next());
        }
    }
    assert!(["pdf", "xlsx", "csv", "txt", "json"].iter().all(|form| with_orders.contains(form)), "their texts are seen: {with_orders:?}");
}
