//! Decimal numbers as tables hold them.

use super::ids::clean_id;
use rust_decimal::Decimal;
use std::str::FromStr as _;

/// Reads `59.00`, `¥1,900.00`, `1.2kg`, `1.20 千克`, `-3`, `（12）`; `None` for what is no number.
pub fn decimal(cell: &str) -> Option<Decimal> {
    let cleaned = clean_id(cell);
    let mut s: String = cleaned.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    let negative = s.starts_with('(') && s.ends_with(')');
    if negative {
        s = s.trim_matches(['(', ')']).to_owned();
    }
    let lower = s.to_ascii_lowercase();
    let bare = lower
        .trim_start_matches(['¥', '￥', '$', '€', '£'])
        .trim_start_matches("rmb")
        .trim_start_matches("cny")
        .trim_end_matches("kg")
        .trim_end_matches("千克")
        .trim_end_matches("公斤")
        .trim_end_matches(['元', '件', '个', '单', '笔']);
    if bare.is_empty() || bare.len() > 28 || !bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+')) {
        return None;
    }
    let value = Decimal::from_str(bare).ok()?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_amounts_and_weights() {
        let d = |s: &str| decimal(s).map(|d| d.to_string());
        assert_eq!(d("￥1,900.00").as_deref(), Some("1900.00"));
        assert_eq!(d("1.20kg").as_deref(), Some("1.20"));
        assert_eq!(d("＝").as_deref(), None);
        assert_eq!(d("3件").as_deref(), Some("3"));
        assert_eq!(d("(5)").as_deref(), Some("-5"));
        assert_eq!(d("SF12"), None);
    }
}
