//! `private/findings.html`: every finding by severity, the orders × evidence matrix, and what became of every file.

use super::View;
use super::html::{escape, page};
use crate::context::Context;
use crate::finding::{Finding, Severity};
use crate::model::assessment::{LeftOut, ProofGroup, Standing};
use crate::model::evidence::Strength;
use crate::model::file::Status;
use crate::profile::lang::{Words, words};
use std::collections::{BTreeMap, BTreeSet};

/// The page.
pub fn bytes(view: &View<'_>, ctx: &Context) -> Vec<u8> {
    let w = words(ctx.lang);
    let title = w.fill("private.title", &[("case", &view.case.id)]);
    let mut body = format!("<h1>{}</h1>\n<p class=\"muted\">{}</p>\n", escape(&title), escape(w.get("private.keep")));
    by_severity(view, w, &mut body);
    matrix(view, w, &mut body);
    files(view, w, &mut body);
    unused_settings(view, w, &mut body);
    page(ctx.lang, &title, &body)
}

fn by_severity(view: &View<'_>, w: &Words, body: &mut String) {
    for severity in [Severity::Error, Severity::Warning, Severity::Note, Severity::Ok] {
        let list: Vec<&Finding> = view.findings.all().iter().filter(|f| f.severity == severity).collect();
        if list.is_empty() {
            continue;
        }
        body.push_str(&format!(
            "<h2 class=\"{}\">{} · {}</h2>\n<table>",
            severity.as_str(),
            escape(w.get(&format!("severity.{}", severity.as_str()))),
            list.len()
        ));
        body.push_str(&format!(
            "<tr><th>{}</th><th>{}</th><th>{}</th></tr>\n",
            escape(w.get("private.what")),
            escape(w.get("private.where")),
            escape(w.get("private.next"))
        ));
        for finding in list {
            let words = finding.place.as_ref().map(|p| super::screen::place_words(p, w)).filter(|p| !p.is_empty());
            let place = match (finding.file, words) {
                (Some(file), Some(place)) => format!("{} ({place})", view.case.file(file).path),
                (Some(file), None) => view.case.file(file).path.clone(),
                _ => finding.order_id.clone().unwrap_or_default(),
            };
            body.push_str(&format!(
                "<tr><td>{}<br><span class=\"muted\">{}</span></td><td>{}</td><td class=\"hint\">{}</td></tr>\n",
                escape(&w.message(finding)),
                finding.code.as_str(),
                escape(&place),
                escape(w.hint(finding).trim_end())
            ));
        }
        body.push_str("</table>\n");
    }
}

fn matrix(view: &View<'_>, w: &Words, body: &mut String) {
    let shown: Vec<ProofGroup> = ProofGroup::ALL.into_iter().filter(|g| view.assessment.orders.iter().any(|o| o.has(*g))).collect();
    body.push_str(&format!(
        "<h2>{}</h2>\n<table><tr><th class=\"n\">#</th><th>{}</th><th>{}</th>",
        escape(w.get("private.matrix")),
        escape(w.get("private.order")),
        escape(w.get("private.standing"))
    ));
    for group in &shown {
        body.push_str(&format!("<th>{}</th>", escape(w.get(&format!("proof.{}", group.as_str())))));
    }
    body.push_str("</tr>\n");
    for (i, listed) in view.case.listed.iter().enumerate() {
        let Some(order) = view.assessment.orders.get(listed.order) else { continue };
        let standing = match order.standing {
            Standing::Proven => ("ok", "private.proven"),
            Standing::Missing => ("warning", "private.missing"),
            Standing::Contradicting => ("error", "private.contradicting"),
        };
        let left_out = match &order.left_out {
            None => String::new(),
            Some(LeftOut::ByUser(why)) => w.fill("private.left-out-user", &[("why", why)]),
            Some(LeftOut::OutOfScope) => w.get("private.left-out-scope").to_owned(),
            Some(LeftOut::NotProven) => w.get("private.left-out-not-proven").to_owned(),
        };
        body.push_str(&format!(
            "<tr><td class=\"n\">{}</td><td>{}</td><td><span class=\"{}\">{}</span> <span class=\"muted\">{}</span></td>",
            i + 1,
            escape(listed.id.as_str()),
            standing.0,
            escape(w.get(standing.1)),
            escape(&left_out)
        ));
        for group in &shown {
            let paths: BTreeSet<&str> =
                order.proofs.iter().filter(|p| p.group == *group).map(|p| p.file.map_or("case.toml", |f| view.case.file(f).path.as_str())).collect();
            let title = paths.iter().copied().collect::<Vec<_>>().join("\n");
            body.push_str(&format!("<td title=\"{}\">{}</td>", escape(&title), if paths.is_empty() { "" } else { "✓" }));
        }
        body.push_str("</tr>\n");
    }
    body.push_str("</table>\n");
}

fn files(view: &View<'_>, w: &Words, body: &mut String) {
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
    for file in &view.case.files {
        *counts.entry(file.status).or_default() += 1;
    }
    let sum: Vec<String> = counts.iter().map(|(s, n)| format!("{} {n}", w.get(&format!("status.{}", s.as_str())))).collect();
    body.push_str(&format!("<h2>{}</h2>\n<p>{} = {}</p>\n<table>", escape(w.get("private.files")), escape(&sum.join(" + ")), view.case.files.len()));
    body.push_str(&format!(
        "<tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>\n",
        escape(w.get("private.file")),
        escape(w.get("private.kind")),
        escape(w.get("private.status")),
        escape(w.get("private.orders"))
    ));
    for file in &view.case.files {
        let mut orders: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for link in view.matching.of_file(file.id) {
            let sure = if link.strength == Strength::Weak { "?" } else { "" };
            orders.entry(link.order).or_default().push(format!("{}{sure} {}", link.key.as_str(), link.place));
        }
        let mut cells: Vec<String> = orders
            .iter()
            .take(6)
            .filter_map(|(o, reasons)| {
                view.case.orders.get(*o).map(|order| {
                    format!(
                        "{} <span class=\"muted\">{}</span>",
                        escape(order.id.as_str()),
                        escape(&reasons.iter().take(2).cloned().collect::<Vec<_>>().join(", "))
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

fn unused_settings(view: &View<'_>, w: &Words, body: &mut String) {
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
