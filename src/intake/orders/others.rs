//! The orders of the exports that are not flagged, row by row, read as flagged ones are: what matching must know of the rest of the shop's buyers.

use super::export::{Export, exports};
use super::goods;
use crate::intake::rows::ID_FIELDS;
use crate::model::case::Case;
use crate::model::ids::OrderId;
use crate::model::order::OrderLine;
use crate::text::dates::Moment;
use crate::text::ids::clean_id;
use rust_decimal::Decimal;
use std::borrow::Cow;

/// One row of an export that names no flagged order. Texts are as they stand, empty where nothing does.
pub struct OtherRow<'a> {
    export: Export<'a>,
    row: usize,
    /// Its main order, else the order that it names.
    pub id: Cow<'a, str>,
}

impl OtherRow<'_> {
    /// The first filled cell of a field (templates/fields.toml); of a field that the layout joins from several columns, all of them.
    pub fn text(&self, field: &str) -> String {
        self.export.view.string(self.row, field).unwrap_or_default()
    }

    /// Every filled cell of a field.
    pub fn each(&self, field: &str) -> impl Iterator<Item = &str> {
        self.export.view.each(self.row, field)
    }

    /// What was paid, in major units.
    pub fn amount(&self) -> Option<Decimal> {
        self.export.view.money(self.row, "amount").map(|money| money.amount)
    }

    /// The moments of these fields that could be read.
    pub fn moments(&self, fields: &[&str]) -> Vec<Moment> {
        fields.iter().filter_map(|field| self.export.view.moment(self.row, field)).collect()
    }

    /// Waybill numbers, normalised.
    pub fn waybills(&self) -> impl Iterator<Item = String> {
        self.export.view.waybills(self.row).into_iter().map(|(number, _)| number)
    }

    /// Its goods.
    pub fn lines(&self) -> Vec<OrderLine> {
        goods::of_row(&self.export, self.row)
    }
}

/// Those rows of all exports, in the order of files and rows. A row that an ERP made of several orders is left out when one of them is flagged.
pub fn others<'a>(case: &'a Case, flagged: &dyn Fn(&OrderId) -> bool) -> Vec<OtherRow<'a>> {
    let mut found = Vec::new();
    for export in exports(&case.files, &case.contents) {
        for row in 0..export.view.table.rows.len() {
            let ids = ids(&export, row);
            if let Some(id) = ids.first()
                && !ids.iter().any(|id| flagged(&OrderId::new(id.clone())))
            {
                found.push(OtherRow { export: export.clone(), row, id: id.clone() });
            }
        }
    }
    found
}

/// The ids of a row, the main order's first.
fn ids<'a>(export: &Export<'a>, row: usize) -> Vec<Cow<'a, str>> {
    let merged = export.merged(row);
    if !merged.is_empty() {
        return merged;
    }
    match export.named(row) {
        Some(named) => std::iter::once(named.main).chain(named.subs).collect(),
        // damaged, or of a form that is not known: somebody's all the same
        None => ID_FIELDS.iter().filter_map(|field| export.view.text(row, field)).map(clean_id).filter(|id| !id.is_empty()).map(Cow::Owned).collect(),
    }
}
