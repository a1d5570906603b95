//! The checks: what is missing, what contradicts, what explains, who can be argued. One rule is one function with its code, what it needs, what
//! clears it and the platform rule it comes from; its words are in templates/lang, its data under templates/.

mod anomaly;
mod data;
mod elsewhere;
mod groups;
mod harm;
mod invoices;
mod labels;
mod logistics;
mod money;
mod movement;
mod pictures;
mod places;
mod proof;
mod recipient;
mod requests;
mod results;
mod reuse;
mod sequence;
mod similar;
mod standing;
mod stock;
mod tasks;
#[cfg(test)]
mod tests;
mod trade;
mod view;
mod weights;

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
    let trade_words = data::TradeWords::load(&ctx.profile)?;
    let view = view::View::of(case, matching, ctx)?;

    // no rule asks what another found, and findings are sorted at the end
    let mut beside = findings.beside();
    let shipping = |found: &mut Findings| {
        logistics::numbers(&view, &trade_words, found);
        reuse::numbers(&view, found);
        logistics::scans(&view, found);
        movement::stalls(&view, found);
        places::check(&view, &trade_words, found);
        recipient::check(&view, &trade_words, found);
        similar::check(&view, found);
    };
    let evidence = |found: &mut Findings| {
        weights::check(&view, found);
        labels::check(&view, found);
        let groups = groups::Groups::of(&view, &ranks);
        groups.findings(&view, found);
        proof::carrier(&view, found);
        proof::chats(&view, &ranks, found);
        stock::check(&view, found);
        money::quantities(&view, found);
        invoices::check(&view, found);
        trade::check(&view, found);
        harm::content(&view, &harm_words, found);
        elsewhere::check(&view, &ranks, found);
        groups
    };
    let ((), groups) = ctx.pool.install(|| rayon::join(|| shipping(findings), || evidence(&mut beside)));
    findings.join(beside);
    pictures::check(&view, findings)?;

    let mut orders = results::orders(&view, &ranks, &groups);
    sequence::check(&view, &orders, findings);
    anomaly::findings(&view, &orders, findings);
    let listed_argued = standing::decide(&view, &groups, findings, &mut orders);
    let anomaly = anomaly::read(&view, &ranks, &orders);
    let requests = requests::list(&view, findings, &tasks::wanted(&view, &orders));
    let tasks = tasks::list(&view, &orders, findings, &requests);
    findings.sort();
    let counts = standing::count(&view, &orders, &listed_argued, findings);
    let completeness = standing::completeness(&view, &groups, &orders);
    Ok(Assessment { orders, listed_argued, counts, anomaly, completeness, requests, tasks })
}
