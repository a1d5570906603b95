//! What was written against what the form in front of the seller allows (`[limits]`). Measured on the files themselves, after everything is written,
//! so that no estimate can be wrong; what the seller did not say is not checked, and that is said.

use crate::error::{Error, Result};
use crate::finding::{Code, Finding, Findings};
use crate::model::settings::Limits;
use std::path::{Path, PathBuf};

/// One PDF of upload/ with its pages.
#[derive(Debug, Clone)]
pub struct Paged {
    /// Its name under upload/.
    pub name: String,
    /// Its pages.
    pub pages: u32,
}

/// Compares `upload/` and `bundle/` under `folder` with the limits. `pdfs`: pages of each PDF of upload/. `texts`: for each length of `[limits] text` the
/// characters that the shortest honest statement needs.
///
/// Statements are pasted, not uploaded, and `orders.csv` is the twin of `orders.xlsx`: neither counts as a file. The zip counts for `bytes` only, and only
/// where the form takes zips ([`of_a_bag`]).
///
/// # Errors
/// The folders cannot be read.
pub fn compare(folder: &Path, limits: &Limits, pdfs: &[Paged], texts: &[(u64, usize)], findings: &mut Findings) -> Result<()> {
    unknown(limits, findings);
    let uploaded: Vec<(String, u64)> = files(&folder.join("upload"))?.into_iter().filter(|(name, _)| is_uploaded(name, limits)).collect();
    if let Some(limit) = limits.files.filter(|limit| uploaded.len() as u64 > *limit) {
        findings.push(Finding::new(Code::LimitFiles).with("value", uploaded.len()).with("limit", limit));
    }
    if uploaded.is_empty() && !limits.formats.is_empty() && !limits.formats.iter().any(|f| f.eq_ignore_ascii_case("zip")) {
        findings.push(Finding::new(Code::LimitFiles).variant("formats").with("formats", limits.formats.join(", ")));
    }
    if let Some(limit) = limits.pages {
        for pdf in pdfs.iter().filter(|p| u64::from(p.pages) > limit) {
            findings.push(Finding::new(Code::LimitPages).with("file", format!("upload/{}", pdf.name)).with("value", pdf.pages).with("limit", limit));
        }
    }
    if let Some(limit) = limits.bytes {
        let bags = if of_a_bag(limits).is_some() { files(&folder.join("bundle"))? } else { Vec::new() };
        let all = uploaded.iter().map(|f| ("upload", f)).chain(bags.iter().map(|f| ("bundle", f)));
        for (part, (name, bytes)) in all.filter(|(_, (_, bytes))| *bytes > limit) {
            let finding = Finding::new(Code::LimitBytes).with("file", format!("{part}/{name}"));
            findings.push(finding.with("value", size(*bytes)).with("limit", size(limit)));
        }
    }
    let total: u64 = uploaded.iter().map(|(_, bytes)| bytes).sum();
    if let Some(limit) = limits.bytes_total.filter(|limit| total > *limit) {
        findings.push(Finding::new(Code::LimitBytes).variant("total").with("value", size(total)).with("limit", size(limit)));
    }
    for (limit, needed) in texts.iter().filter(|(limit, needed)| *needed as u64 > *limit) {
        findings.push(Finding::new(Code::LimitText).with("value", needed).with("limit", limit));
    }
    Ok(())
}

/// Says that nothing can be compared, when `[limits]` says nothing.
fn unknown(limits: &Limits, findings: &mut Findings) {
    let Limits { files, pages, bytes, bytes_total, image_side: _, formats: _, text, preset: _ } = limits;
    if text.is_empty() && [files, pages, bytes, bytes_total].iter().all(|limit| limit.is_none()) {
        findings.push(Finding::new(Code::LimitUnknown));
    }
}

/// How many bytes a bag may have: the form's limit where zips are among its formats, or nobody said which it takes. Else no bag goes through the form.
pub fn of_a_bag(limits: &Limits) -> Option<u64> {
    let takes = limits.formats.is_empty() || limits.formats.iter().any(|f| f.eq_ignore_ascii_case("zip"));
    limits.bytes.filter(|_| takes)
}

/// Does this file of upload/ go through the form's file field? Pictures of the book's pages stand for the book: where the form takes PDF, they are not
/// uploaded as well.
fn is_uploaded(name: &str, limits: &Limits) -> bool {
    if name.starts_with("images/") && limits.formats.iter().any(|f| f.eq_ignore_ascii_case("pdf")) {
        return false;
    }
    let ending = name.rsplit_once('.').map_or("", |(_, e)| e);
    match ending {
        "txt" | "csv" => false,
        _ => limits.formats.is_empty() || limits.formats.iter().any(|f| f.eq_ignore_ascii_case(ending)),
    }
}

/// Files at any depth with their bytes, sorted by name.
fn files(folder: &Path) -> Result<Vec<(String, u64)>> {
    let mut out = Vec::new();
    let mut open: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        if !next.exists() {
            continue;
        }
        let fail = |e: std::io::Error| Error::io("读取文件夹", "read the folder", &next, &e);
        for entry in std::fs::read_dir(&next).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let meta = entry.metadata().map_err(fail)?;
            if meta.is_dir() {
                open.push(entry.path());
            } else {
                let path = entry.path();
                let relative = path.strip_prefix(folder).unwrap_or(&path);
                out.push((relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"), meta.len()));
            }
        }
    }
    out.sort();
    Ok(out)
}

/// Exact bytes with groups of three, as the form and case.toml count them: rounding would make 5,000,001 look like the 5 MB that are allowed.
fn size(bytes: u64) -> String {
    let digits = bytes.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{out} B")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::model::Lang;
    use crate::profile::lang::words;
    use std::collections::BTreeMap;
    use std::fs;

    fn written() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("upload/a.pdf", 5_000_001),
            ("upload/a-annex.pdf", 40),
            ("upload/orders.xlsx", 9),
            ("upload/orders.csv", 9),
            ("upload/statement-500.txt", 9),
            ("bundle/a.zip", 70),
        ] {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, vec![0u8; bytes]).unwrap();
        }
        dir
    }

    fn found(limits: &Limits, texts: &[(u64, usize)]) -> Vec<String> {
        let dir = written();
        let pdfs = [Paged { name: "a.pdf".into(), pages: 14 }, Paged { name: "a-annex.pdf".into(), pages: 67 }];
        let mut findings = Findings::new(BTreeMap::new(), false);
        compare(dir.path(), limits, &pdfs, texts, &mut findings).unwrap();
        findings.all().iter().map(|f| words(Lang::ZhCn).message(f)).collect()
    }

    #[test]
    fn each_limit_is_told_with_both_numbers_and_one_below_it_is_silent() {
        let all = Limits { files: Some(2), pages: Some(66), bytes: Some(5_000_000), bytes_total: Some(5_000_049), text: vec![500], ..Limits::default() };
        let said = found(&all, &[(500, 501)]);
        for part in [
            "要上传 3 个文件，申诉页面最多 2 个",
            "upload/a-annex.pdf 有 67 页，申诉页面最多 66 页",
            "upload/a.pdf 有 5,000,001 B，超过申诉页面的 5,000,000 B",
            "一共 5,000,050 B",
            "501 字",
        ] {
            assert!(said.iter().any(|s| s.contains(part)), "{part}: {said:?}");
        }
        assert_eq!(said.len(), 5);
        let enough = Limits { files: Some(3), pages: Some(67), bytes: Some(5_000_001), bytes_total: Some(5_000_050), text: vec![500], ..Limits::default() };
        assert_eq!(found(&enough, &[(500, 500)]), Vec::<String>::new());
    }

    #[test]
    fn formats_decide_what_is_a_file_for_the_form() {
        let pdf = Limits { files: Some(2), formats: vec!["pdf".into()], ..Limits::default() };
        assert!(found(&pdf, &[]).is_empty());
    }

    #[test]
    fn without_limits_it_is_said_that_nothing_was_compared() {
        let mut findings = Findings::new(BTreeMap::new(), false);
        unknown(&Limits::default(), &mut findings);
        assert_eq!(findings.all().iter().map(|f| (f.code, f.severity)).collect::<Vec<_>>(), [(Code::LimitUnknown, Severity::Note)]);
    }
}
