//! "Could not": the errors that end a run with exit status 1.
//!
//! Rules: an error is for what stops the work (input/output, case.toml, templates, a file that changed while it was read). What was *found* in
//! the evidence is a finding ([`crate::finding`]) and never an error. A message is a lower-case fragment that says what and where; the hint says
//! what to do next and is written where the remedy is known. Texts are bilingual where a seller sees them: both languages are given, the printer picks.

use crate::model::Lang;
use std::fmt;
use std::io;
use std::path::Path;

/// An error with its next step, in both languages.
#[derive(Debug, Clone)]
pub struct Error {
    zh: String,
    en: String,
    hint_zh: String,
    hint_en: String,
    /// Wrong usage (exit 2) rather than a failure (exit 1).
    pub usage: bool,
}

/// Shorthand.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What went wrong, in Chinese and English.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Error { zh: zh.into(), en: en.into(), hint_zh: String::new(), hint_en: String::new(), usage: false }
    }

    /// What to do next, in Chinese and English.
    #[must_use]
    pub fn hint(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.hint_zh = zh.into();
        self.hint_en = en.into();
        self
    }

    /// Marks it as wrong usage (exit 2).
    #[must_use]
    pub fn wrong_usage(mut self) -> Self {
        self.usage = true;
        self
    }

    /// An input/output error at `path`, with the remedy where the kind of error tells it.
    pub fn io(action_zh: &str, action_en: &str, path: &Path, error: &io::Error) -> Self {
        let shown = path.display();
        let e = Error::new(format!("{action_zh}失败：{shown}（{error}）"), format!("could not {action_en} {shown}: {error}"));
        match error.kind() {
            io::ErrorKind::PermissionDenied => e.hint(
                "没有权限：关闭正在使用它的程序（Excel、WPS），或换一个文件夹再试",
                "no permission: close the program that holds it (Excel, WPS), or use another folder",
            ),
            io::ErrorKind::NotFound => e.hint("检查路径是否写对", "check that the path is right"),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                e.hint("磁盘已满：腾出空间，或用 --out 换一个磁盘", "the disk is full: free some space, or name another disk with --out")
            }
            io::ErrorKind::FileTooLarge => e.hint(
                "这个磁盘放不下这么长的文件（FAT32 的 U 盘最多 4 GB）：用 --out 换一个磁盘",
                "this disk takes no file of that length (sticks with FAT32 at most 4 GB): name another disk with --out",
            ),
            _ => e,
        }
    }

    /// The message in a language.
    pub fn message(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// The next step in a language; may be empty.
    pub fn next_step(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.hint_zh,
            Lang::En => &self.hint_en,
        }
    }
}

/// Refuses a path that is to become a folder and is a file already: the system's own words tell nobody what to do.
///
/// # Errors
/// Something stands there that is no folder.
pub fn folder_or_nothing(path: &Path) -> Result<()> {
    if path.is_dir() || !path.exists() {
        return Ok(());
    }
    let shown = path.display();
    Err(Error::new(format!("{shown} 是文件，不是文件夹"), format!("{shown} is a file, not a folder"))
        .hint("换一个文件夹名，或先移走这个文件；文件没有改动", "name another folder, or move that file away; it was not touched"))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

impl std::error::Error for Error {}
