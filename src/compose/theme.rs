//! Colours and sizes of a book: `[theme]` of its book.toml over the built-in ones.

use crate::error::{Error, Result};
use crate::model::document::Theme;
use crate::text::toml_lines;
use serde::Deserialize;

/// Sizes in points and margins in millimetres lie between these: a size of nothing or a page without room cannot be set.
const SIZES: std::ops::RangeInclusive<f32> = 1.0..=80.0;

/// Line heights as a multiple of the type size.
const LEADINGS: std::ops::RangeInclusive<f32> = 1.0..=4.0;

/// Overrides of [`Theme`]: colours as `#rrggbb`, sizes in points, margins in millimetres.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThemeSpec {
    ink: Option<String>,
    text: Option<String>,
    muted: Option<String>,
    hairline: Option<String>,
    tint: Option<String>,
    shade: Option<String>,
    pale: Option<String>,
    body_pt: Option<f32>,
    small_pt: Option<f32>,
    table_pt: Option<f32>,
    h1_pt: Option<f32>,
    h2_pt: Option<f32>,
    leading: Option<f32>,
    margin_left_mm: Option<f32>,
    margin_right_mm: Option<f32>,
    margin_top_mm: Option<f32>,
    margin_bottom_mm: Option<f32>,
}

impl ThemeSpec {
    /// The theme that `text`, the book.toml of this name, asks for.
    ///
    /// # Errors
    /// When a colour is not `#rrggbb`, or a size is out of its range; with the line.
    pub(super) fn theme(&self, text: &str, origin: &str) -> Result<Theme> {
        let mut theme = Theme::default();
        let t = &mut theme;
        let refused = |name: &str, zh: &str, en: &str| {
            let line = toml_lines::of_key(text, "theme", name);
            Error::new(format!("{origin} 第 {line} 行：{name} {zh}"), format!("{origin}, line {line}: {name} {en}"))
        };
        for (name, given, target) in [
            ("ink", &self.ink, &mut t.ink),
            ("text", &self.text, &mut t.text),
            ("muted", &self.muted, &mut t.muted),
            ("hairline", &self.hairline, &mut t.hairline),
            ("tint", &self.tint, &mut t.tint),
            ("shade", &self.shade, &mut t.shade),
            ("pale", &self.pale, &mut t.pale),
        ] {
            if let Some(text) = given {
                *target = color(text).ok_or_else(|| {
                    refused(name, &format!("= \"{text}\" 不是颜色"), &format!("= \"{text}\" is no colour"))
                        .hint("写成 \"#1f3a5f\" 这样", "write it like \"#1f3a5f\"")
                })?;
            }
        }
        for (name, given, target, range) in [
            ("body_pt", self.body_pt, &mut t.body_pt, SIZES),
            ("small_pt", self.small_pt, &mut t.small_pt, SIZES),
            ("table_pt", self.table_pt, &mut t.table_pt, SIZES),
            ("h1_pt", self.h1_pt, &mut t.h1_pt, SIZES),
            ("h2_pt", self.h2_pt, &mut t.h2_pt, SIZES),
            ("leading", self.leading, &mut t.leading, LEADINGS),
            ("margin_left_mm", self.margin_left_mm, &mut t.margin_left_mm, SIZES),
            ("margin_right_mm", self.margin_right_mm, &mut t.margin_right_mm, SIZES),
            ("margin_top_mm", self.margin_top_mm, &mut t.margin_top_mm, SIZES),
            ("margin_bottom_mm", self.margin_bottom_mm, &mut t.margin_bottom_mm, SIZES),
        ] {
            let Some(value) = given else { continue };
            if !range.contains(&value) {
                let (least, most) = (range.start(), range.end());
                return Err(refused(name, &format!("= {value} 超出范围"), &format!("= {value} is out of range"))
                    .hint(format!("写 {least} 到 {most} 之间的数"), format!("write a number from {least} to {most}")));
            }
            *target = value;
        }
        Ok(theme)
    }
}

fn color(text: &str) -> Option<[u8; 3]> {
    let hex = text.strip_prefix('#').filter(|h| h.len() == 6 && h.is_ascii())?;
    let part = |i: usize| u8::from_str_radix(hex.get(i..i + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}
