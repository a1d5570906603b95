//! Zip archives, opened where they lie: what the directory lists, the members' names, and the bytes of one member at a time. Nothing is unpacked to the
//! disk, and nothing an archive says of itself is believed before it was read: positions are checked against its length, sizes against what comes out.
//!
//! Intake lists and reads; book, bag and reports read members again through [`read`] and [`open`], exactly as they read files of the disk.

mod directory;
mod names;
mod reader;

pub use directory::{Listed, Listing, list};
pub use reader::{Inner, head, open, read, source};

/// First bytes of a zip with members.
pub const MAGIC: &[u8] = b"PK\x03\x04";
/// What stands between the path of an archive and that of its member.
pub const INSIDE: &str = "!/";
