//! The zip that anyone can verify, and the safe way of putting results in place.

pub mod bag;
mod carry;
mod exchange;
pub mod extract;
pub mod format;
pub mod index;
pub mod limits;
mod lock;
pub mod swap;
pub mod zip;
