//! A small hand-made case of three orders, and a way to run the binary with a clean environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The three flagged orders.
pub const ORDERS: [&str; 3] = ["2861734095517302481", "2861734095517302482", "2861734095517302483"];
/// Their waybills.
pub const WAYBILLS: [&str; 3] = ["SF1390012345671", "SF1390012345672", "SF1390012345673"];
/// Their buyers.
pub const NICKS: [&str; 3] = ["tb_alpha01", "tb_bravo02", "tb_charlie03"];
/// Case id that follows from platform and notice number.
pub const CASE_ID: &str = "taobao-WG2026040900000001";

/// The binary, with an environment that cannot leak in.
pub fn appealpack() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_appealpack"));
    command.env_clear().env("LANG", "zh_CN.UTF-8");
    // without the second no program starts on Windows
    for name in ["PATH", "SystemRoot"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command
}

/// Runs it and returns what came back.
pub fn run(args: &[&str]) -> Output {
    appealpack().args(args).output().expect("the binary starts")
}

/// stdout as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// stderr as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Asserts an exit status, showing all output when it differs.
#[track_caller]
pub fn exits(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "stdout:\n{}\nstderr:\n{}", stdout(output), stderr(output));
}

/// A folder for one test: `case/` filled by [`write_case`], and room for `out/`.
pub struct Work {
    dir: TempDir,
}

impl Work {
    /// With the three-order case.
    pub fn new() -> Work {
        let work = Work { dir: tempfile::tempdir().expect("a temporary folder") };
        write_case(&work.case(), "");
        work
    }

    /// With an empty case folder.
    pub fn empty() -> Work {
        let work = Work { dir: tempfile::tempdir().expect("a temporary folder") };
        fs::create_dir_all(work.case()).expect("case folder");
        work
    }

    /// With folders of tests/cases laid over each other.
    pub fn of(folders: &[&str]) -> Work {
        let work = Work::empty();
        for folder in folders {
            for (name, bytes) in tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder)) {
                let path = work.case().join(name);
                fs::create_dir_all(path.parent().expect("a parent")).expect("folder");
                fs::write(path, bytes).expect("file");
            }
        }
        work
    }

    /// The temporary folder itself.
    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    /// The case folder.
    pub fn case(&self) -> PathBuf {
        self.dir.path().join("case")
    }

    /// The output folder.
    pub fn out(&self) -> PathBuf {
        self.dir.path().join("out")
    }

    /// The case's result folder.
    pub fn result(&self) -> PathBuf {
        self.out().join(CASE_ID)
    }

    /// Adds lines to the case's case.toml.
    pub fn add(&self, text: &str) {
        let path = self.case().join("case.toml");
        let old = fs::read_to_string(&path).expect("case.toml");
        fs::write(path, format!("{old}\n{text}\n")).expect("case.toml");
    }

    /// `appealpack build CASE --out OUT` with more arguments.
    pub fn build(&self, more: &[&str]) -> Output {
        appealpack().arg("build").arg(self.case()).arg("--out").arg(self.out()).args(more).output().expect("the binary starts")
    }

    /// `appealpack check CASE --format json`, parsed.
    pub fn check(&self) -> serde_json::Value {
        let output = appealpack().arg("check").arg(self.case()).args(["--format", "json"]).output().expect("the binary starts");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}\n{}", stdout(&output), stderr(&output)))
    }
}

/// Changes words in a text file of the case, UTF-8 or GB18030, and keeps its encoding.
pub fn edit(work: &Work, path: &str, from: &str, to: &str) {
    let path = work.case().join(path);
    let bytes = fs::read(&path).expect("file");
    let text = String::from_utf8(bytes.clone()).map_err(|_| ()).unwrap_or_else(|()| encoding_rs::GB18030.decode(&bytes).0.into_owned());
    assert!(text.contains(from), "{from} in {text}");
    let changed = text.replace(from, to);
    let bytes = if std::str::from_utf8(&bytes).is_ok() { changed.into_bytes() } else { encoding_rs::GB18030.encode(&changed).0.into_owned() };
    fs::write(path, bytes).expect("written");
}

/// A finding's codes in a check result.
pub fn codes(check: &serde_json::Value) -> Vec<String> {
    check["findings"].as_array().into_iter().flatten().filter_map(|f| f["code"].as_str()).map(str::to_owned).collect()
}

/// Writes the case; `prefix` goes before file names, so that two cases can differ.
pub fn write_case(case: &Path, prefix: &str) {
    let put = |path: &str, bytes: &[u8]| {
        let path = case.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folder");
        fs::write(path, bytes).expect("file");
    };
    put(
        "case.toml",
        "[case]\nplatform = \"taobao\"\nas_of = \"2026-04-10T10:00:00+08:00\"\n\n[seller]\nshop = \"示例厨具店\"\ncompany = \"义乌示例厨具有限公司\"\n"
            .as_bytes(),
    );
    put(
        &format!("{prefix}通知.txt"),
        format!(
            "淘宝网违规通知\n违规编号：WG2026040900000001\n违规类型：虚假交易\n违规时间：2026-04-09 08:00:00\n处罚措施：搜索降权\n申诉截止时间：2026-04-12 23:59:59\n涉及订单（共3笔）：{}、{}，{}\n",
            ORDERS[0], ORDERS[1], ORDERS[2]
        )
        .as_bytes(),
    );
    let head = "订单编号,买家会员名,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,物流单号 ,物流公司,宝贝总数量,总金额,退款金额";
    let mut csv = format!("{head}\r\n");
    for day in 10..31 {
        csv.push_str(&format!("=\"28617340955170000{day}\",old_{day},59.00,交易成功,王某,浙江省 杭州市 西湖区 旧路{day}号(310000),'139000000{day},2026-03-{day} 12:00:00,2026-03-{day} 12:01:00,不锈钢平底锅,No:SF13900000000{day},顺丰速运,1,59.00,0.00\r\n"));
    }
    for i in 0..3 {
        csv.push_str(&format!(
            "=\"{}\",{},59.00,交易成功,李某{i},浙江省 杭州市 西湖区 文三路{i}号(310000),'1381234567{i},2026-04-01 20:0{i}:00,2026-04-01 20:0{i}:30,不锈钢平底锅,No:{},顺丰速运,1,59.00,0.00\r\n",
            ORDERS[i], NICKS[i], WAYBILLS[i]
        ));
    }
    let (bytes, _, _) = encoding_rs::GB18030.encode(&csv);
    put("导出/ExportOrderList202604091000.csv", &bytes);
    for (i, waybill) in WAYBILLS.iter().enumerate() {
        put(
            &format!("物流/{waybill}.json"),
            format!(
                r#"{{"message":"ok","nu":"{waybill}","ischeck":"1","com":"shunfeng","status":"200","state":"3","data":[
{{"time":"2026-04-04 10:2{i}:00","context":"[杭州市] 已签收,签收人:本人"}},
{{"time":"2026-04-03 08:20:00","context":"[杭州市] 快件到达 杭州转运中心"}},
{{"time":"2026-04-02 18:0{i}:00","context":"[义乌市] 顺丰速运 已收取快件"}}]}}"#
            )
            .as_bytes(),
        );
        put(&format!("聊天/{}/截图_{}.png", NICKS[i], ORDERS[i]), &picture(i as u8, false));
        put(&format!("底单/{waybill}.jpg"), &picture(i as u8 + 10, true));
    }
    put(
        "直播/直播间成交明细.csv",
        format!(
            "直播场次,开播时间,成交订单号,成交时间\n新品首发,2026-04-01 20:00:00,{}\t,2026-04-01 20:00:30\n新品首发,2026-04-01 20:00:00,{}\t,2026-04-01 20:01:30\n新品首发,2026-04-01 20:00:00,{}\t,2026-04-01 20:02:30\n",
            ORDERS[0], ORDERS[1], ORDERS[2]
        )
        .as_bytes(),
    );
}

/// A small picture that differs with `seed`.
pub fn picture(seed: u8, jpeg: bool) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(360, 640, |x, y| {
        let on = blot(x / 24, y / 32, seed).is_multiple_of(3);
        if on { image::Rgb([40, 90 + seed, 140]) } else { image::Rgb([236, 236, 236 - seed]) }
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    let format = if jpeg { image::ImageFormat::Jpeg } else { image::ImageFormat::Png };
    picture.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

/// A number for each cell of a picture, the same for no two seeds: what is drawn by it is neither another's shift nor its crop.
pub fn blot(x: u32, y: u32, seed: u8) -> u32 {
    let mixed = (x * 7919 + y * 104_729 + u32::from(seed) * 1_299_709).wrapping_mul(2_654_435_761);
    (mixed ^ mixed >> 15).wrapping_mul(2_246_822_519) >> 16
}

/// Every file below a folder with its bytes, sorted by path, which has `/` on every system.
pub fn tree(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.expect("readable");
        if entry.file_type().is_file() {
            let name: Vec<_> = entry.path().strip_prefix(folder).expect("inside").components().map(|c| c.as_os_str().to_string_lossy()).collect();
            let name = name.join("/");
            files.push((name, fs::read(entry.path()).expect("readable")));
        }
    }
    files.sort();
    files
}

/// Names and bytes of a zip's entries.
pub fn unzip(path: &Path) -> Vec<(String, Vec<u8>)> {
    use std::io::Read as _;
    let mut archive = zip::ZipArchive::new(fs::File::open(path).expect("zip")).expect("a zip");
    (0..archive.len())
        .map(|i| {
            let mut entry = archive.by_index(i).expect("entry");
            let name = entry.name().expect("name").into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("entry reads");
            (name, bytes)
        })
        .collect()
}
