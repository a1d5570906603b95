//! What a reviewer reads of times: days stay days, and a time of another zone says so.

use crate::support::{WAYBILLS, Work, appealpack, codes, edit, exits, stdout, tree};
use std::fs;

const EXPORT: &str = "导出/ExportOrderList202604091000.csv";

/// All pages of book and annex, without blanks.
fn pages(work: &Work) -> String {
    let files = tree(&work.result().join("upload")).into_iter().filter(|(name, _)| name.ends_with(".pdf"));
    let texts = files.flat_map(|(_, bytes)| appealpack::media::pdf::read(&bytes, 5_000, None).expect("a PDF").text);
    texts.flat_map(|page| page.chars().filter(|c| !c.is_whitespace()).collect::<Vec<char>>()).collect()
}

#[test]
fn an_export_that_holds_days_only_shows_no_midnight_and_is_judged_by_days() {
    let work = Work::new();
    for i in 0..3 {
        edit(&work, EXPORT, &format!("2026-04-01 20:0{i}:00,2026-04-01 20:0{i}:30"), "2026-04-01,2026-04-01");
    }
    exits(&work.build(&[]), 0);
    let pages = pages(&work);
    assert!(pages.contains("2026-04-01") && !pages.contains("04-0100:00"), "{pages}");
    assert_eq!(work.check()["orders"][0]["paid_at"], "2026-04-01");

    // a scan on the very day is no contradiction, one on the day before is
    for (day, found) in [("2026-04-01", false), ("2026-03-31", true)] {
        let trace = format!("物流/{}.json", WAYBILLS[0]);
        let old = fs::read_to_string(work.case().join(&trace)).expect("trace");
        edit(&work, &trace, "2026-04-02", day);
        let codes = codes(&work.check());
        assert_eq!(codes.iter().any(|c| c == "scan-before-payment"), found, "{day}: {codes:?}");
        fs::write(work.case().join(&trace), old).expect("trace");
    }
}

#[test]
fn a_time_of_another_zone_says_so_and_is_judged_by_the_moment() {
    let work = Work::new();
    edit(&work, EXPORT, "2026-04-01 20:00:00,2026-04-01 20:00:30", "2026-04-01 22:00:00 +1000,2026-04-01 22:00:30 +1000");
    edit(&work, EXPORT, "2026-04-01 20:01:00,2026-04-01 20:01:30", "2026-04-01 07:01:00 -0500,2026-04-01 07:01:30 -0500");
    exits(&work.build(&[]), 0);
    let pages = pages(&work);
    assert!(pages.contains("2026-04-0107:01UTC-5") && pages.contains("04-0107:01UTC-5"), "{pages}");
    // the third order keeps China's time, which needs no word
    assert!(pages.contains("2026-04-0120:02") && !pages.contains("20:02UTC"), "{pages}");
    let check = work.check();
    let own = |code: &str| codes(&check).iter().filter(|c| *c == code).count();
    assert_eq!((own("scan-before-payment"), own("scan-before-order"), own("steps-out-of-order")), (0, 0, 0));
}

#[test]
fn days_that_a_spreadsheet_saved_as_midnights_stay_days() {
    let work = Work::new();
    for i in 0..3 {
        edit(&work, EXPORT, &format!("2026-04-01 20:0{i}:00,2026-04-01 20:0{i}:30"), "2026/4/1 0:00,2026/4/1 0:00");
    }
    for day in 10..31 {
        edit(&work, EXPORT, &format!("2026-03-{day} 12:00:00,2026-03-{day} 12:01:00"), &format!("2026/3/{day} 0:00,2026/3/{day} 0:00"));
    }
    assert_eq!(work.check()["orders"][0]["paid_at"], "2026-04-01");
    // one row with a time of day, and the midnights are midnights
    edit(&work, EXPORT, "2026/3/10 0:00,2026/3/10 0:00", "2026/3/10 9:30,2026/3/10 9:31");
    assert_eq!(work.check()["orders"][0]["paid_at"], "2026-04-01T00:00:00+08:00");
}

const LIVE: &str = "直播/直播间成交明细.csv";

/// Are the orders explained when the only session begins and ends so.
fn explained(orders_by_day: bool, begin: &str, end: &str) -> bool {
    let work = Work::new();
    if orders_by_day {
        for i in 0..3 {
            edit(&work, EXPORT, &format!("2026-04-01 20:0{i}:00,2026-04-01 20:0{i}:30"), "2026-04-01,2026-04-01");
        }
    }
    fs::write(work.case().join(LIVE), format!("直播场次,开播时间,下播时间\n新品首发,{begin},{end}\n")).expect("table");
    !codes(&work.check()).iter().any(|c| c == "anomaly-unexplained")
}

#[test]
fn a_session_explains_what_lies_within_it() {
    for (orders_by_day, begin, end, expected) in [
        (false, "2026-04-01 19:30:00", "2026-04-01 22:00:00", true),
        // what ends at midnight does not reach into the day that begins then
        (false, "2026-03-31 19:30:00", "2026-04-01 00:00:00", false),
        (false, "2026-04-01 00:00:00", "2026-04-02 00:00:00", true),
        (false, "2026-04-01", "2026-04-01", true),
        (false, "2026-03-30", "2026-03-31", false),
        // of orders that are known by their day, the day counts
        (true, "2026-04-01 19:30:00", "2026-04-01 22:00:00", true),
        (true, "2026-03-31 19:30:00", "2026-04-01 00:00:00", false),
        (true, "2026-03-30", "2026-03-31", false),
    ] {
        assert_eq!(explained(orders_by_day, begin, end), expected, "by day: {orders_by_day}, {begin} to {end}");
    }
}

#[test]
fn a_notice_that_names_its_day_only_has_no_midnight() {
    let work = Work::new();
    edit(&work, "通知.txt", "违规时间：2026-04-09 08:00:00", "违规时间：2026-04-09");
    exits(&work.build(&[]), 0);
    let pages = pages(&work);
    assert!(pages.contains("2026-04-09") && !pages.contains("04-0900:00"), "{pages}");
    assert_eq!(work.check()["notice"]["received"], "2026-04-09");
    let screen = crate::support::stdout(&crate::support::appealpack().arg("check").arg(work.case()).output().expect("starts"));
    assert!(screen.contains("收到 04-09 |"), "{screen}");
}

#[test]
fn a_deadline_counted_from_a_day_may_still_be_open_and_says_so() {
    let work = Work::new();
    edit(&work, "通知.txt", "违规时间：2026-04-09 08:00:00", "通知时间：2026-04-08");
    edit(&work, "通知.txt", "申诉截止时间：2026-04-12 23:59:59", "如有异议，请在收到通知后2天内提交申诉");
    // as_of is 2026-04-10 10:00: two days from the midnight are over, from the evening they are not
    let screen = |work: &Work| stdout(&appealpack().arg("check").arg(work.case()).output().expect("the binary starts"));
    let perhaps = screen(&work);
    assert!(perhaps.contains("截止 04-10 00:00") && perhaps.contains("可能已过期，最晚到 04-10 23:59"), "{perhaps}");
    assert!(perhaps.contains("按当天 0 点算") && perhaps.contains("提交申诉") && !perhaps.contains("申诉期已过"), "{perhaps}");
    assert!(codes(&work.check()).contains(&"deadline-near".to_owned()));

    // with a time of day there is no doubt
    edit(&work, "通知.txt", "通知时间：2026-04-08", "通知时间：2026-04-08 09:00:00");
    let over = screen(&work);
    assert!(over.contains("申诉期已过") && !over.contains("可能已过期") && !over.contains("按当天 0 点算"), "{over}");
}
