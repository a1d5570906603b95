//! The checks over every order of the exports, before any notice: which orders would look odd to a platform, and where the shop differs from its own
//! normal. In: a case judged as if all its orders were flagged. Out: risks, ranked, and indicators. Facts only: what an order looks like, not what it is.

mod data;
mod indicators;

use crate::error::Result;
use crate::finding::{BETWEEN, Code, Finding, Severity};
use crate::model::case::Case;
use crate::model::source::FileId;
use crate::pipeline::Checked;
use data::Rules;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    let mut unnumbered = Unnumbered::of(case);
    // a shop of a year has thousands of buyers who came again
    let by_id: LazyCell<HashMap<&str, usize>, _> = LazyCell::new(|| case.orders.iter().enumerate().map(|(i, order)| (order.id.as_str(), i)).collect());
    for finding in checked.findings.all().iter().filter(|f| rules.is_risk(f.code, f.variant) && f.severity != Severity::Ok) {
        match finding.order {
            Some(order) if finding.code == Code::TrackingNumberMissing && !unnumbered.weigh(order) => {}
            Some(_) if finding.code == Code::BuyerOften => {
                for (order, finding) in of_each_order(finding, case, &by_id) {
                    by_order.entry(order).or_default().push(finding);
                }
            }
            Some(order) => by_order.entry(order).or_default().push(finding.clone()),
            None => of_shop.push(finding.clone()),
        }
    }
    of_shop.extend(unnumbered.told());
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

/// Which orders without a waybill number are a risk: not those of which nothing was to be sent, and not those of an export that numbers no parcel at all
/// (Shopify, JD), which is told once.
struct Unnumbered<'a> {
    case: &'a Case,
    /// Where no order has a payment, the exports lack the column, and nothing can be told from its being blank.
    payments: bool,
    /// Files of orders with a number.
    numbered: BTreeSet<FileId>,
    /// Orders to be sent, by export, of those that number none.
    of_file: BTreeMap<FileId, usize>,
}

impl<'a> Unnumbered<'a> {
    fn of(case: &'a Case) -> Self {
        let payments = case.orders.iter().any(|o| o.paid_at.is_some());
        let numbered = case.export.iter().filter(|e| !e.waybills.is_empty()).map(|e| e.file).collect();
        Unnumbered { case, payments, numbered, of_file: BTreeMap::new() }
    }

    /// Is the order a risk; one of an export without numbers is counted for what is told of that file.
    fn weigh(&mut self, order: usize) -> bool {
        let Some(order) = self.case.orders.get(order) else { return false };
        // what was never paid was never to be sent
        if order.unsent() || (self.payments && order.paid_at.is_none()) {
            return false;
        }
        match order.rows.first() {
            Some((file, _)) if !self.numbered.contains(file) => {
                *self.of_file.entry(*file).or_default() += 1;
                false
            }
            _ => true,
        }
    }

    fn told(self) -> impl Iterator<Item = Finding> + use<'a> {
        let case = self.case;
        self.of_file
            .into_iter()
            .map(|(file, count)| Finding::new(Code::NotCheckable).variant("waybills").file(file).with("file", &case.file(file).path).with("count", count))
    }
}

/// A finding of several orders, told of each: the audit ranks orders, and none of them is flagged.
fn of_each_order(finding: &Finding, case: &Case, by_id: &HashMap<&str, usize>) -> Vec<(usize, Finding)> {
    let listed = finding.params.iter().find(|(name, _)| *name == "orders").map_or("", |(_, list)| list.as_str());
    let ids: BTreeSet<&str> = listed.split(BETWEEN).collect();
    let touched = ids.into_iter().filter_map(|id| by_id.get(id).and_then(|i| Some((*i, case.orders.get(*i)?))));
    touched
        .map(|(i, order)| {
            let own = finding.clone().order(i, order.id.as_str()).variant("audit");
            (i, order.buyer.as_ref().map_or(own.clone(), |buyer| own.at(buyer.file, buyer.place.clone())))
        })
        .collect()
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
