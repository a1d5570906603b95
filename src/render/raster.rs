//! The book's pages as numbered pictures, for forms that take only pictures (`[limits] formats` names one). They are drawn from the finished PDF, so
//! that they show the same pages. Floating point differs between processors: equal bytes are promised on one type of machine only.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::media::pdf;
use crate::model::settings::Limits;
use crate::render::page::PAGE_HEIGHT;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _};
use rayon::prelude::*;
use std::path::Path;
use std::sync::Arc;

/// Dots to the inch where `[limits] image_side` asks for no less: small type stays legible, a page stays under 1 MB.
const DPI: f32 = 150.0;
/// JPEG qualities tried until a page keeps within `[limits] bytes`.
const QUALITIES: [u8; 4] = [88, 75, 60, 45];

/// Writes `001.jpg …` (or `.png` when the form takes no JPEG) into `folder` when `[limits] formats` names a picture format; says how many.
///
/// # Errors
/// The PDF cannot be read or drawn, or a picture cannot be written.
pub fn write(book: &Path, pages: u32, limits: &Limits, folder: &Path, ctx: &Context) -> Result<u32> {
    let takes = |names: &[&str]| limits.formats.iter().any(|f| names.iter().any(|n| f.eq_ignore_ascii_case(n)));
    let extension = match (takes(&["jpg", "jpeg"]), takes(&["png"])) {
        (true, _) => "jpg",
        (false, true) => "png",
        (false, false) => return Ok(0),
    };
    std::fs::create_dir_all(folder).map_err(|e| Error::io("新建文件夹", "make the folder", folder, &e))?;
    let bytes = Arc::new(std::fs::read(book).map_err(|e| Error::io("读取", "read", book, &e))?);
    let dpi = limits.image_side.map_or(DPI, |side| DPI.min((side as f32 - 1.0).max(1.0) * 72.0 / PAGE_HEIGHT));
    ctx.pool.install(|| {
        (1..=pages).into_par_iter().try_for_each(|page| {
            ctx.check_cancel()?;
            let unable = |e: String| Error::new(format!("第 {page} 页无法生成图片：{e}"), format!("page {page} could not be made a picture: {e}"));
            let (width, height, rgb) = pdf::render_page(&bytes, page, dpi).map_err(unable)?;
            let picture = encode(extension, width, height, &rgb, limits.bytes).map_err(|e| unable(e.to_string()))?;
            let path = folder.join(format!("{page:03}.{extension}"));
            std::fs::write(&path, picture).map_err(|e| Error::io("写入", "write", &path, &e))
        })
    })?;
    Ok(pages)
}

fn encode(extension: &str, width: u32, height: u32, rgb: &[u8], most: Option<u64>) -> image::ImageResult<Vec<u8>> {
    let mut out = Vec::new();
    if extension == "png" {
        image::codecs::png::PngEncoder::new(&mut out).write_image(rgb, width, height, ExtendedColorType::Rgb8)?;
        return Ok(out);
    }
    for quality in QUALITIES {
        out.clear();
        JpegEncoder::new_with_quality(&mut out, quality).write_image(rgb, width, height, ExtendedColorType::Rgb8)?;
        if most.is_none_or(|most| out.len() as u64 <= most) {
            break;
        }
    }
    Ok(out)
}
