//! Pages to a PDF file: fonts cut to what is used, pictures taken in as they are, and everything that makes the file pleasant to read on a screen
//! (links, outline, page labels, text that can be searched and copied).
//!
//! printpdf makes the document from our pages; what it does not know is added to its lopdf document; the file is then written object by object, so
//! that never more than a handful of pictures is in memory. The same pages and pictures give the same bytes.

mod content;
mod document;
mod file;
mod glyphs;
mod icc;
mod metadata;
mod painted;
mod structure;

#[cfg(test)]
mod tests;

use super::fonts::Fonts;
use super::image::{self, PdfPicture, PictureBytes};
use super::page::ImageKey;
use crate::digest::Digests;
use crate::error::{Error, Result};
use crate::model::{Lang, Time};
use file::ObjectFile;
use lopdf::{Document, Object, dictionary};
pub use painted::{PageSource, Painted, paint};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// One file to write.
#[derive(Clone, Copy)]
pub struct PdfJob<'a> {
    /// Title shown in the window's head.
    pub title: &'a str,
    /// Language of the text.
    pub lang: Lang,
    /// Date of making; `None` writes none.
    pub date: Option<Time>,
    /// Stable identity: the first half of the trailer's /ID. Equal for the editions of one document.
    pub identity: &'a str,
    /// In front of the page number in page labels: empty for the book, `附` for the annex.
    pub label_prefix: &'a str,
    /// Number of the first page in labels; volumes of an annex go on counting.
    pub first_label: u32,
    /// The threads to use.
    pub pool: &'a rayon::ThreadPool,
}

/// Gives the bytes of pictures, each when its turn comes. Called from several threads, once for each picture of a file.
pub trait ImageSource: Sync {
    /// The picture's bytes. Whoever implements it compares length and CRC-32 with intake's.
    ///
    /// # Errors
    /// When the file cannot be read or is not the one that was checked; this ends the run.
    fn picture(&self, key: ImageKey) -> Result<PictureBytes>;

    /// About how many bytes that gives.
    fn size(&self, key: ImageKey) -> u64;
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Written {
    /// Length and digests of the file.
    pub digests: Digests,
    /// Pictures whose data could not be used after all; a crossed frame stands in their place.
    pub not_shown: Vec<ImageKey>,
}

/// Writes painted pages, at least one, to `out`, replacing what is there. Links reach the anchors on these pages only; others are dropped, their text stays.
/// Not synced to disk: the caller swaps finished folders.
///
/// # Errors
/// When a font cannot be cut, a picture's source fails, or the file cannot be written.
pub fn write(job: &PdfJob<'_>, mut painted: Painted, images: &dyn ImageSource, fonts: &Fonts, out: &Path) -> Result<Written> {
    if painted.pages.is_empty() {
        return Err(Error::new("没有任何一页可写入 PDF", "there is no page to write into the PDF"));
    }
    let cut = glyphs::cut(std::mem::take(&mut painted.glyphs), fonts, job.pool)?;
    let keys: BTreeSet<ImageKey> = painted.pages.iter().flat_map(|p| &p.pictures).copied().collect();
    let names: BTreeMap<ImageKey, String> = keys.into_iter().map(|key| (key, painted::picture_name(key))).collect();
    let mut doc = document::build(job.title, &mut painted.pages, &cut, names.values().map(String::as_str))?;
    let completed = structure::complete(&mut doc, job, &painted.pages, &cut, &names)?;
    drop(cut);
    compress_streams(&mut doc, job.pool);

    let failed = |e: std::io::Error| Error::io("写入 PDF", "write the PDF", out, &e);
    let mut file = ObjectFile::create(out, doc.max_id).map_err(failed)?;
    // pages before pictures: they are out of memory when those need it
    for (id, object) in std::mem::take(&mut doc.objects) {
        match completed.with_links(id, &object, &painted.pages) {
            Some(page) => file.object(id.0, &page),
            None => file.object(id.0, &object),
        }
        .map_err(failed)?;
    }
    drop(painted);
    let not_shown = write_pictures(&completed.pictures, images, job.pool, &mut file, &failed)?;
    let digests = file.finish(doc.trailer, job.identity).map_err(failed)?;
    Ok(Written { digests, not_shown })
}

/// Compressed once, here: printpdf and lopdf leave streams as they are until told.
fn compress_streams(doc: &mut Document, pool: &rayon::ThreadPool) {
    let streams: Vec<&mut lopdf::Stream> =
        doc.objects.values_mut().filter_map(|o| o.as_stream_mut().ok()).filter(|s| s.allows_compression && !s.dict.has(b"Filter")).collect();
    pool.install(|| {
        streams.into_par_iter().for_each(|stream| {
            stream.content = file::deflate(&stream.content);
            stream.dict.set("Filter", "FlateDecode");
        });
    });
}

/// Bytes of pictures that are prepared at a time. Of few and uneven ones a thread would wait for the other at the end of each batch.
const BATCH_BYTES: u64 = 4 << 20;

/// Parts of a list of pictures, so many of them at least, and more while they are small.
fn batches<'a>(mut all: &'a [(u32, ImageKey)], images: &dyn ImageSource, least: usize) -> Vec<&'a [(u32, ImageKey)]> {
    let mut batches = Vec::new();
    while !all.is_empty() {
        let mut bytes = 0;
        let fit = all.iter().take_while(|(_, key)| {
            bytes += images.size(*key);
            bytes <= BATCH_BYTES
        });
        let (batch, rest) = all.split_at(fit.count().max(least).clamp(1, all.len()));
        batches.push(batch);
        all = rest;
    }
    batches
}

/// Reads and prepares pictures on all threads while those before them are written; two batches are in memory at most.
fn write_pictures(
    pictures: &BTreeMap<u32, ImageKey>,
    images: &dyn ImageSource,
    pool: &rayon::ThreadPool,
    file: &mut ObjectFile,
    failed: &(impl Fn(std::io::Error) -> Error + Sync),
) -> Result<Vec<ImageKey>> {
    type Ready = Vec<(u32, ImageKey, Option<PdfPicture>)>;
    let prepare =
        |batch: &[(u32, ImageKey)]| -> Result<Ready> { batch.par_iter().map(|(id, key)| Ok((*id, *key, image::prepare(images.picture(*key)?)))).collect() };
    let all: Vec<(u32, ImageKey)> = pictures.iter().map(|(id, key)| (*id, *key)).collect();
    let mut not_shown = Vec::new();
    pool.install(|| {
        let mut ready: Ready = Vec::new();
        for batch in batches(&all, images, pool.current_num_threads() + 1).into_iter().chain([&[][..]]) {
            let (written, next) =
                rayon::join(|| ready.drain(..).try_for_each(|(id, key, p)| write_picture(file, id, key, p, &mut not_shown)), || prepare(batch));
            written.map_err(failed)?;
            ready = next?;
        }
        Ok(not_shown)
    })
}

fn write_picture(file: &mut ObjectFile, id: u32, key: ImageKey, picture: Option<PdfPicture>, not_shown: &mut Vec<ImageKey>) -> std::io::Result<()> {
    let Some(PdfPicture { mut image, mask }) = picture else {
        not_shown.push(key);
        return crossed_frame(file, id);
    };
    if let Some(mask) = mask {
        let mask_id = file.new_id();
        file.stream(mask_id, mask.dict, &mask.data)?;
        image.dict.set("SMask", Object::Reference((mask_id, 0)));
    }
    file.stream(id, image.dict, &image.data)
}

/// Stands where a picture would: drawn in the unit square as an image is, so the page need not know.
fn crossed_frame(file: &mut ObjectFile, id: u32) -> std::io::Result<()> {
    let dict = dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 1.into(), 1.into()], "Resources" => dictionary! {} };
    file.stream(id, dict, b"0.6 G 0.004 w 0 0 1 1 re S 0 0 m 1 1 l S 0 1 m 1 0 l S")
}
