//! Files written here are read back with lopdf and hayro; the ignored tests ask other people's programs.

use super::*;
use crate::model::document::Anchor;
use crate::model::source::FileId;
use crate::profile::Profile;
use crate::render::fonts::{BOLD, EMOJI, REGULAR};
use crate::render::page::{FontId, Glyph, GlyphRun, Item, LinkArea, OutlineEntry, Page, Rect};
use std::path::PathBuf;
use std::process::Command;

/// One glyph a character, each its own cluster; what no font has becomes □ as layout does it.
fn run(fonts: &Fonts, font: FontId, size: f32, x: f32, y: f32, text: &str) -> Item {
    let mut glyphs = Vec::new();
    let mut pen = 0.0;
    for (at, c) in text.char_indices() {
        let id = fonts.glyph_for(font, c).or_else(|| fonts.glyph_for(font, '□')).expect("a glyph");
        let advance = fonts.advance(font, id) / f32::from(fonts.units_per_em(font)) * size;
        glyphs.push(Glyph { id, x: pen, advance, cluster: at as u32..(at + c.len_utf8()) as u32 });
        pen += advance;
    }
    Item::Glyphs(GlyphRun { font, size, color: [0x1a, 0x1a, 0x1a], origin: (x, y), glyphs, text: text.to_owned() })
}

fn picture(file: u32, rect: Rect, slice: Option<(f32, f32)>, orientation: u8) -> Item {
    Item::Picture { image: ImageKey::File(FileId(file)), rect, slice, orientation, alt: "聊天截图 2-1".to_owned() }
}

fn anchor(name: &str) -> Anchor {
    Anchor(name.to_owned())
}

fn outline(text: &str, depth: u8) -> OutlineEntry {
    OutlineEntry { text: text.to_owned(), depth, y: 70.0 }
}

fn sample(fonts: &Fonts) -> Vec<Page> {
    let rect = |x, y, w, h| Rect { x, y, w, h };
    let first = Page {
        items: vec![
            Item::Box { rect: rect(56.0, 100.0, 483.0, 60.0), fill: [0xed, 0xf0, 0xf5], radius: 6.0 },
            run(fonts, BOLD, 16.0, 62.0, 80.0, "申诉书：关于虚假交易的说明"),
            run(fonts, REGULAR, 10.5, 70.0, 125.0, "请求撤销对 24 笔订单的认定（单号 3948571…，运费 ¥12.50）。"),
            run(fonts, REGULAR, 10.5, 70.0, 145.0, "努\u{2f12}与力\u{a0}甲\u{2011}乙 𠮷野"),
            run(fonts, EMOJI, 10.5, 300.0, 145.0, "😀"),
            Item::Line { from: (56.0, 180.0), to: (539.0, 180.0), width: 0.5, color: [0xd0, 0xd4, 0xda], dash: Some((3.0, 2.0)) },
            Item::Disc { center: (80.0, 210.0), radius: 6.0, fill: [0x1f, 0x3a, 0x5f] },
            picture(0, rect(60.0, 240.0, 200.0, 100.0), None, 1),
        ],
        links: vec![
            LinkArea { rect: rect(62.0, 64.0, 200.0, 20.0), target: anchor("order-2") },
            LinkArea { rect: rect(62.0, 90.0, 200.0, 20.0), target: anchor("in-another-file") },
        ],
        anchors: vec![(anchor("statement"), 60.0)],
        outline: vec![outline("申诉书", 0), outline("Orders", 0), outline("第 1 单", 1)],
    };
    let second = Page {
        items: vec![
            run(fonts, REGULAR, 9.0, 62.0, 80.0, "订单 2"),
            picture(1, rect(60.0, 100.0, 120.0, 130.0), Some((0.0, 0.5)), 1),
            picture(1, rect(200.0, 100.0, 120.0, 130.0), Some((0.5, 1.0)), 1),
        ],
        links: vec![],
        anchors: vec![(anchor("order-2"), 66.0)],
        outline: vec![outline("第 2 单", 1), outline("附件", 0)],
    };
    vec![first, second]
}

/// Quarters in four colours, so that a turned picture shows.
fn quarters(width: u32, height: u32) -> ::image::RgbImage {
    ::image::RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => ::image::Rgb([200, 0, 0]),
        (false, true) => ::image::Rgb([0, 160, 0]),
        (true, false) => ::image::Rgb([0, 0, 200]),
        (false, false) => ::image::Rgb([220, 200, 0]),
    })
}

fn encoded(picture: &::image::DynamicImage, format: ::image::ImageFormat) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, format).expect("encodes");
    out.into_inner()
}

struct Shelf(Vec<Vec<u8>>);

impl ImageSource for Shelf {
    fn picture(&self, key: ImageKey) -> Result<PictureBytes> {
        match key {
            ImageKey::File(id) => self.0.get(id.index()).cloned().map(PictureBytes::File).ok_or_else(|| Error::new("没有", "no such picture")),
            ImageKey::PdfPage(..) => Ok(PictureBytes::Raster { width: 2, height: 1, rgb: vec![255, 0, 0, 0, 0, 255] }),
        }
    }

    fn size(&self, key: ImageKey) -> u64 {
        match key {
            ImageKey::File(id) => self.0.get(id.index()).map_or(0, |file| file.len() as u64),
            ImageKey::PdfPage(..) => super::BATCH_BYTES,
        }
    }
}

fn shelf() -> Shelf {
    let jpeg = encoded(&quarters(80, 40).into(), ::image::ImageFormat::Jpeg);
    let rgba = encoded(&::image::DynamicImage::ImageRgb8(quarters(60, 130)).into_rgba8().into(), ::image::ImageFormat::Png);
    Shelf(vec![jpeg, rgba])
}

struct Made {
    _dir: tempfile::TempDir,
    path: PathBuf,
    written: Written,
}

impl Made {
    fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).expect("the file is there")
    }

    fn document(&self) -> Document {
        Document::load_mem(&self.bytes()).expect("lopdf reads it")
    }
}

fn make(pages: &Vec<Page>, fonts: &Fonts, shelf: &Shelf, threads: usize) -> Made {
    let dir = tempfile::tempdir().expect("temp");
    let path = dir.path().join("book.pdf");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
    let date = Time::parse_from_rfc3339("2026-04-11T08:00:00+08:00").expect("date");
    let job =
        PdfJob { title: "申诉书 <A&B>", lang: Lang::ZhCn, date: Some(date), identity: "taobao-WG1", label_prefix: "附", first_label: 39, pool: &pool };
    let written = write(&job, paint(pages, fonts, &pool), shelf, fonts, &path).expect("written");
    Made { _dir: dir, path, written }
}

fn fonts() -> std::sync::Arc<Fonts> {
    Fonts::load(&Profile::built_in()).expect("fonts")
}

fn follow<'a>(doc: &'a Document, object: &'a Object) -> &'a lopdf::Dictionary {
    doc.dereference(object).expect("reference").1.as_dict().expect("dictionary")
}

#[test]
fn digests_are_those_of_the_file_and_threads_change_nothing() {
    let f = fonts();
    let pages = sample(&f);
    let (one, four) = (make(&pages, &f, &shelf(), 1), make(&pages, &f, &shelf(), 4));
    assert_eq!(one.bytes(), four.bytes());
    assert_eq!(one.written.digests, crate::digest::of_bytes(&one.bytes()));
    assert!(one.written.not_shown.is_empty());
}

#[test]
fn no_program_is_named_and_the_date_is_the_given_one() {
    let f = fonts();
    let made = make(&sample(&f), &f, &shelf(), 2);
    let bytes = String::from_utf8_lossy(&made.bytes()).to_lowercase();
    for word in ["printpdf", "lopdf", "appealpack", "producer", "creator"] {
        assert!(!bytes.contains(word), "{word} stands in the file");
    }
    assert!(bytes.contains("d:20260411080000+08'00'") && bytes.contains("2026-04-11t08:00:00+08:00"));
    assert!(bytes.contains("申诉书 &lt;a&amp;b&gt;"));
}

#[test]
fn labels_outline_and_links_lead_where_they_should() {
    let f = fonts();
    let doc = make(&sample(&f), &f, &shelf(), 2).document();
    let catalog = doc.catalog().expect("catalog");
    let labels = format!("{:?}", catalog.get(b"PageLabels").expect("labels"));
    assert!(labels.contains("39"), "{labels}");

    let outlines = follow(&doc, catalog.get(b"Outlines").expect("outline"));
    assert_eq!(outlines.get(b"Count").and_then(Object::as_i64).expect("count"), 3);
    let orders = follow(&doc, follow(&doc, outlines.get(b"First").expect("first")).get(b"Next").expect("next"));
    assert_eq!(orders.get(b"Title").and_then(Object::as_str).expect("title"), b"Orders");
    assert_eq!(orders.get(b"Count").and_then(Object::as_i64).expect("count"), -2, "closed, with two entries below");

    let pages: Vec<_> = doc.page_iter().collect();
    let annotations = doc.get_dictionary(pages[0]).and_then(|p| p.get(b"Annots")).and_then(Object::as_array).expect("links");
    assert_eq!(annotations.len(), 1, "a target in another file is plain text");
    let link = annotations[0].as_dict().expect("a link");
    assert_eq!(link.get(b"F").and_then(Object::as_i64).expect("flags"), 4);
    let target = link.get(b"Dest").and_then(Object::as_array).expect("destination");
    assert_eq!(target[0].as_reference().expect("page"), pages[1]);
    assert!(doc.get_dictionary(pages[1]).expect("page").get(b"Annots").is_err());
}

#[test]
fn each_page_names_only_its_own_and_a_sliced_picture_is_stored_once() {
    let f = fonts();
    let doc = make(&sample(&f), &f, &shelf(), 2).document();
    let names = |page: lopdf::ObjectId, kind: &[u8]| -> Vec<String> {
        let resources = doc.get_dictionary(page).and_then(|p| p.get(b"Resources")).and_then(Object::as_dict).expect("resources");
        resources.get(kind).and_then(Object::as_dict).expect("list").iter().map(|(k, _)| String::from_utf8_lossy(k).into_owned()).collect()
    };
    let pages: Vec<_> = doc.page_iter().collect();
    assert_eq!((names(pages[0], b"Font"), names(pages[1], b"Font")), (vec!["F0".into(), "F1".into(), "F2".into()], vec!["F0".into()]));
    assert_eq!((names(pages[0], b"XObject"), names(pages[1], b"XObject")), (vec!["I000001".into()], vec!["I000002".into()]));
    let images = doc.objects.values().filter(|o| o.as_stream().is_ok_and(|s| s.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|n| n == b"Image")));
    assert_eq!(images.count(), 2);
}

/// Renders at 72 dpi and gives the colour at a point (top left origin).
fn colors(made: &Made, page: usize, points: &[(u32, u32)]) -> Vec<[u8; 3]> {
    let pdf = hayro::hayro_syntax::Pdf::new(made.bytes()).expect("hayro reads it");
    let cache = hayro::RenderCache::new();
    let pixels = hayro::render(&pdf.pages()[page], &cache, &Default::default(), &Default::default(), &Default::default());
    let width = u32::from(pixels.width());
    points
        .iter()
        .map(|(x, y)| {
            let p = pixels.data()[(y * width + x) as usize];
            if p.a == 0 { [255; 3] } else { [p.r, p.g, p.b] }
        })
        .collect()
}

fn near(color: [u8; 3], wanted: [u8; 3]) -> bool {
    color.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 24)
}

#[test]
fn orientation_turns_the_picture_and_not_its_bytes() {
    const RED: [u8; 3] = [200, 0, 0];
    const GREEN: [u8; 3] = [0, 160, 0];
    const BLUE: [u8; 3] = [0, 0, 200];
    const YELLOW: [u8; 3] = [220, 200, 0];
    // corner colours as shown: top left, top right, bottom left, bottom right (TIFF 6.0, Orientation)
    let shown = [
        [RED, GREEN, BLUE, YELLOW],
        [GREEN, RED, YELLOW, BLUE],
        [YELLOW, BLUE, GREEN, RED],
        [BLUE, YELLOW, RED, GREEN],
        [RED, BLUE, GREEN, YELLOW],
        [BLUE, RED, YELLOW, GREEN],
        [YELLOW, GREEN, BLUE, RED],
        [GREEN, YELLOW, RED, BLUE],
    ];
    let f = fonts();
    let rect = Rect { x: 100.0, y: 100.0, w: 80.0, h: 80.0 };
    let page = |orientation| Page { items: vec![picture(0, rect, None, orientation)], ..Page::default() };
    let pages: Vec<Page> = (1..=8).map(page).collect();
    let made = make(&pages, &f, &shelf(), 2);
    for (i, wanted) in shown.iter().enumerate() {
        let seen = colors(&made, i, &[(115, 115), (165, 115), (115, 165), (165, 165)]);
        assert!(seen.iter().zip(wanted).all(|(s, w)| near(*s, *w)), "orientation {}: {seen:?}", i + 1);
    }
}

#[test]
fn slices_boxes_and_rasters_are_painted_in_place() {
    let f = fonts();
    let mut pages = sample(&f);
    pages[1].items.push(Item::Picture {
        image: ImageKey::PdfPage(FileId(7), 0),
        rect: Rect { x: 400.0, y: 100.0, w: 100.0, h: 50.0 },
        slice: None,
        orientation: 1,
        alt: String::new(),
    });
    let made = make(&pages, &f, &shelf(), 2);
    let first = colors(&made, 0, &[(300, 105), (80, 210), (520, 300)]);
    assert!(near(first[0], [0xed, 0xf0, 0xf5]) && near(first[1], [0x1f, 0x3a, 0x5f]) && near(first[2], [255, 255, 255]), "{first:?}");
    let second = colors(&made, 1, &[(70, 110), (70, 220), (210, 110), (310, 220), (70, 95), (70, 240), (420, 125), (480, 125)]);
    let wanted = [[200, 0, 0], [200, 0, 0], [0, 0, 200], [220, 200, 0], [255; 3], [255; 3], [255, 0, 0], [0, 0, 255]];
    assert!(second.iter().zip(wanted).all(|(s, w)| near(*s, w)), "{second:?}");
}

#[test]
fn a_picture_that_cannot_be_read_leaves_a_crossed_frame() {
    let f = fonts();
    let mut shelf = shelf();
    shelf.0[0] = b"GIF89a\x01\0\x01\0".to_vec();
    let made = make(&sample(&f), &f, &shelf, 2);
    assert_eq!(made.written.not_shown, [ImageKey::File(FileId(0))]);
    let centre = colors(&made, 0, &[(160, 290)]);
    assert!(near(centre[0], [153, 153, 153]) || centre[0] != [255; 3], "the cross is drawn: {centre:?}");
}

#[test]
fn a_file_that_changed_stops_the_writing() {
    let f = fonts();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("pool");
    let pages = sample(&f);
    let job = PdfJob { title: "t", lang: Lang::En, date: None, identity: "", label_prefix: "", first_label: 1, pool: &pool };
    let dir = tempfile::tempdir().expect("temp");
    assert!(write(&job, paint(&pages, &f, &pool), &Shelf(Vec::new()), &f, &dir.path().join("x.pdf")).is_err());
    assert!(write(&job, paint(&Vec::<Page>::new(), &f, &pool), &shelf(), &f, &dir.path().join("x.pdf")).is_err());
}

/// Runs another program; its output, and that it was content.
fn ask(program: &str, arguments: &[&str], made: &Made) -> String {
    let path = made.path.to_string_lossy();
    let output = Command::new(program).args(arguments.iter().map(|a| if *a == "FILE" { path.as_ref() } else { a })).output().expect("the program is installed");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program}: {text}");
    text
}

#[test]
#[ignore = "needs qpdf and poppler"]
fn other_programs_find_nothing_wrong() {
    let f = fonts();
    let made = make(&sample(&f), &f, &shelf(), 2);
    let checked = ask("qpdf", &["--check", "FILE"], &made);
    assert!(checked.contains("No syntax or stream encoding errors") && !checked.to_lowercase().contains("warning"), "{checked}");

    let text = ask("pdftotext", &["-layout", "FILE", "-"], &made);
    // (poppler itself makes a plain space of U+00A0)
    for words in
        ["申诉书：关于虚假交易的说明", "请求撤销对 24 笔订单的认定（单号 3948571…，运费 ¥12.50）。", "努\u{2f12}与力 甲\u{2011}乙 𠮷野", "😀", "订单 2"]
    {
        assert!(text.contains(words), "{words} is missing in {text}");
    }
    assert!(!text.contains("Error"), "{text}");

    let used = ask("pdffonts", &["FILE"], &made);
    let rows: Vec<&str> = used.lines().skip(2).collect();
    assert_eq!(rows.len(), 3, "{used}");
    for row in rows {
        let (name, rest) = row.split_once(' ').expect("columns");
        assert!(name.contains('+') && rest.contains("CID TrueType") && rest.contains("yes yes yes"), "embedded, cut, with text: {row}");
    }
    let pictures = ask("pdfimages", &["-list", "FILE"], &made);
    assert!(pictures.contains("jpeg") && !pictures.contains("smask"), "{pictures}");

    let info = ask("pdfinfo", &["FILE"], &made);
    assert!(info.contains("Title:           申诉书 <A&B>") && info.contains("PDF version:     1.7") && !info.contains("Producer"), "{info}");
}

#[test]
fn small_pictures_are_prepared_many_at_a_time_and_large_ones_few() {
    let shelf = Shelf(vec![vec![0; 1 << 20]]);
    let of = |keys: Vec<ImageKey>| -> Vec<usize> {
        let all: Vec<(u32, ImageKey)> = (0..).zip(keys).collect();
        let batches = super::batches(&all, &shelf, 3);
        assert_eq!(batches.concat(), all, "all of them, in order");
        batches.iter().map(|batch| batch.len()).collect()
    };
    let (file, page) = (ImageKey::File(FileId(0)), ImageKey::PdfPage(FileId(0), 0));
    assert_eq!(of(vec![file; 10]), [4, 4, 2]);
    assert_eq!(of(vec![page; 7]), [3, 3, 1]);
    assert_eq!(of(Vec::new()), [0; 0]);
}
