//! The command line as clap parses it. Help texts are not here but in templates/lang/*/help.toml, see [`super::help`].

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "appealpack", version, disable_help_subcommand = true, disable_help_flag = true, disable_version_flag = true)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub struct Global {
    #[arg(long, global = true, value_name = "zh-CN|en")]
    pub lang: Option<String>,
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, hide_default_value = true, hide_possible_values = true, value_name = "auto|always|never")]
    pub color: Color,
    #[arg(long, short, global = true)]
    pub quiet: bool,
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    #[arg(long, global = true, value_name = "RFC3339")]
    pub now: Option<String>,
    #[arg(long, global = true, value_name = "N", value_parser = at_least_one)]
    pub threads: Option<usize>,
    #[arg(long, short = 'h', global = true, action = clap::ArgAction::Help)]
    pub help: Option<bool>,
    #[arg(long, short = 'V', action = clap::ArgAction::Version)]
    pub version: Option<bool>,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// Form of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Format {
    Text,
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub enum Command {
    Init(InitArgs),
    Check(CheckArgs),
    Build(BuildArgs),
    Batch(BatchArgs),
    Audit(AuditArgs),
    Verify(VerifyArgs),
    Template(TemplateArgs),
    Explain(ExplainArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    Man,
}

#[derive(Debug, Args)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub struct InitArgs {
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    #[arg(long, value_name = "P")]
    pub platform: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub notice: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub struct CheckArgs {
    #[arg(value_name = "CASE")]
    pub case: PathBuf,
    #[arg(long, value_enum, default_value_t = Format::Text, hide_default_value = true, hide_possible_values = true, value_name = "text|json")]
    pub format: Format,
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[arg(long)]
    pub no_pixel_checks: bool,
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, Args)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub struct BuildArgs {
    #[arg(value_name = "CASE")]
    pub case: PathBuf,
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[arg(long, value_name = "NAME|DIR")]
    pub template: Option<String>,
    #[arg(long)]
    pub dry_run: bool,
    #[arg(long)]
    pub no_pixel_checks: bool,
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, Args)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub struct BatchArgs {
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub jobs: Option<usize>,
    #[arg(long, value_name = "BYTES")]
    pub memory: Option<usize>,
    #[arg(long, value_name = "NAME|DIR")]
    pub template: Option<String>,
    #[arg(long)]
    pub no_pixel_checks: bool,
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, Args)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub struct AuditArgs {
    #[arg(value_name = "CASE")]
    pub case: PathBuf,
    #[arg(long, value_enum, default_value_t = Format::Text, hide_default_value = true, hide_possible_values = true, value_name = "text|json")]
    pub format: Format,
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[arg(long)]
    pub no_pixel_checks: bool,
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, Args)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub struct VerifyArgs {
    #[arg(value_name = "ZIP|DIR")]
    pub path: PathBuf,
    #[arg(long, value_enum, default_value_t = Format::Text, hide_default_value = true, hide_possible_values = true, value_name = "text|json")]
    pub format: Format,
    #[arg(long)]
    pub fast: bool,
}

#[derive(Debug, Args)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub struct TemplateArgs {
    #[command(subcommand)]
    pub command: TemplateCommand,
}

#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub enum TemplateCommand {
    List,
    Show {
        #[arg(value_name = "T")]
        template: String,
    },
    Init {
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        #[arg(long, value_name = "T")]
        from: Option<String>,
    },
}

#[derive(Debug, Args)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub struct ExplainArgs {
    #[arg(value_name = "CODE|columns")]
    pub code: Option<String>,
}

#[derive(Debug, Args)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub struct SchemaArgs {
    #[arg(value_name = "case|check|audit|manifest|index|orders|summary")]
    pub what: String,
}

#[derive(Debug, Args)]
#[expect(missing_docs, reason = "described in templates/lang/*/help.toml")]
pub struct CompletionsArgs {
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: clap_complete::Shell,
}

/// A count of workers: with none nothing would be done.
fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse::<usize>().ok().filter(|n| *n > 0).ok_or_else(|| "≥ 1".to_owned())
}
