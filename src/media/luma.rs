//! A picture's rows in grey, one after another, without the whole picture in memory where the format allows it. In: a picture file. Out: each row's
//! samples, 8 bit, from the top. For looking at pictures, never for showing them.

use super::decode::decode;
use super::jpeg;
use std::io::Cursor;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Decoding may take this many bytes beside one byte a pixel.
const SPARE: usize = 16 << 20;

/// Calls `row` for each row of the picture as stored (EXIF orientation is not applied). `None` when it cannot be decoded, or has more than `most` pixels;
/// rows before a damage were given.
pub fn rows(bytes: &[u8], most: u64, row: &mut dyn FnMut(&[u8])) -> Option<()> {
    upper_rows(&mut Vec::new(), bytes, most, usize::MAX, row)
}

/// As [`rows`], of the first `until` rows only: what lies below is decoded where the format leaves no choice, and not told. `room` is memory that several
/// pictures may use one after the other: fresh memory for each costs a tenth of the decoding.
pub fn upper_rows(room: &mut Vec<u8>, bytes: &[u8], most: u64, until: usize, row: &mut dyn FnMut(&[u8])) -> Option<()> {
    let mut left = until;
    let mut upper = |data: &[u8]| {
        if left > 0 {
            left -= 1;
            row(data);
        }
    };
    if bytes.starts_with(b"\x89PNG") {
        return png_rows(bytes, most, until, &mut upper);
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        let shorter = u16::try_from(until).ok().and_then(|rows| jpeg::shortened(bytes, rows));
        return jpeg_rows(room, shorter.as_deref().unwrap_or(bytes), most, &mut upper);
    }
    whole(bytes, most, &mut upper)
}

/// A PNG whose rows come out of the inflater one by one, if it is not interlaced; as a whole it may be larger than memory.
pub(super) fn png_by_row(bytes: &[u8], transformations: ::png::Transformations) -> Option<::png::Reader<Cursor<&[u8]>>> {
    let mut decoder = ::png::Decoder::new_with_limits(Cursor::new(bytes), ::png::Limits { bytes: SPARE });
    decoder.set_transformations(transformations);
    decoder.read_info().ok()
}

/// PNG rows one by one.
fn png_rows(bytes: &[u8], most: u64, until: usize, row: &mut dyn FnMut(&[u8])) -> Option<()> {
    let mut reader = png_by_row(bytes, ::png::Transformations::EXPAND | ::png::Transformations::STRIP_16)?;
    let info = reader.info();
    if u64::from(info.width) * u64::from(info.height) > most {
        return None;
    }
    if info.interlaced {
        return whole(bytes, most, row);
    }
    let mut grey: Vec<u8> = Vec::with_capacity(info.width as usize);
    let color = reader.output_color_type().0;
    for _ in 0..until {
        let Some(data) = reader.next_row().ok()? else { break };
        let data = data.data();
        match color {
            ::png::ColorType::Grayscale => row(data),
            ::png::ColorType::GrayscaleAlpha => row(greys(data, |[grey, _]| grey, &mut grey)),
            ::png::ColorType::Rgb => row(greys(data, |[r, g, b]| brightness(r, g, b), &mut grey)),
            ::png::ColorType::Rgba => row(greys(data, |[r, g, b, _]| brightness(r, g, b), &mut grey)),
            // expanded by the decoder; never seen here
            ::png::ColorType::Indexed => return None,
        }
    }
    Some(())
}

fn greys<'g, const N: usize>(row: &[u8], of: impl Fn([u8; N]) -> u8, grey: &'g mut Vec<u8>) -> &'g [u8] {
    grey.clear();
    grey.extend(row.as_chunks::<N>().0.iter().map(|pixel| of(*pixel)));
    grey
}

/// As JPEG has it (BT.601), so that a PNG and the JPEG made from it are alike.
fn brightness(r: u8, g: u8, b: u8) -> u8 {
    ((77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b) + 128) >> 8) as u8
}

/// Of a JPEG only the brightness is decoded: a third of the memory, and colours need no turning.
fn jpeg_rows(room: &mut Vec<u8>, bytes: &[u8], most: u64, row: &mut dyn FnMut(&[u8])) -> Option<()> {
    // the decoder mixes these colours up
    if jpeg::colours_apart(bytes) {
        return None;
    }
    let options =
        DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma).set_max_width(usize::from(u16::MAX)).set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let info = decoder.info()?;
    if u64::from(info.width) * u64::from(info.height) > most {
        return None;
    }
    if decoder.output_colorspace() != Some(ColorSpace::Luma) {
        return whole(bytes, most, row);
    }
    let size = decoder.output_buffer_size()?;
    // emptied, so that what a damaged picture does not fill holds nothing of the one before
    room.clear();
    room.resize(size, 0);
    decoder.decode_into(room).ok()?;
    room.chunks_exact(usize::from(info.width).max(1)).for_each(row);
    Some(())
}

fn whole(bytes: &[u8], most: u64, row: &mut dyn FnMut(&[u8])) -> Option<()> {
    let picture = decode(bytes)?.into_rgb8();
    if u64::from(picture.width()) * u64::from(picture.height()) > most {
        return None;
    }
    let mut grey = Vec::with_capacity(picture.width() as usize);
    for colours in picture.as_raw().chunks_exact(picture.width().max(1) as usize * 3) {
        row(greys(colours, |[r, g, b]| brightness(r, g, b), &mut grey));
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, GrayImage, ImageFormat, Luma};

    #[test]
    fn every_format_gives_the_same_rows() {
        let grey = GrayImage::from_fn(61, 37, |x, y| Luma([if (x / 8 + y / 8) % 2 == 0 { 30 } else { 220 }]));
        let color = DynamicImage::ImageLuma8(grey.clone());
        for (format, picture) in [
            (ImageFormat::Png, color.clone()),
            (ImageFormat::Png, DynamicImage::ImageRgb8(color.to_rgb8())),
            (ImageFormat::Png, DynamicImage::ImageRgba8(color.to_rgba8())),
            (ImageFormat::Png, DynamicImage::ImageLumaA8(color.to_luma_alpha8())),
            (ImageFormat::Png, DynamicImage::ImageRgb16(color.to_rgb16())),
            (ImageFormat::Jpeg, DynamicImage::ImageRgb8(color.to_rgb8())),
            (ImageFormat::Jpeg, color.clone()),
        ] {
            let mut bytes = Cursor::new(Vec::new());
            picture.write_to(&mut bytes, format).expect("encodes");
            let mut seen = Vec::new();
            rows(bytes.get_ref(), 10_000, &mut |row| seen.extend_from_slice(row)).expect("decodes");
            assert_eq!(seen.len(), grey.as_raw().len(), "{format:?}");
            // JPEG is not exact
            assert!(seen.iter().zip(grey.as_raw()).all(|(a, b)| a.abs_diff(*b) < 40), "{format:?} {:?}", picture.color());
            assert!(rows(bytes.get_ref(), 100, &mut |_| ()).is_none(), "too many pixels");
            for until in [0, 1, 16, 30, 36, 37, 90] {
                let mut upper = Vec::new();
                upper_rows(&mut Vec::new(), bytes.get_ref(), 10_000, until, &mut |row| upper.extend_from_slice(row)).expect("decodes");
                assert_eq!(upper, seen.get(..until.min(37) * 61).expect("rows"), "{format:?} {:?} {until}", picture.color());
            }
            let half = bytes.get_ref().len() / 2;
            let _ = rows(bytes.get_ref().get(..half).unwrap_or_default(), 10_000, &mut |_| ());
        }
    }
}
