//! Where the settings of a case stand: case.toml at its root, in whatever letters the name is written. A file that was meant to be it and is named otherwise
//! is an error: its orders and corrections would be missed in silence, and the file itself be handed in as evidence.

use super::{MAX_BYTES, both, schema::Schema};
use crate::error::Result;
use crate::model::case_file::is_case_file;
use crate::text::decode::decode;
use std::path::{Path, PathBuf};

/// The settings of the case at `root`, if it has any.
///
/// # Errors
/// Two files of this name in different letters, which are one on Windows and macOS, or only one that an editor gave another ending.
pub fn find(root: &Path) -> Result<Option<PathBuf>> {
    // a folder that cannot be listed is told by the walk
    let mut names: Vec<String> = std::fs::read_dir(root).into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let mut settings = names.iter().filter(|name| is_case_file(name));
    match (settings.next(), settings.next()) {
        (Some(one), Some(other)) => Err(both(|w, _| w.fill("casefile.two", &[("one", one), ("other", other)]), |w| w.get("casefile.two-hint").to_owned())),
        (Some(one), None) => Ok(Some(root.join(one))),
        (None, _) => match names.iter().find(|name| is_disguised(root, name)) {
            None => Ok(None),
            Some(name) => Err(both(|w, _| w.fill("casefile.disguised", &[("name", name)]), |w| w.get("casefile.disguised-hint").to_owned())),
        },
    }
}

/// Notepad adds .txt to what it saves, and Explorer shows neither ending. What is called case.txt may be anything, so that its words decide.
fn is_disguised(root: &Path, name: &str) -> bool {
    let path = root.join(name);
    match name.to_ascii_lowercase().as_str() {
        "case.toml.txt" => path.is_file(),
        "case.txt" => path.metadata().is_ok_and(|m| m.is_file() && m.len() <= MAX_BYTES) && std::fs::read(&path).is_ok_and(|bytes| holds_settings(&bytes)),
        _ => false,
    }
}

/// Does a text hold the head of one of our tables.
fn holds_settings(bytes: &[u8]) -> bool {
    let (Some((text, _)), Ok(schema)) = (decode(bytes), Schema::load()) else { return false };
    let heads: Vec<String> = schema.tables.iter().map(|table| table.head()).collect();
    text.lines().any(|line| heads.iter().any(|head| line.trim() == head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lang;
    use crate::model::case_file::CASE_FILE;

    fn found(files: &[(&str, &str)]) -> std::result::Result<Option<String>, String> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let name = |path: PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        find(dir.path()).map(|path| path.map(name)).map_err(|e| e.message(Lang::En).to_owned())
    }

    #[test]
    fn the_name_may_be_written_in_any_letters() {
        assert_eq!(found(&[(CASE_FILE, ""), ("a.txt", "")]), Ok(Some(CASE_FILE.to_owned())));
        assert_eq!(found(&[("Case.TOML", "")]), Ok(Some("Case.TOML".to_owned())));
        assert_eq!(found(&[("a.txt", "")]), Ok(None));
    }

    #[test]
    fn settings_under_another_ending_are_no_evidence() {
        assert!(found(&[("case.toml.txt", "")]).unwrap_err().contains("case.toml.txt"));
        assert!(found(&[("Case.txt", "# mine\r\n[case]\r\nplatform = \"jd\"\r\n")]).unwrap_err().contains("Case.txt"));
        assert_eq!(found(&[("case.txt", "[case] of a buyer\n")]), Ok(None), "somebody's note");
        assert_eq!(found(&[(CASE_FILE, ""), ("case.toml.txt", "")]), Ok(Some(CASE_FILE.to_owned())), "a copy that lies beside it");
    }
}
