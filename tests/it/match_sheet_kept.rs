//! Nothing that a seller typed into a match sheet is lost without a copy and a word, and no row is followed for another file than the one it was made for.

use crate::match_sheet::{HIDDEN, SHEET, add_row, cells, check_out, file, fill, finding, sheet, work};
use crate::support::{CASE_ID, ORDERS, Work, appealpack, codes, stderr, stdout};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The yellow cells of all rows of a file.
fn said(path: &Path, file: &str) -> Vec<String> {
    let rows = cells(path).swap_remove(0).1;
    rows.iter().filter(|r| r[2] == file).map(|r| r[6..9].join("|")).collect()
}

fn told(check: &Value) -> Vec<String> {
    let found = check["findings"].as_array().into_iter().flatten();
    found.filter(|f| f["code"].as_str().is_some_and(|c| c.starts_with("match-sheet"))).map(|f| f["message"].as_str().unwrap_or("").to_owned()).collect()
}

fn screen(work: &Work) -> String {
    stdout(&appealpack().arg("check").arg(work.case()).arg("--out").arg(work.out()).output().expect("the binary starts"))
}

/// `check` in the case folder, its results there, too.
fn check_inside(work: &Work, out: &str) -> Value {
    let output = appealpack().current_dir(work.case()).args(["check", ".", "--format", "json", "--out", out]).output().expect("the binary starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", stderr(&output)))
}

#[test]
fn of_two_copies_the_one_that_was_meant_is_found_again() {
    let work = work();
    let place = |path: &str| work.case().join(path);
    let copies = |from: &str, to: &str| {
        fs::create_dir_all(place(to).parent().expect("a parent")).expect("folder");
        fs::rename(place(from), place(to)).expect("moved");
    };
    copies("IMG_0801.png", "旺旺/错的.png");
    fs::create_dir_all(place(ORDERS[1])).expect("folder");
    fs::copy(place("旺旺/错的.png"), place(ORDERS[1]).join("对的.png")).expect("copied");
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("旺旺/错的.png", 8, "存错了")]);
    assert_eq!(file(&check_out(&work), "旺旺/错的.png")["status"], "ignored");
    // both folders renamed, so that the order of their paths changes
    copies("旺旺/错的.png", "a/错的.png");
    copies(&format!("{}/对的.png", ORDERS[1]), &format!("改名{}/对的.png", ORDERS[1]));
    for round in 0..2 {
        let after = check_out(&work);
        assert_eq!(file(&after, "a/错的.png")["status"], "ignored", "round {round}");
        assert_eq!(file(&after, &format!("改名{}/对的.png", ORDERS[1]))["orders"], json!([ORDERS[1]]), "round {round}");
    }
    // both renamed: nothing tells them apart
    copies("a/错的.png", "b/1.png");
    copies(&format!("改名{}/对的.png", ORDERS[1]), "c/2.png");
    for round in 0..2 {
        let after = check_out(&work);
        assert!(["b/1.png", "c/2.png"].iter().all(|path| file(&after, path)["status"] != "ignored"), "round {round}");
        assert!(finding(&after, "match-sheet-row")["message"].as_str().is_some_and(|m| m.contains("分不清")), "round {round}: {after}");
        assert_eq!(said(&sheet(&work), "a/错的.png"), ["||存错了"], "round {round}");
    }
}

#[test]
fn a_copy_that_stays_does_not_take_the_place_of_the_one_that_was_removed() {
    let work = work();
    fs::copy(work.case().join("IMG_0801.png"), work.case().join("好的.png")).expect("copied");
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 8, "存错了")]);
    fs::remove_file(work.case().join("IMG_0801.png")).expect("removed");
    let after = check_out(&work);
    assert_eq!(file(&after, "好的.png")["status"], "unmatched");
    assert!(codes(&after).contains(&"match-sheet-row".to_owned()));
}

#[test]
fn a_file_that_case_toml_left_out_is_the_same_one_once_it_is_back() {
    let work = work();
    let toml = fs::read_to_string(work.case().join("case.toml")).expect("case.toml");
    let ignore = || work.add("[[ignore]]\nfile = \"IMG_0801.png\"\nwhy = \"没用\"");
    ignore();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, ORDERS[0])]);
    assert!(codes(&check_out(&work)).contains(&"match-sheet-conflict".to_owned()));
    fs::write(work.case().join("case.toml"), &toml).expect("case.toml");
    for round in 0..2 {
        let after = check_out(&work);
        assert_eq!(file(&after, "IMG_0801.png")["orders"], json!([ORDERS[0]]), "round {round}");
        assert_eq!(told(&after), Vec::<String>::new(), "round {round}");
    }
    // retaken while it was left out: what was said of the earlier picture does not count for it
    ignore();
    check_out(&work);
    image::RgbImage::from_pixel(40, 60, image::Rgb([7; 3])).save(work.case().join("IMG_0801.png")).expect("picture");
    check_out(&work);
    fs::write(work.case().join("case.toml"), &toml).expect("case.toml");
    let after = check_out(&work);
    assert_eq!(file(&after, "IMG_0801.png")["status"], "unmatched");
    assert!(finding(&after, "match-sheet-row")["message"].as_str().is_some_and(|m| m.contains("改过")), "{after}");
}

#[test]
fn what_was_said_of_an_earlier_picture_waits_for_an_answer() {
    let work = work();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 8, "截错了")]);
    let path = work.case().join("IMG_0801.png");
    let before = fs::read(&path).expect("picture");
    image::RgbImage::from_pixel(40, 60, image::Rgb([7; 3])).save(&path).expect("picture");
    for round in 0..3 {
        let after = check_out(&work);
        assert_eq!(file(&after, "IMG_0801.png")["status"], "unmatched");
        assert!(finding(&after, "match-sheet-row")["severity"] == "error", "round {round}");
        assert_eq!(said(&sheet(&work), "IMG_0801.png"), ["||", "||截错了"], "round {round}");
        let rows = cells(&sheet(&work)).swap_remove(0).1;
        assert!(rows.last().is_some_and(|r| r[4].contains("内容变了")), "{:?}", rows.last());
    }
    // the earlier picture is back
    fs::write(&path, before).expect("picture");
    let after = check_out(&work);
    assert_eq!((&file(&after, "IMG_0801.png")["status"], told(&after)), (&Value::from("ignored"), Vec::new()));
    assert_eq!(said(&sheet(&work), "IMG_0801.png"), ["||截错了"]);
}

#[test]
fn the_sheet_that_is_passed_over_is_kept() {
    let work = work();
    check_out(&work);
    let lying = work.case().join("填过.xlsx");
    fill(&sheet(&work), &lying, &[("IMG_0802.png", 6, ORDERS[1])]);
    let away = work.root().join("填过.xlsx");
    fs::rename(&lying, &away).expect("moved away");
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 8, "拍糊了")]);
    check_out(&work);
    // followed, and then another one is put into the case
    fs::rename(&away, &lying).expect("moved back");
    let after = check_out(&work);
    assert!(told(&after).iter().any(|m| m.contains("match-sheet-kept.xlsx")), "{:?}", told(&after));
    let kept = work.result().join("private/match-sheet-kept.xlsx");
    assert_eq!(said(&kept, "IMG_0801.png"), ["||拍糊了"]);
    for _ in 0..2 {
        assert_eq!(told(&check_out(&work)), Vec::<String>::new());
    }
    assert!(kept.is_file());
    // filled in while the other one lies in the case
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 8, "重复")]);
    assert!(told(&check_out(&work)).iter().any(|m| m.contains("另存为")));
    assert_eq!(said(&work.result().join("private/match-sheet-kept-2.xlsx"), "IMG_0801.png"), ["||重复"]);
}

#[test]
fn a_sheet_of_another_case_is_named_and_not_used() {
    let (work, other) = (work(), Work::new());
    for entry in fs::read_dir(other.case()).expect("case").flatten().filter(|e| e.path().is_dir()) {
        fs::remove_dir_all(entry.path()).expect("removed");
    }
    for n in 0..30 {
        fs::write(other.case().join(format!("{n}.txt")), format!("说明 {n}\n")).expect("file");
    }
    let toml = fs::read_to_string(other.case().join("case.toml")).expect("case.toml");
    fs::write(other.case().join("case.toml"), toml.replace("[case]\n", "[case]\nid = \"another\"\n")).expect("case.toml");
    check_out(&other);
    fill(&other.out().join("another").join(SHEET), &work.case().join("表.xlsx"), &[("3.txt", 6, ORDERS[0])]);
    let lying = fs::read(work.case().join("表.xlsx")).expect("sheet");
    fs::remove_file(work.case().join("表.xlsx")).expect("removed");
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 8, "拍糊了")]);
    fs::write(work.case().join("表.xlsx"), lying).expect("sheet");
    for round in 0..2 {
        let after = check_out(&work);
        assert!(told(&after).iter().any(|m| m.contains("表.xlsx") && m.contains("another") && m.contains(CASE_ID)), "round {round}: {:?}", told(&after));
        assert_eq!(file(&after, "IMG_0801.png")["status"], "ignored", "round {round}: its own sheet counts");
    }
}

#[test]
fn under_a_new_case_id_what_was_filled_in_is_carried_over() {
    let work = work();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0802.png", 6, ORDERS[1])]);
    let toml = fs::read_to_string(work.case().join("case.toml")).expect("case.toml");
    fs::write(work.case().join("case.toml"), toml.replace("[case]\n", "[case]\nid = \"new-name\"\n")).expect("case.toml");
    let first = check_out(&work);
    assert!(finding(&first, "match-sheet-stale")["message"].as_str().is_some_and(|m| m.contains(CASE_ID)), "{first}");
    let second = check_out(&work);
    assert_eq!(told(&second), Vec::<String>::new());
    for check in [first, second] {
        assert_eq!(file(&check, "IMG_0802.png")["orders"], json!([ORDERS[1]]));
    }
    // made for another notice it is another appeal's, though the material is the same
    let work = self::work();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0802.png", 6, ORDERS[1])]);
    let notice = work.case().join("通知.txt");
    let text = fs::read_to_string(&notice).expect("notice");
    fs::write(&notice, text.replace("WG2026040900000001", "WG2026040900000002")).expect("notice");
    let after = check_out(&work);
    assert_eq!(file(&after, "IMG_0802.png")["status"], "unmatched");
    assert!(finding(&after, "match-sheet-stale")["hint"].as_str().is_some_and(|h| h.contains("复制到案件文件夹里")), "{after}");
}

#[test]
fn a_sheet_in_another_output_folder_of_the_case_is_used_or_named() {
    let work = work();
    check_inside(&work, "结果");
    let there = work.case().join("结果").join(CASE_ID).join(SHEET);
    fill(&there, &there, &[("IMG_0801.png", 6, ORDERS[0])]);
    // nothing else is filled in: it is used, whether or not the other output folder has a sheet
    let after = check_inside(&work, "appeal-out");
    assert_eq!(file(&after, "IMG_0801.png")["orders"], json!([ORDERS[0]]));
    assert!(told(&after).iter().any(|m| m.contains("结果")), "{:?}", told(&after));
    let again = check_inside(&work, "appeal-out");
    assert_eq!((&file(&again, "IMG_0801.png")["orders"], told(&again)), (&json!([ORDERS[0]]), Vec::new()));
    // it says more than the one that is used
    fill(&there, &there, &[("IMG_0802.png", 8, "拍糊了")]);
    for _ in 0..2 {
        let named = check_inside(&work, "appeal-out");
        assert!(told(&named).iter().any(|m| m.contains("结果") && m.contains("没有照办")), "{:?}", told(&named));
        assert_eq!(file(&named, "IMG_0802.png")["status"], "unmatched");
    }
}

#[test]
fn what_a_row_cannot_do_is_told_and_not_counted() {
    let work = work();
    let before = check_out(&work);
    let export = before["files"].as_array().into_iter().flatten().find(|f| f["kind"] == "order-record").and_then(|f| f["path"].as_str()).expect("an export");
    let fills = [("IMG_0801.png", 7, "违规通知"), ("通知.txt", 6, ORDERS[0]), (export, 7, "聊天记录")];
    fill(&sheet(&work), &sheet(&work), &fills);
    for round in 0..2 {
        let after = check_out(&work);
        let found: Vec<&Value> = after["findings"].as_array().into_iter().flatten().filter(|f| f["code"] == "match-sheet-row").collect();
        assert_eq!(found.len(), 3, "round {round}: {found:?}");
        assert!(found.iter().any(|f| f["hint"].as_str().is_some_and(|h| h.contains("[notice]\nfile = \"IMG_0801.png\""))), "{found:?}");
        assert!(screen(&work).contains("照办 0 行"));
        assert_eq!((&file(&after, "IMG_0801.png")["kind"], &file(&after, export)["kind"]), (&file(&before, "IMG_0801.png")["kind"], &json!("order-record")));
        assert_eq!(said(&sheet(&work), export), ["|聊天记录|"], "round {round}");
    }
}

#[test]
fn all_with_a_comma_is_all_and_all_beside_an_order_is_told() {
    let work = work();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, "全部，")]);
    let after = check_out(&work);
    assert_eq!((&file(&after, "IMG_0801.png")["status"], told(&after)), (&json!("shared"), Vec::new()));
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, &format!("全部、{}", ORDERS[0])), ("IMG_0802.png", 6, "全部")]);
    add_row(&sheet(&work), "IMG_0802.png", [ORDERS[0], "", ""]);
    let first = check_out(&work);
    assert!(told(&first).len() == 2 && told(&first).iter().any(|m| m.contains("既写了全部")), "{:?}", told(&first));
    let kept = said(&sheet(&work), "IMG_0801.png");
    assert_eq!(kept, [format!("全部、{}||", ORDERS[0])]);
    assert_eq!(told(&check_out(&work)).len(), 2);
}

#[test]
fn the_same_state_gives_the_same_answer() {
    let near = format!("{}9", &ORDERS[0][..ORDERS[0].len() - 1]);
    for words in ["number:2.861734095517302e18", &near, "\t、", "2861734095517302481x y"] {
        let work = work();
        check_out(&work);
        fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, words)]);
        let first = told(&check_out(&work));
        assert_eq!(first.len(), 1, "{words}: {first:?}");
        assert!(first[0].starts_with("文件「IMG_0801.png」"), "the row is that of a sheet that is no more: {first:?}");
        for round in 0..2 {
            assert_eq!(told(&check_out(&work)), first, "{words}, round {round}");
        }
    }
}

/// What a seller may add to the sheet, and how the finding calls it.
const ADDED: [(&str, &str); 7] = [
    ("column", "谁负责"),
    ("column far to the right", "AB"),
    ("worksheet", "待办"),
    ("first worksheet", "待办"),
    ("our column", "IMG_0802.png"),
    ("stray line", "F40"),
    ("", ""),
];

#[test]
fn what_the_seller_added_besides_is_kept() {
    for (what, called) in ADDED {
        let work = work();
        check_out(&work);
        let mut book = Workbook::new();
        let own_page = |book: &mut Workbook| {
            book.add_worksheet().set_name("待办").expect("name").write_string(0, 0, "问快递").expect("cell");
        };
        if what == "first worksheet" {
            own_page(&mut book);
        }
        for (name, mut rows) in cells(&sheet(&work)) {
            match what {
                "column" if name != HIDDEN => {
                    rows[1].push("谁负责".to_owned());
                    rows[2].push("小王".to_owned());
                }
                "column far to the right" if name != HIDDEN => {
                    rows[2].resize(27, String::new());
                    rows[2].push("小王".to_owned());
                }
                "our column" if name != HIDDEN => rows.iter_mut().filter(|r| r[2] == "IMG_0802.png").for_each(|r| r[5] = "问快递".to_owned()),
                "stray line" if name != HIDDEN => {
                    rows.resize(40, vec![String::new(); 9]);
                    rows[39][5] = "问快递".to_owned();
                }
                _ => {}
            }
            let page = book.add_worksheet().set_name(&name).expect("name");
            for (r, row) in rows.iter().enumerate() {
                for (c, cell) in row.iter().enumerate() {
                    page.write_string(r as u32, c as u16, cell).expect("cell");
                }
            }
        }
        if what == "worksheet" {
            own_page(&mut book);
        }
        book.save(sheet(&work)).expect("saved");
        let kept = work.result().join("private/match-sheet-kept.xlsx");
        let first = told(&check_out(&work));
        assert_eq!((kept.is_file(), first.len()), (!what.is_empty(), usize::from(!what.is_empty())), "{what}: {first:?}");
        assert!(first.iter().all(|m| m.contains(called) && m.contains("match-sheet-kept.xlsx")), "{what}: {first:?}");
        assert_eq!(told(&check_out(&work)), Vec::<String>::new(), "{what}");
        assert!(!work.result().join("private/match-sheet-kept-2.xlsx").exists());
    }
}
