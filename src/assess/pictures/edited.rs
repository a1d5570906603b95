//! `picture-edited`: the picture's own data name an editor, or something was drawn on it in red.
//!
//! Needs the programs that intake read. Source: proof with traces of editing is void (Tmall 20003860, said of freshness dates; held to everywhere). Phones
//! and screenshot tools write their own names: nothing is said of them; a program in no list is a note. Cleared by the original, or a reason under
//! `[[accept]]`.

use super::data::{Class, Programs, Rules};
use super::{Handed, accepted, finding};
use crate::assess::view::View;
use crate::finding::{Code, Findings, Severity};

pub(super) fn check(view: &View, programs: &Programs, picture: &Handed, findings: &mut Findings) {
    let editor = picture.info.programs.iter().find(|p| programs.class(p) == Some(Class::Editor));
    let unknown = || picture.info.programs.iter().find(|p| programs.class(p).is_none());
    let Some(program) = editor.or_else(unknown) else { return };
    let found = finding(view, Code::PictureEdited, picture).with("software", program);
    findings.push(match (editor, accepted(view, Code::PictureEdited, &[picture.file])) {
        (None, _) => found.variant("unknown").severity(Severity::Note),
        (Some(_), Some(accept)) => found.variant("accepted").severity(Severity::Note).with("why", &accept.why),
        (Some(_), None) => found,
    });
}

/// Red boxes and arrows on a screenshot: a warning to use the unmarked one. A camera's photograph may show red things.
pub(super) fn marked(view: &View, rules: &Rules, picture: &Handed, findings: &mut Findings) {
    let screenshot = rules.marked.kinds.contains(&view.case.file(picture.file).kind) && !picture.info.is_photograph();
    if !screenshot || picture.info.pixels.as_ref().is_none_or(|p| p.marks.is_empty()) {
        return;
    }
    let found = finding(view, Code::PictureEdited, picture);
    findings.push(match accepted(view, Code::PictureEdited, &[picture.file]) {
        Some(accept) => found.variant("marked-accepted").severity(Severity::Note).with("why", &accept.why),
        None => found.variant("marked").severity(Severity::Warning),
    });
}
