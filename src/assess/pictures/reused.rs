//! `picture-reused`: one picture under the names of different buyers or parcels, as equal bytes or as the same picture cropped, scaled or saved again; a
//! PDF, document or film as equal bytes only.
//!
//! Needs files whose paths or `[[assign]]` name orders. Source: a reviewer takes one picture for two orders as forgery (Tmall 11000251: 4 points and
//! ¥5,000). Several orders of one buyer, or `[[assign]]` to several, is told as a note. Cleared by the right picture, or a reason under `[[accept]]`.

use super::data::Rules;
use super::near::{self, Same};
use super::{accepted, finding_of};
use crate::assess::elsewhere::is_one_piece;
use crate::assess::view::View;
use crate::error::Result;
use crate::finding::{Code, Findings, Severity};
use crate::media::pixels::cache::PixelCache;
use crate::model::evidence::{Key, Link, Strength};
use crate::model::file::{Kind, Status};
use crate::model::order::{Order, Whose};
use crate::model::record::Content;
use crate::model::source::{FileId, Place};
use std::collections::{BTreeMap, BTreeSet};

/// Copies that one copy is compared with. A picture that lies in a thousand folders contradicts the first of them already.
const COMPARED: usize = 64;

/// What speaks for whom: the links of a file that its own name or the user made.
pub(super) type Named<'a> = BTreeMap<FileId, Vec<&'a Link>>;

/// # Errors
/// When the user asked to stop while pictures were compared.
pub(super) fn check(view: &View, rules: &Rules, pixels: Option<&PixelCache>, findings: &mut Findings) -> Result<()> {
    let named = named(view);
    assigned_to_several(view, rules, &named, findings);
    let same = match pixels {
        Some(pixels) => near::find(view, rules, pixels, &named)?,
        None => Vec::new(),
    };
    for group in groups(view, rules, &same) {
        let files: Vec<FileId> = group.into_iter().filter(|f| named.contains_key(f)).collect();
        let told_inside = files.first().filter(|f| !is_picture(view, **f)).map(|f| told_inside(view, original(view, *f)));
        let mut told: BTreeSet<usize> = BTreeSet::new();
        for own in &files {
            let worst = files
                .iter()
                .filter(|f| *f != own && !meant_for_both(view, &named, told_inside.as_ref(), *own, **f))
                .take(COMPARED)
                .filter_map(|other| Some((compare(view, &named, *own, *other)?, *other)));
            // of equally grave ones the first in path order
            if let Some((clash, other)) = worst.min_by_key(|(clash, other)| (*clash, *other)) {
                tell(view, &named, (*own, other), clash, &mut told, findings);
            }
        }
    }
    Ok(())
}

/// Links by name, of the files and of their byte-identical copies.
fn named<'a>(view: &View<'a>) -> Named<'a> {
    let mut named = Named::new();
    let by_name = |l: &&Link| l.strength >= Strength::Strong && !l.inferred && (l.place == Place::Path || l.key == Key::Assign);
    for link in view.matching.links.iter().chain(&view.matching.of_duplicates).filter(by_name) {
        named.entry(link.file).or_default().push(link);
    }
    named
}

/// Is it a picture that speaks of one buyer or parcel: the same campaign page in every folder is no contradiction.
pub(super) fn is_evidence(view: &View, rules: &Rules, file: FileId) -> bool {
    matches!(view.case.content(file).content, Content::Picture(_)) && rules.reused.kinds.contains(&view.case.file(file).kind)
}

/// Is it a paper or film that speaks of one buyer or parcel: only its exact copies are known.
fn is_other_evidence(view: &View, rules: &Rules, file: FileId) -> bool {
    is_one_piece(&view.case.content(file).content) && rules.reused.kinds.contains(&view.case.file(file).kind)
}

/// The file itself, of a copy the first one.
fn original(view: &View, file: FileId) -> FileId {
    view.case.file(file).same_as.unwrap_or(file)
}

fn is_picture(view: &View, file: FileId) -> bool {
    matches!(view.case.content(original(view, file)).content, Content::Picture(_))
}

/// The orders that a paper names itself.
fn told_inside(view: &View, file: FileId) -> BTreeSet<usize> {
    let inside = |l: &&Link| l.file == file && l.strength >= Strength::Strong && !l.inferred && !matches!(l.place, Place::Path | Place::Whole);
    view.matching.links.iter().filter(inside).map(|l| l.order).collect()
}

/// Is a copy of a paper no contradiction: it names both orders itself, as a courier's list does; or it is a certificate or licence that keeps its name in
/// the folders of all orders.
fn meant_for_both(view: &View, named: &Named, told_inside: Option<&BTreeSet<usize>>, a: FileId, b: FileId) -> bool {
    let Some(told_inside) = told_inside else { return false };
    let both: BTreeSet<usize> = [a, b].into_iter().filter_map(|file| named.get(&file)).flat_map(|links| orders(links)).collect();
    let name = |file: FileId| view.path(file).rsplit('/').next();
    let general = matches!(view.case.file(original(view, a)).kind, Kind::CourierProof | Kind::Other);
    both.is_subset(told_inside) || general && name(a) == name(b)
}

/// Files that show one picture, in path order, each group by its first file: copies to the byte, joined by the pairs that look the same.
fn groups(view: &View, rules: &Rules, same: &[Same]) -> Vec<Vec<FileId>> {
    let copies = view.case.files.iter().filter(|f| f.status == Status::Duplicate).filter_map(|f| Some((f.same_as?, f.id)));
    let copies = copies.filter(|(original, _)| is_evidence(view, rules, *original) || is_other_evidence(view, rules, *original));
    let mut first: BTreeMap<FileId, FileId> = BTreeMap::new();
    let root = |first: &BTreeMap<FileId, FileId>, mut file: FileId| {
        while let Some(next) = first.get(&file) {
            file = *next;
        }
        file
    };
    let mut members: BTreeSet<FileId> = BTreeSet::new();
    for (a, b) in copies.chain(same.iter().map(|s| (s.first, s.second))) {
        members.extend([a, b]);
        let (x, y) = (root(&first, a), root(&first, b));
        if x != y {
            first.insert(x.max(y), x.min(y));
        }
    }
    let mut groups: BTreeMap<FileId, Vec<FileId>> = BTreeMap::new();
    for file in members {
        groups.entry(root(&first, file)).or_default().push(file);
    }
    groups.into_values().collect()
}

/// How gravely two places of one picture contradict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Clash {
    /// Other buyers or other parcels.
    Different,
    /// Several orders of one buyer.
    SameBuyer,
}

fn orders(links: &[&Link]) -> BTreeSet<usize> {
    links.iter().map(|l| l.order).collect()
}

/// Do the links of two places of one picture name no order in common. Asked of thousands of pairs.
pub(super) fn contradict(a: &[&Link], b: &[&Link]) -> bool {
    a.iter().all(|link| b.iter().all(|other| link.order != other.order))
}

/// How two places of one picture contradict; `None` when they name an order in common, or one of them none.
pub(super) fn compare(view: &View, named: &Named, a: FileId, b: FileId) -> Option<Clash> {
    let (x, y) = (named.get(&a)?, named.get(&b)?);
    if !contradict(x, y) {
        return None;
    }
    let parcels = x.iter().chain(y).all(|l| l.key == Key::Waybill);
    Some(if !parcels && one_buyer(view, orders(x).union(&orders(y))) { Clash::SameBuyer } else { Clash::Different })
}

/// Are all these orders of one buyer who is known.
fn one_buyer<'b>(view: &View, orders: impl Iterator<Item = &'b usize>) -> bool {
    let buyers: BTreeSet<Option<Whose>> = orders.map(|order| view.case.orders.get(*order).and_then(Order::whose)).collect();
    buyers.len() == 1 && !buyers.contains(&None)
}

/// Each order of the file that is not told yet; the finding stands at the path that names it.
fn tell(view: &View, named: &Named, (own, other): (FileId, FileId), clash: Clash, told: &mut BTreeSet<usize>, findings: &mut Findings) {
    let Some(links) = named.get(&own) else { return };
    let to_the_byte = view.case.file(own).sha256 == view.case.file(other).sha256;
    for order in orders(links) {
        if !told.insert(order) {
            continue;
        }
        let finding = finding_of(view, Code::PictureReused, order, own).at(own, Place::Path).with("other", view.path(other));
        let picture = is_picture(view, own);
        findings.push(match (accepted(view, Code::PictureReused, &[own, other]), clash) {
            (Some(accept), _) if !picture => finding.variant("file-accepted").severity(Severity::Note).with("why", &accept.why),
            (None, Clash::SameBuyer) if !picture => finding.variant("file-same-buyer").severity(Severity::Note),
            (None, Clash::Different) if !picture => finding.variant("file"),
            (Some(accept), _) => finding.variant("accepted").severity(Severity::Note).with("why", &accept.why),
            (None, Clash::SameBuyer) => finding.variant(if to_the_byte { "same-buyer" } else { "similar-same-buyer" }).severity(Severity::Note),
            (None, Clash::Different) if to_the_byte => finding,
            (None, Clash::Different) => finding.variant("similar"),
        });
    }
}

/// One picture that the user tied to several orders of different buyers: he knows, a reviewer may still ask. Assigned to all it is meant for all.
fn assigned_to_several(view: &View, rules: &Rules, named: &Named, findings: &mut Findings) {
    for (file, links) in named.iter().filter(|(file, _)| is_evidence(view, rules, **file)) {
        let assigned: BTreeSet<usize> = links.iter().filter(|l| l.key == Key::Assign).map(|l| l.order).collect();
        let several = assigned.len() > 1 && assigned.len() < view.case.orders.len();
        if several && view.case.file(*file).status != Status::Duplicate && !one_buyer(view, assigned.iter()) {
            let found = crate::finding::Finding::new(Code::PictureReused).variant("assigned").severity(Severity::Note);
            findings.push(found.file(*file).with("file", view.path(*file)).with("count", assigned.len()));
        }
    }
}
