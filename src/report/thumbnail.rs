//! Small pictures for what only the seller sees. In: pictures of the case. Out: JPEGs, made on all threads; originals are only read.

use super::View;
use crate::archive::{self, Inner};
use crate::context::Context;
use crate::media;
use crate::model::file::FileEntry;
use crate::model::record::{Content, PictureInfo};
use crate::model::source::FileId;
use image::DynamicImage;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Pixels of a picture that is decoded for its thumbnail.
const MOST_PIXELS: u64 = 48_000_000;

/// JPEGs of those of `files` that are pictures, at most `most` of them, their longer side `side` pixels. A picture that is too large, cannot be decoded
/// or is not what intake read has none.
pub(super) fn of(view: &View<'_>, files: &[FileId], side: u32, most: usize, ctx: &Context) -> BTreeMap<FileId, Vec<u8>> {
    let shown: Vec<(&FileEntry, &PictureInfo)> = files
        .iter()
        .filter_map(|id| match &view.case.content(*id).content {
            Content::Picture(info) if info.can_show() => Some((view.case.file(*id), info)),
            _ => None,
        })
        .take(most)
        .collect();
    let made: Vec<Option<Vec<u8>>> = ctx.pool.install(|| shown.par_iter().map(|(entry, info)| one(view, entry, info, side)).collect());
    shown.iter().zip(made).filter_map(|((entry, _), bytes)| Some((entry.id, bytes?))).collect()
}

fn one(view: &View<'_>, entry: &FileEntry, info: &PictureInfo, side: u32) -> Option<Vec<u8>> {
    if u64::from(info.width) * u64::from(info.height) > MOST_PIXELS {
        return None;
    }
    let bytes = archive::read(&view.case.root, entry, &Inner::default()).ok()?;
    let mut small = media::decode::decode(&bytes)?.thumbnail(side, side);
    if let Some(turn) = image::metadata::Orientation::from_exif(info.orientation) {
        small.apply_orientation(turn);
    }
    let mut out = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 72);
    DynamicImage::ImageRgb8(small.into_rgb8()).write_with_encoder(encoder).ok()?;
    Some(out)
}
