//! The other pictures: the promotion's page as seen on a computer, the warehouse, for which nobody asked.

use super::canvas::{BLACK, Canvas, GREY, Pen, WHITE};
use super::people::{PRODUCTS, SHOP};
use super::rng::Rng;
use super::world::{Order, yuan};

/// A console page with the promotion's name, time and articles, and the orders it brought.
pub fn promotion(pen: &mut Pen, orders: &[&Order]) -> Canvas {
    let shown = orders.len().min(12) as i64;
    let mut c = Canvas::new(1440, 760 + shown * 40, [245, 246, 248]);
    c.rect(0, 0, 1440, 76, [32, 38, 52]);
    c.text(pen, 36, 50, 30.0, true, WHITE, "商家后台 · 营销活动");
    c.text(pen, 1130, 50, 24.0, false, WHITE, SHOP);
    for (i, word) in ["活动报名", "已报活动", "活动数据", "优惠工具", "直播管理"].iter().enumerate() {
        let y = 140 + i as i64 * 60;
        c.text(pen, 44, y, 26.0, i == 1, if i == 1 { [230, 90, 30] } else { GREY }, word);
    }
    c.round_rect(230, 104, 1174, 216, 10, WHITE);
    c.text(pen, 262, 160, 34.0, true, BLACK, "厨房焕新季");
    c.round_rect(470, 130, 108, 40, 8, [226, 244, 230]);
    c.text(pen, 486, 158, 24.0, false, [40, 130, 70], "已结束");
    c.text(pen, 262, 214, 26.0, false, BLACK, "活动时间：2026-04-01 00:00:00 至 2026-04-03 23:59:59");
    c.text(pen, 262, 256, 26.0, false, BLACK, "报名编号：HD20260318-0427      审核状态：审核通过");
    c.text(pen, 262, 298, 26.0, false, BLACK, "展示位置：会场货架、店铺首页、搜索结果");
    c.round_rect(230, 344, 1174, 250, 10, WHITE);
    c.text(pen, 262, 392, 28.0, true, BLACK, "活动商品");
    for (i, article) in PRODUCTS.iter().take(4).enumerate() {
        let y = 436 + i as i64 * 40;
        c.text(pen, 262, y, 24.0, false, BLACK, article.title);
        c.text(pen, 1180, y, 24.0, false, BLACK, &format!("活动价 {}", yuan(article.price)));
    }
    c.round_rect(230, 618, 1174, 112 + shown * 40, 10, WHITE);
    c.text(pen, 262, 666, 28.0, true, BLACK, &format!("活动订单（显示 {shown} / {} 笔）", orders.len()));
    for (i, order) in orders.iter().take(shown as usize).enumerate() {
        let y = 712 + i as i64 * 40;
        c.text(pen, 262, y, 24.0, false, BLACK, &order.id);
        c.text(pen, 620, y, 24.0, false, GREY, &order.paid.format("%Y-%m-%d %H:%M:%S").to_string());
        c.text(pen, 1180, y, 24.0, false, BLACK, &yuan(order.total()));
    }
    c
}

/// Shelves with boxes.
pub fn warehouse(rng: &mut Rng) -> Canvas {
    let mut c = Canvas::new(1024, 768, [198, 200, 196]);
    c.rect(0, 560, 1024, 208, [150, 146, 140]);
    for shelf in 0..4 {
        let y = 90 + shelf * 140;
        let mut x = 40;
        while x < 960 {
            let (w, h) = (rng.range(60, 120), rng.range(50, 100));
            let tone = rng.range(0, 40) as u8;
            c.rect(x, y + 110 - h, w.min(984 - x), h, [186 - tone, 148 - tone, 104 - tone]);
            c.rect(x + w / 2 - 6, y + 110 - h, 12.min(984 - x), h, [206, 180, 140]);
            x += w + rng.range(4, 20);
        }
        c.rect(20, y + 110, 984, 14, [70, 92, 130]);
    }
    c
}
