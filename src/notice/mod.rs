//! The notice in any form → [`Notice`], and case.toml, whose corrections win over what was read. What cannot be read is a finding with the next
//! step, never a guess: no platform from an export, no deadline from an unverified rule.

mod attached;
pub mod casefile;
mod choose;
mod columns;
mod fields;
mod json;
mod lines;
pub mod match_sheet;
mod orders;
mod period;
#[cfg(test)]
mod tests;
mod words;

use crate::context::Context;
use crate::error::Result;
use crate::finding::{Code, Finding, Findings};
use crate::model::case_file::is_case_file;
use crate::model::file::{FileEntry, Kind, Sha256, Status, WhyNot};
use crate::model::ids::OrderId;
use crate::model::notice::{DeadlineSource, Notice};
use crate::model::record::Recognised;
use crate::model::settings::CaseSettings;
use crate::model::source::{FileId, Located, Place};
use crate::model::{Lang, Moment, Time};
use crate::profile::platform::{self, Platform};
use crate::text::dates;
use crate::text::ids::has_zero_tail;
use attached::Beside;
use choose::Choice;
use columns::Columns;
use fields::Fields;
use lines::Line;
use orders::{Listing, Reader};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use words::{Field, NoticeWords};

/// A deadline nearer than this is said as such.
const NEAR_HOURS: i64 = 24;

/// Longest case id.
const MAX_ID: usize = 40;

/// Finds and reads the notice. The chosen file becomes kind `notice`, status `source`. `known_ids`: main and sub-order ids of all exports.
///
/// # Errors
/// When `[notice] file` names no file, a file cannot be read, the platform's data have a mistake, or the user asked to stop. What the notice lacks
/// is a finding.
pub fn read(
    files: &mut [FileEntry],
    contents: &[Recognised],
    settings: &CaseSettings,
    known_ids: &BTreeSet<OrderId>,
    root: &Path,
    ctx: &Context,
    findings: &mut Findings,
) -> Result<Notice> {
    let words = NoticeWords::load(&ctx.profile)?;
    let listed_by_user = !settings.notice.orders.is_empty();
    let (file, lines, pages) = match choose::choose(files, contents, settings, &words, root, ctx)? {
        Choice::One(id, lines, pages) => {
            let mut lines = lines::cleaned(lines, &words, known_ids);
            narrow(&mut lines, &words, settings, ctx)?;
            (Some(id), lines, pages)
        }
        Choice::Several(ids) => {
            findings.push(ambiguous(files, &ids));
            return Ok(from_user(files, settings, None));
        }
        Choice::Nothing if listed_by_user => (None, Vec::new(), Vec::new()),
        Choice::Nothing => {
            let empty = files.iter().all(|f| f.status == Status::Source);
            let missing = Finding::new(Code::NoticeMissing);
            findings.push(if empty { missing.variant("empty") } else { missing });
            return Ok(from_user(files, settings, None));
        }
    };
    let fields = Fields::new(&words, &lines);
    let number = settings.notice.number.clone().or_else(|| fields.number());
    let read_list = Reader::new(&words, known_ids, number.as_deref()).read(&lines);
    let read_ids: BTreeSet<&str> = read_list.ids.iter().map(|(id, _)| id.as_str()).collect();
    let prose = prose(&lines, &read_ids);
    let stated = fields.stated_count();
    let lists = match file {
        Some(file) if !listed_by_user => {
            let beside = Beside { pages: &pages, stated, number: number.as_deref(), known_ids, files: &*files, contents, root, words: &words };
            beside.all((file, read_list))?
        }
        _ => Vec::new(),
    };

    let mut notice = from_user(files, settings, file);
    notice.number = number;
    notice.platform = match &settings.platform {
        Some(id) => Some(id.clone()),
        None => named_platform(&prose, ctx)?,
    };
    let platform = Platform::load(&ctx.profile, notice.platform.as_deref().unwrap_or("generic"))?;
    // a notice that is nothing but a table names its violation beside the orders
    let all: String = lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join("\n");
    read_violation(&mut notice, settings, &platform, &fields, [&prose, &all]);
    if !listed_by_user {
        several_in_one(&notice, &words, settings, &platform, &fields, &lines, findings);
    }
    notice.received = settings.notice.received.map(Moment::of_setting).or_else(|| fields.received());
    // at home a time without a zone is China's
    notice.zone_unknown = platform.abroad && notice.received.is_some_and(|m| m.zone_unknown);
    if let Some(received) = notice.received.as_mut() {
        received.zone_unknown = false;
    }
    notice.stated_count = stated;
    let within = read_deadline(&mut notice, settings, &platform, &fields, ctx.lang);

    notice.more_files = pages;
    for (file, _) in lists.iter().skip(1) {
        if !notice.more_files.contains(file) {
            notice.more_files.push(*file);
        }
    }
    if !listed_by_user {
        take_list(&mut notice, &lists, file.unwrap_or(FileId(0)), findings);
    }
    for id in notice.files() {
        if let Some(entry) = files.get_mut(id.index()) {
            entry.kind = Kind::Notice;
            entry.status = Status::Source;
            entry.why = None;
        }
    }
    if let (Some(_), Some(number)) = (&settings.notice.file, &notice.number) {
        let chosen: Vec<FileId> = notice.files().collect();
        for id in choose::others(files, contents, (&chosen, number), &words, root, ctx)? {
            if let Some(entry) = files.get_mut(id.index()) {
                (entry.kind, entry.status, entry.why) = (Kind::Notice, Status::Ignored, Some(WhyNot { key: "ignored-other-notice", detail: String::new() }));
            }
        }
    }
    report_repeated(&notice, listed_by_user, findings);
    report_platform_and_deadline(&notice, within, &platform, ctx, now(settings, ctx), findings);
    Ok(notice)
}

/// The run's now: `--now` or `SOURCE_DATE_EPOCH`, `[case] as_of`, the wall clock.
fn now(settings: &CaseSettings, ctx: &Context) -> Time {
    ctx.fixed_now.or(settings.as_of).unwrap_or(ctx.wall)
}

/// What case.toml says of the notice.
fn from_user(files: &[FileEntry], settings: &CaseSettings, file: Option<FileId>) -> Notice {
    let case_file = files.iter().find(|f| is_case_file(&f.path)).map(|f| f.id).or(file).unwrap_or(FileId(0));
    let mut notice = Notice {
        file,
        number: settings.notice.number.clone(),
        platform: settings.platform.clone(),
        received: settings.notice.received.map(Moment::of_setting),
        deadline: settings.notice.deadline,
        deadline_source: settings.notice.deadline.map(|_| DeadlineSource::User),
        ..Notice::default()
    };
    let (mut known, mut repeated) = (HashSet::new(), HashSet::new());
    for (id, line) in &settings.notice.orders {
        let id = OrderId::new(id.as_str());
        if known.insert(id.clone()) {
            notice.order_ids.push(Located::new(id, case_file, Place::Line(*line)));
        } else if repeated.insert(id.clone()) {
            notice.repeated.push(id);
        }
    }
    notice
}

fn ambiguous(files: &[FileEntry], ids: &[FileId]) -> Finding {
    let paths: Vec<&str> = ids.iter().filter_map(|id| files.get(id.index())).map(|f| f.path.as_str()).collect();
    let lines: Vec<String> = paths.iter().map(|p| format!("file = {}", toml::Value::String((*p).to_owned()))).collect();
    let finding = Finding::new(Code::NoticeAmbiguous).with("count", paths.len()).with_list("files", paths).with("lines", lines.join("\n"));
    match ids.first() {
        Some(id) => finding.file(*id),
        None => finding,
    }
}

/// Leaves of a file with several violations those lines that `[notice] number` or `[notice] violation` means.
fn narrow(lines: &mut [Line], words: &NoticeWords, settings: &CaseSettings, ctx: &Context) -> Result<()> {
    if let Some(number) = &settings.notice.number {
        let sections = columns::sections(words, lines);
        if let Some(n) = sections.iter().position(|(_, found)| found == number) {
            let from = sections.get(n).filter(|_| n > 0).map_or(0, |(line, _)| *line);
            let to = sections.get(n + 1).map_or(lines.len(), |(line, _)| *line);
            lines.iter_mut().enumerate().filter(|(i, _)| !(from..to).contains(i)).for_each(|(_, line)| line.clear());
        }
    }
    let Some(columns) = Columns::of(words, lines) else { return Ok(()) };
    if let Some(number) = &settings.notice.number {
        columns.keep(Field::Number, lines, |cell| cell == number);
    }
    if let Some(said) = &settings.notice.violation {
        let platform = Platform::load(&ctx.profile, settings.platform.as_deref().unwrap_or("generic"))?;
        let id = platform.violation(said).or_else(|| platform.violation_in(said).map(|(v, _)| v)).map(|v| v.id.as_str());
        columns.keep(Field::Violation, lines, |cell| cell == said || (id.is_some() && platform.violation_in(cell).map(|(v, _)| v.id.as_str()) == id));
    }
    Ok(())
}

/// One file with several violations is several cases: an appeal argues one. The seller says which, by lines ready to paste.
fn several_in_one(
    notice: &Notice,
    words: &NoticeWords,
    settings: &CaseSettings,
    platform: &Platform,
    fields: &Fields<'_>,
    lines: &[Line],
    findings: &mut Findings,
) {
    let Some(file) = notice.file else { return };
    let mut kinds: Vec<(String, usize)> = Vec::new();
    // names that mean one violation are one kind
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (text, rows) in fields.violation_column() {
        let place = platform.violation_in(&text).map(|(v, _)| *places.entry(v.id.as_str()).or_insert(kinds.len()));
        match place.and_then(|place| kinds.get_mut(place)) {
            Some((_, sum)) => *sum += rows,
            None => kinds.push((text, rows)),
        }
    }
    let say = |variant: &'static str, key: &str, found: &[(String, Option<usize>)], findings: &mut Findings| {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let names: Vec<String> = found.iter().map(|(t, n)| n.map_or_else(|| t.clone(), |n| format!("{t} × {n}"))).collect();
        let paste: Vec<String> = found.iter().map(|(t, _)| format!("{key} = {}", quoted(t))).collect();
        let finding = Finding::new(Code::NoticeAmbiguous).variant(variant).file(file).with("count", found.len()).with_list("names", names);
        findings.push(finding.with("lines", paste.join("\n")));
    };
    if kinds.len() > 1 && settings.notice.violation.is_none() {
        let found: Vec<(String, Option<usize>)> = kinds.into_iter().map(|(text, rows)| (text, Some(rows))).collect();
        say("violations", "violation", &found, findings);
    }
    let sections = columns::sections(words, lines);
    if sections.len() > 1 && settings.notice.number.is_none() {
        // one number an order is a list of violations, each with its order; a section with several orders is a notice of its own
        let bounds = sections.iter().skip(1).map(|(line, _)| *line).chain([lines.len()]);
        let none = BTreeSet::new();
        let several = sections
            .iter()
            .zip(bounds)
            .any(|((from, number), to)| lines.get(*from..to).is_some_and(|part| Reader::new(words, &none, Some(number.as_str())).read(part).ids.len() > 1));
        if several {
            let found: Vec<(String, Option<usize>)> = sections.into_iter().map(|(_, number)| (number, None)).collect();
            say("numbers", "number", &found, findings);
        }
    }
}

/// The lines that hold no order: goods' names beside the orders say nothing of platform and violation.
fn prose(lines: &[Line], ids: &BTreeSet<&str>) -> String {
    let mut out = String::new();
    for line in lines {
        let long_runs = crate::text::ids::digit_runs(&line.text).into_iter().any(|(_, r)| ids.contains(r.as_str()));
        // a notice on one single line must still be read
        if !long_runs || lines.len() < 3 || line.text.contains('：') || line.text.contains(':') {
            out.push_str(&line.text);
            out.push('\n');
        }
    }
    out
}

/// The platform that the notice names most; two that are named equally often are none.
fn named_platform(prose: &str, ctx: &Context) -> Result<Option<String>> {
    let mut counts: Vec<(usize, String)> =
        platform::all(&ctx.profile)?.into_iter().map(|p| (p.mentions(prose), p.id.clone())).filter(|(n, _)| *n > 0).collect();
    counts.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    Ok(match counts.as_slice() {
        [(most, id), rest @ ..] if rest.first().is_none_or(|(n, _)| n < most) => Some(id.clone()),
        _ => None,
    })
}

fn read_violation(notice: &mut Notice, settings: &CaseSettings, platform: &Platform, fields: &Fields<'_>, texts: [&str; 2]) {
    let said = settings.notice.violation.clone();
    if let Some(known) = said.as_deref().and_then(|v| platform.violation(v)) {
        notice.violation = Some(known.id.clone());
        notice.violation_text = fields.violation().or_else(|| Some(known.zh.clone()));
        return;
    }
    match said.or_else(|| fields.violation()) {
        Some(text) => {
            notice.violation = platform.violation_in(&text).map(|(v, _)| v.id.clone());
            notice.violation_text = Some(text);
        }
        None => {
            if let Some((violation, word)) = texts.iter().find_map(|t| platform.violation_in(t)) {
                notice.violation = Some(violation.id.clone());
                notice.violation_text = Some(word.to_owned());
            }
        }
    }
}

/// Why a deadline is not known though something was said of it.
enum Uncounted {
    /// The days of a period that could not be counted for want of a receipt.
    Days(u32),
    /// Said in words that could not be read.
    Unread(String),
}

/// case.toml, the stated moment, "within N days", the platform's rule where the notice says nothing.
fn read_deadline(notice: &mut Notice, settings: &CaseSettings, platform: &Platform, fields: &Fields<'_>, lang: Lang) -> Option<Uncounted> {
    if settings.notice.deadline.is_some() {
        notice.zone_unknown = false;
        return None;
    }
    if let Some(at) = fields.deadline(notice.received.map(|r| r.at.date_naive())) {
        notice.deadline = Some(at.at);
        notice.zone_unknown = platform.abroad && at.zone_unknown;
        notice.deadline_source = Some(DeadlineSource::Stated);
        return None;
    }
    let rule = platform.deadline(notice.violation.as_deref());
    if let Some(within) = fields.within() {
        notice.deadline = notice.received.map(|r| within.end(r.at));
        notice.deadline_source = notice.deadline.map(|_| DeadlineSource::Relative { days: within.days() });
        return notice.deadline.is_none().then(|| Uncounted::Days(within.days()));
    }
    if let Some(text) = fields.unread_deadline() {
        return Some(Uncounted::Unread(text));
    }
    let rule = rule?;
    notice.deadline = notice.received.map(|r| r.at + chrono::Duration::days(i64::from(rule.days)));
    notice.deadline_source = notice.deadline.map(|_| DeadlineSource::Platform { source: rule.basis.shown(lang) });
    notice.deadline.is_none().then_some(Uncounted::Days(rule.days))
}

/// Takes the lists as read into the notice, the one in the notice's own file first, with what is wrong with them.
fn take_list(notice: &mut Notice, lists: &[(FileId, Listing)], own: FileId, findings: &mut Findings) {
    let mut known: HashSet<OrderId> = notice.order_ids.iter().map(|id| id.value.clone()).collect();
    let mut told: HashSet<OrderId> = notice.repeated.iter().cloned().collect();
    let mut repeated = 0;
    for (file, list) in lists {
        for (id, place) in &list.ids {
            // an id may be told in the text and again in the list that came with it
            if known.insert(id.clone()) {
                notice.order_ids.push(Located::new(id.clone(), *file, place.clone()));
            }
        }
        repeated += list.repeated.len();
        for (id, place) in &list.repeated {
            if told.insert(id.clone()) {
                notice.repeated.push(id.clone());
                findings.push(Finding::new(Code::OrderListedTwice).order_id(id.as_str()).at(*file, place.clone()));
            }
        }
        for (text, place) in &list.damaged {
            findings.push(Finding::new(Code::OrderIdDamaged).order_id(text.clone()).at(*file, place.clone()).with("id", text).variant("notice"));
        }
        let long: Vec<&(OrderId, Place)> = list.ids.iter().filter(|(id, _)| id.as_str().len() > 15).collect();
        if long.len() >= 3
            && long.iter().all(|(id, _)| has_zero_tail(id.as_str()))
            && let Some((id, place)) = long.first()
        {
            findings.push(Finding::new(Code::OrderIdDamaged).at(*file, place.clone()).with("id", id).with("count", long.len()).variant("notice-zeros"));
        }
    }
    // a list may count a repeated order twice, so either sum will do
    let (distinct, total) = (notice.order_ids.len(), notice.order_ids.len() + repeated);
    if let Some(stated) = notice.stated_count
        && distinct > 0
        && stated as usize != distinct
        && stated as usize != total
    {
        let finding = Finding::new(Code::NoticeCountDiffers).file(own).with("stated", stated).with("read", distinct);
        findings.push(if distinct > stated as usize { finding.variant("more") } else { finding });
    }
    if distinct == 0 {
        findings.push(Finding::new(Code::NoticeWithoutOrders).file(own));
    }
}

fn report_repeated(notice: &Notice, by_user: bool, findings: &mut Findings) {
    if by_user {
        for id in &notice.repeated {
            findings.push(Finding::new(Code::OrderListedTwice).order_id(id.as_str()).variant("case"));
        }
    }
}

/// `order-not-in-export`: listed ids that are not `exported`; a tracking list knows a number and neither buyer nor payment. `exports`: there is one at all.
pub fn report_missing(notice: &Notice, exported: impl Fn(&OrderId) -> bool, exports: bool, findings: &mut Findings) {
    if !notice.order_ids.is_empty() && !exports {
        findings.push(Finding::new(Code::OrderNotInExport).with("count", notice.order_ids.len()).variant("no-export"));
        return;
    }
    for id in notice.order_ids.iter().filter(|id| !exported(&id.value)) {
        findings.push(Finding::new(Code::OrderNotInExport).order_id(id.value.as_str()).at(id.file, id.place.clone()));
    }
}

fn report_platform_and_deadline(notice: &Notice, uncounted: Option<Uncounted>, platform: &Platform, ctx: &Context, now: Time, findings: &mut Findings) {
    let located = |finding: Finding| match notice.file {
        Some(file) => finding.file(file),
        None => finding,
    };
    if notice.platform.is_none() {
        findings.push(located(Finding::new(Code::PlatformUnknown)));
    }
    let Some(deadline) = notice.deadline else {
        findings.push(located(match uncounted {
            Some(Uncounted::Unread(text)) => Finding::new(Code::DeadlineUnknown).with("text", text).variant("unread"),
            Some(Uncounted::Days(days)) => Finding::new(Code::DeadlineUnknown).with("days", days).variant("no-receipt"),
            None => match platform.unconfirmed_deadline(notice.violation.as_deref()) {
                Some(d) => Finding::new(Code::DeadlineUnknown).with("days", d.days).with("source", d.basis.shown(ctx.lang)).variant("unconfirmed"),
                None => Finding::new(Code::DeadlineUnknown),
            },
        }));
        return;
    };
    let shown = dates::shown(deadline, "%Y-%m-%d %H:%M");
    let earliest = notice.earliest_deadline().unwrap_or(deadline);
    let left = earliest - now;
    let latest = notice.latest_deadline().unwrap_or(deadline);
    if left < chrono::Duration::zero() && latest >= now {
        let minute = |at: Time| dates::shown(at, "%Y-%m-%d %H:%M");
        let finding = Finding::new(Code::DeadlineNear);
        findings.push(located(if notice.zone_unknown {
            let [earliest, latest] = [earliest, latest].map(|at| minute(at.with_timezone(&now.timezone())));
            finding.with("deadline", shown).with("earliest", earliest).with("latest", latest).variant("zone-perhaps-passed")
        } else {
            finding.with("deadline", shown).with("latest", minute(latest)).variant("perhaps-passed")
        }));
    } else if left < chrono::Duration::zero() {
        findings.push(located(Finding::new(Code::DeadlinePassed).with("deadline", shown)));
    } else if left < chrono::Duration::hours(NEAR_HOURS) {
        let finding = located(Finding::new(Code::DeadlineNear).with("deadline", shown).with("hours", left.num_hours()));
        findings.push(if notice.zone_unknown { finding.variant("zone") } else { finding });
    }
}

/// The case's id (design section 2.1): `[case] id`, else `<platform>-<violation number>`, else `case-` and the first 8 hex digits of the notice's
/// SHA-256, else `case`. Only `[A-Za-z0-9._-]`, at most 40.
pub fn case_id(settings: &CaseSettings, platform: Option<&str>, notice: &Notice, notice_sha: Option<Sha256>) -> String {
    if let Some(id) = &settings.id {
        return id.clone();
    }
    if let (Some(platform), Some(number)) = (platform, &notice.number) {
        let safe: String =
            format!("{platform}-{number}").chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' }).collect();
        return safe.chars().take(MAX_ID).collect::<String>().trim_end_matches(['.', '-']).to_owned();
    }
    match notice_sha {
        Some(sha) => format!("case-{}", sha.to_string().get(..8).unwrap_or("")),
        None => "case".to_owned(),
    }
}

/// The language of upload/ and bundle/: `[case] language`, else the platform's, else Chinese.
pub fn language(settings: &CaseSettings, platform: Option<&Platform>) -> Lang {
    settings.language.or_else(|| platform.map(|p| p.language)).unwrap_or(Lang::ZhCn)
}

/// Does a folder hold a text that reads like a notice? Looks at files up to 1 MiB, four folders deep; `batch` tells cases from other folders by it.
pub fn holds_notice(folder: &Path, ctx: &Context) -> bool {
    NoticeWords::load(&ctx.profile).is_ok_and(|words| choose::holds_notice(folder, &words))
}
