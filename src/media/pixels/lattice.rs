//! A picture's brightness on any grid laid over it: each point the mean of the pixels that its box covers, parts of pixels counted as parts.

use super::plane::{Levels, Plane};
use fearless_simd::{Level, dispatch};

/// Pixels of a point's side from which two pixels are as good as one.
const FAR: f64 = 3.5;

/// How one picture lies over another: a point `p` of the smaller is at `scale × p + shift` in the larger. In pixels of the pictures as shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mapping {
    /// Pixels of the larger for one of the smaller, across and down.
    pub scale: (f64, f64),
    /// Pixels to the right and down.
    pub shift: (f64, f64),
}

impl Mapping {
    /// Where a point of the smaller lies in the larger.
    pub fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.scale.0 * x + self.shift.0, self.scale.1 * y + self.shift.1)
    }
}

/// A grid over a picture: point (i, j) is the box of `step` at `from + (i, j) × step`.
#[derive(Debug, Clone, Copy)]
pub struct Lattice {
    /// Left upper corner, in pixels of the picture.
    pub from: (f64, f64),
    /// Pixels from point to point.
    pub step: (f64, f64),
    /// Points across and down.
    pub size: (usize, usize),
}

impl Lattice {
    /// The same points in the larger picture.
    pub fn mapped(&self, mapping: &Mapping) -> Lattice {
        Lattice { from: mapping.at(self.from), step: (self.step.0 * mapping.scale.0, self.step.1 * mapping.scale.1), size: self.size }
    }

    /// The same ground in points so many times as large.
    pub fn coarser(&self, by: f64) -> Lattice {
        let fewer = |points: usize| (points as f64 / by) as usize;
        Lattice { from: self.from, step: (self.step.0 * by, self.step.1 * by), size: (fewer(self.size.0), fewer(self.size.1)) }
    }

    /// So many points more on every side.
    pub fn with_margin(&self, points: usize) -> Lattice {
        let by = points as f64;
        Lattice {
            from: (self.from.0 - by * self.step.0, self.from.1 - by * self.step.1),
            step: self.step,
            size: (self.size.0 + 2 * points, self.size.1 + 2 * points),
        }
    }

    /// As [`Lattice::sample`]; points of many pixels are taken from the picture at half its size.
    pub fn over(&self, picture: &Levels) -> Plane {
        if self.step.0 < FAR || self.step.1 < FAR {
            return self.sample(&picture.full);
        }
        let halved = |(x, y): (f64, f64)| (x / 2.0, y / 2.0);
        Lattice { from: halved(self.from), step: halved(self.step), size: self.size }.sample(&picture.half)
    }

    /// The points' brightness. What lies outside of the picture is like its edge.
    pub fn sample(&self, picture: &Plane) -> Plane {
        if let Some(part) = self.part_of(picture) {
            return part;
        }
        let (across, down) =
            (Spans::new(self.from.0, self.step.0, self.size.0, picture.width), Spans::new(self.from.1, self.step.1, self.size.1, picture.height));
        let mut luma = vec![0; self.size.0 * self.size.1];
        dispatch!(Level::new(), _ => sampled(picture, &across, &down, &mut luma));
        Plane { width: self.size.0, height: self.size.1, luma }
    }

    /// Of a picture whose pixels are the points, these.
    fn part_of(&self, picture: &Plane) -> Option<Plane> {
        let whole = |at: f64| (at >= 0.0 && at.fract() == 0.0).then_some(at as usize);
        let ((left, top), (width, height)) = ((whole(self.from.0)?, whole(self.from.1)?), self.size);
        if self.step != (1.0, 1.0) || left + width > picture.width || top + height > picture.height {
            return None;
        }
        let mut luma = Vec::with_capacity(width * height);
        (top..top + height).for_each(|y| luma.extend_from_slice(picture.row(y).get(left..left + width).unwrap_or_default()));
        Some(Plane { width, height, luma })
    }
}

#[inline(always)]
fn sampled(picture: &Plane, across: &Spans, down: &Spans, luma: &mut [u8]) {
    // two more, so that three can be taken at any place
    let mut column = vec![0.0_f32; picture.width + 2];
    for (to, (top, weights)) in luma.chunks_exact_mut(across.first.len().max(1)).zip(down.iter()) {
        for (i, (y, weight)) in (top..).zip(weights).enumerate() {
            for (sum, value) in column.iter_mut().zip(picture.row(y)) {
                *sum = weight * f32::from(*value) + if i == 0 { 0.0 } else { *sum };
            }
        }
        if across.narrow.is_empty() {
            for (to, (left, weights)) in to.iter_mut().zip(across.iter()) {
                let covered = column.get(left..).unwrap_or_default();
                *to = rounded(covered.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f32>());
            }
        } else {
            let mut points = to.iter_mut();
            for run in &across.narrow {
                let from = |pixel: usize| column.get(run.left + pixel..).unwrap_or_default();
                let values = from(0).iter().zip(from(1)).zip(from(2)).zip(&run.weights);
                for (to, (((x, y), z), [a, b, c])) in points.by_ref().take(run.weights.len()).zip(values) {
                    *to = rounded(x * a + y * b + z * c);
                }
            }
        }
    }
}

/// The nearest whole number, of less than a byte's: beside 2²³ there is no room for parts. What `as` does must be asked of each alone, whether it fits.
#[inline(always)]
fn rounded(value: f32) -> u8 {
    (value + 8_388_608.0).to_bits() as u8
}

/// Points side by side, each of which begins a pixel after the one before.
struct Run {
    /// First pixel of the first.
    left: usize,
    weights: Vec<[f32; 3]>,
}

/// For each point the first pixel that its box covers along one side, and how much of it and the following lies within; the parts add up to one.
struct Spans {
    first: Vec<(usize, usize)>,
    weights: Vec<f32>,
    /// The same where no point covers more than three pixels, which is nearly always; else empty.
    narrow: Vec<Run>,
}

impl Spans {
    fn new(from: f64, step: f64, count: usize, length: usize) -> Self {
        let mut spans = Spans { first: Vec::with_capacity(count), weights: Vec::new(), narrow: Vec::new() };
        let last = length.saturating_sub(1) as f64;
        for i in 0..count {
            let start = (from + i as f64 * step).clamp(0.0, last);
            let end = (from + (i + 1) as f64 * step).clamp(start + 1e-3, length as f64);
            let first = start as usize;
            let begin = spans.weights.len();
            let mut pixel = first;
            while (pixel as f64) < end {
                let covered = end.min((pixel + 1) as f64) - start.max(pixel as f64);
                spans.weights.push((covered / (end - start)) as f32);
                pixel += 1;
            }
            spans.first.push((first, begin));
        }
        let three = |weights: &[f32]| match *weights {
            [a] => Some([a, 0.0, 0.0]),
            [a, b] => Some([a, b, 0.0]),
            [a, b, c] => Some([a, b, c]),
            _ => None,
        };
        let narrow: Option<Vec<(usize, [f32; 3])>> = spans.iter().map(|(first, weights)| Some((first, three(weights)?))).collect();
        let narrow = narrow.unwrap_or_default();
        let runs = narrow.chunk_by(|(a, _), (b, _)| a + 1 == *b);
        spans.narrow = runs.filter_map(|run| Some(Run { left: run.first()?.0, weights: run.iter().map(|(_, weights)| *weights).collect() })).collect();
        spans
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &[f32])> {
        let ends = self.first.iter().skip(1).map(|(_, begin)| *begin).chain(std::iter::once(self.weights.len()));
        self.first.iter().zip(ends).map(|((first, begin), end)| (*first, self.weights.get(*begin..end).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: usize, luma: &[u8]) -> Plane {
        Plane { width, height: luma.len() / width, luma: luma.to_vec() }
    }

    #[test]
    fn points_are_means_of_what_they_cover() {
        let picture = plane(4, &[0, 100, 200, 40, 0, 100, 200, 40]);
        let sample = |from, step, size| Lattice { from, step, size }.sample(&picture).luma;
        assert_eq!(sample((0.0, 0.0), (1.0, 1.0), (4, 2)), picture.luma, "the picture itself");
        assert_eq!(sample((0.0, 0.0), (2.0, 2.0), (2, 1)), [50, 120]);
        assert_eq!(sample((0.5, 0.0), (1.0, 1.0), (3, 1)), [50, 150, 120], "parts of pixels");
        assert_eq!(sample((-2.0, -1.0), (1.0, 1.0), (3, 1)), [0, 0, 0], "outside it is like the edge");
        assert_eq!(sample((0.0, 0.0), (1.5, 2.0), (2, 1)), [33, 167]);
    }

    #[test]
    fn points_of_many_pixels_are_the_same_means() {
        let picture = Levels::of(plane(16, &(0..16 * 16).map(|i| (i % 16 * 9 + i / 16 * 6) as u8).collect::<Vec<_>>()));
        for (from, step) in [((0.0, 0.0), (4.0, 4.0)), ((1.0, 2.0), (3.6, 4.5)), ((-2.0, 3.3), (5.0, 4.0))] {
            let lattice = Lattice { from, step, size: (3, 2) };
            let (far, near) = (lattice.over(&picture).luma, lattice.sample(&picture.full).luma);
            assert!(far.iter().zip(&near).all(|(a, b)| a.abs_diff(*b) <= 4), "{far:?} {near:?}");
        }
    }
}
