//! Pages of placed items: what layout hands to the PDF writer. All measures in points (1/72 inch), origin at the page's top left, y downwards.

use crate::model::document::Anchor;
use crate::model::source::FileId;
use std::ops::Range;

/// A4.
pub const PAGE_WIDTH: f32 = 595.276;
/// A4.
pub const PAGE_HEIGHT: f32 = 841.890;

/// Which of our fonts: 0 = Noto Sans SC Regular, 1 = Noto Sans SC Bold, 2 = Noto Emoji Regular, further ones = system fonts (only when asked for).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FontId(pub u16);

/// A page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Painted in this order.
    pub items: Vec<Item>,
    /// Areas that lead somewhere in the same file.
    pub links: Vec<LinkArea>,
    /// Targets on this page with their y.
    pub anchors: Vec<(Anchor, f32)>,
    /// Outline entries that point here, in reading order.
    pub outline: Vec<OutlineEntry>,
}

/// Something painted.
#[derive(Debug, Clone)]
pub enum Item {
    /// Text.
    Glyphs(GlyphRun),
    /// A filled box, corners rounded by `radius`.
    Box {
        /// Left, top, width, height.
        rect: Rect,
        /// sRGB.
        fill: [u8; 3],
        /// 0 = square.
        radius: f32,
    },
    /// A straight line.
    Line {
        /// Begin.
        from: (f32, f32),
        /// End.
        to: (f32, f32),
        /// Width in points.
        width: f32,
        /// sRGB.
        color: [u8; 3],
        /// Dash and gap in points.
        dash: Option<(f32, f32)>,
    },
    /// A filled disc.
    Disc {
        /// Centre.
        center: (f32, f32),
        /// Radius.
        radius: f32,
        /// sRGB.
        fill: [u8; 3],
    },
    /// A picture, or a horizontal slice of it. The same bytes are stored once however many slices are shown.
    Picture {
        /// Which.
        image: ImageKey,
        /// Where the shown part goes.
        rect: Rect,
        /// Shown part as fractions of the picture's height as shown (0..1), top and bottom; `None` = whole.
        slice: Option<(f32, f32)>,
        /// EXIF orientation 1–8 to apply.
        orientation: u8,
        /// Alternate text.
        alt: String,
    },
}

/// Left, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

/// Which picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ImageKey {
    /// A picture file.
    File(FileId),
    /// A page (from 0) of a PDF of the case, rendered.
    PdfPage(FileId, u32),
}

/// Text of one font, size and colour on one line.
#[derive(Debug, Clone)]
pub struct GlyphRun {
    /// Font.
    pub font: FontId,
    /// Points.
    pub size: f32,
    /// sRGB.
    pub color: [u8; 3],
    /// Baseline's left end.
    pub origin: (f32, f32),
    /// In visual order.
    pub glyphs: Vec<Glyph>,
    /// The text of the run; glyphs point into it.
    pub text: String,
}

/// A placed glyph.
#[derive(Debug, Clone)]
pub struct Glyph {
    /// Index in the whole font (not the subset).
    pub id: u16,
    /// Offset of its origin from the run's origin, points, along the baseline.
    pub x: f32,
    /// Its advance in points.
    pub advance: f32,
    /// The cluster it belongs to: bytes of the run's text. Glyphs of one cluster follow one another and have the same range.
    pub cluster: Range<u32>,
}

/// A link inside the file.
#[derive(Debug, Clone)]
pub struct LinkArea {
    /// Active area.
    pub rect: Rect,
    /// Where to.
    pub target: Anchor,
}

/// An outline entry.
#[derive(Debug, Clone, PartialEq)]
pub struct OutlineEntry {
    /// Text.
    pub text: String,
    /// Depth, 0 = top.
    pub depth: u8,
    /// y on the page.
    pub y: f32,
}
