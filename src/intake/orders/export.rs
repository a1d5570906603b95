//! One export: its rows, and the orders that each names.

use crate::intake::Intake;
use crate::intake::cells::View;
use crate::model::file::FileEntry;
use crate::model::record::{Content, OrderTable, Recognised};
use crate::model::source::FileId;
use std::borrow::Cow;

/// An export with its fields.
#[derive(Clone)]
pub(super) struct Export<'a> {
    pub file: FileId,
    pub view: View<'a>,
    pub table: &'a OrderTable,
}

/// The ids of a row, as they stand in the table where nothing had to be cleaned.
pub(super) struct Named<'a> {
    pub main: Cow<'a, str>,
    pub subs: Vec<Cow<'a, str>>,
}

impl<'a> Export<'a> {
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> + use<'_, 'a> {
        (0..self.view.table.rows.len()).filter(|row| self.table.damaged.binary_search(row).is_err())
    }

    /// The orders of a row that an ERP merged into one parcel, when its cell lists several.
    pub(super) fn merged(&self, row: usize) -> Vec<Cow<'a, str>> {
        let lists = self.view.reading.lists.as_ref().is_some_and(|l| l.fields.iter().any(|f| f == "order_id"));
        let ids = if lists { self.view.listed_ids(row, "order_id") } else { Vec::new() };
        if ids.len() > 1 { ids } else { Vec::new() }
    }

    /// Main id: the main order column where it is filled, else the order column. The other ids are its sub-orders'.
    pub(super) fn named(&self, row: usize) -> Option<Named<'a>> {
        if !self.merged(row).is_empty() {
            return None;
        }
        let order = self.view.id(row, "order_id");
        let main = self.view.id(row, "main_order_id").or_else(|| order.clone())?;
        let mut subs: Vec<Cow<'a, str>> = Vec::new();
        for sub in self.view.listed_ids(row, "sub_order_id").into_iter().chain(order) {
            if sub != main && !subs.contains(&sub) {
                subs.push(sub);
            }
        }
        Some(Named { main, subs })
    }
}

/// Names of buyers and recipients as the exports print them.
pub(in crate::intake) fn names(intake: &Intake) -> impl Iterator<Item = &str> {
    exports(&intake.files, &intake.contents).flat_map(|export| {
        let of_row = |row| ["buyer", "recipient"].map(|field| export.view.text(row, field));
        export.rows().flat_map(of_row).flatten().collect::<Vec<&str>>()
    })
}

/// All of these files, index for index with what was read of them.
pub(super) fn exports<'a>(files: &'a [FileEntry], contents: &'a [Recognised]) -> impl Iterator<Item = Export<'a>> {
    files.iter().zip(contents).flat_map(|(entry, recognised)| {
        recognised.tables().filter_map(|part| match part {
            (Content::Orders(table), Some(cells)) => {
                Some(Export { file: entry.id, view: View { table: cells, columns: &table.columns, reading: &table.reading }, table })
            }
            _ => None,
        })
    })
}
