//! Memory that pictures use one after the other.

/// The beginning of memory that was used before, which is neither cleared nor made shorter: clearing what is written over takes time, too. It is taken in steps
/// of so many bytes, as no two long screenshots are of one size; what is never touched costs nothing.
pub fn of_size(memory: &mut Vec<u8>, size: usize, step: usize) -> &mut [u8] {
    if memory.capacity() < size {
        // not grown, which would copy what is in it
        *memory = Vec::with_capacity(size.next_multiple_of(step));
    }
    if memory.len() < size {
        memory.resize(size, 0);
    }
    memory.get_mut(..size).unwrap_or_default()
}
