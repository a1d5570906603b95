//! Where the members of a JSON container stand in its text, so that a record can leave the machine as its own bytes and not as a re-writing.
//! Works on text that `serde_json` has accepted; on other text it ends early and never panics.

use std::ops::Range;

/// A member of an array (index as text) or of an object (key, unescaped only as far as `serde_json` reads it), with its value's place.
#[derive(Debug)]
pub struct Member {
    pub key: String,
    pub span: Range<usize>,
}

/// The members of the array or object that `text` holds between `span`; empty for other values.
pub fn members(text: &str, span: Range<usize>) -> Vec<Member> {
    let bytes = text.as_bytes();
    let end = span.end.min(bytes.len());
    let mut at = blank(bytes, span.start);
    let object = match bytes.get(at) {
        Some(b'{') => true,
        Some(b'[') => false,
        _ => return Vec::new(),
    };
    at += 1;
    let mut found = Vec::new();
    while at < end {
        at = blank(bytes, at);
        let key = if object {
            let close = string_end(bytes, at);
            let Some(key) = text.get(at..close).and_then(|raw| serde_json::from_str(raw).ok()) else { break };
            at = blank(bytes, close);
            if bytes.get(at) != Some(&b':') {
                break;
            }
            at = blank(bytes, at + 1);
            key
        } else {
            found.len().to_string()
        };
        let close = value_end(bytes, at);
        if close <= at || close > end {
            break;
        }
        found.push(Member { key, span: at..close });
        at = blank(bytes, close);
        if bytes.get(at) != Some(&b',') {
            break;
        }
        at += 1;
    }
    found
}

fn blank(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// Behind the closing quote of the string that begins at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return bytes.len(),
        }
    }
}

fn value_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                if depth == 0 {
                    return at;
                }
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            b if depth == 0 && b.is_ascii_whitespace() => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Vec<(String, String)> {
        members(text, 0..text.len()).into_iter().map(|m| (m.key, text[m.span].to_owned())).collect()
    }

    #[test]
    fn gives_each_member_as_it_stands() {
        assert_eq!(
            raw(r#" [ {"a": [1, "]"]} ,2.50, "x\"," ]"#),
            [("0".into(), r#"{"a": [1, "]"]}"#.into()), ("1".into(), "2.50".into()), ("2".into(), r#""x\",""#.into())]
        );
        assert_eq!(raw(r#"{"单\u0031" : null,"b":{}}"#), [("单1".into(), "null".into()), ("b".into(), "{}".into())]);
        assert!(raw("[]").is_empty() && raw("12").is_empty());
    }

    #[test]
    fn broken_text_ends_early() {
        for text in ["[1", "{\"a\"", "{\"a\":", "[\"", "[\"\\", "{", "[,]", "{1:2}"] {
            assert!(members(text, 0..text.len()).len() <= 1, "{text}");
        }
    }
}
