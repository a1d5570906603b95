//! What is known of each platform: names, the words that give its notices away, violations, appeal periods, thresholds, upload presets, what to
//! gather. One file a platform under templates/platforms, read together with `generic.toml`; each fact names its source. Code knows no platform by name.

mod violations;

pub use violations::Violations;

use super::Profile;
use super::evidence_group::{self, EvidenceGroup};
use super::lang::words;
use crate::error::{Error, Result};
use crate::finding::{Code, Severity};
use crate::model::Lang;
use crate::model::settings::Goods;
use crate::text::nearest::nearest;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The id whose file holds for every platform.
pub const GENERAL: &str = "generic";

/// Where a fact is from. `unverified` facts may be shown as such, but nothing is decided by them in silence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Rule id, document, page.
    pub source: String,
    /// Date of the text (`2026-02-27`), if known.
    #[serde(default)]
    pub date: Option<String>,
    /// `official`, `code`, `third-party`, `judgement`, `unverified`.
    pub trust: String,
    /// Not confirmed.
    #[serde(default)]
    pub unverified: bool,
}

impl Basis {
    /// Source and date as printed: `天猫规则 11000256, 2026-02-27`; for a reader of English `Tmall rule 11000256, 2026-02-27`.
    pub fn shown(&self, lang: Lang) -> String {
        let source = words(lang).source(&self.source);
        match &self.date {
            Some(date) => format!("{source}, {date}"),
            None => source,
        }
    }
}

/// A kind of violation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Violation {
    /// Its id (`fake-transaction`).
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Words by which notices name it.
    pub words: Vec<String>,
    /// The scenario that an appeal usually follows, for goods …
    pub scenario: String,
    /// … and for virtual goods.
    pub scenario_virtual: String,
    /// Where from.
    #[serde(default)]
    pub basis: Option<Basis>,
}

impl Violation {
    /// Its name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// A way to argue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its id (`real-sale`).
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

/// How long an appeal is possible.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// Only for these violations.
    #[serde(default)]
    pub violation: Violations,
    /// Natural days from the notice.
    pub days: u32,
    /// Where from.
    pub basis: Basis,
}

/// A number that checks use; what it means and its unit stand in the key (`pickup-late-hours`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// `penalty-step-orders`, `pickup-late-hours`, `pickup-missing-hours`, `chat-proof-days`, `chat-proof-days-longest`, `stalled-late-hours`,
    /// `stall-near-hours` …
    pub key: String,
    /// Only for these violations.
    #[serde(default)]
    pub violation: Violations,
    /// The number.
    pub value: i64,
    /// What the platform calls that which passes it, in Chinese (`虚假发货`) …
    #[serde(default)]
    pub zh: Option<String>,
    /// … and in English.
    #[serde(default)]
    pub en: Option<String>,
    /// Where from.
    pub basis: Basis,
}

/// A preset for `[limits]`. Lengths in bytes, sides in pixels.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the keys of [limits]")]
pub struct LimitPreset {
    pub id: String,
    pub zh: String,
    pub en: String,
    #[serde(default)]
    pub files: Option<u64>,
    #[serde(default)]
    pub pages: Option<u64>,
    #[serde(default)]
    pub bytes: Option<u64>,
    #[serde(default)]
    pub bytes_total: Option<u64>,
    #[serde(default)]
    pub image_side: Option<u64>,
    #[serde(default)]
    pub formats: Vec<String>,
    #[serde(default)]
    pub text: Vec<u64>,
    pub basis: Basis,
}

/// Something to gather for an appeal, and from whom.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gather {
    /// Which of `init`'s folders it belongs in (`notice`, `orders`, `traces`, `waybills`, `chats`, `stock`, `causes`, `other`).
    pub folder: String,
    /// What, in Chinese.
    pub zh: String,
    /// What, in English.
    pub en: String,
    /// From whom, in Chinese.
    pub from_zh: String,
    /// From whom, in English.
    pub from_en: String,
    /// Where from.
    pub basis: Basis,
}

/// Where in the back office one appeals.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppealPath {
    /// Only against these violations.
    #[serde(default)]
    pub violation: Violations,
    /// The menus, in the platform's own words: `商家中心 > 客户服务 > 申诉中心`.
    pub path: String,
    /// Where from.
    pub basis: Basis,
}

/// Something to be told about a platform's procedure or penalties, with its source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Only for these violations.
    #[serde(default)]
    pub violation: Violations,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Where from.
    pub basis: Basis,
}

/// A platform, with what holds for all platforms merged in behind its own entries.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Its id (`tmall`), equal to the file's name.
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Language of what is handed in to it, unless case.toml says otherwise.
    pub language: Lang,
    /// Words that give its notices away, the most telling first.
    pub words: Vec<String>,
    /// Words that contain one of `words` but say nothing (`天猫精灵`, a product).
    #[serde(default)]
    pub not_words: Vec<String>,
    /// Its parcels go outside China: what is known of Chinese provinces and waits says nothing of them.
    #[serde(default)]
    pub abroad: bool,
    /// Its chats give proof numbers (rating rules: Tmall 11000225, Taobao 2352).
    #[serde(default)]
    pub proof_numbers: bool,
    /// Where in the back office one appeals.
    #[serde(default, rename = "appeal_path")]
    pub appeal_paths: Vec<AppealPath>,
    /// Kinds of violation.
    #[serde(default, rename = "violation")]
    pub violations: Vec<Violation>,
    /// Ways to argue.
    #[serde(default, rename = "scenario")]
    pub scenarios: Vec<Scenario>,
    /// Appeal periods.
    #[serde(default, rename = "deadline")]
    pub deadlines: Vec<Deadline>,
    /// How an appeal goes: tries, answers, what is never accepted.
    #[serde(default, rename = "procedure")]
    pub procedures: Vec<Told>,
    /// The steps of penalties, the lightest first.
    #[serde(default, rename = "penalty")]
    pub penalties: Vec<Told>,
    /// Numbers for checks.
    #[serde(default, rename = "threshold")]
    pub thresholds: Vec<Threshold>,
    /// Severities that differ here: code → `ignore`, `note`, `warning`, `error`.
    #[serde(default, rename = "severities")]
    severity_words: BTreeMap<String, String>,
    /// The same, checked: `None` = ignore.
    #[serde(skip)]
    pub severities: BTreeMap<Code, Option<Severity>>,
    /// Presets for `[limits]`.
    #[serde(default, rename = "limit")]
    pub limits: Vec<LimitPreset>,
    /// What to gather.
    #[serde(default, rename = "gather")]
    pub gather: Vec<Gather>,
    /// Groups of evidence that are asked for ([`evidence_group::asked`] picks those of a case).
    #[serde(default, rename = "evidence_group")]
    pub evidence_groups: Vec<EvidenceGroup>,
}

/// Ids of all platforms, sorted: the names of the files under templates/platforms.
pub fn ids(profile: &Profile) -> Vec<String> {
    profile.list("platforms").iter().filter_map(|n| n.strip_suffix(".toml").map(str::to_owned)).collect()
}

/// Every platform, by id.
///
/// # Errors
/// As [`Platform::load`].
pub fn all(profile: &Profile) -> Result<Vec<Arc<Platform>>> {
    ids(profile).iter().map(|id| Platform::load(profile, id)).collect()
}

/// Reads a severity word of `[findings]` or `[severities]`: `ignore` is `Some(None)`, an unknown word `None`.
pub fn severity(word: &str) -> Option<Option<Severity>> {
    match word {
        "ignore" => Some(None),
        "note" => Some(Some(Severity::Note)),
        "warning" => Some(Some(Severity::Warning)),
        "error" => Some(Some(Severity::Error)),
        _ => None,
    }
}

impl Platform {
    /// Reads a platform's file and merges the general one behind it.
    ///
    /// # Errors
    /// When there is no such platform (with the nearest id), or a file has a mistake (named with its line).
    pub fn load(profile: &Profile, id: &str) -> Result<Arc<Platform>> {
        profile.once(id, || Platform::merged(profile, id))
    }

    fn merged(profile: &Profile, id: &str) -> Result<Platform> {
        let known = ids(profile);
        if !known.iter().any(|k| k == id) {
            let near = nearest(id, known.iter().map(String::as_str));
            return Err(Error::new(format!("没有平台“{id}”"), format!("no platform `{id}`")).hint(
                near.map_or_else(|| format!("可以用的平台：{}", known.join("、")), |n| format!("是不是 {n}？全部平台：{}", known.join("、"))),
                near.map_or_else(|| format!("the platforms are: {}", known.join(", ")), |n| format!("did you mean `{n}`? All: {}", known.join(", "))),
            ));
        }
        let mut platform = read(profile, id)?;
        if id != GENERAL {
            let general = read(profile, GENERAL)?;
            merge(&mut platform.violations, general.violations, |v| v.id.clone());
            merge(&mut platform.scenarios, general.scenarios, |s| s.id.clone());
            merge(&mut platform.thresholds, general.thresholds, |t| (t.key.clone(), t.violation.clone()));
            merge(&mut platform.limits, general.limits, |l| l.id.clone());
            merge(&mut platform.gather, general.gather, |g| g.folder.clone());
            merge(&mut platform.evidence_groups, general.evidence_groups, |g| g.id.clone());
            for (code, severity) in general.severities {
                platform.severities.entry(code).or_insert(severity);
            }
        }
        let unknown = platform.unknown_violation().map(|v| ("violation", format!("violation = \"{v}\" is no [[violation]] of this platform"), v));
        let slip = || evidence_group::mistake(&platform.evidence_groups).map(|(group, what)| ("id", format!("[[evidence_group]] {what}"), group));
        if let Some((key, what, named)) = unknown.or_else(slip) {
            let (text, origin) = profile.text(&format!("platforms/{id}.toml"))?;
            let line = text.lines().position(|l| l.trim_start().starts_with(key) && l.contains(&format!("\"{named}\"")));
            return Err(mistake(&origin, line.map_or(1, |l| l + 1), &what));
        }
        Ok(platform)
    }

    /// Its name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// A violation by its id.
    pub fn violation(&self, id: &str) -> Option<&Violation> {
        self.violations.iter().find(|v| v.id == id)
    }

    /// The violation that `text` names first; of several that begin at one place the longest word wins (欺诈发货 … against 发货). With the words found.
    pub fn violation_in(&self, text: &str) -> Option<(&Violation, &str)> {
        let folded = text.to_lowercase();
        let mut best: Option<(usize, usize, &Violation, &str)> = None;
        for violation in &self.violations {
            for word in &violation.words {
                let Some(at) = folded.find(&word.to_lowercase()) else { continue };
                if best.is_none_or(|(place, length, _, _)| at < place || (at == place && word.len() > length)) {
                    best = Some((at, word.len(), violation, word));
                }
            }
        }
        best.map(|(_, _, violation, word)| (violation, word))
    }

    /// The scenario that an appeal against this violation follows when case.toml names none.
    pub fn scenario(&self, violation: Option<&str>, goods: Goods) -> Option<&str> {
        let violation = self.violation(violation?)?;
        Some(match goods {
            Goods::Physical => &violation.scenario,
            Goods::Virtual => &violation.scenario_virtual,
        })
    }

    /// The appeal period for a violation: its own entry first, then one for all violations. Unverified entries are never given.
    pub fn deadline(&self, violation: Option<&str>) -> Option<&Deadline> {
        let usable = || self.deadlines.iter().filter(|d| !d.basis.unverified);
        usable().find(|d| d.violation.names(violation)).or_else(|| usable().find(|d| d.violation.all()))
    }

    /// A period that nobody confirmed, to be told as such and never counted with.
    pub fn unconfirmed_deadline(&self, violation: Option<&str>) -> Option<&Deadline> {
        self.deadlines.iter().find(|d| d.basis.unverified && (d.violation.all() || d.violation.names(violation)))
    }

    /// A number for checks in a case of this violation, with its basis (which may be unverified): the violation's own first, then that of all.
    pub fn threshold(&self, key: &str, violation: Option<&str>) -> Option<&Threshold> {
        let of_key = || self.thresholds.iter().filter(move |t| t.key == key);
        of_key().find(|t| t.violation.names(violation)).or_else(|| of_key().find(|t| t.violation.all()))
    }

    /// The names of violations in a language, as a list; `None` when all are meant.
    pub fn named(&self, violations: &Violations, lang: Lang) -> Option<String> {
        let names = || violations.ids().map(|id| self.violation(id).map_or(id, |v| v.name(lang)));
        (!violations.all()).then(|| names().collect::<Vec<_>>().join(words(lang).get("list.between")))
    }

    /// A violation that a fact names and the platform has not.
    fn unknown_violation(&self) -> Option<String> {
        let told = self.procedures.iter().chain(&self.penalties).map(|t| &t.violation);
        let named = self.deadlines.iter().map(|d| &d.violation).chain(self.thresholds.iter().map(|t| &t.violation));
        let mut ids = named.chain(self.appeal_paths.iter().map(|p| &p.violation)).chain(told).flat_map(Violations::ids);
        ids.find(|id| self.violation(id).is_none()).map(str::to_owned)
    }

    /// How often `text` names this platform; words that merely contain its name are not counted.
    pub fn mentions(&self, text: &str) -> usize {
        let mut masked = text.to_lowercase();
        for word in &self.not_words {
            masked = masked.replace(&word.to_lowercase(), "\u{1}");
        }
        // each stretch of text counts once: the longer words are taken out first
        let mut words: Vec<String> = self.words.iter().map(|w| w.to_lowercase()).collect();
        words.sort_by_key(|w| std::cmp::Reverse(w.len()));
        let mut count = 0;
        for word in &words {
            let mut rest = String::with_capacity(masked.len());
            let mut from = 0;
            while let Some(at) = masked.get(from..).and_then(|s| s.find(word.as_str())).map(|i| from + i) {
                let end = at + word.len();
                if whole_word(&masked, at, end, word) {
                    count += 1;
                    rest.push_str(masked.get(from..at).unwrap_or(""));
                    rest.push('\u{1}');
                } else {
                    rest.push_str(masked.get(from..end).unwrap_or(""));
                }
                from = end;
            }
            rest.push_str(masked.get(from..).unwrap_or(""));
            masked = rest;
        }
        count
    }
}

/// Latin words must not be part of a longer one (`eBay` in `somebay`); Chinese has no such border.
fn whole_word(text: &str, start: usize, end: usize, word: &str) -> bool {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let before = text.get(..start).and_then(|s| s.chars().next_back());
    let after = text.get(end..).and_then(|s| s.chars().next());
    let joined_before = latin(word.chars().next()) && latin(before);
    let joined_after = latin(word.chars().next_back()) && latin(after);
    !joined_before && !joined_after
}

fn read(profile: &Profile, id: &str) -> Result<Platform> {
    let (text, origin) = profile.text(&format!("platforms/{id}.toml"))?;
    let mut platform: Platform = toml::from_str(&text).map_err(|e| {
        let line = crate::text::toml_lines::of_error(&text, &e);
        mistake(&origin, line, e.message())
    })?;
    let line_of = |word: &str| 1 + text.lines().position(|l| l.trim_start().starts_with(word)).unwrap_or(0);
    if platform.id != id {
        return Err(mistake(&origin, line_of("id"), &format!("id = \"{}\" must be \"{id}\"", platform.id)));
    }
    for (code, word) in &platform.severity_words {
        let (Some(known), Some(severity)) = (Code::from_name(code), severity(word)) else {
            return Err(mistake(&origin, line_of(code), &format!("[severities] {code} = \"{word}\"")));
        };
        platform.severities.insert(known, severity);
    }
    Ok(platform)
}

fn mistake(origin: &str, line: usize, what: &str) -> Error {
    Error::new(format!("{origin} 第 {line} 行有错：{what}"), format!("{origin}, line {line}: {what}"))
        .hint("照 templates/platforms/generic.toml 的写法改正", "correct it after the pattern of templates/platforms/generic.toml")
}

fn merge<T, K: PartialEq>(own: &mut Vec<T>, general: Vec<T>, key: impl Fn(&T) -> K) {
    for entry in general {
        if !own.iter().any(|o| key(o) == key(&entry)) {
            own.push(entry);
        }
    }
}

#[cfg(test)]
mod tests;
