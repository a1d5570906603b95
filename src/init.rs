//! Starts a case: a commented case.toml, folders to sort into, a checklist of what to gather and from whom. Never overwrites, never moves: what is
//! in the way is named before anything is written.

use crate::error::{Error, Result, folder_or_nothing};
use crate::model::Lang;
use crate::model::case_file::CASE_FILE;
use crate::notice::casefile;
use crate::profile::Profile;
use crate::profile::lang::{fill, words};
use crate::profile::platform::{Deadline, Platform};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The folders, by their keys in the language files and in the platforms' `[[gather]]`.
const FOLDERS: [&str; 8] = ["notice", "orders", "traces", "waybills", "chats", "stock", "causes", "other"];

/// Makes `dir` a case: case.toml, folders, checklist, and a copy of the notice. `platform` is an id of templates/platforms; the folders are named and
/// the texts written in `lang`. Gives what was made, folders first. Folders that exist already are kept.
///
/// # Errors
/// When a file that would be written exists already (nothing is written then), the platform is unknown, the notice is no file, or on input/output.
pub fn init(dir: &Path, platform: Option<&str>, notice: Option<&Path>, lang: Lang, profile: &Profile) -> Result<Vec<PathBuf>> {
    folder_or_nothing(dir)?;
    let w = words(lang);
    let loaded = Platform::load(profile, platform.unwrap_or("generic"))?;
    let folder = |key: &str| w.get(&format!("init.folder.{key}")).to_owned();
    let (template, _) = profile.text(&format!("init/case.toml.{}", lang.tag()))?;
    let platform_line = match platform {
        Some(id) => format!("platform = \"{id}\""),
        None => "# platform = \"taobao\"".to_owned(),
    };
    let checklist_name = w.get("init.checklist-file").to_owned();
    let case_text = fill(&template, &[("platform", &platform_line), ("notice", &folder("notice")), ("checklist", &checklist_name)]);
    let checklist = checklist(&loaded, lang, &folder);

    // one whose name is written otherwise is in the way, too
    let case_file = casefile::find(dir)?.unwrap_or_else(|| dir.join(CASE_FILE));
    let mut targets: Vec<(PathBuf, Content<'_>)> = vec![(case_file, Content::Text(case_text)), (dir.join(&checklist_name), Content::Text(checklist))];
    if let Some(source) = notice {
        let shown = source.display().to_string();
        let Some(name) = source.file_name() else {
            return Err(said("init.outside", &[("path", &shown)], Some("init.not-file-hint")));
        };
        match fs::metadata(source) {
            Ok(m) if m.is_file() => {}
            Ok(_) => return Err(said("init.not-file", &[("path", &shown)], Some("init.not-file-hint"))),
            Err(e) => return Err(Error::io("读取通知文件", "read the notice", source, &e)),
        }
        // one that lies in the case already stays where it is
        if !is_inside(source, dir) {
            targets.push((dir.join(folder("notice")).join(name), Content::Copy(source)));
        }
    }
    for (path, _) in &targets {
        // also a dangling link is in the way
        if fs::symlink_metadata(path).is_ok() {
            return Err(exists(path));
        }
    }

    let mut made = Vec::new();
    for path in std::iter::once(dir.to_path_buf()).chain(FOLDERS.map(|key| dir.join(folder(key)))) {
        if !path.is_dir() {
            fs::create_dir_all(&path).map_err(|e| Error::io("建立文件夹", "make the folder", &path, &e))?;
            made.push(path);
        }
    }
    for (path, content) in targets {
        write_new(&path, &content)?;
        made.push(path);
    }
    Ok(made)
}

enum Content<'a> {
    Text(String),
    Copy(&'a Path),
}

/// Writes a file that must not exist. Text gets what old Notepads need: a byte-order mark and CRLF.
fn write_new(path: &Path, content: &Content<'_>) -> Result<()> {
    let failed = |e: &io::Error| if e.kind() == io::ErrorKind::AlreadyExists { exists(path) } else { Error::io("写入", "write", path, e) };
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(|e| failed(&e))?;
    match content {
        Content::Text(text) => {
            let text = format!("\u{feff}{}", text.replace("\r\n", "\n").replace('\n', "\r\n"));
            file.write_all(text.as_bytes()).map_err(|e| failed(&e))
        }
        Content::Copy(source) => {
            let mut from = fs::File::open(source).map_err(|e| Error::io("读取通知文件", "read the notice", source, &e))?;
            io::copy(&mut from, &mut file).map(|_| ()).map_err(|e| failed(&e))
        }
    }
}

fn is_inside(file: &Path, dir: &Path) -> bool {
    match (file.canonicalize(), dir.canonicalize()) {
        (Ok(file), Ok(dir)) => file.starts_with(dir),
        _ => false,
    }
}

fn exists(path: &Path) -> Error {
    said("init.exists", &[("path", &path.display().to_string())], Some("init.exists-hint"))
}

fn said(key: &str, params: &[(&str, &str)], hint: Option<&str>) -> Error {
    let (zh, en) = (words(Lang::ZhCn), words(Lang::En));
    let error = Error::new(zh.fill(key, params), en.fill(key, params));
    match hint {
        Some(hint) => error.hint(zh.get(hint), en.get(hint)),
        None => error,
    }
}

/// What to gather, from whom, and why, folder by folder; the appeal periods first, as they decide what can still be got.
fn checklist(platform: &Platform, lang: Lang, folder: &impl Fn(&str) -> String) -> String {
    let w = words(lang);
    let mut out = w.fill("init.title", &[("platform", platform.name(lang))]);
    out.push_str("\n\n");
    out.push_str(w.get("init.intro"));
    out.push_str("\n\n");
    for deadline in &platform.deadlines {
        out.push_str(&period(platform, deadline, lang));
        out.push('\n');
    }
    if platform.deadlines.is_empty() {
        out.push_str(w.get("init.deadline-none"));
        out.push('\n');
    }
    for entry in &platform.appeal_paths {
        let violation = platform.named(&entry.violation, lang);
        let key = if violation.is_some() { "init.appeal-path-of" } else { "init.appeal-path" };
        let against = violation.as_deref().unwrap_or("");
        out.push_str(&w.fill(key, &[("violation", against), ("path", &entry.path), ("source", &entry.basis.shown(lang))]));
        out.push('\n');
    }
    for (title, list) in [("init.procedure", &platform.procedures), ("init.penalty", &platform.penalties)] {
        if !list.is_empty() {
            out.push('\n');
            out.push_str(w.get(title));
            out.push('\n');
        }
        for told in list {
            let text = match lang {
                Lang::ZhCn => &told.zh,
                Lang::En => &told.en,
            };
            let name = platform.named(&told.violation, lang).map(|v| match lang {
                Lang::ZhCn => format!("{v}："),
                Lang::En => format!("{v}: "),
            });
            let key = if told.basis.unverified { "init.told-unverified" } else { "init.told" };
            out.push_str(&w.fill(key, &[("text", &(name.unwrap_or_default() + text)), ("source", &told.basis.shown(lang))]));
            out.push('\n');
        }
    }
    for key in FOLDERS {
        for item in platform.gather.iter().filter(|g| g.folder == key) {
            let (what, from) = match lang {
                Lang::ZhCn => (&item.zh, &item.from_zh),
                Lang::En => (&item.en, &item.from_en),
            };
            out.push('\n');
            out.push_str(&w.fill("init.item", &[("folder", &folder(key)), ("what", what), ("from", from)]));
            out.push('\n');
            // our own advice has no rule to name
            if item.basis.trust == "official" {
                out.push_str(&w.fill("init.basis", &[("source", &item.basis.shown(lang))]));
                out.push('\n');
            }
        }
    }
    out
}

fn period(platform: &Platform, deadline: &Deadline, lang: Lang) -> String {
    let w = words(lang);
    let named = platform.named(&deadline.violation, lang);
    let violation = named.as_deref().unwrap_or_else(|| w.get("init.deadline-all"));
    let key = if deadline.basis.unverified { "init.deadline-unverified" } else { "init.deadline" };
    w.fill(key, &[("violation", violation), ("days", &deadline.days.to_string()), ("source", &deadline.basis.shown(lang))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::platform;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn makes_a_case_that_reads_back_in_both_languages() {
        for (lang, checklist, first, last) in
            [(Lang::ZhCn, "要准备的材料.txt", "01-通知", "08-其他"), (Lang::En, "what-to-gather.txt", "01-notice", "08-other")]
        {
            let outer = tempfile::tempdir().unwrap();
            let (dir, notice) = (outer.path().join("案子 1"), outer.path().join("来信.txt"));
            fs::write(&notice, "违规通知").unwrap();
            let made = init(&dir, Some("tmall"), Some(&notice), lang, &Profile::built_in()).unwrap();
            assert_eq!(names(&dir).len(), 10, "{:?}", names(&dir));
            assert!(names(&dir).contains(&last.to_owned()));
            assert_eq!(made.len(), 12, "the folder, eight in it, three files");
            assert_eq!(fs::read(dir.join(first).join("来信.txt")).unwrap(), "违规通知".as_bytes());
            assert!(notice.is_file(), "copied, not moved");
            let settings = crate::notice::casefile::read(&dir).unwrap();
            assert_eq!(settings.platform.as_deref(), Some("tmall"));
            assert_eq!(settings.ignore[0].file, checklist, "the checklist is no evidence");
            let text = fs::read_to_string(dir.join(checklist)).unwrap();
            assert!(text.starts_with('\u{feff}') && text.contains("\r\n") && !text.replace("\r\n", "").contains('\n'));
            assert!(text.contains("11000256, 2026-02-27") && text.contains("我是卖家 > 客户服务"), "{text}");
            assert!(!text.contains('{'), "{text}");
        }
    }

    #[test]
    fn every_commented_line_of_the_template_is_right_once_switched_on() {
        for lang in [Lang::ZhCn, Lang::En] {
            let dir = tempfile::tempdir().unwrap();
            init(dir.path(), None, None, lang, &Profile::built_in()).unwrap();
            let path = dir.path().join("case.toml");
            let text = fs::read_to_string(&path).unwrap();
            let key = |l: &str| l.trim_start_matches("# ").split_once(" = ").is_some_and(|(k, _)| k.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
            let on: Vec<&str> = text.lines().map(|l| if l.starts_with("# ") && (key(l) || l.starts_with("# [[")) { &l[2..] } else { l }).collect();
            assert!(on.len() > 40 && on.contains(&"[[assign]]"));
            fs::write(&path, on.join("\n")).unwrap();
            let settings = crate::notice::casefile::read(dir.path()).unwrap_or_else(|e| panic!("{}", e.message(Lang::En)));
            assert!(settings.seller.shop.is_some() && settings.leave_out.len() == 1 && settings.assign.len() == 1 && settings.notice.orders.len() == 2);
        }
    }

    #[test]
    fn never_overwrites_and_writes_nothing_when_something_is_in_the_way() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("要准备的材料.txt"), "mine").unwrap();
        let error = init(dir.path(), None, None, Lang::ZhCn, &Profile::built_in()).unwrap_err();
        assert!(error.message(Lang::ZhCn).ends_with("要准备的材料.txt 已经存在，什么都没有改动"), "{}", error.message(Lang::ZhCn));
        assert!(error.message(Lang::En).ends_with("要准备的材料.txt exists already; nothing was changed"));
        assert_eq!(names(dir.path()), ["要准备的材料.txt"]);
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("Case.toml"), "").unwrap();
        assert!(
            init(dir.path(), None, None, Lang::En, &Profile::built_in())
                .unwrap_err()
                .message(Lang::En)
                .ends_with("Case.toml exists already; nothing was changed")
        );
        // a folder that is there already, and a notice in it, stay
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("01-通知")).unwrap();
        let notice = dir.path().join("01-通知/通知.txt");
        fs::write(&notice, "违规").unwrap();
        let made = init(dir.path(), None, Some(&notice), Lang::ZhCn, &Profile::built_in()).unwrap();
        assert_eq!((made.len(), fs::read(&notice).unwrap()), (9, "违规".as_bytes().to_vec()));
    }

    #[test]
    fn a_wrong_platform_or_notice_is_said_before_anything_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("case");
        let error = init(&target, Some("tmal"), None, Lang::ZhCn, &Profile::built_in()).unwrap_err();
        assert!(error.next_step(Lang::ZhCn).starts_with("是不是 tmall？"));
        let error = init(&target, None, Some(dir.path()), Lang::ZhCn, &Profile::built_in()).unwrap_err();
        assert!(error.message(Lang::ZhCn).ends_with("不是一个文件") && error.message(Lang::En).ends_with("is not a file"));
        assert!(init(&target, None, Some(&dir.path().join("none.txt")), Lang::ZhCn, &Profile::built_in()).is_err());
        assert!(!target.exists());
    }

    #[test]
    fn every_platforms_checklist_names_every_folder() {
        let profile = Profile::built_in();
        for platform in platform::all(&profile).unwrap() {
            for gather in &platform.gather {
                assert!(FOLDERS.contains(&gather.folder.as_str()), "{}: {}", platform.id, gather.folder);
            }
            let text = checklist(&platform, Lang::En, &|key| words(Lang::En).get(&format!("init.folder.{key}")).to_owned());
            for key in FOLDERS {
                assert!(text.contains(words(Lang::En).get(&format!("init.folder.{key}"))), "{} {key}", platform.id);
            }
        }
        let shopee = checklist(&Platform::load(&profile, "shopee").unwrap(), Lang::En, &|key| key.to_owned());
        assert!(shopee.contains("perhaps 30 days (sellerby.com; not confirmed"), "{shopee}");
    }
}
