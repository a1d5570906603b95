//! Text: characters to glyphs (parley), glyphs to lines, lines to runs on a page.

pub(crate) mod classes;
pub(crate) mod lines;
pub(crate) mod shape;

pub(crate) use lines::{Align, Line, Paragraph, Place, Span};
pub(crate) use shape::Shaper;
