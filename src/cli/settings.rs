//! Arguments and environment to one contradiction-free [`Context`]. The only place that asks the clock and the environment.

use super::args::{Color, Global};
use super::progress::Bars;
use crate::context::{Context, PixelChecks, Progress, Quiet};
use crate::error::{Error, Result};
use crate::model::{Lang, Time};
use crate::profile::Profile;
use crate::text::dates;
use same_file::Handle;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Language of the terminal: `--lang`, else LC_ALL, LC_MESSAGES, LANG; where these are unset or `C` Chinese (a shop owner's Windows sets none), for other languages English.
pub fn language(arg: Option<&str>) -> Result<Lang> {
    if let Some(tag) = arg {
        return Lang::from_tag(tag).ok_or_else(|| {
            Error::new(format!("--lang 不认识“{tag}”"), format!("--lang does not know \"{tag}\"")).hint("可用：zh-CN、en", "use zh-CN or en").wrong_usage()
        });
    }
    let own = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| std::env::var(name).ok()).find(|v| !v.is_empty());
    Ok(match own.as_deref() {
        None => Lang::ZhCn,
        Some(v) if v == "C" || v == "POSIX" || v.starts_with("C.") => Lang::ZhCn,
        Some(v) => Lang::from_tag(v).unwrap_or(Lang::En),
    })
}

/// The same surroundings with the pictures looked at or not; what was measured before lies in the output folder, or where one would be made.
pub fn with_pixels(ctx: &Context, skipped: bool, out: &std::path::Path) -> Context {
    let pixels = if skipped { PixelChecks::Off } else { PixelChecks::On { kept_in: Some(out.to_path_buf()) } };
    Context { pixels, ..ctx.clone() }
}

/// What the printing needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Language of texts.
    pub lang: Lang,
    /// Colours on stdout.
    pub color: bool,
    /// No progress, no status lines.
    pub quiet: bool,
    /// `-v` given so many times.
    pub verbose: u8,
}

/// The context and the terminal's manners.
///
/// # Errors
/// `--now` or SOURCE_DATE_EPOCH that is no time; threads that cannot be started.
pub fn resolve(global: &Global, lang: Lang, strict: bool) -> Result<(Context, Terminal)> {
    let Global { lang: _, color, quiet, verbose, now, threads, help: _, version: _ } = global;
    #[expect(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
    let wall = chrono::Utc::now().with_timezone(&dates::china());
    let fixed_now = match (now, std::env::var("SOURCE_DATE_EPOCH").ok()) {
        (Some(text), _) => Some(time(text)?),
        (None, Some(epoch)) if !epoch.is_empty() => {
            Some(time(&epoch).map_err(|e| e.hint("SOURCE_DATE_EPOCH 应为 1970 年以来的秒数", "SOURCE_DATE_EPOCH must be seconds since 1970"))?)
        }
        _ => None,
    };
    let mut builder = rayon::ThreadPoolBuilder::new();
    if let Some(n) = threads {
        builder = builder.num_threads((*n).clamp(1, 256));
    }
    let pool = builder.build().map_err(|e| Error::new(format!("无法启动线程：{e}"), format!("could not start threads: {e}")))?;
    let bars = !*quiet && std::io::stderr().is_terminal();
    let progress: Arc<dyn Progress> = if bars { Arc::new(Bars::new(lang)) } else { Arc::new(Quiet) };
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() && shows_colors(),
    };
    let context = Context {
        wall,
        fixed_now,
        lang,
        strict,
        pool: Arc::new(pool),
        progress,
        cancel: Arc::new(AtomicBool::new(false)),
        profile: Arc::new(Profile::built_in()),
        results: None,
        printed_to: printed_to(),
        system_fonts: false,
        pixels: PixelChecks::On { kept_in: None },
    };
    Ok((context, Terminal { lang, color, quiet: *quiet, verbose: *verbose }))
}

fn time(text: &str) -> Result<Time> {
    if let Ok(seconds) = text.parse::<i64>()
        && let Some(utc) = chrono::DateTime::from_timestamp(seconds, 0)
    {
        return Ok(utc.with_timezone(&dates::china()));
    }
    dates::moment(text, false).map(|m| m.at).ok_or_else(|| {
        Error::new(format!("“{text}”不是时间"), format!("\"{text}\" is no time"))
            .hint("写成 2026-04-10T10:00:00+08:00", "write 2026-04-10T10:00:00+08:00")
            .wrong_usage()
    })
}

/// Does the terminal show colours rather than their codes. The console of Windows does from Windows 10 on, once it is told to; Git Bash and its like are no
/// console, and name themselves in TERM.
fn shows_colors() -> bool {
    let refused = anstyle_query::windows::enable_ansi_colors() == Some(false);
    // where stderr goes elsewhere, the answer is about that
    !refused || !std::io::stderr().is_terminal() || std::env::var_os("TERM").is_some()
}

/// Files that stdout and stderr go into. A terminal or a pipe is none.
fn printed_to() -> Vec<Arc<Handle>> {
    let file = |handle: std::io::Result<Handle>| handle.ok().filter(|h| h.as_file().metadata().is_ok_and(|m| m.is_file()));
    [Handle::stdout(), Handle::stderr()].into_iter().filter_map(file).map(Arc::new).collect()
}
