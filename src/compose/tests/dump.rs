//! A document as lines of text: what a reader sees, references as `[words→anchor]`.

use crate::model::document::*;

pub fn inlines(list: &Inlines) -> String {
    list.iter()
        .map(|i| match i {
            Inline::Text(t, s) if s.bold => format!("**{t}**"),
            Inline::Text(t, _) => t.clone(),
            Inline::Ref { target, end, show, .. } => {
                let to = end.as_ref().map_or_else(|| target.0.clone(), |e| format!("{}…{}", target.0, e.0));
                match show {
                    RefText::Page => format!("[页→{to}]"),
                    RefText::Label => format!("[#→{to}]"),
                    RefText::Text(t) => format!("[{t}→{to}]"),
                }
            }
            Inline::Break => " / ".to_owned(),
        })
        .collect()
}

pub fn blocks(list: &[Block], indent: usize, out: &mut String) {
    let pad = "  ".repeat(indent);
    for block in list {
        match block {
            Block::Heading { level, text, .. } => out.push_str(&format!("{pad}{} {}\n", "#".repeat(usize::from(*level)), inlines(text))),
            Block::Paragraph { text, role } => out.push_str(&format!("{pad}{role:?}: {}\n", inlines(text))),
            Block::List { first, items } => {
                for (i, item) in items.iter().enumerate() {
                    out.push_str(&first.map_or_else(|| format!("{pad}-\n"), |n| format!("{pad}{}.\n", n + i as u64)));
                    blocks(item, indent + 1, out);
                }
            }
            Block::Facts { pairs, .. } => {
                for (label, value, source) in pairs {
                    out.push_str(&format!("{pad}{label} = {} <{}>\n", inlines(value), inlines(source)));
                }
            }
            Block::Callout { label, text } => out.push_str(&format!("{pad}[!{label}] {}\n", inlines(text))),
            Block::Quote { label, blocks: inner } => {
                out.push_str(&format!("{pad}> {label}\n"));
                blocks(inner, indent + 1, out);
            }
            Block::Together(inner) => blocks(inner, indent + 1, out),
            Block::Table(t) => {
                let heads: Vec<&str> = t.columns.iter().map(|c| c.head.as_str()).collect();
                out.push_str(&format!("{pad}| {} |\n", heads.join(" | ")));
                for row in &t.rows {
                    let cells: Vec<String> = row.cells.iter().map(inlines).collect();
                    out.push_str(&format!("{pad}{} {} |\n", if row.total { "=" } else { "|" }, cells.join(" | ")));
                }
            }
            Block::DayChart(c) => out.push_str(&format!("{pad}chart {:?} {:?} {}\n", c.bands, c.mean, c.alt)),
            Block::Tiles(t) => t.iter().for_each(|t| out.push_str(&format!("{pad}tile {} {} {}\n", t.label, t.value, t.note))),
            Block::Timeline(t) => {
                let steps: Vec<String> = t.iter().map(|s| format!("{} {} {} +{}", s.label, s.time, s.place, s.offset)).collect();
                out.push_str(&format!("{pad}timeline {}\n", steps.join(" > ")));
            }
            Block::Figure(f) => figure(f, &pad, out),
            Block::Gallery(list) => list.iter().for_each(|f| figure(f, &pad, out)),
            Block::Signature(l) => out.push_str(&format!("{pad}sign {}\n", l.join(" "))),
            Block::Contents { depth } => out.push_str(&format!("{pad}contents {depth}\n")),
            Block::Volumes => out.push_str(&format!("{pad}volumes\n")),
            Block::PageBreak => out.push_str(&format!("{pad}----\n")),
            Block::Rule => out.push_str(&format!("{pad}rule\n")),
            Block::Target(a) => out.push_str(&format!("{pad}@{}\n", a.0)),
        }
    }
}

fn figure(f: &Figure, pad: &str, out: &mut String) {
    let anchor = f.anchor.as_ref().map_or("", |a| a.0.as_str());
    out.push_str(&format!("{pad}figure {:?} {} @{anchor} alt {}\n", f.content, inlines(&f.caption), f.alt));
}

pub fn document(d: &Document) -> String {
    let mut out = format!("title {}\n", d.meta.title);
    for (name, part) in [("BOOK", &d.book), ("ANNEX", &d.annex)] {
        out.push_str(&format!("{name} {} | {} | {}\n", part.head_left, part.head_right, part.foot_left));
        for s in &part.sections {
            out.push_str(&format!("§ {} “{}” depth {}{}\n", s.anchor.0, s.outline, s.depth, if s.may_start_volume { " volume" } else { "" }));
            blocks(&s.blocks, 1, &mut out);
        }
    }
    out
}
