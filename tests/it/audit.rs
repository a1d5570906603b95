//! `audit`: all orders of the exports looked at before any notice, as the shop owner sees it.

use crate::support::{NICKS, ORDERS, WAYBILLS, Work, appealpack, exits, stderr, stdout};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn audit(case: &Path, more: &[&str]) -> std::process::Output {
    appealpack().arg("audit").arg(case).args(more).output().expect("the binary starts")
}

fn json(case: &Path) -> Value {
    let output = audit(case, &["--format", "json"]);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}{}", stdout(&output), stderr(&output)))
}

fn indicator<'a>(result: &'a Value, id: &str) -> &'a Value {
    result["indicators"].as_array().into_iter().flatten().find(|i| i["id"] == id).unwrap_or_else(|| panic!("no {id} in {result}"))
}

const HEAD: &str = "订单编号,买家会员名,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,物流单号 ,物流公司,宝贝总数量,退款金额,商家编码";

/// A shop with two quiet orders a day through March and, on April 1st, thirty orders within one hour.
fn shop(rush: usize) -> Work {
    let work = Work::empty();
    let mut csv = format!("{HEAD}\r\n");
    let mut row = |id: String, nick: String, address: String, phone: String, at: String, waybill: String, refund: &str| {
        csv.push_str(&format!("=\"{id}\",{nick},59.00,交易成功,李某,{address},'{phone},{at}:00,{at}:30,平底锅,No:{waybill},顺丰速运,1,{refund},PAN-1\r\n"));
    };
    for day in 1..=31 {
        for n in 0..2 {
            let at = format!("2026-03-{day:02} {:02}:10", 9 + n * 7);
            row(
                format!("28617340955172{day:02}{n:03}"),
                format!("old_{day}_{n}"),
                format!("浙江省 杭州市 西湖区 旧路{day}号{n}(310000)"),
                format!("138000{day:02}{n:03}"),
                at,
                format!("SF13900{day:02}{n:06}"),
                "0.00",
            );
        }
    }
    for n in 0..rush {
        let at = format!("2026-04-01 20:{:02}", n % 60);
        row(
            format!("28617340955199{n:05}"),
            format!("new_{n}"),
            "上海市 上海市 浦东新区 新路1号(200000)".into(),
            "13812345678".into(),
            at,
            format!("SF139001{n:07}"),
            "59.00",
        );
    }
    fs::create_dir_all(work.case().join("导出")).expect("folder");
    fs::write(work.case().join("导出/ExportOrderList202604020900.csv"), encoding_rs::GB18030.encode(&csv).0).expect("export");
    fs::write(work.case().join("盘点.csv"), "商品编码,商品名称,账面数量,实盘数量\nPAN-1,平底锅,9,9\nPAN-2,汤锅,40,40\n").expect("count");
    work
}

#[test]
fn a_quiet_shop_has_nothing_to_show() {
    let work = shop(0);
    let output = audit(&work.case(), &[]);
    exits(&output, 0);
    let text = stdout(&output);
    assert!(text.contains("看了 62 笔订单：0 笔碰到规则") && text.contains("没有订单碰到规则"), "{text}");
    let result = json(&work.case());
    let basket = indicator(&result, "basket");
    assert!(
        basket["severity"].is_null() && basket["text"].as_str().is_some_and(|t| t.contains("没有一天达到 10 笔")),
        "two orders a day tell nothing: {basket}"
    );
    for quiet in ["orders-per-day", "orders-per-hour", "repeat-buyers", "one-address", "one-recipient", "refunds", "waybills-reused"] {
        assert_eq!(indicator(&result, quiet)["severity"], "ok", "{quiet}");
    }
    assert_eq!(result["days"].as_array().map(Vec::len), Some(31));
    assert_eq!(result["hours"][9], 31);
}

#[test]
fn a_rush_to_one_address_with_refunds_is_told_against_the_shops_own_normal() {
    let work = shop(30);
    let result = json(&work.case());
    let day = indicator(&result, "orders-per-day");
    assert_eq!((&day["severity"], &day["values"]["usual"], &day["values"]["most"]), (&Value::from("warning"), &Value::from("2"), &Value::from("30")));
    assert_eq!(day["examples"][0], "2026-04-01  30");
    assert_eq!(indicator(&result, "orders-per-hour")["examples"][0], "2026-04-01 20:00  30");
    assert_eq!(indicator(&result, "one-address")["values"]["n"], "1");
    assert_eq!(indicator(&result, "one-recipient")["examples"], serde_json::json!(["李某  13812345678  30"]));
    let refunds = indicator(&result, "refunds");
    assert_eq!(
        (&refunds["severity"], &refunds["values"]["n"], &refunds["values"]["percent"]),
        (&Value::from("warning"), &Value::from("30"), &Value::from("32.6"))
    );
    assert!(refunds["text"].as_str().is_some_and(|t| t.contains("32.6%") && t.contains("达到 20%")), "{refunds}");
    // nine pieces are below ten; case.toml may set another alarm
    assert_eq!(indicator(&result, "stock-low")["examples"], serde_json::json!(["PAN-1  9"]));
    fs::write(work.case().join("case.toml"), "[facts]\nstock_alert = 50\n").expect("case.toml");
    assert_eq!(indicator(&json(&work.case()), "stock-low")["values"]["n"], "2");
    assert_eq!(indicator(&result, "stock-oversold")["severity"], "warning");
}

#[test]
fn orders_are_ranked_by_the_rules_they_touch_and_errors_exit_3() {
    let work = Work::new();
    // one waybill on two orders of different buyers and addresses, and a scan before the payment
    let path = work.case().join("导出/ExportOrderList202604091000.csv");
    let text = encoding_rs::GB18030.decode(&fs::read(&path).expect("export")).0.replace("No:SF1390000000012", &format!("No:{}", WAYBILLS[0]));
    fs::write(&path, encoding_rs::GB18030.encode(&text).0).expect("export");
    let trace = work.case().join(format!("物流/{}.json", WAYBILLS[2]));
    let early = fs::read_to_string(&trace).expect("trace").replace("2026-04-02 18:02:00", "2026-04-01 19:00:00");
    fs::write(&trace, early).expect("trace");
    let output = audit(&work.case(), &[]);
    exits(&output, 3);
    let result = json(&work.case());
    assert_eq!(result["counts"]["orders"], 24, "the 21 that no notice lists, too");
    let ids: Vec<&str> = result["risks"].as_array().into_iter().flatten().filter_map(|r| r["id"].as_str()).collect();
    for id in ["2861734095517000012", ORDERS[0], ORDERS[2]] {
        assert!(ids.contains(&id), "{id} in {ids:?}");
    }
    let weights: Vec<u64> = result["risks"].as_array().into_iter().flatten().filter_map(|r| r["weight"].as_u64()).collect();
    assert!(weights.windows(2).all(|w| w[0] >= w[1]), "{weights:?}");
    // what only an appeal needs is no risk
    assert!(!stdout(&output).contains("chat-missing") && !stdout(&output).contains("evidence-group-unmet"), "{}", stdout(&output));
    // and without any export it says what to do
    let empty = Work::empty();
    let output = audit(&empty.case(), &["--lang", "en"]);
    exits(&output, 1);
    assert!(stderr(&output).contains("no export of orders was read"), "{}", stderr(&output));
}

#[test]
fn an_order_that_was_never_paid_is_accused_of_nothing() {
    let work = Work::new();
    let path = work.case().join("导出/ExportOrderList202604091000.csv");
    let old = encoding_rs::GB18030.decode(&fs::read(&path).expect("export")).0.into_owned();
    // closed before it was paid: no waybill, no trace, no recipient
    let ids = |text: &str| {
        fs::write(&path, encoding_rs::GB18030.encode(text).0).expect("export");
        let result = json(&work.case());
        result["risks"].as_array().into_iter().flatten().filter_map(|r| r["id"].as_str().map(str::to_owned)).collect::<Vec<String>>()
    };
    let without_number = old.replace("No:SF1390000000015", "");
    assert!(ids(&without_number).contains(&"2861734095517000015".to_owned()), "a paid order without a waybill is a risk");
    let closed = without_number.replace(",2026-03-15 12:01:00,", ",,").replace("old_15,59.00,交易成功", "old_15,0.00,交易关闭");
    assert!(closed.contains("old_15,0.00,交易关闭") && closed.contains("2026-03-15 12:00:00,,"));
    assert!(!ids(&closed).contains(&"2861734095517000015".to_owned()), "one that nobody paid is none");
}

/// Thirty orders of 90.00, three of them paid back, and ten that were closed before anyone paid.
#[test]
fn what_was_never_paid_counts_for_no_mean_and_no_share() {
    let work = Work::empty();
    let mut csv = format!("{HEAD}\r\n");
    for n in 0..40 {
        let (amount, state, paid, waybill) =
            if n < 30 { ("90.00", "交易成功", "2026-04-01 10:01:00", format!("SF139002{n:07}")) } else { ("0.00", "交易关闭", "", String::new()) };
        let refund = if n < 3 { "90.00" } else { "0.00" };
        csv.push_str(&format!(
            "=\"28617340955177{n:05}\",buyer_{n},{amount},{state},李某,浙江省 杭州市 西湖区 路{n}号(310000),'138000{n:05},2026-04-01 10:00:00,{paid},平底锅,{waybill},顺丰速运,1,{refund},PAN-1\r\n"
        ));
    }
    fs::create_dir_all(work.case()).expect("folder");
    fs::write(work.case().join("ExportOrderList202604020900.csv"), encoding_rs::GB18030.encode(&csv).0).expect("export");
    let result = json(&work.case());
    let basket = indicator(&result, "basket");
    assert_eq!(basket["values"]["usual"], "90.00");
    assert!(basket["text"].as_str().is_some_and(|t| t.contains("¥90.00")), "{basket}");
    let refunds = &indicator(&result, "refunds")["values"];
    assert_eq!((&refunds["n"], &refunds["of"]), (&Value::from("3"), &Value::from("30")));
}

#[test]
fn the_page_has_charts_stands_alone_and_escapes_what_it_shows() {
    let work = shop(30);
    let path = work.case().join("导出/ExportOrderList202604020900.csv");
    let text = encoding_rs::GB18030.decode(&fs::read(&path).expect("export")).0.replace("new_1,", "<script>x,").replace("new_2,", "<script>x,");
    fs::write(&path, encoding_rs::GB18030.encode(&text).0).expect("export");
    let output = audit(&work.case(), &["--out", work.out().to_str().expect("UTF-8"), "--lang", "en"]);
    assert!(stderr(&output).contains("audit.html"), "{}", stderr(&output));
    let page = fs::read_to_string(work.out().join("audit.html")).expect("audit.html");
    assert_eq!(page.matches("<svg ").count(), 2);
    assert!(page.contains("<title>2026-04-01 30</title>") && page.contains("Orders per day"), "{page}");
    assert!(page.contains("&lt;script&gt;x  2") && !page.contains("<script"), "{page}");
    for outside in ["http://", "https://", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    // the audit makes nothing that could be handed in, and leaves the folder alone
    assert_eq!(crate::support::tree(&work.out()).len(), 1);
    assert!(NICKS.iter().all(|n| !page.contains(n)));
}

fn risky(result: &Value) -> Vec<&str> {
    result["risks"].as_array().into_iter().flatten().filter_map(|r| r["id"].as_str()).collect()
}

#[test]
fn an_order_that_waits_for_its_shipment_or_is_over_lacks_no_waybill() {
    let work = Work::new();
    let path = work.case().join("导出/ExportOrderList202604091000.csv");
    let old = encoding_rs::GB18030.decode(&fs::read(&path).expect("export")).0.replace("No:SF1390000000015", "");
    let state = |state: &str, refund: &str| {
        let row = |s: &str, r: &str| (format!("old_15,59.00,{s},"), format!("不锈钢平底锅,,顺丰速运,1,59.00,{r}"));
        let ((from, from_end), (to, to_end)) = (row("交易成功", "0.00"), row(state, refund));
        let text: String =
            old.lines().map(|l| if l.contains(&from) { l.replace(&from, &to).replace(&from_end, &to_end) } else { l.to_owned() } + "\r\n").collect();
        assert!(text.contains(&to) && text.contains(&to_end), "{text}");
        fs::write(&path, encoding_rs::GB18030.encode(&text).0).expect("export");
        risky(&json(&work.case())).contains(&"2861734095517000015")
    };
    assert!(state("交易成功", "0.00"), "one that was sent");
    assert!(state("卖家已发货，等待买家确认", "0.00"), "one that was sent");
    for (words, refund) in [("买家已付款，等待卖家发货", "0.00"), ("待发货", "0.00"), ("交易关闭", "0.00"), ("交易关闭", "59.00")] {
        assert!(!state(words, refund), "{words}, {refund}");
    }
}

#[test]
fn an_export_without_any_waybill_is_told_once() {
    let work = Work::empty();
    let mut csv = String::from(
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Name\n",
    );
    for n in 0..15 {
        let state = if n < 12 { "fulfilled" } else { "unfulfilled" };
        csv.push_str(&format!(
            "#10{n:02},b{n}@example.org,paid,2026-04-01 09:55:16 -0400,{state},,USD,20.00,2026-04-01 09:55:15 -0400,1,Spoon,20.00,SP,Lena Park\n"
        ));
    }
    // two orders in another money
    for n in 20..22 {
        csv.push_str(&format!(
            "#10{n},b{n}@example.org,paid,2026-04-01 09:55:16 -0400,fulfilled,,JPY,9000.00,2026-04-01 09:55:15 -0400,1,Spoon,9000.00,SP,Lena Park\n"
        ));
    }
    fs::write(work.case().join("orders_export.csv"), csv).expect("export");
    let result = json(&work.case());
    assert_eq!(risky(&result), Vec::<&str>::new());
    let told: Vec<&Value> = result["findings"].as_array().into_iter().flatten().filter(|f| f["code"] == "not-checkable").collect();
    assert_eq!(told.len(), 1);
    assert!(told[0]["message"].as_str().is_some_and(|m| m.contains("orders_export.csv") && m.contains("14 笔")), "{}", told[0]);
    let basket = indicator(&result, "basket");
    assert_eq!(basket["values"]["money"], "USD 20.00");
    exits(&audit(&work.case(), &[]), 0);
}

#[test]
fn what_was_closed_or_waits_is_not_sold() {
    let work = Work::empty();
    let mut csv = format!("{HEAD}\r\n");
    for n in 0..15 {
        let (state, paid, waybill) = match n {
            0..5 => ("交易成功", "2026-04-01 10:01:00", format!("SF139002{n:07}")),
            5..10 => ("交易关闭", "", String::new()),
            _ => ("买家已付款，等待卖家发货", "2026-04-01 10:01:00", String::new()),
        };
        csv.push_str(&format!(
            "=\"28617340955177{n:05}\",buyer_{n},90.00,{state},李某,浙江省 杭州市 西湖区 路{n}号(310000),'138000{n:05},2026-04-01 10:00:00,{paid},平底锅,{waybill},顺丰速运,1,0.00,PAN-1\r\n"
        ));
    }
    fs::write(work.case().join("ExportOrderList202604020900.csv"), encoding_rs::GB18030.encode(&csv).0).expect("export");
    fs::write(work.case().join("盘点.csv"), "商品编码,商品名称,账面数量,实盘数量\nPAN-1,平底锅,9,9\n").expect("count");
    assert_eq!(indicator(&json(&work.case()), "stock-oversold")["severity"], "ok");
}

#[test]
fn one_buyers_many_orders_are_each_told_and_none_is_called_flagged() {
    let work = shop(0);
    let path = work.case().join("导出/ExportOrderList202604020900.csv");
    let mut text = encoding_rs::GB18030.decode(&fs::read(&path).expect("export")).0.into_owned();
    for day in 3..9 {
        text = text.replace(&format!("old_{day}_0,"), "常客,");
    }
    fs::write(&path, encoding_rs::GB18030.encode(&text).0).expect("export");
    let result = json(&work.case());
    assert_eq!(risky(&result).len(), 6, "{:?}", result["risks"]);
    for risk in result["risks"].as_array().into_iter().flatten() {
        let (id, told) = (risk["id"].as_str().expect("id"), &risk["findings"][0]);
        let message = told["message"].as_str().expect("message");
        assert!(told["code"] == "buyer-often" && message.contains(id) && message.contains("6 笔") && !message.contains("被判"), "{told}");
        assert!(told["hint"].as_str().is_some_and(|h| h.contains("留好")), "{told}");
    }
}

#[test]
fn the_next_step_before_any_notice_is_none_of_an_appeal() {
    let work = Work::new();
    let path = work.case().join("导出/ExportOrderList202604091000.csv");
    let text = encoding_rs::GB18030.decode(&fs::read(&path).expect("export")).0.replace("No:SF1390000000012", &format!("No:{}", WAYBILLS[0]));
    fs::write(&path, encoding_rs::GB18030.encode(&text).0).expect("export");
    for (lang, wrong) in [("zh-CN", "申诉"), ("en", "argue")] {
        let output = audit(&work.case(), &["--format", "json", "--lang", lang, "--out", work.out().to_str().expect("UTF-8")]);
        let result: Value = serde_json::from_slice(&output.stdout).expect("json");
        let all: Vec<&Value> = result["risks"].as_array().into_iter().flatten().flat_map(|r| r["findings"].as_array().into_iter().flatten()).collect();
        let hints: Vec<&str> = all.iter().filter(|f| f["code"] == "tracking-number-reused").filter_map(|f| f["hint"].as_str()).collect();
        assert!(!hints.is_empty() && hints.iter().all(|h| !h.contains(wrong)), "{hints:?}");
        let page = fs::read_to_string(work.out().join("audit.html")).expect("page");
        assert!(page.contains(hints[0]), "{lang}");
    }
}

/// A Douyin export tells no nicks: what lies there is the home.
fn without_nicks(homes: impl Fn(usize) -> (String, String)) -> Work {
    let work = Work::empty();
    let mut csv = "\u{feff}主订单编号,子订单编号,选购商品,商品规格,商品数量,商家编码,订单应付金额,收件人,收件人手机号,省,市,区,街道,详细地址,订单提交时间,支付完成时间,发货时间,订单状态,售后状态,快递信息,商家备注\n".to_owned();
    for n in 0..40 {
        let (name, home) = homes(n);
        let at = format!("2026-04-01 20:{n:02}:00");
        csv.push_str(&format!(
            "\"\t69174000000000{n:05}\",\"\t69174000000001{n:05}\",平底锅,本色,1,PDG,59.00,{name},{home},{at},{at},2026-04-02 10:00:00,已完成,-,SF139001{n:07}-顺丰速运,\n"
        ));
    }
    fs::create_dir_all(work.case()).expect("folder");
    fs::write(work.case().join("1791430000_a1b2.csv"), csv).expect("export");
    work
}

#[test]
fn many_orders_to_one_home_are_seen_where_the_export_has_no_nicks() {
    let own = |n: usize| (format!("李{}", n + 1), format!("138123{n:05},浙江省,杭州市,西湖区,文三路,{n}号301"));
    let work = without_nicks(|n| if n < 12 { ("王一".to_owned(), "13912345678,浙江省,杭州市,西湖区,文二路,8号301".to_owned()) } else { own(n) });
    let result = json(&work.case());
    for id in ["one-address", "one-recipient"] {
        let told = indicator(&result, id);
        assert_eq!(
            (&told["severity"], &told["values"]["n"], &told["values"]["unnamed"]),
            (&Value::from("warning"), &Value::from("1"), &Value::from("1")),
            "{told}"
        );
        assert!(told["text"].as_str().is_some_and(|t| t.contains("看不出是不是同一位买家")), "{told}");
    }
    let quiet = json(&without_nicks(own).case());
    for id in ["one-address", "one-recipient"] {
        assert_eq!(indicator(&quiet, id)["severity"], "ok", "{id}");
    }
    // what is not told is what is missing
    let work = without_nicks(|n| (format!("李{}", n + 1), format!("138****{n:04},浙江省,杭州市,西湖区,****,****")));
    let result = json(&work.case());
    assert!(indicator(&result, "one-address")["text"].as_str().is_some_and(|t| t.contains("没有完整地址")), "{result}");
    assert!(indicator(&result, "one-recipient")["text"].as_str().is_some_and(|t| t.contains("没有完整的收件人和电话")), "{result}");
    let work = without_nicks(own);
    let path = work.case().join("1791430000_a1b2.csv");
    let text = fs::read_to_string(&path).expect("export");
    let text: String = text.lines().map(|line| (0..60).fold(line.to_owned(), |l, n| l.replace(&format!("2026-04-01 20:{n:02}:00"), "")) + "\n").collect();
    fs::write(&path, text).expect("export");
    assert!(indicator(&json(&work.case()), "one-address")["text"].as_str().is_some_and(|t| t.contains("没有下单或付款时间")));
}

#[test]
fn a_remark_that_confesses_is_a_risk_and_a_goods_title_is_none() {
    let work = Work::new();
    let path = work.case().join("导出/ExportOrderList202604091000.csv");
    let before = encoding_rs::GB18030.decode(&fs::read(&path).expect("export")).0.into_owned();
    let told = |text: &str| {
        fs::write(&path, encoding_rs::GB18030.encode(text).0).expect("export");
        let result = json(&work.case());
        let all = result["risks"].as_array().into_iter().flatten().flat_map(|r| r["findings"].as_array().into_iter().flatten());
        all.filter(|f| f["code"] == "content-harmful").cloned().collect::<Vec<_>>()
    };
    assert!(told(&before).is_empty());
    let row = |line: &str| line.contains(ORDERS[0]);
    let remarked = before.lines().enumerate().map(|(n, line)| {
        format!(
            "{line},{}\r\n",
            if n == 0 {
                "订单备注"
            } else if row(line) {
                "刷单 佣金5元"
            } else {
                ""
            }
        )
    });
    let found = told(&remarked.collect::<String>());
    assert_eq!(found.len(), 1, "{found:?}");
    let message = found[0]["message"].as_str().expect("message");
    assert!(message.contains(ORDERS[0]) && message.contains("刷单、佣金") && message.contains("订单备注"), "{message}");
    assert!(found[0]["hint"].as_str().is_some_and(|h| !h.contains("申诉")), "{found:?}");
    assert!(told(&before.replace("不锈钢平底锅", "平底锅刷单支装")).is_empty());
}
