//! Mail as text: .eml of any mail program, .mht and .mhtml of browsers (a web page wrapped as mail). Sender, subject and date come first, then what the
//! reader sees, then the names of what is attached. Attachments are named, not opened: they belong into the folder as files of their own.

use super::html;
use mail_parser::{Address, Message, MessageParser, MimeHeaders as _, PartType};

/// Mails inside mails that are read.
const MAX_DEPTH: usize = 3;
/// Attachments that are named.
const MAX_NAMED: usize = 200;

/// Do the first bytes look like the head of a mail? Head lines only, one that only mail programs write among them.
pub fn is_mail(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let (mut lines, mut known, mut telling) = (0, 0, false);
    for line in head.split(|b| *b == b'\n').take(200) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        // a long head line goes on in the next one
        if line.first().is_some_and(|b| matches!(b, b' ' | b'\t')) && lines > 0 {
            continue;
        }
        let Some(colon) = line.iter().position(|b| *b == b':') else { return false };
        let name = line.get(..colon).unwrap_or_default().to_ascii_lowercase();
        if name.is_empty() || !name.iter().all(|b| b.is_ascii_graphic()) {
            return false;
        }
        lines += 1;
        known += usize::from(matches!(name.as_slice(), b"from" | b"to" | b"subject" | b"date" | b"content-type"));
        telling |= matches!(name.as_slice(), b"mime-version" | b"message-id" | b"received" | b"return-path" | b"delivered-to");
        if known >= 2 && telling {
            return true;
        }
    }
    known >= 2 && telling
}

/// The mail as text, and whether it went on beyond `most` bytes. `None` when the bytes are no mail.
pub fn text(bytes: &[u8], most: usize) -> Option<(String, bool)> {
    let message = MessageParser::default().parse(bytes)?;
    let mut out = String::new();
    write(&message, &mut out, most, 0);
    let full = out.len() > most;
    if full {
        let end = (0..=most).rev().find(|i| out.is_char_boundary(*i)).unwrap_or(0);
        out.truncate(end);
    }
    Some((out, full))
}

fn write(message: &Message<'_>, out: &mut String, most: usize, depth: usize) {
    let mut head = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.trim().is_empty()) {
            out.push_str(&format!("{name}: {}\n", value.replace(['\r', '\n'], " ")));
        }
    };
    head("Subject", message.subject().map(str::to_owned));
    head("From", message.from().map(people));
    head("To", message.to().map(people));
    // as our own readers of dates know it
    head("Date", message.date().map(|d| d.to_rfc3339()));
    let attached = message.attachments().filter_map(|part| part.attachment_name()).take(MAX_NAMED);
    attached.for_each(|name| head("Attachment", Some(name.to_owned())));
    out.push('\n');
    for part in message.text_bodies() {
        match &part.body {
            PartType::Text(text) => out.push_str(&text.replace("\r\n", "\n")),
            PartType::Html(page) => html::lines(page).into_iter().for_each(|(_, line)| {
                out.push_str(&line);
                out.push('\n');
            }),
            _ => {}
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
        if out.len() > most {
            return;
        }
    }
    for part in message.attachments() {
        if let (PartType::Message(inner), true) = (&part.body, depth < MAX_DEPTH) {
            out.push('\n');
            write(inner, out, most, depth + 1);
        }
    }
}

fn people(address: &Address<'_>) -> String {
    let one = |a: &mail_parser::Addr<'_>| match (a.name(), a.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or("").to_owned(),
    };
    address.iter().map(one).filter(|a| !a.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "Received: from mail.example.com\r\n by mx.example.com; Thu, 9 Apr 2026 08:00:01 +0800\r\nFrom: =?utf-8?B?6YCa55+l?= <notice@example.com>\r\n\
        Subject: =?gbk?B?zqW55s2o1qo=?=\r\nDate: Thu, 9 Apr 2026 08:00:00 +0800\r\nMIME-Version: 1.0\r\n";

    #[test]
    fn quoted_printable_and_encoded_words_become_text() {
        let mail = format!(
            "{PLAIN}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E8=AE=A2=E5=8D=95=E5=8F=B7=EF=BC=9A28617340955173=\r\n02481\r\n"
        );
        assert!(is_mail(mail.as_bytes()));
        let (text, full) = text(mail.as_bytes(), 1 << 20).unwrap();
        assert_eq!(text, "Subject: 违规通知\nFrom: 通知 <notice@example.com>\nDate: 2026-04-09T08:00:00+08:00\n\n订单号：2861734095517302481\n");
        assert!(!full);
    }

    #[test]
    fn a_page_wrapped_as_mail_is_read_as_the_page_shows_it() {
        let mail = format!(
            "{PLAIN}Content-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
             PGh0bWw+PGJvZHk+PHA+5pWw5o2uPC9wPjx0YWJsZT48dHI+PHRkPjE8L3RkPjx0ZD4yPC90ZD48L3RyPjwvdGFibGU+PC9ib2R5PjwvaHRtbD4=\r\n--b\r\nContent-Type: image/png; name=\"a.png\"\r\nContent-Disposition: attachment; filename=\"a.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n--b--\r\n"
        );
        let (text, _) = text(mail.as_bytes(), 1 << 20).unwrap();
        assert!(text.ends_with("Attachment: a.png\n\n数据\n1\t2\t\n"), "{text:?}");
    }

    #[test]
    fn notes_with_colons_are_no_mail() {
        for text in ["From: Amazon\nSubject: policy warning\nDate: 2026-04-09\n\nOrder IDs: 1", "违规编号：WG1\n订单：1", "", "MIME-Version: 1.0\n\nx"]
        {
            assert!(!is_mail(text.as_bytes()), "{text}");
        }
    }
}
