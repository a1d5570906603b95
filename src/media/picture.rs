//! Pictures by their first bytes: format, size, orientation, programs, and whether the file is whole. No pixel is decoded.

pub use super::jpeg::{JpegLayout, colours_apart, jpeg_layout};
pub use super::png::{PngLayout, png_layout};

use super::other_formats::{self, Header};
use super::{jpeg, png};
use crate::model::record::{PictureFormat, PictureInfo};

/// The format that the first bytes name, whatever the file is called; `None` for what is no picture. 16 bytes are enough.
pub fn format(bytes: &[u8]) -> Option<PictureFormat> {
    let at = |from: usize, magic: &[u8]| bytes.get(from..from + magic.len()) == Some(magic);
    if at(0, &[0xff, 0xd8, 0xff]) {
        Some(PictureFormat::Jpeg)
    } else if at(0, png::SIGNATURE) {
        Some(PictureFormat::Png)
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Some(PictureFormat::Gif)
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Some(PictureFormat::WebP)
    } else if at(0, b"II*\0") || at(0, b"MM\0*") {
        Some(PictureFormat::Tiff)
    } else if at(0, b"BM") {
        Some(PictureFormat::Bmp)
    } else if at(4, b"ftyp") {
        Some(if at(8, b"avif") || at(8, b"avis") { PictureFormat::Avif } else { PictureFormat::Heic })
    } else {
        None
    }
}

/// Reads a picture's header and walks its structure: JPEG markers to the end of the image, PNG chunk CRCs, the lengths that others state.
/// `None` when the bytes are no picture. A picture that ends early or contradicts its format is given with [`PictureInfo::broken`] set to
/// `truncated`, `bad-crc`, `damaged` or `no-picture` (variants of the finding `picture-broken`); its size is 0 × 0 when it says none.
pub fn read(bytes: &[u8]) -> Option<PictureInfo> {
    let format = format(bytes)?;
    let header = match format {
        PictureFormat::Jpeg => {
            let found = jpeg::walk(bytes, true);
            let (width, height) = found.frame.map_or((0, 0), |f| (f.width, f.height));
            Header { width, height, facts: found.facts, broken: found.broken, ..Header::default() }
        }
        PictureFormat::Png => {
            let found = png::walk(bytes);
            Header { width: found.width, height: found.height, facts: found.facts, broken: found.broken, frames: found.frames, ..Header::default() }
        }
        PictureFormat::Gif => other_formats::gif(bytes),
        PictureFormat::WebP => other_formats::webp(bytes),
        PictureFormat::Bmp => other_formats::bmp(bytes)?,
        PictureFormat::Tiff => other_formats::tiff(bytes),
        PictureFormat::Heic | PictureFormat::Avif => other_formats::heif(bytes)?,
    };
    let hidden = match format {
        PictureFormat::Heic => Some("heic"),
        PictureFormat::Avif => Some("avif"),
        // what PDF readers do not take: lossless, arithmetic, 12 bit
        PictureFormat::Jpeg if jpeg_layout(bytes).is_none_or(|l| l.bits != 8 || l.components == 2) => Some("coding"),
        _ => None,
    };
    Some(PictureInfo {
        format,
        width: header.width,
        height: header.height,
        orientation: header.facts.orientation,
        programs: header.facts.programs,
        taken_at: header.facts.taken_at,
        notes: super::notes::read(bytes),
        broken: header.broken,
        hidden,
        frames: header.frames.max(1),
        pages: header.pages,
        pixels: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ExtendedColorType, ImageEncoder as _};

    const SIDE: u32 = 12;

    fn pixels() -> Vec<u8> {
        (0..SIDE * SIDE * 3).map(|i| (i * 37 % 251) as u8).collect()
    }

    fn small_png() -> Vec<u8> {
        let mut out = Vec::new();
        image::codecs::png::PngEncoder::new(&mut out).write_image(&pixels(), SIDE, SIDE, ExtendedColorType::Rgb8).unwrap();
        out
    }

    fn small_jpeg() -> Vec<u8> {
        let mut out = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 70).write_image(&pixels(), SIDE, SIDE, ExtendedColorType::Rgb8).unwrap();
        out
    }

    /// A chunk with its right CRC.
    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut out = (data.len() as u32).to_be_bytes().to_vec();
        out.extend(kind);
        out.extend(data);
        let crc = crc32fast::hash(&out[4..]);
        out.extend(crc.to_be_bytes());
        out
    }

    /// The PNG with chunks put in behind IHDR.
    fn png_with(extra: &[Vec<u8>]) -> Vec<u8> {
        let png = small_png();
        let mut out = png[..33].to_vec();
        extra.iter().for_each(|c| out.extend(c));
        out.extend(&png[33..]);
        out
    }

    #[test]
    fn whole_pictures_are_whole() {
        for (bytes, format) in [(small_png(), PictureFormat::Png), (small_jpeg(), PictureFormat::Jpeg)] {
            let info = read(&bytes).unwrap();
            assert_eq!((info.format, info.width, info.height, info.orientation, info.broken), (format, SIDE, SIDE, 1, None));
            // what phones append behind the picture does no harm
            let mut longer = bytes.clone();
            longer.extend(b"appended by the phone");
            assert_eq!(read(&longer).unwrap().broken, None);
        }
        assert!(read(b"").is_none());
        assert!(read("订单编号".as_bytes()).is_none());
        assert!(read(b"BM is how this letter begins, and it is no bitmap at all.").is_none());
        assert!(read(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom a film is no picture").is_none());
    }

    #[test]
    fn every_truncation_is_seen() {
        for (bytes, magic) in [(small_png(), 8), (small_jpeg(), 3)] {
            for cut in 0..bytes.len() {
                let info = read(&bytes[..cut]);
                if cut < magic {
                    assert!(info.is_none(), "{cut} bytes");
                } else {
                    assert_eq!(info.unwrap().broken, Some("truncated"), "{cut} of {} bytes", bytes.len());
                }
                let _ = (png_layout(&bytes[..cut]), jpeg_layout(&bytes[..cut]));
            }
        }
    }

    #[test]
    fn a_file_that_ends_in_zeros_is_truncated() {
        // what a broken copy from a phone looks like
        let mut jpeg = small_jpeg();
        let half = jpeg.len() - 40;
        jpeg[half..].fill(0);
        assert_eq!(read(&jpeg).unwrap().broken, Some("truncated"));
    }

    #[test]
    fn no_corrupted_byte_panics_and_png_crcs_see_each() {
        for change in [0x01u8, 0x80, 0xff] {
            for (original, is_png) in [(small_png(), true), (small_jpeg(), false)] {
                for i in 0..original.len() {
                    let mut bytes = original.clone();
                    bytes[i] ^= change;
                    let info = read(&bytes);
                    let _ = (png_layout(&bytes), jpeg_layout(&bytes));
                    if is_png && i >= 8 {
                        assert!(info.unwrap().broken.is_some(), "byte {i} changed by {change:#x} went unseen");
                    }
                }
            }
        }
    }

    #[test]
    fn a_wrong_checksum_is_told_from_an_early_end() {
        let mut png = small_png();
        png[50] ^= 1;
        assert_eq!(read(&png).unwrap().broken, Some("bad-crc"));
    }

    #[test]
    fn programs_are_named_from_text_chunks_and_xmp() {
        let plain = png_with(&[chunk(b"tEXt", b"Software\0Snipaste")]);
        let info = read(&plain).unwrap();
        assert_eq!((info.programs.as_slice(), info.broken), (&["Snipaste".to_owned()][..], None));
        let international = png_with(&[chunk(b"iTXt", "Software\0\0\0zh\0软件\0美图秀秀".as_bytes())]);
        assert_eq!(read(&international).unwrap().programs, ["美图秀秀"]);
        let xmp = png_with(&[chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x xmp:CreatorTool=\"GIMP 2.10\"/>")]);
        assert_eq!(read(&xmp).unwrap().programs, ["GIMP 2.10"]);
        let deflate = |text: &[u8]| {
            let mut z = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
            std::io::Write::write_all(&mut z, text).unwrap();
            z.finish().unwrap()
        };
        let squeezed = png_with(&[chunk(b"zTXt", &[b"Software\0\0".as_slice(), &deflate(b"Pixelmator Pro")].concat())]);
        assert_eq!(read(&squeezed).unwrap().programs, ["Pixelmator Pro"]);
        let packet = deflate(br#"stEvt:softwareAgent="Adobe Photoshop 25.0""#);
        let squeezed = png_with(&[chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\x01\0\0\0".as_slice(), &packet].concat())]);
        assert_eq!(read(&squeezed).unwrap().programs, ["Adobe Photoshop 25.0"]);
    }

    #[test]
    fn a_turned_photograph_is_shown_upright() {
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        let mut segment = vec![0xff, 0xe1];
        segment.extend((exif.len() as u16 + 2).to_be_bytes());
        segment.append(&mut exif);
        let mut jpeg = small_jpeg();
        jpeg.splice(2..2, segment);
        let info = read(&jpeg).unwrap();
        assert_eq!((info.orientation, info.broken), (6, None));
        // the same tag inside a PNG
        let png = png_with(&[chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0")]);
        assert_eq!(read(&png).unwrap().orientation, 8);
    }

    #[test]
    fn layouts_for_the_pdf_writer() {
        let png = small_png();
        let layout = png_layout(&png).unwrap();
        assert_eq!((layout.width, layout.height, layout.bit_depth, layout.color_type), (SIDE, SIDE, 8, 2));
        assert!(!layout.interlaced && !layout.has_alpha && !layout.icc && layout.palette.is_none());
        assert!(layout.idat.iter().all(|r| png[r.start - 4..r.start] == *b"IDAT"));
        let jpeg = jpeg_layout(&small_jpeg()).unwrap();
        assert_eq!(jpeg, JpegLayout { width: SIDE, height: SIDE, components: 3, bits: 8, adobe_transform: None });
        // a palette picture without its palette is refused
        let mut no_palette = small_png();
        no_palette[25] = 3;
        assert!(png_layout(&no_palette).is_none());
        // lossless JPEG cannot go into a PDF as it is
        let mut lossless = small_jpeg();
        let sof = lossless.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
        lossless[sof + 1] = 0xc3;
        assert!(jpeg_layout(&lossless).is_none());
    }

    #[test]
    fn the_rarer_formats_give_size_and_wholeness() {
        let gif = b"GIF89a\x02\0\x03\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x02\0\x03\0\0\x02\x02\x44\x01\0\x3b".to_vec();
        let webp = [b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f".as_slice(), &(4u32 | 6 << 14).to_le_bytes(), &[0; 9]].concat();
        let mut bmp = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\xff\xff\xff\xff\x01\0\x18\0".to_vec();
        bmp.resize(0x3a, 0);
        let tiff =
            b"II*\0\x08\0\0\0\x03\0\0\x01\x03\0\x01\0\0\0\x07\0\0\0\x01\x01\x03\0\x01\0\0\0\x09\0\0\0\x11\x01\x04\0\x01\0\0\0\x32\0\0\0\0\0\0\0\xff".to_vec();
        let heic =
            [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), b"\0\0\0\x29meta\0\0\0\0\0\0\0\x14ispe\0\0\0\0\0\0\x0f\xc0\0\0\x0b\xd0\0\0\0\x09irot\x03"]
                .concat();
        for (bytes, format, width, height) in [
            (gif, PictureFormat::Gif, 2, 3),
            (webp, PictureFormat::WebP, 5, 7),
            (bmp, PictureFormat::Bmp, 1, 1),
            (tiff, PictureFormat::Tiff, 7, 9),
            (heic.clone(), PictureFormat::Heic, 4032, 3024),
        ] {
            let info = read(&bytes).unwrap();
            assert_eq!((info.format, info.width, info.height, info.broken), (format, width, height, None));
            for cut in 0..bytes.len() {
                if let Some(info) = read(&bytes[..cut]) {
                    assert!(info.broken.is_some(), "{format:?} cut to {cut} of {} bytes passes as whole", bytes.len());
                }
            }
            for i in 0..bytes.len() {
                let mut wrong = bytes.clone();
                wrong[i] ^= 0xff;
                let _ = read(&wrong);
            }
        }
        assert_eq!(read(&heic).unwrap().shown_size(), (3024, 4032));
    }
}
