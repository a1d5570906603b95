//! Notes on the cells of a workbook (.xlsx): comments in the old form and in that of threads. They are handed in with the file, and no row shows them.

use super::opc::{self, Package, Step, Unread};

/// Folders and beginnings of the names of the parts that hold them.
const PARTS: [&str; 2] = ["xl/comments", "xl/threadedComments"];

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
    let parts: Vec<String> = package.names().into_iter().filter(|name| PARTS.iter().any(|p| name.starts_with(p)) && name.ends_with(".xml")).collect();
    for name in parts {
        let read = package.part(&name).and_then(|xml| found.part(&xml, &mut left));
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
                Step::Text(words) => {
                    if let (true, Some((_, note))) = (inside, self.notes.last_mut()) {
                        match left.checked_sub(words.len()) {
                            Some(rest) => *left = rest,
                            None => self.full = true,
                        }
                        if !self.full {
                            note.push_str(&words);
                        }
                    }
                }
            }
            !self.full
        })
    }
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
        let long = opc::packed(&[("xl/comments1.xml", &old.replace("是补发", &"长".repeat(200)))]);
        let found = read(&long, 500);
        assert!(found.full && found.notes.iter().all(|(_, words)| words.len() <= 500));
    }
}
