//! The sRGB profile of the output intent, built from the standard's own numbers: no profile file of unknown licence is shipped.

/// An ICC v4 display profile for sRGB (IEC 61966-2-1), about 500 bytes.
pub fn srgb() -> Vec<u8> {
    let xyz = |x: u32, y: u32, z: u32| [b"XYZ \0\0\0\0".to_vec(), numbers(&[x, y, z])].concat();
    // parametric curve 3: ((x + 0.055) / 1.055)^2.4 above 0.04045, x / 12.92 below
    let curve = [b"para\0\0\0\0\0\x03\0\0".to_vec(), numbers(&[0x0002_6666, 0xf2a7, 0x0d59, 0x13d0, 0x0a5b])].concat();
    // colorants adapted to D50 with the Bradford matrix, as ICC requires
    let adaptation = [0x0001_0c42, 0x05de, 0xffff_f325, 0x0793, 0xfd90, 0xffff_fba1, 0xffff_fda2, 0x03dc, 0xc06e];
    let tags: [(&[u8; 4], Vec<u8>); 10] = [
        (b"desc", text("sRGB")),
        (b"cprt", text("Public domain")),
        (b"wtpt", xyz(0xf6d6, 0x0001_0000, 0xd32d)),
        (b"chad", [b"sf32\0\0\0\0".to_vec(), numbers(&adaptation)].concat()),
        (b"rXYZ", xyz(0x6fa2, 0x38f5, 0x0390)),
        (b"gXYZ", xyz(0x6299, 0xb785, 0x18da)),
        (b"bXYZ", xyz(0x24a0, 0x0f84, 0xb6cf)),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let mut table = numbers(&[tags.len() as u32]);
    let mut data = Vec::new();
    let begin = 128 + 4 + 12 * tags.len();
    for (name, value) in &tags {
        table.extend(*name);
        table.extend(numbers(&[(begin + data.len()) as u32, value.len() as u32]));
        data.extend(value);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut profile = numbers(&[(begin + data.len()) as u32, 0, 0x0420_0000]);
    profile.extend(b"mntrRGB XYZ ");
    profile.extend([0x07, 0xe4, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    profile.extend(b"acsp");
    profile.resize(68, 0);
    profile.extend(numbers(&[0xf6d6, 0x0001_0000, 0xd32d]));
    profile.resize(128, 0);
    [profile, table, data].concat()
}

fn numbers(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_be_bytes()).collect()
}

/// `mluc` with one English entry.
fn text(words: &str) -> Vec<u8> {
    let utf16: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
    [b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS".to_vec(), numbers(&[utf16.len() as u32, 28]), utf16].concat()
}
