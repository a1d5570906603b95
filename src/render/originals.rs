//! The case's own pictures and PDFs, read when their turn comes and compared with what intake saw.

use super::image::PictureBytes;
use super::layout::slices::{self, Rows};
use super::page::ImageKey;
use super::pdf::ImageSource;
use super::spool::Spool;
use super::spread::spread;
use crate::archive::{self, Inner};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::media;
use crate::model::case::Case;
use crate::model::document::{Block, Document, Figure, FigureContent};
use crate::model::record::{Content, PictureInfo};
use crate::model::source::FileId;
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Resolution of rendered PDF pages, dots to the inch: twice a screen's, sharp enough for ten-point type on paper.
const PAGE_DPI: f32 = 144.0;
/// Bytes of an A4 page at that resolution.
const A_PAGE: u64 = 1190 * 1684 * 3;

/// Reads originals.
pub(crate) struct Originals<'a> {
    case: &'a Case,
    /// The PDF read last: its pages are asked for one after the other.
    document: Mutex<Option<(FileId, Arc<Vec<u8>>)>>,
    /// Archives inside archives that were opened last.
    inner: Inner,
    /// Long pictures that were read to find their quiet rows, until they are painted.
    spool: Option<Spool>,
    /// Those rows, as far as they were looked for ahead.
    long: BTreeMap<FileId, Rows>,
}

impl<'a> Originals<'a> {
    /// Of a case; `folder` is where pictures may wait for being painted.
    pub(crate) fn new(case: &'a Case, folder: Option<&Path>) -> Self {
        Originals { case, document: Mutex::new(None), inner: Inner::default(), spool: folder.map(Spool::new), long: BTreeMap::new() }
    }

    /// Ends the run's reading.
    ///
    /// # Errors
    /// When what was set aside cannot be removed.
    pub(crate) fn finish(self) -> Result<()> {
        self.spool.map_or(Ok(()), Spool::finish)
    }

    /// A file's bytes, the same as at intake.
    fn read(&self, file: FileId) -> Result<Vec<u8>> {
        let Some(entry) = self.case.files.get(file.index()) else {
            return Err(Error::new(format!("没有第 {} 个文件", file.0), format!("there is no file {}", file.0)));
        };
        archive::read(&self.case.root, entry, &self.inner).map_err(|e| match e.kind() {
            ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => {
                Error::new(format!("运行期间文件被改动：{}", entry.path), format!("the file changed while it was being used: {}", entry.path))
                    .hint("等同步、杀毒或编辑软件处理完，再运行一次", "wait until sync, antivirus or editors are done with it, then run again")
            }
            _ => Error::io("读取原件", "read the original", &self.case.root.join(&entry.os_path), &e),
        })
    }

    fn pdf(&self, file: FileId) -> Result<Arc<Vec<u8>>> {
        if let Some((id, bytes)) = &*self.document.lock().unwrap_or_else(PoisonError::into_inner)
            && *id == file
        {
            return Ok(Arc::clone(bytes));
        }
        let bytes = Arc::new(self.read(file)?);
        *self.document.lock().unwrap_or_else(PoisonError::into_inner) = Some((file, Arc::clone(&bytes)));
        Ok(bytes)
    }

    /// Looks at the rows of the long screenshots among `files` before it is known how the document shows them.
    ///
    /// # Errors
    /// When a picture cannot be read any more.
    pub(crate) fn look_ahead(&mut self, files: impl Iterator<Item = FileId>, ctx: &Context) -> Result<()> {
        let long = files.filter(|f| self.info(*f).is_some_and(slices::is_long)).collect();
        self.long = self.rows(long, ctx)?;
        Ok(())
    }

    /// The rows of every long screenshot that the document shows.
    ///
    /// # Errors
    /// When a picture cannot be read any more.
    pub(crate) fn long_pictures(&self, document: &Document, ctx: &Context) -> Result<BTreeMap<FileId, Rows>> {
        let mut wanted: BTreeSet<FileId> = BTreeSet::new();
        for section in document.book.sections.iter().chain(&document.annex.sections) {
            figures(&section.blocks, &mut |f| {
                if f.content == FigureContent::Picture && !self.long.contains_key(&f.file) && self.info(f.file).is_some_and(slices::is_long) {
                    wanted.insert(f.file);
                }
            });
        }
        let mut rows = self.rows(wanted, ctx)?;
        rows.extend(self.long.iter().map(|(file, known)| (*file, known.clone())));
        Ok(rows)
    }

    fn rows(&self, wanted: BTreeSet<FileId>, ctx: &Context) -> Result<BTreeMap<FileId, Rows>> {
        let wanted: Vec<FileId> = wanted.into_iter().collect();
        let of = |i: usize| wanted.get(i).and_then(|file| Some((*file, self.info(*file)?)));
        // as many as there are threads
        let rooms: Mutex<Vec<Vec<u8>>> = Mutex::default();
        let look = |i: usize| {
            ctx.check_cancel()?;
            let Some((file, info)) = of(i) else { return Ok(None) };
            let bytes = self.read(file)?;
            let mut room = rooms.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let rows = Rows::of(&bytes, info, &mut room);
            rooms.lock().unwrap_or_else(PoisonError::into_inner).push(room);
            self.spool.as_ref().map_or(Ok(()), |s| s.keep(file, &bytes))?;
            Ok(Some((file, rows)))
        };
        let size = |i: usize| of(i).map_or(0, |(_, info)| info.width as usize * info.height as usize);
        let rows: Vec<Result<Option<(FileId, Rows)>>> = spread(&ctx.pool, wanted.len(), size, look);
        rows.into_iter().filter_map(Result::transpose).collect()
    }

    fn info(&self, file: FileId) -> Option<&PictureInfo> {
        match self.case.contents.get(file.index()).map(|r| &r.content) {
            Some(Content::Picture(info)) if info.can_show() => Some(info),
            _ => None,
        }
    }
}

fn figures<'b>(blocks: &'b [Block], found: &mut dyn FnMut(&'b Figure)) {
    for block in blocks {
        match block {
            Block::Figure(f) => found(f),
            Block::Gallery(list) => list.iter().for_each(&mut *found),
            Block::Together(inner) | Block::Quote { blocks: inner, .. } => figures(inner, found),
            Block::List { items, .. } => items.iter().for_each(|b| figures(b, found)),
            _ => {}
        }
    }
}

impl ImageSource for Originals<'_> {
    fn picture(&self, key: ImageKey) -> Result<PictureBytes> {
        match key {
            ImageKey::File(file) => {
                let waiting = self.spool.as_ref().map_or(Ok(None), |s| s.take(file))?;
                Ok(PictureBytes::File(waiting.map_or_else(|| self.read(file), Ok)?))
            }
            ImageKey::PdfPage(file, page) => {
                let bytes = self.pdf(file)?;
                // the pages of a TIFF stand like those of a PDF
                if self.info(file).is_some() {
                    let picture = media::decode::decode_page(&bytes, page as usize).map(|p| p.into_rgb8());
                    return Ok(match picture {
                        Some(p) => PictureBytes::Raster { width: p.width(), height: p.height(), rgb: p.into_raw() },
                        None => PictureBytes::Raster { width: 1, height: 1, rgb: Vec::new() },
                    });
                }
                Ok(match media::pdf::render_page(&bytes, page + 1, PAGE_DPI) {
                    Ok((width, height, rgb)) => PictureBytes::Raster { width, height, rgb },
                    // no pixels: the writer sets a crossed frame and names the file
                    Err(_) => PictureBytes::Raster { width: 1, height: 1, rgb: Vec::new() },
                })
            }
        }
    }

    fn size(&self, key: ImageKey) -> u64 {
        match key {
            ImageKey::File(file) => self.case.files.get(file.index()).map_or(0, |entry| entry.bytes),
            ImageKey::PdfPage(..) => A_PAGE,
        }
    }
}
