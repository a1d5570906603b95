//! case.toml → [`CaseSettings`]: decoded however Notepad saved it, checked key by key against the list in templates/case-schema.toml. Every mistake
//! is told at once, with its line and the corrected line where it can be worked out; nothing in the file is ever ignored in silence.

mod check;
mod place;
mod schema;
mod settings;
mod slips;
#[cfg(test)]
mod tests;

pub use place::find;
pub use schema::schema_text;

use crate::error::{Error, Result};
use crate::model::Lang;
use crate::model::settings::CaseSettings;
use crate::profile::lang::{Words, words};
use crate::profile::{self, Profile};
use crate::text::decode::decode;
use std::io;
use std::path::Path;
use toml::de::DeTable;

/// No case.toml written by people comes near this; something else was renamed.
const MAX_BYTES: u64 = 4 << 20;

/// Reads `case.toml` at the root of a case; without one, the defaults.
///
/// # Errors
/// When it is named otherwise ([`find`]), cannot be read, is no text, is no TOML, or holds unknown tables, keys, words or wrong types: one error that lists every mistake with its
/// line and the corrected line.
pub fn read(root: &Path) -> Result<CaseSettings> {
    let none = || CaseSettings { state_limits: true, ..CaseSettings::default() };
    let Some(path) = find(root)? else { return Ok(none()) };
    let bytes = match std::fs::metadata(&path) {
        // a link that leads nowhere
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(none()),
        Err(e) => return Err(Error::io("读取 case.toml ", "read", &path, &e)),
        Ok(m) if m.len() > MAX_BYTES => {
            let (n, max) = (m.len().to_string(), MAX_BYTES.to_string());
            return Err(both(|w, _| w.fill("casefile.too-long", &[("n", &n), ("max", &max)]), |w| w.get("casefile.too-long-hint").to_owned()));
        }
        // a pipe would be waited for without end
        Ok(m) if !m.is_file() => return Err(both(|w, _| w.get("casefile.no-file").to_owned(), |w| w.get("casefile.no-file-hint").to_owned())),
        Ok(_) => std::fs::read(&path).map_err(|e| Error::io("读取 case.toml ", "read", &path, &e))?,
    };
    let Some((text, _)) = decode(&bytes) else {
        return Err(both(|w, _| w.get("casefile.not-text").to_owned(), |w| w.get("casefile.not-text-hint").to_owned()));
    };
    let profile = Profile::built_in();
    parse(&text, &profile::own_templates(root).map_or(profile.clone(), |own| profile.with_layer(&own)))
}

/// Reads the decoded text. `profile` knows the platforms.
fn parse(text: &str, profile: &Profile) -> Result<CaseSettings> {
    let schema = schema::Schema::load()?;
    // an old Mac's or a careless editor's lone CR is no line end in TOML
    let text = &text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let Ok(table) = DeTable::parse(text) else {
        return Err(told(slips::problems(text, &schema)));
    };
    let mut checker = check::Checker::new(text, &schema, profile);
    let entries = checker.run(table.get_ref())?;
    let mut problems = std::mem::take(&mut checker.problems);
    let without_effect = std::mem::take(&mut checker.later);
    let unprinted = std::mem::take(&mut checker.free);
    let settings = settings::build(entries, &mut problems);
    if !problems.is_empty() {
        problems.sort_by_key(|p| p.line);
        return Err(told(problems));
    }
    Ok(CaseSettings { present: true, without_effect, unprinted, ..settings })
}

/// One mistake, in both languages, with the corrected line if there is one.
#[derive(Debug, Clone)]
struct Problem {
    line: u32,
    zh: String,
    en: String,
    fixed: Option<String>,
}

impl Problem {
    /// From the text `casefile.<key>`.
    fn new(line: u32, key: &str, params: &[(&str, &str)]) -> Problem {
        let key = format!("casefile.{key}");
        Problem::with(line, |words, _| words.fill(&key, params))
    }

    fn with(line: u32, text: impl Fn(&Words, Lang) -> String) -> Problem {
        Problem { line, zh: text(words(Lang::ZhCn), Lang::ZhCn), en: text(words(Lang::En), Lang::En), fixed: None }
    }

    /// Adds a second part.
    fn and(mut self, key: &str, params: &[(&str, &str)]) -> Problem {
        let key = format!("casefile.{key}");
        self.zh.push_str(&words(Lang::ZhCn).fill(&key, params));
        self.en.push_str(&words(Lang::En).fill(&key, params));
        self
    }

    fn fix(self, line: String) -> Problem {
        self.maybe_fix(Some(line))
    }

    fn maybe_fix(mut self, line: Option<String>) -> Problem {
        self.fixed = line;
        self
    }

    fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// An error whose message and hint are made per language.
fn both(message: impl Fn(&Words, Lang) -> String, hint: impl Fn(&Words) -> String) -> Error {
    let (zh, en) = (words(Lang::ZhCn), words(Lang::En));
    Error::new(message(zh, Lang::ZhCn), message(en, Lang::En)).hint(hint(zh), hint(en))
}

/// All mistakes as one error.
fn told(problems: Vec<Problem>) -> Error {
    if let [only] = problems.as_slice() {
        let line = only.line.to_string();
        return both(
            |w, lang| w.fill("casefile.one", &[("line", &line), ("what", only.text(lang))]),
            |w| match &only.fixed {
                Some(fixed) => w.fill("casefile.replace", &[("fixed", fixed)]),
                None => w.get("casefile.hint-plain").to_owned(),
            },
        );
    }
    both(
        |w, lang| {
            let mut text = w.fill("casefile.many", &[("n", &problems.len().to_string())]);
            for problem in &problems {
                text.push('\n');
                text.push_str(&w.fill("casefile.item", &[("line", &problem.line.to_string()), ("what", problem.text(lang))]));
                if let Some(fixed) = &problem.fixed {
                    text.push('\n');
                    text.push_str(&w.fill("casefile.item-fix", &[("fixed", fixed)]));
                }
            }
            text
        },
        |w| w.get("casefile.hint-many").to_owned(),
    )
}
