//! A book: the folder `templates/books/<name>/`. `book.toml` says language, colours, page words, running heads, which template makes which section, and
//! every word that components print; the `.jinja` files beside it say the rest. Files of a user's folder win over the built-in ones one by one.

use super::book_lines::BookLines;
use super::sections;
use super::theme::ThemeSpec;
use super::wording::{self, Known, Words};
use crate::error::{Error, Result};
use crate::model::Lang;
use crate::model::document::{PageWords, Theme};
use crate::profile::{Profile, lang};
use crate::text::toml_lines;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// `book.toml` as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    pub book: Head,
    #[serde(default)]
    pub theme: ThemeSpec,
    pub page: PageSpec,
    pub running: Running,
    pub sections: Sections,
    pub text: TextSpec,
    #[serde(default)]
    pub words: toml::Table,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub language: Lang,
    /// PDF title, a template.
    pub title: String,
    /// The book whose files fill what this folder lacks.
    pub base: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageSpec {
    book: String,
    book_range: String,
    annex: String,
    annex_range: String,
    to_book: String,
    to_annex: String,
    to_annex_range: String,
    book_foot: String,
    annex_foot: String,
    annex_label: String,
    slice: String,
}

/// Running heads and feet, each a template.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Running {
    pub head_left: String,
    pub book_head_right: String,
    pub annex_head_right: String,
    pub foot_left: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sections {
    pub book: Vec<SectionSpec>,
    pub annex: Vec<SectionSpec>,
}

/// One section: which file makes it, under which anchor and outline entry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionSpec {
    pub file: String,
    /// A template; with `each` it must differ from order to order.
    pub anchor: String,
    /// A template; none = no entry in the outline.
    #[serde(default)]
    pub outline: String,
    #[serde(default)]
    pub depth: u8,
    #[serde(default)]
    pub runs_on: bool,
    /// An expression; the section follows on the page of the one before when it is true.
    pub runs_on_when: Option<String>,
    #[serde(default)]
    pub may_start_volume: bool,
    /// `order`: once for every argued order.
    pub each: Option<Each>,
    /// An expression; the section is made when it is true. Not together with `each`.
    pub when: Option<String>,
}

/// What a section is repeated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Each {
    Order,
}

/// The texts outside the book.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextSpec {
    /// The statement as plain text, sentences with priorities.
    pub statement: String,
    /// The reason text of one order.
    pub reason: String,
    /// What stands between two sentences of a paragraph.
    #[serde(default)]
    pub join: String,
    /// Keys of `[facts]` that hold the seller's own account.
    #[serde(default)]
    pub account: Vec<String>,
}

/// A book that was loaded.
#[derive(Debug, Clone)]
pub(super) struct Book {
    /// Folder name under `books/`.
    pub name: String,
    /// What `book.toml` says.
    pub spec: Spec,
    /// Where in its file it says so.
    pub lines: BookLines,
    /// Anchors of the sections of the built-in book.
    pub usual_sections: Vec<String>,
    words: Words,
    folder: Option<PathBuf>,
    profile: Profile,
}

/// Reads a book file: the user's folder, the layers, then the built-in one.
fn read(profile: &Profile, folder: Option<&Path>, name: &str, file: &str) -> Result<(String, String)> {
    if let Some(path) = folder.map(|f| f.join(file)).filter(|p| p.is_file()) {
        let shown = path.display().to_string();
        let bytes = std::fs::read(&path).map_err(|e| Error::io("读取模板文件", "read the template file", &path, &e))?;
        return String::from_utf8(bytes).map(|t| (t.trim_start_matches('\u{feff}').to_owned(), shown.clone())).map_err(|_| {
            Error::new(format!("{shown} 不是 UTF-8 文本"), format!("{shown} is not UTF-8 text")).hint("用编辑器另存为 UTF-8", "save it as UTF-8")
        });
    }
    profile.text(&format!("books/{name}/{file}"))
}

/// A key that is none, in both languages, from the parser's words: it names the key first, and then those that it knows.
fn unknown_key(words: &str) -> Option<(String, String)> {
    let mut quoted = words.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let key = quoted.next()?;
    let near = crate::text::nearest::nearest(key, quoted);
    let (zh, en) = near.map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")));
    Some((format!("没有 {key} 这个键{zh}"), format!("there is no key {key}{en}")))
}

fn parse(text: &str, origin: &str) -> Result<Spec> {
    toml::from_str(text).map_err(|e| {
        let line = toml_lines::of_error(text, &e);
        let (zh, en) = unknown_key(e.message()).unwrap_or_else(|| (e.message().to_owned(), e.message().to_owned()));
        Error::new(format!("{origin} 第 {line} 行写错了：{zh}"), format!("{origin}, line {line}: {en}"))
            .hint("对照自带模板的 book.toml 修改", "compare with the built-in book.toml")
    })
}

/// Refuses a folder with none of a book's files: it would change nothing.
fn holds_files(folder: &Path, files: &[String], base: &str) -> Result<()> {
    if folder.join("book.toml").is_file() || files.iter().any(|file| folder.join(file).is_file()) {
        return Ok(());
    }
    let shown = folder.display();
    let inside = [format!("books/{base}"), format!("templates/books/{base}"), "templates".to_owned(), base.to_owned()];
    let meant = inside.iter().map(|i| folder.join(i)).find(|f| files.iter().any(|file| f.join(file).is_file()));
    let e = Error::new(
        format!(
            "--template {shown} 里没有模板文件，不会起作用：要有 book.toml，或 {} 这样的文件",
            files.iter().take(3).cloned().collect::<Vec<_>>().join("、")
        ),
        format!(
            "--template {shown} holds no template file and changes nothing: book.toml is expected, or a file like {}",
            files.iter().take(3).cloned().collect::<Vec<_>>().join(", ")
        ),
    );
    Err(match meant {
        Some(meant) => e.hint(format!("是不是 --template {}？", meant.display()), format!("did you mean --template {}?", meant.display())),
        None => {
            e.hint(format!("先复制一份自带的再改：appealpack template init {shown}"), format!("copy the built-in one first: appealpack template init {shown}"))
        }
    })
}

/// The words around page numbers, as they are written.
fn pages(text: &str) -> Words {
    let mut words = Words::new();
    if let Some(table) = text.parse::<toml::Table>().ok().as_ref().and_then(|t| t.get("page")?.as_table()) {
        lang::flatten("", table, &mut words);
    }
    words
}

impl Book {
    /// Loads the book `template` (a name under `books/`, or a folder), else the platform book of `language`.
    ///
    /// # Errors
    /// When there is no such book, or its `book.toml` cannot be read; with line and nearest known name.
    pub(super) fn load(profile: &Profile, template: Option<&str>, language: Lang) -> Result<Book> {
        let usual = match language {
            Lang::ZhCn => "zh-CN-platform",
            Lang::En => "en-platform",
        };
        let names = profile.list_folders("books");
        let (name, folder) = match template {
            None => (usual.to_owned(), None),
            Some(t) if names.iter().any(|n| n == t) => (t.to_owned(), None),
            Some(t) if Path::new(t).is_dir() => (usual.to_owned(), Some(PathBuf::from(t))),
            Some(t) => {
                let near = crate::text::nearest::nearest(t, names.iter().map(String::as_str));
                let (zh, en) = near.map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")));
                return Err(Error::new(format!("没有名为 {t} 的模板，也没有这个文件夹{zh}"), format!("there is no template and no folder {t}{en}"))
                    .hint(format!("自带模板：{}", names.join("、")), format!("built-in templates: {}", names.join(", "))));
            }
        };
        let own = folder.as_deref();
        let base = match own.map(|f| f.join("book.toml")).filter(|p| p.is_file()) {
            Some(_) => {
                let (text, origin) = read(profile, own, &name, "book.toml")?;
                parse(&text, &origin)?.book.base.unwrap_or_else(|| name.clone())
            }
            None => name.clone(),
        };
        if let Some(folder) = own {
            holds_files(folder, &profile.list(&format!("books/{base}")), &base)?;
            Profile::misspelt(folder, &format!("books/{base}"))?;
        }
        profile.unused(own, &base)?;
        let (text, origin) = read(profile, own, &base, "book.toml")?;
        let spec = parse(&text, &origin)?;
        let changed = wording::of_layers(profile, spec.book.language)?;
        let (mut words, mut usual_sections) = (Words::new(), Vec::new());
        let mut own = Words::new();
        lang::flatten("", &spec.words, &mut own);
        // words that a user's older book.toml lacks come from the built-in one
        if let Ok((ours, our_origin)) = Profile::built_in().text(&format!("books/{base}/book.toml")) {
            let mut built_in = Words::new();
            let ours_spec = parse(&ours, &our_origin)?;
            lang::flatten("", &ours_spec.words, &mut built_in);
            usual_sections.extend(ours_spec.sections.book.into_iter().chain(ours_spec.sections.annex).filter(|s| s.each.is_none()).map(|s| s.anchor));
            Known::open(&built_in).check(&own, "words", &text, &origin)?;
            Known::closed(&pages(&ours)).check(&pages(&text), "page", &text, &origin)?;
            words = built_in;
            own = if text == ours { Words::new() } else { own };
        }
        words.extend(changed);
        words.extend(own);
        let book = Book { name: base, spec, lines: BookLines::of(&text, &origin), usual_sections, words, folder, profile: profile.clone() };
        sections::agree(&book)?;
        Ok(book)
    }

    /// A file of the book, and where it came from.
    ///
    /// # Errors
    /// When no layer has it or it cannot be read.
    pub(super) fn text(&self, file: &str) -> Result<(String, String)> {
        read(&self.profile, self.folder.as_deref(), &self.name, file)
    }

    /// Names of all files of the book.
    pub(super) fn files(&self) -> Vec<String> {
        self.profile.list(&format!("books/{}", self.name))
    }

    /// A word: `[words]` of the book, else of its language; the key itself when there is none.
    pub(super) fn word<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).map(String::as_str).or_else(|| lang::words(self.spec.book.language).find(key)).unwrap_or(key)
    }

    /// The word if there is one.
    pub(super) fn find(&self, key: &str) -> Option<&str> {
        self.words.get(key).map(String::as_str).or_else(|| lang::words(self.spec.book.language).find(key))
    }

    /// The word with its places filled.
    pub(super) fn fill(&self, key: &str, params: &[(&str, &str)]) -> String {
        lang::fill(self.word(key), params)
    }

    /// The word for a number of things, `{n}` filled: where a language says one thing otherwise, its word is `<key>-one`.
    pub(super) fn counted(&self, key: &str, n: usize, params: &[(&str, &str)]) -> String {
        let one = format!("{key}-one");
        let word = if n == 1 { self.find(&one) } else { None };
        let n = n.to_string();
        let all: Vec<(&str, &str)> = params.iter().copied().chain([("n", n.as_str())]).collect();
        lang::fill(word.unwrap_or_else(|| self.word(key)), &all)
    }

    /// Words around page numbers.
    pub(super) fn page_words(&self) -> PageWords {
        let p = self.spec.page.clone();
        PageWords {
            book: p.book,
            book_range: p.book_range,
            annex: p.annex,
            annex_range: p.annex_range,
            to_book: p.to_book,
            to_annex: p.to_annex,
            to_annex_range: p.to_annex_range,
            book_foot: p.book_foot,
            annex_foot: p.annex_foot,
            annex_label: p.annex_label,
            slice: p.slice,
            // words of the language, so that a book made before there were volumes goes on working
            volume: self.word("volume").to_owned(),
            volumes: self.word("volumes").to_owned(),
            volume_entry: self.word("volume-entry").to_owned(),
            volumes_between: self.word("volumes-between").to_owned(),
        }
    }

    /// Colours and sizes.
    ///
    /// # Errors
    /// When a colour is not `#rrggbb` or a size is out of range.
    pub(super) fn theme(&self) -> Result<Theme> {
        let (text, origin) = self.text("book.toml")?;
        self.spec.theme.theme(&text, &origin)
    }
}
