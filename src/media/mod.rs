//! Reading pictures, PDFs, other documents and the heads of films: structure, EXIF, text, pages as pixels. Knows nothing of cases; gives the model's values.

mod bytes;
pub mod document;
mod exif;
pub mod film;
mod jpeg;
mod other_formats;
pub mod pdf;
pub mod picture;
mod png;
