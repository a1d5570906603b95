//! Template and case to [`Document`]: which exhibits there are, what the templates say, what their components make. No geometry, no page numbers.
//!
//! Order and wording of everything stand in the book's folder (`templates/books/<name>/`): templates decide which sections there are and what they say,
//! this module gives them values, components and references. Only argued orders appear.
//!
//! Where pictures stand: each is printed once. The book shows what its templates claim with `exhibit_figures` (built-in: waybills, courier proof,
//! proof of causes, and the first chat picture of each order up to a number); everything else of an order stands in its section of the annex, which names
//! the pages of those that the book shows. So the reviewer sees the outside evidence at once and no picture is paid for twice in bytes.

mod book;
mod book_lines;
mod components;
mod desk;
mod engine;
mod exhibits;
mod functions;
mod markdown;
mod rates;
mod references;
mod sections;
mod sheets;
mod shown;
mod statement;
mod theme;
mod tied;
mod tokens;
mod view;
mod wording;

pub use sheets::order_sheets;
pub use statement::{Sentence, StatementText, statement_files, statement_needs};

use crate::context::Context;
use crate::error::Result;
use crate::finding::{Findings, Severity};
use crate::model::Disclosure;
use crate::model::assessment::{Assessment, ProofGroup};
use crate::model::case::Case;
use crate::model::document::{Anchor, Block, Document, Inline, Inlines, Meta, Part, Role, Section};
use crate::model::evidence::Matching;
use crate::model::exhibit::{BagFile, Exhibit};
use book::{Book, Each, SectionSpec};
use desk::Desk;
use engine::{Brief, Engine, Shared, SourceFile};
use markdown::Setter;
use minijinja::value::Value;
use statement::PlainText;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use tokens::{Piece, Request, Token, pieces};
use view::View;

/// What is printed, and the texts that go with it.
#[derive(Debug, Clone)]
pub struct Composed {
    /// Book and annex.
    pub document: Document,
    /// Every exhibit under its number: order by order in the notice's order, shared ones last.
    pub exhibits: Vec<Exhibit>,
    /// The statement as plain text.
    pub statement: StatementText,
    /// One line per argued listed id.
    pub order_lines: Vec<OrderLineText>,
}

/// A line of orders.xlsx and orders.csv.
#[derive(Debug, Clone)]
pub struct OrderLineText {
    /// The place in the notice, from 1.
    pub number: usize,
    /// The id as listed.
    pub id: String,
    /// What is said for it, pages not yet known.
    pub reason: Inlines,
    /// Numbers of its exhibits in words (a bare `1-1` would become a date in Excel).
    pub exhibits: String,
    /// Its section.
    pub anchor: Anchor,
    /// What it is proven by, the strongest first, in words.
    pub proofs: String,
    /// Column heads of the sheet: number, id, reason, exhibits, page, proofs.
    pub heads: [String; 6],
}

/// A section whose template has run.
struct Rendered<'s> {
    spec: &'s SectionSpec,
    runs_on: bool,
    anchor: String,
    outline: String,
    text: String,
}

/// What a book is made of.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its links.
    pub matching: &'a Matching,
    /// What the checks concluded.
    pub assessment: &'a Assessment,
    /// What was found.
    pub findings: &'a Findings,
    /// What the bag will hold.
    pub bag: &'a [BagFile],
}

/// Makes the document. `template` is a book's name or a folder (else case.toml's, else the language's platform book); `disclosure` says how much of the
/// buyers' data it may show.
///
/// # Errors
/// When the book cannot be loaded or one of its templates is wrong: with file, line and the nearest known name.
pub fn compose(material: &Material<'_>, ctx: &Context, template: Option<&str>, disclosure: Disclosure) -> Result<Composed> {
    let Material { case, matching, assessment, findings, bag } = *material;
    let book = Book::load(&ctx.profile, template.or(case.settings.template.as_deref()), case.language)?;
    let mut exhibits = exhibits::number(case, matching, assessment, bag, &book);
    let mut desk = Desk::new(case, assessment, &book, &exhibits, bag, disclosure, &ctx.profile)?;

    let sections = wanted_sections(&desk, &book)?;
    let mut engine = Engine::new(&book, shared(&desk, findings, &sections));
    let shared = engine.shared.clone();
    let context = context(&desk, &shared, &sections);
    engine.learn(&context);
    let exhibit_anchors: BTreeSet<String> = exhibits.iter().map(|e| e.anchor.0.clone()).chain([components::tables::PROOF_COUNTS.to_owned()]).collect();

    let made = render(&engine, &book.spec.sections.book, &sections, &context)?;
    desk.in_book = shared.claims.lock().unwrap_or_else(PoisonError::into_inner).clone();
    desk.bills_in_book = made.iter().any(|r| requests(&shared, &r.text).contains(&Request::BillRows));
    shared.annex.store(true, Ordering::Relaxed);
    ctx.check_cancel()?;
    let context = self::context(&desk, &shared, &sections);
    let made_annex = render(&engine, &book.spec.sections.annex, &sections, &context)?;
    let both = || made.iter().chain(&made_annex);
    let order_anchors: Vec<String> = desk.argued().map(|(i, _, _)| desk.order_anchor(i).0).collect();
    sections::check(&book, &both().map(|r| (r.spec, r.anchor.as_str())).collect::<Vec<_>>(), &order_anchors, &exhibit_anchors)?;
    desk.proof_counts = both().any(|r| requests(&shared, &r.text).contains(&Request::ProofCounts)).then(|| Anchor(components::tables::PROOF_COUNTS.to_owned()));

    let files = shared.sources();
    let setter = Setter { desk: &desk, tokens: &shared.tokens, files: &files, spot: Cell::new((0, 1)) };
    let running = &book.spec.running;
    let part = |made: Vec<Rendered<'_>>, right: &str| -> Result<Part> {
        Ok(Part {
            head_left: engine.line(&running.head_left, &context)?,
            head_right: engine.line(right, &context)?,
            foot_left: engine.line(&running.foot_left, &context)?,
            sections: made.into_iter().map(|r| set(&setter, &shared, r, &files)).collect::<Result<_>>()?,
        })
    };
    let mut document = Document {
        meta: Meta {
            title: engine.line(&book.spec.book.title, &context)?,
            lang: book.spec.book.language,
            date: case.document_date,
            identity: format!("{} {} {}", case.id, book.name, if disclosure == Disclosure::Masked { "masked" } else { "full" }),
            words: book.page_words(),
            theme: book.theme()?,
        },
        book: part(made, &running.book_head_right)?,
        annex: part(made_annex, &running.annex_head_right)?,
    };
    let redirect = references::redirects(&desk, &document);
    references::settle(&mut document, &redirect);
    let known = references::anchors(&document);
    let plain = PlainText { tokens: &shared.tokens, redirect: &redirect, known: &known };
    let statement = statement::read(&engine.render(&book.spec.text.statement, &context)?, &plain, &shared.sources(), &book)?;
    let order_lines = order_lines(&engine, &desk, &context, &book, &plain)?;
    for exhibit in &mut exhibits {
        if let Some(to) = redirect.get(&exhibit.anchor) {
            exhibit.anchor = to.clone();
        }
    }
    Ok(Composed { document, exhibits, statement, order_lines })
}

/// Which sections are made: anchor → yes or no. Those for every order are not named here.
fn wanted_sections(desk: &Desk<'_>, book: &Book) -> Result<BTreeMap<String, bool>> {
    // an engine of its own: whether a section is made must be known before its functions may refer to it
    let mut engine = Engine::new(book, Shared::default());
    let shared = engine.shared.clone();
    // nor can it depend on whether another one is
    let context = View { desk, tokens: &shared.tokens }.base(&shown::fields([]));
    engine.learn(&context);
    let mut out = BTreeMap::new();
    for spec in book.spec.sections.book.iter().chain(&book.spec.sections.annex).filter(|s| s.each.is_none()) {
        let wanted = spec.when.as_deref().map_or(Ok(true), |when| engine.test(when, &context))?;
        out.insert(spec.anchor.clone(), wanted);
    }
    Ok(out)
}

fn shared(desk: &Desk<'_>, findings: &Findings, sections: &BTreeMap<String, bool>) -> Shared {
    let mut anchors: BTreeSet<String> = sections.iter().filter(|(_, made)| **made).map(|(a, _)| a.clone()).collect();
    anchors.extend(desk.exhibits.iter().map(|e| e.anchor.0.clone()));
    let mut found: BTreeMap<&'static str, BTreeSet<usize>> = BTreeMap::new();
    let mut unplaced = BTreeSet::new();
    let argued: BTreeSet<usize> = desk.argued().map(|(index, ..)| index).collect();
    for index in &argued {
        if desk.order_sections { &mut anchors } else { &mut unplaced }.insert(desk.order_anchor(*index).0);
    }
    for finding in findings.all().iter().filter(|f| f.severity != Severity::Ok) {
        if let Some(order) = finding.order.filter(|order| argued.contains(order)) {
            found.entry(finding.code.as_str()).or_default().insert(order);
        }
    }
    let brief = |(i, e): (usize, &Exhibit)| Brief {
        number: e.number.clone(),
        anchor: e.anchor.0.clone(),
        kind: e.kind,
        figure: desk.forms.get(i).is_some_and(|f| f.is_figure()) && !long_document(desk, e),
        order: e.orders.first().copied().filter(|_| !e.is_shared()),
    };
    let words = ["exhibit", "cite-open", "cite-between", "cite-page", "cite-close", "of-none", "of-one", "of-all", "of-part"];
    Shared {
        anchors,
        unplaced,
        exhibits: desk.exhibits.iter().enumerate().map(brief).collect(),
        found: found.into_iter().map(|(code, orders)| (code, orders.len())).collect(),
        words: words.into_iter().map(|w| (w, desk.book.word(w).to_owned())).collect(),
        ..Shared::default()
    }
}

/// A PDF of more pages than the short book should carry: it stands in the annex.
fn long_document(desk: &Desk<'_>, exhibit: &Exhibit) -> bool {
    matches!(&desk.case.content(exhibit.file).content, crate::model::record::Content::Pdf(pdf) if pdf.pages.len() > 4)
}

/// All values, the orders too.
fn context(desk: &Desk<'_>, shared: &Shared, sections: &BTreeMap<String, bool>) -> Value {
    let view = View { desk, tokens: &shared.tokens };
    let mut made = sections.clone();
    made.entry(sections::ORDER.to_owned()).or_insert(desk.order_sections && desk.argued().next().is_some());
    let base = view.base(&sections::value(&made, &desk.book.usual_sections));
    with(&base, &[("orders", shown::list(desk.argued().map(|(i, o, a)| view.order(i, o, a))))])
}

/// The context and some more values.
fn with(base: &Value, more: &[(&str, Value)]) -> Value {
    let mut pairs: Vec<(String, Value)> = Vec::new();
    for key in base.try_iter().into_iter().flatten() {
        if let Ok(value) = base.get_item(&key) {
            pairs.push((key.to_string(), value));
        }
    }
    pairs.extend(more.iter().map(|(k, v)| ((*k).to_owned(), v.clone())));
    Value::from_pairs(pairs)
}

fn orders_of(context: &Value) -> Vec<Value> {
    context.get_attr("orders").ok().and_then(|o| o.try_iter().ok()).map(Iterator::collect).unwrap_or_default()
}

fn render<'s>(engine: &Engine, specs: &'s [SectionSpec], wanted: &BTreeMap<String, bool>, context: &Value) -> Result<Vec<Rendered<'s>>> {
    let mut out = Vec::new();
    for spec in specs {
        let contexts: Vec<Value> = match spec.each {
            Some(Each::Order) => orders_of(context).into_iter().map(|order| with(context, &[("order", order)])).collect(),
            None if wanted.get(&spec.anchor) == Some(&false) => Vec::new(),
            None => vec![context.clone()],
        };
        for context in contexts {
            out.push(Rendered {
                spec,
                runs_on: spec.runs_on || spec.runs_on_when.as_deref().map_or(Ok(false), |when| engine.test(when, &context))?,
                anchor: engine.line(&spec.anchor, &context)?,
                outline: tokens::plain(&engine.line(&spec.outline, &context)?),
                text: engine.render(&spec.file, &context)?,
            });
        }
    }
    Ok(out)
}

/// Requests in a rendered text, those inside other components too.
fn requests(shared: &Shared, text: &str) -> Vec<Request> {
    let mut out = Vec::new();
    for piece in pieces(text) {
        let Piece::Token(index) = piece else { continue };
        let Some(Token::Block(request)) = shared.tokens.get(index) else { continue };
        if let Request::Callout(_, inner) | Request::Quote(_, inner) | Request::Note(inner) | Request::Record(inner) | Request::Together(inner) = &request {
            out.extend(requests(shared, inner));
        }
        out.push(request);
    }
    out
}

/// Sets one section. What is typeset from imported data says so under its first heading, whatever the template says.
fn set(setter: &Setter<'_>, shared: &Shared, made: Rendered<'_>, files: &[SourceFile]) -> Result<Section> {
    let file = files.iter().position(|f| f.name == made.spec.file).unwrap_or(0);
    setter.spot.set((file, 1));
    let mut blocks = setter.blocks(&made.text)?;
    if requests(shared, &made.text).iter().any(components::is_index) {
        let words = setter.desk.book.word("index-note").to_owned();
        let at = blocks.iter().position(|b| matches!(b, Block::Heading { .. })).map_or(0, |i| i + 1);
        blocks.insert(at, Block::Paragraph { text: vec![Inline::Text(words, desk::PLAIN)], role: Role::Note });
    }
    Ok(Section {
        anchor: Anchor(made.anchor),
        outline: made.outline,
        depth: made.spec.depth,
        runs_on: made.runs_on,
        may_start_volume: made.spec.may_start_volume,
        blocks,
        origin: files.get(file).map(|f| (f.origin.clone(), 1)),
    })
}

fn order_lines(engine: &Engine, desk: &Desk<'_>, context: &Value, book: &Book, plain: &PlainText<'_>) -> Result<Vec<OrderLineText>> {
    let heads = ["sheet.no", "sheet.order", "sheet.reason", "sheet.exhibits", "sheet.page", "sheet.proofs"].map(|k| book.word(k).to_owned());
    let mut texts: BTreeMap<usize, Inlines> = BTreeMap::new();
    for ((index, _, _), order) in desk.argued().zip(orders_of(context)) {
        let text = engine.render(&book.spec.text.reason, &with(context, &[("order", order)]))?;
        let mut spot = None;
        texts.insert(index, plain.inlines(&text, &mut spot, &engine.shared.sources())?);
    }
    // an order without a section of its own stands in the table of all
    let place_of = |order: Anchor| if plain.known.contains(&order) { order } else { Anchor("all-orders".to_owned()) };
    let mut out = Vec::new();
    let argued = desk.assessment.listed_argued.iter().copied().chain(std::iter::repeat(true));
    for (place, (listed, _)) in desk.case.listed.iter().zip(argued).enumerate().filter(|(_, (_, argued))| *argued) {
        let Some(reason) = texts.get(&listed.order) else { continue };
        let exhibits: Vec<&str> = desk.exhibits_of(listed.order).map(|(_, e)| e.number.as_str()).collect();
        out.push(OrderLineText {
            number: place + 1,
            id: listed.id.as_str().to_owned(),
            reason: reason.clone(),
            exhibits: if exhibits.is_empty() { String::new() } else { book.fill("exhibit", &[("n", &exhibits.join(book.word("list")))]) },
            anchor: place_of(desk.order_anchor(listed.order)),
            proofs: desk.assessment.orders.get(listed.order).map_or_else(String::new, |o| {
                let inferred = |group| if o.only_inferred(group) { book.word("inferred-short") } else { "" };
                let name = |group: ProofGroup| format!("{}{}", book.word(&format!("proof.{}", group.as_str())), inferred(group));
                let names: Vec<String> = o.strength.by.iter().map(|(group, _)| name(*group)).collect();
                names.join(book.word("list"))
            }),
            heads: heads.clone(),
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
