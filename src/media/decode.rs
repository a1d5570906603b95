//! A picture file's bytes to pixels, within limits: the one way in for every format that this build can decode.

use super::{jpeg, picture};
use crate::model::record::PictureFormat;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Most bytes that one decoded picture may take. Our own bound: a long screenshot of 20,000 rows has 65 MB, a 50 megapixel photograph 150 MB.
pub const DECODED_BYTES: u64 = 192 << 20;

/// Decodes the first picture of a file; turning it upright is left to the caller. `None` for formats that are not decoded here, for damaged data, for what
/// would take more than [`DECODED_BYTES`], and for JPEGs with each colour in a scan of its own, whose colours the decoder loses.
pub fn decode(bytes: &[u8]) -> Option<DynamicImage> {
    let format = match picture::format(bytes)? {
        PictureFormat::Jpeg if jpeg::colours_apart(bytes) => return None,
        PictureFormat::Jpeg => ImageFormat::Jpeg,
        PictureFormat::Png => ImageFormat::Png,
        PictureFormat::Gif => ImageFormat::Gif,
        PictureFormat::WebP => ImageFormat::WebP,
        PictureFormat::Bmp => ImageFormat::Bmp,
        PictureFormat::Tiff => ImageFormat::Tiff,
        PictureFormat::Heic | PictureFormat::Avif => return None,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED_BYTES);
    reader.limits(limits);
    reader.decode().ok()
}

/// Decodes one page of a TIFF, counted from 0.
pub fn decode_page(bytes: &[u8], page: usize) -> Option<DynamicImage> {
    if page == 0 {
        return decode(bytes);
    }
    decode(&super::tiff::beginning_with(bytes, page)?)
}
