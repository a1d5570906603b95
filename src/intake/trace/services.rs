//! The services of templates/trace-services.toml: where their answers hold what, and what their codes mean.

use super::path::{Path, fold};
use super::words::Meaning;
use crate::error::{Error, Result};
use crate::model::record::EventKind;
use crate::profile::Profile;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

const FILE: &str = "trace-services.toml";

/// Stands for every code of a service.
const ALL_CODES: &str = "*";

/// All services known.
#[derive(Debug)]
pub struct Services {
    list: Vec<Service>,
    /// Names under which any service may keep the number.
    pub numbers: Vec<Path>,
    /// Folded key that a payload must have → the services it may be of, by index.
    by_key: HashMap<String, Vec<usize>>,
}

/// A value's places, the first that holds something counts; each may be several values joined.
pub type Choice = Vec<Vec<Path>>;

/// One service's names for the same things.
#[derive(Debug)]
pub struct Service {
    pub id: &'static str,
    pub number: Vec<Path>,
    pub carrier: Choice,
    pub carrier_id: Option<String>,
    pub order: Choice,
    pub state: Choice,
    pub events: Vec<Path>,
    pub flat: Option<char>,
    pub single: bool,
    pub time: Choice,
    pub text: Choice,
    pub place: Choice,
    pub code: Choice,
    pub origin: Choice,
    pub destination: Choice,
    pub recipient: Choice,
    pub weight: Choice,
    pub weight_unit: Choice,
    pub updated: Choice,
    /// Times without a zone are Shanghai's.
    pub chinese: bool,
    pub marks: Vec<String>,
    codes: HashMap<String, EventKind>,
    /// Codes of which no published text was found.
    unverified: BTreeSet<String>,
}

impl Service {
    /// Is what a code means told by no published text.
    pub fn is_unverified(&self, code: &str) -> bool {
        self.unverified.contains(ALL_CODES) || self.unverified.contains(&code.trim().to_lowercase())
    }

    /// What a code means, whatever its case.
    pub fn code(&self, code: &str) -> Option<EventKind> {
        self.codes.get(&code.trim().to_lowercase()).copied()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    numbers: Vec<String>,
    service: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "trust")]
    _trust: String,
    #[serde(default, rename = "unverified")]
    _unverified: bool,
    zone: Zone,
    #[serde(default)]
    carrier_id: Option<String>,
    #[serde(default)]
    flat: Option<char>,
    #[serde(default)]
    single: bool,
    #[serde(default)]
    number: Vec<String>,
    #[serde(default)]
    carrier: Vec<String>,
    #[serde(default)]
    order: Vec<String>,
    #[serde(default)]
    state: Vec<String>,
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    time: Vec<String>,
    #[serde(default)]
    text: Vec<String>,
    #[serde(default)]
    place: Vec<String>,
    #[serde(default)]
    code: Vec<String>,
    #[serde(default)]
    origin: Vec<String>,
    #[serde(default)]
    destination: Vec<String>,
    #[serde(default)]
    recipient: Vec<String>,
    #[serde(default)]
    weight: Vec<String>,
    #[serde(default)]
    weight_unit: Vec<String>,
    #[serde(default)]
    updated: Vec<String>,
    #[serde(default)]
    marks: Vec<String>,
    #[serde(default)]
    codes: BTreeMap<String, Meaning>,
    #[serde(default)]
    unverified_codes: Vec<String>,
}

#[derive(Deserialize, PartialEq)]
enum Zone {
    #[serde(rename = "+08:00")]
    China,
    #[serde(rename = "unknown")]
    Unknown,
}

impl Services {
    /// Reads templates/trace-services.toml through the layers.
    ///
    /// # Errors
    /// When the file is not of this form, names a service twice, or one has neither scans nor a way to read them, or calls a code unverified that it has not;
    /// the service is named.
    pub fn load(profile: &Profile) -> Result<Services> {
        let (text, origin) = profile.text(FILE)?;
        let wrong = |what: String| {
            Error::new(format!("{origin} 写法有误：{what}"), format!("{origin} is wrong: {what}"))
                .hint("对照内置的 templates/trace-services.toml 改正", "compare it with the built-in templates/trace-services.toml")
        };
        let raw: RawFile = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        let mut list = Vec::with_capacity(raw.service.len());
        let mut seen = BTreeSet::new();
        for service in raw.service {
            let id = service.id.clone();
            if !seen.insert(id.clone()) {
                return Err(wrong(format!("id = \"{id}\"")));
            }
            list.push(one(service).ok_or_else(|| wrong(format!("id = \"{id}\"")))?);
        }
        let numbers = paths(&raw.numbers).ok_or_else(|| wrong("numbers".to_owned()))?;
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, service) in list.iter().enumerate() {
            let keys = if service.single { &service.number } else { &service.events };
            for path in keys {
                let known = by_key.entry(path.first().to_owned()).or_default();
                if known.last() != Some(&index) {
                    known.push(index);
                }
            }
        }
        Ok(Services { list, numbers, by_key })
    }

    /// The services that an object with these keys may be of, in the file's order.
    pub fn candidates<'k>(&self, keys: impl Iterator<Item = &'k String>) -> Vec<&Service> {
        let mut found: Vec<usize> = keys.filter_map(|k| self.by_key.get(&fold(k))).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|i| self.list.get(i)).collect()
    }

    /// May an object with such a key be a payload?
    pub fn knows(&self, key: &str) -> bool {
        self.by_key.contains_key(&fold(key))
    }
}

fn one(raw: Raw) -> Option<Service> {
    let (number, events) = (paths(&raw.number)?, paths(&raw.events)?);
    let choice = |specs: &[String]| -> Option<Choice> { specs.iter().map(|s| s.split('+').map(Path::parse).collect()).collect() };
    let readable = raw.flat.is_some() || (!raw.time.is_empty() && !raw.text.is_empty());
    let marked = raw.unverified_codes.iter().all(|code| (code == ALL_CODES && !raw.codes.is_empty()) || raw.codes.contains_key(code));
    if !marked || !readable || (raw.single && number.is_empty()) || (!raw.single && events.is_empty()) {
        return None;
    }
    Some(Service {
        id: interned(&raw.id),
        number,
        carrier: choice(&raw.carrier)?,
        carrier_id: raw.carrier_id,
        order: choice(&raw.order)?,
        state: choice(&raw.state)?,
        events,
        flat: raw.flat,
        single: raw.single,
        time: choice(&raw.time)?,
        text: choice(&raw.text)?,
        place: choice(&raw.place)?,
        code: choice(&raw.code)?,
        origin: choice(&raw.origin)?,
        destination: choice(&raw.destination)?,
        recipient: choice(&raw.recipient)?,
        weight: choice(&raw.weight)?,
        weight_unit: choice(&raw.weight_unit)?,
        updated: choice(&raw.updated)?,
        chinese: raw.zone == Zone::China,
        marks: raw.marks.iter().map(|m| fold(m)).collect(),
        unverified: raw.unverified_codes.iter().map(|code| code.to_lowercase()).collect(),
        codes: raw.codes.into_iter().map(|(code, meaning)| (code.to_lowercase(), meaning.kind())).collect(),
    })
}

fn paths(specs: &[String]) -> Option<Vec<Path>> {
    specs.iter().map(|s| Path::parse(s)).collect()
}

/// Traces name their service for the whole run, also when a case brought it: each name is kept once, however many cases a batch has.
fn interned(id: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(id) {
        return known;
    }
    let kept: &'static str = Box::leak(id.to_owned().into_boxed_str());
    names.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service<'s>(services: &'s Services, id: &str) -> &'s Service {
        services.list.iter().find(|s| s.id == id).unwrap()
    }

    #[test]
    fn codes_of_the_services_differ() {
        let all = Services::load(&Profile::built_in()).unwrap();
        use EventKind as K;
        for (id, code, kind) in [
            ("kuaidi100", "304", Some(K::AtStation)),
            ("kdniao", "304", Some(K::DeliveredToOther)),
            ("kuaidi100", "4", Some(K::ReturnSigned)),
            ("kdniao", "4", Some(K::Exception)),
            ("kdniao", "406", Some(K::ReturnSigned)),
            ("kdniao", "311", Some(K::AtStation)),
            ("kuaidi100", "501", Some(K::AtStation)),
            ("wechat-shop", "4", Some(K::AtStation)),
            ("wechat-shop", "6", Some(K::Returning)),
            ("sf", "80", Some(K::Delivered)),
            ("trackingmore", "pickup", Some(K::OutForDelivery)),
            ("aftership", "delivered", Some(K::Delivered)),
            ("kuaidi100", "77", None),
        ] {
            assert_eq!(service(&all, id).code(code), kind, "{id} {code}");
        }
    }

    #[test]
    fn keys_lead_to_services_and_names_are_kept_once() {
        let all = Services::load(&Profile::built_in()).unwrap();
        let keys = ["traces".to_owned(), "state".to_owned()];
        assert_eq!(all.candidates(keys.iter()).iter().map(|s| s.id).collect::<Vec<_>>(), ["kdniao", "kdniao-flat", "ems"]);
        assert!(all.knows("waybill_id") && !all.knows("message"));
        assert!(std::ptr::eq(interned("kdniao"), service(&all, "kdniao").id));
    }

    #[test]
    fn a_wrong_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let head = "numbers = []\n[[service]]\nid = \"a\"\nsource = \"s\"\ntrust = \"U\"\nzone = \"+08:00\"\n";
        for bad in [
            String::new(),
            head.to_owned(),
            format!("{head}events = [\"x\"]\ntime = [\"a..b\"]\ntext = [\"c\"]"),
            format!("{head}events = [\"x\"]\ntime = [\"a\"]\ntext = [\"c\"]\nstates = 1"),
            format!("{head}single = true\ntime = [\"a\"]\ntext = [\"c\"]"),
            format!("{head}events = [\"x\"]\ntime = [\"a\"]\ntext = [\"c\"]\nunverified_codes = [\"RS\"]\n[service.codes]\nDL = \"delivered\""),
        ] {
            std::fs::write(folder.path().join(FILE), bad).unwrap();
            let error = Services::load(&Profile::built_in().with_layer(folder.path())).unwrap_err();
            assert!(error.message(crate::model::Lang::En).contains(FILE), "{error}");
        }
    }
}
