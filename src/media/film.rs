//! How long a video or sound lasts, as its own head says; nothing is decoded. MP4, MOV and M4A (`mvhd`), WAV, AVI, AMR. Others are `None`.

use std::io::{Read, Seek, SeekFrom};

/// Boxes or chunks looked at in one file.
const MAX_PARTS: usize = 10_000;
/// Bytes of an AMR that are counted: seven hours.
const MAX_AMR: u64 = 64 << 20;

/// Length in milliseconds. Nonsense (zero, more than a year) is `None`, as is anything that cannot be read.
pub fn milliseconds(file: &mut (impl Read + Seek)) -> Option<u64> {
    const YEAR: u64 = 366 * 24 * 3_600_000;
    let mut head = [0; 12];
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_exact(&mut head).ok()?;
    let found = match &head {
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => mp4(file),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E'] => wav(file),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' '] => avi(file),
        [b'#', b'!', b'A', b'M', b'R', b'\n', ..] => amr(file),
        _ => None,
    };
    found.filter(|ms| (1..=YEAR).contains(ms))
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// `moov` stands at the beginning or the end; `mvhd` is the first box in it.
fn mp4(file: &mut (impl Read + Seek)) -> Option<u64> {
    let mut at = 0_u64;
    for _ in 0..MAX_PARTS {
        file.seek(SeekFrom::Start(at)).ok()?;
        let mut head = [0; 16];
        file.read_exact(&mut head[..8]).ok()?;
        let mut size = u64::from(u32::from_be_bytes(number(&head, 0)?));
        let mut header = 8;
        if size == 1 {
            file.read_exact(&mut head[8..]).ok()?;
            size = u64::from_be_bytes(number(&head, 8)?);
            header = 16;
        }
        match &head[4..8] {
            b"moov" => at += header,
            b"mvhd" => {
                let mut body = [0; 32];
                file.read_exact(&mut body).ok()?;
                let (scale, length) = match body.first()? {
                    0 => (u32::from_be_bytes(number(&body, 12)?), u64::from(u32::from_be_bytes(number(&body, 16)?))),
                    _ => (u32::from_be_bytes(number(&body, 20)?), u64::from_be_bytes(number(&body, 24)?)),
                };
                return (scale > 0).then(|| length.checked_mul(1000))?.map(|l| l / u64::from(scale));
            }
            // a box of size 0 goes on to the end of the file
            _ if size < header => return None,
            _ => at = at.checked_add(size)?,
        }
    }
    None
}

/// Chunks of a RIFF file from `at`: name, place of the body, length.
fn chunk(file: &mut (impl Read + Seek), at: u64) -> Option<([u8; 4], u64, u64)> {
    let mut head = [0; 8];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut head).ok()?;
    Some((number(&head, 0)?, at + 8, u64::from(u32::from_le_bytes(number(&head, 4)?))))
}

fn wav(file: &mut (impl Read + Seek)) -> Option<u64> {
    let (mut at, mut rate) = (12, 0_u64);
    for _ in 0..MAX_PARTS {
        let (name, body, length) = chunk(file, at)?;
        match &name {
            b"fmt " => {
                let mut format = [0; 12];
                file.read_exact(&mut format).ok()?;
                rate = u64::from(u32::from_le_bytes(number(&format, 8)?));
            }
            b"data" => return (rate > 0).then(|| length * 1000 / rate),
            _ => {}
        }
        at = body + length + length % 2;
    }
    None
}

/// The main head: microseconds a frame times frames.
fn avi(file: &mut (impl Read + Seek)) -> Option<u64> {
    let (name, body, _) = chunk(file, 12)?;
    let (inner, at, _) = chunk(file, body + 4)?;
    if &name != b"LIST" || &inner != b"avih" {
        return None;
    }
    let mut head = [0; 20];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut head).ok()?;
    let (frame, frames) = (u32::from_le_bytes(number(&head, 0)?), u32::from_le_bytes(number(&head, 16)?));
    Some(u64::from(frame) * u64::from(frames) / 1000)
}

/// Each frame is 20 ms; its first byte says how long it is.
fn amr(file: &mut (impl Read + Seek)) -> Option<u64> {
    const SIZES: [usize; 16] = [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1];
    file.seek(SeekFrom::Start(6)).ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_AMR + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() as u64 > MAX_AMR {
        return None;
    }
    let (mut at, mut frames) = (0_usize, 0_u64);
    while let Some(mode) = bytes.get(at) {
        let size = SIZES.get(usize::from(mode >> 3 & 0x0f)).copied().filter(|s| *s > 0)?;
        at += size;
        frames += 1;
    }
    Some(frames * 20)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn of(bytes: &[u8]) -> Option<u64> {
        milliseconds(&mut Cursor::new(bytes))
    }

    fn atom(name: &[u8], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
    }

    #[test]
    fn lengths_as_the_heads_say() {
        let mut mvhd = vec![0; 100];
        mvhd[12..16].copy_from_slice(&600_u32.to_be_bytes());
        mvhd[16..20].copy_from_slice(&19_500_u32.to_be_bytes());
        let moov = atom(b"moov", &atom(b"mvhd", &mvhd));
        let film = [atom(b"ftyp", b"isomiso2"), atom(b"mdat", &[0; 40]), moov].concat();
        assert_eq!(of(&film), Some(32_500));

        let fmt = [b"fmt \x10\0\0\0\x01\0\x01\0".as_slice(), &8000_u32.to_le_bytes(), &16_000_u32.to_le_bytes(), b"\x02\0\x10\0"].concat();
        let wav = [b"RIFF\0\0\0\0WAVE".as_slice(), &fmt, b"data", &24_000_u32.to_le_bytes(), &[0; 24]].concat();
        assert_eq!(of(&wav), Some(1_500));

        let avih = [40_000_u32.to_le_bytes(), [0; 4], [0; 4], [0; 4], 250_u32.to_le_bytes()].concat();
        let avi = [b"RIFF\0\0\0\0AVI LIST\0\0\0\0hdrlavih\x38\0\0\0".as_slice(), &avih].concat();
        assert_eq!(of(&avi), Some(10_000));

        let amr = [b"#!AMR\n".as_slice(), &[0x3c; 32], &[0x3c; 32]].concat();
        assert_eq!(of(&amr), Some(40));
    }

    #[test]
    fn nonsense_has_no_length() {
        for bytes in [&b""[..], b"RIFF", b"\0\0\0\0ftypisom\0\0\0\0moov", b"#!AMR\n\xff\xff\xff", b"RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff"] {
            assert_eq!(of(bytes), None, "{bytes:?}");
        }
        let looped = [atom(b"ftyp", b"isomiso2"), b"\0\0\0\x02free".to_vec()].concat();
        assert_eq!(of(&looped), None);
    }
}
