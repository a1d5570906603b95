//! What one would do without us: put the pictures into a PDF and everything into a zip, set the book with typst; and the least that any such program
//! must do, which is to hash and copy. Programs that are not installed are skipped with a word.

use super::run::{Failure, Measured, watch};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// img2pdf on the pictures, then a zip without compression of originals and PDF.
pub fn img2pdf_and_zip(case: &Path, pictures: &[PathBuf], spare: &Path) -> Result<Measured, Failure> {
    let (pdf, zip) = (spare.join("pictures.pdf"), spare.join("all.zip"));
    let _ = std::fs::remove_file(&zip);
    let first = watch(Command::new("img2pdf").arg("--output").arg(&pdf).args(pictures), &[0])?;
    let second = watch(Command::new("zip").args(["-0", "-q", "-r"]).arg(&zip).arg(case).arg(&pdf), &[0]);
    let second = match second {
        Ok(done) => done,
        // the same without the zip program
        Err(_) => watch(Command::new("python3").args(["-m", "zipfile", "-c"]).arg(&zip).arg(case).arg(&pdf), &[0])?,
    };
    Ok(Measured { seconds: first.seconds + second.seconds, peak_mib: None })
}

/// A book of the same kind: a table of the orders, then the pictures, two a row.
pub fn typst(case: &Path, pictures: &[PathBuf], spare: &Path) -> Result<Measured, Failure> {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/fonts");
    let mut source = String::from(
        "#set page(paper: \"a4\", margin: 18mm, numbering: \"1 / 1\")\n#set text(font: \"Noto Sans SC\", size: 10pt, lang: \"zh\")\n= 申诉材料\n#outline()\n#table(columns: 4, [序号], [文件], [类别], [说明],\n",
    );
    let quoted = |path: &Path| path.to_string_lossy().replace('\\', "/").replace('"', "\\\"");
    for (i, picture) in pictures.iter().enumerate() {
        let _ = writeln!(source, "[{}], raw(\"{}\"), [截图], [买家沟通记录],", i + 1, quoted(picture.strip_prefix(case)?));
    }
    source += ")\n";
    for (i, pair) in pictures.chunks(2).enumerate() {
        let _ = writeln!(source, "#pagebreak()\n== 证据 {}\n#grid(columns: 2, gutter: 8pt,", i + 1);
        for picture in pair {
            let _ = writeln!(source, "image(\"/{}\", height: 22cm, fit: \"contain\"),", quoted(picture.strip_prefix(case)?));
        }
        source += ")\n";
    }
    let (input, output) = (case.join("bench-book.typ"), spare.join("typst.pdf"));
    std::fs::write(&input, source)?;
    let script = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2], root=sys.argv[3], font_paths=[sys.argv[4]])";
    let done = watch(Command::new("python3").args(["-c", script]).arg(&input).arg(&output).arg(case).arg(&fonts), &[0]);
    std::fs::remove_file(&input)?;
    done
}

/// SHA-256 of everything on all cores, then one copy of everything.
pub fn hash_and_copy(files: &[PathBuf], spare: &Path) -> Result<Measured, Failure> {
    let target = spare.join("copies");
    if target.exists() {
        std::fs::remove_dir_all(&target)?;
    }
    std::fs::create_dir(&target)?;
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| -> Result<u8, Failure> {
                    let mut seen = 0;
                    while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                        // the digest must be used, else it need not be made
                        seen ^= Sha256::digest(std::fs::read(file)?)[0];
                    }
                    Ok(seen)
                })
            })
            .collect();
        for worker in workers {
            std::hint::black_box(worker.join().map_err(|_| "a hashing thread stopped")??);
        }
        Ok::<(), Failure>(())
    })?;
    for (i, file) in files.iter().enumerate() {
        std::fs::copy(file, target.join(i.to_string()))?;
    }
    Ok(Measured { seconds: start.elapsed().as_secs_f64(), peak_mib: None })
}
