//! PNG and JPEG files. The PNG writer is our own over `miniz_oxide`, because the bytes must be equal on every processor and a compressor with
//! processor-dependent hashing is not.

use super::canvas::Canvas;
use std::ops::Range;

type Bytes = Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>>;

/// A PNG as phones write it: IDAT in pieces; `alpha` adds an opaque fourth channel. Rows in `grainy` are stored as differences.
pub fn png(canvas: &Canvas, alpha: bool, grainy: &[Range<i64>]) -> Vec<u8> {
    let step = if alpha { 4 } else { 3 };
    let (width, height) = (canvas.width as usize, canvas.height as usize);
    let mut raw = Vec::with_capacity(height * (width * step + 1));
    let mut above: &[u8] = &[];
    let mut below: Vec<u8> = Vec::new();
    let mut row = Vec::with_capacity(width * step);
    for (y, source) in canvas.pixels.chunks_exact(width * 3).enumerate() {
        if source == above {
            raw.push(2);
            raw.resize(raw.len() + width * step, 0);
            continue;
        }
        row.clear();
        if alpha {
            source.chunks_exact(3).for_each(|p| row.extend_from_slice(&[p[0], p[1], p[2], 255]));
        } else {
            row.extend_from_slice(source);
        }
        if grainy.iter().any(|r| r.contains(&(y as i64))) {
            raw.push(1);
            raw.extend_from_slice(&row[..step]);
            raw.extend(row.iter().zip(&row[step..]).map(|(left, p)| p.wrapping_sub(*left)));
        } else if below.len() == row.len() {
            raw.push(2);
            differences(&mut raw, &row, &below);
        } else {
            raw.push(0);
            raw.extend_from_slice(&row);
        }
        above = source;
        below.clone_from(&row);
    }
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend_from_slice(&(width as u32).to_be_bytes());
    head.extend_from_slice(&(height as u32).to_be_bytes());
    head.extend_from_slice(&[8, if alpha { 6 } else { 2 }, 0, 0, 0]);
    chunk(&mut out, b"IHDR", &head);
    for part in miniz_oxide::deflate::compress_to_vec_zlib(&raw, 6).chunks(32 * 1024) {
        chunk(&mut out, b"IDAT", part);
    }
    chunk(&mut out, b"IEND", &[]);
    out
}

/// `row - above` byte by byte, eight at a time: this runs unoptimised in tests.
fn differences(out: &mut Vec<u8>, row: &[u8], above: &[u8]) {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (words, ups) = (row.chunks_exact(8), above.chunks_exact(8));
    let rest = words.remainder().iter().zip(ups.remainder()).map(|(p, up)| p.wrapping_sub(*up));
    let rest: Vec<u8> = rest.collect();
    for (word, up) in words.zip(ups) {
        let (mut a, mut b) = ([0; 8], [0; 8]);
        a.copy_from_slice(word);
        b.copy_from_slice(up);
        let (a, b) = (u64::from_le_bytes(a), u64::from_le_bytes(b));
        // each byte borrows from its own high bit only
        out.extend_from_slice(&(((a | HIGH) - (b & !HIGH)) ^ ((a ^ !b) & HIGH)).to_le_bytes());
    }
    out.extend_from_slice(&rest);
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    out.extend_from_slice(&(data.len() as u32).to_be_bytes());
    let start = out.len();
    out.extend_from_slice(kind);
    out.extend_from_slice(data);
    let sum = crc32fast::hash(&out[start..]);
    out.extend_from_slice(&sum.to_be_bytes());
}

/// What a camera says beside the pixels.
pub struct Exif<'a> {
    /// 1 upright, 6 to be turned right.
    pub orientation: u8,
    /// `YYYY:MM:DD HH:MM:SS`.
    pub taken: &'a str,
}

/// A JPEG with halved colour, as phones write it.
pub fn jpeg(canvas: &Canvas, quality: u8, exif: Option<&Exif<'_>>) -> Bytes {
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, quality);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    if let Some(exif) = exif {
        encoder.add_app_segment(1, &segment(exif))?;
    }
    encoder.encode(&canvas.pixels, canvas.width as u16, canvas.height as u16, jpeg_encoder::ColorType::Rgb)?;
    Ok(out)
}

/// Exif in its shortest form: orientation in IFD0, DateTimeOriginal in the Exif IFD.
fn segment(exif: &Exif<'_>) -> Vec<u8> {
    let mut s = b"Exif\0\0MM\0\x2a\0\0\0\x08".to_vec();
    let entry = |s: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        s.extend_from_slice(&tag.to_be_bytes());
        s.extend_from_slice(&kind.to_be_bytes());
        s.extend_from_slice(&count.to_be_bytes());
        s.extend_from_slice(&value);
    };
    // offsets count from the byte order mark: 8 head, 2 + 2 × 12 + 4 = 30 for IFD0, 2 + 12 + 4 = 18 for the Exif IFD
    s.extend_from_slice(&2_u16.to_be_bytes());
    entry(&mut s, 0x0112, 3, 1, [0, exif.orientation, 0, 0]);
    entry(&mut s, 0x8769, 4, 1, 38_u32.to_be_bytes());
    s.extend_from_slice(&[0; 4]);
    s.extend_from_slice(&1_u16.to_be_bytes());
    entry(&mut s, 0x9003, 2, 20, 56_u32.to_be_bytes());
    s.extend_from_slice(&[0; 4]);
    s.extend_from_slice(exif.taken.as_bytes());
    s.push(0);
    s
}

/// Turns the pixels left, as a camera held upright stores them (orientation 6 turns them back).
pub fn turned_left(canvas: &Canvas) -> Canvas {
    let (w, h) = (canvas.width as usize, canvas.height as usize);
    let mut pixels = Vec::with_capacity(canvas.pixels.len());
    for x in (0..w).rev() {
        for y in 0..h {
            let at = (y * w + x) * 3;
            pixels.extend_from_slice(&canvas.pixels[at..at + 3]);
        }
    }
    Canvas { width: canvas.height, height: canvas.width, pixels }
}
