//! Any bytes as a zip in the folder: listed, every member read and recognised, nested ones too, under small limits.
#![no_main]

mod common;

use appealpack::finding::Findings;
use appealpack::model::settings::{CaseSettings, IntakeLimits};
use std::sync::LazyLock;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::guarded(|| read(data)));

fn read(data: &[u8]) {
    std::fs::write(FOLDER.path().join("材料.zip"), data).expect("written");
    let _ = appealpack::archive::list(&mut std::io::Cursor::new(data), 1_000);
    let intake = IntakeLimits { archive_bytes: 16 << 20, archive_members: 200, bytes: 4 << 20, ..IntakeLimits::default() };
    let settings = CaseSettings { intake, ..CaseSettings::default() };
    let mut findings = Findings::default();
    if let Ok(taken) = appealpack::intake::read(FOLDER.path(), &settings, None, &common::CONTEXT, &mut findings) {
        for entry in taken.files.iter().filter(|f| !f.member.is_empty()) {
            let _ = appealpack::archive::read(FOLDER.path(), entry, &appealpack::archive::Inner::default());
        }
    }
}
