//! Limits of reading that a folder of fixtures cannot show: the walk that stops, the clock, an archive's ratio. Each says which file, and the key that
//! lifts it does lift it.

use crate::support::{Work, tree};
use crate::zips::{Member, zip};
use serde_json::Value;
use std::fs;

/// The findings of `limit-reached` with these keys under `[intake]`.
fn reached(work: &Work, keys: &str) -> Vec<Value> {
    let toml = work.case().join("case.toml");
    let own = fs::read_to_string(&toml).expect("case.toml");
    fs::write(&toml, format!("{own}\n[intake]\n{keys}\n")).expect("case.toml");
    let check = work.check();
    fs::write(&toml, own).expect("case.toml");
    let findings = check["findings"].as_array().cloned().unwrap_or_default();
    findings.into_iter().filter(|f| f["code"] == "limit-reached").collect()
}

fn said(finding: &Value, key: &str) -> String {
    finding[key].as_str().unwrap_or("").to_owned()
}

#[test]
fn the_walk_stops_at_the_same_file_everywhere_and_names_it() {
    let work = Work::new();
    let mut paths: Vec<String> = tree(&work.case()).into_iter().map(|(path, _)| path).collect();
    paths.sort();
    let stopped = reached(&work, "files = 3");
    assert_eq!(stopped.len(), 1, "{stopped:?}");
    assert!(said(&stopped[0], "message").contains("3") && said(&stopped[0], "hint").contains("files"), "{stopped:?}");
    assert_eq!(stopped, reached(&work, "files = 3"));
    assert_eq!(reached(&work, &format!("files = {}", paths.len())), [] as [Value; 0], "as many as there are");
    let less = reached(&work, &format!("files = {}", paths.len() - 1));
    assert!(paths.iter().any(|p| said(&less[0], "message").contains(p.as_str())), "{less:?}");
}

/// A small PDF whose pages all show one long drawing: reading each takes a while on any machine.
fn tedious_pdf(pages: usize) -> Vec<u8> {
    let drawing = "10 10 m 90 90 l S\n".repeat(20_000);
    let kids: String = (0..pages).map(|n| format!("{} 0 R ", n + 4)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {pages} /MediaBox [0 0 595 842] >>"),
        format!("<< /Length {} >>\nstream\n{drawing}\nendstream", drawing.len()),
    ];
    objects.extend((0..pages).map(|_| "<< /Type /Page /Parent 2 0 R /Contents 3 0 R /Resources << >> >>".to_owned()));
    let mut out = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", n + 1));
    }
    let table = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    places.iter().for_each(|at| out.push_str(&format!("{at:010} 00000 n \n")));
    out.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1));
    out.into_bytes()
}

#[test]
fn a_file_that_takes_too_long_is_named_and_the_rest_goes_on() {
    let work = Work::new();
    fs::write(work.case().join("合同.pdf"), tedious_pdf(4000)).expect("PDF");
    let slow = reached(&work, "seconds = 1");
    assert_eq!(slow.iter().map(|f| said(f, "file")).collect::<Vec<_>>(), ["合同.pdf"]);
    assert!(said(&slow[0], "message").contains('1') && said(&slow[0], "hint").contains("seconds"), "{slow:?}");
    fs::write(work.case().join("合同.pdf"), tedious_pdf(1)).expect("PDF");
    assert_eq!(reached(&work, "seconds = 600"), [] as [Value; 0]);
}

#[test]
fn an_archives_ratio_can_be_lifted() {
    let work = Work::new();
    let zeros = Member { deflated: true, ..Member::new("空白.bin", &vec![0xff; 17 << 20]) };
    fs::write(work.case().join("包.zip"), zip(&[zeros])).expect("archive");
    let bomb = reached(&work, "");
    assert_eq!(bomb.iter().map(|f| said(f, "file")).collect::<Vec<_>>(), ["包.zip!/空白.bin"]);
    assert!(said(&bomb[0], "hint").contains("archive_ratio"), "{bomb:?}");
    assert_eq!(reached(&work, "archive_ratio = 100000"), [] as [Value; 0]);
}
