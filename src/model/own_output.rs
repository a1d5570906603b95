//! By what our own results are known again when they lie among the evidence. Writers (bundle, report) and reader (intake) agree through what stands here.

use std::collections::BTreeMap;

/// Marker in an output folder: the walk skips a folder that has it.
pub const MARKER: &str = ".appealpack-out";
/// In a case's output folder: what we wrote, a path a line.
pub const FILES: &str = ".appealpack-files";
/// Stands in the head of every private page. Pages are never handed in, so that a name in them tells nobody anything.
pub const PAGE_MARK: &str = "<meta name=\"schema\" content=\"appealpack.page/1\">";
/// Custom property of a workbook that may be handed in or sent to others: it tells a reader nothing, and us that the list is ours.
pub const LIST_ID: &str = "list-id";

/// A workbook of ours that leaves the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// upload/orders.xlsx.
    Orders,
    /// index.xlsx in a bag.
    Index,
    /// A request to a courier, a warehouse or a supplier.
    Request,
}

impl List {
    /// Value of [`LIST_ID`]: hex digits that [`crate::digest::is_document_id`] knows.
    pub fn id(self) -> String {
        let what = match self {
            List::Orders => "list of orders",
            List::Index => "list of evidence",
            List::Request => "list of what is asked for",
        };
        crate::digest::document_id(what).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What `.appealpack-files` says of one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Bytes, and CRC-32 of beginning and end, as we wrote it; `None` in lists of earlier versions, which hold the path alone.
    pub mark: Option<(u64, u32)>,
    /// Ours no longer: the seller worked on it, and it is kept beside what replaced it.
    pub kept: bool,
}

/// Behind the path of a file that is kept.
const KEPT: &str = "kept";

/// A line of `.appealpack-files`: the path, and behind a tab what tells whether the file was changed since.
pub fn line(path: &str, written: Written) -> String {
    match written {
        Written { kept: true, .. } => format!("{path}\t{KEPT}\n"),
        Written { mark: Some((bytes, crc)), .. } => format!("{path}\t{bytes} {crc:08x}\n"),
        Written { mark: None, .. } => format!("{path}\n"),
    }
}

/// Reads `.appealpack-files`, in its old form (paths alone) too.
pub fn lines(text: &str) -> BTreeMap<String, Written> {
    let read = |line: &str| {
        let (path, about) = line.rsplit_once('\t')?;
        if about == KEPT {
            return Some((path.to_owned(), Written { mark: None, kept: true }));
        }
        let (bytes, crc) = about.split_once(' ')?;
        Some((path.to_owned(), Written { mark: Some((bytes.parse().ok()?, u32::from_str_radix(crc, 16).ok()?)), kept: false }))
    };
    text.lines().filter(|l| !l.is_empty()).map(|l| read(l).unwrap_or_else(|| (l.to_owned(), Written::default()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_lines_are_read() {
        let marked = Written { mark: Some((12, 0x00ab_cdef)), kept: false };
        let kept = Written { mark: None, kept: true };
        let text = format!("{}{}upload/old.pdf\n", line("upload/orders.csv", marked), line("upload/orders~2.csv", kept));
        let read = lines(&text);
        assert_eq!(read.get("upload/orders.csv"), Some(&marked));
        assert_eq!(read.get("upload/orders~2.csv"), Some(&kept));
        assert_eq!(read.get("upload/old.pdf"), Some(&Written::default()));
    }
}
