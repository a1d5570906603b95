//! `chat-gap`: screenshots of one order's conversation that do not join.
//!
//! Needs the rows of at least two chat screenshots of an order, of equal width. Source: the rating rules want conversations complete and legible
//! (Tmall 11000225, Taobao 2352), which we go by. Cleared by the screenshots in between.

use super::{Handed, finding_of, joins};
use crate::assess::view::View;
use crate::finding::{Code, Findings};
use crate::model::file::Kind;
use crate::model::pixels::Rows;
use crate::text::dates;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Screenshots of one order among which every pair is laid side by side; of more, each and the next few.
const ALL_PAIRS: usize = 12;
const NEXT_FEW: usize = 3;
/// Height by width, in hundredths, from which a picture is taken for a screen.
const TALL: usize = 130;

pub(super) fn check(view: &View, pictures: &[Handed], findings: &mut Findings) {
    let mut of_order: BTreeMap<usize, Vec<&Handed>> = BTreeMap::new();
    for picture in pictures.iter().filter(|p| view.case.file(p.file).kind == Kind::Chat && rows(p).is_some()) {
        picture.orders.iter().for_each(|order| of_order.entry(*order).or_default().push(picture));
    }
    // one buyer's screenshots belong to all of his orders: told at the first
    let mut told = BTreeSet::new();
    for (order, mut shots) in of_order {
        shots.sort_by(|a, b| by_name(view.path(a.file), view.path(b.file)));
        if !told.insert(shots.iter().map(|s| s.file).collect::<Vec<_>>()) {
            continue;
        }
        for (before, after) in gaps(&shots) {
            findings.push(finding_of(view, Code::ChatGap, order, before.file).with("next", view.path(after.file)));
        }
    }
}

/// Rows of a tall screen.
fn rows<'a>(picture: &'a Handed) -> Option<&'a Rows> {
    picture.info.pixels.as_ref().map(|p| &p.rows).filter(|r| r.len() * 100 >= Rows::TO_WIDTH * TALL)
}

/// Neighbours by name that no chain of joined screenshots connects.
fn gaps<'a, 'b>(shots: &'b [&'a Handed<'a>]) -> Vec<(&'b Handed<'a>, &'b Handed<'a>)> {
    let mut chain: Vec<usize> = (0..shots.len()).collect();
    let reach = if shots.len() <= ALL_PAIRS { shots.len() } else { NEXT_FEW };
    for (i, a) in shots.iter().enumerate() {
        for (j, b) in shots.iter().enumerate().skip(i + 1).take(reach) {
            let (Some(of_a), Some(of_b)) = (chain.get(i).copied(), chain.get(j).copied()) else { continue };
            if of_a == of_b {
                continue;
            }
            // another width is another phone or window, and brightness taken otherwise cannot be compared: nothing can be said
            let alike = |p: &Handed| (p.info.shown_size().0, p.info.pixels.as_ref().map(|pixels| pixels.brightness));
            if alike(a) != alike(b) || rows(a).zip(rows(b)).is_some_and(|(a, b)| joins::joined(a, b)) {
                chain.iter_mut().filter(|c| **c == of_b).for_each(|c| *c = of_a);
            }
        }
    }
    let mut found = Vec::new();
    let mut connected: BTreeSet<usize> = chain.first().copied().into_iter().collect();
    for (pair, ids) in shots.windows(2).zip(chain.windows(2)) {
        if let ([before, after], [_, id]) = (pair, ids)
            && connected.insert(*id)
        {
            found.push((*before, *after));
        }
    }
    found
}

/// By the time in the name where both have one, else as people count: 2 before 10.
fn by_name(a: &str, b: &str) -> Ordering {
    let name = |path: &'_ str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let (a_name, b_name) = (name(a), name(b));
    let times = time_in(&a_name).zip(time_in(&b_name));
    times.map_or(Ordering::Equal, |(x, y)| x.cmp(&y)).then_with(|| counted(&a_name).cmp(&counted(&b_name))).then_with(|| a.cmp(b))
}

/// `20260409190013`, `2026-04-09-19-00-13`, or the milliseconds that WeChat writes.
fn time_in(name: &str) -> Option<u64> {
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 14 && digits.starts_with("20") {
        return digits.get(..14)?.parse().ok();
    }
    if digits.len() == 13 && digits.starts_with('1') {
        let at = chrono::DateTime::from_timestamp_millis(digits.parse().ok()?)?.with_timezone(&dates::china());
        return at.format("%Y%m%d%H%M%S").to_string().parse().ok();
    }
    None
}

/// Words and numbers in turn.
fn counted(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let words = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, from) = rest.split_at(words);
        let digits = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (number, next) = from.split_at(digits);
        parts.push((word.to_owned(), number.parse().unwrap_or(0)));
        rest = next;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_put_in_the_order_of_time_or_number() {
        for (first, second) in [
            ("聊天/Screenshot_2026-04-09-19-02-20.png", "聊天/Screenshot_2026-04-09-19-02-33.png"),
            ("聊天/微信截图_20260409190013.png", "聊天/IMG_20260409190026.jpg"),
            ("聊天/mmexport1775700000000.jpg", "聊天/微信截图_20260409190013.png"),
            ("聊天/山里的猫_2.png", "聊天/山里的猫_10.png"),
            ("聊天/a.png", "聊天/b.png"),
        ] {
            assert_eq!(by_name(first, second), Ordering::Less, "{first} {second}");
            assert_eq!(by_name(second, first), Ordering::Greater, "{first} {second}");
        }
    }
}
