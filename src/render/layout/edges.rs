//! Running head and foot.

use super::pieces::Piece;
use super::{Cx, Type, slot};
use crate::model::document::PartKind;
use crate::render::page::{Item, PAGE_HEIGHT, Page};
use crate::render::text::Align;

/// From the text area to the head's hairline, and to the foot's baseline.
const HEAD_DISTANCE: f32 = 15.0;
const FOOT_DISTANCE: f32 = 26.0;

/// Adds head and foot to the pages of a chain.
pub(super) fn edges(cx: &mut Cx<'_>, pages: &mut [Page], first: u32, of: u32) {
    let part = cx.shared.part(cx.refs.from);
    let words = cx.refs.words;
    let frame = cx.frame;
    let size = (cx.theme().small_pt - 0.5).max(6.0);
    let typ = Type { size, color: cx.theme().muted, bold: false };
    let head_right = match cx.refs.volume() {
        Some((v, of)) => format!("{}　{}", part.head_right, words.volume.replace("{v}", &v.to_string()).replace("{of}", &of.to_string())),
        None => part.head_right.clone(),
    };
    let right_head = cx.fitted(&head_right, typ, frame.width * 0.4);
    let left_head = cx.fitted(&part.head_left, typ, frame.width - right_head.natural_width() - 14.0);
    let left_foot = cx.fitted(&part.foot_left, typ, frame.width * 0.6);
    let leading = size * 1.4;
    let line_y = (frame.top - HEAD_DISTANCE).max(16.0);
    let foot_y = (frame.top + frame.height + FOOT_DISTANCE - leading / 2.0).min(PAGE_HEIGHT - 14.0 - leading);
    let foot_words = if cx.refs.from == PartKind::Book { &words.book_foot } else { &words.annex_foot };
    for (i, page) in pages.iter_mut().enumerate() {
        let mut piece = Piece::default();
        if !part.head_left.is_empty() || !part.head_right.is_empty() {
            cx.stack(&mut piece, &left_head, slot(frame.left, line_y - leading - 1.5, leading, size, frame.width, Align::Left));
            cx.stack(&mut piece, &right_head, slot(frame.left, line_y - leading - 1.5, leading, size, frame.width, Align::Right));
            piece.items.push(cx.hairline(frame.left, frame.left + frame.width, line_y));
        }
        cx.stack(&mut piece, &left_foot, slot(frame.left, foot_y, leading, size, frame.width, Align::Left));
        let n = (first + i as u32).to_string();
        let number = cx.plain(&foot_words.replace("{n}", &n).replace("{of}", &of.to_string()), typ);
        cx.stack(&mut piece, &number, slot(frame.left, foot_y, leading, size, frame.width, Align::Right));
        let content: Vec<Item> = std::mem::take(&mut page.items);
        page.items = piece.items;
        page.items.extend(content);
    }
}
