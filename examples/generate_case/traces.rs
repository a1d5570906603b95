//! What the couriers' query services answered: Kuaidi100 as single files and as one array, Kdniao in either order and with either date form.

use super::people::PLACES;
use super::rng::Rng;
use super::world::{Carrier, End, Order, Quirk, later};
use chrono::{Duration, NaiveDateTime};
use serde_json::{Value, json};

/// The scans of a parcel, oldest first.
pub fn scans(order: &Order, seed: u64) -> Vec<(NaiveDateTime, String)> {
    let mut rng = Rng::named(seed, &format!("trace {}", order.scans_of));
    let place = if order.quirk == Some(Quirk::Elsewhere) { (order.place + 11) % PLACES.len() } else { order.place };
    let (_, city, district, _) = PLACES[place];
    let name = order.carrier.name();
    let courier = format!("{}师傅", rng.pick(&["李", "王", "赵", "孙", "何", "郭"]));
    let phone = format!("154{:08}", rng.range(0, 100_000_000));
    let day = order.delivered.date();
    let dawn = day.and_hms_opt(6, 40, 0).unwrap_or(order.delivered);
    let night = (day - Duration::days(1)).and_hms_opt(21, 10, 0).unwrap_or(order.delivered);
    let arrived = later(dawn, rng.range(0, 70), &mut rng);
    let out = later(order.delivered, -rng.range(40, 100), &mut rng);
    if order.quirk == Some(Quirk::OnlyLabel) {
        return vec![(order.picked, format!("【永康市】{name} 电子面单已生成，等待揽收"))];
    }
    let origin = if order.quirk == Some(Quirk::OtherOrigin) { "广州市" } else { "永康市" };
    let waited = if order.quirk == Some(Quirk::Stalled) { 27 * 60 } else { 0 };
    let asked = if order.quirk == Some(Quirk::OtherPhone) { "，收件人手机尾号0618" } else { "" };
    let mut scans = vec![
        (order.picked, format!("【{origin}】{name} 已收取快件")),
        (later(order.picked, waited + rng.range(150, 240), &mut rng), "【永康市】快件在【永康东城营业点】完成分拣，准备发往【金华转运中心】".to_string()),
        (later(order.picked, waited + rng.range(330, 440), &mut rng), "【金华市】快件已到达【金华转运中心】".to_string()),
        (later(order.picked, waited + rng.range(460, 560), &mut rng), format!("【金华市】快件已发车，下一站【{city}转运中心】")),
        (later(night, rng.range(0, 140), &mut rng), format!("【{city}】快件已到达【{city}转运中心】")),
        (arrived, format!("【{city}】快件已到达【{city}{district}营业点】")),
        (out, format!("【{city}】快件正在派送途中，请您准备签收（派件人：{courier}，电话：{phone}）{asked}")),
    ];
    // a long way has a scan halfway
    if let (Some((left, _)), Some((reached, _))) = (scans.get(3), scans.get(4))
        && *reached - *left > Duration::hours(30)
    {
        let halfway = *left + (*reached - *left) / 2;
        scans.insert(4, (halfway, "【杭州市】快件已到达【杭州转运中心】".to_string()));
    }
    match order.end {
        End::Signed => scans.push((order.delivered, format!("【{city}】已签收，签收人：本人签收，感谢使用{name}"))),
        End::Frontdesk => scans.push((order.delivered, format!("【{city}】已签收，签收人：前台代签收，如有疑问请联系派件人{courier}"))),
        End::Station => {
            scans.push((order.delivered, format!("【{city}】快件已投放至【{district}菜鸟驿站】，请凭取件码取件")));
            scans.push((later(order.delivered, rng.range(70, 300), &mut rng), format!("【{city}】客户已从驿站取件，包裹已签收")));
        }
        End::Underway => {}
        End::Returned => {
            scans.push((order.delivered, format!("【{city}】收件人拒收，快件将退回寄件人")));
            scans.push((order.delivered + Duration::minutes(190), format!("【{city}】退件已从【{city}转运中心】发出")));
            scans.push((order.delivered + Duration::hours(29), format!("【永康市】退回件已签收，签收人：{name}寄件网点")));
        }
    }
    scans
}

/// Kuaidi100's query answer, newest first.
pub fn kuaidi100(order: &Order, seed: u64) -> Value {
    let scans = scans(order, seed);
    let state = match order.end {
        _ if order.quirk == Some(Quirk::OnlyLabel) => "0",
        End::Returned => "6",
        End::Underway => "5",
        End::Signed | End::Station | End::Frontdesk => "3",
    };
    let com = match order.carrier {
        Carrier::Sf => "shunfeng",
        Carrier::Yto => "yuantong",
        Carrier::Zto => "zhongtong",
    };
    let data: Vec<Value> = scans
        .iter()
        .rev()
        .map(|(at, text)| {
            let at = at.format("%Y-%m-%d %H:%M:%S").to_string();
            json!({ "time": at, "ftime": at, "context": text, "location": "" })
        })
        .collect();
    json!({ "message": "ok", "nu": order.waybill, "ischeck": if state == "3" { "1" } else { "0" }, "condition": "F00", "com": com, "status": "200", "state": state, "data": data })
}

/// Kdniao's answer; every second one newest first, with slashes and a number for the state.
pub fn kdniao(order: &Order, seed: u64, odd: bool) -> Value {
    let state = match order.end {
        _ if order.quirk == Some(Quirk::OnlyLabel) => 0,
        End::Returned => 4,
        End::Underway => 2,
        End::Signed | End::Station | End::Frontdesk => 3,
    };
    let format = if odd { "%Y/%m/%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    let mut traces: Vec<Value> =
        scans(order, seed).iter().map(|(at, text)| json!({ "AcceptTime": at.format(format).to_string(), "AcceptStation": text, "Remark": null })).collect();
    if odd {
        traces.reverse();
    }
    let code = match order.carrier {
        Carrier::Sf => "SF",
        Carrier::Yto => "YTO",
        Carrier::Zto => "ZTO",
    };
    let state = if odd { json!(state) } else { json!(state.to_string()) };
    json!({ "EBusinessID": "1000000", "OrderCode": order.id, "ShipperCode": code, "LogisticCode": order.waybill, "Success": true, "State": state, "Reason": null, "Traces": traces })
}
