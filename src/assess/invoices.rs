//! The tests of purchase invoices: `invoice-after-sale`, `invoice-quantity-short`, `invoice-price-above-sale`, `invoice-buyer-differs`,
//! `invoice-goods-differ`, `amount-differs` within one invoice line, and what cannot be judged here (`not-checkable`).
//!
//! Needs an invoice list as a table and the goods of the flagged orders. Source: Douyin's standard for purchase invoices, seven tests (aJoPTsTo7Jmx, written
//! for counterfeit cases, same reviewers; read 2026-08-22). The chain of sellers up to the brand and the four corners of the paper are for eyes, and so
//! is an invoice that is only a picture or PDF: said, not passed. Each is cleared by the invoices of the missing batch, or by a word about the reason.

use super::view::View;
use crate::finding::{Code, Finding, Findings};
use crate::model::Time;
use crate::model::file::Kind;
use crate::model::money::Money;
use crate::model::order::OrderLine;
use crate::model::record::{Content, InvoiceRow};
use crate::model::source::FileId;
use crate::text::ids::clean_id;
use crate::text::width::narrow;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Taxes by which the amount of a line may differ from price by quantity, in per cent.
const TAXES: [i64; 8] = [0, 1, 3, 5, 6, 9, 11, 13];
/// Rounding of a line's amount: a fen a piece, and one more.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// Names of goods agree when this share of the shorter one's pairs of characters stands in the other, in per cent.
const ALIKE_PERCENT: usize = 60;
/// First signs of units that make a number a size.
const UNITS: [char; 10] = ['厘', '毫', '寸', '码', '号', '升', '克', '斤', '米', '英'];

/// One kind of goods of the flagged orders.
struct Sold<'a> {
    line: &'a OrderLine,
    pieces: Decimal,
    first: Option<Time>,
    last: Option<Time>,
    cheapest: Option<Money>,
}

/// All tests.
pub(super) fn check(view: &View, findings: &mut Findings) {
    let entries = || view.case.files.iter().filter(|f| f.same_as.is_none() && !matches!(f.status, crate::model::file::Status::Ignored));
    let mut rows: Vec<(FileId, &InvoiceRow)> =
        entries().flat_map(|f| view.case.content(f.id).content.invoice_rows().into_iter().map(move |r| (f.id, r))).collect();
    // a list saved twice tells every invoice twice
    let mut told: HashMap<_, FileId> = HashMap::new();
    rows.retain(|(file, row)| {
        let line = row.line.as_ref().map(|l| (&l.sku, &l.title, l.quantity));
        row.number.is_none() || *told.entry((&row.number, line, row.amount)).or_insert(*file) == *file
    });
    // what the shop itself issued is a sale; who bought there is its customer
    let company = view.case.settings.seller.company.as_deref().map(folded).filter(|c| !c.is_empty());
    let issued = |row: &InvoiceRow| row.seller.as_deref().map(folded).is_some_and(|seller| Some(seller) == company);
    let sales = rows.iter().filter(|(_, row)| issued(row)).count();
    if sales > 0 {
        findings.push(Finding::new(Code::NotCheckable).variant("invoice-sales").with("count", sales));
        rows.retain(|(_, row)| !issued(row));
    }
    let unread: Vec<_> = entries().filter(|f| f.kind == Kind::Invoice && view.case.content(f.id).content.invoice_rows().is_empty()).collect();
    // a text or table is no paper: of a table it is said beside the file that its heads are not known
    let (tables, papers): (Vec<_>, Vec<_>) = unread.into_iter().partition(|f| matches!(view.case.content(f.id).content, Content::Text(_)));
    if !papers.is_empty() {
        findings.push(Finding::new(Code::NotCheckable).variant("invoice-paper").with("count", papers.len()));
    }
    for file in tables {
        findings.push(Finding::new(Code::NotCheckable).variant("invoice-heads").file(file.id).with("file", &file.path).with("count", 1));
    }
    if rows.is_empty() {
        return;
    }
    findings.push(Finding::new(Code::NotCheckable).variant("invoice-eyes").with("count", rows.len()));
    buyers(view, &rows, findings);
    amounts(&rows, findings);
    goods(view, &rows, findings);
}

/// Made out to the shop's company.
fn buyers(view: &View, rows: &[(FileId, &InvoiceRow)], findings: &mut Findings) {
    let Some(company) = view.case.settings.seller.company.as_deref().map(folded).filter(|c| !c.is_empty()) else {
        findings.push(Finding::new(Code::NotCheckable).variant("invoice-company").with("count", rows.len()));
        return;
    };
    let mut told = BTreeSet::new();
    for (file, row) in rows {
        let Some(buyer) = row.buyer.as_deref().filter(|b| folded(b) != company) else { continue };
        if told.insert(folded(buyer)) {
            findings.push(at(Code::InvoiceBuyerDiffers, *file, row).with("buyer", buyer));
        }
    }
}

/// Price by quantity gives the amount of the line, before or after tax.
fn amounts(rows: &[(FileId, &InvoiceRow)], findings: &mut Findings) {
    let mut lines: HashMap<(FileId, &str), usize> = HashMap::new();
    rows.iter().filter_map(|(f, r)| Some((*f, r.number.as_deref()?))).for_each(|invoice| *lines.entry(invoice).or_default() += 1);
    for (file, row) in rows {
        let Some(line) = &row.line else { continue };
        let (Some(price), Some(quantity), Some(amount)) = (&line.price, line.quantity, row.amount) else { continue };
        // an invoice number on several lines may carry its total on each of them
        if row.number.as_deref().is_some_and(|number| lines.get(&(*file, number)).is_some_and(|n| *n > 1)) {
            continue;
        }
        let (Some(net), Some(slack)) = (price.amount.checked_mul(quantity), ROUNDING.checked_mul(quantity.abs() + Decimal::ONE)) else { continue };
        let fits = TAXES.iter().any(|t| {
            let gross = net.checked_mul(Decimal::from(100 + t)).map(|g| g / Decimal::ONE_HUNDRED);
            gross.is_some_and(|g| (g - amount).abs() <= slack)
        });
        if !fits {
            let finding = at(Code::AmountDiffers, *file, row).variant("invoice").with("amount", amount.normalize()).with("price", price.amount.normalize());
            findings.push(finding.with("pieces", quantity.normalize()).with("product", net.normalize()));
        }
    }
}

/// Every kind of goods that was sold: bought before, bought enough, bought for less, bought at all.
fn goods(view: &View, rows: &[(FileId, &InvoiceRow)], findings: &mut Findings) {
    if rows.iter().all(|(_, r)| r.line.is_none()) {
        findings.push(Finding::new(Code::NotCheckable).variant("invoice-goods").with("count", rows.len()));
        return;
    }
    let mut unsaid = 0_usize;
    let kinds = sold(view);
    let skus: BTreeSet<String> = kinds.iter().filter_map(|s| s.line.sku.as_deref()).map(folded).filter(|s| !s.is_empty()).collect();
    for sold in kinds {
        let name = sold.line.title.as_deref().or(sold.line.sku.as_deref()).unwrap_or("");
        let own: Vec<(FileId, &InvoiceRow, &OrderLine)> =
            rows.iter().filter_map(|(f, r)| r.line.as_ref().filter(|l| same_goods(sold.line, l, &skus)).map(|l| (*f, *r, l))).collect();
        let Some((file, row, _)) = own.iter().min_by_key(|(f, r, _)| (r.at.is_none(), r.at, *f)).copied() else {
            findings.push(Finding::new(Code::InvoiceGoodsDiffer).at(sold.line.file, sold.line.place.clone()).with("goods", name));
            continue;
        };
        if let (Some(bought), Some(first)) = (row.at, sold.first)
            && bought.date_naive() > first.date_naive()
        {
            let finding = at(Code::InvoiceAfterSale, file, row).with("goods", name).with("bought", day(bought));
            findings.push(finding.with("sold", day(first)));
        }
        unsaid += usize::from(own.iter().any(|(_, _, l)| l.quantity.is_none()));
        let pieces: Option<Decimal> = own.iter().map(|(_, _, l)| l.quantity).sum();
        // invoices of after the last sale bought other pieces
        let late = |r: &InvoiceRow| matches!((r.at, sold.last), (Some(a), Some(b)) if a.date_naive() > b.date_naive());
        let usable: Decimal = own.iter().filter(|(_, r, _)| !late(r)).filter_map(|(_, _, l)| l.quantity).sum();
        if pieces.is_some() && usable < sold.pieces {
            let finding = at(Code::InvoiceQuantityShort, file, row).with("goods", name).with("bought", usable.normalize());
            let finding = finding.with("sold", sold.pieces.normalize());
            let one = own.iter().all(|(f, r, _)| (*f, &r.number) == (file, &row.number));
            findings.push(match pieces {
                Some(all) if all > usable => finding.with("all", all.normalize()).variant("late"),
                _ if one => finding.variant("one"),
                _ => finding,
            });
        }
        let dearest = own.iter().filter_map(|(f, r, l)| Some((l.price?, *f, *r))).max_by_key(|(p, f, r)| (p.amount, std::cmp::Reverse((*f, r.place.clone()))));
        if let (Some((price, file, row)), Some(sale)) = (dearest, sold.cheapest)
            && price.amount > sale.amount
            && comparable(view, price, sale)
        {
            let finding = at(Code::InvoicePriceAboveSale, file, row).with("goods", name);
            findings.push(if view.platform.abroad {
                finding.with("price", shown(price)).with("sale", shown(sale)).variant("abroad")
            } else {
                finding.with("price", price.amount.normalize()).with("sale", sale.amount.normalize())
            });
        }
    }
    if unsaid > 0 {
        findings.push(Finding::new(Code::NotCheckable).variant("invoice-pieces").with("count", unsaid));
    }
}

/// Are two prices of one currency? Abroad they may not be: goods bought for yuan are sold for dollars.
fn comparable(view: &View, a: Money, b: Money) -> bool {
    !view.platform.abroad || a.currency == b.currency || [a, b].iter().any(|m| m.currency == *b"XXX")
}

/// A price abroad: yuan is what a list without any currency is read as, so it is not named.
fn shown(price: Money) -> String {
    if price.currency == *b"CNY" { price.amount.normalize().to_string() } else { price.to_string() }
}

/// The goods of the flagged orders, by SKU or title.
fn sold<'a>(view: &'a View) -> Vec<Sold<'a>> {
    let mut kinds: BTreeMap<String, Sold<'a>> = BTreeMap::new();
    for order in &view.case.orders {
        let at = order.paid().map(|t| t.at);
        for line in &order.lines {
            let Some(key) = line.sku.as_deref().or(line.title.as_deref()).map(|k| clean_id(k).to_uppercase()) else { continue };
            let kind = kinds.entry(key).or_insert(Sold { line, pieces: Decimal::ZERO, first: None, last: None, cheapest: None });
            kind.pieces += line.quantity.unwrap_or_default();
            kind.first = [kind.first, at].into_iter().flatten().min();
            kind.last = [kind.last, at].into_iter().flatten().max();
            let price = line.price.filter(|p: &Money| p.amount > Decimal::ZERO);
            kind.cheapest = [kind.cheapest, price].into_iter().flatten().min_by_key(|p| p.amount);
        }
    }
    kinds.into_values().collect()
}

/// The SKU stands on the invoice, or the names agree. Invoices write `*kind*name`. Variants are named alike: a line with the SKU of other goods that were
/// sold (`skus`), or with another size in its name, is of those.
fn same_goods(sold: &OrderLine, bought: &OrderLine, skus: &BTreeSet<String>) -> bool {
    let fold = |s: &Option<String>| s.as_deref().map(folded).filter(|s| !s.is_empty());
    if let Some(sku) = fold(&sold.sku) {
        let named = [fold(&bought.sku), fold(&bought.attributes)];
        if named.iter().flatten().any(|n| *n == sku) {
            return true;
        }
        if named.iter().flatten().any(|n| skus.contains(n)) {
            return false;
        }
    }
    let (Some(title), Some(name)) = (fold(&sold.title), bought.title.as_deref().map(|t| folded(t.rsplit('*').next().unwrap_or(t))).filter(|n| !n.is_empty()))
    else {
        return false;
    };
    if other_size(sold, bought) {
        return false;
    }
    if title.contains(&name) || name.contains(&title) {
        return true;
    }
    let (short, long) = if name.chars().count() < title.chars().count() { (&name, &title) } else { (&title, &name) };
    let pairs: Vec<String> = short.chars().zip(short.chars().skip(1)).map(|(a, b)| [a, b].iter().collect()).collect();
    !pairs.is_empty() && pairs.iter().filter(|p| long.contains(p.as_str())).count() * 100 >= pairs.len() * ALIKE_PERCENT
}

/// Do both tell a size or model of one kind (`28cm`, `zg32`), and none that is the same. What the attributes say goes before the name.
fn other_size(sold: &OrderLine, bought: &OrderLine) -> bool {
    let (own, theirs) = (sizes_of(sold), sizes_of(bought));
    own.iter().any(|(kind, values)| theirs.get(kind).is_some_and(|other| values.is_disjoint(other)))
}

fn sizes_of(line: &OrderLine) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut found = line.title.as_deref().map(sizes).unwrap_or_default();
    found.extend(line.attributes.as_deref().map(sizes).unwrap_or_default());
    found
}

/// Numbers of a name by the letters before and the unit behind them; a bare number may be anything.
fn sizes(text: &str) -> BTreeMap<(String, String), BTreeSet<String>> {
    let text: Vec<char> = folded(text.rsplit('*').next().unwrap_or(text)).chars().collect();
    let mut found: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let run = |from: usize, fits: &dyn Fn(&char) -> bool| text.get(from..).unwrap_or_default().iter().take_while(|c| fits(c)).count();
    let mut at = 0;
    while at < text.len() {
        let before = run(at, &|c| c.is_ascii_alphabetic());
        let digits = run(at + before, &|c| c.is_ascii_digit());
        let end = at + before + digits;
        if digits == 0 {
            at = end.max(at + 1);
            continue;
        }
        let letters = run(end, &|c| c.is_ascii_alphabetic());
        let unit = if letters > 0 { letters } else { usize::from(text.get(end).is_some_and(|c| UNITS.contains(c))) };
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().iter().collect::<String>();
        let kind = (part(at, at + before), part(end, end + unit));
        if kind.0.len() + kind.1.len() > 0 {
            found.entry(kind).or_default().insert(part(at + before, end));
        }
        at = end + unit;
    }
    found
}

/// Without blanks, brackets and width, so that one name written twice is one name. A sole trader's name on an invoice says so behind it.
fn folded(text: &str) -> String {
    let folded: String =
        narrow(text).chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '-' | '.' | ':' | '/')).flat_map(char::to_lowercase).collect();
    folded.strip_suffix(SOLE_TRADER).map_or_else(|| folded.clone(), str::to_owned)
}

/// What registers and invoices write behind the name of a sole trader.
const SOLE_TRADER: &str = "个体工商户";

fn at(code: Code, file: FileId, row: &InvoiceRow) -> Finding {
    Finding::new(code).at(file, row.place.clone()).with("number", row.number.as_deref().unwrap_or("–"))
}

fn day(at: Time) -> String {
    at.format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::sizes;

    #[test]
    fn sizes_have_a_unit_or_a_model() {
        let told = |text: &str| {
            sizes(text).into_iter().map(|((before, unit), v)| format!("{before}|{unit}|{}", v.into_iter().collect::<Vec<_>>().join(","))).collect::<Vec<_>>()
        };
        assert_eq!(told("*厨具*铸铁锅28cm"), ["|cm|28"]);
        assert_eq!(told("铸铁锅 ZG-32 加厚2026新款"), ["zg||32"]);
        assert_eq!(told("炒锅32厘米/28厘米"), ["|厘|28,32"]);
    }
}
