//! Pictures opened once more to be compared. The last few are kept: slips of one courier are compared each with each.

use crate::archive::{self, Inner};
use crate::assess::view::View;
use crate::media::pixels::Comparable;
use crate::model::record::Content;
use crate::model::source::FileId;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of pictures that are kept, all threads together.
const KEPT: usize = 32 << 20;

/// Opens pictures of a case.
pub(super) struct Opened<'v> {
    view: &'v View<'v>,
    /// The one asked for last stands last.
    kept: Mutex<VecDeque<(FileId, Arc<Comparable>)>>,
}

impl<'v> Opened<'v> {
    /// None is opened yet.
    pub fn new(view: &'v View<'v>) -> Self {
        Opened { view, kept: Mutex::default() }
    }

    /// A picture. `None`: it cannot be read any more, or is not what intake saw.
    pub fn get(&self, file: FileId) -> Option<Arc<Comparable>> {
        let known = self.take(file);
        let picture = match known {
            Some(picture) => picture,
            None => Arc::new(self.open(file)?),
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

    fn open(&self, file: FileId) -> Option<Comparable> {
        let Content::Picture(info) = &self.view.case.content(file).content else { return None };
        let entry = self.view.case.file(file);
        let bytes = archive::read(&self.view.case.root, entry, &Inner::default()).ok()?;
        if bytes.len() as u64 != entry.bytes || crc32fast::hash(&bytes) != entry.crc32 {
            return None;
        }
        Comparable::read(&bytes, info.orientation)
    }
}
