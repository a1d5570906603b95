//! What a picture or document is, by words in its file name or folders (templates/kinds.toml). A name is only a hint: it never outweighs content.

use crate::error::{Error, Result};
use crate::model::file::Kind;
use crate::profile::Profile;
use crate::text::width::narrow;
use serde::Deserialize;

/// The words, the longest first.
#[derive(Debug)]
pub struct KindWords {
    words: Vec<Word>,
}

#[derive(Debug)]
struct Word {
    text: String,
    kind: Kind,
    /// It names a document itself, also among conversations.
    thing: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Kind,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    things: Vec<String>,
}

impl KindWords {
    /// Reads templates/kinds.toml.
    ///
    /// # Errors
    /// When a file that the user laid over ours is wrong.
    pub fn load(profile: &Profile) -> Result<Self> {
        let (text, origin) = profile.text("kinds.toml")?;
        let file: File = toml::from_str(&text).map_err(|e| {
            Error::new(format!("{origin} 写错了：{}", e.message()), format!("{origin} is wrong: {}", e.message())).hint(e.to_string(), e.to_string())
        })?;
        let mut words: Vec<Word> = Vec::new();
        for entry in file.kind {
            let mut add = |list: Vec<String>, thing: bool| words.extend(list.iter().map(|w| Word { text: narrow(w).to_lowercase(), kind: entry.id, thing }));
            add(entry.words, false);
            add(entry.things, true);
        }
        // the longest word that fits says most (聊天记录公证书 is no chat); the order of the file decides between equals
        words.sort_by_key(|w| std::cmp::Reverse(w.text.chars().count()));
        Ok(KindWords { words })
    }

    /// The kind that the path's words name: the file name first, then the folders from the inner to the outer. Within a folder of conversations only a
    /// word that names a document itself says otherwise: the rest is what was talked about, or who talked.
    pub fn of_path(&self, path: &str) -> Option<Kind> {
        let said: Vec<&Word> = path.rsplit('/').filter_map(|part| self.of_name(part)).collect();
        let first = said.first()?;
        if !first.thing && said.iter().skip(1).any(|w| w.kind == Kind::Chat) {
            return Some(Kind::Chat);
        }
        Some(first.kind)
    }

    fn of_name(&self, name: &str) -> Option<&Word> {
        let name = narrow(name).to_lowercase();
        self.words.iter().find(|word| says(&name, &word.text))
    }

    /// The kind that a word of its own names: 聊天, 底单.
    pub fn of_word(&self, word: &str) -> Option<Kind> {
        let word = narrow(word).trim().to_lowercase();
        self.words.iter().find(|w| w.text == word).map(|w| w.kind)
    }

    /// Does a folded name hold a word of a kind without being that word?
    pub fn only_sounds_like_one(&self, name: &str) -> bool {
        self.of_name(name).is_some_and(|word| word.text != name)
    }
}

/// Does a name hold the word? Latin words must stand alone: `chat` is not in `wechat_2025.png`.
fn says(name: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return name.contains(word);
    }
    name.match_indices(word).any(|(at, _)| {
        let before = name.get(..at).and_then(|s| s.chars().next_back());
        let after = name.get(at + word.len()..).and_then(|s| s.chars().next());
        !before.is_some_and(|c| c.is_ascii_alphabetic()) && !after.is_some_and(|c| c.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_name_wins_over_folders_and_the_inner_folder_over_the_outer() {
        let words = KindWords::load(&Profile::built_in()).unwrap();
        let kind = |p: &str| words.of_path(p).map(Kind::as_str);
        assert_eq!(kind("聊天/顺丰底单_1.jpg"), Some("waybill"));
        assert_eq!(kind("聊天/2861734095517302481 买家说已签收.png"), Some("chat"));
        assert_eq!(kind("旺旺/万家建材采购/IMG_2030.png"), Some("chat"));
        assert_eq!(kind("Buyer messages/refund request 112.png"), Some("chat"));
        assert_eq!(kind("聊天/1/签收证明.jpg"), Some("courier-proof"));
        assert_eq!(kind("物流截图/2861734095517302481.png"), Some("trace"));
        assert_eq!(kind("签收/IMG_1.png"), Some("trace"));
        assert_eq!(kind("直播活动/旺旺/IMG_1.png"), Some("chat"));
        assert_eq!(kind("物流/签收证明.pdf"), Some("courier-proof"));
        assert_eq!(kind("材料/供货合同.pdf"), Some("contract"));
        assert_eq!(kind("wechat_20251002.png"), None);
        assert_eq!(kind("chat_20251002.png"), Some("chat"));
        assert_eq!(kind("盘点/IMG_2034.jpg"), Some("stock-count"));
        assert_eq!(kind("IMG_2034.jpg"), None);
        assert_eq!(["聊天", "底单", " Chat", "不是聊天"].map(|w| words.of_word(w).map(Kind::as_str)), [Some("chat"), Some("waybill"), Some("chat"), None]);
    }
}
