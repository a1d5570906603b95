//! The command line of appealpack.

fn main() {}
