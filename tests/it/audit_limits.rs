//! The limits of templates/audit.toml, each one below and at it, as `audit` tells them of a shop's exports.

use crate::support::{ORDERS, WAYBILLS, Work, appealpack, edit, stderr, stdout};
use serde_json::Value;
use std::fs;

/// An order of the export; what a test does not care about is its own and unlike all others.
#[derive(Clone)]
struct Sold {
    at: String,
    buyer: Option<&'static str>,
    address: Option<&'static str>,
    amount: &'static str,
    refund: &'static str,
    unpaid: bool,
}

impl Sold {
    fn at(at: &str) -> Sold {
        Sold { at: at.to_owned(), buyer: None, address: None, amount: "59.00", refund: "0.00", unpaid: false }
    }
}

/// `n` orders of one minute.
fn together(n: usize, at: &str) -> Vec<Sold> {
    vec![Sold::at(at); n]
}

/// `n` orders a day through March, each day's spread over its hours.
fn march(n: usize) -> Vec<Sold> {
    (1..=31).flat_map(|day| (0..n).map(move |i| Sold::at(&format!("2026-03-{day:02} {:02}:10:00", 6 + i)))).collect()
}

/// What `audit` tells of a shop that sold these, as JSON.
fn audit(orders: &[Sold], stock: &str) -> Value {
    let work = Work::empty();
    let mut csv =
        "订单编号,买家会员名,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,物流单号 ,物流公司,宝贝总数量,退款金额,商家编码\r\n".to_owned();
    for (n, order) in orders.iter().enumerate() {
        let buyer = order.buyer.map_or_else(|| format!("buyer_{n}"), str::to_owned);
        let (address, phone) =
            order.address.map_or_else(|| (format!("浙江省 杭州市 西湖区 路{n}号"), format!("138{n:08}")), |a| (a.to_owned(), "13912345678".to_owned()));
        let Sold { at, amount, refund, .. } = order;
        let (state, paid_at) = if order.unpaid { ("等待买家付款", "") } else { ("交易成功", at.as_str()) };
        csv.push_str(&format!(
            "=\"28617340955172{n:05}\",{buyer},{amount},{state},李某,{address}(310000),'{phone},{at},{paid_at},平底锅,No:SF139002{n:07},顺丰速运,1,{refund},PAN-1\r\n"
        ));
    }
    fs::write(work.case().join("ExportOrderList202604020900.csv"), encoding_rs::GB18030.encode(&csv).0).expect("export");
    if !stock.is_empty() {
        fs::write(work.case().join("盘点.csv"), format!("商品编码,商品名称,账面数量,实盘数量\n{stock}")).expect("count");
    }
    told(&work)
}

fn told(work: &Work) -> Value {
    let output = appealpack().arg("audit").arg(work.case()).args(["--format", "json"]).output().expect("the binary starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}{}", stdout(&output), stderr(&output)))
}

/// Is an indicator of a shop that sold these unusual?
#[track_caller]
fn unusual(id: &str, orders: &[Vec<Sold>]) -> bool {
    let result = audit(&orders.concat(), "");
    let indicator = result["indicators"].as_array().into_iter().flatten().find(|i| i["id"] == id).unwrap_or_else(|| panic!("no {id} in {result}"));
    match indicator["severity"].as_str() {
        Some("warning") => true,
        Some("ok") => false,
        other => panic!("{other:?} of {indicator}"),
    }
}

#[test]
fn a_day_of_twenty_orders_and_four_times_the_usual_is_a_rush() {
    let day = |n: usize| -> Vec<Sold> { (0..n).map(|i| Sold::at(&format!("2026-04-01 {:02}:{:02}:00", 2 + i % 20, i))).collect() };
    for (usual, rush, expected) in [(2, 19, false), (2, 20, true), (5, 20, true), (6, 20, false), (6, 23, false), (6, 24, true)] {
        assert_eq!(unusual("orders-per-day", &[march(usual), day(rush)]), expected, "{rush} orders where {usual} are usual");
    }
}

#[test]
fn an_hour_of_ten_orders_and_six_times_the_usual_is_a_rush() {
    let hours = |each: usize| (1..=20).flat_map(|day| together(each, &format!("2026-03-{day:02} 09:10:00"))).collect::<Vec<_>>();
    for (usual, rush, expected) in [(1, 9, false), (1, 10, true), (2, 11, false), (2, 12, true)] {
        assert_eq!(unusual("orders-per-hour", &[hours(usual), together(rush, "2026-04-01 20:05:00")]), expected, "{rush} orders where {usual} are usual");
    }
}

#[test]
fn a_day_of_ten_orders_whose_mean_is_twice_or_half_the_shops_is_unusual() {
    let of = |n: usize, at: &str, amount: &'static str| -> Vec<Sold> { vec![Sold { amount, ..Sold::at(at) }; n] };
    for (n, usual, paid, expected) in [
        // the mean of all is 90.00, then that of all is 60.00
        (10, "60.00", "180.00", true),
        (10, "60.00", "179.98", false),
        (10, "70.00", "30.00", true),
        (10, "70.00", "30.02", false),
        // a day of nine is not looked at
        (9, "60.00", "175.00", false),
    ] {
        let found = unusual("basket", &[of(30, "2026-03-20 10:00:00", usual), of(n, "2026-04-01 10:00:00", paid)]);
        assert_eq!(found, expected, "{n} orders of {paid} where 30 of {usual} are");
    }
}

#[test]
fn three_of_ten_orders_by_buyers_with_several_are_many_from_twenty_orders_on() {
    let of = |all: usize, again: usize| -> Vec<Sold> {
        let buyer = |n: usize| (n < again).then_some("常客");
        (0..all).map(|n| Sold { buyer: buyer(n), ..Sold::at(&format!("2026-03-{:02} 10:00:00", 1 + n % 28)) }).collect()
    };
    for (all, again, expected) in [(20, 5, false), (20, 6, true), (19, 6, false), (21, 6, false)] {
        assert_eq!(unusual("repeat-buyers", &[of(all, again)]), expected, "{again} of {all}");
    }
    let tries = vec![Sold { buyer: Some("常客"), unpaid: true, ..Sold::at("2026-03-05 10:00:00") }; 6];
    assert!(!unusual("repeat-buyers", &[of(20, 1), tries]), "who never paid bought nothing");
}

#[test]
fn four_orders_of_different_buyers_to_one_address_within_three_days_are_told() {
    let to_one = |n: usize, last: &str, buyer: Option<&'static str>| -> Vec<Sold> {
        let at = |i: usize| if i + 1 == n { last.to_owned() } else { format!("2026-04-01 10:00:{i:02}") };
        (0..n).map(|i| Sold { address: Some("上海市 上海市 浦东新区 新路1号"), buyer, ..Sold::at(&at(i)) }).collect()
    };
    for (orders, last, buyer, expected) in [
        (4, "2026-04-04 10:00:00", None, true),
        (4, "2026-04-04 10:00:01", None, false),
        (3, "2026-04-01 10:00:30", None, false),
        // one buyer's own
        (4, "2026-04-01 10:00:30", Some("常客"), false),
    ] {
        for id in ["one-address", "one-recipient"] {
            assert_eq!(unusual(id, &[march(1), to_one(orders, last, buyer)]), expected, "{id}: {orders} orders until {last}");
        }
    }
}

#[test]
fn ten_refunds_and_a_fifth_of_all_are_many() {
    let of = |all: usize, back: usize| -> Vec<Sold> {
        let refund = |n: usize| if n < back { "59.00" } else { "0.00" };
        (0..all).map(|n| Sold { refund: refund(n), ..Sold::at(&format!("2026-03-{:02} 10:00:00", 1 + n % 28)) }).collect()
    };
    for (all, back, expected) in [(50, 10, true), (51, 10, false), (45, 9, false)] {
        assert_eq!(unusual("refunds", &[of(all, back)]), expected, "{back} of {all}");
    }
}

#[test]
fn less_than_ten_pieces_are_little() {
    let result = audit(&march(1), "PAN-1,平底锅,9,9\nPAN-2,汤锅,10,10\nPAN-3,炒锅,11,11\n");
    let low = result["indicators"].as_array().into_iter().flatten().find(|i| i["id"] == "stock-low").expect("an indicator");
    assert_eq!((&low["examples"], &low["values"]["alert"]), (&serde_json::json!(["PAN-1  9"]), &Value::from("10")));
}

#[test]
fn an_order_weighs_what_its_rules_weigh() {
    let weighed = |levels: &str| {
        let work = Work::new();
        // picked up before it was ordered and paid
        let trace = format!("物流/{}.json", WAYBILLS[0]);
        edit(&work, &trace, "2026-04-02 18:00:00", "2026-04-01 19:00:00");
        edit(&work, &trace, "2026-04-03 08:20:00", "2026-04-02 12:00:00");
        work.add(levels);
        let result = told(&work);
        let risk = result["risks"].as_array().into_iter().flatten().find(|r| r["id"] == ORDERS[0]).cloned().unwrap_or_default();
        let level = |f: &Value| format!("{} {}", f["severity"].as_str().unwrap_or(""), f["code"].as_str().unwrap_or(""));
        let levels: Vec<String> = risk["findings"].as_array().into_iter().flatten().map(level).collect();
        (risk["weight"].as_u64(), levels)
    };
    let (payment, order) = ("scan-before-payment", "scan-before-order");
    for (levels, told, weight) in [
        (String::new(), ["error", "error"], 200),
        (format!("[findings]\n{payment} = \"error\"\n{order} = \"warning\""), ["error", "warning"], 110),
        (format!("[findings]\n{payment} = \"error\"\n{order} = \"note\""), ["error", "note"], 101),
        (format!("[findings]\n{payment} = \"warning\"\n{order} = \"note\""), ["warning", "note"], 11),
    ] {
        let wanted = [format!("{} {payment}", told[0]), format!("{} {order}", told[1])];
        assert_eq!(weighed(&levels), (Some(weight), wanted.to_vec()), "{levels}");
    }
}
