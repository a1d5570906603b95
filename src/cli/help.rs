//! Puts the words of a language on the clap command: about, arguments, headings. clap's own strings are English; the template replaces them.

use crate::profile::lang::Words;
use clap::{Command, CommandFactory as _};
use std::ffi::OsString;

/// The command with its help in `words`' language.
pub fn command(words: &'static Words) -> Command {
    localise(super::args::Cli::command(), words, "")
}

/// `help [COMMAND…]` as the `--help` it means: clap's own help command would speak English.
pub fn as_option(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    while let Some(argument) = arguments.get(at).map(|a| a.to_string_lossy().into_owned()) {
        match argument.as_str() {
            "help" => {
                arguments.remove(at);
                arguments.push("--help".into());
                break;
            }
            // options that come with a value
            "--lang" | "--color" | "--now" | "--threads" => at += 2,
            option if option.starts_with('-') => at += 1,
            _ => break,
        }
    }
    arguments
}

/// How a command is called: clap's own line with the language's word for options.
fn usage_line(command: &Command, words: &'static Words, path: &str) -> String {
    const OPTIONS: &str = "[OPTIONS]";
    let name = format!("{} {}", super::args::Cli::command().get_name(), path.replace('.', " "));
    let name = name.trim_end();
    let line = command.clone().bin_name(name.to_owned()).render_usage().to_string();
    let line = line.trim_start_matches("Usage:").trim();
    // a command without options of its own still takes the general ones
    let whole = if line.contains(OPTIONS) { line.to_owned() } else { line.replacen(name, &format!("{name} {OPTIONS}"), 1) };
    whole.replace(OPTIONS, words.get("help.value-options"))
}

fn localise(mut command: Command, words: &'static Words, path: &str) -> Command {
    let key = |name: &str| if path.is_empty() { format!("help.{name}") } else { format!("help.{path}.{name}") };
    if let Some(about) = words.find(&key("about")) {
        command = command.about(about);
    }
    if let Some(long) = words.find(&key("long")) {
        command = command.long_about(long);
    }
    if let Some(after) = words.find(&key("after")) {
        command = command.after_help(after);
    }
    let usage = words.get("help.heading-usage");
    command = command
        .help_template(format!("{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}\n"))
        .subcommand_help_heading(words.get("help.heading-commands").to_owned())
        .subcommand_value_name(words.get("help.value-command").to_owned());
    let called = usage_line(&command, words, path);
    command = command.override_usage(called);
    let ids: Vec<(String, bool)> = command.get_arguments().map(|a| (a.get_id().to_string(), a.is_positional())).collect();
    for (id, positional) in ids {
        let own = words.find(&key(&format!("arg.{id}")));
        let text = own.or_else(|| words.find(&format!("help.global.{id}")));
        let heading = match (positional, own) {
            (true, _) => "help.heading-arguments",
            (false, Some(_)) => "help.heading-options",
            (false, None) => "help.heading-general",
        };
        let heading = words.get(heading);
        command = command.mut_arg(&id, |arg| {
            let arg = arg.help_heading(heading);
            match text {
                Some(text) => arg.help(text),
                None => arg,
            }
        });
    }
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        command = command.mut_subcommand(&name, |c| localise(c, words, &below));
    }
    command
}
