//! Matching on cases typed by hand: what belongs to an order, and what just does not.

use super::*;
use crate::model::ids::OrderId;
use crate::model::record::{CauseKind, CauseRow, CauseTable, StockMovement};
use crate::model::settings::{Assign, IgnoreRule, LeaveOut};
use crate::model::source::FileId;
use crate::model::typed::{self, IDS, NICKS, WAYBILLS, at, chat, copy, file, moment, picture, three};
use rust_decimal::Decimal;

fn run(case: &mut Case) -> (Matching, Findings) {
    let mut findings = Findings::default();
    let matching = link(case, &typed::context(), &mut findings).unwrap();
    account(case, &matching, case.files.len()).unwrap();
    (matching, findings)
}

/// `(order, key, strength, inferred)` of a file.
fn links(matching: &Matching, id: FileId) -> Vec<(usize, Key, Strength, bool)> {
    matching.of_file(id).map(|l| (l.order, l.key, l.strength, l.inferred)).collect()
}

fn error_of(case: &mut Case) -> (String, String) {
    let e = link(case, &typed::context(), &mut Findings::default()).unwrap_err();
    (e.message(crate::model::Lang::En).to_owned(), e.next_step(crate::model::Lang::En).to_owned())
}

#[test]
fn numbers_in_paths_count_only_whole() {
    for (path, expected) in [
        (format!("{}.png", IDS[0]), Some(Key::OrderId)),
        (format!("聊天/订单{}截图.png", IDS[0]), Some(Key::OrderId)),
        (format!("order{}_1.png", IDS[0]), Some(Key::OrderId)),
        ("３５1234567890100011.png".to_owned(), Some(Key::OrderId)),
        (format!("{}/IMG_2034.jpg", IDS[0]), Some(Key::OrderId)),
        (format!("{}9.png", IDS[0]), None),
        (format!("1{}.png", IDS[0]), None),
        ("351234567890100012.png".to_owned(), None),
        ("35123456789010001.png".to_owned(), None),
        (format!("底单/{}.jpg", WAYBILLS[0]), Some(Key::Waybill)),
        (format!("底单/{}.jpg", WAYBILLS[0].to_lowercase()), Some(Key::Waybill)),
        ("底单/1390012345671.jpg".to_owned(), None),
        (format!("底单/{}0.jpg", WAYBILLS[0]), None),
        (format!("底单/X{}.jpg", WAYBILLS[0]), None),
    ] {
        let mut case = three();
        let id = file(&mut case, &path, Kind::Chat, picture());
        let (matching, findings) = run(&mut case);
        let found = links(&matching, id);
        match expected {
            Some(key) => {
                assert_eq!(found, [(0, key, Strength::Exact, false)], "{path}");
                assert_eq!(case.file(id).status, Status::Matched, "{path}");
            }
            None => {
                assert_eq!(found, [], "{path}");
                assert_eq!(case.file(id).status, Status::Unmatched, "{path}");
                assert!(findings.has(Code::FileUnmatched), "{path}");
            }
        }
    }
}

#[test]
fn ids_with_dashes_are_found_and_not_parts_of_them() {
    let mut case = typed::empty();
    typed::order(&mut case, "260401-123456789012345", "买家一号", "YT1234567890123");
    let yes = file(&mut case, "2026-260401-123456789012345-1.png", Kind::Chat, picture());
    let no = file(&mut case, "260402-123456789012345.png", Kind::Chat, picture());
    let (matching, _) = run(&mut case);
    assert_eq!(links(&matching, yes), [(0, Key::OrderId, Strength::Exact, false)]);
    assert_eq!(links(&matching, no), []);
}

#[test]
fn ids_with_dashes_are_found_without_them() {
    let mut case = typed::empty();
    typed::order(&mut case, "260401-123456789012345", "买家一号", "YT1234567890123");
    typed::order(&mut case, "260401-1234567890123451", "买家二号", "YT1234567890124");
    typed::order(&mut case, "2604011-234567890123451", "买家三号", "YT1234567890125");
    let bare = file(&mut case, "260401123456789012345.png", Kind::Chat, picture());
    let low_line = file(&mut case, "拼多多_260401_123456789012345_聊天.png", Kind::Chat, picture());
    let longer = file(&mut case, "1260401123456789012345.png", Kind::Chat, picture());
    let two = file(&mut case, "2604011234567890123451.png", Kind::Chat, picture());
    let (matching, _) = run(&mut case);
    assert_eq!(links(&matching, bare), [(0, Key::OrderId, Strength::Strong, false)]);
    assert_eq!(links(&matching, low_line), [(0, Key::OrderId, Strength::Exact, false)]);
    assert_eq!(links(&matching, longer), [], "inside a longer run");
    assert_eq!(links(&matching, two), [], "two numbers have these digits");
}

#[test]
fn a_nick_must_stand_free_and_be_long_enough() {
    for (path, orders) in [
        (format!("{}/1.png", NICKS[0]), vec![0]),
        ("聊天/TB小明 (2).png".to_owned(), vec![0]),
        (format!("聊天/客服_{}_0401.png", NICKS[2]), vec![2]),
        (format!("聊天/{}猫粮.png", NICKS[2]), vec![]),
        ("聊天/tb小明明.png".to_owned(), vec![]),
    ] {
        let mut case = three();
        let id = file(&mut case, &path, Kind::Chat, picture());
        let (matching, _) = run(&mut case);
        assert_eq!(
            matching.used(0).chain(matching.used(1)).chain(matching.used(2)).filter(|l| l.file == id).map(|l| l.order).collect::<Vec<_>>(),
            orders,
            "{path}"
        );
    }
    for nick in ["ab", "12345", "张**", "$$x$$"] {
        let mut case = typed::empty();
        typed::order(&mut case, IDS[0], nick, WAYBILLS[0]);
        let id = file(&mut case, &format!("{nick}.png"), Kind::Chat, picture());
        run(&mut case);
        assert_eq!(case.file(id).status, Status::Unmatched, "{nick}");
    }
}

#[test]
fn a_longer_nick_wins_and_two_buyers_make_a_file_ambiguous() {
    let mut case = typed::empty();
    typed::order(&mut case, IDS[0], "小猫咪", WAYBILLS[0]);
    typed::order(&mut case, IDS[1], "小猫咪_2", WAYBILLS[1]);
    let longer = file(&mut case, "小猫咪_2.png", Kind::Chat, picture());
    let both = file(&mut case, "小猫咪/小猫咪_2.png", Kind::Chat, picture());
    let (matching, findings) = run(&mut case);
    assert_eq!(links(&matching, longer), [(1, Key::Nick, Strength::Strong, false)]);
    assert_eq!(case.file(both).status, Status::Ambiguous);
    assert_eq!(matching.used(0).filter(|l| l.file == both).count(), 0);
    let finding = findings.all().iter().find(|f| f.code == Code::FileAmbiguous).unwrap();
    assert!(finding.params.iter().any(|(k, v)| *k == "orders" && v.contains(IDS[0]) && v.contains(IDS[1])));
}

#[test]
fn one_buyers_chat_belongs_to_all_his_orders() {
    let mut case = typed::empty();
    typed::order(&mut case, IDS[0], "tb小明", WAYBILLS[0]);
    typed::order(&mut case, IDS[1], "tb小明", WAYBILLS[1]);
    let text = file(&mut case, "聊天记录.txt", Kind::Chat, Content::Chats(vec![chat("tb小明", &format!("订单{}发货了吗", IDS[1]))]));
    let shot = file(&mut case, "tb小明.png", Kind::Chat, picture());
    let (matching, _) = run(&mut case);
    assert_eq!(
        links(&matching, text),
        [(0, Key::Nick, Strength::Strong, false), (1, Key::Nick, Strength::Strong, false), (1, Key::OrderId, Strength::Exact, false)]
    );
    assert_eq!((case.file(text).status, case.file(shot).status), (Status::Shared, Status::Shared));
}

#[test]
fn sub_orders_mean_their_main_order() {
    let mut case = three();
    case.orders[1].sub_ids.push(OrderId::new("351234567890100099"));
    let id = file(&mut case, "351234567890100099.png", Kind::Chat, picture());
    let (matching, _) = run(&mut case);
    assert_eq!(links(&matching, id), [(1, Key::SubOrderId, Strength::Exact, false)]);
}

fn movement(row: u32, order: Option<&str>, remark: Option<&str>, waybill: Option<&str>) -> StockMovement {
    StockMovement {
        document: None,
        order: order.map(OrderId::new),
        waybill: waybill.map(str::to_owned),
        sku: Some("sku-1".to_owned()),
        name: None,
        out: Decimal::ONE,
        pieces_said: true,
        at: Some(at("2026-04-01")),
        at_has_time: false,
        warehouse: None,
        remark: remark.map(str::to_owned),
        place: Place::Row(row),
    }
}

#[test]
fn stock_rows_by_number_then_waybill_then_sku_quantity_day() {
    let mut case = three();
    let remark = format!("淘宝 {}", IDS[1]);
    let rows = vec![movement(2, Some(IDS[0]), None, None), movement(3, None, Some(&remark), None), movement(4, None, None, Some(WAYBILLS[2]))];
    let id = file(&mut case, "出库.csv", Kind::StockOut, Content::StockMovements(rows));
    let (matching, _) = run(&mut case);
    assert_eq!(
        links(&matching, id),
        [(0, Key::OrderId, Strength::Exact, false), (1, Key::OrderId, Strength::Exact, false), (2, Key::Waybill, Strength::Exact, false)]
    );

    // three orders of one piece on one day: an unnamed row fits all of them
    let mut case = three();
    let id = file(&mut case, "出库.csv", Kind::StockOut, Content::StockMovements(vec![movement(2, None, None, None)]));
    let (matching, _) = run(&mut case);
    assert!(links(&matching, id).iter().all(|l| l.2 == Strength::Weak && l.3));
    assert_eq!(case.file(id).status, Status::Ambiguous);

    // only one order of that SKU: an inference, and marked as one
    let mut case = typed::empty();
    typed::order(&mut case, IDS[0], NICKS[0], WAYBILLS[0]);
    let id = file(&mut case, "出库.csv", Kind::StockOut, Content::StockMovements(vec![movement(2, None, None, None)]));
    let (matching, _) = run(&mut case);
    assert_eq!(links(&matching, id), [(0, Key::SkuQuantityDay, Strength::Strong, true)]);

    // a row that names somebody else's order is his
    let mut case = typed::empty();
    typed::order(&mut case, IDS[0], NICKS[0], WAYBILLS[0]);
    let id = file(&mut case, "出库.csv", Kind::StockOut, Content::StockMovements(vec![movement(2, Some("351234567890199999"), None, None)]));
    let (matching, _) = run(&mut case);
    assert_eq!(links(&matching, id), []);
}

#[test]
fn causes_by_id_are_facts_and_by_time_inferences() {
    let row = |n: u32, orders: Vec<OrderId>, from: &str, to: Option<&str>| CauseRow {
        orders,
        from: Some(moment(from)),
        to: to.map(moment),
        label: None,
        sku: None,
        title: None,
        place: Place::Row(n),
    };
    let mut case = three();
    case.orders[2].created_at.as_mut().unwrap().value = moment("2026-04-05 12:00:00");
    let rows = vec![row(2, vec![OrderId::new(IDS[0])], "2026-04-01", None), row(3, vec![], "2026-04-01 19:00:00", Some("2026-04-01 20:30:00"))];
    let table = file(&mut case, "直播.csv", Kind::Promotion, Content::Causes(CauseTable { cause: CauseKind::Live, rows, anonymous: false }));
    let dated = file(&mut case, "活动报名_20260405.png", Kind::Promotion, picture());
    let range = file(&mut case, "满减20260331-20260402.png", Kind::Promotion, picture());
    let chat_shot = file(&mut case, "微信截图_20260405.png", Kind::Chat, picture());
    let (matching, _) = run(&mut case);
    assert_eq!(
        links(&matching, table),
        [(0, Key::OrderId, Strength::Exact, false), (0, Key::Content, Strength::Strong, true), (1, Key::Content, Strength::Strong, true)]
    );
    assert_eq!(links(&matching, dated), [(2, Key::Content, Strength::Strong, true)]);
    assert_eq!(links(&matching, range).iter().map(|l| l.0).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(links(&matching, chat_shot), []);
}

#[test]
fn assign_replaces_what_was_found() {
    let mut case = three();
    let id = file(&mut case, &format!("a/{}.png", IDS[0]), Kind::Other, picture());
    let all = file(&mut case, "合同.pdf", Kind::Contract, Content::None);
    case.settings.assign = vec![
        Assign { file: format!("{}.png", IDS[0]), orders: Some(vec![IDS[2].to_owned()]), kind: Some(Kind::Chat), line: 3 },
        Assign { file: "合同.pdf".to_owned(), orders: None, kind: None, line: 7 },
    ];
    let (matching, _) = run(&mut case);
    assert_eq!(links(&matching, id), [(2, Key::Assign, Strength::Exact, false)]);
    assert_eq!(case.file(id).kind, Kind::Chat);
    assert_eq!((links(&matching, all).len(), case.file(all).status), (3, Status::Shared));
}

#[test]
fn slips_in_case_toml_are_named_with_line_and_nearest() {
    let mut case = three();
    case.settings.leave_out = vec![LeaveOut { orders: vec!["351234567890100012".to_owned()], why: "x".to_owned(), line: 12 }];
    let (message, hint) = error_of(&mut case);
    assert!(message.contains("line 12") && message.contains("351234567890100012") && hint.contains("351234567890100011"), "{message} {hint}");

    let mut case = three();
    file(&mut case, "a/1.png", Kind::Other, picture());
    file(&mut case, "b/1.png", Kind::Other, picture());
    case.settings.assign = vec![Assign { file: "1.png".to_owned(), orders: None, kind: None, line: 5 }];
    let (message, _) = error_of(&mut case);
    assert!(message.contains("line 5") && message.contains("a/1.png") && message.contains("b/1.png"), "{message}");

    case.settings.assign = vec![Assign { file: "a/2.png".to_owned(), orders: None, kind: None, line: 6 }];
    let (message, hint) = error_of(&mut case);
    assert!(message.contains("line 6") && hint.contains("a/1.png"), "{message} {hint}");

    case.settings.assign.clear();
    let ignore = |file: &str| vec![IgnoreRule { file: file.to_owned(), why: None, line: 8 }];
    case.settings.ignore = ignore("a/*.PNG");
    let (message, hint) = error_of(&mut case);
    assert!(message.contains("line 8") && message.contains("upper and lower case") && hint.contains("a/1.png"), "{message} {hint}");
    case.settings.ignore = ignore("*.tmp");
    run(&mut case);
}

#[test]
fn copies_inherit_nothing_and_speak_for_an_original_that_says_nothing() {
    let mut case = three();
    let original = file(&mut case, "1.png", Kind::Chat, picture());
    let twin = copy(&mut case, original, &format!("{}.png", IDS[1]));
    let (matching, _) = run(&mut case);
    assert_eq!(links(&matching, original).iter().map(|l| l.0).collect::<Vec<_>>(), [1], "the phone's name says nothing, the copy's does");
    assert_eq!(matching.of_duplicates.iter().map(|l| (l.file, l.order)).collect::<Vec<_>>(), [(twin, 1)]);

    // copies under two orders' names are no proof of either
    let mut two = three();
    let original_of_two = file(&mut two, "1.png", Kind::Chat, picture());
    copy(&mut two, original_of_two, &format!("{}.png", IDS[1]));
    copy(&mut two, original_of_two, &format!("{}.png", IDS[2]));
    let (matching, _) = run(&mut two);
    assert_eq!(links(&matching, original_of_two), []);

    case.settings.assign = vec![Assign { file: format!("{}.png", IDS[1]), orders: Some(vec![IDS[0].to_owned()]), kind: None, line: 1 }];
    let (matching, _) = run(&mut case);
    assert_eq!(links(&matching, original), [(0, Key::Assign, Strength::Exact, false)]);
}

#[test]
fn the_hint_can_be_pasted() {
    let mut case = three();
    file(&mut case, "x/图 \"1\".png", Kind::Chat, picture());
    let (_, findings) = run(&mut case);
    let (_, text) = findings.all()[0].params.iter().find(|(k, _)| *k == "assign").unwrap();
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(table["assign"][0]["file"].as_str(), Some("图 \"1\".png"));
    assert_eq!(table["assign"][0]["orders"][0].as_str(), Some("?"), "no order's number where none is known");
}

#[test]
fn a_good_case_leaves_nothing_unmatched() {
    let mut case = typed::proven();
    let (matching, findings) = run(&mut case);
    assert_eq!(findings.all(), []);
    assert!(case.files.iter().all(|f| matches!(f.status, Status::Matched | Status::Shared | Status::Source)));
    for order in 0..3 {
        let mut kinds: Vec<Kind> = matching.used(order).map(|l| case.file(l.file).kind).collect();
        kinds.dedup();
        assert_eq!(kinds, [Kind::OrderRecord, Kind::Trace, Kind::Chat, Kind::CourierBill, Kind::Promotion], "{order}");
    }
}

/// Gives an order of the case a recipient, phone and street.
fn person(case: &mut Case, order: usize, name: &str, phone: &str, address: &str) {
    use crate::model::person::{Personal, PersonalKind};
    use crate::model::source::Located;
    let export = FileId(0);
    let at = |kind, v: &str| Located::new(Personal::new(kind, v), export, Place::Row(2));
    let order = &mut case.orders[order];
    order.recipient = Some(at(PersonalKind::Name, name));
    order.phones = vec![at(PersonalKind::Phone, phone)];
    order.address = Some(at(PersonalKind::Address, address));
}

fn people() -> Case {
    let mut case = three();
    person(&mut case, 0, "王晓雯", "15400001111", "浙江省 杭州市 西湖区 青禾路12号金桂花园3幢2单元1201室(310013)");
    person(&mut case, 1, "李建国", "15400002222", "江苏省 南京市 鼓楼区 书香街8号(210009)");
    person(&mut case, 2, "王静", "15400003333-4321", "上海 上海市 闵行区 望江路77号阳光里5幢301室");
    case
}

/// The links of a text in a note.
fn note(case: &mut Case, text: &str) -> Vec<(usize, Key, Strength, bool)> {
    let id = file(case, "备注.txt", Kind::Other, Content::Text(text.to_owned()));
    let (matching, _) = run(case);
    links(&matching, id)
}

#[test]
fn phones_names_and_streets() {
    const STRONG: Strength = Strength::Strong;
    const WEAK: Strength = Strength::Weak;
    for (text, expected) in [
        ("收件人电话 15400001111", vec![(0, Key::Phone, STRONG)]),
        ("154 0000 1111", vec![(0, Key::Phone, STRONG)]),
        ("15400001112", vec![]),
        ("2154000011113", vec![]),
        ("SF15400001111", vec![]),
        // the extension of a virtual number decides
        ("15400003333-4321", vec![(2, Key::Phone, STRONG)]),
        ("15400003333", vec![(2, Key::Phone, WEAK)]),
        ("15400003333-4322", vec![]),
        ("15400001111-9999", vec![(0, Key::Phone, WEAK)]),
        // masked ones suggest, two that agree on one order are enough
        ("154****1111", vec![(0, Key::Phone, WEAK)]),
        ("手机尾号1111的包裹", vec![(0, Key::Phone, WEAK)]),
        ("154****1112", vec![]),
        ("王** 154****1111", vec![(0, Key::Phone, STRONG), (0, Key::Recipient, STRONG)]),
        ("李** 154****1111", vec![(0, Key::Phone, WEAK), (1, Key::Recipient, WEAK)]),
        ("收件人：王晓雯，尾号 1111", vec![(0, Key::Phone, STRONG), (0, Key::Recipient, STRONG)]),
        ("王晓雯", vec![(0, Key::Recipient, WEAK)]),
        ("王晓雯雯", vec![]),
        ("王**", vec![(0, Key::Recipient, WEAK), (2, Key::Recipient, WEAK)]),
        ("王晓雯女士 杭州西湖 青禾路12号 金桂花园3幢2单元1201室", vec![(0, Key::Recipient, STRONG)]),
        ("青禾路12号金桂花园3幢2单元1202室 王静", vec![(2, Key::Recipient, WEAK)]),
        // a label copied as lines
        ("收件人：李**\n南京市鼓楼区书香街8号\n154****2222", vec![(1, Key::Phone, STRONG), (1, Key::Recipient, STRONG)]),
        // a row that names another order is of that order
        ("351234567890100099\t王晓雯\t15400001111\tx", vec![]),
    ] {
        let found: Vec<_> = note(&mut people(), text).into_iter().map(|(o, k, s, _)| (o, k, s)).collect();
        let mut found_keys = found.clone();
        found_keys.dedup();
        // amounts of agreement, not of places
        let expected: Vec<_> = expected;
        assert_eq!(found_keys, expected, "{text}");
    }
}

#[test]
fn two_that_fit_equally_are_named_and_not_used() {
    let mut case = people();
    let id = file(&mut case, "签收照片 王**.png", Kind::Other, picture());
    let (matching, findings) = run(&mut case);
    assert_eq!(case.file(id).status, Status::Ambiguous);
    assert_eq!(matching.of_file(id).count(), 2);
    let found = findings.all().iter().find(|f| f.code == Code::FileAmbiguous).unwrap();
    assert!(found.params.iter().any(|(k, v)| *k == "orders" && v.contains(IDS[0]) && v.contains(IDS[2])));
}

#[test]
fn one_weak_key_is_a_guess() {
    let mut case = people();
    let id = file(&mut case, "154-0000-2223/图.png", Kind::Other, picture());
    let guess = file(&mut case, "尾号2222.png", Kind::Other, picture());
    let (_, findings) = run(&mut case);
    assert_eq!((case.file(id).status, case.file(guess).status), (Status::Unmatched, Status::Unmatched));
    let found: Vec<_> = findings.all().iter().filter(|f| f.code == Code::FileUnmatched).map(|f| (f.file, f.variant)).collect();
    assert_eq!(found, [(Some(id), None), (Some(guess), Some("guess"))]);
}

#[test]
fn a_phone_of_two_buyers_decides_nothing() {
    let mut case = people();
    person(&mut case, 1, "李建国", "15400001111", "江苏省 南京市 鼓楼区 书香街8号");
    let id = file(&mut case, "15400001111.png", Kind::Other, picture());
    let (matching, _) = run(&mut case);
    assert_eq!(links(&matching, id), [(0, Key::Phone, Strength::Weak, false), (1, Key::Phone, Strength::Weak, false)]);
    assert_eq!(case.file(id).status, Status::Ambiguous);

    // two orders of one buyer are both his
    let mut case = people();
    case.orders[1].buyer = case.orders[0].buyer.clone();
    person(&mut case, 1, "王晓雯", "15400001111", "浙江省 杭州市 西湖区 青禾路12号金桂花园3幢2单元1201室");
    let id = file(&mut case, "15400001111.png", Kind::Other, picture());
    run(&mut case);
    assert_eq!(case.file(id).status, Status::Shared);
}

#[test]
fn notes_in_a_picture_speak() {
    for (text, expected) in [
        (format!("订单{}", IDS[1]), vec![(1, Key::OrderId, Strength::Exact, false)]),
        (format!("{}9", IDS[1]), vec![]),
        (format!("买家：{}", NICKS[2]), vec![(2, Key::Nick, Strength::Strong, false)]),
        ("Screenshot".to_owned(), vec![]),
    ] {
        let mut case = three();
        let Content::Picture(mut info) = picture() else { unreachable!() };
        info.notes = vec![("exif UserComment".to_owned(), text.clone())];
        let id = file(&mut case, "IMG_0001.jpg", Kind::Chat, Content::Picture(info));
        let (matching, _) = run(&mut case);
        assert_eq!(links(&matching, id), expected, "{text}");
    }
}

#[test]
fn amounts_at_their_second_and_on_their_day() {
    let paid = |case: &mut Case, order: usize, amount: i64| {
        let place = case.orders[order].paid_at.as_ref().unwrap().clone();
        case.orders[order].amount = Some(place.map(|_| crate::model::money::Money::cny(Decimal::new(amount, 2))));
    };
    for (text, expected) in [
        ("2026-04-01 20:01:00 收款 ¥169.00", vec![(0, Strength::Strong, true)]),
        ("2026-04-01 20:01:30 收款 169.00元", vec![(0, Strength::Weak, false)]),
        ("2026-04-01 收款 169.00", vec![(0, Strength::Weak, false)]),
        ("2026-04-02 20:01:00 收款 169.00", vec![]),
        ("2026-04-01 20:01:00 收款 169.01", vec![]),
    ] {
        let mut case = three();
        paid(&mut case, 0, 16900);
        paid(&mut case, 1, 9900);
        let found: Vec<_> = note(&mut case, text).into_iter().map(|(o, k, s, i)| (k == Key::AmountTime).then_some((o, s, i)).unwrap()).collect();
        assert_eq!(found, expected, "{text}");
    }
    // two orders of one amount in one second
    let mut case = three();
    (0..2).for_each(|o| paid(&mut case, o, 16900));
    assert!(note(&mut case, "2026-04-01 20:01:00 收款 ¥169.00").iter().all(|l| l.2 == Strength::Weak));
}

#[test]
fn a_broken_sum_is_an_internal_error() {
    let mut case = typed::proven();
    let (matching, _) = run(&mut case);
    let files = case.files.len();
    account(&case, &matching, files).unwrap();
    let told = |r: crate::error::Result<()>| r.unwrap_err().message(crate::model::Lang::En).to_owned();
    assert!(told(account(&case, &matching, files + 1)).contains("internal error"));
    case.files[1].status = Status::Ignored;
    assert!(told(account(&case, &matching, files)).contains(&case.files[1].path));
}
