//! The filled-in match sheet of an earlier run, found and followed: what it leaves out is taken out of the intake, the rest waits in the settings for
//! matching. In the case folder it may lie anywhere under any name; else it is looked for where `build` and `check --out` wrote it. One sheet is followed;
//! what is filled in in another is named, and kept where the new sheet would take its place.

use crate::archive::{self, Inner};
use crate::bundle::swap;
use crate::context::Context;
use crate::error::Result;
use crate::finding::{Code, Finding, Findings};
use crate::intake::{self, Intake};
use crate::model::file::{FileEntry, Sha256, Status};
use crate::model::match_sheet::{self, MatchSheet, SheetRow};
use crate::model::settings::CaseSettings;
use crate::model::source::FileId;
use crate::notice;
use crate::profile::kind_words::KindWords;
use crate::profile::lang::words;
use crate::text::glob;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Finds the sheet, says what of it cannot be followed, and takes out the files it ignores.
///
/// # Errors
/// As [`notice::read`], which tells the case's id.
pub fn follow(root: &Path, settings: &mut CaseSettings, taken: &mut Intake, ctx: &Context, findings: &mut Findings) -> Result<()> {
    let kinds = ctx.profile.once("", || KindWords::load(&ctx.profile))?;
    let open = |path: &Path| open(path, &kinds);
    let lying: Vec<&FileEntry> = taken.files.iter().filter(|f| f.why.as_ref().is_some_and(|w| w.key == match_sheet::ITSELF)).collect();
    let lying: Vec<MatchSheet> = lying.into_iter().filter_map(|f| parse(archive::read(root, f, &Inner::default()).ok(), &f.path, &kinds, findings)).collect();
    let results = ctx.results.as_deref().map(in_results).unwrap_or_default();
    let inside = in_the_case(root, &taken.files, ctx.results.as_deref());
    if lying.is_empty() && results.is_empty() && inside.is_empty() {
        return Ok(());
    }
    let own = Own::of(root, settings, taken, ctx)?;
    let lying = used_of(lying, &own, &taken.files, findings);
    let place = ctx.results.as_ref().map(|results| results.join(&own.id).join(match_sheet::PATH)).filter(|path| path.is_file());
    let earlier = match place.as_deref().map(open) {
        Some(Err(what)) => {
            let path = place.clone().unwrap_or_default();
            let finding = unread(&path.display().to_string(), what).variant(if what == "broken" { "broken-kept" } else { what });
            findings.push(finding.with("kept", format!("{}.xlsx", match_sheet::UNREAD)));
            settings.sheet_kept = Some((path, match_sheet::UNREAD));
            None
        }
        read => read.and_then(std::result::Result::ok),
    };
    // a case that has a sheet in its place is asked for no other one there: with many cases that would be all sheets for each of them
    let others = inside.into_iter().chain(results.into_iter().filter(|_| place.is_none()));
    let others: Vec<(PathBuf, MatchSheet)> = others.filter_map(|p| Some((p.clone(), open(&p).ok()?))).filter(|(_, s)| filled(s)).collect();
    let (ours, foreign): (Vec<_>, Vec<_>) = others.into_iter().filter(|(_, s)| same_files(s, &taken.files)).partition(|(_, s)| own.notice_in(s));
    let mut ours: Vec<MatchSheet> = by_age(ours);
    let speaks = |sheet: &MatchSheet| filled(sheet) || sheet.touched;
    let lies_there = lying.is_some();
    let used = match (lying, earlier.as_ref()) {
        (Some(lying), _) => Some(lying),
        (None, Some(earlier)) if speaks(earlier) || ours.is_empty() => Some(earlier.clone()),
        (None, _) => ours.pop().inspect(|sheet| findings.push(Finding::new(Code::MatchSheetStale).variant("carried").with("sheet", &sheet.path))),
    };
    let passed_over = ours.iter().chain(foreign.iter().map(|(_, s)| s)).filter(|s| place.is_none() || s.touched);
    let named: Vec<&str> = passed_over.filter(|s| used.as_ref().is_none_or(|used| !covers(used, s))).map(|s| s.path.as_str()).collect();
    if !named.is_empty() {
        let used = used.as_ref().map(|s| s.path.as_str()).unwrap_or_default();
        findings.push(Finding::new(Code::MatchSheetStale).variant("elsewhere").with("sheet", used).with_list("others", named));
    }
    if let (Some(path), Some(earlier), Some(results)) = (place, earlier, &ctx.results) {
        // as we wrote it, it holds nothing of the seller's own
        let added = if swap::edited(&results.join(&own.id), match_sheet::PATH) { earlier.added.as_slice() } else { &[] };
        let kept = format!("{}.xlsx", match_sheet::KEPT);
        let finding = |what| Finding::new(Code::MatchSheetStale).variant(what).with("kept", &kept);
        let overridden = used.as_ref().filter(|used| used.path != earlier.path && !carried_over(used, &earlier) && !covers(used, &earlier));
        if let Some(used) = overridden {
            findings.push(finding("unused").with("sheet", &used.path).with("others", &earlier.path));
        }
        if !added.is_empty() {
            let name = |what: &String| if what == match_sheet::COMMENTS { words(ctx.lang).get("sheet.comments").to_owned() } else { what.clone() };
            findings.push(finding("added").with("sheet", &earlier.path).with_first("what", 4, &added.iter().map(name).collect::<Vec<_>>()));
        }
        if overridden.is_some() || !added.is_empty() {
            settings.sheet_kept = Some((path, match_sheet::KEPT));
        }
    }
    let Some(mut sheet) = used else { return Ok(()) };
    sheet.from = if lies_there { sheet.path.clone() } else { String::new() };
    take(sheet, settings, taken, findings);
    Ok(())
}

/// Ties the rows to the files of this run and takes out what the sheet leaves out.
fn take(mut sheet: MatchSheet, settings: &mut CaseSettings, taken: &mut Intake, findings: &mut Findings) {
    // the first of several rows of one file that contradict each other stands in what is told of the others
    for slip in sheet.slips.iter().filter(|slip| slip.what != "twice" || slip.cell != slip.row.to_string()) {
        let finding = Finding::new(Code::MatchSheetRow).variant(slip.what).with("sheet", &sheet.path).with("row", slip.row);
        findings.push(finding.with("file", &slip.path).with("cell", &slip.cell));
    }
    if !filled(&sheet) {
        return;
    }
    if sheet.state != match_sheet::state(&taken.files) {
        stale(&sheet, &taken.files).into_iter().for_each(|f| findings.push(f));
    }
    find_files(&mut sheet, &taken.files);
    for row in sheet.rows.iter().filter(|row| row.file.is_none()) {
        let finding = Finding::new(Code::MatchSheetRow).variant(row.lost.unwrap_or("gone")).with("sheet", &sheet.path).with("row", row.row);
        findings.push(finding.with("file", &row.path).with("cell", ""));
    }
    let shown = sheet.path.clone();
    for row in sheet.rows.iter_mut().filter(|r| r.ignore.is_some()) {
        row.refused = !leave_out(row, &shown, settings, taken, findings);
    }
    settings.sheet = Some(sheet);
}

/// Did somebody say anything in it.
fn filled(sheet: &MatchSheet) -> bool {
    !sheet.rows.is_empty() || !sheet.slips.is_empty()
}

/// Does a sheet say all that another one says.
fn covers(used: &MatchSheet, other: &MatchSheet) -> bool {
    fn said(sheet: &MatchSheet) -> BTreeSet<(&str, &[String; 3])> {
        let slips = sheet.slips.iter().map(|s| (s.path.as_str(), &s.typed));
        sheet.rows.iter().map(|r| (r.path.as_str(), &r.typed)).chain(slips).collect()
    }
    said(other).is_subset(&said(used))
}

/// Is what stands in the sheet of the output folder nothing but what was carried over from the one that is used: of that there is no news, and no copy.
fn carried_over(used: &MatchSheet, earlier: &MatchSheet) -> bool {
    !earlier.touched && earlier.from == used.path
}

/// This case, as far as a sheet can be told to be its own.
struct Own {
    id: String,
    notice: Option<Sha256>,
}

impl Own {
    /// The notice may tell the id.
    fn of(root: &Path, settings: &CaseSettings, taken: &Intake, ctx: &Context) -> Result<Own> {
        let known = intake::orders::known_ids(taken);
        let mut files = taken.files.clone();
        let told = notice::read(&mut files, &taken.contents, settings, &known, root, ctx, &mut Findings::default())?;
        let notice = told.file.and_then(|f| files.get(f.index())).map(|f| f.sha256);
        let platform = settings.platform.clone().or_else(|| told.platform.clone());
        Ok(Own { id: notice::case_id(settings, platform.as_deref(), &told, notice), notice })
    }

    /// Was a sheet made for the same notice. Another appeal of the shop may be made of the same material.
    fn notice_in(&self, sheet: &MatchSheet) -> bool {
        self.notice.is_some() && sheet.files.iter().any(|(_, content)| *content == self.notice)
    }
}

/// Of the sheets that lie among the files the first that is filled in; those of other cases are named and not used.
fn used_of(sheets: Vec<MatchSheet>, own: &Own, files: &[FileEntry], findings: &mut Findings) -> Option<MatchSheet> {
    let (mut sheets, foreign): (Vec<_>, Vec<_>) = sheets.into_iter().partition(|s| s.case == own.id || same_files(s, files));
    for sheet in foreign.iter().filter(|s| filled(s)) {
        findings.push(Finding::new(Code::MatchSheetStale).variant("other-case").with("sheet", &sheet.path).with("case", &sheet.case).with("own", &own.id));
    }
    // one that nobody filled in has nothing to say against the one in the output folder
    let at = sheets.iter().position(filled)?;
    let used = sheets.swap_remove(at);
    let others: Vec<&str> = sheets.iter().filter(|s| filled(s) && !covers(&used, s)).map(|s| s.path.as_str()).collect();
    if !others.is_empty() {
        findings.push(Finding::new(Code::MatchSheetStale).variant("several").with("sheet", &used.path).with_list("others", others));
    }
    Some(used)
}

/// The sheets of all cases in a folder of results.
fn in_results(results: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(results).into_iter().flatten().flatten();
    let mut sheets: Vec<PathBuf> = entries.map(|e| e.path().join(match_sheet::PATH)).filter(|p| p.is_file()).collect();
    sheets.sort();
    sheets
}

/// The sheets in other folders of results that lie in the case folder.
fn in_the_case(root: &Path, files: &[FileEntry], results: Option<&Path>) -> Vec<PathBuf> {
    let results = results.and_then(|r| r.canonicalize().ok());
    let folders: BTreeSet<&str> = files.iter().filter_map(|f| f.why.as_ref()).filter(|w| w.key == "ignored-own-output").map(|w| w.detail.as_str()).collect();
    let other = |folder: &PathBuf| folder.canonicalize().ok() != results;
    folders.into_iter().map(|folder| root.join(folder)).filter(other).flat_map(|folder| in_results(&folder)).collect()
}

/// The newest last.
fn by_age(sheets: Vec<(PathBuf, MatchSheet)>) -> Vec<MatchSheet> {
    let age = |(path, sheet): (PathBuf, MatchSheet)| (std::fs::metadata(path).and_then(|m| m.modified()).ok(), sheet);
    let mut sheets: Vec<_> = sheets.into_iter().map(age).collect();
    sheets.sort_by_key(|(modified, _)| *modified);
    sheets.into_iter().map(|(_, sheet)| sheet).collect()
}

/// Was the sheet made for these files: more than half of those it lists are here, unchanged.
fn same_files(sheet: &MatchSheet, files: &[FileEntry]) -> bool {
    let here: BTreeMap<&str, _> = files.iter().filter(|f| match_sheet::lists(f)).map(|f| (f.path.as_str(), match_sheet::content(f))).collect();
    let same = sheet.files.iter().filter(|(path, content)| here.get(path.as_str()).is_some_and(|c| c == content)).count();
    same * 2 > sheet.files.len()
}

fn open(path: &Path, kinds: &KindWords) -> std::result::Result<MatchSheet, notice::match_sheet::Unreadable> {
    let fits = std::fs::metadata(path).is_ok_and(|m| notice::match_sheet::fits(m.len()));
    let bytes = if fits { std::fs::read(path).ok() } else { None };
    notice::match_sheet::read(&bytes.ok_or("broken")?, &path.display().to_string(), kinds)
}

fn unread(shown: &str, what: &'static str) -> Finding {
    Finding::new(Code::MatchSheetRow).variant(what).with("sheet", shown).with("row", 0).with("file", shown).with("cell", "")
}

fn parse(bytes: Option<Vec<u8>>, shown: &str, kinds: &KindWords, findings: &mut Findings) -> Option<MatchSheet> {
    let read = bytes.filter(|b| notice::match_sheet::fits(b.len() as u64)).ok_or("broken").and_then(|bytes| notice::match_sheet::read(&bytes, shown, kinds));
    read.map_err(|what| findings.push(unread(shown, what))).ok()
}

/// What changed since; nothing where the only news is that a file is back whose row was kept.
fn stale(sheet: &MatchSheet, files: &[FileEntry]) -> Option<Finding> {
    let mut then: BTreeMap<&str, Vec<Option<Sha256>>> = BTreeMap::new();
    sheet.files.iter().for_each(|(path, content)| then.entry(path).or_default().push(*content));
    let now: BTreeMap<&str, _> = files.iter().filter(|f| match_sheet::lists(f)).map(|f| (f.path.as_str(), match_sheet::content(f))).collect();
    let new = now.keys().filter(|p| !then.contains_key(*p)).count();
    let gone = then.keys().filter(|p| !now.contains_key(*p)).count();
    let differs = |then: &Vec<Option<Sha256>>, now: Option<Sha256>| now.is_some() && !then.iter().any(|c| c.is_none() || *c == now);
    let changed = now.iter().filter(|(path, now)| then.get(*path).is_some_and(|then| differs(then, **now))).count();
    let finding = Finding::new(Code::MatchSheetStale).with("sheet", &sheet.path).with("new", new).with("gone", gone).with("changed", changed);
    (new + gone + changed > 0).then_some(finding)
}

/// Ties rows and slips to the files. A row of an earlier content of a file is answered, and dropped, where the file's own row is filled in now.
fn find_files(sheet: &mut MatchSheet, files: &[FileEntry]) {
    let here = Here { then: &sheet.files, files };
    let mut claimed: BTreeMap<FileId, Option<Sha256>> = BTreeMap::new();
    let mut tie = |path: &str, content: Option<Sha256>| match here.file_of(path, content) {
        // two contents of a file that case.toml leaves out
        Ok(file) if *claimed.entry(file).or_insert(content) != content => (None, Some("changed")),
        Ok(file) => (Some(file), None),
        Err(what) => (None, Some(what)),
    };
    for row in &mut sheet.rows {
        (row.file, row.lost) = tie(&row.path, row.sha256);
    }
    for slip in &mut sheet.slips {
        match slip.what {
            "unknown-row" => slip.file = files.iter().find(|f| match_sheet::lists(f) && f.path == slip.path).map(|f| f.id),
            _ => (slip.file, slip.lost) = tie(&slip.path, slip.sha256),
        }
    }
    let answered: BTreeSet<String> = sheet.rows.iter().filter(|row| row.file.is_some()).map(|row| row.path.clone()).collect();
    sheet.rows.retain(|row| row.lost != Some("changed") || !answered.contains(&row.path));
}

/// The files of this run beside those that the sheet was made for.
struct Here<'a> {
    then: &'a [(String, Option<Sha256>)],
    files: &'a [FileEntry],
}

impl Here<'_> {
    /// The row's file: the same path with the same content; else, as files are moved and renamed, the one with that content that was not there before. Of
    /// several copies it is the one that kept its name, or the only one that is left when all others are told apart. Else why there is none.
    fn file_of(&self, path: &str, content: Option<Sha256>) -> std::result::Result<FileId, &'static str> {
        let listed = || self.files.iter().filter(|f| match_sheet::lists(f));
        let same_path = listed().find(|f| f.path == path);
        // what case.toml leaves out was not read, so that its content is not known; it is the file that is meant all the same
        let may_be = |f: &FileEntry| content.is_none() || match_sheet::content(f).is_none_or(|now| Some(now) == content);
        if let Some(entry) = same_path.filter(|f| may_be(f)) {
            return Ok(entry.id);
        }
        let lost = if same_path.is_some() { "changed" } else { "gone" };
        if content.is_none() {
            return Err(lost);
        }
        let copies: Vec<&FileEntry> = listed().filter(|f| match_sheet::content(f) == content).collect();
        let then: BTreeSet<&str> = self.then.iter().filter(|(_, c)| *c == content).map(|(path, _)| path.as_str()).collect();
        let mut new: Vec<&FileEntry> = copies.iter().copied().filter(|f| !then.contains(f.path.as_str())).collect();
        let mut old: Vec<&str> = then.into_iter().filter(|then| !copies.iter().any(|f| f.path == *then)).collect();
        // a name that is there once on either side is one file
        for name in old.iter().map(|old| name_of(old)).collect::<BTreeSet<_>>() {
            let of_old: Vec<&str> = old.iter().copied().filter(|old| name_of(old) == name).collect();
            let of_new: Vec<&FileEntry> = new.iter().copied().filter(|new| name_of(&new.path) == name).collect();
            if let ([from], [to]) = (of_old.as_slice(), of_new.as_slice()) {
                if *from == path {
                    return Ok(to.id);
                }
                old.retain(|old| old != from);
                new.retain(|new| new.id != to.id);
            }
        }
        match (old.as_slice(), new.as_slice()) {
            ([from], [to]) if *from == path => Ok(to.id),
            _ if !copies.is_empty() && same_path.is_none() => Err("copies"),
            _ => Err(lost),
        }
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
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
