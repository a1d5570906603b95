//! Putting files and folders in place where another program may hold them for a moment: on Windows a virus scanner or a cloud drive opens whatever is new,
//! and what is open can be neither renamed nor removed.

use crate::error::{Refusal, refusal};
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(200);
/// So often it is tried: for about five seconds.
const TRIES: u32 = 25;

/// Renames a file or a folder; on Windows it is tried again until it is done or five seconds are over.
///
/// # Errors
/// The system's last refusal.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    again(TRIES, PAUSE, passes, || fs::rename(from, to))
}

/// Removes a folder with all that is in it, as [`rename`] renames one.
///
/// # Errors
/// The system's last refusal.
pub(crate) fn remove_folder(folder: &Path) -> io::Result<()> {
    again(TRIES, PAUSE, passes, || fs::remove_dir_all(folder))
}

/// May an error be gone in a moment.
fn passes(error: &io::Error) -> bool {
    cfg!(windows) && (error.kind() == io::ErrorKind::PermissionDenied || refusal(error) == Some(Refusal::InUse))
}

fn again(tries: u32, pause: Duration, passes: impl Fn(&io::Error) -> bool, mut work: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    for _ in 1..tries {
        match work() {
            Err(e) if passes(&e) => std::thread::sleep(pause),
            done => return done,
        }
    }
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_waited_for_and_what_does_not_is_told_at_once() {
        let busy = || io::Error::from(io::ErrorKind::PermissionDenied);
        let passes = |e: &io::Error| e.kind() == io::ErrorKind::PermissionDenied;
        let run = |good_from: u32, error: fn() -> io::Error| {
            let mut calls = 0;
            let done = again(4, Duration::ZERO, passes, || {
                calls += 1;
                if calls >= good_from { Ok(()) } else { Err(error()) }
            });
            (done.is_ok(), calls)
        };
        assert_eq!(run(3, busy), (true, 3));
        assert_eq!(run(9, busy), (false, 4));
        assert_eq!(run(3, || io::ErrorKind::NotFound.into()), (false, 1));
    }
}
