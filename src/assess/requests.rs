//! Who can still supply what is missing: couriers' stations, the warehouse, suppliers, buyers. In: findings. Out: one request a party; the report makes
//! sheets of them. A request asks for what exists; it never says what the answer should be.

use super::view::View;
use crate::finding::{Code, Finding, Findings};
use crate::model::assessment::{Party, Request, Want};
use crate::profile::lang::words;
use crate::text::ids::clean_waybill;
use std::collections::{BTreeMap, BTreeSet};

/// What a finding makes us ask for, of whom. The want is a key of the language files (`[request] want-…`).
const WANTS: [(Code, Party, &str); 11] = [
    (Code::WeightMissing, Party::Courier, "slip"),
    (Code::TracePublicOnly, Party::Courier, "slip"),
    (Code::TraceMissing, Party::Courier, "track"),
    (Code::PickupMissing, Party::Courier, "track"),
    (Code::DeliveryNotConfirmed, Party::Courier, "signed"),
    (Code::StockOutMissing, Party::Warehouse, "stock-out"),
    (Code::StockQuantityDiffers, Party::Warehouse, "stock-out"),
    (Code::InvoiceQuantityShort, Party::Supplier, "purchase"),
    (Code::InvoiceAfterSale, Party::Supplier, "purchase"),
    (Code::InvoiceBuyerDiffers, Party::Supplier, "purchase"),
    (Code::ChatMissing, Party::Buyer, "questions"),
];

/// The requests for the orders in `wanted`: couriers first, the largest first, then warehouse, suppliers, buyers.
pub(super) fn list(view: &View, findings: &Findings, wanted: &BTreeSet<usize>) -> Vec<Request> {
    let mut asked: BTreeMap<(Party, String), BTreeMap<usize, Asked>> = BTreeMap::new();
    for finding in findings.all() {
        let Some((_, party, want)) = WANTS.iter().find(|(code, ..)| *code == finding.code) else { continue };
        // a finding of the whole case asks a supplier about every order
        let orders: Vec<usize> = match finding.order {
            Some(order) => vec![order],
            None if *party == Party::Supplier => wanted.iter().copied().collect(),
            None => continue,
        };
        for order in orders.into_iter().filter(|o| wanted.contains(o)) {
            // couriers and warehouses know a parcel by its number alone
            let numbers = view.case.orders.get(order).map_or(0, |o| o.waybills.len());
            if numbers == 0 && matches!(party, Party::Courier | Party::Warehouse) {
                continue;
            }
            for (name, waybill) in addressed(view, finding, order, *party) {
                let asked = asked.entry((*party, name)).or_default().entry(order).or_default();
                asked.what.insert(want);
                asked.waybills.extend(waybill);
            }
        }
    }
    let mut requests: Vec<Request> = asked
        .into_iter()
        .map(|((party, name), orders)| {
            let wants = orders
                .into_iter()
                .map(|(order, asked)| Want { order, waybills: asked.waybills.into_iter().collect(), what: asked.what.into_iter().collect() })
                .collect();
            Request { file: format!("requests/{}", safe(&stem(view, party, &name))), party, name, wants }
        })
        .collect();
    requests.sort_by_key(|r| (r.party, std::cmp::Reverse(r.wants.len())));
    requests
}

/// Who is asked about which parcel. What an order lacks as a whole is asked for each of its parcels, each of its own courier.
fn addressed(view: &View, finding: &Finding, order: usize, party: Party) -> Vec<(String, Option<String>)> {
    let told = finding.params.iter().find(|(name, _)| *name == "waybill").map(|(_, number)| number.clone());
    if party != Party::Courier {
        return vec![(String::new(), told)];
    }
    // without any trace the finding names the first parcel only
    let whole = told.is_none() || (finding.code == Code::TraceMissing && finding.variant != Some("one-of-several"));
    let all = || view.case.orders.get(order).into_iter().flat_map(|o| &o.waybills).map(|w| w.value.number.clone());
    let numbers: Vec<String> = if whole { all().collect() } else { told.into_iter().collect() };
    numbers.into_iter().map(|number| (courier(view, order, Some(&number)), Some(number))).collect()
}

/// What is asked about an order.
#[derive(Default)]
struct Asked {
    what: BTreeSet<&'static str>,
    waybills: BTreeSet<String>,
}

/// The courier of the waybill that is meant, else of the order's first, in the reader's language.
fn courier(view: &View, order: usize, meant: Option<&str>) -> String {
    let all = || view.case.orders.get(order).into_iter().flat_map(|o| &o.waybills).map(|w| &w.value);
    let meant = meant.map(clean_waybill).and_then(|number| all().find(|w| clean_waybill(&w.number) == number));
    let waybill = meant.or_else(|| all().next());
    waybill.and_then(|w| view.carrier_name(w)).unwrap_or_else(|| words(view.ctx.lang).get("task.unknown-carrier").to_owned())
}

/// The file's name: the party, and for those near the seller the district.
fn stem(view: &View, party: Party, name: &str) -> String {
    let from = view.case.settings.seller.ship_from.clone().unwrap_or_default();
    let w = words(view.ctx.lang);
    match party {
        Party::Courier => [name, short_place(&from).as_str()].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("-"),
        Party::Warehouse => w.get("request.warehouse").to_owned(),
        Party::Supplier => w.get("request.supplier").to_owned(),
        Party::Buyer => w.get("request.buyer").to_owned(),
    }
}

/// The district or town of an address (`浙江省杭州市西湖区文三路1号` → `西湖`); a short text stays, a long one without any is left out.
fn short_place(address: &str) -> String {
    const SHORT: usize = 8;
    let bare = address.trim();
    if bare.chars().count() <= SHORT {
        return bare.to_owned();
    }
    let mut name = String::new();
    let mut found = String::new();
    for c in bare.chars() {
        match c {
            '省' | '市' | '区' | '县' => {
                if name.chars().count() >= 2 {
                    found = std::mem::take(&mut name);
                }
                name.clear();
            }
            c if c.is_whitespace() => name.clear(),
            // behind the first street there are only house names
            '街' | '路' | '镇' | '乡' | '道' => break,
            c => name.push(c),
        }
    }
    found
}

/// A name that every file system takes.
fn safe(name: &str) -> String {
    name.chars().map(|c| if c.is_control() || "\\/:*?\"<>|%".contains(c) { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::short_place;

    #[test]
    fn stations_are_named_by_district() {
        for (address, expected) in [
            ("浙江省杭州市西湖区文三路1号", "西湖"),
            ("浙江省金华市永康市东城街道样板路18号", "永康"),
            ("西湖", "西湖"),
            ("北京市 朝阳区 建国路 1 号", "朝阳"),
            ("Building 4, 18 Main Street", ""),
            ("", ""),
        ] {
            assert_eq!(short_place(address), expected, "{address}");
        }
    }
}
