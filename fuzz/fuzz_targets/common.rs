//! What the targets share: surroundings without a clock, a pool of one thread, the built-in data.

use appealpack::context::{Context, PixelChecks};
use appealpack::intake::Recogniser;
use appealpack::model::Lang;
use appealpack::model::settings::CaseSettings;
use appealpack::profile::Profile;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

/// The surroundings.
pub static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context {
    wall: "2026-04-10T09:00:00+08:00".parse().expect("a time"),
    fixed_now: None,
    lang: Lang::ZhCn,
    strict: false,
    pool: Arc::new(rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool")),
    progress: Arc::new(appealpack::context::Quiet),
    cancel: Arc::new(AtomicBool::new(false)),
    profile: Arc::new(Profile::built_in()),
    system_fonts: false,
    printed_to: Vec::new(),
    pixels: PixelChecks::Off,
    results: None,
});

static SETTINGS: LazyLock<CaseSettings> = LazyLock::new(CaseSettings::default);

/// Reads bytes as intake does.
#[allow(dead_code, reason = "not every target recognises")]
pub static RECOGNISER: LazyLock<Recogniser<'static>> = LazyLock::new(|| Recogniser::new(&SETTINGS, &CONTEXT).expect("the built-in data"));

/// Does the work as intake does: a reader of a foreign format that panics loses its one file, which the run tells ("file-unreadable"), and is no crash here.
/// A panic of our own, or of std called by us, still is one.
#[allow(dead_code, reason = "not every target recognises")]
pub fn guarded(work: impl FnOnce()) {
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let abort = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let foreign = |file: &str| Path::new(file).components().any(|part| part.as_os_str() == "registry");
            if !panic.location().is_some_and(|l| foreign(l.file())) {
                abort(panic);
            }
        }));
    });
    let _ = catch_unwind(AssertUnwindSafe(work));
}
