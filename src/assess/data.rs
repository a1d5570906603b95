//! The judgement data under templates/: strength of proofs, words of causes, words of trade.

use crate::error::{Error, Result};
use crate::model::assessment::ProofGroup;
use crate::model::file::Kind;
use crate::model::record::CauseKind;
use crate::profile::Profile;
use crate::profile::platform::Basis;
use serde::Deserialize;

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
    internal: InternalRow,
    cause: Vec<CauseRow>,
}

/// The courier's own screen, by words of its path.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InternalRow {
    words: Vec<String>,
    /// At most so strong is what is called so.
    rank: u8,
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

    /// Group and rank of a piece of a kind: the courier's own screen is no sealed slip.
    pub(super) fn of_piece(&self, kind: Kind, path: &str) -> Option<(ProofGroup, u8)> {
        let (group, rank) = self.of(kind)?;
        let internal = kind == Kind::CourierProof && self.internal.words.iter().any(|w| path.contains(w.as_str()));
        Some((group, if internal { rank.min(self.internal.rank) } else { rank }))
    }

    /// Which cause a name speaks of.
    pub(super) fn cause(&self, name: &str) -> Option<CauseKind> {
        let name = name.to_lowercase();
        // "delivered" and "uploads" hold "live" and "ads"
        let begins = |at: usize, word: &str| {
            !word.is_ascii() || name.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|before| !before.is_ascii_alphanumeric())
        };
        let speaks = |word: &String| name.match_indices(word.as_str()).any(|(at, _)| begins(at, word));
        let row = self.cause.iter().find(|c| c.words.iter().any(speaks))?;
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
    /// What stands before a tail that is not the recipient's: of the courier's phone, of the waybill, of a code. A user's file from before these words
    /// stays good.
    #[serde(default)]
    pub other_tail_heads: Vec<String>,
    /// What stands between a platform's virtual number and its extension.
    #[serde(default)]
    pub extension_marks: Vec<String>,
    /// How virtual numbers begin.
    #[serde(default)]
    pub virtual_prefixes: Vec<String>,
    /// What stands before the name of who signed.
    pub signer_heads: Vec<String>,
    /// What stands behind a name and does not belong to it.
    pub titles: Vec<String>,
    /// What stands behind a whole name and does not belong to it.
    #[serde(default)]
    pub endings: Vec<String>,
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

/// Full-width signs narrowed, lower case.
pub(super) fn fold(text: &str) -> String {
    text.chars().map(crate::text::width::narrow_char).flat_map(char::to_lowercase).collect()
}

pub(super) fn read<T: serde::de::DeserializeOwned>(profile: &Profile, path: &str) -> Result<T> {
    let (text, origin) = profile.text(path)?;
    toml::from_str(&text).map_err(|e| {
        let line = crate::text::toml_lines::of_error(&text, &e);
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
}
