//! Conversations in JSON: exporters of WeChat (`session` and `messages` with `isSend`), ChatLab (`chatlab`, `meta`, `members`, `messages`; also as JSON
//! lines), Telegram (one chat, or the whole export). Field names: hellodigua/ChatLab's parsers and format description, facts only.

use super::sides::Sellers;
use super::words::Words;
use super::{Hints, Said, Stamp, system};
use crate::intake::trace::json_spans;
use crate::model::Time;
use crate::model::record::{Chat, ChatRole, Records, Zone};
use crate::model::source::Place;
use crate::text::dates;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Reads a text that may be such JSON; `None` for any other.
pub(super) fn read(text: &str, hints: &Hints<'_>, words: &Words) -> Option<(Vec<Chat>, Records)> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return lines(text, hints, words) };
    let object = value.as_object()?;
    if let Some(list) = object.get("chats").and_then(|c| c.get("list")).and_then(Value::as_array) {
        return telegram_export(text, list, hints, words);
    }
    let list = object.get("messages")?.as_array()?;
    let head = if object.contains_key("chatlab") || object.get("meta").is_some_and(Value::is_object) {
        chatlab_head(object)
    } else if let Some(session) = object.get("session").and_then(Value::as_object) {
        exporter_head(session)
    } else if object.contains_key("name") && object.contains_key("type") {
        telegram_head(object)
    } else {
        return None;
    };
    let messages: Vec<Line> = list.iter().enumerate().filter_map(|(i, m)| line(m, &head, Place::Pointer(format!("/messages/{i}").into()), words)).collect();
    let chat = chat(messages, head, Place::Whole, hints)?;
    let records = if chat.is_group() { records(text, &["messages"]) } else { Records::Whole };
    Some((vec![chat], records))
}

/// What stands above the messages.
struct Head {
    layout: &'static str,
    /// The other side of a conversation of two.
    counterpart: Option<String>,
    /// The account of whoever exported.
    owner: Option<String>,
    /// Names by account.
    members: BTreeMap<String, String>,
}

/// One message and what tells its side.
struct Line {
    said: Said,
    account: String,
    sent: Option<bool>,
    zone: Zone,
}

fn text_of<'v>(object: &'v Map<String, Value>, keys: &[&str]) -> Option<&'v str> {
    keys.iter().find_map(|k| object.get(*k)?.as_str()).map(str::trim).filter(|s| !s.is_empty())
}

fn exporter_head(session: &Map<String, Value>) -> Head {
    let group = session.get("type").and_then(Value::as_str).is_some_and(|t| t.contains('群'))
        || text_of(session, &["wxid"]).is_some_and(|id| id.ends_with("@chatroom"));
    let counterpart = if group { None } else { text_of(session, &["displayName", "remark", "nickname"]).map(str::to_owned) };
    Head { layout: "wechat-json", counterpart, owner: None, members: BTreeMap::new() }
}

fn chatlab_head(object: &Map<String, Value>) -> Head {
    let empty = Map::new();
    let meta = object.get("meta").and_then(Value::as_object).unwrap_or(&empty);
    let members = object.get("members").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object).filter_map(member).collect();
    chatlab(meta, members)
}

fn chatlab(meta: &Map<String, Value>, members: BTreeMap<String, String>) -> Head {
    let owner = text_of(meta, &["ownerId"]).map(str::to_owned);
    let private = text_of(meta, &["type"]) == Some("private");
    let others: Vec<&String> = members.iter().filter(|(id, _)| Some(*id) != owner.as_ref()).map(|(_, name)| name).collect();
    // the title of a conversation may be any words; the member who is not the owner is the counterpart
    let counterpart = match (private, &owner, others.as_slice()) {
        (true, Some(_), [only]) => Some((*only).clone()),
        _ => None,
    };
    Head { layout: "chatlab-json", counterpart, owner, members }
}

fn member(object: &Map<String, Value>) -> Option<(String, String)> {
    let id = text_of(object, &["platformId"])?;
    Some((id.to_owned(), text_of(object, &["accountName", "groupNickname"]).unwrap_or(id).to_owned()))
}

fn telegram_head(object: &Map<String, Value>) -> Head {
    let private = object.get("type").and_then(Value::as_str).is_some_and(|t| t.contains("personal") || t.contains("bot"));
    let counterpart = if private { text_of(object, &["name"]).map(str::to_owned) } else { None };
    Head { layout: "telegram-json", counterpart, owner: None, members: BTreeMap::new() }
}

fn telegram_export(text: &str, list: &[Value], hints: &Hints<'_>, words: &Words) -> Option<(Vec<Chat>, Records)> {
    let mut chats = Vec::new();
    for (n, object) in list.iter().enumerate().filter_map(|(n, c)| c.as_object().map(|o| (n, o))) {
        let head = telegram_head(object);
        let messages = object.get("messages").and_then(Value::as_array).into_iter().flatten().enumerate();
        let lines = messages.filter_map(|(i, m)| line(m, &head, Place::Pointer(format!("/chats/list/{n}/messages/{i}").into()), words)).collect();
        chats.extend(chat(lines, head, Place::Pointer(format!("/chats/list/{n}").into()), hints));
    }
    (!chats.is_empty()).then(|| (chats, records(text, &["chats", "list"])))
}

/// ChatLab's JSON lines: a header, members, messages.
fn lines(text: &str, hints: &Hints<'_>, words: &Words) -> Option<(Vec<Chat>, Records)> {
    let mut head: Option<Head> = None;
    let mut found = Vec::new();
    let mut raw = Vec::new();
    for (index, line_text) in text.lines().enumerate() {
        let line_text = line_text.trim();
        if line_text.is_empty() || line_text.starts_with('#') {
            continue;
        }
        let place = Place::Line(u32::try_from(index + 1).ok()?);
        // one broken line is no reason to lose the others, but the first must say what the file is
        let Ok(value) = serde_json::from_str::<Value>(line_text) else {
            head.as_ref()?;
            continue;
        };
        let object = value.as_object()?;
        match (object.get("_type").and_then(Value::as_str), &mut head) {
            (Some("header"), None) => {
                object.get("chatlab")?;
                let empty = Map::new();
                head = Some(chatlab(object.get("meta").and_then(Value::as_object).unwrap_or(&empty), BTreeMap::new()));
            }
            (Some("member"), Some(head)) => head.members.extend(member(object)),
            (Some("message"), Some(head)) => {
                found.extend(line(&value, head, place.clone(), words));
                raw.push((place, line_text.to_owned()));
            }
            (_, None) => return None,
            _ => {}
        }
    }
    let mut head = head?;
    if let (Some(owner), None, 2) = (&head.owner, &head.counterpart, head.members.len()) {
        head.counterpart = head.members.iter().find(|(id, _)| *id != owner).map(|(_, name)| name.clone());
    }
    let chat = chat(found, head, Place::Whole, hints)?;
    let records = if chat.is_group() { Records::Json(raw) } else { Records::Whole };
    Some((vec![chat], records))
}

/// The members of the array that the keys lead to, each as it stands.
fn records(text: &str, keys: &[&str]) -> Records {
    let mut span = text.len() - text.trim_start().len()..text.len();
    let mut pointer = String::new();
    for key in keys {
        // of a key given twice the last value counts, as serde_json reads it
        let Some(found) = json_spans::members(text, span).into_iter().rfind(|m| m.key == *key) else { return Records::Whole };
        span = found.span;
        pointer = format!("{pointer}/{key}");
    }
    let members = json_spans::members(text, span).into_iter();
    Records::Json(members.map(|m| (Place::Pointer(format!("{pointer}/{}", m.key).into()), text.get(m.span).unwrap_or("").to_owned())).collect())
}

/// One message; `None` for what holds neither words nor a kind.
fn line(value: &Value, head: &Head, place: Place, words: &Words) -> Option<Line> {
    let object = value.as_object()?;
    let account = text_of(object, &["sender", "senderUsername", "from_id", "actor_id"]).unwrap_or("").to_owned();
    let name = text_of(object, &["senderDisplayName", "groupNickname", "accountName", "from", "actor"]);
    let named = name.unwrap_or("").to_owned();
    let speaker = name.or_else(|| head.members.get(&account).map(String::as_str)).unwrap_or(&account).to_owned();
    let kind = match object.get("type") {
        Some(Value::String(s)) => s.clone(),
        Some(Value::Number(n)) => n.to_string(),
        _ => String::new(),
    };
    let body = ["content", "text", "parsedContent", "action"].iter().find_map(|k| object.get(*k).map(plain).filter(|t| !t.trim().is_empty()));
    let media = text_of(object, &["media_type", "mime_type"]).map(str::to_owned).or_else(|| object.contains_key("photo").then(|| "photo".to_owned()));
    let text = body.unwrap_or_else(|| match (media, words.kinds.get(&kind)) {
        (Some(media), _) => format!("[{media}]"),
        (None, Some(word)) => format!("[{word}]"),
        (None, None) if kind.is_empty() || kind == "message" => String::new(),
        (None, None) => format!("[{kind}]"),
    });
    if text.is_empty() && speaker.is_empty() {
        return None;
    }
    let (at, zone) = moment(object);
    let sent = match object.get("isSend") {
        Some(Value::Bool(b)) => Some(*b),
        Some(Value::Number(n)) => n.as_i64().map(|n| n == 1),
        _ => None,
    };
    let mut said = system(text.trim(), false, place);
    let recalled = words.recalled_kinds.contains(&kind) || words.remark(said.text.trim()) == Some(true);
    let remark = recalled || words.system_kinds.contains(&kind) || object.get("isSend").is_some_and(Value::is_null) || account.ends_with("@chatroom");
    said.recalled = recalled;
    said.role = if remark { ChatRole::System } else { ChatRole::Unknown };
    // who took a message back is said where the file names them
    said.speaker = match (remark, recalled) {
        (_, true) => named,
        (true, false) => String::new(),
        (false, false) => speaker,
    };
    said.at = at;
    Some(Line { said: Said { said, to: None, parted: false, stamp: Stamp::Nothing }, account, sent, zone })
}

/// The words of a content: a string, or Telegram's list of strings and entities.
fn plain(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Array(parts) => parts.iter().map(|p| p.as_str().or_else(|| p.get("text").and_then(Value::as_str)).unwrap_or("")).collect(),
        _ => String::new(),
    }
}

/// The moment: seconds or milliseconds since 1970 before a text, which has no zone.
fn moment(object: &Map<String, Value>) -> (Option<Time>, Zone) {
    for key in ["createTime", "timestamp", "date_unixtime"] {
        let digits = match object.get(key) {
            Some(Value::Number(n)) => n.to_string(),
            Some(Value::String(s)) => s.trim().to_owned(),
            _ => continue,
        };
        if digits.bytes().all(|b| b.is_ascii_digit())
            && let Some(found) = dates::moment(&digits, false)
        {
            return (Some(found.at), Zone::Said);
        }
    }
    let written = text_of(object, &["formattedTime", "date", "createTime", "timestamp"]);
    let read = |s: &str| dates::moment(s, false).or_else(|| dates::moment(&s.replacen('T', " ", 1), false));
    (written.and_then(read).filter(|m| m.has_time).map(|m| m.at), Zone::Assumed)
}

fn chat(lines: Vec<Line>, head: Head, place: Place, hints: &Hints<'_>) -> Option<Chat> {
    if !lines.iter().any(|l| l.said.said.role != ChatRole::System) {
        return None;
    }
    let zone = lines.iter().map(|l| l.zone).find(|z| *z != Zone::Said).unwrap_or(Zone::Said);
    let sides: Vec<(Option<bool>, String)> = lines.iter().map(|l| (l.sent, l.account.clone())).collect();
    let mut messages: Vec<Said> = lines.into_iter().map(|l| l.said).collect();
    let sellers = match &head.counterpart {
        Some(name) => Sellers::against(name, &messages),
        None => Sellers::among(&messages, hints.seller_names, false),
    };
    for (message, (sent, account)) in messages.iter_mut().zip(&sides).filter(|(m, _)| m.said.role != ChatRole::System) {
        let owner = head.owner.as_ref().map(|o| o == account);
        message.said.role = match (sent.or(owner), &head.counterpart) {
            (Some(true), _) => ChatRole::Seller,
            (Some(false), Some(_)) => ChatRole::Buyer,
            _ => sellers.role(&message.said.speaker),
        };
    }
    let buyers: BTreeSet<&str> = messages.iter().filter(|m| m.said.role == ChatRole::Buyer).map(|m| m.said.speaker.as_str()).collect();
    let buyer = match (&head.counterpart, buyers.len()) {
        (Some(name), _) => Some(name.clone()),
        (None, 1) => buyers.first().map(|n| (*n).to_owned()),
        _ => None,
    };
    Some(Chat { layout: head.layout, buyer, messages: messages.into_iter().map(|m| m.said).collect(), place, zone })
}
