//! The filled-in match sheet → its rows. A workbook that Excel, WPS or another program saved: columns are found by their heads, rows by their number,
//! so that sorting, filtering and inserted columns do no harm. What cannot be followed is told, never guessed.

use crate::model::Lang;
use crate::model::file::{Kind, Sha256};
use crate::model::match_sheet::{self, COLUMNS, COMMENTS, FORM, HIDDEN, MatchSheet, NEEDED, NOT_READ, SheetOrders, SheetRow, SheetSlip};
use crate::profile::kind_words::KindWords;
use crate::profile::lang::words;
use crate::text::ids::clean_id;
use crate::text::width::narrow;
use calamine::{Data, Reader as _, Xlsx};
use rust_xlsxwriter::utility::column_number_to_name;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

/// A sheet of 20,000 files with thumbnails stays far below this.
const MOST_BYTES: u64 = 64 << 20;
/// What the unpacked workbook may take.
const MOST_UNPACKED: u64 = 512 << 20;
/// Rows and columns that are read; our own sheets have a row for each file and nine columns.
const MOST_ROWS: usize = 400_000;
const MOST_COLUMNS: usize = 64;
/// Rows that are looked at for the head.
const HEAD_ROWS: usize = 12;
/// A number of more digits has lost some in Excel.
const EXACT_DIGITS: f64 = 1e15;
/// The same, for a number that is whole.
const EXACT_WHOLE: u64 = 1_000_000_000_000_000;

/// Why a sheet cannot be read, as a variant of `match-sheet-row`.
pub type Unreadable = &'static str;

/// May a workbook of this length be read.
pub fn fits(bytes: u64) -> bool {
    bytes <= MOST_BYTES
}

/// Reads a match sheet. `path` is what the user is told of it.
///
/// # Errors
/// `broken` when it is no workbook, or its hidden sheet or head is gone.
pub fn read(bytes: &[u8], path: &str, kinds: &KindWords) -> Result<MatchSheet, Unreadable> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| "broken")?;
    let unpacked: u64 = (0..zip.len()).filter_map(|n| zip.by_index_raw(n).ok().map(|m| m.size())).fold(0, u64::saturating_add);
    if unpacked > MOST_UNPACKED {
        return Err("broken");
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| "broken")?;
    let hidden = rows(&mut book, HIDDEN).ok_or("broken")?;
    let Hidden { known, case, state, filled, from, besides } = hidden_rows(&hidden).ok_or("broken")?;
    // the seller may have put a worksheet of his own before ours; WPS keeps pictures in one
    let mut ours: Option<(Vec<Row>, u32, Columns)> = None;
    let mut more: Vec<String> = Vec::new();
    for name in book.sheet_names().into_iter().filter(|n| n != HIDDEN && !n.starts_with("WpsReserved")) {
        let page = rows(&mut book, &name).unwrap_or_default();
        match head(&page).filter(|_| ours.is_none()) {
            Some((head, columns)) => ours = Some((page, head, columns)),
            None if page.iter().any(|(_, cells)| cells.iter().any(|c| !text(c).is_empty())) => more.push(name),
            None => {}
        }
    }
    let (visible, head, columns) = ours.ok_or("broken")?;
    let mut sheet = MatchSheet { path: path.to_owned(), state, case, from, ..MatchSheet::default() };
    let mut typed: Vec<[String; 4]> = Vec::new();
    let mut found: Vec<SheetRow> = Vec::new();
    sheet.files = known.values().cloned().collect();
    sheet.added = added(&visible, head, &columns, &known);
    sheet.added.extend(written_beside(&visible, head, &columns, &known, &besides));
    sheet.added.extend(more);
    if zip.file_names().any(|n| n.is_ok_and(|n| n.to_string().starts_with("xl/comments") || n.to_string().starts_with("xl/threadedComments"))) {
        sheet.added.push(COMMENTS.to_owned());
    }
    for (row, cells) in visible.iter().filter(|(row, _)| *row > head) {
        let row = *row;
        let cell = |column: &str| columns.get(column).and_then(|c| cells.get(*c)).unwrap_or(&Data::Empty);
        if ["order", "kind", "ignore"].iter().all(|c| text(cell(c)).is_empty()) {
            continue;
        }
        let shown = text(cell("file"));
        let cells = ["order", "kind", "ignore"].map(|c| text(cell(c)));
        let number = text(cell("number")).trim_end_matches(".0").to_owned();
        // a row whose number was deleted still has its path, unless that stands for two contents
        let of_path = || Some(known.values().filter(|(p, _)| *p == shown)).filter(|found| found.clone().count() == 1).and_then(|mut found| found.next());
        let Some((path, sha256)) = known.get(&number).or_else(of_path) else {
            sheet.slips.push(SheetSlip { row, path: shown, what: "unknown-row", cell: number, typed: cells, sha256: None, file: None, lost: None });
            continue;
        };
        let [order, kind, ignore] = cells.clone();
        typed.push([path.clone(), order, kind, ignore]);
        match read_row(row, path, *sha256, cell("order"), &cells, kinds) {
            Ok(read) => found.push(read),
            Err((what, cell)) => {
                sheet.slips.push(SheetSlip { row, path: path.clone(), what, cell, typed: cells, sha256: *sha256, file: None, lost: None });
            }
        }
    }
    joined(found, &mut sheet);
    let now = match_sheet::filled(typed.iter().map(|row| row.each_ref().map(String::as_str)));
    sheet.touched = if filled.is_empty() { !typed.is_empty() } else { now != filled };
    Ok(sheet)
}

/// Rows of one file become one. Where they contradict each other none is followed: which of them is meant only the seller knows.
fn joined(rows: Vec<SheetRow>, sheet: &mut MatchSheet) {
    let mut of_file: BTreeMap<(String, Option<Sha256>), Vec<SheetRow>> = BTreeMap::new();
    for row in rows {
        of_file.entry((row.path.clone(), row.sha256)).or_default().push(row);
    }
    for ((path, sha256), rows) in of_file {
        let mut all = rows.iter();
        let Some(mut first) = all.next().cloned() else { continue };
        if all.all(|row| match_sheet::join(&mut first, row)) {
            sheet.rows.push(first);
            continue;
        }
        let number = first.row.to_string();
        let slip = |row: SheetRow| SheetSlip {
            row: row.row,
            path: path.clone(),
            what: "twice",
            cell: number.clone(),
            typed: row.typed,
            sha256,
            file: None,
            lost: None,
        };
        sheet.slips.extend(rows.into_iter().map(slip));
    }
    sheet.rows.sort_by_key(|row| row.row);
    sheet.slips.sort_by_key(|slip| slip.row);
}

/// What the seller added besides the three columns: heads of further columns, or where a line stands that is none of ours.
fn added(rows: &[Row], head: u32, columns: &Columns, known: &Files) -> Vec<String> {
    let ours = |column: &usize| columns.values().any(|c| c == column);
    let how = |cell: &str| [Lang::ZhCn, Lang::En].into_iter().any(|l| words(l).get("sheet.how").trim() == cell);
    let letter = |column: usize| column_number_to_name(column.min(16_383) as u16);
    let mut added: BTreeMap<usize, String> = BTreeMap::new();
    let mut lines: Vec<String> = Vec::new();
    for (row, cells) in rows {
        let filled = cells.iter().map(text).enumerate().filter(|(_, cell)| !cell.is_empty());
        if *row < head {
            lines.extend(filled.filter(|(_, cell)| !how(cell)).map(|(column, _)| format!("{}{row}", letter(column))));
            continue;
        }
        let cell = |key: &str| columns.get(key).and_then(|c| cells.get(*c)).map(text).unwrap_or_default();
        let empty = ["order", "kind", "ignore"].iter().all(|key| cell(key).is_empty());
        let number = cell("number");
        let stray = *row > head && empty && !known.contains_key(number.trim_end_matches(".0"));
        for (column, words) in filled {
            if !ours(&column) {
                let name = if *row == head { words } else { letter(column) };
                added.entry(column).or_insert(name);
            } else if stray && !known.values().any(|(path, _)| *path == cell("file")) {
                lines.push(format!("{}{row}", letter(column)));
            }
        }
    }
    added.into_values().chain(lines).collect()
}

/// Files in whose rows our own cells do not say any more what we wrote there.
fn written_beside(rows: &[Row], head: u32, columns: &Columns, known: &Files, besides: &BTreeMap<String, String>) -> BTreeSet<String> {
    let again = |cell: &str| [Lang::ZhCn, Lang::En].into_iter().any(|l| words(l).get("sheet.again") == cell);
    let other = |cells: &Vec<Data>| {
        let cell = |key: &str| columns.get(key).and_then(|c| cells.get(*c)).map(text).unwrap_or_default();
        let number = cell("number").trim_end_matches(".0").to_owned();
        let ours = match_sheet::OURS.map(cell);
        let differs = match_sheet::besides(ours.each_ref().map(String::as_str)) != *besides.get(&number)?;
        (differs && !again(&cell("status"))).then(|| known.get(&number).map(|(path, _)| path.clone())).flatten()
    };
    rows.iter().filter(|(row, _)| *row > head).filter_map(|(_, cells)| other(cells)).collect()
}

/// A row as Excel counts, and its cells.
type Row = (u32, Vec<Data>);

/// Column by key.
type Columns = BTreeMap<&'static str, usize>;

/// The rows with something in them, cell by cell: the size that a sheet says of itself is not believed.
fn rows(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Option<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut cells = book.worksheet_cells_reader(name).ok()?;
    while let Some(cell) = cells.next_cell().ok()? {
        let (row, column) = cell.get_position();
        let (row, column) = (row.saturating_add(1), column as usize);
        if column >= MOST_COLUMNS || rows.len() > MOST_ROWS {
            continue;
        }
        if rows.last().is_none_or(|(last, _)| *last != row) {
            rows.push((row, Vec::new()));
        }
        if let Some((_, cells)) = rows.last_mut() {
            cells.resize(cells.len().max(column + 1), Data::Empty);
            if let Some(place) = cells.get_mut(column) {
                *place = cell.get_value().clone().into();
            }
        }
    }
    Some(rows)
}

type Files = BTreeMap<String, (String, Option<Sha256>)>;

/// What the hidden sheet tells.
struct Hidden {
    /// Number → path and digest.
    known: Files,
    case: String,
    /// Digest of the folder's state.
    state: String,
    /// Digest of what we had filled in ourselves, carried over from the sheet before.
    filled: String,
    /// The sheet in the case folder from which that was taken.
    from: String,
    /// Number → digest of our own cells.
    besides: BTreeMap<String, String>,
}

fn hidden_rows(rows: &[Row]) -> Option<Hidden> {
    let mut rows = rows.iter().map(|(_, cells)| cells);
    let first = rows.next()?;
    if text(first.first()?) != FORM {
        return None;
    }
    let [case, state, filled, from] = [1, 2, 3, 4].map(|c| first.get(c).map(text).unwrap_or_default());
    if state.is_empty() {
        return None;
    }
    let mut known = Files::new();
    let mut besides = BTreeMap::new();
    for row in rows {
        let [number, path, sha, ours] = [0, 1, 2, 3].map(|c| row.get(c).map(text).unwrap_or_default());
        let content = digest(&sha);
        if (content.is_some() || sha == NOT_READ) && !number.is_empty() {
            if !ours.is_empty() {
                besides.insert(number.clone(), ours);
            }
            known.insert(number, (path, content));
        }
    }
    Some(Hidden { known, case, state, filled, from, besides })
}

fn digest(hex: &str) -> Option<Sha256> {
    let mut bytes = [0_u8; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(i * 2..i * 2 + 2)?, 16).ok()?;
    }
    Some(Sha256(bytes))
}

/// The row of the heads, and column by key; heads may be in either language.
fn head(rows: &[Row]) -> Option<(u32, Columns)> {
    for (at, row) in rows.iter().take(HEAD_ROWS) {
        let mut found = Columns::new();
        for (column, cell) in row.iter().enumerate() {
            let cell = text(cell);
            let key = COLUMNS.into_iter().find(|key| [Lang::ZhCn, Lang::En].into_iter().any(|l| words(l).get(&format!("sheet.{key}")) == cell));
            if let Some(key) = key {
                found.entry(key).or_insert(column);
            }
        }
        if NEEDED.iter().all(|k| found.contains_key(k)) {
            return Some((*at, found));
        }
    }
    None
}

/// What cannot be followed: which mistake it is, and the cell.
type Slip = (&'static str, String);

fn read_row(row: u32, path: &str, sha256: Option<Sha256>, order: &Data, typed: &[String; 3], kinds: &KindWords) -> Result<SheetRow, Slip> {
    let slip = |what: &'static str, cell: &str| -> Slip { (what, cell.chars().take(80).collect()) };
    let mut read = SheetRow {
        row,
        file: None,
        lost: None,
        path: path.to_owned(),
        sha256,
        typed: typed.clone(),
        orders: None,
        kind: None,
        ignore: None,
        joined: 0,
        refused: false,
    };
    match order {
        Data::Float(n) if n.abs() >= EXACT_DIGITS => return Err(slip("number", &format!("{n}"))),
        Data::Int(n) if n.unsigned_abs() >= EXACT_WHOLE => return Err(slip("number", &n.to_string())),
        _ => {}
    }
    let [order, kind, ignore] = typed;
    if !order.is_empty() {
        read.orders = Some(orders(order).map_err(|what| slip(what, order))?);
    }
    if !kind.is_empty() {
        read.kind = kind_of(kind, kinds);
        // what else the row says is followed all the same, and the kind told where that is done
        if read.kind.is_none() && order.is_empty() && ignore.is_empty() {
            return Err(slip("kind", kind));
        }
    }
    if !ignore.is_empty() {
        if read.orders.is_some() {
            return Err(slip("both", ignore));
        }
        read.ignore = Some(ignore.clone());
    }
    Ok(read)
}

/// Ids parted by anything that parts them, or the word for all; both together say nothing clear.
fn orders(cell: &str) -> Result<SheetOrders, &'static str> {
    let parts = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '、' | '。' | '/' | '|');
    let every = |part: &String| ["all", "全部", "所有"].contains(&part.trim_matches('"').to_lowercase().as_str());
    let (all, ids): (Vec<String>, Vec<String>) = narrow(cell).split(parts).map(clean_id).filter(|id| !id.is_empty()).partition(every);
    match (all.is_empty(), ids.is_empty()) {
        (false, true) => Ok(SheetOrders::All),
        (false, false) => Err("all-and"),
        (true, true) => Err("order"),
        (true, false) => Ok(SheetOrders::Ids(ids)),
    }
}

/// A kind by its name in either language, the contract's, or a word that tells it in the names of files.
fn kind_of(cell: &str, kinds: &KindWords) -> Option<Kind> {
    let named = |kind: &Kind| [Lang::ZhCn, Lang::En].into_iter().any(|l| words(l).get(&format!("kind.{}", kind.as_str())).eq_ignore_ascii_case(cell));
    Kind::from_name(cell).or_else(|| Kind::ALL.into_iter().find(named)).or_else(|| kinds.of_word(cell))
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) => text.trim().to_owned(),
        Data::Float(n) if n.fract() == 0.0 && n.abs() < EXACT_DIGITS => format!("{n:.0}"),
        other => other.to_string().trim().to_owned(),
    }
}
