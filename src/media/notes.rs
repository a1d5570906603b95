//! What people and programs wrote into a picture beside its pixels: EXIF description and comment, JPEG and PNG comments, XMP title and description.
//! In: the file's bytes. Out: the field's own name and its text, each bounded. Places, cameras and authors stay unread.

use super::bytes::{find, u16_be, u32_be, u32_le};
use super::exif;
use super::png::SIGNATURE;
use crate::text::decode::decode;
use ::exif::{Context, Exif, In, Tag, Value};
use std::io::Read as _;

/// A note: the field's name as its format has it (`exif UserComment`, `png Comment`, `xmp dc:description`), and the text.
pub type Note = (String, String);

/// Fields of one picture; real ones have two or three.
const MOST: usize = 16;
/// Characters of one field that are kept.
const CHARACTERS: usize = 4096;
/// A compressed PNG text may unpack to this.
const INFLATED: u64 = 64 << 10;
/// Segments or chunks that are looked at.
const PIECES: usize = 4096;

const XMP_FIELDS: [&str; 4] = ["dc:title", "dc:description", "exif:UserComment", "photoshop:Headline"];

/// The notes of a JPEG, PNG, WebP, TIFF or HEIC; none for other formats.
pub fn read(bytes: &[u8]) -> Vec<Note> {
    let mut notes = Notes::default();
    if bytes.starts_with(&[0xff, 0xd8]) {
        jpeg(bytes, &mut notes);
    } else if bytes.starts_with(SIGNATURE) {
        png(bytes, &mut notes);
    } else if bytes.starts_with(b"RIFF") {
        webp(bytes, &mut notes);
    } else if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") {
        notes.exif(exif::read_raw(bytes));
    } else if bytes.get(4..8) == Some(b"ftyp") {
        notes.exif(exif::read_container(bytes));
    }
    notes.list
}

#[derive(Default)]
struct Notes {
    list: Vec<Note>,
}

impl Notes {
    fn add(&mut self, field: String, text: &str) {
        let text: String =
            text.trim_matches(|c: char| c.is_whitespace() || c == '\0').chars().filter(|c| !c.is_control() || *c == '\n').take(CHARACTERS).collect();
        if !text.is_empty() && self.list.len() < MOST && !self.list.iter().any(|(_, t)| *t == text) {
            self.list.push((field, text));
        }
    }

    fn bytes(&mut self, field: String, bytes: &[u8]) {
        if let Some(text) = text_of(bytes) {
            self.add(field, &text);
        }
    }

    fn exif(&mut self, exif: Option<Exif>) {
        let Some(exif) = exif else { return };
        if let Some(Value::Ascii(parts)) = exif.get_field(Tag::ImageDescription, In::PRIMARY).map(|f| &f.value) {
            parts.iter().for_each(|p| self.bytes("exif ImageDescription".into(), p));
        }
        if let Some(Value::Undefined(comment, _) | Value::Byte(comment)) = exif.get_field(Tag::UserComment, In::PRIMARY).map(|f| &f.value) {
            self.user_comment(comment, exif.little_endian());
        }
        // Explorer's title, comment, key words and subject: UTF-16, always little-endian
        for (number, name) in [(0x9c9b, "XPTitle"), (0x9c9c, "XPComment"), (0x9c9e, "XPKeywords"), (0x9c9f, "XPSubject")] {
            if let Some(Value::Byte(wide)) = exif.get_field(Tag(Context::Tiff, number), In::PRIMARY).map(|f| &f.value) {
                self.add(format!("exif {name}"), &encoding_rs::UTF_16LE.decode_without_bom_handling(wide).0);
            }
        }
    }

    /// Eight bytes name the character code (EXIF 2.32, section 4.6.5); phones leave them blank and write UTF-8.
    fn user_comment(&mut self, comment: &[u8], little_endian: bool) {
        let field = "exif UserComment".to_owned();
        let (Some(code), Some(rest)) = (comment.get(..8), comment.get(8..)) else { return self.bytes(field, comment) };
        match code {
            b"UNICODE\0" if rest.starts_with(b"\xff\xfe") || rest.starts_with(b"\xfe\xff") => self.bytes(field, rest),
            b"UNICODE\0" => self.add(field, &wide(rest, little_endian)),
            b"ASCII\0\0\0" | b"\0\0\0\0\0\0\0\0" => self.bytes(field, rest),
            b"JIS\0\0\0\0\0" => {}
            _ => self.bytes(field, comment),
        }
    }

    /// Attributes (`dc:title="…"`) and elements, whose text may stand in a list of languages.
    fn xmp(&mut self, xmp: &[u8]) {
        let Some(packet) = text_of(xmp) else { return };
        for name in XMP_FIELDS {
            let attribute = packet.find(&format!("{name}=\"")).and_then(|at| packet.get(at + name.len() + 2..)).and_then(|rest| rest.split('"').next());
            let element = packet.find(&format!("<{name}>")).and_then(|at| packet.get(at..)?.split(&format!("</{name}>")).next());
            if let Some(value) = attribute.or(element) {
                self.add(format!("xmp {name}"), &without_tags(value));
            }
        }
    }
}

/// UTF-16 in the file's byte order; programs that write the other one are common, so the order that gives readable text wins.
fn wide(bytes: &[u8], little_endian: bool) -> String {
    let (own, other) = if little_endian { (encoding_rs::UTF_16LE, encoding_rs::UTF_16BE) } else { (encoding_rs::UTF_16BE, encoding_rs::UTF_16LE) };
    let [own, other] = [own, other].map(|e| e.decode_without_bom_handling(bytes).0.into_owned());
    let readable = |text: &str| text.chars().filter(|c| c.is_ascii_graphic() || matches!(c, '\u{4e00}'..='\u{9fff}')).count();
    if readable(&other) > readable(&own) { other } else { own }
}

fn text_of(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().rposition(|b| *b != 0).map_or(0, |n| n + 1);
    decode(bytes.get(..end)?).map(|(text, _)| text)
}

fn without_tags(xml: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in xml.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}

fn jpeg(bytes: &[u8], notes: &mut Notes) {
    let mut at = 2;
    for _ in 0..PIECES {
        let (Some(0xff), Some(&marker)) = (bytes.get(at), bytes.get(at + 1)) else { return };
        if marker == 0xff {
            at += 1;
            continue;
        }
        let body = u16_be(bytes, at + 2).map(usize::from).filter(|n| *n >= 2).and_then(|n| bytes.get(at + 4..at + 2 + n));
        let (Some(body), false) = (body, matches!(marker, 0xda | 0xd9)) else { return };
        match marker {
            0xfe => notes.bytes("jpeg comment".into(), body),
            0xe1 => match (body.strip_prefix(b"Exif\0\0"), body.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0")) {
                (Some(tiff), _) => notes.exif(exif::read_raw(tiff)),
                (_, Some(xmp)) => notes.xmp(xmp),
                _ => {}
            },
            _ => {}
        }
        at += 4 + body.len();
    }
}

fn png(bytes: &[u8], notes: &mut Notes) {
    let mut at = SIGNATURE.len();
    for _ in 0..PIECES {
        let (Some(length), Some(kind)) = (u32_be(bytes, at), bytes.get(at + 4..at + 8)) else { return };
        let start = at + 8;
        let Some(data) = start.checked_add(length as usize).and_then(|end| bytes.get(start..end)) else { return };
        match kind {
            b"tEXt" | b"iTXt" | b"zTXt" => png_text(kind, data, notes),
            b"eXIf" => notes.exif(exif::read_raw(data)),
            b"IEND" => return,
            _ => {}
        }
        at = start + data.len() + 4;
    }
}

fn png_text(kind: &[u8], data: &[u8], notes: &mut Notes) {
    let Some(split) = find(data, b"\0") else { return };
    let (Some(keyword), Some(rest)) = (data.get(..split), data.get(split + 1..)) else { return };
    // keyword, then: tEXt text; zTXt method and zlib; iTXt flag, method, language, translated keyword, text
    let value = match kind {
        b"zTXt" => rest.get(1..).and_then(inflate),
        b"iTXt" => {
            let text = rest.get(2..).and_then(|r| r.splitn(3, |b| *b == 0).nth(2));
            if rest.first() == Some(&1) { text.and_then(inflate) } else { text.map(<[u8]>::to_vec) }
        }
        _ => Some(rest.to_vec()),
    };
    match (String::from_utf8_lossy(keyword).as_ref(), value) {
        ("Software", _) | (_, None) => {}
        ("XML:com.adobe.xmp", Some(xmp)) => notes.xmp(&xmp),
        (keyword, Some(value)) => notes.bytes(format!("png {keyword}"), &value),
    }
}

fn inflate(zlib: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    flate2::read::ZlibDecoder::new(zlib).take(INFLATED).read_to_end(&mut out).ok()?;
    Some(out)
}

fn webp(bytes: &[u8], notes: &mut Notes) {
    let mut at = 12;
    for _ in 0..PIECES {
        let (Some(kind), Some(length)) = (bytes.get(at..at + 4), u32_le(bytes, at + 4)) else { return };
        let start = at + 8;
        let Some(data) = start.checked_add(length as usize).and_then(|end| bytes.get(start..end)) else { return };
        match kind {
            b"EXIF" => notes.exif(exif::read_raw(data.strip_prefix(b"Exif\0\0").unwrap_or(data))),
            b"XMP " => notes.xmp(data),
            _ => {}
        }
        at = start + data.len() + data.len() % 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        [&(data.len() as u32).to_be_bytes()[..], kind, data, &[0; 4]].concat()
    }

    fn png_of(chunks: &[Vec<u8>]) -> Vec<u8> {
        [SIGNATURE.to_vec(), chunks.concat(), chunk(b"IEND", b"")].concat()
    }

    fn jpeg_of(marker: u8, body: &[u8]) -> Vec<u8> {
        [&[0xff, 0xd8, 0xff, marker][..], &(body.len() as u16 + 2).to_be_bytes(), body, &[0xff, 0xda, 0, 2]].concat()
    }

    fn texts(bytes: &[u8]) -> Vec<(String, String)> {
        read(bytes)
    }

    #[test]
    fn png_texts_in_all_three_forms() {
        let zipped = miniz_oxide::deflate::compress_to_vec_zlib("单号SF1390012345671".as_bytes(), 6);
        let png = png_of(&[
            chunk(b"tEXt", b"Comment\0order 351234567890100011"),
            chunk(b"tEXt", b"Software\0Snipaste"),
            chunk(b"iTXt", "Description\0\0\0zh\0说明\0买家tb小明".as_bytes()),
            chunk(b"zTXt", &[b"Title\0\0".as_slice(), &zipped].concat()),
        ]);
        let expected = [("png Comment", "order 351234567890100011"), ("png Description", "买家tb小明"), ("png Title", "单号SF1390012345671")];
        assert_eq!(texts(&png), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn jpeg_comment_exif_and_xmp() {
        assert_eq!(texts(&jpeg_of(0xfe, b"351234567890100011")), [("jpeg comment".to_owned(), "351234567890100011".to_owned())]);
        let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x0e\0\x02\0\0\0\x07\0\0\0\x1a\0\0\0\0".to_vec();
        tiff.extend(b"tb0123\0");
        assert_eq!(texts(&jpeg_of(0xe1, &[b"Exif\0\0".as_slice(), &tiff].concat())), [("exif ImageDescription".to_owned(), "tb0123".to_owned())]);
        let xmp = "http://ns.adobe.com/xap/1.0/\0<dc:description><rdf:Alt><rdf:li>订单 351234567890100011</rdf:li></rdf:Alt></dc:description>";
        assert_eq!(texts(&jpeg_of(0xe1, xmp.as_bytes())), [("xmp dc:description".to_owned(), "订单 351234567890100011".to_owned())]);
    }

    #[test]
    fn comments_in_the_codes_that_exif_knows() {
        for (code, bytes) in [
            (&b"ASCII\0\0\0"[..], "单1".as_bytes().to_vec()),
            (b"\0\0\0\0\0\0\0\0", "单1".as_bytes().to_vec()),
            (b"UNICODE\0", "单1".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ] {
            let mut notes = Notes::default();
            notes.user_comment(&[code, &bytes].concat(), true);
            assert_eq!(notes.list, [("exif UserComment".to_owned(), "单1".to_owned())]);
        }
    }

    #[test]
    fn nothing_panics_and_everything_is_bounded() {
        let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b'1'; 4 << 20], 6);
        let png = png_of(&[chunk(b"zTXt", &[b"Title\0\0".as_slice(), &bomb].concat())]);
        assert_eq!(read(&png).first().map(|(_, t)| t.len()), Some(CHARACTERS));
        for sample in [png, jpeg_of(0xe1, b"Exif\0\0II*\0\x08\0\0\0\xff\xff"), b"RIFF\xff\xff\xff\xffWEBPEXIF\xff\xff\xff\xff".to_vec()] {
            for cut in 0..sample.len().min(400) {
                read(&sample[..cut]);
            }
        }
    }
}
