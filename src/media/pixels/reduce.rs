//! The one reduced picture that all measurements look at: brightness and a mask of strong red, from one pass over the rows of the picture.
//!
//! Brightness is the green channel: three fifths of luma, and a third of the work. A PNG's rows are taken as they come out of the inflater, while they are
//! still in the processor's cache; the whole picture is never in memory.

use super::plane::{Plane, turned};
use crate::media::decode::{DECODED_BYTES, decode};
use crate::media::jpeg;
use crate::media::luma::png_by_row;
use image::DynamicImage;
use png::{BitDepth, ColorType, Transformations};
use std::io::Cursor;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The smaller side of a plane is at least this long where the picture has so many pixels; a phone's 1080 become 540.
const SIDE: usize = 480;

/// A red pixel has so much red at least, and of green and blue so much at most.
const RED: u8 = 190;
const NOT_RED: u8 = 95;

/// A plane with what was seen of colour, and how many pixels of the picture one of its pixels stands for on each side.
pub struct Reduced {
    pub plane: Plane,
    /// 1 where the pixel is of a strong pure red.
    pub red: Vec<u8>,
    pub factor: usize,
}

/// Reads a picture file and reduces what it shows by a whole number, turned as EXIF says. `None` for what [`decode`] cannot open. `room` is memory that
/// several pictures may use one after the other.
pub fn read(bytes: &[u8], orientation: u8, room: &mut Vec<u8>) -> Option<Reduced> {
    if let Some(reader) = png_rows(bytes) {
        return from_png(reader, orientation);
    }
    match jpeg_pixels(bytes, room) {
        Some(size) => pixels(room, size, 3, orientation),
        None => reduce(&decode(bytes)?, orientation),
    }
}

/// Decodes a JPEG of the usual colours into `room`, red, green and blue in turn, as [`decode`] does, and gives its width and height. `None` for all others, and
/// where it fails.
fn jpeg_pixels(bytes: &[u8], room: &mut Vec<u8>) -> Option<(usize, usize)> {
    // the decoder mixes colours up that stand in a scan each
    if !bytes.starts_with(b"\xff\xd8\xff") || jpeg::colours_apart(bytes) {
        return None;
    }
    let options = DecoderOptions::default().set_max_width(usize::from(u16::MAX)).set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let size = decoder.output_buffer_size().filter(|size| *size as u64 <= DECODED_BYTES)?;
    if decoder.input_colorspace() != Some(ColorSpace::YCbCr) || decoder.output_colorspace() != Some(ColorSpace::RGB) {
        return None;
    }
    // emptied, so that what a damaged picture does not fill holds nothing of the one before
    room.clear();
    room.resize(size, 0);
    decoder.decode_into(room).ok()?;
    decoder.dimensions()
}

/// Pixels of so many bytes each, row by row.
fn pixels(bytes: &[u8], size: (usize, usize), channels: usize, orientation: u8) -> Option<Reduced> {
    let mut reducer = Reducer::new(size, channels)?;
    bytes.chunks_exact(size.0 * channels).for_each(|row| reducer.row(row));
    Some(reducer.finish(orientation))
}

/// Reduces a decoded picture.
pub fn reduce(picture: &DynamicImage, orientation: u8) -> Option<Reduced> {
    let size = (picture.width() as usize, picture.height() as usize);
    let all = |channels: usize, bytes: &[u8]| pixels(bytes, size, channels, orientation);
    match picture {
        DynamicImage::ImageRgb8(p) => all(3, p.as_raw()),
        DynamicImage::ImageRgba8(p) => all(4, p.as_raw()),
        DynamicImage::ImageLuma8(p) => all(1, p.as_raw()),
        other => all(3, other.to_rgb8().as_raw()),
    }
}

type PngRows<'a> = png::Reader<Cursor<&'a [u8]>>;

/// A PNG whose rows can be taken one by one. `None` for other formats, interlaced and 16 bit pictures, and what is too large to be decoded.
fn png_rows(bytes: &[u8]) -> Option<PngRows<'_>> {
    if !bytes.starts_with(b"\x89PNG") {
        return None;
    }
    let reader = png_by_row(bytes, Transformations::EXPAND)?;
    let info = reader.info();
    let pixels = u64::from(info.width) * u64::from(info.height);
    let (color, depth) = reader.output_color_type();
    let by_row = !info.interlaced && depth == BitDepth::Eight && color != ColorType::GrayscaleAlpha && color != ColorType::Indexed;
    (by_row && pixels * color.samples() as u64 <= DECODED_BYTES).then_some(reader)
}

fn from_png(mut reader: PngRows<'_>, orientation: u8) -> Option<Reduced> {
    let size = (reader.info().width as usize, reader.info().height as usize);
    let mut reducer = Reducer::new(size, reader.output_color_type().0.samples())?;
    while let Some(row) = reader.next_row().ok()? {
        reducer.row(row.data());
    }
    Some(reducer.finish(orientation))
}

/// Takes a picture's rows from the top, eight bits a sample.
struct Reducer {
    factor: usize,
    channels: usize,
    /// Of the plane.
    size: (usize, usize),
    luma: Vec<u8>,
    red: Vec<u8>,
    /// The first row of the block that is being taken.
    upper: Vec<u8>,
    taken: usize,
}

impl Reducer {
    /// `channels`: 1 for grey, 3 for RGB, 4 for RGBA.
    fn new((width, height): (usize, usize), channels: usize) -> Option<Self> {
        let factor = (width.min(height) / SIDE).max(1);
        let (w, h) = (width / factor, height / factor);
        let plane = || Vec::with_capacity(w * h);
        (w > 0 && h > 0).then(|| Reducer { factor, channels, size: (w, h), luma: plane(), red: plane(), upper: Vec::new(), taken: 0 })
    }

    fn row(&mut self, row: &[u8]) {
        let (block, within) = (self.taken / self.factor, self.taken % self.factor);
        self.taken += 1;
        if block >= self.size.1 {
            return;
        }
        if within == 0 {
            self.upper.clear();
            self.upper.extend_from_slice(row);
        }
        if within == self.factor / 2 {
            match (self.channels, self.factor) {
                (3, 2) => halve::<6>(&self.upper, row, &mut self.luma, &mut self.red),
                (4, 2) => halve::<8>(&self.upper, row, &mut self.luma, &mut self.red),
                (3, _) => self.sample::<3>(row),
                (4, _) => self.sample::<4>(row),
                _ => self.sample::<1>(row),
            }
            // rows that are too short make no picture, and no lesser one
            self.luma.resize((block + 1) * self.size.0, 0);
            self.red.resize((block + 1) * self.size.0, 0);
        }
    }

    /// Four pixels of each block stand for it; the first tells the colour.
    fn sample<const N: usize>(&mut self, lower: &[u8]) {
        let (green, factor, w) = (usize::from(N >= 3), self.factor, self.size.0);
        let aside = (factor / 2) * N;
        let blocks = || self.upper.chunks_exact(factor * N).take(w);
        if factor == 1 {
            self.luma.extend(blocks().map(|p| p[green]));
        } else {
            self.luma.extend(blocks().zip(lower.chunks_exact(factor * N)).map(|(a, b)| {
                let four = u16::from(a[green]) + u16::from(a[aside + green]) + u16::from(b[green]) + u16::from(b[aside + green]);
                ((four + 2) >> 2) as u8
            }));
        }
        if N >= 3 {
            self.red.extend(blocks().map(|p| u8::from(is_red(p[0], p[1], p[2]))));
        }
    }

    fn finish(mut self, orientation: u8) -> Reduced {
        self.luma.resize(self.size.0 * self.size.1, 0);
        self.red.resize(self.size.0 * self.size.1, 0);
        let red = turned(self.red, self.size, orientation).luma;
        Reduced { plane: turned(self.luma, self.size, orientation), red, factor: self.factor }
    }
}

/// Adds one row made of two of the usual phone screen: blocks of two by two, `B` bytes wide, known to the compiler. Two pixels across the corner stand for
/// the four.
fn halve<const B: usize>(upper: &[u8], lower: &[u8], luma: &mut Vec<u8>, red: &mut Vec<u8>) {
    let (blocks, below) = (upper.as_chunks::<B>().0, lower.as_chunks::<B>().0);
    luma.extend(blocks.iter().zip(below).map(|(a, b)| ((u16::from(a[1]) + u16::from(b[B / 2 + 1]) + 1) >> 1) as u8));
    if any_red::<B>(upper) {
        red.extend(blocks.iter().map(|a| u8::from(is_red(a[0], a[1], a[2]))));
    } else {
        red.resize(luma.len(), 0);
    }
}

/// May there be a red pixel in a row of pixels of `B / 2` bytes? Hardly any row has one, and this sees many bytes at a time.
fn any_red<const B: usize>(row: &[u8]) -> bool {
    // whole pixels of three and of four bytes
    const LANES: usize = 48;
    let from = |byte: usize| row.get(byte..).unwrap_or_default().as_chunks::<LANES>().0;
    let mut reddest = [0_u8; LANES];
    let mut seen = 0;
    for ((r, g), b) in from(0).iter().zip(from(1)).zip(from(2)) {
        seen += LANES;
        reddest.iter_mut().zip(r).zip(g).zip(b).for_each(|(((most, r), g), b)| *most = (*most).max((*r).min(!g).min(!b)));
    }
    let rest = row.get(seen..).unwrap_or_default();
    reddest.iter().step_by(B / 2).any(|red| *red >= (255 - NOT_RED).min(RED)) || rest.chunks_exact(B / 2).any(|p| is_red(p[0], p[1], p[2]))
}

/// The red that screenshot tools draw with (FF0000, FA5151, FF3B30 and what JPEG makes of them). The orange of Taobao's buttons (FF5000) has twice as much
/// green as this lets through beside its blue.
fn is_red(r: u8, g: u8, b: u8) -> bool {
    // without short cuts: this sees every pixel
    (r >= RED) & (g <= NOT_RED) & (b <= NOT_RED) & (g.abs_diff(b) <= 45)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgb, RgbImage};

    #[test]
    fn a_png_read_row_by_row_is_the_decoded_one() {
        for (width, height) in [(61, 40), (480, 480), (961, 1003), (1443, 1500)] {
            let picture = RgbImage::from_fn(width, height, |x, y| if x / 9 == y / 9 { Rgb([250, 40, 50]) } else { Rgb([(x % 251) as u8, (y % 241) as u8, 9]) });
            let picture = DynamicImage::ImageRgb8(picture);
            for picture in [DynamicImage::ImageRgba8(picture.to_rgba8()), DynamicImage::ImageLuma8(picture.to_luma8()), picture] {
                let mut bytes = Cursor::new(Vec::new());
                picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
                assert!(png_rows(bytes.get_ref()).is_some(), "{:?}", picture.color());
                for orientation in [1, 6] {
                    let (streamed, whole) = (read(bytes.get_ref(), orientation, &mut Vec::new()).unwrap(), reduce(&picture, orientation).unwrap());
                    assert_eq!((&streamed.plane, streamed.factor), (&whole.plane, whole.factor));
                    assert_eq!(streamed.red, whole.red);
                }
                let cut = bytes.get_ref().len() / 2;
                assert!(read(&bytes.get_ref()[..cut], 1, &mut Vec::new()).is_none(), "cut short");
            }
        }
    }

    #[test]
    fn a_jpeg_read_into_memory_used_before_is_the_decoded_one() {
        let mut room = vec![77; 5_000_000];
        for (width, height) in [(961, 1003), (61, 40), (480, 481)] {
            let picture = RgbImage::from_fn(width, height, |x, y| if x / 9 == y / 9 { Rgb([250, 40, 50]) } else { Rgb([(x % 251) as u8, (y % 241) as u8, 9]) });
            for picture in [DynamicImage::ImageRgb8(picture.clone()), DynamicImage::ImageLuma8(DynamicImage::ImageRgb8(picture).to_luma8())] {
                let mut bytes = Cursor::new(Vec::new());
                picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
                for orientation in [1, 6] {
                    let (read, whole) =
                        (read(bytes.get_ref(), orientation, &mut room).unwrap(), reduce(&decode(bytes.get_ref()).unwrap(), orientation).unwrap());
                    assert_eq!((&read.plane, read.factor), (&whole.plane, whole.factor), "{:?}", picture.color());
                    assert_eq!(read.red, whole.red);
                }
            }
        }
    }
}
