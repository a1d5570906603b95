//! One run at a time on one case's output. The operating system holds the lock, so it ends with the process that took it, however that ends: there is
//! no stale lock to delete by hand.

use crate::error::{Error, Result};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Held while a result is being written.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

/// A file removed by its last holder between our opening and locking it is made again; so often does not happen by chance.
const TRIES: usize = 20;

impl Lock {
    /// Takes the lock of `case_id` in `out`.
    ///
    /// # Errors
    /// Another run holds it, or the file cannot be made.
    pub(super) fn take(out: &Path, case_id: &str) -> Result<Lock> {
        let path = out.join(format!(".appealpack-lock-{case_id}"));
        for _ in 0..TRIES {
            let file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
                .map_err(|e| Error::io("写入输出文件夹", "write to the output folder", &path, &e))?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => return Ok(Lock { file, path }),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let target = out.join(case_id);
                    return Err(Error::new(
                        format!("另一个 appealpack 正在写这个案件的结果：{}", target.display()),
                        format!("another appealpack is writing the result of this case: {}", target.display()),
                    )
                    .hint(
                        "等它做完再运行，或用 --out 换一个输出文件夹；没有改动任何文件",
                        "wait until it is done, or name another folder with --out; nothing was changed",
                    ));
                }
                // a file system without locks (some network drives): better no guard than no result
                Err(TryLockError::Error(_)) => return Ok(Lock { file, path }),
            }
        }
        Err(Error::new(format!("无法锁定 {}", path.display()), format!("could not lock {}", path.display())).hint("再运行一次", "run again"))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // removed while still held, so that whoever opens the name next makes a new file; `is_at` catches one who opened it before
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// Is the open file still the one at `path`?
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Elsewhere an open file keeps its name until it is closed.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lang;

    #[test]
    fn the_second_is_told_and_the_next_gets_in() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::take(dir.path(), "case").unwrap();
        let refused = Lock::take(dir.path(), "case").unwrap_err();
        assert!(refused.message(Lang::ZhCn).contains("另一个 appealpack 正在写"), "{}", refused.message(Lang::ZhCn));
        Lock::take(dir.path(), "other").unwrap();
        drop(first);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing stays");
        // a file left by a killed run does not lock
        fs::write(dir.path().join(".appealpack-lock-case"), b"").unwrap();
        Lock::take(dir.path(), "case").unwrap();
    }
}
