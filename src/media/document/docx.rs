//! Word documents: paragraphs as lines, table rows as lines with tabs. Deleted text of a tracked change is not shown and not read; the copy of a text
//! box for old programs is not read a second time.

use super::opc::{self, Package, Step, Unread};

/// The part that holds the text.
pub const MAIN_PART: &str = "word/document.xml";

/// The text of a document, and whether it went on beyond `most` bytes.
///
/// # Errors
/// When the package has no readable main part.
pub fn text(package: &mut Package<'_>, most: usize) -> Result<(String, bool), Unread> {
    let xml = package.part(MAIN_PART)?;
    let mut out = Writer { most, ..Writer::default() };
    let read = opc::walk(&xml, |step| out.step(step));
    // a document cut off in the middle still says what it says; one that says nothing is broken
    if out.text.trim().is_empty() {
        read?;
    }
    Ok((out.text, out.full))
}

#[derive(Default)]
struct Writer {
    text: String,
    /// Bytes that are taken.
    most: usize,
    full: bool,
    /// Inside `w:t`.
    in_text: bool,
    /// Elements around us whose text is not shown.
    hidden: usize,
    /// Cells around us: a paragraph inside a cell ends with a blank, not with a line.
    cells: usize,
}

impl Writer {
    fn push(&mut self, text: &str) {
        if self.hidden == 0 {
            self.text.push_str(text);
        }
    }

    fn step(&mut self, step: Step) -> bool {
        match step {
            Step::Open(name, _) => match name.as_str() {
                "Fallback" | "del" | "moveFrom" => self.hidden += 1,
                "t" => self.in_text = true,
                "tab" if !self.text.ends_with('\t') => self.push("\t"),
                "br" | "cr" => self.push(if self.cells > 0 { " " } else { "\n" }),
                "noBreakHyphen" => self.push("-"),
                "tc" => self.cells += 1,
                _ => {}
            },
            Step::Close(name) => match name.as_str() {
                "Fallback" | "del" | "moveFrom" => self.hidden = self.hidden.saturating_sub(1),
                "t" => self.in_text = false,
                "p" if self.cells > 0 => self.push(" "),
                "p" => self.push("\n"),
                "tc" => {
                    self.cells = self.cells.saturating_sub(1);
                    let bare = self.text.trim_end_matches(' ').len();
                    if self.hidden == 0 {
                        self.text.truncate(bare);
                    }
                    self.push(if self.cells > 0 { " " } else { "\t" });
                }
                "tr" if self.cells == 0 && self.hidden == 0 => {
                    if self.text.ends_with('\t') {
                        self.text.pop();
                    }
                    self.push("\n");
                }
                _ => {}
            },
            Step::Text(text) => {
                if self.in_text {
                    self.push(&text.replace(['\n', '\r'], " "));
                }
            }
        }
        self.full = self.text.len() > self.most;
        !self.full
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> String {
        let xml = format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"w\" xmlns:mc=\"mc\"><w:body>{body}</w:body></w:document>");
        let bytes = opc::packed(&[("[Content_Types].xml", "<Types/>"), (MAIN_PART, &xml)]);
        text(&mut Package::open(&bytes, 1 << 20).unwrap(), 1 << 20).unwrap().0
    }

    #[test]
    fn paragraphs_and_rows_are_lines() {
        let table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>序号</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>订单号</w:t></w:r></w:p></w:tc></w:tr>\
                     <w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>28617340</w:t></w:r><w:r><w:t>95517302481</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
        let text = read(&format!("<w:p><w:r><w:t>违规编号：</w:t><w:tab/><w:t>WG1&amp;2</w:t></w:r></w:p>{table}<w:p/>"));
        assert_eq!(text, "违规编号：\tWG1&2\n序号\t订单号\n1\t2861734095517302481\n\n");
    }

    #[test]
    fn deleted_text_and_copies_for_old_programs_are_not_read() {
        let text = read(
            "<w:p><w:del><w:r><w:delText>旧</w:delText><w:t>旧</w:t></w:r></w:del><mc:AlternateContent><mc:Choice><w:t>新</w:t></mc:Choice><mc:Fallback><w:t>新</w:t></mc:Fallback></mc:AlternateContent></w:p>",
        );
        assert_eq!(text, "新\n");
    }

    #[test]
    fn a_document_cut_off_says_what_is_left_and_an_empty_one_is_broken() {
        let of = |xml: &str| {
            let bytes = opc::packed(&[(MAIN_PART, xml)]);
            text(&mut Package::open(&bytes, 1 << 20).unwrap(), 40)
        };
        assert_eq!(of("<w:document><w:p><w:t>订单 28617340</w:t></w:p><w:p").unwrap().0, "订单 28617340\n");
        assert!(of("<w:document><<<").is_err());
        let deep = "<a>".repeat(5_000);
        assert_eq!(of(&deep), Err(Unread::Deep));
        assert_eq!(of(&"<a/>".repeat(300_000)), Err(Unread::Long));
        assert_eq!(of(&format!("<p><t>{}</t></p><p><t>b</t></p>", "a".repeat(41))).unwrap(), ("a".repeat(41), true));
    }
}
