//! templates/match-words.toml: words beside keys in free text.

use crate::error::{Error, Result};
use crate::profile::Profile;
use serde::Deserialize;

/// The words, lower-cased.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MatchWords {
    #[expect(dead_code, reason = "part of the file's form: every data file names its trust")]
    unverified: bool,
    /// Before the last four digits of a phone.
    pub phone_tail: Vec<String>,
    /// Before a short order number in the name of a file or folder.
    pub order: Vec<String>,
    /// Before a buyer's nick.
    pub buyer: Vec<String>,
    /// Before a recipient's name.
    pub recipient: Vec<String>,
    /// Behind a recipient's name.
    pub honorific: Vec<String>,
    /// Words of file names and papers that are no nick there, whoever is called so.
    pub not_nicks: Vec<String>,
}

impl MatchWords {
    /// Reads the file.
    ///
    /// # Errors
    /// When a layer's copy of it is broken.
    pub(super) fn load(profile: &Profile) -> Result<Self> {
        let (text, origin) = profile.text("match-words.toml")?;
        toml::from_str(&text).map_err(|e| {
            Error::new(format!("{origin} 有错：{}", e.message()), format!("{origin}: {}", e.message()))
                .hint("照内置的 templates/match-words.toml 改正", "correct it after the built-in templates/match-words.toml")
        })
    }
}

/// Does `before` end with one of the words, with at most a colon, bracket or verb behind it.
pub(super) fn announced(before: &str, words: &[String]) -> bool {
    let before = before.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '=' | '是' | '为' | '【' | '[' | '(' | '「' | '"'));
    words.iter().any(|w| before.ends_with(w.as_str()))
}
