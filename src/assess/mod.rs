//! The checks: what is missing, what contradicts, what explains, who can be argued. One rule is one function with its code, what it needs, what
//! clears it and the platform rule it comes from; its words are in templates/lang, its data under templates/.

mod anomaly;
mod bills;
mod data;
mod elsewhere;
mod groups;
mod harm;
mod harm_words;
mod invoices;
mod labels;
mod logistics;
mod money;
mod movement;
mod payments;
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
mod us_places;
mod view;
mod weights;

use crate::context::Context;
use crate::error::Result;
use crate::finding::Findings;
use crate::media::pixels::cache::PixelCache;
use crate::model::assessment::Assessment;
use crate::model::case::Case;
use crate::model::evidence::Matching;
use crate::profile::order_state::OrderStates;

/// Judges a matched case: pushes the findings of the families logistics, proof, money, harm and pictures, sorts all findings, and gives steps, proofs,
/// standing and totals.
///
/// # Errors
/// When a data file under templates/ (carriers, ranks, words) that the user laid over ours is wrong.
pub fn assess(case: &Case, matching: &Matching, pixels: Option<&PixelCache>, ctx: &Context, findings: &mut Findings) -> Result<Assessment> {
    let ranks = data::Ranks::load(&ctx.profile)?;
    let harm_words = harm_words::HarmWords::load(&ctx.profile)?;
    let trade_words = data::TradeWords::load(&ctx.profile)?;
    // read already where orders are made; a mistake in it stops the run here
    OrderStates::load(&ctx.profile)?;
    let view = view::View::of(case, matching, ctx)?;

    logistics::numbers(&view, &trade_words, findings);
    reuse::numbers(&view, findings);
    logistics::scans(&view, findings);
    bills::check(&view, findings);
    movement::stalls(&view, findings);
    places::check(&view, &trade_words, findings);
    recipient::check(&view, &trade_words, findings);
    similar::check(&view, findings);
    weights::check(&view, findings);
    labels::check(&view, findings);
    let groups = groups::Groups::of(&view, &ranks);
    groups.findings(&view, findings);
    proof::carrier(&view, findings);
    proof::chats(&view, findings);
    stock::check(&view, findings);
    money::quantities(&view, findings);
    payments::check(&view, findings);
    invoices::check(&view, findings);
    trade::check(&view, findings);
    harm::content(&view, &harm_words, findings);
    pictures::check(&view, pixels, findings)?;
    elsewhere::check(&view, &ranks, findings);

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
