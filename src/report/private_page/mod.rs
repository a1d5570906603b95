//! `private/findings.html`: what to do, every finding by severity and by order with its picture or source row, the orders × evidence matrix, and what
//! became of every file. For the seller only; self-contained, printable, without script.

mod files;
mod findings;
mod matrix;
mod orders;
mod sources;

use super::View;
use super::html::{escape, page};
use super::screen::{Places, lines, task_text};
use crate::context::Context;
use crate::finding::Severity;
use crate::profile::lang::words;
use crate::text::dates;

/// The page.
pub fn bytes(view: &View<'_>, ctx: &Context) -> Vec<u8> {
    let w = words(ctx.lang);
    let title = w.fill("private.title", &[("case", &view.case.id)]);
    let mut body = format!("<h1>{}</h1>\n<p class=\"muted\">{}</p>\n<div class=\"box\">", escape(&title), escape(w.get("private.keep")));
    for line in lines(view, None, &Places::default(), ctx, false).iter().take_while(|l| !l.text.is_empty()) {
        body.push_str(&format!("<p>{}</p>", escape(&line.text)));
    }
    body.push_str(&format!("</div>\n<h2>{}</h2>\n<ol>", escape(w.get("private.todo"))));
    for task in &view.assessment.tasks {
        let by = dates::shown(task.by.with_timezone(&view.case.now.timezone()), "%m-%d %H:%M");
        let file = task.params.iter().find(|(key, _)| key == "file").map(|(_, file)| file.replace('\\', "/"));
        let mut text = escape(&task_text(task, w));
        if let Some(name) = file.map(|f| escape(&f)) {
            text = text.replacen(&name, &format!("<a href=\"{name}\">{name}</a>"), 1);
        }
        body.push_str(&format!("<li><b>{}</b> {text}</li>", escape(&w.fill("start.by", &[("time", &by)]))));
    }
    if view.assessment.tasks.is_empty() && view.findings.count(Severity::Error) == 0 {
        body.push_str(&format!("<li>{}</li>", escape(w.get("screen.no-tasks"))));
    }
    body.push_str(&format!("</ol>\n<p><a href=\"match-sheet.xlsx\">match-sheet.xlsx</a> {}</p>\n", escape(w.get("private.sheet"))));
    body.push_str("<p class=\"muted\">");
    let sections = [("severity", "private.by-severity"), ("orders", "private.by-order"), ("matrix", "private.matrix"), ("files", "private.files")];
    let links: Vec<String> = sections.iter().map(|(id, key)| format!("<a href=\"#{id}\">{}</a>", escape(w.get(key)))).collect();
    body.push_str(&format!("{}</p>\n", links.join(" · ")));

    let sources = sources::Sources::of(view, ctx);
    findings::by_severity(view, w, &sources, &mut body);
    orders::troubled(view, w, &mut body);
    matrix::matrix(view, w, &mut body);
    files::files(view, w, &mut body);
    files::settings(view, w, &mut body);
    page(ctx.lang, &title, &body)
}
