//! What a folder can hold: everything is accounted for.

use super::*;

#[test]
fn nothing_that_the_folder_holds_is_lost() {
    let mut folder = Folder::new(&[
        ("case.toml", b"[case]\n"),
        ("~$orders.xlsx", b"x"),
        (".~lock.orders.xlsx#", b"x"),
        (".DS_Store", b"x"),
        ("a/Thumbs.db", b"x"),
        ("a/desktop.ini", b"x"),
        ("__MACOSX/a/._1.jpg", b"x"),
        ("$RECYCLE.BIN/S-1-5-21/$R1.jpg", b"deleted"),
        ("a/@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg", b"x"),
        (".git/config", b"x"),
        ("appeal-out/case/.appealpack-out", b""),
        ("appeal-out/case/.appealpack-files", b"upload/book.pdf\n"),
        ("appeal-out/case/upload/book.pdf", b"%PDF-1.7"),
        ("templates/books/my/book.md", b"# x"),
        ("a/empty.png", b""),
        ("b/empty.png", b""),
        ("a/note.txt", "说明".as_bytes()),
        ("b/same.txt", "说明".as_bytes()),
        ("b/draft.txt", b"draft"),
        ("b/film.jpg", b"\0\0\0\x18ftypisom\0\0\0\0"),
    ]);
    folder.settings.ignore = vec![IgnoreRule { file: "draft.*".into(), why: Some("只是草稿".into()), line: 1 }];
    let (intake, findings) = folder.read();
    let status: Vec<String> =
        intake.files.iter().map(|f| format!("{} {:?} {}", f.path, f.status, f.why.as_ref().map_or("", |w| w.key)).trim_end().to_owned()).collect();
    assert_eq!(
        status,
        [
            "$RECYCLE.BIN/ Ignored ignored-system",
            ".DS_Store Ignored ignored-system",
            ".git/config Ignored ignored-hidden",
            ".~lock.orders.xlsx# Ignored ignored-open",
            "__MACOSX/ Ignored ignored-system",
            "a/@eaDir/ Ignored ignored-system",
            "a/Thumbs.db Ignored ignored-system",
            "a/desktop.ini Ignored ignored-system",
            "a/empty.png Unreadable unreadable-empty",
            "a/note.txt Unmatched",
            "appeal-out/case/.appealpack-out Ignored ignored-own-output",
            "b/draft.txt Ignored ignored-user",
            "b/empty.png Unreadable unreadable-empty",
            "b/film.jpg Unmatched",
            "b/same.txt Duplicate",
            "case.toml Source",
            "templates/books/my/book.md Ignored ignored-templates",
            "~$orders.xlsx Ignored ignored-open",
        ]
    );
    assert_eq!(entry(&intake, "b/film.jpg").kind, Kind::Media);
    assert_eq!(entry(&intake, "b/same.txt").same_as, Some(entry(&intake, "a/note.txt").id));
    assert_eq!(codes(&findings), ["file-unreadable", "file-unreadable", "extension-differs", "file-duplicate"], "two empty files are no duplicates");
    assert_eq!(entry(&intake, "a/note.txt").sha256, digest::of_bytes("说明".as_bytes()).sha256);
    for (id, file) in (0..).zip(&intake.files) {
        assert_eq!(file.id, FileId(id));
    }
    let words = lang::words(Lang::En);
    for why in intake.files.iter().filter_map(|f| f.why.as_ref()) {
        assert!(words.find(&format!("why.{}", why.key)).is_some(), "{}", why.key);
    }
    for finding in findings.all() {
        assert!(!words.message(finding).contains('{') && !words.hint(finding).contains('{'), "{}", words.message(finding));
    }
}

// macOS refuses names that are no UTF-8
#[cfg(target_os = "linux")]
#[test]
fn links_pipes_locked_folders_and_odd_names_are_accounted_for() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let long = "长".repeat(80) + ".txt";
    let folder = Folder::new(&[("a/1.txt", b"one"), ("locked/2.txt", b"two"), (&long, b"long"), ("line\nbreak\u{7}.txt", b"odd"), ("d/x..", b"dots")]);
    let root = folder.dir.path();
    symlink(root, root.join("a/loop")).unwrap();
    symlink("/etc/hostname", root.join("out.txt")).unwrap();
    for bytes in [&b"\xff.txt"[..], b"\xfe.txt"] {
        std::fs::write(root.join(std::ffi::OsStr::from_bytes(bytes)), bytes).unwrap();
    }
    std::fs::set_permissions(root.join("locked"), std::fs::Permissions::from_mode(0o0)).unwrap();
    let hidden_from_us = std::fs::read_dir(root.join("locked")).is_err();
    let (intake, findings) = folder.read();
    std::fs::set_permissions(root.join("locked"), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(entry(&intake, "a/loop").why.as_ref().unwrap().key, "ignored-link");
    assert_eq!(entry(&intake, "out.txt").status, Status::Ignored);
    for path in [long.as_str(), "line\nbreak\u{7}.txt", "d/x..", "\u{fffd}.txt", "\u{fffd}.txt~2"] {
        assert_eq!(entry(&intake, path).status, Status::Unmatched, "{path}");
    }
    // the administrator may read everything
    if hidden_from_us {
        assert_eq!(entry(&intake, "locked/").why.as_ref().unwrap().key, "unreadable-denied");
        assert_eq!(codes(&findings), ["file-unreadable"]);
    } else {
        assert_eq!(entry(&intake, "locked/2.txt").status, Status::Unmatched);
    }
}

#[test]
fn long_paths_are_warned_of() {
    let path = ["长".repeat(70), "长".repeat(70), "长".repeat(60), "1.txt".to_owned()].join("/");
    let (_, findings) = Folder::new(&[(&path, b"x")]).read();
    assert_eq!(codes(&findings), ["path-long"]);
}

#[test]
fn content_decides_whatever_the_name_says() {
    let trace = r#"{"message":"ok","nu":"SF1390000000011","ischeck":"1","com":"shunfeng","status":"200","state":"3","data":[{"time":"2026-04-03 17:06:01","context":"已签收"},{"time":"2026-04-02 09:00:00","context":"顺丰速运 已收取快件"}]}"#;
    let chat = "云朵 2026-4-2 9:05:11\n在吗，什么时候发货\n竹里手作:小竹 2026-4-2 9:06:02\n今天就发\n云朵 2026-4-2 9:07:00\n好的\n";
    let cut_png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde";
    let mut folder = Folder::new(&[
        ("a.jpg", trace.as_bytes()),
        ("b.csv", chat.as_bytes()),
        ("底单/c.txt", cut_png),
        ("d.png", b"%PDF-1.7 nothing more"),
        ("e.xlsx", b"PK\x03\x04\x14\0\0\0\x08\0rest"),
        ("f.json", br#"{"a": 1}"#),
        ("g.bin", &[0, 159, 146, 150, 0, 0, 1]),
    ]);
    folder.settings.seller.shop = Some("竹里手作".into());
    let (intake, findings) = folder.read();
    assert!(matches!(content(&intake, "a.jpg"), Content::Traces(t) if t.len() == 1) && entry(&intake, "a.jpg").kind == Kind::Trace);
    assert!(matches!(content(&intake, "b.csv"), Content::Chats(c) if c[0].buyer.as_deref() == Some("云朵")), "{:?}", content(&intake, "b.csv"));
    assert!(matches!(content(&intake, "底单/c.txt"), Content::Picture(p) if p.broken.is_some()) && entry(&intake, "底单/c.txt").kind == Kind::Waybill);
    assert!(matches!(content(&intake, "f.json"), Content::Text(_)) && matches!(content(&intake, "g.bin"), Content::None));
    assert_eq!(
        codes(&findings),
        ["file-unreadable", "extension-differs", "file-unreadable", "extension-differs", "picture-broken", "extension-differs"],
        "the torn PDF and workbook warn, the torn picture is an error of its own"
    );
    for finding in findings.all() {
        let message = lang::words(Lang::En).message(finding);
        assert!(!message.contains('{'), "{message}");
    }
    assert!(intake.files.iter().all(|f| (f.status == Status::Unmatched) == (f.path != "e.xlsx")), "all but the torn zip stay usable as files");
}

#[test]
fn passwords_and_caches_are_told() {
    let mut cfb = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    cfb.extend([0; 1000]);
    cfb.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let cache: Vec<u8> = b"\xff\xd8\xff\xe0\x00\x10JFIF".iter().map(|b| b ^ 0x37).collect();
    let (intake, findings) = Folder::new(&[("订单.xlsx", &cfb), ("1791430000.zip", b"PK\x03\x04\x14\0\x01\0\x08\0rest"), ("img/3f2a.dat", &cache)]).read();
    assert_eq!(codes(&findings), ["file-encrypted"; 3]);
    assert_eq!(entry(&intake, "img/3f2a.dat").why.as_ref().unwrap().key, "unreadable-wechat");
    let hints: Vec<String> = findings.all().iter().map(|f| lang::words(Lang::ZhCn).hint(f)).collect();
    assert!(hints.iter().any(|h| h.contains("在微信里打开这张图片")), "{hints:?}");
}

#[test]
fn a_case_folder_that_is_none_is_an_error_with_a_next_step() {
    let folder = Folder::new(&[("a.txt", b"x")]);
    for path in [folder.dir.path().join("missing"), folder.dir.path().join("a.txt")] {
        let e = read(&path, &folder.settings, None, &context(1), &mut Findings::default()).unwrap_err();
        assert!(!e.next_step(Lang::ZhCn).is_empty() && e.message(Lang::En).contains("folder"), "{e}");
    }
}

#[test]
fn threads_and_order_of_creation_change_nothing() {
    let list = gb18030(&list_46());
    let mut files: Vec<(String, Vec<u8>)> = (0..60).map(|n| (format!("聊天/{n}.txt"), format!("第{}份", n % 20).into_bytes())).collect();
    files.push(("导出/订单.csv".into(), list.clone()));
    files.push(("导出/订单 - 副本.csv".into(), list));
    let result = |reversed: bool, threads: usize| {
        let folder = Folder::new(&[]);
        let mut order: Vec<&(String, Vec<u8>)> = files.iter().collect();
        if reversed {
            order.reverse();
        }
        order.iter().for_each(|(path, bytes)| drop(folder.put(path, bytes)));
        let mut findings = Findings::default();
        let intake = read(folder.dir.path(), &folder.settings, None, &context(threads), &mut findings).unwrap();
        let selected = orders::select(&intake, &[OrderId::new("3512345678901234561")], &context(threads), &mut findings);
        format!("{:?}{:?}{findings:?}{:?}{:?}", intake.files, intake.contents, selected.orders, selected.export)
    };
    let one = result(false, 1);
    assert!(one.contains("3512345678901234561"));
    assert!(one == result(false, 4) && one == result(true, 2));
}

#[test]
fn limits_are_told_with_file_and_number() {
    let wide: String = "订单编号,买家会员名,买家实际支付金额,订单付款时间".to_owned() + &",x".repeat(600) + "\n3512345678901234561,云朵,3,2026-04-01\n";
    let deep = "[".repeat(100) + &"]".repeat(100);
    let cell = format!("订单编号,买家会员名,买家实际支付金额,订单付款时间\n1234567890,{},1,2026-04-01\n", "长".repeat(400_000));
    let folder = Folder::new(&[("cell.csv", cell.as_bytes()), ("deep.json", deep.as_bytes()), ("wide.csv", wide.as_bytes())]);
    let (intake, findings) = folder.read();
    assert_eq!(codes(&findings), ["limit-reached"; 3]);
    let messages: Vec<String> = findings.all().iter().map(|f| lang::words(Lang::En).message(f)).collect();
    assert!(messages[0].contains("“cell.csv” has a cell of more than 1 MB"), "{messages:?}");
    assert!(messages[1].contains("deep.json") && messages[1].contains("64"), "{messages:?}");
    assert!(messages[2].contains("512 columns"), "{messages:?}");
    assert_eq!(intake.files.iter().filter(|f| f.status == Status::Unreadable).count(), 0, "the files are kept");
}

/// A sparse file stands for the 2 GB CSV of one line: it is hashed in pieces and never held.
#[cfg(unix)]
#[test]
fn a_file_beyond_the_limit_is_hashed_but_not_held() {
    let folder = Folder::new(&[]);
    let file = std::fs::File::create(folder.dir.path().join("huge.csv")).unwrap();
    file.set_len(crate::model::settings::IntakeLimits::default().bytes + 1).unwrap();
    let (intake, findings) = folder.read();
    assert_eq!(codes(&findings), ["limit-reached"]);
    assert_eq!((intake.files[0].bytes, intake.files[0].status), (crate::model::settings::IntakeLimits::default().bytes + 1, Status::Unmatched));
    assert_ne!(intake.files[0].crc32, 0);
}
