//! The zip's own directory, read byte by byte: a reader that keeps one entry a name cannot see that a name stands there twice, and unpackers differ in
//! which of the two they write. Layout: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.5.3 (local header, central header, zip64 sizes).

use super::Problem;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

const CENTRAL: [u8; 4] = [0x50, 0x4b, 0x01, 0x02];
const LOCAL: [u8; 4] = [0x50, 0x4b, 0x03, 0x04];
/// Marks a 32-bit field whose value stands in the zip64 extra field.
const IN_ZIP64: u32 = u32::MAX;
/// More entries than a bag ever has; a directory that claims more is not followed further.
const MOST: usize = 4_000_000;

struct Entry {
    name: Vec<u8>,
    local: u64,
}

/// Names that stand twice, and names that differ between the directory and the entry itself. `start`: first byte of the directory; `offset`: bytes before
/// the zip proper, which all stored positions leave out.
pub(super) fn problems(path: &Path, start: u64, offset: u64) -> Vec<Problem> {
    let shown = |name: &[u8]| String::from_utf8_lossy(name).escape_debug().to_string();
    let unreadable = |e: std::io::Error| vec![Problem::Unreadable { path: path.display().to_string(), detail: e.to_string() }];
    let entries = match entries(path, start) {
        Ok(entries) => entries,
        Err(e) => return unreadable(e),
    };
    let mut out = Vec::new();
    let mut seen: BTreeSet<&[u8]> = BTreeSet::new();
    for entry in &entries {
        if !seen.insert(&entry.name) {
            out.push(Problem::DuplicateEntry { path: shown(&entry.name) });
        }
    }
    let mut file = match File::open(path) {
        Ok(file) => BufReader::new(file),
        Err(e) => return unreadable(e),
    };
    for entry in &entries {
        match local_name(&mut file, entry.local.saturating_add(offset)) {
            Ok(name) if name == entry.name => {}
            Ok(name) => out.push(Problem::NameDiffers { path: shown(&entry.name), inner: shown(&name) }),
            Err(e) => out.push(Problem::Unreadable { path: shown(&entry.name), detail: e.to_string() }),
        }
    }
    out
}

fn entries(path: &Path, start: u64) -> std::io::Result<Vec<Entry>> {
    let mut file = BufReader::new(File::open(path)?);
    file.seek(SeekFrom::Start(start))?;
    let mut out = Vec::new();
    while out.len() < MOST {
        let mut head = [0u8; 46];
        if file.read_exact(&mut head).is_err() || !head.starts_with(&CENTRAL) {
            break;
        }
        let name = take(&mut file, short(&head, 28))?;
        let extra = take(&mut file, short(&head, 30))?;
        take(&mut file, short(&head, 32))?;
        let (packed, unpacked, local) = (long(&head, 20), long(&head, 24), long(&head, 42));
        let local = if local == IN_ZIP64 { zip64_local(&extra, packed, unpacked).unwrap_or(u64::from(local)) } else { u64::from(local) };
        out.push(Entry { name, local });
    }
    Ok(out)
}

/// The position of the local header in the zip64 extra field: it follows those sizes that are marked as standing there.
fn zip64_local(extra: &[u8], packed: u32, unpacked: u32) -> Option<u64> {
    let mut rest = extra;
    while rest.len() >= 4 {
        let (id, len) = (short(rest, 0), short(rest, 2));
        let body = rest.get(4..4 + len)?;
        if id == 1 {
            let before = 8 * (usize::from(unpacked == IN_ZIP64) + usize::from(packed == IN_ZIP64));
            return body.get(before..before + 8)?.try_into().ok().map(u64::from_le_bytes);
        }
        rest = rest.get(4 + len..)?;
    }
    None
}

fn local_name(file: &mut BufReader<File>, at: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut head = [0u8; 30];
    file.read_exact(&mut head)?;
    if !head.starts_with(&LOCAL) {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "PK\\3\\4"));
    }
    take(file, short(&head, 26))
}

fn take(file: &mut impl Read, len: usize) -> std::io::Result<Vec<u8>> {
    let mut out = vec![0; len];
    file.read_exact(&mut out)?;
    Ok(out)
}

fn short(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, |b| usize::from(u16::from_le_bytes(b)))
}

fn long(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}
