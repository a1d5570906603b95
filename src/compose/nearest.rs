//! The known name that a mistyped one most likely meant.

/// The nearest of `known` by edits, when it is near enough to be meant (a third of the letters may differ, at least two).
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = (name.chars().count() / 3).max(2);
    known.map(|k| (distance(name, k), k)).filter(|(d, _)| *d <= most).min().map(|(_, k)| k)
}

/// Edits (insert, delete, replace) between two names.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        let mut left = i + 1;
        for ((cb, &above_left), &above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            left = (above + 1).min(left + 1).min(above_left + usize::from(ca != *cb));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant_and_nothing_far() {
        assert_eq!(nearest("order_table", ["orders_table", "day_chart"].into_iter()), Some("orders_table"));
        assert_eq!(nearest("xyz", ["orders_table", "day_chart"].into_iter()), None);
    }
}
