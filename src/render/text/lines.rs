//! Shaped runs broken into lines and placed. The widths of page numbers are reserved: a line breaks as if every number were as wide as the widest,
//! so pass 1 (numbers unknown) and pass 2 (numbers known) break alike.

use super::breaks::{Break, Breaks, Line, Placed, gap_weight};
use super::classes::{Class, blank_left, blank_right, may_break};
use super::shape::{Shaped, Shaper};
use crate::model::document::Anchor;
use crate::render::page::{Glyph, GlyphRun, Item, LinkArea, Rect};

/// A justified line may gain this much (em) at each gap; a line that needs more stays ragged.
const MAX_STRETCH: f32 = 0.09;
/// Height of the ideographic em box above the baseline, in em.
pub(crate) const ABOVE: f32 = 0.88;

/// Text in one style, as handed to [`Paragraph::new`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Span {
    pub text: String,
    /// Text of the greatest width it may have; `None` = its own.
    pub reserve: Option<String>,
    pub bold: bool,
    pub size: f32,
    pub color: [u8; 3],
    /// Where a click leads.
    pub link: Option<Anchor>,
    /// Kept on one line.
    pub atomic: bool,
    /// Begins a new line.
    pub new_line: bool,
}

/// Where a line stands between its margins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
    Center,
    /// Both margins, by spreading what is left over the gaps; last lines stay at the left.
    Both,
}

/// Where a line goes: left margin, baseline, width between the margins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub align: Align,
}

#[derive(Debug)]
struct Run {
    shaped: Shaped,
    size: f32,
    color: [u8; 3],
    link: Option<Anchor>,
    /// Its first unit among those of the paragraph.
    first: usize,
}

/// A shaped paragraph, to be broken at any width.
#[derive(Debug, Default)]
pub(crate) struct Paragraph {
    runs: Vec<Run>,
    breaks: Breaks,
}

impl Paragraph {
    /// Shapes the spans.
    pub(crate) fn new(shaper: &mut Shaper, spans: &[Span]) -> Self {
        let mut p = Paragraph { runs: Vec::with_capacity(spans.len()), breaks: Breaks::default() };
        let mut forced = false;
        for span in spans {
            forced |= span.new_line;
            let shaped = shaper.shape(&span.text, span.bold);
            let width: f32 = shaped.units.iter().map(|u| u.advance).sum();
            let reserved = span.reserve.as_ref().map_or(width, |r| shaper.shape(r, span.bold).units.iter().map(|u| u.advance).sum::<f32>());
            let run = p.runs.len() as u32;
            let units = &mut p.breaks.0;
            let first = units.len();
            units.reserve(shaped.units.len());
            for (i, unit) in shaped.units.iter().enumerate() {
                let wide = unit.advance > 0.9;
                let before = match p.breaks.0.last() {
                    _ if forced => Break::Must,
                    None => Break::No,
                    Some(_) if span.atomic && i > 0 => Break::No,
                    Some(last) if may_break(last.class, unit.class) => Break::May,
                    Some(_) => Break::No,
                };
                forced = false;
                p.breaks.0.push(Placed {
                    run,
                    advance: unit.advance * span.size,
                    shift: 0.0,
                    extra: 0.0,
                    class: unit.class,
                    trim: if wide && blank_right(unit.first) { span.size / 2.0 } else { 0.0 },
                    lead: if wide && blank_left(unit.first) { span.size / 2.0 } else { 0.0 },
                    inside: span.atomic && i > 0,
                    before,
                });
                if wide && before != Break::Must && p.breaks.0.len() > 1 {
                    p.breaks.compress(unit.first, span.size);
                }
            }
            if let Some(last) = p.breaks.0.get_mut(first..).and_then(<[Placed]>::last_mut) {
                last.extra = (reserved - width).max(0.0) * span.size;
            }
            p.runs.push(Run { shaped, size: span.size, color: span.color, link: span.link.clone(), first });
        }
        p
    }

    /// Only where it may be broken, for those who keep many.
    pub(crate) fn into_breaks(self) -> Breaks {
        let mut breaks = self.breaks;
        breaks.0.shrink_to_fit();
        breaks
    }

    /// Where it may be broken.
    pub(crate) fn breaks(&self) -> &Breaks {
        &self.breaks
    }

    /// Width of the widest line when nothing but forced breaks breaks it.
    pub(crate) fn natural_width(&self) -> f32 {
        self.breaks.natural_width()
    }

    /// Breaks at `width`; the first line is `indent` shorter.
    pub(crate) fn lines(&self, width: f32, indent: f32) -> Vec<Line> {
        self.breaks.lines(width, indent)
    }

    /// The text of a line.
    #[cfg(test)]
    pub(crate) fn text_of(&self, line: Line) -> String {
        (line.start..line.end).filter_map(|i| self.unit_text(i)).collect()
    }

    /// The text of the unit at `index`.
    #[cfg(test)]
    fn unit_text(&self, index: usize) -> Option<&str> {
        let run = self.runs.get(self.breaks.0.get(index)?.run as usize)?;
        let unit = run.shaped.units.get(index - run.first)?;
        let shaped = &run.shaped;
        shaped.text.get(unit.text.start as usize..unit.text.end as usize)
    }

    /// Places a line. Runs go to `items`, active areas to `links`. Gives the right end of the ink.
    pub(crate) fn place(&self, line: Line, place: Place, items: &mut Vec<Item>, links: &mut Vec<LinkArea>) -> f32 {
        let Place { x, y, width, align } = place;
        let mut end = line.end;
        while end > line.start && self.breaks.0.get(end - 1).is_some_and(|u| u.class == Class::Space) {
            end -= 1;
        }
        let units = self.breaks.0.get(line.start..end).unwrap_or_default();
        let Some(last) = units.last() else { return x };
        let lead = units.first().map_or(0.0, |u| u.lead);
        let natural: f32 = units.iter().map(|u| u.advance).sum::<f32>() - lead;
        let visible = natural - if align == Align::Left { 0.0 } else { last.trim };
        let left = width - visible;
        let mut pen = x + match align {
            Align::Left | Align::Both => 0.0,
            Align::Right => left,
            Align::Center => left / 2.0,
        };
        // glyphs keep their place in the em: the line begins with the bracket's ink
        pen -= lead;
        let stretch = if align == Align::Both && !line.last { self.stretch(units, left) } else { 0.0 };
        let mut open: Option<(u32, GlyphRun)> = None;
        for (i, u) in units.iter().enumerate() {
            let Some(run) = self.runs.get(u.run as usize) else { continue };
            let Some(unit) = (line.start + i).checked_sub(run.first).and_then(|n| run.shaped.units.get(n)) else { continue };
            if open.as_ref().is_none_or(|(index, g)| *index != u.run || g.font != unit.font) {
                finish(open.take(), &self.runs, pen, items, links);
                open = Some((
                    u.run,
                    GlyphRun {
                        font: unit.font,
                        size: run.size,
                        color: run.color,
                        origin: (pen, y),
                        glyphs: Vec::with_capacity(units.len() - i),
                        text: String::new(),
                    },
                ));
            }
            if let Some((_, g)) = &mut open {
                let from = g.text.len() as u32;
                g.text.push_str(run.shaped.text.get(unit.text.start as usize..unit.text.end as usize).unwrap_or_default());
                let cluster = from..g.text.len() as u32;
                for glyph in run.shaped.glyphs.get(unit.glyphs.start as usize..unit.glyphs.end as usize).unwrap_or_default() {
                    g.glyphs.push(Glyph {
                        id: glyph.id,
                        x: pen - g.origin.0 + u.shift + glyph.x * run.size,
                        advance: glyph.advance * run.size,
                        cluster: cluster.clone(),
                    });
                }
            }
            pen += u.advance;
            if let Some(next) = units.get(i + 1) {
                pen += stretch * gap_weight(u, next);
            }
        }
        finish(open, &self.runs, pen, items, links);
        pen
    }

    fn stretch(&self, units: &[Placed], left: f32) -> f32 {
        let gaps: f32 = units.iter().zip(units.iter().skip(1)).map(|(a, b)| gap_weight(a, b)).sum();
        let size = units.first().and_then(|u| self.runs.get(u.run as usize)).map_or(0.0, |r| r.size);
        let each = if gaps > 0.0 { left / gaps } else { 0.0 };
        if each > 0.0 && each <= MAX_STRETCH * size { each } else { 0.0 }
    }
}

fn finish(open: Option<(u32, GlyphRun)>, runs: &[Run], end: f32, items: &mut Vec<Item>, links: &mut Vec<LinkArea>) {
    let Some((index, run)) = open else { return };
    if let Some(target) = runs.get(index as usize).and_then(|r| r.link.clone()) {
        links.push(LinkArea { rect: Rect { x: run.origin.0, y: run.origin.1 - ABOVE * run.size, w: end - run.origin.0, h: run.size * 1.12 }, target });
    }
    items.push(Item::Glyphs(run));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use crate::render::fonts::Fonts;
    use crate::render::text::breaks::SLACK;

    fn shaper() -> Shaper {
        Shaper::new(Fonts::load(&Profile::built_in()).expect("fonts"), false)
    }

    fn span(text: &str) -> Span {
        Span { text: text.to_owned(), size: 10.0, ..Span::default() }
    }

    const TEXT: &str = "系统逐笔核对订单、付款、出库、揽收、签收的时间先后与收货信息（见第 3 页），未发现“先于付款”的揽收；订单 2861734095517302481 由顺丰 SF1390012345671 于 2026-04-04 10:20 送达——本人签收。计费重量 1.20 kg，占比 8.7%，实付 ¥59.00！“可以吗？”他问：“《规则》【第三条】怎么说？”";

    #[test]
    fn no_forbidden_character_begins_or_ends_a_line_at_any_width() {
        let mut s = shaper();
        let p = Paragraph::new(&mut s, &[span(TEXT)]);
        for width in 115..520 {
            let lines = p.lines(width as f32, 0.0);
            let texts: Vec<String> = lines.iter().map(|l| p.text_of(*l)).collect();
            assert_eq!(texts.concat(), TEXT, "nothing is lost at {width}");
            for (i, t) in texts.iter().enumerate() {
                let (first, last) = (t.chars().next().expect("a line"), t.trim_end().chars().last().expect("a line"));
                assert!(i == 0 || !"。，、；：？！）」』】》”—%".contains(first), "{width}: {t}");
                assert!(!"（「『【《“¥".contains(last), "{width}: {t}");
            }
            for whole in ["2861734095517302481", "SF1390012345671", "2026-04-04", "10:20", "¥59.00", "1.20", "——", "8.7%"] {
                assert!(texts.iter().any(|t| t.contains(whole)), "{whole} is split at {width}: {texts:?}");
            }
        }
    }

    #[test]
    fn lines_never_exceed_the_width_and_long_ids_break_anywhere() {
        let mut s = shaper();
        let p = Paragraph::new(&mut s, &[span(&format!("{TEXT}{}", "9".repeat(80)))]);
        for (width, align) in [(60.0, Align::Both), (200.0, Align::Both), (333.0, Align::Left)] {
            for line in p.lines(width, 0.0) {
                let (mut items, mut links) = (Vec::new(), Vec::new());
                let end = p.place(line, Place { x: 0.0, y: 10.0, width, align }, &mut items, &mut links);
                assert!(end <= width + 5.0 + SLACK, "only a closing mark's blank half may stand over: {end} > {width}");
            }
        }
    }

    #[test]
    fn a_reserved_number_breaks_like_the_widest() {
        let mut s = shaper();
        for shown in ["1", "88", "888"] {
            let spans = [
                span("运单号与订单一一对应，见"),
                Span { text: format!("第 {shown} 页"), reserve: Some("第 888 页".into()), atomic: true, ..span("") },
                span("的总表，以及附册所列各项凭证。"),
            ];
            let p = Paragraph::new(&mut s, &spans);
            let starts: Vec<Vec<usize>> =
                (60..300).map(|w| p.lines(w as f32, 0.0).iter().map(|l| p.text_of(*l).chars().filter(|c| *c > '\u{2e80}').count()).collect()).collect();
            let widest = Paragraph::new(&mut s, &[spans[0].clone(), Span { text: "第 888 页".into(), atomic: true, ..span("") }, spans[2].clone()]);
            let expected: Vec<Vec<usize>> = (60..300)
                .map(|w| widest.lines(w as f32, 0.0).iter().map(|l| widest.text_of(*l).chars().filter(|c| *c > '\u{2e80}').count()).collect())
                .collect();
            assert_eq!(starts, expected);
        }
    }

    #[test]
    fn marks_side_by_side_are_compressed_and_digits_are_tabular() {
        let mut s = shaper();
        let mut width = |t: &str| Paragraph::new(&mut s, &[span(t)]).natural_width();
        assert!((width("好。”") - 25.0).abs() < 0.1);
        assert!((width("（「好") - 25.0).abs() < 0.1);
        assert!(width("甲 · 乙") < width("甲 一 乙") - 4.9);
        assert!((width("好，好") - 30.0).abs() < 0.1);
        assert_eq!(width("1111"), width("8806"));
    }

    #[test]
    fn quotation_marks_are_narrow_in_english_and_wide_in_chinese() {
        let mut chinese = shaper();
        let mut english = Shaper::new(Fonts::load(&Profile::built_in()).expect("fonts"), true);
        assert!(Paragraph::new(&mut chinese, &[span("“")]).natural_width() > 9.5);
        let width = Paragraph::new(&mut english, &[span("“")]).natural_width();
        assert!(width < 7.0, "“ is {width} wide");
        let apostrophe = Paragraph::new(&mut english, &[span("don’t")]);
        assert_eq!(apostrophe.lines(14.0, 0.0).len(), 2, "only an emergency breaks the word");
        assert!(apostrophe.breaks().least_width() > 20.0);
    }

    #[test]
    fn direct_lookup_equals_shaping() {
        let mut s = shaper();
        for text in ["付款2026签收", "１２，。（）", "0123456789"] {
            let direct: f32 = s.shape(text, false).units.iter().map(|u| u.advance).sum();
            // a combining mark sends the whole stretch through parley
            let shaped: f32 = text.chars().map(|c| s.shape(&format!("{c}\u{301}"), false).units.iter().map(|u| u.advance).sum::<f32>()).sum();
            assert!((direct - shaped).abs() < 0.02, "{text}: {direct} {shaped}");
        }
    }

    #[test]
    fn what_no_font_has_becomes_a_box_and_controls_vanish() {
        let mut s = shaper();
        let shaped = s.shape("𠮷a\u{202e}\u{7}b\u{200d}", false);
        assert_eq!(shaped.text, "𠮷ab");
        assert_eq!(s.take_missing().into_iter().collect::<String>(), "𠮷");
        assert!(shaped.glyphs.iter().all(|g| g.id != 0));
        let emoji = s.shape("好👍🏽", false);
        assert!(s.take_missing().is_empty(), "emoji have their font");
        assert!(emoji.units.len() >= 2);
    }
}
