//! Pictures that were read to be looked at and are needed once more for painting wait in a file of the unfinished result, not in memory: each original
//! is read from the case no more often than it must be, and memory does not grow with the case. In: bytes by file. Out: the same bytes, once.

use crate::error::{Error, Result};
use crate::model::source::FileId;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The waiting room. It lies in the folder that is written aside, which vanishes with a run that fails.
#[derive(Debug)]
pub(crate) struct Spool {
    path: PathBuf,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Made when the first bytes come.
    file: Option<File>,
    length: u64,
    /// Where each begins and how long it is.
    places: BTreeMap<FileId, (u64, u64)>,
}

impl Spool {
    /// One that will lie in `folder`.
    pub(crate) fn new(folder: &Path) -> Self {
        Spool { path: folder.join(".waiting"), waiting: Mutex::default() }
    }

    /// Puts bytes away.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn keep(&self, id: FileId, bytes: &[u8]) -> Result<()> {
        self.append(id, bytes).map_err(|e| Error::io("暂存", "set aside", &self.path, &e))
    }

    fn append(&self, id: FileId, bytes: &[u8]) -> io::Result<()> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let at = waiting.length;
        let file = match &mut waiting.file {
            Some(file) => file,
            none => none.insert(OpenOptions::new().read(true).write(true).create_new(true).open(&self.path)?),
        };
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)?;
        waiting.length += bytes.len() as u64;
        waiting.places.insert(id, (at, bytes.len() as u64));
        Ok(())
    }

    /// Bytes that were put away; the second time there are none.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(crate) fn take(&self, id: FileId) -> Result<Option<Vec<u8>>> {
        self.fetch(id).map_err(|e| Error::io("读取暂存", "read what was set aside", &self.path, &e))
    }

    fn fetch(&self, id: FileId) -> io::Result<Option<Vec<u8>>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((at, length)) = waiting.places.remove(&id) else { return Ok(None) };
        let Some(file) = &mut waiting.file else { return Ok(None) };
        file.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        file.take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(bytes))
    }

    /// Removes the file.
    ///
    /// # Errors
    /// When it cannot be removed: it must not stay in what is handed in.
    pub(crate) fn finish(self) -> Result<()> {
        // an open file cannot be removed everywhere
        if self.waiting.into_inner().unwrap_or_else(PoisonError::into_inner).file.take().is_some() {
            fs::remove_file(&self.path).map_err(|e| Error::io("删除暂存", "remove what was set aside", &self.path, &e))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_once_and_nothing_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = Spool::new(folder.path());
        assert!(fs::read_dir(folder.path()).expect("lists").next().is_none(), "no file before there is something to keep");
        spool.keep(FileId(3), b"three").expect("keeps");
        spool.keep(FileId(1), b"").expect("keeps");
        spool.keep(FileId(2), &[7; 100_000]).expect("keeps");
        assert_eq!(spool.take(FileId(2)).expect("reads"), Some(vec![7; 100_000]));
        assert_eq!(spool.take(FileId(2)).expect("reads"), None);
        assert_eq!(spool.take(FileId(3)).expect("reads").as_deref(), Some(&b"three"[..]));
        assert_eq!(spool.take(FileId(1)).expect("reads"), Some(Vec::new()));
        assert_eq!(spool.take(FileId(9)).expect("reads"), None);
        spool.finish().expect("removes");
        assert!(fs::read_dir(folder.path()).expect("lists").next().is_none());
    }
}
