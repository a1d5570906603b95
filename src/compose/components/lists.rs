//! The chart of days, the list of evidence and the list of files.

use super::{cell, column, run};
use crate::compose::desk::{BOLD, Desk, FAINT, INK, PLAIN};
use crate::model::document::{Block, ChartDay, DayChart, Inline, Inlines, RefText, Row, Table, Width};
use crate::model::file::Kind;
use crate::model::record::Records;
use crate::model::source::FileId;
use std::collections::BTreeSet;

/// Orders per day of the exports, events shaded.
pub(super) fn day_chart(desk: &Desk<'_>) -> Vec<Block> {
    let anomaly = &desk.assessment.anomaly;
    let (Some(first), Some(last)) = (anomaly.days.first(), anomaly.days.last()) else { return Vec::new() };
    let short = |day: chrono::NaiveDate| day.format("%m-%d").to_string();
    let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let days = anomaly.days.iter().map(|d| ChartDay { label: short(d.day), value: clamp(d.orders), flagged: clamp(d.flagged) }).collect();
    let mut bands = Vec::new();
    for event in desk.events() {
        let (from, to) = (event.from.date_naive(), event.to.date_naive());
        let begin = anomaly.days.iter().position(|d| d.day >= from && d.day <= to);
        let end = anomaly.days.iter().rposition(|d| d.day >= from && d.day <= to);
        if let (Some(begin), Some(end)) = (begin, end) {
            let label = desk.buyers_text(&event.label, None);
            bands.push((begin, end, format!("{label} {}", desk.short_time(&event.from, false))));
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

/// Files that are handed in with the book, by the bag's rule: the notice, whatever is linked to an argued order, the tables that told it, the exhibits.
fn handed_in(desk: &Desk<'_>) -> BTreeSet<FileId> {
    let mut out: BTreeSet<FileId> = desk.exhibits.iter().map(|e| e.file).collect();
    out.extend(desk.case.notice.file);
    for (index, order, _) in desk.argued() {
        out.extend(desk.matching.used(index).map(|l| l.file));
        out.extend(order.rows.iter().map(|(f, _)| *f));
        out.extend(order.lines.iter().map(|l| l.file));
    }
    out.into_iter().map(|f| desk.case.files.get(f.index()).and_then(|e| e.same_as).unwrap_or(f)).filter(|f| desk.case.files.get(f.index()).is_some()).collect()
}

/// Every file of the bag with its SHA-256.
pub(super) fn files(desk: &Desk<'_>) -> Vec<Block> {
    let mut rows: Vec<Row> = Vec::new();
    for id in handed_in(desk) {
        let file = desk.case.file(id);
        let name = match desk.exhibit_of(id) {
            Some(i) => vec![desk.exhibit_ref(i)],
            None => cell(desk.file_words(id)),
        };
        let mut path: Inlines = cell(desk.path(id));
        let many = !matches!(desk.case.content(id).records, Records::Whole);
        if many && file.kind != Kind::Notice && !desk.case.settings.tables_whole {
            path.push(run(format!(" {}", desk.book.word("extract")), FAINT));
        }
        // four groups of sixteen: a line of 64 letters has no place to break
        let hash = file.sha256.to_string();
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
