//! Any bytes as a notice: recognised, then read for number, violation, times and orders.
#![no_main]

mod common;

use appealpack::finding::Findings;
use appealpack::model::settings::CaseSettings;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::guarded(|| read(data)));

fn read(data: &[u8]) {
    // the first byte chooses the form by name; the content decides in the end
    let (choice, data) = data.split_first().map_or((0, data), |(c, d)| (*c, d));
    let name = ["通知.txt", "通知.json", "通知.html", "通知.docx"][usize::from(choice % 4)];
    for old in ["通知.txt", "通知.json", "通知.html", "通知.docx"] {
        let _ = std::fs::remove_file(FOLDER.path().join(old));
    }
    std::fs::write(FOLDER.path().join(name), data).expect("written");
    let (ctx, settings, mut findings) = (&*common::CONTEXT, CaseSettings::default(), Findings::default());
    let Ok(mut taken) = appealpack::intake::read(FOLDER.path(), &settings, None, ctx, &mut findings) else { return };
    let _ = appealpack::notice::read(&mut taken.files, &taken.contents, &settings, &BTreeSet::new(), FOLDER.path(), ctx, &mut findings);
}
