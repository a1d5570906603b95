//! On which line of its book.toml a book says what: mistakes in a template that stands there, or in a file's name, are told with path and line.

use crate::text::toml_lines;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::Value;

/// A table whose values know where they stand.
type Table = BTreeMap<String, Spanned<Value>>;

/// `book.toml` as far as templates and names of files stand in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Spans {
    book: Table,
    running: Table,
    text: Table,
    sections: BTreeMap<String, Vec<Table>>,
}

/// Where the texts of a `book.toml` stand.
#[derive(Debug, Clone, Default)]
pub(super) struct BookLines {
    /// Path of the file, for messages.
    pub origin: String,
    /// Each text with its line.
    texts: Vec<(String, usize)>,
    /// Lines of the keys of each section by part (`book`, `annex`), place and key.
    sections: BTreeMap<(String, usize, String), usize>,
}

impl BookLines {
    /// Of the text of a `book.toml` that was read before.
    pub(super) fn of(text: &str, origin: &str) -> BookLines {
        let spans: Spans = toml::from_str(text).unwrap_or_default();
        let line = |value: &Spanned<Value>| toml_lines::at(text, value.span().start);
        let mut lines = BookLines { origin: origin.to_owned(), ..BookLines::default() };
        let mut add = |table: &Table| {
            for value in table.values() {
                if let Value::String(written) = value.as_ref() {
                    lines.texts.push((written.clone(), line(value)));
                }
            }
        };
        [&spans.book, &spans.running, &spans.text].into_iter().for_each(&mut add);
        spans.sections.values().flatten().for_each(&mut add);
        for (part, list) in &spans.sections {
            for (at, table) in list.iter().enumerate() {
                lines.sections.extend(table.iter().map(|(key, value)| ((part.clone(), at, key.clone()), line(value))));
            }
        }
        lines
    }

    /// The line on which a template or a file's name stands; 1 where it is written another way.
    pub(super) fn of_text(&self, written: &str) -> usize {
        self.texts.iter().find(|(text, _)| text == written).map_or(1, |(_, line)| *line)
    }

    /// The line of a section's key.
    pub(super) fn of_section(&self, part: &str, at: usize, key: &str) -> usize {
        self.sections.get(&(part.to_owned(), at, key.to_owned())).copied().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::BookLines;

    #[test]
    fn texts_and_keys_of_sections_know_their_line() {
        let text = "[book]\nlanguage = \"en\"\ntitle = \"{{ x }}\"\n[[sections.book]]\nfile = \"a\"\nanchor = \"b\"\n[[sections.book]]\nanchor = 'has.x > 0'\n";
        let lines = BookLines::of(text, "b.toml");
        assert_eq!((lines.of_text("{{ x }}"), lines.of_text("has.x > 0"), lines.of_text("none")), (3, 8, 1));
        assert_eq!((lines.of_section("book", 0, "anchor"), lines.of_section("book", 1, "anchor")), (6, 8));
    }
}
