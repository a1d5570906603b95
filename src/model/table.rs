//! A decoded table: one text and where its cells stand in it. A long export is in memory once, and its cells cost two bytes each: nearly all of them
//! stand one after the other, so that the end of each says where the next begins.

use super::source::Place;

/// Set in an end: the cell stands in quotes.
const QUOTED: u16 = 1 << 15;
/// Ends of cells stay below this, counted from the begin of their row; a longer row is kept cell by cell.
const MOST: u32 = 1 << 15;
/// The begin of a row whose cells are not one after the other.
const APART: u32 = u32::MAX;

/// A decoded table in one buffer: cells are spans of `text`, so that 100,000 rows cost little more than the file.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Sheet name, for files with sheets.
    pub sheet: Option<Box<str>>,
    /// Header cells, trimmed.
    pub header: Vec<String>,
    /// All cells' text, decoded to UTF-8.
    pub text: String,
    /// Where each cell stands in `text`.
    pub cells: Cells,
    /// For each row its number as a person sees it, and its cells.
    pub rows: Vec<TableRow>,
    /// Words of the file outside of head and rows; they are handed in where the whole file is.
    pub beside: Vec<Beside>,
    /// Columns that name goods, places and carriers: what stands in them is a name, not something that was said.
    pub names: Vec<usize>,
}

/// Words of a file that stand in no row: a title above the head or around a page's table, or a note on a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// Where.
    pub place: Place,
    /// The cell that bears it as a note (`D2`).
    pub cell: Option<Box<str>>,
    /// The words.
    pub text: String,
}

/// A row of a [`Table`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableRow {
    /// The row (csv record, counting blank ones; or spreadsheet row), 1-based; the header is usually 1.
    pub number: u32,
    /// How many cells.
    pub len: u32,
    first: u32,
    begin: u32,
}

/// Where cells stand in a text.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// Bytes between two cells.
    gap: u32,
    /// Ends of the cells of ordinary rows, from the begin of the row.
    ends: Vec<u16>,
    /// Begin and end in the text of the cells of all other rows.
    apart: Vec<(u32, u32)>,
}

impl Cells {
    /// Of a text whose cells are parted by one byte.
    pub fn separated() -> Self {
        Cells { gap: 1, ..Cells::default() }
    }

    /// Makes room for about so many.
    pub fn reserve(&mut self, cells: usize) {
        self.ends.reserve(cells);
    }

    /// The bytes that lie between the begin of a row and its first cell, a cell and the next; whether quotes are among them.
    fn compact(&mut self, begin: u32, spans: &[(u32, u32)]) -> bool {
        let before = self.ends.len();
        let mut at = begin;
        for (start, end) in spans {
            let quoted = start.wrapping_sub(at);
            match end.checked_sub(begin).filter(|end| *end < MOST && quoted <= self.gap && *start <= begin + end) {
                Some(end) => {
                    self.ends.push(end as u16 | if quoted == 1 { QUOTED } else { 0 });
                    at = begin.wrapping_add(end).wrapping_add(quoted + self.gap);
                }
                None => {
                    self.ends.truncate(before);
                    return false;
                }
            }
        }
        true
    }

    fn add(&mut self, number: u32, begin: u32, spans: &[(u32, u32)]) -> TableRow {
        let first = self.ends.len() as u32;
        if self.compact(begin, spans) {
            return TableRow { number, len: spans.len() as u32, first, begin };
        }
        let first = self.apart.len() as u32;
        self.apart.extend_from_slice(spans);
        TableRow { number, len: spans.len() as u32, first, begin: APART }
    }

    fn span(&self, row: TableRow, column: usize) -> Option<(usize, usize)> {
        let at = row.first as usize + column;
        if row.begin == APART {
            return self.apart.get(at).map(|(start, end)| (*start as usize, *end as usize));
        }
        let place = |end: u16| ((row.begin + u32::from(end & !QUOTED)) as usize, usize::from(end & QUOTED != 0));
        let (end, quoted) = place(*self.ends.get(at)?);
        let start = match at.checked_sub(1).filter(|_| column > 0) {
            Some(before) => {
                let (end, quoted) = place(*self.ends.get(before)?);
                end + quoted + self.gap as usize
            }
            None => row.begin as usize,
        };
        Some((start + quoted, end))
    }
}

impl Table {
    /// The cell's text, "" when the row is short.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let Some(r) = self.rows.get(row).filter(|r| column < r.len as usize) else { return "" };
        self.cells.span(*r, column).and_then(|(start, end)| self.text.get(start..end)).unwrap_or("")
    }

    /// The place of a row.
    pub fn place(&self, row: usize) -> Place {
        self.place_of(self.rows.get(row).map_or(0, |r| r.number))
    }

    /// The place of the row of this number.
    pub fn place_of(&self, number: u32) -> Place {
        match &self.sheet {
            Some(sheet) => Place::SheetRow(sheet.clone(), number),
            None => Place::Row(number),
        }
    }

    /// Appends a row of cells.
    pub fn push_row<'a>(&mut self, number: u32, cells: impl IntoIterator<Item = &'a str>) {
        let begin = self.text.len() as u32;
        let mut spans = Vec::new();
        for cell in cells {
            let start = self.text.len() as u32;
            self.text.push_str(cell);
            spans.push((start, self.text.len() as u32));
        }
        self.rows.push(self.cells.add(number, begin, &spans));
    }

    /// Appends a row whose cells stand in the text (that the table has or is going to have) at `spans`, the row itself from byte `begin` on.
    pub fn push_spans(&mut self, number: u32, begin: u32, spans: &[(u32, u32)]) {
        self.rows.push(self.cells.add(number, begin, spans));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_again_however_they_stand() {
        let text = "ab,\"c,d\",,\"\"\n\"x\",y\nz,w|w\"w";
        let mut table = Table { text: text.to_owned(), cells: Cells::separated(), ..Table::default() };
        table.push_spans(1, 0, &[(0, 2), (4, 7), (9, 9), (11, 11)]);
        table.push_spans(2, 13, &[(14, 15), (17, 18)]);
        // one that was written anew and goes behind the text
        table.push_spans(3, 19, &[(19, 20), (23, 26)]);
        table.push_spans(4, 19, &[]);
        let cells = |row: usize| (0..5).map(|c| table.cell(row, c)).collect::<Vec<_>>();
        assert_eq!(cells(0), ["ab", "c,d", "", "", ""]);
        assert_eq!(cells(1), ["x", "y", "", "", ""]);
        assert_eq!(cells(2), ["z", "w\"w", "", "", ""]);
        assert_eq!(cells(3), [""; 5]);
        assert_eq!((table.cells.ends.len(), table.cells.apart.len()), (6, 2));
    }

    #[test]
    fn long_rows_and_pushed_ones_are_read_as_well() {
        let long = "长".repeat(20_000);
        let mut table = Table::default();
        table.push_row(1, ["a", "", long.as_str(), "b"]);
        table.push_row(2, ["", "c", "d"]);
        assert_eq!([table.cell(0, 0), table.cell(0, 1), table.cell(0, 2), table.cell(0, 3)], ["a", "", long.as_str(), "b"]);
        assert_eq!([table.cell(1, 0), table.cell(1, 1), table.cell(1, 2), table.cell(2, 0)], ["", "c", "d", ""]);
        assert_eq!(table.place(1).to_string(), "row 2");
    }
}
