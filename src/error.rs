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
        match (refusal(error), error.kind()) {
            (Some(Refusal::InUse), _) => e.hint(
                "另一个程序正打开着它：关闭它（Excel、WPS、PDF 阅读器、网盘同步）再运行一次",
                "another program has it open: close that (Excel, WPS, a PDF reader, a cloud drive's sync) and run again",
            ),
            (Some(Refusal::Cloud), _) => e.hint(
                "它还在网盘里，没有下载到这台电脑：在网盘菜单里选“始终保留在此设备上”，等它下载完再运行",
                "it lies in a cloud drive and not on this computer: choose \"always keep on this device\" in the drive's menu, wait for it, and run again",
            ),
            (None, io::ErrorKind::PermissionDenied) => e.hint(
                "没有权限：关闭正在使用它的程序（Excel、WPS），或换一个文件夹再试",
                "no permission: close the program that holds it (Excel, WPS), or use another folder",
            ),
            (None, io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename) => {
                let (zh, en) = wrong_path(path);
                e.hint(zh, en)
            }
            (None, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                e.hint("磁盘已满：腾出空间，或用 --out 换一个磁盘", "the disk is full: free some space, or name another disk with --out")
            }
            (None, io::ErrorKind::FileTooLarge) => e.hint(
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

/// Why Windows refuses a file, where [`io::ErrorKind`] has no word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Another program has it open and shares it with nobody.
    InUse,
    /// A cloud drive shows it, and its content is not on this computer.
    Cloud,
}

/// What an error of Windows says beyond its kind; elsewhere the kind says all.
pub fn refusal(error: &io::Error) -> Option<Refusal> {
    error.raw_os_error().filter(|_| cfg!(windows)).and_then(refusal_by_code)
}

/// By the numbers of winerror.h: sharing and lock violations, and what begins with ERROR_CLOUD_FILE there.
fn refusal_by_code(code: i32) -> Option<Refusal> {
    match code {
        32 | 33 => Some(Refusal::InUse),
        358 | 362..=366 | 374 | 375 | 377..=383 | 386..=398 | 404 | 426 | 434 | 475 => Some(Refusal::Cloud),
        _ => None,
    }
}

/// What to do about a path that does not exist or cannot exist, in Chinese and English. PowerShell 5.1 and cmd hand over `"C:\case\"` with a quote at its end,
/// together with what was written behind it.
pub fn wrong_path(path: &Path) -> (&'static str, &'static str) {
    let shown = path.to_string_lossy();
    if shown.contains('"') {
        return (
            "路径里多了一个引号：引号里的路径末尾不要写 \\，例如写成 \"C:\\案件\"",
            "there is a quote in the path: write no \\ before the closing quote, as in \"C:\\case\"",
        );
    }
    if shown.contains(['*', '?']) {
        return ("路径里不能有 * 和 ?：请写出完整的文件夹名", "a path holds no * or ?: write the folder's whole name");
    }
    ("检查路径是否写对；可以把文件夹拖进命令行窗口", "check that the path is right; you can drag the folder into the terminal window")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_windows_tell_who_holds_a_file() {
        assert_eq!([32, 33].map(refusal_by_code), [Some(Refusal::InUse); 2]);
        assert_eq!([362, 389, 404].map(refusal_by_code), [Some(Refusal::Cloud); 3]);
        // NOT_FOUND, ACCESS_DENIED, a file that is of no cloud, and a policy's refusal
        assert_eq!([2, 5, 376, 399].map(refusal_by_code), [None; 4]);
        if !cfg!(windows) {
            assert_eq!(refusal(&io::Error::from_raw_os_error(32)), None, "another error elsewhere");
        }
    }

    #[test]
    fn a_quote_that_the_shell_left_in_a_path_is_named() {
        let hint = |path: &str| Error::io("读取", "read", Path::new(path), &io::ErrorKind::NotFound.into()).next_step(Lang::En).to_owned();
        assert!(hint("C:\\case\" --out x").contains("no \\ before the closing quote"));
        assert!(hint("case*").contains("whole name"));
        assert!(hint("case").starts_with("check that the path is right"));
    }
}
