//! The audit on a terminal: totals, indicators that are unusual, the riskiest orders.

use super::super::screen::{Line, printable};
use super::sentence;
use crate::audit::Audit;
use crate::finding::Severity;
use crate::model::Lang;
use crate::pipeline::Checked;
use crate::profile::lang::words;

/// Orders shown without `-v`.
const SHOWN: usize = 20;

/// The lines; `all` lists every order that touches a rule and every indicator.
pub fn lines(checked: &Checked, audit: &Audit, lang: Lang, all: bool) -> Vec<Line> {
    let w = words(lang);
    let plain = |text: String| Line { text: printable(&text), severity: None };
    let number = |n: usize| n.to_string();
    let mut out = vec![plain(w.fill(
        "audit.head",
        &[
            ("orders", &number(audit.orders)),
            ("touched", &number(audit.risks.len())),
            ("errors", &number(audit.count(Severity::Error))),
            ("warnings", &number(audit.count(Severity::Warning))),
        ],
    ))];
    if audit.orders == 0 {
        out.push(plain(w.get("audit.no-orders").to_owned()));
        return out;
    }
    out.push(plain(String::new()));
    for indicator in audit.indicators.iter().filter(|i| all || i.level != Some(Severity::Ok)) {
        let level = indicator.level.unwrap_or(Severity::Note);
        let mark = indicator.level.map_or_else(|| w.get("audit.not-told").to_owned(), |l| w.get(&format!("severity.{}", l.as_str())).to_owned());
        let examples = if indicator.examples.is_empty() {
            String::new()
        } else {
            format!("  ({})", indicator.examples.iter().take(3).cloned().collect::<Vec<_>>().join("; "))
        };
        out.push(Line { text: printable(&format!("{mark} {}{examples}", sentence(indicator, w))), severity: Some(level) });
    }
    for finding in &audit.of_shop {
        out.push(Line {
            text: printable(&format!("{} {}  [{}]", w.get(&format!("severity.{}", finding.severity.as_str())), w.message(finding), finding.code.as_str())),
            severity: Some(finding.severity),
        });
    }
    out.push(plain(String::new()));
    if audit.risks.is_empty() {
        out.push(plain(w.get("audit.no-risks").to_owned()));
    }
    let shown = if all { audit.risks.len() } else { SHOWN };
    for (rank, risk) in audit.risks.iter().take(shown).enumerate() {
        let Some(order) = checked.case.orders.get(risk.order) else { continue };
        let mut codes: Vec<&str> = risk.findings.iter().map(|f| f.code.as_str()).collect();
        codes.dedup();
        let first = risk.findings.first().map(|f| w.message(f)).unwrap_or_default();
        out.push(Line { text: printable(&format!("{:>4}  {}  {first}  [{}]", rank + 1, order.id.as_str(), codes.join(" "))), severity: Some(risk.worst) });
    }
    if audit.risks.len() > shown {
        out.push(plain(w.fill("audit.more", &[("n", &number(audit.risks.len() - shown))])));
    }
    out
}
