//! One zip file with fixed times, digests of each entry taken while it is written.

use crate::archive::{self, Inner};
use crate::digest::{self, Digests};
use crate::error::{Error, Result};
use crate::model::file::FileEntry;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// A zip being written.
pub struct Writer {
    /// Stands before the zip, so that it goes first.
    given_up: GivenUp,
    zip: ZipWriter<Sink>,
    /// The same file, to have the disk take what was written so far.
    twin: File,
    path: PathBuf,
}

impl Writer {
    /// Makes the file.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: &Path) -> Result<Writer> {
        let file = File::create(path).map_err(|e| Error::io("写入", "write", path, &e))?;
        let twin = file.try_clone().map_err(|e| Error::io("写入", "write", path, &e))?;
        let given_up = GivenUp(Arc::default());
        let sink = Sink { file: BufWriter::with_capacity(256 * 1024, file), given_up: Arc::clone(&given_up.0) };
        Ok(Writer { given_up, zip: ZipWriter::new(sink), twin, path: path.to_path_buf() })
    }

    /// Has the disk take what was written so far, so that less is left to wait for at the end.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sync_so_far(&self) -> Result<()> {
        self.twin.sync_data().map_err(|e| Error::io("写入压缩包", "write the zip", &self.path, &e))
    }

    /// Adds an entry made in memory.
    ///
    /// # Errors
    /// Writing fails.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<Digests> {
        let fail = self.start(name, bytes.len() as u64)?;
        self.zip.write_all(bytes).map_err(fail)?;
        Ok(digest::of_bytes(bytes))
    }

    /// Adds an original of the case (a member of an archive as a file of its own), read again and compared with what intake saw.
    ///
    /// # Errors
    /// The file changed since, or cannot be read.
    pub fn add_original(&mut self, name: &str, root: &Path, entry: &FileEntry, inner: &Inner) -> Result<Digests> {
        let known = Digests { bytes: entry.bytes, sha256: entry.sha256, crc32: entry.crc32 };
        let path = root.join(&entry.os_path);
        let file = archive::open(&path, &entry.member, inner).map_err(|e| Error::io("读取", "read", &path, &e))?;
        let fail = self.start(name, known.bytes)?;
        let passed = digest::copy_checked(file, &mut self.zip);
        same(passed, known, &entry.path, fail)
    }

    /// Adds a file whose digests were taken when it was written. Length and CRC-32 must still be the same; `shown` names it if not. Reads ahead on `pool`.
    ///
    /// # Errors
    /// The file changed since, or cannot be read.
    pub fn add_known(&mut self, name: &str, path: &Path, known: Digests, shown: &str, pool: &rayon::ThreadPool) -> Result<Digests> {
        let file = File::open(path).map_err(|e| Error::io("读取", "read", path, &e))?;
        let fail = self.start(name, known.bytes)?;
        let passed = pool.install(|| digest::copy_checked_ahead(file, &mut self.zip));
        same(passed, known, shown, fail)
    }

    /// Begins an entry: text is deflated, what is compressed already is stored. Gives the error of what is written into it.
    fn start(&mut self, name: &str, bytes: u64) -> Result<impl Fn(std::io::Error) -> Error + use<>> {
        let lower = name.to_ascii_lowercase();
        let text = [".txt", ".csv", ".json", ".xml", ".html", ".md", ".toml"].iter().any(|e| lower.ends_with(e));
        let options = SimpleFileOptions::default()
            .compression_method(if text { CompressionMethod::Deflated } else { CompressionMethod::Stored })
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            // else the entry would name the system that this runs on
            .system(System::Unix)
            .large_file(bytes >= u64::from(u32::MAX) - 1024);
        let path = self.path.clone();
        let fail = move |e: std::io::Error| Error::io("写入压缩包", "write the zip", &path, &e);
        self.zip.start_file(name, options).map_err(|e| fail(e.into()))?;
        Ok(fail)
    }

    /// Gives the zip up and removes it.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn discard(self) -> Result<()> {
        let path = self.path.clone();
        // an open file cannot be removed everywhere
        drop(self);
        std::fs::remove_file(&path).map_err(|e| Error::io("删除", "remove", &path, &e))
    }

    /// Ends the zip.
    ///
    /// # Errors
    /// Writing fails.
    pub fn finish(self) -> Result<Unsynced> {
        let Writer { given_up, zip, path, .. } = self;
        let fail = |e: std::io::Error| Error::io("写入压缩包", "write the zip", &path, &e);
        let sink = zip.finish().map_err(|e| fail(e.into()))?;
        let file = sink.file.into_inner().map_err(|e| fail(e.into_error()))?;
        drop(given_up);
        Ok(Unsynced { file, path })
    }
}

/// Tells the sink that the zip is not wanted any more.
struct GivenUp(Arc<AtomicBool>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The file behind the zip. An unfinished zip that is dropped still writes its end, and prints what goes wrong in its own words; once it is given up, nothing
/// goes wrong any more: it will be removed, and what did go wrong was told.
struct Sink {
    file: BufWriter<File>,
    given_up: Arc<AtomicBool>,
}

impl Sink {
    fn or<T>(&self, result: io::Result<T>, done: T) -> io::Result<T> {
        if self.given_up.load(Ordering::Relaxed) { Ok(result.unwrap_or(done)) } else { result }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        self.or(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        self.or(flushed, ())
    }
}

impl Seek for Sink {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let sought = self.file.seek(to);
        // what could not be written is not kept for another try
        let place = if sought.is_err() { self.file.get_mut().seek(to).unwrap_or(0) } else { 0 };
        self.or(sought, place)
    }
}

/// Length and CRC-32 that passed, compared with those known; `fail` names an error of the disk.
fn same(passed: std::io::Result<(u64, u32)>, known: Digests, shown: &str, fail: impl Fn(std::io::Error) -> Error) -> Result<Digests> {
    match passed {
        Ok(passed) if passed == (known.bytes, known.crc32) => Ok(known),
        // an archive that was replaced gives data that does not inflate
        Err(e) if !matches!(e.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof) => Err(fail(e)),
        _ => Err(changed(shown)),
    }
}

/// A zip that is whole for every reader, but perhaps not yet on the disk.
#[must_use = "a power cut would lose it"]
pub struct Unsynced {
    file: File,
    path: PathBuf,
}

impl Unsynced {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until the disk has it.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sync(self) -> Result<()> {
        self.file.sync_all().map_err(|e| Error::io("写入压缩包", "write the zip", &self.path, &e))
    }
}

/// The error for a file that is no longer what intake read.
pub fn changed(path: &str) -> Error {
    Error::new(format!("文件在处理过程中被改动：{path}"), format!("the file changed while it was being processed: {path}")).hint(
        "等同步或保存结束、关闭打开它的程序，再运行一次；没有写出任何结果",
        "wait until syncing or saving is done, close the program that has it open, and run again; nothing was written",
    )
}
