//! What printpdf does not write: resources page by page, links, destinations, a nested outline, page labels, language, colour space.

use super::document::odd;
use super::glyphs::{CutFont, CutFonts};
use super::metadata::{info, text, xmp};
use super::painted::PaintedPage;
use super::{PdfJob, icc};
use crate::error::Result;
use crate::model::document::Anchor;
use crate::render::page::{ImageKey, LinkArea, OutlineEntry, PAGE_HEIGHT};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};
use std::collections::BTreeMap;

/// What is still to be put in while the file is written.
pub struct Completed {
    /// Object ids that wait for pictures.
    pub pictures: BTreeMap<u32, ImageKey>,
    /// Page object → its index.
    pages: BTreeMap<ObjectId, usize>,
    /// Anchors of this file, sorted: page and y of the first of equal ones.
    places: Vec<(Anchor, ObjectId, f32)>,
}

impl Completed {
    /// A page with its links; `None` for what is no page or has none. Thousands of links as objects would weigh more than all pages.
    pub fn with_links(&self, id: ObjectId, object: &Object, pages: &[PaintedPage]) -> Option<Object> {
        let page = pages.get(*self.pages.get(&id)?)?;
        let links: Vec<Object> = page.links.iter().filter_map(|link| self.annotation(link)).collect();
        if links.is_empty() {
            return None;
        }
        let mut dict = object.as_dict().ok()?.clone();
        dict.set("Annots", links);
        Some(Object::Dictionary(dict))
    }

    fn annotation(&self, link: &LinkArea) -> Option<Object> {
        let at = self.places.binary_search_by(|(anchor, ..)| anchor.cmp(&link.target)).ok()?;
        let (_, page, y) = self.places.get(at)?;
        let r = link.rect;
        let corners = [r.x, PAGE_HEIGHT - r.y - r.h, r.x + r.w, PAGE_HEIGHT - r.y].map(hundredths).to_vec();
        Some(Object::Dictionary(dictionary! {
            "Type" => "Annot",
            "Subtype" => "Link",
            "Rect" => corners,
            "Border" => vec![0.into(), 0.into(), 0.into()],
            // printed with the page: some readers leave links out of the tab order otherwise
            "F" => 4,
            "Dest" => destination(*page, *y),
        }))
    }
}

/// Completes printpdf's document, but for pictures and links.
///
/// # Errors
/// When printpdf's document is not built as expected.
pub fn complete(doc: &mut Document, job: &PdfJob<'_>, painted: &[PaintedPage], fonts: &CutFonts, names: &BTreeMap<ImageKey, String>) -> Result<Completed> {
    let odd = |e: lopdf::Error| odd(&e);
    let pages: Vec<ObjectId> = doc.page_iter().collect();
    let shared = take_shared_resources(doc, &pages).map_err(odd)?;
    for font in fonts.values() {
        complete_font(doc, &shared, font).map_err(odd)?;
    }
    let places = places(painted, &pages);
    for (page, id) in painted.iter().zip(&pages) {
        let resources = page_resources(page, fonts, names, &shared);
        let dict = doc.get_object_mut(*id).and_then(Object::as_dict_mut).map_err(odd)?;
        dict.set("Resources", resources);
        dict.remove(b"Annots");
    }
    complete_catalog(doc, job, painted, &pages, &places).map_err(odd)?;
    let mut pictures = BTreeMap::new();
    for (key, name) in names {
        let id = shared.xobjects.get(name.as_bytes()).and_then(Object::as_reference).map_err(odd)?;
        doc.objects.remove(&id);
        pictures.insert(id.0, *key);
    }
    Ok(Completed { pictures, pages: pages.into_iter().enumerate().map(|(i, id)| (id, i)).collect(), places })
}

/// Resources that printpdf lists once for all pages.
struct Shared {
    fonts: Dictionary,
    xobjects: Dictionary,
}

/// Takes the shared lists out of the document: every page gets its own, so that a page taken out of the file carries only its own pictures.
fn take_shared_resources(doc: &mut Document, pages: &[ObjectId]) -> lopdf::Result<Shared> {
    let mut lists: BTreeMap<Vec<u8>, ObjectId> = BTreeMap::new();
    for page in pages {
        let id = doc.get_dictionary(*page)?.get(b"Resources")?.as_reference()?;
        if let Some(Object::Dictionary(resources)) = doc.objects.remove(&id) {
            lists.extend(resources.iter().filter_map(|(k, v)| Some((k.clone(), v.as_reference().ok()?))));
        }
    }
    let mut take = |name: &[u8]| match lists.remove(name).and_then(|id| doc.objects.remove(&id)) {
        Some(Object::Dictionary(list)) => list,
        _ => Dictionary::new(),
    };
    let shared = Shared { fonts: take(b"Font"), xobjects: take(b"XObject") };
    for rest in lists.values() {
        doc.objects.remove(rest);
    }
    Ok(shared)
}

/// Our own map to text, and the map from the ids in the streams to those of the cut font.
fn complete_font(doc: &mut Document, shared: &Shared, font: &CutFont) -> lopdf::Result<()> {
    let map = doc.add_object(Stream::new(Dictionary::new(), font.cid_to_gid()));
    let dict = doc.get_object_mut(shared.fonts.get(font.resource.as_bytes())?.as_reference()?)?.as_dict_mut()?;
    if let Some(descendant) = dict.get_mut(b"DescendantFonts")?.as_array_mut()?.first_mut() {
        descendant.as_dict_mut()?.set("CIDToGIDMap", Object::Reference(map));
    }
    let id = dict.get(b"ToUnicode")?.as_reference()?;
    doc.objects.insert(id, Object::Stream(Stream::new(Dictionary::new(), font.to_unicode().into_bytes())));
    Ok(())
}

fn page_resources(page: &PaintedPage, fonts: &CutFonts, names: &BTreeMap<ImageKey, String>, shared: &Shared) -> Dictionary {
    let used_fonts = page.fonts.iter().filter_map(|font| fonts.get(font)).map(|f| f.resource.as_str());
    let used_pictures = page.pictures.iter().filter_map(|key| names.get(key)).map(String::as_str);
    let pick = |used: &mut dyn Iterator<Item = &str>, from: &Dictionary| {
        let mut picked = Dictionary::new();
        for name in used {
            if let Ok(object) = from.get(name.as_bytes()) {
                picked.set(name, object.clone());
            }
        }
        picked
    };
    let (mut used_fonts, mut used_pictures) = (used_fonts, used_pictures);
    let mut resources = Dictionary::new();
    for (kind, list) in [("Font", pick(&mut used_fonts, &shared.fonts)), ("XObject", pick(&mut used_pictures, &shared.xobjects))] {
        if !list.is_empty() {
            resources.set(kind, list);
        }
    }
    resources
}

/// Where each anchor of this file is, in the order of their names; the first of equal ones counts.
fn places(pages: &[PaintedPage], ids: &[ObjectId]) -> Vec<(Anchor, ObjectId, f32)> {
    let mut all: BTreeMap<&Anchor, (ObjectId, f32)> = BTreeMap::new();
    for (page, id) in pages.iter().zip(ids) {
        for (anchor, y) in &page.anchors {
            all.entry(anchor).or_insert((*id, *y));
        }
    }
    all.into_iter().map(|(anchor, (id, y))| (anchor.clone(), id, y)).collect()
}

/// A place on a page; zoom and sideways position stay as the reader has them.
fn destination(page: ObjectId, y: f32) -> Object {
    Object::Array(vec![Object::Reference(page), "XYZ".into(), Object::Null, hundredths(PAGE_HEIGHT - y), Object::Null])
}

fn hundredths(value: f32) -> Object {
    Object::Real((value * 100.0).round() / 100.0)
}

fn complete_catalog(
    doc: &mut Document,
    job: &PdfJob<'_>,
    painted: &[PaintedPage],
    pages: &[ObjectId],
    places: &[(Anchor, ObjectId, f32)],
) -> lopdf::Result<()> {
    let outline = add_outline(doc, painted, pages);
    let metadata = doc.add_object(xmp(job));
    let profile = doc.add_object(Stream::new(dictionary! { "N" => 3 }, icc::srgb()));
    let intent = dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => text("sRGB IEC61966-2.1"),
        "DestOutputProfile" => Object::Reference(profile),
    };
    let mut label = dictionary! { "S" => "D", "St" => i64::from(job.first_label.max(1)) };
    if !job.label_prefix.is_empty() {
        label.set("P", text(job.label_prefix));
    }
    let catalog = doc.get_object_mut(doc.trailer.get(b"Root")?.as_reference()?)?.as_dict_mut()?;
    catalog.set("Version", "1.7");
    catalog.set("Lang", text(job.lang.tag()));
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    catalog.set("PageLabels", dictionary! { "Nums" => vec![0.into(), Object::Dictionary(label)] });
    catalog.set("Metadata", Object::Reference(metadata));
    catalog.set("OutputIntents", vec![Object::Dictionary(intent)]);
    if let Some(outline) = outline {
        catalog.set("Outlines", Object::Reference(outline));
        catalog.set("PageMode", "UseOutlines");
    }
    if !places.is_empty() {
        // names are in byte order, as a name tree must be
        let names = places.iter().flat_map(|(anchor, page, y)| [Object::String(anchor.0.clone().into_bytes(), StringFormat::Literal), destination(*page, *y)]);
        catalog.set("Names", dictionary! { "Dests" => dictionary! { "Names" => names.collect::<Vec<_>>() } });
    }
    let information = doc.trailer.get(b"Info")?.as_reference()?;
    doc.objects.insert(information, Object::Dictionary(info(job)));
    Ok(())
}

/// The outline as a tree with its branches closed. Gives its root, `None` when there is no entry.
fn add_outline(doc: &mut Document, pages: &[PaintedPage], ids: &[ObjectId]) -> Option<ObjectId> {
    let entries: Vec<(&OutlineEntry, Object)> = pages.iter().zip(ids).flat_map(|(page, id)| page.outline.iter().map(|e| (e, destination(*id, e.y)))).collect();
    if entries.is_empty() {
        return None;
    }
    let root = doc.new_object_id();
    let own: Vec<ObjectId> = entries.iter().map(|_| doc.new_object_id()).collect();
    // parents by depth; a depth that skips a level hangs below the last entry there is
    let mut open: Vec<(u8, ObjectId)> = Vec::new();
    let mut children: BTreeMap<ObjectId, Vec<ObjectId>> = BTreeMap::new();
    let mut parents = Vec::with_capacity(own.len());
    for ((entry, _), id) in entries.iter().zip(&own) {
        open.retain(|(depth, _)| *depth < entry.depth);
        let parent = open.last().map_or(root, |(_, id)| *id);
        let siblings = children.entry(parent).or_default();
        parents.push((parent, siblings.len()));
        siblings.push(*id);
        open.push((entry.depth, *id));
    }
    for (((entry, place), id), (parent, at)) in entries.into_iter().zip(&own).zip(&parents) {
        let mut item = dictionary! { "Title" => text(&entry.text), "Parent" => Object::Reference(*parent), "Dest" => place };
        let siblings = children.get(parent).map(Vec::as_slice).unwrap_or_default();
        if let Some(before) = at.checked_sub(1).and_then(|i| siblings.get(i)) {
            item.set("Prev", Object::Reference(*before));
        }
        if let Some(after) = siblings.get(at + 1) {
            item.set("Next", Object::Reference(*after));
        }
        if let Some(below) = children.get(id) {
            // closed: minus the number of entries that opening it shows
            set_children(&mut item, below, -(below.len() as i64));
        }
        doc.objects.insert(*id, Object::Dictionary(item));
    }
    let top = children.get(&root).map(Vec::as_slice).unwrap_or_default();
    let mut list = dictionary! { "Type" => "Outlines" };
    set_children(&mut list, top, top.len() as i64);
    doc.objects.insert(root, Object::Dictionary(list));
    Some(root)
}

fn set_children(dict: &mut Dictionary, children: &[ObjectId], count: i64) {
    if let (Some(first), Some(last)) = (children.first(), children.last()) {
        dict.set("First", Object::Reference(*first));
        dict.set("Last", Object::Reference(*last));
        dict.set("Count", count);
    }
}
