//! Which file is the notice: what case.toml says, else the text that speaks most like one.

use super::lines::{self, Extent, JUDGED, Line};
use super::words::NoticeWords;
use crate::archive::{self, Inner};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::media::document::opc::Package;
use crate::media::document::{docx, mail};
use crate::model::Lang;
use crate::model::case_file::is_case_file;
use crate::model::file::{FileEntry, Status};
use crate::model::record::Recognised;
use crate::model::settings::CaseSettings;
use crate::model::settings::IntakeLimits;
use crate::model::source::FileId;
use crate::profile::lang::words as lang_words;
use crate::text::dates::Moment;
use crate::text::decode::decode;
use crate::text::glob;
use crate::text::nearest::nearest;
use std::path::Path;

/// A pasted table is read from disk when nothing recognised it; a notice is never longer.
const MAX_BYTES: u64 = 8 << 20;

/// The choice.
pub(super) enum Choice {
    /// This one, with its lines (none for a picture that the user named), and the further files of the same notice, in the order of their paths.
    One(FileId, Vec<Line>, Vec<FileId>),
    /// Several that fit equally.
    Several(Vec<FileId>),
    /// None.
    Nothing,
}

struct Candidate {
    id: FileId,
    points: i64,
    said: Said,
    strong: bool,
}

/// What tells one notice from another.
#[derive(Default)]
struct Said {
    number: Option<String>,
    stated: Option<u32>,
    received: Option<Moment>,
    deadline: Option<Moment>,
}

impl Said {
    /// Does the other repeat the violation number and contradict nothing else? Two pages or two copies of one notice do.
    fn is_same_notice(&self, other: &Said) -> bool {
        fn agree<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
            a.is_none() || b.is_none() || a == b
        }
        self.number.is_some()
            && self.number == other.number
            && agree(self.stated, other.stated)
            && agree(self.received.map(|m| m.at), other.received.map(|m| m.at))
            && agree(self.deadline.map(|m| m.at), other.deadline.map(|m| m.at))
    }
}

/// Chooses the notice.
pub(super) fn choose(files: &[FileEntry], contents: &[Recognised], settings: &CaseSettings, words: &NoticeWords, root: &Path, ctx: &Context) -> Result<Choice> {
    if let Some(named) = &settings.notice.file {
        let id = named_file(files, named, settings.notice.file_line)?;
        return Ok(Choice::One(id, lines_of(files, contents, id, root, true, Extent::Whole, words)?, Vec::new()));
    }
    for tables in [false, true] {
        ctx.check_cancel()?;
        let mut found: Vec<Candidate> = Vec::new();
        for file in files {
            if matches!(file.status, Status::Ignored | Status::Unreadable | Status::Duplicate) || is_case_file(&file.path) {
                continue;
            }
            let lines = lines_of(files, contents, file.id, root, tables, Extent::Beginning, words)?;
            found.extend(judge(file, &lines, words));
        }
        match best(found) {
            Best::Nothing => {}
            Best::One(id, more) => return Ok(Choice::One(id, lines_of(files, contents, id, root, tables, Extent::Whole, words)?, more)),
            Best::Several(ids) => return Ok(Choice::Several(ids)),
        }
    }
    Ok(Choice::Nothing)
}

/// Notices beside the one that the user named, by another violation number: they are no evidence of this one.
pub(super) fn others(
    files: &[FileEntry],
    contents: &[Recognised],
    (chosen, number): (&[FileId], &str),
    words: &NoticeWords,
    root: &Path,
    ctx: &Context,
) -> Result<Vec<FileId>> {
    let mut others = Vec::new();
    let looked_at = |f: &&FileEntry| !matches!(f.status, Status::Ignored | Status::Unreadable | Status::Duplicate) && !is_case_file(&f.path);
    for file in files.iter().filter(looked_at).filter(|f| !chosen.contains(&f.id)) {
        ctx.check_cancel()?;
        let lines = lines_of(files, contents, file.id, root, false, Extent::Beginning, words)?;
        if judge(file, &lines, words).is_some_and(|c| c.said.number.is_some_and(|own| own != number)) {
            others.push(file.id);
        }
    }
    Ok(others)
}

/// The file that `[notice] file` names: a path, or a base name that only one file has.
fn named_file(files: &[FileEntry], named: &str, line: u32) -> Result<FileId> {
    if let Some(file) = files.iter().find(|f| glob::is_same(&f.path, named)) {
        return Ok(file.id);
    }
    let by_name: Vec<&FileEntry> =
        files.iter().filter(|f| !named.contains('/') && f.path.rsplit('/').next().is_some_and(|name| glob::is_same(name, named))).collect();
    if let [only] = by_name.as_slice() {
        return Ok(only.id);
    }
    let other_letters = || files.iter().find(|f| glob::matches_in_other_letters(named, &f.path));
    let near = by_name.first().copied().or_else(other_letters).map(|f| f.path.as_str()).or_else(|| nearest(named, files.iter().map(|f| f.path.as_str())));
    let line = line.to_string();
    let message = |lang: Lang| {
        let w = lang_words(lang);
        let mut what = w.fill("casefile.file-missing", &[("file", named)]);
        if let Some(near) = near {
            what.push_str(&w.fill("casefile.near", &[("near", near)]));
        }
        w.fill("casefile.one", &[("line", &line), ("what", &what)])
    };
    let hint = |lang: Lang| match near {
        Some(near) => lang_words(lang).fill("casefile.replace", &[("fixed", &format!("file = \"{near}\""))]),
        None => lang_words(lang).get("casefile.hint-plain").to_owned(),
    };
    Err(Error::new(message(Lang::ZhCn), message(Lang::En)).hint(hint(Lang::ZhCn), hint(Lang::En)))
}

/// The lines of a file, empty when it holds no text.
pub(super) fn lines_of(
    files: &[FileEntry],
    contents: &[Recognised],
    id: FileId,
    root: &Path,
    tables: bool,
    extent: Extent,
    words: &NoticeWords,
) -> Result<Vec<Line>> {
    if let Some(lines) = contents.get(id.index()).and_then(|c| lines::of_content(c, tables, extent, words)) {
        return Ok(lines);
    }
    let Some(file) = files.get(id.index()) else { return Ok(Vec::new()) };
    let extension = file.path.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    if !tables || !matches!(extension.as_str(), "csv" | "tsv" | "txt" | "md") || file.bytes > MAX_BYTES {
        return Ok(Vec::new());
    }
    let bytes = archive::read(root, file, &Inner::default()).map_err(|e| Error::io("读取", "read", &root.join(&file.os_path), &e))?;
    Ok(decode(&bytes).map(|(text, _)| lines::of_text(&text, extent)).unwrap_or_default())
}

fn judge(file: &FileEntry, lines: &[Line], words: &NoticeWords) -> Option<Candidate> {
    let mut head = String::new();
    for line in lines {
        if head.len() > JUDGED.0 {
            break;
        }
        head.push_str(&line.lower);
        head.push('\n');
    }
    let mut points = words.points(&head);
    if points < words.choice.least {
        return None;
    }
    let path = file.path.to_lowercase();
    if words.choice.path.iter().any(|w| path.contains(w.as_str())) {
        points += words.choice.path_bonus;
    }
    let shown: Vec<Line> = lines.iter().take(JUDGED.1).cloned().collect();
    let fields = super::fields::Fields::new(words, &shown);
    let received = fields.received();
    let deadline = fields.deadline(received.map(|m| m.at.date_naive()));
    let said = Said { number: fields.number(), stated: fields.stated_count(), received, deadline };
    let orders = super::orders::Reader::new(words, &std::collections::BTreeSet::new(), said.number.as_deref()).read(&shown);
    let strong = said.number.is_some() || !orders.ids.is_empty();
    Some(Candidate { id: file.id, points, said, strong })
}

enum Best {
    Nothing,
    One(FileId, Vec<FileId>),
    Several(Vec<FileId>),
}

/// Candidates with a number or orders come before those without. Two notices with different numbers are two cases: the seller must choose. Of several
/// files of one notice the one with the most signs is it, of equal ones the first; the others are its pages or copies. Where they contradict each other
/// (another count, another deadline) the one with the most signs is the notice alone; equal ones are the seller's choice again.
fn best(mut found: Vec<Candidate>) -> Best {
    if found.iter().any(|c| c.strong) {
        found.retain(|c| c.strong);
    }
    let mut numbers: Vec<&String> = found.iter().filter_map(|c| c.said.number.as_ref()).collect();
    numbers.sort();
    numbers.dedup();
    if numbers.len() > 1 {
        return Best::Several(found.iter().filter(|c| c.said.number.is_some()).map(|c| c.id).collect());
    }
    found.sort_by_key(|c| std::cmp::Reverse(c.points));
    let Some(first) = found.first() else { return Best::Nothing };
    let (same, others): (Vec<&Candidate>, Vec<&Candidate>) = found.iter().skip(1).partition(|c| first.said.is_same_notice(&c.said));
    let equal: Vec<FileId> = others.iter().filter(|c| c.points == first.points).map(|c| c.id).collect();
    if !equal.is_empty() {
        return Best::Several([first.id].into_iter().chain(equal).collect());
    }
    let mut same: Vec<FileId> = same.iter().map(|c| c.id).collect();
    same.sort();
    Best::One(first.id, same)
}

/// Largest file that is looked at when a folder is only asked whether it holds a notice.
const GLANCE_BYTES: u64 = 1024 * 1024;

/// Does a folder hold a text that reads like a notice? For `batch`, which must tell cases from other folders before it reads any of them whole.
pub(super) fn holds_notice(folder: &Path, words: &NoticeWords) -> bool {
    /// Folders deep.
    const DEPTH: usize = 4;
    walkdir::WalkDir::new(folder)
        .max_depth(DEPTH)
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .filter(|e| e.file_type().is_file() && e.metadata().is_ok_and(|m| m.len() <= GLANCE_BYTES))
        .filter_map(|e| std::fs::read(e.path()).ok())
        .filter_map(|bytes| glance(&bytes))
        .any(|text| {
            let lower: String = lines::of_text(&text, Extent::Whole).iter().map(|l| format!("{}\n", l.lower)).collect();
            words.points(&lower) >= words.choice.least
        })
}

/// The text of a file in any form in which notices come, workbooks apart.
fn glance(bytes: &[u8]) -> Option<String> {
    let most = IntakeLimits::default();
    let text_bytes = usize::try_from(most.text_bytes).unwrap_or(usize::MAX);
    if bytes.starts_with(b"PK\x03\x04") {
        return docx::text(&mut Package::open(bytes, most.bytes)?, text_bytes).ok().map(|(text, _)| text);
    }
    if bytes.starts_with(b"%PDF-") {
        return crate::media::pdf::read(bytes, most.pdf_pages, None).ok().map(|pdf| pdf.text.join("\n"));
    }
    if mail::is_mail(bytes) {
        return mail::text(bytes, text_bytes).map(|(text, _)| text);
    }
    crate::text::decode::decode(bytes).map(|(text, _)| text)
}
