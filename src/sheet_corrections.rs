//! The filled-in match sheet of an earlier run, found and followed: what it leaves out is taken out of the intake, the rest waits in the settings for
//! matching. In the case folder it may lie anywhere under any name; else it is looked for where `build` and `check --out` wrote it.

use crate::archive::{self, Inner};
use crate::context::Context;
use crate::error::Result;
use crate::finding::{Code, Finding, Findings};
use crate::intake::{self, Intake};
use crate::model::file::{FileEntry, Status};
use crate::model::match_sheet::{self, MatchSheet, SheetRow};
use crate::model::settings::CaseSettings;
use crate::model::source::FileId;
use crate::notice;
use crate::text::glob;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Finds the sheet, says what of it cannot be followed, and takes out the files it ignores.
///
/// # Errors
/// As [`notice::read`], which tells the case's id.
pub fn follow(root: &Path, settings: &mut CaseSettings, taken: &mut Intake, ctx: &Context, findings: &mut Findings) -> Result<()> {
    let in_the_case = in_the_case(root, &taken.files, findings);
    let earlier = of_an_earlier_run(root, settings, taken, ctx)?;
    if let Some(Kept::Unread(path, what)) = &earlier {
        findings.push(
            unread(&path.display().to_string(), what)
                .variant(if *what == "broken" { "broken-kept" } else { what })
                .with("kept", format!("{}.xlsx", match_sheet::UNREAD)),
        );
        settings.sheet_unread = Some(path.clone());
    }
    if !settings.sheets_elsewhere.is_empty() {
        let used = in_the_case.as_ref().map(|s| s.path.clone()).unwrap_or_default();
        findings.push(not_used("elsewhere", &used, &settings.sheets_elsewhere));
    }
    let earlier = earlier.and_then(|kept| if let Kept::Read(sheet) = kept { Some(*sheet) } else { None });
    let Some(mut sheet) = (match (in_the_case, earlier) {
        (Some(used), Some(passed_over)) => {
            // what we had filled in ourselves was carried over from the sheet that is used
            if passed_over.touched {
                findings.push(not_used("unused", &used.path, std::slice::from_ref(&passed_over.path)));
            }
            Some(used)
        }
        (used, earlier) => used.or(earlier),
    }) else {
        return Ok(());
    };
    // the first of several rows of one file that contradict each other stands in what is told of the others
    for slip in sheet.slips.iter().filter(|slip| slip.what != "twice" || slip.cell != slip.row.to_string()) {
        let finding = Finding::new(Code::MatchSheetRow).variant(slip.what).with("sheet", &sheet.path).with("row", slip.row);
        findings.push(finding.with("file", &slip.path).with("cell", &slip.cell));
    }
    if sheet.rows.is_empty() && sheet.slips.is_empty() {
        return Ok(());
    }
    if sheet.state != match_sheet::state(&taken.files) {
        stale(&sheet, &taken.files).into_iter().for_each(|f| findings.push(f));
    }
    for row in &mut sheet.rows {
        match file_of(row, &taken.files) {
            Ok(file) => row.file = Some(file),
            Err(what) => {
                let finding = Finding::new(Code::MatchSheetRow).variant(what).with("sheet", &sheet.path).with("row", row.row);
                findings.push(finding.with("file", &row.path).with("cell", ""));
            }
        }
    }
    let shown = sheet.path.clone();
    for row in sheet.rows.iter_mut().filter(|r| r.ignore.is_some()) {
        row.refused = !leave_out(row, &shown, settings, taken, findings);
    }
    settings.sheet = Some(sheet);
    Ok(())
}

/// A match sheet among the files; of several the first that is filled in.
fn in_the_case(root: &Path, files: &[FileEntry], findings: &mut Findings) -> Option<MatchSheet> {
    let own: Vec<&FileEntry> = files.iter().filter(|f| f.why.as_ref().is_some_and(|w| w.key == match_sheet::ITSELF)).collect();
    let mut read: Vec<MatchSheet> = own.into_iter().filter_map(|f| parse(archive::read(root, f, &Inner::default()).ok(), &f.path, findings)).collect();
    let filled = |s: &MatchSheet| !s.rows.is_empty() || !s.slips.is_empty();
    let at = read.iter().position(filled).unwrap_or(0);
    let others: Vec<&str> = read.iter().enumerate().filter(|(i, s)| *i != at && filled(s)).map(|(_, s)| s.path.as_str()).collect();
    if let (Some(used), false) = (read.get(at), others.is_empty()) {
        findings.push(Finding::new(Code::MatchSheetStale).variant("several").with("sheet", &used.path).with_list("others", others));
    }
    (at < read.len()).then(|| read.swap_remove(at))
}

/// A sheet in the output folder.
enum Kept {
    Read(Box<MatchSheet>),
    /// With why it could not be read, a variant of `match-sheet-row`.
    Unread(PathBuf, &'static str),
}

/// The sheet in the case's output folder. The folder's name is the case's id, which the notice may tell. Where there is none, one that somebody filled in
/// for these very files under another id is told of: the id was changed since.
fn of_an_earlier_run(root: &Path, settings: &mut CaseSettings, taken: &Intake, ctx: &Context) -> Result<Option<Kept>> {
    let Some(results) = &ctx.results else { return Ok(None) };
    let mut sheets: Vec<PathBuf> =
        std::fs::read_dir(results).into_iter().flatten().flatten().map(|e| e.path().join(match_sheet::PATH)).filter(|p| p.is_file()).collect();
    if sheets.is_empty() {
        return Ok(None);
    }
    let known = intake::orders::known_ids(taken);
    let mut files = taken.files.clone();
    let told = notice::read(&mut files, &taken.contents, settings, &known, root, ctx, &mut Findings::default())?;
    let sha = told.file.and_then(|f| files.get(f.index())).map(|f| f.sha256);
    let platform = settings.platform.clone().or_else(|| told.platform.clone());
    let id = notice::case_id(settings, platform.as_deref(), &told, sha);
    let path = results.join(id).join(match_sheet::PATH);
    if path.is_file() {
        return Ok(Some(match open(&path) {
            Ok(sheet) => Kept::Read(Box::new(sheet)),
            Err(what) => Kept::Unread(path, what),
        }));
    }
    sheets.sort();
    let own = |sheet: &MatchSheet| (!sheet.rows.is_empty() || !sheet.slips.is_empty()) && same_files(sheet, &taken.files);
    settings.sheets_elsewhere = sheets.iter().filter_map(|p| open(p).ok()).filter(own).map(|s| s.path).collect();
    Ok(None)
}

/// Was the sheet made for these files: more than half of those it lists are here, unchanged.
fn same_files(sheet: &MatchSheet, files: &[FileEntry]) -> bool {
    let here: BTreeMap<&str, _> = files.iter().filter(|f| match_sheet::lists(f)).map(|f| (f.path.as_str(), &f.sha256)).collect();
    let same = sheet.files.iter().filter(|(path, sha)| here.get(path.as_str()).is_some_and(|s| *s == sha)).count();
    same * 2 > sheet.files.len()
}

fn not_used(variant: &'static str, used: &str, others: &[String]) -> Finding {
    Finding::new(Code::MatchSheetStale).variant(variant).with("sheet", used).with_list("others", others)
}

fn open(path: &Path) -> std::result::Result<MatchSheet, notice::match_sheet::Unreadable> {
    let fits = std::fs::metadata(path).is_ok_and(|m| notice::match_sheet::fits(m.len()));
    let bytes = if fits { std::fs::read(path).ok() } else { None };
    notice::match_sheet::read(&bytes.ok_or("broken")?, &path.display().to_string())
}

fn unread(shown: &str, what: &'static str) -> Finding {
    Finding::new(Code::MatchSheetRow).variant(what).with("sheet", shown).with("row", 0).with("file", shown).with("cell", "")
}

fn parse(bytes: Option<Vec<u8>>, shown: &str, findings: &mut Findings) -> Option<MatchSheet> {
    let read = bytes.filter(|b| notice::match_sheet::fits(b.len() as u64)).ok_or("broken").and_then(|bytes| notice::match_sheet::read(&bytes, shown));
    read.map_err(|what| findings.push(unread(shown, what))).ok()
}

/// What changed since; nothing where the only news is that a file is back whose row was kept.
fn stale(sheet: &MatchSheet, files: &[FileEntry]) -> Option<Finding> {
    let then: BTreeMap<&str, _> = sheet.files.iter().map(|(path, sha)| (path.as_str(), sha)).collect();
    let now: BTreeMap<&str, _> = files.iter().filter(|f| match_sheet::lists(f)).map(|f| (f.path.as_str(), &f.sha256)).collect();
    let new = now.keys().filter(|p| !then.contains_key(*p)).count();
    let gone = then.keys().filter(|p| !now.contains_key(*p)).count();
    let changed = now.iter().filter(|(p, sha)| then.get(*p).is_some_and(|s| s != *sha)).count();
    let finding = Finding::new(Code::MatchSheetStale).with("sheet", &sheet.path).with("new", new).with("gone", gone).with("changed", changed);
    (new + gone + changed > 0).then_some(finding)
}

/// The row's file: the same path with the same content; else, as files are moved and renamed, the only one with that content.
fn file_of(row: &SheetRow, files: &[FileEntry]) -> std::result::Result<FileId, &'static str> {
    let same_path = files.iter().find(|f| f.path == row.path);
    // what case.toml leaves out was not read, so that its content is not known; it is the file that is meant all the same
    let left_out = |f: &FileEntry| f.why.as_ref().is_some_and(|w| w.key == "ignored-user");
    if let Some(entry) = same_path.filter(|f| f.sha256 == row.sha256 || left_out(f)) {
        return Ok(entry.id);
    }
    let mut moved = files.iter().filter(|f| f.sha256 == row.sha256 && !matches!(f.status, Status::Ignored | Status::Duplicate));
    match (moved.next(), moved.next(), same_path) {
        (Some(entry), None, _) => Ok(entry.id),
        (_, _, Some(_)) => Err("changed"),
        _ => Err("gone"),
    }
}

/// Takes the row's file out; `false` where case.toml uses it.
fn leave_out(row: &SheetRow, sheet: &str, settings: &CaseSettings, taken: &mut Intake, findings: &mut Findings) -> bool {
    let Some((file, entry)) = row.file.and_then(|f| taken.files.get(f.index()).map(|e| (f, e))) else { return true };
    if let Some(assign) = settings.assign.iter().find(|a| glob::matches(&a.file, &entry.path)) {
        let finding = Finding::new(Code::MatchSheetConflict).file(file).with("file", &entry.path).with("sheet", sheet);
        findings.push(finding.with("row", row.row).with("line", assign.line));
        return false;
    }
    if entry.status != Status::Ignored {
        intake::leave_out(taken, file, row.ignore.as_deref().unwrap_or_default(), findings);
    }
    true
}
