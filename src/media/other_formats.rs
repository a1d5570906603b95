//! Headers of the rarer picture formats: GIF, WebP, BMP, TIFF, HEIC. Size, EXIF where there is some, and whether the file ends early.

use super::bytes::{find, u16_le, u24_le, u32_be, u32_le};
use super::exif::{self, Facts};
use super::tiff;
use ::exif::Tag;

/// Size, facts and what is broken.
#[derive(Debug, Default)]
pub struct Header {
    pub width: u32,
    pub height: u32,
    pub facts: Facts,
    pub broken: Option<&'static str>,
    /// Pictures in the file; 0 where nobody counted.
    pub frames: u32,
    /// As [`crate::model::record::PictureInfo::pages`].
    pub pages: Vec<(f32, f32)>,
}

/// GIF 87a/89a: the blocks to the trailer.
pub fn gif(bytes: &[u8]) -> Header {
    let mut header = Header { width: u16_le(bytes, 6).unwrap_or(0).into(), height: u16_le(bytes, 8).unwrap_or(0).into(), ..Header::default() };
    header.broken = match gif_pictures(bytes) {
        None => Some("truncated"),
        Some(Err(key)) => Some(key),
        Some(Ok(0)) => Some("no-picture"),
        Some(Ok(_)) => None,
    };
    header.frames = gif_pictures(bytes).and_then(Result::ok).unwrap_or(0);
    header
}

/// The number of pictures in a GIF; `None` when it ends early.
fn gif_pictures(bytes: &[u8]) -> Option<Result<u32, &'static str>> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3usize << ((flags & 7) + 1) };
    let mut at = 13 + table(*bytes.get(10)?);
    let mut pictures = 0;
    loop {
        match *bytes.get(at)? {
            0x3b => return Some(Ok(pictures)),
            0x21 => at += 2,
            0x2c => {
                at += 11 + table(*bytes.get(at + 9)?);
                pictures += 1;
            }
            _ => return Some(Err("damaged")),
        }
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += 1 + length;
            if length == 0 {
                break;
            }
        }
    }
}

/// WebP: RIFF chunks.
pub fn webp(bytes: &[u8]) -> Header {
    let mut header = Header::default();
    let said = u32_le(bytes, 4).map_or(0, |n| n as usize).saturating_add(8);
    if said > bytes.len() {
        header.broken = Some("truncated");
    }
    let mut at = 12;
    let mut pictures = 0;
    while let (Some(kind), Some(length)) = (bytes.get(at..at + 4), u32_le(bytes, at + 4)) {
        let start = at + 8;
        let Some(data) = start.checked_add(length as usize).and_then(|end| bytes.get(start..end)) else {
            header.broken = Some("truncated");
            break;
        };
        let size = match kind {
            b"VP8X" => u24_le(data, 4).zip(u24_le(data, 7)).map(|(w, h)| (w + 1, h + 1)),
            b"VP8 " if data.get(3..6) == Some(&[0x9d, 0x01, 0x2a]) => {
                u16_le(data, 6).zip(u16_le(data, 8)).map(|(w, h)| (u32::from(w & 0x3fff), u32::from(h & 0x3fff)))
            }
            b"VP8L" if data.first() == Some(&0x2f) => u32_le(data, 1).map(|n| ((n & 0x3fff) + 1, (n >> 14 & 0x3fff) + 1)),
            _ => None,
        };
        header.frames += u32::from(kind == b"ANMF");
        if matches!(kind, b"VP8 " | b"VP8L" | b"ANMF") {
            pictures += 1;
        }
        if let Some((width, height)) = size
            && header.width == 0
        {
            (header.width, header.height) = (width, height);
        }
        if kind == b"EXIF"
            && let Some(exif) = exif::read_raw(data.strip_prefix(b"Exif\0\0").unwrap_or(data))
        {
            header.facts.add_exif(&exif);
        }
        if kind == b"XMP " {
            header.facts.add_programs(exif::xmp_programs(data));
        }
        at = start + data.len() + data.len() % 2;
    }
    if header.broken.is_none() && (pictures == 0 || header.width == 0 || header.height == 0) {
        header.broken = Some("no-picture");
    }
    header
}

/// BMP; `None` when the bytes after `BM` are no bitmap header (two letters alone prove nothing).
pub fn bmp(bytes: &[u8]) -> Option<Header> {
    if u32_le(bytes, 6)? != 0 {
        return None;
    }
    let (width, height) = match u32_le(bytes, 14)? {
        12 => (u32::from(u16_le(bytes, 18)?), u32::from(u16_le(bytes, 20)?)),
        // a negative height means top-down
        40 | 52 | 56 | 64 | 108 | 124 => (u32_le(bytes, 18)?, u32_le(bytes, 22)?.cast_signed().unsigned_abs()),
        _ => return None,
    };
    let pixels = u32_le(bytes, 10)? as usize;
    // rows are whole multiples of four bytes; packed ones (compression) have no length to hold them to
    let plain = u32_le(bytes, 14)? >= 40 && u32_le(bytes, 30) == Some(0);
    let row = u64::from(width).saturating_mul(u64::from(u16_le(bytes, 28).unwrap_or(0))).div_ceil(32) * 4;
    let needed = if plain { (pixels as u64).saturating_add(row.saturating_mul(u64::from(height))) } else { 0 };
    let said = u32_le(bytes, 2)? as usize;
    let broken = if width == 0 || height == 0 {
        Some("no-picture")
    } else if said > bytes.len() || pixels >= bytes.len() || needed > bytes.len() as u64 {
        Some("truncated")
    } else {
        None
    };
    Some(Header { width, height, broken, ..Header::default() })
}

/// TIFF: the first directory, and the sizes of all.
pub fn tiff(bytes: &[u8]) -> Header {
    let Some(exif) = exif::read_raw(bytes) else { return Header { broken: Some("damaged"), ..Header::default() } };
    let width = exif::number(&exif, Tag::ImageWidth).unwrap_or(0);
    let height = exif::number(&exif, Tag::ImageLength).unwrap_or(0);
    let ends = [(Tag::StripOffsets, Tag::StripByteCounts), (Tag::TileOffsets, Tag::TileByteCounts)].into_iter().find_map(|(offsets, counts)| {
        let field = exif.get_field(offsets, ::exif::In::PRIMARY)?;
        let lengths = exif.get_field(counts, ::exif::In::PRIMARY);
        let length = |i| lengths.and_then(|f| f.value.get_uint(i)).unwrap_or(1).max(1);
        (0..).map_while(|i| field.value.get_uint(i).map(|at| u64::from(at) + u64::from(length(i)))).max()
    });
    let broken = match ends {
        _ if width == 0 || height == 0 => Some("no-picture"),
        None => Some("no-picture"),
        Some(end) if end > bytes.len() as u64 => Some("truncated"),
        Some(_) => None,
    };
    let pages = tiff::pages(bytes);
    let frames = u32::try_from(pages.len()).unwrap_or(1);
    let points = |n: u32| n as f32 * 0.75;
    let shown = pages.iter().take(tiff::MOST_PAGES);
    let pages = if frames > 1 { shown.map(|p| (points(p.width), points(p.height))).collect() } else { Vec::new() };
    Header { width, height, facts: exif::facts(&exif), broken, frames, pages }
}

/// The brands of HEIF files with HEVC pictures (ISO/IEC 23008-12) and with AV1 pictures (AVIF).
const HEIF_BRANDS: [&[u8]; 10] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"];

/// HEIC and AVIF; `None` when the `ftyp` box names another family (MP4).
pub fn heif(bytes: &[u8]) -> Option<Header> {
    let length = u32_be(bytes, 0)? as usize;
    let brands = bytes.get(8..length.clamp(16, 256).min(bytes.len()))?;
    let named = |list: &[u8]| brands.chunks(4).any(|brand| brand == list);
    if !HEIF_BRANDS.iter().any(|b| named(b)) {
        return None;
    }
    let mut header = Header::default();
    let mut at = 0usize;
    while at < bytes.len() {
        let (Some(size), Some(kind)) = (u32_be(bytes, at), bytes.get(at + 4..at + 8)) else {
            header.broken = Some("truncated");
            break;
        };
        // 0: to the end of the file; 1: a 64-bit length follows
        let size = match size {
            0 => bytes.len() - at,
            1 => u32_be(bytes, at + 12).filter(|_| u32_be(bytes, at + 8) == Some(0)).map_or(usize::MAX, |n| n as usize),
            n => n as usize,
        };
        let Some(body) = at.checked_add(size).and_then(|end| bytes.get(at..end)).filter(|_| size >= 8) else {
            header.broken = Some("truncated");
            break;
        };
        if kind == b"meta" {
            heic_size(body, &mut header);
        }
        at += size;
    }
    if header.broken.is_none() && (header.width == 0 || header.height == 0) {
        header.broken = Some("no-picture");
    }
    if let Some(exif) = exif::read_container(bytes) {
        // HEIF readers turn by `irot` and pass over the EXIF orientation
        let orientation = header.facts.orientation;
        header.facts = Facts { orientation, ..exif::facts(&exif) };
    }
    Some(header)
}

/// The largest `ispe` (tiles and thumbnails have smaller ones) and the turn of `irot`.
fn heic_size(meta: &[u8], header: &mut Header) {
    let mut at = 0;
    while let Some(found) = meta.get(at..).and_then(|rest| find(rest, b"ispe")) {
        at += found + 4;
        if let (Some(width), Some(height)) = (u32_be(meta, at + 4), u32_be(meta, at + 8))
            && u64::from(width) * u64::from(height) > u64::from(header.width) * u64::from(header.height)
        {
            (header.width, header.height) = (width, height);
        }
    }
    if let Some(turn) = find(meta, b"irot").and_then(|at| meta.get(at + 4)) {
        // quarter turns anticlockwise, as EXIF orientations
        header.facts.orientation = match turn & 3 {
            1 => 8,
            2 => 3,
            3 => 6,
            _ => 1,
        };
    }
}
