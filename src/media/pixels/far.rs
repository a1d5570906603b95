//! A picture seen from far: slips of one courier's form share frame, logo and most of the words, which hashes and places cannot tell apart; their numbers can be
//! told apart on a plane of a twentieth of the pixels, without opening the pictures again.

use super::lattice::Mapping;
use super::plane::{Levels, Plane};
use super::{reduce, same};
use crate::model::pixels::Brightness;

/// Brightness of a picture as shown, small.
pub struct Far {
    levels: Levels,
    /// Pixels of the picture on each side of one of these.
    factor: usize,
    brightness: Brightness,
}

impl Far {
    /// Is a picture looked at from far. Those that are much higher than wide are not: screens are told apart by their rows.
    pub fn suits((width, height): (u32, u32)) -> bool {
        u64::from(height) * 10 <= u64::from(width) * 16
    }

    pub(super) fn of(plane: Plane, factor: usize, brightness: Brightness) -> Option<Self> {
        Far::suits((plane.width as u32, plane.height as u32)).then(|| Far { levels: Levels::of(plane), factor, brightness })
    }

    /// Looks at a picture file again. `None` for what cannot be decoded, and for what is not looked at so.
    pub fn read(source: reduce::Source) -> Option<Self> {
        let reduced = reduce::read(source, &mut reduce::Room::default())?;
        Far::of(reduced.plane.half(Vec::new()), reduced.factor * 2, reduced.brightness)
    }

    /// Bytes of memory that it takes.
    pub fn bytes(&self) -> usize {
        self.levels.full.luma.len() + self.levels.half.luma.len()
    }

    /// Surely another picture than what lies within `larger` under the mapping, which is in pixels of the pictures. False says nothing: then
    /// [`super::Comparable::is_part_of`] is asked.
    pub fn apart(&self, larger: &Far, mapping: Mapping) -> bool {
        if self.brightness != larger.brightness {
            return false;
        }
        let (ours, theirs) = (self.factor as f64, larger.factor as f64);
        let scale = (mapping.scale.0 * ours / theirs, mapping.scale.1 * ours / theirs);
        let small = Mapping { scale, shift: (mapping.shift.0 / theirs, mapping.shift.1 / theirs) };
        same::apart_from_far(&self.levels, &larger.levels, small)
    }
}

impl std::fmt::Debug for Far {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Far({} × {})", self.levels.full.width, self.levels.full.height)
    }
}
