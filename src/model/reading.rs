//! What is peculiar to an export in how its cells are read. The keys of `[reading]` in templates/layouts/*.toml; docs/layouts.md tells each with an example.

use serde::Deserialize;

/// The peculiarities of one layout, and what was decided of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Reading {
    /// Fields whose columns are parts of one value (province, city, street) and are joined by blanks; of other fields the first filled column counts.
    pub joined: Vec<String>,
    /// Fields whose blank cells mean the value above, as exports with merged cells leave them.
    pub fill_down: Vec<String>,
    /// Fields whose cells list the values of several lines, and what parts them.
    pub lists: Option<Lists>,
    /// What a waybill cell holds.
    pub tracking_cell: TrackingCell,
    /// The row below the head describes the columns and is no order.
    pub description_row: bool,
    /// The order number begins with the day it was placed on.
    pub date_from_id: Option<IdDate>,
    /// Order of day and month in dates like 03/04/2026. By the table's own data where nothing is said.
    pub dates: Option<DayOrder>,
    /// Values of the `country` column whose exports write the month first; others write the day first.
    pub month_first_countries: Vec<String>,
    /// Beginnings of enciphered values: these are no names, phones or addresses.
    pub cipher: Vec<String>,
    /// Pieces that were sold may be written below zero, as what leaves the stock.
    pub pieces_leave: bool,
    /// Each row of an order tells a part of what was paid; elsewhere it is told once or repeated.
    pub amount_per_row: bool,
    /// ISO 4217 letters of amounts without a sign and without a `currency` column; `none` where the export does not tell. Else CNY.
    pub currency: Option<String>,
    /// Times without an offset are local to a place that the export does not name; elsewhere they are China's.
    pub local_times: bool,
    /// Decided when a table is read: fields whose every cell is a midnight, as a spreadsheet writes days when it saves them as text.
    #[serde(skip)]
    pub day_fields: Vec<String>,
    /// Decided when a table is read: for each row the row that its blank cells repeat. Empty without `fill-down`.
    #[serde(skip)]
    pub above: Vec<u32>,
}

/// Cells that hold the values of several lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lists {
    /// What parts them.
    pub separator: char,
    /// The fields that do so.
    pub fields: Vec<String>,
}

/// What a waybill cell holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrackingCell {
    /// Numbers, with words behind one at most.
    #[default]
    Numbers,
    /// Number and carrier in either order (`SF139…-顺丰速运`, `圆通速递 YT75…`), parcels parted by `,` `;` or a line end.
    WithCarrier,
}

/// How an order number tells its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum IdDate {
    /// `260401-…`
    #[serde(rename = "yymmdd-")]
    ShortYear,
    /// `20260401-…`
    #[serde(rename = "yyyymmdd-")]
    LongYear,
}

/// Order of day and month before a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayOrder {
    /// 25/12/2026
    DayFirst,
    /// 12/25/2026
    MonthFirst,
}
