//! Pictures with an alpha channel: its samples are taken out of the compressed rows, and no other sample is touched.

use super::{ImageStream, PdfPicture, image_dict, rows};
use crate::media::decode::DECODED_BYTES;
use crate::media::picture::PngLayout;
use fdeflate::Compressor;
use flate2::Compression;
use flate2::bufread::ZlibDecoder;
use flate2::write::ZlibEncoder;
use std::io::{BufReader, Read, Write};
use std::ops::Range;

/// 8-bit grey or RGB with alpha: the alpha samples are taken out of the filtered rows. PNG filters each channel by itself, so what remains is a
/// rightly filtered picture without alpha and no colour sample changes. The mask is kept when any sample is not opaque.
pub(super) fn without_alpha(file: &[u8], layout: &PngLayout) -> Option<PdfPicture> {
    let channels = if layout.color_type == 4 { 2 } else { 4 };
    let (data, opaque) = split(file, layout, channels, Channel::Colors)?;
    let colors = channels as i64 - 1;
    let mut dict = image_dict(layout.width, layout.height, if channels == 2 { "DeviceGray" } else { "DeviceRGB" }, 8, "FlateDecode");
    dict.set("DecodeParms", rows(layout.width, 8, colors));
    let mask = if opaque {
        None
    } else {
        let (data, _) = split(file, layout, channels, Channel::Alpha)?;
        let mut dict = image_dict(layout.width, layout.height, "DeviceGray", 8, "FlateDecode");
        dict.set("DecodeParms", rows(layout.width, 8, 1));
        Some(ImageStream { dict, data })
    };
    Some(PdfPicture { image: ImageStream { dict, data }, mask })
}

#[derive(Clone, Copy, PartialEq)]
enum Channel {
    Colors,
    Alpha,
}

/// Times the picture's own packed bytes that the fast packing may take before the thorough one does it anew.
const MOST_TIMES: usize = 2;

/// Inflates, keeps one part of the samples and deflates it again. Also tells whether every alpha sample is 255.
///
/// Filtered rows of screenshots are mostly zeros, and for those `fdeflate` takes a quarter of zlib's time at a tenth more bytes (measured on chat
/// screenshots). It knows runs of zeros only: rows without a filter it would blow up, and then zlib's fastest level does it.
fn split(file: &[u8], layout: &PngLayout, channels: usize, keep: Channel) -> Option<(Vec<u8>, bool)> {
    let packed: usize = layout.idat.iter().map(Range::len).sum();
    let room = Bounded { data: Vec::with_capacity(packed), most: packed.saturating_mul(MOST_TIMES).saturating_add(64 << 10) };
    let (mut fast, mut fits) = (Compressor::new(room).ok()?, true);
    let opaque = samples(file, layout, channels, keep, |kept| {
        fits = fast.write_data(kept).is_ok();
        fits.then_some(())
    });
    if fits {
        let opaque = opaque?;
        if let Ok(room) = fast.finish() {
            return Some((room.data, opaque));
        }
    }
    let mut out = ZlibEncoder::new(Vec::with_capacity(packed), Compression::new(1));
    let opaque = samples(file, layout, channels, keep, |kept| out.write_all(kept).ok())?;
    Some((out.finish().ok()?, opaque))
}

/// Bytes that may become so many and no more.
struct Bounded {
    data: Vec<u8>,
    most: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.data.len() + bytes.len() > self.most {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        self.data.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Gives the filtered rows with one part of their samples, some at a time, and tells whether every alpha sample is 255. `None` when the picture is damaged or
/// `take` gives it.
fn samples(file: &[u8], layout: &PngLayout, channels: usize, keep: Channel, mut take: impl FnMut(&[u8]) -> Option<()>) -> Option<bool> {
    let mut data = ZlibDecoder::new(BufReader::with_capacity(64 << 10, Joined { file, ranges: &layout.idat, at: 0 }));
    let width = usize::try_from(layout.width).ok()?;
    let length = width.checked_mul(channels)?.checked_add(1).filter(|l| (*l as u64) < DECODED_BYTES)?;
    let kept_length = 1 + width * if keep == Channel::Colors { channels - 1 } else { 1 };
    let mut left = usize::try_from(layout.height).ok()?;
    // as many rows at a time as stay in the processor's cache
    let at_a_time = ((256 << 10) / length).clamp(1, left.max(1));
    let (mut rows, mut kept) = (vec![0_u8; length * at_a_time], vec![0_u8; kept_length * at_a_time]);
    let (mut opaque, mut first_row) = (true, true);
    while left > 0 {
        let count = left.min(at_a_time);
        let (block, kept) = (rows.get_mut(..count * length)?, kept.get_mut(..count * kept_length)?);
        data.read_exact(block).ok()?;
        for (line, to) in block.chunks_exact(length).zip(kept.chunks_exact_mut(kept_length)) {
            let ((filter, row), (kept_filter, to)) = (line.split_first()?, to.split_first_mut()?);
            *kept_filter = *filter;
            match (keep, channels) {
                (Channel::Colors, 4) => keep_rgb(row, to),
                (Channel::Colors, _) => to.iter_mut().zip(row.iter().step_by(2)).for_each(|(to, from)| *to = *from),
                (Channel::Alpha, _) => to.iter_mut().zip(row.iter().skip(channels - 1).step_by(channels)).for_each(|(to, from)| *to = *from),
            }
            opaque = row_is_opaque(*filter, row, channels, first_row)? && opaque;
            first_row = false;
        }
        take(kept)?;
        left -= count;
    }
    Some(opaque)
}

/// Drops every fourth byte, four pixels at a time in one wide number: this loop sees every byte of every screenshot with an alpha channel.
fn keep_rgb(row: &[u8], kept: &mut [u8]) {
    let (fours, rest) = row.as_chunks::<16>();
    let (to, to_rest) = kept.split_at_mut(fours.len() * 12);
    for (to, from) in to.as_chunks_mut::<12>().0.iter_mut().zip(fours) {
        let pixels = u128::from_le_bytes(*from);
        let (low, high) = (three_of_four(pixels as u64), three_of_four((pixels >> 64) as u64));
        let (first, last) = to.split_at_mut(8);
        first.copy_from_slice(&(low | high << 48).to_le_bytes());
        last.copy_from_slice(&((high >> 16) as u32).to_le_bytes());
    }
    for (to, from) in to_rest.as_chunks_mut::<3>().0.iter_mut().zip(rest.as_chunks::<4>().0) {
        let [r, g, b, _] = *from;
        *to = [r, g, b];
    }
}

/// Two pixels of four bytes as two of three, in the low six bytes.
fn three_of_four(pixels: u64) -> u64 {
    (pixels & 0xff_ffff) | (pixels >> 8 & 0xffff_ff00_0000)
}

/// Are the row's alpha samples all 255, given that those above are? Told from the filtered bytes: over constant samples each PNG filter leaves
/// one byte at the row's begin and another in the rest, so nothing need be unfiltered. `None` for an unknown filter: damaged data.
fn row_is_opaque(filter: u8, row: &[u8], channels: usize, first_row: bool) -> Option<bool> {
    let (begin, rest): (u8, u8) = match (filter, first_row) {
        (0, _) | (2, true) => (255, 255),
        (1, _) | (4, true) => (255, 0),
        (2 | 4, false) => (0, 0),
        (3, true) => (255, 128),
        (3, false) => (128, 0),
        _ => return None,
    };
    let (first, others) = row.split_at_checked(channels)?;
    // whole pixels as numbers, masked once at the end: the compiler makes wide instructions of it
    let differs = match channels {
        4 => {
            let wanted = u32::from(rest) << 24;
            others.as_chunks::<4>().0.iter().fold(0, |d, p| d | (u32::from_le_bytes(*p) ^ wanted)) >> 24
        }
        _ => {
            let wanted = u16::from(rest) << 8;
            u32::from(others.as_chunks::<2>().0.iter().fold(0, |d, p| d | (u16::from_le_bytes(*p) ^ wanted)) >> 8)
        }
    };
    Some(differs == 0 && first.last() == Some(&begin))
}

/// The IDAT chunks as one stream, without joining them in memory.
struct Joined<'a> {
    file: &'a [u8],
    ranges: &'a [Range<usize>],
    at: usize,
}

impl Read for Joined<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while let Some((range, rest)) = self.ranges.split_first() {
            let left = self.file.get(range.clone()).and_then(|chunk| chunk.get(self.at..)).unwrap_or_default();
            if left.is_empty() {
                (self.ranges, self.at) = (rest, 0);
                continue;
            }
            let n = left.len().min(buffer.len());
            buffer[..n].copy_from_slice(&left[..n]);
            self.at += n;
            return Ok(n);
        }
        Ok(0)
    }
}
