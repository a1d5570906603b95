//! What this program wrote itself, known by what it holds: a result copied, moved or redirected into the case folder is private to the seller and no
//! evidence. A file's head (and a PDF's end) is looked at; of small workbooks the properties, too.

use super::own_lists;
use crate::digest;
use crate::model::Lang;
use crate::model::case_file::is_case_file;
use crate::model::match_sheet;
use crate::model::own_output::{self, FILES, MARKER, PAGE_MARK};
use crate::profile::lang::{Words, words};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// Why a file of ours is set aside.
const OWN: &str = "ignored-own-file";
/// What is read of a file's head: the screen's second and third line, or the mark of a page, lie within.
const HEAD_BYTES: u64 = 4096;
/// What is read of a PDF's end: its trailer.
const TAIL_BYTES: u64 = 2048;

/// Is the folder one of our results, or a part of one? Tells the file by which it is known. The case folder itself is not asked.
pub fn folder(path: &Path) -> Option<PathBuf> {
    let there = |name: &str| fs::symlink_metadata(path.join(name)).is_ok();
    if let Some(listed) = [MARKER, FILES].into_iter().find(|name| there(name)) {
        return Some(PathBuf::from(listed));
    }
    if there("findings.html") && there("findings.json") && file(&path.join("findings.json")) {
        return Some(PathBuf::from("findings.json"));
    }
    let manifest = Path::new("data").join("manifest.json");
    if there("bag-info.txt") && file(&path.join(&manifest)) {
        return Some(manifest);
    }
    // upload/: book and lists side by side
    if !there("orders.csv") || !there("orders.xlsx") {
        return None;
    }
    let mut names: Vec<PathBuf> = fs::read_dir(path).into_iter().flatten().flatten().map(|e| PathBuf::from(e.file_name())).collect();
    names.sort();
    names.into_iter().find(|name| name.extension().is_some_and(|e| e == "pdf") && file(&path.join(name)))
}

/// The match sheet in a folder of ours: what is filled in there is the seller's word, and followed wherever the folder lies.
pub fn sheet(path: &Path) -> Option<PathBuf> {
    let name = Path::new(match_sheet::PATH);
    let names = [Some(name), name.file_name().map(Path::new)];
    names.into_iter().flatten().find(|n| path.join(n).is_file()).map(Path::to_path_buf)
}

/// Paths that a folder lists as a result, relative to it: a case folder into which one was copied piece by piece, or the result itself.
pub fn listed(root: &Path) -> BTreeSet<String> {
    const MOST_BYTES: u64 = 16 << 20;
    let mut text = String::new();
    let list = root.join(FILES);
    let read = list.is_file() && File::open(list).and_then(|f| f.take(MOST_BYTES).read_to_string(&mut text)).is_ok();
    let own = |path: &String| *path != match_sheet::PATH && !is_case_file(path);
    if read { own_output::lines(&text).into_keys().filter(own).collect() } else { BTreeSet::new() }
}

/// Did we write this file?
pub fn file(path: &Path) -> bool {
    known(path).is_some()
}

/// Why a file is set aside, if we wrote it: a key under `[why]`.
pub fn known(path: &Path) -> Option<&'static str> {
    // a case is screenshots above all; pages that we drew are known by the folder they lie in
    let extension = path.extension().map(|e| e.to_ascii_lowercase()).unwrap_or_default();
    if ["jpg", "jpeg", "png"].iter().any(|picture| extension == *picture) {
        return None;
    }
    let mut head = Vec::new();
    let mut opened = File::open(path).ok()?;
    opened.by_ref().take(HEAD_BYTES).read_to_end(&mut head).ok()?;
    if own_lists::may_be_workbook(&head) {
        return own_lists::workbook(&mut opened);
    }
    let ours = if head.starts_with(b"%PDF-") { pdf(&mut opened) } else { is_text(&head) && of_text(&decoded(&head)) };
    ours.then_some(OWN)
}

/// Packed and pictured things have zero bytes; of texts only UTF-16 has them.
fn is_text(head: &[u8]) -> bool {
    let wide = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    head.first().is_some_and(|b| text_like(*b)) && (wide || memchr::memchr(0, head).is_none())
}

fn of_text(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{') {
        return schema(text);
    }
    if text.get(..9).is_some_and(|s| s.eq_ignore_ascii_case("<!doctype")) {
        return text.contains(PAGE_MARK);
    }
    let lists = |w: &Words| summary(text, w) || own_lists::message(text, w, made_of);
    own_lists::table(text) || [Lang::ZhCn, Lang::En].into_iter().map(words).any(|w| screen(text, w) || lists(w))
}

fn text_like(byte: u8) -> bool {
    byte >= 0x80 || byte.is_ascii_graphic() || byte.is_ascii_whitespace()
}

/// Text as a terminal's redirection leaves it: UTF-8, the UTF-16 of PowerShell, or the code page of a Chinese console.
fn decoded(head: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(head) {
        return encoding.decode(head).0;
    }
    match std::str::from_utf8(head) {
        Ok(text) => Cow::Borrowed(text),
        // cut inside of a character
        Err(e) if e.error_len().is_none() => String::from_utf8_lossy(head),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(head).0,
    }
}

/// `"schema": "appealpack.check/1"` as the first key.
fn schema(text: &str) -> bool {
    let key = text.strip_prefix('{').map(str::trim_start).and_then(|t| t.strip_prefix("\"schema\"")).map(str::trim_start);
    key.and_then(|t| t.strip_prefix(':')).is_some_and(|t| t.trim_start().starts_with("\"appealpack."))
}

/// The first screen of `check` and `build`, or what `audit` and `batch` print.
fn screen(text: &str, w: &Words) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let two =
        lines.windows(2).any(|pair| matches!(pair, [first, second] if made_of(first, w.get("screen.reconciled")) && made_of(second, w.get("screen.standing"))));
    let batch = |line: &&str| {
        let result = ["ready", "not-ready", "not-built"].iter().any(|r| line.starts_with(&format!("{}  ", w.get(&format!("summary.result-{r}")))));
        result && line.rsplit_once("  ").is_some_and(|(_, numbers)| made_of(numbers, w.get("cli.batch-numbers")))
    };
    two || lines.iter().any(|line| made_of(line, w.get("audit.head"))) || lines.first().is_some_and(batch)
}

/// The heads of `summary.csv`.
fn summary(text: &str, w: &Words) -> bool {
    let first = text.lines().next().unwrap_or("");
    let heads = ["case", "result", "notice", "deadline", "flagged"].map(|h| w.get(&format!("summary.{h}")).to_owned());
    first.starts_with(&heads.join(","))
}

/// Is a text this one of ours with something in each of its places.
fn made_of(line: &str, template: &str) -> bool {
    let mut rest = line;
    for (i, part) in template.split('{').enumerate() {
        let fixed = if i == 0 { part } else { part.split_once('}').map_or(part, |(_, fixed)| fixed) };
        let Some(at) = rest.find(fixed).filter(|at| i > 0 || *at == 0) else { return false };
        rest = rest.get(at + fixed.len()..).unwrap_or("");
    }
    true
}

/// A book or annex, under any name: known by the first half of its `/ID`.
fn pdf(opened: &mut File) -> bool {
    let mut tail = Vec::new();
    let length = opened.metadata().map_or(0, |m| m.len());
    let read = opened.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES))).and_then(|_| opened.read_to_end(&mut tail));
    let tail = String::from_utf8_lossy(&tail);
    let hex = tail.rsplit_once("/ID").and_then(|(_, rest)| rest.trim_start().strip_prefix('[')?.trim_start().strip_prefix('<')?.split('>').next());
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let id: Option<Vec<u8>> = hex.and_then(|hex| hex.as_bytes().chunks(2).map(byte).collect());
    read.is_ok() && id.is_some_and(|id| digest::is_document_id(&id))
}
