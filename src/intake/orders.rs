//! From exports to orders: rows of one main order are one order; only the flagged ones become values, the rest stay short entries.

mod export;
mod goods;
mod others;
mod state;
pub(super) mod tracking;

pub(super) use export::names;

use super::Intake;
use super::cells::View;
use crate::context::Context;
use crate::finding::Findings;
use crate::model::case::Listed;
use crate::model::ids::{OrderId, Waybill};
use crate::model::money::Money;
use crate::model::order::{ExportEntry, ListedBeside, Order, OrderLine};
use crate::model::person::{Personal, PersonalKind};
use crate::model::record::Content;
use crate::model::source::{FileId, Located};
use crate::model::{Moment, Time};
use crate::profile::carrier::Carriers;
use crate::profile::order_state::OrderStates;
use crate::text::ids;
use export::{Export, exports};
use indexmap::IndexMap;
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

pub use others::{OtherRow, others};

/// What the notice's list and the exports make together.
#[derive(Debug, Clone, Default)]
pub struct Selected {
    /// Distinct flagged main orders, in the notice's order.
    pub orders: Vec<Order>,
    /// The listed ids with the order each means.
    pub listed: Vec<Listed>,
    /// All orders of the exports in short, in source order.
    pub export: Vec<ExportEntry>,
    /// Orders of tracking lists that stand in no export and carry a flagged order's number.
    pub listed_beside: Vec<ListedBeside>,
    /// The shop's name, where the rows of the flagged orders name one.
    pub shop: Option<String>,
}

impl Selected {
    /// The ids of the flagged orders that stand in an export: as listed, main and sub.
    pub fn exported_ids(&self) -> BTreeSet<&OrderId> {
        let there = |order: &&Order| order.in_export;
        let listed = self.listed.iter().filter(|l| self.orders.get(l.order).as_ref().is_some_and(there)).map(|l| &l.id);
        self.orders.iter().filter(there).flat_map(|o| std::iter::once(&o.id).chain(&o.sub_ids)).chain(listed).collect()
    }
}

/// Every main order of the exports, in their order.
pub fn main_ids(intake: &Intake) -> Vec<OrderId> {
    let book = Book::new(intake, &[]);
    book.in_order().into_iter().filter_map(|place| book.rows_of(place)).map(|(id, _)| id).collect()
}

/// Main and sub-order ids of every export and tracking list, damaged ones excepted.
pub fn known_ids(intake: &Intake) -> BTreeSet<OrderId> {
    // sorted at once: a set grown one by one compares each id with many that lie far apart
    let mut known = Vec::new();
    for export in exports(&intake.files, &intake.contents) {
        for row in export.rows() {
            known.extend(export.merged(row).into_iter().map(OrderId::new));
            if let Some(named) = export.named(row) {
                known.push(OrderId::new(named.main));
                known.extend(named.subs.into_iter().map(OrderId::new));
            }
        }
    }
    for (_, rows) in tracking::lists(intake) {
        known.extend(rows.iter().flat_map(|r| r.ids().cloned()));
    }
    known.into_iter().collect()
}

/// Builds the flagged orders from the exports. `listed`: the ids as the notice lists them, each once; a sub-order's id means its main order; an id that
/// no export names becomes an order that has nothing but its id (and the waybills of a tracking list). Damaged ids of exports become findings.
pub fn select(intake: &Intake, listed: &[OrderId], ctx: &Context, findings: &mut Findings) -> Selected {
    // broken carrier data stop the run where logistics are judged; here only the carrier's id stays unknown
    let carriers = Carriers::load(&ctx.profile).ok();
    for (entry, recognised) in intake.files.iter().zip(&intake.contents) {
        for part in recognised.tables() {
            if let (Content::Orders(table), Some(cells)) = part {
                let view = View { table: cells, columns: &table.columns, reading: &table.reading };
                table.damaged.iter().for_each(|row| findings.push(super::rows::damaged_id(view, *row, entry)));
            }
        }
    }
    let mut book = Book::new(intake, listed);
    book.states = OrderStates::load(&ctx.profile).ok();
    let mut selected = Selected { export: book.entries(), ..Selected::default() };
    let carriers = CarrierNames { carriers, known: RefCell::default() };
    let mut place: HashMap<OrderId, usize> = HashMap::new();
    for id in listed {
        let main = book.main_of(id);
        let order = *place.entry(main.clone()).or_insert_with(|| {
            selected.orders.push(book.order(&main, &carriers));
            selected.orders.len() - 1
        });
        selected.listed.push(Listed { id: id.clone(), order, is_sub: main != *id });
    }
    tracking::foreign_lists(intake, &book, &selected, findings);
    selected.listed_beside = tracking::beside(&book, &selected.orders);
    selected.shop = book.shop(&selected.orders);
    selected
}

/// Carriers by the words of exports, each wording looked up once: a shop's thousands of rows name three of them.
struct CarrierNames {
    carriers: Option<Arc<Carriers>>,
    known: RefCell<HashMap<String, Option<String>>>,
}

impl CarrierNames {
    fn id(&self, words: &str) -> Option<String> {
        let carriers = self.carriers.as_ref()?;
        if let Some(id) = self.known.borrow().get(words) {
            return id.clone();
        }
        let id = carriers.by_words(words).map(str::to_owned);
        self.known.borrow_mut().insert(words.to_owned(), id.clone());
        id
    }
}

/// The other way to write an id: `#1001` is `1001`.
fn twin(id: &str) -> Cow<'_, str> {
    id.strip_prefix('#').map_or_else(|| Cow::Owned(format!("#{id}")), Cow::Borrowed)
}

/// A row of an export: its index and the row's.
type At = (u32, u32);

/// The rows of an order, most often one.
#[derive(Default)]
struct Rows {
    first: At,
    more: Vec<At>,
}

impl Rows {
    fn all(&self) -> Vec<(usize, usize)> {
        std::iter::once(&self.first).chain(&self.more).map(|(at, row)| (*at as usize, *row as usize)).collect()
    }
}

/// Rows by main order, as indices: an order that is not flagged costs no values.
struct Book<'a> {
    exports: Vec<Export<'a>>,
    /// Main ids in source order with their rows.
    groups: IndexMap<Cow<'a, str>, Rows>,
    main_of_sub: HashMap<Cow<'a, str>, Cow<'a, str>>,
    /// Rows of tracking lists by main order.
    tracking: tracking::ByOrder<'a>,
    /// Rows whose id is damaged: orders they are, but which is not known.
    damaged: Vec<(usize, usize)>,
    /// What states and ways of payment mean; words that the user broke stop the run where they are judged.
    states: Option<Arc<OrderStates>>,
}

impl<'a> Book<'a> {
    /// `listed`: the ids of the notice; with the exports' they say what a list's cell names.
    fn new(intake: &'a Intake, listed: &[OrderId]) -> Self {
        let mut book = Book {
            exports: exports(&intake.files, &intake.contents).collect(),
            groups: IndexMap::new(),
            main_of_sub: HashMap::new(),
            tracking: HashMap::new(),
            damaged: Vec::new(),
            states: None,
        };
        // first who is whose part: an ERP's list may know only the sub-order's number, and must not make an order of it
        for export in book.exports.iter().filter(|e| e.view.has("sub_order_id") || e.view.has("main_order_id")) {
            for named in export.rows().filter_map(|row| export.named(row)) {
                for sub in named.subs {
                    book.main_of_sub.entry(sub).or_insert_with(|| named.main.clone());
                }
            }
        }
        let most: usize = book.exports.iter().filter(|e| !e.table.detail).map(|e| e.view.table.rows.len()).sum();
        book.groups.reserve(most);
        let mut marked = false;
        for (at, export) in book.exports.iter().enumerate() {
            book.damaged.extend(export.table.damaged.iter().filter(|_| !export.table.detail).map(|row| (at, *row)));
            for row in export.rows() {
                let mains = export.named(row).map_or_else(|| export.merged(row), |named| vec![named.main]);
                for mut main in mains {
                    if let Some(whole) = book.main_of_sub.get(&main) {
                        main.clone_from(whole);
                    }
                    marked |= main.starts_with('#');
                    let other = if marked { book.groups.get_key_value(&*twin(&main)).map(|(shown, _)| shown.clone()) } else { None };
                    let place = (at as u32, row as u32);
                    let rows = book.groups.entry(other.unwrap_or(main));
                    rows.and_modify(|rows| rows.more.push(place)).or_insert_with(|| Rows { first: place, more: Vec::new() });
                }
            }
        }
        book.tracking = tracking::by_order(intake, &book, &listed.iter().collect());
        book
    }

    /// The main order of a listed id; the id itself when no export knows better.
    fn main_of(&self, id: &OrderId) -> OrderId {
        if self.groups.contains_key(id.as_str()) {
            return id.clone();
        }
        let twin = twin(id.as_str());
        let shown = |id: &str| self.main_of_sub.get(id).or_else(|| self.groups.get_key_value(id).map(|(shown, _)| shown));
        shown(id.as_str()).or_else(|| shown(&twin)).map_or_else(|| id.clone(), |main| OrderId::new(&**main))
    }

    fn export(&self, at: usize) -> Option<&Export<'a>> {
        self.exports.get(at)
    }

    /// The first filled value of a field over an order's rows, lists before goods lines.
    fn first<T>(&self, rows: &[(usize, usize)], read: impl Fn(View<'a>, usize) -> Option<T>) -> Option<Located<T>> {
        [false, true].into_iter().find_map(|detail| {
            rows.iter().find_map(|(at, row)| {
                let export = self.export(*at).filter(|e| e.table.detail == detail)?;
                read(export.view, *row).map(|value| Located::new(value, export.file, export.view.table.place(*row)))
            })
        })
    }

    /// Every order by the place of its first row, those whose id is damaged among them: the place, and which group it is.
    fn in_order(&self) -> Vec<(At, Option<u32>)> {
        let damaged = self.damaged.iter().map(|(at, row)| ((*at as u32, *row as u32), None));
        let mut found: Vec<(At, Option<u32>)> = (0..).zip(self.groups.values()).map(|(n, rows)| (rows.first, Some(n))).chain(damaged).collect();
        found.sort_unstable();
        found
    }

    /// The id and the rows of one of them.
    fn rows_of(&self, ((at, row), group): (At, Option<u32>)) -> Option<(OrderId, Vec<(usize, usize)>)> {
        if let Some((id, rows)) = group.and_then(|n| self.groups.get_index(n as usize)) {
            return Some((OrderId::new(&**id), rows.all()));
        }
        let at = (at as usize, row as usize);
        let export = self.export(at.0)?;
        let id = super::rows::ID_FIELDS.iter().find_map(|f| export.view.text(at.1, f)).map(ids::clean_id)?;
        Some((OrderId::new(id), vec![at]))
    }

    fn entries(&self) -> Vec<ExportEntry> {
        let places = self.in_order();
        let mut entries = Vec::with_capacity(places.len());
        entries.extend(places.into_iter().filter_map(|place| self.rows_of(place).and_then(|(id, rows)| self.entry(id, &rows))));
        entries
    }

    fn entry(&self, id: OrderId, rows: &[(usize, usize)]) -> Option<ExportEntry> {
        let &(at, row) = rows.first()?;
        let export = self.export(at)?;
        let text = |field: &str| self.first(rows, |v, r| v.text(r, field)).map_or("", |l| l.value).into();
        let time = |field: &str| self.first(rows, |v, r| v.moment(r, field)).map(|l| l.value);
        let day = self.day(&id, rows).map(|l| Moment::day(l.value));
        // nearly every order has one
        let mut numbers: Vec<Box<str>> = Vec::with_capacity(1);
        let mut add = |number: String| {
            if !numbers.iter().any(|n| **n == *number) {
                numbers.push(number.into());
            }
        };
        let mut stands = None;
        for (at, row) in rows {
            if let Some(export) = self.export(*at) {
                let found = export.view.waybills(*row);
                if !found.is_empty() {
                    stands = stands.or(Some((export, *row)));
                }
                found.into_iter().for_each(|(number, _)| add(number));
            }
        }
        let (export, row) = stands.unwrap_or((export, row));
        for (_, row) in self.tracking.get(&id).into_iter().flatten() {
            add(row.waybill.clone());
        }
        let own = self.own(rows);
        let amount = self.amount(&own).map(|a| a.value);
        Some(ExportEntry {
            at: time("created_at").or_else(|| time("paid_at")).or(day),
            buyer: text("buyer"),
            address: self.first(rows, |v, r| v.string(r, "address")).map_or_else(Box::default, |l| l.value.into()),
            waybills: numbers,
            amount: amount.map(|money| money.amount),
            currency: amount.map_or(*b"XXX", |money| money.currency),
            pieces: self.pieces(&own, false).or_else(|| self.pieces(&own, true)).map(|p| p.value),
            refunded: self.refunded(&own) == Some(true),
            unpaid: self.unpaid(rows),
            file: export.file,
            place: export.view.table.place(row),
            id,
        })
    }

    /// The rows that speak of this order alone: of a row that an ERP merged nobody knows whose money and pieces it tells.
    fn own(&self, rows: &[(usize, usize)]) -> Vec<(usize, usize)> {
        rows.iter().copied().filter(|(at, row)| self.export(*at).is_some_and(|e| e.merged(*row).is_empty())).collect()
    }

    /// The day that the number names, where an export's layout knows that it does.
    fn day(&self, id: &OrderId, rows: &[(usize, usize)]) -> Option<Located<Time>> {
        self.first(rows, |v, _| v.day_of_id(id.as_str()))
    }

    /// What was paid back: exports with a row for each sub-order say it row by row, so the rows of the first export that says any are added up.
    fn refund(&self, rows: &[(usize, usize)]) -> Option<Located<Money>> {
        let (from, first) = self.first_money(rows, "refund")?;
        let sum = rows.iter().filter(|(at, _)| *at == from).filter_map(|(at, row)| self.export(*at)?.view.number(*row, "refund")).sum();
        Some(first.map(|money| Money { amount: sum, ..money }))
    }

    fn order(&self, id: &OrderId, carriers: &CarrierNames) -> Order {
        let rows = self.groups.get(id.as_str()).map(Rows::all).unwrap_or_default();
        let rows = rows.as_slice();
        let own = self.own(rows);
        let personal = |field: &'static str, kind: PersonalKind| self.first(rows, |v, r| v.text(r, field).map(|t| Personal::new(kind, t)));
        let time = |field: &'static str| -> Option<Located<Moment>> { self.first(rows, |v, r| v.moment(r, field)) };
        let text = |field: &'static str| self.first(rows, |v, r| v.string(r, field));
        let mut sub_ids: Vec<OrderId> = Vec::new();
        for sub in rows.iter().filter_map(|(at, row)| self.export(*at)?.named(*row)).flat_map(|n| n.subs) {
            let sub = OrderId::new(sub);
            if !sub_ids.contains(&sub) {
                sub_ids.push(sub);
            }
        }
        Order {
            id: id.clone(),
            sub_ids,
            in_export: !rows.is_empty(),
            rows: rows.iter().filter_map(|(at, row)| self.export(*at).map(|e| (e.file, e.view.table.place(*row)))).collect(),
            buyer: personal("buyer", PersonalKind::Nick),
            recipient: personal("recipient", PersonalKind::Name),
            phones: self.phones(rows),
            address: self.first(rows, |v, r| v.string(r, "address").map(|t| Personal::new(PersonalKind::Address, t))),
            day: self.day(id, rows),
            created_at: time("created_at"),
            paid_at: time("paid_at"),
            shipped_at: time("shipped_at").or_else(|| tracking::shipped_at(self.tracking.get(id)?)),
            confirmed_at: time("confirmed_at"),
            amount: self.amount(&own),
            refund: self.refund(&own),
            refunded: self.refunded(&own),
            unpaid: self.unpaid(rows),
            to_ship: self.to_ship(rows),
            cash_on_delivery: self.says(rows, "pay_way", |s| &s.cash_on_delivery) == Some(true),
            waybills: self.waybills(id, rows, carriers),
            pieces: self.listed_pieces(&own),
            lines: self.lines(&own),
            status: text("status"),
            remark: personal("remark", PersonalKind::FreeText),
            message: personal("message", PersonalKind::FreeText),
            stages: text("stages"),
            presale: self.says(rows, "order_type", |s| &s.presale) == Some(true),
        }
    }

    /// What the buyer paid. An export with a row for each sub-order (it has a main order column) says a part in each row.
    fn amount(&self, rows: &[(usize, usize)]) -> Option<Located<Money>> {
        let (from, first) = self.first_money(rows, "amount")?;
        let parts = rows.iter().filter(|(at, _)| *at == from).filter_map(|(at, row)| {
            let export = self.export(*at).filter(|e| e.view.has("main_order_id") || e.view.reading.amount_per_row)?;
            export.view.number(*row, "amount")
        });
        let sum: Decimal = parts.sum();
        Some(first.map(|single| if sum.is_zero() { single } else { Money { amount: sum, ..single } }))
    }

    /// The first amount of a field, and which table tells it: parts are added up within one table only.
    fn first_money(&self, rows: &[(usize, usize)], field: &str) -> Option<(usize, Located<Money>)> {
        [false, true].into_iter().find_map(|detail| {
            rows.iter().find_map(|(at, row)| {
                let export = self.export(*at).filter(|e| e.table.detail == detail)?;
                export.view.money(*row, field).map(|money| (*at, Located::new(money, export.file, export.view.table.place(*row))))
            })
        })
    }

    /// Pieces over the rows of the first export of a kind that tells them.
    fn pieces(&self, rows: &[(usize, usize)], detail: bool) -> Option<Located<Decimal>> {
        let own = |at: &usize| self.export(*at).filter(|e| e.table.detail == detail);
        let told = |(at, row): &(usize, usize)| own(at).and_then(|e| Some((*at, *row, e.view.sold(e.view.number(*row, "quantity")?))));
        let (first, row, _) = rows.iter().find_map(told)?;
        let sum = rows.iter().filter_map(told).filter(|(at, _, _)| *at == first).map(|(_, _, n)| n).sum();
        self.export(first).map(|e| Located::new(sum, e.file, e.view.table.place(row)))
    }

    /// The pieces of an order list, when goods lines of another export tell them as well.
    fn listed_pieces(&self, rows: &[(usize, usize)]) -> Option<Located<Decimal>> {
        self.pieces(rows, true)?;
        self.pieces(rows, false)
    }

    /// The shop whose export it is. An ERP's export holds several shops: of two names neither is taken.
    fn shop(&self, orders: &[Order]) -> Option<String> {
        let rows = orders.iter().filter_map(|o| self.groups.get(o.id.as_str())).flat_map(Rows::all);
        let mut names = rows.filter_map(|(at, row)| self.export(at)?.view.text(row, "shop"));
        let first = names.next()?;
        names.all(|name| name == first).then(|| first.to_owned())
    }

    fn phones(&self, rows: &[(usize, usize)]) -> Vec<Located<Personal>> {
        let mut phones: Vec<Located<Personal>> = Vec::new();
        for (at, row) in rows {
            let Some(export) = self.export(*at) else { continue };
            for cell in export.view.each(*row, "phone") {
                let phone = ids::clean_id(cell);
                if phone.bytes().any(|b| b.is_ascii_digit() || b == b'*') && !phones.iter().any(|p| p.value.raw() == phone) {
                    phones.push(Located::new(Personal::new(PersonalKind::Phone, phone), export.file, export.view.table.place(*row)));
                }
            }
        }
        phones
    }

    fn waybills(&self, id: &OrderId, rows: &[(usize, usize)], carriers: &CarrierNames) -> Vec<Located<Waybill>> {
        let mut found: Vec<Located<Waybill>> = Vec::new();
        let mut add = |number: String, carrier_text: Option<String>, shipped_at: Option<Moment>, file: FileId, place| {
            let carrier = carrier_text.as_deref().and_then(|t| carriers.id(t));
            match found.iter_mut().find(|w| w.value.number == number) {
                Some(known) => {
                    if known.value.carrier_text.is_none() {
                        known.value.carrier_text = carrier_text;
                        known.value.carrier = carrier;
                    }
                    known.value.shipped_at = known.value.shipped_at.or(shipped_at);
                }
                None => found.push(Located::new(Waybill { number, carrier_text, carrier, shipped_at }, file, place)),
            }
        };
        for (at, row) in rows {
            let Some(export) = self.export(*at) else { continue };
            let numbers = export.view.waybills(*row);
            let words = export.view.text(*row, "carrier").unwrap_or("");
            let single: Vec<&str> = words.split([',', '，', ';', '；', '、', '|']).map(str::trim).filter(|w| !w.is_empty()).collect();
            let paired = single.len() == numbers.len();
            let shipped_at = export.view.moment(*row, "shipped_at").filter(|_| numbers.len() == 1);
            for (n, (number, own)) in numbers.into_iter().enumerate() {
                let beside = if paired { single.get(n).copied() } else { Some(words).filter(|w| !w.is_empty()) };
                add(number, own.or_else(|| beside.map(str::to_owned)), shipped_at, export.file, export.view.table.place(*row));
            }
        }
        for (file, row) in self.tracking.get(id).into_iter().flatten() {
            add(row.waybill.clone(), row.carrier_text.clone(), row.shipped_at, *file, row.place.clone());
        }
        found
    }

    /// Goods: of the first goods list that names the order, else of the first order list that says goods; a second export would count them twice.
    fn lines(&self, rows: &[(usize, usize)]) -> Vec<OrderLine> {
        for detail in [true, false] {
            let mut lines = Vec::new();
            let mut from = None;
            for (at, row) in rows {
                let Some(export) = self.export(*at).filter(|e| e.table.detail == detail) else { continue };
                if from.is_some_and(|f| f != *at) {
                    break;
                }
                let found = goods::of_row(export, *row);
                if !found.is_empty() {
                    from = Some(*at);
                    lines.extend(found);
                }
            }
            if !lines.is_empty() {
                return lines;
            }
        }
        Vec::new()
    }
}
