//! The steps on an order's way: what is drawn on its timeline and compared with one another.

use super::source::{FileId, Place};
use super::{Moment, Time};
use chrono::NaiveDate;

/// A step on an order's way.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Which.
    pub kind: StepKind,
    /// When.
    pub at: Time,
    /// True when only the day is known (`at` is midnight).
    pub day_only: bool,
    /// True when the time is local to a place abroad and its zone was not said: it may be off by most of a day.
    pub zone_unknown: bool,
    /// The record is the order's by inference only: no number agrees.
    pub inferred: bool,
    /// City or site.
    pub location: Option<String>,
    /// File.
    pub file: FileId,
    /// Place in it.
    pub place: Place,
}

impl Step {
    /// The moment as it is shown.
    pub fn moment(&self) -> Moment {
        Moment { at: self.at, has_time: !self.day_only, zone_unknown: self.zone_unknown }
    }

    /// It was not later than `other`, whatever the zones. Where only a day is known, days are compared.
    pub fn surely_not_after(&self, other: &Step) -> bool {
        if self.of_one_clock(other) {
            return self.at <= other.at;
        }
        match Step::days(self, other, chrono::Duration::zero()) {
            Some((own, others)) => own <= others,
            None => self.latest() <= other.earliest(),
        }
    }

    /// It lies before `other` by more than `allowed`, whatever the zones. Where only a day is known, days are compared.
    pub fn surely_before(&self, other: &Step, allowed: chrono::Duration) -> bool {
        if self.of_one_clock(other) {
            return self.at < other.at - allowed;
        }
        match Step::days(self, other, allowed) {
            Some((own, others)) => own < others,
            None => self.latest() < other.earliest() - allowed,
        }
    }

    /// Where one of two steps has no more than its day: the last day that `a` can have been and the first that `b`, less `allowed`, can. A day names no
    /// zone, so a moment beside it may mean its own zone's day as well.
    fn days(a: &Step, b: &Step, allowed: chrono::Duration) -> Option<(NaiveDate, NaiveDate)> {
        let zone = [a, b].into_iter().find(|s| s.day_only)?.at.timezone();
        let both = |at: Time| [at.date_naive(), at.with_timezone(&zone).date_naive()];
        let last = both(a.latest()).into_iter().max()?;
        let first = both(b.earliest() - allowed).into_iter().min()?;
        Some((last, first))
    }

    /// Both are times that one export tells by one clock, whatever its zone. The scans of a trace are each local to their place.
    fn of_one_clock(&self, other: &Step) -> bool {
        let of_export = |s: &Step| matches!(s.kind, StepKind::Ordered | StepKind::Paid | StepKind::Confirmed) && s.zone_unknown && !s.day_only;
        self.file == other.file && of_export(self) && of_export(other)
    }

    fn earliest(&self) -> Time {
        super::trace::earliest(self.at, self.zone_unknown)
    }

    fn latest(&self) -> Time {
        super::trace::latest(self.at, self.zone_unknown)
    }
}

/// The steps drawn on a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the words say it")]
pub enum StepKind {
    Ordered,
    Paid,
    StockOut,
    PickedUp,
    Arrived,
    OutForDelivery,
    Delivered,
    Confirmed,
}

impl StepKind {
    /// Key of its name in the language files (`[step]`).
    pub fn as_str(self) -> &'static str {
        match self {
            StepKind::Ordered => "ordered",
            StepKind::Paid => "paid",
            StepKind::StockOut => "stock-out",
            StepKind::PickedUp => "picked-up",
            StepKind::Arrived => "arrived",
            StepKind::OutForDelivery => "out-for-delivery",
            StepKind::Delivered => "delivered",
            StepKind::Confirmed => "confirmed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::dates;

    fn step(text: &str, zone_unknown: bool) -> Step {
        let moment = dates::moment(text, false).unwrap();
        let (file, place) = (FileId(0), Place::Whole);
        Step { kind: StepKind::Paid, at: moment.at, day_only: !moment.has_time, zone_unknown, inferred: false, location: None, file, place }
    }

    #[test]
    fn only_what_holds_in_every_zone_is_said() {
        // (a, its zone unknown, b, its zone unknown) → surely before, surely not after
        for (a, a_unknown, b, b_unknown, before, not_after) in [
            ("2026-04-01 20:00:00", false, "2026-04-01 20:01:00", false, true, true),
            ("2026-04-01 20:00:00", false, "2026-04-01 20:00:00", false, false, true),
            ("2026-04-01", false, "2026-04-01 20:00:00", false, false, true),
            ("2026-04-01", false, "2026-04-02 00:00:00", false, true, true),
            ("2026-04-02", false, "2026-04-01 20:00:00", false, false, false),
            // a local time abroad may be six hours earlier and twenty later
            ("2026-04-01 20:00:00", true, "2026-04-02 10:00:00", false, false, false),
            ("2026-04-01 20:00:00", true, "2026-04-02 17:00:00", false, true, true),
            ("2026-04-01 20:00:00", true, "2026-04-02", false, false, true),
            ("2026-04-01 20:00:00", true, "2026-04-03", false, true, true),
            ("2026-04-02", false, "2026-04-02 01:00:00", true, false, false),
            // a day names no zone: beside a moment of another zone it may be that zone's day
            ("2026-04-01", false, "2026-04-01 23:50:00 -0500", false, false, true),
            ("2026-03-31", false, "2026-04-01 23:50:00 -0500", false, true, true),
        ] {
            let (x, y) = (step(a, a_unknown), step(b, b_unknown));
            let found = (x.surely_before(&y, chrono::Duration::zero()), x.surely_not_after(&y));
            assert_eq!(found, (before, not_after), "{a} ({a_unknown}), {b} ({b_unknown})");
        }
    }
}
