//! Killed at any moment, the output folder holds the old result or the new one, whole.

use crate::support::{Work, appealpack, exits, stdout, tree};
use std::fs;
use std::time::{Duration, Instant};

fn result(work: &Work) -> Vec<(String, Vec<u8>)> {
    tree(&work.result())
}

/// Puts files in the place of the result.
fn put(work: &Work, files: &[(String, Vec<u8>)]) {
    fs::remove_dir_all(work.result()).expect("the result goes");
    for (name, bytes) in files {
        let path = work.result().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folder");
        fs::write(path, bytes).expect("file");
    }
}

#[test]
fn a_kill_leaves_the_old_or_the_new_result() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let old = result(&work);
    // another remark changes the book: the new result differs from the old one
    let toml = work.case().join("case.toml");
    let text = fs::read_to_string(&toml).expect("case.toml");
    fs::write(&toml, text.replace("示例厨具店", "示例厨具二店")).expect("case.toml");
    let begun = Instant::now();
    let reference = Work::new();
    fs::copy(&toml, reference.case().join("case.toml")).expect("copy");
    exits(&reference.build(&[]), 0);
    let whole = begun.elapsed();
    let new = result(&reference);
    assert!(old != new, "the change shows");

    const KILLS: u32 = 25;
    let (mut olds, mut news) = (0, 0);
    for i in 0..=3 * KILLS {
        // where the machine is slower than it was, later kills show the new result
        if i > KILLS && news > 0 {
            break;
        }
        let mut child = appealpack()
            .arg("build")
            .arg(work.case())
            .arg("--out")
            .arg(work.out())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("starts");
        std::thread::sleep(whole.mul_f64(f64::from(i) / f64::from(KILLS) * 1.1) + Duration::from_millis(1));
        let _ = child.kill();
        let _ = child.wait();
        // two renames leave the place empty for a moment; the next run finishes them
        if !cfg!(target_os = "linux") && !work.result().exists() {
            continue;
        }
        let now = result(&work);
        if now == old {
            olds += 1;
        } else if now == new {
            news += 1;
            // else all later kills could find nothing but the new one
            put(&work, &old);
        } else {
            let names = |l: &[(String, Vec<u8>)]| l.iter().map(|(n, b)| format!("{n} {}", b.len())).collect::<Vec<_>>();
            let unlike = |l: &[(String, Vec<u8>)]| names(&now.iter().filter(|file| !l.contains(file)).cloned().collect::<Vec<_>>());
            panic!("kill {i}: neither old nor new: {:#?}, not in the old {:?}, not in the new {:?}", names(&now), unlike(&old), unlike(&new));
        }
    }
    assert!(olds > 0 && news > 0, "some kills came before the swap and some behind it ({olds} old, {news} new)");
    assert!(result(&work) == old, "the last run is not done yet");
    exits(&work.build(&[]), 0);
    assert!(result(&work) == new, "the next run finishes");
    let leftovers: Vec<String> = fs::read_dir(work.out())
        .expect("out")
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|n| n.starts_with(".appealpack-") && n != ".appealpack-out" && n != ".appealpack-pixels")
        .collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
    let kept = fs::read_dir(work.out().join(".appealpack-pixels")).expect("what was seen on pictures").count();
    assert_eq!(kept, 1, "one file a case; what a killed run wrote aside is gone");
}

#[test]
fn what_the_seller_put_there_stays() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    fs::write(work.result().join("upload/我的备注.txt"), "别删").expect("write");
    exits(&work.build(&[]), 0);
    assert_eq!(fs::read_to_string(work.result().join("upload/我的备注.txt")).expect("kept"), "别删");
}

#[test]
fn check_out_keeps_an_earlier_book() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let book = tree(&work.result().join("upload"));
    let output = appealpack().arg("check").arg(work.case()).arg("--out").arg(work.out()).output().expect("starts");
    exits(&output, 0);
    assert_eq!(tree(&work.result().join("upload")), book, "{}", stdout(&output));
    assert!(work.result().join("private/findings.html").is_file());
}
