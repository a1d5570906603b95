//! The last net: a mistake of ours ends in a sentence with a next step, never in a raw panic on a seller's screen.

use crate::error::{Error, Result};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the latest panic happened, for the message.
pub type Last = Arc<Mutex<Option<String>>>;

/// Replaces the hook that prints panics: those of foreign readers and of single cases in a batch are caught and told in words.
pub fn quiet_panics() -> Last {
    let last = Last::default();
    let seen = Arc::clone(&last);
    panic::set_hook(Box::new(move |info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line()));
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
    last
}

/// Runs a command; a panic becomes an error that names the place in the source for the maintainers.
pub fn caught<R>(last: &Last, work: impl FnOnce() -> Result<R>) -> Result<R> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let place = last.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default();
        Err(Error::new(
            format!("程序内部错误（{place}），没有写出新的结果，旧结果没有改动"),
            format!("an internal error ({place}); no new result was written, the old one is untouched"),
        )
        .hint("把这一行连同 appealpack --version 的输出发给维护者", "send this line and the output of `appealpack --version` to the maintainers"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lang;

    #[test]
    #[expect(clippy::panic, reason = "the panic is what is tested")]
    fn a_panic_becomes_a_sentence_in_both_languages() {
        let last = Last::default();
        *last.lock().unwrap() = Some("src/x.rs:7".to_owned());
        let e = caught::<()>(&last, || panic!("raw text")).unwrap_err();
        for lang in [Lang::ZhCn, Lang::En] {
            assert!(e.message(lang).contains("src/x.rs:7") && !e.message(lang).contains("raw text"), "{}", e.message(lang));
            assert!(!e.next_step(lang).is_empty());
        }
    }
}
