//! How much is read from outside before we stop and say so (`limit-reached`). Reaching one never loses a file: it is hashed, kept and listed, only
//! its inside is not (or not wholly) read. The numbers are far above real cases and far below what would exhaust a 4 GB machine.

use crate::model::settings::IntakeLimits;
use std::time::{Duration, Instant};

/// Bytes that the members of a workbook unpack to, by its own directory.
pub const UNPACKED_BYTES: u64 = 1024 * 1024 * 1024;
/// Cells between the first and the last of all sheets of an .xls or .ods workbook, which is read whole. Each takes some 60 bytes.
pub const DENSE_CELLS: u64 = 5_000_000;
/// Levels of nesting of a JSON text. Carriers' payloads have 6.
pub const DEPTH: usize = 64;
/// Rows among which the head of a table is looked for. Bank-style bills have about 20 title rows, Alipay's newer ones 24 (facts 1.9).
pub const HEAD_ROWS: usize = 40;
/// Bytes of a text that are looked at to find separator and head.
pub const HEAD_BYTES: usize = 256 * 1024;
/// Characters of a relative path beyond which Windows programs fail on unpacking (260 with the folder in front).
pub const PATH_CHARS: usize = 200;
/// Bytes read first to tell what a file is.
pub const MAGIC_BYTES: usize = 4096;

/// What reading one file may take: the user's limits, and the moment at which it has taken too long. That moment is asked of a clock that only counts,
/// and a file that is read in time is read the same on any machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance<'a> {
    /// `[intake]`.
    pub most: &'a IntakeLimits,
    until: Option<Instant>,
}

impl<'a> Allowance<'a> {
    /// From now on.
    pub(super) fn new(most: &'a IntakeLimits) -> Self {
        Allowance { most, until: Instant::now().checked_add(Duration::from_secs(most.seconds)) }
    }

    /// Has it taken too long? Asked at every `n`th row only where it is divisible by 1024: the clock costs more than a row.
    pub(super) fn over(&self, n: usize) -> bool {
        n.is_multiple_of(1024) && self.until.is_some_and(|until| Instant::now() > until)
    }

    /// The moment at which reading stops.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }
}

/// A number of bytes as people say it.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    match UNITS.into_iter().find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} B"),
    }
}
