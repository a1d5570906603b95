//! The command line: the only place that prints, reads the environment and asks the clock.

pub mod args;
mod commands;
pub mod exit;
mod guard;
pub mod help;
mod man;
mod print;
mod progress;
pub mod settings;
mod usage;

use crate::profile::lang::words;
use args::{Cli, Command};
use clap::FromArgMatches as _;
use exit::Exit;
use std::ffi::OsString;

/// Runs the program with these arguments (the first is its name) and returns the exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments = help::as_option(arguments.into_iter().collect());
    let lang = match settings::language(language_argument(&arguments).as_deref()) {
        Ok(lang) => lang,
        Err(e) => return print::error(&e, crate::model::Lang::ZhCn).code(),
    };
    let mut command = help::command(words(lang));
    let parsed = command.try_get_matches_from_mut(&arguments).and_then(|m| Cli::from_arg_matches(&m));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(e) => return print::usage(&e, lang).code(),
    };
    let strict = match &cli.command {
        Command::Check(a) => a.strict,
        Command::Build(a) => a.strict,
        Command::Batch(a) => a.strict,
        Command::Audit(a) => a.strict,
        _ => false,
    };
    let (ctx, terminal) = match settings::resolve(&cli.global, lang, strict) {
        Ok(resolved) => resolved,
        Err(e) => return print::error(&e, lang).code(),
    };
    // a reader's panic on one hostile file is caught where it happens and told as a finding; only what reaches this place ends the run
    let last = guard::quiet_panics();
    let result = guard::caught(&last, || match &cli.command {
        Command::Init(a) => commands::init(a, &ctx, &terminal),
        Command::Check(a) => commands::check(a, &ctx, &terminal),
        Command::Build(a) => commands::build(a, &ctx, &terminal),
        Command::Batch(a) => commands::batch(a, cli.global.threads.is_some(), &ctx, &terminal),
        Command::Audit(a) => commands::audit(a, &ctx, &terminal),
        Command::Verify(a) => commands::verify(a, &ctx, &terminal),
        Command::Template(a) => commands::template(a, &ctx),
        Command::Explain(a) => commands::explain(a, &ctx),
        Command::Schema(a) => commands::schema(a, &ctx),
        Command::Completions(a) => {
            let mut out = Vec::new();
            clap_complete::generate(a.shell, &mut command, "appealpack", &mut out);
            print::raw(&out).map(|()| Exit::Done)
        }
        Command::Man => commands::man(&command),
    });
    match result {
        Ok(exit) => exit.code(),
        Err(e) => print::error(&e, lang).code(),
    }
}

/// `--lang X` or `--lang=X`, looked up before parsing because help is needed in that language.
fn language_argument(arguments: &[OsString]) -> Option<String> {
    let mut rest = arguments.iter().map(|a| a.to_string_lossy());
    while let Some(argument) = rest.next() {
        if argument == "--lang" {
            return rest.next().map(|v| v.into_owned());
        }
        if let Some(value) = argument.strip_prefix("--lang=") {
            return Some(value.to_owned());
        }
        if argument == "--" {
            return None;
        }
    }
    None
}
