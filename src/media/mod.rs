//! Reading pictures, PDFs, other documents and the heads of films: structure, EXIF, text, pages as pixels. Knows nothing of cases; gives the model's values.

mod bytes;
pub mod decode;
pub mod document;
mod exif;
pub mod film;
mod jpeg;
pub mod luma;
mod memory;
pub mod notes;
mod other_formats;
pub mod pdf;
pub mod picture;
pub mod pixels;
mod png;
mod png_pixels;
mod tiff;
