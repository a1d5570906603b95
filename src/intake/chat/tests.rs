//! Conversations typed by hand from facts 3, one for each form and quirk.

use super::read;
use crate::model::record::{Chat, ChatRole, Records};
use crate::model::source::Place;

fn seller() -> Vec<String> {
    vec!["禾家厨房".to_owned()]
}

fn chats(text: &str) -> Vec<Chat> {
    read(text, &seller()).expect("a conversation").0
}

fn shown(chat: &Chat) -> Vec<String> {
    chat.messages
        .iter()
        .map(|m| {
            let who = match m.role {
                ChatRole::Buyer => "买",
                ChatRole::Seller => "卖",
                ChatRole::System => "系",
                ChatRole::Unknown => "？",
            };
            let at = m.at.map_or_else(|| "-".to_owned(), |t| t.format("%m-%d %H:%M:%S").to_string());
            format!("{who} {} {at} {} @{}", m.speaker, m.text.replace('\n', "/"), m.place)
        })
        .collect()
}

#[test]
fn nick_and_time_on_one_line() {
    let text = "小猫咪2026 2026-4-2 9:05:11\r\n铁锅发货了吗\r\n地址没写错吧\r\n禾家厨房:小禾 2026-4-2 9:06:00\r\n亲，今天发中通\r\n已读\r\n\
                小猫咪2026 撤回了一条消息\r\n小猫咪2026 2026-4-2 9:07:30\r\n好的  已读\r\nhttps://item.example.com/1\r\n";
    let all = chats(text);
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].buyer.as_deref(), all[0].layout), (Some("小猫咪2026"), "wangwang-text"));
    assert_eq!(
        shown(&all[0]),
        [
            "买 小猫咪2026 04-02 09:05:11 铁锅发货了吗/地址没写错吧 @line 1",
            "卖 禾家厨房:小禾 04-02 09:06:00 亲，今天发中通 @line 4",
            "系  - 小猫咪2026 撤回了一条消息 @line 7",
            "买 小猫咪2026 04-02 09:07:30 好的/https://item.example.com/1 @line 8",
        ]
    );
}

#[test]
fn nick_and_time_may_touch_even_when_the_nick_ends_in_digits() {
    let all = chats("tb123452026-4-2 9:05:11\n在吗\n禾家厨房2026/4/2 9:05:40\n在的\n");
    assert_eq!(shown(&all[0]), ["买 tb12345 04-02 09:05:11 在吗 @line 1", "卖 禾家厨房 04-02 09:05:40 在的 @line 3"]);
}

#[test]
fn the_nick_above_the_time() {
    let text = "林一\n2026-04-02 09:05:11\n锅到了，挺好\n\n还想买个盖子\n禾家厨房:小禾\n2026-04-02 09:06:00\n有的亲\n当前用户来自 商品详情页\n拍下就发\n";
    let all = chats(text);
    assert_eq!(
        shown(&all[0]),
        [
            "买 林一 04-02 09:05:11 锅到了，挺好//还想买个盖子 @line 1",
            "卖 禾家厨房:小禾 04-02 09:06:00 有的亲/拍下就发 @line 6",
            "系  - 当前用户来自 商品详情页 @line 9",
        ]
    );
}

#[test]
fn arrows_name_both_sides() {
    let text = "禾家厨房:小禾 --> 林一 2026-4-2 9:05:11\n亲，拍错颜色了吗\n林一 --> 禾家厨房:小禾 2026-4-2 9:06:00\n没有\n由 小禾 转交给 小麦\n\
                禾家厨房:小麦 --> 陈二 2026-4-2 9:10:00\n您的锅已发出\n";
    let all = chats(text);
    assert_eq!(all.iter().map(|c| c.buyer.as_deref()).collect::<Vec<_>>(), [Some("林一"), Some("陈二")]);
    assert_eq!(shown(&all[0]).last().map(String::as_str), Some("系  - 由 小禾 转交给 小麦 @line 5"));
    assert_eq!(all[1].place, Place::Line(6));
}

#[test]
fn brackets() {
    let all = chats("[林一] 2024-01-01 10:00:00\n在吗\n[禾家厨房:小禾] 2024-01-01 10:00:09 在的亲\n");
    assert_eq!(all[0].layout, "bracket-text");
    assert_eq!(shown(&all[0]), ["买 林一 01-01 10:00:00 在吗 @line 1", "卖 禾家厨房:小禾 01-01 10:00:09 在的亲 @line 3"]);
}

#[test]
fn several_buyers_are_several_records() {
    let text = "林一 2026-4-2 9:05:11\n锅收到了\n禾家厨房:小禾 2026-4-2 9:06:00\n好的亲\n禾家厨房:小禾 2026-4-5 14:00:00\n陈女士，您的锅今天发\n陈二 2026-4-5 14:01:00\n谢谢\n";
    let (all, records) = read(text, &seller()).unwrap();
    assert_eq!(
        all.iter().map(|c| (c.buyer.as_deref(), c.messages.len(), c.place.to_string())).collect::<Vec<_>>(),
        [
            (Some("林一"), 2, "line 1".to_owned()),
            // what the seller opened with belongs to the buyer it was said to
            (Some("陈二"), 2, "line 5".to_owned()),
        ]
    );
    let Records::Lines { lines, starts } = records else { panic!("lines") };
    assert_eq!((starts.as_slice(), lines.len(), lines[4].as_str()), ([1, 5].as_slice(), 8, "禾家厨房:小禾 2026-4-5 14:00:00"));
    // pasted one below the other: the second begins where time steps back, or below a ruled line
    let pasted = "林一 2026-4-5 9:05:11\n一\n禾家厨房 2026-4-5 9:06:00\n二\n禾家厨房 2026-4-2 9:00:00\n三\n陈二 2026-4-2 20:00:00\n四\n";
    assert_eq!(chats(pasted)[1].place, Place::Line(5));
    let ruled = "林一 2026-4-2 9:05:11\n一\n==========\n禾家厨房 2026-4-2 9:06:00\n二\n陈二 2026-4-2 20:00:00\n三\n";
    assert_eq!(chats(ruled)[1].place, Place::Line(4));
}

#[test]
fn without_a_seller_nobody_is_called_buyer() {
    let (all, _) = read("林一 2026-4-2 9:05:11\n在吗\n小禾 2026-4-2 9:06:00\n在\n", &[]).unwrap();
    assert_eq!((all.len(), all[0].buyer.as_deref()), (1, None));
    assert!(all[0].messages.iter().all(|m| m.role == ChatRole::Unknown));
    // a sub-account gives the seller away, and its main account with it
    let (all, _) = read("禾家:小禾 2026-4-2 9:05:11\n在\n林一 2026-4-2 9:06:00\n好\n禾家 2026-4-2 9:07:00\n发了\n", &[]).unwrap();
    assert_eq!(all[0].messages.iter().map(|m| m.role).collect::<Vec<_>>(), [ChatRole::Seller, ChatRole::Buyer, ChatRole::Seller]);
}

#[test]
fn a_time_inside_a_message_begins_no_message() {
    let text = "林一 2026-4-2 9:05:11\n我的订单\n付款时间：2026-04-01 20:04:11\n下单时间 2026-04-01 20:03:02\n我是2026-04-01 20:04付的，麻烦看下\n2026-04-01 20:00:00\n\
                禾家厨房 2026-4-2 9:06:00\n好\n";
    let all = chats(text);
    assert_eq!(all[0].messages.len(), 2);
    assert!(all[0].messages[0].text.contains("下单时间 2026-04-01 20:03:02\n我是2026-04-01 20:04付的"));
}

#[test]
fn other_texts_are_no_conversations() {
    for text in [
        "",
        "林一 2026-4-2 9:05:11\n只有一句\n",
        "违规编号：WG20260409000713\n违规时间：2026-04-09 08:00:00\n申诉截止时间：2026-04-12 23:59:59\n涉及订单（共2笔）：351234567890123456、351234567890123457\n",
        "订单编号,订单创建时间\n351234567890123456,2026-04-01 20:04:11\n351234567890123457,2026-04-01 20:05:11\n",
        "351234567890123456 2026-04-01 20:04:11\n351234567890123457 2026-04-01 20:05:11\n",
        "林一 2026-4-2 9:05:11\n陈二 2026-4-2 9:06:00\n",
        "created = 2026-04-09T09:00:00+08:00\nwhy = \"x\"\nas_of = 2026-04-10T10:00:00+08:00\nlanguage\n",
    ] {
        assert!(read(text, &seller()).is_none(), "{text}");
    }
}
