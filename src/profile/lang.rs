//! Words in both languages: every `templates/lang/<tag>/*.toml`, flattened to `table.key` → text with `{name}` places.

use crate::finding::{BETWEEN, Code, Finding};
use crate::model::Lang;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The words of one language. The file name is not part of a key; keys are unique over all files (tested).
#[derive(Debug, Default)]
pub struct Words {
    texts: BTreeMap<String, String>,
    /// Names of sources and their words, the longest first.
    sources: Vec<(String, String)>,
}

fn load(lang: Lang) -> Words {
    let mut texts = BTreeMap::new();
    if let Some(dir) = super::EMBEDDED.get_dir(format!("lang/{}", lang.tag())) {
        for file in dir.files() {
            let Some(text) = file.contents_utf8() else { continue };
            if let Ok(table) = super::plain(text).parse::<toml::Table>() {
                flatten("", &table, &mut texts);
            }
        }
    }
    let named = |(key, word): (&String, &String)| Some((key.strip_prefix("source-word.")?.to_owned(), word.clone()));
    let mut sources: Vec<(String, String)> = texts.iter().filter_map(named).collect();
    sources.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    Words { texts, sources }
}

/// Puts the texts of nested tables under dotted names (`screen.head`).
pub(crate) fn flatten(prefix: &str, table: &toml::Table, into: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::String(s) => {
                into.insert(name, s.trim_end_matches(['\n', '\r']).to_owned());
            }
            toml::Value::Table(t) => flatten(&name, t, into),
            other => {
                into.insert(name, other.to_string());
            }
        }
    }
}

/// The words of a language.
pub fn words(lang: Lang) -> &'static Words {
    static ZH: OnceLock<Words> = OnceLock::new();
    static EN: OnceLock<Words> = OnceLock::new();
    match lang {
        Lang::ZhCn => ZH.get_or_init(|| load(Lang::ZhCn)),
        Lang::En => EN.get_or_init(|| load(Lang::En)),
    }
}

impl Words {
    /// The text of a key, or the key itself when there is none (tests make sure there is one).
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// The text of a key, if there is one.
    pub fn find(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The text with `{name}` replaced.
    pub fn fill(&self, key: &str, params: &[(&str, &str)]) -> String {
        fill(self.get(key), params)
    }

    /// The name of a rule or document in this language, put together from `[source-word]`; as it is where the language has none.
    pub fn source(&self, cited: &str) -> String {
        if self.sources.is_empty() {
            return cited.to_owned();
        }
        let (mut out, mut rest) = (String::with_capacity(cited.len()), cited);
        while let Some(c) = rest.chars().next() {
            let longest = self.sources.iter().find(|(name, _)| rest.starts_with(name.as_str()));
            let (put, used) = longest.map_or((rest.get(..c.len_utf8()).unwrap_or(""), c.len_utf8()), |(name, word)| (word.as_str(), name.len()));
            out.push_str(put);
            rest = rest.get(used..).unwrap_or("");
        }
        out
    }

    /// Message of a finding.
    pub fn message(&self, finding: &Finding) -> String {
        self.of_finding(finding, "message")
    }

    /// Next step of a finding; may be empty.
    pub fn hint(&self, finding: &Finding) -> String {
        self.of_finding(finding, "hint")
    }

    /// Next step of a finding of the audit: nothing is argued yet, so that it may have another one (`hint-audit`, `hint-audit-<variant>`).
    pub fn audit_hint(&self, finding: &Finding) -> String {
        let code = finding.code.as_str();
        let has = |what: &str| self.find(&format!("{code}.{what}")).is_some();
        let own = finding.variant.is_some_and(|v| has(&format!("hint-audit-{v}")));
        // a variant's own hint says more than the audit's general one
        let general = has("hint-audit") && finding.variant.is_none_or(|v| !has(&format!("hint-{v}")));
        self.of_finding(finding, if own || general { "hint-audit" } else { "hint" })
    }

    fn of_finding(&self, finding: &Finding, what: &str) -> String {
        let code = finding.code.as_str();
        let text = finding.variant.and_then(|v| self.find(&format!("{code}.{what}-{v}"))).or_else(|| self.find(&format!("{code}.{what}"))).unwrap_or("");
        let order = finding.order_id.clone().unwrap_or_default();
        let listed: Vec<(&str, String)> = finding.params.iter().map(|(k, v)| (*k, v.replace(BETWEEN, self.get("list.between")))).collect();
        let mut params: Vec<(&str, &str)> = vec![("order", order.as_str())];
        params.extend(listed.iter().map(|(k, v)| (*k, v.as_str())));
        let filled = fill(text, &params);
        match &finding.accepted {
            Some(why) => {
                let what = what.strip_suffix("-audit").unwrap_or(what);
                self.fill(&format!("screen.accepted-{what}"), &[(what, filled.as_str()), ("why", why.as_str())])
            }
            None => filled,
        }
    }

    /// What `explain` prints of a code: meaning, rule and source, what clears it.
    pub fn explain(&self, code: Code) -> &str {
        self.find(&format!("{}.explain", code.as_str())).unwrap_or("")
    }
}

/// Replaces each `{name}` that `params` knows; other braces stay. `{name|order has|orders have}` is the first word where the value is 1, else the second.
pub fn fill(text: &str, params: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let known = from.find('}').and_then(|close| {
            let name = from.get(1..close)?;
            let value = |name: &str| params.iter().find(|(k, _)| *k == name).map(|(_, v)| *v);
            let Some((name, words)) = name.split_once('|') else { return value(name).map(|v| (close, v)) };
            let (one, many) = words.split_once('|')?;
            value(name).map(|v| (close, if v == "1" { one } else { many }))
        });
        match known {
            Some((close, value)) => {
                out.push_str(value);
                rest = from.get(close + 1..).unwrap_or("");
            }
            None => {
                out.push('{');
                rest = from.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_keys_and_places() {
        // names of sources are Chinese as they are cited; only other languages have words for them
        let keys = |w: &'static Words| w.texts.keys().filter(|k| !k.starts_with("source-word."));
        let (zh, en) = (words(Lang::ZhCn), words(Lang::En));
        let mut wrong: Vec<String> = keys(zh).filter(|k| !en.texts.contains_key(*k)).map(|k| format!("en lacks {k}")).collect();
        wrong.extend(keys(en).filter(|k| !zh.texts.contains_key(*k)).map(|k| format!("zh-CN lacks {k}")));
        wrong.sort();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn every_language_file_parses_and_no_key_stands_in_two_files() {
        for lang in [Lang::ZhCn, Lang::En] {
            let mut seen: BTreeMap<String, String> = BTreeMap::new();
            for file in super::super::EMBEDDED.get_dir(format!("lang/{}", lang.tag())).unwrap().files() {
                let name = file.path().display().to_string();
                let table: toml::Table = file.contents_utf8().unwrap().parse().unwrap_or_else(|e| panic!("{name}: {e}"));
                let mut texts = BTreeMap::new();
                flatten("", &table, &mut texts);
                for key in texts.into_keys() {
                    if let Some(other) = seen.insert(key.clone(), name.clone()) {
                        panic!("{key} stands in {other} and {name}");
                    }
                }
            }
        }
    }

    #[test]
    fn fills_known_places_and_keeps_other_braces() {
        assert_eq!(fill("{a} of {b} {c}", &[("a", "1"), ("b", "{a}")]), "1 of {a} {c}");
        let said = |n| fill("{n} {n|order has|orders have} it", &[("n", n)]);
        assert_eq!((said("1"), said("2"), said("11")), ("1 order has it".to_owned(), "2 orders have it".to_owned(), "11 orders have it".to_owned()));
    }
}
