//! Names of buyers and recipients in paths: 种草达人小美 is a person, and no word for what a picture shows.

use super::{Intake, orders};
use crate::model::file::{Kind, Status};
use crate::profile::kind_words::KindWords;
use crate::text::width::narrow;
use std::collections::BTreeSet;

/// Shorter names are found in other words.
const SHORTEST: usize = 3;

/// Tells the kind of files anew whose path names a buyer or recipient of the exports by a name that sounds like a kind.
pub(super) fn passed_over(intake: &mut Intake, kinds: &KindWords) {
    let meant = |name: &String| name.chars().count() >= SHORTEST && !name.contains('*') && kinds.only_sounds_like_one(name);
    let names: BTreeSet<String> = orders::names(intake).map(folded).filter(meant).collect();
    if names.is_empty() {
        return;
    }
    // a name within a longer one is blanked with it
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_by_key(|n| std::cmp::Reverse(n.len()));
    for entry in intake.files.iter_mut().filter(|e| e.status == Status::Unmatched) {
        // what its content told stays
        if entry.kind == Kind::Other || kinds.of_path(&entry.path) != Some(entry.kind) {
            continue;
        }
        let mut path = folded(&entry.path);
        for name in names.iter().filter(|n| !n.contains('/')) {
            path = path.replace(name.as_str(), " ");
        }
        entry.kind = kinds.of_path(&path).unwrap_or(Kind::Other);
    }
}

fn folded(text: &str) -> String {
    narrow(text).trim().to_lowercase()
}
