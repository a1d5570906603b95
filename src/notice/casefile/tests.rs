//! What a seller sees when case.toml has a mistake, in both languages, and that every key of the contract is read.

use super::*;
use crate::model::case_file::CASE_FILE;
use crate::model::file::Kind;
use crate::model::settings::{Delivery, Fact, Goods, Scope};

fn parsed(text: &str) -> CaseSettings {
    parse(text, &Profile::built_in()).unwrap_or_else(|e| panic!("{}\n{}", e.message(Lang::En), e.next_step(Lang::En)))
}

fn error(text: &str) -> Error {
    parse(text, &Profile::built_in()).err().unwrap_or_else(|| panic!("no error for {text}"))
}

/// Message and hint, Chinese then English.
fn shown(text: &str) -> [String; 4] {
    let e = error(text);
    [Lang::ZhCn, Lang::En].into_iter().flat_map(|l| [e.message(l).to_owned(), e.next_step(l).to_owned()]).collect::<Vec<_>>().try_into().unwrap()
}

const FULL: &str = r#"
[case]
id = "case-7"
platform = "tmall"
scenario = "real-sale"
language = "en"
template = "en-platform"
goods = "virtual"
as_of = 2026-04-10T09:30:00+08:00

[seller]
shop = "山海小店"
company = "山海商贸有限公司"
contact = "陈一"
phone = "13900001111"
signatory = "陈一"
ship_from = "浙江 杭州"

[notice]
file = '01-通知\通知.txt'
number = "WG202604090001"
violation = "虚假交易"
received = "2026-04-09 08:00"
deadline = 2026-04-12
orders = [
  "351234567890123456",
  "351234567890123457",
]

[facts]
live = [2026-04-01, 2026-04-02]
discount = 0.8
stock_alert = 10
note = "春季上新"

[appeal]
scope = ["351234567890123456"]
stance = "misjudged"
refusal = "凭证不足"
state_limits = false

[[leave_out]]
orders = ["351234567890123457"]
why = "已退款"

[[order]]
id = "351234567890123456"
delivery = "presale"

[[chat]]
buyer = "tb_wind"
proof_number = "88001122"
created = "2026/4/9 8:05"

[[assign]]
file = "IMG_2034.jpg"
orders = "all"
kind = "promotion"

[[assign]]
file = "底单/*.png"
orders = ["351234567890123456"]

[[ignore]]
file = "old/*"
why = "上一次的材料"

[[accept]]
code = "picture-reused"
file = "IMG_1.jpg"
why = "合并发货"

[[columns]]
file = "*.xlsx"
map = { order_id = "单号", tracking_no = "运单" }

[findings]
chat-missing = "ignore"
pickup-late = "error"

[limits]
files = 9
pages = 40
bytes = 5_000_000
bytes_total = 50000000
image_side = 4096
formats = ["PDF", "jpeg", "jpg"]
text = [500, 1800]

[bundle]
tables = "whole"

[[mask]]
file = "a.png"
boxes = [[1, 2, 3, 4]]

[[appeal_log]]
submitted = 2026-03-01
round = 1
outcome = "驳回"
"#;

#[test]
fn every_key_of_the_contract_is_read() {
    let s = parsed(FULL);
    assert!(s.present);
    assert_eq!((s.id.as_deref(), s.platform.as_deref(), s.scenario.as_deref()), (Some("case-7"), Some("tmall"), Some("real-sale")));
    assert_eq!((s.language, s.template.as_deref(), s.goods), (Some(Lang::En), Some("en-platform"), Goods::Virtual));
    assert_eq!(s.as_of.unwrap().to_rfc3339(), "2026-04-10T09:30:00+08:00");
    assert_eq!(s.seller.ship_from.as_deref(), Some("浙江 杭州"));
    assert_eq!(s.notice.file.as_deref(), Some("01-通知/通知.txt"), "a literal string's backslash is meant as it stands");
    assert_eq!(s.notice.received.unwrap().to_rfc3339(), "2026-04-09T08:00:00+08:00");
    assert_eq!(s.notice.deadline.unwrap().to_rfc3339(), "2026-04-12T23:59:59+08:00");
    assert_eq!(s.notice.orders, [("351234567890123456".to_owned(), 26), ("351234567890123457".to_owned(), 27)]);
    assert_eq!(s.facts.iter().map(|(k, _)| k.as_str()).collect::<Vec<_>>(), ["live", "discount", "stock_alert", "note"]);
    assert!(matches!(&s.facts[0].1, Fact::List(days) if days.len() == 2 && matches!(days[0], Fact::Date(_))));
    assert_eq!(s.facts[1].1, Fact::Number("0.8".to_owned()));
    assert_eq!(s.scope, Scope::Listed(vec![("351234567890123456".to_owned(), 37)]));
    assert_eq!((s.stance.as_deref(), s.refusal.as_deref(), s.state_limits), (Some("misjudged"), Some("凭证不足"), false));
    assert_eq!((s.leave_out[0].why.as_str(), s.leave_out[0].orders.len()), ("已退款", 1));
    assert_eq!(s.orders[0].delivery, Some(Delivery::Presale));
    assert_eq!(s.chats[0].created.unwrap().to_rfc3339(), "2026-04-09T08:05:00+08:00");
    assert_eq!((s.assign[0].orders.as_ref(), s.assign[0].kind), (None, Some(Kind::Promotion)));
    assert_eq!(s.assign[1].orders.as_deref(), Some(["351234567890123456".to_owned()].as_slice()));
    assert_eq!(FULL.lines().nth(s.assign[1].line as usize - 1), Some("[[assign]]"), "the line is the table's head");
    assert_eq!(s.ignore[0].why.as_deref(), Some("上一次的材料"));
    assert_eq!((s.accept[0].code.as_str(), s.accept[0].why.as_str()), ("picture-reused", "合并发货"));
    assert_eq!(s.columns[0].map, [("order_id".to_owned(), "单号".to_owned()), ("tracking_no".to_owned(), "运单".to_owned())]);
    assert_eq!(s.findings.iter().map(|(c, w, _)| (c.as_str(), w.as_str())).collect::<Vec<_>>(), [("chat-missing", "ignore"), ("pickup-late", "error")]);
    assert_eq!((s.limits.files, s.limits.bytes, s.limits.text.as_slice()), (Some(9), Some(5_000_000), [500, 1800].as_slice()));
    assert_eq!(s.limits.formats, ["pdf", "jpg"]);
    assert!(s.tables_whole);
    let later: Vec<&str> = s.without_effect.iter().map(|(k, _)| k.as_str()).collect();
    assert_eq!(later, ["appeal.stance", "appeal.refusal", "[[mask]]", "[[appeal_log]]"]);
}

#[test]
fn an_empty_file_is_the_defaults_and_empty_values_are_unknown() {
    let s = parsed("[seller]\nshop = \"\"\n");
    assert_eq!((s.seller.shop, s.scope, s.state_limits), (None, Scope::Proven, true));
}

#[test]
fn reads_every_encoding_that_notepad_writes() {
    let text = "[seller]\r\nshop = \"山海小店\"\r\n";
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let gb = encoding_rs::GB18030.encode(text).0.into_owned();
    for bytes in [text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), utf16, gb] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(CASE_FILE), bytes).unwrap();
        assert_eq!(read(dir.path()).unwrap().seller.shop.as_deref(), Some("山海小店"));
    }
    let dir = tempfile::tempdir().unwrap();
    assert!(!read(dir.path()).unwrap().present, "no case.toml is no error");
    std::fs::write(dir.path().join(CASE_FILE), [0x89, b'P', 0, 0, 1, 2, 3, 4, 5, 0xff]).unwrap();
    assert_eq!(read(dir.path()).unwrap_err().message(Lang::ZhCn), "case.toml 不是文本文件");
}

#[test]
fn a_backslash_in_a_path_gives_the_line_with_slashes() {
    // `\n` and `\t` are escapes that parse: the path would silently hold a line break
    let [zh, zh_hint, en, en_hint] = shown("[notice]\nfile = \"D:\\notes\\table.txt\"  # 通知\n");
    assert_eq!(zh, "case.toml 第 2 行：双引号里的 \\ 会被当成转义符，路径请用 /");
    assert_eq!(zh_hint, "把这一行改成：\n    file = \"D:/notes/table.txt\"  # 通知");
    assert_eq!(en, "case.toml, line 2: inside double quotes a \\ starts an escape; write paths with /");
    assert_eq!(en_hint, "replace the line with:\n    file = \"D:/notes/table.txt\"  # 通知");
    // and one that does not parse
    let [zh, hint, ..] = shown("[[assign]]\nfile = \"底单\\顺丰\\1.jpg\"\norders = \"all\"\n");
    assert_eq!((zh.as_str(), hint.as_str()), ("case.toml 第 2 行：双引号里的 \\ 会被当成转义符，路径请用 /", "把这一行改成：\n    file = \"底单/顺丰/1.jpg\""));
    let [_, hint, ..] = shown("[seller]\nshop = \"甲\\乙\"\n");
    assert_eq!(hint, "把这一行改成：\n    shop = \"甲\\\\乙\"");
}

#[test]
fn full_width_quotes_give_the_line_with_plain_ones() {
    let [zh, hint, en, _] = shown("[case]\nplatform = \"tmall\"\n[seller]\nshop = “山海小店”\n");
    assert_eq!((zh.as_str(), hint.as_str()), ("case.toml 第 4 行：用了全角引号或全角符号，要用英文半角的", "把这一行改成：\n    shop = \"山海小店\""));
    assert_eq!(en, "case.toml, line 4: there are full-width quotes or signs; use the plain ASCII ones");
    for (line, fixed) in [
        ("shop = \"山海小店”", "shop = \"山海小店\""),
        ("shop = ＂山海小店＂", "shop = \"山海小店\""),
        ("shop = ‘山海小店’", "shop = \"山海小店\""),
        ("shop ＝ “山海“小”店”", "shop = \"山海“小”店\""),
        ("shop = “山海，小店” # 店名", "shop = \"山海，小店\" # 店名"),
    ] {
        let [_, hint, ..] = shown(&format!("[seller]\n{line}\n"));
        assert_eq!(hint, format!("把这一行改成：\n    {fixed}"), "{line}");
    }
    let [_, hint, ..] = shown("[notice]\norders = [“351234567890123456”，“351234567890123457”]\n");
    assert_eq!(hint, "把这一行改成：\n    orders = [\"351234567890123456\",\"351234567890123457\"]");
    // quotes of a sentence inside proper quotes are nobody's mistake
    assert_eq!(parsed("[[ignore]]\nfile = \"a.txt\"\nwhy = \"他说“好的”\"\n").ignore[0].why.as_deref(), Some("他说“好的”"));
}

#[test]
fn text_without_quotes_gives_the_line_with_them() {
    let [zh, hint, en, _] = shown("[case]\nplatform = tmall  # 平台\n");
    assert_eq!((zh.as_str(), hint.as_str()), ("case.toml 第 2 行：文字要放在英文双引号里", "把这一行改成：\n    platform = \"tmall\"  # 平台"));
    assert_eq!(en, "case.toml, line 2: text goes between double quotes");
    let [_, hint, ..] = shown("[notice]\norders = [260409-123456789012345, 260409-123456789012346]\n");
    assert_eq!(hint, "把这一行改成：\n    orders = [\"260409-123456789012345\", \"260409-123456789012346\"]");
    let [_, hint, ..] = shown("[notice]\nreceived = 2026/4/9 8:00\n");
    assert_eq!(hint, "把这一行改成：\n    received = \"2026/4/9 8:00\"");
}

#[test]
fn bare_order_ids_are_explained() {
    let [zh, hint, en, _] = shown("[notice]\norders = [351234567890123456, \"351234567890123457\"] # 两单\n");
    assert_eq!(zh, "case.toml 第 2 行：[notice] orders 里的号码要加引号，否则长号码会被当成数字");
    assert_eq!(hint, "把这一行改成：\n    orders = [\"351234567890123456\", \"351234567890123457\"] # 两单");
    assert_eq!(en, "case.toml, line 2: numbers in [notice] orders need quotes, or long ones are taken for integers");
    let [zh, hint, ..] = shown("[notice]\norders = [\n  351234567890123456,\n]\n");
    assert!(zh.starts_with("case.toml 第 3 行："), "{zh}");
    assert_eq!(hint, "把这一行改成：\n      \"351234567890123456\",");
    let [zh, hint, ..] = shown("[[order]]\nid = 351234567890123456\n");
    assert_eq!(
        (zh.as_str(), hint.as_str()),
        ("case.toml 第 2 行：[[order]] id 要写成：号码（放在英文双引号里）", "把这一行改成：\n    id = \"351234567890123456\"")
    );
    let [_, hint, ..] = shown("[[leave_out]]\norders = \"351234567890123456\"\nwhy = \"x\"\n");
    assert_eq!(hint, "把这一行改成：\n    orders = [\"351234567890123456\"]");
}

#[test]
fn unknown_keys_and_tables_name_the_nearest() {
    let [zh, hint, en, _] = shown("[case]\nplattform = \"tmall\"\n");
    assert_eq!(
        (zh.as_str(), hint.as_str()),
        ("case.toml 第 2 行：[case] 里没有“plattform”这个键，是不是 platform？", "把这一行改成：\n    platform = \"tmall\"")
    );
    assert_eq!(en, "case.toml, line 2: [case] has no key `plattform`; did you mean `platform`?");
    let [zh, hint, en, _] = shown("\n[sellers]\nshop = \"x\"\n");
    assert_eq!((zh.as_str(), hint.as_str()), ("case.toml 第 2 行：没有 [sellers] 这个表，是不是 [seller]？", "把这一行改成：\n    [seller]"));
    assert_eq!(en, "case.toml, line 2: there is no table [sellers]; did you mean `[seller]`?");
    let [zh, ..] = shown("[bundle]\ncolour = \"red\"\n");
    assert_eq!(zh, "case.toml 第 2 行：[bundle] 里没有“colour”这个键；可以写：tables");
    let [zh, hint, ..] = shown("platform = \"tmall\"\n");
    assert_eq!(
        (zh.as_str(), hint.as_str()),
        ("case.toml 第 1 行：“platform”要写在某个表里，例如 [case] 的下面", "把这一行改成：\n    [case]\n    platform = \"tmall\"")
    );
    let [zh, hint, ..] = shown("[assign]\nfile = \"a\"\n");
    assert_eq!((zh.as_str(), hint.as_str()), ("case.toml 第 1 行：[assign] 可以有多个，要写成两层方括号", "把这一行改成：\n    [[assign]]"));
    let [zh, hint, ..] = shown("[[case]]\nid = \"a\"\n");
    assert_eq!((zh.as_str(), hint.as_str()), ("case.toml 第 1 行：[[case]] 只能有一个，要写成一层方括号", "把这一行改成：\n    [case]"));
}

#[test]
fn wrong_types_say_what_is_expected() {
    for (text, zh, en, fixed) in [
        (
            "[limits]\nfiles = \"9\"\n",
            "[limits] files 要写成：正整数（不加引号），例如 10",
            "[limits] files must be a positive whole number without quotes, such as 10",
            Some("files = 9"),
        ),
        (
            "[limits]\npages = -3\n",
            "[limits] pages 要写成：正整数（不加引号），例如 10",
            "[limits] pages must be a positive whole number without quotes, such as 10",
            None,
        ),
        (
            "[appeal]\nstate_limits = \"true\"\n",
            "[appeal] state_limits 要写成：true 或 false（不加引号）",
            "[appeal] state_limits must be true or false, without quotes",
            Some("state_limits = true"),
        ),
        (
            "[notice]\nreceived = \"上周\"\n",
            "[notice] received 要写成：时间，例如 2026-04-09 08:00:00",
            "[notice] received must be a time, such as 2026-04-09 08:00:00",
            None,
        ),
        ("[seller]\nshop = 7\n", "[seller] shop 要写成：文字（放在英文双引号里）", "[seller] shop must be text (between double quotes)", Some("shop = \"7\"")),
        (
            "[[columns]]\nfile = \"a.csv\"\nmap = \"单号\"\n",
            "[[columns]] map 要写成：{ 字段 = \"表头\" }",
            "[[columns]] map must be { field = \"column head\" }",
            None,
        ),
        (
            "[limits]\nformats = \"pdf\"\n",
            "[limits] formats 要写成：一串文字，例如 [\"pdf\", \"jpg\"]",
            "[limits] formats must be a list of texts, such as [\"pdf\", \"jpg\"]",
            Some("formats = [\"pdf\"]"),
        ),
    ] {
        let [zh_seen, zh_hint, en_seen, _] = shown(text);
        assert!(zh_seen.ends_with(&format!("行：{zh}")), "{zh_seen}");
        assert!(en_seen.ends_with(&format!(": {en}")), "{en_seen}");
        match fixed {
            Some(fixed) => assert_eq!(zh_hint, format!("把这一行改成：\n    {fixed}")),
            None => assert_eq!(zh_hint, "全部写法：appealpack schema case"),
        }
    }
}

#[test]
fn unknown_words_name_the_nearest() {
    for (text, zh, fixed) in [
        ("[case]\nplatform = \"toabao\"\n", "[case] platform 不能是“toabao”，是不是 taobao？", "platform = \"taobao\""),
        ("[findings]\nchat-mising = \"ignore\"\n", "[findings] 不能是“chat-mising”，是不是 chat-missing？", "chat-missing = \"ignore\""),
        ("[findings]\nchat-missing = \"warn\"\n", "[findings] chat-missing 不能是“warn”；可以写：ignore, note, warning, error", ""),
        (
            "[[accept]]\ncode = \"picture-resued\"\nwhy = \"x\"\n",
            "[[accept]] code 不能是“picture-resued”，是不是 picture-reused？",
            "code = \"picture-reused\"",
        ),
        ("[[assign]]\nfile = \"a\"\norders = \"all\"\nkind = \"chats\"\n", "[[assign]] kind 不能是“chats”，是不是 chat？", "kind = \"chat\""),
        ("[[order]]\nid = \"351234567890123456\"\ndelivery = \"pick-up\"\n", "[[order]] delivery 不能是“pick-up”，是不是 pickup？", "delivery = \"pickup\""),
        ("[appeal]\nstance = \"misjudge\"\n", "[appeal] stance 不能是“misjudge”，是不是 misjudged？", "stance = \"misjudged\""),
        ("[appeal]\nscope = \"prooven\"\n", "[appeal] scope 要写成：\"proven\"、\"all\"，或一串订单号 [\"351234567890123456\"]", "scope = \"proven\""),
        ("[appeal]\nscope = \"All\"\n", "[appeal] scope 要写成：\"proven\"、\"all\"，或一串订单号 [\"351234567890123456\"]", "scope = \"all\""),
        ("[limits]\nfiles = 3\nimage_side = 50\n", "[limits] image_side 是图片最长边的像素数，至少 600：再小就看不清页面上的字了", ""),
        ("[limits]\nformats = [\"pdf\", \"jpgg\"]\n", "[limits] formats 不能是“jpgg”，是不是 jpg？", "formats = [\"pdf\", \"jpg\"]"),
    ] {
        let [zh_seen, hint, en, _] = shown(text);
        assert!(zh_seen.ends_with(&format!("行：{zh}")), "{zh_seen}");
        assert!(en.starts_with("case.toml, line "), "{en}");
        if !fixed.is_empty() {
            assert_eq!(hint, format!("把这一行改成：\n    {fixed}"));
        }
    }
}

#[test]
fn what_is_required_is_asked_for() {
    let [zh, _, en, _] = shown("[[accept]]\ncode = \"picture-reused\"\n");
    assert_eq!(zh, "case.toml 第 1 行：[[accept]] 缺少 why（为什么没问题）");
    assert_eq!(en, "case.toml, line 1: [[accept]] lacks why (why it is fine)");
    let [zh, ..] = shown("[[chat]]\nproof_number = \"1\"\n");
    assert_eq!(zh, "case.toml 第 1 行：[[chat]] 要写 buyer 或 order，否则不知道是谁的聊天");
    let [zh, ..] = shown("[case]\nid = \"案子 1\"\n");
    assert_eq!(zh, "case.toml 第 2 行：id 只能用字母、数字、. _ -，以字母或数字开头，最多 40 个字符");
    for (id, safe) in [("case-7", true), ("COM10", true), ("CON", false), ("nul.2026", false), ("com1", false), ("a.", false), ("..", false)] {
        assert_eq!(super::settings::is_safe_id(id), safe, "{id}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let [zh, hint, en, _] = shown("[case]\nplattform = \"tmall\"\n\n[limits]\nfiles = \"9\"\n");
    assert_eq!(
        zh,
        "case.toml 有 2 处要改：\n  第 2 行：[case] 里没有“plattform”这个键，是不是 platform？\n    改成：platform = \"tmall\"\n  第 5 行：[limits] files 要写成：正整数（不加引号），例如 10\n    改成：files = 9"
    );
    assert!(hint.ends_with("appealpack schema case"));
    assert!(en.starts_with("case.toml needs 2 corrections:\n  line 2: [case] has no key `plattform`; did you mean `platform`?\n    write: platform"), "{en}");
    let [zh, ..] = shown("[case]\nid = \"a\"\nid = \"b\"\n");
    assert_eq!(zh, "case.toml 第 3 行：同一个键或表写了两次");
    let [zh, ..] = shown("[case\nid = \"a\"\n");
    assert!(zh.starts_with("case.toml 第 1 行：写法不对（"), "{zh}");
}

#[test]
fn the_schema_names_every_key() {
    for lang in [Lang::ZhCn, Lang::En] {
        let text = schema_text(lang);
        let schema = schema::Schema::load().unwrap();
        for table in &schema.tables {
            assert!(text.contains(&table.head()), "{}", table.name);
            for key in &table.key {
                assert!(text.contains(&format!("  {:<13} ", key.name)), "{}.{}", table.name, key.name);
                assert!(words(lang).find(&format!("casefile.type-{}", key.sort.as_str())).is_some());
            }
        }
        assert!(text.contains("pinduoduo") && text.contains("courier-bill"));
    }
    assert!(schema_text(Lang::En).contains("[[mask]]\n  # parts of a picture to cover (nothing covers them yet: build stops) [accepted, without effect yet]"));
}
