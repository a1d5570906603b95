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

/// Bytes to keep; copied where their memory is much larger than they are, as it was used for others before.
pub(super) fn taken(bytes: &mut Vec<u8>) -> Vec<u8> {
    if bytes.capacity() / 2 > bytes.len() { bytes.clone() } else { std::mem::take(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_comes_again_empty_and_a_film_keeps_none() {
        let buffers = Buffers::default();
        let mut picture = buffers.take();
        picture.resize(300_000, 7);
        buffers.give_back(picture);
        let again = buffers.take();
        assert!(again.is_empty() && again.capacity() >= 300_000);
        assert_eq!(buffers.take().capacity(), 0, "each is given out once");
        buffers.give_back(Vec::with_capacity(KEPT + 1));
        assert_eq!(buffers.take().capacity(), 0);
    }

    #[test]
    fn a_small_text_takes_no_large_memory() {
        let mut bytes = Vec::with_capacity(300_000);
        bytes.extend_from_slice(b"2861734095517302481");
        let text = taken(&mut bytes);
        assert_eq!((text.as_slice(), text.capacity() < 1_000), (b"2861734095517302481".as_slice(), true));
        assert!(bytes.capacity() >= 300_000, "left for the next file");
        let mut table = vec![b','; 200_000];
        assert_eq!(taken(&mut table).len(), 200_000);
        assert_eq!(table.capacity(), 0, "a large text takes its own");
    }
}
