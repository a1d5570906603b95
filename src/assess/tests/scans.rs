//! Numbers and scans.

use super::*;

#[test]
fn scans_must_follow_order_and_payment() {
    for (scan, before_order, before_payment) in
        [("2026-04-01 20:01:00", false, false), ("2026-04-01 20:00:30", false, true), ("2026-04-01 19:59:00", true, true)]
    {
        let mut case = proven();
        spoil_trace(&mut case, TraceState::Delivered, &[(scan, EventKind::Collected), ("2026-04-03 10:00:00", EventKind::Delivered)]);
        let (a, findings) = judge(&mut case);
        assert_eq!((has(&findings, Code::ScanBeforeOrder), has(&findings, Code::ScanBeforePayment)), (before_order, before_payment), "{scan}");
        let expected = if before_payment { Standing::Contradicting } else { Standing::Proven };
        assert_eq!(a.orders[0].standing, expected, "{scan}");
        assert_eq!(a.counts.argued + a.counts.left_out, a.counts.flagged);
    }
    // a label made before the payment is no scan of the parcel
    let mut case = proven();
    let events = [("2026-04-01 19:00:00", EventKind::Announced), ("2026-04-01 22:00:00", EventKind::Collected), ("2026-04-03 10:00:00", EventKind::Delivered)];
    spoil_trace(&mut case, TraceState::Delivered, &events);
    assert!(!has(&judge(&mut case).1, Code::ScanBeforePayment));
}

#[test]
fn a_deposit_presale_may_be_sent_before_the_final_payment() {
    let early = [("2026-04-01 20:00:30", EventKind::Collected), ("2026-04-03 10:00:00", EventKind::Delivered)];
    for presale in ["stages", "settings", "neither"] {
        let mut case = proven();
        spoil_trace(&mut case, TraceState::Delivered, &early);
        match presale {
            "stages" => case.orders[0].stages = Some(Located::new("阶段1已付款".to_owned(), FileId(0), Place::Row(2))),
            "settings" => case.settings.orders = vec![OrderSettings { id: IDS[0].to_owned(), delivery: Some(Delivery::Presale), line: 1 }],
            _ => {}
        }
        assert_eq!(has(&judge(&mut case).1, Code::ScanBeforePayment), presale == "neither", "{presale}");
    }
}

#[test]
fn traces_that_do_not_end_well() {
    let collected = ("2026-04-01 22:00:00", EventKind::Collected);
    for (state, events, code, variant, standing) in [
        (TraceState::InTransit, vec![collected], Code::DeliveryNotConfirmed, None, Standing::Missing),
        (TraceState::AtStation, vec![collected, ("2026-04-03 10:00:00", EventKind::AtStation)], Code::DeliveryNotConfirmed, Some("station"), Standing::Missing),
        (TraceState::Collected, vec![("2026-04-01 22:00:00", EventKind::Announced)], Code::PickupMissing, None, Standing::Missing),
        (TraceState::NoInformation, vec![], Code::PickupMissing, Some("empty"), Standing::Missing),
        (TraceState::Returned, vec![collected, ("2026-04-05 10:00:00", EventKind::Delivered)], Code::ReturnedToSender, None, Standing::Contradicting),
        (TraceState::Delivered, vec![collected, ("2026-04-05 10:00:00", EventKind::DeliveredToOther)], Code::SignedByOther, None, Standing::Proven),
        (
            TraceState::Delivered,
            vec![collected, ("2026-04-05 10:00:00", EventKind::PickedUpByRecipient)],
            Code::SignedByOther,
            Some("station"),
            Standing::Proven,
        ),
    ] {
        let mut case = proven();
        spoil_trace(&mut case, state, &events);
        let (a, findings) = judge(&mut case);
        assert_eq!(of(&findings, code, 0).first().map(|(_, v)| *v), Some(variant), "{code:?} {variant:?}");
        assert!(of(&findings, code, 1).is_empty());
        assert_eq!(a.orders[0].standing, standing, "{code:?} {variant:?}");
        assert_eq!(of(&findings, Code::DeliveryConfirmed, 0).len(), usize::from(standing == Standing::Proven));
    }
}

#[test]
fn a_second_parcel_that_arrived_lightens_a_return() {
    let mut case = proven();
    let second = case.orders[0].waybills[0].clone().map(|mut w| {
        w.number = "SF1390012349999".to_owned();
        w
    });
    case.orders[0].waybills.push(second);
    spoil_trace(&mut case, TraceState::Returned, &[("2026-04-01 22:00:00", EventKind::Collected), ("2026-04-02 22:00:00", EventKind::Returning)]);
    let good = trace("SF1390012349999", TraceState::Delivered, &[("2026-04-03 22:00:00", EventKind::Collected), ("2026-04-05 10:00:00", EventKind::Delivered)]);
    file(&mut case, "SF1390012349999.json", Kind::Trace, Content::Traces(vec![good]));
    let (a, findings) = judge(&mut case);
    assert_eq!(of(&findings, Code::ReturnedToSender, 0), [(Severity::Warning, Some("sent-again"))]);
    assert_eq!(a.orders[0].standing, Standing::Proven);
    // the order has arrived with the second parcel, and pages say that the first came back
    assert_eq!((a.orders[0].parcels.all, a.orders[0].parcels.delivered, a.orders[0].parcels.resent), (1, 1, 1));
    assert!(!has(&findings, Code::PickupLate));
}

#[test]
fn another_part_of_an_order_was_not_sent_again() {
    let mut case = proven();
    let second = case.orders[0].waybills[0].clone().map(|mut w| {
        w.number = "SF1390012349999".to_owned();
        w
    });
    case.orders[0].waybills.push(second);
    spoil_trace(&mut case, TraceState::Returned, &[("2026-04-01 22:00:00", EventKind::Collected), ("2026-04-02 22:00:00", EventKind::Returning)]);
    let part = trace("SF1390012349999", TraceState::Delivered, &[("2026-04-02 10:00:00", EventKind::Collected), ("2026-04-05 10:00:00", EventKind::Delivered)]);
    file(&mut case, "SF1390012349999.json", Kind::Trace, Content::Traces(vec![part]));
    let (a, _) = judge(&mut case);
    assert_eq!((a.orders[0].parcels.all, a.orders[0].parcels.delivered, a.orders[0].parcels.resent), (2, 1, 0));
}

#[test]
fn pickup_is_late_only_where_the_time_of_shipping_is_known() {
    // of a day alone the last second counts
    let days = [(Some("2026-03-30"), true), (Some("2026-03-31"), false)];
    for (shipped, late) in days.into_iter().chain([(Some("2026-03-31 21:00:00"), true), (Some("2026-03-31 22:00:00"), false), (None, false)]) {
        let mut case = proven();
        case.orders[0].shipped_at = shipped.map(|s| Located::new(moment(s), FileId(0), Place::Row(2)));
        let (_, findings) = judge(&mut case);
        assert_eq!(has(&findings, Code::PickupLate), late, "{shipped:?}");
        let said = findings.all().iter().find(|f| f.code == Code::NotCheckable && f.variant == Some("pickup"));
        let said = said.and_then(|f| f.params.iter().find(|(name, _)| *name == "count").map(|(_, n)| n.clone()));
        let lacking = case.orders.iter().filter(|o| o.shipped_at.is_none()).count();
        assert_eq!(said, (lacking > 0).then(|| lacking.to_string()), "{shipped:?}");
    }
}

#[test]
fn missing_numbers_and_traces() {
    let mut case = proven();
    case.orders[0].waybills.clear();
    let (a, findings) = judge(&mut case);
    assert_eq!(of(&findings, Code::TrackingNumberMissing, 0).len(), 1);
    assert_eq!(a.orders[0].left_out, Some(LeftOut::NotProven));

    let mut case = proven();
    case.contents[TRACE.index()].content = Content::None;
    let (_, findings) = judge(&mut case);
    assert_eq!(of(&findings, Code::TraceMissing, 0).len(), 1);
    assert_eq!(of(&findings, Code::EvidenceGroupUnmet, 0).len(), 1);

    // what is fetched in the shop has no trace
    let mut case = proven();
    case.orders[0].waybills.clear();
    case.settings.orders = vec![OrderSettings { id: IDS[0].to_owned(), delivery: Some(Delivery::Pickup), line: 1 }];
    let (a, findings) = judge(&mut case);
    assert!(!has(&findings, Code::TrackingNumberMissing) && !has(&findings, Code::EvidenceGroupUnmet));
    assert_eq!(a.orders[0].standing, Standing::Proven);
}

#[test]
fn numbers_of_another_shape_are_a_warning() {
    let mut case = proven();
    assert!(!has(&judge(&mut case).1, Code::TrackingNumberMalformed));
    case.orders[0].waybills[0].value.number = "YT1234567890123".to_owned();
    assert_eq!(of(&judge(&mut case).1, Code::TrackingNumberMalformed, 0), [(Severity::Warning, Some("other-carrier"))]);
}

#[test]
fn one_number_on_two_orders_is_judged_by_buyer_and_address() {
    let home = "浙江省 杭州市 西湖区 文三路1号";
    for (buyer, address, code, severity, variant) in [
        (NICKS[0], home, Code::TrackingNumberShared, Severity::Note, None),
        (NICKS[0], "浙江省杭州市西湖区文三路1号(310000)", Code::TrackingNumberShared, Severity::Note, None),
        (NICKS[0], "***", Code::TrackingNumberShared, Severity::Note, Some("unread")),
        ("别人", home, Code::TrackingNumberReused, Severity::Warning, Some("same-address")),
        ("别人", "", Code::TrackingNumberReused, Severity::Error, Some("unread")),
        ("张**", "***", Code::TrackingNumberReused, Severity::Warning, Some("unknown")),
        (NICKS[0], "江苏省 南京市 1号", Code::TrackingNumberReused, Severity::Error, None),
    ] {
        let mut case = proven();
        case.export.push(ExportEntry {
            id: OrderId::new("351234567890199999"),
            at: None,
            buyer: buyer.into(),
            address: address.into(),
            waybills: vec![WAYBILLS[0].into()],
            amount: None,
            pieces: None,
            refunded: false,
            unpaid: false,
            currency: *b"CNY",
            file: FileId(0),
            place: Place::Row(9),
        });
        let (a, findings) = judge(&mut case);
        assert_eq!(of(&findings, code, 0), [(severity, variant)], "{buyer} {address}");
        assert_eq!(a.orders[0].standing == Standing::Contradicting, severity == Severity::Error, "{buyer} {address}");
    }
}

#[test]
fn two_parcels_with_equal_scans_are_one_buyers_or_a_warning_or_not_to_be_told() {
    let on_the_way = ["2026-04-02 20:00:00", "2026-04-03 08:00:00", "2026-04-03 18:00:00", "2026-04-04 07:00:00"].map(|t| (t, EventKind::InTransit));
    let mut same = vec![("2026-04-02 18:00:00", EventKind::Collected), ("2026-04-04 10:00:00", EventKind::Delivered)];
    same.splice(1..1, on_the_way);
    let street = |n: usize| format!("浙江省 杭州市 西湖区 文三路{n}号");
    let masked = "**** ****".to_owned();
    for (nicks, addresses, expected) in [
        (["tb_a", "tb_b"], [street(1), street(1)], Some((Severity::Warning, None))),
        (["tb_a", "tb_a"], [street(1), street(2)], Some((Severity::Warning, None))),
        (["tb_a", "tb_a"], [street(1), street(1)], None),
        (["t**", "t**"], [street(1), street(1)], None),
        (["tb_a", "tb_a"], [masked.clone(), masked.clone()], None),
        (["t**", "t**"], [masked.clone(), masked.clone()], Some((Severity::Note, Some("masked")))),
        (["t**", "x**"], [masked.clone(), masked.clone()], Some((Severity::Warning, None))),
    ] {
        let mut case = proven();
        for (i, (nick, address)) in nicks.iter().zip(&addresses).enumerate() {
            case.export[i].buyer = (*nick).into();
            case.export[i].address = address.as_str().into();
        }
        // the first trace of a number counts
        let traces = WAYBILLS.iter().take(2).map(|w| trace(w, TraceState::Delivered, &same)).collect();
        case.contents[TRACE.index()].content = Content::Traces(traces);
        let (_, findings) = judge(&mut case);
        let found = of(&findings, Code::TracesSimilar, 0);
        assert_eq!(found.first().copied(), expected, "{nicks:?} {addresses:?}");
    }
}
