//! The data under templates/: platforms, carriers, table layouts, books, words. Read from the binary, overridden file by file by the folder of --template and
//! by the case's own `templates/`.

pub mod carrier;
pub mod evidence_group;
pub mod kind_words;
pub mod lang;
pub mod limit_preset;
pub mod order_state;
pub mod platform;
pub mod region;

use crate::error::{Error, Result};
use crate::model::case_file::{TEMPLATES, is_templates};
use crate::model::system_files;
use include_dir::{Dir, include_dir};
use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// How the message of a file that is nowhere begins.
const MISSING: &str = "no template file";

/// Does the error say that a file is nowhere, rather than that one cannot be read.
pub fn is_missing(error: &Error) -> bool {
    error.message(crate::model::Lang::En).starts_with(MISSING)
}

/// Shorter names are near to anything; a template of a book is told all the same, as it would be named somewhere if it were the seller's own.
const SHORTEST_NEAR: usize = 4;

/// May a file that lies directly in a case's `templates/` be one of a book: everything but the data files that have their own place there.
fn is_flat(name: &str) -> bool {
    !name.contains('/') && !name.starts_with('.') && EMBEDDED.get_file(name).is_none()
}

/// Layered access to the data files.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    layers: Vec<PathBuf>,
    /// A layer in which files of books also lie directly, as `template init` copies them: they are for the book in use, whichever that is.
    flat: Option<PathBuf>,
    /// Shared by all clones with the same layers.
    kept: Arc<Kept>,
}

/// What was made of the files, by its type and a name: reading all layouts, platforms and fonts takes as long as a small case, and a batch asks for the
/// same ones for every case.
#[derive(Default)]
struct Kept(Mutex<HashMap<(TypeId, String), Arc<dyn Any + Send + Sync>>>);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

/// A text as TOML and Jinja want it: without a mark at its head, and with lines that end as ours do. Notepad ends them with CR LF, and texts of several lines in
/// TOML keep both, which a terminal shows and case.toml does not take.
fn plain(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n")
}

/// Names of the files, or of the folders, directly in a folder on the disk, without what systems leave there (`._platform.toml`, `desktop.ini`).
fn names_in(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().filter(|e| wanted(&e.path()));
    let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.starts_with('.') && !system_files::is_one(name)).collect()
}

/// Has one of our books a file of this name.
fn is_ours(name: &str) -> bool {
    let books = EMBEDDED.get_dir("books").map_or(&[][..], |d| d.entries()).iter().filter_map(|e| e.as_dir());
    books.flat_map(|d| d.files()).any(|f| f.path().file_name().is_some_and(|n| n.to_string_lossy() == name))
}

/// Is it called like a file of a book.
fn of_a_book(name: &str) -> bool {
    name.ends_with(".jinja") || is_ours(name)
}

/// Does the text of a file name another one.
fn names(file: &Path, name: &str) -> bool {
    std::fs::read_to_string(file).is_ok_and(|text| text.contains(name))
}

fn overrides_nothing(path: &Path, near: Option<&String>) -> Error {
    let (zh, en) = near.map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")));
    let shown = path.display();
    Error::new(format!("{shown} 不会起作用：没有这个名字的模板{zh}"), format!("{shown} overrides nothing: no template has this name{en}")).hint(
        "改好文件名再运行；自己新加的文件要在 book.toml 或别的模板里写到它",
        "correct its name and run again; a file of your own must be named in book.toml or another template",
    )
}

/// The folder of a case's own templates, in whatever letters its name is written, if there is one.
pub fn own_templates(root: &Path) -> Option<PathBuf> {
    let usual = root.join(TEMPLATES);
    if usual.is_dir() {
        return Some(usual);
    }
    let mut names: Vec<String> = names_in(root, Path::is_dir);
    names.sort();
    names.iter().find(|name| is_templates(name)).map(|name| root.join(name))
}

impl Profile {
    /// Only what is in the binary.
    pub fn built_in() -> Self {
        Profile::default()
    }

    /// The same with a folder on top (`--template DIR`'s parent, the case's `templates/`).
    #[must_use]
    pub fn with_layer(mut self, folder: &Path) -> Self {
        self.layers.push(folder.to_path_buf());
        self.kept = Arc::default();
        self
    }

    /// The same with a case's own `templates/` on top. Files of a book may lie in it directly, without `books/<name>/`.
    #[must_use]
    pub fn with_case_layer(self, folder: &Path) -> Self {
        let mut profile = self.with_layer(folder);
        profile.flat = Some(folder.to_path_buf());
        profile
    }

    /// Where a layer has this file, the topmost first; a file of a book that lies in `books/<name>/` goes before one that lies there directly.
    fn on_disk(&self, path: &str) -> Option<PathBuf> {
        let flat = path.strip_prefix("books/").and_then(|p| p.split_once('/')).map(|(_, file)| file).filter(|file| is_flat(file));
        let direct = || self.flat.as_ref().zip(flat).map(|(layer, file)| layer.join(file)).filter(|p| p.is_file());
        let top = self.layers.last().map(|l| l.join(path)).filter(|p| p.is_file());
        top.or_else(direct).or_else(|| self.layers.iter().rev().map(|l| l.join(path)).find(|p| p.is_file()))
    }

    /// What `make` makes of this profile's files, made once and shared from then on; `name` tells values of one type apart. A failure is not kept.
    ///
    /// # Errors
    /// What `make` fails with.
    pub fn once<T: Any + Send + Sync>(&self, name: &str, make: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
        let key = (TypeId::of::<T>(), name.to_owned());
        let known = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known.and_then(|k| k.downcast().ok()) {
            return Ok(known);
        }
        // not locked meanwhile: `make` may ask for other values; two threads that make the same one keep the later
        let made = Arc::new(make()?);
        self.kept.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, made.clone());
        Ok(made)
    }

    /// Looks for misspelt file names in a folder that overrides ours: `statment.md.jinja` would override nothing, and the seller would believe it did. A new
    /// name is meant when another file under the folder names it; names unlike any of ours are none of our business here ([`Profile::unused`]).
    ///
    /// # Errors
    /// A file whose name is nearly one of ours and that nothing uses. `prefix` is where the folder stands under templates/ (`""`, `books/zh-CN-platform`).
    pub fn misspelt(folder: &Path, prefix: &str) -> Result<()> {
        Profile::misspelt_under(folder, folder, prefix)
    }

    fn misspelt_under(root: &Path, folder: &Path, prefix: &str) -> Result<()> {
        let entries: Vec<PathBuf> = names_in(folder, |_| true).into_iter().map(|name| folder.join(name)).collect();
        let name = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let mut ours: Vec<String> = if prefix.is_empty() { EMBEDDED.entries() } else { EMBEDDED.get_dir(prefix).map_or(&[][..], |d| d.entries()) }
            .iter()
            .map(|e| name(e.path()))
            .collect();
        if prefix.is_empty() {
            // files of a book may lie here directly
            let of_books = EMBEDDED.get_dir("books").map_or(&[][..], |d| d.entries()).iter().filter_map(|e| e.as_dir());
            ours.extend(of_books.flat_map(|d| d.files()).map(|f| name(f.path())));
        }
        for path in &entries {
            let own = name(path);
            if prefix == "books" && path.is_file() && of_a_book(&own) {
                return Err(Error::new(
                    format!("{} 不会起作用：模板文件要放进 templates/books/zh-CN-platform/ 这样的一层，或直接放在 templates/ 下", path.display()),
                    format!(
                        "{} has no effect: files of a book lie one level deeper, as in templates/books/zh-CN-platform/, or directly in templates/",
                        path.display()
                    ),
                )
                .hint("移到上面写的位置再运行", "move it there and run again"));
            }
            if ours.contains(&own) {
                if path.is_dir() {
                    Profile::misspelt_under(root, path, &[prefix, &own].iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join("/"))?;
                }
                continue;
            }
            let stem = |n: &str| n.split('.').next().unwrap_or_default().to_owned();
            let stems: Vec<String> = ours.iter().map(|n| stem(n)).collect();
            let near = crate::text::nearest::nearest(&stem(&own), stems.iter().map(String::as_str));
            let Some(near) = near.filter(|n| own.ends_with(".jinja") || n.chars().count() >= SHORTEST_NEAR) else { continue };
            let mut others = walkdir::WalkDir::new(root).max_depth(4).into_iter().flatten().filter(|e| e.file_type().is_file());
            if !others.any(|e| e.path() != path && names(e.path(), &own)) {
                return Err(overrides_nothing(path, ours.iter().find(|n| stem(n) == near)));
            }
        }
        Ok(())
    }

    /// Looks for templates that the book `name` neither has nor names, in the seller's `folder` and in the layers: whoever put one there believes that it is used.
    ///
    /// # Errors
    /// A `.jinja` file that overrides none of ours and that no other file beside it names.
    pub fn unused(&self, folder: Option<&Path>, name: &str) -> Result<()> {
        let of_books: Vec<PathBuf> = self.layers.iter().map(|layer| layer.join("books").join(name)).collect();
        let places = folder.into_iter().chain(self.flat.as_deref()).chain(of_books.iter().map(PathBuf::as_path));
        let files: Vec<PathBuf> = places.flat_map(|place| names_in(place, Path::is_file).into_iter().map(|file| place.join(file))).collect();
        for path in &files {
            let own = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if own.ends_with(".jinja") && !is_ours(&own) && !files.iter().any(|other| other != path && names(other, &own)) {
                return Err(overrides_nothing(path, None));
            }
        }
        Ok(())
    }

    /// Does a layer over the built-in data hold this file?
    pub fn overrides(&self, path: &str) -> bool {
        self.on_disk(path).is_some()
    }

    /// A file's bytes by its path under templates/ (`platforms/taobao.toml`), the topmost layer that has it.
    ///
    /// # Errors
    /// When a layer has the file but it cannot be read (never a silent fallback), or no layer has it.
    pub fn bytes(&self, path: &str) -> Result<Cow<'static, [u8]>> {
        if let Some(file) = self.on_disk(path) {
            return std::fs::read(&file).map(Cow::Owned).map_err(|e| Error::io("读取模板文件", "read the template file", &file, &e));
        }
        EMBEDDED.get_file(path).map(|f| Cow::Borrowed(f.contents())).ok_or_else(|| {
            Error::new(format!("找不到模板文件 {path}"), format!("{MISSING} {path}"))
                .hint("appealpack template list 列出全部", "`appealpack template list` names all of them")
        })
    }

    /// Where a file comes from, for messages: its path on disk, or `templates/…` for a built-in one.
    pub fn origin(&self, path: &str) -> String {
        self.on_disk(path).map_or_else(|| format!("templates/{path}"), |f| f.display().to_string())
    }

    /// A text file, and where it came from for messages (the path on disk, or `templates/…` for a built-in one).
    ///
    /// # Errors
    /// As [`Profile::bytes`], and when it is not UTF-8.
    pub fn text(&self, path: &str) -> Result<(String, String)> {
        let origin = self.origin(path);
        let bytes = self.bytes(path)?;
        match String::from_utf8(bytes.into_owned()) {
            Ok(text) => Ok((plain(&text), origin)),
            Err(_) => {
                Err(Error::new(format!("{origin} 不是 UTF-8 文本"), format!("{origin} is not UTF-8 text")).hint("用编辑器另存为 UTF-8", "save it as UTF-8"))
            }
        }
    }

    /// Names of the files directly in a folder under templates/ (`platforms`), over all layers, sorted, each once.
    pub fn list(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = EMBEDDED
            .get_dir(folder)
            .map(|d| d.files().filter_map(|f| f.path().file_name().map(|n| n.to_string_lossy().into_owned())).collect())
            .unwrap_or_default();
        for layer in &self.layers {
            names.extend(names_in(&layer.join(folder), Path::is_file));
        }
        if let Some(flat) = self.flat.as_ref().filter(|_| folder.starts_with("books/")) {
            names.extend(names_in(flat, Path::is_file).into_iter().filter(|name| is_flat(name)));
        }
        names.sort();
        names.dedup();
        names
    }

    /// Names of the folders directly in a folder (`books`), over all layers.
    pub fn list_folders(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = EMBEDDED
            .get_dir(folder)
            .map(|d| d.dirs().filter_map(|f| f.path().file_name().map(|n| n.to_string_lossy().into_owned())).collect())
            .unwrap_or_default();
        for layer in &self.layers {
            names.extend(names_in(&layer.join(folder), Path::is_dir));
        }
        names.sort();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_alike_however_a_file_was_saved() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("platforms")).unwrap();
        std::fs::write(dir.path().join("platforms/own.toml"), "\u{feff}a = \"\"\"\r\none\r\ntwo\"\"\"\r\n").unwrap();
        let (text, _) = Profile::built_in().with_layer(dir.path()).text("platforms/own.toml").unwrap();
        assert_eq!(text, "a = \"\"\"\none\ntwo\"\"\"\n");
    }

    #[test]
    fn what_is_built_in_has_no_foreign_line_ends() {
        let mut folders = vec![&EMBEDDED];
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            let texts = folder.files().filter(|f| f.contents_utf8().is_some());
            texts.for_each(|f| assert!(!f.contents().contains(&b'\r'), "{} was checked out with CR LF", f.path().display()));
        }
    }
}
