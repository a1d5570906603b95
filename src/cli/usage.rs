//! Wrong usage in the user's language: clap tells what is wrong as data, its own sentences are English.

use crate::profile::lang::Words;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What is wrong, what was perhaps meant, how the command is written, and where help is.
pub(super) fn message(error: &clap::Error, words: &Words) -> String {
    let text = |kind: ContextKind| error.get(kind).map(|value| shown(value, words)).filter(|text| !text.is_empty());
    let arg = text(ContextKind::InvalidArg).or_else(|| text(ContextKind::InvalidSubcommand)).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    let with = text(ContextKind::PriorArg).unwrap_or_default();
    let key = match error.kind() {
        ErrorKind::UnknownArgument => "usage.unknown-argument",
        ErrorKind::InvalidSubcommand => "usage.unknown-command",
        ErrorKind::MissingRequiredArgument => "usage.missing-argument",
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "usage.missing-command",
        ErrorKind::InvalidValue if value.is_empty() => "usage.missing-value",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "usage.wrong-value",
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => "usage.missing-value",
        ErrorKind::TooManyValues => "usage.too-many-values",
        ErrorKind::ArgumentConflict if arg == with => "usage.twice",
        ErrorKind::ArgumentConflict => "usage.conflict",
        ErrorKind::InvalidUtf8 => "usage.no-text",
        _ => return format!("{}\n{}", words.get("cli.usage"), error.to_string().trim_end()),
    };
    let mut lines = vec![format!("{}{}", words.get("cli.usage"), words.fill(key, &[("arg", &arg), ("value", &value), ("with", &with)]))];
    // what a value parser of ours has to say is short and needs no translation (`≥ 1`)
    if error.kind() == ErrorKind::ValueValidation
        && let Some(why) = std::error::Error::source(error)
    {
        lines.push(words.fill("usage.why", &[("why", &why.to_string())]));
    }
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue].into_iter().find_map(text);
    if let Some(meant) = meant {
        lines.push(words.fill("usage.meant", &[("meant", &meant)]));
    }
    if let Some(valid) = text(ContextKind::ValidValue).or_else(|| text(ContextKind::ValidSubcommand)) {
        lines.push(words.fill("usage.valid", &[("valid", &valid)]));
    }
    let usage = text(ContextKind::Usage).unwrap_or_default();
    let usage = usage.trim_start_matches("Usage:").trim();
    if !usage.is_empty() {
        lines.push(format!("{} {usage}", words.get("help.heading-usage")));
    }
    lines.push(words.get("usage.help").to_owned());
    lines.join("\n")
}

fn shown(value: &ContextValue, words: &Words) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(all) => all.iter().filter(|v| !v.is_empty()).cloned().collect::<Vec<_>>().join(words.get("list.between")),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(words.get("list.between")),
        _ => String::new(),
    }
}
