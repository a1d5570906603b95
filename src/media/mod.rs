//! Reading pictures and PDFs: headers, structure, EXIF, text, pages as pixels. Knows nothing of cases; gives the model's values.

mod bytes;
mod exif;
mod jpeg;
pub mod notes;
mod other_formats;
pub mod pdf;
pub mod picture;
mod png;
