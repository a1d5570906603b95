//! Notices typed from facts 5.1 (layouts invented there, unverified), each quirk of them, and what a seller reads about what is wrong.

mod very_long;

use super::*;
use crate::context::Quiet;
use crate::finding::Severity;
use crate::model::record::{Content, PdfInfo, Records, Table};
use crate::profile::Profile;
use crate::profile::lang::words as lang_words;
use crate::text::dates;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// `351234567890123456` and the following ones.
fn id(n: u64) -> String {
    (351_234_567_890_123_456 + n).to_string()
}

fn time(text: &str) -> Time {
    dates::moment(text, false).unwrap().at
}

fn context(now: &str) -> Context {
    Context {
        wall: time(now),
        fixed_now: None,
        lang: Lang::ZhCn,
        strict: false,
        pool: Arc::new(rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap()),
        progress: Arc::new(Quiet),
        cancel: Arc::new(AtomicBool::new(false)),
        profile: Arc::new(Profile::built_in()),
        results: None,
        system_fonts: false,
        printed_to: Vec::new(),
        pixels: crate::context::PixelChecks::Off,
    }
}

fn entry(index: u32, path: &str) -> FileEntry {
    FileEntry {
        id: FileId(index),
        path: path.to_owned(),
        os_path: PathBuf::from(path),
        member: Vec::new(),
        container: false,
        bytes: 100,
        sha256: Sha256([0xab; 32]),
        crc32: 0,
        kind: Kind::Other,
        status: Status::Unmatched,
        why: None,
        same_as: None,
    }
}

struct Read {
    notice: Notice,
    files: Vec<FileEntry>,
    findings: Findings,
}

impl Read {
    fn ids(&self) -> Vec<&str> {
        self.notice.order_ids.iter().map(|l| l.value.as_str()).collect()
    }

    fn codes(&self) -> Vec<&str> {
        let mut codes: Vec<&str> = self.findings.all().iter().map(|f| f.code.as_str()).collect();
        codes.dedup();
        codes
    }

    /// Message and hint of the only finding of a code.
    fn said(&self, code: Code, lang: Lang) -> (String, String) {
        let all: Vec<_> = self.findings.all().iter().filter(|f| f.code == code).collect();
        assert_eq!(all.len(), 1, "{code:?}: {all:?}");
        (lang_words(lang).message(all[0]), lang_words(lang).hint(all[0]))
    }
}

fn read_with(texts: &[(&str, Recognised)], settings: &CaseSettings, known: &[String], now: &str) -> Result<Read> {
    let mut files: Vec<FileEntry> = (0..).zip(texts).map(|(i, (path, _))| entry(i, path)).collect();
    let contents: Vec<Recognised> = texts.iter().map(|(_, c)| c.clone()).collect();
    let known: BTreeSet<OrderId> = known.iter().map(|k| OrderId::new(k.as_str())).collect();
    let mut findings = Findings::default();
    let notice = read(&mut files, &contents, settings, &known, Path::new("."), &context(now), &mut findings)?;
    report_missing(&notice, |id| known.contains(id), !known.is_empty(), &mut findings);
    Ok(Read { notice, files, findings })
}

fn text(content: &str) -> Recognised {
    Recognised { content: Content::Text(content.to_owned()), records: Records::Whole }
}

/// One notice file, the ids `known` in the export, read long before any deadline.
fn read_text(content: &str, known: &[String]) -> Read {
    read_with(&[("通知.txt", text(content))], &CaseSettings::default(), known, "2026-03-01").unwrap()
}

fn layout_one(separators: &[&str], stated: usize) -> String {
    let list: String = separators.iter().zip(0..).map(|(s, n)| format!("{}{s}", id(n))).collect();
    format!(
        "违规通知\n违规编号：WG202604090001\n违规类型：虚假交易\n违规时间：2026-04-09 08:00:00\n处罚措施：扣 2 分\n申诉截止时间：2026-04-12 23:59:59\n涉及订单（共{stated}笔）：{list}\n"
    )
}

#[test]
fn layout_one_labels_and_a_mixed_list() {
    let r = read_text(&layout_one(&["、", "，", "\n", " ", "\n订单", "；", ""], 7), &(0..7).map(id).collect::<Vec<_>>());
    assert_eq!(r.ids(), (0..7).map(id).collect::<Vec<_>>());
    assert_eq!(r.notice.number.as_deref(), Some("WG202604090001"));
    assert_eq!((r.notice.violation.as_deref(), r.notice.violation_text.as_deref()), (Some("fake-transaction"), Some("虚假交易")));
    assert_eq!(r.notice.received.map(|m| m.at), Some(time("2026-04-09 08:00:00")));
    assert_eq!(r.notice.deadline, Some(time("2026-04-12 23:59:59")));
    assert_eq!(r.notice.deadline_source, Some(DeadlineSource::Stated));
    assert_eq!(r.notice.stated_count, Some(7));
    assert_eq!(r.notice.order_ids[0].place, Place::Line(7));
    assert_eq!(r.notice.order_ids[3].place, Place::Line(8));
    assert_eq!((r.files[0].kind, r.files[0].status), (Kind::Notice, Status::Source));
    assert_eq!(r.codes(), ["platform-unknown"], "nothing else is wrong");
}

#[test]
fn layout_one_without_an_export_reads_the_same_list() {
    let r = read_text(&layout_one(&["、", "，", "\n", " ", "\n订单", "；", ""], 7), &[]);
    assert_eq!(r.ids(), (0..7).map(id).collect::<Vec<_>>());
    assert_eq!(r.said(Code::OrderNotInExport, Lang::ZhCn).0, "文件夹里没有订单导出，7 个被判订单都查不到付款时间、买家和运单");
    assert_eq!(
        r.said(Code::OrderNotInExport, Lang::En).0,
        "there is no order export in the folder: payment, buyer and waybill of 7 flagged orders are unknown"
    );
}

#[test]
fn layout_two_message_with_a_pasted_table() {
    let rows: String = (0..3).map(|n| format!("{}\t{}\t天猫精灵方糖 13900001111\t{}.00\t虚假交易\n", n + 1, id(n), 1_234_567_890_u64 + n)).collect();
    let notice = format!(
        "【站内信】您的店铺于2026年8月12日10:00被判定虚假交易（违规单号 2026081200001234），请在收到本通知之日起7日内申诉。\n涉及主订单/子订单如下：\n序号\t订单号\t商品\t金额\t违规原因\n{rows}如有疑问请致电 4001234567\n"
    );
    let r = read_text(&notice, &[]);
    assert_eq!(r.ids(), (0..3).map(id).collect::<Vec<_>>());
    assert_eq!(r.notice.number.as_deref(), Some("2026081200001234"));
    assert_eq!(r.notice.received.map(|m| m.at), Some(time("2026-08-12 10:00")));
    assert_eq!(r.notice.deadline, Some(time("2026-08-19 10:00")));
    assert_eq!(r.notice.deadline_source, Some(DeadlineSource::Relative { days: 7 }));
    assert_eq!(r.notice.violation.as_deref(), Some("fake-transaction"));
    assert_eq!(r.notice.platform, None, "a product's name is no platform");
    assert_eq!(r.notice.order_ids[0].place, Place::Line(4));
}

#[test]
fn layout_three_paged_web_text() {
    let mut notice = "商家您好：经系统排查，贵店2026-03-01至2026-03-31共230笔订单存在异常，请于2026-04-20前在申诉中心举证。\n".to_owned();
    for page in 1..=3 {
        for n in (page - 1) * 76..page * 76 {
            notice.push_str(&format!("{}\n", id(n)));
        }
        notice.push_str(&format!("第{page}页 共3页\n上一页 1 2 3 下一页\n"));
    }
    let known: Vec<String> = (0..230).map(id).collect();
    let r = read_text(&notice, &known);
    assert_eq!(r.ids(), known[..228].iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(r.notice.deadline, Some(time("2026-04-20 23:59:59")));
    assert_eq!(r.said(Code::NoticeCountDiffers, Lang::ZhCn).0, "通知写明 230 笔，只读到 228 个不同的订单号");
    assert_eq!(r.said(Code::NoticeCountDiffers, Lang::En).0, "the notice states 230 orders, 228 different numbers were read");
    let complete = read_text(&notice.replace("第3页", &format!("{}\n{}\n第3页", id(228), id(229))), &known);
    assert!(!complete.findings.has(Code::NoticeCountDiffers));
}

#[test]
fn full_width_digits_and_signs() {
    let wide = |s: &str| s.chars().map(|c| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c }).collect::<String>();
    let r = read_text(&wide(&layout_one(&["、", "，", ""], 3)), &(0..3).map(id).collect::<Vec<_>>());
    assert_eq!(r.ids(), (0..3).map(id).collect::<Vec<_>>());
    assert_eq!(r.notice.number.as_deref(), Some("WG202604090001"));
    assert_eq!(r.notice.deadline, Some(time("2026-04-12 23:59:59")));
    assert_eq!(r.notice.stated_count, Some(3));
}

#[test]
fn numbers_torn_by_a_line_break_are_joined() {
    let (a, b) = (id(1), id(3));
    let list = format!("{}、{}\n{}、{}、{}\n{}、{}", id(0), &a[..7], &a[7..], id(2), &b[..12], &b[12..], id(4));
    let notice = format!("违规编号：WG1234 申诉\n涉及订单：{list}\n");
    for known in [Vec::new(), (0..5).map(id).collect()] {
        assert_eq!(read_text(&notice, &known).ids(), (0..5).map(id).collect::<Vec<_>>(), "export of {}", known.len());
    }
    // two whole numbers stay two, and a date behind a number is no part of it
    let r = read_text(&format!("违规编号：WG1234 申诉\n涉及订单：\n{}\n{}\n{}\n2026-04-09 处罚\n", id(0), id(1), id(2)), &[]);
    assert_eq!(r.ids(), (0..3).map(id).collect::<Vec<_>>());
}

#[test]
fn other_numbers_are_no_orders() {
    let notice = format!(
        "违规通知\n违规编号：2026040912345678\n涉及订单：{} 运单号 773012345678901 金额 1234567890.00\n{} 电话13900001111 13900002222\n联系电话：057188886666\n商品ID：680012345678\n处罚流水号 20260409080000\n如有疑问请致电 4001234567\n",
        id(0),
        id(1)
    );
    assert_eq!(read_text(&notice, &[]).ids(), [id(0), id(1)]);
    // what stands in the export is an order wherever it stands; the violation number never is
    let r = read_text(
        "违规通知 违规编号：2026040912345678\n申诉说明：2612345678901234567 有误\n",
        &["2612345678901234567".to_owned(), "2026040912345678".to_owned()],
    );
    assert_eq!(r.ids(), ["2612345678901234567"]);
}

#[test]
fn pinduoduo_and_amazon_numbers_keep_their_dashes() {
    let r = read_text("拼多多 违规通知 违规编号：9988\n订单号：260409-123456789012345\n订单号：260410-123456789012346 运单号：SF1390012345671\n", &[]);
    assert_eq!(r.ids(), ["260409-123456789012345", "260410-123456789012346"]);
    assert_eq!(r.notice.platform.as_deref(), Some("pinduoduo"));
    let r = read_text(
        "Amazon policy violation. Case ID: 8812345. Appeal within 7 days of this notice.\nAffected order IDs: 111-1234567-1234567, 111-1234567-1234568\nReceived: 2026-04-09\n",
        &[],
    );
    assert_eq!(r.ids(), ["111-1234567-1234567", "111-1234567-1234568"]);
    assert_eq!((r.notice.platform.as_deref(), r.notice.number.as_deref()), (Some("amazon"), Some("8812345")));
    assert_eq!(r.notice.deadline, Some(time("2026-04-16")));
}

#[test]
fn main_and_sub_orders_in_one_row_are_one_order() {
    let table = format!("违规编号：WG1234 申诉\n序号\t主订单号\t子订单号\t金额\n1\t{}\t{}\t9.00\n2\t{}\t{}\t9.00\n", id(0), id(10), id(1), id(11));
    assert_eq!(read_text(&table, &[]).ids(), [id(0), id(1)]);
    assert_eq!(read_text(&table, &[id(0), id(1), id(10)]).ids(), [id(10), id(1)], "the sub-order where the export knows it");
    let pairs = format!("违规编号：WG1234 申诉\n涉及主订单/子订单如下：\n主订单/子订单：{}/{}\n主订单/子订单：{}/{}\n", id(0), id(10), id(1), id(11));
    assert_eq!(read_text(&pairs, &[id(0), id(1)]).ids(), [id(0), id(1)]);
    let chain = format!("违规编号：WG1234 申诉\n涉及订单：{}/{}/{}\n", id(0), id(1), id(2));
    assert_eq!(read_text(&chain, &[]).ids(), [id(0), id(1), id(2)]);
}

#[test]
fn listed_twice_counts_once_and_either_sum_fits() {
    let list = format!("{}、{}、{}", id(0), id(1), id(0));
    for (stated, differs) in [(2, false), (3, false), (4, true)] {
        let r = read_text(&format!("违规编号：WG1234\n申诉\n涉及订单（共{stated}笔）：{list}\n"), &[id(0), id(1)]);
        assert_eq!(r.ids(), [id(0), id(1)]);
        assert_eq!(r.notice.repeated, [OrderId::new(id(0))]);
        assert_eq!(r.findings.has(Code::NoticeCountDiffers), differs, "{stated}");
        assert_eq!(r.said(Code::OrderListedTwice, Lang::ZhCn).0, format!("订单 {} 在通知里列了不止一次，按一笔计", id(0)));
        assert_eq!(r.said(Code::OrderListedTwice, Lang::En).0, format!("order {} is listed more than once in the notice; it counts once", id(0)));
    }
}

#[test]
fn damaged_numbers_are_said_with_their_line() {
    let r = read_text(&format!("违规编号：WG1234\n申诉\n涉及订单（共2笔）：{}\n3.51235E+17\n", id(0)), &[id(0)]);
    assert_eq!(r.ids(), [id(0)]);
    let finding = r.findings.all().iter().find(|f| f.code == Code::OrderIdDamaged).unwrap();
    assert_eq!(finding.place, Some(Place::Line(4)));
    assert_eq!(r.said(Code::OrderIdDamaged, Lang::ZhCn).0, "通知里的订单号 3.51235E+17 已被改坏（变成了科学计数），认不出是哪一单");
    assert!(r.said(Code::OrderIdDamaged, Lang::En).1.contains("[notice] orders in case.toml"));
    let zeros = ["351234567890123000", "351234567890456000", "351234567890789000"].join("、");
    let r = read_text(&format!("违规编号：WG1234 申诉\n涉及订单：{zeros}\n"), &[]);
    assert_eq!(r.said(Code::OrderIdDamaged, Lang::ZhCn).0, "通知里 3 个订单号的末尾全是 0（例如 351234567890123000），像是被 Excel 改坏过");
    assert!(!read_text(&format!("违规编号：WG1234 申诉\n涉及订单：351234567890123000、{}、{}\n", id(1), id(2)), &[]).findings.has(Code::OrderIdDamaged));
}

#[test]
fn unknown_orders_are_said_one_by_one_with_their_line() {
    let r = read_text(&format!("违规编号：WG1234\n申诉\n涉及订单：{}\n{}\n", id(0), id(1)), &[id(0)]);
    let finding = r.findings.all().iter().find(|f| f.code == Code::OrderNotInExport).unwrap();
    assert_eq!((finding.severity, finding.place.clone()), (Severity::Error, Some(Place::Line(4))));
    assert_eq!(r.said(Code::OrderNotInExport, Lang::ZhCn).0, format!("订单 {} 不在任何订单导出里", id(1)));
    assert_eq!(r.said(Code::OrderNotInExport, Lang::En).0, format!("order {} is in none of the order exports", id(1)));
}

#[test]
fn the_platform_comes_from_the_notice_or_case_toml() {
    let notice = format!("天猫规则 违规通知 违规编号：WG1234\n违规类型：虚假交易\n通知时间：2026-04-09 08:00\n涉及订单：{}\n", id(0));
    let r = read_text(&notice, &[id(0)]);
    assert_eq!(r.notice.platform.as_deref(), Some("tmall"));
    assert_eq!(r.notice.deadline, Some(time("2026-04-12 08:00")), "three days by Tmall's rule");
    assert_eq!(r.notice.deadline_source, Some(DeadlineSource::Platform { source: "天猫规则 11000256, 2026-02-27".to_owned() }));
    assert!(r.findings.all().is_empty(), "{:?}", r.findings.all());
    let settings = CaseSettings { platform: Some("taobao".to_owned()), ..CaseSettings::default() };
    let r = read_with(&[("通知.txt", text(&notice))], &settings, &[id(0)], "2026-03-01").unwrap();
    assert_eq!((r.notice.platform.as_deref(), r.notice.deadline), (Some("taobao"), None), "Taobao's rule states no days");
    assert_eq!(r.said(Code::DeadlineUnknown, Lang::ZhCn).0, "不知道申诉什么时候截止");
    let r = read_text(&format!("违规编号：WG1234 申诉 天猫 淘宝\n涉及订单：{}\n", id(0)), &[id(0)]);
    assert_eq!(r.said(Code::PlatformUnknown, Lang::ZhCn).0, "看不出是哪个平台的通知");
    assert_eq!(r.said(Code::PlatformUnknown, Lang::En).0, "the notice does not say which platform it is from");
}

#[test]
fn deadlines_against_the_clock() {
    let notice = layout_one(&[""], 1);
    let at = |now: &str| read_with(&[("a.txt", text(&notice))], &CaseSettings::default(), &[id(0)], now).unwrap();
    let near = at("2026-04-12 10:30");
    assert_eq!(near.said(Code::DeadlineNear, Lang::ZhCn).0, "申诉截止 2026-04-12 23:59，只剩 13 小时");
    assert_eq!(near.said(Code::DeadlineNear, Lang::En).0, "the appeal closes at 2026-04-12 23:59, 13 hours from now");
    let passed = at("2026-04-13");
    assert_eq!(passed.said(Code::DeadlinePassed, Lang::ZhCn).0, "申诉已经在 2026-04-12 23:59 截止");
    assert_eq!(passed.said(Code::DeadlinePassed, Lang::En).0, "the appeal closed at 2026-04-12 23:59");
    assert!(!at("2026-04-11 23:59:59").findings.has(Code::DeadlineNear), "24 hours are not less than 24");
    let settings = CaseSettings { as_of: Some(time("2026-04-10")), ..CaseSettings::default() };
    let r = read_with(&[("a.txt", text(&notice))], &settings, &[id(0)], "2030-01-01").unwrap();
    assert!(!r.findings.has(Code::DeadlinePassed), "as_of is the case's own clock");
}

#[test]
fn periods_are_ours_only_when_the_sentence_is() {
    for (sentence, days) in [
        ("请在收到本通知之日起7日内申诉", Some(7)),
        ("您可在通知后三天内提交举证材料", Some(3)),
        ("请于72小时内完成申诉", Some(3)),
        ("请在 5 个工作日内发起申诉", Some(5)),
        ("请在十五日\n内申诉", Some(15)),
        ("平台将在3个工作日内处理您的申诉", None),
        ("申诉提交后，3个工作日内给出结果；", None),
        ("商品30日内降权，可申诉", None),
        ("请在7日内整改", None),
    ] {
        let r = read_text(&format!("违规编号：WG1234\n违规时间：2026-04-09 08:00\n涉及订单：{}\n{sentence}。\n", id(0)), &[id(0)]);
        assert_eq!(r.notice.deadline, days.map(|d| time("2026-04-09 08:00") + chrono::Duration::days(d)), "{sentence}");
    }
    let r = read_text(&format!("违规编号：WG1234\n涉及订单：{}\n请在收到本通知之日起7日内申诉。\n", id(0)), &[id(0)]);
    assert_eq!(r.said(Code::DeadlineUnknown, Lang::ZhCn).0, "申诉期限是收到通知后 7 天，但通知里没有读到收到的时间");
    assert!(r.said(Code::DeadlineUnknown, Lang::En).1.contains("received = 2026-04-09 08:00:00"));
}

#[test]
fn steps_of_a_rule_are_no_stated_count() {
    let r = read_text(&format!("违规编号：WG1234 申诉\n达到96笔以上的，扣12分；满3笔的警告\n涉及订单共 1 笔：{}\n", id(0)), &[id(0)]);
    assert_eq!(r.notice.stated_count, Some(1));
    assert!(!r.findings.has(Code::NoticeCountDiffers));
}

#[test]
fn a_label_alone_on_its_line_has_its_value_on_the_next() {
    let r = read_text(&format!("违规编号\nWG202604090001\n违规类型\n虚假交易\n申诉截止时间\n2026-04-12 23:59:59\n订单号\n{}\n", id(0)), &[]);
    assert_eq!(r.notice.number.as_deref(), Some("WG202604090001"));
    assert_eq!(r.notice.deadline, Some(time("2026-04-12 23:59:59")));
    assert_eq!(r.ids(), [id(0)]);
}

#[test]
fn no_notice_and_no_orders() {
    let r = read_with(&[("说明.txt", text("今天发货，客户要开发票"))], &CaseSettings::default(), &[], "2026-03-01").unwrap();
    assert_eq!(r.codes(), ["notice-missing"]);
    assert_eq!(r.said(Code::NoticeMissing, Lang::ZhCn).0, "没有找到违规通知，不知道平台判了哪些订单");
    assert_eq!(r.said(Code::NoticeMissing, Lang::En).0, "no violation notice was found, so nobody knows which orders are flagged");
    let r = read_text("违规通知\n违规编号：WG1234\n违规类型：虚假交易\n订单详见附件，请申诉。\n", &[id(0)]);
    assert!(r.findings.has(Code::NoticeWithoutOrders));
    assert_eq!(r.said(Code::NoticeWithoutOrders, Lang::ZhCn).0, "通知里没有读到订单号");
    assert_eq!(r.said(Code::NoticeWithoutOrders, Lang::En).0, "no order number was found in the notice");
    assert!(r.said(Code::NoticeWithoutOrders, Lang::ZhCn).1.contains("orders = [\"订单号\", \"订单号\"]"));
}

#[test]
fn two_notices_are_the_sellers_choice() {
    let (a, b) = (layout_one(&[""], 1), layout_one(&["、", ""], 2).replace("WG202604090001", "WG202604090002"));
    let both = [("b/一.txt", text(&a)), ("b/二.txt", text(&b))];
    let r = read_with(&both, &CaseSettings::default(), &[], "2026-03-01").unwrap();
    assert_eq!((r.codes(), r.ids().len(), r.notice.file), (vec!["notice-ambiguous"], 0, None));
    let (message, hint) = r.said(Code::NoticeAmbiguous, Lang::ZhCn);
    assert_eq!(message, "有 2 个文件都像违规通知：b/一.txt、b/二.txt");
    assert!(hint.contains("file = \"b/一.txt\""), "{hint}");
    assert_eq!(r.said(Code::NoticeAmbiguous, Lang::En).0, "2 files look like the notice: b/一.txt, b/二.txt");
    let mut settings = CaseSettings::default();
    settings.notice.file = Some("二.txt".to_owned());
    let r = read_with(&both, &settings, &[id(0), id(1)], "2026-03-01").unwrap();
    assert_eq!((r.notice.file, r.ids().len()), (Some(FileId(1)), 2));
    // copies of one notice are no riddle as long as one says more; a seller's own draft is none
    let draft = format!("申诉书\n我店恳请撤销违规编号：WG202604090001\n涉及订单：{}\n", id(0));
    let r = read_with(&[("a.txt", text(&draft)), ("z.txt", text(&a))], &CaseSettings::default(), &[id(0)], "2026-03-01").unwrap();
    assert_eq!(r.notice.file, Some(FileId(1)));
}

#[test]
fn a_wrong_file_in_case_toml_names_line_and_nearest() {
    let mut settings = CaseSettings::default();
    settings.notice.file = Some("01-通知/通知.tx".to_owned());
    settings.notice.file_line = 12;
    let error = read_with(&[("01-通知/通知.txt", text("x"))], &settings, &[], "2026-03-01").err().unwrap();
    assert_eq!(error.message(Lang::ZhCn), "case.toml 第 12 行：找不到通知文件“01-通知/通知.tx”，是不是 01-通知/通知.txt？");
    assert_eq!(error.next_step(Lang::ZhCn), "把这一行改成：\n    file = \"01-通知/通知.txt\"");
    assert_eq!(error.message(Lang::En), "case.toml, line 12: there is no notice file `01-通知/通知.tx`; did you mean `01-通知/通知.txt`?");
}

#[test]
fn case_toml_wins_over_the_notice() {
    let mut settings = CaseSettings::default();
    settings.notice.number = Some("WG9".to_owned());
    settings.notice.violation = Some("fake-shipment".to_owned());
    settings.notice.received = Some(time("2026-04-10"));
    settings.notice.deadline = Some(time("2026-04-20"));
    settings.notice.orders = vec![(id(5), 9), (id(6), 10), (id(5), 11)];
    let files = [("case.toml", Recognised::default()), ("通知.txt", text(&layout_one(&["、", ""], 2)))];
    let r = read_with(&files, &settings, &[id(5), id(6)], "2026-03-01").unwrap();
    assert_eq!(r.ids(), [id(5), id(6)]);
    assert_eq!((r.notice.order_ids[1].file, r.notice.order_ids[1].place.clone()), (FileId(0), Place::Line(10)));
    assert_eq!((r.notice.number.as_deref(), r.notice.violation.as_deref()), (Some("WG9"), Some("fake-shipment")));
    assert_eq!((r.notice.received.map(|m| m.at), r.notice.deadline), (Some(time("2026-04-10")), Some(time("2026-04-20"))));
    assert_eq!(r.notice.deadline_source, Some(DeadlineSource::User));
    assert_eq!(r.notice.file, Some(FileId(1)), "the notice still goes into the bag");
    assert!(r.said(Code::OrderListedTwice, Lang::ZhCn).0.contains("case.toml 的 [notice] orders"));
    // no notice at all is fine when the orders are listed
    let r = read_with(&[("case.toml", Recognised::default())], &settings, &[id(5), id(6)], "2026-03-01").unwrap();
    assert!(!r.findings.has(Code::NoticeMissing) && r.ids().len() == 2 && r.notice.file.is_none());
}

#[test]
fn pdf_and_table_notices_are_read_too() {
    let pdf = PdfInfo { pages: vec![(595.0, 842.0); 2], text: vec![layout_one(&["、"], 2), format!("{}\n", id(1))], encrypted: false };
    let r = read_with(&[("a.pdf", Recognised { content: Content::Pdf(pdf), records: Records::Whole })], &CaseSettings::default(), &[], "2026-03-01").unwrap();
    assert_eq!((r.ids(), r.notice.order_ids[1].place.clone()), (vec![id(0).as_str(), id(1).as_str()], Place::Page(2)));
    let mut table = Table { header: ["违规编号", "订单号", "违规原因"].map(str::to_owned).to_vec(), ..Table::default() };
    table.push_row(2, ["WG1234", id(0).as_str(), "虚假交易"]);
    let sheet = Recognised { content: Content::None, records: Records::Table(table) };
    let r = read_with(&[("违规.csv", sheet.clone())], &CaseSettings::default(), &[], "2026-03-01").unwrap();
    assert_eq!((r.ids(), r.notice.order_ids[0].place.clone()), (vec![id(0).as_str()], Place::Row(2)));
    let r = read_with(&[("违规.csv", sheet), ("通知.txt", text(&layout_one(&[""], 1)))], &CaseSettings::default(), &[], "2026-03-01").unwrap();
    assert_eq!(r.notice.file, Some(FileId(1)), "a text comes before a table");
}

#[test]
fn a_list_of_the_back_office_is_a_notice() {
    let table = format!("违规单号\t订单号\t违规类型\t申诉状态\nWG778\t{}A\t虚假交易\t可申诉\nWG778\tTM-20260409-77\t虚假交易\t可申诉\n", id(0));
    let r = read_text(&table, &[id(0)]);
    assert_eq!(r.ids(), [id(0).as_str(), "TM-20260409-77"], "a strange number in the order column is not dropped");
    assert_eq!((r.notice.number.as_deref(), r.notice.violation.as_deref()), (Some("WG778"), Some("fake-transaction")));
    let many = table.replacen("WG778", "WG779", 1);
    assert_eq!(read_text(&many, &[]).notice.number, None, "each row its own number");
    let page = format!(
        "<html><body><div>违规编号：WG1234</div><div>申诉截止时间：2026-04-12</div><table><tr><td>订单号</td><td>商品</td></tr><tr data-x=\"{}\"><td>{}</td><td>锅</td></tr></table></body></html>",
        id(9),
        id(0)
    );
    let r = read_text(&page, &[]);
    assert_eq!((r.ids(), r.notice.number.as_deref()), (vec![id(0).as_str()], Some("WG1234")));
}

#[test]
fn ids_and_languages_of_cases() {
    let mut settings = CaseSettings::default();
    let notice = Notice { number: Some("WG2026（一）/7".to_owned()), ..Notice::default() };
    assert_eq!(case_id(&settings, Some("tmall"), &notice, None), "tmall-WG2026----7");
    let long = Notice { number: Some("9".repeat(60)), ..Notice::default() };
    assert_eq!(case_id(&settings, Some("taobao"), &long, None).len(), 40);
    assert_eq!(case_id(&settings, None, &notice, Some(Sha256([0xab; 32]))), "case-abababab");
    settings.id = Some("mine".to_owned());
    assert_eq!(case_id(&settings, Some("tmall"), &notice, None), "mine");
    let load = |id| Platform::load(&Profile::built_in(), id).unwrap();
    assert_eq!(language(&settings, Some(&load("amazon"))), Lang::En);
    assert_eq!(language(&settings, None), Lang::ZhCn);
    settings.language = Some(Lang::En);
    assert_eq!(language(&settings, Some(&load("tmall"))), Lang::En);
}

#[test]
fn every_code_of_the_families_is_explained_in_both_languages() {
    for code in Code::ALL.iter().filter(|c| matches!(c.family(), "notice" | "upload")) {
        for lang in [Lang::ZhCn, Lang::En] {
            let w = lang_words(lang);
            for what in ["message", "hint", "explain"] {
                assert!(w.find(&format!("{}.{what}", code.as_str())).is_some_and(|t| !t.is_empty()), "{} {what} {lang:?}", code.as_str());
            }
            assert!(w.explain(*code).chars().count() > 60, "{}", code.as_str());
        }
    }
}
