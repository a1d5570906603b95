//! The match sheet: written, filled in by a spreadsheet program, followed at the next run, carried over, and told where it cannot be followed.

use crate::support::{CASE_ID, ORDERS, Work, appealpack, codes, exits, run, stderr, stdout};
use calamine::{Data, Reader as _, Xlsx};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

pub const SHEET: &str = "private/match-sheet.xlsx";
pub const HIDDEN: &str = "_appealpack";

/// The three-order case with two pictures that no key ties to an order, and what `check --out` says.
pub fn work() -> Work {
    let work = Work::new();
    for (name, shade) in [("IMG_0801.png", 200), ("IMG_0802.png", 90)] {
        image::RgbImage::from_pixel(40, 60, image::Rgb([shade; 3])).save(work.case().join(name)).expect("picture");
    }
    work
}

pub fn check_out(work: &Work) -> Value {
    let output = appealpack().arg("check").arg(work.case()).arg("--out").arg(work.out()).args(["--format", "json"]).output().expect("the binary starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}\n{}", stdout(&output), stderr(&output)))
}

/// All cells of a workbook's sheets as text.
pub fn cells(path: &Path) -> Vec<(String, Vec<Vec<String>>)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(fs::read(path).expect("sheet"))).expect("a workbook");
    let text = |cell: &Data| if let Data::String(s) = cell { s.clone() } else { cell.to_string() };
    let names = book.sheet_names();
    names
        .into_iter()
        .map(|name| {
            let range = book.worksheet_range(&name).expect("a sheet");
            let rows = range.rows().map(|r| r.iter().map(text).collect()).collect();
            (name, rows)
        })
        .collect()
}

/// Saves the sheet as another program would: only cells, some changed. `fill` gives (file, column from 0, words).
pub fn fill(from: &Path, to: &Path, fill: &[(&str, usize, &str)]) {
    let mut book = Workbook::new();
    for (name, mut rows) in cells(from) {
        for (file, column, words) in fill.iter().filter(|_| name != HIDDEN) {
            let row = rows.iter_mut().find(|r| r.get(2).is_some_and(|f| f == file)).unwrap_or_else(|| panic!("{file} is not in the sheet"));
            row[*column] = (*words).to_owned();
        }
        let sheet = book.add_worksheet().set_name(&name).expect("name");
        for (r, row) in rows.iter().enumerate() {
            for (c, cell) in row.iter().enumerate() {
                match cell.strip_prefix("number:") {
                    Some(number) => sheet.write_number(r as u32, c as u16, number.parse::<f64>().expect("number")).expect("cell"),
                    None => sheet.write_string(r as u32, c as u16, cell).expect("cell"),
                };
            }
        }
    }
    fs::create_dir_all(to.parent().expect("a parent")).expect("folder");
    book.save(to).expect("saved");
}

pub fn sheet(work: &Work) -> PathBuf {
    work.result().join(SHEET)
}

pub fn file<'a>(check: &'a Value, path: &str) -> &'a Value {
    check["files"].as_array().into_iter().flatten().find(|f| f["path"] == path).unwrap_or_else(|| panic!("{path} is not told"))
}

pub fn finding<'a>(check: &'a Value, code: &str) -> &'a Value {
    check["findings"].as_array().into_iter().flatten().find(|f| f["code"] == code).unwrap_or_else(|| panic!("no {code}: {:?}", codes(check)))
}

#[test]
fn it_lists_every_file_and_what_needs_a_decision_first() {
    let work = work();
    check_out(&work);
    let sheets = cells(&sheet(&work));
    let (_, rows) = &sheets[0];
    assert_eq!(rows[1], ["编号", "图", "文件", "读到的内容", "现在的处理", "最可能的订单和依据", "属于哪个订单", "是什么材料", "不用它的原因"]);
    assert_eq!([&rows[2][2], &rows[3][2]], ["IMG_0801.png", "IMG_0802.png"]);
    assert!(rows[2][3].contains("40 × 60"), "{:?}", rows[2]);
    let files = crate::support::tree(&work.case()).len();
    // all but case.toml
    assert_eq!(rows.len() - 2, files - 1);
    let trace = rows.iter().find(|r| r[5].contains("快递单号")).expect("a file with its reason");
    assert!(ORDERS.iter().any(|id| trace[5].contains(id)), "{trace:?}");
    let (name, hidden) = &sheets[1];
    assert_eq!((name.as_str(), hidden[0][0].as_str(), hidden[0][1].as_str()), (HIDDEN, "appealpack.match-sheet/1", CASE_ID));
    let bytes = fs::read(sheet(&work)).expect("sheet");
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("zip");
    assert!(zip.index_for_name("xl/media/image1.jpeg").is_some() && zip.index_for_name("xl/media/image2.jpeg").is_some());
    let mut xml = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("xl/worksheets/sheet1.xml").expect("sheet"), &mut xml).expect("text");
    assert_eq!(xml.matches("<dataValidation ").count(), 2, "drop-downs for order and kind");
    assert!(xml.contains("state=\"frozen\""));
    // the same input gives the same sheet
    let first = fs::read(sheet(&work)).expect("sheet");
    check_out(&work);
    assert!(first == fs::read(sheet(&work)).expect("sheet"));
}

#[test]
fn what_is_filled_in_is_followed_and_carried_over() {
    let work = work();
    let before = check_out(&work);
    assert_eq!(file(&before, "IMG_0801.png")["status"], "unmatched");
    let orders = format!("{}、{}", ORDERS[0], ORDERS[2]);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, &orders), ("IMG_0801.png", 7, "聊天记录"), ("IMG_0802.png", 8, "拍糊了")]);
    for round in 0..2 {
        let after = check_out(&work);
        let first = file(&after, "IMG_0801.png");
        assert_eq!((&first["status"], first["orders"].as_array().map(Vec::len)), (&Value::from("shared"), Some(2)), "round {round}");
        let second = file(&after, "IMG_0802.png");
        assert_eq!((second["status"].as_str(), second["why"]["detail"].as_str()), (Some("ignored"), Some("拍糊了")), "round {round}");
        assert!(!codes(&after).iter().any(|c| c.starts_with("match-sheet") || c == "file-unmatched"), "{:?}", codes(&after));
    }
    // `build` follows it, too, and `check` in the folder of the results without being told
    exits(&work.build(&[]), 0);
    let output = appealpack().current_dir(work.root()).args(["check", "case", "--format", "json"]).output().expect("the binary starts");
    assert_eq!(file(&serde_json::from_slice(&output.stdout).expect("json"), "IMG_0801.png")["status"], "unmatched", "no ./appeal-out here");
    fs::rename(work.out(), work.root().join("appeal-out")).expect("renamed");
    let output = appealpack().current_dir(work.root()).args(["check", "case"]).output().expect("the binary starts");
    assert!(stdout(&output).contains("照办 2 行"), "{}", stdout(&output));
}

#[test]
fn in_the_case_folder_it_is_followed_and_no_evidence() {
    let work = work();
    check_out(&work);
    fill(&sheet(&work), &work.case().join("改好的.xlsx"), &[("IMG_0801.png", 6, "全部")]);
    fs::remove_dir_all(work.out()).expect("removed");
    let after = work.check();
    assert_eq!(file(&after, "IMG_0801.png")["status"], "shared");
    let own = file(&after, "改好的.xlsx");
    assert_eq!((own["status"].as_str(), own["why"]["key"].as_str()), (Some("ignored"), Some("ignored-match-sheet")));
    exits(&work.build(&[]), 0);
    let listed = run(&["verify", &work.result().join(format!("bundle/{CASE_ID}.zip")).display().to_string()]);
    exits(&listed, 0);
    let zip = fs::read(work.result().join(format!("bundle/{CASE_ID}.zip"))).expect("bag");
    let zip = zip::ZipArchive::new(Cursor::new(zip)).expect("zip");
    assert!(zip.file_names().all(|n| n.is_ok_and(|n| !n.to_string().contains("改好的"))));
}

#[test]
fn case_toml_wins_and_says_so() {
    let work = work();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, ORDERS[0]), ("IMG_0802.png", 8, "不要")]);
    let toml = work.case().join("case.toml");
    let text = fs::read_to_string(&toml).expect("case.toml");
    let assign = |file: &str, order: &str| format!("\n[[assign]]\nfile = \"{file}\"\norders = [\"{order}\"]\n");
    fs::write(&toml, format!("{text}{}{}", assign("IMG_0801.png", ORDERS[1]), assign("IMG_0802.png", ORDERS[1]))).expect("case.toml");
    let after = check_out(&work);
    for path in ["IMG_0801.png", "IMG_0802.png"] {
        assert_eq!(file(&after, path)["orders"], serde_json::json!([ORDERS[1]]), "{path}");
    }
    assert_eq!(codes(&after).iter().filter(|c| *c == "match-sheet-conflict").count(), 2);
    assert_eq!(finding(&after, "match-sheet-conflict")["severity"], "warning");
    // two that agree are no conflict
    fs::write(&toml, format!("{text}{}", assign("IMG_0801.png", ORDERS[0]))).expect("case.toml");
    assert!(!codes(&check_out(&work)).contains(&"match-sheet-conflict".to_owned()));
}

#[test]
fn a_sheet_of_another_state_is_noticed_and_unchanged_rows_count() {
    let work = work();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, ORDERS[0]), ("IMG_0802.png", 6, ORDERS[1])]);
    // one file renamed, one changed, one new
    fs::rename(work.case().join("IMG_0801.png"), work.case().join("改名.png")).expect("renamed");
    image::RgbImage::from_pixel(40, 60, image::Rgb([7; 3])).save(work.case().join("IMG_0802.png")).expect("picture");
    fs::write(work.case().join("新来的.txt"), "新的说明\n").expect("file");
    let after = check_out(&work);
    assert_eq!(file(&after, "改名.png")["orders"], serde_json::json!([ORDERS[0]]));
    assert_eq!(file(&after, "IMG_0802.png")["status"], "unmatched");
    let row = finding(&after, "match-sheet-row");
    assert!(row["severity"] == "error" && row["message"].as_str().is_some_and(|m| m.contains("IMG_0802.png") && m.contains("改过")), "{row}");
    let stale = finding(&after, "match-sheet-stale");
    assert!(stale["message"].as_str().is_some_and(|m| m.contains("新增 2 个") && m.contains("少了 1 个") && m.contains("改过 1 个")), "{stale}");
    // the sheet that this run wrote knows the new state and keeps what still counts; what was said of the earlier picture waits for an answer
    for round in 0..2 {
        let again = check_out(&work);
        assert_eq!(file(&again, "改名.png")["orders"], serde_json::json!([ORDERS[0]]));
        assert_eq!(file(&again, "IMG_0802.png")["status"], "unmatched");
        assert!(!codes(&again).contains(&"match-sheet-stale".to_owned()), "{:?}", codes(&again));
        assert!(finding(&again, "match-sheet-row")["message"].as_str().is_some_and(|m| m.contains("IMG_0802.png")), "round {round}");
    }
    let rows = cells(&sheet(&work)).swap_remove(0).1;
    let own: Vec<&str> = rows.iter().filter(|r| r[2] == "IMG_0802.png").map(|r| r[6].as_str()).collect();
    assert_eq!(own, ["", ORDERS[1]]);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0802.png", 6, ORDERS[2])]);
    for round in 0..2 {
        let answered = check_out(&work);
        assert_eq!(file(&answered, "IMG_0802.png")["orders"], serde_json::json!([ORDERS[2]]), "round {round}");
        assert!(!codes(&answered).iter().any(|c| c.starts_with("match-sheet")), "{:?}", codes(&answered));
    }
}

#[test]
fn rows_that_cannot_be_followed_are_named() {
    let near = format!("{}9", &ORDERS[0][..ORDERS[0].len() - 1]);
    for (column, words, expected) in [(6, near.as_str(), ORDERS[0]), (6, "number:2.861734095517302e18", "数字"), (7, "截屏录像带", "截屏录像带")] {
        let work = work();
        check_out(&work);
        fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", column, words)]);
        let after = check_out(&work);
        let found = finding(&after, "match-sheet-row");
        assert!(found["message"].as_str().is_some_and(|m| m.contains(expected) && m.contains("第 3 行")), "{words}: {found}");
        assert_eq!(file(&after, "IMG_0801.png")["status"], "unmatched");
    }
    let work = work();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, ORDERS[0]), ("IMG_0801.png", 8, "不要")]);
    assert!(finding(&check_out(&work), "match-sheet-row")["message"].as_str().is_some_and(|m| m.contains("不要")));
    // not a workbook any more
    check_out(&work);
    fs::write(sheet(&work), "订单,类型\n").expect("file");
    assert!(finding(&check_out(&work), "match-sheet-row")["message"].as_str().is_some_and(|m| m.contains("读不出来")));
}

#[test]
fn words_of_file_names_tell_the_kind_and_an_unknown_one_leaves_the_order() {
    for (words, kind) in [("聊天", Some("chat")), ("底单", Some("waybill")), ("截屏录像带", None)] {
        let work = work();
        check_out(&work);
        fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, ORDERS[0]), ("IMG_0801.png", 7, words)]);
        for round in 0..2 {
            let after = check_out(&work);
            let told = file(&after, "IMG_0801.png");
            assert_eq!((&told["status"], &told["orders"]), (&Value::from("matched"), &serde_json::json!([ORDERS[0]])), "{words}, round {round}: {told}");
            let slips = codes(&after).iter().filter(|c| c.starts_with("match-sheet")).count();
            match kind {
                Some(kind) => assert_eq!((told["kind"].as_str(), slips), (Some(kind), 0), "{words}, round {round}"),
                None => {
                    let message = finding(&after, "match-sheet-row")["message"].clone();
                    assert!(slips == 1 && message.as_str().is_some_and(|m| m.contains("没有「截屏录像带」这种材料；这一行的其余内容已照办")), "{message}");
                }
            }
        }
    }
}

#[test]
fn an_ignored_original_leaves_its_place_to_its_copy() {
    let work = work();
    fs::copy(work.case().join("IMG_0801.png"), work.case().join(format!("z_{}.png", ORDERS[1]))).expect("copied");
    let before = check_out(&work);
    assert_eq!(file(&before, &format!("z_{}.png", ORDERS[1]))["status"], "duplicate");
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 8, "重复")]);
    let after = check_out(&work);
    assert_eq!(file(&after, "IMG_0801.png")["status"], "ignored");
    assert_eq!(file(&after, &format!("z_{}.png", ORDERS[1]))["orders"], serde_json::json!([ORDERS[1]]));
}

#[test]
fn an_untouched_sheet_changes_nothing() {
    let work = work();
    let first = check_out(&work);
    fs::write(work.case().join("新来的.txt"), "新的说明\n").expect("file");
    fs::remove_file(work.case().join("新来的.txt")).expect("removed");
    assert_eq!(first, check_out(&work));
}

#[test]
fn lines_for_case_toml_are_printed_for_every_open_file() {
    let work = work();
    let output = appealpack().arg("check").arg(work.case()).output().expect("the binary starts");
    let screen = stdout(&output);
    let mut toml = fs::read_to_string(work.case().join("case.toml")).expect("case.toml");
    for name in ["IMG_0801.png", "IMG_0802.png"] {
        let assign = format!("[[assign]]\n       file = \"{name}\"\n       orders = [\"?\"]");
        assert!(screen.contains(&assign), "{screen}");
    }
    // pasted as they are they stop the run: nothing points to an order, and a number would make evidence of a paste
    fs::write(work.case().join("case.toml"), format!("{toml}\n[[assign]]\nfile = \"IMG_0801.png\"\norders = [\"?\"]\n")).expect("case.toml");
    let pasted = appealpack().arg("check").arg(work.case()).output().expect("the binary starts");
    exits(&pasted, 1);
    assert!(stderr(&pasted).contains("换成订单号") && stderr(&pasted).contains("case.toml"), "{}", stderr(&pasted));
    // as printed with the number filled in, the first as [[assign]], the second as [[ignore]]
    toml.push_str(&format!("\n[[assign]]\nfile = \"IMG_0801.png\"\norders = [\"{}\"]\n[[ignore]]\nfile = \"IMG_0802.png\"\nwhy = \"\"\n", ORDERS[0]));
    fs::write(work.case().join("case.toml"), toml).expect("case.toml");
    let after = work.check();
    assert_eq!((&file(&after, "IMG_0801.png")["status"], &file(&after, "IMG_0802.png")["status"]), (&Value::from("matched"), &Value::from("ignored")));
}

/// What Excel and WPS do is seen from here only through another program that writes .xlsx.
#[test]
#[ignore = "needs python3 with openpyxl"]
fn a_foreign_program_may_fill_it_in() {
    let work = work();
    check_out(&work);
    let script = format!(
        r#"
import openpyxl
book = openpyxl.load_workbook({path:?})
page = book.worksheets[0]
assert book[{HIDDEN:?}].sheet_state == "hidden" and page.freeze_panes == "D3", page.freeze_panes
assert len(page.data_validations.dataValidation) == 2
page.insert_cols(4)
head = {{cell.value: cell.column for cell in page[2]}}
rows = {{page.cell(r, head["文件"]).value: r for r in range(3, page.max_row + 1)}}
page.cell(rows["IMG_0801.png"], head["属于哪个订单"]).value = {order:?}
page.cell(rows["IMG_0801.png"], head["是什么材料"]).value = "快递底单"
page.cell(rows["IMG_0802.png"], head["不用它的原因"]).value = "与本案无关"
book.save({path:?})
"#,
        path = sheet(&work).display().to_string(),
        order = ORDERS[1]
    );
    let output = Command::new("python3").args(["-c", &script]).output().expect("python3 starts");
    assert!(output.status.success(), "{}", stderr(&output));
    let after = check_out(&work);
    assert!(!codes(&after).iter().any(|c| c.starts_with("match-sheet")), "{:?}", codes(&after));
    assert_eq!(file(&after, "IMG_0801.png")["orders"], serde_json::json!([ORDERS[1]]));
    assert_eq!(file(&after, "IMG_0801.png")["kind"], "waybill");
    assert_eq!(file(&after, "IMG_0802.png")["status"], "ignored");
}

#[test]
fn what_could_not_be_followed_stays_in_the_next_sheet_until_it_is_corrected() {
    for (fills, code) in [
        (vec![("IMG_0801.png", 6, "number:2.861734095517302e18")], "match-sheet-row"),
        (vec![("IMG_0801.png", 7, "截屏录像带")], "match-sheet-row"),
        (vec![("IMG_0801.png", 6, ORDERS[0]), ("IMG_0801.png", 8, "不要")], "match-sheet-row"),
    ] {
        let work = work();
        check_out(&work);
        fill(&sheet(&work), &sheet(&work), &fills);
        for round in 0..3 {
            assert!(codes(&check_out(&work)).contains(&code.to_owned()), "{fills:?}, round {round}");
        }
        let rows = &cells(&sheet(&work))[0].1;
        let row = rows.iter().find(|r| r[2] == "IMG_0801.png").expect("row");
        assert!(fills.iter().all(|(_, column, _)| !row[*column].is_empty()), "{row:?}");
        // corrected
        fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, ORDERS[0]), ("IMG_0801.png", 7, ""), ("IMG_0801.png", 8, "")]);
        let after = check_out(&work);
        assert!(!codes(&after).contains(&code.to_owned()));
        assert_eq!(file(&after, "IMG_0801.png")["orders"], serde_json::json!([ORDERS[0]]));
    }
}

#[test]
fn a_sheet_that_cannot_be_read_is_kept_beside_the_new_one() {
    let work = work();
    check_out(&work);
    let kept = |name: &str| work.result().join("private").join(name);
    for (text, name) in [("订单,类型\n", "match-sheet-unread.xlsx"), ("又一份\n", "match-sheet-unread-2.xlsx")] {
        fs::write(sheet(&work), text).expect("file");
        let found = check_out(&work);
        assert!(finding(&found, "match-sheet-row")["message"].as_str().is_some_and(|m| m.contains("match-sheet-unread.xlsx")));
        assert_eq!(fs::read_to_string(kept(name)).expect("kept"), text);
        assert!(!codes(&check_out(&work)).contains(&"match-sheet-row".to_owned()), "the new one reads");
    }
    exits(&work.build(&[]), 0);
    assert_eq!(fs::read_to_string(kept("match-sheet-unread.xlsx")).expect("kept"), "订单,类型\n");
}

#[test]
fn a_filled_sheet_that_is_not_used_is_named() {
    let work = work();
    check_out(&work);
    let stale = |check: &Value| codes(check).contains(&"match-sheet-stale".to_owned());
    // one in the case folder, another filled in where it was written
    fill(&sheet(&work), &work.case().join("表.xlsx"), &[("IMG_0801.png", 6, ORDERS[0])]);
    assert!(!stale(&check_out(&work)));
    assert!(!stale(&check_out(&work)), "what was carried over is no news");
    fill(&sheet(&work), &sheet(&work), &[("IMG_0802.png", 6, ORDERS[1])]);
    let after = check_out(&work);
    assert!(finding(&after, "match-sheet-stale")["message"].as_str().is_some_and(|m| m.contains("private/match-sheet.xlsx")), "{after}");
    // the sheet of this case says nothing more: what it said is kept, and that is no news
    let kept = cells(&work.result().join("private/match-sheet-kept.xlsx")).swap_remove(0).1;
    assert!(kept.iter().any(|r| r[2] == "IMG_0802.png" && r[6] == ORDERS[1]), "{kept:?}");
    assert!(!stale(&check_out(&work)));
    // changed in the one that is used: what was carried over from it before is no loss
    fill(&work.case().join("表.xlsx"), &work.case().join("表.xlsx"), &[("IMG_0801.png", 6, ORDERS[2])]);
    assert!(!stale(&check_out(&work)));
    assert!(!work.result().join("private/match-sheet-kept-2.xlsx").exists());
}

#[test]
fn what_case_toml_ignores_and_the_sheet_assigns_is_a_conflict() {
    let work = work();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, ORDERS[0])]);
    work.add("[[ignore]]\nfile = \"IMG_0801.png\"\nwhy = \"\"");
    for _ in 0..2 {
        let after = check_out(&work);
        assert_eq!(file(&after, "IMG_0801.png")["status"], "ignored");
        assert!(codes(&after).contains(&"match-sheet-conflict".to_owned()), "{:?}", codes(&after));
        assert!(!codes(&after).contains(&"match-sheet-row".to_owned()));
    }
}

/// The sheet's first page as a spreadsheet program saves it as text.
fn as_text(path: &Path, separator: char) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let rows = cells(path).swap_remove(0).1;
    rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(&separator.to_string()) + "\r\n").collect()
}

#[test]
fn saved_as_text_it_is_no_evidence_and_no_notice_and_said_not_to_be_followed() {
    let wide = |text: &str| [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect::<Vec<u8>>();
    let utf8 = |text: &str| text.as_bytes().to_vec();
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    type Encoded<'a> = &'a dyn Fn(&str) -> Vec<u8>;
    let forms: [(&str, char, Encoded<'_>); 4] = [("csv", ',', &gbk), ("csv", ';', &utf8), ("txt", '\t', &wide), ("txt", '\t', &utf8)];
    for (extension, separator, encode) in forms {
        let work = work();
        check_out(&work);
        fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, ORDERS[0])]);
        let name = format!("通知和匹配表.{extension}");
        fs::write(work.case().join(&name), encode(&as_text(&sheet(&work), separator))).expect("file");
        fs::remove_dir_all(work.out()).expect("removed");
        let after = work.check();
        let own = file(&after, &name);
        assert_eq!((own["status"].as_str(), own["why"]["key"].as_str()), (Some("ignored"), Some("ignored-match-sheet")), "{extension} {separator:?}");
        let told = finding(&after, "match-sheet-row");
        assert!(told["message"].as_str().is_some_and(|m| m.contains("读不出来")) && told["hint"].as_str().is_some_and(|h| h.contains(".xlsx")), "{told}");
        assert!(!codes(&after).contains(&"notice-ambiguous".to_owned()));
        assert_eq!((&after["counts"]["flagged"], file(&after, "通知.txt")["kind"].as_str()), (&Value::from(3), Some("notice")));
        exits(&work.build(&[]), 3);
        let bag = crate::support::unzip(&work.result().join(format!("bundle/{CASE_ID}.zip")));
        assert!(bag.iter().all(|(path, _)| !path.contains("匹配表")), "{extension}");
    }
}

/// Adds a row to the sheet's first page: the file's own, with other words in the three columns.
pub fn add_row(path: &Path, file: &str, words: [&str; 3]) {
    let mut book = Workbook::new();
    for (name, mut rows) in cells(path) {
        if name != HIDDEN {
            let mut row = rows.iter().find(|r| r.get(2).is_some_and(|f| f == file)).expect("the file's row").clone();
            row.splice(6..9, words.map(str::to_owned));
            rows.push(row);
        }
        let sheet = book.add_worksheet().set_name(&name).expect("name");
        for (r, row) in rows.iter().enumerate() {
            for (c, cell) in row.iter().enumerate() {
                sheet.write_string(r as u32, c as u16, cell).expect("cell");
            }
        }
    }
    book.save(path).expect("saved");
}

#[test]
fn a_row_copied_for_a_second_order_adds_it() {
    let work = work();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, ORDERS[0]), ("IMG_0801.png", 7, "聊天记录")]);
    add_row(&sheet(&work), "IMG_0801.png", [ORDERS[2], "", ""]);
    let screen = stdout(&appealpack().arg("check").arg(work.case()).arg("--out").arg(work.out()).output().expect("the binary starts"));
    assert!(screen.contains("照办 2 行"), "{screen}");
    let after = check_out(&work);
    assert_eq!(file(&after, "IMG_0801.png")["orders"], serde_json::json!([ORDERS[0], ORDERS[2]]));
    assert_eq!(file(&after, "IMG_0801.png")["kind"], "chat");
    assert!(!codes(&after).iter().any(|c| c.starts_with("match-sheet")), "{:?}", codes(&after));
}

#[test]
fn two_rows_of_one_file_that_contradict_each_other_are_told_and_both_kept() {
    let work = work();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, ORDERS[0])]);
    add_row(&sheet(&work), "IMG_0801.png", ["", "", "拍糊了"]);
    for round in 0..3 {
        let after = check_out(&work);
        let told = finding(&after, "match-sheet-row");
        assert!(told["message"].as_str().is_some_and(|m| m.contains("IMG_0801.png") && m.contains("说法不同")), "round {round}: {told}");
        assert_eq!(codes(&after).iter().filter(|c| *c == "match-sheet-row").count(), 1);
        assert_eq!(file(&after, "IMG_0801.png")["status"], "unmatched", "neither is followed");
        let rows = cells(&sheet(&work)).swap_remove(0).1;
        let own: Vec<String> = rows.iter().filter(|r| r[2] == "IMG_0801.png").map(|r| r[6..9].join("|")).collect();
        assert_eq!(own, [format!("{}||", ORDERS[0]), "||拍糊了".to_owned()], "round {round}");
    }
}

#[test]
fn the_row_of_a_file_that_is_gone_waits_for_it() {
    let work = work();
    check_out(&work);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, ORDERS[0]), ("IMG_0802.png", 8, "拍糊了")]);
    let (path, away) = (work.case().join("IMG_0801.png"), work.root().join("IMG_0801.png"));
    fs::rename(&path, &away).expect("moved away");
    for round in 0..3 {
        let after = check_out(&work);
        assert!(finding(&after, "match-sheet-row")["message"].as_str().is_some_and(|m| m.contains("不在案件文件夹里")), "round {round}");
        let rows = cells(&sheet(&work)).swap_remove(0).1;
        let last = rows.last().expect("a row");
        assert_eq!((last[2].as_str(), last[6].as_str()), ("IMG_0801.png", ORDERS[0]), "round {round}");
        assert!(last[4].contains("放回来"), "{last:?}");
        assert_eq!(file(&after, "IMG_0802.png")["status"], "ignored", "the other row counts");
    }
    let screen = stdout(&appealpack().arg("check").arg(work.case()).arg("--out").arg(work.out()).output().expect("the binary starts"));
    assert!(screen.contains("照办 1 行"), "{screen}");
    // back, under another name
    fs::rename(&away, work.case().join("找回来的.png")).expect("moved back");
    let after = check_out(&work);
    assert_eq!(file(&after, "找回来的.png")["orders"], serde_json::json!([ORDERS[0]]));
    assert!(!codes(&after).contains(&"match-sheet-row".to_owned()), "{:?}", codes(&after));
    assert_eq!(file(&check_out(&work), "找回来的.png")["orders"], serde_json::json!([ORDERS[0]]));
    // and gone once more, then back where it was
    fs::rename(work.case().join("找回来的.png"), &away).expect("moved away");
    check_out(&work);
    fs::rename(&away, work.case().join("找回来的.png")).expect("moved back");
    let after = check_out(&work);
    assert_eq!(file(&after, "找回来的.png")["orders"], serde_json::json!([ORDERS[0]]));
    assert!(!codes(&after).iter().any(|c| c.starts_with("match-sheet")), "nothing else changed: {:?}", codes(&after));
}

#[test]
fn only_rows_that_were_followed_are_counted() {
    let work = work();
    check_out(&work);
    let near = format!("{}9", &ORDERS[0][..ORDERS[0].len() - 1]);
    fill(&sheet(&work), &sheet(&work), &[("IMG_0801.png", 6, &near), ("IMG_0802.png", 6, ORDERS[1])]);
    let screen = || stdout(&appealpack().arg("check").arg(work.case()).arg("--out").arg(work.out()).output().expect("the binary starts"));
    assert!(screen().contains("照办 1 行"), "{}", screen());
    work.add(&format!("[[assign]]\nfile = \"IMG_0802.png\"\norders = [\"{}\"]", ORDERS[0]));
    assert!(screen().contains("照办 0 行"), "case.toml wins: {}", screen());
}
