//! Runs a command and watches it: wall time, and on Linux the kernel's own record of its greatest memory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a run took.
pub struct Measured {
    pub seconds: f64,
    /// Greatest resident memory, where the system tells.
    pub peak_mib: Option<f64>,
}

/// Runs it; any exit status in `fine` will do.
pub fn watch(command: &mut Command, fine: &[i32]) -> Result<Measured, Failure> {
    let errors = tempfile::NamedTempFile::new()?;
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(errors.reopen()?).spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_mib = None;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // the record only grows, so the last reading misses at most what the final milliseconds added
        if let Some(kib) = std::fs::read_to_string(&status_file).ok().and_then(|text| high_water(&text)) {
            peak_mib = Some(kib / 1024.0);
        }
        std::thread::sleep(Duration::from_millis(4));
    };
    let seconds = start.elapsed().as_secs_f64();
    if status.code().is_some_and(|code| fine.contains(&code)) {
        Ok(Measured { seconds, peak_mib })
    } else {
        Err(format!("{status}: {}", std::fs::read_to_string(errors.path())?.trim()).into())
    }
}

fn high_water(status: &str) -> Option<f64> {
    status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Our own program without looking at pixels (`cargo bench --bench pixels` is about those); warnings and even error findings are a finished run.
pub fn build(case: &Path, out: &Path) -> Result<Measured, Failure> {
    if out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_appealpack"));
    watch(command.arg("build").arg(case).arg("--out").arg(out).args(["--no-pixel-checks", "--quiet"]), &[0, 3])
}

/// `check` of the same case.
pub fn check(case: &Path) -> Result<Measured, Failure> {
    watch(Command::new(env!("CARGO_BIN_EXE_appealpack")).arg("check").arg(case).args(["--no-pixel-checks", "--quiet"]), &[0, 3])
}

/// `batch` over a folder of cases.
pub fn batch(cases: &Path, out: &Path, more: &[&str]) -> Result<Measured, Failure> {
    if out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    watch(Command::new(env!("CARGO_BIN_EXE_appealpack")).arg("batch").arg(cases).arg("--out").arg(out).arg("--quiet").args(more), &[0, 3])
}

/// The PDFs that it made for the platform.
pub fn books(out: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut books = files_below(out).unwrap_or_default();
    books.retain(|f| f.extension().is_some_and(|e| e == "pdf") && f.parent().is_some_and(|p| p.ends_with("upload")));
    if books.is_empty() { Err(format!("no book below {}", out.display()).into()) } else { Ok(books) }
}

/// All files, in order of their names.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            found.push(entry.into_path());
        }
    }
    Ok(found)
}
