//! A document typed by hand with every block, for the tests of layout and for looking at.

use crate::model::Lang;
use crate::model::case::Case;
use crate::model::document::{
    Anchor, Block, ChartDay, Column, DayChart, Document, Figure, FigureContent, Inline, Inlines, Meta, PageWords, Part, RefText, Role, Row, Section, Side,
    Style, Table, Theme, Tile, TimelineStep, Width,
};
use crate::model::file::Kind;
use crate::model::record::{Content, PdfInfo, PictureFormat};
use crate::model::source::FileId;
use crate::model::typed;
use std::io::Cursor;
use std::path::Path;

pub(crate) fn text(t: &str) -> Inlines {
    vec![Inline::Text(t.to_owned(), Style::default())]
}

pub(crate) fn page(anchor: &str) -> Inline {
    Inline::Ref { target: Anchor(anchor.into()), end: None, show: RefText::Page, style: Style::default() }
}

fn pages(from: &str, to: &str) -> Inline {
    Inline::Ref { target: Anchor(from.into()), end: Some(Anchor(to.into())), show: RefText::Page, style: Style { small: true, ..Style::default() } }
}

fn label(anchor: &str) -> Inline {
    Inline::Ref { target: Anchor(anchor.into()), end: None, show: RefText::Label, style: Style::default() }
}

fn exhibit(anchor: &str, shown: &str) -> Inline {
    Inline::Ref { target: Anchor(anchor.into()), end: None, show: RefText::Text(shown.into()), style: Style::default() }
}

fn bold(t: &str) -> Inline {
    Inline::Text(t.into(), Style { bold: true, ..Style::default() })
}

fn muted(t: &str) -> Inline {
    Inline::Text(t.into(), Style { muted: true, small: true, ..Style::default() })
}

pub(crate) fn heading(level: u8, t: &str) -> Block {
    Block::Heading { level, text: text(t), anchor: None, outline: None }
}

pub(crate) fn para(t: &str) -> Block {
    Block::Paragraph { text: text(t), role: Role::Body }
}

pub(crate) fn column(head: &str, width: Width, right: bool) -> Column {
    Column { head: head.into(), width, side: Side::of_numbers(right) }
}

pub(crate) fn row(cells: &[&str]) -> Row {
    Row { cells: cells.iter().map(|c| text(c)).collect(), ..Row::default() }
}

pub(crate) fn section(anchor: &str, outline: &str, depth: u8, blocks: Vec<Block>) -> Section {
    Section {
        anchor: Anchor(anchor.into()),
        outline: outline.into(),
        depth,
        runs_on: false,
        may_start_volume: true,
        blocks,
        origin: Some(("templates/books/zh-CN-platform/book.md".into(), 12)),
    }
}

pub(crate) fn words() -> PageWords {
    PageWords {
        book: "第 {n} 页".into(),
        book_range: "第 {n}–{m} 页".into(),
        annex: "附{n}".into(),
        annex_range: "附{n}–附{m}".into(),
        to_book: "申诉书第 {n} 页".into(),
        to_annex: "附册 附{n}".into(),
        to_annex_range: "附册 附{n}–附{m}".into(),
        book_foot: "第 {n} 页 / 共 {of} 页".into(),
        annex_foot: "附{n} / 共 {of} 页".into(),
        annex_label: "附".into(),
        slice: "{n}/{of}".into(),
        volume: "第 {v} 册（共 {of} 册）".into(),
        volumes: "附册分 {of} 册：{list}。".into(),
        volume_entry: "第 {v} 册 {pages}".into(),
        volumes_between: "；".into(),
    }
}

pub(crate) fn document(book: Vec<Section>, annex: Vec<Section>) -> Document {
    let part = |head_right: &str, sections| Part {
        head_left: "示例厨具旗舰店 · 虚假交易申诉 · WG2026040900012345".into(),
        head_right: head_right.into(),
        foot_left: "提交日期 2026-04-10".into(),
        sections,
    };
    Document {
        meta: Meta { title: "申诉书".into(), lang: Lang::ZhCn, date: None, identity: "sample".into(), words: words(), theme: Theme::default() },
        book: part("申诉材料", book),
        annex: part("附册", annex),
    }
}

fn order_id(i: usize) -> String {
    format!("28617340955173{:05}", 2480 + i)
}

fn waybill(i: usize) -> String {
    format!("SF13900123456{:02}", 70 + i % 30)
}

/// Adds a picture of the given size to the case and, with a folder, to the disk.
pub(crate) fn picture(case: &mut Case, root: Option<&Path>, name: &str, width: u32, height: u32) -> FileId {
    let info = typed::picture_of(PictureFormat::Png, width, height);
    let id = typed::file(case, name, Kind::Chat, Content::Picture(info));
    if let Some(root) = root {
        let image = image::RgbImage::from_fn(width, height, |x, y| {
            let bubble = (y / 160) % 2 == u32::from(x * 2 < width) && y % 160 > 30 && y % 160 < 130 && x % (width / 2 + 1) > 60;
            let ink = bubble && (x / 12 + y / 20) % 3 == 0 && y % 20 > 8;
            image::Rgb(if ink {
                [40, 40, 40]
            } else if bubble {
                [149, 236, 105]
            } else {
                [237, 237, 237]
            })
        });
        let mut bytes = Vec::new();
        image.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).expect("a picture");
        std::fs::write(root.join(name), &bytes).expect("a file");
        let entry = &mut case.files[id.index()];
        entry.bytes = bytes.len() as u64;
        entry.crc32 = crc32fast::hash(&bytes);
        case.root = root.to_path_buf();
    }
    id
}

fn figure(file: FileId, anchor: &str, caption: Inlines) -> Figure {
    Figure { file, content: FigureContent::Picture, caption, anchor: Some(Anchor(anchor.into())), alt: "截图".into(), max_height: None }
}

fn caption(number: &str, i: usize) -> Inlines {
    let tail = order_id(i);
    let tail = &tail[tail.len() - 6..];
    vec![
        bold(&format!("证据 {number}")),
        Inline::Text(format!(" · 订单 …{tail} · 运单 {}", waybill(i)), Style::default()),
        Inline::Break,
        muted("2026-04-02 10:21 截图"),
    ]
}

/// A book and an annex of so many orders with every block.
pub(crate) fn full(orders: usize, root: Option<&Path>) -> (Document, Case) {
    let mut case = typed::empty();
    let screens: Vec<FileId> = (0..6).map(|i| picture(&mut case, root, &format!("s{i}.png"), 1080, 2340)).collect();
    // a long picture is looked at on the disk
    let long = picture(&mut case, root, "long.png", 1080, if root.is_some() { 9000 } else { 2700 });
    let bill = picture(&mut case, root, "bill.png", 1600, 1200);
    let small = picture(&mut case, root, "small.png", 300, 260);
    let slip = picture(&mut case, root, "slip.png", 900, 1200);
    let broken = typed::file(&mut case, "broken.png", Kind::Waybill, Content::None);
    let _ = typed::file(&mut case, "c.pdf", Kind::Contract, Content::Pdf(PdfInfo { pages: vec![(595.0, 842.0); 2], ..PdfInfo::default() }));
    let book = vec![statement(orders), why(), table(orders), exhibits(bill, small, slip, broken, &screens, long)];
    let mut annex = vec![section("contents", "目录", 0, vec![heading(1, "附册目录"), Block::Contents { depth: 1 }])];
    annex.push(section("list", "证据清单", 0, vec![heading(1, "证据清单"), evidence_list(orders)]));
    for i in 0..orders {
        annex.push(order(i, &screens));
    }
    annex.push(section("shared", "共用证据", 0, vec![heading(1, "共用证据"), Block::Target(Anchor("shared-1".into())), para("营销活动报名截图。")]));
    (document(book, annex), case)
}

fn statement(orders: usize) -> Section {
    let pair = |l: &str, v: &str| (l.to_owned(), text(v), Vec::new());
    let item = |t: &str, refs: Vec<Inline>| {
        let mut line = text(t);
        line.push(Inline::Text("〔".into(), Style { small: true, ink: true, ..Style::default() }));
        line.extend(refs);
        line.push(Inline::Text("〕".into(), Style { small: true, ink: true, ..Style::default() }));
        vec![Block::Paragraph { text: line, role: Role::Body }]
    };
    let last = format!("order-{}", orders);
    let count = |t: &str, n: usize, s: &str, p: Inline| Row { cells: vec![text(t), text(&n.to_string()), text(s), vec![p]], ..Row::default() };
    section(
        "statement",
        "申诉书",
        0,
        vec![
            heading(1, "申诉书"),
            Block::Facts {
                columns: 2,
                pairs: vec![
                    pair("店铺", "示例厨具旗舰店（淘宝）"),
                    pair("主体", "义乌示例厨具有限公司"),
                    pair("通知时间", "2026-04-09 08:00"),
                    pair("违规编号", "WG2026040900012345"),
                    pair("违规类型", "虚假交易"),
                    pair("涉及订单", &format!("{orders} 笔（主订单 {orders}）")),
                ],
            },
            Block::Callout {
                label: "请求".into(), text: text(&format!("撤销对下列 {orders} 笔订单的虚假交易认定。另有 1 笔本次未提交举证。"))
            },
            heading(2, "结论"),
            Block::List {
                first: Some(1),
                items: vec![
                    item(
                        &format!("{orders} 笔订单均有买家真实付款，并由顺丰、圆通揽收、签收，运单号与订单一一对应。"),
                        vec![page("all-orders"), pages("order-1", &last)],
                    ),
                    item(
                        "订单集中出现在 4 月 1 日 20:00–22:00，与本店当晚直播的时间、商品、入口一致；其中 17 笔由直播间成交。",
                        vec![exhibit("shared-1", "S-1"), page("why")],
                    ),
                    item("24 笔中 21 笔有快递公司凭证（底单或对账单重量），19 笔有旺旺沟通记录。", vec![page("exhibits")]),
                ],
            },
            heading(2, "凭证计数"),
            Block::Table(Table {
                columns: vec![
                    column("凭证", Width::Content, false),
                    column("订单数", Width::Content, true),
                    column("来源", Width::Share(1.0), false),
                    column("页", Width::Content, true),
                ],
                rows: vec![
                    count("快递底单", 14, "顺丰西湖营业点、圆通余杭网点", page("exhibits")),
                    count("快递对账单（含计费重量）", 21, "顺丰 2026 年 4 月对账单", page("exhibits")),
                    count("签收轨迹", 23, "快递 100 查询结果", page("list")),
                    count("旺旺沟通（截图 / 举证号）", 19, "店铺客服号", page("order-1")),
                ],
                dense: false,
                grid: true,
            }),
            heading(2, "核对方法与范围"),
            para(
                "系统逐笔核对订单、付款、出库、揽收、签收的时间先后与收货信息，未发现先于付款的揽收，未发现一个运单号用于不同收货地址。本次对 23 笔逐笔举证，其余未随本次提交。",
            ),
            Block::Quote {
                label: "商家说明".into(),
                blocks: vec![
                    para("4 月 1 日 20:00 起本店在自有直播间做新品首发，活动价 59 元，限时两小时，进店入口为直播间购物车。"),
                    para("“活动页面”（见附册）由平台提供，商品均为现货。"),
                ],
            },
            Block::Signature(vec!["申诉人（签章）：".into(), "日期：".into()]),
        ],
    )
}

fn why() -> Section {
    let days = (0..37).map(|i| {
        let value = if i == 25 {
            187
        } else if i == 26 {
            64
        } else {
            8 + (i * 7 % 5) as u32
        };
        ChartDay {
            label: format!("{:02}-{:02}", 3 + (i + 6) / 31, (i + 6) % 31 + 1),
            value,
            flagged: if i == 25 {
                17
            } else if i == 26 {
                6
            } else {
                0
            },
        }
    });
    let source = |t: &str, n: &str, proof: &str, p: Inline| Row { cells: vec![text(t), text(n), text(proof), vec![p]], ..Row::default() };
    section(
        "why",
        "订单为何集中",
        0,
        vec![
            heading(1, "订单为何集中"),
            Block::Paragraph {
                text: text("每日订单数，来自订单导出 1,284 行；阴影为活动时段，虚线为此前 30 天均值 9.6 笔"), role: Role::Note
            },
            Block::DayChart(DayChart {
                days: days.collect(),
                bands: vec![(25, 26, "直播首发 04-01 20:00".into()), (24, 28, "春季上新活动 03-31 至 04-04".into()), (3, 4, "38 节返场".into())],
                mean: Some((9.6, "均值 9.6".into())),
                alt: "图".into(),
            }),
            Block::Table(Table {
                columns: vec![
                    column("来源", Width::Content, false),
                    column("订单数", Width::Content, true),
                    column("凭据", Width::Share(1.0), false),
                    column("页", Width::Content, true),
                ],
                rows: vec![
                    source("直播间成交", "17", "S-1 直播后台成交明细（含订单号）", page("shared")),
                    source("活动报名", "4", "S-2 营销活动报名截图", page("shared-1")),
                    source("老客复购", "2", "订单导出：同一买家此前 3 次以上成交", page("list")),
                    Row { cells: vec![text("合计"), text("23"), Vec::new(), Vec::new()], total: true, ..Row::default() },
                ],
                dense: false,
                grid: true,
            }),
            Block::Tiles(vec![
                Tile { label: "复购买家占比".into(), value: "8.7%".into(), note: "此前 30 天 7.9%".into() },
                Tile { label: "收货省份".into(), value: "11 个".into(), note: "此前 30 天 12 个".into() },
                Tile { label: "退款率".into(), value: "4.2%".into(), note: "此前 30 天 4.0%".into() },
            ]),
            Block::Paragraph { text: text("据卖家导入文件整理，供检索；原件见附册。"), role: Role::Note },
        ],
    )
}

fn table(orders: usize) -> Section {
    let mut rows: Vec<Row> = (0..orders)
        .map(|i| {
            let g = i + 1;
            let anchor = format!("order-{g}");
            let proofs = vec![
                exhibit(&anchor, &format!("底{g}-1")),
                Inline::Text(" ".into(), Style::default()),
                exhibit(&anchor, "账S-2"),
                Inline::Text(" ".into(), Style::default()),
                exhibit(&anchor, &format!("聊{g}-3")),
            ];
            Row {
                cells: vec![
                    text(&g.to_string()),
                    text(&order_id(i)),
                    text(&format!("04-01 20:{:02}", i % 60)),
                    text(&format!("顺丰 {}", waybill(i))),
                    text("04-02 18:00 义乌"),
                    text("04-04 10:20 杭州 本人"),
                    text(&format!("1.{:02}", 20 + i % 10)),
                    proofs,
                    vec![label(&anchor)],
                ],
                anchor: Some(Anchor(format!("row-{g}"))),
                ..Row::default()
            }
        })
        .collect();
    rows.push(Row {
        cells: vec![text(&format!("合计 {orders} 笔，举证 {orders} 笔：底 14 · 账 21 · 聊 19（与第 1 页凭证计数一致）"))],
        total: true,
        span: true,
        ..Row::default()
    });
    let heads: [(&str, bool); 9] = [
        ("序", true),
        ("订单号", false),
        ("付款", false),
        ("承运与运单", false),
        ("揽收", false),
        ("签收", false),
        ("重量 kg", true),
        ("凭证", false),
        ("页", true),
    ];
    section(
        "all-orders",
        "逐笔总表",
        0,
        vec![
            heading(1, "逐笔总表"),
            Block::Paragraph {
                text: text("按通知顺序；底 快递底单 · 账 对账单重量 · 聊 旺旺 · 迹 轨迹 · 出 出库"), role: Role::Note
            },
            Block::Table(Table { columns: heads.iter().map(|(h, r)| column(h, Width::Content, *r)).collect(), rows, dense: true, grid: false }),
        ],
    )
}

fn exhibits(bill: FileId, small: FileId, slip: FileId, broken: FileId, screens: &[FileId], long: FileId) -> Section {
    let not_shown = Figure {
        content: FigureContent::NotShown("这张图片已损坏，无法显示；原件在证据包中。".into()),
        ..figure(broken, "x-broken", caption("2-1", 1))
    };
    section(
        "exhibits",
        "站外证据",
        0,
        vec![
            heading(1, "站外证据"),
            heading(2, "快递底单"),
            Block::Figure(Figure { max_height: Some(230.0), ..figure(slip, "x-slip", caption("1-1", 0)) }),
            Block::Figure(figure(bill, "x-bill", caption("S-2", 1))),
            Block::Figure(figure(small, "x-small", caption("3-1", 2))),
            Block::Figure(not_shown),
            heading(2, "聊天记录"),
            Block::Gallery(screens.iter().enumerate().map(|(i, f)| figure(*f, &format!("x-s{i}"), caption(&format!("{}-3", i + 1), i))).collect()),
            heading(3, "长截图"),
            Block::Gallery(vec![figure(long, "x-long", caption("4-1", 3))]),
        ],
    )
}

fn evidence_list(orders: usize) -> Block {
    let rows = (0..orders)
        .map(|i| {
            let g = i + 1;
            Row {
                cells: vec![
                    text(&g.to_string()),
                    text(&format!("旺旺沟通截图（订单 {}）", order_id(i))),
                    text("商家从千牛工作台导出的聊天界面截图，路径 聊天/2026-04/微信截图_20260402.png"),
                    text("买卖双方就规格、发货时间的真实沟通"),
                    vec![label(&format!("order-{g}"))],
                ],
                ..Row::default()
            }
        })
        .collect();
    let columns = vec![
        column("序号", Width::Content, true),
        column("证据名称", Width::Share(1.0), false),
        column("证据来源", Width::Share(1.2), false),
        column("证明目的", Width::Share(1.0), false),
        column("页码", Width::Content, true),
    ];
    Block::Table(Table { columns, rows, dense: false, grid: true })
}

fn order(i: usize, screens: &[FileId]) -> Section {
    let g = i + 1;
    let pair = |l: &str, v: &str, s: &str| (l.to_owned(), text(v), if s.is_empty() { Vec::new() } else { text(s) });
    let step = |l: &str, t: &str, p: &str, offset: i64| TimelineStep { label: l.into(), time: t.into(), place: p.into(), offset };
    let mut blocks = vec![
        heading(1, &format!("附册 · 订单 {g} · {}", order_id(i))),
        Block::Facts {
            columns: 2,
            pairs: vec![
                pair("买家", "tb_alpha01", ""),
                pair("商品", "不锈钢平底锅 24cm × 1", ""),
                pair("运单", &format!("顺丰 {}", waybill(i)), ""),
                pair("实付", "¥59.00", "订单导出 第 2 行"),
                pair("收货", "浙江省杭州市西湖区", "订单导出 第 2 行"),
                pair("计费重量", "1.20 kg", "对账单 第 38 行"),
            ],
        },
        Block::Timeline(vec![
            step("下单", "04-01 20:04", "", 0),
            step("付款", "04-01 20:05", "", 60),
            step("出库", "04-02 15:30", "义乌一号仓", 70_000),
            step("揽收", "04-02 18:06", "义乌", 79_320),
            step("到达", "04-03 08:20", "杭州转运中心（余杭区良渚街道）", 130_560),
            step("签收 本人", "04-04 15:20", "杭州西湖", 242_160),
        ]),
        Block::Paragraph {
            text: text("据卖家导入文件整理，供检索。付款 04-01 20:05；付款至揽收 22 小时（规则 24 小时）"), role: Role::Note
        },
        heading(2, &format!("证据 {g}-1 旺旺沟通截图")),
        Block::Gallery(
            (0..3).map(|k| figure(screens[(i + k) % screens.len()], &format!("x-{g}-{k}"), caption(&format!("{g}-1 {}", ["a", "b", "c"][k]), i))).collect(),
        ),
        heading(2, "物流轨迹"),
    ];
    blocks.extend((0..7).map(|k| Block::Paragraph {
        text: text(&format!("2026-04-0{} 1{k}:20  【杭州转运中心】快件已到达，正发往下一站，联系电话 1**********（第 {} 行）", 2 + k / 3, k + 3)),
        role: Role::Record,
    }));
    section(&format!("order-{g}"), &format!("订单 {g} · {}", order_id(i)), 1, blocks)
}
