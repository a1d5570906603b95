//! The PDF file itself: objects one after another, a classic cross-reference table, digests taken while writing.

use crate::digest::{Digester, Digests, document_id, of_bytes};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Object, StringFormat};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Bytes from which digesting and writing are two threads' work.
const PARALLEL: usize = 64 << 10;

/// zlib data at the usual level; the backend gives the same bytes on every machine.
pub fn deflate(data: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::with_capacity(data.len() / 3), Compression::new(6));
    // writing into memory does not fail
    let _ = out.write_all(data);
    let mut packed = out.finish().unwrap_or_default();
    packed.shrink_to_fit();
    packed
}

/// A PDF being written.
pub struct ObjectFile {
    out: BufWriter<File>,
    digester: Digester,
    offset: u64,
    offsets: BTreeMap<u32, u64>,
    max_id: u32,
}

impl ObjectFile {
    /// Begins the file. Ids up to `max_id` are the document's own.
    pub fn create(path: &Path, max_id: u32) -> io::Result<ObjectFile> {
        let out = BufWriter::with_capacity(256 << 10, File::create(path)?);
        let mut file = ObjectFile { out, digester: Digester::default(), offset: 0, offsets: BTreeMap::new(), max_id };
        // four bytes above 127 tell transfer programs that the file is binary (ISO 32000-1, 7.5.2)
        file.put(b"%PDF-1.7\n%\xe6\x9b\xb8\xe8\n")?;
        Ok(file)
    }

    /// An id that no object has.
    pub fn new_id(&mut self) -> u32 {
        self.max_id += 1;
        self.max_id
    }

    /// Writes an object.
    pub fn object(&mut self, id: u32, object: &Object) -> io::Result<()> {
        if let Object::Stream(stream) = object {
            return self.stream(id, stream.dict.clone(), &stream.content);
        }
        self.begin(id)?;
        let mut text = written(object.clone(), "endobj")?;
        text.push(b'\n');
        self.put(&text)
    }

    /// Writes a stream; the length is set here.
    pub fn stream(&mut self, id: u32, mut dict: Dictionary, data: &[u8]) -> io::Result<()> {
        self.begin(id)?;
        dict.set("Length", data.len() as i64);
        let mut text = written(Object::Dictionary(dict), "stream")?;
        text.push(b'\n');
        self.put(&text)?;
        self.put(data)?;
        self.put(b"\nendstream\nendobj\n")
    }

    /// Writes the table of offsets and the trailer. `/ID`: the document's identity, then what this edition contains.
    pub fn finish(mut self, mut trailer: Dictionary, identity: &str) -> io::Result<Digests> {
        let content = self.digester.clone().finish().sha256;
        let second = of_bytes(format!("{identity} {content}").as_bytes()).sha256;
        let half = |bytes: &[u8]| Object::String(bytes.iter().take(16).copied().collect(), StringFormat::Hexadecimal);
        trailer.set("ID", vec![half(&document_id(identity)), half(&second.0)]);
        trailer.set("Size", i64::from(self.max_id) + 1);

        let start = self.offset;
        let mut text = b"xref\n".to_vec();
        let offsets = std::mem::take(&mut self.offsets);
        // runs of consecutive ids; object 0 heads the list of free ones
        let mut runs: Vec<(u32, Vec<String>)> = vec![(0, vec!["0000000000 65535 f \n".to_owned()])];
        for (id, offset) in offsets {
            let line = format!("{offset:010} 00000 n \n");
            match runs.last_mut() {
                Some((first, lines)) if u64::from(*first) + lines.len() as u64 == u64::from(id) => lines.push(line),
                _ => runs.push((id, vec![line])),
            }
        }
        for (first, lines) in runs {
            text.extend(format!("{first} {}\n", lines.len()).bytes());
            text.extend(lines.concat().bytes());
        }
        text.extend(b"trailer\n");
        text.extend(written(Object::Dictionary(trailer), "")?);
        text.extend(format!("\nstartxref\n{start}\n%%EOF\n").bytes());
        self.put(&text)?;
        self.out.flush()?;
        Ok(self.digester.finish())
    }

    fn begin(&mut self, id: u32) -> io::Result<()> {
        self.offsets.insert(id, self.offset);
        self.put(format!("{id} 0 obj\n").as_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.offset += bytes.len() as u64;
        // a picture takes as long to digest as to hand over to the system; outside a pool this would wake rayon's own threads
        if bytes.len() >= PARALLEL && rayon::current_thread_index().is_some() {
            return rayon::join(|| self.digester.update(bytes), || self.out.write_all(bytes)).1;
        }
        self.digester.update(bytes);
        self.out.write_all(bytes)
    }
}

/// An object and the keyword after it, by lopdf's own serialiser: it is reachable only as that of an operand and its operator.
fn written(object: Object, keyword: &str) -> io::Result<Vec<u8>> {
    Content { operations: [Operation::new(keyword, vec![object])] }.encode().map_err(io::Error::other)
}
