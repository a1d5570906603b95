//! JSON files as all of ours are written: indented, with an end of line. Long lists are made entry by entry: as a whole tree one takes ten times the bytes of
//! its text.

use serde::{Serialize, Serializer};

/// The file's bytes. Empty when a value cannot be written as JSON, which none of ours is.
pub fn pretty(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// A list whose entries are made while it is written.
pub struct Each<I, F> {
    /// What it is made of.
    pub of: I,
    /// Makes one entry; `None` leaves it out.
    pub entry: F,
}

impl<I, F, T> Serialize for Each<I, F>
where
    I: Iterator + Clone,
    F: Fn(I::Item) -> Option<T>,
    T: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.of.clone().filter_map(&self.entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_made_entry_by_entry_read_as_others_do() {
        let whole = [pretty(&serde_json::json!([1, 2])), pretty(&serde_json::json!([]))];
        let each = |of| pretty(&Each { of, entry: |n: u8| (n > 0).then_some(n) });
        assert_eq!([each(0..3), each(0..1)], whole);
    }
}
