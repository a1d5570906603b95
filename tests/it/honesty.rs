//! What is handed in never shows an order that is not argued, and never counts more than there is.

use crate::support::{CASE_ID, NICKS, ORDERS, WAYBILLS, Work, edit, exits, stdout, unzip};
use std::fs;

/// All text of a file: of an xlsx its parts, of a PDF its pages, else the bytes as UTF-8.
pub fn text(name: &str, bytes: &[u8]) -> String {
    if name.ends_with(".xlsx") {
        let path = tempfile::NamedTempFile::new().expect("temporary file");
        fs::write(path.path(), bytes).expect("xlsx");
        return unzip(path.path()).iter().map(|(_, b)| String::from_utf8_lossy(b).into_owned()).collect();
    }
    if name.ends_with(".pdf") {
        let pdf = appealpack::media::pdf::read(bytes, 5_000, None).expect("a PDF");
        return pdf.text.iter().map(|page| page.chars().filter(|c| !c.is_whitespace()).collect::<String>()).collect();
    }
    if name.ends_with(".csv") && std::str::from_utf8(bytes).is_err() {
        return encoding_rs::GB18030.decode(bytes).0.into_owned();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

fn leave_out(work: &Work, order: &str) {
    work.add(&format!("[[leave_out]]\norders = [\"{order}\"]\nwhy = \"底单找不到\""));
}

#[test]
fn an_order_left_out_shows_nowhere_but_in_the_notice() {
    let work = Work::new();
    leave_out(&work, ORDERS[1]);
    exits(&work.build(&[]), 0);
    let secrets = [ORDERS[1], WAYBILLS[1], NICKS[1], "李某1", "文三路1号", "底单找不到"];
    let mut files: Vec<(String, Vec<u8>)> = crate::support::tree(&work.result().join("upload"));
    files.extend(unzip(&work.result().join(format!("bundle/{CASE_ID}.zip"))));
    for (name, bytes) in &files {
        let said = format!("{name}\n{}", text(name, bytes));
        for secret in secrets {
            let in_notice = name.ends_with("/通知.txt") && secret == ORDERS[1];
            assert!(in_notice || !said.contains(secret), "{secret} in {name}");
        }
    }
    // its pictures stay out under any name
    let own = fs::read(work.case().join(format!("底单/{}.jpg", WAYBILLS[1]))).expect("slip");
    assert!(!files.iter().any(|(_, bytes)| *bytes == own));
    assert!(!files.iter().any(|(name, _)| name.contains("private") || name.contains("findings") || name.contains("requests")));
    // and private/ says why
    let page = fs::read_to_string(work.result().join("private/findings.html")).expect("page");
    assert!(page.contains("底单找不到") && page.contains(ORDERS[1]), "{page}");
}

#[test]
fn argued_and_left_out_add_up_in_every_output() {
    let work = Work::new();
    leave_out(&work, ORDERS[2]);
    let output = work.build(&[]);
    exits(&output, 0);
    assert!(stdout(&output).contains("本次举证 2，不提交 1"), "{}", stdout(&output));
    let upload = work.result().join("upload");
    let statement = fs::read_to_string(upload.join("statement-full.txt")).expect("statement");
    assert!(statement.contains("对 2 笔订单") && statement.contains("另有 1 笔"), "{statement}");
    assert!(!statement.contains("3 笔均") && !statement.contains("全部"), "{statement}");
    let rows = fs::read_to_string(upload.join("orders.csv")).expect("orders.csv");
    assert_eq!(rows.lines().count(), 3, "{rows}");
    assert!(rows.contains(ORDERS[0]) && rows.contains(ORDERS[1]) && !rows.contains(ORDERS[2]), "{rows}");
    let json: serde_json::Value = serde_json::from_slice(&fs::read(work.result().join("private/findings.json")).expect("json")).expect("json");
    assert_eq!((json["counts"]["flagged"].as_u64(), json["counts"]["argued"].as_u64(), json["counts"]["left_out"].as_u64()), (Some(3), Some(2), Some(1)));
    let manifest =
        unzip(&work.result().join(format!("bundle/{CASE_ID}.zip"))).into_iter().find(|(n, _)| n.ends_with("data/manifest.json")).expect("manifest").1;
    let manifest = String::from_utf8(manifest).expect("text");
    assert!(manifest.contains(ORDERS[1]) && !manifest.contains(ORDERS[2]), "{manifest}");
}

#[test]
fn a_sentence_generalises_only_where_every_order_has_it() {
    let work = Work::new();
    let statement = || fs::read_to_string(work.result().join("upload/statement-full.txt")).expect("statement");
    exits(&work.build(&[]), 0);
    assert!(statement().contains("3 笔均有与买家的沟通记录"), "{}", statement());
    fs::remove_dir_all(work.case().join(format!("聊天/{}", NICKS[0]))).expect("chat");
    work.build(&[]);
    let text = statement();
    assert!(!text.contains("均有与买家的沟通记录") || text.contains("2 笔均有与买家的沟通记录"), "{text}");
}

/// The statement of a three-order case whose files were changed by `change`; the case is built and read in Chinese and English.
fn statements(change: impl Fn(&Work)) -> [String; 2] {
    ["zh-CN-platform", "en-platform"].map(|template| {
        let work = Work::new();
        change(&work);
        let output = work.build(&["--template", template]);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", stdout(&output));
        let book = fs::read(work.result().join(format!("upload/{CASE_ID}.pdf"))).expect("the book");
        let pdf = appealpack::media::pdf::read(&book, 5_000, None).expect("a PDF");
        pdf.text.first().expect("page 1").chars().filter(|c| !c.is_whitespace()).collect()
    })
}

#[test]
fn page_one_says_no_more_than_was_found() {
    let plain = statements(|_| ());
    assert!(
        plain[0].contains("在所导入的订单中，3笔均使用只属于本订单的运单号")
            && plain[1].contains("Amongtheordersimported,all3ordershavewaybillnumbersthatnootherorderhas"),
        "{plain:?}"
    );
    assert!(plain[0].contains("未发现早于付款的揽收") && plain[1].contains("nopick-upbeforepaymentwasfound"), "{plain:?}");
    // there are slips and traces, but neither stock movements nor bills
    assert!(plain[0].contains("付款、揽收、签收时间按先后核对；底单附原图供核对。"), "{}", plain[0]);
    assert!(plain[1].contains("payment,pick-upanddeliverywascomparedbytime;slipsareshownastheyare,forchecking"), "{}", plain[1]);

    // an order that is not argued travelled under the number of one that is
    let shared = statements(|work| {
        edit(work, "导出/ExportOrderList202604091000.csv", WAYBILLS[1], WAYBILLS[0]);
        leave_out(work, ORDERS[1]);
        work.add("[findings]\ntracking-number-reused = \"ignore\"\ntracking-number-shared = \"ignore\"");
    });
    assert!(!shared[0].contains("2笔均使用只属于本订单") && !shared[1].contains("all2ordershavewaybillnumbers"), "{shared:?}");

    // a finding that the seller ignores is still a scan before the payment
    let early = statements(|work| {
        edit(work, &format!("物流/{}.json", WAYBILLS[1]), "2026-04-02", "2026-03-31");
        work.add("[findings]\nscan-before-payment = \"ignore\"\nscan-before-order = \"ignore\"\nsteps-out-of-order = \"ignore\"");
    });
    assert!(!early[0].contains("未发现早于付款的揽收") && !early[1].contains("nopick-upbeforepayment"), "{early:?}");

    // a number that was typed is no conversation
    let typed = statements(|work| {
        fs::remove_dir_all(work.case().join("聊天")).expect("removed");
        work.add(&format!("[[chat]]\norder = \"{}\"\nproof_number = \"2604090900088213477\"", ORDERS[2]));
    });
    assert!(!typed[0].contains("沟通记录") && typed[0].contains("1笔提供平台举证号"), "{}", typed[0]);
    assert!(!typed[1].contains("Aconversationwiththebuyerisonfile") && typed[1].contains("isgivenfor1of3orders"), "{}", typed[1]);

    // without slips nothing was compared with them
    let bare = statements(|work| fs::remove_dir_all(work.case().join("底单")).expect("removed"));
    assert!(bare[0].contains("签收时间按先后核对。") && bare[1].contains("wascomparedbytime."), "{bare:?}");
}

/// All pages of the PDFs under upload/, without blanks.
fn pages(work: &Work) -> String {
    crate::support::tree(&work.result().join("upload")).iter().filter(|(name, _)| name.ends_with(".pdf")).map(|(name, bytes)| text(name, bytes)).collect()
}

#[test]
fn the_annex_shows_of_a_shared_table_what_the_bag_holds_of_it() {
    let day = |n: u32| format!("2026-{:02}-{:02}", if n < 32 { 3 } else { 4 }, if n < 32 { n } else { n - 31 });
    // visitors a day name nobody: the days before stay beside the busy one
    let work = Work::new();
    let rows: String = (20..40).map(|n| format!("{},手淘搜索,{},{}\n", day(n), n * 7, n * 20)).collect();
    let table = format!("日期,流量来源,访客数,浏览量\n{rows}");
    fs::write(work.case().join("店铺流量.csv"), &table).expect("table");
    exits(&work.build(&[]), 0);
    let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
    let own: Vec<&String> = bag.iter().filter(|(name, _)| name.contains("店铺流量")).map(|(name, _)| name).collect();
    assert!(own.len() == 1 && own[0].contains("/originals/"), "{own:?}");
    assert!(bag.iter().any(|(_, bytes)| bytes == table.as_bytes()));
    let shown = pages(&work);
    assert!(shown.contains("2026-03-20") && !shown.contains("2026-03-2000:00"), "{shown}");

    // a number as long as a phone under a head that says nothing may be somebody's
    let work = Work::new();
    let rows: String = (20..40).map(|n| format!("{},手淘搜索,{},139000011{n}\n", day(n), n * 7)).collect();
    fs::write(work.case().join("店铺流量.csv"), format!("日期,流量来源,访客数,备用\n{rows}")).expect("table");
    exits(&work.build(&[]), 0);
    let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
    assert!(!bag.iter().any(|(name, bytes)| text(name, bytes).contains("13900001120")), "a stranger's number");

    // with a column of buyers only the rows of argued orders leave, and the annex shows no others
    let work = Work::new();
    let rows: String = (20..40).map(|n| format!("{},手淘搜索,{},客户{n}号\n", day(n), n * 7)).collect();
    fs::write(work.case().join("店铺流量.csv"), format!("日期,流量来源,访客数,用户\n{rows}")).expect("table");
    exits(&work.build(&[]), 0);
    let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
    let own: Vec<String> = bag.iter().filter(|(name, _)| name.contains("店铺流量")).map(|(name, bytes)| format!("{name}\n{}", text(name, bytes))).collect();
    assert!(own.len() == 1 && own[0].contains("/extracts/") && own[0].contains("客户32号") && !own[0].contains("客户20号"), "{own:?}");
    let shown = pages(&work);
    assert!(!shown.contains("2026-03-20") && shown.contains("手淘搜索"), "{shown}");
}

#[test]
fn what_explains_only_an_order_that_is_left_out_is_not_shown_as_a_cause() {
    let work = Work::new();
    edit(&work, "直播/直播间成交明细.csv", &format!("新品首发,2026-04-01 20:00:00,{}\t,2026-04-01 20:00:30\n", ORDERS[0]), "");
    edit(&work, "直播/直播间成交明细.csv", &format!("新品首发,2026-04-01 20:00:00,{}\t,2026-04-01 20:02:30\n", ORDERS[2]), "");
    leave_out(&work, ORDERS[1]);
    // without a cause of the orders that are argued the case is not ready, yet it is built
    let output = work.build(&[]);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", stdout(&output));
    let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
    assert!(!bag.iter().any(|(name, _)| name.contains("直播")), "{:?}", bag.iter().map(|(name, _)| name).collect::<Vec<_>>());
    let shown = pages(&work);
    assert!(!shown.contains("新品首发") && !shown.contains("直播间成交明细"), "{shown}");
}

#[test]
fn an_event_is_told_only_where_the_rows_that_tell_of_it_are_handed_in() {
    let table = "直播/直播间成交明细.csv";
    let old = "2861734095517000020";
    let more = |label: &str, day: &str, order: &str| format!("{label},2026-{day} 20:00:00,{order}\t,2026-{day} 20:01:00\n");
    let work = Work::new();
    let text = fs::read_to_string(work.case().join(table)).expect("table");
    fs::write(work.case().join(table), format!("{text}{}{}", more("春分专场", "03-20", old), more("预热专场", "03-31", ORDERS[1]))).expect("written");
    exits(&work.build(&[]), 0);
    let shown = pages(&work);
    assert!(shown.contains("直播“新品首发”") && shown.contains("直播“预热专场”"), "{shown}");
    assert!(!shown.contains("春分专场"), "a session of nobody who is argued: {shown}");
    // the session of an order that is left out goes with it
    leave_out(&work, ORDERS[1]);
    exits(&work.build(&[]), 0);
    let shown = pages(&work);
    assert!(shown.contains("新品首发") && !shown.contains("预热专场"), "{shown}");
    // a list of sessions that names nobody goes in whole, and all of it is shown
    let work = Work::new();
    fs::write(
        work.case().join("直播场次.csv"),
        "直播场次,开播时间,结束时间\n春分专场,2026-03-20 20:00,2026-03-20 22:00\n新品首发,2026-04-01 20:00,2026-04-01 22:00\n",
    )
    .expect("written");
    exits(&work.build(&[]), 0);
    assert!(pages(&work).contains("直播“春分专场”"), "{}", pages(&work));
}

#[test]
fn stock_that_is_only_inferred_is_marked_wherever_it_is_counted() {
    let base = ["_base/three-orders"];
    let plain = Work::of(&base);
    exits(&plain.build(&[]), 0);
    let shown = pages(&plain);
    assert!(shown.contains("出库记录3商家仓库出库明细") && !shown.contains("笔按推断对应") && !shown.contains("出*"), "{shown}");
    for (template, said) in [
        ("zh-CN-platform", ["出库记录3商家仓库出库明细其中3笔按推断对应", "出*", "带“*”的为推断", "义乌仓（按推断对应）", "出库（推断）"]),
        ("en-platform", ["Stockmovement3seller'swarehouserecords(3inferred)", "S*", "*isinferred,nonumberagrees", "义乌仓(inferred)", "Leftstock(inferred)"]),
    ] {
        let work = Work::of(&base);
        let table = work.case().join("仓库/出库明细.csv");
        let rows: String = [("PDG", "不锈钢平底锅"), ("CG", "铸铁炒锅"), ("MC", "木铲")]
            .map(|(sku, name)| format!("CK-{sku},销售出库,义乌仓,2026-04-02,{sku},{name},1\n"))
            .concat();
        fs::write(table, format!("出库单号,出库类型,仓库,出库日期,商家编码,商品名称,出库数量\n{rows}")).expect("table");
        exits(&work.build(&["--template", template]), 0);
        let shown = pages(&work);
        for words in said {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        let upload = |name: &str| fs::read_to_string(work.result().join("upload").join(name)).expect(name);
        let statement = upload("statement-full.txt");
        assert!(statement.contains("3 笔均有仓库出库记录，按推断对应") || statement.contains("for all 3 orders, by inference"), "{statement}");
        assert!(upload("orders.csv").contains("出库记录（推断）") || upload("orders.csv").contains("Stock movement (inferred)"), "{}", upload("orders.csv"));
    }
}

#[test]
fn a_parcel_left_at_the_door_was_received_by_nobody_else() {
    let work = Work::new();
    edit(&work, &format!("物流/{}.json", WAYBILLS[1]), "已签收,签收人:本人", "快件已由【家门口】签收");
    exits(&work.build(&[]), 0);
    let shown = pages(&work);
    assert!(shown.contains("杭州放置") && shown.contains("签收方式放在门口等处") && !shown.contains("他人代收"), "{shown}");
}

#[test]
fn the_text_to_paste_in_counts_as_page_one_does() {
    let work = Work::of(&["_base/three-orders"]);
    let statement = |work: &Work| fs::read_to_string(work.result().join("upload/statement-full.txt")).expect("statement");
    exits(&work.build(&[]), 0);
    let text = statement(&work);
    assert!(text.contains("对 3 笔订单的认定") && text.contains("3 笔中 1 笔提供平台举证号（"), "{text}");
    exits(&work.build(&["--template", "en-platform"]), 0);
    let text = statement(&work);
    assert!(text.contains("for 3 orders.") && text.contains("The platform's number for the conversation is given for 1 of 3 orders ("), "{text}");
    // the notice lists two sub-orders of one order
    let orders = ["2861734095517302481", "2861734095517302582", "2861734095517302683"];
    let details = "导出/ExportOrderDetailList202604091001.csv";
    let head = "子订单编号,主订单编号,标题,价格,购买数量,外部系统编号,商品属性,订单状态\r\n";
    let line = |sub: &str, order: &str, title: &str, sku: &str| format!("=\"{sub}\",=\"{order}\",{title},59.00,1,{sku},颜色:本色,交易成功\r\n");
    let rows = [
        line("2861734095517309903", orders[0], "不锈钢平底锅", "PDG"),
        line("2861734095517309904", orders[1], "铸铁炒锅", "CG"),
        line("2861734095517309905", orders[2], "木铲", "MC"),
        line("2861734095517309999", orders[2], "木铲", "MC"),
    ];
    fs::write(work.case().join(details), format!("{head}{}", rows.concat())).expect("table");
    edit(&work, "通知.txt", "（共3笔）", "（共4笔）");
    edit(&work, "通知.txt", orders[2], "2861734095517309905、2861734095517309999");
    let toml = fs::read_to_string(work.case().join("case.toml")).expect("case.toml");
    let map = "map = { sub_order_id = \"子订单编号\", order_id = \"主订单编号\", title = \"标题\", price = \"价格\", quantity = \"购买数量\", sku = \"外部系统编号\", attributes = \"商品属性\", status = \"订单状态\" }";
    fs::write(work.case().join("case.toml"), format!("{toml}\n[[columns]]\nfile = \"{details}\"\n{map}\n")).expect("written");
    let output = work.build(&[]);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", stdout(&output));
    assert!(statement(&work).contains("对 4 笔订单（主订单 3 笔）的认定"), "{}", statement(&work));
    let output = work.build(&["--template", "en-platform"]);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", stdout(&output));
    assert!(statement(&work).contains("for 4 orders (3 main orders)"), "{}", statement(&work));
}

#[test]
fn one_parcel_with_a_trace_says_nothing_of_the_others() {
    let work = Work::new();
    let second = "SF1390012349999";
    edit(&work, "导出/ExportOrderList202604091000.csv", &format!("No:{}", WAYBILLS[0]), &format!("No:{second};No:{}", WAYBILLS[0]));
    let output = work.build(&[]);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", stdout(&output));
    let shown = pages(&work);
    assert!(!shown.contains("3笔均有付款、揽收、签收三步记录") && shown.contains("3笔中2笔有付款、揽收、签收三步记录"), "{shown}");
    // the number beside the scans is that of the parcel they belong to
    let list = fs::read(work.result().join("upload/orders.csv")).expect("list");
    let list = text("orders.csv", &list);
    let row = list.lines().find(|l| l.contains(ORDERS[0])).expect("its row");
    assert!(row.contains(&format!("（运单 {} 等 2 个）", WAYBILLS[0])) && row.contains("2 件中 1 件签收"), "{row}");
}
