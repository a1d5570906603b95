//! Text: characters to glyphs (parley), glyphs to lines, lines to runs on a page.

pub(crate) mod breaks;
pub(crate) mod classes;
pub(crate) mod lines;
pub(crate) mod shape;

pub(crate) use breaks::{Breaks, Line};
pub(crate) use lines::{Align, Paragraph, Place, Span};
pub(crate) use shape::Shaper;
