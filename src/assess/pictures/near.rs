//! Pictures that show the same without being equal to the byte.

use crate::model::source::FileId;

/// Two files that show one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Same {
    /// The earlier path.
    pub first: FileId,
    /// The later path.
    pub second: FileId,
}
