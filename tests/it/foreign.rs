//! Outsiders judge: programs that are not ours read what we wrote. Ignored in a plain `cargo test`; `.ci/run` installs them and runs these.

use crate::support::{CASE_ID, NICKS, ORDERS, WAYBILLS, Work, edit, exits, stdout};
use std::path::Path;
use std::process::{Command, Output};

#[track_caller]
fn tool(name: &str, args: &[&str], folder: &Path) -> Output {
    let output = Command::new(name).args(args).current_dir(folder).output().unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(output.status.success(), "{name} {args:?}\n{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    output
}

fn built() -> Work {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    work
}

#[test]
#[ignore = "needs unzip, sha256sum and bagit.py"]
fn the_bag_is_valid_for_others() {
    let work = built();
    let bundle = work.result().join("bundle");
    let zip = format!("{CASE_ID}.zip");
    tool("unzip", &["-tq", &zip], &bundle);
    tool("python3", &["-m", "zipfile", "-t", &zip], &bundle);
    tool("unzip", &["-q", &zip, "-d", "x"], &bundle);
    let bag = bundle.join("x").join(CASE_ID);
    tool("sha256sum", &["--quiet", "-c", "manifest-sha256.txt"], &bag);
    tool("sha256sum", &["--quiet", "-c", "tagmanifest-sha256.txt"], &bag);
    tool("python3", &["-m", "bagit", "--validate", "."], &bag);
}

#[test]
#[ignore = "needs poppler-utils, mupdf-tools"]
fn quotation_marks_of_english_pages_are_text_for_everybody() {
    let work = Work::new();
    edit(&work, "case.toml", "platform = \"taobao\"", "platform = \"taobao\"\nlanguage = \"en\"");
    work.add("[facts]\nstatement = \"We held “a live show”… and it’s on record.\"");
    exits(&work.build(&[]), 0);
    let (upload, book) = (work.result().join("upload"), format!("{CASE_ID}.pdf"));
    for (program, args) in [("pdftotext", ["-layout", &book, "-"].as_slice()), ("mutool", &["draw", "-q", "-F", "txt", &book])] {
        let text = stdout(&tool(program, args, &upload));
        assert!(text.contains("We held “a live show”… and it’s on record."), "{program}: {text}");
        assert!(!text.contains('\u{fffd}'), "{program}: {text}");
    }
}

#[test]
#[ignore = "needs qpdf, poppler-utils, mupdf-tools"]
fn the_pdfs_are_sound_and_say_what_they_should() {
    let work = built();
    let upload = work.result().join("upload");
    for name in [format!("{CASE_ID}.pdf"), format!("{CASE_ID}-annex.pdf")] {
        tool("qpdf", &["--check", &name], &upload);
        tool("mutool", &["info", &name], &upload);
        let fonts = stdout(&tool("pdffonts", &[&name], &upload));
        for line in fonts.lines().skip(2) {
            // columns: … emb sub uni object
            let yes = line.split_whitespace().rev().skip(2).take(3).collect::<Vec<_>>();
            assert_eq!(yes, ["yes", "yes", "yes"], "embedded, subset, with Unicode: {line}");
        }
    }
    let book = stdout(&tool("pdftotext", &["-layout", &format!("{CASE_ID}.pdf"), "-"], &upload));
    for word in ["申诉书", "示例厨具店", "WG2026040900000001", "虚假交易", "据卖家导入文件整理，供检索"] {
        assert!(book.contains(word), "book lacks {word}:\n{book}");
    }
    let annex = stdout(&tool("pdftotext", &["-layout", &format!("{CASE_ID}-annex.pdf"), "-"], &upload));
    for i in 0..3 {
        assert!(book.contains(ORDERS[i]) && book.contains(WAYBILLS[i]), "all orders: {}", ORDERS[i]);
        assert!(annex.contains(ORDERS[i]) && annex.contains(NICKS[i]), "annex: {}", ORDERS[i]);
    }
    for column in ["序号", "证据名称", "证据来源", "证明目的", "页码"] {
        assert!(annex.contains(column), "evidence list lacks {column}");
    }
    // JPEG stays JPEG
    let images = stdout(&tool("pdfimages", &["-list", &format!("{CASE_ID}.pdf")], &upload));
    assert!(images.contains("jpeg"), "{images}");
}

#[test]
#[ignore = "needs pypdfium2"]
fn every_page_renders_and_labels_equal_pages() {
    let work = built();
    let script = r#"
import sys, pypdfium2 as pdfium
book, annex = pdfium.PdfDocument(sys.argv[1]), pdfium.PdfDocument(sys.argv[2])
for i in range(len(book)):
    assert book.get_page_label(i) == str(i + 1), book.get_page_label(i)
for i in range(len(annex)):
    assert annex.get_page_label(i) == "附%d" % (i + 1), annex.get_page_label(i)
for document in (book, annex):
    assert len(list(document.get_toc())) > 0, "outline"
    for page in document:
        picture = page.render(scale=0.3).to_pil() if False else page.render(scale=0.3)
        assert picture.width > 100
print(len(book), len(annex))
"#;
    let upload = work.result().join("upload");
    tool("python3", &["-c", script, &format!("{CASE_ID}.pdf"), &format!("{CASE_ID}-annex.pdf")], &upload);
}

#[test]
#[ignore = "needs poppler-utils"]
fn pages_claim_no_more_than_was_read() {
    let work = Work::new();
    // the second order went in two parcels, of which one slip is there
    edit(&work, "导出/ExportOrderList202604091000.csv", &format!("No:{}", WAYBILLS[1]), &format!("No:{};SF1390012345699", WAYBILLS[1]));
    // a table whose heads nobody knows, named like an invoice list
    std::fs::write(work.case().join("发票明细.csv"), format!("甲,乙\n{},5.10\n", WAYBILLS[0])).expect("table");
    // the notice's own words for what it found
    edit(&work, "通知.txt", "违规类型：虚假交易", "违规类型：涉嫌虚假交易（情节一般）");
    exits(&work.build(&[]), 0);
    let upload = work.result().join("upload");
    let pages = |name: String| stdout(&tool("pdftotext", &["-layout", &name, "-"], &upload));
    let (book, annex) = (pages(format!("{CASE_ID}.pdf")), pages(format!("{CASE_ID}-annex.pdf")));
    // three slips stand side by side: their captions are the lines below
    let captions: Vec<&str> = book.rsplit("快递底单照片").next().unwrap_or_default().lines().take(5).collect();
    assert!(captions.iter().any(|line| line.contains(WAYBILLS[1])), "{book}");
    assert!(!captions.iter().any(|line| line.contains("SF1390012345699")), "{book}");
    assert!(annex.contains("发票明细.csv") && !annex.contains("发票清单"), "{annex}");
    assert!(!book.contains("发票或采购凭证"), "{book}");
    assert!(book.contains("涉嫌虚假交易"), "{book}");
}
