//! What a carrier says of a parcel: states and events of a trace.

use super::Time;
use super::ids::OrderId;
use super::source::Place;
use rust_decimal::Decimal;

/// A carrier's trace of one waybill.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// Waybill number, normalised.
    pub waybill: String,
    /// Carrier id in templates/carriers.toml, when the payload's code or words are known.
    pub carrier: Option<String>,
    /// Who gave it: `kuaidi100`, `kdniao` …
    pub service: &'static str,
    /// The service's own state, as a meaning.
    pub state: TraceState,
    /// An order id the payload names itself.
    pub order: Option<OrderId>,
    /// Oldest first, exact repeats dropped.
    pub events: Vec<TraceEvent>,
    /// Events of the payload that could not be placed in time (no date, or one that cannot be read) and are not in `events`.
    pub skipped: u32,
    /// Where the parcel was sent from, as the payload's own field says it (city, region or country).
    pub origin: Option<String>,
    /// Where the parcel goes to, as the payload's own field says it. The place of the last scan is in `events`.
    pub destination: Option<String>,
    /// The recipient, or who signed, as a field of its own says it.
    pub recipient: Option<String>,
    /// Weight in kilograms, when the payload has one.
    pub weight_kg: Option<Decimal>,
    /// When the service last looked or pushed. Not a scan.
    pub updated_at: Option<Time>,
    /// Where it stands.
    pub place: Place,
}

/// What the service says of the parcel as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the meanings are the words themselves")]
pub enum TraceState {
    #[default]
    Unknown,
    NoInformation,
    Collected,
    InTransit,
    OutForDelivery,
    AtStation,
    Delivered,
    Exception,
    Returning,
    Returned,
    Refused,
}

/// One scan.
#[derive(Debug, Clone, Default)]
pub struct TraceEvent {
    /// When.
    pub at: Time,
    /// True when the payload gives a local time of a place abroad without its zone: `at` then reads it as +08:00 and may be off by most of a day, so no
    /// rule that counts hours may rest on it ([`TraceEvent::earliest`], [`TraceEvent::latest`] bound it).
    pub zone_unknown: bool,
    /// The carrier's words, unmasked (couriers' phones are masked when set on a page).
    pub text: String,
    /// City or site, when the payload has a field for it or the text begins with `【…】`.
    pub location: Option<String>,
    /// What it means.
    pub kind: EventKind,
    /// The service's code that gives the meaning, where the words say nothing and no published text was found that says what the code means.
    pub unverified_code: Option<String>,
    /// Where it stands in the file.
    pub place: Place,
}

impl TraceEvent {
    /// The earliest moment it can have been: `at`, unless the zone is unknown (any from UTC−12 to UTC+14).
    pub fn earliest(&self) -> Time {
        earliest(self.at, self.zone_unknown)
    }

    /// The latest moment it can have been.
    pub fn latest(&self) -> Time {
        latest(self.at, self.zone_unknown)
    }
}

/// The earliest that a local time read as +08:00 can have been when its zone is not known: it may be UTC+14.
pub(super) fn earliest(at: Time, zone_unknown: bool) -> Time {
    if zone_unknown { at - chrono::Duration::hours(14 - 8) } else { at }
}

/// The latest: it may be UTC−12.
pub(super) fn latest(at: Time, zone_unknown: bool) -> Time {
    if zone_unknown { at + chrono::Duration::hours(12 + 8) } else { at }
}

/// What one scan means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EventKind {
    /// The label was made; nobody has the parcel yet.
    Announced,
    /// Picked up (揽收, 收件).
    Collected,
    /// Moving between sites.
    InTransit,
    /// On the van.
    OutForDelivery,
    /// Put into a locker or station; not the buyer's signature.
    AtStation,
    /// Signed by the recipient, or signed without saying by whom.
    Delivered,
    /// Signed by another person (代签, 门卫, 前台, 家人).
    DeliveredToOther,
    /// Left somewhere and signed for by nobody (家门口, 鞋架, 消防栓).
    LeftThere,
    /// Taken out of a locker or station by the recipient.
    PickedUpByRecipient,
    /// On its way back.
    Returning,
    /// Signed by the sender after a return.
    ReturnSigned,
    /// Refused by the recipient.
    Refused,
    /// Put off to another day because the recipient wants it so.
    Postponed,
    /// Trouble.
    Exception,
    /// Anything else.
    #[default]
    Other,
}

impl EventKind {
    /// Does it end the way to the buyer.
    pub fn signed(self) -> bool {
        matches!(self, EventKind::Delivered | EventKind::DeliveredToOther | EventKind::LeftThere | EventKind::PickedUpByRecipient)
    }
}

/// How a parcel reached its buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveredHow {
    /// The recipient, or not said by whom.
    Recipient,
    /// Somebody else.
    Other,
    /// Nobody: left at the door or beside it.
    Left,
    /// Locker or station (left there, or taken from there).
    Station,
}

impl Trace {
    /// [`Trace::service`] of what somebody copied from a page.
    pub const PASTED: &'static str = "pasted";

    /// The first scan that shows the carrier holding the parcel.
    pub fn picked_up(&self) -> Option<&TraceEvent> {
        self.events
            .iter()
            .find(|e| e.kind == EventKind::Collected)
            .or_else(|| self.events.iter().find(|e| !matches!(e.kind, EventKind::Announced | EventKind::Other)))
    }

    /// The first scan of any kind that shows the parcel under way, also one before the collection that a carrier entered later.
    pub fn first_seen(&self) -> Option<&TraceEvent> {
        self.events.iter().find(|e| !matches!(e.kind, EventKind::Announced | EventKind::Postponed | EventKind::Exception | EventKind::Other))
    }

    /// The scan that ends the way to the buyer, and how. `None` when the parcel went back, or is not there yet.
    pub fn delivered(&self) -> Option<(&TraceEvent, DeliveredHow)> {
        if self.returned() {
            return None;
        }
        self.events.iter().rev().find_map(|e| match e.kind {
            EventKind::Delivered => Some((e, DeliveredHow::Recipient)),
            EventKind::DeliveredToOther => Some((e, DeliveredHow::Other)),
            EventKind::LeftThere => Some((e, DeliveredHow::Left)),
            EventKind::PickedUpByRecipient => Some((e, DeliveredHow::Station)),
            _ => None,
        })
    }

    /// The parcel went back or was refused: "signed" then means the sender.
    pub fn returned(&self) -> bool {
        matches!(self.state, TraceState::Returned | TraceState::Returning | TraceState::Refused)
            || self.events.iter().any(|e| matches!(e.kind, EventKind::Returning | EventKind::ReturnSigned | EventKind::Refused))
    }
}
