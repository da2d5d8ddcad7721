//! Packets that a sampled viewer asks for again (RFC 4585 §6.2.1), as a browser would.

use std::time::{Duration, Instant};

/// A gap this old is a loss and no reordering.
const PATIENCE: Duration = Duration::from_millis(10);
/// Between two requests for the same packet.
const REPEAT: Duration = Duration::from_millis(100);
const REQUESTS: u8 = 10;

/// Packets asked for at a time. A gap beyond it is beyond repair: a keyframe is due.
const LIMIT: usize = 256;

#[derive(Debug, Clone, Copy)]
struct Gap {
    number: u64,
    ask_at: Instant,
    asked: u8,
}

/// What is missing of one stream.
#[derive(Debug, Default)]
pub(super) struct Missing {
    gaps: Vec<Gap>,
}

impl Missing {
    /// Numbers `number - skipped .. number` were skipped. Full: the oldest are given up.
    pub(super) fn skipped(&mut self, now: Instant, number: u64, skipped: u64) {
        let from = number.saturating_sub(skipped.min(LIMIT as u64));
        self.gaps.extend((from..number).map(|number| Gap { number, ask_at: now + PATIENCE, asked: 0 }));
        let over = self.gaps.len().saturating_sub(LIMIT);
        self.gaps.drain(..over);
    }

    /// A packet has arrived late or again: the 16-bit number that its header, or its repair, bears.
    pub(super) fn arrived(&mut self, sequence: u16) {
        self.gaps.retain(|gap| (gap.number & 0xffff) as u16 != sequence);
    }

    /// When the next request is due.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.gaps.iter().map(|gap| gap.ask_at).min()
    }

    /// Sequence numbers to ask for now, ascending; those asked for often enough are given up.
    pub(super) fn poll(&mut self, now: Instant) -> Vec<u16> {
        self.gaps.retain(|gap| gap.asked < REQUESTS || gap.ask_at > now);
        let due = self.gaps.iter_mut().filter(|gap| gap.ask_at <= now);
        due.map(|gap| {
            (gap.ask_at, gap.asked) = (now + REPEAT, gap.asked + 1);
            (gap.number & 0xffff) as u16
        })
        .collect()
    }
}

#[cfg(test)]
mod tests;
