//! Whether all that a robot published arrived, each packet once: judged by the running numbers in the payloads, after
//! repair, whatever a server did to the headers.

use super::mark::Mark;

/// Packets below the highest that may still arrive late: two seconds of picture at 8 Mbit/s.
const WINDOW: u32 = 2_048;
const WORDS: usize = WINDOW as usize / 64;

/// One kind of media of one viewer.
#[derive(Debug, Clone)]
pub(super) struct Continuity {
    layer: Option<u8>,
    highest: u32,
    /// One bit for each of the last [`WINDOW`] numbers: it was seen.
    seen: [u64; WORDS],
    /// How many numbers have been entered into `seen` since the layer began.
    entered: u64,
    /// Packets that arrived, each once.
    pub(super) arrived: u64,
    /// Packets that fell out of the window unseen.
    pub(super) lost: u64,
    /// Packets behind a later one.
    pub(super) late: u64,
    /// Packets that had arrived before.
    pub(super) twice: u64,
}

impl Default for Continuity {
    fn default() -> Self {
        Self { layer: None, highest: 0, seen: [0; WORDS], entered: 0, arrived: 0, lost: 0, late: 0, twice: 0 }
    }
}

impl Continuity {
    /// Takes a packet's mark.
    pub(super) fn take(&mut self, mark: Mark) {
        if self.layer != Some(mark.layer) {
            // Another layer counts on its own: what was open of the last one is settled.
            self.lost += self.missing();
            *self = Self { layer: Some(mark.layer), highest: mark.number.wrapping_sub(1), entered: 0, ..self.clone() };
            self.seen = [0; WORDS];
        }
        let step = mark.number.wrapping_sub(self.highest).cast_signed();
        if step > 0 {
            self.advance(step.unsigned_abs());
            self.highest = mark.number;
        } else if step.unsigned_abs() >= WINDOW || u64::from(step.unsigned_abs()) >= self.entered {
            // Older than what is remembered, or than the first that was seen: it counts neither way.
            return;
        } else {
            self.late += 1;
        }
        if self.set(mark.number) {
            self.arrived += 1;
        } else {
            self.twice += 1;
        }
    }

    /// Packets that are missing and could still come.
    pub(super) fn missing(&self) -> u64 {
        let held: u32 = self.seen.iter().map(|word| word.count_ones()).sum();
        self.entered.min(u64::from(WINDOW)).saturating_sub(u64::from(held))
    }

    fn advance(&mut self, steps: u32) {
        for step in 1..=steps.min(WINDOW) {
            let number = self.highest.wrapping_add(steps - steps.min(WINDOW) + step);
            if self.entered >= u64::from(WINDOW) && !self.is_set(number) {
                self.lost += 1;
            }
            self.clear(number);
            self.entered += 1;
        }
        let skipped = u64::from(steps.saturating_sub(WINDOW));
        (self.lost, self.entered) = (self.lost + skipped, self.entered + skipped);
    }

    fn place(number: u32) -> (usize, u64) {
        let slot = number % WINDOW;
        ((slot / 64) as usize, 1 << (slot % 64))
    }

    fn is_set(&self, number: u32) -> bool {
        let (word, bit) = Self::place(number);
        self.seen.get(word).is_some_and(|word| word & bit != 0)
    }

    fn clear(&mut self, number: u32) {
        let (word, bit) = Self::place(number);
        if let Some(word) = self.seen.get_mut(word) {
            *word &= !bit;
        }
    }

    /// `false` if it was set.
    fn set(&mut self, number: u32) -> bool {
        let (word, bit) = Self::place(number);
        let Some(word) = self.seen.get_mut(word) else { return false };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
}

#[cfg(test)]
mod tests;
