//! The shop beside its own normal: rhythm, baskets, buyers, addresses, refunds, waybills, stock. Each indicator says when the exports do not tell it.

use super::Indicator;
use super::data::Rules;
use crate::finding::{Code, Severity};
use crate::model::Time;
use crate::model::case::Case;
use crate::model::money::Money;
use crate::model::order::ExportEntry;
use crate::model::settings::Fact;
use crate::model::stock::{LastCount, article, last_counts};
use crate::pipeline::Checked;
use crate::text::nicks;
use chrono::{Duration, NaiveDate, Timelike as _};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Examples of one indicator.
pub const MOST_EXAMPLES: usize = 12;
/// Days that the exports may span; beyond, a wrong year would make an endless list.
const MOST_SPAN: i64 = 20_000;

/// Orders per day (every day between first and last) and per hour.
pub(super) fn rhythm(case: &Case) -> (Vec<(NaiveDate, usize)>, [usize; 24]) {
    let mut counted: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    let mut hours = [0_usize; 24];
    for moment in case.export.iter().filter_map(|e| e.at) {
        *counted.entry(moment.at.date_naive()).or_default() += 1;
        if moment.has_time
            && let Some(hour) = hours.get_mut(moment.at.hour() as usize)
        {
            *hour += 1;
        }
    }
    let (Some(first), Some(last)) = (counted.keys().next().copied(), counted.keys().next_back().copied()) else { return (Vec::new(), hours) };
    let days = if (last - first).num_days() > MOST_SPAN {
        counted.into_iter().collect()
    } else {
        first.iter_days().take_while(|d| *d <= last).map(|d| (d, counted.get(&d).copied().unwrap_or(0))).collect()
    };
    (days, hours)
}

/// All of them.
pub(super) fn all(checked: &Checked, rules: &Rules, days: &[(NaiveDate, usize)]) -> Vec<Indicator> {
    let case = &checked.case;
    let mut list = vec![
        per_day(rules, days),
        per_hour(case, rules),
        basket(case, rules),
        repeat_buyers(case, rules),
        one_address(case, rules),
        one_recipient(case, rules),
        refunds(case, rules),
        by_code(checked, "quantities", &[Code::QuantityUnusual]),
        by_code(checked, "waybills-reused", &[Code::TrackingNumberReused, Code::TrackingNumberShared]),
        by_code(checked, "waybills-malformed", &[Code::TrackingNumberMalformed]),
        without_scans(checked),
    ];
    list.extend(stock(checked, rules));
    list
}

fn unknown(id: &'static str) -> Indicator {
    Indicator { id, level: None, variant: Some("unknown"), params: Vec::new(), examples: Vec::new() }
}

fn told(id: &'static str, unusual: bool, params: Vec<(&'static str, String)>, examples: Vec<String>) -> Indicator {
    let (level, variant) = if unusual { (Severity::Warning, Some("unusual")) } else { (Severity::Ok, None) };
    Indicator { id, level: Some(level), variant, params, examples }
}

/// A share in percent, cut after one decimal: rounded up it would seem to reach a limit that it does not.
fn percent(n: usize, of: usize) -> String {
    let share = Decimal::from(n * 100).checked_div(Decimal::from(of)).unwrap_or_default();
    share.trunc_with_scale(1).normalize().to_string()
}

/// The middle of the values; of an even count the mean of the two in the middle.
fn median(mut values: Vec<usize>) -> Option<Decimal> {
    values.sort_unstable();
    let middle = |back: usize| values.len().checked_sub(back).and_then(|n| values.get(n / 2)).map(|n| Decimal::from(*n));
    middle(0).zip(middle(1)).map(|(upper, lower)| (upper + lower) / Decimal::TWO)
}

/// At least so many, and at least so many times the usual.
fn far_above(n: usize, least: usize, usual: Decimal, factor: usize) -> bool {
    n >= least && Decimal::from(n) >= usual.saturating_mul(Decimal::from(factor))
}

/// Days far above the shop's usual day.
fn per_day(rules: &Rules, days: &[(NaiveDate, usize)]) -> Indicator {
    let Some(usual) = median(days.iter().map(|(_, n)| *n).collect()) else { return unknown("orders-per-day") };
    let over: Vec<&(NaiveDate, usize)> =
        days.iter().filter(|(_, n)| far_above(*n, rules.rush.day_orders, usual.max(Decimal::ONE), rules.rush.day_factor)).collect();
    let most = days.iter().map(|(_, n)| *n).max().unwrap_or(0);
    let params = vec![
        ("usual", usual.normalize().to_string()),
        ("most", most.to_string()),
        ("n", over.len().to_string()),
        ("factor", rules.rush.day_factor.to_string()),
    ];
    told("orders-per-day", !over.is_empty(), params, over.iter().take(MOST_EXAMPLES).map(|(d, n)| format!("{d}  {n}")).collect())
}

/// Hours far above the shop's usual hour (of those that have any order).
fn per_hour(case: &Case, rules: &Rules) -> Indicator {
    let mut hours: BTreeMap<(NaiveDate, u32), usize> = BTreeMap::new();
    for at in case.export.iter().filter_map(|e| e.at).filter(|m| m.has_time).map(|m| m.at) {
        *hours.entry((at.date_naive(), at.hour())).or_default() += 1;
    }
    let Some(usual) = median(hours.values().copied().collect()) else { return unknown("orders-per-hour") };
    let over: Vec<(&(NaiveDate, u32), &usize)> = hours.iter().filter(|(_, n)| far_above(**n, rules.rush.hour_orders, usual, rules.rush.hour_factor)).collect();
    let most = hours.values().copied().max().unwrap_or(0);
    let params = vec![
        ("usual", usual.normalize().to_string()),
        ("most", most.to_string()),
        ("n", over.len().to_string()),
        ("factor", rules.rush.hour_factor.to_string()),
    ];
    told("orders-per-hour", !over.is_empty(), params, over.iter().take(MOST_EXAMPLES).map(|((d, h), n)| format!("{d} {h:02}:00  {n}")).collect())
}

/// Days whose mean paid is far from the shop's. Only what was paid in the commonest currency is looked at: amounts of two do not add up.
fn basket(case: &Case, rules: &Rules) -> Indicator {
    let Some(currency) = ExportEntry::commonest_currency(&case.export) else { return unknown("basket") };
    let money = |amount: Decimal| Money { amount, currency }.to_string();
    let mut days: BTreeMap<NaiveDate, (Decimal, usize)> = BTreeMap::new();
    let (mut sum, mut count) = (Decimal::ZERO, 0_usize);
    for entry in case.export.iter().filter(|e| !e.unpaid && e.currency == currency) {
        let (Some(at), Some(amount)) = (entry.at, entry.amount) else { continue };
        let Some(total) = sum.checked_add(amount) else { continue };
        let day = days.entry(at.at.date_naive()).or_default();
        *day = (day.0.saturating_add(amount), day.1 + 1);
        (sum, count) = (total, count + 1);
    }
    let mean = |sum: Decimal, n: usize| sum.checked_div(Decimal::from(n)).map(|m| m.round_dp(2));
    let Some(usual) = mean(sum, count) else { return unknown("basket") };
    let factor = Decimal::from(rules.basket.factor);
    days.retain(|_, (_, n)| *n >= rules.basket.orders);
    if days.is_empty() {
        let params = vec![("orders", rules.basket.orders.to_string())];
        return Indicator { id: "basket", level: None, variant: Some("few"), params, examples: Vec::new() };
    }
    let odd: Vec<String> = days
        .iter()
        .filter_map(|(day, (sum, n))| Some((day, mean(*sum, *n)?)))
        .filter(|(_, m)| *m >= usual.saturating_mul(factor) || m.saturating_mul(factor) <= usual)
        .map(|(day, m)| format!("{day}  {}", money(m)))
        .collect();
    let params = vec![("usual", usual.to_string()), ("money", money(usual)), ("n", odd.len().to_string()), ("factor", rules.basket.factor.to_string())];
    told("basket", !odd.is_empty(), params, odd.into_iter().take(MOST_EXAMPLES).collect())
}

/// A nick that says who it is: masked ones fit many buyers.
fn known_buyer(entry: &ExportEntry) -> Option<&str> {
    Some(&*entry.buyer).filter(|b| nicks::readable(b))
}

fn repeat_buyers(case: &Case, rules: &Rules) -> Indicator {
    let mut buyers: BTreeMap<&str, usize> = BTreeMap::new();
    // who only tried to buy comes back to nothing
    for buyer in case.export.iter().filter(|e| !e.unpaid).filter_map(known_buyer) {
        *buyers.entry(buyer).or_default() += 1;
    }
    let of: usize = buyers.values().sum();
    if of == 0 {
        return unknown("repeat-buyers");
    }
    let mut often: Vec<(&str, usize)> = buyers.into_iter().filter(|(_, n)| *n > 1).collect();
    let repeat: usize = often.iter().map(|(_, n)| n).sum();
    often.sort_by_key(|(buyer, n)| (std::cmp::Reverse(*n), *buyer));
    let params = vec![("percent", percent(repeat, of)), ("n", repeat.to_string()), ("of", of.to_string()), ("limit", rules.repeat.percent.to_string())];
    let examples = often.iter().take(MOST_EXAMPLES).map(|(buyer, n)| format!("{buyer}  {n}")).collect();
    told("repeat-buyers", of >= rules.repeat.orders && repeat * 100 >= rules.repeat.percent * of, params, examples)
}

/// Several buyers, one address, a short time. Where the exports tell no buyers the address alone counts, and that is said.
fn one_address(case: &Case, rules: &Rules) -> Indicator {
    let readable = nicks::readable;
    let sent = case.export.iter().filter(|e| readable(&e.address)).map(|e| {
        let plain: String = e.address.chars().filter(|c| !c.is_whitespace()).collect();
        (plain, e.at.map(|m| m.at), known_buyer(e))
    });
    crowded("one-address", rules, sent)
}

/// Several buyers, one recipient with one phone, a short time. A name alone is many people's.
fn one_recipient(case: &Case, rules: &Rules) -> Indicator {
    let sent = case.orders.iter().filter_map(|o| {
        let at = o.placed_or_day().map(|m| m.at);
        let (name, phone) = (o.recipient.as_ref()?.value.raw().trim(), o.phones.first()?.value.raw());
        let readable = nicks::readable(name) && !phone.contains('*') && phone.bytes().filter(u8::is_ascii_digit).count() >= 7;
        let buyer = o.buyer.as_ref().map(|b| b.value.raw()).filter(|b| nicks::readable(b));
        readable.then(|| (format!("{name}  {phone}"), at, buyer))
    });
    crowded("one-recipient", rules, sent)
}

/// Places or people with so many orders of different buyers, or of unknown ones, within so many hours, from (who or where, when, buyer).
fn crowded<'a>(id: &'static str, rules: &Rules, sent: impl Iterator<Item = (String, Option<Time>, Option<&'a str>)>) -> Indicator {
    let mut places: BTreeMap<String, Vec<(Time, Option<&str>)>> = BTreeMap::new();
    let mut untimed = false;
    for (place, at, buyer) in sent {
        match at {
            Some(at) => places.entry(place).or_default().push((at, buyer)),
            None => untimed = true,
        }
    }
    if places.is_empty() {
        return Indicator { variant: Some(if untimed { "untimed" } else { "unknown" }), ..unknown(id) };
    }
    let (mut groups, mut unnamed): (Vec<(usize, String)>, usize) = (Vec::new(), 0);
    for (place, mut orders) in places.into_iter().filter(|(_, e)| e.len() >= rules.address.orders) {
        orders.sort_unstable();
        let hours = Duration::hours(rules.address.hours);
        let close = || {
            let windows = orders.windows(rules.address.orders.max(1));
            windows.filter(|w| w.first().zip(w.last()).is_some_and(|((a, _), (b, _))| *b - *a <= hours))
        };
        let several = |w: &[(Time, Option<&str>)]| w.iter().filter_map(|(_, buyer)| *buyer).collect::<BTreeSet<_>>().len() > 1;
        let unknown = |w: &[(Time, Option<&str>)]| w.iter().any(|(_, buyer)| buyer.is_none());
        let differ = close().any(several);
        if differ || close().any(unknown) {
            unnamed += usize::from(!differ);
            groups.push((orders.len(), place));
        }
    }
    groups.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let params = vec![
        ("n", groups.len().to_string()),
        ("orders", rules.address.orders.to_string()),
        ("hours", rules.address.hours.to_string()),
        ("unnamed", unnamed.to_string()),
    ];
    let found = told(id, !groups.is_empty(), params, groups.iter().take(MOST_EXAMPLES).map(|(n, a)| format!("{a}  {n}")).collect());
    if unnamed > 0 { Indicator { variant: Some("unusual-unnamed"), ..found } } else { found }
}

fn refunds(case: &Case, rules: &Rules) -> Indicator {
    // nothing can be paid back of what was never paid
    let known = || case.orders.iter().filter(|o| !o.unpaid).filter_map(|o| o.refunded);
    let of = known().count();
    if of == 0 {
        return unknown("refunds");
    }
    let n = known().filter(|refunded| *refunded).count();
    let params = vec![("percent", percent(n, of)), ("n", n.to_string()), ("of", of.to_string()), ("limit", rules.refund.percent.to_string())];
    told("refunds", n >= rules.refund.orders && n * 100 >= rules.refund.percent * of, params, Vec::new())
}

/// Orders that findings of a code name.
fn by_code(checked: &Checked, id: &'static str, codes: &[Code]) -> Indicator {
    let orders: BTreeSet<usize> = checked.findings.all().iter().filter(|f| codes.contains(&f.code)).filter_map(|f| f.order).collect();
    let examples = orders.iter().take(MOST_EXAMPLES).filter_map(|o| checked.case.orders.get(*o)).map(|o| o.id.to_string()).collect();
    told(id, !orders.is_empty(), vec![("n", orders.len().to_string()), ("of", checked.case.orders.len().to_string())], examples)
}

/// Waybills of which no trace is at hand. Most shops have none to show before they need them, so this is never more than a note.
fn without_scans(checked: &Checked) -> Indicator {
    let with = checked.case.orders.iter().filter(|o| !o.waybills.is_empty()).count();
    if with == 0 {
        return unknown("without-scans");
    }
    let without: BTreeSet<usize> = checked.findings.all().iter().filter(|f| f.code == Code::TraceMissing).filter_map(|f| f.order).collect();
    let params = vec![("n", without.len().to_string()), ("of", with.to_string())];
    let level = if without.is_empty() { Severity::Ok } else { Severity::Note };
    Indicator { id: "without-scans", level: Some(level), variant: (!without.is_empty()).then_some("unusual"), params, examples: Vec::new() }
}

/// The number of an article as its list writes it.
fn sku_of<'a>(count: &LastCount<'a>) -> &'a str {
    count.row.sku.as_deref().unwrap_or_default()
}

/// Articles with little stock, and articles of which more was sold since the count than was counted.
fn stock(checked: &Checked, rules: &Rules) -> Vec<Indicator> {
    let case = &checked.case;
    let counted = last_counts(case.contents.iter().zip(&case.files).flat_map(|(c, file)| c.content.stock_counts().into_iter().map(|row| (file.id, row))));
    if counted.is_empty() {
        return vec![unknown("stock-low"), unknown("stock-oversold")];
    }
    let set = case.settings.facts.iter().find(|(key, _)| key == "stock_alert").and_then(|(_, fact)| match fact {
        Fact::Number(text) => text.parse().ok(),
        _ => None,
    });
    let alert: Decimal = set.unwrap_or_else(|| Decimal::from(rules.stock.alert));
    let low: Vec<String> = counted.values().filter(|c| c.counted < alert).map(|c| format!("{}  {}", sku_of(c), c.counted.normalize())).collect();
    let mut sold: BTreeMap<String, Decimal> = BTreeMap::new();
    for order in case.orders.iter().filter(|o| !o.unsent()) {
        let at = order.paid().map(|t| t.at);
        for line in &order.lines {
            let Some(sku) = line.sku.as_deref().map(article) else { continue };
            let since = counted.get(&sku).is_some_and(|count| count.at.is_none_or(|c| at.is_none_or(|a| a >= c)));
            if since {
                let pieces = sold.entry(sku).or_default();
                *pieces = pieces.saturating_add(line.quantity.unwrap_or(Decimal::ONE));
            }
        }
    }
    // names of goods in the count and numbers in the export, or the other way round, cannot be compared
    let compared =
        !sold.is_empty() || case.orders.iter().flat_map(|o| &o.lines).any(|l| l.sku.as_deref().is_some_and(|sku| counted.contains_key(&article(sku))));
    let over: Vec<String> = sold
        .into_iter()
        .filter_map(|(sku, pieces)| Some((pieces, counted.get(&sku)?)))
        .filter(|(pieces, there)| *pieces > there.counted)
        .map(|(pieces, there)| format!("{}  {} > {}", sku_of(there), pieces.normalize(), there.counted.normalize()))
        .collect();
    let n = |list: &[String]| ("n", list.len().to_string());
    let of = ("of", counted.len().to_string());
    vec![
        told("stock-low", !low.is_empty(), vec![n(&low), of.clone(), ("alert", alert.normalize().to_string())], low.into_iter().take(MOST_EXAMPLES).collect()),
        if compared {
            told("stock-oversold", !over.is_empty(), vec![n(&over), of], over.into_iter().take(MOST_EXAMPLES).collect())
        } else {
            unknown("stock-oversold")
        },
    ]
}
