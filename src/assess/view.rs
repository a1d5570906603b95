//! The case as the rules look at it: for every flagged order the records that were tied to it, found once.

use crate::context::Context;
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::model::assessment::Parcels;
use crate::model::case::Case;
use crate::model::evidence::{Key, Link, Matching};
use crate::model::file::Kind;
use crate::model::ids::{OrderId, Waybill};
use crate::model::order::Order;
use crate::model::record::{BillRow, Chat, Content, EventKind, StockMovement, Trace, TraceEvent};
use crate::model::settings::{ChatSettings, Delivery, Goods};
use crate::model::source::{FileId, Located, Place};
use crate::model::{Lang, Time};
use crate::profile::carrier::Carriers;
use crate::profile::lang::words;
use crate::profile::platform::{self, Platform, Threshold};
use crate::profile::region::{Regions, Spot};
use crate::text::ids::{clean_id, clean_waybill};
use crate::text::nicks;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// One order with what belongs to it.
pub(super) struct OrderView<'a> {
    pub order: &'a Order,
    /// Usable links.
    pub links: Vec<&'a Link>,
    /// How it was delivered, as far as the user said.
    pub delivery: Option<Delivery>,
    /// An express trace is expected.
    pub express: bool,
    pub traces: Vec<(FileId, &'a Trace)>,
    pub bills: Vec<(FileId, &'a BillRow)>,
    /// Conversations, and whether an order number in it made the tie.
    pub chats: Vec<(FileId, &'a Chat, bool)>,
    /// Stock rows, and whether the tie is an inference.
    pub movements: Vec<(FileId, &'a StockMovement, bool)>,
    /// Proof numbers from `[[chat]]`.
    pub proof_numbers: Vec<&'a ChatSettings>,
}

/// The whole case.
pub(super) struct View<'a> {
    pub case: &'a Case,
    pub matching: &'a Matching,
    pub ctx: &'a Context,
    pub carriers: Arc<Carriers>,
    /// What is known of the platform; of any platform, where the case names none.
    pub platform: Arc<Platform>,
    pub regions: Arc<Regions>,
    pub orders: Vec<OrderView<'a>>,
}

/// A number of the platform's data, and the rule it is from, in the seller's language.
pub(super) struct Limit {
    pub value: i64,
    pub rule: String,
    /// What the platform calls that which passes it.
    pub called: Option<String>,
    /// Nobody verified that it holds for this platform.
    pub unverified: bool,
}

impl<'a> View<'a> {
    pub(super) fn of(case: &'a Case, matching: &'a Matching, ctx: &'a Context) -> Result<Self> {
        let mut links: Vec<Vec<&Link>> = vec![Vec::new(); case.orders.len()];
        // what a reviewer cannot open counts for nothing, whatever its name says
        for link in matching.links.iter().filter(|l| l.strength >= crate::model::evidence::Strength::Strong && case.opens(l.file)) {
            if let Some(list) = links.get_mut(link.order) {
                list.push(link);
            }
        }
        let mut places = Places::default();
        let listed = case.listed_by_order();
        let delivery: HashMap<OrderId, Delivery> = case.settings.orders.iter().filter_map(|o| o.delivery.map(|d| (OrderId::new(clean_id(&o.id)), d))).collect();
        let orders = case
            .orders
            .iter()
            .zip(links)
            .enumerate()
            .map(|(i, (order, links))| {
                let ids = std::iter::once(&order.id).chain(&order.sub_ids).chain(listed.get(i).into_iter().flatten().map(|l| &l.id));
                let delivery = ids.filter_map(|id| delivery.get(id)).next().copied();
                one(case, &mut places, order, links, delivery)
            })
            .collect();
        let platform = Platform::load(&ctx.profile, case.platform.as_deref().unwrap_or(platform::GENERAL))?;
        let regions = Regions::load(&ctx.profile, case.platform.as_deref())?;
        Ok(View { case, matching, ctx, carriers: Carriers::load(&ctx.profile)?, platform, regions, orders })
    }

    /// A number of the platform's data. What nobody verified for this platform says so, so that nothing is decided by it in silence.
    pub(super) fn limit(&self, key: &str) -> Option<Limit> {
        let found = self.threshold(key)?;
        let mut rule = found.basis.shown(self.ctx.lang);
        if found.basis.unverified {
            rule.push_str(words(self.ctx.lang).get("threshold.unverified"));
        }
        let called = if self.ctx.lang == Lang::En { &found.en } else { &found.zh };
        Some(Limit { value: found.value, rule, called: called.clone(), unverified: found.basis.unverified })
    }

    /// A number of the platform's profile for a case of this violation.
    pub(super) fn threshold(&self, key: &str) -> Option<&Threshold> {
        self.platform.threshold(key, self.case.violation.as_deref())
    }

    /// A number of our own that no rule gives.
    pub(super) fn measure(&self, key: &str) -> Option<Decimal> {
        self.threshold(key).map(|t| Decimal::from(t.value))
    }

    /// Where an order goes, as far as its address can be read.
    pub(super) fn destination(&self, o: &OrderView) -> Option<Spot> {
        let address = o.order.address.as_ref()?.value.raw();
        self.regions.locate(address)
    }

    /// Where a scan was: its site, else the first `【…】` or `[…]` in its words that names a place, else the word that they begin with (`广东广州白云公司 已收件`).
    pub(super) fn scanned_at(&self, event: &TraceEvent) -> Option<Spot> {
        let site = event.location.as_deref().and_then(|l| self.regions.locate(l));
        let begins = || event.text.trim_start().split([' ', '\u{3000}', ',', '，', '：', ':']).next().and_then(|word| self.regions.locate(word));
        site.or_else(|| event.text.split(['【', '[']).skip(1).find_map(|part| self.regions.locate(part))).or_else(begins)
    }

    /// A finding of a flagged order.
    pub(super) fn finding(&self, code: Code, order: usize) -> Finding {
        Finding::new(code).order(order, self.case.orders.get(order).map_or("", |o| o.id.as_str()))
    }

    /// The carrier's id: as read, else by its words.
    pub(super) fn carrier_id<'b>(&'b self, waybill: &'b Waybill) -> Option<&'b str> {
        waybill.carrier.as_deref().or_else(|| self.carriers.by_words(waybill.carrier_text.as_deref()?))
    }

    /// The carrier's name in the seller's language, else the export's own words.
    pub(super) fn carrier_name(&self, waybill: &Waybill) -> Option<String> {
        let known = self.carrier_id(waybill).map(|id| self.carriers.name(id, self.ctx.lang).to_owned());
        known.or_else(|| waybill.carrier_text.clone().filter(|t| !t.trim().is_empty()))
    }

    pub(super) fn path(&self, file: FileId) -> &str {
        &self.case.file(file).path
    }
}

fn one<'a>(case: &'a Case, places: &mut Places<'a>, order: &'a Order, links: Vec<&'a Link>, delivery: Option<Delivery>) -> OrderView<'a> {
    // what is said of this order weighs more than what is said of the case
    let express = match delivery {
        None => case.settings.goods == Goods::Physical,
        Some(delivery) => matches!(delivery, Delivery::Express | Delivery::Presale | Delivery::Consolidated),
    };
    let proof_numbers = case
        .settings
        .chats
        .iter()
        .filter(|c| {
            let by_order = c.order.as_ref().is_some_and(|id| {
                let id = OrderId::new(clean_id(id));
                order.id == id || order.sub_ids.contains(&id)
            });
            by_order || (c.order.is_none() && c.buyer.is_some() && c.buyer.as_deref() == order.buyer.as_ref().map(|b| b.value.raw()))
        })
        .filter(|c| c.proof_number.as_ref().is_some_and(|n| !n.trim().is_empty()))
        .collect();
    let mut view = OrderView {
        order,
        delivery,
        express,
        traces: Vec::new(),
        bills: Vec::new(),
        chats: Vec::new(),
        movements: Vec::new(),
        proof_numbers,
        links: Vec::new(),
    };
    for link in &links {
        view.take(case, places, link);
    }
    view.links = links;
    view
}

impl<'a> OrderView<'a> {
    fn take(&mut self, case: &'a Case, places: &mut Places<'a>, link: &Link) {
        let file = link.file;
        let whole = matches!(link.place, Place::Whole | Place::Path);
        for (n, part) in case.content(file).content.parts().iter().enumerate() {
            self.take_part(part, places, link, (file, n), whole);
        }
    }

    fn take_part(&mut self, part: &'a Content, places: &mut Places<'a>, link: &Link, key: (FileId, usize), whole: bool) {
        let file = key.0;
        match part {
            Content::Traces(traces) => {
                let found: Option<&'a Trace> = match traces.as_slice() {
                    [only] => Some(only),
                    _ => places.index(key, || own(traces.iter().map(|t| &t.place)), &link.place).and_then(|i| traces.get(i)),
                };
                // a file named after the order may still hold the trace of another number
                let ours = |t: &Trace| {
                    self.order.waybills.is_empty()
                        || t.order.is_some() && link.key != Key::Waybill && !whole
                        || self.order.waybills.iter().any(|w| clean_waybill(&w.value.number) == clean_waybill(&t.waybill))
                };
                let candidates: Vec<&'a Trace> = if whole && found.is_none() { traces.iter().collect() } else { found.into_iter().collect() };
                for trace in candidates {
                    let named = !self.order.waybills.is_empty() || traces.len() == 1 || !whole;
                    if named && ours(trace) && !self.traces.iter().any(|(_, t)| std::ptr::eq(*t, trace)) {
                        self.traces.push((file, trace));
                    }
                }
            }
            Content::Bill(rows) if !whole => {
                if let Some(row) = places.index(key, || own(rows.iter().map(|r| &r.place)), &link.place).and_then(|i| rows.get(i))
                    && !self.bills.iter().any(|(_, known)| std::ptr::eq(*known, row))
                {
                    self.bills.push((file, row));
                }
            }
            Content::StockMovements(rows) if !whole => {
                if let Some(row) = places.index(key, || own(rows.iter().map(|r| &r.place)), &link.place).and_then(|i| rows.get(i)) {
                    // a row that names the order and its waybill is tied by both, and left the stock once
                    match self.movements.iter_mut().find(|(_, known, _)| std::ptr::eq(*known, row)) {
                        Some((.., inferred)) => *inferred &= link.inferred,
                        None => self.movements.push((file, row, link.inferred)),
                    }
                }
            }
            Content::Chats(chats) => {
                let exact = matches!(link.key, Key::OrderId | Key::SubOrderId | Key::Waybill) && !whole;
                let spoken = || {
                    chats.iter().enumerate().flat_map(|(i, c)| std::iter::once((&c.place, i)).chain(c.messages.iter().map(move |m| (&m.place, i)))).collect()
                };
                let one = if whole { None } else { places.index(key, spoken, &link.place).and_then(|i| chats.get(i)) };
                let ours: Vec<&'a Chat> = if whole { chats.iter().collect() } else { one.into_iter().collect() };
                // a file that is named after the order, or given to it, says the same of its conversations; one of many buyers need hold only his among them
                let meant = whole && matches!(link.key, Key::OrderId | Key::SubOrderId | Key::Waybill | Key::Nick | Key::Assign);
                let buyer = self.order.buyer.as_ref().map(|b| b.value.raw()).unwrap_or_default();
                let his = |chat: &Chat| chat.buyer.as_deref().is_some_and(|b| nicks::same(b, buyer));
                let named_whole = meant && !ours.iter().any(|chat| his(chat));
                for chat in ours {
                    let named = exact || named_whole && chat.names_as_orders_do();
                    match self.chats.iter_mut().find(|(_, c, _)| std::ptr::eq(*c, chat)) {
                        Some((_, _, before)) => *before |= named,
                        None => self.chats.push((file, chat, named)),
                    }
                }
            }
            _ => {}
        }
    }

    /// Linked files of a kind that are one piece (pictures, documents), each once, with whether the tie is an inference.
    pub(super) fn pieces<'b>(&'b self, case: &'b Case) -> impl Iterator<Item = (FileId, Kind, &'b Link)> + 'b {
        let mut last = None;
        self.links.iter().filter_map(move |link| {
            let piece = matches!(
                case.content(link.file).content,
                Content::Picture(_) | Content::Pdf(_) | Content::Document(_) | Content::Film(_) | Content::None | Content::Text(_)
            );
            if last == Some(link.file) || !piece {
                return None;
            }
            last = Some(link.file);
            Some((link.file, case.file(link.file).kind, *link))
        })
    }

    /// Has it a picture, PDF or other document of this kind.
    pub(super) fn has_piece(&self, case: &Case, kinds: &[Kind]) -> bool {
        self.pieces(case).any(|(_, kind, _)| kinds.contains(&kind))
    }

    /// A picture, PDF or film of a trace.
    pub(super) fn has_pictured_trace(&self, case: &Case) -> bool {
        self.pieces(case).any(|(file, kind, _)| kind == Kind::Trace && !is_text(&case.content(file).content))
    }

    /// The path of a trace's text or table that could not be read as one.
    pub(super) fn unread_trace<'c>(&self, case: &'c Case) -> Option<&'c str> {
        self.pieces(case).find(|(file, kind, _)| *kind == Kind::Trace && is_text(&case.content(*file).content)).map(|(file, ..)| case.file(file).path.as_str())
    }

    /// A picture or PDF of any kind.
    pub(super) fn has_picture(&self, case: &Case) -> bool {
        self.links.iter().any(|l| matches!(case.content(l.file).content, Content::Picture(_) | Content::Pdf(_)))
    }

    /// The parcel's weight in kilograms as the courier tells it: a bill's, else a trace's own field.
    pub(super) fn weight(&self) -> Option<Located<Decimal>> {
        let billed = self.bills.iter().find_map(|(f, b)| b.weighed().map(|w| Located::new(w, *f, b.place.clone())));
        billed.or_else(|| self.traces.iter().find_map(|(f, t)| t.weight_kg.filter(|w| *w > Decimal::ZERO).map(|w| Located::new(w, *f, t.place.clone()))))
    }

    /// Its waybill numbers, each once.
    fn numbers(&self) -> BTreeSet<String> {
        self.waybills().map(|w| clean_waybill(&w.number)).collect()
    }

    /// The parcels that came back and were sent once more: another one of the order was picked up after the way back had begun.
    fn sent_again(&self) -> BTreeSet<String> {
        let sent_after = |back: Time| self.traces.iter().any(|(_, t)| t.picked_up().is_some_and(|scan| scan.at > back));
        self.traces.iter().filter(|(_, t)| went_back(t).is_some_and(sent_after)).map(|(_, t)| clean_waybill(&t.waybill)).collect()
    }

    /// The parcels that are the order's: what was sent again is neither waited for nor weighed twice.
    fn kept(&self) -> BTreeSet<String> {
        &self.numbers() - &self.sent_again()
    }

    /// Was something of the order sent back before `at`? What is scanned later is sent again, and the entry of the first waybill is not its clock.
    pub(super) fn returned_before(&self, at: Time) -> bool {
        self.traces.iter().any(|(_, t)| went_back(t).is_some_and(|back| back < at))
    }

    /// The weight of one of several parcels: a bill's, else its trace's own field.
    fn weight_of(&self, number: &str) -> Option<Located<Decimal>> {
        let mut billed = self.bills.iter().filter(|(_, b)| clean_waybill(&b.waybill) == number);
        let billed = billed.find_map(|(f, b)| Some(Located::new(b.weighed()?, *f, b.place.clone())));
        let traced = || self.traces.iter().filter(|(_, t)| clean_waybill(&t.waybill) == number).filter_map(|(f, t)| Some((f, t, t.weight_kg?)));
        billed.or_else(|| traced().find(|(.., w)| *w > Decimal::ZERO).map(|(f, t, w)| Located::new(w, *f, t.place.clone())))
    }

    /// How many parcels it has, and of how many of them delivery and weight are known.
    pub(super) fn counted(&self) -> Parcels {
        let numbers = self.numbers();
        if numbers.len() < 2 {
            let delivered = usize::from(self.traces.iter().any(|(_, t)| t.delivered().is_some()));
            return Parcels { all: numbers.len(), delivered, weighed: usize::from(self.weight().is_some()), resent: 0 };
        }
        let kept = self.kept();
        let arrived: BTreeSet<String> = self.traces.iter().filter(|(_, t)| t.delivered().is_some()).map(|(_, t)| clean_waybill(&t.waybill)).collect();
        let weighed = kept.iter().filter(|n| self.weight_of(n).is_some()).count();
        Parcels { all: kept.len(), delivered: kept.intersection(&arrived).count(), weighed, resent: numbers.len() - kept.len() }
    }

    /// Does a trace follow every parcel to the buyer.
    pub(super) fn all_delivered(&self) -> bool {
        let parcels = self.counted();
        parcels.delivered > 0 && parcels.delivered >= parcels.all
    }

    /// What all its parcels weigh together; `None` when one of several is not weighed. A sum has no row of its own: it names the file of the first.
    pub(super) fn whole_weight(&self) -> Option<Located<Decimal>> {
        if self.numbers().len() < 2 {
            return self.weight();
        }
        let numbers = self.kept();
        let weights: Vec<Located<Decimal>> = numbers.iter().map(|n| self.weight_of(n)).collect::<Option<_>>()?;
        let sum = weights.iter().try_fold(Decimal::ZERO, |sum, w| sum.checked_add(w.value))?;
        weights.first().map(|first| Located::new(sum, first.file, Place::Whole))
    }

    /// A deposit pre-sale: scans before the final payment are as they should be.
    pub(super) fn presale(&self) -> bool {
        self.delivery == Some(Delivery::Presale) || self.order.is_presale()
    }

    pub(super) fn waybills(&self) -> impl Iterator<Item = &'a Waybill> + '_ {
        let order: &'a Order = self.order;
        order.waybills.iter().map(|w| &w.value)
    }

    /// One trace for each waybill: of several exports of one number, the one that ends or, failing that, goes furthest.
    pub(super) fn parcels(&self) -> Vec<(FileId, &'a Trace)> {
        let mut of_number: BTreeMap<String, (FileId, &'a Trace)> = BTreeMap::new();
        let rank = |t: &Trace| (t.delivered().is_some() || t.returned(), t.events.len());
        for (file, trace) in &self.traces {
            let known = of_number.entry(clean_waybill(&trace.waybill)).or_insert((*file, trace));
            if rank(trace) > rank(known.1) {
                *known = (*file, trace);
            }
        }
        of_number.into_values().collect()
    }

    /// The trace that tells the way to the buyer: the one that was delivered last, as an order has arrived with its last parcel; else the one that goes
    /// furthest.
    pub(super) fn main_trace(&self) -> Option<(FileId, &'a Trace)> {
        // of equal ones the first
        let delivered = self.traces.iter().rev().filter_map(|t| Some((t, t.1.delivered()?.0.at))).max_by_key(|(_, at)| *at).map(|(t, _)| t);
        delivered.or_else(|| self.traces.iter().max_by_key(|(_, t)| t.events.len())).copied()
    }
}

/// Place → index of the record in its file, made at the first question.
#[derive(Default)]
struct Places<'a> {
    /// By file and sheet.
    files: HashMap<(FileId, usize), HashMap<&'a Place, usize>>,
}

impl<'a> Places<'a> {
    fn index(&mut self, key: (FileId, usize), all: impl FnOnce() -> HashMap<&'a Place, usize>, wanted: &Place) -> Option<usize> {
        self.files.entry(key).or_insert_with(all).get(wanted).copied()
    }
}

/// Records with one place each.
fn own<'a>(places: impl Iterator<Item = &'a Place>) -> HashMap<&'a Place, usize> {
    places.enumerate().map(|(i, p)| (p, i)).collect()
}

/// When a parcel turned back, if it did.
fn went_back(trace: &Trace) -> Option<Time> {
    let turned = |kind| matches!(kind, EventKind::Returning | EventKind::Refused | EventKind::ReturnSigned);
    let scan = trace.events.iter().find(|e| turned(e.kind)).or(trace.events.last());
    scan.filter(|_| trace.returned()).map(|e| e.at)
}

/// Text or a table: words that could have been read.
fn is_text(content: &Content) -> bool {
    matches!(content, Content::Text(_))
}
