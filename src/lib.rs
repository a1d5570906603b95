//! appealpack: from a violation notice and a folder of raw evidence to a checked appeal book and a verifiable bag.
//!
//! The run is told by [`pipeline`]; the stages hand plain values of [`model`] to one another. `ARCHITECTURE.md` draws the house.

pub mod archive;
pub mod assess;
pub mod audit;
pub mod batch;
pub mod bundle;
pub mod cli;
pub mod compose;
pub mod context;
pub mod digest;
pub mod elsewhere;
pub mod error;
pub mod finding;
pub mod init;
pub mod intake;
pub mod matching;
pub mod media;
pub mod model;
pub mod notice;
mod patience;
pub mod pipeline;
pub mod profile;
pub mod render;
pub mod report;
mod sheet_corrections;
pub mod text;
mod user_rules;
pub mod verify;
mod workbook;
