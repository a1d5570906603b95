//! Groups of evidence that a platform asks for, as its profile tells them (`[[evidence_group]]`): which members, all of them or any, of each order or
//! once for the case, and how strongly asked. Which group an order meets is decided in assess; here the data are read and checked.

use super::platform::Basis;
use crate::model::Lang;
use crate::model::file::Kind;
use crate::model::settings::{Delivery, Goods};
use crate::text::nearest::nearest;
use serde::Deserialize;

/// Stands for every violation, scenario or kind of goods.
const ANY: &str = "*";

/// All members, or one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// Every member must be there.
    All,
    /// One member is enough.
    Any,
}

/// What the group is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupScope {
    /// Each argued order.
    Order,
    /// Once for the case.
    Case,
}

/// How strongly it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Strengthens the appeal.
    Helpful,
    /// The platform names it.
    Asked,
    /// Without it an order is not proven; asked once for the case, the appeal is not ready (no single order suffers for it).
    Required,
}

/// A thing that can be there for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// A file of this kind, linked to the order (or to the case).
    Kind(Kind),
    /// What no kind of file says by itself.
    Fact(EvidenceFact),
    /// Another group of the same profile, by its id.
    Group(String),
}

/// What no kind of file says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceFact {
    /// `tracking`: the order has a waybill number.
    Tracking,
    /// `delivered-trace`: a trace, or the courier's own paper, that ends with delivery.
    DeliveredTrace,
    /// `picture`: any picture linked to the order.
    Picture,
    /// `chat-picture`: a conversation as picture or document.
    ChatPicture,
    /// `proof-number`: the chat tool's own proof number (`[[chat]] proof_number`).
    ProofNumber,
    /// `weight`: a weight in a table (bill, station sheet).
    Weight,
    /// `cause`: a document that names the order or its day among the reasons why orders came.
    Cause,
    /// `promoted`: the same, but for mere figures of visitors: what was done to bring the orders.
    Promoted,
}

impl EvidenceFact {
    /// Every fact, with the word that `of` spells it by.
    pub const ALL: [(&'static str, EvidenceFact); 8] = [
        ("tracking", EvidenceFact::Tracking),
        ("delivered-trace", EvidenceFact::DeliveredTrace),
        ("picture", EvidenceFact::Picture),
        ("chat-picture", EvidenceFact::ChatPicture),
        ("proof-number", EvidenceFact::ProofNumber),
        ("weight", EvidenceFact::Weight),
        ("cause", EvidenceFact::Cause),
        ("promoted", EvidenceFact::Promoted),
    ];
}

/// A group of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceGroup {
    /// Its id; a platform's group replaces the general one of the same id. No kind and no fact may be called so.
    pub id: String,
    /// Violation id, or `*`.
    #[serde(default = "any")]
    pub violation: String,
    /// Scenario id, or `*`.
    #[serde(default = "any")]
    pub scenario: String,
    /// Scenario ids in which it is not asked.
    #[serde(default)]
    pub not_scenarios: Vec<String>,
    /// `physical`, `virtual`, or `*`.
    #[serde(default = "any")]
    pub goods: String,
    /// Asked only of orders that go by courier (not of `[[order]] delivery = "local"` and the like).
    #[serde(default)]
    pub express: bool,
    /// Asked only of orders that the seller said went this way (`[[order]] delivery`); empty: of all.
    #[serde(default)]
    pub delivery: Vec<String>,
    /// All members or any.
    pub need: Need,
    /// Kinds of files, facts ([`EvidenceFact::ALL`]), ids of other groups.
    #[serde(rename = "of")]
    members: Vec<String>,
    /// Of each order, or once.
    pub scope: GroupScope,
    /// How strongly.
    pub level: Level,
    /// What is asked for, in Chinese, as it stands after “还缺”.
    pub zh: String,
    /// In English, as it stands after "still lacking".
    pub en: String,
    /// Where from.
    pub basis: Basis,
}

fn any() -> String {
    ANY.to_owned()
}

impl EvidenceGroup {
    /// What it asks for, in a language.
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// Its members. Words were checked when the profile was read.
    pub fn members(&self) -> impl Iterator<Item = Member> + '_ {
        self.members.iter().map(|word| member(word))
    }

    /// Is it asked in such a case? What is not known (`None`) only fits `*`.
    pub fn applies(&self, violation: Option<&str>, scenario: Option<&str>, goods: Goods) -> bool {
        let fits = |wanted: &str, is: Option<&str>| wanted == ANY || is == Some(wanted);
        let excepted = || scenario.is_some_and(|is| self.not_scenarios.iter().any(|not| not == is));
        fits(&self.violation, violation) && fits(&self.scenario, scenario) && fits(&self.goods, Some(goods_word(goods))) && !excepted()
    }
}

fn goods_word(goods: Goods) -> &'static str {
    match goods {
        Goods::Physical => "physical",
        Goods::Virtual => "virtual",
    }
}

fn member(word: &str) -> Member {
    let fact = EvidenceFact::ALL.iter().find(|(name, _)| *name == word).map(|(_, fact)| Member::Fact(*fact));
    fact.or_else(|| Kind::from_name(word).map(Member::Kind)).unwrap_or_else(|| Member::Group(word.to_owned()))
}

/// The groups asked for in a case, in the profile's order. A group that another of them names is only a part of it and does not stand alone.
pub fn asked<'a>(groups: &'a [EvidenceGroup], violation: Option<&str>, scenario: Option<&str>, goods: Goods) -> Vec<&'a EvidenceGroup> {
    let parts: Vec<&String> = groups.iter().flat_map(|g| &g.members).collect();
    groups.iter().filter(|g| g.applies(violation, scenario, goods) && !parts.contains(&&g.id)).collect()
}

/// What is wrong in the groups of a profile (with the general ones merged in), as one English clause with the group's id; `None` when nothing is.
pub fn mistake(groups: &[EvidenceGroup]) -> Option<(String, String)> {
    let known = || groups.iter().map(|g| g.id.as_str()).chain(EvidenceFact::ALL.iter().map(|(n, _)| *n)).chain(Kind::ALL.iter().map(|k| k.as_str()));
    for group in groups {
        let told = |what: String| Some((group.id.clone(), what));
        if !matches!(member(&group.id), Member::Group(_)) {
            return told(format!("id = \"{}\" is a kind or fact already", group.id));
        }
        if ![ANY, "physical", "virtual"].contains(&group.goods.as_str()) {
            return told(format!("goods = \"{}\" must be \"physical\", \"virtual\" or \"*\"", group.goods));
        }
        if let Some(name) = group.delivery.iter().find(|name| Delivery::from_name(name).is_none()) {
            return told(format!("delivery = \"{name}\" is no way of delivery"));
        }
        if group.members.is_empty() {
            return told("of = [] asks for nothing".to_owned());
        }
        for word in &group.members {
            if !known().any(|k| k == word) {
                let near = nearest(word, known()).map(|n| format!("; did you mean \"{n}\"?")).unwrap_or_default();
                return told(format!("of = [\"{word}\"] is no kind, fact or group{near}"));
            }
        }
        if reaches(groups, group, &group.id, 0) {
            return told("it contains itself".to_owned());
        }
    }
    None
}

/// Does a group lead back to `target` through its members?
fn reaches(groups: &[EvidenceGroup], group: &EvidenceGroup, target: &str, depth: usize) -> bool {
    group.members.iter().any(|word| word == target || (depth < groups.len() && groups.iter().any(|g| g.id == *word && reaches(groups, g, target, depth + 1))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use crate::profile::platform::{self, Platform};

    #[test]
    fn every_profile_asks_for_what_exists() {
        for platform in platform::all(&Profile::built_in()).unwrap() {
            assert_eq!(mistake(&platform.evidence_groups), None, "{}", platform.id);
            for group in &platform.evidence_groups {
                assert!(group.violation == ANY || platform.violation(&group.violation).is_some(), "{}: {}", platform.id, group.id);
                assert!(group.scenario == ANY || platform.scenarios.iter().any(|s| s.id == group.scenario), "{}: {}", platform.id, group.id);
            }
        }
    }

    #[test]
    fn the_general_minimum_and_what_douyin_asks_beside_it() {
        let ids = |platform: &str, violation, scenario, goods, level| -> Vec<String> {
            let platform = Platform::load(&Profile::built_in(), platform).unwrap();
            let asked = asked(&platform.evidence_groups, violation, scenario, goods);
            asked.into_iter().filter(|g| g.level == level).map(|g| g.id.clone()).collect()
        };
        let fake = Some("fake-transaction");
        assert_eq!(ids("generic", None, None, Goods::Physical, Level::Required), ["waybill-number", "delivery", "freight", "contact"]);
        assert_eq!(ids("generic", None, None, Goods::Virtual, Level::Required), ["virtual-delivery"]);
        assert_eq!(
            ids("douyin", fake, Some("real-sale"), Goods::Physical, Level::Required),
            ["slip-with-weight", "promotion-proof", "waybill-number", "delivery", "freight"]
        );
        assert_eq!(ids("douyin", fake, Some("real-sale-virtual"), Goods::Virtual, Level::Required), ["promotion-proof", "virtual-delivery"]);
        assert!(ids("douyin", fake, Some("refunded"), Goods::Physical, Level::Required).contains(&"refund-proof".to_owned()));
    }

    #[test]
    fn slips_of_the_data_are_named() {
        let group = |id: &str, of: &str| -> EvidenceGroup {
            toml::from_str(&format!(
                "id = \"{id}\"\nneed = \"any\"\nof = [{of}]\nscope = \"order\"\nlevel = \"asked\"\nzh = \"\"\nen = \"\"\nbasis = {{ source = \"s\", trust = \"judgement\" }}"
            ))
            .unwrap()
        };
        let told = |groups: &[EvidenceGroup]| mistake(groups).map(|(_, what)| what);
        assert_eq!(told(&[group("a", "\"chat\", \"tracking\"")]), None);
        assert_eq!(told(&[group("a", "\"chta\"")]), Some("of = [\"chta\"] is no kind, fact or group; did you mean \"chat\"?".to_owned()));
        assert_eq!(told(&[group("chat", "\"chat\"")]), Some("id = \"chat\" is a kind or fact already".to_owned()));
        assert_eq!(told(&[group("a", "\"b\""), group("b", "\"a\"")]), Some("it contains itself".to_owned()));
    }
}
