//! What the reports inside the library share: where they run, how a time is taken, how a line is said.

use appealpack::context::{Context, PixelChecks, Quiet};
use appealpack::model::Lang;
use appealpack::profile::Profile;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A day in 2026, English, the built-in data, so many threads; 0 for all cores.
pub fn context(threads: usize, pixels: PixelChecks) -> Result<Context, Failure> {
    Ok(Context {
        results: None,
        wall: "2026-04-10T09:00:00+08:00".parse()?,
        fixed_now: None,
        lang: Lang::En,
        strict: false,
        pool: Arc::new(rayon::ThreadPoolBuilder::new().num_threads(threads).build()?),
        progress: Arc::new(Quiet),
        cancel: Arc::new(AtomicBool::new(false)),
        profile: Arc::new(Profile::built_in()),
        system_fonts: false,
        printed_to: Vec::new(),
        pixels,
    })
}

/// The least of what the runs say, in seconds.
pub fn quickest(runs: usize, once: impl FnMut() -> Result<f64, Failure>) -> Result<f64, Failure> {
    let times: Result<Vec<f64>, Failure> = std::iter::repeat_with(once).take(runs.max(1)).collect();
    Ok(times?.into_iter().fold(f64::MAX, f64::min))
}

/// The time of the quickest of the runs, in seconds.
pub fn best(runs: usize, mut once: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    quickest(runs, || {
        let start = Instant::now();
        once()?;
        Ok(start.elapsed().as_secs_f64())
    })
}

#[expect(clippy::print_stdout, reason = "a bench reports")]
pub fn say(line: &str) {
    println!("{line}");
}
