//! Long screenshots are cut into slices that stand side by side. Cuts go through quiet rows (between two chat bubbles), found by decoding the
//! picture once; each slice repeats a strip of the one before, so that nothing can hide in a cut.

use crate::media;
use crate::model::record::PictureInfo;

/// Height over width from which a picture is cut.
pub(crate) const LONG: f32 = 2.6;
/// Rows of the picture that stand in both of two neighbouring slices.
pub(crate) const OVERLAP_ROWS: u32 = 24;
/// A cut may move this share of a slice's height to find a quiet row.
const SEARCH: f32 = 0.12;
/// Pictures of more pixels are cut at equal heights without looking: decoding would need more memory than the run may take.
const MAX_PIXELS: u64 = 24_000_000;

/// How restless each row of a shown picture is; empty when it could not be looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows(Vec<u8>);

/// Is the picture cut into slices.
pub(crate) fn is_long(info: &PictureInfo) -> bool {
    let (w, h) = info.shown_size();
    w > 0 && h as f32 / w as f32 > LONG
}

impl Rows {
    /// Looks at a picture's rows. Pictures that are turned by EXIF, too large or not decodable give no rows: they are cut at equal heights.
    /// `room` is memory for decoding, used again for the next.
    pub(crate) fn of(bytes: &[u8], info: &PictureInfo, room: &mut Vec<u8>) -> Self {
        if info.orientation != 1 || u64::from(info.width) * u64::from(info.height) > MAX_PIXELS {
            return Rows::default();
        }
        let until = looked_at(info.width, info.height);
        let mut rows = Vec::with_capacity(until);
        match media::luma::upper_rows(room, bytes, MAX_PIXELS, until, &mut |row| rows.push(restless(row))) {
            Some(()) => Rows(rows),
            None => Rows::default(),
        }
    }

    /// Cuts a picture of `height` rows into slices of at most `most` rows, overlap included: first and last row of each.
    pub(crate) fn cut(&self, height: u32, most: u32) -> Vec<(u32, u32)> {
        let most = most.max(4 * OVERLAP_ROWS);
        if height <= most {
            return vec![(0, height)];
        }
        let fresh = most - OVERLAP_ROWS;
        let count = (height - OVERLAP_ROWS).div_ceil(fresh).max(2);
        let mut slices = Vec::with_capacity(count as usize);
        let mut from = 0;
        for i in 1..count {
            // what is left is shared evenly, so that the last slice is not a snippet
            let ideal = from + (height - from).div_ceil(count - i + 1);
            let (low, high) = (ideal.saturating_sub((fresh as f32 * SEARCH) as u32), ideal + (fresh as f32 * SEARCH) as u32);
            // the rest must still fit into the slices that are left
            let least = height.saturating_sub((count - i) * fresh).max(from + 1);
            let top = if i == 1 { 0 } else { from - OVERLAP_ROWS };
            let cut = self.quietest(low.max(least), high.min(top + most), ideal.clamp(least, (top + most).max(least)));
            slices.push((top, cut));
            from = cut;
        }
        slices.push((from - OVERLAP_ROWS, height));
        slices
    }

    /// The same for what stands below row `begin`.
    pub(crate) fn cut_from(&self, begin: u32, height: u32, most: u32) -> Vec<(u32, u32)> {
        let below = Rows(self.0.get(begin as usize..).unwrap_or_default().to_vec());
        below.cut(height.saturating_sub(begin), most).into_iter().map(|(from, to)| (from + begin, to + begin)).collect()
    }

    /// The middle of a quiet stretch in a range: of those at least half as long as the longest, the one nearest to `ideal`, so that slices come out
    /// alike. `ideal` itself when there is nothing to see.
    fn quietest(&self, low: u32, high: u32, ideal: u32) -> u32 {
        let rows = self.0.get(low as usize..(high as usize).min(self.0.len())).unwrap_or_default();
        let Some(calm) = rows.iter().min() else { return ideal };
        let mut stretches: Vec<(u32, u32)> = Vec::new();
        let mut open = false;
        for (row, restless) in (low..).zip(rows) {
            let quiet = *restless <= calm.saturating_add(1);
            match stretches.last_mut() {
                Some(last) if quiet && open => last.1 += 1,
                _ if quiet => stretches.push((row, 1)),
                _ => {}
            }
            open = quiet;
        }
        let longest = stretches.iter().map(|s| s.1).max().unwrap_or(0);
        let middles = stretches.iter().filter(|s| s.1 * 2 >= longest).map(|s| s.0 + s.1 / 2);
        middles.min_by_key(|m| m.abs_diff(ideal)).unwrap_or(ideal)
    }
}

/// The slices of a picture of `height` rows in so many columns on pages that hold `page` rows.
pub(crate) fn cuts(rows: &Rows, height: u32, columns: usize, page: f32) -> Vec<(u32, u32)> {
    let whole = height as f32;
    // as few columns as keep a row of slices at half a page, else whole pages of columns
    let count =
        if whole / columns as f32 <= page * 0.9 { (whole / (page * 0.6)).ceil().clamp(2.0, columns.max(2) as f32) } else { (whole / (page * 0.9)).ceil() };
    let most = ((whole / count) * (1.0 + 0.5 / count)).min(page).floor().max(1.0) as u32 + OVERLAP_ROWS.min(20);
    spread_last(rows, rows.cut(height, most.min(page as u32)), columns, height, page)
}

/// The last row of slices over all columns when it would leave some of them empty for most of a page: what comes next then stands on the same page.
fn spread_last(rows: &Rows, mut cuts: Vec<(u32, u32)>, columns: usize, height: u32, page: f32) -> Vec<(u32, u32)> {
    let begun = cuts.len() / columns * columns;
    let Some((from, _)) = cuts.get(begun).copied().filter(|_| begun > 0) else { return cuts };
    let rest = (height - from) as f32;
    if rest > page * 0.5 {
        let most = (rest / columns as f32 * 1.15) as u32 + OVERLAP_ROWS;
        cuts.truncate(begun);
        cuts.extend(rows.cut_from(from, height, most));
    }
    cuts
}

/// Rows from the top that a cut may go through on a page of usual shape: two slices meet in the middle, the last of three begins before three quarters.
/// Decoding ends there. What a page of another shape asks for below is cut at equal heights.
fn looked_at(width: u32, height: u32) -> usize {
    const TWO: f32 = 5.0;
    const THREE: f32 = 8.0;
    let shape = height as f32 / width.max(1) as f32;
    let share = if shape <= TWO {
        60
    } else if shape <= THREE {
        77
    } else {
        100
    };
    (u64::from(height) * share / 100) as usize
}

/// How often neighbouring pixels of a row differ.
fn restless(row: &[u8]) -> u8 {
    // counted in bytes, a stretch at a time, which the processor does for many pixels at once
    const STRETCH: usize = 128;
    let next = row.get(1..).unwrap_or_default();
    let mut differing: u8 = 0;
    for (a, b) in row.chunks(STRETCH).zip(next.chunks(STRETCH)) {
        differing = differing.saturating_add(a.iter().zip(b).map(|(a, b)| u8::from(a.abs_diff(*b) > 12)).sum());
    }
    differing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::PictureFormat;
    use crate::model::typed;
    use image::{DynamicImage, GrayImage, ImageFormat, Luma};
    use std::io::Cursor;

    #[test]
    fn restlessness_counts_neighbours_that_differ() {
        assert_eq!((restless(&[]), restless(&[7]), restless(&[0, 12, 25, 25])), (0, 0, 1));
        let striped: Vec<u8> = (0..1000).map(|i| if i % 2 == 0 { 0 } else { 200 }).collect();
        assert_eq!((restless(&striped[..200]), restless(&striped[..256]), restless(&striped)), (199, 255, 255));
    }

    #[test]
    fn slices_cover_the_whole_picture_with_an_overlap() {
        for rows in [Rows::default(), Rows((0..20_000_u32).map(|i| (i * 7919 % 251) as u8).collect())] {
            for height in [2900, 3456, 5000, 7001, 12_000, 19_999] {
                for most in [900, 1500, 3100, 4400] {
                    let slices = rows.cut(height, most);
                    assert_eq!((slices.first().expect("one").0, slices.last().expect("one").1), (0, height));
                    for pair in slices.windows(2) {
                        assert_eq!(pair[0].1, pair[1].0 + OVERLAP_ROWS, "{height} {most}: {slices:?}");
                    }
                    assert!(slices.iter().all(|(a, b)| b > a && b - a <= most), "{height} {most}: {slices:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_below_a_row_is_cut_in_the_rows_of_the_picture() {
        for rows in [Rows::default(), Rows((0..9000_u32).map(|i| (i * 7919 % 251) as u8).collect())] {
            let slices = rows.cut_from(6000, 9000, 1200);
            assert_eq!((slices.len(), slices[0].0, slices.last().expect("one").1), (3, 6000, 9000), "{slices:?}");
        }
    }

    #[test]
    fn rows_of_writing_are_restless_whatever_the_format() {
        let colour = image::RgbImage::from_fn(40, 120, |x, y| if (50..60).contains(&y) && x % 4 < 2 { image::Rgb([0, 0, 0]) } else { image::Rgb([240; 3]) });
        let whole = DynamicImage::ImageRgb8(colour);
        let info = typed::picture_of(PictureFormat::Png, 40, 120);
        for picture in [
            whole.clone(),
            DynamicImage::ImageRgba8(whole.to_rgba8()),
            DynamicImage::ImageLuma8(whole.to_luma8()),
            DynamicImage::ImageLumaA8(whole.to_luma_alpha8()),
        ] {
            let mut file = std::io::Cursor::new(Vec::new());
            picture.write_to(&mut file, image::ImageFormat::Png).expect("encodes");
            let rows = Rows::of(file.get_ref(), &info, &mut Vec::new());
            assert_eq!((rows.0.len(), rows.0[49], rows.0[60]), (72, 0, 0), "of two slices: {:?}", picture.color());
            assert!(rows.0[50..60].iter().all(|r| *r == 19), "{:?}", rows.0);
        }
    }

    #[test]
    fn a_cut_goes_between_the_bubbles() {
        let mut rows = vec![90_u8; 6000];
        rows[2950..3010].fill(0);
        let slices = Rows(rows).cut(6000, 3400);
        assert_eq!(slices.len(), 2);
        assert!((2950..3010).contains(&slices[0].1), "{slices:?}");
    }

    /// A talk whose lines stand so that equal heights would cut through words.
    fn talk(width: u32, height: u32) -> Vec<u8> {
        let picture = GrayImage::from_fn(width, height, |x, y| Luma([if y % 37 < 29 && x % 8 < 4 { 20 } else { 240 }]));
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::ImageLuma8(picture).write_to(&mut bytes, ImageFormat::Png).expect("encodes");
        bytes.into_inner()
    }

    #[test]
    fn no_cut_lies_below_what_was_looked_at_whatever_the_margins_and_captions() {
        let width = 270;
        for height in (710..3300).step_by(70) {
            let bytes = talk(width, height);
            let rows = Rows::of(&bytes, &typed::picture_of(PictureFormat::Png, width, height), &mut Vec::new());
            let mut all = Vec::new();
            media::luma::rows(&bytes, 1 << 20, &mut |row| all.push(row.to_vec())).expect("decodes");
            for page in [720.0, 700.0, 680.0, 661.0] {
                let column: f32 = 158.3;
                let cuts = cuts(&rows, height, 3, page * width as f32 / column);
                for (_, to) in &cuts[..cuts.len() - 1] {
                    let row = &all[*to as usize];
                    assert!(row.iter().all(|p| *p == row[0]), "a page of {page}, {height} rows: {cuts:?}");
                }
            }
        }
    }
}
