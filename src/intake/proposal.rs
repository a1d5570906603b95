//! A table that no layout knows but that looks like orders, waybills or a bill: which `[[columns]]` block would read it. The block is shown with the
//! finding `table-unknown` for the seller to check and paste; it is never applied by itself.

use super::columns;
use super::layout::{Head, Layout};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::model::file::{FileEntry, Kind};
use crate::model::record::Table;
use crate::profile::Profile;
use crate::text::ids::{clean_id, clean_waybill};
use crate::text::width::narrow;
use indexmap::IndexMap;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Rows whose values are looked at.
const ROWS: usize = 50;
/// What a stock table can hold.
const STOCK_FIELDS: [&str; 20] = [
    "main_order_id",
    "order_id",
    "sub_order_id",
    "tracking_no",
    "carrier",
    "document",
    "date",
    "movement",
    "status",
    "sku",
    "title",
    "attributes",
    "quantity",
    "quantity_in",
    "quantity_out",
    "booked",
    "counted",
    "warehouse",
    "remark",
    "shipped_at",
];
/// Words of a notice's table: the notice is read elsewhere.
const NOTICE_WORDS: [&str; 4] = ["违规", "处罚", "申诉", "violation"];

/// Words of heads: templates/column-words.toml.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnWords {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "trust")]
    _trust: String,
    words: IndexMap<String, Vec<String>>,
}

impl ColumnWords {
    /// Reads the data file.
    pub(super) fn load(profile: &Profile) -> Result<Self> {
        let (text, origin) = profile.text("column-words.toml")?;
        toml::from_str(&text).map_err(|e| {
            Error::new(format!("{origin} 写错了：{}", e.message()), format!("{origin} is wrong: {}", e.message())).hint(e.to_string(), e.to_string())
        })
    }

    /// The field of the longest word that a head holds.
    fn field(&self, head: &str) -> Option<&str> {
        let head = narrow(head).to_lowercase().replace(['-', '_'], " ");
        let held = self.words.iter().flat_map(|(field, words)| words.iter().map(move |w| (field, w))).filter(|(_, w)| head.contains(w.as_str()));
        // of equally long ones the first of the file
        held.rev().max_by_key(|(_, w)| w.chars().count()).map(|(field, _)| field.as_str())
    }
}

/// The finding with the block, when the table looks like one that matters, or its name says so (`named`).
pub(super) fn propose(table: &Table, entry: &FileEntry, named: Option<Kind>, layouts: &[Layout], words: &ColumnWords) -> Option<Finding> {
    if table.rows.is_empty() || table.header.iter().any(|h| NOTICE_WORDS.iter().any(|w| h.to_lowercase().contains(w))) {
        return None;
    }
    let mut map: Vec<(String, String)> = Vec::new();
    let mut unused: Vec<&str> = Vec::new();
    let known = known_heads(layouts);
    for (column, head) in table.header.iter().enumerate().filter(|(_, h)| !h.is_empty()) {
        let by_head = known.get(&Head::plain(head)).map(String::as_str).or_else(|| words.field(head));
        let field = by_values(table, column, by_head).filter(|f| !map.iter().any(|(taken, _)| taken == f));
        match field {
            Some(field) if !map.iter().any(|(_, h)| h == head) => map.push((field.to_owned(), head.clone())),
            _ => unused.push(head),
        }
    }
    if let Some(kind @ (Kind::StockOut | Kind::StockCount)) = named {
        return stock(kind, map, &unused, entry);
    }
    let has = |field: &str| map.iter().any(|(f, _)| f == field);
    if map.len() < 2 || !(has("order_id") || has("sub_order_id") || has("tracking_no")) {
        return None;
    }
    let (kind, ..) = columns::meant(&map, None);
    let (variant, wanted): (_, &[&str]) = match kind {
        Kind::TrackingList => ("tracking", &["order_id", "tracking_no", "carrier"]),
        Kind::CourierBill => ("bill", &["tracking_no", "weight", "fee", "shipped_at"]),
        // a waybill and nothing that names an order: a bill without weights helps nobody
        Kind::OrderRecord if !has("order_id") && !has("sub_order_id") => return None,
        Kind::OrderRecord => ("orders", &["order_id", "tracking_no", "buyer", "paid_at", "amount"]),
        _ => ("other", &[]),
    };
    Some(finding(variant, wanted, &map, &unused, entry))
}

/// A stock table by its name. It is told even when little of it is understood: the seller counts on what it holds. `None` for a list without numbers.
fn stock(kind: Kind, mut map: Vec<(String, String)>, unused: &[&str], entry: &FileEntry) -> Option<Finding> {
    let (variant, wanted): (_, &[&str]) = match kind {
        Kind::StockCount => ("count", &["sku", "booked", "counted", "date"]),
        _ => ("stock", &["document", "order_id", "sku", "quantity_out", "date"]),
    };
    // a head of many meanings (类型) may have been taken for a field of chats or payments
    let (kept, other): (Vec<_>, Vec<_>) = map.into_iter().partition(|(field, _)| STOCK_FIELDS.contains(&field.as_str()));
    map = kept;
    let unused: Vec<&str> = unused.iter().copied().chain(other.iter().map(|(_, head)| head.as_str())).collect();
    // a list of goods or addresses may lie in the same folder
    if !map.iter().any(|(f, _)| matches!(f.as_str(), "quantity" | "quantity_in" | "quantity_out" | "booked" | "counted")) {
        return None;
    }
    // the fields must make a stock table of it
    if columns::meant(&map, None).0 != kind {
        let field = if kind == Kind::StockCount { "counted" } else { "quantity_out" };
        map.iter_mut().filter(|(f, _)| f == "quantity").for_each(|(f, _)| field.clone_into(f));
    }
    Some(finding(variant, wanted, &map, &unused, entry))
}

fn finding(variant: &'static str, wanted: &[&str], map: &[(String, String)], unused: &[&str], entry: &FileEntry) -> Finding {
    let has = |field: &str| map.iter().any(|(f, _)| f == field || (field == "quantity_out" && f == "quantity"));
    let missing: Vec<&str> = wanted.iter().copied().filter(|f| !has(f)).collect();
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let pairs: Vec<String> = map.iter().map(|(field, head)| format!("{field} = {}", quoted(head))).collect();
    let block = format!("[[columns]]\nfile = {}\nmap = {{ {} }}", quoted(&entry.path), pairs.join(", "));
    let list = |names: &[&str]| if names.is_empty() { "-".to_owned() } else { names.join(", ") };
    let finding = Finding::new(Code::TableUnknown).variant(variant).file(entry.id).with("file", &entry.path);
    finding.with("block", block).with("unused", list(unused)).with("missing", list(&missing))
}

/// Heads of all layouts with the field that most of them mean.
fn known_heads(layouts: &[Layout]) -> BTreeMap<String, String> {
    let mut votes: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    for (field, head) in layouts.iter().flat_map(Layout::heads) {
        *votes.entry(head.to_owned()).or_default().entry(field).or_default() += 1;
    }
    votes.into_iter().filter_map(|(head, fields)| Some((head, fields.into_iter().rev().max_by_key(|(_, n)| *n)?.0.to_owned()))).collect()
}

/// What the values say against the head's word: a field of numbers whose column holds none is not it, and a column of nothing but order numbers or waybills
/// is that, whatever its head.
fn by_values<'f>(table: &Table, column: usize, by_head: Option<&'f str>) -> Option<&'f str> {
    let values: Vec<&str> =
        (0..table.rows.len()).map(|row| table.cell(row, column)).filter_map(super::cells::bare).filter(|v| !super::cells::total_word(v)).take(ROWS).collect();
    let most = |fits: &dyn Fn(&str) -> bool| !values.is_empty() && values.iter().filter(|v| fits(v)).count() * 5 >= values.len() * 4;
    let order = |v: &str| {
        let id = clean_id(v);
        (15..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit())
    };
    let waybill = |v: &str| {
        let number = clean_waybill(v);
        let letters = number.bytes().take_while(u8::is_ascii_uppercase).count();
        (2..=4).contains(&letters) && number.len() >= 11 && number.bytes().skip(letters).all(|b| b.is_ascii_digit())
    };
    match by_head {
        Some("order_id" | "sub_order_id" | "main_order_id") if !most(&|v| super::cells::is_id(&clean_id(v))) => None,
        Some("tracking_no") if !most(&|v| v.bytes().filter(u8::is_ascii_digit).count() >= 6) => None,
        Some("amount" | "refund" | "quantity" | "price" | "weight" | "fee") if !most(&|v| crate::text::numbers::decimal(v).is_some()) => None,
        Some("created_at" | "paid_at" | "shipped_at" | "confirmed_at" | "date" | "end_date") if !most(&|v| v.bytes().any(|b| b.is_ascii_digit())) => None,
        Some(field) => Some(field),
        None if most(&order) => Some("order_id"),
        None if most(&waybill) => Some("tracking_no"),
        None => None,
    }
}
