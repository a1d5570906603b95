//! The terminal's language and colour, as the user's surroundings and options set them.

use crate::support::{Work, appealpack, exits, stderr, stdout};
use std::process::Output;

/// `check` with the variables of a locale and no other.
fn check(work: &Work, locale: &[(&str, &str)], args: &[&str]) -> Output {
    let mut command = appealpack();
    command.env_remove("LANG").envs(locale.iter().copied()).arg("check").arg(work.case()).args(args);
    command.output().expect("starts")
}

#[test]
fn the_language_is_the_users_own_unless_said() {
    let work = Work::new();
    let (zh, en) = ("通知 3 笔", "notice 3");
    for (locale, args, words) in [
        (&[][..], &[][..], zh),
        (&[("LANG", "zh_CN.UTF-8")], &[], zh),
        (&[("LANG", "zh_TW.UTF-8")], &[], zh),
        (&[("LANG", "en_US.UTF-8")], &[], en),
        // whose language is not spoken here reads English
        (&[("LANG", "de_DE.UTF-8")], &[], en),
        // a shop owner's Windows sets none, and programs start others with C
        (&[("LANG", "C")], &[], zh),
        (&[("LANG", "C.UTF-8")], &[], zh),
        (&[("LANG", "POSIX")], &[], zh),
        (&[("LANG", "zh_CN.UTF-8"), ("LC_MESSAGES", "en_US.UTF-8")], &[], en),
        (&[("LC_MESSAGES", "en_US.UTF-8"), ("LC_ALL", "zh_CN.UTF-8")], &[], zh),
        (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")], &[], zh),
        (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "")], &[], en),
        (&[("LC_ALL", "zh_CN.UTF-8")], &["--lang", "en"], en),
        (&[("LC_ALL", "en_US.UTF-8")], &["--lang", "zh-CN"], zh),
    ] {
        let output = check(&work, locale, args);
        exits(&output, 0);
        let said = stdout(&output).to_lowercase();
        assert!(said.contains(words), "{locale:?} {args:?}: {said}");
        assert!(!said.contains(if words == zh { en } else { zh }), "{locale:?} {args:?}: {said}");
    }
    // messages and private/ are in the same language
    let out = work.out().display().to_string();
    let output = check(&work, &[("LANG", "en_US.UTF-8")], &["--out", &out]);
    exits(&output, 0);
    let page = std::fs::read_to_string(work.result().join("private/findings.html")).expect("page");
    assert!(page.contains("<html lang=\"en\">"), "{page}");
    let missing = appealpack().env("LANG", "en_US.UTF-8").args(["check", "nowhere"]).output().expect("starts");
    exits(&missing, 1);
    assert!(stderr(&missing).contains("next:") && !stderr(&missing).contains("下一步"), "{}", stderr(&missing));
}

#[test]
fn findings_are_coloured_when_it_is_asked_for_and_never_in_a_pipe() {
    let work = Work::new();
    std::fs::write(work.case().join("没关系的文件.bin"), [1, 2, 3]).expect("stray");
    let with = |args: &[&str]| stdout(&check(&work, &[], args));
    let coloured = with(&["--color", "always"]);
    let warning = coloured.lines().find(|l| l.contains("[file-unmatched]")).unwrap_or_default();
    assert!(warning.starts_with("\u{1b}[33m") && warning.ends_with("\u{1b}[0m"), "{coloured}");
    let note = coloured.lines().find(|l| l.contains("[not-checkable]")).unwrap_or_default();
    assert!(note.starts_with("\u{1b}[36m"), "{coloured}");
    for args in [&[][..], &["--color", "auto"], &["--color", "never"]] {
        let plain = with(args);
        assert!(!plain.contains('\u{1b}') && plain.contains("[file-unmatched]"), "{args:?}: {plain}");
    }
    // the words are the same
    assert_eq!(coloured.replace("\u{1b}[0m", "").split('\u{1b}').map(|p| p.split_once('m').map_or(p, |(_, rest)| rest)).collect::<String>(), with(&[]));
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs script (bsdutils): a terminal"]
fn a_terminal_gets_colours_unless_no_color_is_set() {
    let work = Work::new();
    std::fs::write(work.case().join("没关系的文件.bin"), [1, 2, 3]).expect("stray");
    let within = |no_color: bool, color: &str| {
        let mut command = std::process::Command::new("script");
        let run = format!("'{}' check '{}' {color}", env!("CARGO_BIN_EXE_appealpack"), work.case().display());
        command.args(["-qec", &run, "/dev/null"]).env_remove("NO_COLOR");
        stdout(&command.envs(no_color.then_some(("NO_COLOR", "1"))).output().expect("script starts"))
    };
    for (no_color, color, coloured) in [(false, "", true), (true, "", false), (false, "--color never", false), (true, "--color always", true)] {
        let said = within(no_color, color);
        assert!(said.contains("file-unmatched"), "{said}");
        assert_eq!(said.contains("\u{1b}[33m"), coloured, "NO_COLOR: {no_color}, {color}: {said}");
    }
}
