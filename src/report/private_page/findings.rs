//! Every finding, by severity and code: why it matters and what clears it once a code, then each place with its picture or source row.

use super::super::View;
use super::super::html::escape;
use super::super::screen::place_words;
use super::sources::Sources;
use crate::finding::{Code, Finding, Severity};
use crate::profile::lang::Words;
use std::collections::{BTreeMap, BTreeSet};

/// The section.
pub(super) fn by_severity(view: &View<'_>, w: &Words, sources: &Sources, body: &mut String) {
    body.push_str("<div id=\"severity\"></div>\n");
    let paragraphs = paragraphs(view);
    for severity in [Severity::Error, Severity::Warning, Severity::Note, Severity::Ok] {
        let list: Vec<&Finding> = view.findings.all().iter().filter(|f| f.severity == severity).collect();
        if list.is_empty() {
            continue;
        }
        let name = w.get(&format!("severity.{}", severity.as_str())).to_owned();
        body.push_str(&format!("<h2 class=\"{}\">{} · {}</h2>\n", severity.as_str(), escape(&name), list.len()));
        let mut codes: Vec<Code> = Vec::new();
        list.iter().for_each(|f| {
            if !codes.contains(&f.code) {
                codes.push(f.code);
            }
        });
        for code in codes {
            let of_code: Vec<&Finding> = list.iter().copied().filter(|f| f.code == code).collect();
            group(view, w, sources, &paragraphs, code, &of_code, body);
        }
    }
}

/// The order's paragraph, by order: only what is a warning at least has one. Where the notice lists an order several times, it is the first.
fn paragraphs(view: &View<'_>) -> BTreeMap<usize, usize> {
    let told: BTreeSet<usize> = view.findings.all().iter().filter(|f| f.severity <= Severity::Warning).filter_map(|f| f.order).collect();
    let mut places = BTreeMap::new();
    for (n, listed) in (1..).zip(&view.case.listed).filter(|(_, listed)| told.contains(&listed.order)) {
        places.entry(listed.order).or_insert(n);
    }
    places
}

fn group(view: &View<'_>, w: &Words, sources: &Sources, paragraphs: &BTreeMap<usize, usize>, code: Code, list: &[&Finding], body: &mut String) {
    body.push_str(&format!("<section><h3><code>{}</code> · {}</h3>\n", code.as_str(), list.len()));
    let explain = w.explain(code).trim();
    let serious = list.first().is_some_and(|f| f.severity <= Severity::Warning);
    if serious && !explain.is_empty() {
        body.push_str(&format!("<p class=\"why\"><b>{}</b> {}</p>\n", escape(w.get("private.why-matters")), escape(explain)));
    }
    body.push_str(&format!(
        "<table class=\"findings\"><tr><th>{}</th><th>{}</th><th>{}</th></tr>\n",
        escape(w.get("private.what")),
        escape(w.get("private.where")),
        escape(w.get("private.next"))
    ));
    let mut said = String::new();
    for finding in list {
        // the same next step is not said two hundred times
        let hint = w.hint(finding).trim_end().to_owned();
        let shown = if hint == said && !hint.is_empty() { "″".to_owned() } else { escape(&hint) };
        said = hint;
        body.push_str(&format!(
            "<tr><td>{}</td><td>{}{}</td><td class=\"hint\">{shown}</td></tr>\n",
            escape(&w.message(finding)),
            place(view, w, paragraphs, finding),
            sources.html(finding, w)
        ));
    }
    body.push_str("</table></section>\n");
}

/// File and place, and the order as a link to its own paragraph.
fn place(view: &View<'_>, w: &Words, paragraphs: &BTreeMap<usize, usize>, finding: &Finding) -> String {
    let words = finding.place.as_ref().map(|p| place_words(p, w)).filter(|p| !p.is_empty());
    let mut parts = Vec::new();
    if let Some(file) = finding.file {
        let path = escape(&view.case.file(file).path);
        parts.push(words.map_or(path.clone(), |place| format!("{path} ({})", escape(&place))));
    }
    if let Some(id) = &finding.order_id {
        let paragraph = finding.order.and_then(|order| paragraphs.get(&order));
        parts.push(paragraph.map_or(escape(id), |n| format!("<a href=\"#order-{n}\">{}</a>", escape(id))));
    }
    parts.join("<br>")
}
