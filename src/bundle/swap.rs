//! Writing aside and swapping in whole: after a kill at any moment the output folder holds the old result or the new one.
//!
//! The new result grows in `OUT/.appealpack-new-<case-id>/` and takes the place of the old one ([`super::exchange`]). Files in the old folder that we did
//! not write (they are not in its list `.appealpack-files`, or were changed since) are carried over before ([`super::carry`]).

use super::carry::{self, list};
use super::exchange;
use super::format;
use super::lock::Lock;
use crate::digest;
use crate::error::{Error, Result};
use crate::model::match_sheet;
use crate::model::own_output::{self, Written};
use crate::patience;
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
    /// No rights, no space, another run at work on the same case, or on Windows a file of the old result that another program has open.
    pub fn begin(out: &Path, case_id: &str) -> Result<Staged> {
        let io = |path: &Path| {
            let path = path.to_path_buf();
            move |e: std::io::Error| Error::io("写入输出文件夹", "write to the output folder", &path, &e)
        };
        crate::error::folder_or_nothing(out)?;
        fs::create_dir_all(out).map_err(io(out))?;
        let lock = Lock::take(out, case_id)?;
        exchange::finish_journal(out, case_id)?;
        carry::ready(&out.join(case_id))?;
        let marker = out.join(MARKER);
        if !marker.exists() {
            fs::write(&marker, "appealpack writes here; the walk of a case skips this folder\n").map_err(io(&marker))?;
        }
        let folder = exchange::new_folder(out, case_id);
        if folder.exists() {
            patience::remove_folder(&folder).map_err(io(&folder))?;
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
            // on Windows and macOS Orders.csv lies in the place of orders.csv; what is carried over must not be written into ours
            let ours: BTreeSet<String> = made.iter().map(|p| format::one_file(p)).collect();
            let mut taken: BTreeSet<String> = present.iter().map(|p| format::one_file(p)).chain(ours.iter().cloned()).collect();
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
                let mut free = |p: &String| taken.insert(format::one_file(p));
                let in_our_place = ours.contains(&format::one_file(path));
                let to = if in_our_place { (2..).map(|n| format::numbered(path, n)).find(&mut free).unwrap_or_default() } else { path.clone() };
                carry::carry(&target.join(path), &self.folder.join(&to))?;
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
        exchange::exchange(&self.out, &self.folder, &target, &self.name)?;
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

/// Was a file of a result changed since we wrote it there? `folder` is the case's output folder; a file that its list does not name is not ours.
pub fn edited(folder: &Path, relative: &str) -> bool {
    let listed = own_output::lines(&fs::read_to_string(folder.join(FILES)).unwrap_or_default());
    listed.get(relative).is_none_or(|written| changed(&folder.join(relative), *written))
}

/// Was a file of ours changed since it was written? One that cannot be read counts as changed.
fn changed(path: &Path, written: Written) -> bool {
    let Some(mark) = written.mark else { return false };
    fs::metadata(path).map_or(true, |m| m.len() != mark.0) || marked(path).map_or(true, |now| now != mark)
}

impl Drop for Staged {
    fn drop(&mut self) {
        // where the swap broke off half-way, the next run puts the new result in place
        if !self.done && !exchange::journal(&self.out, &self.name).exists() {
            // an error is on its way already; a folder that stays is removed by the next run
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Asks the system to put a folder's entry on disk; where folders cannot be opened (Windows) the rename itself is durable enough.
pub(super) fn sync(folder: &Path) {
    if let Ok(handle) = fs::File::open(folder) {
        let _ = handle.sync_all();
    }
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
    fn a_swap_that_broke_off_keeps_the_new_result_for_the_next_run() {
        let dir = tempfile::tempdir().unwrap();
        let staged = Staged::begin(dir.path(), "case").unwrap();
        staged.write("x", b"new").unwrap();
        // as two renames leave it that can neither go on nor back
        fs::create_dir(dir.path().join(".appealpack-old-case")).unwrap();
        fs::write(dir.path().join(".appealpack-journal-case"), b"swap .appealpack-old-case\n").unwrap();
        drop(staged);
        drop(Staged::begin(dir.path(), "case").unwrap());
        assert_eq!(fs::read(dir.path().join("case/x")).unwrap(), b"new");
    }

    #[test]
    fn a_name_that_differs_from_ours_in_its_letters_alone_takes_no_place() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("case");
        fs::create_dir_all(target.join("Upload")).unwrap();
        fs::write(target.join("Upload/Orders.csv"), b"mine").unwrap();
        let run = Staged::begin(dir.path(), "case").unwrap();
        run.write("upload/orders.csv", b"ours").unwrap();
        let (_, moved) = run.commit(&[]).unwrap();
        assert_eq!(moved, [Moved { from: "Upload/Orders.csv".into(), to: "Upload/Orders~2.csv".into() }]);
        assert_eq!(fs::read(target.join("upload/orders.csv")).unwrap(), b"ours");
        assert_eq!(fs::read(target.join("Upload/Orders~2.csv")).unwrap(), b"mine");
    }
}
