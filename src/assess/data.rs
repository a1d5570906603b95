//! The judgement data under templates/: strength of proofs, words of causes, words that harm.

use crate::error::{Error, Result};
use crate::model::assessment::ProofGroup;
use crate::model::file::Kind;
use crate::model::record::CauseKind;
use crate::profile::Profile;
use crate::profile::platform::Basis;
use serde::Deserialize;
use std::collections::BTreeSet;

/// templates/proof-ranks.toml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Ranks {
    #[expect(dead_code, reason = "part of the file's form: every data file names its source")]
    source: String,
    #[expect(dead_code, reason = "part of the file's form: every data file names its trust")]
    trust: String,
    proof: Vec<ProofRow>,
    /// Kinds of files that speak of one order or parcel.
    pub one_order: Vec<Kind>,
    pub proof_number: NumberRow,
    cause: Vec<CauseRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofRow {
    kind: Kind,
    group: String,
    rank: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct NumberRow {
    pub rank: u8,
    /// Days a proof number is kept.
    pub days: i64,
    /// Days after which none is kept.
    pub days_longest: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CauseRow {
    kind: String,
    words: Vec<String>,
}

impl Ranks {
    pub(super) fn load(profile: &Profile) -> Result<Self> {
        read(profile, "proof-ranks.toml")
    }

    /// Group and rank of a kind of file.
    pub(super) fn of(&self, kind: Kind) -> Option<(ProofGroup, u8)> {
        let row = self.proof.iter().find(|p| p.kind == kind)?;
        ProofGroup::ALL.into_iter().find(|g| g.as_str() == row.group).map(|g| (g, row.rank))
    }

    /// Which cause a name speaks of.
    pub(super) fn cause(&self, name: &str) -> Option<CauseKind> {
        let name = name.to_lowercase();
        let row = self.cause.iter().find(|c| c.words.iter().any(|w| name.contains(w.as_str())))?;
        const ALL: [CauseKind; 5] = [CauseKind::Live, CauseKind::Promotion, CauseKind::Traffic, CauseKind::Ads, CauseKind::Affiliate];
        ALL.into_iter().find(|c| c.as_str() == row.kind)
    }
}

/// templates/trade-words.toml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TradeWords {
    #[expect(dead_code, reason = "part of the file's form: every data file names its source")]
    source: String,
    #[expect(dead_code, reason = "part of the file's form: every data file names its trust")]
    trust: String,
    /// The buyer asked for another address.
    pub address_changed: Vec<String>,
    /// What stands before a recipient's name in a scan.
    pub recipient_heads: Vec<String>,
    /// What stands before the last digits of a phone.
    pub phone_tail_heads: Vec<String>,
    /// What stands before the name of who signed.
    pub signer_heads: Vec<String>,
    /// What stands behind a name and does not belong to it.
    pub titles: Vec<String>,
    /// What stands there and is no name.
    pub no_names: Vec<String>,
    other_carrier: Vec<OtherCarrier>,
}

/// Carrier words that a platform takes for a way round its own labels.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OtherCarrier {
    platforms: Vec<String>,
    words: Vec<String>,
    /// Orders paid before this day (`2026-04-01`) are not meant.
    pub since: String,
    pub basis: Basis,
}

impl TradeWords {
    pub(super) fn load(profile: &Profile) -> Result<Self> {
        read(profile, "trade-words.toml")
    }

    /// The rule of this platform that a carrier's words touch.
    pub(super) fn other_carrier(&self, platform: &str, carrier: &str) -> Option<&OtherCarrier> {
        let carrier = fold(carrier.trim());
        self.other_carrier.iter().find(|o| o.platforms.iter().any(|p| p == platform) && o.words.contains(&carrier))
    }
}

/// templates/harm-words.toml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HarmWords {
    #[expect(dead_code, reason = "part of the file's form: every data file names its source")]
    source: String,
    #[expect(dead_code, reason = "part of the file's form: every data file names its trust")]
    trust: String,
    word: Vec<HarmWord>,
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
}

impl HarmWords {
    pub(super) fn load(profile: &Profile) -> Result<Self> {
        let mut words: Self = read(profile, "harm-words.toml")?;
        words.heads = words.word.iter().filter_map(|w| w.text.chars().next()).collect();
        Ok(words)
    }

    /// The harmful words of a text, each once, in the list's order.
    pub(super) fn find(&self, text: &str, place: HarmPlace) -> Vec<&str> {
        let begins = |c: char| self.heads.contains(&c) || (!c.is_ascii() && c.to_lowercase().any(|l| self.heads.contains(&l)));
        if !text.chars().map(crate::text::width::narrow_char).map(|c| c.to_ascii_lowercase()).any(begins) {
            return Vec::new();
        }
        let text = fold(text);
        self.word.iter().filter(|w| w.places.contains(&place) && w.stands_in(&text)).map(|w| w.text.as_str()).collect()
    }

    /// Words of the seller's own statement that claim too much.
    pub(super) fn claims(&self, text: &str) -> Vec<&str> {
        let text = fold(text);
        self.claim.iter().flat_map(|c| &c.words).filter(|w| text.contains(w.as_str())).map(String::as_str).collect()
    }
}

impl HarmWord {
    /// At least one occurrence that no exception covers; words of letters must stand alone (`加v` does not begin `加vivo`).
    fn stands_in(&self, text: &str) -> bool {
        text.match_indices(self.text.as_str()).any(|(at, word)| {
            let end = at + word.len();
            let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            let before = letter(text.get(..at).and_then(|t| t.chars().next_back())) && letter(word.chars().next());
            let after = letter(text.get(end..).and_then(|t| t.chars().next())) && letter(word.chars().next_back());
            let covered = self.except.iter().any(|e| text.match_indices(e.as_str()).any(|(from, e)| from <= at && from + e.len() >= end));
            !before && !after && !covered
        })
    }
}

fn fold(text: &str) -> String {
    text.chars().map(crate::text::width::narrow_char).flat_map(char::to_lowercase).collect()
}

pub(super) fn read<T: serde::de::DeserializeOwned>(profile: &Profile, path: &str) -> Result<T> {
    let (text, origin) = profile.text(path)?;
    toml::from_str(&text).map_err(|e| {
        let line = e.span().map_or(1, |s| text.get(..s.start).map_or(1, |t| t.matches('\n').count() + 1));
        let what = e.message().lines().next().unwrap_or("").to_owned();
        Error::new(format!("{origin} 第 {line} 行有误：{what}"), format!("{origin} line {line}: {what}"))
            .hint("改正这一行，或删去该文件改用内置数据", "correct that line, or delete the file to use the built-in data")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_built_in_data_means_something() {
        let ranks = Ranks::load(&Profile::built_in()).unwrap();
        for row in &ranks.proof {
            assert!(ranks.of(row.kind).is_some_and(|(_, r)| (1..=5).contains(&r)), "{:?}", row.kind);
        }
        for row in &ranks.cause {
            assert!(row.words.iter().all(|w| ranks.cause(w).is_some()), "{}", row.kind);
        }
        assert_eq!(ranks.cause("春季直播_截图.png"), Some(CauseKind::Live));
        assert_eq!(ranks.cause("IMG_1.png"), None);
    }

    #[test]
    fn harmful_words_and_their_harmless_neighbours() {
        let words = HarmWords::load(&Profile::built_in()).unwrap();
        for (text, found) in [
            ("好评返现5元", vec!["返现", "好评返"]),
            ("这单是刷单的", vec!["刷单"]),
            ("真空包装，空包装盒已收到", vec![]),
            ("发空包可以吗，真空包装", vec!["空包"]),
            ("放单元门口", vec![]),
            ("加V聊", vec!["加v"]),
            ("加V 聊", vec!["加v"]),
            ("加vivo手机膜", vec![]),
            ("刷  单", vec![]),
            ("Fake orders", vec![]),
            ("a FAKE ORDER!", vec!["fake order"]),
        ] {
            assert_eq!(words.find(text, HarmPlace::Chat), found, "{text}");
        }
        assert_eq!(words.claims("我店绝对没有虚假交易"), ["绝对"]);
    }
}
