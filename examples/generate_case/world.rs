//! What really happened in the invented shop: who bought what and when, and how each parcel went. All files are views of this.

use super::people::{self, PLACES, PRODUCTS};
use super::rng::Rng;
use chrono::{Duration, NaiveDate, NaiveDateTime};
use std::collections::BTreeSet;

/// How big the case is, and which story it tells.
#[derive(Debug, Clone)]
pub struct Options {
    /// Flagged orders.
    pub orders: usize,
    /// Chat screenshots an order.
    pub screens: usize,
    /// About how many KiB a screenshot has; 0: blocks of grey in place of screenshots and slips, where only their number matters.
    pub screen_kb: usize,
    /// The seed.
    pub seed: u64,
    /// Plant gaps and contradictions.
    pub flaws: bool,
    /// Files under names that say nothing or the wrong thing, and beside the case the truth of what belongs to which order.
    pub shuffle: bool,
    /// The story.
    pub scenario: Scenario,
    /// All screenshots in one format (benches); else a third each.
    pub format: Option<Format>,
}

/// Why so many orders came at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// A live evening brought three quarters, a promotion the rest.
    Live,
    /// A promotion brought all.
    Promotion,
}

/// Formats of screenshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
    Rgba,
}

/// Couriers of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    Sf,
    Yto,
    Zto,
}

impl Carrier {
    /// The name in the export.
    pub fn name(self) -> &'static str {
        match self {
            Carrier::Sf => "顺丰速运",
            Carrier::Yto => "圆通速递",
            Carrier::Zto => "中通快递",
        }
    }

    fn number(self, rng: &mut Rng) -> String {
        match self {
            Carrier::Sf => format!("SF1390{}", rng.digits(9)),
            Carrier::Yto => format!("YT75{}", rng.digits(11)),
            Carrier::Zto => format!("7856{}", rng.digits(10)),
        }
    }
}

/// Why an order came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Live,
    Promotion,
    Everyday,
}

/// How a parcel ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Signed,
    Station,
    Frontdesk,
    Returned,
    /// On the van, and nothing after.
    Underway,
}

/// One order.
#[derive(Debug, Clone)]
pub struct Order {
    pub id: String,
    pub nick: String,
    pub recipient: String,
    pub phone: String,
    pub place: usize,
    pub street: String,
    pub created: NaiveDateTime,
    pub paid: NaiveDateTime,
    /// Index of the article and pieces.
    pub lines: Vec<(usize, i64)>,
    pub carrier: Carrier,
    pub waybill: String,
    pub picked: NaiveDateTime,
    pub delivered: NaiveDateTime,
    pub end: End,
    pub cause: Cause,
    pub flagged: bool,
    pub message: String,
    pub remark: String,
    /// Paid back, in fen.
    pub refund: i64,
    /// What went wrong on purpose.
    pub quirk: Option<Quirk>,
    /// Whose scans its own are made from; itself, unless they were copied.
    pub scans_of: String,
}

/// What can go wrong with a parcel or its papers, for cases with flaws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// It lay for a day and a half after its pick-up.
    Stalled,
    /// It went to another city.
    Elsewhere,
    /// It was picked up far from the shop.
    OtherOrigin,
    /// The courier had another phone number.
    OtherPhone,
    /// A label and nothing after.
    OnlyLabel,
    /// It left the stock before it was paid.
    EarlyStock,
    /// The stock program does not know it.
    NoStock,
    /// The courier's bill gives a third of the weight.
    Light,
    /// Sent under "other carrier".
    OtherCarrier,
    /// The copied chat is a year old.
    OldChat,
    /// The list counts a piece more than the goods lines.
    MorePieces,
    /// The proof number runs out before anybody reads the appeal.
    OldNumber,
}

impl Order {
    /// What the buyer paid, in fen.
    pub fn total(&self) -> i64 {
        self.lines.iter().map(|&(p, n)| PRODUCTS[p].price * n).sum()
    }

    /// Pieces.
    pub fn pieces(&self) -> i64 {
        self.lines.iter().map(|&(_, n)| n).sum()
    }

    /// Weight with packing, in grams.
    pub fn grams(&self) -> i64 {
        self.lines.iter().map(|&(p, n)| PRODUCTS[p].grams * n).sum::<i64>() + 260
    }

    /// The address as the export writes it.
    pub fn address(&self) -> String {
        let (province, city, district, post) = PLACES[self.place];
        format!("{province} {city} {district} {}({post})", self.street)
    }
}

/// A moment of April or March 2026, +08:00.
pub fn at(month: u32, day: u32, hour: u32, minute: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, month, day).and_then(|d| d.and_hms_opt(hour, minute, 0)).unwrap_or_default()
}

/// Begin and end of the live evening.
pub fn live() -> (NaiveDateTime, NaiveDateTime) {
    (at(4, 2, 19, 30), at(4, 2, 22, 30))
}

/// Begin and end of the promotion.
pub fn promotion() -> (NaiveDateTime, NaiveDateTime) {
    (at(4, 1, 0, 0), at(4, 3, 23, 59) + Duration::seconds(59))
}

/// Money as people write it.
pub fn yuan(fen: i64) -> String {
    format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100)
}

/// Moves a moment by minutes, and some seconds so that times look lived.
pub fn later(t: NaiveDateTime, minutes: i64, rng: &mut Rng) -> NaiveDateTime {
    t + Duration::seconds(minutes * 60 + rng.range(0, 60))
}

/// All orders of the month, by time; the flagged ones among them.
pub fn orders(options: &Options) -> Vec<Order> {
    let seed = options.seed;
    let mut used = BTreeSet::new();
    let mut all = Vec::new();
    let live_share = match options.scenario {
        Scenario::Live => (options.orders * 3).div_ceil(4),
        Scenario::Promotion => 0,
    };
    for i in 0..options.orders {
        let cause = if i < live_share { Cause::Live } else { Cause::Promotion };
        all.push(order(options, i, cause, true, &mut used));
    }
    let guests = if live_share > 0 { options.orders / 3 } else { 0 };
    for i in 0..guests {
        all.push(order(options, options.orders + i, Cause::Live, false, &mut used));
    }
    let mut days = Rng::named(seed, "days");
    let mut n = options.orders + guests;
    for day in 0..31 {
        let date = at(3, 9, 0, 0) + Duration::days(day);
        let weekend = matches!(day % 7, 5 | 6);
        // a shop with many flagged orders is a bigger shop
        for _ in 0..days.range(6, 12) + i64::from(weekend) * 3 + options.orders as i64 / 50 {
            let mut order = order(options, n, Cause::Everyday, false, &mut used);
            let created = later(date, days.range(8 * 60, 23 * 60), &mut days);
            schedule(&mut order, created, &mut days);
            all.push(order);
            n += 1;
        }
    }
    come_again(&mut all, seed);
    all.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    all
}

/// An ordinary month has buyers who come again, some of the flagged ones among them, and a few orders that are paid back.
fn come_again(all: &mut [Order], seed: u64) {
    let mut rng = Rng::named(seed, "again");
    let regulars: Vec<Order> = all.iter().filter(|o| o.flagged).take(3).cloned().collect();
    let everyday: Vec<usize> = (0..all.len()).filter(|&i| all[i].cause == Cause::Everyday).collect();
    for (n, &i) in everyday.iter().enumerate() {
        let before = match n % 40 {
            11 => regulars.get(n / 40).cloned(),
            _ if n > 20 && rng.chance(6) => Some(all[everyday[n - 20]].clone()),
            _ => None,
        };
        if let Some(buyer) = before {
            let order = &mut all[i];
            (order.nick, order.recipient, order.phone) = (buyer.nick, buyer.recipient, buyer.phone);
            (order.place, order.street) = (buyer.place, buyer.street);
        }
        if rng.chance(3) {
            all[i].refund = all[i].total();
        }
    }
}

fn order(options: &Options, i: usize, cause: Cause, flagged: bool, used: &mut BTreeSet<String>) -> Order {
    let mut rng = Rng::named(options.seed, &format!("order {i}"));
    let place = rng.range(0, PLACES.len() as i64) as usize;
    let carrier = match i % 9 {
        0 | 3 | 5 | 8 => Carrier::Sf,
        1 | 4 | 7 => Carrier::Yto,
        _ => Carrier::Zto,
    };
    let mut fresh = |make: &mut dyn FnMut() -> String| {
        loop {
            let value = make();
            if used.insert(value.clone()) {
                return value;
            }
        }
    };
    let id = fresh(&mut || format!("2861{}", rng.digits(15)));
    let waybill = fresh(&mut || carrier.number(&mut rng));
    let mut lines = vec![(rng.range(0, PRODUCTS.len() as i64) as usize, if rng.chance(12) { 2 } else { 1 })];
    if rng.chance(25) {
        let second = (lines[0].0 + rng.range(1, PRODUCTS.len() as i64) as usize) % PRODUCTS.len();
        lines.push((second, 1));
    }
    let end = match rng.range(0, 10) {
        0..=6 => End::Signed,
        7 | 8 => End::Station,
        _ => End::Frontdesk,
    };
    let message = ["", "", "", "", "请周末送，谢谢", "麻烦包装结实一点", "送人的，不要放价格单"];
    let remark = ["", "", "", "", "已核对地址", "加泡沫护角", "直播间赠锅刷一把"];
    let mut order = Order {
        id,
        nick: people::nick(options.seed, i),
        recipient: people::name(&mut rng),
        phone: people::phone(&mut rng),
        place,
        street: people::street(&mut rng),
        created: NaiveDateTime::default(),
        paid: NaiveDateTime::default(),
        lines,
        carrier,
        waybill,
        picked: NaiveDateTime::default(),
        delivered: NaiveDateTime::default(),
        end,
        cause,
        flagged,
        message: (*rng.pick(&message)).to_owned(),
        remark: (*rng.pick(&remark)).to_owned(),
        refund: 0,
        quirk: None,
        scans_of: String::new(),
    };
    order.scans_of = order.id.clone();
    let created = match cause {
        Cause::Live => later(live().0, rng.range(4, 170), &mut rng),
        _ => later(at(4, 1, 9, 0), rng.range(0, 2) * 1440 + rng.range(0, 13 * 60), &mut rng),
    };
    schedule(&mut order, created, &mut rng);
    order
}

/// Payment soon after, the courier comes in the afternoon (of the same day before 14:00), delivery two to four days later by day.
fn schedule(order: &mut Order, created: NaiveDateTime, rng: &mut Rng) {
    order.created = created;
    order.paid = created + Duration::seconds(rng.range(9, 260));
    let noon = order.paid.date().and_hms_opt(14, 0, 0).unwrap_or_default();
    let day = if order.paid < noon { order.paid.date() } else { order.paid.date() + Duration::days(1) };
    let evening = day.and_hms_opt(15, 0, 0).unwrap_or_default();
    order.picked = later(evening, rng.range(0, 230), rng);
    let arrival = (day + Duration::days(rng.range(2, 5))).and_hms_opt(9, 30, 0).unwrap_or_default();
    order.delivered = later(arrival, rng.range(0, 9 * 60), rng);
}
