//! printpdf's part: our pages go through it a few at a time, so that only their compressed streams stay in memory, and once more as an empty
//! document that carries fonts, page tree and stubs for the pictures.

use super::PdfJob;
use super::content::{operations, paper};
use super::file::deflate;
use super::glyphs::CutFonts;
use crate::error::{Error, Result};
use crate::render::page::{ImageKey, Page};
use lopdf::{Document, Object, Stream, dictionary};
use printpdf::{
    Codepoint, ExternalStream, ExternalXObject, FontId, Op, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Pt, TextItem, XObject, XObjectId,
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Pages that printpdf is given at once. Fewer cost time for its copies of the fonts' tables, more cost memory.
const BATCH: usize = 16;

/// The document as printpdf makes it, with its pages' streams compressed and an empty stub for each picture.
///
/// # Errors
/// When printpdf gives other pages than it was given.
pub fn build(job: &PdfJob<'_>, fonts: &CutFonts, pictures: &BTreeMap<ImageKey, String>) -> Result<Document> {
    let batches = || job.pages.par_chunks(BATCH).map(|pages| streams(pages, fonts, pictures)).collect::<Result<Vec<_>>>();
    let streams: Vec<Vec<u8>> = job.pool.install(batches)?.into_iter().flatten().collect();

    let mut pdf = PdfDocument::new(job.title);
    add_fonts(&mut pdf, fonts, |font| font.clone());
    for name in pictures.values() {
        let stub = ExternalXObject { stream: ExternalStream::default(), width: None, height: None, dpi: None };
        pdf.resources.xobjects.map.insert(XObjectId(name.clone()), XObject::External(stub));
    }
    pdf.pages = job.pages.iter().map(|_| empty_page(Vec::new())).collect();
    if let Some(first) = pdf.pages.first_mut() {
        // printpdf embeds a font only for glyphs that a page shows; this page's stream is replaced like all others
        first.ops = every_glyph(fonts);
    }
    let mut doc = pdf.to_lopdf_document(&options(), &mut Vec::new());
    drop(pdf);
    let contents = content_ids(&doc)?;
    if contents.len() != streams.len() {
        return Err(Error::new("PDF 页数与排版不符", "the PDF has another number of pages than the layout"));
    }
    for (id, data) in contents.into_iter().zip(streams) {
        doc.objects.insert(id, Object::Stream(Stream::new(dictionary! { "Filter" => "FlateDecode" }, data)));
    }
    Ok(doc)
}

/// Nothing of what printpdf would do on saving: fonts are cut, pictures kept and streams compressed by us.
fn options() -> PdfSaveOptions {
    PdfSaveOptions { optimize: false, subset_fonts: false, secure: true, image_optimization: None }
}

fn streams(pages: &[Page], fonts: &CutFonts, pictures: &BTreeMap<ImageKey, String>) -> Result<Vec<Vec<u8>>> {
    let mut pdf = PdfDocument::new("");
    // widths are enough to place glyphs; the font program would be copied for each batch
    add_fonts(&mut pdf, fonts, |font| {
        let mut light = font.clone();
        light.parsed_font.original_bytes = Vec::new();
        light
    });
    pdf.pages = pages.iter().map(|page| empty_page(operations(page, fonts, pictures))).collect();
    let doc = pdf.to_lopdf_document(&options(), &mut Vec::new());
    drop(pdf);
    let content = |id: &lopdf::ObjectId| doc.get_object(*id).and_then(Object::as_stream).map(|s| deflate(&s.content)).map_err(|e| odd(&e));
    content_ids(&doc)?.iter().map(content).collect()
}

fn add_fonts(pdf: &mut PdfDocument, fonts: &CutFonts, copy: impl Fn(&PdfFont) -> PdfFont) {
    for font in fonts.values() {
        pdf.resources.fonts.map.insert(FontId(font.resource.clone()), copy(&font.font));
    }
}

fn empty_page(ops: Vec<Op>) -> PdfPage {
    PdfPage { media_box: paper(), trim_box: paper(), crop_box: paper(), ops }
}

fn every_glyph(fonts: &CutFonts) -> Vec<Op> {
    let mut ops = vec![Op::StartTextSection];
    for font in fonts.values() {
        ops.push(Op::SetFont { font: PdfFontHandle::External(FontId(font.resource.clone())), size: Pt(1.0) });
        ops.push(Op::ShowText { items: vec![TextItem::GlyphIds(font.glyphs().map(|id| Codepoint::new(id, 0.0)).collect())] });
    }
    ops.push(Op::EndTextSection);
    ops
}

/// The content stream of each page, in order.
fn content_ids(doc: &Document) -> Result<Vec<lopdf::ObjectId>> {
    doc.page_iter().map(|page| doc.get_dictionary(page).and_then(|p| p.get(b"Contents")).and_then(Object::as_reference).map_err(|e| odd(&e))).collect()
}

/// printpdf's document is not built as we know it: only a changed dependency does this.
pub fn odd(error: &lopdf::Error) -> Error {
    Error::new(format!("PDF 结构异常（{error}）"), format!("the PDF's structure is not as expected: {error}"))
}
