//! Provinces and cities as addresses, scans and bills write them, and the groups of provinces by which platforms set waiting times.
//!
//! In: templates/regions.toml and a text (`浙江省 杭州市 西湖区 …`, `【义乌市】`, `义乌`). Out: a [`Spot`], or `None` for what the list does not know:
//! nothing is concluded from an unknown place.

use super::Profile;
use super::platform::Basis;
use crate::error::{Error, Result};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Names are looked for within so many characters of a text; behind them are streets and houses.
const REACH: usize = 24;

/// What follows a province's or city's short name when it is written in full, the longest first.
const SUFFIXES: [&str; 14] = [
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "特别行政区",
    "自治区",
    "省",
    "市",
    "地区",
    "盟",
    "土家族苗族自治州",
    "藏族羌族自治州",
    "自治州",
    "自治县",
    "州",
];

/// A province, and the prefecture-level city in it as far as the text told it. Comparable only within one [`Regions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Index of the province.
    province: usize,
    /// Index of the city.
    city: Option<usize>,
    /// Index of the county, where the text names one that is written under several cities.
    shared: Option<usize>,
}

/// A county that is written under several cities: it was moved, or the province runs it itself.
struct Shared {
    /// The county as addresses and scans write it.
    names: Vec<String>,
    /// Indices of the cities.
    cities: Vec<usize>,
}

/// How far apart two provinces are for the platforms' waiting times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// One province, or one group of neighbours.
    Near,
    /// Two provinces.
    Far,
    /// One of them is far from everything.
    Remote,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[expect(dead_code, reason = "part of the file's form: every data file names its source")]
    source: String,
    #[expect(dead_code, reason = "part of the file's form: every data file names its trust")]
    trust: String,
    not_before: Vec<String>,
    only_full: Vec<String>,
    group: Vec<GroupRow>,
    remote: Vec<RemoteRow>,
    province: Vec<ProvinceRow>,
    /// A user's file from before these rows stays good.
    #[serde(default)]
    shared: Vec<SharedRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SharedRow {
    names: Vec<String>,
    province: String,
    cities: Vec<String>,
    #[expect(dead_code, reason = "each fact names its source")]
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupRow {
    #[expect(dead_code, reason = "names the group for whoever reads the file")]
    id: String,
    provinces: Vec<String>,
    #[expect(dead_code, reason = "each fact names its source")]
    basis: Basis,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoteRow {
    platforms: Vec<String>,
    provinces: Vec<String>,
    #[expect(dead_code, reason = "each fact names its source")]
    basis: Basis,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvinceRow {
    name: String,
    #[serde(default)]
    municipality: bool,
    #[serde(default)]
    cities: Vec<String>,
}

/// A name and what it means.
struct Name {
    text: String,
    spot: Spot,
    /// Needs 市, 州, 地区 or 盟 behind it.
    only_full: bool,
}

/// The list of regions, read once a run.
pub struct Regions {
    provinces: Vec<String>,
    /// Provinces that are one city.
    municipal: Vec<bool>,
    cities: Vec<String>,
    /// Provinces by first character, the longest name first.
    province_names: HashMap<char, Vec<Name>>,
    /// Cities by first character, the longest name first.
    city_names: HashMap<char, Vec<Name>>,
    not_before: Vec<String>,
    shared: Vec<Shared>,
    /// Group of each province.
    groups: Vec<Option<usize>>,
    /// Provinces that are remote for the platform asked for.
    remote: Vec<bool>,
}

impl Regions {
    /// Reads the list; `platform` decides which provinces are remote.
    ///
    /// # Errors
    /// When the user's own templates/regions.toml has a mistake.
    pub fn load(profile: &Profile, platform: Option<&str>) -> Result<Arc<Self>> {
        profile.once(platform.unwrap_or_default(), || Regions::read(profile, platform))
    }

    fn read(profile: &Profile, platform: Option<&str>) -> Result<Self> {
        let (text, origin) = profile.text("regions.toml")?;
        let file: File = toml::from_str(&text).map_err(|e| {
            Error::new(format!("{origin} 有错：{}", e.message()), format!("{origin}: {}", e.message())).hint(
                "照内置的 templates/regions.toml 改正，或删掉自己的这个文件",
                "correct it after the built-in templates/regions.toml, or remove your own file",
            )
        })?;
        let only_full = |name: &str| file.only_full.iter().any(|n| n == name);
        let mut regions = Regions {
            provinces: file.province.iter().map(|p| p.name.clone()).collect(),
            municipal: file.province.iter().map(|p| p.municipality).collect(),
            cities: Vec::new(),
            province_names: HashMap::new(),
            city_names: HashMap::new(),
            not_before: file.not_before.clone(),
            shared: Vec::new(),
            groups: file.province.iter().map(|p| file.group.iter().position(|g| g.provinces.contains(&p.name))).collect(),
            remote: file
                .province
                .iter()
                .map(|p| file.remote.iter().any(|r| r.provinces.contains(&p.name) && r.platforms.iter().any(|i| i == "*" || Some(i.as_str()) == platform)))
                .collect(),
        };
        for (province, row) in file.province.iter().enumerate() {
            if row.municipality {
                regions.cities.push(row.name.clone());
            }
            let city = row.municipality.then(|| regions.cities.len() - 1);
            put(&mut regions.province_names, Name { text: row.name.clone(), spot: Spot { province, city, shared: None }, only_full: false });
            for entry in &row.cities {
                let (name, counties) = entry.split_once(':').unwrap_or((entry.as_str(), ""));
                regions.cities.push(name.to_owned());
                let spot = Spot { province, city: Some(regions.cities.len() - 1), shared: None };
                put(&mut regions.city_names, Name { text: name.to_owned(), spot, only_full: only_full(name) });
                for county in counties.split_whitespace() {
                    put(&mut regions.city_names, Name { text: county.to_owned(), spot, only_full: only_full(county) });
                }
            }
        }
        for row in file.shared {
            let province = regions.provinces.iter().position(|p| *p == row.province);
            let of = |name: &String| regions.city_names.values().flatten().find(|n| n.text == *name && Some(n.spot.province) == province);
            let cities = row.cities.iter().filter_map(of).filter_map(|n| n.spot.city).collect();
            regions.shared.push(Shared { names: row.names, cities });
        }
        for names in regions.province_names.values_mut().chain(regions.city_names.values_mut()) {
            names.sort_by_key(|n| std::cmp::Reverse(n.text.len()));
        }
        Ok(regions)
    }

    /// Where a text is. The text must begin with the place, as addresses and the site of a scan do.
    pub fn locate(&self, text: &str) -> Option<Spot> {
        let spot = self.city_of(text)?;
        let begin: String = text.chars().filter(|c| !is_blank(*c)).take(REACH).collect();
        let own = |s: &Shared| spot.city.is_some_and(|city| s.cities.contains(&city)) && s.names.iter().any(|n| begin.contains(n.as_str()));
        Some(Spot { shared: self.shared.iter().position(own), ..spot })
    }

    fn city_of(&self, text: &str) -> Option<Spot> {
        let text = text.trim_start_matches(['【', '[']);
        let bare = ["中华人民共和国", "中国"].iter().find_map(|land| text.strip_prefix(land)).unwrap_or(text);
        let text: String = bare.chars().filter(|c| !is_blank(*c)).take(REACH).collect();
        let first = text.chars().next()?;
        // 吉林市 is a city of 吉林省: a full city name goes before a province's short one
        let city = self.city_names.get(&first).into_iter().flatten().find(|n| self.begins(&text, n));
        let province = self
            .province_names
            .get(&first)
            .into_iter()
            .flatten()
            .find(|n| text.strip_prefix(n.text.as_str()).is_some_and(|after| full(&text, n).is_some() || !street(after)));
        match (city, province) {
            (Some(city), Some(province)) if city.text.len() > province.text.len() || city.only_full && full(&text, city).is_some_and(|s| s != "省") => {
                Some(city.spot)
            }
            (_, Some(province)) if province.spot.city.is_some() => Some(province.spot),
            (_, Some(province)) => Some(self.within(province.spot, text.get(province.text.len()..).unwrap_or(""))),
            (Some(city), None) => Some(city.spot),
            (None, None) => None,
        }
    }

    /// The city behind a province's name.
    fn within(&self, province: Spot, rest: &str) -> Spot {
        let rest = SUFFIXES.iter().find_map(|s| rest.strip_prefix(s)).unwrap_or(rest);
        let own = |n: &&Name| n.spot.province == province.province;
        let begin = rest
            .chars()
            .next()
            .and_then(|c| self.city_names.get(&c))
            .into_iter()
            .flatten()
            .filter(own)
            .find(|n| rest.strip_prefix(n.text.as_str()).is_some_and(|after| !self.not_before.iter().any(|w| after.starts_with(w.as_str()))));
        // 湖北省 省直辖县级行政区划 仙桃市
        let later = || {
            rest.char_indices().find_map(|(at, c)| {
                let tail = rest.get(at..)?;
                self.city_names.get(&c)?.iter().filter(own).find(|n| full(tail, n).is_some())
            })
        };
        begin.or_else(later).map_or(province, |n| n.spot)
    }

    /// The text begins with this city, and not with a district that shares its name.
    fn begins(&self, text: &str, name: &Name) -> bool {
        let Some(after) = text.strip_prefix(name.text.as_str()) else { return false };
        if full(text, name).is_some() {
            return true;
        }
        !name.only_full && !self.not_before.iter().any(|w| after.starts_with(w.as_str())) && !street(after)
    }

    /// Two places that both tell their city, or at least their provinces, differ. `None` when that cannot be told.
    pub fn differ(&self, a: Spot, b: Spot) -> Option<bool> {
        if a.province != b.province {
            return Some(true);
        }
        let (here, there) = (a.city?, b.city?);
        let lies_in = |county: Option<usize>, city: usize| county.and_then(|s| self.shared.get(s)).is_some_and(|s| s.cities.contains(&city));
        Some(here != there && !lies_in(a.shared, there) && !lies_in(b.shared, here))
    }

    /// Two places lie in different provinces.
    pub fn provinces_differ(&self, a: Spot, b: Spot) -> bool {
        a.province != b.province
    }

    /// The short name of its province.
    pub fn province(&self, spot: Spot) -> &str {
        self.provinces.get(spot.province).map_or("", String::as_str)
    }

    /// `浙江金华`; only the province where the city is not known.
    pub fn name(&self, spot: Spot) -> String {
        let province = self.province(spot);
        match spot.city.and_then(|c| self.cities.get(c)) {
            Some(city) if !self.municipal.get(spot.province).copied().unwrap_or(false) => format!("{province}{city}"),
            _ => province.to_owned(),
        }
    }

    /// How far apart, for the platform's waiting times.
    pub fn span(&self, a: Spot, b: Spot) -> Span {
        let remote = |s: Spot| self.remote.get(s.province).copied().unwrap_or(false);
        let group = |s: Spot| self.groups.get(s.province).copied().flatten();
        if a.province == b.province || group(a).is_some() && group(a) == group(b) {
            Span::Near
        } else if remote(a) || remote(b) {
            Span::Remote
        } else {
            Span::Far
        }
    }
}

fn put(names: &mut HashMap<char, Vec<Name>>, name: Name) {
    if let Some(first) = name.text.chars().next() {
        names.entry(first).or_default().push(name);
    }
}

/// The suffix behind a name that is written in full.
fn full<'a>(text: &'a str, name: &Name) -> Option<&'a str> {
    let after = text.strip_prefix(name.text.as_str())?;
    SUFFIXES.iter().find_map(|s| after.get(..s.len()).filter(|a| a == s))
}

/// A road named after a city far away: 南京东路, 北京路.
fn street(after: &str) -> bool {
    after.chars().take(2).any(|c| matches!(c, '路' | '街' | '道' | '巷'))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '，' | '-' | '/' | '·' | '|')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions() -> Arc<Regions> {
        Regions::load(&Profile::built_in(), Some("tmall")).unwrap()
    }

    #[test]
    fn addresses_scans_and_bills_name_places_in_many_ways() {
        let regions = regions();
        for (text, expected) in [
            ("浙江省 杭州市 西湖区 文三路1号(310000)", "浙江杭州"),
            ("浙江省金华市永康市东城街道样板路18号", "浙江金华"),
            ("上海 上海市 浦东新区 某路1号", "上海"),
            ("上海市浦东新区", "上海"),
            ("北京朝阳区建国路", "北京"),
            ("义乌", "浙江金华"),
            ("【义乌市】", "浙江金华"),
            ("永康市", "浙江金华"),
            ("吉林市", "吉林吉林"),
            ("吉林省长春市", "吉林长春"),
            ("吉林", "吉林"),
            ("广西壮族自治区南宁市青秀区", "广西南宁"),
            ("新疆维吾尔自治区 伊犁哈萨克自治州 霍尔果斯市", "新疆伊犁"),
            ("内蒙古自治区呼和浩特市", "内蒙古呼和浩特"),
            ("湖北省 省直辖县级行政区划 仙桃市", "湖北仙桃"),
            ("浙江,杭州市", "浙江杭州"),
            ("南京转运中心", "江苏南京"),
            ("江苏省昆山市", "江苏苏州"),
            ("海南省海口市", "海南海口"),
            ("朝阳市双塔区", "辽宁朝阳"),
            ("青海省海南藏族自治州", "青海海南"),
            ("河北", "河北"),
        ] {
            assert_eq!(regions.locate(text).map(|s| regions.name(s)).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_the_list_does_not_know_is_no_place() {
        for text in ["", "朝阳区", "中山区", "阿里巴巴", "Berlin", "文三路1号", "**省**市", "西安区", "客户签收", "中转站", "南京东路营业部", "北京路2号"]
        {
            assert!(regions().locate(text).is_none(), "{text}");
        }
    }

    #[test]
    fn neighbours_are_near_and_some_are_remote() {
        let of = |a: &str, b: &str, platform| {
            let regions = Regions::load(&Profile::built_in(), platform).unwrap();
            regions.span(regions.locate(a).unwrap(), regions.locate(b).unwrap())
        };
        assert_eq!(of("浙江金华", "江苏南京", None), Span::Near);
        assert_eq!(of("北京", "河北廊坊", None), Span::Near);
        assert_eq!(of("广东广州", "广东深圳", None), Span::Near);
        assert_eq!(of("浙江金华", "广东广州", None), Span::Far);
        assert_eq!(of("浙江金华", "新疆喀什", None), Span::Remote);
        assert_eq!(of("浙江金华", "云南昆明", Some("tmall")), Span::Far);
        assert_eq!(of("浙江金华", "云南昆明", Some("douyin")), Span::Remote);
    }

    #[test]
    fn counties_that_were_moved_lie_in_both_cities() {
        let regions = regions();
        let differ = |a: &str, b: &str| regions.differ(regions.locate(a)?, regions.locate(b)?);
        for (address, site, expected) in [
            ("吉林省 四平市 公主岭市 一路1号", "公主岭市", false),
            ("吉林省 长春市 公主岭市 一路1号", "四平市", false),
            ("吉林省 四平市 铁西区 一路1号", "长春市", true),
            ("河北省 保定市 容城县 一路1号", "雄安新区", false),
            ("河北省 雄安新区 容城县 一路1号", "保定市", false),
            ("河北省 保定市 涿州市 一路1号", "雄安", false),
            ("河北省 石家庄市 一路1号", "雄安新区", true),
            ("安徽省 淮南市 寿县 一路1号", "六安市", false),
            ("安徽省 淮南市 寿县 一路1号", "合肥市", true),
            ("安徽省 安庆市 枞阳县 一路1号", "铜陵市", false),
            ("新疆维吾尔自治区 五家渠市 一路1号", "昌吉回族自治州", false),
            ("陕西省 咸阳市 秦都区 沣西新城 一路1号", "西安市", false),
        ] {
            assert_eq!(differ(address, site), Some(expected), "{address}, {site}");
        }
        // every name of a row is found, and its cities are of its province
        assert!(regions.shared.iter().all(|s| s.cities.len() > 1 && !s.names.is_empty()));
    }

    #[test]
    fn every_name_of_a_group_is_a_province_and_no_city_stands_twice() {
        let regions = regions();
        assert_eq!(regions.provinces.len(), 34);
        assert_eq!(regions.groups.iter().flatten().count(), 7);
        assert_eq!(regions.remote.iter().filter(|r| **r).count(), 6);
        let mut names: Vec<&str> = regions.city_names.values().flatten().map(|n| n.text.as_str()).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|w| w[0] != w[1]), "{names:?}");
    }
}
