//! Conversations typed by hand from facts 3, one for each form and quirk.

use super::{Hints, settle};
use crate::model::record::{Chat, ChatRole, Records};
use crate::model::source::Place;

fn seller() -> Vec<String> {
    vec!["禾家厨房".to_owned()]
}

fn read(text: &str, seller_names: &[String]) -> Option<(Vec<Chat>, Records)> {
    super::read(text, &Hints { seller_names, path: "聊天/记录.txt" })
}

fn chats(text: &str) -> Vec<Chat> {
    read(text, &seller()).expect("a conversation").0
}

fn named(path: &str, text: &str) -> Vec<Chat> {
    super::read(text, &Hints { seller_names: &seller(), path }).expect("a conversation").0
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
            let marks = [m.recalled.then_some("撤回"), m.mark.as_deref()].into_iter().flatten().map(|w| format!(" [{w}]")).collect::<String>();
            format!("{who} {} {at} {}{marks} @{}", m.speaker, m.text.replace('\n', "/"), m.place)
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
            "卖 禾家厨房:小禾 04-02 09:06:00 亲，今天发中通 [已读] @line 4",
            "系  - 小猫咪2026 撤回了一条消息 [撤回] @line 7",
            "买 小猫咪2026 04-02 09:07:30 好的/https://item.example.com/1 [已读] @line 8",
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

#[test]
fn a_nick_that_holds_the_shops_name_is_a_buyer() {
    let text = "禾家厨房的老顾客 2026-4-2 9:05:11\n在吗\n禾家厨房:小禾 2026-4-2 9:06:00\n在的\n";
    assert_eq!(chats(text)[0].messages.iter().map(|m| m.role).collect::<Vec<_>>(), [ChatRole::Buyer, ChatRole::Seller]);
    // the nicks of two buyers contain one another
    let text = "小明 2026-4-2 9:05:11\n一\n禾家厨房 2026-4-2 9:06:00\n二\n小明明 2026-4-3 9:05:11\n三\n禾家厨房 2026-4-3 9:06:00\n四\n";
    assert_eq!(chats(text).iter().map(|c| c.buyer.as_deref()).collect::<Vec<_>>(), [Some("小明"), Some("小明明")]);
}

#[test]
fn who_alone_talks_with_everybody_is_the_shop() {
    let text = "林一 2026-4-2 9:05:11\n在吗\n小禾 2026-4-2 9:06:00\n在\n陈二 2026-4-3 9:05:11\n有货吗\n小禾 2026-4-3 9:06:00\n有\n";
    let (all, _) = read(text, &[]).unwrap();
    assert_eq!(all.iter().map(|c| c.buyer.as_deref()).collect::<Vec<_>>(), [Some("林一"), Some("陈二")]);
    // three in a row next to one another: a group
    let text = "林一 2026-4-2 9:05:11\n在吗\n小禾 2026-4-2 9:06:00\n在\n陈二 2026-4-2 9:07:11\n我也在\n林一 2026-4-2 9:08:00\n好\n";
    let (all, _) = read(text, &[]).unwrap();
    assert!(all.len() == 1 && all[0].buyer.is_none() && all[0].is_group());
}

#[test]
fn times_without_a_year_say_what_completed_them() {
    let from = |c: &Chat| {
        c.messages
            .iter()
            .map(|m| format!("{} {}", m.at.map_or_else(|| "-".to_owned(), |t| t.format("%Y-%m-%d %H:%M").to_string()), m.time_from.as_str()))
            .collect::<Vec<_>>()
    };
    let text = "林一 12-31 21:05:11\n在吗\n禾家厨房 1-1 9:06:00\n在的\n";
    assert_eq!(from(&named("聊天/旺旺.txt", text)[0]), ["- year-unknown", "- year-unknown"]);
    assert_eq!(from(&named("聊天/旺旺20260103.txt", text)[0]), ["2025-12-31 21:05 file-name", "2026-01-01 09:06 file-name"]);
    let mut contents = vec![crate::model::record::Recognised { content: crate::model::record::Content::Chats(chats(text)), records: Records::Whole }];
    settle(&mut contents, Some(crate::model::typed::at("2026-01-05 08:00:00")), &std::collections::BTreeSet::new());
    let crate::model::record::Content::Chats(settled) = &contents[0].content else { panic!() };
    assert_eq!(from(&settled[0]), ["2025-12-31 21:05 notice", "2026-01-01 09:06 notice"]);
    let text = "林一 12-31 21:05:11\n在吗\n禾家厨房 2026-1-1 9:06:00\n在的\n林一 1-2 9:00:00\n好\n";
    assert_eq!(from(&chats(text)[0])[0], "2025-12-31 21:05 other-messages");
    let text = "————— 2026-04-02 —————\n林一 09:05:11\n在吗\n禾家厨房 09:06:00\n在的\n————— 2026-04-03 —————\n林一 10:00:00\n到了\n";
    assert_eq!(from(&chats(text)[0]), ["2026-04-02 09:05 date-line", "2026-04-02 09:06 date-line", "2026-04-03 10:00 date-line"]);
}

#[test]
fn qq_names_the_counterpart_of_each_part() {
    let text = "消息记录（此消息记录为文本格式，不支持重新导入）\r\n\r\n================================================================\r\n消息分组:我的好友\r\n\
                ================================================================\r\n消息对象:林一\r\n================================================================\r\n\r\n\
                2026-04-02 09:05:11 林一(10001)\r\n锅到了\r\n\r\n2026-04-02 09:06:00 禾家客服(20002)\r\n好的\r\n\r\n\
                ================================================================\r\n消息对象:陈二\r\n================================================================\r\n\r\n\
                2026-04-03 09:05:11 陈二<chen@example.com>\r\n[图片]\r\n2026-04-03 09:05:30 陈二<chen@example.com>\r\n收到了\r\n";
    let all = chats(text);
    assert_eq!(all.iter().map(|c| (c.buyer.as_deref(), c.layout)).collect::<Vec<_>>(), [(Some("林一"), "time-first-text"), (Some("陈二"), "time-first-text")]);
    assert_eq!(shown(&all[0]), ["买 林一 04-02 09:05:11 锅到了 @line 9", "卖 禾家客服 04-02 09:06:00 好的 @line 12"]);
}

#[test]
fn memotrace_writes_the_time_first() {
    let all = chats("2026-04-02 09:05:11 林一\n锅到了，挺好\n\n2026-04-02 09:06:00 禾家厨房\n谢谢亲\n\n2026-04-02 09:07:00 林一\n林一 撤回了一条消息\n");
    assert_eq!(all[0].buyer.as_deref(), Some("林一"));
    assert_eq!(shown(&all[0])[2], "系 林一 04-02 09:07:00 林一 撤回了一条消息 [撤回] @line 7");
    // scans of a parcel are no conversation
    let scans = "2026-04-01 22:00:00 已收件\n2026-04-02 03:00:00 离开杭州中心\n2026-04-02 20:00:00 到达北京\n2026-04-03 10:00:00 已签收\n";
    assert!(read(scans, &seller()).is_none());
}

#[test]
fn line_has_days_above_and_tabs_between() {
    let text = "[LINE] 與林一的聊天記錄\r\n儲存日期：2026/04/05 10:00\r\n\r\n2026/04/02（四）\r\n上午09:05\t林一\t鍋到了嗎\r\n下午12:30\t禾家\t\"今天\r\n會到\"\r\n\
                下午12:31\t林一已收回訊息\r\n\r\n2026/04/03（五）\r\n上午12:05\t林一\t[照片]\r\n";
    let all = chats(text);
    assert_eq!((all.len(), all[0].layout, all[0].buyer.as_deref(), all[0].zone), (1, "line-text", Some("林一"), crate::model::record::Zone::Assumed));
    assert_eq!(
        shown(&all[0]),
        [
            "买 林一 04-02 09:05:00 鍋到了嗎 @line 5",
            "卖 禾家 04-02 12:30:00 今天/會到 @line 6",
            "系  04-02 12:31:00 林一已收回訊息 [撤回] @line 8",
            "买 林一 04-03 00:05:00 [照片] @line 11",
        ]
    );
}

#[test]
fn whatsapp_in_both_forms() {
    let text = "2026/4/2 09:04 - 消息和通话已进行端到端加密。\n2026/4/2 09:05 - 林一: 锅到了吗\n第二行\n2026/4/2 09:06 - 禾家厨房: 今天到\n2026/4/2 09:07 - 林一: 这条消息已删除\n";
    assert_eq!(
        shown(&named("与林一的 WhatsApp 聊天.txt", text)[0]),
        [
            "系  04-02 09:04:00 消息和通话已进行端到端加密。 @line 1",
            "买 林一 04-02 09:05:00 锅到了吗/第二行 @line 2",
            "卖 禾家厨房 04-02 09:06:00 今天到 @line 4",
            "系 林一 04-02 09:07:00 这条消息已删除 [撤回] @line 5",
        ]
    );
    // day first or month first: a 13th month does not exist
    let text = "[2/4/26, 9:05:11\u{202f}PM] Lin: \u{200e}hi\n\u{200e}[13/4/26, 9:06:00\u{202f}AM] 禾家厨房: hello\n";
    let all = chats(text);
    assert_eq!(shown(&all[0]), ["买 Lin 04-02 21:05:11 hi @line 1", "卖 禾家厨房 04-13 09:06:00 hello @line 2"]);
    let unclear = "[2/4/26, 9:05:11] Lin: hi\n[3/4/26, 9:06:00] 禾家厨房: hello\n";
    assert_eq!(chats(unclear)[0].messages[0].time_from.as_str(), "day-order-unknown");
    assert!(chats(unclear)[0].messages[0].at.is_none());
}

#[test]
fn json_of_wechat_exporters() {
    let text = r#"{"session":{"wxid":"wxid_a","nickname":"林一","remark":"林一 平底锅","displayName":"林一 平底锅","type":"私聊"},
      "messages":[{"localId":1,"createTime":1775091911,"type":"文本消息","content":"锅到了","isSend":0,"senderUsername":"wxid_a","senderDisplayName":"林一 平底锅"},
      {"localId":2,"createTime":1775091960,"type":"图片消息","content":"","isSend":1,"senderUsername":"wxid_me","senderDisplayName":"禾家"},
      {"localId":3,"createTime":1775091970,"type":"系统消息","content":"你撤回了一条消息","isSend":null,"senderUsername":"wxid_a","senderDisplayName":""}]}"#;
    let all = chats(text);
    assert_eq!((all[0].layout, all[0].buyer.as_deref(), all[0].zone), ("wechat-json", Some("林一 平底锅"), crate::model::record::Zone::Said));
    assert_eq!(
        shown(&all[0]),
        [
            "买 林一 平底锅 04-02 09:05:11 锅到了 @/messages/0",
            "卖 禾家 04-02 09:06:00 [图片消息] @/messages/1",
            "系  04-02 09:06:10 你撤回了一条消息 [撤回] @/messages/2"
        ]
    );
}

#[test]
fn chatlab_as_json_and_as_lines() {
    let text = r#"{"chatlab":{"version":"0.0.2","exportedAt":1775200000},"meta":{"name":"与林一的对话","platform":"qq","type":"private","ownerId":"2"},
      "members":[{"platformId":"1","accountName":"林一"},{"platformId":"2","accountName":"我"}],
      "messages":[{"sender":"1","accountName":"林一","timestamp":1775091911,"type":0,"content":"锅到了"},{"sender":"2","accountName":"我","timestamp":1775091960,"type":1,"content":null},
      {"sender":"1","accountName":"林一","timestamp":1775091970,"type":81,"content":"算了"}]}"#;
    let all = chats(text);
    assert_eq!(all[0].buyer.as_deref(), Some("林一"));
    assert_eq!(
        shown(&all[0]),
        ["买 林一 04-02 09:05:11 锅到了 @/messages/0", "卖 我 04-02 09:06:00 [图片] @/messages/1", "系 林一 04-02 09:06:10 算了 [撤回] @/messages/2"]
    );
    let lines = "{\"_type\":\"header\",\"chatlab\":{\"version\":\"0.0.2\"},\"meta\":{\"name\":\"买家群\",\"type\":\"group\"}}\n# 注\n\
                 {\"_type\":\"message\",\"sender\":\"1\",\"accountName\":\"林一\",\"timestamp\":1775091911,\"type\":0,\"content\":\"锅到了\"}\n\
                 {\"_type\":\"message\",\"sender\":\"3\",\"accountName\":\"陈二\",\"timestamp\":1775091911,\"type\":0,\"content\":\"我的也到了\"}\n\
                 {\"_type\":\"message\",\"sender\":\"2\",\"accountName\":\"禾家厨房\",\"timestamp\":1775091960,\"type\":0,\"content\":\"好\"}\n";
    let (all, records) = read(lines, &seller()).unwrap();
    assert!(all[0].is_group() && matches!(records, Records::Json(list) if list.len() == 3));
    assert_eq!(shown(&all[0])[1], "买 陈二 04-02 09:05:11 我的也到了 @line 4");
}

#[test]
fn telegram_of_one_chat_and_of_all() {
    let one = r#""name":"Lin","type":"personal_chat","id":7,"messages":[{"id":1,"type":"message","date":"2026-04-02T09:05:11","date_unixtime":"1775091911","from":"Lin","from_id":"user7",
      "text":["pan ",{"type":"link","text":"https://example.com"}]},{"id":2,"type":"message","date":"2026-04-02T09:06:00","from":"禾家厨房","from_id":"user2","photo":"a.jpg","text":""},
      {"id":3,"type":"service","date":"2026-04-02T09:07:00","actor":"Lin","action":"phone_call","text":""}]"#;
    let all = chats(&format!("{{{one}}}"));
    assert_eq!(all[0].buyer.as_deref(), Some("Lin"));
    assert_eq!(
        shown(&all[0]),
        [
            "买 Lin 04-02 09:05:11 pan https://example.com @/messages/0",
            "卖 禾家厨房 04-02 09:06:00 [photo] @/messages/1",
            "系  04-02 09:07:00 phone_call @/messages/2"
        ]
    );
    let other = one.replace("Lin", "Chen");
    let (all, records) = read(&format!("{{\"chats\":{{\"list\":[{{{one}}},{{{other}}}]}}}}"), &seller()).unwrap();
    assert_eq!(all.iter().map(|c| c.place.to_string()).collect::<Vec<_>>(), ["/chats/list/0", "/chats/list/1"]);
    assert!(matches!(records, Records::Json(list) if list.len() == 2 && list[1].1.contains("Chen")));
}

#[test]
fn a_buyer_of_the_exports_tells_the_sides() {
    let (all, _) = read("tb林一 2026-4-2 9:05:11\n在吗\n小禾 2026-4-2 9:06:00\n在\n", &[]).unwrap();
    let mut contents = vec![crate::model::record::Recognised { content: crate::model::record::Content::Chats(all), records: Records::Whole }];
    settle(&mut contents, None, &["tb林一", "陈二"].into_iter().collect());
    let crate::model::record::Content::Chats(all) = &contents[0].content else { panic!() };
    assert_eq!(all[0].buyer.as_deref(), Some("tb林一"));
    assert_eq!(all[0].messages.iter().map(|m| m.role).collect::<Vec<_>>(), [ChatRole::Buyer, ChatRole::Seller]);
}
