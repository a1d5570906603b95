//! Conversations as they stand in a file: who said what to whom, when, and how sure the time is.
//!
//! What the client adds by itself (remarks, marks of a message's state) is kept apart from what people said.

use super::Time;
use super::source::Place;
use chrono::NaiveTime;

/// A conversation with one buyer.
#[derive(Debug, Clone)]
pub struct Chat {
    /// Layout id (`wangwang-text`).
    pub layout: &'static str,
    /// The buyer's nick as it stands there, if it can be told from the seller's.
    pub buyer: Option<String>,
    /// In source order.
    pub messages: Vec<ChatMessage>,
    /// Where the conversation begins.
    pub place: Place,
    /// How the zone of its times is known.
    pub zone: Zone,
}

impl Chat {
    /// Does it name its buyer as the platform's orders do. Messengers beside the platform have names of their own.
    pub fn names_as_orders_do(&self) -> bool {
        matches!(self.layout, "wangwang-text" | "chat-table")
    }

    /// Is it a group, in which more than one buyer may have written? Then a message that names an order speaks for itself only.
    pub fn is_group(&self) -> bool {
        let mut speakers: Vec<&str> = Vec::new();
        for message in self.messages.iter().filter(|m| m.role != ChatRole::System && !m.speaker.is_empty()) {
            if speakers.len() > 2 {
                break;
            }
            if !speakers.contains(&message.speaker.as_str()) {
                speakers.push(&message.speaker);
            }
        }
        self.buyer.is_none() && speakers.len() > 2
    }
}

/// One message.
#[derive(Debug, Clone)]
pub struct ChatMessage {
    /// When; `None` when not said, or not to be told from what is said.
    pub at: Option<Time>,
    /// What completed the time, where the message itself says only a part of it.
    pub time_from: TimeFrom,
    /// The name beside it; empty for the client's own remarks.
    pub speaker: String,
    /// Whose side.
    pub role: ChatRole,
    /// The client's mark of how the message fared (`已读`, `发送失败`), as it stands there.
    pub mark: Option<String>,
    /// It was taken back: the client's remark that says so, or the message with what is left of it.
    pub recalled: bool,
    /// The text, lines joined with `\n`.
    pub text: String,
    /// First line or row.
    pub place: Place,
}

/// Whose side a message is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum ChatRole {
    Buyer,
    Seller,
    System,
    Unknown,
}

/// How the zone of a conversation's times is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// The file says it (an offset, or seconds since 1970).
    Said,
    /// The client is one that shows China's time.
    Usual,
    /// Nothing says it: the phone that exported may have stood anywhere. Read as +08:00.
    Assumed,
}

impl Zone {
    /// Name in the output of `check`.
    pub fn as_str(self) -> &'static str {
        match self {
            Zone::Said => "said",
            Zone::Usual => "usual",
            Zone::Assumed => "assumed",
        }
    }
}

/// What completed the time of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeFrom {
    /// Nothing: it stands there whole, or there is none.
    Said,
    /// A line above that names the day.
    DateLine,
    /// A message near it whose date is whole.
    OtherMessages,
    /// The date in the file's name.
    FileName,
    /// The notice: the last such day before it.
    Notice,
    /// Nothing yet: the month, day and time of day are said, the year is not.
    YearUnknown {
        /// Month, 1–12.
        month: u32,
        /// Day of the month.
        day: u32,
        /// Time of day.
        clock: NaiveTime,
    },
    /// Nothing yet: which of two numbers is the day and which the month cannot be told (`02/03/26`).
    DayOrderUnknown {
        /// The number written first.
        first: u32,
        /// The number written second.
        second: u32,
        /// Year, four digits.
        year: i32,
        /// Time of day.
        clock: NaiveTime,
    },
}

impl TimeFrom {
    /// Name in the output of `check`.
    pub fn as_str(self) -> &'static str {
        match self {
            TimeFrom::Said => "said",
            TimeFrom::DateLine => "date-line",
            TimeFrom::OtherMessages => "other-messages",
            TimeFrom::FileName => "file-name",
            TimeFrom::Notice => "notice",
            TimeFrom::YearUnknown { .. } => "year-unknown",
            TimeFrom::DayOrderUnknown { .. } => "day-order-unknown",
        }
    }
}
