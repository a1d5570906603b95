//! What was measured on pictures, kept for the next run by the SHA-256 of their bytes. Never more than a saving of time: it may be deleted at any moment, and
//! whatever is wrong with it makes it empty.
//!
//! One file a case, in `.appealpack-pixels/` of the output folder; nothing of it goes into `upload/` or `bundle/`.

use crate::digest;
use crate::model::file::Sha256;
use crate::model::pixels::{Light, Mark, MarkKind, Patch, Pixels, Rows};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Folder in the output folder.
const FOLDER: &str = ".appealpack-pixels";
/// First bytes. The number goes up whenever measuring changes, so that old figures are never mixed with new ones.
const MAGIC: &[u8] = b"appealpack pixels 2\n";
/// How the extension begins of what is being written.
const ASIDE: &str = "new-";
/// Bytes that a cache may have when unpacked; beyond that it is passed over.
const BYTES: u64 = 512 << 20;

/// Measurements by content.
#[derive(Debug, Default)]
pub struct PixelCache {
    earlier: BTreeMap<Sha256, Arc<Pixels>>,
    used: Mutex<BTreeMap<Sha256, Arc<Pixels>>>,
}

impl PixelCache {
    /// Reads what an earlier run left for the case at `root` in the output folder `out`.
    pub fn read(out: &Path, root: &Path) -> Self {
        let earlier = fs::read(file(out, root)).ok().and_then(|bytes| unpack(&bytes)).unwrap_or_default();
        PixelCache { earlier, used: Mutex::default() }
    }

    /// What is known of a picture with this digest, else what `look` finds.
    pub fn get_or(&self, sha256: Sha256, look: impl FnOnce() -> Option<Pixels>) -> Option<Arc<Pixels>> {
        let known = self.earlier.get(&sha256).cloned().or_else(|| self.used().get(&sha256).cloned());
        let pixels = match known {
            Some(pixels) => pixels,
            None => Arc::new(look()?),
        };
        self.used().insert(sha256, Arc::clone(&pixels));
        Some(pixels)
    }

    /// Leaves what this run used for the next one, written aside and moved into place. Failing is no matter: the next run measures again.
    pub fn save(&self, out: &Path, root: &Path) {
        let used = self.used();
        if used.is_empty() || (used.len() == self.earlier.len() && used.keys().eq(self.earlier.keys())) {
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

    fn used(&self) -> std::sync::MutexGuard<'_, BTreeMap<Sha256, Arc<Pixels>>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
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

fn pack(all: &BTreeMap<Sha256, Arc<Pixels>>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    for (sha256, pixels) in all {
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

fn unpack(bytes: &[u8]) -> Option<BTreeMap<Sha256, Arc<Pixels>>> {
    let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(env!("CARGO_PKG_VERSION").as_bytes())?.strip_prefix(b"\n")?;
    let (sum, packed) = rest.split_first_chunk::<4>()?;
    let mut body = Vec::new();
    ZlibDecoder::new(packed).take(BYTES).read_to_end(&mut body).ok()?;
    if crc32fast::hash(&body) != u32::from_le_bytes(*sum) {
        return None;
    }
    let mut all = BTreeMap::new();
    let mut rest = Rest(&body);
    while !rest.0.is_empty() {
        let sha256 = Sha256(rest.array()?);
        all.insert(sha256, Arc::new(rest.pixels()?));
    }
    Some(all)
}

fn put(out: &mut Vec<u8>, pixels: &Pixels) {
    let light = pixels.light;
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

    fn pixels(&mut self) -> Option<Pixels> {
        let [darkest, brightest] = self.array()?;
        let light = Light { darkest, brightest, busy: self.short()?, sharpness: self.short()? };
        let marks = self.list(|rest| {
            let [kind] = rest.array()?;
            let kind = if kind == 0 { MarkKind::Ring } else { MarkKind::Arrow };
            Some(Mark { kind, bounds: [rest.short()?, rest.short()?, rest.short()?, rest.short()?] })
        })?;
        let hash = self.bytes()?.to_vec();
        let patches = self.list(|rest| Some(Patch { x: rest.short()?, y: rest.short()?, look: u128::from_le_bytes(rest.array()?) }))?;
        let rows = Rows { means: self.bytes()?.to_vec() };
        Some(Pixels { light, marks, hash, patches, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels() -> Pixels {
        Pixels {
            light: Light { darkest: 3, brightest: 250, busy: 412, sharpness: 999 },
            marks: vec![Mark { kind: MarkKind::Arrow, bounds: [1, 2, 300, 1000] }],
            hash: vec![1, 2, 3],
            patches: vec![Patch { x: 1079, y: 20_000, look: u128::MAX / 3 }],
            rows: Rows { means: vec![7; Rows::COLUMNS * 3] },
        }
    }

    #[test]
    fn what_was_kept_is_read_back_and_anything_wrong_is_nothing() {
        let all = BTreeMap::from([(Sha256([5; 32]), Arc::new(pixels())), (Sha256([9; 32]), Arc::new(Pixels::default()))]);
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
    fn a_second_run_does_not_look_again() {
        let (out, case) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = PixelCache::read(out.path(), case.path());
        assert_eq!(first.get_or(Sha256([1; 32]), || Some(pixels())).as_deref(), Some(&pixels()));
        assert!(first.get_or(Sha256([2; 32]), || None).is_none());
        first.save(out.path(), case.path());
        let second = PixelCache::read(out.path(), case.path());
        assert_eq!(second.get_or(Sha256([1; 32]), || panic!("it is known")).as_deref(), Some(&pixels()));
    }
}
