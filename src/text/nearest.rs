//! The nearest known word to a mistyped one, for "did you mean".

/// The candidate with the smallest edit distance, when that is at most a quarter of the word's length (at least 2)
/// and at most half of the longer word, so that a short word does not resemble everything. Ties: the first.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(200).collect();
    let allowed = (word.len() / 4).max(2);
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        let other: Vec<char> = candidate.chars().take(200).collect();
        if other.len().abs_diff(word.len()) > allowed {
            continue;
        }
        let d = distance(&word, &other);
        if d <= allowed && d * 2 <= word.len().max(other.len()) && best.is_none_or(|(b, _)| d < b) {
            best = Some((d, candidate));
        }
    }
    best.map(|(_, c)| c)
}

/// Levenshtein distance with one row kept.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b) {
            let here = (diagonal + usize::from(x != y)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = here;
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_slips_and_refuses_strangers() {
        assert_eq!(nearest("351234567890123456", ["351234567890123465", "351234567890123450"]), Some("351234567890123450"));
        assert_eq!(nearest("plattform", ["platform", "scenario"]), Some("platform"));
        assert_eq!(nearest("xyz", ["platform"]), None);
        assert_eq!(nearest("recieved", ["deadline", "received"]), Some("received"));
        assert_eq!(nearest("xy", ["id"]), None, "two letters resemble any other two");
    }
}
