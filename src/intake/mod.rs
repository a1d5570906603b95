//! intake.

pub mod chat;
pub mod trace;
