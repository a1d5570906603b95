//! What a file is, told by its content. The extension is never asked: a lying one changes nothing.

use super::buffers::{self, Buffers};
use super::chat::{self, Hints};
use super::layout::Layout;
use super::limits::{Allowance, size};
use super::proposal::ColumnWords;
use super::sheet::{self, Workbook};
use super::{documents, limits, own_lists, tables, trace};
use crate::error::Result;
use crate::finding::{Code, Finding, Severity};
use crate::media;
use crate::media::document::{cell_notes, html};
use crate::media::pdf::NotRead;
use crate::media::pixels::Source;
use crate::media::pixels::cache::PixelCache;
use crate::model::file::{FileEntry, Kind, Sha256, WhyNot};
use crate::model::record::{Beside, Content, EventKind, PictureFormat, PictureInfo, Recognised, Records, Trace};
use crate::model::settings::{CaseSettings, IntakeLimits};
use crate::model::source::Place;
use crate::profile::kind_words::KindWords;
use crate::text::decode::decode_owned;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What all files are read by.
pub(super) struct Rules<'a> {
    pub layouts: Arc<Vec<Layout>>,
    pub kinds: Arc<KindWords>,
    pub traces: Arc<trace::Knowledge>,
    pub column_words: Arc<ColumnWords>,
    pub settings: &'a CaseSettings,
    /// Looks at pictures; `None`: only their headers are read.
    pub pixels: Option<&'a PixelCache>,
    pub seller_names: Vec<String>,
    pub buffers: Buffers,
}

impl Rules<'_> {
    /// What helps to read a conversation in this file.
    pub(super) fn hints<'h>(&'h self, entry: &'h FileEntry) -> Hints<'h> {
        Hints { seller_names: &self.seller_names, path: &entry.path }
    }
}

/// What was found in one file.
#[derive(Default)]
pub(super) struct Found {
    /// `None`: the words in the path decide.
    pub kind: Option<Kind>,
    pub recognised: Recognised,
    /// Why it could not be read.
    pub unreadable: Option<WhyNot>,
    pub findings: Vec<Finding>,
    /// It is a table (known or not), as `[[columns]]` wants.
    pub table: bool,
    /// It is our own match sheet, put into the case folder: instructions, no evidence.
    pub match_sheet: bool,
}

/// The form of a file by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Picture,
    Pdf,
    Zip,
    Compound,
    Film,
    /// An archive of a form that we do not open, by name.
    Packed(&'static str),
    /// WeChat's own enciphered picture cache.
    WeChatCache,
    /// Text, or nothing we know.
    Other,
}

impl Form {
    /// Must the whole file be in memory to be read.
    pub(super) fn is_read(self) -> bool {
        !matches!(self, Form::Film | Form::Packed(_) | Form::WeChatCache)
    }
}

/// Tells the form. `name` serves only for what has no mark of its own (WeChat's cache).
pub(super) fn form(head: &[u8], name: &str) -> Form {
    let at = |from: usize, mark: &[u8]| head.get(from..from + mark.len()) == Some(mark);
    if at(0, b"\xff\xd8\xff") || at(0, b"\x89PNG\r\n\x1a\n") || at(0, b"GIF8") || at(0, b"II*\0") || at(0, b"MM\0*") {
        return Form::Picture;
    }
    if at(0, b"RIFF") {
        return if at(8, b"WEBP") { Form::Picture } else { Form::Film };
    }
    if at(0, b"BM") && at(6, &[0; 4]) {
        return Form::Picture;
    }
    if at(4, b"ftyp") {
        let brands: [&[u8]; 10] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"];
        return if brands.iter().any(|b| at(8, b)) { Form::Picture } else { Form::Film };
    }
    if at(0, b"\x1a\x45\xdf\xa3") || at(0, b"FLV\x01") || at(0, b"#!AMR") || at(0, b"ID3") {
        return Form::Film;
    }
    if head.get(..head.len().min(1024)).is_some_and(|h| h.windows(5).any(|w| w == b"%PDF-")) {
        return Form::Pdf;
    }
    if let Some(name) = documents::packed(head) {
        return Form::Packed(name);
    }
    if at(0, b"PK\x03\x04") {
        return Form::Zip;
    }
    if at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Form::Compound;
    }
    if name.to_lowercase().ends_with(".dat") && wechat_cache(head) {
        return Form::WeChatCache;
    }
    Form::Other
}

/// The version mark of newer WeChat, or a picture's first bytes all changed by one and the same byte (facts 5.7). Only told, never deciphered.
fn wechat_cache(head: &[u8]) -> bool {
    if head.starts_with(b"\x07\x08V") {
        return true;
    }
    let marks: [&[u8]; 3] = [b"\xff\xd8\xff", b"\x89PNG", b"GIF8"];
    marks.iter().any(|mark| {
        let key = head.first().zip(mark.first()).map(|(a, b)| a ^ b);
        key.is_some_and(|key| key != 0 && mark.iter().zip(head).all(|(m, h)| m ^ key == *h))
    })
}

/// Reads a file whose bytes are in memory. A text may take them for its own.
///
/// # Errors
/// When `[[columns]]` names a column that the table lacks.
pub(super) fn recognise(bytes: &mut Vec<u8>, sha256: Sha256, form: Form, entry: &FileEntry, rules: &Rules<'_>) -> Result<Found> {
    if let Some(found) = documents::stand_in(bytes, entry) {
        return Ok(found);
    }
    match form {
        Form::Picture => Ok(picture(bytes, sha256, entry, rules)),
        Form::Pdf => Ok(pdf(bytes, entry, rules)),
        Form::Zip => archive(bytes, entry, rules),
        Form::Compound if contains(bytes, &wide("EncryptedPackage")) => Ok(encrypted(entry, None)),
        Form::Compound if contains(bytes, &wide("Workbook")) || contains(bytes, &wide("Book\0")) => workbook(bytes, sheet::Form::Binary, entry, rules),
        Form::Compound => Ok(documents::of_compound(bytes, entry)),
        Form::Film => Ok(Found { kind: Some(Kind::Media), ..Found::default() }),
        Form::Packed(name) => Ok(documents::of_packed(name, entry)),
        Form::WeChatCache => Ok(encrypted(entry, Some("wechat"))),
        Form::Other => match documents::of_mail(bytes, entry, rules) {
            Some(found) => Ok(found),
            None => match decode_owned(buffers::taken(bytes)) {
                Some((text, _)) => from_text(text, entry, rules),
                None => Ok(Found::default()),
            },
        },
    }
}

fn picture(bytes: &[u8], sha256: Sha256, entry: &FileEntry, rules: &Rules<'_>) -> Found {
    let Some(mut info) = media::picture::read(bytes) else { return Found::default() };
    let mut findings: Vec<Finding> = Vec::new();
    let named = |code, variant| Finding::new(code).variant(variant).file(entry.id).with("name", &entry.path);
    if let Some(what) = info.broken {
        findings.push(named(Code::PictureBroken, what));
    } else if let Some(why) = info.hidden {
        findings.push(named(Code::PictureNotShown, why));
    } else if let Some(most) = too_large(&info, rules.settings.intake.pixels) {
        info.hidden = Some("pixels");
        let finding = Finding::new(Code::LimitReached).variant("pixels").file(entry.id).with("file", &entry.path);
        findings.push(finding.with("key", "pixels").with("limit", most));
    } else if info.frames > 1 && info.pages.is_empty() {
        let finding = named(Code::PictureNotShown, "animated").severity(Severity::Note);
        findings.push(finding.with("frames", info.frames));
    } else if !info.pages.is_empty() && info.frames as usize > info.pages.len() {
        findings.push(named(Code::PictureNotShown, "pages").severity(Severity::Note).with("frames", info.pages.len()));
    }
    if let Some(cache) = rules.pixels.filter(|_| info.broken.is_none() && info.hidden.is_none()) {
        let source = Source { bytes, orientation: info.orientation, photograph: info.is_photograph() };
        info.pixels = cache.look(sha256, source);
    }
    Found { findings, recognised: content(Content::Picture(info)), ..Found::default() }
}

/// The number of pixels that a picture exceeds: the limit, or what can be decoded of a format that PDF does not take as it is.
fn too_large(info: &PictureInfo, limit: u64) -> Option<u64> {
    let most = match info.format {
        PictureFormat::Jpeg | PictureFormat::Png => limit,
        _ => limit.min(media::decode::DECODED_BYTES / 4),
    };
    (u64::from(info.width) * u64::from(info.height) > most).then_some(most)
}

fn pdf(bytes: &[u8], entry: &FileEntry, rules: &Rules<'_>) -> Found {
    let most = &rules.settings.intake;
    match media::pdf::read(bytes, most.pdf_pages, Allowance::new(most).until()) {
        Ok(info) if info.encrypted => Found { recognised: content(Content::Pdf(info)), ..encrypted(entry, None) },
        Ok(info) => Found { recognised: content(Content::Pdf(info)), ..Found::default() },
        Err(NotRead::Broken(detail)) => broken(entry, &detail),
        Err(NotRead::TooManyPages) => Found { findings: vec![limit(entry, "pages", most)], ..Found::default() },
        Err(NotRead::TooLong) => Found { findings: vec![limit(entry, "seconds", most)], ..Found::default() },
    }
}

fn content(content: Content) -> Recognised {
    Recognised { content, records: Records::Whole }
}

/// A file that asks for a password.
pub(super) fn encrypted(entry: &FileEntry, variant: Option<&'static str>) -> Found {
    let mut finding = Finding::new(Code::FileEncrypted).file(entry.id).with("file", &entry.path);
    finding.variant = variant;
    let key = if variant.is_some() { "unreadable-wechat" } else { "unreadable-encrypted" };
    Found { unreadable: Some(WhyNot { key, detail: String::new() }), findings: vec![finding], ..Found::default() }
}

/// A file whose inside is damaged. It stays usable as a file, so this warns only.
pub(super) fn broken(entry: &FileEntry, detail: &str) -> Found {
    let finding = Finding::new(Code::FileUnreadable).severity(Severity::Warning).variant("broken").file(entry.id);
    Found { findings: vec![finding.with("file", &entry.path).with("detail", detail)], ..Found::default() }
}

/// A limit that a file reached: what was reached, its key under `[intake]` where it has one, and the limit as people say it.
pub(super) fn limit(entry: &FileEntry, what: &'static str, most: &IntakeLimits) -> Finding {
    let (key, limit) = match what {
        "rows" => ("rows", most.rows.to_string()),
        "columns" => ("columns", most.columns.to_string()),
        "cell" => ("cell_bytes", size(most.cell_bytes as u64)),
        "area" => ("", limits::DENSE_CELLS.to_string()),
        "depth" => ("", limits::DEPTH.to_string()),
        "pages" => ("pdf_pages", most.pdf_pages.to_string()),
        "seconds" => ("seconds", most.seconds.to_string()),
        "text" | "text-rest" => ("text_bytes", size(most.text_bytes)),
        _ => ("bytes", size(most.bytes)),
    };
    Finding::new(Code::LimitReached).variant(what).file(entry.id).with("file", &entry.path).with("key", key).with("limit", limit)
}

fn archive(bytes: &[u8], entry: &FileEntry, rules: &Rules<'_>) -> Result<Found> {
    // bit 0 of the first member's flags: it asks for a password
    if bytes.get(6).is_some_and(|flags| flags & 1 == 1) {
        return Ok(encrypted(entry, None));
    }
    let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return Ok(Found::default()) };
    let form = if zip.index_for_name("xl/workbook.xml").is_some() {
        sheet::Form::OpenXml
    } else if zip.index_for_name("content.xml").is_some() && is_spreadsheet(&mut zip) {
        sheet::Form::OpenDocument
    } else {
        return Ok(documents::of_package(bytes, entry, rules).unwrap_or_default());
    };
    // a small file may unpack to anything; what it says of itself is checked before it is unpacked
    let unpacked: u64 = (0..zip.len()).filter_map(|n| zip.by_index_raw(n).ok().map(|member| member.size())).fold(0, u64::saturating_add);
    if unpacked > limits::UNPACKED_BYTES {
        let finding = Finding::new(Code::LimitReached).variant("workbook").file(entry.id).with("file", &entry.path);
        return Ok(Found { findings: vec![finding.with("limit", size(limits::UNPACKED_BYTES))], ..Found::default() });
    }
    drop(zip);
    workbook(bytes, form, entry, rules)
}

/// OpenDocument names its kind in a member of its own; texts and presentations have a content.xml, too.
fn is_spreadsheet(zip: &mut zip::ZipArchive<std::io::Cursor<&[u8]>>) -> bool {
    use std::io::Read as _;
    let mut kind = String::new();
    let read = zip.by_name("mimetype").ok().and_then(|m| m.take(100).read_to_string(&mut kind).ok());
    read.is_some() && kind.starts_with("application/vnd.oasis.opendocument.spreadsheet")
}

fn workbook(bytes: &[u8], form: sheet::Form, entry: &FileEntry, rules: &Rules<'_>) -> Result<Found> {
    match sheet::read(bytes, form, &Allowance::new(&rules.settings.intake)) {
        Workbook::MatchSheet => Ok(Found { match_sheet: true, ..Found::default() }),
        Workbook::Encrypted => Ok(encrypted(entry, None)),
        Workbook::Broken(detail) => Ok(broken(entry, &detail)),
        Workbook::TooLarge => Ok(Found { findings: vec![limit(entry, "area", &rules.settings.intake)], table: true, ..Found::default() }),
        Workbook::Empty => Ok(Found { table: true, ..Found::default() }),
        Workbook::Sheets(sheets, unread) => {
            let mut found = tables::of_sheets(sheets, unread.as_deref(), entry, rules)?;
            if form != sheet::Form::Binary {
                notes_on_cells(bytes, &mut found, entry, rules);
            }
            Ok(found)
        }
    }
}

/// Comments of a workbook stand beside the rows of its first sheet: which sheet bears them decides nothing, they are handed in with the file.
fn notes_on_cells(bytes: &[u8], found: &mut Found, entry: &FileEntry, rules: &Rules<'_>) {
    let read = cell_notes::read(bytes, rules.settings.intake.text_bytes);
    if read.full {
        found.findings.push(limit(entry, "text-rest", &rules.settings.intake));
    }
    found.findings.extend(read.broken.iter().flat_map(|detail| broken(entry, detail).findings));
    let first = match &mut found.recognised.records {
        Records::Table(table) => Some(table),
        Records::Sheets(tables) => tables.first_mut(),
        _ => None,
    };
    if let Some(table) = first {
        table.beside.extend(read.notes.into_iter().map(|(cell, text)| Beside { place: Place::Whole, cell: Some(cell.into()), text }));
    }
}

fn from_text(text: String, entry: &FileEntry, rules: &Rules<'_>) -> Result<Found> {
    if own_lists::match_sheet(&text) {
        return Ok(Found { match_sheet: true, ..Found::default() });
    }
    if text.trim_start().starts_with(['{', '[']) && nesting(&text) > limits::DEPTH {
        return Ok(Found { findings: vec![limit(entry, "depth", &rules.settings.intake)], recognised: content(Content::Text(text)), ..Found::default() });
    }
    if let Some(read) = rules.traces.read(&text, &entry.path) {
        return Ok(traces(read, entry));
    }
    if let Some(found) = tables::of_markup(&text, entry, rules)? {
        return Ok(found);
    }
    let text = match tables::of_text(text, entry, rules)? {
        Ok(found) => return Ok(found),
        Err(text) => text,
    };
    if text.len() as u64 > rules.settings.intake.text_bytes {
        return Ok(Found { findings: vec![limit(entry, "text", &rules.settings.intake)], ..Found::default() });
    }
    if let Some(read) = rules.traces.read_pasted(&text, &entry.path) {
        return Ok(traces(read, entry));
    }
    // exporters of chats write web pages, too; what counts is what the page shows
    let shown = html::is_page(&text).then(|| html::lines(&text).into_iter().map(|(_, line)| line + "\n").collect::<String>());
    if let Some((chats, records)) = chat::read(shown.as_deref().unwrap_or(&text), &rules.hints(entry)) {
        return Ok(Found { kind: Some(Kind::Chat), recognised: Recognised { content: Content::Chats(chats), records }, ..Found::default() });
    }
    let rows = tables::of_unknown(&text, entry, rules);
    let table = rows.is_some();
    let (records, proposal) = rows.unwrap_or((Records::Whole, None));
    if let Records::Table(table) = &records
        && let Some(traces) = rules.traces.read_rows(table, &entry.path)
    {
        let findings = unplaced(&traces, entry);
        let recognised = Recognised { content: Content::Traces(traces), records };
        return Ok(Found { kind: Some(Kind::Trace), recognised, findings, table: true, ..Found::default() });
    }
    Ok(Found { recognised: Recognised { content: Content::Text(text), records }, table, findings: proposal.into_iter().collect(), ..Found::default() })
}

/// Traces, and what of them could not be read.
fn traces(read: trace::Read, entry: &FileEntry) -> Found {
    let mut findings = unplaced(&read.traces, entry);
    if read.broken > 0 {
        let finding = Finding::new(Code::FileUnreadable).severity(Severity::Warning).variant("lines").file(entry.id);
        findings.push(finding.with("file", &entry.path).with("count", read.broken));
    }
    let recognised = Recognised { content: Content::Traces(read.traces), records: read.records };
    Found { kind: Some(Kind::Trace), recognised, findings, ..Found::default() }
}

/// What of traces no rule can rest on as it stands: scans without a time, times without a zone, meanings that only codes tell which nobody explains.
pub(super) fn unplaced(traces: &[Trace], entry: &FileEntry) -> Vec<Finding> {
    let skipped: usize = traces.iter().map(|t| t.skipped as usize).sum();
    let abroad = traces.iter().filter(|t| t.events.iter().any(|e| e.zone_unknown)).count();
    let counts = [("scan-time", skipped), ("scan-zone", abroad)];
    let finding = |(what, count)| Finding::new(Code::NotCheckable).variant(what).file(entry.id).with("file", &entry.path).with("count", count);
    let mut findings: Vec<Finding> = counts.into_iter().filter(|(_, count)| *count > 0).map(finding).collect();
    // what only says that it is under way decides nothing
    let decides = |kind: EventKind| {
        kind.signed() || matches!(kind, EventKind::Collected | EventKind::AtStation | EventKind::Returning | EventKind::ReturnSigned | EventKind::Refused)
    };
    let by_code = || traces.iter().flat_map(|t| &t.events).filter(|e| decides(e.kind)).filter_map(|e| e.unverified_code.as_deref());
    let codes: BTreeSet<&str> = by_code().collect();
    if !codes.is_empty() {
        let codes: Vec<&str> = codes.into_iter().collect();
        findings.push(finding(("scan-code", by_code().count())).with_first("codes", NAMED_CODES, &codes));
    }
    findings
}

/// State codes named in one message.
const NAMED_CODES: usize = 5;

/// The deepest nesting of brackets outside of strings.
fn nesting(json: &str) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for b in json.bytes() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_by_bytes() {
        assert_eq!(form(b"\xff\xd8\xff\xe0", "a.csv"), Form::Picture);
        assert_eq!(form(b"\0\0\0\x18ftypheic", "a"), Form::Picture);
        assert_eq!(form(b"\0\0\0\x18ftypisom", "a"), Form::Film);
        assert_eq!(form(b"junk\n%PDF-1.7", "a.jpg"), Form::Pdf);
        assert_eq!(form(b"BMW is a car", "a"), Form::Other);
        let dat: Vec<u8> = b"\xff\xd8\xff\xe0".iter().map(|b| b ^ 0x5a).collect();
        assert_eq!(form(&dat, "x.dat"), Form::WeChatCache);
        assert_eq!(form(&dat, "x.bin"), Form::Other);
    }

    #[test]
    fn nesting_counts_outside_strings() {
        assert_eq!(nesting(r#"{"a":["[[[[\"[",[]]}"#), 3);
        assert_eq!(nesting(&"[".repeat(100)), 100);
    }
}
