//! `steps-out-of-order`: order, payment, stock-out, pick-up, delivery and the buyer's confirmation must follow one another.
//!
//! Needs two dated steps of one order; a step without a date is not judged. Scans before order or payment have codes of their own (logistics). Our own
//! check after Douyin 轨迹异常 1.1(4) and Tmall 11000266: times that cannot be are the first thing a reviewer sees. Cleared by the right row or number, or
//! by a word about how the table is kept (stock booked in the evening).

use super::view::View;
use crate::finding::{Code, Findings};
use crate::model::assessment::{OrderAssessment, Step, StepKind};
use crate::profile::lang::words;
use crate::text::dates::told_apart;
use chrono::Duration;

/// Which step must not come before which. The pick-up may be booked out of stock a little later (`stock-out-after-pickup-hours`).
const PAIRS: [(StepKind, StepKind); 6] = [
    (StepKind::Ordered, StepKind::Paid),
    (StepKind::Ordered, StepKind::StockOut),
    (StepKind::Paid, StepKind::StockOut),
    (StepKind::StockOut, StepKind::PickedUp),
    (StepKind::PickedUp, StepKind::Confirmed),
    (StepKind::Delivered, StepKind::Confirmed),
];

/// One finding for each pair that is the wrong way round.
pub(super) fn check(view: &View, orders: &[OrderAssessment], findings: &mut Findings) {
    let names = words(view.ctx.lang);
    let booked_late = view.threshold("stock-out-after-pickup-hours").map_or(0, |t| t.value);
    for (i, (o, result)) in view.orders.iter().zip(orders).enumerate() {
        for (first, second) in PAIRS {
            // goods of a pre-sale may be packed before the final payment
            let at_the_door =
                || result.step(StepKind::Paid).zip(result.step(StepKind::Delivered)).is_some_and(|(paid, there)| paid.moment().latest() >= there.at);
            if first == StepKind::Paid && (o.presale() || at_the_door())
                || first == StepKind::PickedUp && result.step(StepKind::Delivered).is_some()
                || (first, second) == (StepKind::Ordered, StepKind::StockOut) && result.step(StepKind::Paid).is_some() && !o.presale()
            {
                continue;
            }
            let (Some(a), Some(b)) = (result.step(first), result.step(second)) else { continue };
            let allowed = if first == StepKind::StockOut { Duration::hours(booked_late) } else { Duration::zero() };
            if !b.surely_before(a, allowed) {
                continue;
            }
            let name = |s: &Step| names.get(&format!("step.{}", s.kind.as_str())).to_owned();
            let finding = view.finding(Code::StepsOutOfOrder, i).at(b.file, b.place.clone());
            let (at, other) = told_apart(b.moment(), a.moment());
            findings.push(finding.with("step", name(b)).with("at", at).with("other", name(a)).with("other_at", other));
        }
    }
}
