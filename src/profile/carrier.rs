//! The carriers of templates/carriers.toml: found by words and by trace services' codes, checked and suggested by the shape of a number.

use super::Profile;
use crate::error::{Error, Result};
use crate::model::Lang;
use crate::text::check_digit::{Algorithm, digit};
use crate::text::ids::{alnum_runs, clean_waybill};
use crate::text::width::narrow;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where the data stands under templates/.
const FILE: &str = "carriers.toml";

/// All carriers known.
#[derive(Debug, Clone)]
pub struct Carriers {
    list: Vec<Carrier>,
    code_lists: Vec<CodeList>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, rename = "code_list")]
    code_lists: Vec<CodeList>,
    carrier: Vec<RawCarrier>,
}

/// How sure the codes of a service are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeList {
    service: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "trust")]
    _trust: String,
    #[serde(default)]
    unverified: bool,
    /// Codes of an unverified list that are sure.
    #[serde(default)]
    confirmed: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCarrier {
    id: String,
    zh: String,
    en: String,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    codes: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    shapes: Vec<String>,
    #[serde(default)]
    old: Vec<String>,
    #[serde(default)]
    checks: Vec<RawCheck>,
    #[serde(default)]
    open: bool,
    trust: String,
    #[serde(default)]
    unverified: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheck {
    shape: String,
    #[serde(default)]
    from: usize,
    #[serde(default)]
    after: usize,
    algorithm: Algorithm,
    #[serde(default)]
    weights: Vec<u32>,
    #[serde(default)]
    sure: bool,
}

#[derive(Debug, Clone)]
struct Carrier {
    raw: RawCarrier,
    /// Names and words, lower-cased, narrowed.
    words: Vec<String>,
    shapes: Vec<Shape>,
    old: Vec<Shape>,
    /// Shapes of `raw.checks`, index for index.
    checked: Vec<Shape>,
}

impl Carrier {
    /// What the check digit says; `None` when no shape with one fits. `sure` asks only shapes that tell their carrier alone.
    fn check_digit(&self, number: &str, sure: bool) -> Option<bool> {
        let fitting = self.raw.checks.iter().zip(&self.checked).filter(|(check, shape)| (check.sure || !sure) && shape.fits(number));
        let mut verdict = None;
        for (check, _) in fitting {
            let at = number.len().checked_sub(check.after + 1)?;
            let body = number.get(check.from..at)?;
            let right = number.get(at..at + 1).and_then(|d| d.parse().ok()) == digit(check.algorithm, &check.weights, body);
            verdict = Some(right || verdict == Some(true));
        }
        verdict
    }
}

impl Carriers {
    /// Reads templates/carriers.toml through the layers.
    ///
    /// # Errors
    /// When a layer's file cannot be read, is not of this form, names an id or a list of codes twice, has a shape that cannot be read, or confirms a code
    /// that no carrier has; file and place are named.
    pub fn load(profile: &Profile) -> Result<Arc<Carriers>> {
        profile.once(FILE, || Carriers::read(profile))
    }

    fn read(profile: &Profile) -> Result<Carriers> {
        let (text, origin) = profile.text(FILE)?;
        let wrong = |what: String| {
            Error::new(format!("{origin} 写法有误：{what}"), format!("{origin} is wrong: {what}"))
                .hint("对照内置的 templates/carriers.toml 改正", "compare it with the built-in templates/carriers.toml")
        };
        let raw: Raw = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        let mut seen = BTreeSet::new();
        let mut list = Vec::with_capacity(raw.carrier.len());
        for raw in raw.carrier {
            if !seen.insert(raw.id.clone()) {
                return Err(wrong(format!("id {}", raw.id)));
            }
            let parse = |specs: &[String]| -> Result<Vec<Shape>> {
                specs.iter().map(|s| Shape::parse(s).ok_or_else(|| wrong(format!("{}: \"{s}\"", raw.id)))).collect()
            };
            let (shapes, old) = (parse(&raw.shapes)?, parse(&raw.old)?);
            let checked = parse(&raw.checks.iter().map(|c| c.shape.clone()).collect::<Vec<_>>())?;
            let words = [&raw.id, &raw.zh, &raw.en].into_iter().chain(&raw.words).map(|w| narrow(w).to_lowercase()).collect();
            list.push(Carrier { raw, words, shapes, old, checked });
        }
        let carriers = Carriers { list, code_lists: raw.code_lists };
        let mut services = BTreeSet::new();
        for codes in &carriers.code_lists {
            let unknown = codes.confirmed.iter().find(|code| carriers.by_code(&codes.service, code).is_none());
            if !services.insert(codes.service.as_str()) || unknown.is_some() {
                let what = unknown.map_or(String::new(), |code| format!(", confirmed = \"{code}\""));
                return Err(wrong(format!("[[code_list]] service = \"{}\"{what}", codes.service)));
            }
        }
        Ok(carriers)
    }

    fn get(&self, id: &str) -> Option<&Carrier> {
        self.list.iter().find(|c| c.raw.id == id)
    }

    /// The carrier that a cell names (`顺丰速运`, `中通快递(ZTO)`, `shunfeng`): the longest word found wins; Latin words must stand alone.
    pub fn by_words(&self, text: &str) -> Option<&str> {
        let text = narrow(text).trim().to_lowercase();
        if text.is_empty() || text.chars().count() > 60 {
            return None;
        }
        let runs: BTreeSet<String> = alnum_runs(&text).into_iter().map(|(_, run)| run.to_lowercase()).collect();
        let stands = |word: &str| text == word || if word.is_ascii() && !word.contains([' ', '&']) { runs.contains(word) } else { text.contains(word) };
        let mut best: Option<(usize, &str)> = None;
        for carrier in &self.list {
            for word in carrier.words.iter().filter(|w| stands(w)) {
                let length = word.chars().count();
                if best.is_none_or(|(longest, _)| length > longest) {
                    best = Some((length, &carrier.raw.id));
                }
            }
        }
        best.map(|(_, id)| id)
    }

    /// The carrier of a trace service's code (`by_code("kdniao", "SF")`), whatever its case.
    pub fn by_code(&self, service: &str, code: &str) -> Option<&str> {
        let has = |c: &&Carrier| c.raw.codes.get(service).is_some_and(|codes| codes.iter().any(|k| k.eq_ignore_ascii_case(code.trim())));
        self.list.iter().find(has).map(|c| c.raw.id.as_str())
    }

    /// The carrier that some trace service calls so: one that has no codes of its own borrows another's.
    pub fn by_any_code(&self, code: &str) -> Option<&str> {
        let has = |c: &&Carrier| c.raw.codes.values().flatten().any(|k| k.eq_ignore_ascii_case(code.trim()));
        self.list.iter().find(has).map(|c| c.raw.id.as_str())
    }

    /// Is nobody sure that a service writes its code so? A service without a list of its own is as little known.
    pub fn code_unverified(&self, service: &str, code: &str) -> bool {
        let list = self.code_lists.iter().find(|l| l.service == service);
        list.is_none_or(|l| l.unverified && !l.confirmed.iter().any(|c| c.eq_ignore_ascii_case(code.trim())))
    }

    /// The carrier's name in a language; the id itself when it is unknown.
    pub fn name<'a>(&'a self, id: &'a str, lang: Lang) -> &'a str {
        self.get(id).map_or(id, |c| match lang {
            Lang::ZhCn => &c.raw.zh,
            Lang::En => &c.raw.en,
        })
    }

    /// Has the number a shape of this carrier's? `None`: cannot be said (unknown carrier, no shapes, or none fits and others are known to exist).
    /// Check digits are another question: [`Carriers::check_digit`].
    pub fn matches_pattern(&self, id: &str, number: &str) -> Option<bool> {
        let carrier = self.get(id)?;
        let number = clean_waybill(number);
        let fits = carrier.shapes.iter().chain(&carrier.old).any(|s| s.fits(&number));
        let known = !(carrier.shapes.is_empty() && carrier.old.is_empty());
        (fits || (known && !carrier.raw.open)).then_some(fits)
    }

    /// Is the check digit right? With a carrier: for its shapes that have one. Without: only for shapes that tell their carrier alone (UPU S10, UPS).
    /// `None`: this number has no check digit that we know of.
    pub fn check_digit(&self, id: Option<&str>, number: &str) -> Option<bool> {
        let number = clean_waybill(number);
        match id {
            Some(id) => self.get(id)?.check_digit(&number, false),
            None => self.list.iter().find_map(|c| c.check_digit(&number, true)),
        }
    }

    /// Carriers whose shape the number has and whose check digit, where there is one, is right: telling shapes first, then old ones. A suggestion for
    /// the seller, never a decision.
    pub fn suggest(&self, number: &str) -> Vec<&str> {
        let number = clean_waybill(number);
        let with = |pick: fn(&Carrier) -> &[Shape]| {
            let number = number.as_str();
            self.list.iter().filter(move |c| pick(c).iter().any(|s| s.fits(number)) && c.check_digit(number, false) != Some(false)).map(|c| c.raw.id.as_str())
        };
        let mut found: Vec<&str> = Vec::new();
        for id in with(|c| &c.shapes).chain(with(|c| &c.old)) {
            if !found.contains(&id) {
                found.push(id);
            }
        }
        found
    }

    /// Is what we know of this carrier unconfirmed (trust mark U)? Unknown carriers are.
    pub fn unverified(&self, id: &str) -> bool {
        self.get(id).is_none_or(|c| c.raw.unverified || c.raw.trust == "U")
    }

    /// All ids, in the file's order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|c| c.raw.id.as_str())
    }
}

/// A shape of numbers; see the head of templates/carriers.toml.
#[derive(Debug, Clone)]
struct Shape(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    /// One of these texts.
    Text(Vec<String>),
    /// So many characters of a class.
    Run(Class, usize, usize),
}

#[derive(Debug, Clone, Copy)]
enum Class {
    Digit,
    Letter,
    Either,
}

impl Class {
    fn holds(self, byte: u8) -> bool {
        match self {
            Class::Digit => byte.is_ascii_digit(),
            Class::Letter => byte.is_ascii_uppercase(),
            Class::Either => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        }
    }
}

impl Shape {
    fn parse(spec: &str) -> Option<Shape> {
        let mut parts = Vec::new();
        let mut rest = spec;
        while let Some(c) = rest.chars().next() {
            rest = rest.get(c.len_utf8()..)?;
            let class = match c {
                '#' => Class::Digit,
                '@' => Class::Letter,
                '?' => Class::Either,
                '(' => {
                    let (inside, after) = rest.split_once(')')?;
                    parts.push(Part::Text(inside.split('|').map(str::to_owned).collect()));
                    rest = after;
                    continue;
                }
                c if c.is_ascii_digit() || c.is_ascii_uppercase() => {
                    parts.push(Part::Text(vec![c.to_string()]));
                    continue;
                }
                _ => return None,
            };
            let (least, most) = match rest.strip_prefix('{') {
                Some(inside) => {
                    let (counts, after) = inside.split_once('}')?;
                    rest = after;
                    let (least, most) = counts.split_once(',').unwrap_or((counts, counts));
                    (least.trim().parse().ok()?, most.trim().parse().ok()?)
                }
                None => (1, 1),
            };
            if least > most || most > 64 {
                return None;
            }
            parts.push(Part::Run(class, least, most));
        }
        (!parts.is_empty()).then_some(Shape(parts))
    }

    fn fits(&self, number: &str) -> bool {
        fn from(parts: &[Part], rest: &[u8]) -> bool {
            let Some((part, after)) = parts.split_first() else { return rest.is_empty() };
            match part {
                Part::Text(texts) => texts.iter().any(|t| rest.strip_prefix(t.as_bytes()).is_some_and(|rest| from(after, rest))),
                Part::Run(class, least, most) => {
                    let there = rest.iter().take(*most).take_while(|b| class.holds(**b)).count();
                    (*least..=there).rev().any(|n| rest.get(n..).is_some_and(|rest| from(after, rest)))
                }
            }
        }
        number.len() <= 64 && from(&self.0, number.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carriers() -> Arc<Carriers> {
        Carriers::load(&Profile::built_in()).unwrap()
    }

    #[test]
    fn finds_carriers_as_exports_write_them() {
        let c = carriers();
        for (text, id) in [
            ("顺丰速运", "shunfeng"),
            ("中通快递(ZTO)", "zhongtong"),
            ("中通快运", "zhongtongkuaiyun"),
            ("中国邮政EMS", "ems"),
            ("中国邮政", "youzhengguonei"),
            (" ＹＴＯ ", "yuantong"),
            ("J&T Express", "jtexpress"),
            ("jd", "jd"),
        ] {
            assert_eq!(c.by_words(text), Some(id), "{text}");
        }
        // "SF" inside another word is no carrier
        assert_eq!(c.by_words("USFREIGHT"), None);
        assert_eq!(c.by_words(""), None);
        assert_eq!(
            (c.by_code("kuaidi100", "debangwuliu"), c.by_code("kdniao", "sf"), c.by_code("kdniao", "shunfeng")),
            (Some("debangkuaidi"), Some("shunfeng"), None)
        );
        assert_eq!((c.name("yunda", Lang::ZhCn), c.name("yunda", Lang::En), c.name("nobody", Lang::En)), ("韵达快递", "Yunda Express", "nobody"));
    }

    #[test]
    fn checks_the_shapes_of_facts() {
        let c = carriers();
        for (id, number, expected) in [
            ("shunfeng", "SF1390012345671", Some(true)),
            ("shunfeng", "sf 1390-0123-45671", Some(true)),
            ("shunfeng", "SF139001234567", Some(false)),
            ("zhongtong", "78912345678901", Some(true)),
            ("zhongtong", "7891234567890", Some(false)),
            ("jd", "JDVA01234567890", Some(true)),
            ("ems", "EA123456789CN", Some(true)),
            ("youzhengguonei", "9812345678901", Some(true)),
            // other forms of these carriers exist, so nothing can be said
            ("yuantong", "G12345678901", None),
            ("tiantian", "660012345678", None),
            ("nobody", "SF1390012345671", None),
        ] {
            assert_eq!(c.matches_pattern(id, number), expected, "{id} {number}");
        }
    }

    #[test]
    fn suggests_and_does_not_decide() {
        let c = carriers();
        assert_eq!(c.suggest("SF1390012345671"), ["shunfeng"]);
        assert_eq!(c.suggest("YT1234567890123"), ["yuantong"]);
        assert_eq!(c.suggest("YT1234567890123456"), ["yunexpress"]);
        let twelve = c.suggest("123456789012");
        assert!(["shunfeng", "zhongtong", "shentong"].iter().all(|id| twelve.contains(id)), "{twelve:?}");
        assert!(c.unverified("danniao") && !c.unverified("shunfeng") && c.unverified("nobody"));
        assert_eq!(c.ids().next(), Some("shunfeng"));
    }

    #[test]
    fn every_list_of_codes_says_how_sure_it_is() {
        let c = carriers();
        for service in c.list.iter().flat_map(|carrier| carrier.raw.codes.keys()) {
            assert!(c.code_lists.iter().any(|l| l.service == *service), "{service}");
        }
        assert!(c.code_lists.iter().all(|l| c.list.iter().any(|carrier| carrier.raw.codes.contains_key(&l.service))));
        assert!(!c.code_unverified("kdniao", "sf") && c.code_unverified("kdniao", "ZTO"));
        assert!(c.code_unverified("kuaidi100", "shunfeng") && c.code_unverified("nobody", "SF"));
    }

    #[test]
    fn check_digits_of_published_numbers() {
        let c = carriers();
        for (id, number, right) in [
            (Some("ups"), "1Z5R89390357567127", Some(true)),
            (Some("ups"), "1Z1111111111111111", Some(false)),
            (Some("fedex"), "986578788855", Some(true)),
            (Some("fedex"), "996578788855", Some(false)),
            (Some("fedex"), "568283610012734", Some(true)),
            (Some("fedex"), "568283610012732", Some(false)),
            (Some("fedex"), "000123450000000027", Some(true)),
            (Some("fedex"), "9611020987654312345672", Some(true)),
            (Some("fedex"), "9611020987654312345671", Some(false)),
            (Some("dhl"), "3318810025", Some(true)),
            (Some("dhl"), "3318810010", Some(false)),
            (Some("dhl"), "JJD0099999999", None),
            (Some("usps"), "03071790000523483741", Some(true)),
            (Some("usps"), "03071790000523483742", Some(false)),
            (Some("usps"), "9405803699300124287899", Some(true)),
            (Some("yunexpress"), "YT2229521272164446", None),
            (Some("shunfeng"), "SF1390012345671", None),
            // UPU S10, whoever carries it
            (None, "RB123456785GB", Some(true)),
            (Some("youzhengguonei"), "RB123456785GB", Some(true)),
            (None, "LX123456785US", Some(true)),
            (None, "RB123456786US", Some(false)),
            (None, "1z5r89390357567127", Some(true)),
            // twelve digits are many carriers': not checked without a name
            (None, "996578788855", None),
        ] {
            assert_eq!(c.check_digit(id, number), right, "{id:?} {number}");
        }
        assert!(c.suggest("986578788855").contains(&"fedex") && !c.suggest("996578788855").contains(&"fedex"));
    }

    #[test]
    fn a_wrong_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let carrier = "[[carrier]]\nid = \"a\"\nzh = \"a\"\nen = \"a\"\ntrust = \"U\"\ncodes = { s = [\"A\"] }\n";
        let codes = "[[code_list]]\nservice = \"s\"\nsource = \"s\"\ntrust = \"U\"\nunverified = true\n";
        let (twice, unknown) = (format!("{codes}{codes}{carrier}"), format!("{codes}confirmed = [\"B\"]\n{carrier}"));
        for bad in
            ["[[carrier]]\nid = \"a\"\nzh = \"a\"\nen = \"a\"\ntrust = \"U\"\nshapes = [\"#{\"]", "[[carrier]]\nidd = 1", "[", twice.as_str(), unknown.as_str()]
        {
            std::fs::write(folder.path().join(FILE), bad).unwrap();
            let error = Carriers::load(&Profile::built_in().with_layer(folder.path())).unwrap_err();
            assert!(error.message(Lang::En).contains(FILE), "{error}");
        }
    }
}
