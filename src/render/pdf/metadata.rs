//! Title, language and date, once in the Info dictionary and once as XMP. No program, user or machine is named.

use super::PdfJob;
use crate::model::Time;
use chrono::Offset as _;
use lopdf::{Dictionary, Object, Stream, StringFormat, dictionary};

/// A text string: as it is when ASCII, else UTF-16 with its mark (ISO 32000-1, 7.9.2.2).
pub fn text(words: &str) -> Object {
    if words.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return Object::String(words.as_bytes().to_vec(), StringFormat::Literal);
    }
    Object::String(utf16(words), StringFormat::Hexadecimal)
}

/// UTF-16, big end first, with its mark.
pub fn utf16(words: &str) -> Vec<u8> {
    [0xfe, 0xff].into_iter().chain(words.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

/// The Info dictionary.
pub fn info(job: &PdfJob<'_>) -> Dictionary {
    let mut info = dictionary! { "Title" => text(job.title) };
    if let Some(date) = job.date {
        let date = Object::String(pdf_date(date).into_bytes(), StringFormat::Literal);
        info.set("CreationDate", date.clone());
        info.set("ModDate", date);
    }
    info
}

/// `D:20260411080000+08'00'`.
fn pdf_date(date: Time) -> String {
    let minutes = date.offset().fix().local_minus_utc() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("D:{}{sign}{:02}'{:02}'", date.format("%Y%m%d%H%M%S"), minutes.abs() / 60, minutes.abs() % 60)
}

/// The XMP stream, readable in the file without a PDF reader.
pub fn xmp(job: &PdfJob<'_>) -> Stream {
    let title = escape(job.title);
    let lang = job.lang.tag();
    let dates = job.date.map_or_else(String::new, |date| {
        let date = date.format("%Y-%m-%dT%H:%M:%S%:z");
        format!("<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>")
    });
    let packet = format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n\
         <dc:format>application/pdf</dc:format>\n\
         <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>\n\
         <dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language>\n\
         {dates}</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>"
    );
    Stream::new(dictionary! { "Type" => "Metadata", "Subtype" => "XML" }, packet.into_bytes()).with_compression(false)
}

fn escape(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).collect::<String>().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
