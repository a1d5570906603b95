//! Copied text: a file of lines in one of the forms of `heads`, with the client's remarks between them, parted into conversations by buyer.

use super::clock::{self, Day, Stamp};
use super::heads::{self, Form, Head};
use super::sides::Sellers;
use super::words::{Words, fits};
use super::{Hints, Said, system};
use crate::model::record::{Chat, ChatMessage, ChatRole, Records, TimeFrom, Zone};
use crate::model::source::Place;

/// Heads needed before a text counts as a conversation.
const MIN_HEADS: usize = 2;

/// Messages under a line that names whom they are with (QQ writes one above each conversation).
struct Section {
    /// First message.
    from: usize,
    /// The line of its heading: what stands there names somebody, and belongs to this conversation, not to the one above.
    line: Option<u32>,
    counterpart: Option<String>,
}

/// Reads a text; see [`super::read`].
pub(super) fn read(text: &str, hints: &Hints<'_>, words: &Words) -> Option<(Vec<Chat>, Records)> {
    let lines: Vec<&str> = text.lines().map(|l| l.trim_end_matches('\r')).collect();
    let (mut messages, sections, form) = messages(&lines, heads::OF_TEXTS, words)?;
    clock::resolve(&mut messages, clock::day_in_name(hints.path));
    let (layout, zone) = match form {
        Form::Bracket => ("bracket-text", Zone::Usual),
        Form::TimeFirst => ("time-first-text", Zone::Usual),
        _ => ("wangwang-text", Zone::Usual),
    };
    let sub_accounts = form != Form::TimeFirst;
    let mut chats: Vec<Chat> = Vec::new();
    let mut starts: Vec<u32> = Vec::new();
    let mut rest = messages;
    let mut ends: Vec<usize> = sections.iter().skip(1).map(|s| s.from).collect();
    ends.push(rest.len());
    let mut taken = 0;
    for (section, end) in sections.into_iter().zip(ends) {
        let mut own: Vec<Said> = rest.drain(..(end - taken).min(rest.len())).collect();
        taken = end;
        let sellers = match &section.counterpart {
            Some(name) => Sellers::against(name, &own),
            None => Sellers::among(&own, hints.seller_names, sub_accounts),
        };
        for message in own.iter_mut().filter(|m| m.said.role != ChatRole::System) {
            message.said.role = sellers.role(&message.said.speaker);
        }
        let before = chats.len();
        match section.counterpart {
            Some(name) => chats.extend(one(own, Some(name), layout, zone)),
            None => chats.extend(by_buyer(own, &sellers, layout, zone)),
        }
        for (n, chat) in chats.iter().skip(before).enumerate() {
            let first = if let Place::Line(line) = chat.place { line } else { 1 };
            starts.push(section.line.filter(|_| n == 0).map_or(first, |line| line.min(first)));
        }
    }
    Some((chats, Records::Lines { lines: lines.into_iter().map(str::to_owned).collect(), starts }))
}

/// A conversation written into one cell; every message stands at the cell's place.
pub(super) fn of_cell(text: &str, customer: &str, hints: &Hints<'_>, words: &Words, place: &Place, layout: &'static str) -> Option<Chat> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut messages, _, _) = messages(&lines, heads::OF_CELLS, words)?;
    clock::resolve(&mut messages, clock::day_in_name(hints.path));
    let sellers = Sellers::against(customer, &messages);
    let named = Sellers::among(&messages, hints.seller_names, true);
    for message in &mut messages {
        message.said.place = place.clone();
        if message.said.role != ChatRole::System {
            message.said.role = match sellers.role(&message.said.speaker) {
                ChatRole::Unknown => named.role(&message.said.speaker),
                told => told,
            };
        }
    }
    one(messages, Some(customer.to_owned()), layout, Zone::Usual)
}

fn messages(lines: &[&str], forms: &[Form], words: &Words) -> Option<(Vec<Said>, Vec<Section>, Form)> {
    let least = if forms.len() == heads::OF_CELLS.len() { 1 } else { MIN_HEADS };
    let form = heads::form(forms, lines, &words.not_speakers).filter(|(_, count)| *count >= least)?.0;
    // only where the heads lack the day does a line of its own give it; elsewhere such a line was said
    let lacks_day =
        lines.iter().enumerate().any(|(i, _)| matches!(heads::head(form, lines, i, &words.not_speakers), Some((Head { stamp: Stamp::Clock { .. }, .. }, _))));
    let mut found: Vec<Said> = Vec::new();
    let mut sections = vec![Section { from: 0, line: None, counterpart: None }];
    // the message that text lines belong to: remarks of the client may stand between
    let mut open: Option<usize> = None;
    let (mut parted, mut day): (bool, Option<Day>) = (false, None);
    // first line since the last message that stands above a conversation
    let mut heading: Option<u32> = None;
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        let number = u32::try_from(index + 1).ok()?;
        if let Some((head, used)) = heads::head(form, lines, index, &words.not_speakers) {
            let Head { speaker, to, stamp, rest } = head;
            let stamp = if let Stamp::Clock { clock, .. } = stamp { Stamp::Clock { clock, day } } else { stamp };
            open = Some(found.len());
            heading = None;
            let said = ChatMessage {
                at: None,
                time_from: TimeFrom::Said,
                speaker,
                role: ChatRole::Unknown,
                mark: None,
                recalled: false,
                text: String::new(),
                place: Place::Line(number),
            };
            found.push(Said { said, to, parted: std::mem::take(&mut parted), stamp });
            add(&mut found, open, &rest, words);
            index += used;
            continue;
        }
        let trimmed = line.trim();
        if is_rule(trimmed) {
            parted = true;
        } else if let Some(name) = words.counterpart.iter().find_map(|p| trimmed.strip_prefix(p.as_str())) {
            let name = Some(name.trim().to_owned()).filter(|n| !n.is_empty());
            match sections.last_mut() {
                // what stands above it was said by nobody: the file's own head
                Some(last) if found.iter().skip(last.from).all(|m| m.said.role == ChatRole::System) => last.counterpart = name,
                _ => sections.push(Section { from: found.len(), line: heading.or(Some(number)), counterpart: name }),
            }
            open = None;
        } else if words.headings.iter().any(|h| trimmed.starts_with(h.as_str())) {
            heading = heading.or(Some(number));
            open = None;
        } else if lacks_day && let Some(new) = clock::day_line(trimmed) {
            day = Some(new);
        } else if let Some(recalled) = words.remark(trimmed) {
            let last = found.len().checked_sub(1).filter(|last| open == Some(*last)).and_then(|last| found.get_mut(last));
            match last.filter(|m| m.said.text.is_empty()) {
                // below a head that says nothing else: what became of that message
                Some(message) => {
                    message.said.role = ChatRole::System;
                    message.said.recalled = recalled;
                    message.said.text = trimmed.to_owned();
                    if !recalled {
                        message.said.speaker.clear();
                    }
                    open = None;
                }
                None => {
                    let said = system(trimmed, recalled, Place::Line(number));
                    found.push(Said { said, to: None, parted: std::mem::take(&mut parted), stamp: Stamp::Nothing });
                }
            }
        } else {
            add(&mut found, open, line, words);
        }
        index += 1;
    }
    for message in &mut found {
        message.said.text.truncate(message.said.text.trim_end().len());
        if words.recalled.iter().any(|p| fits(p, message.said.text.trim())) {
            message.said.role = ChatRole::System;
            message.said.recalled = true;
        }
    }
    let titled = sections.iter().any(|s| s.counterpart.is_some());
    is_conversation(&found, form, titled).then_some((found, sections, form))
}

/// Was something said? Lines that only happen to end or begin in a time are no conversation: where the time is a part of one, or a whole line could be
/// of another kind of text, several speakers must have said something.
fn is_conversation(found: &[Said], form: Form, titled: bool) -> bool {
    let people = || found.iter().filter(|m| m.said.role != ChatRole::System);
    let spoken = people().filter(|m| !m.said.text.is_empty()).count();
    let heads = people().count();
    let speakers: std::collections::BTreeSet<&str> = people().map(|m| m.said.speaker.as_str()).collect();
    let partial = people().any(|m| !matches!(m.stamp, Stamp::Whole(_)));
    match form {
        // scans of a parcel pasted as text begin with a time, too, but nothing stands below them
        Form::TimeFirst => spoken * 2 > heads && (titled || speakers.len() * 2 <= heads.max(4)),
        _ if partial => spoken * 2 > heads && (speakers.len() >= 2 || heads >= 3),
        _ => spoken > 0,
    }
}

/// Adds a line to the open message; the marks of its state are kept beside it.
fn add(found: &mut [Said], open: Option<usize>, line: &str, words: &Words) {
    let Some(message) = open.and_then(|i| found.get_mut(i)) else { return };
    let (text, mark) = words.without_mark(line);
    if let Some(mark) = mark {
        message.said.mark = Some(mark.to_owned());
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

fn one(messages: Vec<Said>, buyer: Option<String>, layout: &'static str, zone: Zone) -> Option<Chat> {
    let messages: Vec<ChatMessage> = messages.into_iter().map(|m| m.said).collect();
    let place = messages.first()?.place.clone();
    Some(Chat { layout, buyer, messages, place, zone })
}

/// Parts the messages by buyer. What the seller (or the system) says between two buyers belongs to the next one from the widest gap on: the largest
/// step in time, a step back, or a ruled line.
fn by_buyer(messages: Vec<Said>, sellers: &Sellers, layout: &'static str, zone: Zone) -> Vec<Chat> {
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
            said.push(message);
        }
        chats.extend(one(said, buyer, layout, zone));
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
