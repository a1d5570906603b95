//! Conversations out of chat clients (facts 3): text copied from 千牛 / 旺旺 and brackets (`copied`), QQ and WeChat exporters' text (`copied`), LINE and
//! WhatsApp (`phone`), JSON of WeChat exporters, ChatLab and Telegram (`json`), tables of scripts (`tables`).
//!
//! One file may hold many buyers' conversations: each becomes a [`Chat`] and a record of its own. The client's own remarks are kept as messages of
//! the system, what was taken back is never dropped, marks such as 已读 stand beside the message, and a time that the file does not write out says
//! what completed it.

mod clock;
mod copied;
mod heads;
mod json;
mod phone;
mod sides;
mod tables;
mod words;

use crate::model::Time;
use crate::model::record::{Chat, ChatMessage, ChatRole, Content, Recognised, Records, TimeFrom};
use crate::model::source::Place;
use clock::Stamp;
use std::collections::BTreeSet;
pub(super) use tables::of_table;

/// Longest text that is read, in bytes (1688's own limit for such files is 10 MB).
pub const MAX_BYTES: usize = 32 << 20;

/// What helps to read a conversation and does not stand in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The shop and its nicks as far as the case knows them.
    pub seller_names: &'a [String],
    /// Path of the file: its name may give the day, or whom the conversation is with.
    pub path: &'a str,
}

/// Reads decoded text as conversations. A nick that is a seller's name, or has the form of a sub-account (`店铺名:客服小美`), speaks for the seller, and
/// then everyone else is a buyer. When no seller can be told, the roles stay unknown and the file is one conversation.
///
/// `None` when fewer than two lines name a speaker and a time, or nothing was said. The place of a message is its first line (in JSON: its pointer),
/// that of a chat its first message's; [`Records::Lines`] begins a record at each chat.
pub fn read(text: &str, hints: &Hints<'_>) -> Option<(Vec<Chat>, Records)> {
    let text = text.trim_start_matches('\u{feff}');
    if text.len() > MAX_BYTES {
        return None;
    }
    let words = words::words()?;
    if text.trim_start().starts_with(['{', '['])
        && let Some(found) = json::read(text, hints, words)
    {
        return Some(found);
    }
    phone::read(text, hints, words).or_else(|| copied::read(text, hints, words))
}

/// A message on its way: its time is not resolved yet.
struct Said {
    said: ChatMessage,
    /// Whom it was said to, where the form tells.
    to: Option<String>,
    /// A line of dashes or the like stood before it.
    parted: bool,
    stamp: Stamp,
}

/// A remark of the client.
fn system(text: &str, recalled: bool, place: Place) -> ChatMessage {
    ChatMessage { at: None, time_from: TimeFrom::Said, speaker: String::new(), role: ChatRole::System, mark: None, recalled, text: text.to_owned(), place }
}

/// Completes what only the case knows: a year that no message gives is the last one before the notice, and a speaker who is a buyer of the exports
/// is the buyer of a conversation whose sides the file does not tell.
pub fn settle(contents: &mut [Recognised], notice: Option<Time>, buyers: &BTreeSet<&str>) {
    for recognised in contents {
        let parts = match &mut recognised.content {
            Content::Sheets(parts) => parts.as_mut_slice(),
            single => std::slice::from_mut(single),
        };
        for chat in parts.iter_mut().flat_map(|c| if let Content::Chats(chats) = c { chats.as_mut_slice() } else { &mut [] }) {
            if let Some(notice) = notice {
                clock::before(&mut chat.messages, notice);
            }
            if chat.buyer.is_none() {
                tell_buyer(chat, buyers);
            }
        }
    }
}

fn tell_buyer(chat: &mut Chat, buyers: &BTreeSet<&str>) {
    let speakers: BTreeSet<&str> = chat.messages.iter().filter(|m| m.role != ChatRole::System).map(|m| m.speaker.as_str()).filter(|n| !n.is_empty()).collect();
    let known: Vec<&str> = speakers.iter().filter(|n| buyers.contains(**n)).copied().collect();
    let ([buyer], true) = (known.as_slice(), speakers.len() <= 2) else { return };
    let buyer = (*buyer).to_owned();
    for message in chat.messages.iter_mut().filter(|m| m.role == ChatRole::Unknown && !m.speaker.is_empty()) {
        message.role = if message.speaker == buyer { ChatRole::Buyer } else { ChatRole::Seller };
    }
    chat.buyer = Some(buyer);
}

#[cfg(test)]
mod tests;
