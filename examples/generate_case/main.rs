//! `cargo run --release --example generate_case -- --orders 24 --screens 3 --screen-kb 60 --seed 7 [--flaws|--shuffle] [--scenario live|promotion] OUT`

#[path = "mod.rs"]
mod generate_case;

use generate_case::{Format, Options, Scenario, generate};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str =
    "usage: generate_case [--orders N] [--screens N] [--screen-kb N] [--seed N] [--flaws|--shuffle] [--scenario live|promotion] [--format jpeg|png|rgba] OUT
makes a case folder in OUT, which must be empty or not there; with --flaws also OUT.expected.json, the findings that were planted;
with --shuffle a heap of files whose names say little, and OUT.truth.json, the orders that each belongs to";

fn read(mut args: impl Iterator<Item = String>) -> Result<(Options, PathBuf), String> {
    let mut options = Options { orders: 24, screens: 3, screen_kb: 60, seed: 7, flaws: false, shuffle: false, scenario: Scenario::Live, format: None };
    let mut out = None;
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        let number = |text: String| text.parse::<usize>().map_err(|_| format!("not a number: {text}"));
        match arg.as_str() {
            "--orders" => options.orders = number(value()?)?,
            "--screens" => options.screens = number(value()?)?,
            "--screen-kb" => options.screen_kb = number(value()?)?,
            "--seed" => options.seed = number(value()?)? as u64,
            "--flaws" => options.flaws = true,
            "--shuffle" => options.shuffle = true,
            "--scenario" => {
                options.scenario = match value()?.as_str() {
                    "live" => Scenario::Live,
                    "promotion" => Scenario::Promotion,
                    other => return Err(format!("no such scenario: {other}")),
                }
            }
            "--format" => {
                options.format = match value()?.as_str() {
                    "jpeg" => Some(Format::Jpeg),
                    "png" => Some(Format::Png),
                    "rgba" => Some(Format::Rgba),
                    other => return Err(format!("no such format: {other}")),
                }
            }
            other if other.starts_with("--") => return Err(format!("no such option: {other}")),
            other => out = Some(PathBuf::from(other)),
        }
    }
    let out = out.ok_or("where to? OUT is missing")?;
    if out.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!("{} is not empty", out.display()));
    }
    Ok((options, out))
}

#[expect(clippy::print_stderr, reason = "a program says why it stops")]
fn main() -> ExitCode {
    let done = read(std::env::args().skip(1)).and_then(|(options, out)| generate(&options, &out).map_err(|e| e.to_string()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}
