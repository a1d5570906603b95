//! Conversations in tables: one message a row (scripts for 千牛, exporters of WeChat, query pages), or one conversation a cell.

use super::copied;
use super::sides::Sellers;
use super::words::{self, Words, fits};
use super::{Hints, Said, Stamp, system};
use crate::intake::cells::{View, bare};
use crate::intake::layout::Layout;
use crate::model::record::{Chat, ChatMessage, ChatRole, TimeFrom, Zone};
use crate::model::source::Place;
use crate::text::dates;
use std::collections::HashMap;

/// The conversations of a table of a chat layout, by customer in order of their first rows; without a column for the customer, the table is one.
pub(in crate::intake) fn of_table(view: View<'_>, layout: &Layout, hints: &Hints<'_>) -> Vec<Chat> {
    let Some(words) = words::words() else { return Vec::new() };
    if view.has("transcript") {
        return (0..view.table.rows.len()).filter_map(|row| transcript(view, row, hints, words)).collect();
    }
    let mut customers: Vec<(Option<String>, Vec<Said>)> = Vec::new();
    let mut places: HashMap<Option<String>, usize> = HashMap::new();
    let mut before: Option<String> = None;
    for row in 0..view.table.rows.len() {
        let Some(said) = message(view, layout, row, words) else { continue };
        // merged cells hold the customer on the first row only
        let customer = view.string(row, "customer").or_else(|| before.clone());
        before.clone_from(&customer);
        let place = *places.entry(customer.clone()).or_insert(customers.len());
        match customers.get_mut(place) {
            Some((_, list)) => list.push(said),
            None => customers.push((customer, vec![said])),
        }
    }
    customers.into_iter().filter_map(|(customer, messages)| conversation(customer, messages, hints)).collect()
}

fn transcript(view: View<'_>, row: usize, hints: &Hints<'_>, words: &Words) -> Option<Chat> {
    let customer = view.string(row, "customer")?;
    let text = view.text(row, "transcript")?;
    let place = view.table.place(row);
    copied::of_cell(text, &customer, hints, words, &place, "chat-table").or_else(|| {
        // a form we do not know: kept as it is, of nobody in particular
        let mut said = system(text, false, place.clone());
        said.role = ChatRole::Unknown;
        Some(Chat { layout: "chat-table", buyer: Some(customer.clone()), messages: vec![said], place: place.clone(), zone: Zone::Usual })
    })
}

fn message(view: View<'_>, layout: &Layout, row: usize, words: &Words) -> Option<Said> {
    let place: Place = view.table.place(row);
    let speaker = view.string(row, "speaker").unwrap_or_default();
    let kind = view.text(row, "side").unwrap_or("");
    let body = view.columns_of("said").find_map(|c| bare(view.table.cell(row, c))).unwrap_or("");
    let at = time(view, row);
    if speaker.is_empty() && body.is_empty() {
        return None;
    }
    let mut lines: Vec<&str> = Vec::new();
    let mut mark = None;
    for line in body.lines() {
        let (text, found) = words.without_mark(line);
        mark = found.or(mark);
        if !text.is_empty() || !lines.is_empty() {
            lines.push(text);
        }
    }
    let text = lines.join("\n");
    let message_kind = view.text(row, "message_kind").unwrap_or("");
    let recalled = words.recalled.iter().any(|p| fits(p, text.trim())) || words.recalled_kinds.iter().any(|k| k == message_kind);
    let remark = recalled || words.remark(text.trim()).is_some() || words.system_kinds.iter().any(|k| k == message_kind) || layout.says("system", kind);
    let role = if remark {
        ChatRole::System
    } else if layout.says("seller", kind) {
        ChatRole::Seller
    } else if layout.says("buyer", kind) {
        ChatRole::Buyer
    } else {
        ChatRole::Unknown
    };
    let speaker = if remark && !recalled { String::new() } else { speaker };
    let said = ChatMessage { at, time_from: TimeFrom::Said, speaker, role, mark: mark.map(str::to_owned), recalled, text: text.trim_end().to_owned(), place };
    Some(Said { said, to: None, parted: false, stamp: Stamp::Nothing })
}

/// The moment of a row: one column, or a day and a time of day in two.
fn time(view: View<'_>, row: usize) -> Option<crate::model::Time> {
    let moment = view.moment(row, "date")?;
    if moment.has_time {
        return Some(moment.at);
    }
    let narrow = crate::text::width::narrow(view.text(row, "clock")?);
    let (clock, used) = super::clock::clock(narrow.trim())?;
    if used != narrow.trim().len() {
        return None;
    }
    dates::local(moment.at.date_naive().and_time(clock))
}

fn conversation(customer: Option<String>, mut messages: Vec<Said>, hints: &Hints<'_>) -> Option<Chat> {
    let told = messages.iter().any(|m| matches!(m.said.role, ChatRole::Buyer | ChatRole::Seller));
    let named = Sellers::among(&messages, hints.seller_names, true);
    let against = customer.as_ref().map(|name| Sellers::against(name, &messages));
    for message in messages.iter_mut().filter(|m| m.said.role == ChatRole::Unknown) {
        // where the table tells sides, what it leaves open stays open
        if !told {
            let role = against.as_ref().map_or(ChatRole::Unknown, |s| s.role(&message.said.speaker));
            message.said.role = if role == ChatRole::Unknown { named.role(&message.said.speaker) } else { role };
        }
    }
    let mut buyers: Vec<&str> = messages.iter().filter(|m| m.said.role == ChatRole::Buyer).map(|m| m.said.speaker.as_str()).filter(|n| !n.is_empty()).collect();
    buyers.sort_unstable();
    buyers.dedup();
    let buyer = customer.or_else(|| if let [only] = buyers.as_slice() { Some((*only).to_owned()) } else { None });
    let messages: Vec<ChatMessage> = messages.into_iter().map(|m| m.said).collect();
    let place = messages.first()?.place.clone();
    Some(Chat { layout: "chat-table", buyer, messages, place, zone: Zone::Usual })
}
