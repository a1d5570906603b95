//! `traces-similar`: parcels of different buyers whose scans agree node for node and minute for minute, or are one trace moved in time.
//!
//! Needs traces with a few scans (`similar-scans`). Every trace of the case is compared, also those of orders that are not flagged. Source: Tmall 11000266
//! 第十一条(6) (一致或高度相似, 2026-04-09). Cleared by the right numbers, or by the carrier's word (one van, one street).
//! Cost: each trace puts its scans into hash tables once whole, once relative to its first scan, and once without each single scan, so it grows with
//! the number of scans and never with pairs of orders.

use super::reuse;
use super::view::View;
use crate::finding::{Code, Findings, Severity};
use crate::model::record::Trace;
use crate::text::ids::clean_waybill;
use crate::text::nicks;
use crate::text::width::narrow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Longer traces are compared by their first scans.
const MOST_SCANS: usize = 60;
/// Traces whose sequence without one scan is looked at have at least so many more scans than `similar-scans`.
const SPARE: usize = 2;

/// In what way two traces are alike. The gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Likeness {
    /// The same scans at the same minutes.
    Equal,
    /// The same scans but for one.
    ButOne,
    /// The same scans at the same distances, on another day.
    Moved,
}

/// A scan as it is compared: a node's hash and the minute.
type Scan = (u64, i64);

/// Each flagged order once, with the first other number that its trace is like.
pub(super) fn check(view: &View, findings: &mut Findings) {
    let Some(least) = view.threshold("similar-scans").and_then(|t| usize::try_from(t.value).ok()).filter(|n| *n > 0) else { return };
    let mut traces: BTreeMap<String, &Trace> = BTreeMap::new();
    for entry in view.case.files.iter().filter(|f| f.same_as.is_none()) {
        for trace in view.case.content(entry.id).content.traces().into_iter().filter(|t| tells_sites(t)) {
            traces.entry(clean_waybill(&trace.waybill)).or_insert(trace);
        }
    }
    let mut groups: HashMap<(Likeness, u64), Vec<&str>> = HashMap::new();
    for (number, trace) in &traces {
        for key in keys(&scans(trace), least) {
            groups.entry(key).or_default().push(number);
        }
    }
    // the number a trace is most like; of several the first by number, whatever the order of the tables
    let mut like: BTreeMap<&str, (Likeness, &str)> = BTreeMap::new();
    for ((likeness, _), numbers) in &groups {
        let (Some(first), Some(second)) = (numbers.first(), numbers.get(1)) else { continue };
        for number in numbers {
            let other = if number == first { second } else { first };
            let best = like.entry(number).or_insert((*likeness, other));
            *best = (*best).min((*likeness, other));
        }
    }
    if like.is_empty() {
        return;
    }
    let owners = owners(view, &like.iter().flat_map(|(number, (_, other))| [*number, *other]).collect());
    for (i, o) in view.orders.iter().enumerate() {
        let mut told = BTreeSet::new();
        for (file, trace) in &o.traces {
            let number = clean_waybill(&trace.waybill);
            let Some((likeness, other)) = like.get(number.as_str()).filter(|_| told.insert(number.clone())) else { continue };
            let one_buyer = one_buyer(view, owners.get(&number), owners.get(*other));
            if one_buyer == Some(true) {
                continue;
            }
            let finding = view.finding(Code::TracesSimilar, i).at(*file, trace.place.clone()).with("waybill", &trace.waybill).with("other", other);
            findings.push(match (one_buyer, likeness) {
                (None, _) => finding.variant("masked").severity(Severity::Note),
                (_, Likeness::Equal) => finding,
                (_, Likeness::ButOne) => finding.variant("but-one"),
                (_, Likeness::Moved) => finding.variant("moved"),
            });
        }
    }
}

/// Do most scans say where they were: in a field of their own, or in their Chinese words, which begin with the site? Of others it could only be said that
/// they were scanned alike, and every parcel is.
fn tells_sites(trace: &Trace) -> bool {
    let told = trace.events.iter().filter(|e| e.location.is_some() || !e.text.is_ascii()).count();
    told * 2 > trace.events.len()
}

/// Waybill → entry of the exports that carries it.
fn owners(view: &View, numbers: &HashSet<&str>) -> HashMap<String, usize> {
    let entries = view.case.export.iter().enumerate();
    let all = entries.flat_map(|(i, e)| e.waybills.iter().map(move |w| (clean_waybill(w), i)));
    all.filter(|(number, _)| numbers.contains(number.as_str())).collect()
}

/// One buyer's parcels to one address travel together. `None` when nick and address are the same but both masked, or the export tells no buyer: they may be
/// two buyers' or one's.
fn one_buyer(view: &View, a: Option<&usize>, b: Option<&usize>) -> Option<bool> {
    let entry = |i: Option<&usize>| i.and_then(|i| view.case.export.get(*i));
    match (entry(a), entry(b)) {
        (Some(a), Some(b)) => {
            let (here, there) = (reuse::readable(&a.address), reuse::readable(&b.address));
            let one_address = here.as_ref().zip(there.as_ref()).map_or(a.address == b.address, |(a, b)| a == b);
            match (a.id == b.id, a.buyer == b.buyer && one_address) {
                (true, _) => Some(true),
                (_, false) => Some(false),
                // an export without nicks: one address may be one buyer's, no address says nothing
                _ if a.buyer.is_empty() && a.address.is_empty() => Some(false),
                _ if a.buyer.is_empty() => None,
                _ if here.is_none() && !nicks::readable(&a.buyer) => None,
                _ => Some(true),
            }
        }
        _ => Some(false),
    }
}

fn scans(trace: &Trace) -> Vec<Scan> {
    let node = |e: &crate::model::record::TraceEvent| {
        let mut hasher = DefaultHasher::new();
        match &e.location {
            Some(site) => narrow(site).trim().hash(&mut hasher),
            // the words, without the numbers and names at their end that differ from parcel to parcel
            None => e.text.chars().filter(|c| !c.is_ascii_digit()).take(12).collect::<String>().hash(&mut hasher),
        }
        hasher.finish()
    };
    trace.events.iter().take(MOST_SCANS).map(|e| (node(e), e.at.timestamp().div_euclid(60))).collect()
}

/// Under which keys a trace is filed.
fn keys(scans: &[Scan], least: usize) -> BTreeSet<(Likeness, u64)> {
    let mut keys = BTreeSet::new();
    let Some((_, begin)) = scans.first().filter(|_| scans.len() >= least) else { return keys };
    keys.insert((Likeness::Equal, digest(scans.iter().copied())));
    keys.insert((Likeness::Moved, digest(scans.iter().map(|(node, minute)| (*node, minute - begin)))));
    // the whole sequence stands here, too, so that it meets one that has a scan more
    keys.insert((Likeness::ButOne, digest(scans.iter().copied())));
    if scans.len() >= least + SPARE {
        keys.extend((0..scans.len()).map(|gap| (Likeness::ButOne, digest(scans.iter().enumerate().filter(|(i, _)| *i != gap).map(|(_, s)| *s)))));
    }
    keys
}

fn digest(scans: impl Iterator<Item = Scan>) -> u64 {
    let mut hasher = DefaultHasher::new();
    scans.for_each(|s| s.hash(&mut hasher));
    hasher.finish()
}
