//! printpdf's part: an empty document that carries fonts, page tree and stubs for the pictures; the pages' streams are put into it.

use super::content::paper;
use super::glyphs::CutFonts;
use super::painted::PaintedPage;
use crate::error::{Error, Result};
use lopdf::{Document, Object, Stream, dictionary};
use printpdf::{Codepoint, ExternalStream, ExternalXObject, FontId, Op, PdfDocument, PdfFontHandle, PdfPage, PdfSaveOptions, Pt, TextItem, XObject, XObjectId};

/// The document as printpdf makes it, with its pages' streams in place (they are taken out of `pages`) and an empty stub for each picture.
///
/// # Errors
/// When printpdf gives other pages than it was given.
pub fn build<'n>(title: &str, pages: &mut [PaintedPage], fonts: &CutFonts, pictures: impl Iterator<Item = &'n str>) -> Result<Document> {
    let mut pdf = PdfDocument::new(title);
    for font in fonts.values() {
        pdf.resources.fonts.map.insert(FontId(font.resource.clone()), font.font.clone());
    }
    for name in pictures {
        let stub = ExternalXObject { stream: ExternalStream::default(), width: None, height: None, dpi: None };
        pdf.resources.xobjects.map.insert(XObjectId(name.to_owned()), XObject::External(stub));
    }
    pdf.pages = pages.iter().map(|_| empty_page(Vec::new())).collect();
    if let Some(first) = pdf.pages.first_mut() {
        // printpdf embeds a font only for glyphs that a page shows; this page's stream is replaced like all others
        first.ops = every_glyph(fonts);
    }
    let mut doc = pdf.to_lopdf_document(&options(), &mut Vec::new());
    drop(pdf);
    let contents = content_ids(&doc)?;
    if contents.len() != pages.len() {
        return Err(Error::new("PDF 页数与排版不符", "the PDF has another number of pages than the layout"));
    }
    for (id, page) in contents.into_iter().zip(pages) {
        let data = std::mem::take(&mut page.stream);
        doc.objects.insert(id, Object::Stream(Stream::new(dictionary! { "Filter" => "FlateDecode" }, data)));
    }
    Ok(doc)
}

/// Nothing of what printpdf would do on saving: fonts are cut, pictures kept and streams compressed by us. `secure` would leave operators out that it does
/// not know; all operations are ours.
fn options() -> PdfSaveOptions {
    PdfSaveOptions { optimize: false, subset_fonts: false, secure: false, image_optimization: None }
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
