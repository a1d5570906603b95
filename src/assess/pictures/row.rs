//! One row of a tall screen laid on the rows of another: what the joining of screenshots and the telling apart of two talks both rest on.

/// Mean brightness of a row's cells, [`crate::model::pixels::Rows::COLUMNS`] of them.
pub(super) type Row<'a> = &'a [u8];

/// Contrast across a row from which there is something in it.
const BUSY: u8 = 14;

/// Is there something in the row.
pub(super) fn is_busy(row: Row) -> bool {
    let (low, high) = row.iter().fold((255_u8, 0_u8), |(l, h), v| (l.min(*v), h.max(*v)));
    high.saturating_sub(low) >= BUSY
}

/// The row at a place with the one above and below: the rows of one screenshot may lie half a row beside those of the other.
pub(super) fn near<'a, 'r>(rows: &'a [Row<'r>], at: usize) -> &'a [Row<'r>] {
    rows.get(at.saturating_sub(1)..(at + 2).min(rows.len())).unwrap_or_default()
}

/// Cells of a row that are darker or brighter than those of all rows near by more than the tolerance.
pub(super) fn outside(row: Row, near: &[Row], tolerance: u8) -> usize {
    let cells = row.iter().enumerate().filter(|(c, v)| {
        let (low, high) = near.iter().filter_map(|r| r.get(*c)).fold((255_u8, 0_u8), |(l, h), v| (l.min(*v), h.max(*v)));
        **v < low.saturating_sub(tolerance) || **v > high.saturating_add(tolerance)
    });
    cells.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_between_the_rows_near_are_not_outside() {
        let (dark, light) = ([100_u8; 4], [200_u8; 4]);
        let rows: [Row; 3] = [&dark, &light, &light];
        assert_eq!(outside(&[87, 88, 150, 212], near(&rows, 0), 12), 1);
        assert_eq!(outside(&[87, 188, 150, 213], near(&rows, 2), 12), 3);
        assert!(near(&rows, 4).is_empty(), "past the end");
    }
}
