//! The data under templates/: platforms, carriers, table layouts, books, words. Read from the binary, overridden file by file by a user folder and
//! by the case's own `templates/`.

pub mod carrier;
pub mod lang;
pub mod platform;

use crate::error::{Error, Result};
use include_dir::{Dir, include_dir};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Layered access to the data files.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    layers: Vec<PathBuf>,
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
        self
    }

    /// A file's bytes by its path under templates/ (`platforms/taobao.toml`), the topmost layer that has it.
    ///
    /// # Errors
    /// When a layer has the file but it cannot be read (never a silent fallback), or no layer has it.
    pub fn bytes(&self, path: &str) -> Result<Cow<'static, [u8]>> {
        for layer in self.layers.iter().rev() {
            let file = layer.join(path);
            if file.is_file() {
                return std::fs::read(&file).map(Cow::Owned).map_err(|e| Error::io("读取模板文件", "read the template file", &file, &e));
            }
        }
        EMBEDDED.get_file(path).map(|f| Cow::Borrowed(f.contents())).ok_or_else(|| {
            Error::new(format!("找不到模板文件 {path}"), format!("no template file {path}"))
                .hint("appealpack template list 列出全部", "`appealpack template list` names all of them")
        })
    }

    /// A text file, and where it came from for messages (the path on disk, or `templates/…` for a built-in one).
    ///
    /// # Errors
    /// As [`Profile::bytes`], and when it is not UTF-8.
    pub fn text(&self, path: &str) -> Result<(String, String)> {
        let origin =
            self.layers.iter().rev().map(|l| l.join(path)).find(|f| f.is_file()).map_or_else(|| format!("templates/{path}"), |f| f.display().to_string());
        let bytes = self.bytes(path)?;
        match String::from_utf8(bytes.into_owned()) {
            Ok(text) => Ok((text.trim_start_matches('\u{feff}').to_owned(), origin)),
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
            if let Ok(entries) = std::fs::read_dir(layer.join(folder)) {
                names.extend(entries.flatten().filter(|e| e.path().is_file()).map(|e| e.file_name().to_string_lossy().into_owned()));
            }
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
            if let Ok(entries) = std::fs::read_dir(layer.join(folder)) {
                names.extend(entries.flatten().filter(|e| e.path().is_dir()).map(|e| e.file_name().to_string_lossy().into_owned()));
            }
        }
        names.sort();
        names.dedup();
        names
    }
}
