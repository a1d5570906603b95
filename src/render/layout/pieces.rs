//! Pieces and the pager: everything to be set is first a list of pieces (a line, a table row, a row of pictures); the pager decides where pages end.

use super::Cx;
use super::picture_row::PictureRow;
use crate::model::document::Anchor;
use crate::render::page::{Item, LinkArea, OutlineEntry, Page, Rect};
use std::sync::Arc;

/// How firmly a piece holds to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Keep {
    /// A page may end after it.
    #[default]
    Free,
    /// Better not (blocks kept together), unless they are higher than a page.
    Soft,
    /// Never, as far as any page can hold it (headings, first and last lines).
    Firm,
}

/// What a piece is to the pager.
#[derive(Debug, Clone, Default)]
pub(crate) enum Role {
    #[default]
    Normal,
    /// Begins a new page; has no content.
    NewPage,
    /// Stands at the foot of the first page; on a later one under the text, which a blank page would part from it.
    Foot,
    /// A row of pictures that may be set smaller, down to this height in all.
    Flexible(Arc<PictureRow>, f32),
}

/// A bar at the left of quoted pieces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bar {
    pub x: f32,
    pub color: [u8; 3],
    /// Continues the bar of the piece before.
    pub joined: bool,
}

/// Something that is never split over pages. Items have their x on the page and their y from the piece's top.
#[derive(Debug, Clone, Default)]
pub(crate) struct Piece {
    pub height: f32,
    /// Least distance to what stands above; nothing at a page's top.
    pub before: f32,
    /// Least distance to what follows.
    pub after: f32,
    pub keep: Keep,
    pub role: Role,
    pub items: Vec<Item>,
    pub links: Vec<LinkArea>,
    pub anchors: Vec<(Anchor, f32)>,
    pub outline: Vec<OutlineEntry>,
    /// Set again above this piece when it begins a page (a table's head).
    pub head: Option<Arc<Piece>>,
    pub bar: Option<Bar>,
}

impl Piece {
    /// An empty piece of a height.
    pub(crate) fn of(height: f32) -> Self {
        Piece { height, ..Piece::default() }
    }
}

/// Where a piece goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spot {
    pub page: usize,
    /// From the top of the text area.
    pub y: f32,
    /// Its height there (rows of pictures may be smaller).
    pub height: f32,
    pub repeat_head: bool,
}

/// The pager's decision for a run of pieces.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub spots: Vec<Spot>,
    pub pages: usize,
    /// How far down the last page is used.
    pub last_used: f32,
}

/// A last page used less than this share is worth avoiding.
const NEARLY_EMPTY: f32 = 0.14;
/// Distances between blocks may shrink to these shares for it.
const TIGHTER: [f32; 2] = [0.75, 0.5];

/// Plans pages of `height` points, trying not to leave the last page nearly empty.
pub(crate) fn plan(pieces: &[Piece], height: f32) -> Plan {
    let first = plan_with(pieces, height, 1.0);
    if first.pages < 2 || first.last_used > NEARLY_EMPTY * height {
        return first;
    }
    // a few points of the bottom margin are less of an offence than a page with two lines
    TIGHTER.iter().map(|scale| plan_with(pieces, height + 6.0, *scale)).find(|p| p.pages < first.pages).unwrap_or(first)
}

struct Pager<'a> {
    pieces: &'a [Piece],
    height: f32,
    scale: f32,
    page: usize,
    y: f32,
    fresh: bool,
    after: f32,
    /// What a piece at the foot left blank above itself.
    blank: f32,
    spots: Vec<Spot>,
}

fn plan_with(pieces: &[Piece], height: f32, scale: f32) -> Plan {
    let mut pager = Pager { pieces, height, scale, page: 0, y: 0.0, fresh: true, after: 0.0, blank: 0.0, spots: Vec::with_capacity(pieces.len()) };
    pager.group(0, pieces.len(), Keep::Free);
    let pages = pager.spots.last().map_or(1, |s| s.page + 1);
    Plan { spots: pager.spots, pages, last_used: pager.y - pager.blank }
}

impl Pager<'_> {
    /// Places the pieces of a range; those that hold firmer than `level` stay together.
    fn group(&mut self, start: usize, end: usize, level: Keep) {
        let mut i = start;
        while i < end {
            let mut last = i;
            while last + 1 < end && self.pieces.get(last).is_some_and(|p| p.keep > level) {
                last += 1;
            }
            self.together(i, last + 1, level);
            i = last + 1;
        }
    }

    fn together(&mut self, start: usize, end: usize, level: Keep) {
        if self.fits(start, end) {
            return self.put_all(start, end);
        }
        let alone = end - start == 1;
        if !self.fresh && (alone || self.height_of(start, end, true) - self.give(start, end) <= self.height) {
            self.new_page();
            return self.put_all(start, end);
        }
        match level {
            // higher than a page: give up the weaker bonds first
            Keep::Free if !alone => self.group(start, end, Keep::Soft),
            _ => (start..end).for_each(|i| {
                if !self.fits(i, i + 1) && !self.fresh {
                    self.new_page();
                }
                self.put_all(i, i + 1);
            }),
        }
    }

    fn height_of(&self, start: usize, end: usize, fresh: bool) -> f32 {
        let (mut h, mut after, mut first) = (0.0, self.after, fresh);
        for p in self.pieces.get(start..end).unwrap_or_default() {
            if first {
                h += p.head.as_ref().map_or(0.0, |head| head.height);
            } else {
                h += after.max(p.before) * self.scale;
            }
            first = false;
            h += p.height;
            after = p.after;
        }
        h
    }

    /// How much the rows of pictures in a range may shrink.
    fn give(&self, start: usize, end: usize) -> f32 {
        let of = |p: &Piece| if let Role::Flexible(_, least) = p.role { p.height - least } else { 0.0 };
        self.pieces.get(start..end).unwrap_or_default().iter().map(of).sum()
    }

    /// Fits on the current page, rows of pictures shrunk if need be.
    fn fits(&self, start: usize, end: usize) -> bool {
        if self.pieces.get(start).is_some_and(|p| matches!(p.role, Role::NewPage)) {
            return true;
        }
        self.y + self.height_of(start, end, self.fresh) - self.give(start, end) <= self.height + 0.05
    }

    fn new_page(&mut self) {
        self.page += 1;
        self.y = 0.0;
        self.fresh = true;
        self.after = 0.0;
        self.blank = 0.0;
    }

    fn put_all(&mut self, start: usize, end: usize) {
        let mut over = self.y + self.height_of(start, end, self.fresh) - self.height;
        for p in self.pieces.get(start..end).unwrap_or_default() {
            if matches!(p.role, Role::NewPage) {
                self.spots.push(Spot { page: self.page, y: self.y, height: 0.0, repeat_head: false });
                if !self.fresh {
                    self.new_page();
                }
                continue;
            }
            let repeat_head = self.fresh && p.head.is_some();
            if repeat_head {
                self.y += p.head.as_ref().map_or(0.0, |h| h.height);
            } else if !self.fresh {
                self.y += self.after.max(p.before) * self.scale;
            }
            let mut height = p.height;
            match &p.role {
                Role::Foot if self.page == 0 => {
                    let foot = self.y.max(self.height - height);
                    self.blank += foot - self.y;
                    self.y = foot;
                }
                Role::Flexible(_, least) => {
                    let cut = over.clamp(0.0, height - least);
                    over -= cut;
                    height -= cut;
                }
                Role::Foot | Role::Normal | Role::NewPage => {}
            }
            self.spots.push(Spot { page: self.page, y: self.y, height, repeat_head });
            self.y += height;
            // a target without ink does not make a page used
            if height > 0.0 {
                self.fresh = false;
                self.after = p.after;
            }
        }
    }
}

/// Sets the pieces where the plan says.
pub(crate) fn emit(cx: &mut Cx<'_>, pieces: Vec<Piece>, plan: &Plan) -> Vec<Page> {
    let mut pages: Vec<Page> = (0..plan.pages).map(|_| Page::default()).collect();
    let mut bottom = (usize::MAX, 0.0);
    for (piece, spot) in pieces.into_iter().zip(&plan.spots) {
        let Some(page) = pages.get_mut(spot.page) else { continue };
        let y = spot.y + cx.frame.top;
        if spot.repeat_head
            && let Some(head) = &piece.head
        {
            put(page, Piece::clone(head), y - head.height);
        }
        if let Some(bar) = piece.bar {
            let from = if bar.joined && bottom.0 == spot.page { bottom.1 } else { y };
            let rect = Rect { x: bar.x, y: from, w: 2.2, h: y + spot.height - from };
            page.items.push(Item::Box { rect, fill: bar.color, radius: 0.0 });
        }
        bottom = (spot.page, y + spot.height);
        let piece = match &piece.role {
            Role::Flexible(row, _) if spot.height < piece.height - 0.01 => {
                let smaller = row.build(cx, Some(spot.height));
                Piece { items: smaller.items, links: smaller.links, ..piece }
            }
            _ => piece,
        };
        put(page, piece, y);
    }
    pages
}

fn put(page: &mut Page, piece: Piece, y: f32) {
    page.items.extend(piece.items.into_iter().map(|item| moved(item, y)));
    page.links.extend(piece.links.into_iter().map(|l| LinkArea { rect: Rect { y: l.rect.y + y, ..l.rect }, ..l }));
    page.anchors.extend(piece.anchors.into_iter().map(|(a, dy)| (a, dy + y)));
    page.outline.extend(piece.outline.into_iter().map(|o| OutlineEntry { y: o.y + y, ..o }));
}

/// An item moved down.
fn moved(item: Item, dy: f32) -> Item {
    match item {
        Item::Glyphs(mut run) => {
            run.origin.1 += dy;
            Item::Glyphs(run)
        }
        Item::Box { rect, fill, radius } => Item::Box { rect: Rect { y: rect.y + dy, ..rect }, fill, radius },
        Item::Line { from, to, width, color, dash } => Item::Line { from: (from.0, from.1 + dy), to: (to.0, to.1 + dy), width, color, dash },
        Item::Disc { center, radius, fill } => Item::Disc { center: (center.0, center.1 + dy), radius, fill },
        Item::Picture { image, rect, slice, orientation, alt } => Item::Picture { image, rect: Rect { y: rect.y + dy, ..rect }, slice, orientation, alt },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(list: &[(f32, Keep)]) -> Vec<Piece> {
        list.iter().map(|(h, k)| Piece { keep: *k, ..Piece::of(*h) }).collect()
    }

    fn pages(list: &[(f32, Keep)]) -> Vec<usize> {
        plan_with(&pieces(list), 100.0, 1.0).spots.iter().map(|s| s.page).collect()
    }

    #[test]
    fn a_heading_goes_with_its_text() {
        assert_eq!(pages(&[(85.0, Keep::Free), (10.0, Keep::Firm), (8.0, Keep::Firm), (8.0, Keep::Free)]), [0, 1, 1, 1]);
    }

    #[test]
    fn soft_bonds_yield_where_no_page_can_hold_them_and_firm_ones_stay() {
        let list = [(50.0, Keep::Soft), (40.0, Keep::Soft), (10.0, Keep::Firm), (30.0, Keep::Free)];
        assert_eq!(pages(&list), [0, 0, 1, 1], "the heading of 10 does not stay alone at the foot");
    }

    #[test]
    fn a_piece_higher_than_a_page_still_ends() {
        assert_eq!(pages(&[(10.0, Keep::Free), (150.0, Keep::Free), (10.0, Keep::Free)]), [0, 1, 2]);
    }

    #[test]
    fn what_stands_at_the_foot_of_the_first_page_follows_the_text_on_a_later_one() {
        let foot = Piece { before: 5.0, role: Role::Foot, ..Piece::of(20.0) };
        for (heights, place) in [(&[40.0, 10.0][..], (0, 80.0)), (&[60.0, 30.0, 30.0][..], (1, 35.0))] {
            let mut list = pieces(&heights.iter().map(|h| (*h, Keep::Free)).collect::<Vec<_>>());
            list.push(foot.clone());
            assert_eq!(plan_with(&list, 100.0, 1.0).spots.last().map(|s| (s.page, s.y)), Some(place), "{heights:?}");
        }
    }

    #[test]
    fn heads_are_repeated_and_take_their_height() {
        let head = Arc::new(Piece::of(20.0));
        let mut list = pieces(&[(20.0, Keep::Firm), (40.0, Keep::Free), (35.0, Keep::Free), (40.0, Keep::Free), (40.0, Keep::Free)]);
        list.iter_mut().skip(1).for_each(|p| p.head = Some(Arc::clone(&head)));
        let plan = plan_with(&list, 100.0, 1.0);
        let places: Vec<_> = plan.spots.iter().map(|s| (s.page, s.y as u32, s.repeat_head)).collect();
        assert_eq!(places, [(0, 0, false), (0, 20, false), (0, 60, false), (1, 20, true), (1, 60, false)]);
    }

    #[test]
    fn a_nearly_empty_last_page_is_avoided_by_tighter_distances() {
        let mut list = pieces(&[(24.0, Keep::Free); 4]);
        list.iter_mut().for_each(|p| p.before = 3.0);
        assert_eq!(plan_with(&list, 100.0, 1.0).pages, 2);
        list.push(Piece { before: 3.0, ..Piece::of(1.0) });
        assert_eq!(plan_with(&list, 106.0, 1.0).pages, 2);
        assert_eq!(plan(&list, 106.0).pages, 1);
    }
}
