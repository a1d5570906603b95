//! The run, one line a stage: notice → intake → matching → assess → compose → render → bundle → check of the result.

use crate::assess;
use crate::bundle::bag::{self, MadeFile};
use crate::bundle::limits::{self, Paged};
use crate::bundle::swap::{MARKER, Moved, Staged};
use crate::bundle::zip::Unsynced;
use crate::compose;
use crate::context::{Context, PixelChecks};
use crate::elsewhere::Ledger;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding, Findings, Severity};
use crate::intake;
use crate::matching;
use crate::media::pixels::cache::PixelCache;
use crate::model::assessment::Assessment;
use crate::model::case::Case;
use crate::model::document::PartKind;
use crate::model::evidence::Matching;
use crate::model::pages::PageMap;
use crate::model::settings::CaseSettings;
use crate::model::source::FileId;
use crate::model::{Disclosure, Lang, Time};
use crate::notice;
use crate::profile::limit_preset;
use crate::profile::platform::Platform;
use crate::profile::{self, Profile};
use crate::render;
use crate::report;
use crate::sheet_corrections;
use crate::text::{dates, nicks};
use crate::user_rules;
use crate::verify::{self, Depth};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A case that was read and judged.
pub struct Checked {
    /// The surroundings with the case's own clock and templates.
    pub ctx: Context,
    /// The case.
    pub case: Case,
    /// Its links.
    pub matching: Matching,
    /// What the checks concluded.
    pub assessment: Assessment,
    /// What was found.
    pub findings: Findings,
    /// What was measured on pictures; `None` with `--no-pixel-checks`.
    pub pixels: Option<PixelCache>,
}

/// What `build` is asked for.
#[derive(Debug, Clone, Default)]
pub struct BuildOptions {
    /// Output folder.
    pub out: PathBuf,
    /// `--template NAME|DIR`.
    pub template: Option<String>,
    /// Do everything but write.
    pub dry_run: bool,
}

/// What `build` made.
pub struct Built {
    /// The case as judged; its findings include those of building.
    pub checked: Checked,
    /// The case's output folder; `None` for a dry run.
    pub folder: Option<PathBuf>,
    /// Pages; `None` when only private/ was written.
    pub pages: Option<PageMap>,
    /// The zips.
    pub bags: Vec<PathBuf>,
    /// Files of the seller's own in the place of ours, and where they lie now.
    pub moved: Vec<Moved>,
}

/// Everything but building.
///
/// # Errors
/// case.toml or a template is wrong, or the folder cannot be read.
pub fn check(root: &Path, ctx: &Context) -> Result<Checked> {
    let ledger = ctx.results.as_deref().map(Ledger::of_results).unwrap_or_default();
    judge(root, ctx, Asked::Notice, &ledger)
}

/// [`check`] beside other cases: what they hand in is known already, so the folder of results is not asked again.
///
/// # Errors
/// As [`check`].
pub fn check_beside(root: &Path, ctx: &Context, others: &Ledger) -> Result<Checked> {
    judge(root, ctx, Asked::Notice, others)
}

/// The checks over all orders of the exports, as if each were flagged: what `audit` ranks. A notice in the folder is not followed.
///
/// # Errors
/// As [`check`].
pub fn check_all(root: &Path, ctx: &Context) -> Result<Checked> {
    judge(root, ctx, Asked::All, &Ledger::default())
}

/// Which orders are judged.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    /// Those that the notice lists.
    Notice,
    /// Every order of the exports.
    All,
}

fn judge(root: &Path, ctx: &Context, asked: Asked, others: &Ledger) -> Result<Checked> {
    intake::openable(root)?;
    let mut settings = notice::casefile::read(root)?;
    let ctx = surroundings(root, &settings, ctx)?;
    let mut findings = Findings::default();
    let pixels = match &ctx.pixels {
        PixelChecks::On { kept_in: Some(out) } => Some(PixelCache::read(out, root)),
        PixelChecks::On { kept_in: None } => Some(PixelCache::default()),
        PixelChecks::Off => None,
    };
    let mut taken = intake::read(root, &settings, pixels.as_ref(), &ctx, &mut findings)?;
    let walked = taken.files.len();
    sheet_corrections::follow(root, &mut settings, &mut taken, &ctx, &mut findings)?;
    let known = intake::orders::known_ids(&taken);
    let notice = notice::read(&mut taken.files, &taken.contents, &settings, &known, root, &ctx, &mut findings)
        .map_err(|e| beyond_the_limit(e, settings.intake.files, &findings))?;
    drop(known);
    let platform_id = settings.platform.clone().or_else(|| notice.platform.clone());
    let platform = Platform::load(&ctx.profile, platform_id.as_deref().unwrap_or("generic"))?;
    limit_preset::apply(&mut settings.limits, &platform)?;
    user_rules::apply(&platform, &settings, &taken.files, ctx.strict, &mut findings)?;
    let listed: Vec<_> = match asked {
        Asked::Notice => notice.order_ids.iter().map(|l| l.value.clone()).collect(),
        Asked::All => intake::orders::main_ids(&taken),
    };
    let selected = intake::orders::select(&taken, &listed, &ctx, &mut findings);
    let exported = selected.exported_ids();
    notice::report_missing(&notice, |id| exported.contains(id), !selected.export.is_empty(), &mut findings);
    let buyers: BTreeSet<&str> = selected.export.iter().map(|e| &*e.buyer).filter(|b| nicks::readable(b)).collect();
    intake::chat::settle(&mut taken.contents, ctx.fixed_now.or(notice.received.map(|r| r.at)), &buyers);
    let notice_sha = notice.file.and_then(|f| taken.files.get(f.index())).map(|f| f.sha256);
    let mut case = Case {
        id: notice::case_id(&settings, platform_id.as_deref(), &notice, notice_sha),
        root: root.to_path_buf(),
        platform: platform_id,
        violation: notice.violation.clone(),
        scenario: settings.scenario.clone(),
        language: notice::language(&settings, Some(&platform)),
        now: ctx.fixed_now.unwrap_or(ctx.wall),
        document_date: ctx.fixed_now.or(notice.received.map(|r| r.at)),
        settings,
        files: taken.files,
        contents: taken.contents,
        notice,
        orders: selected.orders,
        listed: selected.listed,
        export: selected.export,
        listed_beside: selected.listed_beside,
        shop: selected.shop,
    };
    ctx.progress.stage("matching", 0);
    let most = case.settings.intake.files;
    let mut matching = matching::link(&mut case, &ctx, &mut findings).map_err(|e| beyond_the_limit(e, most, &findings))?;
    others.look_up(&case, &mut matching, &mut findings);
    ctx.progress.stage("assess", 0);
    let assessment = assess::assess(&case, &matching, pixels.as_ref(), &ctx, &mut findings)?;
    user_rules::without_effect(&mut case.settings, &case.files, &findings);
    matching::account(&case, &matching, walked)?;
    Ok(Checked { ctx, case, matching, assessment, findings, pixels })
}

/// A file that case.toml names may lie beyond the limit of files: then the limit is told, as the file is there for all the seller can see.
fn beyond_the_limit(error: Error, most: usize, findings: &Findings) -> Error {
    let reached = |f: &&Finding| f.code == Code::LimitReached && f.variant == Some("files");
    let Some(reached) = findings.all().iter().find(reached) else { return error };
    let first = reached.params.iter().find(|(key, _)| *key == "file").map_or("", |(_, file)| file.as_str());
    let (zh, en) = (error.next_step(Lang::ZhCn), error.next_step(Lang::En));
    let (zh, en) = (
        format!("[intake] files = {most}：从 {first} 起的文件没有读入，写到的文件可能在其中；调大这个上限再运行。{zh}"),
        format!(
            "[intake] files = {most}: the files from {first} on were not taken up, and the one that is named may be among them; raise this limit and run again. {en}"
        ),
    );
    error.hint(zh, en.trim_end())
}

/// Checks, and builds what is handed in.
///
/// # Errors
/// As [`check`]; writing fails; an original changed meanwhile; the bag does not verify.
pub fn build(root: &Path, options: &BuildOptions, ctx: &Context) -> Result<Built> {
    build_checked(check(root, ctx)?, options)
}

/// Builds a case that was checked already (a batch checks all cases first, to see repeated ids).
///
/// # Errors
/// As [`build`].
pub fn build_checked(mut checked: Checked, options: &BuildOptions) -> Result<Built> {
    if !options.dry_run {
        apart(&checked.case, &options.out)?;
    }
    if blocked(&checked) {
        let (folder, moved) =
            if options.dry_run { (None, Vec::new()) } else { write_private(&checked, &options.out).map(|(folder, moved)| (Some(folder), moved))? };
        return Ok(Built { checked, folder, pages: None, bags: Vec::new(), moved });
    }
    let Checked { ctx, case, matching, assessment, findings, pixels } = &mut checked;
    if let Some(line) = to_be_covered(case) {
        return Err(uncovered(line));
    }
    ctx.progress.stage("compose", 0);
    let template = options.template.as_deref();
    let items = bag::plan(case, matching, assessment);
    let listing = bag::listing(case, &items);
    if options.dry_run {
        let material = compose::Material { case, matching, assessment, findings, bag: &listing };
        compose::compose(&material, ctx, template, Disclosure::Full)?;
        return Ok(Built { checked, folder: None, pages: None, bags: Vec::new(), moved: Vec::new() });
    }
    let staged = Staged::begin(&options.out, &case.id)?;
    let (bundle, upload) = (staged.sub("bundle")?, staged.sub("upload")?);
    let pictures: Vec<FileId> = items.iter().map(|item| item.file).collect();
    let (composed, rendered, begun) = std::thread::scope(|scope| {
        // originals are packed while the book is composed and set: the one waits for the disk, the other for the processor
        let packing = scope.spawn(|| bag::begin(case, items, &bundle, ctx));
        let looking = scope.spawn(|| render::look_ahead(case, pictures.into_iter(), &upload, ctx));
        let material = compose::Material { case, matching, assessment, findings: &*findings, bag: &listing };
        let composed = compose::compose(&material, ctx, template, Disclosure::Full);
        let ahead = looking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let made = composed.and_then(|mut composed| {
            let rendered = make_upload(&mut composed, case, ahead?, &staged, ctx, findings)?;
            Ok((composed, rendered))
        });
        // a book that fails ends the run when the zip is closed; the staged folder goes with it
        let begun = packing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let (composed, rendered) = made?;
        Ok::<_, Error>((composed, rendered, begun?))
    })?;
    ctx.progress.stage("bag", 0);
    let made: Vec<MadeFile> = rendered.files.iter().map(|f| MadeFile { part: f.part, path: f.path.clone(), digests: f.digests }).collect();
    let contents =
        bag::Contents { case, matching, assessment, exhibits: &composed.exhibits, document: &composed.document, pages: &rendered.pages, made: &made };
    let written = begun.finish(&contents, ctx)?;
    let texts = compose::statement_needs(&composed, case, &rendered.pages);
    // all that is printed is written: what comes next needs its memory
    drop(composed);
    ctx.progress.stage("verify", 0);
    let bags: Vec<PathBuf> = written.iter().map(|bag| bag.path().to_path_buf()).collect();
    let names: Vec<String> = bags.iter().filter_map(|b| b.file_name()).map(|n| n.to_string_lossy().into_owned()).collect();
    std::thread::scope(|scope| {
        // what was written is read again, and the rest written, while the disk takes the bags
        let syncing = scope.spawn(|| written.into_iter().try_for_each(Unsynced::sync));
        verify_all(&bags, ctx)?;
        let pdfs: Vec<Paged> = rendered.files.iter().map(|f| paged(f, &rendered.pages)).collect();
        limits::compare(staged.folder(), &case.settings.limits, &pdfs, &texts, findings)?;
        findings.sort();
        let outcome = report::Outcome {
            checked: report::View { case, matching, assessment, findings },
            pages: Some(&rendered.pages),
            bags: &names,
            blocked: false,
            earlier: None,
        };
        report::write(&outcome, ctx, &staged)?;
        syncing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    ctx.check_cancel()?;
    let (folder, moved) = staged.commit(&[])?;
    if let Some(pixels) = pixels {
        pixels.save(&options.out, &case.root);
    }
    let bags = names.iter().map(|n| folder.join("bundle").join(n)).collect();
    let pages = Some(rendered.pages);
    Ok(Built { checked, folder: Some(folder), pages, bags, moved })
}

/// Parts of a picture to be covered: nothing covers them yet.
const MASK: &str = "[[mask]]";

/// The line of case.toml that asks for it: `build` stops there.
pub fn to_be_covered(case: &Case) -> Option<u32> {
    case.settings.without_effect.iter().find(|(key, _)| key == MASK).map(|(_, line)| *line)
}

fn uncovered(line: u32) -> Error {
    Error::new(
        format!("case.toml 第 {line} 行 {MASK} 还不能遮盖图片：照现在的样子，原图会完整进入申诉材料，所以没有生成"),
        format!("case.toml line {line}: {MASK} cannot cover pictures yet; the whole picture would be handed in, so nothing was built"),
    )
    .hint(
        "删掉 [[mask]]；不能交的图片写进 [[ignore]]，自己遮盖后另存的图片可以照常放进文件夹",
        "delete [[mask]]; put pictures that must not be handed in under [[ignore]], and add copies that you covered yourself",
    )
}

/// Book, annex and what else is handed in outside the bag.
fn make_upload(
    composed: &mut compose::Composed,
    case: &Case,
    ahead: render::Ahead<'_>,
    staged: &Staged,
    ctx: &Context,
    findings: &mut Findings,
) -> Result<render::Rendered> {
    let upload = staged.sub("upload")?;
    let rendered = render::render(&mut composed.document, case, ahead, &upload, ctx, findings)?;
    for (name, bytes) in compose::statement_files(composed, case, &rendered.pages) {
        staged.write(&format!("upload/{name}"), &bytes)?;
    }
    for (name, bytes) in compose::order_sheets(composed, case, &rendered.pages)? {
        staged.write(&format!("upload/{name}"), &bytes)?;
    }
    if let Some(book) = rendered.files.iter().find(|f| f.part == PartKind::Book) {
        render::raster::write(&book.path, rendered.pages.book_pages, &case.settings.limits, &upload.join("images"), ctx)?;
    }
    Ok(rendered)
}

/// Reads the bags that were written again.
fn verify_all(bags: &[PathBuf], ctx: &Context) -> Result<()> {
    for bag in bags {
        let result = verify::verify(bag, Depth::Checksums, ctx)?;
        if !result.valid {
            return Err(Error::new(
                format!("写出的压缩包没有通过自检：{:?}", result.problems),
                format!("the bag that was written does not verify: {:?}", result.problems),
            )
            .hint("旧结果没有改动；检查磁盘后再运行一次", "the old result is untouched; check the disk and run again"));
        }
    }
    Ok(())
}

fn paged(file: &render::RenderedFile, pages: &PageMap) -> Paged {
    let volume = file.volume.and_then(|v| pages.volumes.get(v.saturating_sub(1) as usize)).map(|(first, last)| last - first + 1);
    let count = match file.part {
        PartKind::Book => pages.book_pages,
        PartKind::Annex => volume.unwrap_or(pages.annex_pages),
    };
    Paged { name: file.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(), pages: count }
}

/// What a build hands in: it stays when a later run writes only `private/`, and is then told to be of an earlier build.
const HANDED_IN: [&str; 3] = ["upload", "bundle", "masked"];

/// When the book that lies in the case's output folder was built, if there is one.
pub fn earlier_build(out: &Path, case_id: &str) -> Option<Time> {
    let book = out.join(case_id).join("upload").join(format!("{case_id}.pdf"));
    let built = std::fs::metadata(book).ok()?.modified().ok()?;
    Some(chrono::DateTime::<chrono::Utc>::from(built).with_timezone(&dates::china()))
}

/// Writes `private/` (and the start page) only; what an earlier build handed in stays. Gives the case's folder, and what was moved in it.
///
/// # Errors
/// Writing fails.
pub fn write_private(checked: &Checked, out: &Path) -> Result<(PathBuf, Vec<Moved>)> {
    apart(&checked.case, out)?;
    let staged = Staged::begin(out, &checked.case.id)?;
    let Checked { ctx, case, matching, assessment, findings, pixels } = checked;
    let outcome = report::Outcome {
        checked: report::View { case, matching, assessment, findings },
        pages: None,
        bags: &[],
        blocked: blocked(checked),
        earlier: earlier_build(out, &case.id),
    };
    report::write(&outcome, ctx, &staged)?;
    let placed = staged.commit(&HANDED_IN)?;
    if let Some(pixels) = pixels {
        pixels.save(out, &case.root);
    }
    Ok(placed)
}

/// Refuses an output folder in which the result would take the place of the case folder itself, or of a folder around it: evidence is only ever read.
fn apart(case: &Case, out: &Path) -> Result<()> {
    beside_evidence(&case.root, out)?;
    let result = out.join(&case.id);
    if result.canonicalize().ok().zip(case.root.canonicalize().ok()).is_none_or(|(result, root)| !root.starts_with(result)) {
        return Ok(());
    }
    let shown = result.display();
    Err(Error::new(
        format!("结果文件夹 {shown} 就是案件文件夹（或者包着它），没有写任何文件"),
        format!("the result's folder {shown} is the case folder itself, or holds it; nothing was written"),
    )
    .hint("用 --out 换一个输出文件夹，或在 case.toml 的 [case] id 里换一个编号", "name another folder with --out, or another [case] id in case.toml"))
}

/// Refuses an output folder inside the case in which evidence lies: marked as ours, it would be no evidence any more. The case folder itself may be it, and so
/// may a folder that holds nothing but results.
///
/// # Errors
/// A file lies in it that we did not write.
pub fn beside_evidence(root: &Path, out: &Path) -> Result<()> {
    let Some((inside, root)) = out.canonicalize().ok().zip(root.canonicalize().ok()) else { return Ok(()) };
    if inside == root || !inside.starts_with(&root) || inside.join(MARKER).exists() {
        return Ok(());
    }
    let Some(file) = intake::set_aside::foreign(&inside) else { return Ok(()) };
    let (shown, file) = (out.display(), file.strip_prefix(&inside).unwrap_or(&file).display().to_string());
    Err(Error::new(
        format!("--out {shown} 是案件文件夹里放材料的文件夹（有 {file}），结果不能写在材料中间；没有写任何文件"),
        format!("--out {shown} is a folder of the case that holds evidence ({file}), and results are not written among it; nothing was written"),
    )
    .hint("换一个空的或新的文件夹，例如 --out appeal-out", "name an empty or a new folder, for example --out appeal-out"))
}

/// What stops a build: no order is argued, or one of a few findings: without a notice there is nothing to argue, and a doubly used or edited picture needs the seller's word first.
pub fn blocked(checked: &Checked) -> bool {
    // an appeal for no order at all is none
    checked.assessment.counts.argued == 0 || checked.findings.all().iter().any(|f| f.severity == Severity::Error && user_rules::STOPPING.contains(&f.code))
}

/// Clock and templates of the case: `--now`, SOURCE_DATE_EPOCH, `as_of`, else the wall; the case's `templates/` over the built-in ones.
fn surroundings(root: &Path, settings: &CaseSettings, ctx: &Context) -> Result<Context> {
    let mut ctx = ctx.clone();
    ctx.fixed_now = ctx.fixed_now.or(settings.as_of);
    if let Some(own) = profile::own_templates(root) {
        Profile::misspelt(&own, "")?;
        ctx.profile = Arc::new((*ctx.profile).clone().with_case_layer(&own));
    }
    Ok(ctx)
}
