//! Everything a user meets, through the binary: one integration binary so that it links once.

mod bad_input;
mod batch;
mod cli;
mod crash;
mod foreign;
mod same_bytes;
mod support;
