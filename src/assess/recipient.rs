//! `recipient-differs`: the courier's recipient, or the end of his phone number, is not the order's.
//!
//! Needs the order's recipient or phone, readable, and a scan or a line of the courier's bill that names one; platforms' masks are compared as far as they show something, names in Latin
//! letters only where they have a field of their own. Source: Douyin
//! 轨迹异常 1.1(3). Of how many orders a courier names somebody and the exports tell neither name nor phone is said (`not-checkable`). A different name behind 签收人 is a note: families and colleagues sign for one another. Cleared by the right number, or by a word
//! about who received it.

use super::data::TradeWords;
use super::view::{OrderView, View};
use crate::finding::{Code, Finding, Findings, Severity};
use crate::model::settings::Delivery;
use crate::model::source::Place;
use crate::text::width::narrow;

/// A name has at most so many characters; what is longer is a sentence.
const LONGEST_NAME: usize = 4;
/// Words of a name in Latin letters.
const LATIN_WORDS: std::ops::RangeInclusive<usize> = 2..=5;
/// Digits at the end of a phone number that couriers print.
const TAIL: usize = 4;

/// One finding a trace or line at most: phone before name before signature.
pub(super) fn check(view: &View, words: &TradeWords, findings: &mut Findings) {
    let mut unknown = 0_usize;
    // a forwarder receives what he sends on
    for (i, o) in view.orders.iter().enumerate().filter(|(_, o)| o.delivery != Some(Delivery::Consolidated)) {
        // exports hold what the buyer typed: a title, a word for the courier
        let typed = o.order.recipient.as_ref().map(|r| narrow(r.value.raw())).filter(|n| readable(n.trim()));
        let names: Option<String> = typed.as_deref().and_then(|n| plain(n.trim(), words));
        let latin_name = typed.as_deref().and_then(|n| latin(n.trim(), words));
        // what a field of its own names, if it is somebody else
        let other = |field: Option<&str>| {
            let field = narrow(field?);
            let field = field.trim();
            match (name(field, words), &names) {
                (Some(named), recipient) => recipient.as_ref().is_some_and(|recipient| !same(&named, recipient)).then_some(named),
                _ => strangers(&latin(field, words)?, latin_name.as_ref()?).then(|| field.to_owned()),
            }
        };
        let tails = tails(o, words);
        let nameless = names.is_none() && latin_name.is_none();
        unknown += usize::from(o.order.in_export && nameless && o.order.phones.is_empty() && names_somebody(o, words));
        for (file, trace) in o.traces.iter().filter(|(_, t)| !t.returned()) {
            let mut told: Option<(u8, &Place, String)> = None;
            let mut tell = |rank: u8, place, value: String| {
                if told.as_ref().is_none_or(|(r, _, _)| rank < *r) {
                    told = Some((rank, place, value));
                }
            };
            // a field of its own holds the recipient or who signed, so it weighs no more than a signature
            if let Some(named) = other(trace.recipient.as_deref()) {
                tell(2, &trace.place, named);
            }
            for event in &trace.events {
                let text = narrow(&event.text);
                if let Some(tail) = recipients_tails(&text, words).into_iter().find(|t| !tails.is_empty() && !tails.contains(t) && !trace.waybill.ends_with(t))
                {
                    tell(0, &event.place, tail);
                }
                let Some(recipient) = &names else { continue };
                for (rank, heads) in [(1, &words.recipient_heads), (2, &words.signer_heads)] {
                    let named = after(&text, heads).and_then(|t| name(t, words));
                    if let Some(named) = named.filter(|n| !same(n, recipient)) {
                        tell(rank, &event.place, named);
                    }
                }
            }
            let Some((rank, place, value)) = told else { continue };
            let finding = view.finding(Code::RecipientDiffers, i).at(*file, place.clone()).with("waybill", &trace.waybill).with("name", value);
            findings.push(match rank {
                0 => finding.variant("phone"),
                1 => finding,
                _ => finding.variant("signer").severity(Severity::Note),
            });
        }
        for (file, line) in &o.bills {
            let other_tail = line.phone.as_deref().and_then(|p| tail(p, words)).filter(|t| !tails.is_empty() && !tails.contains(t)).map(|t| ("bill-phone", t));
            if let Some((variant, value)) = other_tail.or_else(|| other(line.recipient.as_deref()).map(|named| ("bill", named))) {
                let finding = view.finding(Code::RecipientDiffers, i).variant(variant).at(*file, line.place.clone());
                findings.push(finding.with("waybill", &line.waybill).with("name", value));
            }
        }
    }
    if unknown > 0 {
        findings.push(Finding::new(Code::NotCheckable).variant("recipient").with("count", unknown));
    }
}

/// Does the courier tell a name or the end of a phone number that could be compared.
fn names_somebody(o: &OrderView, words: &TradeWords) -> bool {
    let field = |cell: Option<&str>| cell.map(narrow).and_then(|t| name(t.trim(), words)).is_some();
    let in_words = |text: &str| {
        let text = narrow(text);
        let heads = words.recipient_heads.iter().chain(&words.signer_heads).cloned().collect::<Vec<_>>();
        after(&text, &words.phone_tail_heads).and_then(digits).is_some() || after(&text, &heads).and_then(|t| name(t, words)).is_some()
    };
    let traces = o.traces.iter().filter(|(_, t)| !t.returned()).any(|(_, t)| field(t.recipient.as_deref()) || t.events.iter().any(|e| in_words(&e.text)));
    traces || o.bills.iter().any(|(_, line)| field(line.recipient.as_deref()) || line.phone.as_deref().and_then(|phone| tail(phone, words)).is_some())
}

/// Not empty, and no cipher text of a platform.
fn readable(name: &str) -> bool {
    !name.is_empty() && !name.starts_with("##") && !name.starts_with("$$") && name.chars().any(|c| c != '*')
}

/// The last digits of the order's phones. Empty when one of them does not show them: then nothing can be said.
fn tails(o: &OrderView, words: &TradeWords) -> Vec<String> {
    o.order.phones.iter().map(|phone| tail(phone.value.raw(), words)).collect::<Option<_>>().unwrap_or_default()
}

/// The last digits of a phone number. `None` for a platform's virtual number, and where its end is hidden.
fn tail(raw: &str, words: &TradeWords) -> Option<String> {
    let raw = narrow(raw);
    let raw = raw.trim();
    let last = raw.get(raw.len().checked_sub(TAIL)?..)?;
    let national = raw.strip_prefix("+86").map_or(raw, str::trim_start);
    let is_virtual = raw.contains('-')
        || words.extension_marks.iter().any(|m| raw.contains(m.as_str()))
        || words.virtual_prefixes.iter().any(|p| national.starts_with(p.as_str()));
    (!is_virtual && last.bytes().all(|b| b.is_ascii_digit())).then(|| last.to_owned())
}

/// The ends of phone numbers in the words of a scan, but for those of the courier, the number itself or a code: the nearest word before each tells whose it
/// is.
fn recipients_tails(text: &str, words: &TradeWords) -> Vec<String> {
    let text = text.to_lowercase();
    let last = |before: &str, heads: &[String]| heads.iter().filter_map(|h| before.rfind(h.as_str())).max();
    let found = words.phone_tail_heads.iter().flat_map(|head| text.match_indices(head.as_str())).filter_map(|(at, head)| {
        let rest = text.get(at + head.len()..)?.trim_start_matches([' ', ':', '：']);
        let before = text.get(..at)?;
        let others = last(before, &words.other_tail_heads);
        digits(rest).filter(|_| others.is_none() || last(before, &words.recipient_heads) > others)
    });
    found.collect()
}

/// What stands behind one of the heads and its colon.
fn after<'a>(text: &'a str, heads: &[String]) -> Option<&'a str> {
    heads.iter().find_map(|head| {
        let at = text.to_lowercase().find(head.as_str())?;
        let rest = text.get(at + head.len()..)?.trim_start();
        rest.strip_prefix([':', '：']).map(str::trim_start)
    })
}

fn digits(text: &str) -> Option<String> {
    let run: String = text.chars().take_while(char::is_ascii_digit).collect();
    (run.len() == TAIL).then_some(run)
}

/// A courier's word for a name. One that begins with a mask may be anything.
fn name(text: &str, words: &TradeWords) -> Option<String> {
    plain(text, words).filter(|name| !name.starts_with('*'))
}

/// A Chinese name, in full or masked, at the beginning of the text. A surname with a title is a name of which the rest is masked.
fn plain(text: &str, words: &TradeWords) -> Option<String> {
    let no_names = &words.no_names;
    let mut run: String = text.chars().take_while(|c| ('\u{4e00}'..='\u{9fff}').contains(c) || *c == '*').collect();
    if let Some(bare) = words.endings.iter().find_map(|end| run.strip_suffix(end.as_str())).filter(|bare| bare.chars().count() > 1) {
        run = bare.to_owned();
    }
    if let Some(bare) = words.titles.iter().find_map(|title| run.strip_suffix(title.as_str())) {
        run = if bare.chars().count() == 1 { format!("{bare}**") } else { bare.to_owned() };
    }
    let length = run.chars().count();
    ((2..=LONGEST_NAME).contains(&length) && !no_names.iter().any(|w| run.contains(w.as_str()))).then_some(run)
}

/// The words of a name in Latin letters, in small ones. One word alone may be a company or a place.
fn latin(text: &str, words: &TradeWords) -> Option<Vec<String>> {
    let parts = text.split(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | '-' | '\''));
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect();
    let letters = |part: &String| part.chars().all(|c| c.is_alphabetic() && c < '\u{250}') && !words.no_names.contains(part);
    (LATIN_WORDS.contains(&parts.len()) && parts.iter().all(letters)).then_some(parts)
}

/// Have two names no word in common, nor one of which the other has the beginning: J Smith may be John, and Jon Jonathan.
fn strangers(a: &[String], b: &[String]) -> bool {
    !a.iter().any(|x| b.iter().any(|y| x.starts_with(y.as_str()) || y.starts_with(x.as_str())))
}

/// Equal as far as both show their characters: `张**` may be 张小凡, and 张三 may be 张*.
fn same(a: &str, b: &str) -> bool {
    let masked = a.contains('*') || b.contains('*');
    let mut pairs = a.chars().zip(b.chars());
    pairs.all(|(x, y)| x == y || x == '*' || y == '*') && (masked || a.chars().count() == b.chars().count())
}
