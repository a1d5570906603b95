//! What a run says of itself: which build lies in the output folder, which settings do something, which words the command line knows.

use crate::support::{CASE_ID, NICKS, ORDERS, WAYBILLS, Work, appealpack, exits, run, stderr, stdout};
use std::fs;

fn start(work: &Work) -> String {
    fs::read_to_string(work.result().join("00-先看这里.html")).expect("start page")
}

fn check_out(work: &Work) -> std::process::Output {
    appealpack().arg("check").arg(work.case()).arg("--out").arg(work.out()).output().expect("the binary starts")
}

/// One picture for two buyers: nothing is built until the seller says a word on it.
fn reuse(work: &Work) {
    let [one, two] = [0, 1].map(|i| work.case().join(format!("聊天/{}/截图_{}.png", NICKS[i], ORDERS[i])));
    fs::copy(one, two).expect("copied");
}

#[test]
fn after_a_check_the_page_says_to_build_and_an_earlier_build_stays() {
    let work = Work::new();
    exits(&check_out(&work), 0);
    assert!(start(&work).contains("appealpack build") && !start(&work).contains("先处理"), "{}", start(&work));
    exits(&work.build(&[]), 0);
    assert!(!start(&work).contains("那次生成的"));
    let book = work.result().join(format!("upload/{CASE_ID}.pdf"));
    let bag = work.result().join(format!("bundle/{CASE_ID}.zip"));
    let before = [fs::read(&book).expect("book"), fs::read(&bag).expect("bag")];
    for blocked in [false, true] {
        let output = if blocked {
            reuse(&work);
            let output = work.build(&[]);
            exits(&output, 3);
            assert!(stderr(&output).contains("没有生成新的申诉材料") && !stderr(&output).contains("只写出了"), "{}", stderr(&output));
            output
        } else {
            check_out(&work)
        };
        assert!(stderr(&output).contains("那次生成的"), "{}", stderr(&output));
        assert!(start(&work).contains("那次生成的") && start(&work).contains(&format!("upload/{CASE_ID}.pdf")));
        assert!([fs::read(&book).expect("book"), fs::read(&bag).expect("bag")] == before, "blocked: {blocked}");
    }
    // the next build replaces it
    fs::remove_file(work.case().join(format!("聊天/{}/截图_{}.png", NICKS[1], ORDERS[1]))).expect("removed");
    exits(&work.build(&[]), 0);
    assert!(!start(&work).contains("那次生成的"), "{}", start(&work));
    let now = [fs::read(&book).expect("book"), fs::read(&bag).expect("bag")];
    assert!(now[0] != before[0] && now[1] != before[1], "book and bag are the new ones");
}

#[test]
fn a_form_that_takes_pictures_only_does_not_hold_the_bag_to_its_limit() {
    for (formats, whole) in [("\"jpg\"", true), ("\"jpg\", \"zip\"", false)] {
        let work = Work::new();
        work.add(&format!("[limits]\nformats = [{formats}]\nbytes = 60000"));
        let output = work.build(&[]);
        let zips = fs::read_dir(work.result().join("bundle")).expect("bundle").count();
        assert_eq!(zips == 1, whole, "{formats}: {zips} zips\n{}", stdout(&output));
        assert!(!whole || !stdout(&output).contains("错误 bundle/"), "{}", stdout(&output));
    }
}

#[test]
fn an_appeal_for_no_order_says_so_and_sends_nobody_to_errors_that_are_not_there() {
    let work = Work::new();
    work.add("[appeal]\nscope = []");
    let output = work.build(&[]);
    exits(&output, 3);
    assert!(stderr(&output).contains("没有一笔订单在申诉之列") && !stderr(&output).contains("先处理"), "{}", stderr(&output));
    // `check` says it, too
    let output = check_out(&work);
    exits(&output, 3);
    assert!(stderr(&output).contains("没有一笔订单在申诉之列"), "{}", stderr(&output));
    // also where the orders that are left out have errors
    fs::remove_file(work.case().join(format!("物流/{}.json", WAYBILLS[0]))).expect("removed");
    for output in [work.build(&[]), check_out(&work)] {
        exits(&output, 3);
        assert!(stderr(&output).contains("没有一笔订单在申诉之列") && !stderr(&output).contains("先处理"), "{}", stderr(&output));
        assert!(start(&work).contains("没有一笔订单在申诉之列") && !start(&work).contains("先处理"), "{}", start(&work));
    }
}

#[test]
fn errors_of_orders_that_are_left_out_keep_nobody_from_submitting() {
    let work = Work::new();
    fs::remove_file(work.case().join(format!("物流/{}.json", WAYBILLS[0]))).expect("removed");
    exits(&work.build(&[]), 3);
    assert!(start(&work).contains("先处理再提交"), "{}", start(&work));
    work.add(&format!("[[leave_out]]\norders = [\"{}\"]\nwhy = \"查不到物流\"", ORDERS[0]));
    work.build(&[]);
    assert!(start(&work).contains("都在不提交的订单上") && !start(&work).contains("先处理"), "{}", start(&work));
}

#[test]
fn a_form_that_takes_nothing_we_make_is_told() {
    let work = Work::new();
    work.add("[limits]\nformats = [\"gif\"]");
    let output = work.build(&[]);
    exits(&output, 3);
    assert!(stdout(&output).contains("formats 只写了 gif"), "{}", stdout(&output));
}

#[test]
fn facts_that_are_not_printed_are_named_and_those_that_are_have_their_type() {
    let work = Work::new();
    work.add("[facts]\nstatement = \"这一句写在事实里。\"\npromotion = \"春季上新\"\nstock_alert = 5");
    let output = work.build(&[]);
    exits(&output, 0);
    assert!(stderr(&output).contains("facts.promotion (case.toml:") && !stderr(&output).contains("facts.statement"), "{}", stderr(&output));
    let text = fs::read_to_string(work.result().join("upload/statement-full.txt")).expect("statement");
    assert!(text.contains("这一句写在事实里。"), "{text}");
    let work = Work::new();
    work.add("[facts]\nstatement = [\"第一段话。\", \"第二段话。\"]");
    exits(&work.build(&[]), 0);
    let text = fs::read_to_string(work.result().join("upload/statement-full.txt")).expect("statement");
    assert!(text.contains("第一段话。") && text.contains("第二段话。"), "{text}");
    let work = Work::new();
    work.add("[facts]\nstock_alert = \"abc\"");
    let output = work.build(&[]);
    exits(&output, 1);
    assert!(stderr(&output).contains("stock_alert") && stderr(&output).contains("第 10 行"), "{}", stderr(&output));
    for lang in ["zh-CN", "en"] {
        assert!(stdout(&run(&["schema", "case", "--lang", lang])).contains("statement "));
        let folder = work.root().join(lang);
        exits(&run(&["init", &folder.display().to_string(), "--lang", lang]), 0);
        let toml = fs::read_to_string(folder.join("case.toml")).expect("case.toml");
        assert!(toml.contains("# statement = ") && !toml.contains("# live"), "{toml}");
    }
}

#[test]
fn a_date_among_the_facts_is_an_event_only_where_it_says_so_and_then_the_sellers_word() {
    let work = Work::new();
    work.add("[facts]\nshop_opened = 2026-03-29\ndelivered_to_warehouse = 2026-03-30\n\"春季活动\" = { from = 2026-03-30, to = 2026-03-31 }");
    let output = work.build(&[]);
    exits(&output, 0);
    let said = stderr(&output);
    assert!(said.contains("facts.shop_opened (case.toml:") && said.contains("facts.delivered_to_warehouse") && !said.contains("春季活动"), "{said}");
    let book = fs::read(work.result().join(format!("upload/{}.pdf", crate::support::CASE_ID))).expect("the book");
    let book = crate::honesty::text("book.pdf", &book);
    assert!(!book.contains("shop_opened") && !book.contains("delivered_to"), "{book}");
    // each event is an item of its own
    assert!(book.contains("营销活动“春季活动”：2026-03-30至2026-03-31（商家自述）·直播“新品首发”"), "{book}");
    assert!(book.contains("春季活动03-30（商家自述）"), "the chart says whose word it is: {book}");
    assert!(stdout(&run(&["schema", "case"])).contains("作为您自述的活动时段"), "the schema says what is printed");
    assert!(stdout(&run(&["schema", "case", "--lang", "en"])).contains("as the seller's word"), "the schema says what is printed");
}

#[test]
fn a_template_that_is_no_utf8_or_names_what_is_not_there_says_which() {
    let text = |work: &Work| fs::read_to_string(work.root().join("own/statement.md.jinja")).expect("template");
    let built = |change: &dyn Fn(&Work)| {
        let work = Work::new();
        let own = work.root().join("own").display().to_string();
        exits(&run(&["template", "init", &own]), 0);
        change(&work);
        let output = work.build(&["--template", &own]);
        exits(&output, 1);
        stderr(&output)
    };
    let write = |work: &Work, bytes: Vec<u8>| fs::write(work.root().join("own/statement.md.jinja"), bytes).expect("template");
    let said = built(&|work| write(work, encoding_rs::GB18030.encode(&text(work)).0.into_owned()));
    assert!(said.contains("statement.md.jinja 不是 UTF-8") && said.contains("另存为") && !said.contains("是不是"), "{said}");
    let said = built(&|work| write(work, [0xff, 0xfe].into_iter().chain(text(work).encode_utf16().flat_map(u16::to_le_bytes)).collect()));
    assert!(said.contains("statement.md.jinja 不是 UTF-8"), "{said}");
    let said = built(&|work| write(work, format!("{}\n{{% include \"wyh.md.jinja\" %}}\n", text(work)).into_bytes()));
    assert!(said.contains("wyh.md.jinja") && said.contains("是不是 why.md.jinja"), "{said}");
    let said = built(&|work| write(work, format!("{}\n{{{{ counts.argued|uper }}}}\n", text(work)).into_bytes()));
    assert!(said.contains("uper") && said.contains("是不是 upper"), "{said}");
    let said = built(&|work| {
        let path = work.root().join("own/order.md.jinja");
        let text = fs::read_to_string(&path).expect("template");
        fs::write(&path, format!("{text}\n{{{{ order.buyerr }}}}\n")).expect("template");
    });
    assert!(said.contains("buyerr") && said.contains("是不是 buyer？"), "{said}");
}

#[test]
fn help_is_a_command_too() {
    for (args, same) in [
        (&["help"][..], &["--help"][..]),
        (&["help", "build"], &["build", "--help"]),
        (&["--lang", "en", "help", "template", "init"], &["--lang", "en", "template", "init", "--help"]),
    ] {
        let output = run(args);
        exits(&output, 0);
        assert_eq!(stdout(&output), stdout(&run(same)));
    }
    exits(&run(&["help", "bild"]), 2);
}

#[test]
fn small_slips_say_what_to_do() {
    let work = Work::new();
    let case = work.case().display().to_string();
    exits(&run(&["batch", &case, "--jobs", "0"]), 2);
    // an audit without any export
    fs::remove_dir_all(work.case().join("导出")).expect("removed");
    let output = run(&["audit", &case]);
    exits(&output, 1);
    assert!(stderr(&output).contains("没有读到订单导出") && stderr(&output).contains("下一步"), "{}", stderr(&output));
    // a file beyond the limit that case.toml names
    let work = Work::new();
    work.add(&format!("[[assign]]\nfile = \"通知.txt\"\norders = [\"{}\"]\n[intake]\nfiles = 5", ORDERS[0]));
    let output = run(&["check", &work.case().display().to_string()]);
    exits(&output, 1);
    assert!(stderr(&output).contains("[intake] files = 5"), "{}", stderr(&output));
}
