//! Does a file's extension say what its bytes are? Content decides how a file is read; an extension that says otherwise is only noted, because a
//! reviewer's computer goes by it. Extensions of no fixed form (`.txt`, `.csv`, `.dat`, none) contradict only what is plainly something else.

use super::recognise::Form;
use crate::finding::{Code, Finding, Severity};
use crate::media::picture;
use crate::model::file::FileEntry;
use crate::model::record::PictureFormat;
use crate::text::decode::decode;

/// What bytes are, by name: the same word for what may stand under one extension.
fn content(form: Form, bytes: Option<&[u8]>) -> Option<&'static str> {
    Some(match form {
        Form::Picture => match picture::format(bytes?)? {
            PictureFormat::Jpeg => "JPEG",
            PictureFormat::Png => "PNG",
            PictureFormat::Gif => "GIF",
            PictureFormat::WebP => "WebP",
            PictureFormat::Bmp => "BMP",
            PictureFormat::Tiff => "TIFF",
            PictureFormat::Heic => "HEIC",
            PictureFormat::Avif => "AVIF",
        },
        Form::Pdf => "PDF",
        Form::Zip => "ZIP",
        Form::Compound => "Office 97-2003",
        Form::Film => "MP4/MOV/AVI",
        Form::Packed(name) => name,
        Form::WeChatCache => return None,
        Form::Other => return bytes.and_then(decode).map(|_| "TXT"),
    })
}

/// The contents that an extension allows; `None` for extensions that promise nothing we can tell.
fn allowed(extension: &str) -> Option<&'static [&'static str]> {
    Some(match extension {
        "jpg" | "jpeg" | "jfif" | "jpe" => &["JPEG"],
        "png" | "apng" => &["PNG"],
        "gif" => &["GIF"],
        "webp" => &["WebP"],
        "bmp" | "dib" => &["BMP"],
        "tif" | "tiff" => &["TIFF"],
        "heic" | "heif" | "hif" => &["HEIC"],
        "avif" => &["AVIF"],
        "pdf" => &["PDF"],
        // encrypted workbooks are compound files under the new extensions, too
        "xlsx" | "xlsm" | "docx" | "pptx" => &["ZIP", "Office 97-2003"],
        "zip" | "ofd" | "ods" | "odt" => &["ZIP"],
        "xls" | "doc" | "ppt" | "wps" | "et" => &["Office 97-2003"],
        "txt" | "csv" | "tsv" | "json" | "jsonl" | "xml" | "html" | "htm" | "md" | "eml" => &["TXT"],
        "mp4" | "mov" | "m4a" | "m4v" | "avi" | "wav" | "mkv" | "webm" | "flv" | "mp3" | "amr" => &["MP4/MOV/AVI"],
        _ => return None,
    })
}

/// Extensions whose content has a mark: bytes without any are not what the name says. Films have too many marks to know them all.
fn has_mark(allowed: &[&str]) -> bool {
    !matches!(allowed, ["TXT" | "MP4/MOV/AVI"])
}

/// The note, if the extension says something else than the bytes (`None` where they are not in memory).
pub(super) fn differs(entry: &FileEntry, form: Form, bytes: Option<&[u8]>) -> Option<Finding> {
    let name = entry.path.rsplit('/').next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    let allowed = allowed(&extension.to_ascii_lowercase()).filter(|_| !stem.is_empty())?;
    // neither text nor unknown bytes contradict these; a long table is not decoded a second time to learn which it is
    if form == Form::Other && !has_mark(allowed) {
        return None;
    }
    let finding = Finding::new(Code::ExtensionDiffers).file(entry.id).with("file", &entry.path).with("extension", format!(".{extension}"));
    match content(form, bytes) {
        Some(content) if allowed.contains(&content) => None,
        Some(content) => Some(finding.with("content", content)),
        None if form == Form::Other && bytes.is_some() => Some(finding.variant("unknown").severity(Severity::Warning)),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::recognise::form;
    use crate::model::file::Kind;
    use crate::model::record::Content;
    use crate::model::typed;

    fn said(name: &str, bytes: &[u8]) -> Option<(String, Option<&'static str>)> {
        let mut case = typed::empty();
        let id = typed::file(&mut case, name, Kind::Other, Content::None);
        let entry = case.file(id);
        let finding = differs(entry, form(bytes, name), Some(bytes))?;
        let content = finding.params.iter().find(|(k, _)| *k == "content").map_or(String::new(), |(_, v)| v.clone());
        Some((content, finding.variant))
    }

    #[test]
    fn only_a_lie_is_noted() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(said("a.png", png), None);
        assert_eq!(said("a.JPG", png), Some(("PNG".into(), None)));
        assert_eq!(said("a.jpeg", b"\xff\xd8\xff\xe0"), None);
        assert_eq!(said("导出.xls", "<table><tr><td>订单编号".as_bytes()), Some(("TXT".into(), None)));
        assert_eq!(said("导出.csv", b"PK\x03\x04"), Some(("ZIP".into(), None)));
        assert_eq!(said("订单.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), None, "with a password");
        assert_eq!(said("a.png", b"\x00\x01\x02\x03\xff\xfe\x00\x00\x00\x01"), Some((String::new(), Some("unknown"))));
        // no promise, no lie
        for name in ["png", ".png", "a", "a.dat", "a.订单"] {
            assert_eq!(said(name, b"\xff\xd8\xff\xe0"), None, "{name}");
        }
    }
}
