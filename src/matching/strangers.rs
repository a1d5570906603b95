//! Conversations that only their place ties to an order, and that are held with somebody else: a third person's words are no evidence of the order, and
//! nobody's business.

use crate::finding::{Code, Finding, Findings};
use crate::model::case::Case;
use crate::model::evidence::{Key, Link, Matching, Strength};
use crate::model::order::Order;
use crate::model::record::Chat;
use crate::model::source::FileId;
use crate::model::source::Place;
use crate::text::nicks;
use std::collections::BTreeSet;

/// Makes clues of the links by path to orders with whose buyer none of the file's conversations is held; `chat-buyer-differs` tells of each.
pub(super) fn pass_over(case: &Case, matching: &mut Matching, findings: &mut Findings) {
    let by_content: BTreeSet<(FileId, usize)> = matching
        .links
        .iter()
        .filter(|l| l.strength >= Strength::Strong && (l.place != Place::Path || l.key == Key::Assign))
        .map(|l| (l.file, l.order))
        .collect();
    let mut told: BTreeSet<(FileId, usize)> = BTreeSet::new();
    let by_path = |l: &&mut Link| l.strength >= Strength::Strong && l.place == Place::Path && !by_content.contains(&(l.file, l.order));
    for link in matching.links.iter_mut().filter(by_path) {
        let chats = case.content(link.file).content.chats();
        let Some(order) = case.orders.get(link.order) else { continue };
        if chats.is_empty() || !chats.iter().all(|chat| with_another(chat, order)) {
            continue;
        }
        link.strength = Strength::Weak;
        if told.insert((link.file, link.order))
            && let Some(chat) = chats.first()
        {
            let finding = Finding::new(Code::ChatBuyerDiffers).order(link.order, order.id.as_str()).at(link.file, chat.place.clone());
            findings.push(finding.with("speaker", chat.buyer.as_deref().unwrap_or_default()).with("file", &case.file(link.file).path).variant("unused"));
        }
    }
}

/// Does a conversation name its buyer as orders do, and is he neither the order's buyer nor its recipient?
fn with_another(chat: &Chat, order: &Order) -> bool {
    let buyer = order.buyer.as_ref().map(|b| b.value.raw()).filter(|b| nicks::readable(b));
    let recipient = order.recipient.as_ref().map(|r| r.value.raw()).filter(|r| nicks::readable(r));
    chat.names_as_orders_do()
        && chat.buyer.as_deref().zip(buyer).is_some_and(|(speaker, buyer)| !nicks::same(speaker, buyer) && !recipient.is_some_and(|r| nicks::same(speaker, r)))
}
