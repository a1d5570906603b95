//! Conversations copied out of 千牛 / 旺旺 as text, in the forms of facts 3: nick and time on one line (they may touch), the nick above the time,
//! `A --> B time`, and `[nick] time`.
//!
//! One file may hold many buyers' conversations: each becomes a [`Chat`] and a record of its own. The client's own remarks are kept as messages of
//! the system; marks such as 已读 only say how a message fared and are taken off.

mod heads;

use crate::model::record::{Chat, ChatMessage, ChatRole, Records};
use crate::model::source::Place;
use crate::profile::Profile;
use heads::{Form, Head};
use serde::Deserialize;
use std::sync::OnceLock;

/// Longest text that is read, in bytes (1688's own limit for such files is 10 MB).
pub const MAX_BYTES: usize = 32 << 20;
/// Heads needed before a text counts as a conversation.
const MIN_HEADS: usize = 2;

/// templates/chat-words.toml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    marks: Vec<String>,
    system: Vec<String>,
    not_speakers: Vec<String>,
}

fn words() -> Option<&'static Words> {
    static WORDS: OnceLock<Option<Words>> = OnceLock::new();
    WORDS.get_or_init(|| toml::from_str(&Profile::built_in().text("chat-words.toml").ok()?.0).ok()).as_ref()
}

/// Reads decoded text as conversations. `seller_names` are the shop and its nicks as far as the case knows them; a nick that contains one, or has
/// the form of a sub-account (`店铺名:客服小美`), speaks for the seller, and then everyone else is a buyer. When no seller can be told, the roles
/// stay unknown and the file is one conversation.
///
/// `None` when fewer than two lines name a speaker and a time, or nothing was said. The place of a message is its first line, that of a chat its
/// first message's; [`Records::Lines`] begins a record at each chat.
pub fn read(text: &str, seller_names: &[String]) -> Option<(Vec<Chat>, Records)> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let words = words()?;
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().map(|l| l.trim_end_matches('\r')).collect();
    let (mut messages, form) = messages(&lines, words)?;
    let sellers = Sellers::among(&messages, seller_names);
    for message in &mut messages {
        if message.said.role != ChatRole::System {
            message.said.role = sellers.role(&message.said.speaker);
        }
    }
    let layout = if form == Form::Bracket { "bracket-text" } else { "wangwang-text" };
    let chats = conversations(messages, &sellers, layout);
    let starts = chats.iter().filter_map(|c| if let Place::Line(n) = c.place { Some(n) } else { None }).collect();
    Some((chats, Records::Lines { lines: lines.into_iter().map(str::to_owned).collect(), starts }))
}

/// A message and whom it was said to, where the form tells.
struct Said {
    said: ChatMessage,
    to: Option<String>,
    /// A line of dashes or the like stood before it.
    parted: bool,
}

fn messages(lines: &[&str], words: &Words) -> Option<(Vec<Said>, Form)> {
    let form = heads::form(lines, &words.not_speakers).filter(|(_, count)| *count >= MIN_HEADS)?.0;
    let mut found: Vec<Said> = Vec::new();
    // the message that text lines belong to: remarks of the client may stand between
    let mut open: Option<usize> = None;
    let mut parted = false;
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        let number = u32::try_from(index + 1).ok()?;
        if let Some((head, used)) = heads::head(form, lines, index, &words.not_speakers) {
            let Head { speaker, to, at, rest } = head;
            open = Some(found.len());
            let said = ChatMessage { at: Some(at), speaker, role: ChatRole::Unknown, text: String::new(), place: Place::Line(number) };
            found.push(Said { said, to, parted: std::mem::take(&mut parted) });
            add(&mut found, open, &rest, words);
            index += used;
            continue;
        }
        let trimmed = line.trim();
        if is_rule(trimmed) {
            parted = true;
        } else if words.system.iter().any(|pattern| fits(pattern, trimmed)) {
            let said = ChatMessage { at: None, speaker: String::new(), role: ChatRole::System, text: trimmed.to_owned(), place: Place::Line(number) };
            found.push(Said { said, to: None, parted: std::mem::take(&mut parted) });
        } else {
            add(&mut found, open, line, words);
        }
        index += 1;
    }
    for message in &mut found {
        message.said.text.truncate(message.said.text.trim_end().len());
    }
    found.iter().any(|m| m.said.role != ChatRole::System && !m.said.text.is_empty()).then_some((found, form))
}

/// Adds a line to the open message, without the marks of its state.
fn add(found: &mut [Said], open: Option<usize>, line: &str, words: &Words) {
    let Some(message) = open.and_then(|i| found.get_mut(i)) else { return };
    let mut text = line.trim();
    while let Some(shorter) = words.marks.iter().find_map(|m| {
        let rest = text.strip_suffix(m.as_str())?;
        // a mark stands alone or after a blank; a sentence may end in the same letters
        (rest.is_empty() || rest.ends_with(char::is_whitespace)).then(|| rest.trim_end())
    }) {
        text = shorter;
    }
    if text.is_empty() && message.said.text.is_empty() {
        return;
    }
    if !message.said.text.is_empty() {
        message.said.text.push('\n');
    }
    message.said.text.push_str(text);
}

/// A line of at least four dashes, equals signs, stars or underscores.
fn is_rule(line: &str) -> bool {
    line.chars().count() >= 4 && line.chars().all(|c| matches!(c, '-' | '=' | '*' | '_' | '—' | '─' | '＝'))
}

/// Does the line fit the pattern, in which `*` stands for any words (or none)?
fn fits(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// Who speaks for the seller in this file.
struct Sellers {
    nicks: Vec<String>,
}

impl Sellers {
    fn among(messages: &[Said], names: &[String]) -> Sellers {
        let names: Vec<String> = names.iter().map(|n| n.trim().to_lowercase()).filter(|n| n.chars().count() >= 2).collect();
        let people = || messages.iter().flat_map(|m| [Some(m.said.speaker.as_str()), m.to.as_deref()]).flatten().filter(|n| !n.is_empty());
        let mut nicks: Vec<String> = Vec::new();
        for nick in people() {
            let named = names.iter().any(|n| nick.to_lowercase().contains(n.as_str()));
            if (named || main_account(nick).is_some()) && !nicks.iter().any(|n| n == nick) {
                nicks.push(nick.to_owned());
            }
        }
        // the main account of a sub-account that speaks here is the seller, too
        let mains: Vec<String> = nicks.iter().filter_map(|n| main_account(n).map(str::to_owned)).collect();
        nicks.extend(people().filter(|n| mains.iter().any(|m| m == n)).map(str::to_owned));
        Sellers { nicks }
    }

    fn role(&self, nick: &str) -> ChatRole {
        if self.nicks.is_empty() {
            ChatRole::Unknown
        } else if self.nicks.iter().any(|n| n == nick) {
            ChatRole::Seller
        } else {
            ChatRole::Buyer
        }
    }
}

/// The part before the colon of a sub-account.
fn main_account(nick: &str) -> Option<&str> {
    let (main, sub) = nick.split_once([':', '：'])?;
    (!main.trim().is_empty() && !sub.trim().is_empty()).then(|| main.trim())
}

/// Parts the messages by buyer. What the seller (or the system) says between two buyers belongs to the next one from the widest gap on: the largest
/// step in time, a step back, or a ruled line.
fn conversations(messages: Vec<Said>, sellers: &Sellers, layout: &'static str) -> Vec<Chat> {
    let buyer_of = |m: &Said| match m.said.role {
        ChatRole::Buyer => Some(m.said.speaker.clone()),
        ChatRole::Seller => m.to.clone().filter(|to| sellers.role(to) == ChatRole::Buyer),
        _ => None,
    };
    // index of the first message of each conversation
    let mut starts: Vec<(usize, Option<String>)> = vec![(0, None)];
    let mut last_of_buyer = 0;
    for (index, message) in messages.iter().enumerate() {
        let Some(buyer) = buyer_of(message) else { continue };
        if let Some((_, current)) = starts.last_mut() {
            match current {
                None => *current = Some(buyer),
                Some(same) if *same == buyer => {}
                Some(_) => starts.push((widest_gap(&messages, last_of_buyer, index), Some(buyer))),
            }
        }
        last_of_buyer = index;
    }
    let mut chats: Vec<Chat> = Vec::new();
    let mut starts = starts.into_iter().peekable();
    let mut rest = messages.into_iter().enumerate().peekable();
    while let Some((_, buyer)) = starts.next() {
        let end = starts.peek().map_or(usize::MAX, |(at, _)| *at);
        let mut said = Vec::new();
        while let Some((_, message)) = rest.next_if(|(index, _)| *index < end) {
            said.push(message.said);
        }
        if let Some(place) = said.first().map(|m| m.place.clone()) {
            chats.push(Chat { layout, buyer, messages: said, place });
        }
    }
    chats
}

/// The message in `after + 1 ..= until` that begins the next conversation.
fn widest_gap(messages: &[Said], after: usize, until: usize) -> usize {
    let mut best = (i64::MIN, until);
    let mut before = messages.get(after).and_then(|m| m.said.at);
    for (index, message) in messages.iter().enumerate().take(until + 1).skip(after + 1) {
        let gap = if message.parted {
            i64::MAX
        } else {
            match before.zip(message.said.at) {
                Some((a, b)) if b < a => i64::MAX - 1,
                Some((a, b)) => (b - a).num_seconds(),
                None => continue,
            }
        };
        // the later of equal gaps: the buyer's own message rather than one before it
        if gap >= best.0 {
            best = (gap, index);
        }
        before = message.said.at.or(before);
    }
    best.1
}

#[cfg(test)]
mod tests;
