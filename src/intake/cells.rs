//! Reading cells by field name: takes off what exports wrap around values, picks the first filled column of a field.

use crate::model::Time;
use crate::model::record::Table;
use crate::text::{dates, ids, numbers};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// A table with its fields.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub table: &'a Table,
    pub columns: &'a [(String, usize)],
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

    /// The first filled cell of a field, without wrapping; the text of `="…"` is what stands in the quotes.
    pub(super) fn text(&self, row: usize, field: &str) -> Option<&'a str> {
        self.columns.iter().filter(|(f, _)| f == field).find_map(|(_, c)| bare(self.table.cell(row, *c)))
    }

    /// The same, owned.
    pub(super) fn string(&self, row: usize, field: &str) -> Option<String> {
        self.text(row, field).map(str::to_owned)
    }

    /// An id of a field: cleaned, and at least looking like one (a total row says 合计).
    pub(super) fn id(&self, row: usize, field: &str) -> Option<String> {
        self.text(row, field).map(ids::clean_id).filter(|id| is_id(id))
    }

    /// A number of a field.
    pub(super) fn number(&self, row: usize, field: &str) -> Option<Decimal> {
        self.text(row, field).and_then(numbers::decimal)
    }

    /// A moment of a field, and whether it has a time of day.
    pub(super) fn moment(&self, row: usize, field: &str) -> Option<dates::Moment> {
        self.text(row, field).and_then(|cell| dates::moment(cell, self.table.sheet.is_some()))
    }

    /// A time of a field.
    pub(super) fn time(&self, row: usize, field: &str) -> Option<Time> {
        self.moment(row, field).map(|m| m.at)
    }

    /// Rows whose id in one of `fields` is damaged: exponent form; cut by Excel (`cut`); or every id of more than 15 digits in a column of three or
    /// more rows ends in zeros after the 15th digit (one real id in a thousand does: a column is judged, not one id).
    pub(super) fn damaged(&self, fields: &[&str], cut: &BTreeSet<(usize, usize)>) -> Vec<usize> {
        let mut rows = BTreeSet::new();
        for column in fields.iter().flat_map(|f| self.columns_of(f)) {
            let (mut filled, mut long, mut zeros) = (0_usize, 0_usize, Vec::new());
            for row in 0..self.table.rows.len() {
                let Some(cell) = bare(self.table.cell(row, column)) else { continue };
                let id = ids::clean_id(cell);
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
    (!matches!(inner, "" | "-" | "--" | "'" | "null" | "NULL")).then_some(inner)
}

/// Can it be an order id: 4 to 64 of the characters that platforms use, with a digit.
pub(super) fn is_id(text: &str) -> bool {
    (4..=64).contains(&text.len())
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'#' | b'.' | b'+'))
}

/// Waybills in one cell with the carrier words beside them: `YT1;YT2`, `No:SF1`, `SF1-顺丰速运`. Numbers are normalised; cells without any (自提) give none.
pub(super) fn waybills(cell: &str) -> Vec<(String, Option<String>)> {
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    for part in cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | ';' | '；' | '、' | '|')) {
        let narrowed = ids::clean_id(part);
        let part = ["No:", "NO:", "no:", "No.", "运单号:", "快递单号:"].iter().find_map(|p| narrowed.strip_prefix(p)).unwrap_or(&narrowed);
        let end = part.find(|c: char| !c.is_ascii()).unwrap_or(part.len());
        let (number, words) = part.split_at(end);
        let number = ids::clean_waybill(number);
        if number.len() >= 4 && number.bytes().any(|b| b.is_ascii_digit()) && !found.iter().any(|(n, _)| *n == number) {
            found.push((number, Some(words.trim().to_owned()).filter(|w| !w.is_empty())));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lose_their_wrapping_and_nothing_more() {
        assert_eq!(bare("=\"351234\""), Some("351234"));
        for empty in ["=\"\"", "", " ", "-", "\t", "null", "'"] {
            assert_eq!(bare(empty), None, "{empty:?}");
        }
        assert_eq!(bare(" 他说=\"好\" "), Some("他说=\"好\""));
    }

    #[test]
    fn a_cell_may_hold_several_waybills() {
        let numbers = |c: &str| waybills(c).into_iter().map(|(n, w)| n + &w.unwrap_or_default()).collect::<Vec<_>>();
        assert_eq!(numbers("yt1234567890123;YT1234567890124 YT1234567890123"), ["YT1234567890123", "YT1234567890124"]);
        assert_eq!(numbers("No:SF1390012345671"), ["SF1390012345671"]);
        assert_eq!(numbers("\tSF1390012345671-顺丰速运"), ["SF1390012345671顺丰速运"]);
        assert!(numbers("自提").is_empty() && numbers("无需物流").is_empty());
    }
}
