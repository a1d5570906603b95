//! Whole documents of a hand-built case, read as a reviewer would read them.

mod case;
mod dump;

use super::*;
use crate::model::Lang;
use case::*;

fn made(case: &Case, matching: &Matching, assessment: &Assessment, template: Option<&str>, disclosure: Disclosure) -> Result<Composed> {
    let bag = crate::bundle::bag::listing(case, &crate::bundle::bag::plan(case, matching, assessment));
    let material = Material { case, matching, assessment, findings: &Findings::default(), bag: &bag };
    compose(&material, &surroundings(), template, disclosure)
}

fn composed(disclosure: Disclosure) -> Composed {
    let (case, matching, assessment) = three_orders();
    made(&case, &matching, &assessment, None, disclosure).unwrap()
}

/// Whole documents as text; `UPDATE_GOLDEN=1 cargo test` writes them anew, and the difference is read before it is committed.
#[test]
fn the_documents_read_as_they_did() {
    for (language, file) in [(Lang::ZhCn, "three-orders.txt"), (Lang::En, "three-orders-en.txt")] {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/compose/tests").join(file);
        let now = text(&run(|case, _| case.language = language).document);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &now).unwrap();
        }
        let before = std::fs::read_to_string(&file).unwrap();
        for (n, (a, b)) in before.lines().zip(now.lines()).enumerate() {
            assert_eq!(a, b, "{language:?}, line {}", n + 1);
        }
        assert_eq!(before, now);
    }
}

fn text(document: &Document) -> String {
    dump::document(document)
}

fn run(change: impl FnOnce(&mut Case, &mut Assessment)) -> Composed {
    let (mut case, matching, mut assessment) = three_orders();
    change(&mut case, &mut assessment);
    count(&mut assessment);
    made(&case, &matching, &assessment, None, Disclosure::Full).unwrap()
}

/// Folder with book files that go over the built-in ones.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

fn with_folder(files: &[(&str, &str)]) -> Result<Composed> {
    let dir = folder(files);
    let (case, matching, assessment) = three_orders();
    made(&case, &matching, &assessment, dir.path().to_str(), Disclosure::Full)
}

fn message(files: &[(&str, &str)]) -> String {
    with_folder(files).unwrap_err().message(Lang::ZhCn).to_owned()
}

#[test]
fn only_argued_orders_are_handed_in_and_the_rest_is_counted() {
    let composed = composed(Disclosure::Full);
    let all = text(&composed.document);
    assert!(all.contains("撤销对下列 2 笔订单的虚假交易认定。另有 1 笔本次未提交举证。"), "{all}");
    for secret in [IDS[2], NICK[2], NAME[2], PHONE[2], "SF1390012345672", "丙.jpg"] {
        assert!(!all.contains(secret), "{secret} is of an order that is not argued");
    }
    assert_eq!(composed.order_lines.iter().map(|l| l.id.as_str()).collect::<Vec<_>>(), [IDS[0], IDS[1]]);
    assert!(composed.exhibits.iter().all(|e| e.file != UNARGUED && !e.orders.contains(&2)));
    assert!(composed.exhibits.iter().all(|e| e.orders.len() == e.places.len()));
}

#[test]
fn all_is_said_only_when_it_is_all() {
    // each count that page 1 speaks of is one short of the whole
    let composed = run(|_, assessment| {
        let second = &mut assessment.orders[1];
        second.steps.retain(|s| s.kind == crate::model::assessment::StepKind::Ordered);
        second.weight_kg = None;
        second.proofs.clear();
        second.causes.clear();
        second.delivered = None;
        assessment.anomaly.sources[0].orders = 1;
        assessment.anomaly.sources[0].inferred = 0;
        assessment.anomaly.unexplained = 1;
    });
    let page_one: String = text(&composed.document).lines().take_while(|l| !l.starts_with("§ why")).collect::<Vec<_>>().join("\n");
    assert!(page_one.contains("2 笔中 1 笔有付款、揽收、签收三步记录"), "{page_one}");
    assert!(page_one.contains("2 笔中 1 笔有来源材料"), "{page_one}");
    let statement = statement_files(&composed, &three_orders().0, &crate::model::pages::PageMap::default());
    let statement = String::from_utf8(statement[0].1.clone()).unwrap();
    let reasons: String = composed.order_lines.iter().map(|l| markdown::text_of(&l.reason)).collect();
    // one own waybill number each: that, and only that, is said of all
    let page_one = page_one.replace("2 笔均使用只属于本订单的运单号", "");
    for word in ["均", "全部", "所有", "一律", "都"] {
        for (place, t) in [("page 1", &page_one), ("statement", &statement), ("reasons", &reasons)] {
            assert!(!t.replace("日均", "").contains(word), "{place} says {word}: {t}");
        }
    }
}

#[test]
fn page_one_and_the_table_of_orders_count_alike() {
    let composed = composed(Disclosure::Full);
    let all = text(&composed.document);
    let total = all.lines().find(|l| l.contains("合计 2 笔：")).unwrap();
    for (name, mark) in [("快递底单或公司凭证", "底"), ("快递对账单", "账"), ("签收轨迹", "迹"), ("出库记录", "出")] {
        let row = all.lines().find(|l| l.starts_with(&format!("  | {name} | "))).unwrap();
        let n = row.split(" | ").nth(2).unwrap();
        assert!(total.contains(&format!("{mark} {n}")), "{row} / {total}");
    }
}

#[test]
fn what_a_buyer_is_called_prints_as_typed() {
    let all = text(&run(|_, a| a.orders[2].left_out = None).document);
    assert!(all.contains("买家 = tb__alpha__01`x` <"), "{all}");
    assert!(all.contains("买家 = 丙丙<b> <"));
    assert!(all.contains("4月1日20:00起在自有直播间做新品首发，*活动价*59元。"));
    let hostile = "1. a\\|b | # _c_ `d` [e](f) &amp; {{ x }} ~~g~~ ![h](i)";
    let all = text(&run(|case, _| case.settings.seller.shop = Some(hostile.into())).document);
    assert!(all.contains(&format!("店铺 = {hostile}（淘宝） <")), "{all}");
}

#[test]
fn the_twin_shows_nobody() {
    let composed = composed(Disclosure::Masked);
    let all = format!("{}{:?}{:?}{:?}", text(&composed.document), composed.document, composed.statement, composed.order_lines);
    for i in 0..2 {
        for secret in [NICK[i], NAME[i], PHONE[i], ADDRESS[i]] {
            assert!(!all.contains(secret), "{secret}");
        }
    }
    assert!(all.contains("138****1111"), "masked, not dropped");
    assert!(!all.contains("content: Picture"), "a picture shows what a mask would hide");
}

#[test]
fn couriers_phones_are_masked_in_both() {
    for disclosure in [Disclosure::Full, Disclosure::Masked] {
        let all = text(&composed(disclosure).document);
        assert!(all.contains("139****5678") && !all.contains("13912345678"));
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_target_stands_once() {
    for template in [None, Some("en-platform")] {
        let (case, matching, assessment) = three_orders();
        let composed = made(&case, &matching, &assessment, template, Disclosure::Full).unwrap();
        let known = references::anchors(&composed.document);
        let all = text(&composed.document);
        for part in all.split('→').skip(1) {
            for target in part.split(']').next().unwrap().split('…') {
                assert!(known.contains(&Anchor(target.to_owned())), "{target}");
            }
        }
        for exhibit in &composed.exhibits {
            assert!(known.contains(&exhibit.anchor), "{}", exhibit.number);
            let targets = all.matches(&format!("@{}\n", exhibit.anchor.0)).count() + all.matches(&format!("@{} alt", exhibit.anchor.0)).count();
            assert!(targets <= 1, "{} stands {targets} times", exhibit.number);
        }
    }
}

#[test]
fn a_mistake_in_a_template_is_told_with_file_line_and_the_nearest_name() {
    let said = message(&[("statement.md.jinja", "# 申诉书\n\n{{ cas.shop }}\n")]);
    assert!(said.contains("statement.md.jinja 第 3 行") && said.contains("是不是 case？"), "{said}");
    let said = message(&[("why.md.jinja", "# 为何\n\n\n{{ day_chat() }}\n")]);
    assert!(said.contains("why.md.jinja 第 4 行") && said.contains("是不是 day_chart？"), "{said}");
    let said = message(&[("why.md.jinja", "{{ case.shopp }}")]);
    assert!(said.contains("是不是 shop？"), "{said}");
    let said = message(&[("why.md.jinja", "见{{ page(\"al-orders\") }}")]);
    assert!(said.contains("第 1 行") && said.contains("是不是 all-orders？"), "{said}");
    let said = message(&[("why.md.jinja", "a\n\n{% if case.shop %}\n")]);
    assert!(said.contains("why.md.jinja 第") && said.contains("语法"), "{said}");
    let said = message(&[("why.md.jinja", "a\n\n<b>{{ case.shop }}</b>\n")]);
    assert!(said.contains("why.md.jinja") && said.contains("HTML"), "{said}");
    let said = message(&[("why.md.jinja", "{% for i in range(90000) %}{% for j in range(90000) %}x{% endfor %}{% endfor %}")]);
    assert!(said.contains("没有尽头"), "{said}");
    let said = message(&[("statement.txt.jinja", "没有优先级的一句")]);
    assert!(said.contains("没有优先级"), "{said}");
}

#[test]
fn a_missing_book_is_told_with_the_nearest_one() {
    let (case, matching, assessment) = three_orders();
    let error = made(&case, &matching, &assessment, Some("zh-CN-platfrom"), Disclosure::Full).unwrap_err();
    assert!(error.message(Lang::En).contains("did you mean zh-CN-platform?"), "{error}");
}

#[test]
fn a_folder_overrides_file_by_file() {
    let composed =
        with_folder(&[("why.md.jinja", "# 另写的一页\n\n- {{ case.shop }}\n- **{{ exhibit(\"S-4\") }}**\n\n| 甲 | 乙 |\n|---|--:|\n| 1 | 2 |\n")]).unwrap();
    let all = text(&composed.document);
    assert!(all.contains("# 另写的一页\n  -\n    Body: 示例厨具旗舰店\n") && all.contains("| 甲 | 乙 |\n  | 1 | 2 |"), "{all}");
    assert!(all.contains("# 逐笔总表"), "the other files are the built-in ones");
}

#[test]
fn a_page_of_imported_data_says_so_whatever_the_template_says() {
    let composed = with_folder(&[("why.md.jinja", "# 图\n\n{{ day_chart() }}\n")]).unwrap();
    let all = text(&composed.document);
    assert!(all.contains("# 图\n  Note: 据卖家导入文件整理，供检索"), "{all}");
}

#[test]
fn exhibits_that_no_page_shows_are_found_at_their_order() {
    let composed = with_folder(&[("exhibits.md.jinja", "# 证据\n"), ("order.md.jinja", "# {{ order.id }}\n")]).unwrap();
    let waybill = composed.exhibits.iter().find(|e| e.number == "1-1").unwrap();
    assert_eq!(waybill.anchor.0, "order-1");
}

#[test]
fn a_bare_case_makes_a_document_too() {
    for lang in [Lang::ZhCn, Lang::En] {
        let composed = run(|case, assessment| {
            case.settings = crate::model::settings::CaseSettings::default();
            case.language = lang;
            case.platform = None;
            case.violation = None;
            case.document_date = None;
            case.notice = crate::model::notice::Notice::default();
            assessment.anomaly = crate::model::assessment::Anomaly::default();
            for order in &mut assessment.orders {
                order.left_out = Some(crate::model::assessment::LeftOut::NotProven);
            }
            assessment.listed_argued = vec![false; 3];
        });
        assert!(composed.order_lines.is_empty() && composed.exhibits.is_empty());
        assert!(!text(&composed.document).contains("None"));
    }
}

fn pages(composed: &Composed) -> crate::model::pages::PageMap {
    use crate::model::document::PartKind;
    use crate::model::pages::{PageMap, PagePlace};
    let mut map = PageMap { book_pages: 5, annex_pages: 9, volumes: vec![(1, 9)], ..PageMap::default() };
    for (part, sections) in [(PartKind::Book, &composed.document.book.sections), (PartKind::Annex, &composed.document.annex.sections)] {
        for (i, section) in sections.iter().enumerate() {
            map.places.insert(section.anchor.clone(), PagePlace { part, page: i as u32 + 1 });
        }
    }
    map
}

#[test]
fn the_statement_keeps_its_length_and_whole_sentences() {
    let composed = composed(Disclosure::Full);
    let (mut case, _, _) = three_orders();
    let map = pages(&composed);
    let full = statement_files(&composed, &case, &map);
    assert_eq!(full[0].0, "statement-full.txt");
    let whole = String::from_utf8(full[0].1.clone()).unwrap();
    assert!(whole.starts_with('\u{feff}') && whole.contains("\r\n") && !whole.replace("\r\n", "").contains('\n'));
    assert!(whole.contains("申诉书第 3 页") && whole.contains("附册 附3–附4") && whole.contains("证据 S-4"), "{whole}");
    let sentences: Vec<&str> = whole.trim_start_matches('\u{feff}').split_inclusive('。').collect();
    case.settings.limits.text = vec![120, 40, 220];
    for (name, bytes) in statement_files(&composed, &case, &map) {
        let n: usize = name.trim_start_matches("statement-").trim_end_matches(".txt").parse().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let text = text.trim_start_matches('\u{feff}');
        assert!(text.chars().count() <= n, "{name}: {}", text.chars().count());
        for sentence in text.split_inclusive('。') {
            assert!(sentences.iter().any(|s| s.trim() == sentence.trim()), "{name} cuts {sentence}");
        }
        assert_eq!(n >= 120, text.contains("请求撤销"), "{name}: {text}");
    }
}

#[test]
fn the_order_sheets_are_the_same_bytes_twice_and_hold_whole_ids() {
    let composed = composed(Disclosure::Full);
    let (case, _, _) = three_orders();
    let map = pages(&composed);
    let (one, two) = (order_sheets(&composed, &case, &map).unwrap(), order_sheets(&composed, &case, &map).unwrap());
    assert_eq!(one, two);
    let csv = String::from_utf8(one.iter().find(|(n, _)| n == "orders.csv").unwrap().1.clone()).unwrap();
    let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "序号,订单号,申诉理由,证据编号,页码,凭证（强的在前）");
    assert!(
        lines[1].starts_with(&format!("1,{},2026-04-01 20:00 付款", IDS[0]))
            && lines[1].ends_with(
                "证据 1-1、1-2、1-3、S-1、S-2、S-3、S-4,附册 附3,快递底单或公司凭证、快递对账单、订单来源凭证、沟通（截图或举证号）、签收轨迹、出库记录"
            ),
        "{}",
        lines[1]
    );
    let xlsx = &one.iter().find(|(n, _)| n == "orders.xlsx").unwrap().1;
    let mut book = calamine::open_workbook_from_rs::<calamine::Xlsx<_>, _>(std::io::Cursor::new(xlsx)).unwrap();
    let sheet = calamine::Reader::worksheet_range_at(&mut book, 0).unwrap().unwrap();
    assert_eq!(sheet.get((1, 1)), Some(&calamine::Data::String(IDS[0].to_owned())));
}

#[test]
fn markdown_prints_what_it_says() {
    let composed = with_folder(&[(
        "why.md.jinja",
        "# 页\n\n3. 甲\n4. 乙\n\n```\n第一行\n  第二行 {{ case.id }}\n```\n\n见[平台规则](https://rule.example.com/1)和<https://b.example.com>。\n\n| 甲 | 乙 | 丙 |\n|:-:|--:|---|\n| 1 | 2 | 3 |\n",
    )])
    .unwrap();
    let all = text(&composed.document);
    assert!(all.contains("  3.\n    Body: 甲\n  4.\n    Body: 乙"), "{all}");
    assert!(all.contains("Record: 第一行 / \u{a0}\u{a0}第二行 "), "{all}");
    assert!(!all.contains("&#45;"), "a value inside code is not escaped: {all}");
    assert!(all.contains("见平台规则（https://rule.example.com/1）和https://b.example.com。"), "{all}");
    let table = composed
        .document
        .book
        .sections
        .iter()
        .flat_map(|s| &s.blocks)
        .find_map(|b| if let Block::Table(t) = b { (t.columns.len() == 3).then_some(t) } else { None });
    use crate::model::document::Side;
    assert_eq!(table.unwrap().columns.iter().map(|c| c.side).collect::<Vec<_>>(), [Side::Middle, Side::Right, Side::Left]);
}

#[test]
fn the_total_agrees_with_the_table_of_proofs_only_where_there_is_one() {
    let said = |composed: &Composed| text(&composed.document).lines().find(|l| l.contains("合计 2 笔：")).unwrap().to_owned();
    let whole = said(&composed(Disclosure::Full));
    assert!(whole.contains("（与") && whole.contains("proof-counts") && whole.contains("凭证计数为同一数据）"), "{whole}");
    let without = said(&with_folder(&[("statement.md.jinja", "# 申诉书\n")]).unwrap());
    assert!(!without.contains("凭证计数"), "{without}");
    let elsewhere = said(&with_folder(&[("statement.md.jinja", "# 申诉书\n"), ("files.md.jinja", "# 文件\n\n{{ proof_counts() }}\n")]).unwrap());
    assert!(elsewhere.contains("proof-counts"), "{elsewhere}");
}
