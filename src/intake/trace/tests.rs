//! Payloads typed by hand from facts 2.1 and 2.2, one for each layout and quirk.

use super::read;
use crate::model::record::{DeliveredHow, EventKind, Records, Trace, TraceState};
use crate::model::source::Place;

fn one(text: &str) -> Trace {
    let (traces, _) = read(text).expect("a trace");
    assert_eq!(traces.len(), 1);
    traces.into_iter().next().unwrap()
}

fn kinds(trace: &Trace) -> Vec<EventKind> {
    trace.events.iter().map(|e| e.kind).collect()
}

fn texts(trace: &Trace) -> Vec<&str> {
    trace.events.iter().map(|e| e.text.as_str()).collect()
}

const KUAIDI100: &str = r#"{"message":"ok","nu":"SF1390012345671","ischeck":"1","condition":"F00","com":"shunfeng","status":"200","state":"3","data":[
  {"time":"2026-04-03 10:12:30","ftime":"2026-04-03 10:12:30","context":"[杭州市]已签收,感谢使用顺丰,期待再次为您服务","location":""},
  {"time":"2026-04-03 08:40:02","ftime":"2026-04-03 08:40:02","context":"[杭州市]正在派件..(派件人:王五,电话:13900002222)","location":""},
  {"time":"2026-04-01 18:06:01","ftime":"2026-04-01 18:06:01","context":"顺丰速运 已收取快件","location":"深圳市"}]}"#;

#[test]
fn kuaidi100_newest_first_becomes_a_story_from_pick_up_to_signature() {
    let (traces, records) = read(KUAIDI100).unwrap();
    assert!(matches!(records, Records::Whole));
    let trace = traces.first().unwrap();
    assert_eq!((trace.waybill.as_str(), trace.carrier.as_deref(), trace.service), ("SF1390012345671", Some("shunfeng"), "kuaidi100"));
    assert_eq!(kinds(trace), [EventKind::Collected, EventKind::OutForDelivery, EventKind::Delivered]);
    assert_eq!(trace.picked_up().unwrap().at.to_rfc3339(), "2026-04-01T18:06:01+08:00");
    let (scan, how) = trace.delivered().unwrap();
    assert_eq!((scan.at.to_rfc3339().as_str(), how), ("2026-04-03T10:12:30+08:00", DeliveredHow::Recipient));
    assert_eq!(scan.location.as_deref(), Some("杭州市"));
    assert_eq!(trace.events[0].location.as_deref(), Some("深圳市"));
    // each scan can be found again in the file
    assert_eq!((&trace.place, scan.place.to_string().as_str()), (&Place::Whole, "/data/0"));
    assert_eq!((trace.state, trace.skipped, trace.order.is_none()), (TraceState::Delivered, 0, true));
}

#[test]
fn kuaidi100_oldest_first_reads_the_same() {
    let turned = r#"{"nu":"YT1234567890123","com":"yuantong","state":0,"data":[
      {"time":"2026-04-01 18:06:01","context":"【杭州市】余杭公司 已揽收"},
      {"time":"2026-04-02 03:00:00","context":"【杭州市】快件离开 杭州转运中心"},
      {"time":"2026-04-02 03:00:00","context":"【嘉兴市】快件到达 嘉兴转运中心"}]}"#;
    let trace = one(turned);
    assert_eq!(texts(&trace), ["【杭州市】余杭公司 已揽收", "【杭州市】快件离开 杭州转运中心", "【嘉兴市】快件到达 嘉兴转运中心"]);
    assert_eq!((trace.state, trace.carrier.as_deref()), (TraceState::InTransit, Some("yuantong")));
    assert!(trace.delivered().is_none() && !trace.returned());
}

#[test]
fn scans_of_one_second_keep_their_order_when_the_payload_is_turned() {
    let trace = one(r#"{"nu":"YT1234567890123","com":"yuantong","data":[
      {"time":"2026-04-02 03:00:00","context":"到达 嘉兴转运中心"},
      {"time":"2026-04-02 03:00:00","context":"离开 杭州转运中心"},
      {"time":"2026-04-01 18:06:01","context":"已揽收"}]}"#);
    assert_eq!(texts(&trace), ["已揽收", "离开 杭州转运中心", "到达 嘉兴转运中心"]);
}

#[test]
fn kdniao_with_slashes_a_number_as_state_and_repeats() {
    let trace = one(r#"{"EBusinessID":"1237100","OrderCode":"3512345678901234567","ShipperCode":"SF","LogisticCode":"118461988807","Success":true,"State":3,
      "Traces":[{"AcceptTime":"2026/04/01 08:05:37","AcceptStation":"正在派件..(派件人:王五,电话:13900002222)[深圳 市]","Remark":null},
                {"AcceptTime":"2026/04/01 08:05:37","AcceptStation":"正在派件..(派件人:王五,电话:13900002222)[深圳 市]","Remark":null},
                {"AcceptTime":"2026/03/31 04:01:28","AcceptStation":"快件在 深圳集散中心 ,准备送往下一站 深圳 [深圳市]","Remark":null},
                {"AcceptTime":"2026/04/01 10:23:03","AcceptStation":"派件已签收[深圳市]","Remark":null},
                {"AcceptTime":"2026/04/01 10:23:04","AcceptStation":"签收人是：已签收[深圳市]","Remark":null}]}"#);
    assert_eq!(trace.events.len(), 4, "an exact repeat is dropped");
    assert_eq!((trace.service, trace.carrier.as_deref(), trace.order.as_ref().map(|o| o.as_str())), ("kdniao", Some("shunfeng"), Some("3512345678901234567")));
    assert_eq!(trace.events[0].at.to_rfc3339(), "2026-03-31T04:01:28+08:00");
    let (scan, how) = trace.delivered().unwrap();
    assert_eq!((scan.at.to_rfc3339().as_str(), how, scan.place.to_string().as_str()), ("2026-04-01T10:23:04+08:00", DeliveredHow::Recipient, "/Traces/4"));
}

#[test]
fn kdniao_in_camel_case_with_a_glued_time() {
    let trace = one(r#"{"logisticCode":"3967950525457","shipperCode":"YD","success":true,"state":"2",
      "traces":[{"acceptStation":"【杭州市】韵达快递 已揽件","acceptTime":"2018-03-0420:47:15"},{"acceptStation":"到达 上海分拨中心","acceptTime":"2018-03-0507:11:00"}]}"#);
    assert_eq!(trace.carrier.as_deref(), Some("yunda"));
    assert_eq!(trace.picked_up().unwrap().at.to_rfc3339(), "2018-03-04T20:47:15+08:00");
    assert_eq!(trace.events[1].place.to_string(), "/traces/1");
}

#[test]
fn a_returned_parcel_is_never_delivered() {
    // the service says 3 (signed), the words say who really signed
    let back = one(r#"{"nu":"YT1234567890124","com":"yuantong","state":"3","data":[
      {"time":"2026-04-06 15:00:00","context":"【义乌市】已签收，签收人：本人"},
      {"time":"2026-04-04 09:00:00","context":"【杭州市】客户要求退回，快件已退回"},
      {"time":"2026-04-03 09:00:00","context":"【杭州市】正在派件"},
      {"time":"2026-04-01 18:06:01","context":"【义乌市】已揽收"}]}"#);
    assert_eq!(kinds(&back), [EventKind::Collected, EventKind::OutForDelivery, EventKind::Returning, EventKind::ReturnSigned]);
    assert!(back.returned() && back.delivered().is_none());
    // 406 退货签收: only the code tells
    let by_code = one(r#"{"LogisticCode":"118461988808","ShipperCode":"SF","State":"4","StateEx":"406","Traces":[
      {"AcceptTime":"2026-04-01 08:00:00","AcceptStation":"已揽收"},{"AcceptTime":"2026-04-06 08:00:00","AcceptStation":"已签收"}]}"#);
    assert_eq!(by_code.state, TraceState::Returned);
    assert!(by_code.returned() && by_code.delivered().is_none());
    // Kuaidi100 4 = 退签, 14 = 拒签
    for (state, meaning) in [("4", TraceState::Returned), ("6", TraceState::Returning), ("14", TraceState::Refused)] {
        let trace =
            one(&format!(r#"{{"nu":"YT1234567890124","com":"yuantong","state":"{state}","data":[{{"time":"2026-04-06 15:00:00","context":"已签收"}}]}}"#));
        assert_eq!(trace.state, meaning);
        assert!(trace.returned() && trace.delivered().is_none(), "state {state}");
    }
}

#[test]
fn a_locker_is_not_the_buyers_signature_until_it_is_opened() {
    let waiting = one(r#"{"nu":"YT1234567890125","com":"yuantong","state":"501","data":[
      {"time":"2026-04-03 12:00:00","context":"【杭州市】快件已暂存至丰巢快递柜，请凭取件码取件"},
      {"time":"2026-04-01 18:06:01","context":"【义乌市】已揽收"}]}"#);
    assert_eq!((waiting.state, kinds(&waiting)), (TraceState::AtStation, vec![EventKind::Collected, EventKind::AtStation]));
    assert!(waiting.delivered().is_none());
    let taken = one(r#"{"nu":"YT1234567890125","com":"yuantong","state":"3","data":[
      {"time":"2026-04-03 19:00:00","context":"【杭州市】包裹已取走，取件成功"},
      {"time":"2026-04-03 12:00:00","context":"【杭州市】快件已暂存至丰巢快递柜，请凭取件码取件"},
      {"time":"2026-04-01 18:06:01","context":"【义乌市】已揽收"}]}"#);
    assert_eq!(taken.delivered().map(|(e, how)| (e.kind, how)), Some((EventKind::PickedUpByRecipient, DeliveredHow::Station)));
    // the same bare "signed" under 304: a locker for Kuaidi100, another person for the other family
    let k = one(r#"{"nu":"YT1234567890125","com":"yuantong","state":"304","data":[{"time":"2026-04-03 19:00:00","context":"已签收"}]}"#);
    assert_eq!((kinds(&k), k.state, k.delivered().is_none()), (vec![EventKind::AtStation], TraceState::AtStation, true));
    let n = one(
        r#"{"LogisticCode":"118461988809","ShipperCode":"SF","State":"3","StateEx":304,"Traces":[{"AcceptTime":"2026-04-03 19:00:00","AcceptStation":"已签收"}]}"#,
    );
    assert_eq!(n.delivered().map(|(_, how)| how), Some(DeliveredHow::Other));
}

#[test]
fn fetched_from_the_sender_is_a_pick_up_not_a_delivery() {
    let trace = one(r#"{"nu":"JDVA01234567890","com":"jd","state":"0","data":[
      {"time":"2026-04-01 18:06:01","context":"快递员已取件"},{"time":"2026-04-01 20:00:00","context":"货物已到达【深圳分拣中心】"}]}"#);
    assert_eq!(kinds(&trace), [EventKind::Collected, EventKind::InTransit]);
    assert!(trace.delivered().is_none());
}

#[test]
fn codes_of_single_scans_fill_what_words_leave_open() {
    let trace = one(r#"{"nu":"YT1234567890126","com":"yuantong","state":"3","data":[
      {"time":"2026-04-03 19:00:00","context":"已签收","status":"签收","statusCode":"303","areaCode":"CN330100000000","areaName":"浙江,杭州市"},
      {"time":"2026-04-01 18:06:01","context":"您的包裹有了新进展","statusCode":"103"}]}"#);
    assert_eq!(kinds(&trace), [EventKind::Collected, EventKind::DeliveredToOther]);
    assert_eq!(trace.events[1].location.as_deref(), Some("浙江,杭州市"));
}

#[test]
fn an_array_gives_each_parcel_with_its_own_bytes() {
    let second = r#"{ "nu" : "YT1234567890123", "com":"yuantong","state":"0", "weight": 1.50, "data":[{"time":"2026-04-01 18:06:01","context":"已揽收"}] }"#;
    let (traces, records) = read(&format!(" [\n{KUAIDI100},\n{second}\n]\n")).unwrap();
    assert_eq!(traces.iter().map(|t| t.waybill.as_str()).collect::<Vec<_>>(), ["SF1390012345671", "YT1234567890123"]);
    assert_eq!(traces[1].events[0].place.to_string(), "/1/data/0");
    let Records::Json(records) = records else { panic!("records of an array") };
    assert_eq!(records, [(Place::Pointer("/0".into()), KUAIDI100.to_owned()), (Place::Pointer("/1".into()), second.to_owned())]);
    assert_eq!(traces[1].place, records[1].0);
}

#[test]
fn numbers_as_keys_pushes_and_lines() {
    let bare = r#"{"com":"yuantong","state":"0","data":[{"time":"2026-04-01 18:06:01","context":"已揽收"}]}"#;
    let (traces, records) = read(&format!(r#"{{"YT1234567890123":{bare},"YT1234567890124":{bare}}}"#)).unwrap();
    assert_eq!(traces.iter().map(|t| t.waybill.as_str()).collect::<Vec<_>>(), ["YT1234567890123", "YT1234567890124"]);
    assert_eq!(traces[0].place.to_string(), "/YT1234567890123");
    assert!(matches!(records, Records::Json(r) if r.len() == 2 && r[0].1 == bare));

    let push = one(&format!(r#"{{"status":"shutdown","billstatus":"got","message":"","autoCheck":"0","comOld":"","comNew":"","lastResult":{KUAIDI100}}}"#));
    assert_eq!((push.waybill.as_str(), push.events[0].place.to_string().as_str()), ("SF1390012345671", "/lastResult/data/2"));

    let flat = KUAIDI100.replace('\n', "");
    let (traces, records) = read(&format!("{flat}\r\n\r\n{}\r\n", flat.replace("671", "688"))).unwrap();
    assert_eq!((traces[1].place.to_string().as_str(), traces[1].events[0].place.to_string().as_str()), ("line 3", "line 3"));
    assert!(matches!(records, Records::Json(r) if r == [(Place::Line(1), flat.clone()), (Place::Line(3), flat.replace("671", "688"))]));
}

#[test]
fn no_scans_is_said_and_scans_without_time_are_counted() {
    let empty = one(r#"{"message":"ok","nu":"SF1390012345672","com":"shunfeng","state":"0","data":[]}"#);
    assert_eq!((empty.state, empty.events.len(), empty.skipped), (TraceState::NoInformation, 0, 0));
    let nothing = one(r#"{"LogisticCode":"118461988810","ShipperCode":"SF","State":"0","Success":false,"Reason":"暂无轨迹信息","Traces":null}"#);
    assert_eq!((nothing.state, nothing.picked_up().is_none()), (TraceState::NoInformation, true));
    let partly = one(r#"{"nu":"SF1390012345672","com":"shunfeng","state":"3","data":[
      {"time":"","context":"已签收"},{"time":"2026-04-03","context":"到达 杭州"},{"time":"2026-04-01 18:06:01","context":"已揽收"}]}"#);
    assert_eq!((partly.events.len(), partly.skipped, partly.state), (1, 2, TraceState::Delivered));
    assert!(partly.delivered().is_none(), "a signature without a time is not placed");
}

#[test]
fn a_number_given_as_a_json_number_is_kept_whole() {
    let trace =
        one(r#"{"LogisticCode":118461988807001,"ShipperCode":"SF","State":2,"Traces":[{"AcceptTime":"2026-04-01 08:00:00","AcceptStation":"已揽收"}]}"#);
    assert_eq!(trace.waybill, "118461988807001");
}

#[test]
fn other_json_and_broken_json_are_no_traces() {
    for text in [
        "",
        "订单编号",
        "{}",
        "[]",
        "[1,2]",
        r#"{"data":[{"time":"2026-04-01 18:06:01","context":"x"}]}"#,
        r#"{"nu":"SF1390012345671","data":"x","com":"shunfeng"}"#,
        r#"{"result":false,"returnCode":"500","message":"查询无结果，请隔段时间再查"}"#,
        r#"{"session":{},"messages":[{"time":"2026-04-01 18:06:01","content":"在吗"}]}"#,
        r#"{"nu":"不是单号","com":"shunfeng","data":[]}"#,
        &KUAIDI100[..KUAIDI100.len() - 3],
        &"[".repeat(100_000),
    ] {
        assert!(read(text).is_none(), "{}", text.chars().take(60).collect::<String>());
    }
}

#[test]
fn a_broken_line_is_counted_and_costs_no_other() {
    let known = super::Knowledge::load(&crate::profile::Profile::built_in()).unwrap();
    let line = KUAIDI100.replace('\n', "");
    let read = known.read(&format!("{line}\n不是 JSON\n{}\n{}\n", &line[..60], line.replace("671", "688")), "").unwrap();
    assert_eq!((read.traces.len(), read.broken, read.traces[1].place.to_string().as_str()), (2, 2, "line 4"));
    // documents written over several lines, one after another
    let (traces, records) = super::read(&format!("{KUAIDI100}\n{}", KUAIDI100.replace("671", "688"))).unwrap();
    assert_eq!(traces.iter().map(|t| t.place.to_string()).collect::<Vec<_>>(), ["line 1", "line 5"]);
    assert!(matches!(records, Records::Json(r) if r[1].1 == KUAIDI100.replace("671", "688")));
}

#[test]
fn a_line_of_several_parcels_tells_them_apart() {
    let line = KUAIDI100.replace('\n', "");
    let (traces, records) = super::read(&format!("[{line},{}]\n{{}}\n", line.replace("671", "688"))).unwrap();
    assert_eq!(traces[1].place.to_string(), "line 1/1");
    assert_eq!(traces[1].events[0].place.to_string(), "line 1/1/data/2");
    let Records::Json(records) = records else { panic!("records") };
    assert!(traces[1].events[0].place.is_inside(&records[1].0) && !traces[1].events[0].place.is_inside(&records[0].0));
}

#[test]
fn what_a_payload_says_besides_scans() {
    let trace = one(
        r#"{"data":{"accepted":[{"number":"EE123456785CN","track_info":{"shipping_info":{"shipper_address":{"city":"Yiwu"},"recipient_address":{"city":"Hangzhou"}},
      "latest_status":{"status":"Delivered"},"misc_info":{"weight_kg":"1.20"},"tracking":{"providers":[{"events":[{"time_iso":"2026-04-04T10:20:00","description":"妥投"}]}]}}}]}}"#,
    );
    assert_eq!((trace.origin.as_deref(), trace.destination.as_deref()), (Some("Yiwu"), Some("Hangzhou")));
    assert_eq!(trace.weight_kg.map(|w| w.to_string()).as_deref(), Some("1.2"));
    assert!(trace.events[0].zone_unknown);
    let pounds = one(r#"{"trackingNumber":"1Z5R89390357567127","weight":{"unitOfMeasurement":"LBS","weight":"2.00"},"deliveryInformation":{"receivedBy":"LI"},
      "activity":[{"status":{"type":"D","description":"DELIVERED"},"date":"20260408","time":"125100"}]}"#);
    assert_eq!((pounds.weight_kg.map(|w| w.to_string()).as_deref(), pounds.recipient.as_deref()), (Some("0.907"), Some("LI")));
    assert_eq!((pounds.carrier.as_deref(), pounds.service), (Some("ups"), "ups"));
}

#[test]
fn an_xml_parcel_leaves_as_its_own_bytes() {
    let parcel = |n: &str| {
        format!(
            "<TrackInfo ID=\"{n}\"><TrackDetail><EventTime>8:04 pm</EventTime><EventDate>April 2, 2026</EventDate><Event>Acceptance</Event></TrackDetail></TrackInfo>"
        )
    };
    let (one, two) = (parcel("LX123456785US"), parcel("LX123456799US"));
    let (traces, records) = read(&format!("<TrackResponse>\n{one}{two}</TrackResponse>")).unwrap();
    assert_eq!(traces[1].events[0].place.to_string(), "/TrackResponse/TrackInfo[2]/TrackDetail");
    let Records::Json(records) = records else { panic!("records") };
    assert_eq!(records, [(Place::Pointer("/TrackResponse/TrackInfo[1]".into()), one), (Place::Pointer("/TrackResponse/TrackInfo[2]".into()), two)]);
}

#[test]
fn a_payload_cut_anywhere_is_no_trace() {
    for cut in (0..KUAIDI100.len()).filter(|i| KUAIDI100.is_char_boundary(*i)) {
        assert!(read(&KUAIDI100[..cut]).is_none(), "{cut} bytes");
    }
}
