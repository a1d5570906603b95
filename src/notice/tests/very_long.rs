//! Texts of a size that a loop over all of it at each of its words would not come to the end of.

use super::*;

fn words() -> Arc<NoticeWords> {
    NoticeWords::load(&Profile::built_in()).unwrap()
}

#[test]
fn a_number_torn_by_very_many_blank_lines_is_joined() {
    let whole = OrderId::new(id(0));
    let text = format!("订单 {}{}{} 已签收", &whole.as_str()[..9], "\n".repeat(300_000), &whole.as_str()[9..]);
    let lines = lines::cleaned(lines::of_text(&text, lines::Extent::Whole), &words(), &BTreeSet::from([whole.clone()]));
    assert_eq!(lines.len(), 300_001);
    assert_eq!((lines[0].text.as_str(), lines[300_000].text.as_str()), (format!("订单 {whole}").as_str(), " 已签收"));
}

#[test]
fn a_line_may_have_very_many_labels_inside_one_another() {
    const LABELS: usize = 60_000;
    let line = format!("{}{}：", "订单（".repeat(LABELS), "）".repeat(LABELS));
    let hits = words().hits(&line);
    assert!(hits.len() == LABELS && hits.is_sorted_by(|a, b| a.end <= b.start));
    assert_eq!(hits[0].colon, Some(line.len()));
    assert!(hits[1..].iter().all(|hit| hit.colon.is_none()));
}

#[test]
fn a_day_without_its_year_is_found_behind_very_many_words() {
    let text = "1 ".repeat(600_000) + "4月10日";
    let found = fields::moments(&text, Some(time("2026-04-09").date_naive()));
    assert_eq!(found.into_iter().map(|(at, moment, _)| (at, moment.at)).collect::<Vec<_>>(), [(1_200_000, time("2026-04-10"))]);
}

#[test]
fn a_sentence_may_name_very_many_periods() {
    let sentence = |times: usize| format!("申诉，我们将在{}", "0天内".repeat(times));
    let within = |text: &str| Fields::new(&words(), &lines::of_text(text, lines::Extent::Whole)).within().map(|w| w.amount);
    assert_eq!(within(&sentence(100_000)), None);
    assert_eq!(within(&(sentence(2) + "3天内")), None, "promised in the same clause");
    assert_eq!(within(&(sentence(2) + "，3天内")), Some(3));
}

#[test]
fn every_number_of_a_very_long_list_is_known_again() {
    const IDS: u64 = 50_000;
    let list: String = (0..2 * IDS).map(|n| id(n % IDS) + "、").collect();
    let lines = lines::of_text(&format!("涉及订单：{list}"), lines::Extent::Whole);
    let list = Reader::new(&words(), &BTreeSet::new(), None).read(&lines);
    assert_eq!((list.ids.len(), list.repeated.len()), (50_000, 50_000));
}
