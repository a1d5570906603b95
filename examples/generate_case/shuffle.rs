//! A heap instead of a tidy folder: every file lies flat, under a name that says nothing or that is its only key; decoys whose keys are one digit off
//! or one digit longer; files of orders that are not flagged. Beside the case lies the truth.

use super::canvas::Canvas;
use super::contract::pdf_of;
use super::people::{PLACES, SERVICE_NICK};
use super::rng::Rng;
use super::tables::{self, Failure};
use super::world::{Carrier, Cause, Options, Order, at, yuan};
use super::{encode, exports, listed, pretty, texts, traces, write};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Files of each flagged order.
const FILES: usize = 4;
/// PDFs in all: each carries a font.
const PDFS: usize = 40;

/// What a file is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    OrderId,
    Waybill,
    Nick,
    Phone,
    /// Full name, street and house.
    Recipient,
    /// Masked name and masked phone, as on a label.
    Masked,
    /// The amount with the second of payment.
    AmountTime,
}

const KEYS: [Key; 7] = [Key::OrderId, Key::Waybill, Key::Nick, Key::Phone, Key::Recipient, Key::Masked, Key::AmountTime];

impl Key {
    fn name(self) -> &'static str {
        match self {
            Key::OrderId => "order-id",
            Key::Waybill => "waybill",
            Key::Nick => "nick",
            Key::Phone => "phone",
            Key::Recipient => "recipient",
            Key::Masked => "masked name and phone",
            Key::AmountTime => "amount-time",
        }
    }

    /// As people write it.
    fn text(self, order: &Order) -> String {
        let (_, city, district, _) = PLACES[order.place];
        match self {
            Key::OrderId => order.id.clone(),
            Key::Waybill => order.waybill.clone(),
            Key::Nick => order.nick.clone(),
            Key::Phone => order.phone.clone(),
            Key::Recipient => format!("{} {city}{district}{}", order.recipient, order.street),
            Key::Masked => format!("{}** {}****{}", order.recipient.chars().next().unwrap_or('无'), &order.phone[..3], &order.phone[7..]),
            Key::AmountTime => format!("{} 收款 {}元", order.paid.format("%Y-%m-%d %H:%M:%S"), yuan(order.total())),
        }
    }

    /// Can it be a name on any file system.
    fn fits_a_name(self) -> bool {
        !matches!(self, Key::Masked | Key::AmountTime)
    }
}

/// Writes the case, and `OUT.truth.json`: of each file the flagged orders it belongs to (none for a decoy), its key and where that stands.
pub fn write_heap(options: &Options, orders: &[Order], out: &Path) -> Result<(), Failure> {
    let flagged = listed(orders, options.seed);
    write(out, "通知.txt", texts::notice(&flagged, None, flagged.len()).as_bytes())?;
    write(out, "导出1.csv", &exports::order_list(orders, &[], &[]))?;
    write(out, "导出2.csv", &exports::detail_list(orders, &[]))?;
    write(out, "case.toml", texts::case_file(options, &flagged, &[]).as_bytes())?;
    let mut heap = Heap { out, orders, rng: Rng::named(options.seed, "heap"), serial: 0, pdfs: 0, truth: Vec::new() };
    heap.tables(&flagged)?;
    let strangers = heap.strangers(&flagged);
    for (i, order) in flagged.iter().enumerate() {
        for n in 0..FILES {
            let key = KEYS[(i + n * 2) % KEYS.len()];
            // a label that two orders of the shop could have names neither
            let key = if key == Key::Masked && !heap.is_only(key, order) { Key::Phone } else { key };
            heap.file(order, key, Some(order), false, options.seed)?;
        }
        if i % 4 == 0 {
            let key = KEYS[i / 4 % KEYS.len()];
            let decoy = heap.off(order, key);
            heap.file(&decoy, key, None, true, options.seed)?;
        }
        if let Some(stranger) = strangers.get(i / 5).filter(|_| i % 5 == 1) {
            heap.file(stranger, KEYS[i / 5 % KEYS.len()], None, false, options.seed)?;
        }
    }
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".truth.json");
    let text = serde_json::to_string_pretty(&json!({ "files": heap.truth }))? + "\n";
    Ok(std::fs::write(out.with_file_name(name), text)?)
}

struct Heap<'a> {
    out: &'a Path,
    orders: &'a [Order],
    rng: Rng,
    serial: usize,
    pdfs: usize,
    truth: Vec<Value>,
}

impl Heap<'_> {
    fn tell(&mut self, path: &str, orders: &[&Order], key: &str, place: &str, decoy: bool) {
        let ids: BTreeSet<&str> = orders.iter().filter(|o| o.flagged).map(|o| o.id.as_str()).collect();
        self.truth.push(json!({ "file": path, "orders": ids, "key": key, "place": place, "decoy": decoy }));
    }

    /// Tables that speak of many orders at once.
    fn tables(&mut self, flagged: &[&Order]) -> Result<(), Failure> {
        let april = |carrier: Carrier| move |o: &&&Order| o.carrier == carrier && o.picked >= at(4, 1, 0, 0);
        let pick = |test: &dyn Fn(&&&Order) -> bool| flagged.iter().filter(|o| test(o)).copied().collect::<Vec<_>>();
        let all: [(&str, Vec<u8>, Vec<&Order>, &str); 4] = [
            ("表1.xlsx", tables::sf_bill(self.orders)?, pick(&april(Carrier::Sf)), "waybill"),
            ("表2.csv", tables::yto_bill(self.orders), pick(&april(Carrier::Yto)), "waybill"),
            ("表3.xlsx", tables::stock_out(self.orders, None)?, pick(&|o| o.picked >= at(4, 1, 0, 0)), "order-id"),
            ("表4.csv", tables::live_orders(self.orders), pick(&|o| o.cause == Cause::Live), "order-id"),
        ];
        for (path, bytes, orders, key) in all {
            write(self.out, path, &bytes)?;
            self.tell(path, &orders, key, "table", false);
        }
        Ok(())
    }

    /// Orders that are not flagged, of buyers who have no flagged one.
    fn strangers(&self, flagged: &[&Order]) -> Vec<Order> {
        let nicks: BTreeSet<&str> = flagged.iter().map(|o| o.nick.as_str()).collect();
        self.orders.iter().filter(|o| !o.flagged && !nicks.contains(o.nick.as_str())).cloned().collect()
    }

    /// Has no other order of the shop this key.
    fn is_only(&self, key: Key, order: &Order) -> bool {
        let text = key.text(order);
        !self.orders.iter().any(|o| o.id != order.id && key.text(o) == text)
    }

    /// The order with this key one digit off, one digit longer or shorter, so that no order of the shop has it.
    fn off(&mut self, order: &Order, key: Key) -> Order {
        loop {
            let mut decoy = order.clone();
            let rng = &mut self.rng;
            match key {
                Key::OrderId => decoy.id = wrong(&order.id, rng),
                Key::Waybill => decoy.waybill = wrong(&order.waybill, rng),
                Key::Nick => decoy.nick = format!("{}{}", order.nick, rng.digits(1)),
                Key::Phone => decoy.phone = wrong(&order.phone, rng),
                Key::Masked => decoy.phone = changed(&order.phone, 7, rng),
                Key::Recipient => decoy.street = changed(&order.street, 0, rng),
                Key::AmountTime => decoy.paid += chrono::Duration::days(rng.range(20, 40)),
            }
            let text = key.text(&decoy);
            if !self.orders.iter().any(|o| key.text(o) == text) {
                return decoy;
            }
        }
    }

    /// One file that knows `order` by `key` alone; it belongs to `owner`.
    fn file(&mut self, order: &Order, key: Key, owner: Option<&Order>, decoy: bool, seed: u64) -> Result<(), Failure> {
        self.serial += 1;
        let text = key.text(order);
        let by_name = key.fits_a_name() && self.rng.chance(50);
        let form = self.rng.range(0, 6);
        let (name, place) = if by_name { (self.named(&text), "name") } else { (self.nameless(), "content") };
        let inside = if by_name { String::new() } else { text.clone() };
        let stem = format!("材料/{name}");
        let owners: Vec<&Order> = owner.into_iter().collect();
        let (path, bytes) = match form {
            0 | 1 => (format!("{stem}.png"), with_comment(&encode::png(&self.speckles(), form == 1, &[]), &inside)),
            2 => (format!("{stem}.jpg"), with_description(&encode::jpeg(&self.speckles(), 40, None)?, &inside)),
            3 if self.pdfs < PDFS => {
                self.pdfs += 1;
                let lines = vec!["情况说明".to_owned(), format!("第{}份", self.serial), inside];
                (format!("{stem}.pdf"), pdf_of(&[lines])?)
            }
            4 if key == Key::Waybill && !by_name => (format!("{stem}.json"), pretty(&traces::kuaidi100(order, seed))?),
            5 if key == Key::Nick && !by_name => (format!("{stem}.txt"), self.chat(order).into_bytes()),
            _ => (format!("{stem}.txt"), self.note(&inside, key).into_bytes()),
        };
        write(self.out, &path, &bytes)?;
        self.tell(&path, &owners, key.name(), place, decoy);
        Ok(())
    }

    fn named(&mut self, key: &str) -> String {
        let n = self.serial;
        match self.rng.range(0, 4) {
            0 => format!("{key}_{n}"),
            1 => format!("截图 {key} ({n})"),
            2 => format!("{n}、{key}、签收"),
            _ => format!("{key}#{n}"),
        }
    }

    /// Names as phones, scanners and chat programs give them.
    fn nameless(&mut self) -> String {
        let n = self.serial;
        let (day, hour, minute, second) = (self.rng.range(1, 10), self.rng.range(0, 24), self.rng.range(0, 60), self.rng.range(0, 60));
        match self.rng.range(0, 5) {
            0 => format!("IMG_{}", 1000 + n),
            1 => format!("mmexport17757{:08}", n * 7919 % 100_000_000),
            2 => format!("微信图片_2026040{day}{hour:02}{minute:02}{second:02}{:03}_{n}", n % 1000),
            3 => format!("新建文件 ({n})"),
            _ => format!("扫描件{n:04}"),
        }
    }

    fn speckles(&mut self) -> Canvas {
        let (width, height) = (36, 64);
        let pixels = (0..width * height * 3).map(|i| if i % 97 == 0 { self.rng.bits() as u8 } else { 236 }).collect();
        Canvas { width, height, pixels }
    }

    fn note(&mut self, key: &str, sort: Key) -> String {
        let n = self.serial;
        let before = match sort {
            Key::Nick => "买家：",
            Key::Recipient | Key::Masked => "收件人 ",
            _ => "",
        };
        match self.rng.range(0, 3) {
            0 => format!("记录{n}\r\n{before}{key}\r\n已核对\r\n"),
            1 => format!("{before}{key}，第{n}件，当面点清\r\n"),
            _ => format!("备忘{n}：已联系\r\n\r\n{before}{key} \r\n"),
        }
    }

    fn chat(&mut self, order: &Order) -> String {
        let (nick, n) = (&order.nick, self.serial);
        let time = |m: i64| (order.created + chrono::Duration::minutes(m)).format("%Y-%-m-%-d %-H:%M:%S").to_string();
        let (ask, answer) = (time(self.rng.range(-30, -5)), time(-4));
        format!("{nick} {ask}\r\n这个锅第一次用要开锅吗\r\n{SERVICE_NICK} {answer}\r\n要的亲，随箱有说明，第{n}页\r\n{nick} {}\r\n好的谢谢\r\n", time(-2))
    }
}

/// One digit changed, or one more at an end, or the last gone.
fn wrong(key: &str, rng: &mut Rng) -> String {
    match rng.range(0, 4) {
        0 => format!("{key}{}", rng.digits(1)),
        1 if key.starts_with(|c: char| c.is_ascii_digit()) => format!("{}{key}", rng.digits(1)),
        2 => key[..key.len() - 1].to_owned(),
        _ => changed(key, 0, rng),
    }
}

/// Another digit at one place behind `from` (in bytes).
fn changed(key: &str, from: usize, rng: &mut Rng) -> String {
    let digits: Vec<usize> = key.char_indices().filter(|(i, c)| *i >= from && c.is_ascii_digit()).map(|(i, _)| i).collect();
    let at = *rng.pick(&digits);
    let old = i64::from(key.as_bytes()[at] - b'0');
    format!("{}{}{}", &key[..at], (old + rng.range(1, 10)) % 10, &key[at + 1..])
}

/// A PNG with an international text behind its head; an empty one is left out.
fn with_comment(png: &[u8], comment: &str) -> Vec<u8> {
    let mut out = png[..33].to_vec();
    if !comment.is_empty() {
        let body = [b"iTXtComment\0\0\0\0\0".as_slice(), comment.as_bytes()].concat();
        out.extend_from_slice(&(body.len() as u32 - 4).to_be_bytes());
        out.extend_from_slice(&body);
        out.extend_from_slice(&crc32fast::hash(&body).to_be_bytes());
    }
    out.extend_from_slice(&png[33..]);
    out
}

/// A JPEG with an EXIF ImageDescription in UTF-8, as phones write it.
fn with_description(jpeg: &[u8], description: &str) -> Vec<u8> {
    if description.is_empty() {
        return jpeg.to_vec();
    }
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x0e\0\x02".to_vec();
    // one entry, then the text; up to four bytes stand in the entry itself, and no key is that short
    exif.extend_from_slice(&(description.len() as u32 + 1).to_be_bytes());
    exif.extend_from_slice(&26_u32.to_be_bytes());
    exif.extend_from_slice(&[0; 4]);
    exif.extend_from_slice(description.as_bytes());
    exif.push(0);
    let mut out = jpeg[..2].to_vec();
    out.extend_from_slice(&[0xff, 0xe1]);
    out.extend_from_slice(&(exif.len() as u16 + 2).to_be_bytes());
    out.extend_from_slice(&exif);
    out.extend_from_slice(&jpeg[2..]);
    out
}
