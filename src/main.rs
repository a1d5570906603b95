//! The command line of appealpack.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(appealpack::cli::run(std::env::args_os()))
}
