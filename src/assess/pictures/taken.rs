//! `picture-taken-late`: a photograph of packing or parcel was taken after the notice.
//!
//! Needs the camera's own time (EXIF) and the notice's time of receipt. Our own check: such a photograph cannot show what was sent. A camera's clock may
//! be wrong, so it is a warning. Cleared by the photograph of the day, or by leaving it out.

use super::data::Rules;
use super::{Handed, finding};
use crate::assess::view::View;
use crate::finding::{Code, Findings};
use crate::model::Moment;
use crate::text::dates;

pub(super) fn check(view: &View, rules: &Rules, picture: &Handed, findings: &mut Findings) {
    let (Some(taken), Some(received)) = (picture.info.taken_at, view.case.notice.received) else { return };
    let entry = view.case.file(picture.file);
    let path = entry.path.to_lowercase();
    let must_be_older = rules.taken_late.kinds.contains(&entry.kind) || rules.taken_late.words.iter().any(|w| path.contains(w.as_str()));
    if must_be_older && taken > received.latest() {
        let (taken, received) = dates::told_apart(Moment::exact(taken), received);
        findings.push(finding(view, Code::PictureTakenLate, picture).with("taken", taken).with("received", received));
    }
}
