//! The bag: what goes in, under which names, and its tag files (BagIt 1.0, RFC 8493).
//!
//! In goes every file linked (exact, strong, assigned) to an argued order, shared files, the exports' rows of argued orders, the notice, book and
//! annex, the evidence list and manifest.json. Of a file with many records only those of argued orders go in ([`super::extract`]): an order that is
//! left out is not handed in, so neither are its rows.

use super::extract::{Extract, extract};
use super::format::{self, SafePaths};
use super::index;
use super::zip::{Unsynced, Writer};
use crate::archive::Inner;
use crate::context::Context;
use crate::digest::{self, Digests};
use crate::error::Result;
use crate::model::assessment::Assessment;
use crate::model::case::Case;
use crate::model::document::{Document, PartKind};
use crate::model::evidence::{Matching, Strength};
use crate::model::exhibit::{BagFile, Exhibit};
use crate::model::file::Status;
use crate::model::pages::PageMap;
use crate::model::source::{FileId, Place};
use sha2::Digest as _;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A made file that goes into the bag.
#[derive(Debug, Clone)]
pub struct MadeFile {
    /// Book or annex.
    pub part: PartKind,
    /// Where it was written.
    pub path: PathBuf,
    /// Length and digests, taken while it was written.
    pub digests: Digests,
}

/// Everything the bag is made of.
pub struct Contents<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its links.
    pub matching: &'a Matching,
    /// Who is argued.
    pub assessment: &'a Assessment,
    /// Numbered evidence.
    pub exhibits: &'a [Exhibit],
    /// For page words.
    pub document: &'a Document,
    /// Pages.
    pub pages: &'a PageMap,
    /// Book and annex volumes.
    pub made: &'a [MadeFile],
}

/// One evidence file of the bag.
#[derive(Debug)]
pub struct Item {
    /// The case file.
    pub file: FileId,
    /// Path inside the bag, `data/…`.
    pub bag_path: String,
    /// Its extract; `None` = byte-identical original.
    pub extract: Option<Extract>,
    /// Other paths of the same bytes.
    pub other_paths: Vec<String>,
}

/// Which files go in, in path order. Also what the annex lists: the plan needs no page numbers.
pub fn plan(case: &Case, matching: &Matching, assessment: &Assessment) -> Vec<Item> {
    let argued = |order: usize| assessment.orders.get(order).is_some_and(|o| o.argued());
    let mut places: BTreeMap<FileId, BTreeSet<Place>> = BTreeMap::new();
    for link in &matching.links {
        if link.strength >= Strength::Strong && argued(link.order) {
            places.entry(link.file).or_default().insert(link.place.clone());
        }
    }
    for (_, order) in case.orders.iter().enumerate().filter(|(i, _)| argued(*i)) {
        for (file, place) in order.rows.iter().cloned().chain(order.lines.iter().map(|l| (l.file, l.place.clone()))) {
            places.entry(file).or_default().insert(place);
        }
    }
    let of_argued: BTreeSet<FileId> = matching.links.iter().filter(|l| argued(l.order)).map(|l| l.file).collect();
    for file in case.files.iter().filter(|f| f.status == Status::Shared) {
        // shared by assignment to "all"; a file shared only between orders that are left out stays out
        if !places.contains_key(&file.id) && of_argued.contains(&file.id) {
            places.entry(file.id).or_default().insert(Place::Whole);
        }
    }
    for (file, set) in &mut places {
        // what names nobody goes in whole: the days before are what a busy day is compared with
        if case.content(*file).content.anonymous() {
            set.insert(Place::Whole);
        }
    }
    for notice in case.notice.files() {
        places.entry(notice).or_default().insert(Place::Whole);
    }
    let mut names = SafePaths::default();
    let mut same: BTreeMap<FileId, Vec<String>> = BTreeMap::new();
    for file in &case.files {
        if let Some(first) = file.same_as {
            same.entry(first).or_default().push(file.path.clone());
        }
    }
    let mut taken: BTreeMap<FileId, BTreeSet<Place>> = BTreeMap::new();
    for (file, set) in places {
        // a linked duplicate stands for its first copy
        let first = case.file(file).same_as.unwrap_or(file);
        taken.entry(first).or_default().extend(set);
    }
    taken
        .into_iter()
        .filter(|(file, _)| case.file(*file).was_read())
        .map(|(file, places)| {
            let entry = case.file(file);
            let extract = if case.settings.tables_whole { None } else { extract(case, file, &places) };
            let bag_path = match &extract {
                None => names.take(format::ORIGINALS, &entry.path),
                Some(x) => names.take(format::EXTRACTS, &with_extension(&entry.path, x.extension)),
            };
            Item { file, bag_path, extract, other_paths: same.remove(&file).unwrap_or_default() }
        })
        .collect()
}

/// A path whose name ends with `extension`, once.
fn with_extension(path: &str, extension: &str) -> String {
    let ends = path.len().checked_sub(extension.len()).and_then(|at| path.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(extension));
    if ends { path.to_owned() } else { format!("{path}{extension}") }
}

/// The plan as the annex lists it.
pub fn listing(case: &Case, items: &[Item]) -> Vec<BagFile> {
    items
        .iter()
        .map(|item| BagFile {
            file: item.file,
            bag_path: item.bag_path.clone(),
            sha256: item_sha256(case, item),
            bytes: bytes(case, item),
            extract: item.extract.as_ref().map(|x| (x.records.len(), x.total)),
        })
        .collect()
}

/// SHA-256 over the sorted manifest lines of originals/ and extracts/ (lower-case hex).
pub fn originals_digest<'a>(lines: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut sorted: Vec<String> = lines
        .into_iter()
        .filter(|(_, path)| path.starts_with(format::ORIGINALS) || path.starts_with(format::EXTRACTS))
        .map(|(sha, path)| format::manifest_line(sha, path))
        .collect();
    sorted.sort();
    let mut hash = sha2::Sha256::new();
    for line in &sorted {
        hash.update(line.as_bytes());
    }
    crate::model::file::Sha256(hash.finalize().into()).to_string()
}

/// Digest of an item as it stands in the bag, known before the bag is written.
pub fn item_sha256(case: &Case, item: &Item) -> String {
    item.extract.as_ref().map_or_else(|| case.file(item.file).sha256.to_string(), |x| digest::of_bytes(&x.bytes).sha256.to_string())
}

/// A bag that holds its originals and extracts and waits for the book.
pub struct Begun {
    items: Vec<Item>,
    folder: PathBuf,
    /// `None` when the form's limit is likely to ask for several bags: which file goes into which is known when the book's length is.
    open: Option<Open>,
}

/// A zip being filled, and what is in it.
struct Open {
    zip: Writer,
    /// Path in the bag → SHA-256 and bytes, sorted by path as the manifest is.
    payload: BTreeMap<String, (String, u64)>,
}

/// Begins the bag in `folder` with the planned `items`. It needs nothing of the book, which may be made meanwhile.
///
/// # Errors
/// Reading an original fails or gives other bytes than at intake; writing fails; the user asked to stop.
pub fn begin(case: &Case, items: Vec<Item>, folder: &Path, ctx: &Context) -> Result<Begun> {
    // the annex shows the pictures that the bag holds
    let expected = OVERHEAD + 2 * items.iter().map(|item| bytes(case, item)).sum::<u64>();
    let whole = super::limits::of_a_bag(&case.settings.limits).is_none_or(|limit| expected <= limit);
    let open = if whole { Some(Open::with(case, &items, &folder.join(format!("{}.zip", case.id)), ctx)?) } else { None };
    if let Some(open) = &open {
        open.zip.sync_so_far()?;
    }
    Ok(Begun { items, folder: folder.to_path_buf(), open })
}

impl Begun {
    /// Adds what was made and the lists, or writes several bags when `[limits] bytes` forces it; returns the zip files, each still to be put on disk.
    ///
    /// # Errors
    /// As [`begin`], and when a made file changed.
    pub fn finish(self, contents: &Contents<'_>, ctx: &Context) -> Result<Vec<Unsynced>> {
        let Begun { items, folder, open } = self;
        let groups = split(contents, items);
        if let Some(open) = open {
            if let [(items, made)] = groups.as_slice() {
                return Ok(vec![open.finish(contents, items, made, (1, 1), ctx)?]);
            }
            open.zip.discard()?;
        }
        let count = groups.len();
        let one = |(i, (items, made)): (usize, Group<'_>)| {
            let name = if count == 1 { format!("{}.zip", contents.case.id) } else { format!("{}-bag{:02}.zip", contents.case.id, i + 1) };
            Open::with(contents.case, &items, &folder.join(name), ctx)?.finish(contents, &items, &made, (i + 1, count), ctx)
        };
        groups.into_iter().enumerate().map(one).collect()
    }
}

/// Room for lists, tag files and zip headers.
const OVERHEAD: u64 = 128 * 1024;

/// Length of an item as it goes in.
fn bytes(case: &Case, item: &Item) -> u64 {
    item.extract.as_ref().map_or_else(|| case.file(item.file).bytes, |x| x.bytes.len() as u64)
}

type Group<'a> = (Vec<Item>, Vec<&'a MadeFile>);

/// Everything in one bag, or as many as the limit needs: the book first, then annex volumes and evidence in path order.
fn split<'a>(contents: &Contents<'a>, items: Vec<Item>) -> Vec<Group<'a>> {
    let made: Vec<&MadeFile> = contents.made.iter().collect();
    let size = |item: &Item| bytes(contents.case, item);
    let total: u64 = items.iter().map(size).sum::<u64>() + made.iter().map(|m| m.digests.bytes).sum::<u64>() + OVERHEAD;
    let Some(limit) = super::limits::of_a_bag(&contents.case.settings.limits).filter(|limit| total > *limit) else {
        return vec![(items, made)];
    };
    let room = limit.saturating_sub(OVERHEAD).max(1);
    let mut groups: Vec<Group<'a>> = vec![(Vec::new(), Vec::new())];
    let mut used = 0;
    let mut next = |bytes: u64, groups: &mut Vec<Group<'a>>| {
        if used > 0 && used + bytes > room {
            groups.push((Vec::new(), Vec::new()));
            used = 0;
        }
        used += bytes;
    };
    for file in made {
        next(file.digests.bytes, &mut groups);
        if let Some(last) = groups.last_mut() {
            last.1.push(file);
        }
    }
    for item in items {
        next(size(&item), &mut groups);
        if let Some(last) = groups.last_mut() {
            last.0.push(item);
        }
    }
    groups
}

impl Open {
    fn with(case: &Case, items: &[Item], path: &Path, ctx: &Context) -> Result<Open> {
        let mut zip = Writer::create(path)?;
        let inner = Inner::default();
        let mut payload = BTreeMap::new();
        for item in items {
            ctx.check_cancel()?;
            let name = format!("{}/{}", case.id, item.bag_path);
            let digests = match &item.extract {
                None => zip.add_original(&name, &case.root, case.file(item.file), &inner)?,
                Some(x) => zip.add(&name, &x.bytes)?,
            };
            payload.insert(item.bag_path.clone(), (digests.sha256.to_string(), digests.bytes));
        }
        Ok(Open { zip, payload })
    }

    fn finish(self, contents: &Contents<'_>, items: &[Item], made: &[&MadeFile], (number, count): (usize, usize), ctx: &Context) -> Result<Unsynced> {
        let Open { mut zip, mut payload } = self;
        let case = contents.case;
        let top = &case.id;
        for file in made {
            let base = file.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let bag_path = format!("{}{base}", format::BOOK);
            let digests = zip.add_known(&format!("{top}/{bag_path}"), &file.path, file.digests, &base, &ctx.pool)?;
            payload.insert(bag_path, (digests.sha256.to_string(), digests.bytes));
        }
        let originals = originals_digest(payload.iter().map(|(path, (sha, _))| (sha.as_str(), path.as_str())));
        let lists = index::lists(contents, items, &originals)?;
        for (name, bytes) in &lists {
            let bag_path = format!("data/{name}");
            let digests = zip.add(&format!("{top}/{bag_path}"), bytes)?;
            payload.insert(bag_path, (digests.sha256.to_string(), digests.bytes));
        }
        let manifest: String = payload.iter().map(|(path, (sha, _))| format::manifest_line(sha, path)).collect();
        let octets: u64 = payload.values().map(|(_, bytes)| bytes).sum();
        let mut info = String::new();
        if let Some(date) = case.document_date {
            info.push_str(&format!("Bagging-Date: {}\n", date.format("%Y-%m-%d")));
        }
        info.push_str(&format!("Bag-Software-Agent: appealpack {}\n", env!("CARGO_PKG_VERSION")));
        info.push_str(&format!("External-Identifier: {}\n", case.id));
        if count > 1 {
            info.push_str(&format!("Bag-Group-Identifier: {}\nBag-Count: {number} of {count}\n", case.id));
        }
        info.push_str(&format!("Payload-Oxum: {octets}.{}\n", payload.len()));
        info.push_str(&format!("Originals-SHA256: {originals}\n"));
        let tags = [("bagit.txt", format::BAGIT_TXT.to_owned()), (format::BAG_INFO, info), (format::MANIFEST, manifest)];
        let mut tag_manifest = String::new();
        for (name, text) in &tags {
            let digests = zip.add(&format!("{top}/{name}"), text.as_bytes())?;
            tag_manifest.push_str(&format::manifest_line(&digests.sha256.to_string(), name));
        }
        zip.add(&format!("{top}/{}", format::TAG_MANIFEST), tag_manifest.as_bytes())?;
        zip.finish()
    }
}
