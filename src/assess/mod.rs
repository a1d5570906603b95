//! The checks: what is missing, what contradicts, what explains, who can be argued. One rule is one function with its code, what it needs, what
//! clears it and the platform rule it comes from; its words are in templates/lang, its data under templates/.

mod anomaly;
mod data;
mod harm;
mod logistics;
mod pictures;
mod proof;
mod results;
mod reuse;
mod standing;
mod stock;
mod tasks;
#[cfg(test)]
mod tests;
mod view;

use crate::context::Context;
use crate::error::Result;
use crate::finding::Findings;
use crate::model::assessment::Assessment;
use crate::model::case::Case;
use crate::model::evidence::Matching;

/// Judges a matched case: pushes the findings of the families logistics, proof, money, harm and pictures, sorts all findings, and gives steps, proofs,
/// standing and totals.
///
/// # Errors
/// When a data file under templates/ (carriers, ranks, words) that the user laid over ours is wrong.
pub fn assess(case: &Case, matching: &Matching, ctx: &Context, findings: &mut Findings) -> Result<Assessment> {
    let ranks = data::Ranks::load(&ctx.profile)?;
    let harm_words = data::HarmWords::load(&ctx.profile)?;
    let view = view::View::of(case, matching, ctx)?;

    logistics::numbers(&view, findings);
    reuse::numbers(&view, findings);
    logistics::scans(&view, findings);
    proof::groups(&view, findings);
    proof::carrier(&view, findings);
    proof::chats(&view, &ranks, findings);
    stock::check(&view, findings);
    harm::content(&view, &harm_words, findings);
    pictures::check(&view, findings)?;

    let mut orders = results::orders(&view, &ranks);
    anomaly::findings(&view, &orders, findings);
    let listed_argued = standing::decide(&view, findings, &mut orders);
    let anomaly = anomaly::read(&view, &ranks, &orders);
    let tasks = tasks::list(&view, &orders, findings);
    findings.sort();
    let counts = standing::count(&view, &orders, &listed_argued, findings);
    Ok(Assessment { orders, listed_argued, counts, anomaly, tasks })
}
