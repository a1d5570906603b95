//! What a reviewer reads of times: days stay days, and a time of another zone says so.

use crate::support::{WAYBILLS, Work, codes, edit, exits, tree};
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
