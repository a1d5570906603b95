//! What `check` does not print of the layouts' fixtures under tests/cases: addresses, amounts, goods.

use super::*;

/// The orders of a fixture's `in/` folder.
fn fixture(name: &str, listed: &[&str]) -> (orders::Selected, Findings) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).join("in");
    let mut findings = Findings::default();
    let intake = read(&root, &CaseSettings::default(), None, &context(1), &mut findings).unwrap();
    let listed: Vec<OrderId> = listed.iter().map(|id| OrderId::new(*id)).collect();
    let selected = orders::select(&intake, &listed, &context(1), &mut findings);
    (selected, findings)
}

fn address(order: &Order) -> &str {
    order.address.as_ref().map_or("", |a| a.value.raw())
}

fn amount(order: &Order) -> String {
    order.amount.as_ref().map(|a| a.value.to_string()).unwrap_or_default()
}

fn goods(order: &Order) -> Vec<String> {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    order.lines.iter().map(|l| format!("{} {} {}", text(&l.title), text(&l.sku), l.quantity.map(|q| q.to_string()).unwrap_or_default())).collect()
}

#[test]
fn merged_cells_of_1688_are_filled_down() {
    let (selected, _) = fixture("layout-1688/merged-cells", &["4012345678901234567"]);
    let order = &selected.orders[0];
    assert_eq!(order.rows.len(), 2, "the second line has no number of its own");
    assert_eq!(goods(order), ["加厚收纳箱 大号 SNX-L-B 10", "加厚收纳箱 中号 SNX-M-B 20"]);
    assert_eq!((amount(order), address(order)), ("¥560.00".into(), "浙江省 丽水市 莲都区 中山街88号"));
    assert_eq!(selected.export.len(), 2);
}

#[test]
fn pinduoduo_tells_the_day_by_the_number_only() {
    let ids = ["260401-123456789012345", "260402-223456789012345"];
    let (selected, _) = fixture("layout-pinduoduo/empty-deal-time-and-a-total", &ids);
    let order = &selected.orders[0];
    assert!(order.created_at.is_none() && order.paid_at.is_none(), "a day is no time of placing");
    assert_eq!(order.day.as_ref().map(|d| d.value), Some(time("2026-04-01").at));
    assert_eq!(selected.export.iter().map(|e| e.at).collect::<Vec<_>>(), [Some(time("2026-04-01")), Some(time("2026-04-02"))]);
    assert_eq!((selected.export.len(), amount(order)), (2, "¥17.90".into()), "the total is no order");
    let (selected, _) = fixture("layout-pinduoduo/paid-time-and-masked-region", &ids);
    assert_eq!(address(&selected.orders[0]), "**** **** ****");
}

#[test]
fn douyin_rows_hold_several_lines_and_ciphertext_is_no_name() {
    let (selected, _) = fixture("layout-douyin/merged-rows-and-ciphertext", &["6917400000000000011", "6917400000000000022"]);
    let (hidden, merged) = (&selected.orders[0], &selected.orders[1]);
    assert!(hidden.recipient.is_none() && hidden.phones.is_empty());
    assert_eq!(address(hidden), "浙江省 杭州市 西湖区 北山街道");
    assert_eq!(goods(merged), ["亚麻围裙 WQ-H 2", "隔热手套 GR-1 1"]);
    assert_eq!(merged.lines.iter().filter_map(|l| l.sub_id.as_ref()).map(OrderId::as_str).collect::<Vec<_>>(), ["6917400000000000023", "6917400000000000024"]);
    assert_eq!((address(merged), amount(merged)), ("江苏省 南京市 鼓楼区 丙路22号", "¥97.00".into()));
}

#[test]
fn currencies_are_never_guessed() {
    let first = |name: &str, id: &str| fixture(name, &[id]).0.orders.remove(0);
    let ebay = first("layout-ebay/blank-first-line-and-record-number", "12-10001-20001");
    assert_eq!((amount(&ebay), address(&ebay)), ("USD 1900.00".into(), "22 Elm Ave Boston MA 02108 United States"));
    assert_eq!(amount(&first("layout-ebay/british-heads", "12-10001-20009")), "GBP 13.50");
    let shopify = first("layout-shopify/order-fields-on-the-first-line", "#1001");
    assert_eq!((amount(&shopify), goods(&shopify)), ("USD 57.00".into(), vec!["Walnut spoon SP-W 1".into(), "Walnut bowl BW-W 2".into()]));
    assert_eq!(shopify.message.as_ref().unwrap().value.raw(), "gift,\nplease wrap");
    let tiktok = first("layout-tiktok-shop/american-months-first-by-country", "577000000000000001");
    assert_eq!(amount(&tiktok), "12.00", "nothing says dollars");
    let lazada = first("layout-lazada/a-row-a-piece", "880000000000900");
    assert_eq!((amount(&lazada), lazada.sub_ids.len()), ("45.50".into(), 2));
    let local = crate::model::Moment { zone_unknown: true, ..time("2026-04-01 15:04") };
    assert_eq!(lazada.created_at.unwrap().value, local, "the shop's own clock, which the export does not name");
    let amazon = first("layout-amazon/all-orders-with-short-rows", "113-1234567-7654322");
    assert_eq!((amount(&amazon), address(&amazon)), (String::new(), "Austin TX 73301 US"));
}

#[test]
fn an_erps_sub_order_does_not_make_an_order_of_its_own() {
    let taobao = "主订单编号,订单编号,买家会员名,总金额,订单状态\n3512345678901234561,3512345678901234562,云朵,59.00,交易成功\n";
    let erp = "订单编号,店铺,子单原始单号,订单状态,交易时间,付款时间,买家实付,货品名称,实发数量\nJY1,店,3512345678901234562,已发货,2026-04-01 20:00:00,2026-04-01 20:00:30,59.00,木铲,1\n";
    let folder = Folder::new(&[("a-erp.csv", erp.as_bytes()), ("b.csv", taobao.as_bytes())]);
    let (selected, _) = folder.orders(&["3512345678901234562"]);
    assert_eq!(selected.orders[0].id.as_str(), "3512345678901234561");
    assert_eq!(selected.export.len(), 1);
    assert_eq!(selected.orders[0].paid_at.as_ref().unwrap().value, time("2026-04-01 20:00:30"));
}
