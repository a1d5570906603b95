//! A case of as many orders as a test wants, and what depends on their number: penalty steps and the length of the book.

use crate::support::{Work, appealpack, exits, picture, stdout};
use std::fs;

/// A case of `orders` flagged orders, of which the first `complete` have a trace and a conversation and the others have neither; with slips and screenshots of
/// the first `pictured`.
pub fn many(orders: usize, complete: usize, pictured: usize) -> Work {
    let work = Work::empty();
    let put = |path: String, bytes: &[u8]| {
        let path = work.case().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folder");
        fs::write(path, bytes).expect("file");
    };
    let id = |n: usize| format!("28617340955173{n:05}");
    let waybill = |n: usize| format!("SF13900123{n:05}");
    let ids: Vec<String> = (0..orders).map(id).collect();
    put("case.toml".into(), "[case]\nplatform = \"taobao\"\nas_of = \"2026-04-10T10:00:00+08:00\"\n[seller]\nshop = \"示例厨具店\"\n".as_bytes());
    put(
        "通知.txt".into(),
        format!(
            "淘宝网违规通知\n违规编号：WG2026040900000001\n违规类型：虚假交易\n违规时间：2026-04-09 08:00:00\n申诉截止时间：2026-04-12 23:59:59\n涉及订单（共{orders}笔）：{}\n",
            ids.join("、")
        )
        .as_bytes(),
    );
    let mut csv =
        "订单编号,买家会员名,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,物流单号 ,物流公司,宝贝总数量\r\n"
            .to_owned();
    let mut live = "直播场次,开播时间,成交订单号,成交时间\n".to_owned();
    for (n, id) in ids.iter().enumerate() {
        let at = format!("2026-04-01 {:02}:{:02}", 10 + n / 60, n % 60);
        csv.push_str(&format!(
            "=\"{id}\",buyer_{n:04},59.00,交易成功,李某,浙江省 杭州市 西湖区 文三路{n}号(310000),'138{n:08},{at}:00,{at}:30,不锈钢平底锅,No:{},顺丰速运,1\r\n",
            waybill(n)
        ));
        live.push_str(&format!("新品首发,2026-04-01 10:00:00,{id}\t,{at}:30\n"));
    }
    put("导出/ExportOrderList202604091000.csv".into(), &encoding_rs::GB18030.encode(&csv).0);
    put("直播/直播间成交明细.csv".into(), live.as_bytes());
    for (n, id) in ids.iter().enumerate().take(complete) {
        // minutes modulo a prime: no two parcels have the same scans, nor the same distances between them
        let scan =
            |day: usize, factor: usize| format!("2026-04-{:02} {:02}:{:02}:00", day + n * factor % 1009 / 500, 8 + n * factor % 491 / 60, n * factor % 59);
        let trace = format!(
            r#"{{"message":"ok","nu":"{}","ischeck":"1","com":"shunfeng","status":"200","state":"3","data":[
{{"time":"{}","context":"[杭州市] 已签收,签收人:本人"}},{{"time":"{}","context":"[杭州市] 快件到达 杭州转运中心"}},{{"time":"{}","context":"[义乌市] 顺丰速运 已收取快件"}}]}}"#,
            waybill(n),
            scan(6, 29),
            scan(4, 17),
            scan(2, 7)
        );
        put(format!("物流/{}.json", waybill(n)), trace.as_bytes());
        let chat = format!(
            "buyer_{n:04} 2026-4-1 9:{:02}:11\n在吗，平底锅还有货吗\n示例厨具店:小竹 2026-4-1 9:{:02}:52\n有的\nbuyer_{n:04} 2026-4-1 9:59:07\n好的，我拍下了\n",
            n % 50,
            n % 50
        );
        put(format!("聊天/{id}.txt"), chat.as_bytes());
    }
    for (n, id) in ids.iter().enumerate().take(pictured) {
        let seed = u8::try_from(n).expect("a seed");
        put(format!("聊天/buyer_{n:04}/截图_{id}.png"), &picture(seed, false));
        put(format!("底单/{}.jpg", waybill(n)), &picture(seed + 100, true));
    }
    work
}

#[test]
fn the_step_of_a_penalty_is_told_by_what_stays_when_the_complete_orders_are_accepted() {
    let rule = "（淘宝网 14, 11001321, 2026-06-24）";
    for (orders, complete, told) in [
        (95, 2, format!("被判 95 笔，没到处罚加重的 96 笔{rule}；其中 2 笔材料齐全")),
        (96, 1, format!("处罚以 96 笔为界{rule}：材料齐全的 1 笔都被认可的话，还剩 95 笔，低于界线")),
        (96, 0, format!("处罚以 96 笔为界{rule}：材料齐全的 0 笔都被认可的话，还剩 96 笔，仍不低于界线")),
        (120, 24, format!("处罚以 96 笔为界{rule}：材料齐全的 24 笔都被认可的话，还剩 96 笔，仍不低于界线")),
        (120, 25, format!("处罚以 96 笔为界{rule}：材料齐全的 25 笔都被认可的话，还剩 95 笔，低于界线")),
    ] {
        let work = many(orders, complete, 0);
        let output = appealpack().arg("check").arg(work.case()).output().expect("starts");
        exits(&output, 3);
        let screen = stdout(&output);
        assert!(screen.lines().any(|line| line == told), "{orders} orders, {complete} complete: {screen}");
        let check = work.check();
        assert_eq!(
            (check["completeness"]["remaining"].as_u64(), check["counts"]["complete"].as_u64()),
            (Some((orders - complete) as u64), Some(complete as u64))
        );
    }
}
