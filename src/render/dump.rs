//! Pages as text, so that layout is tested and compared without PDF.

use super::page::{Item, Page};
use std::fmt::Write as _;

/// A line for each run of text (rounded x and y, then the text), picture, link, target and outline entry, page by page, in painting order.
pub fn dump(pages: &[Page]) -> String {
    let mut out = String::new();
    for (i, page) in pages.iter().enumerate() {
        let _ = writeln!(out, "--- page {}", i + 1);
        for item in &page.items {
            let _ = match item {
                Item::Glyphs(run) => writeln!(out, "{:.0},{:.0} {}", run.origin.0, run.origin.1, run.text),
                Item::Picture { image, rect, slice, .. } => {
                    let part = slice.map(|(a, b)| format!(" {a:.4}..{b:.4}")).unwrap_or_default();
                    writeln!(out, "{:.0},{:.0} [{image:?} {:.0}x{:.0}{part}]", rect.x, rect.y, rect.w, rect.h)
                }
                Item::Box { .. } | Item::Line { .. } | Item::Disc { .. } => Ok(()),
            };
        }
        for link in &page.links {
            let _ = writeln!(out, "link {:.0},{:.0} -> {}", link.rect.x, link.rect.y, link.target.0);
        }
        for (anchor, y) in &page.anchors {
            let _ = writeln!(out, "target {} {y:.0}", anchor.0);
        }
        for entry in &page.outline {
            let _ = writeln!(out, "outline {} {}", entry.depth, entry.text);
        }
    }
    out
}
