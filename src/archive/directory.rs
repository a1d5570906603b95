//! The central directory of a zip (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12–4.3.16, 4.5.3), entry by entry as it stands: two members of one name are
//! two members. In: anything that can be read at a position. Out: the members with the place of their packed bytes.

use super::names::{self, Encoding};
use crate::model::file::MemberStep;
use std::io::{self, Read, Seek, SeekFrom};

const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
/// Length of the end record without its comment.
const END_LENGTH: u64 = 22;
/// The longest comment behind it.
const COMMENT: u64 = 65_535;
/// Longer names are cut: no system can unpack them.
const NAME_BYTES: usize = 1024;
/// Marks a 32-bit field whose value stands in the zip64 extra field.
const IN_64: u64 = u32::MAX as u64;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// One member as the directory lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name as a path inside the archive.
    pub path: String,
    /// The name as it stands leads out of the archive (`..`, a drive, a leading `/`); `path` does not.
    pub outside: bool,
    /// It asks for a password.
    pub encrypted: bool,
    /// A symbolic link, as Unix programs pack them.
    pub link: bool,
    /// Where its bytes are; `Err` holds why they cannot be had: the number of a packing method that is not read, or `None` for a place outside the file.
    pub step: Result<MemberStep, Option<u16>>,
}

/// What a directory lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The members in directory order, folders left out.
    pub members: Vec<Listed>,
    /// Members beyond the limit, not listed.
    pub more: u64,
    /// The packed bytes of all members together are more than the file has: they lie over each other, as no program packs them.
    pub overlapping: bool,
}

/// Lists at most `most` members. `None` when the bytes have no directory that can be followed: cut off, or no zip.
///
/// # Errors
/// What the source reports.
pub fn list(source: &mut (impl Read + Seek), most: usize) -> io::Result<Option<Listing>> {
    let length = source.seek(SeekFrom::End(0))?;
    let Some(end) = end_record(source, length)? else { return Ok(None) };
    source.seek(SeekFrom::Start(end.start))?;
    // the directory is read through a buffer of its own, because members' own heads are visited after it
    let mut directory = io::BufReader::with_capacity(64 << 10, source.by_ref().take(length - end.start));
    let mut raw = Vec::new();
    let mut more = 0;
    while let Some(entry) = entry(&mut directory)? {
        if entry.name.ends_with(b"/") || entry.name.ends_with(b"\\") {
            continue;
        }
        if raw.len() < most {
            raw.push(entry);
        } else {
            more += 1;
        }
    }
    drop(directory);
    let unflagged = raw.iter().filter(|e| !e.utf8).map(|e| e.name.as_slice());
    let encoding = names::judge(unflagged);
    let packed: u64 = raw.iter().map(|e| e.packed).fold(0, u64::saturating_add);
    let mut members = Vec::with_capacity(raw.len());
    for entry in raw {
        let name = names::decode(&entry.name, if entry.utf8 { Encoding::Utf8 } else { encoding });
        let (path, outside) = names::inside(&name);
        let step = match entry.method {
            STORED | DEFLATED => match data_start(source, entry.local.saturating_add(end.before))? {
                Some(at) if at.checked_add(entry.packed).is_some_and(|to| to <= length) => {
                    Ok(MemberStep { at, packed: entry.packed, bytes: entry.bytes, crc32: entry.crc32, deflated: entry.method == DEFLATED })
                }
                _ => Err(None),
            },
            other => Err(Some(other)),
        };
        members.push(Listed { path, outside, encrypted: entry.encrypted, link: entry.link, step });
    }
    Ok(Some(Listing { members, more, overlapping: packed > length }))
}

/// Where the directory begins, and how many bytes stand before the zip proper (all positions in it leave those out).
struct End {
    start: u64,
    before: u64,
}

fn end_record(source: &mut (impl Read + Seek), length: u64) -> io::Result<Option<End>> {
    let from = length.saturating_sub(END_LENGTH + COMMENT);
    source.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    source.by_ref().take(END_LENGTH + COMMENT).read_to_end(&mut tail)?;
    // the last record whose comment fits; a comment may itself hold the mark
    let mut ends = (0..tail.len().saturating_sub(END_LENGTH as usize - 1)).rev().filter(|at| tail.get(*at..*at + 4) == Some(END));
    let Some(at) = ends.find(|at| short(&tail, at + 20).is_some_and(|comment| at + 22 + usize::from(comment) <= tail.len())) else { return Ok(None) };
    let position = from + at as u64;
    let (Some(mut size), Some(mut offset)) = (long(&tail, at + 12), long(&tail, at + 16)) else { return Ok(None) };
    let mut directory_end = position;
    if (size == IN_64 || offset == IN_64 || short(&tail, at + 10) == Some(u16::MAX))
        && let Some(at) = at.checked_sub(20)
        && tail.get(at..at + 4) == Some(LOCATOR_64)
        && let Some(record) = wide(&tail, at + 8)
    {
        let mut head = [0_u8; 56];
        source.seek(SeekFrom::Start(record))?;
        if source.read_exact(&mut head).is_ok()
            && head.starts_with(END_64)
            && let (Some(size_64), Some(offset_64)) = (wide(&head, 40), wide(&head, 48))
        {
            (size, offset, directory_end) = (size_64, offset_64, record);
        }
    }
    let Some(start) = directory_end.checked_sub(size) else { return Ok(None) };
    Ok(start.checked_sub(offset).map(|before| End { start, before }))
}

struct Raw {
    name: Vec<u8>,
    utf8: bool,
    encrypted: bool,
    link: bool,
    method: u16,
    crc32: u32,
    packed: u64,
    bytes: u64,
    local: u64,
}

/// The next entry of the directory; `None` at its end, or where it breaks off.
fn entry(directory: &mut impl Read) -> io::Result<Option<Raw>> {
    let mut head = [0_u8; 46];
    if directory.read_exact(&mut head).is_err() || !head.starts_with(CENTRAL) {
        return Ok(None);
    }
    let field = |at| short(&head, at).unwrap_or(0);
    let (made_by, flags, method) = (field(4), field(8), field(10));
    let Some(mut name) = take(directory, field(28)) else { return Ok(None) };
    let Some(extra) = take(directory, field(30)) else { return Ok(None) };
    if take(directory, field(32)).is_none() {
        return Ok(None);
    }
    let value = |at| long(&head, at).unwrap_or(0);
    let (mut packed, mut bytes, mut local) = (value(20), value(24), value(42));
    let mut utf8 = flags & (1 << 11) != 0;
    for (id, body) in extras(&extra) {
        match id {
            // zip64: those of the three that did not fit, in this order
            1 => {
                let mut at = 0;
                for place in [&mut bytes, &mut packed, &mut local] {
                    if *place == IN_64
                        && let Some(n) = wide(body, at)
                    {
                        *place = n;
                        at += 8;
                    }
                }
            }
            // Info-ZIP's Unicode path: version, CRC-32 of the plain name, the name in UTF-8
            0x7075 if body.first() == Some(&1) && long(body, 1) == Some(u64::from(crc32fast::hash(&name))) => {
                if let Some(unicode) = body.get(5..).filter(|n| std::str::from_utf8(n).is_ok()) {
                    name = unicode.to_vec();
                    utf8 = true;
                }
            }
            _ => {}
        }
    }
    name.truncate(NAME_BYTES);
    // the upper half of the attributes is st_mode when a Unix system (3) or macOS (19) made the entry
    let unix = matches!(made_by >> 8, 3 | 19);
    let link = unix && field(40) & 0o170_000 == 0o120_000;
    Ok(Some(Raw { name, utf8, encrypted: flags & 1 != 0 || method == 99, link, method, crc32: u32::try_from(value(16)).unwrap_or(0), packed, bytes, local }))
}

fn extras(mut rest: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (id, length) = (short(rest, 0)?, usize::from(short(rest, 2)?));
        let body = rest.get(4..4 + length)?;
        rest = rest.get(4 + length..)?;
        Some((id, body))
    })
}

/// Where a member's packed bytes begin: behind its own head, whose name and extra field may be longer or shorter than the directory's.
fn data_start(source: &mut (impl Read + Seek), local: u64) -> io::Result<Option<u64>> {
    source.seek(SeekFrom::Start(local))?;
    let mut head = [0_u8; 30];
    if source.read_exact(&mut head).is_err() || !head.starts_with(super::MAGIC) {
        return Ok(None);
    }
    let length = |at| u64::from(short(&head, at).unwrap_or(0));
    Ok(local.checked_add(30 + length(26) + length(28)))
}

fn take(source: &mut impl Read, length: u16) -> Option<Vec<u8>> {
    let mut out = vec![0; usize::from(length)];
    source.read_exact(&mut out).ok()?;
    Some(out)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    array(bytes, at).map(u32::from_le_bytes).map(u64::from)
}

fn wide(bytes: &[u8], at: usize) -> Option<u64> {
    array(bytes, at).map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write as _};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn small() -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.add_directory("夹", SimpleFileOptions::default()).unwrap();
        for (name, method) in [("夹/一.txt", zip::CompressionMethod::Deflated), ("二.txt", zip::CompressionMethod::Stored)] {
            zip.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
            zip.write_all("运单 SF1390012345671 ".repeat(9).as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn listed(bytes: &[u8]) -> Option<Listing> {
        list(&mut Cursor::new(bytes), 100).unwrap()
    }

    #[test]
    fn lists_files_with_their_places() {
        let zip = small();
        let listing = listed(&zip).unwrap();
        assert_eq!(listing.members.iter().map(|m| m.path.as_str()).collect::<Vec<_>>(), ["夹/一.txt", "二.txt"]);
        let stored = listing.members[1].step.as_ref().unwrap();
        assert!(!stored.deflated && zip[stored.at as usize..].starts_with("运单".as_bytes()));
        assert_eq!((listing.more, listing.overlapping), (0, false));
        // a self-extracting program or an e-mail's head in front moves everything
        let moved = [b"junk before the zip".as_slice(), &zip].concat();
        assert_eq!(listed(&moved).unwrap().members[1].step.as_ref().unwrap().at, stored.at + 19);
        assert_eq!(list(&mut Cursor::new(&zip), 1).unwrap().unwrap().more, 1);
    }

    #[test]
    fn what_is_cut_or_changed_never_panics() {
        let zip = small();
        for cut in 0..zip.len() {
            assert_eq!(listed(&zip[..cut]), None, "{cut}");
        }
        for i in 0..zip.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut wrong = zip.clone();
                wrong[i] ^= change;
                let _ = listed(&wrong);
            }
        }
    }
}
