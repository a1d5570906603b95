//! An independent reader of bags: a zip or an unpacked folder is checked against its own manifests (RFC 8493). Shares only `bundle::format` with the writer.

mod directory;
mod source;

use crate::bundle::format;
use crate::context::Context;
use crate::error::{Error, Result};
use serde::Serialize;
use source::Source;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is wrong with a bag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "problem")]
#[expect(missing_docs, reason = "each variant is worded under [verify] in templates/lang/*/cli.toml")]
pub enum Problem {
    NotABag { detail: String },
    DangerousPath { path: String },
    Link { path: String },
    NotAFile { path: String },
    DuplicateEntry { path: String },
    NameDiffers { path: String, inner: String },
    Missing { path: String },
    NotListed { path: String },
    SystemFile { path: String },
    Differs { path: String },
    Unreadable { path: String, detail: String },
    BadManifestLine { path: String, line: usize },
    OxumDiffers { stated: String, found: String },
    OriginalsDigestDiffers { stated: String, found: String },
}

impl Problem {
    /// Key of its words and their values.
    pub fn words(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Problem::NotABag { detail } => ("verify.not-a-bag", vec![("detail", detail.clone())]),
            Problem::DangerousPath { path } => ("verify.dangerous-path", vec![("path", path.clone())]),
            Problem::Link { path } => ("verify.link", vec![("path", path.clone())]),
            Problem::NotAFile { path } => ("verify.not-a-file", vec![("path", path.clone())]),
            Problem::DuplicateEntry { path } => ("verify.duplicate-entry", vec![("path", path.clone())]),
            Problem::NameDiffers { path, inner } => ("verify.name-differs", vec![("path", path.clone()), ("inner", inner.clone())]),
            Problem::Missing { path } => ("verify.missing", vec![("path", path.clone())]),
            Problem::NotListed { path } => ("verify.not-listed", vec![("path", path.clone())]),
            Problem::SystemFile { path } => ("verify.system-file", vec![("path", path.clone())]),
            Problem::Differs { path } => ("verify.differs", vec![("path", path.clone())]),
            Problem::Unreadable { path, detail } => ("verify.unreadable", vec![("path", path.clone()), ("detail", detail.clone())]),
            Problem::BadManifestLine { path, line } => ("verify.bad-manifest-line", vec![("path", path.clone()), ("line", line.to_string())]),
            Problem::OxumDiffers { stated, found } => ("verify.oxum-differs", vec![("stated", stated.clone()), ("found", found.clone())]),
            Problem::OriginalsDigestDiffers { stated, found } => {
                ("verify.originals-digest-differs", vec![("stated", stated.clone()), ("found", found.clone())])
            }
        }
    }
}

/// The text of `data/manifest.json` of a zip, up to `limit` bytes; `None` where it is no bag or holds none. Nothing is verified.
pub fn manifest(zip: &Path, limit: u64) -> Option<String> {
    Source::zip(zip).ok()?.ok()?.text("data/manifest.json", limit).ok()?
}

/// The result.
#[derive(Debug, Clone, Serialize)]
pub struct VerifyReport {
    /// Always `appealpack.verify/1`.
    pub schema: &'static str,
    /// No problem was found.
    pub valid: bool,
    /// Only names and sizes were compared.
    pub fast: bool,
    /// Payload files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// SHA-256 over originals and extracts as found; none where the bag holds neither.
    pub originals_sha256: Option<String>,
    /// `3 of 11` where it is one bag of several that belong together (Bag-Count).
    pub part: Option<String>,
    /// What Explorer or Finder put beside an unpacked bag's own files, outside of `data/`; none of it counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub system_files: Vec<String>,
    /// Everything that is wrong, sorted.
    pub problems: Vec<Problem>,
}

/// How far a bag is checked. Each level holds those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Names, completeness and Payload-Oxum.
    Names,
    /// Every file is read to its end; a zip's own CRC-32 and lengths must hold. What `build` does with its own zip: CRC-32 and SHA-256 of each file were
    /// taken from the same bytes at intake, so hashing all of it again would cost as much as the rest of the run and find nothing more.
    Checksums,
    /// Every digest of the manifests.
    Digests,
}

/// Longest tag file that is read.
const TAG_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Checks the bag at `path` as far as `depth` says.
///
/// # Errors
/// The path cannot be opened at all, or its manifests hold no digest that is computed here. A damaged zip or a folder that is no bag is a *problem*, not an error.
pub fn verify(path: &Path, depth: Depth, ctx: &Context) -> Result<VerifyReport> {
    let mut report = VerifyReport {
        schema: "appealpack.verify/1",
        valid: false,
        fast: depth < Depth::Digests,
        files: 0,
        bytes: 0,
        originals_sha256: None,
        part: None,
        system_files: Vec::new(),
        problems: Vec::new(),
    };
    let meta = std::fs::metadata(path).map_err(|e| Error::io("打开", "open", path, &e))?;
    if !meta.is_dir() && !meta.is_file() {
        let shown = path.display();
        return Err(Error::new(format!("{shown} 不是普通文件（是管道、设备一类）"), format!("{shown} is no regular file (a pipe or a device)"))
            .hint("给出证据包的 zip 文件，或解开后的文件夹", "name the zip of a bag, or the folder it was unpacked to"));
    }
    let opened = if meta.is_dir() { Source::folder(path) } else { Source::zip(path)? };
    let mut source = match opened {
        Ok(source) => source,
        Err(problem) => {
            report.problems.push(problem);
            return Ok(report);
        }
    };
    report.problems.append(&mut source.problems);
    report.system_files.append(&mut source.system_files);
    check(&mut source, depth, ctx, &mut report)?;
    report.problems.sort();
    report.problems.dedup();
    report.valid = report.problems.is_empty();
    Ok(report)
}

fn check(source: &mut Source, depth: Depth, ctx: &Context, report: &mut VerifyReport) -> Result<()> {
    let Some(declaration) = tag_file(source, "bagit.txt", report) else { return Ok(()) };
    only_others(source)?;
    if !declaration.starts_with("BagIt-Version: ") || !declaration.contains("Tag-File-Character-Encoding: UTF-8") {
        report.problems.push(Problem::NotABag { detail: "bagit.txt".into() });
    }
    let manifest = listing(source, format::MANIFEST, report);
    let tags = listing(source, format::TAG_MANIFEST, report);
    source.called_as_in(manifest.keys().chain(tags.keys()));
    let names: BTreeMap<String, u64> = source.names().clone();
    for (path, bytes) in names.iter().filter(|(p, _)| p.starts_with("data/")) {
        if !manifest.contains_key(path) && source::is_system_file(path) {
            report.problems.push(Problem::SystemFile { path: path.clone() });
            continue;
        }
        report.files += 1;
        report.bytes += bytes;
        if !manifest.contains_key(path) {
            report.problems.push(Problem::NotListed { path: path.clone() });
        }
    }
    for path in names.keys().filter(|p| !p.starts_with("data/") && !is_manifest(p)) {
        if !tags.contains_key(path) {
            report.problems.push(Problem::NotListed { path: path.clone() });
        }
    }
    let mut stated: BTreeMap<String, String> = BTreeMap::new();
    let info = source.text(format::BAG_INFO, TAG_FILE_BYTES).unwrap_or_else(|detail| {
        report.problems.push(Problem::Unreadable { path: format::BAG_INFO.to_owned(), detail });
        None
    });
    for line in info.unwrap_or_default().lines() {
        if let Some((key, value)) = line.split_once(": ") {
            stated.insert(key.to_owned(), value.trim().to_owned());
        }
    }
    report.part = stated.get("Bag-Count").filter(|count| count.split_once(" of ").is_some_and(|(_, all)| all != "1")).cloned();
    let oxum = format!("{}.{}", report.bytes, report.files);
    if let Some(stated) = stated.get("Payload-Oxum").filter(|s| **s != oxum) {
        report.problems.push(Problem::OxumDiffers { stated: stated.clone(), found: oxum });
    }
    let (present, missing): (Vec<_>, Vec<_>) = manifest.iter().chain(&tags).partition(|(path, _)| names.contains_key(*path));
    report.problems.extend(missing.into_iter().map(|(path, _)| Problem::Missing { path: path.clone() }));
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    for ((path, digest), read) in present.iter().zip(read_all(source, &present, depth, ctx)?) {
        match read {
            Ok(Some(sha)) => {
                if !sha.eq_ignore_ascii_case(digest) {
                    report.problems.push(Problem::Differs { path: (*path).clone() });
                }
                found.insert(path, sha);
            }
            Ok(None) => {}
            Err(detail) => report.problems.push(Problem::Unreadable { path: (*path).clone(), detail }),
        }
    }
    if depth == Depth::Digests {
        let digest = originals_digest(&found);
        if let Some(stated) = stated.get("Originals-SHA256").filter(|s| **s != digest) {
            report.problems.push(Problem::OriginalsDigestDiffers { stated: stated.clone(), found: digest.clone() });
        }
        let original = |path: &&str| path.starts_with(format::ORIGINALS) || path.starts_with(format::EXTRACTS);
        report.originals_sha256 = Some(digest).filter(|_| found.keys().any(original));
    }
    Ok(())
}

/// The digest of the originals anew: SHA-256 over the sorted manifest lines of what lies in originals/ and extracts/ (design 2.4).
fn originals_digest(found: &BTreeMap<&str, String>) -> String {
    let inside = |path: &&str| path.starts_with(format::ORIGINALS) || path.starts_with(format::EXTRACTS);
    let mut lines: Vec<String> = found.iter().filter(|(path, _)| inside(path)).map(|(path, sha)| format::manifest_line(sha, path)).collect();
    lines.sort();
    crate::digest::of_bytes(lines.concat().as_bytes()).sha256.to_string()
}

/// The digest of a file, nothing when none was wanted, or what hinders reading it.
type Read = std::result::Result<Option<String>, String>;

/// Reads the files on all threads, each with a reader of its own; results in order.
fn read_all(source: &Source, files: &[(&String, &String)], depth: Depth, ctx: &Context) -> Result<Vec<Read>> {
    if depth == Depth::Names {
        return Ok(Vec::new());
    }
    let next = AtomicUsize::new(0);
    let worker = || -> Result<Vec<(usize, Read)>> {
        let mut reader = source.reader();
        let mut done = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some((path, _)) = files.get(i) else { return Ok(done) };
            ctx.check_cancel()?;
            let read = match &mut reader {
                Ok(reader) if depth == Depth::Digests => reader.sha256(path).map(Some),
                Ok(reader) => reader.read_through(path).map(|()| None),
                Err(detail) => Err(detail.clone()),
            };
            done.push((i, read));
        }
    };
    let mut all = Vec::with_capacity(files.len());
    for done in ctx.pool.broadcast(|_| worker()) {
        all.extend(done?);
    }
    all.sort_by_key(|(i, _)| *i);
    Ok(all.into_iter().map(|(_, read)| read).collect())
}

/// A tag file that must be there; one that is not, or cannot be read, is a problem.
fn tag_file(source: &mut Source, name: &str, report: &mut VerifyReport) -> Option<String> {
    let problem = match source.text(name, TAG_FILE_BYTES) {
        Ok(Some(text)) => return Some(text),
        Ok(None) => Problem::Missing { path: name.to_owned() },
        Err(detail) => Problem::Unreadable { path: name.to_owned(), detail },
    };
    report.problems.push(problem);
    None
}

/// The algorithm of a payload manifest's name.
fn algorithm(name: &str) -> Option<&str> {
    let algorithm = name.strip_prefix("manifest-")?.strip_suffix(".txt")?;
    Some(algorithm).filter(|a| !a.is_empty() && a.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// Manifests of any algorithm: tag files that no tag manifest has to list, and that a tag manifest must not (RFC 8493, 2.2.1).
fn is_manifest(name: &str) -> bool {
    algorithm(name.strip_prefix("tag").unwrap_or(name)).is_some()
}

/// A bag of other algorithms alone may be valid: that cannot be told here.
fn only_others(source: &Source) -> Result<()> {
    let others: Vec<&str> = source.names().keys().filter_map(|name| algorithm(name)).collect();
    if others.is_empty() || others.contains(&"sha256") {
        return Ok(());
    }
    let others = others.join(", ");
    Err(Error::new(
        format!("这个包只有 {others} 的清单，没有 {}，这里不能核对", format::MANIFEST),
        format!("this bag has manifests of {others} only and no {}, which cannot be checked here", format::MANIFEST),
    )
    .hint("用 bagit.py --validate 核对，或请对方加上 SHA-256 清单", "check it with `bagit.py --validate`, or ask for a SHA-256 manifest"))
}

/// Path → digest of one manifest; bad lines, repeated and dangerous paths are problems.
fn listing(source: &mut Source, name: &str, report: &mut VerifyReport) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let Some(text) = tag_file(source, name, report) else { return out };
    let mut seen = BTreeSet::new();
    for (i, line) in text.lines().enumerate() {
        let parts = line.split_once(char::is_whitespace).map(|(sha, rest)| (sha, rest.trim_start_matches([' ', '\t', '*'])));
        match parts {
            Some((sha, path)) if sha.len() == 64 && sha.bytes().all(|b| b.is_ascii_hexdigit()) && !path.is_empty() => {
                let path = path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%");
                if source::is_dangerous(&path) {
                    report.problems.push(Problem::DangerousPath { path });
                } else if seen.insert(path.clone()) {
                    out.insert(path, sha.to_owned());
                } else {
                    report.problems.push(Problem::DuplicateEntry { path });
                }
            }
            _ => report.problems.push(Problem::BadManifestLine { path: name.to_owned(), line: i + 1 }),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest;
    use std::io::Write as _;
    use zip::write::{SimpleFileOptions, ZipWriter};

    /// A bag typed by hand. `stated` is what its manifest says the picture's bytes are.
    fn bag(picture: &[u8], stated: &[u8]) -> tempfile::NamedTempFile {
        let sha = |bytes: &[u8]| digest::of_bytes(bytes).sha256.to_string();
        let manifest = format!("{}  data/originals/a.png\n", sha(stated));
        let info = format!("Payload-Oxum: {}.1\n", picture.len());
        let tags = [("bagit.txt", format::BAGIT_TXT.to_owned()), ("bag-info.txt", info), ("manifest-sha256.txt", manifest)];
        let tag_manifest: String = tags.iter().map(|(name, text)| format!("{}  {name}\n", sha(text.as_bytes()))).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut zip = ZipWriter::new(file.reopen().unwrap());
        let mut put = |name: &str, bytes: &[u8]| {
            zip.start_file(format!("case/{name}"), SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored)).unwrap();
            zip.write_all(bytes).unwrap();
        };
        put("data/originals/a.png", picture);
        tags.iter().for_each(|(name, text)| put(name, text.as_bytes()));
        put("tagmanifest-sha256.txt", tag_manifest.as_bytes());
        zip.finish().unwrap();
        file
    }

    fn context() -> Context {
        crate::context::Context {
            wall: chrono::DateTime::from_timestamp(0, 0).unwrap().with_timezone(&crate::text::dates::china()),
            fixed_now: None,
            lang: crate::model::Lang::En,
            strict: false,
            pool: std::sync::Arc::new(rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap()),
            progress: std::sync::Arc::new(crate::context::Quiet),
            cancel: std::sync::Arc::default(),
            profile: std::sync::Arc::new(crate::profile::Profile::built_in()),
            results: None,
            system_fonts: false,
            printed_to: Vec::new(),
            pixels: crate::context::PixelChecks::Off,
        }
    }

    #[test]
    fn each_depth_sees_what_it_reads() {
        let ctx = context();
        let problems = |file: &tempfile::NamedTempFile, depth| verify(file.path(), depth, &ctx).unwrap().problems;
        let path = || "data/originals/a.png".to_owned();
        let picture = b"the bytes of a picture".as_slice();
        let good = bag(picture, picture);
        assert!(verify(good.path(), Depth::Digests, &ctx).unwrap().valid);
        assert!(verify(good.path(), Depth::Checksums, &ctx).unwrap().valid);

        // other bytes than the manifest says, in a zip that is whole
        let other = bag(b"the bytes of a puncture", picture);
        assert_eq!(problems(&other, Depth::Checksums), []);
        assert_eq!(problems(&other, Depth::Digests), [Problem::Differs { path: path() }]);

        // a byte that changed after the zip was written
        let mut bytes = std::fs::read(good.path()).unwrap();
        let at = bytes.windows(picture.len()).position(|w| w == picture).unwrap();
        bytes[at + 4] ^= 1;
        std::fs::write(good.path(), bytes).unwrap();
        assert_eq!(problems(&good, Depth::Names), []);
        assert!(matches!(problems(&good, Depth::Checksums).as_slice(), [Problem::Unreadable { path: p, .. }] if *p == path()));
    }
}
