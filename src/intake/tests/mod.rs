//! Whole folders in, whole intakes out. Fixtures are typed from the facts; all persons, shops and numbers are invented.

mod folder;
mod layouts;
mod roundtrip;
mod tables;

use super::*;
use crate::context::Quiet;
use crate::model::Lang;
use crate::model::Moment;
use crate::model::ids::OrderId;
use crate::model::order::Order;
use crate::model::settings::{Assign, Columns, IgnoreRule};
use crate::profile::{Profile, lang};
use crate::text::dates;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

fn context(threads: usize) -> Context {
    Context {
        wall: time("2026-04-10 09:00:00").at,
        fixed_now: None,
        lang: Lang::En,
        strict: false,
        pool: Arc::new(rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()),
        progress: Arc::new(Quiet),
        cancel: Arc::new(AtomicBool::new(false)),
        profile: Arc::new(Profile::built_in()),
        results: None,
        system_fonts: false,
        printed_to: Vec::new(),
        pixels: crate::context::PixelChecks::On { kept_in: None },
    }
}

fn time(text: &str) -> Moment {
    dates::moment(text, false).unwrap()
}

struct Folder {
    dir: tempfile::TempDir,
    settings: CaseSettings,
}

impl Folder {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = Folder { dir: tempfile::tempdir().unwrap(), settings: CaseSettings::default() };
        for (path, bytes) in files {
            folder.put(path, bytes);
        }
        folder
    }

    fn put(&self, path: &str, bytes: &[u8]) -> PathBuf {
        let full = self.dir.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(&full, bytes).unwrap();
        full
    }

    fn read(&self) -> (Intake, Findings) {
        let mut findings = Findings::default();
        let intake = read(self.dir.path(), &self.settings, None, &context(2), &mut findings).unwrap();
        (intake, findings)
    }

    fn refused(&self) -> String {
        let e = read(self.dir.path(), &self.settings, None, &context(1), &mut Findings::default()).unwrap_err();
        format!("{} / {}", e.message(Lang::En), e.next_step(Lang::En))
    }

    /// The orders of these listed ids.
    fn orders(&self, listed: &[&str]) -> (orders::Selected, Findings) {
        let (intake, mut findings) = self.read();
        let listed: Vec<OrderId> = listed.iter().map(|id| OrderId::new(*id)).collect();
        let selected = orders::select(&intake, &listed, &context(1), &mut findings);
        (selected, findings)
    }
}

fn entry<'a>(intake: &'a Intake, path: &str) -> &'a FileEntry {
    intake.files.iter().find(|f| f.path == path).unwrap_or_else(|| panic!("no {path} in {:?}", paths(intake)))
}

fn content<'a>(intake: &'a Intake, path: &str) -> &'a Content {
    &intake.contents[entry(intake, path).id.index()].content
}

fn paths(intake: &Intake) -> Vec<&str> {
    intake.files.iter().map(|f| f.path.as_str()).collect()
}

fn codes(findings: &Findings) -> Vec<&'static str> {
    findings.all().iter().map(|f| f.code.as_str()).collect()
}

fn gb18030(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

/// The 46 columns of facts 1.1, `␠` typed as the blank that is really there.
const LIST_46: &str = "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,买家实际支付金额,买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址 ,运送方式,联系电话 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,订单关闭原因,卖家服务费,买家服务费,发票抬头,是否手机订单,分阶段订单信息,特权订金订单id,是否上传合同照片,是否上传小票,是否代付,定金排名,修改后的sku,修改后的收货地址,异常信息,天猫卡券抵扣,集分宝抵扣,是否是O2O交易,退款金额,预约门店";

fn row_46(id: &str, nick: &str, note: &str, changed_address: &str, stages: &str) -> String {
    format!(
        "=\"{id}\",{nick},=\"\",118.00,0.00,0,118.00,0,118.00,0,卖家已发货，等待买家确认,\"{note}\",张小凡,浙江省 杭州市 西湖区 文三路1号(310012),快递,'0571-88880001,'13800000001,2026-04-01 20:04:11,2026-04-01 20:05:02,手工竹编收纳篮 大号,1,No:YT8800000000011,圆通速递,'已加赠卡片,2,0,竹里手作,订单未关闭,0,0,=\"\",手机订单,{stages},,否,否,否,,,{changed_address},,0.00,0.00,,0.00,"
    )
}

fn list_46() -> String {
    [
        LIST_46.to_owned(),
        row_46("3512345678901234561", "\"小鱼,同学\"", "请发\"\"顺丰\"\"\n谢谢", "", ""),
        row_46("3512345678901234572", "山风😀", "", "上海 上海市 静安区 南京西路2号(200040)", "阶段1：已付定金 10.00"),
    ]
    .join("\r\n")
}
