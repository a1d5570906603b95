//! What was measured on pictures, and which of them were found to be one, kept for the next run by the SHA-256 of their bytes. Never more than a saving of time:
//! it may be deleted at any moment, and whatever is wrong with it makes it empty.
//!
//! One file a case, in `.appealpack-pixels/` of the output folder; nothing of it goes into `upload/` or `bundle/`.

use super::{Far, Mapping, Room, Source, look};
use crate::digest;
use crate::model::file::Sha256;
use crate::model::pixels::{Brightness, Light, Mark, MarkKind, Patch, Pixels, Rows};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Folder in the output folder.
const FOLDER: &str = ".appealpack-pixels";
/// First bytes. The number goes up whenever measuring or comparing changes, so that old figures are never mixed with new ones.
const MAGIC: &[u8] = b"appealpack pixels 6\n";
/// How the extension begins of what is being written.
const ASIDE: &str = "new-";
/// Bytes that a cache may have when unpacked; beyond that it is passed over.
const BYTES: u64 = 512 << 20;
/// Bytes of pictures seen from far that stay in memory until all are compared; the others are opened again where they are asked for.
const FAR_BYTES: usize = 32 << 20;
/// Memory for decoding and measuring that is kept for the next picture, a thread; a photograph of fifty megapixels gives its own back.
const ROOM_BYTES: usize = 32 << 20;

/// Measurements by content.
#[derive(Debug, Default)]
pub struct PixelCache {
    earlier: Kept,
    used: Mutex<Kept>,
    far: Mutex<FarPictures>,
    rooms: Mutex<Vec<Room>>,
}

/// What goes from one run to the next.
#[derive(Debug, Default, PartialEq)]
struct Kept {
    pixels: BTreeMap<Sha256, Arc<Pixels>>,
    /// Does one picture show what lies within another.
    same: BTreeMap<Pair, bool>,
}

/// Two pictures and how the first lies in the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    smaller: Sha256,
    larger: Sha256,
    /// Bits of scale and shift.
    mapping: [u64; 4],
}

#[derive(Debug, Default)]
struct FarPictures {
    all: BTreeMap<Sha256, Arc<Far>>,
    bytes: usize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl PixelCache {
    /// Reads what an earlier run left for the case at `root` in the output folder `out`.
    pub fn read(out: &Path, root: &Path) -> Self {
        let earlier = fs::read(file(out, root)).ok().and_then(|bytes| unpack(&bytes)).unwrap_or_default();
        PixelCache { earlier, ..PixelCache::default() }
    }

    /// What is known of a picture with this digest, else what is measured on its bytes. `None` for what cannot be decoded.
    pub fn look(&self, sha256: Sha256, source: Source) -> Option<Arc<Pixels>> {
        let known = self.earlier.pixels.get(&sha256).cloned().or_else(|| lock(&self.used).pixels.get(&sha256).cloned());
        let pixels = match known {
            Some(pixels) => pixels,
            None => self.measure(sha256, source)?,
        };
        lock(&self.used).pixels.insert(sha256, Arc::clone(&pixels));
        Some(pixels)
    }

    fn measure(&self, sha256: Sha256, source: Source) -> Option<Arc<Pixels>> {
        let mut room = lock(&self.rooms).pop().unwrap_or_default();
        let looked = look(source, &mut room);
        if room.bytes() <= ROOM_BYTES {
            lock(&self.rooms).push(room);
        }
        let (pixels, far) = looked?;
        if let Some(far) = far {
            lock(&self.far).keep(sha256, Arc::new(far));
        }
        Some(Arc::new(pixels))
    }

    /// All pictures were looked at: memory for looking at them is given back.
    pub fn all_looked_at(&self) {
        lock(&self.rooms).clear();
    }

    /// A picture seen from far, if it is still in memory.
    pub fn far(&self, sha256: Sha256) -> Option<Arc<Far>> {
        lock(&self.far).all.get(&sha256).cloned()
    }

    /// Keeps a picture seen from far while there is room.
    pub fn keep_far(&self, sha256: Sha256, far: &Arc<Far>) {
        lock(&self.far).keep(sha256, Arc::clone(far));
    }

    /// All pictures were compared: those seen from far are given back.
    pub fn all_compared(&self) {
        *lock(&self.far) = FarPictures::default();
    }

    /// Does `smaller` show what lies within `larger` under the mapping: what is known, else what `compare` finds. `None` where that is `None`.
    pub fn is_part_of(&self, smaller: Sha256, larger: Sha256, mapping: Mapping, compare: impl FnOnce() -> Option<bool>) -> Option<bool> {
        let Mapping { scale, shift } = mapping;
        let pair = Pair { smaller, larger, mapping: [scale.0, scale.1, shift.0, shift.1].map(f64::to_bits) };
        let same = match self.earlier.same.get(&pair) {
            Some(same) => *same,
            None => compare()?,
        };
        lock(&self.used).same.insert(pair, same);
        Some(same)
    }

    /// Leaves what this run used for the next one, written aside and moved into place. Failing is no matter: the next run measures again.
    pub fn save(&self, out: &Path, root: &Path) {
        let used = lock(&self.used);
        if used.pixels.is_empty() || (used.pixels.keys().eq(self.earlier.pixels.keys()) && used.same == self.earlier.same) {
            forget_aside(&file(out, root));
            return;
        }
        let path = file(out, root);
        forget_aside(&path);
        let aside = path.with_extension(format!("{ASIDE}{}", std::process::id()));
        let written = path.parent().map(fs::create_dir_all).is_some_and(|made| made.is_ok())
            && pack(&used).is_some_and(|bytes| fs::write(&aside, bytes).is_ok())
            && fs::rename(&aside, &path).is_ok();
        if !written {
            let _ = fs::remove_file(&aside);
        }
    }
}

impl FarPictures {
    fn keep(&mut self, sha256: Sha256, far: Arc<Far>) {
        let bytes = far.bytes();
        if self.bytes + bytes <= FAR_BYTES && self.all.insert(sha256, far).is_none() {
            self.bytes += bytes;
        }
    }
}

/// Removes what killed runs of this case wrote aside.
fn forget_aside(path: &Path) {
    let Some(entries) = path.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return };
    for aside in entries.flatten().map(|e| e.path()).filter(|p| p.file_stem() == path.file_stem()) {
        if aside.extension().and_then(|e| e.to_str()).is_some_and(|e| e.starts_with(ASIDE)) {
            let _ = fs::remove_file(aside);
        }
    }
}

/// A name that tells nothing of the case.
fn file(out: &Path, root: &Path) -> PathBuf {
    let whole = fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let name = digest::of_bytes(whole.to_string_lossy().as_bytes()).sha256.to_string();
    out.join(FOLDER).join(name.get(..16).unwrap_or("case"))
}

fn pack(all: &Kept) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    body.extend((all.same.len() as u32).to_le_bytes());
    for (pair, same) in &all.same {
        body.extend_from_slice(&pair.smaller.0);
        body.extend_from_slice(&pair.larger.0);
        pair.mapping.iter().for_each(|bits| body.extend(bits.to_le_bytes()));
        body.push(u8::from(*same));
    }
    for (sha256, pixels) in &all.pixels {
        body.extend_from_slice(&sha256.0);
        put(&mut body, pixels);
    }
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(env!("CARGO_PKG_VERSION").as_bytes());
    out.push(b'\n');
    out.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    let mut packed = ZlibEncoder::new(out, Compression::new(1));
    packed.write_all(&body).ok()?;
    packed.finish().ok()
}

fn unpack(bytes: &[u8]) -> Option<Kept> {
    let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(env!("CARGO_PKG_VERSION").as_bytes())?.strip_prefix(b"\n")?;
    let (sum, packed) = rest.split_first_chunk::<4>()?;
    let mut body = Vec::new();
    ZlibDecoder::new(packed).take(BYTES).read_to_end(&mut body).ok()?;
    if crc32fast::hash(&body) != u32::from_le_bytes(*sum) {
        return None;
    }
    let mut all = Kept::default();
    let mut rest = Rest(&body);
    all.same.extend(rest.list(Rest::pair)?);
    while !rest.0.is_empty() {
        let sha256 = Sha256(rest.array()?);
        all.pixels.insert(sha256, Arc::new(rest.pixels()?));
    }
    Some(all)
}

fn put(out: &mut Vec<u8>, pixels: &Pixels) {
    let light = pixels.light;
    out.push(u8::from(pixels.brightness == Brightness::Luma));
    out.extend_from_slice(&[light.darkest, light.brightest]);
    out.extend(light.busy.to_le_bytes().into_iter().chain(light.sharpness.to_le_bytes()));
    let count = |out: &mut Vec<u8>, n: usize| out.extend((n as u32).to_le_bytes());
    count(out, pixels.marks.len());
    for mark in &pixels.marks {
        out.push(u8::from(mark.kind == MarkKind::Arrow));
        mark.bounds.iter().for_each(|b| out.extend(b.to_le_bytes()));
    }
    count(out, pixels.hash.len());
    out.extend_from_slice(&pixels.hash);
    count(out, pixels.patches.len());
    for patch in &pixels.patches {
        out.extend(patch.x.to_le_bytes().into_iter().chain(patch.y.to_le_bytes()).chain(patch.look.to_le_bytes()));
    }
    count(out, pixels.rows.means.len());
    out.extend_from_slice(&pixels.rows.means);
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = u32::from_le_bytes(self.array()?) as usize;
        let (first, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(first)
    }

    fn short(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = u32::from_le_bytes(self.array()?);
        (0..count).map(|_| one(self)).collect()
    }

    fn pair(&mut self) -> Option<(Pair, bool)> {
        let (smaller, larger) = (Sha256(self.array()?), Sha256(self.array()?));
        let mut mapping = [0; 4];
        for bits in &mut mapping {
            *bits = self.array().map(u64::from_le_bytes)?;
        }
        let [same] = self.array()?;
        Some((Pair { smaller, larger, mapping }, same == 1))
    }

    fn pixels(&mut self) -> Option<Pixels> {
        let [luma, darkest, brightest] = self.array()?;
        let brightness = if luma == 0 { Brightness::Green } else { Brightness::Luma };
        let light = Light { darkest, brightest, busy: self.short()?, sharpness: self.short()? };
        let marks = self.list(|rest| {
            let [kind] = rest.array()?;
            let kind = if kind == 0 { MarkKind::Ring } else { MarkKind::Arrow };
            Some(Mark { kind, bounds: [rest.short()?, rest.short()?, rest.short()?, rest.short()?] })
        })?;
        let hash = self.bytes()?.to_vec();
        let patches = self.list(|rest| Some(Patch { x: rest.short()?, y: rest.short()?, look: u128::from_le_bytes(rest.array()?) }))?;
        let rows = Rows { means: self.bytes()?.to_vec() };
        Some(Pixels { brightness, light, marks, hash, patches, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels() -> Pixels {
        Pixels {
            brightness: Brightness::Luma,
            light: Light { darkest: 3, brightest: 250, busy: 412, sharpness: 999 },
            marks: vec![Mark { kind: MarkKind::Arrow, bounds: [1, 2, 300, 1000] }],
            hash: vec![1, 2, 3],
            patches: vec![Patch { x: 1079, y: 20_000, look: u128::MAX / 3 }],
            rows: Rows { means: vec![7; Rows::COLUMNS * 3] },
        }
    }

    const STRAIGHT: Mapping = Mapping { scale: (1.0, 0.5), shift: (-3.25, 0.0) };

    #[test]
    fn what_was_kept_is_read_back_and_anything_wrong_is_nothing() {
        let pair = Pair { smaller: Sha256([1; 32]), larger: Sha256([2; 32]), mapping: [1, u64::MAX, 0, 7] };
        let all = Kept {
            pixels: BTreeMap::from([(Sha256([5; 32]), Arc::new(pixels())), (Sha256([9; 32]), Arc::new(Pixels::default()))]),
            same: BTreeMap::from([(pair, true), (Pair { larger: Sha256([3; 32]), ..pair }, false)]),
        };
        let bytes = pack(&all).unwrap();
        assert_eq!(unpack(&bytes).unwrap(), all);
        for cut in 0..bytes.len() {
            assert!(unpack(&bytes[..cut]).is_none_or(|read| read == all), "{cut}");
        }
        for at in 0..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[at] ^= 0x55;
            assert!(unpack(&wrong).is_none_or(|read| read == all), "{at}");
        }
    }

    #[test]
    fn a_second_run_neither_looks_nor_compares_again() {
        let mut png = std::io::Cursor::new(Vec::new());
        image::GrayImage::from_fn(90, 70, |x, y| image::Luma([(x * y % 251) as u8])).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let (out, case) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) = (Sha256([1; 32]), Sha256([2; 32]));
        let of = |bytes| Source { bytes, orientation: 1, photograph: false };
        let first = PixelCache::read(out.path(), case.path());
        let seen = first.look(one, of(png.get_ref())).unwrap();
        assert!(seen.light.brightest > 200, "{:?}", seen.light);
        assert!(first.look(other, of(b"no picture")).is_none());
        assert!(first.far(one).is_some() && first.far(other).is_none());
        first.all_compared();
        assert!(first.far(one).is_none());
        assert_eq!(first.is_part_of(one, other, STRAIGHT, || None), None, "what cannot be opened is not known");
        assert_eq!(first.is_part_of(one, other, STRAIGHT, || Some(true)), Some(true));
        first.save(out.path(), case.path());
        let second = PixelCache::read(out.path(), case.path());
        assert_eq!(second.look(one, of(b"not looked at")), Some(seen));
        assert_eq!(second.is_part_of(one, other, STRAIGHT, || panic!("it is known")), Some(true));
        let shifted = Mapping { shift: (0.0, 0.0), ..STRAIGHT };
        assert_eq!(second.is_part_of(one, other, shifted, || Some(false)), Some(false), "laid otherwise");
    }
}
