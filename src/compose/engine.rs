//! The template engine: MiniJinja with limits, strict about unknown names, every value escaped for Markdown.

use super::book::Book;
use super::book_lines::BookLines;
use super::functions;
use super::shown::shown;
use super::tokens::{Tokens, escape, has_token, mark, mark_lines};
use crate::error::{Error, Result};
use crate::model::Lang;
use crate::model::file::Kind;
use crate::profile::is_missing;
use crate::text::nearest::nearest;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

/// Instructions one template may run: 500 orders with twenty values each need about 200,000; an endless loop stops after a second.
const FUEL: u64 = 20_000_000;

/// The engine's own filters, for "did you mean".
const FILTERS: [&str; 44] = [
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "default",
    "dictsort",
    "escape",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "pprint",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "trim",
    "unique",
    "upper",
];

/// What functions need to know of an exhibit.
#[derive(Debug, Clone)]
pub(super) struct Brief {
    pub number: String,
    pub anchor: String,
    pub kind: Kind,
    /// Can be shown as a picture in the book.
    pub figure: bool,
    /// Its only order, for the limit of pictures an order.
    pub order: Option<usize>,
}

/// A template file that was read.
#[derive(Debug, Clone)]
pub(super) struct SourceFile {
    /// Its name in the book.
    pub name: String,
    /// Its path, for messages.
    pub origin: String,
    /// As it was written, to find lines in.
    pub text: String,
}

/// The name under which the short templates of `book.toml` run.
pub(super) const BOOK_FILE: &str = "book.toml";

/// What functions share: they outlive the borrow of the case, so they hold copies.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub tokens: Tokens,
    /// The templates in the order of first use; marks count in it.
    pub files: Mutex<Vec<SourceFile>>,
    /// Every anchor that can be referred to.
    pub anchors: BTreeSet<String>,
    /// Anchors of orders that no section bears.
    pub unplaced: BTreeSet<String>,
    pub exhibits: Vec<Brief>,
    /// Exhibits that the book shows as pictures.
    pub claims: Mutex<BTreeSet<usize>>,
    /// The annex is being made: pictures can no longer be claimed.
    pub annex: AtomicBool,
    /// Argued orders that have a finding of a code.
    pub found: BTreeMap<&'static str, usize>,
    /// Words that functions print.
    pub words: BTreeMap<&'static str, String>,
}

impl Shared {
    /// The templates, index for index with marks.
    pub(super) fn sources(&self) -> Vec<SourceFile> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn register(&self, name: &str, origin: &str, text: &str) -> usize {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.push(SourceFile { name: name.to_owned(), origin: origin.to_owned(), text: text.to_owned() });
        files.len() - 1
    }

    fn origin(&self, name: &str) -> String {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().find(|f| f.name == name).map_or_else(|| name.to_owned(), |f| f.origin.clone())
    }
}

/// The engine of one book.
pub(super) struct Engine {
    env: Environment<'static>,
    pub(super) shared: Arc<Shared>,
    names: Vec<String>,
    files: Vec<String>,
    lines: BookLines,
}

/// Parts the two languages of a message inside an engine's error.
const PART: char = '\u{1f}';

/// An error raised by a function of ours.
pub(super) fn refuse(zh: impl AsRef<str>, en: impl AsRef<str>) -> minijinja::Error {
    minijinja::Error::new(ErrorKind::InvalidOperation, format!("{}{PART}{}", zh.as_ref(), en.as_ref()))
}

/// The same for a name that does not exist: the nearest one is told with it.
pub(super) fn no_such_name(zh: impl AsRef<str>, en: impl AsRef<str>) -> minijinja::Error {
    minijinja::Error::new(ErrorKind::UndefinedError, format!("{}{PART}{}", zh.as_ref(), en.as_ref()))
}

/// An error that says itself where it is, with its next step.
fn whole(error: &Error) -> minijinja::Error {
    let parts = [Lang::ZhCn, Lang::En].map(|l| format!("{PART}{}{PART}{}", error.message(l), error.next_step(l)));
    minijinja::Error::new(ErrorKind::InvalidOperation, parts.concat())
}

impl Engine {
    /// Makes the engine of a book. `names` are the values that templates may use, for "did you mean".
    pub(super) fn new(book: &Book, shared: Shared) -> Engine {
        let shared = Arc::new(shared);
        let mut env = Environment::new();
        env.set_fuel(Some(FUEL));
        env.set_debug(true);
        env.set_recursion_limit(50);
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        // a line that holds only a block tag leaves no line behind: Markdown reads empty lines
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            env.set_syntax(syntax);
        }
        env.set_auto_escape_callback(|name| if name.ends_with(".md.jinja") { AutoEscape::Custom("markdown".into()) } else { AutoEscape::None });
        env.set_formatter(|out, state, value| {
            let text = if value.is_none() { "—".to_owned() } else { shown(value)? };
            let raw = value.is_safe() || matches!(state.auto_escape(), AutoEscape::None);
            out.write_str(&if raw { text } else { escape(&text) }).map_err(|_| minijinja::Error::from(ErrorKind::WriteFailure))
        });
        let (source, register) = (book.clone(), shared.clone());
        env.set_loader(move |name| match source.text(name) {
            Ok((text, origin)) => {
                let index = register.register(name, &origin, &text);
                Ok(Some(match name {
                    n if n.ends_with(".md.jinja") => mark(&text, index),
                    n if n.ends_with(".txt.jinja") => mark_lines(&text, index),
                    _ => text,
                }))
            }
            Err(e) if is_missing(&e) => Ok(None),
            // there, but no text: said as it is, not as a file that is missing
            Err(e) => Err(whole(&e)),
        });
        functions::add(&mut env, &shared);
        Engine { env, shared, names: Vec::new(), files: book.files(), lines: book.lines.clone() }
    }

    /// Tells the engine which names templates may use.
    pub(super) fn learn(&mut self, context: &Value) {
        collect_names(context, 0, &mut self.names);
        self.names.extend(functions::NAMES.iter().map(|n| (*n).to_owned()));
        self.names.sort();
        self.names.dedup();
    }

    /// Runs a template file.
    ///
    /// # Errors
    /// With file, line and the nearest known name.
    pub(super) fn render(&self, file: &str, context: &Value) -> Result<String> {
        let template = self.env.get_template(file).map_err(|e| match e.kind() {
            // it is book.toml that names it
            ErrorKind::TemplateNotFound => self.no_such_file(file),
            _ => self.explain(&e, file, context, ""),
        })?;
        template.render(context).map_err(|e| self.explain(&e, file, context, ""))
    }

    fn no_such_file(&self, file: &str) -> Error {
        let (origin, line) = (&self.lines.origin, self.lines.of_text(file));
        let near = nearest(file, self.files.iter().map(String::as_str));
        let (zh, en) = near.map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")));
        Error::new(format!("{origin} 第 {line} 行：没有模板文件 {file}{zh}"), format!("{origin}, line {line}: there is no template file {file}{en}"))
            .hint("改好文件名，或加上这个文件", "correct the name, or add the file")
    }

    /// Runs a short template of `book.toml`.
    ///
    /// # Errors
    /// As [`Engine::render`].
    pub(super) fn line(&self, source: &str, context: &Value) -> Result<String> {
        let text = self.env.render_named_str(BOOK_FILE, source, context).map_err(|e| self.explain(&e, BOOK_FILE, context, source))?;
        if has_token(&text) {
            let (origin, line) = (&self.lines.origin, self.lines.of_text(source));
            return Err(Error::new(
                format!("{origin} 第 {line} 行：{source}：这里只能写文字，不能写页码、证据号和来源"),
                format!("{origin}, line {line}: {source}: only words can stand here, no pages, exhibits and sources"),
            )
            .hint("页码和证据号写进 .md.jinja 模板", "write pages and exhibits in .md.jinja templates"));
        }
        Ok(text)
    }

    /// Is an expression true.
    ///
    /// # Errors
    /// As [`Engine::render`].
    pub(super) fn test(&self, expression: &str, context: &Value) -> Result<bool> {
        let run = || self.env.compile_expression(expression)?.eval(context);
        run().map(|v| v.is_true()).map_err(|e| self.explain(&e, BOOK_FILE, context, expression))
    }

    /// `alone`: a line of book.toml that was run by itself, whose own lines say nothing; empty for a file.
    fn explain(&self, error: &minijinja::Error, asked: &str, context: &Value, alone: &str) -> Error {
        // the innermost cause knows the line that is wrong, the outer one only the include or call
        let mut inner = error;
        while let Some(next) = std::error::Error::source(inner).and_then(|s| s.downcast_ref::<minijinja::Error>()) {
            inner = next;
        }
        let name = inner.name().filter(|n| !n.starts_with('<')).unwrap_or(asked);
        let origin = self.shared.origin(name);
        let line = inner.line().unwrap_or(1);
        let snippet = inner.range().and_then(|r| inner.template_source()?.get(r)).filter(|s| !s.is_empty()).unwrap_or(alone);
        let detail = inner.detail().unwrap_or("");
        if let [_, zh, hint_zh, en, hint_en] = detail.split(PART).collect::<Vec<_>>().as_slice() {
            return Error::new(*zh, *en).hint(*hint_zh, *hint_en);
        }
        // a template of one order has names of its own
        let mut names = self.names.clone();
        collect_names(context, 0, &mut names);
        let known = |word: &str| names.iter().any(|n| n == word);
        let missing = quoted(detail).or_else(|| quoted(snippet)).unwrap_or(asked);
        // what stands in quotes is text, not names
        let bare: String = snippet.split(['"', '\'']).step_by(2).collect::<Vec<_>>().join(" ");
        let wanted = words_of(&bare).chain(words_of(detail)).find(|w| !known(w) && !KEYWORDS.contains(w));
        let (zh, en) = match (inner.kind(), detail.split_once(PART)) {
            (_, Some((zh, en))) => (zh.to_owned(), en.to_owned()),
            (ErrorKind::UndefinedError, _) => (format!("没有 {snippet} 这个值"), format!("there is no value {snippet}")),
            (ErrorKind::UnknownFunction, _) => {
                (format!("没有这个函数或组件：{}", wanted.unwrap_or(snippet)), format!("no such function or component: {}", wanted.unwrap_or(snippet)))
            }
            (ErrorKind::UnknownFilter, _) => (format!("没有这个过滤器：{detail}"), format!("no such filter: {detail}")),
            (ErrorKind::UnknownTest, _) => (format!("没有这个判断：{detail}"), format!("no such test: {detail}")),
            (ErrorKind::TemplateNotFound, _) => (format!("没有模板文件 {missing}"), format!("there is no template file {missing}")),
            (ErrorKind::SyntaxError, _) => (format!("语法写错了：{detail}"), format!("syntax error: {detail}")),
            (ErrorKind::OutOfFuel, _) => ("模板运行得太久，像是没有尽头的循环".to_owned(), "the template runs too long, like a loop without end".to_owned()),
            (kind, _) => (format!("运行出错：{kind} {detail}"), format!("{kind} {detail}")),
        };
        let near = match inner.kind() {
            ErrorKind::UndefinedError | ErrorKind::UnknownFunction => wanted.and_then(|w| nearest(w, names.iter().map(String::as_str))),
            ErrorKind::UnknownFilter => words_of(detail).filter(|w| !["filter", "is", "unknown"].contains(w)).find_map(|w| nearest(w, FILTERS)),
            ErrorKind::TemplateNotFound => nearest(missing, self.files.iter().map(String::as_str)),
            _ => None,
        };
        let (more_zh, more_en) = near.map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")));
        let (at_zh, at_en) = match alone {
            "" => (format!("{origin} 第 {line} 行"), format!("{origin}, line {line}")),
            alone => {
                let (origin, line) = (&self.lines.origin, self.lines.of_text(alone));
                (format!("{origin} 第 {line} 行（{alone}）"), format!("{origin}, line {line} ({alone})"))
            }
        };
        Error::new(format!("{at_zh}：{zh}{more_zh}"), format!("{at_en}: {en}{more_en}")).hint("改好模板后再运行", "correct the template and run again")
    }
}

/// Words of the template language, which are no names.
const KEYWORDS: [&str; 12] = ["is", "unknown", "in", "if", "else", "for", "not", "and", "or", "defined", "none", "true"];

/// What stands in quotes first.
fn quoted(text: &str) -> Option<&str> {
    text.split(['"', '\'']).nth(1).filter(|t| !t.is_empty())
}

/// Identifiers in a piece of template.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| w.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_'))
}

fn collect_names(value: &Value, depth: u8, into: &mut Vec<String>) {
    if depth > 3 {
        return;
    }
    match value.kind() {
        ValueKind::Map => {
            for key in value.try_iter().into_iter().flatten() {
                if let Ok(inner) = value.get_item(&key) {
                    collect_names(&inner, depth + 1, into);
                }
                into.push(key.to_string());
            }
        }
        ValueKind::Seq => {
            if let Some(first) = value.try_iter().ok().and_then(|mut i| i.next()) {
                collect_names(&first, depth + 1, into);
            }
        }
        _ => {}
    }
}
