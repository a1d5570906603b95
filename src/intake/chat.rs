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
/// is the buyer of a conversation whose sides the file does not tell, and never the shop.
pub fn settle(contents: &mut [Recognised], notice: Option<Time>, buyers: &BTreeSet<&str>) {
    for recognised in contents {
        if let (Content::Chats(chats), Records::Lines { starts, .. }) = (&mut recognised.content, &mut recognised.records)
            && chats.iter().any(|chat| holds_two_buyers(chat, buyers))
        {
            let mut begins: Vec<u32> = Vec::new();
            let mut parted: Vec<Chat> = Vec::new();
            for (n, chat) in std::mem::take(chats).into_iter().enumerate() {
                let first = starts.get(n).copied();
                let parts = if holds_two_buyers(&chat, buyers) { by_speaker(chat, buyers) } else { vec![chat] };
                begins.extend(
                    parts.iter().enumerate().map(|(n, part)| first.filter(|_| n == 0).unwrap_or(if let Place::Line(line) = part.place { line } else { 1 })),
                );
                parted.extend(parts);
            }
            (*chats, *starts) = (parted, begins);
        }
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

/// Do two buyers of the exports speak in it, or one in the shop's place? Files of several buyers are pasted together, and where the shop's lines are left out
/// one of them looks like the shop. In a messenger's group people have other names.
fn holds_two_buyers(chat: &Chat, buyers: &BTreeSet<&str>) -> bool {
    let known = |m: &&ChatMessage| m.role != ChatRole::System && buyers.contains(m.speaker.as_str());
    let speakers: BTreeSet<&str> = chat.messages.iter().filter(known).map(|m| m.speaker.as_str()).collect();
    let as_shop = chat.messages.iter().any(|m| m.role == ChatRole::Seller && buyers.contains(m.speaker.as_str()));
    chat.names_as_orders_do() && (as_shop || (chat.buyer.is_none() && speakers.len() > 1))
}

/// One conversation for each stretch of one buyer's words, with what nobody else says behind them.
fn by_speaker(chat: Chat, buyers: &BTreeSet<&str>) -> Vec<Chat> {
    let Chat { layout, zone, .. } = chat;
    let mut parts: Vec<Chat> = Vec::new();
    for mut message in chat.messages {
        if message.role != ChatRole::System && buyers.contains(message.speaker.as_str()) {
            message.role = ChatRole::Buyer;
        }
        let buyer = (message.role == ChatRole::Buyer).then(|| message.speaker.clone());
        match parts.last_mut() {
            Some(last) if buyer.is_none() || last.buyer.is_none() || last.buyer == buyer => {
                last.buyer = last.buyer.take().or(buyer);
                last.messages.push(message);
            }
            _ => parts.push(Chat { layout, buyer, place: message.place.clone(), messages: vec![message], zone }),
        }
    }
    parts
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
