//! What is taken from EXIF and XMP: orientation, the programs that wrote the file, when the picture was taken. Everything else stays unread.

use super::bytes::find;
use crate::model::Time;
use crate::text::dates;
use ::exif::{Exif, In, Reader, Tag, Value};
use chrono::NaiveDate;

/// A name of a program is not longer than this; what is longer is no name.
const SOFTWARE_CHARACTERS: usize = 120;
/// Programs kept of one picture: phone, chat app and editor are three; a history that repeats one name is kept once.
const PROGRAMS: usize = 8;
/// ACDSee's tag, kept by Exiv2's list; `exif` does not name it.
const PROCESSING_SOFTWARE: Tag = Tag(::exif::Context::Tiff, 0x000b);

/// The facts of one picture; an absent orientation is 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub orientation: u8,
    /// Each name once, in the order met.
    pub programs: Vec<String>,
    pub taken_at: Option<Time>,
}

impl Facts {
    /// Adds the names that are new.
    pub fn add_programs(&mut self, names: impl IntoIterator<Item = String>) {
        for name in names {
            if self.programs.len() < PROGRAMS && !self.programs.contains(&name) {
                self.programs.push(name);
            }
        }
    }

    /// Takes orientation and time of EXIF, and its programs beside those met before.
    pub fn add_exif(&mut self, exif: &Exif) {
        let read = facts(exif);
        self.orientation = read.orientation;
        self.taken_at = read.taken_at;
        self.add_programs(read.programs);
    }
}

impl Default for Facts {
    fn default() -> Self {
        Facts { orientation: 1, programs: Vec::new(), taken_at: None }
    }
}

/// Reads a TIFF structure (payload of APP1 after `Exif\0\0`, of `eXIf`, or a TIFF file). Damaged entries are passed over.
pub fn read_raw(tiff: &[u8]) -> Option<Exif> {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    reader.read_raw(tiff.to_vec()).or_else(|e| e.distill_partial_result(|_| ())).ok()
}

/// Reads the EXIF of a container that kamadak-exif knows (HEIC).
pub fn read_container(bytes: &[u8]) -> Option<Exif> {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    reader.read_from_container(&mut std::io::Cursor::new(bytes)).or_else(|e| e.distill_partial_result(|_| ())).ok()
}

/// The facts of parsed EXIF.
pub fn facts(exif: &Exif) -> Facts {
    let mut facts = Facts { orientation: orientation(exif), programs: Vec::new(), taken_at: taken_at(exif) };
    facts.add_programs([Tag::Software, PROCESSING_SOFTWARE].into_iter().filter_map(|tag| name(ascii(exif, tag)?)));
    facts
}

/// A number of the primary image.
pub fn number(exif: &Exif, tag: Tag) -> Option<u32> {
    exif.get_field(tag, In::PRIMARY)?.value.get_uint(0)
}

fn orientation(exif: &Exif) -> u8 {
    // EXIF 2.32 knows 1–8; cameras without a sensor write 0
    number(exif, Tag::Orientation).and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=8).contains(n)).unwrap_or(1)
}

fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(parts) => parts.first().map(Vec::as_slice),
        _ => None,
    }
}

fn taken_at(exif: &Exif) -> Option<Time> {
    let said = ::exif::DateTime::from_ascii(ascii(exif, Tag::DateTimeOriginal)?).ok()?;
    let day = NaiveDate::from_ymd_opt(i32::from(said.year), u32::from(said.month), u32::from(said.day))?;
    dates::local(day.and_hms_opt(u32::from(said.hour), u32::from(said.minute), u32::from(said.second))?)
}

/// A program's name from foreign bytes: UTF-8, else Latin-1; trimmed, control characters dropped; `None` when nothing is left.
pub fn name(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|b| char::from(*b)).collect(),
    };
    let clean: String = text.chars().filter(|c| !c.is_control()).take(SOFTWARE_CHARACTERS).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

/// Properties of an XMP packet that name a program: who made the file, and who changed it later (xmpMM:History). Editors that drop EXIF still write them.
const XMP_PROGRAMS: [&[u8]; 3] = [b"xmp:CreatorTool", b"stEvt:softwareAgent", b"tiff:Software"];

/// The programs that an XMP packet names, as attributes or elements.
pub fn xmp_programs(xmp: &[u8]) -> Vec<String> {
    let mut found = Facts::default();
    for property in XMP_PROGRAMS {
        let mut at = 0;
        while let Some(next) = xmp.get(at..).and_then(|rest| find(rest, property)) {
            at += next + property.len();
            found.add_programs(xmp.get(at..).and_then(xmp_value));
        }
    }
    found.programs
}

/// The value behind a property's name.
fn xmp_value(rest: &[u8]) -> Option<String> {
    let (open, close) = match rest.first()? {
        b'=' => (2, *rest.get(1)?),
        b'>' => (1, b'<'),
        _ => return None,
    };
    let value = rest.get(open..)?;
    let end = value.iter().position(|b| *b == close)?;
    name(value.get(..end)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A little-endian TIFF with orientation and Software in IFD0, and DateTimeOriginal in the EXIF IFD.
    fn tiff(orientation: u16, software: &[u8; 8], taken: &[u8; 20]) -> Vec<u8> {
        let mut t = b"II*\0\x08\0\0\0".to_vec();
        t.extend(3u16.to_le_bytes());
        let entry = |t: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: u32| {
            t.extend(tag.to_le_bytes());
            t.extend(kind.to_le_bytes());
            t.extend(count.to_le_bytes());
            t.extend(value.to_le_bytes());
        };
        // IFD0 ends at 8 + 2 + 3*12 + 4 = 50; then 8 bytes of Software, the EXIF IFD (18 bytes) and the date
        entry(&mut t, 0x0112, 3, 1, u32::from(orientation));
        entry(&mut t, 0x0131, 2, 8, 50);
        entry(&mut t, 0x8769, 4, 1, 58);
        t.extend(0u32.to_le_bytes());
        t.extend(software);
        t.extend(1u16.to_le_bytes());
        entry(&mut t, 0x9003, 2, 20, 76);
        t.extend(0u32.to_le_bytes());
        t.extend(taken);
        t
    }

    #[test]
    fn reads_orientation_program_and_time() {
        let exif = read_raw(&tiff(6, b"PicsArt\0", b"2026:04:01 20:04:11\0")).unwrap();
        let facts = facts(&exif);
        assert_eq!(facts.orientation, 6);
        assert_eq!(facts.programs, ["PicsArt"]);
        assert_eq!(facts.taken_at.unwrap().to_rfc3339(), "2026-04-01T20:04:11+08:00");
    }

    #[test]
    fn nonsense_reads_as_absent() {
        for orientation in [0, 9, 0x600] {
            let facts = facts(&read_raw(&tiff(orientation, b"       \0", b"0000:00:00 00:00:00\0")).unwrap());
            assert_eq!(facts, Facts::default());
        }
        assert!(read_raw(b"II*\0").is_none());
    }

    #[test]
    fn reads_the_editors_from_xmp() {
        assert_eq!(xmp_programs(br#"<rdf:Description xmp:CreatorTool="Adobe Photoshop 25.0" x="y""#), ["Adobe Photoshop 25.0"]);
        assert_eq!(xmp_programs("<xmp:CreatorTool>美图秀秀</xmp:CreatorTool>".as_bytes()), ["美图秀秀"]);
        let history = br#"xmp:CreatorTool="17.4.1" <rdf:li stEvt:action="saved" stEvt:softwareAgent="Adobe Photoshop 25.0 (Windows)"/><rdf:li stEvt:softwareAgent="Adobe Photoshop 25.0 (Windows)"/>"#;
        assert_eq!(xmp_programs(history), ["17.4.1", "Adobe Photoshop 25.0 (Windows)"]);
        assert!(xmp_programs(b"xmp:CreatorTool").is_empty());
        assert!(xmp_programs(b"xmp:CreatorTool=\"no end").is_empty());
    }
}
