//! What a run is given from outside: clock, language, threads, progress, cancel, profile. Nothing below `cli/` asks the machine for these.

use crate::model::{Lang, Time};
use crate::profile::Profile;
use same_file::Handle;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Told of progress; the command line draws bars from it.
pub trait Progress: Send + Sync {
    /// A stage begins, with the number of steps it will take (0 = unknown). `key` is under `[stage]` in the language files.
    fn stage(&self, key: &'static str, steps: u64);
    /// So many steps are done.
    fn step(&self, steps: u64);
}

/// No progress wanted.
pub struct Quiet;

impl Progress for Quiet {
    fn stage(&self, _: &'static str, _: u64) {}
    fn step(&self, _: u64) {}
}

/// Whether the pixels of pictures are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PixelChecks {
    /// They are; what was measured in an earlier run is read from this output folder, if there is one.
    On {
        /// The output folder.
        kept_in: Option<PathBuf>,
    },
    /// `--no-pixel-checks`.
    Off,
}

/// The run's surroundings.
#[derive(Clone)]
pub struct Context {
    /// The wall clock as the command line read it once.
    pub wall: Time,
    /// `--now` or `SOURCE_DATE_EPOCH`; wins over case.toml's `as_of`.
    pub fixed_now: Option<Time>,
    /// Language of terminal, JSON messages and private/.
    pub lang: Lang,
    /// `--strict`: warnings count as errors.
    pub strict: bool,
    /// The threads to use.
    pub pool: Arc<rayon::ThreadPool>,
    /// Told of progress.
    pub progress: Arc<dyn Progress>,
    /// Set when the user asked to stop.
    pub cancel: Arc<AtomicBool>,
    /// The data under templates/, layered.
    pub profile: Arc<Profile>,
    /// Output folder of earlier runs: where a filled-in match sheet lies. `None`: no earlier results are asked.
    pub results: Option<PathBuf>,
    /// Files that take what the run prints (`check . > x.log`): they are being written, and no evidence.
    pub printed_to: Vec<Arc<Handle>>,
    /// Fonts of the system may be used for what ours lack.
    pub system_fonts: bool,
    /// Whether pictures are looked at, and where earlier looks are kept.
    pub pixels: PixelChecks,
}

impl Context {
    /// Ends the run with an error when the user asked to stop.
    ///
    /// # Errors
    /// When cancelled.
    pub fn check_cancel(&self) -> crate::error::Result<()> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(crate::error::Error::new("已按要求停止，没有写出任何东西", "stopped as asked; nothing was written"));
        }
        Ok(())
    }
}
