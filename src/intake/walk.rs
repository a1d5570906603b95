//! One walk over the case folder: every entry is taken up, with a reason where it will not be read. Links are never followed; only archives are opened,
//! for what they list ([`super::archives`]).

use super::set_aside::SetAside;
use super::{archives, limits, own_output};
use crate::context::Context;
use crate::error::{Error, Refusal, Result, refusal, wrong_path};
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::case_file::is_templates;
use crate::model::file::{FileEntry, Kind, Sha256, Status, WhyNot};
use crate::model::settings::{CaseSettings, IgnoreRule};
use crate::model::source::FileId;
use crate::model::system_files;
use crate::text::glob;
use same_file::Handle;
use std::collections::{HashMap, HashSet};
use std::fs::FileType;
use std::io;
use std::path::{Component, Path, PathBuf};

/// An entry with what is to be said of it once it has its number.
pub(super) struct Taken {
    pub entry: FileEntry,
    pub notes: Vec<Note>,
}

/// A finding without its file.
pub(super) struct Note {
    code: Code,
    variant: &'static str,
    severity: Option<Severity>,
    values: Vec<(&'static str, String)>,
}

impl Note {
    /// `variant` may be empty.
    pub(super) fn new(code: Code, variant: &'static str) -> Self {
        Note { code, variant, severity: None, values: Vec::new() }
    }

    /// A limit of `[intake]` that was reached.
    pub(super) fn limit(variant: &'static str, key: &'static str, limit: impl ToString) -> Self {
        Note::new(Code::LimitReached, variant).with("key", key).with("limit", limit)
    }

    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    pub(super) fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    fn of(&self, entry: &FileEntry) -> Finding {
        let mut finding = Finding::new(self.code).file(entry.id).with("file", &entry.path);
        finding.variant = Some(self.variant).filter(|v| !v.is_empty());
        finding.severity = self.severity.unwrap_or(finding.severity);
        finding.params.extend(self.values.iter().cloned());
        finding
    }
}

impl Taken {
    /// A member of the archive `around`; the way to it is the archive's own until its last step is added.
    pub(super) fn member(around: &FileEntry, path: String) -> Self {
        let mut taken = taken_up(&around.os_path, 0, None, false);
        taken.entry.path = path;
        taken.entry.member.clone_from(&around.member);
        taken
    }
}

/// Makes sure that a path is a folder that can be listed.
///
/// # Errors
/// It is not there, is no folder, or the system does not let us.
pub fn openable(root: &Path) -> Result<()> {
    let about = std::fs::metadata(root).map_err(|e| {
        let (zh, en) = wrong_path(root);
        Error::new(format!("打不开案件文件夹：{}（{e}）", root.display()), format!("could not open the case folder {}: {e}", root.display())).hint(zh, en)
    })?;
    if !about.is_dir() {
        return Err(Error::new(format!("{} 是文件，不是文件夹", root.display()), format!("{} is a file, not a folder", root.display()))
            .hint("给出放材料的文件夹；通知和材料都放在里面", "name the folder that holds the notice and the evidence"));
    }
    std::fs::read_dir(root).map(drop).map_err(|e| Error::io("读取案件文件夹", "read the case folder", root, &e))
}

/// Takes up everything below `root` in path order, archives with their members. What must not be read has its status and reason already.
pub(super) fn walk(root: &Path, settings: &CaseSettings, ctx: &Context, findings: &mut Findings) -> Result<Vec<FileEntry>> {
    let ignore = &settings.ignore;
    openable(root)?;

    let mut aside = SetAside::new(root);
    let mut found: Vec<Taken> = Vec::new();
    // the first file that is not taken up
    let mut left: Option<String> = None;
    // in order of names: where the walk stops does not depend on the disk
    let mut walker = walkdir::WalkDir::new(root).follow_links(false).follow_root_links(true).min_depth(1).sort_by_file_name().into_iter();
    while let Some(next) = walker.next() {
        let full = found.len() >= settings.intake.files;
        let entry = match next {
            Ok(entry) if full && !entry.file_type().is_dir() => {
                left = entry.path().strip_prefix(root).ok().map(shown);
                break;
            }
            Err(_) if full => continue,
            Ok(entry) => entry,
            Err(e) => {
                let Some(path) = e.path().and_then(|p| p.strip_prefix(root).ok()) else { continue };
                let folder = e.path().is_some_and(|p| std::fs::symlink_metadata(p).is_ok_and(|m| m.is_dir()));
                found.push(taken_up(path, 0, Some((Status::Unreadable, unreadable(e.io_error()))), folder));
                continue;
            }
        };
        let Ok(relative) = entry.path().strip_prefix(root) else { continue };
        let kind = entry.file_type();
        if kind.is_dir() {
            // a bin holds what was deleted, and may hold more of it than a case takes; some cannot be listed at all
            if system_files::is_folder(&entry.file_name().to_string_lossy()) {
                walker.skip_current_dir();
                found.push(taken_up(relative, 0, Some((Status::Ignored, WhyNot { key: "ignored-system", detail: String::new() })), true));
                continue;
            }
            if let Some(known_by) = aside.folder(entry.path(), &shown(relative)) {
                walker.skip_current_dir();
                let detail = shown(relative);
                found.push(taken_up(&relative.join(known_by), 0, Some((Status::Ignored, WhyNot { key: "ignored-own-output", detail })), false));
                if let Some(sheet) = own_output::sheet(entry.path()).map(|s| relative.join(s)) {
                    let bytes = std::fs::metadata(root.join(&sheet)).map_or(0, |m| m.len());
                    found.push(taken_up(&sheet, bytes, None, false));
                }
            }
            continue;
        }
        let bytes = if kind.is_file() { entry.metadata().map_or(0, |m| m.len()) } else { 0 };
        let own = || {
            // only asked where something is printed into a file
            let written = || !ctx.printed_to.is_empty() && Handle::from_path(entry.path()).is_ok_and(|file| ctx.printed_to.iter().any(|to| **to == file));
            let known = || {
                if written() || aside.lists(&shown(relative)) {
                    return Some("ignored-own-file");
                }
                own_output::known(entry.path())
            };
            let key = if kind.is_file() { known() } else { None };
            key.map(|key| (Status::Ignored, WhyNot { key, detail: String::new() }))
        };
        found.push(taken_up(relative, bytes, fate(relative, kind, ignore).or_else(own), false));
    }
    let most = settings.intake.files;
    let mut found = archives::with_members(root, found, settings, ctx)?;
    in_order(&mut found);
    if found.len() > most {
        left = found.get(most).map(|t| t.entry.path.clone());
        found.truncate(most);
    }
    for taken in &found {
        taken.notes.iter().for_each(|note| findings.push(note.of(&taken.entry)));
    }
    let found: Vec<FileEntry> = found.into_iter().map(|t| t.entry).collect();
    for entry in &found {
        // what an archive withholds was said with its own words
        if let (Status::Unreadable, Some(why)) = (entry.status, &entry.why)
            && matches!(why.key, "unreadable-denied" | "unreadable-io" | "unreadable-open" | "unreadable-cloud")
        {
            findings.push(unreadable_finding(entry, why));
        }
        let length = entry.path.chars().count();
        if length > limits::PATH_CHARS && entry.status != Status::Ignored {
            findings.push(Finding::new(Code::PathLong).file(entry.id).with("file", &entry.path).with("length", length).with("limit", limits::PATH_CHARS));
        }
    }
    if let Some(first) = left {
        findings.push(Finding::new(Code::LimitReached).variant("files").with("key", "files").with("limit", most).with("file", first));
    }
    Ok(found)
}

/// Why an entry cannot be read, and the finding that says so. The system's own words differ by language and version; the kind of error does not.
pub(super) fn unreadable(error: Option<&io::Error>) -> WhyNot {
    let kind = error.map_or(io::ErrorKind::Other, io::Error::kind);
    let key = match error.and_then(refusal) {
        Some(Refusal::InUse) => "unreadable-open",
        Some(Refusal::Cloud) => "unreadable-cloud",
        None if kind == io::ErrorKind::PermissionDenied => "unreadable-denied",
        None => "unreadable-io",
    };
    WhyNot { key, detail: kind.to_string() }
}

/// The finding for an entry that cannot be read.
pub(super) fn unreadable_finding(entry: &FileEntry, why: &WhyNot) -> Finding {
    let finding = Finding::new(Code::FileUnreadable).file(entry.id).with("file", &entry.path).with("detail", &why.detail);
    match why.key.strip_prefix("unreadable-") {
        Some("io") | None => finding,
        Some(variant) => finding.variant(variant),
    }
}

fn taken_up(relative: &Path, bytes: u64, fate: Option<(Status, WhyNot)>, folder: bool) -> Taken {
    let (status, why) = fate.map_or((Status::Unmatched, None), |(s, w)| (s, Some(w)));
    let entry = FileEntry {
        id: FileId(0),
        path: if folder { shown(relative) + "/" } else { shown(relative) },
        os_path: relative.to_path_buf(),
        member: Vec::new(),
        container: false,
        bytes,
        sha256: Sha256::default(),
        crc32: 0,
        kind: Kind::Other,
        status,
        why,
        same_as: None,
    };
    Taken { entry, notes: Vec::new() }
}

/// The relative path with `/`; names that are not Unicode get U+FFFD.
fn shown(relative: &Path) -> String {
    let parts: Vec<String> = relative
        .components()
        .filter_map(|c| match c {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    parts.join("/")
}

/// Sorts by path, makes paths unique (two names that are not Unicode can look alike, an archive can hold a name twice) and numbers the entries.
fn in_order(found: &mut [Taken]) {
    let way = |t: &Taken| t.entry.member.iter().map(|s| s.at).collect::<Vec<_>>();
    found.sort_by(|a, b| (&a.entry.path, &a.entry.os_path).cmp(&(&b.entry.path, &b.entry.os_path)).then_with(|| way(a).cmp(&way(b))));
    let mut taken: HashSet<String> = HashSet::new();
    // a path that many entries have is not tried from its first number again
    let mut next: HashMap<String, u32> = HashMap::new();
    for entry in found.iter_mut().map(|t| &mut t.entry) {
        if taken.insert(entry.path.clone()) {
            continue;
        }
        let next = next.entry(entry.path.clone()).or_insert(2);
        let unique = (*next..).map(|n| (n, format!("{}~{n}", entry.path))).find(|(_, path)| taken.insert(path.clone()));
        if let Some((n, path)) = unique {
            *next = n.saturating_add(1);
            entry.path = path;
        }
    }
    found.sort_by(|a, b| a.entry.path.cmp(&b.entry.path));
    for (id, taken) in (0..).zip(found.iter_mut()) {
        taken.entry.id = FileId(id);
    }
}

/// Why an entry of the disk is not read, if so.
fn fate(relative: &Path, kind: FileType, ignore: &[IgnoreRule]) -> Option<(Status, WhyNot)> {
    let key = match () {
        () if kind.is_symlink() => "ignored-link",
        () if !kind.is_file() => "ignored-special",
        () => return left_out(&shown(relative), ignore).map(|why| (Status::Ignored, why)),
    };
    Some((Status::Ignored, WhyNot { key, detail: String::new() }))
}

/// Why a path, of the disk or in an archive, is not read, if so.
pub(super) fn left_out(path: &str, ignore: &[IgnoreRule]) -> Option<WhyNot> {
    let because = |key: &'static str, detail: String| Some(WhyNot { key, detail });
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or("");
    if system_files::is_one(name) || parts.iter().any(|folder| system_files::is_folder(folder)) {
        return because("ignored-system", String::new());
    }
    if name.starts_with("~$") || name.starts_with(".~") {
        return because("ignored-open", String::new());
    }
    // a placeholder of iCloud stands for evidence that is not here
    let hidden = name.starts_with('.') && !name.to_lowercase().ends_with(".icloud");
    if hidden || parts.iter().any(|p| p.starts_with('.')) {
        return because("ignored-hidden", String::new());
    }
    if parts.first().is_some_and(|first| is_templates(first)) {
        return because("ignored-templates", String::new());
    }
    let rule = ignore.iter().find(|rule| glob::matches(&rule.file, path))?;
    because("ignored-user", rule.why.clone().unwrap_or_default())
}

/// The place of an entry on the disk.
pub(super) fn on_disk(root: &Path, entry: &FileEntry) -> PathBuf {
    root.join(&entry.os_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many as an archive may list: numbers tried from 2 again for each would be over a thousand million paths.
    #[test]
    fn fifty_thousand_entries_of_one_name_are_numbered() {
        let entry = |path: &str| taken_up(Path::new(path), 0, None, false);
        let mut found: Vec<Taken> = (0..50_000).map(|_| entry("a.txt")).chain([entry("a.txt~7"), entry("b.txt")]).collect();
        in_order(&mut found);
        let mut paths: Vec<&str> = found.iter().map(|t| t.entry.path.as_str()).collect();
        assert!(["a.txt", "a.txt~2", "a.txt~50000", "a.txt~7~2", "b.txt"].iter().all(|path| paths.contains(path)));
        assert!(found.iter().zip(0..).all(|(t, n)| t.entry.id == FileId(n)));
        paths.dedup();
        assert_eq!(paths.len(), 50_002);
    }
}
