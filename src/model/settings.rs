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
    pub tables_whole: bool,
    /// Keys that were accepted but have no effect yet: dotted key and line.
    pub without_effect: Vec<(String, u32)>,
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
    /// These ids.
    Listed(Vec<String>),
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
    pub files: Option<u64>,
    pub pages: Option<u64>,
    pub bytes: Option<u64>,
    pub bytes_total: Option<u64>,
    pub image_side: Option<u64>,
    pub formats: Vec<String>,
    pub text: Vec<u64>,
}
