//! Pictures as evidence: used twice, edited or drawn on, illegible, taken too late, chats with gaps. Looks only at pictures that are tied to a flagged order.
//!
//! In: what intake read of each picture, links, the data of templates/pictures.toml and templates/picture-software.toml. Out: findings.

mod apart;
mod candidates;
mod data;
mod edited;
mod gaps;
mod ground;
mod joins;
mod legible;
mod near;
mod opened;
mod reused;
mod taken;

use super::view::View;
use crate::context::PixelChecks;
use crate::error::Result;
use crate::finding::{Code, Finding, Findings};
use crate::media::pixels::cache::PixelCache;
use crate::model::evidence::Strength;
use crate::model::file::Status;
use crate::model::record::{Content, PictureInfo};
use crate::model::settings::Accept;
use crate::model::source::FileId;
use crate::text::glob;
use std::collections::{BTreeMap, BTreeSet};

/// Files named in one message.
const NAMED: usize = 5;

/// A picture that would be handed in, and the orders that it is tied to.
struct Handed<'a> {
    file: FileId,
    info: &'a PictureInfo,
    orders: BTreeSet<usize>,
}

/// All rules about pictures.
///
/// # Errors
/// When a data file under templates/ that the user laid over ours is wrong.
pub(super) fn check(view: &View, pixels: Option<&PixelCache>, findings: &mut Findings) -> Result<()> {
    let rules = data::Rules::load(&view.ctx.profile)?;
    let programs = data::Programs::load(&view.ctx.profile)?;
    let pictures = handed_in(view);
    reused::check(view, &rules, pixels, findings)?;
    for picture in &pictures {
        edited::check(view, &programs, picture, findings);
        edited::marked(view, &rules, picture, findings);
        legible::check(view, &rules, picture, findings);
        taken::check(view, &rules, picture, findings);
    }
    gaps::check(view, &pictures, findings);
    not_looked_at(view, &pictures, findings);
    Ok(())
}

/// `not-checkable`: what nobody looked at is said, not passed.
fn not_looked_at(view: &View, pictures: &[Handed], findings: &mut Findings) {
    let unseen: Vec<&Handed> = pictures.iter().filter(|p| p.info.pixels.is_none()).collect();
    let Some(first) = unseen.first() else { return };
    if view.ctx.pixels == PixelChecks::Off {
        findings.push(Finding::new(Code::NotCheckable).variant("pixels"));
        return;
    }
    let paths: Vec<&str> = unseen.iter().map(|p| view.path(p.file)).collect();
    let found = Finding::new(Code::NotCheckable).variant("pictures").file(first.file);
    findings.push(found.with("count", unseen.len()).with_first("files", NAMED, &paths));
}

/// Whole pictures with a usable link, in path order.
fn handed_in<'a>(view: &View<'a>) -> Vec<Handed<'a>> {
    let mut orders: BTreeMap<FileId, BTreeSet<usize>> = BTreeMap::new();
    for link in view.matching.links.iter().filter(|l| l.strength >= Strength::Strong) {
        orders.entry(link.file).or_default().insert(link.order);
    }
    let mut pictures = Vec::new();
    for (file, orders) in orders {
        if let Content::Picture(info) = &view.case.content(file).content
            && info.broken.is_none()
            && matches!(view.case.file(file).status, Status::Matched | Status::Shared)
        {
            pictures.push(Handed { file, info, orders });
        }
    }
    pictures
}

/// A finding about a picture; of its order when it has one only.
fn finding(view: &View, code: Code, picture: &Handed) -> Finding {
    let mut orders = picture.orders.iter();
    match (orders.next(), orders.next()) {
        (Some(only), None) => finding_of(view, code, *only, picture.file),
        _ => named(view, Finding::new(code), picture.file),
    }
}

/// A finding about a file of an order.
fn finding_of(view: &View, code: Code, order: usize, file: FileId) -> Finding {
    named(view, view.finding(code, order), file)
}

/// The file and its path, as the words want it.
fn named(view: &View, finding: Finding, file: FileId) -> Finding {
    finding.file(file).with("file", view.path(file)).with("name", view.path(file))
}

/// The user's `[[accept]]` for this code and one of these files.
pub(super) fn accepted<'a>(view: &View<'a>, code: Code, files: &[FileId]) -> Option<&'a Accept> {
    let of_file = |accept: &Accept| accept.file.as_ref().is_none_or(|pattern| files.iter().any(|f| glob::matches(pattern, view.path(*f))));
    view.case.settings.accept.iter().find(|accept| accept.code == code.as_str() && of_file(accept))
}
