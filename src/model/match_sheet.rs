//! The match sheet: a workbook in `private/` in which the seller says of each file which order it belongs to, what it is, or why it is not used.
//! The writer (report) and the reader (notice) agree through what stands here.

use super::case_file::is_case_file;
use super::file::{FileEntry, Kind, Sha256, Status};
use super::source::FileId;
use crate::digest;

/// Path in the case's output folder.
pub const PATH: &str = "private/match-sheet.xlsx";
/// The hidden sheet that holds what a row means; a workbook that has it is a match sheet, whatever it is called.
pub const HIDDEN: &str = "_appealpack";
/// First cell of the hidden sheet.
pub const FORM: &str = "appealpack.match-sheet/1";
/// First row (from 0) of the hidden sheet's list of files: number, path, SHA-256 and [`besides`]; beside it the orders and kinds to choose from.
pub const FIRST_HIDDEN_ROW: u32 = 2;
/// Columns of the visible sheet, in order: keys of their heads under `[sheet]` in the language files.
pub const COLUMNS: [&str; 9] = ["number", "picture", "file", "read", "status", "guess", "order", "kind", "ignore"];
/// Those of them that say what was found of a file: what else stands there the seller wrote.
pub const OURS: [&str; 4] = ["file", "read", "status", "guess"];
/// Those of them by which the head line is known.
pub const NEEDED: [&str; 4] = ["number", "order", "kind", "ignore"];
/// Beginning of the path under which a sheet that could not be read is kept beside the new one: what was filled in is the seller's, and never ours to drop.
pub const UNREAD: &str = "private/match-sheet-unread";
/// The same for a sheet that was read, and that holds what the new one will not: rows that another sheet overrides, columns of the seller's own.
pub const KEPT: &str = "private/match-sheet-kept";
/// Stands for comments on cells among what the seller added.
pub const COMMENTS: &str = "comments";
/// In the place of a digest in the hidden sheet: what case.toml leaves out was not read.
pub const NOT_READ: &str = "-";
/// Why a file is left out by case.toml.
pub const IGNORED_BY_CASE: &str = "ignored-user";
/// Why a file is left out on the sheet's word.
pub const IGNORED: &str = "ignored-sheet";
/// Why the sheet itself, copied into the case folder, is no evidence.
pub const ITSELF: &str = "ignored-match-sheet";

/// A sheet that was read, as far as somebody filled it in.
#[derive(Debug, Clone, Default)]
pub struct MatchSheet {
    /// Its path as shown to the user.
    pub path: String,
    /// Digest of the folder it was made for.
    pub state: String,
    /// Path and content of each file it was made for; a path twice where what is said of an earlier content waits for an answer.
    pub files: Vec<(String, Option<Sha256>)>,
    /// Rows with something filled in.
    pub rows: Vec<SheetRow>,
    /// Id of the case it was made for.
    pub case: String,
    /// Somebody filled in what we had not written there.
    pub touched: bool,
    /// The sheet in the case folder from which we carried over what stands here; empty where it was filled in here.
    pub from: String,
    /// What the seller added besides and the next sheet will not have: heads of columns, names of worksheets, files in whose rows he wrote
    /// beside the three columns.
    pub added: Vec<String>,
    /// Rows that cannot be followed: the row and why, a variant of `match-sheet-row`, with the cell's words.
    pub slips: Vec<SheetSlip>,
}

/// What one row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// Row as Excel counts.
    pub row: u32,
    /// The file it means in this run: the same path with the same content, else the one of that content that was moved or renamed.
    pub file: Option<FileId>,
    /// Why there is none, a variant of `match-sheet-row`.
    pub lost: Option<&'static str>,
    /// The file's path when the sheet was made.
    pub path: String,
    /// Its content then; `None` where case.toml left it out.
    pub sha256: Option<Sha256>,
    /// Order, kind and reason as typed: the next sheet has them as they are.
    pub typed: [String; 3],
    /// The orders it belongs to.
    pub orders: Option<SheetOrders>,
    /// What it is.
    pub kind: Option<Kind>,
    /// Why it is not used.
    pub ignore: Option<String>,
    /// How many further rows say this of the file: a row is copied for a second order. What is typed is then the sum of them.
    pub joined: usize,
    /// It was not followed: case.toml says otherwise, or an order is none of the notice. Told by a finding.
    pub refused: bool,
}

impl SheetRow {
    /// What stands in the cell of the kind and names none.
    pub fn kind_unread(&self) -> Option<&str> {
        let [_, kind, _] = &self.typed;
        (self.kind.is_none() && !kind.is_empty()).then_some(kind)
    }

    /// Is it a row that was followed.
    pub fn followed(&self) -> bool {
        self.file.is_some() && !self.refused
    }
}

impl MatchSheet {
    /// Rows that were followed.
    pub fn followed(&self) -> usize {
        self.rows.iter().filter(|row| row.followed()).map(|row| row.joined + 1).sum()
    }
}

/// Orders of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetOrders {
    /// All flagged ones.
    All,
    /// These ids, as written.
    Ids(Vec<String>),
}

/// Takes a further row of the same file into the first one: its orders are added. `false` where they contradict each other: two kinds, all orders and some
/// of them, or a reason not to use the file beside anything else.
pub fn join(first: &mut SheetRow, row: &SheetRow) -> bool {
    // a word that names no kind is another one than any that does
    let unread = |row: &SheetRow| row.kind_unread().is_some();
    let typed_otherwise = !first.typed[1].is_empty() && !row.typed[1].is_empty() && first.typed[1] != row.typed[1];
    let differ = (unread(first) || unread(row)) && typed_otherwise || first.kind.is_some() && row.kind.is_some() && first.kind != row.kind;
    if first.ignore != row.ignore || differ {
        return false;
    }
    match (&mut first.orders, &row.orders) {
        (Some(SheetOrders::Ids(ids)), Some(SheetOrders::Ids(more))) => {
            for id in more {
                if !ids.contains(id) {
                    ids.push(id.clone());
                }
            }
        }
        (Some(orders), Some(more)) if orders != more => return false,
        (orders, more) => *orders = orders.take().or_else(|| more.clone()),
    }
    first.kind = first.kind.or(row.kind);
    let [orders, kind, _] = &mut first.typed;
    let [more, same, _] = &row.typed;
    if !orders.is_empty() && !more.is_empty() {
        orders.push('\n');
    }
    orders.push_str(more);
    if kind.is_empty() {
        kind.clone_from(same);
    }
    first.joined += 1;
    true
}

/// A row that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetSlip {
    /// Row as Excel counts.
    pub row: u32,
    /// Path of its file.
    pub path: String,
    /// Variant of `match-sheet-row`.
    pub what: &'static str,
    /// The words in the cell.
    pub cell: String,
    /// Order, kind and reason as typed: the next sheet has them again until they are corrected.
    pub typed: [String; 3],
    /// The content that the file had; `None` where the row does not say which file it means.
    pub sha256: Option<Sha256>,
    /// The file it speaks of in this run.
    pub file: Option<FileId>,
    /// Why there is none, a variant of `match-sheet-row`.
    pub lost: Option<&'static str>,
}

/// Is the file one that the sheet lists: everything that the walk did not leave out by itself.
pub fn lists(entry: &FileEntry) -> bool {
    let own = entry.why.as_ref().is_some_and(|w| w.key == IGNORED || w.key == IGNORED_BY_CASE);
    !is_case_file(&entry.path) && (entry.status != Status::Ignored || own)
}

/// The file's content; `None` where case.toml leaves it out, so that it was not read.
pub fn content(entry: &FileEntry) -> Option<Sha256> {
    entry.why.as_ref().is_none_or(|w| w.key != IGNORED_BY_CASE).then_some(entry.sha256)
}

/// Digest of what is filled in: path, order, kind and reason of each row that has any.
pub fn filled<'a>(rows: impl IntoIterator<Item = [&'a str; 4]>) -> String {
    let mut lines: Vec<String> = rows.into_iter().filter(|[_, cells @ ..]| cells.iter().any(|c| !c.is_empty())).map(|row| row.join("\u{1f}")).collect();
    lines.sort();
    digest::of_bytes(lines.join("\u{1e}").as_bytes()).sha256.to_string()
}

/// Digest of the cells of a row that are ours. Spreadsheet programs may save white space otherwise, so that it does not count.
pub fn besides<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| cell.chars().filter(|c| !c.is_whitespace()).collect()).collect();
    let digest = digest::of_bytes(cells.join("\u{1f}").as_bytes()).sha256.to_string();
    digest.get(..16).unwrap_or_default().to_owned()
}

/// Digest of a folder's state: paths and digests of the files that were read.
pub fn state<'a>(files: impl IntoIterator<Item = &'a FileEntry>) -> String {
    let read = |e: &&FileEntry| lists(e) && content(e).is_some();
    let lines: String = files.into_iter().filter(read).map(|e| format!("{}  {}\n", e.sha256, e.path)).collect();
    digest::of_bytes(lines.as_bytes()).sha256.to_string()
}
