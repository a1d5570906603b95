//! Writing aside and swapping in whole: after a kill at any moment the output folder holds the old result or the new one.
//!
//! The new result grows in `OUT/.appealpack-new-<case-id>/`. On Linux one `renameat2(RENAME_EXCHANGE)` puts it in the place of the old one. Where that
//! is not to be had, two renames do it, with a journal (`.appealpack-journal-<case-id>`) that the next run finishes. Files in the old folder that
//! we did not write (they are not in its list `.appealpack-files`, or were changed since) are carried over by hard link, else copy, before the swap.

use super::format;
use super::lock::Lock;
use crate::digest;
use crate::error::{Error, Result};
use crate::model::match_sheet;
use crate::model::own_output::{self, Written};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

pub use crate::model::own_output::{FILES, MARKER};

/// A file of the seller's own that lay in the place of one of ours: where it was in the case's output folder, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Path before, with `/`; ours lies there now.
    pub from: String,
    /// Path now.
    pub to: String,
}

/// A result being written aside.
#[derive(Debug)]
pub struct Staged {
    out: PathBuf,
    name: String,
    folder: PathBuf,
    done: bool,
    /// What the seller made and this run keeps: no file of ours.
    kept: Mutex<BTreeSet<String>>,
    /// Freed when the result is in place or given up.
    _lock: Lock,
}

impl Staged {
    /// Makes `out` and its marker, finishes what an interrupted run left, and opens an empty folder aside. Fails before any long work when `out` cannot be written.
    ///
    /// # Errors
    /// No rights, no space, or another run at work on the same case.
    pub fn begin(out: &Path, case_id: &str) -> Result<Staged> {
        let io = |path: &Path| {
            let path = path.to_path_buf();
            move |e: std::io::Error| Error::io("写入输出文件夹", "write to the output folder", &path, &e)
        };
        crate::error::folder_or_nothing(out)?;
        fs::create_dir_all(out).map_err(io(out))?;
        let lock = Lock::take(out, case_id)?;
        finish_journal(out, case_id)?;
        let marker = out.join(MARKER);
        if !marker.exists() {
            fs::write(&marker, "appealpack writes here; the walk of a case skips this folder\n").map_err(io(&marker))?;
        }
        let folder = out.join(format!(".appealpack-new-{case_id}"));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(io(&folder))?;
        }
        fs::create_dir(&folder).map_err(io(&folder))?;
        Ok(Staged { out: out.to_path_buf(), name: case_id.to_owned(), folder, done: false, kept: Mutex::default(), _lock: lock })
    }

    /// The folder to write into.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A sub-folder of it, made.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn sub(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        fs::create_dir_all(&path).map_err(|e| Error::io("新建文件夹", "make the folder", &path, &e))?;
        Ok(path)
    }

    /// Writes one file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, relative: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.folder.join(relative);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| Error::io("新建文件夹", "make the folder", parent, &e))?;
        }
        let mut file = fs::File::create(&path).map_err(|e| Error::io("写入", "write", &path, &e))?;
        file.write_all(bytes).map_err(|e| Error::io("写入", "write", &path, &e))?;
        Ok(path)
    }

    /// Keeps a file of the earlier result that the seller worked on and that this run replaces: under `stem`, numbered where that is taken. It counts as the
    /// seller's from then on, and later runs carry it over.
    ///
    /// # Errors
    /// It cannot be copied.
    pub fn keep(&self, file: &Path, stem: &str, ending: &str) -> Result<()> {
        let target = self.out.join(&self.name);
        let names = std::iter::once(format!("{stem}.{ending}")).chain((2..).map(|n| format!("{stem}-{n}.{ending}")));
        let Some(free) = names.into_iter().find(|name| !target.join(name).exists()) else { return Ok(()) };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(free.clone());
        let to = self.folder.join(free);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(|e| Error::io("新建文件夹", "make the folder", parent, &e))?;
        }
        fs::copy(file, &to).map_err(|e| Error::io("保留原有文件", "keep the file", file, &e))?;
        Ok(())
    }

    /// Swaps the new result in. `keep` names top-level parts of the old result that this run did not make and that stay (`check --out` writes only
    /// `private/` and keeps an earlier book); everything else that we wrote earlier goes. What we did not write stays, and so does what was changed since;
    /// where one of ours takes its place, it is moved, and told.
    ///
    /// # Errors
    /// When the folders cannot be exchanged (a file open in another program on Windows).
    pub fn commit(mut self, keep: &[&str]) -> Result<(PathBuf, Vec<Moved>)> {
        let target = self.out.join(&self.name);
        let mut made = BTreeSet::new();
        list(&self.folder, &self.folder, &mut made)?;
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        let mut lines: BTreeMap<String, Written> = BTreeMap::new();
        for path in &made {
            let written =
                if kept.contains(path) { Written { mark: None, kept: true } } else { Written { mark: Some(marked(&self.folder.join(path))?), kept: false } };
            lines.insert(path.clone(), written);
        }
        let mut moved = Vec::new();
        if target.exists() {
            let old = own_output::lines(&fs::read_to_string(target.join(FILES)).unwrap_or_default());
            let mut present = BTreeSet::new();
            list(&target, &target, &mut present)?;
            for path in present.iter().filter(|p| *p != FILES) {
                let before = old.get(path).copied();
                let stays = keep.iter().any(|k| path == k || path.strip_prefix(k).is_some_and(|r| r.starts_with('/')));
                let sellers = match before {
                    None | Some(Written { kept: true, .. }) => true,
                    // what is filled in there was followed, and stands in the new one
                    Some(_) if path == match_sheet::PATH => false,
                    Some(written) => changed(&target.join(path), written),
                };
                if !sellers && (!stays || made.contains(path)) {
                    continue;
                }
                let free = |p: &String| !made.contains(p) && !present.contains(p) && !lines.contains_key(p);
                let to = if made.contains(path) { (2..).map(|n| format::numbered(path, n)).find(free).unwrap_or_default() } else { path.clone() };
                carry(&target.join(path), &self.folder.join(&to))?;
                if to != *path {
                    // one of ours that was changed is no evidence under its new name either
                    if before.is_some() {
                        lines.insert(to.clone(), Written { mark: None, kept: true });
                    }
                    moved.push(Moved { from: path.clone(), to });
                } else if let Some(written) = before.filter(|w| stays || w.kept || sellers) {
                    lines.insert(path.clone(), if sellers && !stays { Written { mark: None, kept: true } } else { written });
                }
            }
        }
        let text: String = lines.iter().map(|(path, written)| own_output::line(path, *written)).collect();
        self.write(FILES, text.as_bytes())?;
        sync(&self.folder);
        exchange(&self.out, &self.folder, &target, &self.name)?;
        self.done = true;
        sync(&self.out);
        Ok((target, moved))
    }
}

/// So much of a file's beginning and end is looked at: in a PDF the end says where each object lies, in a zip it holds the checksum of each member.
const MARKED: u64 = 64 << 10;

/// Length, and CRC-32 of the beginning and the end: enough to see that somebody worked on a file, without reading a large result once more.
fn marked(path: &Path) -> Result<(u64, u32)> {
    let read = || -> std::io::Result<(u64, u32)> {
        let mut file = fs::File::open(path)?;
        let length = file.metadata()?.len();
        let mut bytes = Vec::new();
        std::io::Read::by_ref(&mut file).take(MARKED).read_to_end(&mut bytes)?;
        file.seek(SeekFrom::Start(length.saturating_sub(MARKED).max(bytes.len() as u64)))?;
        file.take(MARKED).read_to_end(&mut bytes)?;
        Ok((length, digest::of_bytes(&bytes).crc32))
    };
    read().map_err(|e| Error::io("读取", "read", path, &e))
}

/// Was a file of ours changed since it was written? One that cannot be read counts as changed.
/// Was a file of a result changed since we wrote it there? `folder` is the case's output folder; a file that its list does not name is not ours.
pub fn edited(folder: &Path, relative: &str) -> bool {
    let listed = own_output::lines(&fs::read_to_string(folder.join(FILES)).unwrap_or_default());
    listed.get(relative).is_none_or(|written| changed(&folder.join(relative), *written))
}

fn changed(path: &Path, written: Written) -> bool {
    let Some(mark) = written.mark else { return false };
    fs::metadata(path).map_or(true, |m| m.len() != mark.0) || marked(path).map_or(true, |now| now != mark)
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.done {
            // an error is on its way already; a folder that stays is removed by the next run
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn list(root: &Path, folder: &Path, into: &mut BTreeSet<String>) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(|e| Error::io("读取文件夹", "read the folder", folder, &e))?;
    for entry in entries {
        let path = entry.map_err(|e| Error::io("读取文件夹", "read the folder", folder, &e))?.path();
        let kind = fs::symlink_metadata(&path).map_err(|e| Error::io("读取", "read", &path, &e))?.file_type();
        if kind.is_dir() {
            list(root, &path, into)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            into.insert(relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"));
        }
    }
    Ok(())
}

fn carry(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(|e| Error::io("新建文件夹", "make the folder", parent, &e))?;
    }
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to).map_err(|e| Error::io("保留原有文件", "keep the file", from, &e))?;
        // its day tells of which build it is; where none can be set, the copy's own stays
        if let (Ok(made), Ok(copy)) = (fs::metadata(from).and_then(|m| m.modified()), fs::File::options().write(true).open(to)) {
            let _ = copy.set_modified(made);
        }
    }
    Ok(())
}

/// Asks the system to put a folder's entry on disk; where folders cannot be opened (Windows) the rename itself is durable enough.
fn sync(folder: &Path) {
    if let Ok(handle) = fs::File::open(folder) {
        let _ = handle.sync_all();
    }
}

#[cfg(target_os = "linux")]
fn exchange(out: &Path, new: &Path, target: &Path, name: &str) -> Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    if !target.exists() {
        return fs::rename(new, target).map_err(|e| Error::io("放置结果", "put the result in place", target, &e));
    }
    match renameat_with(CWD, new, CWD, target, RenameFlags::EXCHANGE) {
        Ok(()) => {
            // the new result is in place; an old one that cannot be removed is removed by the next run
            let _ = fs::remove_dir_all(new);
            Ok(())
        }
        Err(_) => two_renames(out, new, target, name),
    }
}

#[cfg(not(target_os = "linux"))]
fn exchange(out: &Path, new: &Path, target: &Path, name: &str) -> Result<()> {
    if !target.exists() {
        return fs::rename(new, target).map_err(|e| Error::io("放置结果", "put the result in place", target, &e));
    }
    two_renames(out, new, target, name)
}

fn two_renames(out: &Path, new: &Path, target: &Path, name: &str) -> Result<()> {
    let journal = out.join(format!(".appealpack-journal-{name}"));
    let old = out.join(format!(".appealpack-old-{name}"));
    let fail = |e: std::io::Error| {
        Error::io("替换旧结果", "replace the old result", target, &e).hint(
            "关闭正在打开该文件夹里文件的程序（PDF 阅读器、Excel、资源管理器预览）再运行一次；旧结果没有改动",
            "close the programs that have its files open (PDF reader, Excel) and run again; the old result is untouched",
        )
    };
    let in_between = |e: &std::io::Error| {
        Error::io("替换旧结果", "replace the old result", target, e).hint(
            format!("旧结果暂时在 {}；关闭正在打开这些文件的程序再运行一次", old.display()),
            format!("the old result is in {} for now; close the programs that have its files open and run again", old.display()),
        )
    };
    if old.exists() {
        fs::remove_dir_all(&old).map_err(fail)?;
    }
    fs::write(&journal, b"swap\n").map_err(fail)?;
    sync(out);
    if let Err(e) = fs::rename(target, &old) {
        let _ = fs::remove_file(&journal);
        return Err(fail(e));
    }
    if let Err(e) = fs::rename(new, target) {
        // with the journal left there the next run puts back what cannot be put back now
        fs::rename(&old, target).map_err(|_| in_between(&e))?;
        let _ = fs::remove_file(&journal);
        return Err(fail(e));
    }
    // the new result is in place; what stays behind is removed by the next run
    let _ = fs::remove_file(&journal);
    let _ = fs::remove_dir_all(&old);
    Ok(())
}

/// Finishes what two renames began before a kill: with the journal there and the target gone, the complete new folder goes in its place.
fn finish_journal(out: &Path, name: &str) -> Result<()> {
    let journal = out.join(format!(".appealpack-journal-{name}"));
    let old = out.join(format!(".appealpack-old-{name}"));
    let new = out.join(format!(".appealpack-new-{name}"));
    let target = out.join(name);
    let fail = |e: std::io::Error| Error::io("完成上次中断的替换", "finish the interrupted swap", &target, &e);
    if journal.exists() {
        if !target.exists() {
            if new.exists() {
                fs::rename(&new, &target).map_err(fail)?;
            } else if old.exists() {
                fs::rename(&old, &target).map_err(fail)?;
            }
        }
        fs::remove_file(&journal).map_err(fail)?;
    }
    if old.exists() && target.exists() {
        fs::remove_dir_all(&old).map_err(fail)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swaps_whole_and_carries_over_what_is_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        let one = Staged::begin(dir.path(), "case").unwrap();
        one.write("upload/a.pdf", b"1").unwrap();
        one.write("private/findings.html", b"1").unwrap();
        let (target, _) = one.commit(&[]).unwrap();
        fs::write(target.join("upload/mine.txt"), b"seller's own").unwrap();
        let two = Staged::begin(dir.path(), "case").unwrap();
        two.write("private/findings.html", b"2").unwrap();
        assert_eq!(fs::read(target.join("private/findings.html")).unwrap(), b"1", "old result until the swap");
        two.commit(&["upload", "bundle"]).unwrap();
        assert_eq!(fs::read(target.join("private/findings.html")).unwrap(), b"2");
        assert_eq!(fs::read(target.join("upload/a.pdf")).unwrap(), b"1", "kept part");
        assert_eq!(fs::read(target.join("upload/mine.txt")).unwrap(), b"seller's own");
        let three = Staged::begin(dir.path(), "case").unwrap();
        three.write("private/findings.html", b"3").unwrap();
        three.commit(&[]).unwrap();
        assert!(!target.join("upload/a.pdf").exists(), "ours and no longer made");
        assert_eq!(fs::read(target.join("upload/mine.txt")).unwrap(), b"seller's own");
    }

    #[test]
    fn what_the_seller_put_in_our_place_or_changed_is_moved_and_told() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("case");
        fs::create_dir_all(target.join("upload")).unwrap();
        fs::write(target.join("upload/orders.csv"), b"never ours").unwrap();
        let build = || {
            let run = Staged::begin(dir.path(), "case").unwrap();
            run.write("upload/orders.csv", b"ours").unwrap();
            run.commit(&[]).unwrap().1
        };
        let moved = |to: &str| vec![Moved { from: "upload/orders.csv".into(), to: to.into() }];
        assert_eq!(build(), moved("upload/orders~2.csv"));
        assert_eq!(build(), [], "ours as we wrote it is replaced");
        fs::write(target.join("upload/orders.csv"), b"mine").unwrap();
        assert_eq!(build(), moved("upload/orders~3.csv"), "as long as ours, and not ours");
        assert_eq!(build(), []);
        for (name, bytes) in [("orders.csv", &b"ours"[..]), ("orders~2.csv", b"never ours"), ("orders~3.csv", b"mine")] {
            assert_eq!(fs::read(target.join("upload").join(name)).unwrap(), bytes);
        }
        // a list of an earlier version holds paths alone
        fs::write(target.join(FILES), "upload/orders.csv\n").unwrap();
        assert_eq!(build(), []);
    }

    #[test]
    fn an_interrupted_pair_of_renames_is_finished_by_the_next_run() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path();
        fs::create_dir_all(out.join(".appealpack-old-case")).unwrap();
        fs::create_dir_all(out.join(".appealpack-new-case")).unwrap();
        fs::write(out.join(".appealpack-new-case/x"), b"new").unwrap();
        fs::write(out.join(".appealpack-journal-case"), b"swap\n").unwrap();
        let staged = Staged::begin(out, "case").unwrap();
        assert_eq!(fs::read(out.join("case/x")).unwrap(), b"new");
        assert!(!out.join(".appealpack-old-case").exists());
        drop(staged);
        assert!(!out.join(".appealpack-new-case").exists(), "a dropped run leaves nothing");
    }

    #[test]
    fn two_renames_do_it_without_exchange() {
        let dir = tempfile::tempdir().unwrap();
        let (new, target) = (dir.path().join("n"), dir.path().join("case"));
        fs::create_dir_all(&new).unwrap();
        fs::create_dir_all(&target).unwrap();
        fs::write(new.join("x"), b"new").unwrap();
        two_renames(dir.path(), &new, &target, "case").unwrap();
        assert_eq!(fs::read(target.join("x")).unwrap(), b"new");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
