//! Where a paragraph may be broken: the widths of its units and what may happen between them, without glyphs or text. A table keeps this of every cell
//! while it looks for the widths of its columns, and shapes a cell anew when its turn to be painted comes.

use super::classes::{Class, blank_left, blank_right};

/// Rounding of sums of glyph widths.
pub(super) const SLACK: f32 = 0.01;
/// A word space stretches this many times as much as a gap between characters.
const SPACE_WEIGHT: f32 = 1.6;

/// Whether a line may end before a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    No,
    May,
    Must,
}

/// A unit as it stands in a paragraph.
#[derive(Debug)]
pub(super) struct Placed {
    /// The run it belongs to.
    pub run: u32,
    /// Width in points after compression.
    pub advance: f32,
    /// Added to the glyphs' x: minus half an em where a bracket's blank left half was taken away.
    pub shift: f32,
    /// Width held free for a longer number.
    pub extra: f32,
    pub class: Class,
    /// Points that the end of a line may cut off.
    pub trim: f32,
    /// Points that the beginning of a line cuts off: the blank left half of an opening bracket.
    pub lead: f32,
    /// Inside something that is kept whole: no gap may grow there.
    pub inside: bool,
    pub before: Break,
}

/// A line: units from `start` to `end`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Line {
    pub start: usize,
    pub end: usize,
    /// Ends the paragraph or stands before a forced break.
    pub last: bool,
}

/// What breaking a paragraph needs.
#[derive(Debug, Default)]
pub(crate) struct Breaks(pub(super) Vec<Placed>);

impl Breaks {
    /// Takes half an em from between two full-width marks (`。”`, `（「`), and from a middle dot that has spaces around it anyway.
    pub(super) fn compress(&mut self, first: char, size: f32) {
        let (opening, closing) = (blank_left(first), blank_right(first) || matches!(first, '；' | '：' | '！' | '？'));
        let [.., before, own] = self.0.as_mut_slice() else { return };
        if before.trim > 0.0 && (opening || closing) {
            before.advance -= before.trim;
            before.trim = 0.0;
        } else if opening && before.class == Class::Open {
            own.advance -= size / 2.0;
            own.shift = -size / 2.0;
            own.lead = 0.0;
        } else if first == '·' && before.class == Class::Space {
            own.advance -= size / 2.0;
            own.shift = -size / 4.0;
        }
    }

    /// Width of the widest line when nothing but forced breaks breaks it.
    pub(crate) fn natural_width(&self) -> f32 {
        let (mut widest, mut width) = (0.0_f32, 0.0);
        for u in &self.0 {
            if u.before == Break::Must {
                widest = widest.max(width);
                width = 0.0;
            }
            width += u.advance + u.extra;
        }
        widest.max(width)
    }

    /// Width of the widest piece that is not to be broken.
    pub(crate) fn least_width(&self) -> f32 {
        let (mut widest, mut width, mut spaces) = (0.0_f32, 0.0, 0.0);
        for u in &self.0 {
            if u.before != Break::No {
                widest = widest.max(width);
                (width, spaces) = (0.0, 0.0);
            }
            if u.class == Class::Space {
                spaces += u.advance;
            } else {
                width += u.advance + u.extra + spaces;
                spaces = 0.0;
            }
        }
        widest.max(width)
    }

    /// How many lines it has when nothing but forced breaks breaks it.
    pub(crate) fn forced_lines(&self) -> usize {
        1 + self.0.iter().filter(|u| u.before == Break::Must).count()
    }

    /// The least width, to half a point, at which it takes at most `most` lines and no piece is broken that is not to be broken; never more than its
    /// natural width. `from` is where to begin (a width that another cell needs anyway).
    pub(crate) fn width_for(&self, most: usize, from: f32) -> f32 {
        let fits = |width: f32| self.lines(width, 0.0).len() <= most;
        let (mut low, mut high) = (from.max(self.least_width() + 0.1), self.natural_width() + 0.1);
        if low >= high || fits(low) {
            return low.min(high.max(from));
        }
        while high - low > 0.5 {
            let middle = (low + high) / 2.0;
            if fits(middle) { high = middle } else { low = middle }
        }
        high
    }

    /// Breaks at `width`; the first line is `indent` shorter.
    pub(crate) fn lines(&self, width: f32, indent: f32) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut start = 0;
        while start < self.0.len() {
            let room = if lines.is_empty() { width - indent } else { width };
            let line = self.line_from(start, room);
            start = line.end;
            lines.push(line);
        }
        lines
    }

    fn line_from(&self, start: usize, room: f32) -> Line {
        let mut width = 0.0;
        let mut may = None;
        for (i, u) in self.0.iter().enumerate().skip(start) {
            if i > start {
                match u.before {
                    Break::Must => return Line { start, end: i, last: true },
                    Break::May => may = Some(i),
                    Break::No => {}
                }
            }
            width += u.advance + u.extra - if i == start { u.lead } else { 0.0 };
            let hangs = u.class == Class::Space;
            if !hangs && width - u.trim > room + SLACK && i > start {
                return Line { start, end: may.unwrap_or_else(|| self.emergency(start, i)), last: false };
            }
        }
        Line { start, end: self.0.len(), last: true }
    }

    /// A break inside something that no line can hold; still not before a closing mark or after an opening one, where that is possible.
    fn emergency(&self, start: usize, at: usize) -> usize {
        let fits = |i: usize| {
            let class = |i: usize| self.0.get(i).map(|u| u.class);
            !matches!(class(i), Some(Class::Close | Class::CloseNarrow | Class::Dash | Class::Space))
                && !matches!(class(i - 1), Some(Class::Open | Class::OpenNarrow))
        };
        (start + 1..=at).rev().take(4).find(|i| fits(*i)).unwrap_or(at)
    }
}

/// How much of the remainder goes between two units.
pub(super) fn gap_weight(a: &Placed, b: &Placed) -> f32 {
    if b.inside {
        0.0
    } else if a.class == Class::Space {
        SPACE_WEIGHT
    } else if b.before == Break::May {
        1.0
    } else {
        0.0
    }
}
