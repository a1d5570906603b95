//! case.toml's parsed values against the key list: every key known, of the right type, with a known word. All mistakes are collected, each with
//! its line and, where it can be worked out, the corrected line.

use super::Problem;
use super::schema::{Key, Schema, Sort, Table, ids_of};
use super::slips::line_at;
use crate::error::Result;
use crate::model::Time;
use crate::model::settings::Fact;
use crate::profile::Profile;
use crate::text::dates;
use crate::text::ids::clean_id;
use crate::text::nearest::nearest;
use chrono::Duration;
use serde_spanned::Spanned;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A checked value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    /// With the line of each.
    Texts(Vec<(String, u32)>),
    Date(Time),
    Count(u64),
    Counts(Vec<u64>),
    Flag(bool),
    Map(Vec<(String, String)>),
    Any(Fact),
}

/// One table of the file (one element of a `[[list]]`) with its values in file order.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub table: String,
    pub line: u32,
    pub values: Vec<(String, Value, u32)>,
}

/// What the check works with.
pub(super) struct Checker<'a> {
    text: &'a str,
    schema: &'a Schema,
    profile: &'a Profile,
    ids: BTreeMap<String, Vec<String>>,
    /// Mistakes found.
    pub problems: Vec<Problem>,
    /// Keys accepted without effect.
    pub later: Vec<(String, u32)>,
    /// Keys of the user's own in an open table.
    pub free: Vec<(String, u32)>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(text: &'a str, schema: &'a Schema, profile: &'a Profile) -> Self {
        Checker { text, schema, profile, ids: BTreeMap::new(), problems: Vec::new(), later: Vec::new(), free: Vec::new() }
    }

    /// Checks the whole file.
    pub(super) fn run(&mut self, root: &DeTable<'_>) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for (name, value) in root.iter() {
            let line = self.line(&name.span());
            let word: &str = name.get_ref();
            let Some(table) = self.schema.table(word) else {
                self.unknown_table(word, line, value.get_ref());
                continue;
            };
            match (value.get_ref(), table.list) {
                (DeValue::Table(keys), false) => entries.push(self.entry(table, keys, line)?),
                (DeValue::Array(list), true) => {
                    for element in list.iter() {
                        let line = self.line(&element.span());
                        match element.get_ref() {
                            DeValue::Table(keys) => entries.push(self.entry(table, keys, line)?),
                            _ => self.problems.push(Problem::new(line, "must-be-table", &[("name", &table.head())])),
                        }
                    }
                }
                (DeValue::Table(_), true) => {
                    let problem = Problem::new(line, "list-head", &[("name", &table.name)]).fix(table.head());
                    self.problems.push(problem);
                }
                (DeValue::Array(_), false) => {
                    let problem = Problem::new(line, "table-head", &[("name", &table.name)]).fix(table.head());
                    self.problems.push(problem);
                }
                _ => self.problems.push(Problem::new(line, "must-be-table", &[("name", &table.head())])),
            }
        }
        Ok(entries)
    }

    fn line(&self, span: &Range<usize>) -> u32 {
        line_at(self.text, span.start)
    }

    /// The source line with the text of `span` replaced; `None` when the span runs over several lines.
    fn replaced(&self, span: &Range<usize>, by: &str) -> Option<String> {
        let start = self.text.get(..span.start)?.rfind('\n').map_or(0, |i| i + 1);
        let end = self.text.get(span.end..)?.find('\n').map_or(self.text.len(), |i| span.end + i);
        let inside = self.text.get(span.clone())?;
        if inside.contains('\n') {
            return None;
        }
        Some(format!("{}{by}{}", self.text.get(start..span.start)?, self.text.get(span.end..end)?).trim_end().to_owned())
    }

    fn unknown_table(&mut self, word: &str, line: u32, value: &DeValue<'_>) {
        if !matches!(value, DeValue::Table(_) | DeValue::Array(_)) {
            // a bare `platform = "taobao"` at the top: say which table it belongs to
            let home = self.schema.tables.iter().find(|t| t.key.iter().any(|k| k.name == word));
            let mut problem = Problem::new(line, "outside-table", &[("name", word)]);
            if let Some(table) = home {
                let source = self.text.lines().nth(line as usize - 1).unwrap_or("").trim();
                problem = problem.fix(format!("{}\n    {source}", table.head()));
            }
            self.problems.push(problem);
            return;
        }
        let near = nearest(word, self.schema.tables.iter().map(|t| t.name.as_str())).and_then(|n| self.schema.table(n));
        let mut problem = Problem::new(line, "unknown-table", &[("name", word)]);
        problem = match near {
            Some(table) => problem.and("near", &[("near", &table.head())]).fix(table.head()),
            None => {
                let all: Vec<String> = self.schema.tables.iter().map(Table::head).collect();
                problem.and("known", &[("known", &all.join(" "))])
            }
        };
        self.problems.push(problem);
    }

    fn entry(&mut self, table: &Table, keys: &DeTable<'_>, line: u32) -> Result<Entry> {
        let mut entry = Entry { table: table.name.clone(), line, values: Vec::new() };
        if table.later {
            self.later.push((table.head(), line));
        }
        for (name, value) in keys.iter() {
            let word: &str = name.get_ref();
            let line = self.line(&name.span());
            let shown = format!("{} {word}", table.head());
            if table.open {
                match table.key.iter().find(|k| k.name == word) {
                    // what is used has its type; a slip there would be a value that does nothing
                    Some(key) if key.sort != Sort::Any && self.value(key, value, &shown, line)?.is_none() => continue,
                    Some(_) => {}
                    None => self.free.push((format!("{}.{word}", table.name), line)),
                }
                entry.values.push((word.to_owned(), Value::Any(fact(value.get_ref())), line));
                continue;
            }
            if let Some(sort) = &table.keys {
                let known = self.known(sort)?;
                if self.choice(word, &known, line, &name.span(), &format!("[{}]", table.name), false)
                    && let Some(Value::Text(v)) = self.text_of(value, &shown, Sort::Choice, line)
                    && self.choice(&v, &table.values, line, &value.span(), &shown, true)
                {
                    entry.values.push((word.to_owned(), Value::Text(v), line));
                }
                continue;
            }
            let Some(key) = table.key.iter().find(|k| k.name == word) else {
                let near = nearest(word, table.key.iter().map(|k| k.name.as_str()));
                let mut problem = Problem::new(line, "unknown-key", &[("table", &table.name), ("name", word)]);
                problem = match near {
                    Some(n) => problem.and("near", &[("near", n)]).maybe_fix(self.replaced(&name.span(), n)),
                    None => {
                        let all: Vec<&str> = table.key.iter().map(|k| k.name.as_str()).collect();
                        problem.and("known", &[("known", &all.join(", "))])
                    }
                };
                self.problems.push(problem);
                continue;
            };
            if key.later && !table.later {
                self.later.push((format!("{}.{}", table.name, key.name), line));
            }
            if let Some(value) = self.value(key, value, &shown, line)? {
                entry.values.push((word.to_owned(), value, line));
            }
        }
        for key in table.key.iter().filter(|k| k.required) {
            let is_empty = |v: &DeValue<'_>| v.as_str().is_some_and(|s| s.trim().is_empty());
            if !keys.iter().any(|(name, value)| name.get_ref() == key.name.as_str() && !is_empty(value.get_ref())) {
                let problem = Problem::with(line, |words, lang| {
                    words.fill("casefile.missing", &[("table", &table.name), ("key", &key.name), ("meaning", key.meaning(lang))])
                });
                self.problems.push(problem);
            }
        }
        Ok(entry)
    }

    fn value(&mut self, key: &Key, value: &Spanned<DeValue<'_>>, shown: &str, line: u32) -> Result<Option<Value>> {
        let sort = key.sort;
        Ok(match sort {
            Sort::Text | Sort::Id | Sort::File | Sort::Glob => self.text_of(value, shown, sort, line),
            Sort::Choice => {
                let known = match &key.of {
                    Some(of) => self.known(of)?,
                    None => key.values.clone(),
                };
                match self.text_of(value, shown, sort, line) {
                    Some(Value::Text(word)) if self.choice(&word, &known, line, &value.span(), shown, true) => Some(Value::Text(word)),
                    _ => None,
                }
            }
            Sort::IdsOrAll | Sort::IdsOrScope if matches!(value.get_ref(), DeValue::String(s) if key.values.iter().any(|v| v == s.as_ref())) => {
                self.text_of(value, shown, sort, line)
            }
            Sort::Ids | Sort::IdsOrAll | Sort::IdsOrScope => self.ids(value, shown, sort, line),
            Sort::Texts => match self.texts(value, shown, sort, line) {
                Some(Value::Texts(list)) => {
                    let span = value.span();
                    let bad = list.iter().find(|(w, _)| !key.values.is_empty() && !key.values.iter().any(|v| v.eq_ignore_ascii_case(w)));
                    match bad {
                        Some((word, at)) => {
                            self.choice(word, &key.values, *at, &span, shown, false);
                            None
                        }
                        None => Some(Value::Texts(list)),
                    }
                }
                other => other,
            },
            Sort::Date | Sort::Deadline => {
                let read = match value.get_ref() {
                    DeValue::Datetime(d) => dates::moment(&d.to_string(), false),
                    DeValue::String(s) => dates::moment(s, false),
                    _ => None,
                };
                match read {
                    // a deadline given as a day lasts until the end of that day
                    Some(m) if sort == Sort::Deadline && !m.has_time => Some(Value::Date(m.at + Duration::seconds(86_399))),
                    Some(m) => Some(Value::Date(m.at)),
                    None => self.wrong(value, shown, sort, line),
                }
            }
            Sort::Count => match count(value.get_ref()) {
                Some(n) => Some(Value::Count(n)),
                None => self.wrong(value, shown, sort, line),
            },
            Sort::Counts => {
                let list: Option<Vec<u64>> = match value.get_ref() {
                    DeValue::Array(a) => a.iter().map(|v| count(v.get_ref())).collect(),
                    single => count(single).map(|n| vec![n]),
                };
                match list {
                    Some(list) => Some(Value::Counts(list)),
                    None => self.wrong(value, shown, sort, line),
                }
            }
            Sort::Flag => match value.get_ref() {
                DeValue::Boolean(b) => Some(Value::Flag(*b)),
                _ => self.wrong(value, shown, sort, line),
            },
            Sort::Map => match value.get_ref() {
                DeValue::Table(t) if t.iter().all(|(_, v)| v.get_ref().is_str()) => {
                    Some(Value::Map(t.iter().map(|(k, v)| (k.get_ref().to_string(), v.get_ref().as_str().unwrap_or("").to_owned())).collect()))
                }
                _ => self.wrong(value, shown, sort, line),
            },
            Sort::Boxes => {
                let is_box = |v: &DeValue<'_>| matches!(v, DeValue::Array(b) if b.len() == 4 && b.iter().all(|n| n.get_ref().is_integer()));
                match value.get_ref() {
                    DeValue::Array(a) if a.iter().all(|v| is_box(v.get_ref())) => Some(Value::Any(fact(value.get_ref()))),
                    _ => self.wrong(value, shown, sort, line),
                }
            }
            Sort::Any => Some(Value::Any(fact(value.get_ref()))),
        })
    }

    /// A string; ids are cleaned of what exports wrap around them, paths have `/`.
    fn text_of(&mut self, value: &Spanned<DeValue<'_>>, shown: &str, sort: Sort, line: u32) -> Option<Value> {
        let DeValue::String(text) = value.get_ref() else {
            return self.wrong(value, shown, sort, line);
        };
        let source = self.text.get(value.span()).unwrap_or("");
        if sort.is_path() && source.starts_with('"') && source.contains('\\') {
            // `"D:\notes\table"` parses, but as a line break and a tab
            let fixed = self.replaced(&value.span(), &source.replace("\\\\", "/").replace('\\', "/"));
            self.problems.push(Problem::new(line, "backslash", &[]).maybe_fix(fixed));
            return None;
        }
        let text = match sort {
            Sort::Id => clean_id(text),
            Sort::File | Sort::Glob => text.replace('\\', "/").trim().trim_start_matches("./").to_owned(),
            _ => text.trim().to_owned(),
        };
        // empty means not filled in yet; where a value is needed, `entry` says that it is missing
        (!text.is_empty()).then_some(Value::Text(text))
    }

    fn ids(&mut self, value: &Spanned<DeValue<'_>>, shown: &str, sort: Sort, line: u32) -> Option<Value> {
        let bare = |v: &DeValue<'_>| matches!(v, DeValue::Integer(_) | DeValue::Float(_));
        let has_bare = bare(value.get_ref()) || matches!(value.get_ref(), DeValue::Array(a) if a.iter().any(|v| bare(v.get_ref())));
        if has_bare {
            let first = match value.get_ref() {
                DeValue::Array(a) => a.iter().find(|v| bare(v.get_ref())).map_or(line, |v| self.line(&v.span())),
                _ => line,
            };
            let source = self.text.lines().nth(first as usize - 1).unwrap_or("");
            let fixed = match source.split_once('=') {
                Some((key, list)) => format!("{key}={}", with_quotes(list)),
                None => with_quotes(source),
            };
            self.problems.push(Problem::new(first, "bare-id", &[("key", shown)]).fix(fixed.trim_end().to_owned()));
            return None;
        }
        match self.texts(value, shown, sort, line)? {
            Value::Texts(list) => Some(Value::Texts(list.into_iter().map(|(t, l)| (clean_id(&t), l)).collect())),
            other => Some(other),
        }
    }

    fn texts(&mut self, value: &Spanned<DeValue<'_>>, shown: &str, sort: Sort, line: u32) -> Option<Value> {
        match value.get_ref() {
            DeValue::Array(list) if list.iter().all(|v| v.get_ref().is_str()) => {
                let mut out = Vec::new();
                for element in list.iter() {
                    let text = element.get_ref().as_str().unwrap_or("").trim();
                    if !text.is_empty() {
                        out.push((text.to_owned(), self.line(&element.span())));
                    }
                }
                Some(Value::Texts(out))
            }
            _ => self.wrong(value, shown, sort, line),
        }
    }

    fn known(&mut self, sort: &str) -> Result<Vec<String>> {
        if let Some(ids) = self.ids.get(sort) {
            return Ok(ids.clone());
        }
        let ids = ids_of(sort, self.profile)?;
        self.ids.insert(sort.to_owned(), ids.clone());
        Ok(ids)
    }

    /// Is `word` one of `known`? Else a problem with the nearest one, or all of them when they are few.
    fn choice(&mut self, word: &str, known: &[String], line: u32, span: &Range<usize>, shown: &str, quoted: bool) -> bool {
        if known.iter().any(|k| k == word) {
            return true;
        }
        let mut problem = Problem::new(line, "choice", &[("key", shown), ("value", word)]);
        problem = match nearest(word, known.iter().map(String::as_str)) {
            Some(near) => {
                let by = if quoted { format!("\"{near}\"") } else { near.to_owned() };
                let source = self.text.get(span.clone()).unwrap_or("");
                let fixed = if source.starts_with('[') {
                    self.replaced(span, &source.replace(&format!("\"{word}\""), &format!("\"{near}\"")))
                } else {
                    self.replaced(span, &by)
                };
                problem.and("near", &[("near", near)]).maybe_fix(fixed)
            }
            None if known.len() <= 24 => problem.and("known", &[("known", &known.join(", "))]),
            None => problem,
        };
        self.problems.push(problem);
        false
    }

    fn wrong(&mut self, value: &Spanned<DeValue<'_>>, shown: &str, sort: Sort, line: u32) -> Option<Value> {
        let source = self.text.get(value.span()).unwrap_or("");
        let fixed = match (value.get_ref(), sort) {
            (DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_), Sort::Text | Sort::Id | Sort::Choice) => Some(format!("\"{source}\"")),
            (DeValue::String(s), Sort::IdsOrAll | Sort::IdsOrScope) if ["all", "proven"].iter().any(|word| word.eq_ignore_ascii_case(s.trim())) => {
                Some(format!("\"{}\"", s.trim().to_ascii_lowercase()))
            }
            // a word is no order number
            (DeValue::String(s), Sort::IdsOrAll | Sort::IdsOrScope) if !s.chars().any(|c| c.is_ascii_digit()) => {
                let words: &[&str] = if sort == Sort::IdsOrScope { &["proven", "all"] } else { &["all"] };
                nearest(s.trim(), words.iter().copied()).map(|word| format!("\"{word}\""))
            }
            (DeValue::String(_), Sort::Ids | Sort::IdsOrAll | Sort::IdsOrScope | Sort::Texts) => Some(format!("[{source}]")),
            (DeValue::String(s), Sort::Count) if s.trim().parse::<u64>().is_ok_and(|n| n > 0) => Some(s.trim().to_owned()),
            (DeValue::String(s), Sort::Flag) if matches!(s.trim(), "true" | "false") => Some(s.trim().to_owned()),
            _ => None,
        };
        let fixed = fixed.and_then(|f| self.replaced(&value.span(), &f));
        let problem = Problem::with(line, |words, _| {
            let expected = words.get(&format!("casefile.type-{}", sort.as_str())).to_owned();
            words.fill("casefile.wrong-type", &[("key", shown), ("expected", &expected)])
        });
        self.problems.push(problem.maybe_fix(fixed));
        None
    }
}

fn count(value: &DeValue<'_>) -> Option<u64> {
    let DeValue::Integer(n) = value else { return None };
    u64::from_str_radix(n.as_str(), n.radix()).ok().filter(|n| *n > 0)
}

/// Bare runs of digits (and of `-`, `.`, `+`, `E` in them) put between quotes; what is quoted already stays.
fn with_quotes(list: &str) -> String {
    let (body, comment) = list.split_once('#').map_or((list, String::new()), |(b, c)| (b, format!("#{c}")));
    let mut out = String::new();
    let mut token = String::new();
    let mut quoted = false;
    let flush = |token: &mut String, out: &mut String| {
        if !token.is_empty() {
            out.push_str(&format!("\"{token}\""));
            token.clear();
        }
    };
    for c in body.chars() {
        match c {
            '"' | '\'' => {
                flush(&mut token, &mut out);
                quoted = !quoted;
                out.push(c);
            }
            c if !quoted && (c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_')) => token.push(c),
            c => {
                flush(&mut token, &mut out);
                out.push(c);
            }
        }
    }
    flush(&mut token, &mut out);
    let trimmed = out.trim();
    let out = if !trimmed.starts_with('[') && list.trim_start().len() < list.len() && !trimmed.ends_with([']', ',']) && !trimmed.contains('[') {
        format!(" [{trimmed}]")
    } else {
        out
    };
    out + &comment
}

/// Any value as a fact.
fn fact(value: &DeValue<'_>) -> Fact {
    match value {
        DeValue::String(s) => Fact::Text(s.to_string()),
        DeValue::Integer(n) => Fact::Number(n.to_string()),
        DeValue::Float(n) => Fact::Number(n.as_str().to_owned()),
        DeValue::Boolean(b) => Fact::Flag(*b),
        DeValue::Datetime(d) => dates::moment(&d.to_string(), false).map_or_else(|| Fact::Text(d.to_string()), |m| Fact::Date(m.at)),
        DeValue::Array(a) => Fact::List(a.iter().map(|v| fact(v.get_ref())).collect()),
        DeValue::Table(t) => Fact::Table(t.iter().map(|(k, v)| (k.get_ref().to_string(), fact(v.get_ref()))).collect()),
    }
}
