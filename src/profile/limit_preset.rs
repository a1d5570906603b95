//! `[limits] preset`: fills what case.toml does not say from a preset of the platform's profile. A preset is a common limit, never a fact about the form
//! in front of the user.

use super::platform::Platform;
use crate::error::{Error, Result};
use crate::model::settings::Limits;
use crate::text::nearest::nearest;

/// Applies the preset that the limits name, if any. What the user said himself stays.
///
/// # Errors
/// When the platform's profile has no such preset (with the line and the nearest one).
pub fn apply(limits: &mut Limits, platform: &Platform) -> Result<()> {
    let Some((id, line)) = limits.preset.clone() else { return Ok(()) };
    let Some(preset) = platform.limits.iter().find(|l| l.id == id) else {
        let ids = || platform.limits.iter().map(|l| l.id.as_str());
        let all = ids().collect::<Vec<_>>().join(", ");
        let near = nearest(&id, ids()).map(|n| format!("preset = \"{n}\""));
        return Err(Error::new(format!("case.toml 第 {line} 行：没有预设 “{id}”"), format!("case.toml line {line}: there is no preset `{id}`")).hint(
            near.as_ref().map_or_else(|| format!("可以用的预设：{all}"), |n| format!("是不是 {n}？全部预设：{all}")),
            near.as_ref().map_or_else(|| format!("the presets are: {all}"), |n| format!("did you mean {n}? All: {all}")),
        ));
    };
    limits.files = limits.files.or(preset.files);
    limits.pages = limits.pages.or(preset.pages);
    limits.bytes = limits.bytes.or(preset.bytes);
    limits.bytes_total = limits.bytes_total.or(preset.bytes_total);
    limits.image_side = limits.image_side.or(preset.image_side);
    if limits.formats.is_empty() {
        limits.formats.clone_from(&preset.formats);
    }
    if limits.text.is_empty() {
        limits.text.clone_from(&preset.text);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    #[test]
    fn the_page_of_limit_unknown_names_every_general_preset() {
        let general = Platform::load(&Profile::built_in(), "generic").unwrap();
        for lang in [crate::model::Lang::ZhCn, crate::model::Lang::En] {
            let page = crate::profile::lang::words(lang).get("limit-unknown.explain");
            assert!(general.limits.iter().all(|l| page.contains(&l.id)), "{page}");
        }
    }

    #[test]
    fn fills_what_is_not_said_and_names_the_nearest() {
        let platform = Platform::load(&Profile::built_in(), "douyin").unwrap();
        let mut limits = Limits { preset: Some(("images-2mb-4".to_owned(), 7)), bytes: Some(1_000), ..Limits::default() };
        apply(&mut limits, &platform).unwrap();
        assert_eq!((limits.files, limits.bytes, limits.formats.as_slice()), (Some(4), Some(1_000), ["jpg", "png", "bmp"].map(String::from).as_slice()));
        limits.preset = Some(("images-2mb".to_owned(), 7));
        let error = apply(&mut limits, &platform).unwrap_err();
        assert!(error.message(crate::model::Lang::En).contains("line 7"));
        assert!(error.next_step(crate::model::Lang::En).starts_with("did you mean preset = \"images-"));
    }

    /// What a preset fills: files, bytes of each, bytes of all, pages, pixels of a side, characters, formats.
    type Filled = (Option<u64>, Option<u64>, Option<u64>, Option<u64>, Option<u64>, Vec<u64>, String);

    #[test]
    fn every_preset_says_what_its_source_says() {
        let known: Vec<(&str, &str, Filled)> = vec![
            ("generic", "small-images", (None, Some(130_000), None, None, None, vec![], "gif jpg png".into())),
            ("generic", "images-1mb", (None, Some(1_000_000), None, None, None, vec![], "jpg png".into())),
            ("generic", "images-2mb-4", (Some(4), Some(2_000_000), None, None, None, vec![], "jpg png bmp".into())),
            ("generic", "images-5mb-1500", (None, Some(5_000_000), None, None, Some(1_499), vec![], "jpg png bmp gif".into())),
            ("generic", "one-pdf-10mb", (Some(1), Some(10_000_000), None, None, None, vec![], "pdf".into())),
            ("generic", "wechat-pay", (Some(4), Some(2_000_000), None, None, None, vec![200], "jpg png bmp".into())),
            // the interface says less than 10 MB
            ("generic", "paypal", (None, Some(9_999_999), Some(50_000_000), None, None, vec![], "jpg gif png pdf".into())),
            // what is advised, below the 18 MB that are allowed
            ("generic", "mastercard", (None, None, Some(14_500_000), None, None, vec![], "jpg tiff pdf".into())),
            ("generic", "amex", (Some(5), Some(5_000_000), Some(25_000_000), Some(20), None, vec![], String::new())),
            ("generic", "revolut", (Some(100), Some(10_000_000), None, None, None, vec![], "pdf png jpg".into())),
            ("taobao", "taobao-refuse", (None, Some(130_000), None, None, None, vec![200], "gif jpg png".into())),
            ("ebay", "ebay-dispute", (None, None, None, None, None, vec![], "jpg png".into())),
            ("ebay", "ebay-post-order", (None, Some(5_000_000), None, None, None, vec![], "pdf jpg bmp gif png".into())),
            ("amazon", "amazon-formats", (None, None, None, None, None, vec![], "pdf jpg png gif".into())),
            ("tiktok-shop", "tiktok-one-pdf", (Some(1), None, None, None, None, vec![], "pdf".into())),
            ("wechat-shop", "wechat-complaint", (None, None, None, None, None, vec![500], String::new())),
        ];
        let profile = Profile::built_in();
        for (platform, id, filled) in &known {
            let platform = Platform::load(&profile, platform).unwrap();
            let mut limits = Limits { preset: Some(((*id).to_owned(), 1)), ..Limits::default() };
            apply(&mut limits, &platform).unwrap();
            let Limits { preset: _, files, pages, bytes, bytes_total, image_side, formats, text } = limits;
            assert_eq!((files, bytes, bytes_total, pages, image_side, text, formats.join(" ")), *filled, "{id}");
        }
        for name in profile.list("platforms") {
            let id = name.trim_end_matches(".toml");
            for preset in &Platform::load(&profile, id).unwrap().limits {
                assert!(known.iter().any(|(_, known, _)| *known == preset.id), "{} of {id}", preset.id);
            }
        }
    }
}
