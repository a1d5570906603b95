//! The values that templates may use. Counts come from the assessment alone; personal values come through the desk.

use super::desk::Desk;
use super::shown;
use super::tokens::{Token, Tokens, clean};
use crate::model::assessment::{OrderAssessment, ProofGroup, StepKind};
use crate::model::file::Kind;
use crate::model::order::Order;
use crate::model::record::Content;
use crate::model::settings::Fact;
use crate::model::source::{FileId, Located, Place};
use crate::model::{Moment, Time};
use crate::text::dates;
use crate::text::ids::clean_waybill;
use minijinja::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A map value.
pub(super) fn map<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    shown::fields(pairs.map(|(k, v)| (k.to_owned(), v)))
}

fn text(value: &str) -> Value {
    Value::from(clean(value))
}

fn maybe(value: Option<&String>) -> Value {
    value.map_or(Value::from(()), |v| text(v))
}

fn number(n: usize) -> Value {
    Value::from(n as u64)
}

fn exact(at: Time) -> Moment {
    Moment::exact(at)
}

/// Makes values; tokens of sources are put among the document's.
pub(super) struct View<'v, 'a> {
    pub desk: &'v Desk<'a>,
    pub tokens: &'v Tokens,
}

impl View<'_, '_> {
    fn time(&self, at: Option<Moment>) -> Value {
        at.map_or(Value::from(()), |t| Value::from(dates::shown_moment(t)))
    }

    /// A value with its source.
    fn sourced(&self, value: &str, file: FileId, place: &Place) -> Value {
        let source = self.tokens.put(Token::Inline(self.desk.source(file, place)));
        shown::sourced(text(value), Value::from_safe_string(source))
    }

    fn located<T>(&self, value: Option<&Located<T>>, show: impl Fn(&T) -> String) -> Value {
        value.map_or(Value::from(()), |l| self.sourced(&show(&l.value), l.file, &l.place))
    }

    /// Everything but the orders one by one. `sections` tells which ones are made.
    pub(super) fn base(&self, sections: &Value) -> Value {
        let desk = self.desk;
        let (case, settings, counts) = (desk.case, &desk.case.settings, &desk.assessment.counts);
        let platform = case.platform.as_deref().filter(|p| *p != "generic");
        let seller = &settings.seller;
        let words = desk.book.spec.book.language;
        let profile = desk.platform.as_ref();
        let named = profile.and_then(|p| p.violation(case.violation.as_deref()?)).map(|v| match words {
            crate::model::Lang::ZhCn => v.zh.clone(),
            crate::model::Lang::En => v.en.clone(),
        });
        // the finding is called as the notice calls it, unless that is in another language
        let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let printed = case.notice.violation_text.clone().filter(|text| chinese(text) == (words == crate::model::Lang::ZhCn));
        let violation = printed.or(named).or_else(|| case.notice.violation_text.clone());
        let platform = profile.filter(|_| platform.is_some()).map(|p| p.name(words).to_owned());
        map([
            (
                "case",
                map([
                    ("id", text(&case.id)),
                    ("shop", maybe(seller.shop.as_ref())),
                    ("company", maybe(seller.company.as_ref())),
                    ("contact", maybe(seller.contact.as_ref())),
                    ("phone", maybe(seller.phone.as_ref())),
                    ("signatory", maybe(seller.signatory.as_ref())),
                    ("ship_from", maybe(seller.ship_from.as_ref())),
                    ("platform", maybe(platform.as_ref())),
                    ("violation", maybe(violation.as_ref())),
                    ("number", maybe(case.notice.number.as_ref())),
                    ("received", self.time(case.notice.received)),
                    ("deadline", self.time(case.notice.deadline.map(exact))),
                    ("date", case.document_date.map_or(Value::from(()), |d| Value::from(d.format("%Y-%m-%d").to_string()))),
                    ("masked", Value::from(desk.disclosure == crate::model::Disclosure::Masked)),
                ]),
            ),
            (
                "counts",
                map([
                    ("flagged", number(counts.flagged)),
                    ("orders", number(counts.orders)),
                    ("argued", number(counts.argued)),
                    ("left_out", number(counts.left_out)),
                    ("argued_orders", number(counts.argued_orders)),
                ]),
            ),
            ("proof", self.proofs()),
            ("checks", self.checks()),
            ("anomaly", self.anomaly()),
            ("figures", super::rates::figures(desk)),
            ("has", self.has()),
            ("exhibits", shown::list(desk.exhibits.iter().map(|e| self.exhibit(e)))),
            ("facts", shown::fields(settings.facts.iter().map(|(k, v)| (clean(k), self.fact(v))))),
            ("account", shown::list(self.account())),
            (
                "appeal",
                map([
                    ("stance", maybe(settings.stance.as_ref())),
                    ("refusal", maybe(settings.refusal.as_ref())),
                    // a folder without case.toml has no wish of its own: say the limits
                    ("state_limits", Value::from(settings.state_limits || !settings.present)),
                ]),
            ),
            ("sections", sections.clone()),
        ])
    }

    fn exhibit(&self, e: &crate::model::exhibit::Exhibit) -> Value {
        map([
            ("number", text(&e.number)),
            ("title", text(&e.title)),
            ("kind", Value::from(e.kind.as_str())),
            ("anchor", text(&e.anchor.0)),
            ("inferred", Value::from(e.inferred)),
            ("shared", Value::from(e.number.starts_with('S'))),
        ])
    }

    fn account(&self) -> Vec<Value> {
        let keys = &self.desk.book.spec.text.account;
        let mut out = Vec::new();
        for key in keys {
            for (_, fact) in self.desk.case.settings.facts.iter().filter(|(k, _)| k == key) {
                let paragraphs = if let Fact::List(list) = fact { list.as_slice() } else { std::slice::from_ref(fact) };
                let texts = paragraphs.iter().filter_map(|p| if let Fact::Text(t) = p { Some(t) } else { None });
                out.extend(texts.flat_map(|t| t.lines()).map(str::trim).filter(|l| !l.is_empty()).map(|l| text(&self.desk.buyers_text(l, None))));
            }
        }
        out
    }

    fn fact(&self, fact: &Fact) -> Value {
        match fact {
            Fact::Text(t) => text(&self.desk.buyers_text(t, None)),
            Fact::Number(n) => text(n),
            Fact::Flag(b) => Value::from(*b),
            Fact::Date(d) => Value::from(dates::shown_moment(Moment::of_setting(*d))),
            Fact::List(l) => shown::list(l.iter().map(|f| self.fact(f))),
            Fact::Table(t) => shown::fields(t.iter().map(|(k, v)| (clean(k), self.fact(v)))),
        }
    }

    /// Argued main orders that have each group of proof, `-` in names written `_`.
    fn proofs(&self) -> Value {
        let counts = &self.desk.assessment.counts.proofs;
        let mut pairs: Vec<(String, Value)> = ProofGroup::ALL
            .iter()
            .map(|g| (g.as_str().replace('-', "_"), number(counts.iter().find(|(group, _)| group == g).map_or(0, |(_, n)| *n))))
            .collect();
        let having = |test: &dyn Fn(&OrderAssessment) -> bool| number(self.desk.argued().filter(|(_, _, a)| test(a)).count());
        // of these, the orders of which no number agrees
        for group in ProofGroup::ALL {
            pairs.push((format!("{}_inferred", group.as_str().replace('-', "_")), having(&|a| a.only_inferred(group))));
        }
        pairs.push(("inferred".into(), having(&|a| ProofGroup::ALL.into_iter().any(|g| a.only_inferred(g)))));
        let courier = [ProofGroup::Waybill, ProofGroup::CourierBill];
        pairs.push(("courier".into(), having(&|a| courier.into_iter().any(|g| a.has(g)))));
        let inferred = |a: &OrderAssessment| courier.into_iter().any(|g| a.has(g)) && courier.into_iter().all(|g| !a.has(g) || a.only_inferred(g));
        pairs.push(("courier_inferred".into(), having(&inferred)));
        let chat = |a: &OrderAssessment, with_file: bool| a.proofs.iter().any(|p| p.group == ProofGroup::Chat && p.file.is_some() == with_file);
        // a number that the seller typed is no conversation on file
        pairs.push(("chat_file".into(), having(&|a| chat(a, true))));
        pairs.push(("proof_number".into(), having(&|a| chat(a, false))));
        pairs.push(("any".into(), number(counts.iter().filter(|(_, n)| *n > 0).count())));
        pairs.push(("weight".into(), having(&|a| a.weight_kg.is_some())));
        shown::fields(pairs)
    }

    /// How many argued main orders each plain statement holds for.
    fn checks(&self) -> Value {
        let argued: Vec<_> = self.desk.argued().collect();
        let count = |test: &dyn Fn(&Order, &OrderAssessment) -> bool| number(argued.iter().filter(|(_, o, a)| test(o, a)).count());
        // every order of the case and its exports counts: one that is not argued shares a number all the same
        let mut users: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (number, order) in self.desk.case.export.iter().flat_map(|e| e.waybills.iter().map(|w| (&**w, e.id.as_str()))) {
            users.entry(clean_waybill(number)).or_default().insert(order);
        }
        for (number, order) in self.desk.case.orders.iter().flat_map(|o| o.waybills.iter().map(|w| (&*w.value.number, o.id.as_str()))) {
            users.entry(clean_waybill(number)).or_default().insert(order);
        }
        let own = |o: &Order| !o.waybills.is_empty() && o.waybills.iter().all(|w| users.get(&clean_waybill(&w.value.number)).is_some_and(|u| u.len() == 1));
        let way = |a: &OrderAssessment| [StepKind::Paid, StepKind::PickedUp, StepKind::Delivered].into_iter().all(|kind| a.step(kind).is_some());
        let in_order = |a: &OrderAssessment| match (a.step(StepKind::Paid), a.step(StepKind::PickedUp), a.step(StepKind::Delivered)) {
            (Some(paid), Some(picked_up), Some(delivered)) => paid.surely_not_after(picked_up) && picked_up.surely_not_after(delivered),
            _ => false,
        };
        let comparable = |a: &OrderAssessment| {
            let pair = a.step(StepKind::Paid).cloned().zip(a.step(StepKind::PickedUp).cloned());
            pair.filter(|(paid, scan)| paid.surely_not_after(scan) || scan.surely_before(paid, chrono::Duration::zero()))
        };
        map([
            ("paid", count(&|_, a| a.step(StepKind::Paid).is_some())),
            ("picked_up", count(&|_, a| a.step(StepKind::PickedUp).is_some())),
            ("delivered", count(&|_, a| a.step(StepKind::Delivered).is_some())),
            // the step stands only where every parcel was delivered: one of several says nothing of the others
            ("whole_way", count(&|_, a| [StepKind::Paid, StepKind::PickedUp, StepKind::Delivered].iter().all(|k| a.step(*k).is_some()))),
            ("in_order", count(&|_, a| in_order(a))),
            // the parcel of a deposit pre-sale may well be on its way before the rest is paid
            ("presale", count(&|o, a| o.is_presale() && way(a) && !in_order(a))),
            ("comparable", count(&|o, a| !o.is_presale() && comparable(a).is_some())),
            ("paid_first", count(&|o, a| !o.is_presale() && comparable(a).is_some_and(|(paid, scan)| paid.surely_not_after(&scan)))),
            ("waybill", count(&|o, _| !o.waybills.is_empty())),
            ("waybill_own", count(&|o, _| own(o))),
            ("address", count(&|o, _| o.address.is_some())),
        ])
    }

    fn anomaly(&self) -> Value {
        let (desk, a) = (self.desk, &self.desk.assessment.anomaly);
        let times: Vec<Moment> = desk.argued().filter_map(|(_, o, _)| o.placed()).collect();
        let argued = desk.assessment.counts.argued_orders;
        let cause = |kind: crate::model::record::CauseKind| text(desk.book.word(&format!("cause.{}", kind.as_str())));
        let sources = a.sources.iter().filter(|s| s.orders > 0).map(|s| {
            let exhibit = desk.exhibit_of(s.file).and_then(|i| desk.exhibits.get(i));
            map([
                ("name", cause(s.cause)),
                ("orders", number(s.orders)),
                ("inferred", number(s.inferred)),
                ("exhibit", exhibit.map_or(Value::from(()), |e| self.exhibit(e))),
            ])
        });
        let events = desk.events().into_iter().map(|e| {
            map([
                ("name", cause(e.cause)),
                ("label", text(&desk.buyers_text(&e.label, None))),
                ("from", Value::from(dates::shown_moment(e.from))),
                ("to", Value::from(dates::shown_moment(e.to))),
                // no file tells of it: it is the seller's word alone
                ("own_word", Value::from(e.file.is_none())),
                ("exhibit", e.file.and_then(|f| desk.exhibit_of(f)).and_then(|i| desk.exhibits.get(i)).map_or(Value::from(()), |x| self.exhibit(x))),
            ])
        });
        map([
            ("export_orders", number(a.export_orders)),
            ("days", number(a.days.len())),
            ("mean", a.mean_before.map_or(Value::from(()), |(m, _)| Value::from(m.round_dp(1).normalize().to_string()))),
            ("mean_days", number(a.mean_before.map_or(0, |(_, n)| n))),
            ("first", self.time(times.iter().min().copied())),
            ("last", self.time(times.iter().max().copied())),
            ("timed", number(times.len())),
            ("explained", number(argued.saturating_sub(a.unexplained))),
            ("unexplained", number(a.unexplained)),
            ("inferred", number(a.sources.iter().map(|s| s.inferred).sum())),
            ("sources", shown::list(sources)),
            ("events", shown::list(events)),
        ])
    }

    /// How many exhibits of each sort there are, for templates that leave out what would be empty.
    fn has(&self) -> Value {
        let desk = self.desk;
        let all = || desk.exhibits.iter().zip(&desk.forms);
        let figures = |kinds: &[Kind]| number(all().filter(|(e, f)| f.is_figure() && kinds.contains(&e.kind)).count());
        map([
            ("waybill_pictures", figures(&[Kind::Waybill])),
            ("courier_pictures", figures(&[Kind::CourierProof, Kind::CourierBill])),
            ("chat_pictures", figures(&[Kind::Chat])),
            ("cause_pictures", figures(&[Kind::Promotion, Kind::Traffic])),
            ("bills", number(super::components::records::bill_count(desk))),
            ("shared", number(desk.exhibits.iter().filter(|e| e.number.starts_with('S')).count())),
            ("exhibits", number(desk.exhibits.len())),
        ])
    }

    /// One argued order.
    pub(super) fn order(&self, index: usize, order: &Order, result: &OrderAssessment) -> Value {
        let desk = self.desk;
        let listed: Vec<Value> = desk.listed(index).iter().map(|id| text(id)).collect();
        let goods: Vec<Value> = order.lines.iter().map(|l| text(&desk.buyers_text(&desk.goods(l), Some(index)))).collect();
        let waybills: Vec<Value> = desk
            .waybills(order, result)
            .into_iter()
            .map(|w| {
                let carrier = desk.carrier(&w.value);
                let both = format!("{carrier} {}", w.value.number);
                let sourced = self.sourced(both.trim(), w.file, &w.place);
                map([("number", text(&w.value.number)), ("carrier", text(&carrier)), ("shown", sourced)])
            })
            .collect();
        let step = |kind| {
            result.step(kind).map_or(Value::from(()), |s| {
                let place = s.location.as_deref().map(|l| desk.free_text(desk.site(l), Some(index)));
                let time = desk.step_long(s);
                let inferred = if s.inferred { desk.book.word("inferred") } else { "" };
                let both = place.as_ref().map_or_else(|| time.clone(), |p| format!("{time} {p}")) + inferred;
                map([("time", text(&time)), ("place", maybe(place.as_ref())), ("shown", self.sourced(&both, s.file, &s.place))])
            })
        };
        let exhibits: Vec<Value> = desk.exhibits_of(index).map(|(_, e)| self.exhibit(e)).collect();
        let proof_numbers: Vec<Value> = result.proofs.iter().filter_map(|p| p.proof_number.as_deref()).map(text).collect();
        let hours = result
            .step(StepKind::Paid)
            .zip(result.step(StepKind::PickedUp))
            .filter(|(p, s)| ![p, s].into_iter().any(|step| step.day_only || step.zone_unknown));
        let causes: Vec<Value> = result
            .causes
            .iter()
            .map(|c| {
                let exhibit = desk.exhibit_of(c.file).and_then(|i| desk.exhibits.get(i)).map_or(Value::from(()), |e| self.exhibit(e));
                map([("name", text(desk.book.word(&format!("cause.{}", c.cause.as_str())))), ("inferred", Value::from(c.inferred)), ("exhibit", exhibit)])
            })
            .collect();
        let figures: Vec<usize> = desk
            .exhibits_of(index)
            .filter(|(i, e)| !e.number.starts_with('S') && super::components::figures::is_shown_as_figure(desk, *i))
            .map(|(i, _)| i)
            .collect();
        let shown_here = figures.iter().filter(|i| !desk.shown_in_book(**i)).count();
        let holds = |test: fn(&Content) -> bool| desk.exhibits_of(index).filter(|(_, e)| test(&desk.case.content(e.file).content)).count();
        let part = |word: &str, part: Option<(usize, usize)>| {
            part.map_or(Value::from(()), |(n, m)| text(&desk.book.fill(word, &[("n", &n.to_string()), ("m", &m.to_string())])))
        };
        map([
            ("index", number(index)),
            ("g", number(desk.place_of(index))),
            ("anchor", text(&desk.order_anchor(index).0)),
            ("id", text(order.id.as_str())),
            ("listed", shown::list(listed)),
            ("in_export", Value::from(order.in_export)),
            ("buyer", self.located(order.buyer.as_ref(), |v| desk.personal(v))),
            ("recipient", self.located(order.recipient.as_ref(), |v| desk.personal(v))),
            ("phone", self.located(order.phones.first(), |v| desk.personal(v))),
            ("address", self.located(order.address.as_ref(), |v| desk.personal(v))),
            ("amount", self.located(order.amount.as_ref(), ToString::to_string)),
            ("refund", self.located(order.refund.as_ref().filter(|r| !r.value.amount.is_zero()), ToString::to_string)),
            ("created", self.located(order.created_at.as_ref(), |t| dates::shown_moment(*t))),
            ("paid", self.located(order.paid_at.as_ref(), |t| dates::shown_moment(*t))),
            ("presale", Value::from(order.is_presale())),
            ("confirmed", self.located(order.confirmed_at.as_ref(), |t| dates::shown_moment(*t))),
            ("status", self.located(order.status.as_ref(), Clone::clone)),
            ("goods", shown::list(goods)),
            ("waybills", shown::list(waybills)),
            ("weight", self.located(result.weight_kg.as_ref(), |w| desk.book.fill("weight", &[("n", &w.to_string())]))),
            ("stock_out", step(StepKind::StockOut)),
            ("picked_up", step(StepKind::PickedUp)),
            ("delivered", step(StepKind::Delivered)),
            ("resent", number(result.parcels.resent)),
            ("delivered_part", part("parcels-delivered", result.parcels.partly_delivered())),
            ("weight_part", part("parcels-weighed", result.parcels.partly_weighed())),
            ("delivered_how", result.delivered.and_then(super::desk::how_key).map_or(Value::from(()), |h| text(desk.book.word(h)))),
            ("hours_to_pickup", hours.map_or(Value::from(()), |(p, s)| Value::from((s.at - p.at).num_hours()))),
            ("steps", number(result.steps.len())),
            ("exhibits", shown::list(exhibits)),
            ("proof_numbers", shown::list(proof_numbers)),
            ("causes", shown::list(causes)),
            ("traces", number(holds(|c| matches!(c, Content::Traces(_))))),
            ("chat_texts", number(holds(|c| matches!(c, Content::Chats(_))))),
            ("stock_rows", number(holds(|c| matches!(c, Content::StockMovements(_))))),
            ("pictures", number(figures.len())),
            ("pictures_here", number(shown_here)),
            ("pictures_in_book", number(figures.iter().filter(|i| desk.shown_in_book(**i)).count())),
        ])
    }
}
