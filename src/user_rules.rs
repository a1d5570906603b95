//! What case.toml says of findings: other severities (`[findings]`), and what was looked at and is fine (`[[accept]]`).

use crate::error::{Error, Result};
use crate::finding::{Acceptance, Code, Finding, Findings, Severity};
use crate::model::file::FileEntry;
use crate::model::settings::{Accept, CaseSettings};
use crate::profile::platform::{self, Platform};
use crate::text::glob;
use std::collections::BTreeMap;

/// Findings that stop a build as long as they are errors.
pub(crate) const STOPPING: [Code; 6] =
    [Code::NoticeMissing, Code::NoticeAmbiguous, Code::NoticeWithoutOrders, Code::PictureReused, Code::PictureEdited, Code::EvidenceInOtherCase];

/// Those among them that a reason under `[[accept]]` settles.
const EXPLAINED: [Code; 3] = [Code::PictureReused, Code::PictureEdited, Code::EvidenceInOtherCase];

/// Gives the findings their rules: the platform's severities, then case.toml's, then what was accepted.
///
/// # Errors
/// When case.toml would switch off what stops a build: that takes a reason, under `[[accept]]`.
pub(crate) fn apply(platform: &Platform, settings: &CaseSettings, files: &[FileEntry], strict: bool, findings: &mut Findings) -> Result<()> {
    findings.set_accepted(acceptances(settings, files));
    findings.set_rules(severities(platform, settings)?, strict);
    Ok(())
}

fn severities(platform: &Platform, settings: &CaseSettings) -> Result<BTreeMap<Code, Option<Severity>>> {
    let mut rules = platform.severities.clone();
    for (code, word, line) in &settings.findings {
        // case.toml was checked when it was read: both are known
        if let (Some(code), Some(severity)) = (Code::from_name(code), platform::severity(word)) {
            if STOPPING.contains(&code) && severity != Some(Severity::Error) {
                let name = code.as_str();
                let error = Error::new(
                    format!("case.toml 第 {line} 行：[findings] 不能把 {name} 改成 {word}，它会停止生成"),
                    format!("case.toml line {line}: [findings] cannot make {name} \"{word}\"; it stops a build"),
                );
                return Err(if EXPLAINED.contains(&code) {
                    error.hint(
                        format!("删掉这一行；确实没有问题的，用 [[accept]] code = \"{name}\" 写明理由"),
                        format!("delete the line; where there is nothing wrong, give the reason under [[accept]] code = \"{name}\""),
                    )
                } else {
                    error.hint(
                        "删掉这一行；没有通知和订单就没有可申诉的，请补上",
                        "delete the line; without a notice and its orders there is nothing to appeal, so add them",
                    )
                });
            }
            rules.insert(code, severity);
        }
    }
    Ok(rules)
}

/// `[[accept]]` with the files that its patterns fit.
fn acceptances(settings: &CaseSettings, files: &[FileEntry]) -> Vec<Acceptance> {
    let fitting = |pattern: &String| files.iter().filter(|f| glob::matches(pattern, &f.path)).map(|f| f.id).collect();
    let of = |accept: &Accept| Some(Acceptance { code: Code::from_name(&accept.code)?, files: accept.file.as_ref().map(fitting), why: accept.why.clone() });
    settings.accept.iter().filter_map(of).collect()
}

/// Notes each `[[accept]]` that changed nothing: of an error that only its cause clears, or of nothing that was found.
pub(crate) fn without_effect(settings: &mut CaseSettings, files: &[FileEntry], findings: &Findings) {
    // the checks of pictures weigh a reason themselves, also for the other of two files
    let weighed = |f: &Finding| f.variant.is_some_and(|v| v.ends_with("accepted"));
    let followed = |f: &Finding, a: &Acceptance| f.accepted.is_some() && a.covers(f) || weighed(f) && f.code == a.code;
    let idle: Vec<(String, u32)> = settings
        .accept
        .iter()
        .zip(acceptances(settings, files))
        .filter(|(_, acceptance)| !findings.all().iter().any(|f| followed(f, acceptance)))
        .map(|(accept, _)| (format!("[[accept]] code = \"{}\"", accept.code), accept.line))
        .collect();
    settings.without_effect.extend(idle);
}
