//! Notices as tables: the columns under the labels that we know, one violation or one order a row, and which rows the user means.

use super::lines::Line;
use super::words::{Field, NoticeWords};

/// A head line and the columns of each field below it.
pub(super) struct Columns {
    separator: char,
    /// Lines below the head.
    first: usize,
    columns: Vec<(Field, usize)>,
}

impl Columns {
    /// Looks for a line of two or more cells of which at least two are labels.
    pub(super) fn of(words: &NoticeWords, lines: &[Line]) -> Option<Columns> {
        lines.iter().enumerate().find_map(|(i, line)| {
            let separator = ['\t', '|', ','].into_iter().find(|s| line.text.contains(*s))?;
            let heads: Vec<&str> = cells(&line.text, separator).collect();
            let mut columns: Vec<(usize, Field, usize)> = Vec::new();
            for (n, head) in heads.iter().enumerate() {
                let bare = head.trim_end_matches([':', '*', ' ']);
                for field in Field::ALL {
                    if let Some(rank) = words.labels(field).iter().position(|l| l.eq_ignore_ascii_case(bare)) {
                        columns.push((rank, field, n));
                        break;
                    }
                }
            }
            // the labels' order in the data is their rank
            columns.sort_by_key(|(rank, _, n)| (*rank, *n));
            (columns.len() >= 2).then(|| Columns { separator, first: i + 1, columns: columns.into_iter().map(|(_, f, n)| (f, n)).collect() })
        })
    }

    /// The cells of the best column of a field, with the index of their line; blank ones are left out.
    pub(super) fn values<'a>(&self, field: Field, lines: &'a [Line]) -> Vec<(usize, &'a str)> {
        let Some((_, column)) = self.columns.iter().find(|(f, _)| *f == field) else { return Vec::new() };
        let below = lines.iter().enumerate().skip(self.first);
        below.filter_map(|(i, line)| cells(&line.text, self.separator).nth(*column).filter(|c| !c.is_empty()).map(|c| (i, c))).collect()
    }

    /// Empties the rows whose cell of this field does not please; true when at least one does.
    pub(super) fn keep(&self, field: Field, lines: &mut [Line], pleases: impl Fn(&str) -> bool) -> bool {
        let rows: Vec<(usize, bool)> = self.values(field, lines).into_iter().map(|(i, cell)| (i, pleases(cell))).collect();
        if !rows.iter().any(|(_, good)| *good) {
            return false;
        }
        for (i, _) in rows.iter().filter(|(_, good)| !good) {
            if let Some(line) = lines.get_mut(*i) {
                line.clear();
            }
        }
        true
    }
}

fn cells(line: &str, separator: char) -> impl Iterator<Item = &str> {
    line.split(separator).map(|c| c.trim_matches([' ', '"', '=', '\'']))
}

/// The sections of a text that holds several notices: the line of each violation number and the number, when there is more than one.
pub(super) fn sections(words: &NoticeWords, lines: &[Line]) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String, String)> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        for hit in words.hits(&line.lower).into_iter().filter(|h| h.field == Field::Number) {
            let Some(value) = hit.colon.and_then(|c| line.text.get(c..)) else { continue };
            let number: String = value.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
            if number.len() >= 4 && number.bytes().any(|b| b.is_ascii_digit()) {
                found.push((i, hit.label, number));
            }
        }
    }
    // a case number beside a violation number is no second notice
    let Some((_, label, _)) = found.first().cloned() else { return Vec::new() };
    let mut out: Vec<(usize, String)> = Vec::new();
    for (i, l, number) in found {
        if l == label && out.last().is_none_or(|(_, last)| *last != number) {
            out.push((i, number));
        }
    }
    if out.len() > 1 { out } else { Vec::new() }
}
