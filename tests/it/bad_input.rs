//! What goes wrong on real machines: each gives a message with file and next step, the right exit status, and nothing is lost.

use crate::support::{ORDERS, Work, appealpack, codes, exits, stderr, stdout, tree};
use std::fs;
use std::io::Write as _;

/// Paths in a check result with their status.
fn statuses(check: &serde_json::Value) -> Vec<(String, String)> {
    check["files"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|f| (f["path"].as_str().unwrap_or("").to_owned(), f["status"].as_str().unwrap_or("").to_owned()))
        .collect()
}

#[test]
fn no_notice_writes_only_private() {
    let work = Work::new();
    fs::remove_file(work.case().join("通知.txt")).expect("remove");
    let output = work.build(&[]);
    exits(&output, 3);
    assert!(stdout(&output).contains("notice-missing"), "{}", stdout(&output));
    let made: Vec<_> =
        walkdir::WalkDir::new(work.out()).into_iter().flatten().filter(|e| e.file_type().is_file()).map(|e| e.path().display().to_string()).collect();
    assert!(made.iter().any(|p| p.contains("private")), "{made:?}");
    assert!(!made.iter().any(|p| p.contains("upload") || p.contains("bundle")), "{made:?}");
}

#[test]
fn a_notice_without_orders() {
    let work = Work::new();
    fs::write(work.case().join("通知.txt"), "淘宝网违规通知\n违规编号：WG2026040900000001\n违规类型：虚假交易\n").expect("notice");
    let output = work.build(&[]);
    exits(&output, 3);
    let said = stdout(&output);
    assert!(said.contains("notice-without-orders") && said.contains("补全通知里的订单"), "{said}");
    assert!(!said.contains("把平台的通知") && !said.contains("提交申诉"), "the notice is there, and nothing can be submitted: {said}");
}

#[test]
fn an_empty_folder() {
    let work = Work::empty();
    let output = work.build(&[]);
    exits(&output, 3);
    let said = stdout(&output);
    assert!(said.contains("notice-missing") && said.contains("没有可读的文件（0 个）") && said.contains("文件夹写得对不对"), "{said}");
}

#[test]
fn a_folder_that_is_not_there() {
    let output = crate::support::run(&["check", "没有这个文件夹"]);
    exits(&output, 1);
    assert!(stderr(&output).contains("没有这个文件夹") && stderr(&output).contains("下一步"), "{}", stderr(&output));
}

#[test]
fn broken_and_empty_files_are_named_and_kept() {
    let work = Work::new();
    let picture = fs::read(work.case().join("底单/SF1390012345671.jpg")).expect("picture");
    fs::write(work.case().join(format!("底单/断_{}.jpg", ORDERS[0])), &picture[..picture.len() / 2]).expect("truncated");
    fs::write(work.case().join("空.txt"), "").expect("empty");
    let check = work.check();
    let found = codes(&check);
    assert!(found.contains(&"picture-broken".to_owned()) && found.contains(&"file-unreadable".to_owned()), "{found:?}");
    let broken = check["findings"].as_array().expect("findings").iter().find(|f| f["code"] == "picture-broken").expect("finding");
    assert_eq!(broken["file"], format!("底单/断_{}.jpg", ORDERS[0]));
    assert!(broken["hint"].as_str().is_some_and(|h| !h.is_empty()));
    assert!(statuses(&check).iter().any(|(p, s)| p == "空.txt" && s == "unreadable"));
    exits(&work.build(&[]), 3);
}

#[test]
fn pictures_of_one_pixels_width_or_height_are_looked_at() {
    let work = Work::new();
    // as saved pages bring them along: dividers and counters
    let lines = [(1, 900, "png"), (900, 1, "jpg"), (1, 1, "gif"), (1, 300, "gif")];
    for ((width, height, ending), order) in lines.iter().zip(ORDERS.iter().cycle()) {
        image::RgbImage::new(*width, *height).save(work.case().join(format!("底单/线{width}_{order}.{ending}"))).expect("picture");
    }
    let check = work.check();
    let known = statuses(&check);
    assert_eq!(known.iter().filter(|(path, status)| path.starts_with("底单/线") && status == "matched").count(), lines.len(), "{known:?}");
    assert!(codes(&check).contains(&"picture-too-small".to_owned()), "{:?}", codes(&check));
    exits(&work.build(&[]), 0);
}

#[test]
fn a_huge_line_does_not_eat_the_machine() {
    let work = Work::new();
    let path = work.case().join("巨大.csv");
    let file = fs::File::create(&path).expect("create");
    // two gigabytes of one line, sparse: zeros cost no disk
    file.set_len(2 << 30).expect("sparse");
    drop(file);
    let check = work.check();
    let status = statuses(&check).into_iter().find(|(p, _)| p == "巨大.csv").expect("accounted for").1;
    assert!(["unmatched", "unreadable"].contains(&status.as_str()), "{status}");
    let long = work.case().join("长行.csv");
    let mut file = fs::File::create(&long).expect("create");
    file.write_all("订单编号,物流单号,".as_bytes()).expect("write");
    let chunk = vec![b'x'; 1 << 20];
    for _ in 0..300 {
        file.write_all(&chunk).expect("write");
    }
    drop(file);
    let found = codes(&work.check());
    assert!(found.contains(&"limit-reached".to_owned()), "{found:?}");
}

// macOS refuses names that are no UTF-8
#[cfg(target_os = "linux")]
#[test]
fn hostile_names_and_links_are_accounted_for() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let work = Work::new();
    let case = work.case();
    let long = format!("{}.txt", "名".repeat(83));
    for name in [
        OsStr::new("new\nline.txt"),
        OsStr::new("bell\u{7}.txt"),
        OsStr::from_bytes(b"not-utf8-\xff\xfe.txt"),
        OsStr::new(&long),
        OsStr::new("..dots...txt"),
        OsStr::new("rtl\u{202e}gpj.txt"),
    ] {
        fs::write(case.join(name), "备注").expect("hostile name");
    }
    std::os::unix::fs::symlink(&case, case.join("loop")).expect("link");
    std::os::unix::fs::symlink("/etc/passwd", case.join("outside.txt")).expect("link");
    let check = work.check();
    let statuses = statuses(&check);
    let on_disk = walkdir::WalkDir::new(&case).into_iter().flatten().filter(|e| !e.file_type().is_dir()).count();
    assert_eq!(statuses.len(), on_disk, "{statuses:#?}");
    for link in ["loop", "outside.txt"] {
        assert!(statuses.iter().any(|(p, s)| p == link && s == "ignored"), "{link}");
    }
    let output = work.build(&[]);
    exits(&output, 0);
    assert!(!stdout(&output).contains('\u{7}') && !stdout(&output).contains('\u{202e}'), "no control character reaches the terminal");
    let bag = crate::support::unzip(&work.result().join(format!("bundle/{}.zip", crate::support::CASE_ID)));
    assert!(!bag.iter().any(|(n, b)| n.contains("passwd") || b.starts_with(b"root:")), "what a link points to never enters the bag");
}

#[cfg(unix)]
#[test]
fn a_folder_without_rights_is_said() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    let work = Work::new();
    let closed = work.case().join("锁住");
    fs::create_dir_all(&closed).expect("folder");
    fs::write(closed.join("x.txt"), "x").expect("file");
    let mode = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("mode");
    mode(&closed, 0o000);
    let mut command = appealpack();
    if fs::read_dir(&closed).is_ok() {
        // root reads everything, so another user looks; the program lies where that user may come
        let program = work.root().join("appealpack");
        fs::copy(env!("CARGO_BIN_EXE_appealpack"), &program).expect("copied");
        mode(work.root(), 0o755);
        command = std::process::Command::new(program);
        command.env_clear().env("LANG", "zh_CN.UTF-8").current_dir("/").uid(65_534).gid(65_534);
    }
    let output = command.arg("check").arg(work.case()).args(["--format", "json"]).output().expect("the binary starts");
    mode(&closed, 0o755);
    exits(&output, 3);
    let check: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let told = check["findings"].as_array().into_iter().flatten().find(|f| f["code"] == "file-unreadable").expect("it is told");
    assert!(told["file"] == "锁住/" && told["hint"].as_str().is_some_and(|h| !h.is_empty()), "{told}");
    assert!(statuses(&check).contains(&("锁住/".to_owned(), "unreadable".to_owned())), "{check:#}");
    assert_eq!(check["counts"]["complete"], 3, "the rest goes on");
}

#[test]
fn output_inside_the_case() {
    let work = Work::new();
    for _ in 0..2 {
        let output = appealpack().current_dir(work.case()).args(["build", "."]).output().expect("starts");
        exits(&output, 0);
    }
    let check = work.check();
    assert!(!statuses(&check).iter().any(|(p, s)| p.starts_with("appeal-out/") && s != "ignored"), "own output is no evidence");
    assert!(statuses(&check).iter().any(|(p, s)| p.starts_with("appeal-out") && s == "ignored"), "and is said");
}

#[test]
fn case_toml_mistakes_name_line_and_remedy() {
    let work = Work::new();
    let toml = work.case().join("case.toml");
    let check = |bytes: &[u8]| {
        fs::write(&toml, bytes).expect("case.toml");
        appealpack().arg("check").arg(work.case()).output().expect("starts")
    };
    let typo = check("[case]\nplatfrom = \"taobao\"\n".as_bytes());
    exits(&typo, 1);
    assert!(stderr(&typo).contains("case.toml") && stderr(&typo).contains('2') && stderr(&typo).contains("platform"), "{}", stderr(&typo));
    let slash = check("[case]\nplatform = \"taobao\"\n[[ignore]]\nfile = \"聊天\\旧\\a.png\"\nwhy = \"x\"\n".as_bytes());
    exits(&slash, 1);
    assert!(stderr(&slash).contains("file = \"聊天/旧/a.png\""), "{}", stderr(&slash));
    let quotes = check("[case]\nplatform = “taobao”\n".as_bytes());
    exits(&quotes, 1);
    assert!(stderr(&quotes).contains("platform = \"taobao\""), "{}", stderr(&quotes));
    let good = "[case]\nplatform = \"taobao\"\nas_of = \"2026-04-10T10:00:00+08:00\"\n[seller]\nshop = \"示例厨具店\"\n";
    exits(&check(format!("\u{feff}{good}").as_bytes()), 0);
    exits(&check(&encoding_rs::GB18030.encode(good).0), 0);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(good.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    exits(&check(&utf16), 0);
}

#[test]
fn an_output_that_cannot_be_written_leaves_nothing() {
    let work = Work::new();
    let file = work.root().join("a-file");
    fs::write(&file, "x").expect("file");
    let output = appealpack().arg("build").arg(work.case()).arg("--out").arg(file.join("out")).output().expect("starts");
    exits(&output, 1);
    assert!(stderr(&output).contains("a-file") && !stderr(&output).contains("panicked"), "{}", stderr(&output));
}

#[cfg(target_os = "linux")]
#[test]
fn a_write_that_fails_keeps_the_old_result() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let before = tree(&work.out());
    let longest = before.iter().map(|(_, bytes)| bytes.len()).max().expect("files");
    // files of another length, so that a result half written would show
    fs::write(work.case().join(format!("聊天/{}.txt", ORDERS[0])), "补一段说明\n").expect("note");
    for kilobytes in [1, 40, longest / 1024 - 8] {
        // no file may grow beyond so much; a write that would fails, as on a full disk
        let script = format!("ulimit -f {}; trap '' XFSZ; exec \"$0\" \"$@\"", kilobytes * 2);
        let mut command = std::process::Command::new("sh");
        command.env_clear().env("LANG", "zh_CN.UTF-8").args(["-c", &script, env!("CARGO_BIN_EXE_appealpack"), "build"]);
        let output = command.arg(work.case()).arg("--out").arg(work.out()).output().expect("sh starts");
        exits(&output, 1);
        assert!(stderr(&output).contains("下一步： 这个磁盘放不下这么长的文件") && !stderr(&output).contains("panicked"), "{}", stderr(&output));
        let left = tree(&work.out());
        assert!(left == before, "at {kilobytes} KB: {:?}", left.iter().map(|(path, _)| path).collect::<Vec<_>>());
    }
    exits(&work.build(&[]), 0);
    assert!(tree(&work.out()) != before, "the new file is in it");
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs root: mounts a tiny tmpfs"]
fn a_full_disk_keeps_the_old_result() {
    use std::process::Command;
    /// Unmounts whatever happens.
    struct Mounted(std::path::PathBuf);
    impl Drop for Mounted {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(&self.0).status();
        }
    }
    let work = Work::new();
    let disk = work.root().join("disk");
    fs::create_dir_all(&disk).expect("folder");
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(&disk).status();
    if !mount.is_ok_and(|s| s.success()) {
        // containers without the right to mount cannot show this; the test above needs no right
        return;
    }
    let disk = Mounted(disk);
    let out = disk.0.join("out");
    let build = || appealpack().arg("build").arg(work.case()).arg("--out").arg(&out).output().expect("starts");
    exits(&build(), 0);
    let before = tree(&out);
    assert!(before.iter().any(|(path, _)| path.ends_with(".zip")) && before.len() > 8, "{}", before.len());
    // another user of the disk leaves room for less than a result
    let used: usize = before.iter().map(|(_, bytes)| bytes.len()).sum();
    let filler = disk.0.join("filler");
    let mut file = fs::File::create(&filler).expect("filler");
    let block = vec![b'x'; 64 << 10];
    while file.write_all(&block).is_ok() {}
    drop(file);
    let held = fs::metadata(&filler).expect("filler").len();
    for room in [0, used as u64 / 4, used as u64 / 2] {
        fs::File::options().write(true).open(&filler).expect("filler").set_len(held - room).expect("shorter");
        let output = build();
        exits(&output, 1);
        assert!(stderr(&output).contains("磁盘已满") && stderr(&output).contains("下一步"), "{}", stderr(&output));
        let left = tree(&out);
        let names = |l: &[(String, Vec<u8>)]| l.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
        assert!(left == before, "with {room} bytes left: {:?}", names(&left));
    }
    fs::remove_file(&filler).expect("filler");
    exits(&build(), 0);
}

#[test]
fn no_order_to_argue_is_no_appeal() {
    let work = Work::new();
    let toml = work.case().join("case.toml");
    let text = fs::read_to_string(&toml).expect("case.toml");
    let ids = ORDERS.map(|id| format!("\"{id}\"")).join(", ");
    fs::write(&toml, format!("{text}\n[[leave_out]]\norders = [{ids}]\nwhy = \"买家已全部退款\"\n")).expect("case.toml");
    let output = work.build(&[]);
    exits(&output, 3);
    assert!(stderr(&output).contains("没有生成申诉材料"), "{}", stderr(&output));
    assert!(!work.result().join("upload").exists() && work.result().join("private/findings.html").is_file());
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_listed_and_not_waited_for() {
    let work = Work::new();
    let made = std::process::Command::new("mkfifo").arg(work.case().join("管道.zip")).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let said = work.root().join("said.json");
    let out = fs::File::create(&said).expect("file");
    let mut child = appealpack().arg("check").arg(work.case()).args(["--format", "json"]).stdout(out).spawn().expect("starts");
    let begun = std::time::Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("waits") {
            break status;
        }
        if begun.elapsed().as_secs() > 60 {
            let _ = child.kill();
            panic!("it waits for the pipe");
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    assert!(status.code().is_some_and(|code| code != 1), "{status}");
    assert!(fs::read_to_string(said).expect("said").contains("管道.zip"), "it is accounted for");
}
