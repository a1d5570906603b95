//! A document that is a zip of XML parts (.docx, .ofd): a part's text, within limits, and the steps of an XML text without its namespaces.

use quick_xml::Reader;
use quick_xml::events::Event;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// Members that the package may list.
pub const MAX_MEMBERS: usize = 20_000;
/// Elements inside one another that are followed; Word nests about twenty.
pub const MAX_DEPTH: usize = 256;

/// Why a part was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It unpacks to more than is read.
    Long,
    /// More than [`MAX_DEPTH`] elements inside one another.
    Deep,
    /// It is damaged; a short English clause.
    Broken(String),
}

/// A package whose parts are read by name.
pub struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    most: u64,
}

impl<'a> Package<'a> {
    /// Opens the package, of whose parts none may unpack to more than `most` bytes; `None` when the bytes are no zip, or one with too many members.
    pub fn open(bytes: &'a [u8], most: u64) -> Option<Self> {
        let zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
        (zip.len() <= MAX_MEMBERS).then_some(Package { zip, most })
    }

    /// Has it a part of this name?
    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// Names of the parts, in the order of the directory.
    pub fn names(&self) -> Vec<String> {
        self.zip.file_names().flatten().map(std::borrow::Cow::into_owned).collect()
    }

    /// The text of a part.
    ///
    /// # Errors
    /// When it is not there, too long, damaged, or no text.
    pub fn part(&mut self, name: &str) -> Result<String, Unread> {
        let broken = |e: &dyn std::fmt::Display| Unread::Broken(format!("{name}: {e}"));
        let member = self.zip.by_name(name).map_err(|e| broken(&e))?;
        let mut bytes = Vec::new();
        // what the directory says of the length may lie; reading stops by itself
        member.take(self.most + 1).read_to_end(&mut bytes).map_err(|e| broken(&e))?;
        if bytes.len() as u64 > self.most {
            return Err(Unread::Long);
        }
        crate::text::decode::decode_owned(bytes).map(|(text, _)| text).ok_or_else(|| broken(&"no text"))
    }
}

/// One step through an XML text. Names come without their namespace's prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// An element begins; with its attributes (name without prefix, value with entities resolved).
    Open(String, Vec<(String, String)>),
    /// An element ends.
    Close(String),
    /// Text between, with entities resolved.
    Text(String),
}

/// Walks through an XML text. `false` from `each` stops.
///
/// # Errors
/// When the XML is not well-formed or nested too deeply; what came before was given to `each`.
pub fn walk(xml: &str, mut each: impl FnMut(Step) -> bool) -> Result<(), Unread> {
    let mut reader = Reader::from_str(xml);
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|e| Unread::Broken(e.to_string()))?;
        let goes_on = match event {
            Event::Start(e) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Unread::Deep);
                }
                each(Step::Open(e.local_name().into_inner().to_owned(), attributes(&e)))
            }
            Event::Empty(e) => {
                let name = e.local_name().into_inner().to_owned();
                each(Step::Open(name.clone(), attributes(&e))) && each(Step::Close(name))
            }
            Event::End(e) => {
                depth = depth.saturating_sub(1);
                each(Step::Close(e.local_name().into_inner().to_owned()))
            }
            Event::Text(t) => each(Step::Text(t.xml10_content().into_owned())),
            Event::CData(t) => each(Step::Text(t.xml10_content().into_owned())),
            Event::GeneralRef(r) => {
                let named = match &*r.xml10_content() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                };
                let c = named.or_else(|| r.resolve_char_ref().ok().flatten());
                each(Step::Text(c.map(String::from).unwrap_or_default()))
            }
            Event::Eof => return Ok(()),
            _ => true,
        };
        if !goes_on {
            return Ok(());
        }
    }
}

fn attributes(e: &quick_xml::events::BytesStart<'_>) -> Vec<(String, String)> {
    e.attributes()
        .with_checks(false)
        .flatten()
        .map(|a| {
            let value = quick_xml::escape::unescape(&a.value).map(std::borrow::Cow::into_owned).unwrap_or_default();
            (a.key.local_name().into_inner().to_owned(), value)
        })
        .collect()
}

/// A package of these parts, for tests.
#[cfg(test)]
pub(crate) fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default())).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
