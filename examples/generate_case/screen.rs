//! Screenshots of the phone chat: status bar, title with the buyer's nick, bubbles, the order's card, photographs, the input bar.

use super::canvas::{BLACK, Canvas, GREY, Pen, WHITE};
use super::dialogue::{BUBBLE, Body, CARD_HEIGHT, GAP, LINE, Message, PAD, TEXT_SIZE};
use super::people::PRODUCTS;
use super::rng::Rng;
use super::world::{Order, yuan};
use std::ops::Range;

pub const WIDTH: i64 = 1080;
pub const HEIGHT: i64 = 2340;
/// Above the first message: status bar, title bar, a day line.
pub const TOP: i64 = 330;
/// Under the last: the input bar.
pub const BOTTOM: i64 = 190;

const GROUND: [u8; 3] = [240, 241, 245];
const MINE: [u8; 3] = [190, 220, 255];
const TINTS: [[u8; 3]; 7] = [[238, 140, 110], [104, 160, 220], [130, 180, 120], [220, 170, 80], [160, 130, 200], [90, 170, 170], [210, 120, 160]];

/// Photographs of a screen: how tall, and how grainy.
#[derive(Debug, Clone, Copy)]
pub struct Photos {
    pub height: i64,
    pub grain: i64,
}

/// Draws one; also gives the rows that hold photographs.
pub fn draw(pen: &mut Pen, order: &Order, messages: &[Message], height: i64, photos: Photos, rng: &mut Rng) -> (Canvas, Vec<Range<i64>>) {
    let mut c = Canvas::new(WIDTH, height, GROUND);
    let mut grainy = Vec::new();
    // a buyer has one face on all of his screens
    let tint = *Rng::named(0, &order.nick).pick(&TINTS);
    head(&mut c, pen, order, messages, rng);
    let mut y = TOP;
    for message in messages {
        let side = if message.from_buyer { 36 } else { WIDTH - 36 - 96 };
        let face = if message.from_buyer { tint } else { [236, 108, 60] };
        c.round_rect(side, y, 96, 96, 16, face);
        let sign: String = if message.from_buyer { order.nick.chars().take(1).collect() } else { "示".into() };
        c.centred(pen, side + 48, y + 64, 46.0, true, WHITE, &sign);
        y += match &message.body {
            Body::Text(text) => bubble(&mut c, pen, message.from_buyer, y, text),
            Body::Photo => {
                let width = photos.height * 4 / 3;
                let x = if message.from_buyer { 160 } else { WIDTH - 160 - width };
                // the same photograph on two screens has the same grain
                let mut own = Rng::named(message.at.and_utc().timestamp() as u64, "photo");
                c.photo(&mut own, x, y, width, photos.height, PRODUCTS[order.lines[0].0].colour, photos.grain);
                grainy.push(y..y + photos.height);
                photos.height
            }
            Body::Card => card(&mut c, pen, order, y),
        } + GAP;
    }
    foot(&mut c, pen, height);
    (c, grainy)
}

fn head(c: &mut Canvas, pen: &mut Pen, order: &Order, messages: &[Message], rng: &mut Rng) {
    c.rect(0, 0, WIDTH, 228, WHITE);
    let shown = messages.last().map(|m| m.at).unwrap_or(order.created) + chrono::Duration::minutes(rng.range(1, 240));
    c.text(pen, 60, 66, 40.0, true, BLACK, &shown.format("%H:%M").to_string());
    for bar in 0..4 {
        c.rect(WIDTH - 260 + bar * 14, 60 - 8 * (bar + 1), 9, 8 * (bar + 1), BLACK);
    }
    c.text(pen, WIDTH - 196, 62, 32.0, true, BLACK, "5G");
    let charge = rng.range(23, 98);
    c.round_rect(WIDTH - 134, 32, 72, 32, 8, GREY);
    c.round_rect(WIDTH - 131, 35, 66, 26, 6, WHITE);
    c.round_rect(WIDTH - 129, 37, 62 * charge / 100, 22, 5, BLACK);
    c.rect(WIDTH - 60, 42, 5, 12, GREY);
    c.text(pen, 44, 176, 64.0, false, BLACK, "‹");
    c.centred(pen, WIDTH / 2, 168, 48.0, true, BLACK, &order.nick);
    c.centred(pen, WIDTH / 2, 212, 28.0, false, GREY, "来自 淘宝买家");
    for dot in 0..3 {
        c.disc(WIDTH - 100 + dot * 20, 156, 5, BLACK);
    }
    c.rect(0, 228, WIDTH, 2, [222, 224, 228]);
    if let Some(first) = messages.first() {
        let day = first.at.format("%-m月%-d日 %H:%M").to_string();
        c.centred(pen, WIDTH / 2, 290, 32.0, false, GREY, &day);
    }
}

fn bubble(c: &mut Canvas, pen: &mut Pen, from_buyer: bool, y: i64, text: &str) -> i64 {
    let lines = pen.wrap(text, TEXT_SIZE, false, BUBBLE);
    let width = lines.iter().map(|l| pen.measure(l, TEXT_SIZE, false)).max().unwrap_or(0) + 2 * PAD;
    let height = lines.len() as i64 * LINE + 2 * PAD;
    let x = if from_buyer { 160 } else { WIDTH - 160 - width };
    c.round_rect(x, y, width, height, 22, if from_buyer { WHITE } else { MINE });
    for (i, line) in lines.iter().enumerate() {
        c.text(pen, x + PAD, y + PAD + i as i64 * LINE + 46, TEXT_SIZE, false, BLACK, line);
    }
    height
}

fn card(c: &mut Canvas, pen: &mut Pen, order: &Order, y: i64) -> i64 {
    let (x, width) = (WIDTH - 160 - 740, 740);
    let article = &PRODUCTS[order.lines[0].0];
    c.round_rect(x, y, width, CARD_HEIGHT, 22, WHITE);
    c.photo(&mut Rng::named(0, article.title), x + 28, y + 82, 180, 180, article.colour, 0);
    c.text(pen, x + 28, y + 56, 32.0, false, GREY, &format!("订单号 {}", order.id));
    for (i, line) in pen.wrap(article.title, 36.0, false, width - 260).iter().take(2).enumerate() {
        c.text(pen, x + 232, y + 122 + i as i64 * 50, 36.0, false, BLACK, line);
    }
    c.text(pen, x + 232, y + 236, 40.0, true, [230, 70, 40], &format!("¥{}", yuan(order.total())));
    let pieces = format!("共{}件", order.pieces());
    c.text(pen, x + width - 130, y + 236, 32.0, false, GREY, &pieces);
    CARD_HEIGHT
}

fn foot(c: &mut Canvas, pen: &mut Pen, height: i64) {
    let y = height - 150;
    c.rect(0, y, WIDTH, 150, [248, 249, 251]);
    c.rect(0, y, WIDTH, 2, [222, 224, 228]);
    c.round_rect(120, y + 26, 730, 76, 20, WHITE);
    c.text(pen, 148, y + 76, 36.0, false, [190, 192, 198], "请输入消息");
    for (x, sign) in [(60, "语"), (910, "表"), (1010, "＋")] {
        c.disc(x, y + 64, 32, [226, 228, 233]);
        c.centred(pen, x, y + 76, 34.0, false, [90, 92, 100], sign);
    }
    c.round_rect(WIDTH / 2 - 190, height - 24, 380, 10, 5, BLACK);
}
