//! The words that harm, of templates/harm-words.toml: single words, words that harm together, claims of the seller's own.

use super::data::{fold, read};
use crate::error::Result;
use crate::profile::Profile;
use serde::Deserialize;
use std::collections::BTreeSet;

/// templates/harm-words.toml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HarmWords {
    #[expect(dead_code, reason = "part of the file's form: every data file names its source")]
    source: String,
    #[expect(dead_code, reason = "part of the file's form: every data file names its trust")]
    trust: String,
    word: Vec<HarmWord>,
    phrase: Vec<HarmPhrase>,
    claim: Vec<Claim>,
    /// First characters of the words: most texts hold none of them, and a long table has many cells.
    #[serde(skip)]
    heads: BTreeSet<char>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HarmWord {
    text: String,
    #[serde(rename = "in")]
    places: Vec<HarmPlace>,
    #[serde(default)]
    except: Vec<String>,
    /// Heads of columns that hold the word: harmless in names of files, and where they stand alone as a head does; in a sentence they are talk.
    #[serde(default)]
    heads: Vec<String>,
    /// Blanks and dots between its signs hide it from a platform's filter, not from a reviewer.
    #[serde(default)]
    apart: bool,
    /// Written so, it is harmless inside these as well.
    #[serde(default)]
    except_apart: Vec<String>,
}

/// Words that harm together: one of each part, in this order, close to each other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HarmPhrase {
    parts: Vec<Vec<String>>,
    /// So many characters may stand between two parts.
    within: usize,
    /// No comma may stand between them either; the end of a sentence never may.
    #[serde(default)]
    clause: bool,
    #[serde(rename = "in")]
    places: Vec<HarmPlace>,
    /// Words of the text that make it harmless.
    #[serde(default)]
    not: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claim {
    words: Vec<String>,
}

/// Where a word is looked for.
#[derive(Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum HarmPlace {
    Chat,
    Name,
    /// The head of a column.
    Head,
}

impl HarmWords {
    pub(super) fn load(profile: &Profile) -> Result<Self> {
        let mut words: Self = read(profile, "harm-words.toml")?;
        let first = words.phrase.iter().flat_map(|p| p.parts.first().into_iter().flatten());
        words.heads = words.word.iter().map(|w| &w.text).chain(first).filter_map(|w| w.chars().next()).collect();
        Ok(words)
    }

    /// The harmful words of a text, each once, in the list's order; of phrases what stands in the text.
    pub(super) fn find(&self, text: &str, place: HarmPlace) -> Vec<String> {
        let begins = |c: char| self.heads.contains(&c) || (!c.is_ascii() && c.to_lowercase().any(|l| self.heads.contains(&l)));
        if !text.chars().map(crate::text::width::narrow_char).map(|c| c.to_ascii_lowercase()).any(begins) {
            return Vec::new();
        }
        let text = fold(text);
        let joined = Joined::of(&text);
        let stands = |w: &&HarmWord| w.stands_in(&text, place) || w.apart && joined.as_ref().is_some_and(|joined| w.stands_apart_in(&text, joined));
        let mut found: Vec<String> = self.word.iter().filter(|w| w.places.contains(&place)).filter(stands).map(|w| w.text.clone()).collect();
        for phrase in self.phrase.iter().filter(|p| p.places.contains(&place)) {
            // a phrase that holds a word already named says nothing new
            found.extend(phrase.found_in(&text).filter(|p| !found.iter().any(|f| p.contains(f.as_str()))).map(str::to_owned));
        }
        found
    }

    /// Words of the seller's own statement that claim too much.
    pub(super) fn claims(&self, text: &str) -> Vec<&str> {
        let text = fold(text);
        self.claim.iter().flat_map(|c| &c.words).filter(|w| text.contains(w.as_str())).map(String::as_str).collect()
    }
}

impl HarmWord {
    /// At least one occurrence that no exception covers; words of letters must stand alone (`加v` does not begin `加vivo`).
    fn stands_in(&self, text: &str, place: HarmPlace) -> bool {
        text.match_indices(self.text.as_str()).any(|(at, word)| {
            let end = at + word.len();
            let covered = self.except.iter().any(|e| text.match_indices(e.as_str()).any(|(from, e)| from <= at && from + e.len() >= end));
            let head =
                |(from, head): (usize, &str)| from <= at && from + head.len() >= end && (place != HarmPlace::Chat || is_head(text, from, from + head.len()));
            let in_head = || self.heads.iter().any(|h| text.match_indices(h.as_str()).any(head));
            stands_alone(text, at, end) && !covered && !in_head()
        })
    }

    /// The same for an occurrence with blanks or dots in it.
    fn stands_apart_in(&self, text: &str, joined: &Joined) -> bool {
        joined.text.match_indices(self.text.as_str()).any(|(at, word)| {
            let end = at + word.len();
            let last = word.chars().next_back().map_or(0, char::len_utf8);
            let (Some(from), Some(to)) = (joined.origin.get(at), joined.origin.get(end.saturating_sub(last)).map(|o| o + last)) else { return false };
            let gap = (to - from).saturating_sub(word.len());
            let mut harmless = self.except.iter().chain(&self.except_apart);
            let covered = harmless.any(|e| joined.text.match_indices(e.as_str()).any(|(from, e)| from <= at && from + e.len() >= end));
            (1..=MOST_APART).contains(&gap) && stands_alone(text, *from, to) && !covered
        })
    }
}

/// Bytes of blanks and dots that may stand within a word.
const MOST_APART: usize = 6;

/// A text without its blanks and dots.
struct Joined {
    text: String,
    /// For each byte where it stood.
    origin: Vec<usize>,
}

impl Joined {
    /// `None` where nothing stands apart but words of letters.
    fn of(text: &str) -> Option<Joined> {
        let gap = |c: char| matches!(c, ' ' | '.' | '·' | '•' | '・' | '\u{200b}');
        let mut before = None;
        let apart = text.chars().any(|c| {
            let apart = gap(c) && before.is_some_and(|b: char| !b.is_ascii());
            before = Some(c);
            apart
        });
        apart.then(|| {
            let mut joined = Joined { text: String::with_capacity(text.len()), origin: Vec::with_capacity(text.len()) };
            for (at, c) in text.char_indices().filter(|(_, c)| !gap(*c)) {
                joined.text.push(c);
                joined.origin.extend(at..at + c.len_utf8());
            }
            joined
        })
    }
}

impl HarmPhrase {
    /// What of a folded text makes up the phrase, from its first part to its last.
    fn found_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (first, rest) = self.parts.split_first()?;
        if self.not.iter().any(|n| text.contains(n.as_str())) {
            return None;
        }
        let end = |(at, word): (usize, &str)| Some((at, self.end(text, at + word.len(), rest)?));
        let (from, to) = first.iter().flat_map(|w| text.match_indices(w.as_str())).filter(|(at, w)| stands_alone(text, *at, at + w.len())).find_map(end)?;
        text.get(from..to)
    }

    /// Where the last of these parts ends, the first of them looked for behind `from`.
    fn end(&self, text: &str, from: usize, parts: &[Vec<String>]) -> Option<usize> {
        let Some((words, rest)) = parts.split_first() else { return Some(from) };
        let reach = text.get(from..)?;
        // no further than a word can stand: a long text is not read through once for each first part in it
        let longest = words.iter().map(|w| w.chars().count()).max().unwrap_or(0);
        let reach = reach.char_indices().nth(self.within + longest + 1).and_then(|(stop, _)| reach.get(..stop)).unwrap_or(reach);
        words.iter().flat_map(|w| reach.match_indices(w.as_str())).find_map(|(at, word)| {
            let (start, end) = (from + at, from + at + word.len());
            let between = reach.get(..at)?;
            let apart = between.chars().count() > self.within || between.contains(['.', '!', '?', '。', ';', '\n']) || self.clause && between.contains(',');
            if apart || !stands_alone(text, start, end) { None } else { self.end(text, end, rest) }
        })
    }
}

/// Does it stand as a head does: alone in its cell, or between the signs that part cells in a line of text. An amount behind it makes it a sentence.
fn is_head(text: &str, from: usize, to: usize) -> bool {
    const SIGNS: [char; 12] = [',', ';', '|', '\t', '\n', '\r', '"', '\'', '、', '/', '(', ')'];
    let (before, after) = (text.get(..from).unwrap_or_default(), text.get(to..).unwrap_or_default());
    let begins = before.chars().next_back().is_none_or(|c| c == ' ' || SIGNS.contains(&c));
    let next = after.trim_start_matches(' ').chars().next();
    let ends = next.is_none_or(|c| SIGNS.contains(&c) || (after.starts_with(' ') && c.is_alphabetic()));
    begins && ends
}

/// Letters or digits do not go on where the word begins or ends with one.
fn stands_alone(text: &str, at: usize, end: usize) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let Some(word) = text.get(at..end) else { return false };
    let before = letter(text.get(..at).and_then(|t| t.chars().next_back())) && letter(word.chars().next());
    let after = letter(text.get(end..).and_then(|t| t.chars().next())) && letter(word.chars().next_back());
    !before && !after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmful_words_and_their_harmless_neighbours() {
        let words = HarmWords::load(&Profile::built_in()).unwrap();
        for (text, found) in [
            ("好评返现5元", vec!["返现", "好评返"]),
            ("这单是刷单的", vec!["刷单"]),
            ("真空包装，空包装盒已收到", vec![]),
            ("发空包可以吗，真空包装", vec!["空包"]),
            ("放单元门口", vec![]),
            ("返现金额3元，加我V:shop888", vec!["返现", "加我v"]),
            ("好评返现金额是多少", vec!["返现", "好评返"]),
            ("已返,返现金额5", vec!["返现"]),
            ("返现金额：5元", vec!["返现"]),
            ("刷手佣金结算好了吗", vec!["佣金"]),
            ("佣金结算", vec![]),
            ("订单号,返现金额,返现状态,佣金结算", vec![]),
            ("订单号 返现金额 佣金比例", vec![]),
            ("达人佣金结算", vec![]),
            ("可以➕微信吗", vec!["➕微信"]),
            ("加V聊", vec!["加v"]),
            ("加V 聊", vec!["加v"]),
            ("加vivo手机膜", vec![]),
            ("刷  单", vec!["刷单"]),
            ("帮忙刷 单", vec!["刷单"]),
            ("刷.单吗", vec!["刷单"]),
            ("牙刷 单支装", vec![]),
            ("马桶刷 单价 数量", vec![]),
            ("软毛牙刷单支装，锅刷单个装，化妆刷单支", vec![]),
            ("印刷单页两百张", vec![]),
            ("笔记本金属支架", vec![]),
            ("基本金额是多少", vec![]),
            ("这单本金什么时候退", vec!["本金"]),
            ("镂空包包女", vec![]),
            ("可放单反相机背包", vec![]),
            ("补单词卡吗", vec![]),
            ("帮我刷一单", vec!["刷一单"]),
            ("刷几单", vec!["刷几单"]),
            ("牙刷两单一起发吧", vec![]),
            ("页面刷新一单多少", vec![]),
            ("加VX", vec!["加vx"]),
            ("加wx聊", vec!["加wx"]),
            ("加 微信", vec!["加微信"]),
            ("可以加 微信支付吗", vec![]),
            ("加 V abc", vec!["加v"]),
            ("圆领换加V领", vec![]),
            ("加vxworks", vec![]),
            ("这是S单", vec!["s单"]),
            ("要红色S单件", vec![]),
            ("SMS单", vec![]),
            ("请返 现在就要", vec![]),
            ("五星好评后返5元红包，截图找我领", vec!["好评后返5"]),
            ("帮我补一下单，货不用发", vec!["补一下单,货不用发"]),
            ("来做任务的，垫付的钱退我", vec!["做任务的,垫付"]),
            ("加一下V信 abc123", vec!["v信"]),
            ("发空气包裹就行", vec!["发空气包裹"]),
            ("退款后还能给好评吗", vec![]),
            ("漏了一件，麻烦补发一单", vec![]),
            ("补差价的，补一下单不用发货", vec![]),
            ("可以加微信支付吗", vec![]),
            ("is this a brushing order?", vec!["brushing order"]),
            ("review refund please", vec!["review refund"]),
            ("full refund for your review, please keep it secret", vec!["refund for your review"]),
            ("got my cashback for the 5-star review", vec!["cashback for the 5-star"]),
            ("empty package like agreed", vec!["empty package like agreed"]),
            ("Free product in exchange for review", vec!["free product in exchange for review"]),
            ("we give you a PayPal refund after you leave a 5 star review", vec!["refund after you leave a 5 star"]),
            ("please review the refund request", vec![]),
            ("empty box arrived, please refund", vec![]),
            ("I want a refund for the mug, the review says it breaks", vec![]),
            ("a soft tooth brush for brushing", vec![]),
            ("refund after you review the photos", vec![]),
            ("Fake orders", vec![]),
            ("a FAKE ORDER!", vec!["fake order"]),
        ] {
            assert_eq!(words.find(text, HarmPlace::Chat), found, "{text}");
        }
        assert!(words.find("4月佣金结算单.xlsx", HarmPlace::Name).is_empty());
        let heads = ["是否刷单", "本金", "佣金", "返现金额", "返现金额(元)", "好评返现"].map(|head| words.find(head, HarmPlace::Head).concat());
        assert_eq!(heads, ["刷单", "本金", "", "", "", "返现好评返"]);
        assert_eq!(words.claims("我店绝对没有虚假交易"), ["绝对"]);
    }
}
