//! What `check --format json` tells of each order's evidence, word by word: which key ties a file to it, where and how surely, what the order is proven by;
//! and the figures of the flagged orders beside the shop's others.

use crate::support::{NICKS, ORDERS, WAYBILLS, Work, edit, picture};
use serde_json::{Value, json};
use std::fs;

/// Reasons of a file for an order (by its place in the notice): `key where strength`.
fn reasons(check: &Value, order: usize, file: &str) -> Vec<String> {
    let evidence = check["orders"][order]["evidence"].as_array().into_iter().flatten().filter(|e| e["file"] == file);
    let word = |r: &Value, key: &str| r[key].as_str().unwrap_or("?").to_owned();
    evidence.flat_map(|e| e["reasons"].as_array().into_iter().flatten()).map(|r| [word(r, "key"), word(r, "where"), word(r, "strength")].join(" ")).collect()
}

fn file<'a>(check: &'a Value, path: &str) -> &'a Value {
    check["files"].as_array().into_iter().flatten().find(|f| f["path"] == path).unwrap_or_else(|| panic!("{path} is not told"))
}

#[test]
fn each_key_is_told_by_its_name_with_its_place_and_strength() {
    let work = Work::of(&["_base/three-orders"]);
    let put = |path: &str, text: &str| {
        fs::create_dir_all(work.case().join("便条")).expect("folder");
        fs::write(work.case().join(path), text).expect("file");
    };
    put("合同.txt", "合同\n");
    put("便条/电话.txt", "今天的包裹\n收件人电话 13812345671\n");
    put("便条/尾号.txt", "手机尾号5672的包裹到了\n");
    put("便条/地址.txt", "给李二女士 南京市鼓楼区丙路22号\n");
    put("便条/李三.txt", "李三，尾号5673\n");
    put("便条/收款.txt", "2026-04-01 20:01:30 收款 79.00元\n");
    put("便条/货.txt", "不锈钢平底锅怎么保养\n");
    edit(&work, "仓库/出库明细.csv", "2026-04-02,2861734095517302582,CG", "2026-04-02,,CG");
    work.add("[[assign]]\nfile = \"合同.txt\"\norders = [\"2861734095517302683\"]");
    let check = work.check();
    for (order, path, told, status) in [
        (0, "聊天/截图_2861734095517302481.png", &["order-id path exact"][..], "matched"),
        (2, "聊天/旺旺记录.txt", &["nick line 1 strong", "order-id line 6 exact"], "matched"),
        (1, "物流/YT7500012345672.json", &["waybill file exact", "waybill path exact"], "matched"),
        (1, "对账单/快递对账单4月.csv", &["waybill row 3 exact"], "shared"),
        (0, "仓库/出库明细.csv", &["order-id row 2 exact"], "shared"),
        (1, "仓库/出库明细.csv", &["sku-quantity-day row 3 strong"], "shared"),
        (1, "仓库/盘点.csv", &["content row 3 strong"], "shared"),
        (2, "合同.txt", &["assign file exact"], "matched"),
        (0, "便条/电话.txt", &["phone line 2 strong"], "matched"),
        (1, "便条/尾号.txt", &["phone line 1 weak"], "unmatched"),
        (1, "便条/地址.txt", &["recipient line 1 weak"], "unmatched"),
        (2, "便条/李三.txt", &["recipient line 1 strong", "phone line 1 strong"], "matched"),
        (1, "便条/收款.txt", &["amount-time line 1 strong"], "matched"),
        (0, "便条/货.txt", &["title line 1 weak"], "unmatched"),
    ] {
        let (mut found, mut told) = (reasons(&check, order, path), told.to_vec());
        found.sort();
        told.sort_unstable();
        assert_eq!((found, file(&check, path)["status"].as_str()), (told.iter().map(|t| (*t).to_owned()).collect(), Some(status)), "{path}");
    }
    // a weak key only suggests
    let (id, suggested) = (&check["orders"][1]["id"], file(&check, "便条/尾号.txt"));
    assert_eq!((&suggested["orders"], &suggested["candidates"]), (&json!([]), &json!([id])));
    let used = file(&check, "便条/收款.txt");
    assert_eq!((&used["orders"], &used["candidates"]), (&json!([id]), &json!([])));

    let of_sub_orders = Work::of(&["_base/three-orders", "layout-notice/sub-order-numbers/in"]);
    for export in ["导出/ExportOrderList202604091000.csv", "导出/ExportOrderDetailList202604091001.csv"] {
        fs::remove_file(of_sub_orders.case().join(export)).expect("export");
    }
    fs::write(of_sub_orders.case().join("聊天/2861734095517310002.png"), picture(31, false)).expect("picture");
    assert_eq!(reasons(&of_sub_orders.check(), 0, "聊天/2861734095517310002.png"), ["sub-order-id path exact"]);
}

/// What proves the first order: each group with its rank.
fn proven(check: &Value) -> (Value, Vec<(String, u64)>) {
    let order = &check["orders"][0];
    let group = |p: &Value| (p["group"].as_str().unwrap_or("").to_owned(), p["rank"].as_u64().unwrap_or(0));
    (order["strength"].clone(), order["proven_by"].as_array().into_iter().flatten().map(group).collect())
}

#[test]
fn what_proves_an_order_has_the_rank_of_its_kind_the_strongest_first() {
    let only = |add: &dyn Fn(&Work)| {
        let work = Work::new();
        for folder in ["底单", "聊天", "直播", "物流"] {
            fs::remove_dir_all(work.case().join(folder)).expect("folder");
        }
        add(&work);
        proven(&work.check())
    };
    let put = |work: &Work, path: String, bytes: &[u8]| {
        let path = work.case().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folder");
        fs::write(path, bytes).expect("file");
    };
    let shot = picture(41, true);
    let (id, waybill, nick) = (ORDERS[0], WAYBILLS[0], NICKS[0]);
    let trace = fs::read(Work::new().case().join(format!("物流/{waybill}.json"))).expect("trace");
    let chat = |work: &Work| put(work, format!("聊天/{nick}/截图_{id}.jpg"), &shot);
    for (what, add, group, rank) in [
        ("a slip", &(|w: &Work| put(w, format!("底单/{waybill}.jpg"), &shot)) as &dyn Fn(&Work), "waybill", 5),
        ("the courier's certificate", &|w: &Work| put(w, format!("签收证明/{waybill}.jpg"), &shot), "waybill", 5),
        // the courier's own screen is no sealed certificate
        ("internal tracking", &|w: &Work| put(w, format!("内部跟踪/{waybill}.jpg"), &shot), "waybill", 4),
        ("the station's system", &|w: &Work| put(w, format!("网点系统/{waybill}.jpg"), &shot), "waybill", 4),
        (
            "a bill",
            &|w: &Work| put(w, "对账单/对账单.csv".into(), format!("运单号码,寄件日期,计费重量,应付金额\n{waybill},2026-04-02,1.20,9.00\n").as_bytes()),
            "courier-bill",
            4,
        ),
        ("a delivery note", &|w: &Work| put(w, format!("送货单/{id}.jpg"), &shot), "delivery-proof", 3),
        ("a screenshot", &chat, "chat", 2),
        (
            "a proof number",
            &|w: &Work| w.add(&format!("[[chat]]\norder = \"{id}\"\nproof_number = \"2604090900088213477\"\ncreated = 2026-04-09T09:00:00+08:00")),
            "chat",
            3,
        ),
        ("a public trace", &|w: &Work| put(w, format!("物流/{waybill}.json"), &trace), "trace", 2),
        (
            "a list of what left the warehouse",
            &|w: &Work| {
                put(
                    w,
                    "仓库/出库明细.csv".into(),
                    format!(
                        "出库单号,出库类型,仓库,出库日期,业务订单号,商家编码,商品名称,出库数量,备注\nCK1,销售出库,义乌仓,2026-04-02,{id},PDG,不锈钢平底锅,1,\n"
                    )
                    .as_bytes(),
                )
            },
            "stock-out",
            1,
        ),
        ("a picture of a live stream", &|w: &Work| put(w, format!("直播/{id}.jpg"), &shot), "cause", 2),
        ("a picture of the traffic", &|w: &Work| put(w, format!("生意参谋/{id}.jpg"), &shot), "cause", 1),
        ("an invoice", &|w: &Work| put(w, format!("发票/{id}.jpg"), &shot), "invoice", 2),
        ("a purchase order", &|w: &Work| put(w, format!("进货单/{id}.jpg"), &shot), "invoice", 2),
    ] {
        let (strength, by) = only(add);
        assert_eq!(by, [(group.to_owned(), rank)], "{what}");
        // why an order looked odd and where the goods came from do not prove that it was real
        assert_eq!(strength, if ["cause", "invoice"].contains(&group) { Value::Null } else { Value::from(rank) }, "{what}");
    }
    // a screenshot counts as much as the number that confirms it, and all stand in order
    let (strength, by) = only(&|w: &Work| {
        chat(w);
        put(w, format!("底单/{waybill}.jpg"), &picture(42, true));
        put(w, format!("物流/{waybill}.json"), &trace);
        w.add(&format!("[[chat]]\norder = \"{id}\"\nproof_number = \"2604090900088213477\"\ncreated = 2026-04-09T09:00:00+08:00"));
    });
    assert_eq!((strength, by), (Value::from(5), [("waybill", 5), ("chat", 3), ("trace", 2)].map(|(g, r)| (g.to_owned(), r)).to_vec()));
    let nothing = only(&|_| {});
    assert_eq!(nothing, (Value::Null, Vec::new()), "of nothing there is no rank");
}

#[test]
fn the_flagged_orders_figures_stand_beside_those_of_the_others() {
    let work = Work::new();
    let export = "导出/ExportOrderList202604091000.csv";
    // a regular among the others, who is also the buyer of one flagged order, which was paid back in part
    for day in [11, 12, 13] {
        edit(&work, export, &format!("old_{day},"), &format!("{},", NICKS[2]));
    }
    edit(
        &work,
        export,
        "2026-04-01 20:02:30,不锈钢平底锅,No:SF1390012345673,顺丰速运,1,59.00,0.00",
        "2026-04-01 20:02:30,不锈钢平底锅,No:SF1390012345673,顺丰速运,2,59.00,10.00",
    );
    edit(&work, export, "浙江省 杭州市 西湖区 旧路20号", "江苏省 南京市 鼓楼区 旧路20号");
    edit(&work, export, "2026-03-14 12:00:00,2026-03-14 12:01:00", "2026-03-13 12:40:00,2026-03-13 12:41:00");
    let anomaly = &work.check()["anomaly"];
    assert_eq!(
        anomaly["flagged"],
        json!({
            "orders": 3, "buyers_known": 3, "repeat_buyers": 1, "refunded": 1, "located": 3, "provinces": 1, "mean_amount": "59.00", "mean_pieces": "1.33",
            "busiest_hour": { "at": "2026-04-01T20:00:00+08:00", "orders": 3 },
        })
    );
    assert_eq!(
        anomaly["others"],
        json!({
            "orders": 21, "buyers_known": 21, "repeat_buyers": 3, "refunded": 0, "located": 21, "provinces": 2, "mean_amount": "59.00", "mean_pieces": "1",
            "busiest_hour": { "at": "2026-03-13T12:00:00+08:00", "orders": 2 },
        })
    );
    let live = &anomaly["events"][0];
    assert_eq!((&live["kind"], &anomaly["unexplained"]), (&Value::from("live"), &Value::from(0)), "{anomaly}");
    let day = |day: &str| anomaly["days"].as_array().into_iter().flatten().find(|d| d["day"] == day).cloned().unwrap_or_default();
    assert_eq!((day("2026-04-01")["orders"].as_u64(), day("2026-04-01")["flagged"].as_u64()), (Some(3), Some(3)));
    assert_eq!((day("2026-03-13")["orders"].as_u64(), day("2026-03-14")["orders"].as_u64()), (Some(2), Some(0)));
}
