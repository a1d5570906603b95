//! What looking at the pixels of pictures costs, against merely decoding the same pictures on the same threads in the same run. A report, never a test.
//!
//! `cargo bench --bench pixels` · smaller: `cargo bench --bench pixels -- --orders 20 --runs 1`

#[expect(dead_code, reason = "the bench needs one of the generator's stories")]
#[path = "../../examples/generate_case/mod.rs"]
mod generate_case;
#[path = "../report/mod.rs"]
mod report;

use appealpack::context::{Context, PixelChecks};
use appealpack::media::decode::decode;
use appealpack::pipeline;
use generate_case::{Options, Scenario, generate};
use rayon::prelude::*;
use report::{Failure, best, context, say};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// As the program has it, for both sides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Pictures below a folder.
fn pictures(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            pictures(&path, found)?;
        } else if path.extension().is_some_and(|e| e == "png" || e == "jpg") {
            found.push(path);
        }
    }
    Ok(())
}

fn measure(orders: usize, runs: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let (case, out) = (folder.path().join("case"), folder.path().join("out"));
    generate(&Options { orders, screens: 3, screen_kb: 300, seed: 7, flaws: false, shuffle: false, scenario: Scenario::Live, format: None }, &case)?;
    let mut files = Vec::new();
    pictures(&case, &mut files)?;
    let bytes: u64 = files.iter().map(|f| std::fs::metadata(f).map_or(0, |m| m.len())).sum();
    let (off, on) = (context(0, PixelChecks::Off)?, context(0, PixelChecks::On { kept_in: None })?);
    say(&format!("{orders} orders, {} pictures, {:.1} MB, {} threads, best of {runs}", files.len(), bytes as f64 / 1e6, on.pool.current_num_threads()));

    let decoded = best(runs, || {
        let pixels: Result<u64, std::io::Error> = on.pool.install(|| {
            let one = |file: &PathBuf| Ok(decode(&std::fs::read(file)?).map_or(0, |picture| black_box(picture).as_bytes().len() as u64));
            files.par_iter().map(one).sum()
        });
        black_box(pixels?);
        Ok(())
    })?;
    let check = |ctx: &Context| {
        best(runs, || {
            let checked = pipeline::check(&case, ctx)?;
            if let (PixelChecks::On { kept_in: Some(out) }, Some(cache)) = (&ctx.pixels, &checked.pixels) {
                cache.save(out, &case);
            }
            black_box(checked.findings.all().len());
            Ok(())
        })
    };
    let (without, with) = (check(&off)?, check(&on)?);
    let kept = context(0, PixelChecks::On { kept_in: Some(out) })?;
    check(&kept)?;
    let again = check(&kept)?;
    let line = |name: &str, seconds: f64, more: &str| say(&format!("  {name:<52}{seconds:>8.3} s{more}"));
    line("decoding the pictures, nothing else", decoded, "");
    line("check without pixel checks", without, "");
    line("check", with, "");
    line("  of it the pixel checks", with - without, &format!("   {:.2} of decoding (to hold: 1.3)", (with - without) / decoded));
    line("check again, with what the first run kept", again, &format!("   pixel checks {:.2} of decoding", (again - without) / decoded));
    Ok(())
}

fn main() -> ExitCode {
    let (mut orders, mut runs) = (200, 3);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().and_then(|v| v.parse().ok());
        match arg.as_str() {
            "--orders" => orders = value().unwrap_or(orders),
            "--runs" => runs = value().unwrap_or(runs),
            // cargo adds --bench
            _ => {}
        }
    }
    match measure(orders, runs) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&format!("failed: {why}"));
            ExitCode::FAILURE
        }
    }
}
