//! What already lies in a case's output folder: listed, asked whether it can be replaced at all, and, where the seller made it, carried over to the new result.

use crate::error::{Error, Refusal, Result, refusal};
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes sure that Windows will let go of the folder's files once the new result is ready: renaming a folder fails while any file below is open, and links of
/// folders cannot be taken along. Other systems let us do both.
///
/// # Errors
/// Such a file or link, by name.
pub(super) fn ready(target: &Path) -> Result<()> {
    if !cfg!(windows) || !target.is_dir() {
        return Ok(());
    }
    let mut present = BTreeSet::new();
    list(target, target, &mut present)?;
    for path in present.iter().map(|p| target.join(p)) {
        if path.is_symlink() && path.is_dir() {
            return Err(linked(&path));
        }
        match OpenOptions::new().write(true).open(&path) {
            Err(e) if refusal(&e) == Some(Refusal::InUse) => return Err(Error::io("替换旧结果", "replace the old result", &path, &e)),
            // what is read-only goes with its folder all the same
            _ => {}
        }
    }
    Ok(())
}

/// Lists the files, and links, below a folder, relative to `root` and with `/`.
///
/// # Errors
/// A folder that cannot be read.
pub(super) fn list(root: &Path, folder: &Path, into: &mut BTreeSet<String>) -> Result<()> {
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

/// Takes a file over by hard link, else as a copy. Nothing that lies at `to` is written over.
///
/// # Errors
/// It cannot be read or written, `to` is there already, or it is a link to a folder where the system makes no second one.
pub(super) fn carry(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(|e| Error::io("新建文件夹", "make the folder", parent, &e))?;
    }
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    if from.is_symlink() && from.is_dir() {
        return Err(linked(from));
    }
    copy(from, to).map_err(|e| Error::io("保留原有文件", "keep the file", from, &e))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut original = File::open(from)?;
    let mut copy = OpenOptions::new().write(true).create_new(true).open(to)?;
    io::copy(&mut original, &mut copy)?;
    let about = original.metadata()?;
    // its day tells of which build it is; where none can be set, the copy's own stays
    if let Ok(made) = about.modified() {
        let _ = copy.set_modified(made);
    }
    fs::set_permissions(to, about.permissions())
}

fn linked(path: &Path) -> Error {
    let shown = path.display();
    Error::new(
        format!("结果文件夹里的 {shown} 是指向别的文件夹的链接，换上新结果时保留不了"),
        format!("{shown} in the result's folder is a link to another folder, which cannot be kept when the result is replaced"),
    )
    .hint(
        "把这个链接移到结果文件夹外面再运行；它指向的文件没有改动",
        "move the link out of the result's folder and run again; what it leads to was not touched",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let (mine, ours) = (dir.path().join("mine.csv"), dir.path().join("ours.csv"));
        fs::write(&mine, b"mine").unwrap();
        fs::write(&ours, b"ours").unwrap();
        assert!(carry(&mine, &ours).is_err());
        assert_eq!(fs::read(&ours).unwrap(), b"ours");
        // what becomes of a file where no hard link is to be had
        assert!(copy(&mine, &ours).is_err());
        copy(&mine, &dir.path().join("free.csv")).unwrap();
        let day = |name: &str| fs::metadata(dir.path().join(name)).unwrap().modified().unwrap();
        assert_eq!(day("free.csv"), day("mine.csv"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_is_kept_as_a_link() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("elsewhere")).unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(dir.path().join("elsewhere"), &link).unwrap();
        carry(&link, &dir.path().join("new/link")).unwrap();
        assert!(dir.path().join("new/link").is_symlink());
        let again = carry(&link, &dir.path().join("new/link")).unwrap_err();
        assert!(again.next_step(crate::model::Lang::En).contains("move the link out"), "no copy of what it leads to: {again}");
    }
}
