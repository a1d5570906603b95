//! What a seller's own template may print, and mistakes in it: told with path, line and what to write.

use crate::support::{ORDERS, Work, exits, run, stderr};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

fn copied(work: &Work) -> PathBuf {
    let own = work.root().join("own");
    let _ = fs::remove_dir_all(&own);
    exits(&run(&["template", "init", &own.display().to_string()]), 0);
    own
}

fn edit(own: &Path, file: &str, change: impl FnOnce(String) -> String) {
    let path = own.join(file);
    let text = fs::read_to_string(&path).expect("template");
    let changed = change(text.clone());
    assert!(changed != text, "{file} is changed");
    fs::write(path, changed).expect("template");
}

fn build(work: &Work, own: &Path) -> Output {
    work.build(&["--template", &own.display().to_string()])
}

/// book.toml without the sections whose file is one of these.
fn without(text: &str, files: &[&str]) -> String {
    let mut blocks = text.split("[[sections.");
    let head = blocks.next().unwrap_or_default().to_owned();
    blocks.fold(head, |mut out, block| {
        let (section, rest) = block.find("\n[text]").map_or((block, ""), |at| block.split_at(at));
        if !files.iter().any(|file| section.contains(&format!("file = \"{file}\""))) {
            out.push_str("[[sections.");
            out.push_str(section);
        }
        out.push_str(rest);
        out
    })
}

fn upload(work: &Work, name: &str) -> String {
    fs::read_to_string(work.result().join("upload").join(name)).expect(name)
}

#[test]
fn a_value_with_a_source_prints_the_value_and_groups_are_refused() {
    let work = Work::new();
    let own = copied(&work);
    edit(&own, "statement.txt.jinja", |t| t + "1|第一笔的买家是{{ orders[0].buyer }}，{{ orders[0].buyer ~ \"本人\" }}收货。\n");
    exits(&build(&work, &own), 0);
    assert!(upload(&work, "statement-full.txt").contains("第一笔的买家是tb_alpha01，tb_alpha01本人收货。"));
    for (file, line, zh) in [
        ("why.md.jinja", "买家：{{ case }}", "一组值"),
        ("why.md.jinja", "货品：{{ orders[0].goods }}", "一个列表"),
        ("why.md.jinja", "货品：{{ \"有\" ~ orders[0].goods }}", "一组值或一个列表"),
        ("why.md.jinja", "{{ details([[\"货品\", orders[0].goods]]) }}", "一个列表"),
        ("reason.txt.jinja", "{{ order.picked_up }}", "time、place、shown"),
        ("statement.txt.jinja", "1|{{ orders[0].exhibits|join(\"、\") }}", "一组值或一个列表"),
    ] {
        let own = copied(&work);
        edit(&own, file, |t| format!("{{# 1 #}}\n{{# 2 #}}\n\n{line}\n\n{t}"));
        let output = build(&work, &own);
        exits(&output, 1);
        let said = stderr(&output);
        assert!(said.contains(file) && said.contains("第 4 行") && said.contains(zh), "{line}: {said}");
    }
}

#[test]
fn sections_that_a_book_left_out_are_not_made_and_misspelt_ones_are_told() {
    let work = Work::new();
    for file in ["why.md.jinja", "exhibits.md.jinja", "evidence-list.md.jinja", "shared.md.jinja", "files.md.jinja", "contents.md.jinja"] {
        let own = copied(&work);
        edit(&own, "book.toml", |t| without(&t, &[file]));
        exits(&build(&work, &own), 0);
    }
    let own = copied(&work);
    edit(&own, "statement.md.jinja", |t| format!("{{% if sections.exhibts %}}x{{% endif %}}\n{t}"));
    let output = build(&work, &own);
    exits(&output, 1);
    assert!(stderr(&output).contains("是不是 exhibits？") && stderr(&output).contains("第 1 行"), "{}", stderr(&output));
}

#[test]
fn a_book_without_sections_of_orders_says_nothing_empty() {
    let work = Work::new();
    let own = copied(&work);
    edit(&own, "book.toml", |t| without(&t, &["order.md.jinja"]));
    exits(&build(&work, &own), 0);
    let statement = upload(&work, "statement-full.txt");
    assert!(!statement.contains("（）") && !statement.contains("逐笔凭证见"), "{statement}");
    let csv = upload(&work, "orders.csv");
    assert_eq!(csv.lines().count(), 1 + ORDERS.len(), "{csv}");
    assert!(csv.lines().skip(1).all(|l| l.contains("申诉书第")), "the table of orders is where they stand: {csv}");
    // a statement that refers to them all the same
    edit(&own, "statement.txt.jinja", |t| t + "1|见{{ page(orders|first) }}。\n");
    let output = build(&work, &own);
    exits(&output, 1);
    assert!(stderr(&output).contains("statement.txt.jinja 第") && stderr(&output).contains("sections.order"), "{}", stderr(&output));
}

#[test]
fn wrong_anchors_are_told_with_their_line() {
    let work = Work::new();
    for (find, put, zh) in [
        ("anchor = \"order-{{ order.g }}\"", "anchor = \"order\"", "对每笔订单都一样"),
        ("anchor = \"order-{{ order.g }}\"", "anchor = \"o-{{ order.g }}\"", "不是订单被引用的名字"),
        ("anchor = \"files\"", "anchor = \"contents\"", "已经是第"),
        ("anchor = \"files\"", "anchor = \"\"", "是空的"),
        ("each = \"order\"", "when = \"has.bills > 0\" # each = \"order\"\neach = \"order\"", "有 each 的一节不能有 when"),
    ] {
        let own = copied(&work);
        let text = fs::read_to_string(own.join("book.toml")).expect("book.toml");
        let line = 1 + text[..text.find(find).expect(find)].matches('\n').count();
        edit(&own, "book.toml", |t| t.replace(find, put));
        let output = build(&work, &own);
        exits(&output, 1);
        let said = stderr(&output);
        assert!(said.contains(&format!("book.toml 第 {line} 行")) && said.contains(zh), "{put}: {said}");
    }
}

#[test]
fn pages_and_exhibits_stand_in_reasons_too_and_components_do_not() {
    let work = Work::new();
    let own = copied(&work);
    edit(&own, "reason.txt.jinja", |t| t + "\n见{{ page(order) }}，{{ exhibit(order.exhibits[0]) }}。\n");
    exits(&build(&work, &own), 0);
    let csv = upload(&work, "orders.csv");
    assert!(csv.contains("见附册 附") && csv.contains("，证据 1-1。"), "{csv}");
    for (file, line, zh) in [
        ("reason.txt.jinja", "{{ timeline(order) }}", "不能放组件"),
        ("statement.txt.jinja", "1|{{ orders_table() }}", "不能放组件"),
        ("statement.txt.jinja", "没有优先级的一句", "前面没有优先级"),
        ("statement.txt.jinja", "1|见{{ page(\"al-orders\") }}", "是不是 all-orders？"),
    ] {
        let own = copied(&work);
        edit(&own, file, |t| format!("{{# 1 #}}\n{{# 2 #}}\n{line}\n{t}"));
        let output = build(&work, &own);
        exits(&output, 1);
        let said = stderr(&output);
        let path = own.join(file).display().to_string();
        assert!(said.contains(&path) && said.contains("第 3 行") && said.contains(zh), "{line}: {said}");
    }
    let own = copied(&work);
    edit(&own, "book.toml", |t| t.replace("outline = \"目录\"", "outline = \"目录{{ page('why') }}\""));
    let output = build(&work, &own);
    exits(&output, 1);
    assert!(stderr(&output).contains("book.toml 第") && stderr(&output).contains("只能写文字"), "{}", stderr(&output));
}

#[test]
fn markdown_that_a_book_does_not_know_is_told_with_its_line() {
    let work = Work::new();
    for (text, zh) in [
        ("甲<b>乙</b>", "不能用 HTML"),
        ("<div>\n甲\n</div>", "不能用 HTML"),
        ("甲[^1]\n\n[^1]: 乙", "没有脚注"),
        ("甲 ~~乙~~ 丙", "删除线"),
        ("- [ ] 甲", "勾选框"),
        ("[甲](#why)", "用 page("),
        ("[甲](https://example.com \"乙丙\")", "不能带标题"),
        ("![甲](a.png)", "不能插入图片"),
        ("[甲]: https://example.com", "不能单独定义链接"),
    ] {
        let own = copied(&work);
        let many: String = (0..98).map(|i| format!("第 {i} 行没有值。\n")).collect();
        fs::write(own.join("own.md.jinja"), format!("# 自己的一节\n{many}\n{text}\n")).expect("template");
        edit(&own, "book.toml", |t| t.replace("file = \"files.md.jinja\"", "file = \"own.md.jinja\""));
        let output = build(&work, &own);
        exits(&output, 1);
        let said = stderr(&output);
        assert!(said.contains("own.md.jinja 第 101 行") && said.contains(zh), "{text}: {said}");
    }
}

#[test]
fn mistakes_in_book_toml_name_its_line() {
    let work = Work::new();
    for (find, put, zh) in [
        ("when = \"has.shared > 0\"", "when = \"has.shard > 0\"", "是不是 shared？"),
        ("file = \"why.md.jinja\"", "file = \"whyy.md.jinja\"", "没有模板文件 whyy.md.jinja，是不是 why.md.jinja？"),
        ("reason = \"reason.txt.jinja\"", "reason = \"reasons.txt.jinja\"", "没有模板文件 reasons.txt.jinja"),
        ("leading = 1.45", "leeding = 1.45", "没有 leeding 这个键，是不是 leading？"),
        ("may_start_volume = true", "may_start_volum = true", "没有 may_start_volum 这个键，是不是 may_start_volume？"),
        ("outline = \"{{ order.g }} ·", "outline = \"{{ order.gg }} ·", "order.gg"),
    ] {
        let own = copied(&work);
        let text = fs::read_to_string(own.join("book.toml")).expect("book.toml");
        let line = 1 + text[..text.find(find).expect(find)].matches('\n').count();
        edit(&own, "book.toml", |t| t.replace(find, put));
        let output = build(&work, &own);
        exits(&output, 1);
        let said = stderr(&output);
        let path = own.join("book.toml").display().to_string();
        assert!(said.contains(&format!("{path} 第 {line} 行")) && said.contains(zh), "{put}: {said}");
    }
}

#[test]
fn templates_that_would_have_no_effect_are_refused() {
    let work = Work::new();
    let empty = work.root().join("empty");
    fs::create_dir_all(&empty).expect("folder");
    fs::write(empty.join("读我.txt"), "x").expect("file");
    let output = build(&work, &empty);
    exits(&output, 1);
    assert!(stderr(&output).contains("没有模板文件") && stderr(&output).contains("book.toml"), "{}", stderr(&output));
    let books = work.case().join("templates/books");
    fs::create_dir_all(&books).expect("folder");
    fs::copy(copied(&work).join("why.md.jinja"), books.join("why.md.jinja")).expect("copied");
    let output = work.build(&[]);
    exits(&output, 1);
    assert!(stderr(&output).contains("templates/books/why.md.jinja") && stderr(&output).contains("zh-CN-platform"), "{}", stderr(&output));
}

#[test]
fn a_template_that_nothing_uses_is_told_and_one_that_is_used_is_not() {
    for (name, near) in [("whyy.md.jinja", "，是不是 why.md.jinja？"), ("我的补充说明.md.jinja", "")] {
        // in the folder of --template, in the case's templates/, and under a book's name there
        for place in ["own", "case/templates", "case/templates/books/zh-CN-platform"] {
            let work = Work::new();
            let folder = work.root().join(place);
            let args = if place == "own" { vec!["--template".to_owned(), copied(&work).display().to_string()] } else { Vec::new() };
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            fs::create_dir_all(&folder).expect("folder");
            fs::write(folder.join(name), format!("{{# {name} #}}\n补充的一段。\n")).expect("template");
            let output = work.build(&args);
            exits(&output, 1);
            let said = stderr(&output);
            assert!(said.contains(&format!("{name} 不会起作用：没有这个名字的模板{near}")), "{place}: {said}");
            // another file that includes it makes it one of the book's
            let init = copied(&work);
            let why = fs::read_to_string(init.join("why.md.jinja")).expect("why");
            fs::write(folder.join("why.md.jinja"), format!("{why}\n{{% include \"{name}\" %}}\n")).expect("template");
            fs::write(folder.join(name), "补充的一段。\n").expect("template");
            exits(&work.build(&args), 0);
        }
    }
}

#[test]
fn a_layout_of_the_sellers_own_is_checked() {
    let work = Work::new();
    let layouts = work.case().join("templates/layouts");
    fs::create_dir_all(&layouts).expect("folder");
    let good = "id = \"my-shop\"\nkind = \"order-record\"\nreads = \"orders\"\nrank = 5\nsource = \"x\"\ntrust = \"C\"\nneeds = [\"我的单号\"]\n\n[columns]\norder_id = [\"我的单号\"]\n";
    for (name, text, line, zh) in [
        ("my-shop.toml", format!("{good}byuer = [\"买家\"]\n"), "第 11 行", "没有叫 byuer 的字段，是不是 buyer？"),
        ("my-shop.toml", good.replace("my-shop", "other"), "第 1 行", "应为 my-shop"),
        ("my-shop.toml", good.replace("rank = 5", "rnk = 5"), "第 4 行", "rnk"),
        ("my-shop.tml", good.to_owned(), "", "要以 .toml 结尾"),
    ] {
        let path = layouts.join(name);
        fs::write(&path, text).expect("layout");
        let output = run(&["check", &work.case().display().to_string()]);
        exits(&output, 1);
        let said = stderr(&output);
        assert!(said.contains(name) && said.contains(line) && said.contains(zh) && !said.contains("-->") && !said.contains(" | "), "{said}");
        fs::remove_file(path).expect("removed");
    }
    fs::write(layouts.join("my-shop.toml"), good).expect("layout");
    exits(&run(&["check", &work.case().display().to_string()]), 0);
}
