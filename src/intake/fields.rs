//! The names a column can have for us (templates/fields.toml): `[[columns]]` in case.toml maps a table's heads to them, `explain columns` lists them.

use crate::error::{Error, Result};
use crate::model::Lang;
use crate::profile::Profile;
use crate::text::toml_lines;
use indexmap::IndexMap;
use serde::Deserialize;

/// One field that a column may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name, as `[[columns]]` writes it.
    pub name: String,
    /// Its meaning in Chinese.
    pub zh: String,
    /// Its meaning in English.
    pub en: String,
}

impl Field {
    /// The meaning in a language.
    pub fn meaning(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    zh: String,
    en: String,
}

/// Every field name with its meaning, in the order of the data file.
///
/// # Errors
/// When a user's `fields.toml` cannot be read.
pub fn fields(profile: &Profile) -> Result<Vec<Field>> {
    let (text, origin) = profile.text("fields.toml")?;
    let map: IndexMap<String, Words> = toml::from_str(&text).map_err(|e| {
        Error::new(
            format!("{origin} 第 {} 行：{}", toml_lines::of_error(&text, &e), e.message()),
            format!("{origin}, line {}: {}", toml_lines::of_error(&text, &e), e.message()),
        )
        .hint("改好这个文件再运行", "correct the file and run again")
    })?;
    Ok(map.into_iter().map(|(name, words)| Field { name, zh: words.zh, en: words.en }).collect())
}
