//! Many cases: found, checked, built, each isolated. One broken case is one failed line of the summary.

use crate::bundle::swap::Moved;
use crate::context::Context;
use crate::elsewhere::Ledger;
use crate::error::{Error, Result, folder_or_nothing};
use crate::model::Lang;
use crate::model::case::Case;
use crate::model::file::Sha256;
use crate::model::record::{Content, Recognised};
use crate::pipeline::{self, BuildOptions, Built, Checked};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

mod find;
mod summary;

pub use find::{Found, find_cases};

/// What `batch` is asked for.
#[derive(Debug, Clone)]
pub struct BatchOptions {
    /// Folders to search.
    pub paths: Vec<PathBuf>,
    /// Output folder of all cases.
    pub out: PathBuf,
    /// Cases at once.
    pub jobs: usize,
    /// Threads of all of them together, shared out evenly; each case has one at least.
    pub threads: usize,
    /// Template of all cases.
    pub template: Option<String>,
    /// Bytes of judged cases that may wait in memory for their turn to be built ([`KEPT_BYTES`]), roughly counted; the rest are judged anew then.
    pub kept_bytes: usize,
}

/// What [`BatchOptions::kept_bytes`] usually is.
pub const KEPT_BYTES: usize = 256 * 1024 * 1024;

/// How one case went.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are described by `schema summary`")]
pub struct Line {
    pub case: Option<String>,
    pub path: String,
    /// `ready`, `not-ready`, `not-built`, `failed`.
    pub result: &'static str,
    pub platform: Option<String>,
    pub notice: Option<String>,
    pub deadline: Option<String>,
    pub flagged: Option<usize>,
    pub argued: Option<usize>,
    pub left_out: Option<usize>,
    pub proven: Option<usize>,
    pub missing: Option<usize>,
    pub contradicting: Option<usize>,
    pub errors: Option<usize>,
    pub warnings: Option<usize>,
    pub pages: Option<u32>,
    pub annex_pages: Option<u32>,
    pub book: Option<String>,
    pub message: Option<String>,
    /// Files of the seller's own that lay in the place of ours, for the terminal.
    #[serde(skip)]
    pub moved: Vec<Moved>,
}

/// The result of all.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Always `appealpack.summary/1`.
    pub schema: &'static str,
    /// In order of path.
    pub cases: Vec<Line>,
    /// Folders with files that were taken for no case: neither case.toml nor a notice was found in them.
    pub passed_over: Vec<String>,
    /// Why files of the summary itself could not be written, for the terminal.
    #[serde(skip)]
    pub unwritten: Vec<Error>,
}

impl Summary {
    /// 1 if any case could not be done or the summary not be written, else 3 if any is not ready, else 0.
    pub fn exit_code(&self) -> u8 {
        if !self.unwritten.is_empty() || self.cases.iter().any(|c| c.result == "failed") {
            1
        } else if self.cases.iter().any(|c| c.result != "ready") {
            3
        } else {
            0
        }
    }
}

/// Builds all cases and writes OUT/summary.csv, .json and .html.
///
/// # Errors
/// No case is found, or the output folder cannot be made.
pub fn run(options: &BatchOptions, ctx: &Context) -> Result<Summary> {
    let Found { cases, passed_over } = find_cases(&options.paths, ctx)?;
    folder_or_nothing(&options.out)?;
    // before the first case is built into it: the case whose folder it is may be another one
    cases.iter().try_for_each(|case| pipeline::beside_evidence(case, &options.out))?;
    fs::create_dir_all(&options.out).map_err(|e| Error::io("新建输出文件夹", "make the output folder", &options.out, &e))?;
    ctx.progress.stage("batch", cases.len() as u64 * 2);
    let jobs = options.jobs.clamp(1, cases.len().max(1));
    let threads = (options.threads / jobs).max(1);
    let quiet = Context { progress: Arc::new(crate::context::Quiet), ..ctx.clone() };
    let pools: Vec<Context> = (0..jobs)
        .map(|_| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .map_err(|e| Error::new(format!("无法启动线程：{e}"), format!("could not start threads: {e}")))?;
            Ok(Context { pool: Arc::new(pool), ..quiet.clone() })
        })
        .collect::<Result<_>>()?;
    let room = AtomicUsize::new(options.kept_bytes);
    let judged = each(&cases, &[], &pools, |case, own| {
        let result = isolated(|| pipeline::check_beside(case, own, &Ledger::default()));
        ctx.progress.step(1);
        result.map(|checked| Judged::of(checked, &room, &options.out))
    });
    let (judged, owners): (Vec<Result<Judged>>, Vec<usize>) = judged.into_iter().unzip();
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for c in judged.iter().flatten() {
        *ids.entry(c.id.to_lowercase()).or_default() += 1;
    }
    let mut ledger = Ledger::of_results(&options.out);
    // the earlier bags of these very cases are about to be replaced
    judged.iter().flatten().for_each(|c| ledger.forget(&c.id));
    judged.iter().flatten().for_each(|c| ledger.join(&c.hands_in));
    let slots: Vec<Mutex<Option<Result<Judged>>>> = judged.into_iter().map(|c| Mutex::new(Some(c))).collect();
    let indices: Vec<usize> = (0..cases.len()).collect();
    let lines = each(&indices, &owners, &pools, |&i, own| {
        let Some(case) = cases.get(i) else { return failed(None, String::new(), "internal".into()) };
        let path = case.display().to_string();
        let taken = slots.get(i).and_then(|s| s.lock().ok().and_then(|mut s| s.take()));
        let line = match taken {
            None => failed(None, path, "internal".into()),
            Some(Err(e)) => failed(None, path, message(&e, ctx.lang)),
            Some(Ok(judged)) if ids.get(&judged.id.to_lowercase()).copied().unwrap_or(0) > 1 => {
                let id = judged.id;
                let text = match ctx.lang {
                    Lang::ZhCn => format!("案件编号 {id} 出现不止一次，都没有生成；在 case.toml 的 [case] id 里各写一个不同的编号"),
                    Lang::En => format!("the case id {id} occurs more than once, none was built; give each its own [case] id in case.toml"),
                };
                failed(Some(id), path, text)
            }
            Some(Ok(judged)) => {
                let id = judged.id.clone();
                let build = BuildOptions { out: options.out.clone(), template: options.template.clone(), dry_run: false };
                match isolated(|| pipeline::build_checked(judged.ready(case, &options.out, own, &ledger)?, &build)) {
                    Ok(built) => line(&built, path),
                    Err(e) => failed(Some(id), path, message(&e, ctx.lang)),
                }
            }
        };
        ctx.progress.step(1);
        line
    });
    let passed_over = passed_over.iter().map(|p| p.display().to_string()).collect();
    let cases = lines.into_iter().map(|(line, _)| line).collect();
    let mut summary = Summary { schema: "appealpack.summary/1", cases, passed_over, unwritten: Vec::new() };
    summary.unwritten = summary::write(&summary, &options.out, ctx.lang);
    Ok(summary)
}

/// A case of the batch once judged, waiting to be built.
struct Judged {
    id: String,
    /// Digests of its files, by which other cases may meet it.
    files: Vec<Sha256>,
    /// What it would hand in.
    hands_in: Ledger,
    /// All of it, while there is room.
    kept: Option<Checked>,
}

impl Judged {
    fn of(checked: Checked, room: &AtomicUsize, out: &Path) -> Judged {
        let mut hands_in = Ledger::default();
        hands_in.add(&checked);
        let weight = weight(&checked.case);
        let fits = room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(weight)).is_ok();
        if let (false, Some(pixels)) = (fits, &checked.pixels) {
            // what was measured on its pictures is not measured again
            pixels.save(out, &checked.case.root);
        }
        let files = checked.case.files.iter().map(|f| f.sha256).collect();
        Judged { id: checked.case.id.clone(), files, hands_in, kept: Some(checked).filter(|_| fits) }
    }

    /// The case to be built: judged anew when it did not wait in memory, or shares a file with another case of the batch or an earlier result. Only now is
    /// known what each of them hands in.
    fn ready(self, path: &Path, out: &Path, ctx: &Context, ledger: &Ledger) -> Result<Checked> {
        if let Some(mut checked) = self.kept {
            // whoever builds it has threads of its own
            checked.ctx.pool = Arc::clone(&ctx.pool);
            if !ledger.meets(&self.id, &self.files) {
                return Ok(checked);
            }
            if let Some(pixels) = &checked.pixels {
                pixels.save(out, &checked.case.root);
            }
        }
        let checked = pipeline::check_beside(path, ctx, ledger)?;
        if checked.case.id != self.id {
            return Err(Error::new(
                format!("批量生成时文件夹被改动：案件编号从 {} 变成了 {}", self.id, checked.case.id),
                format!("the folder was changed while the batch ran: the case id {} became {}", self.id, checked.case.id),
            )
            .hint("不要改动文件夹，再运行一次", "leave the folder alone and run again"));
        }
        Ok(checked)
    }
}

/// About how many bytes a judged case takes: what was measured of a picture, cells of tables, rows of exports.
fn weight(case: &Case) -> usize {
    const PICTURE: usize = 64 * 1024;
    const ROW: usize = 1024;
    const CASE: usize = 512 * 1024;
    let of_content = |r: &Recognised| match &r.content {
        Content::Picture(_) => PICTURE,
        _ => r.tables().filter_map(|(_, table)| table).map(|t| t.text.len() * 2).sum::<usize>() + ROW,
    };
    CASE + case.contents.iter().map(of_content).sum::<usize>() + (case.export.len() + case.orders.len()) * ROW
}

/// Runs `work` over `items` with one worker a context. A worker takes the items that are its own by `owners` first, then what is left: memory is given
/// back by the thread that took it. Results in order of items, each with its worker.
fn each<T: Sync, R: Send>(items: &[T], owners: &[usize], workers: &[Context], work: impl Fn(&T, &Context) -> R + Sync) -> Vec<(R, usize)> {
    let taken: Vec<AtomicBool> = items.iter().map(|_| AtomicBool::new(false)).collect();
    let results: Vec<Mutex<Option<(R, usize)>>> = items.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for (worker, ctx) in workers.iter().enumerate() {
            let (taken, results, work) = (&taken, &results, &work);
            scope.spawn(move || {
                let own = (0..items.len()).filter(|i| owners.get(*i) == Some(&worker));
                for i in own.chain(0..items.len()) {
                    let (Some(item), Some(slot), Some(taken)) = (items.get(i), results.get(i), taken.get(i)) else { continue };
                    if taken.swap(true, Ordering::Relaxed) {
                        continue;
                    }
                    let result = work(item, ctx);
                    if let Ok(mut slot) = slot.lock() {
                        *slot = Some((result, worker));
                    }
                }
            });
        }
    });
    results.into_iter().filter_map(|slot| slot.into_inner().ok().flatten()).collect()
}

/// A panic in one case is that case's failure.
fn isolated<R>(work: impl FnOnce() -> Result<R>) -> Result<R> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Error::new("程序内部错误，这个案件没有写出任何结果", "an internal error; nothing was written for this case")
            .hint("单独运行 appealpack check 查看，并把输出发给维护者", "run `appealpack check` on it alone and send the maintainers its output"))
    })
}

fn message(e: &Error, lang: Lang) -> String {
    let hint = e.next_step(lang);
    let whole = if hint.is_empty() { e.message(lang).to_owned() } else { format!("{} → {hint}", e.message(lang)) };
    // one line of the summary
    whole.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

fn failed(case: Option<String>, path: String, message: String) -> Line {
    Line {
        case,
        path,
        result: "failed",
        platform: None,
        notice: None,
        deadline: None,
        flagged: None,
        argued: None,
        left_out: None,
        proven: None,
        missing: None,
        contradicting: None,
        errors: None,
        warnings: None,
        pages: None,
        annex_pages: None,
        book: None,
        message: Some(message),
        moved: Vec::new(),
    }
}

fn line(built: &Built, path: String) -> Line {
    let (case, c) = (&built.checked.case, &built.checked.assessment.counts);
    let (errors, warnings) = counts(&built.checked);
    let result = match (&built.pages, errors) {
        (None, _) => "not-built",
        (Some(_), 0) => "ready",
        (Some(_), _) => "not-ready",
    };
    Line {
        case: Some(case.id.clone()),
        path,
        result,
        platform: case.platform.clone(),
        notice: case.notice.number.clone(),
        deadline: case.notice.deadline.map(|d| d.to_rfc3339()),
        flagged: Some(c.flagged),
        argued: Some(c.argued),
        left_out: Some(c.left_out),
        proven: Some(c.proven),
        missing: Some(c.missing),
        contradicting: Some(c.contradicting),
        errors: Some(errors),
        warnings: Some(warnings),
        pages: built.pages.as_ref().map(|p| p.book_pages),
        annex_pages: built.pages.as_ref().map(|p| p.annex_pages),
        book: built.pages.as_ref().map(|_| format!("{0}/upload/{0}.pdf", case.id)),
        message: None,
        moved: built.moved.clone(),
    }
}

fn counts(checked: &Checked) -> (usize, usize) {
    use crate::finding::Severity;
    (checked.findings.count(Severity::Error), checked.findings.count(Severity::Warning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_that_do_not_wait_in_memory_are_built_all_the_same() {
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/_base/one-table-each");
        let work = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            let folder = work.path().join("cases").join(name);
            for entry in walkdir::WalkDir::new(&base).into_iter().flatten().filter(|e| e.file_type().is_file()) {
                let to = folder.join(entry.path().strip_prefix(&base).unwrap());
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::copy(entry.path(), to).unwrap();
            }
            fs::write(folder.join("case.toml"), format!("[case]\nplatform = \"taobao\"\nid = \"case-{name}\"\n")).unwrap();
        }
        let ctx = crate::model::typed::context();
        let results = [0, KEPT_BYTES].map(|kept_bytes| {
            let out = work.path().join(format!("out-{kept_bytes}"));
            let options = BatchOptions { paths: vec![work.path().join("cases")], out: out.clone(), jobs: 2, threads: 2, template: None, kept_bytes };
            let summary = run(&options, &ctx).unwrap();
            assert_eq!(summary.cases.len(), 3);
            assert!(summary.cases.iter().all(|c| c.result == "ready" || c.result == "flawed"), "{:?}", summary.cases);
            let ids = summary.cases.iter().map(|c| c.case.as_deref().unwrap());
            let bags = ids.map(|id| fs::read(out.join(id).join("bundle").join(format!("{id}.zip"))).unwrap());
            (serde_json::to_string(&summary).unwrap().replace(&*out.display().to_string(), "OUT"), bags.collect::<Vec<_>>())
        });
        let [first, second] = results;
        assert_eq!(first.0, second.0);
        assert!(first.1 == second.1, "the bags differ");
    }
}
