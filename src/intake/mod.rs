//! Intake: the folder is walked once, every file is hashed and recognised by content in one reading, and every entry keeps its place and its reason.
//!
//! In: the case folder and case.toml. Out: the files in path order and, index for index, what is inside. Nothing is matched with orders here except
//! [`orders`], which turns exports into orders once the notice has named them.

mod archives;
mod buffers;
mod cells;
pub mod chat;
mod columns;
mod compound;
mod dense;
mod documents;
mod extension;
mod fields;
mod layout;
pub mod limits;
mod markup;
mod named;
mod nicks;
pub mod orders;
mod own_lists;
pub mod own_output;
mod proposal;
mod recognise;
mod rows;
mod second_look;
mod separated;
pub mod set_aside;
mod sheet;
mod tables;
pub mod trace;
mod walk;

#[cfg(test)]
mod tests;

pub use fields::{Field, fields};
pub use walk::openable;

use crate::archive::{self, Inner};
use crate::context::Context;
use crate::digest::{self, Digests};
use crate::error::Result;
use crate::finding::{Code, Finding, Findings, Severity};
use crate::media::pixels::cache::PixelCache;
use crate::model::case_file::is_case_file;
use crate::model::file::{FileEntry, Kind, MemberStep, Sha256, Status, WhyNot};
use crate::model::match_sheet;
use crate::model::record::{Content, Recognised, Records};
use crate::model::settings::CaseSettings;
use crate::model::source::FileId;
use crate::profile::kind_words::KindWords;
use buffers::Buffers;
use rayon::prelude::*;
use recognise::{Form, Found, Rules};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Everything the folder holds.
#[derive(Debug, Clone, Default)]
pub struct Intake {
    /// Every entry of the walk, in path order; a file's id is its index.
    pub files: Vec<FileEntry>,
    /// What is inside, index for index. A duplicate has only a picture's content, so that no row counts twice.
    pub contents: Vec<Recognised>,
}

/// Walks, hashes and recognises a case folder. What is wrong with single files becomes findings; the result does not depend on the number of threads.
/// With `pixels`, pictures are looked at while their bytes are in memory, unless it knows them.
///
/// # Errors
/// When the folder is missing or no folder, a data file of the profile is broken, `[[columns]]` cannot be followed, or the user asked to stop.
pub fn read(root: &Path, settings: &CaseSettings, pixels: Option<&PixelCache>, ctx: &Context, findings: &mut Findings) -> Result<Intake> {
    columns::check(settings, &fields(&ctx.profile)?)?;
    let rules = rules(settings, pixels, ctx)?;
    let mut files = walk::walk(root, settings, ctx, findings)?;
    ctx.progress.stage("intake", files.len() as u64);
    let groups = groups(&files);
    let opened: Vec<Result<Vec<(FileId, Digests, Found)>>> = ctx.pool.install(|| {
        groups
            .par_iter()
            // a long screenshot takes longer than others: nothing waits behind it
            .with_max_len(1)
            .map(|group| {
                let inner = Inner::default();
                let mut opened = Vec::with_capacity(group.len());
                for entry in group {
                    ctx.check_cancel()?;
                    let (digests, found) = open(root, entry, &rules, &inner)?;
                    opened.push((entry.id, digests, found));
                    ctx.progress.step(1);
                }
                Ok(opened)
            })
            .collect()
    });
    if let Some(pixels) = pixels {
        pixels.all_looked_at();
    }
    let mut found: BTreeMap<FileId, (Digests, Found)> = BTreeMap::new();
    for group in opened {
        found.extend(group?.into_iter().map(|(id, digests, inside)| (id, (digests, inside))));
    }
    let mut contents = Vec::with_capacity(files.len());
    let mut tables = Vec::new();
    for (entry, (digests, found)) in files.iter_mut().zip(found.into_values()) {
        if found.table {
            tables.push(entry.id);
        }
        contents.push(settle(entry, digests, found, &rules, findings));
    }
    let tables: Vec<&str> = tables.iter().filter_map(|id| files.get(id.index())).map(|f| f.path.as_str()).collect();
    columns::used(settings, &tables)?;
    mark_duplicates(&mut files, &mut contents, findings);
    for entry in files.iter().filter(|f| f.why.as_ref().is_some_and(|why| why.key == own_lists::REQUEST)) {
        findings.push(Finding::new(Code::NotCheckable).variant("own-request").file(entry.id).with("file", &entry.path));
    }
    let mut intake = Intake { files, contents };
    second_look::traces(&mut intake, &rules.traces, findings);
    named::orders(&mut intake);
    nicks::passed_over(&mut intake, &rules.kinds);
    Ok(intake)
}

fn rules<'a>(settings: &'a CaseSettings, pixels: Option<&'a PixelCache>, ctx: &Context) -> Result<Rules<'a>> {
    let profile = &ctx.profile;
    Ok(Rules {
        layouts: profile.once("", || layout::load(profile))?,
        kinds: profile.once("", || KindWords::load(profile))?,
        traces: profile.once("", || trace::Knowledge::load(profile))?,
        column_words: profile.once("", || proposal::ColumnWords::load(profile))?,
        settings,
        pixels,
        seller_names: settings.seller.shop.iter().cloned().collect(),
        buffers: Buffers::default(),
    })
}

/// Recognises bytes that lie in no folder. The data of the profile are read once.
pub struct Recogniser<'a> {
    rules: Rules<'a>,
}

impl<'a> Recogniser<'a> {
    /// With the settings and the profile of a case.
    ///
    /// # Errors
    /// When a data file of the profile is broken.
    pub fn new(settings: &'a CaseSettings, ctx: &Context) -> Result<Self> {
        Ok(Recogniser { rules: rules(settings, None, ctx)? })
    }

    /// What is in these bytes, as if a file of this name held them. Nothing is caught here: a panic of a reader reaches the caller.
    ///
    /// # Errors
    /// When `[[columns]]` names a column that the table lacks.
    pub fn read(&self, mut bytes: Vec<u8>, name: &str) -> Result<Recognised> {
        let form = recognise::form(&bytes, name);
        let entry = FileEntry {
            id: FileId(0),
            path: name.to_owned(),
            os_path: name.into(),
            bytes: bytes.len() as u64,
            sha256: Sha256::default(),
            crc32: 0,
            kind: Kind::Other,
            status: Status::Unmatched,
            why: None,
            same_as: None,
            member: Vec::new(),
            container: false,
        };
        if !form.is_read() {
            return Ok(Recognised::default());
        }
        Ok(recognise::recognise(&mut bytes, entry.sha256, form, &entry, &self.rules)?.recognised)
    }
}

/// Files that are opened one after the other: members of one packed inner archive, which is inflated once for all of them. Every other file is alone.
fn groups(files: &[FileEntry]) -> Vec<Vec<&FileEntry>> {
    let mut groups: Vec<Vec<&FileEntry>> = Vec::new();
    let mut of_archive: BTreeMap<(&Path, Vec<u64>), usize> = BTreeMap::new();
    for entry in files {
        let outer: &[MemberStep] = entry.member.split_last().map_or(&[], |(_, outer)| outer);
        let Some(packed) = outer.iter().rposition(|s| s.deflated) else {
            groups.push(vec![entry]);
            continue;
        };
        let key = (entry.os_path.as_path(), outer.iter().take(packed + 1).map(|s| s.at).collect());
        let group = *of_archive.entry(key).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    groups
}

/// Hashes a file and reads its inside, in one reading.
fn open(root: &Path, entry: &FileEntry, rules: &Rules<'_>, inner: &Inner) -> Result<(Digests, Found)> {
    let nothing = Digests { bytes: entry.bytes, ..digest::of_bytes(&[]) };
    if entry.status != Status::Unmatched && !entry.container {
        return Ok((nothing, Found::default()));
    }
    let path = walk::on_disk(root, entry);
    let (digests, form, bytes) = match load(&path, entry, inner, rules) {
        Ok(loaded) => loaded,
        Err(e) if entry.member.is_empty() => {
            let why = walk::unreadable(Some(&e));
            let findings = vec![walk::unreadable_finding(entry, &why)];
            return Ok((nothing, Found { unreadable: Some(why), findings, ..Found::default() }));
        }
        // what does not inflate breaks off here, whatever the system calls it
        Err(_) => return Ok((nothing, damaged_member(entry))),
    };
    if entry.container {
        return Ok((digests, Found { kind: Some(Kind::Other), ..Found::default() }));
    }
    if entry.member.last().is_some_and(|step| (step.bytes, step.crc32) != (digests.bytes, digests.crc32)) {
        return Ok((nothing, damaged_member(entry)));
    }
    // one with nothing in it says nothing, as every key may be left out
    if is_case_file(&entry.path) {
        return Ok((digests, Found { kind: Some(Kind::Other), ..Found::default() }));
    }
    if digests.bytes == 0 {
        let finding = Finding::new(Code::FileUnreadable).variant("empty").file(entry.id).with("file", &entry.path);
        let unreadable = Some(WhyNot { key: "unreadable-empty", detail: String::new() });
        return Ok((digests, Found { unreadable, findings: vec![finding], ..Found::default() }));
    }
    let told = extension::differs(entry, form, bytes.as_deref());
    let mut found = match bytes {
        // readers of foreign formats may panic on hostile files; one bad file must not take the case with it
        Some(mut bytes) => {
            let found = catch_unwind(AssertUnwindSafe(|| recognise::recognise(&mut bytes, digests.sha256, form, entry, rules)));
            rules.buffers.give_back(bytes);
            found.unwrap_or_else(|_| Ok(recognise::broken(entry, "panic")))?
        }
        None => documents::stand_in(&[], entry).unwrap_or_else(|| match form {
            Form::Film => documents::of_film(&path, &entry.member),
            Form::WeChatCache => recognise::encrypted(entry, Some("wechat")),
            Form::Packed(name) => documents::of_packed(name, entry),
            _ => Found { findings: vec![recognise::limit(entry, "bytes", &rules.settings.intake)], ..Found::default() },
        }),
    };
    // where more is wrong with the file, that says enough
    found.findings.extend(told.filter(|_| found.unreadable.is_none()));
    Ok((digests, found))
}

/// A member whose bytes are not what its archive says of them: it is not used, as no program would unpack it without complaint.
fn damaged_member(entry: &FileEntry) -> Found {
    let finding = Finding::new(Code::FileUnreadable).variant("archive").severity(Severity::Warning).file(entry.id).with("file", &entry.path);
    Found { unreadable: Some(WhyNot { key: "unreadable-archive", detail: String::new() }), findings: vec![finding], ..Found::default() }
}

/// Digests of a file, its form, and its bytes unless it has more than the settings allow or is not read further.
fn load(path: &Path, entry: &FileEntry, inner: &Inner, rules: &Rules<'_>) -> io::Result<(Digests, Form, Option<Vec<u8>>)> {
    let mut reader = archive::open(path, &entry.member, inner)?;
    let most = rules.settings.intake.bytes;
    let mut bytes = rules.buffers.take();
    bytes.reserve(limits::MAGIC_BYTES);
    reader.by_ref().take(limits::MAGIC_BYTES as u64).read_to_end(&mut bytes)?;
    let form = recognise::form(&bytes, &entry.path);
    if form.is_read() && !entry.container && entry.bytes <= most {
        // no deflated byte gives more than 1032, whatever an archive states
        let inflated = entry.member.last().map_or(u64::MAX, |step| step.packed.saturating_mul(1032));
        bytes.reserve(usize::try_from(entry.bytes.min(inflated)).unwrap_or(0).saturating_sub(bytes.len()) + 1);
        // a file that grows meanwhile must not grow without end
        reader.by_ref().take(most + 1 - bytes.len() as u64).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= most {
            return Ok((digest::of_bytes(&bytes), form, Some(bytes)));
        }
    }
    let digests = digest::of_reader(bytes.as_slice().chain(reader))?;
    rules.buffers.give_back(bytes);
    Ok((digests, form, None))
}

/// Writes into the entry what was found.
fn settle(entry: &mut FileEntry, digests: Digests, found: Found, rules: &Rules<'_>, findings: &mut Findings) -> Recognised {
    entry.bytes = digests.bytes;
    entry.sha256 = digests.sha256;
    entry.crc32 = digests.crc32;
    if entry.status != Status::Ignored {
        entry.kind = found.kind.or_else(|| rules.kinds.of_path(&entry.path)).unwrap_or(Kind::Other);
    }
    found.findings.into_iter().for_each(|f| findings.push(f));
    if entry.status == Status::Unmatched {
        if found.match_sheet {
            entry.status = Status::Ignored;
            entry.why = Some(WhyNot { key: match_sheet::ITSELF, detail: String::new() });
        } else if let Some(why) = found.unreadable {
            // an archive that is not opened (7z, RAR): nobody knows whose things it holds
            entry.container |= why.key == "unreadable-packed";
            entry.status = Status::Unreadable;
            entry.why = Some(why);
        } else if is_case_file(&entry.path) || found.recognised.content.feeds_orders() {
            entry.status = Status::Source;
        }
    }
    found.recognised
}

/// A file byte-identical with one of an earlier path is its duplicate. Archives are no evidence themselves and only their members are compared.
fn mark_duplicates(files: &mut [FileEntry], contents: &mut [Recognised], findings: &mut Findings) {
    let mut first: BTreeMap<Sha256, (FileId, String)> = BTreeMap::new();
    // a file that lies open wins over its copy in an archive, whose name may sort first
    let mut all: Vec<(&mut FileEntry, &mut Recognised)> = files.iter_mut().zip(contents).collect();
    all.sort_by_key(|(entry, _)| !entry.member.is_empty());
    for (entry, content) in all {
        if entry.bytes == 0 || entry.container || is_case_file(&entry.path) || !matches!(entry.status, Status::Unmatched | Status::Source) {
            continue;
        }
        let Some((same, path)) = first.get(&entry.sha256) else {
            first.insert(entry.sha256, (entry.id, entry.path.clone()));
            continue;
        };
        entry.status = Status::Duplicate;
        entry.same_as = Some(*same);
        findings.push(Finding::new(Code::FileDuplicate).file(entry.id).with("file", &entry.path).with("same", path));
        content.records = Records::Whole;
        if !matches!(content.content, Content::Picture(_)) {
            content.content = Content::None;
        }
    }
}

/// Takes a file out on the match sheet's word, after it was read: what was found in it counts no more. A byte-identical copy takes its place, as if the
/// file had not been there.
pub fn leave_out(intake: &mut Intake, file: FileId, why: &str, findings: &mut Findings) {
    let copies: Vec<FileId> = intake.files.iter().filter(|f| f.same_as == Some(file)).map(|f| f.id).collect();
    let Some(entry) = intake.files.get_mut(file.index()) else { return };
    let status = entry.status;
    entry.status = Status::Ignored;
    entry.why = Some(WhyNot { key: match_sheet::IGNORED, detail: why.to_owned() });
    entry.same_as = None;
    let mut content = intake.contents.get_mut(file.index()).map(std::mem::take).unwrap_or_default();
    findings.retain(|f| f.file != Some(file) && !(f.code == Code::FileDuplicate && f.file.is_some_and(|c| copies.contains(&c))));
    let Some((heir, rest)) = copies.split_first() else { return };
    let parts = match &mut content.content {
        Content::Sheets(parts) => parts.as_mut_slice(),
        single => std::slice::from_mut(single),
    };
    for part in parts {
        if let Content::Invoices(rows) = part {
            rows.iter_mut().filter_map(|r| r.line.as_mut()).for_each(|l| l.file = *heir);
        }
    }
    if let Some(place) = intake.contents.get_mut(heir.index()) {
        *place = content;
    }
    let mut path = String::new();
    if let Some(heir) = intake.files.get_mut(heir.index()) {
        heir.status = status;
        heir.same_as = None;
        path.clone_from(&heir.path);
    }
    for copy in rest {
        if let Some(entry) = intake.files.get_mut(copy.index()) {
            entry.same_as = Some(*heir);
            findings.push(Finding::new(Code::FileDuplicate).file(*copy).with("file", &entry.path).with("same", &path));
        }
    }
}
