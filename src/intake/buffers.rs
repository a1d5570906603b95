//! Memory that files are read into, one after the other: what is given back to the system between two of them must be cleared before it comes again.

use std::sync::{Mutex, PoisonError};

/// Bytes of one that is kept; a film gives its own back.
const KEPT: usize = 8 << 20;

/// As many as there are threads.
#[derive(Default)]
pub(super) struct Buffers(Mutex<Vec<Vec<u8>>>);

impl Buffers {
    /// An empty one.
    pub fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// For the next file. What was taken out of it meanwhile is gone.
    pub fn give_back(&self, mut bytes: Vec<u8>) {
        if (1..=KEPT).contains(&bytes.capacity()) {
            bytes.clear();
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
        }
    }
}
