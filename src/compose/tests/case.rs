//! A hand-built case: three flagged orders, two argued, with a waybill photo, a bill, traces, chats, a stock table and a live-stream table. All invented.

use crate::context::{Context, Quiet};
use crate::model::assessment::*;
use crate::model::case::{Case, Listed};
use crate::model::evidence::{Key, Link, Matching, Strength};
use crate::model::file::{FileEntry, Kind, Sha256, Status};
use crate::model::ids::{OrderId, Waybill};
use crate::model::money::Money;
use crate::model::notice::Notice;
use crate::model::order::{ExportEntry, Order, OrderLine};
use crate::model::person::{Personal, PersonalKind};
use crate::model::record::*;
use crate::model::settings::{CaseSettings, Fact};
use crate::model::source::{FileId, Located, Place};
use crate::model::typed::picture;
use crate::model::{Lang, Time};
use crate::profile::Profile;
use rust_decimal::Decimal;
use std::path::PathBuf;
use std::sync::Arc;

/// File numbers, in path order.
pub const EXPORT: FileId = FileId(0);
pub const WAYBILL: FileId = FileId(1);
pub const BILL: FileId = FileId(2);
pub const TRACES: FileId = FileId(3);
pub const CHAT_A1: FileId = FileId(4);
pub const CHAT_A2: FileId = FileId(5);
pub const CHAT_TEXT: FileId = FileId(6);
pub const LIVE: FileId = FileId(7);
pub const STOCK: FileId = FileId(8);
pub const NOTICE: FileId = FileId(9);
pub const UNARGUED: FileId = FileId(10);

pub const NICK: [&str; 3] = ["tb__alpha__01`x`", "示例买家乙", "丙丙<b>"];
pub const NAME: [&str; 3] = ["王小甲", "李示例", "赵不举"];
pub const PHONE: [&str; 3] = ["13800001111", "13800002222", "13800003333"];
pub const ADDRESS: [&str; 3] = ["浙江省杭州市西湖区示例路1号2幢301", "江苏省南京市玄武区样板街8号", "上海市浦东新区虚构路9号"];
pub const IDS: [&str; 3] = ["2861734095517302481", "2861734095517302482", "2861734095517302483"];

pub fn at(text: &str) -> Time {
    crate::text::dates::moment(text, false).unwrap().at
}

fn moment(text: &str) -> crate::model::Moment {
    crate::text::dates::moment(text, false).unwrap()
}

pub fn surroundings() -> Context {
    Context {
        wall: at("2026-04-10 09:00:00"),
        fixed_now: None,
        lang: Lang::ZhCn,
        strict: false,
        pool: Arc::new(rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap()),
        progress: Arc::new(Quiet),
        cancel: Arc::default(),
        profile: Arc::new(Profile::built_in()),
        results: None,
        system_fonts: false,
        printed_to: Vec::new(),
        pixels: crate::context::PixelChecks::Off,
    }
}

fn file(id: FileId, path: &str, kind: Kind, status: Status) -> FileEntry {
    FileEntry {
        id,
        path: path.to_owned(),
        os_path: PathBuf::from(path),
        member: Vec::new(),
        container: false,
        bytes: 1000 + u64::from(id.0),
        sha256: Sha256([id.0 as u8; 32]),
        crc32: 0,
        kind,
        status,
        why: None,
        same_as: None,
    }
}

fn order(i: usize) -> Order {
    let row = Place::Row(i as u32 + 2);
    let person = |kind, v: &str| Located::new(Personal::new(kind, v), EXPORT, row.clone());
    let time = |t: &str| Some(Located::new(moment(t), EXPORT, row.clone()));
    Order {
        id: OrderId::new(IDS[i]),
        sub_ids: vec![],
        in_export: true,
        rows: vec![(EXPORT, row.clone())],
        buyer: Some(person(PersonalKind::Nick, NICK[i])),
        recipient: Some(person(PersonalKind::Name, NAME[i])),
        phones: vec![person(PersonalKind::Phone, PHONE[i])],
        address: Some(person(PersonalKind::Address, ADDRESS[i])),
        day: None,
        created_at: time(&format!("2026-04-01 20:0{i}:00")),
        paid_at: time(&format!("2026-04-01 20:0{i}:30")),
        shipped_at: None,
        confirmed_at: None,
        amount: Some(Located::new(Money::cny(Decimal::new(5900, 2)), EXPORT, row.clone())),
        refund: None,
        pieces: None,
        waybills: vec![Located::new(
            Waybill { number: format!("SF139001234567{i}"), carrier_text: Some("顺丰速运".into()), carrier: Some("shunfeng".into()), shipped_at: None },
            EXPORT,
            row.clone(),
        )],
        lines: vec![OrderLine {
            sub_id: None,
            title: Some("不锈钢平底锅 24cm".into()),
            sku: Some("GUO-24".into()),
            attributes: None,
            quantity: Some(Decimal::ONE),
            price: None,
            file: EXPORT,
            place: row.clone(),
        }],
        status: None,
        remark: None,
        message: None,
        stages: None,
        presale: false,
        refunded: None,
        unpaid: false,
        to_ship: false,
        cash_on_delivery: false,
    }
}

fn trace(i: usize) -> Trace {
    let event =
        |t: &str, text: &str, kind| TraceEvent { at: at(t), text: text.to_owned(), location: Some("【杭州市】".into()), kind, ..TraceEvent::default() };
    Trace {
        waybill: format!("SF139001234567{i}"),
        carrier: Some("shunfeng".into()),
        service: "kuaidi100",
        state: TraceState::Delivered,
        events: vec![
            event("2026-04-02 18:00:00", "顺丰速运 已收取快件", EventKind::Collected),
            event("2026-04-04 10:20:00", "快件已签收，派件员 张示例 13912345678", EventKind::Delivered),
        ],
        place: Place::Pointer(format!("/{i}").into()),
        ..Trace::default()
    }
}

fn step(kind: StepKind, t: &str, file: FileId, place: Place) -> Step {
    let location = matches!(kind, StepKind::PickedUp | StepKind::Delivered).then(|| "【杭州市】".into());
    Step { kind, at: at(t), day_only: false, zone_unknown: false, inferred: false, location, file, place }
}

fn assessed(i: usize) -> OrderAssessment {
    let proof = |group, file, place, rank| Proof { group, file: Some(file), place, rank, proof_number: None, inferred: false };
    let mut proofs = vec![
        proof(ProofGroup::Trace, TRACES, Place::Pointer(format!("/{i}").into()), 2),
        proof(ProofGroup::CourierBill, BILL, Place::Row(i as u32 + 2), 4),
        proof(ProofGroup::StockOut, STOCK, Place::Row(i as u32 + 2), 1),
    ];
    if i == 0 {
        proofs.push(proof(ProofGroup::Waybill, WAYBILL, Place::Path, 5));
        proofs.push(proof(ProofGroup::Chat, CHAT_A1, Place::Path, 3));
        proofs.push(proof(ProofGroup::Chat, CHAT_A2, Place::Path, 3));
    } else {
        proofs.push(Proof { group: ProofGroup::Chat, file: None, place: Place::Whole, rank: 3, proof_number: Some("JZ20260402".into()), inferred: false });
    }
    proofs.push(proof(ProofGroup::Cause, LIVE, Place::Row(i as u32 + 2), 4));
    OrderAssessment {
        way_of: None,
        parcels: Parcels { all: 1, delivered: 1, weighed: 1, resent: 0 },
        standing: Standing::Proven,
        complete: true,
        left_out: None,
        steps: vec![
            step(StepKind::Ordered, &format!("2026-04-01 20:0{i}:00"), EXPORT, Place::Row(i as u32 + 2)),
            step(StepKind::Paid, &format!("2026-04-01 20:0{i}:30"), EXPORT, Place::Row(i as u32 + 2)),
            step(StepKind::PickedUp, "2026-04-02 18:00:00", TRACES, Place::Pointer(format!("/{i}").into())),
            step(StepKind::Delivered, "2026-04-04 10:20:00", TRACES, Place::Pointer(format!("/{i}").into())),
        ],
        delivered: Some(DeliveredHow::Recipient),
        weight_kg: Some(Located::new(Decimal::new(120, 2), BILL, Place::Row(i as u32 + 2))),
        strength: crate::model::assessment::Strength::of(&proofs),
        groups: vec![],
        proofs,
        causes: vec![OrderCause { cause: CauseKind::Live, file: LIVE, place: Place::Row(i as u32 + 2), inferred: i == 1 }],
    }
}

/// The case, its links and its assessment.
pub fn three_orders() -> (Case, Matching, Assessment) {
    let files = vec![
        file(EXPORT, "ExportOrderList202604.csv", Kind::OrderRecord, Status::Source),
        file(WAYBILL, "底单/SF1390012345670.jpg", Kind::Waybill, Status::Matched),
        file(BILL, "快递/对账单.csv", Kind::CourierBill, Status::Shared),
        file(TRACES, "快递/轨迹.json", Kind::Trace, Status::Shared),
        file(CHAT_A1, "聊天/tb__alpha__01`x`/1.jpg", Kind::Chat, Status::Matched),
        file(CHAT_A2, "聊天/tb__alpha__01`x`/2.jpg", Kind::Chat, Status::Matched),
        file(CHAT_TEXT, "聊天/乙.txt", Kind::Chat, Status::Matched),
        file(LIVE, "直播/成交.csv", Kind::Promotion, Status::Shared),
        file(STOCK, "仓库/出库.csv", Kind::StockOut, Status::Shared),
        file(NOTICE, "通知.txt", Kind::Notice, Status::Source),
        file(UNARGUED, "聊天/丙.jpg", Kind::Chat, Status::Matched),
    ];
    let bill = |i: usize| BillRow {
        waybill: format!("SF139001234567{i}"),
        weight_kg: Some(Decimal::new(120, 2)),
        fee: Some(Decimal::new(850, 2)),
        at: Some(at("2026-04-02")),
        sent: None,
        picked_up: None,
        signed: None,
        from: Some("义乌".into()),
        to: Some("杭州".into()),
        recipient: None,
        phone: None,
        place: Place::Row(i as u32 + 2),
    };
    let out = |i: usize| StockMovement {
        document: Some(format!("CK00{i}")),
        order: Some(OrderId::new(IDS[i])),
        waybill: None,
        sku: Some("GUO-24".into()),
        name: Some("平底锅".into()),
        out: Decimal::ONE,
        pieces_said: true,
        at: Some(at("2026-04-02 15:30:00")),
        at_has_time: true,
        warehouse: Some("义乌仓".into()),
        remark: Some(format!("{} {}", NAME[i], PHONE[i])),
        place: Place::Row(i as u32 + 2),
    };
    let message = |role, speaker: &str, text: &str, line| ChatMessage {
        at: Some(at("2026-04-02 10:00:00")),
        time_from: TimeFrom::Said,
        speaker: speaker.into(),
        role,
        mark: None,
        recalled: false,
        text: text.into(),
        place: Place::Line(line),
    };
    let chat = Chat {
        layout: "wangwang-text",
        buyer: Some(NICK[1].into()),
        messages: vec![
            message(ChatRole::Buyer, NICK[1], &format!("请发到{}，电话{}，收件人{}", ADDRESS[1], PHONE[1], NAME[1]), 1),
            message(ChatRole::Seller, "示例厨具:小二", "好的，今天发出", 3),
        ],
        place: Place::Line(1),
        zone: Zone::Usual,
    };
    let cause = |i: usize| CauseRow {
        orders: vec![OrderId::new(IDS[i])],
        from: Some(moment("2026-04-01 20:00:00")),
        to: None,
        label: Some("新品首发".into()),
        sku: None,
        title: None,
        place: Place::Row(i as u32 + 2),
    };
    let contents = [
        Content::None,
        picture(),
        Content::Bill((0..3).map(bill).collect()),
        Content::Traces((0..3).map(trace).collect()),
        picture(),
        picture(),
        Content::Chats(vec![chat]),
        Content::Causes(CauseTable { cause: CauseKind::Live, rows: (0..3).map(cause).collect(), anonymous: false }),
        Content::StockMovements((0..3).map(out).collect()),
        Content::None,
        picture(),
    ];
    let contents = contents.into_iter().map(|content| Recognised { content, records: Records::Whole }).collect();
    let link = |order, file, place, key| Link { order, file, place, key, strength: Strength::Exact, inferred: false };
    let mut links = vec![
        link(0, WAYBILL, Place::Path, Key::Waybill),
        link(0, CHAT_A1, Place::Path, Key::Nick),
        link(0, CHAT_A2, Place::Path, Key::Nick),
        link(1, CHAT_TEXT, Place::Line(1), Key::Nick),
        link(2, UNARGUED, Place::Path, Key::OrderId),
    ];
    for i in 0..3 {
        links.push(link(i, BILL, Place::Row(i as u32 + 2), Key::Waybill));
        links.push(link(i, TRACES, Place::Pointer(format!("/{i}").into()), Key::Waybill));
        links.push(link(i, LIVE, Place::Row(i as u32 + 2), Key::OrderId));
        links.push(link(i, STOCK, Place::Row(i as u32 + 2), Key::OrderId));
    }
    links.sort_by_key(|l| (l.order, l.file));
    let settings = CaseSettings {
        present: true,
        state_limits: true,
        seller: crate::model::settings::Seller {
            shop: Some("示例厨具旗舰店".into()), company: Some("义乌示例厨具有限公司".into()), ..Default::default()
        },
        facts: vec![("statement".into(), Fact::Text("4月1日20:00起在自有直播间做新品首发，*活动价*59元。".into()))],
        ..CaseSettings::default()
    };
    let case = Case {
        id: "taobao-WG2026".into(),
        root: PathBuf::from("/nowhere"),
        settings,
        platform: Some("taobao".into()),
        violation: Some("fake-transaction".into()),
        scenario: None,
        language: Lang::ZhCn,
        now: at("2026-04-10 09:00:00"),
        document_date: Some(at("2026-04-10 09:00:00")),
        files,
        contents,
        notice: Notice {
            file: Some(NOTICE),
            number: Some("WG2026040900012345".into()),
            platform: Some("taobao".into()),
            violation_text: Some("虚假交易".into()),
            received: Some(moment("2026-04-09 08:00:00")),
            order_ids: (0..3).map(|i| Located::new(OrderId::new(IDS[i]), NOTICE, Place::Line(i as u32 + 5))).collect(),
            ..Notice::default()
        },
        orders: (0..3).map(order).collect(),
        listed: (0..3).map(|i| Listed { id: OrderId::new(IDS[i]), order: i, is_sub: false }).collect(),
        listed_beside: Vec::new(),
        shop: None,
        export: (0..3)
            .map(|i| ExportEntry {
                id: OrderId::new(IDS[i]),
                at: Some(moment("2026-04-01 20:00:00")),
                buyer: NICK[i].into(),
                address: ADDRESS[i].into(),
                waybills: vec![],
                amount: None,
                pieces: None,
                refunded: false,
                unpaid: false,
                currency: *b"CNY",
                file: EXPORT,
                place: Place::Row(i as u32 + 2),
            })
            .collect(),
    };
    let mut assessment = Assessment {
        orders: vec![assessed(0), assessed(1), OrderAssessment { left_out: Some(LeftOut::NotProven), ..assessed(2) }],
        listed_argued: vec![true, true, false],
        ..Assessment::default()
    };
    assessment.anomaly = Anomaly {
        days: (30..=31)
            .map(|d| DayCount { day: chrono::NaiveDate::from_ymd_opt(2026, 3, d).unwrap(), orders: 1, flagged: 0 })
            .chain([DayCount { day: chrono::NaiveDate::from_ymd_opt(2026, 4, 1).unwrap(), orders: 3, flagged: 3 }])
            .collect(),
        export_orders: 5,
        mean_before: Some((Decimal::ONE, 2)),
        events: vec![Event {
            cause: CauseKind::Live,
            label: "新品首发".into(),
            from: moment("2026-04-01 20:00:00"),
            to: moment("2026-04-01 22:00:00"),
            file: Some(LIVE),
            fact: None,
        }],
        sources: vec![CauseSource { cause: CauseKind::Live, file: LIVE, orders: 2, inferred: 1 }],
        unexplained: 0,
        ..Anomaly::default()
    };
    count(&mut assessment);
    (case, Matching { links, ..Matching::default() }, assessment)
}

/// Counts again after a test changed the orders.
pub fn count(assessment: &mut Assessment) {
    let argued: Vec<_> = assessment.orders.iter().filter(|o| o.argued()).collect();
    let proofs = ProofGroup::ALL.iter().map(|g| (*g, argued.iter().filter(|o| o.has(*g)).count())).collect();
    let flagged = assessment.orders.len();
    assessment.counts = Counts {
        flagged,
        orders: flagged,
        in_export: flagged,
        argued: argued.len(),
        left_out: flagged - argued.len(),
        argued_orders: argued.len(),
        proofs,
        ..Counts::default()
    };
}
