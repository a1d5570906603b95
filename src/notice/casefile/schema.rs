//! The key list of case.toml as data (templates/case-schema.toml): what the reader checks against and what `schema case` prints.

use crate::error::{Error, Result};
use crate::finding::Code;
use crate::model::Lang;
use crate::model::file::Kind;
use crate::profile::Profile;
use crate::profile::lang::words;
use crate::profile::platform;
use serde::Deserialize;

/// The whole list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Schema {
    #[serde(rename = "table")]
    pub tables: Vec<Table>,
}

/// A table of case.toml.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub name: String,
    /// `[[name]]`.
    #[serde(default)]
    pub list: bool,
    /// Any key, any value.
    #[serde(default)]
    pub open: bool,
    /// Keys are ids of this sort (`code`), values one of `values`.
    #[serde(default)]
    pub keys: Option<String>,
    #[serde(default)]
    pub values: Vec<String>,
    /// Accepted, without effect yet.
    #[serde(default)]
    pub later: bool,
    pub zh: String,
    pub en: String,
    #[serde(default)]
    pub key: Vec<Key>,
}

/// A key of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    pub name: String,
    #[serde(rename = "type")]
    pub sort: Sort,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub later: bool,
    /// The values that a choice takes …
    #[serde(default)]
    pub values: Vec<String>,
    /// … or the sort of ids, where these are data.
    #[serde(default)]
    pub of: Option<String>,
    pub zh: String,
    pub en: String,
}

/// The types of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Sort {
    Text,
    Id,
    Ids,
    IdsOrAll,
    IdsOrScope,
    File,
    Glob,
    Date,
    Deadline,
    Count,
    Counts,
    Flag,
    Choice,
    Texts,
    Map,
    Boxes,
    Any,
}

impl Sort {
    /// Its name in the data, and under `casefile.type-` in the language files.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Sort::Text => "text",
            Sort::Id => "id",
            Sort::Ids => "ids",
            Sort::IdsOrAll => "ids-or-all",
            Sort::IdsOrScope => "ids-or-scope",
            Sort::File => "file",
            Sort::Glob => "glob",
            Sort::Date => "date",
            Sort::Deadline => "deadline",
            Sort::Count => "count",
            Sort::Counts => "counts",
            Sort::Flag => "flag",
            Sort::Choice => "choice",
            Sort::Texts => "texts",
            Sort::Map => "map",
            Sort::Boxes => "boxes",
            Sort::Any => "any",
        }
    }

    /// Is it a path or a pattern for paths.
    pub(super) fn is_path(self) -> bool {
        matches!(self, Sort::File | Sort::Glob)
    }
}

impl Table {
    pub(super) fn meaning(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// As it stands in the file: `[case]`, `[[order]]`.
    pub(super) fn head(&self) -> String {
        if self.list { format!("[[{}]]", self.name) } else { format!("[{}]", self.name) }
    }
}

impl Key {
    pub(super) fn meaning(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }
}

impl Schema {
    /// Reads the built-in list; a case cannot change what case.toml means.
    pub(super) fn load() -> Result<Schema> {
        let (text, origin) = Profile::built_in().text("case-schema.toml")?;
        toml::from_str(&text).map_err(|e| Error::new(format!("{origin} 有错：{}", e.message()), format!("{origin}: {}", e.message())))
    }

    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.name == name)
    }

    /// Does any table have a key of this name that takes a path? (For a line that could not be parsed, so that its table is not known.)
    pub(super) fn has_path_key(&self, name: &str) -> bool {
        self.tables.iter().flat_map(|t| &t.key).any(|k| k.name == name && k.sort.is_path())
    }
}

/// The ids that a choice `of` a sort takes, from the data.
pub(super) fn ids_of(sort: &str, profile: &Profile) -> Result<Vec<String>> {
    Ok(match sort {
        "platform" => platform::ids(profile),
        "scenario" => {
            let mut ids: Vec<String> = Vec::new();
            for scenario in platform::all(profile)?.iter().flat_map(|p| &p.scenarios) {
                if !ids.contains(&scenario.id) {
                    ids.push(scenario.id.clone());
                }
            }
            ids.sort();
            ids
        }
        "code" => Code::ALL.iter().map(|c| c.as_str().to_owned()).collect(),
        "kind" => Kind::ALL.iter().map(|k| k.as_str().to_owned()).collect(),
        other => return Err(Error::new(format!("case-schema.toml：不认识 of = \"{other}\""), format!("case-schema.toml: unknown of = \"{other}\""))),
    })
}

/// What `appealpack schema case` prints: every table and key with type, values and meaning.
pub fn schema_text(lang: Lang) -> String {
    let words = words(lang);
    let Ok(schema) = Schema::load() else { return String::new() };
    let profile = Profile::built_in();
    let mut out = format!("# {}\n", words.get("casefile.schema-title"));
    for table in &schema.tables {
        let later = if table.later { format!(" [{}]", words.get("casefile.schema-later")) } else { String::new() };
        out.push_str(&format!("\n{}\n  # {}{later}\n", table.head(), table.meaning(lang)));
        if table.keys.is_some() {
            out.push_str(&format!("  <code>  {}\n", words.fill("casefile.schema-values", &[("values", &table.values.join(", "))])));
        }
        if table.open {
            out.push_str(&format!("  <…>  {}\n", words.get("casefile.type-any")));
        }
        for key in &table.key {
            let mut notes = vec![words.get(&format!("casefile.type-{}", key.sort.as_str())).to_owned()];
            let values = match &key.of {
                // codes are many; `explain` lists them
                Some(sort) if sort != "code" => ids_of(sort, &profile).unwrap_or_default(),
                _ => key.values.clone(),
            };
            if key.sort == Sort::Choice && !values.is_empty() {
                notes = vec![words.fill("casefile.schema-values", &[("values", &values.join(", "))])];
            }
            if key.required {
                notes.push(words.get("casefile.schema-required").to_owned());
            }
            if key.later {
                notes.push(words.get("casefile.schema-later").to_owned());
            }
            out.push_str(&format!("  {:<13} {}\n                {}\n", key.name, key.meaning(lang), notes.join(" · ")));
        }
    }
    out
}
