//! templates/chat-words.toml: what chat clients write by themselves.

use crate::profile::Profile;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    marks: Vec<String>,
    system: Vec<String>,
    pub recalled: Vec<String>,
    pub counterpart: Vec<String>,
    pub headings: Vec<String>,
    titles: Vec<String>,
    group_titles: Vec<String>,
    pub not_speakers: Vec<String>,
    pub system_kinds: Vec<String>,
    pub recalled_kinds: Vec<String>,
    pub kinds: BTreeMap<String, String>,
}

/// The words of the binary: a reader of files has no case.
pub(super) fn words() -> Option<&'static Words> {
    static WORDS: OnceLock<Option<Words>> = OnceLock::new();
    WORDS.get_or_init(|| toml::from_str(&Profile::built_in().text("chat-words.toml").ok()?.0).ok()).as_ref()
}

impl Words {
    /// Is the line a remark of the client, and does it say that a message was taken back?
    pub(super) fn remark(&self, line: &str) -> Option<bool> {
        if line.is_empty() {
            return None;
        }
        if self.recalled.iter().any(|p| fits(p, line)) {
            return Some(true);
        }
        self.system.iter().any(|p| fits(p, line)).then_some(false)
    }

    /// A line without the marks of its state at the end, and the last of them.
    pub(super) fn without_mark<'l>(&'l self, line: &'l str) -> (&'l str, Option<&'l str>) {
        let mut text = line.trim();
        let mut mark = None;
        while let Some((shorter, found)) = self.marks.iter().find_map(|m| {
            let rest = text.strip_suffix(m.as_str())?;
            // a mark stands alone or after a blank; a sentence may end in the same letters
            (rest.is_empty() || rest.ends_with(char::is_whitespace)).then(|| (rest.trim_end(), m.as_str()))
        }) {
            text = shorter;
            mark = mark.or(Some(found));
        }
        (text, mark)
    }

    /// Whom a title (LINE's first line, the name of a WhatsApp file) says that the conversation is with; the flag tells a group.
    pub(super) fn titled<'t>(&self, title: &'t str) -> Option<(&'t str, bool)> {
        let between = |patterns: &[String]| patterns.iter().find_map(|p| inside(p, title));
        between(&self.titles).map(|name| (name, false)).or_else(|| between(&self.group_titles).map(|name| (name, true)))
    }
}

/// Does the line fit the pattern, in which `*` stands for any words (or none)?
pub(super) fn fits(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// What stands for the one `*` of the pattern.
fn inside<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
    let (before, after) = pattern.split_once('*')?;
    let inner = text.trim().strip_prefix(before)?.strip_suffix(after)?.trim();
    (!inner.is_empty()).then_some(inner)
}
