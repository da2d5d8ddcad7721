//! A sliding set of recent numbers: which of the last [`WINDOW`] were seen. A bitmap, so that a packet costs no
//! allocation and a duplicate is one bit test.
//!
//! Invariant: a bit is set only for a number in `(highest - WINDOW, highest]`; what falls out of the window is
//! forgotten, and asking about it answers "not in the window" ([`Window::covers`]).

/// How many numbers are remembered. At 2,000 packets/s, more than any video layer here, that is a full second:
/// longer than a publisher's retransmissions are of use.
pub const WINDOW: u64 = 2048;

const WORDS: usize = 32;

/// Which of the last [`WINDOW`] numbers were inserted.
#[derive(Debug, Clone)]
pub struct Window {
    words: [u64; WORDS],
    highest: Option<u64>,
}

impl Default for Window {
    fn default() -> Self {
        Self::new()
    }
}

impl Window {
    /// An empty window that starts wherever the first number is.
    #[must_use]
    pub const fn new() -> Self {
        Self { words: [0; WORDS], highest: None }
    }

    /// The highest number the window has been moved to.
    #[must_use]
    pub const fn highest(&self) -> Option<u64> {
        self.highest
    }

    /// Whether `number` is not above the window's end and not forgotten yet.
    #[must_use]
    pub fn covers(&self, number: u64) -> bool {
        self.highest.is_some_and(|highest| number <= highest && highest - number < WINDOW)
    }

    /// Whether `number` is in the set.
    #[must_use]
    pub fn contains(&self, number: u64) -> bool {
        let (word, bit) = place(number);
        self.covers(number) && self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Moves the window's end up to `number`; does nothing when it is there or beyond.
    pub fn advance(&mut self, number: u64) {
        match self.highest {
            Some(highest) if number <= highest => return,
            Some(highest) if number - highest < WINDOW => {
                for entering in highest + 1..=number {
                    let (word, bit) = place(entering);
                    if let Some(word) = self.words.get_mut(word) {
                        *word &= !bit;
                    }
                }
            }
            _ => self.words = [0; WORDS],
        }
        self.highest = Some(number);
    }

    /// Adds `number`, moving the window's end if needed. False when it was there already or is forgotten.
    pub fn insert(&mut self, number: u64) -> bool {
        self.advance(number);
        if !self.covers(number) || self.contains(number) {
            return false;
        }
        let (word, bit) = place(number);
        if let Some(word) = self.words.get_mut(word) {
            *word |= bit;
        }
        true
    }

    /// How many numbers above `number` are in the set. Counts word by word.
    #[must_use]
    pub fn count_above(&self, number: u64) -> u64 {
        let Some(highest) = self.highest else { return 0 };
        let (mut at, end) = (number.saturating_add(1).max((highest + 1).saturating_sub(WINDOW)), highest + 1);
        let mut count = 0;
        while at < end {
            let (word, _) = place(at);
            let step = (64 - at % 64).min(end - at);
            let bits = self.words.get(word).copied().unwrap_or(0) >> (at % 64);
            count += u64::from((bits & (u64::MAX >> (64 - step))).count_ones());
            at += step;
        }
        count
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

fn place(number: u64) -> (usize, u64) {
    let slot = number % WINDOW;
    (usize::try_from(slot / 64).unwrap_or(0), 1 << (slot % 64))
}

#[cfg(test)]
mod tests;
