//! Everything a user meets, through the binary: one integration binary so that it links once.

#![expect(clippy::expect_used, reason = "a test may stop at the first thing that is not there")]

mod accept;
mod archives;
mod audit;
mod audit_limits;
mod bad_input;
mod bag_made;
mod bags;
mod batch;
mod book;
mod cases;
mod cli;
mod clock;
mod conversations;
mod crash;
mod elsewhere;
mod evidence;
mod foreign;
mod forms;
mod honesty;
mod invariants;
mod limits;
mod many;
mod match_sheet;
mod match_sheet_kept;
mod other_systems;
mod own_output;
mod pictures;
mod private;
mod reading;
mod results;
mod said;
mod same_bytes;
mod schemas;
mod screen;
mod settings;
mod support;
mod tampered;
mod template_mistakes;
mod templates;
mod terminal;
mod times;
mod volumes;
mod zips;
