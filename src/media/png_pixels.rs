//! The pixels of a usual PNG, inflated at once and unfiltered where they lie: in three quarters of the time that they take row by row out of a stream.
//!
//! In: a PNG file of 8 bits a sample without palette, alpha beside grey, `tRNS` or interlacing. Out: its rows, from the top. Whatever is wrong with a file or
//! unusual about it is left to the decoder of every other PNG.

use super::memory::of_size;
use super::png::layout;
use fearless_simd::{Level, dispatch};
use libdeflater::Decompressor;

/// Most bytes of filtered rows that are inflated at once; a phone's screenshot has 10 MB of them, a long one twice as many.
pub const WHOLE: usize = 24 << 20;

/// Memory that several pictures may use one after the other.
#[derive(Default)]
pub struct Room {
    /// The compressed data, where it stands in several chunks.
    packed: Vec<u8>,
    /// Of the first row, above which all is zero.
    zeros: Vec<u8>,
}

impl Room {
    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.packed.capacity() + self.zeros.capacity()
    }
}

/// Rows that are still filtered.
pub struct Filtered<'a> {
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bytes of a pixel: 1 for grey, 3 for RGB, 4 for RGBA.
    pub samples: usize,
    /// Each with its filter before it.
    rows: &'a mut [u8],
    zeros: &'a [u8],
}

/// Inflates the rows of a PNG into `inflated`, memory that was used before or not. `None` for damaged ones, unusual ones, and those of more than 24 MB.
pub fn inflate<'a>(bytes: &[u8], inflated: &'a mut Vec<u8>, room: &'a mut Room) -> Option<Filtered<'a>> {
    let png = layout(bytes, true)?;
    let samples = match (png.bit_depth, png.color_type) {
        (8, 0) => 1,
        (8, 2) => 3,
        (8, 6) => 4,
        _ => return None,
    };
    let (width, height) = (png.width as usize, png.height as usize);
    let row = width.checked_mul(samples)?.checked_add(1)?;
    let size = row.checked_mul(height).filter(|size| *size <= WHOLE)?;
    if png.interlaced || png.trns.is_some() {
        return None;
    }
    let packed = match png.idat.as_slice() {
        [only] => bytes.get(only.clone())?,
        several => {
            room.packed.clear();
            several.iter().for_each(|range| room.packed.extend_from_slice(bytes.get(range.clone()).unwrap_or_default()));
            &room.packed
        }
    };
    let inflated = of_size(inflated, size, WHOLE);
    // all of it is written over, or it is no picture; chunks were checked by CRC-32, so the Adler-32 behind the data says nothing more
    Decompressor::new().deflate_decompress(deflated(packed)?, inflated).ok().filter(|written| *written == size)?;
    room.zeros.clear();
    room.zeros.resize(row, 0);
    Some(Filtered { width, height, samples, rows: inflated, zeros: &room.zeros })
}

/// What stands behind the head of a zlib stream (RFC 1950, 2.2). `None` for another method, a dictionary that is not in a PNG, and a wrong check.
fn deflated(zlib: &[u8]) -> Option<&[u8]> {
    let (&[method, flags], data) = zlib.split_first_chunk()?;
    let checked = u16::from_be_bytes([method, flags]).is_multiple_of(31);
    (method & 15 == 8 && flags & 32 == 0 && checked).then_some(data)
}

impl Filtered<'_> {
    /// Gives each row without its filter. `None` at a filter that does not exist; rows before it were given.
    pub fn each(self, mut row: impl FnMut(&[u8])) -> Option<()> {
        let mut above = self.zeros;
        for filtered in self.rows.chunks_exact_mut(self.zeros.len().max(1)) {
            let (filter, data) = filtered.split_first_mut()?;
            let above_data = above.get(1..).unwrap_or_default();
            match self.samples {
                1 => unfilter::<1>(*filter, above_data, data),
                3 => unfilter::<3>(*filter, above_data, data),
                _ => unfilter::<4>(*filter, above_data, data),
            }?;
            row(data);
            above = filtered;
        }
        Some(())
    }
}

/// Takes the filter off a row of pixels of `N` bytes (PNG specification, third edition, 9.2). `None` for one that does not exist. But for one filter each pixel
/// waits for the one before, which the widest instructions only make longer.
fn unfilter<const N: usize>(filter: u8, above: &[u8], row: &mut [u8]) -> Option<()> {
    match filter {
        0 => {}
        1 => {
            let mut left = [0_u8; N];
            for pixel in row.as_chunks_mut::<N>().0 {
                for (value, left) in pixel.iter_mut().zip(&mut left) {
                    *left = left.wrapping_add(*value);
                    *value = *left;
                }
            }
        }
        2 => dispatch!(Level::new(), _ => add(above, row)),
        3 => {
            let mut left = [0_u8; N];
            for (pixel, up) in row.as_chunks_mut::<N>().0.iter_mut().zip(above.as_chunks::<N>().0) {
                for ((value, left), up) in pixel.iter_mut().zip(&mut left).zip(up) {
                    *left = value.wrapping_add(u8::midpoint(*left, *up));
                    *value = *left;
                }
            }
        }
        4 => {
            let (mut left, mut corner) = ([0_u8; N], [0_u8; N]);
            for (pixel, up) in row.as_chunks_mut::<N>().0.iter_mut().zip(above.as_chunks::<N>().0) {
                for (((value, left), up), corner) in pixel.iter_mut().zip(&mut left).zip(up).zip(&mut corner) {
                    *left = value.wrapping_add(paeth(*left, *up, *corner));
                    *value = *left;
                    *corner = *up;
                }
            }
        }
        _ => return None,
    }
    Some(())
}

#[inline(always)]
fn add(above: &[u8], row: &mut [u8]) {
    row.iter_mut().zip(above).for_each(|(value, up)| *value = value.wrapping_add(*up));
}

/// Of the three neighbours the one nearest to left + above − corner; of equally near ones the first. In the form that waits least for the pixel before: nearest
/// is left or above where the sum turns beyond them, else the corner.
#[inline(always)]
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, above, corner].map(i16::from);
    let turn = 3 * c - (a + b);
    let (low, high) = (a.min(b), a.max(b));
    let inner = if high <= turn { low } else { c };
    (if turn <= low { high } else { inner }) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, RgbImage};
    use png::{ColorType, Encoder, Filter};

    fn picture(width: u32, height: u32) -> DynamicImage {
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| image::Rgb([(x * 7 + y * y) as u8, (x * y / 3) as u8, (x / 5 * 40) as u8])))
    }

    fn encoded(picture: &DynamicImage, color: ColorType, filter: Filter, chunk: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, picture.width(), picture.height());
        encoder.set_color(color);
        encoder.set_filter(filter);
        let mut writer = encoder.write_header().expect("a head");
        let mut stream = writer.stream_writer_with_size(chunk).expect("chunks");
        std::io::Write::write_all(&mut stream, picture.as_bytes()).expect("rows");
        stream.finish().expect("an end");
        writer.finish().expect("an end");
        bytes
    }

    #[test]
    fn every_filter_gives_what_was_filtered() {
        let (mut inflated, mut room) = (vec![9; 70], Room::default());
        for (width, height) in [(1, 1), (2, 9), (67, 41), (300, 30)] {
            let rgb = picture(width, height);
            let pictures = [
                (ColorType::Rgba, 4, DynamicImage::ImageRgba8(rgb.to_rgba8())),
                (ColorType::Grayscale, 1, DynamicImage::ImageLuma8(rgb.to_luma8())),
                (ColorType::Rgb, 3, rgb),
            ];
            for (color, samples, picture) in pictures {
                for filter in [Filter::NoFilter, Filter::Sub, Filter::Up, Filter::Avg, Filter::Paeth, Filter::Adaptive] {
                    for chunk in [100, 1 << 20] {
                        let bytes = encoded(&picture, color, filter, chunk);
                        let rows = inflate(&bytes, &mut inflated, &mut room).expect("usual");
                        assert_eq!((rows.width, rows.height, rows.samples), (width as usize, height as usize, samples));
                        let mut seen = Vec::new();
                        rows.each(|row| seen.extend_from_slice(row)).expect("rows");
                        assert!(seen == picture.as_bytes(), "{color:?} {filter:?} {width} × {height} in chunks of {chunk}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_damaged_one_is_left_to_others() {
        let rgb = picture(50, 40);
        let whole = encoded(&rgb, ColorType::Rgb, Filter::Paeth, 1 << 20);
        let (mut inflated, mut room) = (Vec::new(), Room::default());
        assert!(inflate(&whole, &mut inflated, &mut room).is_some());
        for at in [0, 17, 30, 60, whole.len() / 2, whole.len() - 20] {
            let mut broken = whole.clone();
            broken[at] ^= 0x40;
            assert!(inflate(&broken, &mut inflated, &mut room).is_none(), "a wrong byte at {at}");
            assert!(inflate(&whole[..at], &mut inflated, &mut room).is_none(), "cut at {at}");
        }
        // more rows than there are
        let mut longer = whole.clone();
        longer[23] += 1;
        let crc = crc32fast::hash(&longer[12..29]).to_be_bytes();
        longer[29..33].copy_from_slice(&crc);
        assert!(inflate(&longer, &mut inflated, &mut room).is_none());
        // a filter that does not exist
        let mut rows = [0, 1, 2, 3, 9, 1, 2, 3];
        let unknown = Filtered { width: 1, height: 2, samples: 3, rows: &mut rows, zeros: &[0; 4] };
        let mut given = 0;
        assert!(unknown.each(|_| given += 1).is_none());
        assert_eq!(given, 1);
    }
}
