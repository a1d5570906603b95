//! Table layouts (templates/layouts/*.toml): which head words tell a table, which column is which field. The code knows no platform's heads.

use crate::error::{Error, Result};
use crate::model::file::Kind;
use crate::model::reading::Reading;
use crate::model::record::CauseKind;
use crate::profile::Profile;
use crate::text::ids::clean_id;
use crate::text::nearest::nearest;
use crate::text::toml_lines;
use crate::text::width::narrow;
use indexmap::IndexMap;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How the rows of a table are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Reads {
    Orders,
    OrderLines,
    Tracking,
    Bill,
    StockMovements,
    StockCounts,
    Causes,
    Invoices,
    Payments,
    Chats,
}

/// Which sign of a quantity leaves the warehouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Leaves {
    /// Every row leaves, whatever its sign (outbound lists; some ERPs write them negative).
    #[default]
    Always,
    /// Every row comes in.
    Never,
    /// A change of stock: below zero leaves.
    Negative,
    /// The words of the movement's kind tell it.
    Words,
    /// From one shelf or warehouse to another: nothing leaves, nothing comes in.
    Between,
    /// The two places tell it: to a place outside leaves, from one comes in.
    Locations,
}

/// A table layout.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Layout {
    /// Name, equal to the file's.
    pub id: String,
    /// Kind of file.
    pub kind: Kind,
    /// How rows are read.
    pub reads: Reads,
    /// Which layout wins where several fit; higher first.
    pub rank: u32,
    /// Where the heads are known from, and how far that is to be trusted.
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "trust")]
    _trust: String,
    /// Kind of cause, for `reads = "causes"`.
    #[serde(default)]
    pub cause: Option<CauseKind>,
    /// Sign of quantities, for stock movements.
    #[serde(default)]
    pub leaves: Leaves,
    /// Words of a movement that leaves, for `leaves = "words"`.
    #[serde(default)]
    pub leaving: Vec<String>,
    /// Words of cells that mean something: `in` and `out` of a payment list; `seller`, `buyer`, `system` of a chat; `done`, `cancelled`, `outside`
    /// (places that are not ours), `entering` (a movement that comes in although it names one that leaves) and `opening` (a row of the balance carried over) of stock movements.
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    /// Heads that must all be there.
    #[serde(default)]
    needs: Vec<Word>,
    /// Groups of heads of which some must be there.
    #[serde(default)]
    any: Vec<Any>,
    /// Heads that must not be there.
    #[serde(default)]
    without: Vec<Word>,
    /// What is peculiar to its cells.
    #[serde(default)]
    pub reading: Reading,
    /// Field → heads, the preferred first. Several may be there: the first filled cell of a row counts.
    columns: IndexMap<String, Vec<Word>>,
}

/// A head of the data, made comparable once: a table is held against some thirty layouts row by row. `*word*` means: the head holds the word.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
struct Word {
    plain: String,
    part: bool,
}

impl From<String> for Word {
    fn from(head: String) -> Self {
        match head.strip_prefix('*').and_then(|h| h.strip_suffix('*')) {
            Some(part) => Word { plain: plain(part), part: true },
            None => Word { plain: plain(&head), part: false },
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Any {
    of: Vec<Word>,
    #[serde(default = "one")]
    least: usize,
}

fn one() -> usize {
    1
}

impl Layout {
    /// A layout of the user's own words (`[[columns]]`).
    pub(super) fn of_user(kind: Kind, reads: Reads, cause: Option<CauseKind>, map: &[(String, String)]) -> Self {
        Layout {
            id: "columns".to_owned(),
            kind,
            reads,
            rank: u32::MAX,
            _source: String::new(),
            _trust: String::new(),
            cause,
            leaves: Leaves::Always,
            leaving: Vec::new(),
            words: BTreeMap::new(),
            needs: map.iter().map(|(_, head)| Word::from(head.clone())).collect(),
            any: Vec::new(),
            without: Vec::new(),
            reading: Reading::default(),
            columns: map.iter().map(|(field, head)| (field.clone(), vec![Word::from(head.clone())])).collect(),
        }
    }

    /// Is a cell one of the words that mean `what`? Blanks, case and width do not matter.
    pub(super) fn says(&self, what: &str, cell: &str) -> bool {
        let cell = plain(cell);
        !cell.is_empty() && self.words.get(what).into_iter().flatten().any(|w| plain(w) == cell)
    }

    /// Does a cell hold one of the words that mean `what`?
    pub(super) fn holds(&self, what: &str, cell: &str) -> bool {
        let cell = plain(cell);
        self.words.get(what).into_iter().flatten().any(|w| cell.contains(&plain(w)))
    }

    /// Has the layout words that mean `what`?
    pub(super) fn knows(&self, what: &str) -> bool {
        self.words.get(what).is_some_and(|w| !w.is_empty())
    }

    /// Every field with each head it has, made comparable.
    pub(super) fn heads(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns.iter().flat_map(|(field, heads)| heads.iter().map(move |h| (field.as_str(), h.plain.as_str())))
    }

    /// The fields of a head row, if it is of this layout.
    pub(super) fn fit(&self, head: &Head) -> Option<Fields> {
        let fits = self.needs.iter().all(|w| head.position(w).is_some())
            && self.any.iter().all(|g| g.of.iter().filter(|w| head.position(w).is_some()).count() >= g.least)
            && !self.without.iter().any(|w| head.position(w).is_some());
        fits.then(|| {
            let mut columns: Fields = Vec::new();
            for (field, heads) in &self.columns {
                for at in heads.iter().filter_map(|w| head.position(w)) {
                    if !columns.iter().any(|(f, c)| f == field && *c == at) {
                        columns.push((field.clone(), at));
                    }
                }
            }
            columns
        })
    }
}

/// All layouts, the higher rank first.
///
/// # Errors
/// A file of a case's own that is no layout, names fields that do not exist, or would not be read; with file and line.
pub(super) fn load(profile: &Profile) -> Result<Vec<Layout>> {
    let fields: Vec<String> = super::fields(profile)?.into_iter().map(|f| f.name).collect();
    let mut layouts = Vec::new();
    for name in profile.list("layouts") {
        let path = format!("layouts/{name}");
        let Some(id) = name.strip_suffix(".toml") else {
            if super::walk::left_out(&name, &[]).is_some() {
                continue;
            }
            let origin = profile.origin(&path);
            return Err(Error::new(
                format!("{origin} 不会起作用：layouts 里的表格格式文件名要以 .toml 结尾"),
                format!("{origin} has no effect: layouts are files whose name ends in .toml"),
            )
            .hint("改成 .toml 结尾，或移出这个文件夹", "let its name end in .toml, or move it out of this folder"));
        };
        let (text, origin) = profile.text(&path)?;
        let layout: Layout = toml::from_str(&text).map_err(|e| wrong(&origin, toml_lines::of_error(&text, &e), e.message(), e.message()))?;
        layout.check(id, &fields, &text, &origin)?;
        layouts.push(layout);
    }
    layouts.sort_by(|a, b| (b.rank, &a.id).cmp(&(a.rank, &b.id)));
    Ok(layouts)
}

fn wrong(origin: &str, line: usize, zh: &str, en: &str) -> Error {
    Error::new(format!("{origin} 第 {line} 行：{zh}"), format!("{origin}, line {line}: {en}"))
        .hint("改好这个文件再运行；字段名见 appealpack explain columns", "correct the file and run again; `appealpack explain columns` lists the fields")
}

impl Layout {
    /// Holds a layout against its file's name and the fields there are.
    fn check(&self, id: &str, fields: &[String], text: &str, origin: &str) -> Result<()> {
        if self.id != id {
            let line = toml_lines::of_key(text, "", "id");
            return Err(wrong(
                origin,
                line,
                &format!("id = \"{}\" 和文件名不同，应为 {id}", self.id),
                &format!("id = \"{}\" differs from the file's name: {id}", self.id),
            ));
        }
        if let Some(name) = self.columns.keys().find(|name| !fields.contains(name)) {
            let line = toml_lines::of_key(text, "columns", name);
            let near = nearest(name, fields.iter().map(String::as_str));
            let (zh, en) = near.map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")));
            return Err(wrong(origin, line, &format!("[columns] 里没有叫 {name} 的字段{zh}"), &format!("there is no field {name} under [columns]{en}")));
        }
        let lists = self.reading.lists.iter().flat_map(|l| &l.fields).map(|f| ("lists", f));
        let mut named = self.reading.joined.iter().map(|f| ("joined", f)).chain(self.reading.fill_down.iter().map(|f| ("fill-down", f))).chain(lists);
        if let Some((key, name)) = named.find(|(_, name)| !self.columns.contains_key(*name)) {
            let line = toml_lines::of_key(text, "reading", key);
            let near = nearest(name, self.columns.keys().map(String::as_str));
            let (zh, en) = near.map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")));
            return Err(wrong(
                origin,
                line,
                &format!("[reading] 的 {key} 里的 {name} 不在 [columns] 里{zh}"),
                &format!("{name} in {key} of [reading] is not under [columns]{en}"),
            ));
        }
        Ok(())
    }
}

/// Field name → column, the preferred of a field first.
pub(super) type Fields = Vec<(String, usize)>;

/// A row of cells as a head: compared after NFKC, without blanks, wrapping and notes in brackets.
#[derive(Debug)]
pub(super) struct Head {
    names: Vec<String>,
}

impl Head {
    /// Reads a row.
    pub(super) fn new<'a>(cells: impl IntoIterator<Item = &'a str>) -> Self {
        Head { names: cells.into_iter().map(plain).collect() }
    }

    /// A head for comparing.
    pub(super) fn plain(head: &str) -> String {
        plain(head)
    }

    /// The first column with this head. `*word*` means: the head holds the word.
    pub(super) fn find(&self, head: &str) -> Option<usize> {
        self.position(&Word::from(head.to_owned()))
    }

    fn position(&self, word: &Word) -> Option<usize> {
        self.names.iter().position(|name| if word.part { name.contains(&word.plain) } else { *name == word.plain })
    }
}

/// A head for comparing: `tracking-number` = `tracking_number` = `Tracking number`, `Invoice No.` = `Invoice No`, `收货地址 ` = `收货地址`, `货品总价(元)` = `货品总价`, `="订单编号"` = `订单编号`.
fn plain(head: &str) -> String {
    let narrowed = narrow(&clean_id(head)).to_lowercase();
    let mut depth = 0_usize;
    let bare: String = narrowed
        .chars()
        .filter(|c| {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' if depth > 0 => {
                    depth -= 1;
                    return false;
                }
                _ => {}
            }
            depth == 0 && !c.is_whitespace() && !matches!(c, '-' | '_')
        })
        .collect();
    // `Invoice No.` = `Invoice No`
    let bare = bare.trim_end_matches('.').to_owned();
    if bare.is_empty() { narrowed.split_whitespace().collect() } else { bare }
}

/// The first of the rows that is a known head: its index, the layout, the fields.
pub(super) fn detect<'l>(layouts: &'l [Layout], rows: &[Vec<String>]) -> Option<(usize, &'l Layout, Fields)> {
    rows.iter().enumerate().find_map(|(at, cells)| {
        let head = Head::new(cells.iter().map(String::as_str));
        layouts.iter().find_map(|layout| layout.fit(&head).map(|columns| (at, layout, columns)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_compare_without_blanks_notes_and_wrapping() {
        for head in ["收货地址 ", "收货地址（必填）", "=\"收货地址\"", "\u{feff}收货地址", "收 货 地 址", "收货地址(元)[1]"] {
            assert_eq!(plain(head), "收货地址", "{head:?}");
        }
        assert_eq!(plain("Order ID"), "orderid");
        assert_eq!(plain("（元）"), "(元)");
    }

    #[test]
    fn every_layout_loads_is_named_like_its_file_and_uses_known_fields() {
        let profile = Profile::built_in();
        let layouts = load(&profile).unwrap();
        assert!(layouts.len() >= 15, "{}", layouts.len());
        for layout in &layouts {
            let reading = &layout.reading;
            assert!(reading.month_first_countries.is_empty() || layout.columns.contains_key("country"), "{}", layout.id);
            assert!(reading.currency.as_ref().is_none_or(|c| c == "none" || c.len() == 3), "{}", layout.id);
            assert_eq!(layout.reads == Reads::Causes, layout.cause.is_some(), "{}", layout.id);
        }
    }
}
