//! `audit.html`: indicators, orders per day and hour as charts, the riskiest orders with their rules. Self-contained, printable, without script.

use super::super::html::{escape, page};
use super::sentence;
use crate::audit::Audit;
use crate::finding::Severity;
use crate::model::Lang;
use crate::pipeline::Checked;
use crate::profile::lang::{Words, words};

/// Orders in the table; JSON has all.
const MOST_ORDERS: usize = 500;
/// Width and height of a chart's drawing in its own units.
const WIDTH: f32 = 900.0;
const HEIGHT: f32 = 170.0;

/// The page.
pub fn bytes(checked: &Checked, audit: &Audit, lang: Lang) -> Vec<u8> {
    let w = words(lang);
    let title = w.get("audit.title");
    let number = |n: usize| n.to_string();
    let mut body = format!(
        "<h1>{}</h1>\n<p class=\"muted\">{}</p>\n<div class=\"box\"><p>{}</p></div>\n",
        escape(title),
        escape(w.get("audit.keep")),
        escape(&w.fill(
            "audit.head",
            &[
                ("orders", &number(audit.orders)),
                ("touched", &number(audit.risks.len())),
                ("errors", &number(audit.count(Severity::Error))),
                ("warnings", &number(audit.count(Severity::Warning)))
            ],
        ))
    );
    indicators(audit, w, &mut body);
    let days: Vec<(String, usize)> = audit.days.iter().map(|(d, n)| (d.to_string(), *n)).collect();
    chart(w.get("audit.per-day"), &days, &mut body);
    let hours: Vec<(String, usize)> = audit.hours.iter().enumerate().map(|(h, n)| (format!("{h}:00"), *n)).collect();
    chart(w.get("audit.per-hour"), &hours, &mut body);
    risks(checked, audit, w, &mut body);
    page(lang, title, &body)
}

fn indicators(audit: &Audit, w: &Words, body: &mut String) {
    body.push_str(&format!("<h2>{}</h2>\n<table>", escape(w.get("audit.indicators"))));
    for indicator in &audit.indicators {
        let (class, mark) = match indicator.level {
            Some(level) => (level.as_str(), w.get(&format!("severity.{}", level.as_str())).to_owned()),
            None => ("muted", w.get("audit.not-told").to_owned()),
        };
        let examples: Vec<String> = indicator.examples.iter().map(|e| escape(e)).collect();
        body.push_str(&format!(
            "<tr><td class=\"level\"><span class=\"{class}\">{}</span></td><td>{}<br><span class=\"muted\">{}</span></td></tr>\n",
            escape(&mark),
            escape(&sentence(indicator, w)),
            examples.join(" · ")
        ));
    }
    for finding in &audit.of_shop {
        body.push_str(&format!(
            "<tr><td class=\"level\"><span class=\"{0}\">{1}</span></td><td>{2} <code>{3}</code></td></tr>\n",
            finding.severity.as_str(),
            escape(w.get(&format!("severity.{}", finding.severity.as_str()))),
            escape(&w.message(finding)),
            finding.code.as_str()
        ));
    }
    body.push_str("</table>\n");
}

/// Bars with the highest value and the first and last name beside them; each bar tells its own on hovering.
fn chart(title: &str, bars: &[(String, usize)], body: &mut String) {
    let Some(most) = bars.iter().map(|(_, n)| *n).max().filter(|n| *n > 0) else { return };
    let step = WIDTH / bars.len() as f32;
    let mut drawing = String::new();
    for (i, (name, n)) in bars.iter().enumerate() {
        let height = *n as f32 / most as f32 * (HEIGHT - 40.0);
        drawing.push_str(&format!(
            "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{height:.2}\" fill=\"#1f3a5f\"><title>{} {n}</title></rect>",
            i as f32 * step,
            HEIGHT - 20.0 - height,
            (step * 0.8).max(0.5),
            escape(name)
        ));
    }
    let (first, last) = (bars.first().map_or("", |b| b.0.as_str()), bars.last().map_or("", |b| b.0.as_str()));
    body.push_str(&format!(
        "<h2>{}</h2>\n<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" width=\"100%\">\
         <text x=\"0\" y=\"14\" font-size=\"13\" fill=\"#6b6b6b\">{most}</text>\
         <line x1=\"0\" y1=\"20\" x2=\"{WIDTH}\" y2=\"20\" stroke=\"#d0d4da\" stroke-dasharray=\"3 3\"/>{drawing}\
         <line x1=\"0\" y1=\"{base}\" x2=\"{WIDTH}\" y2=\"{base}\" stroke=\"#6b6b6b\"/>\
         <text x=\"0\" y=\"{HEIGHT}\" font-size=\"13\" fill=\"#6b6b6b\">{}</text>\
         <text x=\"{WIDTH}\" y=\"{HEIGHT}\" font-size=\"13\" text-anchor=\"end\" fill=\"#6b6b6b\">{}</text></svg>\n",
        escape(title),
        escape(title),
        escape(first),
        escape(last),
        base = HEIGHT - 20.0
    ));
}

fn risks(checked: &Checked, audit: &Audit, w: &Words, body: &mut String) {
    body.push_str(&format!("<h2>{} · {}</h2>\n", escape(w.get("audit.risks")), audit.risks.len()));
    if audit.risks.is_empty() {
        body.push_str(&format!("<p>{}</p>\n", escape(w.get("audit.no-risks"))));
        return;
    }
    body.push_str(&format!(
        "<table><tr><th class=\"n\">#</th><th>{}</th><th>{}</th><th>{}</th></tr>\n",
        escape(w.get("private.order")),
        escape(w.get("private.what")),
        escape(w.get("private.next"))
    ));
    for (rank, risk) in audit.risks.iter().take(MOST_ORDERS).enumerate() {
        let Some(order) = checked.case.orders.get(risk.order) else { continue };
        let lines: Vec<String> = risk
            .findings
            .iter()
            .map(|f| format!("<span class=\"{}\">{}</span> <code>{}</code>", f.severity.as_str(), escape(&w.message(f)), f.code.as_str()))
            .collect();
        let hint = risk.findings.first().map(|f| w.audit_hint(f)).unwrap_or_default();
        body.push_str(&format!(
            "<tr><td class=\"n\">{}</td><td class=\"id\">{}</td><td>{}</td><td class=\"hint\">{}</td></tr>\n",
            rank + 1,
            escape(order.id.as_str()),
            lines.join("<br>"),
            escape(hint.trim_end())
        ));
    }
    body.push_str("</table>\n");
    if audit.risks.len() > MOST_ORDERS {
        body.push_str(&format!("<p>{}</p>\n", escape(&w.fill("audit.more", &[("n", &(audit.risks.len() - MOST_ORDERS).to_string())]))));
    }
}
