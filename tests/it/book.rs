//! The book as a file: how long it is, how it says its colours, and the pages of it that go into forms as pictures.

use crate::many::many;
use crate::support::{CASE_ID, Work, exits, tree};
use std::fs;

/// Pages of the book, each as text without blanks.
fn pages(work: &Work) -> Vec<String> {
    let bytes = fs::read(work.result().join(format!("upload/{CASE_ID}.pdf"))).expect("the book");
    let pages = appealpack::media::pdf::read(&bytes, 5_000, None).expect("a PDF").text;
    pages.iter().map(|page| page.chars().filter(|c| !c.is_whitespace()).collect()).collect()
}

#[test]
fn sixty_orders_take_at_most_eight_pages_before_the_exhibits() {
    let work = many(60, 60, 60);
    exits(&work.build(&[]), 0);
    let pages = pages(&work);
    let exhibits = pages.iter().position(|page| page.contains("证据原图与对账单")).expect("the exhibits begin on a page");
    let heads: Vec<String> = pages.iter().map(|p| p.chars().take(90).collect()).collect();
    // the statement, why the orders came together, then about forty orders a page
    for (page, head) in [(0, "申诉书"), (1, "订单为何集中"), (2, "逐笔总表")] {
        assert!(pages[page].contains(head) && page < exhibits, "{head}: {heads:#?}");
    }
    assert!(exhibits <= 8, "{exhibits} pages before the exhibits: {heads:#?}");
    // every order is there, and none costs a page of pictures
    for n in 0..60 {
        assert!(pages[..exhibits].iter().any(|page| page.contains(&format!("28617340955173{n:05}"))), "order {n}");
    }
    assert!(pages.len() < 60, "{} pages", pages.len());
}

#[test]
fn colours_are_srgb_by_a_profile_in_the_file() {
    let work = Work::new();
    exits(&work.build(&[]), 0);
    for name in [format!("{CASE_ID}.pdf"), format!("{CASE_ID}-annex.pdf")] {
        let document = lopdf::Document::load(work.result().join("upload").join(&name)).expect("a PDF");
        let intents = document.catalog().and_then(|c| c.get(b"OutputIntents")?.as_array()).expect("an output intent");
        let [intent] = intents.as_slice() else { panic!("{name}: {} intents", intents.len()) };
        let intent = intent.as_dict().expect("a dictionary");
        assert_eq!(intent.get(b"OutputConditionIdentifier").and_then(|i| i.as_str()).expect("a name"), b"sRGB IEC61966-2.1", "{name}");
        let profile = intent.get(b"DestOutputProfile").and_then(|p| p.as_reference()).and_then(|id| document.get_object(id)?.as_stream()).expect("a profile");
        let bytes = profile.decompressed_content().unwrap_or_else(|_| profile.content.clone());
        assert_eq!(
            (profile.dict.get(b"N").and_then(|n| n.as_i64()).expect("its channels"), &bytes[16..20], &bytes[36..40]),
            (3, &b"RGB "[..], &b"acsp"[..]),
            "{name}"
        );
    }
}

#[test]
fn a_form_gets_as_many_pictures_as_the_book_has_pages_and_none_where_it_takes_a_pdf() {
    for (formats, pictures) in [("", false), ("formats = [\"pdf\"]", false), ("formats = [\"pdf\", \"jpg\"]", true), ("formats = [\"jpg\"]", true)] {
        let work = Work::new();
        work.add(&format!("[limits]\nimage_side = 600\n{formats}"));
        exits(&work.build(&[]), 0);
        let made: Vec<String> = tree(&work.result()).into_iter().map(|(path, _)| path).filter(|path| path.starts_with("upload/images/")).collect();
        let wanted: Vec<String> = if pictures { (1..=pages(&work).len()).map(|n| format!("upload/images/{n:03}.jpg")).collect() } else { Vec::new() };
        assert_eq!(made, wanted, "{formats}");
    }
}
