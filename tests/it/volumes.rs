//! An annex in several files: each names itself, and the book says which pages stand in which.

use crate::support::{CASE_ID, ORDERS, Work, exits, picture};
use std::fs;
use std::path::Path;

/// The pages of a PDF, without blanks.
fn pages(path: &Path) -> Vec<String> {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let text = appealpack::media::pdf::read(&bytes, 5_000, None).expect("a PDF").text;
    text.into_iter().map(|page| page.chars().filter(|c| !c.is_whitespace()).collect()).collect()
}

#[test]
fn every_volume_names_itself_and_the_lists_name_the_volumes() {
    let work = Work::new();
    work.add("[limits]\npages = 5");
    exits(&work.build(&[]), 0);
    let upload = work.result().join("upload");
    let volumes: Vec<Vec<String>> = (1..).map(|n| upload.join(format!("{CASE_ID}-annex-vol{n}.pdf"))).take_while(|p| p.exists()).map(|p| pages(&p)).collect();
    assert!(volumes.len() > 1, "one volume");
    let of = volumes.len();
    let (mut entries, mut first) = (Vec::new(), 1);
    for (i, volume) in volumes.iter().enumerate() {
        let last = first + volume.len() - 1;
        entries.push(format!("第{}册附{first}–附{last}", i + 1));
        for (k, page) in volume.iter().enumerate() {
            assert!(page.contains(&format!("第{}册（共{of}册）", i + 1)) && page.contains(&format!("附{}/共", first + k)), "{page}");
        }
        first = last + 1;
    }
    let sentence = format!("附册分{of}册：{}。", entries.join("；"));
    let book = pages(&upload.join(format!("{CASE_ID}.pdf")));
    assert!(book.iter().any(|p| p.contains("逐笔总表") && p.contains(&sentence)), "{sentence}: {book:#?}");
    assert!(volumes[0].iter().any(|p| p.contains("附册目录") && p.contains(&sentence)), "{sentence}: {:#?}", volumes[0]);

    // one file says nothing of volumes
    let work = Work::new();
    exits(&work.build(&[]), 0);
    let upload = work.result().join("upload");
    for name in [format!("{CASE_ID}.pdf"), format!("{CASE_ID}-annex.pdf")] {
        let text = pages(&upload.join(name)).concat();
        assert!(!text.contains("册（共") && !text.contains("附册分"), "{text}");
    }
}

#[test]
fn a_range_of_orders_ends_with_the_last_page_of_the_last() {
    let work = Work::new();
    for n in 0..9 {
        fs::write(work.case().join(format!("聊天/tb_charlie03/{}-{n}.png", ORDERS[2])), picture(100 + n, false)).expect("picture");
    }
    exits(&work.build(&[]), 0);
    let upload = work.result().join("upload");
    let annex = pages(&upload.join(format!("{CASE_ID}-annex.pdf")));
    let at = |from: usize, words: &str| annex.iter().skip(from).position(|p| p.contains(words)).map(|n| from + n);
    let order = |n: usize| at(1, &format!("订单{}·{}", n + 1, ORDERS[n])).expect("a section");
    let end = at(order(2), "共用证据").or_else(|| at(order(2), "文件与校验值")).expect("what follows the orders");
    assert!(end > order(2) + 1, "the last order has several pages");
    let cited = format!("附册附{}–附{end}", order(0) + 1);
    let statement = pages(&upload.join(format!("{CASE_ID}.pdf"))).remove(0);
    assert!(statement.contains(&cited), "{cited}: {statement}");
}
