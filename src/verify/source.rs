//! A bag's files, from a zip or a folder. Nothing is unpacked to disk; links are not followed.

use super::Problem;
use crate::digest;
use crate::error::{Error, Result};
use crate::model::system_files;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization as _;
use walkdir::WalkDir;
use zip::ZipArchive;

/// Bytes read at once.
const BUFFER: usize = 128 * 1024;

enum Store {
    Zip {
        archive: Box<ZipArchive<BufReader<File>>>,
        path: PathBuf,
        top: String,
    },
    /// With the names on the disk of files that are listed under another form of theirs.
    Folder {
        root: PathBuf,
        on_disk: BTreeMap<String, String>,
    },
}

/// Names relative to the bag's top, with sizes, and a way to read them.
pub struct Source {
    store: Store,
    names: BTreeMap<String, u64>,
    /// Files of an unpacked bag that the system put beside its parts: no part of the bag, and nobody's doing.
    pub system_files: Vec<String>,
    /// Problems of the container itself.
    pub problems: Vec<Problem>,
}

/// Would this path leave the bag, or hurt a terminal?
pub fn is_dangerous(path: &str) -> bool {
    path.starts_with(['/', '\\', '~'])
        || path.contains('\\')
        || path.split('/').any(|c| c == ".." || c == ".")
        || path.as_bytes().get(1) == Some(&b':')
        || path.chars().any(char::is_control)
}

/// Is the file one that Explorer or Finder leaves in a folder that somebody looked at.
pub fn is_system_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    system_files::is_one(name) || system_files::is_apple_double(name)
}

impl Source {
    /// A zip with one top folder. The outer error is "cannot be opened", the inner a zip that is none.
    pub fn zip(path: &Path) -> Result<std::result::Result<Source, Problem>> {
        let file = File::open(path).map_err(|e| Error::io("打开", "open", path, &e))?;
        let mut archive = match ZipArchive::new(BufReader::new(file)) {
            Ok(archive) => archive,
            Err(e) => return Ok(Err(Problem::NotABag { detail: e.to_string() })),
        };
        let mut problems = super::directory::problems(path, archive.central_directory_start(), archive.offset());
        let mut all: Vec<(String, u64)> = Vec::new();
        for i in 0..archive.len() {
            match archive.by_index_raw(i) {
                Ok(entry) => match entry.name() {
                    // an unpacker makes folders too, and puts what comes later where a link leads
                    Ok(name) if entry.is_dir() => {
                        if is_dangerous(name.trim_end_matches('/')) {
                            problems.push(Problem::DangerousPath { path: name.escape_debug().to_string() });
                        }
                    }
                    Ok(name) if entry.is_symlink() => problems.push(Problem::Link { path: name.escape_debug().to_string() }),
                    Ok(name) => all.push((name.into_owned(), entry.size())),
                    Err(e) => problems.push(Problem::Unreadable { path: format!("#{i}"), detail: e.to_string() }),
                },
                Err(e) => problems.push(Problem::Unreadable { path: format!("#{i}"), detail: e.to_string() }),
            }
        }
        let top = all.iter().find_map(|(n, _)| n.strip_suffix("/bagit.txt").filter(|t| !t.contains('/')).map(|t| format!("{t}/")));
        let Some(top) = top.or_else(|| all.iter().any(|(n, _)| n == "bagit.txt").then(String::new)) else {
            return Ok(Err(Problem::NotABag { detail: "bagit.txt".into() }));
        };
        let mut names = BTreeMap::new();
        for (name, bytes) in all {
            if is_dangerous(&name) {
                problems.push(Problem::DangerousPath { path: name.escape_debug().to_string() });
                continue;
            }
            match name.strip_prefix(top.as_str()) {
                Some(inner) => {
                    if names.insert(inner.to_owned(), bytes).is_some() {
                        problems.push(Problem::DuplicateEntry { path: name });
                    }
                }
                None => problems.push(Problem::NotListed { path: name }),
            }
        }
        let store = Store::Zip { archive: Box::new(archive), path: path.to_path_buf(), top };
        Ok(Ok(Source { store, names, system_files: Vec::new(), problems }))
    }

    /// An unpacked bag: the folder itself, or the one folder in it.
    pub fn folder(path: &Path) -> std::result::Result<Source, Problem> {
        let mut root = path.to_path_buf();
        if !root.join("bagit.txt").is_file() {
            let inside: Vec<PathBuf> =
                std::fs::read_dir(&root).map(|d| d.flatten().map(|e| e.path()).filter(|p| p.join("bagit.txt").is_file()).collect()).unwrap_or_default();
            match inside.as_slice() {
                [one] => root = one.clone(),
                _ => return Err(Problem::NotABag { detail: "bagit.txt".into() }),
            }
        }
        let mut names = BTreeMap::new();
        let mut system_files = Vec::new();
        let mut problems = Vec::new();
        for entry in WalkDir::new(&root).follow_links(false).into_iter() {
            match entry {
                Ok(e) if e.file_type().is_dir() => {}
                Ok(e) => {
                    let relative = e.path().strip_prefix(&root).unwrap_or(e.path());
                    let name = relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
                    if e.file_type().is_symlink() {
                        problems.push(Problem::Link { path: name });
                    } else if !e.file_type().is_file() {
                        // a pipe would be waited for without end
                        problems.push(Problem::NotAFile { path: name });
                    } else if !name.starts_with("data/") && is_system_file(&name) {
                        system_files.push(name);
                    } else {
                        names.insert(name, e.metadata().map_or(0, |m| m.len()));
                    }
                }
                Err(e) => problems.push(Problem::Unreadable { path: e.path().map(|p| p.display().to_string()).unwrap_or_default(), detail: e.to_string() }),
            }
        }
        system_files.sort();
        Ok(Source { store: Store::Folder { root, on_disk: BTreeMap::new() }, names, system_files, problems })
    }

    /// Takes a file that is listed under another form of its name (macOS takes accents apart) for the one that is meant.
    pub fn called_as_in<'a>(&mut self, listed: impl Iterator<Item = &'a String>) {
        let Store::Folder { on_disk, .. } = &mut self.store else { return };
        let composed = |name: &str| name.nfc().collect::<String>();
        let mut absent: BTreeMap<String, &String> = listed.filter(|path| !self.names.contains_key(*path)).map(|path| (composed(path), path)).collect();
        if absent.is_empty() {
            return;
        }
        for name in self.names.keys().cloned().collect::<Vec<_>>() {
            let Some(path) = absent.remove(&composed(&name)) else { continue };
            if let Some(bytes) = self.names.remove(&name) {
                self.names.insert(path.clone(), bytes);
                on_disk.insert(path.clone(), name);
            }
        }
    }

    /// All files with their sizes.
    pub fn names(&self) -> &BTreeMap<String, u64> {
        &self.names
    }

    /// A text file up to `limit` bytes; `None` where there is none.
    ///
    /// # Errors
    /// It is there and cannot be read, or is no UTF-8.
    pub fn text(&mut self, name: &str, limit: u64) -> std::result::Result<Option<String>, String> {
        if !self.names.contains_key(name) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        match &mut self.store {
            Store::Zip { archive, top, .. } => {
                let entry = archive.by_name(&format!("{top}{name}")).map_err(|e| e.to_string())?;
                entry.take(limit).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
            }
            Store::Folder { root, on_disk } => {
                let file = File::open(root.join(on_disk.get(name).map_or(name, String::as_str))).map_err(|e| e.to_string())?;
                file.take(limit).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
            }
        }
        String::from_utf8(bytes).map(Some).map_err(|_| "UTF-8".to_owned())
    }

    /// A reader of its own, so that several threads can read at once.
    pub fn reader(&self) -> std::result::Result<Reader<'_>, String> {
        Ok(match &self.store {
            Store::Zip { path, top, .. } => {
                let file = File::open(path).map_err(|e| e.to_string())?;
                Reader::Zip { archive: Box::new(ZipArchive::new(BufReader::with_capacity(BUFFER, file)).map_err(|e| e.to_string())?), top }
            }
            Store::Folder { root, on_disk } => Reader::Folder { root, on_disk },
        })
    }
}

/// Reads files of a bag for one thread.
pub enum Reader<'a> {
    /// From a zip.
    Zip {
        /// The zip.
        archive: Box<ZipArchive<BufReader<File>>>,
        /// Its top folder.
        top: &'a str,
    },
    /// From a folder.
    Folder {
        /// The folder.
        root: &'a Path,
        /// Names on the disk where they are not those of the manifest.
        on_disk: &'a BTreeMap<String, String>,
    },
}

impl Reader<'_> {
    /// The digest of a file, or what hinders reading it (a damaged zip entry).
    pub fn sha256(&mut self, name: &str) -> std::result::Result<String, String> {
        self.read(name, |r| digest::of_reader(r).map(|d| d.sha256.to_string()))
    }

    /// Reads a file to its end; a zip's reader compares CRC-32 and length.
    pub fn read_through(&mut self, name: &str) -> std::result::Result<(), String> {
        self.read(name, |r| {
            let mut buffer = vec![0_u8; BUFFER];
            while r.read(&mut buffer)? > 0 {}
            Ok(())
        })
    }

    fn read<T>(&mut self, name: &str, with: impl FnOnce(&mut dyn Read) -> std::io::Result<T>) -> std::result::Result<T, String> {
        match self {
            Reader::Zip { archive, top } => {
                let mut entry = archive.by_name(&format!("{top}{name}")).map_err(|e| e.to_string())?;
                with(&mut entry)
            }
            Reader::Folder { root, on_disk } => {
                let path = root.join(on_disk.get(name).map_or(name, String::as_str));
                with(&mut BufReader::new(File::open(path).map_err(|e| e.to_string())?))
            }
        }
        .map_err(|e| e.to_string())
    }
}
