//! Full-width forms.

use unicode_normalization::UnicodeNormalization as _;

/// NFKC, which turns full-width digits, letters and punctuation into their plain forms (`１２３：（` → `123:(`).
pub fn narrow(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { text.nfkc().collect() }
}

/// Only ASCII look-alikes are narrowed (U+FF01–FF5E, U+3000): length in characters stays, so that places in the text stay.
pub fn narrow_char(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}
