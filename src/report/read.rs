//! What was read out of a file, in short: so that a user sees at once whether a table or a conversation was understood as it is meant.

use crate::model::Time;
use crate::model::record::{Chat, ChatMessage, ChatRole, Content, Recognised, TimeFrom};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// One entry a part (a workbook has a part a sheet); `None` where nothing was read but words, pixels or pages.
pub(super) fn value(recognised: &Recognised) -> Option<Vec<Value>> {
    let parts: Vec<Value> = recognised
        .tables()
        .filter_map(|(content, table)| {
            let mut entry = part(content)?;
            entry.insert("sheet".to_owned(), json!(table.and_then(|t| t.sheet.as_deref())));
            Some(Value::Object(entry))
        })
        .collect();
    (!parts.is_empty()).then_some(parts)
}

fn part(content: &Content) -> Option<Map<String, Value>> {
    let number = |sum: Decimal| sum.normalize().to_string();
    let value = match content {
        Content::Orders(table) => json!({ "as": "orders", "layout": table.layout }),
        Content::TrackingList(rows) => json!({ "as": "tracking-list", "rows": rows.len() }),
        Content::Traces(traces) => json!({ "as": "traces", "rows": traces.len(), "events": traces.iter().map(|t| t.events.len()).sum::<usize>() }),
        Content::Chats(chats) => json!({
            "as": "chats",
            "layout": chats.first().map(|c| c.layout),
            "rows": chats.iter().map(|c| c.messages.len()).sum::<usize>(),
            "conversations": chats.iter().map(conversation).collect::<Vec<_>>(),
        }),
        Content::Bill(rows) => json!({
            "as": "bill",
            "rows": rows.len(),
            "with_weight": rows.iter().filter(|r| r.weight_kg.is_some()).count(),
            "kilograms": number(rows.iter().filter_map(|r| r.weight_kg).sum()),
            "picked_up": rows.iter().filter(|r| r.picked_up.is_some_and(|m| m.has_time)).count(),
            "signed": rows.iter().filter(|r| r.signed.is_some_and(|m| m.has_time)).count(),
        }),
        Content::StockMovements(rows) => json!({
            "as": "stock-movements",
            "rows": rows.len(),
            "pieces_out": number(rows.iter().map(|r| r.out).filter(|n| n.is_sign_positive()).sum()),
            "pieces_in": number(rows.iter().map(|r| r.out).filter(|n| n.is_sign_negative()).sum::<Decimal>().abs()),
            "with_order": rows.iter().filter(|r| r.order.is_some()).count(),
            "with_waybill": rows.iter().filter(|r| r.waybill.is_some()).count(),
        }),
        Content::StockCounts(rows) => json!({
            "as": "stock-counts",
            "rows": rows.len(),
            "booked": number(rows.iter().filter_map(|r| r.booked).sum()),
            "counted": number(rows.iter().filter_map(|r| r.counted).sum()),
        }),
        Content::Causes(table) => json!({
            "as": "causes",
            "cause": table.cause.as_str(),
            "rows": table.rows.len(),
            "with_order": table.rows.iter().filter(|r| !r.orders.is_empty()).count(),
            "with_time": table.rows.iter().filter(|r| r.from.is_some()).count(),
        }),
        Content::Invoices(rows) => json!({
            "as": "invoices",
            "rows": rows.len(),
            "invoices": rows.iter().filter_map(|r| r.number.as_deref()).collect::<BTreeSet<_>>().len(),
            "pieces": number(rows.iter().filter_map(|r| r.line.as_ref()?.quantity).sum()),
            "amount": number(rows.iter().filter_map(|r| r.amount).sum()),
        }),
        Content::Payments(rows) => json!({
            "as": "payments",
            "rows": rows.len(),
            "with_order": rows.iter().filter(|r| !r.orders.is_empty()).count(),
            "amount": number(rows.iter().filter_map(|r| r.amount).sum()),
            "refunded": number(rows.iter().filter_map(|r| r.refunded).sum()),
        }),
        Content::None | Content::Text(_) | Content::Picture(_) | Content::Pdf(_) | Content::Document(_) | Content::Film(_) | Content::Sheets(_) => return None,
    };
    if let Value::Object(map) = value { Some(map) } else { None }
}

fn conversation(chat: &Chat) -> Value {
    let of = |role: ChatRole| chat.messages.iter().filter(|m| m.role == role).count();
    let times = || chat.messages.iter().filter_map(|m| m.at);
    let rfc = |t: Option<Time>| t.map(|t| t.to_rfc3339());
    // the least sure of the times tells how far they may be trusted
    let timed = |m: &&ChatMessage| m.at.is_some() || !matches!(m.time_from, TimeFrom::Said);
    let from = chat.messages.iter().filter(timed).map(|m| m.time_from).max();
    json!({
        "where": chat.place,
        "buyer": chat.buyer,
        "messages": { "buyer": of(ChatRole::Buyer), "seller": of(ChatRole::Seller), "system": of(ChatRole::System), "unknown": of(ChatRole::Unknown) },
        "recalled": chat.messages.iter().filter(|m| m.recalled).count(),
        "from": rfc(times().min()),
        "to": rfc(times().max()),
        "times": from.map(TimeFrom::as_str),
        "zone": chat.zone.as_str(),
    })
}
