//! OFD (GB/T 33190), the form of Chinese electronic invoices: the text of its pages, and the invoice's fields as the tax office's programs write them
//! beside the pages (`CustomData` in OFD.xml; an attached `original_invoice.xml`). Pages are not drawn.

use super::opc::{self, Package, Step, Unread};
use crate::model::Time;
use crate::text::{dates, numbers};
use rust_decimal::Decimal;

/// The part by which an OFD is known.
pub const MAIN_PART: &str = "OFD.xml";
/// Pages that are read; an invoice has one to ten.
const MAX_PAGES: usize = 500;

/// What an OFD says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ofd {
    /// Text of each page, one text object a line.
    pub pages: Vec<String>,
    /// The invoice's fields, when it is one.
    pub invoice: Option<OfdInvoice>,
    /// Its text went on.
    pub full: bool,
}

/// The fields of an invoice; what is not written is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OfdInvoice {
    /// 发票号码.
    pub number: Option<String>,
    /// 开票日期.
    pub at: Option<Time>,
    /// 价税合计 in yuan; the sum of 合计金额 and 合计税额 when only these are written.
    pub amount: Option<Decimal>,
    /// 销售方名称.
    pub seller: Option<String>,
    /// 购买方名称.
    pub buyer: Option<String>,
}

/// Reads an OFD: of the text of its pages at most `most` bytes.
///
/// # Errors
/// When its main part cannot be read.
pub fn read(package: &mut Package<'_>, most: usize) -> Result<Ofd, Unread> {
    let main = package.part(MAIN_PART)?;
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut open: Option<String> = None;
    opc::walk(&main, |step| {
        match step {
            Step::Open(name, attributes) if name == "CustomData" => {
                open = attributes.into_iter().find(|(key, _)| key == "Name").map(|(_, value)| value);
            }
            Step::Close(name) if name == "CustomData" => open = None,
            Step::Text(text) => {
                if let Some(name) = &open {
                    add(&mut fields, name, &text);
                }
            }
            Step::Open(..) | Step::Close(_) => {}
        }
        true
    })?;
    let names = package.names();
    let attached = names.iter().find(|n| n.rsplit('/').next() == Some("original_invoice.xml"));
    if let Some(xml) = attached.and_then(|name| package.part(name).ok()) {
        fields.extend(attachment(&xml));
    }
    let (pages, full) = pages(package, &names, most);
    Ok(Ofd { pages, invoice: invoice(&fields), full })
}

/// Adds a value; an entity in it (`&amp;`) comes as a piece of its own.
fn add(fields: &mut Vec<(String, String)>, name: &str, text: &str) {
    match fields.last_mut() {
        Some((last, value)) if last == name => value.push_str(text.trim_end()),
        _ if text.trim().is_empty() => {}
        _ => fields.push((name.to_owned(), text.trim().to_owned())),
    }
}

/// Elements of the attached invoice that say what `CustomData` says, under the same names.
fn attachment(xml: &str) -> Vec<(String, String)> {
    const NAMES: [(&str, &str); 6] = [
        ("InvoiceNo", "发票号码"),
        ("IssueDate", "开票日期"),
        ("TaxInclusiveTotalAmount", "价税合计"),
        ("TaxExclusiveTotalAmount", "合计金额"),
        ("TaxTotalAmount", "合计税额"),
        ("BuyerName", "购买方名称"),
    ];
    const SELLER: (&str, &str) = ("SellerName", "销售方名称");
    let mut fields = Vec::new();
    let mut open: Option<&'static str> = None;
    // what came before a mistake in the file is as good as ever
    let _ = opc::walk(xml, |step| {
        match step {
            Step::Open(name, _) => open = NAMES.iter().chain(std::iter::once(&SELLER)).find(|(tag, _)| *tag == name).map(|(_, field)| *field),
            Step::Close(_) => open = None,
            Step::Text(text) => {
                if let Some(field) = open {
                    add(&mut fields, field, &text);
                }
            }
        }
        true
    });
    fields
}

fn invoice(fields: &[(String, String)]) -> Option<OfdInvoice> {
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let amount = |name: &str| field(name).and_then(numbers::decimal);
    let found = OfdInvoice {
        number: field("发票号码").map(str::to_owned),
        at: field("开票日期").and_then(|d| dates::moment(d, false)).map(|m| m.at),
        amount: amount("价税合计").or_else(|| Some(amount("合计金额")? + amount("合计税额")?)),
        seller: field("销售方名称").map(str::to_owned),
        buyer: field("购买方名称").map(str::to_owned),
    };
    found.number.is_some().then_some(found)
}

/// The text of the pages, by the number in `Page_<n>`, and whether there is more; templates (`Tpls/`) hold only the printed form.
fn pages(package: &mut Package<'_>, names: &[String], most: usize) -> (Vec<String>, bool) {
    let number = |name: &str| -> Option<u32> {
        let (folder, file) = name.rsplit_once('/')?;
        let page = folder.rsplit('/').next()?.strip_prefix("Page_")?;
        (file == "Content.xml" && folder.contains("Pages/")).then(|| page.parse().ok()).flatten()
    };
    let mut found: Vec<(u32, &String)> = names.iter().filter_map(|n| Some((number(n)?, n))).collect();
    found.sort();
    let mut left = most;
    let more = found.len() > MAX_PAGES;
    let texts = found.into_iter().take(MAX_PAGES).map(|(_, name)| package.part(name).map(|xml| page_text(&xml, &mut left)).unwrap_or_default());
    let texts = texts.collect();
    (texts, more || left == 0)
}

fn page_text(xml: &str, left: &mut usize) -> String {
    let mut out = String::new();
    let mut inside = false;
    let _ = opc::walk(xml, |step| {
        match step {
            Step::Open(name, _) => inside = name == "TextCode",
            Step::Close(name) => {
                inside = false;
                if name == "TextObject" && !out.ends_with('\n') && !out.is_empty() {
                    out.push('\n');
                }
            }
            Step::Text(text) if inside => out.push_str(&text.replace(['\n', '\r'], " ")),
            Step::Text(_) => {}
        }
        out.len() < *left
    });
    *left = left.saturating_sub(out.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<ofd:Page xmlns:ofd=\"o\"><ofd:Content><ofd:Layer><ofd:TextObject ID=\"1\"><ofd:TextCode X=\"0\">名称：</ofd:TextCode></ofd:TextObject>\
                        <ofd:TextObject ID=\"2\"><ofd:TextCode>订单 28617340</ofd:TextCode><ofd:TextCode>95517302481</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>";

    #[test]
    fn reads_pages_and_the_invoices_fields() {
        let main = "<ofd:OFD xmlns:ofd=\"o\"><ofd:DocBody><ofd:DocInfo><ofd:CustomDatas><ofd:CustomData Name=\"发票号码\">26332000000012345678</ofd:CustomData>\
                    <ofd:CustomData Name=\"合计税额\">13.00</ofd:CustomData><ofd:CustomData Name=\"合计金额\">100.00</ofd:CustomData>\
                    <ofd:CustomData Name=\"开票日期\">2026年03月02日</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo></ofd:DocBody></ofd:OFD>";
        let attached = "<eInvoice xmlns:fp=\"f\"><fp:Buyer><fp:BuyerName>杭州示例商贸有限公司</fp:BuyerName></fp:Buyer><fp:Seller><fp:SellerName>义乌示例&amp;厂</fp:SellerName></fp:Seller></eInvoice>";
        let bytes = opc::packed(&[
            (MAIN_PART, main),
            ("Doc_0/Pages/Page_1/Content.xml", "<a/>"),
            ("Doc_0/Pages/Page_0/Content.xml", PAGE),
            ("Doc_0/Tpls/Tpl_0/Content.xml", PAGE),
            ("Doc_0/Attachs/original_invoice.xml", attached),
        ]);
        let read = read(&mut Package::open(&bytes, 1 << 20).unwrap(), 1 << 20).unwrap();
        assert!(!read.full);
        assert_eq!(read.pages, ["名称：\n订单 2861734095517302481\n", ""]);
        let invoice = read.invoice.unwrap();
        assert_eq!(invoice.number.as_deref(), Some("26332000000012345678"));
        assert_eq!(invoice.at.map(|t| t.to_rfc3339()).as_deref(), Some("2026-03-02T00:00:00+08:00"));
        assert_eq!(invoice.amount.map(|a| a.to_string()).as_deref(), Some("113.00"));
        assert_eq!((invoice.buyer.as_deref(), invoice.seller.as_deref()), (Some("杭州示例商贸有限公司"), Some("义乌示例&厂")));
    }

    #[test]
    fn without_a_number_it_is_no_invoice() {
        let bytes = opc::packed(&[(MAIN_PART, "<ofd:OFD xmlns:ofd=\"o\"/>")]);
        assert_eq!(read(&mut Package::open(&bytes, 1 << 20).unwrap(), 1 << 20).unwrap(), Ofd::default());
        assert!(read(&mut Package::open(&opc::packed(&[(MAIN_PART, "<a></b>")]), 1 << 20).unwrap(), 1 << 20).is_err());
    }
}
