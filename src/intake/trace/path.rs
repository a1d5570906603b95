//! Where values stand in a payload: paths of a service's description are followed through a JSON value, and the way taken is written as a place.
//!
//! XML is read into the same values (see [`super::xml`]), so one description serves both; only the writing of the place differs.

use serde_json::{Map, Value};

/// One step down into a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A member of an object, by the key as it is written there.
    Key(String),
    /// An element of a list.
    Index(usize),
    /// Into a string that holds JSON itself.
    Inside,
}

/// The steps as RFC 6901 writes them (`/data/0`; a string that holds JSON is left through `#`), or like an XPath (`/traces/trace[1]`).
pub fn place(steps: &[Step], xml: bool) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Key(key) if xml => {
                out.push('/');
                out.push_str(key);
            }
            Step::Key(key) => {
                out.push('/');
                out.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Step::Index(n) if xml => out.push_str(&format!("[{}]", n + 1)),
            Step::Index(n) => out.push_str(&format!("/{n}")),
            Step::Inside => out.push('#'),
        }
    }
    out
}

/// A key for comparing: services write `mailNo`, `mail_no` and `MailNo`.
pub fn fold(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// A path of a description, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(Vec<String>);

impl Path {
    /// Reads `a.b.c`; `None` when a part is empty.
    pub fn parse(text: &str) -> Option<Path> {
        let parts: Vec<String> = text.trim().split('.').map(fold).collect();
        (!parts.iter().any(String::is_empty)).then_some(Path(parts))
    }

    /// The first key.
    pub fn first(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// Is it the beginning of another path?
    pub fn leads_to(&self, other: &Path) -> bool {
        self.0.len() < other.0.len() && other.0.starts_with(&self.0)
    }

    /// Everything the path leads to, lists on the way walked through, with the steps taken.
    pub fn find<'v>(&self, value: &'v Value) -> Vec<(Vec<Step>, &'v Value)> {
        let mut found = Vec::new();
        walk(value, &self.0, &mut Vec::new(), &mut found);
        found
    }
}

fn walk<'v>(value: &'v Value, rest: &[String], steps: &mut Vec<Step>, found: &mut Vec<(Vec<Step>, &'v Value)>) {
    let Some((key, after)) = rest.split_first() else {
        found.push((steps.clone(), value));
        return;
    };
    match value {
        Value::Object(object) => {
            if let Some((key, inner)) = member(object, key) {
                steps.push(Step::Key(key.clone()));
                walk(inner, after, steps, found);
                steps.pop();
            }
        }
        // lists of lists are not walked through: no service writes them, and a hostile one is deep
        Value::Array(list) => {
            for (n, inner) in list.iter().enumerate().filter(|(_, v)| v.is_object()) {
                steps.push(Step::Index(n));
                walk(inner, rest, steps, found);
                steps.pop();
            }
        }
        _ => {}
    }
}

/// The member whose folded key this is.
pub fn member<'v>(object: &'v Map<String, Value>, folded: &str) -> Option<(&'v String, &'v Value)> {
    object.iter().find(|(k, _)| k.len() >= folded.len() && fold(k) == folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, json: &str) -> Vec<(String, String)> {
        let value: Value = serde_json::from_str(json).unwrap();
        Path::parse(path).unwrap().find(&value).into_iter().map(|(steps, v)| (place(&steps, false), v.to_string())).collect()
    }

    #[test]
    fn follows_keys_and_walks_through_lists() {
        assert_eq!(found("a.b", r#"{"A":{"b":1}}"#), [("/A/b".to_owned(), "1".to_owned())]);
        assert_eq!(found("mail_no", r#"{"mailNo":"x"}"#), [("/mailNo".to_owned(), "\"x\"".to_owned())]);
        let both = found("p.e", r#"{"p":[{"e":[1]},7,{"e":[2]}]}"#);
        assert_eq!(both, [("/p/0/e".to_owned(), "[1]".to_owned()), ("/p/2/e".to_owned(), "[2]".to_owned())]);
        assert!(found("a.b", r#"{"a":"b"}"#).is_empty());
        assert!(Path::parse("a..b").is_none());
    }

    #[test]
    fn places_read_as_the_format_writes_them() {
        let steps = [Step::Key("a/b".into()), Step::Inside, Step::Key("c".into()), Step::Index(0)];
        assert_eq!(place(&steps, false), "/a~1b#/c/0");
        assert_eq!(place(&[Step::Key("t".into()), Step::Key("e".into()), Step::Index(1)], true), "/t/e[2]");
    }
}
