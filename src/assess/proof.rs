//! What must be there, and what platforms ask for beside it.
//!
//! Sources: Douyin aJoPTsTo7Jmx and aJoPTsTo7j8N (底单 with weight, chat, promotion proof; virtual goods: delivery screenshots), Tmall 11000256; the
//! rating rules 11000225 and 2352 with 11000254 (举证号 with screenshots), which appeals of this kind follow by analogy. Texts read 2026-08-22.

use super::view::{Limit, OrderView, View};
use crate::finding::{Code, Finding, Findings};
use crate::model::Time;
use crate::model::file::Kind;
use crate::model::record::{Chat, Content};
use crate::model::settings::{Delivery, Goods};
use crate::text::nicks;

pub(super) fn is_virtual(view: &View, o: &OrderView) -> bool {
    o.delivery.map_or(view.case.settings.goods == Goods::Virtual, |delivery| delivery == Delivery::Virtual)
}

/// `weight-missing`, `trace-public-only`, `delivery-proof-missing`.
pub(super) fn carrier(view: &View, findings: &mut Findings) {
    let mut unread = 0_usize;
    for (i, o) in view.orders.iter().enumerate() {
        if is_virtual(view, o) {
            if !o.has_piece(view.case, &[Kind::DeliveryProof]) {
                findings.push(view.finding(Code::DeliveryProofMissing, i));
            }
            continue;
        }
        if !o.express || (o.order.waybills.is_empty() && o.traces.is_empty()) {
            continue;
        }
        let slip = o.has_piece(view.case, &[Kind::Waybill, Kind::CourierProof]);
        let traced = o.traces.first().map_or("", |(_, t)| t.waybill.as_str());
        let number = o.order.waybills.first().map_or(traced, |w| w.value.number.as_str());
        // a slip may show the weight; what is on a picture is not read here, and that is said
        let weighed = o.weight().is_some();
        unread += usize::from(slip && !weighed);
        if !slip && !weighed {
            findings.push(view.finding(Code::WeightMissing, i).with("waybill", number));
        }
        if !slip && o.bills.is_empty() && !o.traces.is_empty() {
            findings.push(view.finding(Code::TracePublicOnly, i).with("waybill", number));
        }
    }
    if unread > 0 {
        findings.push(Finding::new(Code::NotCheckable).variant("slip").with("count", unread));
    }
}

/// `chat-missing`, `chat-text-only`, `chat-buyer-differs`, `chat-time-differs`, `proof-number-expiring`.
pub(super) fn chats(view: &View, findings: &mut Findings) {
    for (i, o) in view.orders.iter().enumerate() {
        let pictured = has_chat_picture(view, o) || !o.proof_numbers.is_empty();
        match o.chats.first() {
            None if !pictured => findings.push(view.finding(Code::ChatMissing, i)),
            Some((file, chat, _)) if !pictured => {
                let finding = view.finding(Code::ChatTextOnly, i).at(*file, chat.place.clone());
                findings.push(if view.platform.proof_numbers { finding } else { finding.variant("screens") });
            }
            _ => {}
        }
        for (file, chat, named) in &o.chats {
            if of_another(o, chat, *named) {
                findings.push(view.finding(Code::ChatBuyerDiffers, i).at(*file, chat.place.clone()));
            }
            if let Some(outside) = outside(view, o, chat) {
                let day = |t: &Time| t.format("%Y-%m-%d").to_string();
                let finding = view.finding(Code::ChatTimeDiffers, i).at(*file, chat.place.clone()).with("first", day(&outside.first));
                findings.push(finding.with("last", day(&outside.last)).with("ordered", day(&outside.ordered)));
            }
        }
        for number in &o.proof_numbers {
            let Some(created) = number.created else { continue };
            // how long a number is kept stands in no rule that was found: the message says so
            let kept = |limit: &Limit| chrono::Duration::try_days(limit.value).and_then(|days| created.checked_add_signed(days));
            let Some((usual, end)) = view.limit("chat-proof-days").and_then(|l| kept(&l).map(|end| (l, end))) else { continue };
            let until = view.case.notice.deadline.unwrap_or(view.case.now).max(view.case.now);
            // it has to hold while the appeal is read, not only today
            if end < until + chrono::Duration::days(7) {
                let text = number.proof_number.as_deref().unwrap_or("");
                let finding = view.finding(Code::ProofNumberExpiring, i).with("number", text).with("day", end.format("%Y-%m-%d"));
                let told = |finding: Finding, limit: Limit| finding.with("limit", limit.value).with("rule", limit.rule);
                let gone = view.limit("chat-proof-days-longest").filter(|l| kept(l).is_some_and(|end| end < view.case.now));
                findings.push(match gone {
                    Some(longest) => told(finding.variant("gone"), longest),
                    None => told(finding, usual),
                });
            }
        }
    }
}

/// Is a conversation that the seller put to the order with somebody else than its buyer.
fn of_another(o: &OrderView, chat: &Chat, named: bool) -> bool {
    let buyer = o.order.buyer.as_ref().map(|b| b.value.raw()).filter(|b| nicks::readable(b));
    chat.buyer.as_deref().zip(buyer).is_some_and(|(speaker, buyer)| named && !nicks::same(speaker, buyer) && !named_in_order(speaker, o))
}

/// When a conversation was held that is not about the order.
struct Outside {
    first: Time,
    last: Time,
    ordered: Time,
}

/// `chat-time-differs`: a conversation whose every dated message lies far before the order or long after its end (`chat-before-days`, `chat-after-days`: our own
/// measures). Needs dated messages and the order's time. Cleared by the conversation about this order.
fn outside(view: &View, o: &OrderView, chat: &Chat) -> Option<Outside> {
    let (before, after) = (view.threshold("chat-before-days")?, view.threshold("chat-after-days")?);
    let placed = o.order.placed()?;
    let delivered = o.traces.iter().filter_map(|(_, t)| t.delivered()).map(|(e, _)| e.at);
    let end = delivered.chain(o.order.confirmed_at.as_ref().map(|t| t.value.latest())).max().unwrap_or(placed.latest());
    let (from, to) = (placed.at - chrono::Duration::days(before.value), end + chrono::Duration::days(after.value));
    let times = || chat.messages.iter().filter_map(|m| m.at);
    let (first, last) = (times().min()?, times().max()?);
    times().all(|t| !(from..=to).contains(&t)).then_some(Outside { first, last, ordered: placed.at })
}

/// Speaks a conversation of the order: with its buyer, and in its days.
pub(super) fn fits(view: &View, o: &OrderView, chat: &Chat, named: bool) -> bool {
    !of_another(o, chat, named) && outside(view, o, chat).is_none()
}

/// Is the speaker called like the order's recipient? Messengers show full names, not the nicks of a platform. A masked name is nobody's.
fn named_in_order(speaker: &str, o: &OrderView) -> bool {
    o.order.recipient.as_ref().map(|name| name.value.raw()).is_some_and(|name| nicks::readable(name) && nicks::same(speaker, name))
}

/// A picture or document of a conversation.
pub(super) fn has_chat_picture(view: &View, o: &OrderView) -> bool {
    o.links.iter().any(|l| view.case.file(l.file).kind == Kind::Chat && matches!(view.case.content(l.file).content, Content::Picture(_) | Content::Pdf(_)))
}
