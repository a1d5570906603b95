//! What the streams hold, read back by a plain reading of the PNG specification.

use super::*;
use image::{ImageEncoder as _, ImageFormat, RgbaImage};
use std::io::{Cursor, Read as _};

fn encode(picture: &DynamicImage) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder =
        image::codecs::png::PngEncoder::new_with_quality(&mut out, image::codecs::png::CompressionType::Default, image::codecs::png::FilterType::Adaptive);
    encoder.write_image(picture.as_bytes(), picture.width(), picture.height(), picture.color().into()).expect("encodes");
    out
}

/// Undoes predictor 15 with an independent, plain reading of the PNG specification.
fn samples(stream: &ImageStream, channels: usize) -> Vec<u8> {
    let mut raw = Vec::new();
    flate2::read::ZlibDecoder::new(stream.data.as_slice()).read_to_end(&mut raw).expect("zlib data");
    let width = stream.dict.get(b"Width").and_then(Object::as_i64).expect("width") as usize * channels;
    let mut out: Vec<u8> = Vec::new();
    for (y, line) in raw.chunks_exact(width + 1).enumerate() {
        for x in 0..width {
            let a = if x >= channels { out[y * width + x - channels] } else { 0 };
            let b = if y > 0 { out[(y - 1) * width + x] } else { 0 };
            let c = if y > 0 && x >= channels { out[(y - 1) * width + x - channels] } else { 0 };
            let p = i32::from(a) + i32::from(b) - i32::from(c);
            let (pa, pb, pc) = ((p - i32::from(a)).abs(), (p - i32::from(b)).abs(), (p - i32::from(c)).abs());
            let guess = match line[0] {
                0 => 0,
                1 => a,
                2 => b,
                3 => ((u16::from(a) + u16::from(b)) / 2) as u8,
                _ if pa <= pb && pa <= pc => a,
                _ if pb <= pc => b,
                _ => c,
            };
            out.push(line[1 + x].wrapping_add(guess));
        }
    }
    out
}

fn wavy(width: u32, height: u32, alpha: impl Fn(u32, u32) -> u8) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        image::Rgba([(x * 7 + y) as u8, (x * y / 3) as u8, if (x / 9) % 2 == 0 { 240 } else { (y * 5) as u8 }, alpha(x, y)])
    })
}

#[test]
fn opacity_is_told_under_every_filter() {
    use image::codecs::png::{CompressionType, FilterType, PngEncoder};
    for filter in [FilterType::NoFilter, FilterType::Sub, FilterType::Up, FilterType::Avg, FilterType::Paeth] {
        for (x, y, wanted) in [(99, 99, true), (0, 0, false), (22, 0, false), (0, 8, false), (22, 8, false)] {
            let picture = wavy(23, 9, |px, py| if (px, py) == (x, y) { 254 } else { 255 });
            let mut file = Vec::new();
            let encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Default, filter);
            encoder.write_image(&picture, 23, 9, image::ExtendedColorType::Rgba8).expect("encodes");
            let pdf = prepare(PictureBytes::File(file)).expect("prepared");
            assert_eq!(pdf.mask.is_none(), wanted, "{filter:?} with a pixel at {x},{y}");
            assert_eq!(samples(&pdf.image, 3), picture.pixels().flat_map(|p| [p[0], p[1], p[2]]).collect::<Vec<u8>>());
        }
    }
}

#[test]
fn rows_without_a_filter_are_packed_as_well_as_others() {
    use image::codecs::png::{CompressionType, FilterType, PngEncoder};
    let picture = RgbaImage::from_pixel(900, 2000, image::Rgba([250, 251, 252, 255]));
    let mut file = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Default, FilterType::NoFilter);
    encoder.write_image(&picture, 900, 2000, image::ExtendedColorType::Rgba8).expect("encodes");
    let pdf = prepare(PictureBytes::File(file)).expect("prepared");
    assert!(pdf.image.data.len() < 100_000, "{}", pdf.image.data.len());
    assert_eq!(samples(&pdf.image, 3), picture.pixels().flat_map(|p| [p[0], p[1], p[2]]).collect::<Vec<u8>>());
}

#[test]
fn opaque_rgba_loses_its_alpha_and_nothing_else() {
    let picture = wavy(61, 47, |_, _| 255);
    let pdf = prepare(PictureBytes::File(encode(&DynamicImage::ImageRgba8(picture.clone())))).expect("prepared");
    assert!(pdf.mask.is_none(), "an opaque picture needs no mask");
    let expected: Vec<u8> = picture.pixels().flat_map(|p| [p[0], p[1], p[2]]).collect();
    assert_eq!(samples(&pdf.image, 3), expected);
}

#[test]
fn real_transparency_is_kept_as_a_mask() {
    let picture = wavy(40, 30, |x, y| if x == 3 && y == 29 { 128 } else { 255 });
    let pdf = prepare(PictureBytes::File(encode(&DynamicImage::ImageRgba8(picture.clone())))).expect("prepared");
    let expected: Vec<u8> = picture.pixels().map(|p| p[3]).collect();
    assert_eq!(samples(&pdf.mask.expect("one pixel is half transparent"), 1), expected);
    assert_eq!(samples(&pdf.image, 3), picture.pixels().flat_map(|p| [p[0], p[1], p[2]]).collect::<Vec<u8>>());
}

#[test]
fn grey_with_alpha_and_16_bit_become_8_bit_grey() {
    let grey = image::GrayAlphaImage::from_fn(20, 10, |x, y| image::LumaA([(x * y) as u8, 255]));
    let pdf = prepare(PictureBytes::File(encode(&DynamicImage::ImageLumaA8(grey.clone())))).expect("prepared");
    assert_eq!(pdf.image.dict.get(b"ColorSpace").and_then(Object::as_name).expect("space"), b"DeviceGray");
    assert_eq!(samples(&pdf.image, 1), grey.pixels().map(|p| p[0]).collect::<Vec<u8>>());

    let deep = image::ImageBuffer::from_fn(20, 10, |x, y| image::Luma([(x * 1000 + y) as u16]));
    let pdf = prepare(PictureBytes::File(encode(&DynamicImage::ImageLuma16(deep)))).expect("prepared");
    assert_eq!(pdf.image.dict.get(b"BitsPerComponent").and_then(Object::as_i64).expect("bits"), 8);
}

#[test]
fn plain_png_and_jpeg_keep_their_bytes() {
    let rgb = DynamicImage::ImageRgba8(wavy(50, 20, |_, _| 255)).into_rgb8();
    let file = encode(&DynamicImage::ImageRgb8(rgb.clone()));
    let layout = png_layout(&file).expect("a PNG");
    let own: Vec<u8> = layout.idat.iter().flat_map(|r| file[r.clone()].to_vec()).collect();
    let pdf = prepare(PictureBytes::File(file)).expect("prepared");
    assert_eq!(pdf.image.data, own);
    assert_eq!(samples(&pdf.image, 3), rgb.into_raw());

    let mut jpeg = Vec::new();
    DynamicImage::ImageRgba8(wavy(50, 20, |_, _| 255)).into_rgb8().write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg).expect("encodes");
    let pdf = prepare(PictureBytes::File(jpeg.clone())).expect("prepared");
    assert_eq!(pdf.image.data, jpeg);
    assert_eq!(pdf.image.dict.get(b"Filter").and_then(Object::as_name).expect("filter"), b"DCTDecode");
}

#[test]
fn adobe_cmyk_is_turned_the_right_way_round() {
    let mut file = vec![0xff, 0xd8, 0xff, 0xee, 0, 14];
    file.extend(b"Adobe\0\x64\0\0\0\0\x02");
    file.extend([0xff, 0xc0, 0, 20, 8, 0, 16, 0, 16, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0, 0xff, 0xda, 0, 2]);
    let pdf = prepare(PictureBytes::File(file)).expect("prepared");
    assert_eq!(pdf.image.dict.get(b"ColorSpace").and_then(Object::as_name).expect("space"), b"DeviceCMYK");
    assert!(pdf.image.dict.has(b"Decode"));
}

#[test]
fn damaged_rows_and_foreign_formats_are_not_prepared() {
    let mut file = encode(&DynamicImage::ImageRgba8(wavy(61, 47, |_, _| 255)));
    let range = png_layout(&file).expect("a PNG").idat[0].clone();
    for byte in &mut file[range.start + 40..range.end] {
        *byte ^= 0x5a;
    }
    assert!(prepare(PictureBytes::File(file)).is_none());
    assert!(prepare(PictureBytes::File(b"GIF89a\x01\0\x01\0\0\0\0".to_vec())).is_none());
    assert!(prepare(PictureBytes::Raster { width: 2, height: 2, rgb: vec![0; 11] }).is_none());
}

#[test]
fn a_page_without_colour_is_grey_and_one_red_pixel_keeps_the_colours() {
    let mut rgb: Vec<u8> = (0..6_u8).flat_map(|v| [v * 40; 3]).collect();
    let space = |p: &PdfPicture| p.image.dict.get(b"ColorSpace").and_then(Object::as_name).map(<[u8]>::to_vec).expect("space");
    let grey = prepare(PictureBytes::Raster { width: 3, height: 2, rgb: rgb.clone() }).expect("prepared");
    assert_eq!((space(&grey), samples(&grey.image, 1)), (b"DeviceGray".to_vec(), vec![0, 40, 80, 120, 160, 200]));
    rgb[16] = 0;
    let colours = prepare(PictureBytes::Raster { width: 3, height: 2, rgb: rgb.clone() }).expect("prepared");
    assert_eq!((space(&colours), samples(&colours.image, 3)), (b"DeviceRGB".to_vec(), rgb));
}
