//! The data of the picture rules: templates/pictures.toml (thresholds) and templates/picture-software.toml (programs).

use crate::assess::data::read;
use crate::error::Result;
use crate::model::file::Kind;
use crate::profile::Profile;
use crate::text::width::narrow;
use serde::Deserialize;

/// templates/pictures.toml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Rules {
    #[expect(dead_code, reason = "part of the file's form: every data file names its source")]
    source: String,
    #[expect(dead_code, reason = "part of the file's form: every data file names its trust")]
    trust: String,
    pub reused: Kinds,
    pub too_small: TooSmall,
    pub taken_late: TakenLate,
    pub unclear: Unclear,
    pub marked: Kinds,
}

/// Kinds of files that a rule looks at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kinds {
    pub kinds: Vec<Kind>,
}

/// Sides in pixels.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct TooSmall {
    pub screen_width: u32,
    /// Height by width, in hundredths.
    pub screen_shape: u32,
    pub side: u32,
}

/// Figures of brightness (0–255), detail and sharpness.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Unclear {
    /// A picture whose brightest part is darker than this is too dark.
    pub dark: u8,
    /// One whose darkest part is brighter than this, with nothing in it, is overexposed.
    pub bright: u8,
    /// Less difference than this, with nothing in it, is one colour.
    pub even: u8,
    /// Thousandths of sharpness under which text has run together.
    pub sharpness: u16,
}

/// What must have been taken before the notice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TakenLate {
    pub kinds: Vec<Kind>,
    pub words: Vec<String>,
}

impl Rules {
    pub(super) fn load(profile: &Profile) -> Result<Self> {
        read(profile, "pictures.toml")
    }
}

/// templates/picture-software.toml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Programs {
    #[expect(dead_code, reason = "part of the file's form: every data file names its source")]
    source: String,
    #[expect(dead_code, reason = "part of the file's form: every data file names its trust")]
    trust: String,
    program: Vec<Program>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    class: Class,
    words: Vec<String>,
    #[expect(dead_code, reason = "part of the file's form: a fact names its basis")]
    basis: String,
    #[serde(default)]
    #[expect(dead_code, reason = "part of the file's form: what nobody verified says so")]
    unverified: bool,
}

/// What a program does to pictures.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Class {
    /// Changes what they show.
    Editor,
    /// Takes, scans or shows them.
    Harmless,
}

impl Programs {
    pub(super) fn load(profile: &Profile) -> Result<Self> {
        read(profile, "picture-software.toml")
    }

    /// The class of the longest word in a program's name; `None` for a program in no list. A name without a letter is a version number, as phones
    /// write it (iOS says `17.4.1`).
    pub(super) fn class(&self, name: &str) -> Option<Class> {
        let name = narrow(name).to_lowercase();
        if !name.chars().any(char::is_alphabetic) {
            return Some(Class::Harmless);
        }
        let words = self.program.iter().flat_map(|p| p.words.iter().map(|w| (w, p.class)));
        words.filter(|(w, _)| stands_in(&name, w)).max_by_key(|(w, _)| w.chars().count()).map(|(_, class)| class)
    }
}

/// Does the word stand by itself: `canva` is not in `canvas`, `gimp` is in `GIMP 2.10`.
fn stands_in(name: &str, word: &str) -> bool {
    name.match_indices(word).any(|(at, word)| {
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        let before = name.get(..at).and_then(|t| t.chars().next_back());
        let after = name.get(at + word.len()..).and_then(|t| t.chars().next());
        let begins_within = letter(before) && letter(word.chars().next());
        let ends_within = letter(after) && letter(word.chars().next_back());
        !begins_within && !ends_within
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editors_are_told_from_what_takes_pictures() {
        let programs = Programs::load(&Profile::built_in()).unwrap();
        for (name, class) in [
            ("Adobe Photoshop 25.0 (Windows)", Some(Class::Editor)),
            ("Adobe Photoshop Lightroom Classic 12.0", Some(Class::Harmless)),
            ("GIMP 2.10.34", Some(Class::Editor)),
            ("PicsArt", Some(Class::Editor)),
            ("Snapseed 2.0", Some(Class::Editor)),
            ("美图秀秀", Some(Class::Editor)),
            ("ＰｉｃｓＡｒｔ", Some(Class::Editor)),
            ("17.4.1", Some(Class::Harmless)),
            ("HDR+ 1.0.540", Some(Class::Harmless)),
            ("Snipaste", Some(Class::Harmless)),
            ("Windows Photo Editor 10.0.10011.16384", Some(Class::Harmless)),
            ("canvas-export 3", None),
            ("ELE-AL00 10.1.0.150(C00E150R1P1)", None),
            ("", Some(Class::Harmless)),
        ] {
            assert_eq!(programs.class(name), class, "{name}");
        }
    }
}
