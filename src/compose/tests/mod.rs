//! Whole documents of a hand-built case, read as a reviewer would read them.

mod case;
mod dump;

use super::*;
use case::*;

fn composed(disclosure: Disclosure) -> Composed {
    let (case, matching, assessment) = three_orders();
    compose(&case, &matching, &assessment, &Findings::default(), &surroundings(), None, disclosure).unwrap()
}

/// The whole document as text; `UPDATE_GOLDEN=1 cargo test` writes it anew, and the difference is read before it is committed.
#[test]
fn the_document_reads_as_it_did() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/compose/tests/three-orders.txt");
    let now = dump::document(&composed(Disclosure::Full).document);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    let before = std::fs::read_to_string(&file).unwrap();
    for (n, (a, b)) in before.lines().zip(now.lines()).enumerate() {
        assert_eq!(a, b, "line {}", n + 1);
    }
    assert_eq!(before, now);
}
