//! The command line itself: help in both languages, first screen, exit statuses, explain, schema, verify.

use crate::support::{CASE_ID, ORDERS, Work, appealpack, codes, exits, run, stderr, stdout, tree, unzip};
use std::fs;

#[test]
fn help_teaches_in_both_languages() {
    for (lang, words) in [("zh-CN", ["把违规通知", "退出码", "核验"]), ("en", ["violation notice", "Exit status", "bag"])] {
        let output = run(&["--lang", lang, "--help"]);
        exits(&output, 0);
        for word in words {
            assert!(stdout(&output).contains(word), "{lang} lacks {word}: {}", stdout(&output));
        }
    }
    for command in ["init", "check", "build", "batch", "audit", "verify", "template", "explain", "schema", "completions", "man"] {
        for lang in ["zh-CN", "en"] {
            let output = run(&[command, "--help", "--lang", lang]);
            exits(&output, 0);
            let text = stdout(&output);
            let chinese = text.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
            assert_eq!(chinese, lang == "zh-CN", "{command} {lang}: {text}");
            // no option without a word about it
            for line in text.lines().filter(|l| l.trim_start().starts_with("--") || l.trim_start().starts_with("-q")) {
                let words = line.split_whitespace().filter(|w| !w.starts_with(['-', '<'])).count();
                assert!(words > 0 || text.contains(&format!("{line}\n ")), "{command} {lang}: {line}");
            }
        }
    }
}

#[test]
fn help_is_in_one_language_and_breaks_where_the_terminal_does() {
    let build = stdout(&run(&["build", "--help", "--lang", "zh-CN"]));
    assert!(build.contains("用法: appealpack build [选项] <CASE>") && !build.contains("[OPTIONS]"), "{build}");
    let (own, general) = build.split_once("通用选项:").expect("two kinds of options");
    assert!(own.contains("--strict") && !own.contains("--lang") && general.contains("--lang"), "{build}");
    assert!(stdout(&run(&["schema", "--help", "--lang", "en"])).contains("case, check, audit, manifest"), "as the command takes them");
    // a paragraph is one line until the terminal folds it
    let wide = appealpack().args(["--help", "--lang", "en"]).env("COLUMNS", "400").output().expect("starts");
    assert!(stdout(&wide).contains("a case folder, checks order by order"), "{}", stdout(&wide));
}

#[test]
fn the_manual_page_holds_every_command() {
    let page = stdout(&run(&["man", "--lang", "en"]));
    for command in ["INIT", "CHECK", "BUILD", "BATCH", "AUDIT", "VERIFY", "TEMPLATE", "TEMPLATE INIT", "EXPLAIN", "SCHEMA", "COMPLETIONS", "MAN"] {
        assert!(page.contains(&format!(".SH \"APPEALPACK {command}\"")), "{command}: {page}");
    }
    assert!(page.contains("\\-\\-dry\\-run") && page.contains("appealpack audit my\\-shop"), "options and examples: {page}");
    assert!(!page.contains("appealpack\\-init(1)"), "a page that nobody can print: {page}");
    assert_eq!(page.matches("\\-\\-color").count(), 1, "general options stand once");
}

#[test]
fn wrong_usage_exits_2() {
    for args in [
        &["bild"][..],
        &["build"],
        &["explain", "tracking-numbr-reused"],
        &["--lang", "fr", "explain"],
        &["schema", "nothing"],
        &["check", ".", "--now", "soon"],
    ] {
        exits(&run(args), 2);
    }
    let output = run(&["explain", "tracking-numbr-reused"]);
    assert!(stderr(&output).contains("tracking-number-reused"), "{}", stderr(&output));
}

#[test]
fn wrong_usage_is_said_in_the_users_language() {
    for (args, zh, en) in [
        (&["bild"][..], "没有 bild 这个命令\n  是不是 build？", "there is no command bild\n  did you mean build?"),
        (&["build"], "缺少 <CASE>", "<CASE> is missing"),
        (&[], "缺少命令", "a command is missing"),
        (&["check", "a", "b"], "没有 b 这个选项，或者这里多了一个参数", "there is no option b, or it is one argument too many"),
        (&["check", "a", "--formt", "json"], "没有 --formt 这个选项，或者这里多了一个参数\n  是不是 --format？", "did you mean --format?"),
        (&["check", "a", "--format", "xml"], "--format <text|json> 的值不对：xml\n  可以写：text、json", "it can be: text, json"),
        (&["check", "a", "--format"], "--format <text|json> 后面缺少值", "--format <text|json> needs a value"),
        (&["batch", "a", "--jobs", "0"], "--jobs <N> 的值不对：0\n  要求：≥ 1", "--jobs <N> cannot be 0\n  it must be ≥ 1"),
        (&["check", "a", "--out", "b", "--out", "c"], "--out <DIR> 只能写一次", "--out <DIR> can be given only once"),
    ] {
        for (lang, words) in [("zh-CN", zh), ("en", en)] {
            let output = run(&[&["--lang", lang], args].concat());
            exits(&output, 2);
            let said = stderr(&output);
            assert!(said.contains(words), "{args:?} {lang}: {said}");
            assert!(lang == "en" || !said.to_lowercase().contains("error") && said.contains("完整说明"), "{said}");
        }
    }
}

#[test]
fn the_first_screen_says_it_all() {
    let work = Work::new();
    let output = work.build(&[]);
    exits(&output, 0);
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "淘宝 虚假交易 WG2026040900000001  收到 04-09 08:00 | 截止 04-12 23:59 | 还剩 61 小时");
    assert_eq!(lines[1], "通知 3 笔（主订单 3）| 读到 3 | 导出有 3");
    assert_eq!(lines[2], "能举证 3 + 缺材料 0 + 互相矛盾 0 = 3");
    assert!(lines[3].starts_with("为什么异常：有 1 份材料（直播 1）"), "{}", lines[3]);
    assert_eq!(lines[4], "被判 3 笔，没到处罚加重的 96 笔（淘宝网 14, 11001321, 2026-06-24）；其中 3 笔材料齐全");
    assert_eq!(lines[5], "平台要而没有全部备齐：旺旺举证号和完整的聊天截图（两样一起）（0/3，未核实）");
    assert!(text.contains(&format!("{CASE_ID}.pdf")) && text.contains(&format!("{CASE_ID}.zip")), "{text}");
    let english = work.build(&["--lang", "en"]);
    assert!(stdout(&english).contains("61 hours left"), "{}", stdout(&english));
}

#[test]
fn what_build_writes() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let names: Vec<String> = tree(&work.result()).into_iter().map(|(n, _)| n).collect();
    for name in [
        "00-先看这里.html".to_owned(),
        format!("upload/{CASE_ID}.pdf"),
        format!("upload/{CASE_ID}-annex.pdf"),
        "upload/statement-full.txt".to_owned(),
        "upload/orders.csv".to_owned(),
        "upload/orders.xlsx".to_owned(),
        format!("bundle/{CASE_ID}.zip"),
        "private/findings.html".to_owned(),
        "private/findings.json".to_owned(),
    ] {
        assert!(names.contains(&name), "{name} in {names:#?}");
    }
    let orders = fs::read_to_string(work.result().join("upload/orders.csv")).expect("orders.csv");
    assert!(orders.starts_with('\u{feff}') && orders.contains("\r\n"));
    for id in ORDERS {
        assert!(orders.contains(id), "{id}");
    }
    let statement = fs::read_to_string(work.result().join("upload/statement-full.txt")).expect("statement");
    assert!(statement.starts_with('\u{feff}') && statement.contains("3 笔"), "{statement}");
}

#[test]
fn dry_run_writes_nothing() {
    let work = Work::new();
    exits(&work.build(&["--dry-run"]), 0);
    assert!(!work.out().exists());
}

#[test]
fn check_writes_nothing_and_its_numbers_add_up() {
    let work = Work::new();
    let before = tree(work.root());
    let check = work.check();
    assert_eq!(tree(work.root()), before);
    assert_eq!(check["schema"], "appealpack.check/1");
    let counts = &check["counts"];
    let n = |key: &str| counts[key].as_u64().expect("a count");
    assert_eq!(n("argued") + n("left_out"), n("flagged"));
    assert_eq!((n("flagged"), n("orders"), n("in_export"), n("complete"), n("errors")), (3, 3, 3, 3, 0), "{check:#}");
    let files = check["files"].as_array().expect("files");
    assert_eq!(files.len(), before.len(), "every file is accounted for");
    let first = &check["orders"][0];
    assert_eq!(first["id"], ORDERS[0]);
    assert_eq!(first["tracking"][0]["delivered_at"], "2026-04-04T10:20:00+08:00");
    let reasons: Vec<&str> = first["evidence"]
        .as_array()
        .expect("evidence")
        .iter()
        .flat_map(|e| e["reasons"].as_array().into_iter().flatten())
        .filter_map(|r| r["key"].as_str())
        .collect();
    assert!(reasons.contains(&"order-id") && reasons.contains(&"waybill"), "{reasons:?}");
    let output =
        appealpack().arg("check").arg(work.case()).args(["--format", "json", "--output"]).arg(work.root().join("check.json")).output().expect("starts");
    exits(&output, 0);
    let written: serde_json::Value = serde_json::from_slice(&fs::read(work.root().join("check.json")).expect("written")).expect("json");
    assert_eq!(written, check);
}

#[test]
fn strict_turns_warnings_into_errors() {
    let work = Work::new();
    fs::write(work.case().join("没关系的文件.bin"), [1, 2, 3]).expect("stray");
    assert!(codes(&work.check()).contains(&"file-unmatched".to_owned()));
    exits(&work.build(&[]), 0);
    exits(&work.build(&["--strict"]), 3);
}

#[test]
fn the_bag_holds_originals_to_the_byte_and_only_flagged_rows() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let bag = unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
    let originals: Vec<&(String, Vec<u8>)> = bag.iter().filter(|(n, _)| n.contains("/data/originals/")).collect();
    assert!(originals.len() >= 9, "three traces, three chats, three slips at least: {}", originals.len());
    for (name, bytes) in &originals {
        let path = name.split_once("/data/originals/").expect("prefix").1;
        assert!(fs::read(work.case().join(path)).expect(path) == *bytes, "{path}");
    }
    let export = bag.iter().find(|(n, _)| n.contains("/data/extracts/") && n.contains("ExportOrderList")).expect("extract of the export");
    let text = String::from_utf8(export.1.clone()).expect("utf-8");
    for id in ORDERS {
        assert!(text.contains(id));
    }
    assert!(!text.contains("old_15"), "other buyers stay out: {text}");
    assert!(text.contains("原文件行号") && text.contains("3 / 24"), "{text}");
    assert!(!bag.iter().any(|(n, _)| n.contains("case.toml") || n.contains("private") || n.contains("findings")));
    let manifest: serde_json::Value = serde_json::from_slice(&bag.iter().find(|(n, _)| n.ends_with("data/manifest.json")).expect("manifest").1).expect("json");
    assert_eq!(manifest["schema"], "appealpack.manifest/1");
    assert_eq!(manifest["orders"].as_array().map(Vec::len), Some(3));
}

#[test]
fn verify_finds_every_kind_of_damage() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let zip = work.result().join(format!("bundle/{CASE_ID}.zip"));
    let good = run(&["verify", zip.to_str().expect("utf-8")]);
    exits(&good, 0);
    assert!(stdout(&good).starts_with("有效："), "{}", stdout(&good));

    let folder = work.root().join("unpacked");
    for (name, bytes) in unzip(&zip) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        fs::write(path, bytes).expect("file");
    }
    let verify = || run(&["verify", folder.to_str().expect("utf-8")]);
    exits(&verify(), 0);
    let victim = tree(&folder).into_iter().find(|(n, _)| n.contains("originals") && n.ends_with(".png")).expect("a picture");
    let path = folder.join(&victim.0);
    let mut changed = victim.1.clone();
    changed[100] ^= 1;
    fs::write(&path, &changed).expect("write");
    let output = verify();
    exits(&output, 3);
    assert!(stdout(&output).contains("内容与清单不一致"), "{}", stdout(&output));
    exits(&run(&["verify", "--fast", folder.to_str().expect("utf-8")]), 0);
    fs::remove_file(&path).expect("remove");
    assert!(stdout(&verify()).contains("清单里有而包里没有"));
    fs::write(&path, &victim.1).expect("write");
    fs::write(folder.join(CASE_ID).join("data/extra.txt"), "x").expect("write");
    let output = run(&["verify", "--format", "json", folder.to_str().expect("utf-8")]);
    exits(&output, 3);
    assert!(stdout(&output).contains("not-listed"), "{}", stdout(&output));

    let bytes = fs::read(&zip).expect("zip");
    let half = work.root().join("half.zip");
    fs::write(&half, &bytes[..bytes.len() / 2]).expect("write");
    exits(&run(&["verify", half.to_str().expect("utf-8")]), 3);
    exits(&run(&["verify", work.root().join("nowhere.zip").to_str().expect("utf-8")]), 1);
}

#[test]
fn explain_and_schema_cover_everything() {
    for lang in ["zh-CN", "en"] {
        let list = stdout(&run(&["explain", "--lang", lang]));
        let codes: Vec<(&str, &str)> = list.lines().filter_map(|l| l.split_once(char::is_whitespace)).map(|(level, code)| (level, code.trim())).collect();
        assert!(codes.len() > 70, "{}", codes.len());
        let mut pages = std::collections::BTreeMap::new();
        for (level, code) in codes {
            let output = run(&["explain", code, "--lang", lang]);
            exits(&output, 0);
            let page = stdout(&output);
            let (head, words) = page.split_once("\n\n").unwrap_or_else(|| panic!("{code} {lang}: {page}"));
            assert_eq!(head, format!("{code}  ({level})"), "{lang}");
            // what it means and what clears it are more than a line, and its own
            assert!(words.trim().lines().count() > 1 && words.chars().count() > 60 && !words.contains('{'), "{code} {lang}: {page}");
            let cjk = words.chars().filter(|c| ('\u{4e00}'..'\u{9fff}').contains(c)).count();
            assert_eq!(cjk * 5 > words.chars().count(), lang == "zh-CN", "{code} {lang}: {page}");
            if let Some(other) = pages.insert(words.to_owned(), code) {
                panic!("{code} and {other} are explained alike");
            }
        }
    }
    assert!(stdout(&run(&["explain", "columns"])).contains("tracking_no"));
    for what in ["case", "check", "audit", "manifest", "index", "orders", "summary"] {
        let output = run(&["schema", what]);
        exits(&output, 0);
        if what != "case" {
            serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap_or_else(|e| panic!("{what}: {e}"));
        }
    }
    assert!(stdout(&run(&["schema", "case"])).contains("leave_out"));
    exits(&run(&["completions", "powershell"]), 0);
    assert!(stdout(&run(&["man"])).contains("appealpack"));
}

#[test]
fn init_makes_a_case_that_check_understands() {
    let work = Work::empty();
    let dir = work.root().join("新案件");
    let notice = work.root().join("通知.txt");
    fs::write(&notice, "违规编号：WG2026040900000009\n违规类型：虚假交易\n涉及订单（共1笔）：2861734095517302481\n").expect("notice");
    let output = appealpack().arg("init").arg(&dir).args(["--platform", "taobao", "--notice"]).arg(&notice).output().expect("starts");
    exits(&output, 0);
    assert!(dir.join("case.toml").is_file());
    let check = appealpack().arg("check").arg(&dir).args(["--format", "json"]).output().expect("starts");
    exits(&check, 3);
    let json: serde_json::Value = serde_json::from_slice(&check.stdout).expect("json");
    assert_eq!(json["notice"]["number"], "WG2026040900000009", "{}", stderr(&check));
    assert_eq!(json["case"]["platform"], "taobao");
    exits(&appealpack().arg("init").arg(&dir).output().expect("starts"), 1);
}

/// The checklist that `init` writes for a platform.
fn checklist(platform: &str, lang: &str) -> String {
    let work = Work::empty();
    let dir = work.root().join("case");
    exits(&appealpack().arg("init").arg(&dir).args(["--platform", platform, "--lang", lang]).output().expect("starts"), 0);
    fs::read_to_string(dir.join(if lang == "en" { "what-to-gather.txt" } else { "要准备的材料.txt" })).expect("checklist")
}

#[test]
fn the_checklist_says_what_holds_for_which_violation() {
    let tmall = checklist("tmall", "zh-CN");
    for line in [
        "虚假交易的申诉入口：我是卖家 > 客户服务 > 申诉中心 > 可申诉的违规（天猫 11000256, 2026-02-27）",
        "虚假发货、物流轨迹异常、延迟发货的申诉入口：商家中心 > 客户服务 > 申诉中心（天猫 11000266 第十七条, 2026-04-09）",
        "- 虚假发货、物流轨迹异常、延迟发货：遇到不可抗力，在“营商保产品 > 商家报备”报备（天猫 11000266 第十七条, 2026-04-09）",
    ] {
        assert!(tmall.lines().any(|l| l == line), "{line}\n{tmall}");
    }
    let douyin = checklist("douyin", "en");
    for line in [
        "Appeal period: false shipment, late shipment, abnormal tracking, 7 days (Douyin shop rule 101706, aJmtTKLBkBqs)",
        "- fake transactions: an answer within 1 to 5 working days (Douyin shop rule 113470 / aJoPTsTo7j8N, 2026-08-10)",
        "- false shipment, late shipment, abnormal tracking: an answer within 5 working days; an appeal does not suspend the penalty (Douyin shop rule 101706, aJmtTKLBkBqs)",
    ] {
        assert!(douyin.lines().any(|l| l == line), "{line}\n{douyin}");
    }
    assert!(douyin.contains("news or a government notice") && douyin.contains("slip of the second parcel") && douyin.contains("mass refunds"), "{douyin}");
    let taobao = checklist("taobao", "en");
    assert!(taobao.contains("we go by them here") && taobao.contains("rule: Taobao rating rule 2352, with 11000254"), "{taobao}");
    // what the rules say of mini-programs is not told as the shop's
    let wechat = checklist("wechat-shop", "zh-CN");
    assert!(wechat.contains("微信小店是否一样未查到），未核实）"), "{wechat}");
    assert!(!checklist("pinduoduo", "zh-CN").contains("MB"));
}

/// Crates that must not come in stand in deny.toml; that none did is seen without any other program.
#[test]
fn no_crate_that_opens_connections_is_among_those_we_build_with() {
    let read = |name: &str| -> toml::Table {
        let text = fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect(name);
        text.parse().expect("TOML")
    };
    let (deny, lock) = (read("deny.toml"), read("Cargo.lock"));
    let names = |list: &toml::Value, key: &str| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|entry| entry.get(key)?.as_str().map(str::to_owned)).collect()
    };
    let (denied, built) = (names(&deny["bans"]["deny"], "crate"), names(&lock["package"], "name"));
    assert!(["object_store", "axum"].iter().all(|name| denied.iter().any(|d| d == name)), "{denied:?}");
    assert!(built.len() > 100, "{}", built.len());
    for name in denied {
        assert!(!built.contains(&name), "{name}");
    }
}
