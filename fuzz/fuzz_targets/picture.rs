//! Any bytes as a picture: its structure, what it says of itself, its rows, and the streams that a page would get.
#![no_main]

use appealpack::media::{luma, picture};
use appealpack::render::image::{PictureBytes, can_show, prepare};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some(info) = picture::read(data) else { return };
    let _ = luma::rows(data, 4_000_000, &mut |row| {
        std::hint::black_box(row.len());
    });
    // a page asks before it shows; what is shown must not break either
    if can_show(&info) && u64::from(info.width) * u64::from(info.height) < 4_000_000 {
        let _ = prepare(PictureBytes::File(data.to_vec()));
    }
});
