//! OUT/summary.json, .csv and .html: a line a case, for programs, for a spreadsheet and for a browser.

use super::{Line, Summary};
use crate::error::Error;
use crate::model::Lang;
use crate::model::own_output::PAGE_MARK;
use crate::patience;
use crate::profile::lang::words;
use crate::report::{html::escape, start_page};
use crate::text::{dates, json};
use std::fs;
use std::path::Path;

/// Writes them in place of those of the last run, and tells which could not be: a table that is open in Excel keeps neither the others nor the report of the
/// cases from the user.
pub(super) fn write(summary: &Summary, out: &Path, lang: Lang) -> Vec<Error> {
    let mut unwritten = Vec::new();
    let mut put = |name: &str, bytes: &[u8]| {
        let (aside, path) = (out.join(format!(".{name}.new")), out.join(name));
        if let Err(e) = fs::write(&aside, bytes).and_then(|()| patience::rename(&aside, &path)) {
            let _ = fs::remove_file(&aside);
            unwritten.push(Error::io("写入汇总", "write the summary", &path, &e).hint(
                "关闭正在打开它的程序（Excel、WPS），检查磁盘空间，再运行一次；各案件的结果已经写好，不受影响",
                "close the program that has it open (Excel, WPS), look for space on the disk, and run again; the results of the cases are written all the same",
            ));
        }
    };
    let json = json::pretty(summary);
    put("summary.json", &json);
    let w = words(lang);
    let heads = [
        "case",
        "result",
        "notice",
        "deadline",
        "flagged",
        "argued",
        "left_out",
        "proven",
        "missing",
        "contradicting",
        "errors",
        "warnings",
        "pages",
        "annex_pages",
        "book",
        "path",
        "message",
    ];
    let rows: Vec<Vec<String>> = summary.cases.iter().map(cells).collect();
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
    // writing into memory cannot fail
    let _ = csv.write_record(heads.iter().map(|h| w.get(&format!("summary.{h}")).to_owned()).collect::<Vec<_>>());
    for (line, row) in summary.cases.iter().zip(&rows) {
        let mut row = row.clone();
        if let Some(cell) = row.get_mut(1) {
            *cell = w.get(&format!("summary.result-{}", line.result)).to_owned();
        }
        let _ = csv.write_record(row);
    }
    for folder in &summary.passed_over {
        let mut row = vec![String::new(); heads.len()];
        for (head, words) in [("result", w.get("summary.result-passed-over")), ("path", folder.as_str()), ("message", w.get("summary.passed-over-why"))] {
            if let Some(cell) = heads.iter().position(|h| *h == head).and_then(|at| row.get_mut(at)) {
                *cell = words.to_owned();
            }
        }
        let _ = csv.write_record(row);
    }
    put("summary.csv", &csv.into_inner().unwrap_or_default());
    let mut html = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\">{PAGE_MARK}<title>{}</title><style>body{{font:14px/1.6 sans-serif;margin:2em}}table{{border-collapse:collapse}}td,th{{border-bottom:1px solid #d0d4da;padding:.3em .7em;text-align:left;vertical-align:top;white-space:nowrap}}td:last-child{{white-space:normal;min-width:16em}}tr.failed td,tr.not-built td{{background:#fbeaea}}tr.not-ready td{{background:#fdf5e3}}</style><h1>{}</h1><table><tr>",
        lang.tag(),
        escape(w.get("summary.title")),
        escape(w.get("summary.title"))
    );
    for head in heads {
        html.push_str(&format!("<th>{}</th>", escape(w.get(&format!("summary.{head}")))));
    }
    html.push_str("</tr>");
    for (line, row) in summary.cases.iter().zip(&rows) {
        html.push_str(&format!("<tr class=\"{}\">", line.result));
        for (head, cell) in heads.iter().zip(row) {
            let text = match *head {
                "result" => escape(w.get(&format!("summary.result-{}", line.result))),
                "case" if line.result != "failed" => {
                    format!("<a href=\"{0}/{1}\">{0}</a>", escape(cell), start_page::name(lang))
                }
                // to the minute; the CSV and JSON keep the exact value
                "deadline" => {
                    let at = chrono::DateTime::parse_from_rfc3339(cell).map(|at| dates::shown(at, "%Y-%m-%d %H:%M"));
                    escape(&at.unwrap_or_else(|_| cell.clone()))
                }
                "book" if !cell.is_empty() => format!("<a href=\"{0}\">{0}</a>", escape(cell)),
                _ => escape(cell),
            };
            html.push_str(&format!("<td>{text}</td>"));
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    if !summary.passed_over.is_empty() {
        let items: String = summary.passed_over.iter().map(|folder| format!("<li>{}</li>", escape(folder))).collect();
        html.push_str(&format!("<h2>{}</h2><p>{}</p><ul>{items}</ul>", escape(w.get("summary.result-passed-over")), escape(w.get("summary.passed-over-why"))));
    }
    html.push_str("</html>\n");
    put("summary.html", html.as_bytes());
    unwritten
}

fn cells(line: &Line) -> Vec<String> {
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    let count = |n: Option<usize>| n.map(|n| n.to_string()).unwrap_or_default();
    vec![
        line.case.clone().unwrap_or_default(),
        line.result.to_owned(),
        line.notice.clone().unwrap_or_default(),
        line.deadline.clone().unwrap_or_default(),
        count(line.flagged),
        count(line.argued),
        count(line.left_out),
        count(line.proven),
        count(line.missing),
        count(line.contradicting),
        count(line.errors),
        count(line.warnings),
        number(line.pages),
        number(line.annex_pages),
        line.book.clone().unwrap_or_default(),
        line.path.clone(),
        line.message.clone().unwrap_or_default(),
    ]
}
