//! The chart of orders per day: pale bars with the flagged part in ink, shaded events, a dashed mean. Every label has a place of its own: event
//! labels in rows above the plot, each over a bracket as wide as its event, the mean's in a margin at the right, the scale's in a margin at the left,
//! dates below.

use super::pieces::Piece;
use super::{Cx, Type, slot};
use crate::model::document::DayChart;
use crate::render::page::{Item, Rect};
use crate::render::text::{Align, Paragraph};

/// Height of the plot itself.
const PLOT: f32 = 150.0;
/// Room above the highest bar for its number.
const HEADROOM: f32 = 13.0;
/// A few days do not make blocks of their bars.
const WIDEST_BAR: f32 = 30.0;
const DATE_GAP: f32 = 14.0;
/// Room for the bracket under an event's label, and how far its ends reach down.
const BRACKET: f32 = 5.0;
const BRACKET_END: f32 = 2.6;
/// Days of two events at once: they part where one colour for both would merge them.
const OVERLAP: f32 = 0.87;

/// A label and where its line box begins.
struct Label {
    text: Paragraph,
    x: f32,
    top: f32,
    width: f32,
}

/// An event's label, and the ends of the bracket under it.
struct Bracket {
    label: Label,
    from: f32,
    to: f32,
}

/// Sets the chart as one piece.
pub(super) fn chart(cx: &mut Cx<'_>, chart: &DayChart, x: f32, width: f32) -> Piece {
    let theme = cx.theme();
    let size = theme.small_pt - 0.5;
    let leading = size * 1.4;
    let quiet = Type { size, color: theme.muted, bold: false };
    let count = chart.days.len().max(1);
    let highest = chart.days.iter().map(|d| d.value).max().unwrap_or(0).max(1);
    let ticks = scale(highest.max(chart.mean.as_ref().map_or(0, |m| m.0.ceil().clamp(0.0, 1e9) as u32)));
    let top_value = ticks.last().copied().unwrap_or(highest).max(highest) as f32;

    let tick_labels: Vec<Paragraph> = ticks.iter().map(|t| cx.plain(&t.to_string(), quiet)).collect();
    let left_margin = tick_labels.iter().map(Paragraph::natural_width).fold(0.0, f32::max) + 5.0;
    let mean = chart.mean.as_ref().filter(|m| m.0 > 0.0 && m.0.is_finite());
    let mean_label = mean.map(|(_, label)| cx.fitted(label, quiet, width * 0.2));
    let right_margin = mean_label.as_ref().map_or(0.0, |p| p.natural_width() + 5.0);
    let (plot_x, plot_width) = (x + left_margin, (width - left_margin - right_margin).max(50.0));
    let step = plot_width / count as f32;

    let (brackets, rows) = brackets(cx, chart, plot_x, plot_width, step, size, leading);
    let plot_top = rows as f32 * (leading + BRACKET) + 3.0;
    let base = plot_top + HEADROOM + PLOT;
    let y_of = |value: f32| base - PLOT * (value / top_value).clamp(0.0, 1.0);
    let mut piece = Piece { before: 10.0, after: 10.0, ..Piece::of(base + 4.0 + leading) };
    if cx.measuring {
        return piece;
    }

    for (first, days, several) in shaded(chart, count) {
        let rect = Rect { x: plot_x + step * first as f32, y: plot_top, w: step * days as f32, h: base - plot_top };
        let fill = if several { theme.shade.map(|part| (f32::from(part) * OVERLAP) as u8) } else { theme.shade };
        piece.items.push(Item::Box { rect, fill, radius: 0.0 });
    }
    for (tick, label) in ticks.iter().zip(&tick_labels) {
        let y = y_of(*tick as f32);
        if *tick > 0 {
            piece.items.push(cx.hairline(plot_x, plot_x + plot_width, y));
        }
        cx.stack(&mut piece, label, slot(x, y - leading / 2.0, leading, size, left_margin - 5.0, Align::Right));
    }
    let gap = (step * 0.16).clamp(0.15, 3.0);
    for (i, day) in chart.days.iter().enumerate() {
        let w = (step - gap).clamp(0.4, WIDEST_BAR);
        let left = plot_x + step * i as f32 + (step - w) / 2.0;
        let flagged = day.flagged.min(day.value);
        let (top, split) = (y_of(day.value as f32), y_of(flagged as f32));
        if day.value > flagged {
            piece.items.push(Item::Box { rect: Rect { x: left, y: top, w, h: split - top }, fill: theme.pale, radius: 0.0 });
        }
        if flagged > 0 {
            piece.items.push(Item::Box { rect: Rect { x: left, y: split, w, h: base - split }, fill: theme.ink, radius: 0.0 });
        }
    }
    piece.items.push(Item::Line { from: (plot_x, base), to: (plot_x + plot_width, base), width: 0.8, color: theme.muted, dash: None });
    if let (Some((value, _)), Some(label)) = (mean, &mean_label) {
        let y = y_of(*value);
        piece.items.push(Item::Line { from: (plot_x, y), to: (plot_x + plot_width, y), width: 0.8, color: theme.muted, dash: Some((3.0, 2.4)) });
        cx.stack(&mut piece, label, slot(plot_x + plot_width + 5.0, y - leading / 2.0, leading, size, right_margin, Align::Left));
    }
    if let Some((i, day)) = chart.days.iter().enumerate().rev().max_by_key(|(_, d)| d.value).filter(|(_, d)| d.value > 0) {
        let p = cx.plain(&day.value.to_string(), Type { bold: true, color: theme.ink, ..quiet });
        let w = p.natural_width();
        let left = (plot_x + step * (i as f32 + 0.5) - w / 2.0).clamp(plot_x, plot_x + plot_width - w);
        cx.stack(&mut piece, &p, slot(left, y_of(day.value as f32) - leading, leading, size, w + 0.5, Align::Left));
    }
    for Bracket { label, from, to } in &brackets {
        cx.stack(&mut piece, &label.text, slot(label.x, label.top, leading, size, label.width, Align::Left));
        let y = label.top + leading + 0.8;
        for (a, b) in [((*from, y), (*to, y)), ((*from, y), (*from, y + BRACKET_END)), ((*to, y), (*to, y + BRACKET_END))] {
            piece.items.push(Item::Line { from: a, to: b, width: 0.9, color: theme.ink, dash: None });
        }
    }
    for label in date_labels(cx, chart, plot_x, plot_width, step, quiet) {
        cx.stack(&mut piece, &label.text, slot(label.x, base + 4.0, leading, size, label.width, Align::Left));
    }
    piece
}

/// Round numbers from 0 to at least the highest value, three to five of them.
fn scale(highest: u32) -> Vec<u32> {
    let mut step = 1_u32;
    while highest.div_ceil(step) > 4 {
        step = match step.to_string().as_bytes().first() {
            Some(b'1') => step.saturating_mul(2),
            Some(b'2') => (step / 2).saturating_mul(5),
            _ => step.saturating_mul(2),
        };
    }
    (0..=highest.div_ceil(step)).map(|i| i.saturating_mul(step)).collect()
}

/// Runs of days that are shaded alike: first day, number of days, and whether several events hold them.
fn shaded(chart: &DayChart, count: usize) -> Vec<(usize, usize, bool)> {
    let mut distinct: Vec<&(usize, usize, String)> = Vec::new();
    for band in &chart.bands {
        if !distinct.contains(&band) {
            distinct.push(band);
        }
    }
    let holds = |day: usize| distinct.iter().filter(|(a, b, _)| (*a.min(b)..=*a.max(b)).contains(&day)).count();
    let mut runs: Vec<(usize, usize, bool)> = Vec::new();
    for day in 0..count {
        let several = match holds(day) {
            0 => continue,
            n => n > 1,
        };
        match runs.last_mut() {
            Some((first, days, alike)) if *first + *days == day && *alike == several => *days += 1,
            _ => runs.push((day, 1, several)),
        }
    }
    runs
}

/// Labels of events in as few rows as keep them and their brackets apart, the lowest row nearest to the plot; gives the number of rows.
fn brackets(cx: &mut Cx<'_>, chart: &DayChart, plot_x: f32, plot_width: f32, step: f32, size: f32, leading: f32) -> (Vec<Bracket>, usize) {
    let typ = Type { size, color: cx.theme().text, bold: false };
    let mut order: Vec<usize> = (0..chart.bands.len()).collect();
    order.sort_by_key(|i| chart.bands.get(*i).map(|b| (b.0.min(b.1), &b.2)));
    // one event told by two files is labelled once
    order.dedup_by(|a, b| chart.bands.get(*a) == chart.bands.get(*b));
    let mut ends: Vec<f32> = Vec::new();
    let mut placed = Vec::new();
    for (first, last, text) in order.into_iter().filter_map(|i| chart.bands.get(i)) {
        let p = cx.fitted(text, typ, plot_width * 0.7);
        let width = p.natural_width() + 0.5;
        // neighbours that follow day on day have a bracket each
        let inset = (step * 0.08).min(1.2);
        let days = |n: usize| (plot_x + step * n as f32).min(plot_x + plot_width);
        let (from, to) = (days(*first.min(last)) + inset, days(first.max(last) + 1) - inset);
        let left = (from - inset).min(plot_x + plot_width - width).max(plot_x);
        let (begin, end) = (left.min(from), to.max(left + width));
        let row = ends.iter().position(|end| *end + 8.0 <= begin).unwrap_or(ends.len());
        match ends.get_mut(row) {
            Some(last) => *last = end,
            None => ends.push(end),
        }
        placed.push((Bracket { label: Label { text: p, x: left, top: 0.0, width }, from, to }, row));
    }
    let rows = ends.len();
    let top = |row: usize| (rows - 1 - row) as f32 * (leading + BRACKET);
    let brackets = placed.into_iter().map(|(b, row)| Bracket { label: Label { top: top(row), ..b.label }, ..b }).collect();
    (brackets, rows)
}

/// Dates under the axis, as many as stand apart, the first and then at equal steps.
fn date_labels(cx: &mut Cx<'_>, chart: &DayChart, plot_x: f32, plot_width: f32, step: f32, typ: Type) -> Vec<Label> {
    let all: Vec<Paragraph> = chart.days.iter().map(|d| cx.plain(&d.label, typ)).collect();
    let widest = all.iter().map(Paragraph::natural_width).fold(1.0, f32::max);
    // a week where that is enough, else any number of days that keeps labels apart
    let needed = ((widest + DATE_GAP) / step).ceil().max(1.0) as usize;
    let every = if needed <= 7 && chart.days.len() > 14 { 7 } else { needed };
    let mut labels: Vec<Label> = Vec::new();
    for (i, p) in all.into_iter().enumerate().step_by(every) {
        let width = p.natural_width();
        let centre = plot_x + step * (i as f32 + 0.5);
        let left = (centre - width / 2.0).clamp(plot_x, (plot_x + plot_width - width).max(plot_x));
        if labels.last().is_none_or(|l| l.x + l.width + 4.0 <= left) {
            labels.push(Label { text: p, x: left, top: 0.0, width });
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_two_events_are_told_apart() {
        let band = |a, b, name: &str| (a, b, name.to_owned());
        let bands = vec![band(1, 3, "活动"), band(2, 2, "直播"), band(2, 2, "直播"), band(5, 5, "返场"), band(6, 9, "活动")];
        let chart = DayChart { days: Vec::new(), bands, mean: None, alt: String::new() };
        assert_eq!(shaded(&chart, 8), [(1, 1, false), (2, 1, true), (3, 1, false), (5, 3, false)]);
    }

    #[test]
    fn scales_are_round_and_short() {
        for highest in 1..3000 {
            let ticks = scale(highest);
            assert!(ticks.len() >= 2 && ticks.len() <= 5, "{highest}: {ticks:?}");
            assert!(ticks.last().is_some_and(|t| *t >= highest && *t < highest * 2 + 2), "{highest}: {ticks:?}");
        }
        assert_eq!(scale(187), [0, 50, 100, 150, 200]);
        assert!(scale(u32::MAX).len() <= 6);
    }
}
