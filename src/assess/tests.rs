//! The rules on cases typed by hand: each spoilt in one thing, and what just does not spoil it.

use super::*;
use crate::finding::{Code, Severity};
use crate::model::assessment::{LeftOut, ProofGroup, Standing, StepKind};
use crate::model::file::Kind;
use crate::model::ids::OrderId;
use crate::model::order::ExportEntry;
use crate::model::record::{Content, EventKind, Records, StockCount, StockMovement, Table, TraceState};
use crate::model::settings::{Accept, ChatSettings, Delivery, Fact, LeaveOut, OrderSettings, Scope};
use crate::model::source::{FileId, Located, Place};
use crate::model::typed::{IDS, NICKS, WAYBILLS, at, chat, context, copy, file, moment, picture, proven, three, trace};
use rust_decimal::Decimal;

mod scans;

fn judge(case: &mut Case) -> (Assessment, Findings) {
    let mut findings = Findings::default();
    let ctx = context();
    let matching = crate::matching::link(case, &ctx, &mut findings).unwrap();
    let assessment = assess(case, &matching, None, &ctx, &mut findings).unwrap();
    for lang in [crate::model::Lang::ZhCn, crate::model::Lang::En] {
        let words = crate::profile::lang::words(lang);
        for finding in findings.all().iter().filter(|f| f.code.family() != "files") {
            let text = words.message(finding) + &words.hint(finding);
            assert!(!text.is_empty() && !text.contains('{'), "{text}");
        }
    }
    (assessment, findings)
}

/// `(severity, variant)` of every finding of a code for an order.
fn of(findings: &Findings, code: Code, order: usize) -> Vec<(Severity, Option<&'static str>)> {
    findings.all().iter().filter(|f| f.code == code && f.order == Some(order)).map(|f| (f.severity, f.variant)).collect()
}

fn has(findings: &Findings, code: Code) -> bool {
    findings.has(code)
}

/// The trace of order 0 in [`proven`].
const TRACE: FileId = FileId(1);

fn spoil_trace(case: &mut Case, state: TraceState, events: &[(&str, EventKind)]) {
    case.contents[TRACE.index()].content = Content::Traces(vec![trace(WAYBILLS[0], state, events)]);
}

#[test]
fn a_proven_case_is_argued_whole() {
    let mut case = proven();
    let (a, findings) = judge(&mut case);
    let not_good: Vec<_> = findings.all().iter().filter(|f| f.severity <= Severity::Warning).collect();
    assert!(not_good.is_empty(), "{not_good:?}");
    assert_eq!((a.counts.flagged, a.counts.argued, a.counts.left_out, a.counts.complete, a.counts.proven), (3, 3, 0, 3, 3));
    assert_eq!(
        a.counts.proofs.iter().filter(|(_, n)| *n == 3).map(|(g, _)| *g).collect::<Vec<_>>(),
        [ProofGroup::CourierBill, ProofGroup::Trace, ProofGroup::Chat, ProofGroup::Cause]
    );
    let order = &a.orders[0];
    assert_eq!(order.steps.iter().map(|s| s.kind).collect::<Vec<_>>(), [StepKind::Ordered, StepKind::Paid, StepKind::PickedUp, StepKind::Delivered]);
    assert_eq!(order.weight_kg.as_ref().map(|w| w.value.to_string()).as_deref(), Some("0.52"));
    assert_eq!(
        order.proofs.iter().map(|p| (p.group, p.rank)).collect::<Vec<_>>(),
        [(ProofGroup::CourierBill, 4), (ProofGroup::Trace, 2), (ProofGroup::Chat, 2), (ProofGroup::Cause, 2)]
    );
    assert_eq!(a.anomaly.sources.iter().map(|s| (s.orders, s.inferred)).collect::<Vec<_>>(), [(3, 0)]);
    assert_eq!(findings.all().iter().filter(|f| f.code == Code::DeliveryConfirmed).count(), 3);
    assert_eq!(a.tasks.iter().map(|t| t.key.as_str()).collect::<Vec<_>>(), ["submit"]);
}

#[test]
fn weight_and_chat_and_what_stands_for_them() {
    let mut case = proven();
    let bill = case.files.iter().position(|f| f.kind == Kind::CourierBill).unwrap();
    case.contents[bill].content = Content::None;
    let (a, findings) = judge(&mut case);
    assert_eq!((of(&findings, Code::WeightMissing, 0).len(), of(&findings, Code::TracePublicOnly, 0).len()), (1, 1));
    let task = a.tasks.iter().find(|t| t.key == "request-waybills").unwrap();
    assert_eq!((task.by, task.orders.len()), (at("2026-04-10 18:00:00"), 3));
    assert!(task.params.contains(&("file".to_owned(), "requests/SF Express.xlsx".to_owned())), "{:?}", task.params);
    assert!(task.params.contains(&("what".to_owned(), "slip or internal trace with weight".to_owned())), "{:?}", task.params);
    // a slip may show the weight
    file(&mut case, &format!("底单/{}.jpg", WAYBILLS[0]), Kind::Waybill, picture());
    assert!(of(&judge(&mut case).1, Code::WeightMissing, 0).is_empty());

    let mut case = three();
    let text = file(&mut case, "聊天.txt", Kind::Chat, Content::Chats(vec![chat(NICKS[0], "什么时候发货")]));
    let (_, findings) = judge(&mut case);
    assert_eq!((of(&findings, Code::ChatTextOnly, 0).len(), of(&findings, Code::ChatMissing, 0).len(), of(&findings, Code::ChatMissing, 1).len()), (1, 0, 1));
    // a proof number stands for the picture
    case.settings.chats =
        vec![ChatSettings { buyer: Some(NICKS[0].to_owned()), order: None, proof_number: Some("JZ1".to_owned()), created: Some(at("2026-04-09")), line: 1 }];
    let (a, findings) = judge(&mut case);
    assert!(of(&findings, Code::ChatTextOnly, 0).is_empty() && !has(&findings, Code::ProofNumberExpiring));
    assert_eq!(a.orders[0].proofs.iter().map(|p| (p.file, p.rank)).collect::<Vec<_>>(), [(None, 3)]);
    for (created, variant) in [("2026-03-20", Some(None)), ("2026-03-21", None), ("2026-01-01", Some(Some("gone")))] {
        case.settings.chats[0].created = Some(at(created));
        assert_eq!(of(&judge(&mut case).1, Code::ProofNumberExpiring, 0).first().map(|(_, v)| *v), variant, "{created}");
    }

    // somebody else's conversation that names the order
    case.contents[text.index()].content = Content::Chats(vec![chat("路人甲", &format!("订单{}", IDS[0]))]);
    assert_eq!(of(&judge(&mut case).1, Code::ChatBuyerDiffers, 0).len(), 1);
    case.contents[text.index()].content = Content::Chats(vec![chat("TB小明", &format!("订单{}", IDS[0]))]);
    assert!(!has(&judge(&mut case).1, Code::ChatBuyerDiffers));
}

fn out(row: u32, order: &str, pieces: i64, day: &str) -> StockMovement {
    StockMovement {
        document: None,
        order: Some(OrderId::new(order)),
        waybill: None,
        sku: Some("SKU-1".to_owned()),
        name: None,
        out: Decimal::from(pieces),
        pieces_said: true,
        at: Some(at(day)),
        at_has_time: false,
        warehouse: None,
        remark: None,
        place: Place::Row(row),
    }
}

fn counted(pieces: i64, day: &str) -> StockCount {
    StockCount {
        sku: Some("sku-1".to_owned()),
        name: None,
        warehouse: None,
        booked: None,
        counted: Some(Decimal::from(pieces)),
        at: Some(at(day)),
        place: Place::Row(2),
    }
}

#[test]
fn stock_must_fit_the_orders() {
    let mut case = proven();
    file(&mut case, "出库.csv", Kind::StockOut, Content::StockMovements(vec![out(2, IDS[0], 1, "2026-04-01"), out(3, IDS[1], 2, "2026-04-01")]));
    let (a, findings) = judge(&mut case);
    assert_eq!(
        (of(&findings, Code::StockOutMissing, 2).len(), of(&findings, Code::StockQuantityDiffers, 1).len(), of(&findings, Code::StockQuantityDiffers, 0).len()),
        (1, 1, 0)
    );
    // a day without time stands behind the payment of that day
    assert_eq!(
        a.orders[0].steps.iter().map(|s| s.kind).collect::<Vec<_>>(),
        [StepKind::Ordered, StepKind::Paid, StepKind::StockOut, StepKind::PickedUp, StepKind::Delivered]
    );

    for (count, short) in [(2, true), (3, false)] {
        let mut case = proven();
        file(&mut case, "盘点.csv", Kind::StockCount, Content::StockCounts(vec![counted(count, "2026-03-31")]));
        assert_eq!(has(&judge(&mut case).1, Code::StockCountShort), short, "{count}");
        let rows = vec![out(2, IDS[0], 1, "2026-04-01"), out(3, IDS[1], 1, "2026-04-01"), out(4, IDS[2], 1, "2026-04-01")];
        file(&mut case, "出库.csv", Kind::StockOut, Content::StockMovements(rows));
        assert_eq!(has(&judge(&mut case).1, Code::StockNegative), short, "{count}");
    }
    // a count that came after says nothing of before
    let mut case = proven();
    file(&mut case, "盘点.csv", Kind::StockCount, Content::StockCounts(vec![counted(0, "2026-04-05")]));
    assert!(!has(&judge(&mut case).1, Code::StockCountShort));
}

#[test]
fn why_they_came_together() {
    let mut case = proven();
    let live = case.files.iter().position(|f| f.path == "直播订单.csv").unwrap();
    case.contents[live].content = Content::None;
    case.files[live].kind = Kind::Other;
    let (a, findings) = judge(&mut case);
    assert!(findings.all().iter().any(|f| f.code == Code::AnomalyUnexplained && f.severity == Severity::Error && f.order.is_none()));
    assert_eq!((a.anomaly.unexplained, a.counts.argued), (3, 3));
    assert!(a.tasks.iter().any(|t| t.key == "add-cause"));

    // traffic alone explains, but is no promotion
    case.files[live].kind = Kind::Traffic;
    case.files[live].path = "流量20260401.png".to_owned();
    case.contents[live].content = picture();
    let (a, findings) = judge(&mut case);
    assert!(!has(&findings, Code::AnomalyUnexplained) && has(&findings, Code::PromotionProofMissing));
    assert_eq!(a.anomaly.sources.iter().map(|s| (s.orders, s.inferred)).collect::<Vec<_>>(), [(3, 3)]);
}

#[test]
fn the_chart_holds_the_flagged_days_and_the_rate_before() {
    let mut case = proven();
    for (n, day) in ["2026-03-25 10:00:00", "2026-03-25 11:00:00", "2026-03-27 10:00:00"].into_iter().enumerate() {
        case.export.push(ExportEntry {
            id: OrderId::new(format!("35123456789019999{n}")),
            at: Some(moment(day)),
            buyer: "x".into(),
            address: "".into(),
            waybills: Vec::new(),
            amount: None,
            pieces: None,
            refunded: false,
            unpaid: false,
            currency: *b"CNY",
            file: FileId(0),
            place: Place::Row(9),
        });
    }
    case.settings.facts = vec![(
        "春季上新活动".to_owned(),
        Fact::Table([("from".to_owned(), Fact::Date(at("2026-03-30"))), ("to".to_owned(), Fact::Date(at("2026-04-02")))].into()),
    )];
    let (a, _) = judge(&mut case);
    assert_eq!(a.anomaly.export_orders, 6);
    assert_eq!((a.anomaly.days.len(), a.anomaly.days[7].orders, a.anomaly.days[7].flagged), (8, 3, 3));
    // 3 orders in the 7 days from 03-25 to 03-31
    assert_eq!(a.anomaly.mean_before.map(|(m, n)| (m.round_dp(3).to_string(), n)), Some(("0.429".to_owned(), 7)));
    assert_eq!(a.anomaly.events.iter().map(|e| e.label.as_str()).collect::<Vec<_>>(), ["春季上新活动", "春茶专场"]);
}

#[test]
fn harmful_words_in_what_is_handed_in() {
    let mut case = proven();
    file(&mut case, "聊天/好评返现/351234567890100011.png", Kind::Chat, picture());
    // the second conversation is with nobody of the case and stays at home
    let mut stranger = chat("无关的人", "刷单吗");
    stranger.place = Place::Line(3);
    stranger.messages[0].place = Place::Line(4);
    file(&mut case, "聊天.txt", Kind::Chat, Content::Chats(vec![chat(NICKS[1], "好评返现5元"), stranger]));
    // every cell of a flagged row goes into the bag, whatever its column is called
    let mut table = Table { header: vec!["订单编号".to_owned(), "客服备忘".to_owned()], ..Table::default() };
    (2..5).zip(["", "", "补单"]).for_each(|(n, memo)| table.push_row(n, ["1", memo]));
    case.contents[0].records = Records::Table(table);
    let (a, findings) = judge(&mut case);
    let found: Vec<_> = findings.all().iter().filter(|f| f.code == Code::ContentHarmful).map(|f| (f.order, f.variant, f.place.clone().unwrap())).collect();
    assert_eq!(found, [(None, Some("name"), Place::Path), (Some(1), None, Place::Line(2)), (Some(2), Some("remark"), Place::Row(4))]);
    assert_eq!(a.counts.argued, 3);
    case.settings.facts = vec![("说明".to_owned(), Fact::Text("绝对真实".to_owned()))];
    assert!(has(&judge(&mut case).1, Code::StatementRisky));
}

#[test]
fn one_picture_under_two_names() {
    let reused = |path: &str, kind: Kind, accept: bool| {
        let mut case = proven();
        let original = file(&mut case, &format!("{}/a.png", IDS[0]), kind, picture());
        copy(&mut case, original, path);
        if accept {
            case.settings.accept =
                vec![Accept { code: "picture-reused".to_owned(), file: Some("a.png".to_owned()), why: "同一张营业执照".to_owned(), line: 1 }];
        }
        let (a, findings) = judge(&mut case);
        (of(&findings, Code::PictureReused, 0), of(&findings, Code::PictureReused, 1).len(), a.orders[0].standing)
    };
    let other = format!("{}/b.png", IDS[1]);
    assert_eq!(reused(&other, Kind::Chat, false), (vec![(Severity::Error, None)], 1, Standing::Contradicting));
    assert_eq!(reused(&other, Kind::Chat, true), (vec![(Severity::Note, Some("accepted"))], 1, Standing::Proven));
    assert_eq!(reused(&other, Kind::Promotion, false), (vec![], 0, Standing::Proven));
    assert_eq!(reused(&format!("{}/b.png", IDS[0]), Kind::Chat, false), (vec![], 0, Standing::Proven));
    assert_eq!(reused("b.png", Kind::Chat, false), (vec![], 0, Standing::Proven));
}

#[test]
fn argued_and_left_out_make_the_flagged() {
    let mut case = proven();
    case.orders[1].sub_ids = vec![OrderId::new("351234567890100123")];
    case.listed.push(crate::model::case::Listed { id: OrderId::new("351234567890100123"), order: 1, is_sub: true });
    case.settings.leave_out = vec![LeaveOut { orders: vec![IDS[0].to_owned()], why: "买家已退款".to_owned(), line: 1 }];
    let (a, _) = judge(&mut case);
    assert_eq!((a.counts.flagged, a.counts.orders, a.counts.argued, a.counts.left_out, a.counts.argued_orders), (4, 3, 3, 1, 2));
    assert_eq!(a.orders[0].left_out, Some(LeftOut::ByUser("买家已退款".to_owned())));

    case.settings.leave_out.clear();
    case.settings.scope = Scope::Listed(vec![(IDS[2].to_owned(), 1)]);
    let (a, _) = judge(&mut case);
    assert_eq!((a.counts.argued, a.counts.left_out, a.orders[0].left_out.clone()), (1, 3, Some(LeftOut::OutOfScope)));

    case.settings.scope = Scope::All;
    case.orders[0].waybills.clear();
    let (a, _) = judge(&mut case);
    assert_eq!((a.counts.argued, a.counts.missing, a.counts.complete), (4, 1, 3));
}

#[test]
fn strict_does_not_turn_a_warning_into_a_contradiction() {
    let mut case = proven();
    case.export[1].waybills = vec![WAYBILLS[0].into()];
    case.export[1].address = case.export[0].address.clone();
    let mut findings = Findings::new(std::collections::BTreeMap::new(), true);
    let ctx = Context { strict: true, ..context() };
    let matching = crate::matching::link(&mut case, &ctx, &mut findings).unwrap();
    let a = assess(&case, &matching, None, &ctx, &mut findings).unwrap();
    assert_eq!(of(&findings, Code::TrackingNumberReused, 0), [(Severity::Error, Some("same-address"))]);
    assert_eq!((a.orders[0].standing, a.orders[0].complete), (Standing::Proven, false));
}

#[test]
fn tasks_have_their_deadlines() {
    let mut case = three();
    case.settings.seller.ship_from = Some("西湖".to_owned());
    let (a, _) = judge(&mut case);
    let list: Vec<(&str, String)> = a.tasks.iter().map(|t| (t.key.as_str(), t.by.format("%m-%d %H:%M").to_string())).collect();
    let list: Vec<(&str, &str)> = list.iter().map(|(k, t)| (*k, t.as_str())).collect();
    assert_eq!(
        list,
        [
            ("request-waybills", "04-10 18:00"),
            ("fetch-traces", "04-10 18:00"),
            ("ask-proof-numbers", "04-11 18:00"),
            ("add-cause", "04-11 18:00"),
            ("submit", "04-12 23:59")
        ]
    );
    case.now = at("2026-04-10 17:30:00");
    assert_eq!(judge(&mut case).0.tasks[0].by, at("2026-04-11 18:00:00"));
    // on the last day what others must send is due before the appeal
    for (now, by) in
        [("2026-04-12 17:30:00", "2026-04-12 18:30:00"), ("2026-04-12 23:00:00", "2026-04-12 23:29:00"), ("2026-04-12 23:30:00", "2026-04-12 23:44:00")]
    {
        case.now = at(now);
        let list = judge(&mut case).0.tasks;
        let due = |key: &str| list.iter().find(|t| t.key == key).map(|t| t.by.format("%Y-%m-%d %H:%M:00").to_string());
        assert_eq!((due("request-waybills").as_deref(), due("submit").as_deref()), (Some(by), Some("2026-04-12 23:59:00")));
    }
    let words = crate::profile::lang::words(crate::model::Lang::En);
    for task in a.tasks {
        let params: Vec<(&str, &str)> = task.params.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let text = words.fill(&format!("task.{}", task.key), &params);
        assert!(!text.contains('{') && text.contains(' '), "{text}");
    }
}

#[test]
fn every_message_of_these_families_has_its_words_filled() {
    for lang in [crate::model::Lang::ZhCn, crate::model::Lang::En] {
        let words = crate::profile::lang::words(lang);
        for code in Code::ALL.iter().filter(|c| ["logistics", "proof", "money", "harm"].contains(&c.family())) {
            for key in ["message", "hint", "explain"] {
                if !(key == "hint" && *code == Code::DeliveryConfirmed) {
                    assert!(words.find(&format!("{}.{key}", code.as_str())).is_some_and(|t| !t.is_empty()), "{lang:?} {} {key}", code.as_str());
                }
            }
        }
    }
}

/// How long the checks take on two thousand orders, printed and not asserted: `cargo test --lib two_thousand -- --nocapture`.
#[test]
fn two_thousand_orders() {
    let mut case = crate::model::typed::empty();
    let ids: Vec<(String, String, String)> = (0..2000).map(|i| (format!("35123456789{i:07}"), format!("tb{i:05}"), format!("SF1390{i:09}"))).collect();
    for (id, nick, waybill) in &ids {
        crate::model::typed::order(&mut case, id, nick, waybill);
    }
    let traces = ids.iter().enumerate().map(|(i, (_, _, waybill))| {
        // minutes modulo a prime: no two parcels have the same scans, nor the same distances between them
        let time = |day: usize, factor: usize| {
            let minutes = i * factor % 2003;
            format!("2026-04-{:02} {:02}:{:02}:00", day + minutes / 1440, minutes % 1440 / 60, minutes % 60)
        };
        let scans = [(time(1, 1), EventKind::Collected), (time(3, 7), EventKind::InTransit), (time(5, 29), EventKind::InTransit)];
        let ends = [(time(7, 101), EventKind::OutForDelivery), (time(9, 503), EventKind::Delivered)];
        let events: Vec<(&str, EventKind)> = scans.iter().chain(&ends).map(|(t, k)| (t.as_str(), *k)).collect();
        let mut made = trace(waybill, TraceState::Delivered, &events);
        made.place = Place::Pointer(format!("/{i}").into());
        made
    });
    let traces = traces.collect();
    file(&mut case, "轨迹.json", Kind::Trace, Content::Traces(traces));
    let ctx = context();
    let mut findings = Findings::default();
    let matching = crate::matching::link(&mut case, &ctx, &mut findings).unwrap();
    let begin = std::time::Instant::now();
    let assessment = assess(&case, &matching, None, &ctx, &mut findings).unwrap();
    println!("2,000 orders assessed in {} ms", begin.elapsed().as_millis());
    assert_eq!(assessment.orders.iter().filter(|o| o.delivered.is_some()).count(), 2000);
    assert!(!has(&findings, Code::TracesSimilar));
}
