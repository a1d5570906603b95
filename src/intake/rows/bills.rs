//! Lines of couriers' bills and of stations' own sheets.

use crate::intake::cells::{View, bare, waybills};
use crate::model::record::BillRow;
use crate::text::{numbers, width};
use rust_decimal::Decimal;

/// All lines of a bill.
pub(super) fn rows(view: View<'_>) -> Vec<BillRow> {
    let kilograms = are_kilograms(view);
    (0..view.table.rows.len()).filter_map(|row| self::row(view, row, kilograms)).collect()
}

/// Most numbers of a column without a unit below this are kilograms: an express parcel rarely has a hundred, but always a few grams.
const MOST_KILOGRAMS: i64 = 100;

/// Can the numbers that name no unit be kilograms? A column of 350, 520, 1200 is one of grams, and may be one of something else.
fn are_kilograms(view: View<'_>) -> bool {
    let (mut all, mut heavy) = (0_usize, 0_usize);
    for row in 0..view.table.rows.len() {
        if let Some(value) = view.number(row, "weight") {
            all += 1;
            heavy += usize::from(value >= Decimal::from(MOST_KILOGRAMS));
        }
    }
    heavy * 2 <= all
}

/// One line; `None` for what names no waybill.
fn row(view: View<'_>, row: usize, kilograms: bool) -> Option<BillRow> {
    let (waybill, _) = waybills(view.text(row, "tracking_no")?).into_iter().next()?;
    let (sent, picked_up) = (view.moment(row, "shipped_at"), view.moment(row, "picked_up_at"));
    Some(BillRow {
        waybill,
        weight_kg: weight(view, row, kilograms),
        fee: view.number(row, "fee"),
        at: sent.map(|m| m.at).or_else(|| view.time(row, "date")).or(picked_up.map(|m| m.at)),
        sent,
        picked_up,
        signed: view.moment(row, "signed_at"),
        from: view.string(row, "from"),
        to: view.string(row, "to"),
        recipient: view.string(row, "recipient"),
        phone: view.string(row, "phone"),
        place: view.table.place(row),
    })
}

/// Units of weight by their words, and how many make a kilogram; longer words first, since 公斤 ends in 斤 and 千克 in 克.
const UNITS: [(&str, i64, u32); 11] = [
    ("千克", 1, 0),
    ("公斤", 1, 0),
    ("kgs", 1, 0),
    ("kg", 1, 0),
    ("市斤", 5, 1),
    ("斤", 5, 1),
    ("毫克", 1, 6),
    ("mg", 1, 6),
    ("克", 1, 3),
    ("g", 1, 3),
    ("吨", 1000, 0),
];

/// The unit that a text ends in, or names in brackets (`重量(g)`, `350克`, `计费重量/斤`): what one of it is in kilograms, and the text before it.
fn unit(text: &str) -> Option<(Decimal, &str)> {
    let bare = text.trim().trim_end_matches([')', ']', '】', ' ']);
    UNITS.iter().find_map(|(word, number, scale)| {
        let before = bare.strip_suffix(word)?;
        // a Latin unit stands alone: `shipping` ends in no gram
        let glued = word.is_ascii() && before.ends_with(|c: char| c.is_ascii_alphabetic());
        (!glued).then(|| (Decimal::new(*number, *scale), before))
    })
}

/// A weight in kilograms. The cell's own unit counts before the head's; where neither names one it is read as kilograms, as couriers bill.
/// A head that names another unit (`重量(lb)`), or numbers that can be no kilograms, leave the weight unknown.
fn weight(view: View<'_>, row: usize, kilograms: bool) -> Option<Decimal> {
    let column = view.columns_of("weight").find(|c| bare(view.table.cell(row, *c)).is_some())?;
    let cell = width::narrow(view.table.cell(row, column)).trim().to_lowercase();
    let head = view.table.header.get(column).map(|h| width::narrow(h).to_lowercase()).unwrap_or_default();
    if let Some((one, number)) = unit(&cell) {
        return numbers::decimal(number).map(|n| n * one);
    }
    let value = numbers::decimal(&cell)?;
    match unit(&head) {
        Some((one, _)) => Some(value * one),
        None => {
            let foreign = head.split(|c: char| !c.is_ascii_alphabetic()).any(|w| matches!(w, "lb" | "lbs" | "oz" | "pound" | "pounds"));
            (kilograms && !foreign && !head.contains('磅') && !head.contains("盎司")).then_some(value)
        }
    }
}
