//! Printing: results on stdout, messages on stderr. A closed pipe ends quietly.

use super::exit::Exit;
use super::settings::Terminal;
use crate::error::{Error, Result};
use crate::finding::Severity;
use crate::model::Lang;
use crate::profile::lang::words;
use crate::report::screen::Line;
use std::io::{ErrorKind, Write as _};

/// Bytes to stdout.
pub fn raw(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(Error::new(format!("写入标准输出失败：{e}"), format!("could not write to stdout: {e}"))),
        _ => Ok(()),
    }
}

/// A line to stdout.
pub fn line(text: &str) -> Result<()> {
    raw(format!("{text}\n").as_bytes())
}

/// Lines of the first screen, coloured by severity.
pub fn screen(lines: &[Line], terminal: &Terminal) -> Result<()> {
    let mut text = String::new();
    for line in lines {
        let code = match line.severity.filter(|_| terminal.color) {
            Some(Severity::Error) => "31",
            Some(Severity::Warning) => "33",
            Some(Severity::Note) => "36",
            Some(Severity::Ok) => "32",
            None => "",
        };
        if code.is_empty() {
            text.push_str(&line.text);
        } else {
            text.push_str(&format!("\u{1b}[{code}m{}\u{1b}[0m", line.text));
        }
        text.push('\n');
    }
    raw(text.as_bytes())
}

/// A line to stderr. Where it cannot be written (a closed pipe, a full disk) nobody is there to be told, and the run goes on.
fn to_stderr(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A status line on stderr, unless quiet.
pub fn status(text: &str, terminal: &Terminal) {
    if !terminal.quiet {
        to_stderr(text);
    }
}

/// An error with its next step on stderr.
pub fn error(e: &Error, lang: Lang) -> Exit {
    let w = words(lang);
    to_stderr(&format!("{} {}", w.get("cli.error"), e.message(lang)));
    if !e.next_step(lang).is_empty() {
        to_stderr(&format!("{} {}", w.get("cli.hint"), e.next_step(lang)));
    }
    if e.usage { Exit::Usage } else { Exit::Failed }
}

/// What clap has to say: help and version on stdout, wrong usage on stderr in the user's language.
pub fn usage(e: &clap::Error, lang: Lang) -> Exit {
    if e.use_stderr() {
        to_stderr(&super::usage::message(e, words(lang)));
        return Exit::Usage;
    }
    match raw(e.to_string().as_bytes()) {
        Ok(()) => Exit::Done,
        Err(e) => error(&e, lang),
    }
}
