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
}
