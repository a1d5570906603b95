//! The bytes of a workbook, equal on every machine: the writer's zip names in each entry of its directory the system that it ran on.

use rust_xlsxwriter::{Workbook, XlsxError};

/// "Made by" Unix, as a zip's directory has it.
const UNIX: u8 = 3;
/// Where an entry of the directory names the system.
const SYSTEM_AT: usize = 5;
/// Bytes of an entry of the directory before its name.
const ENTRY: usize = 46;
/// Bytes of the directory's end, which has no comment here.
const END: usize = 22;

/// Writes a workbook into memory.
///
/// # Errors
/// It holds what Excel does not allow.
pub(crate) fn bytes(book: &mut Workbook) -> Result<Vec<u8>, XlsxError> {
    let mut bytes = book.save_to_buffer()?;
    // of more than four gigabytes the directory lies elsewhere; no list of ours comes near
    let _ = of_unix(&mut bytes);
    Ok(bytes)
}

/// Sets the system of each entry; `None` where the bytes are no plain zip, which then stays as it is from there on.
fn of_unix(zip: &mut [u8]) -> Option<()> {
    let end = zip.get(zip.len().checked_sub(END)?..)?;
    let (signature, rest) = end.split_at_checked(4)?;
    if signature != b"PK\x05\x06" {
        return None;
    }
    let count = number(rest.get(6..8)?);
    let mut at = number(rest.get(12..16)?);
    for _ in 0..count {
        let entry = zip.get_mut(at..at.checked_add(ENTRY)?)?;
        if !entry.starts_with(b"PK\x01\x02") {
            return None;
        }
        let behind = number(entry.get(28..30)?) + number(entry.get(30..32)?) + number(entry.get(32..34)?);
        *entry.get_mut(SYSTEM_AT)? = UNIX;
        at = at.checked_add(ENTRY)?.checked_add(behind)?;
    }
    Some(())
}

/// A number as zips write it, the lowest byte first.
fn number(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use zip::System;
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn packed(system: System) -> Vec<u8> {
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in ["[Content_Types].xml", "xl/worksheets/sheet1.xml"] {
            zip.start_file(name, SimpleFileOptions::default().unix_permissions(0o600).system(system)).unwrap();
            zip.write_all(b"<xml/>").unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_workbook_made_on_windows_has_the_bytes_of_any_other() {
        let (mut dos, unix) = (packed(System::Dos), packed(System::Unix));
        assert!(dos != unix);
        assert_eq!(of_unix(&mut dos), Some(()));
        assert!(dos == unix);
    }

    #[test]
    fn what_the_writer_makes_is_a_zip_of_this_form() {
        let mut book = Workbook::new();
        book.add_worksheet().write_string(0, 0, "x").unwrap();
        let mut written = book.save_to_buffer().unwrap();
        assert_eq!(of_unix(&mut written), Some(()));
        let mut cut = written.get(..written.len() - 1).unwrap().to_vec();
        assert_eq!(of_unix(&mut cut), None);
    }
}
