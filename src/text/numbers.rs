//! Decimal numbers as tables hold them.

use super::ids::clean_id;
use rust_decimal::Decimal;
use std::str::FromStr as _;

/// Reads `59.00`, `¥1,900.00`, `1.2kg`, `1.20 千克`, `-3`, `（12）`; `None` for what is no number.
pub fn decimal(cell: &str) -> Option<Decimal> {
    amount(cell).map(|(value, _)| value)
}

/// No price, count or weight of a shop reaches this, in no currency: a longer number is a waybill or an id in the wrong column. Sums and products of
/// what is below it stay far from the largest that a decimal holds.
const TOO_LARGE: Decimal = Decimal::from_parts(1_316_134_912, 2_328, 0, false, 0);

/// A currency: its ISO 4217 letters.
pub type Currency = [u8; 3];

/// Signs and words that stand beside an amount, the longer before those they hold. A bare `$` is the dollar of the United States: other dollars carry a letter.
const CURRENCIES: [(&str, &Currency); 20] = [
    ("rmb", b"CNY"),
    ("¥", b"CNY"),
    ("￥", b"CNY"),
    ("元", b"CNY"),
    ("us$", b"USD"),
    ("au$", b"AUD"),
    ("a$", b"AUD"),
    ("ca$", b"CAD"),
    ("c$", b"CAD"),
    ("s$", b"SGD"),
    ("hk$", b"HKD"),
    ("nt$", b"TWD"),
    ("$", b"USD"),
    ("€", b"EUR"),
    ("£", b"GBP"),
    ("rm", b"MYR"),
    ("rp", b"IDR"),
    ("฿", b"THB"),
    ("₱", b"PHP"),
    ("₫", b"VND"),
];

/// Reads an amount and the currency that is written beside it: `$1,900.00`, `AU $12.00`, `GBP 12.00`, `12.00 USD`, `59元`.
pub fn amount(cell: &str) -> Option<(Decimal, Option<Currency>)> {
    // most cells are plain
    if cell.len() <= 20
        && cell.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && let Ok(value) = Decimal::from_str(cell)
    {
        return Some((value, None)).filter(|_| value < TOO_LARGE);
    }
    let cleaned = clean_id(cell);
    let mut s = without_separators(&cleaned)?;
    let negative = s.starts_with('(') && s.ends_with(')');
    if negative {
        s = s.trim_matches(['(', ')']).to_owned();
    }
    let mut lower = s.to_ascii_lowercase();
    let mut minus = "";
    if let Some(rest) = lower.strip_prefix('-') {
        lower = rest.to_owned();
        minus = "-";
    }
    let mut currency = None;
    for (sign, letters) in CURRENCIES {
        if let Some(rest) = lower.strip_prefix(sign).or_else(|| lower.strip_suffix(sign)) {
            currency = Some(*letters);
            lower = rest.to_owned();
            break;
        }
    }
    /// Codes that exports write; any three letters would make numbers of SKUs.
    const CODES: [&str; 17] = ["cny", "usd", "eur", "gbp", "aud", "cad", "sgd", "hkd", "twd", "myr", "idr", "thb", "php", "vnd", "jpy", "mxn", "brl"];
    if currency.is_none() {
        let ends = [lower.split_at_checked(3), lower.len().checked_sub(3).and_then(|n| lower.split_at_checked(n)).map(|(rest, word)| (word, rest))];
        let code = ends.into_iter().flatten().find(|(word, rest)| CODES.contains(word) && rest.starts_with(|c: char| c.is_ascii_digit() || c == '-'));
        if let Some((word, rest)) = code.map(|(word, rest)| (word.to_ascii_uppercase(), rest.to_owned())) {
            currency = word.as_bytes().try_into().ok();
            lower = rest;
        }
    }
    let lower = format!("{minus}{lower}");
    let bare = lower.trim_end_matches("kg").trim_end_matches("千克").trim_end_matches("公斤").trim_end_matches(['元', '件', '个', '单', '笔']);
    if bare.is_empty() || bare.len() > 28 || !bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+')) {
        return None;
    }
    let value = Decimal::from_str(bare).ok().filter(|v| v.abs() < TOO_LARGE)?;
    Some((if negative { -value } else { value }, currency))
}

/// The text without blanks and without the marks between thousands. A comma before one or two last digits is the decimal mark of the continent
/// (`12,50`, `1.234,56`); commas that stand in neither way make no number.
fn without_separators(text: &str) -> Option<String> {
    let s: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let Some((head, tail)) = s.rsplit_once(',') else { return Some(s) };
    let behind = tail.bytes().take_while(u8::is_ascii_digit).count();
    // a point behind the last comma: thousands before, parts behind
    if behind == 3 || tail.contains('.') {
        return Some(s.replace(',', ""));
    }
    let decimal = matches!(behind, 1 | 2) && !head.contains(',') && head.ends_with(|c: char| c.is_ascii_digit());
    decimal.then(|| format!("{}.{tail}", head.replace('.', "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_amounts_and_weights() {
        let d = |s: &str| decimal(s).map(|d| d.to_string());
        assert_eq!(d("￥1,900.00").as_deref(), Some("1900.00"));
        assert_eq!(d("1.20kg").as_deref(), Some("1.20"));
        for (text, value) in
            [("EUR 12,50", "12.50"), ("1.234,56 €", "1234.56"), ("1,234,567", "1234567"), ("12,5kg", "12.5"), ("$1,900.5", "1900.5"), ("0,35", "0.35")]
        {
            assert_eq!(d(text).as_deref(), Some(value), "{text}");
        }
        for text in ["12,3456", "1,2,3", ",50", "1,", "5,SF1"] {
            assert_eq!(d(text), None, "{text}");
        }
        assert_eq!(d("＝").as_deref(), None);
        assert_eq!(d("3件").as_deref(), Some("3"));
        assert_eq!(d("(5)").as_deref(), Some("-5"));
        assert_eq!(d("SF12"), None);
        assert_eq!((d("-¥3.50").as_deref(), d("1.5千克").as_deref(), d("SF1 2"), d("12-")), (Some("-3.50"), Some("1.5"), None, None));
    }

    #[test]
    fn numbers_beyond_any_shop_are_none() {
        assert_eq!(TOO_LARGE, Decimal::from(10_000_000_000_000_i64));
        let largest = "9999999999999.99";
        assert_eq!((decimal(largest).map(|d| d.to_string()).as_deref(), decimal(&format!("-{largest}元")).is_some()), (Some(largest), true));
        for text in ["10000000000000", "-10000000000000", "¥10,000,000,000,000.00", "79228162514264337593543950335", "351234567890100011"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn currencies_are_what_stands_beside_the_amount() {
        let money = |s: &str| amount(s).map(|(v, c)| format!("{v} {}", c.map_or(String::new(), |c| String::from_utf8_lossy(&c).into_owned())));
        for (text, expected) in [
            ("$1,900.00", "1900.00 USD"),
            ("AU $12.00", "12.00 AUD"),
            ("£4.50", "4.50 GBP"),
            ("GBP 4.50", "4.50 GBP"),
            ("12.00 USD", "12.00 USD"),
            ("59元", "59 CNY"),
            ("59.00", "59.00 "),
        ] {
            assert_eq!(money(text).as_deref(), Some(expected), "{text}");
        }
    }
}
