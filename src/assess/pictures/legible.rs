//! `picture-too-small`: text on it will hardly be read.
//!
//! Needs the size of the picture. Our own check after “complete and clear” (Tmall 11000225, Taobao 2352). Cleared by the original.

use super::data::Rules;
use super::{Handed, finding};
use crate::assess::view::View;
use crate::finding::{Code, Findings};

/// Smaller than can be read; a phone's screen that was scaled down.
pub(super) fn size(view: &View, rules: &Rules, picture: &Handed, findings: &mut Findings) {
    let (width, height) = picture.info.shown_size();
    let limits = &rules.too_small;
    let screen = u64::from(height) * 100 >= u64::from(width) * u64::from(limits.screen_shape);
    let small = width.min(height) < limits.side || (screen && width < limits.screen_width);
    if small && width > 0 && height > 0 {
        findings.push(finding(view, Code::PictureTooSmall, picture).with("width", width).with("height", height));
    }
}
