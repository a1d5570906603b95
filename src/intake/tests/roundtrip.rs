//! Ids survive every way a table can write them as text; a number of more than 15 digits never passes for an id.

use super::*;
use proptest::prelude::*;
use std::io::Write as _;

/// Ids of the platforms. A lone long id that really ends in zeros is judged with its column and is not meant here.
fn ids() -> impl Strategy<Value = Vec<String>> {
    let id = "[1-9][0-9]{11,19}|[0-9]{6}-[0-9]{15}|[0-9]{3}-[0-9]{7}-[0-9]{7}|#[0-9]{4,6}|P[0-9]{18}|0[0-9]{15,18}"
        .prop_filter("a tail of zeros", |id| !crate::text::ids::has_zero_tail(id));
    proptest::collection::btree_set(id, 1..12).prop_map(|ids| ids.into_iter().collect())
}

/// What exports wrap around ids.
fn wrapped(id: &str, form: usize, separator: char) -> String {
    match form % 5 {
        0 => id.to_owned(),
        1 => format!("=\"{id}\""),
        2 => format!("'{id}"),
        3 if separator != '\t' => format!("{id}\t"),
        _ => format!("\"\t{id}\""),
    }
}

const HEAD: [&str; 4] = ["订单编号", "买家会员名", "总金额", "订单状态"];

fn encoded(text: &str, encoding: usize) -> Vec<u8> {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    match encoding % 4 {
        0 => text.as_bytes().to_vec(),
        1 => format!("\u{feff}{text}").into_bytes(),
        2 => gb18030(text),
        _ => [b"\xff\xfe".to_vec(), wide(text)].concat(),
    }
}

fn read_back(name: &str, bytes: &[u8]) -> (Vec<String>, Vec<&'static str>) {
    let folder = Folder::new(&[(name, bytes)]);
    let (selected, findings) = folder.orders(&[]);
    (selected.export.iter().map(|e| e.id.as_str().to_owned()).collect(), codes(&findings))
}

fn workbook(ids: &[String], write: impl Fn(&mut rust_xlsxwriter::Worksheet, u32, &str)) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, head) in (0..).zip(HEAD) {
        sheet.write_string(0, column, head).unwrap();
    }
    for (row, id) in (1..).zip(ids) {
        write(sheet, row, id);
        for (column, text) in [(1, "云朵"), (2, "59.00"), (3, "交易成功")] {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn open_document(cells: &[String]) -> Vec<u8> {
    let text = |t: &str| format!("<table:table-cell office:value-type=\"string\"><text:p>{t}</text:p></table:table-cell>");
    let rows: String =
        cells.iter().map(|cell| format!("<table:table-row>{cell}{}{}{}</table:table-row>", text("云朵"), text("59.00"), text("交易成功"))).collect();
    let head: String = HEAD.iter().map(|h| text(h)).collect();
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body>\
         <office:spreadsheet><table:table table:name=\"a\"><table:table-row>{head}</table:table-row>{rows}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_str()),
        ("META-INF/manifest.xml", "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>"),
    ] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(bytes.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ids_of_text_tables_never_change(ids in ids(), form in 0..5_usize, separator in 0..3_usize, encoding in 0..4_usize, end in prop::sample::select(vec!["\n", "\r\n", "\r"])) {
        let separator = char::from(separated::SEPARATORS[separator]);
        let line = |cells: &[&str]| cells.join(&separator.to_string());
        let mut lines = vec![line(&HEAD)];
        lines.extend(ids.iter().map(|id| line(&[&wrapped(id, form, separator), "云朵", "59.00", "交易成功"])));
        let (read, found) = read_back("订单.csv", &encoded(&(lines.join(end) + end), encoding));
        prop_assert_eq!(read, ids);
        prop_assert!(!found.contains(&"order-id-damaged"));
    }

    #[test]
    fn ids_of_workbooks_never_change(ids in ids(), open in any::<bool>()) {
        let bytes = if open {
            open_document(&ids.iter().map(|id| format!("<table:table-cell office:value-type=\"string\"><text:p>{id}</text:p></table:table-cell>")).collect::<Vec<_>>())
        } else {
            workbook(&ids, |sheet, row, id| { sheet.write_string(row, 0, id).unwrap(); })
        };
        let (read, found) = read_back("订单.xlsx", &bytes);
        prop_assert_eq!(read, ids);
        prop_assert!(!found.contains(&"order-id-damaged"));
    }

    #[test]
    fn numbers_of_more_than_15_digits_are_always_damaged(numbers in proptest::collection::vec(1_000_000_000_000_000_u64..=9_999_999_999_999_999_999, 1..6), open in any::<bool>()) {
        let texts: Vec<String> = numbers.iter().map(u64::to_string).collect();
        let bytes = if open {
            open_document(&texts.iter().map(|n| format!("<table:table-cell office:value-type=\"float\" office:value=\"{n}\"><text:p>{n}</text:p></table:table-cell>")).collect::<Vec<_>>())
        } else {
            workbook(&texts, |sheet, row, n| { sheet.write_number(row, 0, n.parse::<f64>().unwrap()).unwrap(); })
        };
        let (_, found) = read_back("订单.xlsx", &bytes);
        prop_assert_eq!(found.iter().filter(|c| **c == "order-id-damaged").count(), numbers.len());
    }
}
