//! Chance that can be repeated: SplitMix64 (Steele, Lea, Flood 2014). Enough for when to clap; nothing secret comes of it.

use std::time::Duration;

/// A sequence that follows from its seed.
#[derive(Debug, Clone)]
pub(in crate::robot::guests) struct Dice(u64);

impl Dice {
    /// The sequence of a seed; `number` gives each guest one of its own.
    pub(in crate::robot::guests) const fn new(seed: u64, number: u64) -> Self {
        Self(seed ^ number.wrapping_add(1).wrapping_mul(0xd134_2543_de82_ef95))
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `below`, exclusive; 0 if there is nothing below.
    pub(in crate::robot::guests) fn below(&mut self, below: usize) -> usize {
        let below = below.max(1) as u64;
        usize::try_from(self.next() % below).unwrap_or_default()
    }

    /// So many times in a hundred.
    pub(in crate::robot::guests) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A time between two, in milliseconds.
    pub(in crate::robot::guests) fn between(&mut self, from_ms: u64, to_ms: u64) -> Duration {
        let span = usize::try_from(to_ms.saturating_sub(from_ms)).unwrap_or_default();
        Duration::from_millis(from_ms + self.below(span + 1) as u64)
    }
}
