//! The command line of appealpack.

use std::process::ExitCode;

/// What one thread frees the next one uses, and long runs of small blocks (glyphs, cells) cost less.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(appealpack::cli::run(std::env::args_os()))
}
