//! The command line: the only place that prints, reads the environment and asks the clock.

pub mod args;
pub mod exit;
pub mod help;
mod progress;
pub mod settings;
