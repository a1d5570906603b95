//! What became of every file, and what the user's own settings did.

use super::super::View;
use super::super::html::escape;
use super::super::screen::place_words;
use crate::model::evidence::{Link, Strength};
use crate::model::file::Status;
use crate::model::source::FileId;
use crate::profile::lang::Words;
use std::collections::BTreeMap;

/// Every file with what became of it; the counts add up to what the walk found.
pub(super) fn files(view: &View<'_>, w: &Words, body: &mut String) {
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
    for file in &view.case.files {
        *counts.entry(file.status).or_default() += 1;
    }
    let sum: Vec<String> = counts.iter().map(|(s, n)| format!("{} {n}", w.get(&format!("status.{}", s.as_str())))).collect();
    body.push_str(&format!(
        "<h2 id=\"files\">{}</h2>\n<p>{} = {}</p>\n<table>",
        escape(w.get("private.files")),
        escape(&sum.join(" + ")),
        view.case.files.len()
    ));
    body.push_str(&format!(
        "<tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>\n",
        escape(w.get("private.file")),
        escape(w.get("private.kind")),
        escape(w.get("private.status")),
        escape(w.get("private.orders"))
    ));
    let mut links: BTreeMap<FileId, Vec<&Link>> = BTreeMap::new();
    view.matching.links.iter().for_each(|l| links.entry(l.file).or_default().push(l));
    for file in &view.case.files {
        let mut orders: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for link in links.get(&file.id).into_iter().flatten() {
            let sure = if link.strength == Strength::Weak { "?" } else { "" };
            let reason = format!("{}{sure} {}", w.get(&format!("key.{}", link.key.as_str())), place_words(&link.place, w));
            orders.entry(link.order).or_default().push(reason.trim_end().to_owned());
        }
        let mut cells: Vec<String> = orders
            .iter()
            .take(6)
            .filter_map(|(o, reasons)| {
                view.case.orders.get(*o).map(|order| {
                    format!(
                        "{} <span class=\"muted\">{}</span>",
                        escape(order.id.as_str()),
                        escape(&reasons.iter().take(2).cloned().collect::<Vec<_>>().join(w.get("screen.comma")))
                    )
                })
            })
            .collect();
        if orders.len() > 6 {
            cells.push(w.fill("private.more-orders", &[("n", &(orders.len() - 6).to_string())]));
        }
        let why = file.why.as_ref().map(|y| w.fill(&format!("why.{}", y.key), &[("detail", &y.detail)])).unwrap_or_default();
        body.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}<br><span class=\"muted\">{}</span></td><td>{}</td></tr>\n",
            escape(&file.path),
            escape(w.get(&format!("kind.{}", file.kind.as_str()))),
            escape(w.get(&format!("status.{}", file.status.as_str()))),
            escape(&why),
            cells.join("<br>")
        ));
    }
    body.push_str("</table>\n");
}

/// What the user accepted or set without effect.
pub(super) fn settings(view: &View<'_>, w: &Words, body: &mut String) {
    let accepted = &view.case.settings.accept;
    if !accepted.is_empty() {
        body.push_str(&format!("<h2>{}</h2>\n<ul>", escape(w.get("private.accepted"))));
        for accept in accepted {
            body.push_str(&format!(
                "<li><code>{}</code> {} — {}</li>",
                escape(&accept.code),
                escape(accept.file.as_deref().unwrap_or("")),
                escape(&accept.why)
            ));
        }
        body.push_str("</ul>\n");
    }
    if !view.case.settings.without_effect.is_empty() {
        body.push_str(&format!("<h2>{}</h2>\n<ul>", escape(w.get("private.without-effect"))));
        for (key, line) in &view.case.settings.without_effect {
            body.push_str(&format!("<li><code>{}</code> {}</li>", escape(key), escape(&w.fill("private.line", &[("line", &line.to_string())]))));
        }
        body.push_str("</ul>\n");
    }
}
