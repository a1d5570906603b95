//! The one reduced picture that all measurements look at: brightness and a mask of strong red, from one pass over the rows of the picture.
//!
//! Brightness is the green channel: three fifths of luma, and a third of the work. Of a photograph in JPEG it is luma: nothing drawn in red is looked for on it,
//! and without its colours it is decoded in seven tenths of the time. A PNG's rows are taken as they lose their filter, while they are still in
//! the processor's cache; of an unusual or a large one as they come out of the inflater, and the whole picture is never in memory.

use super::plane::{Plane, halved, turned};
use crate::media::decode::{DECODED_BYTES, decode};
use crate::media::jpeg;
use crate::media::luma::png_by_row;
use crate::media::memory::of_size;
use crate::media::png_pixels::{self, WHOLE};
use crate::model::pixels::Brightness;
use fearless_simd::{Level, dispatch};
use image::DynamicImage;
use png::{BitDepth, ColorType, Transformations};
use std::io::Cursor;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The smaller side of a plane is at least this long where the picture has so many pixels; a phone's 1080 become 540.
const SIDE: usize = 480;

/// Bytes that the memory of a plane grows by.
const PLANE_STEP: usize = 1 << 20;

/// A red pixel has so much red at least, and of green and blue so much at most.
const RED: u8 = 190;
const NOT_RED: u8 = 95;

/// A plane with what was seen of colour, and how many pixels of the picture one of its pixels stands for on each side.
pub struct Reduced {
    pub plane: Plane,
    /// 1 where the pixel is of a strong pure red; empty where none is.
    pub red: Vec<u8>,
    pub factor: usize,
    pub brightness: Brightness,
}

/// A picture file to be read.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// All of the file.
    pub bytes: &'a [u8],
    /// EXIF orientation 1–8; any other is 1.
    pub orientation: u8,
    /// A camera took it: nothing is looked for in its colours.
    pub photograph: bool,
}

/// Memory that several pictures may use one after the other.
#[derive(Default)]
pub struct Room {
    /// Of a decoded JPEG, or an inflated PNG.
    decoded: Vec<u8>,
    png: png_pixels::Room,
    luma: Vec<u8>,
    red: Vec<u8>,
    upper: Vec<u8>,
    /// What was turned upright.
    turned: Vec<u8>,
}

impl Room {
    /// Bytes that it takes, all together.
    pub fn bytes(&self) -> usize {
        self.png.bytes() + [&self.decoded, &self.luma, &self.red, &self.upper, &self.turned].iter().map(|part| part.capacity()).sum::<usize>()
    }

    /// The memory of a picture that was looked at, for the next one.
    pub fn take_back(&mut self, reduced: Reduced) {
        (self.luma, self.red) = (reduced.plane.luma, reduced.red);
    }
}

/// Reads a picture file and reduces what it shows by a whole number, turned as EXIF says. `None` for what [`decode`] cannot open.
pub fn read(source: Source, room: &mut Room) -> Option<Reduced> {
    let Source { bytes, orientation, photograph } = source;
    let mut decoded = std::mem::take(&mut room.decoded);
    let usual = usual_png(bytes, &mut decoded, orientation, room).or_else(|| {
        let color = if photograph { ColorSpace::Luma } else { ColorSpace::RGB };
        let (size, decoded) = jpeg_pixels(bytes, color, &mut decoded)?;
        let brightness = if photograph { Brightness::Luma } else { Brightness::Green };
        Some(Reduced { brightness, ..pixels(decoded, size, color.num_components(), orientation, room)? })
    });
    room.decoded = decoded;
    if usual.is_some() {
        return usual;
    }
    match png_rows(bytes) {
        Some(reader) => from_png(reader, orientation, room),
        None => reduce(&decode(bytes)?, orientation, room),
    }
}

/// A PNG that can be inflated at once, into `inflated`.
fn usual_png(bytes: &[u8], inflated: &mut Vec<u8>, orientation: u8, room: &mut Room) -> Option<Reduced> {
    let mut packed = std::mem::take(&mut room.png);
    let reduced = png_pixels::inflate(bytes, inflated, &mut packed).and_then(|png| {
        let mut reducer = Reducer::new((png.width, png.height), png.samples, room)?;
        png.each(|row| reducer.row(row))?;
        Some(reducer.finish(orientation, room))
    });
    room.png = packed;
    reduced
}

/// Decodes a JPEG of the usual colours into `room`, red, green and blue in turn, as [`decode`] does, or luma alone, and gives its width and height with what was
/// decoded. `None` for all others, and where it fails.
fn jpeg_pixels<'r>(bytes: &[u8], color: ColorSpace, room: &'r mut Vec<u8>) -> Option<((usize, usize), &'r [u8])> {
    // the decoder mixes colours up that stand in a scan each
    if !bytes.starts_with(b"\xff\xd8\xff") || jpeg::colours_apart(bytes) {
        return None;
    }
    let options = DecoderOptions::default().jpeg_set_out_colorspace(color).set_max_width(usize::from(u16::MAX)).set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let size = decoder.output_buffer_size().filter(|size| *size as u64 <= DECODED_BYTES)?;
    if decoder.input_colorspace() != Some(ColorSpace::YCbCr) || decoder.output_colorspace() != Some(color) {
        return None;
    }
    let room = of_size(room, size, WHOLE);
    // rows are filled from the top: where the last is still the mark, a damaged picture ended early, and below it is what was there before
    let last = size - size / usize::from(decoder.info()?.height).max(1);
    room.get_mut(last..)?.iter_mut().zip(0..=u8::MAX).for_each(|(byte, mark)| *byte = mark);
    decoder.decode_into(room).ok()?;
    if room.get(last..)?.iter().zip(0..=u8::MAX).all(|(byte, mark)| *byte == mark) {
        return None;
    }
    Some((decoder.dimensions()?, room))
}

/// Pixels of so many bytes each, row by row.
fn pixels(bytes: &[u8], size: (usize, usize), channels: usize, orientation: u8, room: &mut Room) -> Option<Reduced> {
    let mut reducer = Reducer::new(size, channels, room)?;
    bytes.chunks_exact(size.0 * channels).for_each(|row| reducer.row(row));
    Some(reducer.finish(orientation, room))
}

/// Reduces a decoded picture.
fn reduce(picture: &DynamicImage, orientation: u8, room: &mut Room) -> Option<Reduced> {
    let size = (picture.width() as usize, picture.height() as usize);
    let mut all = |channels: usize, bytes: &[u8]| pixels(bytes, size, channels, orientation, room);
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

fn from_png(mut reader: PngRows<'_>, orientation: u8, room: &mut Room) -> Option<Reduced> {
    let size = (reader.info().width as usize, reader.info().height as usize);
    let mut reducer = Reducer::new(size, reader.output_color_type().0.samples(), room)?;
    while let Some(row) = reader.next_row().ok()? {
        reducer.row(row.data());
    }
    Some(reducer.finish(orientation, room))
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
    fn new((width, height): (usize, usize), channels: usize, room: &mut Room) -> Option<Self> {
        let factor = (width.min(height) / SIDE).max(1);
        let (w, h) = (width / factor, height / factor);
        (w > 0 && h > 0).then(|| {
            of_size(&mut room.luma, w * h, PLANE_STEP);
            let [mut luma, mut red, upper] = [&mut room.luma, &mut room.red, &mut room.upper].map(std::mem::take);
            // what is in it of the picture before is written over row by row
            luma.truncate(w * h);
            red.clear();
            Reducer { factor, channels, size: (w, h), luma, red, upper, taken: 0 }
        })
    }

    fn row(&mut self, row: &[u8]) {
        let (block, within) = (self.taken / self.factor, self.taken % self.factor);
        self.taken += 1;
        if block >= self.size.1 {
            return;
        }
        if row.len() < self.size.0 * self.factor * self.channels {
            // a row that is too short makes no picture, and no lesser one
            luma_of(&mut self.luma, self.size.0, block).fill(0);
        }
        if self.factor == 2 && self.channels >= 3 {
            let luma = luma_of(&mut self.luma, self.size.0, block);
            let any_red = match self.channels {
                3 => dispatch!(Level::new(), _ => halve::<6>(row, within == 0, luma)),
                _ => dispatch!(Level::new(), _ => halve::<8>(row, within == 0, luma)),
            };
            if any_red {
                self.redden(block, row);
            }
            return;
        }
        if within == 0 {
            self.upper.clear();
            self.upper.extend_from_slice(row);
        } else if self.factor == 2 {
            dispatch!(Level::new(), _ => halved(&self.upper, row, luma_of(&mut self.luma, self.size.0, block)));
            return;
        }
        if within == self.factor / 2 {
            match self.channels {
                3 => self.sample::<3>(block, row),
                4 => self.sample::<4>(block, row),
                _ => self.sample::<1>(block, row),
            }
            let pixels = self.upper.chunks_exact(self.channels).step_by(self.factor).take(self.size.0);
            if self.channels >= 3 && pixels.fold(false, |any, p| any | matches!(*p, [r, g, b, ..] if is_red(r, g, b))) {
                let upper = std::mem::take(&mut self.upper);
                self.redden(block, &upper);
                self.upper = upper;
            }
        }
    }

    /// Marks the red pixels of a block's first row; the first pixel of a block tells its colour.
    fn redden(&mut self, block: usize, row: &[u8]) {
        let w = self.size.0;
        self.red.resize((block + 1) * w, 0);
        let red = self.red.get_mut(block * w..).unwrap_or_default();
        match (self.channels, self.factor) {
            (3, 2) => dispatch!(Level::new(), _ => reddened::<6>(row, red)),
            (4, 2) => dispatch!(Level::new(), _ => reddened::<8>(row, red)),
            _ => {
                for (to, pixel) in red.iter_mut().zip(row.chunks_exact(self.channels).step_by(self.factor)) {
                    *to = u8::from(matches!(*pixel, [r, g, b, ..] if is_red(r, g, b)));
                }
            }
        }
    }

    /// Four pixels of each block stand for it.
    fn sample<const N: usize>(&mut self, block: usize, lower: &[u8]) {
        let (green, factor) = (usize::from(N >= 3), self.factor);
        let aside = (factor / 2) * N;
        let blocks = self.upper.chunks_exact(factor * N).zip(lower.chunks_exact(factor * N));
        for (to, (a, b)) in luma_of(&mut self.luma, self.size.0, block).iter_mut().zip(blocks) {
            let four = || u16::from(a[green]) + u16::from(a[aside + green]) + u16::from(b[green]) + u16::from(b[aside + green]);
            *to = if factor == 1 { a[green] } else { ((four() + 2) >> 2) as u8 };
        }
    }

    fn finish(mut self, orientation: u8, room: &mut Room) -> Reduced {
        room.upper = self.upper;
        // nothing of the picture before stays where rows were not given
        self.luma.get_mut(self.taken / self.factor * self.size.0..).unwrap_or_default().fill(0);
        if !self.red.is_empty() {
            self.red.resize(self.size.0 * self.size.1, 0);
            self.red = turned(self.red, self.size, orientation, &mut Vec::new()).luma;
        }
        let plane = turned(self.luma, self.size, orientation, &mut room.turned);
        Reduced { plane, red: self.red, factor: self.factor, brightness: Brightness::Green }
    }
}

/// The row of a plane that a block of rows becomes.
fn luma_of(plane: &mut [u8], width: usize, block: usize) -> &mut [u8] {
    plane.chunks_exact_mut(width.max(1)).nth(block).unwrap_or_default()
}

/// Takes one row of the usual phone screen: of blocks of two by two, `B` bytes wide and known to the compiler, the first pixel of the upper row and the second
/// of the lower stand for the four. May there be a red pixel in the upper row?
#[inline(always)]
fn halve<const B: usize>(row: &[u8], upper: bool, luma: &mut [u8]) -> bool {
    let blocks = row.as_chunks::<B>().0;
    if upper {
        let mut least = u8::MAX;
        for (to, a) in luma.iter_mut().zip(blocks) {
            *to = a[1];
            least = least.min(a[1]);
        }
        // hardly any row has red, and where all is bright none does
        least <= NOT_RED && any_red::<B>(row)
    } else {
        for (to, b) in luma.iter_mut().zip(blocks) {
            *to = ((u16::from(*to) + u16::from(b[B / 2 + 1]) + 1) >> 1) as u8;
        }
        false
    }
}

/// Marks the red ones of the first pixels of blocks of `B` bytes.
#[inline(always)]
fn reddened<const B: usize>(row: &[u8], red: &mut [u8]) {
    for (to, pixel) in red.iter_mut().zip(row.as_chunks::<B>().0) {
        *to = u8::from(is_red(pixel[0], pixel[1], pixel[2]));
    }
}

/// May there be a red pixel in a row of pixels of `B / 2` bytes? Hardly any row has one, and this sees many bytes at a time.
#[inline(always)]
fn any_red<const B: usize>(row: &[u8]) -> bool {
    // whole pixels of three and of four bytes
    const LANES: usize = 96;
    let from = |byte: usize| row.get(byte..).unwrap_or_default().as_chunks::<LANES>().0;
    let mut reddest = [0_u8; LANES];
    let mut seen = 0;
    for ((r, g), b) in from(0).iter().zip(from(1)).zip(from(2)) {
        seen += LANES;
        for (((most, r), g), b) in reddest.iter_mut().zip(r).zip(g).zip(b) {
            *most = (*most).max((*r).min(!g).min(!b));
        }
    }
    let rest = row.get(seen..).unwrap_or_default();
    reddest.iter().step_by(B / 2).any(|red| *red >= (255 - NOT_RED).min(RED)) || rest.chunks_exact(B / 2).any(|p| is_red(p[0], p[1], p[2]))
}

/// The red that screenshot tools draw with (FF0000, FA5151, FF3B30 and what JPEG makes of them). The orange of Taobao's buttons (FF5000) has twice as much
/// green as this lets through beside its blue.
#[inline(always)]
fn is_red(r: u8, g: u8, b: u8) -> bool {
    // without short cuts: this sees every pixel
    (r >= RED) & (g <= NOT_RED) & (b <= NOT_RED) & (g.abs_diff(b) <= 45)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, ImageFormat, Rgb, RgbImage};

    fn shown(bytes: &[u8], orientation: u8) -> Source<'_> {
        Source { bytes, orientation, photograph: false }
    }

    #[test]
    fn a_png_read_row_by_row_is_the_decoded_one() {
        for (width, height) in [(61, 40), (480, 480), (961, 1003), (1443, 1500)] {
            let picture = RgbImage::from_fn(width, height, |x, y| if x / 9 == y / 9 { Rgb([250, 40, 50]) } else { Rgb([(x % 251) as u8, (y % 241) as u8, 9]) });
            let picture = DynamicImage::ImageRgb8(picture);
            for picture in [DynamicImage::ImageRgba8(picture.to_rgba8()), DynamicImage::ImageLuma8(picture.to_luma8()), picture] {
                let mut bytes = Cursor::new(Vec::new());
                picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
                let bytes = bytes.get_ref();
                for orientation in [1, 6] {
                    let room = || Room::default();
                    let streamed = from_png(png_rows(bytes).expect("rows"), orientation, &mut room()).unwrap();
                    let at_once = usual_png(bytes, &mut Vec::new(), orientation, &mut room()).unwrap();
                    let whole = reduce(&picture, orientation, &mut room()).unwrap();
                    for read in [streamed, at_once] {
                        assert_eq!((&read.plane, read.factor), (&whole.plane, whole.factor), "{:?}", picture.color());
                        assert_eq!(read.red, whole.red);
                    }
                }
                assert!(read(shown(&bytes[..bytes.len() / 2], 1), &mut Room::default()).is_none(), "cut short");
            }
        }
    }

    #[test]
    fn a_jpeg_read_into_memory_used_before_is_the_decoded_one() {
        let used = |byte, bytes| vec![byte; bytes];
        let mut room = Room { decoded: used(77, 5_000_000), luma: used(78, 900_000), red: used(79, 3), turned: used(81, 70), ..Room::default() };
        for (width, height) in [(961, 1003), (61, 40), (480, 481)] {
            let picture = RgbImage::from_fn(width, height, |x, y| if x / 9 == y / 9 { Rgb([250, 40, 50]) } else { Rgb([(x % 251) as u8, (y % 241) as u8, 9]) });
            for picture in [DynamicImage::ImageRgb8(picture.clone()), DynamicImage::ImageLuma8(DynamicImage::ImageRgb8(picture).to_luma8())] {
                let mut bytes = Cursor::new(Vec::new());
                picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
                for orientation in [1, 6] {
                    let (read, whole) = (
                        read(shown(bytes.get_ref(), orientation), &mut room).unwrap(),
                        reduce(&decode(bytes.get_ref()).unwrap(), orientation, &mut Room::default()).unwrap(),
                    );
                    assert_eq!((&read.plane, read.factor), (&whole.plane, whole.factor), "{:?}", picture.color());
                    assert_eq!(read.red, whole.red);
                }
            }
        }
    }

    #[test]
    fn a_photograph_is_read_without_its_colours() {
        let mut room = Room { decoded: vec![77; 5_000_000], luma: vec![78; 900_000], red: vec![79; 3], upper: vec![80; 5_000], ..Room::default() };
        for (width, height) in [(961, 1003), (61, 40), (1443, 1500)] {
            let picture = RgbImage::from_fn(width, height, |x, y| if x / 9 == y / 9 { Rgb([250, 40, 50]) } else { Rgb([(x % 251) as u8, (y % 241) as u8, 9]) });
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::ImageRgb8(picture).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
            let mut luma = Vec::new();
            crate::media::luma::rows(bytes.get_ref(), 9_000_000, &mut |row| luma.extend_from_slice(row)).unwrap();
            let luma = DynamicImage::ImageLuma8(GrayImage::from_raw(width, height, luma).unwrap());
            for orientation in [1, 6] {
                let photograph = read(Source { photograph: true, ..shown(bytes.get_ref(), orientation) }, &mut room).unwrap();
                let whole = reduce(&luma, orientation, &mut Room::default()).unwrap();
                assert_eq!((&photograph.plane, photograph.factor), (&whole.plane, whole.factor), "{width}");
                assert!(photograph.red.is_empty() && photograph.brightness == Brightness::Luma);
                let colours = read(shown(bytes.get_ref(), orientation), &mut room).unwrap();
                assert!(!colours.red.is_empty() && colours.brightness == Brightness::Green);
            }
        }
    }

    #[test]
    fn a_damaged_jpeg_shows_nothing_of_the_picture_before() {
        let encoded = |picture: RgbImage| {
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::ImageRgb8(picture).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
            bytes.into_inner()
        };
        let (before, whole) = (
            encoded(RgbImage::from_fn(970, 1010, |x, y| Rgb([(x * y % 255) as u8, 9, 200]))),
            encoded(RgbImage::from_fn(961, 1003, |x, y| if x / 9 == y / 9 { Rgb([250, 40, 50]) } else { Rgb([(x % 251) as u8, (y % 241) as u8, 9]) })),
        );
        let mut broken: Vec<Vec<u8>> = (1..8).map(|part| whole[..whole.len() * part / 8].to_vec()).collect();
        broken.extend((1..8).map(|part| {
            let mut bytes = whole.clone();
            // an end, and a scan, where none is
            bytes[whole.len() * part / 8..].iter_mut().zip(if part % 2 == 0 { *b"\xff\xd9" } else { *b"\xff\xda" }).for_each(|(byte, wrong)| *byte = wrong);
            bytes
        }));
        for (n, bytes) in broken.iter().enumerate() {
            let mut used = Room::default();
            read(shown(&before, 1), &mut used).unwrap();
            for photograph in [false, true] {
                let seen = |room: &mut Room| read(Source { photograph, ..shown(bytes, 1) }, room).map(|r| (r.plane, r.red, r.factor));
                assert_eq!(seen(&mut used), seen(&mut Room::default()), "{n}");
            }
        }
    }
}
