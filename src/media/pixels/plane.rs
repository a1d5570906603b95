//! The one reduced picture that all measurements look at: brightness and a mask of strong red, from one pass over the decoded pixels.

use image::DynamicImage;

/// The smaller side of a plane is at least this long where the picture has so many pixels; a phone's 1080 become 540.
const SIDE: usize = 480;

/// Brightness of a picture, row by row. Brightness is the green channel: three fifths of luma, and a third of the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub luma: Vec<u8>,
}

/// A plane with what was seen of colour, and how many pixels of the picture one of its pixels stands for on each side.
pub struct Reduced {
    pub plane: Plane,
    /// 1 where the pixel is of a strong pure red.
    pub red: Vec<u8>,
    pub factor: usize,
}

impl Plane {
    pub fn row(&self, y: usize) -> &[u8] {
        self.luma.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }

    /// Half as wide and high.
    pub fn half(&self) -> Plane {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            let pairs = self.row(2 * y).chunks_exact(2).zip(self.row(2 * y + 1).chunks_exact(2));
            luma.extend(pairs.map(|(a, b)| ((u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]) + 2) >> 2) as u8));
        }
        Plane { width, height, luma }
    }
}

/// Reduces a decoded picture by a whole number and turns it as EXIF says.
pub fn reduce(picture: &DynamicImage, orientation: u8) -> Option<Reduced> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let factor = (width.min(height) / SIDE).max(1);
    let (w, h) = (width / factor, height / factor);
    if w == 0 || h == 0 {
        return None;
    }
    let (luma, red) = match picture {
        DynamicImage::ImageRgb8(p) if factor == 2 => halve::<6>(p.as_raw(), width, (w, h)),
        DynamicImage::ImageRgba8(p) if factor == 2 => halve::<8>(p.as_raw(), width, (w, h)),
        DynamicImage::ImageRgb8(p) => sample::<3>(p.as_raw(), width, (w, h), factor),
        DynamicImage::ImageRgba8(p) => sample::<4>(p.as_raw(), width, (w, h), factor),
        DynamicImage::ImageLuma8(p) => sample::<1>(p.as_raw(), width, (w, h), factor),
        other => sample::<3>(other.to_rgb8().as_raw(), width, (w, h), factor),
    };
    let red = turned(&red, (w, h), orientation).luma;
    Some(Reduced { plane: turned(&luma, (w, h), orientation), red, factor })
}

/// The usual phone screen: blocks of two by two, `B` bytes wide, known to the compiler. Two pixels across the corner stand for the four.
fn halve<const B: usize>(pixels: &[u8], width: usize, (w, h): (usize, usize)) -> (Vec<u8>, Vec<u8>) {
    let stride = width * B / 2;
    let mut luma = Vec::with_capacity(w * h);
    let mut red = Vec::with_capacity(w * h);
    for (upper, lower) in pixels.chunks_exact(stride).step_by(2).zip(pixels.chunks_exact(stride).skip(1).step_by(2)).take(h) {
        let (upper, lower) = (upper.as_chunks::<B>().0, lower.as_chunks::<B>().0);
        let from = luma.len();
        luma.extend(upper.iter().zip(lower).map(|(a, b)| ((u16::from(a[1]) + u16::from(b[B / 2 + 1]) + 1) >> 1) as u8));
        // only what is dark in green can be red
        let green = luma.get(from..).unwrap_or_default();
        red.extend(green.iter().zip(upper).map(|(g, a)| if *g <= 150 { u8::from(is_red(a[0], a[1], a[2])) } else { 0 }));
    }
    luma.resize(w * h, 0);
    red.resize(w * h, 0);
    (luma, red)
}

/// Four pixels of each block stand for it; the first tells the colour.
fn sample<const N: usize>(pixels: &[u8], width: usize, (w, h): (usize, usize), factor: usize) -> (Vec<u8>, Vec<u8>) {
    let green = usize::from(N >= 3);
    let aside = (factor / 2) * N;
    let mut luma = Vec::with_capacity(w * h);
    let mut red = Vec::with_capacity(if N >= 3 { w * h } else { 0 });
    for y in 0..h {
        let upper = pixels.get(y * factor * width * N..).unwrap_or_default();
        let lower = upper.get(factor / 2 * width * N..).unwrap_or_default();
        let blocks = upper.chunks_exact(factor * N).zip(lower.chunks_exact(factor * N)).take(w);
        if factor == 1 {
            luma.extend(upper.chunks_exact(N).take(w).map(|p| p[green]));
        } else {
            luma.extend(blocks.map(|(a, b)| {
                let four = u16::from(a[green]) + u16::from(a[aside + green]) + u16::from(b[green]) + u16::from(b[aside + green]);
                ((four + 2) >> 2) as u8
            }));
        }
        if N >= 3 {
            red.extend(upper.chunks_exact(factor * N).take(w).map(|p| u8::from(is_red(p[0], p[1], p[2]))));
        }
        // the last block of the last row may end early where the factor does not divide the width
        luma.resize((y + 1) * w, 0);
        if N >= 3 {
            red.resize((y + 1) * w, 0);
        }
    }
    red.resize(w * h, 0);
    (luma, red)
}

/// The red that screenshot tools draw with (FF0000, FA5151, FF3B30 and what JPEG makes of them). The orange of Taobao's buttons (FF5000) has twice as much
/// green as this lets through beside its blue.
fn is_red(r: u8, g: u8, b: u8) -> bool {
    // without short cuts: this sees every pixel
    (r >= 190) & (g <= 95) & (b <= 95) & (g.abs_diff(b) <= 45)
}

/// Turns bytes, one a pixel, as EXIF orientations 1–8 say.
pub fn turned(stored: &[u8], (w, h): (usize, usize), orientation: u8) -> Plane {
    if !(2..=8).contains(&orientation) {
        return Plane { width: w, height: h, luma: stored.to_vec() };
    }
    let (width, height) = if orientation >= 5 { (h, w) } else { (w, h) };
    let from = |x: usize, y: usize| match orientation {
        2 => (w - 1 - x, y),
        3 => (w - 1 - x, h - 1 - y),
        4 => (x, h - 1 - y),
        5 => (y, x),
        6 => (y, h - 1 - x),
        7 => (w - 1 - y, h - 1 - x),
        _ => (w - 1 - y, x),
    };
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let luma = places.map(|(x, y)| from(x, y)).map(|(x, y)| stored.get(y * w + x).copied().unwrap_or(0)).collect();
    Plane { width, height, luma }
}

/// Sums of brightness over everything left of and above a pixel: the mean of any box in four look-ups.
pub struct Sums {
    width: usize,
    sums: Vec<u32>,
}

impl Sums {
    pub fn of(plane: &Plane) -> Self {
        let width = plane.width + 1;
        let mut sums = vec![0_u32; width * (plane.height + 1)];
        for (y, row) in plane.luma.chunks_exact(plane.width.max(1)).enumerate() {
            let (above, here) = sums.split_at_mut((y + 1) * width);
            let above = above.get(y * width + 1..).unwrap_or_default();
            let mut sum = 0_u32;
            for ((to, up), value) in here.iter_mut().skip(1).zip(above).zip(row) {
                sum += u32::from(*value);
                *to = up.wrapping_add(sum);
            }
        }
        Sums { width, sums }
    }

    /// Everything left of each place of a row of corners, from the first on; `y` up to the plane's height.
    pub fn corners(&self, y: usize) -> &[u32] {
        self.sums.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }

    /// Sum over `x0..x1`, `y0..y1`, which must lie inside. A plane never has the 16 million pixels that a sum could not hold.
    pub fn over(&self, x0: usize, y0: usize, x1: usize, y1: usize) -> u32 {
        let at = |x: usize, y: usize| self.sums.get(y * self.width + x).copied().unwrap_or(0);
        at(x1, y1).wrapping_add(at(x0, y0)).wrapping_sub(at(x0, y1)).wrapping_sub(at(x1, y0))
    }
}

/// A smaller plane, each pixel the mean of those it covers.
pub fn shrink(sums: &Sums, from: (usize, usize), to: (usize, usize)) -> Plane {
    let edges =
        |from: usize, to: usize| -> Vec<(usize, usize)> { (0..to).map(|i| (i * from / to, ((i + 1) * from / to).max(i * from / to + 1).min(from))).collect() };
    let columns = edges(from.0, to.0);
    let mut luma = Vec::with_capacity(to.0 * to.1);
    for (y0, y1) in edges(from.1, to.1) {
        luma.extend(columns.iter().map(|&(x0, x1)| {
            let area = ((x1 - x0) * (y1 - y0)).max(1) as u32;
            ((sums.over(x0, y0, x1, y1) + area / 2) / area) as u8
        }));
    }
    Plane { width: to.0, height: to.1, luma }
}
