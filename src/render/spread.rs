//! Work of uneven size over the threads of a pool: the largest pieces first, so that at the end no thread works alone at a long one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Does `count` pieces of work of about the given sizes; results in the order of the pieces.
pub(crate) fn spread<R: Send>(pool: &rayon::ThreadPool, count: usize, size: impl Fn(usize) -> usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|piece| std::cmp::Reverse(size(*piece)));
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(count)));
    pool.broadcast(|_| {
        while let Some(piece) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = work(*piece);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((*piece, result));
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(piece, _)| *piece);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_order_and_the_largest_begins_first() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        let begun = Mutex::new(Vec::new());
        let sizes = [2, 9, 1, 9, 4];
        let results = spread(
            &pool,
            sizes.len(),
            |i| sizes[i],
            |i| {
                begun.lock().expect("open").push(i);
                i * 10
            },
        );
        assert_eq!(results, [0, 10, 20, 30, 40]);
        assert_eq!(begun.into_inner().expect("open"), [1, 3, 4, 0, 2]);
        let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("a pool");
        assert_eq!(spread(&three, 500, |i| i % 7, |i| i), (0..500).collect::<Vec<_>>());
        assert!(spread(&three, 0, |_| 1, |i| i).is_empty());
    }
}
