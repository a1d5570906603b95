//! The first screen of `check` and `build`: a few lines for a person in a hurry, then the findings folded by code, then what to do.

use super::View;
use crate::context::Context;
use crate::finding::{Code, Finding, Severity};
use crate::model::Lang;
use crate::model::Time;
use crate::model::assessment::{AskLevel, Task};
use crate::model::notice::{DeadlineSource, Notice};
use crate::model::pages::PageMap;
use crate::model::source::Place;
use crate::profile::lang::{Words, words};
use crate::profile::platform::Platform;
use crate::text::dates;
use std::collections::{BTreeMap, BTreeSet};

/// A line and how loud it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Text without colour.
    pub text: String,
    /// Its severity, for colour; `None` = plain.
    pub severity: Option<Severity>,
}

/// Where results lie, as shown to the user.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Book, relative or absolute as the user gave `--out`.
    pub book: Option<String>,
    /// Zips.
    pub bags: Vec<String>,
    /// The private folder.
    pub private: Option<String>,
    /// The start page.
    pub start: Option<String>,
}

fn plain(text: impl Into<String>) -> Line {
    Line { text: text.into(), severity: None }
}

/// The screen. `verbose` lists every finding instead of one line a code.
pub fn lines(view: &View<'_>, pages: Option<&PageMap>, places: &Places, ctx: &Context, verbose: bool) -> Vec<Line> {
    let w = words(ctx.lang);
    let mut out = vec![plain(head(view, ctx, w))];
    out.extend(deadline_source(&view.case.notice, w).map(plain));
    out.extend(deadline_zone(view, w).map(plain));
    out.extend([plain(reconciled(view, w)), plain(standing(view, w))]);
    out.extend(why(view, w).map(plain));
    if let Some(sheet) = view.case.settings.sheet.as_ref() {
        out.push(plain(w.fill("screen.sheet", &[("sheet", &sheet.path), ("n", &sheet.followed().to_string())])));
    }
    out.extend(penalty(view, w).map(plain));
    out.extend(asked(view, ctx, w).map(plain));
    out.push(plain(""));
    for (i, task) in view.assessment.tasks.iter().enumerate() {
        out.push(plain(format!("{}  {}  {}", i + 1, by(task.by, view.case.now, w), task_text(&native(task), w))));
    }
    if view.assessment.tasks.is_empty() && view.findings.count(Severity::Error) == 0 {
        out.push(plain(w.get("screen.no-tasks")));
    }
    out.push(plain(""));
    out.extend(findings(view, w, verbose));
    if let (Some(pages), Some(book)) = (pages, &places.book) {
        out.push(plain(""));
        let annex = pages.annex_pages.to_string();
        out.push(plain(
            w.fill("screen.built", &[("book", book), ("pages", &pages.book_pages.to_string()), ("annex", &annex), ("bag", &places.bags.join(" "))]),
        ));
    }
    if let Some(private) = &places.private {
        out.push(plain(w.fill("screen.private", &[("private", private)])));
    }
    if let Some(start) = &places.start {
        out.push(plain(w.fill("screen.start", &[("start", start)])));
    }
    for line in &mut out {
        line.text = line.text.split('\n').map(printable).collect::<Vec<_>>().join("\n");
    }
    out
}

fn head(view: &View<'_>, ctx: &Context, w: &Words) -> String {
    let case = view.case;
    let platform = case.platform.as_deref().and_then(|id| Platform::load(&ctx.profile, id).ok());
    let name = platform.as_ref().map(|p| p.name(ctx.lang).to_owned());
    // the notice's own words, except for a reader of English
    let known = platform.as_ref().zip(case.notice.violation.as_deref()).and_then(|(p, id)| p.violation(id));
    let violation = known.filter(|_| ctx.lang == Lang::En).map(|v| v.en.clone());
    let unknown = w.get("screen.unknown").to_owned();
    let title = [
        name.unwrap_or_else(|| w.get("screen.platform-unknown").to_owned()),
        violation.unwrap_or_else(|| case.notice.violation_text.clone().unwrap_or_default()),
        case.notice.number.clone().unwrap_or_default(),
    ]
    .into_iter()
    .filter(|s| !s.is_empty())
    .collect::<Vec<_>>()
    .join(" ");
    // one clock for the head and the tasks: now's. What names no zone stays as it is written.
    let zone = case.now.timezone();
    let own = |t: Time| if case.notice.zone_unknown { t } else { t.with_timezone(&zone) };
    let short = |t: Option<Time>| t.map_or_else(|| unknown.clone(), |t| dates::shown(own(t), "%m-%d %H:%M"));
    let received = match case.notice.received {
        Some(day) if !day.has_time => day.at.format("%m-%d").to_string(),
        // in the zone of the notice, which may name none for it
        moment => moment.map_or_else(|| unknown.clone(), |m| dates::shown(m.at, "%m-%d %H:%M")),
    };
    let left = match case.notice.earliest_deadline() {
        None => w.get("screen.left-unknown").to_owned(),
        Some(d) if d <= case.now => match case.notice.latest_deadline().filter(|latest| *latest > case.now) {
            Some(latest) => w.fill("screen.left-perhaps", &[("latest", &dates::shown(latest.with_timezone(&zone), "%m-%d %H:%M"))]),
            None => w.get("screen.left-passed").to_owned(),
        },
        Some(d) => {
            let hours = (d - case.now).num_hours();
            let key = if hours >= 96 { "screen.left-days" } else { "screen.left-hours" };
            w.fill(key, &[("hours", &hours.to_string()), ("days", &(hours / 24).to_string())])
        }
    };
    let key = if case.notice.deadline.is_some() { "screen.head" } else { "screen.head-no-deadline" };
    w.fill(key, &[("title", &title), ("received", &received), ("deadline", &short(case.notice.deadline)), ("left", &left)])
}

/// Says so when the deadline was counted, not read.
fn deadline_source(notice: &Notice, w: &Words) -> Option<String> {
    let counted = match notice.deadline_source.as_ref()? {
        DeadlineSource::Relative { days } => w.fill("screen.deadline-counted", &[("days", &days.to_string())]),
        DeadlineSource::Platform { source } => w.fill("screen.deadline-rule", &[("source", source)]),
        DeadlineSource::Stated | DeadlineSource::User => return None,
    };
    let by_day = notice.received.is_some_and(|r| !r.has_time);
    Some(if by_day { counted + w.get("screen.deadline-by-day") } else { counted })
}

fn reconciled(view: &View<'_>, w: &Words) -> String {
    let counts = &view.assessment.counts;
    let stated = view.case.notice.stated_count.map_or(counts.flagged, |n| n as usize).to_string();
    w.fill(
        "screen.reconciled",
        &[("stated", &stated), ("orders", &counts.orders.to_string()), ("read", &counts.flagged.to_string()), ("in_export", &counts.in_export.to_string())],
    )
}

fn standing(view: &View<'_>, w: &Words) -> String {
    let c = &view.assessment.counts;
    let [p, m, x, f] = [c.proven, c.missing, c.contradicting, c.flagged].map(|n| n.to_string());
    let mut text = w.fill("screen.standing", &[("proven", &p), ("missing", &m), ("contradicting", &x), ("flagged", &f)]);
    if c.left_out > 0 {
        text.push_str(&w.fill("screen.argued", &[("argued", &c.argued.to_string()), ("left_out", &c.left_out.to_string())]));
    }
    text
}

/// How many orders stay flagged if the complete ones are accepted, against the number at which the platform's penalty steps up.
fn penalty(view: &View<'_>, w: &Words) -> Option<String> {
    let c = &view.assessment.completeness;
    let step = c.step.as_ref().filter(|_| c.orders > 0)?;
    let under = |n: usize| u64::try_from(n).is_ok_and(|n| n < step.orders);
    let key = match (under(c.orders), under(c.remaining())) {
        (true, _) => "screen.penalty-under",
        (false, true) => "screen.penalty-drops",
        (false, false) => "screen.penalty-stays",
    };
    let [all, complete, left, step_at] = [c.orders.to_string(), c.complete.to_string(), c.remaining().to_string(), step.orders.to_string()];
    Some(w.fill(key, &[("orders", &all), ("complete", &complete), ("remaining", &left), ("step", &step_at), ("rule", &step.rule)]))
}

/// What the platform asks for by name and not every order has: at most three, and how many more.
fn asked(view: &View<'_>, ctx: &Context, w: &Words) -> Option<String> {
    const MOST: usize = 3;
    let short = || view.assessment.completeness.groups.iter().filter(|g| g.level >= AskLevel::Asked && g.met < g.of);
    let more = short().count().saturating_sub(MOST);
    let list: Vec<String> = short()
        .take(MOST)
        .map(|g| {
            let text = if ctx.lang == Lang::En { &g.en } else { &g.zh };
            // what nobody confirmed is no demand of the platform's
            let key = if g.unverified { "screen.asked-one-unverified" } else { "screen.asked-one" };
            w.fill(key, &[("text", text), ("met", &g.met.to_string()), ("of", &g.of.to_string())])
        })
        .collect();
    let rest = if more > 0 { w.fill("screen.asked-more", &[("n", &more.to_string())]) } else { String::new() };
    (!list.is_empty()).then(|| w.fill("screen.asked", &[("list", &(list.join(w.get("screen.asked-between")) + &rest))]))
}

/// What explains the orders; nothing while no order is known.
fn why(view: &View<'_>, w: &Words) -> Option<String> {
    if view.case.orders.is_empty() {
        return None;
    }
    // of all flagged orders, argued or not: a document is there although nothing is complete yet
    let sources: BTreeSet<_> = view.assessment.orders.iter().filter_map(|o| o.causes.first()).map(|c| (c.cause, c.file)).collect();
    if sources.is_empty() {
        return view.assessment.anomaly.asked.then(|| w.get("screen.why-none").to_owned());
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (cause, _) in &sources {
        *kinds.entry(cause.as_str()).or_default() += 1;
    }
    let list: Vec<String> = kinds.iter().map(|(k, n)| format!("{} {n}", w.get(&format!("cause.{k}")))).collect();
    Some(w.fill("screen.why", &[("n", &sources.len().to_string()), ("list", &list.join(w.get("screen.comma")))]))
}

/// Says so when nobody names the deadline's zone, and between which moments of now's clock it lies.
fn deadline_zone(view: &View<'_>, w: &Words) -> Option<String> {
    let notice = &view.case.notice;
    let shown = |at: Time| dates::shown(at.with_timezone(&view.case.now.timezone()), "%m-%d %H:%M");
    let (earliest, latest) = notice.earliest_deadline().zip(notice.latest_deadline()).filter(|_| notice.zone_unknown)?;
    Some(w.fill("screen.deadline-zone", &[("earliest", &shown(earliest)), ("latest", &shown(latest))]))
}

/// "今天 18:00 前" or the date.
fn by(by: Time, now: Time, w: &Words) -> String {
    let local = by.with_timezone(&now.timezone());
    let days = (local.date_naive() - now.date_naive()).num_days();
    let key = match days {
        0 => "screen.by-today",
        1 => "screen.by-tomorrow",
        _ => "screen.by-date",
    };
    w.fill(key, &[("time", &dates::shown(local, "%H:%M")), ("date", &local.format("%m-%d").to_string())])
}

/// The task with its file as this system writes paths: it is read in a terminal or an Explorer window, beside other paths.
fn native(task: &Task) -> Task {
    let mut task = task.clone();
    for (_, value) in task.params.iter_mut().filter(|(key, _)| key == "file") {
        *value = value.replace('/', std::path::MAIN_SEPARATOR_STR);
    }
    task
}

/// The words of a task.
pub fn task_text(task: &Task, w: &Words) -> String {
    let params: Vec<(&str, &str)> = task.params.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    w.fill(&format!("task.{}", task.key), &params)
}

fn findings(view: &View<'_>, w: &Words, verbose: bool) -> Vec<Line> {
    let all: Vec<&Finding> = view.findings.all().iter().filter(|f| f.severity != Severity::Ok).collect();
    let mut out = Vec::new();
    let mut groups: Vec<(Severity, Code, Vec<&Finding>)> = Vec::new();
    for finding in all {
        // another variant is another thing to do: renaming a file is no answer to what stands in a chat
        let same = |list: &[&Finding]| list.first().is_some_and(|f| f.variant == finding.variant);
        match groups.iter_mut().find(|(s, c, list)| *s == finding.severity && *c == finding.code && same(list)) {
            Some((_, _, list)) if !verbose => list.push(finding),
            _ => groups.push((finding.severity, finding.code, vec![finding])),
        }
    }
    for (severity, code, list) in groups {
        let Some(first) = list.first() else { continue };
        let message = w.message(first);
        let mut text = format!("{} {}", w.get(&format!("severity.{}", severity.as_str())), place(view, first, &message, w));
        text.push_str(&message);
        if list.len() > 1 {
            text.push_str(&w.fill("screen.more", &[("n", &(list.len() - 1).to_string())]));
        }
        text.push_str(&format!("  [{}]", code.as_str()));
        out.push(Line { text, severity: Some(severity) });
        let hint = w.hint(first);
        if !hint.is_empty() && severity <= Severity::Warning {
            // a hint may show lines for case.toml: they stay together under the arrow
            let hint = hint.trim_end().replace('\n', "\n       ");
            out.push(plain(format!("     {} {hint}", w.get("screen.hint"))));
        }
        out.extend(more_lines_to_paste(&list, w));
    }
    out
}

/// The lines for case.toml of the files behind the first: `check` prints them ready to paste, a screenful of them; the match sheet has all.
fn more_lines_to_paste(list: &[&Finding], w: &Words) -> Vec<Line> {
    const MOST: usize = 8;
    let snippets: Vec<&str> = list.iter().skip(1).filter_map(|f| f.params.iter().find(|(k, _)| *k == "assign").map(|(_, text)| text.as_str())).collect();
    if snippets.is_empty() {
        return Vec::new();
    }
    let mut out = vec![plain(format!("     {} {}", w.get("screen.hint"), w.get("screen.paste-more")))];
    out.extend(snippets.iter().take(MOST).map(|s| plain(format!("       {}", s.replace('\n', "\n       ")))));
    if snippets.len() > MOST {
        out.push(plain(format!("     {} {}", w.get("screen.hint"), w.fill("screen.paste-rest", &[("n", &(snippets.len() - MOST).to_string())]))));
    }
    out
}

/// File and place before a message, unless the message names the file itself.
fn place(view: &View<'_>, finding: &Finding, message: &str, w: &Words) -> String {
    let Some(file) = finding.file else { return String::new() };
    let path = one_line(&view.case.file(file).path);
    let named = message.contains(&path);
    match finding.place.as_ref().map(|p| place_words(p, w)).filter(|p| !p.is_empty()) {
        Some(place) if named => format!("{place}: "),
        Some(place) => format!("{path} ({place}): "),
        None if named => String::new(),
        None => format!("{path}: "),
    }
}

/// A place in the reader's language; empty where it says no more than the file.
pub fn place_words(place: &Place, w: &Words) -> String {
    let number = |key: &str, n: u32| w.fill(key, &[("n", &n.to_string())]);
    match place {
        Place::Whole | Place::Path => String::new(),
        Place::Row(n) => number("screen.row", *n),
        Place::SheetRow(sheet, n) => format!("{sheet} {}", number("screen.row", *n)),
        Place::Line(n) => number("screen.line", *n),
        Place::Page(n) => number("screen.page", *n),
        Place::Pointer(pointer) => pointer.to_string(),
    }
}

/// A path on one line: a name may hold a line break.
fn one_line(path: &str) -> String {
    path.replace(['\n', '\r'], "\u{fffd}")
}

/// A path without characters that move a terminal's cursor or turn its text around.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') { '\u{fffd}' } else { c })
        .collect()
}
