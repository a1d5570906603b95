//! Checked values of case.toml → [`CaseSettings`], and the few rules that concern more than one key.

use super::Problem;
use super::check::{Entry, Value};
use crate::model::reading::DayOrder;
use crate::model::settings::{
    Accept, Assign, CaseSettings, ChatSettings, Columns, Delivery, Fact, Goods, IgnoreRule, IntakeLimits, LeaveOut, Limits, NoticeSettings, OrderSettings,
    Scope, Seller,
};
use crate::model::{Lang, Time, file::Kind};

/// Longest `[case] id`.
const MAX_ID: usize = 40;

/// A page of A4 this many pixels high has 51 dots to the inch: the largest of its type can just be read, its tables cannot. Less is a slip of the unit.
const LEAST_IMAGE_SIDE: u64 = 600;

impl Entry {
    fn get(&self, key: &str) -> Option<&Value> {
        self.values.iter().find(|(k, _, _)| k == key).map(|(_, v, _)| v)
    }

    fn line_of(&self, key: &str) -> u32 {
        self.values.iter().find(|(k, _, _)| k == key).map_or(self.line, |(_, _, l)| *l)
    }

    fn text(&self, key: &str) -> Option<String> {
        match self.get(key) {
            Some(Value::Text(t)) => Some(t.clone()),
            _ => None,
        }
    }

    fn date(&self, key: &str) -> Option<Time> {
        match self.get(key) {
            Some(Value::Date(t)) => Some(*t),
            _ => None,
        }
    }

    fn count(&self, key: &str) -> Option<u64> {
        match self.get(key) {
            Some(Value::Count(n)) => Some(*n),
            _ => None,
        }
    }

    fn located(&self, key: &str) -> Vec<(String, u32)> {
        match self.get(key) {
            Some(Value::Texts(list)) => list.clone(),
            _ => Vec::new(),
        }
    }

    fn texts(&self, key: &str) -> Vec<String> {
        self.located(key).into_iter().map(|(t, _)| t).collect()
    }
}

/// Is `id` safe as a file name on every system (design section 2.1).
pub(in crate::notice) fn is_safe_id(id: &str) -> bool {
    let stem = id.split('.').next().unwrap_or_default().to_ascii_uppercase();
    // names of devices on Windows: no folder can have them
    let device = match stem.as_bytes() {
        [b'C', b'O', b'M', n] | [b'L', b'P', b'T', n] => n.is_ascii_digit(),
        _ => matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL"),
    };
    id.len() <= MAX_ID
        && !device
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !id.ends_with('.')
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Builds the settings; what does not go together is added to `problems`.
pub(super) fn build(entries: Vec<Entry>, problems: &mut Vec<Problem>) -> CaseSettings {
    let mut settings = CaseSettings { state_limits: true, ..CaseSettings::default() };
    for entry in entries {
        let line = entry.line;
        match entry.table.as_str() {
            "case" => {
                settings.id = entry.text("id");
                if settings.id.as_ref().is_some_and(|id| !is_safe_id(id)) {
                    problems.push(Problem::new(entry.line_of("id"), "bad-id", &[]));
                }
                settings.platform = entry.text("platform");
                settings.scenario = entry.text("scenario");
                settings.language = entry.text("language").and_then(|l| Lang::from_tag(&l));
                settings.template = entry.text("template");
                if entry.text("goods").as_deref() == Some("virtual") {
                    settings.goods = Goods::Virtual;
                }
                settings.as_of = entry.date("as_of");
            }
            "seller" => {
                settings.seller = Seller {
                    shop: entry.text("shop"),
                    company: entry.text("company"),
                    contact: entry.text("contact"),
                    phone: entry.text("phone"),
                    signatory: entry.text("signatory"),
                    ship_from: entry.text("ship_from"),
                };
            }
            "notice" => {
                settings.notice = NoticeSettings {
                    file: entry.text("file"),
                    file_line: entry.line_of("file"),
                    number: entry.text("number"),
                    violation: entry.text("violation"),
                    received: entry.date("received"),
                    deadline: entry.date("deadline"),
                    orders: entry.located("orders"),
                };
            }
            "facts" => {
                settings.facts = entry
                    .values
                    .into_iter()
                    .map(|(k, v, _)| match v {
                        Value::Any(fact) => (k, fact),
                        other => (k, Fact::Text(format!("{other:?}"))),
                    })
                    .collect();
            }
            "appeal" => {
                settings.scope = match entry.get("scope") {
                    Some(Value::Text(t)) if t == "all" => Scope::All,
                    Some(Value::Texts(list)) => Scope::Listed(list.clone()),
                    _ => Scope::Proven,
                };
                settings.stance = entry.text("stance");
                settings.refusal = entry.text("refusal");
                settings.state_limits = !matches!(entry.get("state_limits"), Some(Value::Flag(false)));
            }
            "leave_out" => {
                settings.leave_out.push(LeaveOut { orders: entry.texts("orders"), why: entry.text("why").unwrap_or_default(), line });
            }
            "order" => {
                let delivery = entry.text("delivery").and_then(|d| Delivery::from_name(&d));
                settings.orders.push(OrderSettings { id: entry.text("id").unwrap_or_default(), delivery, line });
            }
            "chat" => {
                let (buyer, order) = (entry.text("buyer"), entry.text("order"));
                if buyer.is_none() && order.is_none() {
                    problems.push(Problem::new(line, "chat-who", &[]));
                }
                settings.chats.push(ChatSettings { buyer, order, proof_number: entry.text("proof_number"), created: entry.date("created"), line });
            }
            "assign" => {
                let orders = match entry.get("orders") {
                    Some(Value::Text(_)) => None,
                    _ => Some(entry.texts("orders")),
                };
                let kind = entry.text("kind").and_then(|k| Kind::from_name(&k));
                settings.assign.push(Assign { file: entry.text("file").unwrap_or_default(), orders, kind, line });
            }
            "ignore" => settings.ignore.push(IgnoreRule { file: entry.text("file").unwrap_or_default(), why: entry.text("why"), line }),
            "accept" => settings.accept.push(Accept {
                code: entry.text("code").unwrap_or_default(),
                file: entry.text("file"),
                why: entry.text("why").unwrap_or_default(),
                line,
            }),
            "columns" => {
                let map = match entry.get("map") {
                    Some(Value::Map(map)) => map.clone(),
                    _ => Vec::new(),
                };
                let dates = match entry.text("dates").as_deref() {
                    Some("day-first") => Some(DayOrder::DayFirst),
                    Some("month-first") => Some(DayOrder::MonthFirst),
                    _ => None,
                };
                settings.columns.push(Columns { file: entry.text("file").unwrap_or_default(), map, dates, line });
            }
            "findings" => {
                settings.findings = entry
                    .values
                    .into_iter()
                    .filter_map(|(code, v, line)| match v {
                        Value::Text(word) => Some((code, word, line)),
                        _ => None,
                    })
                    .collect();
            }
            "limits" => {
                if entry.count("image_side").is_some_and(|side| side < LEAST_IMAGE_SIDE) {
                    problems.push(Problem::new(entry.line_of("image_side"), "image-side", &[("min", &LEAST_IMAGE_SIDE.to_string())]));
                }
                settings.limits = Limits {
                    preset: entry.text("preset").map(|id| (id, entry.line_of("preset"))),
                    files: entry.count("files"),
                    pages: entry.count("pages"),
                    bytes: entry.count("bytes"),
                    bytes_total: entry.count("bytes_total"),
                    image_side: entry.count("image_side"),
                    formats: formats(entry.texts("formats")),
                    text: match entry.get("text") {
                        Some(Value::Counts(list)) => list.clone(),
                        _ => Vec::new(),
                    },
                };
            }
            "intake" => settings.intake = intake(&entry, problems),
            "bundle" => settings.tables_whole = entry.text("tables").as_deref() == Some("whole"),
            // [[mask]] and [[appeal_log]] are accepted; `without_effect` names them
            _ => {}
        }
    }
    settings
}

/// `[intake]`: what is not said keeps its default.
fn intake(entry: &Entry, problems: &mut Vec<Problem>) -> IntakeLimits {
    let mut limits = IntakeLimits::default();
    let size = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    for (key, value, line) in &entry.values {
        let Value::Count(n) = *value else { continue };
        match key.as_str() {
            "files" => limits.files = size(n),
            "bytes" | "text_bytes" if n > IntakeLimits::MOST_BYTES => {
                problems.push(Problem::new(*line, "intake-bytes", &[("key", key), ("max", &IntakeLimits::MOST_BYTES.to_string())]));
            }
            "bytes" => limits.bytes = n,
            "text_bytes" => limits.text_bytes = n,
            "rows" => limits.rows = size(n),
            "columns" => limits.columns = size(n),
            "cell_bytes" => limits.cell_bytes = size(n),
            "pixels" => limits.pixels = n,
            "pdf_pages" => limits.pdf_pages = size(n),
            "archive_depth" => limits.archive_depth = size(n),
            "archive_ratio" => limits.archive_ratio = n,
            "archive_bytes" => limits.archive_bytes = n,
            "archive_members" => limits.archive_members = size(n),
            "seconds" => limits.seconds = n,
            _ => {}
        }
    }
    limits
}

/// Lower case, `jpeg` as `jpg`, each once.
fn formats(words: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in words {
        let word = word.to_ascii_lowercase();
        let word = if word == "jpeg" { "jpg".to_owned() } else { word };
        if !out.contains(&word) {
            out.push(word);
        }
    }
    out
}
