//! The chart of days, the list of evidence and the list of files.

use super::{cell, column, run};
use crate::compose::desk::{BOLD, Desk, FAINT, INK, PLAIN};
use crate::model::document::{Block, ChartDay, DayChart, Inline, Inlines, RefText, Row, Table, Width};
use crate::text::dates::day;

/// Orders per day of the exports, events shaded.
pub(super) fn day_chart(desk: &Desk<'_>) -> Vec<Block> {
    let anomaly = &desk.assessment.anomaly;
    let (Some(first), Some(last)) = (anomaly.days.first(), anomaly.days.last()) else { return Vec::new() };
    let short = |day: chrono::NaiveDate| day.format("%m-%d").to_string();
    let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let days = anomaly.days.iter().map(|d| ChartDay { label: short(d.day), value: clamp(d.orders), flagged: clamp(d.flagged) }).collect();
    let mut bands = Vec::new();
    for event in desk.events() {
        let (from, to) = (day(event.from.at), day(event.to.at));
        let begin = anomaly.days.iter().position(|d| d.day >= from && d.day <= to);
        let end = anomaly.days.iter().rposition(|d| d.day >= from && d.day <= to);
        if let (Some(begin), Some(end)) = (begin, end) {
            let label = desk.buyers_text(&event.label, None);
            bands.push((begin, end, format!("{label} {}", desk.short_time(&event.from.at, !event.from.has_time))));
        }
    }
    let mean = anomaly.mean_before.and_then(|(mean, days)| {
        let shown = mean.round_dp(1).normalize().to_string();
        let label = desk.book.fill("chart-mean", &[("n", &shown), ("days", &days.to_string())]);
        mean.round_dp(4).to_string().parse::<f32>().ok().map(|height| (height, label))
    });
    let peak = anomaly.days.iter().max_by_key(|d| (d.orders, std::cmp::Reverse(d.day)));
    let alt = desk.book.fill(
        "chart-alt",
        &[
            ("from", &short(first.day)),
            ("to", &short(last.day)),
            ("n", &anomaly.export_orders.to_string()),
            ("peak", &peak.map(|p| p.orders.to_string()).unwrap_or_default()),
            ("peak_day", &peak.map(|p| short(p.day)).unwrap_or_default()),
        ],
    );
    vec![Block::DayChart(DayChart { days, bands, mean, alt })]
}

/// 序号 / 证据名称 / 证据来源 / 证明目的 / 页码.
pub(super) fn evidence(desk: &Desk<'_>) -> Vec<Block> {
    let rows: Vec<Row> = desk
        .exhibits
        .iter()
        .map(|e| {
            let mut title = cell(&e.title);
            if e.inferred {
                title.push(run(format!(" {}", desk.book.word("inferred")), FAINT));
            }
            let page = vec![Inline::Ref { target: e.anchor.clone(), end: None, show: RefText::Page, style: INK }];
            Row { cells: vec![vec![run(&e.number, BOLD)], title, cell(&e.source), cell(&e.purpose), page], ..Row::default() }
        })
        .collect();
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
            None => cell(desk.file_words(file.file)),
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
