//! Exhibits: which files are handed in, under which number. A file of one argued order is `<g>-<n>` (g = the order's place in the notice, n by kind,
//! time, path); one that speaks for several orders is `S-<n>`, printed once and referred to by each. Order exports, tracking lists and the notice are
//! sources, not exhibits.

use super::book::Book;
use crate::model::Time;
use crate::model::assessment::Assessment;
use crate::model::case::Case;
use crate::model::document::Anchor;
use crate::model::evidence::{Key, Matching};
use crate::model::exhibit::{BagFile, Exhibit};
use crate::model::file::{Kind, Status};
use crate::model::record::Content;
use crate::model::source::{FileId, Place};
use std::collections::{BTreeMap, BTreeSet};

/// What an exhibit is made of; decides how it can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Picture,
    Pdf,
    Trace,
    ChatText,
    Bill,
    StockOut,
    StockCount,
    Causes,
    Invoices,
    Payments,
    Other,
}

impl Form {
    /// The form of a file's content.
    pub(super) fn of(content: &Content) -> Form {
        match content {
            // a workbook is what its first typed sheet is
            Content::Sheets(parts) => parts.iter().map(Form::of).find(|f| *f != Form::Other).unwrap_or(Form::Other),
            Content::Picture(_) => Form::Picture,
            Content::Pdf(_) => Form::Pdf,
            Content::Traces(_) => Form::Trace,
            Content::Chats(_) => Form::ChatText,
            Content::Bill(_) => Form::Bill,
            Content::StockMovements(_) => Form::StockOut,
            Content::StockCounts(_) => Form::StockCount,
            Content::Causes(_) => Form::Causes,
            Content::Invoices(_) => Form::Invoices,
            Content::Payments(_) => Form::Payments,
            Content::None | Content::Text(_) | Content::Document(_) | Content::Film(_) | Content::Orders(_) | Content::TrackingList(_) => Form::Other,
        }
    }

    /// Its name in the words of a book (`source.picture`).
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Form::Picture => "picture",
            Form::Pdf => "pdf",
            Form::Trace => "trace",
            Form::ChatText => "text",
            Form::Bill | Form::StockOut | Form::StockCount | Form::Causes | Form::Invoices | Form::Payments => "table",
            Form::Other => "file",
        }
    }

    /// Shown as a picture.
    pub(super) fn is_figure(self) -> bool {
        matches!(self, Form::Picture | Form::Pdf)
    }
}

/// Kinds in the order in which a reviewer weighs them: from outside the platform first.
const KIND_ORDER: [Kind; 17] = [
    Kind::Waybill,
    Kind::CourierProof,
    Kind::CourierBill,
    Kind::Trace,
    Kind::Chat,
    Kind::StockOut,
    Kind::StockCount,
    Kind::DeliveryProof,
    Kind::Promotion,
    Kind::Traffic,
    Kind::Payment,
    Kind::Refund,
    Kind::Invoice,
    Kind::Purchase,
    Kind::Contract,
    Kind::Media,
    Kind::Other,
];

fn rank(kind: Kind) -> usize {
    KIND_ORDER.iter().position(|k| *k == kind).unwrap_or(KIND_ORDER.len())
}

#[derive(Default)]
struct Uses {
    places: BTreeMap<usize, BTreeSet<Place>>,
    inferred: bool,
    /// The user said what it is.
    assigned: bool,
}

/// Numbers every exhibit of the argued orders, sorted: order by order, shared ones last.
pub(super) fn number(case: &Case, matching: &Matching, assessment: &Assessment, bag: &[BagFile], book: &Book) -> Vec<Exhibit> {
    let mut files: BTreeMap<FileId, Uses> = BTreeMap::new();
    // a copy of a file is the file itself
    let canonical = |file: FileId| case.files.get(file.index()).and_then(|f| f.same_as).unwrap_or(file);
    let mut add = |file: FileId, order: Option<usize>, place: &Place, inferred: bool| {
        let uses = files.entry(canonical(file)).or_default();
        uses.inferred |= inferred;
        if let Some(order) = order {
            uses.places.entry(order).or_default().insert(place.clone());
        }
    };
    for (order, result) in assessment.orders.iter().enumerate().filter(|(_, o)| o.argued()) {
        for link in matching.used(order) {
            add(link.file, Some(order), &link.place, link.inferred);
        }
        for proof in &result.proofs {
            if let Some(file) = proof.file {
                add(file, Some(order), &proof.place, proof.inferred);
            }
        }
        for cause in &result.causes {
            add(cause.file, Some(order), &cause.place, cause.inferred);
        }
    }
    // what explains orders that are left out is not handed in, so nothing may refer to it
    let handed_in: BTreeSet<FileId> = bag.iter().map(|b| b.file).collect();
    let sources = assessment.anomaly.sources.iter().filter(|s| s.orders > 0).map(|s| s.file);
    for file in sources.chain(assessment.anomaly.events.iter().filter_map(|e| e.file)).filter(|f| handed_in.contains(&canonical(*f))) {
        add(file, None, &Place::Whole, false);
    }

    for link in matching.links.iter().filter(|l| l.key == Key::Assign) {
        if let Some(uses) = files.get_mut(&link.file) {
            uses.assigned = true;
        }
    }

    let mut own: BTreeMap<usize, Vec<(FileId, Uses)>> = BTreeMap::new();
    let mut shared: Vec<(FileId, Uses)> = Vec::new();
    for (file, uses) in files {
        let Some(entry) = case.files.get(file.index()) else { continue };
        if matches!(entry.kind, Kind::Notice | Kind::OrderRecord | Kind::TrackingList) || entry.status == Status::Ignored || !case.opens(file) {
            continue;
        }
        let mut orders = uses.places.keys().copied();
        match (orders.next(), orders.next()) {
            (Some(order), None) if entry.status != Status::Shared => own.entry(order).or_default().push((file, uses)),
            _ => shared.push((file, uses)),
        }
    }
    let sort = |list: &mut Vec<(FileId, Uses)>| {
        list.sort_by_cached_key(|(file, _)| {
            let entry = case.file(*file);
            let time = time_of(&case.content(*file).content);
            (rank(entry.kind), time.is_none(), time, entry.path.clone())
        });
    };

    let mut out = Vec::new();
    let mut by_place: Vec<(usize, usize)> = case.places_in_notice().into_iter().enumerate().map(|(order, g)| (g, order)).collect();
    by_place.sort_unstable();
    for (g, order) in by_place {
        let Some(mut list) = own.remove(&order) else { continue };
        sort(&mut list);
        for (n, (file, uses)) in list.into_iter().enumerate() {
            out.push(exhibit(case, book, format!("{g}-{}", n + 1), file, uses));
        }
    }
    sort(&mut shared);
    for (n, (file, uses)) in shared.into_iter().enumerate() {
        out.push(exhibit(case, book, format!("S-{}", n + 1), file, uses));
    }
    out
}

fn exhibit(case: &Case, book: &Book, number: String, file: FileId, uses: Uses) -> Exhibit {
    let (entry, content) = (case.file(file), &case.content(file).content);
    let named_only = case.content(file).is_unread_table() && !uses.assigned;
    let (kind, form) = (if named_only { Kind::Other } else { entry.kind }, Form::of(content));
    let service = content.traces().first().map_or("", |t| t.service);
    let service_words = book.find(&format!("service.{service}")).unwrap_or(service).to_owned();
    let word = |table: &str| {
        // a bill that tells no weight proves none
        let unweighed =
            (form == Form::Bill && content.bill_rows().iter().all(|row| row.weighed().is_none())).then(|| format!("{table}.courier-bill-unweighed"));
        let keys = [
            unweighed.unwrap_or_default(),
            format!("{table}.{}-{}", kind.as_str(), form.as_str()),
            format!("{table}.{}", kind.as_str()),
            format!("{table}.{}", form.as_str()),
        ];
        let found = keys.iter().find_map(|k| book.find(k)).or_else(|| book.find(&format!("kind.{}", kind.as_str()))).unwrap_or(kind.as_str());
        crate::profile::lang::fill(found, &[("service", &service_words), ("n", &uses.places.len().to_string())])
    };
    Exhibit {
        anchor: Anchor(format!("exhibit-{number}")),
        title: word("title"),
        source: word("source"),
        purpose: word("purpose"),
        number,
        file,
        kind,
        orders: uses.places.keys().copied().collect(),
        places: uses.places.values().map(|p| p.iter().cloned().collect()).collect(),
        inferred: uses.inferred,
    }
}

/// The first moment that stands in a file.
fn time_of(content: &Content) -> Option<Time> {
    match content {
        Content::Picture(p) => p.taken_at,
        Content::Traces(t) => t.iter().flat_map(|t| &t.events).map(|e| e.at).min(),
        Content::Chats(c) => c.iter().flat_map(|c| &c.messages).filter_map(|m| m.at).min(),
        Content::Bill(b) => b.iter().filter_map(|r| r.at).min(),
        Content::StockMovements(s) => s.iter().filter_map(|r| r.at).min(),
        Content::StockCounts(s) => s.iter().filter_map(|r| r.at).min(),
        Content::Causes(c) => c.rows.iter().filter_map(|r| r.from.map(|m| m.at)).min(),
        Content::Invoices(i) => i.iter().filter_map(|r| r.at).min(),
        Content::Payments(p) => p.iter().filter_map(|r| r.at).min(),
        Content::Document(d) => d.invoice.as_ref().and_then(|i| i.at),
        Content::Sheets(parts) => parts.iter().filter_map(time_of).min(),
        Content::None | Content::Text(_) | Content::Film(_) | Content::Orders(_) | Content::TrackingList(_) | Content::Pdf(_) => None,
    }
}
