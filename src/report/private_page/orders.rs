//! The orders that need a decision, each with its way and what was found; the others stand in the matrix.

use super::super::View;
use super::super::html::escape;
use crate::finding::{Finding, Severity};
use crate::model::assessment::LeftOut;
use crate::profile::lang::Words;
use crate::text::dates;

/// The section.
pub(super) fn troubled(view: &View<'_>, w: &Words, body: &mut String) {
    body.push_str(&format!("<h2 id=\"orders\">{}</h2>\n", escape(w.get("private.by-order"))));
    let by_order = view.findings.by_order();
    let mut any = false;
    for (i, listed) in view.case.listed.iter().enumerate() {
        let Some(order) = view.assessment.orders.get(listed.order) else { continue };
        let found: Vec<&Finding> = by_order.get(&listed.order).into_iter().flatten().copied().filter(|f| f.severity <= Severity::Warning).collect();
        if found.is_empty() {
            continue;
        }
        any = true;
        body.push_str(&format!("<section id=\"order-{}\"><h3>{} · {}</h3>\n", i + 1, i + 1, escape(listed.id.as_str())));
        let way: Vec<String> = order
            .steps
            .iter()
            .map(|s| {
                let time = if s.day_only { s.at.format("%m-%d").to_string() } else { dates::shown(s.at, "%m-%d %H:%M") };
                format!("{} {time}", escape(w.get(&format!("step.{}", s.kind.as_str()))))
            })
            .collect();
        if !way.is_empty() {
            body.push_str(&format!("<p class=\"muted\">{}</p>\n", way.join(" → ")));
        }
        if let Some(why) = &order.left_out {
            body.push_str(&format!("<p class=\"muted\">{}</p>\n", escape(&left_out(why, w))));
        }
        body.push_str("<ul>");
        for finding in found {
            body.push_str(&format!(
                "<li><span class=\"{}\">{}</span> {} <code>{}</code></li>",
                finding.severity.as_str(),
                escape(w.get(&format!("severity.{}", finding.severity.as_str()))),
                escape(&w.message(finding)),
                finding.code.as_str()
            ));
        }
        body.push_str("</ul></section>\n");
    }
    if !any {
        body.push_str(&format!("<p>{}</p>\n", escape(w.get("private.no-trouble"))));
    }
}

/// Why an order is not handed in.
pub(super) fn left_out(why: &LeftOut, w: &Words) -> String {
    match why {
        LeftOut::ByUser(why) => w.fill("private.left-out-user", &[("why", why)]),
        LeftOut::OutOfScope => w.get("private.left-out-scope").to_owned(),
        LeftOut::NotProven => w.get("private.left-out-not-proven").to_owned(),
    }
}
