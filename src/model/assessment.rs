//! What the checks concluded: per order and as a whole. Book, sheets, JSON and first screen all read these values, so they cannot disagree.

pub use super::step::{Step, StepKind};

use super::money::Money;
use super::record::{CauseKind, DeliveredHow};
use super::source::{FileId, Located, Place};
use super::{Moment, Time};
use rust_decimal::Decimal;

/// Everything assessed.
#[derive(Debug, Clone, Default)]
pub struct Assessment {
    /// Index for index with `Case::orders`.
    pub orders: Vec<OrderAssessment>,
    /// Index for index with `Case::listed`: is this listed id argued.
    pub listed_argued: Vec<bool>,
    /// The totals.
    pub counts: Counts,
    /// Why it looked odd.
    pub anomaly: Anomaly,
    /// What is asked for and how much of it is there.
    pub completeness: Completeness,
    /// What others can still supply, one request a party.
    pub requests: Vec<Request>,
    /// What the seller should do, the latest possible start first; at most five.
    pub tasks: Vec<Task>,
}

/// Totals. `argued + left_out == flagged`, `proven + missing + contradicting == flagged`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[expect(missing_docs, reason = "the names are the contract's; units: listed ids, except `orders` and `in_export`: distinct main orders")]
pub struct Counts {
    pub flagged: usize,
    pub orders: usize,
    pub in_export: usize,
    pub complete: usize,
    pub argued: usize,
    pub left_out: usize,
    pub errors: usize,
    pub warnings: usize,
    #[serde(skip)]
    pub proven: usize,
    #[serde(skip)]
    pub missing: usize,
    #[serde(skip)]
    pub contradicting: usize,
    /// Distinct main orders that are argued.
    #[serde(skip)]
    pub argued_orders: usize,
    /// Argued main orders that have this group of proof, in the order of [`ProofGroup::ALL`]. The only source of such counts.
    #[serde(skip)]
    pub proofs: Vec<(ProofGroup, usize)>,
}

/// How strongly a group of evidence is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskLevel {
    /// Strengthens the appeal.
    Helpful,
    /// The platform names it.
    Asked,
    /// Without it an order is not proven (or, asked once, the appeal is not ready).
    Required,
}

/// A group of evidence for one order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct GroupState {
    /// Its id in the platform's profile.
    pub id: String,
    /// How strongly it is asked for.
    pub level: AskLevel,
    /// It is there.
    pub met: bool,
}

/// A group of evidence over the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTotal {
    /// Its id in the platform's profile.
    pub id: String,
    /// What is asked for, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// How strongly.
    pub level: AskLevel,
    /// Nobody confirmed that it is asked for here.
    pub unverified: bool,
    /// Asked once for the case, not of each order.
    pub of_case: bool,
    /// Distinct main orders that have it (1 or 0 when asked once).
    pub met: usize,
    /// Distinct main orders it is asked of (1 when asked once).
    pub of: usize,
}

/// How complete the case is. Units: distinct main orders, which is what penalties count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completeness {
    /// The groups, what decides first.
    pub groups: Vec<GroupTotal>,
    /// Orders that are complete: in the export, nothing at level error, every required group met.
    pub complete: usize,
    /// Flagged orders.
    pub orders: usize,
    /// The number of orders at which the platform's penalty steps up, where its rules give one.
    pub step: Option<PenaltyStep>,
}

/// A number of orders at which a penalty steps up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PenaltyStep {
    /// From so many orders on.
    pub orders: u64,
    /// The rule it is from.
    pub rule: String,
}

impl Completeness {
    /// Orders that stay flagged if every complete one is accepted.
    pub fn remaining(&self) -> usize {
        self.orders.saturating_sub(self.complete)
    }
}

/// How well an order is proven, and by what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strength {
    /// Rank of the strongest proof that the order was real (as [`Proof::rank`]); `None` without any. Causes and purchases say nothing of one order.
    pub rank: Option<u8>,
    /// Every group of proof with its best rank, the strongest first.
    pub by: Vec<(ProofGroup, u8)>,
}

impl Strength {
    /// The strength that a set of proofs gives.
    pub fn of(proofs: &[Proof]) -> Self {
        let best = |group: ProofGroup| proofs.iter().filter(|p| p.group == group).map(|p| p.rank).max().map(|rank| (group, rank));
        let mut by: Vec<(ProofGroup, u8)> = ProofGroup::ALL.into_iter().filter_map(best).collect();
        // stable: among equals the order of the statement's table
        by.sort_by_key(|(_, rank)| std::cmp::Reverse(*rank));
        let of_order = |group: &ProofGroup| !matches!(group, ProofGroup::Cause | ProofGroup::Invoice);
        Strength { rank: by.iter().filter(|(g, _)| of_order(g)).map(|(_, r)| *r).max(), by }
    }
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Every required group is met and nothing contradicts.
    #[default]
    Proven,
    /// Something required is missing.
    Missing,
    /// Evidence contradicts itself or the order.
    Contradicting,
}

impl Standing {
    /// The word of JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Proven => "proven",
            Standing::Missing => "missing",
            Standing::Contradicting => "contradicting",
        }
    }
}

/// Why an order is not argued. Private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// `[[leave_out]]`, with the user's words.
    ByUser(String),
    /// Outside `[appeal] scope` as a list.
    OutOfScope,
    /// Scope is "proven" and it is not.
    NotProven,
}

/// The parcels of an order. What is true of some of them is not said of the order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parcels {
    /// Distinct waybill numbers.
    pub all: usize,
    /// Those that a trace follows to the buyer.
    pub delivered: usize,
    /// Those whose weight a bill or a trace tells.
    pub weighed: usize,
    /// Parcels beside them that came back, after which another one was sent.
    pub resent: usize,
}

impl Parcels {
    /// How many of them have something, when some but not all do: `(some, all)`.
    fn part(self, some: usize) -> Option<(usize, usize)> {
        (some > 0 && some < self.all).then_some((some, self.all))
    }

    /// Delivered ones of all, when only some are.
    pub fn partly_delivered(self) -> Option<(usize, usize)> {
        self.part(self.delivered)
    }

    /// Weighed ones of all, when only some are.
    pub fn partly_weighed(self) -> Option<(usize, usize)> {
        self.part(self.weighed)
    }
}

/// One order's result.
#[derive(Debug, Clone, Default)]
pub struct OrderAssessment {
    /// Where it stands.
    pub standing: Standing,
    /// In the export, no finding at level error, every required evidence group met.
    pub complete: bool,
    /// Why it is not argued; `None` = argued.
    pub left_out: Option<LeftOut>,
    /// The steps of its way, each with its source; only those that were found, oldest first.
    pub steps: Vec<Step>,
    /// Number of the parcel whose pick-up and delivery stand in `steps`, normalised.
    pub way_of: Option<String>,
    /// Its parcels, and what is known of how many of them.
    pub parcels: Parcels,
    /// The way it was delivered; none unless every parcel was.
    pub delivered: Option<DeliveredHow>,
    /// Weight of all its parcels in kilograms and where it was read; none unless every parcel was weighed.
    pub weight_kg: Option<Located<Decimal>>,
    /// Proofs that may be used.
    pub proofs: Vec<Proof>,
    /// What it is proven by, and how well.
    pub strength: Strength,
    /// The groups of evidence that are asked of it.
    pub groups: Vec<GroupState>,
    /// Sources of the order's appearance that were found for it.
    pub causes: Vec<OrderCause>,
}

impl OrderAssessment {
    /// Is it argued.
    pub fn argued(&self) -> bool {
        self.left_out.is_none()
    }

    /// Did the seller leave it out.
    pub fn left_out_by_seller(&self) -> bool {
        matches!(self.left_out, Some(LeftOut::ByUser(_) | LeftOut::OutOfScope))
    }

    /// The step of a kind.
    pub fn step(&self, kind: StepKind) -> Option<&Step> {
        self.steps.iter().find(|s| s.kind == kind)
    }

    /// Has it a proof of this group.
    pub fn has(&self, group: ProofGroup) -> bool {
        self.proofs.iter().any(|p| p.group == group)
    }

    /// Has it proofs of this group, each of them inferred.
    pub fn only_inferred(&self, group: ProofGroup) -> bool {
        self.has(group) && self.proofs.iter().all(|p| p.group != group || p.inferred)
    }
}

/// Groups of proof, as the statement counts them and the table of all orders marks them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofGroup {
    /// 快递底单 / waybill pictures and courier's own proof.
    Waybill,
    /// 快递对账单.
    CourierBill,
    /// 签收轨迹: a trace that ends with delivery.
    Trace,
    /// 沟通 as picture or proof number.
    Chat,
    /// 出库记录.
    StockOut,
    /// Proof of a cause that names the order or its day.
    Cause,
    /// Invoices, purchase documents.
    Invoice,
    /// Delivery proof of virtual goods, or a signed receipt.
    DeliveryProof,
}

impl ProofGroup {
    /// Every group, in the order of the statement's table.
    pub const ALL: [ProofGroup; 8] = [
        ProofGroup::Waybill,
        ProofGroup::CourierBill,
        ProofGroup::Trace,
        ProofGroup::Chat,
        ProofGroup::StockOut,
        ProofGroup::Cause,
        ProofGroup::Invoice,
        ProofGroup::DeliveryProof,
    ];

    /// Key of its name in the language files (`[proof]`).
    pub fn as_str(self) -> &'static str {
        match self {
            ProofGroup::Waybill => "waybill",
            ProofGroup::CourierBill => "courier-bill",
            ProofGroup::Trace => "trace",
            ProofGroup::Chat => "chat",
            ProofGroup::StockOut => "stock-out",
            ProofGroup::Cause => "cause",
            ProofGroup::Invoice => "invoice",
            ProofGroup::DeliveryProof => "delivery-proof",
        }
    }
}

/// One proof of one order.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// Its group.
    pub group: ProofGroup,
    /// The file; `None` for a 举证号 from case.toml.
    pub file: Option<FileId>,
    /// Where in it.
    pub place: Place,
    /// 5 sealed slip or certificate, 4 courier's internal screen or bill, 3 proof number with screenshots, 2 public trace, 1 seller's own table (facts 5.7).
    pub rank: u8,
    /// The proof number, when that is the proof.
    pub proof_number: Option<String>,
    /// An inference, not a number that agrees.
    pub inferred: bool,
}

/// A cause found for an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderCause {
    /// Kind.
    pub cause: CauseKind,
    /// File.
    pub file: FileId,
    /// Where.
    pub place: Place,
    /// Only the time agrees; no order id.
    pub inferred: bool,
}

/// Why the orders came together, in numbers.
#[derive(Debug, Clone, Default)]
pub struct Anomaly {
    /// Orders per day of the exports, every day between first and last (at most 60, the flagged ones inside): local date, all orders, flagged orders.
    pub days: Vec<DayCount>,
    /// The offset that most times of the exports have: bars and shaded events are its days. `None`: China's.
    pub zone: Option<chrono::FixedOffset>,
    /// Rows of the exports that were counted.
    pub export_orders: usize,
    /// Mean of the days before the first flagged day (at most 30), and how many days those are; `None` when there are none.
    pub mean_before: Option<(Decimal, usize)>,
    /// Events to shade.
    pub events: Vec<Event>,
    /// One row a source: kind, its file, how many argued main orders, how many of them only by time.
    pub sources: Vec<CauseSource>,
    /// Argued main orders without any cause.
    pub unexplained: usize,
    /// Does the platform ask for a reason with this violation? Of a violation that nobody named it may.
    pub asked: bool,
    /// Figures of the flagged orders …
    pub flagged: TradeFigures,
    /// … of the argued ones …
    pub argued: TradeFigures,
    /// … and of all other orders of the exports.
    pub others: TradeFigures,
}

impl Anomaly {
    /// The day of the chart on which a moment lies.
    pub fn day(&self, at: super::Time) -> chrono::NaiveDate {
        self.zone.map_or_else(|| crate::text::dates::day(at), |zone| at.with_timezone(&zone).date_naive())
    }
}

/// Figures of a set of orders of the exports. What the exports do not tell is not counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TradeFigures {
    /// Orders.
    pub orders: usize,
    /// Orders whose buyer is known …
    pub buyers_known: usize,
    /// … and has more than one order in the exports.
    pub repeat: usize,
    /// Orders of which something was paid back.
    pub refunded: usize,
    /// Orders whose province is known …
    pub located: usize,
    /// … and how many provinces these are.
    pub provinces: usize,
    /// Mean of what was paid, and over how many orders: those paid in the exports' commonest currency. Amounts of two currencies do not add up.
    pub amount: Option<(Money, usize)>,
    /// Mean of the pieces, and over how many orders.
    pub pieces: Option<(Decimal, usize)>,
    /// The hour with the most orders (its begin), and how many; the first of several.
    pub busiest: Option<(Time, usize)>,
}

/// A day of the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub struct DayCount {
    pub day: chrono::NaiveDate,
    pub orders: usize,
    pub flagged: usize,
}

/// A shaded stretch of the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Kind of it.
    pub cause: CauseKind,
    /// Its name as read or as the user wrote it.
    pub label: String,
    /// Begin.
    pub from: Moment,
    /// End (same day when none was said).
    pub to: Moment,
    /// The file, `None` for case.toml.
    pub file: Option<FileId>,
    /// The key under `[facts]` by which the seller told of it; `None` for a file.
    pub fact: Option<String>,
}

/// A row of the table source → orders → proof.
#[derive(Debug, Clone, PartialEq)]
pub struct CauseSource {
    /// Kind.
    pub cause: CauseKind,
    /// File.
    pub file: FileId,
    /// Argued main orders that its rows name or whose time it covers; an order is counted at its strongest source only, so the rows add up.
    pub orders: usize,
    /// Of these, how many by time only.
    pub inferred: usize,
}

/// Something to do. The text is made from the language files.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Until when.
    pub by: Time,
    /// Key in templates/lang/*/tasks.toml.
    pub key: String,
    /// Its values.
    pub params: Vec<(String, String)>,
    /// Orders concerned (indices).
    pub orders: Vec<usize>,
}

/// Who is asked for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A courier's station.
    Courier,
    /// The warehouse that sent the goods.
    Warehouse,
    /// Who sold the goods to the shop.
    Supplier,
    /// The buyers.
    Buyer,
}

/// Something to ask one party for.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Who.
    pub party: Party,
    /// The courier's name; empty for others.
    pub name: String,
    /// Its file under `private/`, without extension: `requests/顺丰-西湖`.
    pub file: String,
    /// What for which order.
    pub wants: Vec<Want>,
}

/// What is wanted for an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Want {
    /// Index of the order.
    pub order: usize,
    /// Its waybills that are asked about; empty: all of them.
    pub waybills: Vec<String>,
    /// Keys of the language files (`[request] want-<key>`).
    pub what: Vec<&'static str>,
}
