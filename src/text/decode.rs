//! Bytes to text: byte-order mark, UTF-8, UTF-16, else GB18030. A UTF-8 text with a few bad bytes, or cut off inside a character, stays UTF-8.

use std::ops::RangeInclusive;

/// Bytes in which UTF-16 without a mark shows itself.
const HEAD: usize = 4096;
/// What texts consist of, beside ASCII: Latin letters and signs, Chinese characters, their marks, full-width forms.
const USUAL: [RangeInclusive<char>; 4] = ['\u{a0}'..='\u{24f}', '\u{2000}'..='\u{27bf}', '\u{3000}'..='\u{9fff}', '\u{ff00}'..='\u{ffef}'];

/// How bytes were decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the encodings' own names")]
pub enum Encoding {
    Utf8,
    Utf8Bom,
    Utf16Le,
    Utf16Be,
    Gb18030,
}

impl Encoding {
    /// Its usual name.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8Bom => "UTF-8 (BOM)",
            Encoding::Utf16Le => "UTF-16 LE",
            Encoding::Utf16Be => "UTF-16 BE",
            Encoding::Gb18030 => "GB18030",
        }
    }
}

/// Decodes `bytes`. `None` when it is no text: NUL bytes outside UTF-16, or GB18030 with invalid sequences in more than one character of a hundred.
/// What is bad in a text reads `\u{fffd}`.
pub fn decode(bytes: &[u8]) -> Option<(String, Encoding)> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return std::str::from_utf8(rest).map(str::to_owned).ok().or_else(|| damaged_utf8(rest)).map(|s| (s, Encoding::Utf8Bom)).or_else(|| gb(rest));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        let (text, _) = encoding_rs::UTF_16LE.decode_without_bom_handling(rest);
        return Some((text.into_owned(), Encoding::Utf16Le));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        let (text, _) = encoding_rs::UTF_16BE.decode_without_bom_handling(rest);
        return Some((text.into_owned(), Encoding::Utf16Be));
    }
    if bytes.get(..bytes.len().min(HEAD)).unwrap_or(bytes).contains(&0) {
        return unmarked(bytes).map(|encoding| (wide(bytes, encoding), encoding));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (!text.contains('\0')).then(|| (text.to_owned(), Encoding::Utf8));
    }
    damaged_utf8(bytes).map(|text| (text, Encoding::Utf8)).or_else(|| gb(bytes))
}

fn wide(bytes: &[u8], encoding: Encoding) -> String {
    let encoding = if encoding == Encoding::Utf16Be { encoding_rs::UTF_16BE } else { encoding_rs::UTF_16LE };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// The order of bytes of UTF-16 without a mark: the one in which nearly all characters are such as texts consist of. Bytes that are no text give neither.
fn unmarked(bytes: &[u8]) -> Option<Encoding> {
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or(bytes);
    // half a character or half a pair at the end of the head says nothing
    let whole = head.get(..head.len() / 2 * 2).filter(|h| h.len() >= 8)?;
    let usual = |c: char| matches!(c, '\t' | '\r' | '\n' | '\u{feff}' | ' '..='~') || USUAL.iter().any(|range| range.contains(&c));
    [Encoding::Utf16Le, Encoding::Utf16Be].into_iter().find(|encoding| {
        let text = wide(whole, *encoding);
        let (all, odd) = text.chars().fold((0_usize, 0_usize), |(all, odd), c| (all + 1, odd + usize::from(!usual(c))));
        // both orders may give Chinese characters; only one gives blanks, digits and line ends
        let ascii = text.chars().filter(char::is_ascii).count();
        odd * 50 <= all && ascii * 20 >= all
    })
}

/// UTF-8 in which a bad character comes to four good ones or more: a file cut off inside a character, or pasted together with something else. Of GB18030
/// read as UTF-8 six characters in seven are bad.
fn damaged_utf8(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let (bad, wide) = text.chars().fold((0_usize, 0_usize), |(bad, wide), c| match c {
        '\u{fffd}' => (bad + 1, wide),
        c => (bad, wide + usize::from(!c.is_ascii())),
    });
    (bad * 4 <= wide && !text.contains('\0')).then(|| text.into_owned())
}

/// The same of bytes that are not needed any more: UTF-8, as most long tables are, is not copied.
pub fn decode_owned(bytes: Vec<u8>) -> Option<(String, Encoding)> {
    let marked = bytes.starts_with(b"\xef\xbb\xbf");
    let nul = bytes.get(..bytes.len().min(HEAD)).unwrap_or(&bytes).contains(&0);
    if nul || bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return decode(&bytes);
    }
    match String::from_utf8(bytes) {
        Ok(mut text) if marked => {
            text.replace_range(..'\u{feff}'.len_utf8(), "");
            Some((text, Encoding::Utf8Bom))
        }
        Ok(text) => (!text.contains('\0')).then_some((text, Encoding::Utf8)),
        Err(e) => decode(e.as_bytes()),
    }
}

fn gb(bytes: &[u8]) -> Option<(String, Encoding)> {
    if bytes.contains(&0) {
        return None;
    }
    let (text, had_errors) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    if had_errors {
        let (bad, all) = text.chars().fold((0_usize, 0_usize), |(b, a), c| (b + usize::from(c == '\u{fffd}'), a + 1));
        if bad * 100 > all {
            return None;
        }
    }
    Some((text.into_owned(), Encoding::Gb18030))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_chinese_windows_writes() {
        let (gbk, _, _) = encoding_rs::GB18030.encode("订单编号,😀");
        assert_eq!(decode(&gbk).unwrap(), ("订单编号,😀".to_owned(), Encoding::Gb18030));
        assert_eq!(decode("\u{feff}订单".as_bytes()).unwrap(), ("订单".to_owned(), Encoding::Utf8Bom));
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("订a".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&utf16).unwrap(), ("订a".to_owned(), Encoding::Utf16Le));
        for bytes in [gbk.as_ref(), "\u{feff}订单".as_bytes(), "订单".as_bytes(), &utf16, b"a\0b", &[0x89, b'P', 0, 0, 1, 2, 3, 4, 5, 0xff]] {
            assert_eq!(decode_owned(bytes.to_vec()), decode(bytes), "{bytes:?}");
        }
        assert_eq!(decode(&[0x89, b'P', 0, 0, 1, 2, 3, 4, 5, 0xff]), None);
    }

    #[test]
    fn utf_16_is_known_without_a_mark_and_what_is_no_text_is_not() {
        let text = "订单编号,物流单号,备注\r\n2861734095517302481,SF1390012345671,一二三四五六七八九十，请尽快发货\r\n";
        for (order, bytes) in [
            (Encoding::Utf16Le, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
            (Encoding::Utf16Be, text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ] {
            assert_eq!(decode(&bytes), Some((text.to_owned(), order)));
            assert_eq!(decode_owned(bytes.clone()), decode(&bytes));
        }
        let numbers: Vec<u8> = (0..2000_u32).flat_map(u32::to_le_bytes).collect();
        assert_eq!(decode(&numbers), None);
        assert_eq!(decode(&[0; 64]), None);
    }

    #[test]
    fn a_few_bad_bytes_do_not_make_utf_8_another_encoding() {
        let text = "订单编号,物流单号,备注\n2861734095517302481,SF1390012345671,请尽快发货\n";
        let cut = &text.as_bytes()[..text.len() - 2];
        let (read, encoding) = decode(cut).unwrap();
        assert!(read.starts_with("订单编号,物流单号") && read.ends_with("请尽快发\u{fffd}"), "{read}");
        assert_eq!(encoding, Encoding::Utf8);
        let (gbk, _, _) = encoding_rs::GB18030.encode("ok 订单 a");
        assert_eq!(decode(&gbk).unwrap().1, Encoding::Gb18030);
        let (gbk, _, _) = encoding_rs::GB18030.encode(text);
        assert_eq!(decode(&gbk).unwrap(), (text.to_owned(), Encoding::Gb18030));
    }
}
