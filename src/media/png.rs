//! PNG chunks (PNG specification, third edition), each with its CRC checked, without inflating a pixel.

use super::bytes::u32_be;
use super::exif::{self, Facts};
use flate2::read::ZlibDecoder;
use std::borrow::Cow;
use std::io::Read as _;
use std::ops::Range;

pub const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Bytes of a compressed text that are inflated; an XMP packet has a few thousand.
const TEXT_BYTES: u64 = 256 << 10;

/// What a PDF writer has to know of a PNG to take its compressed data in as it is (`FlateDecode` with PNG predictor 15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PngLayout {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bits of a sample or palette index: 1, 2, 4, 8, 16.
    pub bit_depth: u8,
    /// 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha.
    pub color_type: u8,
    /// Adam7: cannot go into a PDF as it is.
    pub interlaced: bool,
    /// The palette's RGB triples; there whenever `color_type` is 3.
    pub palette: Option<Vec<u8>>,
    /// The `tRNS` chunk: transparent colour, or alpha of palette entries.
    pub trns: Option<Vec<u8>>,
    /// Where the compressed data stands in the file; joined in this order it is one zlib stream.
    pub idat: Vec<Range<usize>>,
    /// An alpha channel or `tRNS` is there (it may still be opaque everywhere).
    pub has_alpha: bool,
    /// An ICC profile is embedded.
    pub icc: bool,
}

#[derive(Debug, Default)]
pub struct Walk {
    pub width: u32,
    pub height: u32,
    pub facts: Facts,
    pub broken: Option<&'static str>,
    /// Frames of an animated PNG, 0 for a still one.
    pub frames: u32,
}

struct Chunk<'a> {
    kind: [u8; 4],
    data: &'a [u8],
    range: Range<usize>,
    crc_agrees: bool,
}

/// Reads the chunk at `at` and moves behind it; `None` when the file ends before the chunk does.
fn chunk<'a>(bytes: &'a [u8], at: &mut usize, check: bool) -> Option<Chunk<'a>> {
    let length = u32_be(bytes, *at)? as usize;
    let kind: [u8; 4] = bytes.get(*at + 4..*at + 8)?.try_into().ok()?;
    let start = *at + 8;
    let end = start.checked_add(length)?;
    let data = bytes.get(start..end)?;
    let said = u32_be(bytes, end)?;
    let crc_agrees = !check || crc32fast::hash(bytes.get(*at + 4..end)?) == said;
    *at = end + 4;
    Some(Chunk { kind, data, range: start..end, crc_agrees })
}

/// Walks all chunks to IEND. What follows IEND is no matter: phones append data there.
pub fn walk(bytes: &[u8]) -> Walk {
    let mut found = Walk::default();
    let mut at = SIGNATURE.len();
    let (mut first, mut pictures) = (true, 0usize);
    loop {
        let Some(chunk) = chunk(bytes, &mut at, true) else {
            found.broken = found.broken.or(Some("truncated"));
            return found;
        };
        if !chunk.crc_agrees {
            found.broken = found.broken.or(Some("bad-crc"));
        }
        if first != (chunk.kind == *b"IHDR") {
            found.broken = found.broken.or(Some("damaged"));
        }
        first = false;
        match &chunk.kind {
            b"IHDR" => {
                found.width = u32_be(chunk.data, 0).unwrap_or(0);
                found.height = u32_be(chunk.data, 4).unwrap_or(0);
            }
            b"acTL" => found.frames = u32_be(chunk.data, 0).unwrap_or(0),
            b"IDAT" => pictures += chunk.data.len(),
            b"tEXt" | b"zTXt" | b"iTXt" => text(&chunk, &mut found.facts),
            b"eXIf" => {
                if let Some(exif) = exif::read_raw(chunk.data) {
                    found.facts.add_exif(&exif);
                }
            }
            b"IEND" => break,
            _ => {}
        }
    }
    if pictures == 0 || found.width == 0 || found.height == 0 {
        found.broken = found.broken.or(Some("no-picture"));
    }
    found
}

fn text(chunk: &Chunk<'_>, facts: &mut Facts) {
    let mut parts = chunk.data.splitn(2, |b| *b == 0);
    let (Some(keyword), Some(rest)) = (parts.next(), parts.next()) else { return };
    if !matches!(keyword, b"Software" | b"XML:com.adobe.xmp") {
        return;
    }
    let value: Option<Cow<'_, [u8]>> = match &chunk.kind {
        b"tEXt" => Some(rest.into()),
        // one byte names the method: 0 is the only one
        b"zTXt" => rest.get(1..).map(inflated),
        // iTXt: compression flag and method, language, translated keyword, text
        _ => rest.split_first().and_then(|(flag, rest)| {
            let text = rest.get(1..)?.splitn(3, |b| *b == 0).nth(2)?;
            Some(if *flag == 0 { text.into() } else { inflated(text) })
        }),
    };
    let Some(value) = value else { return };
    match keyword {
        b"Software" => facts.add_programs(exif::name(&value)),
        _ => facts.add_programs(exif::xmp_programs(&value)),
    }
}

/// What a compressed text says, as far as it can be read and is not longer than a text may be.
fn inflated(data: &[u8]) -> Cow<'static, [u8]> {
    let mut text = Vec::new();
    // a damaged end leaves what came before it
    let _ = ZlibDecoder::new(data).take(TEXT_BYTES).read_to_end(&mut text);
    text.into()
}

/// The layout for passing the compressed data through; `None` when the bytes are no PNG, end early, or contradict the format (unknown depth or
/// colour type, a palette picture without palette). CRCs are not computed again: intake did.
pub fn png_layout(bytes: &[u8]) -> Option<PngLayout> {
    layout(bytes, false)
}

/// As [`png_layout`]; with `check`, `None` where a chunk's CRC does not agree, too.
pub(super) fn layout(bytes: &[u8], check: bool) -> Option<PngLayout> {
    if !bytes.starts_with(SIGNATURE) {
        return None;
    }
    let mut at = SIGNATURE.len();
    let head = chunk(bytes, &mut at, check).filter(|c| c.crc_agrees && c.kind == *b"IHDR" && c.data.len() == 13)?;
    let &[bit_depth, color_type, compression, filter, interlace] = head.data.get(8..13)? else { return None };
    let depth_fits = match color_type {
        0 => matches!(bit_depth, 1 | 2 | 4 | 8 | 16),
        3 => matches!(bit_depth, 1 | 2 | 4 | 8),
        2 | 4 | 6 => matches!(bit_depth, 8 | 16),
        _ => false,
    };
    let mut layout = PngLayout {
        width: u32_be(head.data, 0).filter(|n| *n > 0)?,
        height: u32_be(head.data, 4).filter(|n| *n > 0)?,
        bit_depth,
        color_type,
        interlaced: interlace == 1,
        palette: None,
        trns: None,
        idat: Vec::new(),
        has_alpha: matches!(color_type, 4 | 6),
        icc: false,
    };
    if !depth_fits || compression != 0 || filter != 0 || interlace > 1 {
        return None;
    }
    loop {
        let chunk = chunk(bytes, &mut at, check).filter(|c| c.crc_agrees)?;
        match &chunk.kind {
            b"PLTE" => layout.palette = Some(chunk.data.to_vec()).filter(|p| p.len() % 3 == 0 && (3..=768).contains(&p.len())),
            b"tRNS" => {
                layout.trns = Some(chunk.data.to_vec());
                layout.has_alpha = true;
            }
            b"IDAT" => layout.idat.push(chunk.range),
            b"iCCP" => layout.icc = true,
            b"IEND" => break,
            _ => {}
        }
    }
    (!layout.idat.is_empty() && (color_type != 3 || layout.palette.is_some())).then_some(layout)
}
