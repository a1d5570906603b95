//! Traces that somebody copied from a page into a text or a table: one scan a line or row, its time in front, behind, or in a cell of its own.
//!
//! The number stands in a line or cell before the scans, in the sheet's name, or in the file's. What is not clearly such a list (too few lines that read
//! like scans, scans before the first of several numbers) stays a text or table like any other.

use super::pasted_line::{Dates, Line, line};
use super::payload::{MAX_EVENTS, in_order, is_number, said};
use super::{Knowledge, Read, Waybills};
use crate::model::Time;
use crate::model::ids::OrderId;
use crate::model::record::{EventKind, Records, Table, Trace, TraceEvent};
use crate::model::source::Place;
use crate::text::ids::{alnum_runs, clean_waybill};

/// Lines or rows that are looked at to see whether this is a list of scans at all.
const LOOK: usize = 300;
/// From this many digits on a number beside the word for order is an order's id.
const ORDER_DIGITS: usize = 16;
/// Of the timed lines so many in ten must read like scans.
const SCANS_OF_TEN: usize = 7;

/// A run of lines or rows about one parcel.
#[derive(Default)]
struct Block {
    number: Option<String>,
    carrier: Option<String>,
    order: Option<OrderId>,
    place: Place,
    events: Vec<TraceEvent>,
    skipped: u32,
    raw: Vec<String>,
}

impl Knowledge {
    /// Reads a text as copied traces; `None` when it is none. `path` is the file's.
    pub fn read_pasted(&self, text: &str, path: &str) -> Option<Read> {
        self.pasted(text, path, None)
    }

    /// The same of a text that was no conversation and nothing else either: a number counts that an export names, whatever its shape, and dates may be
    /// written in English or with the day or month first.
    pub fn read_pasted_of(&self, text: &str, path: &str, waybills: &Waybills) -> Option<Read> {
        self.pasted(text, path, Some(waybills))
    }

    fn pasted(&self, text: &str, path: &str, waybills: Option<&Waybills>) -> Option<Read> {
        let dates = Dates::of(text.lines(), waybills.is_some());
        if text.len() > super::MAX_BYTES || !text.lines().take(LOOK).any(|l| matches!(line(l, dates), Line::Timed(..))) {
            return None;
        }
        let mut blocks = Blocks::new(self, waybills);
        let lines: Vec<(&str, Line<'_>)> = text.lines().map(|text| (text, line(text, dates))).collect();
        let above = waybills.is_some() && blocks.words_stand_above(&lines);
        // words that wait for the time below them
        let mut waiting: Vec<(&str, Place)> = Vec::new();
        for (n, (text, line)) in lines.into_iter().enumerate() {
            let place = Place::Line(u32::try_from(n + 1).unwrap_or(u32::MAX));
            match line {
                Line::Timed(at, "") if above => {
                    blocks.scan(at, "", place);
                    std::mem::take(&mut waiting).into_iter().for_each(|(words, place)| blocks.words(words, &place));
                }
                Line::Words(words) if above && (!waiting.is_empty() || blocks.is_scan(words)) => waiting.push((words, place)),
                Line::Timed(at, words) => blocks.scan(at, words, place),
                Line::Dated(words) => blocks.undated(words),
                Line::Words(words) => blocks.words(words, &place),
            }
            blocks.keep(text);
        }
        let traces = blocks.finish(self.number_in(path, waybills))?;
        let alone = traces.len() == 1;
        let (mut traces, records): (Vec<Trace>, Vec<(Place, String)>) =
            traces.into_iter().map(|(t, raw)| (t.place.clone(), t, raw)).map(|(p, t, r)| (t, (p, r))).unzip();
        if let ([only], true) = (traces.as_mut_slice(), alone) {
            only.place = Place::Whole;
        }
        Some(Read { traces, records: if alone { Records::Whole } else { Records::Json(records) }, broken: 0 })
    }

    /// Reads a table of unknown heads as copied traces; their rows are the table's. `None` when it is none.
    pub fn read_rows(&self, table: &Table, path: &str) -> Option<Vec<Trace>> {
        self.rows(table, path, None)
    }

    /// The same with the numbers and dates of [`read_pasted_of`](Self::read_pasted_of).
    pub fn read_rows_of(&self, table: &Table, path: &str, waybills: &Waybills) -> Option<Vec<Trace>> {
        self.rows(table, path, Some(waybills))
    }

    fn rows(&self, table: &Table, path: &str, waybills: Option<&Waybills>) -> Option<Vec<Trace>> {
        let rows = || (0..table.rows.len()).map(|row| (row, table.rows.get(row).map_or(0, |r| r.len as usize)));
        let every = rows().flat_map(|(row, cells)| (0..cells).flat_map(move |c| table.cell(row, c).lines()));
        let dates = Dates::of(every, waybills.is_some());
        let timed = |(row, cells): (usize, usize)| (0..cells).any(|c| table.cell(row, c).lines().any(|l| matches!(line(l, dates), Line::Timed(..))));
        if !rows().take(LOOK).any(timed) {
            return None;
        }
        let mut blocks = Blocks::new(self, waybills);
        for (row, cells) in rows() {
            let place = table.place(row);
            let cells: Vec<&str> = (0..cells).map(|c| table.cell(row, c)).filter(|c| !c.trim().is_empty()).collect();
            // a cell may hold a number, a time, the words of a scan, or a whole trace of several lines
            let mut time = None;
            let mut longest = "";
            for cell in &cells {
                for text in cell.lines() {
                    match line(text, dates) {
                        Line::Timed(at, "") => time = time.or(Some(at)),
                        Line::Timed(at, words) => blocks.scan(at, words, place.clone()),
                        Line::Dated(_) => {}
                        // a scan's words may name a number, too
                        Line::Words(words) if self.lone_number(words, waybills).is_some() && self.0.words.kind(words) == EventKind::Other => {
                            blocks.words(words, &place)
                        }
                        Line::Words(words) if words.chars().count() > longest.chars().count() => longest = words,
                        Line::Words(_) => {}
                    }
                }
            }
            match time {
                Some(at) => blocks.scan(at, longest, place),
                None if !cells.iter().any(|c| self.lone_number(c, waybills).is_some()) => blocks.words(longest, &place),
                None => {}
            }
        }
        let number = table.sheet.as_deref().and_then(|name| self.lone_number(name, waybills)).or_else(|| self.number_in(path, waybills));
        // rows may be sorted by time, so that those of one parcel stand apart
        let mut traces: Vec<Trace> = Vec::new();
        let mut known: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
        for (trace, _) in blocks.finish(number)? {
            match known.get(&trace.waybill).and_then(|at| traces.get_mut(*at)) {
                Some(first) => {
                    first.events.extend(trace.events);
                    first.skipped += trace.skipped;
                }
                None => {
                    known.insert(trace.waybill.clone(), traces.len());
                    traces.push(trace);
                }
            }
        }
        traces.iter_mut().for_each(|t| in_order(&mut t.events, None));
        Some(traces)
    }

    /// The only number in a line that may be a waybill's.
    fn lone_number(&self, text: &str, waybills: Option<&Waybills>) -> Option<String> {
        self.only_number(text, waybills).map(|n| clean_waybill(&n)).filter(|n| is_number(n))
    }
}

struct Blocks<'k> {
    known: &'k Knowledge,
    /// Waybills of the exports, where they are known by now.
    waybills: Option<&'k Waybills>,
    list: Vec<Block>,
    timed: usize,
    scans: usize,
    /// The last scan waits for its words on the next line.
    open: bool,
    /// The last scan has its words, and the next line may say where it was.
    place_next: bool,
}

impl<'k> Blocks<'k> {
    fn new(known: &'k Knowledge, waybills: Option<&'k Waybills>) -> Self {
        Blocks { known, waybills, list: vec![Block::default()], timed: 0, scans: 0, open: false, place_next: false }
    }

    fn scan(&mut self, at: Time, words: &str, place: Place) {
        let event = said(at, words.to_owned(), None, None, place.clone(), &self.known.0.words);
        self.timed += 1;
        (self.open, self.place_next) = (words.is_empty(), !words.is_empty());
        self.scans += usize::from(event.kind != EventKind::Other);
        let Some(block) = self.list.last_mut() else { return };
        if block.events.is_empty() && block.number.is_none() {
            block.place = place;
        }
        if block.events.len() < MAX_EVENTS { block.events.push(event) } else { block.skipped += 1 }
    }

    /// A scan that says only its day.
    fn undated(&mut self, words: &str) {
        (self.open, self.place_next) = (false, false);
        if self.known.0.words.kind(words) != EventKind::Other
            && let Some(block) = self.list.last_mut()
        {
            block.skipped += 1;
        }
    }

    fn words(&mut self, words: &str, place: &Place) {
        if words.is_empty() {
            return;
        }
        if self.open
            && let Some(event) = self.list.last_mut().and_then(|b| b.events.last_mut())
        {
            *event = said(event.at, words.to_owned(), None, None, event.place.clone(), &self.known.0.words);
            self.scans += usize::from(event.kind != EventKind::Other);
            (self.open, self.place_next) = (false, true);
            return;
        }
        if std::mem::take(&mut self.place_next)
            && is_site_abroad(words)
            && let Some(event) = self.list.last_mut().and_then(|b| b.events.last_mut())
        {
            event.location = Some(words.trim().to_owned());
            return;
        }
        let number = self.known.lone_number(words, self.waybills);
        let Some(block) = self.list.last_mut() else { return };
        let fresh = block.events.is_empty();
        if let Some(number) = number.filter(|n| block.number.as_ref() != Some(n)) {
            if fresh && block.number.is_none() {
                (block.number, block.place) = (Some(number), place.clone());
            } else {
                self.list.push(Block { number: Some(number), place: place.clone(), ..Block::default() });
            }
        }
        let Some(block) = self.list.last_mut() else { return };
        if block.events.is_empty() {
            block.carrier = self.known.0.carriers.by_words(words).map(str::to_owned).or(block.carrier.take());
            if words.contains("订单") {
                let id = alnum_runs(words).into_iter().map(|(_, run)| run).find(|r| r.len() >= ORDER_DIGITS && r.bytes().all(|b| b.is_ascii_digit()));
                block.order = id.map(OrderId::new).or(block.order.take());
            }
        }
    }

    fn is_scan(&self, words: &str) -> bool {
        self.known.0.words.kind(words) != EventKind::Other
    }

    /// Do the words of each scan stand above its time: nothing that reads like a scan behind the last time, but something before the first?
    fn words_stand_above(&self, lines: &[(&str, Line<'_>)]) -> bool {
        let bare = |l: &(&str, Line<'_>)| matches!(l.1, Line::Timed(_, ""));
        let (Some(first), Some(last)) = (lines.iter().position(bare), lines.iter().rposition(bare)) else { return false };
        let says = |part: Option<&[(&str, Line<'_>)]>| part.is_some_and(|p| p.iter().any(|(_, l)| matches!(l, Line::Words(w) if self.is_scan(w))));
        first < last && says(lines.get(..first)) && !says(lines.get(last + 1..))
    }

    fn keep(&mut self, line: &str) {
        if let Some(block) = self.list.last_mut() {
            block.raw.push(line.to_owned());
        }
    }

    fn finish(self, fallback: Option<String>) -> Option<Vec<(Trace, String)>> {
        // most timed lines must read like scans, and one must be of a parcel really moving: a chat or a diary has times, too
        let moves = |k: EventKind| !matches!(k, EventKind::Other | EventKind::Announced | EventKind::Postponed | EventKind::Exception);
        if self.timed == 0 || self.scans * 10 < self.timed * SCANS_OF_TEN || !self.list.iter().flat_map(|b| &b.events).any(|e| moves(e.kind)) {
            return None;
        }
        let mut numbers: Vec<&String> = self.list.iter().filter_map(|b| b.number.as_ref()).collect();
        numbers.sort();
        numbers.dedup();
        let only = match numbers.as_slice() {
            [] => fallback,
            [one] => Some((*one).clone()),
            _ => None,
        };
        let mut traces = Vec::new();
        for mut block in self.list {
            // a number that is named before and behind its scans, or a page's foot: no parcel of its own
            if block.events.is_empty() {
                continue;
            }
            let waybill = block.number.take().or_else(|| only.clone())?;
            in_order(&mut block.events, None);
            let chinese = block.events.iter().any(|e| !e.text.is_ascii());
            block.events.iter_mut().for_each(|e| e.zone_unknown = !chinese);
            let carrier = block.carrier.take();
            let trace = Trace {
                waybill,
                carrier,
                service: Trace::PASTED,
                order: block.order,
                events: block.events,
                skipped: block.skipped,
                place: block.place,
                ..Trace::default()
            };
            traces.push((trace, block.raw.join("\n")));
        }
        Some(traces)
    }
}

/// `DENVER, CO 80202` or `Denver, CO, United States`: a town, its state in two capitals, perhaps a ZIP code or the country. Pages of carriers abroad
/// set it under the words of a scan.
fn is_site_abroad(line: &str) -> bool {
    let mut parts = line.trim().split(',').map(str::trim);
    let (Some(town), Some(state)) = (parts.next(), parts.next()) else { return false };
    let name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\''));
    let (letters, zip) = state.split_once(' ').unwrap_or((state, ""));
    let zip = zip.trim().bytes().all(|b| b.is_ascii_digit() || b == b'-');
    name(town) && letters.len() == 2 && letters.bytes().all(|b| b.is_ascii_uppercase()) && zip && parts.next().is_none_or(name) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    #[test]
    fn sites_abroad_are_a_town_and_a_state() {
        for (line, expected) in [
            ("DENVER, CO 80202", true),
            ("Salt Lake City, UT, United States", true),
            ("ST. PAUL, MN 55101-1234", true),
            ("Delivered, Front Door", false),
            ("Arrived at Facility", false),
            ("In/At Mailbox, DENVER, CO", false),
            ("2026, CO", false),
        ] {
            assert_eq!(is_site_abroad(line), expected, "{line}");
        }
    }

    fn read(text: &str, path: &str) -> Option<Read> {
        Knowledge::load(&Profile::built_in()).unwrap().read_pasted(text, path)
    }

    /// Time, words and place of each scan.
    type Scans<'r> = Vec<(String, &'r str, String)>;

    fn told(read: &Read) -> Vec<(&str, Scans<'_>)> {
        let event = |e: &TraceEvent| (e.at.format("%m-%d %H:%M").to_string(), e.place.to_string());
        read.traces.iter().map(|t| (t.waybill.as_str(), t.events.iter().map(|e| (event(e).0, e.text.as_str(), event(e).1)).collect())).collect()
    }

    #[test]
    fn time_in_front_newest_first() {
        let text = "顺丰速运 运单号：SF1390012345671\n物流详情\n2026-04-04 10:20:00 星期六 【杭州市】已签收，签收人：本人\n• 2026-04-04 08:10 【杭州市】正在派件\n\n2026年4月2日 18:00 【义乌市】已揽收\n返回首页\n";
        let read = read(text, "a.txt").unwrap();
        assert_eq!(
            told(&read),
            [(
                "SF1390012345671",
                vec![
                    ("04-02 18:00".to_owned(), "【义乌市】已揽收", "line 6".to_owned()),
                    ("04-04 08:10".to_owned(), "【杭州市】正在派件", "line 4".to_owned()),
                    ("04-04 10:20".to_owned(), "【杭州市】已签收，签收人：本人", "line 3".to_owned()),
                ]
            )]
        );
        assert_eq!((read.traces[0].carrier.as_deref(), read.traces[0].service, &read.traces[0].place), (Some("shunfeng"), "pasted", &Place::Whole));
        assert!(matches!(read.records, Records::Whole));
    }

    #[test]
    fn time_behind_time_above_and_several_parcels() {
        let text = "圆通速递 YT7500012345672\n已揽收 2026-04-02 17:30:00\n【南京市】已签收（2026-04-03 15:12:00）\n中通 78600012345673\n2026-04-03 12:02:00\n【上海市】 已签收\n2026-04-02 19:11:00\n已揽收\n2026-04-05 回访，已签收\n";
        let read = read(text, "a.txt").unwrap();
        let told = told(&read);
        assert_eq!(
            told[0],
            (
                "YT7500012345672",
                vec![("04-02 17:30".to_owned(), "已揽收", "line 2".to_owned()), ("04-03 15:12".to_owned(), "【南京市】已签收", "line 3".to_owned())]
            )
        );
        assert_eq!(told[1].1[1], ("04-03 12:02".to_owned(), "【上海市】 已签收", "line 5".to_owned()));
        assert_eq!((read.traces[1].skipped, read.traces[1].carrier.as_deref()), (1, Some("zhongtong")));
        let Records::Json(records) = &read.records else { panic!("records") };
        assert_eq!((records[0].0.clone(), records[0].1.lines().count(), records[1].0.clone()), (Place::Line(1), 3, Place::Line(4)));
    }

    #[test]
    fn the_number_may_be_the_files_and_must_be_somewhere() {
        let text = "2026-04-04 10:20:00 已签收\n2026-04-02 18:00:00 已揽收\n";
        assert_eq!(read(text, "物流/SF1390012345671.txt").unwrap().traces[0].waybill, "SF1390012345671");
        assert!(read(text, "物流/轨迹.txt").is_none());
        // whose are the scans before the first of two numbers?
        assert!(read(&format!("{text}SF1390012345671\n{text}YT7500012345672\n{text}"), "a.txt").is_none());
    }

    #[test]
    fn chats_notices_and_diaries_are_no_traces() {
        for text in [
            "小雨 2026-04-04 10:20:00\n快递 SF1390012345671 到了吗\n客服 2026-04-04 10:21:00\n已签收了亲\n",
            "违规编号：WG1\n违规时间：2026-04-09 08:00:00\nSF1390012345671\n",
            "SF1390012345671\n2026-04-04 10:20:00 打电话给快递\n2026-04-04 11:20:00 客户说收到了\n",
            "2026-04-04 10:20:00\n",
            "",
        ] {
            assert!(read(text, "SF1390012345671.txt").is_none(), "{text}");
        }
    }

    #[test]
    fn any_text_ends() {
        for text in [
            "2026-04-04 10:20:00".repeat(5_000),
            "20".repeat(50_000),
            "2026-04-04 10:20:00 已揽收\n".repeat(3_000),
            "（2026-04-04 10:20:00）\n\u{3000}２０２６-04-04 10:20\n".to_owned(),
        ] {
            let _ = read(&text, "SF1390012345671.txt");
        }
        let many = read(&"2026-04-04 10:20:00 已揽收\n".repeat(3_000), "SF1390012345671.txt").unwrap();
        assert_eq!((many.traces[0].events.len(), many.traces[0].skipped), (1, 1_000));
    }
}
