//! Exit statuses (design section 2.2).

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done, nothing at level error.
    Done,
    /// Could not be done.
    Failed,
    /// Wrong usage.
    Usage,
    /// Done, with findings at level error: not ready to submit; for `verify`: invalid.
    Found,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Found => 3,
        }
    }
}
