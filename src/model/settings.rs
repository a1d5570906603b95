//! case.toml as values. Reading and checking it is `notice::casefile`'s work.

use super::Time;
use std::collections::BTreeMap;

/// Everything case.toml can say (design section 2.1). `line` is the line of the table's head, for messages.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the keys are described by `schema case`")]
pub struct CaseSettings {
    /// A case.toml was there.
    pub present: bool,
    pub id: Option<String>,
    pub platform: Option<String>,
    pub scenario: Option<String>,
    pub language: Option<super::Lang>,
    pub template: Option<String>,
    pub goods: Goods,
    pub as_of: Option<Time>,
    pub seller: Seller,
    pub notice: NoticeSettings,
    /// `[facts]`, in file order.
    pub facts: Vec<(String, Fact)>,
    pub scope: Scope,
    pub stance: Option<String>,
    pub refusal: Option<String>,
    pub state_limits: bool,
    pub leave_out: Vec<LeaveOut>,
    pub orders: Vec<OrderSettings>,
    pub chats: Vec<ChatSettings>,
    pub assign: Vec<Assign>,
    pub ignore: Vec<IgnoreRule>,
    pub accept: Vec<Accept>,
    pub columns: Vec<Columns>,
    /// `[findings]`: code → severity word.
    pub findings: Vec<(String, String, u32)>,
    pub limits: Limits,
    pub intake: IntakeLimits,
    pub tables_whole: bool,
    /// The filled-in match sheet, beside case.toml; where the two disagree, case.toml wins.
    pub sheet: Option<super::match_sheet::MatchSheet>,
    /// A match sheet in the output folder that holds what the new one in its place will not: it is kept under this beginning of a path.
    pub sheet_kept: Option<(std::path::PathBuf, &'static str)>,
    /// Keys that were accepted but have no effect yet: dotted key and line.
    pub without_effect: Vec<(String, u32)>,
    /// Keys of `[facts]` that only templates of the seller's own can print, with their lines.
    pub unprinted: Vec<(String, u32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Goods {
    #[default]
    Physical,
    Virtual,
}

#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the keys of [seller]")]
pub struct Seller {
    pub shop: Option<String>,
    pub company: Option<String>,
    pub contact: Option<String>,
    pub phone: Option<String>,
    pub signatory: Option<String>,
    pub ship_from: Option<String>,
}

#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the keys of [notice]")]
pub struct NoticeSettings {
    pub file: Option<String>,
    /// The line of `file`, for messages.
    pub file_line: u32,
    pub number: Option<String>,
    pub violation: Option<String>,
    pub received: Option<Time>,
    pub deadline: Option<Time>,
    pub orders: Vec<(String, u32)>,
}

/// A value of `[facts]`.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Fact {
    Text(String),
    Number(String),
    Flag(bool),
    Date(Time),
    List(Vec<Fact>),
    Table(BTreeMap<String, Fact>),
}

/// `[appeal] scope`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// Only orders that are proven (the default: what is handed in holds).
    #[default]
    Proven,
    /// All flagged orders.
    All,
    /// These ids, each with its line.
    Listed(Vec<(String, u32)>),
}

#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the keys of [[leave_out]]")]
pub struct LeaveOut {
    pub orders: Vec<String>,
    pub why: String,
    pub line: u32,
}

#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the keys of [[order]]")]
pub struct OrderSettings {
    pub id: String,
    pub delivery: Option<Delivery>,
    pub line: u32,
}

/// How an order was delivered, where it was not an express parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Delivery {
    Express,
    Freight,
    Local,
    Pickup,
    Merchant,
    Virtual,
    Presale,
    Consolidated,
}

impl Delivery {
    const NAMES: [(&'static str, Delivery); 8] = [
        ("express", Delivery::Express),
        ("freight", Delivery::Freight),
        ("local", Delivery::Local),
        ("pickup", Delivery::Pickup),
        ("merchant", Delivery::Merchant),
        ("virtual", Delivery::Virtual),
        ("presale", Delivery::Presale),
        ("consolidated", Delivery::Consolidated),
    ];

    /// The way by its name in case.toml and in the profiles.
    pub fn from_name(name: &str) -> Option<Delivery> {
        Delivery::NAMES.iter().find(|(n, _)| *n == name).map(|(_, way)| *way)
    }
}

#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the keys of [[chat]]")]
pub struct ChatSettings {
    pub buyer: Option<String>,
    pub order: Option<String>,
    pub proof_number: Option<String>,
    pub created: Option<Time>,
    pub line: u32,
}

#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the keys of [[assign]]")]
pub struct Assign {
    pub file: String,
    /// `None` = "all".
    pub orders: Option<Vec<String>>,
    pub kind: Option<super::file::Kind>,
    pub line: u32,
}

#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the keys of [[ignore]]")]
pub struct IgnoreRule {
    pub file: String,
    pub why: Option<String>,
    pub line: u32,
}

#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the keys of [[accept]]")]
pub struct Accept {
    pub code: String,
    pub file: Option<String>,
    pub why: String,
    pub line: u32,
}

#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the keys of [[columns]]: field name → column head")]
pub struct Columns {
    pub file: String,
    pub map: Vec<(String, String)>,
    /// Order of day and month, where the table does not tell it.
    pub dates: Option<super::reading::DayOrder>,
    pub line: u32,
}

/// `[limits]`: what the form in front of the user allows. Lengths in bytes, sides in pixels, text in characters.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the keys of [limits]")]
pub struct Limits {
    /// A preset of the platform's profile and its line; fills what is not said.
    pub preset: Option<(String, u32)>,
    pub files: Option<u64>,
    pub pages: Option<u64>,
    pub bytes: Option<u64>,
    pub bytes_total: Option<u64>,
    pub image_side: Option<u64>,
    pub formats: Vec<String>,
    pub text: Vec<u64>,
}

/// `[intake]`: how much is read from outside before a file, or the rest of it, is left unread and said (`limit-reached`). The numbers are far above real
/// cases and far below what would exhaust a machine of 4 GB. They are our own; docs/limits.md tells each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeLimits {
    /// Files that the walk takes up, members of archives included.
    pub files: usize,
    /// Bytes of a file whose inside is read at all; longer ones are only hashed. Cell offsets are 32 bit, so this stays under 4 GiB.
    pub bytes: u64,
    /// Bytes of a plain text or JSON file that is read; only tables, pictures and PDFs may be longer.
    pub text_bytes: u64,
    /// Rows of a table.
    pub rows: usize,
    /// Columns of a table.
    pub columns: usize,
    /// Bytes of one cell.
    pub cell_bytes: usize,
    /// Pixels of a picture that is shown.
    pub pixels: u64,
    /// Pages of a PDF.
    pub pdf_pages: usize,
    /// Archives inside one another; 1 opens those of the folder only.
    pub archive_depth: usize,
    /// How many times its packed size a member may unpack to.
    pub archive_ratio: u64,
    /// Bytes that one archive of the folder may unpack to, inner ones included.
    pub archive_bytes: u64,
    /// Members that one archive of the folder may list, inner ones included.
    pub archive_members: usize,
    /// Seconds that reading one file may take.
    pub seconds: u64,
}

impl IntakeLimits {
    /// The most that `bytes` may be: positions in a decoded table are 32 bit.
    pub const MOST_BYTES: u64 = 4_000_000_000;
}

impl Default for IntakeLimits {
    fn default() -> Self {
        IntakeLimits {
            files: 200_000,
            bytes: 256 << 20,
            text_bytes: 64 << 20,
            rows: 2_000_000,
            columns: 512,
            cell_bytes: 1 << 20,
            pixels: 120_000_000,
            pdf_pages: 5_000,
            archive_depth: 3,
            archive_ratio: 250,
            archive_bytes: 4 << 30,
            archive_members: 50_000,
            seconds: 60,
        }
    }
}
