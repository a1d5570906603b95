//! How much is read from outside before we stop and say so (`limit-reached`). Reaching one never loses a file: it is hashed, kept and listed, only
//! its inside is not (or not wholly) read. The numbers are far above real cases and far below what would exhaust a 4 GB machine.

/// Bytes of a file whose inside is read at all. Longer ones are hashed in pieces of 128 KiB. Cell offsets are 32 bit, so this must stay under 4 GiB.
pub const PARSED_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes that the members of a workbook unpack to, by its own directory.
pub const UNPACKED_BYTES: u64 = 1024 * 1024 * 1024;
/// Bytes of a plain text or JSON file that is read; only tables, pictures and PDFs may be longer.
pub const TEXT_BYTES: usize = 64 * 1024 * 1024;
/// Rows of a table.
pub const ROWS: usize = 2_000_000;
/// Cells between the first and the last of all sheets of an .xls or .ods workbook, which is read whole. Each takes some 60 bytes.
pub const DENSE_CELLS: u64 = 5_000_000;
/// Columns of a table. A Shopify export has 79.
pub const COLUMNS: usize = 512;
/// Bytes of one cell. Excel itself ends at 32,767 characters.
pub const CELL_BYTES: usize = 1024 * 1024;
/// Levels of nesting of a JSON text. Carriers' payloads have 6.
pub const DEPTH: usize = 64;
/// Rows among which the head of a table is looked for. Bank-style bills have about 20 title rows, Alipay's newer ones 24 (facts 1.9).
pub const HEAD_ROWS: usize = 40;
/// Bytes of a text that are looked at to find separator and head.
pub const HEAD_BYTES: usize = 256 * 1024;
/// Characters of a relative path beyond which Windows programs fail on unpacking (260 with the folder in front).
pub const PATH_CHARS: usize = 200;
/// Bytes read first to tell what a file is.
pub const MAGIC_BYTES: usize = 4096;

/// A number of bytes as people say it.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    match UNITS.into_iter().find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} B"),
    }
}
