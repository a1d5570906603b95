//! By what our own results are known again when they lie among the evidence. Writers (bundle, report) and reader (intake) agree through what stands here.

/// Marker in an output folder: the walk skips a folder that has it.
pub const MARKER: &str = ".appealpack-out";
/// In a case's output folder: what we wrote, a path a line.
pub const FILES: &str = ".appealpack-files";
/// Stands in the head of every private page. Pages are never handed in, so that a name in them tells nobody anything.
pub const PAGE_MARK: &str = "<meta name=\"schema\" content=\"appealpack.page/1\">";
