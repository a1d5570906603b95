//! Text that phones export: LINE (`上午9:05⇥名⇥文字` under lines that name the day) and WhatsApp (`2026/4/2 09:05 - 名: 文字`, `[2/4/26, 09:05:11] 名: 文字`).
//! The phone's clock is read as +08:00 and marked as assumed.

use super::clock::{self, Day, Numbers, Order, Stamp};
use super::sides::Sellers;
use super::words::{Words, fits};
use super::{Hints, Said, system};
use crate::model::record::{Chat, ChatMessage, ChatRole, Records, TimeFrom, Zone};
use crate::model::source::Place;
use crate::text::width::narrow_char;
use chrono::NaiveTime;
use std::collections::BTreeSet;

/// Lines of messages needed before a text without a title counts as one of these.
const MIN_LINES: usize = 2;
/// Lines that are looked at to tell the layout.
const LOOKED_AT: usize = 200;

/// Reads a text; `None` when it is neither.
pub(super) fn read(text: &str, hints: &Hints<'_>, words: &Words) -> Option<(Vec<Chat>, Records)> {
    let lines: Vec<&str> = text.lines().map(|l| l.trim_end_matches('\r')).collect();
    let first = lines.iter().find(|l| !l.trim().is_empty())?;
    let title = words.titled(first.trim_matches(unseen));
    let count = |is: &dyn Fn(&str) -> bool| lines.iter().take(LOOKED_AT).filter(|l| is(l)).count();
    let line = count(&|l| line_parts(l).is_some());
    let (messages, layout) = if line >= MIN_LINES || (title.is_some() && line > 0) {
        (of_line(&lines, words), "line-text")
    } else if count(&|l| whatsapp_head(l).is_some()) >= MIN_LINES {
        (of_whatsapp(&lines, words)?, "whatsapp-text")
    } else {
        return None;
    };
    let of_path = || hints.path.split('/').rev().find_map(|part| words.titled(part.strip_suffix(".txt").unwrap_or(part)));
    let chat = with_roles(messages, title.or_else(of_path), hints, layout)?;
    let starts = if let Place::Line(n) = chat.place { vec![n] } else { Vec::new() };
    Some((vec![chat], Records::Lines { lines: lines.into_iter().map(str::to_owned).collect(), starts }))
}

/// Marks of writing direction and the like, which WhatsApp puts at the beginning of lines.
fn unseen(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}')
}

fn with_roles(mut messages: Vec<Said>, title: Option<(&str, bool)>, hints: &Hints<'_>, layout: &'static str) -> Option<Chat> {
    let speakers: BTreeSet<&str> = messages.iter().filter(|m| m.said.role != ChatRole::System).map(|m| m.said.speaker.as_str()).collect();
    if speakers.is_empty() {
        return None;
    }
    let sellers = match title {
        Some((name, false)) => Sellers::against(name, &messages),
        _ => Sellers::among(&messages, hints.seller_names, false),
    };
    let mut buyers: BTreeSet<String> = BTreeSet::new();
    for message in messages.iter_mut().filter(|m| m.said.role != ChatRole::System) {
        message.said.role = sellers.role(&message.said.speaker);
        if message.said.role == ChatRole::Buyer {
            buyers.insert(message.said.speaker.clone());
        }
    }
    let buyer = match title {
        Some((name, false)) => Some(name.to_owned()),
        _ if buyers.len() == 1 => buyers.pop_first(),
        _ => None,
    };
    let messages: Vec<ChatMessage> = messages.into_iter().map(|m| m.said).collect();
    let place = messages.first()?.place.clone();
    Some(Chat { layout, buyer, messages, place, zone: Zone::Assumed })
}

fn message(speaker: &str, text: &str, stamp: Stamp, line: usize) -> Said {
    let place = Place::Line(u32::try_from(line + 1).unwrap_or(u32::MAX));
    let mut said = system(text, false, place);
    said.role = ChatRole::Unknown;
    said.speaker = speaker.trim_matches(unseen).to_owned();
    Said { said, to: None, parted: false, stamp }
}

/// A remark, or what is left of a message that was taken back, is the system's.
fn finish(mut messages: Vec<Said>, words: &Words) -> Vec<Said> {
    for message in &mut messages {
        let said = &mut message.said;
        said.text.truncate(said.text.trim_end().len());
        let text = said.text.trim_matches(unseen);
        if words.recalled.iter().any(|p| fits(p, text)) {
            said.role = ChatRole::System;
            said.recalled = true;
        } else if said.speaker.is_empty() {
            said.role = ChatRole::System;
        }
    }
    messages
}

/// Time of day and what follows it, for a message line of LINE.
fn line_parts(line: &str) -> Option<(NaiveTime, &str)> {
    let line = line.trim_start_matches(unseen);
    let (before, rest) = line.split_once('\t')?;
    let narrow: String = before.trim().chars().map(narrow_char).collect();
    let (time, used) = clock::clock(&narrow)?;
    (used == narrow.len()).then_some((time, rest))
}

fn of_line(lines: &[&str], words: &Words) -> Vec<Said> {
    let mut messages: Vec<Said> = Vec::new();
    let mut day: Option<Day> = None;
    // a message of several lines stands between quotes
    let mut quoted = false;
    for (index, line) in lines.iter().enumerate() {
        if let Some((clock, rest)) = line_parts(line) {
            // without a second tab, or with nothing before it, nobody said it
            let (speaker, text) = rest.split_once('\t').unwrap_or(("", rest));
            quoted = text.starts_with('"') && !(text.len() > 1 && text.ends_with('"'));
            let text = if quoted { text.get(1..).unwrap_or("") } else { text };
            messages.push(message(speaker, text.trim_matches(unseen), Stamp::Clock { clock, day }, index));
        } else if !quoted && let Some(new) = clock::day_line(line) {
            day = Some(new);
        } else if let Some(open) = messages.last_mut() {
            let ends = quoted && line.ends_with('"');
            let line = if ends { line.trim_end_matches('"') } else { line };
            quoted &= !ends;
            if !open.said.speaker.is_empty() {
                open.said.text.push('\n');
                open.said.text.push_str(line.trim_end());
            }
        }
    }
    clock::resolve(&mut messages, None);
    finish(messages, words)
}

/// Date and time at the beginning of a WhatsApp line, and what follows.
fn whatsapp_head(line: &str) -> Option<(Date, &str)> {
    let line = line.trim_start_matches(unseen);
    let (inside, bracket) = match line.strip_prefix('[') {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    let (head, rest) = if bracket { inside.split_once(']')? } else { inside.split_once(" - ").or_else(|| inside.split_once(" – "))? };
    if head.len() > 60 {
        return None;
    }
    let narrow: String =
        head.chars().map(|c| if c == '\u{202f}' || c == '\u{a0}' { ' ' } else { narrow_char(c) }).filter(|c| !unseen(*c) || *c == ' ').collect();
    let separator = narrow.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '/' | '.' | '-'))?;
    let (date, time) = narrow.trim().split_once([',', ' '])?;
    let mut numbers = date.trim_end_matches(separator).split(separator).map(|n| n.parse::<u32>().ok().filter(|_| n.len() <= 4).map(|v| (v, n.len())));
    let (Some(Some(a)), Some(Some(b)), Some(Some(c)), None) = (numbers.next(), numbers.next(), numbers.next(), numbers.next()) else { return None };
    let time = time.trim_matches([',', ' ']);
    let (clock, used) = clock::clock(time)?;
    if used != time.len() {
        return None;
    }
    let whole = |(value, digits): (u32, usize)| i32::try_from(if digits <= 2 { 2000 + value } else { value }).ok();
    let date = if a.1 == 4 {
        Date::Whole(chrono::NaiveDate::from_ymd_opt(whole(a)?, b.0, c.0)?, clock)
    } else {
        Date::Numbers(Numbers { first: a.0, second: b.0, year: whole(c)?, clock })
    };
    Some((date, rest))
}

#[derive(Clone, Copy)]
enum Date {
    Whole(chrono::NaiveDate, NaiveTime),
    Numbers(Numbers),
}

fn of_whatsapp(lines: &[&str], words: &Words) -> Option<Vec<Said>> {
    let mut messages: Vec<Said> = Vec::new();
    let mut dates: Vec<Date> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        match whatsapp_head(line) {
            Some((date, rest)) => {
                let rest = rest.trim_matches(unseen);
                // a line without a name was written by the client
                let (speaker, text) =
                    rest.split_once(": ").or_else(|| rest.split_once('：')).or_else(|| rest.strip_suffix(':').map(|n| (n, ""))).unwrap_or(("", rest));
                messages.push(message(speaker, text.trim_matches(unseen), Stamp::Nothing, index));
                dates.push(date);
            }
            None => {
                if let Some(open) = messages.last_mut() {
                    open.said.text.push('\n');
                    open.said.text.push_str(line.trim_matches(unseen));
                }
            }
        }
    }
    let numbers: Vec<Numbers> = dates.iter().filter_map(|d| if let Date::Numbers(n) = d { Some(*n) } else { None }).collect();
    let order = clock::order_of(&numbers);
    for (message, date) in messages.iter_mut().zip(dates) {
        match date {
            Date::Whole(day, clock) => message.said.at = crate::text::dates::local(day.and_time(clock)),
            Date::Numbers(n) => {
                message.said.at = n.at(order);
                if order == Order::Unclear {
                    message.said.time_from = TimeFrom::DayOrderUnknown { first: n.first, second: n.second, year: n.year, clock: n.clock };
                }
            }
        }
    }
    let messages = finish(messages, words);
    messages.iter().any(|m| m.said.role != ChatRole::System).then_some(messages)
}
