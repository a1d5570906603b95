//! By what our own results are known again when they lie among the evidence. Writers (bundle, report) and reader (intake) agree through what stands here.

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
