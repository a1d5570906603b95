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
