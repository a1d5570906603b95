//! What is inside the files of evidence, once recognised.

pub use super::chat::{Chat, ChatMessage, ChatRole, TimeFrom, Zone};
pub use super::payment::{Flow, PaymentRow};
pub use super::table::{Beside, Cells, Table, TableRow};
pub use super::trace::{DeliveredHow, EventKind, Trace, TraceEvent, TraceState};

use super::ids::OrderId;
use super::order::OrderLine;
use super::other_content::{Film, TextDocument};
use super::pixels::Pixels;
use super::reading::Reading;
use super::source::Place;
use super::{Moment, Time};
use rust_decimal::Decimal;
use std::sync::Arc;

/// What was recognised in a file, index for index with the case's files.
#[derive(Debug, Clone, Default)]
pub struct Recognised {
    /// The typed content.
    pub content: Content,
    /// The records of the file when it holds many, for extracts into the bag.
    pub records: Records,
}

impl Recognised {
    /// A table none of whose columns was understood: what its name says of it proves nothing.
    pub fn is_unread_table(&self) -> bool {
        matches!(self.content, Content::None | Content::Text(_)) && matches!(self.records, Records::Table(_) | Records::Sheets(_))
    }
}

/// Typed content of a file.
#[derive(Debug, Clone, Default)]
pub enum Content {
    /// Not read further (unknown kinds, ignored files).
    #[default]
    None,
    /// Plain text: notice candidates, notes.
    Text(String),
    /// An export of orders, one row an order or an order line.
    Orders(OrderTable),
    /// A table that ties order ids to waybills.
    TrackingList(Vec<TrackingRow>),
    /// Carrier traces.
    Traces(Vec<Trace>),
    /// Conversations.
    Chats(Vec<Chat>),
    /// A courier's bill or station sheet.
    Bill(Vec<BillRow>),
    /// Stock movements.
    StockMovements(Vec<StockMovement>),
    /// A stock count.
    StockCounts(Vec<StockCount>),
    /// Promotion, live, traffic, ads, affiliate records.
    Causes(CauseTable),
    /// Lines of an invoice or purchase list.
    Invoices(Vec<InvoiceRow>),
    /// Lines of a payment list.
    Payments(Vec<PaymentRow>),
    /// A picture.
    Picture(PictureInfo),
    /// A PDF.
    Pdf(PdfInfo),
    /// Any other document with text.
    Document(Box<TextDocument>),
    /// A video or sound.
    Film(Film),
    /// The sheets of a workbook of which at least one is known, index for index with [`Records::Sheets`]; never nested.
    Sheets(Vec<Content>),
}

impl Content {
    /// The content itself, or that of each sheet.
    pub fn parts(&self) -> &[Content] {
        match self {
            Content::Sheets(parts) => parts,
            single => std::slice::from_ref(single),
        }
    }

    /// Is it made of records, of which each is of one order, parcel or article.
    pub fn has_records(&self) -> bool {
        matches!(
            self,
            Content::Traces(_) | Content::Bill(_) | Content::TrackingList(_) | Content::StockMovements(_) | Content::StockCounts(_) | Content::Payments(_)
        )
    }

    /// Traces, of all sheets.
    pub fn traces(&self) -> Vec<&Trace> {
        self.rows(|c| if let Content::Traces(rows) = c { rows } else { &[] })
    }

    /// Conversations, of all sheets.
    pub fn chats(&self) -> Vec<&Chat> {
        self.rows(|c| if let Content::Chats(rows) = c { rows } else { &[] })
    }

    /// Rows of bills, of all sheets.
    pub fn bill_rows(&self) -> Vec<&BillRow> {
        self.rows(|c| if let Content::Bill(rows) = c { rows } else { &[] })
    }

    /// Rows of tracking lists, of all sheets.
    pub fn tracking_rows(&self) -> Vec<&TrackingRow> {
        self.rows(|c| if let Content::TrackingList(rows) = c { rows } else { &[] })
    }

    /// Stock movements, of all sheets.
    pub fn stock_movements(&self) -> Vec<&StockMovement> {
        self.rows(|c| if let Content::StockMovements(rows) = c { rows } else { &[] })
    }

    /// Rows of stock counts, of all sheets.
    pub fn stock_counts(&self) -> Vec<&StockCount> {
        self.rows(|c| if let Content::StockCounts(rows) = c { rows } else { &[] })
    }

    /// Tables of causes, one a sheet.
    pub fn causes(&self) -> Vec<&CauseTable> {
        self.rows(|c| if let Content::Causes(table) = c { std::slice::from_ref(table) } else { &[] })
    }

    /// Tables of causes and nothing else, none of which names an order or a person.
    pub fn anonymous(&self) -> bool {
        self.parts().iter().all(|c| matches!(c, Content::Causes(table) if table.anonymous))
    }

    /// Lines of invoice lists, of all sheets; the fields of an OFD invoice.
    pub fn invoice_rows(&self) -> Vec<&InvoiceRow> {
        self.rows(|c| match c {
            Content::Invoices(rows) => rows,
            Content::Document(document) => document.invoice.as_slice(),
            _ => &[],
        })
    }

    /// Lines of payment lists, of all sheets.
    pub fn payments(&self) -> Vec<&PaymentRow> {
        self.rows(|c| if let Content::Payments(rows) = c { rows } else { &[] })
    }

    fn rows<'a, T>(&'a self, of: impl Fn(&'a Content) -> &'a [T]) -> Vec<&'a T> {
        self.parts().iter().flat_map(of).collect()
    }

    /// Does it feed orders: an export or a tracking list, if only on one sheet.
    pub fn feeds_orders(&self) -> bool {
        self.parts().iter().any(|c| matches!(c, Content::Orders(_) | Content::TrackingList(_)))
    }
}

impl Recognised {
    /// Every part with the table it was read from, if it was read from one.
    pub fn tables(&self) -> impl Iterator<Item = (&Content, Option<&Table>)> {
        let tables: &[Table] = match &self.records {
            Records::Table(table) => std::slice::from_ref(table),
            Records::Sheets(tables) => tables,
            _ => &[],
        };
        // the words of several unknown sheets are one text
        self.content.parts().iter().enumerate().map(|(n, part)| (part, tables.get(n)))
    }
}

/// The single records of a file, so that only the flagged ones need to leave the machine.
#[derive(Debug, Clone, Default)]
pub enum Records {
    /// One piece: goes into the bag whole.
    #[default]
    Whole,
    /// A table.
    Table(Table),
    /// The tables of a workbook with several sheets that have cells, in the workbook's order.
    Sheets(Vec<Table>),
    /// Values of a JSON array (or JSON lines): pointer and the raw text of each.
    Json(Vec<(Place, String)>),
    /// Lines of text, 1-based in order; a record is a run of lines from `first` to before the next.
    Lines {
        /// All lines without line ends.
        lines: Vec<String>,
        /// First line (1-based) of each record.
        starts: Vec<u32>,
    },
}

/// An order export: the table (kept in [`Records::Table`]) and which column is which field.
#[derive(Debug, Clone, Default)]
pub struct OrderTable {
    /// Layout id in templates/layouts (`taobao-order-list`).
    pub layout: String,
    /// Field name (templates/fields.toml: order_id, buyer, paid_at …) → column index. Only fields that are there.
    pub columns: Vec<(String, usize)>,
    /// True for goods lines (ExportOrderDetailList) that only add lines to orders.
    pub detail: bool,
    /// Rows whose id is damaged (3.5E+17, or zeros after the 15th digit), by index.
    pub damaged: Vec<usize>,
    /// How its cells are read.
    pub reading: Reading,
}

/// One row of a tracking list.
#[derive(Debug, Clone)]
pub struct TrackingRow {
    /// The ids of each cell that names orders, the cell that is preferred first; one cell may list several orders, or an order and its part.
    pub named: Vec<Vec<OrderId>>,
    /// The waybill number, normalised.
    pub waybill: String,
    /// Carrier words.
    pub carrier_text: Option<String>,
    /// When it was sent, if said.
    pub shipped_at: Option<Moment>,
    /// Row.
    pub place: Place,
}

impl TrackingRow {
    /// What `found` says of the orders that the row names: of the first cell of which it knows any id. A list of main orders and their parts names each
    /// order twice, and which of the two numbers the export has is not known before.
    pub fn orders<T>(&self, found: impl Fn(&OrderId) -> Option<T>) -> Vec<T> {
        self.named.iter().map(|cell| cell.iter().filter_map(&found).collect::<Vec<T>>()).find(|known| !known.is_empty()).unwrap_or_default()
    }

    /// Every id of the row.
    pub fn ids(&self) -> impl Iterator<Item = &OrderId> {
        self.named.iter().flatten()
    }
}

/// One line of a courier's bill or station sheet.
#[derive(Debug, Clone)]
pub struct BillRow {
    /// Waybill number, normalised.
    pub waybill: String,
    /// Billed weight in kilograms.
    pub weight_kg: Option<Decimal>,
    /// Fee in yuan.
    pub fee: Option<Decimal>,
    /// The date of the row: the shipment's, else the bill's.
    pub at: Option<Time>,
    /// When it was sent, by a column that says so (寄件日期); the day of a bill or of booking says nothing of the parcel.
    pub sent: Option<Moment>,
    /// When the courier took it, where the sheet has a column for that (揽收时间).
    pub picked_up: Option<Moment>,
    /// When it was signed for, likewise (签收时间).
    pub signed: Option<Moment>,
    /// From where.
    pub from: Option<String>,
    /// To where.
    pub to: Option<String>,
    /// Who it is for, as printed; couriers mask names.
    pub recipient: Option<String>,
    /// Phone of who it is for, as printed.
    pub phone: Option<String>,
    /// Row.
    pub place: Place,
}

impl BillRow {
    /// The weight in kilograms that was taken: 0.00 is what systems write where nothing was weighed.
    pub fn weighed(&self) -> Option<Decimal> {
        self.weight_kg.filter(|w| *w > Decimal::ZERO)
    }

    /// The first moment at which it says that the courier had the parcel.
    pub fn first_seen(&self) -> Option<Moment> {
        [self.picked_up, self.sent, self.signed].into_iter().flatten().min_by_key(Moment::latest)
    }
}

/// One stock movement.
#[derive(Debug, Clone)]
pub struct StockMovement {
    /// Document number.
    pub document: Option<String>,
    /// Platform order number in a column of its own or found in the remark.
    pub order: Option<OrderId>,
    /// Waybill number, normalised.
    pub waybill: Option<String>,
    /// SKU or code.
    pub sku: Option<String>,
    /// Goods.
    pub name: Option<String>,
    /// Pieces; positive leaves the warehouse, negative comes in.
    pub out: Decimal,
    /// False where the row is the head of a document and says no number of pieces; `out` is zero then.
    pub pieces_said: bool,
    /// When.
    pub at: Option<Time>,
    /// True when `at` carries a time of day, not only a date.
    pub at_has_time: bool,
    /// Warehouse.
    pub warehouse: Option<String>,
    /// Remark.
    pub remark: Option<String>,
    /// Row.
    pub place: Place,
}

/// One line of a stock count.
#[derive(Debug, Clone)]
pub struct StockCount {
    /// SKU or code.
    pub sku: Option<String>,
    /// Goods.
    pub name: Option<String>,
    /// Warehouse.
    pub warehouse: Option<String>,
    /// Pieces in the books.
    pub booked: Option<Decimal>,
    /// Pieces counted.
    pub counted: Option<Decimal>,
    /// When.
    pub at: Option<Time>,
    /// Row.
    pub place: Place,
}

/// What kind of cause a record speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum CauseKind {
    Live,
    Promotion,
    Traffic,
    Ads,
    Affiliate,
}

impl CauseKind {
    /// Key of its name in the language files (`[cause]`).
    pub fn as_str(self) -> &'static str {
        match self {
            CauseKind::Live => "live",
            CauseKind::Promotion => "promotion",
            CauseKind::Traffic => "traffic",
            CauseKind::Ads => "ads",
            CauseKind::Affiliate => "affiliate",
        }
    }
}

/// A table that may explain why orders came.
#[derive(Debug, Clone)]
pub struct CauseTable {
    /// Which kind.
    pub cause: CauseKind,
    /// Its rows.
    pub rows: Vec<CauseRow>,
    /// Nothing in it names an order or a person (visitors a day, an ad's cost): it may leave the machine whole.
    pub anonymous: bool,
}

/// One row of it.
#[derive(Debug, Clone)]
pub struct CauseRow {
    /// Order ids in the row.
    pub orders: Vec<OrderId>,
    /// Its day or moment; the begin when it has two.
    pub from: Option<Moment>,
    /// The end when it has two.
    pub to: Option<Moment>,
    /// Name of the activity, session, channel.
    pub label: Option<String>,
    /// The goods it is about, as a number (SKU) …
    pub sku: Option<String>,
    /// … or by name.
    pub title: Option<String>,
    /// Row.
    pub place: Place,
}

/// One line of an invoice list.
#[derive(Debug, Clone)]
pub struct InvoiceRow {
    /// Invoice number.
    pub number: Option<String>,
    /// Date.
    pub at: Option<Time>,
    /// Who sold.
    pub seller: Option<String>,
    /// Who bought.
    pub buyer: Option<String>,
    /// Goods lines.
    pub line: Option<OrderLine>,
    /// Amount in yuan.
    pub amount: Option<Decimal>,
    /// Row.
    pub place: Place,
}

/// Picture formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the formats' own names")]
pub enum PictureFormat {
    Jpeg,
    Png,
    Gif,
    WebP,
    Bmp,
    Tiff,
    Heic,
    Avif,
}

/// What the header of a picture says; pixels are not decoded for this.
#[derive(Debug, Clone)]
pub struct PictureInfo {
    /// Format by magic bytes.
    pub format: PictureFormat,
    /// Stored width in pixels.
    pub width: u32,
    /// Stored height in pixels.
    pub height: u32,
    /// EXIF orientation 1–8 (0 and nonsense read as 1).
    pub orientation: u8,
    /// Programs that wrote it, each once: EXIF Software and ProcessingSoftware, PNG text, XMP CreatorTool and History.
    pub programs: Vec<String>,
    /// EXIF DateTimeOriginal, without zone as the camera has none (read as +08:00).
    pub taken_at: Option<Time>,
    /// What was written into it beside the pixels: the field (`exif UserComment`, `png Comment`) and its text.
    pub notes: Vec<(String, String)>,
    /// What is broken, as a variant of `picture-broken`: `truncated`, `bad-crc`, `damaged`, `no-picture`.
    pub broken: Option<&'static str>,
    /// Why a whole picture is not set on a page, as a variant of `picture-not-shown` (`heic`, `avif`, `coding`) or `pixels` for the limit.
    pub hidden: Option<&'static str>,
    /// Pictures in the file: frames of an animation, pages of a TIFF; 1 for most.
    pub frames: u32,
    /// Width and height of each page of a TIFF that has several, in points at 96 dots to the inch; else empty.
    pub pages: Vec<(f32, f32)>,
    /// What was measured on its pixels; `None` when nobody looked or it cannot be decoded.
    pub pixels: Option<Arc<Pixels>>,
}

impl PictureInfo {
    /// Can it stand on a page: whole, of a size, and decoded here or by every PDF reader.
    pub fn can_show(&self) -> bool {
        self.broken.is_none() && self.hidden.is_none() && self.width > 0 && self.height > 0
    }

    /// A camera took it: it says when. A screenshot has no such time, but on few phones.
    pub fn is_photograph(&self) -> bool {
        self.taken_at.is_some()
    }

    /// Width and height as shown, after EXIF orientation.
    pub fn shown_size(&self) -> (u32, u32) {
        if self.orientation >= 5 { (self.height, self.width) } else { (self.width, self.height) }
    }
}

/// What a PDF says of itself.
#[derive(Debug, Clone, Default)]
pub struct PdfInfo {
    /// Width and height of each page in points, as shown.
    pub pages: Vec<(f32, f32)>,
    /// Text of each page as far as it has a text layer.
    pub text: Vec<String>,
    /// It asks for a password.
    pub encrypted: bool,
}
