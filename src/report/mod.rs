//! What the seller is told: first screen, `check --format json`, and everything under `private/`. None of it enters upload/ or bundle/.

pub mod audit;
pub mod check_json;
pub(crate) mod html;
mod match_sheet;
mod private_page;
mod read;
mod requests;
pub mod screen;
pub mod start_page;
mod thumbnail;

use crate::bundle::swap::Staged;
use crate::context::Context;
use crate::error::Result;
use crate::finding::{Findings, Severity};
use crate::model::Time;
use crate::model::assessment::{Assessment, OrderAssessment};
use crate::model::case::Case;
use crate::model::evidence::Matching;
use crate::model::pages::PageMap;
use crate::text::json;

/// A judged case to look at.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its links.
    pub matching: &'a Matching,
    /// What the checks concluded.
    pub assessment: &'a Assessment,
    /// What was found.
    pub findings: &'a Findings,
}

impl View<'_> {
    /// Is there nothing to build because no order is to be argued: all are left out by the seller, or nothing else is wrong.
    pub fn none_argued(&self) -> bool {
        let counts = &self.assessment.counts;
        let by_seller = counts.flagged > 0 && self.assessment.orders.iter().all(OrderAssessment::left_out_by_seller);
        counts.argued == 0 && (by_seller || self.findings.count(Severity::Error) == 0)
    }

    /// Are there findings at level error, all of them of orders that the seller left out.
    pub fn errors_left_out(&self) -> bool {
        let mut errors = self.findings.all().iter().filter(|f| f.severity == Severity::Error).peekable();
        let left_out = |order: usize| self.assessment.orders.get(order).is_some_and(OrderAssessment::left_out_by_seller);
        errors.peek().is_some() && errors.all(|f| f.order.is_some_and(left_out))
    }
}

/// A run's result to report.
pub struct Outcome<'a> {
    /// The judged case.
    pub checked: View<'a>,
    /// Pages, when a book was built.
    pub pages: Option<&'a PageMap>,
    /// File names under bundle/.
    pub bags: &'a [String],
    /// Something must be cleared before anything can be built.
    pub blocked: bool,
    /// When the book was built that lies in the output folder from an earlier run.
    pub earlier: Option<Time>,
}

/// Writes `private/` and the start page into `staged`.
///
/// # Errors
/// Writing fails.
pub fn write(outcome: &Outcome<'_>, ctx: &Context, staged: &Staged) -> Result<()> {
    let view = &outcome.checked;
    let json = || json::pretty(&check_json::value(view, ctx.lang));
    let ((json, page), (requests, sheet)) = ctx.pool.install(|| {
        rayon::join(
            || rayon::join(json, || private_page::bytes(view, ctx)),
            || rayon::join(|| requests::sheets(view, ctx.lang), || match_sheet::bytes(view, ctx)),
        )
    });
    staged.write("private/findings.json", &json)?;
    staged.write("private/findings.html", &page)?;
    for (path, bytes) in requests? {
        staged.write(&format!("private/{path}"), &bytes)?;
    }
    if let Some((sheet, stem)) = &view.case.settings.sheet_kept {
        staged.keep(sheet, stem, "xlsx")?;
    }
    staged.write(crate::model::match_sheet::PATH, &sheet?)?;
    staged.write(start_page::name(ctx.lang), &start_page::bytes(outcome, ctx))?;
    Ok(())
}
