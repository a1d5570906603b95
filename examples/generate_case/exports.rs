//! The platform's exports, in the layouts of 2017 that public code reads: 46 columns in GB18030 with `="…"` ids, and the goods lines with their extra comma.

use super::people::{PRODUCTS, SHOP};
use super::world::{Carrier, Order, Quirk, yuan};

/// The heads of ExportOrderList. The trailing spaces are the platform's own.
pub const HEADS: [&str; 46] = [
    "订单编号",
    "买家会员名",
    "买家支付宝账号",
    "买家应付货款",
    "买家应付邮费",
    "买家支付积分",
    "总金额",
    "返点积分",
    "买家实际支付金额",
    "买家实际支付积分",
    "订单状态",
    "买家留言",
    "收货人姓名",
    "收货地址 ",
    "运送方式",
    "联系电话 ",
    "联系手机",
    "订单创建时间",
    "订单付款时间 ",
    "宝贝标题 ",
    "宝贝种类 ",
    "物流单号 ",
    "物流公司",
    "订单备注",
    "宝贝总数量",
    "店铺Id",
    "店铺名称",
    "订单关闭原因",
    "卖家服务费",
    "买家服务费",
    "发票抬头",
    "是否手机订单",
    "分阶段订单信息",
    "特权订金订单id",
    "是否上传合同照片",
    "是否上传小票",
    "是否代付",
    "定金排名",
    "修改后的sku",
    "修改后的收货地址",
    "异常信息",
    "天猫卡券抵扣",
    "集分宝抵扣",
    "是否是O2O交易",
    "退款金额",
    "预约门店",
];

/// A cell, quoted when it must be.
pub fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) && !text.starts_with('=') { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// Lines of cells as csv with CRLF.
pub fn csv<T: AsRef<str>>(rows: &[Vec<T>]) -> String {
    let lines = rows.iter().map(|row| row.iter().map(|c| cell(c.as_ref())).collect::<Vec<_>>().join(",") + "\r\n");
    lines.collect()
}

/// GB18030 bytes: emoji in nicks take its four-byte forms.
pub fn gb18030(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

fn state(order: &Order) -> &'static str {
    if order.refund > 0 {
        return "交易关闭";
    }
    let asked = super::world::at(4, 10, 9, 30);
    if order.delivered + chrono::Duration::days(2) < asked { "交易成功" } else { "卖家已发货，等待买家确认" }
}

/// ExportOrderList. `skip` are orders that the export lacks, `damaged` ids that a spreadsheet program spoiled.
pub fn order_list(orders: &[Order], skip: &[String], damaged: &[String]) -> Vec<u8> {
    let mut rows = vec![HEADS.map(str::to_owned).to_vec()];
    for order in orders.iter().rev().filter(|o| !skip.contains(&o.id)) {
        let titles: Vec<&str> = order.lines.iter().map(|&(p, _)| PRODUCTS[p].title).collect();
        let total = yuan(order.total());
        let time = |t: chrono::NaiveDateTime| t.format("%Y-%m-%d %H:%M:%S").to_string();
        let id = if damaged.contains(&order.id) {
            let digits = &order.id;
            format!("{}.{}E+{}", &digits[..1], &digits[1..3], digits.len() - 1)
        } else {
            format!("=\"{}\"", order.id)
        };
        let waybill = if order.carrier == Carrier::Zto && !order.waybill.is_empty() { format!("=\"{}\"", order.waybill) } else { order.waybill.clone() };
        let named: [(usize, String); 30] = [
            (0, id),
            (1, order.nick.clone()),
            (2, format!("{}***@example.com", &order.phone[9..])),
            (3, total.clone()),
            (4, "0.00".into()),
            (5, "0".into()),
            (6, total.clone()),
            (7, "0".into()),
            (8, total),
            (9, "0".into()),
            (10, state(order).into()),
            (11, order.message.clone()),
            (12, order.recipient.clone()),
            (13, order.address()),
            (14, "快递".into()),
            (16, format!("'{}", order.phone)),
            (17, time(order.created)),
            (18, time(order.paid)),
            (19, titles.join("，")),
            (20, order.lines.len().to_string()),
            (21, waybill),
            (22, if order.quirk == Some(Quirk::OtherCarrier) { "其他物流公司" } else { order.carrier.name() }.into()),
            (23, order.remark.clone()),
            (24, (order.pieces() + i64::from(order.quirk == Some(Quirk::MorePieces))).to_string()),
            (25, "0".into()),
            (26, SHOP.into()),
            (27, if order.refund > 0 { "退款" } else { "订单未关闭" }.into()),
            (31, "手机订单".into()),
            (33, "=\"\"".into()),
            (44, yuan(order.refund)),
        ];
        let mut row = vec![String::new(); HEADS.len()];
        for (i, value) in named {
            row[i] = value;
        }
        rows.push(row);
    }
    gb18030(&csv(&rows))
}

/// ExportOrderDetailList: ten heads, eleven fields a line.
pub fn detail_list(orders: &[Order], skip: &[String]) -> Vec<u8> {
    let heads = ["订单编号", "标题", "价格", "购买数量", "外部系统编号", "商品属性", "套餐信息", "备注", "订单状态", "商家编码"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for order in orders.iter().rev().filter(|o| !skip.contains(&o.id)) {
        for &(p, n) in &order.lines {
            let article = &PRODUCTS[p];
            rows.push(vec![
                format!("=\"{}\"", order.id),
                article.title.into(),
                yuan(article.price),
                n.to_string(),
                article.sku.into(),
                article.attributes.into(),
                String::new(),
                String::new(),
                state(order).into(),
                article.sku.into(),
                String::new(),
            ]);
        }
    }
    gb18030(&csv(&rows))
}
