//! Pictures looked at: each is decoded once, reduced once to a small plane of brightness, and everything is measured on that.
//!
//! In: a picture file's bytes. Out: the model's [`Pixels`]; and, for two pictures that may be one, whether they are: first [`Far`] away, where most that are of
//! one form are told apart, then pixel by pixel.

mod align;
pub mod cache;
mod far;
mod lattice;
mod light;
mod marks;
mod patches;
mod plane;
mod reduce;
mod rows;
mod same;

pub use far::Far;
pub use lattice::Mapping;
pub use reduce::Source;

use super::decode::DECODED_BYTES;
use super::luma;
use crate::model::pixels::Pixels;
use image::GrayImage;
use image_hasher::{HashAlg, HasherConfig};
use plane::{Levels, Plane};

/// Sides of the plane that the hash of the whole picture is made from.
const HASHED: usize = 64;

/// Memory that pictures use one after the other: fresh memory for each would have to be cleared first.
#[derive(Default)]
pub struct Room {
    reading: reduce::Room,
    half: Vec<u8>,
    places: patches::Room,
    hashed: Plane,
}

impl Room {
    /// Bytes that the picture itself takes; what is worked out on its small levels is not counted.
    pub fn bytes(&self) -> usize {
        self.reading.bytes() + self.half.capacity()
    }
}

impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Room({} bytes)", self.bytes())
    }
}

/// Decodes a picture and measures it, as shown when turned by its EXIF orientation. `None` for what [`super::decode::decode`] cannot open.
pub fn look(source: Source, room: &mut Room) -> Option<(Pixels, Option<Far>)> {
    let reduced = reduce::read(source, &mut room.reading)?;
    let brightness = reduced.brightness;
    let half = reduced.plane.half(std::mem::take(&mut room.half));
    let pixels = Pixels {
        brightness,
        light: light::measure(&reduced.plane),
        marks: marks::find(&reduced),
        hash: hash(&half, &mut room.hashed),
        patches: patches::find(&half, reduced.factor * 2, &mut room.places),
        rows: rows::read(&half),
    };
    let factor = reduced.factor * 2;
    room.reading.take_back(reduced);
    if Far::suits((half.width as u32, half.height as u32)) {
        return Some((pixels, Far::of(half, factor, brightness)));
    }
    room.half = half.luma;
    Some((pixels, None))
}

/// Empty for a plane without pixels: a line of one pixel's width has none left when it is halved.
fn hash(plane: &Plane, small: &mut Plane) -> Vec<u8> {
    if plane.luma.is_empty() {
        return Vec::new();
    }
    let side = |length: usize| length.min(HASHED);
    plane::shrink(plane, (side(plane.width), side(plane.height)), small);
    let Some(picture) = GrayImage::from_raw(small.width as u32, small.height as u32, small.luma.clone()) else { return Vec::new() };
    HasherConfig::new().hash_size(16, 16).hash_alg(HashAlg::DoubleGradient).to_hasher().hash_image(&picture).as_bytes().to_vec()
}

/// A picture's brightness at full size and upright, for comparing with others. A byte a pixel.
pub struct Comparable(Levels);

impl Comparable {
    /// `None` for what cannot be decoded, and for a picture without pixels.
    pub fn read(bytes: &[u8], orientation: u8) -> Option<Self> {
        let (mut width, mut stored) = (0, Vec::new());
        luma::rows(bytes, DECODED_BYTES, &mut |row| {
            width = row.len();
            stored.extend_from_slice(row);
        })?;
        let height = stored.len().checked_div(width)?;
        (height > 0).then(|| Comparable(Levels::of(plane::turned(stored, (width, height), orientation, &mut Vec::new()))))
    }

    /// Bytes of memory that it takes.
    pub fn bytes(&self) -> usize {
        self.0.full.luma.len() + self.0.half.luma.len()
    }

    /// Does this picture show what lies within `larger` under the mapping, but for the status bar.
    pub fn is_part_of(&self, larger: &Comparable, mapping: Mapping) -> bool {
        same::compare(&self.0, &larger.0, mapping).is_some_and(|compared| compared.same())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbImage};
    use std::io::Cursor;

    #[test]
    fn a_line_of_one_pixel_is_looked_at() {
        for (width, height) in [(1, 1), (1, 900), (900, 1), (2, 900), (3, 2)] {
            for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif] {
                let mut bytes = Cursor::new(Vec::new());
                RgbImage::new(width, height).write_to(&mut bytes, format).unwrap();
                for orientation in [1, 6] {
                    let source = Source { bytes: bytes.get_ref(), orientation, photograph: false };
                    let (pixels, _) = look(source, &mut Room::default()).unwrap();
                    assert!(pixels.patches.is_empty() && pixels.marks.is_empty(), "{width} × {height} {format:?}");
                    let whole = Comparable::read(bytes.get_ref(), orientation).unwrap();
                    assert!(!whole.is_part_of(&whole, Mapping { scale: (1.0, 1.0), shift: (0.0, 0.0) }));
                }
            }
        }
    }
}
