//! Pictures as PDF image streams, as near to the file's own bytes as PDF allows.
//!
//! JPEG and plain PNG data go in untouched; an alpha channel is taken out of the compressed rows without touching a pixel; only what PDF cannot hold
//! (interlaced, 16 bit, transparent palettes, other formats) is decoded. Nothing is scaled, turned or recoloured.

mod alpha;
#[cfg(test)]
mod tests;

use crate::media::decode::decode;
use crate::media::picture::{self, PngLayout, jpeg_layout, png_layout};
use crate::model::record::PictureFormat;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::{ColorType, DynamicImage};
use lopdf::{Dictionary, Object, StringFormat, dictionary};
use std::io::Write;

/// A picture's bytes as they are handed over for painting.
#[derive(Debug, Clone)]
pub enum PictureBytes {
    /// A picture file, whole.
    File(Vec<u8>),
    /// A rendered page: 8-bit RGB, row by row from the top.
    Raster {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// `width × height × 3` bytes.
        rgb: Vec<u8>,
    },
}

/// A stream's dictionary (without `/Length`) and its data, compressed.
#[derive(Debug)]
pub struct ImageStream {
    /// What it is.
    pub dict: Dictionary,
    /// As written into the file.
    pub data: Vec<u8>,
}

/// A picture ready to be written.
#[derive(Debug)]
pub struct PdfPicture {
    /// The colours.
    pub image: ImageStream,
    /// The transparency, for pictures that really have some.
    pub mask: Option<ImageStream>,
}

/// Makes the streams. `None` for formats that PDF does not know and for data that turns out to be damaged.
pub fn prepare(bytes: PictureBytes) -> Option<PdfPicture> {
    match bytes {
        PictureBytes::Raster { width, height, rgb } => {
            let whole = rgb.len() as u64 == u64::from(width) * u64::from(height) * 3;
            whole.then(|| plain(page(width, height, &rgb)))
        }
        PictureBytes::File(file) => match picture::format(&file)? {
            PictureFormat::Jpeg => jpeg(file).map(plain),
            PictureFormat::Png => png(file),
            // GIF, WebP, BMP, TIFF: their pixels, without loss; the original is in the bag
            _ => decoded(&file),
        },
    }
}

fn plain(image: ImageStream) -> PdfPicture {
    PdfPicture { image, mask: None }
}

fn image_dict(width: u32, height: u32, space: impl Into<Object>, bits: u8, filter: &str) -> Dictionary {
    dictionary! {
        "Type" => "XObject",
        "Subtype" => "Image",
        "Width" => i64::from(width),
        "Height" => i64::from(height),
        "ColorSpace" => space.into(),
        "BitsPerComponent" => i64::from(bits),
        "Filter" => filter,
    }
}

/// The file as it is (`DCTDecode`).
fn jpeg(file: Vec<u8>) -> Option<ImageStream> {
    let layout = jpeg_layout(&file)?;
    if layout.bits != 8 {
        return None;
    }
    let space = match layout.components {
        1 => "DeviceGray",
        3 => "DeviceRGB",
        4 => "DeviceCMYK",
        _ => return None,
    };
    let mut dict = image_dict(layout.width, layout.height, space, 8, "DCTDecode");
    if layout.components == 4 && layout.adobe_transform.is_some() {
        // Adobe's CMYK is stored inverted; without this the picture comes out as its negative
        dict.set("Decode", Object::Array([1, 0, 1, 0, 1, 0, 1, 0].into_iter().map(Object::Integer).collect()));
    }
    Some(ImageStream { dict, data: file })
}

fn png(file: Vec<u8>) -> Option<PdfPicture> {
    let layout = png_layout(&file)?;
    if layout.interlaced || layout.bit_depth > 8 || layout.trns.is_some() {
        return decoded(&file);
    }
    match layout.color_type {
        0 => Some(plain(as_it_is(file, &layout, "DeviceGray".into(), 1))),
        2 => Some(plain(as_it_is(file, &layout, "DeviceRGB".into(), 3))),
        3 => {
            let palette = layout.palette.as_deref().filter(|p| p.len() >= 3)?;
            let entries = (palette.len() / 3).min(1 << layout.bit_depth);
            let table = palette.get(..entries * 3)?.to_vec();
            let space = vec!["Indexed".into(), "DeviceRGB".into(), Object::Integer(entries as i64 - 1), Object::String(table, StringFormat::Hexadecimal)];
            Some(plain(as_it_is(file, &layout, Object::Array(space), 1)))
        }
        4 | 6 => alpha::without_alpha(&file, &layout),
        _ => None,
    }
}

/// PNG's compressed rows are what `FlateDecode` with predictor 15 reads (ISO 32000-1, 7.4.4.4).
fn as_it_is(mut file: Vec<u8>, layout: &PngLayout, space: Object, colors: i64) -> ImageStream {
    let mut dict = image_dict(layout.width, layout.height, space, layout.bit_depth, "FlateDecode");
    dict.set("DecodeParms", rows(layout.width, layout.bit_depth, colors));
    // moved together where they are: no second picture in memory
    let mut length = 0;
    let whole = file.len();
    for range in layout.idat.iter().filter(|range| range.end <= whole) {
        file.copy_within(range.clone(), length);
        length += range.len();
    }
    file.truncate(length);
    ImageStream { dict, data: file }
}

fn rows(width: u32, bits: u8, colors: i64) -> Dictionary {
    dictionary! { "Predictor" => 15, "Colors" => colors, "BitsPerComponent" => i64::from(bits), "Columns" => i64::from(width) }
}

/// What PDF cannot hold as it is: decoded to 8 bits a sample.
fn decoded(file: &[u8]) -> Option<PdfPicture> {
    let picture = decode(file)?;
    let (width, height) = (picture.width(), picture.height());
    let grey = matches!(picture.color(), ColorType::L8 | ColorType::L16 | ColorType::La8 | ColorType::La16);
    let (space, colors) = if grey { ("DeviceGray", 1) } else { ("DeviceRGB", 3) };
    if !picture.color().has_alpha() {
        let samples = if grey { picture.into_luma8().into_raw() } else { picture.into_rgb8().into_raw() };
        return Some(plain(filtered_plane(width, height, space, colors, &samples)));
    }
    let samples = if grey { DynamicImage::into_luma_alpha8(picture).into_raw() } else { picture.into_rgba8().into_raw() };
    let pixels = samples.chunks_exact(colors + 1);
    let alpha: Vec<u8> = pixels.clone().filter_map(|p| p.last().copied()).collect();
    let color: Vec<u8> = pixels.flat_map(|p| p.iter().take(colors).copied()).collect();
    let mask = alpha.iter().any(|a| *a != 255).then(|| filtered_plane(width, height, "DeviceGray", 1, &alpha));
    Some(PdfPicture { image: filtered_plane(width, height, space, colors, &color), mask })
}

/// A rendered page. One without colour is stored as what it is: a third of the samples, and the same on the screen.
fn page(width: u32, height: u32, rgb: &[u8]) -> ImageStream {
    let pixels = rgb.as_chunks::<3>().0;
    if pixels.iter().all(|[r, g, b]| r == g && g == b) {
        let grey: Vec<u8> = pixels.iter().map(|[grey, ..]| *grey).collect();
        return filtered_plane(width, height, "DeviceGray", 1, &grey);
    }
    filtered_plane(width, height, "DeviceRGB", 3, rgb)
}

/// Samples of 8 bits, each row stored as its difference from the row above (PNG filter 2): good for screenshots and typeset pages.
fn filtered_plane(width: u32, height: u32, space: &str, colors: usize, samples: &[u8]) -> ImageStream {
    let length = (width as usize * colors).max(1);
    let mut out = ZlibEncoder::new(Vec::new(), Compression::new(6));
    let mut above = vec![0_u8; length];
    let mut line = Vec::with_capacity(length + 1);
    for row in samples.chunks_exact(length) {
        line.clear();
        line.push(2);
        line.extend(row.iter().zip(&above).map(|(here, above)| here.wrapping_sub(*above)));
        above.copy_from_slice(row);
        // writing into memory does not fail
        let _ = out.write_all(&line);
    }
    let mut dict = image_dict(width, height, space, 8, "FlateDecode");
    dict.set("DecodeParms", rows(width, 8, colors as i64));
    ImageStream { dict, data: out.finish().unwrap_or_default() }
}
