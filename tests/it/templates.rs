//! The seller's own wording: a folder of templates, the case's `templates/`, and mistakes in them.

use crate::support::{Work, appealpack, exits, run, stderr, stdout, tree};
use std::fs;
use std::path::Path;

fn init(folder: &Path) {
    exits(&run(&["template", "init", &folder.display().to_string()]), 0);
}

/// Puts `line` in as line `number` of a file.
fn insert(file: &Path, number: usize, line: &str) {
    let text = fs::read_to_string(file).expect("template");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.insert(number - 1, line);
    fs::write(file, lines.join("\n") + "\n").expect("template");
}

#[test]
fn a_copied_template_gives_the_same_bytes_and_an_edited_one_its_own_words() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let built_in = tree(&work.result().join("upload"));
    let own = work.root().join("own");
    init(&own);
    exits(&work.build(&["--template", &own.display().to_string()]), 0);
    assert!(tree(&work.result().join("upload")) == built_in, "a copy says what the original says");
    insert(&own.join("statement.txt.jinja"), 3, "1|这一句是本店自己写的。");
    exits(&work.build(&["--template", &own.display().to_string()]), 0);
    let text = fs::read_to_string(work.result().join("upload/statement-full.txt")).expect("statement");
    assert!(text.contains("这一句是本店自己写的。"), "{text}");
}

#[test]
fn the_cases_own_templates_override_one_file() {
    let work = Work::new();
    let own = work.root().join("own");
    init(&own);
    insert(&own.join("statement.txt.jinja"), 3, "1|只在这个案件里说的一句。");
    let folder = work.case().join("templates/books/zh-CN-platform");
    fs::create_dir_all(&folder).expect("folder");
    fs::copy(own.join("statement.txt.jinja"), folder.join("statement.txt.jinja")).expect("copy");
    exits(&work.build(&[]), 0);
    let text = fs::read_to_string(work.result().join("upload/statement-full.txt")).expect("statement");
    assert!(text.contains("只在这个案件里说的一句。"), "{text}");
}

#[test]
fn a_mistake_names_file_line_and_the_nearest_word_in_both_languages() {
    let work = Work::new();
    let own = work.root().join("own");
    for (file, line, zh, en) in [
        (
            "all-orders.md.jinja",
            "{{ countss.argued }}",
            "没有 countss.argued 这个值，是不是 counts？",
            "there is no value countss.argued; did you mean counts?",
        ),
        (
            "all-orders.md.jinja",
            "{{ order_table() }}",
            "没有这个函数或组件：order_table，是不是 orders_table？",
            "no such function or component: order_table; did you mean orders_table?",
        ),
        (
            "all-orders.md.jinja",
            "{{ details([[\"公司\", case.compny]]) }}",
            "“公司”这一项用了没有的名字，是不是 company？",
            "the item \"公司\" uses a name that does not exist; did you mean company?",
        ),
    ] {
        let _ = fs::remove_dir_all(&own);
        init(&own);
        insert(&own.join(file), 3, line);
        for (lang, words, place) in [("zh-CN", zh, "第 3 行"), ("en", en, "line 3")] {
            let output = work.build(&["--template", &own.display().to_string(), "--lang", lang]);
            exits(&output, 1);
            let said = stderr(&output);
            assert!(said.contains(words) && said.contains(place) && said.contains(file), "{said}");
            assert!(!work.result().exists(), "nothing is written");
        }
    }
}

#[test]
fn an_unknown_template_and_a_misspelt_file_are_told() {
    let work = Work::new();
    let output = work.build(&["--template", "zh-CN-platfrom"]);
    exits(&output, 1);
    assert!(stderr(&output).contains("是不是 zh-CN-platform"), "{}", stderr(&output));
    let folder = work.case().join("templates/books/zh-CN-platform");
    fs::create_dir_all(&folder).expect("folder");
    fs::write(folder.join("statment.md.jinja"), "# 申诉书\n").expect("misspelt");
    let output = appealpack().arg("check").arg(work.case()).output().expect("starts");
    exits(&output, 1);
    assert!(stderr(&output).contains("statment.md.jinja") && stderr(&output).contains("是不是 statement"), "{}", stderr(&output));
    // a file of the seller's own that another one uses is no mistake
    fs::remove_file(folder.join("statment.md.jinja")).expect("remove");
    fs::write(work.case().join("templates/回复客服的模板.txt"), "您好").expect("other");
    exits(&appealpack().arg("check").arg(work.case()).output().expect("starts"), 0);
    assert!(stdout(&run(&["template", "list"])).contains("en-platform"));
}

#[test]
fn a_case_takes_files_of_the_book_directly_and_all_of_them() {
    let work = Work::new();
    let own = work.case().join("templates");
    init(&own);
    insert(&own.join("statement.txt.jinja"), 3, "1|这一句放在案件的模板里。");
    exits(&work.build(&[]), 0);
    let text = fs::read_to_string(work.result().join("upload/statement-full.txt")).expect("statement");
    assert!(text.contains("这一句放在案件的模板里。"), "{text}");
    let check = work.check();
    let files = check["files"].as_array().expect("files");
    let own: Vec<_> = files.iter().filter(|f| f["path"].as_str().is_some_and(|p| p.starts_with("templates/"))).collect();
    assert!(own.len() > 5 && own.iter().all(|f| f["why"]["key"] == "ignored-templates"), "{own:?}");
    fs::rename(work.case().join("templates/statement.md.jinja"), work.case().join("templates/statment.md.jinja")).expect("renamed");
    let output = work.build(&[]);
    exits(&output, 1);
    assert!(stderr(&output).contains("statment.md.jinja") && stderr(&output).contains("是不是 statement"), "{}", stderr(&output));
}

#[test]
fn a_size_out_of_range_and_a_word_that_would_be_printed_wrong_are_told_with_their_line() {
    let work = Work::new();
    let own = work.root().join("own");
    for (find, put, zh, en) in [
        ("margin_left_mm = 20.0", "margin_left_mm = 200", "margin_left_mm = 200 超出范围", "margin_left_mm = 200 is out of range"),
        ("leading = 1.45", "leading = 14.5", "leading = 14.5 超出范围", "leading = 14.5 is out of range"),
        ("leading = 1.45", "ink = \"blue\"", "ink = \"blue\" 不是颜色", "ink = \"blue\" is no colour"),
        ("exhibit = \"证据 {n}\"", "exhibit = \"证据 {m}\"", "exhibit 里的 {m} 不会被填上", "nothing fills {m} in exhibit"),
        ("book = \"第 {n} 页\"", "book = \"第 {page} 页\"", "book 里的 {page} 不会被填上", "nothing fills {page} in book"),
        ("exhibit = \"证据 {n}\"", "exibit = \"证据 {n}\"", "没有 exibit 这个词条，是不是 exhibit？", "there is no word exibit; did you mean exhibit?"),
    ] {
        let _ = fs::remove_dir_all(&own);
        init(&own);
        let path = own.join("book.toml");
        let text = fs::read_to_string(&path).expect("book.toml");
        let at = text.find(find).unwrap_or_else(|| panic!("book.toml has no {find}"));
        let line = 1 + text[..at].matches('\n').count();
        fs::write(&path, text.replacen(find, put, 1)).expect("book.toml");
        for (lang, words, place) in [("zh-CN", zh, format!("第 {line} 行")), ("en", en, format!("line {line}: "))] {
            let output = work.build(&["--template", &own.display().to_string(), "--lang", lang]);
            exits(&output, 1);
            let said = stderr(&output);
            assert!(said.contains(words) && said.contains("book.toml") && said.contains(&place), "{said}");
            assert!(!work.result().exists(), "nothing is written");
        }
    }
}

#[test]
fn words_of_books_can_be_changed_for_a_case_and_the_programs_own_cannot() {
    let work = Work::new();
    let folder = work.case().join("templates/lang/zh-CN");
    fs::create_dir_all(&folder).expect("folder");
    fs::write(folder.join("book.toml"), "[proof]\nwaybill = \"面单与揽收凭证\"\n").expect("words");
    exits(&work.build(&[]), 0);
    let orders = fs::read_to_string(work.result().join("upload/orders.csv")).expect("orders");
    assert!(orders.contains("面单与揽收凭证"), "{orders}");
    for (file, text, zh) in [
        ("book.toml", "[proof]\nwaybil = \"面单\"\n", "第 2 行：没有 proof.waybil 这个词条，是不是 proof.waybill？"),
        ("book.toml", "[proof\n", "第 1 行写错了"),
        ("screen.toml", "[screen]\nreconciled = \"好\"\n", "不会起作用：程序自己说的话不能改"),
    ] {
        let _ = fs::remove_file(folder.join("book.toml"));
        fs::write(folder.join(file), text).expect("words");
        let output = work.build(&[]);
        exits(&output, 1);
        assert!(stderr(&output).contains(zh) && stderr(&output).contains(file), "{}", stderr(&output));
    }
}
