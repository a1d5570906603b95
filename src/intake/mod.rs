//! intake.

pub mod trace;
