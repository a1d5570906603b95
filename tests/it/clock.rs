//! What "now" is: `--now`, then SOURCE_DATE_EPOCH, then case.toml's `as_of`, then the wall clock, which reaches nothing that is handed in.

use crate::honesty::text;
use crate::support::{CASE_ID, Work, appealpack, edit, exits, stderr, stdout, tree, unzip};
use serde_json::Value;
use std::fs;

/// 2026-04-11 09:00 in China.
const EPOCH: &str = "1775869200";

/// Everything in upload/ and bundle/, what the zip holds beside it.
fn handed_in(work: &Work) -> Vec<(String, Vec<u8>)> {
    let mut files = tree(&work.result().join("upload"));
    let bag = work.result().join(format!("bundle/{CASE_ID}.zip"));
    files.extend(unzip(&bag));
    files.push((format!("{CASE_ID}.zip"), fs::read(bag).expect("zip")));
    files
}

/// The day that a build writes into its bag, and the hours that the first screen says are left.
fn told(as_of: bool, epoch: Option<&str>, now: Option<&str>) -> (String, String) {
    let work = Work::new();
    if !as_of {
        edit(&work, "case.toml", "as_of = \"2026-04-10T10:00:00+08:00\"\n", "");
    }
    let mut command = appealpack();
    command.arg("build").arg(work.case()).arg("--out").arg(work.out()).envs(epoch.map(|epoch| ("SOURCE_DATE_EPOCH", epoch)));
    let output = command.args(now.into_iter().flat_map(|now| ["--now", now])).output().expect("starts");
    exits(&output, 0);
    let files = handed_in(&work);
    let manifest = &files.iter().find(|(name, _)| name.ends_with("data/manifest.json")).expect("manifest").1;
    let manifest: Value = serde_json::from_slice(manifest).expect("JSON");
    let head = stdout(&output).lines().next().unwrap_or_default().to_owned();
    let left = head.rsplit("还剩 ").next().unwrap_or_default().to_owned();
    (manifest["date"].as_str().unwrap_or_default().to_owned(), left)
}

#[test]
fn the_clock_is_the_first_that_says_a_time() {
    let (now, empty) = (Some("2026-04-12T10:00:00+08:00"), Some(""));
    for (as_of, epoch, now, date, left) in [
        (true, None, None, "2026-04-10T10:00:00+08:00", "61 小时"),
        (true, Some(EPOCH), None, "2026-04-11T09:00:00+08:00", "38 小时"),
        (true, Some(EPOCH), now, "2026-04-12T10:00:00+08:00", "13 小时"),
        (true, None, now, "2026-04-12T10:00:00+08:00", "13 小时"),
        (false, Some(EPOCH), None, "2026-04-11T09:00:00+08:00", "38 小时"),
        // set to nothing is not set
        (true, empty, None, "2026-04-10T10:00:00+08:00", "61 小时"),
    ] {
        assert_eq!(told(as_of, epoch, now), (date.to_owned(), left.to_owned()), "as_of: {as_of}, epoch: {epoch:?}, --now: {now:?}");
    }
}

#[test]
fn what_is_no_time_is_wrong_usage() {
    let work = Work::new();
    for (lang, hint) in [("zh-CN", "SOURCE_DATE_EPOCH 应为 1970 年以来的秒数"), ("en", "SOURCE_DATE_EPOCH must be seconds since 1970")] {
        let output = appealpack().arg("check").arg(work.case()).args(["--lang", lang]).env("SOURCE_DATE_EPOCH", "abc").output().expect("starts");
        exits(&output, 2);
        assert!(stderr(&output).contains("abc") && stderr(&output).contains(hint), "{}", stderr(&output));
        assert!(output.stdout.is_empty());
    }
    // where another clock is named it does not matter
    let output =
        appealpack().arg("check").arg(work.case()).args(["--now", "2026-04-10T10:00:00+08:00"]).env("SOURCE_DATE_EPOCH", "abc").output().expect("starts");
    exits(&output, 0);
}

#[test]
fn without_a_clock_of_its_own_a_case_hands_in_the_notices_day_and_never_todays() {
    let work = Work::new();
    edit(&work, "case.toml", "as_of = \"2026-04-10T10:00:00+08:00\"\n", "");
    #[expect(clippy::disallowed_methods, reason = "the day that must not show")]
    let today = chrono::Utc::now().with_timezone(&chrono::FixedOffset::east_opt(8 * 3600).expect("an offset"));
    let output = work.build(&[]);
    // by the wall clock the appeal is late, which is the seller's to know
    exits(&output, 3);
    assert!(stdout(&output).contains("deadline-passed"), "{}", stdout(&output));
    let first = handed_in(&work);
    let days = ["%Y-%m-%d", "%Y%m%d", "%Y年%-m月%-d日", "%Y/%m/%d", "%d %b %Y", "%B %-d, %Y"].map(|form| today.format(form).to_string());
    let mut dated = Vec::new();
    for (name, bytes) in &first {
        let said = format!("{name}\n{}\n{}", String::from_utf8_lossy(bytes), text(name, bytes));
        for day in &days {
            assert!(!said.contains(day.as_str()), "{day} in {name}");
        }
        if said.contains("2026-04-09") {
            dated.push(name.rsplit('/').next().unwrap_or_default());
        }
    }
    for name in [format!("{CASE_ID}.pdf"), format!("{CASE_ID}-annex.pdf"), "bag-info.txt".to_owned(), "manifest.json".to_owned()] {
        assert!(dated.contains(&name.as_str()), "the notice's day in {name}: {dated:?}");
    }
    exits(&work.build(&[]), 3);
    for ((name, one), (again, two)) in first.iter().zip(&handed_in(&work)) {
        assert!(name == again && one == two, "{name} differs from run to run");
    }
}
