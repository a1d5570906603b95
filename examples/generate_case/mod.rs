//! Makes a case folder of any size: exports, traces, chats, pictures, tables, in the real layouts and under names as people have them.
//!
//! Everything is invented. It shares no code with the library, only the font files, so that it tests the readers and not itself.
//! The same options give the same bytes, on any machine and any number of threads.

mod canvas;
mod contract;
mod dialogue;
mod encode;
mod exports;
mod flaws;
mod people;
mod promo;
mod rng;
mod screen;
mod shuffle;
mod slip;
mod tables;
mod texts;
mod traces;
mod world;

use canvas::{Canvas, Pen};
use flaws::Flaws;
use rng::Rng;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use tables::Failure;
use texts::Assignment;
use world::{Carrier, Cause, Order};
pub use world::{Format, Options, Scenario};

/// A picture still to be drawn.
enum Job<'a> {
    Screens(&'a Order, usize),
    Slip(&'a Order, usize),
    Promotion,
    Warehouse,
}

/// Writes the case into `out`, which must not hold one yet.
pub fn generate(options: &Options, out: &Path) -> Result<(), Failure> {
    let mut orders = world::orders(options);
    if options.shuffle {
        return shuffle::write_heap(options, &orders, out);
    }
    let ids: Vec<String> = listed(&orders, options.seed).iter().map(|o| o.id.clone()).collect();
    let mut flaws = if options.flaws { flaws::plan(&mut orders, &ids, options.seed) } else { Flaws::default() };
    if options.flaws {
        flaws::by_place(&mut orders, &ids, &mut flaws);
    }
    let orders = orders;
    let flagged: Vec<&Order> = listed(&orders, options.seed);
    let mut assigned = Vec::new();
    let promoted: Vec<&Order> = flagged.iter().copied().filter(|o| o.cause == Cause::Promotion).collect();

    let put = |path: &str, bytes: &[u8]| write(out, path, bytes);
    put("淘宝违规通知.txt", texts::notice(&flagged, flaws.listed_twice.as_deref(), flagged.len() + flaws.miscounted).as_bytes())?;
    put("ExportOrderList202604100930.csv", &exports::order_list(&orders, &flaws.not_exported, &flaws.damaged))?;
    put("ExportOrderDetailList202604100931.csv", &exports::detail_list(&orders, &flaws.not_exported))?;
    put("对账单/顺丰月结账单202604.xlsx", &tables::sf_bill(&orders)?)?;
    put("对账单/圆通对账单4月.csv", &tables::yto_bill(&orders))?;
    let unweighed = flagged.iter().find(|o| o.carrier == Carrier::Zto).map(|o| o.waybill.as_str());
    put("对账单/中通永康网点揽收明细.xlsx", &tables::zto_sheet(&orders, unweighed)?)?;
    put("仓库/出库明细0401-0409.xlsx", &tables::stock_out(&orders, flaws.wrong_stock.as_deref())?)?;
    put("仓库/3月末盘点.csv", &tables::stock_count(options.flaws))?;
    if options.scenario == Scenario::Live {
        put("直播/直播订单明细_20260402.csv", &tables::live_orders(&orders))?;
    }
    put("活动/厨房焕新季活动订单.csv", &tables::promotion_orders(&orders))?;
    put("直播/店铺流量日报0330-0405.csv", &tables::traffic(&orders))?;
    put("合同发票/样板金属购销合同2026.pdf", &contract::pdf()?)?;
    assigned.push(Assignment { file: "样板金属购销合同2026.pdf".into(), orders: None, kind: "contract" });
    put("合同发票/进项发票清单.csv", &tables::invoices(&orders, options.flaws))?;
    assigned.push(Assignment { file: "进项发票清单.csv".into(), orders: None, kind: "invoice" });
    if !promoted.is_empty() {
        let ids = promoted.iter().map(|o| o.id.clone()).collect();
        assigned.push(Assignment { file: PROMOTION.into(), orders: Some(ids), kind: "promotion" });
    }
    write_traces(options, &orders, &flagged, &flaws, out)?;
    put("备忘.txt", texts::NOTE.as_bytes())?;
    put("对账单/~$顺丰月结账单202604.xlsx", &[0; 165])?;
    put("旺旺聊天/Thumbs.db", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])?;

    let mut jobs = vec![Job::Warehouse];
    if !promoted.is_empty() {
        jobs.push(Job::Promotion);
    }
    for (i, &order) in flagged.iter().enumerate() {
        jobs.push(Job::Screens(order, i));
        if let Some(path) = slip_path(order, i).filter(|_| !flaws.without_slip.contains(&order.id)) {
            if path.contains("IMG_") {
                assigned.push(Assignment { file: path, orders: Some(vec![order.id.clone()]), kind: "waybill" });
            }
            jobs.push(Job::Slip(order, i));
        }
    }
    put("case.toml", texts::case_file(options, &flagged, &assigned).as_bytes())?;
    draw_all(options, &jobs, &promoted, flaws.harmful_chat.as_deref(), out)?;
    if options.flaws {
        spoil(options, &flagged, &mut flaws, out)?;
        flaws.write(out)?;
    }
    Ok(())
}

/// Flaws of finished files: a picture of one buyer among another's, one cut off, one empty; and where the harmful words ended up.
fn spoil(options: &Options, flagged: &[&Order], flaws: &mut Flaws, out: &Path) -> Result<(), Failure> {
    let first_screen = |id: &str| {
        let (i, order) = flagged.iter().enumerate().find(|(_, o)| o.id == id).filter(|_| options.screens > 0)?;
        Some(screen_path(order, i, 0, screen_format(options, i, 0)))
    };
    write(out, flaws::EMPTY, &[])?;
    if let Some((from, to)) = flaws.picture_twice.clone()
        && let (Some(from_path), Some(to_path)) = (first_screen(&from), first_screen(&to))
    {
        std::fs::copy(out.join(&from_path), out.join(&to_path))?;
        if to_path < from_path && options.screens > 1 && options.screen_kb > 0 {
            // the stranger's screen stands first and does not go on in the next; the other way round it is the copy and not looked at. Grey blocks have
            // no talk that could break off.
            flaws.plant("chat-gap", Some(&to), Some(&to_path));
        }
        let (first, second) = if from_path < to_path { (from_path, to_path) } else { (to_path, from_path) };
        flaws.plant("picture-reused", None, Some(&first));
        flaws.plant("picture-reused", None, Some(&second));
        flaws.plant("file-duplicate", None, Some(&second));
    }
    for (i, order) in flagged.iter().enumerate().filter(|(_, o)| flaws.not_exported.contains(&o.id) || flaws.damaged.contains(&o.id)) {
        let screens = (0..options.screens).map(|s| screen_path(order, i, s, screen_format(options, i, s)));
        let traces = ["顺丰", "圆通"].map(|carrier| format!("物流/{carrier}/{}.json", order.waybill));
        flaws.orphans.extend(screens.chain(traces).chain(slip_path(order, i)).chain(chat_path(order, i)));
    }
    if let Some(path) = flaws.cut_picture.as_deref().and_then(first_screen) {
        let mut bytes = std::fs::read(out.join(&path))?;
        bytes.truncate(bytes.len() * 3 / 5);
        write(out, &path, &bytes)?;
        flaws.plant("picture-broken", None, Some(&path));
    }
    if let Some((i, order)) = flagged.iter().enumerate().find(|(_, o)| flaws.harmful_chat.as_deref() == Some(o.id.as_str())) {
        let path = chat_path(order, i).unwrap_or_else(|| spare_chat_path(order));
        flaws.plant("content-harmful", None, Some(&path));
    }
    Ok(())
}

/// Below this a screenshot of full text would be too heavy.
const SMALL_KB: usize = 85;

const PROMOTION: &str = "活动/QQ截图20260409173012.png";

/// Flagged orders in the order of the notice, which is not that of time.
fn listed(orders: &[Order], seed: u64) -> Vec<&Order> {
    let mut flagged: Vec<&Order> = orders.iter().filter(|o| o.flagged).collect();
    Rng::named(seed, "notice").shuffle(&mut flagged);
    flagged
}

fn write(out: &Path, path: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path: PathBuf = out.join(path);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, bytes)?)
}

fn pretty(value: &Value) -> Result<Vec<u8>, Failure> {
    Ok(serde_json::to_vec_pretty(value)?)
}

/// One file a parcel for two couriers; the third gave one array, with parcels of other buyers among them.
fn write_traces(options: &Options, orders: &[Order], flagged: &[&Order], flaws: &Flaws, out: &Path) -> Result<(), Failure> {
    for (i, order) in flagged.iter().enumerate().filter(|(_, o)| !flaws.without_trace.contains(&o.id)) {
        match order.carrier {
            Carrier::Sf => write(out, &format!("物流/顺丰/{}.json", order.waybill), &pretty(&traces::kuaidi100(order, options.seed))?)?,
            Carrier::Yto => write(out, &format!("物流/圆通/{}.json", order.waybill), &pretty(&traces::kdniao(order, options.seed, i % 2 == 1))?)?,
            Carrier::Zto => {}
        }
    }
    let arrived = |o: &&Order| o.flagged || (o.picked > world::at(3, 30, 0, 0) && o.delivered < world::at(4, 8, 0, 0));
    let list: Vec<Value> = orders
        .iter()
        .filter(|o| o.carrier == Carrier::Zto && !flaws.without_trace.contains(&o.id))
        .filter(arrived)
        .map(|o| traces::kuaidi100(o, options.seed))
        .collect();
    write(out, "物流/中通轨迹导出.json", &pretty(&Value::Array(list))?)
}

/// Where the photograph of a slip lies. Two of them still have the camera's name, so that a hand must assign them.
fn slip_path(order: &Order, i: usize) -> Option<String> {
    match order.carrier {
        Carrier::Sf if i % 11 == 2 => Some(format!("顺丰底单/IMG_{}.jpg", 2034 + i)),
        Carrier::Sf => Some(format!("顺丰底单/{}.jpg", order.waybill)),
        Carrier::Yto if i.is_multiple_of(2) => Some(format!("圆通底单/圆通{}.jpg", order.waybill)),
        Carrier::Yto | Carrier::Zto => None,
    }
}

/// Where a screenshot lies: by the buyer's nick, by the order, or as a chat app saved it.
fn screen_path(order: &Order, i: usize, s: usize, format: Format) -> String {
    let (hour, minute, second) = (19 + i / 30 % 4, (i * 2 + s / 30) % 60, (i * 7 + s * 13) % 60);
    let ending = if format == Format::Jpeg { "jpg" } else { "png" };
    match (i % 3, format) {
        (0, Format::Jpeg) => format!("旺旺聊天/{}/mmexport17757{:05}{:03}.jpg", order.nick, i * 61 + s, s * 37 % 1000),
        (0, _) => format!("旺旺聊天/{}/微信截图_20260409{hour:02}{minute:02}{second:02}.png", order.nick),
        (1, Format::Jpeg) => format!("订单{}/聊天/IMG_{}.jpg", order.id, 1700 + i * 4 + s),
        (1, _) => format!("订单{}/聊天/Screenshot_2026-04-09-{hour:02}-{minute:02}-{second:02}.png", order.id),
        _ => format!("聊天截图/{}_{}.{ending}", order.nick, s + 1),
    }
}

/// How the pictures get their weight.
struct Weight {
    photos: usize,
    look: screen::Photos,
    quality: u8,
}

/// What text alone weighs differs by format; the rest is photographs with grain, which cost so much a pixel (both measured).
fn weight(kb: usize, format: Format) -> Weight {
    let jpeg = format == Format::Jpeg;
    let (text, grain, bytes_a_pixel) = match format {
        Format::Jpeg => (110, 48, 0.52),
        Format::Png => (115, 2, 1.5),
        Format::Rgba => (125, 2, 1.7),
    };
    let rest = kb.saturating_sub(text);
    if rest < 10 {
        let quality = if jpeg { (kb as i64 * 36 / 95).clamp(20, 80) as u8 } else { 80 };
        return Weight { photos: 0, look: screen::Photos { height: 390, grain: 0 }, quality };
    }
    let photos = if rest > 250 { 2 } else { 1 };
    let pixels = rest as f64 * 1024.0 / bytes_a_pixel / photos as f64;
    let height = ((pixels * 0.75).sqrt() as i64).clamp(150, 570);
    Weight { photos, look: screen::Photos { height, grain }, quality: 80 }
}

fn draw_all(options: &Options, jobs: &[Job<'_>], promoted: &[&Order], harmful: Option<&str>, out: &Path) -> Result<(), Failure> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| -> Result<(), Failure> {
                    let mut pen = Pen::new(if options.screen_kb < SMALL_KB { 5 } else { 15 })?;
                    while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        draw(options, job, promoted, harmful, &mut pen, out)?;
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|w| w.join().map_err(|_| "a drawing thread stopped")?)
    })
}

fn draw(options: &Options, job: &Job<'_>, promoted: &[&Order], harmful: Option<&str>, pen: &mut Pen, out: &Path) -> Result<(), Failure> {
    match *job {
        Job::Warehouse => {
            let picture = promo::warehouse(&mut Rng::named(options.seed, "warehouse"));
            let exif = encode::Exif { orientation: 1, taken: "2026:04:08 16:20:11" };
            write(out, "仓库/IMG_1987.jpg", &encode::jpeg(&picture, 30, Some(&exif))?)
        }
        Job::Promotion => write(out, PROMOTION, &encode::png(&promo::promotion(pen, promoted), false, &[])),
        Job::Slip(order, i) if options.screen_kb == 0 => {
            let picture = blocks(&mut Rng::named(options.seed, &format!("slip {}", order.id)));
            write(out, &slip_path(order, i).unwrap_or_default(), &encode::jpeg(&picture, 46, None)?)
        }
        Job::Slip(order, i) => {
            let mut rng = Rng::named(options.seed, &format!("slip {}", order.id));
            let picture = slip::photo(pen, order, &mut rng);
            let taken = (order.picked + chrono::Duration::minutes(9)).format("%Y:%m:%d %H:%M:%S").to_string();
            let turned = i % 4 == 2;
            let picture = if turned { encode::turned_left(&picture) } else { picture };
            let exif = encode::Exif { orientation: if turned { 6 } else { 1 }, taken: &taken };
            let path = slip_path(order, i).unwrap_or_default();
            write(out, &path, &encode::jpeg(&picture, 24, Some(&exif))?)
        }
        Job::Screens(order, i) => draw_screens(options, order, i, harmful == Some(order.id.as_str()), pen, out),
    }
}

/// A picture of grey blocks that no other is like, of no phone's shape: for cases in which only the number of pictures matters.
fn blocks(rng: &mut Rng) -> Canvas {
    const SIDE: i64 = 60;
    let mut canvas = Canvas::new(960, 1200, [230, 230, 230]);
    for y in 0..canvas.height / SIDE {
        for x in 0..canvas.width / SIDE {
            let grey = rng.range(60, 250) as u8;
            canvas.rect(x * SIDE, y * SIDE, SIDE - 4, SIDE - 4, [grey, grey, grey]);
        }
    }
    canvas
}

/// A third each.
fn screen_format(options: &Options, i: usize, s: usize) -> Format {
    if options.screen_kb == 0 {
        return Format::Png;
    }
    options.format.unwrap_or([Format::Jpeg, Format::Png, Format::Rgba][(i * options.screens + s + i / 3) % 3])
}

/// Where the copied text of a chat lies, for the buyers whose chat was copied.
fn chat_path(order: &Order, i: usize) -> Option<String> {
    match i % 6 {
        0 => Some(format!("旺旺聊天/{}/聊天记录.txt", order.nick)),
        4 => Some(format!("旺旺聊天/导出/{}.txt", order.nick)),
        _ => None,
    }
}

fn spare_chat_path(order: &Order) -> String {
    format!("旺旺聊天/导出/{}.txt", order.nick)
}

fn draw_screens(options: &Options, order: &Order, i: usize, harmful: bool, pen: &mut Pen, out: &Path) -> Result<(), Failure> {
    let format = |s: usize| screen_format(options, i, s);
    let tall = |s: usize| if (i + s * 5) % 13 == 4 { 5200 } else { screen::HEIGHT };
    // small pictures hold fewer words, and the first of them stood on the one before
    let part = if (1..SMALL_KB).contains(&options.screen_kb) { options.screen_kb as i64 * 6 / 7 } else { 100 };
    let weights: Vec<Weight> = (0..options.screens).map(|s| weight(options.screen_kb, format(s))).collect();
    let rooms: Vec<dialogue::Room> = weights
        .iter()
        .enumerate()
        .map(|(s, w)| {
            let height = (tall(s) - screen::TOP - screen::BOTTOM) * part / 100;
            dialogue::Room { height, photo: w.look.height, photos: w.photos }
        })
        .collect();
    let chat = dialogue::screens(order, options, &rooms);
    for (s, messages) in chat.iter().enumerate() {
        let mut rng = Rng::named(options.seed, &format!("screen {} {s}", order.id));
        if options.screen_kb == 0 {
            write(out, &screen_path(order, i, s, Format::Png), &encode::png(&blocks(&mut rng), false, &[]))?;
            continue;
        }
        // a long screenshot ends where the talk ends
        let talk: i64 = messages.iter().map(|m| dialogue::height(&m.body, weights[s].look.height)).sum();
        let height = if tall(s) == screen::HEIGHT { screen::HEIGHT } else { (talk + screen::TOP + screen::BOTTOM).max(screen::HEIGHT) };
        let (picture, grainy) = screen::draw(pen, order, messages, height, weights[s].look, &mut rng);
        let bytes = match format(s) {
            Format::Jpeg => encode::jpeg(&picture, weights[s].quality, None)?,
            Format::Png => encode::png(&picture, false, &grainy),
            Format::Rgba => encode::png(&picture, true, &grainy),
        };
        write(out, &screen_path(order, i, s, format(s)), &bytes)?;
    }
    let path = chat_path(order, i).or_else(|| harmful.then(|| spare_chat_path(order)));
    let Some(path) = path else { return Ok(()) };
    let text = texts::chat(order, &chat, harmful.then_some(flaws::HARMFUL));
    if text.is_empty() {
        // nothing but photographs was sent
        return Ok(());
    }
    // what the client's export button writes is in the system's own encoding
    let bytes = if path.contains("导出") { exports::gb18030(&text) } else { text.into_bytes() };
    write(out, &path, &bytes)
}
