//! Orders × evidence: how many pieces of each kind an order has, and how strong the best one is.

use super::super::View;
use super::super::html::escape;
use super::orders::left_out;
use crate::model::assessment::{OrderAssessment, Proof, ProofGroup, Standing};
use crate::profile::lang::Words;
use std::collections::BTreeSet;

/// The section.
pub(super) fn matrix(view: &View<'_>, w: &Words, body: &mut String) {
    let shown: Vec<ProofGroup> = ProofGroup::ALL.into_iter().filter(|g| view.assessment.orders.iter().any(|o| o.has(*g))).collect();
    body.push_str(&format!(
        "<h2 id=\"matrix\">{}</h2>\n<p class=\"muted\">{}</p>\n<table class=\"matrix\"><tr><th class=\"n\">#</th><th>{}</th><th>{}</th>",
        escape(w.get("private.matrix")),
        escape(w.get("private.legend")),
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
        let reason = order.left_out.as_ref().map(|why| left_out(why, w)).unwrap_or_default();
        body.push_str(&format!(
            "<tr><td class=\"n\">{}</td><td>{}</td><td><span class=\"{}\">{}</span> <span class=\"muted\">{}</span></td>",
            i + 1,
            escape(listed.id.as_str()),
            standing.0,
            escape(w.get(standing.1)),
            escape(&reason)
        ));
        for group in &shown {
            body.push_str(&cell(view, w, order, *group));
        }
        body.push_str("</tr>\n");
    }
    body.push_str("</table>\n");
}

fn cell(view: &View<'_>, w: &Words, order: &OrderAssessment, group: ProofGroup) -> String {
    let proofs: Vec<&Proof> = order.proofs.iter().filter(|p| p.group == group).collect();
    let Some(best) = proofs.iter().map(|p| p.rank).max() else { return "<td></td>".to_owned() };
    let paths: BTreeSet<&str> = proofs.iter().map(|p| p.file.map_or("case.toml", |f| view.case.file(f).path.as_str())).collect();
    let inferred = if proofs.iter().all(|p| p.inferred) { format!(" {}", w.get("private.inferred")) } else { String::new() };
    let title = paths.iter().copied().collect::<Vec<_>>().join("\n");
    format!("<td title=\"{}\">{} · {best}{}</td>", escape(&title), paths.len(), escape(&inferred))
}
