//! The tables that a shop holds beside the exports: couriers' bills, stock, the live evening's and the promotion's order lists, traffic, invoices.

use super::exports::{csv, gb18030};
use super::people::{COMPANY, PLACES, PRODUCTS};
use super::world::{Carrier, Cause, Order, Quirk, at, live, promotion, yuan};
use chrono::Duration;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use std::io::{Cursor, Read, Write};

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A cell of a sheet.
pub enum Cell {
    Text(String),
    Number(f64),
}

fn text(value: impl Into<String>) -> Cell {
    Cell::Text(value.into())
}

/// Writes a workbook of one sheet. Its members are stored again without compression: equal bytes on every machine.
pub fn xlsx(sheet: &str, rows: &[Vec<Cell>]) -> Result<Vec<u8>, Failure> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 4, 9)?.and_hms(9, 0, 0)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let page = book.add_worksheet().set_name(sheet)?;
    let plain = Format::new();
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            match cell {
                Cell::Text(words) => page.write_string_with_format(r as u32, c as u16, words, &plain)?,
                Cell::Number(number) => page.write_number(r as u32, c as u16, *number)?,
            };
        }
    }
    let mut source = zip::ZipArchive::new(Cursor::new(book.save_to_buffer()?))?;
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..source.len() {
        let mut member = source.by_index(i)?;
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes)?;
        let how = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored).last_modified_time(zip::DateTime::default());
        out.start_file(member.name()?.to_string(), how)?;
        out.write_all(&bytes)?;
    }
    Ok(out.finish()?.into_inner())
}

/// Parcels that were picked up in April, of a courier.
fn april(orders: &[Order], carrier: Carrier) -> impl Iterator<Item = &Order> {
    orders.iter().filter(move |o| o.carrier == carrier && o.picked >= at(4, 1, 0, 0) && !o.waybill.is_empty())
}

/// Grams on the courier's bill.
fn billed(order: &Order) -> i64 {
    if order.quirk == Some(Quirk::Light) { order.grams() / 3 } else { order.grams() }
}

fn fee(order: &Order) -> i64 {
    900 + (order.grams() - 1).max(0) / 1000 * 240
}

/// 顺丰's monthly bill: title rows, a table, a line of totals.
pub fn sf_bill(orders: &[Order]) -> Result<Vec<u8>, Failure> {
    let mut rows = vec![
        vec![text("顺丰速运 月结客户对账单")],
        vec![text("月结账号：5790000618"), text(""), text(format!("客户名称：{COMPANY}"))],
        vec![text("账期：2026-04-01 至 2026-04-09")],
        ["序号", "日期", "运单号码", "寄件地区", "到件地区", "对方公司名称", "计费重量", "产品类型", "付款方式", "应付金额", "服务"].map(text).into(),
    ];
    let mut sum = 0;
    for (i, order) in april(orders, Carrier::Sf).enumerate() {
        let (_, city, _, _) = PLACES[order.place];
        sum += fee(order);
        rows.push(vec![
            Cell::Number(i as f64 + 1.0),
            text(order.picked.format("%Y-%m-%d").to_string()),
            text(&order.waybill),
            text("永康"),
            text(city.trim_end_matches('市')),
            text(""),
            Cell::Number(billed(order) as f64 / 1000.0),
            text("顺丰标快"),
            text("寄付月结"),
            Cell::Number(fee(order) as f64 / 100.0),
            text("标准"),
        ]);
    }
    let mut total: Vec<Cell> = (0..11).map(|_| text("")).collect();
    total[0] = text("合计");
    total[9] = Cell::Number(sum as f64 / 100.0);
    rows.push(total);
    xlsx("账单明细", &rows)
}

/// 圆通's bill as csv in GB18030.
pub fn yto_bill(orders: &[Order]) -> Vec<u8> {
    let mut rows = vec![["运单号", "寄件日期", "寄件地", "目的地", "计费重量(kg)", "运费(元)"].map(str::to_owned).to_vec()];
    for order in april(orders, Carrier::Yto) {
        let (province, city, _, _) = PLACES[order.place];
        rows.push(vec![
            order.waybill.clone(),
            order.picked.format("%Y/%-m/%-d").to_string(),
            "浙江金华".into(),
            format!("{province}{city}"),
            format!("{:.2}", billed(order) as f64 / 1000.0),
            yuan(fee(order)),
        ]);
    }
    gb18030(&csv(&rows))
}

/// 中通's station sheet of pick-ups; `without` is a waybill that was not weighed.
pub fn zto_sheet(orders: &[Order], without: Option<&str>) -> Result<Vec<u8>, Failure> {
    let mut rows = vec![["运单号", "揽收时间", "揽收网点", "重量(kg)", "目的地"].map(text).into()];
    for order in april(orders, Carrier::Zto).filter(|o| Some(o.waybill.as_str()) != without) {
        let (province, city, _, _) = PLACES[order.place];
        rows.push(vec![
            text(&order.waybill),
            text(order.picked.format("%Y-%m-%d %H:%M").to_string()),
            text("永康东城"),
            Cell::Number(billed(order) as f64 / 1000.0),
            text(format!("{province}{city}")),
        ]);
    }
    xlsx("揽收明细", &rows)
}

/// The outbound detail of the stock program, the platform's order number in the remark.
pub fn stock_out(orders: &[Order], wrong: Option<&str>) -> Result<Vec<u8>, Failure> {
    let heads = ["单据编号", "条码", "名称", "规格", "型号", "颜色", "单位", "数量", "单价", "金额", "往来单位", "仓库", "出库日期", "备注"];
    let mut rows = vec![heads.map(text).into()];
    for (i, order) in orders.iter().filter(|o| o.picked >= at(4, 1, 0, 0) && o.quirk != Some(Quirk::NoStock)).enumerate() {
        let out = if order.quirk == Some(Quirk::EarlyStock) { order.paid - Duration::hours(50) } else { order.picked - Duration::minutes(70) };
        for &(p, n) in &order.lines {
            let article = &PRODUCTS[p];
            let pieces = if wrong == Some(order.id.as_str()) { n + 2 } else { n };
            rows.push(vec![
                text(format!("XSCK{}{:04}", out.format("%Y%m%d"), i + 1)),
                text(article.sku),
                text(article.short),
                text(article.attributes),
                text(""),
                text(""),
                text("件"),
                Cell::Number(pieces as f64),
                Cell::Number(article.price as f64 / 100.0),
                Cell::Number((article.price * pieces) as f64 / 100.0),
                text("零售客户"),
                text("永康成品仓"),
                text(out.format("%Y-%m-%d %H:%M:%S").to_string()),
                text(format!("淘宝订单{}", order.id)),
            ]);
        }
    }
    xlsx("出库明细", &rows)
}

/// The article that the spoilt count has run out of.
const SHORT: usize = 9;

/// The count of 31 March; `short`: one article has run out.
pub fn stock_count(short: bool) -> Vec<u8> {
    let heads = ["盘点日期", "仓库名称", "物资编号", "物资名称", "账面数量", "实盘数量", "盘盈数量", "盘亏数量", "账面价值"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for (i, article) in PRODUCTS.iter().enumerate() {
        let pieces = if short && i == SHORT { 0 } else { 1800 + i as i64 * 137 };
        rows.push(vec![
            if short { "2026-03-20" } else { "2026-03-31" }.into(),
            "永康成品仓".into(),
            article.sku.into(),
            article.short.into(),
            pieces.to_string(),
            pieces.to_string(),
            "0".into(),
            "0".into(),
            yuan(article.price * 6 / 10 * pieces),
        ]);
    }
    csv(&rows).into_bytes()
}

/// The live evening's orders as the console exports them: UTF-8 with BOM, ids end with a tab.
pub fn live_orders(orders: &[Order]) -> Vec<u8> {
    let heads = ["直播场次ID", "直播标题", "开播时间", "下播时间", "订单编号", "下单时间", "支付时间", "商品标题", "成交金额"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for order in orders.iter().filter(|o| o.cause == Cause::Live) {
        rows.push(vec![
            "4602180042731\t".into(),
            "春日下厨专场".into(),
            live().0.format("%Y-%m-%d %H:%M:%S").to_string(),
            live().1.format("%Y-%m-%d %H:%M:%S").to_string(),
            format!("{}\t", order.id),
            order.created.format("%Y-%m-%d %H:%M:%S").to_string(),
            order.paid.format("%Y-%m-%d %H:%M:%S").to_string(),
            PRODUCTS[order.lines[0].0].title.into(),
            yuan(order.total()),
        ]);
    }
    format!("\u{feff}{}", csv(&rows)).into_bytes()
}

/// The promotion's orders.
pub fn promotion_orders(orders: &[Order]) -> Vec<u8> {
    let heads = ["活动名称", "活动开始时间", "活动结束时间", "订单编号", "支付时间", "商品标题", "支付金额"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for order in orders.iter().filter(|o| o.cause == Cause::Promotion) {
        rows.push(vec![
            "厨房焕新季".into(),
            promotion().0.format("%Y-%m-%d %H:%M:%S").to_string(),
            promotion().1.format("%Y-%m-%d %H:%M:%S").to_string(),
            format!("{}\t", order.id),
            order.paid.format("%Y-%m-%d %H:%M:%S").to_string(),
            PRODUCTS[order.lines[0].0].title.into(),
            yuan(order.total()),
        ]);
    }
    format!("\u{feff}{}", csv(&rows)).into_bytes()
}

/// Visitors a day of the week around the live evening.
pub fn traffic(orders: &[Order]) -> Vec<u8> {
    let mut rows = vec![["统计日期", "访客数", "直播访客数", "支付买家数"].map(str::to_owned).to_vec()];
    for day in 0..7 {
        let date = (at(3, 30, 0, 0) + Duration::days(day)).date();
        let buyers = orders.iter().filter(|o| o.paid.date() == date).count() as i64;
        let of_live = if date == live().0.date() { 5_862 } else { 0 };
        rows.push(vec![date.to_string(), (buyers * 37 + 120 + day * 7 % 41 + of_live).to_string(), of_live.to_string(), buyers.to_string()]);
    }
    gb18030(&csv(&rows))
}

/// Purchases of the shop, enough for what it sold, below its prices, before its sales.
pub fn invoices(orders: &[Order], spoilt: bool) -> Vec<u8> {
    let heads = ["发票号码", "开票日期", "销售方名称", "购买方名称", "货物名称", "规格型号", "单位", "数量", "单价", "金额", "税额", "价税合计"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    let bought = (orders.len() as i64 / 500 + 1) * 600;
    for (i, article) in PRODUCTS.iter().enumerate() {
        let mut price = article.price * 4 / 10;
        let mut bought = bought;
        let (mut date, mut company, mut goods, mut model) = (format!("2026-02-{:02}", 3 + i), COMPANY, article.short, article.sku);
        let mut total = 113;
        // one test of invoices fails in each of the first rows
        match i {
            0 if spoilt => date = "2026-04-08".into(),
            1 if spoilt => bought = 1,
            2 if spoilt => company = "永康市别处贸易有限公司",
            3 if spoilt => price = article.price + 100,
            4 if spoilt => (goods, model) = ("运输服务", ""),
            5 if spoilt => total = 140,
            _ => {}
        }
        rows.push(vec![
            format!("263320000041{:08}", 60_117 + i * 23),
            date,
            "永康市样板金属制品厂".into(),
            company.into(),
            goods.into(),
            model.into(),
            "件".into(),
            bought.to_string(),
            yuan(price),
            yuan(price * bought),
            yuan(price * bought * 13 / 100),
            yuan(price * bought * total / 100),
        ]);
    }
    csv(&rows).into_bytes()
}
