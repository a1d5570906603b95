//! `picture-too-small`, `picture-unclear`: what is on it will hardly be read.
//!
//! Needs the size of the picture, and of its pixels light and sharpness. Our own check after “complete and clear” (Tmall 11000225, Taobao 2352) and “number
//! and weight visible” (Douyin aJoPTsTo7Jmx). Cleared by the original, a better photograph, or a reason under `[[accept]]`.

use super::data::{Rules, Unclear};
use super::{Handed, accepted, finding};
use crate::assess::view::View;
use crate::finding::{Code, Findings, Severity};
use crate::model::pixels::Light;

/// Too small, else unclear: a thumbnail is always blurred.
pub(super) fn check(view: &View, rules: &Rules, picture: &Handed, findings: &mut Findings) {
    if !size(view, rules, picture, findings) {
        clear(view, rules, picture, findings);
    }
}

/// Smaller than can be read; a phone's screen that was scaled down.
fn size(view: &View, rules: &Rules, picture: &Handed, findings: &mut Findings) -> bool {
    let (width, height) = picture.info.shown_size();
    let limits = &rules.too_small;
    let screen = u64::from(height) * 100 >= u64::from(width) * u64::from(limits.screen_shape);
    let small = width.min(height) < limits.side || (screen && width < limits.screen_width);
    if small {
        findings.push(finding(view, Code::PictureTooSmall, picture).with("width", width).with("height", height));
    }
    small
}

fn clear(view: &View, rules: &Rules, picture: &Handed, findings: &mut Findings) {
    let Some(pixels) = &picture.info.pixels else { return };
    let Some(what) = trouble(pixels.light, &rules.unclear) else { return };
    let found = finding(view, Code::PictureUnclear, picture);
    findings.push(match accepted(view, Code::PictureUnclear, &[picture.file]) {
        Some(accept) => found.variant("accepted").severity(Severity::Note).with("why", &accept.why),
        None => found.variant(what),
    });
}

/// What is wrong with the light, as a variant of `picture-unclear`.
fn trouble(light: Light, limits: &Unclear) -> Option<&'static str> {
    let range = light.brightest.saturating_sub(light.darkest);
    // white with a line of text on it is busy somewhere
    let nothing = light.busy == 0;
    if nothing && range < limits.even {
        Some("blank")
    } else if light.brightest < limits.dark {
        Some("dark")
    } else if nothing && light.darkest > limits.bright {
        Some("bright")
    } else if nothing || light.sharpness < limits.sharpness {
        // light and dark, yet no edge anywhere
        Some("blurred")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    #[test]
    fn light_tells_what_is_unclear() {
        let limits = Rules::load(&Profile::built_in()).unwrap().unclear;
        let judge = |darkest, brightest, busy, sharpness| trouble(Light { darkest, brightest, busy, sharpness }, &limits);
        // a white page with one line of text, a dark screen with light text
        assert_eq!(judge(255, 255, 4, 900), None);
        assert_eq!(judge(17, 190, 80, 900), None);
        assert_eq!(judge(0, 255, 300, 150), None);
        assert_eq!(judge(0, 255, 300, 149), Some("blurred"));
        assert_eq!(judge(40, 200, 0, 0), Some("blurred"));
        assert_eq!(judge(4, 69, 10, 800), Some("dark"));
        assert_eq!(judge(4, 70, 10, 800), None);
        assert_eq!(judge(226, 255, 0, 0), Some("bright"));
        assert_eq!(judge(225, 255, 0, 0), Some("blurred"));
        assert_eq!(judge(232, 255, 0, 0), Some("blank"));
        assert_eq!(judge(231, 255, 0, 0), Some("bright"));
        assert_eq!(judge(250, 255, 0, 0), Some("blank"));
        assert_eq!(judge(0, 3, 0, 0), Some("blank"));
    }
}
