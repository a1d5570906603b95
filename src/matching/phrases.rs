//! Long words that are looked for inside texts: titles of goods, streets with house numbers, buyers' messages. One pass over a text finds all of them.

use std::collections::{BTreeSet, HashMap};
use unicode_normalization::UnicodeNormalization as _;

/// Characters that a phrase is looked up by.
const HEAD: usize = 4;
/// A message to the seller can be long; its beginning tells it.
const LONGEST: usize = 80;

/// Phrases and the orders that know them.
#[derive(Default)]
pub(super) struct Phrases {
    orders: HashMap<Vec<char>, Vec<usize>>,
    /// First characters → lengths of the phrases that begin so: a street of a thousand houses has few.
    heads: HashMap<Vec<char>, BTreeSet<usize>>,
}

/// Letters and digits only, NFKC, lower case: blanks and punctuation differ between a label, a chat and an export.
pub(super) fn squeeze(text: &str) -> Vec<char> {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

impl Phrases {
    /// Adds what an order says; those that are shorter than `shortest` characters and those that the platform has masked are no keys.
    pub(super) fn add(&mut self, text: &str, shortest: usize, order: usize) {
        if text.contains('*') || text.contains("##") || text.contains("$$") {
            return;
        }
        let phrase: Vec<char> = squeeze(text).into_iter().take(LONGEST).collect();
        let Some(head) = phrase.get(..HEAD).filter(|_| phrase.len() >= shortest) else { return };
        self.heads.entry(head.to_vec()).or_default().insert(phrase.len());
        let orders = self.orders.entry(phrase).or_default();
        if orders.last() != Some(&order) {
            orders.push(order);
        }
    }

    /// The phrases in a squeezed text. A phrase that begins or ends in a digit does not match inside a longer number.
    pub(super) fn find<'a>(&'a self, text: &'a [char]) -> impl Iterator<Item = (String, &'a [usize])> + 'a {
        let touches_digits = move |at: usize, phrase: &[char]| {
            let digit = |n: Option<usize>| n.and_then(|n| text.get(n)).is_some_and(char::is_ascii_digit);
            let ends = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
            (ends(phrase.first()) && digit(at.checked_sub(1))) || (ends(phrase.last()) && digit(Some(at + phrase.len())))
        };
        let windows = if self.orders.is_empty() { &[][..] } else { text };
        windows.windows(HEAD).enumerate().flat_map(move |(at, head)| {
            self.heads.get(head).into_iter().flatten().filter_map(move |length| {
                let phrase = text.get(at..at + length)?;
                let orders = self.orders.get(phrase).filter(|_| !touches_digits(at, phrase))?;
                Some((phrase.iter().collect(), orders.as_slice()))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_do_not_matter_and_longer_numbers_are_others() {
        let mut phrases = Phrases::default();
        phrases.add("文三路 1 号金桂花园3幢202", 6, 4);
        phrases.add("短", 6, 5);
        let found = |text: &str| phrases.find(&squeeze(text)).map(|(_, o)| o.to_vec()).collect::<Vec<_>>();
        assert_eq!(found("浙江杭州文三路1号，金桂花园 3幢 202 收"), [[4]]);
        assert!(found("文三路1号金桂花园3幢2021").is_empty());
        assert!(found("文三路1号金桂花园3幢20").is_empty());
    }
}
