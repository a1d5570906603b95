//! Plain figures of the exports beside those of the argued orders: shares that a reviewer can recount, nothing estimated.

use super::desk::Desk;
use super::view::map;
use crate::model::assessment::TradeFigures;
use minijinja::value::Value;

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

/// Repeat buyers, refunds, provinces, amounts and pieces of the argued orders and of the other orders of the exports; none where the exports do not tell.
pub(super) fn figures(desk: &Desk<'_>) -> Value {
    let rates = |f: &TradeFigures| {
        let mean = |m: Option<(String, usize)>| m.map_or(Value::from(()), |(m, n)| map([("mean", Value::from(m)), ("of", Value::from(n as u64))]));
        map([
            ("repeat", share(f.repeat, f.buyers_known)),
            ("refund", share(f.refunded, f.orders)),
            ("provinces", if f.located == 0 { Value::from(()) } else { map([("n", Value::from(f.provinces as u64)), ("of", Value::from(f.located as u64))]) }),
            ("amount", mean(f.amount.map(|(m, n)| (m.to_string(), n)))),
            ("pieces", mean(f.pieces.map(|(m, n)| (m.to_string(), n)))),
        ])
    };
    let anomaly = &desk.assessment.anomaly;
    map([("argued", rates(&anomaly.argued)), ("others", rates(&anomaly.others))])
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn rounds_half_up_in_whole_arithmetic() {
        assert_eq!((percent(1, 8), percent(2, 3), percent(0, 5), percent(3, 3)), ("12.5%".into(), "66.7%".into(), "0.0%".into(), "100.0%".into()));
    }
}
