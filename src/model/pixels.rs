//! What was measured on the pixels of a picture: light, sharpness, drawn marks, and what it can be recognised by. A few kilobytes a picture, whatever
//! its size; plain data without a judgement.

/// The measurements of one picture, as shown (after EXIF orientation).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pixels {
    /// What its brightness was taken from.
    pub brightness: Brightness,
    /// Brightness and detail.
    pub light: Light,
    /// Strokes that look drawn on, the largest first.
    pub marks: Vec<Mark>,
    /// Perceptual hash of the whole picture (double gradient), most significant bit first.
    pub hash: Vec<u8>,
    /// Places that can be found again when the picture is cropped, scaled or saved again, from the top down.
    pub patches: Vec<Patch>,
    /// The picture row by row, for laying one picture beside another.
    pub rows: Rows,
}

/// What the brightness of a picture was taken from. A coloured spot differs between the two, so rows and planes of one are not laid on those of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Brightness {
    /// The green channel.
    #[default]
    Green,
    /// Luma, as a JPEG has it: of photographs, whose colours nothing is looked for in.
    Luma,
}

/// Brightness and detail of a picture. 0 is black, 255 white.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Light {
    /// A hundredth of the picture is darker than this.
    pub darkest: u8,
    /// A hundredth of the picture is brighter than this.
    pub brightest: u8,
    /// Tiles with an edge or text in them, per thousand of all.
    pub busy: u16,
    /// Steepest step by contrast of the sharpest busy tiles, in thousandths: near 1000 for a screenshot, under 150 where text has run together.
    pub sharpness: u16,
}

/// What a mark looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// A closed line round something: box or ring.
    Ring,
    /// A straight stroke that is not level, or has a head.
    Arrow,
}

/// A stroke of one strong red. Box in thousandths of width and height from the left upper corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its form.
    pub kind: MarkKind,
    /// Left, top, right, bottom.
    pub bounds: [u16; 4],
}

/// A place of a picture and its look at one scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patch {
    /// Pixels from the left.
    pub x: u16,
    /// Pixels from the top.
    pub y: u16,
    /// Signs of the steps in brightness around the place; differing bits count how unlike two places are.
    pub look: u128,
}

/// Mean brightness in [`Rows::COLUMNS`] columns, row by row from the top; a row is a 270th of the width high, so that screenshots of one phone compare
/// row by row. Empty for pictures under 440 pixels wide, or endlessly long.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// `COLUMNS` bytes a row.
    pub means: Vec<u8>,
}

impl Rows {
    /// Columns of a row.
    pub const COLUMNS: usize = 24;
    /// Rows to a picture's width; a row of a 1080 wide screen is 4 pixels high.
    pub const TO_WIDTH: usize = 270;

    /// The rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.means.chunks_exact(Rows::COLUMNS)
    }

    /// The rows, each of known length.
    pub fn cells(&self) -> &[[u8; Rows::COLUMNS]] {
        self.means.as_chunks().0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.means.len() / Rows::COLUMNS
    }

    /// None were measured.
    pub fn is_empty(&self) -> bool {
        self.means.is_empty()
    }
}
