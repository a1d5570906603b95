//! Pictures opened once more to be compared: from far, where slips of one courier are told apart, then whole. The last few are kept: slips are compared each
//! with each.

use crate::archive::{self, Inner};
use crate::assess::view::View;
use crate::media::pixels::cache::PixelCache;
use crate::media::pixels::{Comparable, Far, Mapping, Source};
use crate::model::record::Content;
use crate::model::source::FileId;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of pictures that are kept, all threads together.
const KEPT: usize = 32 << 20;

/// Opens pictures of a case.
pub(super) struct Opened<'v> {
    view: &'v View<'v>,
    pixels: &'v PixelCache,
    /// The one asked for last stands last.
    kept: Mutex<VecDeque<(FileId, Arc<Comparable>)>>,
}

impl<'v> Opened<'v> {
    /// None is opened yet.
    pub fn new(view: &'v View<'v>, pixels: &'v PixelCache) -> Self {
        Opened { view, pixels, kept: Mutex::default() }
    }

    /// Does one picture show what lies within the other. `None`: one of them cannot be read any more, or is not what intake saw.
    pub fn is_part_of(&self, smaller: FileId, larger: FileId, mapping: Mapping) -> Option<bool> {
        let sha256 = |file| self.view.case.file(file).sha256;
        self.pixels.is_part_of(sha256(smaller), sha256(larger), mapping, || {
            // what is told apart from far never needs to be opened whole
            if let (Some(ours), Some(theirs)) = (self.far(smaller)?, self.far(larger)?)
                && ours.apart(&theirs, mapping)
            {
                return Some(false);
            }
            Some(self.whole(smaller)?.is_part_of(&*self.whole(larger)?, mapping))
        })
    }

    /// `None`: it cannot be read any more; `Some(None)`: it is not to be seen from far.
    fn far(&self, file: FileId) -> Option<Option<Arc<Far>>> {
        let Content::Picture(info) = &self.view.case.content(file).content else { return None };
        if !Far::suits(info.shown_size()) {
            return Some(None);
        }
        let sha256 = self.view.case.file(file).sha256;
        if let Some(far) = self.pixels.far(sha256) {
            return Some(Some(far));
        }
        let (bytes, orientation) = self.bytes(file)?;
        let far = Far::read(Source { bytes: &bytes, orientation, photograph: info.is_photograph() }).map(Arc::new);
        if let Some(far) = &far {
            self.pixels.keep_far(sha256, far);
        }
        Some(far)
    }

    fn whole(&self, file: FileId) -> Option<Arc<Comparable>> {
        let known = self.take(file);
        let picture = match known {
            Some(picture) => picture,
            None => {
                let (bytes, orientation) = self.bytes(file)?;
                Arc::new(Comparable::read(&bytes, orientation)?)
            }
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((file, Arc::clone(&picture)));
        let mut bytes: usize = kept.iter().map(|(_, picture)| picture.bytes()).sum();
        while bytes > KEPT {
            let Some((_, oldest)) = kept.pop_front() else { break };
            bytes -= oldest.bytes();
        }
        Some(picture)
    }

    fn take(&self, file: FileId) -> Option<Arc<Comparable>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(id, _)| *id == file)?;
        kept.remove(at).map(|(_, picture)| picture)
    }

    /// A picture's bytes, the same as at intake, and its EXIF orientation.
    fn bytes(&self, file: FileId) -> Option<(Vec<u8>, u8)> {
        let Content::Picture(info) = &self.view.case.content(file).content else { return None };
        let entry = self.view.case.file(file);
        let bytes = archive::read(&self.view.case.root, entry, &Inner::default()).ok()?;
        (bytes.len() as u64 == entry.bytes && crc32fast::hash(&bytes) == entry.crc32).then_some((bytes, info.orientation))
    }
}
