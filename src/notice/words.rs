//! The words by which notices are found and read (templates/notice-words.toml), and where labels stand in a line.

use crate::error::{Error, Result};
use crate::profile::Profile;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The data file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeWords {
    #[serde(default, rename = "unverified")]
    _unverified: bool,
    pub signs: toml::map::Map<String, toml::Value>,
    pub choice: ChoiceWords,
    pub labels: Labels,
    pub count: CountWords,
    pub relative: RelativeWords,
    pub pages: PageWords,
    pub shapes: Shapes,
    pub heads: Heads,
    #[serde(default)]
    pub api: Vec<Api>,
}

/// The labels under which fields of an interface's answer are read on, as if they stood in a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Heads {
    pub number: String,
    pub main: String,
    pub sub: String,
    pub wording: String,
    pub received: String,
    pub deadline: String,
}

/// Answers of a platform's interface: which keys give them away, and which key is which field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Api {
    /// Names the interface, and the platform where only one has it.
    pub title: String,
    /// An object with all of these keys is one record.
    pub keys: Vec<String>,
    /// The violation that it always speaks of.
    #[serde(default)]
    pub violation: String,
    #[serde(default)]
    pub number: Vec<String>,
    #[serde(default)]
    pub main: Vec<String>,
    #[serde(default)]
    pub sub: Vec<String>,
    #[serde(default)]
    pub wording: Vec<String>,
    #[serde(default)]
    pub received: Vec<String>,
    #[serde(default)]
    pub deadline: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "trust")]
    _trust: String,
}

/// How a candidate is judged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceWords {
    pub least: i64,
    pub path: Vec<String>,
    pub path_bonus: i64,
}

/// The labels of fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Labels {
    pub number: Vec<String>,
    pub violation: Vec<String>,
    pub received: Vec<String>,
    pub deadline: Vec<String>,
    pub orders: Vec<String>,
    /// A label of `orders` with one of these means main orders …
    pub main: Vec<String>,
    /// … with one of these their parts, with one of each a pair of both.
    pub sub: Vec<String>,
    pub other: Vec<String>,
    /// Words before numbers that the notice says it does not mean.
    pub excluded: Vec<String>,
    pub judged: Vec<String>,
}

impl Labels {
    /// Does a label (lower case) speak of main orders, and of their parts.
    pub(super) fn levels(&self, label: &str) -> (bool, bool) {
        let any = |signs: &[String]| signs.iter().any(|sign| label.contains(sign.as_str()));
        (any(&self.main), any(&self.sub))
    }
}

/// Words around a stated number of orders.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountWords {
    pub before: Vec<String>,
    pub after: Vec<String>,
    /// Those of `after` that are said of orders only and need no word before the number.
    pub alone: Vec<String>,
    pub not_before: Vec<String>,
    pub not_after: Vec<String>,
}

/// Words around "within N days".
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelativeWords {
    pub anchors: Vec<String>,
    pub days: Vec<String>,
    /// Of the units those that name a day of the month where no word of `inside` follows.
    pub dates: Vec<String>,
    pub hours: Vec<String>,
    pub inside: Vec<String>,
    pub within: String,
    /// Behind a moment: an appeal is possible until then.
    pub closes: Vec<String>,
    /// The same before it.
    pub until: Vec<String>,
    /// Between the two ends of a span.
    pub span: Vec<String>,
    /// What is left at the time of copying a page is no period from the receipt.
    pub left: Vec<String>,
    pub not_before: Vec<String>,
    pub not_after: Vec<String>,
}

/// Words of the web page around the notice.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageWords {
    pub noise: Vec<String>,
}

/// What an order number looks like.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shapes {
    pub digits: [usize; 2],
    pub dashed: Vec<Vec<usize>>,
}

/// What a label announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Number,
    Violation,
    Received,
    Deadline,
    Orders,
    Other,
}

impl Field {
    /// Every field.
    pub(super) const ALL: [Field; 6] = [Field::Number, Field::Violation, Field::Received, Field::Deadline, Field::Orders, Field::Other];
}

/// A label in a line; offsets are bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub field: Field,
    /// The label as the data spell it.
    pub label: String,
    pub start: usize,
    pub end: usize,
    /// A colon follows (brackets in between allowed: `涉及订单（共7笔）：`): where the value begins.
    pub colon: Option<usize>,
}

impl NoticeWords {
    pub(super) fn load(profile: &Profile) -> Result<Arc<NoticeWords>> {
        profile.once("", || {
            let (text, origin) = profile.text("notice-words.toml")?;
            toml::from_str(&text).map_err(|e| Error::new(format!("{origin} 有错：{}", e.message()), format!("{origin}: {}", e.message())))
        })
    }

    /// The labels of a field; their order is their rank.
    pub(super) fn labels(&self, field: Field) -> &[String] {
        let l = &self.labels;
        match field {
            Field::Number => &l.number,
            Field::Violation => &l.violation,
            Field::Received => &l.received,
            Field::Deadline => &l.deadline,
            Field::Orders => &l.orders,
            Field::Other => &l.other,
        }
    }

    /// The labels in a line (already lower-cased in ASCII), the longest at each place, left to right, none inside another.
    pub(super) fn hits(&self, line: &str) -> Vec<Hit> {
        if line.is_empty() {
            return Vec::new();
        }
        let mut all: Vec<(usize, usize, Field, &String)> = Vec::new();
        for field in Field::ALL {
            for label in self.labels(field) {
                let lower = label.to_ascii_lowercase();
                let found = line.match_indices(&lower).map(|(start, _)| (start, start + lower.len()));
                all.extend(found.filter(|(start, end)| whole_word(line, *start, *end)).map(|(start, end)| (start, end, field, label)));
            }
        }
        if all.is_empty() {
            return Vec::new();
        }
        all.sort_by_key(|(start, end, ..)| (std::cmp::Reverse(end - start), *start));
        let brackets = brackets(line);
        let mut kept: BTreeMap<usize, Hit> = BTreeMap::new();
        for (start, end, field, label) in all {
            // none of those that are kept lies in another, so only the last one that begins before this one's end can touch it
            if kept.range(..end).next_back().is_none_or(|(_, before)| before.end <= start) {
                kept.insert(start, Hit { field, label: label.clone(), start, end, colon: colon_after(line, end, &brackets) });
            }
        }
        kept.into_values().collect()
    }

    /// Points for the signs of a notice in a text (lower-cased in ASCII).
    pub(super) fn points(&self, text: &str) -> i64 {
        // `our shop` is the seller's word, `your shop` the platform's; `violations` is as good as `violation`
        let begins = |at: usize| !text.get(..at).and_then(|s| s.chars().next_back()).is_some_and(|c| c.is_ascii_alphanumeric());
        let stands = |word: &str| text.match_indices(word).any(|(at, _)| !word.starts_with(|c: char| c.is_ascii_alphanumeric()) || begins(at));
        self.signs.iter().filter(|(word, _)| stands(word)).filter_map(|(_, v)| v.as_integer()).sum()
    }
}

/// A Latin label must not be part of a longer word.
fn whole_word(line: &str, start: usize, end: usize) -> bool {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let inside = line.get(start..end).unwrap_or("");
    let before = latin(inside.chars().next()) && latin(line.get(..start).and_then(|s| s.chars().next_back()));
    let after = latin(inside.chars().next_back()) && line.get(end..).and_then(|s| s.chars().next()).is_some_and(|c| c.is_ascii_alphabetic());
    !before && !after
}

/// Skips blanks, brackets with what is in them, and 为/是/如下 after a label; the byte after the colon if one comes.
fn colon_after(line: &str, end: usize, brackets: &BTreeMap<usize, usize>) -> Option<usize> {
    let mut at = end;
    while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
        at = match c {
            '(' | '（' | '[' | '【' => *brackets.get(&at)?,
            ':' | '：' => return Some(at + c.len_utf8()),
            _ if c.is_whitespace() || matches!(c, '如' | '下' | '为' | '是' | '#' | '.') => at + c.len_utf8(),
            _ => return None,
        };
    }
    None
}

/// Where each bracket of a line opens, and the byte behind the one that closes it; one that is not closed is left out. Any closes any.
fn brackets(line: &str) -> BTreeMap<usize, usize> {
    let (mut open, mut closed) = (Vec::new(), BTreeMap::new());
    for (i, c) in line.char_indices() {
        match c {
            '(' | '（' | '[' | '【' => open.push(i),
            ')' | '）' | ']' | '】' => closed.extend(open.pop().map(|from| (from, i + c.len_utf8()))),
            _ => {}
        }
    }
    closed
}
