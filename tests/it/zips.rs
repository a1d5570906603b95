//! Zips written byte by byte, as programs and attackers write them: names in GBK, stated sizes that lie, names twice, links, passwords.

use std::io::Read as _;

/// One member; the fields beyond name and data are what a test wants to be odd.
pub struct Member {
    pub name: String,
    pub data: Vec<u8>,
    /// The name in GBK without the UTF-8 flag, as Chinese Windows packs.
    pub gbk: bool,
    pub deflated: bool,
    pub encrypted: bool,
    /// `st_mode` of a Unix entry.
    pub mode: Option<u32>,
    /// Another packing method than the real one.
    pub method: Option<u16>,
    /// Another unpacked size than the real one.
    pub stated: Option<u32>,
}

impl Member {
    pub fn new(name: &str, data: &[u8]) -> Member {
        Member { name: name.into(), data: data.into(), gbk: false, deflated: true, encrypted: false, mode: None, method: None, stated: None }
    }
}

/// The zip's bytes.
pub fn zip(members: &[Member]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for m in members {
        let name = if m.gbk { encoding_rs::GBK.encode(&m.name).0.into_owned() } else { m.name.clone().into_bytes() };
        let packed = if m.deflated { miniz_oxide::deflate::compress_to_vec(&m.data, 6) } else { m.data.clone() };
        let flags = u16::from(m.encrypted) | if m.gbk { 0 } else { 1 << 11 };
        let method = m.method.unwrap_or(if m.deflated { 8 } else { 0 });
        let mut common = Vec::new();
        for n in [20, flags, method, 0, 0x21] {
            common.extend(u16::to_le_bytes(n));
        }
        for n in [crc32fast::hash(&m.data), packed.len() as u32, m.stated.unwrap_or(m.data.len() as u32)] {
            common.extend(n.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        let at = out.len() as u32;
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(&name);
        out.extend(&packed);
        directory.extend(b"PK\x01\x02");
        directory.extend((if m.mode.is_some() { 3_u16 << 8 | 20 } else { 20 }).to_le_bytes());
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend((m.mode.unwrap_or(0) << 16).to_le_bytes());
        directory.extend(at.to_le_bytes());
        directory.extend(&name);
    }
    let at = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([(members.len() as u16).to_le_bytes(), (members.len() as u16).to_le_bytes()].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// Names of the members, those of zips inside as `inner.zip!/name`, told by another reader than the program's.
pub fn members(bytes: &[u8]) -> Vec<String> {
    let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return Vec::new() };
    let mut out = Vec::new();
    for i in 0..zip.len() {
        let Ok(mut entry) = zip.by_index(i) else { continue };
        if entry.is_dir() {
            continue;
        }
        let raw = entry.name_raw().to_vec();
        // 通知 in GBK happens to be UTF-8 of combining marks
        let utf8 = String::from_utf8(raw.clone()).ok().filter(|n| !n.chars().any(|c| ('\u{300}'..'\u{36f}').contains(&c)));
        let name = utf8.unwrap_or_else(|| encoding_rs::GBK.decode(&raw).0.into_owned()).replace("../", "__/");
        let mut data = Vec::new();
        let inside = if entry.read_to_end(&mut data).is_ok() && data.starts_with(b"PK\x03\x04") { members(&data) } else { Vec::new() };
        let document = inside.iter().any(|m| m == "[Content_Types].xml" || m == "OFD.xml");
        out.extend(inside.into_iter().filter(|_| !document).map(|m| format!("{name}!/{m}")));
        out.push(name);
    }
    out
}
