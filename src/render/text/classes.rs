//! Where a line of Chinese text may end: a class for each character and one table over pairs of classes.
//!
//! The rules are those of 《中文排版需求》(W3C clreq, section 3.1.3: 行首行尾禁则) and of UAX #14 for what is not Chinese, made stricter where an
//! appeal needs it: order ids, waybills, dates, times and amounts are never split unless a line cannot hold them.

/// How a character behaves at the ends of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Breaks before and after.
    Ideograph,
    /// Part of a word.
    Letter,
    /// Part of a number or id.
    Digit,
    /// Ends with a line without ink.
    Space,
    /// Never breaks on either side.
    Glue,
    /// Full-width opening bracket: no break after.
    Open,
    /// ASCII opening bracket.
    OpenNarrow,
    /// Full-width closing mark: no break before.
    Close,
    /// ASCII closing mark: no break before, none before a word after it.
    CloseNarrow,
    /// `%`, `℃`: stays with what stands before.
    Postfix,
    /// `¥`: stays with what follows.
    Prefix,
    /// `-`, `–`: a break after it between words only.
    Hyphen,
    /// `/`: a break after it between words only, so that long paths can be set.
    Slash,
    /// `—`, `…`: stays with what stands before, pairs are never split.
    Dash,
    /// Other signs of words.
    Symbol,
}

/// The class of a character.
pub(crate) fn class_of(c: char) -> Class {
    match c {
        ' ' => Class::Space,
        '\u{a0}' | '\u{202f}' | '\u{2060}' | '"' | '\'' => Class::Glue,
        '0'..='9' => Class::Digit,
        'A'..='Z' | 'a'..='z' | '_' => Class::Letter,
        '(' | '[' | '{' => Class::OpenNarrow,
        ')' | ']' | '}' | ',' | '.' | ':' | ';' | '!' | '?' => Class::CloseNarrow,
        '\u{2019}' | '\u{201d}' => Class::CloseNarrow,
        '（' | '「' | '『' | '【' | '《' | '〈' | '〔' | '［' | '｛' | '〖' | '〘' | '\u{2018}' | '\u{201c}' => Class::Open,
        '，' | '。' | '、' | '；' | '：' | '！' | '？' | '）' | '」' | '』' | '】' | '》' | '〉' | '〕' | '］' | '｝' | '〗' | '〙' | '．' | '·' | '・'
        | '•' | '‧' | '～' | '〜' | '／' | 'ー' | '々' | '〻' | '｡' | '､' | '｣' | '゛' | '゜' | 'ゝ' | 'ゞ' | 'ヽ' | 'ヾ' | 'ぁ' | 'ぃ' | 'ぅ' | 'ぇ'
        | 'ぉ' | 'っ' | 'ゃ' | 'ゅ' | 'ょ' | 'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' => Class::Close,
        '%' | '‰' | '％' | '℃' | '°' | '′' | '″' | '¢' => Class::Postfix,
        '¥' | '￥' | '$' | '＄' | '€' | '£' | '№' | '#' | '＃' => Class::Prefix,
        '-' | '–' | '‐' | '－' => Class::Hyphen,
        '\u{2011}' => Class::Glue,
        '/' | '\\' => Class::Slash,
        '—' | '―' | '…' | '⋯' | '‥' | '⸺' => Class::Dash,
        '!'..='~' => Class::Symbol,
        '\u{2e80}'..='\u{ffef}' | '\u{1f000}'..='\u{3ffff}' | '\u{2190}'..='\u{2bff}' => Class::Ideograph,
        c if c.is_alphabetic() => Class::Letter,
        c if c.is_numeric() => Class::Digit,
        _ => Class::Symbol,
    }
}

/// May a line end between two characters.
pub(crate) fn may_break(before: Class, after: Class) -> bool {
    use Class::{Close, CloseNarrow, Dash, Digit, Glue, Hyphen, Ideograph, Letter, Open, OpenNarrow, Postfix, Prefix, Slash, Space, Symbol};
    match (before, after) {
        (_, Space | Close | CloseNarrow | Postfix | Dash | Glue) => false,
        (Space, Hyphen | Slash) => false,
        (Space, _) => true,
        (Glue | Open | OpenNarrow | Prefix, _) | (_, Hyphen | Slash) => false,
        (Slash, Digit | Symbol | OpenNarrow) | (Hyphen, Digit | Symbol | OpenNarrow | Prefix) => false,
        (Slash | Hyphen, _) | (Close | Dash | Ideograph, _) | (_, Ideograph | Open) => true,
        (CloseNarrow | Postfix, Letter | Digit | Symbol | OpenNarrow | Prefix) => false,
        (Letter | Digit | Symbol, Letter | Digit | Symbol | OpenNarrow | Prefix) => false,
    }
}

/// Full-width marks whose right half is blank, so that half an em can be taken from them.
pub(crate) fn blank_right(c: char) -> bool {
    matches!(c, '，' | '。' | '、' | '）' | '」' | '』' | '】' | '》' | '〉' | '〕' | '］' | '｝' | '〗' | '\u{2019}' | '\u{201d}')
}

/// Full-width marks whose left half is blank.
pub(crate) fn blank_left(c: char) -> bool {
    matches!(c, '（' | '「' | '『' | '【' | '《' | '〈' | '〔' | '［' | '｛' | '〖' | '\u{2018}' | '\u{201c}')
}

/// Characters that are never painted: controls, directional overrides, joiners that stand alone. A zero-width space is dropped too; a joiner or a
/// variation selector after an emoji belongs to it and is kept by the caller.
pub(crate) fn unpainted(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// Characters that stand for themselves whatever their neighbours are: one glyph, no kerning, no joining. They need no shaping.
pub(crate) fn stands_alone(c: char) -> bool {
    matches!(c, '0'..='9' | ' ' | '\u{3000}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fc}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff01}'..='\u{ff5e}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaks(text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let mut out = String::new();
        for (i, c) in chars.iter().enumerate() {
            if i > 0 && may_break(class_of(chars[i - 1]), class_of(*c)) {
                out.push('|');
            }
            out.push(*c);
        }
        out
    }

    #[test]
    fn chinese_breaks_between_characters_but_not_around_marks() {
        assert_eq!(breaks("付款，（签收）。"), "付|款，|（签|收）。");
        assert_eq!(breaks("“真实”——完"), "“真|实”——|完");
    }

    #[test]
    fn ids_dates_amounts_and_words_stay_whole() {
        assert_eq!(breaks("订单2861734095517302481于2026-04-01 20:00付¥59.00"), "订|单|2861734095517302481|于|2026-04-01 |20:00|付|¥59.00");
        assert_eq!(breaks("运单SF1390012345671（1.20kg）占8.7%。"), "运|单|SF1390012345671|（1.20kg）|占|8.7%。");
    }

    #[test]
    fn long_paths_break_after_slashes() {
        assert_eq!(breaks("chat/order-a/微信.png"), "chat/|order-|a/|微|信.png");
    }
}
