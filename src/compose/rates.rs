//! Plain figures of the exports beside those of the argued orders: shares that a reviewer can recount, nothing estimated.

use super::desk::Desk;
use super::view::map;
use minijinja::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A share in per cent with one decimal, in whole arithmetic so that every machine rounds alike.
fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return String::new();
    }
    let tenths = (part * 2000 + whole) / (2 * whole);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

fn share(part: usize, whole: usize) -> Value {
    if whole == 0 {
        return Value::from(());
    }
    map([("n", Value::from(part as u64)), ("of", Value::from(whole as u64)), ("percent", Value::from(percent(part, whole)))])
}

/// Repeat buyers and refunds of the argued orders and of the other orders of the exports; none where the exports do not tell.
pub(super) fn figures(desk: &Desk<'_>) -> Value {
    let argued: BTreeSet<&str> = desk.argued().map(|(_, o, _)| o.id.as_str()).collect();
    let flagged: BTreeSet<&str> = desk.case.orders.iter().map(|o| o.id.as_str()).collect();
    let mut bought: BTreeMap<&str, usize> = BTreeMap::new();
    for e in desk.case.export.iter().filter(|e| !e.buyer.is_empty()) {
        *bought.entry(&e.buyer).or_default() += 1;
    }
    let rates = |keep: &dyn Fn(&str) -> bool| {
        let (mut known, mut repeat, mut rows, mut refunded) = (0, 0, 0, 0);
        for e in desk.case.export.iter().filter(|e| keep(e.id.as_str())) {
            rows += 1;
            refunded += usize::from(e.refunded);
            if !e.buyer.is_empty() {
                known += 1;
                repeat += usize::from(bought.get(&*e.buyer).is_some_and(|n| *n > 1));
            }
        }
        map([("repeat", share(repeat, known)), ("refund", share(refunded, rows))])
    };
    map([("argued", rates(&|id| argued.contains(id))), ("others", rates(&|id| !flagged.contains(id)))])
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn rounds_half_up_in_whole_arithmetic() {
        assert_eq!((percent(1, 8), percent(2, 3), percent(0, 5), percent(3, 3)), ("12.5%".into(), "66.7%".into(), "0.0%".into(), "100.0%".into()));
    }
}
