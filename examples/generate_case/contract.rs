//! The purchase contract as a PDF with a text layer: one subset font, three pages.

use super::canvas::text_font;
use super::people::{COMPANY, PRODUCTS};
use super::tables::Failure;
use super::world::yuan;
use ab_glyph::{Font, FontRef};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use std::collections::BTreeMap;
use std::fmt::Write;

fn pages() -> Vec<Vec<String>> {
    let seller = "永康市样板金属制品厂";
    let mut goods: Vec<String> = vec!["附件一  供货清单（单价不含税）".into(), String::new()];
    for article in &PRODUCTS {
        goods.push(format!("{}    {}    单价 {} 元", article.sku, article.short, yuan(article.price * 4 / 10)));
    }
    goods.extend(["".into(), "本清单为合同附件，与合同正文具有同等效力。".into()]);
    let body = [
        "购 销 合 同",
        "",
        "合同编号：YB-2026-0118        签订日期：2026年1月18日",
        "",
        "一、甲方按附件一所列品名向乙方采购厨具，具体数量以每月订单为准。",
        "二、质量标准：符合国家现行食品接触材料标准，乙方随货提供检验报告。",
        "三、交货地点：永康市东城街道样板路18号甲方成品仓，运费由乙方承担。",
        "四、验收：甲方收货后五个工作日内清点验收，数量不符当场书面提出。",
        "五、结算：月结三十日，乙方开具增值税专用发票。",
        "六、质保：自交货之日起十二个月，质量问题由乙方免费更换。",
    ];
    let end = [
        "七、违约责任：逾期交货每日按该批货款千分之一支付违约金。",
        "八、争议由双方协商解决，协商不成向甲方所在地法院提起诉讼。",
        "九、合同期限：2026年1月18日至2026年12月31日，一式两份。",
        "",
        "甲方（盖章）：                          乙方（盖章）：",
        "代表：禾示例                            代表：方样板",
        "日期：2026年1月18日                     日期：2026年1月18日",
    ];
    let mut first: Vec<String> = body.iter().map(|s| (*s).to_owned()).collect();
    first.insert(2, format!("甲方（需方）：{COMPANY}"));
    first.insert(3, format!("乙方（供方）：{seller}"));
    vec![first, end.iter().map(|s| (*s).to_owned()).collect(), goods]
}

/// The file.
pub fn pdf() -> Result<Vec<u8>, Failure> {
    pdf_of(&pages())
}

/// Pages of lines as a PDF with a text layer.
pub fn pdf_of(pages: &[Vec<String>]) -> Result<Vec<u8>, Failure> {
    let face = FontRef::try_from_slice(text_font())?;
    let em = face.units_per_em().unwrap_or(1000.0);
    let mut mapper = subsetter::GlyphRemapper::new();
    let mut shown: BTreeMap<u16, (char, f32)> = BTreeMap::new();
    let mut contents = Vec::new();
    for lines in pages {
        let mut content = String::new();
        for (i, line) in lines.iter().enumerate() {
            let size = if line.starts_with('购') { 20 } else { 12 };
            let x = if size == 20 { 250 } else { 72 };
            let _ = write!(content, "BT /F1 {size} Tf {x} {} Td <", 760 - 30 * i as i64);
            for c in line.chars() {
                let id = face.glyph_id(c);
                let new = mapper.remap(id.0);
                shown.insert(new, (c, face.h_advance_unscaled(id) * 1000.0 / em));
                let _ = write!(content, "{new:04x}");
            }
            content += "> Tj ET\n";
        }
        contents.push(content);
    }
    let font = subsetter::subset(text_font(), 0, &mapper).map_err(|e| format!("font: {e:?}"))?;

    let mut doc = Document::with_version("1.5");
    let tree = doc.new_object_id();
    let file = doc.add_object(packed(dictionary! { "Length1" => font.len() as i64 }, &font));
    let descriptor = doc.add_object(dictionary! {
        "Type" => "FontDescriptor", "FontName" => "AAAAAA+NotoSansSC-Regular", "Flags" => 4,
        "FontBBox" => vec![(-1000).into(), (-300).into(), 2000.into(), 1200.into()],
        "ItalicAngle" => 0, "Ascent" => 880, "Descent" => -120, "CapHeight" => 733, "StemV" => 80, "FontFile2" => file,
    });
    let mut widths = Vec::new();
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /U def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n",
    );
    let entries: Vec<(u16, char, f32)> = shown.iter().map(|(&g, &(c, w))| (g, c, w)).collect();
    for part in entries.chunks(100) {
        let _ = writeln!(map, "{} beginbfchar", part.len());
        for &(glyph, c, width) in part {
            widths.push(Object::from(i64::from(glyph)));
            widths.push(Object::Array(vec![(width.round() as i64).into()]));
            let _ = writeln!(map, "<{glyph:04x}> <{:04x}>", u32::from(c));
        }
        map += "endbfchar\n";
    }
    map += "endcmap\nend\nend\n";
    let unicode = doc.add_object(packed(Dictionary::new(), map.as_bytes()));
    let cid = doc.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "AAAAAA+NotoSansSC-Regular",
        "CIDSystemInfo" => dictionary! { "Registry" => Object::string_literal("Adobe"), "Ordering" => Object::string_literal("Identity"), "Supplement" => 0 },
        "FontDescriptor" => descriptor, "CIDToGIDMap" => "Identity", "W" => widths,
    });
    let font = doc.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "AAAAAA+NotoSansSC-Regular", "Encoding" => "Identity-H",
        "DescendantFonts" => vec![cid.into()], "ToUnicode" => unicode,
    });
    let mut kids = Vec::new();
    for content in contents {
        let stream = doc.add_object(packed(Dictionary::new(), content.as_bytes()));
        let page = dictionary! {
            "Type" => "Page", "Parent" => tree, "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()], "Contents" => stream,
            "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        };
        kids.push(Object::from(doc.add_object(page)));
    }
    let count = kids.len() as i64;
    doc.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let catalog = doc.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    doc.trailer.set("Root", catalog);
    let mut out = Vec::new();
    doc.save_to(&mut out)?;
    Ok(out)
}

fn packed(mut dict: Dictionary, data: &[u8]) -> Stream {
    dict.set("Filter", "FlateDecode");
    Stream::new(dict, miniz_oxide::deflate::compress_to_vec_zlib(data, 6))
}
