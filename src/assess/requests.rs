//! Who can still supply what is missing: couriers' stations, the warehouse, suppliers, buyers. In: findings. Out: one request a party; the report makes
//! sheets of them. A request asks for what exists; it never says what the answer should be.

use super::view::View;
use crate::finding::{Code, Finding, Findings};
use crate::model::assessment::{Party, Request, Want};
use crate::profile::lang::words;
use crate::text::ids::clean_waybill;
use std::collections::{BTreeMap, BTreeSet};

/// What a finding makes us ask for, of whom. The want is a key of the language files (`[request] want-…`).
const WANTS: [(Code, Party, &str); 16] = [
    (Code::WeightMissing, Party::Courier, "slip"),
    (Code::WeightImplausible, Party::Courier, "slip"),
    (Code::LabelNumberDiffers, Party::Courier, "slip"),
    (Code::TracePublicOnly, Party::Courier, "slip"),
    (Code::TraceMissing, Party::Courier, "track"),
    (Code::PickupMissing, Party::Courier, "track"),
    (Code::DeliveryNotConfirmed, Party::Courier, "signed"),
    (Code::PickupLate, Party::Courier, "reason"),
    (Code::MovementStalled, Party::Courier, "reason"),
    (Code::TracesSimilar, Party::Courier, "sites"),
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
    // of parcels that may be one buyer's nothing is asked
    for finding in findings.all().iter().filter(|f| f.variant != Some("masked")) {
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
    apart(&mut requests);
    requests
}

/// Names that differ only in what no file name may hold, or in the size of letters, are told apart by a number.
fn apart(requests: &mut [Request]) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for request in requests {
        let numbered = (2..).map(|n| format!("{}-{n}", request.file));
        let name = std::iter::once(request.file.clone()).chain(numbered).find(|name| !taken.contains(&name.to_lowercase())).unwrap_or_default();
        taken.insert(name.to_lowercase());
        request.file = name;
    }
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

/// Characters of a request's name: a carrier's cell may hold a whole sentence, and a path is short on some systems.
const NAME: usize = 40;

/// A name that every file system takes: an extension comes behind it, so its end matters to none.
fn safe(name: &str) -> String {
    let plain = |c: char| if c.is_control() || "\\/:*?\"<>|%".contains(c) { '_' } else { c };
    let name: String = name.trim().chars().take(NAME).map(plain).collect();
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || (stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")));
    if device || name.starts_with('.') { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::{Request, apart, safe, short_place};

    #[test]
    fn requests_have_names_of_their_own_that_every_system_takes() {
        assert_eq!((safe("A/B"), safe("nul"), safe(" 顺丰 "), safe(".x")), ("A_B".into(), "_nul".into(), "顺丰".into(), "_.x".into()));
        assert_eq!(safe(&"很长的名字".repeat(40)).chars().count(), 40);
        let request = |file: &str| Request { file: file.to_owned(), party: super::Party::Courier, name: String::new(), wants: Vec::new() };
        let mut requests = [request("requests/A_B"), request("requests/a_b"), request("requests/A_B-2"), request("requests/C")];
        apart(&mut requests);
        assert_eq!(requests.map(|r| r.file), ["requests/A_B", "requests/a_b-2", "requests/A_B-2-2", "requests/C"]);
    }

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
