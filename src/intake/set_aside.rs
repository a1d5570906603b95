//! What the walk sets aside as our own where evidence lies among it: an output folder of ours may have been a folder of evidence, and nothing that we did
//! not write is ever skipped with it.

use super::{own_output, walk};
use crate::model::match_sheet;
use crate::model::own_output::{FILES, MARKER};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Deepest level that is searched.
const DEPTH: usize = 64;

/// What is known of our own files as the walk goes on. Paths are relative to the case, with `/`.
pub(super) struct SetAside {
    listed: BTreeSet<String>,
    /// Folders of ours that hold evidence too, and are walked.
    open: Vec<PathBuf>,
}

impl SetAside {
    /// With what the case folder itself lists.
    pub(super) fn new(root: &Path) -> SetAside {
        SetAside { listed: own_output::listed(root), open: Vec::new() }
    }

    /// Is the file one that a result lists.
    pub(super) fn lists(&self, path: &str) -> bool {
        self.listed.contains(path)
    }

    /// By which file a folder is known as ours and skipped as a whole. One that holds anything that we did not write is not skipped: its files are told apart
    /// one by one.
    pub(super) fn folder(&mut self, path: &Path, relative: &str) -> Option<PathBuf> {
        let known_by = own_output::folder(path)?;
        let told_apart = [MARKER, FILES].iter().any(|name| known_by == Path::new(name))
            || self.open.iter().any(|open| path.starts_with(open)) && lists_below(&self.listed, relative);
        // a bag holds copies of the evidence; nothing in it tells them from what was added
        let bag = known_by.starts_with("data");
        if !told_apart && bag {
            return Some(known_by);
        }
        let mut listed: BTreeSet<String> = own_output::listed(path).into_iter().map(|p| format!("{relative}/{p}")).collect();
        if !told_apart {
            listed.extend(by_name(path, relative));
        }
        let mut all = self.listed.clone();
        all.extend(listed);
        if foreign_below(path, relative, &mut all, 0).is_none() {
            return Some(known_by);
        }
        self.listed = all;
        self.open.push(path.to_path_buf());
        None
    }
}

/// Files below a copy of a result, without its list, that are ours by name and place: pages as pictures, statements, the zip named as the book is.
fn by_name(folder: &Path, relative: &str) -> Vec<String> {
    let files = walkdir::WalkDir::new(folder).max_depth(3).into_iter().flatten().filter(|e| e.file_type().is_file());
    let all: Vec<PathBuf> = files.filter_map(|e| e.path().strip_prefix(folder).ok().map(Path::to_path_buf)).collect();
    let text = |path: &Path, of: fn(&Path) -> Option<&std::ffi::OsStr>| of(path).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = |path: &Path| text(path, Path::file_stem);
    let books: BTreeSet<String> = all.iter().filter(|p| p.extension().is_some_and(|e| e == "pdf")).map(|p| stem(p)).collect();
    let ours = |path: &Path| {
        let (name, stem) = (text(path, Path::file_name), stem(path));
        let page = path.parent().is_some_and(|p| p.ends_with("images")) && stem.len() == 3 && stem.bytes().all(|b| b.is_ascii_digit());
        let statement = name.starts_with("statement-") && name.ends_with(".txt");
        page || statement || (name.ends_with(".zip") && books.contains(&stem))
    };
    let shown = |path: &PathBuf| path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    all.iter().filter(|p| ours(p)).map(|p| format!("{relative}/{}", shown(p))).collect()
}

/// Does a list hold files of a folder.
fn lists_below(listed: &BTreeSet<String>, folder: &str) -> bool {
    let prefix = format!("{folder}/");
    listed.range(prefix.clone()..).next().is_some_and(|p| p.starts_with(&prefix))
}

/// A file below `folder` that is not ours, the first by name; `None` where there is none. Hidden files, and those of the system, are nobody's evidence.
pub fn foreign(folder: &Path) -> Option<PathBuf> {
    foreign_below(folder, "", &mut own_output::listed(folder), 0)
}

fn foreign_below(folder: &Path, relative: &str, listed: &mut BTreeSet<String>, depth: usize) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let below = if relative.is_empty() { name } else { format!("{relative}/{name}") };
        let Ok(about) = fs::symlink_metadata(&path) else { continue };
        if about.is_dir() {
            let marked = path.join(MARKER).exists() || path.join(FILES).exists() || lists_below(listed, &below);
            if depth >= DEPTH || !marked && own_output::folder(&path).is_some() {
                continue;
            }
            listed.extend(own_output::listed(&path).into_iter().map(|p| format!("{below}/{p}")));
            if let Some(found) = foreign_below(&path, &below, listed, depth + 1) {
                return Some(found);
            }
            continue;
        }
        // wherever it lies it is read for what the seller filled in
        let sheet = path.file_name() == Path::new(match_sheet::PATH).file_name();
        let ours = !about.is_file() || sheet || listed.contains(&below) || walk::left_out(&below, &[]).is_some() || own_output::file(&path);
        if !ours {
            return Some(path);
        }
    }
    None
}
