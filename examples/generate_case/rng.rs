//! A small generator of numbers (splitmix64): the same seed gives the same case on every machine.

/// The state. Each picture and each table has its own, made from the seed and a name, so that threads cannot change the outcome.
#[derive(Clone)]
pub struct Rng(u64);

impl Rng {
    /// A stream of its own for `name`.
    pub fn named(seed: u64, name: &str) -> Rng {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Rng(hash)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `low..high` (`high` above `low`).
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        low + (self.bits() >> 1) as i64 % (high - low)
    }

    /// True in `percent` of a hundred.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.range(0, 100) < percent
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.range(0, from.len() as i64) as usize]
    }

    /// `count` decimal digits, the first not zero.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|i| char::from(b'0' + self.range(i64::from(i == 0), 10) as u8)).collect()
    }

    /// Puts them in a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.range(0, i as i64 + 1) as usize);
        }
    }
}
