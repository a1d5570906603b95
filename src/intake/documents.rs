//! Files that are neither table, picture, PDF nor plain text. Word documents, OFD and mail are read; what cannot be read by anybody as it lies there
//! (other archives, shortcuts, placeholders of cloud drives, unfinished downloads) is named, with what to do.

use super::chat;
use super::recognise::{Found, Rules, broken, encrypted, limit};
use crate::archive::{self, Inner};
use crate::finding::{Code, Finding, Severity};
use crate::media::document::opc::{self, Package, Unread};
use crate::media::document::{docx, mail, ofd};
use crate::media::film;
use crate::model::file::{FileEntry, Kind, MemberStep, WhyNot};
use crate::model::other_content::{DocumentForm, Film, TextDocument};
use crate::model::record::{Content, InvoiceRow, Recognised, Records};
use crate::model::source::Place;
use std::io::Cursor;
use std::path::Path;

/// Endings of files that a browser or cloud drive has not finished; the name is all that tells them.
const UNFINISHED: [&str; 11] =
    [".crdownload", ".part", ".partial", ".downloading", ".opdownload", ".td", ".xltd", ".aria2", ".!ut", ".baiduyun.uploading.cfg", ".tmp.download"];

/// The name of an archive form that we do not open, by its mark.
pub(super) fn packed(head: &[u8]) -> Option<&'static str> {
    const MARKS: [(usize, &[u8], &str); 9] = [
        (0, b"7z\xbc\xaf\x27\x1c", "7z"),
        (0, b"Rar!\x1a\x07", "RAR"),
        (0, b"\x1f\x8b\x08", "gzip"),
        (0, b"BZh", "bzip2"),
        (0, b"\xfd7zXZ\0", "xz"),
        (0, b"\x28\xb5\x2f\xfd", "zstd"),
        (0, b"MSCF\0\0\0\0", "CAB"),
        (257, b"ustar", "tar"),
        (20, b"\xdc\xa7\xc4\xfd", "zoo"),
    ];
    let found = MARKS.iter().find(|(at, mark, _)| head.get(*at..at + mark.len()) == Some(*mark)).map(|(.., name)| *name);
    // three letters may begin a text
    found.filter(|name| *name != "bzip2" || head.get(4..10) == Some(b"1AY&SY"))
}

/// An archive of such a form.
pub(super) fn of_packed(form: &'static str, entry: &FileEntry) -> Found {
    named(entry, "packed", "unreadable-packed", Severity::Warning, form)
}

/// What stands for a file that is somewhere else: a shortcut, a placeholder, a download that never finished. `bytes` may be the beginning only.
pub(super) fn stand_in(bytes: &[u8], entry: &FileEntry) -> Option<Found> {
    let name = entry.path.to_lowercase();
    if UNFINISHED.iter().any(|ending| name.ends_with(ending)) {
        return Some(named(entry, "unfinished", "unreadable-unfinished", Severity::Error, ""));
    }
    if name.ends_with(".icloud") && bytes.starts_with(b"bplist00") {
        return Some(named(entry, "cloud", "unreadable-cloud", Severity::Error, ""));
    }
    let link = bytes.starts_with(b"L\0\0\0\x01\x14\x02\0") || (bytes.starts_with(b"bplist00") && name.ends_with(".webloc"));
    let text = bytes.get(..bytes.len().min(2048)).map(String::from_utf8_lossy).unwrap_or_default();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let url = text.starts_with("[InternetShortcut") || text.starts_with("[Desktop Entry]") || (name.ends_with(".webloc") && text.contains("<key>URL</key>"));
    if link || url {
        return Some(named(entry, "shortcut", "unreadable-shortcut", Severity::Warning, ""));
    }
    // the place is kept on the disk, the content never came
    (!bytes.is_empty() && bytes.iter().all(|b| *b == 0)).then(|| named(entry, "cloud", "unreadable-cloud", Severity::Error, ""))
}

fn named(entry: &FileEntry, variant: &'static str, why: &'static str, severity: Severity, detail: &str) -> Found {
    let finding = Finding::new(Code::FileUnreadable).variant(variant).severity(severity).file(entry.id).with("file", &entry.path).with("detail", detail);
    Found { unreadable: Some(WhyNot { key: why, detail: detail.to_owned() }), findings: vec![finding], ..Found::default() }
}

/// A document that is a zip of XML parts; `None` when it is another kind of zip.
pub(super) fn of_package(bytes: &[u8], entry: &FileEntry, rules: &Rules<'_>) -> Option<Found> {
    let most = &rules.settings.intake;
    let mut package = Package::open(bytes, most.bytes)?;
    if package.has(docx::MAIN_PART) {
        return Some(match docx::text(&mut package, text_bytes(rules)) {
            Ok((text, full)) => of_lines(text, full, DocumentForm::Word, entry, rules),
            Err(why) => unread(why, entry, rules),
        });
    }
    if package.has(ofd::MAIN_PART) {
        return Some(match ofd::read(&mut package, text_bytes(rules)) {
            Ok(read) => of_ofd(read, entry, rules),
            Err(why) => unread(why, entry, rules),
        });
    }
    None
}

/// Bytes of text that are taken from a document.
fn text_bytes(rules: &Rules<'_>) -> usize {
    usize::try_from(rules.settings.intake.text_bytes).unwrap_or(usize::MAX)
}

fn unread(why: Unread, entry: &FileEntry, rules: &Rules<'_>) -> Found {
    let finding = match why {
        Unread::Broken(detail) => return broken(entry, &detail),
        Unread::Long => limit(entry, "unpacked", &rules.settings.intake),
        Unread::Deep => Finding::new(Code::LimitReached).variant("elements").file(entry.id).with("file", &entry.path).with("limit", opc::MAX_DEPTH),
    };
    Found { findings: vec![finding], ..Found::default() }
}

/// Compound files (the office formats of before 2007, Outlook's messages) that are no workbook.
pub(super) fn of_compound(bytes: &[u8], entry: &FileEntry) -> Found {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|w| w == wide)
    };
    let variant = if has("EncryptedPackage") {
        return encrypted(entry, None);
    } else if has("WordDocument") {
        "old-word"
    } else if has("__properties_version1.0") {
        "outlook"
    } else {
        // cut short, it names none of its streams any more
        return match cfb::CompoundFile::open(Cursor::new(bytes)) {
            Ok(_) => Found::default(),
            Err(e) => broken(entry, &e.to_string()),
        };
    };
    // the file itself stays usable, only its text is not searched
    let finding = Finding::new(Code::FileUnreadable).variant(variant).severity(Severity::Warning).file(entry.id).with("file", &entry.path);
    Found { findings: vec![finding], ..Found::default() }
}

/// A mail; `None` when the bytes are none.
pub(super) fn of_mail(bytes: &[u8], entry: &FileEntry, rules: &Rules<'_>) -> Option<Found> {
    if !mail::is_mail(bytes) {
        return None;
    }
    let (text, full) = mail::text(bytes, text_bytes(rules))?;
    Some(of_lines(text, full, DocumentForm::Mail, entry, rules))
}

/// A conversation pasted into a document is a conversation; anything else is searched line by line.
fn of_lines(text: String, full: bool, form: DocumentForm, entry: &FileEntry, rules: &Rules<'_>) -> Found {
    let findings = rest(full, entry, rules);
    if let Some((chats, records)) = chat::read(&text, &rules.hints(entry)) {
        return Found { kind: Some(Kind::Chat), recognised: Recognised { content: Content::Chats(chats), records }, findings, ..Found::default() };
    }
    let lines = (1..).map(Place::Line).zip(text.lines()).filter(|(_, l)| !l.trim().is_empty()).map(|(place, line)| (place, line.to_owned()));
    let document = TextDocument { form, parts: lines.collect(), invoice: None };
    Found { recognised: whole(Content::Document(Box::new(document))), findings, ..Found::default() }
}

/// A document whose text is read up to a limit.
fn rest(full: bool, entry: &FileEntry, rules: &Rules<'_>) -> Vec<Finding> {
    full.then(|| limit(entry, "text-rest", &rules.settings.intake)).into_iter().collect()
}

fn of_ofd(read: ofd::Ofd, entry: &FileEntry, rules: &Rules<'_>) -> Found {
    let invoice =
        read.invoice.map(|i| InvoiceRow { number: i.number, at: i.at, seller: i.seller, buyer: i.buyer, line: None, amount: i.amount, place: Place::Whole });
    let kind = invoice.is_some().then_some(Kind::Invoice);
    let pages = (1..).map(Place::Page).zip(read.pages).filter(|(_, text)| !text.trim().is_empty());
    let document = TextDocument { form: DocumentForm::Ofd, parts: pages.collect(), invoice };
    Found { kind, recognised: whole(Content::Document(Box::new(document))), findings: rest(read.full, entry, rules), ..Found::default() }
}

/// A video or sound, with its length where the file's head says it. A packed member of an archive is not inflated for that.
pub(super) fn of_film(path: &Path, member: &[MemberStep]) -> Found {
    let stored = member.last().is_none_or(|step| !step.deflated);
    let milliseconds = stored.then(|| archive::source(path, member, &Inner::default()).ok()).flatten().and_then(|mut film| film::milliseconds(&mut film));
    Found { kind: Some(Kind::Media), recognised: whole(Content::Film(Film { milliseconds })), ..Found::default() }
}

fn whole(content: Content) -> Recognised {
    Recognised { content, records: Records::Whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_archives() {
        let mut tar = vec![0; 512];
        tar.splice(257..262, *b"ustar");
        for (head, name) in [
            (b"7z\xbc\xaf\x27\x1c\0\x04".as_slice(), Some("7z")),
            (b"Rar!\x1a\x07\x01\0", Some("RAR")),
            (b"\x1f\x8b\x08\0", Some("gzip")),
            (b"BZh91AY&SY", Some("bzip2")),
            (b"BZhang wrote: 2026", None),
            (tar.as_slice(), Some("tar")),
            (b"PK\x03\x04", None),
            (b"", None),
        ] {
            assert_eq!(packed(head), name, "{head:?}");
        }
    }
}
