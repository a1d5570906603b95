//! Any bytes as a table (text or workbook), through the whole recognition.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    common::guarded(|| drop(common::RECOGNISER.read(data.to_vec(), "表.csv")));
});
