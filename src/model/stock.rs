//! What was there when it was last counted, article by article.

use super::Time;
use super::record::StockCount;
use super::source::FileId;
use crate::text::ids::clean_id;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// The last count of an article, summed over the shelves and warehouses counted at that moment.
#[derive(Debug, Clone)]
pub struct LastCount<'a> {
    /// When; `None` where the list names no day.
    pub at: Option<Time>,
    /// Pieces.
    pub counted: Decimal,
    /// The list.
    pub file: FileId,
    /// Its first row of the article.
    pub row: &'a StockCount,
    /// Those that were added up.
    warehouses: BTreeSet<Option<&'a str>>,
}

/// An article's number for comparing: programs differ in the size of letters.
pub fn article(sku: &str) -> String {
    clean_id(sku).to_uppercase()
}

/// The last counts of all articles that rows with a number and pieces name: of two counts the later one holds, and a list that was saved twice counts once.
pub fn last_counts<'a>(rows: impl Iterator<Item = (FileId, &'a StockCount)>) -> BTreeMap<String, LastCount<'a>> {
    let mut counts: BTreeMap<String, LastCount> = BTreeMap::new();
    for (file, row) in rows {
        let (Some(sku), Some(counted)) = (&row.sku, row.counted.or(row.booked)) else { continue };
        let warehouse = row.warehouse.as_deref();
        match counts.get_mut(&article(sku)) {
            Some(last) if last.at > row.at => {}
            Some(last) if last.at == row.at => {
                // further shelves of the same list, or another warehouse; else the list was saved twice
                if last.file == file || (warehouse.is_some() && !last.warehouses.contains(&warehouse)) {
                    last.warehouses.insert(warehouse);
                    last.counted = last.counted.saturating_add(counted);
                }
            }
            _ => {
                counts.insert(article(sku), LastCount { at: row.at, counted, file, row, warehouses: BTreeSet::from([warehouse]) });
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::Place;
    use crate::text::dates;

    fn row(sku: &str, pieces: i64, day: Option<&str>, warehouse: Option<&str>) -> StockCount {
        let at = day.map(|day| dates::moment(day, false).expect("a day").at);
        let warehouse = warehouse.map(str::to_owned);
        StockCount { sku: Some(sku.to_owned()), name: None, warehouse, booked: None, counted: Some(pieces.into()), at, place: Place::Whole }
    }

    #[test]
    fn the_later_count_holds_and_a_list_saved_twice_counts_once() {
        let day = Some("2026-04-01");
        let rows = [
            (0, row("ab-1", 5, Some("2026-03-01"), None)),
            (1, row("AB-1", 7, day, Some("义乌"))),
            (1, row("AB-1", 2, day, Some("义乌"))),
            (2, row("ab-1", 7, day, Some("义乌"))),
            (2, row("ab-1", 4, day, Some("杭州"))),
            (3, row("ab-1", 90, Some("2026-02-01"), None)),
        ];
        let counts = last_counts(rows.iter().map(|(file, row)| (FileId(*file), row)));
        assert_eq!(counts.keys().collect::<Vec<_>>(), ["AB-1"]);
        assert_eq!(counts["AB-1"].counted, Decimal::from(7 + 2 + 4));
        assert_eq!(counts["AB-1"].file, FileId(1));
    }
}
