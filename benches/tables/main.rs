//! How fast a long order export is read, against the csv crate alone on the same file in the same run (what `xsv` and `qsv` are made of). A report, never
//! a test.
//!
//! `cargo bench --bench tables` · smaller: `cargo bench --bench tables -- --rows 10000 --runs 1`

#[path = "../report/mod.rs"]
mod report;
#[expect(dead_code, reason = "the other bench's commands")]
#[path = "../build/run.rs"]
mod run;

use appealpack::context::PixelChecks;
use appealpack::finding::Findings;
use appealpack::intake::{self, orders};
use appealpack::model::ids::OrderId;
use appealpack::model::settings::CaseSettings;
use report::{Failure, best, context, say};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;

/// The heads of the 46-column ExportOrderList (facts 1.1).
const HEAD: &str = "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,买家实际支付金额,买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址 ,运送方式,联系电话 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,订单关闭原因,卖家服务费,买家服务费,发票抬头,是否手机订单,分阶段订单信息,特权订金订单id,是否上传合同照片,是否上传小票,是否代付,定金排名,修改后的sku,修改后的收货地址,异常信息,天猫卡券抵扣,集分宝抵扣,是否是O2O交易,退款金额,预约门店";

/// A list of `rows` orders, every twentieth with a quoted nick, every fiftieth with a note of two lines.
fn list(rows: usize) -> String {
    let mut text = format!("{HEAD}\r\n");
    for n in 0..rows {
        let nick = if n % 20 == 0 { format!("\"小鱼{n},同学\"") } else { format!("tb_buyer{n}") };
        let note = if n % 50 == 0 { "\"请发\"\"顺丰\"\"\n谢谢\"" } else { "" };
        let (minute, second) = (n / 60 % 60, n % 60);
        let day = n / 3600 % 28 + 1;
        let _ = write!(
            text,
            "=\"35{:017}\",{nick},a***@example.com,59.00,0.00,0,59.00,0,59.00,0,交易成功,{note},张小凡,浙江省 杭州市 西湖区 文三路{n}号(310012),快递,,'138{:08},\
             2026-03-{day:02} 20:{minute:02}:{second:02},2026-03-{day:02} 20:{minute:02}:{second:02},手工竹编收纳篮 大号,1,No:YT75{:011},圆通速递,,1,0,竹里手作,\
             订单未关闭,0,0,=\"\",手机订单,,,否,否,否,,,,,0.00,0.00,,0.00,\r\n",
            n * 7919 % 100_000_000,
            n % 100_000_000,
            n
        );
    }
    text
}

fn measure(rows: usize, runs: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let case = folder.path().join("case");
    std::fs::create_dir_all(&case)?;
    let path = case.join("ExportOrderList202604091000.csv");
    std::fs::write(&path, list(rows))?;
    let bytes = std::fs::metadata(&path)?.len() as f64;
    let speed = |seconds: f64| bytes / 1e6 / seconds;
    say(&format!("{rows} orders of 46 columns, {:.1} MB, one thread, best of {runs}", bytes / 1e6));

    let ctx = context(1, PixelChecks::Off)?;
    let raw = best(runs, || raw_csv(&path))?;
    let hash = best(runs, || {
        black_box(appealpack::digest::of_reader(std::fs::File::open(&path)?)?);
        Ok(())
    })?;
    let read = best(runs, || {
        black_box(intake::read(&case, &CaseSettings::default(), None, &ctx, &mut Findings::default())?);
        Ok(())
    })?;
    let taken = intake::read(&case, &CaseSettings::default(), None, &ctx, &mut Findings::default())?;
    let made = best(runs, || {
        let found = orders::select(&taken, &[OrderId::new("3500000000000007919")], &ctx, &mut Findings::default());
        if found.export.len() != rows { Err(format!("{} orders of {rows}", found.export.len()).into()) } else { Ok(()) }
    })?;
    drop(taken);
    let line = |name: &str, seconds: f64, more: &str| say(&format!("  {name:<44}{:>8.0} MB/s{more}", speed(seconds)));
    line("csv crate alone, records and fields", raw, "");
    line("SHA-256 and CRC-32 alone", hash, "");
    line("intake: read, hash, recognise, rows", read, &format!("   {:.2} of the csv crate", raw / read));
    let table = (read - hash).max(1e-9);
    line("  of it the table, without hashing", table, &format!("   {:.2} of the csv crate (to hold: 150 MB/s)", raw / table));
    line("orders made of the rows", made, "");

    std::fs::write(case.join("case.toml"), "[case]\nplatform = \"taobao\"\n\n[notice]\norders = [\"3500000000000007919\"]\n")?;
    let mut seconds = f64::MAX;
    let mut peak: Option<f64> = None;
    for _ in 0..runs.max(1) {
        let once = run::check(&case)?;
        seconds = seconds.min(once.seconds);
        peak = once.peak_mib.or(peak);
    }
    let peak = peak.map_or("memory not measured on this system".to_owned(), |mib| {
        format!("{mib:.0} MiB at most, {:.2} of the file (to hold: 3)", mib * 1024.0 * 1024.0 / bytes)
    });
    line("appealpack check, whole process", seconds, &format!("   {peak}"));
    Ok(())
}

fn raw_csv(path: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(path)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
    let mut record = csv::ByteRecord::new();
    let mut cells = 0_usize;
    while reader.read_byte_record(&mut record)? {
        cells += record.len();
    }
    black_box(cells);
    Ok(())
}

fn main() -> ExitCode {
    let (mut rows, mut runs) = (100_000, 3);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let value = |args: &mut dyn Iterator<Item = String>| args.next().and_then(|v| v.parse().ok());
        match (arg.as_str(), &mut rows, &mut runs) {
            ("--rows", rows, _) => *rows = value(&mut args).unwrap_or(*rows),
            ("--runs", _, runs) => *runs = value(&mut args).unwrap_or(*runs),
            // cargo adds --bench
            _ => {}
        }
    }
    match measure(rows, runs) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&format!("failed: {why}"));
            ExitCode::FAILURE
        }
    }
}
