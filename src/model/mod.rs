//! Plain data that the stages hand to one another. No file is read here, nothing is decided, nothing is printed.

pub mod assessment;
pub mod case;
pub mod case_file;
pub mod chat;
pub mod document;
pub mod evidence;
pub mod exhibit;
pub mod file;
pub mod ids;
pub mod match_sheet;
pub mod money;
pub mod notice;
pub mod order;
pub mod other_content;
pub mod own_output;
pub mod pages;
pub mod payment;
pub mod person;
pub mod pixels;
pub mod reading;
pub mod record;
pub mod settings;
pub mod source;
pub mod step;
pub mod stock;
pub mod system_files;
pub mod table;
pub mod trace;
#[cfg(test)]
pub(crate) mod typed;

/// A moment with its offset from UTC; never without one. Chinese exports carry none: they are read as +08:00.
pub type Time = chrono::DateTime<chrono::FixedOffset>;

/// A moment as a file tells it, and whether a time of day was said: an export may hold days only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// The moment; midnight when only a day was said.
    pub at: Time,
    /// A time of day was said.
    pub has_time: bool,
    /// The time is local to a place abroad that the file does not name: `at` reads it as +08:00 and may be off by most of a day.
    pub zone_unknown: bool,
}

impl Moment {
    /// A moment of case.toml, which keeps a day as its midnight.
    pub fn of_setting(at: Time) -> Moment {
        Moment { at, has_time: at.time() != chrono::NaiveTime::MIN, zone_unknown: false }
    }

    /// A time of day that was said, in a zone that is known.
    pub fn exact(at: Time) -> Moment {
        Moment { at, has_time: true, zone_unknown: false }
    }

    /// A day; `at` is its midnight.
    pub fn day(at: Time) -> Moment {
        Moment { at, has_time: false, zone_unknown: false }
    }

    /// The earliest it can have been.
    pub fn earliest(&self) -> Time {
        trace::earliest(self.at, self.zone_unknown)
    }

    /// The latest it can have been: a day without a time of day ends with its last second.
    pub fn latest(&self) -> Time {
        let end = if self.has_time { self.at } else { self.at + chrono::Duration::seconds(86_399) };
        trace::latest(end, self.zone_unknown)
    }
}

/// How much of the buyers' data a made page may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Disclosure {
    /// The platform copy: as read (couriers' phones in trace text are masked all the same).
    Full,
    /// The twin for third parties.
    Masked,
}

/// A language of texts. `Case::language` rules upload/ and bundle/; `Context::lang` rules terminal, JSON messages and private/.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Lang {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Lang {
    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::ZhCn => "zh-CN",
            Lang::En => "en",
        }
    }

    /// Reads a tag or a POSIX locale name (`zh_CN.UTF-8`, `en`, `en_GB`); `None` for other languages.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let lower = tag.to_ascii_lowercase();
        if lower.starts_with("zh") {
            Some(Lang::ZhCn)
        } else if lower.starts_with("en") {
            Some(Lang::En)
        } else {
            None
        }
    }
}
