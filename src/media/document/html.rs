//! A saved web page, as lines or as the tables that it consists of: numbers in attributes and scripts are not what the page shows.

/// Tags that begin a new line on the screen.
const BREAKS: [&str; 14] = ["br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "section", "title"];

/// Elements whose text is never shown.
const HIDDEN: [&str; 3] = ["script", "style", "template"];

/// Does the text begin like a web page?
pub fn is_page(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(400).collect::<String>().to_ascii_lowercase();
    head.starts_with("<!doctype html") || head.starts_with("<html") || (head.starts_with('<') && head.contains("<body"))
}

/// A piece of a page, in its order.
enum Piece<'p> {
    /// Text that is shown, as it stands in the file.
    Text(&'p str),
    /// A tag: its name in small letters, whether it closes, all of it, and the line of the file on which it ends.
    Tag(String, bool, &'p str, u32),
}

/// Walks through the pieces of a page; what is never shown (scripts, comments) is left out.
fn walk<'p>(page: &'p str, mut each: impl FnMut(Piece<'p>)) {
    let mut line = 1_u32;
    let mut hidden: Option<&str> = None;
    let mut rest = page;
    while !rest.is_empty() {
        // a script is no page: a bare `<` in it begins no tag
        if let Some(element) = hidden {
            let end = end_of_hidden(rest, element);
            let (passed, after) = rest.split_at(end);
            line += breaks(passed);
            (rest, hidden) = (after, None);
            continue;
        }
        let open = rest.find('<').unwrap_or(rest.len());
        let (text, from) = rest.split_at(open);
        if !text.is_empty() {
            each(Piece::Text(text));
        }
        let is_comment = from.starts_with("<!--");
        let end = if is_comment { from.find("-->").map(|e| e + 3) } else { from.find('>').map(|e| e + 1) }.unwrap_or(from.len());
        let (tag, after) = from.split_at(end);
        line += breaks(text) + breaks(tag);
        let name: String = tag.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let closing = tag.starts_with("</");
        if !closing {
            hidden = HIDDEN.into_iter().find(|h| *h == name);
        }
        if hidden.is_none() && !tag.is_empty() {
            each(Piece::Tag(name, closing, tag, line));
        }
        rest = after;
    }
}

fn breaks(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(0)
}

/// Where the closing tag of a hidden element begins; the end where there is none.
fn end_of_hidden(text: &str, element: &str) -> usize {
    let closes = |at: usize| text.get(at + 2..at + 2 + element.len()).is_some_and(|name| name.eq_ignore_ascii_case(element));
    text.match_indices("</").map(|(at, _)| at).find(|at| closes(*at)).unwrap_or(text.len())
}

/// The lines that the page shows, each with the line of the file at which it begins. Cells of a table are separated by tabs.
pub fn lines(page: &str) -> Vec<(u32, String)> {
    let mut out: Vec<(u32, String)> = vec![(1, String::new())];
    let mut line = 1_u32;
    let append = |out: &mut Vec<(u32, String)>, text: &str, line: u32| {
        if let Some((first, shown)) = out.last_mut() {
            if shown.trim().is_empty() {
                *first = line;
            }
            shown.push_str(text);
        }
    };
    walk(page, |piece| match piece {
        Piece::Text(text) => {
            for (i, piece) in text.split('\n').enumerate() {
                // a line break in the file is a blank on the screen
                if i > 0 {
                    line += 1;
                    append(&mut out, " ", line);
                }
                append(&mut out, &entities(piece.trim_end_matches('\r')), line);
            }
        }
        Piece::Tag(name, closing, _, ends) => {
            line = ends;
            if BREAKS.contains(&name.as_str()) {
                out.push((line, String::new()));
            } else if closing && matches!(name.as_str(), "td" | "th") {
                append(&mut out, "\t", line);
            }
        }
    });
    out.into_iter().filter(|(_, text)| !text.trim().is_empty()).map(|(n, text)| (n, text.trim_matches(' ').to_owned())).collect()
}

/// Cells that a page's spans may add to those that stand in it, for each that does.
const SPANNED: usize = 4;

/// A page that is nothing but tables.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PageTables {
    /// The rows of each table, cell by cell.
    pub tables: Vec<Vec<Vec<String>>>,
    /// The words around them, the window's title among them.
    pub around: Vec<String>,
}

/// The rows of the tables of a page that is nothing but tables, as back offices write them under the name .xls, and the words around them. `None` for any
/// other page: where text stands outside of tables or tables inside one another, they are how the page looks, not what it lists. A cell over several rows
/// holds for each.
pub fn tables(page: &str) -> Option<PageTables> {
    let mut read = Tables::default();
    walk(page, |piece| read.piece(piece));
    read.end_row();
    (!read.nested && read.outside <= OUTSIDE && !read.tables.is_empty()).then_some(PageTables { tables: read.tables, around: read.around })
}

/// Bytes of the words around the tables that are kept; a title takes a few.
const AROUND: usize = 4096;

/// Characters outside of tables that a page may show and still be nothing but tables: a title.
const OUTSIDE: usize = 100;

#[derive(Default)]
struct Tables {
    tables: Vec<Vec<Vec<String>>>,
    depth: usize,
    nested: bool,
    outside: usize,
    /// The words outside of the tables, the window's title among them.
    around: Vec<String>,
    /// In a title of the window, which the page does not show.
    titled: bool,
    row: Vec<String>,
    /// The cell that is open: its text, rows and columns.
    cell: Option<(String, usize, usize)>,
    /// By column: a value from above, and for how many rows it still holds.
    above: Vec<(String, usize)>,
    written: usize,
    added: usize,
}

impl Tables {
    fn piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Text(text) => match &mut self.cell {
                Some((cell, ..)) => cell.push_str(&entities(text).replace(['\r', '\n'], " ")),
                None => {
                    let words = entities(text).trim().to_owned();
                    if !self.titled {
                        self.outside = self.outside.saturating_add(words.chars().count());
                    }
                    if !words.is_empty() && words.len() + self.around.iter().map(String::len).sum::<usize>() <= AROUND {
                        self.around.push(words);
                    }
                }
            },
            Piece::Tag(name, closing, tag, _) => match (name.as_str(), closing) {
                ("title", _) => self.titled = !closing,
                ("table", false) => {
                    self.nested |= self.depth > 0;
                    self.depth += 1;
                    self.tables.push(Vec::new());
                    self.above.clear();
                }
                ("table", true) => {
                    self.end_row();
                    self.depth = self.depth.saturating_sub(1);
                }
                ("tr", _) => self.end_row(),
                ("td" | "th", false) if self.depth > 0 => {
                    self.end_cell();
                    self.cell = Some((String::new(), span(tag, "rowspan"), span(tag, "colspan")));
                }
                ("td" | "th", true) => self.end_cell(),
                ("br" | "p" | "div", _) => {
                    if let Some((cell, ..)) = self.cell.as_mut().filter(|(cell, ..)| !cell.trim().is_empty()) {
                        cell.push(' ');
                    }
                }
                _ => {}
            },
        }
    }

    /// Puts the values from above that reach into this row before the next cell.
    fn repeat_above(&mut self) {
        while let Some((value, rows)) = self.above.get_mut(self.row.len()).filter(|(_, rows)| *rows > 0) {
            *rows -= 1;
            self.added += 1;
            self.row.push(value.clone());
        }
    }

    fn end_cell(&mut self) {
        let Some((text, rows, columns)) = self.cell.take() else { return };
        self.repeat_above();
        self.written += 1;
        let (from, text) = (self.row.len(), text.trim().to_owned());
        let room = (self.written * SPANNED).saturating_sub(self.added);
        let columns = columns.min(room.max(1));
        if rows > 1 && room > 0 {
            self.above.resize(self.above.len().max(from + 1), (String::new(), 0));
            if let Some(place) = self.above.get_mut(from) {
                *place = (text.clone(), rows - 1);
            }
        }
        self.row.push(text);
        self.row.resize(from + columns, String::new());
        self.added += columns - 1;
    }

    fn end_row(&mut self) {
        self.end_cell();
        if self.row.is_empty() {
            return;
        }
        self.repeat_above();
        let row = std::mem::take(&mut self.row);
        if let Some(table) = self.tables.last_mut() {
            table.push(row);
        }
    }
}

/// The number of rows or columns that a cell covers.
fn span(tag: &str, name: &str) -> usize {
    let tag = tag.to_ascii_lowercase();
    let value = tag.split_once(name).and_then(|(_, rest)| rest.trim_start().strip_prefix('='));
    let digits = value.map(|v| v.trim_start_matches([' ', '"', '\'']).chars().take_while(char::is_ascii_digit).collect::<String>());
    digits.and_then(|d| d.parse().ok()).unwrap_or(1).clamp(1, 10_000)
}

fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&nbsp;", " ").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_the_page_shows() {
        let page = "<!DOCTYPE html><html><head><title>违规</title><script>var id = 351234567890123450;\n</script></head>\n<body><p data-id=\"680012345678\">违规编号：WG1&nbsp;</p>\n<table><tr><th>序号</th><th>订单号</th></tr><tr><td>1</td><td>3512<b>34</b>567890123456</td></tr></table><!-- 351234567890123451 --></body></html>";
        assert!(is_page(page) && !is_page("违规编号 <b>"));
        let shown: Vec<(u32, String)> = lines(page).into_iter().map(|(n, l)| (n, l.trim_end().to_owned())).collect();
        let line = |n: u32, text: &str| (n, text.to_owned());
        assert_eq!(shown, [line(1, "违规"), line(3, "违规编号：WG1"), line(4, "序号\t订单号"), line(4, "1\t351234567890123456")]);
    }
    #[test]
    fn a_page_of_nothing_but_tables_gives_their_rows() {
        let page = "<html><head><title>订单导出 2026</title><style>td{mso-number-format:'\\@'}</style></head><body><table border=1>\n<tr><th>订单编号</th><th>商品</th><th>运单号</th></tr>\
                    <tr><td rowspan=\"2\">2861734095517302481</td><td>锅&amp;盖<br>大</td><td ROWSPAN='2'>SF1390012345671</td></tr><tr><td>铲</td></tr>\
                    <tr><td colspan=2>合计</td><td>2</table></body></html>";
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = vec![
            row(["订单编号", "商品", "运单号"]),
            row(["2861734095517302481", "锅&盖 大", "SF1390012345671"]),
            row(["2861734095517302481", "铲", "SF1390012345671"]),
            row(["合计", "", "2"]),
        ];
        assert_eq!(tables(page), Some(PageTables { tables: vec![rows], around: vec!["订单导出 2026".to_owned()] }));
        assert_eq!(tables(&format!("{}{page}", "<p>您的店铺存在虚假交易行为。</p>".repeat(9))), None, "a page with text");
        assert_eq!(tables("<table><tr><td><table><tr><td>1</td></tr></table></td></tr></table>"), None, "tables for looks");
        assert_eq!(tables("<p>订单</p>"), None);
    }

    #[test]
    fn spans_do_not_multiply_without_end() {
        let page = format!("<table>{}</table>", "<tr><td rowspan=9999 colspan=9999>1</td></tr>".repeat(300));
        let cells: usize = tables(&page).unwrap().tables.iter().flatten().map(Vec::len).sum();
        assert!(cells < 300 * (SPANNED + 2), "{cells}");
    }
}
