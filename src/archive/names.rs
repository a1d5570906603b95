//! Names of zip members. Flag bit 11 promises UTF-8; without it Chinese Windows writes GBK, macOS UTF-8, and the standard says CP437. One archive was
//! written by one program, so all its unflagged names are judged together: two letters alone fit every encoding.

use encoding_rs::GB18030;

/// The upper half of code page 437 (IBM PC), in order.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// How the unflagged names of an archive are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Gbk,
    Cp437,
}

/// Judges the names of one archive that do not say that they are UTF-8.
pub(super) fn judge<'a>(names: impl Iterator<Item = &'a [u8]> + Clone) -> Encoding {
    if let Some(texts) = names.clone().map(|n| std::str::from_utf8(n).ok()).collect::<Option<Vec<_>>>() {
        // the GBK bytes of 通知 are UTF-8, too, but of combining marks: what nobody writes is read as GBK
        let written = |c: char| c.is_ascii() || c >= '\u{800}' || matches!(c, '\u{a0}'..='\u{24f}' | '\u{370}'..='\u{52f}');
        if texts.iter().any(|t| t.chars().any(|c| c >= '\u{800}')) || texts.iter().all(|t| t.chars().all(written)) {
            return Encoding::Utf8;
        }
    }
    let (mut common, mut rare) = (0_usize, 0_usize);
    for name in names {
        if GB18030.decode_without_bom_handling_and_without_replacement(name).is_none() {
            return Encoding::Cp437;
        }
        let mut rest = name;
        while let Some((lead, tail)) = rest.split_first() {
            rest = match tail.split_first() {
                Some((trail, after)) if *lead >= 0x80 => {
                    // the square of GB2312, which holds what Chinese names are made of; accented letters of CP437 lie outside
                    if (0xa1..=0xf7).contains(lead) && *trail >= 0xa1 {
                        common += 1
                    } else {
                        rare += 1
                    }
                    after
                }
                _ => tail,
            };
        }
    }
    if common >= rare { Encoding::Gbk } else { Encoding::Cp437 }
}

/// A name as text. A name that its own flag calls UTF-8 wrongly is read as far as it goes.
pub(super) fn decode(name: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(name).into_owned(),
        Encoding::Gbk => GB18030.decode_without_bom_handling(name).0.into_owned(),
        Encoding::Cp437 => {
            name.iter().map(|b| if *b < 0x80 { char::from(*b) } else { CP437.chars().nth(usize::from(*b - 0x80)).unwrap_or('\u{fffd}') }).collect()
        }
    }
}

/// A member's name as a path that stays inside the archive, and whether the name as it stands would lead out of it: `..`, a drive, a leading `/`.
pub(super) fn inside(name: &str) -> (String, bool) {
    let name = name.replace('\\', "/").replace('\0', "_");
    let mut outside = name.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    let mut depth = 0_i32;
    for (n, part) in name.split('/').enumerate() {
        let drive = n == 0 && part.len() == 2 && part.ends_with(':') && part.starts_with(|c: char| c.is_ascii_alphabetic());
        match part {
            "" | "." => {}
            ".." => {
                depth -= 1;
                outside |= depth < 0;
                parts.push("__");
            }
            _ if drive => outside = true,
            part => {
                depth += 1;
                parts.push(part);
            }
        }
    }
    (if parts.is_empty() { "_".to_owned() } else { parts.join("/") }, outside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(names: &[&[u8]]) -> (Encoding, Vec<String>) {
        let encoding = judge(names.iter().copied());
        (encoding, names.iter().map(|n| decode(n, encoding)).collect())
    }

    #[test]
    fn names_without_the_flag_are_read_as_their_program_wrote_them() {
        let gbk = GB18030.encode("聊天/买家_好评.png").0.into_owned();
        assert_eq!(told(&[&gbk]), (Encoding::Gbk, vec!["聊天/买家_好评.png".to_owned()]));
        assert_eq!(told(&["聊天.png".as_bytes(), b"a.txt"]).0, Encoding::Utf8);
        assert_eq!(told(&[b"Gr\x94\xe1e.txt", b"\x81ber.txt"]), (Encoding::Cp437, vec!["Größe.txt".to_owned(), "über.txt".to_owned()]));
        assert_eq!(told(&[&GB18030.encode("通知.txt").0]), (Encoding::Gbk, vec!["通知.txt".to_owned()]));
        assert_eq!(told(&["Größe é Ж.txt".as_bytes()]).0, Encoding::Utf8);
        // a traditional character of GBK beside common ones
        assert_eq!(told(&[&GB18030.encode("張三的订单.xlsx").0]).1, ["張三的订单.xlsx"]);
    }

    #[test]
    fn code_page_437_is_whole() {
        assert_eq!(CP437.chars().count(), 128);
        assert_eq!(decode(&[0x80, 0x9c, 0xe1, 0xfd, 0xff], Encoding::Cp437), "Ç£ß²\u{a0}");
    }

    #[test]
    fn no_name_leads_out() {
        for (name, path, outside) in [
            ("a/b.png", "a/b.png", false),
            ("a\\b.png", "a/b.png", false),
            ("./a//b.png", "a/b.png", false),
            ("../../etc/passwd", "__/__/etc/passwd", true),
            ("/etc/passwd", "etc/passwd", true),
            ("C:\\Windows\\a.txt", "Windows/a.txt", true),
            ("..", "__", true),
            ("a/../b.png", "a/__/b.png", false),
            ("a/../../b.png", "a/__/__/b.png", true),
            ("", "_", false),
        ] {
            assert_eq!(inside(name), (path.to_owned(), outside), "{name}");
        }
    }
}
