//! What is to be printed, without geometry: sections of blocks. Templates never see page numbers; a reference is a token that layout resolves.

use super::Lang;
use super::source::FileId;

/// A place that can be referred to. Unique over book and annex. Made by compose (`order-3`, `exhibit-3-2`, `all-orders`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Anchor(pub String);

/// The whole document: the book and the annex, which become two files (the annex possibly several volumes).
#[derive(Debug, Clone)]
pub struct Document {
    /// What both share.
    pub meta: Meta,
    /// The book.
    pub book: Part,
    /// The annex.
    pub annex: Part,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words say it")]
pub enum PartKind {
    Book,
    Annex,
}

/// Facts of the document as a whole and the words that layout needs.
#[derive(Debug, Clone)]
pub struct Meta {
    /// PDF title.
    pub title: String,
    /// Language of the text.
    pub lang: Lang,
    /// The PDF's date; `None` writes none.
    pub date: Option<super::Time>,
    /// Stable identity: the trailer /ID is made from it and the content.
    pub identity: String,
    /// Page words.
    pub words: PageWords,
    /// Body size in points and colours: a book's theme.
    pub theme: Theme,
}

/// Words around page numbers. `{n}` is the number, `{m}` the end of a range, `{of}` the number of pages.
#[derive(Debug, Clone)]
pub struct PageWords {
    /// A page of the book named in the book: `第 {n} 页`.
    pub book: String,
    /// A range: `第 {n}–{m} 页`.
    pub book_range: String,
    /// A page of the annex named in the annex: `附{n}`.
    pub annex: String,
    /// A range: `附{n}–附{m}`.
    pub annex_range: String,
    /// The book named in the annex: `申诉书第 {n} 页`.
    pub to_book: String,
    /// The annex named in the book: `附册 附{n}`.
    pub to_annex: String,
    /// A range of it.
    pub to_annex_range: String,
    /// Foot of a book page: `第 {n} 页 / 共 {of} 页`.
    pub book_foot: String,
    /// Foot of an annex page: `附{n} / 共 {of} 页`.
    pub annex_foot: String,
    /// PDF page label prefix of the annex: `附`.
    pub annex_label: String,
    /// Mark on the second and later slices of a long picture: `{n}/{of}`.
    pub slice: String,
    /// Which volume of a split annex this is, behind its running head: `第 {v} 册（共 {of} 册）`.
    pub volume: String,
    /// What the volumes of a split annex hold; `{list}` takes the entries: `附册分 {of} 册：{list}。`.
    pub volumes: String,
    /// One entry of it, with the range as `annex_range` says it: `第 {v} 册 {pages}`.
    pub volume_entry: String,
    /// Stands between two entries: `；`.
    pub volumes_between: String,
}

/// Colours (sRGB) and sizes (points).
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Theme {
    pub ink: [u8; 3],
    pub text: [u8; 3],
    pub muted: [u8; 3],
    pub hairline: [u8; 3],
    pub tint: [u8; 3],
    pub shade: [u8; 3],
    pub pale: [u8; 3],
    pub body_pt: f32,
    pub small_pt: f32,
    pub table_pt: f32,
    pub h1_pt: f32,
    pub h2_pt: f32,
    pub leading: f32,
    pub margin_left_mm: f32,
    pub margin_right_mm: f32,
    pub margin_top_mm: f32,
    pub margin_bottom_mm: f32,
}

impl Default for Theme {
    fn default() -> Self {
        Theme {
            ink: [0x1f, 0x3a, 0x5f],
            text: [0x1a, 0x1a, 0x1a],
            muted: [0x6b, 0x6b, 0x6b],
            hairline: [0xd0, 0xd4, 0xda],
            tint: [0xed, 0xf0, 0xf5],
            shade: [0xf4, 0xe3, 0xc1],
            pale: [0x9f, 0xb3, 0xce],
            body_pt: 10.5,
            small_pt: 8.5,
            table_pt: 9.0,
            h1_pt: 16.0,
            h2_pt: 12.5,
            leading: 1.5,
            margin_left_mm: 22.0,
            margin_right_mm: 20.0,
            margin_top_mm: 22.0,
            margin_bottom_mm: 22.0,
        }
    }
}

/// One of the two files.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Running head, left and right; foot, left (the right foot is the page number).
    pub head_left: String,
    /// Right running head.
    pub head_right: String,
    /// Left foot.
    pub foot_left: String,
    /// In order.
    pub sections: Vec<Section>,
}

/// A section: has an outline entry, may begin a page. Sections are laid out in parallel; each begins a new page unless `runs_on`.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its anchor.
    pub anchor: Anchor,
    /// Outline text; empty = no entry.
    pub outline: String,
    /// Depth in the outline, 0 = top.
    pub depth: u8,
    /// Follows the section before on the same page.
    pub runs_on: bool,
    /// Begins a volume when the annex is split (an order's section does; its continuation does not).
    pub may_start_volume: bool,
    /// Content.
    pub blocks: Vec<Block>,
    /// Template file and line that made it, for messages.
    pub origin: Option<(String, u32)>,
}

/// A run of text with references.
#[derive(Debug, Clone, PartialEq)]
pub enum Inline {
    /// Text in a style.
    Text(String, Style),
    /// A reference: text that layout makes, linked where the target is in the same file.
    Ref {
        /// Where to.
        target: Anchor,
        /// End of a range.
        end: Option<Anchor>,
        /// What is printed.
        show: RefText,
        /// Style.
        style: Style,
    },
    /// A forced line break.
    Break,
}

/// What a reference prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefText {
    /// The page in words (`第 3 页`, `附册 附39`).
    Page,
    /// Only the page's label (`3`, `附39`).
    Label,
    /// Given text, e.g. an exhibit number.
    Text(String),
}

/// Style of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Style {
    pub bold: bool,
    pub small: bool,
    pub muted: bool,
    pub ink: bool,
    /// Never broken between two lines as long as a line has room for it.
    pub whole: bool,
}

/// Text of several runs.
pub type Inlines = Vec<Inline>;

/// A block.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading; never last on a page. `level` 1 (page title), 2, 3.
    Heading {
        /// 1, 2 or 3.
        level: u8,
        /// Text.
        text: Inlines,
        /// Target.
        anchor: Option<Anchor>,
        /// Outline text and depth, when it has an entry of its own.
        outline: Option<(String, u8)>,
    },
    /// A paragraph.
    Paragraph {
        /// Text.
        text: Inlines,
        /// Role.
        role: Role,
    },
    /// A list.
    List {
        /// The number of its first item; none for bullets.
        first: Option<u64>,
        /// Items.
        items: Vec<Vec<Block>>,
    },
    /// Label–value pairs in columns (the head of the statement, the facts of an order); the third is the small grey source.
    Facts {
        /// 1 or 2 columns.
        columns: u8,
        /// Label, value, source.
        pairs: Vec<(String, Inlines, Inlines)>,
    },
    /// A tinted box (the request).
    Callout {
        /// Bold lead-in.
        label: String,
        /// Text.
        text: Inlines,
    },
    /// Quoted words with a bar at the left (the seller's own account).
    Quote {
        /// Small label above.
        label: String,
        /// Blocks.
        blocks: Vec<Block>,
    },
    /// A table.
    Table(Table),
    /// Orders per day.
    DayChart(DayChart),
    /// Figures in tinted boxes.
    Tiles(Vec<Tile>),
    /// Steps on a line.
    Timeline(Vec<TimelineStep>),
    /// A picture (or pages of a PDF), whole, with its caption.
    Figure(Figure),
    /// Figures side by side, as many as fit in a row (at most 3 portrait ones), in reading order.
    Gallery(Vec<Figure>),
    /// Place for signature and seal, set at the page's foot. Lines of label.
    Signature(Vec<String>),
    /// Kept on one page if it fits on one.
    Together(Vec<Block>),
    /// Linked list of the sections below (contents).
    Contents {
        /// Deepest outline depth listed.
        depth: u8,
    },
    /// Which pages stand in which volume of the annex. Nothing as long as the annex is one file.
    Volumes,
    /// A new page.
    PageBreak,
    /// A hairline.
    Rule,
    /// A target without ink.
    Target(Anchor),
}

/// Role of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Body.
    Body,
    /// Small grey (据卖家导入文件整理，供检索; notes under headings).
    Note,
    /// Fixed-pitch-like record text (chat lines, trace lines): small, hanging indent.
    Record,
}

/// A table. Repeats its head on each page; a row is never split unless it is higher than a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows of cells.
    pub rows: Vec<Row>,
    /// Compact type and row height (about 40 rows a page).
    pub dense: bool,
    /// Vertical hairlines too.
    pub grid: bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Head; empty for none.
    pub head: String,
    /// How wide.
    pub width: Width,
    /// Where its cells stand.
    pub side: Side,
}

/// Where the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// At its left.
    #[default]
    Left,
    /// In its middle.
    Middle,
    /// At its right (numbers).
    Right,
}

impl Side {
    /// Numbers stand at the right, words at the left.
    pub fn of_numbers(numbers: bool) -> Self {
        if numbers { Side::Right } else { Side::Left }
    }
}

/// Width of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Width {
    /// As wide as its widest cell (head included), never broken.
    Content,
    /// A share of what the others leave.
    Share(f32),
    /// Points.
    Points(f32),
}

/// A row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Cells, one a column; a cell of several paragraphs is split by `Inline::Break`.
    pub cells: Vec<Inlines>,
    /// A total or footer row (tinted, bold). If `span` it has one cell over all columns.
    pub total: bool,
    /// The first cell spans all columns.
    pub span: bool,
    /// Target of references to this row.
    pub anchor: Option<Anchor>,
}

/// The chart of orders per day.
#[derive(Debug, Clone, PartialEq)]
pub struct DayChart {
    /// Date label, height, of these emphasised.
    pub days: Vec<ChartDay>,
    /// Shaded stretches: first and last index in `days` and their label.
    pub bands: Vec<(usize, usize, String)>,
    /// Dashed line at this height and its label.
    pub mean: Option<(f32, String)>,
    /// Says the chart in one sentence for those who cannot see it (alternate text).
    pub alt: String,
}

/// A bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartDay {
    /// `04-01`.
    pub label: String,
    /// Orders.
    pub value: u32,
    /// Of these flagged (drawn in the ink colour at the foot of the bar).
    pub flagged: u32,
}

/// A figure in a tinted box.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Tile {
    pub label: String,
    pub value: String,
    pub note: String,
}

/// A step of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineStep {
    /// Name above the line.
    pub label: String,
    /// Time below it.
    pub time: String,
    /// Second line below (place).
    pub place: String,
    /// Seconds since the first step; layout spaces the steps by time but never lets labels touch.
    pub offset: i64,
}

/// A picture file or a PDF's pages.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The file.
    pub file: FileId,
    /// What to show.
    pub content: FigureContent,
    /// Caption: exhibit number (bold, ≥ 9 pt), order id, waybill.
    pub caption: Inlines,
    /// Target.
    pub anchor: Option<Anchor>,
    /// Alternate text.
    pub alt: String,
    /// Height wanted in points, for photographs that need not fill a page; `None` = as large as reads well.
    pub max_height: Option<f32>,
}

/// What a figure shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FigureContent {
    /// The picture as it is.
    Picture,
    /// Pages of a PDF, all of them.
    PdfPages,
    /// It cannot be shown; the caption says why. A framed empty box.
    NotShown(String),
}
