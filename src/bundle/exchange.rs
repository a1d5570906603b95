//! Putting a finished result in the place of the old one. On Linux one `renameat2(RENAME_EXCHANGE)` does it; elsewhere two renames, with a journal
//! (`.appealpack-journal-<case-id>`) that the next run finishes. Case ids hold no `~`, so that names with one cannot be another case's.

use super::swap::sync;
use crate::error::{Error, Result};
use crate::patience::rename;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder in which a result grows.
pub(super) fn new_folder(out: &Path, name: &str) -> PathBuf {
    out.join(format!(".appealpack-new-{name}"))
}

/// There while two renames are under way: what it names is the old result, and the new one is complete.
pub(super) fn journal(out: &Path, name: &str) -> PathBuf {
    out.join(format!(".appealpack-journal-{name}"))
}

fn old_name(name: &str, n: u32) -> String {
    if n == 1 { format!(".appealpack-old-{name}") } else { format!(".appealpack-old-{name}~{n}") }
}

/// Puts `new` in the place of `target`, which may be there.
///
/// # Errors
/// The system refuses: on Windows while any file of the old result is open.
#[cfg(target_os = "linux")]
pub(super) fn exchange(out: &Path, new: &Path, target: &Path, name: &str) -> Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    if !target.exists() {
        return placed(new, target);
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

/// Puts `new` in the place of `target`, which may be there.
///
/// # Errors
/// The system refuses: on Windows while any file of the old result is open.
#[cfg(not(target_os = "linux"))]
pub(super) fn exchange(out: &Path, new: &Path, target: &Path, name: &str) -> Result<()> {
    if !target.exists() {
        return placed(new, target);
    }
    two_renames(out, new, target, name)
}

fn placed(new: &Path, target: &Path) -> Result<()> {
    rename(new, target).map_err(|e| Error::io("放置结果", "put the result in place", target, &e))
}

fn two_renames(out: &Path, new: &Path, target: &Path, name: &str) -> Result<()> {
    let journal = journal(out, name);
    let fail = |e: io::Error| {
        Error::io("替换旧结果", "replace the old result", target, &e).hint(
            "关闭正在打开该文件夹里文件的程序（PDF 阅读器、Excel、WPS、资源管理器预览），命令行窗口如果 cd 进了该文件夹就先退出来，再运行一次；旧结果没有改动",
            "close the programs that have its files open (PDF reader, Excel, WPS, Explorer's preview), leave the folder in any terminal that stands in it, and run again; the old result is untouched",
        )
    };
    // one of an earlier run that cannot be removed is in nobody's way
    let free = (1..).map(|n| old_name(name, n)).find(|old| !out.join(old).exists() || fs::remove_dir_all(out.join(old)).is_ok());
    let old_name = free.unwrap_or_else(|| old_name(name, 1));
    let old = out.join(&old_name);
    let in_between = |e: &io::Error| {
        Error::io("替换旧结果", "replace the old result", target, e).hint(
            format!("旧结果暂时在 {}，新结果已经做好；关闭正在打开这些文件的程序再运行一次", old.display()),
            format!("the old result is in {} for now, and the new one is complete; close the programs that have its files open and run again", old.display()),
        )
    };
    fs::write(&journal, format!("swap {old_name}\n")).map_err(fail)?;
    sync(out);
    if let Err(e) = rename(target, &old) {
        let _ = fs::remove_file(&journal);
        return Err(fail(e));
    }
    if let Err(e) = rename(new, target) {
        // with the journal left there the next run puts back what cannot be put back now
        rename(&old, target).map_err(|_| in_between(&e))?;
        let _ = fs::remove_file(&journal);
        return Err(fail(e));
    }
    // the new result is in place; what stays behind is removed by the next run
    let _ = fs::remove_file(&journal);
    let _ = fs::remove_dir_all(&old);
    Ok(())
}

/// Finishes what two renames began before a kill: with the journal there and the target gone, the complete new folder goes in its place. Old results that an
/// earlier run could not remove are tried again.
///
/// # Errors
/// The system refuses still.
pub(super) fn finish_journal(out: &Path, name: &str) -> Result<()> {
    let (journal, new, target) = (journal(out, name), new_folder(out, name), out.join(name));
    let fail = |e: io::Error| Error::io("完成上次中断的替换", "finish the interrupted swap", &target, &e);
    if journal.exists() {
        if !target.exists() {
            let text = fs::read_to_string(&journal).unwrap_or_default();
            // earlier versions wrote no name
            let old = text.trim().strip_prefix("swap ").map_or_else(|| old_name(name, 1), str::to_owned);
            let old = Some(old).filter(|old| old.starts_with(&old_name(name, 1)) && !old.contains(['/', '\\'])).map(|old| out.join(old));
            if new.exists() {
                rename(&new, &target).map_err(fail)?;
            } else if let Some(old) = old.filter(|old| old.exists()) {
                rename(&old, &target).map_err(fail)?;
            }
        }
        fs::remove_file(&journal).map_err(fail)?;
    }
    if target.exists() {
        let left = |n: &u32| out.join(old_name(name, *n)).exists();
        for n in (1..).take_while(left) {
            let _ = fs::remove_dir_all(out.join(old_name(name, n)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(path: &Path, x: &[u8]) {
        fs::create_dir_all(path).unwrap();
        fs::write(path.join("x"), x).unwrap();
    }

    #[test]
    fn two_renames_do_it_without_exchange() {
        let dir = tempfile::tempdir().unwrap();
        let (new, target) = (dir.path().join("n"), dir.path().join("case"));
        folder(&new, b"new");
        folder(&target, b"old");
        two_renames(dir.path(), &new, &target, "case").unwrap();
        assert_eq!(fs::read(target.join("x")).unwrap(), b"new");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_old_result_that_cannot_be_removed_is_in_nobodys_way() {
        let dir = tempfile::tempdir().unwrap();
        let (new, target) = (dir.path().join("n"), dir.path().join("case"));
        folder(&new, b"new");
        folder(&target, b"old");
        // no folder, so that it is not removed as one
        fs::write(dir.path().join(".appealpack-old-case"), b"stuck").unwrap();
        finish_journal(dir.path(), "case").unwrap();
        two_renames(dir.path(), &new, &target, "case").unwrap();
        assert_eq!(fs::read(target.join("x")).unwrap(), b"new");
        assert!(!dir.path().join(".appealpack-old-case~2").exists());
    }

    #[test]
    fn the_journal_names_the_old_result() {
        let dir = tempfile::tempdir().unwrap();
        folder(&dir.path().join(".appealpack-old-case"), b"of an earlier run");
        folder(&dir.path().join(".appealpack-old-case~2"), b"old");
        fs::write(journal(dir.path(), "case"), b"swap .appealpack-old-case~2\n").unwrap();
        finish_journal(dir.path(), "case").unwrap();
        assert_eq!(fs::read(dir.path().join("case/x")).unwrap(), b"old");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "the rest is removed");
    }
}
