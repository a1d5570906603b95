//! Conversations and payments in what is handed in: only those with flagged buyers leave the machine, and what the client added is not shown as speech.

use crate::support::{Work, exits, tree, unzip};
use std::fs;
use std::path::{Path, PathBuf};

const CASE: &str = "taobao-WG2026040900000001";

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in tree(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folder");
        fs::write(path, bytes).expect("file");
    }
}

/// Builds the base with a variant of tests/cases over it: the bag's files and the text of the annex.
fn built(variant: &str) -> (Vec<(String, String)>, String) {
    let cases = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let work = Work::empty();
    copy(&cases.join("_base/three-orders"), &work.case());
    copy(&cases.join(variant).join("in"), &work.case());
    exits(&work.build(&[]), 0);
    let bag = unzip(&work.out().join(CASE).join(format!("bundle/{CASE}.zip")));
    let annex = fs::read(work.out().join(CASE).join(format!("upload/{CASE}-annex.pdf"))).expect("annex");
    let pages = appealpack::media::pdf::read(&annex, 5_000, None).expect("a PDF").text;
    let text = pages.iter().flat_map(|p| p.chars()).filter(|c| !c.is_whitespace()).collect();
    (bag.into_iter().map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned())).collect(), text)
}

#[test]
fn of_several_conversations_only_the_flagged_buyers_leave() {
    for variant in ["qq-two-partners", "script-a-sheet-a-customer", "script-a-cell-a-customer", "telegram-whole-export"] {
        let (bag, annex) = built(&format!("layout-chat/{variant}"));
        let extracts: Vec<&(String, String)> = bag.iter().filter(|(name, text)| name.contains("/extracts/") && text.contains("tb_bravo02")).collect();
        assert!(!extracts.is_empty(), "{variant}: {:?}", bag.iter().map(|(n, _)| n).collect::<Vec<_>>());
        // the whole conversation of the buyer, not only the line that names him
        assert!(extracts.iter().any(|(_, text)| text.contains("开好了") || text.contains("Kitchen")), "{variant}: {extracts:?}");
        for (name, text) in &bag {
            assert!(!text.contains("路过的云") && !name.contains("originals/聊天/千牛"), "{variant}: {name}");
        }
        assert!(annex.contains("tb_bravo02") && !annex.contains("路过的云"), "{variant}");
    }
}

#[test]
fn in_a_group_only_the_message_that_names_the_order_leaves() {
    let (bag, annex) = built("layout-chat/chatlab-lines-of-a-group");
    for (name, text) in &bag {
        assert!(!text.contains("我的锅到了"), "{name}");
    }
    assert!(bag.iter().any(|(name, text)| name.contains("/extracts/") && text.contains("的炒锅很好用")));
    assert!(annex.contains("的炒锅很好用") && !annex.contains("我的锅到了"));
}

#[test]
fn what_was_taken_back_and_what_failed_is_marked() {
    assert!(built("layout-chat/qq-two-partners").1.contains("[已撤回]"));
    assert!(built("layout-chat/failed-to-send-is-marked").1.contains("[发送失败]"));
}

#[test]
fn times_that_the_source_does_not_write_out_are_said_to_be_completed() {
    let note = |variant: &str| built(&format!("layout-chat/{variant}")).1;
    assert!(note("no-year-taken-from-the-notice").contains("年份按通知日期补全"));
    assert!(note("line").contains("没有写时区"));
    assert!(!note("two-lines").contains("补全"));
}

#[test]
fn of_payments_only_those_of_flagged_orders_leave() {
    let (bag, annex) = built("layout-payment/alipay-padded-cells-gb18030");
    assert!(bag.iter().any(|(name, text)| name.contains("/extracts/") && text.contains("2026040122001")));
    assert!(!bag.iter().any(|(_, text)| text.contains("2026040122009") || text.contains("shop@example.com")));
    assert!(annex.contains("支付流水号") && annex.contains("2026040122001"));
}
