//! Hashing while reading: SHA-256 and CRC-32 in one pass.

use crate::model::file::Sha256;
use sha2::Digest as _;
use std::io::{self, Read, Write};

/// Length and digests of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digests {
    /// Bytes read.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: Sha256,
    /// CRC-32 (IEEE 802.3), as zip uses it.
    pub crc32: u32,
}

/// Takes bytes and keeps both digests.
#[derive(Default, Clone)]
pub struct Digester {
    sha: sha2::Sha256,
    crc: crc32fast::Hasher,
    bytes: u64,
}

impl Digester {
    /// Adds bytes.
    pub fn update(&mut self, data: &[u8]) {
        self.sha.update(data);
        self.crc.update(data);
        self.bytes += data.len() as u64;
    }

    /// Ends it.
    pub fn finish(self) -> Digests {
        Digests { bytes: self.bytes, sha256: Sha256(self.sha.finalize().into()), crc32: self.crc.finalize() }
    }
}

/// Digests of a slice.
pub fn of_bytes(data: &[u8]) -> Digests {
    let mut d = Digester::default();
    d.update(data);
    d.finish()
}

/// Reads `reader` to its end.
///
/// # Errors
/// What the reader reports.
pub fn of_reader(reader: impl Read) -> io::Result<Digests> {
    copy(reader, io::sink())
}

/// Copies `reader` into `writer`; gives length and CRC-32 of what passed. For bytes whose SHA-256 is known: without the processor's help SHA-256 takes
/// ten times as long as all the rest of copying.
///
/// # Errors
/// What either side reports.
pub fn copy_checked(reader: impl Read, mut writer: impl Write) -> io::Result<(u64, u32)> {
    let mut crc = crc32fast::Hasher::new();
    let mut bytes = 0;
    pass(reader, |part| {
        crc.update(part);
        bytes += part.len() as u64;
        writer.write_all(part)
    })?;
    Ok((bytes, crc.finalize()))
}

/// As [`copy_checked`], but the next part is read while this one is written: for a large file and a thread of a pool with others at rest.
///
/// # Errors
/// What either side reports.
pub fn copy_checked_ahead(mut reader: impl Read + Send, mut writer: impl Write + Send) -> io::Result<(u64, u32)> {
    const PART: u64 = 1 << 20;
    let mut crc = crc32fast::Hasher::new();
    let mut bytes = 0;
    let (mut here, mut next) = (Vec::new(), Vec::new());
    loop {
        let (written, read) = rayon::join(
            || {
                crc.update(&here);
                writer.write_all(&here)
            },
            || {
                next.clear();
                reader.by_ref().take(PART).read_to_end(&mut next)
            },
        );
        written?;
        bytes += here.len() as u64;
        if read? == 0 {
            return Ok((bytes, crc.finalize()));
        }
        std::mem::swap(&mut here, &mut next);
    }
}

/// Copies `reader` into `writer` and digests what passes.
///
/// # Errors
/// What either side reports.
pub fn copy(reader: impl Read, mut writer: impl Write) -> io::Result<Digests> {
    let mut d = Digester::default();
    pass(reader, |part| {
        d.update(part);
        writer.write_all(part)
    })?;
    Ok(d.finish())
}

fn pass(mut reader: impl Read, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0_u8; 128 * 1024];
    loop {
        let n = match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        let Some(part) = buffer.get(..n) else { return Err(io::Error::other("reader returned more than it was given")) };
        take(part)?;
    }
}

/// The first half of a PDF's `/ID` (ISO 32000-1, 14.4): twelve bytes made of the document's identity and four made of these, by which
/// [`is_document_id`] knows a document of ours under any name.
pub fn document_id(identity: &str) -> [u8; 16] {
    let mut id = [0; 16];
    id.iter_mut().zip(of_bytes(format!("appeal document {identity}").as_bytes()).sha256.0).take(OF_IDENTITY).for_each(|(to, from)| *to = from);
    let check = check(id.get(..OF_IDENTITY).unwrap_or_default());
    id.iter_mut().skip(OF_IDENTITY).zip(check).for_each(|(to, from)| *to = from);
    id
}

/// Did [`document_id`] make this? Of others one in four thousand millions looks like it.
pub fn is_document_id(id: &[u8]) -> bool {
    id.len() == 16 && id.get(..OF_IDENTITY).zip(id.get(OF_IDENTITY..)).is_some_and(|(made, given)| check(made).iter().take(4).eq(given))
}

/// How many bytes of a document's id are of its identity.
const OF_IDENTITY: usize = 12;

fn check(made: &[u8]) -> [u8; 32] {
    of_bytes(&[b"appeal document id ", made].concat()).sha256.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_ahead_copies_the_same() {
        for length in [0, 1, 1 << 20, (3 << 20) + 7] {
            let data: Vec<u8> = (0..length).map(|i: u32| (i % 251) as u8).collect();
            let (mut plain, mut ahead) = (Vec::new(), Vec::new());
            assert_eq!(copy_checked(data.as_slice(), &mut plain).unwrap(), copy_checked_ahead(data.as_slice(), &mut ahead).unwrap());
            assert!(plain == ahead && ahead == data, "{length}");
        }
        assert!(copy_checked_ahead([7_u8; 9].as_slice().chain(Fails), io::sink()).is_err());
    }

    struct Fails;

    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
}
