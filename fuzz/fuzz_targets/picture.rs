//! Any bytes as a picture: its structure, what it says of itself, its rows, what is seen on it, and the streams that a page would get.
#![no_main]

use appealpack::media::{luma, picture, pixels};
use appealpack::render::image::{PictureBytes, prepare};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some(info) = picture::read(data) else { return };
    let _ = luma::rows(data, 4_000_000, &mut |row| {
        std::hint::black_box(row.len());
    });
    // intake keeps what is broken or hidden from pages; what is shown must not break either
    if info.broken.is_none() && info.hidden.is_none() && u64::from(info.width) * u64::from(info.height) < 4_000_000 {
        for photograph in [false, true] {
            let source = pixels::Source { bytes: data, orientation: info.orientation, photograph };
            let _ = pixels::look(source, &mut pixels::Room::default());
        }
        let _ = prepare(PictureBytes::File(data.to_vec()));
    }
});
