//! Cases typed by hand for unit tests: three flagged orders with everything right, to be spoilt one thing at a time.

use super::case::{Case, Listed};
use super::file::{FileEntry, Kind, Sha256, Status};
use super::ids::{OrderId, Waybill};
use super::notice::Notice;
use super::order::{ExportEntry, Order, OrderLine};
use super::person::{Personal, PersonalKind};
use super::record::{
    Chat, ChatMessage, ChatRole, Content, EventKind, PictureFormat, PictureInfo, Recognised, Records, TimeFrom, Trace, TraceEvent, TraceState, Zone,
};
use super::settings::CaseSettings;
use super::source::{FileId, Located, Place};
use super::{Lang, Moment, Time};
use crate::context::{Context, Quiet};
use crate::profile::Profile;
use crate::text::dates;
use rust_decimal::Decimal;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A moment in China.
pub(crate) fn at(text: &str) -> Time {
    dates::moment(text, false).unwrap().at
}

/// A moment of an export in China, or its day.
pub(crate) fn moment(text: &str) -> Moment {
    dates::moment(text, false).unwrap()
}

/// A run's surroundings with one thread.
pub(crate) fn context() -> Context {
    Context {
        wall: at("2026-04-10 09:00:00"),
        fixed_now: Some(at("2026-04-10 09:00:00")),
        lang: Lang::En,
        strict: false,
        pool: Arc::new(rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap()),
        progress: Arc::new(Quiet),
        cancel: Arc::new(AtomicBool::new(false)),
        profile: Arc::new(Profile::built_in()),
        results: None,
        system_fonts: false,
        printed_to: Vec::new(),
        pixels: crate::context::PixelChecks::On { kept_in: None },
    }
}

/// A case without orders or files; `now` is 2026-04-10 09:00, the deadline 2026-04-12 23:59:59.
pub(crate) fn empty() -> Case {
    Case {
        id: "case-1".to_owned(),
        root: std::path::PathBuf::new(),
        settings: CaseSettings::default(),
        platform: Some("taobao".to_owned()),
        violation: Some("fake-transaction".to_owned()),
        scenario: None,
        language: Lang::ZhCn,
        now: at("2026-04-10 09:00:00"),
        document_date: None,
        files: Vec::new(),
        contents: Vec::new(),
        notice: Notice { received: Some(moment("2026-04-09 08:00:00")), deadline: Some(at("2026-04-12 23:59:59")), ..Notice::default() },
        orders: Vec::new(),
        listed: Vec::new(),
        export: Vec::new(),
        listed_beside: Vec::new(),
        shop: None,
    }
}

/// Adds a file; open ones begin as unmatched, as intake leaves them. Ids follow the order of the calls.
pub(crate) fn file(case: &mut Case, path: &str, kind: Kind, content: Content) -> FileId {
    let id = FileId(u32::try_from(case.files.len()).unwrap());
    let status = if matches!(content, Content::Orders(_)) { Status::Source } else { Status::Unmatched };
    case.files.push(FileEntry {
        id,
        path: path.to_owned(),
        os_path: path.into(),
        member: Vec::new(),
        container: false,
        bytes: 1,
        sha256: Sha256([u8::try_from(id.0 % 251).unwrap(); 32]),
        crc32: id.0,
        kind,
        status,
        why: None,
        same_as: None,
    });
    case.contents.push(Recognised { content, records: Records::Whole });
    id
}

/// A copy of `original` under another path.
pub(crate) fn copy(case: &mut Case, original: FileId, path: &str) -> FileId {
    let (kind, content) = (case.file(original).kind, case.content(original).content.clone());
    let sha256 = case.file(original).sha256;
    let id = file(case, path, kind, content);
    let entry = &mut case.files[id.index()];
    entry.status = Status::Duplicate;
    entry.same_as = Some(original);
    entry.sha256 = sha256;
    id
}

/// A whole picture.
pub(crate) fn picture() -> Content {
    Content::Picture(picture_of(PictureFormat::Jpeg, 1080, 2340))
}

/// What intake reads of a whole picture of so many pixels.
pub(crate) fn picture_of(format: PictureFormat, width: u32, height: u32) -> PictureInfo {
    PictureInfo {
        format,
        width,
        height,
        orientation: 1,
        programs: Vec::new(),
        taken_at: None,
        notes: Vec::new(),
        broken: None,
        hidden: None,
        frames: 1,
        pages: Vec::new(),
        pixels: None,
    }
}

/// A trace with these scans, `(time, kind)`.
pub(crate) fn trace(waybill: &str, state: TraceState, events: &[(&str, EventKind)]) -> Trace {
    let events = events
        .iter()
        .enumerate()
        .map(|(i, (time, kind))| TraceEvent {
            at: at(time),
            text: format!("{kind:?}"),
            location: Some("杭州市".to_owned()),
            kind: *kind,
            place: Place::Pointer(format!("/data/{i}").into()),
            ..TraceEvent::default()
        })
        .collect();
    Trace { waybill: waybill.to_owned(), service: "kuaidi100", state, events, ..Trace::default() }
}

/// A conversation of one message.
pub(crate) fn chat(buyer: &str, text: &str) -> Chat {
    Chat {
        layout: "wangwang-text",
        buyer: Some(buyer.to_owned()),
        messages: vec![ChatMessage {
            at: Some(at("2026-04-01 21:00:00")),
            time_from: TimeFrom::Said,
            speaker: buyer.to_owned(),
            role: ChatRole::Buyer,
            mark: None,
            recalled: false,
            text: text.to_owned(),
            place: Place::Line(2),
        }],
        place: Place::Line(1),
        zone: Zone::Usual,
    }
}

/// Adds a flagged order that stands in the export (the first file): ordered 04-01 20:00, paid 20:01, one piece of SKU-1, one waybill.
pub(crate) fn order<'c>(case: &'c mut Case, id: &str, buyer: &str, waybill: &str) -> &'c mut Order {
    if case.files.is_empty() {
        file(case, "ExportOrderList202604091200.csv", Kind::OrderRecord, Content::Orders(super::record::OrderTable::default()));
    }
    let row = Place::Row(u32::try_from(case.orders.len()).unwrap() + 2);
    let export = FileId(0);
    let personal = |kind, v: String| Some(Located::new(Personal::new(kind, v), export, row.clone()));
    let address = format!("浙江省 杭州市 西湖区 文三路{}号", case.orders.len() + 1);
    let time = |t: &str| Some(Located::new(moment(t), export, row.clone()));
    let order = Order {
        id: OrderId::new(id),
        sub_ids: Vec::new(),
        in_export: true,
        rows: vec![(export, row.clone())],
        buyer: personal(PersonalKind::Nick, buyer.to_owned()),
        recipient: personal(PersonalKind::Name, "张小凡".to_owned()),
        phones: Vec::new(),
        address: personal(PersonalKind::Address, address.clone()),
        day: None,
        created_at: time("2026-04-01 20:00:00"),
        paid_at: time("2026-04-01 20:01:00"),
        shipped_at: None,
        confirmed_at: None,
        amount: None,
        refund: None,
        pieces: None,
        waybills: vec![Located::new(
            Waybill { number: waybill.to_owned(), carrier_text: Some("顺丰速运".to_owned()), carrier: Some("shunfeng".to_owned()), shipped_at: None },
            export,
            row.clone(),
        )],
        lines: vec![OrderLine {
            sub_id: None,
            title: Some("保温杯".to_owned()),
            sku: Some("SKU-1".to_owned()),
            attributes: None,
            quantity: Some(Decimal::ONE),
            price: None,
            file: export,
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
    };
    case.export.push(ExportEntry {
        id: order.id.clone(),
        at: order.created_at.as_ref().map(|t| t.value),
        buyer: buyer.into(),
        address: address.into(),
        waybills: vec![waybill.into()],
        amount: None,
        pieces: None,
        refunded: false,
        unpaid: false,
        currency: *b"CNY",
        file: export,
        place: row,
    });
    case.listed.push(Listed { id: order.id.clone(), order: case.orders.len(), is_sub: false });
    case.orders.push(order);
    case.orders.last_mut().unwrap()
}

/// Ids, nicks and waybills of [`three`].
pub(crate) const IDS: [&str; 3] = ["351234567890100011", "351234567890100022", "351234567890100033"];
/// Nicks.
pub(crate) const NICKS: [&str; 3] = ["tb小明", "tb小红", "山里的猫"];
/// Waybills.
pub(crate) const WAYBILLS: [&str; 3] = ["SF1390012345671", "SF1390012345682", "SF1390012345693"];

/// Three flagged orders of three buyers and nothing else but the export.
pub(crate) fn three() -> Case {
    let mut case = empty();
    for ((id, nick), waybill) in IDS.into_iter().zip(NICKS).zip(WAYBILLS) {
        order(&mut case, id, nick, waybill);
    }
    case
}

/// [`three`] with all that a proven order needs: delivered trace, bill with weight, chat picture, live record that names the orders.
pub(crate) fn proven() -> Case {
    use super::record::{BillRow, CauseKind, CauseRow, CauseTable};
    let mut case = three();
    for (i, waybill) in WAYBILLS.into_iter().enumerate() {
        let t = trace(
            waybill,
            TraceState::Delivered,
            &[("2026-04-01 22:00:00", EventKind::Collected), ("2026-04-02 08:00:00", EventKind::InTransit), ("2026-04-03 10:00:00", EventKind::Delivered)],
        );
        file(&mut case, &format!("轨迹/{waybill}.json"), Kind::Trace, Content::Traces(vec![t]));
        file(&mut case, &format!("聊天/{}_1.png", NICKS[i]), Kind::Chat, picture());
    }
    let bill = WAYBILLS
        .iter()
        .zip(2..)
        .map(|(w, n)| BillRow {
            waybill: (*w).to_owned(),
            weight_kg: Some(Decimal::new(52, 2)),
            fee: None,
            at: Some(at("2026-04-01")),
            sent: None,
            picked_up: None,
            signed: None,
            from: None,
            to: None,
            recipient: None,
            phone: None,
            place: Place::Row(n),
        })
        .collect();
    file(&mut case, "顺丰账单.csv", Kind::CourierBill, Content::Bill(bill));
    let rows = IDS
        .iter()
        .zip(2..)
        .map(|(id, n)| CauseRow {
            orders: vec![OrderId::new(*id)],
            from: Some(moment("2026-04-01 19:30:00")),
            to: Some(moment("2026-04-01 22:00:00")),
            label: Some("春茶专场".to_owned()),
            sku: None,
            title: None,
            place: Place::Row(n),
        })
        .collect();
    file(&mut case, "直播订单.csv", Kind::Promotion, Content::Causes(CauseTable { cause: CauseKind::Live, rows, anonymous: false }));
    case
}
