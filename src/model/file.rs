//! The files of a case folder: what the walk found, and what became of each.

use super::source::FileId;
use serde::{Serialize, Serializer};
use std::fmt;
use std::path::PathBuf;

/// A SHA-256 digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The digest of no bytes (FIPS 180-4): what stands for a file that could not be read.
    pub const OF_NOTHING: Sha256 = Sha256([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4,
        0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ]);
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// What a file is. The names are the contract of `check --format json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the field's own terms, listed in design section 2.3")]
pub enum Kind {
    Notice,
    OrderRecord,
    TrackingList,
    Trace,
    Waybill,
    CourierBill,
    CourierProof,
    Chat,
    StockOut,
    StockCount,
    Purchase,
    Invoice,
    Contract,
    Promotion,
    Traffic,
    Payment,
    Refund,
    DeliveryProof,
    Media,
    Other,
}

impl Kind {
    /// Every kind, in the contract's order.
    pub const ALL: [Kind; 20] = [
        Kind::Notice,
        Kind::OrderRecord,
        Kind::TrackingList,
        Kind::Trace,
        Kind::Waybill,
        Kind::CourierBill,
        Kind::CourierProof,
        Kind::Chat,
        Kind::StockOut,
        Kind::StockCount,
        Kind::Purchase,
        Kind::Invoice,
        Kind::Contract,
        Kind::Promotion,
        Kind::Traffic,
        Kind::Payment,
        Kind::Refund,
        Kind::DeliveryProof,
        Kind::Media,
        Kind::Other,
    ];

    /// The contract's name, `kebab-case`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Notice => "notice",
            Kind::OrderRecord => "order-record",
            Kind::TrackingList => "tracking-list",
            Kind::Trace => "trace",
            Kind::Waybill => "waybill",
            Kind::CourierBill => "courier-bill",
            Kind::CourierProof => "courier-proof",
            Kind::Chat => "chat",
            Kind::StockOut => "stock-out",
            Kind::StockCount => "stock-count",
            Kind::Purchase => "purchase",
            Kind::Invoice => "invoice",
            Kind::Contract => "contract",
            Kind::Promotion => "promotion",
            Kind::Traffic => "traffic",
            Kind::Payment => "payment",
            Kind::Refund => "refund",
            Kind::DeliveryProof => "delivery-proof",
            Kind::Media => "media",
            Kind::Other => "other",
        }
    }

    /// Reads the contract's name.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.as_str() == name)
    }
}

/// What became of a file in this run; the statuses partition what the walk found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Linked to one flagged order (or assigned).
    Matched,
    /// Two or more flagged orders are named in it, or it is assigned to all.
    Shared,
    /// Two orders fit equally; not used.
    Ambiguous,
    /// No order was found in it.
    Unmatched,
    /// Byte-identical with an earlier file (the first path wins).
    Duplicate,
    /// Could not be read; the reason stands beside it.
    Unreadable,
    /// Left out on purpose; the reason stands beside it.
    Ignored,
    /// Feeds the orders: exports, the notice, case.toml.
    Source,
}

/// Why a file is ignored or unreadable, as a key of the language files (`ignored-hidden`, `ignored-link`, `ignored-user` …) with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyNot {
    /// Key under `[why]` in templates/lang/*/files.toml.
    pub key: &'static str,
    /// Free words that go into it (`{detail}`): the user's own reason, the reader's error.
    pub detail: String,
}

/// One step from an archive to a member of it: where the packed bytes are, and what the archive says of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberStep {
    /// Position of the packed bytes, from the archive's first byte.
    pub at: u64,
    /// Length of the packed bytes.
    pub packed: u64,
    /// Length of the member as the archive states it.
    pub bytes: u64,
    /// CRC-32 of the member as the archive states it.
    pub crc32: u32,
    /// Packed with deflate; else stored as it is.
    pub deflated: bool,
}

/// One file that the walk found. Links are entries too (ignored, never followed).
#[derive(Debug, Clone)]
pub struct FileEntry {
    /// Its index, in path order.
    pub id: FileId,
    /// Path relative to the case, `/` separated, lossy for names that are not UTF-8; unique.
    pub path: String,
    /// The same path as the system has it, relative to the case. For a member of an archive: that of the archive. Bytes are read through
    /// [`crate::archive`], which knows both.
    pub os_path: PathBuf,
    /// For a member of an archive (`a.zip!/b.png`): the way to it from the file on the disk, one step for each archive around it. Else empty.
    pub member: Vec<MemberStep>,
    /// A zip whose members are evidence, each a file of its own; the zip itself is none and never goes into the bag by itself.
    pub container: bool,
    /// Length in bytes at intake.
    pub bytes: u64,
    /// SHA-256 at intake (of nothing when it could not be read).
    pub sha256: Sha256,
    /// CRC-32 (IEEE) at intake, compared again whenever the file is read later.
    pub crc32: u32,
    /// What it is.
    pub kind: Kind,
    /// What became of it. Set by intake where it is certain (ignored, unreadable, duplicate, source), else by matching.
    pub status: Status,
    /// The reason of `ignored` and `unreadable`.
    pub why: Option<WhyNot>,
    /// For a duplicate: the file it equals.
    pub same_as: Option<FileId>,
}

impl FileEntry {
    /// Were its bytes had at intake: not so for what the system, a password, a limit or damage withheld, nor for empty files.
    pub fn was_read(&self) -> bool {
        self.sha256 != Sha256::OF_NOTHING
    }
}
