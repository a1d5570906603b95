//! The commands: each turns its arguments into one call of the library and prints what comes back.

use super::args::{AuditArgs, BatchArgs, BuildArgs, CheckArgs, ExplainArgs, Format, InitArgs, SchemaArgs, TemplateArgs, TemplateCommand, VerifyArgs};
use super::exit::Exit;
use super::print;
use super::settings::{Terminal, with_pixels};
use crate::batch::{self, BatchOptions};
use crate::bundle::swap::Moved;
use crate::context::Context;
use crate::error::{Error, Result, folder_or_nothing};
use crate::finding::{Code, Severity};
use crate::model::Lang;
use crate::patience;
use crate::pipeline::{self, BuildOptions, Checked};
use crate::profile::lang::words;
use crate::report::check_json;
use crate::report::screen::{self, Places};
use crate::report::{View, start_page};
use crate::text::json;
use crate::verify::Depth;
use std::fs;
use std::path::{Path, PathBuf};

/// Folder of results when `--out` is not given.
const DEFAULT_OUT: &str = "appeal-out";

fn view(checked: &Checked) -> View<'_> {
    View { case: &checked.case, matching: &checked.matching, assessment: &checked.assessment, findings: &checked.findings }
}

fn exit(checked: &Checked) -> Exit {
    if checked.findings.count(Severity::Error) > 0 { Exit::Found } else { Exit::Done }
}

/// Says which keys of case.toml did nothing: who set one believes that it did.
fn without_effect(checked: &Checked, template: Option<&str>, terminal: &Terminal) {
    let settings = &checked.case.settings;
    // what templates of the seller's own print is not known here
    let own = template.is_some() || settings.template.is_some() || crate::profile::own_templates(&checked.case.root).is_some();
    let event = |key: &str| checked.assessment.anomaly.events.iter().filter_map(|e| e.fact.as_deref()).any(|fact| key.strip_prefix("facts.") == Some(fact));
    let unprinted: Vec<_> = settings.unprinted.iter().filter(|(key, _)| !own && !event(key)).cloned().collect();
    for (text, keys) in [("cli.without-effect", &settings.without_effect), ("cli.unprinted", &unprinted)] {
        let keys: Vec<String> = keys.iter().map(|(key, line)| format!("{key} (case.toml:{line})")).collect();
        if !keys.is_empty() {
            print::status(&words(terminal.lang).fill(text, &[("keys", &screen::printable(&keys.join(", ")))]), terminal);
        }
    }
}

/// Says before `build` does that it will not cover pictures.
fn to_be_covered(checked: &Checked, terminal: &Terminal) {
    if let Some(line) = pipeline::to_be_covered(&checked.case) {
        print::status(&words(terminal.lang).fill("cli.mask-stops", &[("line", &line.to_string())]), terminal);
    }
}

/// Says which files of the seller's own lay in the place of ours, and where they are now.
fn say_moved(case_id: &str, moved: &[Moved], terminal: &Terminal) {
    for Moved { from, to } in moved {
        let (from, to) = (screen::printable(&format!("{case_id}/{from}")), screen::printable(&format!("{case_id}/{to}")));
        print::status(&words(terminal.lang).fill("cli.moved", &[("from", &from), ("to", &to)]), terminal);
    }
}

/// Says that upload/ and bundle/ are of an earlier build, if they are there.
fn earlier(checked: &Checked, out: &Path, terminal: &Terminal) -> bool {
    let Some(built) = pipeline::earlier_build(out, &checked.case.id) else { return false };
    print::status(&words(terminal.lang).fill("cli.earlier", &[("time", &built.format("%Y-%m-%d %H:%M").to_string())]), terminal);
    true
}

/// The context that knows where results of earlier runs lie: `--out`, else the folder that `build` writes to without it.
fn with_results(ctx: &Context, out: Option<&Path>) -> Context {
    Context { results: Some(out.map_or_else(|| PathBuf::from(DEFAULT_OUT), Path::to_path_buf)), ..ctx.clone() }
}

/// `init`.
pub fn init(args: &InitArgs, ctx: &Context, terminal: &Terminal) -> Result<Exit> {
    let made = crate::init::init(&args.dir, args.platform.as_deref(), args.notice.as_deref(), ctx.lang, &ctx.profile)?;
    for path in made {
        print::line(&path.display().to_string())?;
    }
    print::status(&words(ctx.lang).fill("cli.init-next", &[("dir", &args.dir.display().to_string())]), terminal);
    Ok(Exit::Done)
}

/// `check`.
pub fn check(args: &CheckArgs, ctx: &Context, terminal: &Terminal) -> Result<Exit> {
    if let Some(path) = &args.output {
        outside(path, &args.case)?;
    }
    let kept_in = args.out.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_OUT));
    let ctx = &with_pixels(ctx, args.no_pixel_checks, &kept_in);
    let checked = pipeline::check(&args.case, &with_results(ctx, args.out.as_deref()))?;
    let mut places = Places::default();
    let mut moved = Vec::new();
    if let Some(out) = &args.out {
        let (folder, files) = pipeline::write_private(&checked, out)?;
        moved = files;
        places.private = Some(folder.join("private").display().to_string());
        places.start = Some(folder.join(start_page::name(ctx.lang)).display().to_string());
    }
    let text = match args.format {
        Format::Json => Some(json::pretty(&check_json::value(&view(&checked), ctx.lang))),
        Format::Text => None,
    };
    let lines = screen::lines(&view(&checked), None, &places, &checked.ctx, terminal.verbose > 0);
    match (&args.output, text) {
        (None, Some(json)) => print::raw(&json)?,
        (None, None) => print::screen(&lines, terminal)?,
        (Some(path), json) => {
            let bytes = json.unwrap_or_else(|| lines.iter().flat_map(|l| format!("{}\n", l.text).into_bytes()).collect());
            write_aside(path, &bytes)?;
        }
    }
    if let Some(out) = &args.out {
        say_moved(&checked.case.id, &moved, terminal);
        earlier(&checked, out, terminal);
    }
    without_effect(&checked, None, terminal);
    to_be_covered(&checked, terminal);
    if args.out.is_none() && checked.assessment.tasks.iter().any(|t| t.params.iter().any(|(k, _)| k == "file")) {
        print::status(words(ctx.lang).get("cli.requests-later"), terminal);
    }
    if view(&checked).none_argued() {
        print::status(words(ctx.lang).get("cli.not-built-none-argued"), terminal);
        return Ok(Exit::Found);
    }
    Ok(exit(&checked))
}

/// Refuses to write into the case folder: what lies there is evidence, and what is written there would be taken for it.
fn outside(path: &Path, case: &Path) -> Result<()> {
    let Ok(case) = case.canonicalize() else { return Ok(()) };
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // a link outside may lead to a file inside
    let inside = |p: &Path| p.canonicalize().is_ok_and(|p| p.starts_with(&case));
    if !inside(path) && !inside(parent) {
        return Ok(());
    }
    let shown = path.display();
    Err(Error::new(
        format!("--output {shown} 在案件文件夹里：那里的文件都是证据，不写也不覆盖"),
        format!("--output {shown} lies in the case folder: files there are evidence, and nothing is written over them"),
    )
    .hint("写到案件文件夹外面，例如 --output ../check.json", "write it outside the case folder, for example --output ../check.json"))
}

/// Writes a file whole or not at all. What is no plain file (a terminal, a pipe) is written to as it is.
fn write_aside(path: &Path, bytes: &[u8]) -> Result<()> {
    let fail = |e: std::io::Error| Error::io("写入", "write", path, &e);
    if path.is_dir() {
        let shown = path.display();
        return Err(Error::new(format!("{shown} 是文件夹"), format!("{shown} is a folder")).hint("给出文件名", "name a file in it"));
    }
    if fs::metadata(path).is_ok_and(|m| !m.is_file()) {
        return fs::write(path, bytes).map_err(fail);
    }
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    let aside = path.with_file_name(name);
    fs::write(&aside, bytes).and_then(|()| patience::rename(&aside, path)).map_err(|e| {
        // what could not be put in place is not left behind
        let _ = fs::remove_file(&aside);
        fail(e)
    })
}

/// `build`.
pub fn build(args: &BuildArgs, ctx: &Context, terminal: &Terminal) -> Result<Exit> {
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_OUT));
    let ctx = &with_pixels(ctx, args.no_pixel_checks, &out);
    let options = BuildOptions { out, template: args.template.clone(), dry_run: args.dry_run };
    let built = pipeline::build(&args.case, &options, &with_results(ctx, args.out.as_deref()))?;
    let mut places = Places::default();
    if let Some(folder) = &built.folder {
        let show = |p: PathBuf| p.display().to_string();
        places.private = Some(show(folder.join("private")));
        places.start = Some(show(folder.join(start_page::name(ctx.lang))));
        if built.pages.is_some() {
            places.book = Some(show(folder.join("upload").join(format!("{}.pdf", built.checked.case.id))));
            places.bags = built.bags.iter().map(|b| b.display().to_string()).collect();
        }
    }
    let lines = screen::lines(&view(&built.checked), built.pages.as_ref(), &places, &built.checked.ctx, terminal.verbose > 0);
    print::screen(&lines, terminal)?;
    say_moved(&built.checked.case.id, &built.moved, terminal);
    without_effect(&built.checked, args.template.as_deref(), terminal);
    let w = words(ctx.lang);
    if args.dry_run {
        print::status(w.get("cli.dry-run"), terminal);
    } else if built.pages.is_none() {
        let earlier = earlier(&built.checked, &options.out, terminal);
        let key = if view(&built.checked).none_argued() {
            "cli.not-built-none-argued"
        } else if earlier {
            "cli.not-built"
        } else {
            "cli.not-built-private"
        };
        print::status(w.get(key), terminal);
        return Ok(Exit::Found);
    }
    Ok(exit(&built.checked))
}

/// Cases at once and threads of all together. Where nothing is said, a case a thread: more of them were slower, as each takes memory of its own. `--jobs`
/// alone says how much is to be worked at once, as it does elsewhere: `--jobs 1` is one case on one core and leaves the others to the user.
fn jobs(asked: Option<usize>, threads_asked: bool, threads: usize) -> (usize, usize) {
    match asked {
        Some(jobs) if threads_asked => (jobs, threads),
        Some(jobs) => (jobs, threads.min(jobs)),
        None => (threads, threads),
    }
}

/// `batch`.
pub fn batch(args: &BatchArgs, threads_asked: bool, ctx: &Context, terminal: &Terminal) -> Result<Exit> {
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_OUT));
    let ctx = &with_pixels(ctx, args.no_pixel_checks, &out);
    let (jobs, threads) = jobs(args.jobs, threads_asked, ctx.pool.current_num_threads());
    let options = BatchOptions {
        paths: args.paths.clone(),
        out: out.clone(),
        jobs,
        threads,
        template: args.template.clone(),
        kept_bytes: args.memory.unwrap_or(batch::KEPT_BYTES),
    };
    let summary = batch::run(&options, &with_results(ctx, Some(&out)))?;
    let w = words(ctx.lang);
    for case in &summary.cases {
        let result = w.get(&format!("summary.result-{}", case.result)).to_owned();
        let name = case.case.as_deref().unwrap_or(&case.path);
        let [argued, flagged, errors] = [case.argued, case.flagged, case.errors].map(|n| n.unwrap_or_default().to_string());
        let numbers = w.fill("cli.batch-numbers", &[("argued", &argued), ("flagged", &flagged), ("errors", &errors)]);
        let tail = case.message.clone().unwrap_or(numbers);
        print::line(&screen::printable(&format!("{result}  {name}  {tail}")))?;
        say_moved(case.case.as_deref().unwrap_or_default(), &case.moved, terminal);
    }
    for folder in &summary.passed_over {
        let (result, why) = (w.get("summary.result-passed-over"), w.get("summary.passed-over-why"));
        print::line(&screen::printable(&format!("{result}  {folder}  {why}")))?;
    }
    for e in &summary.unwritten {
        print::error(e, ctx.lang);
    }
    print::status(&w.fill("cli.batch-summary", &[("path", &out.join("summary.html").display().to_string())]), terminal);
    Ok(match summary.exit_code() {
        0 => Exit::Done,
        1 => Exit::Failed,
        _ => Exit::Found,
    })
}

/// `audit`.
pub fn audit(args: &AuditArgs, ctx: &Context, terminal: &Terminal) -> Result<Exit> {
    if let Some(out) = &args.out {
        folder_or_nothing(out)?;
        let page = out.join(crate::report::audit::PAGE);
        if page.exists() && !crate::intake::own_output::file(&page) {
            let shown = page.display();
            return Err(Error::new(format!("{shown} 不是本程序写的，不覆盖"), format!("{shown} was not written by this program and is not overwritten"))
                .hint("用 --out 换一个文件夹", "name another folder with --out"));
        }
    }
    let kept_in = args.out.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_OUT));
    let ctx = &with_pixels(ctx, args.no_pixel_checks, &kept_in);
    let checked = pipeline::check_all(&args.case, &with_results(ctx, args.out.as_deref()))?;
    if checked.case.export.is_empty() {
        return Err(Error::new(words(Lang::ZhCn).get("audit.no-export"), words(Lang::En).get("audit.no-export"))
            .hint(words(Lang::ZhCn).get("audit.no-orders"), words(Lang::En).get("audit.no-orders")));
    }
    let audit = crate::audit::audit(&checked)?;
    if args.format == Format::Json {
        print::raw(&json::pretty(&crate::report::audit::json(&checked, &audit, ctx.lang)))?;
    } else {
        print::screen(&crate::report::audit::lines(&checked, &audit, ctx.lang, terminal.verbose > 0), terminal)?;
    }
    if let Some(out) = &args.out {
        fs::create_dir_all(out).map_err(|e| Error::io("新建文件夹", "make the folder", out, &e))?;
        let path = out.join(crate::report::audit::PAGE);
        // written aside: whoever is killed half-way keeps the old page
        write_aside(&path, &crate::report::audit::page(&checked, &audit, ctx.lang))?;
        print::status(&words(ctx.lang).fill("cli.audit-page", &[("path", &path.display().to_string())]), terminal);
    }
    without_effect(&checked, None, terminal);
    Ok(if audit.has_errors() { Exit::Found } else { Exit::Done })
}

/// `verify`.
pub fn verify(args: &VerifyArgs, ctx: &Context, terminal: &Terminal) -> Result<Exit> {
    let report = crate::verify::verify(&args.path, if args.fast { Depth::Names } else { Depth::Digests }, ctx)?;
    let w = words(ctx.lang);
    if args.format == Format::Json {
        print::raw(&json::pretty(&report))?;
    } else {
        let mut lines = Vec::new();
        for problem in &report.problems {
            let (key, values) = problem.words();
            let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
            lines.push(screen::Line { text: screen::printable(&w.fill(key, &values)), severity: Some(Severity::Error) });
        }
        if !report.system_files.is_empty() {
            let paths = report.system_files.join(", ");
            lines.push(screen::Line { text: screen::printable(&w.fill("verify.system-files", &[("paths", &paths)])), severity: Some(Severity::Note) });
        }
        if let Some((n, m)) = report.part.as_deref().and_then(|part| part.split_once(" of ")) {
            lines.push(screen::Line { text: screen::printable(&w.fill("verify.part", &[("n", n), ("m", m)])), severity: Some(Severity::Note) });
        }
        let key = match (report.valid, report.fast) {
            (true, false) if report.originals_sha256.is_none() => "verify.valid-no-originals",
            (true, false) => "verify.valid",
            (true, true) => "verify.valid-fast",
            (false, _) => "verify.invalid",
        };
        let digest = report.originals_sha256.clone().unwrap_or_default();
        let text = w.fill(
            key,
            &[("files", &report.files.to_string()), ("bytes", &report.bytes.to_string()), ("digest", &digest), ("n", &report.problems.len().to_string())],
        );
        lines.push(screen::Line { text, severity: Some(if report.valid { Severity::Ok } else { Severity::Error }) });
        print::screen(&lines, terminal)?;
    }
    Ok(if report.valid { Exit::Done } else { Exit::Found })
}

/// `template`.
pub fn template(args: &TemplateArgs, ctx: &Context) -> Result<Exit> {
    let names = ctx.profile.list_folders("books");
    let known = |name: &str| -> Result<()> {
        if names.iter().any(|n| n == name) {
            return Ok(());
        }
        let near = crate::text::nearest::nearest(name, names.iter().map(String::as_str)).unwrap_or("zh-CN-platform").to_owned();
        Err(Error::new(format!("没有名为“{name}”的模板"), format!("no template is named \"{name}\""))
            .hint(format!("是不是 {near}？"), format!("did you mean {near}?"))
            .wrong_usage())
    };
    match &args.command {
        TemplateCommand::List => {
            for name in &names {
                print::line(name)?;
            }
        }
        TemplateCommand::Show { template } => {
            known(template)?;
            for file in ctx.profile.list(&format!("books/{template}")) {
                let (text, origin) = ctx.profile.text(&format!("books/{template}/{file}"))?;
                print::line(&format!("# ---- {origin}\n{text}"))?;
            }
        }
        TemplateCommand::Init { dir, from } => {
            let from = from.as_deref().unwrap_or("zh-CN-platform");
            known(from)?;
            for file in ctx.profile.list(&format!("books/{from}")) {
                let bytes = ctx.profile.bytes(&format!("books/{from}/{file}"))?;
                copy_out(dir, &file, &bytes)?;
            }
        }
    }
    Ok(Exit::Done)
}

/// Writes one template file for the seller to edit; what is there already is never overwritten.
fn copy_out(dir: &Path, file: &str, bytes: &[u8]) -> Result<()> {
    let path = dir.join(file);
    if path.exists() {
        return Err(Error::new(format!("已存在，不覆盖：{}", path.display()), format!("exists and is not overwritten: {}", path.display()))
            .hint("换一个文件夹，或先移走它", "name another folder, or move it away first"));
    }
    fs::create_dir_all(dir).map_err(|e| Error::io("新建文件夹", "make the folder", dir, &e))?;
    fs::write(&path, bytes).map_err(|e| Error::io("写入", "write", &path, &e))?;
    print::line(&path.display().to_string())
}

/// `explain`.
pub fn explain(args: &ExplainArgs, ctx: &Context) -> Result<Exit> {
    let w = words(ctx.lang);
    match args.code.as_deref() {
        None => {
            for code in Code::ALL {
                print::line(&format!("{:8} {}", w.get(&format!("severity.{}", code.default_severity().as_str())), code.as_str()))?;
            }
        }
        Some("columns") => {
            for field in crate::intake::fields(&ctx.profile)? {
                print::line(&format!("{:16} {}", field.name, field.meaning(ctx.lang)))?;
            }
            print::line("")?;
            print::line(w.get("cli.explain-columns"))?;
        }
        Some(name) => {
            let Some(code) = Code::from_name(name) else {
                let near = crate::text::nearest::nearest(name, Code::ALL.iter().map(|c| c.as_str()));
                let (zh, en) = near.map_or_else(
                    || ("appealpack explain 列出全部代码".to_owned(), "`appealpack explain` lists all codes".to_owned()),
                    |n| (format!("是不是 {n}？"), format!("did you mean {n}?")),
                );
                return Err(Error::new(format!("没有名为“{name}”的代码"), format!("no code is named \"{name}\"")).hint(zh, en).wrong_usage());
            };
            print::line(&format!("{}  ({})\n", code.as_str(), w.get(&format!("severity.{}", code.default_severity().as_str()))))?;
            print::line(w.explain(code))?;
        }
    }
    Ok(Exit::Done)
}

/// `schema`.
pub fn schema(args: &SchemaArgs, ctx: &Context) -> Result<Exit> {
    let known = ["case", "check", "audit", "manifest", "index", "orders", "summary"];
    if args.what == "case" {
        print::line(&crate::notice::casefile::schema_text(ctx.lang))?;
        return Ok(Exit::Done);
    }
    if !known.contains(&args.what.as_str()) {
        return Err(Error::new(format!("没有名为“{}”的格式", args.what), format!("no schema is named \"{}\"", args.what))
            .hint(format!("可用：{}", known.join("、")), format!("use one of: {}", known.join(", ")))
            .wrong_usage());
    }
    let (text, _) = ctx.profile.text(&format!("schemas/{}.json", args.what))?;
    print::raw(text.as_bytes())?;
    Ok(Exit::Done)
}

/// `man`.
pub fn man(command: &clap::Command) -> Result<Exit> {
    let out = super::man::page(command).map_err(|e| Error::new(format!("无法生成手册页：{e}"), format!("could not make the man page: {e}")))?;
    print::raw(&out)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_alone_say_how_many_cores_are_used() {
        assert_eq!(jobs(None, false, 8), (8, 8), "a case a core");
        assert_eq!(jobs(Some(1), false, 8), (1, 1), "one case on one core");
        assert_eq!(jobs(Some(3), false, 8), (3, 3));
        assert_eq!(jobs(Some(20), false, 8), (20, 8), "never more than there are");
        assert_eq!(jobs(Some(1), true, 8), (1, 8), "--threads 8 beside it");
        assert_eq!(jobs(None, true, 4), (4, 4), "--threads 4 alone");
    }
}
