//! What a reviewer reads: every page that is named shows what it is named for, and no more is said of an order than holds for all of its parcels.

use crate::support::{CASE_ID, ORDERS, WAYBILLS, Work, edit, exits, picture, unzip};
use std::fs;

/// The further parcels of the first order.
const MORE: [&str; 2] = ["SF1390012345680", "SF1390012345681"];

/// The pages of book or annex, without blanks.
fn pages(work: &Work, annex: bool) -> Vec<String> {
    let name = if annex { format!("{CASE_ID}-annex.pdf") } else { format!("{CASE_ID}.pdf") };
    let bytes = fs::read(work.result().join("upload").join(name)).expect("a PDF");
    let text = appealpack::media::pdf::read(&bytes, 5_000, None).expect("a PDF").text;
    text.into_iter().map(|page| page.chars().filter(|c| !c.is_whitespace()).collect()).collect()
}

fn trace(work: &Work, waybill: &str, events: &[(&str, &str)]) {
    let data: Vec<String> = events.iter().map(|(time, words)| format!(r#"{{"time":"{time}","context":"{words}"}}"#)).collect();
    let text = format!(r#"{{"message":"ok","nu":"{waybill}","ischeck":"0","com":"shunfeng","status":"200","state":"0","data":[{}]}}"#, data.join(","));
    fs::write(work.case().join(format!("物流/{waybill}.json")), text).expect("trace");
}

/// The first order in three parcels; all of them delivered, the last of the three a day later, or only the first.
fn three_parcels(all: bool) -> Work {
    let work = Work::new();
    let export = "导出/ExportOrderList202604091000.csv";
    edit(&work, export, &format!("No:{},顺丰速运", WAYBILLS[0]), &format!("No:{};No:{};No:{},顺丰速运", WAYBILLS[0], MORE[0], MORE[1]));
    for (waybill, day) in MORE.iter().zip(["04", "05"]) {
        let mut events = vec![("2026-04-02 18:00:00", "[义乌市] 顺丰速运 已收取快件")];
        let delivered = format!("2026-04-{day} 15:41:00");
        if all {
            events.insert(0, (&delivered, "[杭州市] 已签收,签收人:本人"));
        }
        trace(&work, waybill, &events);
    }
    work
}

fn orders_csv(work: &Work) -> String {
    let bytes = fs::read(work.result().join("upload/orders.csv")).expect("orders.csv");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn the_page_of_each_row_of_the_evidence_list_shows_the_exhibit() {
    let work = Work::new();
    fs::create_dir_all(work.case().join("合同")).expect("folder");
    for (n, name) in ["合同/合同第1页.jpg", "合同/仓库照片.jpg"].into_iter().enumerate() {
        fs::write(work.case().join(name), picture(150 + n as u8, true)).expect("picture");
    }
    for (name, kind) in [("合同第1页.jpg", "contract"), ("仓库照片.jpg", "other")] {
        work.add(&format!("[[assign]]\nfile = \"{name}\"\norders = \"all\"\nkind = \"{kind}\""));
    }
    exits(&work.build(&[]), 0);
    let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
    let manifest = &bag.iter().find(|(name, _)| name.ends_with("/manifest.json")).expect("manifest.json").1;
    let manifest: serde_json::Value = serde_json::from_slice(manifest).expect("JSON");
    let (book, annex) = (pages(&work, false), pages(&work, true));
    let exhibits: Vec<&serde_json::Value> = manifest["files"].as_array().into_iter().flatten().filter_map(|f| f["exhibits"].as_array()).flatten().collect();
    assert!(exhibits.iter().filter(|e| e["number"].as_str().is_some_and(|n| n.starts_with("S-"))).count() >= 2, "{manifest}");
    for exhibit in exhibits {
        let (number, label) = (exhibit["number"].as_str().expect("a number"), exhibit["page"].as_str().expect("a page"));
        let at: usize = label.chars().filter(char::is_ascii_digit).collect::<String>().parse().expect("a page");
        let page = if label.contains('附') { &annex[at - 1] } else { &book[at - 1] };
        assert!(page.contains(&format!("证据{number}")), "{number} is said to be on {label}: {page}");
    }
    let shared = annex.iter().find(|p| p.contains("共用证据") && p.contains("涉及3笔订单")).expect("the shared evidence");
    assert!(shared.contains("证据S-2合同合同文本"), "the source stands under the heading: {shared}");
}

#[test]
fn an_order_is_delivered_with_the_last_of_its_parcels() {
    let work = three_parcels(true);
    exits(&work.build(&[]), 0);
    let (book, annex) = (pages(&work, false), pages(&work, true));
    assert!(book[0].contains("3笔均有付款、揽收、签收三步记录"), "{}", book[0]);
    let table = book.iter().find(|p| p.contains("逐笔总表")).expect("the table of orders");
    assert!(table.contains("04-0515:41") && !table.contains("04-0410:20"), "{table}");
    let section = annex.iter().find(|p| p.contains(&format!("订单1·{}", ORDERS[0])) && p.contains("物流轨迹")).expect("a section");
    assert!(section.contains("2026-04-0515:41"), "{section}");
    // each trace names its parcel
    for waybill in [WAYBILLS[0], MORE[0], MORE[1]] {
        assert!(annex.iter().any(|p| p.contains(&format!("物流轨迹查询结果顺丰速运{waybill}"))), "{waybill}: {annex:#?}");
    }
    assert!(orders_csv(&work).contains("2026-04-05 15:41 签收"), "{}", orders_csv(&work));
}

#[test]
fn an_order_with_a_parcel_under_way_is_not_delivered_anywhere() {
    let work = three_parcels(false);
    fs::create_dir_all(work.case().join("对账单")).expect("folder");
    let bill = format!("运单号码,寄件日期,寄件地区,到件地区,计费重量,应付金额\n{},2026-04-02,义乌,杭州,1.20,9.00\n", WAYBILLS[0]);
    fs::write(work.case().join("对账单/快递对账单4月.csv"), bill).expect("bill");
    exits(&work.build(&[]), 0);
    let (book, annex) = (pages(&work, false), pages(&work, true));
    assert!(book[0].contains("3笔中2笔有付款、揽收、签收三步记录") && book[0].contains("签收轨迹2"), "{}", book[0]);
    let table = book.iter().find(|p| p.contains("逐笔总表")).expect("the table of orders");
    assert!(table.contains("3件中1件签收") && table.contains("1/3件") && table.contains("迹2"), "{table}");
    assert!(!book[0].contains("包裹重量") && book.iter().any(|p| p.contains(&format!("{}2026-04-021.209.00", WAYBILLS[0]))), "{book:#?}");
    assert!(annex.iter().any(|p| p.contains(&format!("订单1·{}", ORDERS[0])) && p.contains("3件中1件签收")), "{annex:#?}");
    let csv = orders_csv(&work);
    let row = csv.lines().find(|l| l.contains(ORDERS[0])).expect("a row");
    assert!(row.contains("3 件中 1 件签收") && !row.contains("10:20"), "{row}");

    let english = three_parcels(false);
    edit(&english, "case.toml", "[case]\n", "[case]\nlanguage = \"en\"\n");
    exits(&english.build(&[]), 0);
    let table = pages(&english, false).into_iter().find(|p| p.contains("Everyorder")).expect("the table of orders");
    assert!(table.contains("1of3parcelsdelivered"), "{table}");
}

#[test]
fn an_order_weighs_what_all_of_its_parcels_weigh_and_its_way_is_told_of_all() {
    let work = three_parcels(true);
    let rows: String =
        [WAYBILLS[0], MORE[0], MORE[1]].iter().zip(["1.20", "0.35", "2.05"]).map(|(n, kg)| format!("{n},2026-04-02,义乌,杭州,{kg},9.00\n")).collect();
    fs::create_dir_all(work.case().join("对账单")).expect("folder");
    fs::write(work.case().join("对账单/快递对账单4月.csv"), format!("运单号码,寄件日期,寄件地区,到件地区,计费重量,应付金额\n{rows}")).expect("bill");
    exits(&work.build(&[]), 0);
    let table = pages(&work, false).into_iter().find(|p| p.contains("逐笔总表")).expect("the table of orders");
    assert!(table.contains("3.60"), "{table}");

    // the last round of the one parcel that arrived is no step of the order
    let work = three_parcels(false);
    trace(
        &work,
        WAYBILLS[0],
        &[
            ("2026-04-03 15:41:00", "[杭州市] 已签收,签收人:本人"),
            ("2026-04-03 09:10:00", "[杭州市] 快递员正在派送"),
            ("2026-04-02 18:00:00", "[义乌市] 顺丰速运 已收取快件"),
        ],
    );
    exits(&work.build(&[]), 0);
    let section = |work: &Work| pages(work, true).into_iter().find(|p| p.contains(&format!("订单1·{}", ORDERS[0])) && p.contains("付款")).expect("a section");
    let timeline = |page: &str| page.split("物流轨迹").next().map(str::to_owned).unwrap_or_default();
    assert!(!timeline(&section(&work)).contains("派送"), "{}", section(&work));
}

#[test]
fn what_a_reviewer_cannot_open_is_no_proof_and_no_exhibit() {
    let whole = Work::new();
    exits(&whole.build(&[]), 0);
    let book = |work: &Work| pages(work, false).concat();
    assert!(book(&whole).contains("快递底单"), "{}", book(&whole));
    let work = Work::new();
    let slips = WAYBILLS.map(|waybill| format!("底单/{waybill}.jpg"));
    let halves = slips.each_ref().map(|slip| {
        let mut bytes = fs::read(work.case().join(slip)).expect("picture");
        bytes.truncate(bytes.len() / 2);
        fs::write(work.case().join(slip), &bytes).expect("picture");
        bytes
    });
    exits(&work.build(&[]), 3);
    assert!(!book(&work).contains("快递底单") && !book(&work).contains("底单附原图"), "{}", book(&work));
    assert!(!pages(&work, true).concat().contains("此格式不能在页面上显示"));
    // they stay in the bag, byte for byte
    let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
    for (slip, half) in slips.iter().zip(halves) {
        assert!(bag.iter().any(|(name, inside)| name.ends_with(slip) && *inside == half), "{:?}", bag.iter().map(|b| &b.0).collect::<Vec<_>>());
    }
}

#[test]
fn a_short_table_of_orders_stands_under_the_causes() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let pages = pages(&work, false);
    let table = pages.iter().find(|p| p.contains("逐笔总表") && p.contains("运单")).expect("the table of orders");
    assert!(table.contains("订单为何集中"), "{table}");
}

#[test]
fn alike_pictures_of_an_order_are_one_row_of_the_list() {
    let work = Work::new();
    for n in 0..9 {
        fs::write(work.case().join(format!("聊天/tb_charlie03/{}-{n}.png", ORDERS[2])), picture(100 + n, false)).expect("picture");
    }
    exits(&work.build(&[]), 0);
    let annex = pages(&work, true);
    let list = annex.iter().find(|p| p.contains("证据清单") && p.contains("证明目的")).expect("the list");
    assert!(list.contains("聊天截图（9张）") && list.contains("3-4至3-12"), "{list}");
    assert!(list.contains("买卖双方就该订单的沟通") && !list.contains("真实"), "{list}");
    assert!(list.find("S-1") < list.find("1-1"), "shared ones first: {list}");
}

#[test]
fn what_a_case_does_not_have_is_not_spoken_of() {
    let work = Work::new();
    for folder in ["物流", "聊天", "底单", "直播"] {
        fs::remove_dir_all(work.case().join(folder)).expect("removed");
    }
    work.add("[appeal]\nscope = \"all\"");
    // nothing is proven, which is told to the seller
    exits(&work.build(&[]), 3);
    let book = pages(&work, false).concat();
    for word in ["没有订单", "凭证计数", "合计3笔：", "与第1页", "底单", "订单为何集中", "揽收、签收时间"] {
        assert!(!book.contains(word), "{word}: {book}");
    }
    assert!(book.contains("每日订单数") && book.contains("合计3笔"), "{book}");
}

#[test]
fn a_single_order_is_named_once_and_compared_with_nothing() {
    let single = || {
        let work = Work::new();
        let listed = format!("涉及订单（共3笔）：{}、{}，{}", ORDERS[0], ORDERS[1], ORDERS[2]);
        edit(&work, "通知.txt", &listed, &format!("涉及订单（共1笔）：{}", ORDERS[0]));
        work
    };
    let work = single();
    for n in 0..9 {
        fs::write(work.case().join(format!("聊天/{}-{n}.png", ORDERS[0])), picture(100 + n, false)).expect("picture");
    }
    exits(&work.build(&[]), 0);
    let book = pages(&work, false);
    // the order's section has several pages, and its trace is cited by all of them
    let last = pages(&work, true).iter().rposition(|p| p.contains("文件与校验值")).unwrap_or_default();
    assert!(last > 3 && book[0].contains(&format!("附册附3–附{last}")), "{last}: {}", book[0]);
    let conclusions = book[0].split("凭证计数").next().unwrap_or_default();
    assert_eq!(conclusions.matches("该笔订单").count(), 1, "{conclusions}");
    assert!(conclusions.contains("于2026-04-0120:00下单") && !conclusions.contains("2026-04-0120:00至"), "{conclusions}");
    assert!(!book.concat().contains("与其他订单比较"), "{book:#?}");

    let work = single();
    edit(&work, "case.toml", "[case]\n", "[case]\nlanguage = \"en\"\n");
    exits(&work.build(&[]), 0);
    let text = pages(&work, false).concat();
    assert!(text.contains("forthe1orderbelow") && text.contains("1order:"), "{text}");
    assert!(!text.contains("1orders"), "{text}");
}

#[test]
fn what_names_no_shop_names_the_platform() {
    let work = Work::new();
    edit(&work, "case.toml", "shop = \"示例厨具店\"\n", "");
    exits(&work.build(&[]), 0);
    let page = pages(&work, false).remove(0);
    assert!(page.contains("平台淘宝") && !page.contains("店铺淘宝"), "{page}");
}
