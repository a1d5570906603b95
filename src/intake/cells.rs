//! Reading cells by field name: takes off what exports wrap around values, picks the first filled column of a field, and follows the layout's peculiarities.

use crate::model::Time;
use crate::model::ids::OrderId;
use crate::model::money::Money;
use crate::model::reading::{DayOrder, IdDate, Reading, TrackingCell};
use crate::model::record::Table;
use crate::text::{dates, ids, numbers, western};
use chrono::NaiveTime;
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Fields that hold dates.
const DATE_FIELDS: [&str; 8] = ["created_at", "paid_at", "shipped_at", "confirmed_at", "picked_up_at", "signed_at", "date", "end_date"];

/// A table with its fields and how its cells are read.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub table: &'a Table,
    pub columns: &'a [(String, usize)],
    pub reading: &'a Reading,
}

impl<'a> View<'a> {
    /// Columns of a field, the preferred first.
    pub(super) fn columns_of(&self, field: &str) -> impl Iterator<Item = usize> + use<'a, '_> {
        let field = field.to_owned();
        self.columns.iter().filter(move |(f, _)| *f == field).map(|(_, c)| *c)
    }

    /// Has the table this field.
    pub(super) fn has(&self, field: &str) -> bool {
        self.columns.iter().any(|(f, _)| f == field)
    }

    /// The first filled cell of a field, without wrapping; the text of `="…"` is what stands in the quotes. A blank cell of a field that is filled down is
    /// the cell above; an enciphered value is none.
    pub(super) fn text(&self, row: usize, field: &str) -> Option<&'a str> {
        self.own(row, field).or_else(|| {
            let above = self.above(row).filter(|_| self.reading.fill_down.iter().any(|f| f == field))?;
            self.own(above, field)
        })
    }

    fn own(&self, row: usize, field: &str) -> Option<&'a str> {
        self.columns.iter().filter(|(f, _)| f == field).find_map(|(_, c)| bare(self.table.cell(row, *c))).filter(|text| !self.is_cipher(text))
    }

    fn is_cipher(&self, text: &str) -> bool {
        self.reading.cipher.iter().any(|mark| text.starts_with(mark.as_str()))
    }

    /// Every filled cell of a field.
    pub(super) fn each(&self, row: usize, field: &str) -> impl Iterator<Item = &'a str> {
        let cells = self.columns_of(field).filter_map(|column| bare(self.table.cell(row, column))).collect::<Vec<&'a str>>();
        cells.into_iter().filter(|text| !self.is_cipher(text))
    }

    fn above(&self, row: usize) -> Option<usize> {
        self.reading.above.get(row).map(|above| *above as usize).filter(|above| *above != row)
    }

    /// The same, owned; the parts of a field that is joined, with blanks between.
    pub(super) fn string(&self, row: usize, field: &str) -> Option<String> {
        if !self.reading.joined.iter().any(|f| f == field) {
            return self.text(row, field).map(str::to_owned);
        }
        let parts = |row: usize| {
            let cells = self.columns.iter().filter(|(f, _)| f == field).filter_map(|(_, c)| bare(self.table.cell(row, *c)));
            cells.filter(|text| !self.is_cipher(text)).collect::<Vec<&str>>().join(" ")
        };
        let above = || self.above(row).filter(|_| self.reading.fill_down.iter().any(|f| f == field)).map(parts);
        Some(parts(row)).filter(|s| !s.is_empty()).or_else(above).filter(|s| !s.is_empty())
    }

    /// The values that a cell lists; one where the layout has no lists.
    pub(super) fn listed(&self, row: usize, field: &str) -> Vec<&'a str> {
        let Some(text) = self.text(row, field) else { return Vec::new() };
        match &self.reading.lists {
            Some(lists) if lists.fields.iter().any(|f| f == field) => text.split(lists.separator).map(str::trim).collect(),
            _ => vec![text],
        }
    }

    /// An id of a field: cleaned, and at least looking like one (a total row says 合计).
    pub(super) fn id(&self, row: usize, field: &str) -> Option<Cow<'a, str>> {
        self.text(row, field).map(ids::cleaned).filter(|id| is_id(id))
    }

    /// The ids of a cell that may list several.
    pub(super) fn listed_ids(&self, row: usize, field: &str) -> Vec<Cow<'a, str>> {
        self.listed(row, field).into_iter().map(ids::cleaned).filter(|id| is_id(id)).collect()
    }

    /// A number of a field.
    pub(super) fn number(&self, row: usize, field: &str) -> Option<Decimal> {
        self.text(row, field).and_then(numbers::decimal)
    }

    /// An amount of a field. Its currency is what stands beside it, else in the row's currency column, else the layout's.
    pub(super) fn money(&self, row: usize, field: &str) -> Option<Money> {
        self.text(row, field).and_then(|cell| self.money_in(row, cell))
    }

    /// The same of a cell's part.
    pub(super) fn money_in(&self, row: usize, cell: &str) -> Option<Money> {
        let (amount, sign) = numbers::amount(cell)?;
        let letters = |text: &str| <[u8; 3]>::try_from(text.as_bytes()).ok().filter(|c| c.iter().all(u8::is_ascii_uppercase));
        let column = || self.text(row, "currency").and_then(letters);
        let layout = || self.reading.currency.as_deref().map(|c| letters(c).unwrap_or(*b"XXX"));
        Some(Money { amount, currency: sign.or_else(column).or_else(layout).unwrap_or(*b"CNY") })
    }

    /// A moment of a field, and whether it has a time of day.
    pub(super) fn moment(&self, row: usize, field: &str) -> Option<dates::Moment> {
        let cell = self.text(row, field)?;
        let day_first = || self.reading.dates.map(|order| order == DayOrder::DayFirst);
        let moment = dates::moment(cell, self.table.sheet.is_some()).or_else(|| western::numbered(&ids::clean_id(cell), day_first()))?;
        let by_day = self.reading.day_fields.iter().any(|f| f == field);
        let zone_unknown = self.reading.local_times && moment.has_time && !by_day && !dates::tells_zone(cell);
        Some(dates::Moment { has_time: moment.has_time && !by_day, zone_unknown, ..moment })
    }

    /// Fields whose every cell is a midnight: `2026/4/1 0:00` is how a spreadsheet saves days. A few to the second may be a sale that opened at midnight.
    pub(super) fn day_fields(&self) -> Vec<String> {
        const SURELY: usize = 3;
        let midnights = |field: &str| {
            let (mut cells, mut short) = (0, true);
            for row in 0..self.table.rows.len() {
                let Some(text) = self.text(row, field) else { continue };
                match self.moment(row, field) {
                    Some(m) if m.at.time() == NaiveTime::MIN => (cells, short) = (cells + 1, short && text.matches(':').count() < 2),
                    _ => return false,
                }
            }
            cells >= SURELY || (cells > 0 && short)
        };
        DATE_FIELDS.iter().filter(|f| **f != "end_date" && midnights(f)).map(|f| (*f).to_owned()).collect()
    }

    /// A time of a field.
    pub(super) fn time(&self, row: usize, field: &str) -> Option<Time> {
        self.moment(row, field).map(|m| m.at)
    }

    /// The day that an order number names, at midnight.
    pub(super) fn day_of_id(&self, id: &str) -> Option<Time> {
        let digits = id.split('-').next()?;
        let long = match self.reading.date_from_id? {
            IdDate::ShortYear if digits.len() == 6 => format!("20{digits}"),
            IdDate::LongYear | IdDate::ShortYear if digits.len() == 8 => digits.to_owned(),
            _ => return None,
        };
        dates::moment(&long, false).map(|m| m.at).filter(|at| at.time() == NaiveTime::MIN)
    }

    /// Pieces sold: some programs write them as what leaves the stock, below zero.
    pub(super) fn sold(&self, pieces: Decimal) -> Decimal {
        if self.reading.pieces_leave { pieces.abs() } else { pieces }
    }

    /// Waybills of a row with the carrier words beside them.
    pub(super) fn waybills(&self, row: usize) -> Vec<(String, Option<String>)> {
        let Some(cell) = self.text(row, "tracking_no") else { return Vec::new() };
        match self.reading.tracking_cell {
            TrackingCell::Numbers => waybills(cell),
            TrackingCell::WithCarrier => waybills_with_carrier(cell),
        }
    }

    /// Decides of this table the order of day and month in its dates: as the layout says, by the countries of its rows, or by a date that has only one
    /// reading. `Err` with an example when it stays open though it matters.
    pub(super) fn day_order(&self) -> Result<Option<DayOrder>, String> {
        if self.reading.dates.is_some() {
            return Ok(self.reading.dates);
        }
        let (mut day, mut month, mut either) = (0_usize, 0_usize, None);
        for column in DATE_FIELDS.iter().flat_map(|f| self.columns_of(f)) {
            for row in 0..self.table.rows.len() {
                let Some(cell) = bare(self.table.cell(row, column)) else { continue };
                // a year in front needs no order, and nearly all dates are so
                if cell.as_bytes().iter().take(4).all(u8::is_ascii_digit) {
                    continue;
                }
                match western::order_of(&ids::clean_id(cell)) {
                    Some(western::Order::DayFirst) => day += 1,
                    Some(western::Order::MonthFirst) => month += 1,
                    Some(western::Order::Either) if either.is_none() => either = Some(cell.trim().to_owned()),
                    _ => {}
                }
            }
        }
        let Some(example) = either else { return Ok(None) };
        match (day, month) {
            (0, 0) => self.order_by_country().map(Some).ok_or(example),
            (_, 0) => Ok(Some(DayOrder::DayFirst)),
            (0, _) => Ok(Some(DayOrder::MonthFirst)),
            _ => Err(example),
        }
    }

    fn order_by_country(&self) -> Option<DayOrder> {
        if self.reading.month_first_countries.is_empty() {
            return None;
        }
        let mut order = None;
        for country in (0..self.table.rows.len()).filter_map(|row| self.own(row, "country")) {
            // the row of descriptions names no country
            if country.len() > 30 || country.contains('.') {
                continue;
            }
            let here =
                if self.reading.month_first_countries.iter().any(|c| c.eq_ignore_ascii_case(country)) { DayOrder::MonthFirst } else { DayOrder::DayFirst };
            if order.is_some_and(|o| o != here) {
                return None;
            }
            order = Some(here);
        }
        order
    }

    /// For each row the row that its blank cells repeat: the last one above whose first filled-down field is filled.
    pub(super) fn rows_above(&self) -> Vec<u32> {
        let Some(field) = self.reading.fill_down.first() else { return Vec::new() };
        let mut last = 0;
        (0..self.table.rows.len())
            .map(|row| {
                if self.own(row, field).is_some() {
                    last = row as u32;
                }
                last
            })
            .collect()
    }

    /// Does a cell of the row begin with a word of totals?
    pub(super) fn is_total(&self, row: usize) -> bool {
        let cells = self.table.rows.get(row).map_or(0, |r| r.len as usize);
        (0..cells.min(8)).any(|column| bare(self.table.cell(row, column)).is_some_and(total_word))
    }

    /// Rows whose id in one of `fields` is damaged: exponent form; cut by Excel (`cut`); or every id of more than 15 digits in a column of three or
    /// more rows ends in zeros after the 15th digit (one real id in a thousand does: a column is judged, not one id).
    pub(super) fn damaged(&self, fields: &[&str], cut: &BTreeSet<(usize, usize)>) -> Vec<usize> {
        let mut rows = BTreeSet::new();
        for column in fields.iter().flat_map(|f| self.columns_of(f)) {
            let (mut filled, mut long, mut zeros) = (0_usize, 0_usize, Vec::new());
            for row in 0..self.table.rows.len() {
                let Some(cell) = bare(self.table.cell(row, column)) else { continue };
                let id = ids::cleaned(cell);
                if ids::is_exponent(&id) || cut.contains(&(row, column)) {
                    rows.insert(row);
                }
                if is_id(&id) {
                    filled += 1;
                    if id.len() > 15 && id.bytes().all(|b| b.is_ascii_digit()) {
                        long += 1;
                        if ids::has_zero_tail(&id) {
                            zeros.push(row);
                        }
                    }
                }
            }
            if filled >= 3 && long > 0 && zeros.len() == long {
                rows.extend(zeros);
            }
        }
        rows.into_iter().collect()
    }
}

/// A cell's value without blanks and `="…"`; `None` for what exports write for nothing.
pub(super) fn bare(cell: &str) -> Option<&str> {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}');
    let trimmed = cell.trim_matches(blank);
    let inner = trimmed.strip_prefix("=\"").and_then(|s| s.strip_suffix('"')).unwrap_or(trimmed).trim_matches(blank);
    // the mark by which spreadsheets keep figures as text; a name may begin so, too (’s-Hertogenbosch)
    let marked = inner.strip_prefix('\'').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '=')));
    let inner = marked.unwrap_or(inner);
    (!matches!(inner, "" | "-" | "--" | "'" | "null" | "NULL")).then_some(inner)
}

/// Can it be an order id: 4 to 64 of the characters that platforms use, with a digit.
pub(super) fn is_id(text: &str) -> bool {
    (4..=64).contains(&text.len())
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'#' | b'.' | b'+'))
}

/// The order ids of a cell: the whole of it where that looks like one, else its pieces (`A,B` of orders that were printed on one waybill). Pieces may be no
/// orders at all, so what is made of them must be known from elsewhere.
pub(super) fn ids_of(cell: &str) -> Vec<OrderId> {
    let whole = ids::cleaned(cell);
    if is_id(&whole) {
        return vec![OrderId::new(whole)];
    }
    let parts = cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | ';' | '；' | '、' | '|' | '｜' | '/' | '／'));
    let mut found: Vec<OrderId> = Vec::new();
    for id in parts.map(ids::cleaned).filter(|id| is_id(id)).map(OrderId::new) {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

/// Waybills in one cell with the carrier words beside them: `YT1;YT2`, `No:SF1`, `SF1-顺丰速运`. Numbers are normalised; cells without any (自提), and
/// those of which a spreadsheet left `7.86E+13`, give none.
pub(super) fn waybills(cell: &str) -> Vec<(String, Option<String>)> {
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    for part in cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | ';' | '；' | '、' | '|')) {
        let narrowed = ids::cleaned(part);
        let part = ["No:", "NO:", "no:", "No.", "运单号:", "快递单号:"].iter().find_map(|p| narrowed.strip_prefix(p)).unwrap_or(&narrowed);
        let end = part.find(|c: char| !c.is_ascii()).unwrap_or(part.len());
        let (number, words) = part.split_at(end);
        let number = ids::clean_waybill(number);
        if ids::is_exponent(&number) {
            continue;
        }
        if number.len() >= 4 && number.bytes().any(|b| b.is_ascii_digit()) && !found.iter().any(|(n, _)| *n == number) {
            found.push((number, Some(words.trim().to_owned()).filter(|w| !w.is_empty())));
        }
    }
    found
}

/// Does a text head a row of totals: `合计：5 单`, `Grand total`. Goods may be called Total Care.
pub(super) fn total_word(text: &str) -> bool {
    let stands_alone = |rest: &str| !rest.trim_start_matches([' ', ':', '：']).starts_with(char::is_alphabetic);
    let english = || {
        let lower = text.to_ascii_lowercase();
        ["grand total", "total"].iter().any(|w| lower.strip_prefix(w).is_some_and(stands_alone))
    };
    ["合计", "总计", "小计", "共计", "汇总"].iter().any(|w| text.starts_with(w)) || english()
}

/// Number and carrier in one cell, whichever comes first.
fn waybills_with_carrier(cell: &str) -> Vec<(String, Option<String>)> {
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    for part in cell.split(['\n', ',', '，', ';', '；', '、', '|']) {
        let narrowed = ids::clean_id(part);
        let runs = ids::alnum_runs(&narrowed);
        let digits = |run: &str| run.bytes().filter(u8::is_ascii_digit).count();
        let Some((at, number)) = runs.into_iter().filter(|(_, run)| run.len() >= 8 && digits(run) >= 6).max_by_key(|(_, run)| digits(run)) else { continue };
        let (before, after) = (narrowed.get(..at).unwrap_or(""), narrowed.get(at + number.len()..).unwrap_or(""));
        let beside = |text: &str| text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | ':' | '(' | ')' | '/' | '_' | '[' | ']')).to_owned();
        let words = [beside(before), beside(after)].into_iter().find(|w| !w.is_empty());
        if !found.iter().any(|(n, _)| *n == number) {
            found.push((number, words));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lose_their_wrapping_and_nothing_more() {
        assert_eq!((bare("'83702"), bare("'s-Hertogenbosch")), (Some("83702"), Some("'s-Hertogenbosch")));
        assert_eq!(bare("=\"351234\""), Some("351234"));
        for empty in ["=\"\"", "", " ", "-", "\t", "null", "'"] {
            assert_eq!(bare(empty), None, "{empty:?}");
        }
        assert_eq!(bare(" 他说=\"好\" "), Some("他说=\"好\""));
    }

    #[test]
    fn a_cell_may_hold_several_orders() {
        let ids = |c: &str| ids_of(c).iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>();
        for cell in ["2861734095517310101,2861734095517310102", "2861734095517310101 ／ 2861734095517310102", "2861734095517310101\n2861734095517310102"] {
            assert_eq!(ids(cell), ["2861734095517310101", "2861734095517310102"], "{cell}");
        }
        assert_eq!(ids("=\"2861734095517310101\""), ["2861734095517310101"]);
        // signs of the id's own
        for id in ["12-10001-20001", "111-2222222-3333333", "#1001", "P240401_01.2"] {
            assert_eq!(ids(id), [id]);
        }
        assert!(ids("合计：3").is_empty());
    }

    #[test]
    fn a_cell_may_hold_several_waybills() {
        let numbers = |c: &str| waybills(c).into_iter().map(|(n, w)| n + &w.unwrap_or_default()).collect::<Vec<_>>();
        assert_eq!(numbers("yt1234567890123;YT1234567890124 YT1234567890123"), ["YT1234567890123", "YT1234567890124"]);
        assert_eq!(numbers("No:SF1390012345671"), ["SF1390012345671"]);
        assert_eq!(numbers("\tSF1390012345671-顺丰速运"), ["SF1390012345671顺丰速运"]);
        let beside = |c: &str| waybills_with_carrier(c).into_iter().map(|(n, w)| format!("{n} {}", w.unwrap_or_default())).collect::<Vec<_>>();
        assert_eq!(beside("SF1390012345671-顺丰速运;YT7500012345672-圆通速递"), ["SF1390012345671 顺丰速运", "YT7500012345672 圆通速递"]);
        assert_eq!(beside("圆通速递 YT7500012345672"), ["YT7500012345672 圆通速递"]);
        assert_eq!(beside("中通快递:78600012345673"), ["78600012345673 中通快递"]);
        assert!(beside("商家自送").is_empty());
        assert!(numbers("自提").is_empty() && numbers("无需物流").is_empty());
    }
}
