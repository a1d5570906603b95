//! The chart of days, the list of evidence and the list of files.

use super::{cell, column, kept, run};
use crate::compose::desk::{BOLD, Desk, FAINT, INK, PLAIN, WHOLE};
use crate::compose::exhibits::Form;
use crate::model::document::{Block, ChartDay, DayChart, Inline, Inlines, RefText, Row, Style, Table, Width};

/// Orders from which means are drawn and compared.
const COMPARED: usize = 10;

/// Orders per day of the exports, events shaded.
pub(super) fn day_chart(desk: &Desk<'_>) -> Vec<Block> {
    let anomaly = &desk.assessment.anomaly;
    let (Some(first), Some(last)) = (anomaly.days.first(), anomaly.days.last()) else { return Vec::new() };
    let short = |day: chrono::NaiveDate| day.format("%m-%d").to_string();
    let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let days = anomaly.days.iter().map(|d| ChartDay { label: short(d.day), value: clamp(d.orders), flagged: clamp(d.flagged) }).collect();
    let mut bands = Vec::new();
    for event in desk.events() {
        let (from, to) = (anomaly.day(event.from.at), anomaly.day(event.to.at));
        let begin = anomaly.days.iter().position(|d| d.day >= from && d.day <= to);
        let end = anomaly.days.iter().rposition(|d| d.day >= from && d.day <= to);
        if let (Some(begin), Some(end)) = (begin, end) {
            let label = desk.buyers_text(&event.label, None);
            let own = if event.file.is_none() { desk.book.word("event-own-word") } else { "" };
            bands.push((begin, end, format!("{label} {}{own}", desk.short_time(&event.from.at, !event.from.has_time))));
        }
    }
    // of a handful of orders a mean says nothing, as on the page's other figures
    let mean = anomaly.mean_before.filter(|_| anomaly.export_orders >= COMPARED).and_then(|(mean, days)| {
        let shown = mean.round_dp(1).normalize().to_string();
        let label = desk.book.fill("chart-mean", &[("n", &shown), ("days", &days.to_string())]);
        mean.round_dp(4).to_string().parse::<f32>().ok().map(|height| (height, label))
    });
    let peak = anomaly.days.iter().max_by_key(|d| (d.orders, std::cmp::Reverse(d.day)));
    let alt = desk.book.counted(
        "chart-alt",
        anomaly.export_orders,
        &[
            ("from", &short(first.day)),
            ("to", &short(last.day)),
            ("peak", &peak.map(|p| p.orders.to_string()).unwrap_or_default()),
            ("peak_day", &peak.map(|p| short(p.day)).unwrap_or_default()),
        ],
    );
    vec![Block::DayChart(DayChart { days, bands, mean, alt })]
}

/// Exhibits of which only number and page differ, in runs; shared ones first, as they speak for the most orders. A case of forty screenshots an order would
/// otherwise fill page after page with one and the same line.
fn folded(desk: &Desk<'_>) -> Vec<Vec<usize>> {
    let (shared, own): (Vec<usize>, Vec<usize>) = (0..desk.exhibits.len()).partition(|i| desk.exhibits.get(*i).is_some_and(|e| e.is_shared()));
    let alike = |a: usize, b: usize| {
        let line = |i: usize| {
            let e = desk.exhibits.get(i)?;
            Some((e.is_shared(), &e.orders, e.kind, desk.forms.get(i), &e.title, &e.source, &e.purpose, e.inferred, desk.shown_in_book(i)))
        };
        line(a) == line(b)
    };
    let mut out: Vec<Vec<usize>> = Vec::new();
    for i in shared.into_iter().chain(own) {
        match out.last_mut() {
            Some(run) if run.last().is_some_and(|last| alike(*last, i)) => run.push(i),
            _ => out.push(vec![i]),
        }
    }
    out
}

fn evidence_row(desk: &Desk<'_>, run_of: &[usize]) -> Option<Row> {
    let (first, last) = (desk.exhibits.get(*run_of.first()?)?, desk.exhibits.get(*run_of.last()?)?);
    let mut number = vec![run(&first.number, Style { whole: true, ..BOLD })];
    let mut title = cell(&first.title);
    if run_of.len() > 1 {
        let words = desk.book.fill("evidence-range", &[("from", &first.number), ("to", &last.number)]);
        number = vec![run(words, Style { whole: true, ..BOLD })];
        let figures = run_of.first().and_then(|i| desk.forms.get(*i)) == Some(&Form::Picture);
        let word = if figures { "evidence-pictures" } else { "evidence-pieces" };
        title.push(run(desk.book.fill(word, &[("n", &run_of.len().to_string())]), WHOLE));
    }
    if first.inferred {
        title.push(run(format!(" {}", desk.book.word("inferred")), FAINT));
    }
    let end = (run_of.len() > 1).then(|| last.anchor.clone());
    let page = vec![Inline::Ref { target: first.anchor.clone(), end, show: RefText::Page, style: INK }];
    Some(Row { cells: vec![number, title, cell(&first.source), cell(&first.purpose), page], ..Row::default() })
}

/// 序号 / 证据名称 / 证据来源 / 证明目的 / 页码.
pub(super) fn evidence(desk: &Desk<'_>) -> Vec<Block> {
    let rows: Vec<Row> = folded(desk).iter().filter_map(|run| evidence_row(desk, run)).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = vec![
        column(desk, "col.exhibit", Width::Content, false),
        column(desk, "col.exhibit-title", Width::Share(1.2), false),
        column(desk, "col.exhibit-source", Width::Share(1.2), false),
        column(desk, "col.exhibit-purpose", Width::Share(1.6), false),
        column(desk, "col.exhibit-page", Width::Content, true),
    ];
    vec![Block::Table(Table { columns, rows, dense: true, grid: false })]
}

/// Every file of the bag with its SHA-256.
pub(super) fn files(desk: &Desk<'_>) -> Vec<Block> {
    let mut rows: Vec<Row> = Vec::new();
    for file in desk.bag {
        let name = match desk.exhibit_of(file.file) {
            Some(i) => vec![desk.exhibit_ref(i)],
            None => kept(desk.file_words(file.file)),
        };
        let mut path: Inlines = cell(desk.bag_path(file));
        if let Some((taken, total)) = file.extract {
            let words = desk.book.fill("extract", &[("taken", &taken.to_string()), ("total", &total.to_string())]);
            path.push(run(format!(" {words}"), FAINT));
        }
        // four groups of sixteen: a line of 64 letters has no place to break
        let hash = &file.sha256;
        let groups: Vec<&str> = (0..4).filter_map(|i| hash.get(i * 16..(i + 1) * 16)).collect();
        rows.push(Row { cells: vec![name, path, cell(file.bytes.to_string()), vec![run(groups.join(" "), PLAIN)]], ..Row::default() });
    }
    let columns = vec![
        column(desk, "col.exhibit", Width::Content, false),
        column(desk, "col.file", Width::Share(1.0), false),
        column(desk, "col.bytes", Width::Content, true),
        column(desk, "col.sha256", Width::Points(175.0), false),
    ];
    vec![Block::Table(Table { columns, rows, dense: true, grid: false })]
}
