//! The words of a book that a seller changed: a place that nothing fills, or a key that nothing asks for, would be printed or ignored without a word.

use crate::error::{Error, Result};
use crate::model::Lang;
use crate::profile::{Profile, lang};
use crate::text::nearest::nearest;
use crate::text::toml_lines;
use std::collections::{BTreeMap, BTreeSet};

/// The files of a language whose words are printed in books; the rest is the program's own speech.
const OF_BOOKS: [&str; 2] = ["book.toml", "files.toml"];

/// Words by their key, `table.key`.
pub(super) type Words = BTreeMap<String, String>;

/// Words that are known, with the places that are filled in them.
pub(super) struct Known<'a> {
    words: &'a Words,
    /// Every key is in `words`: one that is not is a mistake. Else only one that is nearly a known one is.
    closed: bool,
}

impl<'a> Known<'a> {
    /// Keys that are all there are.
    pub(super) fn closed(words: &'a Words) -> Self {
        Known { words, closed: true }
    }

    /// Keys beside which a book may have its own (titles of kinds, names of services).
    pub(super) fn open(words: &'a Words) -> Self {
        Known { words, closed: false }
    }

    /// Holds the words of a changed file against the known ones. `table` is where they stand in it (`words`, `page`, `""`), `text` the file for line numbers.
    ///
    /// # Errors
    /// A key that nothing asks for, or a place that nothing fills; with file, line and the nearest known name.
    pub(super) fn check(&self, given: &Words, table: &str, text: &str, origin: &str) -> Result<()> {
        for (key, word) in given {
            let (of_key, name) = key.rsplit_once('.').unwrap_or(("", key));
            let place = [table, of_key].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(".");
            let line = toml_lines::of_key(text, &place, name);
            let base = key.strip_suffix("-one").unwrap_or(key);
            let alike: Vec<&String> = [key.as_str(), base, &format!("{base}-one")].iter().filter_map(|k| self.words.get(*k)).collect();
            if alike.is_empty() {
                let near = nearest(key, self.words.keys().map(String::as_str));
                if self.closed || (of_key.is_empty() && near.is_some()) {
                    let (zh, en) = near.map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")));
                    return Err(Error::new(
                        format!("{origin} 第 {line} 行：没有 {key} 这个词条{zh}"),
                        format!("{origin}, line {line}: there is no word {key}{en}"),
                    )
                    .hint("对照自带的同名文件修改", "compare with the built-in file of that name"));
                }
                continue;
            }
            let filled: BTreeSet<&str> = alike.iter().flat_map(|word| places(word)).chain((base != key).then_some("n")).collect();
            if let Some(wrong) = places(word).find(|p| !filled.contains(p)) {
                let list = |between: &str| filled.iter().map(|p| format!("{{{p}}}")).collect::<Vec<_>>().join(between);
                let (zh, en) = if filled.is_empty() {
                    ("这个词条里没有可填的位置".to_owned(), "nothing is filled in this word".to_owned())
                } else {
                    (format!("可以用的有 {}", list("、")), format!("it may hold {}", list(", ")))
                };
                return Err(Error::new(
                    format!("{origin} 第 {line} 行：{key} 里的 {{{wrong}}} 不会被填上"),
                    format!("{origin}, line {line}: nothing fills {{{wrong}}} in {key}"),
                )
                .hint(zh, en));
            }
        }
        Ok(())
    }
}

/// The names of the places of a word, `{name}` and `{name|one|many}`.
fn places(word: &str) -> impl Iterator<Item = &str> {
    word.split('{').skip(1).filter_map(|rest| {
        let name = rest.split_once('}')?.0.split('|').next()?;
        (!name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')).then_some(name)
    })
}

/// The words of `language` that a layer over the built-in ones changes (`lang/<tag>/book.toml`, `files.toml`).
///
/// # Errors
/// When such a file cannot be read, holds a mistake, or is one whose words no book prints.
pub(super) fn of_layers(profile: &Profile, language: Lang) -> Result<Words> {
    let mut words = Words::new();
    for tag in profile.list_folders("lang") {
        for file in profile.list(&format!("lang/{tag}")) {
            let path = format!("lang/{tag}/{file}");
            if !profile.overrides(&path) {
                continue;
            }
            let (text, origin) = profile.text(&path)?;
            if !OF_BOOKS.contains(&file.as_str()) || ![Lang::ZhCn, Lang::En].iter().any(|l| l.tag() == tag) {
                return Err(Error::new(
                    format!("{origin} 不会起作用：程序自己说的话不能改"),
                    format!("{origin} has no effect: what the program itself says cannot be changed"),
                )
                .hint(
                    format!("书里的词改在 lang/zh-CN 或 lang/en 下的 {}，或书的 book.toml 的 [words]", OF_BOOKS.join("、")),
                    format!("words of books are changed in {} under lang/zh-CN or lang/en, or under [words] of the book's book.toml", OF_BOOKS.join(", ")),
                ));
            }
            let table = text.parse::<toml::Table>().map_err(|e| {
                let line = toml_lines::of_error(&text, &e);
                Error::new(format!("{origin} 第 {line} 行写错了：{}", e.message()), format!("{origin}, line {line}: {}", e.message()))
                    .hint("对照自带的同名文件修改", "compare with the built-in file of that name")
            })?;
            let mut own = Words::new();
            lang::flatten("", &table, &mut own);
            let built_in = built_in(&path);
            Known::closed(&built_in).check(&own, "", &text, &origin)?;
            if tag == language.tag() {
                words.extend(own);
            }
        }
    }
    Ok(words)
}

fn built_in(path: &str) -> Words {
    let mut words = Words::new();
    if let Some(table) = Profile::built_in().text(path).ok().and_then(|(text, _)| text.parse::<toml::Table>().ok()) {
        lang::flatten("", &table, &mut words);
    }
    words
}
