//! Which sections a book has and makes, and under which anchors they are referred to.

use super::book::{Book, SectionSpec};
use crate::error::{Error, Result};
use crate::text::nearest::nearest;
use minijinja::value::{Enumerator, Object, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Under this name templates ask whether orders have sections of their own.
pub(super) const ORDER: &str = "order";

/// `sections` of templates: anchor → is it made. A section that a changed book left out is not made; what is nearly a known name is a slip of the pen.
#[derive(Debug)]
struct Made {
    made: BTreeMap<String, bool>,
    usual: Vec<String>,
}

impl Object for Made {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        if let Some(made) = self.made.get(name) {
            return Some(Value::from(*made));
        }
        let known = || self.made.keys().chain(&self.usual).map(String::as_str);
        (known().any(|k| k == name) || nearest(name, known()).is_none()).then(|| Value::from(false))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let names: BTreeSet<&String> = self.made.keys().chain(&self.usual).collect();
        Enumerator::Values(names.into_iter().map(|n| Value::from(n.as_str())).collect())
    }
}

/// The value `sections`; `usual` are the anchors of the built-in book.
pub(super) fn value(made: &BTreeMap<String, bool>, usual: &[String]) -> Value {
    Value::from_object(Made { made: made.clone(), usual: usual.to_vec() })
}

/// Where a section stands in book.toml: part and place.
fn place(book: &Book, spec: &SectionSpec) -> (&'static str, usize) {
    let at = |list: &[SectionSpec]| list.iter().position(|s| std::ptr::eq(s, spec));
    let sections = &book.spec.sections;
    at(&sections.book).map(|i| ("book", i)).or_else(|| at(&sections.annex).map(|i| ("annex", i))).unwrap_or(("book", 0))
}

fn wrong(book: &Book, spec: &SectionSpec, zh: &str, en: &str) -> Error {
    let (part, at) = place(book, spec);
    let (origin, line) = (&book.lines.origin, book.lines.of_section(part, at, "anchor"));
    Error::new(format!("{origin} 第 {line} 行：anchor = \"{}\" {zh}", spec.anchor), format!("{origin}, line {line}: anchor = \"{}\" {en}", spec.anchor))
        .hint("改好 book.toml 后再运行", "correct book.toml and run again")
}

/// Holds the anchors of the sections that were made against each other, and against what orders and exhibits are referred to by.
///
/// # Errors
/// One that is empty or taken; sections for each order of which none bears the orders' own anchors.
pub(super) fn check(book: &Book, made: &[(&SectionSpec, &str)], orders: &[String], exhibits: &BTreeSet<String>) -> Result<()> {
    let mut seen: BTreeMap<&str, &SectionSpec> = BTreeMap::new();
    for (spec, anchor) in made {
        if anchor.trim().is_empty() {
            return Err(wrong(book, spec, "是空的，这一节没有办法引用", "is empty: nothing can refer to the section"));
        }
        match seen.insert(anchor, spec) {
            Some(other) if std::ptr::eq(other, *spec) => {
                return Err(wrong(
                    book,
                    spec,
                    "对每笔订单都一样，引用会都指到第一笔；写成 order-{{ order.g }}",
                    "is the same for every order, so that all references lead to the first; write order-{{ order.g }}",
                ));
            }
            Some(other) => return Err(taken(book, spec, other)),
            None if exhibits.contains(*anchor) => return Err(wrong(book, spec, "是一件证据的引用名，换一个", "is the name of an exhibit; take another")),
            None => {}
        }
    }
    let each = made.iter().find(|(spec, _)| spec.each.is_some());
    if let Some((spec, _)) = each
        && !orders.iter().all(|order| seen.get(order.as_str()).is_some_and(|s| s.each.is_some()))
    {
        return Err(wrong(
            book,
            spec,
            "不是订单被引用的名字：总表、理由和页码都按 order-{{ order.g }} 找每笔订单，照这样写",
            "is not what orders are referred to by: tables, reasons and pages look for order-{{ order.g }}; write that",
        ));
    }
    Ok(())
}

/// What can be said of the sections before any is made: two under one anchor, and `when` where it would be asked for nothing.
///
/// # Errors
/// There are such; with their lines.
pub(super) fn agree(book: &Book) -> Result<()> {
    let mut seen: BTreeMap<&str, &SectionSpec> = BTreeMap::new();
    for spec in book.spec.sections.book.iter().chain(&book.spec.sections.annex) {
        // tables, reasons and page numbers refer to every argued order
        if spec.each.is_some() && spec.when.is_some() {
            let (part, at) = place(book, spec);
            let (origin, line) = (&book.lines.origin, book.lines.of_section(part, at, "when"));
            return Err(Error::new(
                format!("{origin} 第 {line} 行：有 each 的一节不能有 when，每笔订单都要有自己的一节"),
                format!("{origin}, line {line}: a section with each can have no when; every order needs its own"),
            )
            .hint(
                "删掉 when；要按订单增减内容，在这一节的模板里写 {% if %}",
                "take when out; what depends on the order goes into its template, with {% if %}",
            ));
        }
        if let Some(other) = seen.insert(&spec.anchor, spec) {
            return Err(taken(book, spec, other));
        }
    }
    Ok(())
}

fn taken(book: &Book, spec: &SectionSpec, other: &SectionSpec) -> Error {
    let (part, at) = place(book, other);
    let line = book.lines.of_section(part, at, "anchor");
    wrong(book, spec, &format!("已经是第 {line} 行那一节的引用名，换一个"), &format!("is the anchor of the section on line {line} already; take another"))
}
