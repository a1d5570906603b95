//! Gaps and contradictions planted on purpose, and the list of what a check must find. Each sits on an order of its own, so that one cannot hide another.

use super::rng::Rng;
use super::tables::Failure;
use super::world::{Carrier, Cause, End, Order, Quirk, at};
use chrono::Duration;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// What the writers of files have to leave out or get wrong, by order id.
#[derive(Default)]
pub struct Flaws {
    pub without_trace: BTreeSet<String>,
    pub without_slip: BTreeSet<String>,
    pub not_exported: Vec<String>,
    pub damaged: Vec<String>,
    pub wrong_stock: Option<String>,
    pub harmful_chat: Option<String>,
    pub listed_twice: Option<String>,
    /// Added to the count that the notice states.
    pub miscounted: usize,
    /// A picture of the first buyer lies among the second's.
    pub picture_twice: Option<(String, String)>,
    pub cut_picture: Option<String>,
    /// What was planted: code, order, file.
    planted: Vec<(&'static str, Option<String>, Option<String>)>,
    /// Files that may be left without an order, because a flaw took away what named it.
    pub orphans: Vec<String>,
}

/// The harmful sentence: an offer that platforms read as paid praise.
pub const HARMFUL: &str = "确认收货后给您好评返现5元哦";

/// An empty file under a usual name.
pub const EMPTY: &str = "聊天截图/未命名.png";

impl Flaws {
    /// Remembers something planted.
    pub fn plant(&mut self, code: &'static str, order: Option<&str>, file: Option<&str>) {
        self.planted.push((code, order.map(str::to_owned), file.map(str::to_owned)));
    }

    /// Orders that are spoilt in their files only.
    fn other_spoilt(&self) -> Vec<String> {
        let pictures = self.picture_twice.iter().flat_map(|(a, b)| [a.clone(), b.clone()]);
        pictures.chain(self.cut_picture.clone()).chain(self.harmful_chat.clone()).chain(self.wrong_stock.clone()).collect()
    }

    /// Writes what was planted beside the case.
    pub fn write(mut self, case: &Path) -> Result<(), Failure> {
        self.planted.sort();
        let list: Vec<Value> = self.planted.iter().map(|(code, order, file)| json!({ "code": code, "order": order, "file": file })).collect();
        let mut name = case.file_name().unwrap_or_default().to_owned();
        name.push(".expected.json");
        let text = serde_json::to_string_pretty(&json!({ "findings": list, "orphans": self.orphans }))? + "\n";
        Ok(std::fs::write(case.with_file_name(name), text)?)
    }
}

/// Changes the orders and says what the files must get wrong. Small cases get the first few flaws only.
pub fn plan(orders: &mut [Order], listed: &[String], seed: u64) -> Flaws {
    let mut flaws = Flaws::default();
    let mut free = listed.to_vec();
    Rng::named(seed, "flaws").shuffle(&mut free);
    let mut take = |orders: &[Order], fits: &dyn Fn(&Order) -> bool| -> Option<usize> {
        let n = free.iter().position(|id| orders.iter().any(|o| o.id == *id && fits(o)))?;
        let id = free.remove(n);
        orders.iter().position(|o| o.id == id)
    };
    let any = |_: &Order| true;
    flaws.miscounted = 2;
    flaws.plant("notice-count-differs", None, Some("淘宝违规通知.txt"));
    flaws.plant("file-unreadable", None, Some(EMPTY));

    if let Some(i) = take(orders, &|o| o.carrier == Carrier::Sf) {
        flaws.without_trace.insert(orders[i].id.clone());
        flaws.plant("trace-missing", Some(&orders[i].id), None);
        flaws.plant("evidence-group-unmet", Some(&orders[i].id), None);
    }
    if let Some(i) = take(orders, &any) {
        let order = &mut orders[i];
        order.picked = order.created - Duration::hours(5);
        flaws.plant("scan-before-payment", Some(&order.id), None);
        flaws.plant("scan-before-order", Some(&order.id), None);
        // it left the stock an hour before it was picked up
        flaws.plant("steps-out-of-order", Some(&order.id), None);
    }
    if let Some(first) = take(orders, &|o| o.carrier == Carrier::Yto)
        && let Some(second) = take(orders, &|o| o.carrier == Carrier::Yto)
    {
        orders[second].waybill = orders[first].waybill.clone();
        // to another street of the same city, with the same goods: only the number is wrong
        orders[second].place = orders[first].place;
        orders[second].lines = orders[first].lines.clone();
        flaws.without_trace.insert(orders[second].id.clone());
        flaws.without_slip.insert(orders[second].id.clone());
        for i in [first, second] {
            flaws.plant("tracking-number-reused", Some(&orders[i].id), None);
        }
    }
    if let Some(i) = take(orders, &any) {
        orders[i].end = End::Returned;
        flaws.plant("returned-to-sender", Some(&orders[i].id), None);
        flaws.plant("evidence-group-unmet", Some(&orders[i].id), None);
    }
    if let Some(i) = take(orders, &any) {
        orders[i].end = End::Underway;
        flaws.plant("delivery-not-confirmed", Some(&orders[i].id), None);
        // it has not moved for days
        flaws.plant("movement-stalled", Some(&orders[i].id), None);
        flaws.plant("evidence-group-unmet", Some(&orders[i].id), None);
    }
    // a parcel whose trace does not name the order itself
    if let Some(i) = take(orders, &|o| o.carrier == Carrier::Sf) {
        flaws.not_exported.push(orders[i].id.clone());
        flaws.plant("order-not-in-export", Some(&orders[i].id), None);
        flaws.plant("evidence-group-unmet", Some(&orders[i].id), None);
    }
    if let Some(i) = take(orders, &|o| o.carrier != Carrier::Yto) {
        flaws.damaged.push(orders[i].id.clone());
        flaws.plant("order-id-damaged", None, Some("ExportOrderList202604100930.csv"));
        // the goods lines still name it, but only the list knows waybills
        flaws.plant("tracking-number-missing", Some(&orders[i].id), None);
        flaws.plant("evidence-group-unmet", Some(&orders[i].id), None);
    }
    if let Some(i) = take(orders, &|o| o.carrier == Carrier::Zto) {
        orders[i].waybill.clear();
        flaws.without_trace.insert(orders[i].id.clone());
        flaws.plant("tracking-number-missing", Some(&orders[i].id), None);
        flaws.plant("evidence-group-unmet", Some(&orders[i].id), None);
    }
    if let Some(i) = take(orders, &|o| o.cause == Cause::Promotion) {
        let order = &mut orders[i];
        let back = order.created - at(3, 24, 10, 12);
        order.cause = Cause::Everyday;
        order.created -= back;
        order.paid -= back;
        order.picked = at(3, 24, 16, 31);
        order.delivered = at(3, 27, 11, 20);
        flaws.plant("anomaly-unexplained", Some(&order.id), None);
        // before the stock table begins
        flaws.plant("stock-out-missing", Some(&order.id), None);
    }
    if let Some(i) = take(orders, &any) {
        flaws.wrong_stock = Some(orders[i].id.clone());
        flaws.plant("stock-quantity-differs", Some(&orders[i].id), None);
    }
    if let Some(i) = take(orders, &any) {
        flaws.harmful_chat = Some(orders[i].id.clone());
    }
    if let Some(i) = take(orders, &any) {
        flaws.listed_twice = Some(orders[i].id.clone());
        flaws.plant("order-listed-twice", Some(&orders[i].id), None);
    }
    if let Some(first) = take(orders, &any)
        && let Some(second) = take(orders, &any)
    {
        flaws.picture_twice = Some((orders[first].id.clone(), orders[second].id.clone()));
    }
    if let Some(i) = take(orders, &any) {
        flaws.cut_picture = Some(orders[i].id.clone());
    }
    quirks(orders, &mut flaws, &mut take);
    copied_scans(orders, &mut flaws, &mut take);
    trade(orders, &mut flaws, &mut take);
    for code in ["invoice-after-sale", "invoice-quantity-short", "invoice-buyer-differs", "invoice-price-above-sale", "amount-differs"] {
        flaws.plant(code, None, Some("合同发票/进项发票清单.csv"));
    }
    flaws.plant("invoice-goods-differ", None, Some("ExportOrderDetailList202604100931.csv"));
    flaws.plant("stock-count-short", None, Some("仓库/3月末盘点.csv"));
    flaws.plant("stock-negative", None, Some("仓库/出库明细0401-0409.xlsx"));
    flaws
}

/// Can this order be spoilt so.
type Fits<'a> = &'a dyn Fn(&Order) -> bool;

/// Takes an order that fits and is not spoilt yet.
type Take<'a> = dyn FnMut(&[Order], Fits<'_>) -> Option<usize> + 'a;

/// Flaws of papers that only some orders have, by their place in the notice: a copied chat, a proof number. Orders that are spoilt already stay as they are.
pub fn by_place(orders: &mut [Order], listed: &[String], flaws: &mut Flaws) {
    let spoilt: BTreeSet<String> = flaws.planted.iter().filter_map(|(_, order, _)| order.clone()).chain(flaws.other_spoilt()).collect();
    let mut take = |fits: fn(usize) -> bool, quirk: Quirk, code: &'static str| {
        let free = listed.iter().enumerate().filter(|(i, id)| fits(*i) && !spoilt.contains(*id)).map(|(_, id)| id);
        for id in free {
            if let Some(order) = orders.iter_mut().find(|o| o.id == *id && o.quirk.is_none()) {
                order.quirk = Some(quirk);
                flaws.planted.push((code, Some(order.id.clone()), None));
                return;
            }
        }
    };
    take(|i| i % 12 == 6, Quirk::OldChat, "chat-time-differs");
    take(|i| i % 4 == 0 && i % 6 != 0, Quirk::OldNumber, "proof-number-expiring");
}

/// One thing wrong with a parcel or its papers.
fn quirks(orders: &mut [Order], flaws: &mut Flaws, take: &mut Take<'_>) {
    let any = |_: &Order| true;
    let slow = |o: &Order| o.delivered - o.picked > Duration::hours(70);
    let slipless = |o: &Order| o.carrier == Carrier::Zto;
    let list: [(Quirk, Fits<'_>, &[&'static str]); 10] = [
        (Quirk::Stalled, &slow, &["movement-stalled"]),
        (Quirk::Elsewhere, &any, &["destination-differs"]),
        (Quirk::OtherOrigin, &any, &["origin-differs"]),
        (Quirk::OtherPhone, &any, &["recipient-differs"]),
        (Quirk::OnlyLabel, &any, &["pickup-missing", "evidence-group-unmet"]),
        (Quirk::EarlyStock, &any, &["steps-out-of-order"]),
        (Quirk::NoStock, &any, &["stock-out-missing"]),
        (Quirk::Light, &slipless, &["weight-implausible"]),
        (Quirk::OtherCarrier, &any, &["carrier-other"]),
        (Quirk::MorePieces, &any, &["quantity-differs"]),
    ];
    for (quirk, fits, codes) in list {
        if let Some(i) = take(orders, fits) {
            orders[i].quirk = Some(quirk);
            codes.iter().for_each(|code| flaws.plant(code, Some(&orders[i].id), None));
        }
    }
}

/// The scans of one parcel are told of a second as well, of another buyer in the same city.
fn copied_scans(orders: &mut [Order], flaws: &mut Flaws, take: &mut Take<'_>) {
    let Some(first) = take(orders, &|o| o.carrier == Carrier::Sf && o.end == End::Signed) else { return };
    let original = orders[first].clone();
    let Some(second) = take(orders, &|o| o.carrier == Carrier::Sf && o.paid < original.picked) else { return };
    let copy = &mut orders[second];
    (copy.place, copy.picked, copy.delivered, copy.end) = (original.place, original.picked, original.delivered, original.end);
    copy.scans_of = original.id.clone();
    for i in [first, second] {
        flaws.plant("traces-similar", Some(&orders[i].id), None);
    }
}

/// What a platform's statistics would see, and words that harm.
fn trade(orders: &mut [Order], flaws: &mut Flaws, take: &mut Take<'_>) {
    let any = |_: &Order| true;
    if let Some(i) = take(orders, &any) {
        orders[i].lines[0].1 = 12;
        flaws.plant("quantity-unusual", Some(&orders[i].id), None);
    }
    if let Some(i) = take(orders, &any) {
        let nick = orders[i].nick.clone();
        let regular = orders.iter_mut().filter(|o| !o.flagged && o.cause == Cause::Everyday && o.created >= at(3, 15, 0, 0) && o.created < at(4, 8, 0, 0));
        regular.step_by(3).take(5).for_each(|o| o.nick = nick.clone());
        flaws.plant("buyer-often", Some(&orders[i].id), None);
    }
    if let Some(i) = take(orders, &any) {
        orders[i].remark = "老客户补单，佣金已付".into();
        flaws.plant("content-harmful", Some(&orders[i].id), Some("ExportOrderList202604100930.csv"));
    }
    if let Some(i) = take(orders, &|o| o.carrier == Carrier::Sf) {
        orders[i].waybill.truncate(10);
        flaws.plant("tracking-number-malformed", Some(&orders[i].id), None);
    }
}
