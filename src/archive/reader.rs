//! The bytes of a case's file, whether it lies on the disk or in an archive. A member of a zip on the disk is read from its place, without the directory;
//! only a packed archive inside an archive must be inflated for its members, and is then kept for the next of them.

use crate::model::file::{FileEntry, MemberStep};
use flate2::read::DeflateDecoder;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Inner archives that are kept, so that a page that shows members of a few of them does not inflate them again and again.
const KEPT: usize = 3;

/// Where an inner archive lies: the file on the disk and the steps to it.
type Place = (PathBuf, Vec<MemberStep>);

/// Inner archives that were inflated last. One is made for a stage and shared by its threads.
#[derive(Debug, Default)]
pub struct Inner(Mutex<Vec<(Place, Arc<Vec<u8>>)>>);

impl Inner {
    fn get(&self, path: &Path, steps: &[MemberStep]) -> Option<Arc<Vec<u8>>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|((p, s), _)| p == path && s == steps)?;
        let found = kept.remove(at);
        let bytes = Arc::clone(&found.1);
        kept.push(found);
        Some(bytes)
    }

    fn put(&self, path: &Path, steps: &[MemberStep], bytes: &Arc<Vec<u8>>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push(((path.to_path_buf(), steps.to_vec()), Arc::clone(bytes)));
    }
}

/// Bytes that can be read at a position: a file of the disk, or an inflated archive.
trait At: Read + Seek + Send {}
impl<T: Read + Seek + Send> At for T {}

#[derive(Clone)]
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Opens the bytes behind `steps` in the file at `path` (no step: the file itself). The reader ends one byte after the length that the archive states, so
/// that a member which is longer than it says is noticed and costs nothing.
///
/// # Errors
/// What the system reports; data that does not inflate.
pub fn open(path: &Path, steps: &[MemberStep], inner: &Inner) -> io::Result<Box<dyn Read + Send>> {
    let Some((last, outer)) = steps.split_last() else { return Ok(Box::new(File::open(path)?)) };
    let (mut source, base) = container(path, outer, inner)?;
    source.seek(SeekFrom::Start(base.saturating_add(last.at)))?;
    Ok(unpacked(source, last))
}

/// The bytes behind `steps` (no step: the file itself) for [`super::list`]: an archive, wherever it lies.
///
/// # Errors
/// As [`open`].
pub fn source(path: &Path, steps: &[MemberStep], inner: &Inner) -> io::Result<impl Read + Seek + use<>> {
    let (source, start) = container(path, steps, inner)?;
    let length = steps.last().filter(|s| !s.deflated).map_or(u64::MAX, |s| s.packed);
    Ok(Window { source, start, length, at: 0 })
}

/// Part of a source as if it were a file of its own.
struct Window {
    source: Box<dyn At>,
    start: u64,
    length: u64,
    at: u64,
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(self.at)).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..left).filter(|b| !b.is_empty()) else { return Ok(0) };
        self.source.seek(SeekFrom::Start(self.start.saturating_add(self.at)))?;
        let read = self.source.read(buffer)?;
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let wanted = match to {
            SeekFrom::Start(n) => Some(n),
            SeekFrom::Current(n) => self.at.checked_add_signed(n),
            SeekFrom::End(n) => {
                let end = if self.length == u64::MAX { self.source.seek(SeekFrom::End(0))?.saturating_sub(self.start) } else { self.length };
                end.checked_add_signed(n)
            }
        };
        self.at = wanted.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// Reads an entry whole and compares length and CRC-32 with what intake saw.
///
/// # Errors
/// What the system reports; [`io::ErrorKind::InvalidData`] when the bytes are no longer the same.
pub fn read(root: &Path, entry: &FileEntry, inner: &Inner) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(entry.bytes).unwrap_or(0).min(256 << 20).saturating_add(1));
    open(&root.join(&entry.os_path), &entry.member, inner)?.take(entry.bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != entry.bytes || crc32fast::hash(&bytes) != entry.crc32 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "other bytes than at first"));
    }
    Ok(bytes)
}

/// The first bytes of a member, at most `count`; fewer when it is shorter or does not inflate.
pub fn head(path: &Path, steps: &[MemberStep], count: usize, inner: &Inner) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(count);
    if let Ok(reader) = open(path, steps, inner) {
        // a member that breaks off gives what there is
        let _ = reader.take(count as u64).read_to_end(&mut bytes);
    }
    bytes
}

/// The archive that `steps` lead to, and the position of its first byte there: an archive that is merely stored in another needs no copy.
fn container(path: &Path, steps: &[MemberStep], inner: &Inner) -> io::Result<(Box<dyn At>, u64)> {
    let mut source: Box<dyn At> = Box::new(File::open(path)?);
    let mut base = 0_u64;
    for (n, step) in steps.iter().enumerate() {
        if !step.deflated {
            base = base.saturating_add(step.at);
            continue;
        }
        let way = steps.get(..=n).unwrap_or_default();
        let bytes = match inner.get(path, way) {
            Some(bytes) => bytes,
            None => {
                source.seek(SeekFrom::Start(base.saturating_add(step.at)))?;
                let mut bytes = Vec::new();
                unpacked(source, step).take(step.bytes).read_to_end(&mut bytes)?;
                let bytes = Arc::new(bytes);
                inner.put(path, way, &bytes);
                bytes
            }
        };
        source = Box::new(Cursor::new(Shared(bytes)));
        base = 0;
    }
    Ok((source, base))
}

fn unpacked(source: Box<dyn At>, step: &MemberStep) -> Box<dyn Read + Send> {
    let packed = source.take(step.packed);
    if step.deflated { Box::new(DeflateDecoder::new(packed).take(step.bytes.saturating_add(1))) } else { Box::new(packed) }
}
