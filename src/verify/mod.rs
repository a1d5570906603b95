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

/// What is wrong with a bag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "problem")]
#[expect(missing_docs, reason = "each variant is worded under [verify] in templates/lang/*/cli.toml")]
pub enum Problem {
    NotABag { detail: String },
    DangerousPath { path: String },
    DuplicateEntry { path: String },
    NameDiffers { path: String, inner: String },
    Missing { path: String },
    NotListed { path: String },
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
            Problem::DuplicateEntry { path } => ("verify.duplicate-entry", vec![("path", path.clone())]),
            Problem::NameDiffers { path, inner } => ("verify.name-differs", vec![("path", path.clone()), ("inner", inner.clone())]),
            Problem::Missing { path } => ("verify.missing", vec![("path", path.clone())]),
            Problem::NotListed { path } => ("verify.not-listed", vec![("path", path.clone())]),
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
    /// SHA-256 over originals and extracts as found.
    pub originals_sha256: Option<String>,
    /// Everything that is wrong, sorted.
    pub problems: Vec<Problem>,
}

/// Longest tag file that is read.
const TAG_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Checks the bag at `path`. With `fast` only names, completeness and Payload-Oxum; else every digest.
///
/// # Errors
/// The path cannot be opened at all. A damaged zip or a folder that is no bag is a *problem*, not an error.
pub fn verify(path: &Path, fast: bool, ctx: &Context) -> Result<VerifyReport> {
    let mut report = VerifyReport { schema: "appealpack.verify/1", valid: false, fast, files: 0, bytes: 0, originals_sha256: None, problems: Vec::new() };
    let meta = std::fs::metadata(path).map_err(|e| Error::io("打开", "open", path, &e))?;
    let opened = if meta.is_dir() { Source::folder(path) } else { Source::zip(path)? };
    let mut source = match opened {
        Ok(source) => source,
        Err(problem) => {
            report.problems.push(problem);
            return Ok(report);
        }
    };
    report.problems.append(&mut source.problems);
    check(&mut source, fast, ctx, &mut report)?;
    report.problems.sort();
    report.problems.dedup();
    report.valid = report.problems.is_empty();
    Ok(report)
}

fn check(source: &mut Source, fast: bool, ctx: &Context, report: &mut VerifyReport) -> Result<()> {
    let Some(declaration) = source.text("bagit.txt", TAG_FILE_BYTES) else {
        report.problems.push(Problem::Missing { path: "bagit.txt".into() });
        return Ok(());
    };
    if !declaration.starts_with("BagIt-Version: ") || !declaration.contains("Tag-File-Character-Encoding: UTF-8") {
        report.problems.push(Problem::NotABag { detail: "bagit.txt".into() });
    }
    let names: BTreeMap<String, u64> = source.names().clone();
    let manifest = listing(source, format::MANIFEST, report);
    let tags = listing(source, format::TAG_MANIFEST, report);
    for (path, bytes) in names.iter().filter(|(p, _)| p.starts_with("data/")) {
        report.files += 1;
        report.bytes += bytes;
        if !manifest.contains_key(path) {
            report.problems.push(Problem::NotListed { path: path.clone() });
        }
    }
    for path in names.keys().filter(|p| !p.starts_with("data/") && *p != format::TAG_MANIFEST) {
        if !tags.contains_key(path) {
            report.problems.push(Problem::NotListed { path: path.clone() });
        }
    }
    let mut stated: BTreeMap<String, String> = BTreeMap::new();
    for line in source.text(format::BAG_INFO, TAG_FILE_BYTES).unwrap_or_default().lines() {
        if let Some((key, value)) = line.split_once(": ") {
            stated.insert(key.to_owned(), value.trim().to_owned());
        }
    }
    let oxum = format!("{}.{}", report.bytes, report.files);
    if let Some(stated) = stated.get("Payload-Oxum").filter(|s| **s != oxum) {
        report.problems.push(Problem::OxumDiffers { stated: stated.clone(), found: oxum });
    }
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    for (path, digest) in manifest.iter().chain(&tags) {
        ctx.check_cancel()?;
        if !names.contains_key(path) {
            report.problems.push(Problem::Missing { path: path.clone() });
            continue;
        }
        if fast {
            continue;
        }
        match source.sha256(path) {
            Ok(sha) => {
                if !sha.eq_ignore_ascii_case(digest) {
                    report.problems.push(Problem::Differs { path: path.clone() });
                }
                found.insert(path, sha);
            }
            Err(detail) => report.problems.push(Problem::Unreadable { path: path.clone(), detail }),
        }
    }
    if !fast {
        let digest = crate::bundle::bag::originals_digest(found.iter().map(|(path, sha)| (sha.as_str(), *path)));
        if let Some(stated) = stated.get("Originals-SHA256").filter(|s| **s != digest) {
            report.problems.push(Problem::OriginalsDigestDiffers { stated: stated.clone(), found: digest.clone() });
        }
        report.originals_sha256 = Some(digest);
    }
    Ok(())
}

/// Path → digest of one manifest; bad lines, repeated and dangerous paths are problems.
fn listing(source: &mut Source, name: &str, report: &mut VerifyReport) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let Some(text) = source.text(name, TAG_FILE_BYTES) else {
        report.problems.push(Problem::Missing { path: name.to_owned() });
        return out;
    };
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
