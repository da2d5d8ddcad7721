//! The way from the publisher to the server: delay, reordering, duplicates, loss, and repair of most of it.

use crate::random::Random;

/// What the network of this world does, chances in a thousand.
#[derive(Debug, Clone)]
pub(crate) struct Uplink {
    delay_ms: u64,
    jitter_ms: u64,
    loss: u64,
    /// How much of the loss no retransmission brings back.
    unrepaired: u64,
    twice: u64,
    /// Loss of keyframe requests on their way to the publisher.
    pub(crate) asks_lost: u64,
}

/// When the copies of a packet arrive, in milliseconds from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Passage {
    pub(crate) first: Option<u64>,
    pub(crate) again: Option<u64>,
}

impl Uplink {
    pub(crate) fn new(random: &mut Random) -> Self {
        let bad = random.per_mille(500);
        Self {
            delay_ms: random.between(1, 60),
            jitter_ms: if random.per_mille(300) { 0 } else { random.between(1, 25) },
            loss: if bad { random.between(5, 80) } else { 0 },
            unrepaired: random.between(0, 200),
            twice: if random.per_mille(500) { 30 } else { 0 },
            asks_lost: if bad { 100 } else { 0 },
        }
    }

    /// Delay without queueing: what a request needs on its way back.
    pub(crate) fn delay_ms(&self) -> u64 {
        self.delay_ms
    }

    pub(crate) fn pass(&self, random: &mut Random) -> Passage {
        let arrives = self.delay_ms + random.below(self.jitter_ms + 1);
        let repaired = arrives + 2 * self.delay_ms + random.between(20, 60);
        let first = match random.per_mille(self.loss) {
            false => Some(arrives),
            true if random.per_mille(self.unrepaired) => None,
            true => Some(repaired),
        };
        let again = random.per_mille(self.twice).then_some(repaired);
        Passage { first, again }
    }
}
