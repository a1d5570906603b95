//! The checks: `audit` of a long export on one core against merely splitting the same file with the csv crate, and the assessing of generated cases of one
//! and of two sizes. A report, never a test.
//!
//! `cargo bench --bench rules` · smaller: `cargo bench --bench rules -- --rows 20000 --orders 500 --runs 1`

#[expect(dead_code, reason = "the bench needs one of the generator's stories")]
#[path = "../../examples/generate_case/mod.rs"]
mod generate_case;
#[path = "../report/mod.rs"]
mod report;
#[expect(dead_code, reason = "the other bench's commands")]
#[path = "../build/run.rs"]
mod run;

use appealpack::assess;
use appealpack::context::PixelChecks;
use appealpack::finding::Findings;
use appealpack::pipeline;
use generate_case::{Options, Scenario, generate};
use report::{Failure, best, context, quickest, say};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};

const HEAD: &str = "订单编号,买家会员名,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,物流单号 ,物流公司,宝贝总数量,退款金额,商家编码";

/// A year of a shop with `rows` orders: nicks and streets that begin alike, a number reused now and then, a rush, repeat buyers.
fn year(rows: usize) -> String {
    let mut text = format!("{HEAD}\r\n");
    for n in 0..rows {
        let minute = n * 525_600 / rows.max(1);
        let (month, day) = (minute / 43_800 % 12 + 1, minute / 1_440 % 28 + 1);
        let at = format!("2025-{month:02}-{day:02} {:02}:{:02}", minute / 60 % 24, minute % 60);
        let buyer = if n % 9 == 0 { n / 90 } else { n };
        let waybill = if n % 1_000 == 0 { 7 } else { n };
        let pieces = if n % 2_500 == 0 { 60 } else { 1 };
        let _ = write!(
            text,
            "=\"28617{:014}\",tb_buyer{buyer},59.00,交易成功,张小凡,浙江省 杭州市 西湖区 文三路{buyer}号(310012),'138{:08},{at}:00,{at}:30,\
             手工竹编收纳篮,No:YT75{waybill:011},圆通速递,{pieces},0.00,LAN-{}\r\n",
            n * 7_919,
            buyer % 100_000_000,
            n % 40
        );
    }
    text
}

/// Our own program on one core, where the system can pin it.
fn pinned() -> (Command, &'static str) {
    let program = env!("CARGO_BIN_EXE_appealpack");
    if Command::new("taskset").args(["-c", "0", "true"]).status().is_ok_and(|s| s.success()) {
        let mut command = Command::new("taskset");
        command.args(["-c", "0", program]);
        (command, "one core")
    } else {
        (Command::new(program), "all cores: no taskset here")
    }
}

fn audit(rows: usize, runs: usize, folder: &Path) -> Result<(), Failure> {
    let case = folder.join("shop");
    std::fs::create_dir_all(&case)?;
    let path = case.join("ExportOrderList202601010900.csv");
    std::fs::write(&path, year(rows))?;
    let raw = best(runs, || {
        let bytes = std::fs::read(&path)?;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
        let mut record = csv::ByteRecord::new();
        let mut cells = 0_usize;
        while reader.read_byte_record(&mut record)? {
            cells += record.len();
        }
        black_box(cells);
        Ok(())
    })?;
    let mut peak = None;
    let mut cores = "";
    let mut whole = || {
        quickest(runs, || {
            let (mut command, on) = pinned();
            cores = on;
            let once = run::watch(command.arg("audit").arg(&case).args(["--format", "json", "--quiet"]), &[0, 3])?;
            peak = once.peak_mib.or(peak);
            Ok(once.seconds)
        })
    };
    let alone = whole()?;
    // another file has to be matched, for which all keys are gathered
    std::fs::write(case.join("备注.txt"), "周一盘点，周二发顺丰 SF1390000012345\n")?;
    let beside = whole()?;
    let megabytes = std::fs::metadata(&path)?.len() as f64 / 1e6;
    say(&format!("audit of {rows} orders, {megabytes:.0} MB, {cores}, best of {runs}"));
    say(&format!("  csv crate alone, records and fields      {raw:8.3} s"));
    say(&format!("  appealpack audit, whole process          {alone:8.3} s   {:.0} times (to hold: 5 s for 100,000 orders)", alone / raw));
    say(&format!("  the same with a note beside the export   {beside:8.3} s"));
    if let Some(mib) = peak {
        say(&format!("  greatest memory                          {mib:8.0} MiB"));
    }
    Ok(())
}

/// Seconds of the assessing alone, of a case that was read and matched.
fn assessing(orders: usize, runs: usize, folder: &Path) -> Result<f64, Failure> {
    let case = folder.join(format!("case-{orders}"));
    let options = Options { orders, screens: 0, screen_kb: 1, seed: 7, flaws: false, shuffle: false, scenario: Scenario::Live, format: None };
    generate(&options, &case)?;
    let checked = pipeline::check(&case, &context(1, PixelChecks::Off)?)?;
    let seconds = best(runs, || {
        black_box(assess::assess(&checked.case, &checked.matching, checked.pixels.as_ref(), &checked.ctx, &mut Findings::default())?);
        Ok(())
    })?;
    say(&format!("  assessing {orders:>6} orders, one thread         {seconds:8.3} s"));
    Ok(seconds)
}

fn measure(rows: usize, orders: usize, runs: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    if rows > 0 {
        audit(rows, runs, folder.path())?;
    }
    if orders > 0 {
        say("assessing generated cases without screenshots (to hold: 1 s for 2,000 orders; twice the orders, about twice the time)");
        let single = assessing(orders, runs, folder.path())?;
        let double = assessing(orders * 2, runs, folder.path())?;
        say(&format!("  twice the orders take                    {:8.2} times", double / single));
    }
    Ok(())
}

fn main() -> ExitCode {
    let (mut rows, mut orders, mut runs) = (100_000, 2_000, 3);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let value = match arg.as_str() {
            "--rows" => &mut rows,
            "--orders" => &mut orders,
            "--runs" => &mut runs,
            // cargo adds --bench
            _ => continue,
        };
        *value = args.next().and_then(|v| v.parse().ok()).unwrap_or(*value);
    }
    match measure(rows, orders, runs) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            say(&format!("failed: {e}"));
            ExitCode::FAILURE
        }
    }
}
