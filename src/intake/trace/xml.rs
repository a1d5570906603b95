//! XML as the values that JSON has: an element with children is an object, one with text only a string, several of one name a list, attributes are
//! `@name`. So one description of a service serves both. Entities of a DOCTYPE are never expanded, depth and number of elements are limited.
//!
//! In: text. Out: the value and where each element with children or attributes stands in the text, so that a parcel can leave as its own bytes.

use super::super::limits;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};
use std::ops::Range;

/// The key under which an object's number among [`Document::spans`] stands: no element can have it.
const NUMBER: &str = "";
/// The text of an element that also has children or attributes.
const TEXT: &str = "#text";
/// Elements of a document. A parcel's trace has about 200.
const MAX_ELEMENTS: usize = 2_000_000;

/// A document read.
pub struct Document {
    /// An object with the root element as its only member.
    pub value: Value,
    spans: Vec<Range<usize>>,
}

impl Document {
    /// Where an element stands; `None` for elements of text only.
    pub fn span(&self, value: &Value) -> Option<Range<usize>> {
        let number = value.get(NUMBER)?.as_u64()?;
        self.spans.get(usize::try_from(number).ok()?).cloned()
    }
}

struct Open {
    name: String,
    members: Map<String, Value>,
    text: String,
    start: usize,
}

/// Reads a document. `None` when it is no well-formed XML, a web page, or beyond a limit.
pub fn read(text: &str) -> Option<Document> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut spans = Vec::new();
    let mut stack: Vec<Open> = Vec::new();
    let mut root = Map::new();
    let mut elements = 0;
    loop {
        let start = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let end = usize::try_from(reader.buffer_position()).ok()?;
        match event {
            Event::Start(tag) | Event::Empty(tag) if stack.is_empty() && (!root.is_empty() || is_page(&tag)) => return None,
            Event::Start(tag) => {
                elements += 1;
                if stack.len() >= limits::DEPTH || elements > MAX_ELEMENTS {
                    return None;
                }
                stack.push(open(&tag, start)?);
            }
            Event::Empty(tag) => {
                elements += 1;
                if elements > MAX_ELEMENTS {
                    return None;
                }
                close(open(&tag, start)?, end, &mut stack, &mut root, &mut spans);
            }
            Event::End(_) => {
                let element = stack.pop()?;
                close(element, end, &mut stack, &mut root, &mut spans);
            }
            Event::Text(piece) => {
                if let Some(top) = stack.last_mut() {
                    top.text.push_str(&piece);
                }
            }
            Event::CData(piece) => {
                if let Some(top) = stack.last_mut() {
                    top.text.push_str(&piece);
                }
            }
            Event::GeneralRef(name) => {
                if let Some(top) = stack.last_mut() {
                    match name.resolve_char_ref() {
                        Ok(Some(c)) => top.text.push(c),
                        // an entity of a DOCTYPE stays as it is written
                        _ => match resolve_predefined_entity(&name) {
                            Some(known) => top.text.push_str(known),
                            None => top.text.push_str(&format!("&{};", &*name)),
                        },
                    }
                }
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    (stack.is_empty() && !root.is_empty()).then_some(Document { value: Value::Object(root), spans })
}

fn is_page(tag: &BytesStart<'_>) -> bool {
    tag.local_name().into_inner().eq_ignore_ascii_case("html")
}

fn open(tag: &BytesStart<'_>, start: usize) -> Option<Open> {
    let name = tag.local_name().into_inner().to_owned();
    let mut members = Map::new();
    for attribute in tag.attributes() {
        let attribute = attribute.ok()?;
        let key = attribute.key.local_name().into_inner().to_owned();
        let value = quick_xml::escape::unescape(&attribute.value).map_or_else(|_| attribute.value.to_string(), |v| v.into_owned());
        members.insert(format!("@{key}"), Value::String(value));
    }
    Some(Open { name, members, text: String::new(), start })
}

fn close(element: Open, end: usize, stack: &mut [Open], root: &mut Map<String, Value>, spans: &mut Vec<Range<usize>>) {
    let Open { name, mut members, text, start } = element;
    let text = text.trim();
    let value = if members.is_empty() {
        Value::String(text.to_owned())
    } else {
        if !text.is_empty() {
            members.insert(TEXT.to_owned(), Value::String(text.to_owned()));
        }
        members.insert(NUMBER.to_owned(), Value::from(spans.len()));
        spans.push(start..end);
        Value::Object(members)
    };
    let parent = stack.last_mut().map_or(root, |top| &mut top.members);
    match parent.get_mut(&name) {
        None => {
            parent.insert(name, value);
        }
        Some(Value::Array(list)) => list.push(value),
        Some(first) => {
            let earlier = first.take();
            *first = Value::Array(vec![earlier, value]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Option<String> {
        read(text).map(|d| d.value.to_string())
    }

    #[test]
    fn elements_become_values() {
        assert_eq!(json("<a><b>1</b><b> 2 </b></a>").as_deref(), Some(r#"{"a":{"b":["1","2"],"":0}}"#));
        assert_eq!(json("<?xml version=\"1.0\"?><x:a id='7'>t &lt;<![CDATA[<&]]></x:a>").as_deref(), Some(r##"{"a":{"@id":"7","#text":"t <<&","":0}}"##));
        let text = "<a>\n <p><n>1</n></p><p><n>2</n></p></a>";
        let document = read(text).unwrap();
        let second = &document.value["a"]["p"][1];
        assert_eq!(document.span(second).and_then(|s| text.get(s)), Some("<p><n>2</n></p>"));
    }

    #[test]
    fn hostile_documents_end() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"lol\"><!ENTITY y \"&x;&x;\">]><a><b>&y;</b></a>";
        assert_eq!(json(bomb).as_deref(), Some(r#"{"a":{"b":"&y;","":0}}"#));
        assert_eq!(json(&"<a>".repeat(100_000)), None);
        for text in ["", "<", "<a>", "<a></b>", "<a/><b/>", "plain", "<html><body/></html>", "<a x=1/>", "<a x='1' x='2'/>", "<!DOCTYPE"] {
            assert_eq!(json(text), None, "{text}");
        }
    }
}
