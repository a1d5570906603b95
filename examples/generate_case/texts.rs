//! What is written by people: the notice as pasted, case.toml, chats copied from the desktop client, a note.

use super::dialogue::{Body, Message};
use super::people::{COMPANY, PRODUCTS, SERVICE_NICK, SHIP_FROM, SHOP};
use super::world::{Cause, Options, Order, Quirk, Scenario};
use std::fmt::Write;

/// The notice, order numbers parted as pasted text parts them. `twice` is listed again at the end, `stated` is the count it speaks of.
pub fn notice(flagged: &[&Order], twice: Option<&str>, stated: usize) -> String {
    let separators = ["、", "，", " ", "；", "\r\n", "\t", "、 订单", "，"];
    let mut ids = String::new();
    for (i, order) in flagged.iter().enumerate() {
        if i > 0 {
            ids += separators[i % separators.len()];
        }
        ids += &order.id;
    }
    if let Some(id) = twice {
        ids += "，";
        ids += id;
    }
    format!(
        "淘宝网 违规通知\r\n\r\n亲爱的卖家，您的店铺「{SHOP}」存在以下违规行为：\r\n\r\n违规编号：WG20260409000713\r\n违规类型：虚假交易\r\n\
         违规时间：2026-04-09 08:00:00\r\n处罚措施：删除涉及订单的销量，商品搜索降权30天\r\n申诉截止时间：2026-04-12 23:59:59\r\n\
         涉及订单（共{stated}笔）：\r\n{ids}\r\n\r\n如有异议，请在申诉截止时间前通过 卖家中心-体检中心-申诉 提交凭证。\r\n"
    )
}

/// A chat as copied out of the desktop client: nick and time on a line, then the words; now and then its own remarks. `last` is said at the end.
pub fn chat(order: &Order, screens: &[Vec<Message>], last: Option<&str>) -> String {
    let mut out = String::new();
    for (i, message) in screens.iter().flatten().filter(|m| !m.again).enumerate() {
        let when = if order.quirk == Some(Quirk::OldChat) { message.at - chrono::Duration::days(365) } else { message.at };
        let speaker = if message.from_buyer { &order.nick } else { SERVICE_NICK };
        let _ = write!(out, "{speaker} {}\r\n", when.format("%Y-%-m-%-d %-H:%M:%S"));
        match &message.body {
            Body::Text(words) => out += words,
            Body::Photo => out += "[图片]",
            Body::Card => {
                let _ = write!(out, "[订单] {} {}", order.id, PRODUCTS[order.lines[0].0].title);
            }
        }
        out += "\r\n";
        if !message.from_buyer && i % 4 == 1 {
            out += "已读\r\n";
        }
    }
    if let Some(words) = last {
        let at = order.delivered + chrono::Duration::hours(3);
        let _ = write!(out, "{SERVICE_NICK} {}\r\n{words}\r\n", at.format("%Y-%-m-%-d %-H:%M:%S"));
    }
    out
}

/// A hand-made assignment.
pub struct Assignment {
    pub file: String,
    /// `None` for all.
    pub orders: Option<Vec<String>>,
    pub kind: &'static str,
}

/// case.toml with what no file says.
pub fn case_file(options: &Options, flagged: &[&Order], assigned: &[Assignment]) -> String {
    let live = flagged.iter().filter(|o| o.cause == Cause::Live).count();
    let promotion = flagged.len() - live;
    let mut out = format!(
        "# 文件里看不出来的内容写在这里；全部键见 appealpack schema case\n\n[case]\nplatform = \"taobao\"\nas_of = 2026-04-10T10:00:00+08:00\n\n\
         [seller]\nshop = \"{SHOP}\"\ncompany = \"{COMPANY}\"\ncontact = \"小禾\"\nphone = \"15400000618\"\nsignatory = \"禾示例\"\nship_from = \"{SHIP_FROM}\"\n\n\
         [facts]\nstatement = \"\"\"\n"
    );
    if options.scenario == Scenario::Live {
        let _ = writeln!(
            out,
            "4月2日晚19:30至22:30，我店做了一场“春日下厨专场”直播，讲解铁锅和珐琅锅的开锅与保养，当晚订单明显多于平日。被通知的订单里有{live}笔在直播订单明细中，\
             收货地址分散在不同城市，商品由永康仓打包，交快递揽收。"
        );
    }
    let _ =
        write!(out, "4月1日至3日店铺参加“厨房焕新季”活动，{promotion}笔订单来自活动页面。买家收到货后有人问开锅、保养和补寄配件，聊天记录附后。\n\"\"\"\n\n");
    out += "# 每件商品的重量（千克），用来核对包裹的计费重量\n[facts.goods_weight]\n";
    for article in &PRODUCTS {
        let _ = writeln!(out, "{} = {:.2}", article.sku, article.grams as f64 / 1000.0);
    }
    out += "\n[limits]\nformats = [\"pdf\"]\ntext = [500, 1800]\n\n";
    for (i, order) in flagged.iter().enumerate().filter(|(i, _)| i % 4 == 0) {
        let _ = write!(
            out,
            "[[chat]]\nbuyer = {}\nproof_number = \"2604091{:012}\"\ncreated = {}T{:02}:{:02}:00+08:00\n\n",
            quoted(&order.nick),
            (i as u64 + 1) * 88_213_477,
            if order.quirk == Some(Quirk::OldNumber) { "2026-03-06" } else { "2026-04-09" },
            10 + i / 60 % 10,
            i % 60
        );
    }
    for a in assigned {
        let orders = match &a.orders {
            None => "\"all\"".to_owned(),
            Some(ids) => format!("[{}]", ids.iter().map(|id| quoted(id)).collect::<Vec<_>>().join(", ")),
        };
        let _ = write!(out, "[[assign]]\nfile = {}\norders = {orders}\nkind = \"{}\"\n\n", quoted(&a.file), a.kind);
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn quoted(words: &str) -> String {
    format!("\"{}\"", words.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A note that belongs to no order.
pub const NOTE: &str = "待办\r\n1. 问网点要重量没显示的那一票\r\n2. 申诉书打印后盖公章\r\n3. 直播回放链接找运营要\r\n";
