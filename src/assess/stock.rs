//! Stock tables against orders: `stock-out-missing`, `stock-quantity-differs`, `stock-count-short`, `stock-negative`.
//!
//! Our own checks: no platform asks for stock logs in these cases, but one that contradicts the orders harms. Cleared by the right table or rows.

use super::view::View;
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::order::OrderLine;
use crate::model::record::{StockCount, StockMovement};
use crate::model::source::FileId;
use crate::model::stock::{LastCount, article, last_counts};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// All four.
pub(super) fn check(view: &View, findings: &mut Findings) {
    let tables: Vec<(FileId, Vec<&StockMovement>)> = view
        .case
        .files
        .iter()
        .filter(|f| f.same_as.is_none())
        .map(|f| (f.id, view.case.content(f.id).content.stock_movements()))
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    // inbound tables alone say nothing of what went out
    if tables.iter().flat_map(|(_, rows)| rows).any(|row| goes_out(row)) {
        per_order(view, findings);
    }
    let counts: Vec<(FileId, &StockCount)> = view
        .case
        .files
        .iter()
        .filter(|f| f.same_as.is_none())
        .flat_map(|f| view.case.content(f.id).content.stock_counts().into_iter().map(move |r| (f.id, r)))
        .collect();
    below_zero(&counts, findings);
    let starts = before_the_first(view, &counts);
    let mut moved: BTreeMap<String, Vec<(FileId, &StockMovement)>> = BTreeMap::new();
    let mut told: HashMap<_, FileId> = HashMap::new();
    for (file, row) in tables.iter().flat_map(|(f, rows)| rows.iter().map(move |r| (*f, *r))) {
        // a table saved twice tells every movement twice
        if *told.entry(same_row(row)).or_insert(file) != file {
            continue;
        }
        if let Some(sku) = row.sku.as_ref().map(|s| article(s)).filter(|s| starts.contains_key(s)) {
            moved.entry(sku).or_default().push((file, row));
        }
    }
    short(view, &starts, &moved, findings);
    running(&starts, &moved, findings);
}

/// Does a row tell of something that left.
pub(super) fn goes_out(row: &StockMovement) -> bool {
    row.out > Decimal::ZERO || !row.pieces_said
}

/// Equal for a row and its copy in a table that was saved once more.
fn same_row(row: &StockMovement) -> impl Eq + std::hash::Hash + use<'_> {
    (&row.document, &row.order, &row.sku, row.at, row.out, &row.warehouse)
}

/// What one table says of an order.
struct Sent<'a> {
    row: &'a StockMovement,
    /// Pieces that went out.
    out: Decimal,
    /// Less those that came back under the same number.
    kept: Decimal,
    /// The same by article; `None` for rows that name none.
    articles: BTreeMap<Option<String>, (Decimal, Decimal)>,
}

/// Pieces of an order that left by its articles, and what left beside them.
struct ByArticle {
    /// Every article as often as it was sold.
    fits: bool,
    /// Pieces of the articles sold that went out and stayed out, in the first table.
    kept: Decimal,
    /// Articles that nobody ordered, each once.
    beside: Vec<String>,
}

/// `None` where not all lines and rows name an article, or none of those that were sold: a set leaves as its single pieces.
fn by_article(lines: &[OrderLine], tables: &BTreeMap<FileId, Sent>) -> Option<ByArticle> {
    let mut sold: BTreeMap<String, Decimal> = BTreeMap::new();
    for line in lines {
        let pieces = sold.entry(article(line.sku.as_deref()?)).or_default();
        *pieces = pieces.saturating_add(line.quantity?);
    }
    let left = |sent: &Sent, sku: &str| sent.articles.iter().find(|(a, _)| a.as_deref() == Some(sku)).map_or((Decimal::ZERO, Decimal::ZERO), |(_, n)| *n);
    let named: Vec<&str> = tables.values().flat_map(|sent| sent.articles.keys()).map(Option::as_deref).collect::<Option<_>>()?;
    if !named.iter().any(|sku| sold.contains_key(*sku)) {
        return None;
    }
    let one = tables.values().any(|sent| sold.iter().all(|(sku, n)| [left(sent, sku).0, left(sent, sku).1].contains(n)));
    let together = sold.iter().all(|(sku, n)| tables.values().map(|sent| left(sent, sku).0).sum::<Decimal>() == *n);
    let kept = tables.values().next().map_or(Decimal::ZERO, |sent| sold.keys().map(|sku| left(sent, sku).1).sum());
    let beside: BTreeSet<&str> = named.into_iter().filter(|sku| !sold.contains_key(*sku)).collect();
    Some(ByArticle { fits: one || together, kept, beside: beside.into_iter().map(str::to_owned).collect() })
}

/// Every flagged order in the outbound tables, with as many pieces as were sold. A table that agrees is enough: two systems may both be there. A gift beside
/// what was sold is no difference.
fn per_order(view: &View, findings: &mut Findings) {
    for (i, o) in view.orders.iter().enumerate() {
        if !o.movements.iter().any(|(_, row, _)| goes_out(row)) {
            if o.order.in_export && !super::proof::is_virtual(view, o) {
                findings.push(view.finding(Code::StockOutMissing, i));
            }
            continue;
        }
        let sold: Option<Decimal> = o.order.lines.iter().map(|l| l.quantity).sum();
        let Some(sold) = sold.filter(|s| *s > Decimal::ZERO) else { continue };
        let mut sums: BTreeMap<FileId, Sent> = BTreeMap::new();
        let mut told: HashMap<_, FileId> = HashMap::new();
        for (file, row, _) in o.movements.iter().filter(|(_, _, inferred)| !inferred) {
            if *told.entry(same_row(row)).or_insert(*file) != *file {
                continue;
            }
            let sent = sums.entry(*file).or_insert_with(|| Sent { row, out: Decimal::ZERO, kept: Decimal::ZERO, articles: BTreeMap::new() });
            sent.out += row.out.max(Decimal::ZERO);
            sent.kept += row.out;
            let of_article = sent.articles.entry(row.sku.as_deref().map(article)).or_default();
            *of_article = (of_article.0 + row.out.max(Decimal::ZERO), of_article.1 + row.out);
        }
        // the head of a document proves the dispatch and says nothing of how many
        if o.movements.iter().any(|(_, row, inferred)| !inferred && !row.pieces_said) {
            continue;
        }
        // a row that takes back is a correction (what is kept counts) or a later return (what went out counts)
        if let Some((file, sent)) = sums.iter().next()
            && !sums.values().any(|sent| sent.kept == sold || sent.out == sold)
            && sums.values().map(|sent| sent.out).sum::<Decimal>() != sold
        {
            let finding = view.finding(Code::StockQuantityDiffers, i).at(*file, sent.row.place.clone());
            let told = by_article(&o.order.lines, &sums);
            if let Some(told) = told.as_ref().filter(|told| told.fits) {
                if !told.beside.is_empty() {
                    findings.push(finding.variant("beside").severity(Severity::Note).with_list("articles", &told.beside));
                }
                continue;
            }
            let kept = told.map_or(sent.kept, |told| told.kept);
            findings.push(finding.with("out", kept.normalize()).with("sold", sold.normalize()));
        }
    }
}

fn below_zero(counts: &[(FileId, &StockCount)], findings: &mut Findings) {
    for (file, row) in counts {
        if let Some(n) = [row.counted, row.booked].into_iter().flatten().find(|n| *n < Decimal::ZERO) {
            findings.push(Finding::new(Code::StockNegative).at(*file, row.place.clone()).with("sku", name(row)).with("balance", n.normalize()));
        }
    }
}

/// The last dated counts at or before the first flagged order.
fn before_the_first<'a>(view: &View, counts: &[(FileId, &'a StockCount)]) -> BTreeMap<String, LastCount<'a>> {
    let first = view.case.orders.iter().filter_map(|o| o.placed()).map(|t| t.at).min();
    last_counts(counts.iter().copied().filter(|(_, row)| row.at.is_some() && row.at <= first))
}

/// More pieces of flagged orders than were there and came in.
fn short(view: &View, starts: &BTreeMap<String, LastCount>, moved: &BTreeMap<String, Vec<(FileId, &StockMovement)>>, findings: &mut Findings) {
    let mut sold: BTreeMap<String, Decimal> = BTreeMap::new();
    for line in view.case.orders.iter().filter(|o| !o.unsent()).flat_map(|o| &o.lines) {
        if let (Some(sku), Some(quantity)) = (&line.sku, line.quantity) {
            *sold.entry(article(sku)).or_default() += quantity;
        }
    }
    for (sku, start) in starts {
        let sold = sold.get(sku).copied().unwrap_or_default();
        let incoming = moved.get(sku).into_iter().flatten().filter(|(_, m)| m.out < Decimal::ZERO && m.at.is_some() && m.at >= start.at);
        let came: Decimal = incoming.map(|(_, m)| -m.out).sum();
        if sold > start.counted + came {
            findings.push(
                Finding::new(Code::StockCountShort)
                    .at(start.file, start.row.place.clone())
                    .with("sku", name(start.row))
                    .with("counted", start.counted.normalize())
                    .with("came", came.normalize())
                    .with("sold", sold.normalize()),
            );
        }
    }
}

/// From the count on, movement by movement: no shelf holds less than nothing. Within one moment what comes in goes first, also that of the count.
fn running(starts: &BTreeMap<String, LastCount>, moved: &BTreeMap<String, Vec<(FileId, &StockMovement)>>, findings: &mut Findings) {
    for (sku, start) in starts {
        let Some(all) = moved.get(sku) else { continue };
        // one table of what went out: two systems would tell every movement twice; tables of goods-in alone stand beside it
        let Some(file) = all.iter().filter(|(_, m)| m.out > Decimal::ZERO).map(|(f, _)| *f).min() else { continue };
        let only_in = |table: FileId| !all.iter().any(|(f, m)| *f == table && m.out > Decimal::ZERO);
        let after = |m: &StockMovement| m.at.is_some() && (m.at > start.at || (m.at == start.at && m.out < Decimal::ZERO));
        let mut rows: Vec<(FileId, &StockMovement)> = all.iter().filter(|(f, m)| (*f == file || only_in(*f)) && after(m)).copied().collect();
        rows.sort_by(|(f, a), (g, b)| (a.at, a.out > Decimal::ZERO, f, &a.place).cmp(&(b.at, b.out > Decimal::ZERO, g, &b.place)));
        let mut balance = start.counted;
        for (file, row) in rows {
            balance -= row.out;
            if balance < Decimal::ZERO {
                let finding = Finding::new(Code::StockNegative).variant("running").at(file, row.place.clone());
                findings.push(finding.with("sku", name(start.row)).with("balance", balance.normalize()));
                break;
            }
        }
    }
}

fn name(row: &StockCount) -> &str {
    row.sku.as_deref().or(row.name.as_deref()).unwrap_or("")
}
