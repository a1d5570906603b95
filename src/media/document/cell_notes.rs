//! Notes on the cells of a workbook: comments of an .xlsx in the old form and in that of threads, annotations of an .ods (OpenDocument 1.3, part 3, 14.1). They are
//! handed in with the file, and no row shows them.

use super::opc::{self, Package, Step, Unread};
use rust_xlsxwriter::utility::row_col_to_cell;

/// Folders and beginnings of the names of the parts that hold them.
const PARTS: [&str; 2] = ["xl/comments", "xl/threadedComments"];
/// The part of an .ods that holds all of its tables.
const CONTENT: &str = "content.xml";

/// What the cells of a workbook bear.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CellNotes {
    /// The cell (`D2`) and the words on it.
    pub notes: Vec<(String, String)>,
    /// There is more than was taken.
    pub full: bool,
    /// A part that could not be read; a short English clause.
    pub broken: Option<String>,
}

/// Reads them, up to `most` bytes of them all.
pub fn read(bytes: &[u8], most: u64) -> CellNotes {
    let mut found = CellNotes::default();
    let Some(mut package) = Package::open(bytes, most) else { return found };
    let mut left = usize::try_from(most).unwrap_or(usize::MAX);
    let bears_notes = |name: &String| name == CONTENT || PARTS.iter().any(|p| name.starts_with(p)) && name.ends_with(".xml");
    let parts: Vec<String> = package.names().into_iter().filter(bears_notes).collect();
    for name in parts {
        let read = package.part(&name).and_then(|xml| if name == CONTENT { found.tables(&xml, &mut left) } else { found.part(&xml, &mut left) });
        match read {
            Ok(()) => {}
            Err(Unread::Long) => found.full = true,
            Err(Unread::Deep) => found.broken = Some(format!("{name}: nested too deeply")),
            Err(Unread::Broken(detail)) => found.broken = Some(detail),
        }
    }
    found
}

impl CellNotes {
    fn part(&mut self, xml: &str, left: &mut usize) -> Result<(), Unread> {
        let mut inside = false;
        opc::walk(xml, |step| {
            match step {
                Step::Open(name, attributes) => match name.as_str() {
                    "comment" | "threadedComment" => {
                        let cell = attributes.into_iter().find(|(key, _)| key == "ref").map(|(_, cell)| cell).unwrap_or_default();
                        self.notes.push((cell, String::new()));
                    }
                    "text" => inside = true,
                    _ => {}
                },
                Step::Close(name) => inside &= name != "text",
                Step::Text(words) if inside => self.add(&words, left),
                Step::Text(_) => {}
            }
            !self.full
        })
    }

    /// The tables of an .ods: a note stands inside of its cell, and cells and rows that are alike stand once with their number.
    fn tables(&mut self, xml: &str, left: &mut usize) -> Result<(), Unread> {
        let (mut row, mut column, mut alike) = (0_usize, 0_usize, (1_usize, 1_usize));
        // within a note, and within what it says of itself: by whom, and when
        let (mut inside, mut about) = (false, false);
        opc::walk(xml, |step| {
            match step {
                Step::Open(name, attributes) => {
                    let number = |of: &str| attributes.iter().find(|(key, _)| key == of).and_then(|(_, n)| n.parse().ok()).unwrap_or(1_usize);
                    match name.as_str() {
                        "table" => (row, column) = (0, 0),
                        "table-row" => (column, alike.0) = (0, number("number-rows-repeated")),
                        "table-cell" | "covered-table-cell" => alike.1 = number("number-columns-repeated"),
                        "annotation" => {
                            self.notes.push((cell(column, row), String::new()));
                            inside = true;
                        }
                        "creator" | "date" | "date-string" | "creator-initials" | "sender-initials" => about = true,
                        _ => {}
                    }
                }
                Step::Close(name) => match name.as_str() {
                    "table-row" => row = row.saturating_add(alike.0),
                    "table-cell" | "covered-table-cell" => column = column.saturating_add(alike.1),
                    "annotation" => inside = false,
                    "creator" | "date" | "date-string" | "creator-initials" | "sender-initials" => about = false,
                    _ => {}
                },
                Step::Text(words) if inside && !about => self.add(&words, left),
                Step::Text(_) => {}
            }
            !self.full
        })
    }

    /// More words of the last note.
    fn add(&mut self, words: &str, left: &mut usize) {
        let Some((_, note)) = self.notes.last_mut() else { return };
        match left.checked_sub(words.len()) {
            Some(rest) => {
                *left = rest;
                note.push_str(words);
            }
            None => self.full = true,
        }
    }
}

/// `D2`, of column and row counted from 0. A table has no more than these, whatever its numbers of cells alike add up to (LibreOffice's limits, and Excel's).
fn cell(column: usize, row: usize) -> String {
    row_col_to_cell(row.min(1_048_575) as u32, column.min(16_383) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_both_forms_are_read_within_the_limit() {
        let old = "<comments><commentList><comment ref=\"D2\"><text><r><t>这单</t></r><r><t>是补发</t></r></text></comment></commentList></comments>";
        let threads = "<ThreadedComments><threadedComment ref=\"B7\"><text>谢谢 &amp; 再见</text></threadedComment></ThreadedComments>";
        let parts = [
            ("xl/workbook.xml", "<a/>"),
            ("xl/comments/comment1.xml", old),
            ("xl/comments2.xml", "<a></b>"),
            ("xl/threadedComments/threadedComment1.xml", threads),
        ];
        let bytes = opc::packed(&parts);
        let note = |cell: &str, words: &str| (cell.to_owned(), words.to_owned());
        let found = read(&bytes, 1 << 20);
        assert_eq!((found.notes, found.full), (vec![note("D2", "这单是补发"), note("B7", "谢谢 & 再见")], false));
        assert!(found.broken.is_some());
        assert_eq!([cell(25, 9), cell(26, 0), cell(usize::MAX, usize::MAX)].join(" "), "Z10 AA1 XFD1048576");
        let long = opc::packed(&[("xl/comments1.xml", &old.replace("是补发", &"长".repeat(200)))]);
        let found = read(&long, 500);
        assert!(found.full && found.notes.iter().all(|(_, words)| words.len() <= 500));
    }

    #[test]
    fn annotations_of_an_open_document_are_read_with_their_cells() {
        let note =
            |words: &str| format!("<office:annotation><dc:creator>王五</dc:creator><dc:date>2026-04-02</dc:date><text:p>{words}</text:p></office:annotation>");
        let content = format!(
            "<o:document-content xmlns:o=\"o\" xmlns:table=\"t\" xmlns:office=\"f\" xmlns:text=\"x\" xmlns:dc=\"d\"><table:table>\
             <table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row>\
             <table:table-row><table:table-cell table:number-columns-repeated=\"2\"/><table:table-cell>{}<text:p>59</text:p></table:table-cell></table:table-row>\
             </table:table><table:table><table:table-row><table:table-cell>{}</table:table-cell></table:table-row></table:table></o:document-content>",
            note("补发"),
            note("谢谢"),
        );
        let found = read(&opc::packed(&[("mimetype", "x"), ("content.xml", &content)]), 1 << 20);
        let expected = [("C4", "补发"), ("A1", "谢谢")].map(|(cell, words)| (cell.to_owned(), words.to_owned()));
        assert_eq!((found.notes.as_slice(), found.full, found.broken), (expected.as_slice(), false, None));
    }
}
