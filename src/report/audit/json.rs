//! `audit --format json`: schema `appealpack.audit/1` (`appealpack schema audit`). Unknown is null, never "".

use super::sentence;
use crate::audit::Audit;
use crate::finding::{Finding, Severity};
use crate::model::Lang;
use crate::pipeline::Checked;
use crate::profile::lang::{Words, words};
use serde_json::{Value, json};

/// The whole result.
pub fn value(checked: &Checked, audit: &Audit, lang: Lang) -> Value {
    let w = words(lang);
    let case = &checked.case;
    let risks: Vec<Value> = audit
        .risks
        .iter()
        .enumerate()
        .filter_map(|(rank, risk)| {
            let order = case.orders.get(risk.order)?;
            Some(json!({
                "rank": rank + 1,
                "id": order.id,
                "weight": risk.weight,
                "severity": risk.worst,
                "paid_at": order.paid_at.as_ref().map(|t| crate::report::check_json::moment(t.value)),
                "findings": risk.findings.iter().map(|f| finding(checked, f, w)).collect::<Vec<_>>(),
            }))
        })
        .collect();
    let indicators: Vec<Value> = audit
        .indicators
        .iter()
        .map(|i| json!({ "id": i.id, "severity": i.level, "text": sentence(i, w), "values": i.params.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(), "examples": i.examples }))
        .collect();
    json!({
        "schema": "appealpack.audit/1",
        "platform": case.platform,
        "counts": {
            "orders": audit.orders, "touched": audit.risks.len(), "errors": audit.count(Severity::Error), "warnings": audit.count(Severity::Warning),
            "notes": audit.count(Severity::Note),
        },
        "risks": risks,
        "findings": audit.of_shop.iter().map(|f| finding(checked, f, w)).collect::<Vec<_>>(),
        "indicators": indicators,
        "days": audit.days.iter().map(|(day, orders)| json!({ "day": day.to_string(), "orders": orders })).collect::<Vec<_>>(),
        "hours": audit.hours,
    })
}

fn finding(checked: &Checked, finding: &Finding, w: &Words) -> Value {
    let hint = w.audit_hint(finding);
    json!({
        "code": finding.code,
        "severity": finding.severity,
        "file": finding.file.map(|f| checked.case.file(f).path.clone()),
        "where": finding.place.as_ref().map(ToString::to_string),
        "message": w.message(finding),
        "hint": (!hint.is_empty()).then_some(hint),
    })
}
