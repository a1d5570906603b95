//! Pictures as PDF image streams, as near to the file's own bytes as PDF allows.
//!
//! JPEG and plain PNG data go in untouched; an alpha channel is taken out of the compressed rows without touching a pixel; only what PDF cannot hold
//! (interlaced, 16 bit, transparent palettes, other formats) is decoded. Nothing is scaled, turned or recoloured.

use crate::media::decode::{DECODED_BYTES, decode};
use crate::media::picture::{self, PngLayout, jpeg_layout, png_layout};
use crate::model::record::PictureFormat;
use fdeflate::Compressor;
use flate2::Compression;
use flate2::bufread::ZlibDecoder;
use flate2::write::ZlibEncoder;
use image::{ColorType, DynamicImage};
use lopdf::{Dictionary, Object, StringFormat, dictionary};
use std::io::{BufReader, Read, Write};
use std::ops::Range;

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
            PictureFormat::Png => png(&file),
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

fn png(file: &[u8]) -> Option<PdfPicture> {
    let layout = png_layout(file)?;
    if layout.interlaced || layout.bit_depth > 8 || layout.trns.is_some() {
        return decoded(file);
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
        4 | 6 => without_alpha(file, &layout),
        _ => None,
    }
}

/// PNG's compressed rows are what `FlateDecode` with predictor 15 reads (ISO 32000-1, 7.4.4.4).
fn as_it_is(file: &[u8], layout: &PngLayout, space: Object, colors: i64) -> ImageStream {
    let mut dict = image_dict(layout.width, layout.height, space, layout.bit_depth, "FlateDecode");
    dict.set("DecodeParms", rows(layout.width, layout.bit_depth, colors));
    let mut data = Vec::with_capacity(layout.idat.iter().map(Range::len).sum());
    for range in &layout.idat {
        data.extend_from_slice(file.get(range.clone()).unwrap_or_default());
    }
    ImageStream { dict, data }
}

fn rows(width: u32, bits: u8, colors: i64) -> Dictionary {
    dictionary! { "Predictor" => 15, "Colors" => colors, "BitsPerComponent" => i64::from(bits), "Columns" => i64::from(width) }
}

/// 8-bit grey or RGB with alpha: the alpha samples are taken out of the filtered rows. PNG filters each channel by itself, so what remains is a
/// rightly filtered picture without alpha and no colour sample changes. The mask is kept when any sample is not opaque.
fn without_alpha(file: &[u8], layout: &PngLayout) -> Option<PdfPicture> {
    let channels = if layout.color_type == 4 { 2 } else { 4 };
    let (data, opaque) = split(file, layout, channels, Channel::Colors)?;
    let colors = channels as i64 - 1;
    let mut dict = image_dict(layout.width, layout.height, if channels == 2 { "DeviceGray" } else { "DeviceRGB" }, 8, "FlateDecode");
    dict.set("DecodeParms", rows(layout.width, 8, colors));
    let mask = if opaque {
        None
    } else {
        let (data, _) = split(file, layout, channels, Channel::Alpha)?;
        let mut dict = image_dict(layout.width, layout.height, "DeviceGray", 8, "FlateDecode");
        dict.set("DecodeParms", rows(layout.width, 8, 1));
        Some(ImageStream { dict, data })
    };
    Some(PdfPicture { image: ImageStream { dict, data }, mask })
}

#[derive(Clone, Copy, PartialEq)]
enum Channel {
    Colors,
    Alpha,
}

/// Times the picture's own packed bytes that the fast packing may take before the thorough one does it anew.
const MOST_TIMES: usize = 2;

/// Inflates, keeps one part of the samples and deflates it again. Also tells whether every alpha sample is 255.
///
/// Filtered rows of screenshots are mostly zeros, and for those `fdeflate` takes a quarter of zlib's time at a tenth more bytes (measured on chat
/// screenshots). It knows runs of zeros only: rows without a filter it would blow up, and then zlib's fastest level does it.
fn split(file: &[u8], layout: &PngLayout, channels: usize, keep: Channel) -> Option<(Vec<u8>, bool)> {
    let packed: usize = layout.idat.iter().map(Range::len).sum();
    let room = Bounded { data: Vec::with_capacity(packed), most: packed.saturating_mul(MOST_TIMES).saturating_add(64 << 10) };
    let (mut fast, mut fits) = (Compressor::new(room).ok()?, true);
    let opaque = samples(file, layout, channels, keep, |kept| {
        fits = fast.write_data(kept).is_ok();
        fits.then_some(())
    });
    if fits {
        let opaque = opaque?;
        if let Ok(room) = fast.finish() {
            return Some((room.data, opaque));
        }
    }
    let mut out = ZlibEncoder::new(Vec::with_capacity(packed), Compression::new(1));
    let opaque = samples(file, layout, channels, keep, |kept| out.write_all(kept).ok())?;
    Some((out.finish().ok()?, opaque))
}

/// Bytes that may become so many and no more.
struct Bounded {
    data: Vec<u8>,
    most: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.data.len() + bytes.len() > self.most {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        self.data.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Gives the filtered rows with one part of their samples, some at a time, and tells whether every alpha sample is 255. `None` when the picture is damaged or
/// `take` gives it.
fn samples(file: &[u8], layout: &PngLayout, channels: usize, keep: Channel, mut take: impl FnMut(&[u8]) -> Option<()>) -> Option<bool> {
    let mut data = ZlibDecoder::new(BufReader::with_capacity(64 << 10, Joined { file, ranges: &layout.idat, at: 0 }));
    let width = usize::try_from(layout.width).ok()?;
    let length = width.checked_mul(channels)?.checked_add(1).filter(|l| (*l as u64) < DECODED_BYTES)?;
    let kept_length = 1 + width * if keep == Channel::Colors { channels - 1 } else { 1 };
    let mut left = usize::try_from(layout.height).ok()?;
    // as many rows at a time as stay in the processor's cache
    let at_a_time = ((256 << 10) / length).clamp(1, left.max(1));
    let (mut rows, mut kept) = (vec![0_u8; length * at_a_time], vec![0_u8; kept_length * at_a_time]);
    let (mut opaque, mut first_row) = (true, true);
    while left > 0 {
        let count = left.min(at_a_time);
        let (block, kept) = (rows.get_mut(..count * length)?, kept.get_mut(..count * kept_length)?);
        data.read_exact(block).ok()?;
        for (line, to) in block.chunks_exact(length).zip(kept.chunks_exact_mut(kept_length)) {
            let ((filter, row), (kept_filter, to)) = (line.split_first()?, to.split_first_mut()?);
            *kept_filter = *filter;
            match (keep, channels) {
                (Channel::Colors, 4) => keep_rgb(row, to),
                (Channel::Colors, _) => to.iter_mut().zip(row.iter().step_by(2)).for_each(|(to, from)| *to = *from),
                (Channel::Alpha, _) => to.iter_mut().zip(row.iter().skip(channels - 1).step_by(channels)).for_each(|(to, from)| *to = *from),
            }
            opaque = row_is_opaque(*filter, row, channels, first_row)? && opaque;
            first_row = false;
        }
        take(kept)?;
        left -= count;
    }
    Some(opaque)
}

/// Drops every fourth byte, four pixels at a time in one wide number: this loop sees every byte of every screenshot with an alpha channel.
fn keep_rgb(row: &[u8], kept: &mut [u8]) {
    let (fours, rest) = row.as_chunks::<16>();
    let (to, to_rest) = kept.split_at_mut(fours.len() * 12);
    for (to, from) in to.as_chunks_mut::<12>().0.iter_mut().zip(fours) {
        let pixels = u128::from_le_bytes(*from);
        let (low, high) = (three_of_four(pixels as u64), three_of_four((pixels >> 64) as u64));
        let (first, last) = to.split_at_mut(8);
        first.copy_from_slice(&(low | high << 48).to_le_bytes());
        last.copy_from_slice(&((high >> 16) as u32).to_le_bytes());
    }
    for (to, from) in to_rest.as_chunks_mut::<3>().0.iter_mut().zip(rest.as_chunks::<4>().0) {
        let [r, g, b, _] = *from;
        *to = [r, g, b];
    }
}

/// Two pixels of four bytes as two of three, in the low six bytes.
fn three_of_four(pixels: u64) -> u64 {
    (pixels & 0xff_ffff) | (pixels >> 8 & 0xffff_ff00_0000)
}

/// Are the row's alpha samples all 255, given that those above are? Told from the filtered bytes: over constant samples each PNG filter leaves
/// one byte at the row's begin and another in the rest, so nothing need be unfiltered. `None` for an unknown filter: damaged data.
fn row_is_opaque(filter: u8, row: &[u8], channels: usize, first_row: bool) -> Option<bool> {
    let (begin, rest): (u8, u8) = match (filter, first_row) {
        (0, _) | (2, true) => (255, 255),
        (1, _) | (4, true) => (255, 0),
        (2 | 4, false) => (0, 0),
        (3, true) => (255, 128),
        (3, false) => (128, 0),
        _ => return None,
    };
    let (first, others) = row.split_at_checked(channels)?;
    // whole pixels as numbers, masked once at the end: the compiler makes wide instructions of it
    let differs = match channels {
        4 => {
            let wanted = u32::from(rest) << 24;
            others.as_chunks::<4>().0.iter().fold(0, |d, p| d | (u32::from_le_bytes(*p) ^ wanted)) >> 24
        }
        _ => {
            let wanted = u16::from(rest) << 8;
            u32::from(others.as_chunks::<2>().0.iter().fold(0, |d, p| d | (u16::from_le_bytes(*p) ^ wanted)) >> 8)
        }
    };
    Some(differs == 0 && first.last() == Some(&begin))
}

/// The IDAT chunks as one stream, without joining them in memory.
struct Joined<'a> {
    file: &'a [u8],
    ranges: &'a [Range<usize>],
    at: usize,
}

impl Read for Joined<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while let Some((range, rest)) = self.ranges.split_first() {
            let left = self.file.get(range.clone()).and_then(|chunk| chunk.get(self.at..)).unwrap_or_default();
            if left.is_empty() {
                (self.ranges, self.at) = (rest, 0);
                continue;
            }
            let n = left.len().min(buffer.len());
            buffer[..n].copy_from_slice(&left[..n]);
            self.at += n;
            return Ok(n);
        }
        Ok(0)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageEncoder as _, ImageFormat, RgbaImage};
    use std::io::Cursor;

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
}
