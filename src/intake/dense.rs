//! How large an area a workbook's cells span, told before calamine allocates it: .xls and .ods are read into ranges that hold every cell between the
//! first and the last, so that two far corners in a file of a few hundred bytes would take gigabytes.

use super::limits;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufReader, Cursor, Read};

/// May a .xls workbook be read? What cannot be told is left to calamine, which will refuse it.
pub(super) fn fits_xls(bytes: &[u8]) -> bool {
    let Ok(mut file) = cfb::CompoundFile::open(Cursor::new(bytes)) else { return true };
    let name = ["/Workbook", "/Book"].into_iter().find(|n| file.is_stream(n));
    let Some(mut stream) = name.and_then(|n| file.open_stream(n).ok()) else { return true };
    let mut book = Vec::new();
    // a stream cannot be longer than its file
    if stream.by_ref().take(bytes.len() as u64).read_to_end(&mut book).is_err() {
        return true;
    }
    biff_cells(&book) <= limits::DENSE_CELLS
}

/// Cells of all sheets' areas, by the places that the records name.
fn biff_cells(book: &[u8]) -> u64 {
    /// Beginning of a sheet.
    const BOF: u16 = 0x0809;
    /// Records that begin with row and column: FORMULA, MULRK, MULBLANK, RSTRING, LABELSST, BLANK, NUMBER, LABEL, BOOLERR, RK.
    const CELLS: [u16; 11] = [0x0006, 0x00bd, 0x00be, 0x00d6, 0x00fd, 0x0201, 0x0203, 0x0204, 0x0205, 0x027e, 0x0406];
    let word = |at: usize| book.get(at..at + 2).and_then(|b| Some(u16::from_le_bytes(b.try_into().ok()?)));
    let (mut at, mut total) = (0_usize, 0_u64);
    let mut area = Area::default();
    while let (Some(kind), Some(length)) = (word(at), word(at + 2)) {
        if kind == BOF {
            total = total.saturating_add(area.cells());
            area = Area::default();
        } else if CELLS.contains(&kind)
            && let (Some(row), Some(column)) = (word(at + 4), word(at + 6))
        {
            // a record of several cells ends with the last column
            let last = if matches!(kind, 0x00bd | 0x00be) { word(at + 2 + usize::from(length)) } else { None };
            area.take(u64::from(row), u64::from(column));
            area.take(u64::from(row), u64::from(last.unwrap_or(column)));
        }
        at += 4 + usize::from(length);
    }
    total.saturating_add(area.cells())
}

#[derive(Default)]
struct Area {
    rows: Option<(u64, u64)>,
    columns: Option<(u64, u64)>,
}

impl Area {
    fn take(&mut self, row: u64, column: u64) {
        let grown = |span: Option<(u64, u64)>, n: u64| Some(span.map_or((n, n), |(a, b)| (a.min(n), b.max(n))));
        self.rows = grown(self.rows, row);
        self.columns = grown(self.columns, column);
    }

    fn cells(&self) -> u64 {
        let length = |span: Option<(u64, u64)>| span.map_or(0, |(a, b)| b - a + 1);
        length(self.rows).saturating_mul(length(self.columns))
    }
}

/// May an .ods workbook be read? One short element repeats cells and rows as often as it likes.
pub(super) fn fits_ods(bytes: &[u8]) -> bool {
    let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(bytes)) else { return true };
    let Ok(content) = zip.by_name("content.xml") else { return true };
    let mut xml = quick_xml::Reader::from_reader(BufReader::new(content.take(limits::UNPACKED_BYTES)));
    let (mut buffer, mut total) = (Vec::new(), 0_u64);
    let (mut width, mut height, mut pending) = (0_u64, 0_u64, 0_u64);
    let (mut repeat, mut column, mut last) = (1_u64, 0_u64, 0_u64);
    loop {
        let (element, closed) = match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(e)) => (e, false),
            Ok(Event::Empty(e)) => (e, true),
            Ok(Event::End(e)) if e.name().as_ref() == "table:table-row" => {
                if last > 0 {
                    width = width.max(last);
                    height = height.saturating_add(pending).saturating_add(repeat);
                    pending = 0;
                } else {
                    pending = pending.saturating_add(repeat);
                }
                buffer.clear();
                continue;
            }
            Ok(Event::End(e)) if e.name().as_ref() == "table:table" => {
                total = total.saturating_add(width.saturating_mul(height));
                (width, height, pending) = (0, 0, 0);
                buffer.clear();
                continue;
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {
                buffer.clear();
                continue;
            }
        };
        match element.name().as_ref() {
            "table:table-row" => {
                repeat = attribute(&element, "table:number-rows-repeated").unwrap_or(1);
                (column, last) = (0, 0);
                if closed {
                    pending = pending.saturating_add(repeat);
                }
            }
            "table:table-cell" | "table:covered-table-cell" => {
                column = column.saturating_add(attribute(&element, "table:number-columns-repeated").unwrap_or(1));
                if element.attributes().flatten().any(|a| a.key.as_ref().starts_with("office:")) {
                    last = column;
                }
            }
            _ => {}
        }
        buffer.clear();
    }
    total.saturating_add(width.saturating_mul(height)) <= limits::DENSE_CELLS
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<u64> {
    let found = element.attributes().flatten().find(|a| a.key.as_ref() == name)?;
    found.value.parse().ok()
}
