//! What `audit` tells: lines for the terminal, JSON, and a page with charts. For the seller only.

mod json;
mod page;
mod screen;

pub use json::value as json;
pub use page::bytes as page;
pub use screen::lines;

use crate::audit::Indicator;
use crate::profile::lang::Words;

/// Name of the page.
pub const PAGE: &str = "audit.html";

/// An indicator's sentence.
fn sentence(indicator: &Indicator, w: &Words) -> String {
    let params: Vec<(&str, &str)> = indicator.params.iter().map(|(k, v)| (*k, v.as_str())).collect();
    match indicator.variant {
        Some(variant) => w.fill(&format!("audit.{}-{variant}", indicator.id), &params),
        None => w.fill(&format!("audit.{}", indicator.id), &params),
    }
}
