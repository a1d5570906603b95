//! `private/`: what the seller reads, and what is sent to couriers, warehouse, suppliers and buyers.

use crate::support::{NICKS, ORDERS, WAYBILLS, Work, appealpack, edit, picture, stdout};
use calamine::{Reader as _, Xlsx};
use std::fs;
use std::io::Cursor;

/// The result's `private/` after `check --out` in a language.
fn check_out(work: &Work, lang: &str) -> std::process::Output {
    appealpack().arg("check").arg(work.case()).arg("--out").arg(work.out()).args(["--lang", lang]).output().expect("the binary starts")
}

fn page(work: &Work) -> String {
    fs::read_to_string(work.result().join("private/findings.html")).expect("findings.html")
}

fn request(work: &Work, name: &str) -> Vec<u8> {
    fs::read(work.result().join("private/requests").join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn cells(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("an xlsx");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    range.rows().map(|r| r.iter().map(ToString::to_string).collect()).collect()
}

/// No slip, no chat and no trace of the first order; a picture of nobody.
fn flawed() -> Work {
    let work = Work::new();
    fs::remove_file(work.case().join(format!("底单/{}.jpg", WAYBILLS[0]))).expect("slip");
    fs::remove_file(work.case().join(format!("物流/{}.json", WAYBILLS[0]))).expect("trace");
    fs::remove_dir_all(work.case().join(format!("聊天/{}", NICKS[0]))).expect("chat");
    fs::write(work.case().join("IMG_4711.jpg"), picture(99, true)).expect("picture");
    work
}

#[test]
fn each_finding_shows_why_where_from_and_what_next() {
    let work = flawed();
    let path = work.case().join("导出/ExportOrderList202604091000.csv");
    let old = encoding_rs::GB18030.decode(&fs::read(&path).expect("export")).0.replace(&format!("No:{}", WAYBILLS[1]), "No:12345");
    fs::write(&path, encoding_rs::GB18030.encode(&old).0).expect("export");
    check_out(&work, "zh-CN");
    let page = page(&work);
    // the rule's own page, once for the code
    let explained = stdout(&appealpack().args(["explain", "tracking-number-malformed", "--lang", "zh-CN"]).output().expect("starts"));
    let sentence = explained.lines().find(|l| l.contains("单号规律")).expect("the explain page says so").trim().to_owned();
    assert_eq!(page.matches(&sentence).count(), 1, "{page}");
    // the row of the export with its heads; empty cells are left out
    assert!(page.contains("<b>物流单号</b> No:12345 · <b>物流公司</b> 顺丰速运"), "{page}");
    // the picture nobody owns, small
    assert!(page.contains("IMG_4711.jpg") && page.contains("<img alt=\"\" src=\"data:image/jpeg;base64,"), "{page}");
    // the order's own paragraph, and a link to it
    assert!(page.contains("<section id=\"order-1\"") && page.contains(&format!("<a href=\"#order-1\">{}</a>", ORDERS[0])), "{page}");
    // the matrix: one chat of rank 2 for the third order, none for the first
    let row = |i: usize| {
        let from = page.find(&format!("<td class=\"n\">{i}</td><td>{}</td>", ORDERS[i - 1])).expect("a row");
        page[from..].split("</tr>").next().expect("its end").to_owned()
    };
    assert!(row(3).contains(&format!("title=\"聊天/{}/截图_{}.png\">1 · 2</td>", NICKS[2], ORDERS[2])), "{}", row(3));
    assert!(!row(1).contains("聊天/"), "{}", row(1));
    for outside in ["<script", "http://", "https://", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("Content-Security-Policy"));
}

#[test]
fn requests_hold_waybills_and_no_buyer() {
    let work = flawed();
    let output = check_out(&work, "zh-CN");
    let station = cells(request(&work, "顺丰速运.xlsx"));
    assert_eq!(station.first().map(Vec::as_slice), Some(["运单号", "付款日期", "需要", "回复"].map(str::to_owned).as_slice()));
    let first = station.iter().find(|r| r[0] == WAYBILLS[0]).expect("the first order's waybill");
    assert!(first[2].contains("底单照片") && first[2].contains("内部跟踪全程"), "{first:?}");
    assert!(!station.iter().any(|r| r[0] == WAYBILLS[1]), "what is there is not asked for: {station:?}");
    let chat = String::from_utf8(request(&work, "顺丰速运.txt")).expect("UTF-8");
    assert!(chat.starts_with('\u{feff}') && chat.contains(&format!("{}  ", WAYBILLS[0])) && chat.contains("\r\n"), "{chat}");
    let buyers = String::from_utf8(request(&work, "买家.txt")).expect("UTF-8");
    assert!(buyers.matches('？').count() >= 3, "open questions: {buyers}");
    for promise in ["好评", "返现", "红包", "优惠券", "请回复", "是真实"] {
        assert!(!buyers.contains(promise), "{promise} in {buyers}");
    }
    // nobody outside learns who bought
    for (name, bytes) in crate::support::tree(&work.result().join("private/requests")) {
        let text = if name.ends_with(".xlsx") { format!("{:?}", cells(bytes)) } else { String::from_utf8_lossy(&bytes).into_owned() };
        for secret in ORDERS.iter().chain(&NICKS).copied().chain(["李某", "1381234567", "文三路"]) {
            assert!(!text.contains(secret), "{secret} stands in {name}: {text}");
        }
    }
    assert!(stdout(&output).contains(&format!("requests{}顺丰速运.xlsx", std::path::MAIN_SEPARATOR)), "{}", stdout(&output));
}

#[test]
fn every_link_of_the_page_leads_somewhere_on_it() {
    for lang in ["zh-CN", "en"] {
        let work = flawed();
        // two orders stand in the notice that no export knows, and one is left out
        let notice = work.case().join("通知.txt");
        let listed = fs::read_to_string(&notice).expect("notice").replace("共3笔", "共4笔").replace(ORDERS[2], &format!("{}、2861734095517309999", ORDERS[2]));
        fs::write(&notice, listed).expect("notice");
        work.add(&format!("[[leave_out]]\norders = [\"{}\"]\nwhy = \"x\"", ORDERS[1]));
        check_out(&work, lang);
        let page = page(&work);
        let targets: Vec<&str> = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(targets.len() > 5, "{page}");
        for target in targets {
            assert_eq!(page.matches(&format!("id=\"{target}\"")).count(), 1, "#{target} in {lang}: {page}");
        }
    }
}

#[test]
fn each_courier_is_asked_for_its_own_waybills() {
    let work = flawed();
    let path = work.case().join("导出/ExportOrderList202604091000.csv");
    let zto = "73100012345678";
    let old = encoding_rs::GB18030.decode(&fs::read(&path).expect("export")).0.into_owned();
    // the first order went in two parcels, the second of them with another courier
    let new = old.replace(&format!("No:{},顺丰速运", WAYBILLS[0]), &format!("No:{};No:{zto},顺丰速运;中通快递", WAYBILLS[0]));
    assert_ne!(old, new);
    fs::write(&path, encoding_rs::GB18030.encode(&new).0).expect("export");
    check_out(&work, "zh-CN");
    let of = |name: &str| cells(request(&work, name)).into_iter().skip(1).filter_map(|r| r.into_iter().next()).collect::<Vec<_>>();
    assert_eq!(of("顺丰速运.xlsx"), [WAYBILLS[0]]);
    assert_eq!(of("中通快递.xlsx"), [zto]);
}

#[test]
fn a_courier_is_asked_why_a_parcel_stood_still() {
    let work = Work::of(&["_base/three-orders"]);
    let path = work.case().join(format!("物流/{}.json", WAYBILLS[0]));
    let trace = fs::read_to_string(&path).expect("trace");
    // the van comes five days later
    fs::write(&path, trace.replace("2026-04-04 ", "2026-04-09 ")).expect("trace");
    let output = check_out(&work, "zh-CN");
    let station = cells(request(&work, "顺丰速运.xlsx"));
    let asked = station.iter().find(|r| r[0] == WAYBILLS[0]).unwrap_or_else(|| panic!("{station:?}"));
    assert!(asked[2].contains("书面说明，照实写") && asked[2].contains("停留"), "{asked:?}");
    assert!(stdout(&output).contains("晚揽收或停滞原因的书面说明"), "{}", stdout(&output));
    // a parcel that moved in time is not asked about
    fs::write(&path, trace).expect("trace");
    check_out(&work, "zh-CN");
    let asked = fs::read(work.result().join("private/requests/顺丰速运.xlsx")).map(cells).unwrap_or_default();
    assert!(!asked.iter().any(|r| r[2].contains("停留")), "{asked:?}");
}

#[test]
fn who_asks_has_a_name_or_none_is_said() {
    let work = flawed();
    let said = |name: &str| String::from_utf8(request(&work, name)).expect("UTF-8");
    check_out(&work, "zh-CN");
    assert!(said("顺丰速运.txt").contains("您好，我是示例厨具店。"), "{}", said("顺丰速运.txt"));
    // without [seller] shop the export's own name stands there
    let export = "导出/ExportOrderList202604091000.csv";
    edit(&work, "case.toml", "shop = ", "contact = ");
    edit(&work, export, "总金额,退款金额", "总金额,退款金额,店铺名称");
    edit(&work, export, ",59.00,0.00\r\n", ",59.00,0.00,示例锅店\r\n");
    check_out(&work, "zh-CN");
    assert!(said("顺丰速运.txt").contains("您好，我是示例锅店。"), "{}", said("顺丰速运.txt"));
    // of two names neither
    edit(&work, export, &format!("No:{},顺丰速运,1,59.00,0.00,示例锅店", WAYBILLS[0]), &format!("No:{},顺丰速运,1,59.00,0.00,别的店", WAYBILLS[0]));
    for (lang, name, hello) in [("zh-CN", "顺丰速运.txt", "您好。下面"), ("zh-CN", "买家.txt", "您好。平台在核对"), ("en", "buyers.txt", "Hello. The platform")]
    {
        check_out(&work, lang);
        assert!(said(name).contains(hello) && !said(name).contains("我是") && !said(name).contains("this is"), "{}", said(name));
    }
}

#[test]
fn names_made_to_harm_are_only_text_in_the_page() {
    let work = Work::new();
    for name in ["<script>alert(1)<", "a\" onload=\"x", "&lt;b&gt;", "'><img src=x>"] {
        // not every file system takes such names; those that do must not be hurt by them
        let _ = fs::write(work.case().join(format!("{name}.png")), picture(50 + name.len() as u8, false));
    }
    check_out(&work, "zh-CN");
    let page = page(&work);
    assert!(!page.contains("<script") && !page.contains("<img src=x") && !page.contains("onload=\"x"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;.png"), "{page}");
}

#[test]
fn private_speaks_the_sellers_language() {
    let work = flawed();
    check_out(&work, "en");
    let page = page(&work);
    assert!(page.contains("<html lang=\"en\">") && page.contains("To do today") && page.contains("Why it matters"), "{page}");
    let names: Vec<String> = crate::support::tree(&work.result().join("private/requests")).into_iter().map(|(n, _)| n).collect();
    assert!(names.contains(&"buyers.txt".to_owned()) && names.iter().any(|n| n.starts_with("SF") && n.ends_with(".xlsx")), "{names:?}");
}
