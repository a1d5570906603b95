//! Document to PDF: fonts, layout, painting. The only place that imports parley, subsetter, printpdf and writes with lopdf.

pub mod fonts;
pub mod image;
pub mod page;
pub mod pdf;
