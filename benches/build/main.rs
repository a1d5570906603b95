//! Speed and memory of `appealpack build`, measured in the same run against the tools that one would string together instead. A report, never a test.
//!
//! `cargo bench --bench build` · smaller: `cargo bench --bench build -- --orders 40 --formats jpeg --runs 1`

#[expect(dead_code, reason = "the bench needs one of the generator's stories")]
#[path = "../../examples/generate_case/mod.rs"]
mod generate_case;
mod rivals;
mod run;

use generate_case::{Format, Options, Scenario, generate};
use run::{Failure, Measured, files_below};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

struct Plan {
    orders: usize,
    screens: usize,
    screen_kb: usize,
    runs: usize,
    /// Small cases of the batch.
    batch: usize,
    formats: Vec<(&'static str, Format)>,
}

const FORMATS: [(&str, Format); 3] = [("jpeg", Format::Jpeg), ("png", Format::Png), ("rgba", Format::Rgba)];

fn plan(mut args: impl Iterator<Item = String>) -> Result<Plan, Failure> {
    let mut plan = Plan { orders: 200, screens: 3, screen_kb: 300, runs: 3, batch: 100, formats: FORMATS.to_vec() };
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            // cargo adds it
            "--bench" => {}
            "--orders" => plan.orders = value()?.parse()?,
            "--screens" => plan.screens = value()?.parse()?,
            "--screen-kb" => plan.screen_kb = value()?.parse()?,
            "--runs" => plan.runs = value()?.parse::<usize>()?.max(1),
            "--batch" => plan.batch = value()?.parse()?,
            "--formats" => {
                let wanted = value()?;
                plan.formats.retain(|(name, _)| wanted.split(',').any(|w| w == *name));
            }
            other => return Err(format!("no such option: {other}").into()),
        }
    }
    Ok(plan)
}

fn make(plan: &Plan, orders: usize, format: Format, folder: &Path) -> Result<PathBuf, Failure> {
    let case = folder.join(format!("case-{orders}"));
    let options = Options {
        orders,
        screens: plan.screens,
        screen_kb: plan.screen_kb,
        seed: 7,
        flaws: false,
        shuffle: false,
        scenario: Scenario::Live,
        format: Some(format),
    };
    generate(&options, &case)?;
    Ok(case)
}

/// The quickest of the runs, so that other work on the machine counts least. What takes long is not repeated: it is not close.
fn best(runs: usize, mut once: impl FnMut() -> Result<Measured, Failure>) -> Result<Measured, Failure> {
    let mut best = once()?;
    for _ in 1..runs {
        if best.seconds > 15.0 {
            break;
        }
        let next = once()?;
        best = Measured { seconds: best.seconds.min(next.seconds), peak_mib: best.peak_mib.zip(next.peak_mib).map(|(a, b)| a.max(b)) };
    }
    Ok(best)
}

#[expect(clippy::print_stdout, reason = "a bench reports")]
fn say(line: &str) {
    println!("{line}");
}

fn peak(m: &Measured) -> String {
    m.peak_mib.map_or("memory not measured on this system".into(), |mib| format!("{mib:.0} MiB at most"))
}

fn rival(name: &str, hold: &str, ours: &Measured, theirs: Result<Measured, Failure>) {
    match theirs {
        Ok(theirs) => say(&format!("  {name:<34}{:>8.2} s   build takes {:.2} of it (to hold: {hold})", theirs.seconds, ours.seconds / theirs.seconds)),
        Err(why) => say(&format!("  {name:<34} skipped: {}", why.to_string().lines().last().unwrap_or_default())),
    }
}

fn report(plan: &Plan) -> Result<(), Failure> {
    for &(name, format) in &plan.formats {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let case = make(plan, plan.orders, format, folder.path())?;
        let originals = files_below(&case)?;
        let bytes: u64 = originals.iter().map(|f| f.metadata().map_or(0, |m| m.len())).sum();
        say(&format!("\n{name}: {} orders, {} screenshots, {} MB of originals", plan.orders, plan.orders * plan.screens, bytes / 1_000_000));
        let out = folder.path().join("out");
        let ours = best(plan.runs, || run::build(&case, &out))?;
        let books = run::books(&out)?;
        say(&format!("  {:<34}{:>8.2} s   {} (to hold: 256 MiB)", "appealpack build", ours.seconds, peak(&ours)));

        let pictures: Vec<PathBuf> = originals.iter().filter(|f| f.extension().is_some_and(|e| e == "jpg" || e == "png")).cloned().collect();
        let spare = folder.path().join("rivals");
        std::fs::create_dir_all(&spare)?;
        rival("img2pdf, then zip -0", "0.6", &ours, best(plan.runs, || rivals::img2pdf_and_zip(&case, &pictures, &spare)));
        rival("typst compile of an equal book", "0.2", &ours, best(1, || rivals::typst(&case, &pictures, &spare)));
        let mut all = originals.clone();
        all.extend(books);
        rival("hash on all cores and copy once", "2", &ours, best(plan.runs, || rivals::hash_and_copy(&all, &spare)));

        let checked = best(plan.runs, || run::check(&case))?;
        say(&format!(
            "  {:<34}{:>8.2} s   {:.2} of build (to hold: 0.5), {}",
            "appealpack check",
            checked.seconds,
            checked.seconds / ours.seconds,
            peak(&checked)
        ));

        let small = make(plan, plan.orders.div_ceil(10), format, folder.path())?;
        let tenth = best(plan.runs, || run::build(&small, &folder.path().join("out-small")))?;
        let memory = ours.peak_mib.zip(tenth.peak_mib).map_or(String::new(), |(a, b)| format!(", memory {:.2} (to hold: 1.2)", a / b));
        say(&format!("  growth from {} to {} orders: time {:.1} (to hold: 11){memory}", plan.orders.div_ceil(10), plan.orders, ours.seconds / tenth.seconds));
    }
    batch(plan)?;
    say("\nagain: cargo bench --bench build -- [--orders N] [--screens N] [--screen-kb N] [--runs N] [--formats jpeg,png,rgba] [--batch CASES]");
    Ok(())
}

/// Many small cases, one at a time and as many at a time as there are cores.
fn batch(plan: &Plan) -> Result<(), Failure> {
    if plan.batch == 0 {
        return Ok(());
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let cases = folder.path().join("cases");
    for n in 0..plan.batch {
        let seed = n as u64 + 1;
        let options =
            Options { orders: 3, screens: 1, screen_kb: 40, seed, flaws: false, shuffle: false, scenario: Scenario::Live, format: Some(Format::Jpeg) };
        let case = cases.join(format!("case-{n:03}"));
        generate(&options, &case)?;
        // every generated notice has the same number
        let settings = std::fs::read_to_string(case.join("case.toml"))?;
        std::fs::write(case.join("case.toml"), settings.replacen("[case]\n", &format!("[case]\nid = \"case-{n:03}\"\n"), 1))?;
    }
    let out = folder.path().join("out");
    // with all threads, one case after the other uses every core within a case already: told beside it, not held
    let cores = std::thread::available_parallelism().map_or(2, usize::from).to_string();
    let one = best(plan.runs, || run::batch(&cases, &out, &["--jobs", "1"]))?;
    let within = best(plan.runs, || run::batch(&cases, &out, &["--jobs", "1", "--threads", &cores]))?;
    let all = best(plan.runs, || run::batch(&cases, &out, &[]))?;
    say(&format!("\nbatch: {} cases of 3 orders", plan.batch));
    for (name, hold, other) in [("--jobs 1", " (to hold on 2 cores: 1.8)", &one), ("--jobs 1 on all cores", "", &within)] {
        say(&format!("  {name} {:.2} s, without {:.2} s: {:.2} times as fast{hold}", other.seconds, all.seconds, other.seconds / all.seconds));
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a program says why it stops")]
fn main() -> ExitCode {
    match plan(std::env::args().skip(1)).and_then(|plan| report(&plan)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
