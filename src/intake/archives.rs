//! Archives in the case folder: every zip is listed where it lies, and each member becomes a file of its own, `<archive>!/<member>`, in the walk's order.
//!
//! In: the entries of the walk. Out: the same with the members behind their archives, each with its fate where it will not be read. Office documents are
//! zips, too, but one piece of evidence; a bag that we built is our own output. What is refused here (depth, ratio, total, number of members) is decided
//! by what the directory states, before a byte is inflated, so it depends on no clock and no thread.

use super::limits::size;
use super::walk::{self, Note, Taken};
use crate::archive::{self, Inner, Listed, Listing};
use crate::context::Context;
use crate::error::Result;
use crate::finding::{Code, Severity};
use crate::model::file::{MemberStep, Status, WhyNot};
use crate::model::settings::{CaseSettings, IgnoreRule, IntakeLimits};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// A member smaller than this may unpack to any multiple of its packed size: white screenshots and empty tables do.
const RATIO_FREE: u64 = 16 << 20;
/// The tag file of a bag, and the line of ours in it.
const BAG_INFO: &str = "bag-info.txt";
const OUR_BAG: &[u8] = b"Bag-Software-Agent: appealpack";
/// Bytes of a tag file that are looked at.
const BAG_INFO_BYTES: usize = 4096;

/// Adds the members of every archive among `found`.
pub(super) fn with_members(root: &Path, found: Vec<Taken>, settings: &CaseSettings, ctx: &Context) -> Result<Vec<Taken>> {
    let opened: Vec<Result<Vec<Taken>>> = ctx.pool.install(|| {
        found
            .into_par_iter()
            .map(|mut taken| {
                ctx.check_cancel()?;
                // pipes, links and what is left aside are not opened at all: a pipe would wait for ever
                let Some(encrypted) = (taken.entry.status == Status::Unmatched).then(|| zip(root, &taken)).flatten() else { return Ok(vec![taken]) };
                let disk = walk::on_disk(root, &taken.entry);
                let limits = &settings.intake;
                let mut opening = Opening {
                    disk: &disk,
                    ignore: &settings.ignore,
                    limits,
                    inner: Inner::default(),
                    bytes_left: limits.archive_bytes,
                    members_left: limits.archive_members,
                    members: Vec::new(),
                };
                opening.archive(&mut taken, 1);
                // one that was cut off has no directory, but its first member says whether it asks for a password
                if encrypted && taken.entry.why.as_ref().is_some_and(|w| w.key == "unreadable-archive") {
                    taken.notes.clear();
                    refuse(&mut taken, "unreadable-encrypted", Code::FileEncrypted, "archive");
                }
                let mut all = vec![taken];
                all.append(&mut opening.members);
                Ok(all)
            })
            .collect()
    });
    let mut all = Vec::new();
    for taken in opened {
        all.append(&mut taken?);
    }
    Ok(all)
}

/// For a zip: is its first member encrypted.
fn zip(root: &Path, taken: &Taken) -> Option<bool> {
    let mut head = [0_u8; 7];
    File::open(walk::on_disk(root, &taken.entry)).and_then(|mut f| f.read_exact(&mut head)).ok()?;
    head.starts_with(archive::MAGIC).then(|| head.last().is_some_and(|flags| flags & 1 == 1))
}

/// One archive of the disk with all that is inside it.
struct Opening<'a> {
    disk: &'a Path,
    ignore: &'a [IgnoreRule],
    limits: &'a IntakeLimits,
    inner: Inner,
    /// What may still be unpacked.
    bytes_left: u64,
    /// How many members may still be listed.
    members_left: usize,
    members: Vec<Taken>,
}

impl Opening<'_> {
    /// Lists the archive that `taken` is and takes up its members; says of `taken` itself what became of it.
    fn archive(&mut self, taken: &mut Taken, depth: usize) {
        let listing = archive::source(self.disk, &taken.entry.member, &self.inner).and_then(|mut s| archive::list(&mut s, self.members_left));
        let listing = match listing {
            Ok(Some(listing)) => listing,
            Ok(None) => return refuse(taken, "unreadable-archive", Code::FileUnreadable, "archive"),
            Err(e) => {
                taken.entry.status = Status::Unreadable;
                taken.entry.why = Some(walk::unreadable(Some(&e)));
                return;
            }
        };
        if is_document(&listing) {
            return;
        }
        if depth > self.limits.archive_depth {
            taken.notes.push(Note::limit("archive-depth", "archive_depth", self.limits.archive_depth));
            return refuse_quietly(taken, "unreadable-limit");
        }
        if self.is_our_bag(&taken.entry.member, &listing) {
            taken.entry.status = Status::Ignored;
            taken.entry.why = Some(WhyNot { key: "ignored-own-output", detail: taken.entry.path.clone() });
            return;
        }
        if !listing.members.is_empty() && listing.members.iter().all(|m| m.encrypted) {
            return refuse(taken, "unreadable-encrypted", Code::FileEncrypted, "archive");
        }
        if listing.overlapping {
            return refuse(taken, "unreadable-archive", Code::FileUnreadable, "overlapping");
        }
        taken.entry.container = true;
        taken.entry.status = Status::Source;
        if listing.more > 0 {
            let note = Note::limit("archive-members", "archive_members", self.limits.archive_members);
            taken.notes.push(note.with("more", listing.more));
        }
        self.members_left = self.members_left.saturating_sub(listing.members.len());
        let mut names = BTreeSet::new();
        for listed in listing.members {
            let twice = !names.insert(listed.path.clone());
            self.member(taken, listed, twice, depth);
        }
    }

    fn member(&mut self, around: &Taken, listed: Listed, twice: bool, depth: usize) {
        let path = format!("{}{}{}", around.entry.path, archive::INSIDE, listed.path);
        let mut taken = Taken::member(&around.entry, path);
        if listed.outside {
            taken.notes.push(Note::new(Code::ArchiveOdd, "outside"));
        }
        if twice {
            taken.notes.push(Note::new(Code::ArchiveOdd, "twice"));
        }
        let entry = &mut taken.entry;
        if let Ok(step) = &listed.step {
            entry.member.push(*step);
            entry.bytes = step.bytes;
        }
        if listed.link {
            entry.status = Status::Ignored;
            entry.why = Some(WhyNot { key: "ignored-link", detail: String::new() });
        } else if let Some(why) = walk::left_out(&entry.path, self.ignore) {
            entry.status = Status::Ignored;
            entry.why = Some(why);
        } else if listed.encrypted {
            unreadable(&mut taken, "unreadable-encrypted", String::new());
            taken.notes.push(Note::new(Code::FileEncrypted, "archive"));
        } else {
            match listed.step {
                Ok(step) => self.content(&mut taken, step, depth),
                Err(Some(method)) => {
                    unreadable(&mut taken, "unreadable-packing", method.to_string());
                    taken.notes.push(Note::new(Code::FileUnreadable, "packing").severity(Severity::Warning).with("method", method));
                }
                Err(None) => {
                    unreadable(&mut taken, "unreadable-archive", String::new());
                    taken.notes.push(Note::new(Code::FileUnreadable, "archive").severity(Severity::Warning));
                }
            }
        }
        self.members.push(taken);
    }

    /// Limits, and whether the member is an archive itself.
    fn content(&mut self, taken: &mut Taken, step: MemberStep, depth: usize) {
        let limits = self.limits;
        if step.bytes > RATIO_FREE && step.bytes / step.packed.max(1) > limits.archive_ratio {
            unreadable(taken, "unreadable-limit", String::new());
            taken.notes.push(Note::limit("archive-ratio", "archive_ratio", limits.archive_ratio));
            return;
        }
        let Some(left) = self.bytes_left.checked_sub(step.bytes) else {
            unreadable(taken, "unreadable-limit", String::new());
            taken.notes.push(Note::limit("archive-bytes", "archive_bytes", size(limits.archive_bytes)));
            return;
        };
        self.bytes_left = left;
        let steps = taken.entry.member.clone();
        if archive::head(self.disk, &steps, archive::MAGIC.len(), &self.inner) != archive::MAGIC {
            return;
        }
        if step.deflated && step.bytes > limits.bytes {
            taken.notes.push(Note::limit("bytes", "bytes", size(limits.bytes)));
            return refuse_quietly(taken, "unreadable-limit");
        }
        self.archive(taken, depth + 1);
    }

    /// Does the listing hold the tag file of a bag that we wrote: at its top or in one folder.
    fn is_our_bag(&self, steps: &[MemberStep], listing: &Listing) -> bool {
        let tag = listing.members.iter().find(|m| m.path == BAG_INFO || m.path.split_once('/').is_some_and(|(_, name)| name == BAG_INFO));
        let Some(Ok(step)) = tag.map(|m| m.step) else { return false };
        let mut way = steps.to_vec();
        way.push(step);
        let head = archive::head(self.disk, &way, BAG_INFO_BYTES, &self.inner);
        head.split(|b| *b == b'\n').any(|line| line.starts_with(OUR_BAG))
    }
}

/// Office documents, invoices (OFD), electronic books: packed as zips, but one piece. Their directory says so.
fn is_document(listing: &Listing) -> bool {
    let marks = ["[Content_Types].xml", "OFD.xml", "mimetype", "Index/Document.iwa", "META-INF/container.xml"];
    listing.members.iter().any(|m| marks.contains(&m.path.as_str()))
}

fn unreadable(taken: &mut Taken, key: &'static str, detail: String) {
    taken.entry.status = Status::Unreadable;
    taken.entry.why = Some(WhyNot { key, detail });
}

/// An archive that is not opened: nobody knows what it holds, so no name on it makes it evidence.
fn refuse_quietly(taken: &mut Taken, key: &'static str) {
    taken.entry.container = true;
    unreadable(taken, key, String::new());
}

fn refuse(taken: &mut Taken, key: &'static str, code: Code, variant: &'static str) {
    refuse_quietly(taken, key);
    let note = Note::new(code, variant);
    taken.notes.push(if code == Code::FileUnreadable { note.severity(Severity::Warning) } else { note });
}
