//! `00-先看这里.html`: what is ready, what is not, what to do by when, links to everything below.

use super::html::{escape, page};
use super::screen::{Places, lines};
use super::{Outcome, screen};
use crate::context::Context;
use crate::finding::Severity;
use crate::model::Lang;
use crate::profile::lang::words;
use crate::text::dates;

/// Its file name.
pub fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhCn => "00-先看这里.html",
        Lang::En => "00-start-here.html",
    }
}

/// The page.
pub fn bytes(outcome: &Outcome<'_>, ctx: &Context) -> Vec<u8> {
    let w = words(ctx.lang);
    let view = &outcome.checked;
    let errors = view.findings.count(Severity::Error);
    let screen = lines(view, None, &Places::default(), ctx, false);
    let mut body = format!("<h1>{}</h1>\n<div class=\"box\">", escape(w.get("start.title")));
    for line in screen.iter().take_while(|l| !l.text.is_empty()) {
        body.push_str(&format!("<p>{}</p>", escape(&line.text)));
    }
    body.push_str("</div>\n");
    let state = match (outcome.pages.is_some(), errors) {
        (false, _) if view.none_argued() => ("error", w.get("cli.not-built-none-argued").to_owned()),
        (false, _) if outcome.blocked => ("error", w.get("start.not-built").to_owned()),
        (built, n) if view.errors_left_out() => {
            ("note", w.fill(if built { "start.ready-left-out" } else { "start.checked-left-out" }, &[("n", &n.to_string())]))
        }
        (false, 0) => ("note", w.get("start.checked").to_owned()),
        (false, n) => ("error", w.fill("start.checked-errors", &[("n", &n.to_string())])),
        (true, 0) => ("ok", w.get("start.ready").to_owned()),
        (true, n) => ("error", w.fill("start.not-ready", &[("n", &n.to_string())])),
    };
    body.push_str(&format!("<p class=\"{}\">{}</p>\n", state.0, escape(&state.1)));
    if let Some(built) = outcome.earlier {
        let href = escape(&format!("upload/{}.pdf", view.case.id));
        let told = w.fill("start.earlier", &[("time", &built.format("%Y-%m-%d %H:%M").to_string())]);
        body.push_str(&format!("<p class=\"warning\">{} <a href=\"{href}\">{href}</a></p>\n", escape(&told)));
    }
    body.push_str(&format!("<h2>{}</h2>\n<ol>", escape(w.get("start.todo"))));
    for task in &view.assessment.tasks {
        let by = dates::shown(task.by.with_timezone(&view.case.now.timezone()), "%m-%d %H:%M");
        body.push_str(&format!("<li><b>{}</b> {}</li>", escape(&w.fill("start.by", &[("time", &by)])), escape(&screen::task_text(task, w))));
    }
    if view.assessment.tasks.is_empty() && view.findings.count(Severity::Error) == 0 {
        body.push_str(&format!("<li>{}</li>", escape(w.get("screen.no-tasks"))));
    }
    body.push_str("</ol>\n");
    if let Some(pages) = outcome.pages {
        let id = &view.case.id;
        body.push_str(&format!("<h2>{}</h2>\n<ul>", escape(w.get("start.upload"))));
        let mut link = |href: String, text: String| body.push_str(&format!("<li><a href=\"{}\">{}</a> {}</li>", escape(&href), escape(&href), escape(&text)));
        link(format!("upload/{id}.pdf"), w.fill("start.book", &[("pages", &pages.book_pages.to_string())]));
        if pages.volumes.len() > 1 {
            for (i, (from, to)) in pages.volumes.iter().enumerate() {
                link(format!("upload/{id}-annex-vol{}.pdf", i + 1), w.fill("start.volume", &[("from", &from.to_string()), ("to", &to.to_string())]));
            }
        } else {
            link(format!("upload/{id}-annex.pdf"), w.fill("start.annex", &[("pages", &pages.annex_pages.to_string())]));
        }
        let mut lengths = view.case.settings.limits.text.clone();
        lengths.sort_unstable();
        lengths.dedup();
        for n in &lengths {
            link(format!("upload/statement-{n}.txt"), w.fill("start.statement", &[("n", &n.to_string())]));
        }
        if lengths.is_empty() {
            link("upload/statement-full.txt".into(), w.get("start.statement-full").to_owned());
        }
        link("upload/orders.xlsx".into(), w.get("start.orders").to_owned());
        for bag in outcome.bags {
            link(format!("bundle/{bag}"), w.get("start.bag").to_owned());
        }
        body.push_str("</ul>\n");
    }
    body.push_str(&format!("<h2>{}</h2>\n<ul>", escape(w.get("start.private"))));
    body.push_str(&format!("<li><a href=\"private/findings.html\">private/findings.html</a> {}</li>", escape(w.get("start.findings"))));
    body.push_str(&format!("<li><a href=\"{0}\">{0}</a> {1}</li>", crate::model::match_sheet::PATH, escape(w.get("start.sheet"))));
    for file in super::requests::files(view) {
        body.push_str(&format!("<li><a href=\"private/{0}\">private/{0}</a> {1}</li>", escape(&file), escape(w.get("start.request"))));
    }
    body.push_str("</ul>\n");
    page(ctx.lang, w.get("start.title"), &body)
}
