//! Bytes to text: byte-order mark, UTF-8, UTF-16, else GB18030.

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
pub fn decode(bytes: &[u8]) -> Option<(String, Encoding)> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return std::str::from_utf8(rest).ok().map(|s| (s.to_owned(), Encoding::Utf8Bom)).or_else(|| gb(rest));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        let (text, _) = encoding_rs::UTF_16LE.decode_without_bom_handling(rest);
        return Some((text.into_owned(), Encoding::Utf16Le));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        let (text, _) = encoding_rs::UTF_16BE.decode_without_bom_handling(rest);
        return Some((text.into_owned(), Encoding::Utf16Be));
    }
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes);
    let nul_at = |parity: usize| head.iter().enumerate().filter(|(i, b)| i % 2 == parity && **b == 0).count();
    if head.len() >= 8 && nul_at(0) + nul_at(1) > 0 {
        let half = head.len() / 2;
        if nul_at(1) * 3 > half && nul_at(0) == 0 {
            return Some((encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned(), Encoding::Utf16Le));
        }
        if nul_at(0) * 3 > half && nul_at(1) == 0 {
            return Some((encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0.into_owned(), Encoding::Utf16Be));
        }
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (!text.contains('\0')).then(|| (text.to_owned(), Encoding::Utf8));
    }
    gb(bytes)
}

/// The same of bytes that are not needed any more: UTF-8, as most long tables are, is not copied.
pub fn decode_owned(bytes: Vec<u8>) -> Option<(String, Encoding)> {
    let marked = bytes.starts_with(b"\xef\xbb\xbf");
    let nul = bytes.get(..bytes.len().min(4096)).unwrap_or(&bytes).contains(&0);
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
}
