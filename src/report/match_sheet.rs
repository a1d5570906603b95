//! `private/match-sheet.xlsx`: each file with what was read in it and where it seems to belong; the seller fills in order, kind or why it is not used.
//! In: the judged case. Out: the workbook's bytes. Rows that need a decision come first, and only their pictures are decoded: in a good case there
//! are none, and the sheet costs nothing.

use super::screen::place_words;
use super::{View, thumbnail};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::model::evidence::{Key, Link, Strength};
use crate::model::file::{FileEntry, Kind, Sha256, Status};
use crate::model::match_sheet::{self, COLUMNS, FIRST_HIDDEN_ROW, FORM, HIDDEN, NOT_READ, SheetSlip};
use crate::model::record::{Content, PictureInfo};
use crate::model::source::FileId;
use crate::profile::lang::{Words, words};
use crate::workbook;
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Image, ObjectMovement, Workbook, Worksheet, XlsxError,
};
use std::collections::{BTreeMap, BTreeSet};

/// Head row of the visible sheet; above it stands what to do.
const HEAD: u32 = 1;
/// Thumbnails in one sheet; each is a decoded picture.
const MOST_PICTURES: usize = 300;
/// Longer side of a thumbnail in pixels.
const SIDE: u32 = 110;
/// Orders named in a cell.
const MOST_GUESSES: usize = 4;
/// Characters of what was read.
const READ: usize = 120;

fn fail(e: XlsxError) -> Error {
    Error::new(format!("无法生成匹配表：{e}"), format!("could not make the match sheet: {e}"))
}

/// The workbook.
///
/// # Errors
/// When an xlsx cannot be made.
pub fn bytes(view: &View<'_>, ctx: &Context) -> Result<Vec<u8>> {
    let w = words(ctx.lang);
    let mut files: Vec<&FileEntry> = view.case.files.iter().filter(|f| match_sheet::lists(f)).collect();
    files.sort_by_key(|f| (attention(f), f.id));
    let mut links: BTreeMap<FileId, Vec<&Link>> = BTreeMap::new();
    view.matching.links.iter().for_each(|l| links.entry(l.file).or_default().push(l));
    let pictures = thumbnails(view, &files, ctx);
    let mut book = Workbook::new();
    let fixed = ExcelDateTime::from_ymd(1980, 1, 1).map_err(fail)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&fixed));
    let sheet = book.add_worksheet().set_name(w.get("sheet.name")).map_err(fail)?;
    head(sheet, w).map_err(fail)?;
    let look = Look::new();
    let mut besides: Vec<String> = Vec::new();
    for (i, entry) in files.iter().enumerate() {
        let row = HEAD + 1 + u32::try_from(i).unwrap_or(u32::MAX);
        besides.push(write_row(sheet, row, view, entry, links.get(&entry.id).map_or(&[][..], Vec::as_slice), w, &look).map_err(fail)?);
        if let Some(bytes) = pictures.get(&entry.id) {
            let image = Image::new_from_buffer(bytes).map_err(fail)?.set_alt_text(&entry.path).set_object_movement(ObjectMovement::MoveAndSizeWithCells);
            sheet.set_row_height_pixels(row, SIDE + 6).map_err(fail)?;
            sheet.insert_image_with_offset(row, 1, &image, 3, 3).map_err(fail)?;
        }
    }
    let further = further(view, &files, w);
    for (row, kept) in (HEAD + 1 + u32::try_from(files.len()).unwrap_or(u32::MAX)..).zip(&further) {
        kept.write(sheet, row, &look).map_err(fail)?;
    }
    let last = HEAD + u32::try_from((files.len() + further.len()).max(1)).unwrap_or(u32::MAX);
    let orders = choices(view.case.listed.len());
    let kinds = choices(Kind::ALL.len());
    // an order may be several, or all: the list helps, it does not forbid
    let order_list = DataValidation::new().allow_list_formula(Formula::new(format!("='{HIDDEN}'!$E${}:$E${}", orders.0, orders.1))).show_error_message(false);
    let kind_list = DataValidation::new().allow_list_formula(Formula::new(format!("='{HIDDEN}'!$F${}:$F${}", kinds.0, kinds.1)));
    if !view.case.listed.is_empty() {
        sheet.add_data_validation(HEAD + 1, 6, last, 6, &order_list).map_err(fail)?;
    }
    sheet.add_data_validation(HEAD + 1, 7, last, 7, &kind_list).map_err(fail)?;
    sheet.autofilter(HEAD, 0, last, (COLUMNS.len() - 1) as u16).map_err(fail)?;
    let hidden = book.add_worksheet().set_name(HIDDEN).map_err(fail)?;
    hide(hidden, view, (&files, &besides), &further, w).map_err(fail)?;
    workbook::bytes(&mut book).map_err(fail)
}

/// First and last row, as Excel counts, of a list of so many choices in the hidden sheet.
fn choices(n: usize) -> (u32, u32) {
    (FIRST_HIDDEN_ROW + 1, FIRST_HIDDEN_ROW + u32::try_from(n.max(1)).unwrap_or(1))
}

/// What needs a decision first.
fn attention(entry: &FileEntry) -> u8 {
    match entry.status {
        Status::Ambiguous => 0,
        Status::Unmatched => 1,
        Status::Ignored | Status::Unreadable => 3,
        _ => 2,
    }
}

struct Look {
    plain: Format,
    number: Format,
    fill: Format,
}

impl Look {
    fn new() -> Self {
        let cell = || {
            Format::new()
                .set_align(FormatAlign::Top)
                .set_text_wrap()
                .set_num_format("@")
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0xd0_d4_da))
        };
        Look { plain: cell(), number: cell().set_font_color(Color::RGB(0x6b_6b_6b)), fill: cell().set_background_color(Color::RGB(0xff_f8_dc)) }
    }
}

fn head(sheet: &mut Worksheet, w: &Words) -> std::result::Result<(), XlsxError> {
    let say = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.merge_range(0, 0, 0, (COLUMNS.len() - 1) as u16, w.get("sheet.how"), &say)?;
    sheet.set_row_height(0, 66.0)?;
    let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_background_color(Color::RGB(0xed_f0_f5)).set_border(FormatBorder::Thin);
    for ((column, key), width) in (0_u16..).zip(COLUMNS).zip([6.0, 16.0, 34.0, 34.0, 14.0, 40.0, 24.0, 16.0, 24.0]) {
        sheet.write_string_with_format(HEAD, column, w.get(&format!("sheet.{key}")), &bold)?;
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(HEAD + 1, 3)?;
    Ok(())
}

/// Writes a file's row; gives the digest of our own cells in it.
fn write_row(
    sheet: &mut Worksheet,
    row: u32,
    view: &View<'_>,
    entry: &FileEntry,
    links: &[&Link],
    w: &Words,
    look: &Look,
) -> std::result::Result<String, XlsxError> {
    let why = entry.why.as_ref().map(|y| w.fill(&format!("why.{}", y.key), &[("detail", &y.detail)]));
    let status = w.get(&format!("status.{}", entry.status.as_str())).to_owned();
    let status = why.map_or(status.clone(), |why| format!("{status}：{why}"));
    let kind_words = |kind: Kind| w.get(&format!("kind.{}", kind.as_str())).to_owned();
    let kind = kind_words(entry.kind);
    let (said, number_typed) = filled_in(view, entry);
    sheet.write_string_with_format(row, 0, number(entry), &look.number)?;
    sheet.write_string_with_format(row, 1, "", &look.plain)?;
    let cells = [entry.path.clone(), format!("{kind}\n{}", read(view, entry, w)).trim_end().to_owned(), status, guess(view, links, w)];
    let cells = cells.map(|cell| clean(&cell));
    for (column, cell) in (2_u16..).zip(&cells) {
        sheet.write_string_with_format(row, column, cell, &look.plain)?;
    }
    fill(sheet, row, &said, number_typed, look)?;
    Ok(match_sheet::besides(cells.each_ref().map(String::as_str)))
}

/// The yellow cells. An order that a spreadsheet program turned into a number stays one: as text it would read like an id that somebody typed.
fn fill(sheet: &mut Worksheet, row: u32, cells: &[String; 3], number: bool, look: &Look) -> std::result::Result<(), XlsxError> {
    for (column, cell) in (6_u16..).zip(cells) {
        match cell.parse::<f64>() {
            Ok(value) if number && column == 6 && value.is_finite() => sheet.write_number_with_format(row, column, value, &look.fill)?,
            _ => sheet.write_string_with_format(row, column, cell, &look.fill)?,
        };
    }
    Ok(())
}

/// Order, kind and reason as the seller typed them, and whether the order is a number.
fn filled_in(view: &View<'_>, entry: &FileEntry) -> ([String; 3], bool) {
    let Some(sheet) = view.case.settings.sheet.as_ref() else { return Default::default() };
    if let Some(said) = sheet.rows.iter().find(|r| r.file == Some(entry.id)) {
        return (cells(&said.typed), false);
    }
    sheet.slips.iter().find(|s| s.file == Some(entry.id)).map(|s| (cells(&s.typed), is_number(s))).unwrap_or_default()
}

fn cells(typed: &[String; 3]) -> [String; 3] {
    typed.each_ref().map(|cell| clean(cell))
}

fn is_number(slip: &SheetSlip) -> bool {
    slip.what == "number"
}

/// A row behind the files: what was filled in and has no file here, or stands in a second row of one.
struct Further {
    number: String,
    path: String,
    /// Of a file that is not here, or not as it was: it is known again by it once it is back. The outer `None` is for rows of other files.
    content: Option<Option<Sha256>>,
    status: String,
    cells: [String; 3],
    /// The order is a number.
    number_typed: bool,
}

impl Further {
    fn write(&self, sheet: &mut Worksheet, row: u32, look: &Look) -> std::result::Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, &self.number, &look.number)?;
        for (column, cell) in (1_u16..).zip(["", self.path.as_str(), "", self.status.as_str(), ""]) {
            sheet.write_string_with_format(row, column, clean(cell), &look.plain)?;
        }
        fill(sheet, row, &self.cells, self.number_typed, look)
    }
}

/// What the seller filled in is never dropped: rows of files that are not here or not as they were, and rows that could not be followed beside another one
/// of their file.
fn further(view: &View<'_>, files: &[&FileEntry], w: &Words) -> Vec<Further> {
    let Some(sheet) = view.case.settings.sheet.as_ref() else { return Vec::new() };
    let mut numbers: BTreeMap<(&str, Option<Sha256>), usize> = BTreeMap::new();
    let mut further = Vec::new();
    let mut waiting = |path, sha256, lost: Option<&str>, typed: &[String; 3], number_typed| {
        let next = view.case.files.len() + 1 + numbers.len();
        // what never said which file it means has no number
        let number = lost.map(|_| numbers.entry((path, sha256)).or_insert(next).to_string());
        let status = lost.map(|what| w.get(&format!("sheet.{what}")).to_owned()).unwrap_or_default();
        Further { number: number.unwrap_or_default(), path: path.to_owned(), content: lost.map(|_| sha256), status, cells: cells(typed), number_typed }
    };
    for row in sheet.rows.iter().filter(|r| r.file.is_none()) {
        further.push(waiting(&row.path, row.sha256, row.lost, &row.typed, false));
    }
    let mut shown: BTreeSet<FileId> = sheet.rows.iter().filter_map(|row| row.file).collect();
    for slip in &sheet.slips {
        match files.iter().find(|entry| slip.file == Some(entry.id)) {
            None => further.push(waiting(&slip.path, slip.sha256, slip.lost, &slip.typed, is_number(slip))),
            Some(entry) if !shown.insert(entry.id) => {
                let (path, status) = (entry.path.clone(), w.get("sheet.again").to_owned());
                further.push(Further { number: number(entry), path, content: None, status, cells: cells(&slip.typed), number_typed: is_number(slip) });
            }
            Some(_) => {}
        }
    }
    further
}

/// The number that ties a row to the hidden sheet.
fn number(entry: &FileEntry) -> String {
    (entry.id.index() + 1).to_string()
}

/// What an Excel cell may hold: no control characters, at most 32,767 characters. What parts two words stays between them.
fn clean(text: &str) -> String {
    let kept = |c: char| if !c.is_control() || c == '\n' { Some(c) } else { c.is_whitespace().then_some(' ') };
    text.replace("\r\n", "\n").chars().filter_map(kept).take(32_767).collect()
}

/// A few words of what stands in the file.
fn read(view: &View<'_>, entry: &FileEntry, w: &Words) -> String {
    let number = |n: usize| n.to_string();
    let text = match &view.case.content(entry.id).content {
        Content::Text(text) => text.trim().to_owned(),
        Content::Chats(chats) => {
            let buyers: BTreeSet<&str> = chats.iter().filter_map(|c| c.buyer.as_deref()).collect();
            let messages = chats.iter().map(|c| c.messages.len()).sum();
            w.fill("sheet.read-chat", &[("buyer", &buyers.into_iter().take(3).collect::<Vec<_>>().join(w.get("list.between"))), ("n", &number(messages))])
        }
        Content::Traces(traces) => {
            let numbers: Vec<&str> = traces.iter().take(3).map(|t| t.waybill.as_str()).collect();
            w.fill("sheet.read-traces", &[("n", &number(traces.len())), ("list", &numbers.join(w.get("list.between")))])
        }
        Content::Picture(info) => picture_words(info, w),
        Content::Document(document) => document.parts.iter().map(|(_, text)| text.trim()).find(|t| !t.is_empty()).unwrap_or("").to_owned(),
        Content::Pdf(info) => {
            let first = info.text.iter().map(|t| t.trim()).find(|t| !t.is_empty()).unwrap_or("");
            format!("{}\n{first}", w.fill("sheet.read-pdf", &[("n", &number(info.pages.len()))]))
        }
        Content::Bill(_) | Content::StockMovements(_) | Content::StockCounts(_) | Content::Invoices(_) | Content::Causes(_) | Content::Sheets(_) => {
            let rows = view.case.content(entry.id).tables().filter_map(|(_, table)| table).map(|t| t.rows.len()).sum();
            w.fill("sheet.read-rows", &[("n", &number(rows))])
        }
        _ => String::new(),
    };
    let short: String = text.chars().take(READ).collect();
    if short.len() < text.len() { short + " …" } else { short }
}

fn picture_words(info: &PictureInfo, w: &Words) -> String {
    let (width, height) = info.shown_size();
    let mut text = format!("{width} × {height}");
    if let Some(taken) = info.taken_at {
        text.push_str(&format!("\n{}", w.fill("sheet.read-taken", &[("time", &taken.format("%Y-%m-%d %H:%M").to_string())])));
    }
    for (_, note) in info.notes.iter().take(2) {
        text.push_str(&format!("\n{note}"));
    }
    text
}

/// The orders it belongs to or might, the surest first, each with its reasons.
fn guess(view: &View<'_>, links: &[&Link], w: &Words) -> String {
    let mut orders: BTreeMap<usize, (Strength, Vec<String>)> = BTreeMap::new();
    for link in links {
        let (strength, reasons) = orders.entry(link.order).or_insert((Strength::Weak, Vec::new()));
        *strength = link.strength.max(*strength);
        let place = place_words(&link.place, w);
        let reason = format!("{}{}{place}", w.get(&format!("key.{}", link.key.as_str())), if place.is_empty() || link.key == Key::Assign { "" } else { " " });
        if reasons.len() < 2 && !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let total = orders.len();
    let mut sorted: Vec<(usize, (Strength, Vec<String>))> = orders.into_iter().collect();
    sorted.sort_by_key(|(order, (strength, _))| (std::cmp::Reverse(*strength), *order));
    let mut lines: Vec<String> = sorted
        .into_iter()
        .take(MOST_GUESSES)
        .filter_map(|(order, (strength, reasons))| {
            let id = view.case.orders.get(order)?.id.as_str();
            let sure = if strength == Strength::Weak { w.get("sheet.perhaps") } else { "" };
            Some(format!("{sure}{id}\n  {}", reasons.join(w.get("list.between"))))
        })
        .collect();
    if total > MOST_GUESSES {
        lines.push(w.fill("private.more-orders", &[("n", &(total - MOST_GUESSES).to_string())]));
    }
    lines.join("\n")
}

/// The hidden sheet. `files` come with the digests of their rows.
fn hide(
    sheet: &mut Worksheet,
    view: &View<'_>,
    (files, besides): (&[&FileEntry], &[String]),
    further: &[Further],
    w: &Words,
) -> std::result::Result<(), XlsxError> {
    sheet.set_hidden(true);
    let text = Format::new().set_num_format("@");
    let state = match_sheet::state(&view.case.files);
    let cells: Vec<[String; 4]> = files
        .iter()
        .map(|entry| {
            let [order, kind, ignore] = filled_in(view, entry).0.map(|cell| cell.trim().to_owned());
            [entry.path.clone(), order, kind, ignore]
        })
        // a row of no known file counts neither here nor where the sheet is read
        .chain(further.iter().filter(|kept| !kept.number.is_empty()).map(|kept| {
            let [order, kind, ignore] = kept.cells.each_ref().map(|cell| cell.trim().to_owned());
            [kept.path.clone(), order, kind, ignore]
        }))
        .collect();
    let filled = match_sheet::filled(cells.iter().map(|row| row.each_ref().map(String::as_str)));
    let earlier = view.case.settings.sheet.as_ref();
    let from = earlier.map_or("", |sheet| sheet.from.as_str());
    for (column, cell) in (0_u16..).zip([FORM, view.case.id.as_str(), state.as_str(), filled.as_str(), from]) {
        sheet.write_string_with_format(0, column, cell, &text)?;
    }
    // of a file that case.toml leaves out, what was said of it before counts for the content it had then
    let then = |entry: &FileEntry| {
        let row = earlier?.rows.iter().find(|r| r.file == Some(entry.id)).map(|r| r.sha256);
        row.or_else(|| earlier?.slips.iter().find(|s| s.file == Some(entry.id)).map(|s| s.sha256))?
    };
    let content = |entry: &FileEntry| match_sheet::content(entry).or_else(|| then(entry));
    let ours = |kept: &Further| match_sheet::besides([&clean(&kept.path), "", &clean(&kept.status), ""]);
    let away = further.iter().filter_map(|kept| Some((kept.number.clone(), kept.path.clone(), kept.content?, ours(kept))));
    let listed = files.iter().zip(besides).map(|(entry, besides)| (number(entry), entry.path.clone(), content(entry), besides.clone()));
    let mut known: Vec<(String, String, Option<Sha256>, String)> = listed.chain(away).collect();
    // two rows of one file that is not here have one number
    let mut seen = BTreeSet::new();
    known.retain(|(number, ..)| seen.insert(number.clone()));
    for (row, (number, path, sha, besides)) in (FIRST_HIDDEN_ROW..).zip(known) {
        for (column, cell) in (0_u16..).zip([number, path, sha.map_or_else(|| NOT_READ.to_owned(), |sha| sha.to_string()), besides]) {
            sheet.write_string_with_format(row, column, cell, &text)?;
        }
    }
    for (row, listed) in (FIRST_HIDDEN_ROW..).zip(&view.case.listed) {
        sheet.write_string_with_format(row, 4, listed.id.as_str(), &text)?;
    }
    for (row, kind) in (FIRST_HIDDEN_ROW..).zip(Kind::ALL) {
        sheet.write_string_with_format(row, 5, w.get(&format!("kind.{}", kind.as_str())), &text)?;
    }
    Ok(())
}

/// Small JPEGs of the pictures that need a decision, at most [`MOST_PICTURES`].
fn thumbnails(view: &View<'_>, files: &[&FileEntry], ctx: &Context) -> BTreeMap<FileId, Vec<u8>> {
    let open: Vec<FileId> = files.iter().filter(|f| attention(f) < 2).map(|f| f.id).collect();
    thumbnail::of(view, &open, SIDE, MOST_PICTURES, ctx)
}
