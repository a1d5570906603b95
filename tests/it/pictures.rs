//! Pictures of every format that phones, scanners and chat apps save stand on the pages; their files go into the bag as they are.

use crate::support::{NICKS, ORDERS, Work, blot, exits, unzip};
use image::codecs::tiff::TiffEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, ImageFormat, Rgb, RgbImage};
use std::fs;
use std::io::Cursor;

/// Chat-like blocks, different for each seed.
fn drawn(seed: u8) -> RgbImage {
    RgbImage::from_fn(360, 640, |x, y| if blot(x / 40, y / 30, seed).is_multiple_of(4) { Rgb([20, 130 + seed, 90]) } else { Rgb([240, 240 - seed, 236]) })
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture.clone()).write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

/// Pictures that the annex's file holds: its objects are written plainly, one dictionary each.
fn pictures(work: &Work) -> usize {
    let annex =
        fs::read_dir(work.result().join("upload")).expect("upload").flatten().find(|e| e.file_name().to_string_lossy().contains("annex")).expect("annex");
    let bytes = fs::read(annex.path()).expect("annex");
    bytes.windows(14).filter(|w| *w == b"/Subtype/Image").count()
}

#[test]
fn gif_webp_bmp_and_tiff_stand_on_pages_as_they_are_in_the_bag() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let before = pictures(&work);
    let mut tiff = Cursor::new(Vec::new());
    TiffEncoder::new(&mut tiff).write_image(&drawn(4), 360, 640, ExtendedColorType::Rgb8).expect("encodes");
    let files = [
        ("1.gif", encoded(&drawn(1), ImageFormat::Gif)),
        ("2.webp", encoded(&drawn(2), ImageFormat::WebP)),
        ("3.bmp", encoded(&drawn(3), ImageFormat::Bmp)),
        ("4.tif", tiff.into_inner()),
    ];
    for (name, bytes) in &files {
        fs::write(work.case().join(format!("聊天/{}/{}-{name}", NICKS[1], ORDERS[1])), bytes).expect("picture");
    }
    // one that cannot be decoded is named and kept, and no page shows something else in its place
    let heic = [&[0, 0, 0, 24][..], b"ftypheic\0\0\0\0mif1heic", &[0, 0, 0, 8], b"mdat"].concat();
    fs::write(work.case().join(format!("聊天/{}/{}-5.heic", NICKS[1], ORDERS[1])), &heic).expect("picture");
    work.build(&[]);
    assert_eq!(pictures(&work), before + files.len());
    let bag = fs::read_dir(work.result().join("bundle")).expect("bundle").flatten().next().expect("a bag").path();
    let entries = unzip(&bag);
    for (name, bytes) in files.iter().map(|(n, b)| (*n, b)).chain([("5.heic", &heic)]) {
        let (_, inside) =
            entries.iter().find(|(path, _)| path.contains("originals") && path.ends_with(name)).unwrap_or_else(|| panic!("{name} is not in the bag"));
        assert_eq!(inside, bytes, "{name}");
    }
}
