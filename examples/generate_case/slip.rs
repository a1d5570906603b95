//! Photographs of waybill slips on a table, with the number as words and as Code 128, the recipient masked as couriers print it.

use super::canvas::{BLACK, Canvas, Colour, Pen, WHITE};
use super::people::{PLACES, PRODUCTS};
use super::rng::Rng;
use super::world::{Carrier, Order};

/// Bar and space widths of Code 128, value 0 to 105 and the stop (ISO/IEC 15417).
const CODE_128: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312", "231212", "112232", "122132", "122231",
    "113222", "123122", "123221", "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114", "122411", "142112", "142211",
    "241211", "221114", "413111", "241112", "134111", "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141", "114131", "311141", "411131", "211412", "211214",
    "211232", "2331112",
];

/// The values of a number in code set B.
fn code_128(text: &str) -> Vec<usize> {
    let mut values = vec![104];
    values.extend(text.bytes().map(|b| usize::from(b.saturating_sub(32))));
    let sum: usize = values.iter().enumerate().map(|(i, v)| i.max(1) * v).sum();
    values.push(sum % 103);
    values.push(106);
    values
}

/// Draws bars, `module` pixels a unit; gives the width.
fn bars(c: &mut Canvas, x: i64, y: i64, height: i64, module: i64, text: &str) -> i64 {
    let mut at = x;
    for value in code_128(text) {
        for (i, width) in CODE_128[value].bytes().enumerate() {
            let width = i64::from(width - b'0') * module;
            if i % 2 == 0 {
                c.rect(at, y, width, height, BLACK);
            }
            at += width;
        }
    }
    at - x
}

/// A name as labels print it.
fn masked(name: &str) -> String {
    let mut chars = name.chars();
    let first: String = chars.next().into_iter().collect();
    first + &"*".repeat(chars.count())
}

fn masked_phone(phone: &str) -> String {
    format!("{}****{}", &phone[..3], &phone[7..])
}

/// The slip itself, upright, 860 × 1160.
fn slip(pen: &mut Pen, order: &Order, rng: &mut Rng) -> Canvas {
    let mut c = Canvas::new(860, 1160, WHITE);
    let (province, city, district, _) = PLACES[order.place];
    let line = |c: &mut Canvas, y: i64| c.rect(20, y, 820, 3, BLACK);
    for (x, y, w, h) in [(20, 20, 820, 3), (20, 1137, 820, 3), (20, 20, 3, 1120), (837, 20, 3, 1120)] {
        c.rect(x, y, w, h, BLACK);
    }
    let (brand, product): (&str, &str) = match order.carrier {
        Carrier::Sf => ("顺丰速运", "顺丰标快"),
        Carrier::Yto => ("圆通速递", "标准快递"),
        Carrier::Zto => ("中通快递", "标准快件"),
    };
    c.text(pen, 44, 92, 52.0, true, BLACK, brand);
    c.text(pen, 300, 88, 30.0, false, BLACK, "电子存根");
    c.text(pen, 620, 92, 40.0, true, BLACK, product);
    line(&mut c, 124);
    // start, check and stop beside one symbol a character, eleven units each, two more in the stop
    let width = ((order.waybill.len() as i64 + 3) * 11 + 2) * 3;
    bars(&mut c, (860 - width) / 2, 150, 128, 3, &order.waybill);
    c.centred(pen, 430, 330, 42.0, true, BLACK, &spaced(&order.waybill));
    line(&mut c, 356);
    let zone = format!("{}{}-{:02}", &city[..3], rng.range(100, 999), rng.range(1, 60));
    c.text(pen, 44, 446, 72.0, true, BLACK, &zone);
    c.text(pen, 560, 436, 36.0, false, BLACK, order.picked.format("%m-%d %H:%M").to_string().as_str());
    line(&mut c, 478);
    stamp(&mut c, pen, 508, "收", BLACK);
    c.text(pen, 130, 546, 38.0, true, BLACK, &format!("{}  {}", masked(&order.recipient), masked_phone(&order.phone)));
    let road: String = order.street.chars().take_while(|c| !c.is_ascii_digit()).collect();
    c.text(pen, 130, 600, 34.0, false, BLACK, &format!("{}{city}{district}", if city.starts_with(province) { "" } else { province }));
    c.text(pen, 130, 648, 34.0, false, BLACK, &format!("{road}****"));
    line(&mut c, 676);
    stamp(&mut c, pen, 700, "寄", [90, 90, 96]);
    c.text(pen, 130, 738, 34.0, false, BLACK, "小禾  154****0618");
    c.text(pen, 130, 786, 30.0, false, BLACK, "浙江省金华市永康市东城街道样板路18号");
    line(&mut c, 812);
    let kilograms = format!("{}.{:02}", order.grams() / 1000, order.grams() % 1000 / 10);
    c.text(pen, 44, 876, 42.0, true, BLACK, &format!("计费重量 {kilograms} kg"));
    c.text(pen, 500, 874, 32.0, false, BLACK, "件数 1   付款 月结");
    c.text(pen, 44, 932, 30.0, false, BLACK, &format!("托寄物 {}", PRODUCTS[order.lines[0].0].short));
    c.text(pen, 500, 932, 30.0, false, BLACK, &order.picked.format("%Y-%m-%d").to_string());
    line(&mut c, 960);
    c.text(pen, 44, 1010, 28.0, false, BLACK, "订单号");
    c.text(pen, 150, 1010, 30.0, false, BLACK, &order.id);
    c.text(pen, 44, 1062, 26.0, false, [80, 80, 84], "收件人/代收人签署：");
    c.text(pen, 44, 1112, 24.0, false, [110, 110, 114], "已验视  已实名");
    bars(&mut c, 425, 1040, 60, 2, &order.waybill);
    c
}

fn stamp(c: &mut Canvas, pen: &mut Pen, y: i64, word: &str, colour: Colour) {
    c.disc(78, y + 28, 32, colour);
    c.centred(pen, 78, y + 42, 38.0, true, WHITE, word);
}

/// A number in groups, as labels print it.
fn spaced(number: &str) -> String {
    let mut out = String::new();
    for (i, c) in number.chars().rev().enumerate() {
        if i > 0 && i % 4 == 0 && c.is_ascii_digit() {
            out.insert(0, ' ');
        }
        out.insert(0, c);
    }
    out
}

/// A photograph of the slip, a little turned, on a table.
pub fn photo(pen: &mut Pen, order: &Order, rng: &mut Rng) -> Canvas {
    let paper = slip(pen, order, rng);
    let mut c = Canvas::new(960, 1280, WHITE);
    let wood: Colour = *rng.pick(&[[176, 140, 104], [150, 152, 156], [198, 178, 150]]);
    for y in 0..c.height {
        let vein = ((y / 16) * 37 % 11) as u8;
        c.rect(0, y, 960, 1, wood.map(|p| p.saturating_sub(vein + (y / 64) as u8)));
    }
    // a turn by less than two degrees is a shear both ways
    let lean = rng.range(-26, 27) as f32 / 1000.0;
    let weigh = |a: u8, b: u8, part: u32| u32::from(a) * (256 - part) + u32::from(b) * part;
    for y in 0..c.height {
        let (v, light) = ((y - 60) as f32, 252 - (y / 50) as u32);
        let left = (50.0 - v * lean).max(0.0);
        let across = ((left.ceil() - left) * 256.0) as u32;
        let row = c.row(y, left.ceil() as i64, left.ceil() as i64 + 859);
        for (i, pixel) in row.chunks_exact_mut(3).enumerate() {
            let from = v + i as f32 * lean;
            let upper = from.floor();
            if upper < 0.0 || upper as i64 + 1 >= paper.height {
                continue;
            }
            let down = ((from - upper) * 256.0) as u32;
            let at = (upper as usize * 860 + i) * 3;
            let (above, below) = (&paper.pixels[at..at + 6], &paper.pixels[at + 860 * 3..at + 860 * 3 + 6]);
            // most of it is plain paper
            if above == [255; 6] && below == [255; 6] {
                pixel.fill((255 * light / 256) as u8);
                continue;
            }
            for k in 0..3 {
                let mixed = weigh(above[k], above[k + 3], across) * (256 - down) + weigh(below[k], below[k + 3], across) * down;
                pixel[k] = ((mixed >> 16) * light / 256) as u8;
            }
        }
    }
    c
}
