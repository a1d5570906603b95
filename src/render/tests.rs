//! Layout tested as text: what a reader would see on the pages.

use super::page::{GlyphRun, Item, PAGE_HEIGHT, PAGE_WIDTH, Page, Rect};
use super::sample::{column, document, full, heading, page, para, picture, row, section, text};
use super::{dump, lay_out, pages_of, render};
use crate::context::Context;
use crate::finding::{Code, Findings};
use crate::model::document::{
    Anchor, Block, ChartDay, DayChart, Document, Figure, FigureContent, Inline, PartKind, RefText, Role, Row, Style, Table, TimelineStep, Width,
};
use crate::model::{case::Case, typed};
use std::sync::Arc;

fn pages(document: &Document, case: &Case, kind: PartKind) -> Vec<Page> {
    let (_, parts) = pages_of(document, case, &typed::context()).expect("laid out");
    parts.into_iter().find(|p| p.0 == kind).map(|p| p.1).unwrap_or_default()
}

fn book(blocks: Vec<Block>) -> Vec<Page> {
    pages(&document(vec![section("s", "", 0, blocks)], Vec::new()), &typed::empty(), PartKind::Book)
}

fn runs(page: &Page) -> Vec<&GlyphRun> {
    page.items.iter().filter_map(|i| if let Item::Glyphs(g) = i { Some(g) } else { None }).collect()
}

fn shows(page: &Page, words: &str) -> bool {
    runs(page).iter().any(|r| r.text.contains(words))
}

fn ink(run: &GlyphRun) -> Rect {
    let last = run.glyphs.last().expect("glyphs");
    // half of a closing mark is blank and may be covered
    let blank = if run.text.ends_with(|c| "，。、）」』】》〉〕”’".contains(c)) { run.size / 2.0 } else { 0.0 };
    Rect { x: run.origin.0, y: run.origin.1 - 0.8 * run.size, w: last.x + last.advance - blank, h: 0.9 * run.size }
}

fn touch(a: Rect, b: Rect) -> bool {
    a.x + 0.2 < b.x + b.w && b.x + 0.2 < a.x + a.w && a.y + 0.2 < b.y + b.h && b.y + 0.2 < a.y + a.h
}

fn no_text_touches(page: &Page) {
    let boxes: Vec<(Rect, &str)> = runs(page).into_iter().map(|r| (ink(r), r.text.as_str())).collect();
    for (i, (a, s)) in boxes.iter().enumerate() {
        for (b, t) in boxes.iter().skip(i + 1) {
            assert!(!touch(*a, *b), "\"{s}\" {a:?} touches \"{t}\" {b:?}");
        }
    }
}

fn bounds(item: &Item) -> Rect {
    match item {
        Item::Glyphs(run) => ink(run),
        Item::Box { rect, .. } | Item::Picture { rect, .. } => *rect,
        Item::Line { from, to, .. } => Rect { x: from.0.min(to.0), y: from.1.min(to.1), w: (to.0 - from.0).abs(), h: (to.1 - from.1).abs() },
        Item::Disc { center, radius, .. } => Rect { x: center.0 - radius, y: center.1 - radius, w: 2.0 * radius, h: 2.0 * radius },
    }
}

/// [`render`] with no picture looked at before.
fn made(
    document: &Document,
    case: &Case,
    out_dir: &std::path::Path,
    ctx: &crate::context::Context,
    findings: &mut Findings,
) -> crate::error::Result<super::Rendered> {
    let ahead = super::look_ahead(case, std::iter::empty(), out_dir, ctx)?;
    render(&mut document.clone(), case, ahead, out_dir, ctx, findings)
}

#[test]
fn everything_stands_inside_the_page_and_no_text_touches_another() {
    let (document, case) = full(50, None);
    let (_, parts) = pages_of(&document, &case, &typed::context()).expect("laid out");
    for (_, list) in &parts {
        for page in list {
            for item in &page.items {
                let r = bounds(item);
                assert!(r.x >= 20.0 && r.x + r.w <= PAGE_WIDTH - 20.0 && r.y >= 20.0 && r.y + r.h <= PAGE_HEIGHT - 20.0, "{item:?}");
            }
            no_text_touches(page);
        }
    }
}

#[test]
fn a_table_repeats_its_head_keeps_rows_whole_and_its_total_with_the_last_row() {
    let mut rows: Vec<Row> = (0..95).map(|i| row(&[&format!("行{i}"), "一", "二"])).collect();
    rows.push(Row { total: true, ..row(&["合计", "95", ""]) });
    let columns = vec![column("名称", Width::Content, false), column("数", Width::Content, true), column("备注", Width::Share(1.0), false)];
    for extra in 0..6 {
        let blocks = vec![
            Block::List { first: None, items: vec![vec![para("占位")]; extra] },
            Block::Table(Table { columns: columns.clone(), rows: rows.clone(), dense: true, grid: false }),
        ];
        let pages = book(blocks);
        assert!(pages.len() >= 2);
        assert!(pages.iter().all(|p| shows(p, "名称")), "each page has the head");
        let last = pages.iter().find(|p| shows(p, "合计")).expect("a total");
        assert!(shows(last, "行94"), "the total stands with the last row");
        let seen: Vec<String> = pages.iter().flat_map(runs).filter(|r| r.text.starts_with('行')).map(|r| r.text.clone()).collect();
        assert_eq!(seen, (0..95).map(|i| format!("行{i}")).collect::<Vec<_>>(), "every row once, in order");
    }
}

#[test]
fn a_dense_table_has_about_forty_rows_a_page() {
    let (document, case) = full(120, None);
    let pages = pages(&document, &case, PartKind::Book);
    let of_table: Vec<usize> = pages.iter().map(|p| p.anchors.iter().filter(|(a, _)| a.0.starts_with("row-")).count()).filter(|n| *n > 0).collect();
    assert!(of_table[..of_table.len() - 1].iter().all(|n| (36..=44).contains(n)), "{of_table:?}");
}

#[test]
fn one_long_cell_does_not_break_the_other_rows_nor_a_time_or_a_place() {
    let whole = |t: &str| Inline::Text(t.into(), Style { whole: true, ..Style::default() });
    let scan = |time: &str, place: &str| vec![whole(time), Inline::Text(" ".into(), Style::default()), whole(place)];
    let line = |i: usize, waybill: &str| {
        let cells = vec![
            text(&format!("28617340955173024{i:02}")),
            scan("04-01 20:00", "义乌"),
            text(waybill),
            scan("04-02 18:00", "金华"),
            scan("04-04 10:20", "杭州"),
        ];
        Row { cells, ..Row::default() }
    };
    let long = "其他物流公司（义乌市佛堂镇至永康市东城街道同城配送专线） YT7500012345672、YT7500012345673、YT7500012345674";
    let rows = (0..8).map(|i| line(i, if i == 3 { long } else { "顺丰 SF1390012345671" })).collect();
    let columns = ["订单号", "付款", "运单", "揽收", "签收"].map(|head| column(head, Width::Content, false)).to_vec();
    let pages = book(vec![Block::Table(Table { columns, rows, dense: true, grid: false })]);
    let all = runs(&pages[0]);
    for i in 0..8 {
        let id = format!("28617340955173024{i:02}");
        let y = all.iter().find(|r| r.text.contains(&id)).expect("its row").origin.1;
        for words in ["04-01 20:00", "义乌", "04-02 18:00", "金华", "04-04 10:20", "杭州"] {
            assert!(all.iter().any(|r| r.text.contains(words) && (r.origin.1 - y).abs() < 0.1), "{words} in the line of {id}");
        }
    }
}

#[test]
fn a_heading_is_never_last_and_paragraphs_leave_no_single_lines() {
    let long = "系统逐笔核对订单、付款、出库、揽收、签收的时间先后与收货信息。".repeat(4);
    for lead in 0..40 {
        let mut blocks: Vec<Block> = vec![para("占位段落。"); lead];
        blocks.extend((0..6).flat_map(|i| [heading(2, &format!("标题{i}")), para(&long)]));
        for page in book(blocks) {
            let body: Vec<&GlyphRun> = runs(&page).into_iter().filter(|r| r.origin.1 > 70.0 && r.origin.1 < 785.0).collect();
            assert!(!body.last().expect("text").text.starts_with("标题"), "a heading stands last");
            // lines of the long paragraph at head and foot of a page come at least in twos
            let is_long = |r: &&GlyphRun| !r.text.starts_with("标题") && !r.text.starts_with("占位");
            let foot = body.iter().rev().take_while(|r| is_long(r)).count();
            let head = body.iter().take_while(|r| is_long(r)).count();
            assert!(foot != 1 && head != 1, "a line stands alone: {head} {foot}");
        }
    }
}

#[test]
fn a_conversation_leaves_no_single_message_on_a_page() {
    let record = |i: usize| Block::Paragraph { text: text(&format!("消息{i}")), role: Role::Record };
    let said = |page: &Page| runs(page).into_iter().filter(|r| r.text.starts_with("消息")).count();
    let mut alone = 0;
    for count in 2..110 {
        let mut blocks = vec![heading(2, "聊天记录文字"), para("证据 1-3")];
        blocks.extend((0..count).map(record));
        blocks.push(heading(2, "图片与文件"));
        blocks.extend(vec![para("说明一句。"); 12]);
        let pages = book(blocks);
        assert_eq!(pages.iter().map(said).sum::<usize>(), count);
        assert!(pages.iter().all(|page| said(page) != 1), "{count}: {:?}", pages.iter().map(said).collect::<Vec<_>>());
        alone += usize::from(pages.len() > 1 && said(&pages[1]) == 2);
    }
    assert!(alone > 0, "one that would have stood alone");
}

#[test]
fn references_are_resolved_linked_and_never_move_a_line() {
    let (document, case) = full(30, None);
    let ctx = typed::context();
    let (map, parts) = pages_of(&document, &case, &ctx).expect("laid out");
    let book = &parts[0].1;
    let first = dump(&book[..1]);
    let at = |a: &str| map.places[&Anchor(a.into())].page;
    assert!(first.contains(&format!("第 {} 页", at("all-orders"))), "{first}");
    assert!(first.contains(&format!("附册 附{}–附{}", at("order-1"), at("order-30"))), "{first}");
    assert!(first.contains("-> all-orders") && !first.contains("-> order-1"), "links lead inside the file only");
    assert!(!dump(book).contains("88 页"), "no placeholder is left");
    for (kind, pages) in &parts {
        for (i, page) in pages.iter().enumerate() {
            for (anchor, _) in &page.anchors {
                let place = map.places[anchor];
                assert_eq!((place.part, place.page), (*kind, i as u32 + 1), "{anchor:?}: pass 1 and pass 2 agree");
            }
        }
    }
    assert_eq!((map.book_pages, map.annex_pages), (parts[0].1.len() as u32, parts[1].1.len() as u32));
    assert!(shows(&book[0], &format!("第 1 页 / 共 {} 页", book.len())));
}

#[test]
fn a_row_can_be_referred_to() {
    let (document, case) = full(90, None);
    let (map, parts) = pages_of(&document, &case, &typed::context()).expect("laid out");
    let place = map.places[&Anchor("row-90".into())];
    let page = &parts[0].1[place.page as usize - 1];
    assert!(shows(page, "90") && page.anchors.iter().any(|(a, _)| a.0 == "row-90"));
}

#[test]
fn threads_do_not_matter() {
    let (document, case) = full(24, None);
    let one = typed::context();
    let four = Context { pool: Arc::new(rayon::ThreadPoolBuilder::new().num_threads(4).build().expect("pool")), ..typed::context() };
    let of = |ctx: &Context| {
        let (_, parts) = pages_of(&document, &case, ctx).expect("laid out");
        parts.iter().map(|(_, p)| format!("{p:?}")).collect::<String>()
    };
    assert!(of(&one) == of(&four));
}

#[test]
fn an_unknown_reference_names_itself_and_the_template() {
    let blocks = vec![Block::Paragraph { text: vec![page("all-order")], role: Role::Body }];
    let error = pages_of(&document(vec![section("s", "", 0, blocks)], Vec::new()), &typed::empty(), &typed::context()).expect_err("unknown").to_string();
    assert!(error.contains("all-order") && error.contains("book.md:12"), "{error}");
}

#[test]
fn labels_of_chart_and_timeline_never_touch() {
    for seed in 0..40_usize {
        let days = (0..20 + seed * 3).map(|i| ChartDay {
            label: format!("{:02}-{:02}", 1 + i / 30, 1 + i % 30),
            value: ((i * 37 + seed * 11) % 190) as u32,
            flagged: (i % 3) as u32,
        });
        let count = 20 + seed * 3;
        let bands = (0..1 + seed % 5).map(|b| ((b * 7 + seed) % count, (b * 7 + seed + 2) % count, format!("直播首发第 {b} 场 04-01 20:00"))).collect();
        let chart = DayChart { days: days.collect(), bands, mean: Some((seed as f32 * 3.0, "此前 30 天均值".into())), alt: String::new() };
        let steps = (0..2 + seed % 9)
            .map(|i| TimelineStep {
                label: ["下单", "付款", "出库", "揽收", "到达", "派送", "签收 本人签收"][i % 7].into(),
                time: "04-01 20:04".into(),
                place: ["", "义乌", "杭州转运中心（余杭区良渚街道三号分拨点）"][(i + seed) % 3].into(),
                offset: ((i * i * seed) % 7) as i64 * 40 + (i as i64) * 1000 * ((seed % 4) as i64),
            })
            .collect();
        for page in book(vec![Block::DayChart(chart), Block::Timeline(steps)]) {
            let labels: Vec<Rect> = runs(&page).into_iter().map(ink).collect();
            let bars: Vec<Rect> = page
                .items
                .iter()
                .filter_map(|i| if let Item::Box { rect, fill, .. } = i { (*fill != [0xf4, 0xe3, 0xc1]).then_some(*rect) } else { None })
                .collect();
            no_text_touches(&page);
            for label in &labels {
                assert!(bars.iter().all(|b| !touch(*label, *b)), "a label on a bar: {label:?}");
            }
        }
    }
}

#[test]
fn long_screenshots_are_cut_legibly_and_whole() {
    for height in [2900, 4000, 7020, 12_000, 30_000] {
        let mut case = typed::empty();
        let dir = tempfile::tempdir().expect("temp");
        let file = picture(&mut case, Some(dir.path()), "long.png", 540, height / 2);
        let figure = Figure { file, content: FigureContent::Picture, caption: text("证据 1-1"), anchor: None, alt: String::new(), max_height: None };
        let doc = document(vec![section("s", "", 0, vec![heading(2, "长截图"), Block::Gallery(vec![figure])])], Vec::new());
        let mut at = 0.0_f32;
        let mut count = 0;
        for page in pages(&doc, &case, PartKind::Book) {
            for item in &page.items {
                if let Item::Picture { rect, slice: Some((from, to)), .. } = item {
                    assert!(rect.w >= 55.0 * 72.0 / 25.4 - 0.1, "{rect:?}");
                    let shown = (to - from) * (height / 2) as f32 / 540.0;
                    assert!((rect.h / rect.w - shown).abs() < 0.01, "not stretched: {rect:?} {shown}");
                    assert!(*from <= at && *to > at, "{from}..{to} after {at}");
                    assert!(count == 0 || at - from > 0.0, "slices overlap");
                    at = *to;
                    count += 1;
                }
            }
        }
        assert!(at == 1.0 && count >= 2, "{height}: {count} slices to {at}");
    }
}

/// Row by row: the numbers of the pictures, and whether a slice of them is shown.
fn shown(shapes: &[u32]) -> Vec<Vec<(usize, bool)>> {
    let mut case = typed::empty();
    let dir = tempfile::tempdir().expect("temp");
    let figure = |(i, height): (usize, &u32)| {
        let file = picture(&mut case, Some(dir.path()), &format!("{i}.png"), 540, *height);
        Figure { file, content: FigureContent::Picture, caption: text(&format!("证据 1-{i}")), anchor: None, alt: i.to_string(), max_height: None }
    };
    let figures: Vec<Figure> = shapes.iter().enumerate().map(figure).collect();
    let doc = document(vec![section("s", "", 0, vec![heading(2, "图片与文件"), Block::Gallery(figures)])], Vec::new());
    // left edge, number, and is it a slice
    type Row = Vec<(f32, usize, bool)>;
    let mut rows: Vec<(f32, Row)> = Vec::new();
    for page in pages(&doc, &case, PartKind::Book) {
        let mut captions = Vec::new();
        for run in runs(&page).into_iter().filter(|r| r.text.starts_with("证据")) {
            captions.push(ink(run));
        }
        let mut rects = Vec::new();
        for item in &page.items {
            if let Item::Picture { rect, slice, alt, .. } = item {
                rects.push(*rect);
                let number: usize = alt.parse().expect("a number");
                match rows.last_mut().filter(|(top, _)| *top == rect.y) {
                    Some((_, row)) => row.push((rect.x, number, slice.is_some())),
                    None => rows.push((rect.y, vec![(rect.x, number, slice.is_some())])),
                }
            }
        }
        for (i, a) in rects.iter().chain(&captions).enumerate() {
            for b in rects.iter().chain(&captions).skip(i + 1) {
                let apart = a.x + a.w <= b.x + 0.1 || b.x + b.w <= a.x + 0.1 || a.y + a.h <= b.y + 0.1 || b.y + b.h <= a.y + 0.1;
                assert!(apart, "{a:?} {b:?}");
            }
        }
    }
    for (_, row) in &rows {
        assert!(row.is_sorted_by(|a, b| a.0 < b.0), "in reading order: {row:?}");
    }
    rows.into_iter().map(|(_, row)| row.into_iter().map(|(_, number, slice)| (number, slice)).collect()).collect()
}

#[test]
fn a_portrait_that_would_stand_alone_stands_beside_a_long_screenshot() {
    const USUAL: u32 = 1170;
    const LONG: u32 = 2000;
    let (p, l) = (|i| (i, false), |i| (i, true));
    assert_eq!(shown(&[USUAL, LONG]), [vec![p(0), l(1), l(1)]]);
    assert_eq!(shown(&[LONG, USUAL]), [vec![l(0), l(0), p(1)]]);
    assert_eq!(shown(&[USUAL, USUAL, USUAL, USUAL, LONG]), [vec![p(0), p(1), p(2)], vec![p(3), l(4), l(4)]]);
    // two side by side need no other, and three slices leave no room
    assert_eq!(shown(&[LONG, USUAL, USUAL]), [vec![l(0), l(0)], vec![p(1), p(2)]]);
    assert_eq!(shown(&[USUAL, 5000]).first(), Some(&vec![p(0)]));
    // each has its own
    assert_eq!(shown(&[USUAL, LONG, LONG, USUAL]), [vec![p(0), l(1), l(1)], vec![l(2), l(2), p(3)]]);
}

#[test]
fn pictures_keep_their_shape_and_captions_their_width_and_size() {
    let (mut document, case) = full(3, None);
    // small tables make no small captions
    document.meta.theme.table_pt = 7.0;
    let mut count = 0;
    for page in pages(&document, &case, PartKind::Annex) {
        let rects: Vec<Rect> = page.items.iter().filter_map(|i| if let Item::Picture { rect, slice: None, .. } = i { Some(*rect) } else { None }).collect();
        for rect in &rects {
            assert!((rect.w / rect.h - 1080.0 / 2340.0).abs() < 0.01, "{rect:?}");
            // what stands below this picture and above the end of the captions
            let foot = rect.y + rect.h;
            let last = runs(&page).into_iter().filter(|r| r.text.contains("10:21 截图") && r.origin.1 > foot).map(|r| r.origin.1).min_by(f32::total_cmp);
            let right = rects.iter().filter(|other| other.y == rect.y && other.x > rect.x).map(|other| other.x).min_by(f32::total_cmp);
            let own = |r: &&GlyphRun| {
                (foot..=last.expect("a caption")).contains(&r.origin.1) && r.origin.0 >= rect.x - 0.1 && r.origin.0 < right.unwrap_or(PAGE_WIDTH)
            };
            let caption: Vec<&GlyphRun> = runs(&page).into_iter().filter(own).collect();
            let words: String = caption.iter().map(|r| r.text.as_str()).collect();
            assert!(words.starts_with("证据") && words.contains("订单") && words.ends_with("10:21 截图"), "{words}");
            for run in caption {
                // numbers of exhibits, orders and waybills are read on paper; what is muted may be smaller
                assert!(run.size >= 9.0 || run.text.contains("截图"), "\"{}\" is set in {} pt", run.text, run.size);
                let ink = ink(run);
                assert!(ink.x + ink.w <= rect.x + rect.w + 0.5, "\"{}\" {ink:?} is wider than its picture {rect:?}", run.text);
            }
            count += 1;
        }
    }
    assert_eq!(count, 9, "three pictures an order");
}

#[test]
fn a_missing_glyph_is_found_and_files_are_written() {
    let dir = tempfile::tempdir().expect("temp");
    let (mut document, case) = full(2, Some(dir.path()));
    document.annex.sections.push(section("rare", "", 0, vec![para("买家𠮷田\u{7}先生")]));
    let mut findings = Findings::default();
    // the sample's PDF is not on the disk and not shown
    let done = made(&document, &case, dir.path(), &typed::context(), &mut findings).expect("rendered");
    let names: Vec<String> = done.files.iter().map(|f| f.path.file_name().expect("name").to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["case-1.pdf", "case-1-annex.pdf"]);
    let finding = findings.all().iter().find(|f| f.code == Code::GlyphMissing).expect("found");
    assert!(finding.params.iter().any(|(_, v)| v == "U+20BB7"));
}

#[test]
fn volumes_go_on_counting_and_link_inside_themselves_only() {
    let dir = tempfile::tempdir().expect("temp");
    let (document, mut case) = full(5, Some(dir.path()));
    case.settings.limits.pages = Some(4);
    let done = made(&document, &case, dir.path(), &typed::context(), &mut Findings::default()).expect("rendered");
    let names: Vec<String> = done.files.iter().map(|f| f.path.file_name().expect("name").to_string_lossy().into_owned()).collect();
    assert_eq!(names[..3], ["case-1.pdf", "case-1-annex-vol1.pdf", "case-1-annex-vol2.pdf"]);
    let volumes = &done.pages.volumes;
    assert_eq!((volumes[0].0, volumes.last().expect("one").1), (1, done.pages.annex_pages));
    assert!(volumes.windows(2).all(|w| w[0].1 + 1 == w[1].0) && volumes.iter().all(|(a, b)| b - a < 4), "{volumes:?}");
    let annex = pages(&document, &case, PartKind::Annex);
    for link in annex[..volumes[0].1 as usize].iter().flat_map(|p| &p.links) {
        assert!(done.pages.places[&link.target].page <= volumes[0].1, "{link:?} leads into another file");
    }
}

#[test]
fn a_changed_original_stops_the_run_by_name() {
    let dir = tempfile::tempdir().expect("temp");
    let (document, case) = full(1, Some(dir.path()));
    std::fs::write(dir.path().join("s0.png"), b"other").expect("file");
    let error = made(&document, &case, dir.path(), &typed::context(), &mut Findings::default()).expect_err("changed").to_string();
    assert!(error.contains("s0.png"), "{error}");
}

#[test]
fn text_of_a_run_reads_as_written() {
    let marked = Inline::Ref { target: Anchor("s".into()), end: None, show: RefText::Text("1-2".into()), style: Style::default() };
    let pages = book(vec![Block::Paragraph {
        text: vec![Inline::Text("见证据 ".into(), Style::default()), marked, Inline::Break, Inline::Text("次行".into(), Style::default())],
        role: Role::Body,
    }]);
    let shown: Vec<(String, i32)> = runs(&pages[0]).iter().map(|r| (r.text.clone(), r.origin.1 as i32)).filter(|r| r.1 > 60 && r.1 < 300).collect();
    assert_eq!(shown.iter().map(|r| r.0.as_str()).collect::<Vec<_>>(), ["见证据 ", "1-2", "次行"]);
    assert!(shown[0].1 == shown[1].1 && shown[2].1 > shown[1].1);
}

/// Writes the sample into `target/look/` for a person to look at: `cargo test --lib look_at_it -- --ignored`.
#[test]
#[ignore = "for looking at"]
fn look_at_it() {
    let out = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/look");
    std::fs::create_dir_all(&out).expect("folder");
    let (document, case) = full(60, Some(&out));
    let started = std::time::Instant::now();
    made(&document, &case, &out, &typed::context(), &mut Findings::default()).expect("rendered");
    eprintln!("rendered in {:?}", started.elapsed());
    let (big, case) = full(500, None);
    let ctx = typed::context();
    let started = std::time::Instant::now();
    let fonts = super::fonts::Fonts::load(&ctx.profile).expect("fonts");
    let (map, _) = lay_out(&big, &case, &ctx, &fonts, &super::Originals::new(&case, None), &mut |_, _| Ok(())).unwrap_or_default();
    eprintln!("500 orders: {} + {} pages laid out in {:?}", map.book_pages, map.annex_pages, started.elapsed());
}
