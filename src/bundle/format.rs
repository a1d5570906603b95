//! What writer and verifier of a bag share: names of files, the form of manifest lines, safe names. BagIt 1.0 (RFC 8493).

use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization as _;

/// Content of `bagit.txt` (RFC 8493 section 2.1.1).
pub const BAGIT_TXT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
/// Manifest of the payload.
pub const MANIFEST: &str = "manifest-sha256.txt";
/// Manifest of the tag files.
pub const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// Metadata of the bag.
pub const BAG_INFO: &str = "bag-info.txt";
/// Folder of untouched originals.
pub const ORIGINALS: &str = "data/originals/";
/// Folder of extracts.
pub const EXTRACTS: &str = "data/extracts/";
/// Folder of the book.
pub const BOOK: &str = "data/book/";
/// Longest component in bytes; longer ones are cut before their extension (255 is the limit of most file systems, and Windows counts the whole path).
pub const COMPONENT_BYTES: usize = 120;

/// A manifest line: digest, two blanks, path. Paths hold no CR, LF or `%` ([`safe_path`] replaced them), so nothing has to be encoded and `sha256sum -c` reads it too.
pub fn manifest_line(sha256: &str, path: &str) -> String {
    format!("{sha256}  {path}\n")
}

/// Makes safe and unique paths inside a bag. Two paths count as equal when they differ only in case (Windows) or normalisation (macOS).
#[derive(Debug, Default)]
pub struct SafePaths {
    taken: BTreeMap<String, u32>,
}

impl SafePaths {
    /// A path for `original` under `folder` that nothing else in the bag has: collisions become `name~2.ext`.
    pub fn take(&mut self, folder: &str, original: &str) -> String {
        let safe = safe_path(original);
        for n in 1_u32.. {
            let candidate = if n == 1 { format!("{folder}{safe}") } else { format!("{folder}{}", numbered(&safe, n)) };
            if self.taken.insert(one_file(&candidate), n).is_none() {
                return candidate;
            }
        }
        format!("{folder}{safe}")
    }
}

/// Paths that Windows or macOS may take for one file have the same: they differ only in case or normalisation.
pub fn one_file(path: &str) -> String {
    path.to_lowercase().nfkc().collect()
}

/// The path with a number behind its name: `a/b.csv` as `a/b~2.csv`.
pub fn numbered(path: &str, n: u32) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(f, n)| (f, n));
    let (stem, extension) = match name.rsplit_once('.') {
        Some((s, e)) if !s.is_empty() => (s, format!(".{e}")),
        _ => (name, String::new()),
    };
    if folder.is_empty() { format!("{stem}~{n}{extension}") } else { format!("{folder}/{stem}~{n}{extension}") }
}

/// A path that every system can unpack: NFC, each component made safe. `.` and `..` become `_`.
pub fn safe_path(path: &str) -> String {
    let parts: Vec<String> = path.split('/').filter(|p| !p.is_empty()).map(safe_component).collect();
    if parts.is_empty() { "_".to_owned() } else { parts.join("/") }
}

fn safe_component(component: &str) -> String {
    if component == "." || component == ".." {
        return "_".to_owned();
    }
    let mut name: String =
        component
            .nfc()
            .map(|c| {
                if c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' | '\u{fffd}' | '\u{2028}' | '\u{2029}') { '_' } else { c }
            })
            .collect();
    if name.ends_with(['.', ' ']) {
        name.pop();
        name.push('_');
    }
    if name.starts_with(' ') {
        name.replace_range(..1, "_");
    }
    let stem = name.split('.').next().unwrap_or("").to_ascii_uppercase();
    let numbered_device = stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) && stem.ends_with(|c: char| c.is_ascii_digit());
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered_device {
        name.insert(0, '_');
    }
    if name.len() > COMPONENT_BYTES {
        let extension = name.rsplit_once('.').map(|(_, e)| format!(".{e}")).filter(|e| e.len() <= 12).unwrap_or_default();
        let mut cut = COMPONENT_BYTES - extension.len();
        while !name.is_char_boundary(cut) {
            cut -= 1;
        }
        name.truncate(cut);
        name.push_str(&extension);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_unpacked_everywhere() {
        for (from, to) in [
            ("a/b:c?.png", "a/b_c_.png"),
            ("../x", "_/x"),
            ("con.txt", "_con.txt"),
            ("COM1", "_COM1"),
            ("trailing. ", "trailing._"),
            ("line\nbreak.jpg", "line_break.jpg"),
            ("100%.txt", "100_.txt"),
            ("e\u{301}.txt", "é.txt"),
        ] {
            assert_eq!(safe_path(from), to, "{from:?}");
        }
        let long = format!("{}.png", "长".repeat(200));
        let safe = safe_path(&long);
        assert!(safe.len() <= COMPONENT_BYTES && safe.ends_with(".png"), "{safe}");
    }

    #[test]
    fn collisions_get_numbers_also_across_case() {
        let mut paths = SafePaths::default();
        assert_eq!(paths.take(ORIGINALS, "a:b.png"), "data/originals/a_b.png");
        assert_eq!(paths.take(ORIGINALS, "a?b.png"), "data/originals/a_b~2.png");
        assert_eq!(paths.take(ORIGINALS, "A_B.PNG"), "data/originals/A_B~3.PNG");
    }
}
