//! The first screen and the private pages, read as the seller reads them.

use crate::support::{ORDERS, Work, appealpack, exits, picture, stderr, stdout};
use std::fs;

fn case_toml(work: &Work, from: &str, to: &str) {
    let path = work.case().join("case.toml");
    let old = fs::read_to_string(&path).expect("case.toml");
    assert!(old.contains(from));
    fs::write(path, old.replace(from, to)).expect("case.toml");
}

#[test]
fn a_request_is_named_after_the_town_and_lies_where_the_screen_says() {
    let work = Work::new();
    case_toml(&work, "[seller]\n", "[seller]\nship_from = \"浙江省金华市永康市东城街道样板路18号\"\n");
    for waybill in crate::support::WAYBILLS {
        fs::remove_file(work.case().join(format!("底单/{waybill}.jpg"))).expect("slip");
    }
    let output = work.build(&[]);
    let screen = stdout(&output);
    let name = "顺丰速运-永康.xlsx";
    assert!(screen.contains(name) && !screen.contains("样板路"), "{screen}");
    assert!(work.result().join("private/requests").join(name).is_file());
    let page = fs::read_to_string(work.result().join("00-先看这里.html")).expect("start page");
    assert!(page.contains(&format!("href=\"private/requests/{name}\"")), "{page}");
    // every link of the page leads somewhere
    for href in page.split("href=\"").skip(1).filter_map(|p| p.split('"').next()) {
        assert!(work.result().join(href).exists(), "{href}");
    }
    assert!(page.contains("upload/statement-full.txt"), "{page}");
    // `check` alone writes nothing, so it says where the request comes from
    let check = appealpack().arg("check").arg(work.case()).output().expect("starts");
    assert!(stderr(&check).contains("check --out"), "{}", stderr(&check));
}

#[test]
fn what_the_platform_asks_for_beyond_three_is_counted() {
    let work = Work::new();
    case_toml(&work, "platform = \"taobao\"", "platform = \"douyin\"");
    for folder in ["底单", "物流", "聊天", "直播"] {
        fs::remove_dir_all(work.case().join(folder)).expect("folder");
    }
    let screen = stdout(&appealpack().arg("check").arg(work.case()).output().expect("starts"));
    let line = screen.lines().find(|l| l.starts_with("平台要而没有全部备齐")).unwrap_or_default();
    assert!(line.matches("（0/3）").count() == 3 && line.ends_with("；另有 1 项"), "{screen}");
    let english = stdout(&appealpack().arg("check").arg(work.case()).args(["--lang", "en"]).output().expect("starts"));
    assert!(english.contains("; and 1 more"), "{english}");
}

#[test]
fn the_step_of_a_penalty_is_told_for_its_own_violation_only() {
    let work = Work::new();
    case_toml(&work, "platform = \"taobao\"", "platform = \"tmall\"");
    let told = |lang: &str| stdout(&appealpack().arg("check").arg(work.case()).args(["--lang", lang]).output().expect("starts"));
    assert!(told("zh-CN").contains("没到处罚加重的 96 笔（天猫 11000256, 2026-02-27）"), "{}", told("zh-CN"));
    crate::support::edit(&work, "通知.txt", "违规类型：虚假交易", "违规类型：延迟发货");
    assert!(!told("zh-CN").contains("96") && !told("en").contains("96"), "{}", told("zh-CN"));
    assert!(work.check()["completeness"]["penalty_step"].is_null());
}

#[test]
fn what_nobody_confirmed_is_told_as_such() {
    let work = Work::new();
    case_toml(&work, "platform = \"taobao\"", "platform = \"pinduoduo\"");
    fs::remove_dir_all(work.case().join("底单")).expect("slips");
    let told = |lang: &str| stdout(&appealpack().arg("check").arg(work.case()).args(["--lang", lang]).output().expect("starts"));
    assert!(told("zh-CN").contains("每笔订单的发货底单图片（0/3，未核实）"), "{}", told("zh-CN"));
    assert!(told("en").contains("a picture of the waybill slip of each order (0/3; not confirmed)"), "{}", told("en"));
    let check = work.check();
    let groups = check["completeness"]["groups"].as_array().expect("groups");
    let marked: Vec<&str> = groups.iter().filter(|g| g["unverified"] == true).filter_map(|g| g["id"].as_str()).collect();
    assert_eq!(marked, ["slip-of-each-order"]);
}

#[test]
fn readers_of_english_read_the_rules_of_the_first_screen_in_english() {
    let work = Work::new();
    let screen = stdout(&appealpack().arg("check").arg(work.case()).args(["--lang", "en"]).output().expect("starts"));
    assert!(screen.contains("Taobao rule 14") && !screen.contains("淘宝网 14"), "{screen}");
}

#[test]
fn what_stops_the_build_is_the_first_task() {
    let work = Work::new();
    let same = picture(77, true);
    for nick in &crate::support::NICKS[..2] {
        fs::write(work.case().join(format!("聊天/{nick}/又一张_{nick}.jpg")), &same).expect("picture");
    }
    let output = work.build(&[]);
    exits(&output, 3);
    let screen = stdout(&output);
    let first = screen.lines().find(|l| l.starts_with("1 ")).unwrap_or_default();
    assert!(screen.contains("picture-reused") && first.contains("加重处罚"), "{screen}");
    assert!(!work.result().join("upload").exists() && work.result().join("private").is_dir());
}

#[test]
fn places_are_in_the_readers_language_and_lines_for_case_toml_stay_together() {
    let work = Work::new();
    fs::write(work.case().join("散落的图.jpg"), picture(99, true)).expect("picture");
    let notice = fs::read_to_string(work.case().join("通知.txt")).expect("notice").replace("共3笔", "共4笔") + "2861734095517302999\n";
    fs::write(work.case().join("通知.txt"), notice).expect("notice");
    let screen = stdout(&appealpack().arg("check").arg(work.case()).output().expect("starts"));
    assert!(screen.contains("通知.txt (第 8 行)"), "{screen}");
    assert!(screen.contains("\n       [[assign]]"), "{screen}");
    assert!(!screen.contains("散落的图.jpg: "), "a file is named once: {screen}");
    let english = stdout(&appealpack().arg("check").arg(work.case()).args(["--lang", "en"]).output().expect("starts"));
    assert!(english.contains("通知.txt (line 8)"), "{english}");
}

#[test]
fn equal_findings_fold_and_verbose_lists_them() {
    let work = Work::new();
    for waybill in crate::support::WAYBILLS {
        fs::remove_file(work.case().join(format!("物流/{waybill}.json"))).expect("trace");
    }
    let count = |more: &[&str]| {
        let output = appealpack().arg("check").arg(work.case()).args(more).output().expect("starts");
        stdout(&output).lines().filter(|l| l.ends_with("[trace-missing]")).count()
    };
    assert_eq!((count(&[]), count(&["-v"])), (1, ORDERS.len()));
}

#[test]
fn a_file_instead_of_a_folder_is_told() {
    let work = Work::new();
    let output = appealpack().arg("build").arg(work.case().join("通知.txt")).output().expect("starts");
    exits(&output, 1);
    assert!(stderr(&output).contains("是文件，不是文件夹") && stderr(&output).contains("下一步"), "{}", stderr(&output));
}

#[test]
fn two_notices_are_one_thing_to_do_and_no_heap_of_findings() {
    let work = Work::new();
    let notice = fs::read_to_string(work.case().join("通知.txt")).expect("notice");
    fs::write(work.case().join("通知2.txt"), notice.replace("WG2026040900000001", "WG2026040900000002")).expect("notice");
    let output = appealpack().arg("check").arg(work.case()).output().expect("the binary starts");
    exits(&output, 3);
    let screen = stdout(&output);
    assert!(screen.contains("选定这次申诉哪一份通知") && screen.contains("[notice-ambiguous]"), "{screen}");
    for wrong in ["查申诉截止时间", "file-unmatched", "订单为何集中"] {
        assert!(!screen.contains(wrong), "{wrong} in {screen}");
    }
    let check = work.check();
    assert!(check["files"].as_array().into_iter().flatten().any(|f| f["status"] == "unmatched"), "what became of the files is said");
}

#[test]
fn of_many_things_to_do_five_are_told_the_most_urgent_first_and_handing_in_last() {
    let work = Work::new();
    for folder in ["底单", "物流", "聊天", "直播"] {
        fs::remove_dir_all(work.case().join(folder)).expect("folder");
    }
    fs::create_dir_all(work.case().join("聊天")).expect("folder");
    let chat = format!("{} 2026-4-1 9:05:11\n在吗\n示例厨具店:小竹 2026-4-1 9:06:02\n亲，刷单的话返现五元\n", crate::support::NICKS[0]);
    fs::write(work.case().join(format!("聊天/{}.txt", ORDERS[0])), chat).expect("chat");
    crate::support::edit(&work, "通知.txt", "（共3笔）", "（共4笔）");
    crate::support::edit(&work, "通知.txt", ORDERS[2], &format!("{}、2861734095517302999", ORDERS[2]));
    let screen = stdout(&appealpack().arg("check").arg(work.case()).output().expect("starts"));
    let tasks: Vec<&str> = screen.lines().filter(|l| l.chars().next().is_some_and(|c| c.is_ascii_digit()) && l.contains("  ")).collect();
    assert_eq!(
        tasks,
        [
            "1  今天 18:00 前  导出订单列表和明细，覆盖没查到的 1 笔被判订单，原样放进文件夹",
            "2  今天 18:00 前  把 requests/顺丰速运.xlsx 发给顺丰速运网点（3 单：底单或带重量的内部跟踪、内部跟踪全程）",
            "3  今天 18:00 前  导出 3 笔订单的物流轨迹（快递100 或快递官网），放进文件夹",
            "4  明天 18:00 前  为 4 笔订单补聊天截图，或在千牛生成举证号写进 case.toml",
            "5  04-12 23:59 前  提交申诉",
        ],
        "{screen}"
    );
    // more is wrong than five tasks hold, and the findings tell of it
    assert!(screen.contains("[content-harmful]") && screen.contains("[anomaly-unexplained]"), "{screen}");
    let by: Vec<String> = work.check()["tasks"].as_array().into_iter().flatten().filter_map(|t| t["by"].as_str().map(str::to_owned)).collect();
    let days =
        ["2026-04-10T18:00:00+08:00", "2026-04-10T18:00:00+08:00", "2026-04-10T18:00:00+08:00", "2026-04-11T18:00:00+08:00", "2026-04-12T23:59:59+08:00"];
    assert_eq!(by, days);
}
