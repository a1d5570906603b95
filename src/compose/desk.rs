//! The desk on which a document is made: the case, what was concluded, the book's words, and how a time, a place, a source or a personal value is
//! written. Whatever is personal passes [`Desk::personal`] or [`Desk::free_text`] before it reaches a template or a block.

use super::book::Book;
use super::exhibits::Form;
use super::tied::Records;
use crate::error::Result;
use crate::model::Disclosure;
use crate::model::Time;
use crate::model::assessment::{Assessment, Event, OrderAssessment, Step, StepKind};
use crate::model::case::Case;
use crate::model::document::{Anchor, Inline, Inlines, RefText, Style};
use crate::model::exhibit::{BagFile, Exhibit};
use crate::model::file::Kind;
use crate::model::ids::Waybill;
use crate::model::order::{Order, OrderLine};
use crate::model::person::Personal;
use crate::model::record::DeliveredHow;
use crate::model::source::{FileId, Located, Place};
use crate::profile::Profile;
use crate::profile::carrier::Carriers;
use crate::profile::platform::Platform;
use crate::text::dates;
use crate::text::ids::clean_waybill;
use crate::text::phones::mask_phones;
use chrono::Datelike as _;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Links and numbers are printed in the ink colour.
pub(super) const INK: Style = Style { ink: true, ..PLAIN };
/// Small and grey.
pub(super) const FAINT: Style = Style { small: true, muted: true, ..PLAIN };
/// Bold.
pub(super) const BOLD: Style = Style { bold: true, ..PLAIN };
/// As the paragraph.
pub(super) const PLAIN: Style = Style { bold: false, small: false, muted: false, ink: false, whole: false };
/// A few words that stay on one line.
pub(super) const WHOLE: Style = Style { whole: true, ..PLAIN };
/// The same, small and grey.
pub(super) const FAINT_WHOLE: Style = Style { whole: true, ..FAINT };

/// See the module.
pub(super) struct Desk<'a> {
    pub case: &'a Case,
    pub assessment: &'a Assessment,
    pub book: &'a Book,
    pub disclosure: Disclosure,
    pub exhibits: &'a [Exhibit],
    /// What the bag will hold.
    pub bag: &'a [BagFile],
    /// Index for index with `exhibits`.
    pub forms: Vec<Form>,
    /// Exhibits that the book shows as pictures.
    pub in_book: BTreeSet<usize>,
    /// The rows of bills stand in the book.
    pub bills_in_book: bool,
    /// Orders have sections of their own.
    pub order_sections: bool,
    /// The table that counts proofs stands somewhere, under this anchor.
    pub proof_counts: Option<Anchor>,
    by_file: BTreeMap<FileId, usize>,
    placed: RefCell<BTreeSet<usize>>,
    with_year: bool,
    exports: Vec<FileId>,
    /// Argued orders in the notice's order.
    argued: Vec<usize>,
    /// Place in the notice of each order, from 1.
    places: Vec<usize>,
    /// The ids under which the notice lists each order, argued ones only.
    listed: Vec<Vec<&'a str>>,
    /// Exhibits that speak for each order.
    of_order: Vec<Vec<usize>>,
    /// Index for index with `exhibits`.
    records: Vec<Records<'a>>,
    /// The values of all buyers, gathered when first asked.
    everyone: OnceCell<Vec<&'a Personal>>,
    /// The platform's data, when the platform is known.
    pub platform: Option<Arc<Platform>>,
    carriers: Arc<Carriers>,
}

impl<'a> Desk<'a> {
    /// Lays everything out.
    ///
    /// # Errors
    /// When the data of platform or carriers cannot be read.
    pub(super) fn new(
        case: &'a Case,
        assessment: &'a Assessment,
        book: &'a Book,
        exhibits: &'a [Exhibit],
        bag: &'a [BagFile],
        disclosure: Disclosure,
        profile: &Profile,
    ) -> Result<Self> {
        let platform = case.platform.as_deref().map(|id| Platform::load(profile, id)).transpose()?;
        let carriers = Carriers::load(profile)?;
        let mut years = assessment.orders.iter().filter(|o| o.argued()).flat_map(|o| &o.steps).map(|s| s.at.year());
        let first = years.next();
        let places = case.places_in_notice();
        let mut argued: Vec<usize> = assessment.orders.iter().enumerate().filter(|(i, o)| o.argued() && *i < places.len()).map(|(i, _)| i).collect();
        argued.sort_by_key(|i| places.get(*i));
        Ok(Desk {
            case,
            assessment,
            book,
            disclosure,
            exhibits,
            bag,
            forms: exhibits.iter().map(|e| Form::of(&case.content(e.file).content)).collect(),
            in_book: BTreeSet::new(),
            bills_in_book: false,
            order_sections: book.spec.sections.book.iter().chain(&book.spec.sections.annex).any(|s| s.each.is_some()),
            proof_counts: None,
            by_file: exhibits.iter().enumerate().map(|(i, e)| (e.file, i)).collect(),
            placed: RefCell::default(),
            with_year: years.any(|y| Some(y) != first),
            exports: case.files.iter().filter(|f| f.kind == Kind::OrderRecord && f.same_as.is_none()).map(|f| f.id).collect(),
            argued,
            places,
            listed: argued_ids(case, assessment),
            of_order: by_order(case, exhibits),
            records: exhibits.iter().map(|e| Records::of(&case.content(e.file).content)).collect(),
            everyone: OnceCell::new(),
            platform,
            carriers,
        })
    }

    /// Argued main orders in the notice's order: index, order, result.
    pub(super) fn argued(&self) -> impl Iterator<Item = (usize, &'a Order, &'a OrderAssessment)> {
        let (case, assessment) = (self.case, self.assessment);
        self.argued.iter().filter_map(move |&i| Some((i, case.orders.get(i)?, assessment.orders.get(i)?)))
    }

    /// The exhibit of a file, if it is one.
    pub(super) fn exhibit_of(&self, file: FileId) -> Option<usize> {
        let file = self.case.files.get(file.index()).and_then(|f| f.same_as).unwrap_or(file);
        self.by_file.get(&file).copied()
    }

    /// Exhibits that speak for an order, its own first, then shared ones.
    pub(super) fn exhibits_of(&self, order: usize) -> impl Iterator<Item = (usize, &'a Exhibit)> {
        let exhibits = self.exhibits;
        self.of_order.get(order).into_iter().flatten().filter_map(move |&i| Some((i, exhibits.get(i)?)))
    }

    /// The records of an exhibit.
    pub(super) fn records(&self, exhibit: &Exhibit) -> Option<&Records<'a>> {
        self.by_file.get(&exhibit.file).and_then(|i| self.records.get(*i))
    }

    /// Stands it in the book rather than in the annex.
    pub(super) fn shown_in_book(&self, exhibit: usize) -> bool {
        self.in_book.contains(&exhibit) || (self.bills_in_book && self.forms.get(exhibit) == Some(&Form::Bill))
    }

    /// The anchor of an exhibit if this is the first time that it is shown; a target must stand once.
    pub(super) fn place(&self, exhibit: usize) -> Option<Anchor> {
        let first = self.placed.borrow_mut().insert(exhibit);
        self.exhibits.get(exhibit).filter(|_| first).map(|e| e.anchor.clone())
    }

    /// Was it shown.
    pub(super) fn is_placed(&self, exhibit: usize) -> bool {
        self.placed.borrow().contains(&exhibit)
    }

    /// The anchor of an order's section in the annex.
    pub(super) fn order_anchor(&self, order: usize) -> Anchor {
        Anchor(format!("order-{}", self.place_of(order)))
    }

    /// The order's place in the notice, from 1.
    pub(super) fn place_of(&self, order: usize) -> usize {
        self.places.get(order).copied().unwrap_or(order + 1)
    }

    /// `证据 3-2`, linked.
    pub(super) fn exhibit_ref(&self, exhibit: usize) -> Inline {
        let (number, anchor) = self.exhibits.get(exhibit).map_or_else(|| (String::new(), Anchor(String::new())), |e| (e.number.clone(), e.anchor.clone()));
        Inline::Ref { target: anchor, end: None, show: RefText::Text(self.book.fill("exhibit", &[("n", &number)])), style: INK }
    }

    /// A moment to the minute, with its year.
    pub(super) fn time(&self, at: &Time) -> String {
        dates::shown(*at, "%Y-%m-%d %H:%M")
    }

    /// A moment for tables: without the year when all of the case happened in one.
    pub(super) fn short_time(&self, at: &Time, day_only: bool) -> String {
        let pattern = match (self.with_year, day_only) {
            (false, false) => "%m-%d %H:%M",
            (false, true) => "%m-%d",
            (true, false) => "%Y-%m-%d %H:%M",
            (true, true) => "%Y-%m-%d",
        };
        if day_only { at.format(pattern).to_string() } else { dates::shown(*at, pattern) }
    }

    /// The moment of an order's step, for tables.
    pub(super) fn step_time(&self, result: &OrderAssessment, kind: StepKind) -> Option<String> {
        result.step(kind).map(|s| self.step_short(s))
    }

    /// A step's time for tables.
    pub(super) fn step_short(&self, step: &Step) -> String {
        self.short_time(&step.at, step.day_only) + self.zone_mark(step)
    }

    /// A step's time with its year.
    pub(super) fn step_long(&self, step: &Step) -> String {
        dates::shown_moment(step.moment()) + self.zone_mark(step)
    }

    /// What stands behind a local time whose zone its source does not name.
    fn zone_mark(&self, step: &Step) -> &str {
        if step.zone_unknown { self.book.word("local-time") } else { "" }
    }

    /// A scan's site without its brackets.
    pub(super) fn site<'t>(&self, location: &'t str) -> &'t str {
        location.trim_matches(['【', '】', '[', ']', ' '])
    }

    /// A scan's site as a city, at most eight characters: what a dense table can hold.
    pub(super) fn short_place(&self, location: &str) -> String {
        let bare = self.site(location);
        let city = bare.split_once('市').map_or(bare, |(city, _)| city.rsplit(['省', '区']).next().unwrap_or(city));
        // of an address abroad the town and its state: letters are half as wide
        let (city, most) = if city.is_ascii() { (city.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-').trim_end(), 18) } else { (city, 8) };
        let mut out: String = city.chars().take(most).collect();
        if out.chars().count() < city.chars().count() {
            out.push('…');
        }
        out
    }

    /// The carrier's name in the book's language, else as it was read.
    pub(super) fn carrier(&self, waybill: &Waybill) -> String {
        match &waybill.carrier {
            Some(id) => self.carriers.name(id, self.book.spec.book.language).to_owned(),
            None => waybill.carrier_text.clone().unwrap_or_default(),
        }
    }

    /// The name of a carrier that a trace names by its id.
    pub(super) fn carrier_name(&self, id: &str) -> String {
        self.carriers.name(id, self.book.spec.book.language).to_owned()
    }

    /// A personal value as far as it may be seen.
    pub(super) fn personal(&self, value: &Personal) -> String {
        match self.disclosure {
            Disclosure::Full => value.show(Disclosure::Full),
            Disclosure::Masked => self.free_text(&value.show(Disclosure::Masked), None),
        }
    }

    /// Free text: couriers' phones are always masked; in the twin also every value of the buyers (`order`: only of that one) wherever it stands.
    pub(super) fn free_text(&self, text: &str, order: Option<usize>) -> String {
        let masked = mask_phones(text);
        if self.disclosure == Disclosure::Full {
            return masked;
        }
        let own;
        let values = match order {
            Some(only) => {
                own = personal_values(self.case.orders.get(only..=only).unwrap_or_default());
                &own
            }
            None => self.everyone.get_or_init(|| personal_values(&self.case.orders)),
        };
        let mut out = masked;
        for value in values {
            if value.raw().chars().count() >= 2 && out.contains(value.raw()) {
                out = out.replace(value.raw(), &value.show(Disclosure::Masked));
            }
        }
        out
    }

    /// Text of the buyer's own (chat lines, remarks): as read on the platform's copy.
    pub(super) fn buyers_text(&self, text: &str, order: Option<usize>) -> String {
        match self.disclosure {
            Disclosure::Full => text.to_owned(),
            Disclosure::Masked => self.free_text(text, order),
        }
    }

    /// An order's waybills: the one whose way is told first.
    pub(super) fn waybills<'o>(&self, order: &'o Order, result: &OrderAssessment) -> Vec<&'o Located<Waybill>> {
        let told = |w: &Located<Waybill>| Some(clean_waybill(&w.value.number)) == result.way_of;
        let (mut list, rest): (Vec<_>, Vec<_>) = order.waybills.iter().partition(|w| told(w));
        list.extend(rest);
        list
    }

    /// The carrier's name without its trade words (速运, 快递 …), for dense tables.
    pub(super) fn short_carrier(&self, waybill: &Waybill) -> String {
        let name = self.carrier(waybill);
        if self.book.word("carrier-unnamed").split_whitespace().any(|none| none == name) {
            return String::new();
        }
        let short = self.book.word("carrier-suffixes").split_whitespace().find_map(|s| name.strip_suffix(s)).map(str::trim).unwrap_or(&name);
        if short.is_empty() { name } else { short.to_owned() }
    }

    /// Events, each once: a date of case.toml and a file may tell of the same one, and then the file is named.
    pub(super) fn events(&self) -> Vec<&'a Event> {
        // compared as printed: one source ends the day at 23:59:00, another at 23:59:59
        let told = |e: &Event| (e.label.clone(), dates::shown_moment(e.from), dates::shown_moment(e.to));
        let mut out: Vec<&Event> = Vec::new();
        // of a cause that is not handed in only the seller's own word stays
        for event in self.assessment.anomaly.events.iter().filter(|e| e.file.is_none_or(|file| self.exhibit_of(file).is_some())) {
            match out.iter_mut().find(|e| told(e) == told(event)) {
                Some(same) if same.file.is_none() && event.file.is_some() => *same = event,
                Some(_) => {}
                None => out.push(event),
            }
        }
        out
    }

    /// A place inside a file in words; empty when the whole file is meant.
    pub(super) fn place_words(&self, place: &Place) -> String {
        match place {
            Place::Whole => String::new(),
            Place::Path => self.book.word("place.path").to_owned(),
            Place::Row(n) => self.book.fill("place.row", &[("n", &n.to_string())]),
            Place::SheetRow(sheet, n) => self.book.fill("place.sheet-row", &[("sheet", sheet), ("n", &n.to_string())]),
            Place::Line(n) => self.book.fill("place.line", &[("n", &n.to_string())]),
            Place::Page(n) => self.book.fill("place.page", &[("n", &n.to_string())]),
            Place::Pointer(p) => match item(p) {
                Some((n, None)) => self.book.fill("place.item", &[("n", &n.to_string())]),
                Some((n, Some(m))) => self.book.fill("place.item-of", &[("n", &n.to_string()), ("m", &m.to_string())]),
                None => self.book.fill("place.pointer", &[("p", p)]),
            },
        }
    }

    /// Where a value was read: the exhibit, linked, or the source file's name, and the place in it.
    pub(super) fn source(&self, file: FileId, place: &Place) -> Inlines {
        // "第 71 行" stays on one line
        let words = self.place_words(place).replace(' ', "\u{a0}");
        let blank = if words.is_empty() { "" } else { "\u{a0}" };
        if let Some(exhibit) = self.exhibit_of(file) {
            let mut out = vec![self.exhibit_ref(exhibit)];
            if !words.is_empty() {
                out.push(Inline::Text(format!("\u{a0}{words}"), FAINT_WHOLE));
            }
            return out;
        }
        vec![Inline::Text(format!("{}{blank}{words}", self.file_words(file)), FAINT_WHOLE)]
    }

    /// What a source file is called: its kind, numbered when there are several exports.
    pub(super) fn file_words(&self, file: FileId) -> String {
        let Some(entry) = self.case.files.get(file.index()) else { return String::new() };
        let kind = self.book.word(&format!("kind.{}", entry.kind.as_str())).to_owned();
        match self.exports.iter().position(|f| *f == file) {
            Some(i) if self.exports.len() > 1 => format!("{kind} {}", i + 1),
            _ => kind,
        }
    }

    /// A path inside the bag for a page: names of folders and files may name buyers.
    pub(super) fn bag_path(&self, file: &BagFile) -> String {
        self.buyers_text(file.bag_path.strip_prefix("data/").unwrap_or(&file.bag_path), None)
    }

    /// The ids under which the notice lists an order, argued ones only.
    pub(super) fn listed(&self, order: usize) -> &[&'a str] {
        self.listed.get(order).map_or(&[], Vec::as_slice)
    }

    /// A line of goods: title, attributes, pieces.
    pub(super) fn goods(&self, line: &OrderLine) -> String {
        let mut out = line.title.clone().or_else(|| line.sku.clone()).unwrap_or_default();
        if let Some(attributes) = line.attributes.as_deref().filter(|a| !a.is_empty()) {
            out = format!("{out} {attributes}");
        }
        if let Some(quantity) = line.quantity {
            out = format!("{out} × {}", quantity.normalize());
        }
        out
    }
}

/// What buyers are known by, the longest first: an address may hold the name.
fn personal_values(orders: &[Order]) -> Vec<&Personal> {
    let mut values: Vec<&Personal> = Vec::new();
    for order in orders {
        values.extend([&order.buyer, &order.recipient, &order.address].into_iter().flatten().map(|l| &l.value));
        values.extend(order.phones.iter().map(|l| &l.value));
    }
    values.sort_by(|a, b| b.raw().len().cmp(&a.raw().len()).then_with(|| a.raw().cmp(b.raw())));
    values
}

/// The listed ids of each order that are argued.
fn argued_ids<'a>(case: &'a Case, assessment: &Assessment) -> Vec<Vec<&'a str>> {
    let mut out = vec![Vec::new(); case.orders.len()];
    let argued = assessment.listed_argued.iter().chain(std::iter::repeat(&true));
    for (listed, _) in case.listed.iter().zip(argued).filter(|(_, argued)| **argued) {
        if let Some(ids) = out.get_mut(listed.order) {
            ids.push(listed.id.as_str());
        }
    }
    out
}

/// The exhibits of each order.
fn by_order(case: &Case, exhibits: &[Exhibit]) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); case.orders.len()];
    for (i, exhibit) in exhibits.iter().enumerate() {
        for order in &exhibit.orders {
            if let Some(own) = out.get_mut(*order) {
                own.push(i);
            }
        }
    }
    out
}

/// The word for how a parcel was delivered; none for a plain signature: "by the recipient" is not said of a scan that does not say by whom.
pub(super) fn how_key(how: DeliveredHow) -> Option<&'static str> {
    match how {
        DeliveredHow::Recipient => None,
        DeliveredHow::Other => Some("delivered.other"),
        DeliveredHow::Left => Some("delivered.left"),
        DeliveredHow::Station => Some("delivered.station"),
    }
}

/// The item of a list that a JSON pointer means (`/data/8` is the ninth), and the item inside it where a list lies in a list (`/34/data/8` is the ninth
/// of the thirty-fifth); `None` where no item is meant, or lists lie deeper.
fn item(pointer: &str) -> Option<(usize, Option<usize>)> {
    let (_, last) = pointer.rsplit_once('/')?;
    last.parse::<usize>().ok()?;
    let numbers: Vec<usize> = pointer.split('/').filter_map(|part| part.parse::<usize>().ok()?.checked_add(1)).collect();
    match numbers.as_slice() {
        [n] => Some((*n, None)),
        [n, m] => Some((*n, Some(*m))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::item;

    #[test]
    fn a_pointer_is_an_item_where_lists_are_counted() {
        assert_eq!(item("/data/8"), Some((9, None)));
        assert_eq!(item("/34/data/8"), Some((35, Some(9))));
        assert_eq!(item("/1/2/3"), None);
        assert_eq!(item("/data"), None);
    }
}
