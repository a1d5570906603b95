//! The checks over every order of the exports, before any notice: which orders would look odd to a platform, and where the shop differs from its own
//! normal. In: a case judged as if all its orders were flagged. Out: risks, ranked, and indicators. Facts only: what an order looks like, not what it is.

mod data;
mod indicators;

use crate::error::Result;
use crate::finding::{Code, Finding, Severity};
use crate::pipeline::Checked;
use data::Rules;
use std::collections::{BTreeMap, BTreeSet};

/// What was found.
pub struct Audit {
    /// Orders looked at (distinct main orders of the exports).
    pub orders: usize,
    /// Orders that touch a rule, the riskiest first, then in the exports' order.
    pub risks: Vec<Risk>,
    /// Findings that are no single order's.
    pub of_shop: Vec<Finding>,
    /// The shop beside its own normal.
    pub indicators: Vec<Indicator>,
    /// Orders per local day, every day from the first to the last, at most [`MOST_DAYS`] (the last ones).
    pub days: Vec<(chrono::NaiveDate, usize)>,
    /// Orders per hour of the day.
    pub hours: [usize; 24],
}

/// Days of the chart.
pub const MOST_DAYS: usize = 400;

/// An order that touches rules.
pub struct Risk {
    /// Index in the case's orders.
    pub order: usize,
    /// The sum of its findings' weights (templates/audit.toml).
    pub weight: u64,
    /// Its worst finding's level.
    pub worst: Severity,
    /// Its findings, the gravest first.
    pub findings: Vec<Finding>,
}

/// A figure of the shop and what is usual for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Its name: `orders-per-day`, `stock-low` …; words in templates/lang/*/audit.toml.
    pub id: &'static str,
    /// Warning when it is unusual, note when it is worth a look, ok when nothing is, `None` when the exports do not tell.
    pub level: Option<Severity>,
    /// The words' variant: `None` where nothing is unusual.
    pub variant: Option<&'static str>,
    /// Values for the words.
    pub params: Vec<(&'static str, String)>,
    /// What is meant, one line each (days, articles, numbers of orders), at most [`indicators::MOST_EXAMPLES`].
    pub examples: Vec<String>,
}

/// Ranks and measures a case that was judged with all its orders.
///
/// # Errors
/// When templates/audit.toml, laid over ours by the user, is wrong.
pub fn audit(checked: &Checked) -> Result<Audit> {
    let rules = Rules::load(&checked.ctx.profile)?;
    let case = &checked.case;
    let mut by_order: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
    let mut of_shop = Vec::new();
    // what was never paid was never to be sent; where no order has a payment, the exports lack the column
    let told = case.orders.iter().any(|o| o.paid_at.is_some());
    let unpaid = |f: &Finding| f.order.and_then(|o| case.orders.get(o)).is_some_and(|o| told && o.paid_at.is_none());
    let meant = |f: &&Finding| rules.is_risk(f.code) && f.severity != Severity::Ok && !(f.code == Code::TrackingNumberMissing && unpaid(f));
    for finding in checked.findings.all().iter().filter(meant) {
        match finding.order {
            Some(order) => by_order.entry(order).or_default().push(finding.clone()),
            None => of_shop.push(finding.clone()),
        }
    }
    let mut risks: Vec<Risk> = by_order
        .into_iter()
        .map(|(order, findings)| {
            // one rule touched at five scans is one rule touched
            let rules_touched: BTreeSet<(Severity, Code)> = findings.iter().map(|f| (f.severity, f.code)).collect();
            let weight = rules_touched.iter().map(|(severity, _)| rules.weight(*severity)).sum();
            let worst = findings.iter().map(|f| f.severity).min().unwrap_or(Severity::Note);
            Risk { order, weight, worst, findings }
        })
        .collect();
    risks.sort_by_key(|r| (std::cmp::Reverse(r.weight), r.order));
    let (days, hours) = indicators::rhythm(case);
    let indicators = indicators::all(checked, &rules, &days);
    let from = days.len().saturating_sub(MOST_DAYS);
    Ok(Audit { orders: case.orders.len(), risks, of_shop, indicators, days: days.get(from..).unwrap_or_default().to_vec(), hours })
}

impl Audit {
    /// Something at level error was found.
    pub fn has_errors(&self) -> bool {
        self.risks.iter().any(|r| r.worst == Severity::Error) || self.of_shop.iter().any(|f| f.severity == Severity::Error)
    }

    /// Orders of a level, by their worst finding.
    pub fn count(&self, level: Severity) -> usize {
        self.risks.iter().filter(|r| r.worst == level).count()
    }
}
