//! Lists of ours that lie loose among the evidence: requests, with or without answers typed into them, the list of orders, a bag's list of evidence, and
//! a match sheet that was saved as text. Known by a property of the workbook, or by their words.

use crate::digest;
use crate::media::document::opc::{self, Package, Step};
use crate::model::Lang;
use crate::model::match_sheet;
use crate::model::own_output::{LIST_ID, List};
use crate::profile::Profile;
use crate::profile::lang::{Words, words};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::OnceLock;

/// Why a request of ours is set aside.
pub const REQUEST: &str = "ignored-own-request";
/// Why any other list is.
const OWN: &str = "ignored-own-file";
/// Our lists of thousands of orders stay below this.
const MOST_BYTES: u64 = 8 << 20;
/// Where a workbook keeps properties that its author made up.
const PROPERTIES: &str = "docProps/custom.xml";
/// Far more than any properties take.
const MOST_PROPERTIES: u64 = 64 << 10;
/// Lines that are looked at for the heads of a match sheet.
const HEAD_LINES: usize = 12;

/// Does a file begin as an Office package does.
pub(super) fn may_be_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") && [&b"[Content_Types].xml"[..], b"docProps/", b"xl/"].iter().any(|part| memchr::memmem::find(head, part).is_some())
}

/// Why a workbook is set aside, if we made it.
pub(super) fn workbook(opened: &mut File) -> Option<&'static str> {
    if opened.metadata().is_ok_and(|m| m.len() > MOST_BYTES) {
        return None;
    }
    let mut bytes = Vec::new();
    opened.seek(SeekFrom::Start(0)).ok()?;
    opened.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    let mut package = Package::open(&bytes, MOST_PROPERTIES)?;
    if !package.has("xl/workbook.xml") || !package.has(PROPERTIES) {
        return None;
    }
    let id = list_id(&package.part(PROPERTIES).ok()?)?;
    let bytes: Option<Vec<u8>> = id.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let ours = bytes.is_some_and(|bytes| digest::is_document_id(&bytes));
    ours.then_some(if id == List::Request.id() { REQUEST } else { OWN })
}

/// The value of our property.
fn list_id(xml: &str) -> Option<String> {
    let (mut inside, mut value) = (false, String::new());
    let walked = opc::walk(xml, |step| {
        match step {
            Step::Open(name, attributes) if name == "property" => inside = attributes.iter().any(|(key, value)| key == "name" && value == LIST_ID),
            Step::Close(name) if name == "property" && inside => return false,
            Step::Text(text) if inside => value.push_str(text.trim()),
            _ => {}
        }
        true
    });
    (walked.is_ok() && inside).then(|| value.to_lowercase())
}

/// Is the text one of the messages that stand beside a request.
pub(super) fn message(text: &str, w: &Words, made_of: impl Fn(&str, &str) -> bool) -> bool {
    let text = text.replace("\r\n", "\n");
    ["chat", "chat-warehouse", "chat-supplier", "chat-buyer"].iter().any(|key| made_of(&text, w.get(&format!("request.{key}"))))
}

/// Does a text begin with the heads of orders.csv or index.csv.
pub(super) fn table(text: &str) -> bool {
    let first = text.lines().next().unwrap_or("");
    [',', ';', '\t'].into_iter().any(|separator| {
        let cells: Vec<&str> = first.split(separator).map(|cell| cell.trim().trim_matches('"')).collect();
        heads().iter().any(|heads| cells.get(..heads.len()).is_some_and(|cells| cells == heads.as_slice()))
    })
}

/// The heads of both lists in both languages.
fn heads() -> &'static [Vec<String>] {
    static HEADS: OnceLock<Vec<Vec<String>>> = OnceLock::new();
    HEADS.get_or_init(|| {
        let profile = Profile::built_in();
        let orders = profile.list_folders("books").into_iter().filter_map(|book| {
            let (text, _) = profile.text(&format!("books/{book}/book.toml")).ok()?;
            let book: toml::Table = text.parse().ok()?;
            let words = book.get("words")?.get("sheet")?;
            ["no", "order", "reason", "exhibits", "page", "proofs"].iter().map(|key| Some(words.get(key)?.as_str()?.to_owned())).collect::<Option<Vec<_>>>()
        });
        let keys = ["number", "exhibit", "orders", "name", "source", "purpose", "page", "path", "sha256"];
        let index = [Lang::ZhCn, Lang::En].into_iter().map(|lang| keys.iter().map(|key| words(lang).get(&format!("index.{key}")).to_owned()).collect());
        orders.chain(index).collect()
    })
}

/// Is the text a match sheet that somebody saved as text: its heads stand in one of the first lines.
pub(super) fn match_sheet(text: &str) -> bool {
    let languages = || [Lang::ZhCn, Lang::En].into_iter().map(words);
    // most texts hold none of a separator; making a reader for each would be a hundredth of a small case's time
    super::separated::SEPARATORS.into_iter().filter(|separator| text.as_bytes().contains(separator)).any(|separator| {
        // what to do stands above the heads, in one cell of several lines or split into some
        super::separated::first_rows(text, separator).iter().take(HEAD_LINES).any(|cells| {
            let cells: BTreeSet<&str> = cells.iter().map(|cell| cell.trim().trim_start_matches('\u{feff}')).collect();
            match_sheet::NEEDED.iter().all(|key| languages().any(|w| cells.contains(w.get(&format!("sheet.{key}")))))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_both_lists_are_known_in_both_languages() {
        assert_eq!(heads().len(), 4);
        for text in [
            "序号,订单号,申诉理由,证据编号,页码,凭证（强的在前）\r\n1,2,3\r\n",
            "\"No.\";\"Order\";\"Reason\";\"Exhibits\";\"Page\";\"Proofs (strongest first)\"\n",
        ] {
            assert!(table(text), "{text}");
        }
        assert!(!table("序号,订单号,申诉理由\n"), "another list");
    }

    #[test]
    fn a_match_sheet_is_known_as_text() {
        assert!(match_sheet(
            "\"怎么用：\n一\",,\r\n编号,图,文件,读到的内容,现在的处理,最可能的订单和依据,属于哪个订单,是什么材料,不用它的原因\r\n1,,a.png\r\n"
        ));
        assert!(match_sheet("No.;picture;file;what was read;what became of it;best guesses and why;belongs to order;what it is;why it is not used\n"));
        assert!(!match_sheet("编号,文件,订单号,不用它的原因\n"));
    }

    #[test]
    fn a_property_of_another_name_is_not_ours() {
        let xml = |name: &str, value: &str| {
            format!(
                "<?xml version=\"1.0\"?><Properties xmlns:vt=\"x\"><property pid=\"2\" name=\"a\"><vt:lpwstr>b</vt:lpwstr></property><property pid=\"3\" name=\"{name}\"><vt:lpwstr>{value}</vt:lpwstr></property></Properties>"
            )
        };
        assert_eq!(list_id(&xml(LIST_ID, &List::Orders.id())), Some(List::Orders.id()));
        assert_eq!(list_id(&xml("id", &List::Orders.id())), None);
    }
}
