//! Bars on a terminal's stderr.

use crate::context::Progress;
use crate::model::Lang;
use crate::profile::lang::words;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;
use std::time::Duration;

/// How often a bar shows that the program is alive.
const TICK: Duration = Duration::from_millis(120);

/// One bar that is renamed from stage to stage.
pub struct Bars {
    lang: Lang,
    bar: Mutex<Option<ProgressBar>>,
}

impl Bars {
    /// No bar yet.
    pub fn new(lang: Lang) -> Self {
        Bars { lang, bar: Mutex::new(None) }
    }
}

impl Progress for Bars {
    fn stage(&self, key: &'static str, steps: u64) {
        let Ok(mut slot) = self.bar.lock() else { return };
        if let Some(old) = slot.take() {
            old.finish_and_clear();
        }
        let name = words(self.lang).get(&format!("stage.{key}")).to_owned();
        let bar = if steps == 0 { ProgressBar::new_spinner() } else { ProgressBar::new(steps) };
        let style = if steps == 0 { "{spinner} {msg}" } else { "{msg} [{bar:30}] {pos}/{len}" };
        if let Ok(style) = ProgressStyle::with_template(style) {
            // a console of code page 936 shows blocks and dots as question marks
            bar.set_style(if cfg!(windows) { style.progress_chars("=> ").tick_chars("-\\|/ ") } else { style });
        }
        bar.set_message(name);
        bar.enable_steady_tick(TICK);
        *slot = Some(bar);
    }

    fn step(&self, steps: u64) {
        if let Ok(slot) = self.bar.lock()
            && let Some(bar) = slot.as_ref()
        {
            bar.inc(steps);
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        if let Ok(mut slot) = self.bar.lock()
            && let Some(bar) = slot.take()
        {
            bar.finish_and_clear();
        }
    }
}
