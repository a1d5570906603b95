//! Which folders are cases (design section 2.2), and which hold files and are passed over.

use crate::bundle::swap::MARKER;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::model::system_files;
use crate::notice::{self, casefile};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Deepest level that is searched.
const DEPTH: usize = 8;

/// What lies below the paths of a batch.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The cases, sorted, each once.
    pub cases: Vec<PathBuf>,
    /// Folders that hold files and are neither a case nor a part of one, the topmost ones, sorted.
    pub passed_over: Vec<PathBuf>,
}

/// Finds the cases below `paths`: the topmost folders with case.toml, if there are any; else each immediate subfolder with a notice; else the path itself.
///
/// # Errors
/// A path that cannot be read.
pub fn find_cases(paths: &[PathBuf], ctx: &Context) -> Result<Found> {
    let mut found = Found::default();
    for path in paths {
        if !path.is_dir() {
            let e = fs::read_dir(path).err().unwrap_or_else(|| std::io::ErrorKind::NotADirectory.into());
            return Err(Error::io("读取案件文件夹", "read the case folder", path, &e));
        }
        let before = found.cases.len();
        let mut passed_over = Vec::new();
        if has_case(path) {
            found.cases.push(path.clone());
            continue;
        }
        let marked = holds_case(path, 0);
        for sub in subfolders(path) {
            search(&sub, 1, marked, ctx, &mut found.cases, &mut passed_over);
        }
        if found.cases.len() == before {
            // the whole path is one case, or is told to be none
            found.cases.push(path.clone());
        } else {
            found.passed_over.append(&mut passed_over);
        }
    }
    let cases = each_once(&mut found.cases);
    // a path inside another one may be a case there
    found.passed_over.retain(|folder| !cases.iter().any(|case| real(folder).starts_with(case)));
    each_once(&mut found.passed_over);
    Ok(found)
}

/// The folder however it is written: `c`, `./c` and a link to it are one.
fn real(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf())
}

/// Sorts folders and leaves each once, as it was first written; gives what they really are.
fn each_once(folders: &mut Vec<PathBuf>) -> BTreeSet<PathBuf> {
    let mut seen = BTreeSet::new();
    folders.retain(|folder| seen.insert(real(folder)));
    folders.sort();
    seen
}

/// Takes up `folder`, or what is in it. A folder with cases further down is no case itself, only a place where they are kept. Where cases are `marked` by
/// case.toml, a notice alone makes none: it may be what somebody is still gathering for, and the seller is told.
fn search(folder: &Path, depth: usize, marked: bool, ctx: &Context, cases: &mut Vec<PathBuf>, passed_over: &mut Vec<PathBuf>) {
    if has_case(folder) {
        return cases.push(folder.to_path_buf());
    }
    if is_output(folder) {
        // results were written into it, which an output folder and a case without case.toml have in common
        if holds_more(folder) {
            passed_over.push(folder.to_path_buf());
        }
        return;
    }
    if holds_case(folder, depth) {
        for sub in subfolders(folder) {
            search(&sub, depth + 1, marked, ctx, cases, passed_over);
        }
    } else if !marked && notice::holds_notice(folder, ctx) {
        cases.push(folder.to_path_buf());
    } else if holds_files(folder, depth) {
        passed_over.push(folder.to_path_buf());
    }
}

fn has_case(folder: &Path) -> bool {
    // settings under a wrong name make a case, too, which then says how they must be called
    casefile::find(folder).map_or(true, |settings| settings.is_some_and(|path| path.is_file()))
}

fn holds_case(folder: &Path, depth: usize) -> bool {
    depth < DEPTH && subfolders(folder).iter().any(|sub| has_case(sub) || !is_output(sub) && holds_case(sub, depth + 1))
}

fn holds_files(folder: &Path, depth: usize) -> bool {
    fs::read_dir(folder).into_iter().flatten().flatten().any(|e| visible(&e) && e.file_type().is_ok_and(|t| t.is_file()))
        || depth < DEPTH && subfolders(folder).iter().any(|sub| !is_output(sub) && holds_files(sub, depth + 1))
}

fn visible(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().into_owned();
    !name.starts_with('.') && !system_files::is_one(&name)
}

/// Were results written into it, and no case.toml says that it is a case all the same.
fn is_output(folder: &Path) -> bool {
    !has_case(folder) && folder.join(MARKER).exists()
}

/// Real folders (no links), without hidden ones and single results of ours, sorted.
fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let mut list: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|e| visible(e) && e.file_type().is_ok_and(|t| t.is_dir()))
        .map(|e| e.path())
        .filter(|p| has_case(p) || p.join(MARKER).exists() || crate::intake::own_output::folder(p).is_none())
        .collect();
    list.sort();
    list
}

/// Does an output folder hold files of its own beside what we write there.
fn holds_more(folder: &Path) -> bool {
    let own = |e: &fs::DirEntry| crate::intake::own_output::file(&e.path());
    fs::read_dir(folder).into_iter().flatten().flatten().any(|e| visible(&e) && e.file_type().is_ok_and(|t| t.is_file()) && !own(&e))
}
