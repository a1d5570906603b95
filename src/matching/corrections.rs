//! The user's corrections in case.toml and the match sheet, and the check that every id and file that case.toml names is there.
//! A slip is an error with its line and the nearest known name: a correction that does nothing would lose an order silently.

use super::status::UNKNOWN_ORDER;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::model::case::Case;
use crate::model::file::{FileEntry, Kind, Status};
use crate::model::ids::OrderId;
use crate::model::match_sheet::{SheetOrders, SheetRow};
use crate::model::record::Content;
use crate::model::settings::{IgnoreRule, Scope};
use crate::model::source::FileId;
use crate::text::glob;
use crate::text::ids::clean_id;
use crate::text::nearest::nearest;
use crate::text::nicks;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What case.toml says of files.
#[derive(Debug, Default)]
pub(super) struct Corrections {
    /// File → orders it was assigned to.
    pub orders: BTreeMap<FileId, BTreeSet<usize>>,
    /// Files assigned to "all".
    pub shared: BTreeSet<FileId>,
    /// Kinds said by the user.
    pub kinds: BTreeMap<FileId, Kind>,
    /// What of the match sheet could not be followed.
    pub told: Vec<Finding>,
    /// Its rows.
    pub refused: BTreeSet<u32>,
}

/// Reads and checks them. An order that is not flagged is a slip, but only where the list of flagged orders is whole.
pub(super) fn read(case: &Case, list_is_whole: bool) -> Result<Corrections> {
    let mut known = Known::of(case);
    known.list_is_whole = list_is_whole;
    let s = &case.settings;
    for leave in &s.leave_out {
        leave.orders.iter().try_for_each(|id| known.order(id, "[[leave_out]]", Some(leave.line)).map(drop))?;
    }
    let mut said: BTreeSet<usize> = BTreeSet::new();
    for order in &s.orders {
        if known.order(&order.id, "[[order]]", Some(order.line))?.is_some_and(|i| !said.insert(i)) {
            let (zh, en) = (format!("订单 {} 前面已经写过一次", order.id), format!("order {} was told before", order.id));
            return Err(slip("[[order]]", Some(order.line), &zh, &en, None));
        }
    }
    for rule in &s.ignore {
        // a name that fits nothing would leave the file meant in use; a pattern may wait for files to come, unless it fits some but for its letters
        let waits = || rule.file.contains(['*', '?', '[']) && !case.files.iter().any(|f| glob::matches_in_other_letters(&rule.file, &f.path));
        if !case.files.iter().any(|f| glob::matches(&rule.file, &f.path)) && !waits() {
            return Err(nothing_fits(case.files.iter(), &rule.file, "[[ignore]]", rule.line));
        }
    }
    for chat in &s.chats {
        if let Some(id) = &chat.order {
            known.order(id, "[[chat]]", Some(chat.line))?;
        }
        if let Some(buyer) = &chat.buyer {
            known.buyer(buyer, chat.line)?;
        }
    }
    if let Scope::Listed(ids) = &s.scope {
        ids.iter().try_for_each(|(id, line)| known.order(id, "[appeal] scope", Some(*line)).map(drop))?;
    }
    for accept in &s.accept {
        if Code::from_name(&accept.code).is_none() {
            let hint = nearest(&accept.code, Code::ALL.iter().map(|c| c.as_str()));
            return Err(slip("[[accept]]", Some(accept.line), &format!("没有检查项 {}", accept.code), &format!("there is no check `{}`", accept.code), hint));
        }
        if let Some(pattern) = &accept.file {
            files(case, pattern, "[[accept]]", accept.line, true)?;
        }
    }
    let mut corrections = Corrections::default();
    for assign in &s.assign {
        let orders = match &assign.orders {
            None => None,
            Some(ids) => Some(
                ids.iter().map(|id| known.order(id, "[[assign]]", Some(assign.line))).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect::<Vec<_>>(),
            ),
        };
        for file in files(case, &assign.file, "[[assign]]", assign.line, false)?.into_iter().flat_map(|f| members(case, f)) {
            match &orders {
                None => {
                    corrections.shared.insert(file);
                    corrections.orders.entry(file).or_default().extend(0..case.orders.len());
                }
                Some(list) => corrections.orders.entry(file).or_default().extend(list),
            }
            if let Some(kind) = assign.kind {
                corrections.kinds.insert(file, kind);
            }
        }
    }
    follow_sheet(case, &known, &mut corrections);
    Ok(corrections)
}

/// Adds what the match sheet says. Where case.toml speaks of the same file and says otherwise, case.toml wins, and that is told.
fn follow_sheet(case: &Case, known: &Known, corrections: &mut Corrections) {
    let Some(sheet) = &case.settings.sheet else { return };
    for row in sheet.rows.iter().filter(|r| r.ignore.is_none()) {
        let Some(file) = row.file else { continue };
        let path = &case.file(file).path;
        let tell = |code: Code| Finding::new(code).file(file).with("file", path).with("sheet", &sheet.path).with("row", row.row);
        if let Some(what) = without_effect(case, row, file) {
            let line = format!("file = {}", toml::Value::String(path.clone()));
            corrections.told.push(tell(Code::MatchSheetRow).variant(what).with("cell", "").with("line", line));
            corrections.refused.insert(row.row);
            continue;
        }
        let mut orders: BTreeSet<usize> = BTreeSet::new();
        let mut unknown = None;
        match &row.orders {
            None => {}
            Some(SheetOrders::All) => orders.extend(0..case.orders.len()),
            Some(SheetOrders::Ids(ids)) => {
                for id in ids {
                    match known.ids.get(&bare_id(id)) {
                        Some(order) => drop(orders.insert(*order)),
                        None => unknown = unknown.or(Some(id)),
                    }
                }
            }
        }
        if let Some(id) = unknown {
            let near = nearest(&clean_id(id), known.shown.iter().map(String::as_str)).unwrap_or_default();
            let finding = tell(Code::MatchSheetRow).variant(if near.is_empty() { "order" } else { "order-near" });
            corrections.told.push(finding.with("cell", id).with("near", near));
            corrections.refused.insert(row.row);
            continue;
        }
        let ignored = case.settings.ignore.iter().find(|rule| glob::matches(&rule.file, path)).map(|rule| rule.line);
        let assigned = case.settings.assign.iter().find(|a| glob::matches(&a.file, path)).map(|a| a.line);
        let differs = (row.orders.is_some() && corrections.orders.get(&file).is_some_and(|o| *o != orders))
            || row.kind.is_some_and(|kind| corrections.kinds.get(&file).is_some_and(|k| *k != kind));
        if let Some(line) = ignored.or(assigned.filter(|_| differs)) {
            corrections.told.push(tell(Code::MatchSheetConflict).with("line", line));
            corrections.refused.insert(row.row);
            continue;
        }
        if let Some(kind) = row.kind_unread() {
            corrections.told.push(tell(Code::MatchSheetRow).variant("kind-only").with("cell", kind.chars().take(80).collect::<String>()));
        }
        for file in members(case, file) {
            if row.orders.is_some() && !corrections.orders.contains_key(&file) {
                if row.orders == Some(SheetOrders::All) {
                    corrections.shared.insert(file);
                }
                corrections.orders.insert(file, orders.clone());
            }
            if let Some(kind) = row.kind {
                corrections.kinds.entry(file).or_insert(kind);
            }
        }
    }
}

/// Why a row cannot have the effect that it asks for, a variant of `match-sheet-row`: which file is the notice is settled before any is matched, and an
/// export is read row by row, whatever is said of it as a whole.
fn without_effect(case: &Case, row: &SheetRow, file: FileId) -> Option<&'static str> {
    let notice = case.notice.is_of(file);
    if row.kind == Some(Kind::Notice) && !notice {
        return Some("notice");
    }
    let export = case.content(file).content.parts().iter().any(|part| matches!(part, Content::Orders(_)));
    let agrees = row.orders.is_none() && row.kind.is_none_or(|kind| kind == case.file(file).kind);
    ((notice || export) && !agrees).then_some(if notice { "is-notice" } else { "is-export" })
}

/// The files a pattern speaks of. Without `/` it is a base name and must mean one file (byte-identical copies are one); with `/` at least one.
fn files(case: &Case, pattern: &str, table: &str, line: u32, copies: bool) -> Result<Vec<FileId>> {
    let hits: Vec<FileId> = case.files.iter().filter(|f| f.status != Status::Ignored && glob::matches(pattern, &f.path)).map(|f| f.id).collect();
    if hits.is_empty() {
        if let Some(rule) = ignored(case, pattern) {
            let (zh, en) =
                (format!("{pattern} 被第 {} 行的 [[ignore]] 排除了", rule.line), format!("the [[ignore]] in line {} leaves `{pattern}` out", rule.line));
            return Err(slip(table, Some(line), &zh, &en, None).hint(
                format!("两处只留一处：要用这个文件就删掉 [[ignore]]，不用就删掉 {table}"),
                format!("keep one of both: delete the [[ignore]] to use the file, the {table} to leave it out"),
            ));
        }
        return Err(nothing_fits(case.files.iter().filter(|f| f.status != Status::Ignored), pattern, table, line));
    }
    if copies {
        return Ok(hits);
    }
    let distinct: BTreeSet<FileId> = hits.iter().map(|f| case.file(*f).same_as.filter(|_| case.file(*f).status == Status::Duplicate).unwrap_or(*f)).collect();
    if !pattern.contains('/') && distinct.len() > 1 {
        let paths: Vec<&str> = distinct.iter().take(4).map(|f| case.file(*f).path.as_str()).collect();
        return Err(Error::new(
            format!("case.toml 第 {line} 行 {table}：{pattern} 对应 {} 个文件：{}", distinct.len(), paths.join("、")),
            format!("case.toml line {line}, {table}: `{pattern}` fits {} files: {}", distinct.len(), paths.join(", ")),
        )
        .hint("把文件夹也写上，例如 聊天/微信截图_1.png，让它只对应一个文件", "write the folder, too (chats/shot_1.png), so that it means one file"));
    }
    Ok(hits)
}

/// No file fits a pattern: named is one that fits but for upper and lower case, else the one whose name is nearest.
fn nothing_fits<'a>(files: impl Iterator<Item = &'a FileEntry> + Clone, pattern: &str, table: &str, line: u32) -> Error {
    let by_name = !pattern.contains('/');
    let name = |f: &'a FileEntry| if by_name { f.path.rsplit('/').next().unwrap_or(&f.path) } else { f.path.as_str() };
    let other_letters = files.clone().find(|f| glob::matches_in_other_letters(pattern, &f.path)).map(name);
    let near = other_letters.or_else(|| nearest(pattern, files.map(name)));
    let (zh, en) = (format!("找不到文件 {pattern}"), format!("no file fits `{pattern}`"));
    match other_letters {
        Some(_) => slip(table, Some(line), &format!("{zh}（大小写要和文件名一致）"), &format!("{en} (upper and lower case count)"), near),
        None => slip(table, Some(line), &zh, &en, near),
    }
}

/// The `[[ignore]]` that leaves out all files that a pattern means.
fn ignored<'a>(case: &'a Case, pattern: &str) -> Option<&'a IgnoreRule> {
    let left_out = |f: &&FileEntry| f.why.as_ref().is_some_and(|why| why.key == "ignored-user") && glob::matches(pattern, &f.path);
    case.files.iter().filter(left_out).find_map(|f| case.settings.ignore.iter().find(|rule| glob::matches(&rule.file, &f.path)))
}

/// What is said of an opened archive is said of all its members.
fn members(case: &Case, file: FileId) -> Vec<FileId> {
    let archive = case.file(file);
    if !archive.container || archive.status == Status::Unreadable {
        return vec![file];
    }
    let inside = |f: &&FileEntry| f.os_path == archive.os_path && f.member.len() > archive.member.len() && f.member.starts_with(&archive.member);
    case.files.iter().filter(inside).filter(|f| !f.container && f.status != Status::Ignored).map(|f| f.id).collect()
}

fn slip(table: &str, line: Option<u32>, zh: &str, en: &str, near: Option<&str>) -> Error {
    let (at_zh, at_en) = line.map_or((String::new(), String::new()), |n| (format!(" 第 {n} 行"), format!(" line {n}")));
    let error = Error::new(format!("case.toml{at_zh} {table}：{zh}"), format!("case.toml{at_en}, {table}: {en}"));
    match near {
        Some(word) => error.hint(format!("是不是 {word}？"), format!("did you mean `{word}`?")),
        None => error.hint("改正或删去这一行后再运行", "correct or delete this line and run again"),
    }
}

/// Ids and nicks of the flagged orders.
struct Known {
    ids: HashMap<String, usize>,
    shown: Vec<String>,
    buyers: BTreeSet<String>,
    /// Every flagged order has a buyer that can be read, so a nick that is none of theirs is a slip.
    all_buyers: bool,
    list_is_whole: bool,
}

/// An id for comparing, without the `#` that may stand before it.
fn bare_id(id: &str) -> String {
    OrderId::new(clean_id(id)).bare().to_owned()
}

impl Known {
    fn of(case: &Case) -> Self {
        let mut known = Known { ids: HashMap::new(), shown: Vec::new(), buyers: BTreeSet::new(), all_buyers: false, list_is_whole: true };
        let listed = case.listed.iter().map(|l| (&l.id, l.order));
        let own = case.orders.iter().enumerate().flat_map(|(i, o)| std::iter::once((&o.id, i)).chain(o.sub_ids.iter().map(move |s| (s, i))));
        for (id, order) in listed.chain(own) {
            let text = clean_id(id.as_str());
            if known.ids.insert(bare_id(&text), order).is_none() {
                known.shown.push(text);
            }
        }
        let readable = |buyer: &&str| nicks::readable(buyer);
        let flagged: Vec<&str> = case.orders.iter().filter_map(|o| o.buyer.as_ref()).map(|b| b.value.raw()).filter(readable).collect();
        known.all_buyers = flagged.len() == case.orders.len();
        known.buyers.extend(flagged.into_iter().chain(case.export.iter().map(|e| &*e.buyer)).map(str::to_owned));
        known
    }

    /// `None` for an order that is not known where not all of them can be.
    fn order(&self, id: &str, table: &str, line: Option<u32>) -> Result<Option<usize>> {
        let found = self.ids.get(&bare_id(id)).copied();
        if found.is_some() || !self.list_is_whole {
            return Ok(found);
        }
        if id.trim() == UNKNOWN_ORDER {
            let (zh, en) = (
                "还没有写订单号：把 \"?\" 换成订单号，几笔用逗号隔开",
                "no order is named yet: replace \"?\" by the order's number, several with commas between",
            );
            return Err(slip(table, line, zh, en, None));
        }
        let near = nearest(&clean_id(id), self.shown.iter().map(String::as_str));
        Err(slip(table, line, &format!("订单 {id} 不在通知列出的订单里"), &format!("order {id} is not among the orders of the notice"), near))
    }

    fn buyer(&self, buyer: &str, line: u32) -> Result<()> {
        if self.buyers.contains(buyer) || !self.all_buyers || !self.list_is_whole {
            return Ok(());
        }
        let near = nearest(buyer, self.buyers.iter().map(String::as_str));
        Err(slip("[[chat]]", Some(line), &format!("导出的订单里没有买家 {buyer}"), &format!("no order of the exports is of buyer `{buyer}`"), near))
    }
}
