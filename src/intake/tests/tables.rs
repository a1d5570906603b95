//! Tables of every layout, with the quirks that exports have.

use super::*;

#[test]
fn the_46_column_list_is_read_with_its_quirks() {
    let folder = Folder::new(&[("导出/ExportOrderList202604091000.csv", &gb18030(&list_46()))]);
    let (selected, findings) = folder.orders(&["3512345678901234572", "3512345678901234561", "3599999999999999999"]);
    assert_eq!(codes(&findings), Vec::<&str>::new());
    let ids: Vec<&str> = selected.orders.iter().map(|o| o.id.as_str()).collect();
    assert_eq!(ids, ["3512345678901234572", "3512345678901234561", "3599999999999999999"]);
    assert!(selected.orders[0].in_export && !selected.orders[2].in_export);

    let order = &selected.orders[1];
    assert_eq!(order.buyer.as_ref().unwrap().value.raw(), "小鱼,同学");
    assert_eq!(order.message.as_ref().unwrap().value.raw(), "请发\"顺丰\"\n谢谢");
    assert_eq!(order.recipient.as_ref().unwrap().value.raw(), "张小凡");
    assert_eq!(order.phones.iter().map(|p| p.value.raw()).collect::<Vec<_>>(), ["13800000001", "0571-88880001"]);
    assert_eq!(order.address.as_ref().unwrap().value.raw(), "浙江省 杭州市 西湖区 文三路1号(310012)");
    assert_eq!(order.paid_at.as_ref().unwrap().value, time("2026-04-01 20:05:02"));
    assert_eq!(order.amount.as_ref().unwrap().value.to_string(), "¥118.00");
    assert_eq!((order.waybills[0].value.number.as_str(), order.waybills[0].value.carrier.as_deref()), ("YT8800000000011", Some("yuantong")));
    assert_eq!(order.waybills[0].place.to_string(), "row 2");
    assert!(order.stages.is_none() && order.shipped_at.is_none());
    assert_eq!(order.lines[0].quantity.unwrap().to_string(), "2");

    let presale = &selected.orders[0];
    assert_eq!(presale.buyer.as_ref().unwrap().value.raw(), "山风😀");
    assert_eq!(presale.address.as_ref().unwrap().value.raw(), "上海 上海市 静安区 南京西路2号(200040)");
    assert_eq!(presale.stages.as_ref().unwrap().value, "阶段1：已付定金 10.00");
    // a record of two lines is one row
    assert_eq!(presale.rows[0].1.to_string(), "row 3");

    assert_eq!(selected.export.len(), 2);
    assert_eq!(&*selected.export[1].waybills[0], "YT8800000000011");
    assert!(!selected.export[0].refunded);
}

#[test]
fn all_rows_stay_for_extracts_as_they_are_written() {
    let folder = Folder::new(&[("o.csv", &gb18030(&list_46()))]);
    let (intake, _) = folder.read();
    let Records::Table(table) = &intake.contents[0].records else { panic!("no table") };
    assert_eq!((table.header.len(), table.rows.len()), (46, 2));
    assert_eq!(table.cell(0, 0), "=\"3512345678901234561\"");
    assert_eq!(table.cell(0, 16), "'13800000001");
    assert_eq!((entry(&intake, "o.csv").kind, entry(&intake, "o.csv").status), (Kind::OrderRecord, Status::Source));
}

#[test]
fn detail_rows_with_one_comma_too_many_add_their_lines() {
    let detail = "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码\n\
        =\"3512345678901234561\",手工竹编收纳篮 大号,49.00,1,OUT-1,颜色分类:原色,,=\"\",卖家已发货,ZL-01,\n\
        =\"3512345678901234561\",竹编杯垫,10.00,2,OUT-2,颜色分类:棕色,,=\"\",卖家已发货,ZL-02,\n";
    let folder = Folder::new(&[("ExportOrderDetailList.csv", &gb18030(detail)), ("ExportOrderList.csv", &gb18030(&list_46()))]);
    let (selected, _) = folder.orders(&["3512345678901234561"]);
    let order = &selected.orders[0];
    let lines: Vec<String> = order
        .lines
        .iter()
        .map(|l| format!("{} {} {} {}", l.title.as_deref().unwrap(), l.sku.as_deref().unwrap(), l.quantity.unwrap(), l.price.unwrap()))
        .collect();
    assert_eq!(lines, ["手工竹编收纳篮 大号 ZL-01 1 ¥49.00", "竹编杯垫 ZL-02 2 ¥10.00"]);
    assert_eq!(order.buyer.as_ref().unwrap().value.raw(), "小鱼,同学");
    assert_eq!(selected.export.len(), 2, "goods lines make no order of their own");
}

#[test]
fn with_a_main_order_column_the_order_column_is_the_sub_order() {
    let text = "\u{feff}订单编号,买家会员名,买家实际支付金额,订单状态,订单创建时间,订单付款时间,宝贝标题,宝贝总数量,物流单号,物流公司,退款金额,主订单编号\n\
        4412345678901234501,云朵,30.00,交易成功,2026-04-01 10:00:00,2026-04-01 10:01:00,甲,1,YT8800000000021,圆通,0.00,4412345678901234500\n\
        4412345678901234502,云朵,20.00,交易成功,2026-04-01 10:00:00,2026-04-01 10:01:00,乙,1,YT8800000000021,圆通,5.00,4412345678901234500\n\
        4412345678901234600,远山,15.00,交易成功,2026-04-01 11:00:00,2026-04-01 11:01:00,丙,1,YT8800000000022,圆通,0.00,\n";
    let folder = Folder::new(&[("66.csv", text.as_bytes())]);
    let (selected, _) = folder.orders(&["4412345678901234502", "4412345678901234600", "4412345678901234500"]);
    assert_eq!(selected.orders.len(), 2);
    assert_eq!(selected.listed.iter().map(|l| (l.order, l.is_sub)).collect::<Vec<_>>(), [(0, true), (1, false), (0, false)]);
    let order = &selected.orders[0];
    assert_eq!(order.id.as_str(), "4412345678901234500");
    assert_eq!(order.sub_ids.iter().map(OrderId::as_str).collect::<Vec<_>>(), ["4412345678901234501", "4412345678901234502"]);
    assert_eq!((order.amount.as_ref().unwrap().value.to_string(), order.refund.as_ref().unwrap().value.to_string()), ("¥50.00".into(), "¥5.00".into()));
    assert_eq!((order.waybills.len(), order.lines.len()), (1, 2));
    assert!(selected.export[0].refunded && !selected.export[1].refunded);
    let (intake, _) = folder.read();
    assert_eq!(orders::known_ids(&intake).len(), 4);
}

#[test]
fn a_list_resaved_by_excel_is_read_and_its_lost_ids_are_told() {
    let text = "订单编号\t买家会员名\t买家实际支付金额\t订单创建时间\t订单付款时间\t物流单号\n\
        3.51235E+17\t云朵\t30\t2026/4/1 20:04\t2026/4/1 20:05\tYT8800000000021\n\
        9876543210123\t远山\t15\t2026/4/1 8:00\t2026/4/1 8:01\tYT8800000000022\n";
    let folder = Folder::new(&[("a.txt", text.as_bytes())]);
    let (selected, findings) = folder.orders(&["9876543210123"]);
    assert_eq!(selected.orders[0].paid_at.as_ref().unwrap().value, time("2026-04-01 08:01:00"));
    let damaged: Vec<_> = findings.all().iter().filter(|f| f.code == Code::OrderIdDamaged).collect();
    assert_eq!(damaged.len(), 1);
    assert_eq!((damaged[0].place.as_ref().unwrap().to_string(), damaged[0].order_id.as_deref()), ("row 2".to_owned(), Some("3.51235E+17")));
    assert_eq!(selected.export.len(), 2, "a damaged row is still an order of its day");
}

#[test]
fn zeros_after_the_15th_digit_damage_a_column_not_one_id() {
    let table = |ids: &[&str]| {
        let rows: String = ids.iter().map(|id| format!("{id},云朵,30,2026-04-01 20:05:00\n")).collect();
        let folder = Folder::new(&[("a.csv", format!("订单编号,买家会员名,买家实际支付金额,订单付款时间\n{rows}").as_bytes())]);
        codes(&folder.orders(&[]).1).len()
    };
    assert_eq!(table(&["351234567890123000", "351234567890124000", "351234567890125000"]), 3);
    assert_eq!(table(&["351234567890123000", "351234567890124001", "351234567890125000"]), 0);
    assert_eq!(table(&["351234567890123000", "351234567890124000"]), 0);
}

#[test]
fn title_description_and_total_rows_are_no_orders() {
    let text = "某某店铺订单报表\n导出时间：2026-04-09,,,\n\n订单编号;买家会员名;买家实际支付金额;订单付款时间\n平台唯一编号;昵称;元;时间\n3512345678901234561;云朵;30;2026-04-01 20:05:00\n合计;;30;\n";
    let folder = Folder::new(&[("a.csv", text.as_bytes())]);
    let (selected, _) = folder.orders(&["3512345678901234561"]);
    assert_eq!(selected.export.len(), 1);
    assert_eq!(selected.orders[0].rows[0].1.to_string(), "row 6");
}

#[test]
fn a_second_export_adds_waybills_but_no_values() {
    let head = "订单编号,买家会员名,买家实际支付金额,订单付款时间,宝贝标题,物流单号,物流公司\n";
    let first = format!("{head}3512345678901234561,云朵,30,2026-04-01 20:05:00,篮,YT8800000000021,圆通速递\n");
    let second = format!("{head}3512345678901234561,改名,99,2026-04-02 20:05:00,篮,\"YT8800000000021,SF1390000000011\",\"圆通速递,顺丰速运\"\n");
    let tracking = "订单号,快递公司,快递单号\n3512345678901234561,中通快递,73100000000011\n";
    let folder = Folder::new(&[("1.csv", first.as_bytes()), ("2.csv", second.as_bytes()), ("3.csv", tracking.as_bytes())]);
    let (selected, _) = folder.orders(&["3512345678901234561"]);
    let order = &selected.orders[0];
    assert_eq!((order.buyer.as_ref().unwrap().value.raw(), order.amount.as_ref().unwrap().value.to_string().as_str()), ("云朵", "¥30.00"));
    let waybills: Vec<_> = order.waybills.iter().map(|w| format!("{} {}", w.value.number, w.value.carrier_text.as_deref().unwrap_or(""))).collect();
    assert_eq!(waybills, ["YT8800000000021 圆通速递", "SF1390000000011 顺丰速运", "73100000000011 中通快递"]);
    assert_eq!(order.lines.len(), 1);
    assert_eq!(selected.export[0].waybills.len(), 3);
}

#[test]
fn numbers_of_more_than_15_digits_in_a_workbook_are_damaged_and_texts_are_not() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "四月订单").unwrap();
    for (column, head) in ["订单编号", "买家会员名", "买家实际支付金额", "订单付款时间"].into_iter().enumerate() {
        sheet.write(2, column as u16, head).unwrap();
    }
    sheet.write(3, 0, "3512345678901234561").unwrap();
    sheet.write(3, 2, 30.5).unwrap();
    sheet.write(3, 3, "2026-04-01 20:05:00").unwrap();
    sheet.write(4, 0, 3_512_345_678_901_234_572_f64).unwrap();
    sheet.write(4, 1, "远山").unwrap();
    let folder = Folder::new(&[("订单", &book.save_to_buffer().unwrap())]);
    let (selected, findings) = folder.orders(&["3512345678901234561"]);
    assert_eq!(selected.orders[0].amount.as_ref().unwrap().value.to_string(), "¥30.50");
    assert_eq!(selected.orders[0].rows[0].1.to_string(), "Sheet1 row 4");
    let places: Vec<String> = findings.all().iter().map(|f| format!("{} {}", f.code.as_str(), f.place.as_ref().unwrap())).collect();
    assert_eq!(places, ["order-id-damaged Sheet1 row 5"]);
}

#[test]
fn courier_bills_give_weights_in_kilograms() {
    let text = "顺丰速运月结账单,,,,,\n\n序号,运单号码,寄件地区,到件地区,计费重量,应付金额,服务\n1,SF1390000000011,杭州,上海,1.20,12.00,标快\n2,SF1390000000012,杭州,北京,350g,23,标快\n合计,,,,1.55,35,\n";
    let grams = "运单号,重量（g）,日期\nYT8800000000021,850,2026-04-02\n";
    let folder = Folder::new(&[("对账单.csv", &gb18030(text)), ("站点.csv", grams.as_bytes())]);
    let (intake, _) = folder.read();
    let Content::Bill(rows) = content(&intake, "对账单.csv") else { panic!("{:?}", content(&intake, "对账单.csv")) };
    let shown: Vec<String> = rows.iter().map(|r| format!("{} {} {} {}", r.waybill, r.weight_kg.unwrap().normalize(), r.fee.unwrap(), r.place)).collect();
    assert_eq!(shown, ["SF1390000000011 1.2 12.00 row 4", "SF1390000000012 0.35 23 row 5"]);
    assert_eq!(rows[0].to.as_deref(), Some("上海"));
    let Content::Bill(rows) = content(&intake, "站点.csv") else { panic!("no bill") };
    assert_eq!(rows[0].weight_kg.unwrap().normalize().to_string(), "0.85");
    assert_eq!((entry(&intake, "站点.csv").kind, entry(&intake, "站点.csv").status), (Kind::CourierBill, Status::Unmatched));
}

#[test]
fn stock_tables_tell_what_leaves() {
    let outbound = "单据编号,条码,名称,规格,型号,颜色,品牌,制造商,单位,多属性,数量,单价,金额,税率(%),税额,往来单位,仓库,出库日期,备注\n\
        XSCK001,6900000000011,竹篮,大,,,,,个,,2,49,98,0,0,零散客户,主仓,2026-04-01,淘宝订单3512345678901234561\n\
        XSCK002,6900000000011,竹篮,大,,,,,个,,1,49,49,0,0,零散客户,主仓,2026-04-02 09:30:00,\n\
        合计,,,,,,,,,,3,,147,,,,,,\n";
    let flow =
        "单据编号,类型,条码,名称,仓库名称,数量,单价,金额,日期\nLSCK1,零售出库,69,竹篮,主仓,2,1,2,2026-04-01\nCGRK1,采购入库,69,竹篮,主仓,50,1,50,2026-03-01\n";
    let long = "主键ID,库位编号,盘点状态,库区,物料编号,物料名称,物料类型,容器号,库存数量,盘点数量,盘盈数量,盘亏数量,物料规格,生产日期,批次号,备注1\n1,A1,已盘,一区,M1,竹篮,成品,,10,9,0,1,大,,,\n";
    let short = "仓库名称,物资编号,账面数量,实盘数量,盘盈数量,盘亏数量,账面价值\n主仓,M1,12,12,0,0,100\n合计,,12,12,0,0,100\n";
    let head = "出库单号,出库类型,仓库,出库日期,数量合计,经办人,状态\nCK1,销售出库,主仓,2026-04-01,3,王,已审核\n";
    let ledger = "Date,Item,Item Name,Stock UOM,In Qty,Out Qty,Balance Qty,Voucher #,Warehouse\n2026-04-01,A1,Basket,Nos,0,-2,8,DN-1,Main\n";
    let folder = Folder::new(&[
        ("ck.csv", outbound.as_bytes()),
        ("flow.csv", flow.as_bytes()),
        ("head.csv", head.as_bytes()),
        ("ledger.csv", ledger.as_bytes()),
        ("long.csv", long.as_bytes()),
        ("orders.csv", &gb18030(&list_46())),
        ("short.csv", short.as_bytes()),
    ]);
    let (intake, findings) = folder.read();
    assert_eq!(codes(&findings), Vec::<&str>::new());
    let out = |path: &str| match content(&intake, path) {
        Content::StockMovements(rows) => rows.iter().map(|r| format!("{} {}", r.document.as_deref().unwrap(), r.out)).collect::<Vec<_>>(),
        other => panic!("{path}: {other:?}"),
    };
    assert_eq!(out("ck.csv"), ["XSCK001 2", "XSCK002 1"]);
    assert_eq!(out("flow.csv"), ["LSCK1 2", "CGRK1 -50"]);
    assert_eq!(out("head.csv"), ["CK1 3"]);
    assert_eq!(out("ledger.csv"), ["DN-1 2"]);
    let Content::StockMovements(rows) = content(&intake, "ck.csv") else { panic!() };
    assert_eq!(rows[0].order.as_ref().map(OrderId::as_str), Some("3512345678901234561"), "named in the remark");
    assert!(rows[1].order.is_none() && rows[1].at_has_time && !rows[0].at_has_time);
    let counts = |path: &str| match content(&intake, path) {
        Content::StockCounts(rows) => {
            rows.iter().map(|r| format!("{} {} {}", r.sku.as_deref().unwrap(), r.booked.unwrap(), r.counted.unwrap())).collect::<Vec<_>>()
        }
        other => panic!("{path}: {other:?}"),
    };
    assert_eq!((counts("long.csv"), counts("short.csv")), (vec!["M1 10 9".to_owned()], vec!["M1 12 12".to_owned()]));
    assert_eq!(entry(&intake, "long.csv").kind, Kind::StockCount);
}

#[test]
fn tables_that_may_explain_the_orders_are_told_apart() {
    let cases: [(&str, &str, CauseExpect); 6] = [
        ("live.csv", "直播场次,开播时间,下播时间,观看人数\n春茶专场,2026-04-01 20:00:00,2026-04-01 23:00:00,1200\n", ("Live", "promotion", 0)),
        ("活动.csv", "活动名称,活动开始时间,活动结束时间\n四月大促,2026/4/1 0:00,2026/4/3 23:59\n", ("Promotion", "promotion", 0)),
        ("流量.csv", "统计日期,流量来源,访客数\n2026-04-01,手淘推荐,3021\n合计,,3021\n", ("Traffic", "traffic", 0)),
        ("ads.csv", "日期,推广计划名称,花费,点击量\n2026-04-01,新品计划,120.5,300\n", ("Ads", "promotion", 0)),
        ("tk.csv", "成交订单号,推广者,佣金比率,成交时间\n3512345678901234561,达人阿青,10%,2026-04-01 20:05:00\n", ("Affiliate", "promotion", 1)),
        ("live-orders.csv", "直播场次,成交订单号,日期\n春茶专场,\"3512345678901234561,3512345678901234572\",2026-04-01\n", ("Live", "promotion", 2)),
    ];
    type CauseExpect = (&'static str, &'static str, usize);
    let files: Vec<(&str, &[u8])> = cases.iter().map(|(path, text, _)| (*path, text.as_bytes())).collect();
    let (intake, _) = Folder::new(&files).read();
    for (path, _, (cause, kind, orders)) in cases {
        let Content::Causes(table) = content(&intake, path) else { panic!("{path}: {:?}", content(&intake, path)) };
        assert_eq!((format!("{:?}", table.cause), table.rows.len()), (cause.to_owned(), 1), "{path}");
        assert_eq!((entry(&intake, path).kind.as_str(), table.rows[0].orders.len()), (kind, orders), "{path}");
        assert!(table.rows[0].from.is_some(), "{path}");
    }
    let Content::Causes(table) = content(&intake, "活动.csv") else { panic!() };
    assert_eq!((table.rows[0].label.as_deref(), table.rows[0].to), (Some("四月大促"), Some(time("2026-04-03 23:59:00"))));
}

#[test]
fn invoice_lists_are_read_by_line() {
    let text = "发票号码,开票日期,销售方,购买方,货物名称,数量,单价,金额\n26330000000000000011,2026-03-01,青竹编织厂,竹里手作,*竹制品*竹篮,100,20.00,2000.00\n合计,,,,,100,,2000.00\n";
    let (intake, _) = Folder::new(&[("发票.csv", text.as_bytes())]).read();
    let Content::Invoices(rows) = content(&intake, "发票.csv") else { panic!() };
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].number.as_deref(), rows[0].buyer.as_deref()), (Some("26330000000000000011"), Some("竹里手作")));
    assert_eq!(rows[0].line.as_ref().unwrap().price.unwrap().to_string(), "¥20.00");
}

#[test]
fn columns_of_case_toml_map_an_unknown_table() {
    let text = "我的编号,网店单,顾客,付了,寄出号\n1,AB-2026-0001,云朵,30,YT8800000000021\n";
    let mut folder = Folder::new(&[("own/怪表.csv", text.as_bytes())]);
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    let (intake, _) = folder.read();
    assert!(matches!(content(&intake, "own/怪表.csv"), Content::Text(_)), "unknown without the map");
    assert!(matches!(&intake.contents[0].records, Records::Table(t) if t.rows.len() == 1), "but it can be cut by rows");

    let rule = Columns {
        dates: None,
        file: "怪表.csv".into(),
        map: map(&[("order_id", "网店单"), ("buyer", "顾客"), ("amount", "付了"), ("tracking_no", "寄出号")]),
        line: 7,
    };
    folder.settings.columns = vec![rule.clone()];
    let (selected, _) = folder.orders(&["AB-2026-0001"]);
    assert_eq!(selected.orders[0].buyer.as_ref().unwrap().value.raw(), "云朵");
    assert_eq!(selected.orders[0].waybills[0].value.number, "YT8800000000021");

    folder.settings.columns = vec![Columns { map: map(&[("order_id", "网店单"), ("tracking_no", "寄出号")]), ..rule.clone() }];
    folder.settings.assign = vec![Assign { file: "怪表.csv".into(), orders: None, kind: Some(Kind::CourierBill), line: 3 }];
    let (intake, _) = folder.read();
    assert!(matches!(content(&intake, "own/怪表.csv"), Content::Bill(rows) if rows.len() == 1), "the assigned kind says how to read it");

    folder.settings.columns = vec![Columns { map: map(&[("oder_id", "网店单")]), ..rule.clone() }];
    assert_eq!(
        folder.refused(),
        "case.toml line 7 [[columns]]: there is no field oder_id / did you mean order_id? `appealpack explain columns` lists all fields"
    );
    folder.settings.columns = vec![Columns { map: map(&[("order_id", "网单")]), ..rule.clone() }];
    assert_eq!(
        folder.refused(),
        "case.toml line 7 [[columns]]: own/怪表.csv has no row with the column 网单 / the table has: 我的编号, 网店单, 顾客, 付了, 寄出号"
    );
    folder.settings.columns = vec![Columns { file: "没有.csv".into(), ..rule }];
    assert!(folder.refused().starts_with("case.toml line 7 [[columns]]: no table is named 没有.csv"));
}

#[test]
fn values_keep_the_row_they_stand_in() {
    let folder = Folder::new(&[("o.csv", &gb18030(&list_46()))]);
    let (selected, _) = folder.orders(&["3512345678901234561"]);
    let order: &Order = &selected.orders[0];
    for place in [order.buyer.as_ref().unwrap().place.to_string(), order.amount.as_ref().unwrap().place.to_string(), order.lines[0].place.to_string()] {
        assert_eq!(place, "row 2");
    }
}
